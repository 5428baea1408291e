//! Workbooks of Excel 5 to 2003. calamine reads them; what it would trust is looked through first.

mod container;
mod records;
mod texts;

use std::io::{Cursor, Read, SeekFrom};
use std::ops::ControlFlow;

use calamine::{Data, DataRef, Range, Reader, SheetType, SheetVisible, Xls, XlsError};

use self::container::Container;
use self::records::{Facts, Problem};
use super::cell::{Row, SheetCell};
use super::decode::{TextEncoding, encoding_assumed};
use super::table::{Stop, TableReader};
use super::xlsx::{hidden_sheet, unpanicked};
use crate::domain::diagnostic::{Diagnostic, Place};
use crate::formats::detect::Refused;
use crate::formats::refusal::refusal;
use crate::formats::{Options, Reading, Sink, Source};

/// The old format holds 65,536 rows a sheet; a larger file is no statement.
const LARGEST_FILE: u64 = 64 * 1024 * 1024;

type Workbook = Xls<Cursor<Vec<u8>>>;

/// Reads the visible sheets of an old workbook as bank statements.
pub fn read(source: &mut impl Source, options: &Options, sink: &mut Sink) -> Reading {
    let opened = open(source);
    let is_1904 = opened.as_ref().is_ok_and(|(workbook, _)| workbook.has_1904_epoch());
    let mut table = TableReader::new("xls", is_1904, options, sink);
    match opened {
        Ok((mut workbook, facts)) => {
            if facts.code_page_unknown {
                table.warn(encoding_assumed(TextEncoding::Windows1252));
            }
            // Every way to end early has left its reason in the reading.
            let _ended = read_sheets(&mut workbook, &mut table);
        }
        Err(error) => {
            let _refused = table.refuse(error);
        }
    }
    table.finish()
}

fn open(source: &mut impl Source) -> Result<(Workbook, Facts), Diagnostic> {
    source.seek(SeekFrom::Start(0)).map_err(|error| super::decode::unreadable(&error))?;
    let mut bytes = Vec::new();
    source
        .take(LARGEST_FILE + 1)
        .read_to_end(&mut bytes)
        .map_err(|error| super::decode::unreadable(&error))?;
    if u64::try_from(bytes.len()).is_ok_and(|length| length > LARGEST_FILE) {
        return Err(super::zip_limits::too_large());
    }
    let facts = look_through(&bytes)?;
    let workbook = unpanicked(|| Xls::new(Cursor::new(bytes)))?.map_err(|error| damaged(&error))?;
    Ok((workbook, facts))
}

/// Finds what must not be read, or must not be trusted, before anything is.
fn look_through(bytes: &[u8]) -> Result<Facts, Diagnostic> {
    let Some(container) = Container::open(bytes) else {
        return Err(unreadable("the compound file is damaged"));
    };
    if container.has("EncryptedPackage") || container.has("EncryptionInfo") {
        return Err(refusal(Refused::Encrypted));
    }
    let name = ["Workbook", "Book"].into_iter().find(|name| container.has(name));
    let Some(name) = name else {
        let other = ["WordDocument", "PowerPoint Document"];
        return Err(if other.into_iter().any(|name| container.has(name)) {
            refusal(Refused::OtherOffice)
        } else {
            unreadable("there is no workbook in it")
        });
    };
    let Some(stream) = container.stream(name) else {
        return Err(unreadable("the workbook is cut off"));
    };
    records::check(&stream).map_err(|problem| match problem {
        Problem::Password => refusal(Refused::Encrypted),
        Problem::TooLarge => super::zip_limits::too_large(),
        Problem::Damaged => unreadable("its records do not hold together"),
    })
}

