//! What the books say, as typed tables: each kind of export is a function from facts to a [`Sheet`],
//! whatever it is written as afterwards.

pub mod bank;
pub mod cash_book;
pub mod collections;
pub mod facts;
pub mod fee_items;
pub mod journal;
pub mod receivables;
pub mod roster;
pub mod sheet;

pub use facts::{Books, Filter};
pub use sheet::{Beside, Cell, Column, Sheet};

use serde::{Deserialize, Serialize};

/// A kind of export.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// Every sum that came in, by what it was for.
    Collections,
    /// What each student owes, invoice by invoice.
    Receivables,
    /// Cash vouchers and what was carried to the bank, with a running balance.
    CashBook,
    /// Each bank account's balances, and what became of its credits.
    BankReconciliation,
    /// Dues and collections by fee item and class.
    FeeItems,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Kind; 5] = [
        Kind::Collections,
        Kind::Receivables,
        Kind::CashBook,
        Kind::BankReconciliation,
        Kind::FeeItems,
    ];

    /// The stable name that commands and addresses use.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Kind::Collections => "collections",
            Kind::Receivables => "receivables",
            Kind::CashBook => "cash-book",
            Kind::BankReconciliation => "bank-reconciliation",
            Kind::FeeItems => "fee-items",
        }
    }

    /// The kind of a stable name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Kind> {
        Kind::ALL.into_iter().find(|kind| kind.as_str() == name)
    }

    /// The title, as an accountant knows it.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Kind::Collections => "Bảng kê thu tiền",
            Kind::Receivables => "Sổ chi tiết phải thu học sinh",
            Kind::CashBook => "Sổ quỹ tiền mặt",
            Kind::BankReconciliation => "Bảng đối chiếu số dư tiền gửi ngân hàng",
            Kind::FeeItems => "Tổng hợp theo khoản thu",
        }
    }

    /// Whether the kind can be limited to a class, a fee item, a round or a student.
    #[must_use]
    pub const fn takes_filters(self) -> bool {
        match self {
            Kind::Collections | Kind::Receivables | Kind::FeeItems => true,
            Kind::CashBook | Kind::BankReconciliation => false,
        }
    }
}
