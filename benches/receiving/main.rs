//! How fast notifications are acknowledged, durable and over real HTTP with 64 connections, as a ratio
//! to a bare group-committing receiver and to the same check without any store, all measured in turn
//! in the same run. Everything is made up.
//!
//! Seen on two processors with nothing else to do, a page durable in 0.13–0.18 ms, in three runs: of the
//! answers without a store the bare receiver gave 48–59 %, one commit a request 6 %, ours 39–53 % (84, 94
//! and 90 % of the bare one); p99 4–6 ms. What had cost most beside the bare one: the framework's routes,
//! which are regular expressions, as much as the signature; times formatted by a pattern; and an index
//! that only a school's list needs. What is left is rows of thirteen columns in three trees instead of
//! three in two, and the endpoint they refer to being looked up. On PostgreSQL 33 %, where a reference to
//! the school made each commit wait for whoever had locked the school to handle its inbox: without it
//! 19 % while that goes on, with it 1 %.

#![expect(clippy::print_stdout, reason = "a yardstick's result is what it prints")]
#![expect(clippy::disallowed_methods, reason = "a yardstick measures durations")]
#![expect(
    clippy::float_arithmetic,
    clippy::expect_used,
    reason = "ratios of durations, in a program that may just stop"
)]

mod bare;
mod load;
mod ours;

use std::future::Future;
use std::net::SocketAddr;
use std::path::Path;
use std::process::ExitCode;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, mpsc};
use std::thread::JoinHandle;

use actix_web::dev::ServerHandle;
use bare::Behind;
use chrono::NaiveDate;
use diesel::connection::SimpleConnection;
use diesel::{Connection, PgConnection};
use doisoat::clock::{Clock, SystemClock};
use doisoat::config::{self, Config};
use doisoat::domain::money::Vnd;
use doisoat::domain::notification::{Movement, Provider};
use doisoat::formats::notification::{self, Scheme, Secret, Terms};
use load::{CONNECTIONS, Load, count};
use ours::Inbox;
use tempfile::TempDir;

/// On SQLite with every commit synchronous, ours answers at least so many percent of what a bare
/// group-committing receiver answers.
const LEAST_OF_GROUP: f64 = 80.0;

/// And so many percent of what the same check answers without a store.
const LEAST_OF_NOTHING: f64 = 35.0;

/// On PostgreSQL so many.
const LEAST_OF_NOTHING_ON_POSTGRES: f64 = 25.0;

/// All but one in a hundred are answered within so many milliseconds.
const MOST_P99: f64 = 50.0;

/// Each candidate is measured so often, in turn.
const ROUNDS: usize = 5;

/// Different requests: more than any candidate can answer while it is measured.
const REQUESTS: i64 = 400_000;

const SERVER_VARIABLES: [&str; 2] = ["DOISOAT_BENCH_POSTGRES", "DOISOAT_TEST_POSTGRES"];
const SECRET: &str = "khoa-bi-mat-cua-du-lieu-mau-0123456789";
const ACCOUNT: &str = "1017000001";

/// A server that is measured.
pub struct Running {
    address: SocketAddr,
    path: String,
    /// Commits that brought something, where they can be counted.
    commits: Arc<AtomicUsize>,
    handle: ServerHandle,
    thread: JoinHandle<()>,
}

/// Runs a server on a thread of its own; `run` tells its handle.
fn serve<F: Future<Output = ()>>(
    (address, path, commits): (SocketAddr, String, Arc<AtomicUsize>),
    run: impl FnOnce(Box<dyn FnOnce(ServerHandle)>) -> F + Send + 'static,
) -> Running {
    let (tell, told) = mpsc::channel();
    let thread = std::thread::spawn(move || {
        let tell = move |handle| tell.send(handle).expect("somebody who waits");
        actix_web::rt::System::new().block_on(run(Box::new(tell)));
    });
    let handle = told.recv().expect("a server that starts");
    Running { address, path, commits, handle, thread }
}

/// The service's own settings, on a free port.
fn config(url: &str) -> Config {
    let mut config = config::from_parts(None, [], Some(url)).expect("settings");
    config.server.bind = "127.0.0.1:0".parse().expect("an address");
    config
}

/// Now, in seconds since 1970.
fn now() -> i64 {
    SystemClock.now().and_utc().timestamp()
}

