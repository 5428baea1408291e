//! What each letter says, whole, as it goes over the wire.

use std::collections::BTreeSet;

use doisoat::clock::Clock as _;
use doisoat::domain::calendar::Day;
use doisoat::domain::lang::Lang;
use doisoat::domain::mail_address::MailAddress;
use doisoat::domain::money::Vnd;
use doisoat::domain::payment::Channel;
use doisoat::domain::reminder::Step;
use doisoat::mail::{Draft, Mailbox, compose};

use doisoat::service::families::contact::{self, Wanted};
use doisoat::service::families::links::{self, Outcome};
use doisoat::service::family_links::{self, Addresses};
use doisoat::service::letters::LetterKind;
use doisoat::service::letters::message::{
    self, Bill, Letter, Matter, Own, Paid, Receipt, Refund, Replacement, Transfer, Voided, Whole,
};
use doisoat::service::mail::{Content, Desk, Inline, messages};
use doisoat::service::{ServiceError, family_bill};
use insta::assert_snapshot;

use crate::support::{TestDb, for_each_backend};

fn day(text: &str) -> Day {
    text.parse().unwrap()
}

fn bill(child: &str, class: &str, open: i64, content: &str) -> Bill {
    let qr =
        "00020101021238540010A00000072701240006970436011010175956000208QRIBFTTA530370454071250000";
    Bill {
        child: child.to_owned(),
        class: class.to_owned(),
        round: "Tháng 11/2026".to_owned(),
        due_on: Some(day("2026-11-20")),
        open: Vnd::new(open),
        transfer: Some(Transfer {
            bank: "Vietcombank".to_owned(),
            account: "1017595600".to_owned(),
            holder: "TRUONG THCS MAU".to_owned(),
            amount: Vnd::new(open),
            content: content.to_owned(),
            qr: Some(qr.to_owned()),
        }),
    }
}

/// Every kind of letter, made up.
fn letters(lang: Lang) -> Vec<(&'static str, Letter)> {
    let of = |matter: Matter| {
        let is_reminder = matches!(matter, Matter::Reminder { .. });
        Letter {
            lang,
            school: "Trường THCS Mẫu (dữ liệu mẫu)".to_owned(),
            guardian: "Nguyễn Thị Mẫu".to_owned(),
            link: "https://thu.truong.test/f/AAAAAAAAAAAAAAAAAAAAAAAAAAE".to_owned(),
            unsubscribe: is_reminder.then(|| {
                "https://thu.truong.test/reminders/AAAAAAAAAAAAAAAAAAAAAAAAAAI".to_owned()
            }),
            own: Own::default(),
            matter,
        }
    };
    let one = vec![bill("Hồng Hạnh", "6A1", 1_250_000, "HP7K3M9Q2X HANH 6A1")];
    let two = vec![one[0].clone(), bill("Gia Bảo", "8A2", 980_000, "HPT7C2N4V BAO 8A2")];
    // One transfer for both, where they pay on one account.
    let together = two.iter().map(|bill| Bill { transfer: None, ..bill.clone() }).collect();
    let family = bill("", "", 2_230_000, "GD4F7Q2MX HOC PHI");
    let whole = Whole { due_on: family.due_on, transfer: family.transfer.unwrap() };
    let receipt = |replaces: Option<&str>| {
        Matter::Receipt(Receipt {
            number: "BL-2026-000123".to_owned(),
            replaces: replaces.map(str::to_owned),
            day: day("2026-11-12"),
            channel: Channel::Transfer,
            amount: Vnd::new(1_250_000),
            paid: vec![Paid {
                child: "Hồng Hạnh".to_owned(),
                class: "6A1".to_owned(),
                what: "Tháng 11/2026".to_owned(),
                amount: Vnd::new(1_250_000),
            }],
            attached: false,
        })
    };
    let notice =
        |bills, whole| of(Matter::Notice { round: "Tháng 11/2026".to_owned(), bills, whole });
    let reminder = |step| of(Matter::Reminder { step, bills: one.clone(), whole: None });
    vec![
        ("notice", notice(together, Some(whole))),
        ("notice_two_accounts", notice(two, None)),
        ("reminder_first", reminder(Step::First)),
        ("reminder_second", reminder(Step::Second)),
        ("reminder_last", reminder(Step::Last)),
        ("receipt", of(receipt(None))),
        ("receipt_again", of(receipt(Some("BL-2026-000120")))),
        (
            "receipt_voided",
            of(Matter::ReceiptVoided(Voided {
                reason: Some("Ghi nhầm <học sinh> & lớp".to_owned()),
                replaced_by: None,
                ..replaced()
            })),
        ),
        ("refund", of(Matter::Refund(paid_back()))),
        (
            "claim_answered",
            of(Matter::ClaimAnswered {
                asked_on: day("2026-11-15"),
                amount: Vnd::new(1_250_000),
                paid_on: day("2026-11-14"),
                found: false,
                answer: "Xin gia đình gửi ảnh biên nhận của ngân hàng.".to_owned(),
            }),
        ),
        ("link_renewed", of(Matter::LinkRenewed)),
    ]
}

