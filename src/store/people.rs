//! Families, students, their virtual accounts and the accounts families pay from.

use std::collections::BTreeMap;

use chrono::{NaiveDate, NaiveDateTime};
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Nullable, Text};
use serde::{Deserialize, Serialize};

use super::schema::{allocations, families, payer_accounts, students, virtual_accounts};
use super::{IDS_PER_QUERY, ROWS_PER_STATEMENT, StoreError, Tx, dialect, enrolled};

/// A row of `families`.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = families, treat_none_as_default_value = false)]
pub struct FamilyRow {
    pub id: i64,
    pub school_id: i64,
    pub family_key: String,
}

/// A row of `students`.
#[derive(
    Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable, Serialize, Deserialize,
)]
#[diesel(table_name = students, treat_none_as_default_value = false)]
pub struct StudentRow {
    pub id: i64,
    pub school_id: i64,
    pub family_id: i64,
    pub code: String,
    pub name: String,
    pub class: String,
    pub guardian_name: Option<String>,
    pub email: Option<String>,
    pub phone: Option<String>,
    pub search_key: String,
    pub sort_key: String,
    pub birth_date: Option<NaiveDate>,
    pub sex: Option<String>,
    /// How the school collects: `transfer` or `cash`.
    pub collection: Option<String>,
    pub exemption: Option<String>,
    /// The first day on which the student is no longer at the school.
    pub left_on: Option<NaiveDate>,
    pub left_reason: Option<String>,
    /// The import that added the student.
    pub import_id: Option<i64>,
}

/// A row of `virtual_accounts`.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = virtual_accounts, treat_none_as_default_value = false)]
pub struct VirtualAccountRow {
    pub id: i64,
    pub school_id: i64,
    pub student_id: i64,
    pub number: String,
    pub valid_from: Option<NaiveDate>,
    pub valid_to: Option<NaiveDate>,
}

/// A row of `payer_accounts`.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = payer_accounts, treat_none_as_default_value = false)]
pub struct PayerAccountRow {
    pub id: i64,
    pub school_id: i64,
    pub family_id: i64,
    pub account: String,
    pub confirmed: i32,
    pub contradicted: i32,
    pub confirmed_at: Option<NaiveDateTime>,
    /// The list of students that said so, where nobody else did before.
    pub import_id: Option<i64>,
}
pub fn insert_families(tx: &mut Tx<'_>, rows: &[FamilyRow]) -> Result<(), StoreError> {
    dialect::load_all!(tx, families, FamilyRow, rows)
}

pub fn insert_students(tx: &mut Tx<'_>, rows: &[StudentRow]) -> Result<(), StoreError> {
    dialect::load_all!(tx, students, StudentRow, rows)
}

pub fn insert_virtual_accounts(
    tx: &mut Tx<'_>,
    rows: &[VirtualAccountRow],
) -> Result<(), StoreError> {
    dialect::insert_all::<virtual_accounts::table, VirtualAccountRow>(
        tx,
        virtual_accounts::table,
        rows,
    )
}

/// Family ids by key.
pub fn families_of(tx: &mut Tx<'_>, school: i64) -> Result<BTreeMap<String, i64>, StoreError> {
    let rows: Vec<FamilyRow> = families::table
        .filter(families::school_id.eq(school))
        .select(FamilyRow::as_select())
        .load(tx.conn())?;
    Ok(rows.into_iter().map(|row| (row.family_key, row.id)).collect())
}

/// The key of a family; empty when there is no such family.
pub fn family_key(tx: &mut Tx<'_>, family: i64) -> Result<String, StoreError> {
    let key: Option<String> =
        families::table.find(family).select(families::family_key).first(tx.conn()).optional()?;
    Ok(key.unwrap_or_default())
}

/// The students of a school, by id. Put in order here: a database that sorts no rows (see
/// `dialect::begin_write`) would walk the index of ids through all schools.
pub fn students_of(tx: &mut Tx<'_>, school: i64) -> Result<Vec<StudentRow>, StoreError> {
    let mut rows: Vec<StudentRow> = students::table
        .filter(students::school_id.eq(school))
        .select(StudentRow::as_select())
        .load(tx.conn())?;
    rows.sort_unstable_by_key(|row| row.id);
    Ok(rows)
}

