//! Addresses at which providers notify, their secrets, and how many requests were not taken.

use chrono::{NaiveDate, NaiveDateTime};
use diesel::prelude::*;

use super::schema::{webhook_endpoints, webhook_pulls, webhook_refusals, webhook_secrets};
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

/// A row of `webhook_pulls`.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = webhook_pulls, treat_none_as_default_value = false)]
pub struct PullRow {
    pub id: i64,
    pub school_id: i64,
    pub endpoint_id: i64,
    pub base_url: String,
    pub key_id: String,
    pub sealed: String,
    pub page_size: i64,
    pub every_minutes: i64,
    pub pulled_to: Option<NaiveDate>,
    pub due_at: NaiveDateTime,
    pub leased_until: Option<NaiveDateTime>,
    pub problem: Option<String>,
}

/// Says where to ask for what an endpoint may have missed, in place of what was said before.
pub fn set_pull(tx: &mut Tx<'_>, row: &PullRow) -> Result<(), StoreError> {
    remove_pull(tx, row.endpoint_id)?;
    diesel::insert_into(webhook_pulls::table).values(row.clone()).execute(tx.conn())?;
    Ok(())
}

/// Asks no more.
pub fn remove_pull(tx: &mut Tx<'_>, endpoint: i64) -> Result<(), StoreError> {
    diesel::delete(webhook_pulls::table.filter(webhook_pulls::endpoint_id.eq(endpoint)))
        .execute(tx.conn())?;
    Ok(())
}

/// What is to be asked at a school's endpoints; at all schools' where none is named.
pub fn pulls_of(tx: &mut Tx<'_>, school: Option<i64>) -> Result<Vec<PullRow>, StoreError> {
    let mut query = webhook_pulls::table.into_boxed();
    if let Some(school) = school {
        query = query.filter(webhook_pulls::school_id.eq(school));
    }
    Ok(query.order(webhook_pulls::id).select(PullRow::as_select()).load(tx.conn())?)
}

/// Leases what is due to be asked first, if anything is.
pub fn lease_pull(
    tx: &mut Tx<'_>,
    now: NaiveDateTime,
    until: NaiveDateTime,
) -> Result<Option<PullRow>, StoreError> {
    let due: Option<PullRow> = webhook_pulls::table
        .filter(webhook_pulls::every_minutes.gt(0))
        .filter(webhook_pulls::due_at.le(now))
        .filter(webhook_pulls::leased_until.is_null().or(webhook_pulls::leased_until.le(now)))
        .order((webhook_pulls::due_at, webhook_pulls::id))
        .select(PullRow::as_select())
        .first(tx.conn())
        .optional()?;
    let Some(row) = due else { return Ok(None) };
    // Another replica may be about to do the same: only one of them changes the row as it was.
    let changed = diesel::update(
        webhook_pulls::table
            .find(row.id)
            .filter(webhook_pulls::leased_until.is_null().or(webhook_pulls::leased_until.le(now))),
    )
    .set(webhook_pulls::leased_until.eq(until))
    .execute(tx.conn())?;
    Ok((changed == 1).then_some(row))
}

/// Says how far an endpoint has been asked, what went wrong, and when it is due again.
pub fn finish_pull(
    tx: &mut Tx<'_>,
    id: i64,
    pulled_to: Option<NaiveDate>,
    (due_at, problem): (NaiveDateTime, Option<&str>),
) -> Result<(), StoreError> {
    diesel::update(webhook_pulls::table.find(id))
        .set((
            webhook_pulls::pulled_to.eq(pulled_to),
            webhook_pulls::due_at.eq(due_at),
            webhook_pulls::leased_until.eq(None::<NaiveDateTime>),
            webhook_pulls::problem.eq(problem),
        ))
        .execute(tx.conn())?;
    Ok(())
}
