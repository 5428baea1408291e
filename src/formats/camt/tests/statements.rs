//! What statements say of themselves: pages, repetitions, periods, balances and totals.

use super::*;
use crate::domain::calendar::{Period, parse_iso_day};

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
fn every_total_of_the_bank_is_compared() {
    let totals = |inner: &str| {
        let entries = format!("{}{}", entry("7", ""), entry("2", "").replace("CRDT", "DBIT"));
        let file = message(&format!("<TxsSummry>{inner}</TxsSummry>{entries}"));
        let (reading, _, _) = read_all(file.as_bytes());
        assert_eq!(errors(&reading), NONE);
        warnings(&reading)
    };
    let mismatch = vec!["summary_mismatch".to_owned()];
    let unreadable = vec!["summary_unreadable".to_owned()];
    let net = |amount, direction| {
        format!(
            "<TtlNtries><TtlNetNtry><Amt>{amount}</Amt><CdtDbtInd>{direction}</CdtDbtInd></TtlNetNtry></TtlNtries>"
        )
    };
    for (why, inner, expected) in [
        ("nothing", String::new(), Vec::new()),
        (
            "credits",
            "<TtlCdtNtries><NbOfNtries>1</NbOfNtries><Sum>7</Sum></TtlCdtNtries>".to_owned(),
            Vec::new(),
        ),
        (
            "debits",
            "<TtlDbtNtries><NbOfNtries>1</NbOfNtries><Sum>2.00</Sum></TtlDbtNtries>".to_owned(),
            Vec::new(),
        ),
        ("other debits", "<TtlDbtNtries><Sum>3</Sum></TtlDbtNtries>".to_owned(), mismatch.clone()),
        ("net", net(5, "CRDT"), Vec::new()),
        ("net the other way", net(5, "DBIT"), mismatch.clone()),
        (
            "net as older versions write it",
            "<TtlNtries><TtlNetNtryAmt>5</TtlNetNtryAmt><CdtDbtInd>CRDT</CdtDbtInd></TtlNtries>"
                .to_owned(),
            Vec::new(),
        ),
        (
            "another net of older versions",
            "<TtlNtries><TtlNetNtryAmt>6</TtlNetNtryAmt><CdtDbtInd>CRDT</CdtDbtInd></TtlNtries>"
                .to_owned(),
            mismatch.clone(),
        ),
        (
            "a count that is no number",
            "<TtlNtries><NbOfNtries>two</NbOfNtries></TtlNtries>".to_owned(),
            unreadable.clone(),
        ),
        (
            "a sum that is no figure",
            "<TtlNtries><Sum>9,0</Sum></TtlNtries>".to_owned(),
            unreadable.clone(),
        ),
        (
            "sums of one kind of transaction are the bank's own business",
            "<TtlNtriesPerBkTxCd><NbOfNtries>9</NbOfNtries><Sum>99</Sum></TtlNtriesPerBkTxCd>"
                .to_owned(),
            Vec::new(),
        ),
    ] {
        assert_eq!(totals(&inner), expected, "{why}");
    }
}

