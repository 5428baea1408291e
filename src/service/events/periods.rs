//! Events about months that are closed and opened again.

use serde_json::json;

use super::{EventKind, Outbox};
use crate::domain::period::Month;
use crate::service::ServiceError;
use crate::store::Tx;
use crate::store::periods::PeriodRow;

/// Tells that a month was closed, with the fingerprint of its figures, or opened again.
pub(crate) fn period_changed(
    tx: &mut Tx<'_>,
    period: &PeriodRow,
    sha256: &str,
) -> Result<(), ServiceError> {
    let kind = match period.state.as_str() {
        "closed" => EventKind::PeriodClosed,
        _ => EventKind::PeriodReopened,
    };
    let Some(mut outbox) = Outbox::open(tx, period.school_id, &[kind])? else { return Ok(()) };
    let data = json!({
        "school": outbox.code,
        "month": Month::of(period.month).map(|month| month.to_string()),
        "version": period.version,
        "sha256": sha256,
    });
    outbox.push(kind, data);
    outbox.write(tx, period.changed_at)
}
