//! Whole messages, read exactly.

mod encodings;
mod limits;
mod money;
mod read_back;
mod statements;

use std::fmt::Write;
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

const NONE: [String; 0] = [];

/// A version 08 statement around `entries`.
fn message(inner: &str) -> String {
    format!(
        "<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:camt.053.001.08\"><BkToCstmrStmt><Stmt><Id>S</Id>\
         <Acct><Id><Othr><Id>1017595600</Id></Othr></Id><Ccy>VND</Ccy></Acct>{inner}</Stmt></BkToCstmrStmt></Document>"
    )
}

fn entry(amount: &str, inner: &str) -> String {
    format!(
        "<Ntry><Amt Ccy=\"VND\">{amount}</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts>\
         <BookgDt><Dt>2026-11-02</Dt></BookgDt>{inner}</Ntry>"
    )
}

fn fixture(name: &str) -> Vec<u8> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/statements/");
    std::fs::read(format!("{folder}{name}")).unwrap()
}

#[test]
fn every_field_of_a_structured_entry_is_read() {
    let (reading, entries, headers) = read_all(&fixture("camt053_v08_prefix.xml"));
    assert_eq!((errors(&reading), warnings(&reading)), (NONE.to_vec(), NONE.to_vec()));
    assert_eq!(reading.format.as_deref(), Some("camt.053.001.08"));
    let day = NaiveDate::from_ymd_opt(2026, 11, 2).unwrap();
    assert_eq!(
        entries[1],
        Entry {
            booking_date: day,
            value_date: Some(day),
            credit_debit: CreditDebit::Credit,
            amount: Decimal::new(1_300_000, 0),
            currency: Currency::VND,
            status: EntryStatus::Booked,
            reversal: false,
            reference: Some("FT26306125".to_owned()),
            end_to_end_id: Some("E2E-7".to_owned()),
            remittance: Some("HPT7C2N4V nop hoc phi thang 11".to_owned()),
            counterparty_name: Some("Lê Văn C & con".to_owned()),
            counterparty_account: Some("VN00TEST00001111".to_owned()),
            counterparty_bank: Some("970436".to_owned()),
            balance_after: None,
            extras: EntryExtras {
                transaction_code: Some("PMNT-RCDT-ESCT".to_owned()),
                ..EntryExtras::default()
            },
            position: "line 41".to_owned(),
        }
    );
    assert_eq!(entries[0].end_to_end_id, None, "NOTPROVIDED is no id");
    assert_eq!(headers[0].sequence.as_deref(), Some("12"));
    assert_eq!(headers[0].closing.unwrap().amount, Decimal::new(3_362_212_231, 0));
}

/// The same statement as each of the messages and versions writes it.
fn in_version(kind: &str, version: u32) -> String {
    let version_08 = String::from_utf8(fixture("camt053_v08_prefix.xml")).unwrap();
    let plain = version_08.replace("n:", "").replace("xmlns:n", "xmlns");
    let mut file = plain.replace("camt.053.001.08", &format!("{kind}.001.{version:02}"));
    if version < 7 {
        file = file
            .replace("<Sts><Cd>BOOK</Cd></Sts>", "<Sts>BOOK</Sts>")
            .replace("<Pty>", "")
            .replace("</Pty>", "");
    }
    if version < 3 {
        file = file.replace("BICFI", "BIC");
    }
    let suffix = if version == 1 { "V01" } else { "" };
    if version == 1 {
        file = file
            .replace("<NtryDtls>", "")
            .replace("</NtryDtls>", "")
            .replace("<CdOrPrtry>", "")
            .replace("</CdOrPrtry>", "")
            .replace("<Othr>", "<PrtryAcct>")
            .replace("</Othr>", "</PrtryAcct>")
            .replace("<Ref>", "<CdtrRef>")
            .replace("</Ref>", "</CdtrRef>")
            .replace("MmbId>", "Id>")
            .replace("ClrSysId>", "ClrSysMmbId>");
    }
    let (message, statement) = match kind {
        "camt.052" => ("BkToCstmrAcctRpt", "Rpt"),
        "camt.053" => ("BkToCstmrStmt", "Stmt"),
        _ => ("BkToCstmrDbtCdtNtfctn", "Ntfctn"),
    };
    file.replace("BkToCstmrStmt", &format!("{message}{suffix}"))
        .replace("Stmt>", &format!("{statement}>"))
}

