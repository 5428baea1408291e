//! Calendar days and periods. A bank's day is a day on its calendar, never an instant: no time zone
//! ever shifts it.

use chrono::{Datelike, NaiveDate};
use serde::{Deserialize, Serialize};

/// A day on the bank's or the school's calendar.
pub type Day = NaiveDate;

/// Reads `YYYY-MM-DD`, or `None` when the text is no day of the Gregorian calendar.
#[must_use]
pub fn parse_iso_day(text: &str) -> Option<Day> {
    let bytes = text.as_bytes();
    let shaped = bytes.len() == 10
        && bytes.iter().enumerate().all(|(index, byte)| match index {
            4 | 7 => *byte == b'-',
            _ => byte.is_ascii_digit(),
        });
    if !shaped {
        return None;
    }
    NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()
}

/// A day as Vietnamese readers write it, `23/11/2026`.
#[must_use]
pub fn vietnamese_day(day: Day) -> String {
    format!("{:02}/{:02}/{}", day.day(), day.month(), day.year())
}

/// Days from `from` to `to`, both included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Period {
    from: Day,
    to: Day,
}

impl Period {
    /// A period, or `None` when it would end before it starts.
    #[must_use]
    pub fn new(from: Day, to: Day) -> Option<Period> {
        (from <= to).then_some(Period { from, to })
    }

    /// The period of one day.
    #[must_use]
    pub const fn single(day: Day) -> Period {
        Period { from: day, to: day }
    }

    /// The first day.
    #[must_use]
    pub const fn from(self) -> Day {
        self.from
    }

    /// The last day.
    #[must_use]
    pub const fn to(self) -> Day {
        self.to
    }

    /// Whether `day` lies within.
    #[must_use]
    pub fn contains(self, day: Day) -> bool {
        self.from <= day && day <= self.to
    }
}

/// Whether something valid from `from` (open start when `None`) to `to` (open end) holds on `day`.
#[must_use]
pub fn valid_on(day: Day, from: Option<Day>, to: Option<Day>) -> bool {
    from.is_none_or(|from| from <= day) && to.is_none_or(|to| day <= to)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_real_days_are_read() {
        for (why, text, real) in [
            ("a day", "2026-11-02", true),
            ("leap day", "2028-02-29", true),
            ("no leap day", "2026-02-29", false),
            ("month 13", "2026-13-01", false),
            ("with time", "2026-11-02T00:00:00", false),
            ("short year", "26-11-02", false),
            ("signed", "+026-11-02", false),
        ] {
            assert_eq!(parse_iso_day(text).is_some(), real, "{why}: {text}");
        }
    }

    #[test]
    fn a_period_never_ends_before_it_starts() {
        let day = |text| parse_iso_day(text).unwrap();
        assert!(Period::new(day("2026-11-02"), day("2026-11-01")).is_none());
        let month = Period::new(day("2026-11-01"), day("2026-11-30")).unwrap();
        assert!(month.contains(day("2026-11-30")) && !month.contains(day("2026-12-01")));
    }
}
