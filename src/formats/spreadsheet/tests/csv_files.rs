//! Text tables.

use super::{Outcome, fixture};

fn read(name: &str) -> Outcome {
    Outcome::csv(fixture(name))
}

#[test]
fn a_whole_statement_is_read_and_its_balances_agree() {
    let read = read("table-generic.csv");
    assert_eq!(read.errors(), [""; 0]);
    assert_eq!(read.codes(), [""; 0]);
    assert_eq!(read.layout(), "generic");
    assert_eq!(
        read.lines(),
        [
            "1017595600 VND 10000000 → 12489000",
            "row 6 2026-11-02 credit 1250000 | FT26306001 | MBVCB.3278907687.HPK3M9Q2X HANH 6A1 | 11250000",
            "row 7 2026-11-02 credit 1250000 | FT26306002 | HPT7C2N4V nop tien | 12500000",
            "row 8 2026-11-03 debit 11000 | FT26307001 | Phi quan ly tai khoan | 12489000",
        ]
    );
    let opening = read.statements[0].0.opening.unwrap();
    assert_eq!(opening.date.unwrap().to_string(), "2026-11-01");
}

#[test]
fn separators_encodings_and_line_ends_are_found_from_the_bytes() {
    for (why, name, expected) in [
        (
            "semicolons",
            "table-semicolon-bom.csv",
            &[
                "row 2 2026-11-02 credit 1250000 | FT1 | HPK3M9Q2X; HANH 6A1 | –",
                "row 3 2026-11-03 debit 11000 | FT2 | Phí | –",
            ][..],
        ),
        (
            "sep= line",
            "table-sep-line.csv",
            &["row 3 2026-11-02 credit 1250000 | – | HPK3M9Q2X | –"],
        ),
        (
            "UTF-16",
            "table-utf16le.csv",
            &["row 2 2026-11-02 credit 1250000 | FT1 | Nộp học phí HPK3M9Q2X | –"],
        ),
        (
            "Windows-1258",
            "table-windows1258.csv",
            &["row 2 2026-11-02 credit 1250000 | FT1 | Nguyễn Thị Mẫu nộp học phí | –"],
        ),
        (
            "quoted line breaks",
            "table-quoted-newlines.csv",
            &[
                "row 2 2026-11-02 credit 1250000 | – | HPK3M9\nQ2X HANH \"6A1\" | –",
                "row 4 2026-11-03 credit 500000 | – | HPT7C2N4V | –",
            ],
        ),
    ] {
        let read = read(name);
        assert_eq!(read.errors(), [""; 0], "{why}");
        assert_eq!(read.lines().get(1..).unwrap(), expected, "{why}");
    }
}

#[test]
fn newest_first_is_no_break_in_the_balances() {
    let read = read("table-newest-first.csv");
    assert_eq!(read.codes(), [""; 0]);
    assert_eq!(read.statements[0].1.len(), 3);
    assert_eq!(read.lines()[0], "1017595600 VND 1000000 → 1350000");
}

#[test]
fn rows_that_cannot_be_certain_are_left_out_and_listed() {
    let read = read("table-bad-rows.csv");
    assert_eq!(read.errors(), [""; 0]);
    assert_eq!(
        read.lines().get(1..).unwrap(),
        [
            "row 2 2026-11-02 credit 1250000 | FT1 | HPK3M9Q2X | –",
            "row 17 2026-11-03 credit 2000000 | FT15 | HPT7C2N4V | –",
        ]
    );
    let found: Vec<(u64, &str)> = read
        .reading
        .warnings
        .iter()
        .map(|warning| (warning.place.as_ref().unwrap().row.unwrap(), warning.code.as_str()))
        .collect();
    assert_eq!(
        found,
        [
            (3, "amount"),
            (4, "amount_ambiguous"),
            (5, "amount_fraction"),
            (6, "amount"),
            (7, "amount"),
            (8, "scientific"),
            (9, "date"),
            (10, "date"),
            (11, "date"),
            (12, "direction"),
            (13, "direction"),
            (14, "scientific"),
            (15, "columns"),
            (16, "direction"),
        ]
    );
    let first = &read.reading.warnings[0];
    assert_eq!(
        first.message.vi,
        "Dòng 3, cột Ghi có: '1,25tr' không phải là số. Ghi số đồng, ví dụ 1.250.000."
    );
    assert_eq!(first.place.as_ref().unwrap().column.as_deref(), Some("Ghi có"));
}

#[test]
fn files_whose_structure_cannot_be_trusted_are_refused() {
    for (why, name, code) in [
        ("no header", "broken/table-no-header.csv", "header_not_found"),
        ("two accounts", "broken/table-mixed-accounts.csv", "mixed_accounts"),
        ("damaged letter", "broken/table-damaged-letter.csv", "encoding"),
        ("open quote", "broken/table-open-quote.csv", "unclosed_quote"),
    ] {
        assert_eq!(read(name).errors(), [code], "{why}");
    }
    for (why, bytes, code) in [
        ("nothing", &b""[..], "empty_file"),
        ("blanks", b" \n\n", "empty_file"),
        ("NUL bytes", b"Ngay,So tien\n\0\0", "encoding"),
        ("half a UTF-16 letter", b"\xFF\xFEN\0g\0a", "encoding"),
    ] {
        assert_eq!(Outcome::csv(bytes).errors(), [code], "{why}");
    }
    let message = &read("broken/table-no-header.csv").reading.errors[0].message.vi;
    assert!(message.contains("Ngày giao dịch") && message.contains("Họ tên · Lớp"), "{message}");
    let place = read("broken/table-damaged-letter.csv").reading.errors[0].place.clone().unwrap();
    assert_eq!(place.line, Some(3));
}

