//! The second factor: an app's codes, recovery codes, losing both.

use doisoat::domain::access::Role;
use doisoat::service::sessions::Outcome;
use doisoat::service::users;

use super::{HERE, Office, PASSWORD, code_of, log, secret_of};
use crate::support::for_each_backend;

#[test]
fn every_role_but_the_auditors_must_enrol_a_second_factor() {
    for_each_backend(|db| {
        let office = Office::open(db);
        for role in Role::ALL {
            let email = format!("{}@example.com", role.as_str());
            for exempt in [false, true] {
                let email = format!("{exempt}-{email}");
                let mut new = Office::new_user(&email, role);
                new.second_factor_exempt = exempt;
                users::create(&office.store, office.ports(), &office.actor, &new, PASSWORD)
                    .unwrap();
                let secret = secret_of(office.try_sign_in(&email, PASSWORD, HERE));
                let who = office.who(&secret).unwrap();
                assert_eq!(who.must_enrol, role != Role::Auditor && !exempt, "{role:?} {exempt}");
                assert!(!who.second_factor);
            }
        }
    });
}

#[test]
fn once_enrolled_the_password_alone_is_half_the_way() {
    for_each_backend(|db| {
        let office = Office::open(db);
        office.add(Role::Accountant);
        let other = office.sign_in();
        let secret = office.sign_in();
        let who = office.who(&secret).unwrap();
        assert!(who.must_enrol);
        let made = users::begin_totp(&office.store, office.ports(), &office.keys, &who).unwrap();
        assert!(made.url.starts_with("otpauth://totp/Doisoat:hoa%40example.com?"), "{}", made.url);
        assert!(made.url.contains(&format!("secret={}", made.secret)), "{}", made.url);
        assert!(made.qr_svg.contains("<svg") && made.qr_svg.ends_with("</svg>"));
        assert_eq!(made.secret.len(), 32, "160 bits");
        let confirm = |code: &str| {
            users::confirm_totp(&office.store, office.ports(), &office.keys, &who, code)
        };
        assert!(matches!(office.try_password(PASSWORD), Outcome::SignedIn { .. }), "not yet");
        assert_eq!(code_of(confirm("000000")), "code_wrong");
        let code = office.code(&made.secret);
        let codes = confirm(&format!("{} {}", &code[..3], &code[3..])).unwrap();
        assert_eq!(codes.len(), 10);
        assert_eq!(code_of(confirm(&code)), "enrolment_needed", "nothing waits any more");
        let now = office.who(&secret).unwrap();
        assert!(now.second_factor && !now.must_enrol);
        assert_eq!(office.who(&other), None, "sessions with half a proof end");
        let stored = db.words(
            "SELECT totp_sealed AS value FROM users WHERE totp_sealed IS NOT NULL \
             UNION ALL SELECT code_hash FROM recovery_codes",
        );
        let plain = |text: &String| *text == made.secret || codes.contains(text);
        assert!(stored.len() == 11 && !stored.iter().any(plain));

        let ticket = office.ticket();
        assert_eq!(office.second(&ticket, &code), Outcome::Refused, "used when it was confirmed");
        office.wait(30);
        let session = secret_of(office.second(&ticket, &office.code(&made.secret)));
        assert!(office.who(&session).unwrap().fresh);
        let again = office.second(&ticket, &office.code(&made.secret));
        assert_eq!(again, Outcome::Refused, "a ticket works once");
    });
}

#[test]
fn a_code_holds_for_one_step_either_way_and_once() {
    for_each_backend(|db| {
        let office = Office::open(db);
        office.add(Role::Accountant);
        let (app, _) = office.enrol();
        for (why, made_at, used_at, right) in [
            ("now", 0, 0, true),
            ("a step late", 0, 30, true),
            ("a step early", 30, 0, true),
            ("two steps late", 0, 60, false),
            ("two steps early", 60, 0, false),
        ] {
            office.wait(3_600);
            office.wait(made_at);
            let code = office.code(&app);
            office.wait(used_at - made_at);
            let ticket = office.ticket();
            let outcome = office.second(&ticket, &code);
            assert_eq!(matches!(outcome, Outcome::SignedIn { .. }), right, "{why}: {outcome:?}");
            let ticket = office.ticket();
            assert_eq!(office.second(&ticket, &code), Outcome::Refused, "{why}, again");
        }
        // After a later code, an earlier one that was never used does not work either.
        office.wait(3_600);
        let early = office.code(&app);
        office.wait(30);
        secret_of(office.second(&office.ticket(), &office.code(&app)));
        assert_eq!(office.second(&office.ticket(), &early), Outcome::Refused);
        office.wait(30);
        let ticket = office.ticket();
        office.wait(601);
        assert_eq!(office.second(&ticket, &office.code(&app)), Outcome::Refused, "ten minutes");
        assert_eq!(office.second("", &office.code(&app)), Outcome::Refused);
    });
}