pub fn virtual_accounts_of(
    tx: &mut Tx<'_>,
    school: i64,
) -> Result<Vec<VirtualAccountRow>, StoreError> {
    let mut rows: Vec<VirtualAccountRow> = virtual_accounts::table
        .filter(virtual_accounts::school_id.eq(school))
        .select(VirtualAccountRow::as_select())
        .load(tx.conn())?;
    rows.sort_unstable_by_key(|row| row.id);
    Ok(rows)
}

/// The virtual accounts of one student.
pub fn virtual_accounts_of_student(
    tx: &mut Tx<'_>,
    student: i64,
) -> Result<Vec<VirtualAccountRow>, StoreError> {
    Ok(virtual_accounts::table
        .filter(virtual_accounts::student_id.eq(student))
        .order(virtual_accounts::id)
        .select(VirtualAccountRow::as_select())
        .load(tx.conn())?)
}

/// The virtual accounts of some students of a school.
pub fn virtual_accounts_of_students(
    tx: &mut Tx<'_>,
    school: i64,
    students: &[i64],
) -> Result<Vec<VirtualAccountRow>, StoreError> {
    let mut found = Vec::new();
    for chunk in students.chunks(IDS_PER_QUERY) {
        found.extend(
            virtual_accounts::table
                .filter(virtual_accounts::school_id.eq(school))
                .filter(virtual_accounts::student_id.eq_any(chunk))
                .order(virtual_accounts::id)
                .select(VirtualAccountRow::as_select())
                .load(tx.conn())?,
        );
    }
    Ok(found)
}

/// Removes the virtual accounts of a student but these.
pub fn keep_virtual_accounts(
    tx: &mut Tx<'_>,
    student: i64,
    kept: &[i64],
) -> Result<(), StoreError> {
    diesel::delete(
        virtual_accounts::table
            .filter(virtual_accounts::student_id.eq(student))
            .filter(virtual_accounts::id.ne_all(kept)),
    )
    .execute(tx.conn())?;
    Ok(())
}

pub fn students_by_id(tx: &mut Tx<'_>, ids: &[i64]) -> Result<Vec<StudentRow>, StoreError> {
    let mut found = Vec::with_capacity(ids.len());
    for chunk in ids.chunks(IDS_PER_QUERY) {
        found.extend(
            students::table
                .filter(students::id.eq_any(chunk))
                .select(StudentRow::as_select())
                .load::<StudentRow>(tx.conn())?,
        );
    }
    Ok(found)
}

pub fn find_student(
    tx: &mut Tx<'_>,
    school: i64,
    code: &str,
) -> Result<Option<StudentRow>, StoreError> {
    Ok(students::table
        .filter(students::school_id.eq(school))
        .filter(students::code.eq(code))
        .select(StudentRow::as_select())
        .first(tx.conn())
        .optional()?)
}

/// The student of a school with this id.
pub fn student_by_id(
    tx: &mut Tx<'_>,
    school: i64,
    id: i64,
) -> Result<Option<StudentRow>, StoreError> {
    Ok(students::table
        .filter(students::school_id.eq(school))
        .filter(students::id.eq(id))
        .select(StudentRow::as_select())
        .first(tx.conn())
        .optional()?)
}

/// How many students are in each class of a school today.
pub fn class_sizes(tx: &mut Tx<'_>, school: i64) -> Result<BTreeMap<String, i64>, StoreError> {
    let rows: Vec<(String, i64)> = students::table
        .filter(students::school_id.eq(school))
        .filter(students::left_on.is_null())
        .group_by(students::class)
        .select((students::class, sql::<BigInt>("COUNT(*)")))
        .load(tx.conn())?;
    Ok(rows.into_iter().collect())
}

/// What a roster says about a student, and what changes later; the code and the school never do.
const CHANGING: [&str; 15] = [
    "family_id",
    "name",
    "class",
    "guardian_name",
    "email",
    "phone",
    "search_key",
    "sort_key",
    "birth_date",
    "sex",
    "collection",
    "exemption",
    "left_on",
    "left_reason",
    "import_id",
];

/// Overwrites students, [`ROWS_PER_STATEMENT`] in a statement.
pub fn update_students(tx: &mut Tx<'_>, rows: &[StudentRow]) -> Result<(), StoreError> {
    for chunk in rows.chunks(ROWS_PER_STATEMENT) {
        dialect::update_from_json(tx, "students", &CHANGING, chunk)?;
    }
    Ok(())
}

