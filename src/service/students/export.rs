//! The product's own workbook of students: blank with an example, or filled to be edited and loaded
//! again.

use std::collections::HashMap;

use super::person::Person;
use super::roll::persons;
use crate::domain::calendar::vietnamese_day;
use crate::domain::id::SchoolId;
use crate::domain::roster::{Scheme, Sex};
use crate::formats::roster::COLLECTIONS;
use crate::formats::roster::template::{self, Field};
use crate::service::ServiceError;
use crate::store::roster::GuardianRow;
use crate::store::{Store, people};

/// The workbook without students.
pub fn blank() -> Result<Vec<u8>, ServiceError> {
    template::blank().map_err(ServiceError::refused)
}

/// The workbook with all students that are at the school, in the order of classes and names. A
/// personal number is masked; loading it again leaves it as it is.
pub fn filled(store: &Store, school: SchoolId) -> Result<Vec<u8>, ServiceError> {
    let rows = store.read(|tx| {
        let accounts = people::virtual_accounts_of(tx, school.0)?;
        let numbers: HashMap<i64, String> =
            accounts.iter().map(|row| (row.student_id, row.number.clone())).collect();
        let families: HashMap<i64, String> =
            people::families_of(tx, school.0)?.into_iter().map(|(key, id)| (id, key)).collect();
        let mut students: Vec<Person> = persons(tx, school, &accounts)?
            .into_values()
            .filter(|person| person.row.left_on.is_none())
            .collect();
        students.sort_by(|a, b| {
            let key = |one: &Person| (one.row.class.clone(), one.row.sort_key.clone(), one.row.id);
            key(a).cmp(&key(b))
        });
        let rows = students.iter().map(|person| {
            let account = numbers.get(&person.row.id).map(String::as_str);
            let family = families.get(&person.row.family_id).map(String::as_str);
            // A family of one student has no key of its own in lists.
            let family = family.filter(|key| !key.starts_with('='));
            Field::ALL
                .into_iter()
                .map(|field| value(person, field, family, account))
                .collect::<Vec<String>>()
        });
        Ok::<_, ServiceError>(rows.collect::<Vec<_>>())
    })?;
    template::filled(&rows).map_err(ServiceError::refused)
}

fn value(person: &Person, field: Field, family: Option<&str>, account: Option<&str>) -> String {
    let row = &person.row;
    let number = |scheme: Scheme| {
        let found = person.own.identifiers.iter().find(|one| one.scheme == scheme.name());
        found.map(|one| scheme.shown(&one.value))
    };
    let of_guardian = |position: i32, get: fn(&GuardianRow) -> Option<String>| {
        person.own.guardians.iter().find(|one| one.position == position).and_then(get)
    };
    let language = |one: &GuardianRow| Some(template::language(&one.language).to_owned());
    let text = match field {
        Field::Code => Some(row.code.clone()),
        Field::EducationCode => number(Scheme::EducationCode),
        Field::PersonalNumber => number(Scheme::PersonalNumber),
        Field::OtherCode => number(Scheme::Other),
        Field::Name => Some(row.name.clone()),
        Field::BirthDate => row.birth_date.map(vietnamese_day),
        Field::Sex => {
            row.sex.as_deref().and_then(Sex::parse).map(|sex| sex.vietnamese().to_owned())
        }
        Field::Class => Some(row.class.clone()),
        Field::Family => family.map(str::to_owned),
        Field::Guardian => row.guardian_name.clone(),
        Field::Relation => of_guardian(1, |one| one.relation.clone()),
        Field::Email => row.email.clone(),
        Field::Phone => row.phone.clone(),
        Field::Language => of_guardian(1, language),
        Field::Guardian2 => of_guardian(2, |one| one.name.clone()),
        Field::Relation2 => of_guardian(2, |one| one.relation.clone()),
        Field::Email2 => of_guardian(2, |one| one.email.clone()),
        Field::Phone2 => of_guardian(2, |one| one.phone.clone()),
        Field::Language2 => of_guardian(2, language),
        Field::Collection => COLLECTIONS
            .iter()
            .find(|(_, name)| row.collection.as_deref() == Some(*name))
            .map(|(vi, _)| (*vi).to_owned()),
        Field::Exemption => row.exemption.clone(),
        Field::VirtualAccount => account.map(str::to_owned),
        // What payments taught is not handed out again; the list only adds to it.
        Field::PayerAccounts => None,
    };
    text.unwrap_or_default()
}
