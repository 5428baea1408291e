//! What a family sees, and what nobody else does.

use chrono::TimeDelta;
use doisoat::clock::Clock as _;
use doisoat::domain::access::Role;
use doisoat::domain::school_year::Term;
use doisoat::service::families::survey;
use doisoat::service::{ServiceError, family_bill, queue};

use super::Home;
use crate::support::browser::Desk;
use crate::support::for_each_backend;
use crate::support::school::csv;
use crate::support::server::Town;

/// The family's one transfer for all children: amount and text.
fn transfer(home: &Home<'_>) -> (i64, String) {
    let school = &home.town.school;
    let found: Result<_, ServiceError> = school.store.read(|tx| {
        let today = "2026-11-24".parse().unwrap();
        let bill = family_bill::load(tx, school.id, &[home.family], today)?;
        let transfer = bill[&home.family].transfer.clone().unwrap();
        Ok((transfer.amount.dong(), transfer.content))
    });
    found.unwrap()
}

#[test]
fn one_transfer_by_the_familys_code_pays_all_its_children() {
    for_each_backend(|db| {
        let town = Town::create(db).with_invoices();
        let home = Home::of(&town, "HS02");
        let page = home.page();
        for expected in
            ["2.250.000", "1.000.000", "1.250.000", "Mẫu Hai", "Mẫu Ba", "7A2", "TRUONG MAU"]
        {
            assert!(page.contains(expected), "{expected} in {page}");
        }
        for foreign in ["Mẫu Một", "Trần Văn", "HS02", "HPQ6XPNK7", "fonts.", "http://", "https://"]
        {
            let found = page.replace("http://www.w3.org/2000/svg", "");
            assert!(!found.contains(foreign), "{foreign} in {page}");
        }
        let (amount, content) = transfer(&home);
        assert_eq!(amount, 2_250_000);
        assert!(page.contains(&content), "{content}");
        let text = format!("MBVCB.3278907687.{content}.CT tu TRAN VAN A");
        let line = ("2026-11-23", amount, "FT26327000001", text.as_str());
        town.school.statement("sao-ke.csv", &csv(0, &[line]));
        for invoice in queue::invoices(&town.school.store, town.school.id).unwrap() {
            let family = invoice.student_code != "HS01";
            assert_eq!(invoice.paid == invoice.net, family, "{}", invoice.student_code);
        }
        let page = home.page();
        assert_eq!(page.matches("Nhà trường đã nhận đủ tiền").count(), 2, "{page}");
        assert!(page.contains("23/11/2026"), "{page}");
        town.school.verify();
        let opened = "SELECT CAST(SUM(openings) AS BIGINT) AS value FROM family_openings";
        assert_eq!(db.number(opened), 2);
    });
}

#[test]
fn a_page_is_small_keeps_to_itself_and_speaks_two_languages() {
    for_each_backend(|db| {
        let town = Town::create(db).with_invoices();
        let home = Home::of(&town, "HS02");
        let answer = home.get("");
        for (name, expected) in [
            ("cache-control", "no-store"),
            ("referrer-policy", "no-referrer"),
            ("x-robots-tag", "noindex, nofollow, noarchive"),
            ("x-content-type-options", "nosniff"),
        ] {
            assert_eq!(answer.header(name), Some(expected), "{name}");
        }
        assert_eq!(answer.header("set-cookie"), None);
        let page = answer.text();
        let mut bytes = page.len();
        for asset in page.split('"').filter(|text| text.starts_with("/assets/")) {
            bytes += town.server.get(asset).send().body.len();
        }
        assert!(bytes <= 50 * 1024, "{bytes} bytes");
        let picture = home.get("/qr/all.png");
        assert_eq!(picture.header("content-type"), Some("image/png"));
        assert!(picture.header("content-disposition").unwrap().starts_with("attachment"));
        assert!(picture.body.starts_with(b"\x89PNG"));
        for nothing in ["/qr/1.svg", "/qr/all.gif", "/qr/x.png"] {
            assert_eq!(home.get(nothing).status, 404, "{nothing}");
        }
        let english = home.post("/language", &[("lang", "en")]);
        assert_eq!(english.status, 303);
        let page = town.server.get(english.header("location").unwrap()).send().text();
        assert!(page.contains("<html lang=\"en\">") && page.contains("Still to be paid"), "{page}");
    });
}

