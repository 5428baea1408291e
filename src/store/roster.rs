//! What belongs to a student: identifiers, guardians, enrolments and the history; and the classes.

use chrono::{NaiveDate, NaiveDateTime};
use diesel::prelude::*;
use serde::{Deserialize, Serialize};

use super::schema::{
    classes, enrolments, guardians, student_changes, student_identifiers, students,
};
use super::{IDS_PER_QUERY, StoreError, Tx, dialect};

/// A row of `classes`.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = classes, treat_none_as_default_value = false)]
pub struct ClassRow {
    pub id: i64,
    pub school_id: i64,
    pub name: String,
    pub grade: Option<i32>,
    /// Whether a person named it; else it was only seen in a list.
    pub defined: bool,
}

/// A row of `student_identifiers`.
#[derive(
    Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable, Serialize, Deserialize,
)]
#[diesel(table_name = student_identifiers, treat_none_as_default_value = false)]
pub struct IdentifierRow {
    pub id: i64,
    pub school_id: i64,
    pub student_id: i64,
    pub scheme: String,
    pub value: String,
}

/// A row of `guardians`.
#[derive(
    Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable, Serialize, Deserialize,
)]
#[diesel(table_name = guardians, treat_none_as_default_value = false)]
pub struct GuardianRow {
    pub id: i64,
    pub school_id: i64,
    pub student_id: i64,
    /// From 1; the first one is told first.
    pub position: i32,
    pub name: Option<String>,
    pub relation: Option<String>,
    pub email: Option<String>,
    pub phone: Option<String>,
    pub language: String,
}

/// A row of `enrolments`.
#[derive(
    Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable, Serialize, Deserialize,
)]
#[diesel(table_name = enrolments, treat_none_as_default_value = false)]
pub struct EnrolmentRow {
    pub id: i64,
    pub school_id: i64,
    pub student_id: i64,
    pub class: String,
    pub grade: Option<i32>,
    pub school_year: String,
    pub from_day: Option<NaiveDate>,
    /// The last day in this class.
    pub to_day: Option<NaiveDate>,
    pub ended_by: Option<String>,
}

/// A row of `student_changes`.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = student_changes, treat_none_as_default_value = false)]
pub struct ChangeRow {
    pub id: i64,
    pub school_id: i64,
    pub student_id: i64,
    pub import_id: Option<i64>,
    pub kind: String,
    /// The student as it was, as JSON.
    pub before: String,
    pub actor: String,
    pub at: NaiveDateTime,
}

/// The classes of a school, by name.
pub fn classes_of(tx: &mut Tx<'_>, school: i64) -> Result<Vec<ClassRow>, StoreError> {
    Ok(classes::table
        .filter(classes::school_id.eq(school))
        .order(classes::name)
        .select(ClassRow::as_select())
        .load(tx.conn())?)
}

pub fn insert_classes(tx: &mut Tx<'_>, rows: &[ClassRow]) -> Result<(), StoreError> {
    dialect::insert_all::<classes::table, ClassRow>(tx, classes::table, rows)
}

/// Says that a person named these classes.
pub fn define_classes(tx: &mut Tx<'_>, ids: &[i64]) -> Result<(), StoreError> {
    for chunk in ids.chunks(IDS_PER_QUERY) {
        diesel::update(classes::table.filter(classes::id.eq_any(chunk)))
            .set(classes::defined.eq(true))
            .execute(tx.conn())?;
    }
    Ok(())
}

/// Forgets classes that were only seen in a list and that no student is or was in.
pub fn forget_empty_classes(tx: &mut Tx<'_>, school: i64) -> Result<(), StoreError> {
    let now = students::table.filter(students::school_id.eq(school)).select(students::class);
    let ever = enrolments::table.filter(enrolments::school_id.eq(school)).select(enrolments::class);
    diesel::delete(
        classes::table
            .filter(classes::school_id.eq(school))
            .filter(classes::defined.eq(false))
            .filter(classes::name.ne_all(now))
            .filter(classes::name.ne_all(ever)),
    )
    .execute(tx.conn())?;
    Ok(())
}

/// Everything that belongs to students, in the order of students and of its own.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Belongings {
    pub identifiers: Vec<IdentifierRow>,
    pub guardians: Vec<GuardianRow>,
    pub enrolments: Vec<EnrolmentRow>,
}

/// What belongs to all students of a school. Put in order here: a database that sorts no rows (see
/// `dialect::begin_write`) would walk an index through all schools.
pub fn belongings_of(tx: &mut Tx<'_>, school: i64) -> Result<Belongings, StoreError> {
    let mut identifiers: Vec<IdentifierRow> = student_identifiers::table
        .filter(student_identifiers::school_id.eq(school))
        .select(IdentifierRow::as_select())
        .load(tx.conn())?;
    identifiers.sort_unstable_by(|a, b| (a.student_id, &a.scheme).cmp(&(b.student_id, &b.scheme)));
    let mut guardians: Vec<GuardianRow> = guardians::table
        .filter(guardians::school_id.eq(school))
        .select(GuardianRow::as_select())
        .load(tx.conn())?;
    guardians.sort_unstable_by_key(|row| (row.student_id, row.position));
    let mut enrolments: Vec<EnrolmentRow> = enrolments::table
        .filter(enrolments::school_id.eq(school))
        .select(EnrolmentRow::as_select())
        .load(tx.conn())?;
    enrolments.sort_unstable_by_key(|row| (row.student_id, row.id));
    Ok(Belongings { identifiers, guardians, enrolments })
}

