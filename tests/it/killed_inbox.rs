//! The process dies at any moment while providers notify it. What it acknowledged is there when it
//! comes back, what it did not is sent again, and in the end each movement is one payment.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::os::unix::process::ExitStatusExt as _;
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::{self, JoinHandle, sleep};
use std::time::Duration;

use doisoat::clock::{Clock as _, SystemClock};
use doisoat::domain::notification::Provider;
use doisoat::formats::notification::{self, Secret, Signed, Terms};
use doisoat::service::queue;

use crate::support::crowd::{DUE, code, enroll};
use crate::support::feed::{Feed, SECRET, TEST_KEY, movement, secret};
use crate::support::program::doisoat;
use crate::support::school::School;
use crate::support::{Backend, TestDb, for_each_backend};

/// What ends a process: from outside, and when it aborts.
const KILL: i32 = 9;
const ABORT: i32 = 6;

/// Movements that are new in each round, and who sends at the same time.
const EACH_ROUND: usize = 24;
const SENDERS: usize = 4;

/// Who tells of each movement.
const PROVIDERS: [Provider; 2] = [Provider::Sepay, Provider::Casso];

/// A service that is running.
pub struct Service {
    child: Child,
    pub address: SocketAddr,
    log: Option<JoinHandle<String>>,
}

impl Drop for Service {
    fn drop(&mut self) {
        // Nothing of a test that failed goes on running.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

pub fn command(db: &TestDb) -> Command {
    let mut command = doisoat(["serve", "--database"]);
    command
        .arg(&db.url)
        .env("DOISOAT_SECRETS__KEY", TEST_KEY)
        .env("DOISOAT_SERVER__BIND", "127.0.0.1:0")
        .env("DOISOAT_SERVER__WORKERS", "2")
        .env("DOISOAT_WEBHOOKS__LEASE_SECONDS", "10")
        // Many short transactions, so that there are many moments.
        .env("DOISOAT_WEBHOOKS__BATCH", "10")
        .stdout(Stdio::null())
        .stderr(Stdio::piped());
    command
}

impl Service {
    /// Starts it and waits until it listens.
    pub fn start(mut command: Command) -> Service {
        let mut child = command.spawn().unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap());
        let mut seen = String::new();
        let address = loop {
            let mut line = String::new();
            assert!(lines.read_line(&mut line).unwrap() > 0, "it ended early: {seen}");
            seen += &line;
            if line.contains("serving")
                && let Some((_, rest)) = line.split_once("address=")
            {
                break rest.split_whitespace().next().unwrap().parse().unwrap();
            }
        };
        let log = thread::spawn(move || {
            let mut rest = Vec::new();
            lines.read_to_end(&mut rest).unwrap();
            seen + &String::from_utf8_lossy(&rest)
        });
        Service { child, address, log: Some(log) }
    }

    /// Kills it at once; what it had written to its log.
    pub fn kill(mut self) -> String {
        self.child.kill().unwrap();
        let status = self.child.wait().unwrap();
        assert_eq!(status.signal(), Some(KILL), "it did not end by itself");
        self.log.take().unwrap().join().unwrap()
    }
}

/// Sends a request; its status, where it was answered.
fn post(to: SocketAddr, path: &str, signed: &Signed) -> Option<u16> {
    let mut stream = TcpStream::connect(to).ok()?;
    stream.set_read_timeout(Some(Duration::from_secs(30))).ok()?;
    let mut head = format!(
        "POST {path} HTTP/1.1\r\nHost: test\r\nConnection: close\r\nContent-Length: {}\r\n",
        signed.body.len()
    );
    for (name, value) in &signed.headers {
        write!(head, "{name}: {value}\r\n").unwrap();
    }
    stream.write_all(format!("{head}\r\n{}", signed.body).as_bytes()).ok()?;
    let mut answer = Vec::new();
    // The connection may be cut off after the answer's first line: then nobody was told anything.
    let mut buffer = [0; 4096];
    while let Ok(read @ 1..) = stream.read(&mut buffer) {
        answer.extend_from_slice(&buffer[..read]);
    }
    let text = String::from_utf8_lossy(&answer);
    text.contains("{\"success\"").then_some(())?;
    text.split(' ').nth(1)?.parse().ok()
}

/// A movement told by a provider.
type Told = (usize, Provider);

/// What is agreed with each provider.
fn endpoints(school: &School) -> Vec<(Provider, Terms)> {
    let feed = Feed::of(school);
    PROVIDERS.into_iter().map(|provider| (provider, feed.terms(provider))).collect()
}

/// The request by which a provider tells of a movement: two halves for each pupil.
fn request(endpoints: &[(Provider, Terms)], (number, provider): Told) -> (String, Signed) {
    let told = movement(
        "2026-11-20 08:00:00",
        DUE / 2,
        &format!("FT26{number:09}"),
        &format!("{} nop hoc phi", code(number / 2)),
    );
    let terms = &endpoints.iter().find(|(known, _)| *known == provider).unwrap().1;
    let now = SystemClock.now().and_utc().timestamp();
    let serial = i64::try_from(number + 1).unwrap();
    let signed = notification::sample(provider, terms, &secret(provider), (&told, serial), now);
    (format!("/webhooks/{}/{}", provider.as_str(), terms.endpoint), signed)
}

/// Sends deliveries in their order, several at the same time, until all are sent or nobody answers.
fn send(
    to: SocketAddr,
    endpoints: &[(Provider, Terms)],
    (deliveries, next): (&[Told], &AtomicUsize),
    acknowledged: &Mutex<BTreeSet<Told>>,
) {
    thread::scope(|scope| {
        for _ in 0..SENDERS {
            scope.spawn(|| {
                while let Some(told) = deliveries.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let (path, signed) = request(endpoints, *told);
                    match post(to, &path, &signed) {
                        Some(200) => drop(acknowledged.lock().unwrap().insert(*told)),
                        Some(status) => assert_eq!(status, 503),
                        None => break,
                    }
                }
            });
        }
    });
}

