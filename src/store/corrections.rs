//! What comes after an invoice was issued: credit notes, write-offs, refunds.

use chrono::{NaiveDate, NaiveDateTime};
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::BigInt;

use super::schema::{
    allocations, credit_note_lines, credit_notes, invoice_lines, invoices, refund_parts, refunds,
    write_offs,
};
use super::{StoreError, Tx, dialect};

/// A row of `credit_notes`.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = credit_notes, treat_none_as_default_value = false)]
pub struct CreditNoteRow {
    pub id: i64,
    pub school_id: i64,
    pub invoice_id: i64,
    pub kind: String,
    pub number: i64,
    pub school_year: i32,
    pub gross_dong: i64,
    pub waived_dong: i64,
    pub net_dong: i64,
    pub reason: String,
    pub made_by: String,
    pub made_at: NaiveDateTime,
}

/// A row of `credit_note_lines`.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = credit_note_lines, treat_none_as_default_value = false)]
pub struct CreditNoteLineRow {
    pub id: i64,
    pub school_id: i64,
    pub credit_note_id: i64,
    pub invoice_line_id: i64,
    pub gross_dong: i64,
    pub waived_dong: i64,
    pub net_dong: i64,
}

/// A row of `write_offs`.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = write_offs, treat_none_as_default_value = false)]
pub struct WriteOffRow {
    pub id: i64,
    pub school_id: i64,
    pub invoice_id: i64,
    pub amount_dong: i64,
    pub reason: String,
    pub state: String,
    pub asked_by: String,
    pub asked_at: NaiveDateTime,
    pub decided_by: Option<String>,
    pub decided_at: Option<NaiveDateTime>,
    pub credit_note_id: Option<i64>,
}

/// A row of `refunds`.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = refunds, treat_none_as_default_value = false)]
pub struct RefundRow {
    pub id: i64,
    pub school_id: i64,
    pub family_id: i64,
    pub student_id: i64,
    pub fee_item_id: Option<i64>,
    pub amount_dong: i64,
    pub bin: String,
    pub account: String,
    pub holder: String,
    pub reason: String,
    pub state: String,
    pub ordered_by: String,
    pub ordered_at: NaiveDateTime,
    pub closed_by: Option<String>,
    pub closed_at: Option<NaiveDateTime>,
    pub paid_on: Option<NaiveDate>,
    pub reference: Option<String>,
}

/// A row of `refund_parts`.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = refund_parts, treat_none_as_default_value = false)]
pub struct RefundPartRow {
    pub id: i64,
    pub school_id: i64,
    pub refund_id: i64,
    pub payment_id: i64,
    pub amount_dong: i64,
}

/// By how much figures come down, in đồng.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Reduction {
    pub gross: i64,
    pub waived: i64,
    pub net: i64,
}

pub fn insert_credit_note(
    tx: &mut Tx<'_>,
    row: &CreditNoteRow,
    lines: &[CreditNoteLineRow],
) -> Result<(), StoreError> {
    diesel::insert_into(credit_notes::table).values(row.clone()).execute(tx.conn())?;
    dialect::insert_all::<credit_note_lines::table, CreditNoteLineRow>(
        tx,
        credit_note_lines::table,
        lines,
    )
}

/// Credit notes of an invoice, oldest first.
pub fn credit_notes_of(tx: &mut Tx<'_>, invoice: i64) -> Result<Vec<CreditNoteRow>, StoreError> {
    Ok(credit_notes::table
        .filter(credit_notes::invoice_id.eq(invoice))
        .order(credit_notes::id)
        .select(CreditNoteRow::as_select())
        .load(tx.conn())?)
}

/// Lowers a line of an invoice.
pub fn lower_line(tx: &mut Tx<'_>, line: i64, by: Reduction) -> Result<(), StoreError> {
    diesel::update(invoice_lines::table.find(line))
        .set((
            invoice_lines::gross_dong.eq(invoice_lines::gross_dong - by.gross),
            invoice_lines::waived_dong.eq(invoice_lines::waived_dong - by.waived),
            invoice_lines::net_dong.eq(invoice_lines::net_dong - by.net),
        ))
        .execute(tx.conn())?;
    Ok(())
}

/// Lowers an invoice; the CHECK on the table refuses one that is paid beyond what is left of it.
pub fn lower_invoice(tx: &mut Tx<'_>, invoice: i64, by: Reduction) -> Result<(), StoreError> {
    tx.touched.invoices([invoice]);
    diesel::update(invoices::table.find(invoice))
        .set((
            invoices::gross_dong.eq(invoices::gross_dong - by.gross),
            invoices::waived_dong.eq(invoices::waived_dong - by.waived),
            invoices::net_dong.eq(invoices::net_dong - by.net),
        ))
        .execute(tx.conn())?;
    Ok(())
}

/// Payments of which something stands on an invoice, with how much, the last that came first.
pub fn payments_on(tx: &mut Tx<'_>, invoice: i64) -> Result<Vec<(i64, i64)>, StoreError> {
    let mut sums: Vec<(i64, i64)> = allocations::table
        .filter(allocations::invoice_id.eq(invoice))
        .group_by(allocations::payment_id)
        .select((allocations::payment_id, sql::<BigInt>("CAST(SUM(amount_dong) AS BIGINT)")))
        .load(tx.conn())?;
    sums.retain(|(_, dong)| *dong != 0);
    sums.sort_unstable_by_key(|(payment, _)| std::cmp::Reverse(*payment));
    Ok(sums)
}

