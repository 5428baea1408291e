//! An entry while it is being read, and the entries of the domain that come of it.

use rust_decimal::Decimal;

use super::message;
use super::spot::{MessageKind, Side, Spot};
use crate::domain::calendar::Day;
use crate::domain::money::Currency;
use crate::domain::statement::{CreditDebit, Entry, EntryExtras, EntryStatus};
use crate::formats::notes::Notes;

/// Details wait in memory until the entry ends, because only all of them together can be proven.
const MOST_DETAILS: usize = 100_000;

/// What `Ntry` has said so far.
#[derive(Debug, Default)]
pub struct EntryDraft {
    /// The line of the start tag.
    pub line: u64,
    pub amount: Option<(Decimal, Currency)>,
    pub direction: Option<CreditDebit>,
    pub reversal: bool,
    pub status: Option<EntryStatus>,
    pub booking: Option<Day>,
    pub value: Option<Day>,
    pub reference: Option<String>,
    pub information: Option<String>,
    pub batch_count: Option<u64>,
    /// Whether a value could not be read; the entry is then told about but not delivered.
    pub faulty: bool,
    details: Vec<Detail>,
    too_many_details: bool,
}

/// What one `TxDtls` has said.
#[derive(Debug, Default)]
pub struct Detail {
    pub amount: Option<(Decimal, Currency)>,
    pub transaction_amount: Option<(Decimal, Currency)>,
    pub direction: Option<CreditDebit>,
    pub servicer_reference: Option<String>,
    pub transaction_id: Option<String>,
    pub uetr: Option<String>,
    pub end_to_end_id: Option<String>,
    pub debtor: PartyDraft,
    pub creditor: PartyDraft,
    pub creditor_reference: Option<String>,
    pub unstructured: Option<String>,
    pub additional_remittance: Option<String>,
    pub information: Option<String>,
}

/// One side of a payment.
#[derive(Debug, Default)]
pub struct PartyDraft {
    pub name: Option<String>,
    pub account: Option<String>,
    pub bic: Option<String>,
    pub clearing_member: Option<String>,
    pub bank_name: Option<String>,
}

impl Detail {
    /// The side of a payment that `side` names.
    pub const fn party(&mut self, side: Side) -> &mut PartyDraft {
        match side {
            Side::Debtor => &mut self.debtor,
            Side::Creditor => &mut self.creditor,
        }
    }

    const fn stated_amount(&self) -> Option<(Decimal, Currency)> {
        match self.amount {
            Some(amount) => Some(amount),
            None => self.transaction_amount,
        }
    }

    /// What the payer wrote. A structured reference is the surest part of it and comes first.
    fn remittance(&mut self) -> Option<String> {
        let free = self.unstructured.take().or_else(|| self.additional_remittance.take());
        match (self.creditor_reference.take(), free) {
            (Some(reference), Some(free)) if !free.contains(&reference) => {
                Some(format!("{reference} {free}"))
            }
            (Some(reference), None) => Some(reference),
            (_, Some(free)) => Some(free),
            (None, None) => self.information.take(),
        }
    }
}

/// Joins a further part to a text with a blank: banks cut long texts into parts.
pub fn join(text: &mut Option<String>, part: Option<String>) {
    match (text.as_mut(), part) {
        (Some(text), Some(part)) => {
            text.push(' ');
            text.push_str(&part);
        }
        (None, Some(part)) => *text = Some(part),
        (_, None) => {}
    }
}

impl EntryDraft {
    /// Empties the draft for the entry whose start tag is on `line`.
    pub fn start(&mut self, line: u64) {
        let mut details = std::mem::take(&mut self.details);
        details.clear();
        *self = EntryDraft { line, details, ..EntryDraft::default() };
    }

    /// Takes a finished detail.
    pub fn add_detail(&mut self, detail: Detail) {
        if self.details.len() < MOST_DETAILS {
            self.details.push(detail);
        } else {
            self.too_many_details = true;
        }
    }

