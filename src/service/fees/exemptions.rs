//! Who need not pay, or not all of it. Why is shown to few.

use std::collections::HashMap;

use serde::Serialize;

use crate::clock::Clock;
use crate::domain::calendar::{Day, vietnamese_day};
use crate::domain::diagnostic::{Diagnostic, Place};
use crate::domain::fee::{Exemption, Share, overlapping};
use crate::domain::id::SchoolId;
use crate::formats::roster::{self, Table};
use crate::service::import_students::ListOutcome;
use crate::service::{Actor, ServiceError, directory};
use crate::store::fee_catalogue::{self as store, ExemptionRow};
use crate::store::{Store, Tx, fees, people};

use super::catalogue::dates_reversed;
use super::{ItemsByWord, record, students_by_code, unknown_item, unknown_student};

/// An exemption as lists show it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct ExemptionView {
    /// Its number.
    pub id: i64,
    /// Whose.
    pub student_code: String,
    /// The fee item's code; all items when absent.
    pub fee_item: Option<String>,
    /// What is waived, in percent.
    pub percent: i32,
    /// The first day.
    #[schema(value_type = String, format = Date)]
    pub from: Day,
    /// The last day.
    #[schema(value_type = Option<String>, format = Date)]
    pub to: Option<Day>,
    /// Why; only for those who may know.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ground: Option<String>,
    /// The paper that proves it; only for those who may know.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub document: Option<String>,
}

/// Takes in a list of exemptions (see [`roster::exemptions_of`]): good rows are kept, bad rows are
/// told. One that stands already is unchanged; two that would hold together are refused.
pub fn import(
    store: &Store,
    clock: &dyn Clock,
    actor: &Actor,
    school: SchoolId,
    list: &Table,
) -> Result<ListOutcome, ServiceError> {
    let rows = roster::exemptions_of(list).map_err(ServiceError::refused)?;
    let now = clock.now();
    store.write(|tx| {
        directory::lock_school(tx, school)?;
        let students = students_by_code(tx, school.0)?;
        let items = ItemsByWord::load(tx, school.0)?;
        let mut standing = store::exemptions_of(tx, school.0)?;
        let mut outcome = ListOutcome { bad: rows.bad.clone(), ..ListOutcome::default() };
        let mut new = Vec::new();
        for row in &rows.good {
            let Some(student) = students.get(&row.student_code) else {
                outcome.bad.push(unknown_student(row.row, &row.student_code));
                continue;
            };
            let item = match &row.fee_item {
                None => None,
                Some(word) => {
                    let Some(item) = items.find(word) else {
                        outcome.bad.push(unknown_item(row.row, word));
                        continue;
                    };
                    Some(item.id)
                }
            };
            let Some(share) = row.share else { continue };
            let asked = ExemptionRow {
                id: 0,
                school_id: school.0,
                student_id: student.id,
                fee_item_id: item,
                ground: row.ground.clone(),
                share_percent: i32::from(share.percent()),
                document: row.document.clone(),
                valid_from: row.valid_from,
                valid_to: row.valid_to,
                recorded_by: actor.as_str().to_owned(),
                recorded_at: now,
            };
            match standing.iter().find(|one| stands_against(one, &asked)) {
                Some(known) if says_the_same(known, &asked) => outcome.unchanged += 1,
                Some(known) => outcome.bad.push(overlap(row.row, known)),
                None => {
                    let row = ExemptionRow { id: tx.next_id()?, ..asked };
                    standing.push(row.clone());
                    new.push(row);
                    outcome.added += 1;
                }
            }
        }
        store::insert_exemptions(tx, &new)?;
        let detail = serde_json::json!({
            "added": outcome.added, "bad": outcome.bad.len(),
            "ids": new.iter().map(|row| row.id).collect::<Vec<_>>(),
        });
        let what = ("exemptions.import", "school", school.0);
        record(tx, school.0, (actor, now), what, &detail)?;
        Ok(outcome)
    })
}

/// Ends an exemption on its last day. Invoices that were issued stay as they are.
pub fn end(
    store: &Store,
    clock: &dyn Clock,
    actor: &Actor,
    (school, exemption): (SchoolId, i64),
    last: Day,
) -> Result<(), ServiceError> {
    store.write(|tx| {
        directory::lock_school(tx, school)?;
        let row = store::exemptions_of(tx, school.0)?
            .into_iter()
            .find(|row| row.id == exemption)
            .ok_or_else(|| {
            let key = exemption.to_string();
            ServiceError::not_found("exemption", "miễn giảm", "exemption", &key)
        })?;
        if last < row.valid_from {
            return Err(dates_reversed());
        }
        store::end_exemption(tx, row.id, last)?;
        let detail = serde_json::json!({ "last": last });
        let what = ("exemption.end", "exemption", row.id);
        record(tx, school.0, (actor, clock.now()), what, &detail)
    })
}

