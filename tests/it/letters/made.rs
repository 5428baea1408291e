//! Letters become mail: to whom, when, and why not.

use std::sync::Arc;

use doisoat::mail::{Memory, Smtp, SmtpSettings, Transport};
use doisoat::service::letters::{
    self, LetterKind, NewLetter, OwnWords, Subscription, look, set_reminders,
};

use super::{Office, drain};
use crate::support::for_each_backend;
use crate::support::mailserver::{MailServer, Manner};

fn reasons(office: &Office) -> Vec<String> {
    office
        .letters()
        .into_iter()
        .map(|letter| {
            let mut all: Vec<String> = letter
                .copies
                .into_iter()
                .map(|copy| copy.reason.unwrap_or_else(|| copy.to.unwrap_or_default()))
                .collect();
            all.sort();
            format!("{}: {}", letter.outcome, all.join(", "))
        })
        .collect()
}

#[test]
fn each_family_is_told_once_or_it_is_said_why_not() {
    for_each_backend(|db| {
        let office = Office::with_invoices(db);
        office
            .guardians("HS03", &[("bo.mau@example.test", false), ("ba.ngoai@example.test", true)]);
        office.notify();
        assert_eq!(office.make(), (3, 1));
        assert_eq!(
            reasons(&office),
            [
                "waiting: me.hai@example.test",
                "waiting: ba.ngoai@example.test, bo.mau@example.test",
                "skipped: no_email",
            ]
        );
        let first = office.text_of(office.mails()[0].id);
        // Two children, one account: one code that pays for both.
        for told in ["Content-Language: vi", "Content-ID: <qr>", "multipart/related"] {
            assert!(first.contains(told), "{told}: {first}");
        }
        assert_eq!(first.matches("Content-ID:").count(), 1, "{first}");
        let english =
            office.mails().into_iter().find(|mail| mail.to_email.starts_with("ba.")).unwrap();
        assert!(english.subject.starts_with("Fees to be paid"), "{}", english.subject);
        // Asked for again, made again: nothing more.
        office.notify();
        assert_eq!(office.make(), (0, 0));
        let memory = Memory::default();
        assert_eq!(drain(&office.postman(Arc::new(Transport::Memory(memory.clone())))), 3);
        assert_eq!(memory.sent().len(), 3);
        let outcomes = office.outcomes();
        assert_eq!((outcomes.sent, outcomes.skipped, outcomes.waiting), (2, 1, 0));
        office.school.verify();
    });
}

#[test]
fn an_address_with_a_vietnamese_domain_gets_its_letter() {
    for_each_backend(|db| {
        let office = Office::with_invoices(db);
        office.guardians("HS03", &[("bo.mau@trường.test", false)]);
        office.notify();
        office.make();
        let to: Vec<String> = office.mails().into_iter().map(|mail| mail.to_email).collect();
        assert!(to.contains(&"bo.mau@xn--trng-rib8295b.test".to_owned()), "{to:?}");
    });
}

#[test]
fn whoever_has_paid_or_left_is_not_asked_for_money() {
    for_each_backend(|db| {
        let office = Office::with_invoices(db);
        let code = crate::support::crowd::code(2);
        office.school.statement(
            "a.csv",
            format!("Ngày;Ghi Có;Nội dung;Số tham chiếu\n20/11/2026;1250000;{code};FT1\n")
                .as_bytes(),
        );
        office.notify();
        office.make();
        assert_eq!(
            reasons(&office),
            [
                "waiting: bo.mau@example.test",
                "waiting: me.hai@example.test",
                "skipped: already_paid",
                "skipped: no_email"
            ],
            "whoever has paid gets the receipt alone"
        );
    });
}

#[test]
fn nights_are_quiet_but_for_what_is_no_request() {
    for_each_backend(|db| {
        let office = Office::with_invoices(db);
        // 08:00 on the wall; thirteen hours later it is 21:00.
        office.wait_hours(13);
        office.notify();
        let (family, _) = office.families()[0];
        office
            .ask(&[NewLetter {
                school: office.school.id,
                kind: LetterKind::LinkRenewed,
                family,
                about: family,
                key: "1".to_owned(),
            }])
            .unwrap();
        assert_eq!(office.make(), (1, 0), "the link goes at once");
        office.wait_hours(9);
        assert_eq!(office.make(), (0, 0), "06:00");
        office.wait_hours(1);
        assert_eq!(office.make(), (2, 1), "07:00");
    });
}

