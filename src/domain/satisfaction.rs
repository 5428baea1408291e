//! How content families are: shares of a group that is large enough.

/// From this answer on, of 1 to 5, a family counts as content.
pub const CONTENT_FROM: i32 = 4;

/// The share of content families that is aimed for, in percent.
pub const TARGET_PERCENT: u32 = 75;

/// Of fewer answers no share is told: it would tell what single families said.
pub const FEWEST: u64 = 5;

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
