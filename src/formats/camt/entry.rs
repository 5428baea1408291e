//! An entry while it is being read, and the entries of the domain that come of it.

use super::charges::StatedCharge;
use super::detail::{Amounts, BankCode, Detail, PartyDraft, join};
use super::message;
use super::spot::{MessageKind, Spot};
use crate::domain::calendar::Day;
use crate::domain::statement::{Charge, CreditDebit, Entry, EntryExtras, EntryStatus, Money};
use crate::formats::notes::Notes;

/// Details wait in memory until the entry ends, because only all of them together can be proven.
const MOST_DETAILS: usize = 20_000;
/// What may be said of a batch that stays one entry, all its details' texts in a row.
const LONGEST_REMITTANCE: usize = 64 * 1024;

/// What `Ntry` has said so far.
#[derive(Debug, Default)]
pub struct EntryDraft {
    /// The line of the start tag.
    pub line: u64,
    pub amount: Option<Money>,
    pub amounts: Amounts,
    pub direction: Option<CreditDebit>,
    pub reversal: bool,
    pub status: Option<EntryStatus>,
    pub booking: Option<Day>,
    pub value: Option<Day>,
    pub reference: Option<String>,
    pub information: Option<String>,
    pub code: BankCode,
    pub charges: Vec<StatedCharge>,
    /// How many payments the bank says are in it.
    pub batch_count: u64,
    /// How many bytes of text it holds.
    pub text_bytes: usize,
    /// Whether a value could not be read; the entry is then told about but not delivered.
    pub faulty: bool,
    pub(super) details: Vec<Detail>,
    pub(super) too_many_details: bool,
}

/// Where an entry stands.
#[derive(Clone, Copy)]
pub struct Surroundings<'a> {
    pub kind: MessageKind,
    /// The statement's number in the file.
    pub statement: usize,
    /// The account of the statement.
    pub account: Option<&'a str>,
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

    /// The entries that the draft makes: one, or one for each detail of a batch that adds up and one
    /// for each charge without which it would not. Notes what is missing; an entry with an error
    /// makes none.
    pub fn finish(
        &mut self,
        around: Surroundings<'_>,
        notes: &mut Notes,
        deliver: &mut dyn FnMut(Entry),
    ) {
        let Some(core) = self.core(around, notes) else { return };
        if self.details.len() >= 2
            && let Some(apart) = self.split(&core)
        {
            self.deliver_parts(&core, &apart, around, deliver);
            return;
        }
        if self.details.len() >= 2 || self.batch_count >= 2 || self.too_many_details {
            notes.warn(message::batch_not_split(self.line).of_statement(around.statement));
            deliver(self.unsplit(core));
            return;
        }
        let mut detail = self.details.pop().unwrap_or_default();
        let remittance = detail.take_remittance().or_else(|| self.information.take());
        let extras = EntryExtras {
            charges: told(&self.charges, &detail.charges),
            original: detail
                .original(core.currency)
                .or_else(|| self.amounts.original(core.currency)),
            transaction_code: detail.code.take().or_else(|| self.code.take()),
            ..EntryExtras::default()
        };
        let entry = Entry { remittance, extras, ..core };
        deliver(with_detail(entry, detail, self.reference.take(), around, false));
    }

    /// Delivers the details of a batch, and the charges that stand `apart` from them.
    fn deliver_parts(
        &mut self,
        core: &Entry,
        apart: &[StatedCharge],
        around: Surroundings<'_>,
        deliver: &mut dyn FnMut(Entry),
    ) {
        for mut detail in self.details.drain(..) {
            let remittance = detail.take_remittance();
            let amount = detail.amount_in(core.currency).map_or(core.amount, |own| own.amount);
            let direction = detail.direction.unwrap_or(core.credit_debit);
            let extras = EntryExtras {
                charges: detail.charges.iter().map(|charge| charge.told_apart()).collect(),
                original: detail.original(core.currency),
                transaction_code: detail.code.take().or_else(|| self.code.get()),
                ..EntryExtras::default()
            };
            let entry =
                Entry { amount, credit_debit: direction, remittance, extras, ..core.clone() };
            deliver(with_detail(entry, detail, self.reference.clone(), around, true));
        }
        for charge in apart {
            deliver(Entry {
                amount: charge.money.amount,
                credit_debit: charge.credit_debit,
                remittance: self.information.clone(),
                reference: self.reference.clone(),
                extras: EntryExtras { transaction_code: self.code.get(), ..EntryExtras::default() },
                ..core.clone()
            });
        }
    }

    /// A batch as one entry. Which detail is whose cannot be told, so no single payer is named.
    fn unsplit(&mut self, core: Entry) -> Entry {
        let mut remittance = self.information.take();
        if remittance.is_none() {
            for detail in &mut self.details {
                let text = detail.take_remittance();
                let length = |text: &Option<String>| text.as_ref().map_or(0, String::len);
                if length(&remittance) + length(&text) >= LONGEST_REMITTANCE {
                    break;
                }
                join(&mut remittance, text);
            }
        }
        let extras = EntryExtras {
            charges: told(&self.charges, &[]),
            original: self.amounts.original(core.currency),
            transaction_code: self.code.take(),
            ..EntryExtras::default()
        };
        Entry { remittance, reference: self.reference.take(), extras, ..core }
    }

    /// What all entries of this draft share, or `None` when something mandatory is missing.
    fn core(&self, around: Surroundings<'_>, notes: &mut Notes) -> Option<Entry> {
        if self.faulty {
            return None;
        }
        let mut miss = |spot: Spot| {
            notes.refuse(message::missing(spot.path(), self.line).of_statement(around.statement));
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
        let status = match (self.status, around.kind) {
            (None, MessageKind::Statement) => {
                notes.warn(message::status_assumed(self.line).of_statement(around.statement));
                Some(EntryStatus::Booked)
            }
            (None, _) => {
                miss(Spot::EntryStatus);
                None
            }
            (status, _) => status,
        };
        let Money { amount, currency } = self.amount?;
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
}

/// The charges of an entry and of its only detail; banks that state them in both places mean them
/// once.
fn told(of_entry: &[StatedCharge], of_detail: &[StatedCharge]) -> Vec<Charge> {
    let repeated = if of_entry == of_detail { &[] } else { of_detail };
    of_entry.iter().chain(repeated).map(|charge| charge.told()).collect()
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
    shared: Option<String>,
    around: Surroundings<'_>,
    of_batch: bool,
) -> Entry {
    let own = detail.servicer_reference.take();
    let banks = if of_batch { own.or(shared) } else { shared.or(own) };
    entry.reference =
        banks.or(detail.servicer_transaction).or(detail.transaction_id).or(detail.uetr);
    entry.end_to_end_id = detail.end_to_end_id;
    let mut other = other_side(&entry, detail.debtor, detail.creditor, around.account);
    entry.counterparty_name = other.take_name();
    entry.counterparty_bank = other.take_bank();
    entry.counterparty_account = other.account;
    entry
}

/// The side that is not the account's owner. For money in that is who paid; but a reversal may
/// still show the sides of the payment that it undoes: then the account's own number, or the side
/// that is shown at all, tells.
fn other_side(
    entry: &Entry,
    debtor: PartyDraft,
    creditor: PartyDraft,
    account: Option<&str>,
) -> PartyDraft {
    let (other, own) = match entry.credit_debit {
        CreditDebit::Credit => (debtor, creditor),
        CreditDebit::Debit => (creditor, debtor),
    };
    let is_ours = account.is_some() && other.account.as_deref() == account;
    if entry.reversal && (is_ours || other.is_unknown()) { own } else { other }
}
