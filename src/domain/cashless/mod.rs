//! The four cashless rates of a period, for schools, their classes and fee items, and an authority.
//!
//! [`facts`] is what goes in, [`compute`] the calculation, [`report`] what comes out. A rate is kept
//! as its two whole numbers and is divided only when it is shown.

pub mod change;
mod compute;
pub mod disclosure;
pub mod facts;
pub mod gap;
pub mod path;
mod points;
pub mod rate;
pub mod report;
pub mod restated;
pub mod sums;
mod tally;
mod targets;
pub mod trend;
pub mod views;

pub use change::{Change, Moved, change};
pub use compute::{CashlessError, add_up, compute, of_added};
pub use facts::{Collected, Exclusion, Facts, FeeItem, LeftOut, SchoolInScope, Scope, Settings};
pub use gap::{Gap, Missing, gap};
pub use path::{MonthLine, Part, Path, month_at, path};
pub use rate::Rate;
pub use report::{
    ChannelSum, Figures, LeftOutSum, Rates, Report, RoundedPercent, SchoolLine, Section, Status,
};
pub use restated::{Restatement, restated};
pub use sums::{Added, ChannelCounts, Count, Counts, Sums};
pub use targets::{MOST_YEARS, YearlyTargets};
pub use trend::{Ahead, Forecast};
pub use views::{Counting, Views};

#[cfg(test)]
mod tests;
