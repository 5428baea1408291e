//! Payments that a virtual account, a known payer or only a text speaks for, and what is no payment.

use proptest::prelude::*;

use super::school::{book, code, day, payment, told};
use super::settlement::check;
use crate::domain::matching::facts::{PaymentFacts, Policy};
use crate::domain::money::Vnd;
use crate::domain::statement::{CreditDebit, EntryStatus};

#[test]
fn a_virtual_account_names_its_student_on_its_days() {
    let book = book(Policy::default());
    let base = payment(800_000, "nop hoc phi");
    let own = PaymentFacts { account: Some("LOC334316"), ..base };
    let with_code = code(1);
    for (why, payment, expected, says) in [
        ("equal", own, "settled 6:800000", "account_exact"),
        (
            "less",
            PaymentFacts { amount: Vnd::new(500_000), ..own },
            "settled 6:500000",
            "amount_short",
        ),
        (
            "more",
            PaymentFacts { amount: Vnd::new(900_000), ..own },
            "proposed [6:800000+100000]",
            "amount_over",
        ),
        (
            "before its days",
            PaymentFacts { booking_date: day(21), ..own },
            "proposed [6:800000]",
            "account_expired",
        ),
        (
            "in the text",
            payment(800_000, "nop vao LOC334316 thang 11"),
            "settled 6:800000",
            "account_exact",
        ),
        (
            "glued in the text",
            payment(800_000, "nopLOC334316"),
            "proposed [6:800000]",
            "amount_exact",
        ),
        (
            "another's name in full",
            PaymentFacts { remittance: Some("tran minh khang"), ..own },
            "proposed [6:800000] [3:800000]",
            "contradiction",
        ),
        (
            "another's code",
            PaymentFacts { remittance: Some(&with_code), amount: Vnd::new(1_250_000), ..own },
            "proposed [1:1250000] [6:800000+450000]",
            "contradiction",
        ),
    ] {
        let decision = book.decide(&payment);
        let (outcome, reasons) = told(&decision);
        assert_eq!(outcome, expected, "{why}: {reasons:?}");
        assert!(reasons.contains(&says), "{why}: {reasons:?}");
    }
}

#[test]
fn without_a_code_a_person_chooses() {
    check(&[
        (
            "full name and amount",
            1_250_000,
            "Nguyen Van An nop hoc phi".to_owned(),
            "proposed [1:1250000]",
            &["name_similar", "amount_exact"],
        ),
        (
            "given name and class, in another spelling",
            1_250_000,
            "khang lop 6 A1".to_owned(),
            "proposed [3:1250000]",
            &["name_similar", "class_found"],
        ),
        (
            "a name two students bear",
            700_000,
            "le thi phuong thao".to_owned(),
            "proposed [4:700000] [5:700000]",
            &["ambiguous"],
        ),
        (
            "and the class tells them apart",
            700_000,
            "le thi phuong thao 7A2".to_owned(),
            "proposed [5:700000] [4:700000]",
            &["name_similar", "class_found"],
        ),
        ("an amount only one owes", 1_000_000, "ck".to_owned(), "proposed [2:1000000]", &[]),
        ("an amount two owe", 700_000, "ck".to_owned(), "unmatched", &["ambiguous"]),
        ("nothing", 123_000, "ck".to_owned(), "unmatched", &["nothing_found"]),
    ]);
}

#[test]
fn a_known_payer_settles_only_where_the_school_wants_it() {
    let asked = Policy { settle_known_payer: true, ..Policy::default() };
    for (why, policy, account, amount, text, expected) in [
        ("not switched on", Policy::default(), "9001", 800_000, "ck", "proposed [6:800000]"),
        ("switched on", asked, "9001", 800_000, "ck", "settled 6:800000"),
        ("confirmed too seldom", asked, "9002", 800_000, "ck", "proposed [6:800000]"),
        ("once contradicted", asked, "9003", 800_000, "ck", "proposed [6:800000]"),
        ("another amount", asked, "9001", 700_000, "ck", "proposed [6:700000]"),
        (
            "one of two equal invoices",
            asked,
            "9004",
            200_000,
            "ck",
            "proposed [8:200000] [9:200000] [7:200000]",
        ),
        (
            "another's name",
            asked,
            "9001",
            800_000,
            "Nguyen Van An",
            "proposed [6:800000] [1:800000]",
        ),
        (
            "another's given name and class",
            asked,
            "9001",
            800_000,
            "an 6a1",
            "proposed [6:800000] [1:800000]",
        ),
    ] {
        let book = book(policy);
        let payment = PaymentFacts { counterparty_account: Some(account), ..payment(amount, text) };
        let (outcome, reasons) = (told(&book.decide(&payment)).0, book.decide(&payment).reasons);
        assert_eq!(outcome, expected, "{why}: {reasons:?}");
    }
}

