//! The audit chain for people: who did what and when, what was before and after, and why.

pub mod actions;

use std::collections::BTreeMap;

use chrono::{NaiveDateTime, NaiveTime, TimeDelta};
use serde_json::Value;

use crate::clock::local_time;
use crate::domain::calendar::Day;
use crate::domain::id::SchoolId;
use crate::domain::text::{moves, still};
use crate::service::{ServiceError, StoreError};
use crate::store::audit::{self, AuditRecordRow, RecordPage, SYSTEM_CHAIN};
use crate::store::{Store, Tx, audit_texts, fees};

/// Records of a page.
const PAGE: i64 = 50;

/// The most records of a file.
const MOST_IN_FILE: i64 = 100_000;

/// Something that changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// What.
    pub key: String,
    /// What it was.
    pub before: Value,
    /// What it is.
    pub after: Value,
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
    pub facts: Vec<(String, Value)>,
    /// Why, where somebody said so.
    pub reason: String,
    /// The hash over the record and everything before it.
    pub hash: String,
}

/// An invoice that records are about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvoiceRef {
    /// Its payment code.
    pub code: String,
    /// Whose it is.
    pub student: i64,
}

/// Records and what stands beside them.
#[derive(Clone, Debug, Default)]
pub struct Log {
    /// The records, the last first.
    pub records: Vec<RecordView>,
    /// The invoices that they name, by id.
    pub invoices: BTreeMap<i64, InvoiceRef>,
    /// Where the next page begins.
    pub next: Option<i64>,
}

/// The words of the pages for what a file says.
pub struct FileWords<'a> {
    /// What an action is called.
    pub action: &'a dyn Fn(&str) -> String,
    /// What a kind of thing is called.
    pub kind: &'a dyn Fn(&str) -> String,
    /// What a person is called.
    pub person: &'a dyn Fn(&str) -> String,
    /// What stands for a text that was given up.
    pub erased: &'a str,
}

/// What is asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Asked {
    /// In the actor's name.
    pub actor: String,
    /// Or one of these addresses.
    pub addresses: Vec<String>,
    /// One of [`actions::AREAS`], or one action.
    pub area: String,
    /// From this day on.
    pub from: Option<Day>,
    /// Up to this day.
    pub to: Option<Day>,
    /// Before this place in the chain.
    pub before: Option<i64>,
}

/// A page of a school's records, or of the installation's own, the last first. `erased` stands for what
/// was typed and given up.
pub fn page(
    store: &Store,
    school: Option<SchoolId>,
    asked: &Asked,
    erased: &str,
) -> Result<Log, ServiceError> {
    store.read(|tx| {
        let mut rows = load(tx, school, asked, PAGE + 1, erased)?;
        let most = usize::try_from(PAGE).unwrap_or(usize::MAX);
        let more = rows.len() > most;
        rows.truncate(most);
        let next = rows.last().map(|row| row.sequence).filter(|_| more);
        let records: Vec<RecordView> = rows.into_iter().map(view).collect();
        Ok(Log { invoices: invoices(tx, school, &records)?, records, next })
    })
}

/// The invoices of the school that records name.
fn invoices(
    tx: &mut Tx<'_>,
    school: Option<SchoolId>,
    records: &[RecordView],
) -> Result<BTreeMap<i64, InvoiceRef>, ServiceError> {
    let mut ids = Vec::new();
    for record in records {
        if record.subject_kind == "invoice" {
            ids.push(record.subject_id);
        }
        for (_, value) in &record.facts {
            let used = value.as_array().into_iter().flatten();
            ids.extend(used.filter_map(|one| one.get("invoice").and_then(Value::as_i64)));
        }
    }
    ids.sort_unstable();
    ids.dedup();
    let rows = fees::invoices_by_id(tx, &ids)?.into_iter();
    Ok(rows
        .filter(|row| school.is_some_and(|school| school.0 == row.school_id))
        .map(|row| (row.id, InvoiceRef { code: row.code, student: row.student_id }))
        .collect())
}

