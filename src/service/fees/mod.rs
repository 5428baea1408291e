//! What students owe: fee items and prices, choices and exemptions, rounds and their issue, what is
//! corrected afterwards, and credit.

pub mod carry;
pub mod catalogue;
pub mod choice_grid;
pub mod choices;
pub mod corrections;
pub mod credit_notes;
pub mod exemptions;
pub mod issuing;
pub mod items;
pub mod lists;
pub mod quantities;
pub mod quantity_grid;
pub mod refund_limit;
pub mod refund_requests;
pub mod refunds;
pub mod round_pages;
pub mod rounds;
pub mod show;
pub mod transfer;
pub mod write_offs;

use chrono::NaiveDateTime;
use std::collections::HashMap;

use crate::domain::diagnostic::{Diagnostic, Place};
use crate::domain::text::squeeze;
use crate::service::{Actor, ServiceError};
use crate::store::audit::{self, AuditFact};
use crate::store::fees::{self, FeeItemRow};
use crate::store::{Tx, people};

/// The fee items of a school by what people call them: code or name, without blanks, marks and case.
struct ItemsByWord {
    by_word: HashMap<String, FeeItemRow>,
}

impl ItemsByWord {
    fn load(tx: &mut Tx<'_>, school: i64) -> Result<ItemsByWord, ServiceError> {
        let mut by_word = HashMap::new();
        for row in fees::fee_items_of(tx, school)? {
            // A code says more than another item's name.
            by_word.entry(squeeze(&row.name)).or_insert_with(|| row.clone());
            by_word.insert(squeeze(&row.code), row);
        }
        Ok(ItemsByWord { by_word })
    }

    fn find(&self, word: &str) -> Option<&FeeItemRow> {
        self.by_word.get(&squeeze(word))
    }

    fn load_one(&self, word: &str) -> Result<FeeItemRow, ServiceError> {
        self.find(word)
            .cloned()
            .ok_or_else(|| ServiceError::not_found("fee_item", "khoản thu", "fee item", word))
    }
}

/// Student ids of a school by code.
fn students_by_code(
    tx: &mut Tx<'_>,
    school: i64,
) -> Result<HashMap<String, people::StudentRow>, ServiceError> {
    let students = people::students_of(tx, school)?;
    Ok(students.into_iter().map(|row| (row.code.clone(), row)).collect())
}

fn unknown_student(row: u64, code: &str) -> Diagnostic {
    Diagnostic::new(
        "unknown_student",
        format!("Dòng {row}: không có học sinh mã “{code}” trong trường. Sửa mã, hoặc nhập danh sách học sinh trước."),
        format!("Row {row}: the school has no student with code “{code}”. Correct the code, or import the students first."),
    )
    .at(Place::cell(row, "student_code"))
}

fn unknown_item(row: u64, word: &str) -> Diagnostic {
    Diagnostic::new(
        "unknown_fee_item",
        format!(
            "Dòng {row}: trường không có khoản thu “{word}”. Sửa lại, hoặc thêm khoản thu trước."
        ),
        format!(
            "Row {row}: the school has no fee item “{word}”. Correct it, or add the fee item first."
        ),
    )
    .at(Place::cell(row, "fee_item"))
}

/// Appends one audit record to the school's chain.
fn record(
    tx: &mut Tx<'_>,
    school: i64,
    (actor, at): (&Actor, NaiveDateTime),
    (action, subject_kind, subject_id): (&'static str, &'static str, i64),
    detail: &serde_json::Value,
) -> Result<(), ServiceError> {
    let actor = actor.as_str().to_owned();
    let detail = detail.to_string();
    let fact = AuditFact { actor, action, subject_kind, subject_id, detail };
    Ok(audit::append(tx, school, at, vec![fact])?)
}

fn blank(field: &str, vi: &str, en: &str) -> ServiceError {
    ServiceError::refused(
        Diagnostic::new("blank_field", format!("Cần điền {vi}."), format!("{en} is needed."))
            .at(Place { column: Some(field.to_owned()), ..Place::default() }),
    )
}
