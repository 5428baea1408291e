//! The payments already known, and how a file's entries join them.

use std::collections::HashMap;

use super::{Fingerprint, Key};
use crate::domain::calendar::Day;

/// The longest a bank takes from moving money to booking it: the holidays of Tết.
const LONGEST_DELAY_DAYS: i64 = 12;

/// A text shorter than this is no evidence when it is part of another.
const SHORTEST_CUT_TEXT: usize = 12;

/// Larger groups of equal amounts on one day are not searched for cut texts.
const LARGEST_GROUP: usize = 200;

/// What a file's entry is among the known payments.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Verdict {
    /// A payment not known before; the index it now has.
    New(usize),
    /// A known payment, seen for the first time by this source.
    Witness(usize),
    /// An entry known from another file of the same source.
    Duplicate(usize),
}

impl Verdict {
    /// The payment's index.
    #[must_use]
    pub const fn payment(self) -> usize {
        match self {
            Verdict::New(payment) | Verdict::Witness(payment) | Verdict::Duplicate(payment) => {
                payment
            }
        }
    }
}

/// A sighting of a payment, kept under its keys.
#[derive(Clone, Debug)]
struct Sighting {
    payment: usize,
    day: Day,
    squeezed: String,
}

/// Places under one key: nearly always one, which then needs no memory of its own.
#[derive(Clone, Debug, Default)]
struct Few {
    first: Option<usize>,
    more: Vec<usize>,
}

impl Few {
    fn push(&mut self, place: usize) {
        if self.first.is_none() {
            self.first = Some(place);
        } else {
            self.more.push(place);
        }
    }

    fn iter(&self) -> impl Iterator<Item = usize> + '_ {
        self.first.iter().chain(&self.more).copied()
    }
}

/// Payments and what they are recognised by.
#[derive(Clone, Debug, Default)]
pub struct Known {
    sources: HashMap<String, usize>,
    /// For each payment the sources that have witnessed it.
    witnessed_by: Vec<Vec<usize>>,
    entries: HashMap<(usize, Key, u32), usize>,
    sightings: Vec<Sighting>,
    by_reference: HashMap<Key, Few>,
    by_text: HashMap<Key, Few>,
    by_group: HashMap<Key, Few>,
}

impl Known {
    /// Nothing known.
    #[must_use]
    pub fn new() -> Known {
        Known::default()
    }

    /// Adds a payment without sightings; its index. Follow with [`Known::add_witness`].
    pub fn add_payment(&mut self) -> usize {
        self.witnessed_by.push(Vec::new());
        self.witnessed_by.len() - 1
    }

    /// How many payments are known.
    #[must_use]
    pub fn payments(&self) -> usize {
        self.witnessed_by.len()
    }

    /// Adds an entry of `source` as a sighting of a payment. `ordinal` counts from 0 the entries of
    /// the entry's file that have the same `own` key.
    pub fn add_witness(&mut self, payment: usize, source: &str, ordinal: u32, seen: &Fingerprint) {
        let source = self.source(source);
        self.witness(payment, source, ordinal, seen);
    }

    /// Joins the booked entries of one file, in file order; one verdict for each.
    pub fn join(&mut self, source: &str, file: &[Fingerprint]) -> Vec<Verdict> {
        let source = self.source(source);
        self.entries.reserve(file.len());
        self.sightings.reserve(file.len());
        self.by_text.reserve(file.len());
        self.by_group.reserve(file.len());
        let ordinals = ordinals(file);
        let mut verdicts: Vec<Option<Verdict>> = file
            .iter()
            .zip(&ordinals)
            .map(|(entry, ordinal)| self.entries.get(&(source, entry.own, *ordinal)).copied())
            .map(|known| known.map(Verdict::Duplicate))
            .collect();
        let mut joined = Joining { known: self, source, ordinals: &ordinals, file };
        joined.by_reference_on_the_day(&mut verdicts);
        joined.by_lone_reference(&mut verdicts);
        joined.by_text(&mut verdicts);
        joined.by_cut_text(&mut verdicts);
        let mut all = Vec::with_capacity(file.len());
        for ((entry, ordinal), verdict) in file.iter().zip(&ordinals).zip(verdicts) {
            all.push(verdict.unwrap_or_else(|| {
                let payment = self.add_payment();
                self.witness(payment, source, *ordinal, entry);
                Verdict::New(payment)
            }));
        }
        all
    }

