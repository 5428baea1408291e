//! Files as tables, recognised in any order.

use proptest::prelude::*;

use super::*;
use crate::domain::calendar::Day;
use crate::domain::identity::{Fingerprint, LineId, Seen, Span, Why};
use crate::domain::money::Currency;
use crate::domain::statement::{CreditDebit, Entry, EntryExtras, EntryStatus};

/// A row of a file: day, amount, reference, text, running balance.
type Row = (u32, i64, &'static str, &'static str, Option<i64>);

fn print((day, amount, reference, text, balance): Row) -> Fingerprint {
    let entry = Entry {
        booking_date: Day::from_ymd_opt(2026, 11, day).unwrap(),
        value_date: None,
        credit_debit: if amount < 0 { CreditDebit::Debit } else { CreditDebit::Credit },
        amount: amount.abs().into(),
        currency: Currency::VND,
        status: EntryStatus::Booked,
        reversal: false,
        reference: Some(reference.to_owned()),
        end_to_end_id: None,
        remittance: Some(text.to_owned()),
        counterparty_name: None,
        counterparty_account: None,
        counterparty_bank: None,
        balance_after: balance.map(Into::into),
        extras: EntryExtras::default(),
        position: String::new(),
    };
    Fingerprint::of(Some("1017 595 600"), &entry)
}

/// A file: its source, and statements of an opening balance, where stated, and rows.
#[derive(Clone, Debug)]
struct File {
    source: &'static str,
    statements: Vec<(Option<i64>, Vec<Row>)>,
}

fn file(source: &'static str, rows: Vec<Row>) -> File {
    File { source, statements: vec![(None, rows)] }
}

fn whole(source: &'static str, opening: i64, rows: Vec<Row>) -> File {
    File { source, statements: vec![(Some(opening), rows)] }
}

fn gathered(files: &[File]) -> Lines {
    let mut lines = Lines::new();
    let mut statement = 0;
    for (number, file) in (0..).zip(files) {
        let mut ordinals: HashMap<Key, u32> = HashMap::new();
        for (opening, rows) in &file.statements {
            statement += 1;
            if let (Some(opening), Some(first), Some(last)) = (opening, rows.first(), rows.last()) {
                let closing = rows.iter().fold(*opening, |sum, row| sum + row.1);
                let day = |day| Day::from_ymd_opt(2026, 11, day).unwrap();
                let span = Span {
                    first: day(first.0),
                    last: day(last.0),
                    opening: (*opening).into(),
                    closing: closing.into(),
                };
                lines.cover(statement, span);
            }
            for (position, row) in (1..).zip(rows) {
                let print = print(*row);
                let ordinal = *ordinals.entry(print.own).and_modify(|n| *n += 1).or_default();
                lines.see(file.source, ordinal, print, Seen { file: number, statement, position });
            }
        }
    }
    lines
}

/// Payments and doubts, by the content of their lines.
type Told = (Vec<Vec<LineId>>, Vec<(Vec<LineId>, Vec<LineId>, Why)>);

fn told(lines: &Lines, found: &Recognised) -> Told {
    let ids = |payment: usize| -> Vec<LineId> {
        let mut ids: Vec<LineId> = found.payments[payment]
            .iter()
            .map(|index| {
                let line = lines.get(*index).unwrap();
                let source = lines.source_of(*index).to_owned();
                LineId { source, own: line.print.own, ordinal: line.ordinal }
            })
            .collect();
        ids.sort();
        ids
    };
    let mut payments: Vec<_> = (0..found.payments.len()).map(ids).collect();
    payments.sort();
    let mut doubts: Vec<_> =
        found.doubts.iter().map(|doubt| (ids(doubt.payment), ids(doubt.like), doubt.why)).collect();
    doubts.sort();
    (payments, doubts)
}

fn recognised(files: &[File], rulings: &[Ruling]) -> Told {
    let lines = gathered(files);
    let found = recognise(&lines, 0..lines.len(), rulings);
    told(&lines, &found)
}

/// Payments, and those of them that are in doubt, whatever the order of the files.
fn counts(why: &str, files: &[File], rulings: &[Ruling]) -> (usize, usize) {
    let forward = recognised(files, rulings);
    let mut files = files.to_vec();
    files.reverse();
    assert_eq!(forward, recognised(&files, rulings), "{why}, the other way round");
    let doubtful: HashSet<_> = forward.1.iter().map(|(payment, ..)| payment).collect();
    (forward.0.len(), doubtful.len())
}

