//! What a closed month refuses. A payment that a close is about is not used otherwise by a person,
//! and nothing that a person records is dated in a closed month. Facts of the bank are taken in all
//! the same: they are dated when they are decided, and the next close lists them.

use std::collections::HashSet;

use crate::domain::calendar::Day;
use crate::domain::period::Month;
use crate::service::ledger::{Answer, By};
use crate::service::{MACHINE, ServiceError};
use crate::store::{Tx, payments, periods};

/// Refuses what a person wants to date in a closed month.
pub(crate) fn day_open(tx: &mut Tx<'_>, school: i64, day: Day) -> Result<(), ServiceError> {
    match Month::of(day) {
        Some(month) if periods::is_closed(tx, school, month.first())? => Err(is_closed(month)),
        _ => Ok(()),
    }
}

/// Refuses to use payments otherwise that stand in a closed month.
pub(crate) fn payments_open(tx: &mut Tx<'_>, ids: &[i64]) -> Result<(), ServiceError> {
    let first = periods::frozen(tx, ids)?.into_iter().map(|(_, first)| first).min();
    match first.and_then(Month::of) {
        Some(month) => Err(is_closed(month)),
        None => Ok(()),
    }
}

/// Refuses a person's answers that a closed month forbids: the last gate before the ledger.
pub(crate) fn answers(
    tx: &mut Tx<'_>,
    school: i64,
    answers: &[Answer],
    by: By<'_>,
) -> Result<(), ServiceError> {
    if by.actor == MACHINE || !periods::any_closed(tx, school)? {
        return Ok(());
    }
    let ids: Vec<i64> = answers.iter().map(|answer| answer.payment).collect();
    payments_open(tx, &ids)?;
    let fresh: Vec<i64> =
        answers.iter().filter(|answer| answer.fresh).map(|answer| answer.payment).collect();
    for row in payments::payments_by_id(tx, &fresh)? {
        // What no bank shows has the day that a person gave it.
        if row.bank_account_id.is_none() {
            day_open(tx, school, row.booking_date)?;
        }
    }
    Ok(())
}

/// Which of some payments of a school stand in a closed month.
pub(crate) fn frozen(
    tx: &mut Tx<'_>,
    school: i64,
    ids: &[i64],
) -> Result<HashSet<i64>, ServiceError> {
    if !periods::any_closed(tx, school)? {
        return Ok(HashSet::new());
    }
    Ok(periods::frozen(tx, ids)?.into_iter().map(|(id, _)| id).collect())
}

fn is_closed(month: Month) -> ServiceError {
    let vi = month.vietnamese();
    ServiceError::conflict(
        "period_closed",
        format!("Kỳ tháng {vi} đã khóa sổ. Muốn sửa, đề nghị kế toán trưởng mở lại kỳ."),
        format!(
            "The month {month} is closed. To change it, ask the chief accountant to open it again."
        ),
    )
}
