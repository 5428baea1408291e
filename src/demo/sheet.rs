//! A workbook of one sheet, written row by row; equal rows give equal bytes.

use chrono::Datelike;
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, Workbook, Worksheet, XlsxError};

use crate::domain::calendar::Day;

/// What a cell holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cell {
    /// Nothing.
    Blank,
    /// Text, whatever it looks like.
    Text(String),
    /// A number.
    Number(u32),
    /// A day as spreadsheets keep days.
    Day(Day),
}

impl Cell {
    /// A text cell, or a blank one when there is no text.
    pub fn text(text: impl Into<String>) -> Cell {
        let text = text.into();
        if text.is_empty() { Cell::Blank } else { Cell::Text(text) }
    }

    /// A text cell, or a blank one.
    pub fn maybe(text: Option<&str>) -> Cell {
        text.map_or(Cell::Blank, Cell::text)
    }

    /// A number cell, or its digits as text when it is negative or more than a `u32` holds.
    pub fn amount(dong: i64) -> Cell {
        u32::try_from(dong).map_or_else(|_| Cell::Text(dong.to_string()), Cell::Number)
    }
}

/// The sheet being written.
pub struct Sheet {
    cells: Worksheet,
    row: u32,
    days: Format,
}

impl Sheet {
    /// An empty sheet.
    pub fn new(name: &str) -> Result<Sheet, XlsxError> {
        let mut cells = Worksheet::new();
        cells.set_name(name)?;
        Ok(Sheet { cells, row: 0, days: Format::new().set_num_format("dd/mm/yyyy") })
    }

    /// Writes the next row.
    pub fn row(&mut self, cells: impl IntoIterator<Item = Cell>) -> Result<(), XlsxError> {
        for (column, cell) in (0_u16..).zip(cells) {
            match cell {
                Cell::Blank => {}
                Cell::Text(text) => {
                    self.cells.write_string(self.row, column, text)?;
                }
                Cell::Number(number) => {
                    self.cells.write_number(self.row, column, number)?;
                }
                Cell::Day(day) => {
                    let date = excel_day(day)?;
                    self.cells.write_datetime_with_format(self.row, column, date, &self.days)?;
                }
            }
        }
        self.row += 1;
        Ok(())
    }

    /// Writes a row of texts; an empty text leaves its cell blank.
    pub fn texts<'a>(&mut self, cells: impl IntoIterator<Item = &'a str>) -> Result<(), XlsxError> {
        self.row(cells.into_iter().map(Cell::text))
    }

    /// Leaves a row empty.
    pub fn gap(&mut self) {
        self.row += 1;
    }

    /// The finished file, its properties saying that the data are made up.
    pub fn finish(self) -> Result<Vec<u8>, XlsxError> {
        let mut book = Workbook::new();
        let written = ExcelDateTime::from_ymd(2026, 11, 23)?;
        book.set_properties(
            &DocProperties::new()
                .set_title("Dữ liệu mẫu")
                .set_comment("Dữ liệu bịa ra để dùng thử, không có người hay trường nào có thật.")
                .set_creation_datetime(&written),
        );
        book.push_worksheet(self.cells);
        book.save_to_buffer()
    }
}

fn excel_day(day: Day) -> Result<ExcelDateTime, XlsxError> {
    let small = |number: u32| u8::try_from(number).unwrap_or(0);
    ExcelDateTime::from_ymd(
        u16::try_from(day.year()).unwrap_or(0),
        small(day.month()),
        small(day.day()),
    )
}
