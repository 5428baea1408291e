//! Who looked at the figures of authorities and of their schools.

use chrono::NaiveDateTime;
use diesel::prelude::*;

use super::schema::{figure_looks, schools};
use super::{StoreError, Tx};

/// A row of `figure_looks`.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = figure_looks, treat_none_as_default_value = false)]
pub struct FigureLookRow {
    pub id: i64,
    pub authority_id: i64,
    pub school_id: Option<i64>,
    pub what: String,
    pub period: String,
    pub actor: String,
    pub at: NaiveDateTime,
}

pub fn insert(tx: &mut Tx<'_>, row: &FigureLookRow) -> Result<(), StoreError> {
    diesel::insert_into(figure_looks::table).values(row).execute(tx.conn())?;
    Ok(())
}

/// Looks at an authority's figures before an id, the last first, each with the name of the school that was
/// looked at.
pub fn looks(
    tx: &mut Tx<'_>,
    authority: i64,
    before: Option<i64>,
    limit: i64,
) -> Result<Vec<(FigureLookRow, Option<String>)>, StoreError> {
    Ok(figure_looks::table
        .left_join(schools::table.on(figure_looks::school_id.eq(schools::id.nullable())))
        .filter(figure_looks::authority_id.eq(authority))
        .filter(figure_looks::id.lt(before.unwrap_or(i64::MAX)))
        .order(figure_looks::id.desc())
        .limit(limit)
        .select((FigureLookRow::as_select(), schools::name.nullable()))
        .load(tx.conn())?)
}
