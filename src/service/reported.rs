//! What a school reports of a month: figures that are frozen with their fingerprint, that can be
//! computed again from the ledger, and whose later corrections are explained.

mod comments;
mod compute;
mod consolidated;
mod overview;
mod remind;
mod submit;

use chrono::NaiveDateTime;
use serde::Serialize;

use crate::clock::Clock;
use crate::domain::cashless::{Rates, Report, Settings};
use crate::domain::id::SchoolId;
use crate::domain::lang::Bilingual;
use crate::domain::period::Month;
use crate::formats::cashless_report::canonical::{self, instant};
use crate::service::ServiceError;
use crate::store::directory::SchoolRow;
use crate::store::reported::{self, ReportedRow};
use crate::store::{Store, StoreError, Tx, directory};

pub use crate::formats::cashless_report::restated::{GroupView, RestatementView};
pub use crate::formats::cashless_report::{RateView, RatesView};
pub use comments::{Comment, MOST_CHARACTERS, Side, comment};
pub(crate) use compute::differing;
pub use compute::{AsOf, Computed, recompute};
pub use consolidated::{ConsolidatedView, SchoolReport, consolidated};
pub use overview::{Standing, overview};
pub use remind::{Reminded, remind};
pub use submit::{Submission, submit};

/// A month that was reported, or can be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct MonthView {
    /// `YYYY-MM`.
    pub month: String,
    /// `not_over`, `not_reported` or `reported`.
    pub state: &'static str,
    /// Everything that was reported, oldest first; the last one holds.
    #[schema(value_type = Vec<VersionView>)]
    pub versions: Vec<VersionView>,
    /// Whether the figures of now are others than the last reported ones.
    pub differs: bool,
    /// What happened since the last report, where the figures differ.
    #[schema(value_type = Option<Since>)]
    pub since: Option<Since>,
}

/// What happened to a month since it was reported.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Since {
    /// In figures.
    #[serde(flatten)]
    pub restatement: RestatementView,
    /// In words.
    #[schema(value_type = Object)]
    pub text: Bilingual,
}

/// What was reported of a month once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct VersionView {
    /// 1 for the first, one more for each restatement.
    pub version: i32,
    /// The last fact of the ledger that counts.
    pub position: i64,
    /// When it was reported, in UTC.
    pub as_of: String,
    /// The SHA-256 of the canonical text.
    pub sha256: String,
    /// Who reported it.
    pub reported_by: String,
    /// What they noted.
    pub note: Option<String>,
    /// Why it was restated.
    pub reason: Option<String>,
    /// What its version before was corrected by; absent for the first.
    #[schema(value_type = Option<Since>)]
    pub corrects: Option<Since>,
    /// The moment, for pages.
    #[serde(skip)]
    pub at: NaiveDateTime,
    /// The rates it states.
    #[serde(skip)]
    pub rates: Rates,
}

/// A month with everything that is shown of it.
#[derive(Clone, Debug)]
pub struct MonthDetail {
    /// What was reported.
    pub view: MonthView,
    /// The figures as known now.
    pub now: Report,
    /// The fingerprint of the figures of now, by which whoever confirms them is held to what they
    /// saw.
    pub seen: String,
    /// What was written about it.
    pub comments: Vec<Comment>,
}

/// The months of a school that were ever reported, oldest first.
pub fn list(
    store: &Store,
    clock: &dyn Clock,
    school: SchoolId,
    settings: Settings,
) -> Result<Vec<MonthView>, ServiceError> {
    store.read(|tx| {
        let school = load(tx, school)?;
        let rows = reported::of_school(tx, school.id)?;
        let mut views = Vec::new();
        for versions in rows.chunk_by(|one, other| one.month == other.month) {
            let Some(month) = versions.first().and_then(|row| Month::of(row.month)) else {
                continue;
            };
            views.push(view(tx, clock, (&school, month), versions, settings)?.0);
        }
        Ok(views)
    })
}

/// One month.
pub fn month(
    store: &Store,
    clock: &dyn Clock,
    school: SchoolId,
    month: Month,
    settings: Settings,
) -> Result<MonthDetail, ServiceError> {
    store.read(|tx| {
        let school = load(tx, school)?;
        let rows = reported::of_month(tx, &[school.id], month.first())?;
        let (view, now) = view(tx, clock, (&school, month), &rows, settings)?;
        let seen = canonical::fingerprint(&canonical::figures(&now));
        let comments = comments::load(tx, school.id, month)?;
        Ok(MonthDetail { view, now, seen, comments })
    })
}

/// The very text that was reported.
pub fn text(
    store: &Store,
    school: SchoolId,
    (month, version): (Month, i64),
) -> Result<String, ServiceError> {
    store.read(|tx| {
        let rows = reported::of_month(tx, &[school.0], month.first())?;
        let found = rows.into_iter().find(|row| i64::from(row.version) == version);
        found.map(|row| row.figures).ok_or_else(|| {
            let named = format!("{month}/{version}");
            ServiceError::not_found("report", "lần báo cáo", "report", &named)
        })
    })
}

fn load(tx: &mut Tx<'_>, school: SchoolId) -> Result<SchoolRow, ServiceError> {
    directory::school(tx, school.0)?
        .ok_or_else(|| ServiceError::not_found("school", "trường", "school", &school.to_string()))
}

/// What was reported of a month, beside the figures of now.
fn view(
    tx: &mut Tx<'_>,
    clock: &dyn Clock,
    (school, month): (&SchoolRow, Month),
    rows: &[ReportedRow],
    settings: Settings,
) -> Result<(MonthView, Report), ServiceError> {
    let mut versions = Vec::with_capacity(rows.len());
    for (index, row) in rows.iter().enumerate() {
        let before = index.checked_sub(1).and_then(|index| rows.get(index));
        let corrects = match before {
            Some(before) => {
                Some(compute::between(tx, (school, month), before, Some(row.position))?)
            }
            None => None,
        };
        versions.push(version(row, corrects)?);
    }
    let settings = settings.of_day(month.last());
    let now = compute::report_at(tx, (school, month), i64::MAX, settings)?;
    let last = rows.last();
    let differs = last.is_some_and(|row| {
        canonical::figures_within(&row.figures) != Some(canonical::figures(&now).as_str())
    });
    let since = match last.filter(|_| differs) {
        Some(last) => Some(compute::between(tx, (school, month), last, None)?),
        None => None,
    };
    let state = match last {
        Some(_) => "reported",
        None if submit::is_over(clock, month) => "not_reported",
        None => "not_over",
    };
    Ok((MonthView { month: month.to_string(), state, versions, differs, since }, now))
}

fn version(row: &ReportedRow, corrects: Option<Since>) -> Result<VersionView, ServiceError> {
    let stated = canonical::stated(&row.figures).ok_or_else(|| unreadable(row.id))?;
    Ok(VersionView {
        version: row.version,
        position: row.position,
        as_of: instant(row.as_of),
        sha256: row.sha256.clone(),
        reported_by: row.reported_by.clone(),
        note: row.note.clone(),
        reason: row.reason.clone(),
        corrects,
        at: row.as_of,
        rates: stated.rates,
    })
}

fn unreadable(id: i64) -> ServiceError {
    StoreError::Corrupt(format!("the reported figures {id} cannot be read")).into()
}
