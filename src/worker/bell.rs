//! A bell that wakes whoever waits, also when it rang just before.

use std::sync::{Condvar, Mutex, PoisonError};
use std::time::Duration;

/// Rings are counted, so that none is missed between looking for work and waiting for it.
#[derive(Debug, Default)]
pub struct Bell {
    rings: Mutex<u64>,
    rung: Condvar,
}

impl Bell {
    /// A bell that never rang.
    #[must_use]
    pub fn new() -> Bell {
        Bell::default()
    }

    /// Wakes all that wait.
    pub fn ring(&self) {
        let mut rings = self.rings.lock().unwrap_or_else(PoisonError::into_inner);
        *rings = rings.wrapping_add(1);
        self.rung.notify_all();
    }

    /// How often it rang so far.
    #[must_use]
    pub fn heard(&self) -> u64 {
        *self.rings.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until it has rung more often than `heard`, at most for `pause`.
    pub fn wait(&self, heard: u64, pause: Duration) {
        let rings = self.rings.lock().unwrap_or_else(PoisonError::into_inner);
        // Woken or not, the caller looks for work next.
        drop(self.rung.wait_timeout_while(rings, pause, |rings| *rings == heard));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ring_before_the_waiting_is_not_missed() {
        let bell = Bell::new();
        let heard = bell.heard();
        bell.ring();
        // Would wait for an hour.
        bell.wait(heard, Duration::from_hours(1));
        assert_eq!(bell.heard(), heard + 1);
        bell.wait(heard + 1, Duration::from_millis(1));
    }
}
