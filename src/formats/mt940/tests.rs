//! Whole SWIFT files, read exactly; and files printed here from made-up entries, read back.

use std::fmt::Write;
use std::io::Cursor;
use std::ops::ControlFlow;

use chrono::NaiveDate;
use proptest::prelude::*;
use rust_decimal::Decimal;

use super::read;
use crate::domain::money::Currency;
use crate::domain::statement::{
    CreditDebit, Entry, EntryExtras, EntryStatus, Event, StatementHeader,
};
use crate::formats::Reading;

fn read_all(bytes: &[u8]) -> (Reading, Vec<Entry>, Vec<StatementHeader>) {
    let (mut entries, mut headers) = (Vec::new(), Vec::new());
    let reading = read(&mut Cursor::new(bytes), &mut |event| {
        match event {
            Event::Entry(entry) => entries.push(entry),
            Event::Statement(header) => headers.push(header),
        }
        ControlFlow::Continue(())
    });
    (reading, entries, headers)
}

fn errors(reading: &Reading) -> Vec<String> {
    reading.errors.iter().map(|note| note.code.clone()).collect()
}

fn warnings(reading: &Reading) -> Vec<String> {
    reading.warnings.iter().map(|note| note.code.clone()).collect()
}

fn fixture(name: &str) -> Vec<u8> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/statements/");
    std::fs::read(format!("{folder}{name}")).unwrap()
}

const NONE: [String; 0] = [];

#[test]
fn every_field_of_a_plain_statement_is_read() {
    let (reading, entries, headers) = read_all(&fixture("mt940_plain.sta"));
    assert_eq!((errors(&reading), warnings(&reading)), (NONE.to_vec(), NONE.to_vec()));
    assert_eq!(reading.format.as_deref(), Some("mt940"));
    let day = NaiveDate::from_ymd_opt(2026, 11, 2).unwrap();
    assert_eq!(
        entries[0],
        Entry {
            booking_date: day,
            value_date: Some(day),
            credit_debit: CreditDebit::Credit,
            amount: Decimal::new(2_250_000, 0),
            currency: Currency::VND,
            status: EntryStatus::Booked,
            reversal: false,
            reference: Some("FT26306123".to_owned()),
            end_to_end_id: None,
            remittance: Some(
                "MBVCB.3278907687.029552.HPK3M9Q2X HANH 6A1.CT tu 0351000000000 NGUYEN VAN A \
                 toi 1017595600 TRUONG THCS B"
                    .to_owned()
            ),
            counterparty_name: None,
            counterparty_account: None,
            counterparty_bank: None,
            balance_after: None,
            extras: EntryExtras::default(),
            position: "line 5".to_owned(),
        }
    );
    assert_eq!(entries[1].remittance.as_deref(), Some("TRA TIEN DIEN T10"));
    assert_eq!(entries[2].remittance.as_deref(), Some("NOP TIEN MAT"), "no :86:");
    assert_eq!(entries[2].reference, None, "NONREF is no reference");
    assert_eq!(headers[0].account.as_deref(), Some("1017595600"));
    assert_eq!(headers[0].sequence.as_deref(), Some("12"));
}

#[test]
fn blocks_pages_and_line_ends_are_only_form() {
    for (why, bytes, statements, entries) in [
        ("two messages in blocks", fixture("mt940_blocks.sta"), 2, 2),
        ("three pages", fixture("mt940_pages.sta"), 1, 3),
        ("CR only", fixture("mt940_reversals.sta"), 1, 3),
        ("interim", fixture("mt942_interim.sta"), 1, 2),
    ] {
        let (reading, read, headers) = read_all(&bytes);
        assert_eq!((errors(&reading), warnings(&reading)), (NONE.to_vec(), NONE.to_vec()), "{why}");
        assert_eq!((headers.len(), read.len()), (statements, entries), "{why}");
    }
    let (_, _, headers) = read_all(&fixture("mt940_pages.sta"));
    assert_eq!(headers[0].opening.unwrap().amount, Decimal::ZERO);
    assert_eq!(headers[0].closing.unwrap().amount, Decimal::new(600_000, 0));
    assert_eq!(read_all(&fixture("mt942_interim.sta")).0.format.as_deref(), Some("mt942"));
}

