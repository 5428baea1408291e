//! The same money in notifications and on statements is one payment, whichever comes first.

use doisoat::domain::notification::{Movement, Provider};
use doisoat::ids::CountingIds;

use crate::support::feed::{Feed, endpoint, movement};
use crate::support::for_each_backend;
use crate::support::school::{School, csv, mt940};

/// Two students; the first is paid by code, the other's twins come without one.
fn school(db: &crate::support::TestDb) -> School {
    let school = School::create(db);
    let students =
        "Mã học sinh;Họ và tên;Lớp;Mã gia đình\nHS01;Lê Ngọc Mẫu;2A;F1\nHS02;Vũ Đức Mẫu;2B;F2\n";
    let invoices = "Mã thanh toán;Mã học sinh;Họ và tên;Lớp;Còn phải thu\nHPQ6XPNK7;HS01;;;300000\nHP2P9Q7Q9;HS02;;;300000\n";
    assert_eq!(school.students(students).bad, vec![]);
    assert_eq!(school.invoices(invoices).bad, vec![]);
    school
}

/// Every order of some things.
fn orders(count: usize) -> Vec<Vec<usize>> {
    if count == 0 {
        return vec![Vec::new()];
    }
    let mut all = Vec::new();
    for shorter in orders(count - 1) {
        for place in 0..count {
            let mut longer = shorter.clone();
            longer.insert(place, count - 1);
            all.push(longer);
        }
    }
    all
}

/// What the witnesses of a day are.
enum Witness {
    Csv,
    Mt940,
    Notified(usize),
}

#[test]
fn a_webhook_an_mt940_and_a_csv_of_the_same_three_payments_are_three_in_every_order() {
    let text = "HPQ6XPNK7 le ngoc mau";
    let lines = [
        ("2026-11-20", 300_000, "FT26309777001", text),
        ("2026-11-20", 300_000, "", "chuyen tien nop hoc phi"),
        ("2026-11-20", 300_000, "", "chuyen tien nop hoc phi"),
    ];
    let notified: Vec<Movement> = [
        ("2026-11-20 08:00:00", "FT26309777001", text),
        ("2026-11-20 09:00:00", "", "chuyen tien nop hoc phi"),
        ("2026-11-20 09:00:00", "", "chuyen tien nop hoc phi"),
    ]
    .iter()
    .map(|(at, reference, text)| movement(at, 300_000, reference, text))
    .collect();
    for_each_backend(|db| {
        let mut expected: Option<Vec<String>> = None;
        let template = school(db);
        let id = template.id;
        // The endpoint is made once; closed, so that the database can be copied.
        let terms = endpoint(&template, &CountingIds::new(), (Provider::Sepay, None), None);
        drop(template);
        // Three notifications and two files: 120 orders.
        for order in orders(5) {
            let copy = db.duplicate();
            let school = School::open(&copy, id);
            let feed = Feed::of(&school);
            feed.know(Provider::Sepay, terms.clone());
            for step in &order {
                let witness = match step {
                    3 => Witness::Csv,
                    4 => Witness::Mt940,
                    number => Witness::Notified(*number),
                };
                match witness {
                    Witness::Csv => drop(school.statement("a.csv", &csv(100, &lines))),
                    Witness::Mt940 => drop(school.statement("a.sta", &mt940(100, &lines))),
                    Witness::Notified(number) => {
                        let serial = 90_000 + i64::try_from(number).unwrap();
                        let worked = feed.notify(Provider::Sepay, &notified[number], serial);
                        assert_eq!(worked.done, 1, "{worked:?}");
                    }
                }
            }
            assert_eq!(school.payments().len(), 3, "in the order {order:?}");
            let state = school.state();
            match &expected {
                None => {
                    school.verify();
                    expected = Some(state);
                }
                Some(expected) => assert_eq!(*expected, state, "in the order {order:?}"),
            }
        }
    });
}