/// A receipt whose place another took.
fn replaced() -> Voided {
    Voided {
        number: "BL-2026-000123".to_owned(),
        day: day("2026-11-12"),
        amount: Vnd::new(1_250_000),
        reason: None,
        replaced_by: Some(Replacement {
            number: "BL-2026-000130".to_owned(),
            amount: Vnd::new(1_200_000),
        }),
    }
}

/// Credit that was paid back.
fn paid_back() -> Refund {
    Refund {
        child: "Hồng Hạnh".to_owned(),
        amount: Vnd::new(50_000),
        bank: "Vietcombank".to_owned(),
        account: "••••4321".to_owned(),
        paid_on: Some(day("2026-11-13")),
        reference: Some("FT26317000001".to_owned()),
    }
}

/// What some of them say otherwise, made up.
fn variants(lang: Lang) -> Vec<(&'static str, Letter)> {
    let (_, like) = letters(lang).pop().unwrap();
    let of = |matter: Matter| Letter { matter, ..like.clone() };
    vec![
        ("receipt_replaced", of(Matter::ReceiptVoided(replaced()))),
        (
            "refund_ordered",
            of(Matter::Refund(Refund { paid_on: None, reference: None, ..paid_back() })),
        ),
        (
            "claim_found",
            of(Matter::ClaimAnswered {
                asked_on: day("2026-11-15"),
                amount: Vnd::new(1_250_000),
                paid_on: day("2026-11-14"),
                found: true,
                answer: String::new(),
            }),
        ),
    ]
}

/// The whole message of a letter, as it is sent.
fn eml(letter: &Letter) -> String {
    let made = message::compose(letter).unwrap();
    sent(&made.content, &made.inline, (letter.lang, letter.unsubscribe.as_deref()))
}

/// A whole message, as it is sent.
fn sent(content: &Content, inline: &[Inline], (lang, stop): (Lang, Option<&str>)) -> String {
    let at = |name: &str, address: &str| Mailbox {
        name: name.to_owned(),
        address: MailAddress::parse(address).unwrap(),
    };
    let draft = Draft {
        from: &at("Trường THCS Mẫu", "hoc-phi@truong.test"),
        reply_to: None,
        to: &at("Nguyễn Thị Mẫu", "me@example.test"),
        subject: &content.subject,
        text: &content.text,
        html: content.html.as_deref(),
        inline,
        attachments: &[],
        lang: lang.code(),
        token: "0123456789abcdef0123456789abcdef",
        at: "2026-11-24T01:02:03".parse().unwrap(),
        unsubscribe: stop,
        signing: None,
    };
    compose(&draft).unwrap().1.replace("\r\n", "\n")
}

