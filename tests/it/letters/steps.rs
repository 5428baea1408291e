//! Letters of every kind are on their way while their worker is killed (SIGKILL, which no program can
//! do anything about) at each step, and at any moment, and the server is away for a while. In the end
//! each message is at the server once, or it is listed, or a further copy is counted.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::io::{BufRead as _, BufReader};
use std::os::unix::process::ExitStatusExt as _;
use std::process::{Child, Stdio};
use std::sync::{Arc, mpsc};
use std::time::Duration;

use doisoat::clock::{Clock as _, SystemClock};
use doisoat::domain::money::Vnd;
use doisoat::service::decide::{self, PersonalUse};
use doisoat::service::families::claims::{self, Answer, AnswerTerms, NewClaim};
use doisoat::service::families::links::{self, Outcome};
use doisoat::service::family_links::{self, Addresses};
use doisoat::service::fees::refunds::{self, RefundTerms};
use doisoat::service::letters::{LetterKind, NewLetter};
use doisoat::service::{ServiceError, receipts};

use super::killed::{smtp, worker};
use super::{Office, drain};
use crate::support::crowd::code;
use crate::support::mailserver::{Got, MailServer, Manner};
use crate::support::{TestDb, for_each_backend};

/// How a process ends that is killed.
const KILLED: i32 = 9;

/// How long a worker may take to get to a step.
const PATIENCE: Duration = Duration::from_secs(30);

/// The steps inside the program, in the order a letter goes through them.
const INSIDE: [&str; 7] = [
    "letters.taken",
    "letters.composed",
    "letters.made",
    "mail.claimed",
    "mail.begun",
    "mail.sent",
    "mail.marked",
];

/// The steps as the server sees them.
const OUTSIDE: [&str; 7] = ["CONNECT", "EHLO", "MAIL", "RCPT", "DATA", "TEXT", "KEPT"];

/// Kinds that stand for themselves here; the contact's change is a mail of its own and is sent the same
/// way as all of them.
const KINDS: [LetterKind; 7] = [
    LetterKind::Notice,
    LetterKind::Reminder,
    LetterKind::Receipt,
    LetterKind::ReceiptVoided,
    LetterKind::Refund,
    LetterKind::ClaimAnswered,
    LetterKind::LinkRenewed,
];

/// A worker that never sleeps and puts nothing off.
fn busy(db: &TestDb, server: &MailServer, stops_at: Option<&str>) -> Busy {
    let mut command = worker(db, server, &format!("stop:{}", stops_at.unwrap_or("nowhere")));
    command
        .env("DOISOAT_LETTERS__BATCH", "1")
        .env("DOISOAT_LETTERS__MOST_A_DAY", "100")
        .env("DOISOAT_LETTERS__RECEIPT_AFTER_MINUTES", "0")
        .env("DOISOAT_LETTERS__QUIET_FROM_HOUR", "7")
        .env("DOISOAT_LETTERS__QUIET_TO_HOUR", "7")
        .stderr(if stops_at.is_some() { Stdio::piped() } else { Stdio::null() });
    Busy(command.spawn().unwrap())
}

/// A worker, which does not outlive a test that failed.
struct Busy(Child);

impl Drop for Busy {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Busy {
    fn kill(mut self, why: &str) {
        self.0.kill().unwrap();
        assert_eq!(self.0.wait().unwrap().signal(), Some(KILLED), "{why}");
    }

