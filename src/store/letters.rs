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

/// Whether there is a letter of these kinds about one of these.
pub fn any_about(
    tx: &mut Tx<'_>,
    school: i64,
    kinds: &[&str],
    about: &[i64],
) -> Result<bool, StoreError> {
    for chunk in about.chunks(IDS_PER_QUERY) {
        let found: Option<i64> = letters::table
            .filter(letters::school_id.eq(school))
            .filter(letters::kind.eq_any(kinds))
            .filter(letters::about_id.eq_any(chunk))
            .select(letters::id)
            .first(tx.conn())
            .optional()?;
        if found.is_some() {
            return Ok(true);
        }
    }
    Ok(false)
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

/// Of which rows letters of a kind were made into mail, the first time or when they were sent once more.
pub fn made(
    tx: &mut Tx<'_>,
    school: i64,
    kind: &str,
    about: &[i64],
) -> Result<Vec<i64>, StoreError> {
    let mut found = Vec::new();
    for chunk in about.chunks(IDS_PER_QUERY) {
        found.extend(
            letters::table
                .filter(letters::about_id.eq_any(chunk))
                .filter(letters::kind.eq(kind))
                .filter(letters::school_id.eq(school))
                .filter(letters::state.eq("made"))
                .select(letters::about_id)
                .load::<i64>(tx.conn())?,
        );
    }
    Ok(found)
}

/// The school and the time of the letter of these kinds that has been due longest, if any is.
pub fn first_due(
    tx: &mut Tx<'_>,
    kinds: &[&str],
    now: NaiveDateTime,
) -> Result<Option<i64>, StoreError> {
    Ok(letters::table
        .filter(letters::due_at.le(now))
        .filter(letters::kind.eq_any(kinds))
        .order((letters::due_at, letters::id))
        .select(letters::school_id)
        .first(tx.conn())
        .optional()?)
}

/// Letters of a school that are due, the longest due first.
pub fn due(
    tx: &mut Tx<'_>,
    (school, kinds): (i64, &[&str]),
    now: NaiveDateTime,
    limit: i64,
) -> Result<Vec<LetterRow>, StoreError> {
    Ok(letters::table
        .filter(letters::school_id.eq(school))
        .filter(letters::due_at.le(now))
        .filter(letters::kind.eq_any(kinds))
        .order((letters::due_at, letters::id))
        .limit(limit)
        .select(LetterRow::as_select())
        .load(tx.conn())?)
}

/// Puts letters off: what is made of them takes until then, or they may not go before.
pub fn put_off(tx: &mut Tx<'_>, ids: &[i64], until: NaiveDateTime) -> Result<(), StoreError> {
    for chunk in ids.chunks(IDS_PER_QUERY) {
        let waiting =
            letters::table.filter(letters::id.eq_any(chunk)).filter(letters::state.eq("waiting"));
        diesel::update(waiting).set(letters::due_at.eq(until)).execute(tx.conn())?;
    }
    Ok(())
}

/// Puts off every letter that is due; how many.
pub fn put_off_due(
    tx: &mut Tx<'_>,
    now: NaiveDateTime,
    until: NaiveDateTime,
) -> Result<usize, StoreError> {
    let due = letters::table.filter(letters::due_at.le(now)).filter(letters::state.eq("waiting"));
    Ok(diesel::update(due).set(letters::due_at.eq(until)).execute(tx.conn())?)
}

/// Whether a letter still waits as it was put off until `held`: nobody else has taken it since.
pub fn is_held(tx: &mut Tx<'_>, id: i64, held: NaiveDateTime) -> Result<bool, StoreError> {
    let own = letters::table
        .filter(letters::id.eq(id))
        .filter(letters::state.eq("waiting"))
        .filter(letters::due_at.eq(held));
    Ok(diesel::select(diesel::dsl::exists(own)).get_result(tx.conn())?)
}

/// Ends a letter.
pub fn end(tx: &mut Tx<'_>, id: i64, state: &str) -> Result<(), StoreError> {
    diesel::update(letters::table.find(id))
        .set((letters::state.eq(state), letters::due_at.eq(None::<NaiveDateTime>)))
        .execute(tx.conn())?;
    Ok(())
}

pub fn find(tx: &mut Tx<'_>, id: i64) -> Result<Option<LetterRow>, StoreError> {
    Ok(letters::table.find(id).select(LetterRow::as_select()).first(tx.conn()).optional()?)
}

/// Has a letter made again.
pub fn reopen(tx: &mut Tx<'_>, id: i64, at: NaiveDateTime) -> Result<(), StoreError> {
    diesel::update(letters::table.find(id))
        .set((letters::state.eq("waiting"), letters::due_at.eq(at)))
        .execute(tx.conn())?;
    Ok(())
}

/// The letters of a kind that were asked for since a moment and not passed over.
pub fn asked_since(
    tx: &mut Tx<'_>,
    (school, kind): (i64, &str),
    since: NaiveDateTime,
) -> Result<Vec<LetterRow>, StoreError> {
    Ok(letters::table
        .filter(letters::school_id.eq(school))
        .filter(letters::kind.eq(kind))
        .filter(letters::state.ne("skipped"))
        .filter(letters::asked_at.ge(since))
        .order(letters::id)
        .select(LetterRow::as_select())
        .load(tx.conn())?)
}

/// How many letters wait to be made into mail.
pub fn waiting(tx: &mut Tx<'_>) -> Result<i64, StoreError> {
    Ok(letters::table
        .filter(letters::due_at.is_not_null())
        .select(diesel::dsl::sql::<diesel::sql_types::BigInt>("COUNT(*)"))
        .get_result(tx.conn())?)
}

/// The families that owe something for a round, each with its first invoice, in the order of those.
pub fn families_of_round(
    tx: &mut Tx<'_>,
    school: i64,
    round: i64,
) -> Result<Vec<(i64, i64)>, StoreError> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = diesel::sql_types::BigInt)]
        family_id: i64,
        #[diesel(sql_type = diesel::sql_types::BigInt)]
        invoice_id: i64,
    }
    let rows: Vec<Row> = diesel::sql_query(
        "SELECT s.family_id AS family_id, MIN(i.id) AS invoice_id FROM invoices i \
         JOIN students s ON s.id = i.student_id \
         WHERE i.round_id = $1 AND i.school_id = $2 AND i.cancelled = FALSE AND i.net_dong > 0 \
         GROUP BY s.family_id ORDER BY MIN(i.id)",
    )
    .bind::<diesel::sql_types::BigInt, _>(round)
    .bind::<diesel::sql_types::BigInt, _>(school)
    .load(tx.conn())?;
    Ok(rows.into_iter().map(|row| (row.family_id, row.invoice_id)).collect())
}

