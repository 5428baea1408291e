//! What staff and card terminals brought to the bank: each voucher and each slip counted when it was
//! taken, so the bank's line is no second income. What a person says of such a line.

mod refused;
mod view;

use serde::{Deserialize, Serialize};

use super::carried::{Carried, Kind, Scene, fact};
use crate::clock::Clock;
use crate::domain::allocation::Use;
use crate::domain::id::{PaymentId, SchoolId};
use crate::domain::money::Vnd;
use crate::domain::payout::Terms;
use crate::service::ledger::{self, Answer, By};
use crate::service::limits;
use crate::service::settle::{self, Replay};
use crate::service::{Actor, MACHINE, ServiceError, decide, directory, payouts};
use crate::store::cash::{self, DepositRow};
use crate::store::payments::{self, PaymentRow};
use crate::store::{Store, Tx, audit};

pub use view::{DepositCandidate, DepositItemView, DepositView, Deposits, OpenDepositView, list};

/// The most vouchers or slips that one deposit may be said to carry.
const MOST_ITEMS: usize = 5_000;

/// Voucher numbers that follow each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Numbers {
    /// The first.
    pub from: i64,
    /// The last, included.
    pub to: i64,
}

/// What a person says that a deposit carries: vouchers, or slips, not both.
#[derive(
    Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema, garde::Validate,
)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
pub struct Carries {
    /// Vouchers by number; voided ones among them are passed over.
    #[serde(default)]
    #[schema(value_type = Vec<Numbers>)]
    pub vouchers: Vec<Numbers>,
    /// The year of the numbers; the deposit's own where absent.
    pub year: Option<i32>,
    /// Slips of card terminals, by their payments. The bank may have kept a fee.
    #[serde(default)]
    #[schema(value_type = Vec<i64>)]
    pub slips: Vec<PaymentId>,
}

/// Why a deposit is taken apart again.
#[derive(
    Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema, garde::Validate,
)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
pub struct Release {
    /// For the history.
    #[garde(custom(limits::reason), length(chars, max = limits::TEXT))]
    pub reason: String,
    /// Whether the machine may match it again; else it stays open until a person does.
    #[serde(default)]
    pub to_machine: bool,
}

/// Says what a line of the bank carries. Refused unless it adds up. The line is no income from then
/// on, whatever its text says.
pub fn assign(
    store: &Store,
    clock: &dyn Clock,
    actor: &Actor,
    (school, payment): (SchoolId, PaymentId),
    wanted: &Carries,
) -> Result<DepositView, ServiceError> {
    let kind = match (wanted.vouchers.is_empty(), wanted.slips.is_empty()) {
        (false, true) => Kind::Cash,
        (true, false) => Kind::Pos,
        _ => return Err(refused::what()),
    };
    store.write(|tx| {
        let school_row = directory::lock_school(tx, school)?;
        let at = clock.now();
        let line = decide::load_payment(tx, school, payment, None)?;
        let accounts = crate::store::directory::bank_accounts_of(tx, school.0)?;
        let own = accounts.iter().find(|row| Some(row.id) == line.bank_account_id);
        if own.is_none_or(|row| row.gateway.is_some()) {
            return Err(refused::no_bank_line());
        }
        payouts::refuse_use(tx, line.id)?;
        let used = line.allocated_dong + line.credited_dong + line.refunded_dong;
        if line.decided_by != MACHINE && used > 0 {
            return Err(refused::used_otherwise());
        }
        let mut items = match kind {
            Kind::Cash => vouchers_meant(tx, school, &line, wanted)?,
            Kind::Pos => slips_meant(tx, school, &line, wanted)?,
        };
        if items.is_empty() || items.len() > MOST_ITEMS {
            return Err(refused::how_many(MOST_ITEMS));
        }
        items.sort_by_key(|row| row.id);
        let gross = Vnd::checked_sum(items.iter().map(|row| Vnd::new(row.amount_dong)))
            .ok_or_else(ServiceError::overflow)?;
        let amount = Vnd::new(line.amount_dong);
        let fee = gross.checked_sub(amount).ok_or_else(ServiceError::overflow)?;
        let fits = match kind {
            Kind::Cash => fee.is_zero(),
            Kind::Pos => terminal_terms().allows(gross, fee),
        };
        if !fits {
            return Err(refused::does_not_add_up(kind, gross, amount));
        }
        let ids: Vec<i64> = items.iter().map(|row| row.id).collect();
        let new = Carried { line: line.id, kind, items: ids, gross, fee };
        let scene = Scene::load(tx, school.0)?;
        let Some(gone) = make_way(&scene, &new)? else {
            return view::show(tx, school, payment);
        };
        cash::delete_deposits(tx, &gone)?;
        let (row, contents) = new.rows(tx, school.0, (actor.as_str(), at))?;
        cash::insert_deposits(tx, &[row])?;
        cash::insert_items(tx, &contents)?;
        let facts = vec![fact(actor.as_str(), "deposit.assign", line.id, &new.said())];
        audit::append(tx, school.0, at, facts)?;
        let answer = Answer {
            payment: line.id,
            fresh: line.decision_id.is_none(),
            kind: "not_income",
            rule: "cash-deposit/1".to_owned(),
            body: serde_json::json!({ "uses": [Use::SetAside { amount }] }).to_string(),
            uses: vec![Use::SetAside { amount }],
            channel: Some(kind.channel()),
            confidence: 0,
            note: None,
        };
        let by = By { actor: actor.as_str(), at, import: None };
        ledger::write_answers(tx, school.0, &[answer], by)?;
        settle::replay(tx, &school_row, &Replay::undecided(), at)?;
        view::show(tx, school, payment)
    })
}

