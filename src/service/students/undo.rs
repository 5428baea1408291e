//! Undoes an import of students while nothing depends on it.

use std::collections::HashMap;

use serde::Serialize;

use super::imports::{load, not_committed};
use super::person::{Person, Writing};
use chrono::NaiveDateTime;

use crate::clock::Clock;
use crate::domain::id::SchoolId;
use crate::service::{Actor, ServiceError, directory};
use crate::store::audit::{self, AuditFact};
use crate::store::people::StudentRow;
use crate::store::roster::ChangeRow;
use crate::store::{Store, StoreError, Tx, people, roster, student_imports};

/// What undoing an import did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct UndoneStudents {
    /// The import.
    pub id: i64,
    /// Students that are gone again.
    pub removed: u64,
    /// Students that are as they were before.
    pub restored: u64,
}

/// Takes an import back: students it added go, students it changed are as they were. Refused once an
/// invoice, a payment or a later change depends on one of them.
pub fn run(
    store: &Store,
    clock: &dyn Clock,
    actor: &Actor,
    school: SchoolId,
    id: i64,
) -> Result<UndoneStudents, ServiceError> {
    store.write(|tx| {
        directory::lock_school(tx, school)?;
        let mut row = load(tx, school, id)?;
        let Some(committed_at) = row.committed_at.filter(|_| row.state == "committed") else {
            return Err(not_committed(id));
        };
        let added = people::students_added_by(tx, id)?;
        let changes = roster::changes_by_import(tx, id)?;
        refuse_later_changes(tx, school, &added, &changes)?;
        let added_ids: Vec<i64> = added.iter().map(|student| student.id).collect();
        let changed_ids: Vec<i64> = changes.iter().map(|change| change.student_id).collect();
        let invoices = student_imports::invoices_since(tx, &added_ids, None)?
            + student_imports::invoices_since(tx, &changed_ids, Some(committed_at))?;
        if invoices > 0 {
            return Err(invoiced(id, invoices));
        }
        let now = clock.now();
        take_back(tx, (school, now), id, &added, &changes).map_err(|error| refused(id, error))?;
        "undone".clone_into(&mut row.state);
        row.undone_at = Some(now);
        student_imports::set_state(tx, &row)?;
        let count = |ids: &[i64]| u64::try_from(ids.len()).unwrap_or(u64::MAX);
        let undone =
            UndoneStudents { id, removed: count(&added_ids), restored: count(&changed_ids) };
        let fact = AuditFact {
            actor: actor.as_str().to_owned(),
            action: "students.undo",
            subject_kind: "school",
            subject_id: school.0,
            detail: serde_json::json!({
                "import": id, "removed": undone.removed, "restored": undone.restored,
            })
            .to_string(),
        };
        audit::append(tx, school.0, now, vec![fact])?;
        Ok(undone)
    })
}

fn refuse_later_changes(
    tx: &mut Tx<'_>,
    school: SchoolId,
    added: &[StudentRow],
    changes: &[ChangeRow],
) -> Result<(), ServiceError> {
    // The last change of an added student must be none, that of a changed one this import's own.
    let mut own: HashMap<i64, i64> = added.iter().map(|student| (student.id, i64::MIN)).collect();
    own.extend(changes.iter().map(|change| (change.student_id, change.id)));
    let ids: Vec<i64> = own.keys().copied().collect();
    let later: Vec<i64> = roster::changes_of(tx, school.0, &ids)?
        .into_iter()
        .filter(|(student, change)| own.get(student).is_some_and(|last| change > last))
        .map(|(student, _)| student)
        .collect();
    if later.is_empty() {
        return Ok(());
    }
    let mut codes: Vec<String> =
        people::students_by_id(tx, &later)?.into_iter().map(|student| student.code).collect();
    codes.sort();
    codes.dedup();
    codes.truncate(5);
    let codes = codes.join(", ");
    Err(ServiceError::conflict(
        "changed_later",
        format!(
            "Không hoàn tác được: thông tin học sinh đã thay đổi sau lần nhập này ({codes}). Hoàn tác các lần nhập sau trước, hoặc sửa từng học sinh."
        ),
        format!(
            "It cannot be undone: students were changed after this import ({codes}). Undo later imports first, or correct the students one by one."
        ),
    ))
}

fn take_back(
    tx: &mut Tx<'_>,
    (school, now): (SchoolId, NaiveDateTime),
    id: i64,
    added: &[StudentRow],
    changes: &[ChangeRow],
) -> Result<(), StoreError> {
    let ids: Vec<i64> = added.iter().map(|student| student.id).collect();
    let touched: Vec<i64> = changes.iter().map(|change| change.student_id).collect();
    let own: Vec<i64> = added.iter().map(|student| student.family_id).collect();
    let others: Vec<i64> =
        people::students_by_id(tx, &touched)?.iter().map(|row| row.family_id).collect();
    people::forget_listed_payers(tx, id)?;
    roster::delete_belongings(tx, &ids)?;
    people::delete_students(tx, &ids)?;
    let before: Vec<Person> = changes.iter().map(Person::restored).collect::<Result<_, _>>()?;
    for person in &before {
        people::keep_virtual_accounts(tx, person.row.id, &person.virtual_accounts)?;
    }
    Writing { changed: before, ..Writing::default() }.write(tx, now)?;
    roster::delete_changes(tx, id)?;
    // Money of a family that came with the list keeps the import; a family that students only moved
    // to may have been there before, and stays where it has any.
    let used = people::families_in_use(tx, &others)?;
    let mut families: Vec<i64> = others.into_iter().filter(|id| !used.contains(id)).collect();
    families.extend(own);
    families.sort_unstable();
    families.dedup();
    people::delete_empty_families(tx, &families)?;
    roster::forget_empty_classes(tx, school.0)
}

fn refused(id: i64, error: StoreError) -> ServiceError {
    if error.is_reference_violation() || error.is_unique_violation() {
        return ServiceError::conflict(
            "import_in_use",
            format!(
                "Không hoàn tác được lần nhập {id}: đã có khoản thu, khoản tiền hoặc thông tin khác gắn với học sinh hay gia đình của lần nhập này."
            ),
            format!(
                "Import {id} cannot be undone: fees, money or other records belong to its students or families."
            ),
        );
    }
    ServiceError::Store(error)
}

fn invoiced(id: i64, invoices: i64) -> ServiceError {
    ServiceError::conflict(
        "import_invoiced",
        format!(
            "Không hoàn tác được lần nhập {id}: học sinh của lần nhập này đã có {invoices} khoản phải thu."
        ),
        format!("Import {id} cannot be undone: its students have {invoices} invoices."),
    )
}
