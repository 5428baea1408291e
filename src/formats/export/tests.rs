//! What a table becomes in each format.

use std::io::Cursor;

use calamine::{Data, Reader, Xlsx};
use proptest::prelude::*;

use super::*;
use crate::domain::calendar::parse_iso_day;
use crate::domain::cashless::Rate;
use crate::domain::export::{Cell, Column};

const COLUMNS: &[Column] = &[
    Column::plain("day", "Ngày", 12),
    Column::plain("code", "Mã", 12),
    Column::sum("amount", "Số tiền (đ)"),
    Column::plain("rate", "Tỷ lệ (%)", 12),
];

fn export(rows: Vec<Vec<Cell>>) -> Export {
    let day = |text| parse_iso_day(text).unwrap();
    Export {
        kind: Kind::Collections,
        school_code: "THCS-MAU".to_owned(),
        school: "THCS Mẫu".to_owned(),
        period: Period::new(day("2026-11-01"), day("2026-11-30")).unwrap(),
        filter: Filter::default(),
        made_by: "user:kế toán".to_owned(),
        made_at: day("2026-11-24").and_hms_opt(8, 0, 0).unwrap(),
        sheet: Sheet::new(COLUMNS, rows).unwrap(),
    }
}

fn row(code: &str, dong: i64) -> Vec<Cell> {
    vec![
        Cell::Day(parse_iso_day("2026-11-02").unwrap()),
        Cell::Text(code.to_owned()),
        Cell::Dong(Vnd::new(dong)),
        Cell::Rate(Rate::new(1, 3).unwrap()),
    ]
}

fn read(bytes: Vec<u8>, sheet: &str) -> Vec<Vec<Data>> {
    let mut book: Xlsx<_> = calamine::open_workbook_from_rs(Cursor::new(bytes)).unwrap();
    let range = book.worksheet_range(sheet).unwrap();
    range.rows().map(<[Data]>::to_vec).collect()
}

#[test]
fn a_text_is_never_run_and_a_number_stays_one() {
    for (why, text, expected) in [
        ("a formula", "=1+1", "'=1+1"),
        ("a plus", "+84912000000", "'+84912000000"),
        ("a minus in a text", "-1", "'-1"),
        ("an at", "@SUM(A1)", "'@SUM(A1)"),
        ("a tab", "\t=1", "'\t=1"),
        ("a carriage return", "\r=1", "'\r=1"),
        ("a line feed", "\n=1", "'\n=1"),
        ("behind blanks", "  =1", "'  =1"),
        ("behind a hard blank", "\u{a0}=1", "'\u{a0}=1"),
        ("a wide sign", "＝1", "'＝1"),
        ("a command", "=cmd|' /C calc'!A0", "'=cmd|' /C calc'!A0"),
        ("a sign within", "6A1=2", "6A1=2"),
        ("a code", "00123", "00123"),
        ("nothing", "", ""),
    ] {
        assert_eq!(neutral(text), expected, "{why}");
    }
    let csv = String::from_utf8(csv(&export(vec![row("=1", -5)])).unwrap()).unwrap();
    assert_eq!(csv, "\u{feff}Ngày,Mã,Số tiền (đ),Tỷ lệ (%)\r\n2026-11-02,'=1,-5,33.33\r\n");
}

#[test]
fn a_workbook_keeps_days_codes_and_amounts_as_what_they_are() {
    let rows = read(xlsx(&export(vec![row("00123", 1_250_000)])).unwrap(), "Bảng kê thu tiền");
    assert_eq!(rows[4][2], Data::String("Số tiền (đ)".to_owned()));
    let Data::DateTime(day) = rows[5][0] else { panic!("{:?}", rows[5][0]) };
    assert_eq!(day.to_ymd_hms_milli(), (2026, 11, 2, 0, 0, 0, 0));
    assert_eq!(rows[5][1], Data::String("00123".to_owned()));
    assert_eq!(rows[5][2], Data::Float(1_250_000.0));
    assert_eq!(rows[5][3], Data::Float(33.33));
    assert_eq!(rows[6][0], Data::String("Tổng cộng".to_owned()));
    assert_eq!(rows[6][2], Data::Float(1_250_000.0));
    let signed = rows.iter().flatten().filter(|cell| {
        ["Người lập", "Kế toán trưởng", "Thủ trưởng đơn vị"].iter().any(|who| *cell == who)
    });
    assert_eq!(signed.count(), 3);
}

