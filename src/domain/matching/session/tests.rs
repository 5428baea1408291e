use proptest::prelude::*;
use rust_decimal::Decimal;

use super::*;
use crate::domain::matching::facts::Policy;
use crate::domain::matching::tests::school::{book, code, day};
use crate::domain::statement::{Balance, CreditDebit, EntryExtras};

fn entry(day_of_month: u32, amount: i64, reference: Option<&str>, text: &str) -> Entry {
    Entry {
        booking_date: day(day_of_month),
        value_date: None,
        credit_debit: CreditDebit::Credit,
        amount: amount.into(),
        currency: Currency::VND,
        status: EntryStatus::Booked,
        reversal: false,
        reference: reference.map(str::to_owned),
        end_to_end_id: None,
        remittance: Some(text.to_owned()),
        counterparty_name: None,
        counterparty_account: None,
        counterparty_bank: None,
        balance_after: None,
        extras: EntryExtras::default(),
        position: String::new(),
    }
}

fn file(name: &str, source: &str, entries: Vec<Entry>) -> StatementFile {
    StatementFile {
        name: name.to_owned(),
        source: source.to_owned(),
        first_statement: 0,
        statements: vec![(header(None), entries)],
    }
}

fn header(balances: Option<(i64, i64)>) -> StatementHeader {
    let balance = |amount: i64| Balance { amount: amount.into(), date: None };
    StatementHeader {
        account: Some("1017595600".to_owned()),
        opening: balances.map(|(opening, _)| balance(opening)),
        closing: balances.map(|(_, closing)| balance(closing)),
        ..StatementHeader::default()
    }
}

#[test]
fn equal_statements_under_other_references_show_the_same_money() {
    let row = |reference| vec![entry(2, 1_250_000, Some(reference), &format!("{} AN", code(1)))];
    let told_of = |balances: Option<(i64, i64)>| {
        let files = [("a", "FT26306000001"), ("b", "FT26306000002")].map(|(name, reference)| {
            StatementFile {
                statements: vec![(header(balances), row(reference))],
                ..file(name, "camt.053", Vec::new())
            }
        });
        let mut kinds: Vec<_> =
            told(&files).into_iter().map(|(_, _, decision, _)| decision.kind).collect();
        // Which of the two speaks does not depend on their files.
        kinds.sort_unstable();
        kinds
    };
    let proven = told_of(Some((0, 1_250_000)));
    assert_eq!(proven, [DecisionKind::Settled, DecisionKind::Duplicate], "balances prove it");
    let doubtful = told_of(None);
    assert_eq!(doubtful, [DecisionKind::Settled, DecisionKind::Proposed], "nothing proves it");
}

/// A line under its file's name and entry, and what it is `of`.
type Told = (String, usize, Decision, Option<(String, usize)>);

/// Lines by file name, so that orders of files can be compared.
fn told(files: &[StatementFile]) -> Vec<Told> {
    let name = |place: EntryPlace| (files[place.file].name.clone(), place.entry);
    let mut told: Vec<_> = reconcile(&mut book(Policy::default()), files)
        .into_iter()
        .map(|line| {
            let (file, entry) = name(line.place);
            (file, entry, line.decision, line.of.map(name))
        })
        .collect();
    told.sort_by(|a, b| (&a.0, a.1).cmp(&(&b.0, b.1)));
    told
}

