//! One connection type for both databases, and a pool that knows from the URL which one it opens.

use std::path::Path;

use diesel::connection::{Connection, SimpleConnection};
use diesel::pg::PgConnection;
use diesel::r2d2::{ManageConnection, R2D2Connection};
use diesel::sqlite::SqliteConnection;

use super::StoreError;

/// A connection to either database.
#[derive(diesel::MultiConnection)]
pub enum AnyConnection {
    /// The embedded default.
    Sqlite(SqliteConnection),
    /// For several replicas of the service.
    Pg(PgConnection),
}

/// Which database a URL names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DatabaseUrl {
    /// `sqlite:PATH`, the path of one file.
    Sqlite(String),
    /// `postgres://…`, passed to libpq as it is.
    Postgres(String),
}

impl DatabaseUrl {
    /// Reads a URL by its scheme.
    pub fn parse(url: &str) -> Result<DatabaseUrl, StoreError> {
        if let Some(path) = url.strip_prefix("sqlite:") {
            let path = path.strip_prefix("//").unwrap_or(path);
            if !path.is_empty() {
                return Ok(DatabaseUrl::Sqlite(path.to_owned()));
            }
        } else if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            return Ok(DatabaseUrl::Postgres(url.to_owned()));
        }
        Err(StoreError::Url)
    }
}

/// Opens connections for the pool and prepares each for our use.
#[derive(Debug)]
pub struct Manager {
    url: DatabaseUrl,
    busy_timeout_ms: u32,
}

impl Manager {
    /// A manager for the database at `url`; SQLite waits `busy_timeout_ms` for another writer.
    #[must_use]
    pub fn new(url: DatabaseUrl, busy_timeout_ms: u32) -> Manager {
        Manager { url, busy_timeout_ms }
    }
}

/// Switches to the write-ahead log. While another process does so on a database that is just being
/// made, SQLite says at once that it is locked, whatever the busy timeout is.
fn write_ahead(connection: &mut SqliteConnection) -> Result<(), StoreError> {
    const MOST_TRIES: u32 = 200;
    let mut tries = 0;
    loop {
        match connection.batch_execute("PRAGMA journal_mode = WAL;").map_err(StoreError::from) {
            Err(error) if error.is_transient() && tries < MOST_TRIES => {
                tries += 1;
                std::thread::sleep(std::time::Duration::from_millis(25));
            }
            outcome => return outcome,
        }
    }
}

impl ManageConnection for Manager {
    type Connection = AnyConnection;
    type Error = StoreError;

    fn connect(&self) -> Result<AnyConnection, StoreError> {
        match &self.url {
            DatabaseUrl::Sqlite(path) => {
                if let Some(folder) = Path::new(path).parent()
                    && !folder.as_os_str().is_empty()
                {
                    std::fs::create_dir_all(folder)
                        .map_err(|error| StoreError::Open(format!("{path}: {error}")))?;
                }
                let mut connection = SqliteConnection::establish(path)
                    .map_err(|error| StoreError::Open(format!("{path}: {error}")))?;
                // Pages that many short commits write again and again go into the file once for 16 MB
                // of the log instead of 4.
                // FULL: a commit we acknowledged survives a power cut. Foreign keys are off by
                // default in SQLite. The busy timeout comes first, since WAL may have to wait.
                connection.batch_execute(&format!(
                    "PRAGMA busy_timeout = {}; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; \
                     PRAGMA cache_size = -32000; PRAGMA temp_store = FILE; \
                     PRAGMA wal_autocheckpoint = 4000;",
                    self.busy_timeout_ms
                ))?;
                write_ahead(&mut connection)?;
                Ok(AnyConnection::Sqlite(connection))
            }
            DatabaseUrl::Postgres(url) => {
                let mut connection = PgConnection::establish(url)
                    .map_err(|error| StoreError::Open(error.to_string()))?;
                // Compiling a query takes longer than any of ours: where a table has no statistics yet,
                // its guessed size alone would set that going.
                connection.batch_execute(
                    "SET TIME ZONE 'UTC'; SET client_min_messages = warning; SET jit = off; \
                     SET lock_timeout = '60s'; SET idle_in_transaction_session_timeout = '300s';",
                )?;
                Ok(AnyConnection::Pg(connection))
            }
        }
    }

    fn is_valid(&self, connection: &mut AnyConnection) -> Result<(), StoreError> {
        connection.ping().map_err(StoreError::from)
    }

    fn has_broken(&self, connection: &mut AnyConnection) -> bool {
        std::thread::panicking() || connection.is_broken()
    }
}
