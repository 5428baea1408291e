//! School years: `2026-2027` is the one that begins in 2026.

use chrono::Datelike as _;

use crate::domain::calendar::Day;

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
}