const MEMO: &str = "MBVCB.3278907687.LAN 6A2 nop hoc phi";
const ONE: Row = (2, 5, "FT26306000001", MEMO, None);
const TWO: Row = (2, 5, "FT26306000002", MEMO, None);
const BARE: Row = (2, 5, "", MEMO, None);
const CUT: Row = (2, 5, "", "LAN 6A2 nop hoc", None);
const LONG: Row = (2, 5, "", "MBVCB.3278907687.LAN 6A2 nop hoc phi thang 11", None);

#[test]
fn the_number_of_payments_is_the_largest_any_source_shows() {
    for (why, files, payments) in [
        ("one entry", vec![file("a", vec![ONE])], 1),
        ("the same file again", vec![file("a", vec![ONE]), file("a", vec![ONE])], 1),
        ("two equal rows of one file", vec![file("a", vec![BARE, BARE])], 2),
        (
            "and the same file again",
            vec![file("a", vec![BARE, BARE]), file("a", vec![BARE, BARE])],
            2,
        ),
        (
            "an overlapping file that shows one more",
            vec![file("a", vec![BARE]), file("a", vec![BARE, BARE, BARE])],
            3,
        ),
        ("another source, same reference", vec![file("a", vec![ONE]), file("b", vec![ONE])], 1),
        ("another source, no reference", vec![file("a", vec![ONE]), file("b", vec![BARE])], 1),
        (
            "two of one source, one of another",
            vec![file("a", vec![ONE, TWO]), file("b", vec![BARE])],
            2,
        ),
        (
            "one of one source, two of another",
            vec![file("b", vec![BARE]), file("a", vec![ONE, TWO])],
            2,
        ),
        ("a cut text", vec![file("a", vec![ONE]), file("b", vec![CUT])], 1),
        ("two cut texts", vec![file("a", vec![ONE, TWO]), file("b", vec![CUT, CUT])], 2),
        ("a cut text that fits two", vec![file("a", vec![ONE, LONG]), file("b", vec![CUT])], 3),
        (
            "booked after the weekend, same reference",
            vec![file("a", vec![ONE]), file("b", vec![(4, 5, "FT26306000001", "LAN", None)])],
            1,
        ),
        (
            "a reference that repeats is none",
            vec![
                file(
                    "a",
                    vec![(2, 5, "TELLER000123", "A", None), (3, 5, "TELLER000123", "B", None)],
                ),
                file("b", vec![(9, 5, "TELLER000123", "C", None)]),
            ],
            3,
        ),
        ("another day", vec![file("a", vec![BARE]), file("b", vec![(3, 5, "", MEMO, None)])], 2),
        ("another amount", vec![file("a", vec![ONE]), file("b", vec![(2, 6, "", MEMO, None)])], 2),
        (
            "three sources",
            vec![file("a", vec![ONE]), file("b", vec![BARE]), file("c", vec![CUT])],
            1,
        ),
    ] {
        assert_eq!(counts(why, &files, &[]), (payments, 0), "{why}");
    }
}

#[test]
fn another_reference_in_another_download_is_decided_by_proof_or_left_in_doubt() {
    let at = |row: Row, balance| (row.0, row.1, row.2, row.3, Some(balance));
    let other_family = (2, 5, "FT26306000009", "MBVCB.1.MINH 7B1 nop tien an", None);
    for (why, files, expected) in [
        (
            "equal running balances: the same",
            vec![file("a", vec![at(ONE, 9)]), file("a", vec![at(TWO, 9)])],
            (1, 0),
        ),
        (
            "no reference at first, equal running balances: the same",
            vec![file("a", vec![at(BARE, 9)]), file("a", vec![at(ONE, 9)])],
            (1, 0),
        ),
        (
            "different running balances: two",
            vec![file("a", vec![at(ONE, 9)]), file("a", vec![at(TWO, 14)])],
            (2, 0),
        ),
        ("nothing proves it", vec![file("a", vec![ONE]), file("a", vec![TWO])], (2, 1)),
        (
            "no reference at first, nothing proves it",
            vec![file("a", vec![BARE]), file("a", vec![ONE])],
            (2, 1),
        ),
        (
            "only one file states running balances",
            vec![file("a", vec![at(ONE, 9)]), file("a", vec![TWO])],
            (2, 1),
        ),
        (
            "the same strong reference, only one file states running balances",
            vec![file("a", vec![at(ONE, 9)]), file("a", vec![ONE])],
            (1, 0),
        ),
        (
            "equal statements: the same",
            vec![whole("a", 4, vec![ONE]), whole("a", 4, vec![TWO])],
            (1, 0),
        ),
        (
            "equal statements of two lines",
            vec![
                whole("a", 4, vec![ONE, TWO]),
                whole("a", 4, vec![BARE, (2, 5, "FT26306000003", MEMO, None)]),
            ],
            (2, 0),
        ),
        (
            "statements that begin elsewhere prove nothing",
            vec![whole("a", 4, vec![ONE]), whole("a", 9, vec![TWO])],
            (2, 1),
        ),
        ("one file shows both: two", vec![file("a", vec![ONE, TWO])], (2, 0)),
        (
            "a later file shows both: two",
            vec![file("a", vec![ONE]), file("a", vec![TWO]), file("a", vec![ONE, TWO])],
            (2, 0),
        ),
        (
            "another source shows two in one file",
            vec![file("a", vec![ONE]), file("a", vec![TWO]), file("b", vec![BARE, BARE])],
            (2, 0),
        ),
        (
            "one file proves two, the third is in doubt",
            vec![file("a", vec![ONE, TWO]), file("a", vec![(2, 5, "FT26306000003", MEMO, None)])],
            (3, 1),
        ),
        (
            "two families, the same amount and day, different texts: never a doubt",
            vec![file("a", vec![ONE]), file("a", vec![other_family])],
            (2, 0),
        ),
        (
            "another day: never a doubt",
            vec![file("a", vec![ONE]), file("a", vec![(3, 5, "FT26306000002", MEMO, None)])],
            (2, 0),
        ),
        (
            "another source shows the one of them by its reference",
            vec![file("a", vec![ONE]), file("a", vec![TWO]), file("b", vec![TWO])],
            (2, 1),
        ),
    ] {
        assert_eq!(counts(why, &files, &[]), expected, "{why}");
    }
}

