//! Lists of students and of invoices: planned with a preview, committed by their number, their bad rows
//! handed back.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDateTime;
use serde::{Deserialize, Serialize};

use super::merge::Merge;
use crate::clock::Clock;
use crate::domain::diagnostic::Diagnostic;
use crate::domain::id::SchoolId;
use crate::domain::lang::Lang;
use crate::domain::payment_code::Prefix;
use crate::domain::roster::SchoolYear;
use crate::formats::roster::{Table, write_xlsx};
use crate::service::import_students::ListOutcome;
use crate::service::list_problems::RowProblem;
use crate::service::{Actor, ServiceError, directory, import_invoices};
use crate::store::audit::{self, AuditFact};
use crate::store::student_imports::{self, StudentImportLine, StudentImportRow};
use crate::store::{Store, StoreError, Tx};

/// Which students a list may be about.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    /// Those that are not known yet (nhập mới).
    New,
    /// Those that are known (nhập cập nhật).
    Update,
    /// Both.
    #[default]
    Both,
}

/// How a list is to be taken in.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Options {
    /// Which students it may be about.
    #[serde(default)]
    pub mode: Mode,
    /// Takes classes that are none of the school's, where those are defined.
    #[serde(default)]
    pub create_classes: bool,
    /// Defines these classes as the school's.
    #[serde(default)]
    pub classes: Vec<String>,
    /// The school year of new enrolments; that of the day where absent.
    #[serde(default)]
    pub year: Option<SchoolYear>,
}

/// What a list is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Students.
    Students,
    /// Invoices that were made elsewhere.
    Invoices,
}

impl Kind {
    const fn as_str(self) -> &'static str {
        match self {
            Kind::Students => "students",
            Kind::Invoices => "invoices",
        }
    }
}

/// An import by what it is about and its number; a bare number is one of students.
#[derive(Clone, Copy, Debug)]
pub struct Named {
    kind: Kind,
    id: i64,
}

impl Named {
    /// One of invoices.
    #[must_use]
    pub const fn invoices(id: i64) -> Named {
        Named { kind: Kind::Invoices, id }
    }
}

impl From<i64> for Named {
    fn from(id: i64) -> Named {
        Named { kind: Kind::Students, id }
    }
}

impl From<(Kind, i64)> for Named {
    fn from((kind, id): (Kind, i64)) -> Named {
        Named { kind, id }
    }
}

/// What a list is called that came without a name.
pub const UNNAMED: &str = "danh-sach-hoc-sinh";

/// A list and what it is called.
#[derive(Clone, Copy, Debug)]
pub struct Source<'a> {
    /// For people.
    pub file_name: &'a str,
    /// What was read of it.
    pub list: &'a Table,
}

/// An import as it is shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[schema(as = StudentImportView)]
pub struct ImportView {
    /// Its number.
    pub id: i64,
    /// What the file was called.
    pub file_name: String,
    /// `planned`, `committed` or `undone`.
    pub state: String,
    /// `new`, `update` or `both`.
    #[schema(value_type = String)]
    pub mode: Mode,
    /// Who planned it.
    pub planned_by: String,
    /// When, in UTC.
    #[schema(value_type = String, format = DateTime)]
    pub planned_at: NaiveDateTime,
    /// How many rows are bad; of one row several things may be wrong.
    pub bad_rows: u64,
    /// How many rows can be taken.
    #[serde(skip)]
    pub good_rows: u64,
    /// What it would do, or did.
    pub outcome: ListOutcome,
}

/// Works out what a list would do and keeps it with the list; changes no student.
pub fn plan(
    store: &Store,
    clock: &dyn Clock,
    actor: &Actor,
    school: SchoolId,
    source: Source<'_>,
    options: &Options,
) -> Result<ImportView, ServiceError> {
    store.write(|tx| {
        directory::lock_school(tx, school)?;
        let now = clock.now();
        let id = tx.next_id()?;
        let merge = Merge::of(tx, school, source.list, options, (id, now, actor))?;
        let outcome = to_json(merge.outcome())?;
        let kept = (Kind::Students, id, to_json(options)?);
        let row = planned(kept, (school, actor, now), source, outcome)?;
        student_imports::insert(tx, &row)?;
        view(&row)
    })
}

