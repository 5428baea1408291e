//! A statement while it is being read: its header, its balances and its period.

use chrono::Days;

use super::message;
use super::pages::{Page, PageDraft};
use super::repeats::{Digest, Name, Outline, Seen, name};
use super::spot::{Paged, Spot};
use super::summary::{Counted, Summary};
use crate::domain::calendar::{Day, Period};
use crate::domain::diagnostic::Diagnostic;
use crate::domain::money::Currency;
use crate::domain::statement::{Balance, CreditDebit, Entry, EntryStatus, Money, StatementHeader};
use crate::formats::balance::Movements;

/// What `Stmt`, `Rpt` or `Ntfctn` has said so far.
#[derive(Debug, Default)]
pub struct StatementDraft {
    /// The line of the start tag.
    pub line: u64,
    pub id: Option<String>,
    pub page_draft: PageDraft,
    pub electronic_sequence: Option<String>,
    pub legal_sequence: Option<String>,
    pub copy: bool,
    pub account: Option<String>,
    pub currency: Option<Currency>,
    pub period: PeriodDraft,
    pub balance: BalanceDraft,
    pub summary: Summary,
    /// Which page it is, once its entries begin.
    pub page: Option<Page>,
    /// What it is called, once its entries begin; nothing without an id.
    pub name: Option<Name>,
    /// What becomes of its entries, once they begin.
    pub body: Body,
    balances: Balances,
    last_day: Option<Day>,
    movements: Movements,
    counted: Counted,
    digest: Digest,
    earlier: Option<Box<EarlierPages>>,
}

/// What becomes of a statement's entries.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Body {
    /// They have not begun.
    #[default]
    Ahead,
    /// They are delivered.
    Delivered,
    /// They were delivered before, when the statement stood in the file for the first time.
    Repeated,
}

/// What the pages before this one said.
#[derive(Debug)]
struct EarlierPages {
    first_line: u64,
    opening: Option<Balance>,
    counted: Counted,
    /// Totals that were not those of their own page.
    summaries: Vec<Summary>,
}

/// What `FrToDt` has said.
#[derive(Clone, Copy, Debug, Default)]
pub struct PeriodDraft {
    pub from: Option<Day>,
    pub to: Option<Day>,
    /// Whether the end is the first moment of a day.
    pub to_midnight: bool,
}

/// What one `Bal` has said.
#[derive(Debug, Default)]
pub struct BalanceDraft {
    pub code: Option<String>,
    pub amount: Option<Money>,
    pub direction: Option<CreditDebit>,
    pub day: Option<Day>,
    /// Diagnostics of its values, told only if the balance is one that counts.
    pub faults: Vec<Diagnostic>,
}

/// The booked balances of a page. Available, forward, expected and informational ones say what may
/// be spent or may come, never what the entries add up to.
#[derive(Clone, Copy, Debug, Default)]
struct Balances {
    opening: Option<Balance>,
    previous_closing: Option<Balance>,
    closing: Option<Balance>,
    first_interim: Option<Balance>,
    last_interim: Option<Balance>,
    interims: u32,
}

impl Balances {
    /// On the pages of a long statement the interim booked balance stands for the missing opening or
    /// closing one. Alone it is how far the day has come, hence the closing one.
    fn opening(&self) -> Option<Balance> {
        self.opening.or(self.previous_closing).or_else(|| {
            (self.closing.is_some() || self.interims >= 2).then_some(self.first_interim)?
        })
    }

    fn closing(&self) -> Option<Balance> {
        self.closing.or(self.last_interim)
    }

    fn take(&mut self, code: &str, stated: Balance) {
        match code {
            "OPBD" => keep_earliest(&mut self.opening, stated),
            "PRCD" => keep_earliest(&mut self.previous_closing, stated),
            "CLBD" => keep_latest(&mut self.closing, stated),
            _ => {
                self.interims += 1;
                self.first_interim.get_or_insert(stated);
                self.last_interim = Some(stated);
            }
        }
    }
}

impl StatementDraft {
    /// The draft of the statement whose start tag is on `line`.
    pub fn new(line: u64) -> StatementDraft {
        StatementDraft { line, ..StatementDraft::default() }
    }

