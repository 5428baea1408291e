//! Workbooks as somebody reads them.

use std::io::Cursor;

use calamine::{Data, Reader, Xlsx};

/// The rows of a workbook's first sheet, every cell as text.
pub fn sheet_of(bytes: &[u8]) -> Vec<Vec<String>> {
    let mut book: Xlsx<_> = calamine::open_workbook_from_rs(Cursor::new(bytes.to_vec())).unwrap();
    let sheet = book.worksheet_range_at(0).unwrap().unwrap();
    sheet.rows().map(|row| row.iter().map(Data::to_string).collect()).collect()
}
