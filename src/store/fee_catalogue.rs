//! What fee items cost, who chose them and who need not pay; an authority's codes for them.

use chrono::{NaiveDate, NaiveDateTime};
use diesel::prelude::*;

use super::schema::{
    exemptions, fee_choices, fee_items, fee_prices, official_fee_codes, schools, students,
};
use super::{IDS_PER_QUERY, StoreError, Tx, dialect};
use crate::store::fees::FeeItemRow;

/// A row of `official_fee_codes`.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = official_fee_codes, treat_none_as_default_value = false)]
pub struct OfficialFeeCodeRow {
    pub id: i64,
    pub authority_id: i64,
    pub code: String,
    pub name: String,
    pub valid_from: Option<NaiveDate>,
    pub valid_to: Option<NaiveDate>,
}

/// A row of `fee_prices`.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = fee_prices, treat_none_as_default_value = false)]
pub struct FeePriceRow {
    pub id: i64,
    pub school_id: i64,
    pub fee_item_id: i64,
    pub zone: Option<String>,
    pub level: Option<String>,
    pub grade: Option<i32>,
    pub price_dong: i64,
    pub valid_from: Option<NaiveDate>,
    pub valid_to: Option<NaiveDate>,
}

/// A row of `fee_choices`.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = fee_choices, treat_none_as_default_value = false)]
pub struct FeeChoiceRow {
    pub id: i64,
    pub school_id: i64,
    pub student_id: i64,
    pub fee_item_id: i64,
    pub valid_from: NaiveDate,
    pub valid_to: Option<NaiveDate>,
}

/// A row of `exemptions`.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = exemptions, treat_none_as_default_value = false)]
pub struct ExemptionRow {
    pub id: i64,
    pub school_id: i64,
    pub student_id: i64,
    pub fee_item_id: Option<i64>,
    pub ground: String,
    pub share_percent: i32,
    pub document: Option<String>,
    pub valid_from: NaiveDate,
    pub valid_to: Option<NaiveDate>,
    pub recorded_by: String,
    pub recorded_at: NaiveDateTime,
}

pub fn insert_official_codes(
    tx: &mut Tx<'_>,
    rows: &[OfficialFeeCodeRow],
) -> Result<(), StoreError> {
    dialect::insert_all::<official_fee_codes::table, OfficialFeeCodeRow>(
        tx,
        official_fee_codes::table,
        rows,
    )
}

/// The codes of some authorities, by code.
pub fn official_codes_of(
    tx: &mut Tx<'_>,
    authorities: &[i64],
) -> Result<Vec<OfficialFeeCodeRow>, StoreError> {
    Ok(official_fee_codes::table
        .filter(official_fee_codes::authority_id.eq_any(authorities))
        .order((official_fee_codes::code, official_fee_codes::id))
        .select(OfficialFeeCodeRow::as_select())
        .load(tx.conn())?)
}

/// Overwrites what describes a fee item; its code and school never change.
pub fn update_fee_item(tx: &mut Tx<'_>, row: &FeeItemRow) -> Result<(), StoreError> {
    diesel::update(fee_items::table.find(row.id))
        .set((
            fee_items::name.eq(&row.name),
            fee_items::priority.eq(row.priority),
            fee_items::unit.eq(&row.unit),
            fee_items::compulsory.eq(row.compulsory),
            fee_items::official_code_id.eq(row.official_code_id),
            fee_items::retired_on.eq(row.retired_on),
        ))
        .execute(tx.conn())?;
    Ok(())
}

pub fn insert_prices(tx: &mut Tx<'_>, rows: &[FeePriceRow]) -> Result<(), StoreError> {
    dialect::insert_all::<fee_prices::table, FeePriceRow>(tx, fee_prices::table, rows)
}

pub fn prices_of(tx: &mut Tx<'_>, school: i64) -> Result<Vec<FeePriceRow>, StoreError> {
    Ok(fee_prices::table
        .filter(fee_prices::school_id.eq(school))
        .order(fee_prices::id)
        .select(FeePriceRow::as_select())
        .load(tx.conn())?)
}

pub fn end_price(tx: &mut Tx<'_>, id: i64, last: NaiveDate) -> Result<(), StoreError> {
    diesel::update(fee_prices::table.find(id))
        .set(fee_prices::valid_to.eq(last))
        .execute(tx.conn())?;
    Ok(())
}

pub fn insert_choices(tx: &mut Tx<'_>, rows: &[FeeChoiceRow]) -> Result<(), StoreError> {
    dialect::insert_all::<fee_choices::table, FeeChoiceRow>(tx, fee_choices::table, rows)
}

