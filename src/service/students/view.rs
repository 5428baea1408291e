//! What is shown of students: pages of a list, and one student with everything known, numbers masked.

use chrono::NaiveDateTime;
use serde::Serialize;

use super::person::Person;
use crate::domain::calendar::Day;
use crate::domain::id::SchoolId;
use crate::domain::roster::Scheme;
use crate::domain::school_year::SchoolYear;
use crate::domain::text::{fold, last_four};
use crate::service::ServiceError;
use crate::store::people::{self, StudentFilter, StudentRow};
use crate::store::roster::{self, EnrolmentRow, GuardianRow};
use crate::store::{Store, Tx, enrolled};

/// A student of a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct StudentView {
    /// Its id, as addresses of pages name it.
    #[serde(skip)]
    pub id: i64,
    /// The school's own code.
    pub code: String,
    /// The full name.
    pub name: String,
    /// The class; of one who left, the last one.
    pub class: String,
    /// `female` or `male`.
    pub sex: Option<String>,
    /// Whether a guardian has an e-mail or a phone number.
    pub reachable: bool,
    /// The first day on which the student is no longer at the school.
    #[schema(value_type = Option<String>, format = Date)]
    pub left_on: Option<Day>,
}

/// A student with everything that is known.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct StudentDetail {
    /// What lists show.
    #[serde(flatten)]
    pub student: StudentView,
    /// The day of birth.
    #[schema(value_type = Option<String>, format = Date)]
    pub birth_date: Option<Day>,
    /// `transfer` or `cash`.
    pub collection: Option<String>,
    /// For which reason the student pays less.
    pub exemption: Option<String>,
    /// Why the student left.
    pub left_reason: Option<String>,
    /// The numbers that name the student; a personal number is masked.
    pub identifiers: Vec<IdentifierView>,
    /// The guardians, first the one that is told first.
    pub guardians: Vec<GuardianView>,
    /// The family with its other students and the accounts it pays from.
    pub family: FamilyView,
    /// The student's virtual accounts.
    pub virtual_accounts: Vec<String>,
    /// In which class from when to when, oldest first.
    pub enrolments: Vec<EnrolmentView>,
    /// What changed the student, oldest first.
    pub history: Vec<ChangeView>,
}

/// A number of a student.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct IdentifierView {
    /// `school_code`, `personal_number`, `education_code` or `other`.
    pub scheme: String,
    /// The number, as it may be shown.
    pub value: String,
}

/// A guardian.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct GuardianView {
    /// The name.
    pub name: Option<String>,
    /// What the guardian is to the student.
    pub relation: Option<String>,
    /// The e-mail.
    pub email: Option<String>,
    /// The phone number.
    pub phone: Option<String>,
    /// `vi` or `en`.
    pub language: String,
}

/// A family.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct FamilyView {
    /// Its key; one that begins with `=` is of one student only.
    pub key: String,
    /// Its other students, in any class.
    pub siblings: Vec<StudentView>,
    /// The accounts it has paid from.
    pub payer_accounts: Vec<PayerAccountView>,
}

/// An account that a family pays from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct PayerAccountView {
    /// Its last four characters.
    pub last_four: String,
    /// How often a person confirmed it.
    pub confirmed: i32,
    /// How often a person contradicted it.
    pub contradicted: i32,
}

/// A time in a class.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct EnrolmentView {
    /// The class.
    pub class: String,
    /// The grade, where the class says it.
    pub grade: Option<i32>,
    /// The school year.
    pub school_year: String,
    /// The first day; absent where nobody knows it.
    #[schema(value_type = Option<String>, format = Date)]
    pub from: Option<Day>,
    /// The last day.
    #[schema(value_type = Option<String>, format = Date)]
    pub to: Option<Day>,
    /// `transferred`, `left`, `promoted` or `graduated`.
    pub ended_by: Option<String>,
}

/// Something that changed a student.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct ChangeView {
    /// `import`, `transfer`, `leave`, `return`, `promotion` or `contact`.
    pub kind: String,
    /// The import's number.
    pub import: Option<i64>,
    /// Who.
    pub actor: String,
    /// When, in UTC.
    #[schema(value_type = String, format = DateTime)]
    pub at: NaiveDateTime,
}

