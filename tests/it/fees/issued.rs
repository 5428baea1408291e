//! A round becomes invoices exactly as its preview shows it, once.

use std::sync::Barrier;

use doisoat::domain::calendar::vietnamese_day;
use doisoat::domain::fee::Scope;
use doisoat::domain::money::Vnd;
use doisoat::service::fees::catalogue::PriceTerms;
use doisoat::service::fees::rounds::{self, RoundTerms};

use super::{NETS, code_of, day, full_round, of_round, price, round};
use crate::support::for_each_backend;
use crate::support::school::School;

/// Something that happens to a school.
type Change = fn(&School);

#[test]
fn a_round_for_three_classes_makes_the_sums_to_the_dong() {
    for_each_backend(|db| {
        let school = School::with_fees(db);
        school.draft("T11", &full_round());
        let before = db.row_counts();
        let seen = school.preview("T11");
        assert_eq!(db.row_counts(), before, "a preview writes nothing");
        assert_eq!((seen.students, seen.invoices, seen.waived_invoices), (6, 6, 0));
        let sums = [seen.gross, seen.waived, seen.net].map(Vnd::dong);
        assert_eq!(sums, [6_803_313, 923_664, 5_879_649]);
        assert_eq!(seen.without_email, ["HS02", "HS03", "HS04", "HS05", "HS06"]);
        assert_eq!((seen.problems, seen.without_lines), (vec![], Vec::<String>::new()));

        school.issue("T11");
        for (place, net) in NETS.iter().enumerate() {
            let found = school.invoice_of(&format!("HS0{}", place + 1), "T11");
            assert_eq!(found.invoice.net.dong(), *net, "HS0{}", place + 1);
            assert_eq!(found.open.dong(), *net);
            assert_eq!(found.invoice.due_on.map(vietnamese_day).as_deref(), Some("10/12/2026"));
            assert!(found.vietqr.is_some(), "the school has an account");
        }
        let lines = |student: &str| -> Vec<(String, i64, i64, i32, i64, i64)> {
            let found = school.invoice_of(student, "T11");
            let line = |one: &doisoat::service::fees::show::LineView| {
                (
                    one.item.clone(),
                    one.quantity.unwrap(),
                    one.price.unwrap().dong(),
                    one.waived_percent.unwrap_or_default(),
                    one.waived.dong(),
                    one.net.dong(),
                )
            };
            found.lines.iter().map(line).collect()
        };
        let line = |item: &str, quantity, price, percent, waived, net| {
            (item.to_owned(), quantity, price, percent, waived, net)
        };
        for (why, student, expected) in [
            (
                "no exemption",
                "HS01",
                vec![
                    line("TUITION", 1, 60_000, 0, 0, 60_000),
                    line("MEALS", 22, 33_333, 0, 0, 733_326),
                    line("INSURANCE", 1, 680_000, 0, 0, 680_000),
                ],
            ),
            (
                "no tuition, fewer days of meals",
                "HS02",
                vec![
                    line("TUITION", 1, 60_000, 100, 60_000, 0),
                    line("MEALS", 20, 33_333, 0, 0, 666_660),
                    line("INSURANCE", 1, 680_000, 0, 0, 680_000),
                ],
            ),
            (
                "70 % off everything, another zone",
                "HS03",
                vec![
                    line("TUITION", 1, 30_001, 70, 21_001, 9_000),
                    line("INSURANCE", 1, 680_000, 70, 476_000, 204_000),
                ],
            ),
            (
                "no day of meals is no line",
                "HS04",
                vec![
                    line("TUITION", 1, 60_000, 0, 0, 60_000),
                    line("INSURANCE", 1, 680_000, 0, 0, 680_000),
                ],
            ),
            (
                "a grade's price, half the meals, the round's own price",
                "HS05",
                vec![
                    line("TUITION", 1, 65_000, 0, 0, 65_000),
                    line("MEALS", 22, 33_333, 50, 366_663, 366_663),
                    line("BUS", 1, 250_000, 0, 0, 250_000),
                    line("INSURANCE", 1, 680_000, 0, 0, 680_000),
                ],
            ),
        ] {
            assert_eq!(lines(student), expected, "{why}");
        }
    });
}

