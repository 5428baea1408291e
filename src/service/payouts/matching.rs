//! Matches what gateways paid out to what they collected, whenever either changes, and writes only
//! what differs. What a person matched or took back stands.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use chrono::NaiveDateTime;

use super::scene::Scene;
use crate::domain::calendar::Day;
use crate::domain::matching::decision::{Decision, DecisionKind};
use crate::domain::matching::payouts::{RULE, payout_decision};
use crate::domain::matching::returns::hold_back;
use crate::domain::matching::{Book, reasons};
use crate::domain::money::Vnd;
use crate::domain::payout::{Item, Line, Outcome, Run, match_payouts, whole_day_amounts};
use crate::service::entry::{Accounts, payment_facts};
use crate::service::{MACHINE, ServiceError};
use crate::store::audit::{self, AuditFact};
use crate::store::payments::{self, PaymentRow, UNDECIDED};
use crate::store::payouts::{self, PayoutItemRow, PayoutRow};
use crate::store::{Tx, decisions};

/// What a line is, as far as gateways tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fate {
    /// A payout, whatever else its text says.
    Payout,
    /// It names a gateway, has a code, and is not matched.
    Perhaps,
    /// A payout by its amount, if nothing else speaks for it.
    ByAmount,
}

/// A payout and its payments.
#[derive(Debug)]
struct Found {
    payment: i64,
    account: i64,
    run: Run,
}

/// What was found before anything is decided.
#[derive(Debug, Default)]
pub(crate) struct PaidOut {
    /// Whether the school has an account at a gateway.
    any: bool,
    fates: HashMap<i64, Fate>,
    found: Vec<Found>,
    /// A person's matches that rest on payments that are no more.
    broken: BTreeSet<i64>,
    /// The first day of a machine's decision that does not fit what its line is now.
    pub changed_from: Option<Day>,
}

impl PaidOut {
    /// The decision about a payment, given what the matcher says of it alone.
    pub fn settle(&self, payment: i64, amount: Vnd, alone: impl FnOnce() -> Decision) -> Decision {
        match self.fates.get(&payment) {
            Some(Fate::Payout) => payout_decision(amount),
            Some(Fate::Perhaps) => hold_back(alone(), amount, reasons::perhaps_payout()),
            Some(Fate::ByAmount) => {
                let alone = alone();
                let silent = alone.kind == DecisionKind::Unmatched;
                if silent { payout_decision(amount) } else { alone }
            }
            None => alone(),
        }
    }

    fn changed(&mut self, day: Day) {
        self.changed_from = Some(self.changed_from.map_or(day, |first| first.min(day)));
    }
}

