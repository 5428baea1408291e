//! `doisoat export`: workbooks, CSV and JSON of what a school's books say.

use std::io::Write;
use std::path::{Path, PathBuf};

use clap::ValueEnum;

use super::{Env, Failure, Status, read_list};
use crate::app;
use crate::clock::SystemClock;
use crate::domain::calendar::Day;
use crate::domain::diagnostic::Diagnostic;
use crate::domain::export::Filter;
use crate::domain::lang::Lang;
use crate::service::exports::profiled::{self, ProfileAsk, Rows};
use crate::service::exports::{self, Ask, Format, Kind, Made};
use crate::service::{Actor, directory};

/// Which export.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, clap::Subcommand)]
enum What {
    /// Every sum that came in, by what it was for (Bảng kê thu tiền)
    Collections(Filtered),
    /// What each student owes, invoice by invoice (Sổ chi tiết phải thu học sinh)
    Receivables(Filtered),
    /// Cash vouchers with a running balance (Sổ quỹ tiền mặt)
    CashBook(Common),
    /// Balances of the bank accounts, and what became of their credits (Bảng đối chiếu số dư)
    BankReconciliation(Common),
    /// Dues and collections by fee item and class (Tổng hợp theo khoản thu)
    FeeItems(Filtered),
    /// What came in as journal entries, for an accounting program
    Journal(Profiled),
    /// Students with what is due and paid, for another database
    Students(Profiled),
    /// Dues, a line a row, for another database
    Fees(Profiled),
    /// List the profiles that come with the program, and the fields a profile may take
    Profiles(ProfilesArgs),
}

