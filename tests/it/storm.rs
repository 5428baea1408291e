//! Notifications as they come on a bad week: each movement told by three providers, each many times,
//! in no order, up to 76 hours late, fifty at once, with workers at it and statements of the same
//! money imported in between. In the end there is one payment for each movement.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use chrono::{NaiveDateTime, TimeDelta};
use doisoat::clock::{Clock as _, local_time};
use doisoat::domain::notification::{Movement, Provider};
use doisoat::service::inbox::Settings;
use doisoat::service::queue;
use doisoat::service::receiving::Outcome;
use doisoat::worker::{Bell, Workers};

use crate::mutations::Numbers;
use crate::support::crowd::{DUE, OwnedLine, borrowed, code, enroll};
use crate::support::feed::{Feed, movement};
use crate::support::for_each_backend;
use crate::support::hooks::Hook;
use crate::support::school::{School, csv, now};
use crate::support::server::Town;

/// Says how many deliveries, where it is not the usual number.
const SIZE_VARIABLE: &str = "DOISOAT_STORM";
const USUAL_SIZE: usize = 20_000;

/// Deliveries that are on their way at the same time.
const AT_ONCE: usize = 50;

/// Who tells of the school's account.
const PROVIDERS: [Provider; 3] = [Provider::Sepay, Provider::Casso, Provider::Pay2s];

/// The days over which the money comes in, and how late a delivery may be.
const DAYS: usize = 3;
const LATEST_HOURS: usize = 76;

/// A movement with the pupil whose invoice it pays.
struct Real {
    pupil: usize,
    told: Movement,
}

/// Movements spread over the days: of each pupil two halves, which differ in nothing but when they
/// came and what the bank calls them.
fn movements(count: usize) -> Vec<Real> {
    let begun = now() - TimeDelta::days(7);
    (0..count)
        .map(|number| {
            let minutes = i64::try_from(DAYS * 24 * 60 * number / count).unwrap();
            let at = local_time(begun + TimeDelta::minutes(minutes));
            let pupil = number / 2;
            let text = format!("{} nop hoc phi", code(pupil));
            let reference = format!("FT26{number:09}");
            let at = at.format("%Y-%m-%d %H:%M:%S").to_string();
            Real { pupil, told: movement(&at, DUE / 2, &reference, &text) }
        })
        .collect()
}

/// One delivery of a movement.
#[derive(Clone, Copy)]
struct Delivery {
    at: NaiveDateTime,
    real: usize,
    provider: Provider,
}

/// When each movement is delivered: two to twenty times by each provider, and more until there are
/// as many as asked for.
fn schedule(reals: &[Real], size: usize, numbers: &mut Numbers) -> Vec<Delivery> {
    let begun = now() - TimeDelta::days(7);
    let mut deliveries = Vec::with_capacity(size);
    let mut deliver = |real: usize, provider: Provider, numbers: &mut Numbers| {
        let booked = DAYS * 24 * 60 * real / reals.len();
        let late = numbers.below(LATEST_HOURS * 60);
        let at = begun + TimeDelta::minutes(i64::try_from(booked + late).unwrap());
        deliveries.push(Delivery { at, real, provider });
    };
    let mut made = 0;
    for real in 0..reals.len() {
        for provider in PROVIDERS {
            for _ in 0..2 + numbers.below(19) {
                deliver(real, provider, numbers);
                made += 1;
            }
        }
    }
    for _ in made..size {
        let real = numbers.below(reals.len());
        deliver(real, PROVIDERS[numbers.below(PROVIDERS.len())], numbers);
    }
    deliveries.sort_by_key(|delivery| delivery.at);
    deliveries
}

