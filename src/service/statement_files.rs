//! Statement files as people handle them: the list of those taken in, the first lines of one, what
//! taking one in would do, and files kept while a person says what their columns hold.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use chrono::{NaiveDateTime, TimeDelta};

use crate::clock::Clock;
use crate::domain::id::{ImportId, SchoolId};
use crate::formats::{ColumnQuestion, layout_title};
use crate::service::commit::{self, Committed};
use crate::service::plan::{PlannedStatement, imports_named};
use crate::service::{Actor, ServiceError, entry};
use crate::store::asked_files::{self, AskedFileRow};
use crate::store::statements::{self, ImportRow};
use crate::store::{Store, StoreError};

/// A file with more entries, which is more than a large school has in a month, is not rehearsed: its
/// reader would wait more than a second or two, and everybody who writes with him.
const MOST_REHEARSED: i64 = 10_000;

/// The largest file that is kept while a person names its columns, in bytes.
pub const MOST_KEPT: usize = 8 * 1024 * 1024;

/// How long such a file is kept, in hours.
const KEPT_HOURS: i64 = 24;

/// A file that was taken in, as its list shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileLine {
    /// Its import.
    pub id: ImportId,
    /// What it was called.
    pub file_name: String,
    /// The bank whose layout it has, and its kind.
    pub kind: String,
    /// `planned`, `committed` or `undone`.
    pub state: String,
    /// Who brought it.
    pub by: String,
    /// When, in UTC.
    pub at: NaiveDateTime,
    /// Its statements: the accounts and days it covers.
    pub statements: Vec<PlannedStatement>,
    /// What recording it did.
    pub outcome: Option<Committed>,
}

/// The files of a school, the latest first, before an import; and where the next page begins.
pub fn list(
    store: &Store,
    school: SchoolId,
    before: Option<ImportId>,
    limit: u32,
) -> Result<(Vec<FileLine>, Option<ImportId>), ServiceError> {
    store.read(|tx| {
        let wanted = i64::from(limit).saturating_add(1);
        let mut rows = statements::imports_before(tx, school.0, before.map(|id| id.0), wanted)?;
        let more = rows.len() > usize::try_from(limit).unwrap_or(usize::MAX);
        rows.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
        let next = rows.last().filter(|_| more).map(|row| ImportId(row.id));
        let accounts = entry::accounts(tx, school.0)?;
        let lines = rows
            .into_iter()
            .map(|row| {
                let own = statements::statements_of(tx, row.id)?;
                let own = own.iter().map(|one| PlannedStatement::of(one, &accounts)).collect();
                Ok(line(row, own))
            })
            .collect::<Result<Vec<_>, StoreError>>()?;
        Ok((lines, next))
    })
}

fn line(row: ImportRow, statements: Vec<PlannedStatement>) -> FileLine {
    FileLine {
        id: ImportId(row.id),
        file_name: row.file_name,
        kind: layout_title(&row.format, row.layout.as_deref()),
        by: row.committed_by.unwrap_or(row.planned_by),
        at: row.committed_at.unwrap_or(row.planned_at),
        state: row.state,
        statements,
        outcome: row.outcome.and_then(|text| serde_json::from_str(&text).ok()),
    }
}

/// Whether a plan waits and is short enough to be tried out.
pub fn can_be_rehearsed(
    store: &Store,
    school: SchoolId,
    id: ImportId,
) -> Result<bool, ServiceError> {
    store.read(|tx| {
        let imports = imports_named(tx, school, id)?;
        let mut entries = 0_i64;
        for import in &imports {
            for one in statements::statements_of(tx, import.id)? {
                entries = entries.saturating_add(one.entry_count);
            }
        }
        Ok(entries <= MOST_REHEARSED && imports.iter().any(|row| row.state == "planned"))
    })
}

/// What recording a file did; `None` where it was never recorded.
pub fn outcome(
    store: &Store,
    school: SchoolId,
    id: ImportId,
) -> Result<Option<Committed>, ServiceError> {
    store.read(|tx| {
        let outcomes = imports_named(tx, school, id)?
            .into_iter()
            .filter_map(|row| serde_json::from_str(row.outcome.as_deref()?).ok());
        Ok(commit::together(outcomes))
    })
}

/// A file whose columns a person is asked about.
#[derive(Clone, Debug)]
pub struct AskedFile {
    /// What it was called.
    pub file_name: String,
    /// The account that was named for it.
    pub account: Option<String>,
    /// Its bytes.
    pub content: Vec<u8>,
    /// What is asked.
    pub question: ColumnQuestion,
}

/// Keeps a file until its columns are named, for a day at most.
pub fn keep(
    store: &Store,
    clock: &dyn Clock,
    actor: &Actor,
    school: SchoolId,
    file: &AskedFile,
) -> Result<i64, ServiceError> {
    let now = clock.now();
    store.write(|tx| {
        if let Some(before) = now.checked_sub_signed(TimeDelta::hours(KEPT_HOURS)) {
            asked_files::forget_before(tx, before)?;
        }
        let row = AskedFileRow {
            id: tx.next_id()?,
            school_id: school.0,
            file_name: file.file_name.clone(),
            account: file.account.clone(),
            content: BASE64.encode(&file.content),
            question: serde_json::to_string(&file.question)
                .map_err(|error| StoreError::Corrupt(format!("a question as JSON: {error}")))?,
            asked_by: actor.as_str().to_owned(),
            asked_at: now,
        };
        asked_files::insert(tx, &row)?;
        Ok(row.id)
    })
}

/// A file that is kept.
pub fn kept(store: &Store, school: SchoolId, id: i64) -> Result<AskedFile, ServiceError> {
    store.read(|tx| {
        let row = asked_files::find(tx, school.0, id)?
            .ok_or_else(|| ServiceError::not_found("file", "tệp số", "file", &id.to_string()))?;
        let corrupt = |what: String| StoreError::Corrupt(format!("asked file {id}: {what}"));
        Ok(AskedFile {
            content: BASE64.decode(&row.content).map_err(|error| corrupt(error.to_string()))?,
            question: serde_json::from_str(&row.question)
                .map_err(|error| corrupt(error.to_string()))?,
            file_name: row.file_name,
            account: row.account,
        })
    })
}

/// Forgets a file whose columns are known now.
pub fn forget(store: &Store, school: SchoolId, id: i64) -> Result<(), ServiceError> {
    store.write(|tx| Ok(asked_files::delete(tx, school.0, id)?))
}
