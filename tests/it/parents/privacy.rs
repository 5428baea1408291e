//! Everything about a student given out; a name given up while the books stay; what is too old gone.

use std::io::{Cursor, Read as _};
use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;
use doisoat::app;
use doisoat::clock::{Clock, FixedClock};
use doisoat::config;
use doisoat::domain::access::Role;
use doisoat::domain::lang::Lang;
use doisoat::service::privacy::retention::{self, Forgotten, Retention};
use doisoat::service::privacy::{erasure, export};
use doisoat::service::students::{Leaving, moves};
use doisoat::service::{Actor, ServiceError};
use doisoat::worker::{Bell, Workers};

use super::Home;
use crate::support::browser::Desk;
use crate::support::feed::keys;
use crate::support::school::csv;
use crate::support::server::Town;
use crate::support::{Backend, TestDb, for_each_backend};

/// By what the made-up student is known.
const NAME: &str = "Đặng Thị Canari Mẫu";
const GUARDIAN: &str = "Lò Văn Canari";
const EMAIL: &str = "canari@example.test";
const PHONE: &str = "0909123123";
const CODE: &str = "HSCANARI";

/// A school in which the student has everything that a student can have.
fn town(db: &TestDb) -> Town {
    let town = Town::create(db).with_invoices();
    let list = format!(
        "Mã học sinh;Họ và tên;Lớp;Họ tên phụ huynh;Email;Số điện thoại;Số định danh cá nhân;Ngày sinh\n\
         {CODE};{NAME};6A1;{GUARDIAN};{EMAIL};{PHONE};001315000011;01/02/2015\n\
         HSXAU;{NAME} Em;6A1;{GUARDIAN};khong-phai-email;{PHONE};;\n"
    );
    assert_eq!(town.school.students(&list).bad.len(), 1);
    let invoices = format!(
        "Mã thanh toán;Mã học sinh;Họ và tên;Lớp;Còn phải thu\nHPTEST9QX;{CODE};;;500000\n"
    );
    town.school.invoices(&invoices);
    let home = Home::of(&town, CODE);
    let words = format!("{NAME} đã nộp, gọi {PHONE}");
    let asked = [("amount", "500.000"), ("paid_on", "22/11/2026"), ("words", words.as_str())];
    assert_eq!(home.ask(&asked, None).status, 303);
    let whose = format!("{}-1", student(db));
    let fields = [("whose", whose.as_str()), ("phone", "0909999888")];
    assert_eq!(home.post("/contact", &fields).status, 303);
    town
}

fn student(db: &TestDb) -> i64 {
    db.number(&format!("SELECT id AS value FROM students WHERE code = '{CODE}'"))
}

fn answer_all(town: &Town, db: &TestDb) {
    let desk = Desk::of(town);
    let accountant = desk.signed_in(Role::Accountant);
    let id = db.number("SELECT id AS value FROM claims");
    accountant.page(&format!("/claims/{id}"));
    let fields = [("answer", "not_found"), ("words", "Chưa thấy.")];
    accountant.done(&format!("/claims/{id}"), &fields);
}

fn leave(town: &Town) {
    let school = &town.school;
    let leaving =
        Leaving { on: "2026-11-24".parse().unwrap(), reason: "chuyển trường".to_owned() };
    moves::leave(&school.store, &school.clock, &school.actor, (school.id, CODE), &leaving).unwrap();
}

fn pay(town: &Town) {
    let text = format!("HPTEST9QX {NAME}");
    let line = ("2026-11-23", 500_000, "FT26327000001", text.as_str());
    town.school.statement("sao-ke.csv", &csv(0, &[line]));
}

/// Where a text stands: every column of every table that holds texts.
pub fn places(db: &TestDb, wanted: &str) -> Vec<String> {
    let mut found = Vec::new();
    for table in db.tables() {
        let columns = db.words(&match db.backend {
            Backend::Sqlite => format!(
                "SELECT name AS value FROM pragma_table_info('{table}') WHERE type = 'TEXT'"
            ),
            Backend::Postgres => format!(
                "SELECT column_name::text AS value FROM information_schema.columns \
                 WHERE table_name = '{table}' AND data_type = 'text'"
            ),
        });
        for column in columns {
            let rows = db.number(&format!(
                "SELECT COUNT(*) AS value FROM {table} WHERE LOWER({column}) LIKE LOWER('%{wanted}%')"
            ));
            if rows > 0 {
                found.push(format!("{table}.{column}"));
            }
        }
    }
    found
}

fn refusal(outcome: Result<erasure::ErasureView, ServiceError>) -> String {
    let error = outcome.unwrap_err();
    let codes: Vec<String> = error.diagnostics().iter().map(|one| one.code.clone()).collect();
    codes.join(" ")
}