/// What the database has of a provider's notifications, by the movement's number.
fn stored(db: &TestDb) -> BTreeSet<Told> {
    let lines = db.words(
        "SELECT e.provider || ' ' || n.provider_id AS value FROM notifications n \
         JOIN webhook_endpoints e ON e.id = n.endpoint_id",
    );
    lines
        .iter()
        .map(|line| {
            let (provider, id) = line.split_once(' ').unwrap();
            let serial = id.rsplit('/').next().unwrap();
            (serial.parse::<usize>().unwrap() - 1, Provider::parse(provider).unwrap())
        })
        .collect()
}

/// Lets every lease end, as if its time had passed.
fn end_leases(db: &TestDb) {
    db.execute(
        "UPDATE notifications SET leased_until = received_at WHERE leased_until IS NOT NULL",
    );
}

fn waiting(db: &TestDb) -> i64 {
    db.number("SELECT COUNT(*) AS value FROM notifications WHERE state = 'waiting'")
}

/// Each movement is one payment of its pupil's invoice.
fn check(db: &TestDb, school: &School, movements: usize) {
    assert_eq!(
        db.number("SELECT COUNT(*) AS value FROM notifications WHERE state <> 'done'"),
        0,
        "all is handled"
    );
    let school = School::open(db, school.id);
    assert_eq!(school.payments().len(), movements, "none twice, none missing");
    let paid_in_full: BTreeSet<String> = (0..movements / 2).map(code).collect();
    for invoice in queue::invoices(&school.store, school.id).unwrap() {
        let expected = if paid_in_full.contains(&invoice.code) { DUE } else { 0 };
        assert_eq!(invoice.paid.dong(), expected, "{}", invoice.code);
    }
    school.verify();
}

#[test]
fn a_service_killed_at_any_moment_loses_nothing_it_acknowledged_and_does_nothing_twice() {
    for_each_backend(|db| {
        let kills = match db.backend {
            Backend::Sqlite => 14,
            Backend::Postgres => 8,
        };
        let school = School::create(db);
        enroll(&school, (kills + 1) * EACH_ROUND / 2);
        let endpoints = endpoints(&school);
        let acknowledged: Mutex<BTreeSet<Told>> = Mutex::default();
        let (mut under_way, mut half_done) = (0, 0);
        for round in 0..kills {
            let service = Service::start(command(db));
            let end = (round + 1) * EACH_ROUND;
            // First what was not acknowledged, as providers do; then what is new, and all over again.
            let known = acknowledged.lock().unwrap().clone();
            let all: Vec<Told> =
                (0..end).flat_map(|number| PROVIDERS.map(|provider| (number, provider))).collect();
            let open = all.iter().filter(|told| !known.contains(told));
            let deliveries: Vec<Told> = open.chain(all.iter().rev()).copied().collect();
            let next = AtomicUsize::new(0);
            let address = service.address;
            let died = thread::scope(|scope| {
                scope.spawn(|| send(address, &endpoints, (&deliveries, &next), &acknowledged));
                // Sooner and later than the first transactions are done.
                let moment = u64::try_from(round * 600 / kills).unwrap();
                sleep(Duration::from_millis(20 + moment));
                drop(service.kill());
                next.load(Ordering::Relaxed)
            });
            let found = stored(db);
            let told = acknowledged.lock().unwrap().clone();
            let missing: Vec<&Told> = told.difference(&found).collect();
            assert!(missing.is_empty(), "round {round}: acknowledged and gone: {missing:?}");
            under_way += usize::from(died < deliveries.len());
            half_done += usize::from(waiting(db) > 0);
            School::open(db, school.id).verify();
            end_leases(db);
        }
        let service = Service::start(command(db));
        let movements = kills * EACH_ROUND;
        let known = acknowledged.lock().unwrap().clone();
        let open: Vec<Told> = (0..movements)
            .flat_map(|number| PROVIDERS.map(|provider| (number, provider)))
            .filter(|told| !known.contains(told))
            .collect();
        send(service.address, &endpoints, (&open, &AtomicUsize::new(0)), &acknowledged);
        assert_eq!(
            acknowledged.lock().unwrap().len(),
            movements * PROVIDERS.len(),
            "the retries are taken"
        );
        for _ in 0..3_000 {
            if waiting(db) == 0 {
                break;
            }
            sleep(Duration::from_millis(20));
        }
        drop(service.kill());
        println!(
            "{kills} kills, {under_way} while requests came, {half_done} with work left; \
             {} of {} acknowledged before the last start",
            known.len(),
            movements * PROVIDERS.len()
        );
        assert!(half_done > kills / 3, "only {half_done} kills left work");
        assert_eq!(stored(db).len(), movements * PROVIDERS.len());
        check(db, &school, movements);
    });
}

