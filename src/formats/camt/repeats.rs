//! Whether a statement stands in a file twice. Its entries must then count once.

use std::collections::HashMap;
use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};

use chrono::Datelike;

use crate::domain::calendar::Period;
use crate::domain::statement::{Balance, Entry};

/// More statements of one name than a bank sends in ten years are not compared any more.
const MOST_OF_ONE_NAME: usize = 5_000;

/// What a statement says that its repetition says too.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Outline {
    pub opening: Option<Balance>,
    pub closing: Option<Balance>,
    pub period: Option<Period>,
}

impl Outline {
    /// Whether `next` starts where this ends, and so goes on where it stops.
    fn leads_to(&self, next: &Outline) -> bool {
        let figure = |balance: Option<Balance>| balance.map(|balance| balance.amount);
        let joined = self.closing.is_some() && figure(self.closing) == figure(next.opening);
        joined && self != next
    }
}

/// A digest of entries: equal entries in equal order have equal digests. It tells a repetition from
/// another statement under the same name, not friend from foe.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Digest(u64);

impl Digest {
    /// Takes in an entry, wherever in the file it stands.
    pub fn add(&mut self, entry: &Entry) {
        self.mix(u64::from(entry.booking_date.num_days_from_ce().unsigned_abs()));
        self.mix(u64::try_from(entry.amount.mantissa().unsigned_abs()).unwrap_or_default());
        self.text(entry.credit_debit.as_str());
        self.text(entry.status.as_str());
        for text in [&entry.reference, &entry.end_to_end_id, &entry.remittance] {
            self.text(text.as_deref().unwrap_or_default());
        }
    }

    fn text(&mut self, text: &str) {
        for piece in text.as_bytes().chunks(8) {
            let mut word = [0; 8];
            if let Some(start) = word.get_mut(..piece.len()) {
                start.copy_from_slice(piece);
            }
            self.mix(u64::from_le_bytes(word));
        }
        self.mix(u64::try_from(text.len()).unwrap_or_default());
    }

    const fn mix(&mut self, word: u64) {
        // An odd constant with its bits well spread.
        self.0 = (self.0.rotate_left(5) ^ word).wrapping_mul(0x517c_c1b7_2722_0a95);
    }
}

/// What is remembered of a statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seen {
    pub outline: Outline,
    pub entries: u64,
    pub digest: Digest,
}

/// By what a statement is the same: its account, id and sequence number, and the page.
pub type Name = u64;

/// The name of a statement that has an id; one without can be no repetition of another.
pub fn name(account: Option<&str>, id: &str, sequence: Option<&str>, page: Option<u32>) -> Name {
    let mut hasher = DefaultHasher::new();
    (account, id, sequence, page).hash(&mut hasher);
    hasher.finish()
}

/// What the beginning of a statement tells of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Its entries are its own.
    New,
    /// It was there before; whether entry by entry shows when it ends.
    Repeated,
    /// It bears the name of another and is not that one.
    Contradicts,
}

/// The statements of a file so far.
#[derive(Debug, Default)]
pub struct Repeats(HashMap<Name, Vec<Seen>>);

impl Repeats {
    /// Judges a statement by what comes before its entries. Banks that give every statement one id
    /// tell them apart by their periods, or by balances that lead from one to the next.
    pub fn judge(&self, name: Name, outline: &Outline) -> Verdict {
        let Some(seen) = self.0.get(&name) else { return Verdict::New };
        if seen.iter().any(|before| before.outline == *outline) {
            return Verdict::Repeated;
        }
        let other_period = |before: &Seen| {
            before.outline.period.is_some()
                && outline.period.is_some()
                && before.outline.period != outline.period
        };
        let joined =
            |before: &Seen| before.outline.leads_to(outline) || outline.leads_to(&before.outline);
        if seen.len() < MOST_OF_ONE_NAME
            && (seen.iter().all(other_period) || seen.iter().any(joined))
        {
            Verdict::New
        } else {
            Verdict::Contradicts
        }
    }

    /// Remembers a statement that is new.
    pub fn remember(&mut self, name: Name, statement: Seen) {
        self.0.entry(name).or_default().push(statement);
    }

    /// Whether a statement that was judged repeated was there entry by entry.
    pub fn confirms(&self, name: Name, statement: &Seen) -> bool {
        self.0.get(&name).is_some_and(|seen| seen.contains(statement))
    }
}

#[cfg(test)]
mod tests {
    use rust_decimal::Decimal;

    use super::*;
    use crate::domain::calendar::parse_iso_day;

    #[test]
    fn a_statement_is_known_by_its_name_and_its_outline() {
        let balance = |amount| Some(Balance { amount: Decimal::new(amount, 0), date: None });
        let outline = |opening: Option<i64>, closing: Option<i64>, day: Option<&str>| Outline {
            opening: opening.and_then(balance),
            closing: closing.and_then(balance),
            period: day.and_then(parse_iso_day).map(Period::single),
        };
        let first = outline(Some(0), Some(5), Some("2026-11-02"));
        let bare = outline(None, None, None);
        for (why, before, next, expected) in [
            ("the same", first, first, Verdict::Repeated),
            ("nothing is stated", bare, bare, Verdict::Repeated),
            ("another day", first, outline(Some(9), Some(9), Some("2026-11-03")), Verdict::New),
            ("the page after it", first, outline(Some(5), Some(7), None), Verdict::New),
            ("the page before it", first, outline(Some(-3), Some(0), None), Verdict::New),
            (
                "other balances of the same day",
                first,
                outline(Some(1), Some(6), Some("2026-11-02")),
                Verdict::Contradicts,
            ),
            ("balances once and not again", first, bare, Verdict::Contradicts),
        ] {
            let mut repeats = Repeats::default();
            let name = name(Some("1017595600"), "S", Some("1"), None);
            assert_eq!(repeats.judge(name, &next), Verdict::New, "{why}");
            let seen = Seen { outline: before, entries: 1, digest: Digest::default() };
            repeats.remember(name, seen);
            assert_eq!(repeats.judge(name, &next), expected, "{why}");
            assert!(repeats.confirms(name, &seen), "{why}");
            assert!(!repeats.confirms(name, &Seen { entries: 2, ..seen }), "{why}");
        }
    }

    #[test]
    fn names_differ_by_each_of_their_parts() {
        let names = [
            name(Some("1"), "S", Some("1"), None),
            name(Some("2"), "S", Some("1"), None),
            name(None, "S", Some("1"), None),
            name(Some("1"), "T", Some("1"), None),
            name(Some("1"), "S", None, None),
            name(Some("1"), "S", Some("1"), Some(1)),
        ];
        let different: std::collections::HashSet<_> = names.iter().collect();
        assert_eq!(different.len(), names.len());
    }
}