#[test]
fn a_family_gets_four_letters_a_day_and_the_next_ones_later() {
    for_each_backend(|db| {
        let office = Office::with_invoices(db);
        let (family, about) = office.families()[0];
        let ask = |number: usize, kind: LetterKind| {
            let key = format!("{number}:{family}");
            office
                .ask(&[NewLetter { school: office.school.id, kind, family, about, key }])
                .unwrap();
        };
        for number in 0..6 {
            ask(number, LetterKind::Notice);
        }
        ask(7, LetterKind::Reminder);
        assert_eq!(office.make(), (4, 1));
        assert_eq!(office.outcomes().waiting, 6, "four on their way, two later");
        assert!(reasons(&office).contains(&"skipped: limit_reached".to_owned()));
        office.wait_hours(25);
        assert_eq!(office.make(), (2, 0));
    });
}

#[test]
fn whoever_ends_reminders_gets_none_and_everything_else() {
    for_each_backend(|db| {
        let office = Office::with_invoices(db);
        let (family, about) = office.families()[1];
        let remind = |key: &str| {
            let (school, kind) = (office.school.id, LetterKind::Reminder);
            let key = format!("{family}:{key}:first");
            office.ask(&[NewLetter { school, kind, family, about, key }]).unwrap();
        };
        remind("2026-11-20");
        office.make();
        let message = office.text_of(office.mails()[0].id);
        let header = message
            .lines()
            .find_map(|line| line.strip_prefix("List-Unsubscribe: <"))
            .unwrap_or_else(|| panic!("{message}"));
        let secret = header.trim_end_matches('>').rsplit('/').next().unwrap().to_owned();
        assert!(secret.len() >= 22, "{secret}");
        let store = office.store();
        let told = |reminders| {
            Some(Subscription { school: "THCS-MAU (dữ liệu mẫu)".to_owned(), reminders })
        };
        assert_eq!(look(store, "khong-co").unwrap(), None);
        assert_eq!(look(store, &secret).unwrap(), told(true));
        for _ in 0..2 {
            assert_eq!(set_reminders(store, &*office.clock, &secret, false).unwrap(), told(false));
        }
        remind("2026-11-21");
        office.notify();
        office.make();
        assert_eq!(
            reasons(&office)[1..],
            [
                "skipped: unsubscribed",
                "waiting: me.hai@example.test",
                "waiting: bo.mau@example.test",
                "skipped: no_email"
            ]
        );
        assert_eq!(set_reminders(store, &*office.clock, &secret, true).unwrap(), told(true));
        remind("2026-11-22");
        assert_eq!(office.make(), (1, 0));
        office.school.verify();
    });
}

