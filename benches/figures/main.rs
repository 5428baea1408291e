//! How long the pages of an authority take: a district on SQLite, or with the URL of an empty PostgreSQL
//! database a province; then ten times as many pupils, and what adding everything up costs beside one bare
//! sum of the same rows. Everything is made up. `small` measures a tenth of it.

#![expect(clippy::print_stdout, reason = "a yardstick's result is what it prints")]
#![expect(clippy::disallowed_methods, reason = "a yardstick measures durations")]
#![expect(clippy::expect_used, reason = "a program that may just stop")]

mod filled;
#[expect(dead_code, reason = "of a school only where it is kept is needed here")]
#[path = "../school/mod.rs"]
mod school;
#[expect(dead_code, reason = "nothing is sent here")]
#[path = "../pages/serving.rs"]
mod serving;

use std::process::ExitCode;
use std::time::{Duration, Instant};

use doisoat::domain::access::Role;
use doisoat::domain::cashless::Settings;
use doisoat::domain::lang::Lang;
use doisoat::domain::period::Month;
use doisoat::domain::reporting_period::ReportingPeriod;
use doisoat::ids::RandomIds;
use doisoat::service::dashboard::{self, Asked};
use doisoat::service::keys::Reach;
use doisoat::service::sessions::{self, Outcome};
use doisoat::service::users::{self, NewUser};
use filled::{AUTHORITY, Size};
use serving::Served;

/// What the page may take, in milliseconds: of a district on SQLite, of a province on PostgreSQL.
const BARS: (u128, u128) = (100, 300);

/// How often each page is asked for.
const ROUNDS: usize = 30;

/// What the same page may take with ten times as much behind it, in percent.
const GROWTH: u128 = 130;

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let province = words.iter().find(|word| word.starts_with("postgres"));
    let small = words.iter().any(|word| word == "small");
    let (schools, bar) = if province.is_some() { (1_000, BARS.1) } else { (300, BARS.0) };
    let schools = if small { schools / 10 } else { schools };
    let folder = tempfile::TempDir::with_prefix("doisoat-bench-").expect("a folder");
    let mut medians = Vec::new();
    let mut quick = true;
    for (round, pupils) in [10, 100].into_iter().enumerate() {
        let file = folder.path().join(format!("{round}.db"));
        let url = province.cloned().unwrap_or_else(|| format!("sqlite:{}", file.display()));
        let size = Size { schools, months: 36, pupils };
        let school = filled::fill(&url, &size, round > 0);
        println!("{schools} schools, 36 months, {} allocations", size.rows());
        let (cold, sum) = recomputed(&school, &url);
        println!(
            "  added up from the ledger, the last 12 months: {} ms; bare sums of the same rows: {} ms",
            cold.as_millis(),
            sum.as_millis()
        );
        quick &= cold <= sum * 2;
        let median = page(&url, &school);
        println!(
            "  the authority's page, median of {ROUNDS}: {} ms (bar {bar} ms)",
            median.as_millis()
        );
        medians.push(median);
    }
    let [few, many] = medians.as_slice() else { return ExitCode::FAILURE };
    let growth = many.as_micros() * 100 / few.as_micros().max(1);
    println!("ten times as much behind the page: {growth} % of the time (bar {GROWTH} %)");
    println!("adding up at half the speed of a bare sum: {}", if quick { "yes" } else { "no" });
    let good = many.as_millis() <= bar && growth <= GROWTH && quick;
    if good { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn month() -> Month {
    "2026-10".parse().expect("a month")
}

/// The first look at the authority's months, of which nothing is kept, and a bare sum of their rows.
fn recomputed(school: &school::School, url: &str) -> (Duration, Duration) {
    let begun = Instant::now();
    let asked = (ReportingPeriod::Month(month()), &Asked::default());
    let school::School { store, clock, .. } = school;
    dashboard::of_authority(store, clock, AUTHORITY, asked, Settings::default()).expect("figures");
    let cold = begun.elapsed();
    let begun = Instant::now();
    filled::bare_sum(url, month());
    (cold, begun.elapsed())
}

/// What the page takes for somebody who supervises.
fn page(url: &str, school: &school::School) -> Duration {
    let mut served = Served::start(url, school);
    let school::School { store, clock, actor, .. } = school;
    let new = NewUser {
        email: "can.bo@example.test".to_owned(),
        name: "Cán Bộ Mẫu".to_owned(),
        lang: Lang::Vi,
        second_factor_exempt: true,
        grants: vec![(Role::Supervisor, Reach::Everything)],
    };
    let password = "ngua trang an co xanh 2026";
    users::create(store, (clock, &RandomIds), actor, &new, password).expect("a new person");
    let signed = sessions::sign_in(store, clock, &RandomIds, &new.email, password, "192.0.2.1");
    let Outcome::SignedIn { secret } = signed.expect("an answer") else {
        panic!("the password is right")
    };
    served.cookie = format!("doisoat={secret}");
    let mut connection = served.connect();
    let target = format!("/figures/{AUTHORITY}?period={}", month());
    connection.page(&target);
    let mut times: Vec<Duration> = (0..ROUNDS)
        .map(|_| {
            let begun = Instant::now();
            connection.page(&target);
            begun.elapsed()
        })
        .collect();
    times.sort_unstable();
    drop(connection);
    served.stop();
    times.get(ROUNDS / 2).copied().unwrap_or_default()
}
