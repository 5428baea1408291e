//! Handles what is in the inbox: a worker leases the notifications of one school, lets them become
//! payments in one transaction, and says what became of each.
//!
//! The lease has a fencing number, the count of attempts: a worker that was paused beyond its lease
//! finds another number when it wakes, and writes nothing.

mod apply;
pub mod view;

use chrono::{NaiveDateTime, TimeDelta};

use crate::clock::Clock;
use crate::failpoint;
use crate::service::ServiceError;
use crate::store::inbox::{self, Handled, NotificationRow};
use crate::store::{MaybeTransient, Store};

/// How notifications are handled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Most notifications of one transaction.
    pub batch: u32,
    /// How long a worker may take before another one takes over, in seconds.
    pub lease_seconds: u32,
    /// How often one is tried before it waits for a person.
    pub attempts: u32,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings { batch: 64, lease_seconds: 120, attempts: 8 }
    }
}

/// What a round of work did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Worked {
    /// Handled for good.
    pub done: usize,
    /// To be tried again later.
    pub postponed: usize,
    /// Given up until a person looks at it.
    pub dead: usize,
}

impl Worked {
    /// Whether there was nothing to do.
    #[must_use]
    pub fn is_idle(&self) -> bool {
        *self == Worked::default()
    }

    fn add(&mut self, other: Worked) {
        self.done += other.done;
        self.postponed += other.postponed;
        self.dead += other.dead;
    }
}

/// Seconds before the next attempt, by the number of attempts made.
const BACK_OFF_SECONDS: [i64; 8] = [1, 5, 30, 120, 600, 1_800, 3_600, 7_200];

/// Notifications of one school that a worker holds, for as long as its lease lasts.
pub struct Leased(Vec<NotificationRow>);

impl std::fmt::Debug for Leased {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "Leased({})", self.0.len())
    }
}

/// Handles the notifications of one school that are due, if there are any.
pub fn work(store: &Store, clock: &dyn Clock, settings: Settings) -> Result<Worked, ServiceError> {
    let leased = lease(store, clock, settings)?;
    handle(store, clock, settings, leased)
}

/// Leases the notifications of one school that are due, if there are any.
pub fn lease(store: &Store, clock: &dyn Clock, settings: Settings) -> Result<Leased, ServiceError> {
    let now = clock.now();
    let until = now
        .checked_add_signed(TimeDelta::seconds(i64::from(settings.lease_seconds)))
        .unwrap_or(now);
    let rows = store.write(|tx| {
        Ok::<_, ServiceError>(inbox::claim(tx, (now, until), i64::from(settings.batch))?)
    })?;
    if !rows.is_empty() {
        failpoint::reach("inbox.claimed");
    }
    Ok(Leased(rows))
}

/// Handles everything that is due.
pub fn drain(store: &Store, clock: &dyn Clock, settings: Settings) -> Result<Worked, ServiceError> {
    let mut total = Worked::default();
    loop {
        let worked = work(store, clock, settings)?;
        if worked.is_idle() {
            return Ok(total);
        }
        total.add(worked);
    }
}

/// Handles what was leased: together, and one by one where together they fail, so that one that cannot
/// be handled holds nobody up.
pub fn handle(
    store: &Store,
    clock: &dyn Clock,
    settings: Settings,
    Leased(rows): Leased,
) -> Result<Worked, ServiceError> {
    if rows.is_empty() {
        return Ok(Worked::default());
    }
    match store.write(|tx| apply::run(tx, rows.clone(), clock.now())) {
        Ok(worked) => {
            failpoint::reach("inbox.committed");
            return Ok(worked);
        }
        Err(error) if rows.len() == 1 => {
            let Some(row) = rows.into_iter().next() else { return Err(error) };
            return give_back(store, clock, settings, &row, &error);
        }
        // A database that is away or busy fails for each of them as well.
        Err(error) if error.is_transient() => return Err(error),
        Err(error) => {
            tracing::warn!(%error, count = rows.len(), "notifications are handled one by one");
        }
    }
    let mut total = Worked::default();
    for row in rows {
        total.add(handle(store, clock, settings, Leased(vec![row]))?);
    }
    Ok(total)
}

/// Lets a notification that could not be handled wait, or gives it up.
fn give_back(
    store: &Store,
    clock: &dyn Clock,
    settings: Settings,
    row: &NotificationRow,
    error: &ServiceError,
) -> Result<Worked, ServiceError> {
    let now = clock.now();
    let last = row.attempts >= i64::from(settings.attempts);
    tracing::warn!(notification.id = row.id, attempts = row.attempts, %error, "a notification was not handled");
    let handled = Handled {
        id: row.id,
        state: if last { "dead" } else { "waiting" },
        problem: Some(problem_of(error)),
        outcome: None,
        import: None,
        due_at: Some(after(now, row.attempts)),
    };
    store.write(|tx| {
        let held = inbox::still_leased(tx, vec![row.clone()])?;
        if held.is_empty() {
            return Ok(Worked::default());
        }
        inbox::finish(tx, std::slice::from_ref(&handled), now)?;
        let (postponed, dead) = if last { (0, 1) } else { (1, 0) };
        Ok::<_, ServiceError>(Worked { done: 0, postponed, dead })
    })
}

fn after(now: NaiveDateTime, attempts: i64) -> NaiveDateTime {
    let place = usize::try_from(attempts.saturating_sub(1)).unwrap_or_default();
    let seconds = BACK_OFF_SECONDS.get(place).or(BACK_OFF_SECONDS.last()).copied();
    now.checked_add_signed(TimeDelta::seconds(seconds.unwrap_or(60))).unwrap_or(now)
}

/// What the list of dead letters says: the code where there is one, never what the database said.
fn problem_of(error: &ServiceError) -> String {
    match error.diagnostics().first() {
        Some(diagnostic) => diagnostic.code.clone(),
        None => "failed".to_owned(),
    }
}