#[test]
fn every_letter_reads_as_it_was_agreed() {
    for lang in [Lang::Vi, Lang::En] {
        for (name, letter) in letters(lang).into_iter().chain(variants(lang)) {
            let name = format!("{name}_{}", lang.code());
            let made = message::compose(&letter).unwrap();
            assert_snapshot!(
                format!("{name}_text"),
                format!("{}\n\n{}", made.content.subject, made.content.text)
            );
            assert_snapshot!(format!("{name}.eml"), eml(&letter));
        }
    }
}

#[test]
fn every_mail_with_one_link_reads_as_it_was_agreed() {
    let (site, name) = ("https://thu.truong.test", "Trần Văn Mẫu");
    let (school, ask) =
        ("Trường THCS Mẫu (dữ liệu mẫu)", "https://thu.truong.test/fc/AAAAAAAAAAAI");
    let mut kinds: BTreeSet<&str> = LetterKind::ALL.iter().map(|kind| kind.as_str()).collect();
    for lang in [Lang::Vi, Lang::En] {
        for (what, content) in [
            (
                "contact_change",
                messages::contact_change(school, ask, (messages::Asked::Known, 14), lang),
            ),
            (
                "contact_change_new",
                messages::contact_change(school, ask, (messages::Asked::New, 14), lang),
            ),
            ("invitation", messages::invitation(site, "AAAAAAAAAAAI", name, lang)),
            ("password_reset", messages::password_reset(site, "AAAAAAAAAAAI", name, lang)),
            ("test", messages::test(lang)),
        ] {
            let file = format!("{what}_{}", lang.code());
            assert_snapshot!(
                format!("{file}_text"),
                format!("{}\n\n{}", content.subject, content.text)
            );
            assert_snapshot!(format!("{file}.eml"), sent(&content, &[], (lang, None)));
            kinds.remove(what);
        }
        for (name, _) in letters(lang) {
            kinds.retain(|kind| !name.starts_with(kind));
        }
    }
    assert!(kinds.is_empty(), "no text of {kinds:?} was agreed");
}

#[test]
fn a_letter_tells_all_it_has_to_and_nothing_it_must_not() {
    for lang in [Lang::Vi, Lang::En] {
        for (name, letter) in letters(lang).into_iter().chain(variants(lang)) {
            let made = message::compose(&letter).unwrap();
            let html = made.content.html.unwrap();
            let (subject, text) = (&made.content.subject, &made.content.text);
            for secret in ["Hồng Hạnh", "6A1", "1.250.000", "Nguyễn"] {
                assert!(!subject.contains(secret), "{name}: {secret} in {subject}");
            }
            assert_eq!(text.matches(&letter.link).count(), 1, "{name}: {text}");
            let buttons = html.matches(&format!("href=\"{}\"", letter.link)).count();
            assert_eq!(buttons, 1, "{name}: exactly one button");
            assert!(!html.contains("<script") && !html.contains("src=\"http"), "{name}: {html}");
            assert!(!html.contains("<học sinh>"), "{name}: what is told is text");
            for how in letter.transfers().flatten() {
                for told in [&how.bank, &how.account, &how.holder, &how.content] {
                    assert!(text.contains(told) && html.contains(told), "{name}: {told}");
                }
                assert!(text.contains(&how.amount.grouped()), "{name}");
            }
            assert_eq!(made.inline.len(), letter.transfers().flatten().count(), "{name}");
            for bill in letter.bills() {
                assert!(
                    html.contains(&bill.child) && text.contains(&bill.open.grouped()),
                    "{name}"
                );
            }
            for picture in &made.inline {
                assert!(html.contains(&format!("cid:{}", picture.cid)), "{name}");
            }
            let message = eml(&letter);
            let is_reminder = letter.unsubscribe.is_some();
            for header in
                ["List-Unsubscribe: <https", "List-Unsubscribe-Post: List-Unsubscribe=One-Click"]
            {
                assert_eq!(message.contains(header), is_reminder, "{name}: {header}");
            }
        }
    }
}

