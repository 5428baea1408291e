//! The backups that were made.

use chrono::NaiveDateTime;
use diesel::prelude::*;

use super::schema::backups;
use super::{StoreError, Tx};

/// A row of `backups`.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = backups, treat_none_as_default_value = false)]
pub struct BackupRow {
    pub id: i64,
    pub made_at: NaiveDateTime,
    pub file_name: String,
    pub size_bytes: i64,
    pub row_count: i64,
    /// Whether the copy was opened and its books hold.
    pub verified: bool,
}

pub fn insert(tx: &mut Tx<'_>, row: &BackupRow) -> Result<(), StoreError> {
    diesel::insert_into(backups::table).values(row.clone()).execute(tx.conn())?;
    Ok(())
}

/// The last ones, newest first.
pub fn latest(tx: &mut Tx<'_>, limit: i64) -> Result<Vec<BackupRow>, StoreError> {
    Ok(backups::table
        .order((backups::made_at.desc(), backups::id.desc()))
        .limit(limit)
        .select(BackupRow::as_select())
        .load(tx.conn())?)
}