/// The same as CSV for spreadsheets, at most 100,000 records: the stable names, and what they mean.
pub fn csv(
    store: &Store,
    school: SchoolId,
    asked: &Asked,
    words: &FileWords<'_>,
) -> Result<Vec<u8>, ServiceError> {
    let broken = |error: csv::Error| StoreError::Corrupt(format!("a file of records: {error}"));
    // Excel reads UTF-8 only behind this mark.
    let mut writer = csv::Writer::from_writer("\u{feff}".as_bytes().to_vec());
    let heads = [
        "STT",
        "Thời điểm",
        "Người thực hiện",
        "Email",
        "Thao tác",
        "Tên thao tác",
        "Đối tượng",
        "Loại đối tượng",
        "Mã đối tượng",
        "Lý do",
        "Chi tiết",
        "Mã băm",
    ];
    writer.write_record(heads).map_err(broken)?;
    for row in store.read(|tx| load(tx, Some(school), asked, MOST_IN_FILE, words.erased))? {
        let reason = reason_of(&serde_json::from_str(&row.detail).unwrap_or_default());
        writer
            .write_record([
                row.sequence.to_string(),
                local_time(row.at).format("%d/%m/%Y %H:%M:%S").to_string(),
                plain(&(words.person)(&row.actor)),
                plain(row.actor.strip_prefix("user:").unwrap_or(&row.actor)),
                (words.action)(&row.action),
                row.action,
                (words.kind)(&row.subject_kind),
                row.subject_kind,
                row.subject_id.to_string(),
                plain(&reason),
                escaped(&row.detail),
                row.hash,
            ])
            .map_err(broken)?;
    }
    let written = writer.into_inner();
    Ok(written.map_err(|error| StoreError::Corrupt(format!("a file of records: {error}")))?)
}

/// JSON with its own escape for each character that moves others: it says the same.
fn escaped(json: &str) -> String {
    let escape = |letter: char| -> Vec<char> {
        if moves(letter) {
            format!("\\u{:04x}", u32::from(letter)).chars().collect()
        } else {
            vec![letter]
        }
    };
    json.chars().flat_map(escape).collect()
}

/// A text that no spreadsheet takes for a formula.
fn plain(text: &str) -> String {
    let text = still(text);
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        format!("'{text}")
    } else {
        text.into_owned()
    }
}

/// The records, with what was typed into them.
fn load(
    tx: &mut Tx<'_>,
    school: Option<SchoolId>,
    asked: &Asked,
    limit: i64,
    erased: &str,
) -> Result<Vec<AuditRecordRow>, ServiceError> {
    let clean = |text: &str| text.trim().replace(['%', '_', '\\'], "");
    let actor = clean(&asked.actor);
    let people: Vec<String> =
        asked.addresses.iter().map(|address| format!("user:{address}")).collect();
    let actions = actions::meant(&asked.area);
    let page = RecordPage {
        actor: Some(actor.as_str()).filter(|text| !text.is_empty()),
        people: &people,
        actions: actions.as_deref(),
        from: asked.from.map(midnight),
        until: asked.to.and_then(|day| day.succ_opt()).map(midnight),
        before: asked.before,
        limit,
    };
    let chain = school.map_or(SYSTEM_CHAIN, |school| school.0);
    let mut rows = audit::page(tx, chain, &page)?;
    let texts = audit_texts::of_records(tx, &rows)?;
    for row in &mut rows {
        let own = audit_texts::of_record(&texts, row.id);
        row.detail = audit_texts::put_back(&row.detail, own, erased);
    }
    Ok(rows)
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
                changes.push(Change { key: key.clone(), before: old.clone(), after: new.clone() });
            }
        }
        for (key, value) in fields {
            let shown = matches!(key.as_str(), "before" | "after" | "reason" | "note")
                || before.is_some_and(|before| after.is_none() && before.contains_key(key))
                || matches!(value, Value::Null);
            if !shown {
                facts.push((key.clone(), value.clone()));
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
        let change =
            |key: &str, before: Value, after: Value| Change { key: key.to_owned(), before, after };
        for (why, detail, changes, facts) in [
            (
                "what is new under the same names",
                serde_json::json!({"before": {"holder": "A", "to": null}, "holder": "A", "to": "2026-12-31"}),
                vec![change("to", Value::Null, "2026-12-31".into())],
                vec![],
            ),
            (
                "what is new apart",
                serde_json::json!({"before": {"on": true}, "after": {"on": false}, "despite_misses": false}),
                vec![change("on", true.into(), false.into())],
                vec![("despite_misses".to_owned(), false.into())],
            ),
            (
                "an amount and a reason",
                serde_json::json!({"amount_dong": 1_250_000, "reason": "nhầm"}),
                vec![],
                vec![("amount_dong".to_owned(), 1_250_000.into())],
            ),
        ] {
            let view = record(&detail);
            assert_eq!((view.changes, view.facts), (changes, facts), "{why}");
        }
        assert_eq!(record(&serde_json::json!({"reason": "nhầm"})).reason, "nhầm");
        assert_eq!(plain("=1+1"), "'=1+1");
    }

    #[test]
    fn an_area_means_its_actions_and_an_action_itself() {
        assert_eq!(actions::meant("period"), Some(vec!["period.close", "period.reopen"]));
        assert_eq!(actions::meant("key.revoke"), Some(vec!["key.revoke"]));
        assert_eq!(actions::meant("%"), None);
    }
}
