//! Changes on a day: to another class, out of the school, back into it.

use serde::{Deserialize, Serialize};

use super::classes::{Classes, Seen, unknown_class};
use super::person::{Person, Writing, search_key};
use super::view::{self, StudentDetail};
use crate::clock::{Clock, local_day};
use crate::domain::calendar::{Day, vietnamese_day};
use crate::domain::id::SchoolId;
use crate::domain::roster::SchoolYear;
use crate::service::limits;
use crate::service::{Actor, ServiceError, decide, directory};
use crate::store::audit::{self, AuditFact};
use crate::store::roster::ChangeRow;
use crate::store::{Store, Tx};

/// To another class.
#[derive(
    Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema, garde::Validate,
)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
pub struct Transfer {
    /// The class.
    #[garde(length(chars, max = limits::WORD))]
    pub class: String,
    /// The first day there.
    #[schema(value_type = String, format = Date)]
    pub on: Day,
    /// Takes a class that is none of the school's.
    #[serde(default)]
    pub create_class: bool,
}

/// Out of the school.
#[derive(
    Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema, garde::Validate,
)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
pub struct Leaving {
    /// The first day on which the student is no longer there.
    #[schema(value_type = String, format = Date)]
    pub on: Day,
    /// Why: to another school, …
    #[garde(custom(limits::reason), length(chars, max = limits::TEXT))]
    pub reason: String,
}

/// Back into the school.
#[derive(
    Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema, garde::Validate,
)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
pub struct Return {
    /// The first day.
    #[schema(value_type = String, format = Date)]
    pub on: Day,
    /// The class; the last one where absent.
    #[serde(default)]
    #[garde(length(chars, max = limits::WORD))]
    pub class: Option<String>,
    /// Takes a class that is none of the school's.
    #[serde(default)]
    pub create_class: bool,
}

/// A change of one student on a day.
pub(super) struct Change<'a> {
    pub kind: &'static str,
    pub on: Day,
    pub detail: serde_json::Value,
    pub store: &'a Store,
    pub clock: &'a dyn Clock,
    pub actor: &'a Actor,
}

impl Change<'_> {
    /// Loads the student, lets `change` change it and writes it with its history.
    pub fn carry_out(
        &self,
        (school, code): (SchoolId, &str),
        change: impl Fn(&mut Tx<'_>, &mut Person) -> Result<(), ServiceError>,
    ) -> Result<StudentDetail, ServiceError> {
        self.store.write(|tx| {
            directory::lock_school(tx, school)?;
            let now = self.clock.now();
            if self.on > local_day(now) {
                return Err(in_future(self.on));
            }
            let before = Person::load(tx, school, code)?;
            let mut after = before.clone();
            change(tx, &mut after)?;
            after.row.search_key = search_key(&after.row);
            let kept = ChangeRow {
                id: tx.next_id()?,
                school_id: school.0,
                student_id: before.row.id,
                import_id: None,
                kind: self.kind.to_owned(),
                before: before.snapshot()?,
                actor: self.actor.as_str().to_owned(),
                at: now,
            };
            let changed = vec![after.clone()];
            Writing { changed, changes: vec![kept], ..Writing::default() }.write(tx, now)?;
            let fact = AuditFact {
                actor: self.actor.as_str().to_owned(),
                action: match self.kind {
                    "transfer" => "student.transfer",
                    "leave" => "student.leave",
                    "contact" => "student.contact",
                    _ => "student.return",
                },
                subject_kind: "student",
                subject_id: before.row.id,
                detail: self.detail.to_string(),
            };
            audit::append(tx, school.0, now, vec![fact])?;
            view::detail_of(tx, school, after)
        })
    }
}

/// Puts a student into another class from a day on. Refused for one who left, for a day in the
/// future and for one before the present class began.
pub fn transfer(
    store: &Store,
    clock: &dyn Clock,
    actor: &Actor,
    (school, code): (SchoolId, &str),
    wanted: &Transfer,
) -> Result<StudentDetail, ServiceError> {
    let on = wanted.on;
    let detail = serde_json::json!({ "class": wanted.class, "on": on });
    let change = Change { kind: "transfer", on, detail, store, clock, actor };
    change.carry_out((school, code), |tx, person| {
        refuse_left(person)?;
        let class = wanted.class.trim();
        if class == person.row.class {
            return Err(same_class(class));
        }
        see_class(tx, school, class, wanted.create_class)?;
        let year = SchoolYear::of(on);
        match began(person, on)? {
            // On its first day the class is corrected.
            Some(from) if from == on => person.own.enrolments.retain(|one| one.to_day.is_some()),
            _ => person.end(tx, the_day_before(on), year, "transferred")?,
        }
        person.begin(tx, class, year, on)
    })
}

