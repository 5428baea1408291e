//! A text while it is searched for codes: what is covered already, and how a range lies in words.

use crate::domain::remittance::{Author, Remittance};

/// A text on the search, with what is taken of it.
pub(super) struct Search<'a> {
    pub read: &'a Remittance,
    covered: Covered,
}

/// The ranges that codes cover, in order and apart from each other.
#[derive(Default)]
struct Covered(Vec<(usize, usize)>);

impl<'a> Search<'a> {
    /// A text of which nothing is covered.
    pub(super) fn of(read: &'a Remittance) -> Search<'a> {
        Search { read, covered: Covered::default() }
    }

    pub(super) fn cover(&mut self, start: usize, end: usize) {
        let at = self.covered.0.partition_point(|range| range.0 < start);
        self.covered.0.insert(at, (start, end));
    }

    /// Whether a code covers a part of a range. Codes that are certain hardly overlap, so the last
    /// that begins before the range ends tells; one more is looked at for those that do.
    pub(super) fn is_covered(&self, start: usize, end: usize) -> bool {
        let before = self.covered.0.partition_point(|range| range.0 < end);
        let last = self.covered.0.get(before.saturating_sub(2)..before).unwrap_or_default();
        last.iter().any(|range| start < range.1)
    }
}

/// How a range lies in the words of a text.
pub(super) struct Lies {
    /// Whether it begins where a word begins and ends where one ends.
    pub whole: bool,
    /// Whether it ends where a word ends.
    pub closes: bool,
    /// How many words it touches.
    pub words: usize,
    /// Whether the payer wrote all of them.
    pub by_payer: bool,
}

impl Lies {
    pub(super) fn of(read: &Remittance, start: usize, end: usize) -> Lies {
        let first = read.tokens().partition_point(|token| token.end <= start);
        let tokens = read.tokens().get(first..).unwrap_or_default();
        let mut lies = Lies { whole: false, closes: false, words: 0, by_payer: true };
        let (mut opens, mut closes) = (false, false);
        for token in tokens.iter().take_while(|token| token.start < end) {
            lies.words += 1;
            lies.by_payer &= token.author == Author::Payer;
            opens |= token.start == start;
            closes |= token.end == end;
        }
        lies.whole = opens && closes;
        lies.closes = closes;
        lies
    }
}

/// Where the word at a place ends, and where all that the payer wrote from there ends.
pub(super) fn ends_of_payers_words(read: &Remittance, start: usize) -> [usize; 2] {
    let first = read.tokens().partition_point(|token| token.end <= start);
    let own = read.tokens().get(first..).unwrap_or_default().iter();
    let mut own = own.take_while(|token| token.author == Author::Payer).map(|token| token.end);
    let word = own.next().unwrap_or(start);
    [own.last().unwrap_or(word), word]
}
