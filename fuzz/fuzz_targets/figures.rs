//! Numbers and days as files write them.
#![no_main]

use doisoat::domain::money::Currency;
use doisoat::formats::figure::{comma_figure, point_figure};
use doisoat::formats::spreadsheet::date::{is_month_first, looks_like_day, parse_day};
use doisoat::formats::spreadsheet::number::{Marks, is_scientific, parse_amount, parse_numeric_cell};
use doisoat_fuzz::invariants::significant;
use rust_decimal::Decimal;

libfuzzer_sys::fuzz_target!(|text: &str| {
    let currencies = [Some(Currency::VND), Currency::parse("USD"), None];
    for currency in currencies {
        for figure in [point_figure(text, currency), comma_figure(text, currency)].into_iter().flatten() {
            assert!(!figure.is_sign_negative() || figure.is_zero());
            only_its_digits(text, figure);
        }
    }
    for currency in currencies.into_iter().flatten() {
        let mut marks = Marks::default();
        let amount = parse_amount(text, currency, &mut marks);
        if let Ok(Some(amount)) = amount {
            only_its_digits(text, amount.figure);
            assert!(amount.signed || !amount.figure.is_sign_negative() || amount.figure.is_zero());
            assert!(!is_scientific(text.trim()), "digits were cut off");
            // The same cell means the same once more.
            assert_eq!(parse_amount(text, currency, &mut marks), Ok(Some(amount)));
        }
        // The short way for plain figures and the long way for all say and learn the same.
        let mut by_the_long_way = Marks::default();
        let long = parse_amount(&format!(" {text} "), currency, &mut by_the_long_way);
        if let (Ok(short), Ok(long)) = (amount, long) {
            assert_eq!(short, long);
        } else {
            assert_eq!(amount.is_ok(), long.is_ok());
        }
        if let Ok(amount) = parse_numeric_cell(text, currency) {
            only_its_digits(text, amount.figure);
        }
    }
    if let Some(day) = parse_day(text) {
        assert!(!is_month_first(text));
        assert!(text.trim().starts_with(|first: char| first.is_ascii_digit()) && looks_like_day(text));
        let written = day.format("%d/%m/%Y").to_string();
        assert_eq!(parse_day(&written), Some(day));
    }
});

/// The digits of a figure are those of the text.
fn only_its_digits(text: &str, figure: Decimal) {
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let wanted = significant(figure);
    assert!(digits.contains(&wanted), "{figure} from {text}");
}
