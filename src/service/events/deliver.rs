//! Sends events: lease one delivery in a transaction, send it outside of any, say in another one
//! what became of it.
//!
//! The lease has a fencing number, the count of attempts: a worker that was paused beyond its lease
//! finds another number when it wakes, and writes nothing. So an event may arrive twice, with the
//! same `webhook-id`, and never not at all.

use std::sync::Arc;
use std::time::Duration;

use chrono::{NaiveDateTime, TimeDelta};

use super::Client;
use crate::clock::Clock;
use crate::domain::id::SchoolId;
use crate::formats::notification::standard;
use crate::keyring::Keyring;
use crate::outbound::{EVENT_ANSWER_BYTES, OutboundError, Response};
use crate::service::{MACHINE, ServiceError, directory, webhooks};
use crate::store::events::{self as store, Attempted, Leased};
use crate::store::webhooks::Owner;
use crate::store::{Store, Tx};

/// Seconds between one attempt and the next, as the specification has them; the first is made at
/// once. After the last one the delivery waits for a person.
const BACK_OFF_SECONDS: [i64; 9] = [5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400];

/// How long one delivery that failed keeps back the others of its endpoint, at most: a receiver that
/// is down is not asked again for each of them, and one event that a receiver cannot take does not
/// keep the others from it.
const LONGEST_PAUSE_SECONDS: i64 = 300;

/// How long a receiver may ask us to wait, at most.
const LONGEST_RETRY_AFTER_SECONDS: u64 = 3_600;

/// How events are sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings {
    /// How long a worker may take for one delivery before another one takes over, in seconds; longer
    /// than the client's time-out.
    pub lease_seconds: u32,
    /// How many are on their way at once, each to another endpoint.
    pub at_once: usize,
    /// How long a receiver may take to answer, in seconds.
    pub timeout_seconds: u64,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings { lease_seconds: 60, at_once: 4, timeout_seconds: 20 }
    }
}

/// What became of a round.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Delivered {
    /// Nothing was due.
    Idle,
    /// The receiver has it.
    Sent,
    /// It will be tried again.
    Postponed,
    /// It was the last attempt: a person has to look.
    Dead,
    /// The receiver says it is no more, and is told nothing until a person opens it again.
    Gone,
    /// It took so long that another worker took over.
    TakenOver,
}

/// A delivery that this worker holds.
#[derive(Clone, Debug)]
pub struct Claimed(Leased);

/// All that sending takes, for a thread of its own.
#[derive(Clone)]
pub struct Deliverer {
    /// The database.
    pub store: Store,
    /// What sends.
    pub client: Client,
    /// What opens secrets.
    pub keys: Arc<Keyring>,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
    /// How.
    pub settings: Settings,
}

impl Deliverer {
    /// Sends what has waited longest, if anything is due.
    pub fn deliver(&self) -> Result<Delivered, ServiceError> {
        deliver(&self.store, &self.client, &self.keys, &*self.clock, self.settings)
    }
}

/// Sends what has waited longest, if anything is due.
pub fn deliver(
    store: &Store,
    client: &Client,
    keys: &Keyring,
    clock: &dyn Clock,
    settings: Settings,
) -> Result<Delivered, ServiceError> {
    match claim(store, clock, settings)? {
        Some(claimed) => send(store, client, keys, clock, claimed),
        None => Ok(Delivered::Idle),
    }
}

/// Sends everything that is due, one after the other; how much was sent, and how much was not.
pub fn drain(
    store: &Store,
    client: &Client,
    keys: &Keyring,
    clock: &dyn Clock,
    settings: Settings,
) -> Result<(usize, usize), ServiceError> {
    let (mut sent, mut failed) = (0, 0);
    loop {
        match deliver(store, client, keys, clock, settings)? {
            Delivered::Idle => return Ok((sent, failed)),
            Delivered::Sent => sent += 1,
            _ => failed += 1,
        }
    }
}

