//! Money that is not a transfer: vouchers and slips by day, what staff and terminals brought to the
//! bank, and counts of the till.

use chrono::{NaiveDate, NaiveDateTime};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text, Timestamp};

use super::payments::{CashVoucherRow, PaymentRow};
use super::schema::{
    cash_counts, cash_deposit_items, cash_deposits, cash_vouchers, payments, pos_slips,
};
use super::{IDS_PER_QUERY, StoreError, Tx, dialect};

/// A row of `pos_slips`.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = pos_slips, treat_none_as_default_value = false)]
pub struct SlipRow {
    pub id: i64,
    pub school_id: i64,
    pub payment_id: i64,
    pub terminal: String,
    pub slip: String,
    pub paid_on: NaiveDate,
    pub payer: String,
    pub note: Option<String>,
    pub request_key: Option<String>,
    pub voided_at: Option<NaiveDateTime>,
    pub voided_by: Option<String>,
    pub void_reason: Option<String>,
}

/// A row of `cash_deposits`.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = cash_deposits, treat_none_as_default_value = false)]
pub struct DepositRow {
    pub id: i64,
    pub school_id: i64,
    pub payment_id: i64,
    pub kind: String,
    pub state: String,
    pub gross_dong: i64,
    pub fee_dong: i64,
    pub decided_by: String,
    pub decided_at: NaiveDateTime,
    pub note: Option<String>,
}

/// A row of `cash_deposit_items`.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = cash_deposit_items, treat_none_as_default_value = false)]
pub struct DepositItemRow {
    pub id: i64,
    pub school_id: i64,
    pub deposit_id: i64,
    pub payment_id: i64,
}

/// A row of `cash_counts`.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = cash_counts, treat_none_as_default_value = false)]
pub struct CountRow {
    pub id: i64,
    pub school_id: i64,
    pub counted_on: NaiveDate,
    pub book_dong: i64,
    pub counted_dong: i64,
    pub note: Option<String>,
    pub counted_by: String,
    pub counted_at: NaiveDateTime,
}

/// A voucher with its payment.
pub type VoucherWithPayment = (CashVoucherRow, PaymentRow);

/// A slip with its payment.
pub type SlipWithPayment = (SlipRow, PaymentRow);

/// A school's vouchers up to a day, voided ones too, in the order of their days and numbers.
pub fn vouchers(
    tx: &mut Tx<'_>,
    school: i64,
    (from, to): (Option<NaiveDate>, Option<NaiveDate>),
) -> Result<Vec<VoucherWithPayment>, StoreError> {
    let mut query = cash_vouchers::table
        .inner_join(payments::table)
        .filter(cash_vouchers::school_id.eq(school))
        .into_boxed();
    if let Some(from) = from {
        query = query.filter(cash_vouchers::received_on.ge(from));
    }
    if let Some(to) = to {
        query = query.filter(cash_vouchers::received_on.le(to));
    }
    Ok(query
        .order((cash_vouchers::received_on, cash_vouchers::year, cash_vouchers::number))
        .select((CashVoucherRow::as_select(), PaymentRow::as_select()))
        .load(tx.conn())?)
}

/// The vouchers made for a request whose parts have this beginning of a key, in their order.
pub fn vouchers_of_request(
    tx: &mut Tx<'_>,
    school: i64,
    keys: &[String],
) -> Result<Vec<VoucherWithPayment>, StoreError> {
    let mut found = Vec::new();
    for chunk in keys.chunks(IDS_PER_QUERY) {
        found.extend(
            cash_vouchers::table
                .inner_join(payments::table)
                .filter(cash_vouchers::school_id.eq(school))
                .filter(cash_vouchers::request_key.eq_any(chunk))
                .select((CashVoucherRow::as_select(), PaymentRow::as_select()))
                .load::<VoucherWithPayment>(tx.conn())?,
        );
    }
    found.sort_by_key(|(row, _)| (row.year, row.number));
    Ok(found)
}

/// Whether a school has ever taken cash or a card.
pub fn has_taken(tx: &mut Tx<'_>, school: i64) -> Result<bool, StoreError> {
    let voucher: Option<i64> = cash_vouchers::table
        .filter(cash_vouchers::school_id.eq(school))
        .select(cash_vouchers::id)
        .first(tx.conn())
        .optional()?;
    if voucher.is_some() {
        return Ok(true);
    }
    let slip: Option<i64> = pos_slips::table
        .filter(pos_slips::school_id.eq(school))
        .select(pos_slips::id)
        .first(tx.conn())
        .optional()?;
    Ok(slip.is_some())
}

