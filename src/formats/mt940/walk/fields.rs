//! What each field does to the message, the statement and the entry it belongs to.

use std::fmt::Write;

use super::{LONGEST_FIELD, Stage, Walk};
use crate::domain::money::Currency;
use crate::domain::statement::{Balance, Entry, EntryExtras, Event};
use crate::formats::mt940::field::{self, StatedBalance, StatedTotal};
use crate::formats::mt940::statement::{Statement, Total};
use crate::formats::mt940::statement_line::StatementLine;
use crate::formats::mt940::tag::Tag;
use crate::formats::mt940::{account, message, narrative, statement_line};

impl Walk<'_, '_> {
    /// Acts on the field that is complete now.
    pub(super) fn end_field(&mut self) {
        let Some(tag) = self.tag.take() else { return };
        let page = self.page.get_or_insert_default();
        if page.foreign {
            return;
        }
        let mut value = std::mem::take(&mut self.value);
        let line = self.value_line;
        if !matches!(tag, Tag::Narrative | Tag::Outlook | Tag::Time | Tag::Other) {
            page.stage = page.stage.max(Stage::Named);
        }
        match tag {
            Tag::Reference => page.reference = field::kept(field::first_line(&value)),
            Tag::Account => page.account = field::kept(field::first_line(&value)),
            Tag::Number => {
                page.number = field::first_line(&value).split('/').next().and_then(field::kept);
            }
            Tag::Time => page.interim = true,
            Tag::FloorLimit => self.floor_limit(&value, line),
            Tag::FirstOpening | Tag::PageOpening => self.opening(tag, &value, line),
            Tag::Line => self.statement_line(&value, line),
            Tag::Narrative if self.entry.is_some() => self.entry_text(&mut value, line),
            Tag::LastClosing | Tag::PageClosing => self.closing(tag, &value, line),
            Tag::CreditTotal | Tag::DebitTotal => self.total(tag, &value, line),
            // The statement's own text, balances that are not booked, and what only one bank knows.
            Tag::Narrative | Tag::Outlook | Tag::Related | Tag::Other => {}
        }
        self.value = value;
        self.value.clear();
    }

    /// The statement that the message at hand adds to. A page goes on with the statement before it
    /// when it has its number, or opens with the balance that the page before closed with.
    fn statement(&mut self, opening: Option<Balance>, line: u64) -> &mut Statement {
        let page = self.page.get_or_insert_default();
        if page.stage < Stage::Joined {
            page.stage = Stage::Joined;
            let (account, number) = (page.account.clone(), page.number.clone());
            let reference = page.reference.clone();
            let goes_on = self.statement.as_ref().is_some_and(|open| {
                let amount = |balance: Option<Balance>| balance.map(|balance| balance.amount);
                let follows = opening.is_some() && amount(opening) == amount(open.closing);
                open.account == account && (open.number == number || follows)
            });
            if !goes_on {
                self.end_statement(line);
                self.statement = Some(Statement::new(account, reference, number));
            }
        }
        self.statement.get_or_insert_default()
    }

    fn opening(&mut self, tag: Tag, value: &str, line: u64) {
        let page = self.page.get_or_insert_default();
        let (again, joined) = (page.opened, page.stage >= Stage::Joined);
        page.opened = true;
        if again {
            // The message before lost its end, and this one its beginning.
            return self.refuse(message::truncated(line.saturating_sub(1)));
        }
        let StatedBalance { balance, currency, point } = match field::balance(value) {
            Ok(read) => read,
            Err(fault) => return self.refuse(message::fault(tag.name(), line, &fault)),
        };
        self.tell_point(point, tag, line);
        if tag == Tag::FirstOpening && !joined {
            // A first opening balance starts a statement even if one was left without its last page.
            self.end_statement(line);
        }
        let statement = self.statement((tag == Tag::PageOpening).then_some(balance), line);
        let before = statement.closing;
        if statement.opening.is_none() {
            statement.opening = Some(balance);
            statement.pages_before = tag == Tag::PageOpening;
        } else if let Some(before) = before
            && before.amount != balance.amount
        {
            let note = message::page_balance(line, before.amount, balance.amount, currency);
            self.warn(note);
        }
        self.agree_on_currency(currency, tag, line);
    }

    /// A statement has one currency: its figures cannot be added up otherwise.
    fn agree_on_currency(&mut self, currency: Currency, tag: Tag, line: u64) {
        let statement = self.statement(None, line);
        let first = *statement.currency.get_or_insert(currency);
        if first != currency {
            self.refuse(message::currency_mismatch(tag.name(), line, first, currency));
        }
    }

    fn statement_line(&mut self, value: &str, line: u64) {
        self.end_entry();
        let interim = self.page.as_ref().is_some_and(|page| page.interim && !page.opened);
        let Some(currency) = self.statement(None, line).currency else {
            return self.refuse(message::missing(if interim { "34F" } else { "60F" }, line));
        };
        match statement_line::read(value, currency) {
            Ok(read) => {
                self.tell_point(read.point, Tag::Line, line);
                self.entry = Some((read, line));
            }
            Err(fault) => self.refuse(message::fault(Tag::Line.name(), line, &fault)),
        }
    }

