//! Money that went back: which of a school's payments a bank or the school returned, as the ledger
//! stands now.

use std::collections::{BTreeSet, HashMap, HashSet};

use crate::domain::calendar::Day;
use crate::domain::matching::decision::Decision;
use crate::domain::matching::returns::{
    Fate, Movement, find_returns, hold_back, returned_decision,
};
use crate::domain::matching::{Book, reasons};
use crate::domain::money::Vnd;
use crate::service::ServiceError;
use crate::service::entry::{Accounts, payment_facts};
use crate::service::ledger::Answer;
use crate::service::periods::guard;
use crate::store::Tx;
use crate::store::payments::{self, PaymentRow};

/// What became of the payments that some money out may have returned.
#[derive(Debug, Default)]
pub(crate) struct Returned {
    fates: HashMap<i64, Fate>,
    /// The first day of a machine's decision that does not fit its payment's fate any more.
    pub changed_from: Option<Day>,
    /// Payments that a person had decided about or that stand in a closed month, and that went back
    /// all the same.
    by_person: Vec<PaymentRow>,
    /// The other half of each payment that came and went back.
    halves: HashMap<i64, i64>,
}

impl Returned {
    /// The decision about a payment, given what the matcher says of it alone.
    pub fn settle(&self, payment: i64, amount: Vnd, alone: impl FnOnce() -> Decision) -> Decision {
        match self.fates.get(&payment) {
            Some(Fate::Returned(_)) => returned_decision(amount),
            Some(Fate::PerhapsReturned) => hold_back(alone(), amount, reasons::perhaps_returned()),
            Some(Fate::Stands) | None => alone(),
        }
    }

    /// The answers for payments a person had decided about or that stand in a closed month: what the
    /// bank took back is gone, whoever had used it, on the day it is known.
    pub fn answers_against_persons(&self) -> Vec<Answer> {
        self.by_person
            .iter()
            .map(|row| {
                let of = self.halves.get(&row.id).copied().unwrap_or_default();
                Answer::returned(row.id, false, (Vnd::new(row.amount_dong), of))
            })
            .collect()
    }

    /// The other half of a payment that came and went back.
    pub fn other_half(&self, payment: i64) -> Option<i64> {
        self.halves.get(&payment).copied()
    }
}

/// Where money out of some amounts is not what it was any more: the first day of a payment that it
/// may have held back, as something that perhaps went back.
pub(crate) fn first_held_back(
    tx: &mut Tx<'_>,
    school: i64,
    amounts: &BTreeSet<i64>,
) -> Result<Option<Day>, ServiceError> {
    let amounts: Vec<i64> = amounts.iter().copied().collect();
    Ok(payments::first_proposed_in(tx, school, &amounts)?)
}

/// Looks at all money out of a school and at the money in of the same amounts.
pub(crate) fn find(
    tx: &mut Tx<'_>,
    school: i64,
    book: &Book,
    (accounts, in_doubt): (&Accounts, &HashSet<i64>),
) -> Result<Returned, ServiceError> {
    let out = payments::money_out(tx, school)?;
    let amounts: BTreeSet<i64> = out.iter().map(|(row, _)| row.amount_dong).collect();
    if amounts.is_empty() {
        return Ok(Returned::default());
    }
    let amounts: Vec<i64> = amounts.into_iter().collect();
    let mut all = payments::money_in_of(tx, school, &amounts)?;
    all.extend(out);
    all.sort_by(|(one, _), (other, _)| {
        (one.booking_date, &one.order_key, one.id).cmp(&(
            other.booking_date,
            &other.order_key,
            other.id,
        ))
    });
    let mut movements = Vec::with_capacity(all.len());
    for (row, entry) in &all {
        movements.push(Movement {
            facts: payment_facts(entry, accounts)?,
            reference: entry.reference.as_deref(),
            in_doubt: in_doubt.contains(&row.id),
        });
    }
    let ids: Vec<i64> = all.iter().map(|(row, _)| row.id).collect();
    let frozen = guard::frozen(tx, school, &ids)?;
    let mut returned = Returned::default();
    for ((row, _), fate) in all.iter().zip(find_returns(book, &movements)) {
        let is_returned = matches!(fate, Fate::Returned(_));
        if row.decision_id.is_some() {
            let was_returned = row.decision_kind == "returned";
            let doubtful = fate == Fate::PerhapsReturned && row.decision_kind == "settled";
            if row.decided_by == crate::service::MACHINE && !frozen.contains(&row.id) {
                if was_returned != is_returned || doubtful {
                    let day = row.booking_date;
                    let first = returned.changed_from.map_or(day, |first| first.min(day));
                    returned.changed_from = Some(first);
                }
            } else if is_returned && !was_returned && row.credit_debit == "credit" {
                returned.by_person.push(row.clone());
            }
        }
        if let Fate::Returned(other) = fate
            && let Some((other, _)) = all.get(other)
        {
            returned.halves.insert(row.id, other.id);
        }
        if fate != Fate::Stands {
            returned.fates.insert(row.id, fate);
        }
    }
    Ok(returned)
}