#[test]
fn an_erased_student_is_found_nowhere_but_where_the_law_keeps_money() {
    for_each_backend(|db| {
        let town = town(db);
        let school = &town.school;
        let (store, clock) = (&school.store, &school.clock);
        let (one, other) = (Actor::named("thu-truong"), Actor::named("quan-tri"));
        let id = student(db);
        let ask = || erasure::ask(store, clock, &one, (school.id, id), "gia đình yêu cầu");
        assert_eq!(refusal(ask()), "erasure_at_school");
        leave(&town);
        assert_eq!(refusal(ask()), "erasure_dues erasure_claims");
        pay(&town);
        answer_all(&town, db);
        let before = school.state();
        let asked = ask().unwrap();
        assert_eq!(refusal(ask()), "erasure_waits");
        let decide = |who: &Actor| erasure::decide(store, clock, who, (school.id, asked.id), true);
        assert_eq!(refusal(decide(&one)), "second_person");
        assert!(!places(db, NAME).is_empty());
        let done = decide(&other).unwrap();
        assert_eq!(done.code, format!("XOA-{id}"));
        assert_eq!(refusal(decide(&other)), "erasure_decided");

        // What the bank wrote is the bank's: accounting law keeps it.
        let kept = ["entries.remittance"];
        for (what, text) in [
            ("the name", NAME),
            ("the guardian", GUARDIAN),
            ("the address", EMAIL),
            ("the number", PHONE),
            ("the proposed number", "0909999888"),
            ("the code", CODE),
            ("the personal number", "001315000011"),
        ] {
            let found = places(db, text);
            let found: Vec<&String> =
                found.iter().filter(|place| !kept.contains(&place.as_str())).collect();
            assert!(found.is_empty(), "{what}: {found:?}");
        }
        let renamed: Vec<String> =
            before.iter().map(|line| line.replace(CODE, &done.code)).collect();
        let mut renamed = renamed;
        renamed.sort();
        assert_eq!(school.state(), renamed, "the books stay as they are");
        school.verify();
    });
}

#[test]
fn siblings_and_namesakes_keep_their_names() {
    for_each_backend(|db| {
        let town = Town::create(db).with_invoices();
        let school = &town.school;
        let list = "Mã học sinh;Họ và tên;Lớp;Mã gia đình;Họ tên phụ huynh;Email\n\
            HSA;Bùi Mẫu Chung;6A1;FX;Bùi Mẫu Cha;cha@example.test\n\
            HSB;Bùi Mẫu Em;7A2;FX;Bùi Mẫu Cha;cha@example.test\n\
            HSC;Bùi Mẫu Chung;7A2;FY;;\n";
        assert_eq!(school.students(list).bad, vec![]);
        let (store, clock) = (&school.store, &school.clock);
        let leaving = Leaving { on: "2026-11-24".parse().unwrap(), reason: "chuyển".to_owned() };
        moves::leave(store, clock, &school.actor, (school.id, "HSA"), &leaving).unwrap();
        let id = db.number("SELECT id AS value FROM students WHERE code = 'HSA'");
        let asked =
            erasure::ask(store, clock, &Actor::named("a"), (school.id, id), "yêu cầu").unwrap();
        erasure::decide(store, clock, &Actor::named("b"), (school.id, asked.id), true).unwrap();
        let names = db
            .words("SELECT name AS value FROM students WHERE code IN ('HSB', 'HSC') ORDER BY code");
        assert_eq!(names, ["Bùi Mẫu Em", "Bùi Mẫu Chung"]);
        let emails = db.words("SELECT email AS value FROM guardians WHERE email IS NOT NULL");
        assert_eq!(emails, ["cha@example.test"]);
        assert_eq!(
            db.words("SELECT family_key AS value FROM families WHERE family_key = 'FX'").len(),
            1
        );
        school.verify();
    });
}

#[test]
fn everything_about_a_student_is_given_out_and_that_is_written_down() {
    for_each_backend(|db| {
        let town = town(db);
        let school = &town.school;
        let what = (school.id, student(db), Lang::Vi);
        let bytes =
            export::archive(&school.store, &school.clock, &keys(), &school.actor, what).unwrap();
        let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
        let mut read = |name: &str| {
            let mut text = String::new();
            archive.by_name(name).unwrap().read_to_string(&mut text).unwrap();
            text
        };
        let (json, html) = (read("data.json"), read("data.html"));
        for expected in [NAME, GUARDIAN, EMAIL, PHONE, CODE, "HPTEST9QX", "001315000011"] {
            assert!(json.contains(expected) && html.contains(expected), "{expected}");
        }
        for foreign in ["Mẫu Một", "HS01", "sealed", "secret_hash"] {
            assert!(!json.contains(foreign), "{foreign}");
        }
        let read: serde_json::Value = serde_json::from_str(&json).unwrap();
        assert_eq!(read["claims"][0]["amount_dong"], 500_000);
        assert_eq!(db.words("SELECT what AS value FROM family_looks"), ["export"]);
        let desk = Desk::of(&town);
        let path = format!("/students/{}/export", student(db));
        assert_eq!(desk.signed_in(Role::Accountant).get(&path).status, 403);
        let head = desk.signed_in(Role::Head);
        assert_eq!(head.get(&path).header("content-type"), Some("application/zip"));
    });
}

