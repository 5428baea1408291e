//! Money that came and went back: a debit that undoes an earlier credit.

use std::collections::{HashMap, HashSet};

use super::book::Book;
use super::decision::{Decision, DecisionKind, Proposal, Reason};
use super::facts::PaymentFacts;
use super::{reasons, words};
use crate::domain::identity::is_strong;
use crate::domain::money::Vnd;
use crate::domain::remittance::Remittance;
use crate::domain::statement::{CreditDebit, EntryStatus};
use crate::domain::text::squeeze;

/// A text shorter than this does not tell which credit went back.
const SHORTEST_TEXT: usize = 12;

/// Larger groups of equal amounts are not searched by text.
const LARGEST_GROUP: usize = 200;

/// A bank reverses its own mistake within so many days.
const LATEST_REVERSAL_DAYS: i64 = 12;

/// A payment or a debit, as the search for returned money sees it.
#[derive(Clone, Copy, Debug)]
pub struct Movement<'a> {
    /// What the matcher is told of it.
    pub facts: PaymentFacts<'a>,
    /// The bank's reference.
    pub reference: Option<&'a str>,
    /// Whether it may be another movement once more. Such a debit makes a return only likely, and
    /// such a credit is returned with the one that it may be.
    pub in_doubt: bool,
}

/// What became of a movement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It stands.
    Stands,
    /// A credit and the debit that returned it; the other's place.
    Returned(usize),
    /// A credit that may be the one a debit returned; more than one fits.
    PerhapsReturned,
}

