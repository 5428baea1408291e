//! Everything that differs between the two databases, and nothing else.

mod accounts;
mod bulk;
mod mails;
mod updates;

pub use accounts::{lock_attempts, lock_user};
pub(crate) use bulk::load_all;
pub use mails::{insert_new_mail, lock_due_mail};
pub use updates::update_from_json;

use diesel::connection::{AnsiTransactionManager, SimpleConnection, TransactionManager};
use diesel::query_builder::InsertStatement;
use diesel::query_dsl::methods::ExecuteDsl;
use diesel::sql_types::BigInt;
use diesel::{Insertable, PgConnection, QueryableByName, RunQueryDsl, SqliteConnection, Table};

use super::connection::AnyConnection;
use super::{ROWS_PER_STATEMENT, StoreError, Tx};

/// Begins a transaction that sees one state of the data throughout.
pub fn begin_read(connection: &mut AnyConnection) -> Result<(), StoreError> {
    match connection {
        AnyConnection::Sqlite(c) => {
            AnsiTransactionManager::begin_transaction_sql(c, "BEGIN DEFERRED")?;
        }
        AnyConnection::Pg(c) => AnsiTransactionManager::begin_transaction_sql(
            c,
            "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
        )?,
    }
    Ok(())
}

/// Begins a transaction that may write. SQLite takes its one write lock at once: a transaction that
/// only finds out later that it writes is refused without waiting.
pub fn begin_write(connection: &mut AnyConnection) -> Result<(), StoreError> {
    match connection {
        AnyConnection::Sqlite(c) => {
            AnsiTransactionManager::begin_transaction_sql(c, "BEGIN IMMEDIATE")?;
        }
        AnyConnection::Pg(c) => {
            // A large import reads back, page by page, what it has just written and PostgreSQL has
            // not counted yet: it would take all that is left for a few rows and sort them again
            // for each page. There is an index in the order of every page. In one message with
            // BEGIN: short transactions would wait for a second answer.
            AnsiTransactionManager::begin_transaction_sql(
                c,
                "BEGIN ISOLATION LEVEL READ COMMITTED; \
                 SET LOCAL enable_sort = off; SET LOCAL enable_bitmapscan = off",
            )?;
        }
    }
    Ok(())
}

/// Locks a school's row until the transaction ends; SQLite's writer is alone anyway.
pub fn lock_school(tx: &mut Tx<'_>, school: i64) -> Result<(), StoreError> {
    if let AnyConnection::Pg(c) = tx.conn() {
        diesel::sql_query("SELECT id FROM schools WHERE id = $1 FOR UPDATE")
            .bind::<BigInt, _>(school)
            .execute(c)?;
    }
    Ok(())
}

/// Locks the chain of audit records that belongs to no school.
pub fn lock_audit_head(tx: &mut Tx<'_>, chain: i64) -> Result<(), StoreError> {
    if let AnyConnection::Pg(c) = tx.conn() {
        diesel::sql_query("SELECT id FROM audit_heads WHERE id = $1 FOR UPDATE")
            .bind::<BigInt, _>(chain)
            .execute(c)?;
    }
    Ok(())
}

/// Consecutive ids that nobody else has.
#[derive(Clone, Copy, Debug)]
pub struct IdBlock {
    next: i64,
    end: i64,
}

impl IdBlock {
    /// How many are left.
    pub fn left(&self) -> u64 {
        u64::try_from(self.end - self.next).unwrap_or_default()
    }

    /// The next id, or `None` when the block is used up.
    pub fn next(&mut self) -> Option<i64> {
        let id = self.next;
        (id < self.end).then(|| {
            self.next += 1;
            id
        })
    }
}

/// What is numbered.
#[derive(Clone, Copy, Debug)]
pub enum Counter {
    /// Row ids of every table.
    Rows,
    /// Serials of payment codes.
    PaymentCodes,
}

/// Ids of one step of a PostgreSQL sequence (`INCREMENT BY` in the migration).
const SEQUENCE_STEP: i64 = 1_000;

#[derive(QueryableByName)]
struct CounterRow {
    #[diesel(sql_type = BigInt)]
    value: i64,
}

