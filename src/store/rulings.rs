//! What persons said of lines of the bank's, and the payments about which nobody has said yet.

use chrono::{NaiveDate, NaiveDateTime};
use diesel::prelude::*;

use super::schema::{identity_doubts, identity_rulings, payments};
use super::{IDS_PER_QUERY, StoreError, Tx, dialect};

/// A row of `identity_rulings`.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = identity_rulings, treat_none_as_default_value = false)]
pub struct RulingRow {
    pub id: i64,
    pub school_id: i64,
    pub bank_account_id: i64,
    pub kind: String,
    pub one_source: String,
    pub one_own_key: String,
    pub one_own_ordinal: i64,
    pub one_booked_on: NaiveDate,
    pub other_source: String,
    pub other_own_key: String,
    pub other_own_ordinal: i64,
    pub other_booked_on: NaiveDate,
    pub one_payment_id: i64,
    pub other_payment_id: i64,
    pub reason: String,
    pub decided_by: String,
    pub decided_at: NaiveDateTime,
}

/// A row of `identity_doubts`.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = identity_doubts, treat_none_as_default_value = false)]
pub struct DoubtRow {
    pub id: i64,
    pub school_id: i64,
    pub payment_id: i64,
    pub like_payment_id: i64,
    pub entry_id: i64,
    pub like_entry_id: i64,
    pub why: String,
}

pub fn insert_ruling(tx: &mut Tx<'_>, row: &RulingRow) -> Result<(), StoreError> {
    diesel::insert_into(identity_rulings::table).values(row.clone()).execute(tx.conn())?;
    Ok(())
}

/// Every ruling of a school, newest first.
pub fn rulings_of(tx: &mut Tx<'_>, school: i64) -> Result<Vec<RulingRow>, StoreError> {
    Ok(identity_rulings::table
        .filter(identity_rulings::school_id.eq(school))
        .order(identity_rulings::id.desc())
        .select(RulingRow::as_select())
        .load(tx.conn())?)
}

/// Every doubt of a school, oldest day first.
pub fn doubts_of(tx: &mut Tx<'_>, school: i64) -> Result<Vec<DoubtRow>, StoreError> {
    Ok(identity_doubts::table
        .inner_join(payments::table.on(payments::id.eq(identity_doubts::payment_id)))
        .filter(identity_doubts::school_id.eq(school))
        .order((payments::booking_date, payments::order_key, identity_doubts::id))
        .select(DoubtRow::as_select())
        .load(tx.conn())?)
}

/// The next doubts of a school after one, oldest first.
pub fn doubts_page(
    tx: &mut Tx<'_>,
    school: i64,
    after: Option<i64>,
    limit: i64,
) -> Result<Vec<DoubtRow>, StoreError> {
    Ok(identity_doubts::table
        .filter(identity_doubts::school_id.eq(school))
        .filter(identity_doubts::id.gt(after.unwrap_or_default()))
        .order(identity_doubts::id)
        .limit(limit)
        .select(DoubtRow::as_select())
        .load(tx.conn())?)
}

/// How many doubts a school has, counting no further than `cap`.
pub fn count_doubts(tx: &mut Tx<'_>, school: i64, cap: i64) -> Result<i64, StoreError> {
    let ids: Vec<i64> = identity_doubts::table
        .filter(identity_doubts::school_id.eq(school))
        .limit(cap)
        .select(identity_doubts::id)
        .load(tx.conn())?;
    Ok(i64::try_from(ids.len()).unwrap_or(cap))
}

/// The days of an account's payments in doubt, and of those that they may be.
pub fn days_in_doubt(
    tx: &mut Tx<'_>,
    account: i64,
    from: NaiveDate,
    to: NaiveDate,
) -> Result<Vec<NaiveDate>, StoreError> {
    Ok(identity_doubts::table
        .inner_join(payments::table.on(payments::id.eq(identity_doubts::payment_id)))
        .filter(payments::bank_account_id.eq(account))
        .filter(payments::booking_date.between(from, to))
        .select(payments::booking_date)
        .distinct()
        .load(tx.conn())?)
}

/// The doubts about some payments.
pub fn doubts_about(tx: &mut Tx<'_>, ids: &[i64]) -> Result<Vec<DoubtRow>, StoreError> {
    let mut found = Vec::new();
    for chunk in ids.chunks(IDS_PER_QUERY) {
        found.extend(
            identity_doubts::table
                .filter(identity_doubts::payment_id.eq_any(chunk))
                .order(identity_doubts::id)
                .select(DoubtRow::as_select())
                .load::<DoubtRow>(tx.conn())?,
        );
    }
    Ok(found)
}

/// Takes doubts away.
pub fn delete_doubts(tx: &mut Tx<'_>, ids: &[i64]) -> Result<(), StoreError> {
    for chunk in ids.chunks(IDS_PER_QUERY) {
        diesel::delete(identity_doubts::table.filter(identity_doubts::id.eq_any(chunk)))
            .execute(tx.conn())?;
    }
    Ok(())
}

pub fn insert_doubts(tx: &mut Tx<'_>, rows: &[DoubtRow]) -> Result<(), StoreError> {
    dialect::insert_all::<identity_doubts::table, DoubtRow>(tx, identity_doubts::table, rows)
}
