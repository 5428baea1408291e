//! Workbooks of Excel 97–2003.

use std::io::{Read, SeekFrom};
use std::ops::ControlFlow;

use calamine::{Reader, SheetType, SheetVisible, Xls, XlsError};

use super::cell::Row;
use super::table::{Stop, TableReader};
use super::xlsx::unpanicked;
use crate::domain::diagnostic::Diagnostic;
use crate::formats::{Options, Reading, Sink, Source};

/// The old format holds 65,536 rows a sheet; a larger file is no statement.
const LARGEST_FILE: u64 = 64 * 1024 * 1024;

/// Reads the visible sheets of an old workbook as bank statements.
pub fn read(source: &mut impl Source, options: &Options, sink: &mut Sink) -> Reading {
    let opened = open(source);
    let is_1904 = opened.as_ref().is_ok_and(Xls::has_1904_epoch);
    let mut table = TableReader::new("xls", is_1904, options, sink);
    match opened {
        Ok(mut workbook) => {
            // Every way to end early has left its reason in the reading.
            let _ended = read_sheets(&mut workbook, &mut table);
        }
        Err(error) => {
            let _refused = table.refuse(error);
        }
    }
    table.finish()
}

fn open(source: &mut impl Source) -> Result<Xls<std::io::Cursor<Vec<u8>>>, Diagnostic> {
    source.seek(SeekFrom::Start(0)).map_err(|error| super::decode::unreadable(&error))?;
    let mut bytes = Vec::new();
    source
        .take(LARGEST_FILE + 1)
        .read_to_end(&mut bytes)
        .map_err(|error| super::decode::unreadable(&error))?;
    if u64::try_from(bytes.len()).is_ok_and(|length| length > LARGEST_FILE) {
        return Err(super::zip_limits::too_large());
    }
    if claims_too_much(&bytes) {
        return Err(super::zip_limits::too_large());
    }
    unpanicked(|| Xls::new(std::io::Cursor::new(bytes)))?.map_err(|error| damaged(&error))
}

/// Whether a DIMENSIONS record ([MS-XLS] 2.4.90) claims more than the format can hold: memory for
/// all that it claims would be reserved.
fn claims_too_much(bytes: &[u8]) -> bool {
    const RECORD: [u8; 4] = [0x00, 0x02, 0x0E, 0x00];
    const MOST_ROWS: u32 = 65_536;
    const MOST_COLUMNS: u16 = 256;
    bytes.windows(16).filter(|window| window.starts_with(&RECORD)).any(|window| {
        let &[_, _, _, _, _, _, _, _, r1, r2, r3, r4, _, _, c1, c2] = window else { return false };
        u32::from_le_bytes([r1, r2, r3, r4]) > MOST_ROWS
            || u16::from_le_bytes([c1, c2]) > MOST_COLUMNS
    })
}

fn read_sheets(
    workbook: &mut Xls<std::io::Cursor<Vec<u8>>>,
    table: &mut TableReader<'_, '_>,
) -> ControlFlow<Stop> {
    for sheet in workbook.sheets_metadata().to_vec() {
        if sheet.typ != SheetType::WorkSheet || sheet.visible != SheetVisible::Visible {
            continue;
        }
        let range = match unpanicked(|| workbook.worksheet_range(&sheet.name)) {
            Ok(Ok(range)) => range,
            Ok(Err(error)) => return table.refuse(damaged(&error)),
            Err(problem) => return table.refuse(problem),
        };
        let (first_row, first_column) = range.start().unwrap_or((0, 0));
        table.begin_sheet(&sheet.name);
        let mut flow = ControlFlow::Continue(());
        let mut number = u64::from(first_row);
        let margin = usize::try_from(first_column).unwrap_or(0);
        let mut padded = Vec::new();
        for row in range.rows() {
            number += 1;
            padded.clear();
            padded.resize(margin, calamine::Data::Empty);
            padded.extend_from_slice(row);
            flow = table.row(number, Row::Data(&padded));
            if flow.is_break() {
                break;
            }
        }
        match flow {
            ControlFlow::Break(Stop::NoHeader) | ControlFlow::Continue(()) => {}
            ControlFlow::Break(stop) => return ControlFlow::Break(stop),
        }
        table.end_sheet()?;
    }
    ControlFlow::Continue(())
}

fn damaged(error: &XlsError) -> Diagnostic {
    if matches!(error, XlsError::Password) {
        return super::xlsx::damaged(&calamine::XlsxError::Password);
    }
    Diagnostic::new(
        "workbook",
        format!(
            "Tệp .xls bị hỏng hoặc không đọc được ({error}). Mở bằng Excel, lưu dạng .xlsx rồi tải lên."
        ),
        format!(
            "The .xls file is damaged or cannot be read ({error}). Open it in Excel, save it as .xlsx and load it."
        ),
    )
}
