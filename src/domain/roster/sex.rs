//! A student's sex, as ministry forms have it.

use serde::{Deserialize, Serialize};

use crate::domain::text::squeeze;

/// What a register says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Sex {
    /// Nữ.
    Female,
    /// Nam.
    Male,
}

impl Sex {
    /// Every value, in the order of lists.
    pub const ALL: [Sex; 2] = [Sex::Male, Sex::Female];

    /// Reads `Nam`, `Nữ` and the English words; nothing for any other text.
    #[must_use]
    pub fn parse(text: &str) -> Option<Sex> {
        match squeeze(text).as_str() {
            "NAM" | "MALE" | "M" | "TRAI" => Some(Sex::Male),
            "NU" | "FEMALE" | "F" | "GAI" => Some(Sex::Female),
            _ => None,
        }
    }

    /// The stable name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Sex::Female => "female",
            Sex::Male => "male",
        }
    }

    /// The word of forms and lists.
    #[must_use]
    pub const fn vietnamese(self) -> &'static str {
        match self {
            Sex::Female => "Nữ",
            Sex::Male => "Nam",
        }
    }
}
