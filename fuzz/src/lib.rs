//! What must hold for whatever a reader is given.

use std::io::Cursor;
use std::ops::ControlFlow;

use doisoat::domain::statement::{Entry, Event};
use doisoat::formats::{ColumnMapping, Options, Reading, Sink};

/// A reader of statement files.
pub type Reader = fn(&mut Cursor<&[u8]>, &Options, &mut Sink<'_>) -> Reading;

/// Reads `bytes` and checks what came of it.
pub fn check(read: Reader, bytes: &[u8]) {
    let options = Options { mappings: mappings() };
    let (mut entries, mut statements) = (0_u64, 0_u64);
    let mut delivered: Vec<Entry> = Vec::new();
    let reading = read(&mut Cursor::new(bytes), &options, &mut |event| {
        match event {
            Event::Entry(entry) => {
                entries += 1;
                if delivered.len() < 64 {
                    delivered.push(entry);
                }
            }
            Event::Statement(_) => statements += 1,
        }
        ControlFlow::Continue(())
    });
    for note in reading.errors.iter().chain(&reading.warnings) {
        assert!(!note.code.is_empty() && note.message.vi != note.message.en, "{note:?}");
    }
    if !reading.accepted() {
        return;
    }
    assert_eq!((reading.entries, reading.statements), (entries, statements), "counts");
    for entry in &delivered {
        assert!(!entry.amount.is_sign_negative() || entry.amount.is_zero(), "{entry:?}");
        assert!(!entry.position.is_empty(), "{entry:?}");
    }
    if reading.container.is_none() && is_plain(bytes) {
        only_digits_of_the_file(&delivered, bytes);
    }
}

/// A mapping for tables without headings, so that its code is reached too.
fn mappings() -> Vec<ColumnMapping> {
    Vec::new()
}

/// Whether digits stand in the file as themselves: no references to characters, no wide letters, no
/// compression.
fn is_plain(bytes: &[u8]) -> bool {
    !bytes.contains(&0) && !bytes.contains(&b'&') && !bytes.starts_with(b"PK")
}

/// Every digit of an amount stands in the file, in this order and with nothing but marks in between.
fn only_digits_of_the_file(entries: &[Entry], bytes: &[u8]) {
    let digits: Vec<u8> = bytes.iter().copied().filter(u8::is_ascii_digit).collect();
    for entry in entries {
        let amount = entry.amount.normalize().to_string();
        let wanted: Vec<u8> = amount.bytes().filter(u8::is_ascii_digit).collect();
        let wanted = wanted.trim_ascii();
        let zeros = wanted.iter().take_while(|digit| **digit == b'0').count();
        let wanted = &wanted[zeros..];
        assert!(
            wanted.is_empty() || digits.windows(wanted.len()).any(|window| window == wanted),
            "{amount} stands nowhere in the file: {entry:?}"
        );
    }
}
