//! Workbooks of Excel, cell by cell as they are unpacked.

use std::io::SeekFrom;
use std::ops::ControlFlow;
use std::panic::{AssertUnwindSafe, catch_unwind};

use calamine::{DataRef, Reader, SheetType, SheetVisible, Xlsx, XlsxError};

use super::cell::{Row, SheetCell};
use super::table::{Stop, TableReader};
use super::zip_limits;
use crate::domain::diagnostic::Diagnostic;
use crate::formats::{Options, Reading, Sink, Source};

/// Cells further right are never looked at: no statement has as many columns.
pub const MOST_COLUMNS: u32 = 256;

/// Reads the visible sheets of a workbook as bank statements.
pub fn read(source: &mut impl Source, options: &Options, sink: &mut Sink) -> Reading {
    let opened = open(source);
    let is_1904 = opened.as_ref().is_ok_and(Xlsx::has_1904_epoch);
    let mut table = TableReader::new("xlsx", is_1904, options, sink);
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

/// Opens a workbook whose unpacked size is bounded.
pub fn open<S: Source>(source: &mut S) -> Result<Xlsx<&mut S>, Diagnostic> {
    zip_limits::check(source)?;
    source.seek(SeekFrom::Start(0)).map_err(|error| super::decode::unreadable(&error))?;
    unpanicked(|| Xlsx::new(source))?.map_err(|error| damaged(&error))
}

fn read_sheets<S: Source>(
    workbook: &mut Xlsx<&mut S>,
    table: &mut TableReader<'_, '_>,
) -> ControlFlow<Stop> {
    for sheet in workbook.sheets_metadata().to_vec() {
        if sheet.typ != SheetType::WorkSheet {
            continue;
        }
        if sheet.visible != SheetVisible::Visible {
            table.warn(hidden_sheet(&sheet.name));
            continue;
        }
        table.begin_sheet(&sheet.name);
        let mut flow = ControlFlow::Continue(());
        let walked = walk(workbook, &sheet.name, |number, cells| {
            flow = table.row(number, Row::Sheet(cells));
            if flow.is_break() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        });
        if let Err(error) = walked {
            return table.refuse(error);
        }
        match flow {
            ControlFlow::Break(Stop::NoHeader) | ControlFlow::Continue(()) => {}
            ControlFlow::Break(stop) => return ControlFlow::Break(stop),
        }
        table.end_sheet()?;
    }
    ControlFlow::Continue(())
}

/// Gives the filled rows of a sheet, counted from 1, until `each` wants no more.
pub fn walk<S: Source>(
    workbook: &mut Xlsx<&mut S>,
    sheet: &str,
    mut each: impl FnMut(u64, &[SheetCell<'_>]) -> ControlFlow<()>,
) -> Result<(), Diagnostic> {
    let mut cells = match unpanicked(|| workbook.worksheet_cells_reader(sheet))? {
        Ok(cells) => cells,
        Err(XlsxError::NotAWorksheet(_)) => return Ok(()),
        Err(error) => return Err(damaged(&error)),
    };
    let mut row: Vec<SheetCell<'_>> = Vec::new();
    let mut current = 0;
    while let Some(record) =
        unpanicked(|| cells.next_cell_with_formula_metadata())?.map_err(|error| damaged(&error))?
    {
        let (at_row, at_column) = record.pos;
        if at_row != current {
            if at_row < current {
                return Err(unordered());
            }
            if !row.is_empty() && each(u64::from(current) + 1, &row).is_break() {
                return Ok(());
            }
            row.clear();
            current = at_row;
        }
        if at_column >= MOST_COLUMNS {
            continue;
        }
        let value = match (record.value, record.formula) {
            (DataRef::Empty, Some(_)) => SheetCell::Uncomputed,
            (DataRef::Empty, None) => continue,
            (value, _) => SheetCell::Value(value),
        };
        let index = usize::try_from(at_column).unwrap_or(usize::MAX);
        while row.len() < index {
            row.push(SheetCell::Missing);
        }
        match row.get_mut(index) {
            Some(slot) => *slot = value,
            None => row.push(value),
        }
    }
    if !row.is_empty() {
        // The last row; there is nothing left to stop.
        let _last = each(u64::from(current) + 1, &row);
    }
    Ok(())
}

/// Says that a hidden sheet was left out.
pub(super) fn hidden_sheet(name: &str) -> Diagnostic {
    let name = super::notes::quoted(name);
    Diagnostic::new(
        "hidden_sheet",
        format!("Trang tính '{name}' đang ẩn nên không được đọc. Nếu cần, bỏ ẩn rồi tải lại."),
        format!(
            "The sheet '{name}' is hidden and was not read. If it is needed, unhide it and load the file again."
        ),
    )
}

fn unordered() -> Diagnostic {
    Diagnostic::new(
        "workbook",
        "Các dòng trong tệp Excel không theo thứ tự, không đọc được chắc chắn. Mở bằng Excel, lưu lại rồi tải lên.",
        "The rows of the workbook are out of order and cannot be read with certainty. Open it in Excel, save it and load it again.",
    )
}

/// Runs a step of calamine, which panics on some damaged files (its issue 612), and never runs
/// anything of the same workbook again when it did.
pub fn unpanicked<T>(step: impl FnOnce() -> T) -> Result<T, Diagnostic> {
    catch_unwind(AssertUnwindSafe(step))
        .map_err(|_panic| damaged(&XlsxError::Unexpected("inconsistent records")))
}

/// Says that a workbook cannot be read.
#[must_use]
pub fn damaged(error: &XlsxError) -> Diagnostic {
    if matches!(error, XlsxError::Password) {
        return Diagnostic::new(
            "encrypted",
            "Tệp Excel có mật khẩu. Bỏ mật khẩu (Tệp > Thông tin > Bảo vệ sổ làm việc) rồi tải lại.",
            "The workbook is protected by a password. Remove it (File > Info > Protect Workbook) and load the file again.",
        );
    }
    Diagnostic::new(
        "workbook",
        format!("Tệp Excel bị hỏng hoặc thiếu dữ liệu ({error}). Tải lại tệp từ ngân hàng."),
        format!(
            "The workbook is damaged or incomplete ({error}). Download it from the bank again."
        ),
    )
}