fn read_sheets(workbook: &mut Workbook, table: &mut TableReader<'_, '_>) -> ControlFlow<Stop> {
    for sheet in workbook.sheets_metadata().to_vec() {
        if sheet.typ != SheetType::WorkSheet {
            continue;
        }
        if sheet.visible != SheetVisible::Visible {
            table.warn(hidden_sheet(&sheet.name));
            continue;
        }
        let ranges = unpanicked(|| {
            let values = workbook.worksheet_range(&sheet.name)?;
            Ok((values, workbook.worksheet_formula(&sheet.name)?))
        });
        let (values, formulas) = match ranges {
            Ok(Ok(ranges)) => ranges,
            Ok(Err(error)) => return table.refuse(damaged(&error)),
            Err(problem) => return table.refuse(problem),
        };
        table.begin_sheet(&sheet.name);
        match read_rows(&values, &formulas, table) {
            ControlFlow::Break(Stop::NoHeader) | ControlFlow::Continue(()) => {}
            ControlFlow::Break(stop) => return ControlFlow::Break(stop),
        }
        table.end_sheet()?;
    }
    ControlFlow::Continue(())
}

fn read_rows(
    values: &Range<Data>,
    formulas: &Range<String>,
    table: &mut TableReader<'_, '_>,
) -> ControlFlow<Stop> {
    let (first_row, first_column) = values.start().unwrap_or((0, 0));
    let margin = usize::try_from(first_column).unwrap_or(0);
    let mut cells: Vec<SheetCell<'_>> = Vec::new();
    for (at, row) in (first_row..).zip(values.rows()) {
        let number = u64::from(at) + 1;
        cells.clear();
        cells.resize_with(margin, SheetCell::default);
        for (column, value) in (first_column..).zip(row) {
            if matches!(value, Data::String(text) if text.contains('\u{fffd}')) {
                return table.refuse(lossy(number));
            }
            let computed = !is_blank(value) || formulas.get_value((at, column)).is_none();
            cells.push(if computed { streamed(value) } else { SheetCell::Uncomputed });
        }
        // Formulas that show nothing, copied below the last entry for those to come, are no row.
        if row.iter().all(is_blank) {
            continue;
        }
        table.row(number, Row::Sheet(&cells))?;
    }
    ControlFlow::Continue(())
}

/// A formula that nobody computed is stored as one whose result is an empty text.
fn is_blank(value: &Data) -> bool {
    match value {
        Data::Empty => true,
        Data::String(text) => text.trim().is_empty(),
        _ => false,
    }
}

fn streamed(value: &Data) -> SheetCell<'_> {
    let value = match value {
        Data::Empty => return SheetCell::Missing,
        Data::String(text) | Data::DateTimeIso(text) | Data::DurationIso(text) => {
            DataRef::SharedString(text)
        }
        Data::Float(number) => DataRef::Float(*number),
        // The old format keeps small integers in 30 bits.
        Data::Int(number) => match i32::try_from(*number) {
            Ok(number) => DataRef::Float(f64::from(number)),
            Err(_) => DataRef::Int(*number),
        },
        Data::Bool(truth) => DataRef::Bool(*truth),
        Data::DateTime(moment) => DataRef::DateTime(*moment),
        Data::Error(error) => DataRef::Error(error.clone()),
    };
    SheetCell::Value(value)
}

fn damaged(error: &XlsError) -> Diagnostic {
    if matches!(error, XlsError::Password) {
        return refusal(Refused::Encrypted);
    }
    unreadable(&error.to_string())
}

fn unreadable(reason: &str) -> Diagnostic {
    Diagnostic::new(
        "workbook",
        format!(
            "Tệp .xls bị hỏng hoặc không đọc được ({reason}). Anh/chị tải lại tệp từ ngân hàng, hoặc mở bằng Excel, lưu dạng .xlsx rồi tải lên."
        ),
        format!(
            "The .xls file is damaged or cannot be read ({reason}). Download it from the bank again, or open it in Excel, save it as .xlsx and load that."
        ),
    )
}

fn lossy(row: u64) -> Diagnostic {
    Diagnostic::new(
        "encoding",
        format!("Dòng {row}: có chữ không đúng bảng mã mà tệp .xls khai, không đọc được chắc chắn. Anh/chị mở bằng Excel, lưu dạng .xlsx rồi tải lên."),
        format!("Row {row}: a text is not in the code page that the .xls file names and cannot be read with certainty. Open it in Excel, save it as .xlsx and load that."),
    )
    .at(Place::row(row))
}
