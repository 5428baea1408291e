//! Writing a list back, so that no spreadsheet program takes a text for a formula.

use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, Workbook, XlsxError};

use super::table::Table;
use crate::domain::diagnostic::Diagnostic;
use crate::domain::text::still;

/// The table as CSV: UTF-8 with byte order mark, as Excel wants it. A text that a spreadsheet
/// program would run as a formula gets an apostrophe before it; numbers stay as they are.
pub fn write_csv(table: &Table) -> Result<Vec<u8>, Diagnostic> {
    let mut writer = ::csv::WriterBuilder::new()
        .terminator(::csv::Terminator::CRLF)
        .flexible(true)
        .from_writer(b"\xEF\xBB\xBF".to_vec());
    let headers = std::iter::once(&table.headers);
    for cells in headers.chain(table.rows.iter().map(|row| &row.cells)) {
        for cell in cells {
            writer.write_field(neutral(cell).as_bytes()).map_err(|error| unwritten(&error))?;
        }
        writer.write_record(None::<&[u8]>).map_err(|error| unwritten(&error))?;
    }
    writer.into_inner().map_err(|error| unwritten(error.error()))
}

/// The table as a workbook in which every cell is text: codes keep their zeros.
pub fn write_xlsx(table: &Table) -> Result<Vec<u8>, Diagnostic> {
    write_list(table, &[])
}

/// The same with amounts in some columns, by their index from 0: whole numbers that can be added up.
pub fn write_list(table: &Table, amounts: &[usize]) -> Result<Vec<u8>, Diagnostic> {
    workbook(table, amounts).map_err(|error| unwritten(&error))
}

/// Excel keeps numbers of up to fifteen digits exactly.
const EXACT_DIGITS: usize = 15;

fn workbook(table: &Table, amounts: &[usize]) -> Result<Vec<u8>, XlsxError> {
    let mut workbook = Workbook::new();
    // The same list gives the same bytes on any day.
    let made = ExcelDateTime::from_ymd(2026, 1, 1)?;
    workbook.set_properties(&DocProperties::new().set_creation_datetime(&made));
    let text = Format::new().set_num_format("@");
    let amount = Format::new().set_num_format("#,##0");
    let heading = Format::new().set_bold();
    let sheet = workbook.add_worksheet();
    for (column, name) in (0_u16..).zip(&table.headers) {
        sheet.write_string_with_format(0, column, name, &heading)?;
    }
    for (row, record) in (1_u32..).zip(&table.rows) {
        for (column, cell) in (0_u16..).zip(&record.cells) {
            let whole = cell
                .parse::<f64>()
                .ok()
                .filter(|_| amounts.contains(&usize::from(column)) && cell.len() <= EXACT_DIGITS);
            match whole {
                Some(number) => sheet.write_number_with_format(row, column, number, &amount)?,
                None => sheet.write_string_with_format(row, column, still(cell), &text)?,
            };
        }
    }
    sheet.set_freeze_panes(1, 0)?;
    workbook.save_to_buffer()
}

/// OWASP's rule for CSV injection, for texts only: a negative amount is no formula.
fn neutral(cell: &str) -> std::borrow::Cow<'_, str> {
    let risky = cell.starts_with(['=', '+', '-', '@', '\t', '\r']);
    let unsigned = cell.trim_start_matches(['+', '-']);
    let number = cell.len() - unsigned.len() <= 1
        && !unsigned.is_empty()
        && unsigned.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b','));
    let cell = still(cell);
    if risky && !number { format!("'{cell}").into() } else { cell }
}

/// Says that a list could not be written.
pub(super) fn unwritten(error: &dyn std::error::Error) -> Diagnostic {
    Diagnostic::new(
        "cannot_write",
        format!("Không ghi được danh sách: {error}."),
        format!("The list cannot be written: {error}."),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::roster::{TableRow, read_table};

    fn table() -> Table {
        let row = |cells: &[&str]| cells.iter().map(|cell| (*cell).to_owned()).collect::<Vec<_>>();
        Table {
            headers: row(&["Mã học sinh", "Họ và tên", "Ghi chú"]),
            rows: vec![
                TableRow { row: 2, cells: row(&["00123", "Trần Mẫu A", "=1+1"]) },
                TableRow { row: 3, cells: row(&["00124", "Lê \"Mẫu\", B", "-5.000"]) },
                TableRow { row: 4, cells: row(&["00125", "@mẫu", "hai\ndòng"]) },
            ],
        }
    }

    #[test]
    fn no_text_becomes_a_formula() {
        for (cell, expected) in [
            ("=1+1", "'=1+1"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("+84 912", "'+84 912"),
            ("-cmd", "'-cmd"),
            ("\tx", "'\tx"),
            ("-5.000", "-5.000"),
            ("+5", "+5"),
            ("--5", "'--5"),
            ("6A1", "6A1"),
        ] {
            assert_eq!(neutral(cell), expected);
        }
    }

    #[test]
    fn a_written_list_reads_back() {
        let table = table();
        assert_eq!(read_table(&write_xlsx(&table).unwrap()).unwrap(), table);
        let again = read_table(&write_csv(&table).unwrap()).unwrap();
        assert_eq!(again.rows[0].cells, ["00123", "Trần Mẫu A", "'=1+1"]);
        assert_eq!(again.rows[1].cells, table.rows[1].cells);
        assert_eq!(again.rows[2].cells[2], "hai\ndòng");
    }
}