#[test]
fn a_service_that_dies_between_any_two_steps_goes_on_where_it_was() {
    for_each_backend(|db| {
        let template = School::create(db);
        enroll(&template, 2);
        let endpoints = endpoints(&template);
        let id = template.id;
        // Closed, so that the database can be copied.
        drop(template);
        // Where it dies, whether it had answered, how many rows there are then, and how many attempts
        // there are in the end.
        for (place, answered, rows, attempts) in [
            ("notification.verified", false, 0, 1),
            ("notification.inserted", false, 0, 1),
            ("notification.committed", false, 1, 1),
            ("inbox.claimed", true, 1, 2),
            ("inbox.applied", true, 1, 2),
            ("inbox.committed", true, 1, 1),
        ] {
            let copy = db.duplicate();
            let mut armed = command(&copy);
            armed.env("DOISOAT_FAILPOINT", place);
            let mut service = Service::start(armed);
            let told = (0, Provider::Sepay);
            let (path, signed) = request(&endpoints, told);
            let status = post(service.address, &path, &signed);
            // It is answered or not before the inbox is looked at: both happen at the same time.
            if !answered {
                assert_eq!(status, None, "{place}");
            }
            let ended = service.child.wait().unwrap();
            assert_eq!(ended.signal(), Some(ABORT), "{place}");
            drop(service);
            assert_eq!(copy.number("SELECT COUNT(*) AS value FROM notifications"), rows, "{place}");
            School::open(&copy, id).verify();
            end_leases(&copy);

            let service = Service::start(command(&copy));
            let known = if rows == 0 { "stored now" } else { "known before" };
            let (path, signed) = request(&endpoints, told);
            assert_eq!(post(service.address, &path, &signed), Some(200), "{place}: {known}");
            for _ in 0..1_500 {
                if waiting(&copy) == 0 {
                    break;
                }
                sleep(Duration::from_millis(20));
            }
            drop(service.kill());
            assert_eq!(
                copy.number("SELECT attempts AS value FROM notifications WHERE state = 'done'"),
                attempts,
                "{place}"
            );
            let school = School::open(&copy, id);
            assert_eq!(school.payments().len(), 1, "{place}");
            assert_eq!(school.payments()[0].state.decision.as_str(), "settled", "{place}");
            school.verify();
        }
    });
}

#[test]
fn no_secret_is_in_the_log_even_when_everything_is_logged() {
    for_each_backend(|db| {
        let school = School::create(db);
        enroll(&school, 2);
        let endpoints = endpoints(&school);
        let mut loud = command(db);
        loud.env("DOISOAT_LOG__FILTER", "trace");
        let service = Service::start(loud);
        let (path, signed) = request(&endpoints, (0, Provider::Sepay));
        assert_eq!(post(service.address, &path, &signed), Some(200));
        let feed = Feed::of(&school);
        let key = feed.create(Provider::Sepay, Some("key"));
        let told = movement("2026-11-20 08:00:00", 1_000, "FT1", "nop");
        let now = SystemClock.now().and_utc().timestamp();
        for (why, secret, status) in
            [("the key", SECRET.to_owned(), 200), ("another", format!("{SECRET}-sai"), 401)]
        {
            let secret = Secret::new(secret);
            let signed = notification::sample(Provider::Sepay, &key, &secret, (&told, 9), now);
            let path = format!("/webhooks/sepay/{}", key.endpoint);
            assert_eq!(post(service.address, &path, &signed), Some(status), "{why}");
        }
        for _ in 0..500 {
            if waiting(db) == 0 {
                break;
            }
            sleep(Duration::from_millis(20));
        }
        let log = service.kill();
        assert!(log.len() > 1_000, "it says something");
        for canary in [SECRET, TEST_KEY, "nop hoc phi", &code(0)] {
            let line = log.lines().find(|line| line.contains(canary));
            assert_eq!(line, None, "{canary} is in the log");
        }
    });
}
