//! Reminders: on which day whom, because the school's schedule or a person says so.

use std::sync::Arc;

use doisoat::mail::{Memory, Transport};
use doisoat::service::letters::{self, Settings, Terms, Which, remind_due};
use doisoat::service::mail::Delivered;

use super::Office;
use crate::support::for_each_backend;
use crate::support::school::csv;

fn kinds(office: &Office) -> Vec<String> {
    office
        .letters()
        .into_iter()
        .map(|letter| format!("{} {}", letter.kind, letter.outcome))
        .collect()
}

#[test]
fn a_schedule_reminds_only_where_the_school_wants_it_and_once_a_day() {
    for_each_backend(|db| {
        let office = Office::with_invoices(db);
        let settings = Settings::default();
        let tick = || remind_due(office.store(), &*office.clock, &settings).unwrap();
        assert!(!tick(), "nobody asked for it");
        let (actor, id) = (&office.school.actor, office.school.id);
        let set = |reminders| {
            letters::set_terms(office.store(), &*office.clock, actor, id, Terms { reminders })
        };
        set(true).unwrap();
        assert!(tick());
        // Due four days ago: the second reminder, for every family that owes.
        assert_eq!(kinds(&office), ["reminder waiting"; 3]);
        assert!(!tick(), "once a day");
        office.make();
        assert_eq!(kinds(&office), ["reminder waiting", "reminder waiting", "reminder skipped"]);
        let subject = &office.mails()[0].subject;
        assert!(subject.starts_with("Nhắc nộp: Khoản thu đã đến hạn"), "{subject}");
        office.wait_hours(24);
        assert!(tick());
        // Whoever could not be reached is asked for anew, and passed over again.
        assert_eq!(kinds(&office).len(), 3, "told already");
        office.wait_hours(5 * 24);
        assert!(tick());
        office.make();
        assert!(office.mails().iter().any(|mail| mail.subject.contains("quá hạn")));
        let before = office.letters().len();
        set(false).unwrap();
        office.wait_hours(24);
        assert!(!tick());
        assert_eq!(office.letters().len(), before);
        office.school.verify();
    });
}

#[test]
fn a_reminder_that_waits_is_not_sent_to_whoever_has_paid_meanwhile() {
    for_each_backend(|db| {
        let office = Office::with_invoices(db);
        let (actor, id) = (&office.school.actor, office.school.id);
        let terms = Terms { reminders: true };
        letters::set_terms(office.store(), &*office.clock, actor, id, terms).unwrap();
        assert!(remind_due(office.store(), &*office.clock, &Settings::default()).unwrap());
        assert_eq!(office.make(), (2, 1));
        // The family of two children pays, the other one in part, before the server takes anything.
        let text = |number| format!("{} nop", crate::support::crowd::code(number));
        let paid = [text(0), text(1), text(2)];
        let lines = [
            ("2026-11-23", 1_250_000, "FT26327000001", paid[0].as_str()),
            ("2026-11-23", 1_000_000, "FT26327000002", paid[1].as_str()),
            ("2026-11-23", 250_000, "FT26327000003", paid[2].as_str()),
        ];
        office.school.statement("a.csv", &csv(0, &lines));
        let memory = Memory::default();
        let postman = office.postman(Arc::new(Transport::Memory(memory)));
        let mut became = Vec::new();
        loop {
            match postman.deliver().unwrap() {
                Delivered::Idle => break,
                other => became.push(format!("{other:?}")),
            }
        }
        became.sort();
        assert_eq!(became, ["Sent", "Withdrawn"]);
        assert_eq!(office.mails().len(), 1, "{:?}", office.mails());
        assert_eq!(office.mails()[0].to_email, "bo.mau@example.test");
        let letters = office.letters();
        let mut reasons: Vec<&str> = letters
            .iter()
            .flat_map(|letter| &letter.copies)
            .filter_map(|copy| copy.reason.as_deref())
            .collect();
        reasons.sort_unstable();
        assert_eq!(reasons, ["already_paid", "no_email"]);
        assert_eq!(kinds(&office).iter().filter(|one| *one == "reminder sent").count(), 1);
        office.school.verify();
    });
}

#[test]
fn a_person_reminds_exactly_those_that_were_shown() {
    for_each_backend(|db| {
        let office = Office::with_invoices(db);
        let settings = Settings::default();
        let (actor, id) = (&office.school.actor, office.school.id);
        let which = Which::default();
        let preview =
            || letters::preview(office.store(), &*office.clock, &settings, id, &which).unwrap();
        let remind = |seen: &str| {
            letters::remind(office.store(), &*office.clock, actor, &settings, (id, &which, seen))
                .map(|shown| shown.families)
                .map_err(|error| error.diagnostics()[0].code.clone())
        };
        let shown = preview();
        assert_eq!((shown.families, shown.open.dong()), (2, 3_500_000));
        let skipped: Vec<(&str, usize)> =
            shown.skipped.iter().map(|one| (one.reason.as_str(), one.families)).collect();
        assert_eq!(skipped, [("no_email", 1)]);
        assert_eq!(remind("cu"), Err("reminder_changed".to_owned()));
        assert!(office.letters().is_empty(), "nothing was asked for");
        assert_eq!(remind(&shown.fingerprint), Ok(2));
        assert_eq!(office.make(), (2, 0));
        let shown = preview();
        let skipped: Vec<(&str, usize)> =
            shown.skipped.iter().map(|one| (one.reason.as_str(), one.families)).collect();
        assert_eq!((shown.families, skipped), (0, vec![("no_email", 1), ("limit_reached", 2)]));
        let of_class = Which { class: Some("6A2".to_owned()), ..Which::default() };
        let shown =
            letters::preview(office.store(), &*office.clock, &settings, id, &of_class).unwrap();
        assert_eq!((shown.families, shown.skipped.len()), (0, 1));
    });
}
