//! Above how much nobody gives money back alone: the school's limit, and the gates that hold to it.
//!
//! A refund above the limit is proposed by one person ([`super::refund_requests`]) and takes effect when
//! another agrees. The gates stand where money moves, so that no door leads around them.

use std::collections::BTreeSet;

use chrono::{NaiveDateTime, TimeDelta};
use serde::{Deserialize, Serialize};

use super::record;
use crate::clock::Clock;
use crate::domain::allocation::Use;
use crate::domain::diagnostic::Diagnostic;
use crate::domain::id::SchoolId;
use crate::domain::money::Vnd;
use crate::service::ledger::Answer;
use crate::service::{Actor, ServiceError, decide, directory};
use crate::store::people::StudentRow;
use crate::store::refund_requests::{self as store, RefundLimitRow};
use crate::store::{Store, Tx, corrections, decisions};

/// The limit of a school that has set none.
pub const DEFAULT: Vnd = Vnd::new(5_000_000);

/// What one family is given back within so long counts as one refund.
const TOGETHER: TimeDelta = TimeDelta::hours(24);

/// Above how much a refund takes two persons.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema, garde::Validate,
)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
pub struct RefundLimit {
    /// In đồng; 0 asks for two persons at every refund.
    pub limit: Vnd,
}

/// The limit that holds for a school.
pub fn show(store: &Store, school: SchoolId) -> Result<RefundLimit, ServiceError> {
    store.read(|tx| Ok(RefundLimit { limit: of(tx, school.0)? }))
}

/// Sets the limit of a school. It holds for what is done from now on.
pub fn set(
    store: &Store,
    clock: &dyn Clock,
    actor: &Actor,
    school: SchoolId,
    wanted: RefundLimit,
) -> Result<RefundLimit, ServiceError> {
    if wanted.limit < Vnd::ZERO {
        return Err(ServiceError::refused(Diagnostic::new(
            "refund_limit",
            "Mức hoàn trả cần người thứ hai duyệt phải từ 0 đồng trở lên.",
            "The amount above which a refund takes two persons cannot be less than 0.",
        )));
    }
    store.write(|tx| {
        directory::lock_school(tx, school)?;
        let before = of(tx, school.0)?;
        if before == wanted.limit {
            return Ok(wanted);
        }
        let now = clock.now();
        let row = RefundLimitRow {
            id: tx.next_id()?,
            school_id: school.0,
            limit_dong: wanted.limit.dong(),
            set_by: actor.as_str().to_owned(),
            set_at: now,
        };
        store::set_limit(tx, &row)?;
        let detail = serde_json::json!({ "after": wanted.limit, "before": before });
        record(tx, school.0, (actor, now), ("refund.limit", "school", school.0), &detail)?;
        Ok(wanted)
    })
}

/// The limit that holds for a school.
pub(super) fn of(tx: &mut Tx<'_>, school: i64) -> Result<Vnd, ServiceError> {
    Ok(store::limit(tx, school)?.map_or(DEFAULT, Vnd::new))
}

/// Refuses a person's answers that pay back more of a payment than one person may, and more than was
/// paid back of it already: the gate in front of the ledger.
pub(crate) fn refuse_alone(
    tx: &mut Tx<'_>,
    school: i64,
    answers: &[Answer],
) -> Result<(), ServiceError> {
    let mut found = Vec::new();
    for answer in answers.iter().filter(|answer| answer.rule == decide::BY_PERSON) {
        let amount = refunded(answer.uses.iter().copied())?;
        if amount.is_positive() {
            found.push((answer.payment, amount));
        }
    }
    if found.is_empty() {
        return Ok(());
    }
    let limit = of(tx, school)?;
    for (payment, amount) in found {
        if amount <= limit {
            continue;
        }
        let standing = decisions::standing_allocations(tx, &[payment])?
            .into_iter()
            .filter(|row| row.target == "refund")
            .map(|row| Vnd::new(row.amount_dong));
        let standing = Vnd::checked_sum(standing).ok_or_else(ServiceError::overflow)?;
        if amount > standing {
            return Err(needs_second(limit));
        }
    }
    Ok(())
}

fn refunded(uses: impl Iterator<Item = Use>) -> Result<Vnd, ServiceError> {
    let amounts = uses.filter(|used| matches!(used, Use::Refund { .. })).map(Use::amount);
    Vnd::checked_sum(amounts).ok_or_else(ServiceError::overflow)
}

/// Refuses an order by which a family would get back more within a day than one person may give: cut
/// in pieces it is as much. What two persons agreed on does not count.
pub(super) fn refuse_order_alone(
    tx: &mut Tx<'_>,
    school: SchoolId,
    student: &StudentRow,
    (amount, now): (Vnd, NaiveDateTime),
) -> Result<(), ServiceError> {
    let limit = of(tx, school.0)?;
    let mut lately = corrections::refunds_of_family(tx, student.family_id)?;
    lately.retain(|row| {
        row.state != "cancelled" && now.signed_duration_since(row.ordered_at) < TOGETHER
    });
    let ids: Vec<i64> = lately.iter().map(|row| row.id).collect();
    let agreed: BTreeSet<i64> = store::agreed(tx, &ids)?.into_iter().collect();
    let alone = lately.iter().filter(|row| !agreed.contains(&row.id));
    let before = Vnd::checked_sum(alone.map(|row| Vnd::new(row.amount_dong)))
        .ok_or_else(ServiceError::overflow)?;
    let whole = before.checked_add(amount).ok_or_else(ServiceError::overflow)?;
    if whole > limit { Err(needs_second(limit)) } else { Ok(()) }
}

/// The code of the refusal that leads to a proposal.
pub const NEEDS_SECOND: &str = "refund_needs_second";

/// Whether something was refused because it takes a second person.
#[must_use]
pub fn is_needed(error: &ServiceError) -> bool {
    matches!(error, ServiceError::Conflict(one) if one.code == NEEDS_SECOND)
}

fn needs_second(limit: Vnd) -> ServiceError {
    let limit = limit.grouped();
    ServiceError::conflict(
        NEEDS_SECOND,
        format!(
            "Hoàn trả trên {limit} ₫ cần hai người. Hãy lập đề nghị hoàn trả; người thứ hai có quyền duyệt sẽ đồng ý hoặc từ chối."
        ),
        format!(
            "A refund above {limit} ₫ takes two persons. Propose it; somebody else with the right to do so agrees or refuses."
        ),
    )
}
