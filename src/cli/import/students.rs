//! `doisoat import students`: in one step, or planned, looked at and committed by its number.

use std::path::{Path, PathBuf};

use crate::cli::{Env, Failure, Status, read_list, write_file};
use crate::clock::SystemClock;
use crate::domain::diagnostic::Diagnostic;
use crate::domain::id::SchoolId;
use crate::domain::lang::Lang;
use crate::domain::roster::SchoolYear;
use crate::service::import_students::ListOutcome;
use crate::service::students::{ImportView, Mode, Options, Table, imports, undo};
use crate::service::{Actor, StatementReader, Store, directory, intake};

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The school's code
    #[arg(long)]
    school: String,
    /// Only show what it would do, and keep that as a plan
    #[arg(long)]
    plan: bool,
    /// Carry out a plan, by the number it was shown with
    #[arg(long, value_name = "ID", conflicts_with_all = ["file", "plan", "mode", "undo"])]
    commit: Option<i64>,
    /// Undo an import, while nothing depends on it
    #[arg(long, value_name = "ID", conflicts_with_all = ["file", "plan", "mode", "bad_rows"])]
    undo: Option<i64>,
    /// Whether the list is of new students, of known ones, or of both
    #[arg(long, value_enum, default_value = "both")]
    mode: ModeArg,
    /// Take classes that are none of the school's
    #[arg(long)]
    create_classes: bool,
    /// The school's classes; others are bad rows from then on
    #[arg(long, value_name = "CLASS,…", value_delimiter = ',')]
    classes: Vec<String>,
    /// The school year, as 2026-2027; that of today where absent
    #[arg(long, value_name = "YEAR")]
    year: Option<String>,
    /// Write the bad rows with their reasons into a workbook, to be corrected and imported again
    #[arg(long, value_name = "FILE.xlsx")]
    bad_rows: Option<PathBuf>,
    /// One JSON object
    #[arg(long)]
    json: bool,
    /// The list (CSV or XLSX with a header row)
    #[arg(required_unless_present_any = ["commit", "undo"])]
    file: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum ModeArg {
    /// New students only; a known one is a bad row
    New,
    /// Known students only; an unknown one is a bad row
    Update,
    /// Both
    Both,
}

impl Args {
    fn options(&self) -> Result<Options, Failure> {
        let year = match &self.year {
            Some(text) => {
                Some(text.parse::<SchoolYear>().map_err(|wrong| Failure::Usage(vec![wrong]))?)
            }
            None => None,
        };
        Ok(Options {
            mode: match self.mode {
                ModeArg::New => Mode::New,
                ModeArg::Update => Mode::Update,
                ModeArg::Both => Mode::Both,
            },
            create_classes: self.create_classes,
            classes: self.classes.clone(),
            year,
        })
    }
}

pub(super) fn run(
    env: &mut Env<'_>,
    store: &Store,
    reader: &StatementReader,
    args: &Args,
) -> Result<Status, Failure> {
    let actor = Actor::named("cli");
    let school = directory::find_school(store, &args.school)?.id;
    if let Some(id) = args.undo {
        return take_back(env, store, &actor, school, id, args.json);
    }
    if let Some(id) = args.commit {
        let done = imports::commit(store, &SystemClock, &actor, school, id)?;
        if let Some(path) = &args.bad_rows {
            write_file(path, &imports::bad_rows(store, school, id, env.lang)?)?;
        }
        return tell_view(env, &done, args.json);
    }
    let options = args.options()?;
    let path = args.file.as_deref().unwrap_or_else(|| Path::new("-"));
    let list = intake::list(reader, &read_list(path)?)?;
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned());
    let file_name = name.as_deref().unwrap_or(imports::UNNAMED);
    let source = imports::Source { file_name, list: &list };
    if args.plan {
        let planned = imports::plan(store, &SystemClock, &actor, school, source, &options)?;
        write_bad_rows(env, args, &list, &planned.outcome.bad)?;
        return tell_view(env, &planned, args.json);
    }
    let outcome = imports::take_in(store, &SystemClock, &actor, school, source, &options)?;
    write_bad_rows(env, args, &list, &outcome.bad)?;
    if args.json {
        env.json(&outcome)?;
        return Ok(status(&outcome));
    }
    let status = super::tell_list(env, path, &outcome)?;
    tell_warnings(env, &outcome)?;
    Ok(status)
}

fn write_bad_rows(
    env: &Env<'_>,
    args: &Args,
    list: &Table,
    bad: &[Diagnostic],
) -> Result<(), Failure> {
    match &args.bad_rows {
        Some(path) => write_file(path, &imports::workbook_of(list, bad, env.lang)?),
        None => Ok(()),
    }
}

fn tell_view(env: &mut Env<'_>, view: &ImportView, json: bool) -> Result<Status, Failure> {
    let outcome = &view.outcome;
    if json {
        env.json(view)?;
        return Ok(status(outcome));
    }
    let (id, name, rows) = (view.id, &view.file_name, view.bad_rows);
    let ListOutcome { added, updated, unchanged, .. } = outcome;
    let (vi, en) = if view.state == "planned" {
        ("dự kiến", "planned")
    } else {
        ("đã ghi nhận", "committed")
    };
    match env.lang {
        Lang::Vi => writeln!(
            env.out,
            "#{id} · {name} · {vi}: mới {added} · cập nhật {updated} · không đổi {unchanged} · không hợp lệ {rows} dòng"
        )?,
        Lang::En => writeln!(
            env.out,
            "#{id} · {name} · {en}: new {added} · updated {updated} · unchanged {unchanged} · invalid {rows} rows"
        )?,
    }
    env.tell(&outcome.bad)?;
    tell_warnings(env, outcome)?;
    Ok(status(outcome))
}

fn tell_warnings(env: &mut Env<'_>, outcome: &ListOutcome) -> Result<(), Failure> {
    Ok(env.tell(&outcome.warnings)?)
}

fn status(outcome: &ListOutcome) -> Status {
    if outcome.bad.is_empty() { Status::Done } else { Status::Refused }
}

fn take_back(
    env: &mut Env<'_>,
    store: &Store,
    actor: &Actor,
    school: SchoolId,
    id: i64,
    json: bool,
) -> Result<Status, Failure> {
    let undone = undo::run(store, &SystemClock, actor, school, id)?;
    if json {
        env.json(&undone)?;
        return Ok(Status::Done);
    }
    let (removed, restored) = (undone.removed, undone.restored);
    match env.lang {
        Lang::Vi => writeln!(
            env.out,
            "Đã hoàn tác lần nhập {id}: bỏ {removed} học sinh, trả lại như cũ {restored} học sinh."
        )?,
        Lang::En => writeln!(
            env.out,
            "Import {id} undone: {removed} students gone, {restored} as they were before."
        )?,
    }
    Ok(Status::Done)
}