    fn source(&mut self, source: &str) -> usize {
        if let Some(known) = self.sources.get(source) {
            return *known;
        }
        let next = self.sources.len();
        self.sources.insert(source.to_owned(), next);
        next
    }

    fn witness(&mut self, payment: usize, source: usize, ordinal: u32, seen: &Fingerprint) {
        self.entries.insert((source, seen.own, ordinal), payment);
        if let Some(sources) = self.witnessed_by.get_mut(payment)
            && !sources.contains(&source)
        {
            sources.push(source);
        }
        let sighting = self.sightings.len();
        self.sightings.push(Sighting { payment, day: seen.day, squeezed: seen.squeezed.clone() });
        if let Some(reference) = seen.reference {
            self.by_reference.entry(reference).or_default().push(sighting);
        }
        self.by_text.entry(seen.text).or_default().push(sighting);
        self.by_group.entry(seen.group).or_default().push(sighting);
    }

    /// Whether a payment may still be joined by an entry of `source`.
    fn is_free(&self, payment: usize, source: usize) -> bool {
        self.witnessed_by.get(payment).is_some_and(|sources| !sources.contains(&source))
    }

    /// The sightings under a key whose payments `source` has not witnessed, one for each payment.
    fn free<'a>(&'a self, sightings: Option<&'a Few>, source: usize) -> Vec<&'a Sighting> {
        let mut payments = std::collections::HashSet::new();
        sightings
            .into_iter()
            .flat_map(Few::iter)
            .filter_map(|sighting| self.sightings.get(sighting))
            .filter(|sighting| self.is_free(sighting.payment, source))
            .filter(|sighting| payments.insert(sighting.payment))
            .collect()
    }
}

/// Counts equal entries of a file, in file order.
fn ordinals(file: &[Fingerprint]) -> Vec<u32> {
    let mut seen: HashMap<Key, u32> = HashMap::with_capacity(file.len());
    file.iter()
        .map(|entry| {
            let next = seen.entry(entry.own).or_default();
            let ordinal = *next;
            *next = next.saturating_add(1);
            ordinal
        })
        .collect()
}

/// The passes over one file. Each looks once at every entry and at every sighting under its keys,
/// so all of them together are linear.
struct Joining<'a> {
    known: &'a mut Known,
    source: usize,
    ordinals: &'a [u32],
    file: &'a [Fingerprint],
}

