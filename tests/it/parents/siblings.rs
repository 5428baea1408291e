//! A name is given up where a sibling stays and where it is so short that it stands in other words: no
//! trace of the one, and nothing of the other touched.

use doisoat::domain::access::Role;
use doisoat::domain::money::Vnd;
use doisoat::service::privacy::erasure;
use doisoat::service::students::{Leaving, moves};
use doisoat::service::{Actor, family_bill};

use super::Home;
use super::privacy::places;
use crate::support::browser::Desk;
use crate::support::school::csv;
use crate::support::server::Town;
use crate::support::{TestDb, for_each_backend};

/// A name of two signs that stands in no other word here.
const SHORT: &str = "Ỷ Ỵ";
const OWN_EMAIL: &str = "y.ngan@example.test";
const OWN_PHONE: &str = "0909777111";
const CODE: &str = "HSNGAN";

/// What the sibling and the erased student share, and what the sibling is known by.
const KEPT: [&str; 5] =
    ["Bùi Mẫu Ỷỵ Lại", "HSCON", "Bùi Mẫu Cha Chung", "cha.chung@example.test", "0909777222"];

fn town(db: &TestDb) -> Town {
    let town = Town::create(db).with_invoices();
    let list = format!(
        "Mã học sinh;Họ và tên;Lớp;Mã gia đình;Họ tên phụ huynh;Email;Số điện thoại;Họ tên phụ huynh 2;Email 2;Số điện thoại 2;Số định danh cá nhân\n\
         {CODE};{SHORT};6A1;FNGAN;Bùi Mẫu Cha Chung;cha.chung@example.test;0909777222;Lò Thị Riêng Ngan;{OWN_EMAIL};{OWN_PHONE};001315000022\n\
         HSCON;Bùi Mẫu Ỷỵ Lại;7A2;FNGAN;Bùi Mẫu Cha Chung;cha.chung@example.test;0909777222;;;;\n"
    );
    assert_eq!(town.school.students(&list).bad, vec![]);
    let invoices = format!(
        "Mã thanh toán;Mã học sinh;Họ và tên;Lớp;Còn phải thu\nHPTEST9QX;{CODE};;;500000\n"
    );
    assert_eq!(town.school.invoices(&invoices).bad, vec![]);
    town
}

