//! What happened to schools' money, the addresses that are told, and what is on its way to them.

use chrono::NaiveDateTime;
use diesel::dsl::{exists, select, sql};
use diesel::prelude::*;
use diesel::sql_types::BigInt;

use super::schema::{event_deliveries, event_endpoints, events};
use super::{IDS_PER_QUERY, StoreError, Tx, dialect};

/// A row of `event_endpoints`.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = event_endpoints, treat_none_as_default_value = false)]
pub struct EventEndpointRow {
    pub id: i64,
    pub school_id: i64,
    pub url: String,
    /// Names of kinds, with a blank between two.
    pub kinds: String,
    pub name: String,
    pub created_by: String,
    pub created_at: NaiveDateTime,
    pub disabled_at: Option<NaiveDateTime>,
    /// `closed` by a person, or `gone`: it said so itself.
    pub disabled_why: Option<String>,
    /// Nothing is sent before, after something could not be delivered.
    pub paused_until: Option<NaiveDateTime>,
}

/// A row of `events`.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = events, treat_none_as_default_value = false)]
pub struct EventRow {
    pub id: i64,
    pub school_id: i64,
    pub message_id: String,
    pub kind: String,
    pub body: String,
    pub at: NaiveDateTime,
}

/// A row of `event_deliveries`.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = event_deliveries, treat_none_as_default_value = false)]
pub struct EventDeliveryRow {
    pub id: i64,
    pub school_id: i64,
    pub event_id: i64,
    pub endpoint_id: i64,
    pub state: String,
    /// How often it was tried; each lease's fencing number.
    pub attempts: i64,
    /// How many of them came before it was last replayed: they count for the pauses no more.
    pub attempts_before: i64,
    pub due_at: NaiveDateTime,
    pub leased_until: Option<NaiveDateTime>,
    pub status: Option<i64>,
    pub problem: Option<String>,
    pub sent_at: Option<NaiveDateTime>,
}

pub fn insert_endpoint(tx: &mut Tx<'_>, row: &EventEndpointRow) -> Result<(), StoreError> {
    diesel::insert_into(event_endpoints::table).values(row.clone()).execute(tx.conn())?;
    Ok(())
}

pub fn endpoint(tx: &mut Tx<'_>, id: i64) -> Result<Option<EventEndpointRow>, StoreError> {
    Ok(event_endpoints::table
        .find(id)
        .select(EventEndpointRow::as_select())
        .first(tx.conn())
        .optional()?)
}

/// An endpoint, locked until the transaction ends.
pub fn lock_endpoint(tx: &mut Tx<'_>, id: i64) -> Result<Option<EventEndpointRow>, StoreError> {
    dialect::lock_event_endpoint(tx, id)?;
    endpoint(tx, id)
}

/// A school's endpoints, oldest first.
pub fn endpoints_of(tx: &mut Tx<'_>, school: i64) -> Result<Vec<EventEndpointRow>, StoreError> {
    Ok(event_endpoints::table
        .filter(event_endpoints::school_id.eq(school))
        .order(event_endpoints::id)
        .select(EventEndpointRow::as_select())
        .load(tx.conn())?)
}

/// The open endpoints of a school and the kinds each asked for.
pub fn subscribers(tx: &mut Tx<'_>, school: i64) -> Result<Vec<(i64, String)>, StoreError> {
    Ok(event_endpoints::table
        .filter(event_endpoints::school_id.eq(school))
        .filter(event_endpoints::disabled_at.is_null())
        .order(event_endpoints::id)
        .select((event_endpoints::id, event_endpoints::kinds))
        .load(tx.conn())?)
}

/// Writes what a person, or the endpoint itself, changed about it.
pub fn update_endpoint(tx: &mut Tx<'_>, row: &EventEndpointRow) -> Result<(), StoreError> {
    diesel::update(event_endpoints::table.find(row.id))
        .set((
            event_endpoints::url.eq(&row.url),
            event_endpoints::kinds.eq(&row.kinds),
            event_endpoints::name.eq(&row.name),
            event_endpoints::disabled_at.eq(row.disabled_at),
            event_endpoints::disabled_why.eq(&row.disabled_why),
            event_endpoints::paused_until.eq(row.paused_until),
        ))
        .execute(tx.conn())?;
    Ok(())
}

