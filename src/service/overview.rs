//! What the first page shows of each school.

use chrono::{Datelike, NaiveDate};

use crate::domain::calendar::{Day, Period};
use crate::domain::cashless::{Exclusion, Rate, RoundedPercent, Settings, Status};
use crate::domain::lang::Lang;
use crate::domain::money::Vnd;
use crate::service::directory::SchoolView;
use crate::service::{ServiceError, report};
use crate::store::Store;

/// A school's line, ready to be shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SchoolLine {
    /// Its code.
    pub code: String,
    /// Its name.
    pub name: String,
    /// Whether anything was collected.
    pub has_data: bool,
    /// The rate by amount, e.g. `93,4 %`, or that there is no data.
    pub by_amount: String,
    /// The rate by pupil.
    pub by_pupil: String,
    /// The rate by amount in whole percent, for a bar.
    pub meter: String,
    /// Đồng without cash.
    pub cashless: String,
    /// Đồng in cash.
    pub cash: String,
    /// Đồng still owed.
    pub open: String,
    /// Payments nobody has decided about.
    pub waiting: String,
    /// The word for how it stands.
    pub status: String,
    /// The same for the stylesheet.
    pub status_class: &'static str,
}

/// The lines of some schools for the school year that `today` lies in.
pub fn schools(
    store: &Store,
    schools: &[SchoolView],
    today: Day,
    (settings, lang): (Settings, Lang),
) -> Result<Vec<SchoolLine>, ServiceError> {
    let period = school_year(today);
    let scope = (String::new(), String::new());
    let report = report::of_schools(store, scope, schools, period, today, settings)?;
    Ok(report
        .schools
        .into_iter()
        .map(|line| {
            let rate = line.figures.reported.by_amount;
            let beside = |why| line.left_out.iter().find(|sum| sum.why == why);
            let cash = rate.denominator().saturating_sub(rate.numerator());
            SchoolLine {
                code: line.school.code,
                name: line.school.name,
                has_data: line.status != Status::NoData,
                by_amount: percent(rate, lang),
                by_pupil: percent(line.figures.reported.by_pupil, lang),
                meter: rate.percent(0).map(|percent| percent.to_string()).unwrap_or_default(),
                cashless: Vnd::new(rate.numerator()).grouped(),
                cash: Vnd::new(cash).grouped(),
                open: beside(Exclusion::Unpaid).map_or(Vnd::ZERO, |sum| sum.amount).grouped(),
                waiting: beside(Exclusion::Unallocated).map_or(0, |sum| sum.count).to_string(),
                status: line.status.label(lang).to_owned(),
                status_class: match line.status {
                    Status::Met => "met",
                    Status::Nearly => "near",
                    Status::NotMet => "unmet",
                    Status::NoData => "none",
                },
            }
        })
        .collect())
}

/// The school year a day lies in: 1 August to 31 July, as collections of a year are counted.
#[must_use]
pub fn school_year(day: Day) -> Period {
    let start = if day.month() >= 8 { day.year() } else { day.year() - 1 };
    let bounds = NaiveDate::from_ymd_opt(start, 8, 1)
        .zip(NaiveDate::from_ymd_opt(start + 1, 7, 31))
        .and_then(|(from, to)| Period::new(from, to));
    bounds.unwrap_or(Period::single(day))
}

fn percent(rate: Rate, lang: Lang) -> String {
    match RoundedPercent::of(rate, 1) {
        RoundedPercent::NoData => Status::NoData.label(lang).to_owned(),
        RoundedPercent::AboveZero => "> 0 %".to_owned(),
        RoundedPercent::BelowHundred => "< 100 %".to_owned(),
        RoundedPercent::Percent(percent) => {
            format!("{} %", format!("{percent:.1}").replace('.', ","))
        }
    }
}
