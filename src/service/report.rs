//! The cashless report: what the ledger says of a period, handed to the pure calculation.

use std::collections::HashMap;

use chrono::TimeDelta;

use crate::clock::{Clock, local_day};
use crate::domain::calendar::{Day, Period};
use crate::domain::cashless::{
    self, Collected, Exclusion, Facts, FeeItem, LeftOut, Rate, Report, SchoolInScope, Scope,
    Settings,
};
use crate::domain::id::{AuthorityId, PaymentId, SchoolId, StudentId};
use crate::domain::money::Vnd;
use crate::domain::payment::Channel;
use crate::domain::reporting_period::ReportingPeriod;
use crate::formats::cashless_report;
use crate::service::directory::{self, SchoolView};
use crate::service::organisation::standing::standing;
use crate::service::reported::{self, AsOf};
use crate::service::{ServiceError, added_up, organisation};
use crate::store::added::Depth;
use crate::store::collected::{self, Until};
use crate::store::reports::SchoolSumsRow;
use crate::store::{Store, StoreError, Tx, reports};

/// Whose rates.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Whose {
    /// Every school under the authority with this code, on the last day of the period.
    Authority(String),
    /// One school, by code.
    School(String),
}

/// The rates of a period, as the ledger stood at the end of `cut_off` (today when `None`).
pub fn cashless(
    store: &Store,
    clock: &dyn Clock,
    whose: &Whose,
    period: Period,
    cut_off: Option<Day>,
    settings: Settings,
) -> Result<Report, ServiceError> {
    cashless_to(store, clock, whose, (period, cut_off, Depth::Classes), settings)
}

/// The same as deep as it is asked for, where the ledger as it stands is asked for a whole month, term or year.
pub(crate) fn cashless_to(
    store: &Store,
    clock: &dyn Clock,
    whose: &Whose,
    (period, cut_off, depth): (Period, Option<Day>, Depth),
    settings: Settings,
) -> Result<Report, ServiceError> {
    let settings = settings.of_day(period.to());
    let today = local_day(clock.now());
    let as_it_stands = cut_off.is_none_or(|day| day >= today);
    let cut_off = cut_off.unwrap_or(today);
    let (scope, schools, notes) = match whose {
        Whose::Authority(code) => {
            let found = standing(store, code, period)?;
            let schools = directory::schools_under(store, found.id, period.to())?;
            ((found.code, found.name), schools, found.notes)
        }
        Whose::School(code) => {
            let school = directory::find_school(store, code)?;
            let known = (school.code != *code)
                .then(|| organisation::former_code_note(code, &school.code, &school.name));
            let scope = (school.code.clone(), school.name.clone());
            (scope, vec![school], known.into_iter().collect())
        }
    };
    let report = match ReportingPeriod::whole(period).filter(|_| as_it_stands) {
        Some(span) => of_span(store, scope, &schools, (span, cut_off, depth), settings)?,
        None => of_schools(store, scope, &schools, period, cut_off, settings)?,
    };
    Ok(Report { notes, ..report })
}

/// The rates of a span of time as the ledger stands, from what is kept added up.
fn of_span(
    store: &Store,
    authority: (String, String),
    schools: &[SchoolView],
    (span, cut_off, depth): (ReportingPeriod, Day, Depth),
    settings: Settings,
) -> Result<Report, ServiceError> {
    let ids: Vec<i64> = schools.iter().map(|school| school.id.0).collect();
    let added = added_up::of_span(store, &ids, span, depth)?;
    cashless::of_added(scope(authority, schools, span.days(), cut_off), settings, added)
        .map_err(|_out_of_range| ServiceError::overflow())
}

fn scope(
    (authority_code, authority_name): (String, String),
    schools: &[SchoolView],
    period: Period,
    cut_off: Day,
) -> Scope {
    let schools = schools.iter().map(|school| SchoolInScope {
        id: school.id,
        code: school.code.clone(),
        name: school.name.clone(),
    });
    Scope { authority_code, authority_name, schools: schools.collect(), period, cut_off }
}

