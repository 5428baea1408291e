//! Notifications that just came, on their way into the inbox: by statements of which each database
//! prepares one and keeps it, whatever number of rows a commit has. The databases themselves say
//! which rows are new, so nobody has to ask again.

use chrono::NaiveDateTime;
use diesel::pg::Pg;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::sql_types::{Array, BigInt, Text, Timestamp};
use diesel::sqlite::Sqlite;
use diesel::{PgConnection, QueryResult, RunQueryDsl, SqliteConnection};

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

/// One row, for SQLite: it is called, not asked over a wire, so more statements cost less than one
/// that has to be prepared for each number of rows.
struct OneRow<'a>(&'a NewNotification);

impl QueryId for OneRow<'_> {
    type QueryId = OneRow<'static>;
    const HAS_STATIC_QUERY_ID: bool = true;
}

impl RunQueryDsl<SqliteConnection> for OneRow<'_> {}

impl QueryFragment<Sqlite> for OneRow<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Sqlite>) -> QueryResult<()> {
        let row = self.0;
        out.push_sql(INSERT);
        out.push_sql(" VALUES (");
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
        ] {
            out.push_bind_param::<Text, _>(text)?;
            out.push_sql(", ");
        }
        out.push_bind_param::<Timestamp, _>(&row.received_at)?;
        // Due when it came: the tenth value again.
        out.push_sql(", ?10, 'waiting', 0)");
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
    for row in rows {
        if OneRow(row).execute(connection)? > 0 {
            new.push(row.id);
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
