use std::io::{Cursor, Read as _};

use calamine::{Data, Reader, Xlsx};

use super::*;
use crate::domain::calendar::{Day, Period, parse_iso_day};
use crate::domain::cashless::{
    Collected, Exclusion, Facts, FeeItem, LeftOut, SchoolInScope, Scope, Settings, compute,
};
use crate::domain::id::{PaymentId, SchoolId, StudentId};
use crate::domain::money::Vnd;
use crate::domain::payment::Channel;

fn day(text: &str) -> Day {
    parse_iso_day(text).unwrap()
}

/// Four made-up schools: all cashless, nearly, mostly cash, and one without data.
fn sample() -> Report {
    let names = ["Trường Tiểu học Mẫu Một", "THCS Mẫu Hai", "=1+1 Mẫu Ba", "Mầm non Mẫu Bốn"];
    let scope = Scope {
        authority_code: "XA-MAU".to_owned(),
        authority_name: "UBND xã Mẫu".to_owned(),
        schools: (1..)
            .zip(names)
            .map(|(id, name)| SchoolInScope {
                id: SchoolId(id),
                code: format!("00{id}"),
                name: name.to_owned(),
            })
            .collect(),
        period: Period::new(day("2026-11-01"), day("2026-11-30")).unwrap(),
        cut_off: day("2026-12-05"),
    };
    let tuition = ("HOCPHI", "Học phí");
    let meals = ("BANTRU", "Bán trú");
    let mut collected = Vec::new();
    for (school, payment, student, item, channel, families, dong) in [
        (1, 1, 11, tuition, Channel::Transfer, 1, 1_250_000),
        (1, 1, 12, tuition, Channel::Transfer, 1, 1_000_000),
        (1, 2, 13, meals, Channel::VirtualAccount, 1, 600_000),
        (2, 3, 21, tuition, Channel::Transfer, 1, 9_000_000),
        (2, 4, 22, tuition, Channel::CounterCash, 1, 500_000),
        (2, 5, 23, tuition, Channel::Transfer, 2, 250_000),
        (2, 5, 24, tuition, Channel::Transfer, 2, 200_000),
        (2, 6, 25, meals, Channel::CashAtSchool, 1, 50_000),
        (3, 7, 31, tuition, Channel::StaffDeposit, 30, 7_000_000),
        (3, 8, 32, tuition, Channel::Gateway, 1, 1_000_000),
    ] {
        collected.push(Collected {
            school: SchoolId(school),
            class: if student % 2 == 0 { "6A2" } else { "6A1" }.to_owned(),
            fee_item: FeeItem { code: item.0.to_owned(), name: item.1.to_owned() },
            student: StudentId(student),
            payment: PaymentId(payment),
            channel,
            families_of_payment: families,
            paid_on: day("2026-11-12"),
            amount: Vnd::new(dong),
        });
    }
    let left_out = [
        (1, Exclusion::Waived, 412, 123_600_000),
        (2, Exclusion::Reversed, 1, 250_000),
        (2, Exclusion::FamilyCredit, 1, 50_000),
        (4, Exclusion::Unpaid, 38, 41_000_000),
    ]
    .map(|(school, why, count, dong)| LeftOut {
        school: SchoolId(school),
        why,
        count,
        amount: Vnd::new(dong),
    });
    let facts = Facts { collected, left_out: left_out.to_vec(), ..Facts::default() };
    compute(scope, Settings::default(), &facts).unwrap()
}

#[test]
fn the_table_is_one_a_person_can_read() {
    insta::assert_snapshot!(table(&sample()));
}

#[test]
fn the_table_of_one_school_lists_its_classes() {
    let mut report = sample();
    assert!(!table(&report).contains("\nLớp\n"), "among several schools it would hide them");
    report.schools.truncate(1);
    let text = table(&report);
    let lines: Vec<&str> = text.lines().skip_while(|line| *line != "Lớp").skip(1).take(2).collect();
    assert_eq!(
        lines,
        [
            "  6A1  100,0 %  2/2 học sinh  2/2 giao dịch  1.850.000 đ",
            "  6A2  100,0 %  1/1 học sinh  1/1 giao dịch  1.000.000 đ",
        ]
    );
}

#[test]
fn the_json_keeps_its_names_and_whole_numbers() {
    insta::assert_snapshot!(json(&sample()).unwrap());
}

#[test]
fn no_name_reaches_the_terminal_as_an_escape_code_or_breaks_a_column() {
    let mut report = sample();
    report.schools[0].school.name = "Mẫu\u{1b}[31m\nđỏ".to_owned();
    report.schools[1].school.name = "Trường Trung học cơ sở có tên rất là dài".to_owned();
    let decomposed: String = unicode_normalization::UnicodeNormalization::nfd("Mẫu Ba Ệ").collect();
    report.schools[2].school.name = decomposed;
    let text = table(&report);
    assert!(!text.contains('\u{1b}'), "{text}");
    assert!(text.contains("Trường Trung học cơ sở có tên…"), "{text}");
    let starts: Vec<usize> = text
        .lines()
        .filter(|line| line.contains('█') || line.contains('░'))
        .map(|line| {
            line.chars()
                .filter(|letter| !unicode_normalization::char::is_combining_mark(*letter))
                .position(|letter| letter == '█' || letter == '░')
                .unwrap()
        })
        .collect();
    assert_eq!(starts.len(), 4, "{text}");
    assert!(starts.iter().all(|start| *start == starts[0]), "{text}");
}

