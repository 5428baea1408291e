//! Reading MT940, as a ratio to a bare scan of the same lines in the same run. Both are run in turn,
//! so that a busy machine burdens both, and the best run of each counts. Exits with 1 when the ratio
//! or the memory is above its bar. `ENTRIES=200000` changes the size of the statement.

#![expect(clippy::print_stdout, reason = "a yardstick's result is what it prints")]
#![expect(clippy::disallowed_methods, reason = "a yardstick measures durations")]
#![expect(
    clippy::float_arithmetic,
    clippy::expect_used,
    reason = "ratios of durations, in a program that may just stop"
)]

use std::fs::File;
use std::hint::black_box;
use std::io::{self, BufRead, BufReader, BufWriter, Write};
use std::ops::ControlFlow;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use doisoat::formats::{Options, statement_file};

const ROUNDS: usize = 7;
const BAR: f64 = 6.0;
const MEMORY_BAR_KB: u64 = 64 * 1024;

/// One way in which banks write `:86:`.
struct Dialect {
    name: &'static str,
    entry: fn(&mut dyn Write, u64) -> io::Result<()>,
}

const DIALECTS: [Dialect; 3] = [
    Dialect { name: "free text", entry: free_text },
    Dialect { name: "?20 sub-fields", entry: sub_fields },
    Dialect { name: "/REMI/ codes", entry: codes },
];

fn main() -> ExitCode {
    let entries = std::env::var("ENTRIES").ok().and_then(|count| count.parse().ok());
    let entries = entries.unwrap_or(1_000_000);
    let mut within = true;
    for dialect in &DIALECTS {
        let file = statement(dialect, entries).expect("a temporary file");
        let (ratio, ours) = ratio(&file, entries).expect("a file that can be read");
        let name = dialect.name;
        println!(
            "mt940, {name}: {ratio:.2} x a line scan (bar {BAR:.1}), {entries} entries in {ours:.0?}"
        );
        within &= ratio <= BAR;
    }
    if let Some(kilobytes) = peak_memory() {
        let bar = MEMORY_BAR_KB;
        println!("peak memory of this process: {kilobytes} kB (bar {bar} kB)");
        within &= kilobytes <= bar;
    }
    if within { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Our time over the bare scan's, each the best of its rounds.
fn ratio(file: &File, entries: u64) -> io::Result<(f64, Duration)> {
    let (mut best_ours, mut best_bare) = (Duration::MAX, Duration::MAX);
    for _ in 0..ROUNDS {
        let start = Instant::now();
        black_box(line_scan(file)?);
        best_bare = best_bare.min(start.elapsed());
        let start = Instant::now();
        read(file, entries);
        best_ours = best_ours.min(start.elapsed());
    }
    Ok((best_ours.as_secs_f64() / best_bare.as_secs_f64(), best_ours))
}

fn read(mut file: &File, entries: u64) {
    let reading = statement_file::read(&mut file, &Options::default(), &mut |event| {
        black_box(event);
        ControlFlow::Continue(())
    });
    assert!(reading.accepted() && reading.warnings.is_empty(), "{reading:?}");
    assert_eq!(reading.entries, entries);
}

/// What any reader of lines has to do at least.
fn line_scan(mut file: &File) -> io::Result<u64> {
    io::Seek::rewind(&mut file)?;
    let mut reader = BufReader::with_capacity(64 * 1024, file);
    let (mut line, mut lines) = (Vec::new(), 0);
    while reader.read_until(b'\n', &mut line)? > 0 {
        lines += u64::from(!black_box(&line).is_empty());
        line.clear();
    }
    Ok(lines)
}

/// A made-up statement in a temporary file: a reader's memory does not grow with it.
fn statement(dialect: &Dialect, entries: u64) -> io::Result<File> {
    let file = tempfile::tempfile()?;
    let mut out = BufWriter::new(&file);
    write!(out, ":20:S\r\n:25:1017595600\r\n:28C:1/1\r\n:60F:C261101VND0,\r\n")?;
    for number in 0..entries {
        let day = number % 30 + 1;
        write!(out, ":61:2611{day:02}11{day:02}C1250000,NTRFNONREF//FT26306{number:06}\r\n")?;
        (dialect.entry)(&mut out, number)?;
    }
    write!(out, ":62F:C261130VND{},\r\n", entries * 1_250_000)?;
    out.flush()?;
    drop(out);
    Ok(file)
}

fn free_text(out: &mut dyn Write, number: u64) -> io::Result<()> {
    write!(
        out,
        ":86:MBVCB.3278{number:06}.029552.HPK3M9Q2X HANH 6A1.CT tu 035100000000\r\n\
         0 NGUYEN VAN A toi 1017595600 TRUONG THCS B\r\n"
    )
}

fn sub_fields(out: &mut dyn Write, number: u64) -> io::Result<()> {
    write!(
        out,
        ":86:166?00CHUYEN KHOAN?20EREF+NOTPROVIDED?21SVWZ+HPK3M9Q2X HANH 6A1?22\r\n\
         .CT tu {number:06}?30970436?310351000000000?32NGUYEN VAN A\r\n"
    )
}

fn codes(out: &mut dyn Write, number: u64) -> io::Result<()> {
    write!(
        out,
        ":86:/TRTP/SEPA OVERBOEKING/IBAN/035{number:06}/BIC/BFTVVNVX/NAME/NGUYE\r\n\
         N VAN A/REMI/HPK3M9Q2X HANH 6A1/EREF/NOTPROVIDED\r\n"
    )
}

/// The most memory this process had, where the system tells it.
fn peak_memory() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    line.split_whitespace().nth(1)?.parse().ok()
}
