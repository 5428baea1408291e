//! What stands around a table: account, currency, period, opening and closing balance.

use super::date::leading_day;
use super::layouts::{BalanceValue, Profile, Word};
use super::number::{Marks, currency_named, is_scientific, parse_amount};
use super::synonyms::is_balance_label;
use super::totals::{LabelledTotals, total_of_label};
use crate::domain::calendar::{Day, Period};
use crate::domain::money::Currency;
use crate::domain::text::{fold, squeeze};
use rust_decimal::Decimal;

/// Enough of the text above a table to know the bank's title; never a whole hostile file.
const TITLE_LIMIT: usize = 8_192;

/// The labelled facts found so far above, between or below tables.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Letterhead {
    /// The account's number without blanks.
    pub account: Option<String>,
    /// A second, different account number under an equally clear label.
    pub other_account: Option<String>,
    /// The account's currency, when stated.
    pub currency: Option<Currency>,
    /// The opening balance as written.
    pub opening: Option<String>,
    /// The closing balance as written.
    pub closing: Option<String>,
    /// What labels say the entries add up to.
    pub totals: LabelledTotals,
    /// The days the statement covers.
    pub period: Option<Period>,
    /// The sheet's name, squeezed.
    pub sheet: String,
    /// Every text so far, squeezed, for recognising the bank's layout.
    pub title: String,
    /// The same folded, word by word between blanks, for finding the bank's name.
    pub words: String,
    /// Whether `account` came from a clear label ("Số tài khoản"), not from "Tài khoản" alone.
    clear: bool,
}

impl Letterhead {
    /// Takes in a row and, where labels stand above their values, the row `below` it. A balance in
    /// the table's `balance_column` is preferred to other figures of the row.
    pub fn absorb(
        &mut self,
        row: &[String],
        below: Option<&[String]>,
        balance_column: Option<usize>,
        profile: Option<&Profile>,
    ) {
        for (index, text) in row.iter().enumerate() {
            if text.is_empty() {
                continue;
            }
            if self.title.len() < TITLE_LIMIT {
                self.title.push_str(&squeeze(text));
                self.title.push(' ');
                self.words.push_str(&spaced(text));
            }
            let right = || row.iter().skip(index + 1).filter(|cell| !cell.is_empty());
            let under = below.and_then(|below| below.get(index)).filter(|cell| !cell.is_empty());
            self.absorb_account(text, right().next(), under, profile);
            if let Some(end) = balance_end(text, profile) {
                let in_column = balance_column.and_then(|column| row.get(column));
                let beside = right().take_while(|cell| !is_balance_label(cell)).take(6);
                let below_first =
                    profile.is_some_and(|p| p.habits.balance_value == BalanceValue::Below);
                let before = under.filter(|_| below_first);
                let candidates = in_column.into_iter().chain(before).chain(beside).chain(under);
                self.absorb_balance(end, text, candidates);
            }
            if let Some(total) = total_of_label(text) {
                let beside = right().map(String::as_str);
                let figure =
                    own_figure(text).into_iter().chain(beside).find(|text| is_figure(text));
                if let Some(figure) = figure {
                    self.totals.keep(total, figure);
                }
            }
            if self.currency.is_none() {
                self.currency = currency_of(text, right().next().map(String::as_str));
            }
        }
        if self.period.is_none() {
            self.period = period_of(&row.join(" "));
        }
    }

    /// Whether any label of this letterhead says that another statement begins.
    #[must_use]
    pub fn says_anything(&self) -> bool {
        self.account.is_some() || self.opening.is_some()
    }

    fn absorb_account(
        &mut self,
        text: &str,
        right: Option<&String>,
        below: Option<&String>,
        profile: Option<&Profile>,
    ) {
        let ignored = profile.map_or(&[][..], |profile| &profile.labels.ignored_account_words);
        let Some((clear, rest)) = account_label(text, ignored) else { return };
        let found = match rest {
            AfterLabel::Number(number) => Some(number),
            AfterLabel::Nothing => right
                .and_then(|cell| account_number(&fold(cell)))
                .or_else(|| below.and_then(|cell| account_number(&fold(cell)))),
        };
        let Some(number) = found else { return };
        match &self.account {
            None => (self.account, self.clear) = (Some(number), clear),
            Some(known) if *known == number => self.clear |= clear,
            Some(_) if clear && !self.clear => (self.account, self.clear) = (Some(number), true),
            Some(_) if clear => {
                self.other_account.get_or_insert(number);
            }
            Some(_) => {}
        }
    }

