//! Lists about fees: how much each student had of an item, what families chose, who need not pay.

use super::columns::{self as column, RowCells};
use super::rows::{ChoiceRow, ExemptionRow, ListResult, QuantityRow, Rows};
use super::table::{Table, TableRow};
use crate::domain::calendar::Day;
use crate::domain::diagnostic::{Diagnostic, Place};
use crate::domain::fee::Share;
use crate::formats::spreadsheet::notes;

/// Reads how much each student had of each item: `student_code`, `fee_item`, `quantity`.
pub fn quantities_of(table: &Table) -> ListResult<QuantityRow> {
    let student = column::STUDENT_CODE.require(table)?;
    let item = column::FEE_ITEM.require(table)?;
    let quantity = column::QUANTITY.require(table)?;
    Ok(rows_of(table, student, |cells, row| QuantityRow {
        row: row.row,
        student_code: cells.required(student),
        fee_item: cells.required(item),
        quantity: whole(cells, row.row, quantity),
    }))
}

/// Reads what families chose: `student_code`, `fee_item`, `from`, and `to` where it is known.
pub fn choices_of(table: &Table) -> ListResult<ChoiceRow> {
    let student = column::STUDENT_CODE.require(table)?;
    let item = column::FEE_ITEM.require(table)?;
    let from = column::FROM.require(table)?;
    let to = column::TO.find(table);
    Ok(rows_of(table, student, |cells, row| {
        let (valid_from, valid_to) = days(cells, row.row, from, to);
        ChoiceRow {
            row: row.row,
            student_code: cells.required(student),
            fee_item: cells.required(item),
            valid_from,
            valid_to,
        }
    }))
}

/// Reads who need not pay: `student_code`, `ground`, `percent`, `from`, and `fee_item` (all items where
/// it is blank), `to` and `document` where they are known.
pub fn exemptions_of(table: &Table) -> ListResult<ExemptionRow> {
    let student = column::STUDENT_CODE.require(table)?;
    let ground = column::GROUND.require(table)?;
    let percent = column::PERCENT.require(table)?;
    let from = column::FROM.require(table)?;
    let to = column::TO.find(table);
    let item = column::FEE_ITEM.find(table);
    let document = column::DOCUMENT.find(table);
    Ok(rows_of(table, student, |cells, row| {
        let (valid_from, valid_to) = days(cells, row.row, from, to);
        ExemptionRow {
            row: row.row,
            student_code: cells.required(student),
            fee_item: cells.text(item),
            ground: cells.required(ground),
            share: share(cells, row.row, percent),
            document: cells.text(document),
            valid_from,
            valid_to,
        }
    }))
}

fn rows_of<T>(
    table: &Table,
    key: usize,
    read: impl Fn(&mut RowCells<'_>, &TableRow) -> T,
) -> Rows<T> {
    let mut rows = Rows { good: Vec::with_capacity(table.rows.len()), bad: Vec::new() };
    for row in &table.rows {
        let mut cells = RowCells::new(table, row);
        if cells.is_no_record(key) {
            continue;
        }
        let read = read(&mut cells, row);
        if cells.problems.is_empty() {
            rows.good.push(read);
        } else {
            rows.bad.append(&mut cells.problems);
        }
    }
    rows
}

/// The first day and the last one; a row whose last day comes first has a problem.
fn days(cells: &mut RowCells<'_>, row: u64, from: usize, to: Option<usize>) -> (Day, Option<Day>) {
    let before = cells.problems.len();
    let first = cells.day(Some(from));
    let last = cells.day(to);
    match first {
        Some(first) if last.is_none_or(|last| first <= last) => (first, last),
        Some(first) => {
            let problem = notes::row_problem(
                row,
                "dates_reversed",
                "ngày cuối đứng trước ngày đầu. Sửa lại hai ngày.",
                "the last day comes before the first. Correct the days.",
            );
            cells.problems.push(problem);
            (first, last)
        }
        None => {
            if cells.problems.len() == before {
                cells.required(from);
            }
            (Day::default(), last)
        }
    }
}

/// A whole number that is not negative.
fn whole(cells: &mut RowCells<'_>, row: u64, index: usize) -> i64 {
    let text = cells.required(index);
    let number = text.parse::<i64>().ok().filter(|number| *number >= 0);
    if number.is_none() && !text.is_empty() {
        cells.problems.push(not_whole(row, cells.heading_of(index), &text));
    }
    number.unwrap_or_default()
}

fn not_whole(row: u64, heading: &str, text: &str) -> Diagnostic {
    notes::cell_problem(
        row,
        heading,
        "quantity",
        text,
        "không phải là số nguyên từ 0 trở lên. Ghi số lượng, ví dụ 22.",
        "is no whole number of 0 or more. Write how many, e.g. 22.",
    )
}

/// A share in percent, with or without the sign.
fn share(cells: &mut RowCells<'_>, row: u64, index: usize) -> Option<Share> {
    let text = cells.required(index);
    let number = text.trim_end_matches('%').trim().parse::<i64>().ok();
    let share = number.and_then(Share::new);
    if share.is_none() && !text.is_empty() {
        let heading = cells.heading_of(index);
        let problem = notes::cell_problem(
            row,
            heading,
            "share",
            &text,
            "không phải tỷ lệ từ 1 đến 100. Ghi phần được miễn giảm, ví dụ 100, 70 hoặc 50.",
            "is no share from 1 to 100. Write what is waived, e.g. 100, 70 or 50.",
        );
        cells.problems.push(problem.at(Place::cell(row, heading)));
    }
    share
}
