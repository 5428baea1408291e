//! Closing a month and opening it again.

use std::collections::HashSet;

use super::check::{ACCEPTABLE, Accepted, CheckItem, items};
use super::figures::{Close, compute, written};
use super::{PeriodView, load};
use crate::clock::{Clock, local_day};
use crate::domain::diagnostic::Diagnostic;
use crate::domain::id::SchoolId;
use crate::domain::period::Month;
use crate::service::events::periods::period_changed;
use crate::service::{Actor, ServiceError, decide, directory};
use crate::store::audit::{self, AuditFact};
use crate::store::periods::{self, CandidateRow, CloseRow, DueRow, MemberRow, PeriodRow};
use crate::store::{Store, Tx, fees};

/// Closes a month. Refused with everything that stands in the way; what was accepted with a reason
/// is kept with the close. What the close states and the payments it is about stand from then on.
pub fn close(
    store: &Store,
    clock: &dyn Clock,
    actor: &Actor,
    school: SchoolId,
    month: Month,
    accept: &[Accepted],
) -> Result<PeriodView, ServiceError> {
    for one in accept {
        if one.code != ACCEPTABLE {
            return Err(not_acceptable(&one.code));
        }
        if one.reason.trim().is_empty() {
            return Err(decide::reason_needed());
        }
    }
    store.write(|tx| {
        let row = directory::lock_school(tx, school)?;
        let at = clock.now();
        let known = periods::periods_of(tx, school.0)?;
        let before = known.iter().find(|row| row.month == month.first());
        if before.is_some_and(|row| row.state == "closed") {
            return Err(closed_already(month));
        }
        let mut blocked = Vec::new();
        let mut accepted: Vec<&Accepted> = Vec::new();
        for item in items(tx, &row, month, (&known, local_day(at)))? {
            match accept.iter().find(|one| one.code == item.code) {
                Some(one) if !accepted.contains(&one) => accepted.push(one),
                Some(_) => {}
                None => blocked.push(in_the_way(&item, month)),
            }
        }
        if !blocked.is_empty() {
            return Err(ServiceError::Refused(blocked));
        }
        let version = before.map_or(0, |row| row.version).saturating_add(1);
        // Everything the school's ledger has so far has a smaller id.
        let close = Close { id: tx.next_id()?, school: school.0, month, version };
        write_members(tx, close, &known)?;
        write_dues(tx, close)?;
        let (figures, sha256) = written(&compute(tx, close)?);
        let close_row = CloseRow {
            id: close.id,
            school_id: school.0,
            month: month.first(),
            version,
            figures,
            sha256: sha256.clone(),
            accepted: serde_json::to_string(&accepted).unwrap_or_default(),
            closed_by: actor.as_str().to_owned(),
            closed_at: at,
        };
        periods::insert_close(tx, &close_row)?;
        let period = PeriodRow {
            id: tx.next_id()?,
            school_id: school.0,
            month: month.first(),
            state: "closed".to_owned(),
            version,
            changed_by: actor.as_str().to_owned(),
            changed_at: at,
            reason: None,
        };
        periods::set_period(tx, &period)?;
        let detail = serde_json::json!({
            "accepted": accepted, "month": month.to_string(), "sha256": sha256, "version": version,
        });
        audit::append(tx, school.0, at, vec![fact(actor, "period.close", close.id, &detail)])?;
        period_changed(tx, &period, &sha256)?;
        shown(tx, school, month)
    })
}

