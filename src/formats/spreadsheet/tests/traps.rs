//! What files do besides holding entries: totals, pages, footers, several accounts, odd days.

use std::io::Cursor;
use std::ops::ControlFlow;

use super::workbooks::workbook;
use super::{Outcome, fixture};
use crate::formats::Options;
use crate::formats::spreadsheet::read_csv;

#[test]
fn totals_are_compared_with_the_rows() {
    let right = Outcome::csv(fixture("table-totals.csv"));
    assert_eq!((right.codes(), right.reading.entries), (vec![], 4));
    let wrong = Outcome::csv(fixture("table-totals-wrong.csv"));
    assert_eq!((wrong.codes(), wrong.reading.entries), (vec!["total_mismatch"; 2], 2));
    let [row, label] = &wrong.reading.warnings[..] else { panic!("{:?}", wrong.codes()) };
    assert_eq!(row.place.as_ref().unwrap().row, Some(5));
    assert_eq!(
        row.message.vi,
        "Dòng 5: tổng không khớp với các dòng: tiền vào ghi trong tệp 1.750.000, cộng các dòng đọc được 1.250.000. Có thể thiếu dòng hoặc có dòng chưa đọc được; Anh/chị tải lại sao kê đủ ngày."
    );
    assert!(
        label.message.en.contains("entries 3 by the file, 2 by its rows"),
        "{}",
        label.message.en
    );
}

#[test]
fn a_total_is_checked_in_each_form_banks_write() {
    for (why, total, codes) in [
        ("both right", "Tổng cộng,11000,1000", &[][..]),
        ("only one side", "Tổng,,1000", &[]),
        ("one side wrong", "Total,11000,999", &["total_mismatch"]),
        ("a figure nobody can read costs nothing", "Tổng,11000,1x", &[]),
        ("labelled, right", "Tổng phát sinh có: 1000,,", &[]),
        ("labelled, wrong", "Tổng ghi nợ,11001,", &["total_mismatch"]),
        ("a balance is no total", "Số dư cuối kỳ,,7", &[]),
    ] {
        let text = format!("Ngày,Ghi nợ,Ghi có\n02/11/2026,,1000\n03/11/2026,11000,\n{total}\n");
        assert_eq!(Outcome::csv(text).codes(), codes, "{why}");
    }
}

#[test]
fn a_row_with_a_day_that_calls_itself_a_total_is_no_entry() {
    let read = Outcome::csv("Ngày,Ghi có,Nội dung\n02/11/2026,1000,a\n30/11/2026,1000,Tổng cộng\n");
    assert_eq!((read.reading.entries, read.codes()), (1, vec!["total_or_entry"]));
}

#[test]
fn pages_and_their_feet_are_no_entries() {
    let read = Outcome::csv(fixture("table-page-break.csv"));
    assert_eq!(
        read.lines(),
        [
            "1017595600 VND – → –",
            "row 4 2026-11-02 credit 1250000 | FT1 | HPK3M9Q2X | 11250000",
            "row 5 2026-11-03 debit 11000 | FT2 | Phí | 11239000",
            "row 8 2026-11-03 debit 11000 | FT2 | Phí | 11239000",
            "row 9 2026-11-04 credit 500000 | FT3 | HPT7C2N4V | 11739000",
            "row 10 2026-11-04 credit 500000 | FT4 | HPT7C2N4V | 12239000",
        ]
    );
    assert_eq!(read.codes(), ["repeated_row"]);
    let warning = &read.reading.warnings[0];
    assert_eq!(warning.place.as_ref().unwrap().row, Some(8));
    assert!(warning.message.vi.starts_with("Dòng 8 giống hệt dòng 5"), "{}", warning.message.vi);
}

#[test]
fn twins_without_balances_are_two_payments() {
    let read = Outcome::csv("Ngày,Ghi có,Nội dung\n02/11/2026,1000,a\n02/11/2026,1000,a\n");
    assert_eq!((read.reading.entries, read.codes()), (2, vec![]));
}

