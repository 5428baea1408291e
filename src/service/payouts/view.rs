//! Payouts as people and programs see them.

use std::collections::{BTreeMap, HashMap, HashSet};

use serde::Serialize;

use super::scene::{BankLine, Gateway, Scene};
use crate::domain::calendar::Day;
use crate::domain::id::{PaymentId, SchoolId};
use crate::domain::money::Vnd;
use crate::domain::payout::{Outcome, Why, match_payouts};
use crate::service::{ServiceError, entry};
use crate::store::payouts::{self, PayoutRow};
use crate::store::{Store, Tx, rulings};

/// What a school's gateways paid out, and what they did not yet.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Payouts {
    /// Payouts with the payments they contain, in the order of their days.
    #[schema(value_type = Vec<PayoutView>)]
    pub matched: Vec<PayoutView>,
    /// Lines that are payouts by their text, and whose payments are not certain.
    #[schema(value_type = Vec<OpenPayoutView>)]
    pub open: Vec<OpenPayoutView>,
    /// What each gateway owes the school.
    #[schema(value_type = Vec<GatewayView>)]
    pub gateways: Vec<GatewayView>,
}

/// A payout.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct PayoutView {
    /// The payment that arrived at the bank.
    #[schema(value_type = i64)]
    pub payment: PaymentId,
    /// The bank's day.
    #[schema(value_type = String, format = Date)]
    pub day: Day,
    /// `vnpay`, `momo` or `zalopay`.
    pub gateway: String,
    /// The merchant's code there.
    pub merchant: String,
    /// What arrived.
    #[schema(value_type = i64)]
    pub amount: Vnd,
    /// What the payments add up to.
    #[schema(value_type = i64)]
    pub gross: Vnd,
    /// What the gateway kept.
    #[schema(value_type = i64)]
    pub fee: Vnd,
    /// Who matched it.
    pub decided_by: String,
    /// The payments.
    #[schema(value_type = Vec<PayoutItemView>)]
    pub items: Vec<PayoutItemView>,
}

/// A payment in a payout.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct PayoutItemView {
    /// Which.
    #[schema(value_type = i64)]
    pub payment: PaymentId,
    /// The gateway's day.
    #[schema(value_type = String, format = Date)]
    pub day: Day,
    /// How much; less than nothing where it was given back.
    #[schema(value_type = i64)]
    pub amount: Vnd,
    /// The order, as the school named it.
    pub order: Option<String>,
    /// The gateway's number of it.
    pub reference: Option<String>,
}

/// A payout that is not certain.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct OpenPayoutView {
    /// The payment that arrived at the bank.
    #[schema(value_type = i64)]
    pub payment: PaymentId,
    /// The bank's day.
    #[schema(value_type = String, format = Date)]
    pub day: Day,
    /// `vnpay`, `momo` or `zalopay`; none where a person took back what was matched by its amount.
    pub gateway: Option<String>,
    /// What arrived.
    #[schema(value_type = i64)]
    pub amount: Vnd,
    /// The transfer's text.
    pub text: Option<String>,
    /// `nothing_fits`, `several_fit`, `another_payout`, `which_account`, `in_doubt` or `released`.
    pub why: String,
    /// Why a person took the match back.
    pub note: Option<String>,
    /// What it may be, at most five.
    #[schema(value_type = Vec<CandidateView>)]
    pub candidates: Vec<CandidateView>,
}

/// Payments that a payout may contain.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct CandidateView {
    /// The payments.
    #[schema(value_type = Vec<i64>)]
    pub payments: Vec<PaymentId>,
    /// What they add up to.
    #[schema(value_type = i64)]
    pub gross: Vnd,
    /// What the gateway would have kept.
    #[schema(value_type = i64)]
    pub fee: Vnd,
}

/// An account at a gateway: what is there, and what is agreed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct GatewayView {
    /// `vnpay`, `momo` or `zalopay`.
    pub gateway: String,
    /// The merchant's code.
    pub merchant: String,
    /// What payers paid.
    #[schema(value_type = i64)]
    pub collected: Vnd,
    /// What was voided or given back.
    #[schema(value_type = i64)]
    pub reversed: Vnd,
    /// What the matched payouts contain, fees included.
    #[schema(value_type = i64)]
    pub paid_out: Vnd,
    /// What the gateway kept of it.
    #[schema(value_type = i64)]
    pub fees: Vnd,
    /// What is still there: collected, less reversed, less paid out.
    #[schema(value_type = i64)]
    pub balance: Vnd,
    /// What it keeps of each payment, in millionths of the amount, where known.
    pub fee_millionths: Option<i64>,
    /// What it keeps of each payment besides, in đồng, where known.
    pub fee_dong: Option<i64>,
    /// The highest share of a sum that its fee may be, in millionths.
    pub most_fee_millionths: i64,
}

