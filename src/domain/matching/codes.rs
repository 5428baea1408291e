//! The payment codes of a book, and where a text contains them.
//!
//! Three answers, in falling order of certainty. A code stands in the text *as it was issued*:
//! as a word, glued to others, cut by blanks. It is *pieced together* where a damaged code of another
//! invoice would look the same, or one wrong symbol of it is *corrected*: such a code needs something
//! else of the text to confirm it. Or something is there that *may have been* a code.

mod issued_elsewhere;
mod key;
mod search;

use std::collections::HashMap;

use foldhash::fast::RandomState;

use super::Map;
use crate::domain::payment_code::{
    PaymentCode, TAIL_SYMBOLS, correct_one, symbol_value, with_one_less, with_one_more,
    with_two_look_alikes, with_two_swapped,
};
use crate::domain::remittance::{Author, Remittance};
use key::Key;
use search::{Lies, Search, ends_of_payers_words};

/// The shortest beginning of a code that may name it, as a proposal only.
const SHORTEST_BEGINNING: usize = 6;

/// A beginning that more codes share names none of them.
const MOST_BY_BEGINNING: usize = 3;

/// Fewer symbols behind a prefix are no remnant of a code: `HPT9`.
const SHORTEST_REMNANT: usize = 3;

/// More symbols that no code has make it something else than a remnant.
const MOST_STRANGERS: usize = 2;

/// Damaged codes are looked for at so many places of a text; a longer row of them is no memo.
const MOST_PLACES: usize = 48;

/// The symbols by which a listed code is compared: upper case, without separators for codes of
/// ours. `None` when it is neither a valid code of ours nor 6 to 20 letters and digits.
#[must_use]
pub fn comparable(code: &str) -> Option<Box<[u8]>> {
    if let Ok(ours) = PaymentCode::parse(code) {
        return Some(ours.as_bytes().into());
    }
    let code = code.trim();
    let shaped = (6..=key::MOST_SYMBOLS).contains(&code.len())
        && code.bytes().all(|b| b.is_ascii_alphanumeric());
    shaped.then(|| code.to_ascii_uppercase().into_bytes().into_boxed_slice())
}

/// The prefix by which a code belongs to a group, if it has the shape of ours.
pub(super) fn group_of(symbols: &[u8]) -> Option<&[u8]> {
    let length = symbols.len().checked_sub(TAIL_SYMBOLS)?;
    let prefix = symbols.get(..length)?;
    let lettered = (2..=3).contains(&length) && prefix.iter().all(u8::is_ascii_alphabetic);
    let shaped = symbols.iter().all(|symbol| symbol_value(*symbol).is_some());
    (lettered && shaped).then_some(prefix)
}

/// Codes of one prefix: how many there are, and of how many the check symbols hold.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Group {
    all: usize,
    holding: usize,
}

impl Group {
    /// Counts a code, whose check symbols hold or not.
    pub(super) fn add(&mut self, holds: bool) {
        self.all += 1;
        self.holding += usize::from(holds);
    }

    /// Whether it is ours: most of its codes hold. Of codes issued elsewhere one in 361 does by
    /// chance.
    pub(super) fn is_ours(self) -> bool {
        self.holding * 2 > self.all
    }
}

/// How an invoice's code was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Written {
    /// As it was issued.
    AsIssued,
    /// So that a damaged code of another invoice would look the same.
    Pieced,
    /// With one wrong symbol.
    Corrected,
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
    /// How it is written there.
    pub written: Written,
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
    /// A symbol is missing or too many, two have changed places or were mistaken for others.
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
    /// Codes pieced together or corrected, each invoice once.
    pub slips: Vec<Hit>,
    /// What may have been a code.
    pub broken: Vec<(Hit, Damage)>,
    /// Places of what is left of a code that cannot be told any more.
    pub remnants: Vec<(usize, usize)>,
}

/// The codes of a book.
#[derive(Clone, Debug, Default)]
pub(super) struct Codes {
    by_code: Map<Key, usize>,
    /// Prefixes of the groups that are ours.
    ours: Vec<Box<[u8]>>,
    /// Our codes in order, to find one by its beginning.
    in_order: Vec<(Key, usize)>,
    elsewhere: bool,
}

/// A place where one of our prefixes stands.
#[derive(Clone, Copy, Debug)]
struct Place {
    start: usize,
    /// How many letters the prefix has.
    prefix: usize,
}

impl Place {
    fn end(self) -> usize {
        self.start + self.prefix + TAIL_SYMBOLS
    }
}

