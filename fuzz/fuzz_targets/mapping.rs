//! What a person types about columns, on the first line, and a table read by it.
#![no_main]

use doisoat::formats::spreadsheet::read_csv;
use doisoat::formats::{MappingText, Options};
use doisoat_fuzz::{Reader, check_with};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let read: Reader = |source, options, sink| read_csv(source, options, sink);
    let Some(end) = bytes.iter().position(|byte| *byte == b'\n') else { return };
    let (typed, table) = (&bytes[..end], &bytes[end + 1..]);
    let Ok(typed) = std::str::from_utf8(typed) else { return };
    let Ok(typed) = typed.parse::<MappingText>() else { return };
    // Nobody can have said anything about a table that nobody was asked about.
    let Some(question) = check_with(read, &Options::default(), table).columns else { return };
    let Ok(mapping) = typed.for_headings(&question.headings) else { return };
    assert_eq!(mapping.check(), Ok(()));
    // Headings are known again; a table without any is, where its rows can be read as was said.
    let known_again = mapping.has_headings();
    let answered = check_with(read, &Options { mappings: vec![mapping] }, table);
    if let Some(again) = answered.columns {
        assert!(!known_again || again.unsigned || again != question, "asked again: {question:?}");
    }
});