pub fn insert_slip(tx: &mut Tx<'_>, row: &SlipRow) -> Result<(), StoreError> {
    diesel::insert_into(pos_slips::table).values(row.clone()).execute(tx.conn())?;
    Ok(())
}

/// A school's slips between two days, voided ones too, in the order they were taken.
pub fn slips(
    tx: &mut Tx<'_>,
    school: i64,
    (from, to): (Option<NaiveDate>, Option<NaiveDate>),
) -> Result<Vec<SlipWithPayment>, StoreError> {
    let mut query = pos_slips::table
        .inner_join(payments::table)
        .filter(pos_slips::school_id.eq(school))
        .into_boxed();
    if let Some(from) = from {
        query = query.filter(pos_slips::paid_on.ge(from));
    }
    if let Some(to) = to {
        query = query.filter(pos_slips::paid_on.le(to));
    }
    Ok(query
        .order((pos_slips::paid_on, pos_slips::id))
        .select((SlipRow::as_select(), PaymentRow::as_select()))
        .load(tx.conn())?)
}

/// The slip of a payment.
pub fn slip_of(tx: &mut Tx<'_>, payment: i64) -> Result<Option<SlipRow>, StoreError> {
    Ok(pos_slips::table
        .filter(pos_slips::payment_id.eq(payment))
        .select(SlipRow::as_select())
        .first(tx.conn())
        .optional()?)
}

/// The slip recorded for a request that was sent before.
pub fn slip_of_request(
    tx: &mut Tx<'_>,
    school: i64,
    request_key: &str,
) -> Result<Option<SlipRow>, StoreError> {
    Ok(pos_slips::table
        .filter(pos_slips::school_id.eq(school))
        .filter(pos_slips::request_key.eq(request_key))
        .select(SlipRow::as_select())
        .first(tx.conn())
        .optional()?)
}

/// The slip of a terminal's day with this number that counts.
pub fn same_slip(
    tx: &mut Tx<'_>,
    school: i64,
    (terminal, paid_on, slip): (&str, NaiveDate, &str),
) -> Result<Option<SlipRow>, StoreError> {
    Ok(pos_slips::table
        .filter(pos_slips::school_id.eq(school))
        .filter(pos_slips::terminal.eq(terminal))
        .filter(pos_slips::paid_on.eq(paid_on))
        .filter(pos_slips::slip.eq(slip))
        .filter(pos_slips::voided_at.is_null())
        .select(SlipRow::as_select())
        .first(tx.conn())
        .optional()?)
}

/// Says that a slip does not count any more: when, who said so, and why.
pub fn void_slip(
    tx: &mut Tx<'_>,
    payment: i64,
    (at, by, reason): (NaiveDateTime, &str, &str),
) -> Result<(), StoreError> {
    diesel::update(pos_slips::table.filter(pos_slips::payment_id.eq(payment)))
        .set((
            pos_slips::voided_at.eq(at),
            pos_slips::voided_by.eq(by),
            pos_slips::void_reason.eq(reason),
        ))
        .execute(tx.conn())?;
    Ok(())
}

/// A school's deposits, oldest first.
pub fn deposits_of(tx: &mut Tx<'_>, school: i64) -> Result<Vec<DepositRow>, StoreError> {
    Ok(cash_deposits::table
        .filter(cash_deposits::school_id.eq(school))
        .order(cash_deposits::id)
        .select(DepositRow::as_select())
        .load(tx.conn())?)
}

/// The deposit that a line of the bank is.
pub fn deposit_of(tx: &mut Tx<'_>, payment: i64) -> Result<Option<DepositRow>, StoreError> {
    Ok(cash_deposits::table
        .filter(cash_deposits::payment_id.eq(payment))
        .select(DepositRow::as_select())
        .first(tx.conn())
        .optional()?)
}

/// What all deposits of a school carry.
pub fn items_of(tx: &mut Tx<'_>, school: i64) -> Result<Vec<DepositItemRow>, StoreError> {
    Ok(cash_deposit_items::table
        .filter(cash_deposit_items::school_id.eq(school))
        .order(cash_deposit_items::id)
        .select(DepositItemRow::as_select())
        .load(tx.conn())?)
}

