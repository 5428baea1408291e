//! Bank statements in tables: CSV, XLSX and XLS files, web pages and XML workbooks named .xls, with
//! a header row found by its words.
//!
//! The position of an entry is `row N`: the row as a spreadsheet program numbers it, from 1. In a
//! text file a line break inside quotes starts no row, and a blank line counts as one.

pub mod cell;
pub mod csv;
pub mod date;
pub mod decode;
mod direction;
pub mod entry;
pub mod header;
pub mod html;
mod inflated_size;
pub mod layouts;
pub mod legacy_font;
pub mod letterhead;
pub mod mapping;
pub mod mapping_text;
pub mod notes;
pub mod number;
pub mod question;
pub mod records;
pub mod row_labels;
pub mod spreadsheetml;
pub mod statement;
pub mod synonyms;
pub mod table;
pub mod tally;
pub mod totals;
pub mod xls;
pub mod xlsx;
pub mod zip_limits;

use crate::formats::{Options, Reading, Sink, Source};

/// Reads a text table in UTF-8, UTF-16 or Windows-1258, separated by commas, semicolons or tabs.
pub fn read_csv(source: &mut impl Source, options: &Options, sink: &mut Sink) -> Reading {
    csv::read(source, options, sink)
}

/// Reads the tables of a web page, as some banks hand them out under the name of `.xls`.
pub fn read_html(source: &mut impl Source, options: &Options, sink: &mut Sink) -> Reading {
    html::read(source, options, sink)
}

/// Reads an XML workbook of Excel 2003.
pub fn read_spreadsheetml(source: &mut impl Source, options: &Options, sink: &mut Sink) -> Reading {
    spreadsheetml::read(source, options, sink)
}

/// Reads an XLSX workbook, streaming its cells.
pub fn read_xlsx(source: &mut impl Source, options: &Options, sink: &mut Sink) -> Reading {
    xlsx::read(source, options, sink)
}

/// Reads an XLS workbook.
pub fn read_xls(source: &mut impl Source, options: &Options, sink: &mut Sink) -> Reading {
    xls::read(source, options, sink)
}

#[cfg(test)]
mod tests;
