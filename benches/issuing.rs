//! How long it takes to issue a round for a large school, and to show any page of a great many
//! invoices. Everything is made up.

#![expect(clippy::print_stdout, reason = "a yardstick's result is what it prints")]
#![expect(clippy::disallowed_methods, reason = "a yardstick measures durations")]
#![expect(
    clippy::float_arithmetic,
    clippy::expect_used,
    reason = "ratios of durations, in a program that may just stop"
)]

use std::fmt::Write as _;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use chrono::NaiveDate;
use diesel::connection::SimpleConnection as _;
use diesel::{Connection as _, SqliteConnection};
use doisoat::clock::FixedClock;
use doisoat::domain::fee::{Scope, Unit};
use doisoat::domain::id::SchoolId;
use doisoat::domain::matching::facts::Policy;
use doisoat::domain::money::Vnd;
use doisoat::domain::payment_code::Prefix;
use doisoat::formats::roster::read_table;
use doisoat::service::directory::{NewBankAccount, NewSchool};
use doisoat::service::fees::catalogue::{self, ItemTerms, PriceTerms};
use doisoat::service::fees::issuing;
use doisoat::service::fees::rounds::{self, ItemOfRound, RoundTerms};
use doisoat::service::fees::show::{self, PageFilter};
use doisoat::service::{Actor, Store, database, directory, import_students, verify};
use tempfile::TempDir;

const SCHOOL: &str = "THPT-MAU";
const STUDENTS: usize = 3_000;
const ITEMS: usize = 8;

/// A round for all students with all items takes at most so long.
const MOST: Duration = Duration::from_secs(3);

/// Rounds issued one after the other; the one in the middle counts.
const ROUNDS: u32 = 3;

/// Invoices in the database when pages are shown.
const INVOICES: usize = 1_000_000;

/// The last page takes at most so many times as long as the first.
const MOST_TIMES_FIRST: f64 = 2.0;