#[test]
fn amounts_excel_would_round_are_refused_and_those_it_would_shorten_are_texts() {
    for (why, dong, expected) in [
        ("fifteen digits", 999_999_999_999_999, Some(Data::Float(999_999_999_999_999.0))),
        ("sixteen", 1_000_000_000_000_000, Some(Data::String("1000000000000000".to_owned()))),
        ("negative", -1_000_000_000_000_000, Some(Data::String("-1000000000000000".to_owned()))),
        ("the last exact one", 1 << 53, Some(Data::String("9007199254740992".to_owned()))),
        ("one more", (1 << 53) + 1, None),
        ("the most negative", i64::MIN, None),
    ] {
        let found = xlsx(&export(vec![row("1", dong)]));
        match (found, expected) {
            (Ok(bytes), Some(expected)) => {
                let told = read(bytes.clone(), "Thông tin");
                let told = told.iter().any(|row| row[1].to_string().contains("dạng chữ"));
                assert_eq!(told, matches!(expected, Data::String(_)), "{why}");
                assert_eq!(read(bytes, "Bảng kê thu tiền")[5][2], expected, "{why}");
            }
            (Err(ExportError::Inexact(amount)), None) => assert_eq!(amount.dong(), dong, "{why}"),
            (found, _) => panic!("{why}: {found:?}"),
        }
        assert!(csv(&export(vec![row("1", dong)])).is_ok(), "{why}: CSV keeps all digits");
    }
}

#[test]
fn the_same_export_is_the_same_file() {
    let made = || export(vec![row("1", 1), row("2", 2)]);
    assert_eq!(xlsx(&made()).unwrap(), xlsx(&made()).unwrap());
    assert_eq!(json(&made()).unwrap(), json(&made()).unwrap());
}

#[test]
fn the_information_sheet_says_what_who_when_and_how_much() {
    let mut made = export(vec![row("1", 40), row("2", 2)]);
    made.filter.class = Some("6A1".to_owned());
    made.sheet.notes.push("Ghi chú mẫu".to_owned());
    let rows = read(xlsx(&made).unwrap(), "Thông tin");
    let value = |name: &str| rows.iter().find(|row| row[0] == name).map(|row| row[1].to_string());
    for (name, expected) in [
        ("Loại", "Bảng kê thu tiền (collections)"),
        ("Trường", "THCS Mẫu (THCS-MAU)"),
        ("Lọc theo lớp", "6A1"),
        ("Người xuất", "user:kế toán"),
        ("Thời điểm xuất", "24/11/2026 08:00:00"),
        ("Số dòng", "2"),
        ("Tổng: Số tiền (đ)", "42"),
        ("Ghi chú", "Ghi chú mẫu"),
    ] {
        assert_eq!(value(name).as_deref(), Some(expected), "{name}");
    }
}

proptest! {
    #[test]
    fn whatever_a_text_holds_csv_reads_back_as_it_was_guarded(
        texts in proptest::collection::vec("[=+@\t\r\n\"',; '\u{feff}\u{a0}a-zÀ-ỹ0-9-]{0,12}|\\PC{0,8}", 1..6),
    ) {
        let made = export(texts.iter().map(|text| row(text, 7)).collect());
        let bytes = csv(&made).unwrap();
        let body = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap();
        let mut reader = ::csv::ReaderBuilder::new().from_reader(body);
        let read: Vec<String> =
            reader.records().map(|record| record.unwrap()[1].to_owned()).collect();
        let guarded: Vec<String> = texts.iter().map(|text| neutral(text)).collect();
        prop_assert_eq!(&read, &guarded);
        for (text, cell) in texts.iter().zip(&read) {
            prop_assert!(cell == text || cell.strip_prefix('\'') == Some(text.as_str()));
            prop_assert!(!cell.starts_with(['=', '+', '-', '@', '\t', '\r']));
        }
    }
}