/// Which payouts are asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Asked {
    /// Only matched ones that arrived on this day or later.
    pub from: Option<Day>,
    /// Only matched ones that arrived on this day or before.
    pub to: Option<Day>,
}

/// A school's payouts. What is open is always shown, whatever days are asked for.
pub fn list(store: &Store, school: SchoolId, asked: Asked) -> Result<Payouts, ServiceError> {
    store.read(|tx| {
        let mut all = load(tx, school)?;
        all.matched.retain(|one| {
            asked.from.is_none_or(|from| from <= one.day) && asked.to.is_none_or(|to| one.day <= to)
        });
        Ok(all)
    })
}

/// One matched payout.
pub(super) fn show(
    tx: &mut Tx<'_>,
    school: SchoolId,
    payment: PaymentId,
) -> Result<PayoutView, ServiceError> {
    let found = load(tx, school)?.matched.into_iter().find(|one| one.payment == payment);
    found.ok_or_else(|| {
        ServiceError::not_found("payout", "khoản tiền về", "payout", &payment.to_string())
    })
}

/// What is known of one line.
pub(super) fn of_line(
    tx: &mut Tx<'_>,
    school: SchoolId,
    payment: PaymentId,
) -> Result<Payouts, ServiceError> {
    let mut all = load(tx, school)?;
    all.matched.retain(|one| one.payment == payment);
    all.open.retain(|one| one.payment == payment);
    Ok(all)
}

/// One account at a gateway.
pub(super) fn gateway(
    tx: &mut Tx<'_>,
    school: SchoolId,
    account: i64,
) -> Result<GatewayView, ServiceError> {
    let rows = payouts::payouts_of(tx, school.0)?;
    let found = super::gateways_of(tx, school.0)?.into_iter().find(|one| one.account.id == account);
    let found = found.ok_or_else(|| {
        ServiceError::not_found("gateway", "cổng thanh toán", "gateway", &account.to_string())
    })?;
    balance(tx, &found, &rows)
}

fn load(tx: &mut Tx<'_>, school: SchoolId) -> Result<Payouts, ServiceError> {
    let accounts = entry::accounts(tx, school.0)?;
    let Some(scene) = Scene::load(tx, school.0, &accounts, false)? else {
        return Ok(Payouts::default());
    };
    let mut matched: Vec<PayoutView> = scene
        .rows
        .iter()
        .filter(|row| row.state == "matched")
        .filter_map(|row| matched_view(&scene, row))
        .collect();
    matched.sort_by_key(|one| (one.day, one.payment));
    let in_doubt: HashSet<i64> =
        rulings::doubts_of(tx, school.0)?.into_iter().map(|row| row.payment_id).collect();
    let mut gateways = Vec::with_capacity(scene.gateways.len());
    for one in &scene.gateways {
        gateways.push(balance(tx, one, &scene.rows)?);
    }
    Ok(Payouts { matched, open: open_views(&scene, &in_doubt), gateways })
}

fn matched_view(scene: &Scene, row: &PayoutRow) -> Option<PayoutView> {
    let line = scene.lines.get(&row.payment_id)?;
    let gateway = scene.gateways.iter().find(|one| one.account.id == row.bank_account_id)?;
    let item = |id: &i64| {
        let (payment, entry) = scene.collected.get(id)?;
        let dong = payment.amount_dong;
        Some(PayoutItemView {
            payment: PaymentId(*id),
            day: payment.booking_date,
            amount: Vnd::new(if payment.credit_debit == "debit" { -dong } else { dong }),
            order: entry.end_to_end_id.clone(),
            reference: entry.reference.clone(),
        })
    };
    Some(PayoutView {
        payment: PaymentId(row.payment_id),
        day: line.row.booking_date,
        gateway: gateway.account.gateway.clone().unwrap_or_default(),
        merchant: gateway.account.number.clone(),
        amount: Vnd::new(line.row.amount_dong),
        gross: Vnd::new(row.gross_dong),
        fee: Vnd::new(row.fee_dong),
        decided_by: row.decided_by.clone(),
        items: scene.items_in(row.id).iter().filter_map(item).collect(),
    })
}