#[test]
fn what_a_weekend_held_up_is_one_payment_when_the_statement_comes() {
    for_each_backend(|db| {
        for statement_first in [false, true] {
            let copy = crate::support::TestDb::create(db.backend);
            let school = school(&copy);
            let feed = Feed::of(&school);
            // A Saturday, booked on the Monday after; no reference that both know.
            let told = movement("2026-11-14 20:15:00", 300_000, "", "HPQ6XPNK7 le ngoc mau");
            let lines = [("2026-11-16", 300_000, "4711", "HPQ6XPNK7 LE NGOC MAU")];
            if statement_first {
                school.statement("a.csv", &csv(0, &lines));
                feed.notify(Provider::Casso, &told, 1);
            } else {
                feed.notify(Provider::Casso, &told, 1);
                assert_eq!(school.payments()[0].booking_date.to_string(), "2026-11-14");
                assert_eq!(school.payments()[0].proof, "notified");
                school.statement("a.csv", &csv(0, &lines));
            }
            let payments = school.payments();
            assert_eq!(payments.len(), 1, "statement first: {statement_first}");
            assert_eq!(payments[0].booking_date.to_string(), "2026-11-16", "the bank's day");
            assert_eq!(payments[0].proof, "booked", "the statement proves it");
            assert_eq!(payments[0].state.decision.as_str(), "settled");
            school.verify();
        }
    });
}

#[test]
fn what_the_statement_tells_differently_is_asked_of_a_person_and_counted_once_meanwhile() {
    use doisoat::service::rulings::{self, NewRuling, Pair, Verdict};
    for_each_backend(|db| {
        for statement_first in [false, true] {
            for verdict in [Verdict::Same, Verdict::Distinct] {
                let copy = crate::support::TestDb::create(db.backend);
                let school = school(&copy);
                let feed = Feed::of(&school);
                let told = movement("2026-11-20 08:00:00", 300_000, "", "HPQ6XPNK7 le ngoc mau 2a");
                // The bank rewrote the text so that nothing proves it.
                let lines = [("2026-11-20", 300_000, "77", "CK den: HPQ6XPNK7 mau ngoc le")];
                if statement_first {
                    school.statement("a.csv", &csv(0, &lines));
                    feed.notify(Provider::Sepay, &told, 1);
                } else {
                    feed.notify(Provider::Sepay, &told, 1);
                    school.statement("a.csv", &csv(0, &lines));
                }
                let questions = rulings::questions(&school.store, school.id).unwrap();
                assert_eq!(questions.len(), 1, "statement first: {statement_first}");
                assert_eq!(questions[0].why, "announced");
                let paid: i64 =
                    school.payments().iter().map(|view| view.state.allocated.dong()).sum();
                assert_eq!(paid, 300_000, "the money counts once");
                school.verify();
                let asked = NewRuling {
                    pair: Pair::Payments(questions[0].payment, questions[0].like),
                    verdict,
                    reason: "đã gọi ngân hàng".to_owned(),
                    expected: Vec::new(),
                };
                let said =
                    rulings::rule(&school.store, &school.clock, &school.actor, school.id, &asked);
                let payments = said.unwrap().payments.len();
                assert_eq!(payments, if verdict == Verdict::Same { 1 } else { 2 });
                assert!(rulings::questions(&school.store, school.id).unwrap().is_empty());
                school.verify();
            }
        }
    });
}

#[test]
fn two_providers_of_one_account_and_a_late_retry_are_still_one_payment() {
    for_each_backend(|db| {
        let school = school(db);
        let feed = Feed::of(&school);
        let told = movement("2026-11-20 08:00:00", 300_000, "FT26309777001", "HPQ6XPNK7");
        feed.notify(Provider::Sepay, &told, 1);
        feed.notify(Provider::Casso, &told, 55);
        feed.notify(Provider::Pay2s, &told, 8);
        feed.notify(Provider::Standard, &told, 3);
        feed.notify(Provider::Payos, &told, 3);
        feed.clock.advance(chrono::TimeDelta::hours(76));
        let again = feed.notify(Provider::Sepay, &told, 1);
        assert!(again.is_idle(), "known before: {again:?}");
        assert_eq!(school.payments().len(), 1);
        school.verify();
    });
}

