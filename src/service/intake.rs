//! Reads files for whoever wants them, in a process of their own: statement files with the answers
//! about columns that are known, or the one that comes with it; lists as they are.

use std::fs::File;
use std::io::Write as _;

use crate::containment::{Contents, ReadFailure, StatementReader};
use crate::domain::diagnostic::Diagnostic;
use crate::formats::roster::Table;
use crate::formats::{ColumnMapping, MappingText, Options};
use crate::service::ServiceError;

/// A file to be read.
#[derive(Clone, Copy)]
pub struct Intake<'a> {
    /// The file; read from its start.
    pub content: &'a File,
    /// How the columns of its table are to be read, where their words are not known.
    pub columns: Option<&'a MappingText>,
    /// Learns now and then how many bytes have been read.
    pub progress: &'a dyn Fn(u64),
}

/// Reads a file. `known` are answers given before; an answer that comes with the file counts instead
/// of them, and is completed with the headings it was about.
pub fn read(
    reader: &StatementReader,
    file: Intake<'_>,
    known: Vec<ColumnMapping>,
) -> Result<(Contents, Option<ColumnMapping>), ServiceError> {
    let Some(answer) = file.columns else {
        let contents = reader.read(file.content, &Options { mappings: known }, file.progress)?;
        return Ok((contents, None));
    };
    let asked = reader.read(file.content, &Options::default(), file.progress)?;
    let Some(question) = &asked.reading.columns else {
        if asked.reading.accepted() {
            return Err(ServiceError::refused(not_asked()));
        }
        return Ok((asked, None));
    };
    let mapping = answer.for_headings(&question.headings).map_err(ServiceError::refused)?;
    let options = Options { mappings: vec![mapping.clone()] };
    let contents = reader.read(file.content, &options, file.progress)?;
    Ok((contents, Some(mapping)))
}

/// Reads a list that a school made itself: its headings and the texts of its cells.
pub fn list(reader: &StatementReader, bytes: &[u8]) -> Result<Table, ServiceError> {
    let mut file = tempfile::tempfile().map_err(ReadFailure::System)?;
    file.write_all(bytes).map_err(ReadFailure::System)?;
    reader.read_list(&file)?.map_err(ServiceError::refused)
}

fn not_asked() -> Diagnostic {
    Diagnostic::new(
        "columns_not_asked",
        "Các cột của tệp này đã nhận ra được, không cần chỉ định. Anh/chị bỏ phần chỉ định cột rồi thử lại.",
        "The columns of this file are known; they need no naming. Leave the naming of columns out and try again.",
    )
}
