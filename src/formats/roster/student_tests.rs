//! Student lists that schools really make, each with what is wrong with it.

use proptest::prelude::*;

use super::{StudentList, read_table, student_list};
use crate::domain::diagnostic::Diagnostic;

fn list(text: &str) -> StudentList {
    student_list(&read_table(text.as_bytes()).unwrap()).unwrap()
}

/// Code, row and column of each.
fn places(told: &[Diagnostic]) -> Vec<(&str, u64, &str)> {
    told.iter()
        .map(|one| {
            let place = one.place.as_ref().unwrap();
            (one.code.as_str(), place.row.unwrap(), place.column.as_deref().unwrap_or(""))
        })
        .collect()
}

const HEAD: &str = "Mã học sinh;Họ và tên;Ngày sinh;Giới tính;Lớp;Số định danh cá nhân;Mã định danh Bộ GD&ĐT;Họ tên phụ huynh;Email;Số điện thoại;Hình thức thu;Diện miễn giảm\n";

#[test]
fn each_bad_cell_is_named_by_row_and_column() {
    for (why, row, code, column) in [
        (
            "a code shortened by Excel",
            "1.23457E+11;A B;;;6A1;;;P;;0912345678;;",
            "scientific",
            "Mã học sinh",
        ),
        ("a code with decimals", "123.0;A B;;;6A1;;;P;;0912345678;;", "float_code", "Mã học sinh"),
        (
            "a class turned into a date",
            "HS1;A B;;;06/01/2026;;;P;;0912345678;;",
            "date_for_text",
            "Lớp",
        ),
        (
            "a birth date turned into a number",
            "HS1;A B;42078;;6A1;;;P;;0912345678;;",
            "date_serial",
            "Ngày sinh",
        ),
        (
            "a day that does not exist",
            "HS1;A B;31/02/2015;;6A1;;;P;;0912345678;;",
            "date",
            "Ngày sinh",
        ),
        ("no sex", "HS1;A B;;x;6A1;;;P;;0912345678;;", "sex", "Giới tính"),
        ("a formula's error", "HS1;#REF!;;;6A1;;;P;;0912345678;;", "cell_error", "Họ và tên"),
        (
            "a formula's error in a code",
            "#N/A;A B;;;6A1;;;P;;0912345678;;",
            "cell_error",
            "Mã học sinh",
        ),
        ("no name", "HS1;;;;6A1;;;P;;0912345678;;", "blank_cell", "Họ và tên"),
        ("no class", "HS1;A B;;;;;;P;;0912345678;;", "blank_cell", "Lớp"),
        (
            "a personal number without its zero",
            "HS1;A B;;;6A1;1315000123;;P;;0912345678;;",
            "lost_zeros",
            "Số định danh cá nhân",
        ),
        (
            "a personal number shortened",
            "HS1;A B;;;6A1;1.315E+09;;P;;0912345678;;",
            "scientific",
            "Số định danh cá nhân",
        ),
        (
            "no personal number",
            "HS1;A B;;;6A1;ABC;;P;;0912345678;;",
            "personal_number",
            "Số định danh cá nhân",
        ),
        ("no e-mail", "HS1;A B;;;6A1;;;P;me.lan@;;;", "email", "Email"),
        ("no phone number", "HS1;A B;;;6A1;;;P;;12345;;", "phone", "Số điện thoại"),
        (
            "a phone number shortened",
            "HS1;A B;;;6A1;;;P;;9.12E+08;;",
            "scientific",
            "Số điện thoại",
        ),
        (
            "a way to pay nobody knows",
            "HS1;A B;;;6A1;;;P;;0912345678;Séc;",
            "not_in_list",
            "Hình thức thu",
        ),
        (
            "a reason nobody knows",
            "HS1;A B;;;6A1;;;P;;0912345678;;Giàu",
            "not_in_list",
            "Diện miễn giảm",
        ),
    ] {
        let read = list(&format!("{HEAD}{row}\nHS9;Đỗ Mẫu Z;;;6A1;;;P;;0912345678;;\n"));
        assert_eq!(places(&read.bad), [(code, 2, column)], "{why}");
        assert_eq!(read.good.len(), 1, "{why}: the good row is kept");
        let words = &read.bad[0].message;
        assert!(words.vi.contains("Dòng 2") && words.en.contains("Row 2"), "{why}: {words:?}");
    }
}

