//! `doisoat report consolidated`.

use super::reported::no_moment;
use crate::cli::{Env, Failure, Status};
use crate::domain::cashless::RoundedPercent;
use crate::domain::lang::Lang;
use crate::domain::period::Month;
use crate::service::reported::{self, AsOf, ConsolidatedView, RateView};

/// Whose month.
#[derive(Debug, clap::Args)]
pub struct ConsolidatedArgs {
    /// The authority's code: every school under it on the last day of the month
    #[arg(long)]
    authority: String,
    /// The month
    #[arg(long, value_name = "YYYY-MM")]
    month: Month,
    /// Reports handed in by then only: a day, or a moment in UTC (2026-12-02T03:04:05Z)
    #[arg(long, value_name = "DAY|MOMENT")]
    as_of: Option<String>,
    /// Print the fingerprint of all reports together only
    #[arg(long)]
    fingerprint: bool,
    /// Print JSON; with --fingerprint the very bytes that were hashed
    #[arg(long)]
    json: bool,
}

/// Prints the month.
pub fn run(env: &mut Env<'_>, args: &ConsolidatedArgs) -> Result<Status, Failure> {
    let as_of = args.as_of.as_deref();
    let as_of = as_of.map(|text| AsOf::parse(text).ok_or_else(|| no_moment(text))).transpose()?;
    let (_, store) = env.store()?;
    let found = reported::consolidated(&store, &args.authority, args.month, as_of)?;
    match (args.fingerprint, args.json) {
        // No line feed: the bytes are those that were hashed.
        (true, true) => write!(env.out, "{}", found.text)?,
        (true, false) => writeln!(env.out, "{}", found.sha256)?,
        (false, true) => env.json(&found)?,
        (false, false) => tell(env, &found)?,
    }
    Ok(Status::Done)
}

fn tell(env: &mut Env<'_>, found: &ConsolidatedView) -> std::io::Result<()> {
    let lang = env.lang;
    let percent = |rate: &RateView| RoundedPercent::of(rate.rate, 2).text(lang);
    let (amount, pupil) = (percent(&found.rates.by_amount), percent(&found.rates.by_pupil));
    let shown: Vec<_> = found
        .lines
        .iter()
        .map(|line| {
            let rate = line.rates.as_ref().map(|rates| percent(&rates.by_amount));
            let sha256 = line.sha256.clone().unwrap_or_default();
            (&line.name, line.version, rate.unwrap_or_else(|| "–".to_owned()), sha256)
        })
        .collect();
    let ConsolidatedView { name, month, schools, reported, sha256, .. } = found;
    match lang {
        Lang::Vi => writeln!(
            env.out,
            "{name} · {month}: {reported} trên {schools} trường đã báo cáo\n\
             Theo số tiền {amount} · theo học sinh {pupil}\nsha256 {sha256}"
        )?,
        Lang::En => writeln!(
            env.out,
            "{name} · {month}: {reported} of {schools} schools reported\n\
             By amount {amount} · by pupil {pupil}\nsha256 {sha256}"
        )?,
    }
    for (name, version, rate, sha256) in shown {
        writeln!(env.out, "  {name} · {version} · {rate} · {sha256}")?;
    }
    Ok(())
}