#[test]
fn taken_back_money_goes_the_other_way() {
    let (_, entries, _) = read_all(&fixture("mt940_reversals.sta"));
    let told: Vec<_> = entries.iter().map(|e| (e.credit_debit.as_str(), e.reversal)).collect();
    assert_eq!(told, [("credit", false), ("debit", true), ("credit", true)]);
}

const HEAD: &str = ":20:A\n:25:1017595600\n:28C:1/1\n:60F:C261101VND0,\n";
const LINE: &str = ":61:2611021102C500000,NTRFNONREF//FT1\n:86:HPK3M9Q2X\n";
const TAIL: &str = ":62F:C261102VND500000,\n";

#[test]
fn what_does_not_fit_together_is_told() {
    let pages = String::from_utf8(fixture("mt940_pages.sta")).unwrap();
    let interim = String::from_utf8(fixture("mt942_interim.sta")).unwrap();
    let last_page = pages.rfind(":20:").unwrap();
    for (why, file, expected) in [
        ("in order", format!("{HEAD}{LINE}{TAIL}"), &[][..]),
        ("an entry twice", format!("{HEAD}{LINE}{LINE}{TAIL}"), &["closing_balance_mismatch"]),
        (
            "a point",
            format!("{HEAD}{LINE}{TAIL}").replace("500000,", "500000.00"),
            &["amount_point"],
        ),
        (
            "no account",
            format!("{HEAD}{LINE}{TAIL}").replace(":25:1017595600\n", ""),
            &["account_missing"],
        ),
        (
            "a page that starts elsewhere",
            pages.replace(":60M:C261102VND100000,", ":60M:C261102VND100001,"),
            &["page_balance"],
        ),
        ("no last page", pages[..last_page].to_owned(), &["page_missing"]),
        ("totals", interim.replace(":90C:2VND", ":90C:3VND"), &["summary_mismatch"]),
        (
            "numbers missing",
            format!("{HEAD}{LINE}{TAIL}{HEAD}{LINE}{TAIL}")
                .replacen(":28C:1/1", ":28C:9/1", 1)
                .replacen(":28C:1/1", ":28C:12/1", 1),
            &["sequence_gap"],
        ),
    ] {
        let (reading, _, _) = read_all(file.as_bytes());
        assert_eq!(errors(&reading), NONE, "{why}");
        assert_eq!(warnings(&reading), expected, "{why}");
    }
    let mut not_utf8 = format!("{HEAD}{LINE}{TAIL}").into_bytes();
    let at = not_utf8.windows(4).position(|part| part == b"HPK3").unwrap();
    not_utf8[at] = 0xd4;
    let (reading, entries, _) = read_all(&not_utf8);
    assert_eq!(warnings(&reading), ["charset"]);
    assert_eq!(entries[0].remittance.as_deref(), Some("ÔPK3M9Q2X"));
}

#[test]
fn what_is_not_certain_is_refused_with_its_line() {
    let good = format!("{HEAD}{LINE}{TAIL}");
    for (why, file, code, line) in [
        ("no closing balance", format!("{HEAD}{LINE}"), "truncated", 6),
        ("the next message begins", format!("{HEAD}{LINE}{good}"), "truncated", 6),
        ("no end of the block", format!("{{1:F01A}}{{2:O940}}{{4:\n{good}"), "truncated", 8),
        ("no opening balance", good.replace(":60F:C261101VND0,\n", ""), "missing_field", 4),
        ("amount", good.replace("C500000,N", "C500.000,N"), "amount", 5),
        ("half a dong", good.replace("C500000,N", "C500000,5N"), "amount_fraction", 5),
        ("day", good.replace("2611021102", "2613021102"), "date", 5),
        ("balance cut off", format!("{HEAD}{LINE}:62F:C261102VND5000"), "amount", 7),
        ("no field at all", ":99:\n".to_owned(), "truncated", 1),
    ] {
        let (reading, _, _) = read_all(file.as_bytes());
        let first = reading.errors.first().unwrap_or_else(|| panic!("{why} was accepted"));
        assert_eq!(first.code, code, "{why}");
        assert_eq!(first.place.as_ref().unwrap().line, Some(line), "{why}");
    }
}

