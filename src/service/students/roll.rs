//! All students of a school as an import finds them.

use std::collections::{HashMap, HashSet};

use super::person::Person;
use crate::domain::id::SchoolId;
use crate::service::ServiceError;
use crate::store::people::{self, VirtualAccountRow};
use crate::store::{Tx, roster};

/// What is known of a school's students.
#[derive(Debug)]
pub struct Roll {
    pub school: i64,
    pub families: HashMap<String, i64>,
    /// By code.
    pub students: HashMap<String, Person>,
    /// Whose a number is: the student's code by scheme and number.
    pub identifiers: HashMap<(String, String), String>,
    /// Known codes that begin with zeros, by what is left without them.
    pub without_zeros: HashMap<String, String>,
    pub virtual_accounts: HashSet<(String, i64)>,
}

impl Roll {
    /// Loads a school's students. The caller holds the school's lock.
    pub fn load(tx: &mut Tx<'_>, school: SchoolId) -> Result<Roll, ServiceError> {
        let accounts = people::virtual_accounts_of(tx, school.0)?;
        let mut persons = persons(tx, school, &accounts)?;
        let code_of: HashMap<i64, String> =
            persons.iter().map(|(id, person)| (*id, person.row.code.clone())).collect();
        let mut identifiers = HashMap::new();
        for (id, person) in &persons {
            for one in &person.own.identifiers {
                if let Some(code) = code_of.get(id) {
                    identifiers.insert((one.scheme.clone(), one.value.clone()), code.clone());
                }
            }
        }
        let without_zeros = code_of
            .values()
            .filter(|code| code.starts_with('0'))
            .map(|code| (code.trim_start_matches('0').to_owned(), code.clone()))
            .collect();
        let students =
            persons.drain().map(|(_, person)| (person.row.code.clone(), person)).collect();
        Ok(Roll {
            school: school.0,
            families: people::families_of(tx, school.0)?.into_iter().collect(),
            students,
            identifiers,
            without_zeros,
            virtual_accounts: accounts
                .into_iter()
                .map(|row| (row.number, row.student_id))
                .collect(),
        })
    }
}

/// Every student of a school with what belongs to it, by id.
pub fn persons(
    tx: &mut Tx<'_>,
    school: SchoolId,
    accounts: &[VirtualAccountRow],
) -> Result<HashMap<i64, Person>, ServiceError> {
    let mut persons: HashMap<i64, Person> = people::students_of(tx, school.0)?
        .into_iter()
        .map(|row| {
            let own = roster::Belongings::default();
            (row.id, Person { row, own, virtual_accounts: Vec::new() })
        })
        .collect();
    let own = roster::belongings_of(tx, school.0)?;
    for row in own.identifiers {
        if let Some(person) = persons.get_mut(&row.student_id) {
            person.own.identifiers.push(row);
        }
    }
    for row in own.guardians {
        if let Some(person) = persons.get_mut(&row.student_id) {
            person.own.guardians.push(row);
        }
    }
    for row in own.enrolments {
        if let Some(person) = persons.get_mut(&row.student_id) {
            person.own.enrolments.push(row);
        }
    }
    for account in accounts {
        if let Some(person) = persons.get_mut(&account.student_id) {
            person.virtual_accounts.push(account.id);
        }
    }
    Ok(persons)
}
