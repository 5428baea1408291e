//! How long pages take for people who are signed in, on SQLite: 50 requests a second while a large
//! statement is taken in, and every list of a school and of one with ten times as much. Everything is made
//! up. A number as the argument is another number of entries; `lists` measures the lists only.

#![expect(clippy::print_stdout, reason = "a yardstick's result is what it prints")]
#![expect(clippy::disallowed_methods, reason = "a yardstick measures durations")]
#![expect(clippy::expect_used, reason = "a program that may just stop")]

mod lists;
mod load;
#[path = "../school/mod.rs"]
mod school;
mod serving;

use std::process::ExitCode;

use school::{DONG, School};
use serving::Served;
use tempfile::TempDir;

/// Entries of the statement, where no other number is given.
const ENTRIES: usize = 100_000;

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let asked = words.iter().find_map(|word| word.parse().ok());
    let entries: usize = asked.unwrap_or(ENTRIES);
    let lists_only = words.iter().any(|word| word == "lists");

    let small = with_school(entries / 10, |served, url, file| {
        load::take_in(&mut served.connect(), file);
        lists::grow(url, entries / 10);
        lists::durations(served)
    });
    let (within, large) = with_school(entries, |served, url, file| {
        let within = if lists_only {
            load::take_in(&mut served.connect(), file);
            true
        } else {
            load::run(served, file)
        };
        lists::grow(url, entries);
        (within, lists::durations(served))
    });
    let flat = lists::compare(&small, &large);
    if within && flat { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Does something with the service of a school that has so many open invoices, and a statement that pays
/// them: of a hundred entries four say nothing.
fn with_school<T>(entries: usize, work: impl FnOnce(&Served, &str, &[u8]) -> T) -> T {
    let folder = TempDir::with_prefix("doisoat-bench-").expect("a folder");
    let url = format!("sqlite:{}", folder.path().join("bench.db").display());
    let school = School::create(&url, entries);
    let file = school.statement(|number, code| {
        let code = if number % 100 < 96 { code } else { "chuyen" };
        (DONG, code.to_owned())
    });
    let served = Served::start(&url, &school);
    println!("a school with {entries} open invoices, a statement of {} MB", file.len() / 1_000_000);
    let done = work(&served, &url, &file);
    served.stop();
    done
}
