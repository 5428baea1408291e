//! What every line of every statement really was, so that wrong settlements can be counted.

use crate::domain::calendar::Day;
use crate::domain::money::Vnd;
use crate::domain::statement::CreditDebit;

/// What a line of a statement really was.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Meaning {
    /// A family pays what it owes, in full or in part or with something over.
    Fees,
    /// The same invoice paid a second time by mistake; the money is the family's.
    PaidAgain,
    /// A payment the bank gave back within days.
    GivenBack,
    /// The line by which the bank gave it back.
    GivingBack,
    /// The school pays somebody.
    MoneyOut,
    /// Interest from the bank.
    Interest,
    /// A charge of the bank.
    Charge,
    /// Cash of the school's till taken to the bank by staff.
    StaffDeposit,
    /// A payment gateway pays out what it collected.
    GatewayPayout,
    /// A gift to the school: nobody owes it.
    Donation,
    /// Rent, budget money and other income that no family pays.
    OtherIncome,
    /// Money of a family for which this school has nothing open.
    Misdirected,
}

impl Meaning {
    /// A stable name, as files have it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Meaning::Fees => "fees",
            Meaning::PaidAgain => "paid_again",
            Meaning::GivenBack => "given_back",
            Meaning::GivingBack => "giving_back",
            Meaning::MoneyOut => "money_out",
            Meaning::Interest => "interest",
            Meaning::Charge => "charge",
            Meaning::StaffDeposit => "staff_deposit",
            Meaning::GatewayPayout => "gateway_payout",
            Meaning::Donation => "donation",
            Meaning::OtherIncome => "other_income",
            Meaning::Misdirected => "misdirected",
        }
    }
}

/// A part of an entry and the invoice it is meant for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TruthShare {
    /// The payment code of the invoice.
    pub payment_code: String,
    /// How much of the entry.
    pub amount: Vnd,
}

/// Where an entry can be seen: one money, perhaps several files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sighting {
    /// The file's name.
    pub file: String,
    /// Which entry of it, in file order, counted from 0.
    pub entry: usize,
}

/// What one movement of money really was, and where it is reported.
///
/// A machine's settlement is wrong when it gives an invoice more of the entry than `pays` says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Truth {
    /// The school's code.
    pub school_code: String,
    /// The bank's day.
    pub booking_date: Day,
    /// Money in or out.
    pub credit_debit: CreditDebit,
    /// How much.
    pub amount: Vnd,
    /// The bank's reference.
    pub reference: String,
    /// What the statement's text says.
    pub remittance: String,
    /// What it was.
    pub meaning: Meaning,
    /// The invoices it is meant for; empty when it pays none.
    pub pays: Vec<TruthShare>,
    /// Every place it appears in.
    pub seen_in: Vec<Sighting>,
}

impl Truth {
    /// Whether settling `amount` of this entry for the invoice of `payment_code` is right: the entry
    /// is meant for that invoice, with no less than this.
    #[must_use]
    pub fn allows(&self, payment_code: &str, amount: Vnd) -> bool {
        self.pays.iter().any(|share| share.payment_code == payment_code && amount <= share.amount)
    }
}
