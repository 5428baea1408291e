//! Deposits for people: what each carries, what is not certain, what is still in the till.

use std::collections::{BTreeMap, HashMap};

use serde::Serialize;

use super::{Kind, Scene};
use crate::domain::calendar::Day;
use crate::domain::deposit::Outcome;
use crate::domain::id::{PaymentId, SchoolId};
use crate::domain::money::Vnd;
use crate::service::ServiceError;
use crate::service::cash::Days;
use crate::store::cash::{self, DepositRow};
use crate::store::payments::PaymentRow;
use crate::store::{Store, Tx};

/// What staff and card terminals brought to the bank.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Deposits {
    /// Lines of the bank whose contents are known.
    #[schema(value_type = Vec<DepositView>)]
    pub matched: Vec<DepositView>,
    /// Lines that are deposits and whose contents are not certain.
    #[schema(value_type = Vec<OpenDepositView>)]
    pub open: Vec<OpenDepositView>,
    /// Vouchers that no line is known to carry.
    pub undeposited: i64,
    /// Their sum, in đồng.
    #[schema(value_type = i64)]
    pub undeposited_amount: Vnd,
    /// Slips that no line is known to settle.
    pub unsettled_slips: i64,
    /// Their sum, in đồng.
    #[schema(value_type = i64)]
    pub unsettled_slips_amount: Vnd,
}

/// A line of the bank and what it carries.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct DepositView {
    /// The payment at the bank.
    #[schema(value_type = i64)]
    pub payment: PaymentId,
    /// The bank's day.
    #[schema(value_type = String, format = Date)]
    pub day: Day,
    /// `cash`, or `pos` for a card terminal's payout.
    pub kind: String,
    /// What arrived.
    #[schema(value_type = i64)]
    pub amount: Vnd,
    /// What the vouchers or slips add up to.
    #[schema(value_type = i64)]
    pub gross: Vnd,
    /// What the terminal's bank kept.
    #[schema(value_type = i64)]
    pub fee: Vnd,
    /// Who matched it.
    pub decided_by: String,
    /// The vouchers or slips.
    #[schema(value_type = Vec<DepositItemView>)]
    pub items: Vec<DepositItemView>,
}

/// A voucher or a slip in a deposit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct DepositItemView {
    /// Its payment.
    #[schema(value_type = i64)]
    pub payment: PaymentId,
    /// The day it was taken.
    #[schema(value_type = String, format = Date)]
    pub day: Day,
    /// The voucher's number and year, or the slip's number.
    pub number: String,
    /// How much.
    #[schema(value_type = i64)]
    pub amount: Vnd,
}

/// A deposit that is not certain.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct OpenDepositView {
    /// The payment at the bank.
    #[schema(value_type = i64)]
    pub payment: PaymentId,
    /// The bank's day.
    #[schema(value_type = String, format = Date)]
    pub day: Day,
    /// `cash`, or `pos` for a card terminal's payout.
    pub kind: String,
    /// What arrived.
    #[schema(value_type = i64)]
    pub amount: Vnd,
    /// `nothing_fits`, `several_fit`, `another_line`, `too_many`, `in_doubt` or `released`.
    pub why: String,
    /// Why a person took it apart.
    pub note: Option<String>,
    /// What it may carry, at most five; those of older vouchers first.
    #[schema(value_type = Vec<DepositCandidate>)]
    pub candidates: Vec<DepositCandidate>,
}

/// Vouchers or slips that a deposit may carry.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct DepositCandidate {
    /// Their payments.
    #[schema(value_type = Vec<i64>)]
    pub payments: Vec<PaymentId>,
    /// Their numbers.
    pub numbers: Vec<String>,
}

/// A school's deposits. What is open is always shown, whatever days are asked for.
pub fn list(store: &Store, school: SchoolId, days: Days) -> Result<Deposits, ServiceError> {
    let (from, to) = days.checked()?;
    store.read(|tx| {
        let mut all = load(tx, school)?;
        all.matched.retain(|one| {
            from.is_none_or(|from| from <= one.day) && to.is_none_or(|to| one.day <= to)
        });
        Ok(all)
    })
}

/// One deposit whose contents are known.
pub(super) fn show(
    tx: &mut Tx<'_>,
    school: SchoolId,
    payment: PaymentId,
) -> Result<DepositView, ServiceError> {
    let found = load(tx, school)?.matched.into_iter().find(|one| one.payment == payment);
    found.ok_or_else(|| {
        ServiceError::not_found("deposit", "khoản nộp", "deposit", &payment.to_string())
    })
}

/// What is known of one line.
pub(super) fn of_line(
    tx: &mut Tx<'_>,
    school: SchoolId,
    payment: PaymentId,
) -> Result<Deposits, ServiceError> {
    let mut all = load(tx, school)?;
    all.matched.retain(|one| one.payment == payment);
    all.open.retain(|one| one.payment == payment);
    Ok(all)
}

