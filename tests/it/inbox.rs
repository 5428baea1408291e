//! What becomes of notifications once they are acknowledged: handled once each, tried again, given up
//! with a reason; and what happens at the door when the database cannot take them.

use std::sync::Barrier;
use std::thread;
use std::time::Duration;

use chrono::TimeDelta;
use doisoat::domain::notification::Provider;
use doisoat::formats::notification::{Secret, Signed, sepay, standard};
use doisoat::service::directory::{self, NewBankAccount};
use doisoat::service::inbox::view::{self, Asked, DeliveryView};
use doisoat::service::inbox::{self, Settings, Worked};
use doisoat::service::receiving::{Outcome, Queue};
use doisoat::service::{Store, database};
use serde_json::json;

use crate::support::feed::{Feed, movement, secret};
use crate::support::hooks::Hook;
use crate::support::school::{ACCOUNT, School};
use crate::support::server::Town;
use crate::support::{Backend, TestDb, for_each_backend};

/// An amount that the database is told to refuse.
const POISON: i64 = 666_000;

const ONE_DONE: Worked = Worked { done: 1, postponed: 0, dead: 0 };
const ONE_POSTPONED: Worked = Worked { done: 0, postponed: 1, dead: 0 };
const ONE_DEAD: Worked = Worked { done: 0, postponed: 0, dead: 1 };

/// What SePay would send of some đồng.
fn sepay_of(feed: &Feed<'_>, serial: i64, dong: i64) -> (Provider, Signed) {
    let reference = format!("FT26{serial:08}");
    let told = movement("2026-11-20 08:00:00", dong, &reference, "nop hoc phi");
    (Provider::Sepay, feed.signed(Provider::Sepay, &told, serial))
}

fn page(school: &School) -> Vec<DeliveryView> {
    view::page(&school.store, school.id, &Asked { limit: 200, ..Asked::default() }).unwrap()
}

fn replay(school: &School, id: i64) {
    view::replay(&school.store, &school.clock, &school.actor, school.id, id).unwrap();
}

/// A request with another body, signed as Standard Webhooks are.
fn standard_of(feed: &Feed<'_>, id: &str, body: &str) -> Signed {
    let secrets = [secret(Provider::Standard)];
    let now = doisoat::clock::Clock::now(&*feed.clock).and_utc().timestamp();
    let told = movement("2026-11-20 08:00:00", 1_000, "", "");
    let mut signed = feed.signed(Provider::Standard, &told, 1);
    signed.headers.retain(|(name, _)| !name.starts_with("webhook-"));
    for (name, value) in [
        ("webhook-id", id.to_owned()),
        ("webhook-timestamp", now.to_string()),
        ("webhook-signature", standard::sign(&secrets, id, now, body).unwrap()),
    ] {
        signed.headers.push((name.to_owned(), value));
    }
    Signed { body: body.to_owned(), ..signed }
}