/// What belongs to one student.
pub fn belongings_of_student(tx: &mut Tx<'_>, student: i64) -> Result<Belongings, StoreError> {
    Ok(Belongings {
        identifiers: student_identifiers::table
            .filter(student_identifiers::student_id.eq(student))
            .order(student_identifiers::scheme)
            .select(IdentifierRow::as_select())
            .load(tx.conn())?,
        guardians: guardians::table
            .filter(guardians::student_id.eq(student))
            .order(guardians::position)
            .select(GuardianRow::as_select())
            .load(tx.conn())?,
        enrolments: enrolments::table
            .filter(enrolments::student_id.eq(student))
            .order(enrolments::id)
            .select(EnrolmentRow::as_select())
            .load(tx.conn())?,
    })
}

/// The guardians of some students, the first ones first.
pub fn guardians_of_students(
    tx: &mut Tx<'_>,
    students: &[i64],
) -> Result<Vec<GuardianRow>, StoreError> {
    let mut found = Vec::new();
    for chunk in students.chunks(super::IDS_PER_QUERY) {
        found.extend(
            guardians::table
                .filter(guardians::student_id.eq_any(chunk))
                .order((guardians::student_id, guardians::position))
                .select(GuardianRow::as_select())
                .load::<GuardianRow>(tx.conn())?,
        );
    }
    Ok(found)
}

/// Adds what belongs to students.
pub fn insert_belongings(tx: &mut Tx<'_>, rows: &Belongings) -> Result<(), StoreError> {
    dialect::load_all!(tx, student_identifiers, IdentifierRow, &rows.identifiers)?;
    dialect::load_all!(tx, guardians, GuardianRow, &rows.guardians)?;
    dialect::load_all!(tx, enrolments, EnrolmentRow, &rows.enrolments)
}

/// Removes what belongs to some students: for good, or to write it anew.
pub fn delete_belongings(tx: &mut Tx<'_>, students: &[i64]) -> Result<(), StoreError> {
    for ids in students.chunks(IDS_PER_QUERY) {
        diesel::delete(
            student_identifiers::table.filter(student_identifiers::student_id.eq_any(ids)),
        )
        .execute(tx.conn())?;
        diesel::delete(guardians::table.filter(guardians::student_id.eq_any(ids)))
            .execute(tx.conn())?;
        diesel::delete(enrolments::table.filter(enrolments::student_id.eq_any(ids)))
            .execute(tx.conn())?;
    }
    Ok(())
}

/// Whether any student of a school ended a class of that year by going up or out.
pub fn was_promoted(tx: &mut Tx<'_>, school: i64, year: &str) -> Result<bool, StoreError> {
    Ok(diesel::select(diesel::dsl::exists(
        enrolments::table
            .filter(enrolments::school_id.eq(school))
            .filter(enrolments::school_year.eq(year))
            .filter(enrolments::ended_by.eq_any(["promoted", "graduated"])),
    ))
    .get_result(tx.conn())?)
}

pub fn insert_changes(tx: &mut Tx<'_>, rows: &[ChangeRow]) -> Result<(), StoreError> {
    dialect::load_all!(tx, student_changes, ChangeRow, rows)
}

/// What an import changed, oldest first.
pub fn changes_by_import(tx: &mut Tx<'_>, import: i64) -> Result<Vec<ChangeRow>, StoreError> {
    Ok(student_changes::table
        .filter(student_changes::import_id.eq(import))
        .order(student_changes::id)
        .select(ChangeRow::as_select())
        .load(tx.conn())?)
}

/// What changed a student, oldest first.
pub fn changes_of_student(
    tx: &mut Tx<'_>,
    school: i64,
    student: i64,
) -> Result<Vec<ChangeRow>, StoreError> {
    Ok(student_changes::table
        .filter(student_changes::school_id.eq(school))
        .filter(student_changes::student_id.eq(student))
        .order(student_changes::id)
        .select(ChangeRow::as_select())
        .load(tx.conn())?)
}

/// The changes of some students: student and change, oldest first.
pub fn changes_of(
    tx: &mut Tx<'_>,
    school: i64,
    students: &[i64],
) -> Result<Vec<(i64, i64)>, StoreError> {
    let mut found = Vec::new();
    for ids in students.chunks(IDS_PER_QUERY) {
        let rows: Vec<(i64, i64)> = student_changes::table
            .filter(student_changes::school_id.eq(school))
            .filter(student_changes::student_id.eq_any(ids))
            .order(student_changes::id)
            .select((student_changes::student_id, student_changes::id))
            .load(tx.conn())?;
        found.extend(rows);
    }
    Ok(found)
}

/// Forgets what an import changed, once it is changed back; the audit chain keeps that it was.
pub fn delete_changes(tx: &mut Tx<'_>, import: i64) -> Result<(), StoreError> {
    diesel::delete(student_changes::table.filter(student_changes::import_id.eq(import)))
        .execute(tx.conn())?;
    Ok(())
}
