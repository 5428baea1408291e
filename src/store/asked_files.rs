//! Statement files whose columns a person is asked about.

use chrono::NaiveDateTime;
use diesel::prelude::*;

use super::schema::asked_files;
use super::{StoreError, Tx};

/// A row of `asked_files`.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = asked_files, treat_none_as_default_value = false)]
pub struct AskedFileRow {
    pub id: i64,
    pub school_id: i64,
    pub file_name: String,
    pub account: Option<String>,
    /// In base64.
    pub content: String,
    /// What is asked, as JSON.
    pub question: String,
    pub asked_by: String,
    pub asked_at: NaiveDateTime,
}

pub fn insert(tx: &mut Tx<'_>, row: &AskedFileRow) -> Result<(), StoreError> {
    diesel::insert_into(asked_files::table).values(row.clone()).execute(tx.conn())?;
    Ok(())
}

pub fn find(tx: &mut Tx<'_>, school: i64, id: i64) -> Result<Option<AskedFileRow>, StoreError> {
    Ok(asked_files::table
        .find(id)
        .filter(asked_files::school_id.eq(school))
        .select(AskedFileRow::as_select())
        .first(tx.conn())
        .optional()?)
}

pub fn delete(tx: &mut Tx<'_>, school: i64, id: i64) -> Result<(), StoreError> {
    diesel::delete(asked_files::table.find(id).filter(asked_files::school_id.eq(school)))
        .execute(tx.conn())?;
    Ok(())
}

pub fn forget_before(tx: &mut Tx<'_>, before: NaiveDateTime) -> Result<(), StoreError> {
    diesel::delete(asked_files::table.filter(asked_files::asked_at.lt(before)))
        .execute(tx.conn())?;
    Ok(())
}