/// The exemptions of a school; `with_grounds` for those who may know why.
pub fn list(
    store: &Store,
    school: SchoolId,
    with_grounds: bool,
) -> Result<Vec<ExemptionView>, ServiceError> {
    store.read(|tx| {
        let students: HashMap<i64, String> =
            people::students_of(tx, school.0)?.into_iter().map(|row| (row.id, row.code)).collect();
        let items: HashMap<i64, String> =
            fees::fee_items_of(tx, school.0)?.into_iter().map(|row| (row.id, row.code)).collect();
        Ok(store::exemptions_of(tx, school.0)?
            .into_iter()
            .map(|row| ExemptionView {
                id: row.id,
                student_code: students.get(&row.student_id).cloned().unwrap_or_default(),
                fee_item: row.fee_item_id.and_then(|id| items.get(&id).cloned()),
                percent: row.share_percent,
                from: row.valid_from,
                to: row.valid_to,
                ground: with_grounds.then_some(row.ground),
                document: row.document.filter(|_| with_grounds),
            })
            .collect())
    })
}

/// An exemption with whose it is, for people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExemptionLine {
    /// What it is; the fee item by its name.
    pub exemption: ExemptionView,
    /// The student's id.
    pub student: i64,
    /// The student's name.
    pub student_name: String,
    /// The student's class.
    pub class: String,
}

/// Exemptions of a school, newest first, and the number before which the next page begins;
/// `with_grounds` for those who may know why.
pub fn page(
    store: &Store,
    school: SchoolId,
    with_grounds: bool,
    (before, limit): (Option<i64>, u32),
) -> Result<(Vec<ExemptionLine>, Option<i64>), ServiceError> {
    store.read(|tx| {
        let mut rows = store::exemptions_page(tx, school.0, before, i64::from(limit) + 1)?;
        let wanted = usize::try_from(limit).unwrap_or(usize::MAX);
        let more = rows.len() > wanted;
        rows.truncate(wanted);
        let next = rows.last().map(|row| row.id).filter(|_| more);
        Ok((lines(tx, school, rows, with_grounds)?, next))
    })
}

/// The exemptions of one student, oldest first.
pub fn of_student(
    store: &Store,
    school: SchoolId,
    student: i64,
    with_grounds: bool,
) -> Result<Vec<ExemptionLine>, ServiceError> {
    store.read(|tx| {
        let rows = store::exemptions_of_student(tx, school.0, student)?;
        lines(tx, school, rows, with_grounds)
    })
}

fn lines(
    tx: &mut Tx<'_>,
    school: SchoolId,
    rows: Vec<ExemptionRow>,
    with_grounds: bool,
) -> Result<Vec<ExemptionLine>, ServiceError> {
    let ids: Vec<i64> = rows.iter().map(|row| row.student_id).collect();
    let students: HashMap<i64, people::StudentRow> =
        people::students_by_id(tx, &ids)?.into_iter().map(|row| (row.id, row)).collect();
    let items: HashMap<i64, String> =
        fees::fee_items_of(tx, school.0)?.into_iter().map(|row| (row.id, row.name)).collect();
    Ok(rows
        .into_iter()
        .filter_map(|row| {
            let student = students.get(&row.student_id)?;
            Some(ExemptionLine {
                student: student.id,
                student_name: student.name.clone(),
                class: student.class.clone(),
                exemption: ExemptionView {
                    id: row.id,
                    student_code: student.code.clone(),
                    fee_item: row.fee_item_id.and_then(|id| items.get(&id).cloned()),
                    percent: row.share_percent,
                    from: row.valid_from,
                    to: row.valid_to,
                    ground: with_grounds.then_some(row.ground),
                    document: row.document.filter(|_| with_grounds),
                },
            })
        })
        .collect())
}

/// An exemption as somebody writes it.
#[derive(Clone, Debug)]
pub struct NewExemption {
    /// The student's code.
    pub student_code: String,
    /// The fee item's id; all items where absent.
    pub fee_item: Option<i64>,
    /// What is waived, in percent.
    pub percent: i64,
    /// Why.
    pub ground: String,
    /// The paper that proves it.
    pub document: Option<String>,
    /// The first day.
    pub from: Day,
    /// The last day.
    pub to: Option<Day>,
}

