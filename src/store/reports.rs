//! Sums over the ledger: for the cashless report and for the verification of the books.

use chrono::NaiveDate;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Date, Nullable, Text};

use super::{StoreError, Tx};

/// Money of a school that is not on invoices, and what is still owed.
#[derive(Clone, Debug, QueryableByName)]
pub struct SchoolSumsRow {
    #[diesel(sql_type = BigInt)]
    pub school_id: i64,
    #[diesel(sql_type = Text)]
    pub kind: String,
    #[diesel(sql_type = BigInt)]
    pub count: i64,
    #[diesel(sql_type = BigInt)]
    pub amount_dong: i64,
}

/// For each school: money in of the period that is in no rate, by what became of it: `set_aside`,
/// `family_credit`, `unallocated`, `reversed`.
pub fn beside(
    tx: &mut Tx<'_>,
    schools: &[i64],
    from: NaiveDate,
    to: NaiveDate,
) -> Result<Vec<SchoolSumsRow>, StoreError> {
    let rest = "amount_dong - allocated_dong - credited_dong - refunded_dong - set_aside_dong";
    let kinds = [
        ("set_aside", "set_aside_dong"),
        ("family_credit", "credited_dong"),
        ("unallocated", rest),
    ];
    // Each payment is looked at once; few have anything beside.
    let some: Vec<String> = kinds.iter().map(|(_, dong)| format!("{dong} > 0")).collect();
    let beside = format!(
        "WITH beside AS (SELECT school_id, amount_dong, allocated_dong, credited_dong, \
         refunded_dong, set_aside_dong FROM payments WHERE NOT voided AND credit_debit = 'credit' \
         AND booking_date >= $1 AND booking_date <= $2 AND school_id IN ({}) AND ({})) ",
        id_list(schools),
        some.join(" OR ")
    );
    let mut parts: Vec<String> = kinds
        .iter()
        .map(|(kind, dong)| {
            format!(
                "SELECT school_id, '{kind}' AS kind, COUNT(*) AS count, \
                 CAST(SUM({dong}) AS BIGINT) AS amount_dong \
                 FROM beside WHERE {dong} > 0 GROUP BY school_id"
            )
        })
        .collect();
    parts.push(format!(
        "SELECT c.school_id AS school_id, 'reversed' AS kind, COUNT(*) AS count, \
         CAST(-SUM(c.amount_dong) AS BIGINT) AS amount_dong FROM collected_facts c \
         WHERE c.cause = 'reversed' AND c.booking_date >= $1 AND c.booking_date <= $2 \
         AND c.school_id IN ({}) GROUP BY c.school_id",
        id_list(schools)
    ));
    Ok(diesel::sql_query(beside + &parts.join(" UNION ALL "))
        .bind::<Date, _>(from)
        .bind::<Date, _>(to)
        .load(tx.conn())?)
}

/// Invoices of a school that stand alike.
#[derive(Clone, Debug, QueryableByName)]
pub struct DuesRow {
    #[diesel(sql_type = BigInt)]
    pub school_id: i64,
    /// `open`, `paid`, or `waived` where there is nothing to pay.
    #[diesel(sql_type = Text)]
    pub kind: String,
    #[diesel(sql_type = BigInt)]
    pub count: i64,
    /// What is open, or what was waived.
    #[diesel(sql_type = BigInt)]
    pub amount_dong: i64,
    /// What is due, paid or not.
    #[diesel(sql_type = BigInt)]
    pub net_dong: i64,
    /// What is paid.
    #[diesel(sql_type = BigInt)]
    pub paid_dong: i64,
}

/// What each school is owed and was paid, whenever it fell due.
pub fn dues(tx: &mut Tx<'_>, schools: &[i64]) -> Result<Vec<DuesRow>, StoreError> {
    let sql = format!(
        "SELECT school_id, CASE WHEN net_dong = 0 THEN 'waived' WHEN paid_dong = net_dong \
         THEN 'paid' ELSE 'open' END AS kind, COUNT(*) AS count, \
         CAST(SUM(CASE WHEN net_dong = 0 THEN gross_dong ELSE net_dong - paid_dong END) AS BIGINT) \
         AS amount_dong, CAST(SUM(net_dong) AS BIGINT) AS net_dong, \
         CAST(SUM(paid_dong) AS BIGINT) AS paid_dong FROM invoices WHERE NOT cancelled AND school_id IN ({}) \
         GROUP BY school_id, 2 ORDER BY school_id, 2",
        id_list(schools)
    );
    Ok(diesel::sql_query(sql).load(tx.conn())?)
}

#[derive(QueryableByName)]
struct PupilsRow {
    #[diesel(sql_type = BigInt)]
    pupils: i64,
    #[diesel(sql_type = BigInt)]
    identified: i64,
}

/// The pupils whom some schools have on a day, and those of them whose personal number is known.
pub fn identified(
    tx: &mut Tx<'_>,
    schools: &[i64],
    day: NaiveDate,
) -> Result<(i64, i64), StoreError> {
    let sql = format!(
        "SELECT COUNT(*) AS pupils, CAST(COALESCE(SUM(CASE WHEN EXISTS (SELECT 1 FROM \
         student_identifiers i WHERE i.student_id = s.id AND i.scheme = 'personal_number') \
         THEN 1 ELSE 0 END), 0) AS BIGINT) AS identified FROM students s \
         WHERE s.school_id IN ({}) AND (s.left_on IS NULL OR s.left_on > $1)",
        id_list(schools)
    );
    let row: PupilsRow = diesel::sql_query(sql).bind::<Date, _>(day).get_result(tx.conn())?;
    Ok((row.pupils, row.identified))
}

/// A fault found by a check of the books: the row it was found at and the two figures that differ.
#[derive(Clone, Debug, QueryableByName)]
pub struct FaultRow {
    #[diesel(sql_type = BigInt)]
    pub id: i64,
    #[diesel(sql_type = Nullable<BigInt>)]
    pub expected: Option<i64>,
    #[diesel(sql_type = Nullable<BigInt>)]
    pub found: Option<i64>,
}

/// Runs a check: a SELECT of `id`, `expected`, `found` that returns a row for each fault.
pub fn faults(tx: &mut Tx<'_>, sql: &'static str) -> Result<Vec<FaultRow>, StoreError> {
    // PostgreSQL has shorter numbers where a check says 1 or 0.
    let sql = format!(
        "SELECT id, CAST(expected AS BIGINT) AS expected, CAST(found AS BIGINT) AS found \
         FROM ({sql}) AS fault"
    );
    Ok(diesel::sql_query(sql).load(tx.conn())?)
}

/// One number.
#[derive(Clone, Debug, QueryableByName)]
struct CountRow {
    #[diesel(sql_type = BigInt)]
    value: i64,
}

/// Runs a SELECT of one number called `value`.
pub fn number(tx: &mut Tx<'_>, sql: &'static str) -> Result<i64, StoreError> {
    let row: CountRow = diesel::sql_query(sql).get_result(tx.conn())?;
    Ok(row.value)
}

pub(super) fn id_list(ids: &[i64]) -> String {
    if ids.is_empty() {
        return "NULL".to_owned();
    }
    ids.iter().map(i64::to_string).collect::<Vec<_>>().join(",")
}