    /// Waits until it has reached the place where it stops.
    fn wait_for(&mut self, place: &'static str) {
        let out = BufReader::new(self.0.stderr.take().unwrap());
        let (tell, told) = mpsc::channel();
        std::thread::spawn(move || {
            for line in out.lines().map_while(Result::ok) {
                if line == format!("reached {place}") {
                    // Whoever lost patience listens no more.
                    let _ = tell.send(());
                }
            }
        });
        assert!(told.recv_timeout(PATIENCE).is_ok(), "{place} was not reached");
    }
}

/// Asks for letters about everything there can be one about.
fn ask_all(db: &TestDb, office: &Office) {
    let school = &office.school;
    let (store, clock, actor, id) = (&school.store, &school.clock, &school.actor, school.id);
    let mut list = "Ngày;Ghi Có;Nội dung;Số tham chiếu\n".to_owned();
    for number in 0..8 {
        writeln!(list, "20/11/2026;{};{};FT{number}", 100_000 + number, code(number % 2 * 2))
            .unwrap();
    }
    writeln!(list, "20/11/2026;500000;nop thua;FT9").unwrap();
    school.statement("a.csv", list.as_bytes());
    let issued = crate::receipts::all(school);
    assert_eq!(issued.len(), 8);

    let credit = PersonalUse {
        family_credit: Some(("HS03".to_owned(), Vnd::new(500_000))),
        ..PersonalUse::default()
    };
    let payment = school.payment_id("nop thua");
    decide::allocate(store, clock, actor, (id, payment), None, &credit).unwrap();
    let terms = RefundTerms {
        student: "HS03".to_owned(),
        amount: Vnd::new(200_000),
        item: None,
        bin: "970436".to_owned(),
        account: "1017000099".to_owned(),
        holder: "NGUOI NHAN MAU".to_owned(),
        reason: "nộp thừa".to_owned(),
    };
    let refund = refunds::order(store, clock, actor, id, &terms).unwrap().id;

    // The one receipt is voided, as nobody has been told of it yet at once.
    let voided = issued[0].id;
    let request = receipts::ask_void(store, clock, actor, (id, voided), "ghi nhầm").unwrap();
    assert_eq!(request.state.as_str(), "approved");

    let (family, invoice) = office.families()[0];
    let (other, other_invoice) = office.families()[1];
    let secret: Result<String, ServiceError> = store.write(|tx| {
        let with = Addresses { public_url: "", ids: &*office.ids, keys: &office.keys };
        family_links::address(tx, with, (id, family), clock.now())
    });
    let secret = secret.unwrap().trim_start_matches("/f/").to_owned();
    let Outcome::Open(entry) = links::enter(store, clock, &secret, "192.0.2.1").unwrap() else {
        panic!("the page does not open")
    };
    let new = NewClaim {
        amount: Some(Vnd::new(1_000_000)),
        paid_on: "2026-11-20".parse().ok(),
        bank: String::new(),
        account_end: String::new(),
        words: String::new(),
        photo: None,
    };
    let claim = claims::make(store, clock, (&*office.ids, &office.keys), entry, &new).unwrap();
    let terms =
        AnswerTerms { answer: Answer::NotFound, payment: None, words: "Chưa thấy.".to_owned() };
    claims::answer(store, clock, actor, (id, claim), &terms).unwrap();

    let new = |kind, family, about, key: &str| {
        let key = format!("{family}:{key}:first");
        NewLetter { school: id, kind, family, about, key }
    };
    office
        .ask(&[
            new(LetterKind::Notice, family, invoice, "1"),
            new(LetterKind::Notice, other, other_invoice, "1"),
            new(LetterKind::Reminder, family, invoice, "2026-11-20"),
            new(LetterKind::Reminder, other, other_invoice, "2026-11-20"),
            new(LetterKind::ReceiptVoided, family, voided, "1"),
            new(LetterKind::Receipt, other, issued[1].id, "again"),
            new(LetterKind::Refund, other, refund, "1"),
            new(LetterKind::ClaimAnswered, family, claim, "1"),
            new(LetterKind::LinkRenewed, family, family, "1"),
            new(LetterKind::LinkRenewed, other, other, "1"),
            // Each kill keeps one from going on for a while: more than there are steps.
            new(LetterKind::Notice, family, invoice, "2"),
            new(LetterKind::Notice, other, other_invoice, "2"),
            new(LetterKind::Notice, family, invoice, "3"),
            new(LetterKind::Notice, other, other_invoice, "3"),
            new(LetterKind::Notice, family, invoice, "4"),
            new(LetterKind::Notice, other, other_invoice, "4"),
        ])
        .unwrap();
    now_due(db, office);
}

/// Workers go by the machine's clock, whatever year it shows.
fn now_due(db: &TestDb, office: &Office) {
    office.clock.set(SystemClock.now());
    let due = "2020-01-01 00:00:00";
    let school = office.school.id.0;
    db.execute(&format!(
        "UPDATE letters SET due_at = '{due}', asked_at = '{due}' \
         WHERE school_id = {school} AND due_at IS NOT NULL"
    ));
}

/// Somebody goes on, with the server away at first, until nothing is to be done any more.
fn go_on(office: &Office, sink: &MailServer) {
    sink.then(Manner::Greet("421 bao tri".to_owned()));
    for _ in 0..60 {
        office.wait_hours(2);
        let mut composer = office.composer();
        composer.settings.most_a_day = 100;
        while !composer.work().unwrap().is_idle() {}
        drain(&office.postman(Arc::new(smtp(sink))));
        let waits = office.letters().iter().any(|letter| letter.outcome == "waiting");
        if !waits {
            return;
        }
    }
    panic!("letters still wait: {:?}", office.letters());
}

/// Each message is at the server once, or listed as not sent, or has as many more copies as were
/// counted; all copies of one are the same to the byte, and nothing else is there.
fn accounted_for(office: &Office, sink: &MailServer) {
    let (mails, got) = (office.mails(), sink.got());
    let mut by_id: BTreeMap<&str, Vec<&Got>> = BTreeMap::new();
    for one in &got {
        by_id.entry(one.message_id()).or_default().push(one);
    }
    for mail in &mails {
        let own = by_id.remove(mail.message_id.as_str()).unwrap_or_default();
        let counted = usize::try_from(mail.unsure_times).unwrap();
        match mail.state.as_str() {
            "sent" => assert!((1..=1 + counted).contains(&own.len()), "{}: {mail:?}", own.len()),
            "failed" | "unsure" => assert!(own.len() <= counted, "{}: {mail:?}", own.len()),
            other => panic!("{other}: {mail:?}"),
        }
        assert!(own.iter().all(|one| one.message == own[0].message), "{mail:?}");
    }
    assert!(by_id.is_empty(), "nothing else was sent: {:?}", by_id.keys());
    for letter in office.letters() {
        let told = letter.copies.iter().all(|copy| copy.to.is_some() || copy.reason.is_some());
        assert!(!letter.copies.is_empty() && told, "{letter:?}");
    }
}

#[test]
fn every_kind_of_letter_is_accounted_for_when_its_worker_is_killed_at_each_step() {
    for_each_backend(|db| {
        let office = Office::with_invoices(db);
        ask_all(db, &office);
        let sink = MailServer::start();
        for place in INSIDE {
            let mut worker = busy(db, &sink, Some(place));
            worker.wait_for(place);
            worker.kill(place);
        }
        for step in OUTSIDE {
            let there = sink.silent_at(step);
            let worker = busy(db, &sink, None);
            assert!(there.recv_timeout(PATIENCE).is_ok(), "{step} was not reached");
            worker.kill(step);
        }
        go_on(&office, &sink);
        accounted_for(&office, &sink);
        let mails = office.mails();
        let sent: BTreeSet<&str> = mails
            .iter()
            .filter(|mail| mail.state == "sent")
            .map(|mail| mail.kind.as_str())
            .collect();
        assert_eq!(sent, KINDS.iter().map(|kind| kind.as_str()).collect::<BTreeSet<_>>());
        // Killed between the server's yes and our mark, or before it could be known: three steps inside
        // and four outside, of which each costs a count and no more.
        let counted: i64 = mails.iter().map(|mail| mail.unsure_times).sum();
        assert!((2..=8).contains(&counted), "{counted}");
        let copies = sink.got().len() - mails.iter().filter(|mail| mail.state == "sent").count();
        assert!(copies >= 2, "after the server's yes a second copy went: {copies}");
        office.school.verify();
    });
}

#[test]
fn letters_are_accounted_for_when_their_worker_is_killed_at_any_moment() {
    for_each_backend(|db| {
        let office = Office::with_invoices(db);
        let sink = MailServer::start();
        for number in 0..16_u64 {
            // The server takes its time, so that a kill comes while it does.
            sink.then(Manner::Late(Duration::from_millis(20 + number * 37 % 110)));
        }
        let families = office.families();
        let mut letters = Vec::new();
        for number in 0..12 {
            let (family, about) = families[number % 2];
            let key = format!("{number}:{family}");
            letters.push(NewLetter {
                school: office.school.id,
                kind: LetterKind::Notice,
                family,
                about,
                key,
            });
        }
        office.ask(&letters).unwrap();
        now_due(db, &office);
        let mut state = 0x2545_F491_4F6C_DD1D_u64;
        for round in 0..7 {
            let worker = busy(db, &sink, None);
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            std::thread::sleep(Duration::from_millis(150 + state % 700));
            worker.kill(&format!("round {round}"));
        }
        go_on(&office, &sink);
        accounted_for(&office, &sink);
        assert_eq!(office.mails().len(), 12, "one mail a letter");
        office.school.verify();
    });
}
