//! Takes in a list of students: good rows are kept, bad rows are told.

use std::collections::{HashMap, HashSet};

use serde::Serialize;

use crate::clock::Clock;
use crate::domain::diagnostic::Diagnostic;
use crate::domain::id::SchoolId;
use crate::domain::text::{fold, squeeze};
use crate::formats::roster::{self, Table};
use crate::service::{Actor, ServiceError, directory};
use crate::store::audit::{self, AuditFact};
use crate::store::people::{self, FamilyRow, StudentRow, VirtualAccountRow};
use crate::store::{Store, Tx};

/// What became of a list.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct ListOutcome {
    /// Rows that were new.
    pub added: u64,
    /// Rows that changed something known.
    pub updated: u64,
    /// Rows that said what was known.
    pub unchanged: u64,
    /// What is wrong with the rows that were not taken.
    #[schema(value_type = Vec<Object>)]
    pub bad: Vec<Diagnostic>,
}

/// Adds and updates the students of a school from a CSV or XLSX list (see [`roster`]).
pub fn run(
    store: &Store,
    clock: &dyn Clock,
    actor: &Actor,
    school: SchoolId,
    list: &Table,
) -> Result<ListOutcome, ServiceError> {
    let rows = roster::students_of(list).map_err(ServiceError::refused)?;
    store.write(|tx| {
        directory::lock_school(tx, school)?;
        let mut outcome = ListOutcome { bad: rows.bad.clone(), ..ListOutcome::default() };
        let mut plan = Plan::load(tx, school)?;
        for row in &rows.good {
            plan.take(tx, row, &mut outcome)?;
        }
        plan.write(tx)?;
        let detail = serde_json::json!({
            "added": outcome.added, "updated": outcome.updated, "bad": outcome.bad.len(),
        });
        let fact = AuditFact {
            actor: actor.as_str().to_owned(),
            action: "students.import",
            subject_kind: "school",
            subject_id: school.0,
            detail: detail.to_string(),
        };
        audit::append(tx, school.0, clock.now(), vec![fact])?;
        Ok(outcome)
    })
}

struct Plan {
    school: i64,
    families: HashMap<String, i64>,
    known: HashMap<String, StudentRow>,
    virtual_accounts: HashSet<(String, i64)>,
    new_families: Vec<FamilyRow>,
    new_students: Vec<StudentRow>,
    changed: Vec<StudentRow>,
    new_virtual_accounts: Vec<VirtualAccountRow>,
}

impl Plan {
    fn load(tx: &mut Tx<'_>, school: SchoolId) -> Result<Plan, ServiceError> {
        Ok(Plan {
            school: school.0,
            families: people::families_of(tx, school.0)?.into_iter().collect(),
            known: people::students_of(tx, school.0)?
                .into_iter()
                .map(|row| (row.code.clone(), row))
                .collect(),
            virtual_accounts: people::virtual_accounts_of(tx, school.0)?
                .into_iter()
                .map(|row| (row.number, row.student_id))
                .collect(),
            new_families: Vec::new(),
            new_students: Vec::new(),
            changed: Vec::new(),
            new_virtual_accounts: Vec::new(),
        })
    }

    fn take(
        &mut self,
        tx: &mut Tx<'_>,
        row: &roster::StudentRow,
        outcome: &mut ListOutcome,
    ) -> Result<(), ServiceError> {
        let family_id = self.family(tx, row)?;
        let known = self.known.get(&row.code);
        let student = StudentRow {
            id: match known {
                Some(known) => known.id,
                None => tx.next_id()?,
            },
            school_id: self.school,
            family_id,
            code: row.code.clone(),
            name: row.name.clone(),
            class: row.class.clone(),
            guardian_name: row.guardian_name.clone(),
            email: row.email.clone(),
            phone: row.phone.clone(),
            search_key: fold(&format!("{} {} {}", row.name, row.class, row.code)),
        };
        match known {
            None => {
                outcome.added += 1;
                self.new_students.push(student.clone());
            }
            Some(known) if *known != student => {
                outcome.updated += 1;
                self.changed.push(student.clone());
            }
            Some(_) => outcome.unchanged += 1,
        }
        if let Some(number) = row.virtual_account.as_deref().map(squeeze)
            && !number.is_empty()
            && self.virtual_accounts.insert((number.clone(), student.id))
        {
            self.new_virtual_accounts.push(VirtualAccountRow {
                id: tx.next_id()?,
                school_id: self.school,
                student_id: student.id,
                number,
                valid_from: None,
                valid_to: None,
            });
        }
        self.known.insert(student.code.clone(), student);
        Ok(())
    }

    /// The row's family. A row that names none leaves a known student where it is, and makes a new
    /// one a family of its own.
    fn family(&mut self, tx: &mut Tx<'_>, row: &roster::StudentRow) -> Result<i64, ServiceError> {
        let key = match (&row.family, self.known.get(&row.code)) {
            (Some(key), _) => key.clone(),
            (None, Some(known)) => return Ok(known.family_id),
            (None, None) => format!("={}", row.code),
        };
        if let Some(id) = self.families.get(&key) {
            return Ok(*id);
        }
        let id = tx.next_id()?;
        self.new_families.push(FamilyRow { id, school_id: self.school, family_key: key.clone() });
        self.families.insert(key, id);
        Ok(id)
    }

    fn write(&self, tx: &mut Tx<'_>) -> Result<(), ServiceError> {
        people::insert_families(tx, &self.new_families)?;
        people::insert_students(tx, &self.new_students)?;
        for student in &self.changed {
            people::update_student(tx, student)?;
        }
        people::insert_virtual_accounts(tx, &self.new_virtual_accounts)?;
        Ok(())
    }
}
