//! Rows that come in several runs, as the tables of a web page do.

use std::ops::ControlFlow;

use super::{Stop, TableReader};
use crate::domain::diagnostic::Diagnostic;
use crate::formats::spreadsheet::cell::Row;
use crate::formats::spreadsheet::entry::DayCell;
use crate::formats::spreadsheet::header::Columns;
use crate::formats::spreadsheet::legacy_font::is_old_font_row;
use crate::formats::spreadsheet::notes;
use crate::formats::spreadsheet::synonyms::field_of_heading;

impl TableReader<'_, '_> {
    /// Takes a row that cannot be an entry of the open table, because it belongs to none or to
    /// another one: its labels count, and a header in it begins a table.
    pub fn label_row(&mut self, number: u64, row: Row<'_>) -> ControlFlow<Stop> {
        if self.table.is_none() {
            return self.row(number, row);
        }
        if row.is_blank() {
            return ControlFlow::Continue(());
        }
        let texts = row.texts();
        if let Some(table) = &mut self.table
            && matches!(table.day(&row), DayCell::Day(..))
            && table.has_money(&row)
        {
            self.bad_row(notes::row_problem(
                number,
                "columns",
                "giống một giao dịch nhưng nằm trong bảng có số cột khác bảng sao kê nên không đọc được chắc chắn. Anh/chị đối chiếu dòng này với sao kê gốc.",
                "looks like an entry but stands in a table with other columns than the statement, so it cannot be read with certainty. Compare it with the original statement.",
            ));
            return ControlFlow::Continue(());
        }
        let above = self.waiting.as_ref().map(|(_, above)| above);
        let is_header = self.header_of_one(number, &texts).is_some()
            || above.is_some_and(|above| self.header_of_two(above, number, &texts).is_some());
        if is_header {
            self.close_table();
            return self.other_row(number, row);
        }
        self.hold(number, texts);
        ControlFlow::Continue(())
    }

    /// Why the headings of a table cannot be trusted: some are known, others are in an old font, so
    /// that a column would be lost without a word.
    pub(super) fn old_font_heading(&self, columns: &Columns) -> Option<Diagnostic> {
        let unknown: Vec<String> = columns
            .headings
            .iter()
            .filter(|heading| field_of_heading(heading).is_none())
            .cloned()
            .collect();
        is_old_font_row(&unknown).then(|| self.fonts.refusal()).flatten()
    }

    /// Says that the days of the file count from 1904.
    pub fn count_days_from_1904(&mut self) {
        self.is_1904 = true;
    }
}
