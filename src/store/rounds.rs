//! Collection rounds that are made here: what is in them, and what they become.

use chrono::{NaiveDate, NaiveDateTime};
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Nullable};

use super::receivables::of_year;
use super::schema::{
    collection_rounds, credit_notes, instalments, invoices, round_items, round_quantities,
};
use super::{IDS_PER_QUERY, StoreError, Tx, dialect};
use crate::domain::calendar::Period;
use crate::store::fees::RoundRow;

/// A row of `round_items`.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = round_items, treat_none_as_default_value = false)]
pub struct RoundItemRow {
    pub id: i64,
    pub school_id: i64,
    pub round_id: i64,
    pub fee_item_id: i64,
    pub position: i32,
    pub quantity: i64,
    pub price_dong: Option<i64>,
}

/// A row of `round_quantities`.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = round_quantities, treat_none_as_default_value = false)]
pub struct RoundQuantityRow {
    pub id: i64,
    pub school_id: i64,
    pub round_id: i64,
    pub student_id: i64,
    pub fee_item_id: i64,
    pub quantity: i64,
}

/// A row of `instalments`.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = instalments, treat_none_as_default_value = false)]
pub struct InstalmentRow {
    pub id: i64,
    pub school_id: i64,
    pub invoice_id: i64,
    pub position: i32,
    pub due_on: NaiveDate,
    pub amount_dong: i64,
}

pub fn find(tx: &mut Tx<'_>, school: i64, code: &str) -> Result<Option<RoundRow>, StoreError> {
    Ok(collection_rounds::table
        .filter(collection_rounds::school_id.eq(school))
        .filter(collection_rounds::code.eq(code))
        .select(RoundRow::as_select())
        .first(tx.conn())
        .optional()?)
}

/// The round of a school with this id.
pub fn find_by_id(tx: &mut Tx<'_>, school: i64, id: i64) -> Result<Option<RoundRow>, StoreError> {
    Ok(collection_rounds::table
        .filter(collection_rounds::school_id.eq(school))
        .filter(collection_rounds::id.eq(id))
        .select(RoundRow::as_select())
        .first(tx.conn())
        .optional()?)
}

/// Rounds of a school, newest first, before this one.
pub fn page(
    tx: &mut Tx<'_>,
    school: i64,
    (year, before): (Option<Period>, Option<i64>),
    limit: i64,
) -> Result<Vec<RoundRow>, StoreError> {
    let mut query =
        collection_rounds::table.filter(collection_rounds::school_id.eq(school)).into_boxed();
    if let Some(year) = year {
        // A round that was read from a list knows no days of its own.
        query = query.filter(sql::<Bool>(&format!(
            "(COALESCE(collection_rounds.period_from, collection_rounds.due_on) \
               BETWEEN '{from}' AND '{to}' \
             OR (collection_rounds.period_from IS NULL AND collection_rounds.due_on IS NULL \
               AND EXISTS (SELECT 1 FROM invoices i WHERE i.round_id = collection_rounds.id \
               AND {})))",
            of_year(year),
            from = year.from(),
            to = year.to()
        )));
    }
    if let Some(before) = before {
        query = query.filter(collection_rounds::id.lt(before));
    }
    Ok(query
        .order(collection_rounds::id.desc())
        .limit(limit)
        .select(RoundRow::as_select())
        .load(tx.conn())?)
}

/// Sums over the invoices of a round that are not cancelled.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Queryable)]
pub struct RoundSums {
    pub round_id: i64,
    pub invoices: i64,
    pub gross_dong: i64,
    pub waived_dong: i64,
    pub net_dong: i64,
    pub paid_dong: i64,
}

/// Those sums of some rounds; a round without such invoices is not among them.
pub fn sums_of(tx: &mut Tx<'_>, rounds: &[i64]) -> Result<Vec<RoundSums>, StoreError> {
    let mut found = Vec::new();
    for ids in rounds.chunks(IDS_PER_QUERY) {
        found.extend(
            invoices::table
                .filter(invoices::round_id.eq_any(ids))
                .filter(invoices::cancelled.eq(false))
                .group_by(invoices::round_id)
                .select((
                    invoices::round_id,
                    sql::<BigInt>("COUNT(*)"),
                    sql::<BigInt>("CAST(SUM(invoices.gross_dong) AS BIGINT)"),
                    sql::<BigInt>("CAST(SUM(invoices.waived_dong) AS BIGINT)"),
                    sql::<BigInt>("CAST(SUM(invoices.net_dong) AS BIGINT)"),
                    sql::<BigInt>("CAST(SUM(invoices.paid_dong) AS BIGINT)"),
                ))
                .load::<RoundSums>(tx.conn())?,
        );
    }
    Ok(found)
}

/// How many invoices of a round are cancelled.
pub fn cancelled_in(tx: &mut Tx<'_>, round: i64) -> Result<i64, StoreError> {
    Ok(invoices::table
        .filter(invoices::round_id.eq(round))
        .filter(invoices::cancelled.eq(true))
        .count()
        .get_result(tx.conn())?)
}

/// The round with this id.
pub fn by_id(tx: &mut Tx<'_>, id: i64) -> Result<RoundRow, StoreError> {
    Ok(collection_rounds::table.find(id).select(RoundRow::as_select()).first(tx.conn())?)
}

/// Overwrites a draft; its code and school never change.
pub fn update(tx: &mut Tx<'_>, row: &RoundRow) -> Result<(), StoreError> {
    diesel::update(collection_rounds::table.find(row.id))
        .set((
            collection_rounds::name.eq(&row.name),
            collection_rounds::scope.eq(&row.scope),
            collection_rounds::period_from.eq(row.period_from),
            collection_rounds::period_to.eq(row.period_to),
            collection_rounds::due_on.eq(row.due_on),
            collection_rounds::bank_account_id.eq(row.bank_account_id),
            collection_rounds::instalments.eq(&row.instalments),
        ))
        .execute(tx.conn())?;
    Ok(())
}

