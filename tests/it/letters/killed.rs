//! The process dies at any step between a letter that was asked for and one that was sent. When somebody
//! goes on, it is sent once, or a second copy is counted and has the same Message-ID.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::os::unix::process::ExitStatusExt as _;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;
use doisoat::clock::{Clock as _, SystemClock};
use doisoat::mail::{Security, Smtp, SmtpSettings, Transport};
use doisoat::service::letters::{LetterKind, NewLetter};

use super::{Office, drain};
use crate::support::feed::TEST_KEY;
use crate::support::mailserver::{Got, MailServer, Manner};
use crate::support::program::doisoat;
use crate::support::{TestDb, for_each_backend};

/// How a process ends that aborts.
const ABORT: i32 = 6;

/// A worker that dies where it is told.
pub fn worker(db: &TestDb, server: &MailServer, dies_at: &str) -> Command {
    let mut command = doisoat(["worker", "--database"]);
    command
        .arg(&db.url)
        .env("DOISOAT_FAILPOINT", dies_at)
        .env("DOISOAT_SECRETS__KEY", TEST_KEY)
        .env("DOISOAT_MAIL__TRANSPORT", "smtp")
        .env("DOISOAT_MAIL__HOST", "127.0.0.1")
        .env("DOISOAT_MAIL__PORT", server.address.port().to_string())
        .env("DOISOAT_MAIL__TLS", "none")
        .env("DOISOAT_MAIL__FROM_EMAIL", "hoc-phi@truong.test")
        .env("DOISOAT_MAIL__AT_ONCE", "1")
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    command
}

pub fn smtp(server: &MailServer) -> Transport {
    let patience = Duration::from_secs(5);
    let settings = SmtpSettings {
        host: "127.0.0.1".to_owned(),
        port: server.address.port(),
        security: Security::None,
        login: None,
        authorities: Vec::new(),
        connect_timeout: patience,
        command_timeout: patience,
        answer_timeout: patience,
    };
    Transport::Smtp(Arc::new(Smtp::new(settings).unwrap()))
}

/// Where a worker dies between a letter that was asked for and one that was sent.
const PLACES: [&str; 7] = [
    "letters.taken",
    "letters.composed",
    "letters.made",
    "mail.claimed",
    "mail.begun",
    "mail.sent",
    "mail.marked",
];

#[test]
fn receipts_reach_their_families_once_each_through_kills_and_an_outage() {
    const RECEIPTS: usize = 10;
    for_each_backend(|db| {
        let office = Office::with_invoices(db);
        let mut list = "Ngày;Ghi Có;Nội dung;Số tham chiếu\n".to_owned();
        for number in 0..RECEIPTS {
            // Two families in turn, each payment a part of what is owed.
            let code = crate::support::crowd::code(number % 2 * 2);
            writeln!(list, "20/11/2026;{};{code};FT{number}", 100_000 + number).unwrap();
        }
        office.school.statement("a.csv", list.as_bytes());
        assert_eq!(crate::receipts::all(&office.school).len(), RECEIPTS);
        let sink = MailServer::start();
        for place in PLACES {
            let mut worker = worker(db, &sink, place);
            // One at a time, so that something is left for whoever dies next.
            worker.env("DOISOAT_LETTERS__BATCH", "1").env("DOISOAT_LETTERS__MOST_A_DAY", "100");
            let died = worker.spawn().unwrap().wait().unwrap();
            assert_eq!(died.signal(), Some(ABORT), "{place}");
        }
        // And while somebody goes on, the server is away for a while.
        sink.then(Manner::Greet("421 bao tri".to_owned()));
        office.clock.set(SystemClock.now());
        for _ in 0..100 {
            office.wait_hours(2);
            office.make();
            drain(&office.postman(Arc::new(smtp(&sink))));
            if office.outcomes().sent == i64::try_from(RECEIPTS).unwrap() {
                break;
            }
        }
        let (mails, got) = (office.mails(), sink.got());
        assert_eq!(mails.len(), RECEIPTS, "one mail a receipt: {mails:?}");
        let mut copies = 0;
        for mail in &mails {
            assert_eq!((mail.kind.as_str(), mail.state.as_str()), ("receipt", "sent"), "{mail:?}");
            let own: Vec<&Got> =
                got.iter().filter(|one| one.message_id() == mail.message_id).collect();
            let most = 1 + usize::try_from(mail.unsure_times).unwrap();
            assert!((1..=most).contains(&own.len()), "{} copies: {mail:?}", own.len());
            assert!(own.iter().all(|one| one.message == own[0].message), "the same to the byte");
            copies += own.len();
        }
        assert_eq!(copies, got.len(), "nothing else was sent");
        office.school.verify();
    });
}

#[test]
fn a_letter_is_sent_once_wherever_the_process_dies_or_the_copy_is_counted() {
    for_each_backend(|db| {
        let office = Office::with_invoices(db);
        let (family, _) = office.families()[0];
        for (why, place, copies, unsure) in [
            ("it was taken", "letters.taken", 1, 0),
            ("its page was made", "letters.composed", 1, 0),
            ("it was queued as mail", "letters.made", 1, 0),
            ("the mail was claimed", "mail.claimed", 1, 0),
            ("it was about to be handed over", "mail.begun", 1, 1),
            ("the server had said yes", "mail.sent", 2, 1),
            ("that was written down", "mail.marked", 1, 0),
        ] {
            let server = MailServer::start();
            // Nothing of this kind waits for the day to break.
            let letter = NewLetter {
                school: office.school.id,
                kind: LetterKind::LinkRenewed,
                family,
                about: family,
                key: place.to_owned(),
            };
            office.clock.set(SystemClock.now());
            office.ask(&[letter]).unwrap();
            let mut child = worker(db, &server, place).spawn().unwrap();
            assert_eq!(child.wait().unwrap().signal(), Some(ABORT), "{why}");
            // Whoever goes on does so when the leases of the dead have ended.
            office.clock.set(SystemClock.now() + TimeDelta::hours(2));
            office.make();
            drain(&office.postman(Arc::new(smtp(&server))));
            let got = server.got();
            assert_eq!(got.len(), copies, "{why}");
            let ids: BTreeSet<&str> = got.iter().map(Got::message_id).collect();
            assert_eq!(ids.len(), 1, "{why}: the same Message-ID");
            let mail = office.mails().pop().unwrap();
            assert_eq!((mail.state.as_str(), mail.unsure_times), ("sent", unsure), "{why}");
            assert_eq!(office.letters().last().unwrap().outcome, "sent", "{why}");
        }
        office.school.verify();
    });
}