fn main() -> ExitCode {
    // Beside the program, not where a system keeps its temporary files: that may be memory.
    let folder = TempDir::new_in(env!("CARGO_TARGET_TMPDIR")).expect("a folder");
    let file = folder.path().join("issuing.db");
    let store = Store::open(&format!("sqlite:{}", file.display()), 4, 10_000).expect("a database");
    database::migrate(&store).expect("a schema");
    let school = School::furnish(store);
    let issued = school.issue_rounds();
    let findings = verify::run(&school.store).expect("a database that answers");
    assert!(findings.iter().all(verify::Finding::holds), "an invariant does not hold");
    println!(
        "a round of {STUDENTS} students with {ITEMS} fee items issued in {issued:.2?} \
         (median of {ROUNDS}; bar {MOST:.0?})"
    );
    fill(&file.display().to_string(), school.id);
    let pages = school.pages();
    let slowest = pages.iter().map(|(_, took)| *took).max().unwrap_or_default();
    let first = pages.first().map(|(_, took)| *took).unwrap_or_default();
    let ratio = slowest.as_secs_f64() / first.as_secs_f64();
    let told: Vec<String> =
        pages.iter().map(|(after, took)| format!("after {after}: {took:.2?}")).collect();
    println!(
        "a page of 200 of {INVOICES} invoices: {}; slowest / first {ratio:.2} (bar {MOST_TIMES_FIRST})",
        told.join(", ")
    );
    if issued <= MOST && ratio <= MOST_TIMES_FIRST { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

struct School {
    store: Store,
    clock: FixedClock,
    actor: Actor,
    id: SchoolId,
}

fn day(month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, month, day).expect("a day")
}

impl School {
    /// A school with students, and fee items with prices.
    fn furnish(store: Store) -> School {
        let clock = FixedClock::at(day(11, 24).and_hms_opt(1, 0, 0).expect("a time"));
        let actor = Actor::named("bench");
        let new = NewSchool {
            code: SCHOOL.to_owned(),
            name: "THPT Mẫu (dữ liệu mẫu)".to_owned(),
            level: "upper_secondary".to_owned(),
            policy: Policy::default(),
        };
        let id = directory::add_school(&store, &clock, &actor, &new).expect("a new school");
        let account = NewBankAccount {
            bin: "970436".to_owned(),
            number: "1017000001".to_owned(),
            holder: "TRUONG MAU".to_owned(),
        };
        directory::add_bank_account(&store, &clock, &actor, SCHOOL, &account).expect("an account");
        let mut list = String::from("student_code,student_name,class\n");
        for number in 0..STUDENTS {
            let (grade, class) = (10 + number % 3, number % 15 + 1);
            let _ = writeln!(list, "HS{number:05},Học Sinh Mẫu {number},{grade}A{class}");
        }
        let table = read_table(list.as_bytes()).expect("a list");
        let done = import_students::run(&store, &clock, &actor, id, &table).expect("students");
        assert!(done.bad.is_empty(), "{:?}", done.bad.first());
        for item in 0..ITEMS {
            let terms = ItemTerms {
                name: format!("Khoản thu {item}"),
                unit: Unit::Month,
                compulsory: true,
                priority: i32::try_from(item).unwrap_or_default(),
                official_code: None,
                retired_on: None,
            };
            let code = format!("K{item}");
            catalogue::set_item(&store, &clock, &actor, (id, &code), &terms).expect("an item");
            for grade in 10..=12 {
                let price = PriceTerms {
                    price: Vnd::new(50_000 + i64::from(grade)),
                    zone: None,
                    level: None,
                    grade: Some(grade),
                    from: None,
                    to: None,
                };
                catalogue::set_price(&store, &clock, &actor, (id, &code), &price).expect("a price");
            }
        }
        School { store, clock, actor, id }
    }

    /// Issues rounds; how long the one in the middle took, from what was shown to what is durable.
    fn issue_rounds(&self) -> Duration {
        let prefixes = [Prefix::parse("HP").expect("a prefix")];
        let mut all: Vec<Duration> = (0..ROUNDS)
            .map(|number| {
                let code = format!("D{number}");
                let items = (0..ITEMS)
                    .map(|item| ItemOfRound { item: format!("K{item}"), quantity: 1, price: None })
                    .collect();
                let terms = RoundTerms {
                    name: format!("Đợt {number}"),
                    scope: Scope::School,
                    from: day(11, 1),
                    to: day(11, 30),
                    due_on: day(11, 30),
                    account: None,
                    items,
                    instalments: Vec::new(),
                };
                let at = (self.id, code.as_str());
                rounds::set(&self.store, &self.clock, &self.actor, at, &terms).expect("a round");
                let shown = issuing::preview(&self.store, &self.clock, self.id, &code)
                    .expect("a round that can be issued");
                let start = Instant::now();
                let issued = issuing::issue(
                    &self.store,
                    &self.clock,
                    &self.actor,
                    &prefixes,
                    at,
                    &shown.fingerprint,
                )
                .expect("a round that was shown");
                let took = start.elapsed();
                assert_eq!(usize::try_from(issued.invoices), Ok(STUDENTS));
                took
            })
            .collect();
        all.sort_unstable();
        all.get(all.len() / 2).copied().unwrap_or_default()
    }

    /// How long a page takes at the beginning, in the middle and at the end.
    fn pages(&self) -> Vec<(usize, Duration)> {
        [0, INVOICES / 2, INVOICES - 1_000]
            .into_iter()
            .map(|place| {
                let after =
                    (place > 0).then(|| i64::try_from(FIRST_FILLED + place).unwrap_or(i64::MAX));
                let filter = PageFilter { after, limit: 200, ..PageFilter::default() };
                let mut all: Vec<Duration> = (0..25)
                    .map(|_| {
                        let start = Instant::now();
                        let (page, next) =
                            show::invoices(&self.store, self.id, &filter).expect("a page");
                        assert!(page.len() == 200 && next.is_some(), "a full page");
                        start.elapsed()
                    })
                    .collect();
                all.sort_unstable();
                (place, all.get(all.len() / 2).copied().unwrap_or_default())
            })
            .collect()
    }
}

/// Ids of the invoices that only fill the table.
const FIRST_FILLED: usize = 10_000_000;

/// Fills the table of invoices.
fn fill(file: &str, school: SchoolId) {
    let mut connection = SqliteConnection::establish(file).expect("the database");
    connection
        .batch_execute(&format!(
            "PRAGMA synchronous = OFF; BEGIN; \
             WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < {INVOICES}) \
             INSERT INTO invoices (id, school_id, student_id, round_id, code, gross_dong, \
             waived_dong, net_dong, paid_dong, cancelled, due_on, issued_at) \
             SELECT {FIRST_FILLED} + x, {}, (SELECT MIN(id) FROM students), \
             (SELECT MIN(id) FROM collection_rounds), 'L' || x, 100000, 0, 100000, 0, 0, \
             '2026-11-30', '2026-11-24 01:00:00' FROM n; COMMIT;",
            school.0
        ))
        .expect("rows");
}
