//! Whether opening balance, movements and closing balance of a statement agree.

use rust_decimal::Decimal;

use crate::domain::diagnostic::Diagnostic;
use crate::domain::money::{Currency, group_digits, plain_figure};
use crate::domain::statement::{Balance, CreditDebit, Entry, EntryStatus, StatementHeader};

/// Counts and sums of entries of one statement.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// How many credits.
    pub credits: u64,
    /// How many debits.
    pub debits: u64,
    /// The sum of the credits, while it can be represented.
    pub credit_sum: Sum,
    /// The sum of the debits, while it can be represented.
    pub debit_sum: Sum,
}

/// A sum of stated figures; `None` inside once it left the range of [`Decimal`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sum(Option<Decimal>);

impl Default for Sum {
    fn default() -> Self {
        Sum(Some(Decimal::ZERO))
    }
}

impl Sum {
    /// Adds one more figure.
    pub fn add(&mut self, figure: Decimal) {
        self.0 = self.0.and_then(|sum| sum.checked_add(figure));
    }

    /// The sum, or `None` when it left the range.
    #[must_use]
    pub const fn get(self) -> Option<Decimal> {
        self.0
    }
}

impl Tally {
    /// Adds one movement.
    pub fn add(&mut self, direction: CreditDebit, amount: Decimal) {
        match direction {
            CreditDebit::Credit => {
                self.credits += 1;
                self.credit_sum.add(amount);
            }
            CreditDebit::Debit => {
                self.debits += 1;
                self.debit_sum.add(amount);
            }
        }
    }

    /// How many movements.
    #[must_use]
    pub const fn count(self) -> u64 {
        self.credits + self.debits
    }

    /// Credits less debits, or `None` when a sum left the range.
    #[must_use]
    pub fn net(self) -> Option<Decimal> {
        self.credit_sum.get()?.checked_sub(self.debit_sum.get()?)
    }

    /// Credits plus debits, or `None` when a sum left the range.
    #[must_use]
    pub fn gross(self) -> Option<Decimal> {
        self.credit_sum.get()?.checked_add(self.debit_sum.get()?)
    }
}

/// The booked movements of a statement, kept while its entries pass by.
#[derive(Clone, Copy, Debug, Default)]
pub struct Movements {
    booked: Tally,
    currency: Option<Currency>,
    mixed: bool,
}

impl Movements {
    /// Takes note of an entry; only booked ones move a balance.
    pub fn add(&mut self, entry: &Entry) {
        if entry.status == EntryStatus::Booked {
            self.mixed |= self.currency.is_some_and(|first| first != entry.currency);
            self.currency.get_or_insert(entry.currency);
            self.booked.add(entry.credit_debit, entry.amount);
        }
    }

    /// The counts and sums so far.
    #[must_use]
    pub const fn booked(&self) -> Tally {
        self.booked
    }

    /// The currency of the first booked entry.
    #[must_use]
    pub const fn currency(&self) -> Option<Currency> {
        self.currency
    }

    /// What is wrong with the balances of a finished statement: `None` when they agree, or when one
    /// of them is not stated and there is nothing to compare.
    #[must_use]
    pub fn check(&self, header: &StatementHeader) -> Option<Diagnostic> {
        let (opening, closing) = (header.opening?, header.closing?);
        let foreign =
            header.currency.zip(self.currency).is_some_and(|(account, entries)| account != entries);
        if self.mixed || foreign {
            return Some(Diagnostic::new(
                "mixed_currencies",
                "Sao kê có giao dịch khác loại tiền của tài khoản nên không kiểm tra được số dư. Anh/chị đối chiếu số dư với ngân hàng.",
                "The statement holds entries in another currency than the account, so its balances cannot be checked. Compare them with the bank.",
            ));
        }
        let net = self.booked.net()?;
        let expected = opening.amount.checked_add(net)?;
        (expected != closing.amount)
            .then(|| mismatch(opening, net, closing, header.currency.or(self.currency)))
    }
}

fn mismatch(
    opening: Balance,
    net: Decimal,
    closing: Balance,
    currency: Option<Currency>,
) -> Diagnostic {
    let show = |figure| readable(figure, currency);
    let (opening, net, closing) = (show(opening.amount), show(net), show(closing.amount));
    Diagnostic::new(
        "closing_balance_mismatch",
        format!(
            "Số dư đầu {opening} + phát sinh {net} ≠ số dư cuối {closing}. Có thể thiếu dòng; Anh/chị tải lại sao kê đủ ngày từ ngân hàng."
        ),
        format!(
            "Opening {opening} + movements {net} ≠ closing {closing}. Entries may be missing; download the whole period from the bank again."
        ),
    )
}

/// A figure for people: points between the thousands, and a comma before a fraction, if any.
#[must_use]
pub fn readable(figure: Decimal, currency: Option<Currency>) -> String {
    let plain = plain_figure(figure, currency);
    match plain.split_once('.') {
        Some((whole, fraction)) => format!("{},{fraction}", group_digits(whole)),
        None => group_digits(&plain),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::calendar::parse_iso_day;
    use crate::domain::statement::EntryExtras;

    fn entry(credit_debit: CreditDebit, amount: i64, status: EntryStatus) -> Entry {
        Entry {
            booking_date: parse_iso_day("2026-11-02").unwrap(),
            value_date: None,
            credit_debit,
            amount: Decimal::new(amount, 0),
            currency: Currency::VND,
            status,
            reversal: false,
            reference: None,
            end_to_end_id: None,
            remittance: None,
            counterparty_name: None,
            counterparty_account: None,
            counterparty_bank: None,
            balance_after: None,
            extras: EntryExtras::default(),
            position: "line 1".to_owned(),
        }
    }

    fn header(opening: i64, closing: i64) -> StatementHeader {
        let balance = |amount| Some(Balance { amount: Decimal::new(amount, 0), date: None });
        StatementHeader {
            currency: Some(Currency::VND),
            opening: balance(opening),
            closing: balance(closing),
            ..StatementHeader::default()
        }
    }

    #[test]
    fn only_booked_entries_move_the_balance() {
        let mut movements = Movements::default();
        movements.add(&entry(CreditDebit::Credit, 4_000_000, EntryStatus::Booked));
        movements.add(&entry(CreditDebit::Debit, 500_000, EntryStatus::Booked));
        movements.add(&entry(CreditDebit::Credit, 9_999_999, EntryStatus::Pending));
        assert_eq!(movements.check(&header(12_000_000, 15_500_000)), None);
        let wrong = movements.check(&header(12_000_000, 15_000_000)).unwrap();
        assert_eq!(wrong.code, "closing_balance_mismatch");
        assert!(
            wrong
                .message
                .vi
                .starts_with("Số dư đầu 12.000.000 + phát sinh 3.500.000 ≠ số dư cuối 15.000.000."),
            "{}",
            wrong.message.vi
        );
    }

    #[test]
    fn balances_that_are_not_stated_are_not_checked() {
        let mut movements = Movements::default();
        movements.add(&entry(CreditDebit::Credit, 1, EntryStatus::Booked));
        assert_eq!(movements.check(&StatementHeader::default()), None);
    }
}
