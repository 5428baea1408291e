//! Fee items, collection rounds, invoices and their lines.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use chrono::{NaiveDate, NaiveDateTime};
use diesel::prelude::*;

use crate::domain::invoice::InvoiceState;

use super::schema::{collection_rounds, fee_items, invoice_lines, invoices, schools};
use super::{IDS_PER_QUERY, ROWS_PER_UPDATE, StoreError, Tx, dialect};

/// A row of `fee_items`.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = fee_items, treat_none_as_default_value = false)]
pub struct FeeItemRow {
    pub id: i64,
    pub school_id: i64,
    pub code: String,
    pub name: String,
    pub priority: i32,
    pub unit: String,
    pub compulsory: bool,
    pub official_code_id: Option<i64>,
    pub retired_on: Option<NaiveDate>,
}

/// A row of `collection_rounds`.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = collection_rounds, treat_none_as_default_value = false)]
pub struct RoundRow {
    pub id: i64,
    pub school_id: i64,
    pub code: String,
    pub name: String,
    pub state: String,
    pub scope: Option<String>,
    pub period_from: Option<NaiveDate>,
    pub period_to: Option<NaiveDate>,
    pub due_on: Option<NaiveDate>,
    pub bank_account_id: Option<i64>,
    pub instalments: Option<String>,
    pub fingerprint: Option<String>,
    pub issued_by: Option<String>,
    pub issued_at: Option<NaiveDateTime>,
}

impl RoundRow {
    /// A round that was read from a list and not made here.
    #[must_use]
    pub fn listed(id: i64, school_id: i64, code: String, name: String) -> RoundRow {
        RoundRow {
            id,
            school_id,
            code,
            name,
            state: "listed".to_owned(),
            scope: None,
            period_from: None,
            period_to: None,
            due_on: None,
            bank_account_id: None,
            instalments: None,
            fingerprint: None,
            issued_by: None,
            issued_at: None,
        }
    }
}

/// A row of `invoices`.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = invoices, treat_none_as_default_value = false)]
pub struct InvoiceRow {
    pub id: i64,
    pub school_id: i64,
    pub student_id: i64,
    pub round_id: i64,
    pub code: String,
    pub gross_dong: i64,
    pub waived_dong: i64,
    pub net_dong: i64,
    pub paid_dong: i64,
    pub cancelled: bool,
    pub due_on: Option<NaiveDate>,
    pub issued_at: NaiveDateTime,
    pub number: Option<i64>,
    pub school_year: Option<i32>,
    pub class: Option<String>,
    pub replaces_id: Option<i64>,
}

/// A row of `invoice_lines`.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = invoice_lines, treat_none_as_default_value = false)]
pub struct InvoiceLineRow {
    pub id: i64,
    pub school_id: i64,
    pub invoice_id: i64,
    pub fee_item_id: i64,
    pub position: i32,
    pub gross_dong: i64,
    pub waived_dong: i64,
    pub net_dong: i64,
    pub quantity: Option<i64>,
    pub price_dong: Option<i64>,
    pub share_percent: Option<i32>,
}

pub fn insert_fee_items(tx: &mut Tx<'_>, rows: &[FeeItemRow]) -> Result<(), StoreError> {
    dialect::insert_all::<fee_items::table, FeeItemRow>(tx, fee_items::table, rows)
}

pub fn insert_rounds(tx: &mut Tx<'_>, rows: &[RoundRow]) -> Result<(), StoreError> {
    dialect::insert_all::<collection_rounds::table, RoundRow>(tx, collection_rounds::table, rows)
}

pub fn insert_invoices(tx: &mut Tx<'_>, rows: &[InvoiceRow]) -> Result<(), StoreError> {
    for row in rows {
        tx.touched.dues(row.school_id);
    }
    dialect::insert_all::<invoices::table, InvoiceRow>(tx, invoices::table, rows)
}

pub fn insert_invoice_lines(tx: &mut Tx<'_>, rows: &[InvoiceLineRow]) -> Result<(), StoreError> {
    dialect::insert_all::<invoice_lines::table, InvoiceLineRow>(tx, invoice_lines::table, rows)
}

pub fn fee_items_of(tx: &mut Tx<'_>, school: i64) -> Result<Vec<FeeItemRow>, StoreError> {
    Ok(fee_items::table
        .filter(fee_items::school_id.eq(school))
        .order(fee_items::id)
        .select(FeeItemRow::as_select())
        .load(tx.conn())?)
}

