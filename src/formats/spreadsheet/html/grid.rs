//! The cells of a table in their columns, as `colspan` and `rowspan` move them.

use crate::formats::spreadsheet::cell::SheetCell;
use crate::formats::spreadsheet::xlsx::MOST_COLUMNS;

/// Rows a cell can reach over in HTML.
const MOST_ROWS: u32 = 65_534;

/// The row being filled, and the cells of rows above that reach into it. A merged cell stands in its
/// first column and row; the others it covers are blank, as in a workbook.
#[derive(Debug, Default)]
pub struct Grid {
    row: Vec<SheetCell<'static>>,
    next: usize,
    /// For each column, how many rows below the current one a cell above it still covers.
    covered: Vec<u32>,
    /// What the current row covers from the next one on.
    covers: Vec<(usize, u32)>,
}

impl Grid {
    /// Puts a cell into the next free column. Cells beyond the last column are left out.
    pub fn place(&mut self, value: SheetCell<'static>, columns: u32, rows: u32) {
        while self.covered.get(self.next).is_some_and(|rows| *rows > 0) {
            self.next += 1;
        }
        let most = usize::try_from(MOST_COLUMNS).unwrap_or(usize::MAX);
        let first = self.next;
        let wide = usize::try_from(columns.clamp(1, MOST_COLUMNS)).unwrap_or(1);
        let end = first.saturating_add(wide).min(most);
        if first >= end {
            return;
        }
        if self.row.len() < end {
            self.row.resize_with(end, SheetCell::default);
        }
        if let Some(slot) = self.row.get_mut(first) {
            *slot = value;
        }
        let below = rows.clamp(1, MOST_ROWS) - 1;
        if below > 0 {
            self.covers.extend((first..end).map(|column| (column, below)));
        }
        self.next = end;
    }

    /// Ends the row and gives its cells.
    pub fn end_row(&mut self) -> Vec<SheetCell<'static>> {
        for rows in &mut self.covered {
            *rows = rows.saturating_sub(1);
        }
        for (column, rows) in self.covers.drain(..) {
            if self.covered.len() <= column {
                self.covered.resize(column + 1, 0);
            }
            if let Some(slot) = self.covered.get_mut(column) {
                *slot = rows;
            }
        }
        self.next = 0;
        std::mem::take(&mut self.row)
    }

    /// Forgets what cells above cover: a group of rows ends, and no cell reaches out of it.
    pub fn end_group(&mut self) {
        self.covered.clear();
    }
}

#[cfg(test)]
mod tests {
    use calamine::DataRef;

    use super::*;
    use crate::formats::spreadsheet::cell::Row;

    fn cell(text: &str) -> SheetCell<'static> {
        SheetCell::Value(DataRef::String(text.to_owned()))
    }

    fn shown(row: &[SheetCell<'static>]) -> Vec<String> {
        Row::Sheet(row).texts()
    }

    #[test]
    fn merged_cells_stand_in_their_first_place() {
        let mut grid = Grid::default();
        for (text, columns, rows) in [("Ngày", 1, 2), ("Phát sinh", 2, 1), ("Số dư", 1, 2)] {
            grid.place(cell(text), columns, rows);
        }
        assert_eq!(shown(&grid.end_row()), ["Ngày", "Phát sinh", "", "Số dư"]);
        grid.place(cell("Nợ"), 1, 1);
        grid.place(cell("Có"), 1, 1);
        assert_eq!(shown(&grid.end_row()), ["", "Nợ", "Có"]);
        for text in ["a", "b", "c", "d"] {
            grid.place(cell(text), 1, 1);
        }
        assert_eq!(shown(&grid.end_row()), ["a", "b", "c", "d"]);
    }

    #[test]
    fn what_a_page_claims_is_bounded() {
        let mut grid = Grid::default();
        grid.place(cell("wide"), u32::MAX, u32::MAX);
        grid.place(cell("beyond"), 1, 1);
        let row = grid.end_row();
        assert_eq!(row.len(), 256);
        grid.place(cell("covered"), 1, 1);
        assert_eq!(grid.end_row().len(), 0, "every column is covered from above");
        grid.end_group();
        grid.place(cell("free"), 0, 0);
        assert_eq!(shown(&grid.end_row()), ["free"]);
    }
}
