//! What families chose of the fee items they may do without.

use crate::clock::Clock;
use crate::domain::calendar::Day;
use crate::domain::diagnostic::{Diagnostic, Place};
use crate::domain::id::SchoolId;
use crate::formats::roster::{self, ChoiceRow, Table};
use crate::service::import_students::ListOutcome;
use crate::service::{Actor, ServiceError, directory};
use crate::store::Store;
use crate::store::fee_catalogue::{self as store, FeeChoiceRow};

use super::{ItemsByWord, record, students_by_code, unknown_item, unknown_student};

/// Takes in a list of choices (see [`roster::choices_of`]): good rows are kept, bad rows are told. A
/// choice that stands already is unchanged; a row with a last day ends the one that was open.
pub fn import(
    store: &Store,
    clock: &dyn Clock,
    actor: &Actor,
    school: SchoolId,
    list: &Table,
) -> Result<ListOutcome, ServiceError> {
    let rows = roster::choices_of(list).map_err(ServiceError::refused)?;
    store.write(|tx| {
        directory::lock_school(tx, school)?;
        let students = students_by_code(tx, school.0)?;
        let items = ItemsByWord::load(tx, school.0)?;
        let mut standing = store::choices_of(tx, school.0)?;
        let mut outcome = ListOutcome { bad: rows.bad.clone(), ..ListOutcome::default() };
        let mut new = Vec::new();
        for row in &rows.good {
            let Some(student) = students.get(&row.student_code) else {
                outcome.bad.push(unknown_student(row.row, &row.student_code));
                continue;
            };
            let Some(item) = items.find(&row.fee_item) else {
                outcome.bad.push(unknown_item(row.row, &row.fee_item));
                continue;
            };
            if item.compulsory {
                outcome.bad.push(no_choice(row, &item.name));
                continue;
            }
            let same = |one: &FeeChoiceRow| {
                (one.student_id, one.fee_item_id) == (student.id, item.id) && meets(one, row)
            };
            match standing.iter_mut().find(|one| same(one)) {
                Some(known)
                    if (known.valid_from, known.valid_to) == (row.valid_from, row.valid_to) =>
                {
                    outcome.unchanged += 1;
                }
                Some(known) if known.valid_to.is_none() && known.valid_from <= row.valid_from => {
                    let Some(ends_on) = row.valid_to else {
                        outcome.unchanged += 1;
                        continue;
                    };
                    known.valid_to = Some(ends_on);
                    store::end_choice(tx, known.id, ends_on)?;
                    outcome.updated += 1;
                }
                Some(known) => outcome.bad.push(chosen_twice(row, known.valid_from)),
                None => {
                    let choice = FeeChoiceRow {
                        id: tx.next_id()?,
                        school_id: school.0,
                        student_id: student.id,
                        fee_item_id: item.id,
                        valid_from: row.valid_from,
                        valid_to: row.valid_to,
                    };
                    standing.push(choice.clone());
                    new.push(choice);
                    outcome.added += 1;
                }
            }
        }
        store::insert_choices(tx, &new)?;
        let detail = serde_json::json!({
            "added": outcome.added, "bad": outcome.bad.len(), "updated": outcome.updated,
        });
        let what = ("fee_choices.import", "school", school.0);
        record(tx, school.0, (actor, clock.now()), what, &detail)?;
        Ok(outcome)
    })
}

fn meets(known: &FeeChoiceRow, row: &ChoiceRow) -> bool {
    known.valid_to.is_none_or(|last| row.valid_from <= last)
        && row.valid_to.is_none_or(|last| known.valid_from <= last)
}

fn no_choice(row: &ChoiceRow, item: &str) -> Diagnostic {
    let number = row.row;
    Diagnostic::new(
        "compulsory_item",
        format!("Dòng {number}: khoản thu “{item}” là bắt buộc, không cần đăng ký. Xóa dòng này."),
        format!(
            "Row {number}: fee item “{item}” is compulsory and not to be chosen. Delete the row."
        ),
    )
    .at(Place::cell(number, "fee_item"))
}

fn chosen_twice(row: &ChoiceRow, since: Day) -> Diagnostic {
    let number = row.row;
    let since = crate::domain::calendar::vietnamese_day(since);
    Diagnostic::new(
        "chosen_twice",
        format!("Dòng {number}: học sinh đã đăng ký khoản này từ ngày {since}, thời gian chồng nhau. Sửa lại ngày."),
        format!("Row {number}: the student has chosen this item from {since}, and the times overlap. Correct the days."),
    )
    .at(Place::row(number))
}
