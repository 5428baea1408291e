//! Keeps spreadsheet programs from running a text as a formula.

/// Text that no spreadsheet takes for a formula (OWASP, CSV injection): what begins with a sign that
/// starts one gets an apostrophe before it, also behind blanks, which some spreadsheets strip.
#[must_use]
pub fn neutral(text: &str) -> String {
    match text.trim_start_matches([' ', '\u{a0}']).chars().next() {
        Some('=' | '+' | '-' | '@' | '\t' | '\r' | '\n' | '＝' | '＋' | '－' | '＠') => {
            format!("'{text}")
        }
        _ => text.to_owned(),
    }
}
