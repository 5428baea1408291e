//! The front that turns bytes into text: a text is the same however its bytes arrive, and ends
//! where the first damage is.
#![no_main]

use std::io::{Cursor, Read, Seek as _};

use doisoat::formats::encoding::{Charset, Decoded, Undecodable, declared_in_xml, settle};
use doisoat::formats::spreadsheet::csv;
use doisoat::formats::spreadsheet::decode::TextReader;

const CHARSETS: [Charset; 5] = [
    Charset::Utf8,
    Charset::Utf16Le,
    Charset::Utf16Be,
    Charset::Windows1258,
    Charset::Windows1252,
];

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    for charset in CHARSETS {
        let whole = decoded(bytes, charset, usize::MAX);
        assert_eq!(decoded(bytes, charset, 3), whole, "{charset:?}");
    }
    let mut source = Cursor::new(bytes);
    let declared = declared_in_xml(&mut source).expect("bytes in memory");
    for declared in [declared.as_deref(), None, Some("utf-16"), Some("us-ascii"), Some("windows-1258")] {
        let settled = settle(&mut source, declared);
        assert_eq!(source.position(), 0, "{declared:?}");
        if let Ok(settled) = settled {
            settled.skip_mark(&mut source).expect("bytes in memory");
            let mut text = Vec::new();
            let _end = Decoded::new(&mut source, settled.charset).read_to_end(&mut text);
            source.rewind().expect("bytes in memory");
        }
    }
    let Ok(dialect) = csv::detect(&mut source) else { return };
    let mut text = String::new();
    let mut reader = TextReader::new(Cursor::new(bytes), dialect.encoding).expect("bytes in memory");
    let _end = reader.read_to_string(&mut text);
    assert!(!text.contains('\r'), "a line end of another kind");
    let mut records = csv::Records::new(Cursor::new(bytes), dialect);
    let mut last = 0;
    while let Ok(Some((row, _))) = records.as_mut().map_or(Ok(None), csv::Records::next_record) {
        assert!(row > last, "row {row} behind row {last}");
        last = row;
    }
});

/// The text up to its end or the damage, and the line of the damage, read at most `step` bytes at a
/// time. The damaged letter itself may have begun to arrive; then it is left out.
fn decoded(bytes: &[u8], charset: Charset, step: usize) -> (String, Option<u64>) {
    let mut reader = Decoded::new(Slowly(bytes, step), charset);
    let mut text = Vec::new();
    match reader.read_to_end(&mut text) {
        Ok(_) => (String::from_utf8(text).expect("no damage was told of"), None),
        Err(error) => {
            let good = match std::str::from_utf8(&text) {
                Ok(good) => good,
                Err(cut) => {
                    assert_eq!(cut.error_len(), None, "damage among what was passed on");
                    std::str::from_utf8(&text[..cut.valid_up_to()]).expect("valid so far")
                }
            };
            let line = Undecodable::line_in(&error).expect("no other fault");
            (good.to_owned(), Some(line))
        }
    }
}

struct Slowly<'a>(&'a [u8], usize);

impl Read for Slowly<'_> {
    fn read(&mut self, out: &mut [u8]) -> std::io::Result<usize> {
        let step = self.1.min(out.len());
        self.0.read(&mut out[..step])
    }
}
