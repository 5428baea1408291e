//! The payment codes of a book, and where a text contains them.

use std::collections::HashMap;

use crate::domain::payment_code::{ALPHABET, PaymentCode, TAIL_SYMBOLS, correct_one, symbol_value};
use crate::domain::remittance::{Author, Remittance};

/// The shortest beginning of a code that may name it, as a proposal only.
const SHORTEST_BEGINNING: usize = 6;

/// The symbols by which a listed code is compared: upper case, without separators for codes of
/// ours. `None` when it is neither a valid code of ours nor 6 to 20 letters and digits.
#[must_use]
pub fn comparable(code: &str) -> Option<Box<[u8]>> {
    if let Ok(ours) = PaymentCode::parse(code) {
        return Some(ours.as_bytes().into());
    }
    let code = code.trim();
    let shaped = (6..=20).contains(&code.len()) && code.bytes().all(|b| b.is_ascii_alphanumeric());
    shaped.then(|| code.to_ascii_uppercase().into_bytes().into_boxed_slice())
}

/// The prefix by which a code belongs to a group, if it has the shape of ours.
fn group_of(symbols: &[u8]) -> Option<&[u8]> {
    let length = symbols.len().checked_sub(TAIL_SYMBOLS)?;
    let prefix = symbols.get(..length)?;
    let lettered = (2..=3).contains(&length) && prefix.iter().all(u8::is_ascii_alphabetic);
    let shaped = symbols.iter().all(|symbol| symbol_value(*symbol).is_some());
    (lettered && shaped).then_some(prefix)
}

/// A place of the squeezed text that names an invoice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Hit {
    /// The invoice's place in the book.
    pub invoice: usize,
    /// The first byte.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
}

impl Hit {
    fn overlaps(&self, start: usize, end: usize) -> bool {
        self.start < end && start < self.end
    }
}

/// How a code was damaged beyond certain repair.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Damage {
    /// Only its beginning is left.
    Cut,
    /// A symbol is missing or too many, or two have changed places.
    Typo,
}

/// All that a text says by codes.
#[derive(Clone, Debug, Default)]
pub(super) struct Found {
    /// Codes found as they were issued, each invoice once.
    pub exact: Vec<Hit>,
    /// Two codes share letters of the text, so that not both can be meant.
    pub crossing: bool,
    /// Codes that hold but are not in the book.
    pub unknown: Vec<(String, usize, usize)>,
    /// Codes with one wrong symbol, each invoice once.
    pub slips: Vec<Hit>,
    /// What may have been a code.
    pub broken: Vec<(Hit, Damage)>,
}

/// The codes of a book.
#[derive(Clone, Debug, Default)]
pub(super) struct Codes {
    by_code: HashMap<Box<[u8]>, usize>,
    /// Prefixes of the groups that are ours.
    ours: Vec<Box<[u8]>>,
    /// Our codes in order, to find one by its beginning.
    in_order: Vec<(Box<[u8]>, usize)>,
    elsewhere: bool,
}

