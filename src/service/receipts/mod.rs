//! Receipts: what a school confirms to families. They are issued and voided where the ledger is
//! written; here they are shown, printed, and voided by people.

mod elsewhere;
pub(crate) mod issue;
mod letter;
mod list;
mod paper;
mod public;
mod terms;
mod voiding;

use std::collections::HashMap;

use chrono::NaiveDateTime;
use serde::Serialize;

use crate::domain::calendar::Day;
use crate::domain::id::{PaymentId, SchoolId};
use crate::domain::money::Vnd;
use crate::domain::receipt::{Content, Line, ReceiptState, VerifyCode};
use crate::service::ServiceError;
use crate::store::people;
use crate::store::receipts::{self, ReceiptRow, Standing};
use crate::store::{Store, StoreError, Tx};

pub use elsewhere::{InvoiceElsewhere, set_elsewhere};
pub use letter::send_again;
pub use list::{Asked, Cursor, Detail, WaitingRequest, classes, page, show, waiting};
pub use paper::{AT_ONCE, pdf};
pub use public::{Public, ask as ask_public};
pub use terms::{Terms, set_terms, terms};
pub(crate) use voiding::refuse_alone;
pub use voiding::{RequestView, ask_void, decide_void};

/// A receipt as lists and pages show it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct ReceiptView {
    /// Which.
    pub id: i64,
    /// Its number, such as `BL-2026-000123`.
    pub number: String,
    /// The code by which anybody who holds it can ask whether it is genuine, in groups.
    pub verify_code: String,
    /// How it stands.
    pub state: ReceiptState,
    /// The payment it confirms.
    pub payment: PaymentId,
    /// The student's id.
    #[serde(skip)]
    pub student_id: i64,
    /// The school's name, as it was.
    pub school: String,
    /// The student's code, as it was.
    pub student_code: String,
    /// The student's name, as it was.
    pub student: String,
    /// The student's class, as it was.
    pub class: String,
    /// The sum, in đồng.
    pub amount: Vnd,
    /// What was paid.
    #[schema(value_type = Vec<Line>)]
    pub lines: Vec<Line>,
    /// What was open of these invoices after it, in đồng.
    pub left: Vnd,
    /// The day the money came.
    #[schema(value_type = String, format = Date)]
    pub paid_on: Day,
    /// By which way.
    pub channel: String,
    /// The number of the cash voucher, such as `12/2026`, where it was cash.
    pub voucher: Option<String>,
    /// The day it was issued.
    #[schema(value_type = String, format = Date)]
    pub issued_on: Day,
    /// When it was issued, in UTC.
    #[schema(value_type = String, format = DateTime)]
    pub issued_at: NaiveDateTime,
    /// Who decided what it confirms.
    pub issued_by: String,
    /// Why and when it was voided.
    pub voided: Option<VoidView>,
    /// The number of the receipt whose place it took.
    pub replaces: Option<String>,
    /// The number of the receipt that took its place.
    pub replaced_by: Option<String>,
    /// What was issued elsewhere for the same money.
    #[schema(value_type = Option<InvoiceElsewhere>)]
    pub elsewhere: Option<InvoiceElsewhere>,
}

/// What voided a receipt.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct VoidView {
    /// `changed` where another took its place, else `withdrawn`.
    pub kind: String,
    /// What a person gave as the reason.
    pub reason: Option<String>,
    /// Who.
    pub by: String,
    /// When, in UTC.
    #[schema(value_type = String, format = DateTime)]
    pub at: NaiveDateTime,
}

/// The receipts of a family's students, newest first, those that hold no longer too.
pub fn of_family(
    tx: &mut Tx<'_>,
    school: SchoolId,
    family: i64,
) -> Result<Vec<ReceiptView>, ServiceError> {
    let students: Vec<i64> = people::students_of_family(tx, family)?
        .into_iter()
        .filter(|row| row.school_id == school.0)
        .map(|row| row.id)
        .collect();
    let rows = receipts::of_students(tx, &students)?;
    views(tx, rows)
}

/// One receipt of a school.
pub fn find(store: &Store, school: SchoolId, id: i64) -> Result<ReceiptView, ServiceError> {
    store.read(|tx| load(tx, school, id))
}

