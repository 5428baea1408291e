//! "I paid, but…": it points a person to money and moves none.

use doisoat::domain::access::Role;
use doisoat::service::families::claims;

use super::Home;
use crate::support::browser::Desk;
use crate::support::for_each_backend;
use crate::support::picture::png;
use crate::support::school::csv;
use crate::support::server::Town;

const ASKED: [(&str, &str); 5] = [
    ("amount", "1.000.000"),
    ("paid_on", "22/11/2026"),
    ("bank", "Ngân hàng mẫu"),
    ("account_end", "4321"),
    ("words", "Đã chuyển <script>alert(1)</script>"),
];

#[test]
fn a_question_is_answered_beside_the_money_it_may_be_about_and_settles_nothing() {
    for_each_backend(|db| {
        let town = Town::create(db).with_invoices();
        let home = Home::of(&town, "HS02");
        // Money that nobody could tell whose it is.
        let line = ("2026-11-23", 1_000_000, "FT26327000001", "chuyen tien");
        town.school.statement("sao-ke.csv", &csv(0, &[line]));
        let payment = town.school.payment_id("chuyen tien").0;
        let before = town.school.state();
        let sent = home.ask(&ASKED, Some(&png()));
        assert_eq!(sent.status, 303, "{}", sent.text());
        assert!(home.page().contains("Đã nhận"));
        assert_eq!(town.school.state(), before, "a question moves no money");

        let desk = Desk::of(&town);
        let accountant = desk.signed_in(Role::Accountant);
        assert!(accountant.page("/queue").contains("/claims\""));
        let list = accountant.page("/claims");
        assert!(list.contains("1.000.000") && list.contains("Trần Văn Mẫu Hai"), "{list}");
        let id = db.number("SELECT id AS value FROM claims");
        let one = accountant.page(&format!("/claims/{id}"));
        assert!(one.contains("chuyen tien") && one.contains("&#60;script&#62;"), "{one}");
        assert!(!one.contains("<script>alert"), "{one}");
        assert!(accountant.page(&format!("/queue/{payment}")).contains(&format!("/claims/{id}\"")));
        let photo = accountant.get(&format!("/claims/{id}/photo"));
        assert_eq!(photo.header("content-type"), Some("image/jpeg"));
        assert_eq!(photo.header("x-content-type-options"), Some("nosniff"));
        assert!(photo.body.starts_with(&[0xFF, 0xD8, 0xFF]));
        assert!(!photo.body.windows(3).any(|part| part == b"GPS"), "where it was taken is gone");

        let to = format!("/claims/{id}");
        for (why, fields) in [
            ("no answer chosen", vec![]),
            ("no payment named", vec![("answer", "matched")]),
            ("a payment that is none", vec![("answer", "matched"), ("payment", "999999999")]),
            ("nothing said of what to send", vec![("answer", "please_send"), ("words", " ")]),
        ] {
            assert!(accountant.refused(&to, &fields).contains("fault"), "{why}");
        }
        let number = payment.to_string();
        let answer = [("answer", "matched"), ("payment", number.as_str()), ("words", "Đã thấy.")];
        assert_eq!(accountant.done(&to, &answer), "/claims");
        assert!(accountant.refused(&to, &answer).contains("đã trả lời câu hỏi này"));
        assert_eq!(town.school.state(), before, "an answer moves no money either");
        assert_eq!(db.words("SELECT kind AS value FROM letters"), ["claim_answered"]);
        let page = home.page();
        assert!(page.contains("đã tìm thấy") && page.contains("Đã thấy."), "{page}");
        town.school.verify();
    });
}

#[test]
fn lies_change_nothing_and_strangers_learn_nothing() {
    for_each_backend(|db| {
        let town = Town::create(db).with_invoices();
        // Somebody else's money, settled by its code.
        let line = ("2026-11-22", 1_250_000, "FT26326000001", "HPQ6XPNK7");
        town.school.statement("sao-ke.csv", &csv(0, &[line]));
        let before = town.school.state();
        let home = Home::of(&town, "HS02");
        for (why, amount) in [
            ("never paid", "9.999.000"),
            ("somebody else's payment", "1.250.000"),
            ("what is owed, to the đồng", "2.250.000"),
        ] {
            let asked = [("amount", amount), ("paid_on", "22/11/2026"), ("words", "HPQ6XPNK7")];
            assert_eq!(home.ask(&asked, None).status, 303, "{why}");
        }
        assert_eq!(town.school.state(), before);
        // New files are matched as if nobody had asked.
        let line = ("2026-11-24", 2_250_000, "FT26328000001", "nop tien");
        town.school.statement("sao-ke-2.csv", &csv(1_250_000, &[line]));
        assert_ne!(town.school.payment("nop tien").state.decision, "settled");
        let fourth = home.ask(&[("amount", "1000"), ("paid_on", "22/11/2026")], None);
        assert_eq!(fourth.status, 422, "three wait already");
        assert!(fourth.text().contains("Gia đình đã gửi nhiều câu hỏi"), "{}", fourth.text());
        // Another school's claims are as if they did not exist.
        let id = db.number("SELECT MIN(id) AS value FROM claims");
        let school = &town.school;
        let other = doisoat::domain::id::SchoolId(
            db.number("SELECT id AS value FROM schools WHERE code = 'THCS-KHAC'"),
        );
        let missing = |id| {
            let found = claims::show(&school.store, &school.clock, &school.actor, (other, id));
            found.unwrap_err().to_string().replace(&id.to_string(), "N")
        };
        assert_eq!(missing(id), missing(4_611_686_018_427_387_904));
        town.school.verify();
    });
}

#[test]
fn what_is_no_picture_is_refused_with_words_and_what_was_typed_stays() {
    for_each_backend(|db| {
        let town = Town::create(db).with_invoices();
        let home = Home::of(&town, "HS02");
        let mut bomb = png();
        bomb[16..24].copy_from_slice(&[0, 0, 0xF0, 0, 0, 0, 0xF0, 0]);
        for (why, photo) in [
            ("a page", b"<html><script>alert(1)</script></html>".to_vec()),
            ("a name only", vec![0xFF, 0xD8, 0xFF]),
            ("cut off", png()[..40].to_vec()),
            ("sides it does not have", bomb),
        ] {
            let answer = home.ask(&ASKED, Some(&photo));
            assert_eq!(answer.status, 422, "{why}: {}", answer.text());
            let page = answer.text();
            assert!(page.contains("class=\"fault\"") && page.contains("Ngân hàng mẫu"), "{why}");
        }
        let large = vec![0xFF; 5 * 1024 * 1024 + 1];
        assert_eq!(home.ask(&ASKED, Some(&large)).status, 413);
        for (why, field, value) in [
            ("no amount", "amount", ""),
            ("a word for an amount", "amount", "một triệu"),
            ("tomorrow", "paid_on", "25/11/2026"),
            ("long ago", "paid_on", "01/01/2020"),
            ("a whole account", "account_end", "1017000001"),
        ] {
            let fields = ASKED.map(|(name, old)| (name, if name == field { value } else { old }));
            assert_eq!(home.ask(&fields, None).status, 422, "{why}");
        }
        assert_eq!(db.number("SELECT COUNT(*) AS value FROM claims"), 0);
    });
}