#[test]
fn the_language_a_guardian_chose_is_kept_for_letters_too() {
    for_each_backend(|db| {
        let town = Town::create(db);
        let list = "Mã học sinh;Họ và tên;Lớp;Họ tên phụ huynh;Email\nHS01;Nguyễn Thị Mẫu;6A1;Lò Mẫu;p@example.test\n";
        town.school.students(list);
        let home = Home::of(&town, "HS01");
        assert!(home.page().contains("<html lang=\"vi\">"));
        home.post("/language", &[("lang", "en")]);
        assert!(home.page().contains("<html lang=\"en\">"));
        assert_eq!(db.words("SELECT language AS value FROM guardians"), ["en"]);
        town.school.verify();
    });
}

#[test]
fn unknown_and_revoked_addresses_are_answered_alike_and_expired_ones_are_renewed_once_a_day() {
    for_each_backend(|db| {
        let town = Town::create(db).with_invoices();
        let (home, other) = (Home::of(&town, "HS01"), Home::of(&town, "HS02"));
        other.revoke();
        let unknown = town.server.get("/f/khong-co-dia-chi-nay").send();
        assert_eq!(unknown.status, 404);
        let revoked = other.get("");
        assert_eq!((revoked.status, revoked.text()), (404, unknown.text()));
        assert_eq!(other.post("/survey", &[("score", "5")]).status, 404);
        town.server.clock.advance(TimeDelta::days(121));
        let expired = home.get("");
        assert_eq!(expired.status, 410);
        assert!(expired.text().contains("Gửi liên kết mới"), "{}", expired.text());
        assert!(!expired.text().contains("Mẫu Một"));
        let asked = home.post("/renew", &[]);
        let strangers = town
            .server
            .post("/f/khong-co/renew")
            .header("Content-Type", "application/x-www-form-urlencoded")
            .send();
        assert_eq!((asked.status, asked.text()), (strangers.status, strangers.text()));
        home.post("/renew", &[]);
        assert_eq!(db.words("SELECT kind AS value FROM letters"), ["link_renewed"]);
    });
}

#[test]
fn staff_open_a_page_without_being_counted_as_the_family_and_every_look_is_written_down() {
    for_each_backend(|db| {
        let town = Town::create(db).with_invoices();
        let desk = Desk::of(&town);
        let accountant = desk.signed_in(Role::Accountant);
        let id = db.number("SELECT id AS value FROM students WHERE code = 'HS02'");
        let family = format!("/students/{id}/family");
        assert!(accountant.page(&format!("/students/{id}")).contains(&family));
        accountant.page(&family);
        let seen = accountant.page(&format!("{family}/page"));
        assert!(seen.contains("2.250.000") && !seen.contains("<form"), "{seen}");
        let told = accountant.post(&format!("{family}/address"), &[]).text();
        let address = told.split("value=\"").find(|part| part.contains("/f/")).unwrap();
        let old = address.split('"').next().unwrap().split("/f/").nth(1).unwrap().to_owned();
        let path = format!("/f/{old}");
        assert_eq!(town.server.get(&path).send().status, 200);
        let renewed = accountant.post(&format!("{family}/new"), &[]).text();
        assert!(renewed.contains("/f/") && !renewed.contains(&old), "{renewed}");
        assert_eq!(town.server.get(&path).send().status, 404, "the old address is revoked");
        let what = "SELECT what AS value FROM family_looks ORDER BY id";
        assert_eq!(db.words(what), ["student", "page", "address", "address"]);
        assert_eq!(accountant.get("/families/log").status, 403);
        let auditor = desk.signed_in(Role::Auditor);
        let log = auditor.page("/families/log?actor=accountant");
        assert!(log.contains("HS03, HS02") && log.contains("Địa chỉ trang"), "{log}");
        let file = auditor.get("/families/log/csv").text();
        assert_eq!(file.lines().count(), 5, "{file}");
        assert!(db.try_execute("UPDATE family_looks SET actor = 'x'").is_err());
        assert_eq!(
            db.number(
                "SELECT CAST(COALESCE(SUM(openings), 0) AS BIGINT) AS value FROM family_openings"
            ),
            1,
            "the family's own address alone counts"
        );
        town.school.verify();
    });
}