/// An invoice on which something is open.
#[derive(Clone, Debug, PartialEq, Eq, QueryableByName)]
pub struct OpenRow {
    #[diesel(sql_type = diesel::sql_types::BigInt)]
    pub invoice_id: i64,
    #[diesel(sql_type = diesel::sql_types::BigInt)]
    pub family_id: i64,
    #[diesel(sql_type = diesel::sql_types::BigInt)]
    pub round_id: i64,
    #[diesel(sql_type = diesel::sql_types::Text)]
    pub class: String,
    #[diesel(sql_type = diesel::sql_types::Nullable<diesel::sql_types::Date>)]
    pub due_on: Option<chrono::NaiveDate>,
    #[diesel(sql_type = diesel::sql_types::BigInt)]
    pub open_dong: i64,
}

/// The invoices of a school on which something is open.
pub fn open_invoices(tx: &mut Tx<'_>, school: i64) -> Result<Vec<OpenRow>, StoreError> {
    Ok(diesel::sql_query(
        "SELECT i.id AS invoice_id, s.family_id AS family_id, i.round_id AS round_id, \
         s.class AS class, i.due_on AS due_on, i.net_dong - i.paid_dong AS open_dong \
         FROM invoices i JOIN students s ON s.id = i.student_id \
         WHERE i.school_id = $1 AND i.cancelled = FALSE AND i.paid_dong < i.net_dong ORDER BY i.id",
    )
    .bind::<diesel::sql_types::BigInt, _>(school)
    .load(tx.conn())?)
}
