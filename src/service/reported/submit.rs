//! Reporting a month, and restating it.

use super::{MonthView, compute, view};
use crate::clock::{Clock, local_day};
use crate::domain::cashless::Settings;
use crate::domain::diagnostic::Diagnostic;
use crate::domain::id::SchoolId;
use crate::domain::period::Month;
use crate::formats::cashless_report::canonical::{self, Head};
use crate::service::{Actor, ServiceError, decide, directory};
use crate::store::audit::{self, AuditFact};
use crate::store::reported::{self, ReportedRow};
use crate::store::{Store, Tx, collected};

/// What is said beside the figures.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Submission {
    /// For whoever reads them.
    pub note: Option<String>,
    /// Why they are restated; needed from the second version on.
    pub reason: Option<String>,
    /// The fingerprint of the figures that were looked at; others are refused.
    pub seen: Option<String>,
}

/// Reports a month as the ledger stands now. Refused before the month is over, where nothing changed
/// since the last report, where the figures are not those that were seen, and without a reason where
/// it was reported before.
pub fn submit(
    store: &Store,
    clock: &dyn Clock,
    actor: &Actor,
    (school, month): (SchoolId, Month),
    said: &Submission,
    settings: Settings,
) -> Result<MonthView, ServiceError> {
    let filled = |text: &Option<String>| {
        text.as_deref().map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned)
    };
    if !is_over(clock, month) {
        return Err(not_over(month));
    }
    store.write(|tx| {
        let row = directory::lock_school(tx, school)?;
        let as_of = clock.now();
        let before = reported::of_month(tx, &[row.id], month.first())?;
        let last = before.last();
        let version = last.map_or(0, |row| row.version).saturating_add(1);
        let reason = match last {
            Some(_) => Some(filled(&said.reason).ok_or_else(decide::reason_needed)?),
            None => None,
        };
        let position = collected::position(tx, row.id, None)?;
        let settings = settings.of_day(month.last());
        let head = Head { school: row.code.clone(), month, position, as_of, settings };
        let (text, report) = compute::text_at(tx, &row, &head)?;
        let figures = canonical::figures(&report);
        if last
            .is_some_and(|last| canonical::figures_within(&last.figures) == Some(figures.as_str()))
        {
            return Err(nothing_changed(month));
        }
        if said.seen.as_ref().is_some_and(|seen| *seen != canonical::fingerprint(&figures)) {
            return Err(others(month));
        }
        let new = ReportedRow {
            id: tx.next_id()?,
            school_id: row.id,
            month: month.first(),
            version,
            position,
            as_of,
            sha256: canonical::fingerprint(&text),
            figures: text,
            reported_by: actor.as_str().to_owned(),
            note: filled(&said.note),
            reason,
        };
        reported::insert(tx, &new)?;
        record(tx, actor, &new)?;
        let mut rows = before;
        rows.push(new);
        Ok(view(tx, clock, (&row, month), &rows, settings)?.0)
    })
}

/// Whether the last day of a month has gone by in Vietnam.
pub(super) fn is_over(clock: &dyn Clock, month: Month) -> bool {
    local_day(clock.now()) > month.last()
}

fn record(tx: &mut Tx<'_>, actor: &Actor, new: &ReportedRow) -> Result<(), ServiceError> {
    let detail = serde_json::json!({
        "month": new.month.format("%Y-%m").to_string(),
        "note": new.note,
        "reason": new.reason,
        "sha256": new.sha256,
        "version": new.version,
    });
    let fact = AuditFact {
        actor: actor.as_str().to_owned(),
        action: "figures.report",
        subject_kind: "reported_figures",
        subject_id: new.id,
        detail: detail.to_string(),
    };
    Ok(audit::append(tx, new.school_id, new.as_of, vec![fact])?)
}

fn not_over(month: Month) -> ServiceError {
    ServiceError::refused(Diagnostic::new(
        "month_not_over",
        format!(
            "Tháng {} chưa kết thúc nên chưa báo cáo được. Hãy báo cáo sau ngày cuối tháng.",
            month.vietnamese()
        ),
        format!(
            "The month {month} is not over, so it cannot be reported. Report it after its last day."
        ),
    ))
}

fn nothing_changed(month: Month) -> ServiceError {
    ServiceError::conflict(
        "figures_unchanged",
        format!(
            "Số liệu tháng {} không thay đổi so với lần báo cáo gần nhất, không cần báo cáo lại.",
            month.vietnamese()
        ),
        format!(
            "The figures of {month} are those of the last report; there is nothing to restate."
        ),
    )
}

fn others(month: Month) -> ServiceError {
    ServiceError::conflict(
        "figures_changed",
        format!(
            "Số liệu tháng {} vừa thay đổi sau khi bạn mở trang. Hãy xem lại số liệu mới rồi xác nhận.",
            month.vietnamese()
        ),
        format!(
            "The figures of {month} changed since you looked at them. Look at the new ones, then confirm."
        ),
    )
}
