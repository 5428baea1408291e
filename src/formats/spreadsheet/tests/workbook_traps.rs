//! Workbooks that need more than cells: merged and rich cells, hidden rows, the days of 1904.

use std::io::{Cursor, Read, Write};

use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, Workbook, Worksheet};

use super::fixture;
use super::workbooks::workbook;

/// Every workbook of this file by its fixture's name.
fn workbooks() -> Vec<(&'static str, Vec<u8>)> {
    vec![
        ("rich-text.xlsx", made(rich_text)),
        ("hidden-rows.xlsx", made(hidden_rows)),
        ("merged-cells.xlsx", made(merged_cells)),
        ("days-from-1904.xlsx", counting_from_1904(&made(bare_day_numbers))),
        ("unknown-columns.xlsx", made(unknown_columns)),
        ("several-sheets.xlsx", several_sheets()),
        ("numbers-as-text.xlsx", numbers_as_text()),
        ("totals-wrong.xlsx", totals_wrong()),
    ]
}

#[test]
fn the_committed_workbooks_are_the_ones_written_here() {
    for (name, bytes) in workbooks() {
        if option_env!("DOISOAT_WRITE_FIXTURES").is_some() {
            let path = format!("{}/fixtures/statements/{name}", env!("CARGO_MANIFEST_DIR"));
            std::fs::write(path, &bytes).unwrap();
        }
        assert_eq!(sheet_of(&fixture(name)), sheet_of(&bytes), "{name}");
    }
}

/// The first sheet of a workbook, unpacked.
fn sheet_of(bytes: &[u8]) -> String {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    let mut text = String::new();
    archive.by_name("xl/worksheets/sheet1.xml").unwrap().read_to_string(&mut text).unwrap();
    text
}

fn made(fill: fn(&mut Worksheet)) -> Vec<u8> {
    let mut book = Workbook::new();
    let day = ExcelDateTime::from_ymd(2026, 1, 1).unwrap();
    book.set_properties(&DocProperties::new().set_creation_datetime(&day));
    fill(book.add_worksheet());
    book.save_to_buffer().unwrap()
}

fn texts(sheet: &mut Worksheet, row: u32, cells: &[&str]) {
    for (column, cell) in (0..).zip(cells).filter(|(_, cell)| !cell.is_empty()) {
        sheet.write_string(row, column, *cell).unwrap();
    }
}

const ACCOUNT: &[&str] = &["Số tài khoản: 1017595600 (dữ liệu bịa)"];
const HEADINGS: &[&str] = &["Ngày", "Số CT", "Ghi nợ", "Ghi có", "Nội dung"];

fn rich_text(sheet: &mut Worksheet) {
    let (plain, bold) = (Format::new(), Format::new().set_bold());
    texts(sheet, 0, ACCOUNT);
    texts(sheet, 1, HEADINGS);
    texts(sheet, 2, &["02/11/2026", "FT1"]);
    sheet.write_rich_string(2, 3, &[(&bold, "1.250"), (&plain, ".000")]).unwrap();
    sheet.write_rich_string(2, 4, &[(&bold, "HPK3M9Q2X"), (&plain, " HANH 6A1")]).unwrap();
}

fn hidden_rows(sheet: &mut Worksheet) {
    texts(sheet, 0, ACCOUNT);
    texts(sheet, 1, HEADINGS);
    texts(sheet, 2, &["02/11/2026", "FT1", "", "1.250.000", "HPK3M9Q2X"]);
    texts(sheet, 3, &["03/11/2026", "FT2", "", "500.000", "HPT7C2N4V"]);
    sheet.set_row_hidden(3).unwrap();
}

fn merged_cells(sheet: &mut Worksheet) {
    let plain = Format::new();
    sheet.merge_range(0, 0, 0, 5, ACCOUNT[0], &plain).unwrap();
    for (column, heading) in [(0, "Ngày"), (1, "Số CT"), (4, "Số dư"), (5, "Diễn giải")] {
        sheet.merge_range(1, column, 2, column, heading, &plain).unwrap();
    }
    sheet.merge_range(1, 2, 1, 3, "Phát sinh", &plain).unwrap();
    texts(sheet, 2, &["", "", "Nợ", "Có"]);
    texts(sheet, 3, &["02/11/2026", "FT1", "", "1.250.000", "2.250.000", "HPK3M9Q2X"]);
    texts(sheet, 4, &["03/11/2026", "FT2", "11.000", "", "2.239.000", "Phí"]);
}

