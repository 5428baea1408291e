//! Invented lists against what is to be read from them.

use super::*;
use crate::domain::money::Vnd;

fn codes(bad: &[crate::domain::diagnostic::Diagnostic]) -> Vec<(&str, u64)> {
    bad.iter()
        .map(|bad| (bad.code.as_str(), bad.place.as_ref().and_then(|place| place.row).unwrap()))
        .collect()
}

#[test]
fn an_invoice_list_is_read_by_its_headings_in_any_order() {
    for (why, list) in [
        (
            "Vietnamese",
            "Lớp,Còn phải thu,Mã học sinh,Họ và tên,Mã thanh toán,Hạn nộp\n6A1,1.250.000,00123,Trần Mẫu A,HPK3M9Q2X,20/11/2026\n",
        ),
        (
            "Vietnamese, as Excel in Vietnam saves it",
            "\u{feff}Lớp;Còn phải thu;Mã học sinh;Họ và tên;Mã thanh toán;Hạn nộp\r\n6A1;1.250.000;00123;Trần Mẫu A;HPK3M9Q2X;20/11/2026\r\n",
        ),
        (
            "English",
            "code,student_code,student_name,class,amount_due,due_on\nHPK3M9Q2X,00123,Trần Mẫu A,6A1,1250000,2026-11-20\n",
        ),
        (
            "under a title",
            "TRƯỜNG MẪU,,,,,\nMã HS\tHọ tên\tLớp\tPhải thu\tMã thanh toán (*)\tHạn nộp\n",
        ),
    ] {
        let read = read_invoices(list.as_bytes());
        if why == "under a title" {
            assert_eq!(read.unwrap().good.len(), 0, "{why}");
            continue;
        }
        let read = read.unwrap();
        assert_eq!(read.bad, [], "{why}");
        let [invoice] = read.good.as_slice() else { panic!("{why}") };
        assert_eq!(invoice.row, 2, "{why}");
        assert_eq!(invoice.code.as_deref(), Some("HPK3M9Q2X"), "{why}");
        assert_eq!(invoice.student_code, "00123", "{why}");
        assert_eq!(invoice.student_name, "Trần Mẫu A", "{why}");
        assert_eq!(invoice.class, "6A1", "{why}");
        assert_eq!(invoice.amount_due, Vnd::new(1_250_000), "{why}");
        assert_eq!(invoice.due_on.unwrap().to_string(), "2026-11-20", "{why}");
    }
}

#[test]
fn what_is_left_to_pay_follows_from_fee_and_waiver() {
    let list = "Mã học sinh,Mức thu,Miễn giảm,Còn phải thu\n\
        A,300.000,300.000,\n\
        B,300.000,100.000,200.000\n\
        C,300.000,100.000,250.000\n\
        D,300.000,,\n\
        E,100.000,200.000,\n\
        F,,,150.000\n\
        G,,,\n";
    let read = read_invoices(list.as_bytes()).unwrap();
    let due: Vec<(&str, i64)> =
        read.good.iter().map(|row| (row.student_code.as_str(), row.amount_due.dong())).collect();
    assert_eq!(due, [("A", 0), ("B", 200_000), ("D", 300_000), ("F", 150_000)]);
    assert_eq!(
        codes(&read.bad),
        [("amounts_disagree", 4), ("amounts_disagree", 6), ("blank_cell", 8)]
    );
}

#[test]
fn a_bad_row_says_what_where_and_what_to_do() {
    let list = "Mã học sinh,Số tiền,Hạn nộp\nHS1,\"1,25tr\",\nHS2,100000,31/02/2026\n,5,\nHS4,1.5E+11,\nHS5,-5,\n";
    let read = read_invoices(list.as_bytes()).unwrap();
    assert_eq!(read.good, []);
    assert_eq!(
        codes(&read.bad),
        [("amount", 2), ("date", 3), ("blank_cell", 4), ("scientific", 5), ("negative", 6)]
    );
    assert_eq!(
        read.bad[0].message.vi,
        "Dòng 2, cột Số tiền: '1,25tr' không phải là số. Ghi số đồng, ví dụ 1.250.000."
    );
}

