//! The walk through a SWIFT file: messages, their fields, and statements over several pages.

use std::ops::ControlFlow;

use rust_decimal::Decimal;

use super::field::{self, FieldFault, Line};
use super::{message, narrative};
use crate::domain::diagnostic::Diagnostic;
use crate::domain::money::Currency;
use crate::domain::statement::{Balance, Entry, EntryExtras, Event, StatementHeader};
use crate::formats::balance::{Movements, Tally, readable};
use crate::formats::notes::Notes;
use crate::formats::sequence::Sequences;
use crate::formats::{Reading, Sink};

const MOST_ENTRIES: u64 = 2_000_000;
/// A field may have several lines, but none is endless.
const LONGEST_FIELD: usize = 64 * 1024;

type Step = ControlFlow<()>;
const ON: Step = ControlFlow::Continue(());

/// The state of the walk.
pub struct Walk<'s, 'f> {
    sink: &'s mut Sink<'f>,
    notes: Notes,
    reading: Reading,
    tag: String,
    value: String,
    value_line: u64,
    in_block: bool,
    /// The message being read; `None` between messages.
    page: Option<Page>,
    /// The statement that pages add to; it stays open after a page that ends in `:62M:`.
    statement: Option<Statement>,
    line: Option<(Line, u64)>,
    narrative: String,
    sequences: Sequences,
    point_told: bool,
    stopped: bool,
}

/// One message: a whole statement or a page of one.
#[derive(Debug, Default)]
struct Page {
    reference: Option<String>,
    account: Option<String>,
    number: Option<String>,
    interim: bool,
    stage: Stage,
}

/// How far a message has got.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
enum Stage {
    /// No field yet.
    #[default]
    Empty,
    /// Fields, but nothing yet that shows which statement the page adds to.
    Named,
    /// Its statement is known.
    Joined,
    /// Closed by a balance, or known to be cut off.
    Closed,
}

#[derive(Debug, Default)]
struct Statement {
    account: Option<String>,
    reference: Option<String>,
    number: Option<String>,
    currency: Option<Currency>,
    opening: Option<Balance>,
    closing: Option<Balance>,
    /// Ended in an intermediate balance: another page should follow.
    more_pages: bool,
    movements: Movements,
    /// All entries, expected ones too.
    all: Tally,
    totals: Vec<Total>,
}

/// The bank's own total of one direction, `:90C:` or `:90D:`.
#[derive(Debug)]
struct Total {
    credit: bool,
    count: u64,
    sum: Decimal,
    line: u64,
}

impl Total {
    /// Banks differ in whether a total counts expected entries: either way is right.
    fn check(&self, tallies: [Tally; 2], currency: Option<Currency>) -> Option<Diagnostic> {
        let found = tallies.map(|tally| {
            if self.credit {
                (tally.credits, tally.credit_sum.get())
            } else {
                (tally.debits, tally.debit_sum.get())
            }
        });
        if found.contains(&(self.count, Some(self.sum))) {
            return None;
        }
        let [(count, sum), _] = found;
        let show = |count: u64, sum| format!("{count} × {}", readable(sum, currency));
        let tag = if self.credit { "90C" } else { "90D" };
        let (stated, found) = (show(self.count, self.sum), show(count, sum?));
        Some(message::summary_mismatch(tag, self.line, &stated, &found))
    }
}

impl<'s, 'f> Walk<'s, 'f> {
    pub fn new(sink: &'s mut Sink<'f>) -> Walk<'s, 'f> {
        Walk {
            sink,
            notes: Notes::default(),
            reading: Reading::default(),
            tag: String::new(),
            value: String::new(),
            value_line: 0,
            in_block: false,
            page: None,
            statement: None,
            line: None,
            narrative: String::new(),
            sequences: Sequences::default(),
            point_told: false,
            stopped: false,
        }
    }

    /// Refuses the file because nothing more can be read of it.
    pub fn fail(&mut self, fault: Diagnostic) {
        self.notes.refuse(fault);
    }

    /// Notes something about the file as a whole.
    pub fn note(&mut self, note: Diagnostic) {
        self.notes.warn(note);
    }

    fn index(&self) -> usize {
        usize::try_from(self.reading.statements).unwrap_or(usize::MAX)
    }

