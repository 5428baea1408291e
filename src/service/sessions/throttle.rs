//! Counts guesses before they are made, so that nobody gets more of them by guessing at once.

use std::net::IpAddr;

use chrono::{NaiveDateTime, TimeDelta};

use super::{later, tokens};
use crate::domain::access::backoff::{Backoff, FORGOTTEN_SECONDS};
use crate::service::ServiceError;
use crate::store::sessions::{self, AttemptsRow};
use crate::store::{Store, Tx};

/// Whose guesses are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subject<'a> {
    /// At the password of an e-mail address, whether anybody has it or not.
    Account(&'a str),
    /// At a person's second factor. Apart from the password: a right one must not buy guesses here.
    Code(i64),
    /// For links to be sent to an e-mail address.
    Links(&'a str),
    /// From a client's address.
    Address(&'a str),
    /// At the codes on receipts, from a client's address. Apart from signing in: neither may lock the
    /// other out.
    Receipts(&'a str),
    /// At the addresses of families' pages, from a client's address. Apart from signing in: what
    /// strangers try does not keep the staff behind the same address out.
    Guess(&'a str),
}

impl Subject<'_> {
    const fn backoff(self) -> Backoff {
        match self {
            Subject::Account(_) | Subject::Code(_) => Backoff::ACCOUNT,
            Subject::Links(_) => Backoff::LINKS,
            Subject::Address(_) | Subject::Receipts(_) | Subject::Guess(_) => Backoff::ADDRESS,
        }
    }

    fn hash(self) -> String {
        tokens::hash(&match self {
            Subject::Account(email) => format!("account:{email}"),
            Subject::Code(user) => format!("code:{user}"),
            Subject::Links(email) => format!("links:{email}"),
            Subject::Address(from) => format!("address:{}", network_of(from)),
            Subject::Receipts(from) => format!("receipts:{}", network_of(from)),
            Subject::Guess(from) => format!("guess:{}", network_of(from)),
        })
    }
}

/// The part of an address that one customer has: of the newer kind, half of it.
fn network_of(from: &str) -> String {
    match from.parse::<IpAddr>().map(|address| address.to_canonical()) {
        Ok(IpAddr::V6(address)) => {
            let [a, b, c, d, ..] = address.segments();
            format!("{a:x}:{b:x}:{c:x}:{d:x}")
        }
        Ok(IpAddr::V4(address)) => address.to_string(),
        Err(_) => from.to_owned(),
    }
}

/// Whether a guess may be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Charge {
    /// It may, and is counted as wrong until it is found right. Says whether one more has to wait.
    Counted {
        /// Whether this was the last one before a wait.
        locked: bool,
    },
    /// Not for so many seconds; nothing was counted.
    Wait(u64),
}

/// Counts a guess for all of the subjects, or for none where one of them has to wait.
pub fn charge(
    store: &Store,
    now: NaiveDateTime,
    subjects: &[Subject<'_>],
) -> Result<Charge, ServiceError> {
    store.write(|tx| {
        let mut rows = Vec::with_capacity(subjects.len());
        let mut wait = 0;
        for subject in subjects {
            let row = sessions::lock_attempts(tx, &subject.hash(), now)?;
            if let Some(until) = row.blocked_until.filter(|until| *until > now) {
                // What is left of a second is one more to wait.
                wait = wait.max(until.signed_duration_since(now).num_seconds() + 1);
            }
            rows.push((row, subject.backoff()));
        }
        if wait > 0 {
            return Ok(Charge::Wait(wait.unsigned_abs()));
        }
        let mut locked = false;
        for (mut row, backoff) in rows {
            let forgotten = TimeDelta::seconds(FORGOTTEN_SECONDS);
            if now.signed_duration_since(row.last_at) >= forgotten {
                row.failures = 0;
            }
            row.failures = row.failures.saturating_add(1);
            row.last_at = now;
            block(&mut row, backoff);
            locked |= row.blocked_until.is_some();
            sessions::set_attempts(tx, &row)?;
        }
        Ok(Charge::Counted { locked })
    })
}

/// The guess was right: forgets all wrong ones before it at an account or a second factor, and takes
/// this one back from an address.
pub fn forgive(
    tx: &mut Tx<'_>,
    now: NaiveDateTime,
    subjects: &[Subject<'_>],
) -> Result<(), ServiceError> {
    for subject in subjects {
        let mut row = sessions::lock_attempts(tx, &subject.hash(), now)?;
        row.failures = match subject {
            Subject::Address(_) | Subject::Receipts(_) => row.failures.saturating_sub(1).max(0),
            _ => 0,
        };
        if subject.backoff().wait_seconds(row.failures) == 0 {
            row.blocked_until = None;
        }
        sessions::set_attempts(tx, &row)?;
    }
    Ok(())
}

/// Counts a wrong guess of somebody who is not signed in, and tells the log when one more has to wait.
/// Neither says where it came from.
pub fn tell(at: &'static str, charge: Charge) {
    let outcome = match charge {
        Charge::Counted { .. } => "wrong",
        Charge::Wait(_) => "waits",
    };
    metrics::counter!("guesses_total", "at" => at, "outcome" => outcome).increment(1);
    if charge == (Charge::Counted { locked: true }) {
        tracing::warn!(at, "somebody guesses: the network it comes from has to wait");
    }
}

fn block(row: &mut AttemptsRow, backoff: Backoff) {
    let seconds = backoff.wait_seconds(row.failures);
    row.blocked_until = (seconds > 0).then(|| later(row.last_at, TimeDelta::seconds(seconds)));
}

/// Where a page has no answer of its own for it.
pub fn too_many(seconds: u64) -> ServiceError {
    ServiceError::conflict(
        "too_many_attempts",
        format!("Anh/chị đã thử sai nhiều lần. Hãy đợi {seconds} giây rồi thử lại."),
        format!("There were too many wrong attempts. Wait {seconds} seconds, then try again."),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_customer_is_one_address_and_no_two_subjects_are_counted_as_one() {
        for (why, a, b, same) in [
            ("the same", "203.0.113.7", "203.0.113.7", true),
            ("a neighbour", "203.0.113.7", "203.0.113.8", false),
            ("mapped", "203.0.113.7", "::ffff:203.0.113.7", true),
            ("one network of the newer kind", "2001:db8:1:2::1", "2001:db8:1:2:ffff::9", true),
            ("two networks", "2001:db8:1:2::1", "2001:db8:1:3::1", false),
            ("no address", "unix", "unix", true),
        ] {
            let equal = Subject::Address(a).hash() == Subject::Address(b).hash();
            assert_eq!(equal, same, "{why}");
        }
        assert_ne!(Subject::Account("a").hash(), Subject::Address("a").hash());
        assert_ne!(Subject::Guess("a").hash(), Subject::Address("a").hash());
        assert_ne!(Subject::Code(1).hash(), Subject::Account("1").hash());
        assert_ne!(Subject::Links("a").hash(), Subject::Account("a").hash());
    }
}
