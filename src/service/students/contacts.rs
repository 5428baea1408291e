//! Whom the school writes to: the guardians of a student, corrected one by one.

use super::moves::Change;
use super::person::Person;
use super::view::StudentDetail;
use crate::clock::{Clock, local_day};
use crate::domain::diagnostic::{Diagnostic, Place};
use crate::domain::id::SchoolId;
use crate::domain::roster::contact::Phone;
use crate::domain::roster::{email, phone};
use crate::service::{Actor, ServiceError};
use crate::store::roster::GuardianRow;
use crate::store::{Store, Tx};

/// A guardian as somebody wrote them; what is blank is not known.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GuardianTerms {
    /// The name.
    pub name: String,
    /// What the guardian is to the student.
    pub relation: String,
    /// The e-mail.
    pub email: String,
    /// The phone number.
    pub phone: String,
    /// Whether they are written to in English.
    pub in_english: bool,
}

/// Replaces the guardians of a student; the first is told first, and one about whom nothing is said is
/// none. Refused for an address to which no mail could go and a number that is none.
pub fn set(
    store: &Store,
    clock: &dyn Clock,
    actor: &Actor,
    (school, code): (SchoolId, &str),
    wanted: &[GuardianTerms],
) -> Result<StudentDetail, ServiceError> {
    let read = read(wanted)?;
    let on = local_day(clock.now());
    // Who changed that there is a contact, not what it is.
    let detail = serde_json::json!({ "guardians": read.len() });
    let change = Change { kind: "contact", on, detail, store, clock, actor };
    change.carry_out((school, code), |tx, person| {
        let known = std::mem::take(&mut person.own.guardians);
        for (position, terms) in (1..).zip(&read) {
            let same = known.iter().find(|row| row.position == position);
            person.own.guardians.push(GuardianRow {
                id: match same {
                    Some(row) => row.id,
                    None => tx.next_id()?,
                },
                school_id: school.0,
                student_id: person.row.id,
                position,
                name: filled(&terms.name),
                relation: filled(&terms.relation),
                email: filled(&terms.email),
                phone: filled(&terms.phone),
                language: if terms.in_english { "en" } else { "vi" }.to_owned(),
            });
        }
        tell_first(person);
        Ok(())
    })
}

/// Corrects what is said of one guardian of a student, and leaves alone what is said of nothing; with
/// `also` in the same transaction.
pub(in crate::service) fn correct(
    store: &Store,
    clock: &dyn Clock,
    actor: &Actor,
    (school, code): (SchoolId, &str),
    (position, wanted): (i32, &GuardianTerms),
    also: impl Fn(&mut Tx<'_>) -> Result<(), ServiceError>,
) -> Result<(), ServiceError> {
    let wanted = read_one(wanted)?;
    let on = local_day(clock.now());
    let detail = serde_json::json!({ "guardian": position });
    let change = Change { kind: "contact", on, detail, store, clock, actor };
    change.carry_out((school, code), |tx, person| {
        also(tx)?;
        let own = &mut person.own.guardians;
        if !own.iter().any(|one| one.position == position) {
            own.push(GuardianRow {
                id: tx.next_id()?,
                school_id: school.0,
                student_id: person.row.id,
                position,
                name: None,
                relation: None,
                email: None,
                phone: None,
                language: "vi".to_owned(),
            });
        }
        for one in own.iter_mut().filter(|one| one.position == position) {
            one.name = filled(&wanted.name).or(one.name.take());
            one.email = filled(&wanted.email).or(one.email.take());
            one.phone = filled(&wanted.phone).or(one.phone.take());
        }
        own.sort_by_key(|one| one.position);
        tell_first(person);
        Ok(())
    })?;
    Ok(())
}

/// The first guardian stands with the student as well.
fn tell_first(person: &mut Person) {
    let first = person.own.guardians.first();
    person.row.guardian_name = first.and_then(|one| one.name.clone());
    person.row.email = first.and_then(|one| one.email.clone());
    person.row.phone = first.and_then(|one| one.phone.clone());
}

/// One guardian as somebody wrote them. Refused for an address to which no mail could go and a number
/// that is none; empty where nothing is said.
pub(in crate::service) fn read_one(wanted: &GuardianTerms) -> Result<GuardianTerms, ServiceError> {
    Ok(read(std::slice::from_ref(wanted))?.pop().unwrap_or_default())
}

fn filled(text: &str) -> Option<String> {
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

fn read(wanted: &[GuardianTerms]) -> Result<Vec<GuardianTerms>, ServiceError> {
    let mut read = Vec::with_capacity(wanted.len());
    let mut wrong = Vec::new();
    for terms in wanted {
        let mut next = GuardianTerms {
            name: terms.name.trim().to_owned(),
            relation: terms.relation.trim().to_owned(),
            in_english: terms.in_english,
            ..GuardianTerms::default()
        };
        if !terms.email.trim().is_empty() {
            match email(&terms.email) {
                Some(address) => next.email = address,
                None => wrong.push(no_address(&terms.email)),
            }
        }
        if !terms.phone.trim().is_empty() {
            match phone(&terms.phone) {
                Phone::Number(number) | Phone::ZeroLost(number) => next.phone = number,
                Phone::Wrong => wrong.push(no_number(&terms.phone)),
            }
        }
        if !(next.name.is_empty() && next.email.is_empty() && next.phone.is_empty()) {
            read.push(next);
        }
    }
    if wrong.is_empty() { Ok(read) } else { Err(ServiceError::Refused(wrong)) }
}

fn no_address(text: &str) -> Diagnostic {
    let text = text.trim();
    Diagnostic::new(
        "guardian_email",
        format!("“{text}” không phải địa chỉ email. Ghi đủ cả phần sau @, ví dụ ten@gmail.com."),
        format!("“{text}” is no e-mail address. Write all of it, such as name@gmail.com."),
    )
    .at(Place { column: Some("email".to_owned()), ..Place::default() })
}

fn no_number(text: &str) -> Diagnostic {
    let text = text.trim();
    Diagnostic::new(
        "guardian_phone",
        format!("“{text}” không phải số điện thoại Việt Nam. Ghi đủ 10 số, ví dụ 0912 345 678."),
        format!(
            "“{text}” is no phone number of Vietnam. Write all ten digits, such as 0912 345 678."
        ),
    )
    .at(Place { column: Some("phone".to_owned()), ..Place::default() })
}