/// Lets an endpoint rest until then, or not any more.
pub fn pause(
    tx: &mut Tx<'_>,
    endpoint: i64,
    until: Option<NaiveDateTime>,
) -> Result<(), StoreError> {
    diesel::update(event_endpoints::table.find(endpoint))
        .set(event_endpoints::paused_until.eq(until))
        .execute(tx.conn())?;
    Ok(())
}

pub fn insert_events(tx: &mut Tx<'_>, rows: &[EventRow]) -> Result<(), StoreError> {
    dialect::insert_all::<events::table, EventRow>(tx, events::table, rows)
}

pub fn insert_deliveries(tx: &mut Tx<'_>, rows: &[EventDeliveryRow]) -> Result<(), StoreError> {
    dialect::insert_all::<event_deliveries::table, EventDeliveryRow>(
        tx,
        event_deliveries::table,
        rows,
    )
}

/// Whether anything may be due that nobody holds: a look that locks nothing.
pub fn is_anything_due(tx: &mut Tx<'_>, now: NaiveDateTime) -> Result<bool, StoreError> {
    let due = event_deliveries::table
        .inner_join(event_endpoints::table)
        .filter(event_deliveries::state.eq("waiting"))
        .filter(event_deliveries::due_at.le(now))
        .filter(event_deliveries::leased_until.is_null().or(event_deliveries::leased_until.le(now)))
        .filter(event_endpoints::disabled_at.is_null())
        .filter(event_endpoints::paused_until.is_null().or(event_endpoints::paused_until.le(now)));
    Ok(select(exists(due)).get_result(tx.conn())?)
}

/// What is needed to send something.
#[derive(Clone, Debug)]
pub struct Leased {
    pub delivery: EventDeliveryRow,
    pub event: EventRow,
    pub endpoint: EventEndpointRow,
}

/// Leases the oldest due delivery of the endpoint that waits longest and to which nothing is on its
/// way, until `until`. The number of attempts is the lease's fencing number.
pub fn claim(
    tx: &mut Tx<'_>,
    (now, until): (NaiveDateTime, NaiveDateTime),
) -> Result<Option<Leased>, StoreError> {
    let Some(endpoint) = dialect::lock_due_event_endpoint(tx, now)? else { return Ok(None) };
    // Looked at again under the lock: whoever held it just before may have leased a delivery.
    let waiting = event_deliveries::table
        .filter(event_deliveries::endpoint_id.eq(endpoint))
        .filter(event_deliveries::state.eq("waiting"));
    let held: i64 =
        waiting.filter(event_deliveries::leased_until.gt(now)).count().get_result(tx.conn())?;
    let next: Option<i64> = waiting
        .filter(event_deliveries::due_at.le(now))
        .order((event_deliveries::due_at, event_deliveries::id))
        .select(event_deliveries::id)
        .first(tx.conn())
        .optional()?;
    let Some(id) = next.filter(|_| held == 0) else { return Ok(None) };
    diesel::update(event_deliveries::table.find(id))
        .set((
            event_deliveries::attempts.eq(event_deliveries::attempts + 1),
            event_deliveries::leased_until.eq(until),
        ))
        .execute(tx.conn())?;
    find(tx, id)
}

/// A delivery with its event and its endpoint.
pub fn find(tx: &mut Tx<'_>, id: i64) -> Result<Option<Leased>, StoreError> {
    let row: Option<(EventDeliveryRow, EventRow, EventEndpointRow)> = event_deliveries::table
        .inner_join(events::table)
        .inner_join(event_endpoints::table)
        .filter(event_deliveries::id.eq(id))
        .select((
            EventDeliveryRow::as_select(),
            EventRow::as_select(),
            EventEndpointRow::as_select(),
        ))
        .first(tx.conn())
        .optional()?;
    Ok(row.map(|(delivery, event, endpoint)| Leased { delivery, event, endpoint }))
}

/// What became of an attempt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attempted {
    /// `waiting`, `sent` or `dead`.
    pub state: &'static str,
    /// When it is due again.
    pub due_at: NaiveDateTime,
    pub status: Option<i64>,
    pub problem: Option<String>,
    pub sent_at: Option<NaiveDateTime>,
}