/// At least `count` ids, as blocks. On PostgreSQL a sequence gives them without a lock and gaps are
/// normal; SQLite has no sequences, and a row does as well where there is one writer.
pub(super) fn take_ids(
    connection: &mut AnyConnection,
    counter: Counter,
    count: u64,
) -> Result<Vec<IdBlock>, StoreError> {
    let count = i64::try_from(count.max(1))
        .map_err(|error| StoreError::Corrupt(format!("ids asked for: {error}")))?;
    match connection {
        AnyConnection::Sqlite(c) => {
            let name = match counter {
                Counter::Rows => "rows",
                Counter::PaymentCodes => "payment_codes",
            };
            let count = count.max(16);
            let row: CounterRow = diesel::sql_query(
                "UPDATE id_counters SET next = next + $1 WHERE name = $2 RETURNING next AS value",
            )
            .bind::<BigInt, _>(count)
            .bind::<diesel::sql_types::Text, _>(name)
            .get_result(c)?;
            Ok(vec![IdBlock { next: row.value - count, end: row.value }])
        }
        AnyConnection::Pg(c) => {
            let sequence = match counter {
                Counter::Rows => "doisoat_rows",
                Counter::PaymentCodes => "doisoat_payment_codes",
            };
            let steps = (count - 1) / SEQUENCE_STEP + 1;
            let rows: Vec<CounterRow> = diesel::sql_query(format!(
                "SELECT nextval('{sequence}') AS value FROM generate_series(1, $1)"
            ))
            .bind::<BigInt, _>(steps)
            .load(c)?;
            Ok(rows
                .into_iter()
                .rev()
                .map(|row| IdBlock { next: row.value, end: row.value + SEQUENCE_STEP })
                .collect())
        }
    }
}

/// Inserts rows in statements of [`ROWS_PER_STATEMENT`]. Diesel compiles batch inserts for one
/// database at a time, so the two arms read the same. A full chunk goes in as an array: its
/// statement is always the same, so both databases parse it once and keep it.
pub fn insert_all<'r, T, R>(tx: &mut Tx<'_>, table: T, rows: &'r [R]) -> Result<(), StoreError>
where
    T: Table
        + Copy
        + diesel::query_builder::QueryId
        + diesel::associations::HasTable<Table = T>
        + 'static,
    &'r [R]: Insertable<T>,
    &'r [R; ROWS_PER_STATEMENT]: Insertable<T>,
    InsertStatement<T, <&'r [R] as Insertable<T>>::Values>:
        ExecuteDsl<SqliteConnection> + ExecuteDsl<PgConnection>,
    InsertStatement<T, <&'r [R; ROWS_PER_STATEMENT] as Insertable<T>>::Values>:
        ExecuteDsl<SqliteConnection> + ExecuteDsl<PgConnection>,
{
    let (full, rest) = rows.as_chunks::<ROWS_PER_STATEMENT>();
    for chunk in full {
        match tx.conn() {
            AnyConnection::Sqlite(c) => diesel::insert_into(table).values(chunk).execute(c)?,
            AnyConnection::Pg(c) => diesel::insert_into(table).values(chunk).execute(c)?,
        };
    }
    if !rest.is_empty() {
        match tx.conn() {
            AnyConnection::Sqlite(c) => diesel::insert_into(table).values(rest).execute(c)?,
            AnyConnection::Pg(c) => diesel::insert_into(table).values(rest).execute(c)?,
        };
    }
    Ok(())
}

/// Takes the lock under which only one process migrates. SQLite has none but that of its one writer:
/// there all migrations are one transaction.
pub fn lock_migrations(connection: &mut AnyConnection) -> Result<(), StoreError> {
    match connection {
        AnyConnection::Sqlite(_) => begin_write(connection)?,
        AnyConnection::Pg(c) => c.batch_execute("SELECT pg_advisory_lock(4207314825)")?,
    }
    Ok(())
}

