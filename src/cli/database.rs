//! `doisoat migrate`, `check-config`, `db copy`.

use super::{Env, Failure, Status};
use crate::config;
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
