//! School years, `2026-2027`.

use std::fmt;
use std::str::FromStr;

use chrono::Datelike;
use serde::{Deserialize, Serialize};

use crate::domain::calendar::Day;
use crate::domain::diagnostic::Diagnostic;

/// From this month on, lists are those of the year that begins in September.
const FIRST_MONTH: u32 = 7;

/// A school year by the calendar year in which it begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct SchoolYear(i32);

impl SchoolYear {
    /// The year whose lists are made on that day: from July on the one that begins in September.
    #[must_use]
    pub fn of(day: Day) -> SchoolYear {
        SchoolYear(if day.month() >= FIRST_MONTH { day.year() } else { day.year() - 1 })
    }

    /// The year after.
    #[must_use]
    pub const fn next(self) -> SchoolYear {
        SchoolYear(self.0 + 1)
    }
}

impl fmt::Display for SchoolYear {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}-{}", self.0, self.0 + 1)
    }
}

impl FromStr for SchoolYear {
    type Err = Diagnostic;

    /// Reads `2026-2027`, also with blanks or another dash.
    fn from_str(text: &str) -> Result<SchoolYear, Diagnostic> {
        let read = || {
            let (first, second) = text.split_once(['-', '–', '/'])?;
            let first: i32 = first.trim().parse().ok()?;
            let second: i32 = second.trim().parse().ok()?;
            ((2000..2100).contains(&first) && second == first + 1).then_some(SchoolYear(first))
        };
        read().ok_or_else(|| {
            Diagnostic::new(
                "school_year",
                format!("“{text}” không phải năm học. Ghi dạng 2026-2027."),
                format!("“{text}” is no school year. Write it as 2026-2027."),
            )
        })
    }
}

impl TryFrom<String> for SchoolYear {
    type Error = String;

    fn try_from(text: String) -> Result<SchoolYear, String> {
        text.parse().map_err(|error: Diagnostic| error.message.en.to_string())
    }
}

impl From<SchoolYear> for String {
    fn from(year: SchoolYear) -> String {
        year.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_school_year_is_two_years_in_a_row() {
        for (why, text, expected) in [
            ("plain", "2026-2027", Some("2026-2027")),
            ("as documents write it", "2026 – 2027", Some("2026-2027")),
            ("three years", "2026-2028", None),
            ("backwards", "2027-2026", None),
            ("one year", "2026", None),
            ("of another time", "1926-1927", None),
        ] {
            let read = text.parse::<SchoolYear>().ok().map(|year| year.to_string());
            assert_eq!(read.as_deref(), expected, "{why}");
        }
        for (day, year) in
            [("2026-11-24", "2026-2027"), ("2027-06-30", "2026-2027"), ("2027-07-01", "2027-2028")]
        {
            assert_eq!(SchoolYear::of(day.parse().unwrap()).to_string(), year, "{day}");
        }
    }
}