#[test]
fn versions_differ_in_form_and_not_in_content() {
    let expected = read_all(&fixture("camt053_v08_prefix.xml")).1;
    for kind in ["camt.052", "camt.053", "camt.054"] {
        for version in 1..=14 {
            let (reading, entries, _) = read_all(in_version(kind, version).as_bytes());
            let said = (errors(&reading), warnings(&reading));
            assert_eq!(said, (NONE.to_vec(), NONE.to_vec()), "{kind} version {version}");
            let name = format!("{kind}.001.{version:02}");
            assert_eq!(reading.format.as_deref(), Some(name.as_str()));
            assert_eq!(entries, expected, "{name}");
        }
    }
    let (reading, entries, _) = read_all(in_version("camt.053", 99).as_bytes());
    assert_eq!(
        (errors(&reading), warnings(&reading)),
        (NONE.to_vec(), vec!["unknown_version".to_owned()])
    );
    assert_eq!(entries, expected);
}

#[test]
fn version_01_has_names_of_its_own() {
    let (reading, entries, headers) = read_all(&fixture("camt053_v01.xml"));
    assert_eq!((errors(&reading), warnings(&reading)), (NONE.to_vec(), NONE.to_vec()));
    assert_eq!(reading.format.as_deref(), Some("camt.053.001.01"));
    assert_eq!(headers[0].account.as_deref(), Some("1017595600"));
    assert_eq!(headers[0].closing.unwrap().amount, Decimal::new(1_250_000, 0));
    let told: Vec<_> = entries
        .iter()
        .map(|entry| {
            let account = entry.counterparty_account.as_deref().unwrap();
            let bank = entry.counterparty_bank.as_deref().unwrap();
            (entry.amount.to_string(), entry.remittance.as_deref().unwrap(), account, bank)
        })
        .collect();
    assert_eq!(
        told,
        [
            ("500000".to_owned(), "HPK3M9Q2X HD-2611-07", "0351000000001", "BFTVVNVX"),
            ("750000".to_owned(), "HPT7C2N4V lop 6A2", "0351000000002", "970436"),
        ]
    );
}

#[test]
fn remittance_is_put_together_from_all_its_parts() {
    let (reading, entries, _) = read_all(&fixture("camt053_v11_structured.xml"));
    assert_eq!((errors(&reading), warnings(&reading)), (NONE.to_vec(), NONE.to_vec()));
    let [first, second] = &entries[..] else { panic!("{entries:?}") };
    assert_eq!(
        first.remittance.as_deref(),
        Some("HPK3M9Q2X HPT7C2N4V HD-2611-07 HD-2611-08 nop hoc phi thang 11 hai con")
    );
    assert_eq!(first.counterparty_bank.as_deref(), Some("NH-MAU-01"));
    assert_eq!(second.remittance.as_deref(), Some("HPM4R6T8W"), "nothing is said twice");
    assert_eq!(second.counterparty_name.as_deref(), Some("NGAN HANG MAU"));
}

#[test]
fn who_acted_for_whom_and_the_banks_marks_are_found_where_names_are_missing() {
    let (reading, entries, headers) = read_all(&fixture("camt054_v04_credits.xml"));
    assert_eq!((errors(&reading), warnings(&reading)), (NONE.to_vec(), NONE.to_vec()));
    let told: Vec<_> = entries
        .iter()
        .map(|entry| {
            let name = entry.counterparty_name.as_deref();
            (name, entry.reference.as_deref(), entry.end_to_end_id.as_deref(), entry.status)
        })
        .collect();
    assert_eq!(
        told,
        [
            (Some("NGUYEN VAN A"), Some("FT26306040"), Some("E2E-40"), EntryStatus::Booked),
            (Some("HO VAN F"), Some("TX-041"), None, EntryStatus::Booked),
            (None, Some("FT26306042"), None, EntryStatus::Pending),
        ]
    );
    assert!(entries[1].remittance.as_deref().unwrap().ends_with("o day, xin cam on nha truong"));
    assert_eq!((headers[0].opening, headers[0].closing), (None, None));
}

