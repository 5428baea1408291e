//! The accountant's desk: pages of the queue, many lines at once, undoing, what waits.

mod deciding;
mod desk;
mod pages;

use std::fmt::Write as _;

use doisoat::domain::id::DecisionId;
use doisoat::domain::lang::Lang;
use doisoat::service::workspace::bulk::Ticked;
use doisoat::service::workspace::queue::{self, QueuePage};
use doisoat::service::workspace::{Filter, Row, Tab};

use crate::support::TestDb;
use crate::support::crowd::{DUE, borrowed, code, enroll};
use crate::support::school::{School, csv};

/// Payments of too much money under a code: proposed by one rule, without a warning.
const OVER: usize = 12;

/// Payments that the machine settles.
const SETTLED: usize = 10;

/// A school with a line for every tab.
fn school(db: &TestDb) -> School {
    let school = School::create(db);
    enroll(&school, 60);
    let mut lines: Vec<(String, i64, String, String)> = Vec::new();
    let mut add = |day: u32, dong: i64, text: String| {
        let reference = format!("FT26300{:06}", lines.len());
        lines.push((format!("2026-11-{day:02}"), dong, reference, text));
    };
    for pupil in 0..OVER {
        let more = i64::try_from(pupil).unwrap() * 1_000;
        add(2, DUE + 50_000 + more, format!("{} nop thua", code(pupil)));
    }
    for pupil in 20..20 + SETTLED {
        add(3, DUE, format!("{} nop du", code(pupil)));
    }
    add(4, 1_234_567, "chuyen tien mừng cô giáo".to_owned());
    add(5, 2_345_678, "khong ghi gi".to_owned());
    add(6, 77_000, "Lai tien gui".to_owned());
    add(7, -90_000, "Phi quan ly tai khoan".to_owned());
    add(8, DUE, "nop tien cho con".to_owned());
    // The code of one pupil, the name and the class of another.
    add(9, DUE, format!("{} Tran Thi Hanh 6A2", code(50)));
    school.statement("a.csv", &csv(0, &borrowed(&lines)));
    school
}

fn page_of(school: &School, filter: &Filter, cursor: Option<&str>, limit: u32) -> QueuePage {
    queue::page(&school.store, school.id, filter, (cursor, limit), Lang::Vi).unwrap()
}

fn tab(tab: Tab) -> Filter {
    Filter { tab, ..Filter::default() }
}

/// Every row of a filter, page by page.
fn walk(school: &School, filter: &Filter, limit: u32) -> Vec<Row> {
    let mut rows = Vec::new();
    let mut cursor: Option<String> = None;
    loop {
        let page = page_of(school, filter, cursor.as_deref(), limit);
        rows.extend(page.rows);
        match page.next {
            Some(next) => cursor = Some(next),
            None => return rows,
        }
    }
}

/// A row's text without the marks.
fn text_of(row: &Row) -> String {
    row.text.iter().fold(String::new(), |mut text, part| {
        write!(text, "{}", part.text).unwrap();
        text
    })
}

fn ticked(rows: &[Row]) -> Vec<Ticked> {
    rows.iter().map(|row| (row.id, row.version.unwrap_or(DecisionId(0)))).collect()
}

/// The proposals that may be confirmed together.
fn bulk_rows(school: &School) -> Vec<Row> {
    let mut rows = walk(school, &tab(Tab::Proposed), 50);
    rows.retain(|row| row.bulk);
    rows
}
