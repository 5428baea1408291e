//! From a decision to what is shown of it, with a database or without.

use serde::Serialize;

use super::view::{ProposalView, ReasonView, RivalView, ShareView};
use crate::domain::lang::Lang;
use crate::domain::matching::decision::{Decision, Proposal, Reason, Rival, Share};
use crate::domain::money::Vnd;

/// Whose invoice it is, and what is known of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Owner {
    /// The student's name.
    pub student: String,
    /// The student's code.
    pub student_code: String,
    /// The class.
    pub class: String,
    /// The invoice's code.
    pub code: String,
    /// What is due on the invoice.
    pub net: Vnd,
    /// What is open on it, where that is known.
    pub open: Option<Vnd>,
}

impl Owner {
    /// A share of the invoice, what was open before and what is left of the payment after it.
    #[must_use]
    pub fn share(self, amount: Vnd, open_before: Option<Vnd>, rest: Vnd) -> ShareView {
        let Owner { student, student_code, class, code, .. } = self;
        ShareView { student, student_code, class, code, amount, open_before, rest }
    }
}

/// Shares one after the other, each with what is left of the payment after it.
#[must_use]
pub fn share_views(shares: &[Share], amount: Vnd, owner: &dyn Fn(i64) -> Owner) -> Vec<ShareView> {
    let mut rest = amount;
    shares
        .iter()
        .map(|share| {
            rest = rest.checked_sub(share.amount).unwrap_or_default();
            let known = owner(share.invoice.0);
            let open = known.open;
            Owner { code: share.code.clone(), ..known }.share(share.amount, open, rest)
        })
        .collect()
}

/// Reasons in a language.
#[must_use]
pub fn reason_views(reasons: &[Reason], lang: Lang) -> Vec<ReasonView> {
    reasons
        .iter()
        .map(|reason| ReasonView {
            code: reason.code.to_string(),
            text: reason.text.text(lang).to_owned(),
            at: reason.at,
        })
        .collect()
}

/// Proposals in their order.
#[must_use]
pub fn proposal_views(
    proposals: &[Proposal],
    amount: Vnd,
    owner: &dyn Fn(i64) -> Owner,
    lang: Lang,
) -> Vec<ProposalView> {
    proposals
        .iter()
        .enumerate()
        .map(|(index, proposal)| ProposalView {
            index,
            allocations: share_views(&proposal.allocations, amount, owner),
            credit: proposal.credit,
            reasons: reason_views(&proposal.reasons, lang),
        })
        .collect()
}

/// The answer that lost.
#[must_use]
pub fn rival_view(rival: &Rival, allocations: Vec<ShareView>, lang: Lang) -> RivalView {
    RivalView {
        allocations,
        reasons: reason_views(&rival.reasons, lang),
        lost_because: rival.lost_because.text(lang).to_owned(),
    }
}

/// A piece of a transfer's text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct TextPart {
    /// The piece.
    pub text: String,
    /// Whether it was found to mean something: a code, a name, a class.
    pub marked: bool,
}

/// The text in pieces: what a decision found in it, and the rest. Places that touch or overlap
/// become one.
#[must_use]
pub fn marked_parts(text: &str, decision: Option<&Decision>) -> Vec<TextPart> {
    let mut places: Vec<[u32; 2]> = Vec::new();
    if let Some(decision) = decision {
        let proposed = decision.proposals.iter().flat_map(|proposal| &proposal.reasons);
        places.extend(decision.reasons.iter().chain(proposed).filter_map(|reason| reason.at));
    }
    places.retain(|[from, to]| from < to);
    places.sort_unstable();
    let mut parts: Vec<TextPart> = Vec::new();
    for (at, character) in (0_u32..).zip(text.chars()) {
        let marked = places.iter().any(|[from, to]| (from..to).contains(&&at));
        match parts.last_mut() {
            Some(part) if part.marked == marked => part.text.push(character),
            _ => parts.push(TextPart { text: character.to_string(), marked }),
        }
    }
    parts
}

/// The text with everything that a decision found in it between ⟦ and ⟧.
#[must_use]
pub fn marked(text: &str, decision: Option<&Decision>) -> String {
    let parts = marked_parts(text, decision).into_iter();
    parts.map(|part| if part.marked { format!("⟦{}⟧", part.text) } else { part.text }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::lang::Bilingual;
    use crate::domain::matching::decision::DecisionKind;

    fn found(places: &[[u32; 2]]) -> Decision {
        let reason = |at: &[u32; 2]| Reason {
            code: "code_exact".into(),
            text: Bilingual::new("Đúng mã", "Code found"),
            at: Some(*at),
        };
        Decision {
            kind: DecisionKind::Unmatched,
            allocations: Vec::new(),
            unallocated: Vnd::ZERO,
            reasons: places.iter().map(reason).collect(),
            proposals: Vec::new(),
            rival: None,
            rule: "nothing/1".into(),
        }
    }

    #[test]
    fn what_was_found_stands_between_marks() {
        for (why, text, places, expected) in [
            (
                "in the middle, letters of several bytes before",
                "đã nộp HP1 rồi",
                &[[7, 10]][..],
                "đã nộp ⟦HP1⟧ rồi",
            ),
            ("the whole text", "HP1", &[[0, 3]], "⟦HP1⟧"),
            ("two places, given backwards", "AN 6A1", &[[3, 6], [0, 2]], "⟦AN⟧ ⟦6A1⟧"),
            ("one within the other", "NGUYEN AN", &[[0, 9], [7, 9]], "⟦NGUYEN AN⟧"),
            ("two that touch", "AN6A1", &[[0, 2], [2, 5]], "⟦AN6A1⟧"),
            ("twice the same", "AN", &[[0, 2], [0, 2]], "⟦AN⟧"),
            ("an empty place", "AN", &[[1, 1]], "AN"),
            ("beyond the end", "AN", &[[0, 9]], "⟦AN⟧"),
            ("nothing", "AN", &[], "AN"),
        ] {
            assert_eq!(marked(text, Some(&found(places))), expected, "{why}");
        }
        assert_eq!(marked("AN", None), "AN");
    }
}
