//! A possible answer on its way to a decision: settled when nothing forbids it, else proposed with
//! what forbids it.

use super::book::Book;
use super::decision::{Decision, DecisionKind, Proposal, Reason, Rival, Share};
use super::rival;
use crate::domain::id::StudentId;
use crate::domain::money::Vnd;

/// As many choices as a person can weigh.
pub(super) const MOST_PROPOSALS: usize = 5;

/// Some shares of a payment, by the places of their invoices, and what speaks for them.
#[derive(Clone, Debug, Default)]
pub(super) struct Answer {
    pub shares: Vec<(usize, Vnd)>,
    pub credit: Vnd,
    /// The student whose family would have the credit, where no share tells.
    pub credit_to: Option<usize>,
    pub reasons: Vec<Reason>,
}

impl Answer {
    pub(super) fn proposal(&self, book: &Book) -> Proposal {
        Proposal {
            allocations: self.allocations(book),
            credit: self.credit,
            credit_for: self.credit_for(book),
            reasons: self.reasons.clone(),
        }
    }

    /// Who would have the credit: the student of the first share, as the rest of the money came
    /// with theirs.
    fn credit_for(&self, book: &Book) -> Option<StudentId> {
        if self.credit.is_zero() {
            return None;
        }
        let of_share = self.shares.first().and_then(|(invoice, _)| book.owner(*invoice));
        let student = of_share.or(self.credit_to)?;
        book.students.get(student).map(|student| student.id)
    }

    pub(super) fn allocations(&self, book: &Book) -> Vec<Share> {
        self.shares.iter().filter_map(|(place, amount)| book.share(*place, *amount)).collect()
    }

    /// The students who would be paid for, by place.
    pub(super) fn students(&self, book: &Book) -> Vec<usize> {
        let mut students: Vec<_> =
            self.shares.iter().filter_map(|(invoice, _)| book.owner(*invoice)).collect();
        students.sort_unstable();
        students.dedup();
        students
    }

    pub(super) fn because(mut self, reasons: impl IntoIterator<Item = Reason>) -> Answer {
        self.reasons.extend(reasons);
        self
    }
}

/// Something that forbids to settle, and whom it speaks for.
#[derive(Clone, Debug)]
pub(super) struct Objection {
    pub reason: Reason,
    pub instead: Vec<Answer>,
    /// Whether what it speaks for is likelier than the answer it objects to.
    pub likelier: bool,
}

impl Objection {
    pub(super) fn because(reason: Reason) -> Objection {
        Objection { reason, instead: Vec::new(), likelier: false }
    }

    pub(super) fn for_others(reason: Reason, instead: Vec<Answer>) -> Objection {
        Objection { reason, instead, likelier: false }
    }

    pub(super) fn likelier(self, likelier: bool) -> Objection {
        Objection { likelier, ..self }
    }
}

/// Settles the answer, unless something forbids it: then it is the first proposal.
pub(super) fn conclude(
    book: &Book,
    amount: Vnd,
    rule: &'static str,
    answer: Answer,
    objections: Vec<Objection>,
    rival: Option<Rival>,
) -> Decision {
    if !objections.is_empty() || !answer.credit.is_zero() || answer.shares.is_empty() {
        let mut first = answer;
        let (mut likelier, mut others) = (Vec::new(), Vec::new());
        for objection in objections {
            first.reasons.push(objection.reason);
            let side = if objection.likelier { &mut likelier } else { &mut others };
            side.extend(objection.instead);
        }
        let reasons = first.reasons.clone();
        let answers = likelier.into_iter().chain([first]).chain(others).collect();
        return propose(book, amount, rule, reasons, answers);
    }
    let allocations = answer.allocations(book);
    let given = Vnd::checked_sum(allocations.iter().map(|share| share.amount));
    // What an answer gives away never exceeds the payment; if it did, a person must look.
    let Some(unallocated) = given.and_then(|given| amount.checked_sub(given)) else {
        return propose(book, amount, rule, answer.reasons.clone(), vec![answer]);
    };
    Decision {
        kind: DecisionKind::Settled,
        allocations,
        unallocated,
        reasons: answer.reasons,
        proposals: Vec::new(),
        rival,
        rule: rule.into(),
    }
}

/// Proposes the answers, the first five different ones, in this order.
pub(super) fn propose(
    book: &Book,
    amount: Vnd,
    rule: &'static str,
    reasons: Vec<Reason>,
    answers: Vec<Answer>,
) -> Decision {
    let mut proposals: Vec<Proposal> = Vec::new();
    for answer in answers {
        let proposal = answer.proposal(book);
        let same = |known: &Proposal| known.allocations == proposal.allocations;
        if proposals.len() < MOST_PROPOSALS && !proposals.iter().any(same) {
            proposals.push(proposal);
        }
    }
    Decision {
        kind: DecisionKind::Proposed,
        allocations: Vec::new(),
        unallocated: amount,
        reasons,
        rival: rival::second(&proposals),
        proposals,
        rule: rule.into(),
    }
}

/// A decision that allocates nothing and proposes nothing.
pub(super) fn plain(
    kind: DecisionKind,
    amount: Vnd,
    rule: &'static str,
    reasons: Vec<Reason>,
) -> Decision {
    Decision {
        kind,
        allocations: Vec::new(),
        unallocated: amount,
        reasons,
        proposals: Vec::new(),
        rival: None,
        rule: rule.into(),
    }
}