/// The deposit that carries a voucher or a slip, by its payment.
pub fn carried_by(tx: &mut Tx<'_>, payment: i64) -> Result<Option<DepositRow>, StoreError> {
    let deposit: Option<i64> = cash_deposit_items::table
        .filter(cash_deposit_items::payment_id.eq(payment))
        .select(cash_deposit_items::deposit_id)
        .first(tx.conn())
        .optional()?;
    let Some(deposit) = deposit else { return Ok(None) };
    Ok(cash_deposits::table
        .find(deposit)
        .select(DepositRow::as_select())
        .first(tx.conn())
        .optional()?)
}

pub fn insert_deposits(tx: &mut Tx<'_>, rows: &[DepositRow]) -> Result<(), StoreError> {
    dialect::insert_all::<cash_deposits::table, DepositRow>(tx, cash_deposits::table, rows)
}

pub fn insert_items(tx: &mut Tx<'_>, rows: &[DepositItemRow]) -> Result<(), StoreError> {
    dialect::insert_all::<cash_deposit_items::table, DepositItemRow>(
        tx,
        cash_deposit_items::table,
        rows,
    )
}

/// Forgets deposits and what they carry; the audit chain keeps both.
pub fn delete_deposits(tx: &mut Tx<'_>, ids: &[i64]) -> Result<(), StoreError> {
    for chunk in ids.chunks(IDS_PER_QUERY) {
        diesel::delete(
            cash_deposit_items::table.filter(cash_deposit_items::deposit_id.eq_any(chunk)),
        )
        .execute(tx.conn())?;
        diesel::delete(cash_deposits::table.filter(cash_deposits::id.eq_any(chunk)))
            .execute(tx.conn())?;
    }
    Ok(())
}

/// Money in on a school's bank accounts that holds and came by one of the channels of deposits.
pub fn lines(tx: &mut Tx<'_>, school: i64) -> Result<Vec<PaymentRow>, StoreError> {
    Ok(payments::table
        .filter(payments::school_id.eq(school))
        .filter(payments::voided.eq(false))
        .filter(payments::credit_debit.eq("credit"))
        .filter(payments::bank_account_id.is_not_null())
        .filter(payments::channel.eq_any(["staff_deposit", "pos"]))
        .order((payments::booking_date, payments::id))
        .select(PaymentRow::as_select())
        .load(tx.conn())?)
}

pub fn insert_count(tx: &mut Tx<'_>, row: &CountRow) -> Result<(), StoreError> {
    diesel::insert_into(cash_counts::table).values(row.clone()).execute(tx.conn())?;
    Ok(())
}

/// A school's counts between two days, in the order they were made.
pub fn counts(
    tx: &mut Tx<'_>,
    school: i64,
    (from, to): (NaiveDate, NaiveDate),
) -> Result<Vec<CountRow>, StoreError> {
    Ok(cash_counts::table
        .filter(cash_counts::school_id.eq(school))
        .filter(cash_counts::counted_on.ge(from))
        .filter(cash_counts::counted_on.le(to))
        .order((cash_counts::counted_on, cash_counts::id))
        .select(CountRow::as_select())
        .load(tx.conn())?)
}

/// Cash that left the till otherwise than by a deposit, or came back to it.
#[derive(Clone, Debug, QueryableByName)]
pub struct PaidBackRow {
    #[diesel(sql_type = BigInt)]
    pub payment_id: i64,
    #[diesel(sql_type = BigInt)]
    pub number: i64,
    #[diesel(sql_type = Text)]
    pub payer: String,
    #[diesel(sql_type = Timestamp)]
    pub at: NaiveDateTime,
    #[diesel(sql_type = BigInt)]
    pub amount_dong: i64,
}

/// What was paid back out of vouchers that count, and what of it was reversed (less than nothing).
pub fn paid_back(tx: &mut Tx<'_>, school: i64) -> Result<Vec<PaidBackRow>, StoreError> {
    Ok(diesel::sql_query(
        "SELECT v.payment_id AS payment_id, v.number AS number, v.payer AS payer, a.at AS at, \
         a.amount_dong AS amount_dong FROM allocations a \
         JOIN cash_vouchers v ON v.payment_id = a.payment_id \
         WHERE a.school_id = $1 AND a.target = 'refund' AND v.voided_at IS NULL ORDER BY a.id",
    )
    .bind::<BigInt, _>(school)
    .load(tx.conn())?)
}
