//! How events reach their receivers, and what happens when they do not.

use std::sync::Arc;
use std::time::Duration;

use doisoat::clock::{Clock, FixedClock};
use doisoat::service::events::{self, Client, Delivered, Deliverer, EventChange, Policy, Settings};
use doisoat::worker::{Bell, Workers};

use super::Sending;
use crate::support::receiver::{Receiver, Seen};
use crate::support::school::{School, now};
use crate::support::{TestDb, for_each_backend};

/// What a payment makes, without its receipt.
const MONEY: [&str; 4] =
    ["payment.settled", "payment.reversed", "invoice.paid", "statement.imported"];

#[test]
fn while_two_secrets_live_both_sign() {
    for_each_backend(|db| {
        let sending = Sending::create(db);
        let receiver = Receiver::start();
        let made = sending.add(&receiver, &["payment.settled", "invoice.paid"]);
        let (id, old) = (made.endpoint.id, made.secret.unwrap());
        let changed = sending.change(id, &EventChange::Rotate).unwrap();
        let new = changed.secret.unwrap();
        assert_ne!(old, new);
        assert_eq!(sending.change(id, &EventChange::Rotate), Err("two_secrets_live".to_owned()));
        sending.one_pays();
        assert_eq!(sending.deliver(), Delivered::Sent);
        let seen = receiver.take();
        assert_eq!(
            (seen[0].signatures().len(), seen[0].signed_by(&old), seen[0].signed_by(&new)),
            (2, 1, 1)
        );
        let first = changed.endpoint.secrets[0].id;
        let retired = sending.change(id, &EventChange::Retire { secret: first }).unwrap();
        assert_eq!((retired.secret, retired.endpoint.secrets.len()), (None, 1));
        let last = retired.endpoint.secrets[0].id;
        let kept = sending.change(id, &EventChange::Retire { secret: last });
        assert_eq!(kept, Err("last_secret".to_owned()));
        assert_eq!(sending.deliver(), Delivered::Sent);
        let seen = receiver.take();
        assert_eq!(
            (seen[0].signatures().len(), seen[0].signed_by(&old), seen[0].signed_by(&new)),
            (1, 0, 1)
        );
    });
}

#[test]
fn what_was_refused_comes_again_under_the_same_id() {
    for_each_backend(|db| {
        let sending = Sending::create(db);
        let receiver = Receiver::start();
        receiver.then("500 Broken");
        let made = sending.add(&receiver, &MONEY);
        sending.one_pays();
        assert_eq!(sending.deliver(), Delivered::Postponed);
        assert_eq!(sending.deliver(), Delivered::Idle, "the others of the endpoint wait as well");
        assert_eq!(sending.endpoint().paused_until.as_deref(), Some("2026-11-24T01:00:05.000Z"));
        let first = &sending.deliveries()[0];
        assert_eq!((first.attempts, first.status), (1, Some(500)));
        assert_eq!(first.problem.as_deref(), Some("status"));
        sending.wait(4);
        assert_eq!(sending.deliver(), Delivered::Idle);
        sending.wait(1);
        assert_eq!(sending.drain(), (3, 0));
        let seen = receiver.take();
        let of_first: Vec<&Seen> = seen.iter().filter(|one| one.id() == seen[0].id()).collect();
        assert_eq!(of_first.len(), 2);
        assert_eq!(of_first[0].body, of_first[1].body);
        assert_ne!(
            of_first[0].header("webhook-timestamp"),
            of_first[1].header("webhook-timestamp")
        );
        assert_eq!(of_first[1].signed_by(&made.secret.unwrap()), 1);
        assert_eq!(seen.len(), 4);
        let endpoint = sending.endpoint();
        assert_eq!((endpoint.paused_until, endpoint.sent, endpoint.waiting), (None, 3, 0));
    });
}

#[test]
fn a_receiver_says_how_long_to_wait_up_to_an_hour() {
    for_each_backend(|db| {
        for (why, asked, seconds) in [
            ("longer than we would", "900", 900),
            ("shorter than we would", "1", 5),
            ("a day", "86400", 3_600),
        ] {
            let own = TestDb::create(db.backend);
            let sending = Sending::create(&own);
            let receiver = Receiver::start();
            receiver.then(&format!("429 Slow\r\nRetry-After: {asked}"));
            sending.add(&receiver, &["invoice.paid"]);
            sending.one_pays();
            assert_eq!(sending.deliver(), Delivered::Postponed, "{why}");
            sending.wait(seconds - 1);
            assert_eq!(sending.deliver(), Delivered::Idle, "{why}");
            sending.wait(1);
            assert_eq!(sending.deliver(), Delivered::Sent, "{why}");
        }
    });
}