#[test]
fn a_payment_code_of_two_rows_belongs_to_neither() {
    let list = "code,student_code,amount_due\nHPAAA111,1,5\nHPBBB222,2,5\nhp aaa-111,3,5\n";
    let read = read_invoices(list.as_bytes()).unwrap();
    assert_eq!(read.good.len(), 1);
    assert_eq!(codes(&read.bad), [("duplicate", 2), ("duplicate", 4)]);
    assert_eq!(
        read.bad[0].message.vi,
        "Dòng 2: trùng Mã thanh toán HPAAA111 với dòng 4. Giữ lại một dòng."
    );
}

#[test]
fn a_missing_column_is_named_in_both_languages() {
    let problem = read_invoices(b"Ho va ten,Lop\nA,6A1\n").unwrap_err();
    assert_eq!(problem.code, "missing_column");
    assert!(problem.message.vi.contains("'Mã học sinh' ('student_code'"), "{}", problem.message.vi);
    let problem = read_payers(b"family\nF1\n").unwrap_err();
    assert_eq!(problem.code, "missing_column");
}

#[test]
fn students_and_payers_are_read() {
    let list = "Mã học sinh,Họ và tên,Lớp,Mã gia đình,Họ tên phụ huynh,Email,Số điện thoại,Tài khoản ảo\n\
        Ví dụ: HS000,Mẫu,6A1,,,,,\n\
        0123,Đinh Mẫu A,6A1,F1,Đinh Mẫu P,a@example.test,0900000001,VA 00 1\n\
        0124,Đinh Mẫu B,,,,,,\n\
        0123,Đinh Mẫu A,6A1,,,,,\n\
        0125,Lê Mẫu C,6A2,,,,,\n\
        0125,Lê Mẫu D,6A2,,,,,\n";
    let read = read_students(list.as_bytes()).unwrap();
    assert_eq!(read.good.len(), 1);
    assert_eq!(read.good[0].code, "0123");
    assert_eq!(read.good[0].phone.as_deref(), Some("0900000001"));
    assert_eq!(read.good[0].virtual_account.as_deref(), Some("VA001"));
    assert_eq!(
        codes(&read.bad),
        [("blank_cell", 4), ("duplicate", 5), ("duplicate", 6), ("duplicate", 7)]
    );
    let payers = read_payers("account,family\n0351 000 001,F1\n".as_bytes()).unwrap();
    assert_eq!(payers.good[0].account, "0351000001");
}

fn fixture(name: &str) -> Vec<u8> {
    let path = format!("{}/fixtures/{name}", env!("CARGO_MANIFEST_DIR"));
    std::fs::read(&path).unwrap_or_else(|error| panic!("{path}: {error}"))
}

#[test]
fn the_lists_of_the_fixtures_are_read() {
    if option_env!("DOISOAT_WRITE_FIXTURES").is_some() {
        for name in ["invoices/invoices", "rosters/students"] {
            let table = read_table(&fixture(&format!("{name}.csv"))).unwrap();
            let path = format!("{}/fixtures/{name}.xlsx", env!("CARGO_MANIFEST_DIR"));
            std::fs::write(path, write_xlsx(&table).unwrap()).unwrap();
        }
    }
    for (name, good, bad) in [
        ("invoices/invoices.csv", 3, &[][..]),
        ("invoices/invoices.xlsx", 3, &[]),
        ("invoices/invoices-english.csv", 2, &[]),
        ("invoices/invoices-without-codes.csv", 2, &[]),
        (
            "invoices/invoices-bad-rows.csv",
            1,
            &[("amount", 3), ("blank_cell", 4), ("duplicate", 5), ("duplicate", 6)],
        ),
    ] {
        let read = read_invoices(&fixture(name)).unwrap();
        assert_eq!((read.good.len(), codes(&read.bad)), (good, bad.to_vec()), "{name}");
    }
    let workbook = read_invoices(&fixture("invoices/invoices.xlsx")).unwrap();
    assert_eq!(workbook, read_invoices(&fixture("invoices/invoices.csv")).unwrap());
    let students = read_students(&fixture("rosters/students.xlsx")).unwrap();
    assert_eq!(students, read_students(&fixture("rosters/students.csv")).unwrap());
    assert_eq!((students.good.len(), students.bad.len()), (3, 0));
    assert_eq!(read_payers(&fixture("invoices/payers.csv")).unwrap().good.len(), 2);
}
