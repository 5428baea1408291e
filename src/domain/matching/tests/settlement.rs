//! Every row of the table of what the machine may settle.

use super::school::{book, code, payment, told};
use crate::domain::id::InvoiceId;
use crate::domain::matching::decision::DecisionKind;
use crate::domain::matching::facts::Policy;
use crate::domain::money::Vnd;

pub fn check(cases: &[(&str, i64, String, &str, &[&str])]) {
    let book = book(Policy::default());
    for (why, amount, text, expected, must_say) in cases {
        let decision = book.decide(&payment(*amount, text));
        let (outcome, reasons) = told(&decision);
        assert_eq!(outcome, *expected, "{why}: {text:?} because {reasons:?}");
        for code in *must_say {
            assert!(reasons.contains(code), "{why}: {reasons:?} lacks {code}");
        }
        let given = decision.allocations.iter().map(|share| share.amount);
        let all = Vnd::checked_sum(given.chain([decision.unallocated]));
        assert_eq!(all, Some(Vnd::new(*amount)), "{why}: nothing lost, nothing made");
        assert!(!decision.reasons.is_empty() && decision.rule.contains('/'), "{why}");
    }
}

#[test]
fn one_code_settles_what_its_amount_allows() {
    check(&[
        ("equal", 1_250_000, code(1), "settled 1:1250000", &["code_exact", "amount_exact"]),
        ("less", 1_200_000, code(1), "settled 1:1200000", &["code_exact", "amount_short"]),
        (
            "more, and the sibling's makes it up",
            2_250_000,
            code(1),
            "settled 1:1250000 2:1000000",
            &["code_exact", "amount_sum"],
        ),
        (
            "more otherwise",
            1_300_000,
            code(1),
            "proposed [1:1250000+50000]",
            &["code_exact", "amount_over"],
        ),
        (
            "more, and two sets make it up",
            500_000,
            code(7),
            "proposed [7:300000 8:200000] [7:300000 9:200000] [7:300000+200000]",
            &["ambiguous"],
        ),
        ("all three", 700_000, code(7), "settled 7:300000 8:200000 9:200000", &["amount_sum"]),
        (
            "less, but exactly what a sibling owes",
            1_000_000,
            code(1),
            "proposed [1:1000000] [2:1000000]",
            &["code_exact", "ambiguous"],
        ),
    ]);
}

#[test]
fn a_school_may_want_short_payments_proposed() {
    let book = book(Policy { settle_in_part: false, ..Policy::default() });
    let text = code(1);
    let decision = book.decide(&payment(1_200_000, &text));
    let (outcome, reasons) = told(&decision);
    assert_eq!(outcome, "proposed [1:1200000]");
    assert!(reasons.contains(&"policy"), "{reasons:?}");
}

#[test]
fn several_codes_settle_only_their_sum() {
    let (a, b, k) = (code(1), code(2), code(3));
    check(&[
        ("the sum", 2_250_000, format!("{a} {b}"), "settled 1:1250000 2:1000000", &["code_exact"]),
        ("other families", 2_500_000, format!("{k}{a}"), "settled 3:1250000 1:1250000", &[]),
        ("the same twice is one", 1_250_000, format!("{a} {a}"), "settled 1:1250000", &[]),
        (
            "less",
            2_000_000,
            format!("{a} {b}"),
            "proposed [1:1250000 2:750000]",
            &["code_exact", "amount_short"],
        ),
        (
            "only one of them",
            1_250_000,
            format!("{a} {b}"),
            "proposed [1:1250000]",
            &["code_exact"],
        ),
        (
            "more",
            2_300_000,
            format!("{a} {b}"),
            "proposed [1:1250000 2:1000000+50000]",
            &["amount_over"],
        ),
        (
            "one of them paid already",
            1_250_000,
            format!("{a} {}", code(10)),
            "proposed [1:1250000] [3:1250000] [+1250000]",
            &["already_paid"],
        ),
    ]);
}

#[test]
fn a_slip_settles_only_with_the_amount_and_the_name() {
    let a = code(1);
    let slip = format!("{}Z{}", &a[..5], &a[6..]);
    check(&[
        (
            "full name",
            1_250_000,
            format!("{slip} nguyen van an"),
            "settled 1:1250000",
            &["code_typo", "amount_exact", "name_similar"],
        ),
        ("class", 1_250_000, format!("{slip} AN 6A1"), "settled 1:1250000", &["class_found"]),
        ("class only", 1_250_000, format!("{slip} lop 6A1"), "settled 1:1250000", &[]),
        ("nothing", 1_250_000, slip.clone(), "proposed [1:1250000]", &["code_typo", "unconfirmed"]),
        ("another class", 1_250_000, format!("{slip} 6A2"), "proposed [1:1250000]", &[]),
        (
            "the class, but somebody else in it",
            1_250_000,
            format!("{slip} KHANG 6A1"),
            "proposed [1:1250000] [3:1250000]",
            &["unconfirmed"],
        ),
        ("less", 1_200_000, format!("{slip} nguyen van an"), "proposed [1:1200000]", &[]),
        ("more", 1_300_000, format!("{slip} AN 6A1"), "proposed [1:1250000+50000]", &[]),
        (
            "another's full name",
            1_250_000,
            format!("{slip} Tran Minh Khang 6A1"),
            "proposed [3:1250000] [1:1250000]",
            &["contradiction"],
        ),
    ]);
}

