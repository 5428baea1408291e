//! Rows that come in several runs, as the tables of a web page do.

use std::ops::ControlFlow;

use super::{Stop, TableReader};
use crate::formats::spreadsheet::cell::Row;
use crate::formats::spreadsheet::header::{header_of_row, header_of_two_rows};

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
        let two_rows = self.waiting.as_ref().and_then(|above| header_of_two_rows(above, &texts));
        if two_rows.is_some() || header_of_row(&texts).is_some() {
            self.close_table();
            return self.other_row(number, row);
        }
        self.hold(texts);
        ControlFlow::Continue(())
    }

    /// Says that the days of the file count from 1904.
    pub fn count_days_from_1904(&mut self) {
        self.is_1904 = true;
    }
}