#[test]
fn a_reversal_shows_the_other_side_and_not_the_school() {
    let (reading, entries, _) = read_all(&fixture("camt053_v09_reversal.xml"));
    assert_eq!((errors(&reading), warnings(&reading)), (NONE.to_vec(), NONE.to_vec()));
    let told: Vec<_> = entries
        .iter()
        .map(|entry| (entry.credit_debit, entry.reversal, entry.counterparty_account.as_deref()))
        .collect();
    assert_eq!(
        told,
        [
            (CreditDebit::Credit, false, Some("0351000000000")),
            (CreditDebit::Debit, true, Some("0351000000000")),
        ]
    );
    assert_eq!(entries[1].counterparty_name.as_deref(), Some("NGUYEN VAN A"));
    let undone = |sides: &str| {
        let inner = format!("<NtryDtls><TxDtls><RltdPties>{sides}</RltdPties></TxDtls></NtryDtls>");
        let file = message(&entry("5", &inner))
            .replace("CRDT</CdtDbtInd>", "DBIT</CdtDbtInd><RvslInd>true</RvslInd>");
        read_all(file.as_bytes()).1.remove(0).counterparty_name
    };
    let (payer, school) =
        ("<Dbtr><Pty><Nm>A</Nm></Pty></Dbtr>", "<Cdtr><Pty><Nm>B</Nm></Pty></Cdtr>");
    for (why, sides, expected) in [
        ("only who paid", payer.to_owned(), Some("A")),
        ("the reversal's own sides", format!("{payer}{school}"), Some("B")),
        ("nobody", String::new(), None),
    ] {
        assert_eq!(undone(&sides).as_deref(), expected, "{why}");
    }
}

#[test]
fn only_booked_entries_are_booked() {
    let with = |status: &str| {
        let file = message(&entry("5", "")).replace("<Sts><Cd>BOOK</Cd></Sts>", status);
        let (reading, entries, _) = read_all(file.as_bytes());
        (entries[0].status, warnings(&reading))
    };
    for (why, status, expected, warned) in [
        ("a plain code", "<Sts>BOOK</Sts>", EntryStatus::Booked, ""),
        ("the choice", "<Sts><Cd>BOOK</Cd></Sts>", EntryStatus::Booked, ""),
        ("announced", "<Sts><Cd>PDNG</Cd></Sts>", EntryStatus::Pending, ""),
        ("later", "<Sts><Cd>FUTR</Cd></Sts>", EntryStatus::Pending, ""),
        ("for information", "<Sts>\n  <Cd>INFO</Cd>\n</Sts>", EntryStatus::Info, ""),
        ("the bank's own", "<Sts><Prtry>X</Prtry></Sts>", EntryStatus::Info, "unknown_status"),
        ("none in a statement", "", EntryStatus::Booked, "missing_status"),
    ] {
        let (found, warnings) = with(status);
        assert_eq!(found, expected, "{why}");
        assert_eq!(warnings.join(" "), warned, "{why}");
    }
    let report = in_version("camt.052", 8).replace("<Sts><Cd>BOOK</Cd></Sts>", "");
    assert!(errors(&read_all(report.as_bytes()).0).contains(&"missing_element".to_owned()));
}

#[test]
fn a_batch_is_split_only_when_it_adds_up() {
    let (reading, entries, _) = read_all(&fixture("camt053_v08_batch.xml"));
    assert_eq!(
        (errors(&reading), warnings(&reading)),
        (NONE.to_vec(), vec!["batch_not_split".to_owned()])
    );
    let told: Vec<_> = entries
        .iter()
        .map(|e| (e.credit_debit.as_str(), e.amount.to_string(), e.reference.as_deref().unwrap()))
        .collect();
    assert_eq!(
        told,
        [
            ("credit", "1250000".to_owned(), "FT26306500-1"),
            ("credit", "1000000".to_owned(), "FT26306500-2"),
            ("debit", "150000".to_owned(), "FT26306500-3"),
            ("credit", "1000000".to_owned(), "FT26306501"),
        ]
    );
    let details = "<TxDtls><Amt Ccy=\"VND\">1</Amt></TxDtls>\
        <TxDtls><AmtDtls><TxAmt><Amt Ccy=\"VND\">2</Amt></TxAmt></AmtDtls></TxDtls>";
    for (why, amount, details, count, warned) in [
        ("older amounts of details count too", "3", details, 2, false),
        ("not the sum", "4", details, 1, true),
        ("another currency", "3", &details.replace("VND\">2", "USD\">2"), 1, true),
        ("a detail without amount", "1", &format!("{details}<TxDtls></TxDtls>"), 1, true),
        ("announced and not given", "1", "<Btch><NbOfTxs>2</NbOfTxs></Btch>", 1, true),
        ("one detail is the entry", "1", "<TxDtls></TxDtls>", 1, false),
    ] {
        let file = message(&entry(amount, &format!("<NtryDtls>{details}</NtryDtls>")));
        let (reading, entries, _) = read_all(file.as_bytes());
        assert_eq!(entries.len(), count, "{why}");
        assert_eq!(reading.warnings.len(), usize::from(warned), "{why}: {:?}", reading.warnings);
    }
}