#[test]
fn invoices_of_a_school_year_are_numbered_without_gaps() {
    for_each_backend(|db| {
        let school = School::with_fees(db);
        let tuition = || round(vec![of_round("TUITION", 1, None)]);
        school.draft("T11", &tuition());
        school.issue("T11");
        school.draft("T12", &RoundTerms { scope: Scope::Grades(vec![6, 8]), ..tuition() });
        school.issue("T12");
        let next_year = RoundTerms {
            scope: Scope::Classes(vec!["lop 7a2".to_owned()]),
            from: day("2027-08-05"),
            to: day("2027-08-31"),
            due_on: day("2027-09-10"),
            ..tuition()
        };
        school.draft("T8", &next_year);
        school.issue("T8");
        let numbers = db.words(
            "SELECT CAST(school_year AS TEXT) || '/' || CAST(number AS TEXT) AS value \
             FROM invoices ORDER BY school_year, number",
        );
        let mut expected: Vec<String> = (1..=10).map(|n| format!("2026/{n}")).collect();
        expected.extend((1..=2).map(|n| format!("2027/{n}")));
        assert_eq!(numbers, expected);
    });
}

#[test]
fn what_changed_since_the_preview_is_not_issued() {
    for_each_backend(|db| {
        let school = School::with_fees(db);
        school.draft("T11", &full_round());
        let changes: [(&str, Change); 4] = [
            ("a price", |school| {
                let dearer = PriceTerms { from: Some(day("2026-11-01")), ..price(34_000) };
                school.price("MEALS", &dearer).unwrap();
            }),
            ("a quantity", |school| {
                let had = "student_code;fee_item;quantity\nHS01;MEALS;21\n";
                school.quantities("T11", had).unwrap();
            }),
            ("an exemption", |school| {
                let exempt =
                    "student_code;ground;percent;fee_item;from\nHS06;Diện mẫu;50;;01/10/2026\n";
                school.exemptions(exempt).unwrap();
            }),
            ("a student", |school| {
                let new = "Mã học sinh;Họ và tên;Lớp;Mã gia đình\nHS07;Đỗ Văn Mẫu Bảy;6A1;F7\n";
                assert_eq!(school.students(new).bad, vec![]);
            }),
        ];
        for (why, change) in changes {
            let seen = school.preview("T11");
            change(&school);
            let before = db.row_counts();
            let refused = school.try_issue("test", "T11", &seen.fingerprint);
            assert_eq!(code_of(refused), "round_changed", "{why}");
            assert_eq!(db.row_counts(), before, "{why}");
        }
        school.issue("T11");
    });
}

#[test]
fn a_round_is_issued_once_and_stays_as_it_is() {
    for_each_backend(|db| {
        let school = School::with_fees(db);
        school.draft("T11", &full_round());
        let seen = school.preview("T11");
        school.try_issue("Kế toán A", "T11", &seen.fingerprint).unwrap();
        let before = db.row_counts();
        let again = school.try_issue("Kế toán B", "T11", &seen.fingerprint).unwrap_err();
        let [told] = again.diagnostics() else { panic!("{again:?}") };
        assert_eq!(told.code, "round_issued");
        assert!(told.message.vi.contains("Kế toán A"), "{}", told.message.vi);
        assert_eq!(code_of(school.try_draft("T11", &full_round())), "round_issued");
        let had = "student_code;fee_item;quantity\nHS01;MEALS;1\n";
        assert_eq!(code_of(school.quantities("T11", had)), "round_issued");
        assert_eq!(db.row_counts(), before);
        let view = rounds::find(&school.store, school.id, "T11").unwrap();
        assert_eq!((view.state.as_str(), view.fingerprint), ("issued", Some(seen.fingerprint)));
        assert_eq!(view.issued_by.as_deref(), Some("user:Kế toán A"));
        school.verify();
    });
}

#[test]
fn of_two_people_who_issue_a_round_at_once_one_wins_and_the_other_is_told_who() {
    for_each_backend(|db| {
        let school = School::with_fees(db);
        school.draft("T11", &full_round());
        let seen = school.preview("T11").fingerprint;
        let barrier = Barrier::new(2);
        let (people, school, seen, barrier) =
            (["Kế toán A", "Kế toán B"], &school, &seen, &barrier);
        let done: Vec<_> = std::thread::scope(|scope| {
            let issue = |who: &'static str| {
                scope.spawn(move || {
                    barrier.wait();
                    (who, school.try_issue(who, "T11", seen))
                })
            };
            let threads: Vec<_> = people.into_iter().map(issue).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        let winners: Vec<&str> =
            done.iter().filter(|(_, done)| done.is_ok()).map(|(who, _)| *who).collect();
        let [winner] = winners.as_slice() else { panic!("{done:?}") };
        let refused = done.iter().find_map(|(_, done)| done.as_ref().err()).unwrap();
        assert_eq!(refused.diagnostics()[0].code, "round_issued");
        assert!(refused.diagnostics()[0].message.vi.contains(winner), "{refused:?}");
        assert_eq!(db.number("SELECT COUNT(*) AS value FROM invoices"), 6);
        school.verify();
    });
}