/// What the bank of a card terminal may keep where nothing else is agreed.
const fn terminal_terms() -> Terms {
    Terms { fee: None, most_millionths: Terms::MOST_MILLIONTHS }
}

/// The deposits that have to go for a new one; `None` where it is known already. What a person said
/// of another line stands in the way.
fn make_way(scene: &Scene, new: &Carried) -> Result<Option<Vec<i64>>, ServiceError> {
    let mut gone = Vec::new();
    for row in &scene.rows {
        let own = scene.items_in(row.id);
        let same_line = row.payment_id == new.line;
        let by_person = row.decided_by != MACHINE && row.state == "matched";
        if same_line && by_person {
            if own == new.items && row.kind == new.kind.as_str() {
                return Ok(None);
            }
            return Err(refused::matched_already());
        }
        let shares = own.iter().any(|id| new.items.binary_search(id).is_ok());
        if shares && by_person {
            return Err(refused::in_another(row));
        }
        if same_line || shares {
            gone.push(row.id);
        }
    }
    Ok(Some(gone))
}

fn vouchers_meant(
    tx: &mut Tx<'_>,
    school: SchoolId,
    line: &PaymentRow,
    wanted: &Carries,
) -> Result<Vec<PaymentRow>, ServiceError> {
    use chrono::Datelike as _;
    let year = wanted.year.unwrap_or_else(|| line.booking_date.year());
    let all = cash::vouchers(tx, school.0, (None, None))?;
    let meant =
        |number: i64| wanted.vouchers.iter().any(|range| (range.from..=range.to).contains(&number));
    for range in &wanted.vouchers {
        for number in [range.from, range.to] {
            let known = all.iter().any(|(row, _)| row.year == year && row.number == number);
            if !known || range.from > range.to {
                return Err(refused::no_voucher(number, year));
            }
        }
    }
    let mut found = Vec::new();
    for (row, payment) in all {
        if row.year != year || !meant(row.number) || row.voided_at.is_some() {
            continue;
        }
        if row.received_on > line.booking_date {
            return Err(refused::taken_later(&format!("{}/{year}", row.number), row.received_on));
        }
        found.push(payment);
    }
    Ok(found)
}

