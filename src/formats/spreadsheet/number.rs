//! Amounts as banks and people write them in cells: never through a binary fraction, never by guess.

use rust_decimal::Decimal;

use super::mapping::DecimalMark;
use crate::domain::money::Currency;
use crate::domain::text::fold;

/// More digits than any account holds are damage, not money.
const MAX_DIGITS: usize = 18;
/// More decimals than any currency or rate in a statement has.
const MAX_DECIMALS: usize = 8;

/// A figure and whether its sign was written down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Amount {
    /// The signed figure.
    pub figure: Decimal,
    /// Whether `+`, `-` or parentheses stood there.
    pub signed: bool,
}

/// Why a cell gives no amount.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AmountProblem {
    /// Not a number in any accepted form.
    NotANumber,
    /// `1.23457E+11`: a spreadsheet program has cut digits off.
    Scientific,
    /// A fraction of a đồng.
    Fraction,
    /// A mark that may separate thousands or decimals.
    Ambiguous,
    /// More digits than money has.
    TooLong,
    /// The cell names another currency than the account's.
    OtherCurrency(Currency),
}

/// What the cells read so far prove about the marks of a table.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Marks {
    /// The mark seen before decimals.
    decimal: Option<u8>,
    /// The mark seen between thousands, more than once in one figure.
    thousands: Option<u8>,
    /// Whether a person has said which mark stands before decimals.
    stated: bool,
}

impl Marks {
    /// The same, taking the marks of a known export where no cell has proved any yet.
    #[must_use]
    pub fn expecting(self, thousands: Option<char>, decimal: Option<char>) -> Marks {
        let mark = |mark: Option<char>| mark.and_then(|mark| u8::try_from(mark).ok());
        Marks {
            decimal: self.decimal.or_else(|| mark(decimal)),
            thousands: self.thousands.or_else(|| mark(thousands)),
            ..self
        }
    }

    /// What a person has said about the mark before decimals.
    #[must_use]
    pub const fn stated(decimal: DecimalMark) -> Marks {
        let (decimal, thousands) = match decimal {
            DecimalMark::Point => (b'.', b','),
            DecimalMark::Comma => (b',', b'.'),
        };
        Marks { decimal: Some(decimal), thousands: Some(thousands), stated: true }
    }
}

/// Reads a cell's text as an amount of `currency`; nothing for a blank cell or a lone dash.
///
/// The đồng has no fraction: a mark before exactly three digits separates thousands, and a zero
/// fraction is dropped. For other currencies such a mark is refused unless the table proved its
/// meaning before.
pub fn parse_amount(
    text: &str,
    currency: Currency,
    marks: &mut Marks,
) -> Result<Option<Amount>, AmountProblem> {
    if let Some(whole) = plain_dong(text, currency, marks) {
        return Ok(Some(Amount { figure: Decimal::from(whole), signed: false }));
    }
    let text = trim(text);
    // A spreadsheet program marks a number kept as text by an apostrophe before it.
    let text = text.strip_prefix('\'').unwrap_or(text);
    if matches!(text, "" | "-" | "–") {
        return Ok(None);
    }
    if is_scientific(text) {
        return Err(AmountProblem::Scientific);
    }
    let (body, signed, negative) = peel(text, currency)?;
    let figure = resolve(body, currency, marks)?;
    Ok(Some(Amount { figure: if negative { -figure } else { figure }, signed }))
}

/// The form nearly every cell has, read without detours: digits, perhaps in groups of three by one
/// mark. Everything else is left to the full rules, which agree with this one where both apply.
fn plain_dong(text: &str, currency: Currency, marks: &mut Marks) -> Option<i64> {
    if text.len() > MAX_DIGITS {
        return None;
    }
    let mut value: i64 = 0;
    let (mut mark, mut groups, mut in_group) = (0_u8, 0_u8, 0_u8);
    for byte in text.bytes() {
        let digit = byte.wrapping_sub(b'0');
        if digit < 10 {
            // At most eighteen bytes: neither the value nor a count can wrap.
            value = value.wrapping_mul(10).wrapping_add(i64::from(digit));
            in_group = in_group.wrapping_add(1);
            continue;
        }
        let whole_group = in_group == 3 || (groups == 0 && matches!(in_group, 1 | 2));
        if !whole_group || !matches!(byte, b',' | b'.') || (groups > 0 && mark != byte) {
            return None;
        }
        mark = byte;
        groups = groups.wrapping_add(1);
        in_group = 0;
    }
    if groups == 0 {
        return (in_group > 0).then_some(value);
    }
    let undisputed = currency == Currency::VND && marks.decimal.is_none();
    if in_group != 3 || !undisputed || (groups == 1 && text.starts_with('0')) {
        return None;
    }
    if groups > 1 {
        marks.thousands = Some(mark);
    }
    Some(value)
}

