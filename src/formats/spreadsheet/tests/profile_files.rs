//! Text tables of banks, and the promise that every profile is shown by a file.

use std::ops::ControlFlow;

use super::{Outcome, fixture};
use crate::formats::Options;
use crate::formats::spreadsheet::cell::Row;
use crate::formats::spreadsheet::csv::{Records, detect};
use crate::formats::spreadsheet::layouts::profiles;
use crate::formats::spreadsheet::table::TableReader;

#[test]
fn text_tables_of_banks_are_read_exactly() {
    for (name, layout, lines) in [
        (
            "agribank.csv",
            "agribank",
            &[
                "4200000000001 VND 6424700 → –",
                "row 5 2026-11-02 credit 1250000 | 92947305 | HPK3M9Q2X HANH 6A1 | 7674700",
                "row 6 2026-11-02 credit 100000 | 92947305 | ung ho quy khuyen hoc | 7774700",
                "row 7 2026-11-03 debit 11000 | – | phi SMS | 7763700",
            ][..],
        ),
        (
            "sacombank.csv",
            "sacombank",
            &[
                "060000000001 VND – → –",
                "row 4 2026-11-02 credit 1250000 | FT1 | HPK3M9Q2X HANH 6A1 | 2250000",
                "row 5 2026-11-03 debit 11000 | FT2 | PHI | 2239000",
            ],
        ),
        (
            "vpbank.csv",
            "vpbank",
            &[
                "150000001 VND – → –",
                "row 4 2026-11-02 credit 1250000 | – | HPK3M9Q2X HANH 6A1 | 2250000",
                "row 5 2026-11-03 debit 11000 | – | PHI | 2239000",
            ],
        ),
        (
            "shb.csv",
            "shb",
            &[
                "1000000001 VND – → –",
                "row 4 2026-11-02 credit 1250000 | SH1 | HPK3M9Q2X HANH 6A1 | –",
                "row 5 2026-11-03 debit 11000 | SH2 | Phí | –",
            ],
        ),
        (
            "hdbank.csv",
            "hdbank",
            &[
                "068000000001 VND – → –",
                "row 4 2026-11-03 debit 11000 | – | Phí | –",
                "row 5 2026-11-02 credit 1250000 | – | HPK3M9Q2X HANH 6A1 | –",
            ],
        ),
    ] {
        let read = Outcome::csv(fixture(name));
        assert_eq!(read.errors(), [""; 0], "{name}");
        assert_eq!(read.layout(), layout, "{name}");
        assert_eq!(read.lines(), lines, "{name}");
        assert_eq!(read.codes(), [""; 0], "{name}");
    }
}

/// The rows of a text file, given to the table reader as those of a web page.
fn as_page(name: &str) -> Outcome {
    Outcome::of(&fixture(name), |source, sink| {
        let options = Options::default();
        let dialect = detect(source).unwrap();
        let mut records = Records::new(source, dialect).unwrap();
        let mut table = TableReader::new("html", false, &options, sink);
        table.begin_sheet("");
        while let Some((number, record)) = records.next_record().unwrap() {
            assert_eq!(table.row(number, Row::Record(record)), ControlFlow::Continue(()));
        }
        assert_eq!(table.end_sheet(), ControlFlow::Continue(()));
        table.finish()
    })
}

#[test]
fn the_rows_of_a_web_page_are_told_from_those_of_a_workbook() {
    let read = as_page("vietcombank-html.csv");
    assert_eq!(read.layout(), "vietcombank-html");
    assert_eq!(
        read.lines(),
        [
            "1017595600 VND – → –",
            "row 6 2026-11-02 credit 1250000 | 5243.65937 | HPK3M9Q2X HANH 6A1 | –",
            "row 7 2026-11-03 debit 11000 | 5244.00001 | PHI | –",
        ]
    );
}

#[test]
fn every_profile_is_shown_by_a_file_that_is_recognised_as_it() {
    for profile in profiles() {
        for name in &profile.fixtures {
            let read = if name.contains(".xlsx") {
                Outcome::xlsx(fixture(name))
            } else if profile.id == "vietcombank-html" {
                as_page(name)
            } else {
                Outcome::csv(fixture(name))
            };
            assert_eq!(read.errors(), [""; 0], "{name}");
            assert_eq!(read.layout(), profile.layout(), "{name}");
            assert!(read.reading.entries > 0, "{name}");
        }
    }
}
