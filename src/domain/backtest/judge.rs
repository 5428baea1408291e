//! Answers of the machine against what stood, counted under the present and the changed setting.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::domain::calendar::Day;
use crate::domain::id::{InvoiceId, PaymentId};
use crate::domain::matching::decision::{Decision, DecisionKind, Share};
use crate::domain::money::Vnd;

/// Proposals that a person is likely to look at.
const LOOKED_AT: usize = 3;

/// Who confirmed what a payment was for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Confirmer {
    /// A person decided.
    Person,
    /// The machine settled it, and nobody took that back.
    Machine,
}

/// A payment whose outcome is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Confirmed {
    /// Which.
    pub payment: PaymentId,
    /// The bank's day.
    pub booking_date: Day,
    /// Its amount.
    pub amount: Vnd,
    /// The transfer's text.
    pub remittance: Option<String>,
    /// Who confirmed it.
    pub confirmed_by: Confirmer,
    /// The invoices it paid; none where it was no fee or is used for none.
    pub stood: Vec<Share>,
}

/// How the machine's answer compares with what stood.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Decided alone, the same.
    Hit,
    /// Decided alone, otherwise.
    Miss,
    /// Left to a person, who finds the right one first.
    FirstRight,
    /// Left to a person, who finds the right one among the first three.
    AmongThree,
    /// Left to a person, who finds something else or nothing.
    NotProposed,
}

impl Verdict {
    /// Judges an answer by the invoices and amounts that stood.
    #[must_use]
    pub fn of(decision: &Decision, stood: &[Share]) -> Verdict {
        let stood = uses(stood);
        let right = |shares: &[Share]| uses(shares) == stood;
        match decision.kind {
            DecisionKind::Proposed | DecisionKind::Unmatched | DecisionKind::Duplicate => {
                let mut proposals = decision.proposals.iter().take(LOOKED_AT);
                match proposals.position(|proposal| right(&proposal.allocations)) {
                    Some(0) => Verdict::FirstRight,
                    Some(_) => Verdict::AmongThree,
                    None => Verdict::NotProposed,
                }
            }
            // No fee, or money that went back: nothing for any invoice, and no person asked.
            DecisionKind::Settled | DecisionKind::Returned | DecisionKind::NotIncome => {
                if right(&decision.allocations) { Verdict::Hit } else { Verdict::Miss }
            }
        }
    }

    /// Whether no person would have looked at the payment.
    #[must_use]
    pub const fn is_alone(self) -> bool {
        matches!(self, Verdict::Hit | Verdict::Miss)
    }
}

fn uses(shares: &[Share]) -> BTreeMap<InvoiceId, i128> {
    let mut sums: BTreeMap<InvoiceId, i128> = BTreeMap::new();
    for share in shares {
        *sums.entry(share.invoice).or_default() += i128::from(share.amount.dong());
    }
    sums
}

/// A number of payments and their sum.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Count {
    /// How many.
    pub payments: u64,
    /// Their sum, in đồng.
    pub amount: Vnd,
}

impl Count {
    /// Counts one more payment. `None` when the sum leaves the range of amounts.
    pub fn add(&mut self, amount: Vnd) -> Option<()> {
        self.payments = self.payments.checked_add(1)?;
        self.amount = self.amount.checked_add(amount)?;
        Some(())
    }
}

/// What the machine would have done with all of them under one setting.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Tally {
    /// Decided alone, as it stood.
    pub hits: Count,
    /// Decided alone, other than it stood.
    pub misses: Count,
    /// Left to a person.
    pub left: Count,
    /// Of those left: the first proposal was right.
    pub first_right: Count,
    /// Of those left: the second or third was.
    pub among_three: Count,
    /// Of those left: none of the first three was.
    pub not_proposed: Count,
}

impl Tally {
    fn add(&mut self, verdict: Verdict, amount: Vnd) -> Option<()> {
        let count = match verdict {
            Verdict::Hit => &mut self.hits,
            Verdict::Miss => &mut self.misses,
            Verdict::FirstRight => &mut self.first_right,
            Verdict::AmongThree => &mut self.among_three,
            Verdict::NotProposed => &mut self.not_proposed,
        };
        count.add(amount)?;
        if !verdict.is_alone() {
            self.left.add(amount)?;
        }
        Some(())
    }
}

