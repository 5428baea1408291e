//! Transfers of which a careful person would not be certain: none of them may be settled alone.

use super::school::{code, payment, pupils, told};
use crate::domain::id::FamilyId;
use crate::domain::matching::Book;
use crate::domain::matching::decision::DecisionKind;
use crate::domain::matching::facts::{PayerFacts, PaymentFacts, Policy, VirtualAccountFacts};

/// Family 1: An, Bình and Chi. Khang owes what Bình owes. Dũng has a virtual account, a payer
/// confirmed three times, and a mother who is called like the pupil Hà. Hằng owes what An owes.
fn school() -> Book {
    let (mut students, invoices) = pupils([
        (1, 1, "Nguyễn Văn An", "6A1", "Nguyễn Văn Hùng", 1_250_000),
        (2, 1, "Nguyễn Thị Bình", "6A2", "Nguyễn Văn Hùng", 1_000_000),
        (3, 3, "Trần Minh Khang", "6A1", "Trần Văn Lực", 1_000_000),
        (4, 4, "Lê Thị Phương Thảo", "7A1", "Lê Văn Tài", 700_000),
        (5, 1, "Nguyễn Gia Chi", "8A1", "Nguyễn Văn Hùng", 900_000),
        (6, 6, "Đỗ Tiến Dũng", "8A1", "Phạm Thị Hà", 1_250_000),
        (7, 7, "Phạm Thị Hà", "9A1", "Phạm Văn Khôi", 1_250_000),
        (8, 8, "Lý Thị Hằng", "6A1", "Lý Văn Sáu", 1_250_000),
    ]);
    students[5].virtual_accounts =
        vec![VirtualAccountFacts { number: "LOC334316".to_owned(), from: None, to: None }];
    let payer = PayerFacts {
        account: "9001".to_owned(),
        family: FamilyId(6),
        confirmed: 3,
        contradicted: 0,
    };
    let policy = Policy { settle_known_payer: true, ..Policy::default() };
    Book::new(students, invoices, vec![payer], policy)
}

/// A code less the symbol at a place.
fn less(code: &str, place: usize) -> String {
    code.chars().enumerate().filter(|(at, _)| *at != place).map(|(_, letter)| letter).collect()
}

/// A code with other symbols at some places.
fn with_slips(code: &str, places: &[usize]) -> String {
    let other = |letter: char| if letter == '2' { '4' } else { '2' };
    let letters = code.chars().enumerate();
    letters.map(|(at, letter)| if places.contains(&at) { other(letter) } else { letter }).collect()
}

