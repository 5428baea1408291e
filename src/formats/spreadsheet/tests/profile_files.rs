//! Text tables of banks, and the promise that every profile is shown by a file.

use super::{Outcome, fixture};
use crate::formats::spreadsheet::layouts::profiles;

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

#[test]
fn every_profile_is_shown_by_a_file_that_is_recognised_as_it() {
    for profile in profiles() {
        for name in &profile.fixtures {
            let read = if name.contains(".xlsx") {
                Outcome::xlsx(fixture(name))
            } else if name.contains(".xls") {
                Outcome::html(fixture(name))
            } else {
                Outcome::csv(fixture(name))
            };
            assert_eq!(read.errors(), [""; 0], "{name}");
            assert_eq!(read.layout(), profile.layout(), "{name}");
            assert!(read.reading.entries > 0, "{name}");
        }
    }
}
