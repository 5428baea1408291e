//! What reading a statement file in a process of its own costs: milliseconds for a small file, and
//! for a large one the time as a ratio to reading the same file here. Everything is made up.

#![expect(clippy::print_stdout, reason = "a yardstick's result is what it prints")]
#![expect(clippy::disallowed_methods, reason = "a yardstick measures durations")]
#![expect(
    clippy::float_arithmetic,
    clippy::expect_used,
    reason = "ratios of durations, in a program that may just stop"
)]

use std::fmt::Write as _;
use std::fs::File;
use std::hint::black_box;
use std::io::Write as _;
use std::ops::ControlFlow;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use doisoat::containment::{Limits, StatementReader};
use doisoat::formats::{Options, statement_file};

/// The most that a process of its own may cost a small file.
const BAR: Duration = Duration::from_millis(30);
/// Writing events down and reading them again twice, beside parsing the format that is parsed fastest.
const LARGE_BAR: f64 = 6.0;
const SMALL_ROUNDS: usize = 40;
const LARGE_ROUNDS: usize = 5;
const LARGE_ENTRIES: usize = 200_000;

fn main() -> ExitCode {
    let reader = StatementReader::new(env!("CARGO_BIN_EXE_doisoat").into(), Limits::default());
    let small = file(3);
    let contained = median(SMALL_ROUNDS, || through(&reader, &small));
    let bare = median(SMALL_ROUNDS, || here(&small));
    let cost = contained.saturating_sub(bare);
    println!("a small file: {cost:.1?} more than reading it here (bar {BAR:?})");
    let large = file(LARGE_ENTRIES);
    let contained = median(LARGE_ROUNDS, || through(&reader, &large));
    let bare = median(LARGE_ROUNDS, || here(&large));
    let ratio = contained.as_secs_f64() / bare.as_secs_f64();
    println!(
        "{LARGE_ENTRIES} entries, read and given twice: {ratio:.2} x reading them here (bar {LARGE_BAR:.1}), {contained:.0?}"
    );
    if cost <= BAR && ratio <= LARGE_BAR { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// As a plan does: read once, go through what was found twice.
fn through(reader: &StatementReader, file: &File) {
    let mut contents = reader.read(file, &Options::default(), &|_| {}).expect("a process");
    assert!(contents.reading.accepted(), "{:?}", contents.reading.errors);
    for _ in 0..2 {
        contents
            .replay(&mut |event| {
                black_box(&event);
                ControlFlow::Continue(())
            })
            .expect("a temporary file");
    }
}

fn here(mut file: &File) {
    let reading = statement_file::read(&mut file, &Options::default(), &mut |event| {
        black_box(&event);
        ControlFlow::Continue(())
    });
    assert!(reading.accepted(), "{:?}", reading.errors);
}

fn median(rounds: usize, mut work: impl FnMut()) -> Duration {
    let mut times: Vec<Duration> = (0..rounds)
        .map(|_| {
            let start = Instant::now();
            work();
            start.elapsed()
        })
        .collect();
    times.sort_unstable();
    times.get(rounds / 2).copied().expect("a round")
}

/// A SWIFT statement of so many made-up entries.
fn file(entries: usize) -> File {
    let mut text = ":20:S\r\n:25:1017595600\r\n:28C:1/1\r\n:60F:C261101VND0,\r\n".to_owned();
    for number in 0..entries {
        let day = number % 30 + 1;
        write!(
            text,
            ":61:2611{day:02}11{day:02}C1250000,NTRFNONREF//FT26306{number:06}\r\n:86:MBVCB.3278{number:06}.029552.HPK3M9Q2X HANH 6A1\r\n"
        )
        .expect("memory");
    }
    let total = entries * 1_250_000;
    write!(text, ":62F:C261130VND{total},\r\n").expect("memory");
    let mut file = tempfile::tempfile().expect("a temporary file");
    file.write_all(text.as_bytes()).expect("room for it");
    file
}
