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
    let mut hits: Vec<&Hit> = codes.exact.iter().chain(&codes.slips).collect();
    hits.sort_unstable_by_key(|hit| hit.start);
    let mut pieces = Vec::with_capacity(read.tokens().len() + 4);
    for (token, everyday) in read.tokens().iter().zip(everyday) {
        if token.author != Author::Payer {
            continue;
        }
        // The codes that touch this word; few words have any.
        let first = hits.partition_point(|hit| hit.end <= token.start);
        let hits = hits.get(first..).unwrap_or_default();
        let hits =
            hits.get(..hits.partition_point(|hit| hit.start < token.end)).unwrap_or_default();
        let mut start = token.start;
        let mut opens = true;
        while start < token.end {
            let cut = |place: usize| hits.iter().any(|hit| hit.start == place || hit.end == place);
            let rest = read.slice(start, token.end);
            let digits = rest.first().is_some_and(u8::is_ascii_digit);
            let run = rest.iter().take_while(|byte| byte.is_ascii_digit() == digits).count().max(1);
            let end = if hits.is_empty() {
                start + run
            } else {
                (start + 1..start + run).find(|place| cut(*place)).unwrap_or(start + run)
            };
            let by_code = !hits.is_empty() && cut(end);
            let in_code = hits.iter().any(|hit| hit.start <= start && end <= hit.end);
            if !in_code {
                let kind = match (digits, everyday) {
                    (true, _) => Kind::Digits,
                    (false, true) => Kind::Everyday,
                    (false, false) => Kind::Letters,
                };
                pieces.push(Piece { start, end, opens, closes: end == token.end || by_code, kind });
            }
            start = end;
            opens = by_code;
        }
    }
    pieces
}
