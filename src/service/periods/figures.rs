//! What a close states, computed from the ledger as it stood when the month was closed. The same
//! function makes the figures and checks them later.

use std::collections::BTreeMap;

use sha2::{Digest, Sha256};

use crate::domain::money::Vnd;
use crate::domain::period::{
    ChannelFigures, Figures, ItemFigures, Month, Receivables, Sums, Till, Vouchers,
};
use crate::domain::text::hex;
use crate::service::ServiceError;
use crate::store::periods::{self, ReceivedRow, UsedRow};
use crate::store::{Tx, cash};

/// A close: its id, whose it is, which month, which version.
#[derive(Clone, Copy, Debug)]
pub(super) struct Close {
    pub id: i64,
    pub school: i64,
    pub month: Month,
    pub version: i32,
}

/// The figures of a close whose payments and invoices are written.
pub(super) fn compute(tx: &mut Tx<'_>, close: Close) -> Result<Figures, ServiceError> {
    let (received, used) = (periods::received(tx, close.id)?, periods::used(tx, close.id)?);
    let days = (close.month.first(), close.month.last());
    let vouchers = periods::vouchers(tx, (close.school, close.id), days)?;
    let owed = periods::receivables(tx, close.id)?;
    let counts = cash::counts(tx, close.school, days)?;
    let counted = counts.into_iter().rfind(|row| row.id < close.id);
    let sums = |late: bool| sums(&received, &used, late).ok_or_else(ServiceError::overflow);
    Ok(Figures {
        month: close.month.to_string(),
        version: close.version,
        own: sums(false)?,
        late: sums(true)?,
        vouchers: Vouchers { count: vouchers.count, first: vouchers.first, last: vouchers.last },
        receivables: Receivables { invoices: owed.count, amount: Vnd::new(owed.amount_dong) },
        till: counted.map(|row| Till {
            counted_on: row.counted_on,
            book: Vnd::new(row.book_dong),
            counted: Vnd::new(row.counted_dong),
        }),
    })
}

fn sums(received: &[ReceivedRow], used: &[UsedRow], late: bool) -> Option<Sums> {
    let mut channels: BTreeMap<&str, ChannelFigures> = BTreeMap::new();
    let mut items: BTreeMap<i64, Vnd> = BTreeMap::new();
    let mut sums = Sums::default();
    for row in received.iter().filter(|row| row.late == late) {
        let amount = Vnd::new(row.amount_dong);
        sums.payments = sums.payments.checked_add(row.payments)?;
        sums.received = sums.received.checked_add(amount)?;
        let new = ChannelFigures {
            channel: row.channel.clone(),
            payments: row.payments,
            received: amount,
            collected: Vnd::ZERO,
        };
        channels.insert(&row.channel, new);
    }
    for row in used.iter().filter(|row| row.late == late) {
        let amount = Vnd::new(row.amount_dong);
        let sum = match row.target.as_str() {
            "invoice" => &mut sums.collected,
            "family_credit" => &mut sums.family_credit,
            "refund" => &mut sums.refunded,
            _ => &mut sums.set_aside,
        };
        *sum = sum.checked_add(amount)?;
        if row.target == "invoice" {
            let channel = channels.get_mut(row.channel.as_str())?;
            channel.collected = channel.collected.checked_add(amount)?;
            let item = items.entry(row.fee_item_id?).or_default();
            *item = item.checked_add(amount)?;
        }
    }
    let spent = [sums.collected, sums.family_credit, sums.refunded, sums.set_aside];
    sums.unallocated = sums.received.checked_sub(Vnd::checked_sum(spent)?)?;
    sums.by_channel = channels.into_values().collect();
    sums.by_fee_item = items
        .into_iter()
        .filter(|(_, collected)| !collected.is_zero())
        .map(|(fee_item, collected)| ItemFigures { fee_item, collected })
        .collect();
    Some(sums)
}

/// The one text of figures, and its hash.
pub(super) fn written(figures: &Figures) -> (String, String) {
    let text = serde_json::to_string(figures).unwrap_or_default();
    let hash = hash_of(&text);
    (text, hash)
}

fn hash_of(text: &str) -> String {
    hex(&Sha256::digest(text.as_bytes()))
}

/// What is wrong with each close of which the ledger now says something else, or whose text does not
/// have its hash.
pub(crate) fn differing(tx: &mut Tx<'_>) -> Result<Vec<String>, ServiceError> {
    let mut faults = Vec::new();
    for row in periods::closes_of(tx, 0)? {
        let name = format!("close {} of {}", row.version, row.month.format("%Y-%m"));
        if hash_of(&row.figures) != row.sha256 {
            faults.push(format!("{name}: row {}, its figures do not have their hash", row.id));
            continue;
        }
        let Some(month) = Month::of(row.month) else { continue };
        let close = Close { id: row.id, school: row.school_id, month, version: row.version };
        if written(&compute(tx, close)?).0 != row.figures {
            faults.push(format!("{name}: row {}, the ledger gives other figures", row.id));
        }
    }
    Ok(faults)
}
