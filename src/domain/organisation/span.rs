//! The days on which something holds.

use serde::Serialize;

use crate::domain::calendar::{Day, valid_on, vietnamese_day};
use crate::domain::lang::Lang;

/// Days from one to another, both included; open where a side is not known. Never reversed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize)]
pub struct Span {
    from: Option<Day>,
    to: Option<Day>,
}

impl Span {
    /// Always.
    pub const ALWAYS: Span = Span { from: None, to: None };

    /// The days from `from` to `to`, or `None` when they would end before they begin.
    #[must_use]
    pub fn new(from: Option<Day>, to: Option<Day>) -> Option<Span> {
        match (from, to) {
            (Some(from), Some(to)) if to < from => None,
            _ => Some(Span { from, to }),
        }
    }

    /// The first day, when there is one.
    #[must_use]
    pub const fn from(self) -> Option<Day> {
        self.from
    }

    /// The last day, when there is one.
    #[must_use]
    pub const fn to(self) -> Option<Day> {
        self.to
    }

    /// Whether `day` is among them.
    #[must_use]
    pub fn contains(self, day: Day) -> bool {
        valid_on(day, self.from, self.to)
    }

    /// The days both have, if any.
    #[must_use]
    pub fn both(self, other: Span) -> Option<Span> {
        let from = self.from.max(other.from);
        let to = match (self.to, other.to) {
            (Some(one), Some(two)) => Some(one.min(two)),
            (one, two) => one.or(two),
        };
        Span::new(from, to)
    }

    /// For people: `01/07/2025 – nay`.
    #[must_use]
    pub fn text(self, lang: Lang) -> String {
        let day = |day: Day| match lang {
            Lang::Vi => vietnamese_day(day),
            Lang::En => day.to_string(),
        };
        match (self.from, self.to, lang) {
            (None, None, Lang::Vi) => "không ghi ngày".to_owned(),
            (None, None, Lang::En) => "no dates".to_owned(),
            (Some(from), None, Lang::Vi) => format!("từ {}", day(from)),
            (Some(from), None, Lang::En) => format!("from {}", day(from)),
            (None, Some(to), Lang::Vi) => format!("đến {}", day(to)),
            (None, Some(to), Lang::En) => format!("until {}", day(to)),
            (Some(from), Some(to), _) => format!("{} – {}", day(from), day(to)),
        }
    }
}
