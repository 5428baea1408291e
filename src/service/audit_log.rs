//! The audit chain for people: who did what and when, what was before and after, and why.

use chrono::{NaiveDateTime, NaiveTime, TimeDelta};
use serde_json::Value;

use crate::clock::local_time;
use crate::domain::calendar::Day;
use crate::domain::id::SchoolId;
use crate::domain::money::group_digits;
use crate::service::{ServiceError, StoreError};
use crate::store::Store;
use crate::store::audit::{self, AuditRecordRow, RecordPage, SYSTEM_CHAIN};

/// Records of a page.
const PAGE: i64 = 50;

/// The most records of a file.
const MOST_IN_FILE: i64 = 100_000;

/// What the names of actions begin with, in the order in which they are offered.
pub const AREAS: [&str; 22] = [
    "payment",
    "import",
    "cash",
    "deposit",
    "invoice",
    "round",
    "write_off",
    "refund",
    "exempt",
    "fee",
    "student",
    "period",
    "export",
    "bank_account",
    "school",
    "webhook",
    "events",
    "identity",
    "claim",
    "contact",
    "family",
    "privacy",
];

/// Something that changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// What.
    pub key: String,
    /// What it was.
    pub before: String,
    /// What it is.
    pub after: String,
}

/// A record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordView {
    /// Its place in the chain.
    pub sequence: i64,
    /// When, in UTC.
    pub at: NaiveDateTime,
    /// Who.
    pub actor: String,
    /// What, by its stable name.
    pub action: String,
    /// What kind of thing it was done to.
    pub subject_kind: String,
    /// Which.
    pub subject_id: i64,
    /// What was before and after, where that was kept.
    pub changes: Vec<Change>,
    /// What else is said: name and value.
    pub facts: Vec<(String, String)>,
    /// Why, where somebody said so.
    pub reason: String,
    /// The hash over the record and everything before it.
    pub hash: String,
}

/// What is asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Asked {
    /// In the actor's name.
    pub actor: String,
    /// What the action begins with; one of [`AREAS`].
    pub area: String,
    /// From this day on.
    pub from: Option<Day>,
    /// Up to this day.
    pub to: Option<Day>,
    /// Before this place in the chain.
    pub before: Option<i64>,
}

/// A page of a school's records, or of the installation's own, the last first, and where the next
/// begins.
pub fn page(
    store: &Store,
    school: Option<SchoolId>,
    asked: &Asked,
) -> Result<(Vec<RecordView>, Option<i64>), ServiceError> {
    let mut rows = load(store, school, asked, PAGE + 1)?;
    let most = usize::try_from(PAGE).unwrap_or(usize::MAX);
    let more = rows.len() > most;
    rows.truncate(most);
    let next = rows.last().map(|row| row.sequence).filter(|_| more);
    Ok((rows.into_iter().map(view).collect(), next))
}

/// The same as CSV for spreadsheets, at most 100,000 records.
pub fn csv(store: &Store, school: SchoolId, asked: &Asked) -> Result<Vec<u8>, ServiceError> {
    let broken = |error: csv::Error| StoreError::Corrupt(format!("a file of records: {error}"));
    // Excel reads UTF-8 only behind this mark.
    let mut writer = csv::Writer::from_writer("\u{feff}".as_bytes().to_vec());
    let heads = [
        "STT",
        "Thời điểm",
        "Người thực hiện",
        "Thao tác",
        "Đối tượng",
        "Mã đối tượng",
        "Lý do",
        "Chi tiết",
        "Mã băm",
    ];
    writer.write_record(heads).map_err(broken)?;
    for row in load(store, Some(school), asked, MOST_IN_FILE)? {
        let reason = reason_of(&serde_json::from_str(&row.detail).unwrap_or_default());
        writer
            .write_record([
                row.sequence.to_string(),
                local_time(row.at).format("%d/%m/%Y %H:%M:%S").to_string(),
                plain(row.actor.strip_prefix("user:").unwrap_or(&row.actor)),
                row.action,
                row.subject_kind,
                row.subject_id.to_string(),
                plain(&reason),
                row.detail,
                row.hash,
            ])
            .map_err(broken)?;
    }
    let written = writer.into_inner();
    Ok(written.map_err(|error| StoreError::Corrupt(format!("a file of records: {error}")))?)
}

/// A text that no spreadsheet takes for a formula.
fn plain(text: &str) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        format!("'{text}")
    } else {
        text.to_owned()
    }
}

fn load(
    store: &Store,
    school: Option<SchoolId>,
    asked: &Asked,
    limit: i64,
) -> Result<Vec<AuditRecordRow>, ServiceError> {
    let clean = |text: &str| text.trim().replace(['%', '_', '\\'], "");
    let actor = clean(&asked.actor);
    let page = RecordPage {
        actor: Some(actor.as_str()).filter(|text| !text.is_empty()),
        area: AREAS.into_iter().find(|area| *area == asked.area),
        from: asked.from.map(midnight),
        until: asked.to.and_then(|day| day.succ_opt()).map(midnight),
        before: asked.before,
        limit,
    };
    let chain = school.map_or(SYSTEM_CHAIN, |school| school.0);
    Ok(store.read(|tx| audit::page(tx, chain, &page))?)
}