#[test]
fn a_receiver_that_is_gone_is_told_nothing_more() {
    for_each_backend(|db| {
        let sending = Sending::create(db);
        let receiver = Receiver::start();
        receiver.then("410 Gone");
        let made = sending.add(&receiver, &MONEY);
        sending.one_pays();
        assert_eq!(sending.deliver(), Delivered::Gone);
        sending.wait(90_000);
        assert_eq!(sending.deliver(), Delivered::Idle);
        let endpoint = sending.endpoint();
        assert_eq!((endpoint.open, endpoint.closed_why.as_deref()), (false, Some("gone")));
        assert_eq!((endpoint.dead, endpoint.waiting), (1, 2));
        let closed = "SELECT COUNT(*) AS value FROM audit_records WHERE action = 'events.gone' AND actor = 'machine'";
        assert_eq!(db.number(closed), 1);
        let dead = sending.deliveries()[0].id;
        assert_eq!(sending.replay(dead), Err("event_endpoint_closed".to_owned()));

        // A person knows better: what waited goes out, and what was refused when it is replayed.
        sending.change(made.endpoint.id, &EventChange::Open).unwrap();
        assert_eq!(sending.drain(), (2, 0));
        sending.replay(dead).unwrap();
        assert_eq!(sending.drain(), (1, 0));
        sending.school.verify();
    });
}

#[test]
fn after_the_last_attempt_it_waits_for_a_person() {
    for_each_backend(|db| {
        let sending = Sending::create(db);
        let receiver = Receiver::start();
        sending.add(&receiver, &["invoice.paid"]);
        sending.one_pays();
        let waits = [0, 5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400];
        for (attempt, seconds) in waits.into_iter().enumerate() {
            if seconds > 0 {
                sending.wait(seconds - 1);
                assert_eq!(sending.deliver(), Delivered::Idle, "before attempt {}", attempt + 1);
                sending.wait(1);
            }
            receiver.then("503 Busy");
            let last = attempt == 9;
            let expected = if last { Delivered::Dead } else { Delivered::Postponed };
            assert_eq!(sending.deliver(), expected, "attempt {}", attempt + 1);
        }
        sending.wait(1_000_000);
        assert_eq!(sending.deliver(), Delivered::Idle);
        let dead = sending.deliveries().remove(0);
        assert_eq!((dead.state.as_str(), dead.attempts, dead.due_at), ("dead", 10, None));

        // Replayed it has all its attempts again.
        receiver.then("503 Busy");
        assert_eq!(sending.replay(dead.id).unwrap().state, "waiting");
        assert_eq!(sending.deliver(), Delivered::Postponed);
        sending.wait(5);
        assert_eq!(sending.deliver(), Delivered::Sent);
        let seen = receiver.take();
        assert_eq!(seen.len(), 12);
        assert!(seen.iter().all(|one| one.id() == seen[0].id() && one.body == seen[0].body));
        assert_eq!(sending.deliveries()[0].attempts, 12);
    });
}

#[test]
fn one_event_that_is_never_taken_does_not_keep_the_others_for_long() {
    for_each_backend(|db| {
        let sending = Sending::create(db);
        let receiver = Receiver::start();
        sending.add(&receiver, &MONEY);
        sending.one_pays();
        receiver.then("422 No");
        assert_eq!(sending.deliver(), Delivered::Postponed);
        assert_eq!(sending.deliver(), Delivered::Idle);
        sending.wait(5);
        receiver.then("204 No Content").then("204 No Content").then("422 No");
        assert_eq!(sending.drain(), (2, 1), "those that wait longer come first");
        sending.wait(300);
        receiver.then("422 No");
        assert_eq!(sending.deliver(), Delivered::Postponed);
        // It waits for half an hour now, and what happens meanwhile for five minutes at most.
        sending.reverse("HPQ6XPNK7");
        sending.wait(299);
        assert_eq!(sending.deliver(), Delivered::Idle);
        sending.wait(1);
        assert_eq!(sending.drain(), (1, 0));
        assert_eq!(sending.endpoint().waiting, 1);
    });
}

#[test]
fn private_addresses_are_refused_when_entered_and_when_connected_to() {
    for_each_backend(|db| {
        let sending = Sending::create(db);
        let receiver = Receiver::start();
        let public = Policy::default();
        for url in [
            receiver.url().as_str(),
            "https://127.0.0.1/nhan",
            "https://10.0.0.8/",
            "https://[::1]/",
            "https://localhost/",
            "https://169.254.169.254/latest/meta-data",
            "http://nhan.example.edu.vn/",
            "https://ai:mat-khau@nhan.example.edu.vn/",
            "ftp://nhan.example.edu.vn/",
            "nhan",
        ] {
            let refused = sending.try_add(url, &[], &public).unwrap_err();
            assert_eq!(refused.diagnostics()[0].code, "event_url_refused", "{url}");
        }
        assert_eq!(events::list(&sending.school.store, sending.school.id).unwrap(), vec![]);
        let unknown = sending.try_add("https://nhan.example.edu.vn/", &["payment"], &public);
        assert_eq!(unknown.unwrap_err().diagnostics()[0].code, "event_kind_unknown");

        // Entered while it was allowed, and not any more: the client refuses by itself.
        let made = sending.add(&receiver, &["invoice.paid"]);
        sending.one_pays();
        let School { store, clock, .. } = &sending.school;
        let strict = Client::new(public);
        let outcome = events::deliver(store, &strict, &sending.keys, clock, Settings::default());
        assert_eq!(outcome.unwrap(), Delivered::Postponed);
        assert_eq!(sending.deliveries()[0].problem.as_deref(), Some("refused"));
        assert_eq!(receiver.seen(), vec![]);
        let url = EventChange::Url { url: "https://[::1]:99/".to_owned() };
        let moved = sending.change(made.endpoint.id, &url);
        assert!(moved.is_ok(), "allowed here: {moved:?}");
    });
}

