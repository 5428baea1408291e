//! `doisoat report submit` and `report reported`, and the fingerprint of `report cashless`.

use std::io;

use crate::app;
use crate::cli::{Env, Failure, Status};
use crate::clock::SystemClock;
use crate::domain::diagnostic::Diagnostic;
use crate::domain::lang::Lang;
use crate::domain::period::Month;
use crate::service::reported::{self, AsOf, MonthView, Since, Submission};
use crate::service::{Actor, directory};

/// What is reported.
#[derive(Debug, clap::Args)]
pub struct SubmitArgs {
    /// The school's code
    #[arg(long)]
    school: String,
    /// The month
    #[arg(long, value_name = "YYYY-MM")]
    month: Month,
    /// Something for whoever reads the figures
    #[arg(long)]
    note: Option<String>,
    /// Why the month is restated; needed where it was reported before
    #[arg(long)]
    reason: Option<String>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Whose reports.
#[derive(Debug, clap::Args)]
pub struct ReportedArgs {
    /// The school's code
    #[arg(long)]
    school: String,
    /// One JSON object a line
    #[arg(long)]
    json: bool,
}

/// Reports a month.
pub fn submit(env: &mut Env<'_>, args: &SubmitArgs) -> Result<Status, Failure> {
    let (config, store) = env.store()?;
    let school = directory::find_school(&store, &args.school)?.id;
    let said = Submission { note: args.note.clone(), reason: args.reason.clone(), seen: None };
    let (actor, settings) = (Actor::named("cli"), app::cashless_settings(&config));
    let at = (school, args.month);
    let done = reported::submit(&store, &SystemClock, &actor, at, &said, settings)?;
    tell(env, args.json, &done)?;
    Ok(Status::Done)
}

/// Lists what was reported.
pub fn list(env: &mut Env<'_>, args: &ReportedArgs) -> Result<Status, Failure> {
    let (config, store) = env.store()?;
    let school = directory::find_school(&store, &args.school)?.id;
    let settings = app::cashless_settings(&config);
    for one in reported::list(&store, &SystemClock, school, settings)? {
        tell(env, args.json, &one)?;
    }
    Ok(Status::Done)
}

/// Computes a month again, and prints its fingerprint or the very bytes.
pub fn fingerprint(
    env: &mut Env<'_>,
    school: Option<&str>,
    (month, as_of): (Option<Month>, Option<&str>),
    bytes: bool,
) -> Result<Status, Failure> {
    let (Some(school), Some(month)) = (school, month) else {
        return Err(Failure::Usage(vec![Diagnostic::new(
            "fingerprint",
            "Dấu vân tay là của một trường và một tháng: ghi --school và --month.",
            "A fingerprint is of one school and one month: give --school and --month.",
        )]));
    };
    let as_of = as_of.map(|text| AsOf::parse(text).ok_or_else(|| no_moment(text))).transpose()?;
    let (config, store) = env.store()?;
    let settings = app::cashless_settings(&config);
    let found = reported::recompute(&store, &SystemClock, school, (month, as_of), settings)?;
    if bytes {
        // No line feed: the bytes are those that were hashed.
        write!(env.out, "{}", found.text)?;
    } else {
        writeln!(env.out, "{}", found.sha256)?;
    }
    Ok(Status::Done)
}

/// That a text is neither a day nor a moment.
pub fn no_moment(text: &str) -> Failure {
    Failure::Usage(vec![Diagnostic::new(
        "as_of",
        format!(
            "“{text}” không phải ngày (2026-12-02) hay thời điểm UTC (2026-12-02T03:04:05Z). Hãy ghi lại --as-of."
        ),
        format!(
            "“{text}” is neither a day (2026-12-02) nor a moment in UTC (2026-12-02T03:04:05Z). Give --as-of again."
        ),
    )])
}

fn tell(env: &mut Env<'_>, json: bool, one: &MonthView) -> io::Result<()> {
    if json {
        return env.json(one);
    }
    let lang = env.lang;
    for version in &one.versions {
        let (number, by, at) = (version.version, &version.reported_by, &version.as_of);
        match lang {
            Lang::Vi => writeln!(env.out, "{} · lần {number} · {by} · {at}", one.month)?,
            Lang::En => writeln!(env.out, "{} · version {number} · {by} · {at}", one.month)?,
        }
        writeln!(env.out, "    sha256 {}", version.sha256)?;
        for words in version.reason.iter().chain(&version.note) {
            writeln!(env.out, "    {words}")?;
        }
        if let Some(Since { text, .. }) = &version.corrects {
            writeln!(env.out, "    {}", text.text(lang))?;
        }
    }
    match (&one.since, lang) {
        (Some(since), _) => writeln!(env.out, "  ≠ {}", since.text.text(lang)),
        (None, Lang::Vi) => writeln!(env.out, "  = số liệu hiện nay giống lần báo cáo gần nhất"),
        (None, Lang::En) => {
            writeln!(env.out, "  = the figures of now are those of the last report")
        }
    }
}