    fn warn(&mut self, note: Diagnostic) {
        let note = note.of_statement(self.index());
        self.notes.warn(note);
    }

    fn refuse(&mut self, fault: Diagnostic) {
        let fault = fault.of_statement(self.index());
        self.notes.refuse(fault);
    }

    /// Takes the next line.
    pub fn line(&mut self, text: &str, number: u64) -> Step {
        // Some transports frame each message in control characters or fill up with them.
        let text =
            text.trim_matches(|letter| matches!(letter, '\u{1}' | '\u{3}' | '\u{1a}' | '\0'));
        if let Some((tag, value)) = tag_and_value(text) {
            self.end_field();
            if tag == "20" && self.page.as_ref().is_some_and(|page| page.stage > Stage::Empty) {
                // Without blocks only the next message's first field tells that this one is over.
                self.cut_if_in_block(number.saturating_sub(1));
                self.end_message(number.saturating_sub(1));
            }
            self.tag.clear();
            self.tag.push_str(tag);
            self.value.clear();
            self.value.push_str(value);
            self.value_line = number;
        } else if text.starts_with('{') || text == "-" || text.starts_with("-}") {
            self.end_field();
            self.block_line(text, number);
        } else if !self.tag.is_empty() {
            if self.value.len() + text.len() > LONGEST_FIELD {
                self.notes.refuse(message::too_long(number));
                return ControlFlow::Break(());
            }
            self.value.push('\n');
            self.value.push_str(text);
        }
        if self.reading.entries > MOST_ENTRIES {
            self.notes.refuse(message::too_many_entries(number));
            return ControlFlow::Break(());
        }
        if self.stopped { ControlFlow::Break(()) } else { ON }
    }

    /// A line of the envelope: `{1:…}{2:…}{4:` opens a message, `-}` or a lone dash closes it.
    fn block_line(&mut self, text: &str, number: u64) {
        let mut rest = text;
        if let Some(after) = text.strip_prefix('-') {
            self.in_block = false;
            self.end_message(number);
            rest = after;
        }
        let Some(start) = rest.find('{') else { return };
        rest = rest.get(start..).unwrap_or_default();
        if rest.starts_with("{1:") {
            self.cut_if_in_block(number.saturating_sub(1));
            self.end_message(number.saturating_sub(1));
        }
        if rest.contains("{2:I942") || rest.contains("{2:O942") {
            self.page.get_or_insert_default().interim = true;
        }
        if let Some((_, body)) = rest.split_once("{4:") {
            self.in_block = true;
            self.page.get_or_insert_default();
            if let Some((tag, value)) = tag_and_value(body.trim_start()) {
                tag.clone_into(&mut self.tag);
                value.clone_into(&mut self.value);
                self.value_line = number;
            }
        }
    }

    /// A block that was opened and never closed: what it lacks cannot be known.
    fn cut_if_in_block(&mut self, line: u64) {
        if std::mem::take(&mut self.in_block) {
            self.notes.refuse(message::truncated(line));
            // Once is enough: a missing closing balance is the same news.
            self.page.get_or_insert_default().stage = Stage::Closed;
        }
    }

    /// Acts on the field that is complete now.
    fn end_field(&mut self) {
        if self.tag.is_empty() {
            return;
        }
        let tag = std::mem::take(&mut self.tag);
        let mut value = std::mem::take(&mut self.value);
        let line = self.value_line;
        let page = self.page.get_or_insert_default();
        page.stage = page.stage.max(Stage::Named);
        match tag.as_str() {
            "20" => self.page.get_or_insert_default().reference = field::kept(first_line(&value)),
            "25" | "25P" => {
                let account: String = first_line(&value).split_whitespace().collect();
                self.page.get_or_insert_default().account = field::kept(&account);
            }
            "28C" | "28" => {
                let number = first_line(&value).split('/').next().and_then(field::kept);
                self.page.get_or_insert_default().number = number;
            }
            "60F" => self.opening(&tag, &value, line, false),
            "60M" => self.opening(&tag, &value, line, true),
            "61" => self.statement_line(&value, line),
            "86" if self.line.is_some() => {
                if self.narrative.is_empty() {
                    // The next field takes over the memory of the last narrative.
                    std::mem::swap(&mut self.narrative, &mut value);
                } else {
                    self.narrative.push('\n');
                    self.narrative.push_str(&value);
                }
            }
            "62F" | "62M" => self.closing(&tag, &value, line),
            "13D" => self.page.get_or_insert_default().interim = true,
            "34F" => self.floor_limit(&value, line),
            "90C" | "90D" => self.total(&tag, &value, line),
            _ => {}
        }
        self.tag = tag;
        self.tag.clear();
        self.value = value;
        self.value.clear();
    }