fn load(tx: &mut Tx<'_>, school: SchoolId) -> Result<Deposits, ServiceError> {
    let scene = Scene::load(tx, school.0)?;
    let mut numbers: HashMap<i64, String> = HashMap::new();
    for (row, payment) in cash::vouchers(tx, school.0, (None, None))? {
        numbers.insert(payment.id, format!("{}/{}", row.number, row.year));
    }
    for (row, payment) in cash::slips(tx, school.0, (None, None))? {
        numbers.insert(payment.id, row.slip);
    }
    let number = |id: i64| numbers.get(&id).cloned().unwrap_or_default();
    let mut matched: Vec<DepositView> = scene
        .rows
        .iter()
        .filter(|row| row.state == "matched")
        .filter_map(|row| matched_view(&scene, row, &number))
        .collect();
    matched.sort_by_key(|one| (one.day, one.payment));
    let mut open = Vec::new();
    for kind in Kind::BOTH {
        // A school that records no slips is not asked what its terminals are paid out.
        if kind == Kind::Cash || !scene.taken(kind).is_empty() {
            open.extend(open_views(&scene, kind, &number));
        }
    }
    open.sort_by_key(|one| (one.day, one.payment));
    let (undeposited, undeposited_amount) = left(&scene, Kind::Cash)?;
    let (unsettled_slips, unsettled_slips_amount) = left(&scene, Kind::Pos)?;
    Ok(Deposits {
        matched,
        open,
        undeposited,
        undeposited_amount,
        unsettled_slips,
        unsettled_slips_amount,
    })
}

fn left(scene: &Scene, kind: Kind) -> Result<(i64, Vnd), ServiceError> {
    let carried: Vec<i64> =
        scene.rows.iter().flat_map(|row| scene.items_in(row.id)).copied().collect();
    let free: Vec<Vnd> = scene
        .taken(kind)
        .iter()
        .filter(|one| !carried.contains(&one.id))
        .map(|one| one.amount)
        .collect();
    let count = i64::try_from(free.len()).unwrap_or(i64::MAX);
    Ok((count, Vnd::checked_sum(free).ok_or_else(ServiceError::overflow)?))
}

fn matched_view(
    scene: &Scene,
    row: &DepositRow,
    number: &impl Fn(i64) -> String,
) -> Option<DepositView> {
    let line = scene.lines.get(&row.payment_id)?;
    let items = scene.items_in(row.id);
    let taken = Kind::BOTH.into_iter().flat_map(|kind| scene.taken(kind));
    let mut views: Vec<DepositItemView> = taken
        .filter(|one| items.binary_search(&one.id).is_ok())
        .map(|one| DepositItemView {
            payment: PaymentId(one.id),
            day: one.day,
            number: number(one.id),
            amount: one.amount,
        })
        .collect();
    views.sort_by_key(|one| (one.day, one.payment));
    Some(DepositView {
        payment: PaymentId(row.payment_id),
        day: line.booking_date,
        kind: row.kind.clone(),
        amount: Vnd::new(line.amount_dong),
        gross: Vnd::new(row.gross_dong),
        fee: Vnd::new(row.fee_dong),
        decided_by: row.decided_by.clone(),
        items: views,
    })
}

/// Lines that are deposits of a kind and not matched, with what they may carry now.
fn open_views(scene: &Scene, kind: Kind, number: &impl Fn(i64) -> String) -> Vec<OpenDepositView> {
    let stands: BTreeMap<i64, &DepositRow> =
        scene.rows.iter().map(|row| (row.payment_id, row)).collect();
    let is_open = |line: &&PaymentRow| match stands.get(&line.id) {
        Some(row) => row.state == "released" && row.kind == kind.as_str(),
        None => scene.is_open(line, kind),
    };
    let open: Vec<&PaymentRow> = scene.lines.values().filter(is_open).collect();
    let mut outcomes = scene.outcomes(kind, open.iter().copied(), scene.rows.iter());
    let view = |line: &PaymentRow| {
        let (why, sets) = match outcomes.remove(&line.id) {
            Some(Outcome::Open(why, sets)) => (why.as_str(), sets),
            Some(Outcome::Carries(set)) => ("another_line", vec![set]),
            None => ("nothing_fits", Vec::new()),
        };
        let row = stands.get(&line.id);
        let why = match row {
            Some(_) => "released",
            None if scene.is_in_doubt(line.id) => "in_doubt",
            None => why,
        };
        OpenDepositView {
            payment: PaymentId(line.id),
            day: line.booking_date,
            kind: kind.as_str().to_owned(),
            amount: Vnd::new(line.amount_dong),
            why: why.to_owned(),
            note: row.and_then(|row| row.note.clone()),
            candidates: sets
                .into_iter()
                .map(|set| DepositCandidate {
                    numbers: set.iter().map(|id| number(*id)).collect(),
                    payments: set.into_iter().map(PaymentId).collect(),
                })
                .collect(),
        }
    };
    open.into_iter().map(view).collect()
}
