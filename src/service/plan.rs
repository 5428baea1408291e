//! Takes in a statement file as a plan: read once in a process of its own, checked whole, stored
//! entry by entry. Nothing of it counts until the plan is committed, and what is committed is exactly
//! what was planned. The files of an archive become one import each and keep together.

mod accounts;
mod storing;
mod view;

use std::fs::File;

use crate::clock::Clock;
use crate::containment::{Contents, StatementReader};
use crate::domain::diagnostic::Diagnostic;
use crate::domain::id::{ImportId, SchoolId};
use crate::domain::identity::source_kind;
use crate::domain::statement::CreditDebit;
use crate::formats::{ColumnMapping, MappingText, Part as FilePart, file_name};
use crate::service::intake::{self, Intake};
use crate::service::survey::{self, Surveyed, digest};
use crate::service::{Actor, ServiceError, columns, directory};
use crate::store::archives::{self, ArchivePartRow, ArchiveRow};
use crate::store::statements::{self, ImportRow};
use crate::store::{Store, Tx};
use storing::Part;
pub use view::{Plan, PlannedPart, PlannedStatement};

/// A file as it arrives.
pub struct NewFile<'a> {
    /// The name it came with; shown, never used as a path.
    pub name: &'a str,
    /// The account it belongs to, where the file does not say.
    pub account: Option<&'a str>,
    /// How the columns of its table are to be read, where their words are not known. Kept for the
    /// account's next files.
    pub columns: Option<&'a MappingText>,
    /// The file; read from its start.
    pub content: &'a File,
    /// Learns now and then how many bytes have been read.
    pub progress: &'a dyn Fn(u64),
}

impl<'a> NewFile<'a> {
    /// A file about which nothing is said but its name.
    #[must_use]
    pub fn plain(name: &'a str, content: &'a File) -> NewFile<'a> {
        NewFile { name, account: None, columns: None, content, progress: &|_| {} }
    }
}

/// Reads a statement file for a school and stores it as a plan. The same bytes again give the same
/// plan; bytes that were planned but not committed are planned anew when columns are named with them.
/// Refuses a file that cannot be trusted, that does not add up, or of a foreign account, and asks
/// about a table whose columns are not known; nothing is written then.
pub fn run(
    store: &Store,
    clock: &dyn Clock,
    reader: &StatementReader,
    actor: &Actor,
    school: SchoolId,
    file: &NewFile<'_>,
) -> Result<Plan, ServiceError> {
    let (sha256, size_bytes) = digest(&mut &*file.content)?;
    let (known, mappings) = store.read(|tx| -> Result<_, ServiceError> {
        let known = match file.columns {
            Some(_) => None,
            None => find_same(tx, school, &sha256)?,
        };
        Ok((known, columns::of_school(tx, school)?))
    })?;
    if let Some(known) = known {
        return Ok(Plan { sent_before: true, ..known });
    }
    let coming = Intake { content: file.content, columns: file.columns, progress: file.progress };
    let reader = reader.of_school(school.0);
    let (mut contents, answer) = intake::read(&reader, coming, mappings)?;
    let surveyed = survey::survey(&mut contents)?;

    let now = clock.now();
    store.write(|tx| {
        directory::lock_school(tx, school)?;
        if file.columns.is_some() {
            forget_plan(tx, school, &sha256)?;
        }
        if let Some(known) = find_same(tx, school, &sha256)? {
            return Ok(Plan { sent_before: true, ..known });
        }
        let whole = Whole { sha256: &sha256, size_bytes, file, actor, school, now };
        let plan = whole.store(tx, &mut contents, &surveyed)?;
        if let Some(mapping) = &answer {
            let numbers: Vec<&str> =
                plan.statements.iter().map(|statement| statement.account.as_str()).collect();
            let kept = with_direction(mapping, &surveyed);
            columns::save(tx, school, &numbers, &kept, actor, now)?;
        }
        Ok(plan)
    })
}

/// The mapping as it is kept. A file in whose one column money out bears a minus shows that figures
/// without a sign are money in, also in the account's next file, where perhaps nothing goes out.
fn with_direction(mapping: &ColumnMapping, surveyed: &[Surveyed]) -> ColumnMapping {
    let mut kept = mapping.clone();
    let signed = |one: &Surveyed| !one.credits.is_zero() && !one.debits.is_zero();
    if kept.is_one_column() && surveyed.iter().any(signed) {
        kept.unsigned.get_or_insert(CreditDebit::Credit);
    }
    kept
}

/// The plan with this id, at this school.
pub fn find(store: &Store, school: SchoolId, id: ImportId) -> Result<Plan, ServiceError> {
    store.read(|tx| {
        if let Some(row) = load_archive(tx, school, id)? {
            return view::of_archive(tx, row);
        }
        let row = load_import(tx, school, id)?;
        view::of_import(tx, row)
    })
}

/// The imports that go by an id: one, or those that an archive brought.
pub(crate) fn imports_named(
    tx: &mut Tx<'_>,
    school: SchoolId,
    id: ImportId,
) -> Result<Vec<ImportRow>, ServiceError> {
    match load_archive(tx, school, id)? {
        Some(archive) => Ok(archives::imports_of(tx, archive.id)?
            .into_iter()
            .filter_map(|(import, brought)| brought.then_some(import))
            .collect()),
        None => Ok(vec![load_import(tx, school, id)?]),
    }
}

fn load_archive(
    tx: &mut Tx<'_>,
    school: SchoolId,
    id: ImportId,
) -> Result<Option<ArchiveRow>, ServiceError> {
    Ok(archives::archive(tx, id.0)?.filter(|row| row.school_id == school.0))
}

