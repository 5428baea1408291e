//! Payments and cash vouchers.

use std::fmt::Write as _;

use chrono::{NaiveDate, NaiveDateTime};
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Date, Text};

use super::schema::{cash_vouchers, entries, payments};
use super::statements::EntryRow;
use super::{IDS_PER_QUERY, ROWS_PER_UPDATE, StoreError, Tx, added, dialect};

/// A row of `payments`.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = payments, treat_none_as_default_value = false)]
pub struct PaymentRow {
    pub id: i64,
    pub school_id: i64,
    pub bank_account_id: Option<i64>,
    pub entry_id: Option<i64>,
    pub credit_debit: String,
    pub channel: String,
    pub booking_date: NaiveDate,
    pub order_key: String,
    pub amount_dong: i64,
    pub allocated_dong: i64,
    pub credited_dong: i64,
    pub refunded_dong: i64,
    pub set_aside_dong: i64,
    pub decision_kind: String,
    pub decided_by: String,
    pub decision_id: Option<i64>,
    pub voided: bool,
    /// How sure the machine is of its first proposal, from 1 to 99; of no meaning without one.
    pub confidence: i32,
}

/// A row of `cash_vouchers`.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = cash_vouchers, treat_none_as_default_value = false)]
pub struct CashVoucherRow {
    pub id: i64,
    pub school_id: i64,
    pub payment_id: i64,
    pub number: i64,
    pub year: i32,
    pub payer: String,
    pub received_on: NaiveDate,
    pub note: Option<String>,
    pub request_key: Option<String>,
    pub voided_at: Option<NaiveDateTime>,
    pub voided_by: Option<String>,
    pub void_reason: Option<String>,
}
/// What became of a payment in one step: changes of its running totals, and the new decision.
#[derive(Clone, Debug)]
pub struct TotalsChange {
    pub payment: i64,
    pub allocated: i64,
    pub credited: i64,
    pub refunded: i64,
    pub set_aside: i64,
    /// A name of `DecisionKind`, or of a person's decision.
    pub kind: &'static str,
    pub decision: i64,
    /// The channel's stable name, where it is known better now.
    pub channel: Option<&'static str>,
    /// How sure the machine is of its first proposal; 0 where it makes none.
    pub confidence: i32,
}

pub fn insert_payments(tx: &mut Tx<'_>, rows: &[PaymentRow]) -> Result<(), StoreError> {
    for row in rows {
        tx.touched.day(row.school_id, row.booking_date);
    }
    dialect::insert_all::<payments::table, PaymentRow>(tx, payments::table, rows)
}

pub fn insert_voucher(tx: &mut Tx<'_>, row: &CashVoucherRow) -> Result<(), StoreError> {
    diesel::insert_into(cash_vouchers::table).values(row.clone()).execute(tx.conn())?;
    Ok(())
}

/// The highest voucher number of a school's year, 0 when there is none.
pub fn last_voucher_number(tx: &mut Tx<'_>, school: i64, year: i32) -> Result<i64, StoreError> {
    let last: Option<i64> = cash_vouchers::table
        .filter(cash_vouchers::school_id.eq(school))
        .filter(cash_vouchers::year.eq(year))
        .select(diesel::dsl::max(cash_vouchers::number))
        .first(tx.conn())?;
    Ok(last.unwrap_or(0))
}

pub fn payment(tx: &mut Tx<'_>, id: i64) -> Result<Option<PaymentRow>, StoreError> {
    Ok(payments::table.find(id).select(PaymentRow::as_select()).first(tx.conn()).optional()?)
}

/// A payment with the entry whose text speaks for it.
pub fn with_entry(tx: &mut Tx<'_>, id: i64) -> Result<Option<PaymentWithEntry>, StoreError> {
    Ok(payments::table
        .left_join(entries::table)
        .filter(payments::id.eq(id))
        .select((PaymentRow::as_select(), Option::<EntryRow>::as_select()))
        .first(tx.conn())
        .optional()?)
}

pub fn payments_by_id(tx: &mut Tx<'_>, ids: &[i64]) -> Result<Vec<PaymentRow>, StoreError> {
    let mut found = Vec::with_capacity(ids.len());
    for chunk in ids.chunks(IDS_PER_QUERY) {
        found.extend(
            payments::table
                .filter(payments::id.eq_any(chunk))
                .select(PaymentRow::as_select())
                .load::<PaymentRow>(tx.conn())?,
        );
    }
    Ok(found)
}

