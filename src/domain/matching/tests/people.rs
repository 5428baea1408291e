//! Whom a text means beside its codes: parents, senders, several pupils, those a person refused.

use super::school::{book, code, day, payment, pupils, told};
use crate::domain::id::{InvoiceId, StudentId};
use crate::domain::matching::Book;
use crate::domain::matching::facts::{Elsewhere, PaymentFacts, Policy, RefusalFacts};
use crate::domain::payment_code::{PaymentCode, Prefix};

/// Pupils with a guardian each; every family of its own, but for the second and third.
fn families() -> Book {
    let (students, invoices) = pupils([
        (1, 1, "Nguyễn Quang Tú", "6A1", "Nguyễn Hồng Hân", 300_000),
        (2, 2, "Trần Gia Bảo", "6A1", "Phạm Thị Hà", 300_000),
        (3, 2, "Trần Gia Linh", "7A1", "Phạm Thị Hà", 200_000),
        (4, 4, "Phạm Thị Hà", "8A1", "Nguyễn Quang Tú", 300_000),
        (5, 5, "Lê Văn Sơn", "6A1", "Lê Văn Hùng", 120_000),
        (6, 6, "Võ Thị Mỹ", "6A2", "Võ Văn Lâm", 150_000),
    ]);
    Book::new(students, invoices, Vec::new(), Policy::default())
}

#[test]
fn a_parents_name_is_no_pupils_where_the_family_fits() {
    let book = families();
    let (one, four) = (code(1), code(4));
    for (why, amount, text, sender, expected) in [
        (
            "the child's code, the parent called like a pupil",
            300_000,
            format!("NGUYEN QUANG TU chuyen tien {four}"),
            None,
            "settled 4:300000",
        ),
        (
            "a stranger called like a pupil",
            300_000,
            format!("{one} PHAM THI HA"),
            None,
            "proposed [1:300000] [4:300000]",
        ),
        (
            "the sender by the bank's own column",
            300_000,
            format!("{one} PHAM THI HA chuyen"),
            Some("PHAM THI HA"),
            "settled 1:300000",
        ),
        (
            "parent, child and class, without a code",
            200_000,
            "PH PHAM THI HA nop tien cho con LINH lop 7a1".to_owned(),
            None,
            "proposed [3:200000] [2:200000]",
        ),
        (
            "a parent alone, by the bank's own words",
            200_000,
            "nop tien.CT tu 0351000000000 PHAM THI HA toi 1017595600 TRUONG".to_owned(),
            None,
            "proposed [3:200000] [2:200000]",
        ),
        (
            "a parent of two for both",
            500_000,
            "Pham Thi Ha nop cho hai con".to_owned(),
            Some("PHAM THI HA"),
            "proposed [2:300000 3:200000] [4:300000+200000]",
        ),
    ] {
        let payment = PaymentFacts { counterparty_name: sender, ..payment(amount, &text) };
        let (outcome, reasons) = (told(&book.decide(&payment)).0, book.decide(&payment).reasons);
        assert_eq!(outcome, expected, "{why}: {text:?} {reasons:?}");
    }
}

#[test]
fn a_transfer_for_several_families_is_proposed_as_a_split() {
    let book = families();
    for (why, amount, text, expected, says) in [
        (
            "names and classes that add up",
            720_000,
            "GVCN 6A1 nop: Tu, Bao, Son 6A1",
            "proposed [1:300000 2:300000 5:120000]",
            "many_names",
        ),
        (
            "full names that add up",
            450_000,
            "Nguyen Quang Tu, Vo Thi Mi",
            "proposed [1:300000 6:150000]",
            "many_names",
        ),
        (
            "more than they owe",
            800_000,
            "Tu Bao Son 6A1",
            "proposed [1:300000 2:300000 5:120000+80000]",
            "amount_over",
        ),
        (
            "less than they owe",
            450_000,
            "Tu Bao Son 6A1",
            "proposed [1:300000 2:150000]",
            "amount_short",
        ),
    ] {
        let decision = book.decide(&payment(amount, text));
        let (outcome, reasons) = told(&decision);
        assert!(outcome.starts_with(expected), "{why}: {outcome} {reasons:?}");
        assert!(reasons.contains(&says), "{why}: {reasons:?}");
        assert_eq!(decision.rule, "names-split/1", "{why}");
    }
    let codes = format!("{} {} {}", code(1), code(2), code(5));
    let decision = book.decide(&payment(650_000, &codes));
    assert_eq!(
        told(&decision).0,
        "proposed [1:300000 2:300000 5:50000]",
        "codes with another sum are split in their order"
    );
}