/// The report as programs read it, the same from every door.
pub fn to_json(report: &Report) -> Result<String, ServiceError> {
    cashless_report::json(report)
        .map_err(|error| StoreError::Corrupt(format!("a report: {error}")).into())
}

/// The report as a workbook.
pub fn to_xlsx(report: &Report) -> Result<Vec<u8>, ServiceError> {
    cashless_report::xlsx(report)
        .map_err(|error| StoreError::Corrupt(format!("a report: {error}")).into())
}

/// The report as CSV, one line for each group under each way of counting.
pub fn to_csv(report: &Report) -> Result<String, ServiceError> {
    cashless_report::csv(report)
        .map_err(|error| StoreError::Corrupt(format!("a report: {error}")).into())
}

/// The report of an authority's month, term or year as an office prints and signs it, in Vietnamese; a
/// month's with what the schools handed in of it up to `as_of`.
pub fn to_pdf(
    store: &Store,
    report: &Report,
    period: ReportingPeriod,
    as_of: Option<Day>,
) -> Result<Vec<u8>, ServiceError> {
    let day = period.days().to();
    let above = store.read(|tx| {
        let tree = organisation::tree(tx)?;
        let unit = organisation::find(&tree, &report.scope.authority_code, Some(day))?.unit.id;
        let parent = tree.parent_on(unit, day).and_then(|id| tree.unit(id));
        let name = parent.map(|parent| tree.called(parent, day).1.to_owned());
        Ok::<_, ServiceError>(name.unwrap_or_default())
    })?;
    let annex = match period {
        ReportingPeriod::Month(month) => {
            let code = &report.scope.authority_code;
            Some(reported::consolidated(store, code, month, as_of.map(AsOf::Day))?.annex())
        }
        ReportingPeriod::Term(_) | ReportingPeriod::Year(_) => None,
    };
    cashless_report::pdf(report, period, &above, annex)
        .map_err(|error| StoreError::Corrupt(format!("a report: {error}")).into())
}

/// Whether a caller limited to `within` may see the authority with this code as it was on a day.
pub fn is_under(
    store: &Store,
    code: &str,
    within: AuthorityId,
    day: Day,
) -> Result<bool, ServiceError> {
    store.read(|tx| {
        let tree = organisation::tree(tx)?;
        let wanted = organisation::find(&tree, code, Some(day))?.unit;
        Ok(tree.is_under(wanted.id, within, day))
    })
}

/// Whether a caller limited to `within` may see the school with this code as it was on a day.
pub fn school_is_under(
    store: &Store,
    code: &str,
    within: AuthorityId,
    day: Day,
) -> Result<bool, ServiceError> {
    let school = directory::find_school(store, code)?;
    Ok(directory::schools_under(store, within, day)?.iter().any(|one| one.id == school.id))
}

pub(crate) fn of_schools(
    store: &Store,
    authority: (String, String),
    schools: &[SchoolView],
    period: Period,
    cut_off: Day,
    settings: Settings,
) -> Result<Report, ServiceError> {
    let ids: Vec<i64> = schools.iter().map(|school| school.id.0).collect();
    let facts = store.read(|tx| facts(tx, &ids, period, cut_off))?;
    let scope = scope(authority, schools, period, cut_off);
    cashless::compute(scope, settings, &facts).map_err(|_out_of_range| ServiceError::overflow())
}

fn facts(
    tx: &mut Tx<'_>,
    schools: &[i64],
    period: Period,
    cut_off: Day,
) -> Result<Facts, ServiceError> {
    // The first instant after the cut-off day ends in Vietnam (+07:00), in UTC.
    let as_of = cut_off
        .succ_opt()
        .and_then(|day| day.and_hms_opt(0, 0, 0))
        .and_then(|midnight| midnight.checked_sub_signed(TimeDelta::hours(7)))
        .unwrap_or(chrono::NaiveDateTime::MAX);
    let mut left_out = beside(tx, schools, period)?;
    let (beside, owed) = dues(tx, schools)?;
    left_out.extend(beside);
    let days = (period.from(), period.to());
    for (school, count, dong) in collected::allocated_since(tx, schools, days, as_of)? {
        left_out.push(LeftOut {
            school: SchoolId(school),
            why: Exclusion::AfterCutOff,
            count,
            amount: Vnd::new(dong),
        });
    }
    Ok(Facts { collected: in_rates(tx, schools, period, Until::Before(as_of))?, left_out, owed })
}