impl Joining<'_> {
    fn take(&mut self, verdicts: &mut [Option<Verdict>], index: usize, payment: usize) {
        let (Some(entry), Some(ordinal), Some(verdict)) =
            (self.file.get(index), self.ordinals.get(index), verdicts.get_mut(index))
        else {
            return;
        };
        self.known.witness(payment, self.source, *ordinal, entry);
        *verdict = Some(Verdict::Witness(payment));
    }

    /// The entries without a verdict, gathered under a key, in the order in which keys appear.
    fn waiting<K: std::hash::Hash + Eq + Copy>(
        &self,
        verdicts: &[Option<Verdict>],
        key: impl Fn(&Fingerprint) -> Option<K>,
    ) -> Vec<(K, Vec<usize>)> {
        let mut places: HashMap<K, usize> = HashMap::new();
        let mut gathered: Vec<(K, Vec<usize>)> = Vec::new();
        for ((index, entry), verdict) in self.file.iter().enumerate().zip(verdicts) {
            let (None, Some(key)) = (verdict, key(entry)) else { continue };
            let place = *places.entry(key).or_insert(gathered.len());
            match gathered.get_mut(place) {
                Some((_, indexes)) => indexes.push(index),
                None => gathered.push((key, vec![index])),
            }
        }
        gathered
    }

    /// The same reference on the same day.
    fn by_reference_on_the_day(&mut self, verdicts: &mut [Option<Verdict>]) {
        for ((reference, day), indexes) in
            self.waiting(verdicts, |entry| Some((entry.reference?, entry.day)))
        {
            let free = self.known.free(self.known.by_reference.get(&reference), self.source);
            let payments: Vec<_> = free
                .iter()
                .filter(|sighting| sighting.day == day)
                .map(|sighting| sighting.payment)
                .collect();
            for (index, payment) in indexes.into_iter().zip(payments) {
                self.take(verdicts, index, payment);
            }
        }
    }

    /// The same reference on another day, where there is one such entry and one such payment: a
    /// bank may book on Monday what moved on Saturday, and a reference that repeats is none.
    fn by_lone_reference(&mut self, verdicts: &mut [Option<Verdict>]) {
        for (reference, indexes) in self.waiting(verdicts, |entry| entry.reference) {
            let free = self.known.free(self.known.by_reference.get(&reference), self.source);
            let ([index], [sighting]) = (indexes.as_slice(), free.as_slice()) else { continue };
            let Some(entry) = self.file.get(*index) else { continue };
            if (entry.day - sighting.day).num_days().abs() <= LONGEST_DELAY_DAYS {
                let payment = sighting.payment;
                self.take(verdicts, *index, payment);
            }
        }
    }

    /// The same text on the same day.
    fn by_text(&mut self, verdicts: &mut [Option<Verdict>]) {
        for (text, indexes) in self.waiting(verdicts, |entry| Some(entry.text)) {
            let free = self.known.free(self.known.by_text.get(&text), self.source);
            let payments: Vec<_> = free.iter().map(|sighting| sighting.payment).collect();
            for (index, payment) in indexes.into_iter().zip(payments) {
                self.take(verdicts, index, payment);
            }
        }
    }

    /// A text that is part of the other, where neither fits a third.
    fn by_cut_text(&mut self, verdicts: &mut [Option<Verdict>]) {
        for (group, indexes) in self.waiting(verdicts, |entry| Some(entry.group)) {
            let free = self.known.free(self.known.by_group.get(&group), self.source);
            if indexes.len() > LARGEST_GROUP || free.len() > LARGEST_GROUP {
                continue;
            }
            let here = by_writing(indexes.iter().filter_map(|index| {
                self.file.get(*index).map(|entry| (entry.squeezed.as_str(), *index))
            }));
            let there = by_writing(
                free.iter().map(|sighting| (sighting.squeezed.as_str(), sighting.payment)),
            );
            let mut pairs = Vec::new();
            for (text, entries) in &here {
                let mut fitting = there.iter().filter(|(other, _)| one_is_part(text, other));
                let (Some((other, payments)), None) = (fitting.next(), fitting.next()) else {
                    continue;
                };
                let rivals = here.iter().filter(|(rival, _)| one_is_part(rival, other)).count();
                if rivals == 1 {
                    pairs.extend(entries.iter().copied().zip(payments.iter().copied()));
                }
            }
            for (index, payment) in pairs {
                self.take(verdicts, index, payment);
            }
        }
    }
}

/// Items gathered by their text: equal texts are interchangeable.
fn by_writing<'a>(items: impl Iterator<Item = (&'a str, usize)>) -> Vec<(&'a str, Vec<usize>)> {
    let mut gathered: Vec<(&str, Vec<usize>)> = Vec::new();
    for (text, item) in items {
        match gathered.iter_mut().find(|(known, _)| *known == text) {
            Some((_, members)) => members.push(item),
            None => gathered.push((text, vec![item])),
        }
    }
    gathered
}

