//! Vouchers and slips in pages, the last taken first, and a voucher with everything that is printed
//! on it.

use std::collections::HashMap;

use super::lists::{Days, VoucherView, view as voucher_view};
use super::slips::{SlipView, view as slip_view};
use crate::domain::calendar::Day;
use crate::domain::id::{PaymentId, SchoolId};
use crate::domain::money::Vnd;
use crate::domain::spoken;
use crate::service::ServiceError;
use crate::store::till::{self, TakenPage};
use crate::store::{Store, payments};

/// How many a page shows.
const PAGE: i64 = 50;

/// Which vouchers or slips.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Asked {
    /// Taken on which days.
    pub days: Days,
    /// A number, or a part of the payer's name; everything where empty.
    pub text: String,
    /// Taken before this one.
    pub before: Option<TakenCursor>,
}

/// Where a page begins: after a voucher or slip.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TakenCursor(Day, i64);

impl TakenCursor {
    /// The cursor as part of a link.
    #[must_use]
    pub fn encode(self) -> String {
        format!("{}.{}", self.0, self.1)
    }

    /// Reads what [`TakenCursor::encode`] wrote.
    #[must_use]
    pub fn decode(text: &str) -> Option<TakenCursor> {
        let (day, id) = text.split_once('.')?;
        Some(TakenCursor(crate::domain::calendar::parse_iso_day(day)?, id.parse().ok()?))
    }
}

/// A page of vouchers and where the next one begins.
pub fn vouchers(
    store: &Store,
    school: SchoolId,
    asked: &Asked,
) -> Result<(Vec<VoucherView>, Option<TakenCursor>), ServiceError> {
    let text = asked.text.trim().replace(['%', '_', '\\'], "");
    let number: Option<i64> = text.split('/').next().and_then(|number| number.parse().ok());
    let page = TakenPage {
        payer: Some(text.as_str()).filter(|text| !text.is_empty() && number.is_none()),
        number,
        ..page_of(asked)?
    };
    store.read(|tx| {
        let mut rows = till::vouchers_page(tx, school.0, &page)?;
        let next = next_of(&mut rows, |(row, _)| TakenCursor(row.received_on, row.id));
        let ids: Vec<i64> = rows.iter().map(|(row, _)| row.payment_id).collect();
        let carried: HashMap<i64, i64> = till::carriers_of(tx, &ids)?.into_iter().collect();
        Ok((rows.into_iter().map(|row| voucher_view(row, &carried)).collect(), next))
    })
}

/// A page of card slips and where the next one begins.
pub fn slips(
    store: &Store,
    school: SchoolId,
    asked: &Asked,
) -> Result<(Vec<SlipView>, Option<TakenCursor>), ServiceError> {
    let page = page_of(asked)?;
    store.read(|tx| {
        let mut rows = till::slips_page(tx, school.0, &page)?;
        let next = next_of(&mut rows, |(row, _)| TakenCursor(row.paid_on, row.id));
        let ids: Vec<i64> = rows.iter().map(|(row, _)| row.payment_id).collect();
        let carried: HashMap<i64, i64> = till::carriers_of(tx, &ids)?.into_iter().collect();
        let views = rows.into_iter().map(|(row, payment)| {
            let deposit = carried.get(&payment.id).map(|id| PaymentId(*id));
            slip_view(row, payment.amount_dong, deposit)
        });
        Ok((views.collect(), next))
    })
}

fn page_of(asked: &Asked) -> Result<TakenPage<'static>, ServiceError> {
    let (from, to) = asked.days.checked()?;
    let before = asked.before.map(|cursor| (cursor.0, cursor.1));
    Ok(TakenPage { from, to, before, limit: PAGE + 1, ..TakenPage::default() })
}

fn next_of<T>(rows: &mut Vec<T>, cursor: impl Fn(&T) -> TakenCursor) -> Option<TakenCursor> {
    let most = usize::try_from(PAGE).unwrap_or(usize::MAX);
    let more = rows.len() > most;
    rows.truncate(most);
    rows.last().filter(|_| more).map(cursor)
}

/// A line of a printed voucher.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PaperLine {
    /// For whom.
    pub student: String,
    /// In which class.
    pub class: String,
    /// For what.
    pub item: String,
    /// In which round.
    pub round: String,
    /// How much, in đồng.
    pub amount: Vnd,
}

/// A voucher with everything that is printed on it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Paper {
    /// The voucher.
    pub voucher: VoucherView,
    /// What it pays; nothing where it is voided.
    pub lines: Vec<PaperLine>,
    /// The sum in Vietnamese words.
    pub in_words: String,
    /// Who took it.
    pub taken_by: String,
}

/// The voucher of a payment, to be printed.
pub fn paper(store: &Store, school: SchoolId, payment: PaymentId) -> Result<Paper, ServiceError> {
    store.read(|tx| {
        let row = payments::voucher_of(tx, payment.0)?.filter(|row| row.school_id == school.0);
        let of = payments::payment(tx, payment.0)?;
        let (row, of) = row.zip(of).ok_or_else(|| {
            ServiceError::not_found("voucher", "phiếu thu", "voucher", &payment.to_string())
        })?;
        let carried: HashMap<i64, i64> = till::carriers_of(tx, &[payment.0])?.into_iter().collect();
        let taken_by = match &row.voided_by {
            Some(_) => String::new(),
            None => of.decided_by.clone(),
        };
        let lines = till::paid_lines(tx, payment.0)?;
        Ok(Paper {
            in_words: spoken::dong(Vnd::new(of.amount_dong)),
            voucher: voucher_view((row, of), &carried),
            lines: lines
                .into_iter()
                .map(|line| PaperLine {
                    student: line.student,
                    class: line.class,
                    item: line.item,
                    round: line.round,
                    amount: Vnd::new(line.amount_dong),
                })
                .collect(),
            taken_by,
        })
    })
}