/// The same for a list of invoices.
pub fn plan_invoices(
    store: &Store,
    clock: &dyn Clock,
    actor: &Actor,
    school: SchoolId,
    source: Source<'_>,
) -> Result<ImportView, ServiceError> {
    store.write(|tx| {
        directory::lock_school(tx, school)?;
        let outcome = to_json(&import_invoices::examine(tx, school, source.list)?)?;
        let kept = (Kind::Invoices, tx.next_id()?, to_json(&Options::default())?);
        let row = planned(kept, (school, actor, clock.now()), source, outcome)?;
        student_imports::insert(tx, &row)?;
        view(&row)
    })
}

fn planned(
    (kind, id, options): (Kind, i64, String),
    (school, actor, now): (SchoolId, &Actor, NaiveDateTime),
    source: Source<'_>,
    outcome: String,
) -> Result<StudentImportRow, ServiceError> {
    Ok(StudentImportRow {
        id,
        school_id: school.0,
        file_name: source.file_name.to_owned(),
        options,
        list: to_json(source.list)?,
        state: "planned".to_owned(),
        outcome,
        planned_by: actor.as_str().to_owned(),
        planned_at: now,
        committed_at: None,
        undone_at: None,
        kind: kind.as_str().to_owned(),
    })
}

/// Shows a plan, or what became of it.
pub fn show(
    store: &Store,
    school: SchoolId,
    id: impl Into<Named>,
) -> Result<ImportView, ServiceError> {
    store.read(|tx| view(&load(tx, school, id)?))
}

/// An import as lists show it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportLine {
    /// Its number.
    pub id: i64,
    /// What the file was called.
    pub file_name: String,
    /// `planned`, `committed` or `undone`.
    pub state: String,
    /// Who planned it.
    pub planned_by: String,
    /// When, in UTC.
    pub planned_at: NaiveDateTime,
    /// Rows that were new.
    pub added: u64,
    /// Rows that changed something known.
    pub updated: u64,
    /// Rows that were not taken.
    pub bad_rows: u64,
}

/// Imports of a school, newest first, and the number before which the next page begins.
pub fn page(
    store: &Store,
    (school, kind): (SchoolId, Kind),
    before: Option<i64>,
    limit: u32,
) -> Result<(Vec<ImportLine>, Option<i64>), ServiceError> {
    let of = (school.0, kind.as_str());
    let mut rows = store.read(|tx| student_imports::page(tx, of, before, i64::from(limit) + 1))?;
    let wanted = usize::try_from(limit).unwrap_or(usize::MAX);
    let more = rows.len() > wanted;
    rows.truncate(wanted);
    let next = rows.last().map(|row| row.id).filter(|_| more);
    Ok((rows.into_iter().map(line).collect::<Result<_, _>>()?, next))
}

fn line(row: StudentImportLine) -> Result<ImportLine, ServiceError> {
    let outcome: ListOutcome = from_json(&row.outcome)?;
    Ok(ImportLine {
        id: row.id,
        file_name: row.file_name,
        state: row.state,
        planned_by: row.planned_by,
        planned_at: row.planned_at,
        added: outcome.added,
        updated: outcome.updated,
        bad_rows: count(numbers_of(&outcome.bad).len()),
    })
}

/// An import with what is wrong in its list, at most `limit` things.
pub fn examined(
    store: &Store,
    school: SchoolId,
    id: impl Into<Named>,
    (lang, limit): (Lang, usize),
) -> Result<(ImportView, Vec<RowProblem>), ServiceError> {
    let row = store.read(|tx| load(tx, school, id))?;
    let view = view(&row)?;
    let list: Table = from_json(&row.list)?;
    let told = view.outcome.bad.iter().take(limit);
    let problems = told.map(|one| RowProblem::of(one, Some(&list), lang)).collect();
    Ok((view, problems))
}

