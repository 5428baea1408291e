//! What students owe and have paid, added up by the database: by student, by class, and in all.

use chrono::{Datelike as _, NaiveDate};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Date, Text};

use super::{StoreError, Tx};
use crate::domain::calendar::Period;

/// Which students, and which of their invoices.
#[derive(Clone, Debug)]
pub struct OwingFilter<'a> {
    pub school: i64,
    /// Only this class; all where empty.
    pub class: &'a str,
    /// Only invoices of this round; of all where 0.
    pub round: i64,
    /// `owing`, `overdue`, `settled` or `credit`; everybody with an invoice where empty.
    pub state: &'a str,
    /// Only invoices of the school year with these days; of all where there is none.
    pub year: Option<Period>,
    /// Patterns that the search key must be like; `%` where there is nothing to look for.
    pub words: [String; 3],
    pub today: NaiveDate,
    /// Whether so few invoices are open that it is quicker to begin with them: see [`few_owe`]. Of `owing`
    /// and `overdue` alone.
    pub few_owe: bool,
}

/// At most so many open invoices are gone through to find who owes.
const FEW: i64 = 10_000;

/// Whether few invoices of a school are open: an index of the open ones alone answers it.
pub fn few_owe(tx: &mut Tx<'_>, school: i64) -> Result<bool, StoreError> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = BigInt)]
        found: i64,
    }
    let row: Row = diesel::sql_query(
        "SELECT COUNT(*) AS found FROM (SELECT 1 FROM invoices WHERE school_id = $1 \
         AND cancelled = FALSE AND paid_dong < net_dong LIMIT $2) q",
    )
    .bind::<BigInt, _>(school)
    .bind::<BigInt, _>(FEW + 1)
    .get_result(tx.conn())?;
    Ok(row.found <= FEW)
}

/// What was due and what was paid, in đồng.
#[derive(Clone, Debug, Default, QueryableByName)]
pub struct OwingRow {
    /// The student's row; 0 in sums.
    #[diesel(sql_type = BigInt)]
    pub student_id: i64,
    #[diesel(sql_type = BigInt)]
    pub family_id: i64,
    #[diesel(sql_type = Text)]
    pub code: String,
    #[diesel(sql_type = Text)]
    pub name: String,
    #[diesel(sql_type = Text)]
    pub class: String,
    #[diesel(sql_type = Text)]
    pub sort_key: String,
    #[diesel(sql_type = BigInt)]
    pub students: i64,
    #[diesel(sql_type = BigInt)]
    pub gross_dong: i64,
    #[diesel(sql_type = BigInt)]
    pub waived_dong: i64,
    #[diesel(sql_type = BigInt)]
    pub net_dong: i64,
    #[diesel(sql_type = BigInt)]
    pub paid_dong: i64,
    /// What of it is cash taken at the school.
    #[diesel(sql_type = BigInt)]
    pub cash_dong: i64,
}

/// A query with the filter's parameters, in the order of their numbers: SQLite counts them as they come,
/// so that [`chosen`] has to stand before whatever else asks for them.
macro_rules! bound {
    ($sql:expr, $filter:expr) => {
        diesel::sql_query($sql)
            .bind::<BigInt, _>($filter.school)
            .bind::<Text, _>($filter.class)
            .bind::<BigInt, _>($filter.round)
            .bind::<Text, _>($filter.state)
            .bind::<Date, _>($filter.today)
            .bind::<Text, _>(&$filter.words[0])
            .bind::<Text, _>(&$filter.words[1])
            .bind::<Text, _>(&$filter.words[2])
    };
}

/// What holds of an invoice `i` of the school year with these days: the year it was numbered in; of one
/// that was read from a list, that of the last day to pay, or else of its coming.
pub(super) fn of_year(year: Period) -> String {
    let (from, to) = (year.from(), year.to());
    let eve = from.pred_opt().unwrap_or(from);
    format!(
        "(i.school_year = {begins} OR (i.school_year IS NULL \
         AND ((i.due_on IS NOT NULL AND i.due_on BETWEEN '{from}' AND '{to}') \
         OR (i.due_on IS NULL AND i.issued_at >= '{eve} {MIDNIGHT}' \
         AND i.issued_at < '{to} {MIDNIGHT}'))))",
        begins = from.year()
    )
}

/// When a day of Vietnam ends, in UTC.
const MIDNIGHT: &str = "17:00:00";

/// Which invoices `i` of students `s` a filter means, besides those of its round.
fn meant(filter: &OwingFilter<'_>) -> String {
    let year = filter.year.map(|year| format!(" AND {}", of_year(year))).unwrap_or_default();
    format!("i.student_id = s.id AND i.cancelled = FALSE AND ($3 = 0 OR i.round_id = $3){year}")
}

