//! The cash book: what came into the till, what left it, and what should be in it.

use chrono::{NaiveDateTime, NaiveTime, TimeDelta};
use serde::Serialize;

use crate::clock::local_day;
use crate::domain::calendar::{Day, Period};
use crate::domain::diagnostic::Diagnostic;
use crate::domain::id::{PaymentId, SchoolId};
use crate::domain::money::Vnd;
use crate::service::ServiceError;
use crate::store::{Store, Tx, cash, till};

/// A line of the cash book.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct BookLine {
    /// The day.
    #[schema(value_type = String, format = Date)]
    pub day: Day,
    /// `voucher`, `voided_voucher`, `deposit` (carried to the bank), `refund` or `refund_reversed`.
    pub kind: &'static str,
    /// The voucher's number.
    pub number: Option<i64>,
    /// The payment behind it.
    #[schema(value_type = i64)]
    pub payment: PaymentId,
    /// Who brought it.
    pub payer: Option<String>,
    /// What came in, in đồng.
    #[schema(value_type = i64)]
    pub taken: Vnd,
    /// What went out, in đồng.
    #[schema(value_type = i64)]
    pub given: Vnd,
    /// What should be in the till after it.
    #[schema(value_type = i64)]
    pub balance: Vnd,
}

/// The cash book of some days.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Book {
    /// The first day.
    #[schema(value_type = String, format = Date)]
    pub from: Day,
    /// The last day.
    #[schema(value_type = String, format = Date)]
    pub to: Day,
    /// What should have been in the till before the first day.
    #[schema(value_type = i64)]
    pub opening: Vnd,
    /// What happened.
    #[schema(value_type = Vec<BookLine>)]
    pub lines: Vec<BookLine>,
    /// What came in.
    #[schema(value_type = i64)]
    pub taken: Vnd,
    /// What went out.
    #[schema(value_type = i64)]
    pub given: Vnd,
    /// What should be in the till after the last day.
    #[schema(value_type = i64)]
    pub closing: Vnd,
    /// The first of the days on which more would have gone out than there was: something is wrong.
    #[schema(value_type = Option<String>, format = Date)]
    pub negative_on: Option<Day>,
    /// Vouchers up to the last day that no line of the bank is known to carry.
    pub undeposited: i64,
    /// Their sum.
    #[schema(value_type = i64)]
    pub undeposited_amount: Vnd,
}

/// The cash book from one day to another.
pub fn book(store: &Store, school: SchoolId, from: Day, to: Day) -> Result<Book, ServiceError> {
    let period = Period::new(from, to).ok_or_else(|| {
        ServiceError::refused(Diagnostic::new(
            "period",
            "Khoảng ngày không hợp lệ: ngày đầu không được sau ngày cuối. Chọn lại khoảng ngày.",
            "The period is not valid: it must not end before it starts. Choose another.",
        ))
    })?;
    store.read(|tx| {
        let mut lines = movements(tx, school.0, period)?;
        let overflow = ServiceError::overflow;
        let opening = before(tx, school.0, from)?;
        let mut balance = opening;
        for line in &mut lines {
            balance = balance
                .checked_add(line.taken)
                .and_then(|sum| sum.checked_sub(line.given))
                .ok_or_else(overflow)?;
            line.balance = balance;
        }
        let sum = |of: fn(&BookLine) -> Vnd| Vnd::checked_sum(lines.iter().map(of));
        let taken = sum(|line| line.taken).ok_or_else(overflow)?;
        let given = sum(|line| line.given).ok_or_else(overflow)?;
        let negative_on = lines.iter().find(|line| line.balance < Vnd::ZERO).map(|line| line.day);
        let (undeposited, undeposited_dong) = till::undeposited(tx, school.0, to)?;
        Ok(Book {
            from,
            to,
            opening,
            lines,
            taken,
            given,
            closing: balance,
            negative_on,
            undeposited,
            undeposited_amount: Vnd::new(undeposited_dong),
        })
    })
}

/// When a day begins in Vietnam (+07:00), in UTC.
fn midnight(day: Day) -> NaiveDateTime {
    let midnight = day.and_time(NaiveTime::MIN);
    midnight.checked_sub_signed(TimeDelta::hours(7)).unwrap_or(NaiveDateTime::MIN)
}

/// What should have been in the till before a day.
fn before(tx: &mut Tx<'_>, school: i64, day: Day) -> Result<Vnd, ServiceError> {
    Ok(Vnd::new(till::balance_before(tx, school, (day, midnight(day)))?))
}

/// What should be in the till at the end of a day.
pub(crate) fn balance_on(tx: &mut Tx<'_>, school: i64, day: Day) -> Result<Vnd, ServiceError> {
    before(tx, school, day.succ_opt().unwrap_or(day))
}

/// What was taken between two days, and what of it or of older cash was carried to the bank then.
pub(crate) fn went_through(
    tx: &mut Tx<'_>,
    school: i64,
    (from, to): (Day, Day),
) -> Result<(Vnd, Vnd), ServiceError> {
    let (taken, carried) = till::went_through(tx, school, (from, to))?;
    Ok((Vnd::new(taken), Vnd::new(carried)))
}

/// The last day up to `day` on which anything came into the till or left it.
pub(crate) fn last_movement(
    tx: &mut Tx<'_>,
    school: i64,
    day: Day,
) -> Result<Option<Day>, ServiceError> {
    let end = midnight(day.succ_opt().unwrap_or(day));
    let (last, back) = till::last_moves(tx, school, (day, end))?;
    Ok(last.max(back.map(local_day)))
}

/// Everything of some days, in order: what came in on a day stands before what went out.
fn movements(tx: &mut Tx<'_>, school: i64, days: Period) -> Result<Vec<BookLine>, ServiceError> {
    let mut lines = Vec::new();
    for (row, payment) in cash::vouchers(tx, school, (Some(days.from()), Some(days.to())))? {
        let counts = row.voided_at.is_none();
        lines.push(BookLine {
            day: row.received_on,
            kind: if counts { "voucher" } else { "voided_voucher" },
            number: Some(row.number),
            payment: PaymentId(row.payment_id),
            payer: Some(row.payer),
            taken: if counts { Vnd::new(payment.amount_dong) } else { Vnd::ZERO },
            given: Vnd::ZERO,
            balance: Vnd::ZERO,
        });
    }
    let mut out = Vec::new();
    for row in till::carried_between(tx, school, (days.from(), days.to()))? {
        out.push(BookLine {
            day: row.booking_date,
            kind: "deposit",
            number: None,
            payment: PaymentId(row.id),
            payer: None,
            taken: Vnd::ZERO,
            given: Vnd::new(row.amount_dong),
            balance: Vnd::ZERO,
        });
    }
    for row in cash::paid_back(tx, school)? {
        let back = row.amount_dong > 0;
        let amount = Vnd::new(row.amount_dong.saturating_abs());
        out.push(BookLine {
            day: local_day(row.at),
            kind: if back { "refund" } else { "refund_reversed" },
            number: Some(row.number),
            payment: PaymentId(row.payment_id),
            payer: Some(row.payer),
            taken: if back { Vnd::ZERO } else { amount },
            given: if back { amount } else { Vnd::ZERO },
            balance: Vnd::ZERO,
        });
    }
    out.retain(|line| days.contains(line.day));
    lines.extend(out);
    // Stable: vouchers keep the order of their numbers.
    lines.sort_by_key(|line| {
        let last = !matches!(line.kind, "voucher" | "voided_voucher" | "refund_reversed");
        (line.day, last)
    });
    Ok(lines)
}
