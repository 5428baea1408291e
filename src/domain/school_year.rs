//! School years, `2026-2027` is the one that begins in 2026, and their two terms.

use chrono::Datelike as _;

use crate::domain::calendar::{Day, Period};

/// The month a school year begins with: schools prepare it, and collect for it, from August on.
const FIRST_MONTH: u32 = 8;

/// A school year, known by the calendar year it begins in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SchoolYear(i32);

impl SchoolYear {
    /// The year that begins in this calendar year.
    #[must_use]
    pub const fn beginning(year: i32) -> SchoolYear {
        SchoolYear(year)
    }

    /// The year a day lies in: from August to July.
    #[must_use]
    pub fn of(day: Day) -> SchoolYear {
        SchoolYear(if day.month() >= FIRST_MONTH { day.year() } else { day.year() - 1 })
    }

    /// Reads `2026-2027`, with any blanks and either dash; `None` when the second year is not the next.
    #[must_use]
    pub fn parse(text: &str) -> Option<SchoolYear> {
        let (first, second) = text.split_once(['-', '–'])?;
        let [first, second] = [first, second].map(|part| part.trim().parse::<i32>().ok());
        let first = first.filter(|year| (1_900..=2_999).contains(year))?;
        (second? == first + 1).then_some(SchoolYear(first))
    }

    /// From its first day to its last.
    #[must_use]
    pub fn days(self) -> Option<Period> {
        let last = Day::from_ymd_opt(self.0.checked_add(1)?, FIRST_MONTH, 1)?.pred_opt()?;
        Period::new(Day::from_ymd_opt(self.0, FIRST_MONTH, 1)?, last)
    }

    /// The one before.
    #[must_use]
    pub const fn before(self) -> SchoolYear {
        SchoolYear(self.0 - 1)
    }

    /// The calendar year it begins in.
    #[must_use]
    pub const fn first_year(self) -> i32 {
        self.0
    }
}

impl std::fmt::Display for SchoolYear {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "{}-{}", self.0, i64::from(self.0) + 1)
    }
}

/// One of the two terms of a school year, such as `2026-2027/1`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Term {
    year: SchoolYear,
    second: bool,
}

impl Term {
    /// From its first day to its last.
    #[must_use]
    pub fn days(self) -> Option<Period> {
        let (first, last) = (self.year.first_year(), self.year.first_year().checked_add(1)?);
        let (from, to) = if self.second {
            (Day::from_ymd_opt(last, 1, 16), Day::from_ymd_opt(last, FIRST_MONTH, 1)?.pred_opt())
        } else {
            (Day::from_ymd_opt(first, FIRST_MONTH, 1), Day::from_ymd_opt(last, 1, 15))
        };
        Period::new(from?, to?)
    }

    /// The one before.
    #[must_use]
    pub const fn before(self) -> Term {
        if self.second {
            Term { year: self.year, second: false }
        } else {
            Term { year: self.year.before(), second: true }
        }
    }

    /// The term of a day: the second one begins in the middle of January.
    #[must_use]
    pub fn of(day: Day) -> Term {
        let second = (1..FIRST_MONTH).contains(&day.month()) && (day.month(), day.day()) >= (1, 16);
        Term { year: SchoolYear::of(day), second }
    }

    /// Reads what `Display` writes.
    #[must_use]
    pub fn parse(text: &str) -> Option<Term> {
        let (year, term) = text.split_once('/')?;
        let second = match term {
            "1" => false,
            "2" => true,
            _ => return None,
        };
        Some(Term { year: SchoolYear::parse(year)?, second })
    }

    /// Its school year, as `2026-2027`.
    #[must_use]
    pub fn year(self) -> String {
        self.year.to_string()
    }

    /// 1 or 2.
    #[must_use]
    pub fn number(self) -> u8 {
        if self.second { 2 } else { 1 }
    }
}

impl std::fmt::Display for Term {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "{}/{}", self.year, self.number())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::calendar::parse_iso_day;

    #[test]
    fn a_day_lies_in_the_year_that_its_school_counts() {
        for (why, day, expected) in [
            ("first collections", "2026-09-05", "2026-2027"),
            ("prepared in August", "2026-08-01", "2026-2027"),
            ("summer of the year before", "2026-07-31", "2025-2026"),
            ("second term", "2027-01-20", "2026-2027"),
        ] {
            let day = parse_iso_day(day).unwrap();
            assert_eq!(SchoolYear::of(day).to_string(), expected, "{why}");
        }
    }

    #[test]
    fn a_year_is_read_as_schools_write_it() {
        for (why, text, expected) in [
            ("plain", "2026-2027", Some(2026)),
            ("with blanks and a long dash", "2026 – 2027", Some(2026)),
            ("not the next year", "2026-2028", None),
            ("one year", "2026", None),
            ("short", "26-27", None),
        ] {
            assert_eq!(SchoolYear::parse(text).map(SchoolYear::first_year), expected, "{why}");
        }
    }

    #[test]
    fn a_day_lies_in_the_first_or_the_second_term() {
        for (why, day, expected) in [
            ("the year begins in August", "2026-08-01", "2026-2027/1"),
            ("November", "2026-11-24", "2026-2027/1"),
            ("the first term runs into January", "2027-01-15", "2026-2027/1"),
            ("the second begins in its middle", "2027-01-16", "2026-2027/2"),
            ("the summer belongs to it", "2027-07-31", "2026-2027/2"),
        ] {
            let term = Term::of(day.parse().unwrap());
            assert_eq!(term.to_string(), expected, "{why}");
            assert_eq!(Term::parse(expected), Some(term), "{why}");
        }
        for text in ["", "2026-2027", "2026-2027/3", "2026-2028/1", "/1"] {
            assert_eq!(Term::parse(text), None, "{text:?}");
        }
    }
}