fn one_is_part(one: &str, other: &str) -> bool {
    let (short, long) = if one.len() <= other.len() { (one, other) } else { (other, one) };
    short.len() >= SHORTEST_CUT_TEXT && long.contains(short)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::money::Currency;
    use crate::domain::statement::{CreditDebit, Entry, EntryExtras, EntryStatus};

    fn entry(day: u32, amount: i64, reference: &str, text: &str) -> Fingerprint {
        let entry = Entry {
            booking_date: Day::from_ymd_opt(2026, 11, day).unwrap(),
            value_date: None,
            credit_debit: CreditDebit::Credit,
            amount: amount.into(),
            currency: Currency::VND,
            status: EntryStatus::Booked,
            reversal: false,
            reference: Some(reference.to_owned()),
            end_to_end_id: None,
            remittance: Some(text.to_owned()),
            counterparty_name: None,
            counterparty_account: None,
            counterparty_bank: None,
            balance_after: None,
            extras: EntryExtras::default(),
            position: String::new(),
        };
        Fingerprint::of(Some("1017 595 600"), &entry)
    }

    const MEMO: &str = "MBVCB.3278907687.LAN 6A2 nop hoc phi";

    #[test]
    fn the_number_of_payments_is_the_largest_any_source_shows() {
        let one = || entry(2, 5, "FT26306000001", MEMO);
        let two = || entry(2, 5, "FT26306000002", MEMO);
        let bare = || entry(2, 5, "", MEMO);
        let cut = || entry(2, 5, "", "LAN 6A2 nop hoc");
        for (why, files, payments) in [
            ("one entry", vec![("a", vec![one()])], 1),
            ("the same file again", vec![("a", vec![one()]), ("a", vec![one()])], 1),
            ("two equal rows of one file", vec![("a", vec![bare(), bare()])], 2),
            (
                "and the same file again",
                vec![("a", vec![bare(), bare()]), ("a", vec![bare(), bare()])],
                2,
            ),
            (
                "an overlapping file that shows one more",
                vec![("a", vec![bare()]), ("a", vec![bare(), bare(), bare()])],
                3,
            ),
            ("another source, same reference", vec![("a", vec![one()]), ("b", vec![one()])], 1),
            ("another source, no reference", vec![("a", vec![one()]), ("b", vec![bare()])], 1),
            (
                "two of one source, one of another",
                vec![("a", vec![one(), two()]), ("b", vec![bare()])],
                2,
            ),
            (
                "one of one source, two of another",
                vec![("b", vec![bare()]), ("a", vec![one(), two()])],
                2,
            ),
            ("a cut text", vec![("a", vec![one()]), ("b", vec![cut()])], 1),
            ("two cut texts", vec![("a", vec![one(), two()]), ("b", vec![cut(), cut()])], 2),
            (
                "a cut text that fits two",
                vec![
                    ("a", vec![one(), entry(2, 5, "", &format!("{MEMO} thang 11"))]),
                    ("b", vec![cut()]),
                ],
                3,
            ),
            (
                "booked after the weekend, same reference",
                vec![("a", vec![one()]), ("b", vec![entry(4, 5, "FT26306000001", "LAN")])],
                1,
            ),
            (
                "a reference that repeats is none",
                vec![
                    ("a", vec![entry(2, 5, "TELLER000123", "A"), entry(3, 5, "TELLER000123", "B")]),
                    ("b", vec![entry(9, 5, "TELLER000123", "C")]),
                ],
                3,
            ),
            ("another day", vec![("a", vec![bare()]), ("b", vec![entry(3, 5, "", MEMO)])], 2),
            ("another amount", vec![("a", vec![one()]), ("b", vec![entry(2, 6, "", MEMO)])], 2),
            ("three sources", vec![("a", vec![one()]), ("b", vec![bare()]), ("c", vec![cut()])], 1),
        ] {
            let mut known = Known::new();
            for (source, file) in &files {
                assert_eq!(known.join(source, file).len(), file.len(), "{why}");
            }
            assert_eq!(known.payments(), payments, "{why}");
            let mut backwards = Known::new();
            for (source, file) in files.iter().rev() {
                backwards.join(source, file);
            }
            assert_eq!(backwards.payments(), payments, "{why}, the other way round");
        }
    }

    #[test]
    fn what_was_known_before_is_joined_as_if_just_read() {
        let mut known = Known::new();
        let payment = known.add_payment();
        let seen = entry(2, 5, "FT26306000001", MEMO);
        known.add_witness(payment, "camt.053", 0, &seen);
        let verdicts = known.join("camt.053", &[seen.clone(), seen.clone()]);
        assert_eq!(verdicts, [Verdict::Duplicate(0), Verdict::New(1)]);
        assert_eq!(known.join("mt940", &[seen]), [Verdict::Witness(0)]);
        assert_eq!(Verdict::New(1).payment(), 1);
    }

    #[test]
    fn a_hundred_thousand_equal_entries_are_joined_in_no_time() {
        let file = vec![entry(2, 5, "FT26306000001", MEMO); 100_000];
        let mut known = Known::new();
        known.join("a", &file);
        known.join("a", &file);
        known.join("b", &file);
        assert_eq!(known.payments(), 100_000);
    }
}
