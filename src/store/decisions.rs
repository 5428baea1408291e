//! Decisions about payments and the ledger of allocations: both only ever grow.

use std::collections::BTreeMap;

use chrono::NaiveDateTime;
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool};

use super::payments::{NOT_CLOSED, PaymentFilter};
use super::schema::{allocations, decisions, payments};
use super::{IDS_PER_QUERY, StoreError, Tx, dialect};

/// A row of `decisions`.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = decisions, treat_none_as_default_value = false)]
pub struct DecisionRow {
    pub id: i64,
    pub school_id: i64,
    pub payment_id: i64,
    pub kind: String,
    pub rule: String,
    pub body: String,
    pub decided_by: String,
    pub decided_at: NaiveDateTime,
    pub import_id: Option<i64>,
    pub note: Option<String>,
}

/// A row of `allocations`.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = allocations, treat_none_as_default_value = false)]
pub struct AllocationRow {
    pub id: i64,
    pub school_id: i64,
    pub payment_id: i64,
    pub decision_id: i64,
    pub target: String,
    pub invoice_id: Option<i64>,
    pub invoice_line_id: Option<i64>,
    pub family_id: Option<i64>,
    pub amount_dong: i64,
    pub reverses_id: Option<i64>,
    pub at: NaiveDateTime,
}
pub fn insert_decisions(tx: &mut Tx<'_>, rows: &[DecisionRow]) -> Result<(), StoreError> {
    dialect::insert_all::<decisions::table, DecisionRow>(tx, decisions::table, rows)
}

pub fn insert_allocations(tx: &mut Tx<'_>, rows: &[AllocationRow]) -> Result<(), StoreError> {
    dialect::insert_all::<allocations::table, AllocationRow>(tx, allocations::table, rows)
}

pub fn decisions_by_id(tx: &mut Tx<'_>, ids: &[i64]) -> Result<Vec<DecisionRow>, StoreError> {
    let mut found = Vec::with_capacity(ids.len());
    for chunk in ids.chunks(IDS_PER_QUERY) {
        found.extend(
            decisions::table
                .filter(decisions::id.eq_any(chunk))
                .select(DecisionRow::as_select())
                .load::<DecisionRow>(tx.conn())?,
        );
    }
    Ok(found)
}

/// Every decision of a payment, oldest first.
pub fn history(tx: &mut Tx<'_>, payment: i64) -> Result<Vec<DecisionRow>, StoreError> {
    Ok(decisions::table
        .filter(decisions::payment_id.eq(payment))
        .order(decisions::id)
        .select(DecisionRow::as_select())
        .load(tx.conn())?)
}

/// The ledger rows of one payment that reverse nothing, oldest first: what each decision used it for.
pub fn uses_of(tx: &mut Tx<'_>, payment: i64) -> Result<Vec<AllocationRow>, StoreError> {
    Ok(allocations::table
        .filter(allocations::payment_id.eq(payment))
        .filter(allocations::reverses_id.is_null())
        .order(allocations::id)
        .select(AllocationRow::as_select())
        .load(tx.conn())?)
}

/// The ledger rows of some payments that no later row reverses, oldest first.
pub fn standing_allocations(
    tx: &mut Tx<'_>,
    payments: &[i64],
) -> Result<Vec<AllocationRow>, StoreError> {
    let mut rows: Vec<AllocationRow> = Vec::new();
    for chunk in payments.chunks(IDS_PER_QUERY) {
        rows.extend(
            allocations::table
                .filter(allocations::payment_id.eq_any(chunk))
                .order(allocations::id)
                .select(AllocationRow::as_select())
                .load::<AllocationRow>(tx.conn())?,
        );
    }
    let reversed: std::collections::HashSet<i64> =
        rows.iter().filter_map(|row| row.reverses_id).collect();
    rows.retain(|row| row.reverses_id.is_none() && !reversed.contains(&row.id));
    Ok(rows)
}

/// What stands allocated to each invoice from the payments that a filter picks, in đồng; the
/// filter's page does not count.
pub fn standing_by_invoice(
    tx: &mut Tx<'_>,
    school: i64,
    filter: &PaymentFilter<'_>,
) -> Result<Vec<(i64, i64)>, StoreError> {
    let mut query = allocations::table
        .inner_join(payments::table)
        .filter(payments::school_id.eq(school))
        .filter(payments::voided.eq(false))
        .filter(payments::allocated_dong.gt(0))
        .filter(allocations::invoice_id.is_not_null())
        .into_boxed();
    if let Some(from) = filter.from {
        query = query.filter(payments::booking_date.ge(from));
    }
    if filter.machine_only {
        query = query.filter(payments::decided_by.eq("machine"));
    }
    if !filter.kinds.is_empty() {
        query = query.filter(payments::decision_kind.eq_any(filter.kinds.to_vec()));
    }
    if filter.not_closed {
        query = query.filter(sql::<Bool>(NOT_CLOSED));
    }
    let rows: Vec<(Option<i64>, i64)> =
        query.select((allocations::invoice_id, allocations::amount_dong)).load(tx.conn())?;
    let mut sums: BTreeMap<i64, i64> = BTreeMap::new();
    for (invoice, dong) in rows {
        let sum = sums.entry(invoice.unwrap_or_default()).or_default();
        *sum = sum.saturating_add(dong);
    }
    Ok(sums.into_iter().filter(|(_, dong)| *dong != 0).collect())
}

