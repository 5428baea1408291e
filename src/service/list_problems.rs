//! What is wrong with the rows of a list, as a table shows it: where, what stood there, why, and what
//! to do.

use crate::domain::diagnostic::Diagnostic;
use crate::domain::lang::Lang;
use crate::formats::roster::Table;

/// Something wrong with a row.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RowProblem {
    /// The row in the file, as a spreadsheet program counts; empty where it is about all of it.
    pub row: String,
    /// The column's heading.
    pub column: String,
    /// What stands in the cell.
    pub value: String,
    /// Why it cannot be taken.
    pub reason: String,
    /// What to do.
    pub remedy: String,
}

impl RowProblem {
    /// What a diagnostic says; the cell is read from the list where that is at hand.
    #[must_use]
    pub fn of(told: &Diagnostic, list: Option<&Table>, lang: Lang) -> RowProblem {
        let place = told.place.as_ref();
        // A file of text has lines and elements where a table has rows and columns.
        let row = place.and_then(|place| place.row.or(place.line));
        let column = place.and_then(|place| place.column.clone().or_else(|| place.element.clone()));
        let column = column.unwrap_or_default();
        let cell = || {
            let list = list?;
            let index = list.headers.iter().position(|heading| *heading == column)?;
            let record = list.rows.iter().find(|record| Some(record.row) == row)?;
            record.cells.get(index).cloned()
        };
        let (reason, remedy) = parted(told.message.text(lang), row);
        let (said, reason) = quoted_first(&reason);
        RowProblem {
            value: cell().unwrap_or_else(|| said.to_owned()),
            row: row.map(|row| row.to_string()).unwrap_or_default(),
            column,
            reason: capital(reason),
            remedy,
        }
    }
}

/// What a sentence quotes at its beginning, and what it says of it.
fn quoted_first(reason: &str) -> (&str, &str) {
    let quoted = reason.strip_prefix('\'').and_then(|rest| rest.split_once("' "));
    quoted.unwrap_or(("", reason))
}

/// The sentence that says why, without the row that stands beside it, and those that say what to do.
fn parted(text: &str, row: Option<u64>) -> (String, String) {
    let text = row.and_then(|row| without_place(text, row)).unwrap_or(text);
    let end = text.match_indices(". ").map(|(at, _)| at + 1).find(|at| {
        let rest = text.get(at + 1..).unwrap_or_default();
        rest.chars().next().is_some_and(char::is_uppercase)
    });
    let (reason, remedy) = match end {
        Some(end) => text.split_at(end),
        None => (text, ""),
    };
    (reason.to_owned(), remedy.trim().to_owned())
}

/// The text after `Dòng 5, cột Ngày sinh: `: the place stands in columns of its own.
fn without_place(text: &str, row: u64) -> Option<&str> {
    let starts = ["Dòng", "Row", "Line"].map(|word| format!("{word} {row}"));
    let rest = starts.iter().find_map(|start| text.strip_prefix(start.as_str()))?;
    let (place, rest) = rest.split_once(": ")?;
    (place.is_empty() || place.starts_with(',')).then_some(rest)
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    match letters.next() {
        Some(first) => first.to_uppercase().chain(letters).collect(),
        None => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::diagnostic::Place;
    use crate::formats::roster::TableRow;

    #[test]
    fn a_problem_is_told_with_its_cell_its_reason_and_what_to_do() {
        let list = Table {
            headers: vec!["Mã học sinh".to_owned(), "Ngày sinh".to_owned()],
            rows: vec![TableRow { row: 5, cells: vec!["HS1".to_owned(), "31/02/2015".to_owned()] }],
        };
        for (why, message, place, expected) in [
            (
                "a cell",
                "Dòng 5, cột Ngày sinh: ngày sinh “31/02/2015” không có thật. Sửa lại theo ngày/tháng/năm.",
                Some(Place::cell(5, "Ngày sinh")),
                [
                    "5",
                    "Ngày sinh",
                    "31/02/2015",
                    "Ngày sinh “31/02/2015” không có thật.",
                    "Sửa lại theo ngày/tháng/năm.",
                ],
            ),
            (
                "a row without a remedy",
                "Dòng 9: trùng với dòng 5.",
                Some(Place::row(9)),
                ["9", "", "", "Trùng với dòng 5.", ""],
            ),
            (
                "a number with a point is no end",
                "Số 1. 5 không đọc được. Sửa lại.",
                None,
                ["", "", "", "Số 1. 5 không đọc được.", "Sửa lại."],
            ),
            (
                "a cell that only the message quotes",
                "Dòng 7, cột Số tiền: '1,25 tr' không phải là số. Ghi số đồng.",
                Some(Place::cell(7, "Số tiền")),
                ["7", "Số tiền", "1,25 tr", "Không phải là số.", "Ghi số đồng."],
            ),
            (
                "a line of a text",
                "Dòng 24, phần tử Ntry/Amt: 'NaN' không phải số tiền. Xuất lại tệp.",
                Some(Place::element("Ntry/Amt", 24)),
                ["24", "Ntry/Amt", "NaN", "Không phải số tiền.", "Xuất lại tệp."],
            ),
        ] {
            let mut told = Diagnostic::new("x", message.to_owned(), String::new());
            told.place = place;
            let RowProblem { row, column, value, reason, remedy } =
                RowProblem::of(&told, Some(&list), Lang::Vi);
            assert_eq!([row, column, value, reason, remedy], expected, "{why}");
        }
    }
}