#[test]
fn a_column_of_signs_and_every_kind_of_group_are_read() {
    let read = Outcome::csv(fixture("table-signs.tsv"));
    assert_eq!(
        read.lines().get(1..).unwrap(),
        [
            "row 2 2026-11-02 credit 1250000 | – | HPK3M9Q2X | –",
            "row 3 2026-11-03 debit 11000 | – | Phí | –",
            "row 4 2026-11-04 credit 500000 | – | HPT7C2N4V | –",
        ]
    );
    assert_eq!(read.codes(), ["direction"]);
}

#[test]
fn accounts_one_after_the_other_are_statements_of_their_own() {
    let read = Outcome::csv(fixture("table-two-accounts.csv"));
    assert_eq!(
        read.lines(),
        [
            "1017595600 VND 1000000 → 2250000",
            "row 4 2026-11-02 credit 1250000 | FT1 | HPK3M9Q2X | –",
            "1017595601 VND 0 → 500000",
            "row 10 2026-11-03 credit 500000 | FT2 | HPT7C2N4V | –",
        ]
    );
    assert_eq!(read.codes(), [""; 0]);
}

#[test]
fn a_header_of_two_rows_in_two_languages_is_one_header() {
    let read = Outcome::csv(fixture("table-two-row-header.csv"));
    assert_eq!(
        read.lines().get(1..).unwrap(),
        [
            "row 5 2026-11-02 credit 1250000 | FT1 | HPK3M9Q2X | 2250000",
            "row 6 2026-11-03 debit 11000 | FT2 | Phí | 2239000",
        ]
    );
    assert_eq!(read.codes(), [""; 0]);
}

#[test]
fn days_that_no_calendar_has_are_left_out_and_listed() {
    let read = Outcome::csv(fixture("table-no-such-day.csv"));
    assert_eq!(read.codes(), ["date"; 4]);
    assert_eq!(
        read.lines().get(1..).unwrap(),
        ["row 6 2026-11-02 credit 5000 | – | ngày có thật | –"]
    );
}

#[test]
fn a_sheet_that_is_not_understood_beside_one_that_is_is_told() {
    let read = Outcome::xlsx(fixture("several-sheets.xlsx"));
    assert_eq!(read.errors(), [""; 0]);
    assert_eq!(
        read.lines(),
        [
            "1017595600 VND – → –",
            "row 3 2026-11-02 credit 1250000 | – | HPK3M9Q2X | –",
            "1017595601 VND – → –",
            "row 3 2026-11-03 credit 500000 | – | HPT7C2N4V | –",
        ]
    );
    assert_eq!(read.codes(), ["hidden_sheet", "sheet_not_read"]);
    let message = &read.reading.warnings[1].message.vi;
    assert!(message.starts_with("Trang tính 'Thu hộ', dòng 1"), "{message}");
}

#[test]
fn a_workbook_is_read_the_same_however_its_texts_its_rows_and_its_days_are_kept() {
    for (name, lines, codes) in [
        (
            "rich-text.xlsx",
            &[
                "1017595600 VND – → –",
                "row 3 2026-11-02 credit 1250000 | FT1 | HPK3M9Q2X HANH 6A1 | –",
            ][..],
            &[][..],
        ),
        (
            "hidden-rows.xlsx",
            &[
                "1017595600 VND – → –",
                "row 3 2026-11-02 credit 1250000 | FT1 | HPK3M9Q2X | –",
                "row 4 2026-11-03 credit 500000 | FT2 | HPT7C2N4V | –",
            ],
            &[],
        ),
        (
            "merged-cells.xlsx",
            &[
                "1017595600 VND – → –",
                "row 4 2026-11-02 credit 1250000 | FT1 | HPK3M9Q2X | 2250000",
                "row 5 2026-11-03 debit 11000 | FT2 | Phí | 2239000",
            ],
            &[],
        ),
        (
            "days-from-1904.xlsx",
            &[
                "1017595600 VND – → –",
                "row 3 2026-11-02 credit 1250000 | FT1 | HPK3M9Q2X | –",
                "row 4 2026-11-03 credit 500000 | FT2 | HPT7C2N4V | –",
            ],
            &[],
        ),
        (
            "numbers-as-text.xlsx",
            &[
                "1017595600 VND – → –",
                "row 3 2026-11-02 credit 1250000 | 00123 | a | –",
                "row 4 2026-11-02 credit 1250001 | 00124 | b | –",
                "row 5 2026-11-02 credit 1250002 | 00125 | c | –",
                "row 6 2026-11-02 credit 1250003 | 00126 | d | –",
            ],
            &["scientific", "amount"],
        ),
        (
            "totals-wrong.xlsx",
            &[
                "1017595600 VND – → –",
                "row 3 2026-11-02 credit 1250000 | FT1 | HPK3M9Q2X | –",
                "row 4 2026-11-03 debit 11000 | FT2 | Phí | –",
            ],
            &["total_mismatch"],
        ),
    ] {
        let read = Outcome::xlsx(fixture(name));
        assert_eq!(read.errors(), [""; 0], "{name}");
        assert_eq!(read.lines(), lines, "{name}");
        assert_eq!(read.codes(), codes, "{name}");
    }
}