#[test]
fn twins_of_one_file_are_real_unless_its_running_balance_stood_still() {
    let at = |balance| (2, 5, "", MEMO, Some(balance));
    let back = |balance| (2, -5, "", "HOAN TRA", Some(balance));
    for (why, files, expected) in [
        ("the balance moved", vec![file("a", vec![at(5), at(10)])], (2, 0)),
        ("it stood still", vec![file("a", vec![at(5), at(5)])], (2, 1)),
        ("twice", vec![file("a", vec![at(5), at(5), at(5)])], (3, 2)),
        (
            "the same file again",
            vec![file("a", vec![at(5), at(5)]), file("a", vec![at(5), at(5)])],
            (2, 1),
        ),
        ("money went out in between", vec![file("a", vec![at(5), back(0), at(5)])], (3, 0)),
        (
            "nothing moves by nothing",
            vec![file("a", vec![(2, 0, "", MEMO, Some(5)), (2, 0, "", MEMO, Some(5))])],
            (2, 0),
        ),
        ("no balances are stated", vec![file("a", vec![BARE, BARE])], (2, 0)),
    ] {
        assert_eq!(counts(why, &files, &[]), expected, "{why}");
    }
}

#[test]
fn the_copy_of_a_statement_in_the_same_file_counts_once() {
    let twice = |opening: Option<i64>, rows: Vec<Row>| File {
        source: "a",
        statements: vec![(opening, rows.clone()), (opening, rows)],
    };
    for (why, file, payments) in [
        ("original and copy", twice(Some(4), vec![ONE, BARE, BARE]), 3),
        ("without balances nothing says that it is a copy", twice(None, vec![ONE]), 2),
        (
            "the account stands where it stood: it may be another hour",
            twice(Some(4), vec![BARE, (2, -5, "", "TRA LAI", None)]),
            4,
        ),
    ] {
        assert_eq!(counts(why, &[file], &[]), (payments, 0), "{why}");
    }
}

fn id(source: &str, row: Row, ordinal: u32) -> LineId {
    LineId { source: source.to_owned(), own: print(row).own, ordinal }
}