#[test]
fn the_booked_balances_are_chosen_among_all_kinds() {
    let header = |balances: &[(&str, &str, &str)]| {
        let mut inner = String::new();
        for (code, amount, day) in balances {
            write!(
                inner,
                "<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp><Amt Ccy=\"VND\">{amount}</Amt>\
                 <CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2026-11-{day}</Dt></Dt></Bal>"
            )
            .unwrap();
        }
        let (reading, _, mut headers) = read_all(message(&inner).as_bytes());
        assert_eq!(errors(&reading), NONE);
        let header = headers.remove(0);
        [header.opening, header.closing].map(|one| one.map(|one| one.amount.to_string()))
    };
    for (why, balances, expected) in [
        ("none", &[][..], [None, None]),
        ("both", &[("OPBD", "1", "02"), ("CLBD", "1", "02")], [Some("1"), Some("1")]),
        (
            "what may be spent is not what was booked",
            &[("OPAV", "5", "02"), ("CLAV", "6", "02"), ("FWAV", "7", "03"), ("INFO", "8", "02")],
            [None, None],
        ),
        ("nor what is expected", &[("XPCD", "9", "02"), ("ITAV", "9", "02")], [None, None]),
        ("the closing one of the day before", &[("PRCD", "3", "01")], [Some("3"), None]),
        (
            "the opening one before it",
            &[("PRCD", "3", "01"), ("OPBD", "4", "02")],
            [Some("4"), None],
        ),
        (
            "the first and last of several days, in any order",
            &[("CLBD", "1", "03"), ("CLBD", "2", "02"), ("OPBD", "2", "03"), ("OPBD", "1", "02")],
            [Some("1"), Some("1")],
        ),
        ("how far the day has come", &[("ITBD", "5", "02")], [None, Some("5")]),
        ("the page between", &[("ITBD", "5", "02"), ("ITBD", "5", "02")], [Some("5"), Some("5")]),
        ("the last page", &[("ITBD", "5", "02"), ("CLBD", "5", "02")], [Some("5"), Some("5")]),
        ("a kind nobody knows", &[("ZZZZ", "x", "99")], [None, None]),
    ] {
        assert_eq!(header(balances), expected.map(|one| one.map(str::to_owned)), "{why}");
    }
}

#[test]
fn reports_of_one_day_follow_each_other_by_their_interim_balances() {
    let (reading, entries, headers) = read_all(&fixture("camt052_v02_interim_pages.xml"));
    assert_eq!((errors(&reading), warnings(&reading)), (NONE.to_vec(), NONE.to_vec()));
    let balances: Vec<_> = headers
        .iter()
        .map(|header| [header.opening, header.closing].map(|one| one.unwrap().amount.to_string()))
        .collect();
    assert_eq!(entries.len(), 3);
    assert_eq!(
        balances,
        [["1000000", "1400000"].map(str::to_owned), ["1400000", "1950000"].map(str::to_owned)]
    );
}

#[test]
fn the_pages_of_a_statement_are_one_statement() {
    let (reading, entries, headers) = read_all(&fixture("camt053_v10_pages.xml"));
    assert_eq!((errors(&reading), warnings(&reading)), (NONE.to_vec(), NONE.to_vec()));
    let [header] = &headers[..] else { panic!("{headers:?}") };
    assert_eq!((reading.statements, entries.len()), (1, 3));
    assert_eq!(header.opening.unwrap().amount, Decimal::ZERO);
    assert_eq!(header.closing.unwrap().amount, Decimal::new(1_750_000, 0));
    assert_eq!(header.reference.as_deref(), Some("STMT-1001"));
}

/// `camt053_v10_pages.xml` with something replaced; what is warned, and the entries of each statement.
fn pages(from: &str, to: &str) -> (Vec<String>, usize, u64) {
    let file = String::from_utf8(fixture("camt053_v10_pages.xml")).unwrap();
    assert!(file.contains(from));
    let (reading, entries, _) = read_all(file.replace(from, to).as_bytes());
    assert_eq!(errors(&reading), NONE);
    (warnings(&reading), entries.len(), reading.statements)
}