/// Gives that lock back; on SQLite keeps what was done only when it was `done` to the end.
pub fn unlock_migrations(connection: &mut AnyConnection, done: bool) -> Result<(), StoreError> {
    match connection {
        AnyConnection::Sqlite(c) if done => AnsiTransactionManager::commit_transaction(c)?,
        AnyConnection::Sqlite(c) => AnsiTransactionManager::rollback_transaction(c)?,
        AnyConnection::Pg(c) => c.batch_execute("SELECT pg_advisory_unlock(4207314825)")?,
    }
    Ok(())
}

/// At least `count` numbers of a counter, for code outside this folder.
pub fn take_codes(
    tx: &mut Tx<'_>,
    counter: Counter,
    count: u64,
) -> Result<Vec<IdBlock>, StoreError> {
    take_ids(tx.conn(), counter, count)
}

/// A table's columns with the type each has here, in order.
#[derive(Clone, Debug)]
pub struct TableShape {
    table: &'static str,
    columns: Vec<ColumnRow>,
}

#[derive(Clone, Debug, QueryableByName)]
struct ColumnRow {
    #[diesel(sql_type = diesel::sql_types::Text)]
    name: String,
    #[diesel(sql_type = diesel::sql_types::Text)]
    kind: String,
}

/// The columns of a table, as the database's own catalogue has them.
pub fn table_shape(
    connection: &mut AnyConnection,
    table: &'static str,
) -> Result<TableShape, StoreError> {
    let columns: Vec<ColumnRow> = match connection {
        AnyConnection::Sqlite(c) => diesel::sql_query(format!(
            "SELECT name, type AS kind FROM pragma_table_info('{table}') ORDER BY cid"
        ))
        .load(c)?,
        AnyConnection::Pg(c) => diesel::sql_query(format!(
            "SELECT column_name::text AS name, data_type::text AS kind \
             FROM information_schema.columns \
             WHERE table_schema = current_schema() AND table_name = '{table}' \
             ORDER BY ordinal_position"
        ))
        .load(c)?,
    };
    Ok(TableShape { table, columns })
}

/// Reads those rows of a table that `rows` finds, which follows WHERE, as JSON objects; times are
/// written the same way by both databases.
pub fn select_as_json(connection: &AnyConnection, shape: &TableShape, rows: &str) -> String {
    let table = shape.table;
    match connection {
        AnyConnection::Sqlite(_) => {
            let pairs: Vec<String> =
                shape.columns.iter().map(|column| format!("'{0}', {0}", column.name)).collect();
            format!(
                "SELECT id, json_object({}) AS body FROM {table} WHERE {rows}",
                pairs.join(", ")
            )
        }
        AnyConnection::Pg(_) => {
            let columns: Vec<String> = shape
                .columns
                .iter()
                .map(|column| match column.kind.as_str() {
                    "timestamp without time zone" => format!(
                        "rtrim(rtrim(to_char({0}, 'YYYY-MM-DD HH24:MI:SS.US'), '0'), '.') AS {0}",
                        column.name
                    ),
                    "boolean" => format!("{0}::int AS {0}", column.name),
                    _ => column.name.clone(),
                })
                .collect();
            format!(
                "SELECT id, row_to_json(picked)::text AS body FROM \
                 (SELECT {} FROM {table} WHERE {rows}) AS picked",
                columns.join(", ")
            )
        }
    }
}

/// Inserts an array of such objects, bound as one text.
pub fn insert_from_json(connection: &AnyConnection, shape: &TableShape) -> String {
    let table = shape.table;
    let names: Vec<&str> = shape.columns.iter().map(|column| column.name.as_str()).collect();
    let names = names.join(", ");
    match connection {
        AnyConnection::Sqlite(_) => {
            let values: Vec<String> = shape
                .columns
                .iter()
                .map(|column| format!("json_extract(value, '$.{}')", column.name))
                .collect();
            format!("INSERT INTO {table} ({names}) SELECT {} FROM json_each($1)", values.join(", "))
        }
        AnyConnection::Pg(_) => format!(
            "INSERT INTO {table} ({names}) SELECT {names} \
             FROM json_populate_recordset(NULL::{table}, $1::json)"
        ),
    }
}

