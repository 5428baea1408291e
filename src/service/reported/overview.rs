//! How the schools of an authority stand with their reports of a month.

use std::collections::HashMap;

use super::{ConsolidatedView, SchoolReport};
use crate::domain::cashless::{Rate, Report};

/// A school and what it reported of a month.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    /// The school's code.
    pub code: String,
    /// Its name.
    pub name: String,
    /// The last version and the rate by amount it states; absent where nothing was reported.
    pub reported: Option<(i32, Rate)>,
    /// The rate by amount as known now.
    pub now: Rate,
}

impl Standing {
    /// Whether the rate of now is another one than the reported one.
    #[must_use]
    pub fn differs(&self) -> bool {
        self.reported.is_some_and(|(_, rate)| rate != self.now)
    }
}

/// What each school of a report of a month has reported itself, in the order of the report.
#[must_use]
pub fn overview(report: &Report, handed_in: &ConsolidatedView) -> Vec<Standing> {
    let by_code: HashMap<&str, &SchoolReport> =
        handed_in.lines.iter().map(|line| (line.code.as_str(), line)).collect();
    let schools = report.schools.iter().map(|line| {
        let handed_in = by_code.get(line.school.code.as_str());
        Standing {
            code: line.school.code.clone(),
            name: line.school.name.clone(),
            reported: handed_in.and_then(|one| {
                one.rates.as_ref().map(|rates| (one.version, rates.by_amount.rate))
            }),
            now: line.figures.reported.by_amount,
        }
    });
    schools.collect()
}