#[test]
fn what_may_be_right_is_kept_and_told() {
    for (why, row, expected) in [
        ("nobody to tell", "HS1;A B;;;6A1;;;;;;;", vec!["no_contact"]),
        ("a guardian nobody can tell", "HS1;A B;;;6A1;;;P;;;;", vec!["no_contact"]),
        ("a phone number without its zero", "HS1;A B;;;6A1;;;P;;912345678;;", vec!["phone_zero"]),
        (
            "another sex",
            "HS1;A B;;Nam;6A1;001315000123;;P;;0912345678;;",
            vec!["personal_number_doubt"],
        ),
        (
            "another year",
            "HS1;A B;01/01/2014;Nữ;6A1;001315000123;;P;;0912345678;;",
            vec!["personal_number_doubt"],
        ),
        (
            "nothing",
            "HS1;A B;01/01/2015;Nữ;6A1;001315000123;0100000001;P;p@example.test;0912345678;Tiền mặt;Hộ nghèo",
            vec![],
        ),
    ] {
        let read = list(&format!("{HEAD}{row}\n"));
        assert_eq!(read.bad, [], "{why}");
        let codes: Vec<&str> = read.warnings.iter().map(|one| one.code.as_str()).collect();
        assert_eq!(codes, expected, "{why}");
        assert_eq!(read.good.len(), 1, "{why}");
        assert!(!read.warnings.iter().any(|one| one.message.vi.contains("001315000123")), "{why}");
    }
    let read = list(
        "Mã học sinh;Họ và tên;Lớp;Họ tên phụ huynh;Số điện thoại;Họ tên phụ huynh 2\nHS1;A B;6A1;P;0912345678;Q\n",
    );
    assert_eq!(read.warnings[0].code, "guardian_without_contact");
    let read = list("Mã học sinh;Họ và tên;Lớp\nHS1;A B;6A1\n");
    assert_eq!(read.warnings[0].code, "no_contact_columns", "one word for the whole list");
    assert_eq!(read.warnings.len(), 1);
}

#[test]
fn rows_that_cannot_both_be_right_are_both_left_out() {
    let read = list(&format!(
        "{HEAD}HS1;A B;;;6A1;001315000123;;P;;0912345678;;\n\
         HS2;C D;;;6A1;001315000123;;P;;0912345678;;\n\
         HS3;E F;;;6A1;;GD01;P;;0912345678;;\n\
         HS4;G H;;;6A1;;GD01;P;;0912345678;;\n\
         HS5;I K;01/02/2015;;6A1;;;P;;0912345678;;\n\
         HS6;I  K;01/02/2015;;6A1;;;P;;0912345678;;\n\
         HS7;L M;;;6A1;;;P;;0912345678;;\n\
         HS7;L N;;;6A1;;;P;;0912345678;;\n"
    ));
    assert_eq!(
        places(&read.bad),
        [
            ("duplicate_identifier", 2, "Số định danh cá nhân"),
            ("duplicate_identifier", 3, "Số định danh cá nhân"),
            ("duplicate_identifier", 4, "Mã định danh Bộ GD&ĐT"),
            ("duplicate_identifier", 5, "Mã định danh Bộ GD&ĐT"),
            ("duplicate", 8, "Mã học sinh"),
            ("duplicate", 9, "Mã học sinh"),
        ]
    );
    assert!(read.bad[0].message.vi.contains("001*****0123"), "{:?}", read.bad[0].message);
    assert_eq!(places(&read.warnings), [("same_person", 7, "")]);
    let kept: Vec<&str> = read.good.iter().map(|student| student.code.as_str()).collect();
    assert_eq!(kept, ["HS5", "HS6"]);
}

