//! How content families are: terms of a school year, and shares of a group that is large enough.

use chrono::Datelike as _;

use crate::domain::calendar::Day;
use crate::domain::school_year::SchoolYear;

/// From this answer on, of 1 to 5, a family counts as content.
pub const CONTENT_FROM: i32 = 4;

/// The share of content families that is aimed for, in percent.
pub const TARGET_PERCENT: u32 = 75;

/// Of fewer answers no share is told: it would tell what single families said.
pub const FEWEST: u64 = 5;

/// One of the two terms of a school year, such as `2026-2027/1`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Term {
    year: SchoolYear,
    second: bool,
}

impl Term {
    /// The term of a day: the second one begins in the middle of January.
    #[must_use]
    pub fn of(day: Day) -> Term {
        let second = (1..8).contains(&day.month()) && (day.month(), day.day()) >= (1, 16);
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

/// How many of a group's families are content, or that too few answered to say so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Share {
    /// Nobody answered: no data, which is not 0 %.
    NoData,
    /// Fewer than [`FEWEST`] answered.
    TooFew,
    /// So many of so many.
    Of {
        /// Families that are content.
        content: u64,
        /// Families that answered.
        answers: u64,
    },
}

impl Share {
    /// The share of some answers.
    #[must_use]
    pub fn of(content: u64, answers: u64) -> Share {
        match answers {
            0 => Share::NoData,
            answers if answers < FEWEST => Share::TooFew,
            answers => Share::Of { content: content.min(answers), answers },
        }
    }

    /// In tenths of a percent, rounded half up, where there is a share.
    #[must_use]
    pub fn tenths(self) -> Option<u64> {
        let Share::Of { content, answers } = self else { return None };
        let doubled = content.checked_mul(2_000)?.checked_add(answers)?;
        doubled.checked_div(answers.checked_mul(2)?)
    }

    /// Whether the share that is aimed for is reached; counted exactly, not as rounded.
    #[must_use]
    pub fn reaches_target(self) -> Option<bool> {
        let Share::Of { content, answers } = self else { return None };
        let (content, answers) =
            (content.checked_mul(100)?, answers.checked_mul(u64::from(TARGET_PERCENT))?);
        Some(content >= answers)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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

    #[test]
    fn a_share_is_told_of_five_answers_or_more() {
        for (why, content, answers, share, tenths, reached) in [
            ("nobody", 0, 0, Share::NoData, None, None),
            ("four", 4, 4, Share::TooFew, None, None),
            ("five, all", 5, 5, Share::Of { content: 5, answers: 5 }, Some(1_000), Some(true)),
            ("three quarters", 6, 8, Share::Of { content: 6, answers: 8 }, Some(750), Some(true)),
            (
                "just below, though shown as 75.0",
                29_999,
                40_000,
                Share::Of { content: 29_999, answers: 40_000 },
                Some(750),
                Some(false),
            ),
            ("two thirds", 4, 6, Share::Of { content: 4, answers: 6 }, Some(667), Some(false)),
        ] {
            let found = Share::of(content, answers);
            assert_eq!(
                (found, found.tenths(), found.reaches_target()),
                (share, tenths, reached),
                "{why}"
            );
        }
    }
}
