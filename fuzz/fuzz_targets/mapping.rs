//! What a person types about columns, and a table read by it.
#![no_main]

use doisoat::formats::ColumnMapping;

libfuzzer_sys::fuzz_target!(|text: &str| {
    if let Ok(mapping) = text.parse::<ColumnMapping>() {
        let _ = mapping.check();
    }
});