#[test]
fn days_that_a_foreign_excel_has_turned_are_refused() {
    let rows: &[&[&str]] = &[
        &["Ngày", "Ghi có", "Nội dung"],
        // 02/11 and 03/11, read month first by a program set to American days.
        &["@2026-02-11", "#1000", "a"],
        &["@2026-03-11", "#2000", "b"],
        &["25/11/2026", "#3000", "c"],
        &["26/11/2026", "#4000", "d"],
    ];
    assert_eq!(Outcome::xlsx(workbook(&[("A", false, rows)])).errors(), ["dates_turned"]);
    let honest: &[&[&str]] = &[
        &["Ngày", "Ghi có", "Nội dung"],
        &["@2026-11-25", "#1000", "a"],
        &["@2026-11-02", "#2000", "b"],
        &["03/11/2026", "#3000", "c"],
        &["26/11/2026", "#4000", "d"],
    ];
    let read = Outcome::xlsx(workbook(&[("A", false, honest)]));
    assert_eq!((read.errors(), read.reading.entries), (vec![], 4));
}

#[test]
fn a_table_that_has_the_month_first_throughout_is_refused() {
    let rows = "Ngày,Ghi có\n11/02/2026,1000\n11/25/2026,2000\n11/26/2026,3000\n";
    assert_eq!(Outcome::csv(rows).errors(), ["dates_turned"]);
    let slip = format!("{rows}27/11/2026,4000\n");
    assert_eq!(
        (Outcome::csv(&slip).errors(), Outcome::csv(&slip).codes()),
        (vec![], vec!["date"; 2])
    );
}

#[test]
fn a_total_of_all_accounts_of_a_file_is_right_too() {
    let text = "Số TK: 111111,,\nNgày,Ghi nợ,Ghi có\n02/11/2026,,1000\nSố TK: 222222,,\nNgày,Ghi nợ,Ghi có\n03/11/2026,,2000\nTổng cộng,0,3000\n";
    assert_eq!(Outcome::csv(text).codes(), [""; 0]);
    let wrong = text.replace("0,3000", "0,3001");
    assert_eq!(Outcome::csv(wrong).codes(), ["total_mismatch"]);
}

#[test]
fn balances_at_both_ends_prove_the_direction_of_a_single_entry() {
    let table = |closing| {
        format!("Số dư đầu kỳ: 5000,\nNgày,Số tiền\n02/11/2026,1000\nSố dư cuối kỳ: {closing},\n")
    };
    let proven = Outcome::csv(table("6000"));
    assert_eq!((proven.errors(), proven.codes()), (vec![], vec![]));
    assert_eq!(Outcome::csv(table("4000")).errors(), ["columns_unknown"]);
}

#[test]
fn whoever_has_seen_enough_gets_no_empty_statement_behind_it() {
    let text = "Ngày,Ghi nợ,Ghi có\nchưa có giao dịch,,\nSố TK: 222222,,\nNgày,Ghi nợ,Ghi có\n02/11/2026,,1000\n03/11/2026,,2000\n";
    assert_eq!(Outcome::csv(text).lines().len(), 3);
    let mut seen = 0;
    let options = Options::default();
    read_csv(&mut Cursor::new(text), &options, &mut |_| {
        seen += 1;
        ControlFlow::Break(())
    });
    assert_eq!(seen, 1);
}
