//! A student's name is given up: one person asks, another agrees. The books stay as they are, about a
//! pseudonym; what the law has schools keep of money is kept, and docs/privacy.md says what and why.

use std::collections::HashSet;

use serde::Serialize;
use serde_json::Value;

use super::spoken::Spoken;
use super::typed;
use crate::clock::{Clock, local_day};
use crate::domain::diagnostic::Diagnostic;
use crate::domain::id::SchoolId;
use crate::domain::receipt::Content;
use crate::domain::roster::sort_key;
use crate::domain::text::fold;
use crate::service::students::person::Person;
use crate::service::{
    Actor, ServiceError, StoreError, decide as reasons, directory, family_links, letters,
    second_person,
};
use crate::store::audit::{self, AuditFact};
use crate::store::people::StudentRow;
use crate::store::privacy::{self as store, ErasureRow, Pseudonym};
use crate::store::{Store, Tx, people, receipts, written};

/// The longest reason, in characters.
const LONGEST: usize = 500;

/// An erasure as lists show it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct ErasureView {
    /// Its number.
    pub id: i64,
    /// The student's row.
    pub student: i64,
    /// The student's code; its pseudonym once it is done.
    pub code: String,
    /// `asked`, `done` or `refused`.
    pub state: String,
    /// Why.
    pub reason: String,
    /// Who asked.
    pub asked_by: String,
    /// Who agreed or did not.
    pub decided_by: Option<String>,
}

/// Asks for a student's name to be given up. Nothing changes before somebody else agrees. Refused for
/// a student who is at the school and while money is open.
pub fn ask(
    store: &Store,
    clock: &dyn Clock,
    actor: &Actor,
    (school, student): (SchoolId, i64),
    reason: &str,
) -> Result<ErasureView, ServiceError> {
    let now = clock.now();
    let reason = reason.trim();
    if reason.is_empty() || reason.chars().count() > LONGEST {
        return Err(reasons::reason_needed());
    }
    store.write(|tx| {
        directory::lock_school(tx, school)?;
        let row = load(tx, school, student)?;
        may_go(tx, &row, clock)?;
        let waits = store::erasures_of(tx, school.0)?;
        if waits.iter().any(|one| one.student_id == student && one.state != "refused") {
            return Err(ServiceError::conflict(
                "erasure_waits",
                "Đã có đề nghị xoá thông tin của học sinh này.",
                "The erasure of this student has been asked for already.",
            ));
        }
        let erasure = ErasureRow {
            id: tx.next_id()?,
            school_id: school.0,
            student_id: student,
            state: "asked".to_owned(),
            reason: reason.to_owned(),
            asked_by: actor.as_str().to_owned(),
            asked_at: now,
            decided_by: None,
            decided_at: None,
        };
        store::insert_erasure(tx, &erasure)?;
        record(tx, (actor, clock), "privacy.erasure_ask", &erasure)?;
        Ok(view(erasure, row.code))
    })
}

/// Agrees to an erasure, or does not. Who asked cannot agree.
pub fn decide(
    store: &Store,
    clock: &dyn Clock,
    actor: &Actor,
    (school, erasure): (SchoolId, i64),
    agree: bool,
) -> Result<ErasureView, ServiceError> {
    let now = clock.now();
    store.write(|tx| {
        directory::lock_school(tx, school)?;
        let mut row = store::erasure(tx, school.0, erasure)?.ok_or_else(|| {
            ServiceError::not_found("erasure", "đề nghị xoá số", "erasure", &erasure.to_string())
        })?;
        if row.state != "asked" {
            return Err(ServiceError::conflict(
                "erasure_decided",
                "Đề nghị này đã được xử lý. Tải lại để xem kết quả.",
                "This erasure has been decided about. Reload to see the outcome.",
            ));
        }
        if agree {
            second_person::refuse_same(&row.asked_by, actor, ("việc xoá", "an erasure"))?;
        }
        let student = load(tx, school, row.student_id)?;
        if agree {
            may_go(tx, &student, clock)?;
        }
        if agree { "done" } else { "refused" }.clone_into(&mut row.state);
        row.decided_by = Some(actor.as_str().to_owned());
        row.decided_at = Some(now);
        store::decide_erasure(tx, &row)?;
        let code = if agree { erase(tx, school, &student, (actor, clock))? } else { student.code };
        record(tx, (actor, clock), "privacy.erasure_decide", &row)?;
        // What was given as the reason is kept without the name.
        let row = store::erasure(tx, school.0, erasure)?.unwrap_or(row);
        Ok(view(row, code))
    })
}

/// The erasures of a school, the last first.
pub fn list(store: &Store, school: SchoolId) -> Result<Vec<ErasureView>, ServiceError> {
    store.read(|tx| {
        let rows = store::erasures_of(tx, school.0)?;
        let ids: Vec<i64> = rows.iter().map(|row| row.student_id).collect();
        let students = people::students_by_id(tx, &ids)?;
        Ok(rows
            .into_iter()
            .map(|row| {
                let student = students.iter().find(|one| one.id == row.student_id);
                let code = student.map(|one| one.code.clone()).unwrap_or_default();
                view(row, code)
            })
            .collect())
    })
}

