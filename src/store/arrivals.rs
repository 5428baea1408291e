//! Notifications that just came, on their way into the inbox: by statements of which each database
//! prepares one and keeps it, whatever number of rows a commit has. The databases themselves say
//! which rows are new, so nobody has to ask again.

use chrono::NaiveDateTime;
use diesel::pg::Pg;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::sql_types::{Array, BigInt, Text, Timestamp};
use diesel::sqlite::Sqlite;
use diesel::{
    ExpressionMethods as _, PgConnection, QueryDsl as _, QueryResult, RunQueryDsl, SqliteConnection,
};

use super::schema::notifications;

/// A row of `notifications` as it comes in: waiting, due at once, never tried.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewNotification {
    pub id: i64,
    pub school_id: i64,
    pub endpoint_id: i64,
    pub provider_id: String,
    pub came_by: &'static str,
    pub method: &'static str,
    pub query: String,
    pub headers: String,
    pub body: String,
    pub received_at: NaiveDateTime,
}

const INSERT: &str = "INSERT INTO notifications (id, school_id, endpoint_id, provider_id, \
                      came_by, method, query, headers, body, received_at, due_at, state, attempts)";

/// Both databases write it the same way.
const ONCE: &str = " ON CONFLICT (endpoint_id, provider_id) DO NOTHING";

/// Rows of one statement for SQLite: fewer statements cost less, and one that has to be prepared for
/// each number of rows costs more.
const ROWS_AT_ONCE: usize = 8;

/// So many rows, for SQLite, each with the time it came as SQLite keeps it.
struct Rows<'a, const N: usize>(&'a [NewNotification; N], &'a [String; N]);

impl<const N: usize> QueryId for Rows<'_, N> {
    type QueryId = Rows<'static, N>;
    const HAS_STATIC_QUERY_ID: bool = true;
}

impl<const N: usize> RunQueryDsl<SqliteConnection> for Rows<'_, N> {}

impl<const N: usize> QueryFragment<Sqlite> for Rows<'_, N> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Sqlite>) -> QueryResult<()> {
        out.push_sql(INSERT);
        for (place, (row, time)) in self.0.iter().zip(self.1).enumerate() {
            out.push_sql(if place == 0 { " VALUES (" } else { ", (" });
            for id in [&row.id, &row.school_id, &row.endpoint_id] {
                out.push_bind_param::<BigInt, _>(id)?;
                out.push_sql(", ");
            }
            for text in [
                row.provider_id.as_str(),
                row.came_by,
                row.method,
                row.query.as_str(),
                row.headers.as_str(),
                row.body.as_str(),
                // When it came, and so when it is due.
                time.as_str(),
                time.as_str(),
            ] {
                out.push_bind_param::<Text, _>(text)?;
                out.push_sql(", ");
            }
            out.push_sql("'waiting', 0)");
        }
        out.push_sql(ONCE);
        Ok(())
    }
}

/// All rows, for PostgreSQL: one question and one answer for a column each.
struct AllRows<'a> {
    ids: Vec<i64>,
    schools: Vec<i64>,
    endpoints: Vec<i64>,
    /// `provider_id`, `came_by`, `method`, `query`, `headers`, `body`.
    texts: [Vec<&'a str>; 6],
    times: Vec<NaiveDateTime>,
}

impl<'a> AllRows<'a> {
    fn of(rows: &'a [NewNotification]) -> AllRows<'a> {
        let texts = |text: fn(&NewNotification) -> &str| rows.iter().map(text).collect();
        AllRows {
            ids: rows.iter().map(|row| row.id).collect(),
            schools: rows.iter().map(|row| row.school_id).collect(),
            endpoints: rows.iter().map(|row| row.endpoint_id).collect(),
            texts: [
                texts(|row| &row.provider_id),
                texts(|row| row.came_by),
                texts(|row| row.method),
                texts(|row| &row.query),
                texts(|row| &row.headers),
                texts(|row| &row.body),
            ],
            times: rows.iter().map(|row| row.received_at).collect(),
        }
    }
}

impl QueryId for AllRows<'_> {
    type QueryId = AllRows<'static>;
    const HAS_STATIC_QUERY_ID: bool = true;
}

