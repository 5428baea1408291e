//! What people typed freely into records of the audit log, kept beside them: the record itself, and so
//! the chain of hashes, holds a salted SHA-256 of each text. A text that is given up leaves the chain
//! whole.

use diesel::prelude::*;
use diesel::sql_types::BigInt;
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

use super::audit::AuditRecordRow;
use super::schema::audit_texts;
use super::{IDS_PER_QUERY, StoreError, Tx, dialect};
use crate::domain::text::hex;

/// A row of `audit_texts`.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = audit_texts, treat_none_as_default_value = false)]
pub struct AuditTextRow {
    pub id: i64,
    pub chain_id: i64,
    pub record_id: i64,
    /// Where in the record's detail it belongs, as a JSON pointer: `/reason`.
    pub place: String,
    /// What the text was hashed with, so that nobody finds it by trying; gone with the text.
    pub salt: Option<String>,
    /// The text; none once it was given up.
    pub words: Option<String>,
}

/// Under which names details hold what people typed. `which` is one for students alone.
const TYPED: [&str; 6] = ["reason", "note", "words", "query", "intro", "closing"];

/// The name under which a detail holds the hash of a text.
const HASH: &str = "text_sha256";

/// The hash that stands for a text. A salt has no colon, so no two pairs share their bytes.
#[must_use]
pub fn text_hash(salt: &str, words: &str) -> String {
    hex(&Sha256::digest(format!("{salt}:{words}")))
}

/// Takes what people typed out of a record's detail, and leaves hashes in its place.
pub fn take_apart(
    tx: &mut Tx<'_>,
    (chain, record): (i64, i64),
    detail: &mut String,
) -> Result<Vec<AuditTextRow>, StoreError> {
    // Most records are the machine's and hold none: they are not read.
    let holds = |name: &str| {
        let mut after = detail.split(name).skip(1);
        after.any(|rest| rest.starts_with("\":\"") || rest.starts_with("\":["))
    };
    if !holds("which") && !TYPED.iter().any(|name| holds(name)) {
        return Ok(Vec::new());
    }
    let Ok(mut value) = serde_json::from_str::<Value>(detail) else { return Ok(Vec::new()) };
    let mut rows = Vec::new();
    walk(&mut value, "", false, &mut |place, slot| {
        let Value::String(words) = slot else { return Ok(()) };
        let (salt, words) = (hex(&tx.secret()), std::mem::take(words));
        *slot = Value::Object(Map::from_iter([(HASH.to_owned(), text_hash(&salt, &words).into())]));
        rows.push(AuditTextRow {
            id: tx.next_id()?,
            chain_id: chain,
            record_id: record,
            place: place.to_owned(),
            salt: Some(salt),
            words: Some(words),
        });
        Ok(())
    })?;
    if !rows.is_empty() {
        *detail = value.to_string();
    }
    Ok(rows)
}

/// Hands every text that somebody typed to `each`, with its place.
fn walk(
    value: &mut Value,
    place: &str,
    typed: bool,
    each: &mut dyn FnMut(&str, &mut Value) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    match value {
        Value::String(words) if typed && !words.is_empty() => each(place, value),
        Value::Array(all) => all
            .iter_mut()
            .enumerate()
            .try_for_each(|(at, one)| walk(one, &format!("{place}/{at}"), typed, each)),
        Value::Object(fields) => {
            let of_students = fields.get("of").and_then(Value::as_str) == Some("students");
            fields.iter_mut().try_for_each(|(name, one)| {
                let typed = TYPED.contains(&name.as_str()) || (of_students && name == "which");
                walk(one, &format!("{place}/{}", escaped(name)), typed, each)
            })
        }
        _ => Ok(()),
    }
}

