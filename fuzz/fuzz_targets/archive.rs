//! Archives of either kind.
#![no_main]

use doisoat::formats::archive::{self, Packing};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    doisoat_fuzz::check(|source, options, sink| archive::read(Packing::Zip, source, options, sink), bytes);
    doisoat_fuzz::check(|source, options, sink| archive::read(Packing::Gzip, source, options, sink), bytes);
});
