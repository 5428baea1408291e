//! `doisoat reconcile`: matches statement files against an invoice list, without a database.

mod json;
mod list;
mod table;

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use super::columns::{self, ColumnsArg};
use super::progress::Watched;
use super::{Env, Failure, Status, cannot_open, read_list};
use crate::domain::diagnostic::Diagnostic;
use crate::domain::identity::source_kind;
use crate::domain::matching::facts::Policy;
use crate::domain::matching::session::{StatementFile, reconcile};
use crate::domain::statement::{Entry, Event, StatementHeader};
use crate::formats::roster::{self, ListResult, Table};
use crate::formats::{Part, Reading};
use crate::service::intake::{self, Intake};
use crate::service::{MappingText, ServiceError, StatementReader};

/// What to match with what.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Danh sách khoản phải thu (CSV hoặc XLSX có dòng tiêu đề) · the invoice list
    #[arg(long, value_name = "FILE")]
    invoices: PathBuf,
    /// Các tài khoản người nộp đã xác nhận (cột account, family) · confirmed payer accounts
    #[arg(long, value_name = "FILE")]
    payers: Option<PathBuf>,
    /// Nộp thiếu thì chỉ gợi ý, không tự khớp một phần · propose short payments
    #[arg(long)]
    propose_part: bool,
    #[command(flatten)]
    columns: ColumnsArg,
    /// In mỗi dòng sao kê một dòng JSON · prints one JSON object a line for each entry
    #[arg(long)]
    json: bool,
    /// Các tệp sao kê · statement files
    #[arg(required = true, value_name = "STATEMENT")]
    statements: Vec<PathBuf>,
}

/// Matches and explains. A list that is refused leaves standard output empty.
pub fn run(env: &mut Env<'_>, args: &Args) -> Result<Status, Failure> {
    let reader = env.reader()?;
    let rows = whole(&reader, &args.invoices, roster::invoices_of)?;
    let payers = match &args.payers {
        Some(path) => whole(&reader, path, roster::payers_of)?,
        None => Vec::new(),
    };
    let policy = Policy { settle_in_part: !args.propose_part, ..Policy::default() };
    let list = list::InvoiceList::new(rows, &payers)
        .map_err(|wrong| Failure::Refused(named(&args.invoices, wrong)))?;

    let columns = args.columns.parsed()?;
    let mut status = Status::Done;
    let mut files = Vec::new();
    for path in &args.statements {
        match read_statement(env, &reader, columns.as_ref(), path)? {
            Some(read) => files.extend(read),
            None => status = Status::Refused,
        }
    }
    let mut book = list.book(policy);
    let lines = reconcile(&mut book, &files);
    if args.json {
        json::write(&files, &lines, env.lang, env.out)?;
    } else {
        table::write(&files, &lines, &list, env.lang, env.out)?;
    }
    Ok(status)
}

/// The rows of a list in which every row could be read. A list with a row missing could make two
/// answers look like one, so it is refused.
fn whole<T>(
    reader: &StatementReader,
    path: &Path,
    rows_of: impl FnOnce(&Table) -> ListResult<T>,
) -> Result<Vec<T>, Failure> {
    let table = match intake::list(reader, &read_list(path)?) {
        Ok(table) => table,
        Err(ServiceError::Refused(wrong)) => return Err(Failure::Refused(named(path, wrong))),
        Err(other) => return Err(other.into()),
    };
    match rows_of(&table) {
        Ok(rows) if rows.bad.is_empty() => Ok(rows.good),
        Ok(rows) => Err(Failure::Refused(named(path, rows.bad))),
        Err(wrong) => Err(Failure::Refused(named(path, vec![wrong]))),
    }
}

/// The same diagnostics, each beginning with the file's name.
fn named(path: &Path, diagnostics: Vec<Diagnostic>) -> Vec<Diagnostic> {
    let name = path.display();
    diagnostics
        .into_iter()
        .map(|mut one| {
            one.message.vi = format!("{name}: {}", one.message.vi).into();
            one.message.en = format!("{name}: {}", one.message.en).into();
            one
        })
        .collect()
}

/// Reads a statement file or an archive of such; `None`, with the reasons told, when it is refused.
fn read_statement(
    env: &mut Env<'_>,
    reader: &StatementReader,
    columns: Option<&MappingText>,
    path: &Path,
) -> Result<Option<Vec<StatementFile>>, Failure> {
    let source = match Watched::open(path) {
        Ok(source) => source,
        Err(error) => {
            if let Failure::Refused(why) = cannot_open(path, &error) {
                env.tell(&why)?;
            }
            return Ok(None);
        }
    };
    let show = |bytes| source.show(bytes);
    let file = Intake { content: &source.file, columns, progress: &show };
    let (mut contents, _) = intake::read(reader, file, Vec::new())?;
    let reading = contents.reading.clone();
    let mut statements = Vec::new();
    let mut entries = Vec::new();
    contents.replay(&mut |event| {
        match event {
            Event::Entry(entry) => entries.push(entry),
            Event::Statement(header) => statements.push((header, std::mem::take(&mut entries))),
        }
        ControlFlow::Continue(())
    })?;
    env.tell(&named(path, reading.warnings.clone()))?;
    if !reading.accepted() {
        env.tell(&named(path, reading.errors))?;
        if let Some(question) = &reading.columns {
            columns::show(question, env.lang, env.err)?;
        }
        return Ok(None);
    }
    Ok(Some(files_of(&path.to_string_lossy(), &reading, statements)))
}

/// A file, or each file of an archive: overlapping ones may lie in one archive, and their lines
/// are compared as those of any two files.
fn files_of(
    name: &str,
    reading: &Reading,
    mut statements: Vec<(StatementHeader, Vec<Entry>)>,
) -> Vec<StatementFile> {
    let whole = Part {
        format: reading.format.clone(),
        layout: reading.layout.clone(),
        statements: reading.statements,
        ..Part::default()
    };
    let parts = if reading.container.is_some() { &reading.parts } else { &vec![whole] };
    let mut files = Vec::with_capacity(parts.len());
    let mut first_statement = 0;
    for part in parts {
        let count = usize::try_from(part.statements).unwrap_or(usize::MAX).min(statements.len());
        let rest = statements.split_off(count);
        let format = part.format.as_deref().unwrap_or_default();
        files.push(StatementFile {
            name: name.to_owned(),
            source: source_kind(format, part.layout.as_deref()),
            first_statement,
            statements: std::mem::replace(&mut statements, rest),
        });
        first_statement += count;
    }
    files
}