impl Codes {
    /// Takes the codes of the invoices, by place. A group of one prefix and length is ours only
    /// when every code of it holds: a list issued elsewhere may look the same by chance.
    pub(super) fn new<'a>(codes: impl ExactSizeIterator<Item = &'a str>) -> Codes {
        let mut by_code = HashMap::with_capacity(codes.len());
        let mut groups: HashMap<Box<[u8]>, bool> = HashMap::new();
        for (place, code) in codes.enumerate() {
            let Some(symbols) = comparable(code) else { continue };
            if let Some(prefix) = group_of(&symbols) {
                let holds = PaymentCode::from_symbols(&symbols).is_ok();
                *groups.entry(prefix.into()).or_insert(true) &= holds;
            }
            by_code.entry(symbols).or_insert(place);
        }
        let mut ours: Vec<_> =
            groups.into_iter().filter_map(|(prefix, holds)| holds.then_some(prefix)).collect();
        ours.sort_unstable();
        let is_ours = |code: &[u8]| {
            group_of(code).is_some_and(|prefix| ours.iter().any(|known| **known == *prefix))
        };
        let mut in_order: Vec<_> = by_code
            .iter()
            .filter(|(code, _)| is_ours(code))
            .map(|(code, place)| (code.clone(), *place))
            .collect();
        in_order.sort_unstable();
        let elsewhere = in_order.len() < by_code.len();
        Codes { by_code, ours, in_order, elsewhere }
    }

    /// The invoice of a code as it stands in a structured field.
    pub(super) fn lookup(&self, code: &str) -> Option<usize> {
        self.by_code.get(&comparable(code)?).copied()
    }

    /// Looks through a text.
    pub(super) fn find(&self, read: &Remittance) -> Found {
        let mut found = Found::default();
        let places = self.places(read);
        for (start, prefix) in &places {
            self.window(read, *start, prefix, &mut found);
        }
        if self.elsewhere {
            self.issued_elsewhere(read, &mut found);
        }
        settle_overlaps(&mut found);
        for (start, prefix) in &places {
            self.slip_in_window(read, *start, prefix, &mut found);
        }
        self.slip_in_word(read, &mut found);
        for (start, prefix) in &places {
            self.broken(read, *start, prefix, &mut found);
        }
        found
    }

    /// Where one of our prefixes stands.
    fn places<'a>(&'a self, read: &Remittance) -> Vec<(usize, &'a [u8])> {
        let text = read.squeezed();
        let mut places = Vec::new();
        for prefix in &self.ours {
            let windows = text.windows(prefix.len()).enumerate();
            let starts = windows.filter(|(_, window)| *window == &**prefix);
            places.extend(starts.map(|(start, _)| (start, &**prefix)));
        }
        places
    }

    fn window(&self, read: &Remittance, start: usize, prefix: &[u8], found: &mut Found) {
        let end = start + prefix.len() + TAIL_SYMBOLS;
        let Ok(code) = PaymentCode::from_symbols(read.slice(start, end)) else {
            return;
        };
        match self.by_code.get(code.as_bytes()) {
            Some(invoice) => found.exact.push(Hit { invoice: *invoice, start, end }),
            None if is_whole_words(read, start, end) => {
                found.unknown.push((code.to_string(), start, end));
            }
            None => {}
        }
    }

    /// A code that someone else issued has no check symbols to rely on: it counts as a whole word,
    /// or when the text, or all that the payer wrote of it, is nothing else.
    fn issued_elsewhere(&self, read: &Remittance, found: &mut Found) {
        let mut add = |start: usize, end: usize| {
            if let Some(invoice) = self.by_code.get(read.slice(start, end)) {
                let hit = Hit { invoice: *invoice, start, end };
                if !found.exact.contains(&hit) {
                    found.exact.push(hit);
                }
            }
        };
        for token in read.tokens() {
            let own = token.author == Author::Payer;
            if own || read.word(*token).iter().any(u8::is_ascii_alphabetic) {
                add(token.start, token.end);
            }
        }
        add(0, read.squeezed().len());
        let own: Vec<_> = read.tokens().iter().filter(|t| t.author == Author::Payer).collect();
        if let (Some(first), Some(last)) = (own.first(), own.last()) {
            add(first.start, last.end);
        }
    }

    /// One wrong symbol after an intact prefix.
    fn slip_in_window(&self, read: &Remittance, start: usize, prefix: &[u8], found: &mut Found) {
        let end = start + prefix.len() + TAIL_SYMBOLS;
        self.slip(read, start, end, prefix, found);
    }

    /// One wrong symbol anywhere in a word that has the length of a code.
    fn slip_in_word(&self, read: &Remittance, found: &mut Found) {
        for token in read.tokens() {
            for prefix in &self.ours {
                if token.end - token.start == prefix.len() + TAIL_SYMBOLS {
                    self.slip(read, token.start, token.end, prefix, found);
                }
            }
        }
    }

    fn slip(&self, read: &Remittance, start: usize, end: usize, prefix: &[u8], found: &mut Found) {
        // A code cut where the bank's own words begin is no code with a slip.
        let banks = read
            .tokens()
            .iter()
            .any(|token| token.author != Author::Payer && token.start < end && start < token.end);
        if banks || found.exact.iter().any(|hit| hit.overlaps(start, end)) {
            return;
        }
        let Some(code) = correct_one(read.slice(start, end)) else {
            return;
        };
        if !code.as_bytes().starts_with(prefix) {
            return;
        }
        let Some(invoice) = self.by_code.get(code.as_bytes()).copied() else {
            return;
        };
        let known = found.exact.iter().chain(&found.slips).any(|hit| hit.invoice == invoice);
        if !known {
            found.slips.push(Hit { invoice, start, end });
        }
    }

    /// A beginning at the text's end, a lost or doubled symbol, two that changed places: enough to
    /// propose, never to settle.
    fn broken(&self, read: &Remittance, start: usize, prefix: &[u8], found: &mut Found) {
        let length = prefix.len() + TAIL_SYMBOLS;
        let taken = |found: &Found, invoice: usize, start: usize, end: usize| {
            let certain = found.exact.iter().chain(&found.slips);
            let guessed = found.broken.iter().map(|(hit, _)| hit);
            certain.chain(guessed).any(|hit| hit.invoice == invoice || hit.overlaps(start, end))
        };
        let mut certain = found.exact.iter().chain(&found.slips);
        if certain.any(|hit| hit.overlaps(start, start + 1)) {
            return;
        }
        let own_end = read
            .tokens()
            .iter()
            .filter(|token| token.author == Author::Payer)
            .map(|token| token.end)
            .max()
            .unwrap_or_default();
        if own_end < start + length {
            let beginning = read.slice(start, own_end);
            if beginning.len() >= SHORTEST_BEGINNING
                && let Some(invoice) = self.by_beginning(beginning)
                && !taken(found, invoice, start, own_end)
            {
                found.broken.push((Hit { invoice, start, end: own_end }, Damage::Cut));
                return;
            }
        }
        for (end, candidates) in [
            (
                start + length - 1,
                with_one_more(read.slice(start, start + length - 1), prefix.len()),
            ),
            (start + length, with_two_swapped(read.slice(start, start + length), prefix.len())),
            (
                start + length + 1,
                with_one_less(read.slice(start, start + length + 1), prefix.len()),
            ),
        ] {
            for candidate in candidates {
                let Some(invoice) = self.by_code.get(&*candidate).copied() else { continue };
                if !taken(found, invoice, start, start) {
                    found.broken.push((Hit { invoice, start, end }, Damage::Typo));
                }
            }
        }
    }

    /// The only code that begins so.
    fn by_beginning(&self, beginning: &[u8]) -> Option<usize> {
        let first = self.in_order.partition_point(|(code, _)| &**code < beginning);
        let mut fitting =
            self.in_order.iter().skip(first).take_while(|(code, _)| code.starts_with(beginning));
        match (fitting.next(), fitting.next()) {
            (Some((_, invoice)), None) => Some(*invoice),
            _ => None,
        }
    }
}

