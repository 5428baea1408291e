//! `doisoat report`.

mod path;
mod witnesses;

use chrono::NaiveDate;
use clap::ValueEnum;

use super::{Env, Failure, Status};
use crate::app;
use crate::clock::SystemClock;
use crate::domain::calendar::Period;
use crate::domain::diagnostic::Diagnostic;
use crate::formats::cashless_report as render;
use crate::service::report::{self, Whose};

/// Which report.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, clap::Subcommand)]
enum What {
    /// The cashless rates of a period
    Cashless(CashlessArgs),
    /// The way to the target: a year of months, what is missing and where, what changed, the outlook
    Path(path::PathArgs),
    /// Money announced and not on a statement, on a statement and not announced, joined by hand
    Witnesses(witnesses::WitnessArgs),
}

#[derive(Debug, clap::Args)]
struct CashlessArgs {
    /// The authority's code: every school under it
    #[arg(long, required_unless_present = "school", conflicts_with = "school")]
    authority: Option<String>,
    /// One school's code instead
    #[arg(long)]
    school: Option<String>,
    /// The first day (YYYY-MM-DD)
    #[arg(long)]
    from: NaiveDate,
    /// The last day
    #[arg(long)]
    to: NaiveDate,
    /// The last day whose allocations count; today when absent
    #[arg(long)]
    as_of: Option<NaiveDate>,
    /// How to print it
    #[arg(long, value_enum, default_value = "table")]
    format: Format,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Format {
    /// For reading
    Table,
    /// For programs
    Json,
    /// For spreadsheets
    Csv,
    /// An Excel workbook
    Xlsx,
}

/// Prints the report.
pub fn run(env: &mut Env<'_>, args: &Args) -> Result<Status, Failure> {
    let wanted = match &args.what {
        What::Cashless(wanted) => wanted,
        What::Path(wanted) => return path::run(env, wanted),
        What::Witnesses(wanted) => return witnesses::run(env, wanted),
    };
    let period = Period::new(wanted.from, wanted.to).ok_or_else(|| {
        Failure::Usage(vec![Diagnostic::new(
            "period",
            "Ngày bắt đầu (--from) phải không sau ngày kết thúc (--to).",
            "The first day (--from) must not be after the last (--to).",
        )])
    })?;
    let (config, store) = env.store()?;
    let whose = match (&wanted.school, &wanted.authority) {
        (Some(code), _) => Whose::School(code.clone()),
        (None, code) => Whose::Authority(code.clone().unwrap_or_default()),
    };
    let settings = app::cashless_settings(&config);
    let report = report::cashless(&store, &SystemClock, &whose, period, wanted.as_of, settings)?;
    let failed = |error: render::RenderError| Failure::System(error.to_string());
    match wanted.format {
        Format::Table => write!(env.out, "{}", render::table(&report))?,
        Format::Json => writeln!(env.out, "{}", render::json(&report).map_err(failed)?)?,
        Format::Csv => write!(env.out, "{}", render::csv(&report).map_err(failed)?)?,
        Format::Xlsx => env.out.write_all(&render::xlsx(&report).map_err(failed)?)?,
    }
    env.tell(&report.notes)?;
    Ok(Status::Done)
}