impl Codes {
    /// Takes the codes of the invoices, by place. A group of one prefix and length is ours when
    /// most codes of it hold: a list issued elsewhere may look the same.
    pub(super) fn new<'a>(codes: impl ExactSizeIterator<Item = &'a str>) -> Codes {
        let mut by_code = Map::with_capacity_and_hasher(codes.len(), RandomState::default());
        let mut groups: Vec<(Box<[u8]>, Group)> = Vec::new();
        let mut numbers: HashMap<Box<[u8]>, usize> = HashMap::new();
        let mut holding: Vec<(Key, usize, usize)> = Vec::new();
        for (place, code) in codes.enumerate() {
            let Some(symbols) = comparable(code) else { continue };
            let Some(key) = Key::of(&symbols) else { continue };
            if let Some(prefix) = group_of(&symbols) {
                let number = numbers.get(prefix).copied().unwrap_or_else(|| {
                    numbers.insert(prefix.into(), groups.len());
                    groups.push((prefix.into(), Group::default()));
                    groups.len() - 1
                });
                let holds = PaymentCode::from_symbols(&symbols).is_ok();
                if let Some((_, group)) = groups.get_mut(number) {
                    group.add(holds);
                }
                if holds {
                    holding.push((key, place, number));
                }
            }
            by_code.entry(key).or_insert(place);
        }
        let is_ours = |number: usize| groups.get(number).is_some_and(|(_, one)| one.is_ours());
        let mut in_order: Vec<(Key, usize)> = holding
            .into_iter()
            .filter(|(_, _, number)| is_ours(*number))
            .map(|(key, place, _)| (key, place))
            .collect();
        in_order.sort_unstable();
        in_order.dedup_by_key(|(key, _)| *key);
        in_order.shrink_to_fit();
        let elsewhere = in_order.len() < by_code.len();
        groups.retain(|(_, group)| group.is_ours());
        let mut ours: Vec<Box<[u8]>> = groups.into_iter().map(|(prefix, _)| prefix).collect();
        ours.sort_unstable();
        Codes { by_code, ours, in_order, elsewhere }
    }

    /// The invoice of a code as it stands in a structured field.
    pub(super) fn lookup(&self, code: &str) -> Option<usize> {
        self.invoice_of(&comparable(code)?)
    }

    fn invoice_of(&self, symbols: &[u8]) -> Option<usize> {
        self.by_code.get(&Key::of(symbols)?).copied()
    }

    /// Looks through a text.
    pub(super) fn find(&self, read: &Remittance) -> Found {
        let mut found = Found::default();
        let places = self.places(read);
        for place in &places {
            self.window(read, *place, &mut found);
        }
        if self.elsewhere {
            self.issued_elsewhere(read, &mut found);
        }
        settle_overlaps(&mut found);
        let mut search = Search::of(read);
        for hit in &found.exact {
            search.cover(hit.start, hit.end);
        }
        found.slips.retain(|hit| !search.is_covered(hit.start, hit.end));
        self.foreign_words(&mut search, &mut found);
        for place in places.iter().take(MOST_PLACES) {
            self.slip(&search, place.start, place.end(), place.prefix, &mut found);
        }
        self.slip_in_word(&search, &mut found);
        for place in places.iter().take(MOST_PLACES) {
            self.broken(&search, *place, &mut found);
        }
        for place in places.iter().take(MOST_PLACES) {
            remnant(&search, *place, &mut found);
        }
        found
    }

    /// Where one of our prefixes stands.
    fn places(&self, read: &Remittance) -> Vec<Place> {
        let text = read.squeezed();
        let mut places = Vec::new();
        for prefix in &self.ours {
            let Some(first) = prefix.first() else { continue };
            for (start, _) in text.iter().enumerate().filter(|(_, letter)| *letter == first) {
                if text.get(start..start + prefix.len()) == Some(&**prefix) {
                    places.push(Place { start, prefix: prefix.len() });
                }
            }
        }
        places
    }

    /// A code that holds, at a place.
    fn window(&self, read: &Remittance, place: Place, found: &mut Found) {
        let (start, end) = (place.start, place.end());
        let Ok(code) = PaymentCode::from_symbols(read.slice(start, end)) else {
            return;
        };
        let lies = Lies::of(read, start, end);
        let Some(invoice) = self.invoice_of(code.as_bytes()) else {
            if lies.whole {
                found.unknown.push((code.to_string(), start, end));
            }
            return;
        };
        let one_word = lies.whole && lies.words == 1;
        // What a bank wrote is no code, and a code that a bank's words complete was cut short.
        if !lies.by_payer && !one_word {
            return;
        }
        // Made of three words and more, the last not even whole.
        let by_chance = lies.words > 2 && !lies.closes;
        if one_word || !by_chance && !self.has_rival(read, place, invoice) {
            found.exact.push(Hit { invoice, start, end, written: Written::AsIssued });
        } else if !found.slips.iter().any(|hit| hit.invoice == invoice) {
            found.slips.push(Hit { invoice, start, end, written: Written::Pieced });
        }
    }

    /// Whether a code of another invoice would look the same with a symbol lost or one too many, or
    /// cut short where one of the words ends.
    fn has_rival(&self, read: &Remittance, place: Place, invoice: usize) -> bool {
        let first = read.tokens().partition_point(|token| token.end <= place.start);
        let behind = read.tokens().get(first..).unwrap_or_default().iter();
        let ends = behind.map(|token| token.end).take_while(|end| *end < place.end());
        let mut cut = ends.filter(|end| end - place.start >= SHORTEST_BEGINNING);
        if cut.any(|end| self.others_begin(read.slice(place.start, end), invoice)) {
            return true;
        }
        let lost = with_one_more(read.slice(place.start, place.end() - 1), place.prefix);
        let more = with_one_less(read.slice(place.start, place.end() + 1), place.prefix);
        let mut repaired = lost.chain(more);
        repaired.any(|code| self.invoice_of(code.as_bytes()).is_some_and(|other| other != invoice))
    }

    /// Words that are codes of ours with a prefix that is none of this school's.
    fn foreign_words(&self, search: &mut Search<'_>, found: &mut Found) {
        for token in search.read.tokens() {
            let length = token.end - token.start;
            let shaped = (2 + TAIL_SYMBOLS..=3 + TAIL_SYMBOLS).contains(&length);
            if !shaped || token.author != Author::Payer {
                continue;
            }
            let word = search.read.word(*token);
            let (Ok(code), None) = (PaymentCode::from_symbols(word), self.invoice_of(word)) else {
                continue;
            };
            let known = found.unknown.iter().any(|(_, start, _)| *start == token.start);
            if !known && !search.is_covered(token.start, token.end) {
                found.unknown.push((code.to_string(), token.start, token.end));
            }
        }
        found.unknown.sort_by_key(|(_, start, _)| *start);
        found.unknown.dedup_by(|one, other| one.0 == other.0);
        found.unknown.retain(|(_, start, end)| !search.is_covered(*start, *end));
        for (_, start, end) in &found.unknown {
            search.cover(*start, *end);
        }
    }

    /// One wrong symbol anywhere in a word that has the length of a code.
    fn slip_in_word(&self, search: &Search<'_>, found: &mut Found) {
        for token in search.read.tokens() {
            for prefix in &self.ours {
                if token.end - token.start == prefix.len() + TAIL_SYMBOLS {
                    self.slip(search, token.start, token.end, prefix.len(), found);
                }
            }
        }
    }

    /// One wrong symbol in a range, where no other repair is as near.
    fn slip(
        &self,
        search: &Search<'_>,
        start: usize,
        end: usize,
        prefix: usize,
        found: &mut Found,
    ) {
        if search.is_covered(start, end) {
            return;
        }
        let word = search.read.slice(start, end);
        let Some(code) = correct_one(word) else { return };
        let Some(invoice) = self.invoice_of(code.as_bytes()) else { return };
        // A code cut where the bank's own words begin is no code with a slip.
        let lies = Lies::of(search.read, start, end);
        if !lies.by_payer {
            return;
        }
        if found.slips.len() >= MOST_PLACES {
            return;
        }
        let known = found.exact.iter().chain(&found.slips).any(|hit| hit.invoice == invoice);
        let guessed = found.broken.iter().any(|(hit, _)| hit.invoice == invoice);
        if known || guessed {
            return;
        }
        let hit = Hit { invoice, start, end, written: Written::Corrected };
        let rivals: Vec<Hit> = self
            .repairs(search.read, Place { start, prefix })
            .filter(|rival| rival.invoice != invoice)
            .collect();
        // `HP 2/3/27 T3 NH` is near some code by chance.
        if rivals.is_empty() && lies.words <= 2 {
            found.slips.push(hit);
        } else {
            let all = std::iter::once(hit).chain(rivals);
            found.broken.extend(all.map(|hit| (hit, Damage::Typo)));
        }
    }

    /// The invoices whose codes a place shows after some damage that is no single wrong symbol.
    fn repairs(&self, read: &Remittance, place: Place) -> impl Iterator<Item = Hit> {
        let (start, end, prefix) = (place.start, place.end(), place.prefix);
        let lost = with_one_more(read.slice(start, end - 1), prefix).map(move |c| (c, end - 1));
        let swapped = with_two_swapped(read.slice(start, end), prefix).map(move |c| (c, end));
        let more = with_one_less(read.slice(start, end + 1), prefix).map(move |c| (c, end + 1));
        let alike = with_two_look_alikes(read.slice(start, end)).map(|code| (code, end));
        lost.chain(swapped).chain(alike).chain(more).filter_map(move |(code, end)| {
            let invoice = self.invoice_of(code.as_bytes())?;
            Some(Hit { invoice, start, end, written: Written::Corrected })
        })
    }

    /// A beginning of a code, a lost or doubled symbol, two that changed places, two look-alikes:
    /// enough to propose, never to settle.
    fn broken(&self, search: &Search<'_>, place: Place, found: &mut Found) {
        let Place { start, .. } = place;
        let is_slip = found.slips.iter().any(|hit| hit.overlaps(start, start + 1));
        if is_slip || search.is_covered(start, start + 1) {
            return;
        }
        let ends = ends_of_payers_words(search.read, start).into_iter();
        let cut_short = ends.filter(|end| *end < place.end()).find_map(|end| {
            let few = self.by_beginning(search.read.slice(start, end));
            (!few.is_empty()).then_some((few, end))
        });
        if let Some((few, end)) = cut_short {
            for (_, invoice) in few {
                let hit = Hit { invoice: *invoice, start, end, written: Written::Corrected };
                if !found.exact.iter().chain(&found.slips).any(|one| one.invoice == *invoice) {
                    found.broken.push((hit, Damage::Cut));
                }
            }
            return;
        }
        for hit in self.repairs(search.read, place) {
            let guessed = found.broken.iter().map(|(hit, _)| hit);
            let mut all = found.exact.iter().chain(&found.slips).chain(guessed);
            if !all.any(|one| one.invoice == hit.invoice || one.overlaps(start, start)) {
                found.broken.push((hit, Damage::Typo));
            }
        }
    }

    /// Our codes that begin so.
    fn beginning_with(&self, beginning: &[u8]) -> &[(Key, usize)] {
        let Some(key) = Key::of(beginning) else { return &[] };
        let end = key.end_of_beginning(beginning.len());
        let first = self.in_order.partition_point(|(code, _)| *code < key);
        let behind = self.in_order.get(first..).unwrap_or_default();
        let count = behind.partition_point(|(code, _)| *code < end);
        behind.get(..count).unwrap_or_default()
    }

    /// Whether a code of another invoice begins so.
    fn others_begin(&self, beginning: &[u8], invoice: usize) -> bool {
        self.beginning_with(beginning).iter().any(|(_, other)| *other != invoice)
    }

    /// The few codes that begin so; none when there are more.
    fn by_beginning(&self, beginning: &[u8]) -> &[(Key, usize)] {
        if beginning.len() < SHORTEST_BEGINNING {
            return &[];
        }
        let fitting = self.beginning_with(beginning);
        if fitting.len() <= MOST_BY_BEGINNING { fitting } else { &[] }
    }
}

