//! Drives readers with whatever a fuzzer makes up, and holds them to their bounds.

pub mod invariants;

use std::alloc::System;
use std::time::{Duration, Instant};

use cap::Cap;
use doisoat::formats::{Options, Reading};

pub use invariants::Reader;

/// Refuses memory beyond a limit; the program then aborts, and the fuzzer keeps the input.
#[global_allocator]
static MEMORY: Cap<System> = Cap::new(System, usize::MAX);

/// What reading a file may take at once, beside the file itself.
const MOST_MEMORY: usize = 64 * 1024 * 1024;

/// What reading a file of at most 64 KB may take, even with branches counted and sums checked.
const MOST_TIME: Duration = Duration::from_secs(1);

/// Reads `bytes`, checks what came of it, and that it came soon and within little memory.
pub fn check(read: Reader, bytes: &[u8]) {
    check_with(read, &Options::default(), bytes);
}

/// The same with what a person has said about the file.
pub fn check_with(read: Reader, options: &Options, bytes: &[u8]) -> Reading {
    let (reading, first) = measured(read, options, bytes);
    if first > MOST_TIME {
        // Another program may have had the processor.
        let (_, second) = measured(read, options, bytes);
        assert!(second < MOST_TIME, "{first:?} and {second:?} for {} bytes", bytes.len());
    }
    reading
}

fn measured(read: Reader, options: &Options, bytes: &[u8]) -> (Reading, Duration) {
    let begun = Instant::now();
    MEMORY.set_limit(MEMORY.allocated() + MOST_MEMORY).expect("nothing is allocated beyond it yet");
    let reading = invariants::check(read, options, bytes);
    MEMORY.set_limit(usize::MAX).expect("no limit at all");
    (reading, begun.elapsed())
}
