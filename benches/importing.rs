//! How long taking in a statement lasts, from its bytes to settled invoices, as a ratio to bare
//! batched inserts of the same entries into the same database, measured in the same run. Both
//! databases must come to the same result. Everything is made up.

#![expect(missing_docs, reason = "a macro of the table below writes code nobody reads")]
#![expect(clippy::print_stdout, reason = "a yardstick's result is what it prints")]
#![expect(clippy::disallowed_methods, reason = "a yardstick measures durations")]
#![expect(
    clippy::float_arithmetic,
    clippy::expect_used,
    reason = "ratios of durations, in a program that may just stop"
)]

mod school;

use std::io::Write as _;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use chrono::NaiveDate;
use diesel::connection::SimpleConnection;
use diesel::sql_types::{BigInt, Text};
use diesel::{
    Connection, Insertable, PgConnection, QueryableByName, RunQueryDsl, SqliteConnection,
    insert_into, sql_query,
};
use doisoat::containment::{Limits, StatementReader};
use doisoat::service::plan::NewFile;
use doisoat::service::{commit, plan, verify};
use school::{DONG, School};
use tempfile::TempDir;

/// Importing and settling may take so many times as long as the bare inserts.
const BAR: f64 = 15.0;

/// Entries of a file, and how often it is taken in.
const SIZES: [(usize, u32); 2] = [(10_000, 3), (100_000, 1)];

/// How often the bare inserts are made each time. Means are compared, not the best rounds: on a busy
/// machine a short measurement finds a quiet moment more easily than a long one.
const BARE_ROUNDS: u32 = 3;

/// Rows of one bare INSERT.
const ROWS_PER_STATEMENT: usize = 1_000;

const SERVER_VARIABLE: &str = "DOISOAT_TEST_POSTGRES";

