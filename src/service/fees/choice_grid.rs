//! What the families of a class chose, as a grid: students down, fee items across, on one day.

use std::collections::HashSet;

use super::record;
use crate::clock::Clock;
use crate::domain::calendar::{Day, valid_on};
use crate::domain::id::SchoolId;
use crate::service::{Actor, ServiceError, directory};
use crate::store::fee_catalogue::{self as store, FeeChoiceRow};
use crate::store::people::{self, StudentFilter};
use crate::store::{Store, Tx, fees};

/// More students than any class has; what is above is asked for by another class.
const MOST: i64 = 300;

/// A fee item that families may choose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GridItem {
    /// Its id.
    pub id: i64,
    /// Its name.
    pub name: String,
    /// How many of the class chose it.
    pub chosen: u64,
}

/// A student's line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GridLine {
    /// The student's id.
    pub id: i64,
    /// The student's code.
    pub code: String,
    /// The student's name.
    pub name: String,
    /// Item by item, its id and whether it is chosen.
    pub cells: Vec<(i64, bool)>,
}

/// The grid.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ChoiceGrid {
    /// What may be chosen on the day.
    pub items: Vec<GridItem>,
    /// Students in the order of names.
    pub lines: Vec<GridLine>,
}

/// What somebody ticked in a grid: cells by student and item.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ticks {
    /// Every cell that was shown.
    pub shown: Vec<(i64, i64)>,
    /// Those that are ticked.
    pub ticked: Vec<(i64, i64)>,
}

/// What the students of a class have chosen on a day.
pub fn of_class(
    store: &Store,
    school: SchoolId,
    class: &str,
    day: Day,
) -> Result<ChoiceGrid, ServiceError> {
    store.read(|tx| {
        let students = students(tx, school, class)?;
        let ids: Vec<i64> = students.iter().map(|row| row.id).collect();
        let chosen: HashSet<(i64, i64)> = store::choices_of_students(tx, school.0, &ids)?
            .into_iter()
            .filter(|row| valid_on(day, Some(row.valid_from), row.valid_to))
            .map(|row| (row.student_id, row.fee_item_id))
            .collect();
        let mut items: Vec<GridItem> = optional(tx, school, day)?
            .into_iter()
            .map(|(id, name)| GridItem { id, name, chosen: 0 })
            .collect();
        let lines = students
            .into_iter()
            .map(|row| GridLine {
                cells: items
                    .iter_mut()
                    .map(|item| {
                        let ticked = chosen.contains(&(row.id, item.id));
                        item.chosen += u64::from(ticked);
                        (item.id, ticked)
                    })
                    .collect(),
                id: row.id,
                code: row.code,
                name: row.name,
            })
            .collect();
        Ok(ChoiceGrid { items, lines })
    })
}

/// Makes what a class has chosen from a day on be what is ticked. Only cells
/// that were shown are touched. Saying the same twice changes nothing.
pub fn set(
    store: &Store,
    clock: &dyn Clock,
    actor: &Actor,
    (school, class, day): (SchoolId, &str, Day),
    ticks: &Ticks,
) -> Result<usize, ServiceError> {
    let cells = |cells: &[(i64, i64)]| cells.iter().copied().collect::<HashSet<_>>();
    let (shown, ticked) = (cells(&ticks.shown), cells(&ticks.ticked));
    store.write(|tx| {
        directory::lock_school(tx, school)?;
        let students = students(tx, school, class)?;
        let ids: Vec<i64> = students.iter().map(|row| row.id).collect();
        let standing = store::choices_of_students(tx, school.0, &ids)?;
        let (mut begun, mut undone, mut changed) = (Vec::new(), Vec::new(), 0);
        for (item, _) in optional(tx, school, day)? {
            for student in &ids {
                let cell = (*student, item);
                if !shown.contains(&cell) {
                    continue;
                }
                let own =
                    || standing.iter().filter(|row| (row.student_id, row.fee_item_id) == cell);
                let now = own().find(|row| valid_on(day, Some(row.valid_from), row.valid_to));
                match (now, ticked.contains(&cell)) {
                    (Some(_), true) | (None, false) => continue,
                    (None, true) => {
                        let next = own().map(|row| row.valid_from).filter(|from| *from > day).min();
                        begun.push(FeeChoiceRow {
                            id: tx.next_id()?,
                            school_id: school.0,
                            student_id: *student,
                            fee_item_id: item,
                            valid_from: day,
                            valid_to: next.and_then(|next| next.pred_opt()),
                        });
                    }
                    (Some(row), false) if row.valid_from == day => undone.push(row.id),
                    (Some(row), false) => {
                        store::end_choice(tx, row.id, day.pred_opt().unwrap_or(day))?;
                    }
                }
                changed += 1;
            }
        }
        if changed == 0 {
            return Ok(0);
        }
        store::insert_choices(tx, &begun)?;
        store::delete_choices(tx, &undone)?;
        let detail = serde_json::json!({ "begun": begun.len(), "changed": changed, "from": day });
        let what = ("fee_choices.set", "school", school.0);
        record(tx, school.0, (actor, clock.now()), what, &detail)?;
        Ok(changed)
    })
}

fn students(
    tx: &mut Tx<'_>,
    school: SchoolId,
    class: &str,
) -> Result<Vec<people::StudentRow>, ServiceError> {
    let filter = StudentFilter { class: Some(class), limit: MOST, ..StudentFilter::default() };
    Ok(people::students_page(tx, school.0, &filter)?)
}

/// Items of which a family has a choice on a day, in the order in which money goes to them.
fn optional(
    tx: &mut Tx<'_>,
    school: SchoolId,
    day: Day,
) -> Result<Vec<(i64, String)>, ServiceError> {
    let mut items = fees::fee_items_of(tx, school.0)?;
    items.retain(|row| !row.compulsory && row.retired_on.is_none_or(|last| day <= last));
    items.sort_by(|one, other| (one.priority, &one.code).cmp(&(other.priority, &other.code)));
    Ok(items.into_iter().map(|row| (row.id, row.name)).collect())
}
