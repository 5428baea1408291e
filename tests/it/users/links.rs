//! Invitations and links to set another password.

use doisoat::domain::access::Role;
use doisoat::domain::lang::Lang;
use doisoat::service::sessions::Outcome;
use doisoat::service::users::{self, LinkKind};

use super::{EMAIL, HERE, Office, PASSWORD, code_of, secret_of};
use crate::support::for_each_backend;

const OTHER: &str = "cái cò lặn lội bờ sông";

#[test]
fn an_invitation_sets_the_first_password_once_within_seven_days() {
    for_each_backend(|db| {
        let office = Office::open(db);
        let new = Office::new_user(" Hoa@Example.com ", Role::Auditor);
        let (user, link) =
            users::invite(&office.store, office.ports(), &office.actor, &new).unwrap();
        assert_eq!((link.email.as_str(), link.lang, link.secret.len()), (EMAIL, Lang::Vi, 64));
        assert!(!format!("{link:?}").contains(&link.secret));
        let peek =
            |kind, secret: &str| users::peek(&office.store, &office.clock, kind, secret).unwrap();
        for _ in 0..3 {
            let owner = peek(LinkKind::Invitation, &link.secret).unwrap();
            assert_eq!(owner.email, EMAIL, "a mail scanner looks and nothing happens");
        }
        assert_eq!(peek(LinkKind::Reset, &link.secret), None, "it is for one thing");
        let accept = |secret: &str, password: &str| {
            users::accept_invitation(&office.store, office.ports(), secret, password)
        };
        for (why, password, expected) in [
            ("short", "ngắn quá", "password_short"),
            ("common", "000000000000000", "password_common"),
        ] {
            assert_eq!(code_of(accept(&link.secret, password)), expected, "{why}");
        }
        office.wait(7 * 86_400 - 1);
        accept(&link.secret, PASSWORD).unwrap();
        assert_eq!(code_of(accept(&link.secret, OTHER)), "link_spent");
        assert_eq!(peek(LinkKind::Invitation, &link.secret), None);
        secret_of(office.try_password(PASSWORD));
        let again = users::invite_again(&office.store, office.ports(), &office.actor, user);
        assert_eq!(code_of(again), "invitation_not_needed");
        let twice = users::invite(&office.store, office.ports(), &office.actor, &new);
        assert_eq!(code_of(twice), "user_exists");
    });
}

#[test]
fn a_late_invitation_is_made_again_and_the_one_before_stops_working() {
    for_each_backend(|db| {
        let office = Office::open(db);
        let new = Office::new_user(EMAIL, Role::Auditor);
        let (user, first) =
            users::invite(&office.store, office.ports(), &office.actor, &new).unwrap();
        let accept = |secret: &str| {
            users::accept_invitation(&office.store, office.ports(), secret, PASSWORD)
        };
        let again =
            users::invite_again(&office.store, office.ports(), &office.actor, user).unwrap();
        assert_eq!(code_of(accept(&first.secret)), "link_spent");
        office.wait(7 * 86_400);
        assert_eq!(code_of(accept(&again.secret)), "link_spent", "seven days are over");
        let third =
            users::invite_again(&office.store, office.ports(), &office.actor, user).unwrap();
        users::disable(&office.store, &office.clock, &office.actor, user).unwrap();
        assert_eq!(code_of(accept(&third.secret)), "link_spent", "disabled meanwhile");
        for (why, email, name, expected) in [
            ("no address", "hoa", "Hoa", "email_shape"),
            ("no name", "lan@example.com", " ", "user_name"),
        ] {
            let mut new = Office::new_user(email, Role::Auditor);
            name.clone_into(&mut new.name);
            let refused = users::invite(&office.store, office.ports(), &office.actor, &new);
            assert_eq!(code_of(refused), expected, "{why}");
        }
    });
}

#[test]
fn a_forgotten_password_is_set_anew_within_an_hour_and_ends_what_was_open() {
    for_each_backend(|db| {
        let office = Office::open(db);
        let user = office.add(Role::Accountant);
        let (app, _) = office.enrol();
        let ask =
            |email: &str| users::request_reset(&office.store, office.ports(), email, HERE).unwrap();
        assert_eq!(ask("lan@example.com"), None);
        let [first, second] = [ask(EMAIL).unwrap(), ask(" HOA@example.com ").unwrap()];
        let session = secret_of(office.second(&office.ticket(), &office.code(&app)));
        let ticket = office.ticket();
        for _ in 0..5 {
            assert_eq!(office.try_password("một câu sai hẳn"), Outcome::Refused);
        }
        let reset = |secret: &str| users::reset(&office.store, office.ports(), secret, OTHER);
        assert!(office.who(&session).is_some(), "asking ends nothing");
        reset(&first.secret).unwrap();
        assert_eq!(office.who(&session), None);
        assert_eq!(code_of(reset(&first.secret)), "link_spent");
        assert_eq!(code_of(reset(&second.secret)), "link_spent", "the other one ends with it");
        office.wait(30);
        assert_eq!(office.second(&ticket, &office.code(&app)), Outcome::Refused);
        // Whoever reads the mail does not wait for somebody else's guesses, and has no second factor
        // by that.
        let outcome = office.try_password(OTHER);
        assert!(matches!(outcome, Outcome::CodeNeeded { .. }), "{outcome:?}");
        office.wait(3_600);
        let late = ask(EMAIL).unwrap();
        office.wait(3_600);
        assert_eq!(code_of(reset(&late.secret)), "link_spent", "an hour is over");
        users::disable(&office.store, &office.clock, &office.actor, user).unwrap();
        office.wait(3_600);
        assert_eq!(ask(EMAIL), None);
        let stored = db.words("SELECT secret_hash AS value FROM user_tokens");
        assert!(![&first, &second, &late].iter().any(|link| stored.contains(&link.secret)));
    });
}