/// The account's statements, one for each day, each with the days before it known by balance.
fn statements(reals: &[Real]) -> Vec<(String, Vec<u8>)> {
    let mut days: BTreeMap<String, Vec<OwnedLine>> = BTreeMap::new();
    for Real { told, .. } in reals {
        days.entry(told.at.date().to_string()).or_default().push((
            told.at.date().to_string(),
            told.amount.dong(),
            told.reference.clone().unwrap(),
            told.text.clone().unwrap(),
        ));
    }
    let mut balance = 1_000_000;
    days.into_iter()
        .map(|(day, lines)| {
            let opening = balance;
            balance += lines.iter().map(|line| line.1).sum::<i64>();
            (format!("{day}.csv"), csv(opening, &borrowed(&lines)))
        })
        .collect()
}

/// What a provider numbers a delivery by.
fn serial(real: usize) -> i64 {
    i64::try_from(real + 1).unwrap()
}

/// What providers call the notifications of a movement.
fn provider_id(provider: Provider, real: usize) -> String {
    match provider {
        Provider::Casso => format!("FT26{real:09}/{}", serial(real)),
        _ => serial(real).to_string(),
    }
}

/// Exactly one payment for each movement, on the right invoice.
fn check(school: &School, reals: &[Real]) {
    let payments = school.payments();
    assert_eq!(payments.len(), reals.len(), "one payment for each movement");
    assert!(payments.iter().all(|view| view.state.decision.as_str() == "settled"));
    let mut due: BTreeMap<String, i64> = BTreeMap::new();
    for Real { pupil, told } in reals {
        *due.entry(code(*pupil)).or_default() += told.amount.dong();
    }
    for invoice in queue::invoices(&school.store, school.id).unwrap() {
        let expected = due.get(&invoice.code).copied().unwrap_or_default();
        assert_eq!(invoice.paid.dong(), expected, "{}", invoice.code);
    }
    school.verify();
}

/// The value below which this share of them lies, in thousandths.
fn quantile(sorted: &[Duration], thousandths: usize) -> Duration {
    sorted[(sorted.len() - 1) * thousandths / 1_000]
}

#[test]
#[expect(clippy::disallowed_methods, reason = "how long a provider waits is part of the result")]
fn a_storm_of_late_and_repeated_notifications_ends_as_one_payment_for_each_movement() {
    let size = std::env::var(SIZE_VARIABLE).map_or(USUAL_SIZE, |size| size.parse().unwrap());
    for_each_backend(|db| {
        let begun = Instant::now();
        let mut numbers = Numbers(20_261_124);
        let reals = movements((size / 33).clamp(20, 400) / 2 * 2);
        let school = School::create(db);
        enroll(&school, reals.len() / 2 + 3);
        let feed = Feed::of(&school);
        for provider in PROVIDERS {
            feed.terms(provider);
        }
        let deliveries = schedule(&reals, size, &mut numbers);
        let mut files = statements(&reals);
        let chunks = deliveries.len().div_ceil(AT_ONCE);
        // Each file at some moment, some of them before most of what they show was told.
        let mut imports: BTreeMap<usize, Vec<(String, Vec<u8>)>> = BTreeMap::new();
        while !files.is_empty() {
            let file = files.remove(numbers.below(files.len()));
            imports.entry(numbers.below(chunks)).or_default().push(file);
        }

        let mut workers = Workers::new(Arc::new(Bell::new()));
        for _ in 0..2 {
            let clock: Arc<dyn doisoat::clock::Clock> = feed.clock.clone();
            workers.inbox(school.store.clone(), clock, Settings::default()).unwrap();
        }
        let mut acknowledged: BTreeSet<(Provider, String)> = BTreeSet::new();
        let mut waited = Vec::with_capacity(chunks);
        let mut again = 0;
        actix_web::rt::System::new().block_on(async {
            for (number, chunk) in deliveries.chunks(AT_ONCE).enumerate() {
                feed.clock.set(chunk.last().unwrap().at);
                let mut open: Vec<Delivery> = chunk.to_vec();
                while !open.is_empty() {
                    let requests = open
                        .iter()
                        .map(|one| {
                            let told = &reals[one.real].told;
                            (one.provider, feed.signed(one.provider, told, serial(one.real)))
                        })
                        .collect();
                    let sent = Instant::now();
                    let outcomes = feed.send_at_once(requests).await;
                    waited.push(sent.elapsed());
                    let mut outcomes = outcomes.into_iter();
                    open.retain(|one| match outcomes.next().unwrap() {
                        Outcome::Taken(_) => {
                            acknowledged
                                .insert((one.provider, provider_id(one.provider, one.real)));
                            false
                        }
                        Outcome::Again => {
                            again += 1;
                            true
                        }
                        Outcome::Refused(refusal) => panic!("{refusal:?}"),
                    });
                }
                for (name, bytes) in imports.remove(&number).unwrap_or_default() {
                    school.statement(&name, &bytes);
                }
            }
        });
        let sent = begun.elapsed();
        // Whoever postponed something finds it due.
        feed.clock.advance(TimeDelta::days(1));
        while db.number("SELECT COUNT(*) AS value FROM notifications WHERE state = 'waiting'") > 0 {
            assert!(begun.elapsed() < sent + Duration::from_mins(30), "the inbox is never empty");
            thread::sleep(Duration::from_millis(50));
        }
        workers.stop();
        waited.sort();
        println!(
            "{} deliveries of {} movements by {} providers in {sent:?}, handled after {:?}; \
             {again} told to come again; of {AT_ONCE} at once p50 {:?}, p99 {:?}, longest {:?}",
            deliveries.len(),
            reals.len(),
            PROVIDERS.len(),
            begun.elapsed(),
            quantile(&waited, 500),
            quantile(&waited, 990),
            quantile(&waited, 1_000),
        );

        let stored: BTreeSet<(Provider, String)> = db
            .words(
                "SELECT e.provider || ' ' || n.provider_id AS value FROM notifications n \
                 JOIN webhook_endpoints e ON e.id = n.endpoint_id",
            )
            .iter()
            .map(|line| line.split_once(' ').unwrap())
            .map(|(provider, id)| (Provider::parse(provider).unwrap(), id.to_owned()))
            .collect();
        assert_eq!(acknowledged.len(), PROVIDERS.len() * reals.len());
        assert!(stored == acknowledged, "every acknowledged id is in the inbox, and no other");
        let dead = "SELECT COUNT(*) AS value FROM notifications WHERE state <> 'done'";
        assert_eq!(db.number(dead), 0);
        check(&school, &reals);
    });
}

