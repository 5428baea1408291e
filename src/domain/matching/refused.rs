//! What is left of a decision when a person has said whom the payment is not for.

use super::decision::{Decision, DecisionKind, Share};
use super::{reasons, rival};
use crate::domain::id::InvoiceId;
use crate::domain::money::Vnd;

/// The same decision without anything for an invoice of a student whom a person refused for this
/// payment, however certain the text is: nothing is settled for such a student and no proposal names
/// one.
pub(super) fn withhold(
    decision: Decision,
    amount: Vnd,
    is_refused: impl Fn(InvoiceId) -> bool,
) -> Decision {
    let refused = |shares: &[Share]| shares.iter().any(|share| is_refused(share.invoice));
    let passed_over = decision.rival.filter(|rival| !refused(&rival.allocations));
    let offered = decision.proposals.len();
    let mut proposals = decision.proposals;
    proposals.retain(|proposal| !refused(&proposal.allocations));
    if !refused(&decision.allocations) && proposals.len() == offered {
        return Decision { proposals, rival: passed_over, ..decision };
    }
    // What spoke for the refused student does not speak for whoever comes next.
    let mut reasons = proposals.first().map_or(decision.reasons, |first| first.reasons.clone());
    reasons.push(reasons::refused());
    let (kind, rule) = if proposals.is_empty() {
        (DecisionKind::Unmatched, "refused/1".into())
    } else {
        (DecisionKind::Proposed, decision.rule)
    };
    let rival = rival::second(&proposals);
    Decision { kind, allocations: Vec::new(), unallocated: amount, reasons, proposals, rival, rule }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::matching::decision::Proposal;
    use crate::domain::matching::facts::Policy;
    use crate::domain::matching::tests::school::{book, code, payment};

    #[test]
    fn a_refused_student_is_neither_settled_nor_offered() {
        let book = book(Policy::default());
        let text = code(1);
        let settled = book.decide(&payment(1_250_000, &text));
        let amount = Vnd::new(1_250_000);
        let own = settled.allocations[0].invoice;
        let left = withhold(settled.clone(), amount, |invoice| invoice == own);
        assert_eq!((left.kind, &*left.rule), (DecisionKind::Unmatched, "refused/1"));
        assert_eq!((left.allocations.len(), left.unallocated), (0, amount));
        assert!(left.reasons.iter().any(|reason| reason.code == "refused"));
        assert_eq!(withhold(settled.clone(), amount, |_| false), settled, "nobody is refused");
    }

    #[test]
    fn whoever_else_was_offered_stays() {
        let share = |invoice| Share {
            invoice: InvoiceId(invoice),
            code: format!("HP{invoice}"),
            amount: Vnd::new(5),
        };
        let offer = |invoices: &[i64]| Proposal {
            allocations: invoices.iter().copied().map(share).collect(),
            credit: Vnd::ZERO,
            credit_for: None,
            reasons: Vec::new(),
        };
        for (why, refused, kind, left) in [
            ("the first", 1, DecisionKind::Proposed, vec![offer(&[2])]),
            (
                "one of the brothers and sisters of a sum",
                3,
                DecisionKind::Proposed,
                vec![offer(&[1])],
            ),
            ("all of them", 0, DecisionKind::Unmatched, Vec::new()),
        ] {
            let other = if refused == 3 { offer(&[2, 3]) } else { offer(&[2]) };
            let proposed = Decision {
                kind: DecisionKind::Proposed,
                allocations: Vec::new(),
                unallocated: Vnd::new(5),
                reasons: Vec::new(),
                proposals: vec![offer(&[1]), other],
                rival: None,
                rule: "text-ranked/1".into(),
            };
            let is_refused = |invoice: InvoiceId| refused == 0 || invoice == InvoiceId(refused);
            let after = withhold(proposed, Vnd::new(5), is_refused);
            assert_eq!((after.kind, after.proposals), (kind, left), "{why}");
            assert_eq!(after.unallocated, Vnd::new(5), "{why}");
        }
    }
}
