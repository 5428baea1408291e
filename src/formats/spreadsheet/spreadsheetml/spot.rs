//! Where in an XML workbook the reader is. Only elements that are used have a spot; all others are
//! [`Spot::Ignored`] with all they contain.

/// An element that means something, in its context.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Spot {
    Ignored,
    /// Outside the workbook.
    File,
    Workbook,
    ExcelWorkbook,
    /// Days count from 1904.
    Date1904,
    Worksheet,
    WorksheetOptions,
    Visible,
    Table,
    Row,
    Cell,
    /// The value of a cell; a comment has one of the same name, which is another spot.
    Data,
    /// Letters in bold and the like, inside a value.
    Rich,
    /// A line's end inside a value.
    Break,
}

impl Spot {
    /// The element of this local name inside this one.
    pub fn child(self, local: &str) -> Spot {
        match (self, local) {
            (Spot::File, "Workbook") => Spot::Workbook,
            (Spot::Workbook, "ExcelWorkbook") => Spot::ExcelWorkbook,
            (Spot::ExcelWorkbook, "Date1904") => Spot::Date1904,
            (Spot::Workbook, "Worksheet") => Spot::Worksheet,
            (Spot::Worksheet, "WorksheetOptions") => Spot::WorksheetOptions,
            (Spot::WorksheetOptions, "Visible") => Spot::Visible,
            (Spot::Worksheet, "Table") => Spot::Table,
            (Spot::Table, "Row") => Spot::Row,
            (Spot::Row, "Cell") => Spot::Cell,
            (Spot::Cell, "Data") => Spot::Data,
            (Spot::Data | Spot::Rich, name) if name.eq_ignore_ascii_case("br") => Spot::Break,
            (Spot::Data | Spot::Rich, _) => Spot::Rich,
            _ => Spot::Ignored,
        }
    }
}