/// Which students.
#[derive(Clone, Debug, Default)]
pub struct Asked {
    /// Only this class: the one of today, or where a year is asked for the last one of that year.
    pub class: Option<String>,
    /// Words of the name, the class or the code, with or without diacritics.
    pub search: Option<String>,
    /// Those who left as well.
    pub with_left: bool,
    /// Only those who were in a class in this school year.
    pub year: Option<SchoolYear>,
}

/// Where a page begins: after this student.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StudentCursor {
    key: String,
    id: i64,
}

impl StudentCursor {
    /// The cursor as part of a link.
    #[must_use]
    pub fn encode(&self) -> String {
        format!("{}.{}", self.key, self.id)
    }

    /// Reads what [`StudentCursor::encode`] wrote.
    #[must_use]
    pub fn decode(text: &str) -> Option<StudentCursor> {
        let (key, id) = text.split_once('.')?;
        let digits = key.bytes().all(|byte| byte.is_ascii_digit());
        Some(StudentCursor { key: digits.then(|| key.to_owned())?, id: id.parse().ok()? })
    }
}

/// At most `limit` students in the order of their names, and where the next page begins.
pub fn page(
    store: &Store,
    school: SchoolId,
    asked: &Asked,
    cursor: Option<&StudentCursor>,
    limit: u32,
) -> Result<(Vec<StudentView>, Option<StudentCursor>), ServiceError> {
    let words: Vec<String> = asked
        .search
        .as_deref()
        .map(fold)
        .unwrap_or_default()
        .split_whitespace()
        .map(|word| word.replace(['%', '_', '\\'], ""))
        .filter(|word| !word.is_empty())
        .collect();
    let year = asked.year.map(|year| year.to_string());
    let filter = StudentFilter {
        class: asked.class.as_deref(),
        year: year.as_deref(),
        words: &words,
        with_left: asked.with_left,
        after: cursor.map(|cursor| (cursor.key.as_str(), cursor.id)),
        limit: i64::from(limit) + 1,
    };
    let mut rows = store.read(|tx| {
        let mut rows = people::students_page(tx, school.0, &filter)?;
        if let Some(year) = &year {
            let ids: Vec<i64> = rows.iter().map(|row| row.id).collect();
            let mut classes = enrolled::classes_of_students(tx, school.0, &ids, year)?;
            for row in &mut rows {
                row.class = classes.remove(&row.id).unwrap_or_default();
            }
        }
        Ok::<_, ServiceError>(rows)
    })?;
    let wanted = usize::try_from(limit).unwrap_or(usize::MAX);
    let more = rows.len() > wanted;
    rows.truncate(wanted);
    let next = rows
        .last()
        .filter(|_| more)
        .map(|row| StudentCursor { key: row.sort_key.clone(), id: row.id });
    Ok((rows.iter().map(view).collect(), next))
}

/// One student with everything that is known.
pub fn detail(store: &Store, school: SchoolId, code: &str) -> Result<StudentDetail, ServiceError> {
    store.read(|tx| {
        let person = Person::load(tx, school, code)?;
        detail_of(tx, school, person)
    })
}

/// The student with this id and everything that is known; numbers `in_full` for those who may know.
pub fn detail_by_id(
    store: &Store,
    school: SchoolId,
    id: i64,
    in_full: bool,
) -> Result<StudentDetail, ServiceError> {
    store.read(|tx| {
        let code = code_by_id(tx, school, id)?;
        let person = Person::load(tx, school, &code)?;
        let numbers = person.own.identifiers.clone();
        let mut detail = detail_of(tx, school, person)?;
        if in_full {
            for shown in &mut detail.identifiers {
                if let Some(kept) = numbers.iter().find(|one| one.scheme == shown.scheme) {
                    shown.value.clone_from(&kept.value);
                }
            }
        }
        Ok(detail)
    })
}

