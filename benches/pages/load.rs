//! Fifty requests a second, each counted from when it was due, so that a late one makes nothing look
//! faster.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use doisoat::http::pages::assets::STYLE;

use crate::school::School;
use crate::serving::{Connection, Served};

/// 95 of 100 pages take no longer than this.
const BAR: Duration = Duration::from_millis(150);

/// Requests of a second.
const A_SECOND: usize = 50;

/// Connections that ask.
const PEOPLE: usize = 16;

/// How long is measured where nothing else happens.
const QUIET: Duration = Duration::from_secs(6);

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

/// What stood under which share of the durations.
#[derive(Clone, Copy)]
struct Taken {
    half: Duration,
    most: Duration,
    nearly_all: Duration,
    slowest: Duration,
}

/// Pages at rest, and while a statement is taken in by the same service; whether those stay within the bar.
pub fn run(served: &Served, file: &[u8]) -> bool {
    let rest = || std::thread::sleep(QUIET);
    let bare = measure(served, "the stylesheet, at rest", &[STYLE.href.as_str()], rest);
    let pages: Vec<String> =
        PAGES.iter().map(|page| format!("/s/{}{page}", School::CODE)).collect();
    let pages: Vec<&str> = pages.iter().map(String::as_str).collect();
    let quiet = measure(served, "pages, at rest", &pages, rest);
    let busy = measure(served, "pages, while a statement is taken in", &pages, || {
        take_in(&mut served.connect(), file);
    });
    let empty = measure(served, "the stylesheet again", &[STYLE.href.as_str()], rest);
    println!(
        "p95 of pages while a statement is taken in: {} of the same at rest, {} of the stylesheet",
        times(busy.most, quiet.most),
        times(busy.most, bare.most.max(empty.most))
    );
    let within = busy.most <= BAR;
    let verdict = if within { "" } else { "  TOO LONG" };
    println!("p95 {:.1?} (bar {BAR:?}){verdict}", busy.most);
    within
}

/// How many times one duration is another, with a decimal.
pub fn times(one: Duration, other: Duration) -> String {
    let tenths = one.as_micros() * 10 / other.as_micros().max(1);
    format!("{}.{} ×", tenths / 10, tenths % 10)
}

/// Plans and commits a statement.
pub fn take_in(connection: &mut Connection, file: &[u8]) {
    let target = format!("/api/v1/schools/{}/statements", School::CODE);
    let start = Instant::now();
    let plan = connection.post(&format!("{target}?file_name=mau.xml"), "plan", file);
    let planned = start.elapsed();
    let plan: serde_json::Value = serde_json::from_str(&plan).expect("a plan");
    let id = plan.get("id").and_then(serde_json::Value::as_i64).expect("its number");
    connection.post(&format!("{target}/{id}/commit"), "commit", b"");
    println!("taken in: planned in {planned:.1?}, committed after {:.1?}", start.elapsed());
}

/// Asks for pages while something happens, and prints how long they took.
fn measure(served: &Served, what: &str, pages: &[&str], happens: impl FnOnce()) -> Taken {
    let (next, over) = (AtomicUsize::new(0), AtomicBool::new(false));
    let start = Instant::now();
    let mut durations: Vec<Duration> = std::thread::scope(|scope| {
        let people: Vec<_> = (0..PEOPLE)
            .map(|_| scope.spawn(|| ask(served.connect(), pages, (&next, &over), start)))
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
    let taken = Taken { half: at(50), most: at(95), nearly_all: at(99), slowest: at(100) };
    println!(
        "{what}: {} requests, p50 {:.1?}, p95 {:.1?}, p99 {:.1?}, slowest {:.1?}",
        durations.len(),
        taken.half,
        taken.most,
        taken.nearly_all,
        taken.slowest
    );
    taken
}

/// Asks for one page after the other, each when it is due, until it is over; how long each took since then.
fn ask(
    mut connection: Connection,
    pages: &[&str],
    (next, over): (&AtomicUsize, &AtomicBool),
    start: Instant,
) -> Vec<Duration> {
    let mut took = Vec::new();
    while !over.load(Ordering::Relaxed) {
        let number = next.fetch_add(1, Ordering::Relaxed);
        let micros = u64::try_from(number * 1_000_000 / A_SECOND).expect("a short time");
        let due = start + Duration::from_micros(micros);
        std::thread::sleep(due.saturating_duration_since(Instant::now()));
        connection.page(pages.get(number % pages.len()).expect("a page"));
        took.push(due.elapsed());
    }
    took
}
