//! Sends mail: lease one in a transaction, send it outside of any, say in another one what became of
//! it.
//!
//! The lease has a fencing number, the count of attempts. Just before a transport does what cannot
//! be taken back, the lease is looked at again and it is written down that the attempt has begun: a
//! worker that was paused beyond its lease sends nothing when it wakes, and of a worker that died it
//! is known whether the other side may have the message. Only then, and where the connection is lost
//! before the server's answer, may a second copy go, with the same Message-ID.

use std::sync::{Arc, Mutex, PoisonError};

use chrono::{NaiveDateTime, TimeDelta};

use super::owner;
use crate::clock::{Clock, local_time};
use crate::domain::reminder::QuietHours;
use crate::failpoint;
use crate::keyring::{Keyring, Sealed};
use crate::mail::{Mailer, Outcome, Parcel, Trouble};
use crate::service::{ServiceError, letters};
use crate::store::Store;
use crate::store::mails::{self as store, Attempted, MailRow};

/// Minutes between one attempt and the next; the last of them again and again where more attempts
/// are allowed.
const BACK_OFF_MINUTES: [i64; 6] = [1, 5, 15, 60, 240, 720];

/// How long nothing is sent after the server itself failed: each mail that waits would only find out
/// the same, and use up an attempt.
const REST_SECONDS: i64 = 60;

/// How mail is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings {
    /// How often a mail is tried.
    pub attempts: u32,
    /// How long a worker may take until the server may have a message, in seconds.
    pub lease_seconds: u32,
    /// How long it may take from there until the server has answered, in seconds.
    pub answer_seconds: u32,
    /// How many are on their way at once.
    pub at_once: usize,
    /// When nothing leaves that can wait until the day breaks.
    pub quiet: QuietHours,
}

/// What became of a round.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Delivered {
    /// Nothing was due, or the server rests.
    Idle,
    /// The server has it.
    Sent,
    /// It will be tried again.
    Postponed,
    /// It will not be tried again: a person has to look.
    Failed,
    /// Nobody can know whether the server has it.
    Unsure,
    /// It took so long that another worker took over.
    TakenOver,
    /// What it asks for is paid by now: it is not sent.
    Withdrawn,
}

impl Delivered {
    /// The name in figures.
    const fn as_str(self) -> &'static str {
        match self {
            Delivered::Idle => "idle",
            Delivered::Sent => "sent",
            Delivered::Postponed => "postponed",
            Delivered::Failed => "failed",
            Delivered::Unsure => "unsure",
            Delivered::TakenOver => "taken_over",
            Delivered::Withdrawn => "withdrawn",
        }
    }
}

/// What was due.
enum Claimed {
    /// A mail, leased.
    Mail(Box<MailRow>),
    /// One that is not wanted any more; it is gone.
    Withdrawn,
}

/// All that sending takes, for a thread of its own; copies rest together.
#[derive(Clone)]
pub struct Postman {
    store: Store,
    mailer: Arc<dyn Mailer>,
    keys: Arc<Keyring>,
    clock: Arc<dyn Clock>,
    settings: Settings,
    /// Until when nothing is sent.
    resting: Arc<Mutex<Option<NaiveDateTime>>>,
}

impl Postman {
    /// One that sends what is queued in `store` through `mailer`.
    #[must_use]
    pub fn new(
        store: Store,
        mailer: Arc<dyn Mailer>,
        keys: Arc<Keyring>,
        clock: Arc<dyn Clock>,
        settings: Settings,
    ) -> Postman {
        Postman { store, mailer, keys, clock, settings, resting: Arc::default() }
    }

    /// How.
    #[must_use]
    pub fn settings(&self) -> Settings {
        self.settings
    }

    /// Sends what has been due longest, if anything is.
    pub fn deliver(&self) -> Result<Delivered, ServiceError> {
        let row = match self.claim()? {
            Some(Claimed::Mail(row)) => *row,
            Some(Claimed::Withdrawn) => {
                metrics::counter!("mails_total", "outcome" => Delivered::Withdrawn.as_str())
                    .increment(1);
                return Ok(Delivered::Withdrawn);
            }
            None => {
                self.mailer.rest();
                return Ok(Delivered::Idle);
            }
        };
        let tried = row.attempts.saturating_sub(row.attempts_before);
        let delivered = if tried > i64::from(self.settings.attempts) {
            // Whoever tried before never came back to say what became of it.
            let lost = trouble("lost", String::new());
            self.finish(&row, &Outcome::Postponed(lost))?
        } else {
            self.send(&row)?
        };
        metrics::counter!("mails_total", "outcome" => delivered.as_str()).increment(1);
        Ok(delivered)
    }

