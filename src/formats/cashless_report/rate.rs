//! A rate as every document for programs writes it.

use serde::Serialize;

use crate::domain::cashless::{Rate, Rates};

/// How many digits a percentage has after the point.
const DIGITS: u32 = 2;

/// A rate as two whole numbers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct RateView {
    /// The part.
    pub numerator: i64,
    /// The whole; 0 where there is no data.
    pub denominator: i64,
    /// In percent with two digits, as a decimal string; null where there is no data.
    pub percent: Option<String>,
    /// The rate itself.
    #[serde(skip)]
    pub rate: Rate,
}

impl RateView {
    /// A rate.
    #[must_use]
    pub fn of(rate: Rate) -> RateView {
        RateView {
            numerator: rate.numerator(),
            denominator: rate.denominator(),
            percent: rate.percent(DIGITS).map(|percent| percent.to_string()),
            rate,
        }
    }
}

/// The four rates.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct RatesView {
    /// By money.
    pub by_amount: RateView,
    /// By pupils.
    pub by_pupil: RateView,
    /// By payments.
    pub by_payment: RateView,
    /// By schools.
    pub by_school: RateView,
}

impl RatesView {
    /// All four.
    #[must_use]
    pub fn of(rates: &Rates) -> RatesView {
        RatesView {
            by_amount: RateView::of(rates.by_amount),
            by_pupil: RateView::of(rates.by_pupil),
            by_payment: RateView::of(rates.by_payment),
            by_school: RateView::of(rates.by_school),
        }
    }
}