#[test]
fn missing_pages_are_named_and_what_is_there_is_read() {
    let file = String::from_utf8(fixture("camt053_v10_pages.xml")).unwrap();
    let starts: Vec<_> = file.match_indices("    <Stmt>").map(|(at, _)| at).collect();
    let first = &file[starts[0]..starts[1]];
    let second = &file[starts[1]..file.find("  </BkToCstmrStmt>").unwrap()];
    let missing = "page_missing".to_owned();
    for (why, from, to, expected) in [
        ("all there", "", "", (vec![], 3, 1)),
        ("the second is missing", second, "", (vec![missing.clone()], 2, 1)),
        (
            "the first is missing",
            first,
            "",
            (
                vec![missing.clone(), "summary_mismatch".to_owned(), "summary_mismatch".to_owned()],
                1,
                1,
            ),
        ),
        (
            "one between is missing",
            "<PgNb>2</PgNb>",
            "<PgNb>3</PgNb>",
            (
                vec![
                    missing.clone(),
                    missing.clone(),
                    "summary_mismatch".to_owned(),
                    "summary_mismatch".to_owned(),
                ],
                3,
                2,
            ),
        ),
        ("a third is announced", "<LastPgInd>true", "<LastPgInd>false", (vec![missing], 3, 1)),
        (
            "a number that is none",
            "<PgNb>2</PgNb>",
            "<PgNb>hai</PgNb>",
            (
                vec![
                    "page_unreadable".to_owned(),
                    "page_missing".to_owned(),
                    "summary_mismatch".to_owned(),
                    "summary_mismatch".to_owned(),
                ],
                3,
                2,
            ),
        ),
        (
            "pages whose balances do not meet",
            "1500000</Amt>\n        <CdtDbtInd>CRDT</CdtDbtInd>\n        <Dt><Dt>2026-11-02</Dt></Dt>\n      </Bal>\n      <Bal>",
            "1400000</Amt>\n        <CdtDbtInd>CRDT</CdtDbtInd>\n        <Dt><Dt>2026-11-02</Dt></Dt>\n      </Bal>\n      <Bal>",
            (vec!["page_balance".to_owned()], 3, 1),
        ),
    ] {
        assert_eq!(pages(from, to), expected, "{why}");
    }
}

#[test]
fn a_page_of_a_message_names_the_files_around_it() {
    let (reading, entries, _) = read_all(&fixture("camt053_v12_message_page.xml"));
    assert_eq!(errors(&reading), NONE);
    assert_eq!(warnings(&reading), ["page_missing", "page_missing"]);
    assert_eq!(entries.len(), 1);
    let path = |at: usize| reading.warnings[at].place.clone().unwrap().element.unwrap();
    assert_eq!((path(0), path(1)), ("GrpHdr/MsgPgntn".to_owned(), "GrpHdr/MsgPgntn".to_owned()));
}

#[test]
fn a_statement_that_comes_twice_counts_once() {
    let (reading, entries, headers) = read_all(&fixture("camt053_v08_twice.xml"));
    assert_eq!(errors(&reading), NONE);
    assert_eq!(warnings(&reading), ["copy_or_duplicate", "statement_repeated"]);
    assert_eq!((reading.statements, reading.entries, entries.len(), headers.len()), (1, 2, 2, 1));
    assert!(!headers[0].copy, "the first one is no copy");
    let twice = String::from_utf8(fixture("camt053_v08_twice.xml")).unwrap();
    let second = |from: &str, to: &str| {
        let at = twice.rfind("    <Stmt>").unwrap();
        assert!(twice[at..].contains(from), "{from}");
        let file = format!("{}{}", &twice[..at], twice[at..].replacen(from, to, 1));
        let (reading, entries, _) = read_all(file.as_bytes());
        (errors(&reading).join(" "), reading.statements, entries.len())
    };
    for (why, from, to, expected) in [
        ("without the mark", "<CpyDplctInd>DUPL</CpyDplctInd>", "", ("", 1, 2)),
        ("another number", "<ElctrncSeqNb>15<", "<ElctrncSeqNb>16<", ("", 2, 4)),
        ("another id", "<Id>STMT-0815<", "<Id>STMT-0816<", ("", 2, 4)),
        ("another account", "1017595600", "1017595618", ("", 2, 4)),
        ("another payer's text", "HPT7C2N4V", "HPM4R6T8W", ("statement_contradicts", 1, 2)),
        ("another reference", "FT26306151", "FT26306159", ("statement_contradicts", 1, 2)),
        ("another closing balance", "1750000", "1750001", ("statement_contradicts", 2, 2)),
        (
            "where the first one ends",
            "<Amt Ccy=\"VND\">0<",
            "<Amt Ccy=\"VND\">1750000<",
            ("", 2, 4),
        ),
    ] {
        let (errors, statements, entries) = expected;
        assert_eq!(second(from, to), (errors.to_owned(), statements, entries), "{why}");
    }
}