/// The students that a filter means, as `s`. The first eight parameters are its own.
///
/// What is not asked for is said as something that always holds: an `OR` around a column would keep
/// either database from its index.
fn chosen(filter: &OwingFilter<'_>) -> String {
    let invoice = meant(filter);
    let class = if filter.class.is_empty() { "$2 = ''" } else { "s.class = $2" };
    let open = format!("SELECT 1 FROM invoices i WHERE {invoice} AND i.paid_dong < i.net_dong");
    // Of few that owe, the open invoices lead to the students; of many, students are asked in their order.
    let among = if filter.few_owe {
        "s.id IN (SELECT o.student_id FROM invoices o WHERE o.school_id = $1 \
         AND o.cancelled = FALSE AND o.paid_dong < o.net_dong) AND "
    } else {
        ""
    };
    let state = match filter.state {
        "owing" => format!("$4 = 'owing' AND $5 IS NOT NULL AND {among}EXISTS ({open})"),
        "overdue" => format!("$4 = 'overdue' AND {among}EXISTS ({open} AND i.due_on < $5)"),
        "settled" => format!("$4 = 'settled' AND $5 IS NOT NULL AND NOT EXISTS ({open})"),
        "credit" => "$4 = 'credit' AND $5 IS NOT NULL AND EXISTS (SELECT 1 FROM allocations a \
             WHERE a.family_id = s.family_id AND a.target = 'family_credit' \
             GROUP BY a.family_id HAVING SUM(a.amount_dong) > 0)"
            .to_owned(),
        _ => "$4 = '' AND $5 IS NOT NULL".to_owned(),
    };
    format!(
        "s.school_id = $1 AND {class} AND EXISTS (SELECT 1 FROM invoices i WHERE {invoice}) \
         AND {state} AND s.search_key LIKE $6 AND s.search_key LIKE $7 AND s.search_key LIKE $8"
    )
}

/// The sums of invoices `i` of students `s`.
const SUMS: &str = "CAST(COALESCE(SUM(i.gross_dong), 0) AS BIGINT) AS gross_dong, \
     CAST(COALESCE(SUM(i.waived_dong), 0) AS BIGINT) AS waived_dong, \
     CAST(COALESCE(SUM(i.net_dong), 0) AS BIGINT) AS net_dong, \
     CAST(COALESCE(SUM(i.paid_dong), 0) AS BIGINT) AS paid_dong, \
     CAST(COALESCE(SUM((SELECT SUM(a.amount_dong) FROM allocations a \
       JOIN payments p ON p.id = a.payment_id \
       WHERE a.invoice_id = i.id AND p.channel = 'cash_at_school')), 0) AS BIGINT) AS cash_dong";

/// The invoices that a filter means, beside its students.
fn invoices(filter: &OwingFilter<'_>) -> String {
    format!("JOIN invoices i ON {}", meant(filter))
}

/// A page of students in the order of their names, after the last one of the page before.
pub fn students(
    tx: &mut Tx<'_>,
    filter: &OwingFilter<'_>,
    (after_key, after_id): (&str, i64),
    limit: i64,
) -> Result<Vec<OwingRow>, StoreError> {
    let sql = format!(
        "SELECT s.id AS student_id, s.family_id AS family_id, s.code AS code, s.name AS name, \
         s.class AS class, s.sort_key AS sort_key, CAST(1 AS BIGINT) AS students, {SUMS} \
         FROM (SELECT s.* FROM students s WHERE {} AND (s.sort_key, s.id) > ($9, $10) \
         ORDER BY s.sort_key, s.id LIMIT $11) s {} \
         GROUP BY s.id, s.family_id, s.code, s.name, s.class, s.sort_key \
         ORDER BY s.sort_key, s.id",
        chosen(filter),
        invoices(filter)
    );
    bound!(sql, filter)
        .bind::<Text, _>(after_key)
        .bind::<BigInt, _>(after_id)
        .bind::<BigInt, _>(limit)
        .load(tx.conn())
        .map_err(StoreError::from)
}

/// The same by class, in the order of their names.
pub fn classes(tx: &mut Tx<'_>, filter: &OwingFilter<'_>) -> Result<Vec<OwingRow>, StoreError> {
    let sql = format!(
        "SELECT CAST(0 AS BIGINT) AS student_id, CAST(0 AS BIGINT) AS family_id, '' AS code, '' AS name, \
         s.class AS class, '' AS sort_key, COUNT(DISTINCT s.id) AS students, {SUMS} \
         FROM (SELECT s.* FROM students s WHERE {}) s {} GROUP BY s.class ORDER BY s.class",
        chosen(filter),
        invoices(filter)
    );
    bound!(sql, filter).load(tx.conn()).map_err(StoreError::from)
}

/// Whether a filter means more students than this.
pub fn more_than(tx: &mut Tx<'_>, filter: &OwingFilter<'_>, most: i64) -> Result<bool, StoreError> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = BigInt)]
        students: i64,
    }
    let sql = format!(
        "SELECT COUNT(*) AS students FROM (SELECT s.id FROM students s WHERE {} LIMIT $9) q",
        chosen(filter)
    );
    let row: Row =
        bound!(sql, filter).bind::<BigInt, _>(most.saturating_add(1)).get_result(tx.conn())?;
    Ok(row.students > most)
}

