//! A movement on a school's account before any file is written of it.

use chrono::NaiveTime;

use crate::demo::roll::Payer;
use crate::demo::truth::{Meaning, TruthShare};
use crate::domain::calendar::Day;
use crate::domain::money::Vnd;
use crate::domain::statement::CreditDebit;

/// One movement, with what it really is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Movement {
    /// The bank's day.
    pub day: Day,
    /// The time of day.
    pub time: NaiveTime,
    /// In or out.
    pub credit_debit: CreditDebit,
    /// How much.
    pub amount: Vnd,
    /// What the statement says.
    pub remittance: String,
    /// The other side, where there is one.
    pub payer: Option<Payer>,
    /// Whether the bank marks it as undoing an earlier movement.
    pub reversal: bool,
    /// A reference this movement shares with another one; `None` for one of its own.
    pub shared_reference: Option<String>,
    /// What it really is.
    pub meaning: Meaning,
    /// The invoices it is meant for.
    pub pays: Vec<TruthShare>,
}
