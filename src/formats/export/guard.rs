//! Keeps spreadsheet programs from running a text as a formula.

use crate::domain::text::still;

/// Text that no spreadsheet takes for a formula (OWASP, CSV injection): what begins with a sign that
/// starts one gets an apostrophe before it, also behind blanks, which some spreadsheets strip.
#[must_use]
pub fn neutral(text: &str) -> String {
    let text = still(text);
    match text.trim_start_matches([' ', '\u{a0}']).chars().next() {
        Some('=' | '+' | '-' | '@' | '\t' | '\r' | '\n' | '＝' | '＋' | '－' | '＠') => {
            format!("'{text}")
        }
        _ => text.into_owned(),
    }
}
