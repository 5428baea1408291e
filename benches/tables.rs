//! Reading statement tables, as a ratio to the bare loop of the library underneath. Both are run in
//! turn, so that a busy machine burdens both, and the best run of each counts. Exits with 1 when a
//! ratio, or the memory taken while reading text, is above its bar. `ROWS=100000` changes the size
//! of the text table, `SHEET_ROWS=1000000` that of the workbook, `RUNS=3` how often each is read.

#![expect(clippy::print_stdout, reason = "a yardstick's result is what it prints")]
#![expect(clippy::disallowed_methods, reason = "a yardstick measures durations")]
#![expect(
    clippy::float_arithmetic,
    clippy::expect_used,
    reason = "ratios of durations, in a program that may just stop"
)]

use std::fs::File;
use std::hint::black_box;
use std::io::{BufWriter, Cursor, Seek, Write};
use std::ops::ControlFlow;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use calamine::{Reader, Xlsx};
use doisoat::formats::Options;
use doisoat::formats::spreadsheet::{read_csv, read_xlsx};

const TEXT_BAR: f64 = 2.5;
const SHEET_BAR: f64 = 1.5;
const MEMORY_BAR_KB: u64 = 64 * 1024;

fn main() -> ExitCode {
    let rows = setting("ROWS", 1_000_000);
    let runs = setting("RUNS", 9);
    let mut within = true;

    // On disk, so that the memory taken is the reader's.
    let mut text = tempfile::tempfile().expect("a temporary file");
    text_table(&mut text, rows).expect("room for the table");
    let bare = || {
        let mut file = &text;
        file.rewind().expect("a file");
        let mut reader = csv::ReaderBuilder::new()
            .flexible(true)
            .has_headers(false)
            .buffer_capacity(64 * 1024)
            .from_reader(file);
        let mut record = csv::ByteRecord::new();
        let mut cells = 0;
        while reader.read_byte_record(&mut record).expect("the table is well formed") {
            cells += record.len();
        }
        cells
    };
    let ours = || {
        let mut entries = 0;
        let reading = read_csv(&mut &text, &Options::default(), &mut |event| {
            black_box(&event);
            entries += 1;
            ControlFlow::Continue(())
        });
        assert_eq!((reading.entries, reading.accepted()), (rows, true), "{reading:?}");
        entries
    };
    let best = best_of_both(runs, bare, ours);
    within &= report("csv", "csv's record loop", rows, best, TEXT_BAR);
    if let Some(peak) = peak_memory_kb() {
        let bar = MEMORY_BAR_KB / 1024;
        println!("csv: {} MB of memory at the most (bar {bar} MB)", peak.div_ceil(1024));
        within &= peak <= MEMORY_BAR_KB;
    }

    let sheet_rows = setting("SHEET_ROWS", 50_000);
    let book = workbook(u32::try_from(sheet_rows).expect("a sheet has fewer rows"));
    let bare = || {
        let mut book = Xlsx::new(Cursor::new(&book)).expect("the workbook is well formed");
        let name = book.sheet_names().first().cloned().expect("a sheet");
        let mut reader = book.worksheet_cells_reader(&name).expect("a worksheet");
        let mut cells = 0;
        while let Some(cell) = reader.next_cell().expect("a cell") {
            black_box(&cell);
            cells += 1;
        }
        cells
    };
    let ours = || {
        let mut entries = 0;
        let reading = read_xlsx(&mut Cursor::new(&book), &Options::default(), &mut |event| {
            black_box(&event);
            entries += 1;
            ControlFlow::Continue(())
        });
        assert_eq!((reading.entries, reading.accepted()), (sheet_rows, true));
        entries
    };
    let best = best_of_both(runs, bare, ours);
    within &= report("xlsx", "calamine's cell loop", sheet_rows, best, SHEET_BAR);
    if within { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn setting(name: &str, usual: u64) -> u64 {
    std::env::var(name).ok().and_then(|value| value.parse().ok()).unwrap_or(usual)
}

fn report(
    what: &str,
    limit: &str,
    rows: u64,
    (bare, ours): (Duration, Duration),
    bar: f64,
) -> bool {
    let ratio = ours.as_secs_f64() / bare.as_secs_f64();
    let millis = ours.as_secs_f64() * 1_000.0;
    println!("{what}: {ratio:.2} x {limit} (bar {bar:.1}); {rows} rows in {millis:.0} ms");
    ratio <= bar
}

/// The best duration of each of two pieces of work, run in turn.
fn best_of_both<T, U>(
    runs: u64,
    mut bare: impl FnMut() -> T,
    mut ours: impl FnMut() -> U,
) -> (Duration, Duration) {
    let mut best = (Duration::MAX, Duration::MAX);
    for _ in 0..runs {
        let start = Instant::now();
        black_box(bare());
        best.0 = best.0.min(start.elapsed());
        let start = Instant::now();
        black_box(ours());
        best.1 = best.1.min(start.elapsed());
    }
    best
}

/// An invented statement with every column that banks print.
fn text_table(file: &mut File, rows: u64) -> std::io::Result<()> {
    let mut text = BufWriter::new(file);
    writeln!(text, "Số tài khoản: 1017595600")?;
    writeln!(text, "Ngày giao dịch,Số tham chiếu,Số tiền ghi nợ,Số tiền ghi có,Số dư,Mô tả")?;
    let mut balance = 10_000_000_u64;
    for row in 0..rows {
        let amount = 50_000 + (row % 40) * 25_000;
        balance += amount;
        let day = 1 + row % 28;
        writeln!(
            text,
            "{day:02}/11/2026,FT26306{row:07},,\"{}\",\"{}\",MBVCB.{}.HPK{row:07}X HANH 6A1.CT tu 0351000000000 NGUYEN VAN A toi 1017595600",
            grouped(amount),
            grouped(balance),
            3_278_907_687_u64 + row,
        )?;
    }
    text.flush()
}

fn workbook(rows: u32) -> Vec<u8> {
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet();
    let headings =
        ["Ngày giao dịch", "Số tham chiếu", "Số tiền ghi nợ", "Số tiền ghi có", "Số dư", "Mô tả"];
    for (column, heading) in (0..).zip(headings) {
        sheet.write_string(0, column, heading).expect("a cell");
    }
    let mut balance = 10_000_000_u64;
    for row in 1..=rows {
        let amount = 50_000 + u64::from(row % 40) * 25_000;
        balance += amount;
        let cells = [
            format!("{:02}/11/2026", 1 + row % 28),
            format!("FT26306{row:07}"),
            String::new(),
            grouped(amount),
            grouped(balance),
            format!("MBVCB.{row}.HPK{row:07}X HANH 6A1.CT tu 0351000000000 NGUYEN VAN A"),
        ];
        for (column, cell) in (0..).zip(cells) {
            sheet.write_string(row, column, cell).expect("a cell");
        }
    }
    book.save_to_buffer().expect("memory takes any workbook")
}

fn grouped(amount: u64) -> String {
    doisoat::domain::money::group_digits(&amount.to_string()).replace('.', ",")
}

/// The most memory this process has held so far.
fn peak_memory_kb() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    line.split_whitespace().nth(1)?.parse().ok()
}
