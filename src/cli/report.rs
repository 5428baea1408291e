//! `doisoat report`.

mod consolidated;
mod path;
mod plan;
mod reported;
mod witnesses;

use chrono::NaiveDate;
use clap::ValueEnum;

use super::{Env, Failure, Status};
use crate::app;
use crate::clock::SystemClock;
use crate::domain::calendar::{Period, parse_iso_day};
use crate::domain::diagnostic::Diagnostic;
use crate::domain::period::Month;
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
    /// Report a school's month: freeze its figures with their fingerprint, or restate them
    Submit(reported::SubmitArgs),
    /// List what a school reported, and what changed since
    Reported(reported::ReportedArgs),
    /// An authority's month as its schools reported it, with the fingerprint of all reports together
    Consolidated(consolidated::ConsolidatedArgs),
    /// The lines of the plan for going digital that are measured here
    Plan(plan::PlanArgs),
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
    #[arg(long, required_unless_present = "month")]
    from: Option<NaiveDate>,
    /// The last day
    #[arg(long, required_unless_present = "month")]
    to: Option<NaiveDate>,
    /// A whole month instead (YYYY-MM)
    #[arg(long, conflicts_with_all = ["from", "to"])]
    month: Option<Month>,
    /// The last day whose allocations count; today when absent. With --fingerprint also a moment in UTC
    /// (2026-12-02T03:04:05Z): that of a report gives the report
    #[arg(long, value_name = "DAY|MOMENT")]
    as_of: Option<String>,
    /// Print the SHA-256 of a school's month as it is reported
    #[arg(long, requires = "school", requires = "month")]
    fingerprint: bool,
    /// With --fingerprint: print the very bytes instead
    #[arg(long, requires = "fingerprint")]
    json: bool,
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
        What::Submit(wanted) => return reported::submit(env, wanted),
        What::Reported(wanted) => return reported::list(env, wanted),
        What::Consolidated(wanted) => return consolidated::run(env, wanted),
        What::Plan(wanted) => return plan::run(env, wanted),
        What::Witnesses(wanted) => return witnesses::run(env, wanted),
    };
    if wanted.fingerprint {
        let asked = (wanted.month, wanted.as_of.as_deref());
        return reported::fingerprint(env, wanted.school.as_deref(), asked, wanted.json);
    }
    let days = wanted.from.zip(wanted.to);
    let period = match wanted.month {
        Some(month) => Some(month.days()),
        None => days.and_then(|(from, to)| Period::new(from, to)),
    };
    let as_of = wanted.as_of.as_deref();
    let as_of = as_of
        .map(|text| parse_iso_day(text).ok_or_else(|| reported::no_moment(text)))
        .transpose()?;
    let period = period.ok_or_else(|| {
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
    let report = report::cashless(&store, &SystemClock, &whose, period, as_of, settings)?;
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