/// Payments with credit that belongs to some families, with whose and how much, the first that came
/// first.
pub fn credit_of(tx: &mut Tx<'_>, school: i64) -> Result<Vec<(i64, i64, i64)>, StoreError> {
    let mut sums: Vec<(i64, Option<i64>, i64)> = allocations::table
        .filter(allocations::school_id.eq(school))
        .filter(allocations::target.eq("family_credit"))
        .group_by((allocations::payment_id, allocations::family_id))
        .select((
            allocations::payment_id,
            allocations::family_id,
            sql::<BigInt>("CAST(SUM(amount_dong) AS BIGINT)"),
        ))
        .load(tx.conn())?;
    sums.sort_unstable();
    Ok(sums
        .into_iter()
        .filter(|(_, _, dong)| *dong > 0)
        .filter_map(|(payment, family, dong)| Some((payment, family?, dong)))
        .collect())
}

pub fn insert_write_off(tx: &mut Tx<'_>, row: &WriteOffRow) -> Result<(), StoreError> {
    diesel::insert_into(write_offs::table).values(row.clone()).execute(tx.conn())?;
    Ok(())
}

pub fn write_off(tx: &mut Tx<'_>, id: i64) -> Result<Option<WriteOffRow>, StoreError> {
    Ok(write_offs::table.find(id).select(WriteOffRow::as_select()).first(tx.conn()).optional()?)
}

/// Write-offs of a school, newest first.
pub fn write_offs_of(tx: &mut Tx<'_>, school: i64) -> Result<Vec<WriteOffRow>, StoreError> {
    Ok(write_offs::table
        .filter(write_offs::school_id.eq(school))
        .order(write_offs::id.desc())
        .select(WriteOffRow::as_select())
        .load(tx.conn())?)
}

/// A page of write-offs of a school, newest first; in one state where it is named.
pub fn write_offs_page(
    tx: &mut Tx<'_>,
    school: i64,
    (state, before): (Option<&str>, Option<i64>),
    limit: i64,
) -> Result<Vec<WriteOffRow>, StoreError> {
    let mut query = write_offs::table.filter(write_offs::school_id.eq(school)).into_boxed();
    if let Some(state) = state {
        query = query.filter(write_offs::state.eq(state));
    }
    if let Some(before) = before {
        query = query.filter(write_offs::id.lt(before));
    }
    Ok(query
        .order(write_offs::id.desc())
        .limit(limit)
        .select(WriteOffRow::as_select())
        .load(tx.conn())?)
}

/// Writes what became of a write-off that was asked for.
pub fn decide_write_off(tx: &mut Tx<'_>, row: &WriteOffRow) -> Result<(), StoreError> {
    diesel::update(write_offs::table.find(row.id))
        .set((
            write_offs::state.eq(&row.state),
            write_offs::decided_by.eq(&row.decided_by),
            write_offs::decided_at.eq(row.decided_at),
            write_offs::credit_note_id.eq(row.credit_note_id),
        ))
        .execute(tx.conn())?;
    Ok(())
}

pub fn insert_refund(
    tx: &mut Tx<'_>,
    row: &RefundRow,
    parts: &[RefundPartRow],
) -> Result<(), StoreError> {
    diesel::insert_into(refunds::table).values(row.clone()).execute(tx.conn())?;
    dialect::insert_all::<refund_parts::table, RefundPartRow>(tx, refund_parts::table, parts)
}

pub fn refund(tx: &mut Tx<'_>, id: i64) -> Result<Option<RefundRow>, StoreError> {
    Ok(refunds::table.find(id).select(RefundRow::as_select()).first(tx.conn()).optional()?)
}

pub fn refund_parts_of(tx: &mut Tx<'_>, refund: i64) -> Result<Vec<RefundPartRow>, StoreError> {
    Ok(refund_parts::table
        .filter(refund_parts::refund_id.eq(refund))
        .order(refund_parts::id)
        .select(RefundPartRow::as_select())
        .load(tx.conn())?)
}

/// Refunds of a school, newest first.
pub fn refunds_of(tx: &mut Tx<'_>, school: i64) -> Result<Vec<RefundRow>, StoreError> {
    Ok(refunds::table
        .filter(refunds::school_id.eq(school))
        .order(refunds::id.desc())
        .select(RefundRow::as_select())
        .load(tx.conn())?)
}

/// The refunds of a family, the last first.
pub fn refunds_of_family(tx: &mut Tx<'_>, family: i64) -> Result<Vec<RefundRow>, StoreError> {
    Ok(refunds::table
        .filter(refunds::family_id.eq(family))
        .order(refunds::id.desc())
        .select(RefundRow::as_select())
        .load(tx.conn())?)
}

/// A page of refunds of a school, newest first; in one state, or of one student, where they are named.
pub fn refunds_page(
    tx: &mut Tx<'_>,
    school: i64,
    (state, student, before): (Option<&str>, Option<i64>, Option<i64>),
    limit: i64,
) -> Result<Vec<RefundRow>, StoreError> {
    let mut query = refunds::table.filter(refunds::school_id.eq(school)).into_boxed();
    if let Some(state) = state {
        query = query.filter(refunds::state.eq(state));
    }
    if let Some(student) = student {
        query = query.filter(refunds::student_id.eq(student));
    }
    if let Some(before) = before {
        query = query.filter(refunds::id.lt(before));
    }
    Ok(query
        .order(refunds::id.desc())
        .limit(limit)
        .select(RefundRow::as_select())
        .load(tx.conn())?)
}

/// Writes what became of a refund that was ordered.
pub fn close_refund(tx: &mut Tx<'_>, row: &RefundRow) -> Result<(), StoreError> {
    diesel::update(refunds::table.find(row.id))
        .set((
            refunds::state.eq(&row.state),
            refunds::closed_by.eq(&row.closed_by),
            refunds::closed_at.eq(row.closed_at),
            refunds::paid_on.eq(row.paid_on),
            refunds::reference.eq(&row.reference),
        ))
        .execute(tx.conn())?;
    Ok(())
}
