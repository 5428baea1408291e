//! What the cash desk reads: who is found by a few words, what they owe, pages of vouchers and slips,
//! and the sums of the till.

use chrono::{NaiveDate, NaiveDateTime};
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Date, Nullable, Text, Timestamp};

use super::cash::{SlipRow, SlipWithPayment, VoucherWithPayment};
use super::fees::InvoiceRow;
use super::payments::{CashVoucherRow, PaymentRow};
use super::people::StudentRow;
use super::schema::{
    cash_deposit_items, cash_deposits, cash_vouchers, collection_rounds, entries, invoices,
    payments, pos_slips, students,
};
use super::{IDS_PER_QUERY, StoreError, Tx};

/// Students of a school in the order of their names whose search key has each of the words, or whose
/// phone number has these digits.
pub fn find_students(
    tx: &mut Tx<'_>,
    school: i64,
    (words, digits): (&[String], Option<&str>),
    limit: i64,
) -> Result<Vec<StudentRow>, StoreError> {
    let mut query = students::table
        .filter(students::school_id.eq(school))
        .filter(students::left_on.is_null())
        .into_boxed();
    if let Some(digits) = digits {
        let like = format!("%{digits}%");
        query = query.filter(
            students::search_key
                .like(like.clone())
                .or(sql::<Bool>("COALESCE(students.phone, '') LIKE ").bind::<Text, _>(like)),
        );
    } else {
        for word in words {
            query = query.filter(students::search_key.like(format!("%{word}%")));
        }
    }
    Ok(query
        .order((students::sort_key, students::id))
        .limit(limit)
        .select(StudentRow::as_select())
        .load(tx.conn())?)
}

/// Students of a class that are there, in the order of their names.
pub fn students_of_class(
    tx: &mut Tx<'_>,
    school: i64,
    class: &str,
) -> Result<Vec<StudentRow>, StoreError> {
    Ok(students::table
        .filter(students::school_id.eq(school))
        .filter(students::class.eq(class))
        .filter(students::left_on.is_null())
        .order((students::sort_key, students::id))
        .select(StudentRow::as_select())
        .load(tx.conn())?)
}

/// What some students still owe, each invoice with its round's name; the first due first.
pub fn open_invoices(tx: &mut Tx<'_>, of: &[i64]) -> Result<Vec<(InvoiceRow, String)>, StoreError> {
    let mut found: Vec<(InvoiceRow, String)> = Vec::new();
    for chunk in of.chunks(IDS_PER_QUERY) {
        found.extend(
            invoices::table
                .inner_join(collection_rounds::table)
                .filter(invoices::student_id.eq_any(chunk))
                .filter(invoices::cancelled.eq(false))
                .filter(invoices::paid_dong.lt(invoices::net_dong))
                .select((InvoiceRow::as_select(), collection_rounds::name))
                .load::<(InvoiceRow, String)>(tx.conn())?,
        );
    }
    found.sort_by_key(|(row, _)| (row.due_on.is_none(), row.due_on, row.issued_at, row.id));
    Ok(found)
}

/// Money in at the bank that nobody has used for anything, of one of these amounts, with its text.
pub fn equal_credits(
    tx: &mut Tx<'_>,
    (accounts, amounts): (&[i64], &[i64]),
    limit: i64,
) -> Result<Vec<(PaymentRow, Option<String>)>, StoreError> {
    Ok(payments::table
        .left_join(entries::table.on(entries::id.nullable().eq(payments::entry_id)))
        .filter(payments::bank_account_id.eq_any(accounts))
        .filter(payments::amount_dong.eq_any(amounts))
        .filter(payments::credit_debit.eq("credit"))
        .filter(payments::voided.eq(false))
        .filter(payments::allocated_dong.eq(0))
        .filter(payments::credited_dong.eq(0))
        .filter(payments::refunded_dong.eq(0))
        .filter(payments::set_aside_dong.eq(0))
        .order((payments::booking_date.desc(), payments::id.desc()))
        .limit(limit)
        .select((PaymentRow::as_select(), entries::remittance.nullable()))
        .load(tx.conn())?)
}