/// Reads the shortest decimal text of a numeric cell, in which the point is certainly the decimal
/// mark. A spreadsheet number holds integers exactly only below 2^53, and fifteen digits in all.
pub fn parse_numeric_cell(text: &str, currency: Currency) -> Result<Amount, AmountProblem> {
    let (negative, digits) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let plain =
        !whole.is_empty() && whole.bytes().chain(fraction.bytes()).all(|b| b.is_ascii_digit());
    if !plain {
        return Err(AmountProblem::NotANumber);
    }
    let exact = if fraction.is_empty() {
        whole.parse::<i64>().is_ok_and(|value| value < 1 << 53)
    } else {
        whole.trim_start_matches('0').len() + fraction.len() <= 15
    };
    if !exact {
        return Err(AmountProblem::TooLong);
    }
    let figure = figure_of(whole, fraction, currency)?;
    Ok(Amount { figure: if negative { -figure } else { figure }, signed: negative })
}

/// Whether the text is a number in scientific notation, as spreadsheet programs rewrite long digits.
#[must_use]
pub fn is_scientific(text: &str) -> bool {
    let unsigned = text.trim_start_matches(['+', '-']);
    if !unsigned.starts_with(|first: char| first.is_ascii_digit()) {
        return false;
    }
    let Some((mantissa, exponent)) = unsigned.split_once(['e', 'E']) else { return false };
    let exponent = match exponent.strip_prefix(['+', '-']) {
        Some(digits) => digits,
        None if mantissa.contains(['.', ',']) => exponent,
        None => return false,
    };
    mantissa.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b','))
        && !exponent.is_empty()
        && exponent.bytes().all(|byte| byte.is_ascii_digit())
}

fn trim(text: &str) -> &str {
    text.trim_matches(|letter: char| letter.is_whitespace() || letter == '\u{feff}')
}

/// Takes sign, currency and the amount in words off; what stays is digits and marks.
fn peel(text: &str, currency: Currency) -> Result<(&str, bool, bool), AmountProblem> {
    // "48,803,000 VND (Bằng chữ: …)": the words repeat the figure.
    let text = match text.char_indices().skip(1).find(|(_, letter)| *letter == '(') {
        Some((at, _)) if !text.starts_with('(') => {
            let (figure, words) = text.split_at_checked(at).unwrap_or((text, ""));
            let words = fold(words);
            if !words.starts_with("(BANG CHU") && !words.starts_with("(IN WORDS") {
                return Err(AmountProblem::NotANumber);
            }
            trim(figure)
        }
        _ => text,
    };
    let text = without_currency(text, currency)?;
    if let Some(inner) = text.strip_prefix('(') {
        let inner = inner.strip_suffix(')').ok_or(AmountProblem::NotANumber)?;
        return Ok((without_currency(trim(inner), currency)?, true, true));
    }
    let (rest, signed, negative) = match text.strip_prefix(['-', '\u{2212}']) {
        Some(rest) => (rest, true, true),
        None => match text.strip_prefix('+') {
            Some(rest) => (rest, true, false),
            None => (text, false, false),
        },
    };
    Ok((without_currency(trim(rest), currency)?, signed, negative))
}

fn without_currency(text: &str, currency: Currency) -> Result<&str, AmountProblem> {
    let letters = |letter: char| letter.is_alphabetic() || letter == '₫';
    let stripped = text.trim_end_matches(letters);
    let (name, rest) = if stripped.len() < text.len() {
        (text.get(stripped.len()..).unwrap_or_default(), trim(stripped))
    } else {
        let stripped = text.trim_start_matches(letters);
        let name = text.get(..text.len() - stripped.len()).unwrap_or_default();
        (name, trim(stripped))
    };
    if name.is_empty() {
        return Ok(text);
    }
    let named = currency_named(name).ok_or(AmountProblem::NotANumber)?;
    if named == currency { Ok(rest) } else { Err(AmountProblem::OtherCurrency(named)) }
}

