//! The way of an authority's schools, or of one school, to the target: the reports of a year of
//! months, and what they show together.

use chrono::Months;

use crate::clock::{Clock, local_day};
use crate::domain::calendar::Day;
use crate::domain::cashless::{self, Path, Report, Settings};
use crate::domain::diagnostic::Diagnostic;
use crate::domain::lang::Lang;
use crate::domain::period::Month;
use crate::domain::reporting_period::ReportingPeriod;
use crate::formats::cashless_report::path as render;
use crate::service::ServiceError;
use crate::service::report::{self, Whose};
use crate::store::added::Depth;
use crate::store::{Store, StoreError};

/// How many months are looked at, the asked one included.
const MONTHS: u32 = 12;

/// The way up to a month, as the ledger stood at the end of `cut_off` (today when `None`). A month
/// that has not begun is refused.
pub fn path(
    store: &Store,
    clock: &dyn Clock,
    whose: &Whose,
    (month, cut_off): (Month, Option<Day>),
    settings: Settings,
) -> Result<Path, ServiceError> {
    look(store, clock, whose, (ReportingPeriod::Month(month), cut_off), settings)
        .map(|looked| looked.path)
}

/// The way with the reports it is made of.
#[derive(Clone, Debug)]
pub struct Looked {
    /// The way.
    pub path: Path,
    /// The report of the month, term or year.
    pub report: Report,
    /// The report of the one before.
    pub before: Option<Report>,
}

/// The same of any span of time, with its report and that of the span before. What is shown month by
/// month ends with its last month that has begun.
pub fn look(
    store: &Store,
    clock: &dyn Clock,
    whose: &Whose,
    (span, cut_off): (ReportingPeriod, Option<Day>),
    settings: Settings,
) -> Result<Looked, ServiceError> {
    let today = local_day(clock.now());
    let days = span.days();
    let last = Month::of(days.to().min(today)).filter(|_| days.from() <= today);
    let last = last.ok_or_else(|| not_begun(span))?;
    let one_school = matches!(whose, Whose::School(_));
    let deep = if one_school { Depth::Classes } else { Depth::Parts };
    let single = matches!(span, ReportingPeriod::Month(_));
    let mut reports = Vec::new();
    for ago in (0..MONTHS).rev() {
        let first = last.first().checked_sub_months(Months::new(ago)).and_then(Month::of);
        let Some(one) = first else { continue };
        // Of what is long ago the rate is shown, of the last two months what it is made of.
        let depth = if single && ago < 2 { deep } else { Depth::Totals };
        let asked = (one.days(), cut_off, depth);
        match report::cashless_to(store, clock, whose, asked, settings) {
            Ok(found) => reports.push((one, found)),
            // An authority that is younger than a year has no figures of its own before.
            Err(ServiceError::Refused(_)) if ago > 0 => reports.clear(),
            Err(error) => return Err(error),
        }
    }
    let of = |days| report::cashless_to(store, clock, whose, (days, cut_off, deep), settings);
    let (report, before) = if single {
        let mut newest = reports.iter().rev().map(|(_, report)| report.clone());
        (newest.next().ok_or_else(|| not_begun(span))?, newest.next())
    } else {
        let before = match span.before().map(|before| of(before.days())) {
            Some(Ok(found)) => Some(found),
            Some(Err(ServiceError::Refused(_))) | None => None,
            Some(Err(error)) => return Err(error),
        };
        (of(days)?, before)
    };
    let path = cashless::path(&reports, (&report, before.as_ref()), one_school);
    Ok(Looked { path: path.ok_or_else(|| not_begun(span))?, report, before })
}

/// The way as programs read it, the same from every door.
pub fn to_json(path: &Path) -> Result<String, ServiceError> {
    render::json(path).map_err(|error| StoreError::Corrupt(format!("a way: {error}")).into())
}

fn not_begun(span: ReportingPeriod) -> ServiceError {
    ServiceError::refused(Diagnostic::new(
        "month_not_begun",
        format!("Chưa đến {} nên chưa có số liệu. Hãy chọn kỳ khác.", span.shown(Lang::Vi)),
        format!(
            "{} has not begun, so there are no figures. Choose an earlier month, term or year.",
            span.shown(Lang::En)
        ),
    ))
}
