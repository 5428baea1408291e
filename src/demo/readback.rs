//! The statement files of the demo go through the readers and come back as they were meant.

use std::collections::HashMap;
use std::io::Cursor;
use std::ops::ControlFlow;
use std::sync::LazyLock;

use crate::demo::format::{StatementFile, StatementFormat as Format};
use crate::demo::tests::world;
use crate::demo::truth::Truth;
use crate::domain::calendar::Day;
use crate::domain::money::{Currency, Vnd, whole_dong};
use crate::domain::statement::{Entry, EntryStatus, Event, StatementHeader};
use crate::formats::{Options, Reading, statement_file};

pub(super) struct ReadBack {
    pub reading: Reading,
    pub entries: Vec<Entry>,
    pub headers: Vec<StatementHeader>,
}

fn read_once(file: &StatementFile) -> ReadBack {
    let (mut entries, mut headers) = (Vec::new(), Vec::new());
    let mut sink = |event| {
        match event {
            Event::Entry(entry) => entries.push(entry),
            Event::Statement(header) => headers.push(header),
        }
        ControlFlow::Continue(())
    };
    let reading =
        statement_file::read(&mut Cursor::new(&file.file.bytes), &Options::default(), &mut sink);
    ReadBack { reading, entries, headers }
}

/// What came back of a file; each is read once, for all tests.
pub(super) fn read(file: &StatementFile) -> &'static ReadBack {
    static READ: LazyLock<HashMap<&'static str, ReadBack>> = LazyLock::new(|| {
        every_file().map(|(_, file)| (file.file.name.as_str(), read_once(file))).collect()
    });
    &READ[file.file.name.as_str()]
}

fn every_file() -> impl Iterator<Item = (&'static str, &'static StatementFile)> {
    world().schools.iter().flat_map(|school| {
        school.statement_files.iter().map(|file| (school.account.number.as_str(), file))
    })
}

/// What a text looks like when blanks and line breaks are left out of account.
fn unbroken(text: &str) -> String {
    text.split_whitespace().collect()
}

#[test]
fn every_statement_is_accepted_without_a_warning_as_what_it_is() {
    for (_, file) in every_file() {
        let ReadBack { reading, .. } = read(file);
        let name = &file.file.name;
        assert!(reading.accepted(), "{name}: {:?}", reading.errors);
        assert_eq!(reading.warnings, [], "{name}");
        let found = (reading.format.as_deref().unwrap_or(""), reading.layout.as_deref());
        assert_eq!(found, file.format.recognised_as(), "{name}");
        assert_eq!(
            (reading.statements, reading.entries),
            (1, u64::try_from(file.entries).unwrap())
        );
    }
}

#[test]
fn every_balance_comes_back() {
    for (account, file) in every_file() {
        let ReadBack { headers, .. } = read(file);
        let name = &file.file.name;
        let header = &headers[0];
        assert_eq!(header.account.as_deref(), Some(account), "{name}");
        assert_eq!(header.currency.unwrap_or(Currency::VND), Currency::VND, "{name}");
        let dong = |balance: Option<crate::domain::statement::Balance>| {
            balance.map(|balance| whole_dong(balance.amount).unwrap())
        };
        let expected = |amount: Vnd| file.format.states_balances().then_some(amount);
        assert_eq!(dong(header.opening), expected(file.opening), "{name}");
        assert_eq!(dong(header.closing), expected(file.closing), "{name}");
    }
}

#[test]
fn every_entry_comes_back() {
    let truths = world().truth_by_place();
    for (_, file) in every_file() {
        let name = &file.file.name;
        let entries = &read(file).entries;
        assert_eq!(entries.len(), file.entries, "{name}");
        for (place, entry) in entries.iter().enumerate() {
            let truth: &Truth = truths[&(name.as_str(), place)];
            let seen = format!("{name}, entry {place}, {}", entry.position);
            assert_eq!(entry.booking_date, truth.booking_date, "{seen}");
            assert_eq!(entry.credit_debit, truth.credit_debit, "{seen}");
            assert_eq!(whole_dong(entry.amount), Some(truth.amount), "{seen}");
            assert_eq!(
                (entry.currency, entry.status),
                (Currency::VND, EntryStatus::Booked),
                "{seen}"
            );
            assert_eq!(entry.reference.as_ref(), Some(&truth.reference), "{seen}");
            assert_eq!(entry.end_to_end_id, None, "{seen}");
            let day: Option<Day> = entry.value_date;
            assert!(day.is_none_or(|day| day == truth.booking_date), "{seen}");
            let text = entry.remittance.as_deref().unwrap_or_default();
            match file.format {
                // CashUp breaks lines within words; a reader cannot know where blanks stood.
                Format::VietcombankCashup => {
                    assert_eq!(unbroken(text), unbroken(&truth.remittance), "{seen}");
                }
                _ => assert_eq!(text, truth.remittance, "{seen}"),
            }
        }
    }
}

#[test]
fn counterparties_come_back_where_the_bank_names_them() {
    for (_, file) in every_file() {
        let entries = &read(file).entries;
        let count = |given: fn(&Entry) -> bool| entries.iter().filter(|entry| given(entry)).count();
        let names = count(|entry| entry.counterparty_name.is_some());
        let accounts = count(|entry| entry.counterparty_account.is_some());
        let banks = count(|entry| entry.counterparty_bank.is_some());
        let name = &file.file.name;
        let some = |number: usize| number > 0 && number < entries.len();
        match file.format {
            Format::Camt053V02
            | Format::Camt053V08
            | Format::Csv
            | Format::Mb
            | Format::Techcombank => {
                assert!(some(names) && names == accounts && names == banks, "{name}");
            }
            Format::VietinBank => {
                assert!(some(names) && names == accounts && banks == 0, "{name}");
            }
            _ => assert_eq!((names, accounts, banks), (0, 0, 0), "{name}"),
        }
    }
}
