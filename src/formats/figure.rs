//! Amounts as ISO 20022 and SWIFT write them: digits and at most one decimal mark, nothing else.

use rust_decimal::Decimal;

use crate::domain::money::{Currency, whole_dong};

/// ISO 20022 `ActiveOrHistoricCurrencyAndAmount`: at most 18 digits, 5 of them after the mark.
const MOST_DIGITS: u32 = 18;
const MOST_FRACTION_DIGITS: u32 = 5;
/// Zeros may pad a figure, but no bank writes this many.
const LONGEST_TEXT: usize = 25;

/// Why a text is no amount.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FigureFault {
    /// Not a plain unsigned decimal within the limits of the standard.
    NotPlain,
    /// A fraction of a đồng, which does not exist.
    FractionOfDong,
}

/// Reads an unsigned figure with a decimal point (`xs:decimal` without a sign).
pub fn point_figure(text: &str, currency: Option<Currency>) -> Result<Decimal, FigureFault> {
    figure(text.as_bytes(), b'.', currency)
}

/// Reads an unsigned figure with the decimal comma of SWIFT messages, `1250000,` or `12,5`.
pub fn comma_figure(text: &str, currency: Option<Currency>) -> Result<Decimal, FigureFault> {
    figure(text.as_bytes(), b',', currency)
}

fn figure(text: &[u8], mark: u8, currency: Option<Currency>) -> Result<Decimal, FigureFault> {
    let plain = plain(text, mark).ok_or(FigureFault::NotPlain)?;
    if currency == Some(Currency::VND) && plain.scale() > 0 && whole_dong(plain).is_none() {
        return Err(FigureFault::FractionOfDong);
    }
    Ok(plain)
}

fn plain(text: &[u8], mark: u8) -> Option<Decimal> {
    if text.len() > LONGEST_TEXT {
        return None;
    }
    let (mut mantissa, mut digits, mut scale) = (0_i64, 0_u32, 0_u32);
    let (mut seen_digit, mut seen_mark) = (false, false);
    for &byte in text {
        if byte == mark && !seen_mark {
            seen_mark = true;
            continue;
        }
        if !byte.is_ascii_digit() {
            return None;
        }
        seen_digit = true;
        if seen_mark {
            if scale == MOST_FRACTION_DIGITS {
                // A zero past the fifth place says nothing new; any other digit is refused.
                if byte == b'0' {
                    continue;
                }
                return None;
            }
            scale += 1;
        }
        if mantissa != 0 || byte != b'0' {
            digits += 1;
        }
        mantissa = mantissa.checked_mul(10)?.checked_add(i64::from(byte - b'0'))?;
    }
    (seen_digit && digits <= MOST_DIGITS).then(|| Decimal::new(mantissa, scale))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_plain_decimals_are_amounts() {
        for (why, text, expected) in [
            ("whole", "2250000", Some("2250000")),
            ("two places", "12.50", Some("12.50")),
            ("five places", "0.00001", Some("0.00001")),
            ("18 digits", "123456789012345678", Some("123456789012345678")),
            ("no digit before the mark", ".5", Some("0.5")),
            ("no digit after the mark", "5.", Some("5")),
            ("zeros past the fifth place", "1.0000000", Some("1.00000")),
            ("19 digits", "1234567890123456789", None),
            ("30 digits", "123456789012345678901234567890", None),
            ("six places", "1.000001", None),
            ("signed", "-5", None),
            ("plus sign", "+5", None),
            ("exponent", "1e6", None),
            ("grouped by commas", "2,250,000", None),
            ("grouped by points", "2.250.000", None),
            ("grouped by blanks", "2 250 000", None),
            ("not a number", "NaN", None),
            ("colloquial", "1,25tr", None),
            ("only a mark", ".", None),
            ("empty", "", None),
            ("digits of another script", "٢", None),
        ] {
            let read = point_figure(text, None).ok().map(|figure| figure.to_string());
            assert_eq!(read.as_deref(), expected, "{why}: {text:?}");
        }
    }

    #[test]
    fn the_dong_has_no_fraction() {
        for (why, text, expected) in [
            ("zero fraction", "1000,00", Ok(Decimal::new(100_000, 2))),
            ("no fraction", "1000,", Ok(Decimal::new(1000, 0))),
            ("half a dong", "1000,5", Err(FigureFault::FractionOfDong)),
            ("a point is no comma", "1000.00", Err(FigureFault::NotPlain)),
        ] {
            assert_eq!(comma_figure(text, Some(Currency::VND)), expected, "{why}: {text}");
        }
        assert!(comma_figure("1000,5", Currency::parse("USD")).is_ok());
    }
}