/// A payer's word that begins like a code of ours and goes on with some of its symbols, a digit
/// among them, where nothing else was made of it.
fn remnant(search: &Search<'_>, place: Place, found: &mut Found) {
    let [_, word_end] = ends_of_payers_words(search.read, place.start);
    let end = word_end.min(place.end());
    let rest = search.read.slice(place.start + place.prefix, end);
    let strangers = rest.iter().filter(|symbol| symbol_value(**symbol).is_none()).count();
    let damaged = rest.len() >= SHORTEST_REMNANT
        && rest.iter().any(u8::is_ascii_digit)
        && strangers <= MOST_STRANGERS
        && rest.len() > 2 * strangers
        && Lies::of(search.read, place.start, end).by_payer;
    let guessed = found.broken.iter().map(|(hit, _)| hit);
    let known = found.slips.iter().chain(guessed).any(|hit| hit.overlaps(place.start, end));
    if damaged && !known && !search.is_covered(place.start, end) {
        found.remnants.push((place.start, end));
    }
}

/// Drops hits that lie within a longer one; tells when two cross or coincide; keeps one for each
/// invoice.
fn settle_overlaps(found: &mut Found) {
    if found.exact.len() < 2 {
        return;
    }
    found.exact.sort_by_key(|hit| (hit.start, std::cmp::Reverse(hit.end)));
    let mut seen = std::collections::HashSet::new();
    let mut kept: Vec<Hit> = Vec::new();
    for hit in found.exact.drain(..) {
        if let Some(last) = kept.last().filter(|last| last.overlaps(hit.start, hit.end)) {
            found.crossing |= last.invoice != hit.invoice;
        }
        if seen.insert(hit.invoice) {
            kept.push(hit);
        }
    }
    found.exact = kept;
}

#[cfg(test)]
mod tests;
