//! How an amount would be spread over a student's or a family's open invoices.

use super::answer::Answer;
use super::book::Book;
use super::combine::sets_adding_up;
use super::reasons;
use crate::domain::money::Vnd;

impl Book {
    /// The answers in which an amount larger than what is open on `invoice` pays it and other open
    /// invoices of the family exactly.
    pub(super) fn family_sets(&self, invoice: usize, open: Vnd, amount: Vnd) -> Vec<Answer> {
        let family = self.owner(invoice).and_then(|owner| self.family_of(owner));
        let (Some(family), Some(rest)) = (family, amount.checked_sub(open)) else {
            return Vec::new();
        };
        let all = self.open_of_family(family);
        if all.len() > super::combine::MOST_INVOICES {
            return Vec::new();
        }
        let others: Vec<_> = all.into_iter().filter(|(place, _)| *place != invoice).collect();
        let sets = sets_adding_up(&others, rest).into_iter();
        sets.map(|set| self.whole(std::iter::once(invoice).chain(set))).collect()
    }

    /// The answer that pays these invoices in full.
    pub(super) fn whole(&self, invoices: impl IntoIterator<Item = usize>) -> Answer {
        let shares = invoices.into_iter().filter_map(|at| Some((at, self.open_at(at)?))).collect();
        let mut answer = Answer { shares, ..Answer::default() };
        let reason = match answer.shares.len() {
            0 => return answer,
            1 => reasons::amount_exact(),
            invoices => reasons::amount_sum(invoices, answer.students(self).len()),
        };
        answer.reasons.push(reason);
        answer
    }

    /// The likeliest use of an amount for a student, and how well it fits: 3 one invoice exactly,
    /// 2 several exactly, 1 the siblings' too, 0 not exactly.
    pub(super) fn fit(&self, student: usize, amount: Vnd) -> (Answer, u32) {
        let own = self.open_of_student(student);
        if own.is_empty() {
            let reasons = vec![reasons::no_open_invoice()];
            let credit_to = Some(student);
            return (Answer { credit: amount, credit_to, reasons, ..Answer::default() }, 0);
        }
        let mut equal = own.iter().filter(|(_, open)| *open == amount);
        if let Some((place, _)) = equal.next() {
            let mut answer = self.whole([*place]);
            let others = equal.count();
            if others > 0 {
                answer.reasons.push(reasons::ambiguous(others + 1));
            }
            return (answer, 3);
        }
        let sets = sets_adding_up(&own, amount);
        if let Some(set) = sets.first() {
            let mut answer = self.whole(set.iter().copied());
            if sets.len() > 1 {
                answer.reasons.push(reasons::ambiguous(sets.len()));
            }
            return (answer, 2);
        }
        if let Some(family) = self.family_of(student) {
            let own_places: Vec<_> = own.iter().map(|(place, _)| *place).collect();
            let sets: Vec<_> = sets_adding_up(&self.open_of_family(family), amount)
                .into_iter()
                .filter(|set| set.iter().any(|place| own_places.contains(place)))
                .collect();
            if let Some(set) = sets.first() {
                let mut answer = self.whole(set.iter().copied());
                if sets.len() > 1 {
                    answer.reasons.push(reasons::ambiguous(sets.len()));
                }
                return (answer, 1);
            }
        }
        (fill(&own, amount), 0)
    }

    /// Whether a student has an open invoice of exactly this amount, or owes exactly this in all.
    pub(super) fn owes_exactly(&self, student: usize, amount: Vnd) -> bool {
        let own = self.open_of_student(student);
        own.iter().any(|(_, open)| *open == amount)
            || Vnd::checked_sum(own.iter().map(|(_, open)| *open)) == Some(amount)
    }
}

/// Fills the invoices in order; what is left is credit. Says by how much it is short or over.
pub(super) fn fill(invoices: &[(usize, Vnd)], amount: Vnd) -> Answer {
    let mut left = amount;
    let mut shares = Vec::new();
    for (place, open) in invoices {
        let share = left.min(*open);
        if let (true, Some(rest)) = (share.is_positive(), left.checked_sub(share)) {
            shares.push((*place, share));
            left = rest;
        }
    }
    let total = Vnd::checked_sum(invoices.iter().map(|(_, open)| *open));
    let reason = match total.and_then(|total| total.checked_sub(amount)) {
        Some(short) if short.is_positive() => Some(reasons::amount_short(short)),
        Some(exact) if exact.is_zero() => None,
        _ => Some(reasons::amount_over(left)),
    };
    Answer { shares, credit: left, reasons: reason.into_iter().collect(), ..Answer::default() }
}
