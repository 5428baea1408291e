//! A month's figures from the ledger as it stood at a position. The same functions make what is
//! reported, compute it again and explain what changed since.

use std::collections::BTreeSet;

use chrono::{NaiveDateTime, TimeDelta};

use super::{Since, unreadable};
use crate::clock::Clock;
use crate::domain::calendar::{Day, parse_iso_day};
use crate::domain::cashless::{self, Facts, Report, SchoolInScope, Scope, Settings};
use crate::domain::id::{PaymentId, SchoolId};
use crate::domain::lang::{Bilingual, Lang};
use crate::domain::period::Month;
use crate::formats::cashless_report::canonical::{self, Head, parse_instant};
use crate::formats::cashless_report::restated::{RestatementView, told};
use crate::service::ServiceError;
use crate::service::directory::load_school;
use crate::service::report::in_rates;
use crate::store::collected::{self, Until};
use crate::store::directory::{self, SchoolRow};
use crate::store::reported::{self, ReportedRow};
use crate::store::{Store, Tx, organisation};

/// Reported figures checked in one go.
const PAGE: i64 = 500;

/// Faults told at most.
const TOLD: usize = 20;

/// As of when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AsOf {
    /// The end of a day in Vietnam.
    Day(Day),
    /// A moment in UTC.
    Instant(NaiveDateTime),
}

impl AsOf {
    /// Reads `YYYY-MM-DD` or `YYYY-MM-DDTHH:MM:SSZ`.
    #[must_use]
    pub fn parse(text: &str) -> Option<AsOf> {
        parse_iso_day(text).map(AsOf::Day).or_else(|| parse_instant(text).map(AsOf::Instant))
    }

    /// The last moment that counts, in UTC.
    pub(super) fn instant(self) -> NaiveDateTime {
        match self {
            AsOf::Instant(at) => at,
            AsOf::Day(day) => day
                .and_hms_micro_opt(23, 59, 59, 999_999)
                .and_then(|end| end.checked_sub_signed(TimeDelta::hours(7)))
                .unwrap_or(NaiveDateTime::MAX),
        }
    }
}

/// A month as it would be reported, or was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Computed {
    /// The canonical text.
    pub text: String,
    /// Its SHA-256.
    pub sha256: String,
    /// The version that was reported at this very moment, if any was.
    pub version: Option<i32>,
}

/// Computes a school's month from the ledger: as it stood at a moment, or stands now. At the moment
/// of a report it is that report, counted by the settings and under the code it states.
pub fn recompute(
    store: &Store,
    clock: &dyn Clock,
    code: &str,
    (month, as_of): (Month, Option<AsOf>),
    settings: Settings,
) -> Result<Computed, ServiceError> {
    store.read(|tx| {
        let school = load_school(tx, code)?;
        let at = as_of.map_or_else(|| clock.now(), AsOf::instant);
        let rows = reported::of_month(tx, &[school.id], month.first())?;
        if let Some(row) = rows.iter().find(|row| row.as_of == at) {
            let text = again(tx, &school, row)?;
            let sha256 = canonical::fingerprint(&text);
            return Ok(Computed { text, sha256, version: Some(row.version) });
        }
        let until = at.checked_add_signed(TimeDelta::microseconds(1));
        let position = collected::position(tx, school.id, until)?;
        let settings = settings.of_day(month.last());
        let head = Head { school: school.code.clone(), month, position, as_of: at, settings };
        let (text, _) = text_at(tx, &school, &head)?;
        let sha256 = canonical::fingerprint(&text);
        Ok(Computed { text, sha256, version: None })
    })
}

/// The text of a month, and the report it is made of.
pub(super) fn text_at(
    tx: &mut Tx<'_>,
    school: &SchoolRow,
    head: &Head,
) -> Result<(String, Report), ServiceError> {
    let report = report_at(tx, (school, head.month), head.position, head.settings)?;
    let days = (head.month.first(), head.month.last());
    let taken_back = collected::taken_back(tx, school.id, days, head.position)?;
    Ok((canonical::canonical(head, &report, taken_back), report))
}

