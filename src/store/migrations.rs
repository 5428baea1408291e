//! The schema's history, embedded in the program: two folders, one sequence of names.

use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use super::connection::AnyConnection;
use super::{Store, StoreError, dialect};

const SQLITE: EmbeddedMigrations = embed_migrations!("migrations/sqlite");
const POSTGRES: EmbeddedMigrations = embed_migrations!("migrations/postgres");

/// Brings the schema up to this program's version; says which migrations it ran. Refuses a database
/// that a newer program has migrated.
pub fn run(store: &Store) -> Result<Vec<String>, StoreError> {
    let mut connection = store.connection()?;
    // Where nothing is left to do, nobody waits for SQLite's one writer, who may be at a long import.
    if matches!(*connection, AnyConnection::Sqlite(_))
        && check_then(&mut connection, false)?.is_empty()
    {
        return Ok(Vec::new());
    }
    dialect::lock_migrations(&mut connection)?;
    let outcome = check_then(&mut connection, true);
    let unlocked = dialect::unlock_migrations(&mut connection, outcome.is_ok());
    let done = outcome?;
    unlocked?;
    Ok(done)
}

/// The names of migrations that are still to be run. Refuses a newer database like [`run`].
pub fn pending(store: &Store) -> Result<Vec<String>, StoreError> {
    check_then(&mut *store.connection()?, false)
}

/// Undoes every migration, newest first: for tests of the way down only, all data goes.
pub fn revert_all(store: &Store) -> Result<(), StoreError> {
    let mut connection = store.connection()?;
    match &mut *connection {
        AnyConnection::Sqlite(c) => c.revert_all_migrations(SQLITE).map(drop),
        AnyConnection::Pg(c) => c.revert_all_migrations(POSTGRES).map(drop),
    }
    .map_err(|error| StoreError::Migration(error.to_string()))
}

fn check_then(connection: &mut AnyConnection, run: bool) -> Result<Vec<String>, StoreError> {
    match connection {
        AnyConnection::Sqlite(c) => check_one(c, SQLITE, run),
        AnyConnection::Pg(c) => check_one(c, POSTGRES, run),
    }
}

fn check_one<DB: diesel::backend::Backend>(
    connection: &mut impl MigrationHarness<DB>,
    known: EmbeddedMigrations,
    run: bool,
) -> Result<Vec<String>, StoreError> {
    use diesel::migration::MigrationSource;
    let failed =
        |error: Box<dyn std::error::Error + Send + Sync>| StoreError::Migration(error.to_string());
    let ours: Vec<String> = MigrationSource::<DB>::migrations(&known)
        .map_err(failed)?
        .iter()
        .map(|migration| migration.name().version().to_string())
        .collect();
    let applied = connection.applied_migrations().map_err(failed)?;
    if let Some(newer) =
        applied.iter().map(ToString::to_string).find(|version| !ours.contains(version))
    {
        return Err(StoreError::NewerSchema(newer));
    }
    if !run {
        let pending = connection.pending_migrations(known).map_err(failed)?;
        return Ok(pending.iter().map(|migration| migration.name().to_string()).collect());
    }
    let done = connection.run_pending_migrations(known).map_err(failed)?;
    Ok(done.iter().map(ToString::to_string).collect())
}
