//! Accounts that stand for one student each, and from when to when.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use crate::clock::{Clock, local_day};
use crate::domain::calendar::{Day, valid_on};
use crate::domain::diagnostic::Diagnostic;
use crate::domain::id::SchoolId;
use crate::domain::text::{last_four, squeeze};
use crate::service::directory;
use crate::service::limits;
use crate::service::organisation::change::Changed;
use crate::service::organisation::{record, span};
use crate::service::{Actor, ServiceError};
use crate::store::people::{self, VirtualAccountRow};
use crate::store::{Store, organisation as kept};

/// A virtual account to be given to a student.
#[derive(
    Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema, garde::Validate,
)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
pub struct NewVirtualAccount {
    /// The school's code of the student.
    #[garde(length(chars, max = limits::NAME))]
    pub student_code: String,
    /// Its number.
    #[garde(length(chars, max = limits::WORD))]
    pub number: String,
    /// Its first day.
    #[schema(value_type = Option<String>, format = Date)]
    pub from: Option<Day>,
    /// Its last day.
    #[schema(value_type = Option<String>, format = Date)]
    pub to: Option<Day>,
}

/// A student's virtual account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct VirtualAccountView {
    /// Its id.
    pub id: i64,
    /// Its number.
    pub number: String,
    /// The school's code of the student.
    pub student_code: String,
    /// Its first day.
    #[schema(value_type = Option<String>, format = Date)]
    pub from: Option<Day>,
    /// Its last day; money that comes later settles nothing alone.
    #[schema(value_type = Option<String>, format = Date)]
    pub to: Option<Day>,
    /// Whether it counts today.
    pub live: bool,
}

/// The virtual accounts of a school, or of one student, in the order in which they were given.
pub fn list(
    store: &Store,
    clock: &dyn Clock,
    school: SchoolId,
    student: Option<&str>,
) -> Result<Vec<VirtualAccountView>, ServiceError> {
    let today = local_day(clock.now());
    store.read(|tx| {
        let students: HashMap<i64, String> =
            people::students_of(tx, school.0)?.into_iter().map(|row| (row.id, row.code)).collect();
        if let Some(code) = student
            && !students.values().any(|known| known == code)
        {
            return Err(unknown_student(code));
        }
        let mut found = Vec::new();
        for row in people::virtual_accounts_of(tx, school.0)? {
            let code = students.get(&row.student_id).cloned().unwrap_or_default();
            if student.is_none_or(|wanted| wanted == code) {
                found.push(view(row, code, today));
            }
        }
        Ok(found)
    })
}

/// Gives a student a virtual account. One number may stand for the children of one family, never for
/// two families on the same day.
pub fn add(
    store: &Store,
    clock: &dyn Clock,
    actor: &Actor,
    school: SchoolId,
    new: &NewVirtualAccount,
) -> Result<VirtualAccountView, ServiceError> {
    let number = squeeze(&new.number);
    if number.is_empty() {
        return Err(ServiceError::refused(Diagnostic::new(
            "virtual_account",
            "Cần số tài khoản ảo: chữ và số như ngân hàng cấp.",
            "The virtual account's number is needed: letters and digits as the bank gave them.",
        )));
    }
    let days = span(new.from, new.to)?;
    store.write(|tx| {
        directory::lock_school(tx, school)?;
        let code = new.student_code.trim();
        let student =
            people::find_student(tx, school.0, code)?.ok_or_else(|| unknown_student(code))?;
        let families: HashMap<i64, i64> = people::students_of(tx, school.0)?
            .into_iter()
            .map(|row| (row.id, row.family_id))
            .collect();
        for row in people::virtual_accounts_of(tx, school.0)? {
            if row.number != number {
                continue;
            }
            if row.student_id == student.id {
                return Err(directory::taken("virtual_account", &number));
            }
            let other_family = families.get(&row.student_id) != Some(&student.family_id);
            let shared = span(row.valid_from, row.valid_to)?.both(days).is_some();
            if other_family && shared {
                return Err(of_another(&number));
            }
        }
        let row = VirtualAccountRow {
            id: tx.next_id()?,
            school_id: school.0,
            student_id: student.id,
            number: number.clone(),
            valid_from: days.from(),
            valid_to: days.to(),
        };
        people::insert_virtual_accounts(tx, std::slice::from_ref(&row))?;
        let detail = serde_json::json!({
            "account": last_four(&number), "from": days.from(), "student": student.id, "to": days.to(),
        });
        let subject = ("virtual_account", row.id);
        record(tx, (clock, actor), school.0, "virtual_account.add", subject, &detail)?;
        Ok(view(row, student.code, local_day(clock.now())))
    })
}

/// The virtual account of a student with this number.
pub fn find(
    store: &Store,
    school: SchoolId,
    student: &str,
    number: &str,
) -> Result<i64, ServiceError> {
    let wanted = squeeze(number);
    store.read(|tx| {
        let student =
            people::find_student(tx, school.0, student)?.ok_or_else(|| unknown_student(student))?;
        people::virtual_accounts_of(tx, school.0)?
            .into_iter()
            .find(|row| row.number == wanted && row.student_id == student.id)
            .map(|row| row.id)
            .ok_or_else(|| unknown(&wanted))
    })
}

/// Says on which day a virtual account ends. What was decided stays as it is.
pub fn end(
    store: &Store,
    clock: &dyn Clock,
    actor: &Actor,
    (school, id): (SchoolId, i64),
    on: Day,
) -> Result<Changed, ServiceError> {
    store.write(|tx| {
        directory::lock_school(tx, school)?;
        let row = people::virtual_accounts_of(tx, school.0)?
            .into_iter()
            .find(|row| row.id == id)
            .ok_or_else(|| unknown(&id.to_string()))?;
        span(row.valid_from, Some(on))?;
        if row.valid_to == Some(on) {
            return Ok(Changed::default());
        }
        kept::end_virtual_account(tx, id, on)?;
        let detail = serde_json::json!({ "before": row.valid_to, "to": on });
        let subject = ("virtual_account", id);
        record(tx, (clock, actor), school.0, "virtual_account.end", subject, &detail)?;
        Ok(Changed { changed: true, notes: Vec::new() })
    })
}

fn view(row: VirtualAccountRow, student_code: String, today: Day) -> VirtualAccountView {
    VirtualAccountView {
        live: valid_on(today, row.valid_from, row.valid_to),
        id: row.id,
        number: row.number,
        student_code,
        from: row.valid_from,
        to: row.valid_to,
    }
}

fn unknown_student(code: &str) -> ServiceError {
    ServiceError::not_found("student", "học sinh", "student", code)
}

fn unknown(number: &str) -> ServiceError {
    ServiceError::not_found(
        "virtual_account",
        "tài khoản ảo",
        "virtual account",
        &last_four(number),
    )
}

fn of_another(number: &str) -> ServiceError {
    let tail = last_four(number);
    ServiceError::conflict(
        "virtual_account_taken",
        format!(
            "Tài khoản ảo ****{tail} đang dùng cho học sinh của gia đình khác trong thời gian đó. Kết thúc tài khoản kia trước."
        ),
        format!(
            "Virtual account ****{tail} stands for a student of another family on these days. End that one first."
        ),
    )
}
