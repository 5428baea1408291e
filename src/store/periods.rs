//! Closed months: what each close states, the payments and invoices it is about, and the sums over
//! the ledger as it stood then. Ids grow with each transaction of a school, so that what was written
//! before a close has smaller ids than it.

use chrono::{NaiveDate, NaiveDateTime};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Date, Nullable, Text, Timestamp};

use super::schema::{period_closes, period_invoices, period_payments, periods};
use super::{IDS_PER_QUERY, StoreError, Tx, dialect};

/// A row of `periods`.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = periods, treat_none_as_default_value = false)]
pub struct PeriodRow {
    pub id: i64,
    pub school_id: i64,
    pub month: NaiveDate,
    pub state: String,
    pub version: i32,
    pub changed_by: String,
    pub changed_at: NaiveDateTime,
    pub reason: Option<String>,
}

/// A row of `period_closes`.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = period_closes, treat_none_as_default_value = false)]
pub struct CloseRow {
    pub id: i64,
    pub school_id: i64,
    pub month: NaiveDate,
    pub version: i32,
    pub figures: String,
    pub sha256: String,
    pub accepted: String,
    pub closed_by: String,
    pub closed_at: NaiveDateTime,
}

/// A row of `period_payments`.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = period_payments, treat_none_as_default_value = false)]
pub struct MemberRow {
    pub id: i64,
    pub school_id: i64,
    pub close_id: i64,
    pub payment_id: i64,
    pub booking_date: NaiveDate,
    pub channel: String,
    /// Only ledger rows after this id belong to the close: the close before that had the payment, or 0.
    pub since_id: i64,
    pub late: bool,
    /// Whether the month is closed by it now.
    pub standing: bool,
}

/// A row of `period_invoices`.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = period_invoices, treat_none_as_default_value = false)]
pub struct DueRow {
    pub id: i64,
    pub school_id: i64,
    pub close_id: i64,
    pub invoice_id: i64,
    pub net_dong: i64,
}

/// A school's months that were ever closed, oldest first.
pub fn periods_of(tx: &mut Tx<'_>, school: i64) -> Result<Vec<PeriodRow>, StoreError> {
    Ok(periods::table
        .filter(periods::school_id.eq(school))
        .order(periods::month)
        .select(PeriodRow::as_select())
        .load(tx.conn())?)
}

/// Whether any month of a school is closed.
pub fn any_closed(tx: &mut Tx<'_>, school: i64) -> Result<bool, StoreError> {
    let found: Option<i64> = periods::table
        .filter(periods::school_id.eq(school))
        .filter(periods::state.eq("closed"))
        .select(periods::id)
        .first(tx.conn())
        .optional()?;
    Ok(found.is_some())
}

/// Whether the month that begins on `first` is closed.
pub fn is_closed(tx: &mut Tx<'_>, school: i64, first: NaiveDate) -> Result<bool, StoreError> {
    let found: Option<i64> = periods::table
        .filter(periods::school_id.eq(school))
        .filter(periods::month.eq(first))
        .filter(periods::state.eq("closed"))
        .select(periods::id)
        .first(tx.conn())
        .optional()?;
    Ok(found.is_some())
}

/// Says how a month stands now.
pub fn set_period(tx: &mut Tx<'_>, row: &PeriodRow) -> Result<(), StoreError> {
    diesel::delete(
        periods::table
            .filter(periods::school_id.eq(row.school_id))
            .filter(periods::month.eq(row.month)),
    )
    .execute(tx.conn())?;
    diesel::insert_into(periods::table).values(row.clone()).execute(tx.conn())?;
    Ok(())
}

pub fn insert_close(tx: &mut Tx<'_>, row: &CloseRow) -> Result<(), StoreError> {
    diesel::insert_into(period_closes::table).values(row.clone()).execute(tx.conn())?;
    Ok(())
}

/// Every close of a school, or of all schools (0), oldest first.
pub fn closes_of(tx: &mut Tx<'_>, school: i64) -> Result<Vec<CloseRow>, StoreError> {
    let mut query = period_closes::table.into_boxed();
    if school != 0 {
        query = query.filter(period_closes::school_id.eq(school));
    }
    Ok(query.order(period_closes::id).select(CloseRow::as_select()).load(tx.conn())?)
}

