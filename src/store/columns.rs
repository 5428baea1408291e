//! How people said the columns of tables are to be read.

use chrono::NaiveDateTime;
use diesel::prelude::*;

use super::schema::column_mappings;
use super::{StoreError, Tx};

/// A row of `column_mappings`.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = column_mappings, treat_none_as_default_value = false)]
pub struct ColumnMappingRow {
    pub id: i64,
    pub school_id: i64,
    pub bank_account_id: i64,
    pub headings_key: String,
    pub mapping: String,
    pub saved_by: String,
    pub saved_at: NaiveDateTime,
}

/// A school's mappings, the latest first.
pub fn mappings_of(tx: &mut Tx<'_>, school: i64) -> Result<Vec<ColumnMappingRow>, StoreError> {
    Ok(column_mappings::table
        .filter(column_mappings::school_id.eq(school))
        .order((column_mappings::saved_at.desc(), column_mappings::id.desc()))
        .select(ColumnMappingRow::as_select())
        .load(tx.conn())?)
}

/// Saves a mapping in place of the one for the same headings of the same account.
pub fn save_mapping(tx: &mut Tx<'_>, row: &ColumnMappingRow) -> Result<(), StoreError> {
    diesel::delete(
        column_mappings::table
            .filter(column_mappings::bank_account_id.eq(row.bank_account_id))
            .filter(column_mappings::headings_key.eq(&row.headings_key)),
    )
    .execute(tx.conn())?;
    diesel::insert_into(column_mappings::table).values(row.clone()).execute(tx.conn())?;
    Ok(())
}

/// Forgets a mapping of a school; says whether there was one.
pub fn delete_mapping(tx: &mut Tx<'_>, school: i64, id: i64) -> Result<bool, StoreError> {
    let deleted = diesel::delete(
        column_mappings::table
            .filter(column_mappings::school_id.eq(school))
            .filter(column_mappings::id.eq(id)),
    )
    .execute(tx.conn())?;
    Ok(deleted > 0)
}