/// Which vouchers or slips a page shows: the last taken first.
#[derive(Clone, Copy, Debug, Default)]
pub struct TakenPage<'a> {
    pub from: Option<NaiveDate>,
    pub to: Option<NaiveDate>,
    /// In the payer's name.
    pub payer: Option<&'a str>,
    /// With this number.
    pub number: Option<i64>,
    /// Taken before this one: its day and its row.
    pub before: Option<(NaiveDate, i64)>,
    pub limit: i64,
}

/// A page of a school's vouchers, voided ones too.
pub fn vouchers_page(
    tx: &mut Tx<'_>,
    school: i64,
    page: &TakenPage<'_>,
) -> Result<Vec<VoucherWithPayment>, StoreError> {
    let mut query = cash_vouchers::table
        .inner_join(payments::table)
        .filter(cash_vouchers::school_id.eq(school))
        .into_boxed();
    if let Some(from) = page.from {
        query = query.filter(cash_vouchers::received_on.ge(from));
    }
    if let Some(to) = page.to {
        query = query.filter(cash_vouchers::received_on.le(to));
    }
    if let Some(payer) = page.payer {
        query = query.filter(cash_vouchers::payer.like(format!("%{payer}%")));
    }
    if let Some(number) = page.number {
        query = query.filter(cash_vouchers::number.eq(number));
    }
    if let Some((day, id)) = page.before {
        query = query.filter(
            cash_vouchers::received_on
                .lt(day)
                .or(cash_vouchers::received_on.eq(day).and(cash_vouchers::id.lt(id))),
        );
    }
    Ok(query
        .order((cash_vouchers::received_on.desc(), cash_vouchers::id.desc()))
        .limit(page.limit)
        .select((CashVoucherRow::as_select(), PaymentRow::as_select()))
        .load(tx.conn())?)
}

/// A page of a school's card slips, voided ones too.
pub fn slips_page(
    tx: &mut Tx<'_>,
    school: i64,
    page: &TakenPage<'_>,
) -> Result<Vec<SlipWithPayment>, StoreError> {
    let mut query = pos_slips::table
        .inner_join(payments::table)
        .filter(pos_slips::school_id.eq(school))
        .into_boxed();
    if let Some(from) = page.from {
        query = query.filter(pos_slips::paid_on.ge(from));
    }
    if let Some(to) = page.to {
        query = query.filter(pos_slips::paid_on.le(to));
    }
    if let Some((day, id)) = page.before {
        query = query.filter(
            pos_slips::paid_on.lt(day).or(pos_slips::paid_on.eq(day).and(pos_slips::id.lt(id))),
        );
    }
    Ok(query
        .order((pos_slips::paid_on.desc(), pos_slips::id.desc()))
        .limit(page.limit)
        .select((SlipRow::as_select(), PaymentRow::as_select()))
        .load(tx.conn())?)
}

/// The bank's line that carries each of some vouchers or slips, by their payments.
pub fn carriers_of(tx: &mut Tx<'_>, of: &[i64]) -> Result<Vec<(i64, i64)>, StoreError> {
    let mut found = Vec::new();
    for chunk in of.chunks(IDS_PER_QUERY) {
        found.extend(
            cash_deposit_items::table
                .inner_join(
                    cash_deposits::table.on(cash_deposits::id.eq(cash_deposit_items::deposit_id)),
                )
                .filter(cash_deposit_items::payment_id.eq_any(chunk))
                .select((cash_deposit_items::payment_id, cash_deposits::payment_id))
                .load::<(i64, i64)>(tx.conn())?,
        );
    }
    Ok(found)
}

#[derive(Debug, QueryableByName)]
struct CountedRow {
    #[diesel(sql_type = BigInt)]
    count: i64,
    #[diesel(sql_type = BigInt)]
    amount_dong: i64,
}

