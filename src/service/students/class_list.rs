//! The classes of a school, and which of them a person has named.

use std::collections::BTreeMap;

use super::classes::Classes;
use crate::clock::Clock;
use crate::domain::id::SchoolId;
use crate::domain::school_year::SchoolYear;
use crate::service::{Actor, ServiceError, directory};
use crate::store::audit::{self, AuditFact};
use crate::store::{Store, enrolled, people, roster};

/// A class.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClassView {
    /// Its name.
    pub name: String,
    /// Its grade, where the name says it.
    pub grade: Option<i32>,
    /// Whether a person named it; else it was only seen in a list.
    pub defined: bool,
    /// How many students are in it: today, or in the year that was asked for.
    pub students: i64,
}

/// The classes of a school: by grade, then by name. Of a year only those that somebody was in.
pub fn list(
    store: &Store,
    school: SchoolId,
    year: Option<SchoolYear>,
) -> Result<Vec<ClassView>, ServiceError> {
    store.read(|tx| {
        let sizes = match year {
            None => people::class_sizes(tx, school.0)?,
            Some(year) => {
                let mut sizes = BTreeMap::new();
                for class in enrolled::classes_in(tx, school.0, &year.to_string())?.into_values() {
                    *sizes.entry(class).or_insert(0) += 1;
                }
                sizes
            }
        };
        let mut classes: Vec<ClassView> = roster::classes_of(tx, school.0)?
            .into_iter()
            .filter(|row| year.is_none() || sizes.contains_key(&row.name))
            .map(|row| ClassView {
                students: sizes.get(&row.name).copied().unwrap_or_default(),
                name: row.name,
                grade: row.grade,
                defined: row.defined,
            })
            .collect();
        // A class whose grade its name does not say is one of a preschool: before all grades.
        classes.sort_by(|one, other| (one.grade, &one.name).cmp(&(other.grade, &other.name)));
        Ok(classes)
    })
}

/// The names of a school's classes, in the order of their grades.
pub fn names(store: &Store, school: SchoolId) -> Result<Vec<String>, ServiceError> {
    store.read(|tx| {
        let mut classes = roster::classes_of(tx, school.0)?;
        classes.sort_by(|one, other| (one.grade, &one.name).cmp(&(other.grade, &other.name)));
        Ok(classes.into_iter().map(|row| row.name).collect())
    })
}

/// Says that a school has these classes; lists with others are told about from then on. Naming one
/// twice says the same.
pub fn define(
    store: &Store,
    clock: &dyn Clock,
    actor: &Actor,
    school: SchoolId,
    names: &[String],
) -> Result<(), ServiceError> {
    store.write(|tx| {
        directory::lock_school(tx, school)?;
        Classes::load(tx, school, names, true)?.write(tx)?;
        let fact = AuditFact {
            actor: actor.as_str().to_owned(),
            action: "classes.define",
            subject_kind: "school",
            subject_id: school.0,
            detail: serde_json::json!({ "classes": names }).to_string(),
        };
        Ok(audit::append(tx, school.0, clock.now(), vec![fact])?)
    })
}
