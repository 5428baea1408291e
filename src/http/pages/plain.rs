//! Pages without characters that nobody sees and that move what others wrote: control characters, and
//! marks that turn the direction of text around.

use std::borrow::Cow;

use crate::domain::text::still;

/// The page with a mark in the place of each.
#[must_use]
pub fn plain(html: &str) -> Cow<'_, str> {
    still(html)
}

#[cfg(test)]
mod tests {
    use super::plain;

    #[test]
    fn what_moves_text_is_marked_and_everything_else_stays() {
        for (why, html, expected) in [
            ("Vietnamese", "<p>Nguyễn\n\tThị\r\n</p>", "<p>Nguyễn\n\tThị\r\n</p>"),
            ("a turn", "ab\u{202e}cd\u{2069}", "ab\u{fffd}cd\u{fffd}"),
            ("a terminal's sequence", "a\u{1b}[31m\u{0}\u{85}", "a\u{fffd}[31m\u{fffd}\u{fffd}"),
            ("a joined picture", "👩\u{200d}👧", "👩\u{200d}👧"),
        ] {
            assert_eq!(plain(html), expected, "{why}");
        }
    }
}
