//! The use cases: each loads and locks, lets the domain decide, and writes everything in one
//! transaction.

pub mod accounts;
pub(crate) mod added_up;
pub mod audit_log;
pub mod backtest;
pub mod behind;
pub mod cancel;
pub mod cash;
mod code_issuer;
pub(crate) mod collected;
pub mod columns;
pub mod commit;
pub mod coverage;
pub mod dashboard;
pub mod database;
pub mod decide;
pub mod digital_plan;
pub mod directory;
mod entry;
pub mod error;
pub mod events;
pub mod explain;
pub mod exports;
pub mod families;
pub mod family_bill;
pub mod family_links;
pub mod fees;
pub mod figure_looks;
mod foreign_codes;
pub mod health;
pub mod import_invoices;
pub mod import_students;
pub mod inbox;
pub mod intake;
pub mod keys;
pub mod ledger;
pub mod letters;
pub mod limits;
pub mod list_problems;
pub mod mail;
pub mod notices;
pub mod oidc;
pub mod once;
pub mod organisation;
pub mod overview;
pub mod path;
mod payer_memory;
pub mod payouts;
pub mod periods;
pub mod piles;
pub mod plan;
pub mod privacy;
pub mod pull;
pub mod queue;
pub mod receipts;
pub mod receivables;
pub mod receiving;
mod recognise;
pub mod refusals;
pub mod refused_files;
pub mod report;
pub mod reported;
mod returns;
pub mod rulings;
pub(crate) mod second_person;
pub mod sessions;
pub mod settings;
mod settle;
pub mod statement_files;
pub mod status;
pub mod students;
mod survey;
pub mod tour;
pub mod undo;
pub mod uploads;
pub mod users;
pub mod verify;
pub mod virtual_accounts;
pub mod webhooks;
pub mod witnesses;
pub mod workspace;

pub use crate::containment::{ReadFailure, StatementReader};
pub use crate::formats::{ColumnMapping, ColumnQuestion, MappedField, MappingText, layout_title};
pub use crate::store::{Store, StoreError};
pub use error::ServiceError;

/// Who asks for something: a name for the audit log, never the machine's own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Actor(String);

/// What decisions and audit records carry when the machine acted alone.
pub const MACHINE: &str = "machine";

impl Actor {
    /// A person or a program acting for one. The prefix keeps anyone from posing as the machine.
    #[must_use]
    pub fn named(name: &str) -> Actor {
        Actor(format!("user:{name}"))
    }

    /// The name as records carry it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}
