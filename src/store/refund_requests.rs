//! Refunds above the limit, as they were proposed, and the limits of schools.

use chrono::NaiveDateTime;
use diesel::prelude::*;

use super::schema::{refund_limits, refund_requests};
use super::{StoreError, Tx};

/// A row of `refund_limits`.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = refund_limits, treat_none_as_default_value = false)]
pub struct RefundLimitRow {
    pub id: i64,
    pub school_id: i64,
    pub limit_dong: i64,
    pub set_by: String,
    pub set_at: NaiveDateTime,
}

/// A row of `refund_requests`.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = refund_requests, treat_none_as_default_value = false)]
pub struct RefundRequestRow {
    pub id: i64,
    pub school_id: i64,
    pub kind: String,
    pub student_id: Option<i64>,
    pub payment_id: Option<i64>,
    pub decision_id: Option<i64>,
    pub amount_dong: i64,
    pub body: String,
    pub reason: String,
    pub state: String,
    pub asked_by: String,
    pub asked_at: NaiveDateTime,
    pub decided_by: Option<String>,
    pub decided_at: Option<NaiveDateTime>,
    pub answer: Option<String>,
    pub refund_id: Option<i64>,
}

/// The limit a school has set, in đồng.
pub fn limit(tx: &mut Tx<'_>, school: i64) -> Result<Option<i64>, StoreError> {
    Ok(refund_limits::table
        .filter(refund_limits::school_id.eq(school))
        .select(refund_limits::limit_dong)
        .first(tx.conn())
        .optional()?)
}

/// Sets the limit of a school in place of the one before.
pub fn set_limit(tx: &mut Tx<'_>, row: &RefundLimitRow) -> Result<(), StoreError> {
    diesel::delete(refund_limits::table.filter(refund_limits::school_id.eq(row.school_id)))
        .execute(tx.conn())?;
    diesel::insert_into(refund_limits::table).values(row).execute(tx.conn())?;
    Ok(())
}

pub fn insert(tx: &mut Tx<'_>, row: &RefundRequestRow) -> Result<(), StoreError> {
    diesel::insert_into(refund_requests::table).values(row).execute(tx.conn())?;
    Ok(())
}

pub fn find(tx: &mut Tx<'_>, id: i64) -> Result<Option<RefundRequestRow>, StoreError> {
    Ok(refund_requests::table
        .find(id)
        .select(RefundRequestRow::as_select())
        .first(tx.conn())
        .optional()?)
}

/// Requests of a school, newest first; in one state, or about one payment, where they are named.
pub fn page(
    tx: &mut Tx<'_>,
    school: i64,
    (state, payment): (Option<&str>, Option<i64>),
    limit: i64,
) -> Result<Vec<RefundRequestRow>, StoreError> {
    let mut query =
        refund_requests::table.filter(refund_requests::school_id.eq(school)).into_boxed();
    if let Some(state) = state {
        query = query.filter(refund_requests::state.eq(state));
    }
    if let Some(payment) = payment {
        query = query.filter(refund_requests::payment_id.eq(payment));
    }
    Ok(query
        .order(refund_requests::id.desc())
        .limit(limit)
        .select(RefundRequestRow::as_select())
        .load(tx.conn())?)
}

/// Which of these refunds two persons agreed on.
pub fn agreed(tx: &mut Tx<'_>, refunds: &[i64]) -> Result<Vec<i64>, StoreError> {
    let found: Vec<Option<i64>> = refund_requests::table
        .filter(refund_requests::refund_id.eq_any(refunds))
        .select(refund_requests::refund_id)
        .load(tx.conn())?;
    Ok(found.into_iter().flatten().collect())
}

/// Writes what became of a request.
pub fn decide(tx: &mut Tx<'_>, row: &RefundRequestRow) -> Result<(), StoreError> {
    diesel::update(refund_requests::table.find(row.id))
        .set((
            refund_requests::state.eq(&row.state),
            refund_requests::decided_by.eq(&row.decided_by),
            refund_requests::decided_at.eq(row.decided_at),
            refund_requests::answer.eq(&row.answer),
            refund_requests::refund_id.eq(row.refund_id),
        ))
        .execute(tx.conn())?;
    Ok(())
}