/// What the machine would say of one payment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Said {
    /// How that compares with what stood.
    pub verdict: Verdict,
    /// The kind of its decision.
    pub decision: DecisionKind,
    /// The rule that decided.
    pub rule: String,
    /// What it would allocate or, where a person is asked, what it would propose first.
    pub allocations: Vec<Share>,
}

impl Said {
    fn of(decision: Decision, stood: &[Share]) -> Said {
        let verdict = Verdict::of(&decision, stood);
        let allocations = if verdict.is_alone() {
            decision.allocations
        } else {
            decision.proposals.into_iter().next().map(|first| first.allocations).unwrap_or_default()
        };
        Said { verdict, decision: decision.kind, rule: decision.rule.into_owned(), allocations }
    }
}

/// A payment that the settings treat differently, or that one of them would have settled wrongly.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// Which payment.
    pub payment: PaymentId,
    /// The bank's day.
    pub booking_date: Day,
    /// Its amount.
    pub amount: Vnd,
    /// The transfer's text.
    pub remittance: Option<String>,
    /// Who confirmed what stood.
    pub confirmed_by: Confirmer,
    /// What stood.
    pub stood: Vec<Share>,
    /// The machine's answer under the present setting.
    pub present: Said,
    /// The machine's answer under the changed setting.
    pub changed: Said,
}

impl Difference {
    /// Whether only the changed setting would have settled it wrongly.
    #[must_use]
    pub fn is_new_miss(&self) -> bool {
        self.changed.verdict == Verdict::Miss && self.present.verdict != Verdict::Miss
    }

    /// Whether either setting would have settled it wrongly.
    #[must_use]
    pub fn is_miss(&self) -> bool {
        self.changed.verdict == Verdict::Miss || self.present.verdict == Verdict::Miss
    }
}

/// Counts verdicts under both settings and keeps the differences.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Judge {
    /// Payments whose outcome a person decided.
    pub by_persons: Count,
    /// Payments that the machine settled and nobody took back.
    pub by_machine: Count,
    /// Under the present setting.
    pub present: Tally,
    /// Under the changed setting.
    pub changed: Tally,
    /// Payments that only the present setting leaves to a person.
    pub relieved: Count,
    /// Payments that only the changed setting leaves to a person.
    pub burdened: Count,
    /// Payments that only the changed setting settles wrongly.
    pub new_misses: Count,
    /// New misses first, then other misses, then the rest; each in the order of the days.
    pub differences: Vec<Difference>,
}

impl Judge {
    /// Judges one payment. `None` when a sum leaves the range of amounts.
    pub fn see(&mut self, case: Confirmed, present: Decision, changed: Decision) -> Option<()> {
        let amount = case.amount;
        match case.confirmed_by {
            Confirmer::Person => self.by_persons.add(amount)?,
            Confirmer::Machine => self.by_machine.add(amount)?,
        }
        let present = Said::of(present, &case.stood);
        let changed = Said::of(changed, &case.stood);
        self.present.add(present.verdict, amount)?;
        self.changed.add(changed.verdict, amount)?;
        match (present.verdict.is_alone(), changed.verdict.is_alone()) {
            (false, true) => self.relieved.add(amount)?,
            (true, false) => self.burdened.add(amount)?,
            _ => {}
        }
        let Confirmed { payment, booking_date, remittance, confirmed_by, stood, .. } = case;
        let found = Difference {
            payment,
            booking_date,
            amount,
            remittance,
            confirmed_by,
            stood,
            present,
            changed,
        };
        if found.is_new_miss() {
            self.new_misses.add(amount)?;
        }
        if found.is_miss() || found.present != found.changed {
            self.differences.push(found);
        }
        Some(())
    }