    /// The entries that the draft makes: one, or one for each detail of a batch that adds up.
    /// Notes what is missing; an entry with an error makes none.
    pub fn finish(
        &mut self,
        kind: MessageKind,
        notes: &mut Notes,
        statement: usize,
        deliver: &mut dyn FnMut(Entry),
    ) {
        let Some(core) = self.core(kind, notes, statement) else { return };
        if self.details.len() >= 2 && self.adds_up(&core) {
            for mut detail in self.details.drain(..) {
                let remittance = detail.remittance();
                let amount = detail.stated_amount().map_or(core.amount, |(amount, _)| amount);
                let direction = detail.direction.unwrap_or(core.credit_debit);
                let entry = Entry { amount, credit_debit: direction, remittance, ..core.clone() };
                deliver(with_detail(entry, detail, self.reference.as_ref(), true));
            }
            return;
        }
        let announced = self.batch_count.is_some_and(|count| count >= 2);
        if self.details.len() >= 2 || announced || self.too_many_details {
            notes.warn(message::batch_not_split(self.line).of_statement(statement));
            // Which detail is whose cannot be told, so no single payer is named.
            let mut remittance = self.information.take();
            if remittance.is_none() {
                for detail in &mut self.details {
                    join(&mut remittance, detail.remittance());
                }
            }
            deliver(Entry { remittance, reference: self.reference.take(), ..core });
            return;
        }
        let mut detail = self.details.pop().unwrap_or_default();
        let remittance = detail.remittance().or_else(|| self.information.take());
        deliver(with_detail(Entry { remittance, ..core }, detail, self.reference.as_ref(), false));
    }

    /// What all entries of this draft share, or `None` when something mandatory is missing.
    fn core(&self, kind: MessageKind, notes: &mut Notes, statement: usize) -> Option<Entry> {
        if self.faulty {
            return None;
        }
        let mut miss = |spot: Spot| {
            notes.refuse(message::missing(spot.path(), self.line).of_statement(statement));
        };
        if self.amount.is_none() {
            miss(Spot::EntryAmount);
        }
        if self.direction.is_none() {
            miss(Spot::EntryDirection);
        }
        let booking = self.booking.or(self.value);
        if booking.is_none() {
            miss(Spot::BookingDate);
        }
        let status = match (self.status, kind) {
            (None, MessageKind::Statement) => {
                notes.warn(message::status_assumed(self.line).of_statement(statement));
                Some(EntryStatus::Booked)
            }
            (None, _) => {
                miss(Spot::EntryStatus);
                None
            }
            (status, _) => status,
        };
        let (amount, currency) = self.amount?;
        Some(Entry {
            booking_date: booking?,
            value_date: self.value,
            credit_debit: self.direction?,
            amount,
            currency,
            status: status?,
            reversal: self.reversal,
            reference: None,
            end_to_end_id: None,
            remittance: None,
            counterparty_name: None,
            counterparty_account: None,
            counterparty_bank: None,
            balance_after: None,
            extras: EntryExtras::default(),
            position: format!("line {}", self.line),
        })
    }

    /// Whether every detail has an amount and they make the entry's, each in its own direction.
    fn adds_up(&self, core: &Entry) -> bool {
        if self.too_many_details {
            return false;
        }
        let sum = self.details.iter().try_fold(Decimal::ZERO, |sum, detail| {
            let (amount, currency) = detail.stated_amount()?;
            if currency != core.currency {
                return None;
            }
            if detail.direction.unwrap_or(core.credit_debit) == core.credit_debit {
                sum.checked_add(amount)
            } else {
                sum.checked_sub(amount)
            }
        });
        sum == Some(core.amount)
    }
}

/// Fills in what a detail knows.
///
/// The reference is the bank's own of the detail (in a batch) or of the entry, else the
/// transaction's id or UETR, which stay the same along the whole way of a payment. `NtryRef` is
/// never taken: many banks number the entries of each statement from 1, and two payments that look
/// alike would then be taken for one.
fn with_detail(
    mut entry: Entry,
    mut detail: Detail,
    entry_reference: Option<&String>,
    of_batch: bool,
) -> Entry {
    let own = detail.servicer_reference.take();
    let shared = entry_reference.cloned();
    let banks = if of_batch { own.or(shared) } else { shared.or(own) };
    entry.reference = banks.or_else(|| detail.transaction_id.take()).or(detail.uetr);
    entry.end_to_end_id = detail.end_to_end_id;
    let other = match entry.credit_debit {
        CreditDebit::Credit => detail.debtor,
        CreditDebit::Debit => detail.creditor,
    };
    entry.counterparty_name = other.name;
    entry.counterparty_account = other.account;
    entry.counterparty_bank = other.bic.or(other.clearing_member).or(other.bank_name);
    entry
}