fn main() -> ExitCode {
    let mut places = vec![Place::Sqlite];
    match std::env::var(SERVER_VARIABLE).ok().filter(|url| !url.is_empty()) {
        Some(url) => places.push(Place::Postgres(url)),
        None => println!("PostgreSQL skipped: {SERVER_VARIABLE} is not set"),
    }
    let mut within = true;
    for (entries, rounds) in SIZES {
        let mut results = Vec::new();
        for place in &places {
            let name = place.name();
            let measured: Vec<Measured> = (0..rounds).map(|_| measure(place, entries)).collect();
            let mean =
                |of: fn(&Measured) -> Duration| measured.iter().map(of).sum::<Duration>() / rounds;
            let bare = mean(|one| one.bare);
            let ours = mean(|one| one.planned + one.committed);
            let ratio = ours.as_secs_f64() / bare.as_secs_f64();
            println!(
                "import {entries} on {name}: {ratio:.1} x bare inserts (bar {BAR}); \
                 ours {ours:.2?} (planned in {:.2?}), bare {bare:.3?}",
                mean(|one| one.planned)
            );
            within &= ratio <= BAR;
            results.extend(measured.into_iter().map(|one| one.result));
        }
        results.sort_unstable();
        results.dedup();
        within &= results.len() == 1;
        println!("result of {entries}, {} databases: {}", places.len(), results.join("\n    BUT "));
    }
    if within { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

struct Measured {
    planned: Duration,
    committed: Duration,
    bare: Duration,
    /// What is in the database afterwards, as counts and sums.
    result: String,
}

fn measure(place: &Place, entries: usize) -> Measured {
    let fresh = place.create();
    let school = School::create(&fresh.url, entries);
    let file = school.statement(|_, code| (DONG, code.to_owned()));
    let mut content = tempfile::tempfile().expect("a temporary file");
    content.write_all(&file).expect("room for it");
    let new = NewFile::plain("mau.xml", &content);
    let reader = StatementReader::new(env!("CARGO_BIN_EXE_doisoat").into(), Limits::default());
    let School { store, clock, actor, id } = school;

    let start = Instant::now();
    let planned =
        plan::run(&store, &clock, &reader, &actor, id, &new).expect("a file that is in order");
    let middle = Instant::now();
    let done = commit::run(&store, &clock, &actor, id, planned.id).expect("a plan in order");
    let end = Instant::now();
    assert_eq!(usize::try_from(done.settled), Ok(entries), "{done:?}");
    let findings = verify::run(&store).expect("a database that answers");
    assert!(findings.iter().all(verify::Finding::holds), "an invariant does not hold");

    let mut connection = fresh.connect();
    let rows = connection.entries();
    assert_eq!(rows.len(), entries);
    let bare = (0..BARE_ROUNDS).map(|_| connection.insert_bare(&rows)).sum::<Duration>();
    let result = connection.result();
    Measured { planned: middle - start, committed: end - middle, bare: bare / BARE_ROUNDS, result }
}

enum Place {
    Sqlite,
    Postgres(String),
}

/// An empty database that goes away with this value.
struct Fresh {
    url: String,
    /// The folder that removes itself, or the server and the name to remove.
    folder: Option<TempDir>,
    server: Option<(String, String)>,
}

impl Place {
    fn name(&self) -> &'static str {
        match self {
            Place::Sqlite => "SQLite",
            Place::Postgres(_) => "PostgreSQL",
        }
    }

    fn create(&self) -> Fresh {
        match self {
            Place::Sqlite => {
                let folder = TempDir::with_prefix("doisoat-bench-").expect("a folder");
                let url = format!("sqlite:{}", folder.path().join("bench.db").display());
                Fresh { url, folder: Some(folder), server: None }
            }
            Place::Postgres(server) => {
                let name = format!("doisoat_bench_{}", std::process::id());
                PgConnection::establish(server)
                    .expect("the server")
                    .batch_execute(&format!(
                        "CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C'"
                    ))
                    .expect("a new database");
                let (before, parameters) = server.split_once('?').unwrap_or((server, ""));
                let host = before.rsplit_once('/').map_or(before, |(host, _)| host);
                let url = format!("{host}/{name}?{parameters}");
                Fresh { url, folder: None, server: Some((server.clone(), name)) }
            }
        }
    }
}

impl Fresh {
    fn connect(&self) -> Bare {
        let Some(path) = self.url.strip_prefix("sqlite:") else {
            return Bare::Pg(PgConnection::establish(&self.url).expect("the database"));
        };
        let mut connection = SqliteConnection::establish(path).expect("the database");
        // As the service opens it.
        connection
            .batch_execute(
                "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cache_size = -32000;",
            )
            .expect("settings");
        Bare::Sqlite(connection)
    }
}

impl Drop for Fresh {
    fn drop(&mut self) {
        drop(self.folder.take());
        if let Some((server, name)) = &self.server
            && let Ok(mut connection) = PgConnection::establish(server)
        {
            // What is left over goes with the throw-away server.
            let _ =
                connection.batch_execute(&format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"));
        }
    }
}

/// A connection that knows nothing of the service.
enum Bare {
    Sqlite(SqliteConnection),
    Pg(PgConnection),
}

impl Bare {
    fn execute(&mut self, sql: &str) {
        match self {
            Bare::Sqlite(c) => c.batch_execute(sql),
            Bare::Pg(c) => c.batch_execute(sql),
        }
        .expect("plain SQL");
    }

    fn entries(&mut self) -> Vec<BareRow> {
        let query = sql_query("SELECT * FROM entries ORDER BY id");
        match self {
            Bare::Sqlite(c) => query.load(c),
            Bare::Pg(c) => query.load(c),
        }
        .expect("entries")
    }

    /// Puts the rows into a new table that has a primary key and nothing else: no references, no
    /// checks, no other index. One transaction.
    fn insert_bare(&mut self, rows: &[BareRow]) -> Duration {
        let key = match self {
            Bare::Sqlite(_) => "INTEGER PRIMARY KEY",
            Bare::Pg(_) => "BIGINT PRIMARY KEY",
        };
        self.execute("DROP TABLE IF EXISTS bare");
        self.execute(&format!(
            "CREATE TABLE bare (id {key}, school_id BIGINT, import_id BIGINT, statement_id BIGINT, \
             bank_account_id BIGINT, position BIGINT, place TEXT, booking_date DATE, \
             value_date DATE, credit_debit TEXT, amount_dong BIGINT, status TEXT, \
             reversal BOOLEAN, reference TEXT, end_to_end_id TEXT, remittance TEXT, \
             counterparty_name TEXT, counterparty_account TEXT, counterparty_bank TEXT, \
             balance_after_dong BIGINT, own_key TEXT, own_ordinal BIGINT, text_key TEXT, \
             reference_key TEXT)"
        ));
        let start = Instant::now();
        self.execute("BEGIN");
        for chunk in rows.chunks(ROWS_PER_STATEMENT) {
            let written = match self {
                Bare::Sqlite(c) => insert_into(bare::table).values(chunk).execute(c),
                Bare::Pg(c) => insert_into(bare::table).values(chunk).execute(c),
            };
            assert_eq!(written, Ok(chunk.len()));
        }
        self.execute("COMMIT");
        start.elapsed()
    }

    /// Counts and sums that do not depend on which database it is.
    fn result(&mut self) -> String {
        let query = sql_query(RESULT);
        let parts: Vec<Part> = match self {
            Bare::Sqlite(c) => query.load(c),
            Bare::Pg(c) => query.load(c),
        }
        .expect("sums");
        let parts: Vec<String> =
            parts.iter().map(|part| format!("{} {}", part.name, part.value)).collect();
        parts.join(", ")
    }
}

const RESULT: &str = "\
    SELECT 'entries' AS name, COUNT(*) AS value FROM entries \
    UNION ALL SELECT 'payments', COUNT(*) FROM payments \
    UNION ALL SELECT 'evidence', COUNT(*) FROM evidence \
    UNION ALL SELECT 'decisions', COUNT(*) FROM decisions \
    UNION ALL SELECT 'allocations', COUNT(*) FROM allocations \
    UNION ALL SELECT 'audit records', COUNT(*) FROM audit_records \
    UNION ALL SELECT 'received', CAST(SUM(amount_dong) AS BIGINT) FROM payments \
    UNION ALL SELECT 'used', CAST(SUM(allocated_dong) AS BIGINT) FROM payments \
    UNION ALL SELECT 'allocated', CAST(SUM(amount_dong) AS BIGINT) FROM allocations \
    UNION ALL SELECT 'paid', CAST(SUM(paid_dong) AS BIGINT) FROM invoices ORDER BY name";

#[derive(QueryableByName)]
struct Part {
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = BigInt)]
    value: i64,
}

