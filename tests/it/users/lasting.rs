//! Sessions: how they begin, how long they last, what ends them.

use std::sync::mpsc;
use std::time::Duration;

use chrono::TimeDelta;
use doisoat::domain::access::Role;
use doisoat::service::sessions::{self, Outcome};
use doisoat::service::users;
use doisoat::store::StoreError;

use super::{EMAIL, HERE, Office, PASSWORD, code_of, log, secret_of};
use crate::support::for_each_backend;

#[test]
fn whoever_signs_in_gets_a_session_of_their_own_and_the_database_only_a_hash() {
    for_each_backend(|db| {
        let office = Office::open(db);
        let user = office.add(Role::Auditor);
        let first = office.sign_in();
        let second = office.sign_in();
        assert_ne!(first, second);
        assert_eq!(first.len(), 64, "256 bits");
        let who = office.who(&first).unwrap();
        assert_eq!((who.user, who.email.as_str(), who.fresh), (user, EMAIL, true));
        assert_eq!(who.actor.as_str(), "user:hoa@example.com");
        assert_ne!(who.session, office.who(&second).unwrap().session);
        let kept = db.words("SELECT secret_hash AS value FROM sessions");
        assert!(kept.len() == 2 && !kept.contains(&first) && !kept.contains(&second));
        let hashes = db.words("SELECT password_hash AS value FROM users");
        assert!(hashes[0].starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hashes:?}");
        for (why, secret) in
            [("nothing", ""), ("another", &*"0".repeat(64)), ("the hash itself", &*kept[0])]
        {
            assert_eq!(office.who(secret), None, "{why}");
        }
        let seen = sessions::list(&office.store, &office.clock, user).unwrap();
        assert_eq!(seen.len(), 2);
    });
}

#[test]
fn whoever_looks_at_a_page_waits_for_nobody_who_writes() {
    for_each_backend(|db| {
        let office = Office::open(db);
        office.add(Role::Auditor);
        let secret = office.sign_in();
        // It is time to note that the session is used.
        office.clock.advance(TimeDelta::minutes(2));
        let (begun, writing) = mpsc::channel();
        let (end, ended) = mpsc::channel::<()>();
        std::thread::scope(|scope| {
            let store = office.store.clone();
            scope.spawn(move || {
                let wrote = store.write(|_| {
                    begun.send(()).unwrap();
                    // Nothing comes where the other waits, and then this does not wait for ever.
                    Ok::<_, StoreError>(ended.recv_timeout(Duration::from_secs(20)).is_ok())
                });
                assert!(wrote.unwrap(), "the other waited until this had written");
            });
            writing.recv().unwrap();
            assert!(office.who(&secret).is_some());
            end.send(()).unwrap();
        });
        assert!(office.who(&secret).is_some());
    });
}

#[test]
fn the_address_may_be_written_otherwise_and_the_password_may_not() {
    for_each_backend(|db| {
        let office = Office::open(db);
        office.add(Role::Auditor);
        for (why, email, password, right) in [
            ("capitals and blanks", " HOA@Example.com ", PASSWORD, true),
            ("decomposed", EMAIL, "con me\u{300}o tre\u{300}o ca\u{302}y cau", true),
            ("another case", EMAIL, "Con mèo trèo cây cau", false),
            ("a blank more", EMAIL, "con mèo trèo cây cau ", false),
            ("nobody", "lan@example.com", PASSWORD, false),
            ("no address", "", PASSWORD, false),
            ("no password", EMAIL, "", false),
            ("a long one", EMAIL, &"a".repeat(100_000), false),
        ] {
            let outcome = office.try_sign_in(email, password, HERE);
            assert_eq!(matches!(outcome, Outcome::SignedIn { .. }), right, "{why}: {outcome:?}");
            assert!(right || outcome == Outcome::Refused, "{why}: {outcome:?}");
        }
    });
}

#[test]
fn a_session_ends_when_idle_or_old_and_is_seen_once_a_minute() {
    for_each_backend(|db| {
        let office = Office::open(db);
        office.add(Role::Auditor);
        let idle = office.sign_in();
        office.wait(30 * 60);
        assert!(office.who(&idle).is_some(), "half an hour is allowed");
        office.wait(30 * 60 + 1);
        assert_eq!(office.who(&idle), None, "a second more is not");

        let busy = office.sign_in();
        let began = office.who(&busy).unwrap().session;
        let seen = || {
            db.words(&format!(
                "SELECT CAST(last_seen_at AS TEXT) AS value FROM sessions WHERE id = {began}"
            ))
        };
        let before = seen();
        office.wait(59);
        assert!(office.who(&busy).is_some());
        assert_eq!(seen(), before, "not written within a minute");
        office.wait(1);
        assert!(office.who(&busy).is_some());
        assert_ne!(seen(), before);
        for _ in 0..35 {
            office.wait(20 * 60);
            assert!(office.who(&busy).is_some());
        }
        office.wait(20 * 60);
        assert_eq!(office.who(&busy), None, "twelve hours, however busy");
        let user = users::find(&office.store, EMAIL).unwrap().id;
        assert_eq!(sessions::list(&office.store, &office.clock, user).unwrap(), []);
    });
}