pub fn insert_members(tx: &mut Tx<'_>, rows: &[MemberRow]) -> Result<(), StoreError> {
    dialect::insert_all::<period_payments::table, MemberRow>(tx, period_payments::table, rows)
}

pub fn insert_dues(tx: &mut Tx<'_>, rows: &[DueRow]) -> Result<(), StoreError> {
    dialect::insert_all::<period_invoices::table, DueRow>(tx, period_invoices::table, rows)
}

/// The payments of a close do not stand any more: its month is open again.
pub fn let_go(tx: &mut Tx<'_>, close: i64) -> Result<(), StoreError> {
    diesel::update(period_payments::table.filter(period_payments::close_id.eq(close)))
        .set(period_payments::standing.eq(false))
        .execute(tx.conn())?;
    Ok(())
}

/// Which of some payments stand in a closed month: each with the first day of that month.
pub fn frozen(tx: &mut Tx<'_>, payment_ids: &[i64]) -> Result<Vec<(i64, NaiveDate)>, StoreError> {
    let mut found = Vec::new();
    for chunk in payment_ids.chunks(IDS_PER_QUERY) {
        found.extend(
            period_payments::table
                .inner_join(period_closes::table)
                .filter(period_payments::payment_id.eq_any(chunk))
                .filter(period_payments::standing.eq(true))
                .select((period_payments::payment_id, period_closes::month))
                .load::<(i64, NaiveDate)>(tx.conn())?,
        );
    }
    Ok(found)
}

/// A payment that a close is about.
#[derive(Clone, Debug, QueryableByName)]
pub struct CandidateRow {
    #[diesel(sql_type = BigInt)]
    pub payment_id: i64,
    #[diesel(sql_type = Date)]
    pub booking_date: NaiveDate,
    #[diesel(sql_type = Text)]
    pub channel: String,
    #[diesel(sql_type = BigInt)]
    pub since_id: i64,
}

/// Money in up to a day that stands in no closed month.
pub fn not_frozen(
    tx: &mut Tx<'_>,
    school: i64,
    until: NaiveDate,
) -> Result<Vec<CandidateRow>, StoreError> {
    Ok(diesel::sql_query(
        "SELECT p.id AS payment_id, p.booking_date AS booking_date, p.channel AS channel, \
         CAST(0 AS BIGINT) AS since_id FROM payments p \
         WHERE p.school_id = $1 AND p.credit_debit = 'credit' AND NOT p.voided AND p.booking_date <= $2 \
         AND NOT EXISTS (SELECT 1 FROM period_payments m WHERE m.payment_id = p.id AND m.standing) \
         ORDER BY p.id",
    )
    .bind::<BigInt, _>(school)
    .bind::<Date, _>(until)
    .load(tx.conn())?)
}

/// Payments of closed months that were used otherwise after the close that has them.
pub fn changed_since(tx: &mut Tx<'_>, school: i64) -> Result<Vec<CandidateRow>, StoreError> {
    Ok(diesel::sql_query(
        "SELECT p.id AS payment_id, p.booking_date AS booking_date, p.channel AS channel, \
         m.since_id AS since_id FROM (SELECT payment_id, MAX(close_id) AS since_id FROM period_payments \
         WHERE school_id = $1 AND standing GROUP BY payment_id) m JOIN payments p ON p.id = m.payment_id \
         WHERE EXISTS (SELECT 1 FROM allocations a WHERE a.payment_id = m.payment_id AND a.id > m.since_id) \
         ORDER BY p.id",
    )
    .bind::<BigInt, _>(school)
    .load(tx.conn())?)
}

/// Payments of a close that came one way.
#[derive(Clone, Debug, QueryableByName)]
pub struct ReceivedRow {
    #[diesel(sql_type = Bool)]
    pub late: bool,
    #[diesel(sql_type = Text)]
    pub channel: String,
    #[diesel(sql_type = BigInt)]
    pub payments: i64,
    #[diesel(sql_type = BigInt)]
    pub amount_dong: i64,
}

