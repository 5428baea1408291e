//! Tables whose columns a person names: asked about, then read exactly with the answer.

use super::workbooks::workbook;
use super::{Outcome, fixture};
use crate::formats::spreadsheet::mapping::{ColumnMapping, ColumnQuestion, MappedField};
use crate::formats::{MappingText, Options};

fn question(read: &Outcome) -> &ColumnQuestion {
    assert_eq!(read.errors(), ["columns_unknown"]);
    let message = &read.reading.errors[0].message;
    assert!(message.vi.contains("Anh/chị"), "{}", message.vi);
    read.reading.columns.as_ref().unwrap()
}

fn answer(question: &ColumnQuestion, text: &str) -> Options {
    let mapping = text.parse::<MappingText>().unwrap().for_headings(&question.headings).unwrap();
    Options { mappings: vec![mapping] }
}

const UNKNOWN: [&str; 4] = [
    "1017595600 VND – → –",
    "row 4 2026-11-02 credit 1250000 | – | HPK3M9Q2X HANH 6A1 Mẫu A 6A1 | –",
    "row 5 2026-11-03 credit 500000 | – | HPT7C2N4V Mẫu B 6A2 | –",
    "row 6 2026-11-03 credit 750000 | – | nop tien an Mẫu C 6A3 | –",
];

#[test]
fn an_unknown_table_is_asked_about_and_then_read_exactly() {
    let bytes = fixture("table-unknown-columns.csv");
    let asked = Outcome::csv(&bytes);
    let question = question(&asked);
    assert_eq!(question.row, 3);
    assert_eq!(question.missing, [MappedField::Date, MappedField::Amount]);
    assert!(!question.unsigned);
    let shown: Vec<String> = question
        .columns
        .iter()
        .map(|column| {
            let suggestion = column.suggestion.map_or("?", MappedField::as_str);
            format!(
                "{} {} [{suggestion}] {}",
                column.letter,
                column.heading,
                column.samples.join(" · ")
            )
        })
        .collect();
    assert_eq!(
        shown,
        [
            "A Ngày nộp [date] 02/11/2026 · 03/11/2026",
            "B Họ tên, lớp [?] Mẫu A 6A1 · Mẫu B 6A2 · Mẫu C 6A3",
            "C Đã nộp [amount] 1.250.000 · 500.000 · 750.000",
            "D Dòng chữ kèm theo [memo] HPK3M9Q2X HANH 6A1 · HPT7C2N4V · nop tien an",
            "E Quầy [?] 01 · 02",
        ]
    );
    let options = answer(question, "date=A,amount=C,memo=D+B,ignore=E,unsigned=credit");
    let read = Outcome::csv_with(&bytes, &options);
    assert_eq!(read.errors(), [""; 0]);
    assert_eq!(read.layout(), "mapped");
    assert_eq!(read.lines(), UNKNOWN);
    assert_eq!(read.codes(), [""; 0]);
}

#[test]
fn an_answer_that_leaves_the_direction_open_is_asked_about_again() {
    let bytes = fixture("table-unknown-columns.csv");
    let options = answer(question(&Outcome::csv(&bytes)), "date=A,amount=C,memo=D");
    let again = Outcome::csv_with(&bytes, &options);
    assert!(question(&again).unsigned);
}

#[test]
fn an_answer_for_other_headings_is_not_applied() {
    let bytes = fixture("table-unknown-columns.csv");
    let mut options = answer(question(&Outcome::csv(&bytes)), "date=A,credit=C,memo=D");
    options.mappings[0].headings[4] = "Điểm thu".to_owned();
    assert_eq!(Outcome::csv_with(&bytes, &options).errors(), ["columns_unknown"]);
    let generic = Outcome::csv_with(fixture("table-generic.csv"), &options);
    assert_eq!((generic.errors(), generic.layout()), (vec![], "generic"));
}

#[test]
fn what_a_person_says_comes_before_the_words() {
    let bytes = "Ngày,Ngày hạch toán,Ghi có,Nội dung\n01/11/2026,02/11/2026,1000,a\n";
    let headings: Vec<String> =
        ["NGÀY", "ngay hach toan", "Ghi có", "Nội dung"].map(str::to_owned).to_vec();
    let typed: MappingText = "date=A,debit=C,memo=D".parse().unwrap();
    let options = Options { mappings: vec![typed.for_headings(&headings).unwrap()] };
    let by_words = Outcome::csv(bytes);
    assert_eq!(by_words.lines()[1], "row 2 2026-11-02 credit 1000 | – | a | –");
    let by_person = Outcome::csv_with(bytes, &options);
    assert_eq!(by_person.lines()[1], "row 2 2026-11-01 debit 1000 | – | a | –");
}

#[test]
fn a_table_without_headings_is_known_by_the_number_of_its_columns() {
    let bytes = fixture("table-without-header.csv");
    let asked = Outcome::csv(&bytes);
    let question = question(&asked);
    assert_eq!((question.row, &question.headings), (1, &vec![String::new(); 4]));
    let options = answer(question, "date=A,reference=B,amount=C,memo=D");
    let read = Outcome::csv_with(&bytes, &options);
    assert_eq!(
        read.lines(),
        [
            "– VND – → –",
            "row 1 2026-11-02 credit 1250000 | FT1 | HPK3M9Q2X HANH 6A1 | –",
            "row 2 2026-11-03 debit 11000 | FT2 | Phí | –",
            "row 3 2026-11-04 credit 500000 | FT3 | HPT7C2N4V | –",
        ]
    );
    let narrower = Outcome::csv_with("02/11/2026;FT1;1.250.000\n03/11/2026;FT2;2.000\n", &options);
    assert_eq!(narrower.errors(), ["columns_unknown"]);
}