/// The same within a transaction.
pub(crate) fn load(
    tx: &mut Tx<'_>,
    school: SchoolId,
    id: i64,
) -> Result<ReceiptView, ServiceError> {
    let rows = receipts::by_id(tx, &[id])?;
    let rows: Vec<Standing> =
        rows.into_iter().filter(|(row, _)| row.school_id == school.0).collect();
    views(tx, rows)?.into_iter().next().ok_or_else(|| missing(&id.to_string()))
}

/// The row of a receipt that holds.
fn load_live(tx: &mut Tx<'_>, school: SchoolId, id: i64) -> Result<ReceiptRow, ServiceError> {
    let found = receipts::by_id(tx, &[id])?.into_iter().next();
    let (row, void) = found
        .filter(|(row, _)| row.school_id == school.0)
        .ok_or_else(|| missing(&id.to_string()))?;
    if void.is_some() {
        let number = issue::number_of(&row);
        return Err(ServiceError::conflict(
            "receipt_not_live",
            format!("Biên lai {number} không còn hiệu lực. Tải lại để xem biên lai thay thế."),
            format!("The receipt {number} holds no longer. Reload to see what took its place."),
        ));
    }
    Ok(row)
}

fn missing(key: &str) -> ServiceError {
    ServiceError::not_found("receipt", "biên lai", "receipt", key)
}

/// What a stored receipt says.
fn content_of(row: &ReceiptRow) -> Result<Content, StoreError> {
    serde_json::from_str(&row.body)
        .map_err(|error| StoreError::Corrupt(format!("receipt {}: {error}", row.id)))
}

/// Views of receipts, in the order of the rows.
fn views(tx: &mut Tx<'_>, rows: Vec<Standing>) -> Result<Vec<ReceiptView>, ServiceError> {
    let ids: Vec<i64> = rows.iter().map(|(row, _)| row.id).collect();
    let payments: Vec<i64> = rows.iter().map(|(row, _)| row.payment_id).collect();
    let earlier: Vec<i64> = rows.iter().filter_map(|(row, _)| row.replaces_id).collect();
    let vouchers: HashMap<i64, String> = receipts::voucher_numbers(tx, &payments)?
        .into_iter()
        .map(|(payment, number, year)| (payment, format!("{number}/{year}")))
        .collect();
    let replaced: HashMap<i64, String> = receipts::by_id(tx, &earlier)?
        .into_iter()
        .map(|(row, _)| (row.id, issue::number_of(&row).to_string()))
        .collect();
    let replacements: HashMap<i64, String> = receipts::replacements(tx, &ids)?
        .into_iter()
        .map(|(before, row)| (before, issue::number_of(&row).to_string()))
        .collect();
    // The last one that was entered holds.
    let elsewhere: HashMap<i64, InvoiceElsewhere> = receipts::invoices_elsewhere(tx, &ids)?
        .into_iter()
        .map(|row| (row.receipt_id, InvoiceElsewhere::of(row)))
        .collect();
    rows.into_iter()
        .map(|(row, void)| {
            let content = content_of(&row)?;
            let replaced_by = replacements.get(&row.id).cloned();
            let state = match (&void, &replaced_by) {
                (None, _) => ReceiptState::Live,
                (Some(_), Some(_)) => ReceiptState::Replaced,
                (Some(_), None) => ReceiptState::Voided,
            };
            let code = VerifyCode::parse(&row.code);
            Ok(ReceiptView {
                id: row.id,
                number: issue::number_of(&row).to_string(),
                verify_code: code.map_or_else(|| row.code.clone(), |code| code.to_string()),
                state,
                payment: PaymentId(row.payment_id),
                student_id: row.student_id,
                school: content.school,
                student_code: content.student_code,
                student: content.student,
                class: content.class,
                amount: Vnd::new(row.amount_dong),
                lines: content.lines,
                left: content.left,
                paid_on: content.paid_on,
                channel: content.channel,
                voucher: vouchers.get(&row.payment_id).cloned(),
                issued_on: row.issued_on,
                issued_at: row.issued_at,
                issued_by: row.issued_by,
                voided: void.map(|void| VoidView {
                    kind: void.kind,
                    reason: void.reason,
                    by: void.voided_by,
                    at: void.voided_at,
                }),
                replaces: row.replaces_id.and_then(|id| replaced.get(&id).cloned()),
                replaced_by,
                elsewhere: elsewhere.get(&row.id).cloned().filter(|one| !one.is_empty()),
            })
        })
        .collect()
}
