//! The way to 100 %: how the rate went month by month, whose cash makes up what is missing, why the
//! last month is another one than the month before, and where it is heading.

use std::collections::BTreeSet;

use super::change::{Change, change};
use super::facts::{FeeItem, SchoolInScope, Settings};
use super::gap::{Gap, gap};
use super::rate::Rate;
use super::report::{Rates, Report, Status};
use super::trend::{Forecast, Point, forecast};
use crate::domain::diagnostic::Diagnostic;
use crate::domain::payment::Channel;
use crate::domain::period::Month;

/// How many months before are looked at for a school that fell silent.
const SILENT_AFTER: usize = 3;

/// What parts of an authority or of a school are called.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Part {
    /// A school's or a fee item's code; a class's name.
    pub code: String,
    /// The name for people.
    pub name: String,
}

/// One month.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MonthLine {
    /// Which.
    pub month: Month,
    /// All schools together, as the settings count.
    pub rates: Rates,
    /// How they stood together.
    pub status: Status,
    /// What was aimed for, in percent by amount.
    pub target_percent: u32,
    /// Schools that collected anything.
    pub schools_with_data: i64,
    /// Schools in scope.
    pub schools: i64,
}

/// The way to 100 %.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Path {
    /// The authority's or the school's code.
    pub code: String,
    /// Its name.
    pub name: String,
    /// What counted.
    pub settings: Settings,
    /// The months, oldest first; the last one is, or ends, what the rest is about.
    pub months: Vec<MonthLine>,
    /// Which schools' cash makes up what is missing; of one school, which classes'.
    pub by_place: Option<Gap<Part>>,
    /// Which fee items'.
    pub by_fee_item: Option<Gap<Part>>,
    /// Which channels'.
    pub by_channel: Option<Gap<Channel>>,
    /// Why the rate is another one than in the month or span before, by school or class.
    pub change: Option<Change<Part>>,
    /// The same by fee item.
    pub change_by_fee_item: Option<Change<Part>>,
    /// Where it is heading; months are counted from the first of `months`.
    pub forecast: Option<Forecast>,
    /// Schools that collected in one of the three months before and nothing in the last one.
    pub silent: Vec<SchoolInScope>,
    /// What whoever reads the figures must know of the scope.
    pub notes: Vec<Diagnostic>,
}

/// The way that reports of consecutive months show, oldest first, to what is missing in `last`: the last
/// of these months, or a longer span up to it. `before` is what it is compared with. `None` without any
/// month. `one_school` says that parts are classes.
#[must_use]
pub fn path(
    reports: &[(Month, Report)],
    (last, before): (&Report, Option<&Report>),
    one_school: bool,
) -> Option<Path> {
    reports.last()?;
    let places = |report: &Report| places(report, one_school);
    let points: Vec<Point> = (0_u32..)
        .zip(reports)
        .map(|(month, (_, report))| Point { month, rate: report.total.reported.by_amount })
        .collect();
    Some(Path {
        code: last.scope.authority_code.clone(),
        name: last.scope.authority_name.clone(),
        settings: last.settings,
        months: reports.iter().map(|(month, report)| line(*month, report)).collect(),
        by_place: gap(places(last)),
        by_fee_item: gap(fee_items(last)),
        by_channel: gap(channels(last)),
        change: before.and_then(|report| change(places(report), places(last))),
        change_by_fee_item: before.and_then(|report| change(fee_items(report), fee_items(last))),
        forecast: forecast(&points, last.settings.target_percent),
        silent: silent(reports),
        notes: last.notes.clone(),
    })
}

/// The month that is `index` months after the first one.
#[must_use]
pub fn month_at(months: &[MonthLine], index: u32) -> Option<Month> {
    let first = months.first()?.month.first();
    first.checked_add_months(chrono::Months::new(index)).and_then(Month::of)
}

fn line(month: Month, report: &Report) -> MonthLine {
    MonthLine {
        month,
        rates: report.total.reported,
        status: report.status,
        target_percent: report.settings.target_percent,
        schools_with_data: report.schools_with_data,
        schools: i64::try_from(report.schools.len()).unwrap_or(i64::MAX),
    }
}

fn places(report: &Report, one_school: bool) -> Vec<(Part, Rate)> {
    if one_school {
        let classes = report.schools.iter().flat_map(|school| &school.classes);
        return classes
            .map(|class| (part(&class.key, &class.key), class.figures.reported.by_amount))
            .collect();
    }
    report
        .schools
        .iter()
        .map(|line| (part(&line.school.code, &line.school.name), line.figures.reported.by_amount))
        .collect()
}

fn fee_items(report: &Report) -> Vec<(Part, Rate)> {
    report
        .fee_items
        .iter()
        .map(|section| {
            let FeeItem { code, name } = &section.key;
            (part(code, name), section.figures.reported.by_amount)
        })
        .collect()
}

fn channels(report: &Report) -> Vec<(Channel, Rate)> {
    report
        .channels
        .iter()
        .filter_map(|sum| Some((sum.channel, Rate::new(sum.cashless.dong(), sum.amount.dong())?)))
        .collect()
}

fn part(code: &str, name: &str) -> Part {
    Part { code: code.to_owned(), name: name.to_owned() }
}

fn silent(reports: &[(Month, Report)]) -> Vec<SchoolInScope> {
    let Some(((_, last), before)) = reports.split_last() else { return Vec::new() };
    let from = before.len().saturating_sub(SILENT_AFTER);
    let spoke: BTreeSet<&str> = before
        .iter()
        .skip(from)
        .flat_map(|(_, report)| &report.schools)
        .filter(|line| line.status != Status::NoData)
        .map(|line| line.school.code.as_str())
        .collect();
    last.schools
        .iter()
        .filter(|line| line.status == Status::NoData && spoke.contains(line.school.code.as_str()))
        .map(|line| line.school.clone())
        .collect()
}
