//! Credit is carried to what is owed next, by itself and visibly: each payment that kept some for its
//! family gives it to the family's invoices, first due first.

use std::collections::{BTreeMap, HashMap};

use chrono::NaiveDateTime;

use crate::domain::allocation::Use;
use crate::domain::calendar::Day;
use crate::domain::id::{FamilyId, InvoiceId, SchoolId};
use crate::domain::money::Vnd;
use crate::service::ServiceError;
use crate::service::ledger::{self, Answer, By};
use crate::store::{Tx, corrections};

use super::corrections::uses_of;

/// What an invoice still takes, and whose it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Due {
    pub invoice: i64,
    pub family: i64,
    pub last_day: Option<Day>,
    /// The student's code: brothers and sisters with the same day are taken in its order.
    pub code: String,
    pub open: Vnd,
}

/// What of the families' credit is used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Carried {
    pub used: Vnd,
    pub families: u64,
}

/// From which payment how much goes to which invoice.
struct Share {
    payment: i64,
    family: i64,
    invoice: i64,
    amount: Vnd,
}

/// What carrying would use.
pub(super) fn preview(
    tx: &mut Tx<'_>,
    school: SchoolId,
    dues: &[Due],
) -> Result<Carried, ServiceError> {
    summed(&shares(tx, school, dues)?)
}

/// Uses the families' credit for what they owe. The payment keeps its whole history: the credit is
/// reversed, and what it pays is written beside.
pub(super) fn use_credit(
    tx: &mut Tx<'_>,
    school: SchoolId,
    dues: &[Due],
    (actor, at): (&str, NaiveDateTime),
) -> Result<Carried, ServiceError> {
    let shares = shares(tx, school, dues)?;
    let carried = summed(&shares)?;
    let mut by_payment: BTreeMap<i64, Vec<&Share>> = BTreeMap::new();
    for share in &shares {
        by_payment.entry(share.payment).or_default().push(share);
    }
    let payments: Vec<i64> = by_payment.keys().copied().collect();
    let mut uses = uses_of(tx, &payments)?;
    let mut answers = Vec::with_capacity(by_payment.len());
    for (payment, shares) in by_payment {
        let mut standing = uses.remove(&payment).unwrap_or_default();
        for share in shares {
            take_credit(&mut standing, share.family, share.amount)?;
            super::corrections::add_use(
                &mut standing,
                Use::Invoice { invoice: InvoiceId(share.invoice), amount: share.amount },
            )?;
        }
        answers.push(Answer {
            payment,
            fresh: false,
            kind: "settled",
            rule: "credit-carried/1".to_owned(),
            body: serde_json::json!({ "uses": standing }).to_string(),
            uses: standing,
            channel: None,
            confidence: 0,
            note: None,
        });
    }
    ledger::write_dated(tx, school.0, &answers, By { actor, at, import: None })?;
    Ok(carried)
}

/// Takes some of what a payment keeps for a family.
pub(super) fn take_credit(
    uses: &mut Vec<Use>,
    family: i64,
    amount: Vnd,
) -> Result<(), ServiceError> {
    let mut rest = amount;
    for used in uses.iter_mut() {
        if let Use::FamilyCredit { family: own, amount: kept } = used
            && own.0 == family
        {
            let part = rest.min(*kept);
            *kept = kept.checked_sub(part).ok_or_else(ServiceError::overflow)?;
            rest = rest.checked_sub(part).ok_or_else(ServiceError::overflow)?;
        }
    }
    uses.retain(|used| !used.amount().is_zero());
    if rest.is_zero() { Ok(()) } else { Err(too_little_credit()) }
}

pub(super) fn too_little_credit() -> ServiceError {
    ServiceError::conflict(
        "credit_exhausted",
        "Số dư của gia đình không còn đủ. Tải lại để xem số dư hiện tại.",
        "The family's credit does not suffice any more. Reload to see what is left.",
    )
}

fn shares(tx: &mut Tx<'_>, school: SchoolId, dues: &[Due]) -> Result<Vec<Share>, ServiceError> {
    let mut by_family: HashMap<i64, Vec<(&Due, Vnd)>> = HashMap::new();
    for due in dues.iter().filter(|due| due.open.is_positive()) {
        by_family.entry(due.family).or_default().push((due, due.open));
    }
    for dues in by_family.values_mut() {
        // What has no day is due last.
        dues.sort_by_key(|(due, _)| (due.last_day.is_none(), due.last_day, due.code.clone()));
    }
    let mut shares = Vec::new();
    for (payment, family, dong) in corrections::credit_of(tx, school.0)? {
        let mut left = Vnd::new(dong);
        for (due, open) in by_family.get_mut(&family).into_iter().flatten() {
            let amount = left.min(*open);
            if !amount.is_positive() {
                continue;
            }
            left = left.checked_sub(amount).ok_or_else(ServiceError::overflow)?;
            *open = open.checked_sub(amount).ok_or_else(ServiceError::overflow)?;
            shares.push(Share { payment, family, invoice: due.invoice, amount });
        }
    }
    Ok(shares)
}

fn summed(shares: &[Share]) -> Result<Carried, ServiceError> {
    let mut families: Vec<i64> = shares.iter().map(|share| share.family).collect();
    families.sort_unstable();
    families.dedup();
    Ok(Carried {
        used: Vnd::checked_sum(shares.iter().map(|share| share.amount))
            .ok_or_else(ServiceError::overflow)?,
        families: u64::try_from(families.len()).unwrap_or(u64::MAX),
    })
}

/// What a family gets back as credit.
pub(super) fn credit(family: i64, amount: Vnd) -> Use {
    Use::FamilyCredit { family: FamilyId(family), amount }
}
