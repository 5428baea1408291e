//! What must hold for whatever a reader is given. Stated once: the fuzz targets check it, and so
//! does the short run among the tests.

use std::io::Cursor;
use std::ops::ControlFlow;

use doisoat::domain::diagnostic::Diagnostic;
use doisoat::domain::money::Currency;
use doisoat::domain::statement::{Entry, Event, StatementHeader};
use doisoat::formats::{Options, Reading, Sink};
use rust_decimal::Decimal;

/// A reader of statement files.
pub type Reader = fn(&mut Cursor<&[u8]>, &Options, &mut Sink<'_>) -> Reading;

/// How many entries are kept to look for their digits in the file.
const MOST_KEPT: usize = 64;

/// Reads `bytes` and checks what came of it.
pub fn check(read: Reader, options: &Options, bytes: &[u8]) -> Reading {
    let (mut entries, mut statements) = (0_u64, 0_u64);
    let mut without_statement = false;
    let mut kept: Vec<Entry> = Vec::new();
    let reading = read(&mut Cursor::new(bytes), options, &mut |event| {
        match event {
            Event::Entry(entry) => {
                check_entry(&entry);
                entries += 1;
                without_statement = true;
                if kept.len() < MOST_KEPT {
                    kept.push(entry);
                }
            }
            Event::Statement(header) => {
                check_header(&header);
                statements += 1;
                without_statement = false;
            }
        }
        ControlFlow::Continue(())
    });
    for note in reading.errors.iter().chain(&reading.warnings) {
        check_note(note);
    }
    if reading.accepted() {
        assert_eq!((reading.entries, reading.statements), (entries, statements), "counts");
        assert!(!without_statement, "entries that no statement claims");
        assert!(reading.columns.is_none(), "a question about columns, and an answer");
        assert!(reading.format.is_some(), "a format without a name");
        if reading.container.is_none() && is_plain(bytes) {
            check_digits(&kept, bytes);
        }
        check_second_reading(read, options, bytes, &reading, entries + statements);
    }
    reading
}

/// A file is read twice, first to look and then to store: both times it must say the same. And
/// whoever has seen enough gets nothing more.
fn check_second_reading(
    read: Reader,
    options: &Options,
    bytes: &[u8],
    first: &Reading,
    events: u64,
) {
    let again = read(&mut Cursor::new(bytes), options, &mut |_: Event| ControlFlow::Continue(()));
    assert_eq!(&again, first, "the second reading says something else");
    let enough = events / 2;
    let mut seen = 0_u64;
    read(&mut Cursor::new(bytes), options, &mut |_: Event| {
        seen += 1;
        if seen > enough { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    });
    assert!(seen <= enough + 1, "{seen} events, although {} were enough", enough + 1);
}

fn check_entry(entry: &Entry) {
    assert!(!entry.amount.is_sign_negative() || entry.amount.is_zero(), "{entry:?}");
    let whole = entry.amount.fract().is_zero();
    assert!(whole || entry.currency != Currency::VND, "a fraction of a dong: {entry:?}");
    assert!(!entry.position.is_empty(), "{entry:?}");
    for charge in &entry.extras.charges {
        assert!(!charge.money.amount.is_sign_negative() || charge.money.amount.is_zero());
    }
    let texts = [
        &entry.reference,
        &entry.end_to_end_id,
        &entry.remittance,
        &entry.counterparty_name,
        &entry.counterparty_account,
        &entry.counterparty_bank,
        &entry.extras.transaction_code,
    ];
    texts.into_iter().flatten().for_each(|text| check_text(text));
}

fn check_header(header: &StatementHeader) {
    let texts = [&header.account, &header.reference, &header.sequence];
    texts.into_iter().flatten().for_each(|text| check_text(text));
}

/// What a database takes as text, and is not nothing.
fn check_text(text: &str) {
    assert!(!text.contains('\0'), "a NUL in {text:?}");
    assert!(!text.trim().is_empty(), "a text of blanks: {text:?}");
}

fn check_note(note: &Diagnostic) {
    let plain =
        |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '_';
    assert!(!note.code.is_empty() && note.code.chars().all(plain), "{note:?}");
    let (vi, en) = (note.message.vi.trim(), note.message.en.trim());
    assert!(!vi.is_empty() && !en.is_empty() && vi != en, "{note:?}");
    assert!(!vi.contains('\0') && !en.contains('\0'), "{note:?}");
    if let Some(place) = &note.place {
        assert!(place.line != Some(0) && place.row != Some(0), "{note:?}");
    }
}

/// Whether digits stand in the file as themselves: no references to characters, no wide letters, no
/// compression.
fn is_plain(bytes: &[u8]) -> bool {
    !bytes.contains(&0) && !bytes.contains(&b'&') && !bytes.starts_with(b"PK")
}

/// The digits of an amount stand in the file, in this order and, outside of markup, with nothing but
/// marks and blanks between them.
fn check_digits(entries: &[Entry], bytes: &[u8]) {
    // Tags and comments may stand in the middle of a figure.
    let markup = bytes.trim_ascii_start().starts_with(b"<") || bytes.starts_with(b"\xef\xbb\xbf<");
    let figures: String = bytes
        .iter()
        .filter_map(|byte| match byte {
            b'0'..=b'9' => Some(char::from(*byte)),
            b'.' | b',' | b'\'' => None,
            other if markup || !other.is_ascii() || other.is_ascii_whitespace() => None,
            _ => Some(' '),
        })
        .collect();
    for entry in entries {
        let wanted = significant(entry.amount);
        assert!(figures.contains(&wanted), "{wanted} stands nowhere in the file: {entry:?}");
    }
}

/// The digits of a figure, but for zeros in front and at the end of its fraction.
pub fn significant(figure: Decimal) -> String {
    let digits: String =
        figure.normalize().to_string().chars().filter(char::is_ascii_digit).collect();
    digits.trim_start_matches('0').to_owned()
}
