//! What cannot be taken is told with its place and what to do, and nothing of it is written.

use doisoat::domain::fee::{PlannedInstalment, Scope, Unit};
use doisoat::domain::money::Vnd;
use doisoat::service::directory::{self, NewBankAccount};
use doisoat::service::fees::catalogue::{ItemTerms, PriceTerms};
use doisoat::service::fees::exemptions;
use doisoat::service::fees::rounds::RoundTerms;

use super::{code_of, day, full_round, item, of_round, outcome, price, round, rows};
use crate::support::for_each_backend;
use crate::support::school::School;

#[test]
fn bad_rows_of_exemptions_are_told_one_by_one() {
    for_each_backend(|db| {
        let school = School::with_fees(db);
        let before = rows(db);
        for (why, row, expected) in [
            ("more than everything", "HS01;Diện mẫu;101;;01/09/2026;", "share"),
            ("nothing", "HS01;Diện mẫu;0;;01/09/2026;", "share"),
            ("less than nothing", "HS01;Diện mẫu;-50;;01/09/2026;", "share"),
            ("no number", "HS01;Diện mẫu;một nửa;;01/09/2026;", "share"),
            ("no share", "HS01;Diện mẫu;;;01/09/2026;", "blank_cell"),
            ("no ground", "HS01;;50;;01/09/2026;", "blank_cell"),
            ("no first day", "HS01;Diện mẫu;50;;;", "blank_cell"),
            ("the last day first", "HS01;Diện mẫu;50;;01/09/2026;31/08/2026", "dates_reversed"),
            ("nobody", "HS99;Diện mẫu;50;;01/09/2026;", "unknown_student"),
            ("no such item", "HS01;Diện mẫu;50;GYM;01/09/2026;", "unknown_fee_item"),
            ("the same item", "HS02;Diện khác;50;TUITION;31/05/2027;", "exemptions_overlap"),
            ("all items, one is exempt", "HS02;Diện khác;50;;01/01/2027;", "exemptions_overlap"),
            (
                "one item, all are exempt",
                "HS03;Diện khác;50;MEALS;01/01/2030;",
                "exemptions_overlap",
            ),
        ] {
            let list = format!("student_code;ground;percent;fee_item;from;to\n{row}\n");
            let found = school.exemptions(&list).unwrap();
            assert_eq!(outcome(&found), (0, 0, 0, vec![expected.to_owned()]), "{why}");
            assert_eq!(found.bad[0].place.as_ref().and_then(|place| place.row), Some(2), "{why}");
        }
        let same = "student_code;ground;percent;fee_item;from;to\nHS02;Diện mẫu A;100;TUITION;01/09/2026;31/05/2027\n";
        assert_eq!(outcome(&school.exemptions(same).unwrap()), (0, 0, 1, vec![]), "known");
        assert_eq!(rows(db), before);
        let without = school.exemptions("student_code;percent;from\nHS01;50;01/09/2026\n");
        assert!(without.is_err(), "a list without grounds");
        assert_eq!(rows(db), before);
    });
}

#[test]
fn bad_rows_of_quantities_are_told_one_by_one() {
    for_each_backend(|db| {
        let school = School::with_fees(db);
        let items = vec![of_round("MEALS", 22, None), of_round("TUITION", 1, None)];
        school.try_draft("T11", &round(items)).unwrap();
        let before = rows(db);
        for (why, row, expected) in [
            ("a text", "HS01;MEALS;hai mươi", "quantity"),
            ("negative", "HS01;MEALS;-1", "quantity"),
            ("a half", "HS01;MEALS;21,5", "quantity"),
            ("beyond all numbers", "HS01;MEALS;99999999999999999999", "quantity"),
            ("blank", "HS01;MEALS;", "blank_cell"),
            ("nobody", "HS99;MEALS;1", "unknown_student"),
            ("no such item", "HS01;GYM;1", "unknown_fee_item"),
            ("not in the round", "HS01;BUS;1", "unknown_fee_item"),
        ] {
            let list = format!("student_code;fee_item;quantity\n{row}\n");
            let found = outcome(&school.quantities("T11", &list).unwrap());
            assert_eq!(found, (0, 0, 0, vec![expected.to_owned()]), "{why}");
        }
        assert_eq!(rows(db), before);
        let twice = "student_code;fee_item;quantity\nHS01;MEALS;20\nHS01;Tiền ăn bán trú;21\n";
        let found = outcome(&school.quantities("T11", twice).unwrap());
        assert_eq!(found, (1, 0, 0, vec!["quantity_twice".to_owned()]), "the first row counts");
        let list = "student_code;fee_item;quantity\nHS01;MEALS;20\n";
        assert_eq!(code_of(school.quantities("T99", list)), "round_not_found");
    });
}

