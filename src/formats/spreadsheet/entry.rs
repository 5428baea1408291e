//! One row of a table becomes one entry, or says why it cannot.

use chrono::Datelike;
use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};

use super::cell::{Cell, Row};
use super::date::{is_month_first, leading_day};
use super::direction::Money;
use super::header::Columns;
use super::layouts::Profile;
use super::notes;
use super::number::{
    Amount, AmountProblem, Marks, currency_named, is_scientific, parse_amount, parse_numeric_cell,
};
use super::synonyms::{is_footer, is_total_or_balance};
use crate::domain::calendar::Day;
use crate::domain::diagnostic::Diagnostic;
use crate::domain::money::Currency;
use crate::domain::statement::{CreditDebit, Entry, EntryExtras, EntryStatus};
use crate::domain::text::squeeze;

/// The label of a total is not longer, in bytes.
const LONGEST_LABEL: usize = 64;

/// Reads the rows under one header.
#[derive(Clone, Debug)]
pub struct EntryReader {
    /// Which column holds what.
    pub columns: Columns,
    /// The account's currency, as far as known.
    pub currency: Currency,
    /// Whether the file said so; otherwise the first row that names one decides.
    pub currency_stated: bool,
    /// What the figures so far prove about separators.
    pub marks: Marks,
    /// Whether any amount of a one-column table bore a sign.
    pub sign_seen: bool,
    /// What an amount without sign is, where a person has said so.
    pub unsigned: Option<CreditDebit>,
    /// Whether the workbook counts days from 1904.
    pub is_1904: bool,
    /// A part of the last entry that could not be read and was left out.
    pub left_out: Option<Diagnostic>,
    /// Whether money out is written as a negative figure in its own column.
    pub(super) negative_debits: Option<bool>,
    /// Which of its days are real dates of the spreadsheet, and which are texts.
    kinds_of_days: KindsOfDays,
    /// The last day read and how it was written.
    day_above: Option<([u8; 10], Day)>,
}

impl EntryReader {
    /// A reader of rows under `columns`.
    #[must_use]
    pub fn new(
        columns: Columns,
        currency: Option<Currency>,
        marks: Marks,
        is_1904: bool,
        profile: Option<&Profile>,
    ) -> Self {
        let currency = currency.or(columns.heading_currency);
        let marks = match profile {
            // The đồng has no decimals, whatever an export of today does about its marks.
            Some(profile) if currency.is_some_and(|currency| currency != Currency::VND) => {
                marks.expecting(profile.habits.thousands, profile.habits.decimal)
            }
            _ => marks,
        };
        EntryReader {
            columns,
            currency: currency.unwrap_or(Currency::VND),
            currency_stated: currency.is_some(),
            marks,
            sign_seen: false,
            unsigned: None,
            is_1904,
            left_out: None,
            negative_debits: profile.and_then(|profile| profile.habits.negative_debits),
            kinds_of_days: KindsOfDays::default(),
            day_above: None,
        }
    }

