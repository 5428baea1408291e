//! `doisoat import`: the same use cases as the pages.

mod students;

use std::path::{Path, PathBuf};

use super::columns::{self, ColumnsArg};
use super::progress::Watched;
use super::{Env, Failure, Status, cannot_open, read_list};
use crate::app;
use crate::clock::SystemClock;
use crate::domain::calendar::vietnamese_day;
use crate::domain::id::{ImportId, SchoolId};
use crate::domain::lang::Lang;
use crate::service::commit::Committed;
use crate::service::fees::{choices, exemptions};
use crate::service::import_students::ListOutcome;
use crate::service::plan::{NewFile, Plan};
use crate::service::{
    Actor, MappingText, StatementReader, Store, commit, directory, import_invoices, intake,
    organisation, plan, undo,
};

/// What to take in.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, clap::Subcommand)]
enum What {
    /// A list of students (CSV or XLSX with a header row)
    Students(students::Args),
    /// A list of invoices (CSV or XLSX with a header row)
    Invoices(ListArgs),
    /// A list of authorities and of where schools belong, with dates (CSV or XLSX)
    Organisation(OrganisationArgs),
    /// A list of exemptions: `student_code`, `ground`, `percent`, `from`, and `fee_item`, `to`, `document`
    Exemptions(ListArgs),
    /// A list of what families chose: `student_code`, `fee_item`, `from`, and `to`
    Choices(ListArgs),
    /// A bank statement, as the bank hands it out
    Statement(StatementArgs),
    /// Undo the import of a statement
    Undo(UndoArgs),
}

#[derive(Debug, clap::Args)]
struct ListArgs {
    /// The school's code
    #[arg(long)]
    school: String,
    /// The list
    file: PathBuf,
}

#[derive(Debug, clap::Args)]
struct OrganisationArgs {
    /// The list
    file: PathBuf,
}

#[derive(Debug, clap::Args)]
struct StatementArgs {
    /// The school's code
    #[arg(long)]
    school: String,
    /// The account, where the file does not say it
    #[arg(long)]
    account: Option<String>,
    #[command(flatten)]
    columns: ColumnsArg,
    /// Only show what it would record
    #[arg(long)]
    plan: bool,
    /// The statement files
    #[arg(required = true)]
    files: Vec<PathBuf>,
}

#[derive(Debug, clap::Args)]
struct UndoArgs {
    /// The school's code
    #[arg(long)]
    school: String,
    /// The import's number, as `import statement` printed it
    import: i64,
}

/// Takes in what the arguments name.
pub fn run(env: &mut Env<'_>, args: &Args) -> Result<Status, Failure> {
    let (config, store) = env.store()?;
    let reader = app::statement_reader(&config)?;
    let actor = Actor::named("cli");
    match &args.what {
        What::Students(args) => students::run(env, &store, &reader, args),
        What::Invoices(list) => {
            let table = intake::list(&reader, &read_list(&list.file)?)?;
            let school = directory::find_school(&store, &list.school)?;
            let prefixes = app::prefixes(&config);
            let outcome =
                import_invoices::run(&store, &SystemClock, &actor, school.id, &prefixes, &table)?;
            tell_list(env, &list.file, &outcome)
        }
        What::Organisation(list) => {
            let table = intake::list(&reader, &read_list(&list.file)?)?;
            let policy = app::policy(&config);
            let outcome = organisation::import::run(&store, &SystemClock, &actor, policy, &table)?;
            tell_list(env, &list.file, &outcome)
        }
        What::Exemptions(list) => {
            let table = intake::list(&reader, &read_list(&list.file)?)?;
            let school = directory::find_school(&store, &list.school)?;
            let outcome = exemptions::import(&store, &SystemClock, &actor, school.id, &table)?;
            tell_list(env, &list.file, &outcome)
        }
        What::Choices(list) => {
            let table = intake::list(&reader, &read_list(&list.file)?)?;
            let school = directory::find_school(&store, &list.school)?;
            let outcome = choices::import(&store, &SystemClock, &actor, school.id, &table)?;
            tell_list(env, &list.file, &outcome)
        }
        What::Statement(wanted) => {
            let school = directory::find_school(&store, &wanted.school)?;
            let columns = wanted.columns.parsed()?;
            let taker = Taker {
                store: &store,
                reader: &reader,
                actor: &actor,
                school: school.id,
                wanted,
                columns: columns.as_ref(),
            };
            let mut status = Status::Done;
            for path in &wanted.files {
                match taker.import_file(env, path) {
                    Ok(()) => {}
                    Err(Failure::Refused(diagnostics)) => {
                        writeln!(env.err, "{}:", path.display())?;
                        env.tell(&diagnostics)?;
                        status = Status::Refused;
                    }
                    Err(other) => return Err(other),
                }
            }
            Ok(status)
        }
        What::Undo(wanted) => {
            let school = directory::find_school(&store, &wanted.school)?;
            let id = ImportId(wanted.import);
            let undone = undo::run(&store, &SystemClock, &actor, school.id, id)?;
            match env.lang {
                Lang::Vi => writeln!(
                    env.out,
                    "Đã hoàn tác lần nhập {}: bỏ {} khoản tiền, giữ {} khoản tệp khác cũng ghi.",
                    undone.id, undone.payments_voided, undone.payments_kept
                )?,
                Lang::En => writeln!(
                    env.out,
                    "Import {} undone: {} payments gone, {} kept that another file shows.",
                    undone.id, undone.payments_voided, undone.payments_kept
                )?,
            }
            Ok(Status::Done)
        }
    }
}

