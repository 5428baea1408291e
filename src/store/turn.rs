//! Whose turn it is to write. SQLite lets one connection write at a time; one that finds another
//! writing sleeps and looks again, each time longer, and whoever comes meanwhile goes first: one busy
//! writer of this process could keep all others out. Here each waits for those before it. Other
//! processes still find each other by SQLite's own lock.

use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// Hands out turns in the order they are asked for.
#[derive(Debug)]
pub(super) struct Turns {
    line: Mutex<Line>,
    moved: Condvar,
    patience: Duration,
}

#[derive(Debug, Default)]
struct Line {
    /// The number given last.
    last: u64,
    /// Who writes, and who waits behind.
    standing: VecDeque<u64>,
}

/// A place in the line, which is left when this value is dropped.
#[derive(Debug)]
pub(super) struct Turn<'a> {
    turns: &'a Turns,
    number: u64,
}

impl Turns {
    /// A line in which nobody waits longer than `patience`.
    pub(super) fn new(patience: Duration) -> Turns {
        Turns { line: Mutex::default(), moved: Condvar::new(), patience }
    }

    /// Waits until nobody is in front, or for as long as SQLite would wait for another process: who
    /// has waited so long may ask SQLite itself, which will say that it is locked.
    pub(super) fn wait(&self) -> Turn<'_> {
        let mut line = self.lock();
        line.last = line.last.wrapping_add(1);
        let number = line.last;
        line.standing.push_back(number);
        let in_front = |line: &mut Line| line.standing.front() != Some(&number);
        drop(self.moved.wait_timeout_while(line, self.patience, in_front));
        Turn { turns: self, number }
    }

    /// A turn where nobody writes or waits; never waits itself.
    pub(super) fn now_or_never(&self) -> Option<Turn<'_>> {
        let mut line = self.lock();
        if !line.standing.is_empty() {
            return None;
        }
        line.last = line.last.wrapping_add(1);
        let number = line.last;
        line.standing.push_back(number);
        Some(Turn { turns: self, number })
    }

    /// Numbers are whole even where somebody died with the lock.
    fn lock(&self) -> MutexGuard<'_, Line> {
        self.line.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        self.turns.lock().standing.retain(|number| *number != self.number);
        self.turns.moved.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn turns_come_in_the_order_they_were_asked_for() {
        let (turns, seen) = (Turns::new(Duration::from_mins(1)), Mutex::new(Vec::new()));
        std::thread::scope(|scope| {
            let first = turns.wait();
            for number in 2..10 {
                let (turns, seen) = (&turns, &seen);
                scope.spawn(move || {
                    let turn = turns.wait();
                    seen.lock().unwrap().push(turn.number);
                });
                // The next one asks only after this one did.
                while turns.lock().last != number {
                    std::thread::sleep(Duration::from_millis(1));
                }
            }
            assert_eq!(seen.lock().unwrap().len(), 0, "it is nobody's turn yet");
            drop(first);
        });
        assert_eq!(*seen.lock().unwrap(), (2..10).collect::<Vec<u64>>());
    }

    #[test]
    fn whoever_does_not_wait_goes_only_where_nobody_stands() {
        let turns = Turns::new(Duration::from_mins(1));
        let first = turns.now_or_never().unwrap();
        assert!(turns.now_or_never().is_none(), "somebody writes");
        drop(first);
        let second = turns.wait();
        assert!(turns.now_or_never().is_none(), "somebody has the turn");
        drop(second);
        assert!(turns.now_or_never().is_some());
    }

    #[test]
    fn nobody_waits_for_ever_and_nobody_behind_for_one_who_left() {
        let turns = Turns::new(Duration::from_millis(5));
        let writing = turns.wait();
        drop(turns.wait());
        let third = turns.wait();
        drop(writing);
        assert_eq!(turns.lock().standing, [third.number]);
    }
}
