//! Excel 2003 XML workbooks named `.xls`.

use super::{Outcome, fixture};

fn read(name: &str) -> Outcome {
    Outcome::file(fixture(name))
}

#[test]
fn every_type_of_cell_is_read_for_what_it_is() {
    let read = read("spreadsheetml-types.xls");
    assert_eq!(read.errors(), [""; 0]);
    assert_eq!(read.reading.format.as_deref(), Some("spreadsheetml"));
    assert_eq!(
        read.lines(),
        [
            "1017595600 VND 10000000 → –",
            "row 4 2026-11-02 credit 1250000 | FT26306001 | HPK3M9Q2X HANH 6A1 | 11250000",
            "row 5 2026-11-02 credit 1000000 | FT26306002 | số tiền là chữ | 12250000",
            "row 6 2026-11-03 debit 11000 | FT26307001 | ngày là số | 12239000",
        ]
    );
    assert_eq!(read.codes(), ["cell_error", "amount_fraction", "amount"]);
}

#[test]
fn sheets_in_xml_are_read_as_excel_shows_them() {
    for (why, name, expected, codes) in [
        (
            "rows and columns left out",
            "spreadsheetml-gaps.xls",
            &[
                "1017595600 VND – → –",
                "row 7 2026-11-02 credit 1250000 | – | HPK3M9Q2X | –",
                "row 11 2026-11-03 debit 11000 | – | Phí | –",
            ][..],
            &[][..],
        ),
        (
            "merged headings",
            "spreadsheetml-merged-header.xls",
            &[
                "– VND – → –",
                "row 3 2026-11-02 credit 1250000 | – | HPK3M9Q2X | 11250000",
                "row 4 2026-11-03 debit 11000 | – | Phí | 11239000",
            ],
            &[],
        ),
        (
            "days counted from 1904",
            "spreadsheetml-1904.xls",
            &[
                "– VND – → –",
                "row 2 2026-11-02 credit 1250000 | – | day 44866 since 1904 | –",
                "row 3 2026-11-03 credit 500000 | – | a day written out | –",
            ],
            &[],
        ),
        (
            "a hidden sheet is left out, hidden rows are not",
            "spreadsheetml-hidden.xls",
            &[
                "– VND – → –",
                "row 2 2026-11-02 credit 1250000 | FT1 | HPK3M9Q2X | –",
                "row 3 2026-11-03 debit 11000 | FT2 | Phí | –",
            ],
            &["hidden_sheet", "hidden_rows"],
        ),
        (
            "formulas",
            "spreadsheetml-formula.xls",
            &[
                "– VND – → –",
                "row 2 2026-11-02 credit 1250000 | – | computed | –",
                "row 3 2026-11-03 credit 500000 | – | an empty text is a result | –",
            ],
            &["formula"],
        ),
        (
            "rich text, comments, quoted text",
            "spreadsheetml-rich-text.xls",
            &[
                "– VND – → –",
                "row 2 2026-11-02 credit 1250000 | – | Nộp học phí & tiền ăn\nHPK3M9Q2X | –",
                "row 3 2026-11-03 credit 500000 | – | a < b && c | –",
            ],
            &[],
        ),
        (
            "two accounts",
            "spreadsheetml-several-accounts.xls",
            &[
                "1017595600 VND – → –",
                "row 3 2026-11-02 credit 1250000 | FT1 | a | –",
                "1017595611 VND – → –",
                "row 3 2026-11-02 credit 500000 | FT2 | b | –",
            ],
            &[],
        ),
        (
            "UTF-16",
            "spreadsheetml-utf16.xls",
            &["– VND – → –", "row 2 2026-11-02 credit 1250000 | – | Nộp học phí | –"],
            &[],
        ),
    ] {
        let read = read(name);
        assert_eq!(read.errors(), [""; 0], "{why}");
        assert_eq!(read.lines(), expected, "{why}");
        assert_eq!(read.codes(), codes, "{why}");
    }
}

#[test]
fn xml_workbooks_that_cannot_be_trusted_are_refused() {
    for (why, name, code) in [
        ("entities of its own", "broken/spreadsheetml-doctype.xls", "doctype"),
        ("cut off", "broken/spreadsheetml-cut.xls", "truncated"),
        ("rows out of order", "broken/spreadsheetml-order.xls", "xml"),
        ("headings in an old font", "broken/spreadsheetml-vni.xls", "legacy_font"),
    ] {
        assert_eq!(read(name).errors(), [code], "{why}");
    }
    let workbook = |inside: &str| {
        format!(
            "<Workbook xmlns=\"urn:schemas-microsoft-com:office:spreadsheet\"><Worksheet Name=\"a\"><Table>{inside}</Table></Worksheet></Workbook>"
        )
    };
    let attributes: Vec<String> = (0..100).map(|n| format!("a{n}=\"\"")).collect();
    let many_attributes = format!("<Row {}/>", attributes.join(" "));
    for (why, inside, code) in [
        ("nested absurdly", "<a>".repeat(100_000), "too_deep"),
        ("attributes without end", many_attributes, "too_many_attributes"),
        ("a name without end", format!("<{}/>", "a".repeat(300)), "name_too_long"),
        (
            "a text without end",
            format!("<Row><Cell><Data>{}</Data></Cell></Row>", "a".repeat(70_000)),
            "text_too_long",
        ),
        (
            "a text in pieces without end",
            format!("<Row><Cell><Data>{}</Data></Cell></Row>", "&amp;a".repeat(70_000)),
            "text_too_long",
        ),
        ("more rows than there are", "<Row Index=\"4000000000\"/>".to_owned(), "too_many_rows"),
        ("a row that is no number", "<Row Index=\"one\"/>".to_owned(), "xml"),
        ("an entity nobody knows", "<Row><Cell><Data>&a;</Data></Cell></Row>".to_owned(), "xml"),
        ("tags that do not close", "<Row></Cell>".to_owned(), "xml"),
        ("no statement", "<Row><Cell><Data>a</Data></Cell></Row>".to_owned(), "header_not_found"),
    ] {
        let read = Outcome::file(workbook(&inside));
        assert_eq!(read.errors(), [code], "{why}");
    }
}

#[test]
fn an_xml_workbook_cut_anywhere_is_refused() {
    let file = fixture("spreadsheetml-types.xls");
    let end = file.windows(11).position(|eleven| eleven == b"</Workbook>").unwrap();
    for length in (0..end).step_by(7) {
        assert!(!Outcome::file(&file[..length]).reading.accepted(), "cut at byte {length}");
    }
}