/// The next row id and the next serial of payment codes.
pub fn counter_state(connection: &mut AnyConnection) -> Result<[i64; 2], StoreError> {
    let mut state = [0; 2];
    for (value, counter) in state.iter_mut().zip([Counter::Rows, Counter::PaymentCodes]) {
        let sql = match (&*connection, counter) {
            (AnyConnection::Sqlite(_), Counter::Rows) => {
                "SELECT next AS value FROM id_counters WHERE name = 'rows'"
            }
            (AnyConnection::Sqlite(_), Counter::PaymentCodes) => {
                "SELECT next AS value FROM id_counters WHERE name = 'payment_codes'"
            }
            // A sequence that was never used still has its first value to give.
            (AnyConnection::Pg(_), Counter::Rows) => {
                "SELECT last_value + CASE WHEN is_called THEN 1000 ELSE 0 END AS value FROM doisoat_rows"
            }
            (AnyConnection::Pg(_), Counter::PaymentCodes) => {
                "SELECT last_value + CASE WHEN is_called THEN 1000 ELSE 0 END AS value FROM doisoat_payment_codes"
            }
        };
        let row: CounterRow = diesel::sql_query(sql).get_result(connection)?;
        *value = row.value;
    }
    Ok(state)
}

/// Makes the counters go on from where another database's stood.
pub fn set_counters(connection: &AnyConnection, [rows, codes]: [i64; 2]) -> String {
    match connection {
        AnyConnection::Sqlite(_) => format!(
            "UPDATE id_counters SET next = {rows} WHERE name = 'rows'; \
             UPDATE id_counters SET next = {codes} WHERE name = 'payment_codes';"
        ),
        AnyConnection::Pg(_) => format!(
            "SELECT setval('doisoat_rows', {rows}, false); \
             SELECT setval('doisoat_payment_codes', {codes}, false);"
        ),
    }
}

/// Inserts notifications whose endpoint has not seen the provider's id before; the ids of those.
pub fn insert_new_notifications(
    tx: &mut Tx<'_>,
    rows: &[super::arrivals::NewNotification],
) -> Result<Vec<i64>, StoreError> {
    Ok(match tx.conn() {
        AnyConnection::Sqlite(c) => super::arrivals::into_sqlite(c, rows)?,
        AnyConnection::Pg(c) => super::arrivals::into_postgres(c, rows)?,
    })
}

#[derive(QueryableByName)]
struct IdRow {
    #[diesel(sql_type = BigInt)]
    id: i64,
}

/// The notifications that are due, of the school that has waited longest and of which no worker
/// holds any: one worker a school keeps their order, and nobody waits for a school's lock. Rows that
/// another worker is just leasing are passed over.
pub fn lock_due_notifications(
    tx: &mut Tx<'_>,
    now: chrono::NaiveDateTime,
    limit: i64,
) -> Result<Vec<i64>, StoreError> {
    let query = "SELECT id FROM notifications WHERE state = 'waiting' AND due_at <= $1 \
                 AND (leased_until IS NULL OR leased_until <= $2) AND school_id = \
                 (SELECT w.school_id FROM notifications w WHERE w.state = 'waiting' AND w.due_at <= $3 \
                 AND (w.leased_until IS NULL OR w.leased_until <= $4) AND NOT EXISTS \
                 (SELECT 1 FROM notifications h WHERE h.school_id = w.school_id \
                 AND h.state = 'waiting' AND h.leased_until > $5) ORDER BY w.id LIMIT 1) \
                 ORDER BY id LIMIT $6";
    let skip = match tx.conn() {
        AnyConnection::Sqlite(_) => "",
        AnyConnection::Pg(_) => " FOR UPDATE SKIP LOCKED",
    };
    let mut query = diesel::sql_query(format!("{query}{skip}")).into_boxed();
    for _ in 0..5 {
        query = query.bind::<diesel::sql_types::Timestamp, _>(now);
    }
    let rows: Vec<IdRow> = query.bind::<BigInt, _>(limit).load(tx.conn())?;
    Ok(rows.into_iter().map(|row| row.id).collect())
}

