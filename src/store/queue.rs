//! The review queue: payments of money in by how they stand, a page at a time, and what is found by
//! an index for its search box. Nothing here reads more rows than it is told to.

use std::collections::HashMap;

use chrono::NaiveDate;
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Date, Integer, Text};

use super::decisions::DecisionRow;
use super::payments::PaymentRow;
use super::schema::{allocations, decisions, entries, guardians, invoices, payments, students};
use super::{IDS_PER_QUERY, StoreError, Tx};

/// In which order payments are walked through, and which. A partial index serves each but the last,
/// and a database uses it only where its condition stands in the text of the query.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Walk {
    /// With proposals, the surest and largest first.
    Proposed,
    /// With this decision, neither `new` nor `settled`; the newest day first.
    Kind(&'static str),
    /// Settled with a rest.
    InPart,
    /// Settled with a rest that is a family's credit.
    WithCredit,
    /// Whatever there is, money out as well.
    Days,
}

impl Walk {
    fn condition(self) -> String {
        match self {
            Walk::Proposed => "NOT payments.voided AND payments.credit_debit = 'credit' \
                 AND payments.decision_kind = 'proposed'"
                .to_owned(),
            Walk::Kind(kind) => format!(
                "NOT payments.voided AND payments.credit_debit = 'credit' \
                 AND payments.decision_kind NOT IN ('new', 'settled') \
                 AND payments.decision_kind = '{kind}'"
            ),
            // The column first, as the index has it: SQLite turns a comparison with a sum before it
            // around, and then knows the index no more.
            Walk::InPart => "NOT payments.voided AND payments.decision_kind = 'settled' \
                 AND payments.amount_dong > payments.allocated_dong + payments.credited_dong \
                 + payments.refunded_dong + payments.set_aside_dong"
                .to_owned(),
            Walk::WithCredit => "NOT payments.voided AND payments.decision_kind = 'settled' \
                 AND payments.credited_dong > 0 \
                 AND payments.allocated_dong + payments.credited_dong + payments.refunded_dong \
                 + payments.set_aside_dong = payments.amount_dong"
                .to_owned(),
            Walk::Days => "NOT payments.voided".to_owned(),
        }
    }
}

/// Where a walk stands: the payment it came to last.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place {
    /// In [`Walk::Proposed`]: confidence, amount, id.
    Sure(i32, i64, i64),
    /// In the others: day, content, id.
    Day(NaiveDate, String, i64),
}

/// The first and the last day that are asked for.
pub type Days = (Option<NaiveDate>, Option<NaiveDate>);

/// The next payments of a walk.
pub fn walk(
    tx: &mut Tx<'_>,
    school: i64,
    (walk, days): (Walk, Days),
    after: Option<&Place>,
    limit: i64,
) -> Result<Vec<PaymentRow>, StoreError> {
    let mut query = payments::table
        .filter(payments::school_id.eq(school))
        .filter(sql::<Bool>(&walk.condition()))
        .into_boxed();
    if let (Some(from), false) = (days.0, walk == Walk::Proposed) {
        query = query.filter(payments::booking_date.ge(from));
    }
    // One comparison of three columns is sought in the index; said twice, the day alone would be.
    match after {
        Some(Place::Sure(confidence, dong, id)) => {
            query = query.filter(
                sql::<Bool>("(payments.confidence, payments.amount_dong, payments.id) < (")
                    .bind::<Integer, _>(*confidence)
                    .sql(", ")
                    .bind::<BigInt, _>(*dong)
                    .sql(", ")
                    .bind::<BigInt, _>(*id)
                    .sql(")"),
            );
        }
        Some(Place::Day(day, key, id)) => {
            query = query.filter(
                sql::<Bool>("(payments.booking_date, payments.order_key, payments.id) < (")
                    .bind::<Date, _>(*day)
                    .sql(", ")
                    .bind::<Text, _>(key.clone())
                    .sql(", ")
                    .bind::<BigInt, _>(*id)
                    .sql(")"),
            );
        }
        None => {
            if let (Some(to), false) = (days.1, walk == Walk::Proposed) {
                query = query.filter(payments::booking_date.le(to));
            }
        }
    }
    let query = query.limit(limit).select(PaymentRow::as_select());
    Ok(if walk == Walk::Proposed {
        query
            .order((payments::confidence.desc(), payments::amount_dong.desc(), payments::id.desc()))
            .load(tx.conn())?
    } else {
        query
            .order((payments::booking_date.desc(), payments::order_key.desc(), payments::id.desc()))
            .load(tx.conn())?
    })
}

