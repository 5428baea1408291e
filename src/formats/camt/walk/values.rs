//! What the text of each element says.

use std::io::Read;

use rust_decimal::Decimal;

use super::super::entry::join;
use super::super::lines::Lines;
use super::super::spot::Spot;
use super::super::{message, text};
use super::Walk;
use crate::domain::calendar::Day;
use crate::domain::diagnostic::Diagnostic;
use crate::domain::money::Currency;
use crate::domain::statement::{CreditDebit, EntryStatus};
use crate::formats::figure::{FigureFault, point_figure};

impl Walk<'_, '_> {
    /// Takes the text of the element that closes.
    pub(super) fn value<R: Read>(&mut self, spot: Spot, value: &str, lines: &mut Lines<R>) {
        use Spot as S;
        match spot {
            S::EntryAmount => self.entry.amount = self.amount(spot, value, lines),
            S::EntryDirection => self.entry.direction = self.direction(spot, value, lines),
            S::EntryReversal => match text::boolean(value) {
                Some(reversal) => self.entry.reversal = reversal,
                None => self.note_fault(message::value(spot.path(), lines.line(), value)),
            },
            S::EntryStatus | S::EntryStatusCode => self.status(value, lines),
            S::BookingDay => self.entry.booking = self.day(spot, value, lines),
            S::ValueDay => self.entry.value = self.day(spot, value, lines),
            S::EntryServicerReference => self.entry.reference = text::kept(value),
            S::EntryInformation => join(&mut self.entry.information, text::kept(value)),
            S::BatchCount => self.entry.batch_count = value.parse().ok(),
            S::DetailAmount => self.detail.amount = self.amount(spot, value, lines),
            S::TransactionAmountFigure => {
                // It only helps to split a batch: one that cannot be read is as if not stated.
                self.detail.transaction_amount = self.figure(value).ok();
            }
            S::DetailDirection => self.detail.direction = self.direction(spot, value, lines),
            S::DetailServicerReference => self.detail.servicer_reference = text::kept(value),
            S::EndToEndId => {
                self.detail.end_to_end_id =
                    text::kept(value).filter(|id| !id.eq_ignore_ascii_case("NOTPROVIDED"));
            }
            S::TransactionId => self.detail.transaction_id = text::kept(value),
            S::Uetr => self.detail.uetr = text::kept(value),
            S::PartyName(side) => self.detail.party(side).name = text::kept(value),
            S::PartyAccountNumber(side) => {
                self.detail.party(side).account = text::without_blanks(value);
            }
            S::InstitutionBic(side) => self.detail.party(side).bic = text::kept(value),
            S::InstitutionMemberId(side) => {
                self.detail.party(side).clearing_member = text::kept(value);
            }
            S::InstitutionName(side) => self.detail.party(side).bank_name = text::kept(value),
            S::Unstructured => join(&mut self.detail.unstructured, text::kept(value)),
            S::AdditionalRemittance => {
                join(&mut self.detail.additional_remittance, text::kept(value));
            }
            S::CreditorReference => join(&mut self.detail.creditor_reference, text::kept(value)),
            S::DetailInformation => join(&mut self.detail.information, text::kept(value)),
            _ => self.header_value(spot, value, lines),
        }
    }

    /// Takes the text of an element of the statement itself.
    fn header_value<R: Read>(&mut self, spot: Spot, value: &str, lines: &mut Lines<R>) {
        use Spot as S;
        match spot {
            S::StatementId => self.statement.id = text::kept(value),
            S::ElectronicSequence => self.statement.electronic_sequence = text::kept(value),
            S::LegalSequence => self.statement.legal_sequence = text::kept(value),
            S::CopyDuplicate => {
                let note = message::copy_or_duplicate(lines.line(), value);
                self.warn(note);
            }
            S::AccountNumber => self.statement.account = text::without_blanks(value),
            S::AccountCurrency => match Currency::parse(value) {
                Some(currency) => self.statement.currency = Some(currency),
                None => self.note_fault(message::currency(spot.path(), lines.line())),
            },
            S::BalanceCode => self.statement.balance.code = text::kept(value),
            S::BalanceAmount => match self.figure(value) {
                Ok(amount) => self.statement.balance.amount = Some(amount),
                Err(fault) => {
                    self.statement.balance.faults.push(fault.told(spot, lines.line(), value));
                }
            },
            S::BalanceDirection => match text::direction(value) {
                Some(direction) => self.statement.balance.direction = Some(direction),
                None => self.statement.balance.faults.push(message::direction(
                    spot.path(),
                    lines.line(),
                    value,
                )),
            },
            S::BalanceDay => match text::day(value) {
                Some(day) => self.statement.balance.day = Some(day),
                None => self.statement.balance.faults.push(message::date(
                    spot.path(),
                    lines.line(),
                    value,
                )),
            },
            S::SummaryCount(total) => {
                let line = lines.line();
                let summary = self.statement.summary(total);
                summary.line = line;
                summary.count = value.parse().ok();
            }
            S::SummarySum(total) => {
                let line = lines.line();
                let summary = self.statement.summary(total);
                summary.line = line;
                summary.sum = value.parse::<Decimal>().ok();
            }
            _ => {}
        }
    }

    fn figure(&self, value: &str) -> Result<(Decimal, Currency), AmountFault> {
        let currency = self.currency.ok_or(AmountFault::NoCurrency)?;
        let figure = point_figure(value, Some(currency)).map_err(AmountFault::Figure)?;
        Ok((figure, currency))
    }

    fn amount<R: Read>(
        &mut self,
        spot: Spot,
        value: &str,
        lines: &mut Lines<R>,
    ) -> Option<(Decimal, Currency)> {
        match self.figure(value) {
            Ok(amount) => Some(amount),
            Err(fault) => {
                self.note_fault(fault.told(spot, lines.line(), value));
                None
            }
        }
    }

    fn direction<R: Read>(
        &mut self,
        spot: Spot,
        value: &str,
        lines: &mut Lines<R>,
    ) -> Option<CreditDebit> {
        let direction = text::direction(value);
        if direction.is_none() {
            self.note_fault(message::direction(spot.path(), lines.line(), value));
        }
        direction
    }

    fn day<R: Read>(&mut self, spot: Spot, value: &str, lines: &mut Lines<R>) -> Option<Day> {
        let day = text::day(value);
        if day.is_none() {
            self.note_fault(message::date(spot.path(), lines.line(), value));
        }
        day
    }

    fn status<R: Read>(&mut self, value: &str, lines: &mut Lines<R>) {
        // The outer element of the newer choice holds nothing but blanks of its own.
        if value.is_empty() {
            return;
        }
        self.entry.status = Some(match value {
            "BOOK" => EntryStatus::Booked,
            "PDNG" | "FUTR" => EntryStatus::Pending,
            "INFO" => EntryStatus::Info,
            _ => {
                let note = message::unknown_status(lines.line(), value);
                self.warn(note);
                EntryStatus::Info
            }
        });
    }
}

/// Why an element holds no amount.
#[derive(Clone, Copy)]
enum AmountFault {
    NoCurrency,
    Figure(FigureFault),
}

impl AmountFault {
    fn told(self, spot: Spot, line: u64, value: &str) -> Diagnostic {
        match self {
            AmountFault::NoCurrency => message::currency(spot.path(), line),
            AmountFault::Figure(FigureFault::NotPlain) => message::amount(spot.path(), line, value),
            AmountFault::Figure(FigureFault::FractionOfDong) => {
                message::amount_fraction(spot.path(), line, value)
            }
        }
    }
}
