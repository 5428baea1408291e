//! Codes that someone else issued: matched as they stand, never corrected.

use super::{Codes, Found, Hit, Written};
use crate::domain::remittance::{Author, Remittance};

impl Codes {
    /// A code that someone else issued has no check symbols to rely on: it counts as a whole word,
    /// or when the text, or all that the payer wrote of it, is nothing else. Digits that may as well
    /// be a day or a telephone need a witness where they are not all there is.
    pub(super) fn issued_elsewhere(&self, read: &Remittance, found: &mut Found) {
        let own: Vec<_> = read.tokens().iter().filter(|t| t.author == Author::Payer).collect();
        let mut add = |start: usize, end: usize, alone: bool| {
            let word = read.slice(start, end);
            let Some(invoice) = self.invoice_of(word) else { return };
            let written =
                if !alone && may_be_number(word) { Written::Pieced } else { Written::AsIssued };
            let hits = if written == Written::Pieced { &mut found.slips } else { &mut found.exact };
            if !hits.iter().any(|hit| hit.invoice == invoice) {
                hits.push(Hit { invoice, start, end, written });
            }
        };
        for token in read.tokens() {
            let payers = token.author == Author::Payer;
            if payers || read.word(*token).iter().any(u8::is_ascii_alphabetic) {
                add(token.start, token.end, payers && own.len() == 1);
            }
        }
        // Groups of nothing but digits are an amount or a day rather than a code: `1.250.000`.
        let joined = |from: usize, to: usize| {
            let groups = read.tokens().iter().filter(|t| from <= t.start && t.end <= to).count();
            groups < 2 || !read.slice(from, to).iter().all(u8::is_ascii_digit)
        };
        if joined(0, read.squeezed().len()) {
            add(0, read.squeezed().len(), true);
        }
        if let (Some(first), Some(last)) = (own.first(), own.last())
            && joined(first.start, last.end)
        {
            add(first.start, last.end, true);
        }
    }
}

/// Whether digits may as well be a day (`051126`, `20261126`) or a telephone (`0912345678`).
fn may_be_number(word: &[u8]) -> bool {
    let number = |range: std::ops::Range<usize>| {
        let digits = word.get(range).and_then(|digits| std::str::from_utf8(digits).ok());
        digits.and_then(|digits| digits.parse::<u32>().ok()).unwrap_or_default()
    };
    let day = |day: u32, month: u32| (1..=31).contains(&day) && (1..=12).contains(&month);
    let year = |year: u32| (2_000..2_100).contains(&year);
    if !word.iter().all(u8::is_ascii_digit) {
        return false;
    }
    match word.len() {
        6 => day(number(0..2), number(2..4)) || day(number(4..6), number(2..4)),
        8 => {
            day(number(0..2), number(2..4)) && year(number(4..8))
                || day(number(6..8), number(4..6)) && year(number(0..4))
        }
        10 => matches!(word, [b'0', b'3' | b'5' | b'7' | b'8' | b'9', ..]),
        _ => false,
    }
}