/// The currency a cell's words mean: an ISO code of the usual ones, or any name of the đồng.
#[must_use]
pub fn currency_named(name: &str) -> Option<Currency> {
    const USUAL: [&str; 16] = [
        "USD", "EUR", "JPY", "GBP", "AUD", "SGD", "CNY", "KRW", "CAD", "CHF", "HKD", "THB", "NZD",
        "TWD", "LAK", "KHR",
    ];
    match fold(name).as_str() {
        "VND" | "D" | "DONG" | "₫" => Some(Currency::VND),
        code if USUAL.contains(&code) => Currency::parse(code),
        _ => None,
    }
}

/// Decides what the marks of a figure mean.
fn resolve(body: &str, currency: Currency, marks: &mut Marks) -> Result<Decimal, AmountProblem> {
    let mut digits = String::with_capacity(body.len());
    let mut groups: Vec<usize> = vec![0];
    let mut separators: Vec<u8> = Vec::new();
    for letter in body.chars() {
        match letter {
            '0'..='9' => {
                digits.push(letter);
                if let Some(last) = groups.last_mut() {
                    *last += 1;
                }
            }
            ',' | '.' => {
                separators.push(if letter == ',' { b',' } else { b'.' });
                groups.push(0);
            }
            blank if blank.is_whitespace() || matches!(blank, '\'' | '’') => {
                separators.push(b' ');
                groups.push(0);
            }
            _ => return Err(AmountProblem::NotANumber),
        }
    }
    let first = groups.first().copied().unwrap_or(0);
    let tail = groups.last().copied().unwrap_or(0);
    if first == 0 || tail == 0 {
        return Err(AmountProblem::NotANumber);
    }
    if digits.len() > MAX_DIGITS {
        return Err(AmountProblem::TooLong);
    }
    let inner_are_threes =
        |groups: &[usize]| first <= 3 && groups.iter().skip(1).all(|length| *length == 3);
    let Some(&last_mark) = separators.last() else { return figure_of(&digits, "", currency) };
    let uses = separators.iter().copied().filter(|mark| *mark == last_mark).count();
    let alone = uses == separators.len();
    let all_grouped = inner_are_threes(&groups);
    let grouping = if alone && uses > 1 {
        // Only thousands repeat.
        if !all_grouped {
            return Err(AmountProblem::NotANumber);
        }
        if last_mark != b' ' {
            let decided = currency != Currency::VND || marks.stated;
            if decided && marks.decimal == Some(last_mark) {
                return Err(AmountProblem::Ambiguous);
            }
            marks.thousands = Some(last_mark);
        }
        true
    } else if alone {
        one_mark_groups(last_mark, first, tail, digits.starts_with('0'), currency, *marks)?
    } else {
        let grouping_marks = separators.get(..separators.len() - 1).unwrap_or_default();
        let one_kind = grouping_marks.windows(2).all(|pair| pair.first() == pair.last());
        let whole = groups.get(..groups.len() - 1).unwrap_or_default();
        if uses > 1 || !one_kind || last_mark == b' ' || !inner_are_threes(whole) {
            return Err(AmountProblem::NotANumber);
        }
        false
    };
    if grouping {
        return figure_of(&digits, "", currency);
    }
    let (whole, fraction) = digits.split_at_checked(digits.len() - tail).unwrap_or((&digits, ""));
    let figure = figure_of(whole, fraction, currency)?;
    let contradicted = marks.decimal.is_some_and(|mark| mark != last_mark)
        || (currency != Currency::VND && marks.thousands == Some(last_mark));
    if contradicted {
        return Err(AmountProblem::Ambiguous);
    }
    marks.decimal = Some(last_mark);
    Ok(figure)
}