/// Looks at everything a school's gateways collected and paid out. The school's row is locked.
pub(crate) fn find(
    tx: &mut Tx<'_>,
    school: i64,
    book: &Book,
    (accounts, in_doubt): (&Accounts, &HashSet<i64>),
) -> Result<PaidOut, ServiceError> {
    if !accounts.values().any(|account| account.gateway) {
        return Ok(PaidOut::default());
    }
    let Some(scene) = Scene::load(tx, school, accounts, true)? else {
        return Ok(PaidOut::default());
    };
    let mut paid_out = PaidOut { any: true, ..PaidOut::default() };
    let mut kept: HashSet<i64> = HashSet::new();
    let mut taken: HashSet<i64> = HashSet::new();
    let mut released: HashSet<i64> = HashSet::new();
    for row in scene.rows.iter().filter(|row| row.decided_by != MACHINE) {
        let items = scene.items_in(row.id);
        if !scene.holds(row) {
            paid_out.broken.insert(row.id);
        } else if row.state == "released" {
            released.insert(row.payment_id);
        } else {
            kept.insert(row.payment_id);
            taken.extend(items);
        }
    }
    let machines: HashSet<i64> = scene
        .rows
        .iter()
        .filter(|row| row.decided_by == MACHINE)
        .map(|row| row.payment_id)
        .collect();
    let mut by_account: BTreeMap<i64, (Vec<Item>, Vec<Line>)> = BTreeMap::new();
    let mut amounts: HashMap<i64, HashSet<i64>> = HashMap::new();
    for gateway in &scene.gateways {
        let items =
            scene.items(gateway.account.id, |id| taken.contains(&id) || in_doubt.contains(&id));
        if gateway.terms.fee.is_some() {
            amounts.insert(gateway.account.id, whole_day_amounts(&items, gateway.terms));
        }
        by_account.insert(gateway.account.id, (items, Vec::new()));
    }
    for line in scene.lines.values() {
        let id = line.row.id;
        let free = !kept.contains(&id) && !released.contains(&id) && !in_doubt.contains(&id);
        if !free || line.is_used_by_person() {
            continue;
        }
        if line.gateway.is_some() {
            let account = scene.account_of(line);
            if let Some((_, lines)) = account.and_then(|account| by_account.get_mut(&account)) {
                lines.push(line.facts());
            }
            continue;
        }
        let open = UNDECIDED.contains(&line.row.decision_kind.as_str()) || machines.contains(&id);
        if !open || line.row.decided_by != MACHINE {
            continue;
        }
        let at: Vec<i64> = amounts
            .iter()
            .filter(|(_, amounts)| amounts.contains(&line.row.amount_dong))
            .map(|(account, _)| *account)
            .collect();
        if at.is_empty() || !book.finds_nothing(&payment_facts(&line.entry, accounts)?) {
            continue;
        }
        for account in at {
            if let Some((_, lines)) = by_account.get_mut(&account) {
                lines.push(line.facts());
            }
        }
    }
    for gateway in &scene.gateways {
        let Some((items, lines)) = by_account.get(&gateway.account.id) else { continue };
        for (payment, outcome) in match_payouts(items, lines, gateway.terms) {
            if let Outcome::Matched(run) = outcome {
                paid_out.found.push(Found { payment, account: gateway.account.id, run });
            }
        }
    }
    // What two gateways may have paid out is certain for neither.
    let mut times: HashMap<i64, usize> = HashMap::new();
    for found in &paid_out.found {
        *times.entry(found.payment).or_default() += 1;
    }
    paid_out.found.retain(|found| times.get(&found.payment) == Some(&1));

    let matched: HashSet<i64> = paid_out.found.iter().map(|found| found.payment).collect();
    for line in scene.lines.values() {
        let id = line.row.id;
        let fate = if kept.contains(&id) || (line.gateway.is_some() && matched.contains(&id)) {
            Fate::Payout
        } else if line.gateway.is_some() {
            let coded = book.finds_code(&payment_facts(&line.entry, accounts)?);
            if coded { Fate::Perhaps } else { Fate::Payout }
        } else if matched.contains(&id) {
            Fate::ByAmount
        } else {
            continue;
        };
        paid_out.fates.insert(id, fate);
    }
    look_for_changes(tx, &scene, &mut paid_out)?;
    Ok(paid_out)
}

/// Finds the first day on which the machine decided otherwise than it would now.
fn look_for_changes(
    tx: &mut Tx<'_>,
    scene: &Scene,
    paid_out: &mut PaidOut,
) -> Result<(), ServiceError> {
    let mut no_more: Vec<(i64, Day)> = Vec::new();
    for line in scene.lines.values() {
        let row = &line.row;
        let (Some(decision), true) = (row.decision_id, row.decided_by == MACHINE) else { continue };
        let kind = row.decision_kind.as_str();
        let differs = match paid_out.fates.get(&row.id) {
            Some(Fate::Payout) => kind != "not_income" && kind != "returned",
            Some(Fate::Perhaps) => matches!(kind, "settled" | "not_income"),
            Some(Fate::ByAmount) => kind == "unmatched",
            None => {
                if kind == "not_income" && scene.is_known(row.id) {
                    no_more.push((decision, row.booking_date));
                }
                false
            }
        };
        if differs {
            paid_out.changed(row.booking_date);
        }
    }
    let ids: Vec<i64> = no_more.iter().map(|(decision, _)| *decision).collect();
    for row in decisions::decisions_by_id(tx, &ids)? {
        let day = no_more.iter().find(|(decision, _)| *decision == row.id).map(|(_, day)| *day);
        if let (true, Some(day)) = (row.rule == RULE, day) {
            paid_out.changed(day);
        }
    }
    Ok(())
}

