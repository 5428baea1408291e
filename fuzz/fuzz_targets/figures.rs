//! Numbers and days as files write them.
#![no_main]

use doisoat::domain::money::Currency;
use doisoat::formats::figure::{comma_figure, point_figure};
use doisoat::formats::spreadsheet::date::parse_day;
use doisoat::formats::spreadsheet::number::{Marks, parse_amount, parse_numeric_cell};

libfuzzer_sys::fuzz_target!(|text: &str| {
    let currencies = [Some(Currency::VND), Currency::parse("USD"), None];
    for currency in currencies {
        for figure in [point_figure(text, currency), comma_figure(text, currency)].into_iter().flatten() {
            assert!(!figure.is_sign_negative() || figure.is_zero());
            only_its_digits(text, &figure.to_string());
        }
    }
    for currency in currencies.into_iter().flatten() {
        let mut marks = Marks::default();
        if let Ok(Some(amount)) = parse_amount(text, currency, &mut marks) {
            only_its_digits(text, &amount.figure.to_string());
            // The same cell means the same once more.
            assert_eq!(parse_amount(text, currency, &mut marks).ok().flatten(), Some(amount));
        }
        if let Ok(amount) = parse_numeric_cell(text, currency) {
            only_its_digits(text, &amount.figure.to_string());
        }
    }
    if let Some(day) = parse_day(text) {
        let written = day.format("%d/%m/%Y").to_string();
        assert_eq!(parse_day(&written), Some(day));
    }
});

/// The digits of a figure are those of the text, but for zeros in front and behind the mark.
fn only_its_digits(text: &str, figure: &str) {
    let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
    let (text, figure) = (digits(text), digits(figure));
    let core = figure.trim_matches('0');
    assert!(text.contains(core), "{figure} from {text}");
}
