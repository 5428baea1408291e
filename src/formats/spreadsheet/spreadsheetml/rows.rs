//! The rows of a sheet in XML: which row and column a cell stands in, and what it holds.

use calamine::{CellErrorType, DataRef};
use quick_xml::XmlVersion;
use quick_xml::events::BytesStart;

use super::spot::Spot;
use crate::domain::diagnostic::Diagnostic;
use crate::domain::lang::Bilingual;
use crate::formats::camt::message;
use crate::formats::spreadsheet::cell::{Row, SheetCell};
use crate::formats::spreadsheet::notes::quoted;
use crate::formats::spreadsheet::xlsx::MOST_COLUMNS;

const LONGEST_TEXT: usize = 64 * 1024;
/// More rows than a sheet has.
const MOST_ROWS: u64 = 1_048_576;

/// The row being filled. Cells and rows without a number of their own follow the one before.
#[derive(Default)]
pub struct Rows {
    number: u64,
    /// Blank rows that one element stands for.
    span: u64,
    cells: Vec<SheetCell<'static>>,
    next_column: u64,
    cell: Draft,
    hidden: u64,
}

/// The cell being read.
#[derive(Default)]
struct Draft {
    column: u64,
    has_formula: bool,
    has_data: bool,
    kind: String,
    text: String,
}

impl Rows {
    pub fn start(&mut self, spot: Spot, tag: &BytesStart<'_>, line: u64) -> Result<(), Diagnostic> {
        match spot {
            Spot::Row => {
                let next = self.number + 1 + self.span;
                let row = number(tag, "Index", line)?.unwrap_or(next);
                if row < next {
                    return Err(unordered(line));
                }
                self.span = number(tag, "Span", line)?.unwrap_or(0);
                if row.saturating_add(self.span) > MOST_ROWS {
                    return Err(message::limit(
                        "too_many_rows",
                        line,
                        &Bilingual::new(
                            "trang tính có hơn 1.048.576 dòng",
                            "the sheet has more than 1,048,576 rows",
                        ),
                    ));
                }
                self.number = row;
                self.next_column = 1;
                self.cells.clear();
                let hidden = attribute(tag, "Hidden", line)?;
                self.hidden += u64::from(hidden.as_deref() == Some("1"));
            }
            Spot::Cell => {
                let column = number(tag, "Index", line)?.unwrap_or(self.next_column);
                if column < self.next_column {
                    return Err(unordered(line));
                }
                // Cells covered from above are never written; the next one says where it stands.
                let across = number(tag, "MergeAcross", line)?.unwrap_or(0);
                self.next_column = column.saturating_add(across).saturating_add(1);
                self.cell = Draft {
                    column,
                    has_formula: attribute(tag, "Formula", line)?.is_some(),
                    ..Draft::default()
                };
            }
            Spot::Data => {
                self.cell.has_data = true;
                self.cell.kind = attribute(tag, "Type", line)?.unwrap_or_default();
            }
            _ => {}
        }
        Ok(())
    }

    pub fn text(&mut self, spot: Spot, piece: &str, line: u64) -> Result<(), Diagnostic> {
        if !matches!(spot, Spot::Data | Spot::Rich) {
            return Ok(());
        }
        if self.cell.text.len() + piece.len() > LONGEST_TEXT {
            return Err(message::limit(
                "text_too_long",
                line,
                &Bilingual::new("có ô dài hơn 64 KB", "a cell is longer than 64 KB"),
            ));
        }
        self.cell.text.push_str(piece);
        Ok(())
    }

    /// Ends a cell, or a row, which then is given with its number.
    pub fn end(&mut self, spot: Spot) -> Option<(u64, Row<'_>)> {
        match spot {
            Spot::Cell => {
                let cell = std::mem::take(&mut self.cell);
                self.put(cell);
                None
            }
            Spot::Row => Some((self.number, Row::Sheet(&self.cells))),
            _ => None,
        }
    }