impl Query for AllRows<'_> {
    type SqlType = BigInt;
}

impl RunQueryDsl<PgConnection> for AllRows<'_> {}

impl QueryFragment<Pg> for AllRows<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql(INSERT);
        out.push_sql(" SELECT a, b, c, d, e, f, g, h, i, j, j, 'waiting', 0 FROM unnest(");
        for ids in [&self.ids, &self.schools, &self.endpoints] {
            out.push_bind_param::<Array<BigInt>, _>(ids)?;
            out.push_sql(", ");
        }
        for texts in &self.texts {
            out.push_bind_param::<Array<Text>, _>(texts)?;
            out.push_sql(", ");
        }
        out.push_bind_param::<Array<Timestamp>, _>(&self.times)?;
        out.push_sql(") AS new (a, b, c, d, e, f, g, h, i, j)");
        out.push_sql(ONCE);
        out.push_sql(" RETURNING id");
        Ok(())
    }
}

/// Inserts the rows that SQLite does not know yet; their ids, in the order of the rows.
pub(super) fn into_sqlite(
    connection: &mut SqliteConnection,
    rows: &[NewNotification],
) -> QueryResult<Vec<i64>> {
    let mut new = Vec::with_capacity(rows.len());
    // As Diesel writes times for SQLite, but once for both columns and without reading a pattern.
    let times: Vec<String> = rows.iter().map(|row| row.received_at.to_string()).collect();
    let (chunks, rest) = rows.as_chunks::<ROWS_AT_ONCE>();
    let (chunk_times, rest_times) = times.as_chunks::<ROWS_AT_ONCE>();
    for (chunk, times) in chunks.iter().zip(chunk_times) {
        let ids = chunk.iter().map(|row| row.id);
        if Rows(chunk, times).execute(connection)? == ROWS_AT_ONCE {
            new.extend(ids);
        } else {
            let known = notifications::table.filter(notifications::id.eq_any(ids));
            new.extend(
                known.order(notifications::id).select(notifications::id).load::<i64>(connection)?,
            );
        }
    }
    for (row, time) in rest.as_chunks::<1>().0.iter().zip(rest_times.as_chunks::<1>().0) {
        if Rows(row, time).execute(connection)? > 0 {
            new.extend(row.iter().map(|row| row.id));
        }
    }
    Ok(new)
}

/// Inserts the rows that PostgreSQL does not know yet; their ids.
pub(super) fn into_postgres(
    connection: &mut PgConnection,
    rows: &[NewNotification],
) -> QueryResult<Vec<i64>> {
    AllRows::of(rows).load(connection)
}

#[cfg(test)]
mod tests {
    use chrono::NaiveDate;
    use diesel::sql_types::Timestamp;
    use diesel::{Connection as _, SqliteConnection, select};

    use super::*;

    #[test]
    fn a_time_is_written_as_diesel_writes_it() {
        let day = NaiveDate::from_ymd_opt(2026, 1, 9).unwrap();
        let mut connection = SqliteConnection::establish(":memory:").unwrap();
        for (why, nanos) in
            [("whole", 0), ("thousandths", 7_000_000), ("millionths", 1_000), ("all", 987_654_321)]
        {
            let time = day.and_hms_nano_opt(3, 4, 5, nanos).unwrap();
            let bound =
                diesel::dsl::sql::<Text>("CAST(").bind::<Timestamp, _>(time).sql(" AS TEXT)");
            let written: String = select(bound).get_result(&mut connection).unwrap();
            assert_eq!(time.to_string(), written, "{why}");
        }
    }
}
