//! ISO 20022 messages.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    doisoat_fuzz::check(|source, _, sink| doisoat::formats::camt::read(source, sink), bytes);
});
