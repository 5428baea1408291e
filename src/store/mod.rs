//! The only place that names Diesel. Money changes through [`Store::write`] and nowhere else.

pub(crate) mod access;
pub(crate) mod added;
pub(crate) mod archives;
pub(crate) mod arrivals;
pub(crate) mod asked_files;
pub(crate) mod audit;
pub(crate) mod audit_texts;
pub(crate) mod backups;
pub(crate) mod cash;
pub(crate) mod claims;
pub(crate) mod collected;
pub(crate) mod columns;
pub(crate) mod connection;
pub(crate) mod contact_proposals;
pub mod copy;
pub(crate) mod corrections;
pub(crate) mod decisions;
pub(crate) mod dialect;
pub(crate) mod directory;
pub(crate) mod enrolled;
pub(crate) mod events;
pub(crate) mod evidence;
pub(crate) mod exports;
pub(crate) mod family_links;
pub(crate) mod family_pages;
pub(crate) mod fee_catalogue;
pub(crate) mod fees;
pub(crate) mod figure_looks;
pub(crate) mod figures;
pub(crate) mod groups;
pub(crate) mod health;
pub(crate) mod inbox;
pub(crate) mod kept;
pub(crate) mod letter_addresses;
pub(crate) mod letter_copies;
pub(crate) mod letter_terms;
pub(crate) mod letters;
pub(crate) mod mails;
pub mod migrations;
pub(crate) mod organisation;
pub(crate) mod payments;
pub(crate) mod payouts;
pub(crate) mod people;
pub(crate) mod periods;
pub(crate) mod piles;
pub(crate) mod privacy;
pub(crate) mod queue;
pub(crate) mod receipts;
pub(crate) mod receivables;
pub(crate) mod refund_requests;
pub(crate) mod refusals;
pub(crate) mod refused_files;
pub(crate) mod reported;
pub(crate) mod reports;
pub(crate) mod roster;
pub(crate) mod rounds;
pub(crate) mod rulings;
pub(crate) mod schema;
pub(crate) mod sessions;
pub(crate) mod setup;
pub(crate) mod statements;
pub(crate) mod student_imports;
pub(crate) mod till;
pub(crate) mod tours;
mod turn;
pub(crate) mod uploads;
pub(crate) mod users;
pub(crate) mod webhooks;
pub(crate) mod written;

use std::sync::Arc;
use std::time::Duration;

use diesel::connection::TransactionManager;
use diesel::r2d2::{Pool, PooledConnection};
use diesel::result::{DatabaseErrorKind, Error as DieselError};

use crate::ids::{IdSource, RandomIds};
use connection::{AnyConnection, DatabaseUrl, Manager};
use dialect::IdBlock;
use turn::Turns;

/// Rows of one INSERT statement: 1,000 rows of up to 32 columns stay under both databases' limits.
pub const ROWS_PER_STATEMENT: usize = 1_000;

/// Rows of one UPDATE from a list of values: the list is text of up to 100 bytes a row, and SQLite
/// takes statements of at most 1,000,000 bytes. PostgreSQL may read the whole table for each.
pub const ROWS_PER_UPDATE: usize = 5_000;

/// Ids of one `IN (…)` list.
pub const IDS_PER_QUERY: usize = 500;

/// How long a transaction waits for a connection where nobody says otherwise.
const PATIENCE: Duration = Duration::from_secs(20);

/// Ids that a writer fetches ahead.
const IDS_AHEAD: u64 = 1_000;

/// How often a transaction that lost against another is tried again.
const ATTEMPTS: u32 = 5;

/// What can go wrong below the business rules.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The URL names neither database.
    #[error("the database URL must be sqlite:PATH or postgres://…")]
    Url,
    /// The database could not be opened.
    #[error("the database cannot be opened: {0}")]
    Open(String),
    /// No connection became free in time.
    #[error("no database connection is free: {0}")]
    Pool(String),
    /// The schema is newer than this program.
    #[error(
        "the database has migration {0}, which this version does not know; use the newer program"
    )]
    NewerSchema(String),
    /// A migration failed.
    #[error("a migration failed: {0}")]
    Migration(String),
    /// A copy was to go into a database that holds something.
    #[error("the target database already holds rows of {0}; copy into an empty database")]
    NotEmpty(String),
    /// A stored value cannot be what it is.
    #[error("the database holds an impossible value: {0}")]
    Corrupt(String),
    /// Any other answer of the database.
    #[error(transparent)]
    Database(#[from] DieselError),
}

