//! The text of a transfer as the matcher sees it: folded, cut into words, with a way back to the
//! original characters, and with what the banks added told apart from what the payer wrote.

use crate::domain::text::folded_chars;

mod wrapping;

/// Stands for a letter or digit outside ASCII, so that it ends no word and equals nothing.
const OTHER_LETTER: u8 = 1;

/// Who put a word into the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Author {
    /// The payer, as far as can be told.
    Payer,
    /// A bank: the sender's account and name.
    BankAboutSender,
    /// A bank: the receiving account and its owner's name.
    BankAboutReceiver,
    /// A bank or wallet: numbers of its own.
    BankTrace,
}

/// A maximal run of letters and digits: a range of the squeezed text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Token {
    /// The first byte of the squeezed text.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
    /// Who put it there.
    pub author: Author,
    /// Which character of the original its first letter is.
    at: u32,
}

/// A transfer's text, read once.
#[derive(Clone, Debug, Default)]
pub struct Remittance {
    squeezed: Vec<u8>,
    /// For each letter the character it comes from; empty where all characters are ASCII, so that
    /// a word is as long as it was.
    origin: Vec<u32>,
    tokens: Vec<Token>,
}

impl Remittance {
    /// Reads a text; the sender's own name, where the bank states it, is recognised in the texts
    /// that apps fill in by themselves (`NGUYEN VAN A chuyen tien`).
    #[must_use]
    pub fn read(text: &str, sender: Option<&str>) -> Remittance {
        let mut read = Remittance {
            squeezed: Vec::with_capacity(text.len()),
            origin: Vec::new(),
            tokens: Vec::with_capacity(text.len() / 5 + 1),
        };
        let mut open = None;
        if text.is_ascii() {
            read.take_plain(text.as_bytes());
        } else {
            read.take_marked(text, &mut open);
        }
        read.close(&mut open);
        wrapping::mark(&mut read, text);
        if let Some(sender) = sender {
            wrapping::mark_prefilled(&mut read, sender);
        }
        read
    }

    /// Takes a text of ASCII only, a word at a time.
    fn take_plain(&mut self, text: &[u8]) {
        let mut rest = text;
        while let Some(skipped) = rest.iter().position(u8::is_ascii_alphanumeric) {
            rest = rest.get(skipped..).unwrap_or_default();
            let length = rest.iter().position(|byte| !byte.is_ascii_alphanumeric());
            let (word, behind) = rest.split_at(length.unwrap_or(rest.len()));
            let start = self.squeezed.len();
            let at = u32::try_from(text.len() - rest.len()).unwrap_or(u32::MAX);
            self.squeezed.extend(word.iter().map(u8::to_ascii_uppercase));
            let end = self.squeezed.len();
            self.tokens.push(Token { start, end, author: Author::Payer, at });
            rest = behind;
        }
    }

    /// Takes a text in which characters may have marks, or be none of the Latin alphabet.
    fn take_marked(&mut self, text: &str, open: &mut Option<(usize, u32)>) {
        self.origin.reserve(text.len());
        for (index, letter) in (0_u32..).zip(text.chars()) {
            if letter.is_ascii_alphanumeric() {
                open.get_or_insert((self.squeezed.len(), index));
                self.squeezed.extend(u8::try_from(letter).map(|byte| byte.to_ascii_uppercase()));
                self.origin.push(index);
                continue;
            }
            let mut broken = letter.is_ascii();
            for folded in folded_chars(letter) {
                if folded.is_alphanumeric() {
                    open.get_or_insert((self.squeezed.len(), index));
                    let byte = u8::try_from(folded).ok().filter(u8::is_ascii_alphanumeric);
                    self.squeezed.push(byte.unwrap_or(OTHER_LETTER));
                    self.origin.push(index);
                } else {
                    broken = true;
                }
            }
            if broken {
                self.close(open);
            }
        }
    }

    fn close(&mut self, open: &mut Option<(usize, u32)>) {
        if let Some((start, at)) = open.take() {
            let end = self.squeezed.len();
            self.tokens.push(Token { start, end, author: Author::Payer, at });
        }
    }

    /// The letters and digits of the whole text, folded, without anything between them.
    #[must_use]
    pub fn squeezed(&self) -> &[u8] {
        &self.squeezed
    }

