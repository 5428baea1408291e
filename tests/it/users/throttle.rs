//! Guessing: how many guesses anybody gets, and what they learn by them.

use std::collections::BTreeSet;
use std::sync::Barrier;

use doisoat::domain::access::Role;
use doisoat::service::sessions::Outcome;
use doisoat::service::users;

use super::{EMAIL, HERE, Office, PASSWORD, log, secret_of};
use crate::support::for_each_backend;

const WRONG: &str = "một câu sai hẳn";

#[test]
fn an_hour_of_guessing_at_an_account_gets_fewer_than_a_hundred_guesses() {
    for_each_backend(|db| {
        let office = Office::open(db);
        office.add(Role::Auditor);
        let mut looked_at = 0;
        for second in 0..720_u32 {
            // From everywhere: it is the account that is guarded.
            let from = format!("203.0.{}.{}", second / 250, second % 250);
            match office.try_sign_in(EMAIL, WRONG, &from) {
                Outcome::Refused => looked_at += 1,
                Outcome::Throttled { seconds } => assert!((1..=901).contains(&seconds)),
                other => panic!("{other:?}"),
            }
            office.wait(5);
        }
        assert!((10..=100).contains(&looked_at), "{looked_at}");
        assert!(log(db).contains(&"sign_in.locked user:hoa@example.com".to_owned()));
    });
}

#[test]
fn while_an_account_waits_the_right_password_is_refused_too_and_works_after_the_wait() {
    for_each_backend(|db| {
        let office = Office::open(db);
        office.add(Role::Auditor);
        for _ in 0..5 {
            assert_eq!(office.try_password(WRONG), Outcome::Refused);
        }
        let Outcome::Throttled { seconds } = office.try_password(PASSWORD) else {
            panic!("five wrong ones are followed by a wait");
        };
        let elsewhere = office.try_sign_in(EMAIL, PASSWORD, "198.51.100.1");
        assert!(matches!(elsewhere, Outcome::Throttled { .. }), "{elsewhere:?}");
        office.wait(i64::try_from(seconds).unwrap());
        secret_of(office.try_password(PASSWORD));
        // And the wrong ones are forgotten.
        for _ in 0..5 {
            assert_eq!(office.try_password(WRONG), Outcome::Refused);
        }
    });
}

#[test]
fn nobody_learns_by_guessing_which_accounts_there_are() {
    for_each_backend(|db| {
        let office = Office::open(db);
        office.add(Role::Auditor);
        let tries = |email: &str, from: &str| -> Vec<String> {
            (0..8).map(|_| format!("{:?}", office.try_sign_in(email, WRONG, from))).collect()
        };
        let known = tries(EMAIL, "203.0.113.1");
        assert_eq!(known, tries("lan@example.com", "203.0.113.2"));
        let invited = Office::new_user("moi@example.com", Role::Auditor);
        users::invite(&office.store, office.ports(), &office.actor, &invited).unwrap();
        assert_eq!(known, tries("moi@example.com", "203.0.113.3"), "invited, not there yet");
        let log = log(db).join("\n");
        assert!(!log.contains("lan@example.com"), "what was typed is not written down: {log}");
        assert!(log.contains("sign_in.failed user:unknown"), "{log}");
    });
}

#[test]
fn an_address_that_tries_many_accounts_waits_and_others_do_not() {
    for_each_backend(|db| {
        let office = Office::open(db);
        office.add(Role::Auditor);
        let mut waited = 0;
        for number in 0..25 {
            let email = format!("nguoi{number}@example.com");
            let outcome = office.try_sign_in(&email, WRONG, HERE);
            waited += u32::from(matches!(outcome, Outcome::Throttled { .. }));
        }
        assert_eq!(waited, 5, "twenty are free");
        assert!(matches!(office.try_password(PASSWORD), Outcome::Throttled { .. }));
        secret_of(office.try_sign_in(EMAIL, PASSWORD, "198.51.100.1"));
        let kept: BTreeSet<String> =
            db.words("SELECT subject_hash AS value FROM sign_in_attempts").into_iter().collect();
        assert!(kept.iter().all(|hash| hash.len() == 64 && !hash.contains("203.0")));
        // Right ones cost an address nothing.
        for _ in 0..30 {
            secret_of(office.try_sign_in(EMAIL, PASSWORD, "198.51.100.2"));
        }
    });
}

#[test]
fn guessing_at_once_gets_no_more_guesses_than_one_after_the_other() {
    for_each_backend(|db| {
        let office = Office::open(db);
        office.add(Role::Auditor);
        let barrier = Barrier::new(12);
        let outcomes: Vec<Outcome> = std::thread::scope(|scope| {
            let guess = || {
                barrier.wait();
                office.try_password(WRONG)
            };
            let threads: Vec<_> = (0..12).map(|_| scope.spawn(guess)).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        let looked_at = outcomes.iter().filter(|one| **one == Outcome::Refused).count();
        assert_eq!(looked_at, 5, "{outcomes:?}");
    });
}

#[test]
fn links_are_asked_for_a_few_times_and_the_answer_is_the_same() {
    for_each_backend(|db| {
        let office = Office::open(db);
        office.add(Role::Auditor);
        let ask = |email: &str| {
            users::request_reset(&office.store, office.ports(), email, "203.0.113.9").unwrap()
        };
        let sent = (0..10).filter(|_| ask(EMAIL).is_some()).count();
        assert_eq!(sent, 3);
        assert_eq!(ask("lan@example.com"), None);
        secret_of(office.try_password(PASSWORD));
    });
}