    fn put(&mut self, cell: Draft) {
        if cell.column == 0 || cell.column > u64::from(MOST_COLUMNS) {
            return;
        }
        let Ok(width) = usize::try_from(cell.column) else { return };
        let value = cell.value();
        if matches!(value, SheetCell::Missing) {
            return;
        }
        self.cells.resize_with(width.max(self.cells.len()), SheetCell::default);
        if let Some(slot) = self.cells.get_mut(width - 1) {
            *slot = value;
        }
    }

    /// Says that hidden rows were read, as those of other workbooks are: hiding is how filters work.
    pub fn hidden_rows(&self, sheet: &str) -> Option<Diagnostic> {
        let (count, sheet) = (self.hidden, quoted(sheet));
        (count > 0).then(|| {
            Diagnostic::new(
                "hidden_rows",
                format!("Trang tính '{sheet}' có {count} dòng đang ẩn (do lọc hoặc thu gọn); các dòng này vẫn được đọc. Anh/chị kiểm tra trong bảng xem trước."),
                format!("The sheet '{sheet}' has {count} hidden rows (filtered or folded); they were read all the same. Check them in the preview."),
            )
        })
    }
}

impl Draft {
    fn value(self) -> SheetCell<'static> {
        let trimmed = self.text.trim();
        if trimmed.is_empty() {
            // An empty text is a result; no value at all is none.
            let computed = self.has_data && self.kind == "String";
            return if self.has_formula && !computed {
                SheetCell::Uncomputed
            } else {
                SheetCell::Missing
            };
        }
        let value = match self.kind.as_str() {
            "Number" => number_value(trimmed),
            "DateTime" => DataRef::DateTimeIso(trimmed.to_owned()),
            "Boolean" => DataRef::Bool(matches!(trimmed, "1" | "true")),
            "Error" => DataRef::Error(error_value(trimmed)),
            _ => DataRef::String(self.text),
        };
        SheetCell::Value(value)
    }
}

/// A number as the spreadsheet holds it; what is written otherwise stays the text it is.
fn number_value(text: &str) -> DataRef<'static> {
    let plain = text
        .bytes()
        .all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b'-' | b'+' | b'e' | b'E'));
    match text.parse::<f64>() {
        Ok(number) if plain && number.is_finite() => DataRef::Float(number),
        _ => DataRef::String(text.to_owned()),
    }
}

fn error_value(text: &str) -> CellErrorType {
    match text {
        "#DIV/0!" => CellErrorType::Div0,
        "#N/A" => CellErrorType::NA,
        "#NAME?" => CellErrorType::Name,
        "#NULL!" => CellErrorType::Null,
        "#NUM!" => CellErrorType::Num,
        "#REF!" => CellErrorType::Ref,
        _ => CellErrorType::Value,
    }
}

/// The value of the attribute of this local name.
pub fn attribute(
    tag: &BytesStart<'_>,
    local: &str,
    line: u64,
) -> Result<Option<String>, Diagnostic> {
    let broken = |reason: &str| message::not_well_formed(line, reason);
    for attribute in tag.attributes() {
        let attribute = attribute.map_err(|error| broken(&error.to_string()))?;
        let key = attribute.key.into_inner();
        if key.rsplit_once(':').map_or(key, |(_, name)| name) == local {
            let value = attribute
                .normalized_value(XmlVersion::Implicit1_0)
                .map_err(|error| broken(&error.to_string()))?;
            return Ok(Some(value.into_owned()));
        }
    }
    Ok(None)
}

fn number(tag: &BytesStart<'_>, local: &str, line: u64) -> Result<Option<u64>, Diagnostic> {
    let Some(text) = attribute(tag, local, line)? else { return Ok(None) };
    match text.trim().parse() {
        Ok(number) => Ok(Some(number)),
        Err(_) => Err(message::not_well_formed(line, &format!("{local} is no number"))),
    }
}

fn unordered(line: u64) -> Diagnostic {
    message::not_well_formed(line, "rows or cells are out of order")
}
