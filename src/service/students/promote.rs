//! The end of a school year: every class goes up, the last grade leaves. Previewed first, done once.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::classes::Classes;
use super::moves::in_future;
use super::person::{Person, Writing, search_key};
use super::roll::persons;
use crate::clock::{Clock, local_day};
use crate::domain::calendar::{Day, vietnamese_day};
use crate::domain::diagnostic::Diagnostic;
use crate::domain::id::SchoolId;
use crate::domain::roster::{Move, Promotion, SchoolYear, last_grade_of, sort_key};
use crate::service::{Actor, ServiceError, directory};
use crate::store::audit::{self, AuditFact};
use crate::store::roster::ChangeRow;
use crate::store::{Store, Tx, people, roster};

/// What is asked for.
#[derive(
    Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema, garde::Validate,
)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
pub struct PromotionRequest {
    /// The year that ends, as `2026-2027`.
    #[schema(value_type = String)]
    pub from_year: SchoolYear,
    /// The first day in the new classes.
    #[schema(value_type = String, format = Date)]
    pub on: Day,
    /// What single classes become, where the rule does not say it: from, to; nothing to leave.
    #[serde(default)]
    pub classes: Vec<ClassMove>,
    /// The school's last grade; that of its level where absent.
    #[serde(default)]
    pub last_grade: Option<i32>,
    /// Does it; else it is only shown.
    #[serde(default)]
    pub commit: bool,
}

/// What becomes of one class.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ClassMove {
    /// The class of the year that ends.
    pub from: String,
    /// The class of the next year; nothing where its students leave the school.
    #[serde(default)]
    pub to: Option<String>,
}

/// What a promotion does, or did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct PromotionOutcome {
    /// Whether it was done.
    pub committed: bool,
    /// The year that begins.
    #[schema(value_type = String)]
    pub to_year: SchoolYear,
    /// Class by class.
    pub classes: Vec<ClassPromotion>,
    /// Students that go up.
    pub promoted: u64,
    /// Students that leave.
    pub leaving: u64,
    /// Why it cannot be done.
    #[schema(value_type = Vec<Object>)]
    pub problems: Vec<Diagnostic>,
}

/// What a promotion does to one class.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct ClassPromotion {
    /// The class of the year that ends.
    pub from: String,
    /// The class of the next year; absent where its students leave, or where it is not known.
    pub to: Option<String>,
    /// Whether its students leave the school.
    pub leaves: bool,
    /// How many students it has.
    pub students: u64,
}

/// Moves every student of a year's classes up, or shows what would be. Refused when it was done
/// before, and while it is not known what a class becomes.
pub fn run(
    store: &Store,
    clock: &dyn Clock,
    actor: &Actor,
    school: SchoolId,
    wanted: &PromotionRequest,
) -> Result<PromotionOutcome, ServiceError> {
    store.write(|tx| {
        let level = directory::lock_school(tx, school)?.level;
        let now = clock.now();
        if wanted.on > local_day(now) {
            return Err(in_future(wanted.on));
        }
        if roster::was_promoted(tx, school.0, &wanted.from_year.to_string())? {
            return Err(already_done(wanted.from_year));
        }
        let students = students_of_year(tx, school, wanted.from_year)?;
        if students.is_empty() {
            return Err(nobody(wanted.from_year));
        }
        let rule = Promotion {
            map: wanted.classes.iter().map(to_move).collect(),
            last_grade: wanted.last_grade.or_else(|| last_grade_of(&level)),
        };
        let (mut outcome, moves) = preview(&students, &rule, wanted);
        if !wanted.commit {
            return Ok(outcome);
        }
        if !outcome.problems.is_empty() {
            return Err(ServiceError::Refused(outcome.problems));
        }
        let mut classes = Classes::load(tx, school, &[], true)?;
        let mut writing = Writing::default();
        for before in students {
            let Some(next) = moves.get(&before.row.class) else { continue };
            let mut after = before.clone();
            go(tx, &mut after, next, wanted, &mut classes)?;
            writing.changes.push(ChangeRow {
                id: tx.next_id()?,
                school_id: school.0,
                student_id: before.row.id,
                import_id: None,
                kind: "promotion".to_owned(),
                before: before.snapshot()?,
                actor: actor.as_str().to_owned(),
                at: now,
            });
            writing.changed.push(after);
        }
        classes.write(tx)?;
        writing.write(tx, now)?;
        let fact = AuditFact {
            actor: actor.as_str().to_owned(),
            action: "students.promote",
            subject_kind: "school",
            subject_id: school.0,
            detail: serde_json::json!({
                "from_year": wanted.from_year, "on": wanted.on,
                "promoted": outcome.promoted, "leaving": outcome.leaving,
            })
            .to_string(),
        };
        audit::append(tx, school.0, now, vec![fact])?;
        outcome.committed = true;
        Ok(outcome)
    })
}