/// The same in all.
pub fn total(tx: &mut Tx<'_>, filter: &OwingFilter<'_>) -> Result<OwingRow, StoreError> {
    let sql = format!(
        "SELECT CAST(0 AS BIGINT) AS student_id, CAST(0 AS BIGINT) AS family_id, '' AS code, '' AS name, \
         '' AS class, '' AS sort_key, COUNT(DISTINCT s.id) AS students, {SUMS} \
         FROM (SELECT s.* FROM students s WHERE {}) s {}",
        chosen(filter),
        invoices(filter)
    );
    bound!(sql, filter).get_result(tx.conn()).map_err(StoreError::from)
}

/// What somebody has as credit, by a name of theirs.
#[derive(Clone, Debug, QueryableByName)]
pub struct CreditRow {
    /// The class; empty in the sum of all.
    #[diesel(sql_type = Text)]
    pub class: String,
    #[diesel(sql_type = BigInt)]
    pub amount_dong: i64,
}

/// The credit of families with students that a filter means: each family once for each class it has
/// one in, or once in all under an empty name.
pub fn credit(
    tx: &mut Tx<'_>,
    filter: &OwingFilter<'_>,
    by_class: bool,
) -> Result<Vec<CreditRow>, StoreError> {
    let class = if by_class { "s.class" } else { "CAST('' AS TEXT)" };
    let sql = format!(
        "SELECT f.class AS class, CAST(SUM(a.amount_dong) AS BIGINT) AS amount_dong \
         FROM (SELECT DISTINCT s.family_id AS family_id, {class} AS class FROM students s WHERE {}) f \
         JOIN allocations a ON a.family_id = f.family_id AND a.target = 'family_credit' \
         GROUP BY f.class HAVING SUM(a.amount_dong) <> 0",
        chosen(filter)
    );
    bound!(sql, filter).load(tx.conn()).map_err(StoreError::from)
}

#[derive(Debug, QueryableByName)]
struct FamilyCreditRow {
    #[diesel(sql_type = BigInt)]
    family_id: i64,
    #[diesel(sql_type = BigInt)]
    amount_dong: i64,
}

/// The credit of some families, by family.
pub fn credit_of_families(
    tx: &mut Tx<'_>,
    families: &[i64],
) -> Result<Vec<(i64, i64)>, StoreError> {
    let mut found = Vec::new();
    for chunk in families.chunks(super::IDS_PER_QUERY) {
        let list: Vec<String> = chunk.iter().map(i64::to_string).collect();
        let rows: Vec<FamilyCreditRow> = diesel::sql_query(format!(
            "SELECT a.family_id AS family_id, CAST(SUM(a.amount_dong) AS BIGINT) AS amount_dong \
             FROM allocations a WHERE a.family_id IN ({}) AND a.target = 'family_credit' \
             GROUP BY a.family_id HAVING SUM(a.amount_dong) <> 0",
            list.join(",")
        ))
        .load(tx.conn())?;
        found.extend(rows.into_iter().map(|row| (row.family_id, row.amount_dong)));
    }
    Ok(found)
}

/// Money that pays a student's invoices, payment by payment.
#[derive(Clone, Debug, QueryableByName)]
pub struct StudentPaymentRow {
    #[diesel(sql_type = BigInt)]
    pub payment_id: i64,
    #[diesel(sql_type = Date)]
    pub booking_date: NaiveDate,
    #[diesel(sql_type = Text)]
    pub channel: String,
    /// The codes' invoice.
    #[diesel(sql_type = Text)]
    pub invoice: String,
    #[diesel(sql_type = Text)]
    pub decided_by: String,
    #[diesel(sql_type = BigInt)]
    pub amount_dong: i64,
}

/// What pays a student's invoices, the last day first.
pub fn payments_of_student(
    tx: &mut Tx<'_>,
    student: i64,
    limit: i64,
) -> Result<Vec<StudentPaymentRow>, StoreError> {
    Ok(diesel::sql_query(
        "SELECT p.id AS payment_id, p.booking_date AS booking_date, p.channel AS channel, \
         i.code AS invoice, p.decided_by AS decided_by, \
         CAST(SUM(a.amount_dong) AS BIGINT) AS amount_dong \
         FROM invoices i JOIN allocations a ON a.invoice_id = i.id \
         JOIN payments p ON p.id = a.payment_id \
         WHERE i.student_id = $1 \
         GROUP BY p.id, p.booking_date, p.channel, i.code, p.decided_by \
         HAVING SUM(a.amount_dong) <> 0 \
         ORDER BY p.booking_date DESC, p.id DESC, i.code LIMIT $2",
    )
    .bind::<BigInt, _>(student)
    .bind::<BigInt, _>(limit)
    .load(tx.conn())?)
}
