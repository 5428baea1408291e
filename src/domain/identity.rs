//! One payment for each real transfer, however often and in whatever files it is seen.
//!
//! A *source* is a kind of file. Within one source the same entry nearly always has the same fields:
//! entries equal in all of them, with the same ordinal among equal entries of their file, are one
//! [`Line`], and two equal rows of one file stay two. Where a bank gives a line another reference in
//! a later download, running balances or equal statements prove that it is the same, or prove that
//! it is not; what nothing proves is two payments, the second of them a [`Doubt`].
//!
//! Across sources fields differ, so lines join, one to one, payments that the new source has not
//! witnessed yet: by the bank's reference, by the text, by a text that was cut. The number of
//! payments is then the largest that any one source shows. What a notification announced may be
//! booked on the next banking day; then the text has to be the same and no other may fit.
//!
//! A person's [`Ruling`] about two lines comes before all of this.
//!
//! [`recognise`] looks at *all* lines at once and in an order of their own, so what comes out cannot
//! depend on the order in which files came in.

use std::fmt;
use std::str::FromStr;

use rust_decimal::Decimal;
use sha2::{Digest, Sha256};

use crate::domain::calendar::Day;
use crate::domain::money::plain_figure;
use crate::domain::statement::Entry;
use crate::domain::text::squeeze;

mod across;
mod announced;
mod classes;
mod doubt;
mod line;
mod proof;
mod recognise;

pub use announced::{Lone, perhaps_announced};
pub use doubt::{Doubt, Why};
pub use line::{Line, LineId, Lines, Ruling, Seen, Span};
pub use recognise::{Recognised, reach, recognise};

/// The longest a bank takes from moving money to booking it: the holidays of Tết.
pub const LONGEST_DELAY_DAYS: i64 = 12;

/// A text shorter than this is no evidence on another day.
const SHORTEST_WORDS: usize = 12;

/// How the sources begin that announce money before a statement shows it.
const ANNOUNCING: &str = "notification:";

/// The source of a provider's notifications.
#[must_use]
pub fn notification_source(provider: &str) -> String {
    format!("{ANNOUNCING}{provider}")
}

/// Whether a source announces money before a statement shows it.
#[must_use]
pub fn announces(source: &str) -> bool {
    source.starts_with(ANNOUNCING)
}

/// Larger groups of lines that look alike are not compared pair by pair.
const LARGEST_GROUP: usize = 200;

/// 128 bits of SHA-256 over some fields of an entry; printed as 32 hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key(u128);

impl Key {
    /// The key of some fields; each counts with its length, so that no two lists run together.
    fn of<'a>(fields: impl IntoIterator<Item = &'a str>) -> Key {
        let mut digest = Sha256::new();
        for field in fields {
            let length = u64::try_from(field.len()).unwrap_or(u64::MAX);
            digest.update(length.to_le_bytes());
            digest.update(field.as_bytes());
        }
        let digest: [u8; 32] = digest.finalize().into();
        let bytes = digest.into_iter().take(16);
        Key(bytes.fold(0, |key, byte| key << 8 | u128::from(byte)))
    }
}

impl fmt::Display for Key {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{:032x}", self.0)
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, out)
    }
}

impl FromStr for Key {
    type Err = std::num::ParseIntError;

    fn from_str(text: &str) -> Result<Key, Self::Err> {
        u128::from_str_radix(text, 16).map(Key)
    }
}

/// What a booked entry is recognised by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fingerprint {
    /// All fields: equal for the same entry in files of one source.
    pub own: Key,
    /// Account, day, direction, amount and text.
    pub text: Key,
    /// Account, direction, amount and the bank's reference, when that is strong enough.
    pub reference: Option<Key>,
    /// Account, day, direction and amount: what any two sightings of a payment on a day share.
    pub group: Key,
    /// Account, direction, amount and text, on whatever day; `None` for a text that says little.
    pub words: Option<Key>,
    /// Whether the source numbers its lines itself: two numbers are two movements.
    pub numbered: bool,
    /// The bank's day.
    pub day: Day,
    /// The text's letters and digits, folded.
    pub squeezed: String,
    /// The account's balance after the line, when stated.
    pub balance: Option<Decimal>,
    /// Whether the line moves the balance: its amount is not zero.
    pub moves: bool,
}