/// Writes the name wherever somebody can write beside a student's dues or to its family.
fn write_everywhere(town: &Town, db: &TestDb) {
    let school = &town.school;
    let home = Home::of(town, CODE);
    let words = format!("Cháu {SHORT} đã nộp, gọi {OWN_PHONE}; cháu Ỷỵ Lại chưa.");
    let asked = [("amount", "500.000"), ("paid_on", "22/11/2026"), ("words", words.as_str())];
    assert_eq!(home.ask(&asked, None).status, 303);
    let desk = Desk::of(town);
    let accountant = desk.signed_in(Role::Accountant);
    let claim = db.number("SELECT id AS value FROM claims");
    accountant.page(&format!("/claims/{claim}"));
    let answer = format!("Chưa thấy tiền của {SHORT}, có của Ỷỵ Lại.");
    let fields = [("answer", "not_found"), ("words", answer.as_str())];
    accountant.done(&format!("/claims/{claim}"), &fields);
    // A credit note with the name in its reason.
    let student = db.number(&format!("SELECT id AS value FROM students WHERE code = '{CODE}'"));
    let line = doisoat::service::fees::credit_notes::LineCredit {
        item: db.words("SELECT code AS value FROM fee_items WHERE id IN (SELECT fee_item_id FROM invoice_lines \
             WHERE invoice_id IN (SELECT id FROM invoices WHERE code = 'HPTEST9QX'))").remove(0),
        quantity: None,
        amount: Some(Vnd::new(100_000)),
    };
    doisoat::service::fees::credit_notes::correct(
        &school.store,
        &school.clock,
        &school.actor,
        (school.id, "HPTEST9QX"),
        &[line],
        &format!("giảm cho {SHORT} theo đơn"),
    )
    .unwrap();
    let line = ("2026-11-23", 400_000, "FT26327000001", "HPTEST9QX");
    school.statement("sao-ke.csv", &csv(0, &[line]));
    assert_eq!(
        home.post("/survey", &[("score", "4"), ("words", &format!("{SHORT} và Ỷỵ"))]).status,
        303
    );
    let basis = [("words", format!("mẹ của {SHORT} đồng ý")), ("on", "20/11/2026".to_owned())];
    let basis: Vec<(&str, &str)> =
        basis.iter().map(|(name, text)| (*name, text.as_str())).collect();
    accountant.done(&format!("/students/{student}/family/basis"), &basis);
    let due = "SELECT COUNT(*) AS value FROM letters WHERE due_at IS NOT NULL";
    while db.number(due) > 0 {
        crate::letters::composer(school).work().unwrap();
    }
    // The service sends them by itself.
    for _ in 0..200 {
        if db.number("SELECT COUNT(*) AS value FROM mails WHERE due_at IS NOT NULL") == 0 {
            return;
        }
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    panic!("mails still wait");
}

#[test]
fn a_short_name_leaves_no_trace_and_its_sibling_is_untouched() {
    for_each_backend(|db| {
        let town = town(db);
        write_everywhere(&town, db);
        let school = &town.school;
        for text in [SHORT, OWN_EMAIL, OWN_PHONE, CODE, "Lò Thị Riêng Ngan", "001315000022"] {
            assert!(
                !places(db, text).is_empty(),
                "{text} stands nowhere, so that nothing is shown"
            );
        }
        assert!(db.number("SELECT COUNT(*) AS value FROM credit_notes") > 0);
        let before: Vec<Vec<String>> = KEPT.iter().map(|text| places(db, text)).collect();
        let leaving = Leaving { on: "2026-11-24".parse().unwrap(), reason: "chuyển".to_owned() };
        let of = (school.id, CODE);
        moves::leave(&school.store, &school.clock, &school.actor, of, &leaving).unwrap();
        let id = db.number(&format!("SELECT id AS value FROM students WHERE code = '{CODE}'"));
        let reason = format!("gia đình của {SHORT} yêu cầu");
        let (one, other) = (Actor::named("thu-truong"), Actor::named("quan-tri"));
        let (store, clock) = (&school.store, &school.clock);
        let asked = erasure::ask(store, clock, &one, (school.id, id), &reason).unwrap();
        let done = erasure::decide(store, clock, &other, (school.id, asked.id), true).unwrap();
        assert!(!done.reason.contains(SHORT) && done.reason.contains("yêu cầu"), "{done:?}");

        for text in [SHORT, OWN_EMAIL, OWN_PHONE, CODE, "Lò Thị Riêng Ngan", "001315000022"] {
            let found = places(db, text);
            assert!(found.is_empty(), "{text}: {found:?}");
        }
        for (text, before) in KEPT.iter().zip(before) {
            assert_eq!(places(db, text), before, "{text} is where it was");
        }
        // What was written of the sibling beside it stays.
        for (sql, part) in [
            ("SELECT words AS value FROM claims", "cháu Ỷỵ Lại chưa"),
            ("SELECT answer_words AS value FROM claims", "có của Ỷỵ Lại"),
            ("SELECT words AS value FROM survey_answers", "và Ỷỵ"),
            ("SELECT words AS value FROM family_bases", "đồng ý"),
            ("SELECT reason AS value FROM credit_notes", "theo đơn"),
        ] {
            let words = db.words(sql).remove(0);
            assert!(words.contains(part) && !words.contains(SHORT), "{sql}: {words}");
        }
        // Mails that are still kept name every child: what they said is gone, to whom is known.
        let texts = "SELECT COUNT(*) AS value FROM mails WHERE state = 'sent' AND sealed <> '' \
                     AND kind <> 'contact_change'";
        assert_eq!(db.number(texts), 0);
        let family: i64 = store.read(|tx| family_bill::family_of(tx, school.id, "HSCON")).unwrap();
        let bill = store
            .read(|tx| family_bill::load(tx, school.id, &[family], "2026-11-24".parse().unwrap()))
            .unwrap();
        let children: Vec<&str> =
            bill[&family].children.iter().map(|child| child.code.as_str()).collect();
        assert_eq!(children, ["HSCON"]);
        assert_eq!(Home::of(&town, "HSCON").get("").status, 200, "the family's page goes on");
        school.verify();
    });
}