#[test]
fn bad_rows_of_choices_are_told_one_by_one() {
    for_each_backend(|db| {
        let school = School::with_fees(db);
        let before = rows(db);
        for (why, row, expected) in [
            ("nobody has a choice", "HS01;TUITION;01/09/2026;", "compulsory_item"),
            ("nobody", "HS99;MEALS;01/09/2026;", "unknown_student"),
            ("no such item", "HS01;GYM;01/09/2026;", "unknown_fee_item"),
            ("the last day first", "HS06;MEALS;01/09/2026;31/08/2026", "dates_reversed"),
            ("it begins before one that stands", "HS01;MEALS;01/08/2026;", "chosen_twice"),
        ] {
            let list = format!("student_code;fee_item;from;to\n{row}\n");
            let found = outcome(&school.choices(&list).unwrap());
            assert_eq!(found, (0, 0, 0, vec![expected.to_owned()]), "{why}");
        }
        assert_eq!(rows(db), before);
        let again = "student_code;fee_item;from;to\nHS01;MEALS;01/09/2026;\nHS01;MEALS;15/11/2026;31/12/2026\n";
        assert_eq!(
            outcome(&school.choices(again).unwrap()),
            (0, 1, 1, vec![]),
            "known, then ended"
        );
    });
}

#[test]
fn items_and_prices_that_make_no_sense_are_refused() {
    for_each_backend(|db| {
        let school = School::with_fees(db);
        let from = |first: &str, terms: PriceTerms| PriceTerms { from: Some(day(first)), ..terms };
        let to = |last: &str, terms: PriceTerms| PriceTerms { to: Some(day(last)), ..terms };
        school.price("BUS", &to("2026-12-31", from("2026-09-01", price(1)))).unwrap();
        let before = db.row_counts();
        let grade = |grade| PriceTerms { grade: Some(grade), ..price(1) };
        for (why, item, terms, expected) in [
            ("negative", "MEALS", price(-1), "negative_price"),
            ("no such grade", "MEALS", grade(0), "grade"),
            ("a grade of no school", "MEALS", grade(13), "grade"),
            (
                "the last day first",
                "MEALS",
                to("2026-08-31", from("2026-09-01", price(1))),
                "dates_reversed",
            ),
            ("the same students at the same time", "MEALS", price(1), "price_twice"),
            ("the open price ends before it", "MEALS", to("2026-12-31", price(1)), "price_twice"),
            ("one day in common", "BUS", from("2026-12-31", price(2)), "price_twice"),
            ("around the other one", "BUS", price(2), "price_twice"),
            ("no such item", "GYM", price(1), "fee_item_not_found"),
        ] {
            assert_eq!(code_of(school.price(item, &terms)), expected, "{why}");
        }
        let named = |name: &str| item(name, Unit::Month, true, 1);
        let mapped = ItemTerms { official_code: Some("KHONG-CO".to_owned()), ..named("Mới") };
        for (why, code, terms, expected) in [
            ("no code", " ", named("Mới"), "blank_field"),
            ("a code of marks only", "–", named("Mới"), "blank_field"),
            ("no name", "NEW", named("  "), "blank_field"),
            ("an official code nobody issued", "NEW", mapped, "official_code_not_found"),
        ] {
            assert_eq!(code_of(school.item(code, &terms)), expected, "{why}");
        }
        assert_eq!(db.row_counts(), before, "nothing was written");
        // The day after is free.
        school.price("BUS", &from("2027-01-01", price(2))).unwrap();
        school.verify();
    });
}

#[test]
fn drafts_that_make_no_sense_are_refused() {
    for_each_backend(|db| {
        let school = School::with_fees(db);
        let before = db.row_counts();
        let of = |items| round(items);
        let part = |percent, due: &str| PlannedInstalment { percent, due_on: day(due) };
        let parts = |instalments| RoundTerms { instalments, ..full_round() };
        for (why, code, terms, expected) in [
            ("no code", " ", full_round(), "blank_field"),
            ("no name", "T11", RoundTerms { name: String::new(), ..full_round() }, "blank_field"),
            (
                "the last day first",
                "T11",
                RoundTerms { to: day("2026-10-31"), ..full_round() },
                "dates_reversed",
            ),
            ("no such item", "T11", of(vec![of_round("GYM", 1, None)]), "fee_item_not_found"),
            (
                "an item twice, once by its name",
                "T11",
                of(vec![of_round("MEALS", 1, None), of_round("tiền ăn bán trú", 1, None)]),
                "item_twice",
            ),
            ("a negative quantity", "T11", of(vec![of_round("MEALS", -1, None)]), "negative_item"),
            ("a negative price", "T11", of(vec![of_round("MEALS", 1, Some(-1))]), "negative_item"),
            ("99 percent", "T11", parts(vec![part(99, "2026-12-10")]), "instalment_shares"),
            (
                "a part of nothing",
                "T11",
                parts(vec![part(0, "2026-12-10"), part(100, "2026-12-11")]),
                "instalment_shares",
            ),
            (
                "the second part first",
                "T11",
                parts(vec![part(50, "2026-12-10"), part(50, "2026-12-09")]),
                "instalment_days",
            ),
            (
                "somebody else's account",
                "T11",
                RoundTerms { account: Some("999".to_owned()), ..full_round() },
                "bank_account_not_found",
            ),
        ] {
            assert_eq!(code_of(school.try_draft(code, &terms)), expected, "{why}");
        }
        assert_eq!(db.row_counts(), before, "nothing was written");

        let second = NewBankAccount {
            bin: "970415".to_owned(),
            number: "1017000009".to_owned(),
            holder: "TRUONG MAU".to_owned(),
        };
        let (store, clock, actor) = (&school.store, &school.clock, &school.actor);
        directory::add_bank_account(store, clock, actor, "THCS-MAU", &second).unwrap();
        let before = db.row_counts();
        assert_eq!(code_of(school.try_draft("T11", &full_round())), "account_needed");
        assert_eq!(db.row_counts(), before);
        let named = RoundTerms { account: Some("1017 000 009".to_owned()), ..full_round() };
        school.try_draft("T11", &named).unwrap();
    });
}

