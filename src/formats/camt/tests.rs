//! Whole messages, read exactly; and messages printed here from made-up entries, read back.

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
            extras: EntryExtras::default(),
            position: "line 41".to_owned(),
        }
    );
    assert_eq!(entries[0].end_to_end_id, None, "NOTPROVIDED is no id");
    assert_eq!(headers[0].sequence.as_deref(), Some("12"));
    assert_eq!(headers[0].closing.unwrap().amount, Decimal::new(3_362_212_231, 0));
}

#[test]
fn versions_differ_in_form_and_not_in_content() {
    let version_08 = String::from_utf8(fixture("camt053_v08_prefix.xml")).unwrap();
    let plain = version_08.replace("n:", "").replace("xmlns:n", "xmlns");
    let old = plain
        .replace("<Sts><Cd>BOOK</Cd></Sts>", "<Sts>BOOK</Sts>")
        .replace("<Pty>", "")
        .replace("</Pty>", "")
        .replace("BICFI", "BIC");
    let expected = read_all(version_08.as_bytes()).1;
    for version in 2..=14 {
        let file = old.replace("camt.053.001.08", &format!("camt.053.001.{version:02}"));
        let (reading, entries, _) = read_all(file.as_bytes());
        assert_eq!(
            (errors(&reading), warnings(&reading)),
            (NONE.to_vec(), NONE.to_vec()),
            "version {version}"
        );
        assert_eq!(entries, expected, "version {version}");
    }
    let (reading, entries, _) =
        read_all(old.replace("camt.053.001.08", "camt.053.001.99").as_bytes());
    assert_eq!(
        (errors(&reading), warnings(&reading)),
        (NONE.to_vec(), vec!["unknown_version".to_owned()])
    );
    assert_eq!(entries, expected);
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
fn what_a_statement_says_about_itself_is_compared() {
    let (reading, _, _) = read_all(&fixture("camt053_v08_several.xml"));
    assert_eq!(errors(&reading), NONE);
    assert_eq!(
        warnings(&reading),
        ["copy_or_duplicate", "closing_balance_mismatch", "sequence_gap"]
    );
    assert!(reading.warnings.iter().all(|note| note.statement == Some(1)));
    let totals = |count, sum| {
        let summary = format!(
            "<TxsSummry><TtlNtries><NbOfNtries>{count}</NbOfNtries><Sum>{sum}</Sum></TtlNtries></TxsSummry>"
        );
        let (reading, _, _) = read_all(message(&format!("{summary}{}", entry("7", ""))).as_bytes());
        reading.warnings.iter().filter(|note| note.code == "summary_mismatch").count()
    };
    assert_eq!((totals(1, "7"), totals(2, "7"), totals(2, "8.00")), (0, 1, 2));
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
            format!("<?xml version=\"1.0\" encoding=\"UTF-16\"?>{good}"),
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
fn every_cut_of_a_file_is_noticed() {
    let file = fixture("camt053_v02.xml");
    let whole = file.len() - "\n".len();
    for end in (0..whole).step_by(7).chain([whole - 1]) {
        let (reading, _, _) = read_all(&file[..end]);
        assert!(!reading.accepted(), "cut at byte {end}");
    }
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

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// Prints entries as a version 08 statement, each on its own line.
fn printed(entries: &[Entry]) -> String {
    let mut inner = String::new();
    for entry in entries {
        let (direction, side) = match entry.credit_debit {
            CreditDebit::Credit => ("CRDT", "Dbtr"),
            CreditDebit::Debit => ("DBIT", "Cdtr"),
        };
        let status = match entry.status {
            EntryStatus::Booked => "BOOK",
            EntryStatus::Pending => "PDNG",
            EntryStatus::Info => "INFO",
        };
        let element = |name: &str, text: &Option<String>| {
            text.as_ref()
                .map_or(String::new(), |text| format!("<{name}>{}</{name}>", escaped(text)))
        };
        let value =
            entry.value_date.map_or(String::new(), |day| format!("<ValDt><Dt>{day}</Dt></ValDt>"));
        write!(
            inner,
            "\n<Ntry><Amt Ccy=\"{}\">{}</Amt><CdtDbtInd>{direction}</CdtDbtInd><RvslInd>{}</RvslInd>\
             <Sts><Cd>{status}</Cd></Sts><BookgDt><Dt>{}</Dt></BookgDt>{value}{}<NtryDtls><TxDtls><Refs>{}</Refs>\
             <RltdPties><{side}><Pty>{}</Pty></{side}><{side}Acct><Id><Othr>{}</Othr></Id></{side}Acct></RltdPties>\
             <RltdAgts><{side}Agt><FinInstnId>{}</FinInstnId></{side}Agt></RltdAgts>\
             <RmtInf>{}</RmtInf></TxDtls></NtryDtls></Ntry>",
            entry.currency,
            entry.amount,
            entry.reversal,
            entry.booking_date,
            element("AcctSvcrRef", &entry.reference),
            element("EndToEndId", &entry.end_to_end_id),
            element("Nm", &entry.counterparty_name),
            element("Id", &entry.counterparty_account),
            element("BICFI", &entry.counterparty_bank),
            element("Ustrd", &entry.remittance),
        )
        .unwrap();
    }
    message(&inner)
}

/// Printable text without blanks at its ends, as a bank may pass it on.
fn text() -> impl Strategy<Value = Option<String>> {
    proptest::option::of("[!-~ạ-ỹ]([ -~ạ-ỹ]{0,30}[!-~ạ-ỹ])?")
}

prop_compose! {
    fn any_entry()(
        days in 0..20_000_i64,
        value in proptest::option::of(0..20_000_i64),
        credit in any::<bool>(),
        mantissa in 0..1_000_000_000_000_000_i64,
        foreign in proptest::option::of(0..=5_u32),
        status in 0..3_usize,
        reversal in any::<bool>(),
        texts in (text(), text(), text(), text(), "[0-9A-Z]{1,20}", text()),
    ) -> Entry {
        let start = NaiveDate::from_ymd_opt(2000, 1, 1).unwrap();
        let day = |days| start + chrono::TimeDelta::days(days);
        let (reference, end_to_end_id, remittance, name, account, bank) = texts;
        Entry {
            booking_date: day(days),
            value_date: value.map(day),
            credit_debit: if credit { CreditDebit::Credit } else { CreditDebit::Debit },
            amount: Decimal::new(mantissa, foreign.unwrap_or(0)),
            currency: foreign.map_or(Currency::VND, |_| Currency::parse("USD").unwrap()),
            status: [EntryStatus::Booked, EntryStatus::Pending, EntryStatus::Info][status],
            reversal,
            reference,
            end_to_end_id,
            remittance,
            counterparty_name: name,
            counterparty_account: Some(account),
            counterparty_bank: bank,
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
        let (reading, read, _) = read_all(printed(&entries).as_bytes());
        prop_assert!(reading.accepted(), "{:?}", reading.errors);
        let expected: Vec<Entry> = entries
            .into_iter()
            .enumerate()
            .map(|(index, entry)| Entry { position: format!("line {}", index + 2), ..entry })
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
        let mut bytes = fixture("camt053_v08_batch.xml");
        for (place, byte) in places {
            let at = place.index(bytes.len());
            bytes[at] = byte;
        }
        bytes.truncate(cut.index(bytes.len()) + 1);
        read_all(&bytes);
    }
}
