//! Workbooks in the layouts of the banks, all invented.

use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, Formula, Workbook};

use super::profile_cases;
use super::workbook_cases::{self, Case, Sheet};
use super::{Outcome, fixture};

pub(super) fn workbook(sheets: &[Sheet<'_>]) -> Vec<u8> {
    let mut book = Workbook::new();
    let made = ExcelDateTime::from_ymd(2026, 1, 1).unwrap();
    book.set_properties(&DocProperties::new().set_creation_datetime(&made));
    let date_format = Format::new().set_num_format("dd/mm/yyyy");
    for (name, hidden, rows) in sheets {
        let sheet = book.add_worksheet();
        sheet.set_name(*name).unwrap().set_hidden(*hidden);
        for (row, cells) in (0..).zip(*rows) {
            for (column, cell) in (0..).zip(*cells) {
                match cell.chars().next().map(|mark| (mark, cell.get(1..).unwrap_or_default())) {
                    Some(('#', number)) => {
                        sheet.write_number(row, column, number.parse::<f64>().unwrap()).unwrap()
                    }
                    Some(('@', date)) => sheet
                        .write_datetime_with_format(
                            row,
                            column,
                            ExcelDateTime::parse_from_str(date).unwrap(),
                            &date_format,
                        )
                        .unwrap(),
                    Some(('=', _)) => sheet
                        .write_formula(row, column, Formula::new(*cell).set_result("#REF!"))
                        .unwrap(),
                    Some(_) => sheet.write_string(row, column, *cell).unwrap(),
                    None => continue,
                };
            }
        }
    }
    book.save_to_buffer().unwrap()
}

fn cases() -> impl Iterator<Item = &'static Case<'static>> {
    workbook_cases::CASES.iter().chain(profile_cases::CASES)
}

#[test]
fn every_layout_is_read_exactly() {
    if option_env!("DOISOAT_WRITE_FIXTURES").is_some() {
        for (name, sheets, ..) in cases() {
            let path = format!("{}/fixtures/statements/{name}", env!("CARGO_MANIFEST_DIR"));
            std::fs::write(path, workbook(sheets)).unwrap();
        }
    }
    for (name, sheets, layout, lines, warnings) in cases() {
        for (what, bytes) in [("written now", workbook(sheets)), ("committed", fixture(name))] {
            let read = Outcome::xlsx(bytes);
            assert_eq!(read.errors(), [""; 0], "{name} {what}");
            assert_eq!(read.layout(), *layout, "{name} {what}");
            assert_eq!(read.lines(), *lines, "{name} {what}");
            assert_eq!(read.codes(), *warnings, "{name} {what}");
        }
    }
}

#[test]
fn the_other_side_is_read_where_the_bank_names_it() {
    for name in ["mb-biz.xlsx", "techcombank.xlsx", "acb.xlsx", "vietinbank-efast.xlsx"] {
        let read = Outcome::xlsx(fixture(name));
        let entry = &read.statements[0].1[0];
        assert_eq!(entry.counterparty_name.as_deref(), Some("NGUYEN MAU A"), "{name}");
        assert_eq!(entry.counterparty_account.as_deref(), Some("0351000000000"), "{name}");
    }
}

#[test]
fn an_old_workbook_is_read() {
    let read = Outcome::xls(fixture("table-generic.xls"));
    assert_eq!(read.errors(), [""; 0]);
    assert_eq!(
        read.lines(),
        [
            "1017595600 VND – → –",
            "row 5 2026-11-02 credit 1250000 | FT1 | HPK3M9Q2X HANH 6A1 | 2250000",
            "row 6 2026-11-03 debit 11000 | FT2 | Phí | 2239000",
            "row 7 2026-11-04 credit 500000 | FT3 | HPT7C2N4V | 2739000",
        ]
    );
}

#[test]
fn a_formula_that_nobody_computed_is_no_blank_cell() {
    let read = Outcome::xlsx(fixture("formula-without-result.xlsx"));
    assert_eq!(read.lines().get(1..).unwrap(), ["row 3 2026-11-02 credit 7000 | – | – | –"]);
    assert_eq!(read.codes(), ["formula"]);
}

#[test]
fn two_unlabelled_tables_are_refused() {
    let rows: &[&[&str]] = &[&["Ngày", "Số tiền"], &["02/11/2026", "+1000"]];
    let read = Outcome::xlsx(workbook(&[("A", false, rows), ("B", false, rows)]));
    assert_eq!(read.errors(), ["mixed_accounts"]);
}

#[test]
fn damaged_workbooks_are_refused() {
    let whole = fixture("bidv.xlsx");
    for (why, bytes) in [
        ("cut short", whole.get(..whole.len() / 2).unwrap()),
        ("no archive", &b"PK\x03\x04 nothing"[..]),
        ("nothing", b""),
    ] {
        assert_eq!(Outcome::xlsx(bytes).errors(), ["workbook"], "{why}");
    }
    assert_eq!(Outcome::xls(b"\xD0\xCF\x11\xE0").errors(), ["workbook"]);
}

#[test]
fn a_sheet_that_claims_every_cell_costs_nothing() {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    for (column, text) in (0..).zip(["Ngày", "Số tiền", "Nội dung"]) {
        sheet.write_string(0, column, text).unwrap();
    }
    for (column, text) in (0..).zip(["02/11/2026", "+1000", "HPK3M9Q2X"]) {
        sheet.write_string(1, column, text).unwrap();
    }
    sheet.write_string(1_048_575, 16_383, "xa").unwrap();
    let read = Outcome::xlsx(book.save_to_buffer().unwrap());
    assert_eq!(read.errors(), [""; 0]);
    assert_eq!(read.reading.entries, 1);
}
