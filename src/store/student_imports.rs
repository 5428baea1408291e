//! Lists of students, and of invoices, as they were taken in.

use chrono::NaiveDateTime;
use diesel::prelude::*;

use super::schema::{invoices, student_imports};
use super::{IDS_PER_QUERY, StoreError, Tx};

/// A row of `student_imports`.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = student_imports, treat_none_as_default_value = false)]
pub struct StudentImportRow {
    pub id: i64,
    pub school_id: i64,
    pub file_name: String,
    /// How it is to be taken in, as JSON.
    pub options: String,
    /// The list as it was read, as JSON.
    pub list: String,
    pub state: String,
    /// What was planned or done, as JSON.
    pub outcome: String,
    pub planned_by: String,
    pub planned_at: NaiveDateTime,
    pub committed_at: Option<NaiveDateTime>,
    pub undone_at: Option<NaiveDateTime>,
    /// `students` or `invoices`.
    pub kind: String,
}

pub fn insert(tx: &mut Tx<'_>, row: &StudentImportRow) -> Result<(), StoreError> {
    diesel::insert_into(student_imports::table).values(row.clone()).execute(tx.conn())?;
    Ok(())
}

pub fn find(
    tx: &mut Tx<'_>,
    school: i64,
    (kind, id): (&str, i64),
) -> Result<Option<StudentImportRow>, StoreError> {
    Ok(student_imports::table
        .filter(student_imports::school_id.eq(school))
        .filter(student_imports::kind.eq(kind))
        .filter(student_imports::id.eq(id))
        .select(StudentImportRow::as_select())
        .first(tx.conn())
        .optional()?)
}

/// An import without its list.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = student_imports)]
pub struct StudentImportLine {
    pub id: i64,
    pub file_name: String,
    pub options: String,
    pub state: String,
    pub outcome: String,
    pub planned_by: String,
    pub planned_at: NaiveDateTime,
}

/// Imports of a school of one kind, newest first, before this one.
pub fn page(
    tx: &mut Tx<'_>,
    (school, kind): (i64, &str),
    before: Option<i64>,
    limit: i64,
) -> Result<Vec<StudentImportLine>, StoreError> {
    let mut query = student_imports::table
        .filter(student_imports::school_id.eq(school))
        .filter(student_imports::kind.eq(kind.to_owned()))
        .into_boxed();
    if let Some(before) = before {
        query = query.filter(student_imports::id.lt(before));
    }
    Ok(query
        .order(student_imports::id.desc())
        .limit(limit)
        .select(StudentImportLine::as_select())
        .load(tx.conn())?)
}

/// Overwrites what became of an import.
pub fn set_state(tx: &mut Tx<'_>, row: &StudentImportRow) -> Result<(), StoreError> {
    diesel::update(student_imports::table.find(row.id))
        .set((
            student_imports::state.eq(&row.state),
            student_imports::outcome.eq(&row.outcome),
            student_imports::committed_at.eq(row.committed_at),
            student_imports::undone_at.eq(row.undone_at),
        ))
        .execute(tx.conn())?;
    Ok(())
}

/// Keeps another list with an import.
pub fn set_list(tx: &mut Tx<'_>, import: i64, list: &str) -> Result<(), StoreError> {
    diesel::update(student_imports::table.find(import))
        .set(student_imports::list.eq(list))
        .execute(tx.conn())?;
    Ok(())
}

/// How many invoices some students have that were issued at an instant or later; all of them where
/// there is none.
pub fn invoices_since(
    tx: &mut Tx<'_>,
    students: &[i64],
    since: Option<NaiveDateTime>,
) -> Result<i64, StoreError> {
    let mut count = 0;
    for ids in students.chunks(IDS_PER_QUERY) {
        let mut query =
            invoices::table.filter(invoices::student_id.eq_any(ids)).count().into_boxed();
        if let Some(since) = since {
            query = query.filter(invoices::issued_at.ge(since));
        }
        count += query.get_result::<i64>(tx.conn())?;
    }
    Ok(count)
}
