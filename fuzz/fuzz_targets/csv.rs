//! Text tables.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    doisoat_fuzz::check(|source, options, sink| doisoat::formats::spreadsheet::read_csv(source, options, sink), bytes);
});
