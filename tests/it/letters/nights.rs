//! Nights are quiet for what was made by day as well: a notice that the server did not take is not tried
//! again before the day breaks, and what is waited for goes at any time.

use std::sync::Arc;

use chrono::TimeDelta;
use doisoat::clock::Clock as _;
use doisoat::domain::reminder::QuietHours;
use doisoat::mail::{Mailer, Memory, Outcome, Parcel, Transport, Trouble};
use doisoat::service::letters::{LetterKind, NewLetter};
use doisoat::service::mail;

use super::{Office, drain};
use crate::support::for_each_backend;

/// Takes no message now.
struct Busy;

impl Mailer for Busy {
    fn send(&self, _: Parcel<'_>, begin: &mut dyn FnMut() -> bool) -> Outcome {
        assert!(begin());
        let words = "4.2.1 try again".to_owned();
        Outcome::Postponed(Trouble {
            place: "recipient",
            status: Some(450),
            words,
            of_server: false,
        })
    }
}

/// Each mail's kind, state and how often it was tried.
fn stands(office: &Office) -> Vec<(String, String, i64)> {
    let mut all: Vec<_> =
        office.mails().into_iter().map(|mail| (mail.kind, mail.state, mail.attempts)).collect();
    all.sort();
    all
}

fn of(kind: &str, state: &str, attempts: i64) -> (String, String, i64) {
    (kind.to_owned(), state.to_owned(), attempts)
}

#[test]
fn what_failed_by_day_is_not_tried_again_by_night() {
    for_each_backend(|db| {
        let office = Office::with_invoices(db);
        let (family, about) = office.families()[0];
        let ask = |kind: LetterKind, key: &str| {
            let (school, key) = (office.school.id, format!("{family}:{key}"));
            office.ask(&[NewLetter { school, kind, family, about, key }]).unwrap();
        };
        let memory = Memory::default();
        let taking: Arc<dyn Mailer> = Arc::new(Transport::Memory(memory.clone()));
        let quiet = QuietHours::default();
        let busy = office.postman_with(Arc::new(Busy), quiet);
        let well = office.postman_with(taking, quiet);

        // It is 08:00; twelve hours and 58 minutes later two minutes are left of the day.
        office.clock.advance(TimeDelta::minutes(12 * 60 + 58));
        ask(LetterKind::Notice, "1");
        ask(LetterKind::Reminder, "2026-11-20:first");
        ask(LetterKind::LinkRenewed, "1");
        assert_eq!(office.make(), (3, 0));
        assert_eq!(drain(&busy), 3, "20:58");
        office.clock.advance(TimeDelta::minutes(1));
        assert_eq!(drain(&busy), 3, "20:59, the second attempt");
        // The third would be due at 21:04.
        office.clock.advance(TimeDelta::minutes(6));
        assert_eq!(drain(&well), 1, "21:05");
        let night = [
            of("link_renewed", "sent", 3),
            of("notice", "waiting", 2),
            of("reminder", "waiting", 2),
        ];
        assert_eq!(stands(&office), night);
        // A person who sends it once more wakes nobody either.
        for mail in office.mails().into_iter().filter(|mail| mail.kind == "notice") {
            let actor = &office.school.actor;
            mail::resend(office.store(), &*office.clock, actor, mail.id).unwrap();
        }
        for minutes in [1, 60, 8 * 60] {
            office.clock.advance(TimeDelta::minutes(minutes));
            assert_eq!(drain(&well), 0, "at {}", office.clock.now());
        }
        office.clock.advance(TimeDelta::minutes(53));
        assert_eq!(drain(&well), 0, "06:59");
        office.clock.advance(TimeDelta::minutes(1));
        assert_eq!(drain(&well), 2, "07:00");
        assert_eq!(memory.sent().len(), 3);
        let day =
            [of("link_renewed", "sent", 3), of("notice", "sent", 3), of("reminder", "sent", 3)];
        assert_eq!(stands(&office), day, "waiting used up no attempt");
        office.school.verify();
    });
}

#[test]
fn a_worker_that_died_by_day_leaves_nothing_that_goes_by_night() {
    for_each_backend(|db| {
        let office = Office::with_invoices(db);
        office.notify();
        assert_eq!(office.make(), (2, 1));
        // Somebody took one at 20:59 and was never heard of again; whether the server has it is unknown.
        let id = office.mails()[0].id;
        db.execute(&format!(
            "UPDATE mails SET attempts = 1, leased_until = '2026-11-24 14:01:00', \
             begun_at = '2026-11-24 13:59:30' WHERE id = {id}"
        ));
        let memory = Memory::default();
        let well =
            office.postman_with(Arc::new(Transport::Memory(memory.clone())), QuietHours::default());
        office.clock.advance(TimeDelta::hours(14));
        assert_eq!(drain(&well), 0, "22:00");
        office.clock.advance(TimeDelta::hours(9));
        assert_eq!(drain(&well), 2, "07:00");
        let unsure: Vec<i64> = office.mails().iter().map(|mail| mail.unsure_times).collect();
        assert_eq!(unsure, [1, 0], "what could not be known is counted all the same");
    });
}