/// Says that a student is no longer at the school from a day on. What is owed stays owed, and the
/// student is found among those who left.
pub fn leave(
    store: &Store,
    clock: &dyn Clock,
    actor: &Actor,
    (school, code): (SchoolId, &str),
    wanted: &Leaving,
) -> Result<StudentDetail, ServiceError> {
    if wanted.reason.trim().is_empty() {
        return Err(decide::reason_needed());
    }
    let on = wanted.on;
    let detail = serde_json::json!({ "on": on, "reason": wanted.reason });
    let change = Change { kind: "leave", on, detail, store, clock, actor };
    change.carry_out((school, code), |tx, person| {
        refuse_left(person)?;
        let last = the_day_before(on);
        let last = began(person, on)?.map_or(last, |from| last.max(from));
        person.end(tx, last, SchoolYear::of(on), "left")?;
        person.row.left_on = Some(on);
        person.row.left_reason = Some(wanted.reason.trim().to_owned());
        Ok(())
    })
}

/// Takes a student who left back in, from a day on.
pub fn take_back(
    store: &Store,
    clock: &dyn Clock,
    actor: &Actor,
    (school, code): (SchoolId, &str),
    wanted: &Return,
) -> Result<StudentDetail, ServiceError> {
    let on = wanted.on;
    let detail = serde_json::json!({ "class": wanted.class, "on": on });
    let change = Change { kind: "return", on, detail, store, clock, actor };
    change.carry_out((school, code), |tx, person| {
        let Some(left) = person.row.left_on else {
            return Err(not_left(&person.row.code));
        };
        let last = person.own.enrolments.iter().filter_map(|one| one.to_day).max();
        let earliest = last.map_or(left, |last| left.max(last.succ_opt().unwrap_or(last)));
        if on < earliest {
            return Err(too_early(on, earliest));
        }
        let class = wanted.class.clone().unwrap_or_else(|| person.row.class.clone());
        see_class(tx, school, class.trim(), wanted.create_class)?;
        person.row.left_on = None;
        person.row.left_reason = None;
        person.begin(tx, class.trim(), SchoolYear::of(on), on)
    })
}

fn see_class(
    tx: &mut Tx<'_>,
    school: SchoolId,
    class: &str,
    create: bool,
) -> Result<(), ServiceError> {
    let mut classes = Classes::load(tx, school, &[], create)?;
    if class.is_empty() {
        return Err(ServiceError::refused(unknown_class(None, class, None)));
    }
    if let Seen::Unknown(like) = classes.see(tx, class)? {
        return Err(ServiceError::refused(unknown_class(None, class, like.as_deref())));
    }
    classes.write(tx)
}

/// When the present class began. Refuses a day before that.
fn began(person: &Person, on: Day) -> Result<Option<Day>, ServiceError> {
    match person.open().and_then(|one| one.from_day) {
        Some(from) if on < from => Err(too_early(on, from)),
        from => Ok(from),
    }
}

fn the_day_before(day: Day) -> Day {
    day.pred_opt().unwrap_or(day)
}

fn refuse_left(person: &Person) -> Result<(), ServiceError> {
    let Some(left) = person.row.left_on else { return Ok(()) };
    let (code, day) = (&person.row.code, vietnamese_day(left));
    Err(ServiceError::conflict(
        "student_left",
        format!(
            "Học sinh {code} đã nghỉ học từ {day}. Nếu em đi học lại, ghi nhận việc trở lại trước."
        ),
        format!("Student {code} left on {day}. Record the return first if the student is back."),
    ))
}

fn not_left(code: &str) -> ServiceError {
    ServiceError::conflict(
        "student_not_left",
        format!("Học sinh {code} đang học, không cần ghi nhận trở lại."),
        format!("Student {code} is at the school; there is no return to record."),
    )
}

fn same_class(class: &str) -> ServiceError {
    ServiceError::conflict(
        "same_class",
        format!("Học sinh đang ở lớp {class}. Chọn lớp khác."),
        format!("The student is in class {class} already. Choose another one."),
    )
}

fn too_early(on: Day, earliest: Day) -> ServiceError {
    let (on, earliest) = (vietnamese_day(on), vietnamese_day(earliest));
    ServiceError::conflict(
        "day_too_early",
        format!(
            "Ngày {on} quá sớm: giai đoạn trước tính đến ngày {earliest}. Chọn ngày {earliest} hoặc sau đó."
        ),
        format!(
            "{on} is too early: what was before reaches to {earliest}. Choose {earliest} or a later day."
        ),
    )
}

pub(super) fn in_future(on: Day) -> ServiceError {
    let on = vietnamese_day(on);
    ServiceError::conflict(
        "day_in_future",
        format!("Ngày {on} chưa đến. Ghi nhận thay đổi vào đúng ngày hoặc sau đó."),
        format!("{on} is still to come. Record the change on that day or later."),
    )
}