pub fn choices_of(tx: &mut Tx<'_>, school: i64) -> Result<Vec<FeeChoiceRow>, StoreError> {
    Ok(fee_choices::table
        .filter(fee_choices::school_id.eq(school))
        .order(fee_choices::id)
        .select(FeeChoiceRow::as_select())
        .load(tx.conn())?)
}

pub fn end_choice(tx: &mut Tx<'_>, id: i64, last: NaiveDate) -> Result<(), StoreError> {
    diesel::update(fee_choices::table.find(id))
        .set(fee_choices::valid_to.eq(last))
        .execute(tx.conn())?;
    Ok(())
}

/// What some students chose.
pub fn choices_of_students(
    tx: &mut Tx<'_>,
    school: i64,
    students: &[i64],
) -> Result<Vec<FeeChoiceRow>, StoreError> {
    let mut found = Vec::new();
    for ids in students.chunks(IDS_PER_QUERY) {
        found.extend(
            fee_choices::table
                .filter(fee_choices::school_id.eq(school))
                .filter(fee_choices::student_id.eq_any(ids))
                .order(fee_choices::id)
                .select(FeeChoiceRow::as_select())
                .load::<FeeChoiceRow>(tx.conn())?,
        );
    }
    Ok(found)
}

/// Takes choices back that never held for a day.
pub fn delete_choices(tx: &mut Tx<'_>, ids: &[i64]) -> Result<(), StoreError> {
    for chunk in ids.chunks(IDS_PER_QUERY) {
        diesel::delete(fee_choices::table.filter(fee_choices::id.eq_any(chunk)))
            .execute(tx.conn())?;
    }
    Ok(())
}

/// Exemptions of a school, newest first, before this one.
pub fn exemptions_page(
    tx: &mut Tx<'_>,
    school: i64,
    before: Option<i64>,
    limit: i64,
) -> Result<Vec<ExemptionRow>, StoreError> {
    let mut query = exemptions::table.filter(exemptions::school_id.eq(school)).into_boxed();
    if let Some(before) = before {
        query = query.filter(exemptions::id.lt(before));
    }
    Ok(query
        .order(exemptions::id.desc())
        .limit(limit)
        .select(ExemptionRow::as_select())
        .load(tx.conn())?)
}

/// The exemptions of one student.
pub fn exemptions_of_student(
    tx: &mut Tx<'_>,
    school: i64,
    student: i64,
) -> Result<Vec<ExemptionRow>, StoreError> {
    Ok(exemptions::table
        .filter(exemptions::school_id.eq(school))
        .filter(exemptions::student_id.eq(student))
        .order(exemptions::id)
        .select(ExemptionRow::as_select())
        .load(tx.conn())?)
}

pub fn insert_exemptions(tx: &mut Tx<'_>, rows: &[ExemptionRow]) -> Result<(), StoreError> {
    dialect::insert_all::<exemptions::table, ExemptionRow>(tx, exemptions::table, rows)
}

pub fn exemptions_of(tx: &mut Tx<'_>, school: i64) -> Result<Vec<ExemptionRow>, StoreError> {
    Ok(exemptions::table
        .filter(exemptions::school_id.eq(school))
        .order(exemptions::id)
        .select(ExemptionRow::as_select())
        .load(tx.conn())?)
}

pub fn end_exemption(tx: &mut Tx<'_>, id: i64, last: NaiveDate) -> Result<(), StoreError> {
    diesel::update(exemptions::table.find(id))
        .set(exemptions::valid_to.eq(last))
        .execute(tx.conn())?;
    Ok(())
}

/// Zones of a price list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Zones {
    /// The school's.
    pub school: Option<String>,
    /// Of the students that have another, by id.
    pub students: std::collections::HashMap<i64, String>,
}

/// The zone of a school, and those of the students that have another.
pub fn zones_of(tx: &mut Tx<'_>, school: i64) -> Result<Zones, StoreError> {
    let own = schools::table.find(school).select(schools::fee_zone).first(tx.conn())?;
    let others: Vec<(i64, Option<String>)> = students::table
        .filter(students::school_id.eq(school))
        .filter(students::fee_zone.is_not_null())
        .select((students::id, students::fee_zone))
        .load(tx.conn())?;
    let students = others.into_iter().filter_map(|(id, zone)| Some((id, zone?))).collect();
    Ok(Zones { school: own, students })
}

pub fn set_school_zone(tx: &mut Tx<'_>, school: i64, zone: Option<&str>) -> Result<(), StoreError> {
    diesel::update(schools::table.find(school))
        .set(schools::fee_zone.eq(zone))
        .execute(tx.conn())?;
    Ok(())
}

pub fn set_student_zone(
    tx: &mut Tx<'_>,
    student: i64,
    zone: Option<&str>,
) -> Result<(), StoreError> {
    diesel::update(students::table.find(student))
        .set(students::fee_zone.eq(zone))
        .execute(tx.conn())?;
    Ok(())
}
