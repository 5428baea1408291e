//! The rates, each with what it was made of.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::facts::{Exclusion, FeeItem, SchoolInScope, Scope, Settings};
use super::rate::Rate;
use super::views::Views;
use crate::domain::calendar::Day;
use crate::domain::diagnostic::Diagnostic;
use crate::domain::lang::Lang;
use crate::domain::money::Vnd;
use crate::domain::payment::Channel;

/// The four rates under one way of counting.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize)]
pub struct Rates {
    /// Đồng allocated from cashless payments, of đồng allocated from all payments.
    pub by_amount: Rate,
    /// Pupils whose collected money was all cashless, of pupils with any money collected.
    pub by_pupil: Rate,
    /// Cashless payments, of payments.
    pub by_payment: Rate,
    /// Deployed schools, of schools in scope; no data while none of them collected anything.
    pub by_school: Rate,
}

impl Rates {
    pub(super) fn checked_add(self, other: Rates) -> Option<Rates> {
        Some(Rates {
            by_amount: self.by_amount.checked_add(other.by_amount)?,
            by_pupil: self.by_pupil.checked_add(other.by_pupil)?,
            by_payment: self.by_payment.checked_add(other.by_payment)?,
            by_school: self.by_school.checked_add(other.by_school)?,
        })
    }
}

/// The rates as the settings count, and beside them under every way of counting.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize)]
pub struct Figures {
    /// As the settings count.
    pub reported: Rates,
    /// With and without counter cash and proxies.
    pub views: Views<Rates>,
}

/// How a school stands against the target, by amount.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// The target is reached.
    Met,
    /// Not far from it.
    Nearly,
    /// Far from it.
    NotMet,
    /// Nothing was collected, so there is nothing to judge.
    NoData,
}

impl Status {
    /// The status of a rate: the exact rate is compared, never the rounded one.
    #[must_use]
    pub fn of(rate: Rate, settings: &Settings) -> Status {
        match (rate.reaches(settings.target_percent), rate.reaches(settings.near_percent)) {
            (None, _) | (_, None) => Status::NoData,
            (Some(true), _) => Status::Met,
            (_, Some(true)) => Status::Nearly,
            _ => Status::NotMet,
        }
    }

    /// The stable name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Status::Met => "met",
            Status::Nearly => "nearly",
            Status::NotMet => "not_met",
            Status::NoData => "no_data",
        }
    }

    /// The word for people.
    #[must_use]
    pub const fn label(self, lang: Lang) -> &'static str {
        match (self, lang) {
            (Status::Met, Lang::Vi) => "Đạt",
            (Status::Met, Lang::En) => "Met",
            (Status::Nearly, Lang::Vi) => "Gần đạt",
            (Status::Nearly, Lang::En) => "Nearly met",
            (Status::NotMet, Lang::Vi) => "Chưa đạt",
            (Status::NotMet, Lang::En) => "Not met",
            (Status::NoData, Lang::Vi) => "Chưa có số liệu",
            (Status::NoData, Lang::En) => "No data",
        }
    }
}

/// What came by one channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChannelSum {
    /// The channel; an electronic payment for several families is listed under `proxy`.
    pub channel: Channel,
    /// How many payments.
    pub payments: i64,
    /// How much of them was allocated.
    pub amount: Vnd,
    /// How much of that is cashless as the settings count.
    pub cashless: Vnd,
}

/// What is in neither side, for one reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeftOutSum {
    /// Why.
    pub why: Exclusion,
    /// How many.
    pub count: i64,
    /// How much.
    pub amount: Vnd,
}

/// A part of a school's or authority's money: of a class or for a fee item.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Section<K> {
    /// Which part.
    pub key: K,
    /// Its rates.
    pub figures: Figures,
}

/// A school's rates.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SchoolLine {
    /// Which.
    pub school: SchoolInScope,
    /// Its rates.
    pub figures: Figures,
    /// How it stands.
    pub status: Status,
    /// The last day of the period on which money came.
    pub data_until: Option<Day>,
    /// The money by channel; channels without any are left out.
    pub channels: Vec<ChannelSum>,
    /// What is in neither side; reasons that do not occur are left out.
    pub left_out: Vec<LeftOutSum>,
    /// By class, in the order of its name. A student who changed class is a pupil of both.
    pub classes: Vec<Section<String>>,
    /// By fee item, in the order of its code. A payment for two items is a payment of both.
    pub fee_items: Vec<Section<FeeItem>>,
    /// What has been paid of all that is due, in đồng, cash or not and whenever it fell due: no cashless
    /// rate, told beside them.
    pub share_collected: Rate,
}

/// The cashless rates of an authority's schools.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// What was asked.
    pub scope: Scope,
    /// What counted.
    pub settings: Settings,
    /// All schools together.
    pub total: Figures,
    /// How they stand together.
    pub status: Status,
    /// Schools that collected anything.
    pub schools_with_data: i64,
    /// The money by channel; channels without any are left out.
    pub channels: Vec<ChannelSum>,
    /// What is in neither side; reasons that do not occur are left out.
    pub left_out: Vec<LeftOutSum>,
    /// By fee item over all schools; by school, only those count that collected for it.
    pub fee_items: Vec<Section<FeeItem>>,
    /// By school, in the order of the scope.
    pub schools: Vec<SchoolLine>,
    /// What has been paid of all that is due, as of [`SchoolLine::share_collected`].
    pub share_collected: Rate,
    /// What whoever reads the figures must know of the scope.
    pub notes: Vec<Diagnostic>,
}

/// A percentage made for reading: rounding never turns "not all" into all, nor "some" into nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RoundedPercent {
    /// There is no data.
    NoData,
    /// Rounds to 0 but is more.
    AboveZero,
    /// Rounds to 100 but is less.
    BelowHundred,
    /// The percentage, halves rounded up.
    Percent(Decimal),
}

impl RoundedPercent {
    /// The percentage of a rate with `digits` after the point.
    #[must_use]
    pub fn of(rate: Rate, digits: u32) -> RoundedPercent {
        match rate.percent(digits) {
            None => RoundedPercent::NoData,
            Some(percent) if percent.is_zero() && rate.numerator() > 0 => RoundedPercent::AboveZero,
            Some(percent) if percent == Decimal::ONE_HUNDRED && !rate.is_complete() => {
                RoundedPercent::BelowHundred
            }
            Some(percent) => RoundedPercent::Percent(percent),
        }
    }

    /// The percentage as Vietnamese readers write it: `93,4 %`, `<100 %`, `–` for no data.
    #[must_use]
    pub fn vietnamese(self) -> String {
        match self {
            RoundedPercent::NoData => "–".to_owned(),
            RoundedPercent::AboveZero => ">0 %".to_owned(),
            RoundedPercent::BelowHundred => "<100 %".to_owned(),
            RoundedPercent::Percent(percent) => {
                format!("{} %", percent.to_string().replace('.', ","))
            }
        }
    }

    /// The percentage as readers of a language write it: English ones with a point.
    #[must_use]
    pub fn text(self, lang: Lang) -> String {
        match lang {
            Lang::Vi => self.vietnamese(),
            Lang::En => self.vietnamese().replace(',', "."),
        }
    }
}