    /// Takes the finished `Bal`; gives back what is wrong with it when it is one that counts.
    pub fn end_balance(&mut self, line: u64) -> Vec<Diagnostic> {
        let mut draft = std::mem::take(&mut self.balance);
        let code = draft.code.as_deref().unwrap_or_default();
        if !matches!(code, "OPBD" | "PRCD" | "CLBD" | "ITBD") {
            return Vec::new();
        }
        if draft.faults.is_empty() && draft.amount.is_none() {
            draft.faults.push(message::missing(Spot::BalanceAmount.path(), line));
        }
        if draft.faults.is_empty() && draft.direction.is_none() {
            draft.faults.push(message::missing(Spot::BalanceDirection.path(), line));
        }
        let (Some(money), Some(direction)) = (draft.amount, draft.direction) else {
            return draft.faults;
        };
        if !draft.faults.is_empty() {
            return draft.faults;
        }
        // A multi-currency account may repeat a balance converted; only its own currency counts.
        if *self.currency.get_or_insert(money.currency) != money.currency {
            return Vec::new();
        }
        let signed = match direction {
            CreditDebit::Debit if !money.amount.is_zero() => -money.amount,
            _ => money.amount,
        };
        self.balances.take(code, Balance { amount: signed, date: draft.day });
        Vec::new()
    }

    /// Settles its page, which is the one it states, else that of its message; and its name.
    pub fn settle(&mut self, of_message: Option<Page>) {
        self.page = Page::new(self.page_draft, Paged::Statement).or(of_message);
        let page = self.page.map(|page| page.number);
        self.name =
            self.id.as_deref().map(|id| name(self.account.as_deref(), id, self.sequence(), page));
    }

    fn sequence(&self) -> Option<&str> {
        self.electronic_sequence.as_deref().or(self.legal_sequence.as_deref())
    }

    /// Its id, for people.
    pub fn label(&self) -> &str {
        self.id.as_deref().unwrap_or("?")
    }

    /// What it states of itself before its entries.
    pub fn outline(&self) -> Outline {
        Outline {
            opening: self.balances.opening(),
            closing: self.balances.closing(),
            period: self.period.stated(),
        }
    }

    /// What is remembered of the page that ends.
    pub fn seen(&self) -> Seen {
        let before = self.earlier.as_ref().map_or(0, |earlier| earlier.counted.count());
        Seen {
            outline: self.outline(),
            entries: self.counted.count() - before,
            digest: self.digest,
        }
    }

    /// Whether it is the page after `before` of the same statement.
    pub fn goes_on(&self, before: &StatementDraft) -> bool {
        let same = |own: Option<&str>, other: Option<&str>| own.is_some() && own == other;
        let pages = before.page.zip(self.page);
        pages.is_some_and(|(before, own)| before.is_followed_by(own))
            && self.account == before.account
            && (same(self.id.as_deref(), before.id.as_deref())
                || same(self.sequence(), before.sequence()))
    }

    /// Joins this page to the page `before`, which has ended. A warning when its opening balance is
    /// not where the other stopped; banks may also repeat the whole statement's on each page.
    pub fn join(&mut self, mut before: StatementDraft) -> Option<Diagnostic> {
        let (stopped, starts) = (before.balances.closing(), self.balances.opening());
        let figure = |balance: Option<Balance>| balance.map(|balance| balance.amount);
        let opening = before.opening();
        let apart = stopped.is_some() && starts.is_some() && figure(stopped) != figure(starts);
        let repeated = figure(starts) == figure(opening);
        let note = (apart && !repeated).then(|| message::pages_apart(self.line));
        let left = before.open_summaries();
        let mut summaries = before
            .earlier
            .as_mut()
            .map(|pages| std::mem::take(&mut pages.summaries))
            .unwrap_or_default();
        summaries.extend(left);
        self.earlier = Some(Box::new(EarlierPages {
            first_line: before.earlier.as_ref().map_or(before.line, |pages| pages.first_line),
            opening,
            counted: before.counted,
            summaries,
        }));
        self.movements = before.movements;
        self.counted = before.counted;
        self.last_day = before.last_day;
        self.copy |= before.copy;
        self.id = before.id.or(self.id.take());
        self.electronic_sequence = before.electronic_sequence.or(self.electronic_sequence.take());
        self.legal_sequence = before.legal_sequence.or(self.legal_sequence.take());
        self.currency = before.currency.or(self.currency);
        self.period = before.period.or(self.period);
        note
    }