/// 44,866 is 2 November 2026 where days are counted from 1904.
fn bare_day_numbers(sheet: &mut Worksheet) {
    texts(sheet, 0, ACCOUNT);
    texts(sheet, 1, HEADINGS);
    texts(sheet, 2, &["", "FT1", "", "1.250.000", "HPK3M9Q2X"]);
    texts(sheet, 3, &["", "FT2", "", "500.000", "HPT7C2N4V"]);
    sheet.write_number(2, 0, 44_866).unwrap();
    let date = Format::new().set_num_format("dd/mm/yyyy");
    sheet.write_number_with_format(3, 0, 44_867, &date).unwrap();
}

/// The same workbook with the flag that a Mac's Excel sets.
fn counting_from_1904(bytes: &[u8]) -> Vec<u8> {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    let mut written = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for index in 0..archive.len() {
        let mut part = archive.by_index(index).unwrap();
        let name = part.name().unwrap().into_owned();
        let mut content = Vec::new();
        part.read_to_end(&mut content).unwrap();
        if name == "xl/workbook.xml" {
            let text = String::from_utf8(content).unwrap();
            assert!(text.contains("<workbookPr "));
            content = text.replace("<workbookPr ", "<workbookPr date1904=\"1\" ").into_bytes();
        }
        let options = zip::write::SimpleFileOptions::default();
        written.start_file(name, options).unwrap();
        written.write_all(&content).unwrap();
    }
    written.finish().unwrap().into_inner()
}

fn unknown_columns(sheet: &mut Worksheet) {
    sheet.set_name("Thu tháng 11").unwrap();
    texts(sheet, 0, &["Bảng bịa để thử"]);
    texts(sheet, 1, &["Hôm", "Người nộp", "Khoản", "", "Còn lại", "Kèm theo"]);
    texts(sheet, 2, &["", "", "Vào", "Ra"]);
    texts(sheet, 3, &["02/11/2026", "NGUYEN MAU A", "1.250.000", "", "2.250.000", "HPK3M9Q2X"]);
    texts(sheet, 4, &["03/11/2026", "", "", "11.000", "2.239.000", "Phí"]);
}

fn several_sheets() -> Vec<u8> {
    workbook(&[
        (
            "TK 1",
            false,
            &[
                &["Số TK: 1017595600"],
                &["Ngày", "Ghi nợ", "Ghi có", "Nội dung"],
                &["02/11/2026", "", "1.250.000", "HPK3M9Q2X"],
            ],
        ),
        ("Nháp", true, &[&["Ngày", "Ghi có"], &["02/11/2026", "9.000"]]),
        (
            "TK 2",
            false,
            &[
                &["Số TK: 1017595601"],
                &["Ngày", "Ghi nợ", "Ghi có", "Nội dung"],
                &["03/11/2026", "", "500.000", "HPT7C2N4V"],
            ],
        ),
        (
            "Thu hộ",
            false,
            &[&["Hôm", "Vào", "Kèm theo"], &["04/11/2026", "250.000", "nop tien an"]],
        ),
    ])
}

fn numbers_as_text() -> Vec<u8> {
    workbook(&[(
        "Sheet1",
        false,
        &[
            ACCOUNT,
            HEADINGS,
            &["02/11/2026", "00123", "", "1\u{a0}250\u{a0}000", "a"],
            &["02/11/2026", "00124", "", "1’250’001", "b"],
            &["02/11/2026", "00125", "0", "1.250.002 đ", "c"],
            &["02/11/2026", "00126", "-", "VND 1,250,003.00", "d"],
            &["02/11/2026", "00127", "", "1.25E+06", "e"],
            &["02/11/2026", "00128", "", "1.250,000.00", "f"],
        ],
    )])
}

fn totals_wrong() -> Vec<u8> {
    workbook(&[(
        "Sheet1",
        false,
        &[
            ACCOUNT,
            HEADINGS,
            &["02/11/2026", "FT1", "", "#1250000", "HPK3M9Q2X"],
            &["03/11/2026", "FT2", "#11000", "", "Phí"],
            &["Tổng cộng", "", "#11000", "#1350000"],
        ],
    )])
}
