//! What a gateway keeps.

use crate::domain::money::Vnd;

/// Millionths of a whole.
pub(super) const WHOLE: i128 = 1_000_000;

/// What a gateway keeps of each payment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fee {
    /// Of the amount, in millionths; 11,000 is 1.1 %.
    pub millionths: i64,
    /// For each payment, in đồng.
    pub dong: i64,
}

impl Fee {
    /// The fee of so many payments of this sum, rounded half up to the đồng.
    #[must_use]
    pub fn of(self, amount: i128, payments: i128) -> i128 {
        half_up(amount * i128::from(self.millionths)) + i128::from(self.dong) * payments
    }
}

/// What is agreed with a gateway.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Terms {
    /// The fee, where it is known.
    pub fee: Option<Fee>,
    /// The highest share of a sum that a fee may be, in millionths.
    pub most_millionths: i64,
}

impl Terms {
    /// The highest share where nobody said anything: the dearest card fees, tax included.
    pub const MOST_MILLIONTHS: i64 = 35_000;

    /// What is left of a sum that nobody said anything about.
    #[must_use]
    pub const fn unknown() -> Terms {
        Terms { fee: None, most_millionths: Terms::MOST_MILLIONTHS }
    }

    /// Whether a fee is one that the gateway may keep of a sum.
    #[must_use]
    pub fn allows(self, gross: Vnd, fee: Vnd) -> bool {
        let (gross, fee) = (i128::from(gross.dong()), i128::from(fee.dong()));
        gross > 0 && fee >= 0 && fee * WHOLE <= gross * i128::from(self.most_millionths)
    }
}

fn half_up(millionths: i128) -> i128 {
    (millionths + WHOLE / 2).div_euclid(WHOLE)
}
