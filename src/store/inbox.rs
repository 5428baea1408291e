//! The inbox: notifications that were acknowledged, until they are handled and after.

use chrono::NaiveDateTime;
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool};

pub use super::arrivals::NewNotification;
use super::schema::notifications;
use super::{IDS_PER_QUERY, StoreError, Tx, dialect};

/// A row of `notifications`.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, QueryableByName)]
#[diesel(table_name = notifications)]
pub struct NotificationRow {
    pub id: i64,
    pub school_id: i64,
    pub endpoint_id: i64,
    pub provider_id: String,
    pub came_by: String,
    pub method: String,
    pub query: String,
    pub headers: String,
    pub body: String,
    pub received_at: NaiveDateTime,
    pub state: String,
    pub attempts: i64,
    pub due_at: NaiveDateTime,
    pub leased_until: Option<NaiveDateTime>,
    pub problem: Option<String>,
    pub outcome: Option<String>,
    pub import_id: Option<i64>,
    pub handled_at: Option<NaiveDateTime>,
}

/// Puts rows into the inbox, but for those whose endpoint knows the provider's id already; the ids
/// of the rows that are new, in no certain order. Of two rows of one id, one is new.
pub fn insert_new(tx: &mut Tx<'_>, rows: &[NewNotification]) -> Result<Vec<i64>, StoreError> {
    dialect::insert_new_notifications(tx, rows)
}

/// Leases up to `limit` notifications of the school that waits longest and of which nobody holds any,
/// until `until`. The number of attempts is the lease's fencing number.
pub fn claim(
    tx: &mut Tx<'_>,
    (now, until): (NaiveDateTime, NaiveDateTime),
    limit: i64,
) -> Result<Vec<NotificationRow>, StoreError> {
    let ids = dialect::lock_due_notifications(tx, now, limit)?;
    for chunk in ids.chunks(IDS_PER_QUERY) {
        diesel::update(notifications::table.filter(notifications::id.eq_any(chunk)))
            .set((
                notifications::attempts.eq(notifications::attempts + 1),
                notifications::leased_until.eq(until),
            ))
            .execute(tx.conn())?;
    }
    by_ids(tx, &ids)
}

/// Of some leased rows those whose lease still holds, locked until the transaction ends.
pub fn still_leased(
    tx: &mut Tx<'_>,
    rows: Vec<NotificationRow>,
) -> Result<Vec<NotificationRow>, StoreError> {
    let ids: Vec<i64> = rows.iter().map(|row| row.id).collect();
    let mut held = Vec::with_capacity(rows.len());
    for chunk in ids.chunks(IDS_PER_QUERY) {
        held.extend(dialect::lock_notifications(tx, chunk)?);
    }
    Ok(rows.into_iter().filter(|row| held.contains(&(row.id, row.attempts))).collect())
}

/// What became of a notification.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Handled {
    pub id: i64,
    /// `waiting`, `done` or `dead`.
    pub state: &'static str,
    pub problem: Option<String>,
    pub outcome: Option<String>,
    pub import: Option<i64>,
    /// When it is due again.
    pub due_at: Option<NaiveDateTime>,
}

/// Ends the lease of notifications and says what became of them.
pub fn finish(tx: &mut Tx<'_>, all: &[Handled], at: NaiveDateTime) -> Result<(), StoreError> {
    for one in all {
        let handled_at = (one.state != "waiting").then_some(at);
        diesel::update(notifications::table.find(one.id))
            .set((
                notifications::state.eq(one.state),
                notifications::leased_until.eq(None::<NaiveDateTime>),
                notifications::problem.eq(&one.problem),
                notifications::outcome.eq(&one.outcome),
                notifications::import_id.eq(one.import),
                notifications::due_at.eq(one.due_at.unwrap_or(at)),
                notifications::handled_at.eq(handled_at),
            ))
            .execute(tx.conn())?;
    }
    Ok(())
}

/// Puts a notification back into the queue. Its attempts stay counted, as they are the fencing
/// number: one that was given up is tried once more.
pub fn requeue(tx: &mut Tx<'_>, id: i64, at: NaiveDateTime) -> Result<(), StoreError> {
    diesel::update(notifications::table.find(id))
        .set((
            notifications::state.eq("waiting"),
            notifications::due_at.eq(at),
            notifications::leased_until.eq(None::<NaiveDateTime>),
            notifications::problem.eq(None::<String>),
        ))
        .execute(tx.conn())?;
    Ok(())
}

