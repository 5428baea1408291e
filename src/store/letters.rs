//! What families are to be told.

use std::collections::BTreeMap;

use chrono::NaiveDateTime;
use diesel::prelude::*;

use super::schema::letters;
use super::{IDS_PER_QUERY, StoreError, Tx, dialect};

/// A row of `letters`.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = letters, treat_none_as_default_value = false)]
pub struct LetterRow {
    pub id: i64,
    pub school_id: i64,
    /// What it is: `notice`, `receipt`, …
    pub kind: String,
    pub family_id: i64,
    /// The invoice, receipt, claim, … it is about; what it is follows from the kind.
    pub about_id: i64,
    /// What is told, so that it is asked for once.
    pub dedupe_key: String,
    /// `waiting`, `made` or `skipped`.
    pub state: String,
    /// Empty where nothing is left to do.
    pub due_at: Option<NaiveDateTime>,
    pub asked_by: String,
    pub asked_at: NaiveDateTime,
}

/// Adds letters of one school, whose row the caller has locked, but for those that tell what another
/// one tells.
pub fn insert_new(tx: &mut Tx<'_>, rows: &[LetterRow]) -> Result<(), StoreError> {
    let mut new: BTreeMap<&str, &LetterRow> = BTreeMap::new();
    for row in rows {
        new.entry(&row.dedupe_key).or_insert(row);
    }
    let keys: Vec<&str> = new.keys().copied().collect();
    let Some(school) = rows.first().map(|row| row.school_id) else { return Ok(()) };
    for chunk in keys.chunks(IDS_PER_QUERY) {
        let told: Vec<String> = letters::table
            .filter(letters::school_id.eq(school))
            .filter(letters::dedupe_key.eq_any(chunk))
            .select(letters::dedupe_key)
            .load(tx.conn())?;
        for key in told {
            new.remove(key.as_str());
        }
    }
    let mut rows: Vec<LetterRow> = new.into_values().cloned().collect();
    rows.sort_by_key(|row| row.id);
    dialect::insert_all::<_, LetterRow>(tx, letters::table, &rows)
}

/// About which rows the letters of a school with these keys are, where mail was made of them.
pub fn made(tx: &mut Tx<'_>, school: i64, keys: &[String]) -> Result<Vec<i64>, StoreError> {
    let mut found = Vec::new();
    for chunk in keys.chunks(IDS_PER_QUERY) {
        found.extend(
            letters::table
                .filter(letters::school_id.eq(school))
                .filter(letters::dedupe_key.eq_any(chunk))
                .filter(letters::state.eq("made"))
                .select(letters::about_id)
                .load::<i64>(tx.conn())?,
        );
    }
    Ok(found)
}