/// What schools are owed that is in no rate, and what of all dues of each was paid.
type Dues = (Vec<LeftOut>, Vec<(SchoolId, Rate)>);

/// What some schools are owed and were paid, whenever it fell due.
pub(crate) fn dues(tx: &mut Tx<'_>, schools: &[i64]) -> Result<Dues, ServiceError> {
    let rows = reports::dues(tx, schools)?;
    let mut owed = Vec::with_capacity(rows.len());
    let mut sums = Vec::with_capacity(rows.len());
    for row in rows {
        let paid = Rate::new(row.paid_dong, row.net_dong).ok_or_else(|| {
            StoreError::Corrupt(format!("invoices of school {} are paid over", row.school_id))
        })?;
        owed.push((SchoolId(row.school_id), paid));
        let (school_id, count, amount_dong) = (row.school_id, row.count, row.amount_dong);
        sums.push(SchoolSumsRow { school_id, kind: row.kind, count, amount_dong });
    }
    Ok((named(sums), owed))
}

/// Money of a period that is in no rate of some schools.
pub(crate) fn beside(
    tx: &mut Tx<'_>,
    schools: &[i64],
    period: Period,
) -> Result<Vec<LeftOut>, ServiceError> {
    Ok(named(reports::beside(tx, schools, period.from(), period.to())?))
}

fn named(rows: Vec<SchoolSumsRow>) -> Vec<LeftOut> {
    let mut left_out = Vec::with_capacity(rows.len());
    for row in rows {
        let why = match row.kind.as_str() {
            "set_aside" => Exclusion::SetAside,
            "family_credit" => Exclusion::FamilyCredit,
            "unallocated" => Exclusion::Unallocated,
            "reversed" => Exclusion::Reversed,
            "waived" => Exclusion::Waived,
            "open" => Exclusion::Unpaid,
            _ => continue,
        };
        left_out.push(LeftOut {
            school: SchoolId(row.school_id),
            why,
            count: row.count,
            amount: Vnd::new(row.amount_dong),
        });
    }
    left_out
}

/// The money that is in the rates of some schools, as their ledgers stood.
pub(crate) fn in_rates(
    tx: &mut Tx<'_>,
    schools: &[i64],
    period: Period,
    until: Until,
) -> Result<Vec<Collected>, ServiceError> {
    let rows = collected::collected(tx, schools, (period.from(), period.to()), until)?;
    let names: HashMap<(i64, String), String> = collected::fee_item_names(tx, schools)?
        .into_iter()
        .map(|(school, code, name)| ((school, code), name))
        .collect();
    let mut found = Vec::with_capacity(rows.len());
    // Rows of one payment stand together.
    for rows in rows.chunk_by(|one, next| one.payment_id == next.payment_id) {
        let mut families: Vec<i64> = rows.iter().map(|row| row.family_id).collect();
        families.sort_unstable();
        families.dedup();
        let reached = u32::try_from(families.len()).unwrap_or(u32::MAX);
        for row in rows {
            let channel = Channel::parse(&row.channel).ok_or_else(|| {
                StoreError::Corrupt(format!("channel of payment {}", row.payment_id))
            })?;
            let item = (row.school_id, row.fee_item_code.clone());
            let name = names.get(&item).cloned().unwrap_or_default();
            found.push(Collected {
                school: SchoolId(row.school_id),
                class: row.class.clone(),
                fee_item: FeeItem { code: item.1, name },
                student: StudentId(row.student_id),
                payment: PaymentId(row.payment_id),
                channel,
                families_of_payment: reached,
                paid_on: row.booking_date,
                amount: Vnd::new(row.amount_dong),
            });
        }
    }
    Ok(found)
}