/// What a close's payments are, by channel. A payment that an earlier close has was received there.
pub fn received(tx: &mut Tx<'_>, close: i64) -> Result<Vec<ReceivedRow>, StoreError> {
    Ok(diesel::sql_query(
        "SELECT m.late AS late, m.channel AS channel, COUNT(*) AS payments, \
         CAST(SUM(CASE WHEN m.since_id = 0 THEN p.amount_dong ELSE 0 END) AS BIGINT) AS amount_dong \
         FROM period_payments m JOIN payments p ON p.id = m.payment_id WHERE m.close_id = $1 \
         GROUP BY m.late, m.channel ORDER BY m.late, m.channel",
    )
    .bind::<BigInt, _>(close)
    .load(tx.conn())?)
}

/// What a close's payments were used for.
#[derive(Clone, Debug, QueryableByName)]
pub struct UsedRow {
    #[diesel(sql_type = Bool)]
    pub late: bool,
    #[diesel(sql_type = Text)]
    pub channel: String,
    #[diesel(sql_type = Text)]
    pub target: String,
    #[diesel(sql_type = Nullable<BigInt>)]
    pub fee_item_id: Option<i64>,
    #[diesel(sql_type = BigInt)]
    pub amount_dong: i64,
}

/// The ledger of a close's payments, as it stood when the month was closed.
pub fn used(tx: &mut Tx<'_>, close: i64) -> Result<Vec<UsedRow>, StoreError> {
    Ok(diesel::sql_query(
        "SELECT m.late AS late, m.channel AS channel, a.target AS target, l.fee_item_id AS fee_item_id, \
         CAST(SUM(a.amount_dong) AS BIGINT) AS amount_dong FROM period_payments m \
         JOIN allocations a ON a.payment_id = m.payment_id AND a.id > m.since_id AND a.id < m.close_id \
         LEFT JOIN invoice_lines l ON l.id = a.invoice_line_id WHERE m.close_id = $1 \
         GROUP BY m.late, m.channel, a.target, l.fee_item_id \
         ORDER BY m.late, m.channel, a.target, l.fee_item_id",
    )
    .bind::<BigInt, _>(close)
    .load(tx.conn())?)
}

/// A count and a sum, with the lowest and the highest number where there are any.
#[derive(Clone, Debug, QueryableByName)]
pub struct CountedRow {
    #[diesel(sql_type = BigInt)]
    pub count: i64,
    #[diesel(sql_type = BigInt)]
    pub amount_dong: i64,
    #[diesel(sql_type = Nullable<BigInt>)]
    pub first: Option<i64>,
    #[diesel(sql_type = Nullable<BigInt>)]
    pub last: Option<i64>,
}

/// The vouchers received between two days that were written before a close.
pub fn vouchers(
    tx: &mut Tx<'_>,
    (school, close): (i64, i64),
    (from, to): (NaiveDate, NaiveDate),
) -> Result<CountedRow, StoreError> {
    Ok(diesel::sql_query(
        "SELECT COUNT(*) AS count, CAST(0 AS BIGINT) AS amount_dong, MIN(number) AS first, MAX(number) AS last \
         FROM cash_vouchers WHERE school_id = $1 AND id < $2 AND received_on >= $3 AND received_on <= $4",
    )
    .bind::<BigInt, _>(school)
    .bind::<BigInt, _>(close)
    .bind::<Date, _>(from)
    .bind::<Date, _>(to)
    .get_result(tx.conn())?)
}

