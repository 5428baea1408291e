//! The levels a school teaches.

use serde::{Deserialize, Serialize};

use crate::domain::lang::Lang;
use crate::domain::text::squeeze;

/// A level of schooling. A combined school teaches several.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// Before school.
    Preschool,
    /// Grades 1 to 5.
    Primary,
    /// Grades 6 to 9.
    LowerSecondary,
    /// Grades 10 to 12.
    UpperSecondary,
    /// Continuing education.
    Continuing,
}

/// A word that names no level.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownLevel(pub String);

impl Level {
    /// Every level, from the youngest on.
    pub const ALL: [Level; 5] = [
        Level::Preschool,
        Level::Primary,
        Level::LowerSecondary,
        Level::UpperSecondary,
        Level::Continuing,
    ];

    /// The stable name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Level::Preschool => "preschool",
            Level::Primary => "primary",
            Level::LowerSecondary => "lower_secondary",
            Level::UpperSecondary => "upper_secondary",
            Level::Continuing => "continuing",
        }
    }

    /// The word for people.
    #[must_use]
    pub const fn label(self, lang: Lang) -> &'static str {
        match (self, lang) {
            (Level::Preschool, Lang::Vi) => "Mầm non",
            (Level::Preschool, Lang::En) => "preschool",
            (Level::Primary, Lang::Vi) => "Tiểu học",
            (Level::Primary, Lang::En) => "primary",
            (Level::LowerSecondary, Lang::Vi) => "THCS",
            (Level::LowerSecondary, Lang::En) => "lower secondary",
            (Level::UpperSecondary, Lang::Vi) => "THPT",
            (Level::UpperSecondary, Lang::En) => "upper secondary",
            (Level::Continuing, Lang::Vi) => "GDTX",
            (Level::Continuing, Lang::En) => "continuing",
        }
    }

    /// A level by its stable name, or by its Vietnamese or English word, however it is written.
    #[must_use]
    pub fn parse(text: &str) -> Option<Level> {
        let word = squeeze(text);
        let named = Level::ALL.into_iter().find(|level| {
            [level.as_str(), level.label(Lang::Vi), level.label(Lang::En)]
                .iter()
                .any(|name| squeeze(name) == word)
        });
        named.or(match word.as_str() {
            "MN" | "MAUGIAO" | "NHATRE" => Some(Level::Preschool),
            "TH" => Some(Level::Primary),
            "TRUNGHOCCOSO" => Some(Level::LowerSecondary),
            "TRUNGHOCPHOTHONG" => Some(Level::UpperSecondary),
            "GIAODUCTHUONGXUYEN" => Some(Level::Continuing),
            _ => None,
        })
    }

    /// The levels of a text such as `primary, lower_secondary` or `TH&THCS`, each once, from the
    /// youngest on.
    pub fn parse_all(text: &str) -> Result<Vec<Level>, UnknownLevel> {
        let mut levels = Vec::new();
        for word in text.split([',', ';', '+', '&', '/']).map(str::trim).filter(|w| !w.is_empty()) {
            levels.push(Level::parse(word).ok_or_else(|| UnknownLevel(word.to_owned()))?);
        }
        levels.sort_unstable();
        levels.dedup();
        Ok(levels)
    }

    /// Levels as they are kept and as scripts read them.
    #[must_use]
    pub fn joined(levels: &[Level]) -> String {
        levels.iter().map(|level| level.as_str()).collect::<Vec<_>>().join(",")
    }
}
