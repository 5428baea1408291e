//! Which payment somebody means: by its number, the bank's reference, or a piece of its text.

use serde::Serialize;

use crate::domain::calendar::Day;
use crate::domain::id::{PaymentId, SchoolId};
use crate::domain::money::Vnd;
use crate::service::ServiceError;
use crate::store::{Store, directory, payments};

/// A payment that may be meant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Found {
    /// Its number.
    pub payment: PaymentId,
    /// Its school.
    pub school: SchoolId,
    /// The school's code.
    pub school_code: String,
    /// The bank's day.
    pub booking_date: Day,
    /// `credit` is money in.
    pub credit_debit: String,
    /// How much.
    pub amount: Vnd,
    /// The bank's reference.
    pub reference: Option<String>,
    /// The transfer's text.
    pub remittance: Option<String>,
}

/// As many as a person can look through: where there are more, the last is not shown.
pub const MOST: usize = 20;

/// The payments that `entry` may mean, of one school or of all; at most one more than [`MOST`]. A number and a
/// reference are looked for first; the text only where neither is known.
pub fn find(
    store: &Store,
    school: Option<SchoolId>,
    entry: &str,
) -> Result<Vec<Found>, ServiceError> {
    let words = entry.trim();
    if words.is_empty() {
        return Ok(Vec::new());
    }
    store.read(|tx| {
        let within = school.map_or(0, |school| school.0);
        let mut ids = Vec::new();
        if let Ok(number) = words.parse::<i64>()
            && let Some(row) = payments::payment(tx, number)?
            && school.is_none_or(|school| school.0 == row.school_id)
        {
            ids.push(row.id);
        }
        let limit = i64::try_from(MOST).unwrap_or(i64::MAX).saturating_add(1);
        ids.extend(payments::by_reference(tx, within, words, limit)?);
        if ids.is_empty() {
            ids = payments::by_text(tx, within, words, limit)?;
        }
        ids.dedup();
        let mut found = Vec::with_capacity(ids.len());
        for id in ids {
            let Some((row, entry)) = payments::with_entry(tx, id)? else { continue };
            let school_code = directory::school(tx, row.school_id)?.map(|school| school.code);
            found.push(Found {
                payment: PaymentId(id),
                school: SchoolId(row.school_id),
                school_code: school_code.unwrap_or_default(),
                booking_date: row.booking_date,
                credit_debit: row.credit_debit,
                amount: Vnd::new(row.amount_dong),
                reference: entry.as_ref().and_then(|entry| entry.reference.clone()),
                remittance: entry.and_then(|entry| entry.remittance),
            });
        }
        Ok(found)
    })
}
