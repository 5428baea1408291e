//! Amounts: đồng as a checked integer, and figures of any currency as bank files state them.

use std::fmt;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// An amount in Vietnamese đồng. The đồng has no minor unit: `Vnd::new(1)` is one đồng.
///
/// There is deliberately no `impl Add`: a sum that can wrap cannot be written.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Vnd(i64);

impl Vnd {
    /// Nothing at all.
    pub const ZERO: Vnd = Vnd(0);

    /// An amount of `dong` đồng; negative is money the other way.
    #[must_use]
    pub const fn new(dong: i64) -> Vnd {
        Vnd(dong)
    }

    /// The number of đồng.
    #[must_use]
    pub const fn dong(self) -> i64 {
        self.0
    }

    /// The sum, or `None` when it leaves `i64`.
    #[must_use]
    pub const fn checked_add(self, other: Vnd) -> Option<Vnd> {
        match self.0.checked_add(other.0) {
            Some(sum) => Some(Vnd(sum)),
            None => None,
        }
    }

    /// The difference, or `None` when it leaves `i64`.
    #[must_use]
    pub const fn checked_sub(self, other: Vnd) -> Option<Vnd> {
        match self.0.checked_sub(other.0) {
            Some(rest) => Some(Vnd(rest)),
            None => None,
        }
    }

    /// The opposite amount, or `None` for the one value that has none.
    #[must_use]
    pub const fn checked_neg(self) -> Option<Vnd> {
        match self.0.checked_neg() {
            Some(opposite) => Some(Vnd(opposite)),
            None => None,
        }
    }

    /// The sum of many amounts, or `None` when it leaves `i64`.
    #[must_use]
    pub fn checked_sum(amounts: impl IntoIterator<Item = Vnd>) -> Option<Vnd> {
        amounts.into_iter().try_fold(Vnd::ZERO, Vnd::checked_add)
    }

    /// Whether this is more than nothing.
    #[must_use]
    pub const fn is_positive(self) -> bool {
        self.0 > 0
    }

    /// Whether this is exactly nothing.
    #[must_use]
    pub const fn is_zero(self) -> bool {
        self.0 == 0
    }

    /// The amount grouped for reading, `1.250.000`.
    #[must_use]
    pub fn grouped(self) -> String {
        group_digits(&self.0.to_string())
    }
}

impl fmt::Display for Vnd {
    /// Plain digits, as interchange wants them; [`Vnd::grouped`] is for people.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(out)
    }
}

/// Puts the Vietnamese thousands mark (a point) between groups of three digits of a whole number.
#[must_use]
pub fn group_digits(whole: &str) -> String {
    let (sign, digits) = match whole.strip_prefix('-') {
        Some(digits) => ("-", digits),
        None => ("", whole),
    };
    let mut grouped = String::with_capacity(whole.len() + whole.len() / 3);
    grouped.push_str(sign);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index) % 3 == 0 {
            grouped.push('.');
        }
        grouped.push(digit);
    }
    grouped
}

/// An ISO 4217 alphabetic currency code: three capital letters.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Currency([u8; 3]);

impl Currency {
    /// Vietnamese đồng.
    pub const VND: Currency = Currency(*b"VND");

    /// Three ASCII letters of either case; anything else is `None`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Currency> {
        let letters: [u8; 3] = text.trim().as_bytes().try_into().ok()?;
        letters
            .iter()
            .all(u8::is_ascii_alphabetic)
            .then(|| Currency(letters.map(|letter| letter.to_ascii_uppercase())))
    }

    /// The three letters.
    #[must_use]
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or("XXX")
    }
}

impl Serialize for Currency {
    fn serialize<S: serde::Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        out.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for Currency {
    fn deserialize<D: serde::Deserializer<'de>>(input: D) -> Result<Currency, D::Error> {
        let code = <std::borrow::Cow<'de, str>>::deserialize(input)?;
        Currency::parse(&code).ok_or_else(|| serde::de::Error::custom("not a currency code"))
    }
}

impl fmt::Debug for Currency {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.as_str())
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.as_str())
    }
}

/// The đồng of a figure stated in a file, or `None` when it has a fraction or leaves `i64`.
#[must_use]
pub fn whole_dong(figure: Decimal) -> Option<Vnd> {
    let figure = figure.normalize();
    if figure.scale() != 0 {
        return None;
    }
    i64::try_from(figure.mantissa()).ok().map(Vnd)
}

/// A figure as interchange writes it: no grouping, no exponent, and for đồng no zero fraction.
#[must_use]
pub fn plain_figure(figure: Decimal, currency: Option<Currency>) -> String {
    if currency == Some(Currency::VND) {
        figure.normalize().to_string()
    } else {
        figure.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_grouped_by_points() {
        for (why, dong, expected) in [
            ("no group", 999, "999"),
            ("one point", 1_000, "1.000"),
            ("two points", 1_250_000, "1.250.000"),
            ("negative", -1_250_000, "-1.250.000"),
            ("nothing", 0, "0"),
        ] {
            assert_eq!(Vnd::new(dong).grouped(), expected, "{why}");
        }
    }

    #[test]
    fn sums_that_leave_the_range_are_refused() {
        assert_eq!(Vnd::new(i64::MAX).checked_add(Vnd::new(1)), None);
        assert_eq!(Vnd::new(i64::MIN).checked_sub(Vnd::new(1)), None);
        assert_eq!(Vnd::new(i64::MIN).checked_neg(), None);
        assert_eq!(Vnd::checked_sum([Vnd::new(i64::MAX), Vnd::new(1)]), None);
    }

    #[test]
    fn only_whole_dong_become_an_amount() {
        for (why, text, expected) in [
            ("whole", "2250000", Some(2_250_000)),
            ("zero fraction", "2250000.00", Some(2_250_000)),
            ("half a dong", "2250000.5", None),
            ("too large", "9223372036854775808", None),
        ] {
            let figure: Decimal = text.parse().unwrap();
            assert_eq!(whole_dong(figure).map(Vnd::dong), expected, "{why}");
        }
    }
}