/// Pairs credits with the debits that returned them. The movements come in canonical order; one
/// fate for each. A credit is only paired when no other fits as well.
#[must_use]
pub fn find_returns(book: &Book, movements: &[Movement<'_>]) -> Vec<Fate> {
    let mut fates = vec![Fate::Stands; movements.len()];
    let debits: Vec<usize> = movements
        .iter()
        .enumerate()
        .filter(|(_, movement)| is_return(&movement.facts))
        .map(|(place, _)| place)
        .collect();
    if debits.is_empty() {
        return fates;
    }
    let credits = Credits::index(book, movements, &debits);
    for debit in debits {
        let Some(movement) = movements.get(debit) else { continue };
        let free = |credit: &usize| {
            let earlier = movements
                .get(*credit)
                .is_some_and(|found| found.facts.booking_date <= movement.facts.booking_date);
            earlier && !matches!(fates.get(*credit), Some(Fate::Returned(_)))
        };
        let (candidates, tied) = credits.returned_by(book, movements, movement, &free);
        match (candidates.as_slice(), tied) {
            ([credit], true) if !movement.in_doubt => {
                let credit = *credit;
                set(&mut fates, credit, Fate::Returned(debit));
                set(&mut fates, debit, Fate::Returned(credit));
            }
            (credits, _) => {
                for credit in credits {
                    set(&mut fates, *credit, Fate::PerhapsReturned);
                }
            }
        }
    }
    fates
}

fn set(fates: &mut [Fate], place: usize, fate: Fate) {
    if let Some(slot) = fates.get_mut(place) {
        *slot = fate;
    }
}

/// A booked debit that the bank marks, or its text describes, as a return.
fn is_return(facts: &PaymentFacts<'_>) -> bool {
    facts.status == EntryStatus::Booked
        && facts.credit_debit == CreditDebit::Debit
        && (facts.reversal
            || facts
                .remittance
                .is_some_and(|text| words::says_return(&Remittance::read(text, None))))
}

/// An account and an amount: what a credit and its return share.
type Sum = (String, Vnd);

fn sum_of(facts: &PaymentFacts<'_>) -> Sum {
    (facts.account.map(squeeze).unwrap_or_default(), facts.amount)
}

/// The credits of the sums that some debit returns.
#[derive(Debug, Default)]
struct Credits {
    sums: HashMap<Sum, Vec<usize>>,
    /// By what the school called the order at a gateway.
    orders: HashMap<(Sum, String), Vec<usize>>,
    references: HashMap<(Sum, String), Vec<usize>>,
    invoices: HashMap<(Sum, usize), Vec<usize>>,
}

impl Credits {
    fn index(book: &Book, movements: &[Movement<'_>], debits: &[usize]) -> Credits {
        let wanted: HashSet<Sum> = debits
            .iter()
            .filter_map(|debit| movements.get(*debit))
            .map(|debit| sum_of(&debit.facts))
            .collect();
        let mut credits = Credits::default();
        for (place, movement) in movements.iter().enumerate() {
            let facts = &movement.facts;
            let sum = sum_of(facts);
            let income = facts.credit_debit == CreditDebit::Credit && !facts.reversal;
            let booked = facts.status == EntryStatus::Booked && !movement.in_doubt;
            if !income || !booked || !wanted.contains(&sum) {
                continue;
            }
            if let Some(order) = order_of(facts) {
                credits.orders.entry((sum.clone(), order)).or_default().push(place);
            }
            if let Some(reference) = strong(movement.reference) {
                credits.references.entry((sum.clone(), reference)).or_default().push(place);
            }
            for invoice in codes_in(book, facts) {
                credits.invoices.entry((sum.clone(), invoice)).or_default().push(place);
            }
            credits.sums.entry(sum).or_default().push(place);
        }
        credits
    }

    /// The credits a debit may return, by the strongest evidence that speaks for any; and whether
    /// that evidence is more than the amount.
    fn returned_by(
        &self,
        book: &Book,
        movements: &[Movement<'_>],
        debit: &Movement<'_>,
        free: &dyn Fn(&usize) -> bool,
    ) -> (Vec<usize>, bool) {
        let sum = sum_of(&debit.facts);
        // A gateway says which order it gave back: nothing tells more, however short its name is, and
        // no payment of another order is meant, also where that one is not known yet.
        if let Some(order) = order_of(&debit.facts) {
            return (kept(self.orders.get(&(sum, order)), free), true);
        }
        if let Some(reference) = strong(debit.reference) {
            let found = kept(self.references.get(&(sum.clone(), reference)), free);
            if !found.is_empty() {
                return (found, true);
            }
        }
        for invoice in codes_in(book, &debit.facts) {
            let found = kept(self.invoices.get(&(sum.clone(), invoice)), free);
            if !found.is_empty() {
                return (found, true);
            }
        }
        let group = kept(self.sums.get(&sum), free);
        if group.len() > LARGEST_GROUP {
            return (Vec::new(), false);
        }
        let alike: Vec<_> = group
            .iter()
            .copied()
            .filter(|credit| {
                movements.get(*credit).is_some_and(|c| same_text(&c.facts, &debit.facts))
            })
            .collect();
        if !alike.is_empty() || !debit.facts.reversal {
            return (alike, true);
        }
        // The bank says that it undoes something of this amount, but not what.
        let recent = group
            .into_iter()
            .filter(|credit| {
                movements.get(*credit).is_some_and(|credit| {
                    let late = debit.facts.booking_date - credit.facts.booking_date;
                    late.num_days() <= LATEST_REVERSAL_DAYS
                })
            })
            .collect();
        (recent, false)
    }
}

fn kept(places: Option<&Vec<usize>>, free: &dyn Fn(&usize) -> bool) -> Vec<usize> {
    places.into_iter().flatten().copied().filter(|place| free(place)).collect()
}

/// The order that was paid at a gateway, or given back.
fn order_of(facts: &PaymentFacts<'_>) -> Option<String> {
    let order = facts.end_to_end_id.filter(|_| facts.gateway).map(squeeze)?;
    (!order.is_empty()).then_some(order)
}

fn strong(reference: Option<&str>) -> Option<String> {
    reference.map(squeeze).filter(|reference| is_strong(reference))
}

fn codes_in(book: &Book, facts: &PaymentFacts<'_>) -> Vec<usize> {
    let read = Remittance::read(facts.remittance.unwrap_or_default(), None);
    book.codes.find(&read).exact.iter().map(|hit| hit.invoice).collect()
}

fn same_text(one: &PaymentFacts<'_>, other: &PaymentFacts<'_>) -> bool {
    let (one, other) = (one.remittance.map(squeeze), other.remittance.map(squeeze));
    let (Some(one), Some(other)) = (one, other) else { return false };
    let (short, long) = if one.len() <= other.len() { (one, other) } else { (other, one) };
    short.len() >= SHORTEST_TEXT && long.contains(&short)
}

/// The decision about both halves of money that came and went back.
#[must_use]
pub fn returned_decision(amount: Vnd) -> Decision {
    super::answer::plain(DecisionKind::Returned, amount, "returned/1", vec![reasons::returned()])
}

/// The same decision with a doubt: what would have been settled is proposed.
#[must_use]
pub fn hold_back(decision: Decision, amount: Vnd, doubt: Reason) -> Decision {
    let mut reasons = decision.reasons.clone();
    reasons.push(doubt);
    if decision.kind != DecisionKind::Settled {
        return Decision { reasons, ..decision };
    }
    let proposal = Proposal {
        allocations: decision.allocations,
        credit: decision.unallocated,
        credit_for: None,
        reasons: reasons.clone(),
    };
    Decision {
        kind: DecisionKind::Proposed,
        allocations: Vec::new(),
        unallocated: amount,
        reasons,
        proposals: vec![proposal],
        ..decision
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::matching::facts::Policy;
    use crate::domain::matching::tests::school::{book, code, day, payment};

    #[test]
    fn only_a_unique_credit_is_taken_as_returned() {
        let (a, b) = (code(1), code(2));
        let memo = format!("MBVCB.3278907687.{a} AN 6A1");
        let back = format!("HOAN TRA {memo}");
        let by_code = format!("hoan tra {a}");
        let credit =
            |text, reference| Movement { facts: payment(1_000, text), reference, in_doubt: false };
        let doubted = |movement| Movement { in_doubt: true, ..movement };
        let debit = |text, reference, reversal| {
            let facts = PaymentFacts {
                credit_debit: CreditDebit::Debit,
                booking_date: day(5),
                reversal,
                ..payment(1_000, text)
            };
            Movement { facts, reference, in_doubt: false }
        };
        let (one, two) = (Some("FT26306000001"), Some("FT26306000002"));
        let (stands, perhaps, back_of) = (Fate::Stands, Fate::PerhapsReturned, Fate::Returned);
        for (why, movements, expected) in [
            (
                "same reference",
                vec![credit(&memo, one), credit(&memo, two), debit("TRA LAI LENH", two, false)],
                vec![stands, back_of(2), back_of(1)],
            ),
            (
                "the text and the code",
                vec![credit(&memo, None), debit(&back, None, false)],
                vec![back_of(1), back_of(0)],
            ),
            (
                "the code",
                vec![credit(&a, None), debit(&by_code, None, false)],
                vec![back_of(1), back_of(0)],
            ),
            (
                "two credits fit",
                vec![credit(&a, None), credit(&memo, None), debit(&by_code, None, false)],
                vec![perhaps, perhaps, stands],
            ),
            (
                "another code",
                vec![credit(&b, None), debit(&by_code, None, false)],
                vec![stands, stands],
            ),
            (
                "money out that returns nothing",
                vec![credit(&memo, None), debit(&memo, None, false)],
                vec![stands, stands],
            ),
            (
                "the bank reverses something of this amount",
                vec![credit(&a, None), debit("", None, true)],
                vec![perhaps, stands],
            ),
            (
                "two returns of one credit",
                vec![credit(&a, None), debit(&by_code, None, false), debit(&by_code, None, false)],
                vec![back_of(1), back_of(0), stands],
            ),
            (
                "a return that may be another one once more",
                vec![credit(&a, None), doubted(debit(&by_code, None, false))],
                vec![perhaps, stands],
            ),
            (
                "a credit that may be the one returned",
                vec![credit(&a, None), doubted(credit(&a, None)), debit(&by_code, None, false)],
                vec![back_of(2), stands, back_of(0)],
            ),
        ] {
            let book = book(Policy::default());
            assert_eq!(find_returns(&book, &movements), expected, "{why}");
        }
    }

    #[test]
    fn a_gateway_names_the_order_it_gave_back() {
        let code = code(1);
        let at_gateway = |order, days, back| {
            let facts = PaymentFacts {
                gateway: true,
                end_to_end_id: Some(order),
                booking_date: day(days),
                credit_debit: if back { CreditDebit::Debit } else { CreditDebit::Credit },
                reversal: back,
                ..payment(1_000, &code)
            };
            Movement { facts, reference: Some("9"), in_doubt: false }
        };
        let book = book(Policy::default());
        for (why, movements, expected) in [
            (
                "the order decides where text, amount and reference are the same",
                vec![
                    at_gateway("A-1", 1, false),
                    at_gateway("A-2", 1, false),
                    at_gateway("A-2", 5, true),
                ],
                vec![Fate::Stands, Fate::Returned(2), Fate::Returned(1)],
            ),
            (
                "an order that was paid twice",
                vec![
                    at_gateway("A-1", 1, false),
                    at_gateway("A-1", 1, false),
                    at_gateway("A-1", 5, true),
                ],
                vec![Fate::PerhapsReturned, Fate::PerhapsReturned, Fate::Stands],
            ),
            (
                "an order that is not known yet",
                vec![at_gateway("A-1", 1, false), at_gateway("A-2", 5, true)],
                vec![Fate::Stands, Fate::Stands],
            ),
            (
                "two orders given back",
                vec![
                    at_gateway("A-1", 1, false),
                    at_gateway("A-2", 1, false),
                    at_gateway("A-2", 5, true),
                    at_gateway("A-1", 6, true),
                ],
                vec![Fate::Returned(3), Fate::Returned(2), Fate::Returned(1), Fate::Returned(0)],
            ),
        ] {
            assert_eq!(find_returns(&book, &movements), expected, "{why}");
        }
    }

    #[test]
    fn a_doubt_turns_a_settlement_into_a_proposal() {
        let book = book(Policy::default());
        let text = code(1);
        let settled = book.decide(&payment(1_250_000, &text));
        let held = hold_back(settled.clone(), Vnd::new(1_250_000), reasons::perhaps_returned());
        assert_eq!(held.kind, DecisionKind::Proposed);
        assert_eq!(held.proposals[0].allocations, settled.allocations);
        assert_eq!(held.unallocated, Vnd::new(1_250_000));
        assert!(held.allocations.is_empty());
    }
}