    /// The statement that the message at hand adds to.
    fn statement(&mut self, line: u64) -> &mut Statement {
        let page = self.page.get_or_insert_default();
        if page.stage < Stage::Joined {
            page.stage = Stage::Joined;
            let (account, number) = (page.account.clone(), page.number.clone());
            let reference = page.reference.clone();
            let goes_on = self
                .statement
                .as_ref()
                .is_some_and(|open| open.account == account && open.number == number);
            if !goes_on {
                self.end_statement(line);
                self.statement =
                    Some(Statement { account, reference, number, ..Statement::default() });
            }
        }
        self.statement.get_or_insert_default()
    }

    fn opening(&mut self, tag: &str, value: &str, line: u64, intermediate: bool) {
        let (balance, currency, point) = match field::balance(value) {
            Ok(read) => read,
            Err(fault) => return self.refuse(message::fault(tag, line, &fault)),
        };
        self.tell_point(point, tag, line);
        if !intermediate {
            // A first opening balance starts a statement even if one was left without its last page.
            self.end_statement(line);
            self.page.get_or_insert_default().stage = Stage::Named;
        }
        let statement = self.statement(line);
        statement.currency.get_or_insert(currency);
        if statement.opening.is_none() {
            statement.opening = Some(balance);
        } else if let Some(before) = statement.closing
            && before.amount != balance.amount
        {
            let note = message::page_balance(line, before.amount, balance.amount, currency);
            self.warn(note);
        }
    }

    fn statement_line(&mut self, value: &str, line: u64) {
        self.end_line();
        let Some(currency) = self.statement(line).currency else {
            let interim = self.page.as_ref().is_some_and(|page| page.interim);
            return self.refuse(message::missing(if interim { "34F" } else { "60F" }, line));
        };
        match field::line(value, currency) {
            Ok(read) => {
                self.tell_point(read.point, "61", line);
                self.line = Some((read, line));
            }
            Err(fault) => self.refuse(message::fault("61", line, &fault)),
        }
    }

    /// Delivers the entry whose `:61:` and `:86:` are complete.
    fn end_line(&mut self) {
        let Some((read, line)) = self.line.take() else { return };
        let narrative = narrative::read(&self.narrative, read.direction);
        self.narrative.clear();
        let Some(statement) = self.statement.as_mut() else { return };
        let Some(currency) = statement.currency else { return };
        let entry = Entry {
            booking_date: read.booking,
            value_date: Some(read.value),
            credit_debit: read.direction,
            amount: read.amount,
            currency,
            status: read.status,
            reversal: read.reversal,
            reference: read.bank_reference.or(read.customer_reference),
            end_to_end_id: narrative.end_to_end_id,
            remittance: narrative.remittance.or(read.supplementary),
            counterparty_name: narrative.name,
            counterparty_account: narrative.account,
            counterparty_bank: narrative.bank,
            balance_after: None,
            extras: EntryExtras::default(),
            position: format!("line {line}"),
        };
        statement.movements.add(&entry);
        statement.all.add(entry.credit_debit, entry.amount);
        if !self.notes.refused() && !self.stopped {
            self.reading.entries += 1;
            self.stopped = (self.sink)(Event::Entry(entry)).is_break();
        }
    }