/// Adds one exemption. Saying the same twice adds nothing; one that would hold together with another
/// is refused.
pub fn add(
    store: &Store,
    clock: &dyn Clock,
    actor: &Actor,
    school: SchoolId,
    new: &NewExemption,
) -> Result<(), ServiceError> {
    if new.ground.trim().is_empty() {
        return Err(super::blank("ground", "lý do miễn giảm", "The ground of the exemption"));
    }
    if new.to.is_some_and(|last| last < new.from) {
        return Err(dates_reversed());
    }
    let Some(share) = Share::new(new.percent) else {
        return Err(ServiceError::refused(Diagnostic::new(
            "percent",
            "Mức miễn giảm phải là số nguyên từ 1 đến 100 %.",
            "What is waived is a whole number of 1 to 100 %.",
        )));
    };
    store.write(|tx| {
        directory::lock_school(tx, school)?;
        let code = new.student_code.trim();
        let student = people::find_student(tx, school.0, code)?.ok_or_else(|| {
            ServiceError::not_found("student", "học sinh mang mã", "student", code)
        })?;
        if let Some(item) = new.fee_item
            && !fees::fee_items_of(tx, school.0)?.iter().any(|row| row.id == item)
        {
            let key = item.to_string();
            return Err(ServiceError::not_found("fee_item", "khoản thu số", "fee item", &key));
        }
        let now = clock.now();
        let row = ExemptionRow {
            id: tx.next_id()?,
            school_id: school.0,
            student_id: student.id,
            fee_item_id: new.fee_item,
            ground: new.ground.trim().to_owned(),
            share_percent: i32::from(share.percent()),
            document: new.document.clone(),
            valid_from: new.from,
            valid_to: new.to,
            recorded_by: actor.as_str().to_owned(),
            recorded_at: now,
        };
        let standing = store::exemptions_of_student(tx, school.0, student.id)?;
        match standing.iter().find(|known| stands_against(known, &row)) {
            Some(known) if says_the_same(known, &row) => return Ok(()),
            Some(known) => return Err(stands_already(known)),
            None => {}
        }
        store::insert_exemptions(tx, std::slice::from_ref(&row))?;
        let detail = serde_json::json!({ "percent": row.share_percent, "student": student.id });
        let what = ("exemption.add", "exemption", row.id);
        record(tx, school.0, (actor, now), what, &detail)
    })
}

fn stands_already(known: &ExemptionRow) -> ServiceError {
    let from = vietnamese_day(known.valid_from);
    let to = known.valid_to.map_or_else(|| "…".to_owned(), vietnamese_day);
    let percent = known.share_percent;
    ServiceError::conflict(
        "exemptions_overlap",
        format!(
            "Học sinh đã được miễn giảm {percent} % từ {from} đến {to}, chồng thời gian. Sửa lại ngày hoặc kết thúc miễn giảm cũ trước."
        ),
        format!(
            "The student is exempt from {percent} % from {from} to {to} already, and the times overlap. Correct the days or end the other exemption first."
        ),
    )
}

/// An exemption as prices are computed with it.
pub(super) fn rule_of(row: &ExemptionRow) -> Option<Exemption> {
    Some(Exemption {
        fee_item: row.fee_item_id,
        share: Share::new(i64::from(row.share_percent))?,
        valid_from: row.valid_from,
        valid_to: row.valid_to,
    })
}

fn stands_against(known: &ExemptionRow, asked: &ExemptionRow) -> bool {
    known.student_id == asked.student_id
        && matches!((rule_of(known), rule_of(asked)), (Some(one), Some(other)) if overlapping(&one, &other))
}

fn says_the_same(known: &ExemptionRow, asked: &ExemptionRow) -> bool {
    (known.fee_item_id, known.share_percent, known.valid_from, known.valid_to, &known.ground)
        == (asked.fee_item_id, asked.share_percent, asked.valid_from, asked.valid_to, &asked.ground)
}

/// Says nothing of why: the row's own reader may know less than who recorded the other one.
fn overlap(row: u64, known: &ExemptionRow) -> Diagnostic {
    let from = vietnamese_day(known.valid_from);
    let to = known.valid_to.map_or_else(|| "…".to_owned(), vietnamese_day);
    Diagnostic::new(
        "exemptions_overlap",
        format!(
            "Dòng {row}: học sinh đã được miễn giảm {} % từ {from} đến {to}, chồng thời gian. Sửa lại ngày hoặc kết thúc miễn giảm cũ trước.",
            known.share_percent
        ),
        format!(
            "Row {row}: the student is exempt from {} % from {from} to {to} already, and the times overlap. Correct the days or end the other exemption first.",
            known.share_percent
        ),
    )
    .at(Place::row(row))
}
