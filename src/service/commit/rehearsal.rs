//! What committing would do, found out by doing it and taking it back.

use super::{Committed, already_undone, commit_all};
use crate::clock::Clock;
use crate::domain::id::{ImportId, SchoolId};
use crate::service::{Actor, ServiceError};
use crate::store::{MaybeTransient, Store, StoreError};

/// What committing a plan would do now: it is done, looked at and taken back, so that what is shown
/// is what will come. Holds the school's lock meanwhile.
pub fn rehearse(
    store: &Store,
    clock: &dyn Clock,
    school: SchoolId,
    id: ImportId,
) -> Result<Committed, ServiceError> {
    let nobody = Actor::named("rehearsal");
    let outcome = store.write(|tx| {
        let (committed, _) = commit_all(tx, clock, &nobody, school, id)?;
        Err::<(), Rehearsed>(Rehearsed::Done(Box::new(committed)))
    });
    match outcome {
        Err(Rehearsed::Done(committed)) => Ok(*committed),
        Err(Rehearsed::Failed(error)) => Err(error),
        // The closure has no way to succeed.
        Ok(()) => Err(already_undone()),
    }
}

/// How a rehearsal ends: never with a transaction that is kept.
enum Rehearsed {
    Done(Box<Committed>),
    Failed(ServiceError),
}

impl From<ServiceError> for Rehearsed {
    fn from(error: ServiceError) -> Rehearsed {
        Rehearsed::Failed(error)
    }
}

impl From<StoreError> for Rehearsed {
    fn from(error: StoreError) -> Rehearsed {
        Rehearsed::Failed(error.into())
    }
}

impl MaybeTransient for Rehearsed {
    fn is_transient(&self) -> bool {
        matches!(self, Rehearsed::Failed(error) if error.is_transient())
    }
}
