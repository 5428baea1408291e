//! A detail of an entry while it is being read: who paid whom, what for, and in what money.

use super::charges::StatedCharge;
use super::spot::{Side, Worth};
use crate::domain::money::Currency;
use crate::domain::statement::{CreditDebit, Money};

/// What one `TxDtls` has said.
#[derive(Debug, Default)]
pub struct Detail {
    pub amount: Option<Money>,
    pub amounts: Amounts,
    pub direction: Option<CreditDebit>,
    pub charges: Vec<StatedCharge>,
    pub code: BankCode,
    pub servicer_reference: Option<String>,
    pub servicer_transaction: Option<String>,
    pub transaction_id: Option<String>,
    pub uetr: Option<String>,
    pub end_to_end_id: Option<String>,
    pub debtor: PartyDraft,
    pub creditor: PartyDraft,
    pub creditor_references: Option<String>,
    pub documents: Option<String>,
    pub unstructured: Option<String>,
    pub additional_remittance: Option<String>,
    pub information: Option<String>,
}

/// What `AmtDtls` states of the money on its way.
#[derive(Clone, Copy, Debug, Default)]
pub struct Amounts {
    instructed: Option<Money>,
    transaction: Option<Money>,
    counter_value: Option<Money>,
}

impl Amounts {
    /// Takes one of them. One that cannot be read is as if not stated: no figure is made of it.
    pub const fn state(&mut self, worth: Worth, money: Option<Money>) {
        match worth {
            Worth::Instructed => self.instructed = money,
            Worth::Transaction => self.transaction = money,
            Worth::CounterValue => self.counter_value = money,
        }
    }

    /// What was sent, where that was in another currency than `booked`.
    pub fn original(&self, booked: Currency) -> Option<Money> {
        [self.instructed, self.transaction]
            .into_iter()
            .flatten()
            .find(|money| money.currency != booked)
    }
}

/// The kind of a transaction: the codes of ISO 20022, or the bank's own.
#[derive(Debug, Default)]
pub struct BankCode {
    structured: String,
    own: Option<String>,
}

impl BankCode {
    /// Adds domain, family or sub-family, which come in this order.
    pub fn add_part(&mut self, part: &str) {
        if self.structured.is_empty() {
            // Three codes of four letters and what joins them.
            self.structured.reserve(14);
        } else {
            self.structured.push('-');
        }
        self.structured.push_str(part);
    }

    /// Takes the bank's own code.
    pub fn set_own(&mut self, code: Option<String>) {
        self.own = code;
    }

    /// The code as kept: `PMNT-RCDT-ESCT`, or the bank's own where there is no other.
    pub fn take(&mut self) -> Option<String> {
        let structured = std::mem::take(&mut self.structured);
        if structured.is_empty() { self.own.take() } else { Some(structured) }
    }

    /// The same for one entry of several.
    pub fn get(&self) -> Option<String> {
        if self.structured.is_empty() { self.own.clone() } else { Some(self.structured.clone()) }
    }
}

/// One side of a payment.
#[derive(Debug, Default)]
pub struct PartyDraft {
    pub name: Option<String>,
    /// On whose behalf, where another party acted.
    pub ultimate_name: Option<String>,
    pub account: Option<String>,
    pub account_name: Option<String>,
    pub bic: Option<String>,
    pub clearing_member: Option<String>,
    pub bank_name: Option<String>,
    pub bank_other: Option<String>,
}

impl PartyDraft {
    /// Whether nothing is known by which a person could tell who it is.
    pub const fn is_unknown(&self) -> bool {
        self.name.is_none()
            && self.ultimate_name.is_none()
            && self.account.is_none()
            && self.account_name.is_none()
    }

    /// The party's name, else that of whom it acted for, else the account's.
    pub fn take_name(&mut self) -> Option<String> {
        self.name.take().or_else(|| self.ultimate_name.take()).or_else(|| self.account_name.take())
    }

    /// The surest mark of its bank.
    pub fn take_bank(&mut self) -> Option<String> {
        self.bic
            .take()
            .or_else(|| self.clearing_member.take())
            .or_else(|| self.bank_name.take())
            .or_else(|| self.bank_other.take())
    }
}

impl Detail {
    /// The side of a payment that `side` names.
    pub const fn party(&mut self, side: Side) -> &mut PartyDraft {
        match side {
            Side::Debtor => &mut self.debtor,
            Side::Creditor => &mut self.creditor,
        }
    }

    /// Its amount in `currency`: its own, else one on the way there. Older versions have only those.
    pub fn amount_in(&self, currency: Currency) -> Option<Money> {
        let Amounts { instructed, transaction, counter_value } = self.amounts;
        [self.amount, transaction, counter_value, instructed]
            .into_iter()
            .flatten()
            .find(|money| money.currency == currency)
    }

    /// What was sent, where that was in another currency than `booked`.
    pub fn original(&self, booked: Currency) -> Option<Money> {
        let own = self.amount.filter(|money| money.currency != booked);
        self.amounts.original(booked).or(own)
    }

    /// What the payer wrote. Structured references are the surest part of it and come first, each
    /// only where the free text does not hold it already.
    pub fn take_remittance(&mut self) -> Option<String> {
        let parts = [
            self.creditor_references.take(),
            self.documents.take(),
            self.unstructured.take(),
            self.additional_remittance.take(),
        ];
        if let [None, None, free, None] = parts {
            return free.or_else(|| self.information.take());
        }
        let mut whole: Option<String> = None;
        for (at, part) in parts.iter().enumerate() {
            let Some(part) = part else { continue };
            let said_later = parts.iter().skip(at + 1).flatten().any(|later| later.contains(part));
            if !said_later {
                join(&mut whole, Some(part.clone()));
            }
        }
        whole
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn structured_references_come_first_and_nothing_is_said_twice() {
        for (why, [references, documents, free, additional], expected) in [
            ("free text alone", ["", "", "nop hoc phi", ""], Some("nop hoc phi")),
            ("a reference and text", ["HPK3", "", "nop", ""], Some("HPK3 nop")),
            ("a reference inside the text", ["HPK3", "", "nop HPK3", ""], Some("nop HPK3")),
            ("all four", ["HPK3", "HD-1 HD-2", "nop", "lop 6A"], Some("HPK3 HD-1 HD-2 nop lop 6A")),
            ("the same text twice", ["", "", "nop", "nop lop 6A"], Some("nop lop 6A")),
            ("nothing", ["", "", "", ""], Some("what the bank adds")),
        ] {
            let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
            let mut detail = Detail {
                creditor_references: some(references),
                documents: some(documents),
                unstructured: some(free),
                additional_remittance: some(additional),
                information: some("what the bank adds"),
                ..Detail::default()
            };
            assert_eq!(detail.take_remittance().as_deref(), expected, "{why}");
        }
    }

    #[test]
    fn the_kind_is_the_code_of_the_standard_or_the_banks_own() {
        let mut code = BankCode::default();
        assert_eq!(code.get(), None);
        code.set_own(Some("NTRF+166".to_owned()));
        assert_eq!(code.get().as_deref(), Some("NTRF+166"));
        for part in ["PMNT", "RCDT", "ESCT"] {
            code.add_part(part);
        }
        assert_eq!(code.take().as_deref(), Some("PMNT-RCDT-ESCT"));
    }
}