/// Lines that are payouts and not matched, with what they may be now.
fn open_views(scene: &Scene, in_doubt: &HashSet<i64>) -> Vec<OpenPayoutView> {
    let mut taken: HashSet<i64> = HashSet::new();
    let mut stands: HashMap<i64, &PayoutRow> = HashMap::new();
    for row in &scene.rows {
        taken.extend(scene.items_in(row.id));
        stands.insert(row.payment_id, row);
    }
    let is_open = |line: &&BankLine| {
        let row = stands.get(&line.row.id);
        let released = row.is_some_and(|row| row.state == "released");
        released || (row.is_none() && line.gateway.is_some() && !line.is_used_by_person())
    };
    let open: Vec<&BankLine> = scene.lines.values().filter(is_open).collect();
    let account_of = |line: &BankLine| {
        let row = stands.get(&line.row.id).map(|row| row.bank_account_id);
        row.or_else(|| scene.account_of(line))
    };
    let mut outcomes: BTreeMap<i64, Outcome> = BTreeMap::new();
    for gateway in &scene.gateways {
        let of_gateway = |line: &&BankLine| account_of(line) == Some(gateway.account.id);
        let lines: Vec<_> = open.iter().copied().filter(of_gateway).map(BankLine::facts).collect();
        let free = |id: i64| taken.contains(&id) || in_doubt.contains(&id);
        let items = scene.items(gateway.account.id, free);
        outcomes.extend(match_payouts(&items, &lines, gateway.terms));
    }
    let mut views: Vec<OpenPayoutView> = open
        .into_iter()
        .map(|line| {
            let id = line.row.id;
            let (why, runs) = match outcomes.remove(&id) {
                None => (Why::WhichAccount, Vec::new()),
                Some(Outcome::Open(why, runs)) => (why, runs),
                Some(Outcome::Matched(run)) => (Why::AnotherPayout, vec![run]),
            };
            let row = stands.get(&id);
            let why = match row {
                Some(_) => Why::Released,
                None if in_doubt.contains(&id) => Why::InDoubt,
                None => why,
            };
            OpenPayoutView {
                payment: PaymentId(id),
                day: line.row.booking_date,
                gateway: line.gateway.map(|provider| provider.as_str().to_owned()),
                amount: Vnd::new(line.row.amount_dong),
                text: line.entry.remittance.clone(),
                why: why.as_str().to_owned(),
                note: row.and_then(|row| row.note.clone()),
                candidates: runs
                    .into_iter()
                    .map(|run| CandidateView {
                        payments: run.items.into_iter().map(PaymentId).collect(),
                        gross: run.gross,
                        fee: run.fee,
                    })
                    .collect(),
            }
        })
        .collect();
    views.sort_by_key(|one| (one.day, one.payment));
    views
}

fn balance(
    tx: &mut Tx<'_>,
    gateway: &Gateway,
    rows: &[PayoutRow],
) -> Result<GatewayView, ServiceError> {
    let account = gateway.account.id;
    let (collected, reversed) = payouts::sums_of(tx, account)?;
    let of = || rows.iter().filter(|row| row.bank_account_id == account);
    let sum = |amounts: &mut dyn Iterator<Item = i64>| {
        Vnd::checked_sum(amounts.map(Vnd::new)).ok_or_else(ServiceError::overflow)
    };
    let paid_out = sum(&mut of().map(|row| row.gross_dong))?;
    let fees = sum(&mut of().map(|row| row.fee_dong))?;
    let left = Vnd::new(collected)
        .checked_sub(Vnd::new(reversed))
        .and_then(|left| left.checked_sub(paid_out))
        .ok_or_else(ServiceError::overflow)?;
    let agreed = gateway.agreed.as_ref();
    Ok(GatewayView {
        gateway: gateway.account.gateway.clone().unwrap_or_default(),
        merchant: gateway.account.number.clone(),
        collected: Vnd::new(collected),
        reversed: Vnd::new(reversed),
        paid_out,
        fees,
        balance: left,
        fee_millionths: agreed.and_then(|row| row.fee_millionths),
        fee_dong: agreed.and_then(|row| row.fee_dong),
        most_fee_millionths: gateway.terms.most_millionths,
    })
}