    /// The day of a row: the first of booking, transaction and value day that is filled, and the
    /// text behind the day where the cell holds a document number too.
    #[must_use]
    pub fn day<'a>(&mut self, row: &Row<'a>) -> DayCell<'a> {
        let columns = &self.columns;
        let places = [columns.booking, columns.date, columns.value];
        let Some((index, cell)) = places
            .into_iter()
            .flatten()
            .map(|index| (index, row.cell(index)))
            .find(|(_, cell)| *cell != Cell::Empty)
        else {
            return DayCell::Blank;
        };
        if columns.date_holds_reference
            && columns.date == Some(index)
            && let Cell::Text(text) = cell
        {
            return match leading_day(text) {
                Some((day, rest)) => DayCell::Day(day, Some(rest)),
                None => DayCell::Unreadable(index, cell),
            };
        }
        // Rows of one day follow each other.
        if let (Cell::Text(text), Some((above, day))) = (&cell, &self.day_above)
            && text.as_bytes() == above
        {
            return DayCell::Day(*day, None);
        }
        let Some(day) = cell.day(self.is_1904) else {
            self.kinds_of_days.note_unreadable(&cell);
            return DayCell::Unreadable(index, cell);
        };
        self.kinds_of_days.note(&cell, day);
        if let Cell::Text(text) = &cell
            && let Ok(text) = <[u8; 10]>::try_from(text.as_bytes())
        {
            self.day_above = Some((text, day));
        }
        DayCell::Day(day, None)
    }

    /// Whether days and months may have changed places in some rows.
    #[must_use]
    pub fn days_are_turned(&self) -> bool {
        self.kinds_of_days.are_turned()
    }

    /// Whether the row has a readable day.
    #[must_use]
    pub fn has_day(&mut self, row: &Row<'_>) -> bool {
        matches!(self.day(row), DayCell::Day(..))
    }

    /// Whether any money column of the row holds a figure other than nothing.
    #[must_use]
    pub fn has_money(&self, row: &Row<'_>) -> bool {
        let columns = &self.columns;
        [columns.debit, columns.credit, columns.amount].into_iter().flatten().any(|index| match row
            .cell(index)
        {
            Cell::Empty => false,
            Cell::Text(text) => text.contains(|letter: char| letter.is_ascii_digit()),
            _ => true,
        })
    }

    /// Reads row `number` as an entry of `day`; `behind_day` is a document number from the day's cell.
    /// Nothing for a row that moves no money; an error for one that cannot be trusted.
    pub fn read(
        &mut self,
        number: u64,
        row: &Row<'_>,
        day: Day,
        behind_day: Option<&str>,
    ) -> Result<Option<Entry>, Diagnostic> {
        let width = self.columns.headings.len();
        if row.is_separated_text()
            && row.width() > width
            && (width..row.width()).any(|index| row.cell(index) != Cell::Empty)
        {
            return Err(notes::row_problem(
                number,
                "columns",
                &format!(
                    "có {} ô nhưng bảng chỉ có {width} cột; có thể nội dung chứa dấu phân cách mà không đặt trong ngoặc kép. Tải lại tệp dạng Excel.",
                    row.width()
                ),
                &format!(
                    "has {} cells but the table has {width} columns; a text may contain the separator without quotes. Download the file as Excel.",
                    row.width()
                ),
            ));
        }
        let currency = self.row_currency(number, row)?;
        let memo = self.memo(number, row)?;
        let reference = match behind_day {
            Some(rest) => {
                let joined = rest.split_whitespace().collect::<Vec<_>>().join(" ");
                let joined = joined.trim_start_matches(['-', '/', ' ']);
                if joined.is_empty() { None } else { Some(joined.to_owned()) }
            }
            None => None,
        };
        let reference = match reference {
            Some(reference) => Some(reference),
            None => self.digits(number, row, self.columns.reference)?,
        };
        let (credit_debit, amount) = match self.money(number, row, currency)? {
            Money::Moved(direction, amount) => (direction, amount),
            Money::Blank | Money::Zero if is_no_entry_line(row) => return Ok(None),
            Money::Blank | Money::Zero if memo.is_none() && reference.is_none() => return Ok(None),
            Money::Blank | Money::Zero => {
                return Err(notes::row_problem(
                    number,
                    "direction",
                    "có ngày và nội dung nhưng không có số tiền vào hay ra. Kiểm tra dòng này trong tệp gốc.",
                    "has a date and a text but no money in or out. Check this row in the original file.",
                ));
            }
        };
        // Banks give their entries references; a row that has none and calls itself a total may be
        // one with a day of its own.
        let total = |memo: &str| memo.len() <= LONGEST_LABEL && is_total_or_balance(memo);
        if reference.is_none() && memo.as_deref().is_some_and(total) {
            return Err(notes::row_problem(
                number,
                "total_or_entry",
                "có ngày và số tiền nhưng nội dung là một dòng tổng hoặc số dư, không rõ có phải giao dịch. Dòng này không được ghi nhận; Anh/chị kiểm tra trong tệp gốc.",
                "has a day and an amount, but its text is that of a total or a balance, so it is not certain to be an entry. It is not taken: check the original file.",
            ));
        }
        let status = self.status(number, row)?;
        let balance_after = self.balance(number, row, currency);
        let columns = &self.columns;
        let value_date = match columns.value {
            Some(index) => row.cell(index).day(self.is_1904),
            None => None,
        };
        let entry = Entry {
            booking_date: day,
            value_date,
            credit_debit,
            amount,
            currency,
            status,
            reversal: false,
            reference,
            end_to_end_id: None,
            remittance: memo,
            counterparty_name: self.text(number, row, columns.name)?,
            counterparty_account: self
                .digits(number, row, columns.counter_account)?
                .map(|account| account.replace(' ', "")),
            counterparty_bank: self.text(number, row, columns.bank)?,
            balance_after,
            extras: EntryExtras::default(),
            position: row_position(number),
        };
        Ok(Some(entry))
    }

    /// The amount in a cell of row `number`, or nothing where it is blank.
    pub(super) fn figure(
        &mut self,
        number: u64,
        row: &Row<'_>,
        index: Option<usize>,
        currency: Currency,
    ) -> Result<Option<Amount>, Diagnostic> {
        let Some(index) = index else { return Ok(None) };
        let heading = || self.columns.heading(index);
        match row.cell(index) {
            Cell::Empty => Ok(None),
            Cell::Text(text) => parse_amount(text, currency, &mut self.marks).map_err(|problem| {
                notes::amount_problem(number, &self.columns.heading(index), text, problem)
            }),
            Cell::Number(value) => {
                let text = value.to_string();
                parse_numeric_cell(&text, currency)
                    .map(Some)
                    .map_err(|problem| notes::amount_problem(number, &heading(), &text, problem))
            }
            cell @ Cell::Moment(_) => Err(notes::amount_problem(
                number,
                &heading(),
                &cell.shown(),
                AmountProblem::NotANumber,
            )),
            Cell::Broken(error) => Err(notes::broken_cell(number, &heading(), &error, true)),
            Cell::Uncomputed => Err(notes::broken_cell(number, &heading(), "", false)),
        }
    }

    /// A balance that cannot be read costs the check, not the entry.
    fn balance(
        &mut self,
        number: u64,
        row: &Row<'_>,
        currency: Currency,
    ) -> Option<rust_decimal::Decimal> {
        match self.figure(number, row, self.columns.balance, currency) {
            Ok(amount) => amount.map(|amount| amount.figure),
            Err(problem) => {
                self.left_out = Some(Diagnostic { code: "balance".to_owned(), ..problem });
                None
            }
        }
    }

    fn row_currency(&mut self, number: u64, row: &Row<'_>) -> Result<Currency, Diagnostic> {
        let Some(index) = self.columns.currency else { return Ok(self.currency) };
        let cell = row.cell(index);
        let text = cell.shown();
        if text.is_empty() {
            return Ok(self.currency);
        }
        let problem = |vi: &str, en: &str| {
            notes::cell_problem(number, &self.columns.heading(index), "currency", &text, vi, en)
        };
        let named = currency_named(&text).or_else(|| Currency::parse(&text)).ok_or_else(|| {
            problem(
                "không phải là mã loại tiền. Ghi ví dụ VND.",
                "is not a currency code. Write for example VND.",
            )
        })?;
        if named != self.currency && self.currency_stated {
            return Err(problem(
                "khác loại tiền của tài khoản. Tải sao kê riêng cho từng loại tiền.",
                "is not the account's currency. Download one statement for each currency.",
            ));
        }
        (self.currency, self.currency_stated) = (named, true);
        Ok(named)
    }

    fn status(&self, number: u64, row: &Row<'_>) -> Result<EntryStatus, Diagnostic> {
        let Some(index) = self.columns.status else { return Ok(EntryStatus::Booked) };
        let text = row.cell(index).shown();
        match squeeze(&text).as_str() {
            "" | "THANHCONG" | "GIAODICHTHANHCONG" | "HOANTHANH" | "HOANTAT" | "DAHACHTOAN"
            | "SUCCESS" | "SUCCESSFUL" | "SUCCEEDED" | "COMPLETED" | "BOOKED" | "POSTED"
            | "BOOK" => Ok(EntryStatus::Booked),
            "DANGXULY" | "CHOXULY" | "PENDING" | "PROCESSING" | "PDNG" => Ok(EntryStatus::Pending),
            _ => Err(notes::cell_problem(
                number,
                &self.columns.heading(index),
                "status",
                &text,
                "không phải trạng thái đã hạch toán; dòng này không được ghi nhận.",
                "is not the status of a booked transaction; this row is not taken.",
            )),
        }
    }

    fn memo(&self, number: u64, row: &Row<'_>) -> Result<Option<String>, Diagnostic> {
        let mut memo: Option<String> = None;
        for index in &self.columns.memos {
            if let Some(text) = self.text(number, row, Some(*index))? {
                match &mut memo {
                    Some(joined) => {
                        joined.push(' ');
                        joined.push_str(&text);
                    }
                    None => memo = Some(text),
                }
            }
        }
        Ok(memo)
    }

    fn text(
        &self,
        number: u64,
        row: &Row<'_>,
        index: Option<usize>,
    ) -> Result<Option<String>, Diagnostic> {
        let Some(index) = index else { return Ok(None) };
        match row.cell(index) {
            Cell::Empty | Cell::Text("-") => Ok(None),
            Cell::Text(text) => Ok(Some(composed(text, row.is_known_ascii()))),
            Cell::Broken(error) => {
                Err(notes::broken_cell(number, &self.columns.heading(index), &error, true))
            }
            Cell::Uncomputed => {
                Err(notes::broken_cell(number, &self.columns.heading(index), "", false))
            }
            cell => Ok(Some(cell.shown().into_owned())),
        }
    }

    /// A reference or an account: digits must have survived as they were.
    fn digits(
        &self,
        number: u64,
        row: &Row<'_>,
        index: Option<usize>,
    ) -> Result<Option<String>, Diagnostic> {
        let Some(index) = index else { return Ok(None) };
        let damaged =
            |text: &str| Err(notes::damaged_digits(number, &self.columns.heading(index), text));
        match row.cell(index) {
            Cell::Text(text) if is_scientific(text) => damaged(text),
            Cell::Text(text) if text != "-" => Ok(Some(composed(text, row.is_known_ascii()))),
            // A spreadsheet number keeps fifteen digits; a longer one has lost its end.
            Cell::Number(value) => {
                let text = value.to_string();
                if text.len() <= 15 && text.bytes().all(|byte| byte.is_ascii_digit()) {
                    Ok(Some(text))
                } else {
                    damaged(&text)
                }
            }
            _ => self.text(number, row, Some(index)),
        }
    }
}