/// Notifications as SePay signs them, signed just now.
fn requests() -> &'static [Vec<u8>] {
    let at = NaiveDate::from_ymd_opt(2026, 11, 24).and_then(|day| day.and_hms_opt(8, 0, 0));
    let (terms, secret) = (terms(), Secret::new(SECRET.to_owned()));
    let all: Vec<Vec<u8>> = (1..=REQUESTS)
        .map(|serial| {
            let movement = Movement {
                account: ACCOUNT.to_owned(),
                virtual_account: None,
                at: at.expect("a time"),
                amount: Vnd::new(1_250_000),
                reference: Some(format!("FT26306{serial:06}")),
                order: None,
                text: Some(format!("MBVCB.3278{serial:06}.029552.HP2P9Q7Q9 nop tien hoc phi")),
                payer_name: None,
                payer_account: None,
                payer_bank: None,
                through_gateway: false,
            };
            let told = (&movement, 1_000_000 + serial);
            load::written(&notification::sample(Provider::Sepay, &terms, &secret, told, now()))
        })
        .collect();
    // Tasks of the event loop live as long as the program as far as the compiler knows.
    all.leak()
}

fn terms() -> Terms {
    Terms {
        endpoint: "bare".to_owned(),
        scheme: Scheme::Signature,
        client: None,
        tolerance_seconds: 300,
    }
}

/// What is measured.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Candidate {
    Bare(Behind),
    Sqlite(Inbox),
    Postgres(Inbox),
}

impl Candidate {
    const fn name(self) -> &'static str {
        match self {
            Candidate::Bare(Behind::Nothing) => "no store",
            Candidate::Bare(Behind::Group) => "bare, group commit, SQLite",
            Candidate::Bare(Behind::EachAlone) => "bare, one commit each, SQLite",
            Candidate::Sqlite(Inbox::Paused) => "ours, SQLite",
            Candidate::Sqlite(Inbox::Running) => "ours, SQLite, inbox handled",
            Candidate::Postgres(Inbox::Paused) => "ours, PostgreSQL",
            Candidate::Postgres(Inbox::Running) => "ours, PostgreSQL, inbox handled",
        }
    }

    fn start(self, folder: &Path, server: Option<&str>) -> Running {
        let sqlite = || format!("sqlite:{}", folder.join("ours.db").display());
        match self {
            Candidate::Bare(behind) => {
                bare::start(behind, folder, terms(), Secret::new(SECRET.to_owned()))
            }
            Candidate::Sqlite(inbox) => ours::start(inbox, &sqlite(), folder),
            Candidate::Postgres(inbox) => {
                ours::start(inbox, &new_database(server.expect("a server")), folder)
            }
        }
    }
}

fn database_name() -> String {
    format!("doisoat_receiving_{}", std::process::id())
}

/// Runs statements on the server's own database.
fn on_server(server: &str, statements: &[String]) {
    let mut connection = PgConnection::establish(server).expect("the server");
    for statement in statements {
        connection.batch_execute(statement).expect("plain SQL");
    }
}

/// The statement that drops the database of this process.
fn drop_database() -> String {
    format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", database_name())
}

/// An empty database on the server, in place of the one before.
fn new_database(server: &str) -> String {
    let name = database_name();
    let create = format!("CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C'");
    on_server(server, &[drop_database(), create]);
    let (before, parameters) = server.split_once('?').unwrap_or((server, ""));
    let host = before.rsplit_once('/').map_or(before, |(host, _)| host);
    format!("{host}/{name}?{parameters}")
}

/// One candidate in one round.
struct Measured {
    load: Load,
    /// Requests of a commit.
    batch: Option<f64>,
}

fn measure(candidate: Candidate, requests: &'static [Vec<u8>], server: Option<&str>) -> Measured {
    // Beside the program, not where a system keeps its temporary files: that may be memory.
    let folder = TempDir::new_in(env!("CARGO_TARGET_TMPDIR")).expect("a folder");
    let running = candidate.start(folder.path(), server);
    let load = load::drive(running.address, &running.path, requests);
    drop(running.handle.stop(true));
    running.thread.join().expect("a server that stops");
    let commits = running.commits.load(Ordering::Relaxed);
    let batch = (commits > 0).then(|| count(load.taken) / count(commits));
    assert_eq!(load.refused, 0, "{}: not every request was taken", candidate.name());
    Measured { load, batch }
}

