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
use crate::store::{Store, fees, people};

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
