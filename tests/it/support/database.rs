//! A database of its own for every test, on every backend that is there.

use std::io::Write;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Once, OnceLock};

use diesel::connection::SimpleConnection;
use diesel::sql_types::{BigInt, Text};
use diesel::{
    Connection, PgConnection, QueryResult, QueryableByName, RunQueryDsl, SqliteConnection,
    sql_query,
};
use doisoat::store::{Store, migrations};
use tempfile::TempDir;

/// Names the PostgreSQL server to use; `./test` starts one and sets it.
const SERVER_VARIABLE: &str = "DOISOAT_TEST_POSTGRES";

/// A kind of database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Backend {
    /// A file in a folder of its own.
    Sqlite,
    /// A database of its own on the server that `DOISOAT_TEST_POSTGRES` names.
    Postgres,
}

/// A database that goes away with this value.
pub struct TestDb {
    /// What kind it is.
    pub backend: Backend,
    /// What `Store::open` takes.
    pub url: String,
    place: Place,
}

enum Place {
    /// Removes itself.
    Folder {
        _folder: TempDir,
    },
    Server {
        admin: String,
        name: String,
    },
}

impl TestDb {
    /// A fresh database with the program's tables: a copy of one that was migrated once for all
    /// tests of this process.
    pub fn create(backend: Backend) -> TestDb {
        match backend {
            Backend::Sqlite => {
                static MIGRATED: OnceLock<Vec<u8>> = OnceLock::new();
                let bytes = MIGRATED.get_or_init(|| {
                    let first = TestDb::empty(backend);
                    migrate(&first);
                    std::fs::read(first.path()).unwrap()
                });
                let db = TestDb::empty(backend);
                std::fs::write(db.path(), bytes).unwrap();
                db
            }
            Backend::Postgres => {
                // Stays on the server, which is thrown away: nobody knows which test is the last.
                static MIGRATED: OnceLock<String> = OnceLock::new();
                let template = MIGRATED.get_or_init(|| {
                    let first = TestDb::empty(backend);
                    migrate(&first);
                    let Place::Server { name, .. } = &first.place else { unreachable!() };
                    let name = name.clone();
                    std::mem::forget(first);
                    name
                });
                TestDb::on_server(template)
            }
        }
    }

    /// A fresh database without any table.
    pub fn empty(backend: Backend) -> TestDb {
        match backend {
            Backend::Sqlite => {
                let folder = TempDir::with_prefix("doisoat-it-").unwrap();
                let url = format!("sqlite:{}", folder.path().join("test.db").display());
                TestDb { backend, url, place: Place::Folder { _folder: folder } }
            }
            Backend::Postgres => TestDb::on_server("template0"),
        }
    }

    /// A copy of a database that nobody is connected to, so that many tests may copy it at once.
    fn on_server(template: &str) -> TestDb {
        let admin = postgres_server().expect("DOISOAT_TEST_POSTGRES names a server");
        let name = unused_name();
        run(
            &admin,
            &format!("CREATE DATABASE {name} TEMPLATE {template} ENCODING 'UTF8' LOCALE 'C'"),
        );
        let url = with_database(&admin, &name);
        TestDb { backend: Backend::Postgres, url, place: Place::Server { admin, name } }
    }
}

/// Makes the program's tables and waits until the connections are closed.
fn migrate(db: &TestDb) {
    let store = Store::open(&db.url, 1, 10_000).unwrap();
    migrations::run(&store).unwrap();
    drop(store);
    db.wait_until_closed();
}

#[derive(QueryableByName)]
struct Number {
    #[diesel(sql_type = BigInt)]
    value: i64,
}

#[derive(QueryableByName)]
struct Word {
    #[diesel(sql_type = Text)]
    value: String,
}

impl TestDb {
    /// Another database with the same content. Nobody may have this one open.
    pub fn duplicate(&self) -> TestDb {
        // Threads of what used it may be closing it just now.
        self.wait_until_closed();
        let copy = TestDb::create(self.backend);
        if let (Place::Server { admin, name: from }, Place::Server { name: to, .. }) =
            (&self.place, &copy.place)
        {
            run(admin, &format!("DROP DATABASE {to}"));
            run(admin, &format!("CREATE DATABASE {to} TEMPLATE {from}"));
            return copy;
        }
        std::fs::copy(self.path(), copy.path()).unwrap();
        copy
    }

    /// Waits until nobody has it open any more, where that happens on another thread.
    fn wait_until_closed(&self) {
        let open = || match &self.place {
            Place::Folder { .. } => std::fs::exists(format!("{}-wal", self.path())).unwrap(),
            Place::Server { admin, name } => {
                let sql = format!(
                    "SELECT COUNT(*) AS value FROM pg_stat_activity WHERE datname = '{name}'"
                );
                let rows: Vec<Number> =
                    sql_query(sql).load(&mut PgConnection::establish(admin).unwrap()).unwrap();
                rows[0].value > 0
            }
        };
        for _ in 0..500 {
            if !open() {
                return;
            }
            std::thread::sleep(std::time::Duration::from_millis(20));
        }
        panic!("the database is still open");
    }

