//! A school's months: open until somebody closes them. What a close states is written down once, in
//! one canonical form, so that it can be computed again and compared.

use std::fmt;
use std::str::FromStr;

use chrono::{Datelike, Months};
use serde::{Deserialize, Serialize};

use crate::domain::calendar::{Day, Period};
use crate::domain::money::Vnd;

/// A calendar month.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Month(Day);

impl Month {
    /// The month a day lies in, or `None` at the end of the calendar.
    #[must_use]
    pub fn of(day: Day) -> Option<Month> {
        let first = day.with_day(1)?;
        first.checked_add_months(Months::new(1))?.pred_opt()?;
        Some(Month(first))
    }

    /// The first day.
    #[must_use]
    pub const fn first(self) -> Day {
        self.0
    }

    /// The last day.
    #[must_use]
    pub fn last(self) -> Day {
        self.0.checked_add_months(Months::new(1)).and_then(|day| day.pred_opt()).unwrap_or(self.0)
    }

    /// From the first day to the last.
    #[must_use]
    pub fn days(self) -> Period {
        Period::new(self.0, self.last()).unwrap_or(Period::single(self.0))
    }

    /// As Vietnamese readers write it, `10/2026`.
    #[must_use]
    pub fn vietnamese(self) -> String {
        format!("{:02}/{}", self.0.month(), self.0.year())
    }
}

impl fmt::Display for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}", self.0.year(), self.0.month())
    }
}

/// A text that is no month.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a month looks like 2026-10")]
pub struct NoMonth;

impl FromStr for Month {
    type Err = NoMonth;

    fn from_str(text: &str) -> Result<Month, NoMonth> {
        let shaped = text.len() == 7;
        let day = crate::domain::calendar::parse_iso_day(&format!("{text}-01"));
        day.filter(|_| shaped).and_then(Month::of).ok_or(NoMonth)
    }
}

/// What a close states. Fields and lists keep their order: the text of it is what is hashed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Figures {
    /// `YYYY-MM`.
    pub month: String,
    /// 1 for the first close of the month, one more each time it is closed again.
    pub version: i32,
    /// Money in that is booked in the month.
    pub own: Sums,
    /// Money in of months closed before that became known, or was used otherwise, only after that.
    pub late: Sums,
    /// The month's cash vouchers.
    pub vouchers: Vouchers,
    /// What was owed when the month was closed.
    pub receivables: Receivables,
    /// The last count of the till in the month.
    pub till: Option<Till>,
}

/// Money in, and what became of it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Sums {
    /// How many payments.
    pub payments: i64,
    /// Their sum, in đồng.
    #[schema(value_type = i64)]
    pub received: Vnd,
    /// Used for invoices.
    #[schema(value_type = i64)]
    pub collected: Vnd,
    /// Kept as credit of families.
    #[schema(value_type = i64)]
    pub family_credit: Vnd,
    /// Paid back.
    #[schema(value_type = i64)]
    pub refunded: Vnd,
    /// No fee.
    #[schema(value_type = i64)]
    pub set_aside: Vnd,
    /// The rest.
    #[schema(value_type = i64)]
    pub unallocated: Vnd,
    /// By the way the money came, by name.
    #[schema(value_type = Vec<ChannelFigures>)]
    pub by_channel: Vec<ChannelFigures>,
    /// What was collected, by fee item.
    #[schema(value_type = Vec<ItemFigures>)]
    pub by_fee_item: Vec<ItemFigures>,
}

/// Money that came one way.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct ChannelFigures {
    /// The channel's stable name.
    pub channel: String,
    /// How many payments.
    pub payments: i64,
    /// Their sum.
    #[schema(value_type = i64)]
    pub received: Vnd,
    /// Used for invoices.
    #[schema(value_type = i64)]
    pub collected: Vnd,
}

/// What was collected for one fee item.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct ItemFigures {
    /// The fee item's id.
    pub fee_item: i64,
    /// How much.
    #[schema(value_type = i64)]
    pub collected: Vnd,
}

/// The cash vouchers of a month.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Vouchers {
    /// How many, voided ones too.
    pub count: i64,
    /// The lowest number.
    pub first: Option<i64>,
    /// The highest number.
    pub last: Option<i64>,
}

/// Invoices that are not paid yet.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Receivables {
    /// How many.
    pub invoices: i64,
    /// What is left of them, in đồng.
    #[schema(value_type = i64)]
    pub amount: Vnd,
}

/// A count of the till.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = TillCount)]
pub struct Till {
    /// At the end of which day.
    #[schema(value_type = String, format = Date)]
    pub counted_on: Day,
    /// What the book said.
    #[schema(value_type = i64)]
    pub book: Vnd,
    /// What was there.
    #[schema(value_type = i64)]
    pub counted: Vnd,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_month_is_read_and_has_its_days() {
        for (why, text, days) in [
            ("a short one", "2026-02", Some(("2026-02-01", "2026-02-28"))),
            ("of a leap year", "2028-02", Some(("2028-02-01", "2028-02-29"))),
            ("the last of a year", "2026-12", Some(("2026-12-01", "2026-12-31"))),
            ("no month", "2026-13", None),
            ("a day", "2026-10-01", None),
            ("one digit", "2026-1", None),
            ("words", "tháng 10", None),
        ] {
            let month = text.parse::<Month>().ok();
            let found = month.map(|month| (month.first().to_string(), month.last().to_string()));
            let expected = days.map(|(first, last)| (first.to_owned(), last.to_owned()));
            assert_eq!(found, expected, "{why}: {text}");
            if let Some(month) = month {
                assert_eq!(month.to_string(), text);
                assert_eq!(Month::of(month.last()), Some(month), "{why}");
            }
        }
    }
}
