//! What a fee item is counted by.

use serde::{Deserialize, Serialize};

use crate::domain::lang::Bilingual;

/// What one piece of a fee item is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Unit {
    /// Once.
    Time,
    /// A day, as of meals.
    Day,
    /// A month.
    Month,
    /// A term.
    Term,
    /// A school year.
    Year,
    /// A thing, as of a uniform.
    Piece,
}

impl Unit {
    /// Every unit, in the order in which they are shown.
    pub const ALL: [Unit; 6] =
        [Unit::Time, Unit::Day, Unit::Month, Unit::Term, Unit::Year, Unit::Piece];

    /// The stable name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Unit::Time => "time",
            Unit::Day => "day",
            Unit::Month => "month",
            Unit::Term => "term",
            Unit::Year => "year",
            Unit::Piece => "piece",
        }
    }

    /// A unit by its stable name.
    #[must_use]
    pub fn parse(text: &str) -> Option<Unit> {
        Unit::ALL.into_iter().find(|unit| unit.as_str() == text)
    }

    /// For people.
    #[must_use]
    pub fn label(self) -> Bilingual {
        match self {
            Unit::Time => Bilingual::new("lần", "time"),
            Unit::Day => Bilingual::new("ngày", "day"),
            Unit::Month => Bilingual::new("tháng", "month"),
            Unit::Term => Bilingual::new("học kỳ", "term"),
            Unit::Year => Bilingual::new("năm học", "school year"),
            Unit::Piece => Bilingual::new("cái", "piece"),
        }
    }
}