/// Drops hits that lie within a longer one; tells when two cross or coincide; keeps one for each
/// invoice.
fn settle_overlaps(found: &mut Found) {
    found.exact.sort_by_key(|hit| (hit.start, std::cmp::Reverse(hit.end)));
    let mut kept: Vec<Hit> = Vec::new();
    for hit in found.exact.drain(..) {
        if let Some(last) = kept.iter().find(|last| last.overlaps(hit.start, hit.end)) {
            found.crossing |= last.invoice != hit.invoice;
        }
        if !kept.iter().any(|last| last.invoice == hit.invoice) {
            kept.push(hit);
        }
    }
    found.exact = kept;
    found.unknown.dedup_by(|one, other| one.0 == other.0);
    let exact = &found.exact;
    found.unknown.retain(|(_, start, end)| !exact.iter().any(|hit| hit.overlaps(*start, *end)));
}

/// Whether a range of the squeezed text begins where a word begins and ends where one ends.
fn is_whole_words(read: &Remittance, start: usize, end: usize) -> bool {
    read.tokens().iter().any(|token| token.start == start)
        && read.tokens().iter().any(|token| token.end == end)
}

/// The valid words that `word` becomes when one symbol is put in after the prefix.
fn with_one_more(word: &[u8], prefix: usize) -> Vec<Vec<u8>> {
    let mut words = Vec::new();
    for place in prefix..=word.len() {
        for symbol in ALPHABET {
            let Some((head, tail)) = word.split_at_checked(place) else { continue };
            let grown = [head, &[*symbol], tail].concat();
            if PaymentCode::from_symbols(&grown).is_ok() {
                words.push(grown);
            }
        }
    }
    words.dedup();
    words
}