/// Makes the books say what was found, after the decisions are written.
pub(crate) fn write(
    tx: &mut Tx<'_>,
    school: i64,
    paid_out: &PaidOut,
    at: NaiveDateTime,
) -> Result<(), ServiceError> {
    if !paid_out.any {
        return Ok(());
    }
    let ids: Vec<i64> = paid_out.found.iter().map(|found| found.payment).collect();
    let stands: HashMap<i64, PaymentRow> =
        payments::payments_by_id(tx, &ids)?.into_iter().map(|row| (row.id, row)).collect();
    let mut wanted: BTreeMap<i64, &Found> = BTreeMap::new();
    for found in &paid_out.found {
        let Some(row) = stands.get(&found.payment) else { continue };
        let used = row.allocated_dong + row.credited_dong + row.refunded_dong > 0;
        if !used && (row.decision_kind == "not_income" || row.decided_by != MACHINE) {
            wanted.insert(found.payment, found);
        }
    }
    let mut contents: HashMap<i64, Vec<i64>> = HashMap::new();
    for item in payouts::items_of(tx, school)? {
        contents.entry(item.payout_id).or_default().push(item.payment_id);
    }
    let mut gone = Vec::new();
    let mut facts = Vec::new();
    for row in payouts::payouts_of(tx, school)? {
        let items = contents.remove(&row.id).unwrap_or_default();
        if row.decided_by != MACHINE {
            if !paid_out.broken.contains(&row.id) {
                wanted.remove(&row.payment_id);
                continue;
            }
        } else if let Some(found) = wanted.get(&row.payment_id)
            && found.account == row.bank_account_id
            && found.run.items == items
            && found.run.fee.dong() == row.fee_dong
        {
            wanted.remove(&row.payment_id);
            continue;
        }
        gone.push(row.id);
        facts.push(fact(
            MACHINE,
            "payout.open",
            row.payment_id,
            &serde_json::json!({ "items": items }),
        ));
    }
    payouts::delete_payouts(tx, &gone)?;
    let (mut rows, mut items) = (Vec::new(), Vec::new());
    for (payment, found) in wanted {
        let row = add(tx, school, (payment, found.account), &found.run, (MACHINE, at))?;
        facts.push(fact(MACHINE, "payout.match", payment, &said(&found.run)));
        rows.push(row.0);
        items.extend(row.1);
    }
    payouts::insert_payouts(tx, &rows)?;
    payouts::insert_items(tx, &items)?;
    Ok(audit::append(tx, school, at, facts)?)
}

/// The rows of a matched payout.
pub(super) fn add(
    tx: &mut Tx<'_>,
    school: i64,
    (payment, account): (i64, i64),
    run: &Run,
    (by, at): (&str, NaiveDateTime),
) -> Result<(PayoutRow, Vec<PayoutItemRow>), ServiceError> {
    let row = PayoutRow {
        id: tx.next_id()?,
        school_id: school,
        payment_id: payment,
        bank_account_id: account,
        state: "matched".to_owned(),
        gross_dong: run.gross.dong(),
        fee_dong: run.fee.dong(),
        decided_by: by.to_owned(),
        decided_at: at,
        note: None,
    };
    let mut items = Vec::with_capacity(run.items.len());
    for item in &run.items {
        items.push(PayoutItemRow {
            id: tx.next_id()?,
            school_id: school,
            payout_id: row.id,
            payment_id: *item,
        });
    }
    Ok((row, items))
}

/// What the audit record of a match says.
pub(super) fn said(run: &Run) -> serde_json::Value {
    serde_json::json!({ "fee": run.fee, "gross": run.gross, "items": run.items })
}

/// An audit record about a payout.
pub(super) fn fact(
    actor: &str,
    action: &'static str,
    payment: i64,
    detail: &serde_json::Value,
) -> AuditFact {
    AuditFact {
        actor: actor.to_owned(),
        action,
        subject_kind: "payment",
        subject_id: payment,
        detail: detail.to_string(),
    }
}
