//! Archives of statement files, and the imports they brought.

use chrono::NaiveDateTime;
use diesel::prelude::*;

use super::schema::{archive_parts, archives, imports};
use super::statements::ImportRow;
use super::{StoreError, Tx, dialect};

/// A row of `archives`.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = archives, treat_none_as_default_value = false)]
pub struct ArchiveRow {
    pub id: i64,
    pub school_id: i64,
    pub file_name: String,
    pub sha256: String,
    pub size_bytes: i64,
    pub container: String,
    pub planned_by: String,
    pub planned_at: NaiveDateTime,
}

/// A row of `archive_parts`.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = archive_parts, treat_none_as_default_value = false)]
pub struct ArchivePartRow {
    pub id: i64,
    pub school_id: i64,
    pub archive_id: i64,
    pub import_id: i64,
    pub position: i32,
    pub brought: bool,
}

pub fn insert_archive(
    tx: &mut Tx<'_>,
    row: &ArchiveRow,
    parts: &[ArchivePartRow],
) -> Result<(), StoreError> {
    diesel::insert_into(archives::table).values(row.clone()).execute(tx.conn())?;
    dialect::insert_all::<archive_parts::table, ArchivePartRow>(tx, archive_parts::table, parts)
}

pub fn archive(tx: &mut Tx<'_>, id: i64) -> Result<Option<ArchiveRow>, StoreError> {
    Ok(archives::table.find(id).select(ArchiveRow::as_select()).first(tx.conn()).optional()?)
}

/// The latest archive of the same bytes at this school of which something still stands.
pub fn find_same_archive(
    tx: &mut Tx<'_>,
    school: i64,
    sha256: &str,
) -> Result<Option<ArchiveRow>, StoreError> {
    Ok(archives::table
        .inner_join(archive_parts::table.inner_join(imports::table))
        .filter(archives::school_id.eq(school))
        .filter(archives::sha256.eq(sha256))
        .filter(imports::state.ne("undone"))
        .order(archives::id.desc())
        .select(ArchiveRow::as_select())
        .first(tx.conn())
        .optional()?)
}

/// The imports of an archive in its order, and whether it brought them.
pub fn imports_of(tx: &mut Tx<'_>, archive: i64) -> Result<Vec<(ImportRow, bool)>, StoreError> {
    Ok(archive_parts::table
        .inner_join(imports::table)
        .filter(archive_parts::archive_id.eq(archive))
        .order(archive_parts::position)
        .select((ImportRow::as_select(), archive_parts::brought))
        .load(tx.conn())?)
}

/// Takes an import out of its archives, and drops those that have lost all their parts.
pub fn forget_import(tx: &mut Tx<'_>, import: i64) -> Result<(), StoreError> {
    let of_import = archive_parts::table.filter(archive_parts::import_id.eq(import));
    let lost: Vec<i64> = of_import.select(archive_parts::archive_id).load(tx.conn())?;
    diesel::delete(of_import).execute(tx.conn())?;
    for archive in lost {
        let left: i64 = archive_parts::table
            .filter(archive_parts::archive_id.eq(archive))
            .count()
            .get_result(tx.conn())?;
        if left == 0 {
            diesel::delete(archives::table.find(archive)).execute(tx.conn())?;
        }
    }
    Ok(())
}
