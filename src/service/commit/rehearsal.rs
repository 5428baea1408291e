//! What committing would do, found out by doing it and taking it back.

use super::{Committed, already_undone, commit_all};
use crate::clock::Clock;
use crate::domain::id::{ImportId, SchoolId};
use crate::service::{Actor, ServiceError};
use crate::store::{MaybeTransient, Store, StoreError, Tx};

/// What committing a plan would do now: it is done, looked at and taken back, so that what is shown
/// is what will come. Holds the school's lock meanwhile; `look` reads what it would leave.
pub fn rehearse<T>(
    store: &Store,
    clock: &dyn Clock,
    (school, id): (SchoolId, ImportId),
    look: impl Fn(&mut Tx<'_>) -> Result<T, ServiceError>,
) -> Result<(Committed, T), ServiceError> {
    let nobody = Actor::named("rehearsal");
    let outcome = store.write(|tx| {
        let (committed, _) = commit_all(tx, clock, &nobody, school, id)?;
        let seen = look(tx)?;
        Err::<(), Rehearsed<T>>(Rehearsed::Done(Box::new((committed, seen))))
    });
    match outcome {
        Err(Rehearsed::Done(done)) => Ok(*done),
        Err(Rehearsed::Failed(error)) => Err(error),
        // The closure has no way to succeed.
        Ok(()) => Err(already_undone()),
    }
}

/// How a rehearsal ends: never with a transaction that is kept.
enum Rehearsed<T> {
    Done(Box<(Committed, T)>),
    Failed(ServiceError),
}

impl<T> From<ServiceError> for Rehearsed<T> {
    fn from(error: ServiceError) -> Rehearsed<T> {
        Rehearsed::Failed(error)
    }
}

impl<T> From<StoreError> for Rehearsed<T> {
    fn from(error: StoreError) -> Rehearsed<T> {
        Rehearsed::Failed(error.into())
    }
}

impl<T> MaybeTransient for Rehearsed<T> {
    fn is_transient(&self) -> bool {
        matches!(self, Rehearsed::Failed(error) if error.is_transient())
    }
}