#[derive(QueryableByName)]
struct LeaseRow {
    #[diesel(sql_type = BigInt)]
    id: i64,
    #[diesel(sql_type = BigInt)]
    attempts: i64,
}

/// The waiting ones of some notifications with their fencing numbers, locked.
pub fn lock_notifications(tx: &mut Tx<'_>, ids: &[i64]) -> Result<Vec<(i64, i64)>, StoreError> {
    let list: Vec<String> = ids.iter().map(ToString::to_string).collect();
    if list.is_empty() {
        return Ok(Vec::new());
    }
    let lock = match tx.conn() {
        AnyConnection::Sqlite(_) => "",
        AnyConnection::Pg(_) => " FOR UPDATE",
    };
    let rows: Vec<LeaseRow> = diesel::sql_query(format!(
        "SELECT id, attempts FROM notifications WHERE state = 'waiting' AND id IN ({}) ORDER BY id{lock}",
        list.join(", ")
    ))
    .load(tx.conn())?;
    Ok(rows.into_iter().map(|row| (row.id, row.attempts)).collect())
}

/// Locks the event endpoint that has waited longest of those with a delivery due and none on its way,
/// passing over those that another worker is just looking at. Events may be recorded meanwhile: the
/// lock lets rows refer to the endpoint.
pub fn lock_due_event_endpoint(
    tx: &mut Tx<'_>,
    now: chrono::NaiveDateTime,
) -> Result<Option<i64>, StoreError> {
    let query = "SELECT e.id FROM event_endpoints e WHERE e.disabled_at IS NULL \
                 AND (e.paused_until IS NULL OR e.paused_until <= $1) AND EXISTS \
                 (SELECT 1 FROM event_deliveries d WHERE d.endpoint_id = e.id \
                 AND d.state = 'waiting' AND d.due_at <= $2) AND NOT EXISTS \
                 (SELECT 1 FROM event_deliveries h WHERE h.endpoint_id = e.id \
                 AND h.state = 'waiting' AND h.leased_until > $3) ORDER BY \
                 (SELECT MIN(w.due_at) FROM event_deliveries w WHERE w.endpoint_id = e.id \
                 AND w.state = 'waiting'), e.id LIMIT 1";
    let skip = match tx.conn() {
        AnyConnection::Sqlite(_) => "",
        AnyConnection::Pg(_) => " FOR NO KEY UPDATE OF e SKIP LOCKED",
    };
    let mut query = diesel::sql_query(format!("{query}{skip}")).into_boxed();
    for _ in 0..3 {
        query = query.bind::<diesel::sql_types::Timestamp, _>(now);
    }
    let rows: Vec<IdRow> = query.load(tx.conn())?;
    Ok(rows.first().map(|row| row.id))
}

/// Locks an event endpoint until the transaction ends, letting rows refer to it meanwhile.
pub fn lock_event_endpoint(tx: &mut Tx<'_>, id: i64) -> Result<(), StoreError> {
    if let AnyConnection::Pg(c) = tx.conn() {
        diesel::sql_query("SELECT id FROM event_endpoints WHERE id = $1 FOR NO KEY UPDATE")
            .bind::<BigInt, _>(id)
            .execute(c)?;
    }
    Ok(())
}

/// Adds to a day's count of requests that were not taken.
pub fn add_refusals(tx: &mut Tx<'_>, row: &super::webhooks::RefusalRow) -> Result<(), StoreError> {
    diesel::sql_query(
        "INSERT INTO webhook_refusals (id, school_id, endpoint_id, day, reason, times) \
         VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (endpoint_id, day, reason) \
         DO UPDATE SET times = webhook_refusals.times + excluded.times",
    )
    .bind::<BigInt, _>(row.id)
    .bind::<BigInt, _>(row.school_id)
    .bind::<BigInt, _>(row.endpoint_id)
    .bind::<diesel::sql_types::Date, _>(row.day)
    .bind::<diesel::sql_types::Text, _>(&row.reason)
    .bind::<BigInt, _>(row.times)
    .execute(tx.conn())?;
    Ok(())
}