/// What stands allocated to invoices from a school's payments of money in by way of the bank, cash
/// vouchers left out: payment, invoice and đồng.
pub fn standing_by_payment(
    tx: &mut Tx<'_>,
    school: i64,
) -> Result<Vec<(i64, i64, i64)>, StoreError> {
    let rows: Vec<(i64, Option<i64>, i64)> = allocations::table
        .inner_join(payments::table)
        .filter(payments::school_id.eq(school))
        .filter(payments::voided.eq(false))
        .filter(payments::credit_debit.eq("credit"))
        .filter(payments::entry_id.is_not_null())
        .filter(payments::allocated_dong.gt(0))
        .filter(allocations::invoice_id.is_not_null())
        .group_by((allocations::payment_id, allocations::invoice_id))
        .order((allocations::payment_id, allocations::invoice_id))
        .select((
            allocations::payment_id,
            allocations::invoice_id,
            sql::<BigInt>("CAST(SUM(allocations.amount_dong) AS BIGINT)"),
        ))
        .load(tx.conn())?;
    let known = rows.into_iter().filter_map(|(payment, invoice, dong)| {
        Some((payment, invoice?, dong)).filter(|(.., dong)| *dong != 0)
    });
    Ok(known.collect())
}

/// Everything ever decided about the payments of a school about which a person decided anything,
/// oldest first: payment, who decided, and body.
pub fn of_persons_payments(
    tx: &mut Tx<'_>,
    school: i64,
) -> Result<Vec<(i64, String, String)>, StoreError> {
    let persons = decisions::table
        .filter(decisions::school_id.eq(school))
        .filter(decisions::decided_by.ne("machine"))
        .select(decisions::payment_id)
        .distinct()
        .load::<i64>(tx.conn())?;
    let mut found: Vec<(i64, (i64, String, String))> = Vec::new();
    for chunk in persons.chunks(IDS_PER_QUERY) {
        found.extend(
            decisions::table
                .filter(decisions::payment_id.eq_any(chunk))
                .select((
                    decisions::id,
                    (decisions::payment_id, decisions::decided_by, decisions::body),
                ))
                .load::<(i64, (i64, String, String))>(tx.conn())?,
        );
    }
    found.sort_by_key(|(id, _)| *id);
    Ok(found.into_iter().map(|(_, row)| row).collect())
}

/// What is allocated to each line of some invoices, in đồng.
pub fn allocated_by_line(tx: &mut Tx<'_>, invoices: &[i64]) -> Result<Vec<(i64, i64)>, StoreError> {
    let mut sums = Vec::new();
    for chunk in invoices.chunks(IDS_PER_QUERY) {
        let rows: Vec<(Option<i64>, i64)> = allocations::table
            .filter(allocations::invoice_id.eq_any(chunk))
            .group_by(allocations::invoice_line_id)
            .select((
                allocations::invoice_line_id,
                sql::<BigInt>("CAST(SUM(amount_dong) AS BIGINT)"),
            ))
            .load(tx.conn())?;
        sums.extend(rows.into_iter().filter_map(|(line, dong)| Some((line?, dong))));
    }
    Ok(sums)
}

/// What was allocated to an invoice by the ledger rows before one of them, in đồng.
pub fn allocated_before(tx: &mut Tx<'_>, invoice: i64, row: i64) -> Result<i64, StoreError> {
    let sum: Option<i64> = allocations::table
        .filter(allocations::invoice_id.eq(invoice))
        .filter(allocations::id.lt(row))
        .select(sql::<diesel::sql_types::Nullable<BigInt>>("CAST(SUM(amount_dong) AS BIGINT)"))
        .first(tx.conn())?;
    Ok(sum.unwrap_or_default())
}

/// What families of a school have as credit, in đồng.
pub fn family_credit(tx: &mut Tx<'_>, school: i64) -> Result<Vec<(i64, i64)>, StoreError> {
    let rows: Vec<(Option<i64>, i64)> = allocations::table
        .filter(allocations::school_id.eq(school))
        .filter(allocations::target.eq("family_credit"))
        .group_by(allocations::family_id)
        .select((allocations::family_id, sql::<BigInt>("CAST(SUM(amount_dong) AS BIGINT)")))
        .order(allocations::family_id)
        .load(tx.conn())?;
    Ok(rows.into_iter().filter_map(|(family, dong)| Some((family?, dong))).collect())
}
