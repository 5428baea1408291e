//! The queue as a workbook: the lines that a filter asks for, in the order of the screen.

use crate::clock::{Clock, local_time};
use crate::domain::calendar::vietnamese_day;
use crate::domain::export::{Cell, Column, Sheet};
use crate::domain::id::SchoolId;
use crate::domain::lang::Lang;
use crate::formats::export::{Listing, listing};
use crate::service::{Actor, ServiceError, Store, directory};
use crate::store::StoreError;
use crate::store::audit::{self, AuditFact};
use crate::store::directory as schools;

use super::filter::Filter;
use super::queue;
use super::rows::Row;

/// The most lines of a workbook; the screen's filters narrow what is more.
const MOST: usize = 5_000;

/// Lines that are read at once.
const BATCH: u32 = 200;

const COLUMNS: &[Column] = &[
    Column::plain("day", "Ngày", 12),
    Column::sum("amount", "Số tiền (₫)"),
    Column::plain("payer", "Người chuyển", 24),
    Column::plain("account", "TK người chuyển", 12),
    Column::plain("text", "Nội dung chuyển khoản", 48),
    Column::plain("reference", "Số tham chiếu", 20),
    Column::plain("state", "Trạng thái", 16),
    Column::plain("for", "Nộp cho / gợi ý", 40),
    Column::sum("unallocated", "Chưa khớp (₫)"),
    Column::sum("credit", "Số dư gia đình (₫)"),
    Column::plain("rule", "Căn cứ", 40),
    Column::plain("by", "Người quyết định", 20),
];

/// Makes the workbook and records that it was made, before it is handed out.
pub fn workbook(
    store: &Store,
    clock: &dyn Clock,
    actor: &Actor,
    school: SchoolId,
    filter: &Filter,
) -> Result<Vec<u8>, ServiceError> {
    let name = store.read(|tx| {
        schools::school(tx, school.0)?.map(|row| row.name).ok_or_else(|| {
            ServiceError::not_found("school", "trường", "school", &school.to_string())
        })
    })?;
    let mut rows: Vec<Vec<Cell>> = Vec::new();
    let mut cursor: Option<String> = None;
    let cut = loop {
        let page = queue::page(store, school, filter, (cursor.as_deref(), BATCH), Lang::Vi)?;
        rows.extend(page.rows.iter().map(cells));
        match page.next {
            Some(_) if rows.len() >= MOST => break true,
            Some(next) => cursor = Some(next),
            None => break false,
        }
    };
    let count = rows.len();
    let mut sheet = Sheet::new(COLUMNS, rows).ok_or_else(ServiceError::overflow)?;
    if cut {
        sheet.notes.push(format!(
            "Danh sách dừng ở {count} dòng. Lọc theo ngày hoặc lớp để xuất phần còn lại."
        ));
    }
    let at = clock.now();
    let made_at = local_time(at);
    let mut facts =
        vec![("Trường", name.clone()), ("Trạng thái", filter.tab.label(Lang::Vi).to_owned())];
    let day = |day: Option<crate::domain::calendar::Day>| day.map(vietnamese_day);
    let asked = [
        ("Tìm", filter.text.clone()),
        ("Tài khoản", filter.account.clone()),
        ("Từ ngày", day(filter.from)),
        ("Đến ngày", day(filter.to)),
        ("Lớp", filter.class.clone()),
        ("Quy tắc", filter.rule.clone()),
    ];
    facts.extend(asked.into_iter().filter_map(|(name, value)| Some((name, value?))));
    facts.push(("Người xuất", actor.as_str().trim_start_matches("user:").to_owned()));
    facts.push(("Thời điểm xuất", made_at.format("%d/%m/%Y %H:%M:%S").to_string()));
    facts.push(("Số dòng", count.to_string()));
    let made = Listing { title: "Đối soát", school: name, facts, made_at, sheet };
    let bytes =
        listing(&made).map_err(|error| StoreError::Corrupt(format!("an export: {error}")))?;
    store.write(|tx| {
        directory::lock_school(tx, school)?;
        let fact = AuditFact {
            actor: actor.as_str().to_owned(),
            action: "export.make",
            subject_kind: "school",
            subject_id: school.0,
            detail: serde_json::json!({
                "kind": "queue", "query": filter.query(), "rows": count,
            })
            .to_string(),
        };
        Ok::<_, ServiceError>(audit::append(tx, school.0, at, vec![fact])?)
    })?;
    Ok(bytes)
}

fn cells(row: &Row) -> Vec<Cell> {
    let first = row.proposals.first().map(|one| one.shares.as_slice()).unwrap_or_default();
    let shares = if row.paid_for.is_empty() { first } else { row.paid_for.as_slice() };
    let whom: Vec<String> = shares
        .iter()
        .map(|share| format!("{} · {} · {}", share.student, share.class, share.code))
        .collect();
    let text: String = row.text.iter().map(|part| part.text.as_str()).collect();
    vec![
        Cell::Day(row.booking_date),
        Cell::Dong(row.amount),
        Cell::text(row.payer.as_deref()),
        Cell::text(row.payer_account.as_deref()),
        Cell::text(Some(&text)),
        Cell::text(row.reference.as_deref()),
        Cell::text(Some(row.tab.label(Lang::Vi))),
        Cell::text(Some(&whom.join("; "))),
        Cell::Dong(row.unallocated),
        Cell::Dong(row.family_credit),
        Cell::text(Some(&row.rule_text)),
        Cell::text(Some(&row.decided_by)),
    ]
}
