//! Whether the service can work, and how much waits.

use chrono::NaiveDateTime;

use crate::store::{Store, StoreError, figures, letters, mails, migrations};

/// `Ok` when the database answers and no migration is missing or unknown.
pub fn ready(store: &Store) -> Result<(), StoreError> {
    match migrations::pending(store)?.first() {
        None => Ok(()),
        Some(name) => Err(StoreError::Migration(format!("{name} has not been run"))),
    }
}

/// What is still to leave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Backlog {
    /// For how many seconds the oldest event or mail has waited; 0 where none does.
    pub outbox_oldest_seconds: i64,
    /// How many mails are still to be sent.
    pub mail_queue: i64,
    /// How many mails were given up and wait for a person.
    pub mail_failed: i64,
    /// Of how many mails nobody can know whether they arrived.
    pub mail_unsure: i64,
    /// How many letters are still to be made into mail.
    pub letter_queue: i64,
}

/// What is still to leave, of all schools.
pub fn backlog(store: &Store, now: NaiveDateTime) -> Result<Backlog, StoreError> {
    store.read(|tx| {
        let oldest = figures::oldest_outgoing(tx)?;
        let seconds = oldest.map_or(0, |at| now.signed_duration_since(at).num_seconds().max(0));
        Ok(Backlog {
            outbox_oldest_seconds: seconds,
            mail_queue: mails::queued(tx)?,
            mail_failed: mails::in_state(tx, "failed")?,
            mail_unsure: mails::in_state(tx, "unsure")?,
            letter_queue: letters::waiting(tx)?,
        })
    })
}

/// How many payments of all schools wait for a person.
pub fn review_queue(store: &Store) -> Result<i64, StoreError> {
    store.read(figures::undecided)
}
