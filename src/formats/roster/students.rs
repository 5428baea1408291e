//! Student lists.

use std::collections::HashMap;

use super::columns::{self as column, RowCells, repeated};
use super::rows::{ListResult, Rows, StudentRow};
use super::table::{Table, read_table};

/// Reads a student list from the bytes of a CSV or XLSX file. A list without code, name or class is
/// of no use; a bad row is reported and left out.
pub fn read_students(bytes: &[u8]) -> ListResult<StudentRow> {
    students_of(&read_table(bytes)?)
}

/// Reads a student list from a table.
pub fn students_of(table: &Table) -> ListResult<StudentRow> {
    let code = column::OWN_CODE.require(table)?;
    let name = column::STUDENT_NAME.require(table)?;
    let class = column::CLASS.require(table)?;
    let family = column::FAMILY.find(table);
    let guardian = column::GUARDIAN.find(table);
    let email = column::EMAIL.find(table);
    let phone = column::PHONE.find(table);
    let virtual_account = column::VIRTUAL_ACCOUNT.find(table);
    let mut rows = Rows { good: Vec::with_capacity(table.rows.len()), bad: Vec::new() };
    for row in &table.rows {
        let mut cells = RowCells::new(table, row);
        if cells.is_no_record(code) {
            continue;
        }
        let student = StudentRow {
            row: row.row,
            code: cells.required(code),
            name: cells.required(name),
            class: cells.required(class),
            family: cells.digits(family),
            guardian_name: cells.text(guardian),
            email: cells.text(email),
            phone: cells.digits(phone),
            virtual_account: cells.digits(virtual_account).map(|account| account.replace(' ', "")),
        };
        if cells.problems.is_empty() {
            rows.good.push(student);
        } else {
            rows.bad.append(&mut cells.problems);
        }
    }
    drop_repeated(&mut rows);
    Ok(rows)
}

/// The same student twice is kept once; two students under one code are both left out.
fn drop_repeated(rows: &mut Rows<StudentRow>) {
    let mut first: HashMap<String, usize> = HashMap::new();
    let mut dropped: HashMap<usize, usize> = HashMap::new();
    for (index, student) in rows.good.iter().enumerate() {
        let key = student.code.to_uppercase();
        let Some(&earlier) = first.get(&key) else {
            first.insert(key, index);
            continue;
        };
        dropped.insert(index, earlier);
        let same = rows
            .good
            .get(earlier)
            .is_some_and(|other| other.name == student.name && other.class == student.class);
        if !same {
            dropped.entry(earlier).or_insert(index);
        }
    }
    if dropped.is_empty() {
        return;
    }
    let row_of = |index: usize| rows.good.get(index).map_or(0, |student| student.row);
    let problems: Vec<_> = rows
        .good
        .iter()
        .enumerate()
        .filter_map(|(index, student)| {
            let other = row_of(*dropped.get(&index)?);
            Some(repeated(student.row, other, column::OWN_CODE.vi, "student code", &student.code))
        })
        .collect();
    let mut index = 0;
    rows.good.retain(|_| {
        index += 1;
        !dropped.contains_key(&(index - 1))
    });
    rows.bad.extend(problems);
    rows.bad.sort_by_key(|problem| problem.place.as_ref().and_then(|place| place.row));
}
