//! What families say they paid, and the pictures they sent with it.

use chrono::{NaiveDate, NaiveDateTime};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Date, Text};

use super::schema::{claim_photos, claims};
use super::{StoreError, Tx};

/// A row of `claims`.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = claims, treat_none_as_default_value = false)]
pub struct ClaimRow {
    pub id: i64,
    pub school_id: i64,
    pub family_id: i64,
    pub amount_dong: i64,
    pub paid_on: NaiveDate,
    /// The payer's bank; empty where nothing was said.
    pub bank: String,
    /// The last digits of the payer's account; empty where nothing was said.
    pub account_end: String,
    pub words: String,
    /// `waiting` or `answered`.
    pub state: String,
    pub made_at: NaiveDateTime,
    /// `matched`, `not_found` or `please_send`.
    pub answer: Option<String>,
    pub answer_words: Option<String>,
    pub payment_id: Option<i64>,
    pub answered_by: Option<String>,
    pub answered_at: Option<NaiveDateTime>,
}

/// A row of `claim_photos`.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = claim_photos, treat_none_as_default_value = false)]
pub struct PhotoRow {
    pub id: i64,
    pub school_id: i64,
    pub claim_id: i64,
    /// The key the picture is sealed with.
    pub key_id: String,
    pub sealed: String,
    pub size_bytes: i64,
    pub made_at: NaiveDateTime,
}

pub fn insert(tx: &mut Tx<'_>, row: &ClaimRow) -> Result<(), StoreError> {
    diesel::insert_into(claims::table).values(row).execute(tx.conn())?;
    Ok(())
}

pub fn insert_photo(tx: &mut Tx<'_>, row: &PhotoRow) -> Result<(), StoreError> {
    diesel::insert_into(claim_photos::table).values(row).execute(tx.conn())?;
    Ok(())
}

/// A claim of a school.
pub fn find(tx: &mut Tx<'_>, school: i64, id: i64) -> Result<Option<ClaimRow>, StoreError> {
    Ok(claims::table
        .find(id)
        .filter(claims::school_id.eq(school))
        .select(ClaimRow::as_select())
        .first(tx.conn())
        .optional()?)
}

/// The picture of a claim.
pub fn photo(tx: &mut Tx<'_>, claim: i64) -> Result<Option<PhotoRow>, StoreError> {
    Ok(claim_photos::table
        .filter(claim_photos::claim_id.eq(claim))
        .select(PhotoRow::as_select())
        .first(tx.conn())
        .optional()?)
}

/// Which of some claims have a picture.
pub fn with_photo(tx: &mut Tx<'_>, ids: &[i64]) -> Result<Vec<i64>, StoreError> {
    let mut found = Vec::new();
    for chunk in ids.chunks(super::IDS_PER_QUERY) {
        let some: Vec<i64> = claim_photos::table
            .filter(claim_photos::claim_id.eq_any(chunk))
            .select(claim_photos::claim_id)
            .load(tx.conn())?;
        found.extend(some);
    }
    Ok(found)
}

/// The claims of a family, the last first.
pub fn of_family(tx: &mut Tx<'_>, family: i64, limit: i64) -> Result<Vec<ClaimRow>, StoreError> {
    Ok(claims::table
        .filter(claims::family_id.eq(family))
        .order(claims::id.desc())
        .limit(limit)
        .select(ClaimRow::as_select())
        .load(tx.conn())?)
}

/// A page of a school's claims: those that wait, the oldest first, or all, the last first; after or
/// before an id.
pub fn page(
    tx: &mut Tx<'_>,
    (school, waiting): (i64, bool),
    from: Option<i64>,
    limit: i64,
) -> Result<Vec<ClaimRow>, StoreError> {
    let query = claims::table.filter(claims::school_id.eq(school)).limit(limit).into_boxed();
    let query = if waiting {
        query
            .filter(claims::state.eq("waiting"))
            .filter(claims::id.gt(from.unwrap_or(0)))
            .order(claims::id)
    } else {
        query.filter(claims::id.lt(from.unwrap_or(i64::MAX))).order(claims::id.desc())
    };
    Ok(query.select(ClaimRow::as_select()).load(tx.conn())?)
}