#[test]
fn whom_a_person_refused_is_not_offered_until_it_has_faded() {
    let refusal = |times| RefusalFacts {
        account: "0351-000".to_owned(),
        student: StudentId(3),
        refused_on: day(1),
        times,
    };
    let text = "Tran Gia Linh";
    let other = [StudentId(3)];
    for (why, times, refused, account, months, expected) in [
        ("nobody refused", 0, &[][..], "0351000", 0, "proposed [3:200000]"),
        ("for this payer", 1, &[], "0351000", 0, "unmatched"),
        ("for another payer", 1, &[], "0352000", 0, "proposed [3:200000]"),
        ("half a year later", 1, &[], "0351000", 7, "proposed [3:200000]"),
        ("said twice", 2, &[], "0351000", 7, "unmatched"),
        ("for this very payment", 0, &other, "0351000", 0, "unmatched"),
    ] {
        let refusals = if times == 0 { Vec::new() } else { vec![refusal(times)] };
        let book = families().with_refusals(refusals);
        let facts = PaymentFacts {
            booking_date: day(2) + chrono::Months::new(months),
            counterparty_account: Some(account),
            refused,
            ..payment(200_000, text)
        };
        assert_eq!(told(&book.decide(&facts)).0, expected, "{why}");
    }
}

#[test]
fn not_even_a_code_brings_back_who_was_refused_for_this_payment() {
    let text = format!("{} {}", code(1), code(2));
    for (why, text, amount, refused, expected) in [
        ("one code", code(1), 300_000, StudentId(1), "unmatched"),
        ("of two", text.clone(), 600_000, StudentId(1), "unmatched"),
        ("somebody else", text, 600_000, StudentId(5), "settled 1:300000 2:300000"),
        ("by a name", "Tu 6A1 va Bao 6A1".to_owned(), 300_000, StudentId(1), "proposed [2:300000]"),
    ] {
        let refused = [refused];
        let facts = PaymentFacts { refused: &refused, ..payment(amount, &text) };
        let decision = families().decide(&facts);
        assert_eq!(told(&decision).0, expected, "{why}: {:?}", told(&decision).1);
    }
}

#[test]
fn a_code_says_where_it_comes_from() {
    let theirs = PaymentCode::issue(Prefix::parse("THC").unwrap(), 7).unwrap().to_string();
    let text = format!("{} {theirs}", code(1));
    let mut book = book(Policy::default());
    assert_eq!(book.unknown_codes(&text), [&*theirs]);
    let said = |book: &Book| told(&book.decide(&payment(1_250_000, &text))).0;
    assert_eq!(said(&book), "proposed [1:1250000]");
    for (why, place, expected) in [
        (
            "another school's",
            Elsewhere::OtherSchool { school: "Trường mẫu".to_owned() },
            "code_other_school",
        ),
        (
            "a closed school's",
            Elsewhere::ClosedSchool { school: "Trường mẫu".to_owned(), closed_on: day(1) },
            "code_closed_school",
        ),
    ] {
        book.know_elsewhere(&theirs, place);
        assert!(book.unknown_codes(&text).is_empty(), "{why}");
        let decision = book.decide(&payment(1_250_000, &text));
        let (outcome, reasons) = told(&decision);
        assert_eq!(outcome, "proposed [1:1250000]", "{why}");
        assert!(reasons.contains(&expected), "{why}: {reasons:?}");
    }
}

#[test]
fn what_lost_says_why() {
    let book = families();
    let settled = book.decide(&payment(300_000, &format!("{} TU 6A1 BAO", code(1))));
    let rival = settled.rival.unwrap();
    assert_eq!(rival.allocations[0].invoice, InvoiceId(2));
    assert!(!rival.lost_because.vi.is_empty() && !rival.lost_because.en.is_empty());
    let proposed = book.decide(&payment(200_000, "PH PHAM THI HA nop cho con LINH lop 7a1"));
    let rival = proposed.rival.unwrap();
    assert_eq!(rival.allocations, proposed.proposals[1].allocations);
    assert!(rival.lost_because.vi.contains("7A1"), "{}", rival.lost_because.vi);
    // No other answer: none is named.
    assert_eq!(book.decide(&payment(150_000, &code(6))).rival, None);
}

#[test]
fn gifts_and_other_income_are_set_aside_unless_a_pupil_is_named() {
    let book = families();
    for (why, text, expected, says) in [
        ("a gift", "Cty Mau tai tro nha truong", "notincome", "donation"),
        ("the state", "KBNN chuyen kinh phi hoat dong thang 11", "notincome", "other_income"),
        ("a gift with a pupil's name", "Le Van Son 6A1 ung ho", "proposed", "name_similar"),
    ] {
        let (outcome, reasons) = {
            let decision = book.decide(&payment(120_000, text));
            let (outcome, reasons) = told(&decision);
            (outcome, reasons.into_iter().map(str::to_owned).collect::<Vec<_>>())
        };
        assert!(outcome.starts_with(expected), "{why}: {outcome}");
        assert!(reasons.iter().any(|reason| reason == says), "{why}: {reasons:?}");
    }
}