impl StoreError {
    /// Whether the same transaction may succeed when tried again.
    ///
    /// SQLite reports a busy database by text only: Diesel passes no code on.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        match self {
            StoreError::Database(DieselError::DatabaseError(kind, information)) => {
                matches!(kind, DatabaseErrorKind::SerializationFailure)
                    || information.message().contains("database is locked")
                    || information.message().contains("deadlock detected")
            }
            _ => false,
        }
    }

    /// Whether the database cannot be reached, or has just gone away.
    #[must_use]
    pub fn is_unavailable(&self) -> bool {
        match self {
            StoreError::Open(_) | StoreError::Pool(_) => true,
            StoreError::Database(DieselError::DatabaseError(kind, information)) => {
                matches!(kind, DatabaseErrorKind::ClosedConnection)
                    || information.message().contains("terminating connection")
                    || information.message().contains("server closed the connection")
            }
            _ => false,
        }
    }

    /// Whether a UNIQUE constraint refused the row.
    #[must_use]
    pub fn is_unique_violation(&self) -> bool {
        matches!(
            self,
            StoreError::Database(DieselError::DatabaseError(DatabaseErrorKind::UniqueViolation, _))
        )
    }

    /// Whether something still refers to the row that was to go.
    #[must_use]
    pub fn is_reference_violation(&self) -> bool {
        matches!(
            self,
            StoreError::Database(DieselError::DatabaseError(
                DatabaseErrorKind::ForeignKeyViolation,
                _
            ))
        )
    }
}

/// A pool of connections to one database.
#[derive(Clone)]
pub struct Store {
    pool: Pool<Manager>,
    /// How long a transaction waits for a connection.
    patience: Duration,
    /// SQLite has one writer at a time.
    turns: Option<Arc<Turns>>,
    /// Where transactions draw what nobody may guess.
    secrets: Arc<dyn IdSource>,
}

impl Store {
    /// Opens the database at `url` with at most `connections` connections. Creates an SQLite file
    /// that is not there; runs no migration.
    pub fn open(url: &str, connections: u32, busy_timeout_ms: u32) -> Result<Store, StoreError> {
        let url = DatabaseUrl::parse(url)?;
        let patience = std::time::Duration::from_millis(busy_timeout_ms.into());
        let turns = matches!(url, DatabaseUrl::Sqlite(_)).then(|| Arc::new(Turns::new(patience)));
        let manager = Manager::new(url, busy_timeout_ms);
        // One plain attempt first: the pool would hide the reason behind a time-out.
        drop(diesel::r2d2::ManageConnection::connect(&manager)?);
        let pool = Pool::builder()
            .max_size(connections.max(1))
            .min_idle(Some(1))
            .connection_timeout(PATIENCE)
            .build(manager)
            .map_err(|error| StoreError::Pool(error.to_string()))?;
        Ok(Store { pool, turns, patience: PATIENCE, secrets: Arc::new(RandomIds) })
    }

    /// The same database, whose transactions draw their secrets from `secrets`.
    #[must_use]
    pub fn with_secrets(self, secrets: Arc<dyn IdSource>) -> Store {
        Store { secrets, ..self }
    }

    /// The same database for work that waits no longer than this for a connection.
    #[must_use]
    pub fn within(&self, patience: Duration) -> Store {
        Store { patience, ..self.clone() }
    }

