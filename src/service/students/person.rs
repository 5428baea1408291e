//! A student with everything that belongs to it, as it is changed, kept for the way back and compared.

use std::collections::HashMap;

use chrono::NaiveDateTime;
use serde::{Deserialize, Serialize};

use crate::domain::calendar::Day;
use crate::domain::id::SchoolId;
use crate::domain::roster::{SchoolYear, grade_of};
use crate::service::{ServiceError, collected};
use crate::store::collected::families;
use crate::store::people::{self, StudentRow, VirtualAccountRow};
use crate::store::roster::{self, Belongings, ChangeRow, EnrolmentRow};
use crate::store::{StoreError, Tx};

/// A student as stored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    pub row: StudentRow,
    pub own: Belongings,
    /// The ids of its virtual accounts.
    pub virtual_accounts: Vec<i64>,
}

impl Person {
    /// The student of a school with this code.
    pub fn load(tx: &mut Tx<'_>, school: SchoolId, code: &str) -> Result<Person, ServiceError> {
        let row = people::find_student(tx, school.0, code)?.ok_or_else(|| {
            ServiceError::not_found("student", "học sinh mang mã", "student", code)
        })?;
        let own = roster::belongings_of_student(tx, row.id)?;
        let virtual_accounts = people::virtual_accounts_of_student(tx, row.id)?;
        let virtual_accounts = virtual_accounts.iter().map(|account| account.id).collect();
        Ok(Person { row, own, virtual_accounts })
    }

    /// The enrolment that has not ended.
    pub fn open(&self) -> Option<&EnrolmentRow> {
        self.own.enrolments.iter().find(|one| one.to_day.is_none())
    }

    /// Ends the enrolment that has not ended on `last`; a student added before enrolments were kept
    /// gets the one it had.
    pub fn end(
        &mut self,
        tx: &mut Tx<'_>,
        last: Day,
        year: SchoolYear,
        ended_by: &str,
    ) -> Result<(), ServiceError> {
        if self.open().is_none() && self.own.enrolments.is_empty() {
            let class = self.row.class.clone();
            let unknown = self.enrolment(tx, &class, year, None)?;
            self.own.enrolments.push(unknown);
        }
        for one in self.own.enrolments.iter_mut().filter(|one| one.to_day.is_none()) {
            one.to_day = Some(last);
            one.ended_by = Some(ended_by.to_owned());
        }
        Ok(())
    }

    /// Puts the student into a class from a day on.
    pub fn begin(
        &mut self,
        tx: &mut Tx<'_>,
        class: &str,
        year: SchoolYear,
        from: Day,
    ) -> Result<(), ServiceError> {
        let next = self.enrolment(tx, class, year, Some(from))?;
        self.own.enrolments.push(next);
        class.clone_into(&mut self.row.class);
        self.row.search_key = search_key(&self.row);
        Ok(())
    }

    fn enrolment(
        &self,
        tx: &mut Tx<'_>,
        class: &str,
        year: SchoolYear,
        from_day: Option<Day>,
    ) -> Result<EnrolmentRow, ServiceError> {
        Ok(EnrolmentRow {
            id: tx.next_id()?,
            school_id: self.row.school_id,
            student_id: self.row.id,
            class: class.to_owned(),
            grade: grade_of(class),
            school_year: year.to_string(),
            from_day,
            to_day: None,
            ended_by: None,
        })
    }

    /// The student as a change keeps it.
    pub fn snapshot(&self) -> Result<String, StoreError> {
        serde_json::to_string(self)
            .map_err(|error| StoreError::Corrupt(format!("a student as JSON: {error}")))
    }

    /// The student as a change has kept it.
    pub fn restored(change: &ChangeRow) -> Result<Person, StoreError> {
        serde_json::from_str(&change.before)
            .map_err(|error| StoreError::Corrupt(format!("student change {}: {error}", change.id)))
    }
}

/// What a student is found by.
pub fn search_key(row: &StudentRow) -> String {
    crate::domain::text::fold(&format!("{} {} {}", row.name, row.class, row.code))
}

/// What is to be written.
#[derive(Debug, Default)]
pub struct Writing {
    pub families: Vec<people::FamilyRow>,
    pub added: Vec<Person>,
    pub changed: Vec<Person>,
    pub virtual_accounts: Vec<VirtualAccountRow>,
    pub changes: Vec<ChangeRow>,
}

impl Writing {
    /// Writes it at the moment `at`, as many rows at a time as the database takes.
    pub fn write(self, tx: &mut Tx<'_>, at: NaiveDateTime) -> Result<(), StoreError> {
        people::insert_families(tx, &self.families)?;
        let mut own = Belongings::default();
        let mut rows_of = |persons: Vec<Person>| -> Vec<StudentRow> {
            let mut rows = Vec::with_capacity(persons.len());
            for person in persons {
                own.identifiers.extend(person.own.identifiers);
                own.guardians.extend(person.own.guardians);
                own.enrolments.extend(person.own.enrolments);
                rows.push(person.row);
            }
            rows
        };
        people::insert_students(tx, &rows_of(self.added))?;
        let changed = rows_of(self.changed);
        let ids: Vec<i64> = changed.iter().map(|row| row.id).collect();
        let before: HashMap<i64, i64> = families(tx, &ids)?.into_iter().collect();
        people::update_students(tx, &changed)?;
        let moved = changed.iter().filter(|row| before.get(&row.id) != Some(&row.family_id));
        let moved: Vec<i64> = moved.map(|row| row.id).collect();
        collected::follow_families(tx, &moved, at)?;
        roster::delete_belongings(tx, &ids)?;
        roster::insert_belongings(tx, &own)?;
        people::insert_virtual_accounts(tx, &self.virtual_accounts)?;
        roster::insert_changes(tx, &self.changes)
    }
}