/// A count and a sum.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counted {
    pub count: i64,
    /// `None` beyond every sum that can be written.
    pub dong: Option<i64>,
}

/// The rules of some decisions.
pub fn rules_of(tx: &mut Tx<'_>, ids: &[i64]) -> Result<HashMap<i64, String>, StoreError> {
    let mut found = HashMap::with_capacity(ids.len());
    for chunk in ids.chunks(IDS_PER_QUERY) {
        found.extend(
            decisions::table
                .filter(decisions::id.eq_any(chunk))
                .select((decisions::id, decisions::rule))
                .load::<(i64, String)>(tx.conn())?,
        );
    }
    Ok(found)
}

/// First day and last day for a query: both databases compare with one that is always there.
fn bounds((from, to): Days) -> (NaiveDate, NaiveDate) {
    let last = NaiveDate::from_ymd_opt(9999, 12, 31).unwrap_or(NaiveDate::MAX);
    let first = NaiveDate::from_ymd_opt(1, 1, 1).unwrap_or(NaiveDate::MIN);
    (from.unwrap_or(first), to.unwrap_or(last))
}

/// How many payments a walk has, and their sum, looking at no more than `cap`. A day that nobody asked
/// for is no condition: with one, a database reads every day of the school instead of the walk's index.
pub fn count(
    tx: &mut Tx<'_>,
    school: i64,
    (walk, days): (Walk, Days),
    cap: i64,
) -> Result<Counted, StoreError> {
    // Proposals of some days are found by day.
    let walk = match (walk, days) {
        (Walk::Proposed, (None, None)) => Walk::Proposed,
        (Walk::Proposed, _) => Walk::Kind("proposed"),
        (other, _) => other,
    };
    let mut query = payments::table
        .filter(payments::school_id.eq(school))
        .filter(sql::<Bool>(&walk.condition()))
        .into_boxed();
    if let Some(from) = days.0 {
        query = query.filter(payments::booking_date.ge(from));
    }
    if let Some(to) = days.1 {
        query = query.filter(payments::booking_date.le(to));
    }
    let amounts: Vec<i64> = query.limit(cap).select(payments::amount_dong).load(tx.conn())?;
    Ok(Counted {
        count: i64::try_from(amounts.len()).unwrap_or(cap),
        dong: amounts.into_iter().try_fold(0_i64, i64::checked_add),
    })
}

/// Of a school's newest payments: how many were looked at, how many are money in by the bank, and how
/// many of these are settled to the last đồng, without credit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, QueryableByName)]
pub struct NewestRow {
    #[diesel(sql_type = BigInt)]
    pub looked: i64,
    #[diesel(sql_type = BigInt)]
    pub money_in: i64,
    #[diesel(sql_type = BigInt)]
    pub settled: i64,
}

/// Counts among the newest payments, no more than `look`.
pub fn count_newest(
    tx: &mut Tx<'_>,
    school: i64,
    days: Days,
    look: i64,
) -> Result<NewestRow, StoreError> {
    let (from, to) = bounds(days);
    Ok(diesel::sql_query(
        "SELECT COUNT(*) AS looked, CAST(COALESCE(SUM(CASE WHEN money_in THEN 1 ELSE 0 END), 0) AS BIGINT) \
         AS money_in, CAST(COALESCE(SUM(CASE WHEN money_in AND settled THEN 1 ELSE 0 END), 0) AS BIGINT) \
         AS settled FROM (SELECT NOT voided AND credit_debit = 'credit' AND entry_id IS NOT NULL \
         AS money_in, decision_kind = 'settled' AND credited_dong = 0 \
         AND allocated_dong + refunded_dong + set_aside_dong = amount_dong AS settled FROM payments \
         WHERE school_id = $1 AND booking_date >= $2 AND booking_date <= $3 \
         ORDER BY booking_date DESC, order_key DESC LIMIT $4) newest",
    )
    .bind::<BigInt, _>(school)
    .bind::<Date, _>(from)
    .bind::<Date, _>(to)
    .bind::<BigInt, _>(look)
    .get_result(tx.conn())?)
}

