//! Many students' cash in one call, as a class brings it: a voucher for each, all or none.

use std::collections::HashSet;

use serde::{Deserialize, Serialize};

use super::{NewCash, Voucher, voucher, write_voucher};
use crate::clock::Clock;
use crate::domain::allocation::Use;
use crate::domain::calendar::Day;
use crate::domain::diagnostic::{Diagnostic, Place};
use crate::domain::id::{InvoiceId, SchoolId};
use crate::domain::money::Vnd;
use crate::service::settle::{self, Replay};
use crate::service::{Actor, ServiceError, directory};
use crate::store::fees::{self, InvoiceRow};
use crate::store::people::{self, StudentRow};
use crate::store::{Store, cash};

/// The most students of one call.
const MOST_ROWS: usize = 500;

/// Cash of one student.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BatchRow {
    /// The student's code.
    pub student_code: String,
    /// How much, in đồng: pays the student's open invoices, the first due first. Without it,
    /// everything the student owes.
    #[schema(value_type = Option<i64>)]
    pub amount: Option<Vnd>,
    /// Who brought it; the student's name where absent.
    pub payer: Option<String>,
    /// Anything worth keeping.
    pub note: Option<String>,
}

/// The cash of many students.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewBatch {
    /// The day it was taken.
    pub received_on: Day,
    /// Each student once, in the order of the vouchers.
    pub rows: Vec<BatchRow>,
    /// The sender's own id of this request: the same id again gives the same vouchers.
    pub request_key: Option<String>,
}

/// Records a voucher for each row. Refused whole, with every row that cannot be taken and why, when
/// one cannot.
pub fn record_batch(
    store: &Store,
    clock: &dyn Clock,
    actor: &Actor,
    school: SchoolId,
    batch: &NewBatch,
) -> Result<Vec<Voucher>, ServiceError> {
    if batch.rows.is_empty() || batch.rows.len() > MOST_ROWS {
        return Err(how_many());
    }
    let keys: Vec<String> = batch
        .request_key
        .iter()
        .flat_map(|key| (1..=batch.rows.len()).map(move |row| format!("{key}#{row}")))
        .collect();
    store.write(|tx| {
        let school_row = directory::lock_school(tx, school)?;
        let known = cash::vouchers_of_request(tx, school.0, &keys)?;
        if !known.is_empty() {
            return known.iter().map(|(row, _)| voucher(tx, row)).collect();
        }
        let at = clock.now();
        let students = people::students_of(tx, school.0)?;
        let invoices = fees::invoices_of(tx, school.0)?;
        let mut bad = Vec::new();
        let mut seen = HashSet::new();
        let mut good = Vec::with_capacity(batch.rows.len());
        for (number, row) in (1_u64..).zip(&batch.rows) {
            let code = row.student_code.trim();
            let student = students.iter().find(|student| student.code == code);
            let Some(student) = student else {
                bad.push(no_student(number, code));
                continue;
            };
            if !seen.insert(student.id) {
                bad.push(twice(number, code));
                continue;
            }
            match uses_of(number, row, student, &invoices) {
                Ok(uses) => good.push((row, student, uses)),
                Err(why) => bad.push(why),
            }
        }
        if !bad.is_empty() {
            return Err(ServiceError::Refused(bad));
        }
        let mut made = Vec::with_capacity(good.len());
        for (place, (row, student, uses)) in good.into_iter().enumerate() {
            let payer = row.payer.as_deref().map(str::trim).filter(|payer| !payer.is_empty());
            let new = NewCash {
                allocations: Vec::new(),
                payer: payer.unwrap_or(&student.name).to_owned(),
                received_on: batch.received_on,
                note: row.note.clone(),
                request_key: keys.get(place).cloned(),
            };
            made.push(write_voucher(tx, school, (actor, at), &new, uses)?);
        }
        settle::replay(tx, &school_row, &Replay::undecided(), at)?;
        made.iter().map(|row| voucher(tx, row)).collect()
    })
}

/// What a row pays: the student's open invoices, the first due first.
fn uses_of(
    number: u64,
    row: &BatchRow,
    student: &StudentRow,
    invoices: &[InvoiceRow],
) -> Result<Vec<Use>, Diagnostic> {
    let left = |invoice: &InvoiceRow| invoice.net_dong.saturating_sub(invoice.paid_dong);
    let mut open: Vec<&InvoiceRow> = invoices
        .iter()
        .filter(|one| one.student_id == student.id && !one.cancelled && left(one) > 0)
        .collect();
    open.sort_by_key(|one| (one.due_on.is_none(), one.due_on, one.issued_at, one.id));
    let owed = Vnd::checked_sum(open.iter().map(|one| Vnd::new(left(one))));
    let owed = owed.unwrap_or(Vnd::ZERO);
    if owed.is_zero() {
        return Err(nothing_owed(number, &student.code));
    }
    let mut rest = row.amount.unwrap_or(owed);
    if !rest.is_positive() {
        return Err(not_positive(number));
    }
    if rest > owed {
        return Err(too_much(number, &student.code, owed));
    }
    let mut uses = Vec::new();
    for invoice in open {
        let amount = rest.min(Vnd::new(left(invoice)));
        if amount.is_positive() {
            uses.push(Use::Invoice { invoice: InvoiceId(invoice.id), amount });
            rest = rest.checked_sub(amount).unwrap_or(Vnd::ZERO);
        }
    }
    Ok(uses)
}

fn how_many() -> ServiceError {
    ServiceError::refused(Diagnostic::new(
        "batch_rows",
        format!("Mỗi lần ghi từ 1 đến {MOST_ROWS} học sinh. Hãy chia danh sách thành nhiều lần."),
        format!("Record 1 to {MOST_ROWS} students at a time. Split the list."),
    ))
}

fn no_student(row: u64, code: &str) -> Diagnostic {
    Diagnostic::new(
        "student_not_found",
        format!("Dòng {row}: không có học sinh mang mã “{code}”. Kiểm tra lại mã học sinh."),
        format!("Row {row}: there is no student “{code}”. Check the student's code."),
    )
    .at(Place::cell(row, "student_code"))
}

fn twice(row: u64, code: &str) -> Diagnostic {
    Diagnostic::new(
        "student_twice",
        format!("Dòng {row}: học sinh {code} đã có ở dòng trên. Gộp lại thành một dòng."),
        format!("Row {row}: student {code} is in a row above. Make one row of the two."),
    )
    .at(Place::cell(row, "student_code"))
}

fn nothing_owed(row: u64, code: &str) -> Diagnostic {
    Diagnostic::new(
        "nothing_to_pay",
        format!("Dòng {row}: học sinh {code} không còn khoản phải thu nào. Bỏ dòng này."),
        format!("Row {row}: student {code} owes nothing. Leave the row out."),
    )
    .at(Place::cell(row, "student_code"))
}

fn not_positive(row: u64) -> Diagnostic {
    Diagnostic::new(
        "amount_not_positive",
        format!("Dòng {row}: số tiền phải lớn hơn 0 ₫."),
        format!("Row {row}: the amount must be more than 0 ₫."),
    )
    .at(Place::cell(row, "amount"))
}

fn too_much(row: u64, code: &str, owed: Vnd) -> Diagnostic {
    let owed = owed.grouped();
    Diagnostic::new(
        "amount_too_much",
        format!(
            "Dòng {row}: học sinh {code} chỉ còn phải nộp {owed} ₫. Sửa lại số tiền của dòng này."
        ),
        format!("Row {row}: student {code} owes {owed} ₫ only. Correct the amount of this row."),
    )
    .at(Place::cell(row, "amount"))
}