#[test]
fn a_schools_own_words_stand_where_the_products_did_and_stay_text() {
    let (_, mut letter) = letters(Lang::Vi).remove(0);
    letter.own = Own {
        intro: Some("Dòng một <b>đậm</b>\n\nDòng hai".to_owned()),
        closing: Some("Chào & hẹn gặp\u{202e}".to_owned()),
    };
    let made = message::compose(&letter).unwrap();
    let html = made.content.html.unwrap();
    assert!(!html.contains("<b>đậm") && html.contains("đậm"), "{html}");
    assert!(
        made.content.text.contains("Dòng một <b>đậm</b>\n\nDòng hai\n"),
        "{}",
        made.content.text
    );
    assert!(!made.content.text.contains("trân trọng thông báo"), "{}", made.content.text);
    assert!(made.content.text.contains("Chào & hẹn gặp\u{fffd}"), "{}", made.content.text);
    assert!(!html.contains('\u{202e}') && html.contains('\u{fffd}'), "turned around: {html}");
}

/// Whether it is in English, and what the mail about a contact's change must say.
const CONTACT_CHANGE: [(bool, [&str; 4]); 2] = [
    (
        false,
        ["Content-Language: vi", "Kính gửi Quý phụ huynh", "bấm “Đồng ý”", "thông tin giữ nguyên"],
    ),
    (true, ["Content-Language: en", "Dear parent", "press “Agree”", "the contact stays as it is"]),
];

#[test]
fn the_mail_that_asks_about_a_contact_says_what_to_do_and_names_no_child() {
    for_each_backend(|db| {
        for (in_english, told) in CONTACT_CHANGE {
            let fresh = TestDb::create(db.backend);
            let office = super::Office::create(&fresh);
            office.guardians("HS03", &[("cu@example.test", in_english)]);
            let (store, clock) = (office.store(), &*office.clock);
            let (school, ids, keys) = (office.school.id, &*office.ids, &*office.keys);
            let made: Result<_, ServiceError> = store.write(|tx| {
                let family = family_bill::family_of(tx, school, "HS03")?;
                let with = Addresses { public_url: "", ids, keys };
                family_links::address(tx, with, (school, family), clock.now())
            });
            let secret = made.unwrap().trim_start_matches("/f/").to_owned();
            let Outcome::Open(entry) = links::enter(store, clock, &secret, "192.0.2.1").unwrap()
            else {
                panic!("the page does not open")
            };
            let of_student: Result<i64, ServiceError> = store.read(|tx| {
                Ok(family_bill::load(tx, school, &[entry.family], day("2026-11-24"))?
                    [&entry.family]
                    .children[0]
                    .student)
            });
            let desk = Desk { letterhead: &office.letterhead, ids, keys };
            let wanted = Wanted { email: "moi@example.test".to_owned(), ..Wanted::default() };
            let of = (entry, of_student.unwrap(), 1);
            contact::propose(store, clock, desk, super::URL, of, &wanted).unwrap();
            let mails = office.mails();
            assert_eq!(mails.len(), 2, "the old and the new address are asked: {mails:?}");
            let message = office.text_of(mails[0].id);
            let head = message.split("\r\n\r\n").next().unwrap();
            let plain = super::made::quoted(&message);
            for child in ["Hồng", "6A1"] {
                assert!(!plain.contains(child), "{child} is named: {plain}");
            }
            assert!(message.contains("text/html"), "{message}");
            for told in told {
                assert!(plain.contains(told) || head.contains(told), "{told}: {head}\n\n{plain}");
            }
            assert_eq!(plain.matches("https://thu.truong.test/fc/").count(), 1, "{plain}");
            assert!(!head.contains("List-Unsubscribe"), "it is no reminder: {head}");
        }
    });
}