/// Leases what has waited longest, of an endpoint to which nothing is on its way.
pub fn claim(
    store: &Store,
    clock: &dyn Clock,
    settings: Settings,
) -> Result<Option<Claimed>, ServiceError> {
    let now = clock.now();
    // Most of the time there is nothing, and finding that out should keep nobody from writing.
    if !store.read(|tx| Ok::<_, ServiceError>(store::is_anything_due(tx, now)?))? {
        return Ok(None);
    }
    let until = after(now, i64::from(settings.lease_seconds));
    store.write(|tx| Ok(store::claim(tx, (now, until))?.map(Claimed)))
}

/// Sends what was claimed and records what became of it.
pub fn send(
    store: &Store,
    client: &Client,
    keys: &Keyring,
    clock: &dyn Clock,
    Claimed(leased): Claimed,
) -> Result<Delivered, ServiceError> {
    let answer = post(store, client, keys, clock, &leased)?;
    let now = clock.now();
    let verdict = Verdict::of(&answer, &leased, now);
    let delivered = store.write(|tx| record(tx, &leased, &verdict, now))?;
    if delivered != Delivered::Sent {
        let Attempted { status, problem, .. } = &verdict.attempted;
        tracing::warn!(
            delivery.id = leased.delivery.id,
            endpoint.id = leased.endpoint.id,
            attempts = leased.delivery.attempts,
            status,
            problem,
            ?delivered,
            "an event was not delivered"
        );
    }
    Ok(delivered)
}

/// Why nothing can be told of the receiver.
enum NoAnswer {
    Outbound(OutboundError),
    /// No secret of the endpoint can be opened, or none lives.
    NoSecret,
}

fn post(
    store: &Store,
    client: &Client,
    keys: &Keyring,
    clock: &dyn Clock,
    leased: &Leased,
) -> Result<Result<Response, NoAnswer>, ServiceError> {
    let owner = Owner::Events(leased.endpoint.id);
    let secrets = match store.read(|tx| webhooks::secrets_of(tx, keys, owner)) {
        Ok(secrets) => secrets,
        // With another key than it was sealed with: a person has to give the right one.
        Err(ServiceError::Key(error)) => {
            tracing::error!(%error, endpoint.id = leased.endpoint.id, "a secret does not open");
            Vec::new()
        }
        Err(error) => return Err(error),
    };
    let (id, body) = (&leased.event.message_id, &leased.event.body);
    let now = clock.now().and_utc().timestamp();
    let Some(signature) = standard::sign(&secrets, id, now, body) else {
        return Ok(Err(NoAnswer::NoSecret));
    };
    let headers = [
        ("content-type", "application/json".to_owned()),
        ("webhook-id", id.clone()),
        ("webhook-timestamp", now.to_string()),
        ("webhook-signature", signature),
    ]
    .map(|(name, value)| (name.to_owned(), value));
    let answer = client.post(&leased.endpoint.url, &headers, body.as_bytes(), EVENT_ANSWER_BYTES);
    Ok(answer.map_err(NoAnswer::Outbound))
}

/// What an answer means.
#[derive(Debug)]
struct Verdict {
    attempted: Attempted,
    delivered: Delivered,
    /// Until when the endpoint is left alone.
    paused_until: Option<NaiveDateTime>,
}

