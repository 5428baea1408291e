//! Statement files that were refused, with what is wrong with them.

use chrono::NaiveDateTime;
use diesel::prelude::*;

use super::schema::refused_files;
use super::{StoreError, Tx};

/// A row of `refused_files`.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = refused_files, treat_none_as_default_value = false)]
pub struct RefusedFileRow {
    pub id: i64,
    pub school_id: i64,
    pub file_name: String,
    /// As JSON.
    pub problems: String,
    pub sent_by: String,
    pub sent_at: NaiveDateTime,
}

pub fn insert(tx: &mut Tx<'_>, row: &RefusedFileRow) -> Result<(), StoreError> {
    diesel::insert_into(refused_files::table).values(row.clone()).execute(tx.conn())?;
    Ok(())
}

pub fn find(tx: &mut Tx<'_>, school: i64, id: i64) -> Result<Option<RefusedFileRow>, StoreError> {
    Ok(refused_files::table
        .find(id)
        .filter(refused_files::school_id.eq(school))
        .select(RefusedFileRow::as_select())
        .first(tx.conn())
        .optional()?)
}

pub fn forget_before(tx: &mut Tx<'_>, before: NaiveDateTime) -> Result<(), StoreError> {
    diesel::delete(refused_files::table.filter(refused_files::sent_at.lt(before)))
        .execute(tx.conn())?;
    Ok(())
}
