//! Bytes to domain and back: statement files, invoice lists, rosters. No clock and no database here.

pub mod archive;
pub mod balance;
pub mod camt;
pub mod cashless_report;
pub mod detect;
pub mod encoding;
pub mod export;
pub mod figure;
pub mod file_name;
pub mod mt940;
pub mod notes;
pub mod notification;
pub mod paper;
pub mod photo;
pub mod qr;
pub mod refusal;
pub mod roster;
pub mod sequence;
pub mod spreadsheet;
pub mod statement_file;
pub mod vietqr;

use std::io::{Read, Seek};
use std::ops::ControlFlow;

use serde::{Deserialize, Serialize};

use crate::domain::diagnostic::Diagnostic;
use crate::domain::statement::Event;
pub use spreadsheet::layouts::title as layout_title;
pub use spreadsheet::mapping::{ColumnMapping, ColumnQuestion, MappedField};
pub use spreadsheet::mapping_text::MappingText;

/// What a reader found out about a file, besides the events it delivered.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reading {
    /// The recognised format: `camt.053.001.08`, `mt940`, `mt942`, `csv`, `xlsx`, `xls`,
    /// `html`, `spreadsheetml`.
    pub format: Option<String>,
    /// The recognised bank layout of a spreadsheet, e.g. `vietcombank-cashup`.
    pub layout: Option<String>,
    /// What a person should look at; the file is taken all the same.
    pub warnings: Vec<Diagnostic>,
    /// Why the file is refused; empty for an accepted file.
    pub errors: Vec<Diagnostic>,
    /// How many statements were delivered.
    pub statements: u64,
    /// How many entries were delivered.
    pub entries: u64,
    /// The archive the statements came in, `zip` or `gzip`; none for a plain file.
    pub container: Option<String>,
    /// The files of an archive, in their order; empty for a plain file.
    pub parts: Vec<Part>,
    /// Set when a table was found whose columns a person has to name; the file is refused then, with
    /// the error `columns_unknown`.
    pub columns: Option<ColumnQuestion>,
}

/// One statement file inside an archive.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// Its name in the archive, for people.
    pub name: String,
    /// Its format, as in [`Reading::format`].
    pub format: Option<String>,
    /// Its layout, as in [`Reading::layout`].
    pub layout: Option<String>,
    /// How many of the statements are its own.
    pub statements: u64,
    /// The SHA-256 of its bytes, unpacked, in hexadecimal.
    pub sha256: String,
    /// How many bytes it has, unpacked.
    pub size_bytes: u64,
}

/// What a reader is told about a file beforehand.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Options {
    /// How the columns of tables with certain headings are to be read.
    pub mappings: Vec<ColumnMapping>,
}

impl Reading {
    /// Whether the file may be trusted as a whole.
    #[must_use]
    pub fn accepted(&self) -> bool {
        self.errors.is_empty()
    }
}

/// Where a reader delivers its events; `Break` ends the reading early.
pub type Sink<'a> = dyn FnMut(Event) -> ControlFlow<()> + 'a;

/// A file, a cursor over bytes, or anything else that can be read again from its start.
pub trait Source: Read + Seek {}
impl<T: Read + Seek> Source for T {}
