//! API keys, stored hashed, and the answers to requests that must not be carried out twice.

use chrono::NaiveDateTime;
use diesel::prelude::*;

use super::schema::{api_keys, idempotency_keys};
use super::{StoreError, Tx};

/// A row of `api_keys`.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = api_keys, treat_none_as_default_value = false)]
pub struct ApiKeyRow {
    pub id: i64,
    pub name: String,
    pub key_hash: String,
    pub role: String,
    pub school_id: Option<i64>,
    pub authority_id: Option<i64>,
    pub created_at: NaiveDateTime,
    pub revoked_at: Option<NaiveDateTime>,
}

/// A row of `idempotency_keys`.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = idempotency_keys, treat_none_as_default_value = false)]
pub struct IdempotencyRow {
    pub id: i64,
    pub api_key_id: i64,
    pub idempotency_key: String,
    pub fingerprint: String,
    pub status: Option<i32>,
    pub body: Option<String>,
    pub created_at: NaiveDateTime,
}
pub fn insert_key(tx: &mut Tx<'_>, row: &ApiKeyRow) -> Result<(), StoreError> {
    diesel::insert_into(api_keys::table).values(row.clone()).execute(tx.conn())?;
    Ok(())
}

pub fn key_by_hash(tx: &mut Tx<'_>, key_hash: &str) -> Result<Option<ApiKeyRow>, StoreError> {
    Ok(api_keys::table
        .filter(api_keys::key_hash.eq(key_hash))
        .filter(api_keys::revoked_at.is_null())
        .select(ApiKeyRow::as_select())
        .first(tx.conn())
        .optional()?)
}

pub fn keys(tx: &mut Tx<'_>) -> Result<Vec<ApiKeyRow>, StoreError> {
    Ok(api_keys::table.order(api_keys::id).select(ApiKeyRow::as_select()).load(tx.conn())?)
}

/// How many keys it revoked: 0 when there is none, or it was revoked before.
pub fn revoke_key(tx: &mut Tx<'_>, id: i64, at: NaiveDateTime) -> Result<usize, StoreError> {
    Ok(diesel::update(
        api_keys::table.filter(api_keys::id.eq(id)).filter(api_keys::revoked_at.is_null()),
    )
    .set(api_keys::revoked_at.eq(at))
    .execute(tx.conn())?)
}

pub fn find_idempotency(
    tx: &mut Tx<'_>,
    api_key: i64,
    key: &str,
) -> Result<Option<IdempotencyRow>, StoreError> {
    Ok(idempotency_keys::table
        .filter(idempotency_keys::api_key_id.eq(api_key))
        .filter(idempotency_keys::idempotency_key.eq(key))
        .select(IdempotencyRow::as_select())
        .first(tx.conn())
        .optional()?)
}

pub fn insert_idempotency(tx: &mut Tx<'_>, row: &IdempotencyRow) -> Result<(), StoreError> {
    diesel::insert_into(idempotency_keys::table).values(row.clone()).execute(tx.conn())?;
    Ok(())
}

/// Forgets answers older than `before`.
pub fn forget_idempotency(tx: &mut Tx<'_>, before: NaiveDateTime) -> Result<usize, StoreError> {
    Ok(diesel::delete(idempotency_keys::table.filter(idempotency_keys::created_at.lt(before)))
        .execute(tx.conn())?)
}
