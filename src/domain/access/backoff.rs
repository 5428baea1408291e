//! How long whoever guessed wrong has to wait before the next guess.

/// How patient to be with one subject: an account, an address, a second factor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Backoff {
    /// Wrong guesses that cost nothing.
    pub free: i64,
    /// The longest wait, in seconds.
    pub longest_seconds: i64,
}

/// After this many seconds without a guess, the wrong ones are forgotten.
pub const FORGOTTEN_SECONDS: i64 = 3_600;

impl Backoff {
    /// For an account, and for its second factor.
    pub const ACCOUNT: Backoff = Backoff { free: 5, longest_seconds: 900 };
    /// For an address: a whole school may stand behind it.
    pub const ADDRESS: Backoff = Backoff { free: 20, longest_seconds: 300 };
    /// For links that somebody has sent to an account.
    pub const LINKS: Backoff = Backoff { free: 3, longest_seconds: 1_800 };

    /// Seconds to wait after so many wrong guesses in a row: none at first, then one, and twice as
    /// long each time.
    #[must_use]
    pub fn wait_seconds(self, failures: i64) -> i64 {
        let beyond = failures.saturating_sub(self.free);
        if beyond < 0 {
            return 0;
        }
        let shift = u32::try_from(beyond.min(30)).unwrap_or(30);
        (1_i64 << shift).min(self.longest_seconds)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wait_doubles_up_to_its_bound() {
        let waits: Vec<i64> = (3..18).map(|n| Backoff::ACCOUNT.wait_seconds(n)).collect();
        assert_eq!(waits, [0, 0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900, 900]);
        assert_eq!(Backoff::ADDRESS.wait_seconds(i64::MAX), 300);
        assert_eq!(Backoff::ACCOUNT.wait_seconds(i64::MIN), 0);
    }

    #[test]
    fn no_pace_of_guessing_gets_more_than_a_hundred_guesses_in_any_hour() {
        for (backoff, most) in
            [(Backoff::ACCOUNT, 100), (Backoff::ADDRESS, 100), (Backoff::LINKS, 100)]
        {
            // Guesses as soon as it may, having waited to be forgotten after every n guesses.
            for n in 1..40 {
                let (mut now, mut failures, mut times) = (0, 0, Vec::new());
                while times.len() < 400 {
                    times.push(now);
                    failures += 1;
                    now += backoff.wait_seconds(failures);
                    if failures == n {
                        now += FORGOTTEN_SECONDS;
                        failures = 0;
                    }
                }
                let busiest = times
                    .iter()
                    .map(|start| {
                        times.iter().filter(|at| (*start..start + 3_600).contains(*at)).count()
                    })
                    .max();
                assert!(busiest.unwrap() <= most, "{backoff:?}, {n} at a time: {busiest:?}");
            }
        }
    }
}