/// A program set to American days turns `02/11/2026` into a date in February and leaves
/// `25/11/2026` as text, since there is no month 25: then every real date has a day that could be
/// a month, and no text has one. Or the whole file has the month first, which only some days show.
#[derive(Clone, Copy, Debug, Default)]
struct KindsOfDays {
    real: u32,
    texts: u32,
    /// Texts that are days only if the month stands first.
    month_first: u32,
    /// Whether a text has a day that could be a month, or a real date one that could not.
    excluded: bool,
    /// Whether a text has a day that could not be a month.
    day_first: bool,
}

impl KindsOfDays {
    fn note_unreadable(&mut self, cell: &Cell<'_>) {
        if let Cell::Text(text) = cell
            && is_month_first(text)
        {
            self.month_first = self.month_first.saturating_add(1);
        }
    }

    fn note(&mut self, cell: &Cell<'_>, day: Day) {
        let could_be_month = day.day() <= 12;
        match cell {
            Cell::Moment(_) => {
                self.real = self.real.saturating_add(1);
                self.excluded |= !could_be_month;
            }
            Cell::Text(_) => {
                self.texts = self.texts.saturating_add(1);
                self.excluded |= could_be_month;
                self.day_first |= !could_be_month;
            }
            _ => self.excluded = true,
        }
    }

