//! What stands of payments, and how it moves when an invoice comes down.

use std::collections::HashMap;

use chrono::NaiveDateTime;

use super::carry;
use crate::domain::allocation::Use;
use crate::domain::id::{FamilyId, InvoiceId};
use crate::domain::money::Vnd;
use crate::service::ServiceError;
use crate::service::ledger::{self, Answer, By};
use crate::store::{StoreError, Tx, corrections, decisions};

/// What each payment is used for now, the lines of one invoice added up.
pub(super) fn uses_of(
    tx: &mut Tx<'_>,
    payments: &[i64],
) -> Result<HashMap<i64, Vec<Use>>, ServiceError> {
    let mut uses: HashMap<i64, Vec<Use>> = HashMap::new();
    for row in decisions::standing_allocations(tx, payments)? {
        let amount = Vnd::new(row.amount_dong);
        let corrupt = || StoreError::Corrupt(format!("target of allocation {}", row.id));
        let stands = match row.target.as_str() {
            "invoice" => {
                Use::Invoice { invoice: InvoiceId(row.invoice_id.ok_or_else(corrupt)?), amount }
            }
            "family_credit" => {
                Use::FamilyCredit { family: FamilyId(row.family_id.ok_or_else(corrupt)?), amount }
            }
            "refund" => Use::Refund { amount },
            _ => Use::SetAside { amount },
        };
        add_use(uses.entry(row.payment_id).or_default(), stands)?;
    }
    Ok(uses)
}

/// Adds a use to others: where the money goes to the same already, it is more of it.
pub(super) fn add_use(uses: &mut Vec<Use>, new: Use) -> Result<(), ServiceError> {
    for used in uses.iter_mut() {
        let more = match (&mut *used, new) {
            (Use::Invoice { invoice, amount }, Use::Invoice { invoice: other, amount: more })
                if *invoice == other =>
            {
                Some((amount, more))
            }
            (
                Use::FamilyCredit { family, amount },
                Use::FamilyCredit { family: other, amount: more },
            ) if *family == other => Some((amount, more)),
            (Use::Refund { amount }, Use::Refund { amount: more })
            | (Use::SetAside { amount }, Use::SetAside { amount: more }) => Some((amount, more)),
            _ => None,
        };
        if let Some((amount, more)) = more {
            *amount = amount.checked_add(more).ok_or_else(ServiceError::overflow)?;
            return Ok(());
        }
    }
    uses.push(new);
    Ok(())
}

/// Where money of an invoice that came down goes to.
#[derive(Clone, Copy, Debug)]
pub(super) struct Instead {
    /// The invoice that comes down.
    pub invoice: i64,
    /// What it takes now.
    pub takes: Vnd,
    /// The invoice that takes what it gives up, and how much of it.
    pub next: Option<(i64, Vnd)>,
    /// Whose credit the rest is.
    pub family: i64,
}

/// Writes anew what stands on an invoice whose lines came down: what it does not take any more goes to
/// the next invoice, the rest is the family's credit. What came last moves first. How much moved.
pub(super) fn move_money(
    tx: &mut Tx<'_>,
    school: i64,
    instead: &Instead,
    (actor, at): (&str, NaiveDateTime),
    (rule, reason): (&str, &str),
) -> Result<Vnd, ServiceError> {
    let on = corrections::payments_on(tx, instead.invoice)?;
    let paid = Vnd::checked_sum(on.iter().map(|(_, dong)| Vnd::new(*dong)))
        .ok_or_else(ServiceError::overflow)?;
    let mut surplus = paid.checked_sub(instead.takes).ok_or_else(ServiceError::overflow)?;
    let moved = surplus.max(Vnd::ZERO);
    let mut next = instead.next;
    let payments: Vec<i64> = on.iter().map(|(payment, _)| *payment).collect();
    let mut uses = uses_of(tx, &payments)?;
    let mut answers = Vec::with_capacity(on.len());
    for (payment, dong) in on {
        let mut standing = uses.remove(&payment).unwrap_or_default();
        let gives = surplus.min(Vnd::new(dong));
        if gives.is_positive() {
            surplus = surplus.checked_sub(gives).ok_or_else(ServiceError::overflow)?;
            take_from(&mut standing, instead.invoice, gives)?;
            let mut rest = gives;
            if let Some((invoice, open)) = &mut next {
                let part = rest.min(*open);
                if part.is_positive() {
                    let invoice = InvoiceId(*invoice);
                    add_use(&mut standing, Use::Invoice { invoice, amount: part })?;
                    *open = open.checked_sub(part).ok_or_else(ServiceError::overflow)?;
                    rest = rest.checked_sub(part).ok_or_else(ServiceError::overflow)?;
                }
            }
            if rest.is_positive() {
                add_use(&mut standing, carry::credit(instead.family, rest))?;
            }
        }
        // Those that give nothing are spread over the lower lines anew.
        answers.push(Answer {
            payment,
            fresh: false,
            kind: "settled",
            rule: rule.to_owned(),
            body: serde_json::json!({ "uses": standing }).to_string(),
            uses: standing,
            channel: None,
            confidence: 0,
            note: Some(reason.to_owned()),
        });
    }
    ledger::write_dated(tx, school, &answers, By { actor, at, import: None })?;
    Ok(moved)
}

fn take_from(uses: &mut Vec<Use>, invoice: i64, gives: Vnd) -> Result<(), ServiceError> {
    for used in uses.iter_mut() {
        if let Use::Invoice { invoice: own, amount } = used
            && own.0 == invoice
        {
            *amount = amount.checked_sub(gives).ok_or_else(ServiceError::overflow)?;
        }
    }
    uses.retain(|used| !used.amount().is_zero());
    Ok(())
}