    /// The file of an SQLite database.
    pub fn path(&self) -> &str {
        self.url.strip_prefix("sqlite:").unwrap()
    }

    /// Runs statements past the program, as somebody with the database's password could.
    pub fn try_execute(&self, sql: &str) -> QueryResult<()> {
        match self.backend {
            Backend::Sqlite => {
                let mut connection = SqliteConnection::establish(self.path()).unwrap();
                connection
                    .batch_execute("PRAGMA busy_timeout = 10000; PRAGMA foreign_keys = ON")?;
                connection.batch_execute(sql)
            }
            Backend::Postgres => PgConnection::establish(&self.url).unwrap().batch_execute(sql),
        }
    }

    /// The same, where nothing can go wrong.
    pub fn execute(&self, sql: &str) {
        self.try_execute(sql).unwrap();
    }

    /// The column `value` of the one row that `sql` finds.
    pub fn number(&self, sql: &str) -> i64 {
        let rows: Vec<Number> = match self.backend {
            Backend::Sqlite => {
                sql_query(sql).load(&mut SqliteConnection::establish(self.path()).unwrap())
            }
            Backend::Postgres => {
                sql_query(sql).load(&mut PgConnection::establish(&self.url).unwrap())
            }
        }
        .unwrap();
        assert_eq!(rows.len(), 1, "{sql}");
        rows[0].value
    }

    /// The column `value` of every row that `sql` finds, as text.
    pub fn words(&self, sql: &str) -> Vec<String> {
        let rows: Vec<Word> = match self.backend {
            Backend::Sqlite => {
                sql_query(sql).load(&mut SqliteConnection::establish(self.path()).unwrap())
            }
            Backend::Postgres => {
                sql_query(sql).load(&mut PgConnection::establish(&self.url).unwrap())
            }
        }
        .unwrap();
        rows.into_iter().map(|row| row.value).collect()
    }

    /// The program's tables, by name.
    pub fn tables(&self) -> Vec<String> {
        self.words(match self.backend {
            Backend::Sqlite => {
                "SELECT name AS value FROM sqlite_schema WHERE type = 'table' \
                 AND name NOT LIKE 'sqlite_%' AND name NOT LIKE '\\_\\_%' ESCAPE '\\' \
                 AND name <> 'id_counters' ORDER BY name"
            }
            Backend::Postgres => {
                "SELECT table_name::text AS value FROM information_schema.tables \
                 WHERE table_schema = 'public' AND table_name NOT LIKE '\\_\\_%' \
                 ORDER BY table_name COLLATE \"C\""
            }
        })
    }

    /// Keeps everybody else from writing notifications until the value is gone.
    pub fn hold(&self) -> Held {
        match self.backend {
            Backend::Sqlite => {
                let mut connection = SqliteConnection::establish(self.path()).unwrap();
                let sql = "PRAGMA busy_timeout = 10000; BEGIN IMMEDIATE";
                connection.batch_execute(sql).unwrap();
                Held::Sqlite { _connection: connection }
            }
            Backend::Postgres => {
                let mut connection = PgConnection::establish(&self.url).unwrap();
                let sql = "BEGIN; LOCK TABLE notifications IN ACCESS EXCLUSIVE MODE";
                connection.batch_execute(sql).unwrap();
                Held::Postgres { _connection: connection }
            }
        }
    }

    /// Takes the database away until the value is gone: SQLite's file is locked by somebody else,
    /// PostgreSQL ends all connections and lets nobody in.
    pub fn take_away(&self) -> Away<'_> {
        let held = match &self.place {
            Place::Folder { .. } => Some(self.hold()),
            Place::Server { admin, name } => {
                run(
                    admin,
                    &format!(
                        "ALTER DATABASE {name} ALLOW_CONNECTIONS false; \
                         SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'"
                    ),
                );
                None
            }
        };
        Away { db: self, _held: held }
    }

    /// Lets the database refuse rows of `table` for which `condition`, said of `NEW`, holds.
    pub fn refuse(&self, table: &str, condition: &str) {
        self.execute(&match self.backend {
            Backend::Sqlite => format!(
                "CREATE TRIGGER poison BEFORE INSERT ON {table} WHEN {condition} \
                 BEGIN SELECT RAISE(ABORT, 'poison'); END"
            ),
            Backend::Postgres => format!(
                "CREATE FUNCTION poison() RETURNS trigger LANGUAGE plpgsql AS \
                 $$ BEGIN RAISE EXCEPTION 'poison'; END $$; \
                 CREATE TRIGGER poison BEFORE INSERT ON {table} FOR EACH ROW WHEN ({condition}) \
                 EXECUTE FUNCTION poison()"
            ),
        });
    }

    /// Takes back what [`TestDb::refuse`] did.
    pub fn accept_again(&self, table: &str) {
        self.execute(&match self.backend {
            Backend::Sqlite => "DROP TRIGGER poison".to_owned(),
            Backend::Postgres => format!("DROP TRIGGER poison ON {table}; DROP FUNCTION poison()"),
        });
    }

    /// How many rows each table has.
    pub fn row_counts(&self) -> Vec<(String, i64)> {
        let tables = self.tables();
        let each: Vec<String> = tables
            .iter()
            .map(|table| format!("SELECT '{table} ' || COUNT(*) AS value FROM {table}"))
            .collect();
        let mut counts: Vec<(String, i64)> = self
            .words(&each.join(" UNION ALL "))
            .iter()
            .map(|line| line.split_once(' ').unwrap())
            .map(|(table, rows)| (table.to_owned(), rows.parse().unwrap()))
            .collect();
        counts.sort();
        counts
    }
}

