//! Drives readers with whatever a fuzzer makes up, and holds them to their bounds.

pub mod invariants;

use std::alloc::System;
use std::panic::{AssertUnwindSafe, PanicHookInfo, catch_unwind, resume_unwind};
use std::sync::{Mutex, Once};
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
    watch_panics();
    let begun = Instant::now();
    MEMORY.set_limit(MEMORY.allocated() + MOST_MEMORY).expect("nothing is allocated beyond it yet");
    let outcome = catch_unwind(AssertUnwindSafe(|| invariants::check(read, options, bytes)));
    MEMORY.set_limit(usize::MAX).expect("no limit at all");
    match outcome {
        Ok(reading) => (reading, begun.elapsed()),
        Err(panic) => {
            eprintln!("{}", LAST_PANIC.lock().map(|last| last.clone()).unwrap_or_default());
            resume_unwind(panic)
        }
    }
}

/// What a library's panic said, in case the reader does not catch it.
static LAST_PANIC: Mutex<String> = Mutex::new(String::new());

/// calamine panics on some damaged workbooks and its callers catch that, but the fuzzer ends at any
/// panic. Now it ends at ours at once, and at others only if they come through.
fn watch_panics() {
    static WATCH: Once = Once::new();
    WATCH.call_once(|| {
        let ends = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic: &PanicHookInfo<'_>| {
            if panic.location().is_some_and(|place| place.file().contains("/registry/src/")) {
                if let Ok(mut last) = LAST_PANIC.lock() {
                    *last = panic.to_string();
                }
                return;
            }
            // Telling where it happened takes memory of its own.
            let _unlimited = MEMORY.set_limit(usize::MAX);
            ends(panic);
        }));
    });
}