    fn absorb_balance<'a>(
        &mut self,
        end: End,
        label: &'a str,
        cells: impl Iterator<Item = &'a String>,
    ) {
        let slot = match end {
            End::Opening => &mut self.opening,
            End::Closing => &mut self.closing,
        };
        let own = own_figure(label);
        if let Some(figure) =
            own.into_iter().chain(cells.map(String::as_str)).find(|text| is_figure(text))
        {
            slot.get_or_insert_with(|| figure.to_owned());
        }
    }
}

/// Which end of the statement a balance stands at.
#[derive(Clone, Copy)]
enum End {
    Opening,
    Closing,
}

/// What balance a label is of: by the words of the export, else by the usual ones.
fn balance_end(label: &str, profile: Option<&Profile>) -> Option<End> {
    let word = squeeze(label);
    if let Some(labels) = profile.map(|profile| &profile.labels) {
        let starts = |own: &[Word]| own.iter().any(|own| word.starts_with(&own.squeezed));
        if starts(&labels.opening) {
            return Some(End::Opening);
        }
        if starts(&labels.closing) {
            return Some(End::Closing);
        }
    }
    // Daily balances and what may be drawn are not the statement's own balances.
    let other = ["DAUNGAY", "CUOINGAY", "KHADUNG"].iter().any(|part| word.contains(part));
    if other || !is_balance_label(label) {
        return None;
    }
    let opening = ["SODUDAU", "DUDAU", "OPENING", "BEGINNING", "SODUMOSO"];
    Some(if opening.iter().any(|start| word.starts_with(start)) {
        End::Opening
    } else {
        End::Closing
    })
}

/// A text folded, its words between single blanks, with one before and behind.
#[must_use]
pub fn spaced(text: &str) -> String {
    let folded = fold(text);
    let mut spaced = String::with_capacity(folded.len() + 2);
    spaced.push(' ');
    for word in folded.split(|letter: char| !letter.is_alphanumeric()) {
        if !word.is_empty() {
            spaced.push_str(word);
            spaced.push(' ');
        }
    }
    spaced
}

/// A balance as written, read in the statement's currency.
#[must_use]
pub fn balance_figure(text: &str, currency: Currency, marks: &mut Marks) -> Option<Decimal> {
    parse_amount(text, currency, marks).ok().flatten().map(|amount| amount.figure)
}

/// The currency written beside a balance, as in `0 VND`.
#[must_use]
pub fn currency_beside(text: &str) -> Option<Currency> {
    let before_words = text.split('(').next().unwrap_or(text);
    before_words
        .split(|letter: char| !letter.is_alphabetic() && letter != '₫')
        .filter(|word| !word.is_empty())
        .find_map(currency_named)
}

fn is_figure(text: &str) -> bool {
    if !text.contains(|letter: char| letter.is_ascii_digit()) || is_scientific(text) {
        return false;
    }
    let currency = currency_beside(text).unwrap_or(Currency::VND);
    let sure = parse_amount(text, currency, &mut Marks::default());
    // The statement's currency may still turn out to be one with cents.
    sure.is_ok() || currency_with_cents(text)
}

fn currency_with_cents(text: &str) -> bool {
    Currency::parse("USD").is_some_and(|usd| parse_amount(text, usd, &mut Marks::default()).is_ok())
}

/// The figure inside a label's own cell: behind its last colon, else from its first digit on.
fn own_figure(label: &str) -> Option<&str> {
    if let Some((before, after)) = label.rsplit_once(':')
        && !after.trim().is_empty()
        && !before.contains('(')
    {
        return Some(after.trim());
    }
    if let Some((_, after)) = label.split_once(':')
        && !after.trim().is_empty()
    {
        return Some(after.trim());
    }
    let at = label.find(|letter: char| letter.is_ascii_digit())?;
    let (before, figure) = label.split_at_checked(at)?;
    let sign = before.trim_end().ends_with(['-', '(']);
    if sign { None } else { Some(figure) }
}

/// Words between an account's label and its number.
const FILLERS: [&str; 13] = [
    "ACCOUNT", "NO", "NUMBER", "SO", "TAI", "KHOAN", "TK", "A", "C", "THANH", "TOAN", "PAYMENT",
    "CURRENT",
];

enum AfterLabel {
    Number(String),
    Nothing,
}