#[test]
fn a_family_answers_the_survey_once_a_receipt_and_few_answers_are_not_told() {
    for_each_backend(|db| {
        let town = Town::create(db).with_invoices();
        let home = Home::of(&town, "HS01");
        assert!(!home.page().contains("/survey\""), "nothing was paid yet");
        assert_eq!(home.post("/survey", &[("score", "5")]).status, 422, "there is no receipt");
        let line = ("2026-11-22", 250_000, "FT26326000001", "HPQ6XPNK7");
        town.school.statement("sao-ke.csv", &csv(0, &[line]));
        assert!(home.page().contains("/survey\""));
        for (why, score) in [("none", ""), ("too low", "0"), ("too high", "6"), ("a word", "x")] {
            assert_eq!(home.post("/survey", &[("score", score)]).status, 422, "{why}");
        }
        let done = home.post("/survey", &[("score", "2"), ("words", "Rất tiện <b>")]);
        assert_eq!(done.status, 303, "{}", done.text());
        assert_eq!(home.post("/survey", &[("score", "1")]).status, 422, "answered before");
        assert!(!home.page().contains("/survey\""));
        town.server.clock.set(town.school.clock.now() + TimeDelta::days(60));
        assert!(!home.page().contains("/survey\""), "another term brings no receipt by itself");
        town.server.clock.set(town.school.clock.now());

        let line = ("2026-11-23", 1_000_000, "FT26327000001", "HPQ6XPNK7");
        town.school.statement("sao-ke-2.csv", &csv(250_000, &[line]));
        assert!(home.page().contains("/survey\""), "another receipt");
        assert_eq!(home.post("/survey", &[("score", "5")]).status, 303);
        assert_eq!(home.post("/survey", &[("score", "5")]).status, 422);
        let receipts = "SELECT CAST(score AS TEXT) || ' ' || CAST(r.number AS TEXT) AS value \
                        FROM survey_answers a JOIN receipts r ON r.id = a.receipt_id ORDER BY a.id";
        assert_eq!(db.words(receipts), ["2 1", "5 2"]);
        let desk = Desk::of(&town);
        let head = desk.signed_in(Role::Head);
        let card = head.page("/families");
        assert!(card.contains("chưa đến 5 gia đình") && !card.contains("Rất tiện"), "{card}");
        // Whoever answers often counts once, with the last answer, and of whom were asked is said.
        super::doors::answers(db, &town, &[5, 4, 1, 1]);
        let term = Term::of("2026-11-24".parse().unwrap());
        let told = survey::of_schools(&town.school.store, &[town.school.id], term).unwrap().total;
        assert_eq!(
            (told.content, told.answers, told.asked, told.tenths_of_percent),
            (Some(3), Some(5), Some(5), Some(600))
        );
        let card = head.page("/families");
        assert!(card.contains("đã hỏi 5 gia đình có biên lai"), "{card}");
        town.school.verify();
    });
}

#[test]
fn a_receipt_that_took_anothers_place_asks_no_second_time() {
    for_each_backend(|db| {
        let town = Town::create(db).with_invoices();
        let home = Home::of(&town, "HS01");
        let line = ("2026-11-22", 250_000, "FT26326000001", "HPQ6XPNK7");
        town.school.statement("sao-ke.csv", &csv(0, &[line]));
        assert_eq!(home.post("/survey", &[("score", "4")]).status, 303);
        let first = db.number("SELECT id AS value FROM receipts");
        // Issued anew in the place of the first, as a correction does.
        db.execute(
            "INSERT INTO receipts (id, school_id, payment_id, student_id, school_year, number, code, \
             amount_dong, class, search_key, body, issued_on, issued_at, issued_by, replaces_id) \
             SELECT id + 1000000, school_id, payment_id, student_id, school_year, number + 1, 'X' || code, \
             amount_dong, class, search_key, body, issued_on, issued_at, issued_by, id FROM receipts",
        );
        db.execute(&format!(
            "INSERT INTO receipt_voids (id, school_id, receipt_id, kind, reason, voided_by, voided_at) \
             SELECT id + 2000000, school_id, id, 'changed', 'ghi nhầm', 'test', issued_at FROM receipts WHERE id = {first}"
        ));
        assert!(!home.page().contains("/survey\""));
        assert_eq!(home.post("/survey", &[("score", "1")]).status, 422);
    });
}