/// A name as a part of a JSON pointer.
fn escaped(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

/// The places of a detail that hold hashes, and these.
#[must_use]
pub fn hashes(detail: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    if detail.contains(HASH) {
        collect(&serde_json::from_str(detail).unwrap_or_default(), "", &mut found);
    }
    found
}

fn collect(value: &Value, place: &str, found: &mut Vec<(String, String)>) {
    match value {
        Value::Array(all) => {
            for (at, one) in all.iter().enumerate() {
                collect(one, &format!("{place}/{at}"), found);
            }
        }
        Value::Object(fields) => {
            if let Some(Value::String(hash)) = fields.get(HASH).filter(|_| fields.len() == 1) {
                found.push((place.to_owned(), hash.clone()));
                return;
            }
            for (name, one) in fields {
                collect(one, &format!("{place}/{}", escaped(name)), found);
            }
        }
        _ => {}
    }
}

/// A detail with its texts where they were typed; what was given up is `erased`.
#[must_use]
pub fn put_back(detail: &str, texts: &[AuditTextRow], erased: &str) -> String {
    if texts.is_empty() {
        return detail.to_owned();
    }
    let Ok(mut value) = serde_json::from_str::<Value>(detail) else { return detail.to_owned() };
    for text in texts {
        if let Some(slot) = value.pointer_mut(&text.place) {
            *slot = Value::String(text.words.clone().unwrap_or_else(|| erased.to_owned()));
        }
    }
    value.to_string()
}

pub fn insert(tx: &mut Tx<'_>, rows: &[AuditTextRow]) -> Result<(), StoreError> {
    dialect::insert_all::<audit_texts::table, AuditTextRow>(tx, audit_texts::table, rows)
}

/// The texts of records, in the records' order of ids.
pub fn of_records(
    tx: &mut Tx<'_>,
    records: &[AuditRecordRow],
) -> Result<Vec<AuditTextRow>, StoreError> {
    let mut found = Vec::new();
    let ids: Vec<i64> = records.iter().map(|record| record.id).collect();
    for ids in ids.chunks(IDS_PER_QUERY) {
        found.extend(
            audit_texts::table
                .filter(audit_texts::record_id.eq_any(ids.to_vec()))
                .select(AuditTextRow::as_select())
                .load(tx.conn())?,
        );
    }
    found.sort_by(|one: &AuditTextRow, other| {
        (one.record_id, &one.place).cmp(&(other.record_id, &other.place))
    });
    Ok(found)
}

/// Those of one record among the texts of many.
#[must_use]
pub fn of_record(texts: &[AuditTextRow], record: i64) -> &[AuditTextRow] {
    let from = texts.partition_point(|text| text.record_id < record);
    let own = texts.get(from..).unwrap_or_default();
    own.get(..own.partition_point(|text| text.record_id == record)).unwrap_or_default()
}

/// Up to `limit` texts of a chain that are still there, after an id.
pub fn after(
    tx: &mut Tx<'_>,
    chain: i64,
    id: i64,
    limit: i64,
) -> Result<Vec<AuditTextRow>, StoreError> {
    Ok(audit_texts::table
        .filter(audit_texts::chain_id.eq(chain))
        .filter(audit_texts::id.gt(id))
        .filter(audit_texts::words.is_not_null())
        .order(audit_texts::id)
        .limit(limit)
        .select(AuditTextRow::as_select())
        .load(tx.conn())?)
}

#[derive(QueryableByName)]
struct IdRow {
    #[diesel(sql_type = BigInt)]
    id: i64,
}

/// Records about a student alone, in which `$1` is the school's chain, `$2` the student and `$3` the
/// family. What a payment was used for besides, and what is about a family with other children, is not
/// about the student alone.
const ABOUT: &str = "(r.subject_kind = 'student' AND r.subject_id = $2) \
    OR (r.subject_kind = 'invoice' AND r.subject_id IN (SELECT id FROM invoices WHERE student_id = $2)) \
    OR (r.subject_kind = 'receipt' AND r.subject_id IN (SELECT id FROM receipts WHERE student_id = $2)) \
    OR (r.subject_kind = 'refund' AND r.subject_id IN (SELECT id FROM refunds WHERE student_id = $2)) \
    OR (r.subject_kind = 'refund_request' AND r.subject_id IN (SELECT id FROM refund_requests WHERE student_id = $2)) \
    OR (r.subject_kind = 'exemption' AND r.subject_id IN (SELECT id FROM exemptions WHERE student_id = $2)) \
    OR (r.subject_kind = 'erasure' AND r.subject_id IN (SELECT id FROM erasures WHERE student_id = $2)) \
    OR (r.subject_kind = 'write_off' AND r.subject_id IN (SELECT w.id FROM write_offs w JOIN invoices i ON i.id = w.invoice_id WHERE i.student_id = $2)) \
    OR (r.action = 'payment.refuse' AND r.detail LIKE '%\"student\":' || CAST($2 AS TEXT) || '}%') \
    OR (r.subject_kind = 'payment' AND r.action <> 'payment.refuse' \
        AND r.subject_id IN (SELECT a.payment_id FROM allocations a JOIN invoices i ON i.id = a.invoice_id WHERE i.student_id = $2) \
        AND NOT EXISTS (SELECT 1 FROM allocations a JOIN invoices i ON i.id = a.invoice_id WHERE a.payment_id = r.subject_id AND i.student_id <> $2)) \
    OR ((r.subject_kind = 'family' AND r.subject_id = $3 \
         OR r.subject_kind = 'claim' AND r.subject_id IN (SELECT id FROM claims WHERE family_id = $3)) \
        AND NOT EXISTS (SELECT 1 FROM students s WHERE s.family_id = $3 AND s.id <> $2 \
            AND NOT EXISTS (SELECT 1 FROM erasures e WHERE e.student_id = s.id AND e.state = 'done')))";

/// The texts of records that are about a student alone.
pub fn about_student(
    tx: &mut Tx<'_>,
    school: i64,
    (student, family): (i64, i64),
) -> Result<Vec<i64>, StoreError> {
    let rows: Vec<IdRow> = diesel::sql_query(format!(
        "SELECT t.id AS id FROM audit_texts t JOIN audit_records r ON r.id = t.record_id \
         WHERE t.chain_id = $1 AND $2 > 0 AND $3 > 0 AND t.words IS NOT NULL AND ({ABOUT})"
    ))
    .bind::<BigInt, _>(school)
    .bind::<BigInt, _>(student)
    .bind::<BigInt, _>(family)
    .load(tx.conn())?;
    Ok(rows.into_iter().map(|row| row.id).collect())
}

/// Gives texts up, with what they were hashed with.
pub fn give_up(tx: &mut Tx<'_>, ids: &[i64]) -> Result<(), StoreError> {
    let nothing: Option<String> = None;
    for ids in ids.chunks(IDS_PER_QUERY) {
        diesel::update(audit_texts::table.filter(audit_texts::id.eq_any(ids.to_vec())))
            .set((audit_texts::salt.eq(&nothing), audit_texts::words.eq(&nothing)))
            .execute(tx.conn())?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(detail: &Value) -> Vec<(String, String)> {
        let mut found = Vec::new();
        walk(&mut detail.clone(), "", false, &mut |place, slot| {
            found.push((place.to_owned(), slot.as_str().unwrap_or_default().to_owned()));
            Ok(())
        })
        .unwrap();
        found
    }

    #[test]
    fn what_people_typed_is_found_wherever_it_stands() {
        for (why, detail, expected) in [
            (
                "a reason",
                serde_json::json!({"reason": "nhầm", "state": "x"}),
                vec![("/reason", "nhầm")],
            ),
            ("none was given", serde_json::json!({"note": null, "reason": ""}), vec![]),
            (
                "within a list",
                serde_json::json!({"accepted": [{"code": "a", "reason": "b"}]}),
                vec![("/accepted/0/reason", "b")],
            ),
            (
                "students by code",
                serde_json::json!({"terms": {"scope": {"of": "students", "which": ["HS1", "HS2"]}}}),
                vec![("/terms/scope/which/0", "HS1"), ("/terms/scope/which/1", "HS2")],
            ),
            (
                "classes are no persons",
                serde_json::json!({"terms": {"scope": {"of": "classes", "which": ["6A1"]}}}),
                vec![],
            ),
            (
                "under a name with a slash",
                serde_json::json!({"a/b~": {"note": "x"}}),
                vec![("/a~1b~0/note", "x")],
            ),
        ] {
            let expected: Vec<(String, String)> =
                expected.into_iter().map(|(place, text)| (place.into(), text.into())).collect();
            assert_eq!(typed(&detail), expected, "{why}");
            for (place, text) in expected {
                assert_eq!(detail.pointer(&place).and_then(Value::as_str), Some(text.as_str()));
            }
        }
    }

    #[test]
    fn a_text_comes_back_where_it_was_and_one_that_was_given_up_does_not() {
        let hash = text_hash("00ff", "nhầm");
        let detail = serde_json::json!({"reason": {HASH: hash}, "state": "x"}).to_string();
        assert_eq!(hashes(&detail), [("/reason".to_owned(), hash)]);
        let mut row = AuditTextRow {
            id: 1,
            chain_id: 7,
            record_id: 2,
            place: "/reason".to_owned(),
            salt: Some("00ff".to_owned()),
            words: Some("nhầm".to_owned()),
        };
        let back = |row: &AuditTextRow| put_back(&detail, std::slice::from_ref(row), "(gone)");
        assert_eq!(back(&row), r#"{"reason":"nhầm","state":"x"}"#);
        (row.salt, row.words) = (None, None);
        assert_eq!(back(&row), r#"{"reason":"(gone)","state":"x"}"#);
        assert_ne!(text_hash("00ff", "nhầm"), text_hash("00fe", "nhầm"));
    }
}
