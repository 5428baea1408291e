//! The port for unguessable bytes: keys, tokens, endpoint ids. Row numbers do not come from here.

use std::sync::atomic::{AtomicU64, Ordering};

/// Makes secrets.
pub trait IdSource: Send + Sync {
    /// 32 bytes nobody has seen before. The service must stop when the machine has no randomness
    /// to give, so there is no error to pass on.
    fn secret(&self) -> [u8; 32];
}

/// The operating system's random numbers.
#[derive(Clone, Copy, Debug, Default)]
pub struct RandomIds;

impl IdSource for RandomIds {
    #[expect(clippy::disallowed_methods, reason = "this is the port the ban points to")]
    fn secret(&self) -> [u8; 32] {
        let mut bytes = [0; 32];
        if let Err(error) = getrandom::fill(&mut bytes) {
            // A guessable key would be worse than no service.
            panic!("the operating system gives no random numbers: {error}");
        }
        bytes
    }
}

/// Counts upwards from 1: distinct and repeatable, for tests and for made-up data. Never secret.
#[derive(Debug, Default)]
pub struct CountingIds {
    given: AtomicU64,
}

impl CountingIds {
    /// A source whose first secret ends in 1.
    #[must_use]
    pub const fn new() -> CountingIds {
        CountingIds { given: AtomicU64::new(0) }
    }
}

impl IdSource for CountingIds {
    fn secret(&self) -> [u8; 32] {
        let number = self.given.fetch_add(1, Ordering::Relaxed).wrapping_add(1);
        let mut bytes = [0; 32];
        let (_, tail) = bytes.split_at_mut(24);
        tail.copy_from_slice(&number.to_be_bytes());
        bytes
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn counted_secrets_repeat_from_run_to_run_and_random_ones_never() {
        let run = || {
            let ids = CountingIds::new();
            [ids.secret(), ids.secret(), ids.secret()]
        };
        assert_eq!(run(), run());
        assert_eq!(run()[2][31], 3);
        let random: BTreeSet<[u8; 32]> = (0..1_000).map(|_| RandomIds.secret()).collect();
        assert_eq!(random.len(), 1_000);
    }
}
