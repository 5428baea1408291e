//! Who gets a letter: the guardians of a family, each address once.

use std::collections::{BTreeMap, HashSet};

use super::Skip;
use super::addresses;
use crate::domain::calendar::Day;
use crate::domain::id::SchoolId;
use crate::domain::lang::Lang;
use crate::domain::mail_address::MailAddress;
use crate::service::ServiceError;
use crate::store::letter_addresses::LetterAddressRow;
use crate::store::people::{self, StudentRow};
use crate::store::{Tx, roster};

/// Somebody with an address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recipient {
    /// The name; may be empty.
    pub name: String,
    /// The address.
    pub address: MailAddress,
    /// The language.
    pub lang: Lang,
    /// The address's hash.
    pub hash: String,
    /// What is known of the address, where anything is.
    pub known: Option<LetterAddressRow>,
}

impl Recipient {
    /// Why nothing goes there; `None` where it does.
    #[must_use]
    pub fn skip(&self, is_reminder: bool) -> Option<Skip> {
        let known = self.known.as_ref()?;
        if known.refused_at.is_some() {
            return Some(Skip::AddressRefused);
        }
        (is_reminder && known.unsubscribed_at.is_some()).then_some(Skip::Unsubscribed)
    }
}

/// A family as a letter finds it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Household {
    /// Its guardians with an address.
    pub recipients: Vec<Recipient>,
    /// Whether every child has left the school.
    pub left: bool,
    /// Its children: the given name and the class.
    pub children: Vec<(String, String)>,
}

/// Some families of a school.
pub fn load(
    tx: &mut Tx<'_>,
    school: SchoolId,
    families: &[i64],
    today: Day,
) -> Result<BTreeMap<i64, Household>, ServiceError> {
    let students = people::students_of_families(tx, school.0, families)?;
    let ids: Vec<i64> = students.iter().map(|student| student.id).collect();
    let mut guardians: BTreeMap<i64, Vec<roster::GuardianRow>> = BTreeMap::new();
    for row in roster::guardians_of_students(tx, &ids)? {
        guardians.entry(row.student_id).or_default().push(row);
    }
    let mut found: BTreeMap<i64, (Household, HashSet<String>)> = BTreeMap::new();
    for student in &students {
        let (household, seen) = found
            .entry(student.family_id)
            .or_insert_with(|| (Household { left: true, ..Household::default() }, HashSet::new()));
        let gone = student.left_on.is_some_and(|day| day <= today);
        household.left = household.left && gone;
        let given = crate::service::family_bill::given_name(&student.name);
        household.children.push((given, student.class.clone()));
        for (name, email, lang) in contacts(student, guardians.get(&student.id)) {
            let Some(address) = MailAddress::parse(&email) else { continue };
            let hash = addresses::hash_of(address.as_str());
            if seen.insert(hash.clone()) {
                household.recipients.push(Recipient { name, address, lang, hash, known: None });
            }
        }
    }
    let hashes: Vec<String> = found.values().flat_map(|(_, seen)| seen.iter().cloned()).collect();
    let known = addresses::known(tx, school, &hashes)?;
    for (household, _) in found.values_mut() {
        for recipient in &mut household.recipients {
            recipient.known = known.get(&recipient.hash).cloned();
        }
    }
    Ok(found.into_iter().map(|(family, (household, _))| (family, household)).collect())
}

/// Whom the school writes to about a student: the guardians, or the one that stands beside the student.
fn contacts(
    student: &StudentRow,
    guardians: Option<&Vec<roster::GuardianRow>>,
) -> Vec<(String, String, Lang)> {
    let mut found: Vec<(String, String, Lang)> = guardians
        .into_iter()
        .flatten()
        .filter_map(|row| {
            let lang = if row.language == "en" { Lang::En } else { Lang::Vi };
            Some((row.name.clone().unwrap_or_default(), row.email.clone()?, lang))
        })
        .collect();
    if found.is_empty()
        && let Some(email) = &student.email
    {
        found.push((student.guardian_name.clone().unwrap_or_default(), email.clone(), Lang::Vi));
    }
    found
}