/// The report of a school's month, made of the facts up to a position.
pub(super) fn report_at(
    tx: &mut Tx<'_>,
    (school, month): (&SchoolRow, Month),
    position: i64,
    settings: Settings,
) -> Result<Report, ServiceError> {
    let until = Until::Position(position);
    let collected = in_rates(tx, &[school.id], month.days(), until)?;
    let scope = Scope {
        authority_code: school.code.clone(),
        authority_name: school.name.clone(),
        schools: vec![SchoolInScope {
            id: SchoolId(school.id),
            code: school.code.clone(),
            name: school.name.clone(),
        }],
        period: month.days(),
        // The position says what counts; whichever clock wrote the rows, none is too late.
        cut_off: Day::MAX,
    };
    let facts = Facts { collected, left_out: Vec::new(), ..Facts::default() };
    cashless::compute(scope, settings, &facts).map_err(|_out_of_range| ServiceError::overflow())
}

/// What happened to a reported month up to another position, or until now.
pub(super) fn between(
    tx: &mut Tx<'_>,
    (school, month): (&SchoolRow, Month),
    from: &ReportedRow,
    to: Option<i64>,
) -> Result<Since, ServiceError> {
    let stated = canonical::stated(&from.figures).ok_or_else(|| unreadable(from.id))?;
    let to = to.unwrap_or(i64::MAX);
    let (ids, days) = ([school.id], month.days());
    let before = in_rates(tx, &ids, days, Until::Position(from.position))?;
    let now = in_rates(tx, &ids, days, Until::Position(to))?;
    let since = collected::after(tx, school.id, (days.from(), days.to()), from.position)?;
    let moved: BTreeSet<PaymentId> = since
        .into_iter()
        .filter(|row| row.id <= to && row.cause == "day")
        .map(|row| PaymentId(row.payment_id))
        .collect();
    let counting = stated.settings.counting;
    let restated =
        cashless::restated(&before, &now, &moved, counting).ok_or_else(ServiceError::overflow)?;
    Ok(Since {
        restatement: RestatementView::of(&restated),
        text: Bilingual::new(told(&restated, Lang::Vi), told(&restated, Lang::En)),
    })
}

/// The text of reported figures, computed again from the ledger.
fn again(tx: &mut Tx<'_>, school: &SchoolRow, row: &ReportedRow) -> Result<String, ServiceError> {
    let stated = canonical::stated(&row.figures).ok_or_else(|| unreadable(row.id))?;
    let month = Month::of(row.month).ok_or_else(|| unreadable(row.id))?;
    let head = Head {
        school: stated.school,
        month,
        position: row.position,
        as_of: row.as_of,
        settings: stated.settings,
    };
    Ok(text_at(tx, school, &head)?.0)
}

/// What is wrong with each reported month: its text does not have its fingerprint, the ledger gives
/// another text, or it states a code the school never had. With how many were looked at.
pub(crate) fn differing(tx: &mut Tx<'_>) -> Result<(i64, Vec<String>), ServiceError> {
    let (mut checked, mut faults, mut after) = (0, Vec::new(), 0);
    loop {
        let page = reported::all_after(tx, after, PAGE)?;
        let Some(last) = page.last() else { return Ok((checked, faults)) };
        after = last.id;
        for row in &page {
            checked += 1;
            if faults.len() >= TOLD {
                continue;
            }
            if let Some(fault) = fault(tx, row)? {
                let month = row.month.format("%Y-%m");
                faults.push(format!("version {} of {month}: row {}, {fault}", row.version, row.id));
            }
        }
    }
}

fn fault(tx: &mut Tx<'_>, row: &ReportedRow) -> Result<Option<&'static str>, ServiceError> {
    if canonical::fingerprint(&row.figures) != row.sha256 {
        return Ok(Some("its figures do not have their fingerprint"));
    }
    let Some(stated) = canonical::stated(&row.figures) else {
        return Ok(Some("its figures cannot be read"));
    };
    let Some(school) = directory::school(tx, row.school_id)? else {
        return Ok(Some("its school is gone"));
    };
    let former = organisation::aliases_of(tx, school.id)?;
    if stated.school != school.code && former.iter().all(|one| one.code != stated.school) {
        return Ok(Some("it states a code the school never had"));
    }
    let text = again(tx, &school, row)?;
    Ok((text != row.figures).then_some("the ledger gives other figures"))
}