pub fn rounds_of(tx: &mut Tx<'_>, school: i64) -> Result<Vec<RoundRow>, StoreError> {
    Ok(collection_rounds::table
        .filter(collection_rounds::school_id.eq(school))
        .order(collection_rounds::id)
        .select(RoundRow::as_select())
        .load(tx.conn())?)
}

pub fn invoices_of(tx: &mut Tx<'_>, school: i64) -> Result<Vec<InvoiceRow>, StoreError> {
    Ok(invoices::table
        .filter(invoices::school_id.eq(school))
        .order(invoices::id)
        .select(InvoiceRow::as_select())
        .load(tx.conn())?)
}

/// The invoices of some students of a school.
pub fn invoices_of_students(
    tx: &mut Tx<'_>,
    school: i64,
    students: &[i64],
) -> Result<Vec<InvoiceRow>, StoreError> {
    let mut found = Vec::new();
    for chunk in students.chunks(IDS_PER_QUERY) {
        found.extend(
            invoices::table
                .filter(invoices::school_id.eq(school))
                .filter(invoices::student_id.eq_any(chunk))
                .order(invoices::id)
                .select(InvoiceRow::as_select())
                .load(tx.conn())?,
        );
    }
    Ok(found)
}

/// Which invoices a page shows.
#[derive(Clone, Copy, Debug)]
pub struct InvoicePage {
    pub round: Option<i64>,
    pub student: Option<i64>,
    pub state: Option<InvoiceState>,
    /// After this id.
    pub after: Option<i64>,
    pub limit: i64,
}

/// A page of a school's invoices, by id.
pub fn invoices_page(
    tx: &mut Tx<'_>,
    school: i64,
    page: &InvoicePage,
) -> Result<Vec<InvoiceRow>, StoreError> {
    let mut query = invoices::table.filter(invoices::school_id.eq(school)).into_boxed();
    if let Some(round) = page.round {
        query = query.filter(invoices::round_id.eq(round));
    }
    if let Some(student) = page.student {
        query = query.filter(invoices::student_id.eq(student));
    }
    if let Some(after) = page.after {
        query = query.filter(invoices::id.gt(after));
    }
    let live = invoices::cancelled.eq(false);
    query = match page.state {
        None => query,
        Some(InvoiceState::Cancelled) => query.filter(invoices::cancelled.eq(true)),
        Some(InvoiceState::Waived) => query.filter(live.and(invoices::net_dong.eq(0))),
        Some(InvoiceState::Open) => {
            query.filter(live.and(invoices::net_dong.gt(0)).and(invoices::paid_dong.eq(0)))
        }
        Some(InvoiceState::PartlyPaid) => query.filter(
            live.and(invoices::paid_dong.gt(0)).and(invoices::paid_dong.lt(invoices::net_dong)),
        ),
        Some(InvoiceState::Paid) => query.filter(
            live.and(invoices::net_dong.gt(0)).and(invoices::paid_dong.eq(invoices::net_dong)),
        ),
    };
    Ok(query
        .order(invoices::id)
        .limit(page.limit)
        .select(InvoiceRow::as_select())
        .load(tx.conn())?)
}

pub fn find_invoice(
    tx: &mut Tx<'_>,
    school: i64,
    code: &str,
) -> Result<Option<InvoiceRow>, StoreError> {
    Ok(invoices::table
        .filter(invoices::school_id.eq(school))
        .filter(invoices::code.eq(code))
        .select(InvoiceRow::as_select())
        .first(tx.conn())
        .optional()?)
}

pub fn invoices_by_id(tx: &mut Tx<'_>, ids: &[i64]) -> Result<Vec<InvoiceRow>, StoreError> {
    let mut found = Vec::with_capacity(ids.len());
    for chunk in ids.chunks(IDS_PER_QUERY) {
        found.extend(
            invoices::table
                .filter(invoices::id.eq_any(chunk))
                .select(InvoiceRow::as_select())
                .load::<InvoiceRow>(tx.conn())?,
        );
    }
    Ok(found)
}

/// Keeps by which import some invoices came.
pub fn set_import(tx: &mut Tx<'_>, ids: &[i64], import: i64) -> Result<(), StoreError> {
    for chunk in ids.chunks(IDS_PER_QUERY) {
        diesel::update(invoices::table.filter(invoices::id.eq_any(chunk)))
            .set(invoices::import_id.eq(import))
            .execute(tx.conn())?;
    }
    Ok(())
}

/// The invoices that came by an import.
pub fn invoices_of_import(tx: &mut Tx<'_>, import: i64) -> Result<Vec<i64>, StoreError> {
    Ok(invoices::table
        .filter(invoices::import_id.eq(import))
        .order(invoices::id)
        .select(invoices::id)
        .load(tx.conn())?)
}