/// Which students, and where a page of them begins.
#[derive(Clone, Debug, Default)]
pub struct StudentFilter<'a> {
    pub class: Option<&'a str>,
    /// Folded words; each must be in the search key.
    pub words: &'a [String],
    pub with_left: bool,
    /// Only those who were in a class in this school year, such as `2026-2027`.
    pub year: Option<&'a str>,
    /// The key and the id of the last student of the page before.
    pub after: Option<(&'a str, i64)>,
    /// At most so many.
    pub limit: i64,
}

/// Students of a school in the order of their names.
pub fn students_page(
    tx: &mut Tx<'_>,
    school: i64,
    filter: &StudentFilter<'_>,
) -> Result<Vec<StudentRow>, StoreError> {
    let mut query = students::table.filter(students::school_id.eq(school)).into_boxed();
    if !filter.with_left {
        query = query.filter(students::left_on.is_null());
    }
    // Which class somebody is in is another question for another year.
    query = match (filter.year, filter.class) {
        (None, None) => query,
        (None, Some(class)) => query.filter(students::class.eq(class)),
        (Some(year), class) => query.filter(
            sql::<Bool>(
                "EXISTS (SELECT 1 FROM enrolments n WHERE n.school_id = students.school_id \
                 AND n.student_id = students.id AND n.school_year = ",
            )
            .bind::<Text, _>(year.to_owned())
            .sql(" AND n.class = COALESCE(")
            .bind::<Nullable<Text>, _>(class.map(str::to_owned))
            .sql(&format!(", n.class) AND {})", enrolled::LAST_OF_YEAR)),
        ),
    };
    for word in filter.words {
        query = query.filter(students::search_key.like(format!("%{word}%")));
    }
    if let Some((key, id)) = filter.after {
        query = query.filter(
            sql::<Bool>("(students.sort_key, students.id) > (")
                .bind::<Text, _>(key.to_owned())
                .sql(", ")
                .bind::<BigInt, _>(id)
                .sql(")"),
        );
    }
    Ok(query
        .order((students::sort_key, students::id))
        .limit(filter.limit)
        .select(StudentRow::as_select())
        .load(tx.conn())?)
}

/// The students that an import added.
pub fn students_added_by(tx: &mut Tx<'_>, import: i64) -> Result<Vec<StudentRow>, StoreError> {
    Ok(students::table
        .filter(students::import_id.eq(import))
        .order(students::id)
        .select(StudentRow::as_select())
        .load(tx.conn())?)
}

/// Students, of any school, that were added before there was an order of names.
pub fn students_without_order(tx: &mut Tx<'_>, limit: i64) -> Result<Vec<StudentRow>, StoreError> {
    Ok(students::table
        .filter(students::sort_key.eq(""))
        .filter(students::name.ne(""))
        .order(students::id)
        .limit(limit)
        .select(StudentRow::as_select())
        .load(tx.conn())?)
}

/// Removes students with their virtual accounts. Fails while anything refers to one of them.
pub fn delete_students(tx: &mut Tx<'_>, ids: &[i64]) -> Result<(), StoreError> {
    for chunk in ids.chunks(IDS_PER_QUERY) {
        diesel::delete(virtual_accounts::table.filter(virtual_accounts::student_id.eq_any(chunk)))
            .execute(tx.conn())?;
        diesel::delete(students::table.filter(students::id.eq_any(chunk))).execute(tx.conn())?;
    }
    Ok(())
}

/// Which of some families have money or an account that they pay from.
pub fn families_in_use(tx: &mut Tx<'_>, ids: &[i64]) -> Result<Vec<i64>, StoreError> {
    let mut used = Vec::new();
    for chunk in ids.chunks(IDS_PER_QUERY) {
        used.extend(
            payer_accounts::table
                .filter(payer_accounts::family_id.eq_any(chunk))
                .select(payer_accounts::family_id)
                .load::<i64>(tx.conn())?,
        );
        used.extend(
            allocations::table
                .filter(allocations::family_id.eq_any(chunk))
                .select(allocations::family_id)
                .load::<Option<i64>>(tx.conn())?
                .into_iter()
                .flatten(),
        );
    }
    Ok(used)
}

/// Removes those of some families that have no student any more. Fails while money or a payer's
/// account belongs to one of them.
pub fn delete_empty_families(tx: &mut Tx<'_>, ids: &[i64]) -> Result<(), StoreError> {
    for chunk in ids.chunks(IDS_PER_QUERY) {
        let filled: Vec<i64> = students::table
            .filter(students::family_id.eq_any(chunk))
            .select(students::family_id)
            .load(tx.conn())?;
        let empty: Vec<i64> = chunk.iter().copied().filter(|id| !filled.contains(id)).collect();
        diesel::delete(families::table.filter(families::id.eq_any(empty))).execute(tx.conn())?;
    }
    Ok(())
}

