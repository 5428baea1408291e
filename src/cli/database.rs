//! `doisoat migrate`, `check-config`, `db copy`, `backup`.

use std::path::PathBuf;

use super::{Env, Failure, Status};
use crate::clock::SystemClock;
use crate::config;
use crate::domain::diagnostic::Diagnostic;
use crate::domain::lang::Lang;
use crate::service::{Store, database};

/// What to do with a database.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, clap::Subcommand)]
enum What {
    /// Copy everything from one database into another, empty one
    Copy {
        /// Where from: sqlite:PATH or postgres://…
        from: String,
        /// Where to
        to: String,
    },
}

/// Does it.
pub fn run(env: &mut Env<'_>, args: &Args) -> Result<Status, Failure> {
    let What::Copy { from, to } = &args.what;
    let config = env.config()?;
    let open = |url: &str| Store::open(url, 2, config.database.busy_timeout_ms);
    let (from, to) = (open(from)?, open(to)?);
    let copied = database::copy(&from, &to)?;
    for one in copied.iter().filter(|one| one.rows > 0) {
        writeln!(env.out, "{:<20}{:>12}", one.table, one.rows)?;
    }
    Ok(Status::Done)
}

/// Where a backup is written.
#[derive(Debug, clap::Args)]
pub struct BackupArgs {
    /// The file to write; it must not be there yet
    file: PathBuf,
}

/// Writes everything into one SQLite file, from SQLite and from PostgreSQL alike, while the service
/// runs; reads it back, checks its books and keeps a trace. Refused where the books do not hold.
pub fn backup(env: &mut Env<'_>, args: &BackupArgs) -> Result<Status, Failure> {
    let file = &args.file;
    if file.exists() {
        return Err(Failure::Usage(vec![file_is_there(&file.display().to_string())]));
    }
    let (config, store) = env.store()?;
    let shown = std::path::absolute(file)?.display().to_string();
    let outcome = {
        let url = format!("sqlite:{}", file.display());
        let copy = Store::open(&url, 1, config.database.busy_timeout_ms)?;
        database::back_up(&store, &copy)
    };
    let (rows, verified) = match outcome {
        Ok(done) => done,
        Err(error) => {
            // Half a backup is none.
            let _ = std::fs::remove_file(file);
            return Err(error.into());
        }
    };
    let size = std::fs::metadata(file)?.len();
    let made = database::remember(&store, &SystemClock, (&shown, size), (rows, verified))?;
    let words = match (env.lang, verified) {
        (Lang::Vi, true) => "đã đọc lại, sổ sách khớp ✔",
        (Lang::Vi, false) => "đã đọc lại, sổ sách KHÔNG khớp ✘ – chạy doisoat verify",
        (Lang::En, true) => "read back, its books hold ✔",
        (Lang::En, false) => "read back, its books do NOT hold ✘ – run doisoat verify",
    };
    writeln!(env.out, "{shown}: {} B, {} – {words}", made.size_bytes, made.rows)?;
    Ok(if verified { Status::Done } else { Status::Refused })
}

fn file_is_there(file: &str) -> Diagnostic {
    Diagnostic::new(
        "backup_file_exists",
        format!("Tệp “{file}” đã có. Ghi bản sao lưu vào tên khác, ví dụ kèm ngày."),
        format!(
            "The file “{file}” is there already. Write the backup under another name, such as one with the day."
        ),
    )
}

/// Brings the schema up to this program's and says what it ran.
pub fn migrate(env: &mut Env<'_>) -> Result<Status, Failure> {
    let config = env.config()?;
    let database = &config.database;
    let store = Store::open(&database.url, 1, database.busy_timeout_ms)?;
    let done = database::migrate(&store)?;
    if done.is_empty() {
        let words = match env.lang {
            Lang::Vi => "Cơ sở dữ liệu đã ở phiên bản mới nhất.",
            Lang::En => "The database is up to date.",
        };
        writeln!(env.out, "{words}")?;
    }
    for name in done {
        writeln!(env.out, "{name}")?;
    }
    Ok(Status::Done)
}

/// Shows the settings that hold.
pub fn check_config(env: &mut Env<'_>) -> Result<Status, Failure> {
    let listing =
        config::check(env.config_file.as_deref(), std::env::vars(), env.database.as_deref())
            .map_err(Failure::Usage)?;
    write!(env.out, "{listing}")?;
    Ok(Status::Done)
}
