//! Bank statements as every reader delivers them, in the terms of ISO 20022.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::domain::calendar::{Day, Period};
use crate::domain::money::Currency;

/// Which way the money went, seen from the account: `Credit` is money in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum CreditDebit {
    /// Money in (ghi có).
    Credit,
    /// Money out (ghi nợ).
    Debit,
}

impl CreditDebit {
    /// `credit` or `debit`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            CreditDebit::Credit => "credit",
            CreditDebit::Debit => "debit",
        }
    }
}

/// How far the bank has got with an entry. Only `Booked` moves a balance.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize,
)]
#[serde(rename_all = "lowercase")]
pub enum EntryStatus {
    /// On the account.
    #[default]
    Booked,
    /// Announced; may come again as booked.
    Pending,
    /// For information only.
    Info,
}

impl EntryStatus {
    /// `booked`, `pending` or `info`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            EntryStatus::Booked => "booked",
            EntryStatus::Pending => "pending",
            EntryStatus::Info => "info",
        }
    }
}

/// An amount in a currency, as a file states it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Money {
    /// Never negative.
    #[serde(with = "crate::domain::packed::figure")]
    pub amount: Decimal,
    /// Its currency.
    pub currency: Currency,
}

/// What a bank took for its work on an entry (ISO 20022 `Chrgs`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Charge {
    /// How much.
    pub money: Money,
    /// `Debit` where the account holder pays it.
    pub credit_debit: CreditDebit,
    /// Whether the entry's amount is net of it already.
    pub included: bool,
}

/// What some formats say about an entry besides what all of them do.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct EntryExtras {
    /// What the bank took.
    pub charges: Vec<Charge>,
    /// What was sent, where that was another currency (ISO 20022 `InstdAmt`, `TxAmt`).
    pub original: Option<Money>,
    /// The bank's code for the kind of transaction: ISO 20022 `PMNT-RCDT-ESCT`, SWIFT `NTRF`.
    pub transaction_code: Option<String>,
    /// What a notification says beyond a statement's line; boxed, as files never have it.
    pub announced: Option<Box<Announced>>,
}

/// What a provider's notification says of a movement beyond what a statement's line does.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Announced {
    /// The provider's own id of the movement: never two ids for one movement.
    pub source_id: String,
    /// The virtual account that was credited, where it says so.
    pub virtual_account: Option<String>,
}

impl EntryExtras {
    /// The virtual account that was credited, where the witness says so.
    #[must_use]
    pub fn virtual_account(&self) -> Option<&str> {
        self.announced.as_ref()?.virtual_account.as_deref()
    }

    /// The witness's own id of the movement, where it numbers them.
    #[must_use]
    pub fn source_id(&self) -> Option<&str> {
        self.announced.as_ref().map(|announced| announced.source_id.as_str())
    }
}

/// One line of a statement (ISO 20022 `Ntry`, or one detail of a batch entry).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// The day the bank booked it.
    #[serde(with = "crate::domain::packed::day")]
    pub booking_date: Day,
    /// The day from which it counts for interest.
    #[serde(with = "crate::domain::packed::optional_day")]
    pub value_date: Option<Day>,
    /// Money in or out.
    pub credit_debit: CreditDebit,
    /// Never negative; the sign is `credit_debit`.
    #[serde(with = "crate::domain::packed::figure")]
    pub amount: Decimal,
    /// The currency of `amount`.
    pub currency: Currency,
    /// Booked, pending or for information.
    pub status: EntryStatus,
    /// Whether the entry undoes an earlier one; `credit_debit` is the reversal's own direction.
    pub reversal: bool,
    /// The bank's reference (`AcctSvcrRef`, số tham chiếu, số bút toán).
    pub reference: Option<String>,
    /// The payer's end-to-end id, when the bank passes one on.
    pub end_to_end_id: Option<String>,
    /// What the payer wrote, with what the banks added.
    pub remittance: Option<String>,
    /// The other side's name.
    pub counterparty_name: Option<String>,
    /// The other side's account.
    pub counterparty_account: Option<String>,
    /// The other side's bank.
    pub counterparty_bank: Option<String>,
    /// The account's balance after this entry, when the file states one for each line.
    #[serde(with = "crate::domain::packed::optional_figure")]
    pub balance_after: Option<Decimal>,
    /// Charges, original currency and kind, in the formats that have them.
    pub extras: EntryExtras,
    /// Where it stands in the file, e.g. `line 17` or `row 12`.
    pub position: String,
}

/// A balance and the day it held; negative is overdrawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Balance {
    /// The signed amount.
    #[serde(with = "crate::domain::packed::figure")]
    pub amount: Decimal,
    /// The day, when stated.
    pub date: Option<Day>,
}

/// What a statement says about itself, apart from its entries.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatementHeader {
    /// The account's number as the file writes it, without blanks.
    pub account: Option<String>,
    /// The account's currency.
    pub currency: Option<Currency>,
    /// The bank's id of this statement.
    pub reference: Option<String>,
    /// The statement's number in the bank's sequence.
    pub sequence: Option<String>,
    /// The balance before the first entry.
    pub opening: Option<Balance>,
    /// The balance after the last booked entry.
    pub closing: Option<Balance>,
    /// The days it covers, when it says so (ISO 20022 `FrToDt`, "Từ ngày … đến ngày …"); days on
    /// which nothing moved are among them.
    pub period: Option<Period>,
    /// Whether the bank marked it as a copy or a duplicate of a statement sent before.
    pub copy: bool,
}

/// What a reader reports while it goes through a file, in file order: for each statement its
/// entries, then [`Event::Statement`] with all that was learnt about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// An entry of the statement being read.
    Entry(Entry),
    /// The statement is complete; the entries since the last one were its own.
    Statement(StatementHeader),
}
