//! How long a page of the review queue takes of a school with many payments, on SQLite: each tab, and
//! what is typed into the search box. Everything is made up. A number as the argument is another
//! number of payments.

#![expect(clippy::print_stdout, reason = "a yardstick's result is what it prints")]
#![expect(clippy::disallowed_methods, reason = "a yardstick measures durations")]
#![expect(clippy::expect_used, reason = "a program that may just stop")]

mod school;

use std::io::Write as _;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use chrono::NaiveDate;
use doisoat::containment::{Limits, StatementReader};
use doisoat::domain::lang::Lang;
use doisoat::service::plan::NewFile;
use doisoat::service::workspace::{Filter, Tab, candidates, home, parse_day, queue as desk};
use doisoat::service::{commit, plan, queue};
use school::{DONG, School};
use tempfile::TempDir;

/// A page may take so long.
const BAR: Duration = Duration::from_millis(30);

/// Payments of the school, where no other number is given.
const PAYMENTS: usize = 100_000;

/// How often each page is fetched; the middle one counts.
const TIMES: usize = 7;

/// Rows of a page.
const ROWS: u32 = 50;

/// What an entry is over.
const fn amount(number: usize) -> usize {
    match number % 100 {
        92..96 => DONG + 10_000 + number,
        96..100 => 2 * DONG + number,
        _ => DONG,
    }
}

fn main() -> ExitCode {
    let asked = std::env::args().skip(1).find_map(|word| word.parse().ok());
    let payments: usize = asked.unwrap_or(PAYMENTS);
    let folder = TempDir::with_prefix("doisoat-bench-").expect("a folder");
    let url = format!("sqlite:{}", folder.path().join("bench.db").display());
    let school = School::create(&url, payments);
    let start = Instant::now();
    take_in(&school);
    println!("{payments} payments taken in, in {:.1?}", start.elapsed());
    let School { store, id, .. } = &school;
    let invoices = queue::invoices(store, *id).expect("invoices");
    let middle = invoices.get(invoices.len() / 2).expect("an invoice");

    let mut within = true;
    for tab in Tab::EVERY {
        let filter = Filter { tab, ..Filter::default() };
        within &= measure(&school, &format!("tab {}", tab.as_str()), &filter, None);
        let page = desk::page(store, *id, &filter, (None, ROWS), Lang::Vi).expect("a page");
        if let Some(next) = page.next {
            within &=
                measure(&school, &format!("tab {}, page 2", tab.as_str()), &filter, Some(&next));
        }
    }
    for (what, text) in [
        ("a payment code", middle.code.clone()),
        ("a student's code", middle.student_code.clone()),
        ("a student's name", middle.student_name.clone()),
        ("a name of many", "nguyen".to_owned()),
        ("a reference", "FT26306000123".to_owned()),
        ("the beginning of references", "FT2630".to_owned()),
        ("an amount of many", "1.250.000".to_owned()),
        ("an amount of nobody", "9.999.999".to_owned()),
        ("words of the text", "nop tien".to_owned()),
        ("words that nowhere are", "khong dau co".to_owned()),
    ] {
        let filter = Filter { text: Some(text), ..Filter::default() };
        within &= measure(&school, &format!("search for {what}"), &filter, None);
        let filter = Filter { tab: Tab::Proposed, ..filter };
        within &= measure(&school, &format!("search for {what} among proposals"), &filter, None);
    }
    let class = Filter { class: Some("6A7".to_owned()), ..Filter::default() };
    within &= measure(&school, "a class", &class, None);
    let days =
        Filter { from: parse_day("2026-11-10"), to: parse_day("2026-11-12"), ..Filter::default() };
    within &= measure(&school, "three days", &days, None);
    let page = desk::page(store, *id, &Filter::default(), (None, 1), Lang::Vi).expect("a page");
    let one = page.rows.first().expect("a row").id;
    within &= timed("whom else it may be for", || {
        candidates(store, *id, one, "nguyen").expect("candidates").len()
    });
    let today = NaiveDate::from_ymd_opt(2026, 11, 24).expect("a date");
    within &= timed("what waits today", || {
        home(store, *id, today, Lang::Vi).expect("a page").tasks.len()
    });
    if within { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Prints how long something takes, and says whether that is within the bar.
fn timed(what: &str, run: impl Fn() -> usize) -> bool {
    let mut durations = Vec::with_capacity(TIMES);
    let mut rows = 0;
    for _ in 0..TIMES {
        let start = Instant::now();
        rows = run();
        durations.push(start.elapsed());
    }
    durations.sort_unstable();
    let middle = durations.get(TIMES / 2).copied().unwrap_or_default();
    let verdict = if middle <= BAR { "" } else { "  TOO LONG" };
    println!("{what}: {middle:.1?}, {rows} rows (bar {BAR:?}){verdict}");
    middle <= BAR
}

/// Takes a statement in: of a hundred entries 4 pay too much and 4 say nothing, the others pay exactly.
fn take_in(school: &School) {
    let file = school.statement(|number, code| {
        let code = if number % 100 < 96 { code } else { "chuyen" };
        (amount(number), code.to_owned())
    });
    let School { store, clock, actor, id } = school;
    let mut content = tempfile::tempfile().expect("a temporary file");
    content.write_all(&file).expect("room for it");
    let new = NewFile::plain("mau.xml", &content);
    let reader = StatementReader::new(env!("CARGO_BIN_EXE_doisoat").into(), Limits::default());
    let planned =
        plan::run(store, clock, &reader, actor, *id, &new).expect("a file that is in order");
    commit::run(store, clock, actor, *id, planned.id).expect("a plan in order");
}

/// How long a page of the queue takes.
fn measure(school: &School, what: &str, filter: &Filter, cursor: Option<&str>) -> bool {
    timed(what, || {
        let page = desk::page(&school.store, school.id, filter, (cursor, ROWS), Lang::Vi);
        page.expect("a page").rows.len()
    })
}
