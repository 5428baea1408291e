//! Receipts: issued once, voided by a row of its own.

use chrono::{NaiveDate, NaiveDateTime};
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Nullable};

use super::schema::{
    allocations, receipt_invoices, receipt_requests, receipt_terms, receipt_voids, receipts,
};
use super::{IDS_PER_QUERY, StoreError, Tx, dialect};

/// A row of `receipt_terms`; its id is the school's.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = receipt_terms, treat_none_as_default_value = false, treat_none_as_null = true)]
pub struct TermsRow {
    pub id: i64,
    pub issue: bool,
    pub from_day: Option<NaiveDate>,
    pub after_allocation: i64,
}

/// A row of `receipts`.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = receipts, treat_none_as_default_value = false)]
pub struct ReceiptRow {
    pub id: i64,
    pub school_id: i64,
    pub payment_id: i64,
    pub student_id: i64,
    pub school_year: i32,
    pub number: i64,
    pub code: String,
    pub amount_dong: i64,
    pub class: String,
    pub search_key: String,
    pub body: String,
    pub issued_on: NaiveDate,
    pub issued_at: NaiveDateTime,
    pub issued_by: String,
    pub replaces_id: Option<i64>,
}

/// A row of `receipt_voids`.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = receipt_voids, treat_none_as_default_value = false)]
pub struct VoidRow {
    pub id: i64,
    pub school_id: i64,
    pub receipt_id: i64,
    pub kind: String,
    pub reason: Option<String>,
    pub voided_by: String,
    pub voided_at: NaiveDateTime,
}

/// A row of `receipt_requests`.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = receipt_requests, treat_none_as_default_value = false)]
pub struct RequestRow {
    pub id: i64,
    pub school_id: i64,
    pub receipt_id: i64,
    pub reason: String,
    pub state: String,
    pub asked_by: String,
    pub asked_at: NaiveDateTime,
    pub decided_by: Option<String>,
    pub decided_at: Option<NaiveDateTime>,
}

/// A row of `receipt_invoices`.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = receipt_invoices, treat_none_as_default_value = false)]
pub struct InvoiceElsewhereRow {
    pub id: i64,
    pub school_id: i64,
    pub receipt_id: i64,
    pub symbol: Option<String>,
    pub number: Option<String>,
    pub lookup_code: Option<String>,
    pub lookup_url: Option<String>,
    pub entered_by: String,
    pub entered_at: NaiveDateTime,
}

/// A receipt and, where it holds no longer, what voided it.
pub type Standing = (ReceiptRow, Option<VoidRow>);

pub fn insert(tx: &mut Tx<'_>, rows: &[ReceiptRow]) -> Result<(), StoreError> {
    dialect::load_all!(tx, receipts, ReceiptRow, rows)
}

pub fn insert_voids(tx: &mut Tx<'_>, rows: &[VoidRow]) -> Result<(), StoreError> {
    dialect::insert_all::<receipt_voids::table, VoidRow>(tx, receipt_voids::table, rows)
}

pub fn insert_request(tx: &mut Tx<'_>, row: &RequestRow) -> Result<(), StoreError> {
    diesel::insert_into(receipt_requests::table).values(row.clone()).execute(tx.conn())?;
    Ok(())
}

pub fn insert_invoice_elsewhere(
    tx: &mut Tx<'_>,
    row: &InvoiceElsewhereRow,
) -> Result<(), StoreError> {
    diesel::insert_into(receipt_invoices::table).values(row.clone()).execute(tx.conn())?;
    Ok(())
}

pub fn decide_request(tx: &mut Tx<'_>, row: &RequestRow) -> Result<(), StoreError> {
    diesel::update(receipt_requests::table.find(row.id))
        .set((
            receipt_requests::state.eq(&row.state),
            receipt_requests::decided_by.eq(&row.decided_by),
            receipt_requests::decided_at.eq(row.decided_at),
        ))
        .execute(tx.conn())?;
    Ok(())
}

