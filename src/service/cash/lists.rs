//! Vouchers for people: those of some days, and one with what it paid.

use serde::Serialize;

use crate::domain::calendar::{Day, Period};
use crate::domain::diagnostic::Diagnostic;
use crate::domain::id::{PaymentId, SchoolId};
use crate::domain::money::Vnd;
use crate::service::ServiceError;
use crate::store::cash::{self, VoucherWithPayment};
use crate::store::{Store, Tx, payments};

/// From which day to which, both included; open where absent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Days {
    /// The first day.
    pub from: Option<Day>,
    /// The last day.
    pub to: Option<Day>,
}

impl Days {
    /// Refuses days that end before they start.
    pub(super) fn checked(self) -> Result<(Option<Day>, Option<Day>), ServiceError> {
        match (self.from, self.to) {
            (Some(from), Some(to)) if Period::new(from, to).is_none() => {
                Err(ServiceError::refused(Diagnostic::new(
                    "period",
                    "Khoảng ngày không hợp lệ: ngày đầu không được sau ngày cuối. Chọn lại khoảng ngày.",
                    "The period is not valid: it must not end before it starts. Choose another.",
                )))
            }
            days => Ok(days),
        }
    }
}

/// A voucher as lists show it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct VoucherView {
    /// The payment it stands for.
    #[schema(value_type = i64)]
    pub payment: PaymentId,
    /// Its number within the school's year.
    pub number: i64,
    /// The calendar year of its number.
    pub year: i32,
    /// The day it was taken.
    #[schema(value_type = String, format = Date)]
    pub received_on: Day,
    /// Who brought it.
    pub payer: String,
    /// The sum, in đồng; of a voided voucher what it was over.
    #[schema(value_type = i64)]
    pub amount: Vnd,
    /// Anything worth keeping.
    pub note: Option<String>,
    /// Whether it does not count any more.
    pub voided: bool,
    /// Who voided it.
    pub voided_by: Option<String>,
    /// Why.
    pub void_reason: Option<String>,
    /// The line of the bank by which it was carried there, where that is known.
    #[schema(value_type = Option<i64>)]
    pub deposit: Option<PaymentId>,
}

/// The vouchers of some days, voided ones too: no number is ever missing.
pub fn vouchers(
    store: &Store,
    school: SchoolId,
    days: Days,
) -> Result<Vec<VoucherView>, ServiceError> {
    let days = days.checked()?;
    store.read(|tx| {
        let carried = carriers(tx, school.0)?;
        let rows = cash::vouchers(tx, school.0, days)?;
        Ok(rows.into_iter().map(|row| view(row, &carried)).collect())
    })
}

/// One voucher, by its payment.
pub fn show(
    store: &Store,
    school: SchoolId,
    payment: PaymentId,
) -> Result<VoucherView, ServiceError> {
    store.read(|tx| {
        let carried = carriers(tx, school.0)?;
        let found = payments::voucher_of(tx, payment.0)?.filter(|row| row.school_id == school.0);
        let of = payments::payment(tx, payment.0)?;
        found.zip(of).map(|row| view(row, &carried)).ok_or_else(|| {
            ServiceError::not_found("voucher", "phiếu thu", "voucher", &payment.to_string())
        })
    })
}

/// The bank's line that carries each voucher or slip, by their payments.
pub(super) fn carriers(
    tx: &mut Tx<'_>,
    school: i64,
) -> Result<std::collections::HashMap<i64, i64>, ServiceError> {
    let lines: std::collections::HashMap<i64, i64> =
        cash::deposits_of(tx, school)?.into_iter().map(|row| (row.id, row.payment_id)).collect();
    let items = cash::items_of(tx, school)?;
    Ok(items
        .into_iter()
        .filter_map(|item| Some((item.payment_id, *lines.get(&item.deposit_id)?)))
        .collect())
}

pub(super) fn view(
    (row, payment): VoucherWithPayment,
    carried: &std::collections::HashMap<i64, i64>,
) -> VoucherView {
    VoucherView {
        payment: PaymentId(row.payment_id),
        number: row.number,
        year: row.year,
        received_on: row.received_on,
        payer: row.payer,
        amount: Vnd::new(payment.amount_dong),
        note: row.note,
        voided: row.voided_at.is_some(),
        voided_by: row.voided_by,
        void_reason: row.void_reason,
        deposit: carried.get(&row.payment_id).map(|id| PaymentId(*id)),
    }
}
