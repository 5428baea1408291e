//! What a school's facts of some days add up to: whole numbers that no setting is in, so that they can
//! be kept, and rates made of them at any time.

use serde::{Deserialize, Serialize};

use super::facts::FeeItem;
use super::rate::Rate;
use super::report::{ChannelSum, LeftOutSum, Rates};
use super::views::{Counting, Views};
use crate::domain::calendar::Day;
use crate::domain::money::Vnd;
use crate::domain::payment::Channel;

/// What is counted of one group of money, all of it or the cashless part.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "(i64, i64, i64)", into = "(i64, i64, i64)")]
pub struct Count {
    /// Đồng.
    pub amount: i64,
    /// Pupils; of the cashless part, those of whose money all is in it.
    pub pupils: i64,
    /// Payments.
    pub payments: i64,
}

impl From<(i64, i64, i64)> for Count {
    fn from((amount, pupils, payments): (i64, i64, i64)) -> Count {
        Count { amount, pupils, payments }
    }
}

impl From<Count> for (i64, i64, i64) {
    fn from(count: Count) -> (i64, i64, i64) {
        (count.amount, count.pupils, count.payments)
    }
}

/// One group of money: all of it, and what is cashless under every way of counting.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// All of it.
    pub all: Count,
    /// What is cashless.
    pub cashless: Views<Count>,
}

impl Counts {
    /// The rates of the group as one school; deployed from `deployed_min` cashless payments on.
    /// `None` where a part is more than its whole.
    #[must_use]
    pub fn rates(&self, deployed_min: u32) -> Option<Views<Rates>> {
        let mut complete = true;
        let views = Views::of(|counting| {
            let part = self.cashless.get(counting);
            let rates = || {
                Some(Rates {
                    by_amount: Rate::new(part.amount, self.all.amount)?,
                    by_pupil: Rate::new(part.pupils, self.all.pupils)?,
                    by_payment: Rate::new(part.payments, self.all.payments)?,
                    by_school: Rate::new(i64::from(part.payments >= i64::from(deployed_min)), 1)?,
                })
            };
            rates().unwrap_or_else(|| {
                complete = false;
                Rates::default()
            })
        });
        complete.then_some(views)
    }
}

/// What came by one channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChannelCounts {
    /// Which.
    pub channel: Channel,
    /// Payments.
    pub payments: i64,
    /// All of it.
    pub amount: Vnd,
    /// What of it is cashless.
    pub cashless: Views<Vnd>,
}

impl ChannelCounts {
    /// The same under one way of counting.
    #[must_use]
    pub fn sum(&self, counting: Counting) -> ChannelSum {
        ChannelSum {
            channel: self.channel,
            payments: self.payments,
            amount: self.amount,
            cashless: *self.cashless.get(counting),
        }
    }
}

/// A school's money of some days, all classes together.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sums {
    /// All of it.
    pub whole: Counts,
    /// The last day money came; `None` without any data.
    pub data_until: Option<Day>,
    /// By channel.
    pub channels: Vec<ChannelCounts>,
    /// What is in neither side.
    pub left_out: Vec<LeftOutSum>,
    /// By fee item.
    pub fee_items: Vec<(FeeItem, Counts)>,
}

/// A school's money of some days, its classes beside it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Added {
    /// All classes together.
    pub sums: Sums,
    /// Each class, by its name.
    pub classes: Vec<(String, Counts)>,
    /// What has been paid of its dues, whenever they fell due.
    pub owed: Rate,
}