/// A lock that ends with this value.
pub enum Held {
    Sqlite { _connection: SqliteConnection },
    Postgres { _connection: PgConnection },
}

/// The database is away until this value is gone.
pub struct Away<'a> {
    db: &'a TestDb,
    _held: Option<Held>,
}

impl Drop for Away<'_> {
    fn drop(&mut self) {
        if let Place::Server { admin, name } = &self.db.place {
            run(admin, &format!("ALTER DATABASE {name} ALLOW_CONNECTIONS true"));
        }
    }
}

impl Drop for TestDb {
    fn drop(&mut self) {
        match &self.place {
            Place::Folder { .. } => (),
            Place::Server { admin, name } => {
                // A pool of the test may still hold connections. Failing here would hide the
                // test's own failure; what is left over dies with the throw-away server.
                if let Ok(mut connection) = PgConnection::establish(admin) {
                    let _ = connection
                        .batch_execute(&format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"));
                }
            }
        }
    }
}

/// Runs `test` on a fresh database of every backend there is, SQLite first. Without a server, says
/// on stderr, past the test harness's capture, that PostgreSQL was skipped.
pub fn for_each_backend(test: impl Fn(&TestDb)) {
    for_each(TestDb::create, test);
}

/// The same on a database without any table.
pub fn for_each_empty_backend(test: impl Fn(&TestDb)) {
    for_each(TestDb::empty, test);
}

fn for_each(create: impl Fn(Backend) -> TestDb, test: impl Fn(&TestDb)) {
    let mut backends = vec![Backend::Sqlite];
    if postgres_server().is_some() {
        backends.push(Backend::Postgres);
    } else {
        say_skipped();
    }
    for backend in backends {
        // Shown only when the test fails: says on which database.
        println!("on {backend:?}");
        test(&create(backend));
    }
}

/// The URL of the PostgreSQL server to test on, if there is one.
pub fn postgres_server() -> Option<String> {
    std::env::var(SERVER_VARIABLE).ok().filter(|url| !url.is_empty())
}

fn say_skipped() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let words = format!(
            "\nPostgreSQL tests SKIPPED: {SERVER_VARIABLE} is not set. ./test starts a server.\n"
        );
        std::io::stderr().write_all(words.as_bytes()).unwrap();
    });
}

/// The process id keeps two runs apart, the counter two tests of one run.
fn unused_name() -> String {
    static NEXT: AtomicU32 = AtomicU32::new(1);
    format!("doisoat_it_{}_{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed))
}

fn run(server: &str, sql: &str) {
    PgConnection::establish(server).unwrap().batch_execute(sql).unwrap();
}

/// The same URL with another database: what stands between the host and the parameters.
fn with_database(url: &str, name: &str) -> String {
    let (scheme, rest) = url.split_once("://").expect("a URL has a scheme");
    let (place, parameters) = match rest.split_once('?') {
        Some((place, parameters)) => (place, format!("?{parameters}")),
        None => (rest, String::new()),
    };
    let host = place.split_once('/').map_or(place, |(host, _)| host);
    format!("{scheme}://{host}/{name}{parameters}")
}

#[test]
fn the_database_of_a_url_is_replaced_and_nothing_else() {
    for (why, url, expected) in [
        ("a socket", "postgres:///db?host=/tmp/x&user=u", "postgres:///new?host=/tmp/x&user=u"),
        ("a host", "postgres://u:p@127.0.0.1:5433/db", "postgres://u:p@127.0.0.1:5433/new"),
        ("no database", "postgres://u@h", "postgres://u@h/new"),
        ("no database, a parameter", "postgres://u@h?a=b", "postgres://u@h/new?a=b"),
    ] {
        assert_eq!(with_database(url, "new"), expected, "{why}");
    }
}
