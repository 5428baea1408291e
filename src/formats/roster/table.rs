//! A list as it is: its headings and the text of its cells, from CSV or XLSX.

use std::io::Cursor;
use std::ops::ControlFlow;

use calamine::{Reader, SheetType, SheetVisible};
use serde::{Deserialize, Serialize};

use super::columns::known_headings;
use crate::domain::diagnostic::Diagnostic;
use crate::formats::spreadsheet::cell::{Cell, Row};
use crate::formats::spreadsheet::legacy_font::{is_old_font_row, old_font_headings};
use crate::formats::spreadsheet::{csv, xlsx};

/// How many filled rows may stand above the headings.
const ROWS_ABOVE: usize = 30;
/// More rows than any province has students.
const MOST_ROWS: usize = 2_000_000;

/// A list with headings; every row has as many cells as there are headings.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Table {
    /// The headings, in the file's order.
    pub headers: Vec<String>,
    /// The rows below, blank ones left out.
    pub rows: Vec<TableRow>,
}

/// A row of a list.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TableRow {
    /// The row in the file, counted from 1 as a spreadsheet program shows it.
    pub row: u64,
    /// The cells' texts, trimmed; whole numbers without grouping, dates as `dd/MM/yyyy`.
    pub cells: Vec<String>,
}

/// Reads a list from the bytes of a CSV or XLSX file. The headings are the row, among the first
/// ones, in which most words are known; without any, the first filled row.
pub fn read_table(bytes: &[u8]) -> Result<Table, Diagnostic> {
    if bytes.is_empty() {
        return Err(empty_list());
    }
    if bytes.starts_with(b"PK") {
        return read_workbook(bytes);
    }
    if bytes.starts_with(&[0xD0, 0xCF, 0x11, 0xE0]) || bytes.starts_with(b"%PDF") {
        return Err(Diagnostic::new(
            "list_format",
            "Danh sách phải là tệp CSV hoặc Excel .xlsx. Mở bằng Excel, chọn Lưu dưới dạng .xlsx rồi tải lên.",
            "A list must be a CSV or an Excel .xlsx file. Open it in Excel, choose Save as .xlsx and load it.",
        ));
    }
    let mut source = Cursor::new(bytes);
    let dialect = csv::detect(&mut source)?;
    let dialect = csv::Dialect { separator: list_separator(bytes, dialect), ..dialect };
    let mut records = csv::Records::new(source, dialect)?;
    let mut rows = Vec::new();
    while let Some((number, record)) = records.next_record()? {
        push_row(&mut rows, number, Row::Record(record))?;
    }
    headed(rows).map(|(_, table)| table)
}

/// The separator that a list's own headings prove, else the one found for statements.
fn list_separator(bytes: &[u8], dialect: csv::Dialect) -> u8 {
    if dialect.named_in_first_line {
        return dialect.separator;
    }
    let score = |separator: u8| -> usize {
        let found = csv::Records::new(Cursor::new(bytes), csv::Dialect { separator, ..dialect });
        let Ok(mut records) = found else { return 0 };
        let mut best = 0;
        for _ in 0..ROWS_ABOVE {
            let Ok(Some((_, record))) = records.next_record() else { break };
            let known = known_headings(record.texts());
            best = best.max(known * 2 + usize::from(record.cells.len() > 1));
        }
        best
    };
    [b',', b';', b'\t', b'|'].into_iter().rev().max_by_key(|mark| score(*mark)).unwrap_or(b',')
}

fn read_workbook(bytes: &[u8]) -> Result<Table, Diagnostic> {
    let mut source = Cursor::new(bytes);
    let mut workbook = xlsx::open(&mut source)?;
    let mut best: Option<(usize, Table)> = None;
    for sheet in workbook.sheets_metadata().to_vec() {
        if sheet.typ != SheetType::WorkSheet || sheet.visible != SheetVisible::Visible {
            continue;
        }
        let mut rows = Vec::new();
        let mut problem = None;
        xlsx::walk(&mut workbook, &sheet.name, |number, cells| {
            match push_row(&mut rows, number, Row::Sheet(cells)) {
                Ok(()) => ControlFlow::Continue(()),
                Err(error) => {
                    problem = Some(error);
                    ControlFlow::Break(())
                }
            }
        })?;
        if let Some(problem) = problem {
            return Err(problem);
        }
        let Ok((known, table)) = headed(rows) else { continue };
        if best.as_ref().is_none_or(|(most, _)| known > *most) {
            best = Some((known, table));
        }
    }
    best.map(|(_, table)| table).ok_or_else(empty_list)
}

fn push_row(rows: &mut Vec<TableRow>, number: u64, row: Row<'_>) -> Result<(), Diagnostic> {
    if rows.len() >= MOST_ROWS {
        return Err(Diagnostic::new(
            "too_many_rows",
            format!("Danh sách có hơn {MOST_ROWS} dòng. Tách thành nhiều tệp."),
            format!("The list has more than {MOST_ROWS} rows. Split it into several files."),
        ));
    }
    let mut cells: Vec<String> = (0..row.width()).map(|index| listed(&row.cell(index))).collect();
    while cells.last().is_some_and(String::is_empty) {
        cells.pop();
    }
    if !cells.is_empty() {
        rows.push(TableRow { row: number, cells });
    }
    Ok(())
}

/// A cell's text. A number of more than fifteen digits has lost its end in the spreadsheet and is
/// shown as the damage it is; so is a formula that nobody computed.
fn listed(cell: &Cell<'_>) -> String {
    match cell {
        Cell::Number(number) => {
            let plain = number.to_string();
            if plain.bytes().filter(u8::is_ascii_digit).count() > 15 {
                format!("{number:E}").replace('E', "E+")
            } else {
                plain
            }
        }
        Cell::Uncomputed => "#CALC!".to_owned(),
        cell => cell.shown().into_owned(),
    }
}

/// Cuts the headings off; says how many of them are known.
fn headed(mut rows: Vec<TableRow>) -> Result<(usize, Table), Diagnostic> {
    let known = |row: &TableRow| known_headings(row.cells.iter().map(String::as_str));
    let (index, score) = rows
        .iter()
        .take(ROWS_ABOVE)
        .map(known)
        .enumerate()
        .max_by_key(|(index, score)| (*score, std::cmp::Reverse(*index)))
        .ok_or_else(empty_list)?;
    if let Some(above) = rows.get(..=index)
        && let Some(row) = above.iter().find(|row| is_old_font_row(&row.cells))
    {
        return Err(old_font_headings(row.row));
    }
    let body = rows.split_off(index + 1);
    let headers: Vec<String> = rows
        .pop()
        .map(|row| row.cells)
        .unwrap_or_default()
        .into_iter()
        .map(|heading| heading.split_whitespace().collect::<Vec<_>>().join(" "))
        .collect();
    let rows = body
        .into_iter()
        .map(|mut row| {
            row.cells.resize(headers.len().max(row.cells.len()), String::new());
            row
        })
        .collect();
    Ok((score, Table { headers, rows }))
}

fn empty_list() -> Diagnostic {
    Diagnostic::new(
        "empty_file",
        "Danh sách trống, không có dòng nào. Kiểm tra lại tệp.",
        "The list is empty. Check the file.",
    )
}