#[test]
fn a_notification_can_be_undone_and_taken_again() {
    for_each_backend(|db| {
        let school = school(db);
        let feed = Feed::of(&school);
        let told = movement("2026-11-20 08:00:00", 300_000, "FT26309777001", "HPQ6XPNK7");
        feed.notify(Provider::Sepay, &told, 1);
        let page = doisoat::service::inbox::view::page(
            &school.store,
            school.id,
            &doisoat::service::inbox::view::Asked { limit: 10, ..Default::default() },
        )
        .unwrap();
        assert_eq!(page.len(), 1);
        let undone = school.undo(page[0].import.unwrap()).unwrap();
        assert_eq!((undone.payments_voided, undone.payments_kept), (1, 0));
        assert!(school.payments().is_empty());
        school.verify();
        doisoat::service::inbox::view::replay(
            &school.store,
            &school.clock,
            &school.actor,
            school.id,
            page[0].id,
        )
        .unwrap();
        feed.drain();
        assert_eq!(school.payments().len(), 1);
        assert_eq!(school.payments()[0].state.decision.as_str(), "settled");
        school.verify();
    });
}

#[test]
fn the_report_lists_what_one_witness_says_without_the_other_and_what_persons_joined() {
    use doisoat::service::rulings::{self, NewRuling, Pair, Verdict};
    use doisoat::service::witnesses::{self, Listed};
    for_each_backend(|db| {
        let school = school(db);
        let feed = Feed::of(&school);
        // The report's day is Tuesday 24 November.
        for (serial, at, dong, text) in [
            (1, "2026-11-16 08:00:00", 111_000, "le ngoc mau nop tien an"),
            (2, "2026-11-17 08:00:00", 222_000, "vu duc mau nop tien an"),
            (3, "2026-11-20 08:00:00", 333_000, "moi bao hom qua"),
            (4, "2026-11-16 09:00:00", 444_000, "HPQ6XPNK7 le ngoc mau 2a"),
        ] {
            feed.notify(Provider::Sepay, &movement(at, dong, "", text), serial);
        }
        let lines = [
            ("2026-11-13", 99_000, "1", "truoc khi co dich vu bao"),
            ("2026-11-16", 111_000, "2", "le ngoc mau nop tien an"),
            ("2026-11-16", 444_000, "3", "CK den HPQ6XPNK7 mau le ngoc"),
            ("2026-11-17", 555_000, "4", "khong ai bao khoan nay"),
        ];
        school.statement("a.csv", &csv(0, &lines));
        let question = rulings::questions(&school.store, school.id).unwrap().remove(0);
        let asked = NewRuling {
            pair: Pair::Payments(question.payment, question.like),
            verdict: Verdict::Same,
            reason: "cùng một giao dịch".to_owned(),
            expected: Vec::new(),
        };
        rulings::rule(&school.store, &school.clock, &school.actor, school.id, &asked).unwrap();
        let report =
            |days| witnesses::run(&school.store, &school.clock, school.id, (days, None)).unwrap();
        let amounts = |list: &Listed| -> (i64, Vec<i64>) {
            let each = list.payments.iter().map(|one| one.amount.dong()).collect();
            (list.amount.dong(), each)
        };
        let found = report(2);
        assert_eq!(amounts(&found.unproven), (222_000, vec![222_000]));
        assert_eq!(found.unproven.payments[0].announced_by, ["sepay"]);
        assert!(found.unproven.payments[0].day_covered, "the file is there, the line is not");
        assert_eq!(amounts(&found.unannounced), (555_000, vec![555_000]));
        assert_eq!(amounts(&found.by_hand), (444_000, vec![444_000]));
        // Friday's has had one banking day by Tuesday.
        assert_eq!(amounts(&report(0).unproven), (555_000, vec![222_000, 333_000]));
        assert_eq!(amounts(&report(10).unproven), (0, vec![]));
        school.verify();
    });
}