pub fn payers_of(tx: &mut Tx<'_>, school: i64) -> Result<Vec<PayerAccountRow>, StoreError> {
    Ok(payer_accounts::table
        .filter(payer_accounts::school_id.eq(school))
        .order(payer_accounts::id)
        .select(PayerAccountRow::as_select())
        .load(tx.conn())?)
}

/// The accounts that one family pays from.
pub fn payers_of_family(tx: &mut Tx<'_>, family: i64) -> Result<Vec<PayerAccountRow>, StoreError> {
    Ok(payer_accounts::table
        .filter(payer_accounts::family_id.eq(family))
        .order(payer_accounts::id)
        .select(PayerAccountRow::as_select())
        .load(tx.conn())?)
}

/// The students of one family.
pub fn students_of_family(tx: &mut Tx<'_>, family: i64) -> Result<Vec<StudentRow>, StoreError> {
    Ok(students::table
        .filter(students::family_id.eq(family))
        .order((students::sort_key, students::id))
        .select(StudentRow::as_select())
        .load(tx.conn())?)
}

/// The students of some families of a school, in the order of their names.
pub fn students_of_families(
    tx: &mut Tx<'_>,
    school: i64,
    wanted: &[i64],
) -> Result<Vec<StudentRow>, StoreError> {
    let mut found: Vec<StudentRow> = Vec::new();
    for chunk in wanted.chunks(IDS_PER_QUERY) {
        found.extend(
            students::table
                .filter(students::school_id.eq(school))
                .filter(students::family_id.eq_any(chunk))
                .order((students::sort_key, students::id))
                .select(StudentRow::as_select())
                .load::<StudentRow>(tx.conn())?,
        );
    }
    Ok(found)
}

/// What is known of one account, a family a row.
pub fn payers_of_account(
    tx: &mut Tx<'_>,
    school: i64,
    account: &str,
) -> Result<Vec<PayerAccountRow>, StoreError> {
    Ok(payer_accounts::table
        .filter(payer_accounts::school_id.eq(school))
        .filter(payer_accounts::account.eq(account))
        .order(payer_accounts::id)
        .select(PayerAccountRow::as_select())
        .load(tx.conn())?)
}

/// What is known of some accounts.
pub fn payers_of_accounts(
    tx: &mut Tx<'_>,
    school: i64,
    accounts: &[&str],
) -> Result<Vec<PayerAccountRow>, StoreError> {
    let mut found = Vec::new();
    for chunk in accounts.chunks(IDS_PER_QUERY) {
        found.extend(
            payer_accounts::table
                .filter(payer_accounts::school_id.eq(school))
                .filter(payer_accounts::account.eq_any(chunk))
                .select(PayerAccountRow::as_select())
                .load(tx.conn())?,
        );
    }
    Ok(found)
}

pub fn insert_payers(tx: &mut Tx<'_>, rows: &[PayerAccountRow]) -> Result<(), StoreError> {
    dialect::load_all!(tx, payer_accounts, PayerAccountRow, rows)
}

/// Forgets what a list of students said of accounts, where no payment has said anything since.
pub fn forget_listed_payers(tx: &mut Tx<'_>, import: i64) -> Result<(), StoreError> {
    let untouched = payer_accounts::table
        .filter(payer_accounts::import_id.eq(import))
        .filter(payer_accounts::confirmed.eq(1))
        .filter(payer_accounts::contradicted.eq(0));
    diesel::delete(untouched).execute(tx.conn())?;
    Ok(())
}

pub fn insert_payer(tx: &mut Tx<'_>, row: &PayerAccountRow) -> Result<(), StoreError> {
    diesel::insert_into(payer_accounts::table).values(row.clone()).execute(tx.conn())?;
    Ok(())
}

/// Overwrites what is known of a payer's account and a family.
pub fn update_payer(tx: &mut Tx<'_>, row: &PayerAccountRow) -> Result<(), StoreError> {
    diesel::update(payer_accounts::table.find(row.id))
        .set((
            payer_accounts::confirmed.eq(row.confirmed),
            payer_accounts::contradicted.eq(row.contradicted),
            payer_accounts::confirmed_at.eq(row.confirmed_at),
        ))
        .execute(tx.conn())?;
    Ok(())
}