/// The terms of a school, where it has any.
pub fn terms(tx: &mut Tx<'_>, school: i64) -> Result<Option<TermsRow>, StoreError> {
    Ok(receipt_terms::table
        .find(school)
        .select(TermsRow::as_select())
        .first(tx.conn())
        .optional()?)
}

/// Writes the terms of a school, whose row is locked.
pub fn set_terms(tx: &mut Tx<'_>, row: &TermsRow) -> Result<(), StoreError> {
    let known =
        diesel::update(receipt_terms::table.find(row.id)).set(row.clone()).execute(tx.conn())?;
    if known == 0 {
        diesel::insert_into(receipt_terms::table).values(row.clone()).execute(tx.conn())?;
    }
    Ok(())
}

/// The last ledger row of a school, 0 where there is none.
pub fn last_allocation(tx: &mut Tx<'_>, school: i64) -> Result<i64, StoreError> {
    let last: Option<i64> = allocations::table
        .filter(allocations::school_id.eq(school))
        .select(diesel::dsl::max(allocations::id))
        .first(tx.conn())?;
    Ok(last.unwrap_or(0))
}

/// The last number of a school's year; the school's row is locked.
pub fn last_number(tx: &mut Tx<'_>, school: i64, year: i32) -> Result<i64, StoreError> {
    let last: Option<i64> = receipts::table
        .filter(receipts::school_id.eq(school))
        .filter(receipts::school_year.eq(year))
        .select(sql::<Nullable<BigInt>>("MAX(number)"))
        .first(tx.conn())?;
    Ok(last.unwrap_or(0))
}

/// The receipts of some payments that hold.
pub fn live_of(tx: &mut Tx<'_>, payments: &[i64]) -> Result<Vec<ReceiptRow>, StoreError> {
    let mut found = Vec::new();
    for chunk in payments.chunks(IDS_PER_QUERY) {
        found.extend(
            receipts::table
                .left_join(receipt_voids::table)
                .filter(receipts::payment_id.eq_any(chunk))
                .filter(receipt_voids::id.is_null())
                .order(receipts::id)
                .select(ReceiptRow::as_select())
                .load::<ReceiptRow>(tx.conn())?,
        );
    }
    Ok(found)
}

/// Receipts by their ids, in the order of their numbers.
pub fn by_id(tx: &mut Tx<'_>, ids: &[i64]) -> Result<Vec<Standing>, StoreError> {
    let mut found = Vec::with_capacity(ids.len());
    for chunk in ids.chunks(IDS_PER_QUERY) {
        found.extend(
            receipts::table
                .left_join(receipt_voids::table)
                .filter(receipts::id.eq_any(chunk))
                .order((receipts::school_year, receipts::number))
                .select((ReceiptRow::as_select(), Option::<VoidRow>::as_select()))
                .load::<Standing>(tx.conn())?,
        );
    }
    Ok(found)
}

/// The receipt with a code that whoever holds it can ask about.
pub fn by_code(tx: &mut Tx<'_>, code: &str) -> Result<Option<Standing>, StoreError> {
    Ok(receipts::table
        .left_join(receipt_voids::table)
        .filter(receipts::code.eq(code))
        .select((ReceiptRow::as_select(), Option::<VoidRow>::as_select()))
        .first(tx.conn())
        .optional()?)
}

/// The receipts that took the place of others: by the id of the one before.
pub fn replacements(tx: &mut Tx<'_>, ids: &[i64]) -> Result<Vec<(i64, ReceiptRow)>, StoreError> {
    let mut found = Vec::new();
    for chunk in ids.chunks(IDS_PER_QUERY) {
        let rows = receipts::table
            .filter(receipts::replaces_id.eq_any(chunk.iter().copied().map(Some)))
            .select(ReceiptRow::as_select())
            .load::<ReceiptRow>(tx.conn())?;
        found.extend(rows.into_iter().filter_map(|row| Some((row.replaces_id?, row))));
    }
    Ok(found)
}