    /// `:86:` of an entry. Some banks repeat the field for each line.
    fn entry_text(&mut self, value: &mut String, line: u64) {
        if self.narrative.is_empty() {
            // The next field takes over the memory of the last narrative.
            std::mem::swap(&mut self.narrative, value);
        } else if self.narrative.len() + value.len() > LONGEST_FIELD {
            self.fail(message::too_long(line));
            self.stopped = true;
        } else {
            // A field of its own is no word that was cut.
            self.narrative.push_str(" \n");
            self.narrative.push_str(value);
        }
    }

    /// Delivers the entry whose `:61:` and `:86:` are complete.
    pub(super) fn end_entry(&mut self) {
        let Some((read, line)) = self.entry.take() else { return };
        let Some(statement) = self.statement.as_mut() else { return };
        let Some(currency) = statement.currency else { return };
        let entry = entry(read, line, &self.narrative, currency);
        self.narrative.clear();
        statement.add(&entry);
        if !self.notes.refused() && !self.stopped {
            self.reading.entries += 1;
            self.stopped = (self.sink)(Event::Entry(entry)).is_break();
        }
    }

    fn closing(&mut self, tag: Tag, value: &str, line: u64) {
        self.end_entry();
        let StatedBalance { balance, currency, point } = match field::balance(value) {
            Ok(read) => read,
            Err(fault) => return self.refuse(message::fault(tag.name(), line, &fault)),
        };
        self.tell_point(point, tag, line);
        let statement = self.statement(None, line);
        statement.closing = Some(balance);
        statement.pages_after = tag == Tag::PageClosing;
        if statement.opening.is_none() {
            self.refuse(message::missing("60F", line));
        }
        self.agree_on_currency(currency, tag, line);
        if let Some(page) = self.page.as_mut() {
            page.stage = Stage::Closed;
        }
    }

    /// `:34F:` of MT942: below it the bank does not report; here it only tells the currency.
    fn floor_limit(&mut self, value: &str, line: u64) {
        self.page.get_or_insert_default().interim = true;
        match field::floor_currency(value) {
            Ok(currency) => self.agree_on_currency(currency, Tag::FloorLimit, line),
            Err(fault) => self.refuse(message::fault(Tag::FloorLimit.name(), line, &fault)),
        }
    }

    fn total(&mut self, tag: Tag, value: &str, line: u64) {
        self.end_entry();
        let StatedTotal { count, currency, sum, point } = match field::total(value) {
            Ok(read) => read,
            Err(fault) => return self.refuse(message::fault(tag.name(), line, &fault)),
        };
        self.tell_point(point, tag, line);
        let total = Some(Total { count, sum, line });
        let statement = self.statement(None, line);
        match tag {
            Tag::CreditTotal => statement.credit_total = total,
            _ => statement.debit_total = total,
        }
        self.agree_on_currency(currency, tag, line);
    }

    fn tell_point(&mut self, point: bool, tag: Tag, line: u64) {
        if point && !std::mem::replace(&mut self.point_told, true) {
            self.warn(message::amount_point(tag.name(), line));
        }
    }
}

/// Puts together what `:61:` and `:86:` say.
fn entry(read: StatementLine, line: u64, text: &str, currency: Currency) -> Entry {
    let mut told = narrative::read(text, read.direction);
    if let Some(more) = read.supplementary {
        supplement(&mut told, more);
    }
    let mut position = String::with_capacity(16);
    position.push_str("line ");
    // Writing to memory does not fail.
    let _ = write!(position, "{line}");
    Entry {
        booking_date: read.booking,
        value_date: Some(read.value),
        credit_debit: read.direction,
        amount: read.amount,
        currency,
        status: read.status,
        reversal: read.reversal,
        end_to_end_id: told.end_to_end_id.or_else(|| read.customer_reference.clone()),
        reference: read.bank_reference.or(read.customer_reference),
        remittance: told.remittance,
        counterparty_name: told.name,
        counterparty_account: told.account,
        counterparty_bank: told.bank,
        balance_after: None,
        extras: EntryExtras {
            original: told.original,
            transaction_code: read.kind,
            ..EntryExtras::default()
        },
        position,
    }
}

/// Adds what `:61:` says on its further lines: the other side's account, the amount that was sent, the
/// bank's code of the transaction, or words, which are kept unless `:86:` has them too.
fn supplement(told: &mut narrative::Narrative, more: String) {
    if let Some(original) = narrative::original(&more) {
        told.original.get_or_insert(original);
    } else if account::is_iban(&more) && told.account.is_none() {
        told.account = Some(more);
    } else if !more.starts_with("/TRCD/") {
        match &mut told.remittance {
            None => told.remittance = Some(more),
            Some(text) if text.contains(&more) => {}
            Some(text) => {
                text.push(' ');
                text.push_str(&more);
            }
        }
    }
}
