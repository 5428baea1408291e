//! Whole SWIFT files, read exactly; and files printed here from made-up entries, read back.

mod cuts;
mod dialects;
mod printed;

use std::io::Cursor;
use std::ops::ControlFlow;

use chrono::NaiveDate;
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
            extras: EntryExtras {
                transaction_code: Some("NTRF".to_owned()),
                ..EntryExtras::default()
            },
            position: "line 5".to_owned(),
        }
    );
    assert_eq!(
        entries[1].remittance.as_deref(),
        Some("TRA TIEN DIEN T10 tien dien"),
        "what :61: adds is kept"
    );
    assert_eq!(entries[1].end_to_end_id.as_deref(), Some("TD-10"), "the payer's reference");
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
fn the_kind_of_the_next_message_says_nothing_about_the_one_before() {
    let text = ":20:A\n:25:1\n:28C:1\n:60F:C261101VND0,\n:61:2611021102C5,NTRFNONREF//F1\n";
    let closing = ":62F:C261102VND5,\n";
    for (why, file, expected) in [
        ("closed", format!("{text}{closing}-}}{{2:I199N}}{{4:\n:20:B\n-}}\n"), NONE.to_vec()),
        ("not closed", format!("{text}-}}{{2:I199N}}{{4:\n:20:B\n-}}\n"), vec!["truncated".into()]),
        ("an interim report", format!("{text}-}}{{2:I942N}}\n"), vec!["truncated".into()]),
    ] {
        let (reading, entries, headers) = read_all(file.as_bytes());
        assert_eq!((errors(&reading), entries.len()), (expected.clone(), 1), "{why}");
        assert_eq!(reading.format.as_deref(), Some("mt940"), "{why}");
        assert_eq!(headers.len(), usize::from(expected.is_empty()), "{why}");
    }
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
    let reversals = String::from_utf8(fixture("mt940_reversals.sta")).unwrap();
    let (first_end, last_page) = (pages.find(":20:TRANG2").unwrap(), pages.rfind(":20:").unwrap());
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
        ("no first page", pages[first_end..].to_owned(), &["page_missing"]),
        (
            "reversals that count the other way",
            reversals.replace("RC", "XX").replace("RD", "RC").replace("XX", "RD"),
            &["closing_balance_mismatch", "reversal_signs"],
        ),
        ("no total of the credits", interim.replace(":90C:2VND1300000,\r\n", ""), &["end_missing"]),
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
        ("currencies", good.replace(":62F:C261102VND", ":62F:C261102USD"), "currency_mismatch", 7),
        (
            "a second opening balance",
            good.replace(":61:", ":60F:C261101VND0,\n:61:"),
            "truncated",
            4,
        ),
        (
            "a closed block without its end",
            format!("{{1:F01A}}{{4:\n{good}{{1:F01A}}{{4:\n{good}-}}"),
            "truncated",
            8,
        ),
    ] {
        let (reading, _, _) = read_all(file.as_bytes());
        let first = reading.errors.first().unwrap_or_else(|| panic!("{why} was accepted"));
        assert_eq!(first.code, code, "{why}");
        assert_eq!(first.place.as_ref().unwrap().line, Some(line), "{why}");
    }
}

#[test]
fn floods_are_stopped() {
    let text = "x".repeat(65);
    let lines = format!("{text}\n").repeat(1_100);
    let fields = format!(":86:{text}\n").repeat(1_100);
    for (why, file) in [
        ("lines without end in one field", format!("{HEAD}:61:261102C1,NTRF\n:86:{lines}")),
        ("fields without end in one entry", format!("{HEAD}:61:261102C1,NTRF\n{fields}")),
        (
            "lines without end that may be text",
            format!("{HEAD}:61:261102C1,NTRF\n:86:a\n-\n{lines}"),
        ),
        ("one line without end", format!("{HEAD}:61:261102C1,NTRF\n:86:{}", text.repeat(1_100))),
    ] {
        let (reading, _, _) = read_all(file.as_bytes());
        assert_eq!(errors(&reading), ["text_too_long"], "{why}");
    }
}

#[test]
fn a_file_without_a_statement_is_refused() {
    for (why, file) in [
        ("a field that no standard has", ":99:\n"),
        ("an answer of the network", "{1:F21A}{4:{177:2611021030}{451:0}}\n"),
        ("a message of another kind", "{1:F01A}{2:O910A}{4:\n:20:A\n:25:1\n-}\n"),
        ("an empty text", "{1:F01A}{2:O940A}{4:\n-}\n"),
    ] {
        assert_eq!(errors(&read_all(file.as_bytes()).0), ["no_statement"], "{why}");
    }
}
