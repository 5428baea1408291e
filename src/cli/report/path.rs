//! `doisoat report path`.

use chrono::NaiveDate;

use crate::app;
use crate::cli::{Env, Failure, Status};
use crate::clock::SystemClock;
use crate::domain::diagnostic::Diagnostic;
use crate::domain::period::Month;
use crate::formats::cashless_report::path as render;
use crate::service::path;
use crate::service::report::Whose;

/// Whose way, up to which month.
#[derive(Debug, clap::Args)]
pub struct PathArgs {
    /// The authority's code: every school under it
    #[arg(long, required_unless_present = "school", conflicts_with = "school")]
    authority: Option<String>,
    /// One school's code instead
    #[arg(long)]
    school: Option<String>,
    /// The last month (YYYY-MM)
    #[arg(long)]
    month: String,
    /// The last day whose allocations count; today when absent
    #[arg(long)]
    as_of: Option<NaiveDate>,
    /// One JSON object
    #[arg(long)]
    json: bool,
}

/// Prints the way to the target.
pub fn run(env: &mut Env<'_>, args: &PathArgs) -> Result<Status, Failure> {
    let month: Month = args.month.parse().map_err(|_no_month| {
        Failure::Usage(vec![Diagnostic::new(
            "month",
            "Ghi --month là năm và tháng, ví dụ 2026-11.",
            "Give --month as year and month, for example 2026-11.",
        )])
    })?;
    let whose = match (&args.school, &args.authority) {
        (Some(code), _) => Whose::School(code.clone()),
        (None, code) => Whose::Authority(code.clone().unwrap_or_default()),
    };
    let (config, store) = env.store()?;
    let settings = app::cashless_settings(&config);
    let found = path::path(&store, &SystemClock, &whose, (month, args.as_of), settings)?;
    if args.json {
        writeln!(env.out, "{}", path::to_json(&found)?)?;
    } else {
        write!(env.out, "{}", render::text(&found))?;
    }
    env.tell(&found.notes)?;
    Ok(Status::Done)
}
