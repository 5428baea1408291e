//! From movements to files: the bank's order, references and balances, then the days of each file.

use chrono::Datelike;

use crate::demo::banks::Bank;
use crate::demo::error::DemoError;
use crate::demo::fees::november;
use crate::demo::format::StatementFile;
use crate::demo::movement::Movement;
use crate::demo::random::Dice;
use crate::demo::schools::Profile;
use crate::demo::spec::{AccountSpec, NamedFile};
use crate::demo::truth::{Sighting, Truth};
use crate::demo::writers::{BankStatement, Counterparty, StatementLine, file_ending};
use crate::domain::money::Vnd;
use crate::domain::statement::CreditDebit;

/// The lines of an account in the bank's order, and what each really is.
pub struct Ledger {
    opening: Vnd,
    lines: Vec<StatementLine>,
    truth: Vec<Truth>,
}

impl Ledger {
    /// Books movements on an account that held `opening`.
    pub fn book(
        profile: &Profile<'_>,
        opening: Vnd,
        mut movements: Vec<Movement>,
        dice: &mut Dice,
    ) -> Result<Ledger, DemoError> {
        movements.sort_by_key(|movement| (movement.day, movement.time));
        let mut ledger = Ledger { opening, lines: Vec::new(), truth: Vec::new() };
        let mut balance = opening;
        for (number, movement) in movements.into_iter().enumerate() {
            balance = match movement.credit_debit {
                CreditDebit::Credit => balance.checked_add(movement.amount),
                CreditDebit::Debit => balance.checked_sub(movement.amount),
            }
            .ok_or(DemoError::AmountRange)?;
            let reference = match &movement.shared_reference {
                Some(shared) => shared.clone(),
                None => reference(profile.bank, number, &movement, dice),
            };
            ledger.lines.push(StatementLine {
                booking_date: movement.day,
                time: movement.time,
                credit_debit: movement.credit_debit,
                amount: movement.amount,
                reversal: movement.reversal,
                reference: reference.clone(),
                remittance: movement.remittance.clone(),
                counterparty: movement.payer.map(|payer| Counterparty {
                    name: payer.name,
                    account: payer.account,
                    bank: payer.bank,
                }),
                balance_after: balance,
            });
            ledger.truth.push(Truth {
                school_code: profile.code.to_owned(),
                booking_date: movement.day,
                credit_debit: movement.credit_debit,
                amount: movement.amount,
                reference,
                remittance: movement.remittance,
                meaning: movement.meaning,
                pays: movement.pays,
                seen_in: Vec::new(),
            });
        }
        Ok(ledger)
    }

    /// Writes the files of a school and notes where each line can be seen.
    pub fn deliver(
        mut self,
        profile: &Profile<'_>,
        account: &AccountSpec,
    ) -> Result<(Vec<StatementFile>, Vec<Truth>), DemoError> {
        let mut files = Vec::new();
        for delivery in profile.deliveries {
            let (from, to) = (november(delivery.from)?, november(delivery.to)?);
            let start = self.lines.partition_point(|line| line.booking_date < from);
            let end = self.lines.partition_point(|line| line.booking_date <= to);
            let before = start.checked_sub(1).and_then(|last| self.lines.get(last));
            let opening = before.map_or(self.opening, |line| line.balance_after);
            let mut lines = self.lines.get(start..end).unwrap_or_default().to_vec();
            let closing = lines.last().map_or(opening, |line| line.balance_after);
            if delivery.format.newest_first() {
                lines.reverse();
            }
            let name = format!(
                "{}_{from}_{to}_{}.{}",
                profile.code,
                delivery.name,
                file_ending(delivery.format)
            );
            for (place, truth) in
                self.truth.get_mut(start..end).unwrap_or_default().iter_mut().enumerate()
            {
                let entry =
                    if delivery.format.newest_first() { lines.len() - 1 - place } else { place };
                truth.seen_in.push(Sighting { file: name.clone(), entry });
            }
            let entries = lines.len();
            let statement = BankStatement {
                account,
                reference: format!("MAU{}-{}", from.format("%y%m%d"), delivery.to),
                sequence: from.iso_week().week(),
                from,
                to,
                opening,
                closing,
                lines,
            };
            let bytes = statement.write(delivery.format)?;
            let file = NamedFile { name, bytes };
            let format = delivery.format;
            files.push(StatementFile { file, format, from, to, opening, closing, entries });
        }
        Ok((files, self.truth))
    }
}

/// A reference as the bank writes them; at most 16 characters, unique in the account.
fn reference(bank: Bank, number: usize, movement: &Movement, dice: &mut Dice) -> String {
    let day = movement.day.ordinal();
    match bank {
        Bank::Vietcombank => format!("52{:02}.{:05}", number % 100, 10_000 + number * 17),
        Bank::Mb | Bank::Techcombank => format!("FT26{day:03}{number:04}{}", dice.digits(5)),
        Bank::VietinBank => format!("{day}S26B{number:04}{}", dice.hex(4)),
        Bank::Bidv => format!("{}-{number:05}", dice.digits(7)),
        Bank::Acb => format!("{}", 4_100 + number),
    }
}
