//! Events about money, found while the ledger is written.

use std::collections::{BTreeMap, HashMap};

use serde_json::json;

use super::{EventKind, Outbox};
use crate::domain::allocation::Use;
use crate::service::ledger::{Answer, By};
use crate::service::{MACHINE, ServiceError};
use crate::store::decisions::AllocationRow;
use crate::store::fees::{self, InvoiceRow};
use crate::store::payments::{self, PaymentRow};
use crate::store::{Tx, statements};

const ABOUT_MONEY: [EventKind; 3] =
    [EventKind::PaymentSettled, EventKind::PaymentReversed, EventKind::InvoicePaid];

/// Đồng by invoice.
type Shares = BTreeMap<i64, i64>;

/// How answers change what payments pay; empty where nobody asked to be told.
pub(crate) struct Moves<'a> {
    outbox: Option<Outbox>,
    moves: Vec<Move<'a>>,
}

/// What one payment paid, and what it pays now.
struct Move<'a> {
    answer: &'a Answer,
    before: Shares,
    now: Shares,
}

impl<'a> Moves<'a> {
    /// What answers change about the ledger rows that stand. An answer that uses a payment for the
    /// same as before changes nothing, whoever gives it.
    pub fn of(
        tx: &mut Tx<'_>,
        school: i64,
        answers: &'a [Answer],
        standing: &HashMap<i64, Vec<AllocationRow>>,
    ) -> Result<Moves<'a>, ServiceError> {
        let outbox = Outbox::open(tx, school, &ABOUT_MONEY)?;
        let mut moves = Vec::new();
        if outbox.is_some() {
            for answer in answers {
                let (mut before, mut now) = (Shares::new(), Shares::new());
                for row in standing.get(&answer.payment).into_iter().flatten() {
                    if let Some(invoice) = row.invoice_id {
                        add(&mut before, invoice, row.amount_dong)?;
                    }
                }
                for used in &answer.uses {
                    if let Use::Invoice { invoice, amount } = used {
                        add(&mut now, invoice.0, amount.dong())?;
                    }
                }
                if before != now {
                    moves.push(Move { answer, before, now });
                }
            }
        }
        Ok(Moves { outbox, moves })
    }

    /// Tells what changed, once it is written; `paid` is by how much each invoice is paid more or
    /// less.
    pub fn tell(self, tx: &mut Tx<'_>, by: By<'_>, paid: &Shares) -> Result<(), ServiceError> {
        let Some(mut outbox) = self.outbox.filter(|_| !self.moves.is_empty()) else {
            return Ok(());
        };
        let ids: Vec<i64> = self.moves.iter().map(|one| one.answer.payment).collect();
        let payments: HashMap<i64, PaymentRow> =
            payments::payments_by_id(tx, &ids)?.into_iter().map(|row| (row.id, row)).collect();
        let mut ids: Vec<i64> = self
            .moves
            .iter()
            .flat_map(|one| one.before.keys().chain(one.now.keys()))
            .copied()
            .collect();
        ids.sort_unstable();
        ids.dedup();
        let invoices: BTreeMap<i64, InvoiceRow> =
            fees::invoices_by_id(tx, &ids)?.into_iter().map(|row| (row.id, row)).collect();
        for one in &self.moves {
            let Some(payment) = payments.get(&one.answer.payment) else { continue };
            for (kind, shares) in
                [(EventKind::PaymentReversed, &one.before), (EventKind::PaymentSettled, &one.now)]
            {
                if !shares.is_empty() {
                    let data =
                        payment_data(&outbox.code, payment, shares, &invoices, one.answer, by);
                    outbox.push(kind, data);
                }
            }
        }
        for invoice in invoices.values().filter(|row| is_newly_paid(row, paid)) {
            let of: Vec<i64> = self
                .moves
                .iter()
                .filter(|one| one.now.contains_key(&invoice.id))
                .map(|one| one.answer.payment)
                .collect();
            let data = json!({
                "school": outbox.code, "invoice": invoice.code, "amount": invoice.net_dong,
                "currency": "VND", "payments": of,
            });
            outbox.push(EventKind::InvoicePaid, data);
        }
        outbox.write(tx, by.at)
    }
}

fn add(shares: &mut Shares, invoice: i64, dong: i64) -> Result<(), ServiceError> {
    let share = shares.entry(invoice).or_default();
    *share = share.checked_add(dong).ok_or_else(ServiceError::overflow)?;
    Ok(())
}

/// Whether an invoice is paid in full and was not before.
fn is_newly_paid(row: &InvoiceRow, paid: &Shares) -> bool {
    let more = paid.get(&row.id).copied().unwrap_or_default();
    more > 0 && row.paid_dong == row.net_dong
}

fn payment_data(
    school: &str,
    payment: &PaymentRow,
    shares: &Shares,
    invoices: &BTreeMap<i64, InvoiceRow>,
    answer: &Answer,
    by: By<'_>,
) -> serde_json::Value {
    let code = |id: &i64| invoices.get(id).map_or("", |row| row.code.as_str());
    let shares: Vec<serde_json::Value> = shares
        .iter()
        .map(|(invoice, dong)| json!({ "invoice": code(invoice), "amount": dong }))
        .collect();
    json!({
        "school": school,
        "payment": payment.id,
        "decision": payment.decision_id,
        "amount": payment.amount_dong,
        "currency": "VND",
        "booking_date": payment.booking_date,
        "channel": payment.channel,
        "decided_by": if by.actor == MACHINE { "machine" } else { "person" },
        "rule": answer.rule,
        "invoices": shares,
    })
}

/// Tells that a statement file was committed: its statements and what became of its entries.
pub(crate) fn statement_imported(
    tx: &mut Tx<'_>,
    import: &statements::ImportRow,
    all: &[statements::StatementRow],
    counts: &serde_json::Value,
    at: chrono::NaiveDateTime,
) -> Result<(), ServiceError> {
    let kinds = [EventKind::StatementImported];
    let Some(mut outbox) = Outbox::open(tx, import.school_id, &kinds)? else { return Ok(()) };
    let sum = |of: fn(&statements::StatementRow) -> i64| {
        all.iter()
            .try_fold(0_i64, |sum, row| sum.checked_add(of(row)))
            .ok_or_else(ServiceError::overflow)
    };
    let data = json!({
        "school": outbox.code,
        "import": import.id,
        "sha256": import.sha256,
        "format": import.format,
        "statements": all.len(),
        "entries": sum(|row| row.entry_count)?,
        "credits": sum(|row| row.credits_dong)?,
        "debits": sum(|row| row.debits_dong)?,
        "currency": "VND",
        "first_day": all.iter().filter_map(|row| row.first_on).min(),
        "last_day": all.iter().filter_map(|row| row.last_on).max(),
        "counts": counts,
    });
    outbox.push(EventKind::StatementImported, data);
    outbox.write(tx, at)
}