    /// The words, in order.
    #[must_use]
    pub fn tokens(&self) -> &[Token] {
        &self.tokens
    }

    /// The sender's name as the bank states it within the text, without blanks; empty when it does
    /// not.
    #[must_use]
    pub fn sender(&self) -> &[u8] {
        let mut own =
            self.tokens.iter().filter(|token| token.author == Author::BankAboutSender).skip_while(
                |token| {
                    let word = self.word(**token);
                    matches!(word, b"C" | b"CT" | b"T" | b"TU" | b"BO")
                        || word.iter().any(u8::is_ascii_digit)
                },
            );
        let Some(first) = own.next() else { return &[] };
        let last = own.take_while(|token| self.word(**token) != b"REMARK").last().unwrap_or(first);
        self.slice(first.start, last.end)
    }

    /// The letters and digits of a word.
    #[must_use]
    pub fn word(&self, token: Token) -> &[u8] {
        self.slice(token.start, token.end)
    }

    /// A range of the squeezed text; empty when it does not lie within.
    #[must_use]
    pub fn slice(&self, start: usize, end: usize) -> &[u8] {
        self.squeezed.get(start..end).unwrap_or_default()
    }

    /// Where a range of the squeezed text stands in the original: characters from, to (excluded).
    #[must_use]
    pub fn origin(&self, start: usize, end: usize) -> Option<[u32; 2]> {
        let first = self.character(start)?;
        let last = self.character(end.checked_sub(1)?)?;
        Some([first, last.checked_add(1)?])
    }

    /// Which character of the original a letter comes from.
    fn character(&self, place: usize) -> Option<u32> {
        if let Some(index) = self.origin.get(place) {
            return Some(*index);
        }
        let index = self.tokens.partition_point(|token| token.end <= place);
        let token = self.tokens.get(index).filter(|token| token.start <= place)?;
        token.at.checked_add(u32::try_from(place - token.start).ok()?)
    }

    /// The word at a place, if there is one.
    fn word_at(&self, index: usize) -> &[u8] {
        self.tokens.get(index).map(|token| self.word(*token)).unwrap_or_default()
    }

    fn set_author(&mut self, range: std::ops::Range<usize>, author: Author) {
        for token in self.tokens.get_mut(range).unwrap_or_default() {
            token.author = author;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<String> {
        let read = Remittance::read(text, None);
        read.tokens()
            .iter()
            .map(|token| String::from_utf8_lossy(read.word(*token)).into_owned())
            .collect()
    }

    #[test]
    fn words_are_runs_of_letters_and_digits() {
        for (why, text, expected) in [
            ("marks and separators", "Hạnh, lớp 6A1.", &["HANH", "LOP", "6A1"][..]),
            ("decomposed", "Ha\u{323}nh", &["HANH"]),
            ("line end", "HPK3\r\nM9Q2X", &["HPK3", "M9Q2X"]),
            ("a lost letter", "h?c phí", &["H", "C", "PHI"]),
            ("nothing", " .-/ ", &[]),
        ] {
            assert_eq!(words(text), expected, "{why}");
        }
    }

    #[test]
    fn the_sender_is_who_the_bank_says() {
        for (why, text, expected) in [
            ("an app", "LAN.CT tu 0351000000000 TRAN THI B toi 1018000000 TRUONG", "TRANTHIB"),
            ("CITAD", "SHGD:10004067.DD:240910.BO:NGUYEN VAN A.Remark:LAN 6A2", "NGUYENVANA"),
            ("nobody", "LAN 6A2 nop", ""),
        ] {
            let read = Remittance::read(text, None);
            assert_eq!(String::from_utf8_lossy(read.sender()), expected, "{why}");
        }
    }

    #[test]
    fn places_are_characters_of_the_original() {
        let text = "Đóng phí hpk3 m9q2x.";
        let read = Remittance::read(text, None);
        let start = read.squeezed().windows(3).position(|w| w == b"HPK").unwrap();
        assert_eq!(read.origin(start, start + 9), Some([9, 19]));
        let shown: String = text.chars().skip(9).take(10).collect();
        assert_eq!(shown, "hpk3 m9q2x");
        assert_eq!(read.origin(5, 500), None);
        assert_eq!(read.origin(0, 0), None);
    }
}