fn slips_meant(
    tx: &mut Tx<'_>,
    school: SchoolId,
    line: &PaymentRow,
    wanted: &Carries,
) -> Result<Vec<PaymentRow>, ServiceError> {
    let mut ids: Vec<i64> = wanted.slips.iter().map(|id| id.0).collect();
    ids.sort_unstable();
    ids.dedup();
    let mut found = Vec::new();
    for id in ids {
        let slip = cash::slip_of(tx, id)?
            .filter(|row| row.school_id == school.0 && row.voided_at.is_none())
            .ok_or_else(|| {
                ServiceError::not_found("slip", "phiếu quẹt thẻ", "card slip", &id.to_string())
            })?;
        if slip.paid_on > line.booking_date {
            return Err(refused::taken_later(&slip.slip, slip.paid_on));
        }
        found.extend(payments::payment(tx, id)?);
    }
    Ok(found)
}

/// Takes a deposit apart. The line is decided like any other again, and stays open until a person
/// matches it, unless the machine may.
pub fn release(
    store: &Store,
    clock: &dyn Clock,
    actor: &Actor,
    (school, payment): (SchoolId, PaymentId),
    wanted: &Release,
) -> Result<Deposits, ServiceError> {
    let reason = wanted.reason.trim();
    if reason.is_empty() {
        return Err(decide::reason_needed());
    }
    store.write(|tx| {
        let school_row = directory::lock_school(tx, school)?;
        let at = clock.now();
        let line = decide::load_payment(tx, school, payment, None)?;
        let row = cash::deposit_of(tx, line.id)?.ok_or_else(refused::not_matched)?;
        if row.state == "matched" || wanted.to_machine {
            let items: Vec<i64> = cash::items_of(tx, school.0)?
                .into_iter()
                .filter(|item| item.deposit_id == row.id)
                .map(|item| item.payment_id)
                .collect();
            cash::delete_deposits(tx, &[row.id])?;
            let said_by_person = row.state == "matched" && row.decided_by != MACHINE;
            if !wanted.to_machine {
                let released = DepositRow {
                    id: tx.next_id()?,
                    state: "released".to_owned(),
                    gross_dong: 0,
                    fee_dong: 0,
                    decided_by: actor.as_str().to_owned(),
                    decided_at: at,
                    note: Some(reason.to_owned()),
                    ..row
                };
                cash::insert_deposits(tx, &[released])?;
            }
            let detail = serde_json::json!({
                "items": items, "reason": reason, "to_machine": wanted.to_machine,
            });
            let facts = vec![fact(actor.as_str(), "deposit.release", line.id, &detail)];
            audit::append(tx, school.0, at, facts)?;
            if said_by_person {
                let answer = Answer {
                    payment: line.id,
                    fresh: false,
                    kind: "unmatched",
                    rule: "deposit-released/1".to_owned(),
                    body: serde_json::json!({ "uses": [] }).to_string(),
                    uses: Vec::new(),
                    channel: None,
                    confidence: 0,
                    note: Some(reason.to_owned()),
                };
                let by = By { actor: actor.as_str(), at, import: None };
                ledger::write_answers(tx, school.0, &[answer], by)?;
                payments::hand_to_machine(tx, line.id)?;
            }
            settle::replay(tx, &school_row, &Replay::undecided(), at)?;
        }
        view::of_line(tx, school, payment)
    })
}

/// Refuses to use a matched deposit for anything: what it carries counted when it was taken.
pub(crate) fn refuse_use(tx: &mut Tx<'_>, payment: i64) -> Result<(), ServiceError> {
    match cash::deposit_of(tx, payment)? {
        Some(row) if row.state == "matched" => Err(refused::is_deposit(&row)),
        _ => Ok(()),
    }
}

/// Refuses to void what a person said a deposit carries; what the machine found is found again.
pub(super) fn refuse_voiding(tx: &mut Tx<'_>, payment: i64) -> Result<(), ServiceError> {
    match cash::carried_by(tx, payment)? {
        Some(row) if row.decided_by != MACHINE => Err(refused::in_another(&row)),
        _ => Ok(()),
    }
}
