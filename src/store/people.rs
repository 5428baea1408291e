//! Families, students, their virtual accounts and the accounts families pay from.

use std::collections::BTreeMap;

use chrono::{NaiveDate, NaiveDateTime};
use diesel::prelude::*;

use super::schema::{families, payer_accounts, students, virtual_accounts};
use super::{IDS_PER_QUERY, StoreError, Tx, dialect};

/// A row of `families`.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = families, treat_none_as_default_value = false)]
pub struct FamilyRow {
    pub id: i64,
    pub school_id: i64,
    pub family_key: String,
}

/// A row of `students`.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
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
}
pub fn insert_families(tx: &mut Tx<'_>, rows: &[FamilyRow]) -> Result<(), StoreError> {
    dialect::insert_all::<families::table, FamilyRow>(tx, families::table, rows)
}

pub fn insert_students(tx: &mut Tx<'_>, rows: &[StudentRow]) -> Result<(), StoreError> {
    dialect::insert_all::<students::table, StudentRow>(tx, students::table, rows)
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

pub fn students_of(tx: &mut Tx<'_>, school: i64) -> Result<Vec<StudentRow>, StoreError> {
    Ok(students::table
        .filter(students::school_id.eq(school))
        .order(students::id)
        .select(StudentRow::as_select())
        .load(tx.conn())?)
}

pub fn virtual_accounts_of(
    tx: &mut Tx<'_>,
    school: i64,
) -> Result<Vec<VirtualAccountRow>, StoreError> {
    Ok(virtual_accounts::table
        .filter(virtual_accounts::school_id.eq(school))
        .order(virtual_accounts::id)
        .select(VirtualAccountRow::as_select())
        .load(tx.conn())?)
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

/// Overwrites what a roster says about a student; the code and the school never change.
pub fn update_student(tx: &mut Tx<'_>, row: &StudentRow) -> Result<(), StoreError> {
    diesel::update(students::table.find(row.id))
        .set((
            students::family_id.eq(row.family_id),
            students::name.eq(&row.name),
            students::class.eq(&row.class),
            students::guardian_name.eq(&row.guardian_name),
            students::email.eq(&row.email),
            students::phone.eq(&row.phone),
            students::search_key.eq(&row.search_key),
        ))
        .execute(tx.conn())?;
    Ok(())
}

pub fn payers_of(tx: &mut Tx<'_>, school: i64) -> Result<Vec<PayerAccountRow>, StoreError> {
    Ok(payer_accounts::table
        .filter(payer_accounts::school_id.eq(school))
        .order(payer_accounts::id)
        .select(PayerAccountRow::as_select())
        .load(tx.conn())?)
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
