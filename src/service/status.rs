//! Whether the service can work.

use crate::store::{Store, StoreError, migrations};

/// `Ok` when the database answers and no migration is missing or unknown.
pub fn ready(store: &Store) -> Result<(), StoreError> {
    match migrations::pending(store)?.first() {
        None => Ok(()),
        Some(name) => Err(StoreError::Migration(format!("{name} has not been run"))),
    }
}
