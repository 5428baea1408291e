//! The access log of figures: who looked at those of which authority, or of which school from there.
//! Added to only; what is older than the settings say is forgotten.

use chrono::NaiveDateTime;
use serde::Serialize;

use crate::clock::Clock;
use crate::domain::calendar::Period;
use crate::domain::id::{AuthorityId, SchoolId};
use crate::domain::reporting_period::ReportingPeriod;
use crate::service::{Actor, ServiceError, organisation};
use crate::store::Store;
use crate::store::figure_looks::{self as store, FigureLookRow};

/// Looks of a page.
const PAGE: i64 = 50;

/// How somebody looked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Seen {
    /// The authority's page.
    Dashboard,
    /// The page of one school.
    School,
    /// The page of the plan.
    Plan,
    /// A file.
    File,
    /// The API.
    Api,
}

impl Seen {
    /// The name in the database.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Seen::Dashboard => "dashboard",
            Seen::School => "school",
            Seen::Plan => "plan",
            Seen::File => "file",
            Seen::Api => "api",
        }
    }
}

/// An authority, by what is known of it.
#[derive(Clone, Debug, PartialEq, Eq)]
enum At {
    Code(String),
    Id(AuthorityId),
}

/// What was looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Looked {
    authority: At,
    school: Option<SchoolId>,
    seen: Seen,
    period: String,
}

impl Looked {
    /// The figures of an authority's schools.
    #[must_use]
    pub fn authority(code: &str, seen: Seen, period: ReportingPeriod) -> Looked {
        let authority = At::Code(code.to_owned());
        Looked { authority, school: None, seen, period: period.to_string() }
    }

    /// Those of one of them.
    #[must_use]
    pub fn school(code: &str, school: SchoolId, seen: Seen, period: ReportingPeriod) -> Looked {
        Looked { school: Some(school), ..Looked::authority(code, seen, period) }
    }

    /// Those of a school, by somebody of an authority above it who may have named any days.
    #[must_use]
    pub fn from_above(authority: AuthorityId, school: SchoolId, days: Period) -> Looked {
        let seen = Seen::Api;
        Looked { authority: At::Id(authority), school: Some(school), seen, period: named(days) }
    }

    /// What a school reported of a month, or of all months, by the API.
    #[must_use]
    pub fn reported(
        authority: AuthorityId,
        school: SchoolId,
        month: Option<ReportingPeriod>,
    ) -> Looked {
        let period = month.map_or_else(String::new, |month| month.to_string());
        Looked { authority: At::Id(authority), school: Some(school), seen: Seen::Api, period }
    }

    /// The figures of an authority's schools of any days, by the API.
    #[must_use]
    pub fn of_days(code: &str, days: Period) -> Looked {
        let authority = At::Code(code.to_owned());
        Looked { authority, school: None, seen: Seen::Api, period: named(days) }
    }
}

/// A month, term or year by its name, other days as `2026-10-01/2026-10-15`.
fn named(days: Period) -> String {
    ReportingPeriod::whole(days)
        .map_or_else(|| format!("{}/{}", days.from(), days.to()), |period| period.to_string())
}

/// A look that was written down.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct FigureLook {
    /// Its number.
    pub id: i64,
    /// When, in UTC.
    #[schema(value_type = String, format = DateTime)]
    pub at: NaiveDateTime,
    /// Who looked.
    pub actor: String,
    /// How: `dashboard`, `school`, `plan`, `file` or `api`.
    pub what: String,
    /// At which period; empty for all that were reported.
    pub period: String,
    /// The name of the school, where one was looked at.
    pub school: Option<String>,
}

/// Writes down that somebody looked. Nothing is shown unless it could be written down.
pub fn note(
    store: &Store,
    clock: &dyn Clock,
    actor: &Actor,
    looked: &Looked,
) -> Result<(), ServiceError> {
    store.write(|tx| {
        let authority = match &looked.authority {
            At::Id(id) => *id,
            At::Code(code) => organisation::find(&organisation::tree(tx)?, code, None)?.unit.id,
        };
        let row = FigureLookRow {
            id: tx.next_id()?,
            authority_id: authority.0,
            school_id: looked.school.map(|school| school.0),
            what: looked.seen.as_str().to_owned(),
            period: looked.period.clone(),
            actor: actor.as_str().to_owned(),
            at: clock.now(),
        };
        Ok(store::insert(tx, &row)?)
    })
}

/// A page of the looks at an authority's figures, the last first, and where the next begins.
pub fn page(
    store: &Store,
    authority: &str,
    before: Option<i64>,
) -> Result<(Vec<FigureLook>, Option<i64>), ServiceError> {
    let mut rows = store.read(|tx| {
        let tree = organisation::tree(tx)?;
        let id = organisation::find(&tree, authority, None)?.unit.id.0;
        Ok::<_, ServiceError>(store::looks(tx, id, before, PAGE.saturating_add(1))?)
    })?;
    let most = usize::try_from(PAGE).unwrap_or(usize::MAX);
    let more = rows.len() > most;
    rows.truncate(most);
    let next = rows.last().map(|(row, _)| row.id).filter(|_| more);
    let looks = rows.into_iter().map(|(row, school)| FigureLook {
        id: row.id,
        at: row.at,
        actor: row.actor,
        what: row.what,
        period: row.period,
        school,
    });
    Ok((looks.collect(), next))
}
