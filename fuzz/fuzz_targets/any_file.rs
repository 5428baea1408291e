//! Any file through the front door, archives among them.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    doisoat_fuzz::check(|source, options, sink| doisoat::formats::statement_file::read(source, options, sink), bytes);
});
