//! Addresses at which providers notify, their secrets, and how many requests were not taken.

use chrono::{NaiveDate, NaiveDateTime};
use diesel::prelude::*;

use super::schema::{webhook_endpoints, webhook_refusals, webhook_secrets};
use super::{StoreError, Tx, dialect};

/// A row of `webhook_endpoints`.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = webhook_endpoints, treat_none_as_default_value = false)]
pub struct EndpointRow {
    pub id: i64,
    pub school_id: i64,
    pub public_id: String,
    pub provider: String,
    pub scheme: String,
    pub client: Option<String>,
    pub tolerance_seconds: i64,
    pub name: String,
    pub bank_account_id: Option<i64>,
    pub created_by: String,
    pub created_at: NaiveDateTime,
    pub disabled_at: Option<NaiveDateTime>,
}

/// A row of `webhook_secrets`.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = webhook_secrets, treat_none_as_default_value = false)]
pub struct SecretRow {
    pub id: i64,
    pub school_id: i64,
    pub webhook_endpoint_id: Option<i64>,
    pub event_endpoint_id: Option<i64>,
    pub key_id: String,
    pub sealed: String,
    pub created_by: String,
    pub created_at: NaiveDateTime,
    pub retired_at: Option<NaiveDateTime>,
}

/// A row of `webhook_refusals`.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = webhook_refusals, treat_none_as_default_value = false)]
pub struct RefusalRow {
    pub id: i64,
    pub school_id: i64,
    pub endpoint_id: i64,
    pub day: NaiveDate,
    pub reason: String,
    pub times: i64,
}

/// Whose secret it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Owner {
    /// An address at which a provider notifies.
    Webhook(i64),
    /// An address to which events are sent.
    Events(i64),
}

pub fn insert_endpoint(tx: &mut Tx<'_>, row: &EndpointRow) -> Result<(), StoreError> {
    diesel::insert_into(webhook_endpoints::table).values(row.clone()).execute(tx.conn())?;
    Ok(())
}

pub fn endpoint(tx: &mut Tx<'_>, id: i64) -> Result<Option<EndpointRow>, StoreError> {
    Ok(webhook_endpoints::table
        .find(id)
        .select(EndpointRow::as_select())
        .first(tx.conn())
        .optional()?)
}

/// The endpoint that an address names.
pub fn endpoint_at(tx: &mut Tx<'_>, public_id: &str) -> Result<Option<EndpointRow>, StoreError> {
    Ok(webhook_endpoints::table
        .filter(webhook_endpoints::public_id.eq(public_id))
        .select(EndpointRow::as_select())
        .first(tx.conn())
        .optional()?)
}

/// A school's endpoints, oldest first.
pub fn endpoints_of(tx: &mut Tx<'_>, school: i64) -> Result<Vec<EndpointRow>, StoreError> {
    Ok(webhook_endpoints::table
        .filter(webhook_endpoints::school_id.eq(school))
        .order(webhook_endpoints::id)
        .select(EndpointRow::as_select())
        .load(tx.conn())?)
}

/// Closes an endpoint, or opens it again.
pub fn set_disabled(tx: &mut Tx<'_>, id: i64, at: Option<NaiveDateTime>) -> Result<(), StoreError> {
    diesel::update(webhook_endpoints::table.find(id))
        .set(webhook_endpoints::disabled_at.eq(at))
        .execute(tx.conn())?;
    Ok(())
}

pub fn insert_secret(tx: &mut Tx<'_>, row: &SecretRow) -> Result<(), StoreError> {
    diesel::insert_into(webhook_secrets::table).values(row.clone()).execute(tx.conn())?;
    Ok(())
}

/// The secrets that live, oldest first.
pub fn live_secrets(tx: &mut Tx<'_>, owner: Owner) -> Result<Vec<SecretRow>, StoreError> {
    let query = webhook_secrets::table
        .filter(webhook_secrets::retired_at.is_null())
        .order(webhook_secrets::id)
        .select(SecretRow::as_select());
    Ok(match owner {
        Owner::Webhook(id) => {
            query.filter(webhook_secrets::webhook_endpoint_id.eq(id)).load(tx.conn())?
        }
        Owner::Events(id) => {
            query.filter(webhook_secrets::event_endpoint_id.eq(id)).load(tx.conn())?
        }
    })
}

/// Ends a secret.
pub fn retire_secret(tx: &mut Tx<'_>, id: i64, at: NaiveDateTime) -> Result<(), StoreError> {
    diesel::update(webhook_secrets::table.find(id))
        .set(webhook_secrets::retired_at.eq(at))
        .execute(tx.conn())?;
    Ok(())
}

/// The ids of the keys that live secrets need.
pub fn keys_in_use(tx: &mut Tx<'_>) -> Result<Vec<String>, StoreError> {
    Ok(webhook_secrets::table
        .filter(webhook_secrets::retired_at.is_null())
        .select(webhook_secrets::key_id)
        .distinct()
        .load(tx.conn())?)
}

/// Adds to the counts of requests that were not taken.
pub fn count_refusals(tx: &mut Tx<'_>, rows: &[RefusalRow]) -> Result<(), StoreError> {
    for row in rows {
        dialect::add_refusals(tx, row)?;
    }
    Ok(())
}

/// What was not taken at a school's endpoints since a day.
pub fn refusals_since(
    tx: &mut Tx<'_>,
    school: i64,
    since: NaiveDate,
) -> Result<Vec<RefusalRow>, StoreError> {
    Ok(webhook_refusals::table
        .filter(webhook_refusals::school_id.eq(school))
        .filter(webhook_refusals::day.ge(since))
        .order((webhook_refusals::endpoint_id, webhook_refusals::day, webhook_refusals::reason))
        .select(RefusalRow::as_select())
        .load(tx.conn())?)
}
