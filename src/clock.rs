//! The clock port: whoever needs the time is told it, so that tests and replays decide what it is.

use std::sync::Mutex;

use chrono::{NaiveDateTime, NaiveTime, TimeDelta};

use crate::domain::calendar::Day;

/// Vietnam's offset from UTC. It has had no daylight saving since 1975, and banks state local time.
const VIETNAM_HOURS: i64 = 7;

/// Says what time it is.
pub trait Clock: Send + Sync {
    /// The instant, in UTC, in whole microseconds.
    fn now(&self) -> NaiveDateTime;
}

/// The machine's clock.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the port the ban points to")]
    fn now(&self) -> NaiveDateTime {
        // PostgreSQL keeps microseconds and rounds what is finer: a time copied there from SQLite would
        // be another one, and the audit chain's hashes over it would not hold.
        chrono::SubsecRound::trunc_subsecs(chrono::Utc::now().naive_utc(), 6)
    }
}

/// A clock that stands still until it is moved.
#[derive(Debug)]
pub struct FixedClock {
    now: Mutex<NaiveDateTime>,
}

impl FixedClock {
    /// A clock standing at `now`, in UTC.
    #[must_use]
    pub const fn at(now: NaiveDateTime) -> FixedClock {
        FixedClock { now: Mutex::new(now) }
    }

    /// Puts the clock to `now`, in UTC, forward or back.
    pub fn set(&self, now: NaiveDateTime) {
        *self.lock() = now;
    }

    /// Moves the clock by `step`, which may be negative; it stays where it is when that leaves the
    /// calendar.
    pub fn advance(&self, step: TimeDelta) {
        let mut now = self.lock();
        if let Some(moved) = now.checked_add_signed(step) {
            *now = moved;
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, NaiveDateTime> {
        // A time is whole even when the thread that set it died.
        self.now.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

impl Clock for FixedClock {
    fn now(&self) -> NaiveDateTime {
        *self.lock()
    }
}

/// The day it is in Vietnam at the UTC instant `now`.
#[must_use]
pub fn local_day(now: NaiveDateTime) -> Day {
    local_time(now).date()
}

/// What clocks in Vietnam show at the UTC instant `now`.
#[must_use]
pub fn local_time(now: NaiveDateTime) -> NaiveDateTime {
    now.checked_add_signed(TimeDelta::hours(VIETNAM_HOURS)).unwrap_or(now)
}

/// When the day began that it is in Vietnam at the UTC instant `now`, in UTC.
#[must_use]
pub fn day_began(now: NaiveDateTime) -> NaiveDateTime {
    let since = local_time(now).time().signed_duration_since(NaiveTime::MIN);
    now.checked_sub_signed(since).unwrap_or(now)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> NaiveDateTime {
        text.parse().unwrap()
    }

    #[test]
    fn the_day_begins_at_midnight_in_vietnam() {
        for (why, utc, day) in [
            ("last second of the day before", "2026-11-23T16:59:59", "2026-11-23"),
            ("midnight there, 17:00 in UTC", "2026-11-23T17:00:00", "2026-11-24"),
            ("midnight in UTC", "2026-11-24T00:00:00", "2026-11-24"),
            ("new year", "2026-12-31T17:00:00", "2027-01-01"),
            ("leap day", "2028-02-28T17:00:00", "2028-02-29"),
        ] {
            assert_eq!(local_day(at(utc)).to_string(), day, "{why}");
            let began = day_began(at(utc));
            assert_eq!(local_time(began).to_string(), format!("{day} 00:00:00"), "{why}");
        }
        assert_eq!(local_day(NaiveDateTime::MAX), NaiveDateTime::MAX.date(), "end of the calendar");
    }

    #[test]
    fn the_machines_clock_is_no_finer_than_what_both_databases_keep() {
        for _ in 0..8 {
            let now = SystemClock.now();
            assert_eq!(chrono::SubsecRound::trunc_subsecs(now, 6), now);
        }
    }

    #[test]
    fn a_fixed_clock_moves_only_when_it_is_moved() {
        let clock = FixedClock::at(at("2026-11-23T01:00:00"));
        assert_eq!(clock.now(), clock.now());
        clock.advance(TimeDelta::days(-1));
        assert_eq!(clock.now(), at("2026-11-22T01:00:00"));
        clock.set(at("2027-01-01T00:00:00"));
        assert_eq!(clock.now(), at("2027-01-01T00:00:00"));
    }
}