/// A payment with the entry whose text speaks for it; cash has none.
pub type PaymentWithEntry = (PaymentRow, Option<EntryRow>);

/// Which payments [`payments_with_entries`] returns.
#[derive(Clone, Copy, Debug, Default)]
pub struct PaymentFilter<'a> {
    /// Booked on this day or later.
    pub from: Option<NaiveDate>,
    /// Decided by the machine, not by a person.
    pub machine_only: bool,
    /// With one of these decisions; empty for any.
    pub kinds: &'a [&'a str],
    /// Not those that stand in a closed month.
    pub not_closed: bool,
    /// At most so many; 0 for all.
    pub limit: i64,
    /// After this payment in the canonical order.
    pub after: Option<(NaiveDate, &'a str, i64)>,
}

/// That a payment stands in no closed month.
pub(super) const NOT_CLOSED: &str = "NOT EXISTS (SELECT 1 FROM period_payments closed \
     WHERE closed.payment_id = payments.id AND closed.standing)";

/// A school's payments that hold, in canonical order: day, content, id.
pub fn payments_with_entries(
    tx: &mut Tx<'_>,
    school: i64,
    filter: &PaymentFilter<'_>,
) -> Result<Vec<PaymentWithEntry>, StoreError> {
    let mut query = payments::table
        .left_join(entries::table)
        .filter(payments::school_id.eq(school))
        .filter(payments::voided.eq(false))
        .into_boxed();
    // Whatever comes after a payment of the page before is late enough; said twice, SQLite would
    // seek by the day alone.
    if let (Some(from), None) = (filter.from, filter.after) {
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
    if let Some((day, key, id)) = filter.after {
        // One comparison of three columns: both databases seek it in the index, unlike the same
        // spelt out with OR.
        query = query.filter(
            sql::<Bool>("(payments.booking_date, payments.order_key, payments.id) > (")
                .bind::<Date, _>(day)
                .sql(", ")
                .bind::<Text, _>(key.to_owned())
                .sql(", ")
                .bind::<BigInt, _>(id)
                .sql(")"),
        );
    }
    if filter.limit > 0 {
        query = query.limit(filter.limit);
    }
    Ok(query
        .order((payments::booking_date, payments::order_key, payments::id))
        .select((PaymentRow::as_select(), Option::<EntryRow>::as_select()))
        .load(tx.conn())?)
}

/// Adds to the running totals of payments and names their new decision. The CHECK on the table
/// refuses a payment that would be used beyond its amount.
pub fn change_totals(
    tx: &mut Tx<'_>,
    changes: &[TotalsChange],
    decided_by: &str,
) -> Result<(), StoreError> {
    tx.touched.payments(changes.iter().map(|change| change.payment));
    for chunk in changes.chunks(ROWS_PER_UPDATE) {
        let mut sql = String::from(
            "UPDATE payments SET allocated_dong = allocated_dong + change.column2, \
             credited_dong = credited_dong + change.column3, \
             refunded_dong = refunded_dong + change.column4, \
             set_aside_dong = set_aside_dong + change.column5, \
             decision_kind = change.column6, decision_id = change.column7, \
             channel = CASE WHEN change.column8 = '' THEN channel ELSE change.column8 END, \
             confidence = change.column9, decided_by = $1 \
             FROM (VALUES ",
        );
        for (index, change) in chunk.iter().enumerate() {
            let comma = if index == 0 { "" } else { "," };
            let _ = write!(
                sql,
                "{comma}({},{},{},{},{},'{}',{},'{}',{})",
                change.payment,
                change.allocated,
                change.credited,
                change.refunded,
                change.set_aside,
                change.kind,
                change.decision,
                change.channel.unwrap_or_default(),
                change.confidence
            );
        }
        sql.push_str(") AS change WHERE payments.id = change.column1");
        diesel::sql_query(sql).bind::<Text, _>(decided_by).execute(tx.conn())?;
    }
    Ok(())
}

/// Kinds of decision that leave a payment open to the machine.
pub const UNDECIDED: [&str; 3] = ["new", "proposed", "unmatched"];

/// The payments that hold and that a line with this reference shows, of one school or of all (0).
pub fn by_reference(
    tx: &mut Tx<'_>,
    school: i64,
    reference: &str,
    limit: i64,
) -> Result<Vec<i64>, StoreError> {
    by_line(tx, "e.reference = $2", school, reference, limit)
}

/// The payments that hold and whose text on some line has this piece, in capitals or not.
pub fn by_text(
    tx: &mut Tx<'_>,
    school: i64,
    piece: &str,
    limit: i64,
) -> Result<Vec<i64>, StoreError> {
    // Neither database has a plain search in text that the other has too, but both replace.
    let fits = "REPLACE(LOWER(e.remittance), LOWER($2), '') <> LOWER(e.remittance)";
    by_line(tx, fits, school, piece, limit)
}

fn by_line(
    tx: &mut Tx<'_>,
    fits: &str,
    school: i64,
    words: &str,
    limit: i64,
) -> Result<Vec<i64>, StoreError> {
    let rows: Vec<PaymentIdRow> = diesel::sql_query(format!(
        "SELECT DISTINCT p.id AS id FROM payments p JOIN evidence v ON v.payment_id = p.id \
         AND v.kind <> 'withdrawn' JOIN entries e ON e.id = v.entry_id \
         WHERE NOT p.voided AND (p.school_id = $1 OR $1 = 0) AND {fits} ORDER BY p.id LIMIT $3"
    ))
    .bind::<BigInt, _>(school)
    .bind::<Text, _>(words)
    .bind::<BigInt, _>(limit)
    .load(tx.conn())?;
    Ok(rows.into_iter().map(|row| row.id).collect())
}

#[derive(QueryableByName)]
struct PaymentIdRow {
    #[diesel(sql_type = BigInt)]
    id: i64,
}

/// Whether the machine has left any payment of a school open.
pub fn has_undecided(tx: &mut Tx<'_>, school: i64) -> Result<bool, StoreError> {
    let found: Option<i64> = payments::table
        .filter(payments::school_id.eq(school))
        .filter(payments::voided.eq(false))
        .filter(payments::decided_by.eq("machine"))
        .filter(payments::decision_kind.eq_any(UNDECIDED))
        .select(payments::id)
        .first(tx.conn())
        .optional()?;
    Ok(found.is_some())
}

/// The entry whose text speaks for a payment, and what the payment takes from it.
#[derive(Clone, Debug)]
pub struct PrimaryEntry {
    pub entry: i64,
    pub order_key: String,
    pub booking_date: NaiveDate,
    pub channel: &'static str,
}

/// Points a payment at such an entry.
pub fn set_primary_entry(
    tx: &mut Tx<'_>,
    payment: i64,
    primary: &PrimaryEntry,
) -> Result<(), StoreError> {
    added::leave_months(tx, &[payment])?;
    tx.touched.payments([payment]);
    diesel::update(payments::table.find(payment))
        .set((
            payments::entry_id.eq(primary.entry),
            payments::order_key.eq(&primary.order_key),
            payments::booking_date.eq(primary.booking_date),
            payments::channel.eq(primary.channel),
        ))
        .execute(tx.conn())?;
    Ok(())
}

/// Says by which channel a payment came.
pub fn set_channel(tx: &mut Tx<'_>, payment: i64, channel: &str) -> Result<(), StoreError> {
    tx.touched.payments([payment]);
    diesel::update(payments::table.find(payment))
        .set(payments::channel.eq(channel))
        .execute(tx.conn())?;
    Ok(())
}

/// Gives a payment that a person had decided about, and that is used for nothing, back to the machine.
pub fn hand_to_machine(tx: &mut Tx<'_>, payment: i64) -> Result<(), StoreError> {
    diesel::update(payments::table.find(payment))
        .set((payments::decided_by.eq("machine"), payments::decision_kind.eq("unmatched")))
        .execute(tx.conn())?;
    Ok(())
}

/// Marks payments as resting on no evidence any more. They must be used for nothing.
pub fn void_payments(tx: &mut Tx<'_>, ids: &[i64]) -> Result<(), StoreError> {
    tx.touched.payments(ids.iter().copied());
    for chunk in ids.chunks(IDS_PER_QUERY) {
        diesel::update(payments::table.filter(payments::id.eq_any(chunk)))
            .set(payments::voided.eq(true))
            .execute(tx.conn())?;
    }
    Ok(())
}

/// Says that a voucher does not count any more: when, who said so, and why.
pub fn void_voucher(
    tx: &mut Tx<'_>,
    payment: i64,
    (at, by, reason): (NaiveDateTime, &str, &str),
) -> Result<(), StoreError> {
    diesel::update(cash_vouchers::table.filter(cash_vouchers::payment_id.eq(payment)))
        .set((
            cash_vouchers::voided_at.eq(at),
            cash_vouchers::voided_by.eq(by),
            cash_vouchers::void_reason.eq(reason),
        ))
        .execute(tx.conn())?;
    Ok(())
}

pub fn voucher_of(tx: &mut Tx<'_>, payment: i64) -> Result<Option<CashVoucherRow>, StoreError> {
    Ok(cash_vouchers::table
        .filter(cash_vouchers::payment_id.eq(payment))
        .select(CashVoucherRow::as_select())
        .first(tx.conn())
        .optional()?)
}

/// The voucher made for a request that was sent before.
pub fn voucher_of_request(
    tx: &mut Tx<'_>,
    school: i64,
    request_key: &str,
) -> Result<Option<CashVoucherRow>, StoreError> {
    Ok(cash_vouchers::table
        .filter(cash_vouchers::school_id.eq(school))
        .filter(cash_vouchers::request_key.eq(request_key))
        .select(CashVoucherRow::as_select())
        .first(tx.conn())
        .optional()?)
}

/// How many payments first shown by an import have each kind of decision, and their sum in đồng.
#[derive(Clone, Debug, QueryableByName)]
pub struct KindCountRow {
    #[diesel(sql_type = Text)]
    pub kind: String,
    #[diesel(sql_type = BigInt)]
    pub count: i64,
}

/// The decisions about the payments that an import was the first to show.
pub fn kinds_of_import(tx: &mut Tx<'_>, import: i64) -> Result<Vec<KindCountRow>, StoreError> {
    Ok(diesel::sql_query(
        "SELECT p.decision_kind AS kind, COUNT(*) AS count FROM payments p \
         JOIN evidence v ON v.payment_id = p.id WHERE v.import_id = $1 AND v.kind = 'first' \
         GROUP BY p.decision_kind ORDER BY p.decision_kind",
    )
    .bind::<BigInt, _>(import)
    .load(tx.conn())?)
}

/// A school's payments of money out, with their entries.
pub fn money_out(tx: &mut Tx<'_>, school: i64) -> Result<Vec<(PaymentRow, EntryRow)>, StoreError> {
    Ok(payments::table
        .inner_join(entries::table)
        .filter(payments::school_id.eq(school))
        .filter(payments::voided.eq(false))
        .filter(payments::credit_debit.eq("debit"))
        .select((PaymentRow::as_select(), EntryRow::as_select()))
        .load(tx.conn())?)
}

/// The first day of a payment of money in, of one of these amounts, that the machine only proposed.
pub fn first_proposed_in(
    tx: &mut Tx<'_>,
    school: i64,
    amounts: &[i64],
) -> Result<Option<NaiveDate>, StoreError> {
    let mut first = None;
    for chunk in amounts.chunks(IDS_PER_QUERY) {
        let found: Option<NaiveDate> = payments::table
            .filter(payments::school_id.eq(school))
            .filter(payments::voided.eq(false))
            .filter(payments::credit_debit.eq("credit"))
            .filter(payments::decided_by.eq("machine"))
            .filter(payments::decision_kind.eq("proposed"))
            .filter(payments::amount_dong.eq_any(chunk))
            .select(diesel::dsl::min(payments::booking_date))
            .first(tx.conn())?;
        first = [first, found].into_iter().flatten().min();
    }
    Ok(first)
}

/// A school's payments of money in of certain amounts, with their entries.
pub fn money_in_of(
    tx: &mut Tx<'_>,
    school: i64,
    amounts: &[i64],
) -> Result<Vec<(PaymentRow, EntryRow)>, StoreError> {
    let mut found = Vec::new();
    for chunk in amounts.chunks(IDS_PER_QUERY) {
        found.extend(
            payments::table
                .inner_join(entries::table)
                .filter(payments::school_id.eq(school))
                .filter(payments::voided.eq(false))
                .filter(payments::credit_debit.eq("credit"))
                .filter(payments::amount_dong.eq_any(chunk))
                .select((PaymentRow::as_select(), EntryRow::as_select()))
                .load::<(PaymentRow, EntryRow)>(tx.conn())?,
        );
    }
    Ok(found)
}