    fn opening(&self) -> Option<Balance> {
        match &self.earlier {
            Some(pages) => pages.opening,
            None => self.balances.opening(),
        }
    }

    /// The totals of this page, if they are not those of its own entries.
    fn open_summaries(&self) -> Option<Summary> {
        let start = self.earlier.as_ref().map(|pages| pages.counted).unwrap_or_default();
        let open = !self.summary.check(&self.counted, &start).is_empty();
        open.then(|| self.summary.clone())
    }

    /// Takes note of a whole `Ntry` as the bank's own totals count it, before it is split.
    pub fn count_entry(
        &mut self,
        direction: CreditDebit,
        money: Money,
        status: Option<EntryStatus>,
    ) {
        self.counted.add(direction, money, status);
    }

    /// Takes note of an entry as it is delivered.
    pub fn add(&mut self, entry: &Entry) {
        self.currency.get_or_insert(entry.currency);
        self.last_day = self.last_day.max(Some(entry.booking_date));
        self.movements.add(entry);
        self.digest.add(entry);
    }

    /// The header, and what a person should look at. Balances are compared only when no entry was
    /// lost to an error.
    pub fn finish(&mut self, compare: bool) -> (StatementHeader, Vec<Diagnostic>) {
        let mut notes = Vec::new();
        let closing = self.balances.closing();
        let header = StatementHeader {
            account: self.account.take(),
            currency: self.currency,
            reference: self.id.take(),
            sequence: self.electronic_sequence.take().or_else(|| self.legal_sequence.take()),
            opening: self.opening(),
            closing,
            period: self.period.covered(self.last_day.max(closing.and_then(|last| last.date))),
            copy: self.copy,
        };
        if header.account.is_none() {
            let line = self.earlier.as_ref().map_or(self.line, |pages| pages.first_line);
            notes.push(message::account_missing(line));
        }
        if self.period.is_reversed() {
            notes.push(message::period_reversed(self.line));
        }
        if compare {
            notes.extend(self.movements.check(&header));
            notes.extend(self.check_summaries());
        }
        (header, notes)
    }

    /// On pages, a total may be the page's or the whole statement's: either way is right.
    fn check_summaries(&self) -> Vec<Diagnostic> {
        let nothing = Counted::default();
        let Some(pages) = &self.earlier else { return self.summary.check(&self.counted, &nothing) };
        let own = self.open_summaries();
        pages
            .summaries
            .iter()
            .chain(own.as_ref())
            .flat_map(|summary| summary.check(&self.counted, &nothing))
            .collect()
    }
}

impl PeriodDraft {
    fn stated(self) -> Option<Period> {
        Period::new(self.from?, self.to?)
    }

    fn or(self, other: PeriodDraft) -> PeriodDraft {
        if self.from.is_some() && self.to.is_some() { self } else { other }
    }

    fn is_reversed(self) -> bool {
        self.from.is_some() && self.to.is_some() && self.stated().is_none()
    }

    /// The days it covers, given the last day of which the statement speaks. An end at midnight may
    /// be the first moment of the day after: that day counts only where something speaks of it.
    fn covered(self, last: Option<Day>) -> Option<Period> {
        let stated = self.stated()?;
        let doubtful = self.to_midnight && stated.from() < stated.to() && last < Some(stated.to());
        if !doubtful {
            return Some(stated);
        }
        Period::new(stated.from(), stated.to().checked_sub_days(Days::new(1))?)
    }
}

fn keep_earliest(kept: &mut Option<Balance>, stated: Balance) {
    let earlier =
        kept.is_some_and(|kept| matches!((stated.date, kept.date), (Some(a), Some(b)) if a < b));
    if kept.is_none() || earlier {
        *kept = Some(stated);
    }
}

fn keep_latest(kept: &mut Option<Balance>, stated: Balance) {
    let earlier =
        kept.is_some_and(|kept| matches!((stated.date, kept.date), (Some(a), Some(b)) if a < b));
    if !earlier {
        *kept = Some(stated);
    }
}
