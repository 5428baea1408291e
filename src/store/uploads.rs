//! Files that were sent within the last hour.

use chrono::NaiveDateTime;
use diesel::prelude::*;

use super::schema::uploads;
use super::{StoreError, Tx};

/// A row of `uploads`.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = uploads, treat_none_as_default_value = false)]
pub struct UploadRow {
    pub id: i64,
    pub school_id: i64,
    pub actor: String,
    pub at: NaiveDateTime,
}

pub fn insert(tx: &mut Tx<'_>, row: &UploadRow) -> Result<(), StoreError> {
    diesel::insert_into(uploads::table).values(row).execute(tx.conn())?;
    Ok(())
}

/// How many a school was sent since a moment, and when the first of them came.
pub fn of_school(
    tx: &mut Tx<'_>,
    school: i64,
    since: NaiveDateTime,
) -> Result<(i64, Option<NaiveDateTime>), StoreError> {
    Ok(uploads::table
        .filter(uploads::school_id.eq(school))
        .filter(uploads::at.gt(since))
        .select((diesel::dsl::count_star(), diesel::dsl::min(uploads::at)))
        .first(tx.conn())?)
}

/// How many somebody sent since a moment, to whatever school, and when the first of them came.
pub fn of_actor(
    tx: &mut Tx<'_>,
    actor: &str,
    since: NaiveDateTime,
) -> Result<(i64, Option<NaiveDateTime>), StoreError> {
    Ok(uploads::table
        .filter(uploads::actor.eq(actor))
        .filter(uploads::at.gt(since))
        .select((diesel::dsl::count_star(), diesel::dsl::min(uploads::at)))
        .first(tx.conn())?)
}

/// Forgets what came before a moment.
pub fn forget(tx: &mut Tx<'_>, before: NaiveDateTime) -> Result<(), StoreError> {
    diesel::delete(uploads::table.filter(uploads::at.le(before))).execute(tx.conn())?;
    Ok(())
}