#[test]
fn a_copy_alone_is_delivered_and_marked() {
    let file = message(&format!("<CpyDplctInd>COPY</CpyDplctInd>{}", entry("5", "")));
    let (reading, entries, headers) = read_all(file.as_bytes());
    assert_eq!(warnings(&reading), ["copy_or_duplicate"]);
    assert_eq!((entries.len(), headers[0].copy), (1, true));
}

#[test]
fn the_period_is_the_days_that_are_covered() {
    let day = |text: &str| parse_iso_day(text).unwrap();
    let covered = |from: &str, to: &str| {
        let period = format!("<FrToDt><FrDtTm>{from}</FrDtTm><ToDtTm>{to}</ToDtTm></FrToDt>");
        let (reading, _, mut headers) =
            read_all(message(&format!("{period}{}", entry("5", ""))).as_bytes());
        assert_eq!(errors(&reading), NONE);
        (headers.remove(0).period, warnings(&reading).join(" "))
    };
    // The entry is booked on 2 November.
    for (why, from, to, expected, warned) in [
        (
            "to the last second",
            "2026-11-01T00:00:00",
            "2026-11-03T23:59:59",
            Some(("2026-11-01", "2026-11-03")),
            "",
        ),
        (
            "to the first moment of the day after",
            "2026-11-01T00:00:00",
            "2026-11-03T00:00:00",
            Some(("2026-11-01", "2026-11-02")),
            "",
        ),
        (
            "to the day of the last entry",
            "2026-11-01T00:00:00",
            "2026-11-02T00:00:00",
            Some(("2026-11-01", "2026-11-02")),
            "",
        ),
        (
            "one day",
            "2026-11-05T00:00:00",
            "2026-11-05T00:00:00",
            Some(("2026-11-05", "2026-11-05")),
            "",
        ),
        ("days without times", "2026-11-01", "2026-11-30", Some(("2026-11-01", "2026-11-30")), ""),
        ("the wrong way round", "2026-11-30T00:00:00", "2026-11-01T00:00:00", None, "period"),
        ("no day", "2026-11-01T00:00:00", "2026-11-31T00:00:00", None, "period"),
    ] {
        let expected = expected.map(|(from, to)| Period::new(day(from), day(to)).unwrap());
        assert_eq!(covered(from, to), (expected, warned.to_owned()), "{why}");
    }
}

#[test]
fn a_statement_without_entries_is_a_statement() {
    let (reading, entries, headers) = read_all(&fixture("camt053_v08_empty.xml"));
    assert_eq!((errors(&reading), warnings(&reading)), (NONE.to_vec(), NONE.to_vec()));
    assert_eq!((entries.len(), reading.statements), (0, 1));
    let period = Period::single(parse_iso_day("2026-11-02").unwrap());
    assert_eq!(headers[0].period, Some(period));
    let (reading, _, headers) = read_all(message("").as_bytes());
    assert!(reading.accepted());
    assert_eq!(headers.len(), 1);
}

#[test]
fn several_messages_in_an_envelope_are_read_each_as_its_own_kind() {
    let inner = |kind: &str| {
        let file = in_version(kind, 8);
        let at = file.find("<Document").unwrap();
        file[at..].replace("<Id>STMT", &format!("<Id>{kind}"))
    };
    let file = format!("<Envelope>{}{}</Envelope>", inner("camt.052"), inner("camt.053"));
    let (reading, entries, headers) = read_all(file.as_bytes());
    assert_eq!(errors(&reading), NONE);
    assert_eq!(reading.format.as_deref(), Some("camt.052.001.08"));
    assert_eq!((headers.len(), entries.len()), (2, 4));
}
