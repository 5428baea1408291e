//! The database as a whole: its schema, and copies of it.

use chrono::NaiveDateTime;

use crate::clock::Clock;
use crate::service::{ServiceError, Store, students, verify};
use crate::store::backups::{self, BackupRow};
use crate::store::{copy, migrations};

pub use crate::store::copy::Copied;

/// Brings the schema up to this program's; the names of the migrations it ran.
pub fn migrate(store: &Store) -> Result<Vec<String>, ServiceError> {
    let done = migrations::run(store)?;
    if !done.is_empty() {
        students::order::fill(store)?;
    }
    Ok(done)
}

/// Copies everything into another, empty database, of the same kind or not. All or nothing.
pub fn copy(from: &Store, to: &Store) -> Result<Vec<Copied>, ServiceError> {
    migrate(from)?;
    Ok(copy::run(from, to)?)
}

/// A backup that was made: everything in one SQLite file, from whichever database.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Backup {
    /// When, in UTC.
    pub at: NaiveDateTime,
    /// Where it was written.
    pub file: String,
    /// How large the file is, in bytes.
    pub size_bytes: u64,
    /// How many rows it holds.
    pub rows: u64,
    /// Whether it was opened and its books hold.
    pub verified: bool,
}

/// Copies everything into an empty database that is to be a backup, and reads it back: how many rows
/// it holds, and whether its books do.
pub fn back_up(from: &Store, to: &Store) -> Result<(u64, bool), ServiceError> {
    let copied = copy(from, to)?;
    let rows = copied.iter().fold(0_u64, |sum, one| sum.saturating_add(one.rows));
    let findings = verify::run(to)?;
    Ok((rows, findings.iter().all(verify::Finding::holds)))
}

/// Keeps that a backup was made, for whoever looks after the installation.
pub fn remember(
    store: &Store,
    clock: &dyn Clock,
    (file, size_bytes): (&str, u64),
    (rows, verified): (u64, bool),
) -> Result<Backup, ServiceError> {
    let made = Backup { at: clock.now(), file: file.to_owned(), size_bytes, rows, verified };
    store.write(|tx| {
        let row = BackupRow {
            id: tx.next_id()?,
            made_at: made.at,
            file_name: made.file.clone(),
            size_bytes: i64::try_from(size_bytes).unwrap_or(i64::MAX),
            row_count: i64::try_from(rows).unwrap_or(i64::MAX),
            verified,
        };
        Ok::<_, ServiceError>(backups::insert(tx, &row)?)
    })?;
    Ok(made)
}

/// The last backups, newest first.
pub fn backups(store: &Store, limit: u32) -> Result<Vec<Backup>, ServiceError> {
    let rows = store.read(|tx| backups::latest(tx, i64::from(limit)))?;
    Ok(rows
        .into_iter()
        .map(|row| Backup {
            at: row.made_at,
            file: row.file_name,
            size_bytes: row.size_bytes.unsigned_abs(),
            rows: row.row_count.unsigned_abs(),
            verified: row.verified,
        })
        .collect())
}