pub(crate) fn load_import(
    tx: &mut Tx<'_>,
    school: SchoolId,
    id: ImportId,
) -> Result<ImportRow, ServiceError> {
    statements::import(tx, id.0)?.filter(|row| row.school_id == school.0).ok_or_else(|| {
        ServiceError::not_found("import", "lần nhập sao kê", "import", &id.to_string())
    })
}

/// The plan of the same bytes, where it was not undone.
fn find_same(
    tx: &mut Tx<'_>,
    school: SchoolId,
    sha256: &str,
) -> Result<Option<Plan>, ServiceError> {
    if let Some(row) = statements::find_same_file(tx, school.0, sha256)? {
        return view::of_import(tx, row).map(Some);
    }
    match archives::find_same_archive(tx, school.0, sha256)? {
        Some(row) => view::of_archive(tx, row).map(Some),
        None => Ok(None),
    }
}

/// Drops what was planned of the same bytes and not committed.
fn forget_plan(tx: &mut Tx<'_>, school: SchoolId, sha256: &str) -> Result<(), ServiceError> {
    let alone = statements::find_same_file(tx, school.0, sha256)?;
    let together = match archives::find_same_archive(tx, school.0, sha256)? {
        Some(archive) => archives::imports_of(tx, archive.id)?,
        None => Vec::new(),
    };
    let together = together.into_iter().filter_map(|(row, brought)| brought.then_some(row));
    for row in alone.into_iter().chain(together).filter(|row| row.state == "planned") {
        statements::delete_plan(tx, row.id)?;
    }
    Ok(())
}

/// A file, or an archive of files, on its way into the database.
struct Whole<'a> {
    sha256: &'a str,
    size_bytes: i64,
    file: &'a NewFile<'a>,
    actor: &'a Actor,
    school: SchoolId,
    now: chrono::NaiveDateTime,
}

impl Whole<'_> {
    fn store(
        &self,
        tx: &mut Tx<'_>,
        contents: &mut Contents,
        surveyed: &[Surveyed],
    ) -> Result<Plan, ServiceError> {
        let reading = contents.reading.clone();
        let name = file_name::shown(self.file.name);
        let alone = FilePart {
            name: name.clone(),
            format: reading.format.clone(),
            layout: reading.layout.clone(),
            statements: reading.statements,
            sha256: self.sha256.to_owned(),
            size_bytes: self.size_bytes.unsigned_abs(),
        };
        let files = if reading.container.is_some() { reading.parts.as_slice() } else { &[alone] };
        let container = reading.container.as_deref();
        let mut notes = file_name::notes(self.file.name, reading.format.as_deref(), container);
        notes.extend(reading.warnings);
        let mut notes = Some(notes);

        let (mut parts, mut links) = (Vec::new(), Vec::new());
        let mut first = 0;
        for file in files {
            let count = usize::try_from(file.statements).unwrap_or(usize::MAX);
            let own = surveyed.get(first..).unwrap_or_default();
            let own = own.get(..count).unwrap_or(own);
            if let Some(known) = statements::find_same_file(tx, self.school.0, &file.sha256)? {
                links.push((known.id, false));
                parts.push(Part { statements: count, stored: None });
            } else {
                let accounts =
                    accounts::accounts_of(tx, self.school, self.file.account, own, first)?;
                let import = self.import_row(tx, file, &notes.take().unwrap_or_default())?;
                statements::insert_import(tx, &import)?;
                let rows = storing::statement_rows(tx, &import, own, accounts)?;
                links.push((import.id, true));
                parts.push(Part { statements: count, stored: Some((import, rows)) });
            }
            first = first.saturating_add(count);
        }
        storing::store(tx, &parts, contents)?;
        let Some(container) = reading.container else {
            // A plain file is one part, and it was not known.
            let id = links.first().map_or(0, |(import, _)| *import);
            let import = load_import(tx, self.school, ImportId(id))?;
            return view::of_import(tx, import);
        };
        let archive = ArchiveRow {
            id: tx.next_id()?,
            school_id: self.school.0,
            file_name: name,
            sha256: self.sha256.to_owned(),
            size_bytes: self.size_bytes,
            container,
            planned_by: self.actor.as_str().to_owned(),
            planned_at: self.now,
        };
        let mut rows = Vec::with_capacity(links.len());
        for (position, (import_id, brought)) in (0_i32..).zip(links) {
            let (id, school_id, archive_id) = (tx.next_id()?, self.school.0, archive.id);
            rows.push(ArchivePartRow { id, school_id, archive_id, import_id, position, brought });
        }
        archives::insert_archive(tx, &archive, &rows)?;
        view::of_archive(tx, archive)
    }

    fn import_row(
        &self,
        tx: &mut Tx<'_>,
        file: &FilePart,
        warnings: &[Diagnostic],
    ) -> Result<ImportRow, ServiceError> {
        let format = file.format.clone().unwrap_or_default();
        Ok(ImportRow {
            id: tx.next_id()?,
            school_id: self.school.0,
            file_name: file.name.clone(),
            sha256: file.sha256.clone(),
            size_bytes: i64::try_from(file.size_bytes).unwrap_or(i64::MAX),
            source: source_kind(&format, file.layout.as_deref()),
            format,
            layout: file.layout.clone(),
            state: "planned".to_owned(),
            warnings: serde_json::to_string(warnings).unwrap_or_default(),
            planned_by: self.actor.as_str().to_owned(),
            planned_at: self.now,
            committed_by: None,
            committed_at: None,
            undone_by: None,
            undone_at: None,
            outcome: None,
        })
    }
}
