//! Statement files taken in, their statements and the bank's lines.

use chrono::{NaiveDate, NaiveDateTime};
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Date, Text};

use super::schema::{entries, evidence, imports, statements};
use super::{IDS_PER_QUERY, StoreError, Tx, archives, dialect};

/// A row of `imports`.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = imports, treat_none_as_default_value = false)]
pub struct ImportRow {
    pub id: i64,
    pub school_id: i64,
    pub file_name: String,
    pub sha256: String,
    pub size_bytes: i64,
    pub format: String,
    pub layout: Option<String>,
    pub source: String,
    pub state: String,
    pub warnings: String,
    pub planned_by: String,
    pub planned_at: NaiveDateTime,
    pub committed_by: Option<String>,
    pub committed_at: Option<NaiveDateTime>,
    pub undone_by: Option<String>,
    pub undone_at: Option<NaiveDateTime>,
    pub outcome: Option<String>,
}

/// A row of `statements`.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = statements, treat_none_as_default_value = false)]
pub struct StatementRow {
    pub id: i64,
    pub school_id: i64,
    pub import_id: i64,
    pub bank_account_id: i64,
    pub position: i32,
    pub reference: Option<String>,
    pub sequence: Option<String>,
    pub opening_dong: Option<i64>,
    pub opening_on: Option<NaiveDate>,
    pub closing_dong: Option<i64>,
    pub closing_on: Option<NaiveDate>,
    pub credits_dong: i64,
    pub debits_dong: i64,
    pub entry_count: i64,
    pub first_on: Option<NaiveDate>,
    pub last_on: Option<NaiveDate>,
    pub period_from: Option<NaiveDate>,
    pub period_to: Option<NaiveDate>,
    pub copy: bool,
}

/// A row of `entries`.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = entries, treat_none_as_default_value = false)]
pub struct EntryRow {
    pub id: i64,
    pub school_id: i64,
    pub import_id: i64,
    pub statement_id: i64,
    pub bank_account_id: i64,
    pub position: i64,
    pub place: String,
    pub booking_date: NaiveDate,
    pub value_date: Option<NaiveDate>,
    pub credit_debit: String,
    pub amount_dong: i64,
    pub status: String,
    pub reversal: bool,
    pub reference: Option<String>,
    pub end_to_end_id: Option<String>,
    pub remittance: Option<String>,
    pub counterparty_name: Option<String>,
    pub counterparty_account: Option<String>,
    pub counterparty_bank: Option<String>,
    pub balance_after_dong: Option<i64>,
    pub own_key: String,
    pub own_ordinal: i64,
    pub text_key: String,
    pub reference_key: Option<String>,
    pub source_id: Option<String>,
    pub virtual_account: Option<String>,
}

/// The format of an import that is no file but a movement that a notification announced.
pub const NOTIFICATION: &str = "notification";

pub fn insert_imports(tx: &mut Tx<'_>, rows: &[ImportRow]) -> Result<(), StoreError> {
    dialect::insert_all::<imports::table, ImportRow>(tx, imports::table, rows)
}

pub fn insert_import(tx: &mut Tx<'_>, row: &ImportRow) -> Result<(), StoreError> {
    diesel::insert_into(imports::table).values(row.clone()).execute(tx.conn())?;
    Ok(())
}

pub fn insert_statements(tx: &mut Tx<'_>, rows: &[StatementRow]) -> Result<(), StoreError> {
    dialect::insert_all::<statements::table, StatementRow>(tx, statements::table, rows)
}

pub fn insert_entries(tx: &mut Tx<'_>, rows: &[EntryRow]) -> Result<(), StoreError> {
    dialect::insert_all::<entries::table, EntryRow>(tx, entries::table, rows)
}

pub fn import(tx: &mut Tx<'_>, id: i64) -> Result<Option<ImportRow>, StoreError> {
    Ok(imports::table.find(id).select(ImportRow::as_select()).first(tx.conn()).optional()?)
}

/// The import of the same bytes at this school that is planned or committed.
pub fn find_same_file(
    tx: &mut Tx<'_>,
    school: i64,
    sha256: &str,
) -> Result<Option<ImportRow>, StoreError> {
    Ok(imports::table
        .filter(imports::school_id.eq(school))
        .filter(imports::sha256.eq(sha256))
        .filter(imports::state.ne("undone"))
        .select(ImportRow::as_select())
        .first(tx.conn())
        .optional()?)
}

/// The imports of files of one school before an import, newest first.
pub fn imports_before(
    tx: &mut Tx<'_>,
    school: i64,
    before: Option<i64>,
    limit: i64,
) -> Result<Vec<ImportRow>, StoreError> {
    Ok(imports::table
        .filter(imports::school_id.eq(school))
        .filter(imports::format.ne(NOTIFICATION))
        .filter(imports::id.lt(before.unwrap_or(i64::MAX)))
        .order(imports::id.desc())
        .limit(limit)
        .select(ImportRow::as_select())
        .load(tx.conn())?)
}