/// What is searched in an entry's text.
#[derive(Clone, Debug, PartialEq, Eq, Queryable)]
pub struct Words {
    pub entry: i64,
    pub reference: Option<String>,
    pub remittance: Option<String>,
    pub counterparty_name: Option<String>,
}

/// The texts of some entries.
pub fn words_of(tx: &mut Tx<'_>, ids: &[i64]) -> Result<HashMap<i64, Words>, StoreError> {
    let mut found = HashMap::with_capacity(ids.len());
    for chunk in ids.chunks(IDS_PER_QUERY) {
        let rows: Vec<Words> = entries::table
            .filter(entries::id.eq_any(chunk))
            .select((
                entries::id,
                entries::reference,
                entries::remittance,
                entries::counterparty_name,
            ))
            .load(tx.conn())?;
        found.extend(rows.into_iter().map(|row| (row.entry, row)));
    }
    Ok(found)
}

#[derive(QueryableByName)]
struct IdRow {
    #[diesel(sql_type = BigInt)]
    id: i64,
}

/// The payments that a line shows whose reference begins like this.
pub fn by_reference_prefix(
    tx: &mut Tx<'_>,
    school: i64,
    prefix: &str,
    limit: i64,
) -> Result<Vec<i64>, StoreError> {
    let rows: Vec<IdRow> = diesel::sql_query(
        "SELECT v.payment_id AS id FROM entries e JOIN evidence v ON v.entry_id = e.id \
         AND v.kind <> 'withdrawn' WHERE e.school_id = $1 AND e.reference IS NOT NULL \
         AND e.reference >= $2 AND e.reference < $3 LIMIT $4",
    )
    .bind::<BigInt, _>(school)
    .bind::<Text, _>(prefix)
    .bind::<Text, _>(format!("{prefix}\u{10FFFF}"))
    .bind::<BigInt, _>(limit)
    .load(tx.conn())?;
    Ok(rows.into_iter().map(|row| row.id).collect())
}

/// The newest payments of an account with exactly this amount.
pub fn by_amount(
    tx: &mut Tx<'_>,
    account: i64,
    dong: i64,
    limit: i64,
) -> Result<Vec<i64>, StoreError> {
    Ok(payments::table
        .filter(payments::bank_account_id.eq(account))
        .filter(payments::amount_dong.eq(dong))
        .order(payments::booking_date.desc())
        .limit(limit)
        .select(payments::id)
        .load(tx.conn())?)
}

/// The invoices whose code begins like this.
pub fn invoices_by_prefix(
    tx: &mut Tx<'_>,
    school: i64,
    prefix: &str,
    limit: i64,
) -> Result<Vec<i64>, StoreError> {
    Ok(invoices::table
        .filter(invoices::school_id.eq(school))
        .filter(invoices::code.ge(prefix))
        .filter(invoices::code.lt(format!("{prefix}\u{10FFFF}")))
        .order(invoices::code)
        .limit(limit)
        .select(invoices::id)
        .load(tx.conn())?)
}

/// The invoices of some students.
pub fn invoices_of_students(tx: &mut Tx<'_>, ids: &[i64]) -> Result<Vec<i64>, StoreError> {
    let mut found = Vec::new();
    for chunk in ids.chunks(IDS_PER_QUERY) {
        found.extend(
            invoices::table
                .filter(invoices::student_id.eq_any(chunk))
                .select(invoices::id)
                .load::<i64>(tx.conn())?,
        );
    }
    Ok(found)
}

/// The payments that stand or stood allocated to some invoices, the newest of each first.
pub fn payments_of_invoices(
    tx: &mut Tx<'_>,
    ids: &[i64],
    limit: i64,
) -> Result<Vec<i64>, StoreError> {
    let mut found = Vec::new();
    for chunk in ids.chunks(IDS_PER_QUERY) {
        found.extend(
            allocations::table
                .filter(allocations::invoice_id.eq_any(chunk))
                .select(allocations::payment_id)
                .distinct()
                .limit(limit)
                .load::<i64>(tx.conn())?,
        );
    }
    Ok(found)
}