/// Says that a round was issued.
pub fn mark_issued(
    tx: &mut Tx<'_>,
    round: i64,
    (fingerprint, by, at): (&str, &str, NaiveDateTime),
) -> Result<(), StoreError> {
    diesel::update(collection_rounds::table.find(round))
        .set((
            collection_rounds::state.eq("issued"),
            collection_rounds::fingerprint.eq(fingerprint),
            collection_rounds::issued_by.eq(by),
            collection_rounds::issued_at.eq(at),
        ))
        .execute(tx.conn())?;
    Ok(())
}

/// Replaces the items of a draft.
pub fn set_items(tx: &mut Tx<'_>, round: i64, rows: &[RoundItemRow]) -> Result<(), StoreError> {
    diesel::delete(round_items::table.filter(round_items::round_id.eq(round)))
        .execute(tx.conn())?;
    dialect::insert_all::<round_items::table, RoundItemRow>(tx, round_items::table, rows)
}

pub fn items_of(tx: &mut Tx<'_>, round: i64) -> Result<Vec<RoundItemRow>, StoreError> {
    Ok(round_items::table
        .filter(round_items::round_id.eq(round))
        .order(round_items::position)
        .select(RoundItemRow::as_select())
        .load(tx.conn())?)
}

/// Replaces what some students had of some items in a draft.
pub fn set_quantities(
    tx: &mut Tx<'_>,
    round: i64,
    rows: &[RoundQuantityRow],
) -> Result<(), StoreError> {
    let mut items: Vec<i64> = rows.iter().map(|row| row.fee_item_id).collect();
    items.sort_unstable();
    items.dedup();
    for item in items {
        let students: Vec<i64> =
            rows.iter().filter(|row| row.fee_item_id == item).map(|row| row.student_id).collect();
        for chunk in students.chunks(IDS_PER_QUERY) {
            diesel::delete(
                round_quantities::table
                    .filter(round_quantities::round_id.eq(round))
                    .filter(round_quantities::fee_item_id.eq(item))
                    .filter(round_quantities::student_id.eq_any(chunk)),
            )
            .execute(tx.conn())?;
        }
    }
    dialect::insert_all::<round_quantities::table, RoundQuantityRow>(
        tx,
        round_quantities::table,
        rows,
    )
}

pub fn quantities_of(tx: &mut Tx<'_>, round: i64) -> Result<Vec<RoundQuantityRow>, StoreError> {
    Ok(round_quantities::table
        .filter(round_quantities::round_id.eq(round))
        .order(round_quantities::id)
        .select(RoundQuantityRow::as_select())
        .load(tx.conn())?)
}

/// What some students had of the items of a round.
pub fn quantities_of_students(
    tx: &mut Tx<'_>,
    round: i64,
    students: &[i64],
) -> Result<Vec<RoundQuantityRow>, StoreError> {
    let mut found = Vec::new();
    for ids in students.chunks(IDS_PER_QUERY) {
        found.extend(
            round_quantities::table
                .filter(round_quantities::round_id.eq(round))
                .filter(round_quantities::student_id.eq_any(ids))
                .select(RoundQuantityRow::as_select())
                .load::<RoundQuantityRow>(tx.conn())?,
        );
    }
    Ok(found)
}

/// Forgets quantities of a draft: the round's own count again.
pub fn delete_quantities(tx: &mut Tx<'_>, ids: &[i64]) -> Result<(), StoreError> {
    for chunk in ids.chunks(IDS_PER_QUERY) {
        diesel::delete(round_quantities::table.filter(round_quantities::id.eq_any(chunk)))
            .execute(tx.conn())?;
    }
    Ok(())
}

pub fn insert_instalments(tx: &mut Tx<'_>, rows: &[InstalmentRow]) -> Result<(), StoreError> {
    dialect::insert_all::<instalments::table, InstalmentRow>(tx, instalments::table, rows)
}

pub fn instalments_of(tx: &mut Tx<'_>, invoice: i64) -> Result<Vec<InstalmentRow>, StoreError> {
    Ok(instalments::table
        .filter(instalments::invoice_id.eq(invoice))
        .order(instalments::position)
        .select(InstalmentRow::as_select())
        .load(tx.conn())?)
}

/// Sets what is due with each part of an invoice.
pub fn set_instalment(tx: &mut Tx<'_>, id: i64, dong: i64) -> Result<(), StoreError> {
    diesel::update(instalments::table.find(id))
        .set(instalments::amount_dong.eq(dong))
        .execute(tx.conn())?;
    Ok(())
}

/// The last number of an invoice of a school year; the school's row is locked.
pub fn last_invoice_number(tx: &mut Tx<'_>, school: i64, year: i32) -> Result<i64, StoreError> {
    let last: Option<i64> = invoices::table
        .filter(invoices::school_id.eq(school))
        .filter(invoices::school_year.eq(year))
        .select(diesel::dsl::sql::<Nullable<BigInt>>("MAX(number)"))
        .first(tx.conn())?;
    Ok(last.unwrap_or_default())
}

/// The same of a credit note.
pub fn last_credit_note_number(tx: &mut Tx<'_>, school: i64, year: i32) -> Result<i64, StoreError> {
    let last: Option<i64> = credit_notes::table
        .filter(credit_notes::school_id.eq(school))
        .filter(credit_notes::school_year.eq(year))
        .select(diesel::dsl::sql::<Nullable<BigInt>>("MAX(number)"))
        .first(tx.conn())?;
    Ok(last.unwrap_or_default())
}