#[test]
fn amounts_without_any_sign_are_a_question() {
    let bytes = fixture("table-unsigned.csv");
    let asked = Outcome::csv(&bytes);
    let question = question(&asked);
    assert!(question.unsigned && question.missing.is_empty());
    assert_eq!((question.row, question.columns.len()), (2, 3));
    assert_eq!(question.columns[1].samples, ["1.250.000", "500.000"]);
    for (text, direction) in [("credit", "credit"), ("debit", "debit")] {
        let text = format!("date=A,amount=B,memo=C,unsigned={text}");
        let read = Outcome::csv_with(&bytes, &answer(question, &text));
        assert_eq!((read.errors(), read.codes()), (vec![], vec![]));
        let found: Vec<&str> =
            read.statements[0].1.iter().map(|entry| entry.credit_debit.as_str()).collect();
        assert_eq!(found, [direction, direction]);
    }
}

#[test]
fn a_workbook_is_asked_about_and_then_read_exactly() {
    let bytes = fixture("unknown-columns.xlsx");
    let asked = Outcome::xlsx(&bytes);
    let question = question(&asked);
    assert_eq!((question.sheet.as_deref(), question.row), (Some("Thu tháng 11"), 3));
    assert_eq!(question.headings, ["Hôm", "Người nộp", "Khoản Vào", "Ra", "Còn lại", "Kèm theo"]);
    let options = answer(question, "date=A,memo=F,counterparty_name=B,credit=C,debit=D,balance=E");
    let read = Outcome::xlsx_with(&bytes, &options);
    assert_eq!((read.layout(), read.codes()), ("mapped", vec![]));
    assert_eq!(
        read.lines(),
        [
            "– VND – → –",
            "row 4 2026-11-02 credit 1250000 | – | HPK3M9Q2X | 2250000",
            "row 5 2026-11-03 debit 11000 | – | Phí | 2239000",
        ]
    );
    assert_eq!(read.statements[0].1[0].counterparty_name.as_deref(), Some("NGUYEN MAU A"));
}

#[test]
fn a_workbook_without_headings_is_read_with_the_answer_too() {
    let rows: &[&[&str]] =
        &[&["@2026-11-02", "FT1", "#1250000", "HPK3M9Q2X"], &["@2026-11-03", "FT2", "#-11000"]];
    let bytes = workbook(&[("A", false, rows)]);
    let options = answer(question(&Outcome::xlsx(&bytes)), "date=A,reference=B,amount=C,memo=D");
    let read = Outcome::xlsx_with(&bytes, &options);
    assert_eq!(
        read.lines().get(1..).unwrap(),
        [
            "row 1 2026-11-02 credit 1250000 | FT1 | HPK3M9Q2X | –",
            "row 2 2026-11-03 debit 11000 | FT2 | – | –",
        ]
    );
    let narrow: &[&[&str]] =
        &[&["@2026-11-02", "FT1", "#1250000"], &["@2026-11-03", "FT2", "#-11000"]];
    let read = Outcome::xlsx_with(workbook(&[("A", false, narrow)]), &options);
    assert_eq!(read.errors(), ["columns_unknown"]);
    assert_eq!(read.reading.columns.unwrap().columns.len(), 3);
}

#[test]
fn a_mark_that_a_person_has_named_settles_doubtful_figures() {
    let table = "Loại tiền: USD,,\nNgày,Ghi có,Nội dung\n02/11/2026,\"1,250\",a\n";
    let headings: Vec<String> = ["Ngày", "Ghi có", "Nội dung"].map(str::to_owned).to_vec();
    assert_eq!(Outcome::csv(table).codes(), ["amount_ambiguous", "no_entries"]);
    for (mark, amount) in [("point", "1250"), ("comma", "1.250")] {
        let typed: MappingText = format!("date=A,credit=B,memo=C,decimal={mark}").parse().unwrap();
        let mapping: ColumnMapping = typed.for_headings(&headings).unwrap();
        let read = Outcome::csv_with(table, &Options { mappings: vec![mapping] });
        assert_eq!(read.statements[0].1[0].amount.to_string(), amount, "{mark}");
    }
}

#[test]
fn lists_that_are_no_statements_are_refused_and_not_asked_about() {
    for (why, text) in [
        ("a class list", "STT,Họ tên,Ngày sinh\n1,Mẫu A,02/11/2015\n2,Mẫu B,03/11/2015\n"),
        ("telephone numbers", "Họ tên,Ngày sinh,Điện thoại\nMẫu A,02/11/2015,0901234567\n"),
        ("a single line of a letterhead", "Số dư ngày,02/11/2026,1.250.000\n"),
        ("no days", "Họ tên,Phải thu\nMẫu A,1.250.000\nMẫu B,1.250.000\n"),
    ] {
        assert_eq!(Outcome::csv(text).errors(), ["header_not_found"], "{why}");
    }
}
