//! What shows only when the rows of a student list are seen together.

use std::collections::HashMap;

use super::columns::damage::lost_zeros;
use super::columns::of_students as own;
use super::columns::{self as column, Column, repeated};
use super::rows::{StudentList, StudentRow};
use crate::domain::diagnostic::Diagnostic;
use crate::domain::roster::{masked, sort_key};
use crate::domain::text::squeeze;
use crate::formats::spreadsheet::notes::{Notes, row_problem};

/// So many codes must have the usual length before a shorter one is damage.
const LEAST_USUAL: usize = 3;

/// Takes out rows whose code is shorter than codes of this list that begin with zeros.
pub fn drop_lost_zeros(list: &mut StudentList, heading: &str) {
    let is_number = |code: &str| code.bytes().all(|byte| byte.is_ascii_digit());
    let mut lengths: HashMap<usize, (usize, bool)> = HashMap::new();
    for student in list.good.iter().filter(|student| is_number(&student.code)) {
        let (count, zeros) = lengths.entry(student.code.len()).or_default();
        *count += 1;
        *zeros |= student.code.starts_with('0');
    }
    let most = lengths.iter().max_by_key(|(length, (count, _))| (*count, **length));
    let Some((&usual, &(count, zeros))) = most else { return };
    if !zeros || count < LEAST_USUAL {
        return;
    }
    let short = |student: &StudentRow| is_number(&student.code) && student.code.len() < usual;
    for student in list.good.iter().filter(|student| short(student)) {
        list.bad.push(lost_zeros(student.row, heading, &student.code, usual));
    }
    list.good.retain(|student| !short(student));
}

/// The same student twice is kept once; two students under one code are both left out.
pub fn drop_repeated_codes(list: &mut StudentList) {
    let mut first: HashMap<String, usize> = HashMap::new();
    let mut dropped: HashMap<usize, usize> = HashMap::new();
    for (index, student) in list.good.iter().enumerate() {
        let key = student.code.to_uppercase();
        let Some(&earlier) = first.get(&key) else {
            first.insert(key, index);
            continue;
        };
        dropped.insert(index, earlier);
        let same = list
            .good
            .get(earlier)
            .is_some_and(|other| other.name == student.name && other.class == student.class);
        if !same {
            dropped.entry(earlier).or_insert(index);
        }
    }
    take_out(list, &dropped, |student, other| {
        repeated(student.row, other, column::OWN_CODE.vi, "student code", &student.code)
    });
}

/// Two students under one number of a person are both left out: nobody knows whose it is.
pub fn drop_repeated_identifiers(list: &mut StudentList) {
    type Get = fn(&StudentRow) -> Option<&String>;
    let schemes: [(Column, &str, Get); 3] = [
        (own::PERSONAL_NUMBER, "personal number", |row| row.personal_number.as_ref()),
        (own::EDUCATION_CODE, "education code", |row| row.education_code.as_ref()),
        (own::OTHER_CODE, "other code", |row| row.other_code.as_ref()),
    ];
    for (heading, en, get) in schemes {
        let mut first: HashMap<String, usize> = HashMap::new();
        let mut dropped: HashMap<usize, usize> = HashMap::new();
        for (index, student) in list.good.iter().enumerate() {
            // Masked numbers of an export may well look alike.
            let Some(value) = get(student).filter(|value| !value.contains('*')) else { continue };
            let earlier = *first.entry(value.to_uppercase()).or_insert(index);
            if earlier != index {
                dropped.insert(index, earlier);
                dropped.entry(earlier).or_insert(index);
            }
        }
        let is_personal = heading.en == own::PERSONAL_NUMBER.en;
        take_out(list, &dropped, |student, other| {
            let value = get(student).map_or("", String::as_str);
            let shown = if is_personal { masked(value) } else { value.to_owned() };
            let mut problem = repeated(student.row, other, heading.vi, en, &shown);
            "duplicate_identifier".clone_into(&mut problem.code);
            problem
        });
    }
}

/// Tells of rows with other codes that may be one student.
pub fn warn_of_same_persons(list: &StudentList, warnings: &mut Notes) {
    let mut first = HashMap::new();
    for student in &list.good {
        let Some(born) = student.birth_date else { continue };
        let key = (sort_key(&student.name), born, squeeze(&student.class));
        let earlier = *first.entry(key).or_insert(student.row);
        if earlier != student.row {
            warnings.push_row(row_problem(
                student.row,
                "same_person",
                &format!("cùng họ tên, ngày sinh và lớp với dòng {earlier} nhưng khác mã. Cả hai được giữ; nếu là một em, xoá một dòng."),
                &format!("the same name, birth date and class as row {earlier} under another code. Both are kept; if they are one student, delete one row."),
            ));
        }
    }
}

fn take_out(
    list: &mut StudentList,
    dropped: &HashMap<usize, usize>,
    problem: impl Fn(&StudentRow, u64) -> Diagnostic,
) {
    if dropped.is_empty() {
        return;
    }
    let row_of = |index: usize| list.good.get(index).map_or(0, |student| student.row);
    let problems: Vec<Diagnostic> = list
        .good
        .iter()
        .enumerate()
        .filter_map(|(index, student)| {
            let other = row_of(*dropped.get(&index)?);
            Some(problem(student, other))
        })
        .collect();
    let mut index = 0;
    list.good.retain(|_| {
        index += 1;
        !dropped.contains_key(&(index - 1))
    });
    list.bad.extend(problems);
}