/// The one in the middle.
fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or_default()
}

fn main() -> ExitCode {
    let server = SERVER_VARIABLES
        .iter()
        .find_map(|name| std::env::var(name).ok().filter(|url| !url.is_empty()));
    let nothing = Candidate::Bare(Behind::Nothing);
    let group = Candidate::Bare(Behind::Group);
    let mut candidates = vec![
        nothing,
        group,
        Candidate::Sqlite(Inbox::Paused),
        Candidate::Sqlite(Inbox::Running),
        Candidate::Bare(Behind::EachAlone),
    ];
    match &server {
        Some(_) => candidates
            .extend([Candidate::Postgres(Inbox::Paused), Candidate::Postgres(Inbox::Running)]),
        None => println!("PostgreSQL skipped: neither {} is set", SERVER_VARIABLES.join(" nor ")),
    }
    // `-- "ours, SQLite"` measures nothing else: for a profiler.
    let only: Vec<String> = std::env::args().skip(1).filter(|one| !one.starts_with('-')).collect();
    candidates.retain(|one| only.is_empty() || only.iter().any(|name| name == one.name()));
    let folder = TempDir::new_in(env!("CARGO_TARGET_TMPDIR")).expect("a folder");
    println!("a page made durable here: {:.2?} (median)", bare::fsync(folder.path()));

    let mut rounds: Vec<Vec<Measured>> = Vec::with_capacity(ROUNDS);
    let requests = requests();
    for _ in 0..ROUNDS {
        let measured = candidates.iter().map(|one| measure(*one, requests, server.as_deref()));
        rounds.push(measured.collect());
    }
    if let Some(server) = &server {
        on_server(server, &[drop_database()]);
    }

    println!(
        "{CONNECTIONS} connections, medians of {ROUNDS} rounds:\n{:<32} {:>9} {:>11} {:>9} {:>8} {:>8} {:>8} {:>6}",
        "", "answers/s", "of no store", "of bare", "p50 ms", "p99 ms", "max ms", "batch"
    );
    let mut within = true;
    for (place, candidate) in candidates.iter().enumerate() {
        let of = |value: &dyn Fn(&[Measured], &Measured) -> f64| {
            median(rounds.iter().filter_map(|round| Some(value(round, round.get(place)?))))
        };
        let rate = |round: &[Measured], wanted: Candidate| {
            let place = candidates.iter().position(|one| *one == wanted);
            place.and_then(|place| round.get(place)).map_or(1.0, |one| one.load.per_second)
        };
        let percent =
            |wanted: Candidate| of(&|round, one| 100.0 * one.load.per_second / rate(round, wanted));
        let (of_nothing, of_group) = (percent(nothing), percent(group));
        let p99 = of(&|_, one| one.load.percentile(99));
        println!(
            "{:<32} {:>9.0} {:>9.1} % {:>7.1} % {:>8.2} {:>8.2} {:>8.2} {:>6.1}",
            candidate.name(),
            of(&|_, one| one.load.per_second),
            of_nothing,
            of_group,
            of(&|_, one| one.load.percentile(50)),
            p99,
            of(&|_, one| one.load.percentile(100)),
            of(&|_, one| one.batch.unwrap_or_default()),
        );
        let mut bar = |name: &str, holds: bool| {
            if !holds {
                println!("    MISSED: {name}");
                within = false;
            }
        };
        match candidate {
            Candidate::Sqlite(Inbox::Paused) => {
                bar("of the bare group commit", of_group >= LEAST_OF_GROUP);
                bar("of no store", of_nothing >= LEAST_OF_NOTHING);
                bar("p99", p99 <= MOST_P99);
            }
            Candidate::Postgres(Inbox::Paused) => {
                bar("of no store", of_nothing >= LEAST_OF_NOTHING_ON_POSTGRES);
                bar("p99", p99 <= MOST_P99);
            }
            Candidate::Bare(_)
            | Candidate::Sqlite(Inbox::Running)
            | Candidate::Postgres(Inbox::Running) => {}
        }
    }
    println!(
        "bars: {LEAST_OF_GROUP} % of the bare group commit and {LEAST_OF_NOTHING} % of no store on \
         SQLite, {LEAST_OF_NOTHING_ON_POSTGRES} % of no store on PostgreSQL, p99 {MOST_P99} ms"
    );
    if within { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
