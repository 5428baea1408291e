//! Workbooks of Excel 2002–2003 in XML, mostly named `.xls`, read as a stream of events.
//!
//! The file is gone through twice: whether a sheet is hidden stands behind its cells.

mod rows;
mod spot;
mod walk;

use std::collections::BTreeSet;
use std::ops::ControlFlow;

use quick_xml::events::BytesStart;

use self::rows::{Rows, attribute};
use self::spot::Spot;
use self::walk::{Visitor, walk};
use super::html::charset;
use super::table::{Stop, TableReader};
use super::xlsx::hidden_sheet;
use crate::domain::diagnostic::Diagnostic;
use crate::formats::{Options, Reading, Sink, Source};

/// Reads the visible sheets of an XML workbook as bank statements.
pub fn read(source: &mut impl Source, options: &Options, sink: &mut Sink) -> Reading {
    let mut table = TableReader::new("spreadsheetml", false, options, sink);
    if let Err(error) = read_sheets(source, &mut table) {
        let _refused = table.refuse(error);
    }
    table.finish()
}

fn read_sheets(
    source: &mut impl Source,
    table: &mut TableReader<'_, '_>,
) -> Result<(), Diagnostic> {
    let found = charset::find(source)?;
    let mut survey = Survey::default();
    walk(source, found.encoding, &mut survey)?;
    if let Some(warning) = found.warning {
        table.warn(warning);
    }
    if survey.is_1904 {
        table.count_days_from_1904();
    }
    let mut sheets =
        Sheets { table, hidden: survey.hidden, sheet: 0, name: String::new(), rows: None };
    walk(source, found.encoding, &mut sheets)
}

/// The first time through: what must be known before the first cell.
#[derive(Default)]
struct Survey {
    sheet: usize,
    hidden: BTreeSet<usize>,
    is_1904: bool,
    text: String,
}

impl Visitor for Survey {
    fn start(&mut self, spot: Spot, _: &BytesStart<'_>, _: u64) -> Result<bool, Diagnostic> {
        match spot {
            Spot::Worksheet => self.sheet += 1,
            Spot::Date1904 => self.is_1904 = true,
            Spot::Visible => self.text.clear(),
            _ => {}
        }
        Ok(true)
    }

    fn text(&mut self, spot: Spot, piece: &str, _: u64) -> Result<(), Diagnostic> {
        if spot == Spot::Visible {
            self.text.push_str(piece.get(..64).unwrap_or(piece));
        }
        Ok(())
    }

    fn end(&mut self, spot: Spot) -> Result<bool, Diagnostic> {
        if spot == Spot::Visible && self.text.trim() != "SheetVisible" {
            self.hidden.insert(self.sheet);
        }
        Ok(true)
    }
}

/// The second time through: the rows of the visible sheets.
struct Sheets<'t, 'r, 's> {
    table: &'t mut TableReader<'r, 's>,
    hidden: BTreeSet<usize>,
    sheet: usize,
    name: String,
    /// The rows of the open sheet, while they are wanted.
    rows: Option<Rows>,
}

impl Visitor for Sheets<'_, '_, '_> {
    fn start(&mut self, spot: Spot, tag: &BytesStart<'_>, line: u64) -> Result<bool, Diagnostic> {
        if spot == Spot::Worksheet {
            self.sheet += 1;
            self.name = attribute(tag, "Name", line)?.unwrap_or_default();
            if self.hidden.contains(&self.sheet) {
                self.table.warn(hidden_sheet(&self.name));
                self.rows = None;
            } else {
                self.table.begin_sheet(&self.name);
                self.rows = Some(Rows::default());
            }
        }
        if let Some(rows) = &mut self.rows {
            rows.start(spot, tag, line)?;
        }
        Ok(true)
    }

    fn text(&mut self, spot: Spot, piece: &str, line: u64) -> Result<(), Diagnostic> {
        match &mut self.rows {
            Some(rows) => rows.text(spot, piece, line),
            None => Ok(()),
        }
    }

    fn end(&mut self, spot: Spot) -> Result<bool, Diagnostic> {
        let Some(rows) = &mut self.rows else { return Ok(true) };
        let mut flow = ControlFlow::Continue(());
        if let Some((number, row)) = rows.end(spot) {
            flow = self.table.row(number, row);
        }
        if spot == Spot::Worksheet {
            if let Some(warning) = rows.hidden_rows(&self.name) {
                self.table.warn(warning);
            }
            self.rows = None;
            flow = self.table.end_sheet();
        }
        match flow {
            ControlFlow::Continue(()) => Ok(true),
            ControlFlow::Break(Stop::NoHeader) => {
                self.rows = None;
                match self.table.end_sheet() {
                    ControlFlow::Continue(()) => Ok(true),
                    ControlFlow::Break(_) => Ok(false),
                }
            }
            ControlFlow::Break(Stop::Asked | Stop::Refused) => Ok(false),
        }
    }
}