/// The students of a class.
pub fn students_of_class(
    tx: &mut Tx<'_>,
    school: i64,
    class: &str,
    limit: i64,
) -> Result<Vec<i64>, StoreError> {
    Ok(students::table
        .filter(students::school_id.eq(school))
        .filter(students::class.eq(class))
        .limit(limit)
        .select(students::id)
        .load(tx.conn())?)
}

/// The students who have one of these telephone numbers, or a guardian who has.
pub fn students_by_phone(
    tx: &mut Tx<'_>,
    school: i64,
    numbers: &[String],
    limit: i64,
) -> Result<Vec<i64>, StoreError> {
    let mut found: Vec<i64> = students::table
        .filter(students::school_id.eq(school))
        .filter(students::phone.eq_any(numbers))
        .limit(limit)
        .select(students::id)
        .load(tx.conn())?;
    found.extend(
        guardians::table
            .filter(guardians::school_id.eq(school))
            .filter(guardians::phone.eq_any(numbers))
            .limit(limit)
            .select(guardians::student_id)
            .load::<i64>(tx.conn())?,
    );
    found.sort_unstable();
    found.dedup();
    Ok(found)
}

/// Of a school's newest invoices, no more than `look`, those of which exactly this is open.
pub fn invoices_open_with(
    tx: &mut Tx<'_>,
    school: i64,
    dong: i64,
    (look, limit): (i64, i64),
) -> Result<Vec<i64>, StoreError> {
    let rows: Vec<IdRow> = diesel::sql_query(
        "SELECT id FROM (SELECT id, cancelled, net_dong - paid_dong AS open FROM invoices \
         WHERE school_id = $1 ORDER BY id DESC LIMIT $2) newest \
         WHERE NOT cancelled AND open = $3 ORDER BY id DESC LIMIT $4",
    )
    .bind::<BigInt, _>(school)
    .bind::<BigInt, _>(look)
    .bind::<BigInt, _>(dong)
    .bind::<BigInt, _>(limit)
    .load(tx.conn())?;
    Ok(rows.into_iter().map(|row| row.id).collect())
}

/// Cash that was taken for a student: by student, amount and day.
#[derive(Clone, Debug, PartialEq, Eq, QueryableByName)]
pub struct CashRow {
    #[diesel(sql_type = BigInt)]
    pub student_id: i64,
    #[diesel(sql_type = BigInt)]
    pub amount_dong: i64,
    #[diesel(sql_type = Date)]
    pub booking_date: NaiveDate,
}

/// The cash vouchers that count for some students.
pub fn cash_of_students(tx: &mut Tx<'_>, ids: &[i64]) -> Result<Vec<CashRow>, StoreError> {
    let mut found = Vec::new();
    for chunk in ids.chunks(IDS_PER_QUERY) {
        let list: Vec<String> = chunk.iter().map(ToString::to_string).collect();
        found.extend(
            diesel::sql_query(format!(
                "SELECT DISTINCT i.student_id, p.amount_dong, p.booking_date FROM invoices i \
                 JOIN allocations a ON a.invoice_id = i.id JOIN payments p ON p.id = a.payment_id \
                 WHERE i.student_id IN ({}) AND p.channel = 'cash_at_school' AND NOT p.voided \
                 AND p.allocated_dong > 0",
                list.join(", ")
            ))
            .load::<CashRow>(tx.conn())?,
        );
    }
    Ok(found)
}

/// The day of a school's first payment.
pub fn first_day(tx: &mut Tx<'_>, school: i64) -> Result<Option<NaiveDate>, StoreError> {
    Ok(payments::table
        .filter(payments::school_id.eq(school))
        .select(diesel::dsl::min(payments::booking_date))
        .first(tx.conn())?)
}

/// The decision about a payment that followed another one.
pub fn decision_after(
    tx: &mut Tx<'_>,
    payment: i64,
    decision: i64,
) -> Result<Option<DecisionRow>, StoreError> {
    Ok(decisions::table
        .filter(decisions::payment_id.eq(payment))
        .filter(decisions::id.gt(decision))
        .order(decisions::id)
        .select(DecisionRow::as_select())
        .first(tx.conn())
        .optional()?)
}