/// Opens a closed month again, the last closed one first. The close stays as it was; closing again
/// adds another.
pub fn reopen(
    store: &Store,
    clock: &dyn Clock,
    actor: &Actor,
    school: SchoolId,
    month: Month,
    reason: &str,
) -> Result<PeriodView, ServiceError> {
    let reason = reason.trim();
    if reason.is_empty() {
        return Err(decide::reason_needed());
    }
    store.write(|tx| {
        directory::lock_school(tx, school)?;
        let at = clock.now();
        let known = periods::periods_of(tx, school.0)?;
        let own = known.iter().find(|row| row.month == month.first() && row.state == "closed");
        let own = own.ok_or_else(|| not_closed(month))?;
        let closed_later =
            known.iter().rfind(|row| row.month > month.first() && row.state == "closed");
        if let Some(later) = closed_later.and_then(|row| Month::of(row.month)) {
            return Err(later_closed(month, later));
        }
        let closes = periods::closes_of(tx, school.0)?;
        let last = closes
            .iter()
            .rfind(|row| row.month == own.month && row.version == own.version)
            .ok_or_else(|| not_closed(month))?;
        periods::let_go(tx, last.id)?;
        let period = PeriodRow {
            state: "reopened".to_owned(),
            changed_by: actor.as_str().to_owned(),
            changed_at: at,
            reason: Some(reason.to_owned()),
            ..own.clone()
        };
        periods::set_period(tx, &period)?;
        let detail = serde_json::json!({
            "month": month.to_string(), "reason": reason, "version": own.version,
        });
        audit::append(tx, school.0, at, vec![fact(actor, "period.reopen", last.id, &detail)])?;
        period_changed(tx, &period, &last.sha256)?;
        shown(tx, school, month)
    })
}

fn shown(tx: &mut Tx<'_>, school: SchoolId, month: Month) -> Result<PeriodView, ServiceError> {
    let name = month.to_string();
    let found = load(tx, school)?.into_iter().find(|view| view.month == name);
    found.ok_or_else(|| not_closed(month))
}

/// Says which payments the close is about: those of its month, those of months closed before that
/// came since, and those whose use changed since.
fn write_members(tx: &mut Tx<'_>, close: Close, known: &[PeriodRow]) -> Result<(), ServiceError> {
    let closed: HashSet<Month> = known
        .iter()
        .filter(|row| row.state == "closed")
        .filter_map(|row| Month::of(row.month))
        .collect();
    let fresh = periods::not_frozen(tx, close.school, close.month.last())?;
    let changed = periods::changed_since(tx, close.school)?;
    let fresh = fresh.into_iter().filter_map(|row| {
        let month = Month::of(row.booking_date)?;
        let late = month != close.month;
        (!late || closed.contains(&month)).then_some((row, late))
    });
    let all: Vec<(CandidateRow, bool)> =
        fresh.chain(changed.into_iter().map(|row| (row, true))).collect();
    tx.reserve_ids(u64::try_from(all.len()).unwrap_or(u64::MAX))?;
    let mut rows = Vec::with_capacity(all.len());
    for (row, late) in all {
        rows.push(MemberRow {
            id: tx.next_id()?,
            school_id: close.school,
            close_id: close.id,
            payment_id: row.payment_id,
            booking_date: row.booking_date,
            channel: row.channel,
            since_id: row.since_id,
            late,
            standing: true,
        });
    }
    Ok(periods::insert_members(tx, &rows)?)
}

/// Says which invoices are still owed.
fn write_dues(tx: &mut Tx<'_>, close: Close) -> Result<(), ServiceError> {
    let mut rows = Vec::new();
    for invoice in fees::invoices_of(tx, close.school)? {
        if invoice.cancelled || invoice.paid_dong >= invoice.net_dong {
            continue;
        }
        rows.push(DueRow {
            id: tx.next_id()?,
            school_id: close.school,
            close_id: close.id,
            invoice_id: invoice.id,
            net_dong: invoice.net_dong,
        });
    }
    Ok(periods::insert_dues(tx, &rows)?)
}

fn fact(actor: &Actor, action: &'static str, close: i64, detail: &serde_json::Value) -> AuditFact {
    AuditFact {
        actor: actor.as_str().to_owned(),
        action,
        subject_kind: "period_close",
        subject_id: close,
        detail: detail.to_string(),
    }
}

