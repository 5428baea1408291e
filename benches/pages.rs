//! How long pages take for people who are signed in while a large statement is taken in, on SQLite: 50
//! requests a second, each counted from when it was due. Everything is made up. A number as the argument
//! is another number of entries.

#![expect(clippy::print_stdout, reason = "a yardstick's result is what it prints")]
#![expect(clippy::disallowed_methods, reason = "a yardstick measures durations")]
#![expect(clippy::expect_used, reason = "a program that may just stop")]

mod school;

use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use doisoat::app::Application;
use doisoat::clock::{Clock, FixedClock};
use doisoat::config;
use doisoat::containment::{Limits, StatementReader};
use doisoat::domain::access::Role;
use doisoat::domain::lang::Lang;
use doisoat::ids::RandomIds;
use doisoat::service::keys::Reach;
use doisoat::service::plan::NewFile;
use doisoat::service::sessions::{self, Outcome};
use doisoat::service::users::{self, NewUser};
use doisoat::service::{Store, commit, plan};
use school::{DONG, School};
use tempfile::TempDir;

/// 95 of 100 pages take no longer than this.
const BAR: Duration = Duration::from_millis(150);

/// Entries of the statement, where no other number is given.
const ENTRIES: usize = 100_000;

/// Requests of a second.
const A_SECOND: usize = 50;

/// Connections that ask.
const PEOPLE: usize = 16;

/// How long is measured before the import begins, and at least.
const QUIET: Duration = Duration::from_secs(5);

/// What people look at, as often as it stands here.
const PAGES: [&str; 10] = [
    "",
    "/queue",
    "/queue?tab=proposed",
    "/queue",
    "/students",
    "/receivables",
    "/cash",
    "/statements",
    "/search?text=HS000012",
    "/periods",
];

const PASSWORD: &str = "ngua trang an co xanh 2026";