/// The latest imports of files, newest first; of one school or of all. What notifications announced
/// is not among them.
pub fn latest_imports(
    tx: &mut Tx<'_>,
    schools: &[i64],
    limit: i64,
) -> Result<Vec<ImportRow>, StoreError> {
    let mut found: Vec<ImportRow> = Vec::new();
    for chunk in schools.chunks(IDS_PER_QUERY) {
        found.extend(
            imports::table
                .filter(imports::school_id.eq_any(chunk))
                .filter(imports::format.ne(NOTIFICATION))
                .order(imports::id.desc())
                .limit(limit)
                .select(ImportRow::as_select())
                .load::<ImportRow>(tx.conn())?,
        );
    }
    found.sort_by_key(|row| std::cmp::Reverse(row.id));
    found.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    Ok(found)
}

pub fn mark_committed(
    tx: &mut Tx<'_>,
    id: i64,
    by: &str,
    at: NaiveDateTime,
    outcome: &str,
) -> Result<(), StoreError> {
    diesel::update(imports::table.find(id))
        .set((
            imports::state.eq("committed"),
            imports::committed_by.eq(by),
            imports::committed_at.eq(at),
            imports::outcome.eq(outcome),
        ))
        .execute(tx.conn())?;
    Ok(())
}

pub fn mark_undone(
    tx: &mut Tx<'_>,
    id: i64,
    by: &str,
    at: NaiveDateTime,
) -> Result<(), StoreError> {
    diesel::update(imports::table.find(id))
        .set((imports::state.eq("undone"), imports::undone_by.eq(by), imports::undone_at.eq(at)))
        .execute(tx.conn())?;
    Ok(())
}

pub fn statements_of(tx: &mut Tx<'_>, import: i64) -> Result<Vec<StatementRow>, StoreError> {
    Ok(statements::table
        .filter(statements::import_id.eq(import))
        .order(statements::position)
        .select(StatementRow::as_select())
        .load(tx.conn())?)
}

/// Every entry that notifications announced to a school and that still counts, with its source.
pub fn announced_entries(
    tx: &mut Tx<'_>,
    school: i64,
) -> Result<Vec<(EntryRow, String)>, StoreError> {
    Ok(entries::table
        .inner_join(imports::table)
        .filter(imports::school_id.eq(school))
        .filter(imports::format.eq(NOTIFICATION))
        .filter(imports::state.eq("committed"))
        .select((EntryRow::as_select(), imports::source))
        .load(tx.conn())?)
}

/// Every statement of committed imports on an account, in the order of its days.
pub fn committed_statements(
    tx: &mut Tx<'_>,
    account: i64,
) -> Result<Vec<StatementRow>, StoreError> {
    Ok(statements::table
        .inner_join(imports::table)
        .filter(imports::state.eq("committed"))
        .filter(imports::format.ne(NOTIFICATION))
        .filter(statements::bank_account_id.eq(account))
        .order((statements::first_on, statements::last_on, statements::id))
        .select(StatementRow::as_select())
        .load(tx.conn())?)
}

pub fn statements_by_id(tx: &mut Tx<'_>, ids: &[i64]) -> Result<Vec<StatementRow>, StoreError> {
    let mut found = Vec::with_capacity(ids.len());
    for chunk in ids.chunks(IDS_PER_QUERY) {
        found.extend(
            statements::table
                .filter(statements::id.eq_any(chunk))
                .select(StatementRow::as_select())
                .load::<StatementRow>(tx.conn())?,
        );
    }
    Ok(found)
}

/// The days of other committed statements of an account that reach into the days between `from` and
/// `to`: the first and the last of each.
pub fn days_covered(
    tx: &mut Tx<'_>,
    account: i64,
    import: i64,
    (from, to): (NaiveDate, NaiveDate),
) -> Result<Vec<(NaiveDate, NaiveDate)>, StoreError> {
    let found: Vec<(Option<NaiveDate>, Option<NaiveDate>)> = statements::table
        .inner_join(imports::table)
        .filter(imports::state.eq("committed"))
        .filter(statements::bank_account_id.eq(account))
        .filter(statements::import_id.ne(import))
        .filter(statements::first_on.le(to))
        .filter(statements::last_on.ge(from))
        .select((statements::first_on, statements::last_on))
        .load(tx.conn())?;
    Ok(found.into_iter().filter_map(|(first, last)| Some((first?, last?))).collect())
}

/// The last place read by [`entries_page`].
#[derive(Clone, Debug)]
struct Cursor {
    booking_date: NaiveDate,
    own_key: String,
    own_ordinal: i64,
}

