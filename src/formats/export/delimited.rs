//! CSV for spreadsheets: UTF-8 with byte order mark, comma, CRLF, a heading and a row for each row.

use super::{Export, ExportError, neutral};
use crate::domain::export::Cell;

/// The table as CSV. Days are `YYYY-MM-DD`, amounts plain digits, rates percent with two digits; a text
/// that a spreadsheet program would run gets an apostrophe. There is no row of totals: it would be
/// added up with the rest.
pub fn csv(export: &Export) -> Result<Vec<u8>, ExportError> {
    let mut writer = ::csv::WriterBuilder::new()
        .terminator(::csv::Terminator::CRLF)
        // Excel takes a file without the mark for the machine's old code page.
        .from_writer(b"\xEF\xBB\xBF".to_vec());
    writer.write_record(export.sheet.columns.iter().map(|column| column.heading))?;
    for row in &export.sheet.rows {
        writer.write_record(row.iter().map(text))?;
    }
    writer.into_inner().map_err(|error| ExportError::Csv(error.into_error().into()))
}

fn text(cell: &Cell) -> String {
    match cell {
        Cell::Empty => String::new(),
        Cell::Text(text) => neutral(text),
        Cell::Day(day) => day.to_string(),
        Cell::Dong(amount) => amount.to_string(),
        Cell::Rate(rate) => rate.percent(2).map(|rate| rate.to_string()).unwrap_or_default(),
    }
}
