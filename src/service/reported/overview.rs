//! How the schools of an authority stand with their reports of a month.

use std::collections::HashMap;

use super::unreadable;
use crate::domain::cashless::{Rate, Report};
use crate::domain::period::Month;
use crate::formats::cashless_report::canonical;
use crate::service::ServiceError;
use crate::store::Store;
use crate::store::reported::{self, ReportedRow};

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
pub fn overview(
    store: &Store,
    report: &Report,
    month: Month,
) -> Result<Vec<Standing>, ServiceError> {
    let ids: Vec<i64> = report.schools.iter().map(|line| line.school.id.0).collect();
    let rows = store.read(|tx| reported::of_month(tx, &ids, month.first()))?;
    // The rows of a school are in the order of their versions: the last one stays.
    let last: HashMap<i64, ReportedRow> =
        rows.into_iter().map(|row| (row.school_id, row)).collect();
    let mut found = Vec::with_capacity(report.schools.len());
    for line in &report.schools {
        let reported = match last.get(&line.school.id.0) {
            None => None,
            Some(row) => {
                let stated = canonical::stated(&row.figures).ok_or_else(|| unreadable(row.id))?;
                Some((row.version, stated.rates.by_amount))
            }
        };
        found.push(Standing {
            code: line.school.code.clone(),
            name: line.school.name.clone(),
            reported,
            now: line.figures.reported.by_amount,
        });
    }
    Ok(found)
}
