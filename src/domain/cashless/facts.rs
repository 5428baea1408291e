//! What the rates are computed from.

use serde::{Deserialize, Serialize};

use super::rate::Rate;
use super::targets::YearlyTargets;
use super::views::Counting;
use crate::domain::calendar::{Day, Period};
use crate::domain::id::{PaymentId, SchoolId, StudentId};
use crate::domain::lang::Lang;
use crate::domain::money::Vnd;
use crate::domain::payment::Channel;

/// A fee item as reports name it: the code tells items of different schools to be the same one.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct FeeItem {
    /// The school's or the authority's code.
    pub code: String,
    /// The name for people.
    pub name: String,
}

/// Money of a payment that was allocated to one line of an invoice by the cut-off and not reversed since.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Collected {
    /// Who received it.
    pub school: SchoolId,
    /// The student's class on the invoice.
    pub class: String,
    /// What it was for.
    pub fee_item: FeeItem,
    /// Whose invoice.
    pub student: StudentId,
    /// The payment.
    pub payment: PaymentId,
    /// By which way the payment came.
    pub channel: Channel,
    /// How many families all its allocations reach; more than one makes it a proxy's.
    pub families_of_payment: u32,
    /// The day the money came: decides whether it belongs to the period.
    pub paid_on: Day,
    /// More than nothing.
    pub amount: Vnd,
}

/// Why something is in neither side of a rate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Exclusion {
    /// Allocations taken back.
    Reversed,
    /// Invoices waived to nothing: neither paid nor unpaid. The amount is what was waived.
    Waived,
    /// Payments a person set aside as no fee.
    SetAside,
    /// Money kept as a family's credit.
    FamilyCredit,
    /// Money that no invoice has been found for yet.
    Unallocated,
    /// Money of the period that was allocated after the cut-off.
    AfterCutOff,
    /// Dues nobody has paid yet: shown beside the rates, never inside.
    Unpaid,
}

impl Exclusion {
    /// Every reason, in the order reports show them.
    pub const ALL: [Exclusion; 7] = [
        Exclusion::Reversed,
        Exclusion::Waived,
        Exclusion::SetAside,
        Exclusion::FamilyCredit,
        Exclusion::Unallocated,
        Exclusion::AfterCutOff,
        Exclusion::Unpaid,
    ];

    /// The stable name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Exclusion::Reversed => "reversed",
            Exclusion::Waived => "waived",
            Exclusion::SetAside => "set_aside",
            Exclusion::FamilyCredit => "family_credit",
            Exclusion::Unallocated => "unallocated",
            Exclusion::AfterCutOff => "after_cut_off",
            Exclusion::Unpaid => "unpaid",
        }
    }

    /// The reason for people.
    #[must_use]
    pub const fn label(self, lang: Lang) -> &'static str {
        match (self, lang) {
            (Exclusion::Reversed, Lang::Vi) => "Phân bổ đã hủy",
            (Exclusion::Reversed, Lang::En) => "Allocations taken back",
            (Exclusion::Waived, Lang::Vi) => "Được miễn toàn bộ",
            (Exclusion::Waived, Lang::En) => "Waived to nothing",
            (Exclusion::SetAside, Lang::Vi) => "Không phải khoản thu",
            (Exclusion::SetAside, Lang::En) => "Set aside as no fee",
            (Exclusion::FamilyCredit, Lang::Vi) => "Số dư của gia đình",
            (Exclusion::FamilyCredit, Lang::En) => "Kept as family credit",
            (Exclusion::Unallocated, Lang::Vi) => "Chưa khớp với khoản thu nào",
            (Exclusion::Unallocated, Lang::En) => "Not matched yet",
            (Exclusion::AfterCutOff, Lang::Vi) => "Khớp sau ngày chốt số liệu",
            (Exclusion::AfterCutOff, Lang::En) => "Allocated after the cut-off",
            (Exclusion::Unpaid, Lang::Vi) => "Còn phải thu",
            (Exclusion::Unpaid, Lang::En) => "Still unpaid",
        }
    }
}

/// Something that is in neither side, counted for one school.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LeftOut {
    /// Whose.
    pub school: SchoolId,
    /// Why.
    pub why: Exclusion,
    /// How many payments, allocations or invoices; never negative.
    pub count: i64,
    /// How much; never negative.
    pub amount: Vnd,
}

/// A school the report is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SchoolInScope {
    /// Which.
    pub id: SchoolId,
    /// Its code.
    pub code: String,
    /// Its name.
    pub name: String,
}

/// Whose money, of which days, as known on which day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scope {
    /// The authority's code; a school's own where it asks for itself.
    pub authority_code: String,
    /// The authority's name.
    pub authority_name: String,
    /// The schools under it, in the order to show them.
    pub schools: Vec<SchoolInScope>,
    /// The days on which the money came.
    pub period: Period,
    /// The last day whose allocations count.
    pub cut_off: Day,
}

/// What counts, and from where on it is enough.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Whether counter cash and proxies count as cashless.
    pub counting: Counting,
    /// Cashless payments from which on a school counts as deployed.
    pub deployed_min_payments: u32,
    /// Percent by amount from which on the status is "met", in years without a target of their own.
    pub target_percent: u32,
    /// Targets of school years.
    pub yearly: YearlyTargets,
    /// Percent by amount from which on the status is "nearly met".
    pub near_percent: u32,
    /// Fewer pupils than this are no group that is told of above the school; 0 or 1 hides none.
    pub least_group: u32,
}

impl Settings {
    /// The same with the target of the school year a day lies in; what is nearly met is never above it.
    #[must_use]
    pub fn of_day(self, day: Day) -> Settings {
        match self.yearly.of(day) {
            None => self,
            Some(target_percent) => {
                let near_percent = self.near_percent.min(target_percent);
                Settings { target_percent, near_percent, ..self }
            }
        }
    }
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            counting: Counting { counter_cash: true, proxy: true },
            deployed_min_payments: 1,
            target_percent: 100,
            yearly: YearlyTargets::default(),
            near_percent: 90,
            least_group: 5,
        }
    }
}

/// Everything the report is made of. The order of the rows does not matter.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Facts {
    /// Money in the rates; rows outside the period are passed over.
    pub collected: Vec<Collected>,
    /// Money and dues beside the rates, already limited to the period by whoever counted them.
    pub left_out: Vec<LeftOut>,
    /// What of the dues of each school has been paid, whenever they fell due, in đồng.
    pub owed: Vec<(SchoolId, Rate)>,
}
