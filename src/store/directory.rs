//! Authorities, schools and the accounts money arrives on.

use chrono::NaiveDate;
use diesel::prelude::*;

use super::schema::{authorities, bank_accounts, school_placements, schools};
use super::{StoreError, Tx, dialect};

/// A row of `authorities`.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = authorities, treat_none_as_default_value = false)]
pub struct AuthorityRow {
    pub id: i64,
    pub code: String,
    pub name: String,
    pub kind: String,
    pub parent_id: Option<i64>,
    pub valid_from: Option<NaiveDate>,
    pub valid_to: Option<NaiveDate>,
}

/// A row of `schools`.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = schools, treat_none_as_default_value = false)]
pub struct SchoolRow {
    pub id: i64,
    pub code: String,
    pub name: String,
    pub level: String,
    pub settle_in_part: bool,
    pub settle_known_payer: bool,
    pub closed_on: Option<NaiveDate>,
    pub ownership: Option<String>,
}

/// A row of `school_placements`.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = school_placements, treat_none_as_default_value = false)]
pub struct PlacementRow {
    pub id: i64,
    pub school_id: i64,
    pub authority_id: i64,
    pub valid_from: Option<NaiveDate>,
    pub valid_to: Option<NaiveDate>,
}

/// A row of `bank_accounts`.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = bank_accounts, treat_none_as_default_value = false)]
pub struct BankAccountRow {
    pub id: i64,
    pub school_id: i64,
    pub bin: String,
    pub number: String,
    pub holder: String,
    pub valid_from: Option<NaiveDate>,
    pub valid_to: Option<NaiveDate>,
    pub gateway: Option<String>,
}

pub fn insert_authority(tx: &mut Tx<'_>, row: &AuthorityRow) -> Result<(), StoreError> {
    diesel::insert_into(authorities::table).values(row.clone()).execute(tx.conn())?;
    Ok(())
}

pub fn insert_school(tx: &mut Tx<'_>, row: &SchoolRow) -> Result<(), StoreError> {
    diesel::insert_into(schools::table).values(row.clone()).execute(tx.conn())?;
    Ok(())
}

pub fn insert_placement(tx: &mut Tx<'_>, row: &PlacementRow) -> Result<(), StoreError> {
    diesel::insert_into(school_placements::table).values(row.clone()).execute(tx.conn())?;
    Ok(())
}

pub fn insert_bank_account(tx: &mut Tx<'_>, row: &BankAccountRow) -> Result<(), StoreError> {
    diesel::insert_into(bank_accounts::table).values(row.clone()).execute(tx.conn())?;
    Ok(())
}

pub fn authorities(tx: &mut Tx<'_>) -> Result<Vec<AuthorityRow>, StoreError> {
    Ok(authorities::table
        .order(authorities::code)
        .select(AuthorityRow::as_select())
        .load(tx.conn())?)
}

pub fn find_authority(tx: &mut Tx<'_>, code: &str) -> Result<Option<AuthorityRow>, StoreError> {
    Ok(authorities::table
        .filter(authorities::code.eq(code))
        .select(AuthorityRow::as_select())
        .first(tx.conn())
        .optional()?)
}

pub fn schools(tx: &mut Tx<'_>) -> Result<Vec<SchoolRow>, StoreError> {
    Ok(schools::table.order(schools::code).select(SchoolRow::as_select()).load(tx.conn())?)
}

pub fn find_school(tx: &mut Tx<'_>, code: &str) -> Result<Option<SchoolRow>, StoreError> {
    Ok(schools::table
        .filter(schools::code.eq(code))
        .select(SchoolRow::as_select())
        .first(tx.conn())
        .optional()?)
}

pub fn school(tx: &mut Tx<'_>, id: i64) -> Result<Option<SchoolRow>, StoreError> {
    Ok(schools::table.find(id).select(SchoolRow::as_select()).first(tx.conn()).optional()?)
}

pub fn set_closed_on(tx: &mut Tx<'_>, school: i64, day: NaiveDate) -> Result<(), StoreError> {
    diesel::update(schools::table.find(school))
        .set(schools::closed_on.eq(day))
        .execute(tx.conn())?;
    Ok(())
}

/// Whether the database holds any other school.
pub fn has_other_schools(tx: &mut Tx<'_>, school: i64) -> Result<bool, StoreError> {
    let other: Option<i64> = schools::table
        .filter(schools::id.ne(school))
        .select(schools::id)
        .first(tx.conn())
        .optional()?;
    Ok(other.is_some())
}

/// The school, locked until the transaction ends: the root of every change of its money.
pub fn lock_school(tx: &mut Tx<'_>, id: i64) -> Result<Option<SchoolRow>, StoreError> {
    dialect::lock_school(tx, id)?;
    school(tx, id)
}

/// Says what the machine may do at a school.
pub fn set_policy(
    tx: &mut Tx<'_>,
    id: i64,
    settle_in_part: bool,
    settle_known_payer: bool,
) -> Result<(), StoreError> {
    diesel::update(schools::table.find(id))
        .set((
            schools::settle_in_part.eq(settle_in_part),
            schools::settle_known_payer.eq(settle_known_payer),
        ))
        .execute(tx.conn())?;
    Ok(())
}

pub fn placements(tx: &mut Tx<'_>) -> Result<Vec<PlacementRow>, StoreError> {
    Ok(school_placements::table
        .order(school_placements::id)
        .select(PlacementRow::as_select())
        .load(tx.conn())?)
}

pub fn bank_accounts_of(tx: &mut Tx<'_>, school: i64) -> Result<Vec<BankAccountRow>, StoreError> {
    Ok(bank_accounts::table
        .filter(bank_accounts::school_id.eq(school))
        .order(bank_accounts::id)
        .select(BankAccountRow::as_select())
        .load(tx.conn())?)
}

pub fn bank_accounts(tx: &mut Tx<'_>) -> Result<Vec<BankAccountRow>, StoreError> {
    Ok(bank_accounts::table
        .order(bank_accounts::id)
        .select(BankAccountRow::as_select())
        .load(tx.conn())?)
}

pub fn bank_accounts_numbered(
    tx: &mut Tx<'_>,
    number: &str,
) -> Result<Vec<BankAccountRow>, StoreError> {
    Ok(bank_accounts::table
        .filter(bank_accounts::number.eq(number))
        .order(bank_accounts::id)
        .select(BankAccountRow::as_select())
        .load(tx.conn())?)
}