/// Every receipt of some students, newest first.
pub fn of_students(tx: &mut Tx<'_>, students: &[i64]) -> Result<Vec<Standing>, StoreError> {
    let mut found: Vec<Standing> = Vec::new();
    for chunk in students.chunks(IDS_PER_QUERY) {
        found.extend(
            receipts::table
                .left_join(receipt_voids::table)
                .filter(receipts::student_id.eq_any(chunk))
                .select((ReceiptRow::as_select(), Option::<VoidRow>::as_select()))
                .load::<Standing>(tx.conn())?,
        );
    }
    found.sort_by_key(|(row, _)| std::cmp::Reverse((row.school_year, row.number)));
    Ok(found)
}

/// Every receipt of a payment, oldest first.
pub fn of_payment(tx: &mut Tx<'_>, payment: i64) -> Result<Vec<Standing>, StoreError> {
    Ok(receipts::table
        .left_join(receipt_voids::table)
        .filter(receipts::payment_id.eq(payment))
        .order(receipts::id)
        .select((ReceiptRow::as_select(), Option::<VoidRow>::as_select()))
        .load(tx.conn())?)
}

/// Which receipts a page shows.
#[derive(Clone, Debug, Default)]
pub struct ReceiptPage {
    pub from: Option<NaiveDate>,
    pub to: Option<NaiveDate>,
    pub class: Option<String>,
    /// Whether they hold; any when absent.
    pub live: Option<bool>,
    /// Of those that do not hold, whether another took their place.
    pub replaced: Option<bool>,
    /// Only those of the school year that begins in this year.
    pub year: Option<i32>,
    /// A year and number: only this one.
    pub number: Option<(i32, i64)>,
    /// A code: only this one.
    pub code: Option<String>,
    /// Folded words, all of which stand in the name or the student's code.
    pub words: Vec<String>,
    /// Before this year and number.
    pub before: Option<(i32, i64)>,
    pub limit: i64,
}

/// A page of a school's receipts, the last number first.
pub fn page(tx: &mut Tx<'_>, school: i64, page: &ReceiptPage) -> Result<Vec<Standing>, StoreError> {
    let mut query = receipts::table
        .left_join(receipt_voids::table)
        .filter(receipts::school_id.eq(school))
        .into_boxed();
    if let Some(from) = page.from {
        query = query.filter(receipts::issued_on.ge(from));
    }
    if let Some(to) = page.to {
        query = query.filter(receipts::issued_on.le(to));
    }
    if let Some(class) = &page.class {
        query = query.filter(receipts::class.eq(class.clone()));
    }
    if let Some(live) = page.live {
        query = if live {
            query.filter(receipt_voids::id.is_null())
        } else {
            query.filter(receipt_voids::id.is_not_null())
        };
    }
    if let Some(replaced) = page.replaced {
        let kind = if replaced { "changed" } else { "withdrawn" };
        query = query
            .filter(sql::<Bool>("receipt_voids.kind = ").bind::<diesel::sql_types::Text, _>(kind));
    }
    if let Some(year) = page.year {
        query = query.filter(receipts::school_year.eq(year));
    }
    if let Some((year, number)) = page.number {
        query = query.filter(receipts::school_year.eq(year)).filter(receipts::number.eq(number));
    }
    if let Some(code) = &page.code {
        query = query.filter(receipts::code.eq(code.clone()));
    }
    for word in &page.words {
        query = query.filter(receipts::search_key.like(format!("%{word}%")));
    }
    if let Some((year, number)) = page.before {
        query = query.filter(
            receipts::school_year
                .lt(year)
                .or(receipts::school_year.eq(year).and(receipts::number.lt(number))),
        );
    }
    Ok(query
        .order((receipts::school_year.desc(), receipts::number.desc()))
        .limit(page.limit)
        .select((ReceiptRow::as_select(), Option::<VoidRow>::as_select()))
        .load(tx.conn())?)
}

