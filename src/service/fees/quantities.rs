//! How much each student had of an item of a round: days of meals, from the register.

use std::collections::HashSet;

use crate::clock::Clock;
use crate::domain::diagnostic::{Diagnostic, Place};
use crate::domain::id::SchoolId;
use crate::formats::roster::{self, QuantityRow, Table};
use crate::service::import_students::ListOutcome;
use crate::service::{Actor, ServiceError, directory};
use crate::store::Store;
use crate::store::rounds::{self as store, RoundQuantityRow};

use super::{ItemsByWord, record, rounds, students_by_code, unknown_item, unknown_student};

/// Takes in a list of quantities for a draft (see [`roster::quantities_of`]): good rows are kept, bad
/// rows are told. A row in place of a known one changes it.
pub fn import(
    store: &Store,
    clock: &dyn Clock,
    actor: &Actor,
    (school, round): (SchoolId, &str),
    list: &Table,
) -> Result<ListOutcome, ServiceError> {
    let rows = roster::quantities_of(list).map_err(ServiceError::refused)?;
    store.write(|tx| {
        directory::lock_school(tx, school)?;
        let round = rounds::load(tx, school, round)?;
        rounds::must_be_draft(tx, &round)?;
        let students = students_by_code(tx, school.0)?;
        let items = ItemsByWord::load(tx, school.0)?;
        let in_round: HashSet<i64> =
            store::items_of(tx, round.id)?.into_iter().map(|item| item.fee_item_id).collect();
        let known: std::collections::HashMap<(i64, i64), i64> = store::quantities_of(tx, round.id)?
            .into_iter()
            .map(|row| ((row.student_id, row.fee_item_id), row.quantity))
            .collect();
        let mut outcome = ListOutcome { bad: rows.bad.clone(), ..ListOutcome::default() };
        let mut seen: std::collections::HashMap<(i64, i64), u64> = std::collections::HashMap::new();
        let mut changed = Vec::new();
        for row in &rows.good {
            let Some(student) = students.get(&row.student_code) else {
                outcome.bad.push(unknown_student(row.row, &row.student_code));
                continue;
            };
            let Some(item) = items.find(&row.fee_item).filter(|item| in_round.contains(&item.id))
            else {
                outcome.bad.push(unknown_item(row.row, &row.fee_item));
                continue;
            };
            let key = (student.id, item.id);
            if let Some(first) = seen.insert(key, row.row) {
                outcome.bad.push(quantity_twice(row, first));
                continue;
            }
            match known.get(&key) {
                Some(same) if *same == row.quantity => {
                    outcome.unchanged += 1;
                    continue;
                }
                Some(_) => outcome.updated += 1,
                None => outcome.added += 1,
            }
            changed.push(RoundQuantityRow {
                id: tx.next_id()?,
                school_id: school.0,
                round_id: round.id,
                student_id: student.id,
                fee_item_id: item.id,
                quantity: row.quantity,
            });
        }
        store::set_quantities(tx, round.id, &changed)?;
        let detail = serde_json::json!({
            "added": outcome.added, "bad": outcome.bad.len(), "updated": outcome.updated,
        });
        let what = ("round.quantities", "round", round.id);
        record(tx, school.0, (actor, clock.now()), what, &detail)?;
        Ok(outcome)
    })
}

fn quantity_twice(row: &QuantityRow, first: u64) -> Diagnostic {
    let number = row.row;
    Diagnostic::new(
        "quantity_twice",
        format!("Dòng {number}: học sinh đã có số lượng của khoản này ở dòng {first}. Giữ lại một dòng."),
        format!("Row {number}: row {first} says already how much this student had. Keep one of the rows."),
    )
    .at(Place::row(number))
}