    fn claim(&self) -> Result<Option<Claimed>, ServiceError> {
        let now = self.clock.now();
        if self.rest_until().is_some_and(|until| now < until) {
            return Ok(None);
        }
        // Most of the time there is nothing, and finding that out should keep nobody from writing.
        if !self.store.read(|tx| Ok::<_, ServiceError>(store::is_anything_due(tx, now)?))? {
            return Ok(None);
        }
        let until = after(now, i64::from(self.settings.lease_seconds));
        let quiet_until =
            self.settings.quiet.rest(local_time(now)).and_then(|rest| now.checked_add_signed(rest));
        self.store.write(|tx| {
            // What was made by day and could not leave then is not tried again by night.
            if let Some(quiet_until) = quiet_until {
                store::put_off(tx, &letters::BY_DAY, (now, quiet_until))?;
            }
            let Some(row) = store::claim(tx, (now, until))? else { return Ok(None) };
            let withdrawn = letters::withdraw(tx, &row, now)?;
            Ok(Some(if withdrawn { Claimed::Withdrawn } else { Claimed::Mail(Box::new(row)) }))
        })
    }

    fn send(&self, row: &MailRow) -> Result<Delivered, ServiceError> {
        failpoint::reach("mail.claimed");
        let sealed = Sealed { key_id: row.key_id.clone(), text: row.sealed.clone() };
        let message = match self.keys.open(&owner(row.id), &sealed) {
            Ok(message) => message,
            // A person has to give the right key.
            Err(error) => {
                tracing::error!(%error, mail.id = row.id, "a mail does not open");
                let closed = trouble("key", error.to_string());
                return self.finish(row, &Outcome::Postponed(closed));
            }
        };
        let name = format!("mail-{}", row.id);
        let parcel = Parcel {
            name: &name,
            from: &row.from_email,
            to: &row.to_email,
            message: message.as_bytes(),
        };
        let mut failed = None;
        let outcome = self.mailer.send(parcel, &mut || match self.begin(row) {
            Ok(held) => {
                failpoint::reach("mail.begun");
                held
            }
            Err(error) => {
                failed = Some(error);
                false
            }
        });
        failpoint::reach("mail.sent");
        if let Some(error) = failed {
            return Err(error);
        }
        let delivered = self.finish(row, &outcome);
        failpoint::reach("mail.marked");
        delivered
    }

    fn begin(&self, row: &MailRow) -> Result<bool, ServiceError> {
        let now = self.clock.now();
        let until = after(now, i64::from(self.settings.answer_seconds));
        self.store.write(|tx| Ok(store::begin(tx, row, (now, until))?))
    }

    fn finish(&self, row: &MailRow, outcome: &Outcome) -> Result<Delivered, ServiceError> {
        let now = self.clock.now();
        let Some((delivered, attempted)) = verdict(row, outcome, now, self.settings) else {
            return Ok(Delivered::TakenOver);
        };
        let no_such_address =
            matches!(outcome, Outcome::Refused(trouble) if is_of_address(trouble));
        let written = self.store.write(|tx| {
            let written = store::finish(tx, row, &attempted)?;
            if let (true, true, Some(school)) = (written, no_such_address, row.school_id) {
                // The school corrects it, and until then nothing else goes there.
                letters::set_refused(tx, (school, &row.to_email), Some(now))?;
            }
            Ok::<_, ServiceError>(written)
        })?;
        let of_server = match outcome {
            Outcome::Postponed(trouble) => trouble.of_server,
            _ => false,
        };
        self.rest(of_server.then(|| after(now, REST_SECONDS)));
        let delivered = if written { delivered } else { Delivered::TakenOver };
        if delivered != Delivered::Sent {
            tracing::warn!(
                mail.id = row.id,
                attempts = row.attempts,
                status = attempted.status,
                problem = attempted.problem,
                ?delivered,
                "a mail was not sent"
            );
        }
        Ok(delivered)
    }

