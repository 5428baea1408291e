//! The history of authorities, and what schools are called besides.

use chrono::NaiveDate;
use diesel::prelude::*;

use super::directory::PlacementRow;
use super::schema::{
    authorities, authority_former_names, authority_parents, authority_successors, bank_accounts,
    school_aliases, school_placements, school_satellites, schools, virtual_accounts,
};
use super::{StoreError, Tx};

/// A row of `authority_parents`.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = authority_parents, treat_none_as_default_value = false)]
pub struct ParentRow {
    pub id: i64,
    pub authority_id: i64,
    pub parent_id: Option<i64>,
    pub valid_from: NaiveDate,
}

/// A row of `authority_former_names`.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = authority_former_names, treat_none_as_default_value = false)]
pub struct FormerNameRow {
    pub id: i64,
    pub authority_id: i64,
    pub code: String,
    pub name: String,
    pub valid_from: Option<NaiveDate>,
    pub valid_to: NaiveDate,
}

/// A row of `authority_successors`.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = authority_successors, treat_none_as_default_value = false)]
pub struct SuccessorRow {
    pub id: i64,
    pub authority_id: i64,
    pub successor_id: i64,
}

/// A row of `school_aliases`.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = school_aliases, treat_none_as_default_value = false)]
pub struct AliasRow {
    pub id: i64,
    pub school_id: i64,
    pub code: String,
    pub valid_from: Option<NaiveDate>,
    pub valid_to: Option<NaiveDate>,
}

/// A row of `school_satellites`.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = school_satellites, treat_none_as_default_value = false)]
pub struct SatelliteRow {
    pub id: i64,
    pub school_id: i64,
    pub code: String,
    pub name: String,
    pub valid_from: Option<NaiveDate>,
    pub valid_to: Option<NaiveDate>,
}

pub fn parents(tx: &mut Tx<'_>) -> Result<Vec<ParentRow>, StoreError> {
    Ok(authority_parents::table
        .order(authority_parents::id)
        .select(ParentRow::as_select())
        .load(tx.conn())?)
}

pub fn former_names(tx: &mut Tx<'_>) -> Result<Vec<FormerNameRow>, StoreError> {
    Ok(authority_former_names::table
        .order(authority_former_names::id)
        .select(FormerNameRow::as_select())
        .load(tx.conn())?)
}

pub fn successors(tx: &mut Tx<'_>) -> Result<Vec<SuccessorRow>, StoreError> {
    Ok(authority_successors::table
        .order(authority_successors::id)
        .select(SuccessorRow::as_select())
        .load(tx.conn())?)
}

/// Says whom a unit is under from a day on; a word about the same day before is replaced.
pub fn put_parent(tx: &mut Tx<'_>, row: &ParentRow) -> Result<(), StoreError> {
    let known = authority_parents::table
        .filter(authority_parents::authority_id.eq(row.authority_id))
        .filter(authority_parents::valid_from.eq(row.valid_from));
    let id: Option<i64> = known.select(authority_parents::id).first(tx.conn()).optional()?;
    match id {
        Some(id) => {
            diesel::update(authority_parents::table.find(id))
                .set(authority_parents::parent_id.eq(row.parent_id))
                .execute(tx.conn())?;
        }
        None => {
            diesel::insert_into(authority_parents::table).values(row.clone()).execute(tx.conn())?;
        }
    }
    Ok(())
}

pub fn insert_former_name(tx: &mut Tx<'_>, row: &FormerNameRow) -> Result<(), StoreError> {
    diesel::insert_into(authority_former_names::table).values(row.clone()).execute(tx.conn())?;
    Ok(())
}

pub fn insert_successor(tx: &mut Tx<'_>, row: &SuccessorRow) -> Result<(), StoreError> {
    diesel::insert_into(authority_successors::table).values(row.clone()).execute(tx.conn())?;
    Ok(())
}

pub fn insert_alias(tx: &mut Tx<'_>, row: &AliasRow) -> Result<(), StoreError> {
    diesel::insert_into(school_aliases::table).values(row.clone()).execute(tx.conn())?;
    Ok(())
}

pub fn insert_satellite(tx: &mut Tx<'_>, row: &SatelliteRow) -> Result<(), StoreError> {
    diesel::insert_into(school_satellites::table).values(row.clone()).execute(tx.conn())?;
    Ok(())
}

/// What an authority is called from now on.
pub fn set_authority_name(
    tx: &mut Tx<'_>,
    id: i64,
    code: &str,
    name: &str,
) -> Result<(), StoreError> {
    diesel::update(authorities::table.find(id))
        .set((authorities::code.eq(code), authorities::name.eq(name)))
        .execute(tx.conn())?;
    Ok(())
}