/// Vouchers up to a day that no line of the bank is known to carry: how many, and their sum.
pub fn undeposited(tx: &mut Tx<'_>, school: i64, to: NaiveDate) -> Result<(i64, i64), StoreError> {
    let row: CountedRow = diesel::sql_query(
        "SELECT COUNT(*) AS count, CAST(COALESCE(SUM(p.amount_dong), 0) AS BIGINT) AS amount_dong \
         FROM cash_vouchers v JOIN payments p ON p.id = v.payment_id \
         WHERE v.school_id = $1 AND v.received_on <= $2 AND v.voided_at IS NULL AND NOT EXISTS \
         (SELECT 1 FROM cash_deposit_items d WHERE d.payment_id = v.payment_id)",
    )
    .bind::<BigInt, _>(school)
    .bind::<Date, _>(to)
    .get_result(tx.conn())?;
    Ok((row.count, row.amount_dong))
}

/// What should have been in the till before a day, which begins at `midnight` in UTC.
pub fn balance_before(
    tx: &mut Tx<'_>,
    school: i64,
    (day, midnight): (NaiveDate, NaiveDateTime),
) -> Result<i64, StoreError> {
    let taken: CountedRow = diesel::sql_query(
        "SELECT COUNT(*) AS count, CAST(COALESCE(SUM(p.amount_dong), 0) AS BIGINT) AS amount_dong \
         FROM cash_vouchers v JOIN payments p ON p.id = v.payment_id \
         WHERE v.school_id = $1 AND v.received_on < $2 AND v.voided_at IS NULL",
    )
    .bind::<BigInt, _>(school)
    .bind::<Date, _>(day)
    .get_result(tx.conn())?;
    let carried: CountedRow = diesel::sql_query(
        "SELECT COUNT(*) AS count, CAST(COALESCE(SUM(p.amount_dong), 0) AS BIGINT) AS amount_dong \
         FROM cash_deposits d JOIN payments p ON p.id = d.payment_id \
         WHERE d.school_id = $1 AND p.booking_date < $2 AND d.kind = 'cash' AND d.state = 'matched'",
    )
    .bind::<BigInt, _>(school)
    .bind::<Date, _>(day)
    .get_result(tx.conn())?;
    let back: CountedRow = diesel::sql_query(
        "SELECT COUNT(*) AS count, CAST(COALESCE(SUM(a.amount_dong), 0) AS BIGINT) AS amount_dong \
         FROM cash_vouchers v JOIN allocations a ON a.payment_id = v.payment_id \
         WHERE v.school_id = $1 AND a.at < $2 AND a.target = 'refund' AND v.voided_at IS NULL",
    )
    .bind::<BigInt, _>(school)
    .bind::<Timestamp, _>(midnight)
    .get_result(tx.conn())?;
    taken
        .amount_dong
        .checked_sub(carried.amount_dong)
        .and_then(|left| left.checked_sub(back.amount_dong))
        .ok_or_else(|| StoreError::Corrupt("the sum of the till".to_owned()))
}

/// What was taken between two days, and what was carried to the bank on them.
pub fn went_through(
    tx: &mut Tx<'_>,
    school: i64,
    (from, to): (NaiveDate, NaiveDate),
) -> Result<(i64, i64), StoreError> {
    let [taken, carried] = [
        "SELECT COUNT(*) AS count, CAST(COALESCE(SUM(p.amount_dong), 0) AS BIGINT) AS amount_dong \
         FROM cash_vouchers v JOIN payments p ON p.id = v.payment_id \
         WHERE v.school_id = $1 AND v.received_on >= $2 AND v.received_on <= $3 \
         AND v.voided_at IS NULL",
        "SELECT COUNT(*) AS count, CAST(COALESCE(SUM(p.amount_dong), 0) AS BIGINT) AS amount_dong \
         FROM cash_deposits d JOIN payments p ON p.id = d.payment_id \
         WHERE d.school_id = $1 AND p.booking_date >= $2 AND p.booking_date <= $3 \
         AND d.kind = 'cash' AND d.state = 'matched'",
    ]
    .map(|sum| {
        diesel::sql_query(sum)
            .bind::<BigInt, _>(school)
            .bind::<Date, _>(from)
            .bind::<Date, _>(to)
            .get_result::<CountedRow>(tx.conn())
    });
    Ok((taken?.amount_dong, carried?.amount_dong))
}

#[derive(Debug, QueryableByName)]
struct LastRow {
    #[diesel(sql_type = Nullable<Date>)]
    day: Option<NaiveDate>,
}