    fn rest_until(&self) -> Option<NaiveDateTime> {
        *self.resting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn rest(&self, until: Option<NaiveDateTime>) {
        *self.resting.lock().unwrap_or_else(PoisonError::into_inner) = until;
    }
}

/// Whether a refusal says that there is no such address, and not that the mailbox is full or that the
/// server does not take mail from us: by the enhanced status code where it has one (RFC 3463: 5.1.x is
/// about the address), else by the reply code (RFC 5321).
fn is_of_address(trouble: &Trouble) -> bool {
    if trouble.place != "recipient" {
        return false;
    }
    let code = trouble.words.split_whitespace().next().unwrap_or_default();
    let parts: Vec<&str> = code.split('.').collect();
    let is_number = |part: &&str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    match parts.as_slice() {
        ["5", subject, detail] if is_number(subject) && is_number(detail) => *subject == "1",
        _ => matches!(trouble.status, Some(550 | 551 | 553)),
    }
}

fn trouble(place: &'static str, words: String) -> Trouble {
    Trouble { place, status: None, words, of_server: false }
}

/// What an attempt's outcome means for the mail; `None` where the attempt was not ours any more.
fn verdict(
    row: &MailRow,
    outcome: &Outcome,
    now: NaiveDateTime,
    settings: Settings,
) -> Option<(Delivered, Attempted)> {
    let tried = row.attempts.saturating_sub(row.attempts_before);
    let again = back_off(tried, settings.attempts).map(|minutes| after(now, minutes * 60));
    let (delivered, state, due_at, trouble) = match (outcome, again) {
        (Outcome::NotBegun, _) => return None,
        (Outcome::Sent { .. }, _) => (Delivered::Sent, "sent", None, None),
        (Outcome::Unsure(trouble), again) => (Delivered::Unsure, "unsure", again, Some(trouble)),
        (Outcome::Refused(trouble), _) | (Outcome::Postponed(trouble), None) => {
            (Delivered::Failed, "failed", None, Some(trouble))
        }
        // What may be there stays so, whatever the server said to a further copy.
        (Outcome::Postponed(trouble), again) if row.state == "unsure" => {
            (Delivered::Postponed, "unsure", again, Some(trouble))
        }
        (Outcome::Postponed(trouble), again) => {
            (Delivered::Postponed, "waiting", again, Some(trouble))
        }
    };
    let words = match (outcome, trouble) {
        (Outcome::Sent { words }, _) => words,
        (_, trouble) => trouble.map_or("", |trouble| trouble.words.as_str()),
    };
    let more_unsure = i64::from(delivered == Delivered::Unsure);
    let attempted = Attempted {
        state,
        due_at,
        unsure_times: row.unsure_times.saturating_add(more_unsure),
        status: trouble.and_then(|trouble| trouble.status).map(i64::from),
        problem: trouble.map(|trouble| trouble.place),
        words: (!words.is_empty()).then(|| words.to_owned()),
        sent_at: (delivered == Delivered::Sent).then_some(now),
    };
    Some((delivered, attempted))
}

/// How many minutes to wait after so many attempts, or `None` when that was the last one.
fn back_off(tried: i64, attempts: u32) -> Option<i64> {
    if tried >= i64::from(attempts) {
        return None;
    }
    let place = usize::try_from(tried.saturating_sub(1)).unwrap_or_default();
    BACK_OFF_MINUTES.get(place).or(BACK_OFF_MINUTES.last()).copied()
}

fn after(now: NaiveDateTime, seconds: i64) -> NaiveDateTime {
    now.checked_add_signed(TimeDelta::seconds(seconds)).unwrap_or(now)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_said_of_the_address_closes_it() {
        for (why, place, status, words, expected) in [
            ("no such mailbox", "recipient", 550, "5.1.1 no such user", true),
            ("no enhanced code", "recipient", 550, "khong co nguoi nay", true),
            ("a bad name", "recipient", 553, "bad mailbox name", true),
            ("policy, not the address", "recipient", 550, "5.7.1 relay denied", false),
            ("the mailbox is full", "recipient", 552, "mailbox full", false),
            ("full, by the enhanced code", "recipient", 550, "5.2.2 over quota", false),
            ("a number that is no code", "recipient", 550, "5.1 sorry", true),
            ("of the message", "content", 550, "5.1.1 no such user", false),
        ] {
            let words = words.to_owned();
            let trouble = Trouble { place, status: Some(status), words, of_server: false };
            assert_eq!(is_of_address(&trouble), expected, "{why}");
        }
    }

    #[test]
    fn attempts_are_a_minute_and_then_up_to_half_a_day_apart() {
        let waits = |attempts| (1..=9).map(|tried| back_off(tried, attempts)).collect::<Vec<_>>();
        let all = [1, 5, 15, 60, 240, 720, 720, 720].map(Some);
        assert_eq!(waits(9), [&all[..], &[None]].concat());
        assert_eq!(waits(1), [None; 9]);
        assert_eq!(waits(3)[..3], [Some(1), Some(5), None]);
    }
}