/// Carries a plan out on the students as they are now: good rows are kept, bad rows are told. Once,
/// however often asked.
pub fn commit(
    store: &Store,
    clock: &dyn Clock,
    actor: &Actor,
    school: SchoolId,
    id: i64,
) -> Result<ImportView, ServiceError> {
    store.write(|tx| {
        directory::lock_school(tx, school)?;
        let mut row = load(tx, school, id)?;
        match row.state.as_str() {
            "planned" => {}
            "committed" => return view(&row),
            _ => return Err(undone_already(id)),
        }
        let options: Options = from_json(&row.options)?;
        let list: Table = from_json(&row.list)?;
        carry_out(tx, clock.now(), actor, &mut row, &list, &options)?;
        student_imports::set_state(tx, &row)?;
        view(&row)
    })
}

/// The same for a list of invoices: those that it adds get codes with one of the `prefixes`, and
/// payments that waited for them are looked at again.
pub fn commit_invoices(
    store: &Store,
    clock: &dyn Clock,
    actor: &Actor,
    school: SchoolId,
    (prefixes, id): (&[Prefix], i64),
) -> Result<ImportView, ServiceError> {
    store.write(|tx| {
        let school_row = directory::lock_school(tx, school)?;
        let mut row = load(tx, school, Named::invoices(id))?;
        match row.state.as_str() {
            "planned" => {}
            "committed" => return view(&row),
            _ => return Err(undone_already(id)),
        }
        let list: Table = from_json(&row.list)?;
        let (taken, now) = ((prefixes, &list), clock.now());
        let outcome = import_invoices::carry_out(tx, &school_row, taken, (actor, Some(id), now))?;
        committed(tx, &mut row, (&list, &outcome), now)?;
        student_imports::set_state(tx, &row)?;
        view(&row)
    })
}

/// Plans and commits a list in one step.
pub fn take_in(
    store: &Store,
    clock: &dyn Clock,
    actor: &Actor,
    school: SchoolId,
    source: Source<'_>,
    options: &Options,
) -> Result<ListOutcome, ServiceError> {
    store.write(|tx| {
        directory::lock_school(tx, school)?;
        let now = clock.now();
        let kept = (Kind::Students, tx.next_id()?, to_json(options)?);
        let unread = Source { list: &Table::default(), ..source };
        let outcome = to_json(&ListOutcome::default())?;
        let mut row = planned(kept, (school, actor, now), unread, outcome)?;
        // Students refer to it.
        student_imports::insert(tx, &row)?;
        let outcome = carry_out(tx, now, actor, &mut row, source.list, options)?;
        student_imports::set_state(tx, &row)?;
        Ok(outcome)
    })
}

fn carry_out(
    tx: &mut Tx<'_>,
    now: NaiveDateTime,
    actor: &Actor,
    row: &mut StudentImportRow,
    list: &Table,
    options: &Options,
) -> Result<ListOutcome, ServiceError> {
    let school = SchoolId(row.school_id);
    let merge = Merge::of(tx, school, list, options, (row.id, now, actor))?;
    let outcome = merge.write(tx)?;
    committed(tx, row, (list, &outcome), now)?;
    let detail = serde_json::json!({
        "added": outcome.added, "updated": outcome.updated, "bad": outcome.bad.len(),
        "import": row.id,
    });
    let fact = AuditFact {
        actor: actor.as_str().to_owned(),
        action: "students.import",
        subject_kind: "school",
        subject_id: school.0,
        detail: detail.to_string(),
    };
    audit::append(tx, school.0, now, vec![fact])?;
    Ok(outcome)
}

/// Keeps with an import what it did; of its list only the bad rows are still asked for.
fn committed(
    tx: &mut Tx<'_>,
    row: &mut StudentImportRow,
    (list, outcome): (&Table, &ListOutcome),
    now: NaiveDateTime,
) -> Result<(), ServiceError> {
    "committed".clone_into(&mut row.state);
    row.outcome = to_json(outcome)?;
    row.committed_at = Some(now);
    Ok(student_imports::set_list(tx, row.id, &to_json(&bad_part(list, &outcome.bad))?)?)
}

