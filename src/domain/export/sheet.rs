//! A table with typed cells, its sums, and what has to be said beside it.

use crate::domain::calendar::Day;
use crate::domain::cashless::Rate;
use crate::domain::money::Vnd;

/// What a cell holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cell {
    /// Nothing: not known, or does not apply.
    Empty,
    /// A text or a code; never a number, whatever it looks like.
    Text(String),
    /// A calendar day.
    Day(Day),
    /// An amount, in đồng.
    Dong(Vnd),
    /// A part of a whole, shown as percent.
    Rate(Rate),
}

impl Cell {
    /// A text, or nothing where there is none.
    #[must_use]
    pub fn text(text: Option<&str>) -> Cell {
        match text {
            Some(text) if !text.is_empty() => Cell::Text(text.to_owned()),
            _ => Cell::Empty,
        }
    }

    /// A day, or nothing.
    #[must_use]
    pub fn day(day: Option<Day>) -> Cell {
        day.map_or(Cell::Empty, Cell::Day)
    }

    /// An amount, or nothing where it is not known.
    #[must_use]
    pub fn dong(amount: Option<Vnd>) -> Cell {
        amount.map_or(Cell::Empty, Cell::Dong)
    }
}

/// A column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Column {
    /// The stable name, for programs.
    pub name: &'static str,
    /// The heading, for people.
    pub heading: &'static str,
    /// How wide it is, in characters.
    pub width: u8,
    /// Whether its amounts are added up.
    pub summed: bool,
}

impl Column {
    /// A column of texts, days or rates.
    #[must_use]
    pub const fn plain(name: &'static str, heading: &'static str, width: u8) -> Column {
        Column { name, heading, width, summed: false }
    }

    /// A column of amounts that are added up.
    #[must_use]
    pub const fn sum(name: &'static str, heading: &'static str) -> Column {
        Column { name, heading, width: 16, summed: true }
    }
}

/// A sum that is part of a column's sum, or that the table leaves out on purpose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Beside {
    /// The stable name, for programs.
    pub name: &'static str,
    /// What it is, for people.
    pub words: &'static str,
    /// How much, in đồng.
    pub amount: Vnd,
}

/// The table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sheet {
    /// Its columns.
    pub columns: &'static [Column],
    /// Its rows, a cell for each column.
    pub rows: Vec<Vec<Cell>>,
    /// A cell for each column: the sum of those that are added up.
    pub totals: Vec<Cell>,
    /// Sums worth telling besides.
    pub beside: Vec<Beside>,
    /// What a reader has to know, in Vietnamese.
    pub notes: Vec<String>,
}

impl Sheet {
    /// A table with its sums; `None` when a sum leaves the range of amounts.
    #[must_use]
    pub fn new(columns: &'static [Column], rows: Vec<Vec<Cell>>) -> Option<Sheet> {
        let mut totals = Vec::with_capacity(columns.len());
        for (index, column) in columns.iter().enumerate() {
            let amounts = rows.iter().filter_map(|row| match row.get(index) {
                Some(Cell::Dong(amount)) => Some(*amount),
                _ => None,
            });
            totals.push(if column.summed {
                Cell::Dong(Vnd::checked_sum(amounts)?)
            } else {
                Cell::Empty
            });
        }
        Some(Sheet { columns, rows, totals, beside: Vec::new(), notes: Vec::new() })
    }

    /// Puts a cell into the row of totals.
    pub fn set_total(&mut self, name: &str, cell: Cell) {
        let index = self.columns.iter().position(|column| column.name == name);
        if let Some(total) = index.and_then(|index| self.totals.get_mut(index)) {
            *total = cell;
        }
    }

    /// The sum of a column that is added up.
    #[must_use]
    pub fn sum(&self, name: &str) -> Option<Vnd> {
        let index = self.columns.iter().position(|column| column.name == name)?;
        match self.totals.get(index) {
            Some(Cell::Dong(sum)) => Some(*sum),
            _ => None,
        }
    }

    /// The sums of the columns that are added up, by stable name.
    pub fn sums(&self) -> impl Iterator<Item = (&'static Column, Vnd)> {
        self.columns.iter().zip(&self.totals).filter_map(|(column, total)| match total {
            Cell::Dong(sum) if column.summed => Some((column, *sum)),
            _ => None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const COLUMNS: &[Column] = &[Column::plain("code", "Mã", 10), Column::sum("amount", "Số tiền")];

    #[test]
    fn amounts_are_added_up_and_a_sum_beyond_all_amounts_is_none() {
        let row = |dong| vec![Cell::Text("1".to_owned()), Cell::Dong(Vnd::new(dong))];
        let sheet = Sheet::new(COLUMNS, vec![row(1), vec![Cell::Empty, Cell::Empty], row(2)]);
        let mut sheet = sheet.unwrap();
        assert_eq!(sheet.sum("amount"), Some(Vnd::new(3)));
        assert_eq!(sheet.sum("code"), None, "texts are not added up");
        sheet.set_total("code", Cell::Text("x".to_owned()));
        assert_eq!(sheet.totals[0], Cell::Text("x".to_owned()));
        assert_eq!(Sheet::new(COLUMNS, vec![row(i64::MAX), row(1)]), None);
    }
}
