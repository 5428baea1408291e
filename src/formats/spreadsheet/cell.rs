//! One row of a table, whatever it comes from, seen cell by cell without copying.

use std::borrow::Cow;

use calamine::{DataRef, ExcelDateTime};

use super::date::{day_of_moment, day_of_serial, parse_day};
use super::records::CellRange;
use crate::domain::calendar::Day;

/// What a cell holds. Texts are trimmed and never empty.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell<'a> {
    /// Nothing, or blanks.
    Empty,
    /// Text.
    Text(&'a str),
    /// A spreadsheet's number.
    Number(f64),
    /// A number the spreadsheet shows as a date.
    Moment(ExcelDateTime),
    /// An error value such as `#REF!`, or a text that no program would have written.
    Broken(String),
    /// A formula whose result was not saved with the file.
    Uncomputed,
}

/// A worksheet's cell as it streams by: its value, or a formula nobody computed.
#[derive(Clone, Debug, Default)]
pub enum SheetCell<'a> {
    /// No cell.
    #[default]
    Missing,
    /// A value.
    Value(DataRef<'a>),
    /// A formula without a saved result.
    Uncomputed,
}

/// A record of a CSV file, checked to be UTF-8 in each cell.
#[derive(Clone, Copy, Debug)]
pub struct Record<'a> {
    /// The record as it stands in the file, or rewritten where quotes had to be.
    pub text: &'a str,
    /// Where each cell's text lies.
    pub cells: &'a [CellRange],
    /// Whether no letter of it is beyond ASCII.
    pub ascii: bool,
}

impl<'a> Record<'a> {
    /// The text of a cell.
    #[inline]
    #[must_use]
    pub fn get(&self, index: usize) -> Option<&'a str> {
        let (from, to) = *self.cells.get(index)?;
        self.text.get(from..to)
    }

    /// The texts of all cells.
    pub fn texts(&self) -> impl Iterator<Item = &'a str> {
        (0..self.cells.len()).filter_map(|index| self.get(index))
    }
}

/// A row of a CSV file or of a worksheet.
#[derive(Clone, Copy, Debug)]
pub enum Row<'a> {
    /// Of a CSV file.
    Record(Record<'a>),
    /// Of a worksheet.
    Sheet(&'a [SheetCell<'a>]),
}

impl<'a> Row<'a> {
    /// How many cells the row has, blank ones included.
    #[must_use]
    pub fn width(&self) -> usize {
        match self {
            Row::Record(record) => record.cells.len(),
            Row::Sheet(cells) => cells.len(),
        }
    }

    /// Whether too many cells prove that texts were cut at a separator inside them.
    #[must_use]
    pub fn is_separated_text(&self) -> bool {
        matches!(self, Row::Record(_))
    }

    /// Whether the row is known to be plain ASCII, so that its texts need no composing.
    #[must_use]
    pub fn is_known_ascii(&self) -> bool {
        matches!(self, Row::Record(Record { ascii: true, .. }))
    }

    /// The cell in column `index`, counted from 0.
    #[inline]
    #[must_use]
    pub fn cell(&self, index: usize) -> Cell<'a> {
        match self {
            Row::Record(record) => record.get(index).map_or(Cell::Empty, text_cell),
            Row::Sheet(_) => self.workbook_cell(index),
        }
    }

    fn workbook_cell(&self, index: usize) -> Cell<'a> {
        match self {
            Row::Record(_) => Cell::Empty,
            Row::Sheet(cells) => match cells.get(index) {
                None | Some(SheetCell::Missing) => Cell::Empty,
                Some(SheetCell::Uncomputed) => Cell::Uncomputed,
                Some(SheetCell::Value(value)) => match value {
                    DataRef::Empty => Cell::Empty,
                    DataRef::String(text)
                    | DataRef::DateTimeIso(text)
                    | DataRef::DurationIso(text) => workbook_text(text),
                    DataRef::SharedString(text) => workbook_text(text),
                    DataRef::Float(number) => Cell::Number(*number),
                    DataRef::Int(number) => Cell::Broken(number.to_string()),
                    DataRef::Bool(truth) => text_cell(if *truth { "TRUE" } else { "FALSE" }),
                    DataRef::DateTime(moment) => Cell::Moment(*moment),
                    DataRef::Error(error) => Cell::Broken(error.to_string()),
                },
            },
        }
    }

    /// The texts of all cells, as a person would copy them.
    #[must_use]
    pub fn texts(&self) -> Vec<String> {
        (0..self.width()).map(|index| self.cell(index).shown().into_owned()).collect()
    }

    /// Whether no cell holds anything.
    #[must_use]
    pub fn is_blank(&self) -> bool {
        (0..self.width()).all(|index| self.cell(index) == Cell::Empty)
    }
}

/// A text of a workbook, which may hold anything. In a text file a NUL is found while it is decoded.
fn workbook_text(text: &str) -> Cell<'_> {
    if text.contains('\0') { Cell::Broken(text.replace('\0', "␀")) } else { text_cell(text) }
}

#[inline]
fn text_cell(text: &str) -> Cell<'_> {
    // Nothing to trim where both ends are printable ASCII, as they nearly always are.
    if let [first, .., last] = text.as_bytes()
        && first.is_ascii_graphic()
        && last.is_ascii_graphic()
    {
        return Cell::Text(text);
    }
    match text.trim_matches(|letter: char| letter.is_whitespace() || letter == '\u{feff}') {
        "" => Cell::Empty,
        text => Cell::Text(text),
    }
}

impl<'a> Cell<'a> {
    /// The cell as text: numbers without exponent, dates as `dd/MM/yyyy`.
    #[must_use]
    pub fn shown(&self) -> Cow<'a, str> {
        match self {
            Cell::Empty => Cow::Borrowed(""),
            Cell::Text(text) => Cow::Borrowed(text),
            Cell::Number(number) => Cow::Owned(number.to_string()),
            Cell::Moment(moment) => Cow::Owned(match day_of_moment(*moment) {
                Some(day) => crate::domain::calendar::vietnamese_day(day),
                None => moment.as_f64().to_string(),
            }),
            Cell::Broken(error) => Cow::Owned(error.clone()),
            Cell::Uncomputed => Cow::Borrowed("="),
        }
    }

    /// The day the cell holds; a bare day number counts only in a spreadsheet, never in text.
    #[must_use]
    pub fn day(&self, is_1904: bool) -> Option<Day> {
        match self {
            Cell::Text(text) => parse_day(text),
            Cell::Moment(moment) => day_of_moment(*moment),
            Cell::Number(number) => day_of_serial(*number, is_1904),
            Cell::Empty | Cell::Broken(_) | Cell::Uncomputed => None,
        }
    }
}