    /// Runs `body` on one consistent view of the data.
    pub fn read<T, E: From<StoreError>>(
        &self,
        body: impl FnOnce(&mut Tx<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let mut connection = self.connection()?;
        dialect::begin_read(&mut connection)?;
        finish(&mut connection, &*self.secrets, body)
    }

    /// Runs `body` in one transaction that may change data, and again from the start when it lost
    /// against another one: `body` must have no effect outside the transaction.
    pub fn write<T, E: From<StoreError> + MaybeTransient>(
        &self,
        mut body: impl FnMut(&mut Tx<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let mut attempt = 1;
        loop {
            let outcome = {
                let _turn = self.turns.as_deref().map(Turns::wait);
                let mut connection = self.connection()?;
                match dialect::begin_write(&mut connection) {
                    Ok(()) => finish(&mut connection, &*self.secrets, &mut body),
                    Err(error) => Err(E::from(error)),
                }
            };
            match outcome {
                Err(error) if error.is_transient() && attempt < ATTEMPTS => {
                    std::thread::sleep(Duration::from_millis(20 << attempt));
                    attempt += 1;
                }
                outcome => return outcome,
            }
        }
    }

    /// The same once, and not at all while somebody else of this process writes to SQLite: for what is
    /// written along the way, which nobody should wait for and the next time does as well.
    pub fn write_if_free<T, E: From<StoreError>>(
        &self,
        body: impl FnOnce(&mut Tx<'_>) -> Result<T, E>,
    ) -> Result<Option<T>, E> {
        let turn = self.turns.as_deref().map(Turns::now_or_never);
        if matches!(turn, Some(None)) {
            return Ok(None);
        }
        let mut connection = self.connection()?;
        match dialect::begin_write(&mut connection) {
            Ok(()) => finish(&mut connection, &*self.secrets, body).map(Some),
            // Another process writes.
            Err(error) if error.is_transient() => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// A bare connection, for migrations and the copy between databases.
    pub(crate) fn connection(&self) -> Result<PooledConnection<Manager>, StoreError> {
        self.pool.get_timeout(self.patience).map_err(|error| StoreError::Pool(error.to_string()))
    }
}

/// An error that may say whether trying again can help.
pub trait MaybeTransient {
    /// Whether the same transaction may succeed when tried again.
    fn is_transient(&self) -> bool;
}

impl MaybeTransient for StoreError {
    fn is_transient(&self) -> bool {
        StoreError::is_transient(self)
    }
}

fn finish<T, E: From<StoreError>>(
    connection: &mut AnyConnection,
    secrets: &dyn IdSource,
    body: impl FnOnce(&mut Tx<'_>) -> Result<T, E>,
) -> Result<T, E> {
    finish_lending(connection, (Vec::new(), secrets), body).map(|(value, _)| value)
}

/// The same with ids that an earlier transaction fetched; with those that are left in the end.
fn finish_lending<T, E: From<StoreError>>(
    connection: &mut AnyConnection,
    (ids, secrets): (Vec<IdBlock>, &dyn IdSource),
    body: impl FnOnce(&mut Tx<'_>) -> Result<T, E>,
) -> Result<(T, Vec<IdBlock>), E> {
    type Manager = <AnyConnection as diesel::Connection>::TransactionManager;
    let mut tx = Tx { connection, ids, secrets, touched: added::Touched::default() };
    let done = body(&mut tx).and_then(|value| {
        added::count_on(&mut tx)?;
        Ok(value)
    });
    match done {
        Ok(value) => {
            let left = std::mem::take(&mut tx.ids);
            Manager::commit_transaction(connection).map_err(StoreError::from)?;
            Ok((value, left))
        }
        Err(error) => {
            // The first error is the one worth telling; a connection that cannot roll back is
            // thrown away by the pool.
            let _ = Manager::rollback_transaction(connection);
            Err(error)
        }
    }
}

/// A running transaction.
pub struct Tx<'a> {
    connection: &'a mut AnyConnection,
    ids: Vec<IdBlock>,
    secrets: &'a dyn IdSource,
    /// What is to be counted on before the end.
    touched: added::Touched,
}

impl Tx<'_> {
    /// The connection, for the files of this folder.
    pub(in crate::store) fn conn(&mut self) -> &mut AnyConnection {
        self.connection
    }

    /// 32 bytes nobody can guess: for what is made where money changes, whoever asked for it.
    #[must_use]
    pub fn secret(&self) -> [u8; 32] {
        self.secrets.secret()
    }

    /// Fetches row ids ahead, for code that is about to write `count` rows.
    pub fn reserve_ids(&mut self, count: u64) -> Result<(), StoreError> {
        let mut blocks = dialect::take_ids(self.connection, dialect::Counter::Rows, count)?;
        blocks.append(&mut self.ids);
        self.ids = blocks;
        Ok(())
    }

    /// Sees to it that `count` ids are there, and many more where some have to be fetched: for a
    /// writer that keeps what is left.
    pub fn ensure_ids(&mut self, count: u64) -> Result<(), StoreError> {
        let there: u64 = self.ids.iter().map(IdBlock::left).sum();
        if there < count { self.reserve_ids(count.max(IDS_AHEAD)) } else { Ok(()) }
    }

    /// A row id never used before.
    pub fn next_id(&mut self) -> Result<i64, StoreError> {
        loop {
            if let Some(block) = self.ids.last_mut() {
                if let Some(id) = block.next() {
                    return Ok(id);
                }
                self.ids.pop();
            } else {
                self.reserve_ids(1)?;
            }
        }
    }
}