/// What was left of a close's invoices when the month was closed.
pub fn receivables(tx: &mut Tx<'_>, close: i64) -> Result<CountedRow, StoreError> {
    Ok(diesel::sql_query(
        "SELECT COUNT(*) AS count, CAST(COALESCE(SUM(d.net_dong - COALESCE(paid.dong, 0)), 0) AS BIGINT) AS amount_dong, \
         CAST(NULL AS BIGINT) AS first, CAST(NULL AS BIGINT) AS last FROM period_invoices d \
         LEFT JOIN (SELECT a.invoice_id AS invoice_id, CAST(SUM(a.amount_dong) AS BIGINT) AS dong FROM allocations a \
         JOIN period_invoices o ON o.invoice_id = a.invoice_id AND o.close_id = $1 \
         WHERE a.id < $1 GROUP BY a.invoice_id) paid ON paid.invoice_id = d.invoice_id WHERE d.close_id = $1",
    )
    .bind::<BigInt, _>(close)
    .get_result(tx.conn())?)
}

/// What waits in a school's queue: payments nobody decided about, booked between two days.
pub fn open_queue(
    tx: &mut Tx<'_>,
    school: i64,
    (from, to): (NaiveDate, NaiveDate),
) -> Result<CountedRow, StoreError> {
    Ok(diesel::sql_query(
        "SELECT COUNT(*) AS count, CAST(COALESCE(SUM(amount_dong), 0) AS BIGINT) AS amount_dong, \
         CAST(NULL AS BIGINT) AS first, CAST(NULL AS BIGINT) AS last FROM payments \
         WHERE school_id = $1 AND NOT voided AND credit_debit = 'credit' \
         AND decision_kind IN ('new', 'proposed', 'unmatched') AND booking_date >= $2 AND booking_date <= $3",
    )
    .bind::<BigInt, _>(school)
    .bind::<Date, _>(from)
    .bind::<Date, _>(to)
    .get_result(tx.conn())?)
}

/// Payments booked between two days that may be others.
pub fn in_doubt(
    tx: &mut Tx<'_>,
    school: i64,
    (from, to): (NaiveDate, NaiveDate),
) -> Result<CountedRow, StoreError> {
    Ok(diesel::sql_query(
        "SELECT COUNT(*) AS count, CAST(COALESCE(SUM(p.amount_dong), 0) AS BIGINT) AS amount_dong, \
         CAST(NULL AS BIGINT) AS first, CAST(NULL AS BIGINT) AS last FROM payments p \
         WHERE p.school_id = $1 AND p.booking_date >= $2 AND p.booking_date <= $3 \
         AND p.id IN (SELECT payment_id FROM identity_doubts WHERE school_id = $1)",
    )
    .bind::<BigInt, _>(school)
    .bind::<Date, _>(from)
    .bind::<Date, _>(to)
    .get_result(tx.conn())?)
}

/// Notifications that came before an instant and that the machine gave up.
pub fn dead_letters(
    tx: &mut Tx<'_>,
    school: i64,
    before: NaiveDateTime,
) -> Result<CountedRow, StoreError> {
    Ok(diesel::sql_query(
        "SELECT COUNT(*) AS count, CAST(0 AS BIGINT) AS amount_dong, CAST(NULL AS BIGINT) AS first, \
         CAST(NULL AS BIGINT) AS last FROM notifications \
         WHERE school_id = $1 AND state = 'dead' AND received_at < $2",
    )
    .bind::<BigInt, _>(school)
    .bind::<Timestamp, _>(before)
    .get_result(tx.conn())?)
}

/// The vouchers of a year: how many there are, and the highest number.
pub fn series(tx: &mut Tx<'_>, school: i64, year: i32) -> Result<CountedRow, StoreError> {
    Ok(diesel::sql_query(
        "SELECT COUNT(*) AS count, CAST(0 AS BIGINT) AS amount_dong, MIN(number) AS first, MAX(number) AS last \
         FROM cash_vouchers WHERE school_id = $1 AND year = $2",
    )
    .bind::<BigInt, _>(school)
    .bind::<diesel::sql_types::Integer, _>(year)
    .get_result(tx.conn())?)
}

/// The payments of earlier months that a close lists as late.
pub fn late_members(tx: &mut Tx<'_>, close: i64) -> Result<Vec<MemberRow>, StoreError> {
    Ok(period_payments::table
        .filter(period_payments::close_id.eq(close))
        .filter(period_payments::late.eq(true))
        .order(period_payments::payment_id)
        .select(MemberRow::as_select())
        .load(tx.conn())?)
}