#[test]
fn an_address_that_was_refused_gets_nothing_until_it_is_corrected_or_tried_again() {
    for_each_backend(|db| {
        let office = Office::with_invoices(db);
        let server = MailServer::start();
        server.then(Manner::Recipient("550 5.1.1 no such user"));
        let seconds = std::time::Duration::from_secs(2);
        let smtp = Smtp::new(SmtpSettings {
            host: "127.0.0.1".to_owned(),
            port: server.address.port(),
            security: doisoat::mail::Security::None,
            login: None,
            authorities: Vec::new(),
            connect_timeout: seconds,
            command_timeout: seconds,
            answer_timeout: seconds,
        });
        let postman = office.postman(Arc::new(Transport::Smtp(Arc::new(smtp.unwrap()))));
        office.notify();
        office.make();
        drain(&postman);
        assert_eq!(reasons(&office)[0], "failed: me.hai@example.test");
        let (family, about) = office.families()[0];
        let remind = |key: &str| {
            let (school, kind) = (office.school.id, LetterKind::Reminder);
            let key = format!("{family}:{key}:first");
            office.ask(&[NewLetter { school, kind, family, about, key }]).unwrap();
        };
        remind("2026-11-20");
        office.make();
        assert_eq!(reasons(&office)[3], "skipped: address_refused");
        // Sent again by a person, the same mail leaves once more.
        let first = office.letters()[0].id;
        letters::again(
            office.store(),
            &*office.clock,
            &office.school.actor,
            (office.school.id, first),
        )
        .unwrap();
        assert_eq!(office.make(), (1, 0), "nothing new is made of it");
        drain(&postman);
        assert_eq!(reasons(&office)[0], "sent: me.hai@example.test");
        assert_eq!(server.got().iter().filter(|got| got.to.contains("me.hai")).count(), 1);
        // Another address is another address.
        office.guardians("HS01", &[("moi@example.test", false)]);
        office.guardians("HS02", &[("moi@example.test", false)]);
        remind("2026-11-21");
        office.make();
        assert_eq!(reasons(&office)[4], "waiting: moi@example.test");
        let again = |id| {
            let of = (office.school.id, id);
            letters::again(office.store(), &*office.clock, &office.school.actor, of)
                .map_err(|error| error.diagnostics()[0].code.clone())
        };
        assert_eq!(again(office.letters()[4].id), Err("letter_on_its_way".to_owned()));
        assert_eq!(again(999_999_999), Err("letter_not_found".to_owned()));
        office.school.verify();
    });
}

#[test]
fn a_schools_own_words_are_used_and_bad_ones_never_stop_a_letter() {
    for_each_backend(|db| {
        let office = Office::with_invoices(db);
        let (store, actor, id) = (office.store(), &office.school.actor, office.school.id);
        let words = |intro: &str| OwnWords {
            kind: LetterKind::Notice,
            lang: doisoat::domain::lang::Lang::Vi,
            intro: intro.to_owned(),
            closing: String::new(),
        };
        let set = |intro: &str| letters::set_words(store, &*office.clock, actor, id, &words(intro));
        let refused = set("Xin chào\n{{ mat_khau }}").unwrap_err();
        let told = refused.diagnostics()[0].clone();
        assert_eq!(told.code, "wording_variable");
        assert_eq!(told.place.as_ref().and_then(|place| place.line), Some(2));
        set("Lời riêng gửi {{ hoc_sinh }}: {{ so_tien }}").unwrap();
        office.notify();
        office.make();
        let mail = office.mails()[0].id;
        let said = quoted(&office.text_of(mail));
        assert!(said.contains("Mẫu Ba, Mẫu Hai: 2.250.000"), "{said}");
        set("").unwrap();
        let kept =
            letters::words_of(store, id, (LetterKind::Notice, doisoat::domain::lang::Lang::Vi));
        assert_eq!(kept.unwrap(), words(""));
    });
}

/// The text of a message's first part, whatever it is encoded in.
pub fn quoted(message: &str) -> String {
    use base64::Engine as _;
    let part = message.split("Content-Type: text/plain").nth(1).unwrap();
    let (head, body) = part.split_once("\r\n\r\n").unwrap();
    let body = body.split("\r\n--").next().unwrap();
    if head.contains("base64") {
        let packed: String = body.split_whitespace().collect();
        let bytes = base64::prelude::BASE64_STANDARD.decode(packed).unwrap();
        return String::from_utf8(bytes).unwrap();
    }
    unquoted(body)
}

/// A text out of what is called quoted-printable.
pub fn unquoted(body: &str) -> String {
    let joined = body.replace("=\r\n", "");
    let mut bytes = Vec::new();
    let mut rest = joined.as_bytes();
    while let [first, tail @ ..] = rest {
        if *first == b'=' && tail.len() >= 2 {
            let pair = std::str::from_utf8(&tail[..2]).unwrap();
            bytes.push(u8::from_str_radix(pair, 16).unwrap());
            rest = &tail[2..];
        } else {
            bytes.push(*first);
            rest = tail;
        }
    }
    String::from_utf8(bytes).unwrap()
}