#[test]
fn a_person_has_the_last_word_and_the_last_of_them_counts() {
    let same = |one, other| Ruling { one, other, same: true };
    let distinct = |one, other| Ruling { one, other, same: false };
    let (one, two) = (|| id("a", ONE, 0), || id("a", TWO, 0));
    let apart = || vec![file("a", vec![ONE]), file("a", vec![TWO])];
    for (why, files, rulings, expected) in [
        ("they are the same", apart(), vec![same(one(), two())], (1, 0)),
        ("said the other way round", apart(), vec![same(two(), one())], (1, 0)),
        ("both are real", apart(), vec![distinct(one(), two())], (2, 0)),
        ("the newest counts", apart(), vec![distinct(one(), two()), same(one(), two())], (2, 0)),
        (
            "the newest counts, the other way",
            apart(),
            vec![same(one(), two()), distinct(one(), two())],
            (1, 0),
        ),
        (
            "a line repeated in one file is one",
            vec![file("a", vec![BARE, BARE])],
            vec![same(id("a", BARE, 0), id("a", BARE, 1))],
            (1, 0),
        ),
        (
            "joined wrongly across sources",
            vec![file("a", vec![ONE]), file("b", vec![BARE])],
            vec![distinct(one(), id("b", BARE, 0))],
            (2, 0),
        ),
        (
            "kept apart, the twin takes its place",
            vec![file("a", vec![BARE, BARE]), file("b", vec![BARE, BARE])],
            vec![distinct(id("a", BARE, 1), id("b", BARE, 1))],
            (2, 0),
        ),
        (
            "the same across sources on another day",
            vec![file("a", vec![ONE]), file("b", vec![(9, 5, "", MEMO, None)])],
            vec![same(one(), id("b", (9, 5, "", MEMO, None), 0))],
            (1, 0),
        ),
        (
            "a line that no file shows waits",
            vec![file("a", vec![ONE])],
            vec![same(one(), two())],
            (1, 0),
        ),
        (
            "the same balance proves nothing against a person",
            vec![
                file("a", vec![(2, 5, "FT26306000001", MEMO, Some(9))]),
                file("a", vec![(2, 5, "FT26306000002", MEMO, Some(9))]),
            ],
            vec![distinct(
                id("a", (2, 5, "FT26306000001", MEMO, Some(9)), 0),
                id("a", (2, 5, "FT26306000002", MEMO, Some(9)), 0),
            )],
            (2, 0),
        ),
    ] {
        assert_eq!(counts(why, &files, &rulings), expected, "{why}");
    }
}

#[test]
fn what_is_out_of_reach_changes_nothing() {
    let far = (28, 5, "FT26306000001", MEMO, None);
    let files = [
        file("a", vec![ONE, (2, 7, "", "x", None), far]),
        file("b", vec![(4, 5, "FT26306000001", "LAN", None), (4, 5, "", "y", None)]),
    ];
    let lines = gathered(&files);
    let reached = reach(&lines, [lines.find(&id("a", ONE, 0)).unwrap()], &[]);
    let found: Vec<_> = reached.iter().map(|index| lines.get(*index).unwrap().print.day).collect();
    let days: Vec<_> =
        [2, 4, 4].into_iter().map(|day| Day::from_ymd_opt(2026, 11, day).unwrap()).collect();
    assert_eq!(found, days);
}

#[test]
fn many_equal_entries_are_recognised_in_no_time() {
    let many = |row: Row| file("a", vec![row; 20_000]);
    let other = File { source: "b", ..many(BARE) };
    let files = [many(BARE), many(BARE), other, many((2, 5, "", MEMO, Some(9)))];
    let lines = gathered(&files);
    let found = recognise(&lines, reach(&lines, [0], &[]), &[]);
    assert_eq!(found.payments.len(), 40_000);
    assert!(found.doubts.len() >= 20_000);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]
    #[test]
    fn the_order_of_the_files_changes_nothing_and_reach_is_enough(
        rows in prop::collection::vec(
            (0_usize..6, 1_u32..4, 0_usize..4, 0_usize..3, 0_usize..3), 1..24),
        turn in 0_usize..6,
        ruled in prop::collection::vec((any::<prop::sample::Index>(), any::<prop::sample::Index>(), any::<bool>()), 0..3),
    ) {
        let sources = ["a", "a", "a", "b", "b", "c"];
        let mut files: Vec<File> =
            sources.iter().map(|source| file(source, Vec::new())).collect();
        for (which, day, reference, text, balance) in rows {
            files[which].statements[0].1.push((
                day,
                5,
                ["", "FT26306000001", "FT26306000002", "FT26306000003"][reference],
                [MEMO, "LAN 6A2 nop hoc", ""][text],
                [None, Some(5), Some(10)][balance],
            ));
        }
        let lines = gathered(&files);
        let all: Vec<LineId> = files
            .iter()
            .flat_map(|file| file.statements[0].1.iter().map(|row| id(file.source, *row, 0)))
            .collect();
        let rulings: Vec<Ruling> = ruled
            .iter()
            .map(|(one, other, same)| Ruling {
                one: one.get(&all).clone(),
                other: other.get(&all).clone(),
                same: *same,
            })
            .collect();
        let forward = recognised(&files, &rulings);
        // What each line reaches is recognised alone as it is among all others.
        for start in 0..lines.len() {
            let found = recognise(&lines, reach(&lines, [start], &rulings), &rulings);
            let (payments, doubts) = told(&lines, &found);
            prop_assert!(payments.iter().all(|one| forward.0.contains(one)));
            prop_assert!(doubts.iter().all(|one| forward.1.contains(one)));
        }
        files.rotate_left(turn);
        prop_assert_eq!(&forward, &recognised(&files, &rulings));
        files.reverse();
        prop_assert_eq!(&forward, &recognised(&files, &rulings));
    }
}