    fn closing(&mut self, tag: &str, value: &str, line: u64) {
        self.end_line();
        let (balance, currency, point) = match field::balance(value) {
            Ok(read) => read,
            Err(fault) => return self.refuse(message::fault(tag, line, &fault)),
        };
        self.tell_point(point, tag, line);
        let opened = {
            let statement = self.statement(line);
            statement.closing = Some(balance);
            statement.more_pages = tag == "62M";
            statement.currency.get_or_insert(currency) == &currency && statement.opening.is_some()
        };
        if !opened {
            self.refuse(message::missing("60F", line));
        }
        if let Some(page) = self.page.as_mut() {
            page.stage = Stage::Closed;
        }
    }

    /// `:34F:` of MT942: below it the bank does not report; here it only tells the currency.
    fn floor_limit(&mut self, value: &str, line: u64) {
        if let Some(page) = self.page.as_mut() {
            page.interim = true;
        }
        let currency = value.trim().split_at_checked(3).and_then(|(code, _)| Currency::parse(code));
        match currency {
            Some(currency) => {
                self.statement(line).currency.get_or_insert(currency);
            }
            None => self.refuse(message::fault("34F", line, &FieldFault::Shape)),
        }
    }

    fn total(&mut self, tag: &str, value: &str, line: u64) {
        self.end_line();
        match field::total(value) {
            Ok((count, _, sum)) => {
                let credit = tag == "90C";
                self.statement(line).totals.push(Total { credit, count, sum, line });
            }
            Err(fault) => self.refuse(message::fault(tag, line, &fault)),
        }
    }

    fn tell_point(&mut self, point: bool, tag: &str, line: u64) {
        if point && !std::mem::replace(&mut self.point_told, true) {
            self.warn(message::amount_point(tag, line));
        }
    }

    /// The message is over: a statement ends with it unless more pages are to come.
    fn end_message(&mut self, line: u64) {
        self.end_line();
        let Some(page) = self.page.take() else { return };
        let format = if page.interim { "mt942" } else { "mt940" };
        self.reading.format.get_or_insert_with(|| format.to_owned());
        if page.stage < Stage::Closed && !page.interim {
            self.notes.refuse(message::truncated(line));
            return;
        }
        if self.statement.as_ref().is_some_and(|statement| !statement.more_pages) {
            self.end_statement(line);
        }
    }

    fn end_statement(&mut self, line: u64) {
        let Some(statement) = self.statement.take() else { return };
        if statement.more_pages {
            self.warn(message::page_missing(line));
        }
        if statement.account.is_none() {
            self.warn(message::account_missing(line));
        }
        let header = StatementHeader {
            account: statement.account,
            currency: statement.currency,
            reference: statement.reference,
            sequence: statement.number,
            opening: statement.opening,
            closing: statement.closing,
            period: None,
            copy: false,
        };
        if !self.notes.refused() {
            if let Some(note) = statement.movements.check(&header) {
                self.warn(note);
            }
            for total in &statement.totals {
                let tallies = [statement.all, statement.movements.booked()];
                if let Some(note) = total.check(tallies, header.currency) {
                    self.warn(note);
                }
            }
        }
        if let Some(note) = self.sequences.follow(&header, line) {
            self.warn(note);
        }
        if !self.notes.refused() && !self.stopped {
            self.stopped = (self.sink)(Event::Statement(header)).is_break();
        }
        self.reading.statements += 1;
    }

    pub fn end_of_file(&mut self, line: u64) {
        self.end_field();
        self.cut_if_in_block(line);
        self.end_message(line);
        self.end_statement(line);
        if self.reading.statements == 0 && !self.notes.refused() {
            self.notes.refuse(message::no_statement());
        }
    }

    pub fn into_reading(mut self) -> Reading {
        self.notes.into_reading(&mut self.reading);
        self.reading
    }
}

fn first_line(value: &str) -> &str {
    value.split('\n').next().unwrap_or_default()
}

/// `:61:` and what follows it. A tag is two letters or digits and perhaps a letter.
fn tag_and_value(text: &str) -> Option<(&str, &str)> {
    let (tag, value) = text.strip_prefix(':')?.split_once(':')?;
    let shaped = match tag.as_bytes() {
        [a, b] => [a, b].iter().all(|c| c.is_ascii_digit() || c.is_ascii_uppercase()),
        [a, b, c] => [a, b].iter().all(|c| c.is_ascii_digit()) && c.is_ascii_uppercase(),
        _ => false,
    };
    shaped.then_some((tag, value))
}