/// When a day begins in Vietnam (+07:00), in UTC.
fn midnight(day: Day) -> NaiveDateTime {
    let midnight = day.and_time(NaiveTime::MIN);
    midnight.checked_sub_signed(TimeDelta::hours(7)).unwrap_or(NaiveDateTime::MIN)
}

fn view(row: AuditRecordRow) -> RecordView {
    let detail: Value = serde_json::from_str(&row.detail).unwrap_or_default();
    let reason = reason_of(&detail);
    let (mut changes, mut facts) = (Vec::new(), Vec::new());
    if let Value::Object(fields) = &detail {
        let before = fields.get("before").and_then(Value::as_object);
        let after = fields.get("after").and_then(Value::as_object);
        for (key, old) in before.into_iter().flatten() {
            // Some records keep what is new beside what was, others under a name of its own.
            let new = after.unwrap_or(fields).get(key).unwrap_or(&Value::Null);
            if new != old {
                changes.push(Change {
                    key: key.clone(),
                    before: said(key, old),
                    after: said(key, new),
                });
            }
        }
        for (key, value) in fields {
            let shown = matches!(key.as_str(), "before" | "after" | "reason" | "note")
                || before.is_some_and(|before| after.is_none() && before.contains_key(key))
                || matches!(value, Value::Null);
            if !shown {
                facts.push((key.clone(), said(key, value)));
            }
        }
    }
    RecordView {
        sequence: row.sequence,
        at: row.at,
        actor: row.actor,
        action: row.action,
        subject_kind: row.subject_kind,
        subject_id: row.subject_id,
        changes,
        facts,
        reason,
        hash: row.hash,
    }
}

fn reason_of(detail: &Value) -> String {
    ["reason", "note"]
        .into_iter()
        .find_map(|key| detail.get(key).and_then(Value::as_str))
        .unwrap_or_default()
        .to_owned()
}

/// A value for people: amounts in groups, lists in a row.
fn said(key: &str, value: &Value) -> String {
    match value {
        Value::Null => "–".to_owned(),
        Value::Bool(true) => "✓".to_owned(),
        Value::Bool(false) => "✗".to_owned(),
        Value::String(text) => text.clone(),
        Value::Number(number) if key.ends_with("_dong") || matches!(key, "book" | "counted") => {
            format!("{} ₫", group_digits(&number.to_string()))
        }
        Value::Number(number) => number.to_string(),
        Value::Array(all) => {
            all.iter().map(|one| said(key, one)).collect::<Vec<String>>().join(", ")
        }
        Value::Object(fields) => fields
            .iter()
            .map(|(key, value)| format!("{key}: {}", said(key, value)))
            .collect::<Vec<String>>()
            .join("; "),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(detail: &Value) -> RecordView {
        view(AuditRecordRow {
            id: 1,
            chain_id: 7,
            sequence: 1,
            at: NaiveDateTime::MIN,
            actor: "user:ke.toan".to_owned(),
            action: "bank_account.change".to_owned(),
            subject_kind: "bank_account".to_owned(),
            subject_id: 3,
            detail: detail.to_string(),
            previous_hash: String::new(),
            hash: String::new(),
        })
    }

    #[test]
    fn what_was_stands_beside_what_is_however_it_was_kept() {
        let change = |key: &str, before: &str, after: &str| Change {
            key: key.to_owned(),
            before: before.to_owned(),
            after: after.to_owned(),
        };
        for (why, detail, changes, facts) in [
            (
                "what is new under the same names",
                serde_json::json!({"before": {"holder": "A", "to": null}, "holder": "A", "to": "2026-12-31"}),
                vec![change("to", "–", "2026-12-31")],
                vec![],
            ),
            (
                "what is new apart",
                serde_json::json!({"before": {"on": true}, "after": {"on": false}, "despite_misses": false}),
                vec![change("on", "✓", "✗")],
                vec![("despite_misses".to_owned(), "✗".to_owned())],
            ),
            (
                "an amount and a reason",
                serde_json::json!({"amount_dong": 1_250_000, "reason": "nhầm"}),
                vec![],
                vec![("amount_dong".to_owned(), "1.250.000 ₫".to_owned())],
            ),
        ] {
            let view = record(&detail);
            assert_eq!((view.changes, view.facts), (changes, facts), "{why}");
        }
        assert_eq!(record(&serde_json::json!({"reason": "nhầm"})).reason, "nhầm");
        assert_eq!(plain("=1+1"), "'=1+1");
    }
}