#[test]
fn an_unknown_kind_is_kept_with_its_name_and_never_counts_as_done() {
    for_each_backend(|db| {
        let school = School::create(db);
        let feed = Feed::of(&school);
        let told = movement("2026-11-20 08:00:00", 300_000, "7", "nop hoc phi");
        let disputed = standard_of(&feed, "msg_9", r#"{"type":"payment.disputed","data":{}}"#);
        let mut agreement = feed.signed(
            Provider::Zalopay,
            &doisoat::domain::notification::Movement { account: "MAU01".to_owned(), ..told },
            5,
        );
        agreement.body = agreement.body.replace("\"type\":1", "\"type\":2");
        let refunded = json!({
            "timestamp": 1_700_000_000, "notification_type": "ORDER_REFUNDED",
            "order": { "order_id": "O1" }, "transaction": { "transaction_id": "T1" }
        });
        let mut gateway = sepay_of(&feed, 1, 1_000).1;
        gateway.body = refunded.to_string();
        let now = doisoat::clock::Clock::now(&*feed.clock).and_utc().timestamp();
        for (name, value) in &mut gateway.headers {
            if name == "X-SePay-Signature" {
                *value = sepay::signature(&secret(Provider::Sepay), now, &gateway.body);
            }
        }
        for (why, provider, signed, problem) in [
            ("a dispute", Provider::Standard, disputed, "unknown_kind: payment.disputed"),
            ("an agreement", Provider::Zalopay, agreement, "unknown_kind: 2"),
            ("a refund of the gateway", Provider::Sepay, gateway, "unknown_kind: ORDER_REFUNDED"),
        ] {
            let outcome = feed.send(provider, &signed);
            assert!(matches!(outcome, Outcome::Taken(_)), "{why}: {outcome:?}");
            assert_eq!(feed.drain(), ONE_DEAD, "{why}");
            let found = page(&school).remove(0);
            assert_eq!((found.state.as_str(), found.problem.as_deref()), ("dead", Some(problem)));
            assert_eq!(found.kind, None, "{why}: nothing became of it");
            assert_eq!(view::show(&school.store, school.id, found.id).unwrap().body, signed.body);
            replay(&school, found.id);
            assert_eq!(feed.drain(), ONE_DEAD, "{why}: it is still unknown");
            let again = page(&school).remove(0);
            assert_eq!((again.attempts, again.problem.as_deref()), (2, Some(problem)), "{why}");
        }
        assert!(school.payments().is_empty());
        school.verify();
    });
}

#[test]
fn money_on_an_account_that_is_gone_waits_for_a_person_and_counts_once_it_is_back() {
    for_each_backend(|db| {
        for (why, break_it, mend_it) in [
            (
                "the endpoint was limited to another account",
                "UPDATE webhook_endpoints SET bank_account_id = \
                 (SELECT id FROM bank_accounts WHERE number = '1017000077')",
                "UPDATE webhook_endpoints SET bank_account_id = NULL",
            ),
            (
                "the account has another number",
                "UPDATE bank_accounts SET number = '1017000078' WHERE number = '1017000001'",
                "UPDATE bank_accounts SET number = '1017000001' WHERE number = '1017000078'",
            ),
        ] {
            let copy = TestDb::create(db.backend);
            let school = School::create(&copy);
            let second = NewBankAccount {
                bin: "970436".to_owned(),
                number: "1017000077".to_owned(),
                holder: "TRUONG MAU".to_owned(),
            };
            directory::add_bank_account(
                &school.store,
                &school.clock,
                &school.actor,
                "THCS-MAU",
                &second,
            )
            .unwrap();
            let feed = Feed::of(&school);
            let (provider, signed) = sepay_of(&feed, 1, 300_000);
            assert!(matches!(feed.send(provider, &signed), Outcome::Taken(_)));
            copy.execute(break_it);
            assert_eq!(feed.drain(), ONE_DEAD, "{why}");
            let found = page(&school).remove(0);
            assert_eq!(found.problem.as_deref(), Some("unknown_account"), "{why}");
            assert!(school.payments().is_empty());
            school.verify();
            copy.execute(mend_it);
            replay(&school, found.id);
            assert_eq!(feed.drain(), ONE_DONE, "{why}");
            assert_eq!(page(&school)[0].kind.as_deref(), Some("payment"), "{why}");
            assert_eq!(school.payments().len(), 1, "{why}");
            school.verify();
        }
    });
}

#[test]
fn what_fails_holds_nobody_up_and_is_tried_ever_later_until_it_is_given_up() {
    for_each_backend(|db| {
        let school = School::create(db);
        let feed = Feed::of(&school);
        let settings = Settings { attempts: 5, ..Settings::default() };
        let work = || inbox::drain(&school.store, &*feed.clock, settings).unwrap();
        db.refuse("entries", &format!("NEW.amount_dong = {POISON}"));
        let requests: Vec<_> = (1..=7)
            .map(|serial| {
                sepay_of(&feed, serial, if serial == 4 { POISON } else { 1_000 * serial })
            })
            .collect();
        for outcome in feed.send_all(requests) {
            assert!(matches!(outcome, Outcome::Taken(_)), "{outcome:?}");
        }
        assert_eq!(work(), Worked { done: 6, postponed: 1, dead: 0 }, "the others are handled");
        assert_eq!(school.payments().len(), 6);
        for seconds in [1, 5, 30] {
            feed.clock.advance(TimeDelta::milliseconds(seconds * 1_000 - 1));
            assert!(work().is_idle(), "not before {seconds} seconds");
            feed.clock.advance(TimeDelta::milliseconds(1));
            assert_eq!(work(), ONE_POSTPONED, "after {seconds} seconds");
            // Whoever comes meanwhile is not held up either.
            let (provider, signed) = sepay_of(&feed, 100 + seconds, 50_000 + seconds);
            feed.send(provider, &signed);
            assert_eq!(work(), ONE_DONE);
        }
        feed.clock.advance(TimeDelta::seconds(120));
        assert_eq!(work(), ONE_DEAD, "the fifth attempt is the last");
        feed.clock.advance(TimeDelta::days(30));
        assert!(work().is_idle(), "it waits for a person");
        let dead: Vec<DeliveryView> =
            page(&school).into_iter().filter(|one| one.state == "dead").collect();
        assert_eq!(dead.len(), 1);
        assert_eq!((dead[0].attempts, dead[0].problem.as_deref()), (5, Some("failed")));
        school.verify();

        replay(&school, dead[0].id);
        assert_eq!(work(), ONE_DEAD, "asked too early");
        db.accept_again("entries");
        replay(&school, dead[0].id);
        assert_eq!(work(), ONE_DONE);
        assert_eq!(school.payments().len(), 10);
        school.verify();
    });
}

#[test]
fn a_worker_that_slept_beyond_its_lease_writes_nothing_where_another_took_over() {
    for_each_backend(|db| {
        let school = School::create(db);
        let feed = Feed::of(&school);
        let settings = Settings { lease_seconds: 60, ..Settings::default() };
        let (store, clock) = (&school.store, &*feed.clock);
        let lease = || inbox::lease(store, clock, settings).unwrap();
        let handle = |leased| inbox::handle(store, clock, settings, leased).unwrap();
        let notify = |serial: i64, dong: i64| {
            let (provider, signed) = sepay_of(&feed, serial, dong);
            assert!(matches!(feed.send(provider, &signed), Outcome::Taken(_)));
        };
        let rows = || {
            db.words("SELECT id || ' ' || state || ' ' || attempts || ' ' || due_at || ' ' || COALESCE(CAST(leased_until AS TEXT), '-') AS value FROM notifications ORDER BY id")
        };

        // The other has handled it already.
        notify(1, 300_000);
        let sleeper = lease();
        assert!(inbox::work(store, clock, settings).unwrap().is_idle(), "it is held");
        feed.clock.advance(TimeDelta::seconds(61));
        assert_eq!(inbox::work(store, clock, settings).unwrap(), ONE_DONE, "another takes over");
        let (before, counts) = (rows(), db.row_counts());
        assert_eq!(handle(sleeper), Worked::default());
        assert_eq!((rows(), db.row_counts()), (before, counts));

        // The other is still at it.
        notify(2, 400_000);
        let sleeper = lease();
        feed.clock.advance(TimeDelta::seconds(61));
        let other = lease();
        let (before, counts) = (rows(), db.row_counts());
        assert_eq!(handle(sleeper), Worked::default());
        assert_eq!((rows(), db.row_counts()), (before, counts));
        assert_eq!(handle(other), ONE_DONE);

        // Giving back is writing, too.
        db.refuse("entries", &format!("NEW.amount_dong = {POISON}"));
        notify(3, POISON);
        let sleeper = lease();
        feed.clock.advance(TimeDelta::seconds(61));
        let other = lease();
        let before = rows();
        assert_eq!(handle(sleeper), Worked::default());
        assert_eq!(rows(), before);
        assert_eq!(handle(other), ONE_POSTPONED);

        // Where nobody took over, nothing is lost by its sleep.
        notify(4, 500_000);
        let sleeper = lease();
        feed.clock.advance(TimeDelta::seconds(61));
        assert_eq!(handle(sleeper), ONE_DONE);
        assert_eq!(school.payments().len(), 3);
        school.verify();
    });
}

#[test]
fn workers_at_the_same_time_handle_each_notification_once() {
    const SCHOOLS: usize = 3;
    const EACH: i64 = 40;
    for_each_backend(|db| {
        let store = Store::open(&db.url, 8, 30_000).unwrap();
        database::migrate(&store).unwrap();
        let schools: Vec<School> = (0..SCHOOLS)
            .map(|number| {
                let account =
                    if number == 0 { ACCOUNT.to_owned() } else { format!("101700010{number}") };
                School::add(store.clone(), &format!("THCS-{number}"), &account)
            })
            .collect();
        for (number, school) in schools.iter().enumerate() {
            let feed = Feed::of(school);
            let requests = (1..=EACH)
                .map(|serial| {
                    let mut told = movement(
                        "2026-11-20 08:00:00",
                        1_000 * serial,
                        &format!("FT26{serial:08}"),
                        "nop hoc phi",
                    );
                    if number > 0 {
                        told.account = format!("101700010{number}");
                    }
                    (Provider::Sepay, feed.signed(Provider::Sepay, &told, serial))
                })
                .collect();
            for outcome in feed.send_all(requests) {
                assert!(matches!(outcome, Outcome::Taken(_)), "{outcome:?}");
            }
        }
        let settings = Settings { batch: 7, ..Settings::default() };
        let start = Barrier::new(4);
        let done: usize = thread::scope(|scope| {
            let workers: Vec<_> = (0..4)
                .map(|_| {
                    scope.spawn(|| {
                        start.wait();
                        let mut done = 0;
                        let mut idle = 0;
                        while idle < 20 {
                            let clock = &schools[0].clock;
                            let worked = inbox::work(&store, clock, settings).unwrap();
                            assert_eq!((worked.postponed, worked.dead), (0, 0));
                            done += worked.done;
                            if worked.is_idle() {
                                idle += 1;
                                thread::sleep(Duration::from_millis(20));
                            } else {
                                idle = 0;
                            }
                        }
                        done
                    })
                })
                .collect();
            workers.into_iter().map(|worker| worker.join().unwrap()).sum()
        });
        let all = SCHOOLS * usize::try_from(EACH).unwrap();
        assert_eq!(done, all);
        assert_eq!(
            db.number(
                "SELECT COUNT(*) AS value FROM notifications WHERE attempts = 1 AND state = 'done'"
            ),
            i64::try_from(all).unwrap(),
            "each was taken up once"
        );
        for school in &schools {
            assert_eq!(school.payments().len(), usize::try_from(EACH).unwrap());
        }
        schools[0].verify();
    });
}

#[test]
fn when_too_much_waits_the_rest_is_told_to_come_again_and_not_kept() {
    for_each_backend(|db| {
        let school = School::create(db);
        let feed = Feed::with_queue(&school, Queue { waiting: 2, at_once: 3 });
        let requests: Vec<_> =
            (1..=40).map(|serial| sepay_of(&feed, serial, 1_000 * serial)).collect();
        // What the endpoint is must be known before nobody can ask.
        let first = feed.send(Provider::Sepay, &requests[0].1);
        assert!(matches!(first, Outcome::Taken(_)));
        let held = db.hold();
        let free = thread::spawn(move || {
            thread::sleep(Duration::from_millis(400));
            drop(held);
        });
        let outcomes = feed.send_all(requests.clone());
        free.join().unwrap();
        let taken = outcomes.iter().filter(|one| matches!(one, Outcome::Taken(_))).count();
        let again = outcomes.iter().filter(|one| matches!(one, Outcome::Again)).count();
        assert_eq!(taken + again, outcomes.len(), "{outcomes:?}");
        // One batch at the writer and what waits behind it.
        assert!((1..=5).contains(&taken), "{taken} were taken");
        let known: i64 = i64::from(outcomes[0] != Outcome::Again);
        let stored = db.number("SELECT COUNT(*) AS value FROM notifications");
        assert_eq!(stored, 1 + i64::try_from(taken).unwrap() - known);
        // They come again.
        let mut missing = requests;
        while !missing.is_empty() {
            let outcomes = feed.send_all(missing.clone());
            let mut outcomes = outcomes.iter();
            missing.retain(|_| *outcomes.next().unwrap() == Outcome::Again);
        }
        assert_eq!(feed.drain().done, 40);
        assert_eq!(school.payments().len(), 40);
        school.verify();
    });
}

#[test]
fn one_that_cannot_be_stored_turns_nobody_else_away() {
    for_each_backend(|db| {
        let school = School::create(db);
        let feed = Feed::of(&school);
        let requests: Vec<_> =
            (1..=12).map(|serial| sepay_of(&feed, serial, 1_000 * serial)).collect();
        db.refuse("notifications", "NEW.provider_id = '5'");
        assert!(matches!(feed.send(Provider::Sepay, &requests[0].1), Outcome::Taken(_)));
        // While nobody can write they gather, and go into one transaction.
        let held = db.hold();
        let free = thread::spawn(move || {
            thread::sleep(Duration::from_millis(300));
            drop(held);
        });
        let outcomes = feed.send_all(requests);
        free.join().unwrap();
        for (number, outcome) in outcomes.iter().enumerate() {
            match number {
                4 => assert_eq!(*outcome, Outcome::Again),
                _ => assert!(matches!(outcome, Outcome::Taken(_)), "{number}: {outcome:?}"),
            }
        }
        assert_eq!(db.number("SELECT COUNT(*) AS value FROM notifications"), 11);
        db.accept_again("notifications");
    });
}

#[test]
#[expect(clippy::disallowed_methods, reason = "how long a provider waits for an answer counts")]
fn while_the_database_is_away_providers_are_soon_told_to_come_again() {
    for_each_backend(|db| {
        let town = Town::waiting(db, 200);
        let hook = Hook::create(&town, Provider::Sepay, None);
        let told = |serial: i64| {
            movement("2026-11-20 08:00:00", 1_000 * serial, &format!("FT26{serial:08}"), "nop")
        };
        assert_eq!(hook.notify(&town.server, &told(1), 1).status, 200);
        let away = db.take_away();
        for (why, moved, serial) in
            [("its endpoint is known", 0, 2), ("its endpoint must be looked up", 2, 3)]
        {
            town.server.clock.advance(TimeDelta::seconds(moved));
            let begun = std::time::Instant::now();
            let answer = hook.notify(&town.server, &told(serial), serial);
            assert_eq!(answer.status, 503, "{why}: {}", answer.text());
            assert_eq!(answer.header("retry-after"), Some("2"), "{why}");
            assert!(begun.elapsed() < Duration::from_secs(8), "{why}: {:?}", begun.elapsed());
            // A forged one is refused as ever, where the endpoint is known.
            let stranger = Hook { secret: Secret::new("khac".to_owned()), ..hook.clone() };
            let forged = stranger.notify(&town.server, &told(serial), serial).status;
            assert!(forged == 401 || (db.backend == Backend::Postgres && moved > 0), "{forged}");
        }
        drop(away);
        for serial in [2, 3] {
            let taken = (0..40).any(|_| {
                let answer = hook.notify(&town.server, &told(serial), serial);
                if answer.status == 503 {
                    thread::sleep(Duration::from_millis(500));
                }
                answer.status == 200
            });
            assert!(taken, "the retry is taken");
        }
        // Whoever handles them waits longer each time the database is away, and a busy machine is slow.
        for _ in 0..6_000 {
            if page(&town.school).iter().all(|one| one.state == "done") {
                break;
            }
            thread::sleep(Duration::from_millis(20));
        }
        assert_eq!(town.school.payments().len(), 3);
        town.school.verify();
    });
}
