//! Closing a school's months: what stands in the way, what a close states, and who may change what
//! it is about. A month that nobody closed is open.

mod check;
mod close;
mod figures;
pub(crate) mod guard;
pub mod months;

use serde::Serialize;

use crate::domain::calendar::Day;
use crate::domain::id::{PaymentId, SchoolId};
use crate::domain::period::Figures;
use crate::service::ServiceError;
use crate::store::periods::{self, CloseRow};
use crate::store::{Store, StoreError, Tx};

pub use check::{Accepted, CheckItem, Checklist, check};
pub use close::{close, reopen};
pub(crate) use figures::differing;

/// A month that was closed at least once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct PeriodView {
    /// `YYYY-MM`.
    pub month: String,
    /// `closed` or `reopened`.
    pub state: String,
    /// Who closed or opened it last.
    pub changed_by: String,
    /// When, in UTC.
    pub changed_at: String,
    /// Why it was opened again.
    pub reason: Option<String>,
    /// Each time it was closed, oldest first. The last one holds while the month is closed.
    #[schema(value_type = Vec<CloseView>)]
    pub closes: Vec<CloseView>,
}

/// A close of a month.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct CloseView {
    /// 1 for the first, one more each time it is closed again.
    pub version: i32,
    /// Who closed it.
    pub closed_by: String,
    /// When, in UTC.
    pub closed_at: String,
    /// What it states.
    #[schema(value_type = Figures)]
    pub figures: Figures,
    /// The SHA-256 of the figures as they are stored.
    pub sha256: String,
    /// What was accepted although it stood in the way, and why.
    #[schema(value_type = Vec<Accepted>)]
    pub accepted: Vec<Accepted>,
    /// Payments of months closed before that became known, or were used otherwise, only after that.
    #[schema(value_type = Vec<LateView>)]
    pub late: Vec<LateView>,
}

/// A payment that came late.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct LateView {
    /// Which.
    #[schema(value_type = i64)]
    pub payment: PaymentId,
    /// The bank's day.
    #[schema(value_type = String, format = Date)]
    pub booking_date: Day,
    /// The way it came.
    pub channel: String,
    /// Whether an earlier close has it, and only its use changed.
    pub changed: bool,
}

/// A school's months that were ever closed, oldest first.
pub fn list(store: &Store, school: SchoolId) -> Result<Vec<PeriodView>, ServiceError> {
    store.read(|tx| load(tx, school))
}

fn load(tx: &mut Tx<'_>, school: SchoolId) -> Result<Vec<PeriodView>, ServiceError> {
    let closes = periods::closes_of(tx, school.0)?;
    let mut views = Vec::new();
    for row in periods::periods_of(tx, school.0)? {
        let mut own = Vec::new();
        for close in closes.iter().filter(|close| close.month == row.month) {
            own.push(close_view(tx, close)?);
        }
        views.push(PeriodView {
            month: row.month.format("%Y-%m").to_string(),
            state: row.state,
            changed_by: row.changed_by,
            changed_at: format!("{}Z", row.changed_at.format("%Y-%m-%dT%H:%M:%S")),
            reason: row.reason,
            closes: own,
        });
    }
    Ok(views)
}

fn close_view(tx: &mut Tx<'_>, row: &CloseRow) -> Result<CloseView, ServiceError> {
    let broken = |error: serde_json::Error| {
        ServiceError::from(StoreError::Corrupt(format!("the close {}: {error}", row.id)))
    };
    let late = periods::late_members(tx, row.id)?.into_iter().map(|one| LateView {
        payment: PaymentId(one.payment_id),
        booking_date: one.booking_date,
        channel: one.channel,
        changed: one.since_id > 0,
    });
    Ok(CloseView {
        version: row.version,
        closed_by: row.closed_by.clone(),
        closed_at: format!("{}Z", row.closed_at.format("%Y-%m-%dT%H:%M:%S")),
        figures: serde_json::from_str(&row.figures).map_err(broken)?,
        sha256: row.sha256.clone(),
        accepted: serde_json::from_str(&row.accepted).map_err(broken)?,
        late: late.collect(),
    })
}
