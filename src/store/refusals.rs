//! Whom persons refused for which payments; rows are only ever added.

use chrono::{NaiveDate, NaiveDateTime};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Timestamp};

use super::schema::match_refusals;
use super::{StoreError, Tx, dialect};

/// A row of `match_refusals`.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = match_refusals, treat_none_as_default_value = false)]
pub struct RefusalRow {
    pub id: i64,
    pub school_id: i64,
    pub payment_id: i64,
    pub student_id: i64,
    pub account: Option<String>,
    pub refused_on: NaiveDate,
    pub refused_by: String,
    pub refused_at: NaiveDateTime,
    pub reason: Option<String>,
}

pub fn insert_refusals(tx: &mut Tx<'_>, rows: &[RefusalRow]) -> Result<(), StoreError> {
    dialect::insert_all::<match_refusals::table, RefusalRow>(tx, match_refusals::table, rows)
}

/// Every refusal of a school, oldest first.
pub fn refusals_of(tx: &mut Tx<'_>, school: i64) -> Result<Vec<RefusalRow>, StoreError> {
    Ok(match_refusals::table
        .filter(match_refusals::school_id.eq(school))
        .order(match_refusals::id)
        .select(RefusalRow::as_select())
        .load(tx.conn())?)
}

/// The refusals about one payment, oldest first.
pub fn refusals_about(tx: &mut Tx<'_>, payment: i64) -> Result<Vec<RefusalRow>, StoreError> {
    Ok(match_refusals::table
        .filter(match_refusals::payment_id.eq(payment))
        .order(match_refusals::id)
        .select(RefusalRow::as_select())
        .load(tx.conn())?)
}

/// A payment that holds no more, and the one that its line shows now.
#[derive(Clone, Debug, QueryableByName)]
pub struct MovedRow {
    #[diesel(sql_type = BigInt)]
    pub payment_id: i64,
    #[diesel(sql_type = BigInt)]
    pub now_payment_id: i64,
}

/// Where the payments went about which a school has refusals: a payment may become one with another,
/// and a file that was taken back may come again.
pub fn moved(tx: &mut Tx<'_>, school: i64) -> Result<Vec<MovedRow>, StoreError> {
    Ok(diesel::sql_query(
        "SELECT DISTINCT p.id AS payment_id, v.payment_id AS now_payment_id \
         FROM match_refusals r JOIN payments p ON p.id = r.payment_id \
         JOIN entries e ON e.id = p.entry_id JOIN imports i ON i.id = e.import_id \
         JOIN evidence v ON v.bank_account_id = e.bank_account_id AND v.source = i.source \
         AND v.own_key = e.own_key AND v.own_ordinal = e.own_ordinal \
         WHERE r.school_id = $1 AND p.voided AND v.kind IN ('first', 'witness') \
         ORDER BY p.id, v.payment_id",
    )
    .bind::<BigInt, _>(school)
    .load(tx.conn())?)
}

/// When a person last used a payment for a family.
#[derive(Clone, Debug, QueryableByName)]
pub struct PersonalUseRow {
    #[diesel(sql_type = BigInt)]
    pub payment_id: i64,
    #[diesel(sql_type = BigInt)]
    pub family_id: i64,
    #[diesel(sql_type = Timestamp)]
    pub at: NaiveDateTime,
}

/// What persons used the payments for about which a school has refusals.
pub fn personal_uses(tx: &mut Tx<'_>, school: i64) -> Result<Vec<PersonalUseRow>, StoreError> {
    Ok(diesel::sql_query(
        "SELECT a.payment_id AS payment_id, s.family_id AS family_id, MAX(d.decided_at) AS at \
         FROM allocations a JOIN decisions d ON d.id = a.decision_id \
         JOIN invoices i ON i.id = a.invoice_id JOIN students s ON s.id = i.student_id \
         WHERE a.reverses_id IS NULL AND d.decided_by <> 'machine' \
         AND a.payment_id IN (SELECT payment_id FROM match_refusals WHERE school_id = $1) \
         GROUP BY a.payment_id, s.family_id",
    )
    .bind::<BigInt, _>(school)
    .load(tx.conn())?)
}