#[test]
fn broken_files_are_refused_with_one_code_and_its_place() {
    let good = message(&entry("500000", "<NtryDtls><TxDtls/></NtryDtls>"));
    assert_eq!(errors(&read_all(good.as_bytes()).0), NONE);
    let spoilt = |from: &str, to: &str| {
        assert!(good.contains(from));
        good.replacen(from, to, 1)
    };
    let mut attributes = String::new();
    for number in 0..65 {
        write!(attributes, " a{number}=\"\"").unwrap();
    }
    for (why, file, code) in [
        ("cut off", good[..good.len() - 5].to_owned(), "truncated"),
        ("cut inside a tag", good[..good.len() - 1].to_owned(), "truncated"),
        ("DOCTYPE", format!("<!DOCTYPE a [<!ENTITY b \"c\">]>{good}"), "doctype"),
        ("DOCTYPE without end", "<!DOCTYPE a [".to_owned(), "doctype"),
        ("not a number", spoilt("500000", "NaN"), "amount"),
        ("30 digits", spoilt("500000", &"9".repeat(30)), "amount"),
        ("signed", spoilt("500000", "-5"), "amount"),
        ("exponent", spoilt("500000", "5e5"), "amount"),
        ("grouped", spoilt("500000", "500,000"), "amount"),
        ("half a dong", spoilt("500000", "500000.5"), "amount_fraction"),
        ("no currency", spoilt(" Ccy=\"VND\"", ""), "currency"),
        ("no such day", spoilt("2026-11-02", "2026-11-31"), "date"),
        ("no amount", spoilt("<Amt Ccy=\"VND\">500000</Amt>", ""), "missing_element"),
        ("no direction", spoilt("<CdtDbtInd>CRDT</CdtDbtInd>", ""), "missing_element"),
        ("no date", spoilt("<BookgDt><Dt>2026-11-02</Dt></BookgDt>", ""), "missing_element"),
        ("which way?", spoilt("CRDT", "BOTH"), "credit_debit"),
        ("mismatched tags", spoilt("</NtryDtls>", "</NtryDtl>"), "xml"),
        ("unknown entity", spoilt("500000", "&dong;"), "xml"),
        ("a character that XML forbids", spoilt("500000", "&#1;"), "xml"),
        ("a second document", format!("{good}{good}"), "xml"),
        ("text behind the end", format!("{good}x"), "xml"),
        ("nested too deep", spoilt("<TxDtls/>", &"<a>".repeat(100)), "too_deep"),
        (
            "attributes",
            spoilt("<TxDtls/>", &format!("<TxDtls{attributes}/>")),
            "too_many_attributes",
        ),
        ("attribute twice", spoilt("<TxDtls/>", "<TxDtls a=\"\" a=\"\"/>"), "xml"),
        ("long name", spoilt("<TxDtls/>", &format!("<{}/>", "a".repeat(257))), "name_too_long"),
        ("long text", spoilt("500000", &"5".repeat(70_000)), "text_too_long"),
        (
            "long comment",
            spoilt("<TxDtls/>", &format!("<!--{}-->", "a".repeat(300_000))),
            "text_too_long",
        ),
        (
            "other encoding",
            format!("<?xml version=\"1.0\" encoding=\"Shift_JIS\"?>{good}"),
            "encoding",
        ),
        ("no statement", "<Document><BkToCstmrStmt/></Document>".to_owned(), "no_statement"),
        ("another message", "<Document><CstmrCdtTrfInitn/></Document>".to_owned(), "no_statement"),
    ] {
        let (reading, _, _) = read_all(file.as_bytes());
        assert_eq!(errors(&reading), [code], "{why}");
        let placed = reading.errors[0].place.as_ref().and_then(|place| place.line).is_some();
        assert!(placed || code == "no_statement", "{why} has no place");
    }
    let (reading, _, _) = read_all(&good.replace("500000", "h\u{1}").into_bytes());
    assert_eq!(errors(&reading), ["xml"]);
    let mut bytes = good.clone().into_bytes();
    bytes.insert(good.find("500000").unwrap(), 0xe9);
    assert_eq!(errors(&read_all(&bytes).0), ["encoding"]);
}

#[test]
fn reading_ends_early_when_the_caller_has_enough() {
    let mut seen = 0;
    let file = message(&entry("1", "").repeat(5));
    let reading = read(&mut Cursor::new(file.as_bytes()), &mut |_| {
        seen += 1;
        if seen == 2 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    });
    assert_eq!((seen, reading.entries), (2, 2));
}