fn main() -> ExitCode {
    let asked = std::env::args().skip(1).find_map(|word| word.parse().ok());
    let entries: usize = asked.unwrap_or(ENTRIES);
    let folder = TempDir::with_prefix("doisoat-bench-").expect("a folder");
    let url = format!("sqlite:{}", folder.path().join("bench.db").display());
    let school = School::create(&url, entries);
    let file = school.statement(|number, code| {
        let code = if number % 100 < 96 { code } else { "chuyen" };
        (DONG, code.to_owned())
    });
    let cookie = signed_in(&school);
    let (address, stop) = serve(&url, &school);

    let within = measure(address, &cookie, "at rest", || std::thread::sleep(QUIET));
    let within_import = measure(address, &cookie, "while a statement is taken in", || {
        let start = Instant::now();
        take_in(&school, &file);
        println!("{entries} entries taken in, in {:.1?}", start.elapsed());
    });
    stop();
    if within && within_import { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// The cookie of an accountant.
fn signed_in(school: &School) -> String {
    let School { store, clock, actor, .. } = school;
    let new = NewUser {
        email: "ke.toan@example.test".to_owned(),
        name: "Kế Toán Mẫu".to_owned(),
        lang: Lang::Vi,
        second_factor_exempt: true,
        grants: vec![(Role::Accountant, Reach::Everything)],
    };
    users::create(store, (clock, &RandomIds), actor, &new, PASSWORD).expect("a new person");
    let outcome = sessions::sign_in(store, clock, &RandomIds, &new.email, PASSWORD, "192.0.2.1");
    let Outcome::SignedIn { secret } = outcome.expect("an answer") else {
        panic!("the password is right")
    };
    format!("doisoat={secret}")
}

/// Serves the school on a port of its own; what ends that.
fn serve(url: &str, school: &School) -> (SocketAddr, impl FnOnce()) {
    let mut config = config::from_parts(None, [], Some(url)).expect("settings");
    config.server.bind = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    config.server.workers = 2;
    "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=".clone_into(&mut config.secrets.key);
    let store = Store::open(url, 8, 30_000).expect("a database");
    let clock: Arc<dyn Clock> = Arc::new(FixedClock::at(school.clock.now()));
    let (tell, told) = mpsc::channel();
    let thread = std::thread::spawn(move || {
        actix_web::rt::System::new().block_on(async {
            let built = Application::build(&config, store, reader(), clock).expect("a server");
            tell.send((built.address(), built.handle())).expect("somebody listens");
            built.run().await.expect("it ends when it is told to");
        });
    });
    let (address, handle) = told.recv().expect("an address");
    let stop = move || {
        drop(handle.stop(false));
        thread.join().expect("it ended well");
    };
    (address, stop)
}

fn reader() -> StatementReader {
    StatementReader::new(env!("CARGO_BIN_EXE_doisoat").into(), Limits::default())
}

fn take_in(school: &School, file: &[u8]) {
    let School { store, clock, actor, id } = school;
    let mut content = tempfile::tempfile().expect("a temporary file");
    content.write_all(file).expect("room for it");
    let new = NewFile::plain("mau.xml", &content);
    let planned = plan::run(store, clock, &reader(), actor, *id, &new).expect("a file in order");
    commit::run(store, clock, actor, *id, planned.id).expect("a plan in order");
}

/// Asks for pages while something happens, prints how long they took, and says whether that is within
/// the bar.
fn measure(address: SocketAddr, cookie: &str, what: &str, happens: impl FnOnce()) -> bool {
    let (next, over) = (AtomicUsize::new(0), AtomicBool::new(false));
    let start = Instant::now();
    let mut durations: Vec<Duration> = std::thread::scope(|scope| {
        let people: Vec<_> = (0..PEOPLE)
            .map(|_| scope.spawn(|| ask(address, cookie, (&next, &over), start)))
            .collect();
        happens();
        over.store(true, Ordering::Relaxed);
        people.into_iter().flat_map(|one| one.join().expect("all pages came")).collect()
    });
    durations.sort_unstable();
    let at = |percent: usize| {
        let place = (durations.len() * percent / 100).min(durations.len().saturating_sub(1));
        durations.get(place).copied().unwrap_or_default()
    };
    let verdict = if at(95) <= BAR { "" } else { "  TOO LONG" };
    println!(
        "{what}: {} pages, p50 {:.1?}, p95 {:.1?}, p99 {:.1?}, slowest {:.1?} (bar of p95 {BAR:?}){verdict}",
        durations.len(),
        at(50),
        at(95),
        at(99),
        at(100)
    );
    at(95) <= BAR
}

/// Asks for one page after the other, each when it is due, until it is over; how long each took since then.
fn ask(
    address: SocketAddr,
    cookie: &str,
    (next, over): (&AtomicUsize, &AtomicBool),
    start: Instant,
) -> Vec<Duration> {
    let mut stream = TcpStream::connect(address).expect("a connection");
    stream.set_nodelay(true).expect("a socket");
    let mut took = Vec::new();
    while !over.load(Ordering::Relaxed) {
        let number = next.fetch_add(1, Ordering::Relaxed);
        let micros = u64::try_from(number * 1_000_000 / A_SECOND).expect("a short time");
        let due = start + Duration::from_micros(micros);
        std::thread::sleep(due.saturating_duration_since(Instant::now()));
        let page = PAGES.get(number % PAGES.len()).expect("a page");
        let request = format!(
            "GET /s/THCS-MAU{page} HTTP/1.1\r\nHost: localhost\r\nCookie: {cookie}\r\nAccept-Encoding: gzip\r\n\r\n"
        );
        stream.write_all(request.as_bytes()).expect("a connection");
        let status = answer(&mut stream);
        assert_eq!(status, "200", "{page}");
        took.push(due.elapsed());
    }
    took
}

/// Reads an answer to its end; its status.
fn answer(stream: &mut TcpStream) -> String {
    let mut bytes = Vec::new();
    let mut buffer = [0_u8; 64 * 1024];
    loop {
        let read = stream.read(&mut buffer).expect("a connection");
        assert!(read > 0, "the server closed the connection");
        bytes.extend_from_slice(buffer.get(..read).unwrap_or_default());
        let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") else { continue };
        let head = String::from_utf8_lossy(bytes.get(..end).unwrap_or_default()).into_owned();
        let length = head
            .lines()
            .find_map(|line| {
                line.to_ascii_lowercase().strip_prefix("content-length: ")?.parse().ok()
            })
            .unwrap_or(0_usize);
        if bytes.len() >= end + 4 + length {
            return head.split(' ').nth(1).unwrap_or_default().to_owned();
        }
    }
}
