//! The audit chain: who changed money or rights, each record hashed with the one before.

use crate::domain::text::hex;
use chrono::{Datelike, NaiveDateTime, Timelike};
use diesel::prelude::*;
use sha2::{Digest, Sha256};

use super::schema::{audit_heads, audit_records};
use super::{StoreError, Tx, audit_texts, dialect};

/// A row of `audit_heads`.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = audit_heads, treat_none_as_default_value = false)]
pub struct AuditHeadRow {
    pub id: i64,
    pub length: i64,
    pub head: String,
}

/// A row of `audit_records`.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = audit_records, treat_none_as_default_value = false)]
pub struct AuditRecordRow {
    pub id: i64,
    pub chain_id: i64,
    pub sequence: i64,
    pub at: NaiveDateTime,
    pub actor: String,
    pub action: String,
    pub subject_kind: String,
    pub subject_id: i64,
    pub detail: String,
    pub previous_hash: String,
    pub hash: String,
}
/// The chain of what belongs to no school.
pub const SYSTEM_CHAIN: i64 = 0;

/// What a new record says; its place in the chain and its hash are added when it is written.
#[derive(Clone, Debug)]
pub struct AuditFact {
    pub actor: String,
    pub action: &'static str,
    pub subject_kind: &'static str,
    pub subject_id: i64,
    /// Canonical JSON. What people typed in it is kept beside the record: see [`audit_texts`].
    pub detail: String,
}

/// The hash of the empty chain.
#[must_use]
pub fn genesis() -> String {
    "0".repeat(64)
}

/// SHA-256 over every field of a record and the hash before it, lengths included, so that no two
/// records share their bytes.
#[must_use]
pub fn record_hash(record: &AuditRecordRow) -> String {
    let mut hasher = Sha256::new();
    for field in [
        record.chain_id.to_string().as_str(),
        &record.sequence.to_string(),
        &instant(record.at),
        &record.actor,
        &record.action,
        &record.subject_kind,
        &record.subject_id.to_string(),
        &record.detail,
        &record.previous_hash,
    ] {
        hasher.update(field.len().to_string().as_bytes());
        hasher.update(b":");
        hasher.update(field.as_bytes());
    }
    hex(&hasher.finalize())
}

/// The instant as `%Y-%m-%dT%H:%M:%S%.6f`, without reading that pattern again for every record.
fn instant(at: NaiveDateTime) -> String {
    format!(
        "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:06}",
        at.year(),
        at.month(),
        at.day(),
        at.hour(),
        at.minute(),
        at.second(),
        at.nanosecond() / 1_000
    )
}

/// Appends facts to a chain. The caller holds the lock of the school, or of the system chain.
pub fn append(
    tx: &mut Tx<'_>,
    chain: i64,
    at: NaiveDateTime,
    facts: Vec<AuditFact>,
) -> Result<(), StoreError> {
    if facts.is_empty() {
        return Ok(());
    }
    dialect::lock_audit_head(tx, chain)?;
    let head: Option<AuditHeadRow> = audit_heads::table
        .find(chain)
        .select(AuditHeadRow::as_select())
        .first(tx.conn())
        .optional()?;
    let is_new = head.is_none();
    let mut head = head.unwrap_or_else(|| AuditHeadRow { id: chain, length: 0, head: genesis() });
    let mut rows = Vec::with_capacity(facts.len());
    let mut texts = Vec::new();
    for mut fact in facts {
        head.length += 1;
        let id = tx.next_id()?;
        texts.append(&mut audit_texts::take_apart(tx, (chain, id), &mut fact.detail)?);
        let mut row = AuditRecordRow {
            id,
            chain_id: chain,
            sequence: head.length,
            at,
            actor: fact.actor,
            action: fact.action.to_owned(),
            subject_kind: fact.subject_kind.to_owned(),
            subject_id: fact.subject_id,
            detail: fact.detail,
            previous_hash: std::mem::take(&mut head.head),
            hash: String::new(),
        };
        row.hash = record_hash(&row);
        head.head.clone_from(&row.hash);
        rows.push(row);
    }
    dialect::insert_all::<audit_records::table, AuditRecordRow>(tx, audit_records::table, &rows)?;
    audit_texts::insert(tx, &texts)?;
    if is_new {
        diesel::insert_into(audit_heads::table).values(head).execute(tx.conn())?;
    } else {
        diesel::update(audit_heads::table.find(chain))
            .set((audit_heads::length.eq(head.length), audit_heads::head.eq(&head.head)))
            .execute(tx.conn())?;
    }
    Ok(())
}

