//! How much the students of a class had of a round's items, as a grid to be filled like a spreadsheet.

use std::collections::{HashMap, HashSet};

use super::{record, rounds};
use crate::clock::Clock;
use crate::domain::fee::Scope;
use crate::domain::id::SchoolId;
use crate::service::{Actor, ServiceError, directory};
use crate::store::people::{self, StudentFilter};
use crate::store::rounds::{self as store, RoundQuantityRow};
use crate::store::{Store, StoreError, Tx, fees};

/// More students than any class has.
const MOST: i64 = 300;

/// An item of the round.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QuantityItem {
    /// The fee item's id.
    pub id: i64,
    /// Its name.
    pub name: String,
    /// How many units everybody had, where nothing else is said.
    pub usual: i64,
    /// How many units the class had together.
    pub sum: i64,
}

/// A student's line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QuantityLine {
    /// The student's id.
    pub id: i64,
    /// The student's code.
    pub code: String,
    /// The student's name.
    pub name: String,
    /// Item by item: its id, and the student's own count where there is one.
    pub cells: Vec<(i64, Option<i64>)>,
}

/// The grid.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct QuantityGrid {
    /// The round's items, in the order of the invoice.
    pub items: Vec<QuantityItem>,
    /// Students in the order of names.
    pub lines: Vec<QuantityLine>,
}

/// What the students of a class had of the items of a draft.
pub fn of_class(
    store: &Store,
    (school, round): (SchoolId, i64),
    class: &str,
) -> Result<QuantityGrid, ServiceError> {
    store.read(|tx| {
        let round = super::round_pages::load_by_id(tx, school, round)?;
        let students = students(tx, school, class, round.scope.as_deref())?;
        let ids: Vec<i64> = students.iter().map(|row| row.id).collect();
        let own: HashMap<(i64, i64), i64> = store::quantities_of_students(tx, round.id, &ids)?
            .into_iter()
            .map(|row| ((row.student_id, row.fee_item_id), row.quantity))
            .collect();
        let names: HashMap<i64, String> =
            fees::fee_items_of(tx, school.0)?.into_iter().map(|row| (row.id, row.name)).collect();
        let mut items: Vec<QuantityItem> = store::items_of(tx, round.id)?
            .into_iter()
            .map(|row| QuantityItem {
                id: row.fee_item_id,
                name: names.get(&row.fee_item_id).cloned().unwrap_or_default(),
                usual: row.quantity,
                sum: 0,
            })
            .collect();
        let lines = students
            .into_iter()
            .map(|row| QuantityLine {
                cells: items
                    .iter_mut()
                    .map(|item| {
                        let count = own.get(&(row.id, item.id)).copied();
                        item.sum = item.sum.saturating_add(count.unwrap_or(item.usual));
                        (item.id, count)
                    })
                    .collect(),
                id: row.id,
                code: row.code,
                name: row.name,
            })
            .collect();
        Ok(QuantityGrid { items, lines })
    })
}

/// Writes counts of students of a class; one that is `None` is the round's own count again. How many
/// were other before.
pub fn set(
    store: &Store,
    clock: &dyn Clock,
    actor: &Actor,
    (school, round, class): (SchoolId, i64, &str),
    cells: &[(i64, i64, Option<i64>)],
) -> Result<usize, ServiceError> {
    store.write(|tx| {
        directory::lock_school(tx, school)?;
        let round = super::round_pages::load_by_id(tx, school, round)?;
        rounds::must_be_draft(tx, &round)?;
        let ids: Vec<i64> = students(tx, school, class, round.scope.as_deref())?
            .into_iter()
            .map(|row| row.id)
            .collect();
        let in_class: HashSet<i64> = ids.iter().copied().collect();
        let in_round: HashSet<i64> =
            store::items_of(tx, round.id)?.into_iter().map(|item| item.fee_item_id).collect();
        let known: HashMap<(i64, i64), (i64, i64)> =
            store::quantities_of_students(tx, round.id, &ids)?
                .into_iter()
                .map(|row| ((row.student_id, row.fee_item_id), (row.id, row.quantity)))
                .collect();
        let (mut written, mut forgotten) = (Vec::new(), Vec::new());
        for (student, item, count) in cells {
            if !in_class.contains(student) || !in_round.contains(item) {
                continue;
            }
            match (known.get(&(*student, *item)), count) {
                (Some((_, same)), Some(count)) if same == count => {}
                (_, Some(count)) => written.push(RoundQuantityRow {
                    id: tx.next_id()?,
                    school_id: school.0,
                    round_id: round.id,
                    student_id: *student,
                    fee_item_id: *item,
                    quantity: *count,
                }),
                (Some((id, _)), None) => forgotten.push(*id),
                (None, None) => {}
            }
        }
        let changed = written.len() + forgotten.len();
        if changed > 0 {
            store::set_quantities(tx, round.id, &written)?;
            store::delete_quantities(tx, &forgotten)?;
            let detail = serde_json::json!({ "changed": changed, "class": class });
            let what = ("round.quantities", "round", round.id);
            record(tx, school.0, (actor, clock.now()), what, &detail)?;
        }
        Ok(changed)
    })
}

/// The students of a class for whom the round is.
fn students(
    tx: &mut Tx<'_>,
    school: SchoolId,
    class: &str,
    scope: Option<&str>,
) -> Result<Vec<people::StudentRow>, ServiceError> {
    let scope: Option<Scope> = scope
        .map(serde_json::from_str)
        .transpose()
        .map_err(|error| StoreError::Corrupt(format!("scope of a round: {error}")))?;
    let filter = StudentFilter { class: Some(class), limit: MOST, ..StudentFilter::default() };
    let mut students = people::students_page(tx, school.0, &filter)?;
    students.retain(|row| scope.as_ref().is_none_or(|scope| scope.holds(&row.code, &row.class)));
    Ok(students)
}