pub fn find(tx: &mut Tx<'_>, id: i64) -> Result<Option<NotificationRow>, StoreError> {
    Ok(by_ids(tx, &[id])?.into_iter().next())
}

fn by_ids(tx: &mut Tx<'_>, ids: &[i64]) -> Result<Vec<NotificationRow>, StoreError> {
    let mut found = Vec::with_capacity(ids.len());
    for chunk in ids.chunks(IDS_PER_QUERY) {
        found.extend(
            notifications::table
                .filter(notifications::id.eq_any(chunk))
                .order(notifications::id)
                .select(NotificationRow::as_select())
                .load::<NotificationRow>(tx.conn())?,
        );
    }
    Ok(found)
}

/// Which notifications of a school a list shows.
#[derive(Clone, Copy, Debug, Default)]
pub struct InboxFilter<'a> {
    pub endpoint: Option<i64>,
    pub state: Option<&'a str>,
    /// Older than this id.
    pub before: Option<i64>,
    pub limit: i64,
}

/// Of a school's notifications those that wait, and those that do not: each is found by an index of
/// its own, which a database uses only where the condition stands in the text of the query.
const HALVES: [&str; 2] = ["state = 'waiting'", "state <> 'waiting'"];

/// A school's notifications, newest first.
pub fn page(
    tx: &mut Tx<'_>,
    school: i64,
    filter: &InboxFilter<'_>,
) -> Result<Vec<NotificationRow>, StoreError> {
    let mut rows: Vec<NotificationRow> = Vec::new();
    for half in HALVES {
        let mut query = notifications::table
            .filter(notifications::school_id.eq(school))
            .filter(sql::<Bool>(half))
            .into_boxed();
        if let Some(endpoint) = filter.endpoint {
            query = query.filter(notifications::endpoint_id.eq(endpoint));
        }
        if let Some(state) = filter.state {
            query = query.filter(notifications::state.eq(state));
        }
        if let Some(before) = filter.before {
            query = query.filter(notifications::id.lt(before));
        }
        let query = query.order(notifications::id.desc()).limit(filter.limit);
        rows.extend(query.select(NotificationRow::as_select()).load::<NotificationRow>(tx.conn())?);
    }
    rows.sort_by_key(|row| std::cmp::Reverse(row.id));
    rows.truncate(usize::try_from(filter.limit).unwrap_or_default());
    Ok(rows)
}

/// How many notifications each endpoint of a school has in each state.
pub fn counts(tx: &mut Tx<'_>, school: i64) -> Result<Vec<(i64, String, i64)>, StoreError> {
    let mut counts: Vec<(i64, String, i64)> = Vec::new();
    for half in HALVES {
        let query = notifications::table
            .filter(notifications::school_id.eq(school))
            .filter(sql::<Bool>(half))
            .group_by((notifications::endpoint_id, notifications::state));
        counts.extend(
            query
                .select((
                    notifications::endpoint_id,
                    notifications::state,
                    sql::<BigInt>("CAST(COUNT(*) AS BIGINT)"),
                ))
                .load::<(i64, String, i64)>(tx.conn())?,
        );
    }
    counts.sort_unstable();
    Ok(counts)
}

/// A school's notifications that were given up, newest first, before one.
pub fn dead_page(
    tx: &mut Tx<'_>,
    school: i64,
    before: Option<i64>,
    limit: i64,
) -> Result<Vec<NotificationRow>, StoreError> {
    let mut query = notifications::table
        .filter(notifications::school_id.eq(school))
        .filter(sql::<Bool>("state = 'dead'"))
        .into_boxed();
    if let Some(before) = before {
        query = query.filter(notifications::id.lt(before));
    }
    Ok(query
        .order(notifications::id.desc())
        .limit(limit)
        .select(NotificationRow::as_select())
        .load(tx.conn())?)
}

/// How many of a school's notifications were given up, counting no further than `cap`.
pub fn count_dead(tx: &mut Tx<'_>, school: i64, cap: i64) -> Result<i64, StoreError> {
    let ids: Vec<i64> = notifications::table
        .filter(notifications::school_id.eq(school))
        .filter(sql::<Bool>("state = 'dead'"))
        .limit(cap)
        .select(notifications::id)
        .load(tx.conn())?;
    Ok(i64::try_from(ids.len()).unwrap_or(cap))
}