#[test]
fn codes_are_guessed_no_faster_by_whoever_knows_the_password() {
    for_each_backend(|db| {
        let office = Office::open(db);
        office.add(Role::Accountant);
        let (app, _) = office.enrol();
        let mut looked_at = 0;
        for _ in 0..120 {
            // The right password each time does not forgive the codes.
            let ticket = office.ticket();
            looked_at += u32::from(office.second(&ticket, "000000") == Outcome::Refused);
            office.wait(30);
        }
        assert!((8..=100).contains(&looked_at), "{looked_at}");
        let outcome = office.second(&office.ticket(), &office.code(&app));
        assert!(matches!(outcome, Outcome::Throttled { .. } | Outcome::SignedIn { .. }));
        office.wait(3_600);
        secret_of(office.second(&office.ticket(), &office.code(&app)));
    });
}

#[test]
fn a_recovery_code_works_once_and_new_ones_replace_the_old() {
    for_each_backend(|db| {
        let office = Office::open(db);
        let user = office.add(Role::Accountant);
        let (_, codes) = office.enrol();
        let left = || users::recovery_codes_left(&office.store, user).unwrap();
        assert_eq!(left(), 10);
        let written = codes[0].to_lowercase().replace('-', " ");
        let secret = secret_of(office.second(&office.ticket(), &written));
        assert_eq!(left(), 9);
        assert_eq!(office.second(&office.ticket(), &codes[0]), Outcome::Refused);
        let who = office.who(&secret).unwrap();
        let renewed = users::new_recovery_codes(&office.store, office.ports(), &who).unwrap();
        assert_eq!(left(), 10);
        assert_eq!(office.second(&office.ticket(), &codes[1]), Outcome::Refused);
        secret_of(office.second(&office.ticket(), &renewed[0]));
        office.wait(601);
        let stale = office.who(&secret).unwrap();
        for refused in [
            code_of(users::new_recovery_codes(&office.store, office.ports(), &stale)),
            code_of(users::begin_totp(&office.store, office.ports(), &office.keys, &stale)),
        ] {
            assert_eq!(refused, "proof_needed");
        }
        let log = log(db);
        for action in ["second_factor.enrol", "recovery_code.use", "recovery_code.renew"] {
            assert!(log.contains(&format!("{action} user:hoa@example.com")), "{action}");
        }
    });
}

#[test]
fn a_second_factor_can_be_replaced_and_taken_away_when_lost() {
    for_each_backend(|db| {
        let office = Office::open(db);
        let user = office.add(Role::Accountant);
        let (old, _) = office.enrol();
        let secret = secret_of(office.second(&office.ticket(), &office.code(&old)));
        office.wait(30);
        let who = office.who(&secret).unwrap();
        // Half an hour is enough to find the phone, and no more.
        let late = users::begin_totp(&office.store, office.ports(), &office.keys, &who).unwrap();
        office.wait(1_801);
        let code = office.code(&late.secret);
        let confirm = users::confirm_totp(&office.store, office.ports(), &office.keys, &who, &code);
        assert_eq!(code_of(confirm), "enrolment_needed");
        let secret = secret_of(office.second(&office.ticket(), &office.code(&old)));
        let (new, _) = office.enrol_as(&office.who(&secret).unwrap());
        assert_eq!(office.second(&office.ticket(), &office.code(&old)), Outcome::Refused);
        let secret = secret_of(office.second(&office.ticket(), &office.code(&new)));
        let ticket = office.ticket();
        users::reset_factor(&office.store, &office.clock, &office.actor, user).unwrap();
        assert_eq!(office.who(&secret), None);
        office.wait(30);
        assert_eq!(office.second(&ticket, &office.code(&new)), Outcome::Refused);
        assert!(office.signed_in().must_enrol);
        assert_eq!(users::recovery_codes_left(&office.store, user).unwrap(), 0);
    });
}
