//! How many children run at a time.

use std::collections::HashMap;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// How long a file waits for its turn before its sender is asked to come back later.
const LONGEST_WAIT: Duration = Duration::from_secs(30);

/// How many children one school may have at a time, so that no school waits for another's files alone.
const EACH: usize = 2;

/// Places for children; clones share them.
#[derive(Clone, Debug)]
pub struct Slots {
    shared: Arc<(Mutex<Places>, Condvar)>,
}

/// How many places are free, and how many each school has taken.
#[derive(Debug)]
struct Places {
    free: usize,
    taken: HashMap<i64, usize>,
}

impl Places {
    fn is_full(&self, school: Option<i64>) -> bool {
        let of_school = school.and_then(|school| self.taken.get(&school)).copied();
        self.free == 0 || of_school.unwrap_or_default() >= EACH
    }
}

/// A place that is taken until this is dropped.
#[derive(Debug)]
pub struct Slot {
    of: Slots,
    school: Option<i64>,
}

impl Slots {
    /// As many places as `count`, but at least one.
    pub fn new(count: usize) -> Slots {
        let places = Places { free: count.max(1), taken: HashMap::new() };
        Slots { shared: Arc::new((Mutex::new(places), Condvar::new())) }
    }

    /// Takes a place, waiting for one; `None` when none gets free in time. What is read for a school
    /// takes one of the school's own as well.
    pub fn take(&self, school: Option<i64>) -> Option<Slot> {
        self.take_within(school, LONGEST_WAIT)
    }

    fn take_within(&self, school: Option<i64>, longest: Duration) -> Option<Slot> {
        let (_, freed) = &*self.shared;
        let (mut places, _) = freed
            .wait_timeout_while(self.places(), longest, |places| places.is_full(school))
            .unwrap_or_else(PoisonError::into_inner);
        if places.is_full(school) {
            return None;
        }
        places.free = places.free.checked_sub(1)?;
        if let Some(school) = school {
            *places.taken.entry(school).or_default() += 1;
        }
        drop(places);
        Some(Slot { of: self.clone(), school })
    }

    fn places(&self) -> MutexGuard<'_, Places> {
        self.shared.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        let mut places = self.of.places();
        places.free += 1;
        if let Some(school) = self.school
            && let Some(taken) = places.taken.get_mut(&school)
        {
            *taken = taken.saturating_sub(1);
            if *taken == 0 {
                places.taken.remove(&school);
            }
        }
        drop(places);
        // Whoever is woken first may still have to wait for its own school.
        self.of.shared.1.notify_all();
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
                    let _slot = slots.take(None).unwrap();
                    most.fetch_max(running.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                    thread::sleep(Duration::from_millis(5));
                    running.fetch_sub(1, Ordering::SeqCst);
                });
            }
        });
        assert!((1..=2).contains(&most.load(Ordering::SeqCst)));
        assert_eq!(slots.places().free, 2, "every place was given back");
    }

    #[test]
    fn a_school_with_two_files_waits_while_another_school_does_not() {
        let soon = Duration::from_millis(1);
        let slots = Slots::new(4);
        let [first, second] = [(); 2].map(|()| slots.take_within(Some(1), soon).unwrap());
        assert!(slots.take_within(Some(1), soon).is_none(), "a third file of one school");
        let others = [2, 3].map(|school| slots.take_within(Some(school), soon).unwrap());
        assert!(slots.take_within(Some(4), soon).is_none(), "four in all");
        drop(first);
        let third = slots.take_within(Some(1), soon).unwrap();
        drop((second, third, others));
        let places = slots.places();
        assert!(places.free == 4 && places.taken.is_empty(), "{places:?}");
    }
}