impl Verdict {
    fn of(answer: &Result<Response, NoAnswer>, leased: &Leased, now: NaiveDateTime) -> Verdict {
        let (status, problem, retry_after) = match answer {
            Ok(answer) => (
                Some(i64::from(answer.status)),
                match answer.status {
                    200..=299 => None,
                    300..=399 => Some("redirect"),
                    410 => Some("gone"),
                    _ => Some("status"),
                },
                answer.retry_after,
            ),
            Err(NoAnswer::Outbound(error)) => (None, Some(error.as_str()), None),
            Err(NoAnswer::NoSecret) => (None, Some("no_secret"), None),
        };
        let delivery = &leased.delivery;
        let tried = delivery.attempts.saturating_sub(delivery.attempts_before);
        let (state, delivered, wait) = match (problem, back_off(tried)) {
            (None, _) => ("sent", Delivered::Sent, None),
            (Some("gone"), _) => ("dead", Delivered::Gone, None),
            (Some(_), None) => ("dead", Delivered::Dead, Some(LONGEST_PAUSE_SECONDS)),
            (Some(_), Some(wait)) => ("waiting", Delivered::Postponed, Some(wait)),
        };
        let asked = wait.and(retry_after).map_or(0, seconds_asked);
        let wait = wait.unwrap_or_default();
        let pause = wait.min(LONGEST_PAUSE_SECONDS).max(asked);
        Verdict {
            attempted: Attempted {
                state,
                due_at: after(now, wait.max(asked)),
                status,
                problem: problem.map(str::to_owned),
                sent_at: (state == "sent").then_some(now),
            },
            delivered,
            paused_until: (pause > 0).then(|| after(now, pause)),
        }
    }
}

/// How long to wait after so many attempts, or `None` when that was the last one.
fn back_off(tried: i64) -> Option<i64> {
    let place = usize::try_from(tried.saturating_sub(1)).ok()?;
    BACK_OFF_SECONDS.get(place).copied()
}

fn seconds_asked(wait: Duration) -> i64 {
    i64::try_from(wait.as_secs().min(LONGEST_RETRY_AFTER_SECONDS)).unwrap_or_default()
}

fn after(now: NaiveDateTime, seconds: i64) -> NaiveDateTime {
    now.checked_add_signed(TimeDelta::seconds(seconds)).unwrap_or(now)
}

fn record(
    tx: &mut Tx<'_>,
    leased: &Leased,
    verdict: &Verdict,
    now: NaiveDateTime,
) -> Result<Delivered, ServiceError> {
    let gone = verdict.delivered == Delivered::Gone;
    if gone {
        directory::lock_school(tx, SchoolId(leased.delivery.school_id))?;
    }
    let Some(mut endpoint) = store::lock_endpoint(tx, leased.endpoint.id)? else {
        return Ok(Delivered::TakenOver);
    };
    if !store::finish(tx, &leased.delivery, &verdict.attempted)? {
        return Ok(Delivered::TakenOver);
    }
    if gone && endpoint.disabled_at.is_none() {
        endpoint.disabled_at = Some(now);
        endpoint.disabled_why = Some("gone".to_owned());
        store::update_endpoint(tx, &endpoint)?;
        let detail = serde_json::json!({ "delivery": leased.delivery.id });
        super::endpoints::record(tx, &endpoint, MACHINE, "events.gone", &detail, now)?;
    }
    if endpoint.paused_until != verdict.paused_until {
        store::pause(tx, endpoint.id, verdict.paused_until)?;
    }
    Ok(verdict.delivered)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attempts_are_spaced_as_the_specification_asks() {
        let waits: Vec<Option<i64>> = (1..=10).map(back_off).collect();
        let minutes = |minutes: i64| Some(minutes * 60);
        let hours = |hours: i64| Some(hours * 3_600);
        assert_eq!(
            waits,
            [
                Some(5),
                minutes(5),
                minutes(30),
                hours(2),
                hours(5),
                hours(10),
                hours(14),
                hours(20),
                hours(24),
                None
            ]
        );
        assert_eq!(back_off(0), None, "nothing was tried");
    }

    #[test]
    fn a_receiver_may_ask_for_an_hour_at_most() {
        assert_eq!(seconds_asked(Duration::from_secs(7)), 7);
        assert_eq!(seconds_asked(Duration::from_hours(24)), 3_600);
        assert_eq!(seconds_asked(Duration::MAX), 3_600);
    }
}
