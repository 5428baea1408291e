//! The field `:86:`, information to the account owner: free text, `?20` sub-fields, or `/REMI/` codes.

mod codes;
mod keywords;
mod sub_fields;

use crate::domain::statement::{CreditDebit, Money};

/// A line of `:86:` holds at most 65 characters; one this long was cut by the bank and not by the
/// payer, so the word goes on in the next line.
const CUT_LINE_CHARS: usize = 60;

/// What `:86:` tells about an entry.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Narrative {
    pub remittance: Option<String>,
    pub name: Option<String>,
    pub account: Option<String>,
    pub bank: Option<String>,
    pub end_to_end_id: Option<String>,
    /// What was sent, where that was another currency.
    pub original: Option<Money>,
}

/// Reads the value of `:86:` with its lines as they stand in the file.
pub fn read(text: &str, direction: CreditDebit) -> Narrative {
    if let Some(start) = sub_fields::start(text) {
        return sub_fields::read(text, start);
    }
    let mut joined = Joined::new(CUT_LINE_CHARS, text.len());
    text.split('\n').for_each(|line| joined.add(line));
    match joined.finish() {
        Some(text) if codes::begin(&text) => codes::read(text, direction),
        remittance => Narrative { remittance, ..Narrative::default() },
    }
}

/// What a bank says in `:61:` about the amount that was sent, `/OCMT/EUR100,/`.
pub fn original(text: &str) -> Option<Money> {
    codes::original(text.strip_prefix("/OCMT/")?)
}

/// Puts parts together that the bank cut to a length. A part shorter than the length ended by
/// itself, so a blank belongs between; a full one was cut, perhaps inside a word, and a blank there
/// would break a payment code in two. Blanks that the file has at the cut are kept as one.
struct Joined {
    text: String,
    cut: usize,
    blank: bool,
}

impl Joined {
    /// `room` is asked for once, at the first part.
    fn new(cut: usize, room: usize) -> Joined {
        Joined { text: String::with_capacity(room), cut, blank: false }
    }

    fn add(&mut self, part: &str) {
        let inner = part.trim();
        if inner.is_empty() {
            self.blank = true;
            return;
        }
        if (self.blank || part.starts_with(' ')) && !self.text.is_empty() {
            self.text.push(' ');
        }
        self.text.push_str(inner);
        // Bytes are counted first: they are never fewer than the characters.
        self.blank =
            part.len() < self.cut || part.ends_with(' ') || part.chars().count() < self.cut;
    }

    /// The next part begins something of its own.
    fn part(&mut self) {
        self.blank = true;
    }

    fn finish(self) -> Option<String> {
        (!self.text.is_empty()).then_some(self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn remittance(text: &str) -> Option<String> {
        read(text, CreditDebit::Credit).remittance
    }

    #[test]
    fn words_that_the_bank_cut_are_put_together_again() {
        let full = "MBVCB.3278907687.029552.HPK3M9Q2X HANH 6A1.CT tu 0351000000000 NG";
        let padded = format!("HPK3M9Q2X{}\n{}\nHANH", " ".repeat(56), " ".repeat(65));
        for (why, text, expected) in [
            ("one line", "HPK3M9Q2X HANH 6A1".to_owned(), "HPK3M9Q2X HANH 6A1".to_owned()),
            ("short lines", "HPK3M9Q2X\nHANH 6A1".to_owned(), "HPK3M9Q2X HANH 6A1".to_owned()),
            ("cut inside a word", format!("{full}\nUYEN VAN A"), format!("{full}UYEN VAN A")),
            ("cut before a blank", format!("{full}\n A"), format!("{full} A")),
            ("a full line that ends in a blank", format!("{full} \nA"), format!("{full} A")),
            ("lines filled up with blanks", padded, "HPK3M9Q2X HANH".to_owned()),
            ("an empty line", "HPK3M9Q2X\n\nHANH".to_owned(), "HPK3M9Q2X HANH".to_owned()),
        ] {
            assert_eq!(remittance(&text), Some(expected), "{why}");
        }
        assert_eq!(remittance("  \n "), None, "blanks only");
    }

    #[test]
    fn text_that_only_looks_like_codes_is_kept_whole() {
        for (why, text) in [
            ("a slash first", "/HPK3M9Q2X/6A1"),
            ("a question mark", "abc?20 nghin"),
            ("a question mark behind three letters", "6A1?20 nghin"),
            ("an arrow", "<3 co giao"),
            ("a number and a question mark", "123?ab"),
            ("no remittance code", "/TRTP/CHUYEN KHOAN/NAME/NGUYEN VAN A"),
        ] {
            assert_eq!(remittance(text).as_deref(), Some(text), "{why}");
        }
    }
}
