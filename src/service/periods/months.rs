//! Months for people: which there are, and one with everything that is shown of it.

use std::collections::HashMap;

use super::check::{Checklist, check};
use super::{PeriodView, list};
use crate::clock::{Clock, local_day};
use crate::domain::id::SchoolId;
use crate::domain::period::Month;
use crate::service::ServiceError;
use crate::store::{Store, fees};

/// How many months are listed besides those that were closed.
const MONTHS: usize = 12;

/// A month of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MonthLine {
    /// Which.
    pub month: Month,
    /// Whether its last day has gone by.
    pub over: bool,
    /// What was said of it, where anything was.
    pub period: Option<PeriodView>,
}

/// A month with everything that is shown of it.
#[derive(Clone, Debug)]
pub struct MonthDetail {
    /// What stands in the way of closing it.
    pub checklist: Checklist,
    /// What was said of it, where anything was.
    pub period: Option<PeriodView>,
    /// The names of fee items by their rows.
    pub items: HashMap<i64, String>,
}

/// The months up to the running one, the latest first: a year of them, and every one that was closed.
pub fn months(
    store: &Store,
    clock: &dyn Clock,
    school: SchoolId,
) -> Result<Vec<MonthLine>, ServiceError> {
    let today = local_day(clock.now());
    let mut known: HashMap<String, PeriodView> =
        list(store, school)?.into_iter().map(|view| (view.month.clone(), view)).collect();
    let mut lines = Vec::new();
    let mut next = Month::of(today);
    while let Some(month) = next.filter(|_| lines.len() < MONTHS || !known.is_empty()) {
        let period = known.remove(&month.to_string());
        lines.push(MonthLine { month, over: month.last() < today, period });
        next = month.first().pred_opt().and_then(Month::of);
        if lines.len() > MONTHS * 100 {
            break;
        }
    }
    Ok(lines)
}

/// One month.
pub fn month(
    store: &Store,
    clock: &dyn Clock,
    school: SchoolId,
    month: Month,
) -> Result<MonthDetail, ServiceError> {
    let checklist = check(store, clock, school, month)?;
    let name = month.to_string();
    let period = list(store, school)?.into_iter().find(|view| view.month == name);
    let items = store.read(|tx| fees::fee_items_of(tx, school.0))?;
    let items = items.into_iter().map(|row| (row.id, row.name)).collect();
    Ok(MonthDetail { checklist, period, items })
}