/// How many claims of a school wait for an answer.
pub fn waiting(tx: &mut Tx<'_>, school: i64) -> Result<i64, StoreError> {
    Ok(claims::table
        .filter(claims::school_id.eq(school))
        .filter(claims::state.eq("waiting"))
        .count()
        .get_result(tx.conn())?)
}

/// How many a family has waiting, and how many it made since.
pub fn counts(
    tx: &mut Tx<'_>,
    family: i64,
    since: NaiveDateTime,
) -> Result<(i64, i64), StoreError> {
    let own = claims::table.filter(claims::family_id.eq(family));
    let waiting = own.filter(claims::state.eq("waiting")).count().get_result(tx.conn())?;
    let lately = own.filter(claims::made_at.ge(since)).count().get_result(tx.conn())?;
    Ok((waiting, lately))
}

/// Writes the answer of one that waited: how many rows, none where somebody was faster.
pub fn answer(tx: &mut Tx<'_>, row: &ClaimRow) -> Result<usize, StoreError> {
    Ok(diesel::update(claims::table.find(row.id).filter(claims::state.eq("waiting")))
        .set((
            claims::state.eq("answered"),
            claims::answer.eq(&row.answer),
            claims::answer_words.eq(&row.answer_words),
            claims::payment_id.eq(row.payment_id),
            claims::answered_by.eq(&row.answered_by),
            claims::answered_at.eq(row.answered_at),
        ))
        .execute(tx.conn())?)
}

/// Claims that wait and may be about a payment: equal in amount and near in time.
pub fn near(
    tx: &mut Tx<'_>,
    (school, amount): (i64, i64),
    (from, to): (NaiveDate, NaiveDate),
    limit: i64,
) -> Result<Vec<ClaimRow>, StoreError> {
    Ok(claims::table
        .filter(claims::school_id.eq(school))
        .filter(claims::state.eq("waiting"))
        .filter(claims::amount_dong.eq(amount))
        .filter(claims::paid_on.between(from, to))
        .order(claims::id)
        .limit(limit)
        .select(ClaimRow::as_select())
        .load(tx.conn())?)
}

/// Money that a claim may be about.
#[derive(Clone, Debug, QueryableByName)]
pub struct CandidateRow {
    #[diesel(sql_type = BigInt)]
    pub id: i64,
    #[diesel(sql_type = Date)]
    pub booking_date: NaiveDate,
    #[diesel(sql_type = BigInt)]
    pub amount_dong: i64,
    #[diesel(sql_type = Text)]
    pub decision_kind: String,
    #[diesel(sql_type = Text)]
    pub remittance: String,
}

/// Money in that is equal in amount and near in time: what is not settled first, then what is nearest.
pub fn candidates(
    tx: &mut Tx<'_>,
    (school, amount): (i64, i64),
    (from, to): (NaiveDate, NaiveDate),
    limit: i64,
) -> Result<Vec<CandidateRow>, StoreError> {
    Ok(diesel::sql_query(
        "SELECT p.id AS id, p.booking_date AS booking_date, p.amount_dong AS amount_dong, \
         p.decision_kind AS decision_kind, COALESCE(e.remittance, '') AS remittance \
         FROM payments p LEFT JOIN entries e ON e.id = p.entry_id \
         WHERE p.school_id = $1 AND p.voided = FALSE AND p.credit_debit = 'credit' \
         AND p.booking_date >= $2 AND p.booking_date <= $3 AND p.amount_dong = $4 \
         ORDER BY CASE WHEN p.decision_kind IN ('settled', 'not_income') THEN 1 ELSE 0 END, \
         p.booking_date, p.id LIMIT $5",
    )
    .bind::<BigInt, _>(school)
    .bind::<Date, _>(from)
    .bind::<Date, _>(to)
    .bind::<BigInt, _>(amount)
    .bind::<BigInt, _>(limit)
    .load(tx.conn())?)
}