#[test]
fn a_letter_parted_by_a_separator_is_damage() {
    let mut bytes = "Ngày,Số tiền,Nội dung\n02/11/2026,1000,".as_bytes().to_vec();
    bytes.extend_from_slice(b"\xC3,\xA1\n");
    assert_eq!(Outcome::csv(bytes).errors(), ["encoding"]);
}

#[test]
fn a_day_without_movements_is_a_statement() {
    let read = read("table-header-only.csv");
    assert_eq!((read.errors(), read.codes()), (vec![], vec!["no_entries"]));
    assert_eq!(read.lines(), ["1017595600 VND – → –"]);
    let unlabelled = Outcome::csv("Ngày,Ghi nợ,Ghi có\n");
    assert_eq!(unlabelled.lines(), ["– VND – → –"]);
}

#[test]
fn a_closing_balance_that_does_not_follow_is_told_with_its_figures() {
    let read = read("table-closing-mismatch.csv");
    assert_eq!(read.codes(), ["closing_balance_mismatch"]);
    let warning = &read.reading.warnings[0];
    assert_eq!(warning.statement, Some(0));
    assert!(
        warning
            .message
            .vi
            .starts_with("Số dư đầu 12.000.000 + phát sinh 3.500.000 ≠ số dư cuối 15.000.000."),
        "{}",
        warning.message.vi
    );
}

#[test]
fn running_balances_that_break_name_the_row() {
    let read = Outcome::csv(
        "Ngày,Ghi nợ,Ghi có,Số dư\n01/11/2026,,100,1100\n02/11/2026,,100,1300\n03/11/2026,50,,1250\n",
    );
    assert_eq!(read.codes(), ["running_balance_mismatch"]);
    assert_eq!(read.reading.warnings[0].place.as_ref().unwrap().row, Some(3));
}

#[test]
fn cents_of_another_currency_are_kept() {
    let read = read("table-usd.csv");
    assert_eq!(
        read.lines(),
        [
            "1017595601 USD – → –",
            "row 4 2026-11-02 credit 1250.50 | – | a | –",
            "row 5 2026-11-03 credit 1250 | – | b | –",
            "row 6 2026-11-04 debit 12.00 | – | c | –",
        ]
    );
}

#[test]
fn unsigned_amounts_need_the_proof_of_balances() {
    let read = Outcome::csv("Ngày,Số tiền\n02/11/2026,1000\n");
    assert_eq!(read.errors(), ["columns_unknown"]);
    let proven = Outcome::csv("Ngày,Số tiền,Số dư\n02/11/2026,1000,5000\n03/11/2026,1000,6000\n");
    assert_eq!(proven.codes(), [""; 0]);
}

#[test]
fn signs_stand_in_their_own_column_too() {
    for (why, rows) in [
        ("plus and minus", "02/11/2026,+,1000\n03/11/2026,-,500\n"),
        ("letters", "02/11/2026,C,1000\n03/11/2026,D,500\n"),
        ("words", "02/11/2026,Có,1000\n03/11/2026,Nợ,500\n"),
    ] {
        let read = Outcome::csv(format!("Ngày,Nợ/Có,Số tiền\n{rows}"));
        let directions: Vec<&str> =
            read.statements[0].1.iter().map(|entry| entry.credit_debit.as_str()).collect();
        assert_eq!(directions, ["credit", "debit"], "{why}");
        assert_eq!(read.codes(), [""; 0], "{why}");
    }
    let unknown = Outcome::csv("Ngày,Nợ/Có,Số tiền\n02/11/2026,X,1000\n");
    assert_eq!(unknown.codes(), ["direction", "no_entries"]);
}

#[test]
fn what_failed_at_the_bank_is_no_money() {
    let read = Outcome::csv(
        "Ngày,Số tiền,Trạng thái\n02/11/2026,+1000,Thành công\n02/11/2026,+2000,Thất bại\n02/11/2026,+3000,Đang xử lý\n",
    );
    let statuses: Vec<&str> =
        read.statements[0].1.iter().map(|entry| entry.status.as_str()).collect();
    assert_eq!(statuses, ["booked", "pending"]);
    assert_eq!(read.codes(), ["status"]);
}

#[test]
fn row_problems_are_bounded_and_the_rest_is_counted() {
    let mut text = "Ngày,Số tiền\n".to_owned();
    for _ in 0..1_250 {
        text.push_str("02/11/2026,x1\n");
    }
    let read = Outcome::csv(text);
    let rows = read.codes().iter().filter(|code| **code == "amount").count();
    assert_eq!(rows, 1_000);
    let more = read.reading.warnings.iter().find(|warning| warning.code == "more_rows").unwrap();
    assert!(more.message.vi.contains("250"), "{}", more.message.vi);
}

#[test]
fn rows_after_a_total_are_not_lost_and_column_numbers_are_no_entry() {
    let read = Outcome::csv(
        "Ngày,Ghi nợ,Ghi có,Nội dung\n(1),(2),(3),(4)\n02/11/2026,,1000,a\nCộng,,1000,\nNgày,Ghi nợ,Ghi có,Nội dung\n03/11/2026,,2000,b\nTổng cộng,,3000,\nNgười lập,,,\n",
    );
    assert_eq!(
        read.lines(),
        [
            "– VND – → –",
            "row 3 2026-11-02 credit 1000 | – | a | –",
            "row 6 2026-11-03 credit 2000 | – | b | –",
        ]
    );
    assert_eq!(read.codes(), [""; 0]);
}