/// Whether the only mark of a figure separates thousands (else decimals).
fn one_mark_groups(
    mark: u8,
    first: usize,
    tail: usize,
    leading_zero: bool,
    currency: Currency,
    marks: Marks,
) -> Result<bool, AmountProblem> {
    let could_group = tail == 3 && first <= 3 && !leading_zero;
    if mark == b' ' {
        return if could_group { Ok(true) } else { Err(AmountProblem::NotANumber) };
    }
    let other = if mark == b',' { b'.' } else { b',' };
    if could_group {
        if marks.decimal == Some(mark) {
            let decimals = marks.stated && currency != Currency::VND;
            return if decimals { Ok(false) } else { Err(AmountProblem::Ambiguous) };
        }
        let proven = marks.decimal == Some(other) || marks.thousands == Some(mark);
        return if currency == Currency::VND || proven {
            Ok(true)
        } else {
            Err(AmountProblem::Ambiguous)
        };
    }
    // "1250.000" and "0.500" have three digits behind the mark and yet are no groups.
    if tail == 3 && currency == Currency::VND {
        return Err(AmountProblem::Ambiguous);
    }
    Ok(false)
}

fn figure_of(whole: &str, fraction: &str, currency: Currency) -> Result<Decimal, AmountProblem> {
    let zero_fraction = fraction.bytes().all(|digit| digit == b'0');
    if currency == Currency::VND && !zero_fraction {
        return Err(AmountProblem::Fraction);
    }
    if fraction.len() > MAX_DECIMALS || whole.len() + fraction.len() > MAX_DIGITS + MAX_DECIMALS {
        return Err(AmountProblem::TooLong);
    }
    let fraction = if currency == Currency::VND { "" } else { fraction };
    let mut digits = String::with_capacity(whole.len() + fraction.len());
    digits.push_str(whole);
    digits.push_str(fraction);
    let mantissa: i128 = digits.parse().map_err(|_error| AmountProblem::NotANumber)?;
    let scale = u32::try_from(fraction.len()).map_err(|_error| AmountProblem::TooLong)?;
    Decimal::try_from_i128_with_scale(mantissa, scale).map_err(|_error| AmountProblem::TooLong)
}

#[cfg(test)]
mod tests {
    use super::*;
    use AmountProblem as P;

    fn usd() -> Currency {
        Currency::parse("USD").unwrap()
    }

    fn read(text: &str, currency: Currency) -> Result<Option<String>, AmountProblem> {
        parse_amount(text, currency, &mut Marks::default())
            .map(|amount| amount.map(|amount| amount.figure.to_string()))
    }

    #[test]
    fn dong_are_read_in_every_form_banks_write() {
        for (why, text, expected) in [
            ("plain", "1250000", Ok(Some("1250000"))),
            ("points", "100.000.000", Ok(Some("100000000"))),
            ("commas", "1,250,000", Ok(Some("1250000"))),
            ("one group", "1.250", Ok(Some("1250"))),
            ("blanks", "1 250 000", Ok(Some("1250000"))),
            ("no-break blanks", "1\u{a0}250\u{a0}000", Ok(Some("1250000"))),
            ("apostrophes", "1'250'000", Ok(Some("1250000"))),
            ("typographic apostrophes", "1’250’000", Ok(Some("1250000"))),
            ("an apostrophe before decimals", "1'25", Err(P::NotANumber)),
            ("a spreadsheet's mark for text", "'1250000", Ok(Some("1250000"))),
            ("thin blanks", "1\u{2009}250\u{202f}000", Ok(None)),
            ("zero cents, English", "48,803,000.00", Ok(Some("48803000"))),
            ("zero cents, Vietnamese", "48.803.000,00", Ok(Some("48803000"))),
            ("zero cents alone", "1250000.00", Ok(Some("1250000"))),
            ("plus", "+3,000.00", Ok(Some("3000"))),
            ("plus apart", "+ 3,000.00", Ok(Some("3000"))),
            ("minus", "-3.000", Ok(Some("-3000"))),
            ("typographic minus", "\u{2212}3.000", Ok(Some("-3000"))),
            ("parentheses", "(1,000)", Ok(Some("-1000"))),
            ("currency behind", "53.636.145 VND", Ok(Some("53636145"))),
            ("currency before", "VND 53.636.145", Ok(Some("53636145"))),
            ("with its words", "48,803,000 VND (Bằng chữ: bốn mươi tám …)", Ok(Some("48803000"))),
            ("the sign of the dong", "1.250.000đ", Ok(Some("1250000"))),
            ("the symbol of the dong", "1.250.000 ₫", Ok(Some("1250000"))),
            ("the word", "1.250.000 đồng", Ok(Some("1250000"))),
            ("blank", "  ", Ok(None)),
            ("dash", "-", Ok(None)),
            ("nothing", "0", Ok(Some("0"))),
            ("cents", "1,972.75", Err(P::Fraction)),
            ("half a dong", "1250000,5", Err(P::Fraction)),
            ("million, spoken", "1,25tr", Err(P::NotANumber)),
            ("not a number", "NaN", Err(P::NotANumber)),
            ("infinite", "inf", Err(P::NotANumber)),
            ("Excel's short form", "1.23457E+11", Err(P::Scientific)),
            ("Excel's short form, Vietnamese", "1,23457E+11", Err(P::Scientific)),
            ("thirty digits", "123456789012345678901234567890", Err(P::TooLong)),
            ("four digits before the mark", "1250.000", Err(P::Ambiguous)),
            ("a zero before the mark", "0.500", Err(P::Ambiguous)),
            ("groups of two", "12,50,000", Err(P::NotANumber)),
            ("marks mixed", "1,250.000,00", Err(P::NotANumber)),
            ("mark at the end", "1250.", Err(P::NotANumber)),
            ("mark at the start", ".500", Err(P::NotANumber)),
            ("two signs", "--5", Err(P::NotANumber)),
            ("open parenthesis", "(1,000", Err(P::NotANumber)),
            ("a date", "02/11/2026", Err(P::NotANumber)),
            ("digits of another script", "١٢٣", Err(P::NotANumber)),
            ("another currency", "100 USD", Err(P::OtherCurrency(Currency::parse("USD").unwrap()))),
        ] {
            // Blanks of two kinds in one figure still are blanks.
            let expected = if why == "thin blanks" { Ok(Some("1250000")) } else { expected };
            assert_eq!(read(text, Currency::VND), expected.map(|f| f.map(str::to_owned)), "{why}");
        }
    }

