//! The encodings and separators of text tables.

use super::{Outcome, fixture};

fn read(name: &str) -> Outcome {
    Outcome::file(fixture(name))
}

#[test]
fn every_encoding_gives_the_same_statement_and_none_is_guessed_in_silence() {
    for (why, name, codes) in [
        ("big end first", "encoding-utf16be.csv", &[][..]),
        ("no mark", "encoding-utf16-unmarked.csv", &["encoding_assumed"]),
        ("marks apart from their letters", "encoding-utf8-decomposed.csv", &[]),
        ("lines that end as on old Macintoshes", "encoding-cr-only.csv", &[]),
    ] {
        let read = read(name);
        assert_eq!(read.errors(), [""; 0], "{why}");
        assert_eq!(
            read.lines(),
            [
                "– VND – → –",
                "row 2 2026-11-02 credit 1250000 | FT1 | Nguyễn Thị Mẫu nộp học phí | –",
                "row 3 2026-11-03 debit 11000 | FT2 | Phí | –",
            ],
            "{why}"
        );
        assert_eq!(read.codes(), codes, "{why}");
    }
    let old = read("encoding-windows1258-letterhead.csv");
    assert_eq!(old.codes(), ["encoding_assumed"]);
    assert_eq!(old.lines()[0], "1017595600 VND 10000000 → –");
    assert!(old.lines()[1].contains("Nguyễn Thị Mẫu nộp học phí"), "{:?}", old.lines());
    let message = &old.reading.warnings[0].message.vi;
    assert!(message.contains("windows-1258") || message.contains("Windows-1258"), "{message}");
}

#[test]
fn separators_are_named_or_found() {
    for name in ["encoding-sep-pipe-bom.csv", "encoding-sep-tab.csv"] {
        let read = read(name);
        assert_eq!((read.errors(), read.codes()), (vec![], vec![]), "{name}");
        assert_eq!(
            read.lines().get(1..).unwrap(),
            [
                "row 3 2026-11-02 credit 1250000 | FT1 | Nguyễn Thị Mẫu nộp học phí | –",
                "row 4 2026-11-03 debit 11000 | FT2 | Phí | –",
            ],
            "{name}"
        );
    }
    for (why, first) in [
        ("plain", "sep=^"),
        ("quoted", "\"sep=^\""),
        ("capital", "SEP=^"),
        ("with a mark", "\u{feff}sep=^"),
        ("saved again by a spreadsheet program", "sep=^^^^"),
    ] {
        for end in ["\n", "\r\n", "\r"] {
            let text =
                format!("{first}{end}Ngày^Ghi có^Nội dung{end}02/11/2026^1000^\"a{end}b^c\"{end}");
            let read = Outcome::file(text);
            assert_eq!(
                read.lines().get(1..).unwrap(),
                ["row 3 2026-11-02 credit 1000 | – | a\nb^c | –"],
                "{why} {end:?}"
            );
        }
    }
    for mark in [',', ';', '\t', '|'] {
        let text = format!("Ngày{mark}Ghi có{mark}Nội dung\n02/11/2026{mark}1000{mark}a\n");
        assert_eq!(Outcome::file(text).reading.entries, 1, "{mark:?}");
    }
    // What figures and dates are made of separates nothing.
    let named = Outcome::file("sep=.\nNgày,Ghi có\n02/11/2026,1.000\n");
    assert_eq!(named.lines().get(1..).unwrap(), ["row 3 2026-11-02 credit 1000 | – | – | –"]);
}

#[test]
fn headings_in_an_old_font_are_explained() {
    for name in [
        "broken/encoding-tcvn3.csv",
        "broken/encoding-tcvn3-utf16.csv",
        "broken/encoding-vni.csv",
        "broken/xls-tcvn3.xls",
        "broken/html-tcvn3.xls",
        "broken/spreadsheetml-vni.xls",
    ] {
        let read = read(name);
        assert_eq!(read.errors(), ["legacy_font"], "{name}");
        let error = &read.reading.errors[0];
        assert!(error.message.vi.contains("chuyển sang Unicode"), "{name}: {}", error.message.vi);
        assert_eq!(error.place.as_ref().unwrap().row, Some(1), "{name}");
    }
    // Known headings beside ones that nobody can read: a column would be lost without a word.
    let half = Outcome::file("Date,Debit,Credit,Néi dung giao dÞch\n02/11/2026,,1000,a\n");
    assert_eq!(half.errors(), ["legacy_font"]);
}

#[test]
fn texts_in_an_old_font_under_readable_headings_are_told_once() {
    for (name, codes) in [
        ("encoding-memos-tcvn3.csv", &["encoding_assumed", "legacy_font"][..]),
        ("encoding-memos-tcvn3-utf8.csv", &["legacy_font"]),
    ] {
        let read = read(name);
        assert_eq!(read.errors(), [""; 0], "{name}");
        assert_eq!(read.codes(), codes, "{name}");
        let warning = read.reading.warnings.last().unwrap();
        assert_eq!(warning.place.as_ref().unwrap().row, Some(2), "{name}");
        assert!(read.lines()[1].starts_with("row 2 2026-11-02 credit 1250000 | FT1"), "{name}");
    }
}

#[test]
fn old_fonts_are_found_in_new_workbooks_too() {
    let workbook = |rows: &[[&str; 3]]| {
        let mut book = rust_xlsxwriter::Workbook::new();
        let sheet = book.add_worksheet();
        for (row, cells) in (0..).zip(rows) {
            for (column, text) in (0..).zip(cells) {
                sheet.write_string(row, column, *text).unwrap();
            }
        }
        book.save_to_buffer().unwrap()
    };
    let memo = "NguyÔn ThÞ MÉu nép häc phÝ";
    for (why, rows, errors, codes) in [
        (
            "headings",
            [["Ngµy", "Sè tiÒn ghi cã", "Néi dung"], ["02/11/2026", "1000", memo]],
            &["legacy_font"][..],
            &[][..],
        ),
        (
            "a text",
            [["Ngày", "Ghi có", "Nội dung"], ["02/11/2026", "1000", memo]],
            &[],
            &["legacy_font"],
        ),
        (
            "a text in VNI",
            [
                ["Ngày", "Ghi có", "Nội dung"],
                ["02/11/2026", "1000", "Nguyeãn Thò Maãu noäp hoïc phí"],
            ],
            &[],
            &["legacy_font"],
        ),
        (
            "letters of today",
            [["Ngày", "Ghi có", "Nội dung"], ["02/11/2026", "1000", "Loïc Çelik nộp học phí"]],
            &[],
            &[],
        ),
    ] {
        let read = Outcome::xlsx(workbook(&rows));
        assert_eq!((read.errors(), read.codes()), (errors.to_vec(), codes.to_vec()), "{why}");
    }
}
