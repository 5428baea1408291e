//! What schools reported of their months, and what was written about it. Rows are only added.

use chrono::{NaiveDate, NaiveDateTime};
use diesel::prelude::*;

use super::schema::{figure_comments, reported_figures};
use super::{IDS_PER_QUERY, StoreError, Tx};

/// A row of `reported_figures`.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = reported_figures, treat_none_as_default_value = false)]
pub struct ReportedRow {
    pub id: i64,
    pub school_id: i64,
    pub month: NaiveDate,
    pub version: i32,
    pub position: i64,
    pub as_of: NaiveDateTime,
    pub figures: String,
    pub sha256: String,
    pub reported_by: String,
    pub note: Option<String>,
    pub reason: Option<String>,
}

/// A row of `figure_comments`.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = figure_comments, treat_none_as_default_value = false)]
pub struct CommentRow {
    pub id: i64,
    pub school_id: i64,
    pub month: NaiveDate,
    pub side: String,
    pub written_by: String,
    pub at: NaiveDateTime,
    pub words: String,
}

pub fn insert(tx: &mut Tx<'_>, row: &ReportedRow) -> Result<(), StoreError> {
    diesel::insert_into(reported_figures::table).values(row.clone()).execute(tx.conn())?;
    Ok(())
}

/// Everything a school reported, the months in their order, each month's versions in theirs.
pub fn of_school(tx: &mut Tx<'_>, school: i64) -> Result<Vec<ReportedRow>, StoreError> {
    Ok(reported_figures::table
        .filter(reported_figures::school_id.eq(school))
        .order((reported_figures::month, reported_figures::version))
        .select(ReportedRow::as_select())
        .load(tx.conn())?)
}

/// How many months some schools reported between two, each school's months by themselves.
pub fn count_between(
    tx: &mut Tx<'_>,
    schools: &[i64],
    (from, to): (NaiveDate, NaiveDate),
) -> Result<i64, StoreError> {
    let mut count = 0_i64;
    for chunk in schools.chunks(IDS_PER_QUERY) {
        // The first version of a month is there whatever restates it.
        let months: i64 = reported_figures::table
            .filter(reported_figures::school_id.eq_any(chunk))
            .filter(reported_figures::month.between(from, to))
            .filter(reported_figures::version.eq(1))
            .select(diesel::dsl::sql::<diesel::sql_types::BigInt>("COUNT(*)"))
            .first(tx.conn())?;
        count = count.saturating_add(months);
    }
    Ok(count)
}

/// What some schools reported of a month, each school's versions in their order.
pub fn of_month(
    tx: &mut Tx<'_>,
    schools: &[i64],
    month: NaiveDate,
) -> Result<Vec<ReportedRow>, StoreError> {
    let mut found = Vec::new();
    for chunk in schools.chunks(IDS_PER_QUERY) {
        found.extend(
            reported_figures::table
                .filter(reported_figures::school_id.eq_any(chunk))
                .filter(reported_figures::month.eq(month))
                .order((reported_figures::school_id, reported_figures::version))
                .select(ReportedRow::as_select())
                .load::<ReportedRow>(tx.conn())?,
        );
    }
    Ok(found)
}

/// Reported figures of all schools after one of them, at most so many.
pub fn all_after(tx: &mut Tx<'_>, after: i64, limit: i64) -> Result<Vec<ReportedRow>, StoreError> {
    Ok(reported_figures::table
        .filter(reported_figures::id.gt(after))
        .order(reported_figures::id)
        .limit(limit)
        .select(ReportedRow::as_select())
        .load(tx.conn())?)
}

pub fn insert_comment(tx: &mut Tx<'_>, row: &CommentRow) -> Result<(), StoreError> {
    diesel::insert_into(figure_comments::table).values(row.clone()).execute(tx.conn())?;
    Ok(())
}

/// What was written about a school's month, oldest first, at most the last so many.
pub fn comments(
    tx: &mut Tx<'_>,
    school: i64,
    month: NaiveDate,
    limit: i64,
) -> Result<Vec<CommentRow>, StoreError> {
    let mut rows: Vec<CommentRow> = figure_comments::table
        .filter(figure_comments::school_id.eq(school))
        .filter(figure_comments::month.eq(month))
        .order(figure_comments::id.desc())
        .limit(limit)
        .select(CommentRow::as_select())
        .load(tx.conn())?;
    rows.reverse();
    Ok(rows)
}
