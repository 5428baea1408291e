//! Keeps what the cashless rates are made of in step with the ledger, in the ledger's own
//! transaction: what is settled or taken back, and what turns out to have come otherwise. A row is
//! never changed; an exact opposite and another row say what is known now.

use chrono::NaiveDateTime;

use crate::store::collected::{self, FactRow};
use crate::store::decisions::AllocationRow;
use crate::store::payments::{self, PrimaryEntry};
use crate::store::{StoreError, Tx};

/// Why a row took the place of another one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Cause {
    Channel,
    Day,
    Family,
}

impl Cause {
    const fn as_str(self) -> &'static str {
        match self {
            Cause::Channel => "channel",
            Cause::Day => "day",
            Cause::Family => "family",
        }
    }
}

/// Writes down what ledger rows are about that were just added for a school, in the order of their
/// ids.
pub(crate) fn settled(
    tx: &mut Tx<'_>,
    school: i64,
    ledger: &[AllocationRow],
) -> Result<(), StoreError> {
    let mut ids = ledger.iter().filter(|row| row.invoice_id.is_some()).map(|row| row.id);
    let Some(first) = ids.next() else { return Ok(()) };
    collected::add_settled(tx, school, (first, ids.next_back().unwrap_or(first)))
}

/// Says by which channel a payment came.
pub(crate) fn set_channel(
    tx: &mut Tx<'_>,
    payment: i64,
    channel: &str,
    at: NaiveDateTime,
) -> Result<(), StoreError> {
    payments::set_channel(tx, payment, channel)?;
    follow_payment(tx, payment, at)
}

/// Points a payment at the entry whose text speaks for it.
pub(crate) fn set_primary_entry(
    tx: &mut Tx<'_>,
    payment: i64,
    primary: &PrimaryEntry,
    at: NaiveDateTime,
) -> Result<(), StoreError> {
    payments::set_primary_entry(tx, payment, primary)?;
    follow_payment(tx, payment, at)
}

fn follow_payment(tx: &mut Tx<'_>, payment: i64, at: NaiveDateTime) -> Result<(), StoreError> {
    let behind = collected::behind_payment(tx, payment)?;
    if behind.is_empty() {
        return Ok(());
    }
    let now = payments::payment(tx, payment)?
        .ok_or_else(|| StoreError::Corrupt(format!("payment {payment} is gone")))?;
    let other = |row: &FactRow| {
        let cause = if row.channel == now.channel { Cause::Day } else { Cause::Channel };
        let next =
            FactRow { channel: now.channel.clone(), booking_date: now.booking_date, ..row.clone() };
        (next, cause)
    };
    restate(tx, behind.into_iter().map(|row| (other(&row), row)).collect(), at)
}

/// Follows students who are of another family now: how many families a payment reaches decides
/// whether one payer paid for many.
pub(crate) fn follow_families(
    tx: &mut Tx<'_>,
    students: &[i64],
    at: NaiveDateTime,
) -> Result<(), StoreError> {
    let behind = collected::behind_students(tx, students)?;
    let other = |row: &FactRow, family_id| (FactRow { family_id, ..row.clone() }, Cause::Family);
    restate(tx, behind.into_iter().map(|(row, now)| (other(&row, now), row)).collect(), at)
}

/// Takes rows back and puts others in their place.
fn restate(
    tx: &mut Tx<'_>,
    rows: Vec<((FactRow, Cause), FactRow)>,
    at: NaiveDateTime,
) -> Result<(), StoreError> {
    if rows.is_empty() {
        return Ok(());
    }
    tx.ensure_ids(u64::try_from(rows.len()).unwrap_or(u64::MAX).saturating_mul(2))?;
    let mut written = Vec::with_capacity(rows.len() * 2);
    for ((next, cause), row) in rows {
        let cause = cause.as_str().to_owned();
        let amount_dong = row.amount_dong.checked_neg().ok_or_else(|| {
            StoreError::Corrupt(format!("the amount of the collected fact {}", row.id))
        })?;
        let opposite = FactRow { id: tx.next_id()?, amount_dong, cause: cause.clone(), at, ..row };
        written.push(opposite);
        written.push(FactRow { id: tx.next_id()?, cause, at, ..next });
    }
    collected::insert(tx, &written)
}