/// Puts the pseudonym everywhere; what it is.
fn erase(
    tx: &mut Tx<'_>,
    school: SchoolId,
    row: &StudentRow,
    (actor, clock): (&Actor, &dyn Clock),
) -> Result<String, ServiceError> {
    let before = Person::load(tx, school, &row.code)?;
    let code = format!("XOA-{}", row.id);
    let name = format!("Đã xoá {}", row.id);
    let with = Pseudonym {
        code: &code,
        name: &name,
        search_key: &fold(&format!("{name} {} {code}", row.class)),
        sort_key: &sort_key(&name),
    };
    store::put_pseudonym(tx, row.id, with)?;
    let after = Person::load(tx, school, &code)?.snapshot()?;
    store::forget_changes(tx, row.id, &after)?;
    for (receipt, ..) in receipts::of_students(tx, &[row.id])? {
        let mut content: Content = serde_json::from_str(&receipt.body)
            .map_err(|error| StoreError::Corrupt(format!("receipt {}: {error}", receipt.id)))?;
        content.student.clone_from(&name);
        content.student_code.clone_from(&code);
        let body = serde_json::to_string(&content).unwrap_or_default();
        store::rewrite_receipt(tx, receipt.id, (&body, &fold(&format!("{name} {code}"))))?;
    }
    store::replace_in_rounds(tx, school.0, (&quoted(&row.code), &quoted(&code)))?;
    let siblings = named_siblings(tx, school, row)?;
    let known = Known::of(&before, &siblings);
    let without = |text: &str| known.without(text, &name);
    written::rewrite(tx, (row.id, row.family_id), &without)?;
    written::rewrite_reasons(tx, school.0, &without)?;
    forget_in_lists(tx, school, &known)?;
    typed::forget(tx, school, row, &known.spoken)?;
    for email in &known.emails {
        store::forget_mail_to(tx, school.0, email)?;
        store::forget_address(tx, school.0, (email, &letters::address_hash(email)))?;
    }
    store::forget_family_mails(tx, (row.id, row.family_id))?;
    if store::has_others(tx, row.family_id, row.id)? {
        store::rename_family(tx, row.family_id, (&row.code, &code))?;
    } else {
        store::forget_family(tx, row.family_id, &code)?;
        family_links::revoke(tx, row.family_id, (clock.now(), actor.as_str()))?;
    }
    Ok(code)
}

/// The other children of the family that still have a name.
fn named_siblings(
    tx: &mut Tx<'_>,
    school: SchoolId,
    row: &StudentRow,
) -> Result<Vec<Person>, ServiceError> {
    let mut found = Vec::new();
    for other in people::students_of_family(tx, row.family_id)? {
        if other.id != row.id && other.school_id == school.0 {
            found.push(Person::load(tx, school, &other.code)?);
        }
    }
    Ok(found)
}

/// By what a student was known.
struct Known {
    code: String,
    /// The name, the guardians' names, addresses and numbers, the longest first, but for what a sibling
    /// who stays is known by as well.
    texts: Vec<String>,
    /// The same and the code, as people type them.
    spoken: Vec<Spoken>,
    emails: Vec<String>,
}

impl Known {
    fn of(person: &Person, siblings: &[Person]) -> Known {
        let mut texts = texts_of(person);
        let shared: Vec<String> = siblings.iter().flat_map(texts_of).collect();
        texts.retain(|text| !text.trim().is_empty() && !shared.contains(text));
        texts.sort_by_key(|text| (std::cmp::Reverse(text.chars().count()), text.clone()));
        texts.dedup();
        let mut emails: Vec<String> =
            person.own.guardians.iter().filter_map(|one| one.email.clone()).collect();
        emails.extend(person.row.email.clone());
        emails.sort();
        emails.dedup();
        let code = person.row.code.clone();
        let spoken = texts.iter().chain([&code]).filter_map(|text| Spoken::of(text)).collect();
        Known { code, texts, spoken, emails }
    }

    /// A text that somebody wrote, without what the student was known by.
    fn without(&self, text: &str, instead: &str) -> String {
        self.spoken.iter().fold(text.to_owned(), |text, one| one.replaced(&text, instead))
    }
}

fn texts_of(person: &Person) -> Vec<String> {
    let mut texts = vec![person.row.name.clone()];
    for one in &person.own.guardians {
        texts.extend([&one.name, &one.email, &one.phone].into_iter().flatten().cloned());
    }
    let own = [&person.row.guardian_name, &person.row.email, &person.row.phone];
    texts.extend(own.into_iter().flatten().cloned());
    texts.extend(person.own.identifiers.iter().map(|one| one.value.clone()));
    texts
}