diesel::table! {
    bare (id) {
        id -> BigInt,
        school_id -> BigInt,
        import_id -> BigInt,
        statement_id -> BigInt,
        bank_account_id -> BigInt,
        position -> BigInt,
        place -> Text,
        booking_date -> Date,
        value_date -> Nullable<Date>,
        credit_debit -> Text,
        amount_dong -> BigInt,
        status -> Text,
        reversal -> Bool,
        reference -> Nullable<Text>,
        end_to_end_id -> Nullable<Text>,
        remittance -> Nullable<Text>,
        counterparty_name -> Nullable<Text>,
        counterparty_account -> Nullable<Text>,
        counterparty_bank -> Nullable<Text>,
        balance_after_dong -> Nullable<BigInt>,
        own_key -> Text,
        own_ordinal -> BigInt,
        text_key -> Text,
        reference_key -> Nullable<Text>,
    }
}

#[derive(Insertable, QueryableByName)]
#[diesel(table_name = bare, treat_none_as_default_value = false)]
struct BareRow {
    id: i64,
    school_id: i64,
    import_id: i64,
    statement_id: i64,
    bank_account_id: i64,
    position: i64,
    place: String,
    booking_date: NaiveDate,
    value_date: Option<NaiveDate>,
    credit_debit: String,
    amount_dong: i64,
    status: String,
    reversal: bool,
    reference: Option<String>,
    end_to_end_id: Option<String>,
    remittance: Option<String>,
    counterparty_name: Option<String>,
    counterparty_account: Option<String>,
    counterparty_bank: Option<String>,
    balance_after_dong: Option<i64>,
    own_key: String,
    own_ordinal: i64,
    text_key: String,
    reference_key: Option<String>,
}
