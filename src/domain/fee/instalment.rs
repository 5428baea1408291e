//! An invoice that may be paid in parts, each with its day.

use serde::{Deserialize, Serialize};

use crate::domain::calendar::Day;
use crate::domain::money::Vnd;

/// One part of a plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlannedInstalment {
    /// Its share of the invoice, in percent.
    pub percent: u8,
    /// The last day to pay it.
    pub due_on: Day,
}

/// The parts in which invoices of a round may be paid; their shares make 100.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct InstalmentPlan(Vec<PlannedInstalment>);

/// Why parts make no plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InstalmentPlanError {
    /// The shares do not make 100, or one is nothing.
    Shares,
    /// The days do not come one after the other.
    Days,
}

impl InstalmentPlan {
    /// A plan of these parts.
    pub fn new(parts: Vec<PlannedInstalment>) -> Result<InstalmentPlan, InstalmentPlanError> {
        let sum: u32 = parts.iter().map(|part| u32::from(part.percent)).sum();
        if sum != 100 || parts.iter().any(|part| part.percent == 0) {
            return Err(InstalmentPlanError::Shares);
        }
        if parts.is_sorted_by(|one, next| one.due_on < next.due_on) {
            Ok(InstalmentPlan(parts))
        } else {
            Err(InstalmentPlanError::Days)
        }
    }

    /// Its parts.
    #[must_use]
    pub fn parts(&self) -> &[PlannedInstalment] {
        &self.0
    }

    /// Splits an amount: each part down to the đồng, what rounding leaves over with the last. `None`
    /// beyond the range of amounts.
    #[must_use]
    pub fn split(&self, net: Vnd) -> Option<Vec<(Day, Vnd)>> {
        let mut rest = net;
        let mut parts = Vec::with_capacity(self.0.len());
        for (place, part) in self.0.iter().enumerate() {
            let amount = if place + 1 == self.0.len() {
                rest
            } else {
                let share = i128::from(net.dong()).checked_mul(i128::from(part.percent))? / 100;
                Vnd::new(i64::try_from(share).ok()?)
            };
            rest = rest.checked_sub(amount)?;
            parts.push((part.due_on, amount));
        }
        Some(parts)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::calendar::parse_iso_day;

    fn plan(parts: &[(u8, &str)]) -> Result<InstalmentPlan, InstalmentPlanError> {
        let part = |(percent, day): &(u8, &str)| PlannedInstalment {
            percent: *percent,
            due_on: parse_iso_day(day).unwrap(),
        };
        InstalmentPlan::new(parts.iter().map(part).collect())
    }

    #[test]
    fn parts_make_the_whole() {
        let thirds = plan(&[(33, "2026-10-01"), (33, "2026-11-01"), (34, "2026-12-01")]).unwrap();
        for net in [0, 1, 99, 100, 1_000_001, i64::MAX] {
            let parts = thirds.split(Vnd::new(net)).unwrap();
            let sum = Vnd::checked_sum(parts.iter().map(|(_, amount)| *amount));
            assert_eq!(sum, Some(Vnd::new(net)));
            assert!(parts.iter().all(|(_, amount)| amount.dong() >= 0));
        }
    }

    #[test]
    fn a_plan_of_other_parts_is_refused() {
        use InstalmentPlanError::{Days, Shares};
        for (why, parts, expected) in [
            ("nothing", vec![], Some(Shares)),
            ("too little", vec![(50, "2026-10-01"), (49, "2026-11-01")], Some(Shares)),
            ("a part of nothing", vec![(0, "2026-10-01"), (100, "2026-11-01")], Some(Shares)),
            ("the same day twice", vec![(50, "2026-10-01"), (50, "2026-10-01")], Some(Days)),
            ("one part", vec![(100, "2026-10-01")], None),
        ] {
            assert_eq!(plan(&parts).err(), expected, "{why}");
        }
    }
}