/// Finds an account label; says whether it is a clear one and what number follows it.
fn account_label(text: &str, ignored: &[Word]) -> Option<(bool, AfterLabel)> {
    const CLEAR: [&str; 7] = [
        "SO TAI KHOAN",
        "TAI KHOAN SO",
        "SO TK",
        "TK SO",
        "ACCOUNT NUMBER",
        "ACCOUNT NO",
        "A/C NO",
    ];
    const BARE: [&str; 3] = ["TAI KHOAN", "ACCOUNT", "STK"];
    if text.len() > 400 {
        return None;
    }
    let folded = fold(text).split_whitespace().collect::<Vec<_>>().join(" ");
    let words: Vec<&str> = folded
        .split(|letter: char| !letter.is_ascii_alphanumeric())
        .filter(|w| !w.is_empty())
        .collect();
    if words.iter().any(|word| ignored.iter().any(|own| own.squeezed == *word)) {
        return None;
    }
    let (clear, at, label) = CLEAR
        .iter()
        .find_map(|label| whole_words(&folded, label).map(|at| (true, at, *label)))
        .or_else(|| {
            BARE.iter().find(|label| whole_words(&folded, label) == Some(0)).map(|l| (false, 0, *l))
        })?;
    if folded.get(..at).is_some_and(|before| before.trim_end().ends_with("TEN")) {
        return None;
    }
    let rest = folded.get(at + label.len()..).unwrap_or_default();
    let number_at =
        rest.char_indices().find(|(_, letter)| letter.is_ascii_digit()).map(|(at, _)| {
            rest.get(..at).map_or(0, |b| b.rfind([' ', ':', '/', '(']).map_or(0, |m| m + 1))
        });
    let (gap, number) = match number_at {
        Some(at) => rest.split_at_checked(at).unwrap_or((rest, "")),
        None => (rest, ""),
    };
    let only_fillers = gap
        .split(|letter: char| !letter.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty())
        .all(|word| FILLERS.contains(&word));
    if !only_fillers {
        return None;
    }
    if number.is_empty() {
        return Some((clear, AfterLabel::Nothing));
    }
    account_number(number).map(|number| (clear, AfterLabel::Number(number)))
}

/// Where `label` stands in `text` as whole words.
fn whole_words(text: &str, label: &str) -> Option<usize> {
    let at = text.find(label)?;
    let free = |next: Option<char>| next.is_none_or(|letter| !letter.is_ascii_alphanumeric());
    let before = text.get(..at)?.chars().next_back();
    let after = text.get(at + label.len()..)?.chars().next();
    (free(before) && free(after)).then_some(at)
}

/// The account number a text starts with: digits and letters, groups of digits joined.
fn account_number(folded: &str) -> Option<String> {
    if is_scientific(folded.trim()) {
        return None;
    }
    let mut number = String::new();
    for (index, chunk) in folded.trim().split([' ', '-', '.', '\u{a0}']).enumerate() {
        let digits_only = !chunk.is_empty() && chunk.bytes().all(|byte| byte.is_ascii_digit());
        let plain = chunk.trim_end_matches([',', ';', ')', '/']);
        if index == 0 {
            if plain.is_empty() || !plain.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
                return None;
            }
            number.push_str(plain);
            if plain.len() < chunk.len() {
                break;
            }
        } else if digits_only {
            number.push_str(chunk);
        } else {
            break;
        }
    }
    let digits = number.bytes().filter(u8::is_ascii_digit).count();
    (digits >= 5 && number.len() <= 34).then_some(number)
}

fn currency_of(text: &str, right: Option<&str>) -> Option<Currency> {
    const LABELS: [&str; 8] =
        ["LOAITIEN", "TIENTE", "CURRENCY", "CCY", "DONVITINH", "DVT", "DONVITIEN", "NGUYENTE"];
    let word = squeeze(text.split(':').next().unwrap_or(text));
    let by_label = LABELS.iter().any(|label| word.starts_with(label));
    if !by_label {
        return None;
    }
    let named = |text: &str| {
        text.split(|letter: char| !letter.is_alphabetic() && letter != '₫')
            .filter(|word| !word.is_empty())
            .find_map(currency_named)
    };
    match text.split_once(':') {
        Some((_, after)) if !after.trim().is_empty() => named(after),
        _ => right.and_then(named),
    }
}

fn period_of(line: &str) -> Option<Period> {
    let folded = fold(line);
    let from = day_behind(&folded, &["TU NGAY", "FROM DATE", "FROM"])?;
    let to = day_behind(&folded, &["DEN NGAY", "TO DATE", " TO"])?;
    Period::new(from, to)
}

