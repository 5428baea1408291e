//! A writer that goes on writing: it keeps its connection and the ids that it has not used, so that
//! its short transactions cost no question to the database besides their own.

use std::time::Duration;

use diesel::r2d2::PooledConnection;

use super::connection::Manager;
use super::dialect::{self, IdBlock};
use super::turn::Turns;
use super::{ATTEMPTS, MaybeTransient, Store, StoreError, Tx, finish_lending};

/// One connection of a store's pool, for one thread.
pub struct KeptWriter {
    store: Store,
    connection: Option<PooledConnection<Manager>>,
    ids: Vec<IdBlock>,
}

impl KeptWriter {
    /// A writer that takes its connection when it writes first.
    #[must_use]
    pub fn new(store: Store) -> KeptWriter {
        KeptWriter { store, connection: None, ids: Vec::new() }
    }

    /// As [`Store::write`].
    pub fn write<T, E: From<StoreError> + MaybeTransient>(
        &mut self,
        mut body: impl FnMut(&mut Tx<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let mut attempt = 1;
        loop {
            match self.once(&mut body) {
                Err(error) if error.is_transient() && attempt < ATTEMPTS => {
                    std::thread::sleep(Duration::from_millis(20 << attempt));
                    attempt += 1;
                }
                outcome => return outcome,
            }
        }
    }

    fn once<T, E: From<StoreError>>(
        &mut self,
        body: impl FnOnce(&mut Tx<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let turns = self.store.turns.clone();
        let _turn = turns.as_deref().map(Turns::wait);
        let mut connection = self.begun()?;
        // Where it fails, these ids are a gap, and the connection goes back to be looked at.
        let ids = std::mem::take(&mut self.ids);
        let (value, left) = finish_lending(&mut connection, (ids, &*self.store.secrets), body)?;
        self.ids = left;
        self.connection = Some(connection);
        Ok(value)
    }

    /// A connection with a transaction begun. One that was kept may have died meanwhile: nothing was
    /// asked on it yet, so another one does as well.
    fn begun(&mut self) -> Result<PooledConnection<Manager>, StoreError> {
        if let Some(mut kept) = self.connection.take() {
            match dialect::begin_write(&mut kept) {
                Ok(()) => return Ok(kept),
                Err(error) if error.is_transient() => return Err(error),
                Err(_) => drop(kept),
            }
        }
        let mut fresh = self.store.connection()?;
        dialect::begin_write(&mut fresh)?;
        Ok(fresh)
    }
}