/// What all statement files of one command are taken in with.
struct Taker<'a> {
    store: &'a Store,
    reader: &'a StatementReader,
    actor: &'a Actor,
    school: SchoolId,
    wanted: &'a StatementArgs,
    columns: Option<&'a MappingText>,
}

impl Taker<'_> {
    fn import_file(&self, env: &mut Env<'_>, path: &Path) -> Result<(), Failure> {
        let (store, actor, school) = (self.store, self.actor, self.school);
        let watched = Watched::open(path).map_err(|error| cannot_open(path, &error))?;
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned());
        let new = NewFile {
            account: self.wanted.account.as_deref(),
            columns: self.columns,
            progress: &|bytes| watched.show(bytes),
            ..NewFile::plain(name.as_deref().unwrap_or("statement"), &watched.file)
        };
        let planned = plan::run(store, &SystemClock, self.reader, actor, school, &new)
            .map_err(|error| columns::told(env, error))?;
        tell_plan(env, &planned)?;
        if self.wanted.plan {
            return Ok(());
        }
        let known = planned.state == "committed";
        let done = commit::run(store, &SystemClock, actor, school, planned.id)?;
        tell_committed(env, &done, known)
    }
}

fn tell_plan(env: &mut Env<'_>, plan: &Plan) -> Result<(), Failure> {
    let layout = plan.layout.as_deref().map(|layout| format!(" · {layout}")).unwrap_or_default();
    writeln!(env.out, "{} · {}{layout} · #{}", plan.file_name, plan.format, plan.id)?;
    for part in &plan.parts {
        let layout = part.layout.as_deref().map(|name| format!(" · {name}")).unwrap_or_default();
        let known = match (part.known_before, env.lang) {
            (false, _) => "",
            (true, Lang::Vi) => " · đã nhập trước đây",
            (true, Lang::En) => " · imported before",
        };
        writeln!(env.out, "  └ {} · {}{layout}{known}", part.file_name, part.format)?;
    }
    for statement in &plan.statements {
        let balance = match (statement.opening, statement.closing) {
            (Some(opening), Some(closing)) => {
                format!("{} → {} ✔", opening.grouped(), closing.grouped())
            }
            _ => "–".to_owned(),
        };
        match env.lang {
            Lang::Vi => writeln!(
                env.out,
                "  TK {}: {} dòng, tiền vào {} ₫, tiền ra {} ₫, số dư {balance}",
                statement.account,
                statement.entries,
                statement.credits.grouped(),
                statement.debits.grouped()
            )?,
            Lang::En => writeln!(
                env.out,
                "  Account {}: {} entries, in {} ₫, out {} ₫, balance {balance}",
                statement.account,
                statement.entries,
                statement.credits.grouped(),
                statement.debits.grouped()
            )?,
        }
    }
    env.tell(&plan.warnings)?;
    Ok(())
}

