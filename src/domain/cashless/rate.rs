//! A rate as two whole numbers.

use rust_decimal::Decimal;
use serde::Serialize;

/// How many digits after the point a percentage may show.
const MOST_DIGITS: u32 = 6;

/// A part of a whole. With an empty whole there is no rate: no data is never 0 %.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize)]
pub struct Rate {
    numerator: i64,
    denominator: i64,
}

impl Rate {
    /// No data.
    pub const NO_DATA: Rate = Rate { numerator: 0, denominator: 0 };

    /// `part` of `whole`, or `None` unless `0 ≤ part ≤ whole`.
    #[must_use]
    pub const fn new(part: i64, whole: i64) -> Option<Rate> {
        if 0 <= part && part <= whole {
            Some(Rate { numerator: part, denominator: whole })
        } else {
            None
        }
    }

    /// The part.
    #[must_use]
    pub const fn numerator(self) -> i64 {
        self.numerator
    }

    /// The whole; 0 when there is no data.
    #[must_use]
    pub const fn denominator(self) -> i64 {
        self.denominator
    }

    /// Whether there is anything to divide by.
    #[must_use]
    pub const fn has_data(self) -> bool {
        self.denominator > 0
    }

    /// The rate of both wholes together, or `None` when it leaves `i64`.
    #[must_use]
    pub fn checked_add(self, other: Rate) -> Option<Rate> {
        Some(Rate {
            numerator: self.numerator.checked_add(other.numerator)?,
            denominator: self.denominator.checked_add(other.denominator)?,
        })
    }

    /// The percentage with at most six `digits` after the point, halves rounded up (99.95 with one
    /// digit is 100.0); `None` when there is no data.
    #[must_use]
    pub fn percent(self, digits: u32) -> Option<Decimal> {
        if !self.has_data() {
            return None;
        }
        let digits = digits.min(MOST_DIGITS);
        // In integers: a quotient rounded to 28 digits first could make a half of what is none.
        let scale = 10_i128.checked_pow(digits.checked_add(2)?)?;
        let (part, whole) = (i128::from(self.numerator), i128::from(self.denominator));
        let doubled = part.checked_mul(scale)?.checked_mul(2)?.checked_add(whole)?;
        Decimal::try_from_i128_with_scale(doubled / (whole * 2), digits).ok()
    }

    /// Whether the rate, not rounded, reaches `percent`; `None` when there is no data.
    #[must_use]
    pub fn reaches(self, percent: u32) -> Option<bool> {
        self.has_data().then(|| {
            i128::from(self.numerator) * 100 >= i128::from(self.denominator) * i128::from(percent)
        })
    }

    /// Whether all of the whole is in the part; `false` when there is no data.
    #[must_use]
    pub const fn is_complete(self) -> bool {
        self.denominator > 0 && self.numerator == self.denominator
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentages_round_halves_up() {
        for (why, part, whole, digits, expected) in [
            ("no data is no rate", 0, 0, 1, None),
            ("nothing of something is a rate", 0, 7, 1, Some("0.0")),
            ("a third", 1, 3, 2, Some("33.33")),
            ("two thirds", 2, 3, 2, Some("66.67")),
            ("an exact half goes up", 1, 8, 0, Some("13")),
            ("just below a half goes down", 124_999, 1_000_000, 0, Some("12")),
            ("all but very little rounds to all", 9_996, 10_000, 1, Some("100.0")),
            ("all", 5, 5, 1, Some("100.0")),
            ("the largest numbers", i64::MAX - 1, i64::MAX, 6, Some("100.000000")),
            ("more digits than there are", 1, 3, 40, Some("33.333333")),
        ] {
            let shown = Rate::new(part, whole).unwrap().percent(digits);
            assert_eq!(shown.map(|rate| rate.to_string()).as_deref(), expected, "{why}");
        }
    }

    #[test]
    fn a_part_beyond_its_whole_is_no_rate() {
        for (why, part, whole) in
            [("more than all", 2, 1), ("negative", -1, 1), ("of nothing", 1, 0), ("both", -2, -1)]
        {
            assert_eq!(Rate::new(part, whole), None, "{why}");
        }
    }

    #[test]
    fn a_target_is_reached_by_the_exact_rate_not_by_the_rounded_one() {
        for (why, part, whole, percent, expected) in [
            ("shown as 100.0", 9_996, 10_000, 100, Some(false)),
            ("all", 10_000, 10_000, 100, Some(true)),
            ("exactly", 9, 10, 90, Some(true)),
            ("no data", 0, 0, 0, None),
        ] {
            assert_eq!(Rate::new(part, whole).unwrap().reaches(percent), expected, "{why}");
        }
    }
}
