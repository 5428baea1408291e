//! Looks at a family through pages that show its data beside others': a student, an account, a receipt.
//! Once a day for each person and kind: who works on an account opens it many times.

use chrono::NaiveDateTime;

use super::looks::{Look, note_in};
use crate::clock::{Clock, day_began};
use crate::domain::id::SchoolId;
use crate::service::{Actor, ServiceError, directory};
use crate::store::family_pages as store;
use crate::store::{Store, Tx, fees, people, receipts};

/// By what a page or an answer names the family whose data it shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Shown {
    /// A student by its number.
    Student(i64),
    /// A student by the code.
    StudentCode(String),
    /// An invoice by its code.
    Invoice(String),
    /// Receipts by their numbers, perhaps of several families.
    Receipts(Vec<i64>),
}

/// Writes down that somebody was shown the data of a family, unless that is written down for today.
/// What names nobody is no look.
pub fn note(
    store: &Store,
    clock: &dyn Clock,
    actor: &Actor,
    (school, shown): (&str, &Shown),
    look: Look,
) -> Result<(), ServiceError> {
    let now = clock.now();
    let school = directory::find_school(store, school)?.id;
    let unknown: Vec<i64> = store.read(|tx| {
        let mut families = families(tx, school, shown)?;
        families.sort_unstable();
        families.dedup();
        let mut unknown = Vec::new();
        for family in families {
            if !is_noted(tx, (school, family), look, (actor, now))? {
                unknown.push(family);
            }
        }
        Ok::<_, ServiceError>(unknown)
    })?;
    if unknown.is_empty() {
        return Ok(());
    }
    store.write(|tx| {
        for family in &unknown {
            note_in(tx, (school, *family), look, (actor, now))?;
        }
        Ok(())
    })
}

fn is_noted(
    tx: &mut Tx<'_>,
    (school, family): (SchoolId, i64),
    look: Look,
    (actor, now): (&Actor, NaiveDateTime),
) -> Result<bool, ServiceError> {
    let by = (look.as_str(), actor.as_str());
    Ok(store::has_looked(tx, (school.0, family), by, day_began(now))?)
}

fn families(tx: &mut Tx<'_>, school: SchoolId, shown: &Shown) -> Result<Vec<i64>, ServiceError> {
    let student = |tx: &mut Tx<'_>, id| people::student_by_id(tx, school.0, id);
    let of = |row: people::StudentRow| row.family_id;
    Ok(match shown {
        Shown::Student(id) => student(tx, *id)?.map(of).into_iter().collect(),
        Shown::StudentCode(code) => {
            people::find_student(tx, school.0, code)?.map(of).into_iter().collect()
        }
        Shown::Invoice(code) => match fees::find_invoice(tx, school.0, code)? {
            Some(invoice) => student(tx, invoice.student_id)?.map(of).into_iter().collect(),
            None => Vec::new(),
        },
        Shown::Receipts(ids) => {
            let mut students: Vec<i64> = receipts::by_id(tx, ids)?
                .into_iter()
                .filter(|(row, _)| row.school_id == school.0)
                .map(|(row, _)| row.student_id)
                .collect();
            students.sort_unstable();
            students.dedup();
            people::students_by_id(tx, &students)?.into_iter().map(of).collect()
        }
    })
}