#[test]
fn a_worker_that_dies_between_the_lease_and_the_sending_loses_nothing() {
    for_each_backend(|db| {
        let sending = Sending::create(db);
        let receiver = Receiver::start();
        sending.add(&receiver, &["invoice.paid"]);
        sending.one_pays();
        let School { store, clock, .. } = &sending.school;
        let settings = Settings::default();
        let claimed = events::claim(store, clock, settings).unwrap();
        assert!(claimed.is_some());
        drop(claimed);
        assert_eq!(sending.deliver(), Delivered::Idle, "it is held");
        sending.wait(i64::from(settings.lease_seconds));
        assert_eq!(sending.deliver(), Delivered::Sent);
        assert_eq!(receiver.take().len(), 1);
    });
}

#[test]
fn a_worker_whose_lease_ran_out_writes_nothing() {
    for_each_backend(|db| {
        let sending = Sending::create(db);
        let receiver = Receiver::start();
        sending.add(&receiver, &["invoice.paid"]);
        sending.one_pays();
        let School { store, clock, .. } = &sending.school;
        let settings = Settings::default();
        let slow = events::claim(store, clock, settings).unwrap().unwrap();
        sending.wait(i64::from(settings.lease_seconds) + 1);
        let other = events::claim(store, clock, settings).unwrap().unwrap();
        // The slow one wakes first, and its receiver refuses.
        receiver.then("410 Gone");
        let send =
            |claimed| events::send(store, &sending.client, &sending.keys, clock, claimed).unwrap();
        assert_eq!(send(slow.clone()), Delivered::TakenOver);
        let endpoint = sending.endpoint();
        assert_eq!((endpoint.open, endpoint.waiting, endpoint.paused_until), (true, 1, None));
        assert_eq!(send(other), Delivered::Sent);
        receiver.then("500 Broken");
        assert_eq!(send(slow), Delivered::TakenOver, "also after it arrived");
        let told = sending.deliveries().remove(0);
        assert_eq!((told.state.as_str(), told.attempts, told.status), ("sent", 2, Some(204)));
        let seen = receiver.take();
        assert_eq!(seen.len(), 3);
        assert!(seen.iter().all(|one| one.id() == seen[0].id()));
        sending.school.verify();
    });
}

#[test]
fn a_slow_receiver_holds_up_nobody_else() {
    for_each_backend(|db| {
        let sending = Sending::create(db);
        let (slow, quick) = (Receiver::start(), Receiver::start());
        slow.hold(true);
        sending.add(&slow, &MONEY);
        sending.add(&quick, &MONEY);
        sending.two_pay();
        let School { store, .. } = &sending.school;
        let clock: Arc<dyn Clock> = Arc::new(FixedClock::at(now()));
        let deliverer = Deliverer {
            store: store.clone(),
            client: sending.client.clone(),
            keys: Arc::new(doisoat::keyring::Keyring::new(super::KEY, std::path::Path::new(""))),
            clock,
            settings: Settings::default(),
        };
        let mut workers = Workers::new(Arc::new(Bell::new()));
        workers.events(&deliverer).unwrap();
        let patient = |done: &dyn Fn() -> bool| {
            for _ in 0..1_500 {
                if done() {
                    return true;
                }
                std::thread::sleep(Duration::from_millis(10));
            }
            false
        };
        assert!(patient(&|| quick.seen().len() == 5), "{} came", quick.seen().len());
        assert!(patient(&|| slow.seen().len() == 1), "the first waits there");
        slow.hold(false);
        assert!(patient(&|| slow.seen().len() == 5), "{} came", slow.seen().len());
        workers.stop();
        assert_eq!((slow.most_at_once(), quick.most_at_once()), (1, 1));
        let ids = |receiver: &Receiver| -> Vec<String> {
            receiver.seen().iter().map(|one| one.id().to_owned()).collect()
        };
        assert_eq!(ids(&slow), ids(&quick), "both in the order in which it happened");
        assert_eq!(sending.drain(), (0, 0));
    });
}