#[test]
fn what_is_no_fee_payment_is_told_apart() {
    let book = book(Policy::default());
    let a = code(1);
    let coded = format!("{a} NOP TIEN MAT");
    let returned = format!("HOAN TRA {a}");
    let base = payment(1_250_000, &a);
    for (why, payment, expected, says) in [
        (
            "money out",
            PaymentFacts { credit_debit: CreditDebit::Debit, ..base },
            "notincome",
            "money_out",
        ),
        (
            "pending",
            PaymentFacts { status: EntryStatus::Pending, ..base },
            "notincome",
            "not_booked",
        ),
        ("reversal", PaymentFacts { reversal: true, ..base }, "notincome", "reversal"),
        ("nothing", PaymentFacts { amount: Vnd::ZERO, ..base }, "notincome", "no_amount"),
        ("interest", payment(1_250_000, "TRA LAI TIEN GUI T11"), "notincome", "interest"),
        ("payout", payment(1_250_000, "VNPAY TT GD 021126"), "notincome", "gateway_payout"),
        ("staff", payment(1_250_000, "THU QUY NOP TIEN MAT"), "notincome", "staff_deposit"),
        ("a refused order", payment(1_250_000, "TRA LAI LENH 12"), "notincome", "returned_order"),
        (
            "cash with a student's name",
            payment(1_250_000, "Nguyen Van An NOP TIEN MAT"),
            "proposed [1:1250000]",
            "name_similar",
        ),
        (
            "a code wins over such words",
            payment(1_250_000, &coded),
            "settled 1:1250000",
            "code_exact",
        ),
        (
            "but not over a return",
            payment(1_250_000, &returned),
            "proposed [1:1250000]",
            "maybe_returned",
        ),
    ] {
        let decision = book.decide(&payment);
        let (outcome, reasons) = told(&decision);
        assert_eq!(outcome, expected, "{why}: {reasons:?}");
        assert!(reasons.contains(&says), "{why}: {reasons:?}");
    }
}

proptest! {
    #[test]
    fn any_text_is_decided_without_losing_or_making_money(
        text in "\\PC{0,80}",
        memo in "(HP|hp)?[2-9A-Za-z .,/-]{0,60}( CT tu 0351000000000 NGUYEN VAN A toi)?",
        amount in 0_i64..3_000_000,
        account in "[0-9A-Z]{0,12}",
    ) {
        let book = book(Policy { settle_known_payer: true, ..Policy::default() });
        for text in [text.clone(), memo.clone(), format!("{memo}{}{text}", code(1))] {
            let payment = PaymentFacts { account: Some(&account), ..payment(amount, &text) };
            let decision = book.decide(&payment);
            let given = decision.allocations.iter().map(|share| share.amount);
            let all = Vnd::checked_sum(given.chain([decision.unallocated]));
            prop_assert_eq!(all, Some(Vnd::new(amount)));
            prop_assert!(!decision.reasons.is_empty());
            for proposal in &decision.proposals {
                let given = proposal.allocations.iter().map(|share| share.amount);
                let all = Vnd::checked_sum(given.chain([proposal.credit]));
                prop_assert!(all.is_some_and(|all| all <= Vnd::new(amount)));
            }
            let length = u32::try_from(text.chars().count()).unwrap();
            for [start, end] in decision.reasons.iter().filter_map(|reason| reason.at) {
                prop_assert!(start < end && end <= length);
            }
        }
    }
}
