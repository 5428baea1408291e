//! What a school confirms to a family: money that was received for a student. A receipt never changes;
//! one that holds no longer is voided, and another takes its place.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::domain::calendar::Day;
use crate::domain::money::Vnd;
use crate::domain::school_year::SchoolYear;

/// The number of a receipt within its school's year, without gaps: `BL-2026-000123`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ReceiptNumber {
    /// The school year.
    pub year: SchoolYear,
    /// 1 for the first of the year.
    pub number: i64,
}

impl ReceiptNumber {
    /// Reads a number as it is printed, in any case; `None` for anything else.
    #[must_use]
    pub fn parse(text: &str) -> Option<ReceiptNumber> {
        let text = text.trim().to_ascii_uppercase();
        let (year, number) = text.strip_prefix("BL-")?.split_once('-')?;
        let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
        if year.len() != 4 || !digits(year) || !digits(number) {
            return None;
        }
        let year = SchoolYear::beginning(year.parse().ok()?);
        Some(ReceiptNumber { year, number: number.parse().ok().filter(|number| *number > 0)? })
    }
}

impl fmt::Display for ReceiptNumber {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "BL-{:04}-{:06}", self.year.first_year(), self.number)
    }
}

/// Digits and capital letters without I, L, O and U, which are mistaken for others.
const SYMBOLS: [char; 32] = [
    '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'A', 'B', 'C', 'D', 'E', 'F', 'G', 'H', 'J',
    'K', 'M', 'N', 'P', 'Q', 'R', 'S', 'T', 'V', 'W', 'X', 'Y', 'Z',
];

/// How many symbols a code has: 80 bits.
const LENGTH: usize = 16;

/// How many stand together on paper.
const GROUP: usize = 4;

/// The code by which anybody who holds a receipt can ask whether it is genuine. Whoever does not hold
/// it cannot guess it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct VerifyCode(String);

impl VerifyCode {
    /// The code made of ten bytes that nobody can guess.
    #[must_use]
    pub fn of(bytes: [u8; 10]) -> VerifyCode {
        let (mut code, mut bits, mut held) = (String::with_capacity(LENGTH), 0_u32, 0_u32);
        for byte in bytes {
            bits = (bits << 8) | u32::from(byte);
            held += 8;
            while held >= 5 {
                held -= 5;
                let symbol = usize::try_from((bits >> held) & 31).unwrap_or_default();
                code.extend(SYMBOLS.get(symbol));
            }
            bits &= (1 << held) - 1;
        }
        VerifyCode(code)
    }

    /// Reads what somebody typed from paper: in any case, grouped or not, with the letters that are
    /// mistaken for digits.
    #[must_use]
    pub fn parse(text: &str) -> Option<VerifyCode> {
        let mut code = String::with_capacity(LENGTH);
        for letter in text.trim().chars().filter(|letter| !matches!(letter, ' ' | '-' | '\u{a0}')) {
            let symbol = match letter.to_ascii_uppercase() {
                'O' => '0',
                'I' | 'L' => '1',
                other => other,
            };
            if !SYMBOLS.contains(&symbol) || code.len() >= LENGTH {
                return None;
            }
            code.push(symbol);
        }
        (code.len() == LENGTH).then_some(VerifyCode(code))
    }

    /// As it is stored and stands in addresses.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for VerifyCode {
    /// In groups, as it is printed.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, symbol) in self.0.chars().enumerate() {
            if at > 0 && at % GROUP == 0 {
                out.write_str("-")?;
            }
            write!(out, "{symbol}")?;
        }
        Ok(())
    }
}

/// What a receipt says, as it was when it was issued.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Content {
    /// The school's name.
    pub school: String,
    /// The student's code.
    pub student_code: String,
    /// The student's name.
    pub student: String,
    /// The student's class.
    pub class: String,
    /// What was paid.
    pub lines: Vec<Line>,
    /// What is open of these invoices after it, in đồng.
    pub left: Vnd,
    /// The day the money came.
    pub paid_on: Day,
    /// By which way.
    pub channel: String,
}

/// A line of a receipt.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Line {
    /// The fee item's name.
    pub item: String,
    /// The collection round's name.
    pub round: String,
    /// The invoice's code.
    pub invoice: String,
    /// How much of it was paid, in đồng.
    pub amount: Vnd,
}

impl Content {
    /// What the lines add up to; `None` when that is no amount.
    #[must_use]
    pub fn total(&self) -> Option<Vnd> {
        Vnd::checked_sum(self.lines.iter().map(|line| line.amount))
    }
}

/// How a receipt stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ReceiptState {
    /// It holds.
    Live,
    /// It holds no longer, and another took its place.
    Replaced,
    /// It holds no longer.
    Voided,
}

impl ReceiptState {
    /// Every state.
    pub const ALL: [ReceiptState; 3] =
        [ReceiptState::Live, ReceiptState::Replaced, ReceiptState::Voided];

    /// The name that addresses and the API use.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            ReceiptState::Live => "live",
            ReceiptState::Replaced => "replaced",
            ReceiptState::Voided => "voided",
        }
    }

    /// The state of that name.
    #[must_use]
    pub fn parse(name: &str) -> Option<ReceiptState> {
        ReceiptState::ALL.into_iter().find(|state| state.as_str() == name)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_number_is_read_back_as_it_is_printed() {
        let number = ReceiptNumber { year: SchoolYear::beginning(2026), number: 123 };
        assert_eq!(number.to_string(), "BL-2026-000123");
        for (why, text, expected) in [
            ("as printed", "BL-2026-000123", Some(number)),
            ("lower case, with blanks", " bl-2026-000123 ", Some(number)),
            ("without zeros", "BL-2026-123", Some(number)),
            (
                "more than six digits",
                "BL-2026-1000000",
                Some(ReceiptNumber { number: 1_000_000, ..number }),
            ),
            ("another kind", "PT-2026-000123", None),
            ("nothing is numbered 0", "BL-2026-000000", None),
            ("a sign", "BL-2026-+12", None),
            ("a short year", "BL-26-000123", None),
        ] {
            assert_eq!(ReceiptNumber::parse(text), expected, "{why}");
        }
    }

    #[test]
    fn a_code_is_read_as_people_copy_it() {
        let code = VerifyCode::of([0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef, 0x00, 0xff]);
        assert_eq!(code.as_str(), "04HMASW9NF6YY07Z");
        assert_eq!(code.to_string(), "04HM-ASW9-NF6Y-Y07Z");
        for (why, text, read) in [
            ("as printed", "04HM-ASW9-NF6Y-Y07Z", true),
            ("lower case and blanks", "04hm asw9 nf6y y07z", true),
            ("O for 0", "O4HM-ASW9-NF6Y-YO7Z", true),
            ("one short", "04HM-ASW9-NF6Y-Y07", false),
            ("one long", "04HM-ASW9-NF6Y-Y07ZZ", false),
            ("U is no symbol", "U4HM-ASW9-NF6Y-Y07Z", false),
            ("nothing", "", false),
        ] {
            let expected = read.then(|| code.clone());
            assert_eq!(VerifyCode::parse(text), expected, "{why}");
        }
    }

    proptest! {
        #[test]
        fn every_bit_counts(a: [u8; 10], b: [u8; 10]) {
            let (one, other) = (VerifyCode::of(a), VerifyCode::of(b));
            prop_assert_eq!(one == other, a == b);
            prop_assert_eq!(VerifyCode::parse(&one.to_string()), Some(one));
        }
    }
}
