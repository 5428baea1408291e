//! The way of an authority's schools, or of one school, to the target: the reports of a year of
//! months, and what they show together.

use chrono::Months;

use crate::clock::{Clock, local_day};
use crate::domain::calendar::Day;
use crate::domain::cashless::{self, Path, Report, Settings};
use crate::domain::diagnostic::Diagnostic;
use crate::domain::period::Month;
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
    look(store, clock, whose, (month, cut_off), settings).map(|looked| looked.path)
}

/// The way with the reports it is made of.
#[derive(Clone, Debug)]
pub struct Looked {
    /// The way.
    pub path: Path,
    /// The report of the month.
    pub report: Report,
    /// The report of the month before.
    pub before: Option<Report>,
}

/// The same with the reports of the month and of the one before.
pub fn look(
    store: &Store,
    clock: &dyn Clock,
    whose: &Whose,
    (month, cut_off): (Month, Option<Day>),
    settings: Settings,
) -> Result<Looked, ServiceError> {
    if month.first() > local_day(clock.now()) {
        return Err(not_begun(month));
    }
    let one_school = matches!(whose, Whose::School(_));
    let mut reports = Vec::new();
    for ago in (0..MONTHS).rev() {
        let first = month.first().checked_sub_months(Months::new(ago)).and_then(Month::of);
        let Some(one) = first else { continue };
        // Of what is long ago the rate is shown, of the last two months what it is made of.
        let depth = match ago {
            0 | 1 if one_school => Depth::Classes,
            0 | 1 => Depth::Parts,
            _ => Depth::Totals,
        };
        let asked = (one.days(), cut_off, depth);
        match report::cashless_to(store, clock, whose, asked, settings) {
            Ok(found) => reports.push((one, found)),
            // An authority that is younger than a year has no figures of its own before.
            Err(ServiceError::Refused(_)) if ago > 0 => reports.clear(),
            Err(error) => return Err(error),
        }
    }
    let path = cashless::path(&reports, one_school).ok_or_else(|| not_begun(month))?;
    let (_, report) = reports.pop().ok_or_else(|| not_begun(month))?;
    Ok(Looked { path, report, before: reports.pop().map(|(_, report)| report) })
}

/// The way as programs read it, the same from every door.
pub fn to_json(path: &Path) -> Result<String, ServiceError> {
    render::json(path).map_err(|error| StoreError::Corrupt(format!("a way: {error}")).into())
}

fn not_begun(month: Month) -> ServiceError {
    ServiceError::refused(Diagnostic::new(
        "month_not_begun",
        format!(
            "Tháng {} chưa bắt đầu nên chưa có số liệu. Hãy chọn tháng khác.",
            month.vietnamese()
        ),
        format!("The month {month} has not begun, so there are no figures. Choose another month."),
    ))
}
