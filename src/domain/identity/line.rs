//! The bank's lines, each once, with the places where files show it.

use std::collections::{BTreeMap, HashMap};

use rust_decimal::Decimal;

use super::{Fingerprint, Key};
use crate::domain::calendar::Day;

/// By what a line is known for ever, whatever files show it: it survives that they are taken back
/// and taken in again.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct LineId {
    /// The kind of file.
    pub source: String,
    /// All fields, the account among them.
    pub own: Key,
    /// The ordinal among equal entries of its file, from 0.
    pub ordinal: u32,
}

/// Where a file shows a line. Files and statements go by numbers of the caller's; only equality
/// counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seen {
    /// Which file.
    pub file: i64,
    /// Which statement of all files.
    pub statement: i64,
    /// The entry's place in the statement.
    pub position: i64,
}

/// The days a statement covers and the balances around them. Two statements of one account with the
/// same span show the same movements.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Span {
    /// The first booking day.
    pub first: Day,
    /// The last booking day.
    pub last: Day,
    /// The balance before.
    pub opening: Decimal,
    /// The balance after.
    pub closing: Decimal,
}

impl Span {
    /// Whether an equal span proves equal movements. Money that comes and goes within a day leaves
    /// the balance where it was, and the next such day may be the same; a balance that moved cannot
    /// move the same way from the same start again.
    #[must_use]
    fn proves(&self) -> bool {
        self.opening != self.closing
    }
}

/// What a person said of two lines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ruling {
    /// One line.
    pub one: LineId,
    /// The other.
    pub other: LineId,
    /// Whether they show the same money; two payments otherwise.
    pub same: bool,
}

/// A line of the bank's.
#[derive(Clone, Debug)]
pub struct Line {
    /// The index of its source among [`Lines::sources`].
    pub(super) source: usize,
    /// The ordinal among equal entries of its file.
    pub ordinal: u32,
    /// What it is recognised by.
    pub print: Fingerprint,
    /// Every file that shows it.
    pub seen: Vec<Seen>,
}

/// Lines, gathered from any number of files.
#[derive(Clone, Debug, Default)]
pub struct Lines {
    sources: Vec<String>,
    by_source: BTreeMap<String, usize>,
    all: Vec<Line>,
    by_id: HashMap<(usize, Key, u32), usize>,
    spans: HashMap<i64, Span>,
}

impl Lines {
    /// No lines.
    #[must_use]
    pub fn new() -> Lines {
        Lines::default()
    }

    /// Says what a statement covers, where it states both balances.
    pub fn cover(&mut self, statement: i64, span: Span) {
        if span.proves() {
            self.spans.insert(statement, span);
        }
    }

    /// Adds an entry of a file of `source`; the index of the line that it shows. `ordinal` counts
    /// from 0 the entries of the file that have the same `own` key.
    pub fn see(&mut self, source: &str, ordinal: u32, print: Fingerprint, seen: Seen) -> usize {
        let source = self.source(source);
        let key = (source, print.own, ordinal);
        if let Some(known) = self.by_id.get(&key) {
            if let Some(line) = self.all.get_mut(*known) {
                line.seen.push(seen);
            }
            return *known;
        }
        let next = self.all.len();
        self.by_id.insert(key, next);
        self.all.push(Line { source, ordinal, print, seen: vec![seen] });
        next
    }

    /// Forgets a file: what only it shows is no line any more, though its index stays taken.
    pub fn forget(&mut self, file: i64) {
        for line in &mut self.all {
            line.seen.retain(|seen| seen.file != file);
        }
    }

    /// How many lines there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.all.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    /// A line by its index.
    #[must_use]
    pub fn get(&self, index: usize) -> Option<&Line> {
        self.all.get(index)
    }

    /// The source of a line.
    #[must_use]
    pub fn source_of(&self, index: usize) -> &str {
        let source = self.all.get(index).and_then(|line| self.sources.get(line.source));
        source.map(String::as_str).unwrap_or_default()
    }

    /// Whether a line is an announcement.
    #[must_use]
    pub fn is_announced(&self, index: usize) -> bool {
        super::announces(self.source_of(index))
    }

    /// The index of the line with this id.
    #[must_use]
    pub fn find(&self, id: &LineId) -> Option<usize> {
        let source = self.by_source.get(&id.source)?;
        self.by_id.get(&(*source, id.own, id.ordinal)).copied()
    }

    /// The indexes of some lines that a file shows, in an order of their content alone.
    pub(super) fn in_order(&self, among: impl IntoIterator<Item = usize>) -> Vec<usize> {
        let mut order: Vec<usize> = among
            .into_iter()
            .filter(|index| self.all.get(*index).is_some_and(|line| !line.seen.is_empty()))
            .collect();
        order.sort_unstable();
        order.dedup();
        order.sort_by_key(|index| {
            self.all.get(*index).map(|line| {
                let source = self.sources.get(line.source).map(String::as_str);
                (source, line.print.day, line.print.own, line.ordinal)
            })
        });
        order
    }

    /// Whether some file shows two lines as different ones. The original and the copy of one
    /// statement in a file do not.
    pub(super) fn together(&self, one: &Line, other: &Line) -> bool {
        one.seen.iter().any(|a| {
            other.seen.iter().any(|b| a.file == b.file && !self.copies(a.statement, b.statement))
        })
    }

    fn copies(&self, one: i64, other: i64) -> bool {
        one != other
            && match (self.spans.get(&one), self.spans.get(&other)) {
                (Some(one), Some(other)) => one == other,
                _ => false,
            }
    }

    /// The span of a statement, where it proves anything.
    pub(super) fn span(&self, statement: i64) -> Option<&Span> {
        self.spans.get(&statement)
    }

    fn source(&mut self, source: &str) -> usize {
        if let Some(known) = self.by_source.get(source) {
            return *known;
        }
        let next = self.sources.len();
        self.sources.push(source.to_owned());
        self.by_source.insert(source.to_owned(), next);
        next
    }
}

/// Items gathered under a key, in the order in which keys appear.
pub(super) fn gather<K: std::hash::Hash + Eq + Copy, T>(
    items: impl IntoIterator<Item = (K, T)>,
) -> Vec<(K, Vec<T>)> {
    let mut places: HashMap<K, usize> = HashMap::new();
    let mut gathered: Vec<(K, Vec<T>)> = Vec::new();
    for (key, item) in items {
        let place = *places.entry(key).or_insert(gathered.len());
        match gathered.get_mut(place) {
            Some((_, members)) => members.push(item),
            None => gathered.push((key, vec![item])),
        }
    }
    gathered
}
