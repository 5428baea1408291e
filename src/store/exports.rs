//! What exports read of the ledger: sums of what stands, vouchers, and statements around two days.

use chrono::NaiveDate;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Date, Nullable, Text};

use super::payments::CashVoucherRow;
use super::schema::{cash_vouchers, payments};
use super::{StoreError, Tx};

/// What one payment is used for, reversals already subtracted: a line, a family's credit, or another
/// target.
#[derive(Clone, Debug, QueryableByName)]
pub struct UseRow {
    #[diesel(sql_type = BigInt)]
    pub payment_id: i64,
    #[diesel(sql_type = Text)]
    pub target: String,
    #[diesel(sql_type = Nullable<BigInt>)]
    pub invoice_line_id: Option<i64>,
    #[diesel(sql_type = Nullable<BigInt>)]
    pub family_id: Option<i64>,
    #[diesel(sql_type = BigInt)]
    pub amount_dong: i64,
}

/// What stands of a school's payments booked up to a day.
pub fn uses(tx: &mut Tx<'_>, school: i64, to: NaiveDate) -> Result<Vec<UseRow>, StoreError> {
    Ok(diesel::sql_query(
        "SELECT a.payment_id AS payment_id, a.target AS target, \
         a.invoice_line_id AS invoice_line_id, a.family_id AS family_id, \
         CAST(SUM(a.amount_dong) AS BIGINT) AS amount_dong \
         FROM allocations a JOIN payments p ON p.id = a.payment_id \
         WHERE a.school_id = $1 AND p.booking_date <= $2 AND p.credit_debit = 'credit' \
         GROUP BY a.payment_id, a.target, a.invoice_line_id, a.family_id \
         HAVING SUM(a.amount_dong) <> 0 \
         ORDER BY a.payment_id, a.target, a.invoice_line_id, a.family_id",
    )
    .bind::<BigInt, _>(school)
    .bind::<Date, _>(to)
    .load(tx.conn())?)
}

/// Every cash voucher of a school with its amount in đồng, withdrawn ones too.
pub fn vouchers(tx: &mut Tx<'_>, school: i64) -> Result<Vec<(CashVoucherRow, i64)>, StoreError> {
    Ok(cash_vouchers::table
        .inner_join(payments::table)
        .filter(cash_vouchers::school_id.eq(school))
        .order((cash_vouchers::year, cash_vouchers::number))
        .select((CashVoucherRow::as_select(), payments::amount_dong))
        .load(tx.conn())?)
}

/// In less out of one statement's booked entries, in đồng: before a day, up to another, and of all.
#[derive(Clone, Debug, QueryableByName)]
pub struct StatementMovesRow {
    #[diesel(sql_type = BigInt)]
    pub statement_id: i64,
    #[diesel(sql_type = BigInt)]
    pub before_dong: i64,
    #[diesel(sql_type = BigInt)]
    pub until_dong: i64,
    #[diesel(sql_type = BigInt)]
    pub net_dong: i64,
}

/// The movements of an account's statements before `from` and up to `to`.
pub fn statement_moves(
    tx: &mut Tx<'_>,
    account: i64,
    (from, to): (NaiveDate, NaiveDate),
) -> Result<Vec<StatementMovesRow>, StoreError> {
    let signed = "CASE WHEN credit_debit = 'credit' THEN amount_dong ELSE -amount_dong END";
    Ok(diesel::sql_query(format!(
        "SELECT statement_id, \
         CAST(SUM(CASE WHEN booking_date < $1 THEN {signed} ELSE 0 END) AS BIGINT) AS before_dong, \
         CAST(SUM(CASE WHEN booking_date <= $2 THEN {signed} ELSE 0 END) AS BIGINT) AS until_dong, \
         CAST(SUM({signed}) AS BIGINT) AS net_dong \
         FROM entries WHERE bank_account_id = $3 AND status = 'booked' \
         GROUP BY statement_id ORDER BY statement_id"
    ))
    .bind::<Date, _>(from)
    .bind::<Date, _>(to)
    .bind::<BigInt, _>(account)
    .load(tx.conn())?)
}

/// Money of a bank account within a period, by direction, whether all of it was set aside, and whether a
/// statement shows it.
#[derive(Clone, Debug, QueryableByName)]
pub struct AccountMoneyRow {
    #[diesel(sql_type = Text)]
    pub credit_debit: String,
    #[diesel(sql_type = Bool)]
    pub not_income: bool,
    #[diesel(sql_type = Bool)]
    pub on_statement: bool,
    #[diesel(sql_type = BigInt)]
    pub amount_dong: i64,
    #[diesel(sql_type = BigInt)]
    pub allocated_dong: i64,
    #[diesel(sql_type = BigInt)]
    pub credited_dong: i64,
    #[diesel(sql_type = BigInt)]
    pub refunded_dong: i64,
    #[diesel(sql_type = BigInt)]
    pub set_aside_dong: i64,
}

/// The payments of an account that hold and were booked between two days, added up.
pub fn account_money(
    tx: &mut Tx<'_>,
    account: i64,
    (from, to): (NaiveDate, NaiveDate),
) -> Result<Vec<AccountMoneyRow>, StoreError> {
    // Neither database may group by a name that is a column's too; so the inner query makes them.
    Ok(diesel::sql_query(
        "SELECT direction AS credit_debit, aside AS not_income, shown AS on_statement, \
         CAST(SUM(amount_dong) AS BIGINT) AS amount_dong, \
         CAST(SUM(allocated_dong) AS BIGINT) AS allocated_dong, \
         CAST(SUM(credited_dong) AS BIGINT) AS credited_dong, \
         CAST(SUM(refunded_dong) AS BIGINT) AS refunded_dong, \
         CAST(SUM(set_aside_dong) AS BIGINT) AS set_aside_dong FROM ( \
         SELECT p.credit_debit AS direction, (p.set_aside_dong = p.amount_dong) AS aside, \
         EXISTS (SELECT 1 FROM evidence v WHERE v.payment_id = p.id AND v.kind <> 'withdrawn' \
         AND v.source NOT LIKE 'notification:%') AS shown, p.amount_dong, p.allocated_dong, \
         p.credited_dong, p.refunded_dong, p.set_aside_dong FROM payments p \
         WHERE p.bank_account_id = $1 AND NOT p.voided AND p.booking_date >= $2 \
         AND p.booking_date <= $3) AS one GROUP BY direction, aside, shown \
         ORDER BY direction, aside, shown",
    )
    .bind::<BigInt, _>(account)
    .bind::<Date, _>(from)
    .bind::<Date, _>(to)
    .load(tx.conn())?)
}