impl Fingerprint {
    /// The fingerprint of an entry of `account`, the account's number as its file states it.
    #[must_use]
    pub fn of(account: Option<&str>, entry: &Entry) -> Fingerprint {
        let account = account.map(squeeze).unwrap_or_default();
        let day = entry.booking_date.to_string();
        let direction = entry.credit_debit.as_str();
        let amount = entry.amount.normalize().to_string();
        let currency = entry.currency.as_str();
        let squeezed = entry.remittance.as_deref().map(squeeze).unwrap_or_default();
        let reference = entry.reference.as_deref().map(squeeze).unwrap_or_default();
        let balance = entry
            .balance_after
            .map(|balance| plain_figure(balance.normalize(), None))
            .unwrap_or_default();
        let reversal = if entry.reversal { "reversal" } else { "" };
        let figure = [account.as_str(), direction, &amount, currency];
        let with = |more: &[&str]| Key::of(figure.iter().chain(more).copied());
        let source_id = entry.extras.source_id();
        Fingerprint {
            own: match source_id {
                Some(id) => with(&["numbered", id]),
                None => {
                    with(&[&day, entry.status.as_str(), reversal, &reference, &squeezed, &balance])
                }
            },
            words: (squeezed.len() >= SHORTEST_WORDS).then(|| with(&["words", &squeezed])),
            numbered: source_id.is_some(),
            text: with(&[&day, &squeezed]),
            reference: is_strong(&reference).then(|| with(&["reference", &reference])),
            group: with(&[&day]),
            day: entry.booking_date,
            squeezed,
            balance: entry.balance_after,
            moves: !entry.amount.is_zero(),
        }
    }
}

/// Whether a squeezed reference can be the bank's own id of a transfer rather than a branch, a
/// teller or a day: at least ten letters and digits, four of them digits.
#[must_use]
pub fn is_strong(reference: &str) -> bool {
    reference.len() >= 10 && reference.bytes().filter(u8::is_ascii_digit).count() >= 4
}

/// The source of a file: its format without the version, and for spreadsheets the bank's layout.
#[must_use]
pub fn source_kind(format: &str, layout: Option<&str>) -> String {
    let mut parts = format.split('.');
    let family = match (parts.next(), parts.next()) {
        (Some("camt"), Some(message)) => format!("camt.{message}"),
        _ => format.to_owned(),
    };
    match (layout, family.as_str()) {
        (Some(layout), _) => format!("{family}:{layout}"),
        (None, "csv" | "xlsx" | "xls") => format!("{family}:generic"),
        (None, _) => family,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_source_is_a_kind_of_file() {
        for (why, format, layout, expected) in [
            ("a version does not matter", "camt.053.001.08", None, "camt.053"),
            ("an older one", "camt.053.001.02", None, "camt.053"),
            ("another message", "camt.054.001.08", None, "camt.054"),
            ("SWIFT", "mt940", None, "mt940"),
            ("a bank's sheet", "xlsx", Some("vietcombank-cashup"), "xlsx:vietcombank-cashup"),
            ("an unknown sheet", "csv", None, "csv:generic"),
        ] {
            assert_eq!(source_kind(format, layout), expected, "{why}");
        }
    }

    #[test]
    fn keys_are_printed_and_read() {
        let key = Key::of(["a", "bc"]);
        assert_eq!(key.to_string().parse(), Ok(key));
        assert_eq!(key.to_string().len(), 32);
        assert_ne!(key, Key::of(["ab", "c"]));
    }

    #[test]
    fn only_long_references_are_strong() {
        for (why, reference, strong) in [
            ("a transfer's id", "FT26306123456", true),
            ("short", "FT263", false),
            ("a word", "CHUYENTIENNHANH", false),
        ] {
            assert_eq!(is_strong(reference), strong, "{why}");
        }
    }
}