/// The classes that receipts of a school name.
pub fn classes(tx: &mut Tx<'_>, school: i64) -> Result<Vec<String>, StoreError> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = diesel::sql_types::Text)]
        class: String,
    }
    // From one class to the next by the index, past however many receipts each has.
    let rows: Vec<Row> = diesel::sql_query(
        "WITH RECURSIVE found (class) AS (SELECT MIN(class) FROM receipts WHERE school_id = $1 \
         UNION ALL SELECT (SELECT MIN(r.class) FROM receipts r WHERE r.school_id = $1 \
         AND r.class > found.class) FROM found WHERE found.class IS NOT NULL) \
         SELECT class FROM found WHERE class IS NOT NULL ORDER BY class",
    )
    .bind::<diesel::sql_types::BigInt, _>(school)
    .load(tx.conn())?;
    Ok(rows.into_iter().map(|row| row.class).collect())
}

/// A request to void a receipt.
pub fn request(tx: &mut Tx<'_>, id: i64) -> Result<Option<RequestRow>, StoreError> {
    Ok(receipt_requests::table
        .find(id)
        .select(RequestRow::as_select())
        .first(tx.conn())
        .optional()?)
}

/// The requests about some receipts, oldest first.
pub fn requests_of(tx: &mut Tx<'_>, ids: &[i64]) -> Result<Vec<RequestRow>, StoreError> {
    let mut found = Vec::new();
    for chunk in ids.chunks(IDS_PER_QUERY) {
        found.extend(
            receipt_requests::table
                .filter(receipt_requests::receipt_id.eq_any(chunk))
                .order(receipt_requests::id)
                .select(RequestRow::as_select())
                .load::<RequestRow>(tx.conn())?,
        );
    }
    Ok(found)
}

/// The requests of a school that wait, oldest first, each with its receipt.
pub fn waiting(tx: &mut Tx<'_>, school: i64) -> Result<Vec<(RequestRow, ReceiptRow)>, StoreError> {
    Ok(receipt_requests::table
        .inner_join(receipts::table)
        .filter(receipt_requests::school_id.eq(school))
        .filter(receipt_requests::state.eq("asked"))
        .order(receipt_requests::id)
        .select((RequestRow::as_select(), ReceiptRow::as_select()))
        .load(tx.conn())?)
}

/// What was issued elsewhere for some receipts, oldest first.
pub fn invoices_elsewhere(
    tx: &mut Tx<'_>,
    ids: &[i64],
) -> Result<Vec<InvoiceElsewhereRow>, StoreError> {
    let mut found = Vec::new();
    for chunk in ids.chunks(IDS_PER_QUERY) {
        found.extend(
            receipt_invoices::table
                .filter(receipt_invoices::receipt_id.eq_any(chunk))
                .order(receipt_invoices::id)
                .select(InvoiceElsewhereRow::as_select())
                .load::<InvoiceElsewhereRow>(tx.conn())?,
        );
    }
    Ok(found)
}

/// Every receipt's id, amount and content, after an id: for whoever adds them up again.
pub fn bodies_after(
    tx: &mut Tx<'_>,
    after: i64,
    limit: i64,
) -> Result<Vec<(i64, i64, String)>, StoreError> {
    Ok(receipts::table
        .filter(receipts::id.gt(after))
        .order(receipts::id)
        .limit(limit)
        .select((receipts::id, receipts::amount_dong, receipts::body))
        .load(tx.conn())?)
}

/// The voucher numbers of some payments of cash taken at the school: payment, number, year.
pub fn voucher_numbers(
    tx: &mut Tx<'_>,
    payments: &[i64],
) -> Result<Vec<(i64, i64, i32)>, StoreError> {
    use super::schema::cash_vouchers;
    let mut found = Vec::new();
    for chunk in payments.chunks(IDS_PER_QUERY) {
        found.extend(
            cash_vouchers::table
                .filter(cash_vouchers::payment_id.eq_any(chunk))
                .select((cash_vouchers::payment_id, cash_vouchers::number, cash_vouchers::year))
                .load::<(i64, i64, i32)>(tx.conn())?,
        );
    }
    Ok(found)
}