/// Removes invoices to which nothing refers, with their lines.
pub fn delete_invoices(tx: &mut Tx<'_>, school: i64, ids: &[i64]) -> Result<(), StoreError> {
    tx.touched.dues(school);
    for chunk in ids.chunks(IDS_PER_QUERY) {
        diesel::delete(invoice_lines::table.filter(invoice_lines::invoice_id.eq_any(chunk)))
            .execute(tx.conn())?;
        diesel::delete(invoices::table.filter(invoices::id.eq_any(chunk))).execute(tx.conn())?;
    }
    Ok(())
}

/// The code of the invoice that took another's place.
pub fn replacement_of(tx: &mut Tx<'_>, invoice: i64) -> Result<Option<String>, StoreError> {
    Ok(invoices::table
        .filter(invoices::replaces_id.eq(invoice))
        .order(invoices::id.desc())
        .select(invoices::code)
        .first(tx.conn())
        .optional()?)
}

/// A code that another school issued.
#[derive(Clone, Debug, PartialEq, Eq, Queryable)]
pub struct ForeignCodeRow {
    pub code: String,
    pub school: String,
    pub closed_on: Option<NaiveDate>,
}

/// Which of some codes other schools have; of several schools the first that was added counts.
pub fn codes_elsewhere(
    tx: &mut Tx<'_>,
    school: i64,
    codes: &[String],
) -> Result<Vec<ForeignCodeRow>, StoreError> {
    let mut found: Vec<ForeignCodeRow> = Vec::new();
    for chunk in codes.chunks(IDS_PER_QUERY) {
        found.extend(
            invoices::table
                .inner_join(schools::table)
                .filter(invoices::code.eq_any(chunk))
                .filter(invoices::school_id.ne(school))
                .order((invoices::code, invoices::school_id))
                .select((invoices::code, schools::name, schools::closed_on))
                .load::<ForeignCodeRow>(tx.conn())?,
        );
    }
    found.dedup_by(|later, first| later.code == first.code);
    Ok(found)
}

pub fn lines_of_school(tx: &mut Tx<'_>, school: i64) -> Result<Vec<InvoiceLineRow>, StoreError> {
    Ok(invoice_lines::table
        .filter(invoice_lines::school_id.eq(school))
        .order((invoice_lines::invoice_id, invoice_lines::position))
        .select(InvoiceLineRow::as_select())
        .load(tx.conn())?)
}

/// The lines of some invoices, each with its fee item's priority, in the order they are paid.
pub fn lines_of(
    tx: &mut Tx<'_>,
    invoices: &[i64],
) -> Result<Vec<(InvoiceLineRow, i32)>, StoreError> {
    let mut lines = Vec::new();
    for chunk in invoices.chunks(IDS_PER_QUERY) {
        lines.extend(
            invoice_lines::table
                .inner_join(fee_items::table)
                .filter(invoice_lines::invoice_id.eq_any(chunk))
                .order((invoice_lines::invoice_id, fee_items::priority, invoice_lines::position))
                .select((InvoiceLineRow::as_select(), fee_items::priority))
                .load::<(InvoiceLineRow, i32)>(tx.conn())?,
        );
    }
    Ok(lines)
}

pub fn set_cancelled(tx: &mut Tx<'_>, invoice: i64, cancelled: bool) -> Result<(), StoreError> {
    tx.touched.invoices([invoice]);
    diesel::update(invoices::table.find(invoice))
        .set(invoices::cancelled.eq(cancelled))
        .execute(tx.conn())?;
    Ok(())
}

/// Adds to what is paid on each invoice, in đồng; the CHECK on the table refuses an overpaid one.
pub fn add_paid(tx: &mut Tx<'_>, changes: &BTreeMap<i64, i64>) -> Result<(), StoreError> {
    let changes: Vec<(i64, i64)> =
        changes.iter().filter(|(_, dong)| **dong != 0).map(|(id, dong)| (*id, *dong)).collect();
    tx.touched.invoices(changes.iter().map(|(id, _)| *id));
    for chunk in changes.chunks(ROWS_PER_UPDATE) {
        let mut sql = String::from(
            "UPDATE invoices SET paid_dong = paid_dong + change.column2 FROM (VALUES ",
        );
        for (index, (id, dong)) in chunk.iter().enumerate() {
            let comma = if index == 0 { "" } else { "," };
            let _ = write!(sql, "{comma}({id},{dong})");
        }
        sql.push_str(") AS change WHERE invoices.id = change.column1");
        diesel::sql_query(sql).execute(tx.conn())?;
    }
    Ok(())
}