/// The valid words that `word` becomes when one symbol after the prefix is left out.
fn with_one_less(word: &[u8], prefix: usize) -> Vec<Vec<u8>> {
    let mut words: Vec<Vec<u8>> = (prefix..word.len())
        .map(|left_out| {
            let kept = word.iter().enumerate().filter(|(place, _)| *place != left_out);
            kept.map(|(_, symbol)| *symbol).collect()
        })
        .filter(|shrunk: &Vec<u8>| PaymentCode::from_symbols(shrunk).is_ok())
        .collect();
    words.dedup();
    words
}

/// The valid words that `word` becomes when two neighbours after the prefix change places.
fn with_two_swapped(word: &[u8], prefix: usize) -> Vec<Vec<u8>> {
    (prefix..word.len().saturating_sub(1))
        .map(|place| {
            let mut swapped = word.to_vec();
            swapped.swap(place, place + 1);
            swapped
        })
        .filter(|swapped| PaymentCode::from_symbols(swapped).is_ok())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::payment_code::Prefix;

    fn ours(serial: u64) -> String {
        PaymentCode::issue(Prefix::DEFAULT, serial).unwrap().to_string()
    }

    fn exact(codes: &Codes, text: &str) -> Vec<usize> {
        codes.find(&Remittance::read(text, None)).exact.iter().map(|hit| hit.invoice).collect()
    }

    #[test]
    fn our_codes_survive_what_banks_and_people_do_to_them() {
        let (a, b) = (ours(1), ours(2));
        let codes = Codes::new([a.as_str(), b.as_str()].into_iter());
        let (head, tail) = a.split_at(5);
        let low = a.to_ascii_lowercase();
        for (why, text, expected) in [
            ("alone", a.clone(), &[0][..]),
            ("in a memo", format!("{a} HANH 6A1"), &[0]),
            ("lower case", format!("hoc phi {low} hanh"), &[0]),
            ("glued to words", format!("HOCPHI{a}HANH6A1"), &[0]),
            ("glued to numbers", format!("3278907687{a}029552"), &[0]),
            ("after another HP", format!("HP{a}"), &[0]),
            ("split by a blank", format!("{head} {tail} HANH"), &[0]),
            ("split at a line end", format!("X {head}\r\n{tail}.CT tu"), &[0]),
            ("separators between all", a.chars().flat_map(|c| [c, '-']).collect(), &[0]),
            ("dots instead of blanks", format!("MBVCB.3278907687.{a}.HANH"), &[0]),
            ("with marks", format!("học phí {a} Hạnh"), &[0]),
            ("two codes", format!("{b} {a}"), &[1, 0]),
            ("two codes, glued", format!("{a}{b}"), &[0, 1]),
            ("the same twice", format!("{a} {a}"), &[0]),
            ("a number", "20260211 3278907687 029552".to_owned(), &[]),
            ("one symbol wrong", format!("{head}Z{}", &tail[1..]), &[]),
        ] {
            assert_eq!(exact(&codes, &text), expected, "{why}: {text}");
        }
    }

    #[test]
    fn codes_issued_elsewhere_are_matched_as_they_stand() {
        let codes = Codes::new(["HS012345", "20261234", "abc999x"].into_iter());
        for (why, text, expected) in [
            ("a word", "nop hs012345 thang 11", &[0][..]),
            ("a number", "20261234 LAN", &[1]),
            ("the list's case does not matter", "ABC999X", &[2]),
            ("the whole text, with separators", "HS-01.23 45", &[0]),
            (
                "all that the payer wrote",
                "MBVCB.3278907687.HS-012345.CT tu 0351000000000 TRAN B toi 1018000000 TRUONG",
                &[0],
            ),
            ("two words of a longer text", "HS 012345 LAN", &[]),
            ("inside a longer number", "120261234", &[]),
            ("glued to a word", "HS012345LAN", &[]),
            ("one symbol wrong", "HS012346", &[]),
            ("a bank's own number", "LAN.CT tu 20261234 TRAN B toi 1018000000 TRUONG", &[]),
        ] {
            assert_eq!(exact(&codes, text), expected, "{why}: {text}");
        }
    }

    #[test]
    fn a_group_with_one_code_that_does_not_hold_was_issued_elsewhere() {
        let ours = ours(1);
        let theirs = "HP2222223";
        let codes = Codes::new([ours.as_str(), theirs].into_iter());
        assert!(exact(&codes, &format!("X{ours}X")).is_empty());
        assert_eq!(exact(&codes, &format!("X {ours} X {theirs}")), [0, 1]);
    }

    #[test]
    fn damage_is_told_from_certainty() {
        let (a, b) = (ours(1), ours(2));
        let codes = Codes::new([a.as_str(), b.as_str()].into_iter());
        let swapped = format!("{}{}{}{}", &a[..4], &a[5..6], &a[4..5], &a[6..]);
        let other_school = ours(3);
        for (why, text, slips, broken, unknown) in [
            ("a look-alike", format!("{}0{} LAN", &a[..4], &a[5..]), &[0][..], &[][..], 0),
            ("a prefix with a slip", format!("NP{} LAN", &a[2..]), &[0], &[], 0),
            ("a prefix with a slip, glued", format!("XNP{}LAN", &a[2..]), &[], &[], 0),
            ("a lost symbol", format!("{}{} LAN", &a[..4], &a[5..]), &[], &[0], 0),
            ("a symbol too many", format!("{}2{} LAN", &a[..4], &a[4..]), &[], &[0], 0),
            ("two swapped", format!("{swapped} LAN"), &[], &[0], 0),
            ("cut at the end", format!("LAN 6A2 {}", &a[..7]), &[], &[0], 0),
            (
                "cut before the bank's words",
                format!("LAN {}.CT tu 0351000000000 TRAN B toi 1018000000 TRUONG", &a[..7]),
                &[],
                &[0],
                0,
            ),
            ("cut too short", format!("LAN {}", &a[..5]), &[], &[], 0),
            ("a code of another list", format!("{other_school} LAN"), &[], &[], 1),
            ("words", "TT HP 6A2 thang 11 nop tien an".to_owned(), &[], &[], 0),
        ] {
            if why == "two swapped" && swapped == a {
                continue;
            }
            let found = codes.find(&Remittance::read(&text, None));
            assert_eq!(found.exact, [], "{why}: {text}");
            let of = |hits: Vec<Hit>| hits.iter().map(|hit| hit.invoice).collect::<Vec<_>>();
            assert_eq!(of(found.slips), slips, "{why}: {text}");
            let guessed = found.broken.iter().map(|(hit, _)| *hit).collect();
            assert_eq!(of(guessed), broken, "{why}: {text}");
            assert_eq!(found.unknown.len(), unknown, "{why}: {text}");
        }
    }
}