/// Prints entries as one MT940 with `?` sub-fields, which can hold every part of an entry.
fn printed(entries: &[Entry]) -> String {
    let figure = |amount: Decimal| {
        let text = amount.to_string().replace('.', ",");
        if text.contains(',') { text } else { format!("{text},") }
    };
    let mut file = ":20:A\n:25:1017595600\n:28C:1/1\n:60F:C000101USD0,\n".to_owned();
    let mut balance = Decimal::ZERO;
    for entry in entries {
        let mark = match (entry.credit_debit, entry.reversal) {
            (CreditDebit::Credit, false) => "C",
            (CreditDebit::Debit, false) => "D",
            (CreditDebit::Debit, true) => "RC",
            (CreditDebit::Credit, true) => "RD",
        };
        match entry.credit_debit {
            CreditDebit::Credit => balance += entry.amount,
            CreditDebit::Debit => balance -= entry.amount,
        }
        let value = entry.value_date.unwrap().format("%y%m%d");
        let booking = entry.booking_date.format("%m%d");
        let reference = entry.reference.as_deref().unwrap();
        let amount = figure(entry.amount);
        writeln!(file, ":61:{value}{booking}{mark}{amount}NTRFNONREF//{reference}").unwrap();
        let part = |text: &Option<String>| text.clone().unwrap();
        let letters: Vec<char> = part(&entry.remittance).chars().collect();
        let mut remittance = String::new();
        for (piece, code) in letters.chunks(27).zip(20..30) {
            write!(remittance, "?{code}{}", piece.iter().collect::<String>()).unwrap();
        }
        let (name, account) = (part(&entry.counterparty_name), part(&entry.counterparty_account));
        let bank = part(&entry.counterparty_bank);
        writeln!(file, ":86:166{remittance}?30{bank}?31{account}?32{name}").unwrap();
    }
    let mark = if balance.is_sign_negative() { 'D' } else { 'C' };
    let closing = figure(balance.abs());
    write!(file, ":62F:{mark}000101USD{closing}\n-").unwrap();
    file
}

prop_compose! {
    fn any_entry()(
        days in 0..20_000_i64,
        apart in -90..90_i64,
        credit in any::<bool>(),
        reversal in any::<bool>(),
        mantissa in 0..1_000_000_000_000_i64,
        scale in 0..=2_u32,
        reference in "[A-Z0-9]{1,16}",
        // No blank where a sub-field is cut: the standard does not say whether one is kept.
        remittance in "[A-Z0-9./]{1,200}",
        name in "[A-Z]{1,10} [A-Z]{1,10}",
        account in "[0-9]{4,14}",
    ) -> Entry {
        let start = NaiveDate::from_ymd_opt(2010, 1, 1).unwrap();
        let day = |days| start + chrono::TimeDelta::days(days);
        Entry {
            booking_date: day(days + apart),
            value_date: Some(day(days)),
            credit_debit: if credit { CreditDebit::Credit } else { CreditDebit::Debit },
            amount: Decimal::new(mantissa, scale),
            currency: Currency::parse("USD").unwrap(),
            status: EntryStatus::Booked,
            reversal,
            reference: Some(reference).filter(|text| text != "NONREF"),
            end_to_end_id: None,
            remittance: Some(remittance),
            counterparty_name: Some(name),
            counterparty_account: Some(account),
            counterparty_bank: Some("970436".to_owned()),
            balance_after: None,
            extras: EntryExtras::default(),
            position: String::new(),
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(200) })]

    #[test]
    fn what_is_printed_is_read_back(entries in proptest::collection::vec(any_entry(), 0..8)) {
        let (reading, read, headers) = read_all(printed(&entries).as_bytes());
        prop_assert!(reading.accepted() && reading.warnings.is_empty(), "{:?}", reading);
        prop_assert_eq!(headers.len(), 1);
        let expected: Vec<Entry> = entries
            .into_iter()
            .enumerate()
            .map(|(index, entry)| Entry { position: format!("line {}", 5 + 2 * index), ..entry })
            .collect();
        prop_assert_eq!(read, expected);
    }

    #[test]
    fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        read_all(&bytes);
    }

    #[test]
    fn no_damage_makes_it_panic(
        places in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..12),
        cut in any::<prop::sample::Index>(),
    ) {
        let mut bytes = fixture("mt940_subfields.sta");
        for (place, byte) in places {
            let at = place.index(bytes.len());
            bytes[at] = byte;
        }
        bytes.truncate(cut.index(bytes.len()) + 1);
        read_all(&bytes);
    }
}