/// Why a month cannot be closed yet, for people.
fn in_the_way(item: &CheckItem, month: Month) -> Diagnostic {
    let (count, amount, fix) = (item.count, item.amount.grouped(), &item.fix_command);
    let account = item.account.as_deref().unwrap_or_default();
    let (vi, en) = match item.code {
        "month_not_over" => (
            format!(
                "Tháng {} còn {count} ngày nữa mới hết. Khóa sổ sau ngày cuối tháng.",
                month.vietnamese()
            ),
            format!("The month {month} has {count} days left. Close it after its last day."),
        ),
        "statement_days" => (
            format!(
                "Tài khoản {account} còn {count} ngày chưa có sao kê (lệch {amount} ₫). Nạp sao kê còn thiếu, hoặc chấp nhận kèm lý do: {fix}"
            ),
            format!(
                "Account {account} has {count} days without a statement ({amount} ₫ apart). Import what is missing, or accept it with a reason: {fix}"
            ),
        ),
        "open_queue" => (
            format!(
                "Còn {count} khoản tiền chưa xử lý, {amount} ₫. Xử lý trước khi khóa sổ: {fix}"
            ),
            format!("{count} payments are not decided, {amount} ₫. Decide them first: {fix}"),
        ),
        "dead_letters" => (
            format!("Còn {count} thông báo chuyển tiền chưa đọc được. Xem và xử lý lại: {fix}"),
            format!(
                "{count} notifications could not be handled. Look at them and try again: {fix}"
            ),
        ),
        "identity_questions" => (
            format!(
                "Còn {count} khoản tiền có thể trùng với khoản khác, {amount} ₫. Trả lời trước khi khóa sổ: {fix}"
            ),
            format!("{count} payments may be others, {amount} ₫. Say whether they are: {fix}"),
        ),
        "cash_not_counted" => (
            format!(
                "Chưa kiểm kê quỹ cuối tháng, sổ quỹ còn {amount} ₫. Kiểm kê rồi ghi lại: {fix}"
            ),
            format!(
                "The till was not counted at the end of the month; the book has {amount} ₫. Count it: {fix}"
            ),
        ),
        _ => (
            format!(
                "Thiếu {count} số phiếu thu trong năm. Kiểm tra dữ liệu bằng lệnh doisoat verify: {fix}"
            ),
            format!(
                "{count} voucher numbers of the year are missing. Check the data with doisoat verify: {fix}"
            ),
        ),
    };
    Diagnostic::new(item.code, vi, en)
}

fn not_acceptable(code: &str) -> ServiceError {
    ServiceError::refused(Diagnostic::new(
        "accept_code",
        format!(
            "Chỉ được chấp nhận “{ACCEPTABLE}” (ngày chưa có sao kê), không được chấp nhận “{code}”. Hãy xử lý mục đó."
        ),
        format!(
            "Only “{ACCEPTABLE}” (days without a statement) can be accepted, not “{code}”. Put that right instead."
        ),
    ))
}

fn closed_already(month: Month) -> ServiceError {
    ServiceError::conflict(
        "period_closed",
        format!("Kỳ tháng {} đã khóa sổ rồi.", month.vietnamese()),
        format!("The month {month} is closed already."),
    )
}

fn not_closed(month: Month) -> ServiceError {
    ServiceError::conflict(
        "period_not_closed",
        format!("Kỳ tháng {} chưa khóa sổ, không cần mở lại.", month.vietnamese()),
        format!("The month {month} is not closed, so it need not be opened."),
    )
}

fn later_closed(month: Month, later: Month) -> ServiceError {
    ServiceError::conflict(
        "period_later_closed",
        format!(
            "Kỳ tháng {} đã khóa sau kỳ tháng {}. Hãy mở lại kỳ sau trước.",
            later.vietnamese(),
            month.vietnamese()
        ),
        format!("The month {later} was closed after {month}. Open the later one first."),
    )
}
