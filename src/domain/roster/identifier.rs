//! Numbers that name a student: which there are, what shape they have, and how they are shown.

use chrono::Datelike;
use serde::{Deserialize, Serialize};

use super::sex::Sex;
use crate::domain::calendar::Day;

/// Whose number it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scheme {
    /// The person's number of the state (số định danh cá nhân), twelve digits.
    PersonalNumber,
    /// The number in the ministry's database (mã định danh Bộ GD&ĐT).
    EducationCode,
    /// The school's own code (mã học sinh).
    SchoolCode,
    /// Any other.
    Other,
}

impl Scheme {
    /// Those that are kept besides the school's own code.
    pub const KEPT: [Scheme; 3] = [Scheme::PersonalNumber, Scheme::EducationCode, Scheme::Other];

    /// The stable name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Scheme::PersonalNumber => "personal_number",
            Scheme::EducationCode => "education_code",
            Scheme::SchoolCode => "school_code",
            Scheme::Other => "other",
        }
    }

    /// The scheme of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Scheme> {
        [Scheme::PersonalNumber, Scheme::EducationCode, Scheme::SchoolCode, Scheme::Other]
            .into_iter()
            .find(|scheme| scheme.name() == name)
    }

    /// How a number is shown: a personal number never in full.
    #[must_use]
    pub fn shown(self, value: &str) -> String {
        match self {
            Scheme::PersonalNumber => masked(value),
            Scheme::EducationCode | Scheme::SchoolCode | Scheme::Other => value.to_owned(),
        }
    }
}

/// A number with its middle hidden: `012*****6789`.
#[must_use]
pub fn masked(number: &str) -> String {
    let length = number.chars().count();
    let shown = |index: usize| length > 8 && (index < 3 || index + 4 >= length);
    number.chars().enumerate().map(|(i, digit)| if shown(i) { digit } else { '*' }).collect()
}

/// A personal number: province, century and sex, year of birth, and six digits by chance.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PersonalNumber(String);

/// Why a personal number may belong to somebody else; it is kept all the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Doubt {
    /// No province has its first three digits.
    Province,
    /// It says another sex.
    Sex,
    /// It says another year of birth.
    BirthYear,
}

impl PersonalNumber {
    /// Takes twelve digits, with or without blanks and points between them.
    #[must_use]
    pub fn parse(text: &str) -> Option<PersonalNumber> {
        let digits: String = text.chars().filter(|c| !matches!(c, ' ' | '.' | '\u{a0}')).collect();
        let shaped = digits.len() == 12 && digits.bytes().all(|byte| byte.is_ascii_digit());
        shaped.then_some(PersonalNumber(digits))
    }

    /// The twelve digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What does not fit to what else is known of the person.
    #[must_use]
    pub fn doubts(&self, birth_date: Option<Day>, sex: Option<Sex>) -> Vec<Doubt> {
        let number = |from: usize, to: usize| -> i32 {
            self.0.get(from..to).and_then(|part| part.parse().ok()).unwrap_or_default()
        };
        let mut doubts = Vec::new();
        if !(1..=96).contains(&number(0, 3)) {
            doubts.push(Doubt::Province);
        }
        let digit = number(3, 4);
        let own = if digit % 2 == 0 { Sex::Male } else { Sex::Female };
        if sex.is_some_and(|sex| sex != own) {
            doubts.push(Doubt::Sex);
        }
        let year = 1900 + digit / 2 * 100 + number(4, 6);
        if birth_date.is_some_and(|day| day.year() != year) {
            doubts.push(Doubt::BirthYear);
        }
        doubts
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_personal_number_has_twelve_digits() {
        for (why, text, expected) in [
            ("plain", "001315000123", Some("001315000123")),
            ("in groups", "001 315 000 123", Some("001315000123")),
            ("a zero too few", "01315000123", None),
            ("a letter", "00131500012A", None),
            ("masked", "001*****0123", None),
            ("other digits", "٠٠١٣١٥٠٠٠١٢٣", None),
        ] {
            let read = PersonalNumber::parse(text);
            assert_eq!(read.as_ref().map(PersonalNumber::as_str), expected, "{why}");
        }
    }

    #[test]
    fn what_a_personal_number_says_is_compared() {
        let born = |year| Day::from_ymd_opt(year, 3, 1);
        for (why, number, birth, sex, expected) in [
            ("a girl of 2015", "001315000123", born(2015), Some(Sex::Female), vec![]),
            ("nothing else is known", "001315000123", None, None, vec![]),
            ("a boy of 1999", "079099000123", born(1999), Some(Sex::Male), vec![]),
            ("another sex", "001215000123", born(2015), Some(Sex::Female), vec![Doubt::Sex]),
            ("another year", "001314000123", born(2015), None, vec![Doubt::BirthYear]),
            ("another century", "001115000123", born(2015), None, vec![Doubt::BirthYear]),
            ("no such province", "999315000123", born(2015), None, vec![Doubt::Province]),
        ] {
            let number = PersonalNumber::parse(number).unwrap();
            assert_eq!(number.doubts(birth, sex), expected, "{why}");
        }
    }

    #[test]
    fn only_ends_of_a_personal_number_are_shown() {
        for (number, shown) in
            [("012345676789", "012*****6789"), ("12345678", "********"), ("", "")]
        {
            assert_eq!(Scheme::PersonalNumber.shown(number), shown);
        }
        assert_eq!(Scheme::EducationCode.shown("0123456789"), "0123456789");
    }
}