#[derive(Debug, clap::Args)]
struct Common {
    /// The school's code
    #[arg(long)]
    school: String,
    /// The first day
    #[arg(long, value_name = "YYYY-MM-DD")]
    from: Day,
    /// The last day
    #[arg(long, value_name = "YYYY-MM-DD")]
    to: Day,
    /// How to write it; as the file's name ends where absent
    #[arg(long, value_enum)]
    format: Option<FormatArg>,
    /// Where to write it; standard output where absent
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

#[derive(Debug, clap::Args)]
struct Filtered {
    #[command(flatten)]
    common: Common,
    /// Only this class
    #[arg(long)]
    class: Option<String>,
    /// Only this fee item, by code or name
    #[arg(long)]
    fee_item: Option<String>,
    /// Only this collection round, by code or name
    #[arg(long)]
    round: Option<String>,
    /// Only this student, by code
    #[arg(long)]
    student: Option<String>,
}

#[derive(Debug, clap::Args)]
struct Profiled {
    /// The school's code
    #[arg(long)]
    school: String,
    /// The first day
    #[arg(long, value_name = "YYYY-MM-DD")]
    from: Day,
    /// The last day
    #[arg(long, value_name = "YYYY-MM-DD")]
    to: Day,
    /// A profile that `export profiles` lists, or a file (TOML) of your own
    #[arg(long, value_name = "ID|FILE")]
    profile: Option<String>,
    /// Only this class
    #[arg(long)]
    class: Option<String>,
    /// Only this fee item, by code or name
    #[arg(long)]
    fee_item: Option<String>,
    /// Only this collection round, by code or name
    #[arg(long)]
    round: Option<String>,
    /// Where to write it; standard output where absent
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

#[derive(Debug, clap::Args)]
struct ProfilesArgs {
    /// One JSON object a line
    #[arg(long)]
    json: bool,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum FormatArg {
    /// An Excel workbook
    Xlsx,
    /// For spreadsheets
    Csv,
    /// For programs
    Json,
}

/// Makes the export.
pub fn run(env: &mut Env<'_>, args: &Args) -> Result<Status, Failure> {
    let (kind, common, filtered) = match &args.what {
        What::Collections(filtered) => (Kind::Collections, &filtered.common, Some(filtered)),
        What::Receivables(filtered) => (Kind::Receivables, &filtered.common, Some(filtered)),
        What::FeeItems(filtered) => (Kind::FeeItems, &filtered.common, Some(filtered)),
        What::CashBook(common) => (Kind::CashBook, common, None),
        What::BankReconciliation(common) => (Kind::BankReconciliation, common, None),
        What::Journal(args) => return by_profile(env, Rows::Journal, args),
        What::Students(args) => return by_profile(env, Rows::Students, args),
        What::Fees(args) => return by_profile(env, Rows::Fees, args),
        What::Profiles(args) => return list_profiles(env, args.json),
    };
    let only = |of: fn(&Filtered) -> &Option<String>| filtered.and_then(|one| of(one).clone());
    let ask = Ask {
        kind,
        from: common.from,
        to: common.to,
        class: only(|one| &one.class),
        fee_item: only(|one| &one.fee_item),
        round: only(|one| &one.round),
        student: only(|one| &one.student),
        format: format(common)?,
    };
    let (config, store) = env.store()?;
    let school = directory::find_school(&store, &common.school)?;
    let counting = app::cashless_settings(&config).counting;
    let actor = Actor::named("cli");
    let made = exports::run(&store, &SystemClock, &actor, (school.id, counting), &ask)?;
    hand_out(env, common.out.as_deref(), &made)
}

fn by_profile(env: &mut Env<'_>, rows: Rows, args: &Profiled) -> Result<Status, Failure> {
    let profile = match args.profile.as_deref() {
        // What looks like a path is one: a misspelt id is told with those there are.
        Some(path) if path.contains(['/', '\\', '.']) => {
            let bytes = read_list(Path::new(path))?;
            profiled::own_profile(rows, path, &String::from_utf8_lossy(&bytes))?
        }
        id => profiled::profile(rows, id)?,
    };
    let (_, store) = env.store()?;
    let school = directory::find_school(&store, &args.school)?;
    let filter = Filter {
        class: args.class.clone(),
        fee_item: args.fee_item.clone(),
        round: args.round.clone(),
        student: None,
    };
    let ask = ProfileAsk { profile, from: args.from, to: args.to, filter };
    let made = profiled::run(&store, &SystemClock, &Actor::named("cli"), school.id, &ask)?;
    hand_out(env, args.out.as_deref(), &made)
}

fn list_profiles(env: &mut Env<'_>, json: bool) -> Result<Status, Failure> {
    let profiles = profiled::profiles();
    for profile in &profiles {
        if json {
            env.json(profile)?;
            continue;
        }
        writeln!(env.out, "{}  [{}]  {}", profile.id, profile.rows, profile.name)?;
        writeln!(env.out, "  {}", profile.basis)?;
        writeln!(env.out, "  {}", profile.columns.join(" · "))?;
    }
    if json {
        return Ok(Status::Done);
    }
    let mut told: Vec<&str> = Vec::new();
    for profile in &profiles {
        if told.contains(&profile.rows) {
            continue;
        }
        told.push(profile.rows);
        writeln!(env.out, "rows = \"{}\":", profile.rows)?;
        for (name, words) in &profile.fields {
            writeln!(env.out, "  {name:<16} {words}")?;
        }
    }
    Ok(Status::Done)
}

/// Writes the file, or prints it.
fn hand_out(env: &mut Env<'_>, out: Option<&Path>, made: &Made) -> Result<Status, Failure> {
    let Some(path) = out else {
        env.out.write_all(&made.bytes)?;
        return Ok(Status::Done);
    };
    write_whole(path, &made.bytes)?;
    let (rows, shown) = (made.rows, path.display());
    match env.lang {
        Lang::Vi => writeln!(env.out, "Đã ghi {rows} dòng: {shown}")?,
        Lang::En => writeln!(env.out, "{rows} rows written: {shown}")?,
    }
    for note in &made.notes {
        writeln!(env.err, "{note}")?;
    }
    Ok(Status::Done)
}

/// Puts the file in its place only once all of it is written: half a book looks like a whole one.
fn write_whole(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let failed = |error: std::io::Error| cannot_write(path, &error);
    let mut file =
        tempfile::NamedTempFile::new_in(folder.unwrap_or(Path::new("."))).map_err(failed)?;
    file.write_all(bytes).map_err(failed)?;
    file.as_file().sync_all().map_err(failed)?;
    file.persist(path).map_err(|error| failed(error.error))?;
    Ok(())
}

fn cannot_write(path: &Path, error: &std::io::Error) -> Failure {
    let path = path.display();
    Failure::Refused(vec![Diagnostic::new(
        "cannot_write",
        format!(
            "Không ghi được tệp {path} ({error}). Kiểm tra thư mục và quyền ghi, rồi xuất lại."
        ),
        format!(
            "The file {path} cannot be written ({error}). Check the folder, then export again."
        ),
    )])
}

fn format(common: &Common) -> Result<Format, Failure> {
    if let Some(format) = common.format {
        return Ok(match format {
            FormatArg::Xlsx => Format::Xlsx,
            FormatArg::Csv => Format::Csv,
            FormatArg::Json => Format::Json,
        });
    }
    let ending = common.out.as_deref().and_then(Path::extension).and_then(|one| one.to_str());
    ending.and_then(Format::parse).ok_or_else(|| {
        Failure::Usage(vec![Diagnostic::new(
            "export_format",
            "Chưa rõ định dạng. Thêm --format xlsx, csv hoặc json, hoặc đặt tên tệp --out có đuôi đó.",
            "The format is not clear. Add --format xlsx, csv or json, or let the name of --out end so.",
        )])
    })
}