/// Ends a lease and says what became of it; `false`, and nothing is written, where the lease has
/// passed to somebody else meanwhile.
pub fn finish(
    tx: &mut Tx<'_>,
    leased: &EventDeliveryRow,
    attempted: &Attempted,
) -> Result<bool, StoreError> {
    let held = event_deliveries::table
        .filter(event_deliveries::id.eq(leased.id))
        .filter(event_deliveries::state.eq("waiting"))
        .filter(event_deliveries::attempts.eq(leased.attempts));
    let written = diesel::update(held)
        .set((
            event_deliveries::state.eq(attempted.state),
            event_deliveries::leased_until.eq(None::<NaiveDateTime>),
            event_deliveries::due_at.eq(attempted.due_at),
            event_deliveries::status.eq(attempted.status),
            event_deliveries::problem.eq(&attempted.problem),
            event_deliveries::sent_at.eq(attempted.sent_at),
        ))
        .execute(tx.conn())?;
    Ok(written > 0)
}

/// Puts a delivery back into the queue with all its attempts before it. What is on its way stays so.
pub fn requeue(tx: &mut Tx<'_>, id: i64, at: NaiveDateTime) -> Result<(), StoreError> {
    diesel::update(event_deliveries::table.find(id))
        .set((
            event_deliveries::state.eq("waiting"),
            event_deliveries::attempts_before.eq(event_deliveries::attempts),
            event_deliveries::due_at.eq(at),
            event_deliveries::problem.eq(None::<String>),
            event_deliveries::sent_at.eq(None::<NaiveDateTime>),
        ))
        .execute(tx.conn())?;
    Ok(())
}

/// Which deliveries of a school a list shows.
#[derive(Clone, Copy, Debug, Default)]
pub struct DeliveryFilter<'a> {
    pub endpoint: Option<i64>,
    pub state: Option<&'a str>,
    /// Older than this id.
    pub before: Option<i64>,
    pub limit: i64,
}

/// A school's deliveries with their events, newest first.
pub fn page(
    tx: &mut Tx<'_>,
    school: i64,
    filter: &DeliveryFilter<'_>,
) -> Result<Vec<(EventDeliveryRow, EventRow)>, StoreError> {
    let mut query = event_deliveries::table
        .inner_join(events::table)
        .filter(event_deliveries::school_id.eq(school))
        .into_boxed();
    if let Some(endpoint) = filter.endpoint {
        query = query.filter(event_deliveries::endpoint_id.eq(endpoint));
    }
    if let Some(state) = filter.state {
        query = query.filter(event_deliveries::state.eq(state));
    }
    if let Some(before) = filter.before {
        query = query.filter(event_deliveries::id.lt(before));
    }
    Ok(query
        .order(event_deliveries::id.desc())
        .limit(filter.limit)
        .select((EventDeliveryRow::as_select(), EventRow::as_select()))
        .load(tx.conn())?)
}

/// Deliveries of all schools that were given up, with their events, newest first.
pub fn given_up(
    tx: &mut Tx<'_>,
    limit: i64,
) -> Result<Vec<(EventDeliveryRow, EventRow)>, StoreError> {
    Ok(event_deliveries::table
        .inner_join(events::table)
        .filter(event_deliveries::state.eq("dead"))
        .order(event_deliveries::id.desc())
        .limit(limit)
        .select((EventDeliveryRow::as_select(), EventRow::as_select()))
        .load(tx.conn())?)
}

/// How many deliveries some endpoints have in each state.
pub fn counts(tx: &mut Tx<'_>, endpoints: &[i64]) -> Result<Vec<(i64, String, i64)>, StoreError> {
    let mut found = Vec::new();
    for chunk in endpoints.chunks(IDS_PER_QUERY) {
        found.extend(
            event_deliveries::table
                .filter(event_deliveries::endpoint_id.eq_any(chunk))
                .group_by((event_deliveries::endpoint_id, event_deliveries::state))
                .order((event_deliveries::endpoint_id, event_deliveries::state))
                .select((
                    event_deliveries::endpoint_id,
                    event_deliveries::state,
                    sql::<BigInt>("CAST(COUNT(*) AS BIGINT)"),
                ))
                .load::<(i64, String, i64)>(tx.conn())?,
        );
    }
    Ok(found)
}