    #[test]
    fn decimals_of_other_currencies_are_kept_and_never_guessed() {
        for (why, text, expected) in [
            ("English", "1,972.75", Ok(Some("1972.75"))),
            ("Vietnamese", "1.972,75", Ok(Some("1972.75"))),
            ("cents alone", "12.50", Ok(Some("12.50"))),
            ("thousand or one and a quarter", "1,250", Err(P::Ambiguous)),
            ("two groups", "1,250,000", Ok(Some("1250000"))),
            ("whole", "1250", Ok(Some("1250"))),
            ("four digits before the mark", "1250.125", Ok(Some("1250.125"))),
        ] {
            assert_eq!(read(text, usd()), expected.map(|f| f.map(str::to_owned)), "{why}");
        }
    }

    #[test]
    fn what_a_table_proved_settles_a_doubtful_mark() {
        let mut marks = Marks::default();
        parse_amount("3,000.50", usd(), &mut marks).unwrap();
        let thousand = parse_amount("1,250", usd(), &mut marks).unwrap().unwrap();
        assert_eq!(thousand.figure, Decimal::from(1250));
        assert_eq!(parse_amount("1.250", usd(), &mut marks), Err(P::Ambiguous));
        assert_eq!(parse_amount("3,50", usd(), &mut marks), Err(P::Ambiguous));

        let mut marks = Marks::default();
        parse_amount("1,250,000.00", Currency::VND, &mut marks).unwrap();
        assert_eq!(parse_amount("1.250", Currency::VND, &mut marks), Err(P::Ambiguous));
    }

    #[test]
    fn numeric_cells_are_taken_only_where_they_are_exact() {
        for (why, text, expected) in [
            ("whole", "1250000", Ok("1250000")),
            ("negative", "-1250000", Ok("-1250000")),
            ("the last exact integer", "9007199254740991", Ok("9007199254740991")),
            ("the first doubtful one", "9007199254740992", Err(P::TooLong)),
            ("half", "1250000.5", Err(P::Fraction)),
            ("not a number", "NaN", Err(P::NotANumber)),
            ("infinite", "inf", Err(P::NotANumber)),
        ] {
            let found = parse_numeric_cell(text, Currency::VND).map(|a| a.figure.to_string());
            assert_eq!(found, expected.map(str::to_owned), "{why}");
        }
        let cents = parse_numeric_cell("1972.75", usd()).unwrap();
        assert_eq!(cents.figure.to_string(), "1972.75");
    }
}