/// Up to `limit` entries of an import after `cursor`, in an order that depends on their content
/// alone: day, key, ordinal.
fn entries_page(
    tx: &mut Tx<'_>,
    import: i64,
    cursor: Option<&Cursor>,
    limit: i64,
) -> Result<Vec<EntryRow>, StoreError> {
    let mut query = entries::table.filter(entries::import_id.eq(import)).into_boxed();
    if let Some(after) = cursor {
        // One comparison of three columns: both databases seek it in the index, unlike the same
        // spelt out with OR.
        query = query.filter(
            sql::<Bool>("(entries.booking_date, entries.own_key, entries.own_ordinal) > (")
                .bind::<Date, _>(after.booking_date)
                .sql(", ")
                .bind::<Text, _>(after.own_key.clone())
                .sql(", ")
                .bind::<BigInt, _>(after.own_ordinal)
                .sql(")"),
        );
    }
    Ok(query
        .order((entries::booking_date, entries::own_key, entries::own_ordinal))
        .limit(limit)
        .select(EntryRow::as_select())
        .load(tx.conn())?)
}

/// Entries read in one go.
const PAGE: i64 = 5_000;

/// Goes through all entries of an import, page by page.
pub fn each_page<E: From<StoreError>>(
    tx: &mut Tx<'_>,
    import: i64,
    mut body: impl FnMut(&mut Tx<'_>, &[EntryRow]) -> Result<(), E>,
) -> Result<(), E> {
    let mut cursor: Option<Cursor> = None;
    loop {
        let page = entries_page(tx, import, cursor.as_ref(), PAGE)?;
        let Some(last) = page.last() else { return Ok(()) };
        cursor = Some(Cursor {
            booking_date: last.booking_date,
            own_key: last.own_key.clone(),
            own_ordinal: last.own_ordinal,
        });
        body(tx, &page)?;
    }
}

/// The booked entries of an import between two days.
pub fn booked_between(
    tx: &mut Tx<'_>,
    import: i64,
    from: NaiveDate,
    to: NaiveDate,
) -> Result<Vec<EntryRow>, StoreError> {
    Ok(entries::table
        .filter(entries::import_id.eq(import))
        .filter(entries::booking_date.between(from, to))
        .filter(entries::status.eq("booked"))
        .order((entries::booking_date, entries::own_key, entries::own_ordinal))
        .select(EntryRow::as_select())
        .load(tx.conn())?)
}

/// The ids and days of the booked entries of an import between two days.
pub fn booked_days(
    tx: &mut Tx<'_>,
    import: i64,
    from: NaiveDate,
    to: NaiveDate,
) -> Result<Vec<(i64, NaiveDate)>, StoreError> {
    Ok(entries::table
        .filter(entries::import_id.eq(import))
        .filter(entries::booking_date.between(from, to))
        .filter(entries::status.eq("booked"))
        .select((entries::id, entries::booking_date))
        .load(tx.conn())?)
}

/// The days on which an import repeats a booked line with the running balance it had before.
pub fn days_of_repeated_lines(tx: &mut Tx<'_>, import: i64) -> Result<Vec<NaiveDate>, StoreError> {
    Ok(entries::table
        .filter(entries::import_id.eq(import))
        .filter(entries::own_ordinal.gt(0))
        .filter(entries::balance_after_dong.is_not_null())
        .filter(entries::status.eq("booked"))
        .select(entries::booking_date)
        .distinct()
        .load(tx.conn())?)
}

pub fn entries_by_id(tx: &mut Tx<'_>, ids: &[i64]) -> Result<Vec<EntryRow>, StoreError> {
    let mut found = Vec::with_capacity(ids.len());
    for chunk in ids.chunks(IDS_PER_QUERY) {
        found.extend(
            entries::table
                .filter(entries::id.eq_any(chunk))
                .select(EntryRow::as_select())
                .load::<EntryRow>(tx.conn())?,
        );
    }
    Ok(found)
}

/// Drops a plan that was never committed. Its entries show nothing and count nowhere.
pub fn delete_plan(tx: &mut Tx<'_>, import: i64) -> Result<(), StoreError> {
    archives::forget_import(tx, import)?;
    diesel::delete(entries::table.filter(entries::import_id.eq(import))).execute(tx.conn())?;
    diesel::delete(statements::table.filter(statements::import_id.eq(import)))
        .execute(tx.conn())?;
    diesel::delete(evidence::table.filter(evidence::import_id.eq(import))).execute(tx.conn())?;
    diesel::delete(imports::table.find(import)).execute(tx.conn())?;
    Ok(())
}

/// How many entries of an import on an account and between two days were known before, and their
/// sum, for each direction.
pub fn known_of_import(
    tx: &mut Tx<'_>,
    import: i64,
    account: i64,
    (from, to): (NaiveDate, NaiveDate),
) -> Result<Vec<(String, i64, i64)>, StoreError> {
    Ok(evidence::table
        .inner_join(entries::table)
        .filter(evidence::import_id.eq(import))
        .filter(evidence::kind.eq_any(["duplicate", "witness"]))
        .filter(entries::bank_account_id.eq(account))
        .filter(entries::booking_date.between(from, to))
        .group_by(entries::credit_debit)
        .order(entries::credit_debit)
        .select((
            entries::credit_debit,
            diesel::dsl::count_star(),
            sql::<BigInt>("CAST(SUM(entries.amount_dong) AS BIGINT)"),
        ))
        .load(tx.conn())?)
}