#[test]
fn a_code_that_lost_its_zeros_is_seen_beside_those_that_did_not() {
    let rows = |codes: &[&str]| -> String {
        let rows: Vec<String> = codes.iter().map(|code| format!("{code};A {code};6A1\n")).collect();
        let rows = rows.concat();
        format!("Mã học sinh;Họ và tên;Lớp\n{rows}")
    };
    for (why, codes, bad) in [
        (
            "one of many",
            &["00121", "00122", "123", "00124"][..],
            vec![("lost_zeros", 4, "Mã học sinh")],
        ),
        ("codes that never had zeros", &["1", "22", "333", "334", "335"], vec![]),
        ("too few to know", &["00121", "22"], vec![]),
        ("codes with letters", &["HS001", "HS02", "HS003", "HS004"], vec![]),
    ] {
        assert_eq!(places(&list(&rows(codes)).bad), bad, "{why}");
    }
    let read = list(&rows(&["00121", "00122", "123", "00124"]));
    assert!(read.bad[0].message.vi.contains("00123"), "{:?}", read.bad[0].message);
}

/// A name as TCVN3 or VNI store it, read as Latin-1: only the letters of these names.
fn in_old_font(name: &str, vni: bool) -> String {
    let letters: &[(&str, &str, &str)] = &[
        ("ễ", "Ô", "eã"),
        ("ị", "Þ", "ò"),
        ("ầ", "Ç", "aà"),
        ("ă", "¨", "aê"),
        ("ạ", "¹", "aï"),
        ("ồ", "å", "oà"),
        ("ư", "\u{ad}", "ö"),
        ("ứ", "ø", "öù"),
        ("Đ", "§", "Ñ"),
        ("ặ", "Æ", "aë"),
        ("ù", "ï", "uø"),
        ("ỗ", "ç", "oã"),
        ("ú", "ó", "uù"),
        ("ọ", "ä", "oï"),
    ];
    let mut text = name.to_owned();
    for (unicode, tcvn3, of_vni) in letters {
        text = text.replace(unicode, if vni { of_vni } else { tcvn3 });
    }
    text
}

#[test]
fn a_list_in_an_old_font_is_refused_whole() {
    for vni in [false, true] {
        let rows: Vec<String> = ["Nguyễn Thị Hồng Hạnh", "Trần Văn Đức", "Đặng Hùng Đỗ"]
            .iter()
            .zip(1..)
            .map(|(name, number)| format!("HS{number};{};6A1\n", in_old_font(name, vni)))
            .collect();
        let rows = rows.concat();
        let text = format!("Ma hoc sinh;Ho va ten;Lop\n{rows}");
        let refused = student_list(&read_table(text.as_bytes()).unwrap()).unwrap_err();
        assert_eq!(refused.code, "legacy_font", "VNI: {vni}");
        assert!(refused.message.vi.contains("Unicode"), "{:?}", refused.message);
    }
    let mixed = format!(
        "Mã học sinh;Họ và tên;Lớp\nHS1;Nguyễn Thị Hồng;6A1\nHS2;Lê Thị Ánh;6A1\nHS3;{};6A1\n",
        in_old_font("Nguyễn Văn Đức", false)
    );
    let read = list(&mixed);
    assert_eq!(places(&read.bad), [("legacy_font", 4, "")], "one row of another origin");
    assert_eq!(read.good.len(), 2);
}

proptest! {
    #[test]
    fn no_name_in_unicode_is_taken_for_an_old_font(
        names in prop::collection::vec(prop::collection::vec(prop::sample::select(vec![
            "Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Huỳnh", "Võ", "Vũ", "Đặng", "Bùi", "Đỗ", "Hồ",
            "Ngô", "Dương", "Lý", "Thị", "Văn", "Hữu", "Đức", "Ngọc", "Tô", "Tú", "Mã", "Hà", "Bé",
            "Hòa", "Loan", "Phúc", "Sáng", "Tín", "Quý", "Niê", "Êban", "K'Sor", "Ái", "Ý", "Vân",
            "Lân", "Đào", "Châu", "Sâm", "Tâm", "Ân", "Thoa", "Thúy", "Thuỷ", "Oanh", "Êm", "Út",
        ]), 2..5), 1..20)
    ) {
        let rows: Vec<String> = names
            .iter()
            .zip(1..)
            .map(|(words, number)| format!("HS{number};{};6A1\n", words.join(" ")))
            .collect();
        let rows = rows.concat();
        let read = list(&format!("Mã học sinh;Họ và tên;Lớp\n{rows}"));
        prop_assert_eq!(read.bad, vec![]);
        prop_assert_eq!(read.good.len(), names.len());
    }
}
