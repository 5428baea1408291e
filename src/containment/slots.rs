//! How many children run at a time.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// How long a file waits for its turn before its sender is asked to come back later.
const LONGEST_WAIT: Duration = Duration::from_secs(30);

/// Places for children; clones share them.
#[derive(Clone, Debug)]
pub struct Slots {
    shared: Arc<(Mutex<usize>, Condvar)>,
}

/// A place that is taken until this is dropped.
#[derive(Debug)]
pub struct Slot {
    of: Slots,
}

impl Slots {
    /// As many places as `count`, but at least one.
    pub fn new(count: usize) -> Slots {
        Slots { shared: Arc::new((Mutex::new(count.max(1)), Condvar::new())) }
    }

    /// Takes a place, waiting for one; `None` when none gets free in time.
    pub fn take(&self) -> Option<Slot> {
        let (_, freed) = &*self.shared;
        let (mut free, _) = freed
            .wait_timeout_while(self.free(), LONGEST_WAIT, |free| *free == 0)
            .unwrap_or_else(PoisonError::into_inner);
        *free = free.checked_sub(1)?;
        drop(free);
        Some(Slot { of: self.clone() })
    }

    fn free(&self) -> MutexGuard<'_, usize> {
        self.shared.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        *self.of.free() += 1;
        self.of.shared.1.notify_one();
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::thread;

    use super::*;

    #[test]
    fn no_more_run_at_a_time_than_there_are_places() {
        let (slots, running, most) = (Slots::new(2), AtomicUsize::new(0), AtomicUsize::new(0));
        thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    let _slot = slots.take().unwrap();
                    most.fetch_max(running.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                    thread::sleep(Duration::from_millis(5));
                    running.fetch_sub(1, Ordering::SeqCst);
                });
            }
        });
        assert!((1..=2).contains(&most.load(Ordering::SeqCst)));
        assert_eq!(*slots.free(), 2, "every place was given back");
    }
}
