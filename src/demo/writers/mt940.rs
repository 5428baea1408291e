//! SWIFT MT940: comma decimals, `:86:` lines of at most 65 characters, only the X character set.

use std::fmt::Write as _;

use crate::demo::writers::{BankStatement, StatementLine};
use crate::domain::calendar::Day;
use crate::domain::money::Vnd;
use crate::domain::text::fold;

const LINE_CHARACTERS: usize = 65;

/// Whether the message stands in SWIFT's blocks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wrapper {
    /// The text block alone.
    None,
    /// `{1:…}{2:…}{4:…-}`.
    Blocks,
}

/// Writes a statement.
#[must_use]
pub fn write(statement: &BankStatement<'_>, wrapper: Wrapper) -> Vec<u8> {
    let bic = &statement.account.bic;
    let mut text = String::new();
    if wrapper == Wrapper::Blocks {
        let _ = write!(
            text,
            "{{1:F01{bic}AXXX0000000000}}{{2:O9400800261123{bic}AXXX00000000002611230800N}}{{4:\r\n"
        );
    }
    let _ = write!(
        text,
        ":20:{}\r\n:25:{}\r\n:28C:{}/1\r\n:60F:{}\r\n",
        statement.reference,
        statement.account.number,
        statement.sequence,
        balance(statement.opening, statement.from)
    );
    for line in &statement.lines {
        entry(&mut text, line);
    }
    let closing = balance(statement.closing, statement.to);
    let _ = write!(text, ":62F:{closing}\r\n:64:{closing}\r\n");
    text.push_str(match wrapper {
        Wrapper::None => "-\r\n",
        Wrapper::Blocks => "-}\r\n",
    });
    text.into_bytes()
}

fn balance(amount: Vnd, day: Day) -> String {
    let mark = if amount.dong() < 0 { 'D' } else { 'C' };
    format!("{mark}{}VND{},", day.format("%y%m%d"), amount.dong().unsigned_abs())
}

fn entry(text: &mut String, line: &StatementLine) {
    let mark = match (line.is_credit(), line.reversal) {
        (true, false) => "C",
        (true, true) => "RD",
        (false, false) => "D",
        // A reversal of a credit: money out.
        (false, true) => "RC",
    };
    let day = line.booking_date;
    let _ = write!(
        text,
        ":61:{}{}{mark}{},NTRFNONREF//{}\r\n",
        day.format("%y%m%d"),
        day.format("%m%d"),
        line.amount,
        line.reference
    );
    text.push_str(":86:");
    for part in lines(&swift_text(&line.remittance)) {
        text.push_str(&part);
        text.push_str("\r\n");
    }
}

/// The text in SWIFT's X character set: letters without marks, other signs as points.
#[must_use]
pub fn swift_text(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for letter in text.chars() {
        if letter.is_ascii_alphanumeric() || "/-?:().,'+ ".contains(letter) {
            plain.push(letter);
            continue;
        }
        for folded in fold(&letter.to_string()).chars() {
            plain.push(match folded {
                'A'..='Z' if letter.is_lowercase() => folded.to_ascii_lowercase(),
                'A'..='Z' => folded,
                _ => '.',
            });
        }
    }
    plain
}

/// Cuts at the end of the line, wherever that falls in a word; a line never begins with a sign that
/// would end the field.
fn lines(text: &str) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    let mut line = String::new();
    for letter in text.chars() {
        if line.len() == LINE_CHARACTERS {
            let last = if matches!(letter, ':' | '-') { line.pop() } else { None };
            lines.push(std::mem::take(&mut line));
            line.extend(last);
        }
        line.push(letter);
    }
    lines.push(line);
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_line_is_too_long_or_begins_with_a_sign_of_the_format() {
        let text = "CUSTOMER MBVCB:-".repeat(15);
        let lines = lines(&text);
        assert!(lines.len() > 3);
        for line in &lines {
            assert!(line.len() <= LINE_CHARACTERS && !line.starts_with([':', '-']), "{line}");
        }
        assert_eq!(lines.concat(), text);
    }

    #[test]
    fn only_the_character_set_of_swift_is_left() {
        assert_eq!(swift_text("Đặng #1; A-B/C"), "Dang .1. A-B/C");
    }
}
