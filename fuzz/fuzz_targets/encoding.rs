//! The front that turns bytes into text: whatever it takes is taken whole and the same each time.
#![no_main]

use std::io::{Cursor, Read};

use doisoat::formats::spreadsheet::csv;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let Ok(dialect) = csv::detect(&mut Cursor::new(bytes)) else { return };
    let read = || -> Option<Vec<String>> {
        let mut records = csv::Records::new(Cursor::new(bytes), dialect).ok()?;
        let mut rows = Vec::new();
        while let Some((_, record)) = records.next_record().ok()? {
            rows.extend(record.texts().map(str::to_owned));
        }
        Some(rows)
    };
    assert_eq!(read(), read());
    let mut text = String::new();
    let reader = doisoat::formats::spreadsheet::decode::TextReader::new(Cursor::new(bytes), dialect.encoding);
    if let Ok(mut reader) = reader {
        let _ends = reader.read_to_string(&mut text);
    }
});