/// Students that are in a class of that year, in the order of names; one whose enrolment nobody kept
/// counts as of that year.
fn students_of_year(
    tx: &mut Tx<'_>,
    school: SchoolId,
    year: SchoolYear,
) -> Result<Vec<Person>, ServiceError> {
    let accounts = people::virtual_accounts_of(tx, school.0)?;
    let year = year.to_string();
    let mut students: Vec<Person> = persons(tx, school, &accounts)?
        .into_values()
        .filter(|person| person.row.left_on.is_none())
        .filter(|person| match person.open() {
            Some(open) => open.school_year == year,
            None => person.own.enrolments.is_empty(),
        })
        .collect();
    students.sort_by_cached_key(|person| (sort_key(&person.row.name), person.row.id));
    Ok(students)
}

fn to_move(one: &ClassMove) -> (String, Move) {
    let to = one.to.as_deref().map(str::trim).filter(|to| !to.is_empty());
    (one.from.clone(), to.map_or(Move::Leave, |to| Move::To(to.to_owned())))
}

fn preview(
    students: &[Person],
    rule: &Promotion,
    wanted: &PromotionRequest,
) -> (PromotionOutcome, BTreeMap<String, Move>) {
    let mut counts: BTreeMap<&str, u64> = BTreeMap::new();
    for person in students {
        *counts.entry(&person.row.class).or_default() += 1;
    }
    let mut outcome = PromotionOutcome {
        committed: false,
        to_year: wanted.from_year.next(),
        classes: Vec::with_capacity(counts.len()),
        promoted: 0,
        leaving: 0,
        problems: Vec::new(),
    };
    let mut moves = BTreeMap::new();
    for (class, count) in counts {
        let mut row =
            ClassPromotion { from: class.to_owned(), to: None, leaves: false, students: count };
        match rule.of(class) {
            Ok(next) => {
                match &next {
                    Move::To(to) => {
                        row.to = Some(to.clone());
                        outcome.promoted += count;
                    }
                    Move::Leave => {
                        row.leaves = true;
                        outcome.leaving += count;
                    }
                }
                moves.insert(class.to_owned(), next);
            }
            Err(problem) => outcome.problems.push(problem),
        }
        outcome.classes.push(row);
    }
    let late = |person: &&Person| {
        person.open().and_then(|one| one.from_day).is_some_and(|from| from >= wanted.on)
    };
    if let Some(first) = students.iter().find(late) {
        outcome.problems.push(too_early(first, wanted.on));
    }
    (outcome, moves)
}

fn go(
    tx: &mut Tx<'_>,
    person: &mut Person,
    next: &Move,
    wanted: &PromotionRequest,
    classes: &mut Classes,
) -> Result<(), ServiceError> {
    let last = wanted.on.pred_opt().unwrap_or(wanted.on);
    match next {
        Move::To(class) => {
            person.end(tx, last, wanted.from_year, "promoted")?;
            classes.see(tx, class)?;
            person.begin(tx, class, wanted.from_year.next(), wanted.on)?;
        }
        Move::Leave => {
            person.end(tx, last, wanted.from_year, "graduated")?;
            person.row.left_on = Some(wanted.on);
            person.row.left_reason = Some(format!("Hết cấp học, năm học {}", wanted.from_year));
        }
    }
    person.row.search_key = search_key(&person.row);
    Ok(())
}

fn too_early(person: &Person, on: Day) -> Diagnostic {
    let (code, on) = (&person.row.code, vietnamese_day(on));
    Diagnostic::new(
        "day_too_early",
        format!("Ngày {on} không sau ngày học sinh {code} vào lớp hiện tại. Chọn ngày sau đó."),
        format!(
            "{on} is not after the day on which student {code} came into the present class. Choose a later day."
        ),
    )
}

fn already_done(year: SchoolYear) -> ServiceError {
    ServiceError::conflict(
        "already_promoted",
        format!(
            "Năm học {year} đã được chuyển lớp cuối năm rồi. Không làm lần thứ hai; sửa từng học sinh bằng students transfer."
        ),
        format!(
            "The classes of {year} went up already. It is not done twice; correct single students with students transfer."
        ),
    )
}

fn nobody(year: SchoolYear) -> ServiceError {
    ServiceError::conflict(
        "nobody_to_promote",
        format!("Không có học sinh nào đang học trong năm học {year}. Kiểm tra lại năm học."),
        format!("No student is in a class of {year}. Check the school year."),
    )
}