pub fn heads(tx: &mut Tx<'_>) -> Result<Vec<AuditHeadRow>, StoreError> {
    Ok(audit_heads::table
        .order(audit_heads::id)
        .select(AuditHeadRow::as_select())
        .load(tx.conn())?)
}

/// Up to `limit` records of a chain after `sequence`.
pub fn records_after(
    tx: &mut Tx<'_>,
    chain: i64,
    sequence: i64,
    limit: i64,
) -> Result<Vec<AuditRecordRow>, StoreError> {
    Ok(audit_records::table
        .filter(audit_records::chain_id.eq(chain))
        .filter(audit_records::sequence.gt(sequence))
        .order(audit_records::sequence)
        .limit(limit)
        .select(AuditRecordRow::as_select())
        .load(tx.conn())?)
}

/// Which records of a chain a page shows: the last first.
#[derive(Clone, Copy, Debug, Default)]
pub struct RecordPage<'a> {
    /// In the actor's name.
    pub actor: Option<&'a str>,
    /// Or exactly one of these.
    pub people: &'a [String],
    /// One of these actions.
    pub actions: Option<&'a [&'a str]>,
    /// From this instant on, in UTC.
    pub from: Option<NaiveDateTime>,
    /// Before this instant, in UTC.
    pub until: Option<NaiveDateTime>,
    /// Before this place in the chain.
    pub before: Option<i64>,
    pub limit: i64,
}

/// A page of a chain, the last records first.
pub fn page(
    tx: &mut Tx<'_>,
    chain: i64,
    page: &RecordPage<'_>,
) -> Result<Vec<AuditRecordRow>, StoreError> {
    let mut query = audit_records::table.filter(audit_records::chain_id.eq(chain)).into_boxed();
    if let Some(actor) = page.actor {
        let named = audit_records::actor.like(format!("%{actor}%"));
        query = query.filter(named.or(audit_records::actor.eq_any(page.people.to_vec())));
    }
    if let Some(actions) = page.actions {
        query = query.filter(audit_records::action.eq_any(actions.to_vec()));
    }
    if let Some(from) = page.from {
        query = query.filter(audit_records::at.ge(from));
    }
    if let Some(until) = page.until {
        query = query.filter(audit_records::at.lt(until));
    }
    if let Some(before) = page.before {
        query = query.filter(audit_records::sequence.lt(before));
    }
    Ok(query
        .order(audit_records::sequence.desc())
        .limit(page.limit)
        .select(AuditRecordRow::as_select())
        .load(tx.conn())?)
}

#[cfg(test)]
mod tests {
    use chrono::{NaiveDate, NaiveDateTime};

    use super::{hex, instant};

    #[test]
    fn an_instant_is_hashed_as_its_pattern_says() {
        let day = NaiveDate::from_ymd_opt(2026, 1, 2).unwrap();
        for (why, at) in [
            ("midnight", day.and_hms_opt(0, 0, 0)),
            ("one digit each", day.and_hms_micro_opt(3, 4, 5, 6)),
            ("the last microsecond of a day", day.and_hms_micro_opt(23, 59, 59, 999_999)),
            ("more than the database keeps", day.and_hms_nano_opt(1, 2, 3, 123_456_789)),
        ] {
            let at: NaiveDateTime = at.unwrap();
            assert_eq!(instant(at), at.format("%Y-%m-%dT%H:%M:%S%.6f").to_string(), "{why}");
        }
    }

    #[test]
    fn bytes_become_two_digits_each() {
        assert_eq!(hex(&[0x00, 0x0f, 0xa0, 0xff]), "000fa0ff");
    }
}
