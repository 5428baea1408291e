//! Whole files, each an invented statement, against exactly what is to be read from them.

mod csv_files;
mod encodings;
mod mapped;
mod old_workbooks;
mod profile_cases;
mod profile_files;
mod properties;
mod traps;
mod web_pages;
mod workbook_cases;
mod workbook_traps;
mod workbooks;
mod xml_workbooks;

use std::io::Cursor;
use std::ops::ControlFlow;

use crate::domain::money::plain_figure;
use crate::domain::statement::{Entry, Event, StatementHeader};
use crate::formats::{Options, Reading};

/// The bytes of an invented statement.
pub(super) fn fixture(name: &str) -> Vec<u8> {
    let path = format!("{}/fixtures/statements/{name}", env!("CARGO_MANIFEST_DIR"));
    std::fs::read(&path).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// What a file gave, statement by statement.
pub(super) struct Outcome {
    pub reading: Reading,
    pub statements: Vec<(StatementHeader, Vec<Entry>)>,
}

impl Outcome {
    pub(super) fn of(
        bytes: &[u8],
        read: impl FnOnce(&mut Cursor<&[u8]>, &mut crate::formats::Sink) -> Reading,
    ) -> Outcome {
        let mut statements = Vec::new();
        let mut entries = Vec::new();
        let reading = read(&mut Cursor::new(bytes), &mut |event| {
            match event {
                Event::Entry(entry) => entries.push(entry),
                Event::Statement(header) => {
                    statements.push((header, std::mem::take(&mut entries)));
                }
            }
            ControlFlow::Continue(())
        });
        assert!(!reading.accepted() || entries.is_empty(), "entries without a statement");
        Outcome { reading, statements }
    }

    pub(super) fn csv(bytes: impl AsRef<[u8]>) -> Outcome {
        Outcome::csv_with(bytes, &Options::default())
    }

    pub(super) fn csv_with(bytes: impl AsRef<[u8]>, options: &Options) -> Outcome {
        Outcome::of(bytes.as_ref(), |source, sink| super::read_csv(source, options, sink))
    }

    pub(super) fn xlsx(bytes: impl AsRef<[u8]>) -> Outcome {
        Outcome::xlsx_with(bytes, &Options::default())
    }

    pub(super) fn xlsx_with(bytes: impl AsRef<[u8]>, options: &Options) -> Outcome {
        Outcome::of(bytes.as_ref(), |source, sink| super::read_xlsx(source, options, sink))
    }

    pub(super) fn xls(bytes: impl AsRef<[u8]>) -> Outcome {
        Outcome::of(bytes.as_ref(), |source, sink| {
            super::read_xls(source, &Options::default(), sink)
        })
    }

    pub(super) fn html(bytes: impl AsRef<[u8]>) -> Outcome {
        Outcome::of(bytes.as_ref(), |source, sink| {
            super::read_html(source, &Options::default(), sink)
        })
    }

    /// What the front door makes of a file, whose kind its bytes tell.
    pub(super) fn file(bytes: impl AsRef<[u8]>) -> Outcome {
        Outcome::of(bytes.as_ref(), |source, sink| {
            crate::formats::statement_file::read(source, &Options::default(), sink)
        })
    }

    pub(super) fn codes(&self) -> Vec<&str> {
        self.reading.warnings.iter().map(|warning| warning.code.as_str()).collect()
    }

    pub(super) fn errors(&self) -> Vec<&str> {
        self.reading.errors.iter().map(|error| error.code.as_str()).collect()
    }

    pub(super) fn layout(&self) -> &str {
        self.reading.layout.as_deref().unwrap_or("none")
    }

    /// One line for each statement and entry, for comparing whole files at a glance.
    pub(super) fn lines(&self) -> Vec<String> {
        let mut lines = Vec::new();
        for (header, entries) in &self.statements {
            let currency = header.currency;
            let balance = |balance: Option<crate::domain::statement::Balance>| {
                balance.map_or("–".to_owned(), |balance| plain_figure(balance.amount, currency))
            };
            lines.push(format!(
                "{} {} {} → {}",
                header.account.as_deref().unwrap_or("–"),
                header.currency.map_or("–".to_owned(), |currency| currency.to_string()),
                balance(header.opening),
                balance(header.closing),
            ));
            lines.extend(entries.iter().map(|entry| {
                let or_dash = |text: &Option<String>| text.clone().unwrap_or("–".to_owned());
                format!(
                    "{} {} {} {} | {} | {} | {}",
                    entry.position,
                    entry.booking_date,
                    entry.credit_debit.as_str(),
                    plain_figure(entry.amount, Some(entry.currency)),
                    or_dash(&entry.reference),
                    or_dash(&entry.remittance),
                    entry
                        .balance_after
                        .map_or("–".to_owned(), |b| plain_figure(b, Some(entry.currency))),
                )
            }));
        }
        lines
    }
}
