//! Statement files as banks deliver them, one module for each bank or standard.

pub mod acb;
pub mod bidv;
pub mod camt;
pub mod csv;
pub mod mb;
pub mod mt940;
pub mod techcombank;
pub mod vietcombank;
pub mod vietinbank;

use chrono::NaiveTime;

use crate::demo::banks::Bank;
use crate::demo::error::DemoError;
use crate::demo::format::StatementFormat as Format;
use crate::demo::sheet::Cell;
use crate::demo::spec::AccountSpec;
use crate::domain::calendar::Day;
use crate::domain::money::Vnd;
use crate::domain::statement::CreditDebit;

/// The other side of an entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Counterparty {
    /// The name as banks print it.
    pub name: String,
    /// The account.
    pub account: String,
    /// The bank.
    pub bank: Bank,
}

/// A line of a statement with everything any bank would say about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatementLine {
    /// The bank's day.
    pub booking_date: Day,
    /// The time of day.
    pub time: NaiveTime,
    /// In or out.
    pub credit_debit: CreditDebit,
    /// How much; never negative.
    pub amount: Vnd,
    /// Whether it undoes an earlier line.
    pub reversal: bool,
    /// The bank's reference.
    pub reference: String,
    /// What the payer wrote, with what the banks added.
    pub remittance: String,
    /// The other side, where the bank names it.
    pub counterparty: Option<Counterparty>,
    /// The account's balance after the line.
    pub balance_after: Vnd,
}

impl StatementLine {
    fn is_credit(&self) -> bool {
        self.credit_debit == CreditDebit::Credit
    }

    /// The amount for the column of `side`; `None` for the other column.
    fn amount_if(&self, side: CreditDebit) -> Option<Vnd> {
        (self.credit_debit == side).then_some(self.amount)
    }

    /// The amount with English thousands marks for the column of `side`, else a blank cell.
    fn commas_if(&self, side: CreditDebit) -> Cell {
        self.amount_if(side).map_or(Cell::Blank, |amount| Cell::text(commas(amount)))
    }

    fn counterparty_cells(&self) -> [Cell; 3] {
        match &self.counterparty {
            Some(other) => {
                [Cell::text(&other.name), Cell::text(&other.account), Cell::text(other.bank.name())]
            }
            None => [Cell::Blank, Cell::Blank, Cell::Blank],
        }
    }
}

/// A statement of one account over some days.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BankStatement<'a> {
    /// The account.
    pub account: &'a AccountSpec,
    /// The bank's id of the statement, at most 16 characters.
    pub reference: String,
    /// Its number in the bank's sequence.
    pub sequence: u32,
    /// The first day.
    pub from: Day,
    /// The last day.
    pub to: Day,
    /// The balance before the first line.
    pub opening: Vnd,
    /// The balance after the last line.
    pub closing: Vnd,
    /// The lines in the order of the file.
    pub lines: Vec<StatementLine>,
}

impl BankStatement<'_> {
    /// The sum of one side.
    fn total(&self, side: CreditDebit) -> Result<Vnd, DemoError> {
        Vnd::checked_sum(self.lines.iter().filter_map(|line| line.amount_if(side)))
            .ok_or(DemoError::AmountRange)
    }

    /// Writes the statement in a format.
    pub fn write(&self, format: Format) -> Result<Vec<u8>, DemoError> {
        match format {
            Format::Camt053V02 => camt::write(self, camt::Version::V02),
            Format::Camt053V08 => camt::write(self, camt::Version::V08),
            Format::Mt940 => Ok(mt940::write(self, mt940::Wrapper::None)),
            Format::Mt940Blocks => Ok(mt940::write(self, mt940::Wrapper::Blocks)),
            Format::Csv => csv::write(self),
            Format::VietcombankSigned => vietcombank::signed(self),
            Format::VietcombankRetail => vietcombank::retail(self),
            Format::VietcombankCashup => vietcombank::cashup(self),
            Format::Mb => mb::write(self),
            Format::VietinBank => vietinbank::write(self),
            Format::Bidv => bidv::write(self),
            Format::Techcombank => techcombank::write(self),
            Format::Acb => acb::write(self),
        }
    }
}

/// The ending of a format's file names.
#[must_use]
pub const fn file_ending(format: Format) -> &'static str {
    match format {
        Format::Camt053V02 | Format::Camt053V08 => "xml",
        Format::Mt940 | Format::Mt940Blocks => "sta",
        Format::Csv => "csv",
        _ => "xlsx",
    }
}

/// An amount with English thousands marks, `1,250,000`, as most Vietnamese banks export it.
fn commas(amount: Vnd) -> String {
    amount.grouped().replace('.', ",")
}
