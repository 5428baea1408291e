//! The lines of an education plan for going digital that can be proved from what is kept here: for each
//! the target, the figure as a part of a whole, and nothing that is only claimed.

use chrono::Months;
use serde::Serialize;

use crate::clock::{Clock, local_day};
use crate::domain::calendar::Day;
use crate::domain::cashless::{Rate, Settings, Status};
use crate::domain::id::SchoolId;
use crate::domain::period::Month;
use crate::domain::satisfaction::TARGET_PERCENT;
use crate::domain::school_year::Term;
use crate::service::ServiceError;
use crate::service::families::survey;
use crate::service::overview::school_year;
use crate::service::report::{self, Whose};
use crate::service::reported::RateView;
use crate::store::added::Depth;
use crate::store::{Store, reported, reports};

/// What a line of the plan is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subject {
    /// Schools that take fees without cash.
    Schools,
    /// Money that came without cash.
    Money,
    /// Pupils whose money all came without cash.
    Pupils,
    /// Pupils with a digital record and a personal identification number.
    Identified,
    /// Reports of months that schools handed in here.
    Reports,
    /// Families that are content with paying so.
    Content,
}

impl Subject {
    /// Its name in addresses and words.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Subject::Schools => "schools",
            Subject::Money => "money",
            Subject::Pupils => "pupils",
            Subject::Identified => "identified",
            Subject::Reports => "reports",
            Subject::Content => "content",
        }
    }
}

/// A line of the plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlanLine {
    /// What it is about.
    pub subject: Subject,
    /// What is aimed for, in percent.
    pub target: u32,
    /// What is reached; without data where nothing is known, or it may not be told.
    pub figure: Rate,
}

impl PlanLine {
    /// Whether the target is reached.
    #[must_use]
    pub fn status(&self) -> Status {
        match self.figure.reaches(self.target) {
            None => Status::NoData,
            Some(true) => Status::Met,
            Some(false) => Status::NotMet,
        }
    }
}

/// The plan as programs read it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct PlanView {
    /// The authority's name.
    pub name: String,
    /// `YYYY-MM`: money of this month, pupils of its last day, reports and answers of the school year up
    /// to it.
    pub month: String,
    /// Its lines.
    #[schema(value_type = Vec<PlanLineView>)]
    pub lines: Vec<PlanLineView>,
}

/// A line of the plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct PlanLineView {
    /// `schools`, `money`, `pupils`, `identified`, `reports` or `content`.
    pub subject: &'static str,
    /// What is aimed for, in percent.
    pub target_percent: u32,
    /// What is reached.
    #[schema(value_type = RateView)]
    pub figure: RateView,
    /// `met`, `not_met` or `no_data`.
    pub status: &'static str,
}

impl PlanView {
    /// The plan up to a month.
    #[must_use]
    pub fn of(plan: &DigitalPlan, month: Month) -> PlanView {
        let lines = plan.lines.iter().map(|line| PlanLineView {
            subject: line.subject.as_str(),
            target_percent: line.target,
            figure: RateView::of(line.figure),
            status: line.status().as_str(),
        });
        PlanView { name: plan.name.clone(), month: month.to_string(), lines: lines.collect() }
    }
}

/// The plan of an authority up to a month.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DigitalPlan {
    /// The authority's name.
    pub name: String,
    /// Its lines.
    pub lines: Vec<PlanLine>,
}

/// How an authority's schools stand with the plan: money of the month, pupils of its last day, reports
/// and families' answers of the school year up to it.
pub fn of_authority(
    store: &Store,
    clock: &dyn Clock,
    code: &str,
    month: Month,
    settings: Settings,
) -> Result<DigitalPlan, ServiceError> {
    let whose = Whose::Authority(code.to_owned());
    let asked = (month.days(), None, Depth::Totals);
    let report = report::cashless_to(store, clock, &whose, asked, settings)?;
    let schools: Vec<SchoolId> = report.schools.iter().map(|line| line.school.id).collect();
    let ids: Vec<i64> = schools.iter().map(|school| school.0).collect();
    let today = local_day(clock.now());
    let day = month.last().min(today);
    let rates = report.total.reported;
    let all = i64::try_from(schools.len()).unwrap_or(i64::MAX);
    let (identified, handed_in) = store.read(|tx| {
        let pupils = reports::identified(tx, &ids, day)?;
        let over = months_over(month, today);
        let first = over.first().map_or(month, |one| *one);
        let reported = reported::count_between(tx, &ids, (first.first(), month.first()))?;
        let due = all.saturating_mul(i64::try_from(over.len()).unwrap_or(i64::MAX));
        Ok::<_, ServiceError>((pupils, (reported.min(due), due)))
    })?;
    let content = survey::of_schools(store, &schools, Term::of(day))?.total;
    let content = match (content.content, content.answers) {
        (Some(content), Some(answers)) if content <= answers => rate(
            i64::try_from(content).unwrap_or(i64::MAX),
            i64::try_from(answers).unwrap_or(i64::MAX),
        ),
        _ => Rate::NO_DATA,
    };
    let line = |subject, target, figure| PlanLine { subject, target, figure };
    let target = report.settings.target_percent;
    Ok(DigitalPlan {
        name: report.scope.authority_name,
        lines: vec![
            line(Subject::Schools, 100, rates.by_school),
            line(Subject::Money, target, rates.by_amount),
            line(Subject::Pupils, target, rates.by_pupil),
            line(Subject::Identified, 100, rate(identified.1, identified.0)),
            line(Subject::Reports, 100, rate(handed_in.0, handed_in.1)),
            line(Subject::Content, TARGET_PERCENT, content),
        ],
    })
}

/// The months of the school year up to one that are over, from September, in which lessons begin.
fn months_over(month: Month, today: Day) -> Vec<Month> {
    let year = school_year(month.first());
    let mut months = Vec::new();
    let mut next = year.from().checked_add_months(Months::new(1)).and_then(Month::of);
    while let Some(one) = next.filter(|one| *one <= month && one.last() < today) {
        months.push(one);
        next = one.first().checked_add_months(Months::new(1)).and_then(Month::of);
    }
    months
}

fn rate(part: i64, whole: i64) -> Rate {
    Rate::new(part, whole).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_months_that_are_over_are_owed_a_report() {
        let month = |text: &str| text.parse::<Month>().unwrap();
        let day = |text: &str| text.parse().unwrap();
        for (why, asked, today, expected) in [
            ("the last day of the month", "2026-10", "2026-10-31", 1),
            ("the day after", "2026-10", "2026-11-01", 2),
            ("an earlier month", "2026-09", "2026-11-20", 1),
            ("in the new calendar year", "2027-01", "2027-02-01", 5),
        ] {
            let found = months_over(month(asked), day(today));
            assert_eq!(found.len(), expected, "{why}: {found:?}");
            assert_eq!(found.first().copied(), Some(month("2026-09")), "{why}");
        }
    }
}