    /// The same with the differences in the order in which they are shown.
    #[must_use]
    pub fn ranked(mut self) -> Judge {
        self.differences.sort_by_key(|one| (!one.is_new_miss(), !one.is_miss()));
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::matching::decision::Proposal;

    fn share(invoice: i64, dong: i64) -> Share {
        Share { invoice: InvoiceId(invoice), code: format!("C{invoice}"), amount: Vnd::new(dong) }
    }

    fn decision(kind: DecisionKind, allocations: &[Share], proposals: &[&[Share]]) -> Decision {
        Decision {
            kind,
            allocations: allocations.to_vec(),
            unallocated: Vnd::ZERO,
            reasons: Vec::new(),
            proposals: proposals
                .iter()
                .map(|shares| Proposal {
                    allocations: shares.to_vec(),
                    credit: Vnd::ZERO,
                    credit_for: None,
                    reasons: Vec::new(),
                })
                .collect(),
            rival: None,
            rule: "rule/1".into(),
        }
    }

    #[test]
    fn an_answer_is_judged_by_invoices_and_amounts() {
        use DecisionKind::{NotIncome, Proposed, Settled, Unmatched};
        let (one, two) = (share(1, 100), share(2, 50));
        let part = share(1, 60);
        let stood = [one.clone(), two.clone()];
        for (why, decision, expected) in [
            (
                "the same in another order",
                decision(Settled, &[two.clone(), one.clone()], &[]),
                Verdict::Hit,
            ),
            ("one of the two", decision(Settled, std::slice::from_ref(&one), &[]), Verdict::Miss),
            ("another amount", decision(Settled, &[part.clone(), two.clone()], &[]), Verdict::Miss),
            ("set aside without asking", decision(NotIncome, &[], &[]), Verdict::Miss),
            ("the first proposal", decision(Proposed, &[], &[&stood]), Verdict::FirstRight),
            (
                "the third",
                decision(Proposed, &[], &[&[], std::slice::from_ref(&one), &stood]),
                Verdict::AmongThree,
            ),
            (
                "the fourth is too late",
                decision(Proposed, &[], &[&[], &[], &[], &stood]),
                Verdict::NotProposed,
            ),
            ("nothing", decision(Unmatched, &[], &[]), Verdict::NotProposed),
        ] {
            assert_eq!(Verdict::of(&decision, &stood), expected, "{why}");
        }
        let aside = decision(NotIncome, &[], &[]);
        assert_eq!(Verdict::of(&aside, &[]), Verdict::Hit, "a person set it aside too");
    }

    fn case(payment: i64, confirmed_by: Confirmer) -> Confirmed {
        Confirmed {
            payment: PaymentId(payment),
            booking_date: Day::default(),
            amount: Vnd::new(100),
            remittance: None,
            confirmed_by,
            stood: vec![share(1, 100)],
        }
    }

    #[test]
    fn misses_of_the_change_come_first_and_what_is_the_same_is_not_listed() {
        let right = || decision(DecisionKind::Settled, &[share(1, 100)], &[]);
        let wrong = || decision(DecisionKind::Settled, &[share(2, 100)], &[]);
        let asked = || decision(DecisionKind::Proposed, &[], &[&[share(1, 100)]]);
        let mut judge = Judge::default();
        for (payment, present, changed) in [
            (1, right(), right()),
            (2, asked(), right()),
            (3, wrong(), wrong()),
            (4, asked(), wrong()),
            (5, right(), asked()),
        ] {
            let by = if payment == 1 { Confirmer::Machine } else { Confirmer::Person };
            judge.see(case(payment, by), present, changed).unwrap();
        }
        let judge = judge.ranked();
        let listed: Vec<i64> = judge.differences.iter().map(|one| one.payment.0).collect();
        assert_eq!(listed, [4, 3, 2, 5]);
        let numbers = |tally: Tally| {
            [tally.hits, tally.misses, tally.left, tally.first_right].map(|one| one.payments)
        };
        assert_eq!(numbers(judge.present), [2, 1, 2, 2]);
        assert_eq!(numbers(judge.changed), [2, 2, 1, 1]);
        assert_eq!((judge.by_persons.payments, judge.by_machine.payments), (4, 1));
        assert_eq!((judge.relieved.payments, judge.burdened.payments), (2, 1));
        assert_eq!(judge.new_misses, Count { payments: 1, amount: Vnd::new(100) });
    }
}