#[derive(Debug, QueryableByName)]
struct LastInstantRow {
    #[diesel(sql_type = Nullable<Timestamp>)]
    at: Option<NaiveDateTime>,
}

/// The last day up to `day` on which a voucher that counts was taken or cash carried to the bank, and
/// the last instant before `midnight` at which cash was paid back, or came back.
pub fn last_moves(
    tx: &mut Tx<'_>,
    school: i64,
    (day, midnight): (NaiveDate, NaiveDateTime),
) -> Result<(Option<NaiveDate>, Option<NaiveDateTime>), StoreError> {
    let taken: LastRow = diesel::sql_query(
        "SELECT MAX(received_on) AS day FROM cash_vouchers \
         WHERE school_id = $1 AND received_on <= $2 AND voided_at IS NULL",
    )
    .bind::<BigInt, _>(school)
    .bind::<Date, _>(day)
    .get_result(tx.conn())?;
    let carried: LastRow = diesel::sql_query(
        "SELECT MAX(p.booking_date) AS day FROM cash_deposits d \
         JOIN payments p ON p.id = d.payment_id \
         WHERE d.school_id = $1 AND p.booking_date <= $2 AND d.kind = 'cash' AND d.state = 'matched'",
    )
    .bind::<BigInt, _>(school)
    .bind::<Date, _>(day)
    .get_result(tx.conn())?;
    let back: LastInstantRow = diesel::sql_query(
        "SELECT MAX(a.at) AS at FROM cash_vouchers v \
         JOIN allocations a ON a.payment_id = v.payment_id \
         WHERE v.school_id = $1 AND a.at < $2 AND a.target = 'refund' AND v.voided_at IS NULL",
    )
    .bind::<BigInt, _>(school)
    .bind::<Timestamp, _>(midnight)
    .get_result(tx.conn())?;
    Ok((taken.day.max(carried.day), back.at))
}

/// The school's lines of the bank of some days that carry cash.
pub fn carried_between(
    tx: &mut Tx<'_>,
    school: i64,
    (from, to): (NaiveDate, NaiveDate),
) -> Result<Vec<PaymentRow>, StoreError> {
    Ok(cash_deposits::table
        .inner_join(payments::table.on(payments::id.eq(cash_deposits::payment_id)))
        .filter(cash_deposits::school_id.eq(school))
        .filter(cash_deposits::kind.eq("cash"))
        .filter(cash_deposits::state.eq("matched"))
        .filter(payments::booking_date.between(from, to))
        .order(cash_deposits::id)
        .select(PaymentRow::as_select())
        .load(tx.conn())?)
}

/// What a payment pays: a line of an invoice, reversals already subtracted.
#[derive(Clone, Debug, QueryableByName)]
pub struct PaidLineRow {
    #[diesel(sql_type = Text)]
    pub student: String,
    #[diesel(sql_type = Text)]
    pub class: String,
    #[diesel(sql_type = Text)]
    pub item: String,
    #[diesel(sql_type = Text)]
    pub round: String,
    #[diesel(sql_type = BigInt)]
    pub amount_dong: i64,
}

/// What a payment pays, by student, round and fee item.
pub fn paid_lines(tx: &mut Tx<'_>, payment: i64) -> Result<Vec<PaidLineRow>, StoreError> {
    Ok(diesel::sql_query(
        "SELECT s.name AS student, s.class AS class, f.name AS item, r.name AS round, \
         CAST(SUM(a.amount_dong) AS BIGINT) AS amount_dong \
         FROM allocations a JOIN invoices i ON i.id = a.invoice_id \
         JOIN students s ON s.id = i.student_id \
         JOIN collection_rounds r ON r.id = i.round_id \
         JOIN invoice_lines l ON l.id = a.invoice_line_id \
         JOIN fee_items f ON f.id = l.fee_item_id \
         WHERE a.payment_id = $1 AND a.target = 'invoice' \
         GROUP BY s.id, s.name, s.class, r.id, r.name, f.id, f.name, f.priority \
         HAVING SUM(a.amount_dong) <> 0 ORDER BY s.id, r.id, f.priority, f.id",
    )
    .bind::<BigInt, _>(payment)
    .load(tx.conn())?)
}