#[test]
fn csv_rows_hold_the_same_figures_and_no_formula() {
    let text = csv(&sample()).unwrap();
    let body = text.strip_prefix('\u{feff}').expect("Excel needs the mark");
    let mut reader = ::csv::Reader::from_reader(body.as_bytes());
    let rows: Vec<::csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    let find = |level: &str, school: &str, counting: &str| {
        rows.iter()
            .find(|row| &row[4] == level && &row[5] == school && &row[10] == counting)
            .unwrap()
    };
    let total = find("authority", "", "with_both");
    assert_eq!((&total[12], &total[13], &total[14]), ("13800000", "20850000", "66.19"));
    assert_eq!(&total[11], "yes");
    let strict = find("school", "002", "without_either");
    assert_eq!((&strict[12], &strict[13], &strict[14]), ("9000000", "10000000", "90.00"));
    assert_eq!(&strict[11], "");
    let silent = find("school", "004", "with_both");
    assert_eq!((&silent[13], &silent[14]), ("0", ""), "no data is not 0 %");
    assert_eq!(&find("school", "003", "with_both")[6], "'=1+1 Mẫu Ba");
    for row in &rows {
        assert!(row.iter().all(|cell| !cell.starts_with(['=', '+', '-', '@'])), "{row:?}");
    }
}

#[test]
fn text_that_would_run_is_neutralised_in_csv() {
    for (why, name, dangerous) in [
        ("equals", "=HYPERLINK(\"http://x\")", true),
        ("plus", "+1", true),
        ("minus", "-1", true),
        ("at", "@SUM(A1)", true),
        ("tab", "\t=1", true),
        ("line break", "\r=1", true),
        ("behind blanks", "  =1", true),
        ("full width", "＝1", true),
        ("a name", "Trường 1-6", false),
    ] {
        let mut report = sample();
        report.schools[0].school.name = name.to_owned();
        let text = csv(&report).unwrap();
        let mut reader = ::csv::Reader::from_reader(text.as_bytes());
        let rows: Vec<::csv::StringRecord> = reader.records().map(Result::unwrap).collect();
        let cell = rows.iter().find(|row| &row[5] == "001").unwrap()[6].to_owned();
        let expected = if dangerous { format!("'{name}") } else { name.to_owned() };
        assert_eq!(cell, expected, "{why}");
    }
}

#[test]
fn the_workbook_holds_the_same_figures_as_numbers() {
    let bytes = xlsx(&sample()).unwrap();
    assert_eq!(bytes, xlsx(&sample()).unwrap(), "the same report is the same file");
    let mut parts = zip::ZipArchive::new(Cursor::new(&bytes)).unwrap();
    let mut chart = String::new();
    parts.by_name("xl/charts/chart1.xml").unwrap().read_to_string(&mut chart).unwrap();
    assert!(
        chart.contains("<c:barChart>") && chart.contains("Tỷ lệ thu không dùng tiền mặt"),
        "{chart}"
    );
    let mut book: Xlsx<_> = calamine::open_workbook_from_rs(Cursor::new(bytes)).unwrap();
    let expected = ["Trường", "Lớp", "Khoản thu", "Cách tính", "Kênh thu", "Biểu đồ", "Thông tin"];
    assert_eq!(book.sheet_names(), expected);
    let schools = book.worksheet_range("Trường").unwrap();
    let cell = |row, column| schools.get_value((row, column)).cloned().unwrap();
    assert_eq!(cell(1, 0), Data::String("001".to_owned()), "a code keeps its zeros");
    assert_eq!(cell(3, 1), Data::String("=1+1 Mẫu Ba".to_owned()), "text, not a formula");
    assert_eq!(cell(2, 4), Data::Float(9_950_000.0));
    assert_eq!(cell(2, 5), Data::Float(10_000_000.0));
    assert_eq!(cell(2, 6), Data::Float(99.5));
    assert!(matches!(cell(2, 3), Data::DateTime(_)), "a date is a date");
    assert_eq!(cell(4, 6), Data::String("–".to_owned()), "no data is not 0 %");
    assert_eq!(cell(5, 5), Data::Float(20_850_000.0), "the total");
    let information = book.worksheet_range("Thông tin").unwrap();
    let text: Vec<String> = information.rows().map(|row| row[1].to_string()).collect();
    for words in ["UBND xã Mẫu (XA-MAU)", "01/11/2026", "05/12/2026", "được tính"] {
        assert!(text.iter().any(|line| line.contains(words)), "{words} in {text:?}");
    }
}

#[test]
fn a_percentage_that_is_not_all_is_never_written_as_all() {
    let mut report = sample();
    let rate = crate::domain::cashless::Rate::new(999_999, 1_000_000).unwrap();
    report.total.reported.by_amount = rate;
    let mut book: Xlsx<_> =
        calamine::open_workbook_from_rs(Cursor::new(xlsx(&report).unwrap())).unwrap();
    let schools = book.worksheet_range("Trường").unwrap();
    assert_eq!(schools.get_value((5, 6)), Some(&Data::String("<100 %".to_owned())));
    let text = table(&report);
    let total = text.lines().find(|line| line.starts_with("Tổng cộng")).unwrap();
    assert!(total.contains("█████████░") && total.contains("<100 %"), "{total}");
}