fn tell_committed(env: &mut Env<'_>, done: &Committed, known: bool) -> Result<(), Failure> {
    let lang = env.lang;
    let say = |vi: String, en: String| match lang {
        Lang::Vi => vi,
        Lang::En => en,
    };
    if known {
        let told = say(
            "  Tệp này đã ghi nhận trước đây. Không có gì mới.".to_owned(),
            "  This file was recorded before. Nothing is new.".to_owned(),
        );
        writeln!(env.out, "{told}")?;
        return Ok(());
    }
    let (new, again, elsewhere, waiting) =
        (done.payments, done.duplicates, done.witnesses, done.not_booked);
    let counts = say(
        format!(
            "  Mới {new} · trùng {again} · tệp khác đã có {elsewhere} · chưa hạch toán {waiting}"
        ),
        format!(
            "  New {new} · duplicates {again} · shown by another file {elsewhere} · not booked {waiting}"
        ),
    );
    writeln!(env.out, "{counts}")?;
    let (settled, proposed, unmatched) = (done.settled, done.proposed, done.unmatched);
    let (returned, no_fee) = (done.returned, done.not_income);
    let decided = say(
        format!(
            "  Đã khớp {settled} · gợi ý {proposed} · chưa khớp {unmatched} · bị trả lại {returned} · không phải khoản thu {no_fee}"
        ),
        format!(
            "  Settled {settled} · proposed {proposed} · unmatched {unmatched} · returned {returned} · no fee {no_fee}"
        ),
    );
    writeln!(env.out, "{decided}")?;
    if done.in_doubt > 0 {
        let count = done.in_doubt;
        let told = say(
            format!(
                "  {count} dòng có thể là khoản đã ghi nhận (mã tham chiếu khác): xem doisoat identity questions"
            ),
            format!(
                "  {count} entries may be known already under another reference: see doisoat identity questions"
            ),
        );
        writeln!(env.err, "{told}")?;
    }
    if done.merged > 0 {
        let count = done.merged;
        let told = say(
            format!(
                "  {count} khoản ghi nhận trước đây hóa ra là một với khoản khác và đã được gộp."
            ),
            format!("  {count} payments recorded before turned out to be others and were merged."),
        );
        writeln!(env.err, "{told}")?;
    }
    for one in &done.missing {
        let (after, before) = (vietnamese_day(one.gap.after), vietnamese_day(one.gap.before));
        let (account, moved) = (&one.account, one.gap.moved.grouped());
        let told = say(
            format!(
                "  Thiếu sao kê TK {account} giữa {after} và {before}: số dư lệch {moved} ₫. Anh/chị tải sao kê những ngày này."
            ),
            format!(
                "  A statement of account {account} is missing between {after} and {before}: balances are {moved} ₫ apart. Download these days."
            ),
        );
        writeln!(env.err, "{told}")?;
    }
    for one in &done.overlaps {
        let (from, to) = (vietnamese_day(one.overlap.from), vietnamese_day(one.overlap.to));
        let account = &one.account;
        let told = say(
            format!(
                "  TK {account}: các ngày {from}–{to} đã có trong tệp khác; tiền chỉ tính một lần."
            ),
            format!(
                "  Account {account}: {from}–{to} are in another file too; their money counts once."
            ),
        );
        writeln!(env.out, "{told}")?;
    }
    Ok(())
}

/// Says what a list brought, and what is wrong with each row that was not taken.
pub(super) fn tell_list(
    env: &mut Env<'_>,
    path: &Path,
    outcome: &ListOutcome,
) -> Result<Status, Failure> {
    let (added, updated, unchanged, bad) =
        (outcome.added, outcome.updated, outcome.unchanged, outcome.bad.len());
    let path = path.display();
    match env.lang {
        Lang::Vi => writeln!(
            env.out,
            "{path}: thêm {added} · cập nhật {updated} · không đổi {unchanged} · không hợp lệ {bad}"
        )?,
        Lang::En => writeln!(
            env.out,
            "{path}: added {added} · updated {updated} · unchanged {unchanged} · invalid {bad}"
        )?,
    }
    env.tell(&outcome.bad)?;
    Ok(if outcome.bad.is_empty() { Status::Done } else { Status::Refused })
}
