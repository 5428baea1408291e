//! What the text of each element says.

use std::io::Read;

use super::super::detail::{BankCode, join};
use super::super::lines::Lines;
use super::super::spot::{Level, Paged, Spot};
use super::super::{message, text};
use super::{LONGEST_NAME, Walk};
use crate::domain::calendar::Day;
use crate::domain::diagnostic::Diagnostic;
use crate::domain::lang::Bilingual;
use crate::domain::money::Currency;
use crate::domain::statement::{CreditDebit, EntryStatus, Money};
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
            S::BatchCount => {
                // One entry may hold several batches.
                let count = value.parse().unwrap_or_default();
                self.entry.batch_count = self.entry.batch_count.saturating_add(count);
            }
            S::DetailAmount => self.detail.amount = self.amount(spot, value, lines),
            S::StatedFigure(level, worth) => {
                let money = self.figure(value).ok();
                match level {
                    Level::Entry => self.entry.amounts.state(worth, money),
                    Level::Detail => self.detail.amounts.state(worth, money),
                }
            }
            S::BankCodePart(level) => self.bank_code(level).add_part(value),
            S::BankCodeOwnCode(level) => self.bank_code(level).set_own(text::kept(value)),
            S::DetailDirection => self.detail.direction = self.direction(spot, value, lines),
            S::DetailServicerReference => self.detail.servicer_reference = text::kept(value),
            S::EndToEndId => {
                self.detail.end_to_end_id =
                    text::kept(value).filter(|id| !id.eq_ignore_ascii_case("NOTPROVIDED"));
            }
            S::ServicerTransactionId => self.detail.servicer_transaction = text::kept(value),
            S::TransactionId => self.detail.transaction_id = text::kept(value),
            S::Uetr => self.detail.uetr = text::kept(value),
            S::PartyName(side) => self.detail.party(side).name = text::kept(value),
            S::UltimatePartyName(side) => {
                self.detail.party(side).ultimate_name = text::kept(value);
            }
            S::PartyAccountName(side) => self.detail.party(side).account_name = text::kept(value),
            S::PartyAccountNumber(side) => {
                self.detail.party(side).account = text::without_blanks(value);
            }
            S::InstitutionBic(side) => self.detail.party(side).bic = text::kept(value),
            S::InstitutionMemberId(side) => {
                self.detail.party(side).clearing_member = text::kept(value);
            }
            S::InstitutionName(side) => self.detail.party(side).bank_name = text::kept(value),
            S::InstitutionOtherId(side) => self.detail.party(side).bank_other = text::kept(value),
            S::Unstructured => join(&mut self.detail.unstructured, text::kept(value)),
            S::AdditionalRemittance => {
                join(&mut self.detail.additional_remittance, text::kept(value));
            }
            S::CreditorReference => join(&mut self.detail.creditor_references, text::kept(value)),
            S::ReferredDocumentNumber => join(&mut self.detail.documents, text::kept(value)),
            S::DetailInformation => join(&mut self.detail.information, text::kept(value)),
            S::ChargesTotal | S::ChargeAmount | S::ChargeDirection | S::ChargeIncluded => {
                self.charge_value(spot, value, lines);
            }
            _ => self.header_value(spot, value, lines),
        }
    }

    const fn bank_code(&mut self, level: Level) -> &mut BankCode {
        match level {
            Level::Entry => &mut self.entry.code,
            Level::Detail => &mut self.detail.code,
        }
    }

    /// Takes what is said of a charge. One that cannot be read is told and left out: it is no part
    /// of what moved, and a batch is split only where all adds up without it.
    fn charge_value<R: Read>(&mut self, spot: Spot, value: &str, lines: &mut Lines<R>) {
        use Spot as S;
        let known = match spot {
            S::ChargesTotal | S::ChargeAmount => {
                let money = self.figure(value).ok();
                if spot == S::ChargesTotal {
                    self.charges.total = money;
                } else {
                    self.charges.record.amount = money;
                }
                money.is_some()
            }
            S::ChargeDirection => {
                self.charges.record.direction = text::direction(value);
                self.charges.record.direction.is_some()
            }
            _ => {
                self.charges.record.included = text::boolean(value);
                self.charges.record.included.is_some()
            }
        };
        if !known {
            let note = message::charge(spot.path(), lines.line(), value);
            self.warn(note);
        }
    }

    /// Takes the text of an element of the statement itself.
    fn header_value<R: Read>(&mut self, spot: Spot, value: &str, lines: &mut Lines<R>) {
        use Spot as S;
        match spot {
            S::StatementId | S::ElectronicSequence | S::LegalSequence | S::AccountNumber
                if value.len() > LONGEST_NAME =>
            {
                let what = Bilingual::new(
                    "số hiệu dài hơn 256 byte",
                    "an identification is longer than 256 bytes",
                );
                self.note_fault(message::limit("text_too_long", lines.line(), &what));
            }
            S::StatementId => self.statement.id = text::kept(value),
            S::ElectronicSequence => self.statement.electronic_sequence = text::kept(value),
            S::LegalSequence => self.statement.legal_sequence = text::kept(value),
            S::PageNumber(paged) | S::LastPage(paged) => self.page_value(spot, paged, value, lines),
            S::PeriodStart | S::PeriodEnd => {
                let day = text::day(value);
                let period = &mut self.statement.period;
                if spot == S::PeriodStart {
                    period.from = day;
                } else {
                    (period.to, period.to_midnight) = (day, text::is_midnight(value));
                }
                if day.is_none() {
                    let note = message::period(lines.line(), value);
                    self.warn(note);
                }
            }
            S::CopyDuplicate => {
                self.statement.copy = true;
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
            S::SummaryCount(_)
            | S::SummarySum(_)
            | S::SummaryNetAmount
            | S::SummaryNetDirection => self.summary_value(spot, value, lines),
            _ => {}
        }
    }

    fn page_value<R: Read>(&mut self, spot: Spot, paged: Paged, value: &str, lines: &mut Lines<R>) {
        let page = match paged {
            Paged::Message => &mut self.message_page,
            Paged::Statement => &mut self.statement.page_draft,
        };
        let known = if matches!(spot, Spot::PageNumber(_)) {
            page.number = text::number(value.as_bytes()).filter(|number| *number > 0);
            page.number.is_some()
        } else {
            page.last = text::boolean(value);
            page.last.is_some()
        };
        if !known {
            let note = message::page(spot.path(), lines.line(), value);
            self.warn(note);
        }
    }

    /// Takes one of the bank's own totals. One that cannot be read compares with nothing, which a
    /// person should know.
    fn summary_value<R: Read>(&mut self, spot: Spot, value: &str, lines: &mut Lines<R>) {
        use Spot as S;
        let line = lines.line();
        let summary = &mut self.statement.summary;
        let known = match spot {
            S::SummaryCount(total) => {
                let total = summary.total(total);
                (total.line, total.count) = (line, value.parse().ok());
                total.count.is_some()
            }
            S::SummarySum(total) => {
                let total = summary.total(total);
                (total.line, total.sum) = (line, point_figure(value, None).ok());
                total.sum.is_some()
            }
            S::SummaryNetAmount => {
                (summary.net_line, summary.net) = (line, point_figure(value, None).ok());
                summary.net.is_some()
            }
            _ => {
                summary.net_direction = text::direction(value);
                summary.net_direction.is_some()
            }
        };
        if !known {
            let note = message::total(spot.path(), line, value);
            self.warn(note);
        }
    }

    fn figure(&self, value: &str) -> Result<Money, AmountFault> {
        let currency = self.currency.ok_or(AmountFault::NoCurrency)?;
        let amount = point_figure(value, Some(currency)).map_err(AmountFault::Figure)?;
        Ok(Money { amount, currency })
    }

    fn amount<R: Read>(&mut self, spot: Spot, value: &str, lines: &mut Lines<R>) -> Option<Money> {
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