fn none_is_settled(
    cases: &[(&str, i64, String)],
    facts: impl Fn(PaymentFacts<'_>) -> DecisionKind,
) {
    let settled: Vec<_> = cases
        .iter()
        .filter(|(_, amount, text)| facts(payment(*amount, text)) == DecisionKind::Settled)
        .map(|(why, _, text)| format!("{why}: {text}"))
        .collect();
    assert!(settled.is_empty(), "settled alone:\n{}", settled.join("\n"));
}

#[test]
fn a_sum_of_the_family_is_not_certain_beside_anything_that_may_be_another_code() {
    let (an, khang) = (code(1), code(3));
    let book = school();
    let both = 2_250_000;
    none_is_settled(
        &[
            ("another's code, a symbol lost", both, format!("{an} {}", less(&khang, 4))),
            ("another's code, cut", both, format!("{an} {}", &khang[..7])),
            ("another's code, a slip, glued", both, format!("{an}{}", with_slips(&khang, &[4]))),
            ("another's code, two slips", both, format!("{an} {}", with_slips(&khang, &[4, 6]))),
            (
                "the sibling owes what another who is named owes",
                both,
                format!("{an} AN 6A1 va KHANG 6A1"),
            ),
            ("the same by two words", both, format!("{an} AN 6A1 va MINH KHANG")),
            ("another sibling is named", 2_150_000, format!("{an} AN 6A1, BINH 6A2")),
        ],
        |facts| book.decide(&facts).kind,
    );
    let certain = format!("{an} AN 6A1 va BINH 6A2");
    assert_eq!(told(&book.decide(&payment(both, &certain))).0, "settled 1:1250000 2:1000000");
}

#[test]
fn a_virtual_account_is_not_certain_beside_anothers_damaged_code() {
    let hang = code(8);
    let book = school();
    none_is_settled(
        &[
            ("a symbol lost", 1_250_000, format!("hoc phi {}", less(&hang, 5))),
            ("cut", 1_250_000, format!("hoc phi {}", &hang[..7])),
            ("two slips", 1_250_000, format!("hoc phi {}", with_slips(&hang, &[4, 6]))),
            ("part of it, for a gift", 100_000, "ung ho quy khuyen hoc".to_owned()),
        ],
        |facts| book.decide(&PaymentFacts { account: Some("LOC334316"), ..facts }).kind,
    );
}

#[test]
fn a_pupil_named_with_class_is_no_sender_and_no_parent() {
    let (an, dung) = (code(1), code(6));
    let book = school();
    for (why, text, sender) in [
        (
            "a pupil's own account, a friend's code",
            format!("TRAN MINH KHANG 6A1 nop hoc phi {an}"),
            Some("TRAN MINH KHANG"),
        ),
        (
            "the same in the bank's words",
            format!(
                "{an} TRAN MINH KHANG 6A1.CT tu 0351000000000 TRAN MINH KHANG toi 1017595600 A"
            ),
            None,
        ),
        (
            "called like the parent, with a class of their own",
            format!("{dung} em PHAM THI HA lop 9A1 nop"),
            None,
        ),
    ] {
        let facts = PaymentFacts { counterparty_name: sender, ..payment(1_250_000, &text) };
        assert_eq!(book.decide(&facts).kind, DecisionKind::Proposed, "{why}: {text}");
    }
    let parent = format!("PHAM THI HA nop cho DUNG 8A1 {dung}");
    assert_eq!(told(&book.decide(&payment(1_250_000, &parent))).0, "settled 6:1250000");
}

#[test]
fn a_known_payer_is_autonomous_only_where_the_text_is_silent() {
    let book = school();
    let texts = [
        ("two words of another's name", "Minh Khang nop hoc phi"),
        ("another's given name", "Khang nop hoc phi"),
        ("a class of nobody in the family", "lop 9A1 nop hoc phi"),
        ("another family's parent", "TRAN VAN LUC nop tien"),
        ("another's name and class", "PHAM THI HA 9A1"),
        ("a damaged code", "HP4RZTKHT"),
        ("words of a return", "chuyen nham, hoan lai"),
    ];
    let cases = texts.map(|(why, text)| (why, 1_250_000, text.to_owned()));
    none_is_settled(&cases, |facts| {
        book.decide(&PaymentFacts { counterparty_account: Some("9001"), ..facts }).kind
    });
    for text in ["nop hoc phi thang 11", "ck", "Dung nop hoc phi"] {
        let facts = PaymentFacts { counterparty_account: Some("9001"), ..payment(1_250_000, text) };
        assert_eq!(told(&book.decide(&facts)).0, "settled 6:1250000", "{text}");
    }
}

#[test]
fn money_that_may_have_come_back_and_gifts_are_not_certain() {
    let an = code(1);
    let book = school();
    let said = [
        "HOAN LAI GD CHUYEN TIEN",
        "CHUYEN HOAN",
        "HOAN GD LOI",
        "HOAN HOC PHI",
        "CHUYEN TRA TIEN CHUYEN NHAM",
        "REVERSAL",
        "HUY LENH",
        "THU HOI LENH CHUYEN TIEN",
        "DAO GIAO DICH",
    ];
    let mut cases: Vec<_> =
        said.iter().map(|words| ("a return", 1_250_000, format!("{words} {an}"))).collect();
    cases.push(("a gift of a part", 100_000, format!("{an} ung ho quy khuyen hoc")));
    cases.push(("a part that is the sum of others", 1_900_000, format!("{} x", code(9))));
    none_is_settled(&cases, |facts| book.decide(&facts).kind);
}

#[test]
fn a_corrected_code_is_confirmed_by_its_own_pupil_only() {
    let slip = with_slips(&code(1), &[5]);
    let book = school();
    none_is_settled(
        &[
            ("two words of another's name", 1_250_000, format!("{slip} PHUONG THAO 6A1")),
            ("many words", 1_250_000, "HP T2 29.2.26 LOP 6A1".to_owned()),
            ("nothing", 1_250_000, slip.clone()),
            ("a whole code, but another's name", 1_250_000, format!("{} MINH KHANG", code(1))),
        ],
        |facts| book.decide(&facts).kind,
    );
    let own = format!("{slip} AN 6A1");
    assert_eq!(told(&book.decide(&payment(1_250_000, &own))).0, "settled 1:1250000");
}

#[test]
fn a_part_that_is_all_of_what_a_named_pupil_owes_is_not_certain() {
    let book = school();
    let dung = code(6);
    none_is_settled(
        &[
            ("a given name instead of one's own", 1_000_000, format!("{dung} con KHANG")),
            ("another", 700_000, format!("{dung} THAO")),
        ],
        |facts| book.decide(&facts).kind,
    );
    let own = format!("{dung} con DUNG");
    assert_eq!(told(&book.decide(&payment(1_000_000, &own))).0, "settled 6:1000000");
}

#[test]
fn a_code_without_check_symbols_is_held_to_the_class() {
    let (students, mut invoices) = pupils([
        (1, 1, "Nguyễn Văn An", "6A1", "Nguyễn Văn Hùng", 500_000),
        (2, 2, "Trần Minh Khang", "6A1", "Trần Văn Lực", 500_000),
        (3, 3, "Lý Thị Hằng", "7A1", "Lý Văn Sáu", 500_000),
    ]);
    for (invoice, code) in invoices.iter_mut().zip(["HS000123", "HS000132", "HS000177"]) {
        code.clone_into(&mut invoice.code);
    }
    let book = Book::new(students, invoices, Vec::new(), Policy::default());
    for (why, text, expected) in [
        ("alone", "HS000132", "settled 2:500000"),
        ("its class", "HS000132 lop 6A1", "settled 2:500000"),
        ("another class", "HS000132 lop 7A1", "proposed [2:500000]"),
    ] {
        assert_eq!(told(&book.decide(&payment(500_000, text))).0, expected, "{why}");
    }
}

#[test]
fn a_text_too_long_to_be_read_to_its_end_is_not_certain() {
    let long = format!("{} {} TRAN MINH KHANG", code(1), "x ".repeat(200));
    assert_eq!(school().decide(&payment(1_250_000, &long)).kind, DecisionKind::Proposed);
}