/// The bad rows of an import as they stood, each with its reasons in a last column, as a workbook
/// that can be corrected and loaded again.
pub fn bad_rows(
    store: &Store,
    school: SchoolId,
    id: impl Into<Named>,
    lang: Lang,
) -> Result<Vec<u8>, ServiceError> {
    let (list, outcome) = store.read(|tx| {
        let row = load(tx, school, id)?;
        let list: Table = from_json(&row.list)?;
        let outcome: ListOutcome = from_json(&row.outcome)?;
        Ok::<_, ServiceError>((list, outcome))
    })?;
    workbook_of(&list, &outcome.bad, lang)
}

/// The same for a list that is at hand.
pub fn workbook_of(list: &Table, bad: &[Diagnostic], lang: Lang) -> Result<Vec<u8>, ServiceError> {
    let mut part = bad_part(list, bad);
    let mut reasons: BTreeMap<u64, Vec<&str>> = BTreeMap::new();
    for one in bad {
        if let Some(row) = one.place.as_ref().and_then(|place| place.row) {
            reasons.entry(row).or_default().push(one.message.text(lang));
        }
    }
    let width = part.headers.len();
    part.headers.push(match lang {
        Lang::Vi => "Lý do không nhập".to_owned(),
        Lang::En => "Why it was not taken".to_owned(),
    });
    for row in &mut part.rows {
        row.cells.truncate(width);
        row.cells.push(reasons.get(&row.row).map(|all| all.join(" ")).unwrap_or_default());
    }
    write_xlsx(&part).map_err(ServiceError::refused)
}

fn bad_part(list: &Table, bad: &[Diagnostic]) -> Table {
    let wanted = numbers_of(bad);
    Table {
        headers: list.headers.clone(),
        rows: list.rows.iter().filter(|row| wanted.contains(&row.row)).cloned().collect(),
    }
}

fn numbers_of(bad: &[Diagnostic]) -> BTreeSet<u64> {
    bad.iter().filter_map(|one| one.place.as_ref().and_then(|place| place.row)).collect()
}

/// The import of a school with this number.
pub(in crate::service) fn load(
    tx: &mut Tx<'_>,
    school: SchoolId,
    named: impl Into<Named>,
) -> Result<StudentImportRow, ServiceError> {
    let Named { kind, id } = named.into();
    student_imports::find(tx, school.0, (kind.as_str(), id))?
        .ok_or_else(|| ServiceError::not_found("import", "lần nhập số", "import", &id.to_string()))
}

pub(super) fn view(row: &StudentImportRow) -> Result<ImportView, ServiceError> {
    let options: Options = from_json(&row.options)?;
    let outcome: ListOutcome = from_json(&row.outcome)?;
    Ok(ImportView {
        id: row.id,
        file_name: row.file_name.clone(),
        state: row.state.clone(),
        mode: options.mode,
        planned_by: row.planned_by.clone(),
        planned_at: row.planned_at,
        bad_rows: count(numbers_of(&outcome.bad).len()),
        good_rows: outcome.added + outcome.updated + outcome.unchanged,
        outcome,
    })
}

fn count(rows: usize) -> u64 {
    u64::try_from(rows).unwrap_or(u64::MAX)
}

fn undone_already(id: i64) -> ServiceError {
    ServiceError::conflict(
        "import_undone",
        format!("Lần nhập {id} đã hoàn tác. Hãy tải tệp lên lại để lập lần nhập mới."),
        format!("Import {id} was undone. Load the file again to plan a new one."),
    )
}

pub(in crate::service) fn not_committed(id: i64) -> ServiceError {
    ServiceError::conflict(
        "import_not_committed",
        format!("Lần nhập {id} chưa được ghi nhận hoặc đã hoàn tác, nên không có gì để hoàn tác."),
        format!("Import {id} was not committed or is undone already: there is nothing to undo."),
    )
}

fn to_json(value: &impl Serialize) -> Result<String, StoreError> {
    serde_json::to_string(value)
        .map_err(|error| StoreError::Corrupt(format!("an import as JSON: {error}")))
}

fn from_json<T: serde::de::DeserializeOwned>(text: &str) -> Result<T, StoreError> {
    serde_json::from_str(text)
        .map_err(|error| StoreError::Corrupt(format!("an import as JSON: {error}")))
}