#[test]
fn fifty_providers_at_a_time_over_http_are_one_payment_for_each_movement() {
    const MOVEMENTS: usize = 20;
    const TIMES: usize = 8;
    for_each_backend(|db| {
        let reals = movements(MOVEMENTS);
        let town = Town::create(db);
        enroll(&town.school, MOVEMENTS);
        let hooks = PROVIDERS.map(|provider| Hook::create(&town, provider, None));
        let mut deliveries: Vec<(usize, usize)> = (0..MOVEMENTS * TIMES)
            .flat_map(|number| (0..hooks.len()).map(move |hook| (number % MOVEMENTS, hook)))
            .collect();
        let mut numbers = Numbers(7);
        for place in (1..deliveries.len()).rev() {
            deliveries.swap(place, numbers.below(place + 1));
        }
        let next = AtomicUsize::new(0);
        thread::scope(|scope| {
            for _ in 0..AT_ONCE {
                scope.spawn(|| {
                    while let Some((real, hook)) =
                        deliveries.get(next.fetch_add(1, Ordering::Relaxed))
                    {
                        let told = &reals[*real].told;
                        let answer = hooks[*hook].notify(&town.server, told, serial(*real));
                        assert_eq!(answer.status, 200, "{}", answer.text());
                    }
                });
            }
        });
        while db.number("SELECT COUNT(*) AS value FROM notifications WHERE state = 'waiting'") > 0 {
            thread::sleep(Duration::from_millis(20));
        }
        let stored = db.number("SELECT COUNT(*) AS value FROM notifications WHERE state = 'done'");
        assert_eq!(stored, i64::try_from(MOVEMENTS * hooks.len()).unwrap());
        assert!(town.server.clock.now() >= now());
        check(&town.school, &reals);
    });
}