/// The last day of an authority.
pub fn set_authority_end(
    tx: &mut Tx<'_>,
    id: i64,
    day: Option<NaiveDate>,
) -> Result<(), StoreError> {
    diesel::update(authorities::table.find(id))
        .set(authorities::valid_to.eq(day))
        .execute(tx.conn())?;
    Ok(())
}

/// The last day of a placement.
pub fn end_placement(tx: &mut Tx<'_>, id: i64, day: NaiveDate) -> Result<(), StoreError> {
    diesel::update(school_placements::table.find(id))
        .set(school_placements::valid_to.eq(day))
        .execute(tx.conn())?;
    Ok(())
}

/// The last day of another code.
pub fn end_alias(tx: &mut Tx<'_>, id: i64, day: Option<NaiveDate>) -> Result<(), StoreError> {
    diesel::update(school_aliases::table.find(id))
        .set(school_aliases::valid_to.eq(day))
        .execute(tx.conn())?;
    Ok(())
}

/// What is known of a place where a school teaches; its code and school never change.
pub fn update_satellite(tx: &mut Tx<'_>, row: &SatelliteRow) -> Result<(), StoreError> {
    diesel::update(school_satellites::table.find(row.id))
        .set((
            school_satellites::name.eq(&row.name),
            school_satellites::valid_from.eq(row.valid_from),
            school_satellites::valid_to.eq(row.valid_to),
        ))
        .execute(tx.conn())?;
    Ok(())
}

/// The levels a school teaches, as its row has them.
pub fn set_level(tx: &mut Tx<'_>, school: i64, level: &str) -> Result<(), StoreError> {
    diesel::update(schools::table.find(school)).set(schools::level.eq(level)).execute(tx.conn())?;
    Ok(())
}

/// By whom a school is kept.
pub fn set_ownership(tx: &mut Tx<'_>, school: i64, ownership: &str) -> Result<(), StoreError> {
    diesel::update(schools::table.find(school))
        .set(schools::ownership.eq(ownership))
        .execute(tx.conn())?;
    Ok(())
}

/// The last day of an account, and whose name it is in.
pub fn update_account(
    tx: &mut Tx<'_>,
    id: i64,
    holder: &str,
    valid_to: Option<NaiveDate>,
) -> Result<(), StoreError> {
    diesel::update(bank_accounts::table.find(id))
        .set((bank_accounts::holder.eq(holder), bank_accounts::valid_to.eq(valid_to)))
        .execute(tx.conn())?;
    Ok(())
}

/// The last day of a student's virtual account.
pub fn end_virtual_account(tx: &mut Tx<'_>, id: i64, day: NaiveDate) -> Result<(), StoreError> {
    diesel::update(virtual_accounts::table.find(id))
        .set(virtual_accounts::valid_to.eq(day))
        .execute(tx.conn())?;
    Ok(())
}

pub fn aliases(tx: &mut Tx<'_>) -> Result<Vec<AliasRow>, StoreError> {
    Ok(school_aliases::table
        .order(school_aliases::id)
        .select(AliasRow::as_select())
        .load(tx.conn())?)
}

pub fn aliases_named(tx: &mut Tx<'_>, code: &str) -> Result<Vec<AliasRow>, StoreError> {
    Ok(school_aliases::table
        .filter(school_aliases::code.eq(code))
        .order(school_aliases::id)
        .select(AliasRow::as_select())
        .load(tx.conn())?)
}

pub fn aliases_of(tx: &mut Tx<'_>, school: i64) -> Result<Vec<AliasRow>, StoreError> {
    Ok(school_aliases::table
        .filter(school_aliases::school_id.eq(school))
        .order(school_aliases::id)
        .select(AliasRow::as_select())
        .load(tx.conn())?)
}

pub fn satellites_of(tx: &mut Tx<'_>, school: i64) -> Result<Vec<SatelliteRow>, StoreError> {
    Ok(school_satellites::table
        .filter(school_satellites::school_id.eq(school))
        .order(school_satellites::code)
        .select(SatelliteRow::as_select())
        .load(tx.conn())?)
}

pub fn placements_of(tx: &mut Tx<'_>, school: i64) -> Result<Vec<PlacementRow>, StoreError> {
    Ok(school_placements::table
        .filter(school_placements::school_id.eq(school))
        .order(school_placements::id)
        .select(PlacementRow::as_select())
        .load(tx.conn())?)
}