#[test]
fn damage_beyond_a_slip_only_proposes() {
    let a = code(1);
    check(&[
        (
            "cut at the end",
            1_250_000,
            format!("AN 6A1 {}", &a[..7]),
            "proposed [1:1250000]",
            &["code_cut"],
        ),
        (
            "a symbol lost",
            1_250_000,
            format!("{}{} nguyen van an 6A1", &a[..4], &a[5..]),
            "proposed [1:1250000]",
            &["code_typo", "name_similar"],
        ),
        (
            "a code of another list",
            1_250_000,
            format!("{} gui truong", code(900)),
            "unmatched",
            &["code_unknown", "ambiguous"],
        ),
        (
            "a code of another list beside a right one",
            1_250_000,
            format!("{a} {}", code(900)),
            "proposed [1:1250000]",
            &["code_unknown"],
        ),
    ]);
}

#[test]
fn closed_invoices_are_never_settled() {
    check(&[
        ("paid", 500_000, code(10), "proposed [+500000]", &["code_exact", "already_paid"]),
        ("cancelled", 500_000, code(11), "proposed [+500000]", &["code_exact", "cancelled"]),
        (
            "paid, but the amount fits another invoice",
            90_000,
            code(10),
            "proposed [12:90000] [+90000]",
            &["already_paid"],
        ),
    ]);
}

#[test]
fn a_text_that_names_another_student_is_never_settled() {
    let a = code(1);
    check(&[
        (
            "in full",
            1_250_000,
            format!("{a} TRAN MINH KHANG"),
            "proposed [1:1250000] [3:1250000]",
            &["code_exact", "contradiction"],
        ),
        (
            "in full, glued",
            1_250_000,
            format!("{a}TRANMINHKHANG"),
            "proposed [1:1250000] [3:1250000]",
            &["contradiction"],
        ),
        (
            "a sibling in full",
            1_250_000,
            format!("{a} nguyen thi binh"),
            "proposed [1:1250000] [2:1000000+250000]",
            &["contradiction"],
        ),
        (
            "a sibling who is paid for too",
            2_250_000,
            format!("{a} nguyen thi binh"),
            "settled 1:1250000 2:1000000",
            &[],
        ),
        ("its own student", 1_250_000, format!("{a} nguyen van an"), "settled 1:1250000", &[]),
        (
            "the sender in the bank's own words",
            1_250_000,
            format!(
                "MBVCB.3278907687.{a}.CT tu 0351000000000 TRAN MINH KHANG toi 1017595600 TRUONG"
            ),
            "settled 1:1250000",
            &[],
        ),
        (
            "by given name and class, with exactly what that one owes",
            1_000_000,
            format!("{} binh 6a2", code(3)),
            "proposed [3:1000000] [2:1000000]",
            &["contradiction"],
        ),
        (
            "a classmate's given name instead of one's own",
            1_250_000,
            format!("{a} me KHANG 6A1"),
            "proposed [1:1250000] [3:1250000]",
            &["contradiction"],
        ),
        (
            "a classmate's given name beside one's own",
            1_250_000,
            format!("{a} AN 6A1 me KHANG"),
            "settled 1:1250000",
            &[],
        ),
        (
            "another's given name and class, and nothing of one's own",
            1_250_000,
            format!("{a} THAO 7A1"),
            "proposed [1:1250000] [4:700000+550000]",
            &["contradiction"],
        ),
        ("a namesake", 700_000, format!("{} le thi phuong thao", code(4)), "settled 4:700000", &[]),
        (
            "a namesake whose class is told",
            700_000,
            format!("{} le thi phuong thao 7a2", code(4)),
            "proposed [5:700000] [4:700000]",
            &["contradiction"],
        ),
        (
            "a namesake whose class is right",
            700_000,
            format!("{} le thi phuong thao 7a1", code(4)),
            "settled 4:700000",
            &[],
        ),
    ]);
}

#[test]
fn the_place_of_a_code_is_told_in_characters() {
    let text = format!("MBVCB.3278907687.{} HANH 6A1", code(1));
    let decision = book(Policy::default()).decide(&payment(1_250_000, &text));
    assert_eq!(decision.reasons[0].at, Some([17, 26]));
    assert_eq!(decision.reasons[0].text.vi, "Đúng mã");
}

#[test]
fn what_is_taken_is_no_longer_open_until_given_back() {
    let mut book = book(Policy::default());
    let text = code(1);
    let first = book.decide(&payment(1_250_000, &text));
    book.take(&first);
    assert_eq!(book.open_of(InvoiceId(1)), Some(Vnd::ZERO));
    let again = book.decide(&payment(1_250_000, &text));
    assert_eq!(again.kind, DecisionKind::Proposed);
    assert_eq!(told(&again).1, ["code_exact", "already_paid"]);
    book.give_back(&first.allocations);
    assert_eq!(book.decide(&payment(1_250_000, &text)), first);
    book.set_open(InvoiceId(1), Vnd::new(5));
    assert_eq!(told(&book.decide(&payment(5, &text))).0, "settled 1:5");
}

#[test]
fn the_passed_over_answer_is_shown() {
    let text = format!("{} AN 6A1 me KHANG", code(1));
    let decision = book(Policy::default()).decide(&payment(1_250_000, &text));
    let rival = decision.rival.unwrap();
    assert_eq!(rival.allocations[0].invoice, InvoiceId(3));
    assert!(!rival.lost_because.vi.is_empty());
}