/// Removes a student's lines from lists that were taken in, and their texts from what was wrong there. A
/// line is the student's by the code, or by what else they are known by where its own code is nobody's:
/// a sibling's line has the same guardian, a namesake's the same name.
fn forget_in_lists(tx: &mut Tx<'_>, school: SchoolId, known: &Known) -> Result<(), ServiceError> {
    let others: HashSet<String> =
        people::students_of(tx, school.0)?.into_iter().map(|row| row.code).collect();
    for (id, list, outcome) in store::lists_of(tx, school.0)? {
        let mut wanted: Value = read(&list)?;
        if let Some(rows) = wanted.get_mut("rows").and_then(Value::as_array_mut) {
            rows.retain(|row| {
                let own = holds(row, &|text| text == known.code);
                let like = holds(row, &|text| known.texts.iter().any(|one| one == text));
                !own && (!like || holds(row, &|text| others.contains(text)))
            });
        }
        let mut told: Value = read(&outcome)?;
        replace(&mut told, known);
        let (next, said) = (wanted.to_string(), told.to_string());
        if next != list || said != outcome {
            store::set_list(tx, id, (&next, &said))?;
        }
    }
    Ok(())
}

fn read(json: &str) -> Result<Value, StoreError> {
    serde_json::from_str(json)
        .map_err(|error| StoreError::Corrupt(format!("a list of students: {error}")))
}

/// Whether one of the texts in a value is such a one.
fn holds(value: &Value, is_one: &dyn Fn(&str) -> bool) -> bool {
    match value {
        Value::String(text) => is_one(text.trim()),
        Value::Array(all) => all.iter().any(|one| holds(one, is_one)),
        Value::Object(all) => all.values().any(|one| holds(one, is_one)),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}

fn replace(value: &mut Value, known: &Known) {
    match value {
        Value::String(text) => {
            *text = known.without(text, "…");
        }
        Value::Array(all) => all.iter_mut().for_each(|one| replace(one, known)),
        Value::Object(all) => all.values_mut().for_each(|one| replace(one, known)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

fn quoted(code: &str) -> String {
    Value::from(code).to_string()
}

fn may_go(tx: &mut Tx<'_>, row: &StudentRow, clock: &dyn Clock) -> Result<(), ServiceError> {
    let today = local_day(clock.now());
    if row.left_on.is_none_or(|day| day > today) {
        return Err(ServiceError::conflict(
            "erasure_at_school",
            "Học sinh còn đang học nên nhà trường cần thông tin này. Ghi thôi học trước, rồi mới xoá.",
            "The student is at the school, which needs the data. Record that they left, then erase.",
        ));
    }
    let [dues, refunds, credit, claims] = store::open_money(tx, row.id)?;
    let mut wrong = Vec::new();
    for (there, code, vi, en) in [
        (dues, "erasure_dues", "còn khoản phải thu chưa nộp đủ", "dues are not paid in full"),
        (refunds, "erasure_refunds", "còn lệnh hoàn trả chưa chi", "a refund is on its way"),
        (credit, "erasure_credit", "gia đình còn số dư nộp thừa", "the family has credit"),
        (
            claims,
            "erasure_claims",
            "còn câu hỏi của phụ huynh chưa trả lời",
            "a question of the family waits",
        ),
    ] {
        if there != 0 {
            wrong.push(Diagnostic::new(
                code,
                format!("Chưa xoá được: {vi}. Xử lý xong rồi đề nghị lại."),
                format!("It cannot be erased yet: {en}. Settle that first, then ask again."),
            ));
        }
    }
    if wrong.is_empty() { Ok(()) } else { Err(ServiceError::Refused(wrong)) }
}

fn load(tx: &mut Tx<'_>, school: SchoolId, student: i64) -> Result<StudentRow, ServiceError> {
    people::student_by_id(tx, school.0, student)?.ok_or_else(|| {
        ServiceError::not_found("student", "học sinh số", "student", &student.to_string())
    })
}

/// The records name the student's row only: they stay for ever.
fn record(
    tx: &mut Tx<'_>,
    (actor, clock): (&Actor, &dyn Clock),
    action: &'static str,
    row: &ErasureRow,
) -> Result<(), ServiceError> {
    let detail = serde_json::json!({ "state": row.state, "student": row.student_id });
    let fact = AuditFact {
        actor: actor.as_str().to_owned(),
        action,
        subject_kind: "erasure",
        subject_id: row.id,
        detail: detail.to_string(),
    };
    Ok(audit::append(tx, row.school_id, clock.now(), vec![fact])?)
}

fn view(row: ErasureRow, code: String) -> ErasureView {
    ErasureView {
        id: row.id,
        student: row.student_id,
        code,
        state: row.state,
        reason: row.reason,
        asked_by: row.asked_by,
        decided_by: row.decided_by,
    }
}