/// The code of the student with this id.
pub fn code_of(store: &Store, school: SchoolId, id: i64) -> Result<String, ServiceError> {
    store.read(|tx| code_by_id(tx, school, id))
}

/// The row of the student with this code.
pub fn id_of(store: &Store, school: SchoolId, code: &str) -> Result<i64, ServiceError> {
    let row = store.read(|tx| people::find_student(tx, school.0, code))?;
    row.map(|row| row.id)
        .ok_or_else(|| ServiceError::not_found("student", "học sinh mang mã", "student", code))
}

fn code_by_id(tx: &mut Tx<'_>, school: SchoolId, id: i64) -> Result<String, ServiceError> {
    match people::student_by_id(tx, school.0, id)? {
        Some(row) => Ok(row.code),
        None => Err(ServiceError::not_found("student", "học sinh số", "student", &id.to_string())),
    }
}

/// What is shown of a student that is at hand.
pub(super) fn detail_of(
    tx: &mut Tx<'_>,
    school: SchoolId,
    person: Person,
) -> Result<StudentDetail, ServiceError> {
    let id = person.row.id;
    let family = person.row.family_id;
    let siblings = people::students_of_family(tx, family)?;
    let payers = people::payers_of_family(tx, family)?;
    let accounts = people::virtual_accounts_of_student(tx, id)?;
    let history = roster::changes_of_student(tx, school.0, id)?;
    let code = IdentifierView {
        scheme: Scheme::SchoolCode.name().to_owned(),
        value: person.row.code.clone(),
    };
    let numbers = person.own.identifiers.iter().map(|one| IdentifierView {
        scheme: one.scheme.clone(),
        value: Scheme::named(&one.scheme).unwrap_or(Scheme::PersonalNumber).shown(&one.value),
    });
    Ok(StudentDetail {
        student: view(&person.row),
        birth_date: person.row.birth_date,
        collection: person.row.collection.clone(),
        exemption: person.row.exemption.clone(),
        left_reason: person.row.left_reason.clone(),
        identifiers: std::iter::once(code).chain(numbers).collect(),
        guardians: person.own.guardians.into_iter().map(guardian).collect(),
        family: FamilyView {
            key: people::family_key(tx, family)?,
            siblings: siblings.iter().filter(|one| one.id != id).map(view).collect(),
            payer_accounts: payers
                .into_iter()
                .map(|payer| PayerAccountView {
                    last_four: last_four(&payer.account),
                    confirmed: payer.confirmed,
                    contradicted: payer.contradicted,
                })
                .collect(),
        },
        virtual_accounts: accounts.into_iter().map(|account| account.number).collect(),
        enrolments: person.own.enrolments.into_iter().map(enrolment).collect(),
        history: history
            .into_iter()
            .map(|change| ChangeView {
                kind: change.kind,
                import: change.import_id,
                actor: change.actor,
                at: change.at,
            })
            .collect(),
    })
}

fn view(row: &StudentRow) -> StudentView {
    StudentView {
        id: row.id,
        code: row.code.clone(),
        name: row.name.clone(),
        class: row.class.clone(),
        sex: row.sex.clone(),
        reachable: row.email.is_some() || row.phone.is_some(),
        left_on: row.left_on,
    }
}

fn guardian(row: GuardianRow) -> GuardianView {
    GuardianView {
        name: row.name,
        relation: row.relation,
        email: row.email,
        phone: row.phone,
        language: row.language,
    }
}

fn enrolment(row: EnrolmentRow) -> EnrolmentView {
    EnrolmentView {
        class: row.class,
        grade: row.grade,
        school_year: row.school_year,
        from: row.from_day,
        to: row.to_day,
        ended_by: row.ended_by,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_reads_back_and_nothing_else_is_one() {
        let cursor = StudentCursor { key: "2040000".to_owned(), id: 7 };
        assert_eq!(StudentCursor::decode(&cursor.encode()), Some(cursor));
        for text in ["", "7", "a.7", "1.b", "1';--.7"] {
            assert_eq!(StudentCursor::decode(text), None, "{text}");
        }
    }
}
