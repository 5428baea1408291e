//! How many files may be sent: for each person and for each school within an hour, counted in the
//! database, so that all replicas count together.

use chrono::{NaiveDateTime, TimeDelta};

use crate::clock::Clock;
use crate::domain::id::SchoolId;
use crate::service::{Actor, ServiceError};
use crate::store::uploads::{self, UploadRow};
use crate::store::{Store, Tx};

/// Within how long files are counted.
const WINDOW: TimeDelta = TimeDelta::hours(1);

/// How many files may be sent within an hour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quota {
    /// By one person, or with one key, to whatever school.
    pub per_person: u32,
    /// To one school, by whomever.
    pub per_school: u32,
}

/// Whether one more file is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Admission {
    /// It is, and it is counted.
    Admitted,
    /// It is not, and it is not counted.
    Wait {
        /// How long until one is, in seconds.
        seconds: u64,
    },
}

/// Counts one more file, unless there were too many within the last hour. Those who come at the very
/// same moment to several replicas may be counted after each other, and pass together.
pub fn admit(
    store: &Store,
    clock: &dyn Clock,
    quota: Quota,
    (actor, school): (&Actor, SchoolId),
) -> Result<Admission, ServiceError> {
    let now = clock.now();
    // Whoever sends on and on writes nothing.
    let waits = store.read(|tx| wait(tx, quota, (actor, school), now))?;
    if let Some(seconds) = waits {
        return Ok(Admission::Wait { seconds });
    }
    store.write(|tx| {
        if let Some(seconds) = wait(tx, quota, (actor, school), now)? {
            return Ok(Admission::Wait { seconds });
        }
        uploads::forget(tx, now - WINDOW)?;
        let row = UploadRow {
            id: tx.next_id()?,
            school_id: school.0,
            actor: actor.as_str().to_owned(),
            at: now,
        };
        uploads::insert(tx, &row)?;
        Ok(Admission::Admitted)
    })
}

/// How long to wait, in seconds, where there were too many.
fn wait(
    tx: &mut Tx<'_>,
    quota: Quota,
    (actor, school): (&Actor, SchoolId),
    now: NaiveDateTime,
) -> Result<Option<u64>, ServiceError> {
    let since = now - WINDOW;
    let of_actor = uploads::of_actor(tx, actor.as_str(), since)?;
    let of_school = uploads::of_school(tx, school.0, since)?;
    let mut longest = None;
    for ((sent, first), most) in [(of_actor, quota.per_person), (of_school, quota.per_school)] {
        if sent < i64::from(most) {
            continue;
        }
        let until = first.map_or(now, |first| first + WINDOW);
        // What is left of a second is one more to wait.
        let seconds = until.signed_duration_since(now).num_seconds().max(0).unsigned_abs() + 1;
        longest = longest.max(Some(seconds));
    }
    Ok(longest)
}