#[test]
fn proof_is_fresh_for_ten_minutes_and_can_be_renewed() {
    for_each_backend(|db| {
        let office = Office::open(db);
        office.add(Role::Accountant);
        let secret = office.sign_in();
        let fresh = || office.who(&secret).unwrap().fresh;
        office.wait(10 * 60);
        assert!(fresh());
        office.wait(1);
        assert!(!fresh());
        let who = office.who(&secret).unwrap();
        let prove = |password: &str, code: Option<&str>| {
            sessions::prove_again(
                &office.store,
                &office.clock,
                &office.keys,
                who.session,
                password,
                code,
            )
            .unwrap()
        };
        for (why, password, code) in [
            ("a wrong password", "một câu sai hẳn", None),
            ("nothing", "", None),
            ("a blank code", "", Some("  ")),
            ("a code without a second factor", "", Some("123456")),
            ("a right password beside it", PASSWORD, Some("123456")),
        ] {
            assert!(!prove(password, code), "{why}");
            assert!(!fresh(), "{why}");
        }
        assert!(prove(PASSWORD, None) && fresh());
        // With a second factor, either will do; what is given must be right.
        let (app, _) = office.enrol_as(&office.who(&secret).unwrap());
        office.wait(11 * 60);
        assert!(!prove(PASSWORD, Some("000000")) && !fresh());
        assert!(prove("", Some(&office.code(&app))) && fresh());
        assert!(!prove("", Some(&office.code(&app))), "a code works once");
        sessions::sign_out(&office.store, &office.clock, who.session).unwrap();
        assert!(!prove(PASSWORD, None), "an ended session stays ended");
    });
}

#[test]
fn signing_out_revoking_disabling_and_a_new_password_end_sessions() {
    for_each_backend(|db| {
        let office = Office::open(db);
        let user = office.add(Role::Auditor);
        let Office { store, clock, actor, .. } = &office;
        let live = |secrets: &[&String]| -> Vec<bool> {
            secrets.iter().map(|secret| office.who(secret).is_some()).collect()
        };
        let [first, second, third] = [office.sign_in(), office.sign_in(), office.sign_in()];
        let id = |secret: &String| office.who(secret).unwrap().session;
        sessions::sign_out(store, clock, id(&first)).unwrap();
        assert_eq!(live(&[&first, &second, &third]), [false, true, true]);
        assert_eq!(
            code_of(sessions::revoke(store, clock, actor, user + 1, id(&second))),
            "session_not_found",
            "of somebody else"
        );
        sessions::revoke(store, clock, actor, user, id(&second)).unwrap();
        assert_eq!(live(&[&second, &third]), [false, true]);
        let kept = office.sign_in();
        sessions::revoke_all(store, clock, actor, user, Some(id(&kept))).unwrap();
        assert_eq!(live(&[&third, &kept]), [false, true]);

        let who = office.who(&kept).unwrap();
        let change =
            |old: &str, new: &str| users::change_password(store, office.ports(), &who, old, new);
        assert_eq!(code_of(change("một câu sai hẳn", "cái cò lặn lội bờ sông")), "password_wrong");
        assert_eq!(code_of(change(PASSWORD, "000000000000000")), "password_common");
        assert_eq!(live(&[&kept]), [true]);
        let after = change(PASSWORD, "cái cò lặn lội bờ sông").unwrap();
        assert_eq!(live(&[&kept, &after]), [false, true], "the old ones end, a new one begins");
        assert_eq!(office.try_password(PASSWORD), Outcome::Refused);
        let last = secret_of(office.try_password("cái cò lặn lội bờ sông"));

        users::disable(store, clock, actor, user).unwrap();
        assert_eq!(live(&[&after, &last]), [false, false]);
        assert_eq!(office.try_password("cái cò lặn lội bờ sông"), Outcome::Refused);
        users::enable(store, clock, actor, user).unwrap();
        assert_eq!(live(&[&after, &last]), [false, false], "what ended stays ended");
        secret_of(office.try_password("cái cò lặn lội bờ sông"));

        let log = log(db);
        for action in [
            "user.add user:test",
            "grant.add user:test",
            "sign_in.done user:hoa@example.com",
            "session.end user:hoa@example.com",
            "session.revoke user:test",
            "password.change user:hoa@example.com",
            "sign_in.failed user:hoa@example.com",
            "user.disable user:test",
            "user.enable user:test",
        ] {
            assert!(log.iter().any(|line| line == action), "{action}: {log:?}");
        }
        let said = db.words("SELECT detail AS value FROM audit_records").join("\n");
        for secret in [&first, &second, &third, &kept, &last, &after, &PASSWORD.to_owned()] {
            assert!(!said.contains(secret.as_str()));
        }
    });
}
