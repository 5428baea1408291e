//! Binary workbooks, as they are and damaged.

use super::{Outcome, fixture};

fn read(name: &str) -> Outcome {
    Outcome::file(fixture(name))
}

#[test]
fn old_workbooks_are_read_exactly() {
    for (why, name, expected, codes) in [
        (
            "numbers in each of their forms",
            "xls-types.xls",
            &[
                "1017595600 VND 10000000 → 1234579129123",
                "row 4 2026-11-02 credit 1250000 | FT26306001 | HPK3M9Q2X HANH 6A1 | 11250000",
                "row 5 2026-11-02 credit 1234567890123 | FT26306002 | số lớn | 1234579140123",
                "row 6 2026-11-03 debit 11000 | FT26307001 | Phí | 1234579129123",
            ][..],
            &[][..],
        ),
        (
            "days counted from 1904",
            "xls-1904.xls",
            &[
                "– VND – → –",
                "row 2 2026-11-02 credit 1250000 | – | ngày định dạng | –",
                "row 3 2026-11-03 credit 500000 | – | ngày là số | –",
            ],
            &[],
        ),
        (
            "numbers as text, a reference as a number",
            "xls-text-numbers.xls",
            &[
                "– VND – → –",
                "row 2 2026-11-02 credit 1250000 | 00123 | HPK3M9Q2X | –",
                "row 3 2026-11-03 debit 11000 | 00124 | Phí | –",
                "row 4 2026-11-03 credit 500000 | 123456789012 | tham chiếu là số | –",
            ],
            &[],
        ),
        (
            "a hidden sheet",
            "xls-hidden-sheet.xls",
            &["– VND – → –", "row 2 2026-11-02 credit 1250000 | – | HPK3M9Q2X | –"],
            &["hidden_sheet"],
        ),
        (
            "merged headings in the middle of a sheet",
            "xls-merged-header.xls",
            &[
                "– VND – → –",
                "row 5 2026-11-02 credit 1250000 | – | HPK3M9Q2X | 11250000",
                "row 6 2026-11-03 debit 11000 | – | Phí | 11239000",
            ],
            &[],
        ),
        (
            "two accounts",
            "xls-several-accounts.xls",
            &[
                "1017595600 VND – → –",
                "row 3 2026-11-02 credit 1250000 | FT0 | nộp | –",
                "1017595611 VND – → –",
                "row 3 2026-11-02 credit 500000 | FT1 | nộp | –",
            ],
            &[],
        ),
        (
            "a formula that nobody computed, and blank ones below",
            "xls-formula.xls",
            &["– VND – → –", "row 2 2026-11-02 credit 1250000 | – | HPK3M9Q2X | –"],
            &["formula"],
        ),
        (
            "Excel 5 with its code page",
            "xls-biff5.xls",
            &[
                "1017595600 VND – → –",
                "row 3 2026-11-02 credit 1250000 | FT1 | Nguyễn Thị Mẫu nộp học phí | –",
                "row 4 2026-11-03 debit 11000 | FT2 | Phí | –",
            ],
            &[],
        ),
        (
            "Excel 5 without",
            "xls-biff5-unnamed-code-page.xls",
            &["– VND – → –", "row 2 2026-11-02 credit 1250000 | – | HPK3M9Q2X | –"],
            &["encoding_assumed"],
        ),
    ] {
        let read = read(name);
        assert_eq!(read.errors(), [""; 0], "{why}");
        assert_eq!(read.lines(), expected, "{why}");
        assert_eq!(read.codes(), codes, "{why}");
        assert_eq!(read.reading.format.as_deref(), Some("xls"), "{why}");
    }
}

#[test]
fn texts_longer_than_a_record_are_whole() {
    let read = read("xls-long-texts.xls");
    assert_eq!((read.errors(), read.codes()), (vec![], vec![]));
    let memos: Vec<&str> = read.statements[0]
        .1
        .iter()
        .map(|entry| entry.remittance.as_deref().unwrap_or_default())
        .collect();
    assert_eq!(memos.len(), 8);
    for (row, memo) in (1..).zip(memos) {
        let text = if row % 2 == 1 { "Nộp học phí " } else { "hoc phi " };
        assert_eq!(memo, format!("dòng {row} {}", text.repeat(150)).trim_end(), "row {row}");
    }
}

#[test]
fn a_text_with_a_nul_in_it_is_damage_of_its_row() {
    let mut bytes = fixture("xls-long-texts.xls");
    let text = b"hoc phi hoc phi";
    let at = bytes.windows(text.len()).position(|window| window == text).unwrap();
    bytes[at + 3] = 0;
    let read = Outcome::xls(&bytes);
    assert_eq!(read.errors(), [""; 0]);
    assert_eq!((read.codes(), read.reading.entries), (vec!["cell_error"], 7));
    let message = &read.reading.warnings[0].message.vi;
    assert!(message.contains("hoc␀phi"), "{message}");
}

#[test]
fn old_workbooks_that_cannot_be_trusted_are_refused() {
    for (why, name, code) in [
        ("a password", "broken/xls-password.xls", "encrypted"),
        ("a new workbook with a password", "broken/xls-encrypted-package.xls", "encrypted"),
        ("cells far apart", "broken/xls-far-cells.xls", "too_large"),
        ("a directory in a circle", "broken/xls-endless-directory.xls", "workbook"),
        ("cut off", "broken/xls-cut.xls", "workbook"),
    ] {
        let read = read(name);
        assert_eq!(read.errors(), [code], "{why}");
    }
}

/// The next of a run of numbers that looks like chance and is always the same.
fn next(state: &mut u64) -> u64 {
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    *state
}

#[test]
fn damage_of_any_kind_ends_in_words() {
    let mut state = 0x9e37_79b9_7f4a_7c15;
    for name in ["xls-types.xls", "xls-biff5.xls", "xls-long-texts.xls"] {
        let whole = fixture(name);
        for round in 0..200 {
            let mut file = whole.clone();
            for _ in 0..=round % 4 {
                // Heads, sector tables and records lie in the first and last kilobytes.
                let length = u64::try_from(file.len()).unwrap();
                let at = match next(&mut state) % 3 {
                    0 => next(&mut state) % 512,
                    1 => length - 1 - next(&mut state) % 1536.min(length),
                    _ => next(&mut state) % length,
                };
                let byte = u8::try_from(next(&mut state) % 256).unwrap();
                file[usize::try_from(at).unwrap()] = byte;
            }
            if round % 5 == 0 {
                file.truncate(usize::try_from(next(&mut state)).unwrap_or(0) % whole.len());
            }
            let read = Outcome::xls(&file);
            let said = read.reading.errors.iter().chain(&read.reading.warnings);
            assert!(said.clone().all(|note| !note.message.vi.is_empty()), "{name}, round {round}");
            assert!(read.reading.accepted() || read.errors().len() == 1, "{name}, round {round}");
        }
    }
}
