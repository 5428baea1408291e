//! The words of a cell or a line, with blanks as a browser shows them, and what a cell is worth.

use calamine::DataRef;

use crate::formats::spreadsheet::cell::SheetCell;

/// A cell of a worksheet holds half as much.
const LONGEST_TEXT: usize = 64 * 1024;

/// Text as it comes in pieces: runs of blanks are one, a break is a line's end.
#[derive(Clone, Debug, Default)]
pub struct Words {
    text: String,
    gap: Option<char>,
}

impl Words {
    /// Takes a piece in. Says whether there was room for it.
    #[must_use]
    pub fn push(&mut self, piece: &str) -> bool {
        for letter in piece.chars() {
            if letter.is_ascii_whitespace() || letter.is_ascii_control() {
                self.gap.get_or_insert(' ');
                continue;
            }
            if let Some(gap) = self.gap.take()
                && !self.text.is_empty()
            {
                self.text.push(gap);
            }
            // A blank that must not end a line is a blank all the same, and stays where it stands.
            self.text.push(if letter == '\u{a0}' { ' ' } else { letter });
        }
        self.text.len() <= LONGEST_TEXT
    }

    /// A line ends here.
    pub const fn end_line(&mut self) {
        self.gap = Some('\n');
    }

    /// The text so far, without blanks around it, and starts anew.
    #[must_use]
    pub fn take(&mut self) -> String {
        self.gap = None;
        let text = std::mem::take(&mut self.text);
        match text.trim() {
            trimmed if trimmed.len() == text.len() => text,
            trimmed => trimmed.to_owned(),
        }
    }
}

/// The value of a cell that shows `text` and may state its exact number, as Excel does in `x:num`.
///
/// A number counts only where its digits are those that stand there; where they differ the page
/// shows something rounded or hides a sign, and neither of the two can be trusted.
#[must_use]
pub fn valued(text: String, number: Option<&str>) -> SheetCell<'static> {
    if text.is_empty() {
        return SheetCell::Missing;
    }
    let stated = number.map(str::trim).filter(|number| is_plain_number(number));
    let Some(stated) = stated.filter(|_| is_figure(&text)) else {
        return SheetCell::Value(DataRef::String(text));
    };
    match stated.parse::<f64>() {
        Ok(number) if agree(&text, stated) => SheetCell::Value(DataRef::Float(number)),
        _ => SheetCell::Value(DataRef::String(format!("{text} (x:num={stated})"))),
    }
}

fn is_plain_number(number: &str) -> bool {
    let digits = number.strip_prefix('-').unwrap_or(number);
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
    let all_digits =
        |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    all_digits(whole) && all_digits(fraction)
}

/// Whether the text is nothing but a figure, its marks and the đồng.
fn is_figure(text: &str) -> bool {
    text.contains(|letter: char| letter.is_ascii_digit())
        && text.trim_end_matches(['đ', '₫', 'V', 'N', 'D']).chars().all(|letter| {
            letter.is_ascii_digit() || letter.is_whitespace() || ".,+-−()".contains(letter)
        })
}

/// Whether the text shows exactly this number: its digits, with no more than zeros behind them.
fn agree(text: &str, number: &str) -> bool {
    let negative = text.contains(['-', '−', '(']);
    let (stated_negative, digits) = match number.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, number),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let fraction = fraction.trim_end_matches('0');
    let stated = format!("{}{fraction}", whole.trim_start_matches('0'));
    let shown: String = text.chars().filter(char::is_ascii_digit).collect();
    let rest = shown.trim_start_matches('0').strip_prefix(stated.as_str());
    let zeros = |rest: &str| rest.len() <= 4 && rest.bytes().all(|digit| digit == b'0');
    // Zeros behind a whole number stand behind a mark of their own, or the two differ by powers of ten.
    let behind_mark = |rest: &str| {
        rest.is_empty()
            || !fraction.is_empty()
            || text
                .trim_end_matches(|letter: char| !letter.is_ascii_digit())
                .rsplit([',', '.'])
                .next()
                == Some(rest)
    };
    negative == stated_negative && rest.is_some_and(|rest| zeros(rest) && behind_mark(rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blanks_are_as_a_browser_shows_them() {
        let mut words = Words::default();
        assert!(words.push("  Nộp \n\t học\u{a0}"));
        assert!(words.push("phí "));
        words.end_line();
        assert!(words.push("\n 6A1 "));
        assert_eq!(words.take(), "Nộp học phí\n6A1");
        assert_eq!(words.take(), "");
        assert!(!words.push(&"a".repeat(LONGEST_TEXT + 1)));
    }

    #[test]
    fn a_stated_number_counts_only_where_it_is_the_one_shown() {
        for (why, text, number, expected) in [
            ("grouped", "1,250,000", "1250000", Some("1250000")),
            ("points", "1.250.000", "1250000", Some("1250000")),
            ("zero cents shown", "1,250,000.00", "1250000", Some("1250000")),
            ("with the currency", "1.250.000 đ", "1250000", Some("1250000")),
            ("negative", "-11,000", "-11000", Some("-11000")),
            ("in parentheses", "(11,000)", "-11000", Some("-11000")),
            ("cents", "1,250.50", "1250.5", Some("1250.5")),
            ("below one", "0.50", "0.5", Some("0.5")),
            ("rounded", "1,251", "1250.5", None),
            ("a sign that is not shown", "11,000", "-11000", None),
            ("thousands that are not shown", "1,250", "1250000", None),
            ("ten times as much", "1250000", "125000", None),
            ("another number", "1,250,000", "1350000", None),
        ] {
            let found = valued(text.to_owned(), Some(number));
            let SheetCell::Value(value) = found else { panic!("{why}: {found:?}") };
            let both = format!("{text} (x:num={number})");
            let expected = expected.map_or(DataRef::String(both), |figure: &str| {
                DataRef::Float(figure.parse().unwrap())
            });
            assert_eq!(value, expected, "{why}");
        }
        for (why, text, number) in [
            ("a date", "02/11/2026", Some("46328")),
            ("words", "FT26306001", Some("1")),
            ("digits cut by Excel", "1.23457E+11", Some("123456789012")),
            ("no number stated", "1,250,000", None),
            ("no number at all", "1,250,000", Some("")),
        ] {
            let found = valued(text.to_owned(), number);
            let SheetCell::Value(value) = found else { panic!("{why}: {found:?}") };
            assert_eq!(value, DataRef::String(text.to_owned()), "{why}");
        }
    }
}
