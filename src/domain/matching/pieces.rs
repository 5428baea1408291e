//! A payer's words in the pieces of which names and classes are made.

use super::codes::{Found, Hit};
use super::words;
use crate::domain::remittance::{Author, Remittance};

/// What a piece consists of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Digits,
    Letters,
    /// Letters of an everyday phrase.
    Everyday,
}

/// A stretch of letters or of digits within a payer's word.
#[derive(Clone, Copy, Debug)]
pub(super) struct Piece {
    pub start: usize,
    pub end: usize,
    /// Whether a word, or what follows a code within one, begins here.
    pub opens: bool,
    /// Whether a word ends here.
    pub closes: bool,
    pub kind: Kind,
}

/// The payer's words, cut where letters and digits meet and where codes begin and end.
pub(super) fn pieces(read: &Remittance, codes: &Found) -> Vec<Piece> {
    let everyday = words::everyday(read);
    let hits: Vec<&Hit> = codes.exact.iter().chain(&codes.slips).collect();
    let mut pieces = Vec::new();
    for (token, everyday) in read.tokens().iter().zip(everyday) {
        if token.author != Author::Payer {
            continue;
        }
        let mut start = token.start;
        let mut opens = true;
        for end in token.start + 1..=token.end {
            let (last, next) = (read.slice(end - 1, end), read.slice(end, end + 1));
            let cut_by_code = hits.iter().any(|hit| hit.start == end || hit.end == end);
            let kinds_meet = is_digit(last) != is_digit(next);
            if end < token.end && !cut_by_code && !kinds_meet {
                continue;
            }
            let in_code = hits.iter().any(|hit| hit.start <= start && end <= hit.end);
            let closes = end == token.end || cut_by_code;
            if !in_code {
                let kind = match (is_digit(last), everyday) {
                    (true, _) => Kind::Digits,
                    (false, true) => Kind::Everyday,
                    (false, false) => Kind::Letters,
                };
                pieces.push(Piece { start, end, opens, closes, kind });
            }
            start = end;
            opens = cut_by_code;
        }
    }
    pieces
}

fn is_digit(byte: &[u8]) -> bool {
    byte.first().is_some_and(u8::is_ascii_digit)
}