fn day_behind(folded: &str, labels: &[&str]) -> Option<Day> {
    let (_, rest) = labels.iter().find_map(|label| folded.split_once(label))?;
    let at = rest.find(|letter: char| letter.is_ascii_digit())?;
    leading_day(rest.get(at..)?).map(|(day, _)| day)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::spreadsheet::layouts::profiles;

    fn absorbed(rows: &[&[&str]]) -> Letterhead {
        absorbed_by(rows, None)
    }

    fn absorbed_by(rows: &[&[&str]], profile: Option<&Profile>) -> Letterhead {
        let rows: Vec<Vec<String>> =
            rows.iter().map(|row| row.iter().map(|cell| (*cell).to_owned()).collect()).collect();
        let mut head = Letterhead::default();
        for (index, row) in rows.iter().enumerate() {
            head.absorb(row, rows.get(index + 1).map(Vec::as_slice), None, profile);
        }
        head
    }

    #[test]
    fn account_numbers_are_found_beside_their_labels() {
        for (why, rows, expected) in [
            ("same cell", &[&["Số tài khoản: 1017595600"][..]][..], Some("1017595600")),
            ("bilingual", &[&["Số tài khoản/Account No: 0011 0022 33"]], Some("0011002233")),
            ("next cell", &[&["Số tài khoản", "", "0351000000001"]], Some("0351000000001")),
            ("title", &[&["BẢNG SAO KÊ GIAO DỊCH - Tài khoản số: 123456789"]], Some("123456789")),
            ("bare", &[&["Tài khoản: 99887766"]], Some("99887766")),
            ("cell below", &[&["Account No"][..], &["55667788"]], Some("55667788")),
            ("with its name", &[&["Số tài khoản: 12345678 - TRUONG THCS A"]], Some("12345678")),
            ("account name", &[&["Tên tài khoản: TRUONG 123456"]], None),
            ("contra account", &[&["Số tài khoản đối ứng: 123456789"]], None),
            ("damaged by Excel", &[&["Số tài khoản: 1.23457E+11"]], None),
            ("a title", &[&["SAO KÊ TÀI KHOẢN / STATEMENT OF ACCOUNT"]], None),
        ] {
            assert_eq!(absorbed(rows).account.as_deref(), expected, "{why}");
        }
    }

    #[test]
    fn an_export_ignores_the_labels_and_looks_where_it_keeps_its_own_balances() {
        let profile = |id| profiles().iter().find(|profile| profile.id == id);
        let rows: [&[&str]; 2] = [&["Old account number: 111111"], &["Số tài khoản: 222222"]];
        assert_eq!(absorbed_by(&rows, profile("bidv")).account.as_deref(), Some("222222"));
        assert_eq!(absorbed_by(&rows, None).other_account.as_deref(), Some("222222"));
        let rows: [&[&str]; 2] = [&["Số dư đầu", "9,000"], &["1,000", "2,000"]];
        assert_eq!(absorbed_by(&rows, profile("acb")).opening.as_deref(), Some("1,000"));
        assert_eq!(absorbed_by(&rows, None).opening.as_deref(), Some("9,000"));
    }

    #[test]
    fn two_clear_account_labels_are_both_kept() {
        let head = absorbed(&[&["Số tài khoản: 111111"], &["Số tài khoản: 222222"]]);
        assert_eq!(head.other_account.as_deref(), Some("222222"));
    }

    #[test]
    fn balances_stand_in_the_label_beside_it_or_below() {
        for (why, rows, opening, closing) in [
            (
                "in the label",
                &[&["Số dư đầu kỳ/ Opening Balance: 0 VND"][..]][..],
                Some("0 VND"),
                None,
            ),
            (
                "beside",
                &[&["DƯ ĐẦU", "1,000"], &["DƯ CUỐI", "2,000"]],
                Some("1,000"),
                Some("2,000"),
            ),
            (
                "below",
                &[&["Số dư đầu", "Số dư cuối"], &["1,000", "2,000"]],
                Some("1,000"),
                Some("2,000"),
            ),
            (
                "with words",
                &[&["Số dư cuối kỳ: 48,803,000 VND (Bằng chữ: bốn mươi tám)"]],
                None,
                Some("48,803,000 VND (Bằng chữ: bốn mươi tám)"),
            ),
            ("of the day", &[&["Số dư đầu ngày", "1,000"]], None, None),
        ] {
            let head = absorbed(rows);
            assert_eq!(head.opening.as_deref(), opening, "{why}");
            assert_eq!(head.closing.as_deref(), closing, "{why}");
        }
    }

    #[test]
    fn period_and_currency_are_read() {
        let head = absorbed(&[
            &["Từ ngày/From: 01/11/2026", "Đến ngày/To: 30/11/2026"],
            &["Loại tiền/Currency", "USD"],
        ]);
        let period = head.period.unwrap();
        assert_eq!(period.from().to_string(), "2026-11-01");
        assert_eq!(period.to().to_string(), "2026-11-30");
        assert_eq!(head.currency, Currency::parse("USD"));
    }
}