#[test]
fn what_is_too_old_is_forgotten_and_counted() {
    for_each_backend(|db| {
        let town = town(db);
        let school = &town.school;
        answer_all(&town, db);
        // The service makes mail of the answer by itself: it is waited for.
        let waiting = "SELECT COUNT(*) AS value FROM letters WHERE due_at IS NOT NULL";
        while db.number(waiting) > 0 {
            crate::letters::composer(school).work().unwrap();
        }
        let mails = usize::try_from(db.number("SELECT COUNT(*) AS value FROM mails")).unwrap();
        let claim = db.number("SELECT id AS value FROM claims");
        let school_id = school.id.0;
        db.execute(&format!(
            "INSERT INTO claim_photos (id, school_id, claim_id, key_id, sealed, size_bytes, made_at) \
             VALUES (4000000000000000000, {school_id}, {claim}, 'k', 's', 1, '2026-11-24 01:00:00')"
        ));
        db.execute("UPDATE mails SET state = 'sent', sent_at = created_at, due_at = NULL, leased_until = NULL");
        let kept = Retention {
            claim_photo_days: 180,
            access_log_days: 730,
            family_link_days: 400,
            mail_text_days: 365,
        };
        let run = || retention::run(&school.store, &school.clock, kept).unwrap();
        assert_eq!(run(), Forgotten::default(), "nothing is old yet");
        for (why, days, expected) in [
            ("pictures first", 181, Forgotten { claim_photos: 1, ..Forgotten::default() }),
            ("then what mails said", 366, Forgotten { mail_texts: mails, ..Forgotten::default() }),
            (
                "addresses long after they ended",
                521,
                Forgotten { family_links: 1, ..Forgotten::default() },
            ),
            ("the log last", 731, Forgotten { looks: 1, ..Forgotten::default() }),
        ] {
            school.clock.set(crate::support::school::now() + TimeDelta::days(days));
            assert_eq!(run(), expected, "{why}, at {}", school.clock.now());
            assert_eq!(run(), Forgotten::default(), "{why}, once");
        }
        school.verify();
    });
}

#[test]
fn the_service_forgets_by_itself_after_as_many_days_as_the_settings_say() {
    for_each_backend(|db| {
        let town = town(db);
        let school = &town.school;
        let desk = Desk::of(&town);
        desk.signed_in(Role::Accountant).page(&format!("/students/{}", student(db)));
        let looks = "SELECT COUNT(*) AS value FROM family_looks";
        assert_eq!(db.number(looks), 1);
        let file = "[privacy]\naccess_log_days = 365\nfamily_link_days = 400\n";
        let settings = config::from_parts(Some(("doisoat.toml", file)), [], None).unwrap();
        let kept = app::retention(&settings);
        assert_eq!((kept.access_log_days, kept.family_link_days), (365, 400));
        let clock = Arc::new(FixedClock::at(crate::support::school::now()));
        let shared: Arc<dyn Clock> = clock.clone();
        let mut workers = Workers::new(Arc::new(Bell::new()));
        let often = Duration::from_millis(20);
        workers.retention(school.store.clone(), shared, kept, often).unwrap();
        let forgotten = |expected: i64| {
            for _ in 0..250 {
                if db.number(looks) == expected {
                    return true;
                }
                std::thread::sleep(often);
            }
            false
        };
        clock.advance(TimeDelta::days(364));
        std::thread::sleep(often * 10);
        assert_eq!(db.number(looks), 1, "a day too early");
        clock.advance(TimeDelta::days(2));
        assert!(forgotten(0), "the log of looks");
        let links = "SELECT COUNT(*) AS value FROM family_links";
        assert_eq!(db.number(links), 1, "which are kept longer");
        clock.advance(TimeDelta::days(400));
        for _ in 0..250 {
            if db.number(links) == 0 {
                break;
            }
            std::thread::sleep(often);
        }
        assert_eq!(db.number(links), 0);
        workers.stop();
        let told = db
            .number("SELECT COUNT(*) AS value FROM audit_records WHERE action = 'privacy.forget'");
        assert_eq!(told, 2, "each time something went, and only then");
        school.verify();
    });
}
