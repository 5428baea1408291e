//! The database as a whole: its schema, and copies of it.

use crate::service::{ServiceError, Store, students};
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