    /// Two of a kind are no slip of the hand.
    const fn are_turned(self) -> bool {
        let by_program = self.real >= 2 && self.texts >= 2 && !self.excluded;
        let throughout = self.month_first >= 2 && !self.day_first;
        by_program || throughout
    }
}

/// What the day's cell of a row holds.
#[derive(Debug)]
pub enum DayCell<'a> {
    /// A day, and what follows it in a cell that holds a document number too.
    Day(Day, Option<&'a str>),
    /// Nothing.
    Blank,
    /// Something that is no day.
    Unreadable(usize, Cell<'a>),
}

/// `row N`. Every entry has one, so it is written without the machinery of formatting.
fn row_position(number: u64) -> String {
    let mut digits = [0_u8; 20];
    let mut rest = number;
    let mut length = 0_usize;
    for slot in digits.iter_mut().rev() {
        *slot = b'0' + u8::try_from(rest % 10).unwrap_or(0);
        length += 1;
        rest /= 10;
        if rest == 0 {
            break;
        }
    }
    let written = digits.get(digits.len() - length..).unwrap_or_default();
    let mut position = String::with_capacity(4 + length);
    position.push_str("row ");
    position.push_str(std::str::from_utf8(written).unwrap_or_default());
    position
}

/// Whether a row has a label of a total, a balance or a page's foot, as banks print between entries.
#[must_use]
pub fn is_no_entry_line(row: &Row<'_>) -> bool {
    (0..row.width()).any(|index| match row.cell(index) {
        Cell::Text(text) => is_total_or_balance(text) || is_footer(text),
        _ => false,
    })
}

/// The text with letters and tone marks composed, as people compare it.
fn composed(text: &str, ascii: bool) -> String {
    if ascii || text.is_ascii() || is_nfc_quick(text.chars()) == IsNormalized::Yes {
        text.to_owned()
    } else {
        text.nfc().collect()
    }
}