#[test]
fn a_draft_with_problems_shows_them_and_is_not_issued() {
    for_each_backend(|db| {
        let school = School::with_fees(db);
        let primary = "Mã học sinh;Họ và tên;Lớp;Mã gia đình\nHS10;Đỗ Thị Mẫu Mười;Lá 1;F10\n";
        assert_eq!(school.students(primary).bad, vec![]);
        let tuition = || vec![of_round("TUITION", 1, None)];
        let some = |scope| RoundTerms { scope, ..round(tuition()) };
        let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
        let retired = ItemTerms {
            retired_on: Some(day("2026-10-31")),
            ..item("Phí cũ", Unit::Month, true, 9)
        };
        school.item("OLD", &retired).unwrap();
        for (why, terms, expected) in [
            ("no item", round(vec![]), "no_items"),
            ("none that still holds", round(vec![of_round("OLD", 1, Some(1))]), "no_items"),
            ("nobody", some(Scope::Students(words(&["HS01", "HS99"]))), "unknown_student"),
            ("no such class", some(Scope::Classes(words(&["6A1", "6A9"]))), "unknown_class"),
            ("no price for anybody", round(vec![of_round("BUS", 1, None)]), "no_price"),
            (
                "beyond all amounts",
                round(vec![of_round("TUITION", i64::MAX / 2, None)]),
                "amount_range",
            ),
        ] {
            school.try_draft("T11", &terms).unwrap();
            let seen = school.preview("T11");
            let before = db.row_counts();
            assert_eq!(seen.problems[0].code, expected, "{why}");
            let refused = school.try_issue("test", "T11", &seen.fingerprint);
            assert_eq!(code_of(refused), expected, "{why}");
            assert_eq!(db.row_counts(), before, "{why}");
        }
        let two = PriceTerms { zone: Some("thành thị".to_owned()), ..price(61_000) };
        school.price("TUITION", &two).unwrap();
        school.try_draft("T11", &round(tuition())).unwrap();
        let problems: Vec<String> = school
            .preview("T11")
            .problems
            .into_iter()
            .map(|one| one.message.vi.to_string())
            .collect();
        assert_eq!(problems.len(), 2, "{problems:?}");
        assert!(problems.iter().all(|told| told.contains("8A1")), "zone or grade? {problems:?}");

        school.try_draft("T11", &some(Scope::Grades(vec![9]))).unwrap();
        let seen = school.preview("T11");
        assert_eq!((seen.students, seen.net), (0, Vnd::ZERO));
        let before = db.row_counts();
        let refused = school.try_issue("test", "T11", &seen.fingerprint);
        assert_eq!(code_of(refused), "nothing_to_issue");
        assert_eq!(db.row_counts(), before);
        school.verify();
    });
}

#[test]
fn an_exemption_ends_on_a_day_that_is_not_before_its_first() {
    for_each_backend(|db| {
        let school = School::with_fees(db);
        let list = exemptions::list(&school.store, school.id, false).unwrap();
        let one = list.iter().find(|one| one.student_code == "HS03").unwrap();
        let end = |id: i64, last: &str| {
            let at = (school.id, id);
            exemptions::end(&school.store, &school.clock, &school.actor, at, day(last))
        };
        let before = db.row_counts();
        assert_eq!(code_of(end(one.id, "2026-08-31")), "dates_reversed");
        assert_eq!(code_of(end(999_999, "2026-10-31")), "exemption_not_found");
        assert_eq!(db.row_counts(), before);
        end(one.id, "2026-10-31").unwrap();
        school.draft("T11", &full_round());
        school.issue("T11");
        assert_eq!(school.invoice_of("HS03", "T11").invoice.waived, Vnd::ZERO);
    });
}
