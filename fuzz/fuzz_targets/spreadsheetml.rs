//! Workbooks in XML.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    doisoat_fuzz::check(|source, options, sink| doisoat::formats::spreadsheet::read_spreadsheetml(source, options, sink), bytes);
});
