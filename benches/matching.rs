//! Matching 100,000 entries with 100,000 invoices, as a ratio to one hash look-up for each entry;
//! and whether ten times the work takes at most twelve times the time.

#![expect(clippy::disallowed_methods, reason = "a yardstick measures durations")]
#![expect(clippy::print_stdout, reason = "a yardstick prints what it measured")]

use std::collections::HashMap;
use std::hint::black_box;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use doisoat::domain::calendar::Day;
use doisoat::domain::id::{FamilyId, InvoiceId, StudentId};
use doisoat::domain::matching::Book;
use doisoat::domain::matching::decision::DecisionKind;
use doisoat::domain::matching::facts::{InvoiceFacts, InvoiceStanding, Policy, StudentFacts};
use doisoat::domain::matching::session::{StatementFile, reconcile};
use doisoat::domain::money::{Currency, Vnd};
use doisoat::domain::payment_code::{PaymentCode, Prefix};
use doisoat::domain::statement::{CreditDebit, Entry, EntryExtras, EntryStatus, StatementHeader};

const SMALL: usize = 10_000;
const LARGE: usize = 100_000;
const MOST_GROWTH_PERCENT: u128 = 1_200;
const RUNS: usize = 5;

const SURNAMES: [&str; 5] = ["Nguyễn", "Nguyễn", "Trần", "Lê", "Đinh"];
const MIDDLES: [&str; 6] = ["Văn", "Thị", "Minh", "Ngọc", "Gia", "Hoàng"];
const GIVENS: [&str; 10] =
    ["An", "Bình", "Dũng", "Hạnh", "Khang", "Lan", "Linh", "Mai", "Thảo", "Vy"];

fn pick<'a>(from: &[&'a str], number: usize) -> &'a str {
    from.get(number % from.len()).copied().unwrap_or_default()
}

fn number(place: usize) -> i64 {
    i64::try_from(place).unwrap_or(i64::MAX)
}

fn code(place: usize) -> String {
    u64::try_from(place)
        .ok()
        .and_then(|serial| PaymentCode::issue(Prefix::DEFAULT, serial))
        .map(|code| code.to_string())
        .unwrap_or_default()
}

/// So many students with one invoice each, two to a family.
fn school(size: usize) -> (Vec<StudentFacts>, Vec<InvoiceFacts>) {
    let students = (0..size)
        .map(|place| StudentFacts {
            id: StudentId(number(place)),
            family: FamilyId(number(place / 2)),
            code: format!("HS{place:06}"),
            name: format!(
                "{} {} {}",
                pick(&SURNAMES, place / 7),
                pick(&MIDDLES, place / 3),
                pick(&GIVENS, place)
            ),
            class: format!("{}A{}", 6 + place % 4, 1 + place / 4 % 9),
            virtual_accounts: Vec::new(),
            guardians: Vec::new(),
        })
        .collect();
    let invoices = (0..size)
        .map(|place| InvoiceFacts {
            id: InvoiceId(number(place)),
            student: StudentId(number(place)),
            code: code(place),
            open: Vnd::new(1_250_000),
            standing: InvoiceStanding::Open,
            due_on: None,
            round: None,
        })
        .collect();
    (students, invoices)
}

/// One transfer for each invoice; every tenth without a code.
fn statement(size: usize) -> StatementFile {
    let day = Day::from_ymd_opt(2026, 11, 2).unwrap_or_default();
    let entries = (0..size)
        .map(|place| {
            let code = if place % 10 == 9 { String::new() } else { code(place) };
            let given = pick(&GIVENS, place);
            Entry {
                booking_date: day,
                value_date: None,
                credit_debit: CreditDebit::Credit,
                amount: 1_250_000.into(),
                currency: Currency::VND,
                status: EntryStatus::Booked,
                reversal: false,
                reference: Some(format!("FT26306{place:08}")),
                end_to_end_id: None,
                remittance: Some(format!(
                    "MBVCB.{}.029552.{code} {given} {}A{}.CT tu 0351000000000 NGUYEN THI HOA toi \
                     1017595600 TRUONG THCS",
                    3_278_900_000 + place,
                    6 + place % 4,
                    1 + place / 4 % 9,
                )),
                counterparty_name: None,
                counterparty_account: None,
                counterparty_bank: None,
                balance_after: None,
                extras: EntryExtras::default(),
                position: String::new(),
            }
        })
        .collect();
    StatementFile {
        name: "made-up.xml".to_owned(),
        source: "camt.053".to_owned(),
        first_statement: 0,
        statements: vec![(
            StatementHeader {
                account: Some("1017595600".to_owned()),
                ..StatementHeader::default()
            },
            entries,
        )],
    }
}

/// A school and its statement, to be matched again and again.
struct Work {
    files: [StatementFile; 1],
    students: Vec<StudentFacts>,
    invoices: Vec<InvoiceFacts>,
}

impl Work {
    fn new(size: usize) -> Work {
        let (students, invoices) = school(size);
        Work { files: [statement(size)], students, invoices }
    }

    /// Builds the book and reconciles so many times: how long, and how many entries were settled
    /// each time.
    fn run(&self, times: usize) -> (Duration, usize) {
        let mut all = Duration::ZERO;
        let mut settled = 0;
        // Kept to the end, so that ten small runs touch as much fresh memory as a large one.
        let mut kept = Vec::with_capacity(times);
        for _ in 0..times {
            let (students, invoices) = (self.students.clone(), self.invoices.clone());
            let start = Instant::now();
            let mut book = Book::new(students, invoices, Vec::new(), Policy::default());
            let lines = reconcile(&mut book, black_box(&self.files));
            all += start.elapsed();
            settled = lines.iter().filter(|l| l.decision.kind == DecisionKind::Settled).count();
            kept.push((book, lines));
        }
        (all, settled)
    }
}

/// The limit: building a map of the codes and looking one up for each entry.
fn looking_up(size: usize) -> Duration {
    let codes: Vec<String> = (0..size).map(code).collect();
    let mut best = Duration::MAX;
    for _ in 0..RUNS {
        let start = Instant::now();
        let map: HashMap<&str, usize> =
            codes.iter().enumerate().map(|(place, code)| (code.as_str(), place)).collect();
        let found = codes.iter().filter(|code| map.contains_key(code.as_str())).count();
        black_box(found);
        best = best.min(start.elapsed());
    }
    best
}

fn main() -> ExitCode {
    let (small_work, large_work) = (Work::new(SMALL), Work::new(LARGE));
    let (mut small, mut large, mut settled) = (Duration::MAX, Duration::MAX, 0);
    // Both kinds in turn, for as long, so that what else the machine does slows both alike.
    for _ in 0..RUNS {
        small = small.min(small_work.run(LARGE / SMALL).0);
        let (took, found) = large_work.run(1);
        large = large.min(took);
        settled = found;
    }
    let bare = looking_up(LARGE);
    let ratio = large.as_nanos() / bare.as_nanos().max(1);
    let growth = large.as_nanos() * 1_000 / small.as_nanos().max(1);
    println!(
        "matching: {LARGE} entries x {LARGE} invoices in {} ms, {settled} settled: {ratio} x one hash look-up per entry",
        large.as_millis()
    );
    println!(
        "matching: {}.{:02} x the time for 10 x the work (bar 12.0)",
        growth / 100,
        growth % 100
    );
    if growth <= MOST_GROWTH_PERCENT && settled == LARGE / 10 * 9 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}
