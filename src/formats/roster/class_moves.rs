//! Lists that say which class becomes which.

use std::collections::BTreeMap;

use super::columns::of_students as own;
use super::columns::{RowCells, repeated};
use super::rows::{ListResult, Rows};
use super::table::Table;

/// A row of such a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClassMoveRow {
    /// The class of the year that ends.
    pub from: String,
    /// The class of the next year; nothing where its students leave the school.
    pub to: Option<String>,
}

/// Reads which class becomes which; a blank new class means that the students leave.
pub fn class_moves_of(table: &Table) -> ListResult<ClassMoveRow> {
    let from = own::OLD_CLASS.require(table)?;
    let to = own::NEXT_CLASS.require(table)?;
    let mut rows = Rows { good: Vec::with_capacity(table.rows.len()), bad: Vec::new() };
    let mut first: BTreeMap<String, u64> = BTreeMap::new();
    for row in &table.rows {
        let mut cells = RowCells::new(table, row);
        let one = ClassMoveRow { from: cells.required_code(from), to: cells.code(Some(to)) };
        if cells.problems.is_empty() {
            if let Some(earlier) = first.insert(one.from.clone(), row.row) {
                let column = own::OLD_CLASS.vi;
                rows.bad.push(repeated(row.row, earlier, column, "class", &one.from));
            } else {
                rows.good.push(one);
            }
        } else {
            rows.bad.append(&mut cells.problems);
        }
    }
    Ok(rows)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::roster::read_table;

    #[test]
    fn a_blank_class_means_that_students_leave() {
        let table = read_table("Lớp cũ;Lớp mới\n6A1;7A2\nLá 1;\n6A1;7A3\n".as_bytes()).unwrap();
        let rows = class_moves_of(&table).unwrap();
        let moves: Vec<(&str, Option<&str>)> =
            rows.good.iter().map(|row| (row.from.as_str(), row.to.as_deref())).collect();
        assert_eq!(moves, [("6A1", Some("7A2")), ("Lá 1", None)]);
        assert_eq!(rows.bad.len(), 1);
        assert_eq!(rows.bad[0].code, "duplicate");
        assert_eq!(rows.bad[0].place.as_ref().unwrap().row, Some(4));
    }
}