#[test]
fn each_payment_is_decided_once() {
    let paid = || entry(2, 1_250_000, Some("FT26306000001"), &format!("{} AN 6A1", code(1)));
    let cut = entry(2, 1_250_000, None, &format!("{} AN 6", code(1)));
    let debit = Entry { credit_debit: CreditDebit::Debit, ..paid() };
    let pending = Entry { status: EntryStatus::Pending, ..paid() };
    let dollars = Entry { currency: Currency::parse("USD").unwrap(), ..paid() };
    let half = Entry { amount: Decimal::new(15, 1), ..paid() };
    let files = [
        file("a", "camt.053", vec![paid(), pending, debit, dollars, half]),
        file("b", "csv:generic", vec![cut]),
        file("c", "camt.053", vec![paid()]),
    ];
    let kinds: Vec<_> = told(&files)
        .into_iter()
        .map(|(file, entry, decision, of)| (file, entry, decision.kind, of))
        .collect();
    let first = Some(("a".to_owned(), 0));
    let of = |file: &str, entry, kind, of| (file.to_owned(), entry, kind, of);
    assert_eq!(
        kinds,
        [
            of("a", 0, DecisionKind::Settled, None),
            of("a", 1, DecisionKind::NotIncome, None),
            of("a", 2, DecisionKind::NotIncome, None),
            of("a", 3, DecisionKind::Unmatched, None),
            of("a", 4, DecisionKind::Unmatched, None),
            of("b", 0, DecisionKind::Duplicate, first.clone()),
            of("c", 0, DecisionKind::Duplicate, first),
        ]
    );
}

#[test]
fn two_equal_rows_are_two_payments_and_the_second_finds_its_invoice_paid() {
    let row = || entry(2, 1_250_000, None, &code(1));
    let told = told(&[file("a", "camt.053", vec![row(), row()])]);
    assert_eq!(told[0].2.kind, DecisionKind::Settled);
    assert_eq!(told[1].2.kind, DecisionKind::Proposed);
    assert!(told[1].2.reasons.iter().any(|reason| reason.code == "already_paid"));
}

#[test]
fn returned_money_settles_nothing_and_each_half_names_the_other() {
    let credit = entry(2, 1_250_000, None, &code(1));
    let back = Entry {
        credit_debit: CreditDebit::Debit,
        ..entry(4, 1_250_000, None, &format!("HOAN TRA {}", code(1)))
    };
    let told = told(&[file("a", "camt.053", vec![credit, back])]);
    assert_eq!(told[0].2.kind, DecisionKind::Returned);
    assert_eq!(told[0].3, Some(("a".to_owned(), 1)));
    assert_eq!(told[1].3, Some(("a".to_owned(), 0)));
}

#[test]
fn what_may_be_the_same_money_is_left_to_a_person() {
    let row = |reference| entry(2, 1_250_000, Some(reference), &code(1));
    let first = file("a", "camt.053", vec![row("FT26306000001")]);
    let again = file("b", "camt.053", vec![row("FT26306000002")]);
    let told = told(&[first, again]);
    let held: Vec<_> = told.iter().filter(|line| line.2.kind == DecisionKind::Proposed).collect();
    let [held] = held.as_slice() else { panic!("one is held back: {told:?}") };
    assert!(held.2.reasons.iter().any(|reason| reason.code == "perhaps_same"));
    let settled = told.iter().find(|line| line.2.kind == DecisionKind::Settled).unwrap();
    assert_eq!(held.3, Some((settled.0.clone(), 0)));
    assert_eq!(settled.3, None);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn the_order_of_the_files_changes_nothing(
        rows in prop::collection::vec((0_usize..4, 1_u64..13, 2_u32..5, 0_usize..4, any::<bool>()), 1..40),
        turn in 0_usize..4,
    ) {
        let sources = ["camt.053", "camt.053", "mt940", "csv:generic"];
        let mut files: Vec<_> = sources
            .iter()
            .enumerate()
            .map(|(index, source)| file(&format!("file-{index}"), source, Vec::new()))
            .collect();
        for (which, serial, day_of_month, amount, out) in rows {
            let amount = [1_250_000, 1_000_000, 200_000, 300_000][amount];
            let text = code(serial);
            let mut row = entry(day_of_month, amount, None, &text);
            if out {
                row.credit_debit = CreditDebit::Debit;
                row.remittance = Some(format!("HOAN TRA {text}"));
            }
            files[which].statements[0].1.push(row);
        }
        let forward = told(&files);
        files.rotate_left(turn);
        prop_assert_eq!(&forward, &told(&files));
        files.reverse();
        prop_assert_eq!(&forward, &told(&files));
    }
}
