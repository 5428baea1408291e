//! Answers kept for a day, for requests that are sent again.

use crate::clock::Clock;
use crate::service::ServiceError;
use crate::store::Store;
use crate::store::access::{self, IdempotencyRow};

/// An answer that was given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    /// The hash of the request it answered.
    pub fingerprint: String,
    /// Its HTTP status.
    pub status: u16,
    /// Its body.
    pub body: String,
}

/// How long an answer is kept, in hours.
const KEPT_HOURS: i64 = 24;

/// The answer kept for a caller's key.
pub fn find(store: &Store, caller: i64, key: &str) -> Result<Option<Kept>, ServiceError> {
    store.read(|tx| {
        Ok(access::find_idempotency(tx, caller, key)?.and_then(|row| {
            Some(Kept {
                fingerprint: row.fingerprint,
                status: u16::try_from(row.status?).ok()?,
                body: row.body?,
            })
        }))
    })
}

/// Keeps an answer, and forgets old ones. Another answer that came first stays.
pub fn keep(
    store: &Store,
    clock: &dyn Clock,
    caller: i64,
    key: &str,
    kept: &Kept,
) -> Result<(), ServiceError> {
    let now = clock.now();
    store.write(|tx| {
        if let Some(before) = now.checked_sub_signed(chrono::TimeDelta::hours(KEPT_HOURS)) {
            access::forget_idempotency(tx, before)?;
        }
        if access::find_idempotency(tx, caller, key)?.is_some() {
            return Ok(());
        }
        let row = IdempotencyRow {
            id: tx.next_id()?,
            api_key_id: caller,
            idempotency_key: key.to_owned(),
            fingerprint: kept.fingerprint.clone(),
            status: Some(i32::from(kept.status)),
            body: Some(kept.body.clone()),
            created_at: now,
        };
        match access::insert_idempotency(tx, &row) {
            // Two copies of one request finished together: they have the same answer.
            Err(error) if error.is_unique_violation() => Ok(()),
            outcome => Ok(outcome?),
        }
    })
}
