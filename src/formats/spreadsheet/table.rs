//! Goes through the rows of a sheet: letterhead, header, entries, totals, and perhaps another table.

mod runs;

use std::ops::ControlFlow;

use super::cell::{Cell, Row};
use super::date::looks_like_day;
use super::entry::{DayCell, EntryReader, is_balance_line};
use super::header::{Columns, header_of_row, header_of_two_rows};
use super::layouts;
use super::legacy_font::FontWatch;
use super::letterhead::Letterhead;
use super::notes::{self, Notes};
use super::number::Marks;
use super::statement::{Draft, stated_currency};
use super::synonyms::{field_of_heading, is_total_or_balance};
use crate::domain::calendar::Day;
use crate::domain::diagnostic::Diagnostic;
use crate::domain::statement::{Entry, Event};
use crate::domain::text::squeeze;
use crate::formats::{Options, Reading, Sink};

/// How many filled rows may stand above the first header.
const LETTERHEAD_ROWS: usize = 60;

/// Why the reading ends before the sheet does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stop {
    /// The receiver of the events wants no more.
    Asked,
    /// The file is refused.
    Refused,
    /// No header in the sheet's first rows.
    NoHeader,
}

/// Reads rows in order and delivers entries and statements.
pub struct TableReader<'r, 's> {
    #[expect(dead_code, reason = "mappings are applied in a following step")]
    options: &'r Options,
    sink: &'r mut Sink<'s>,
    reading: Reading,
    notes: Notes,
    is_1904: bool,
    /// Labels seen since the last header or entry.
    head: Letterhead,
    /// The last row that was no entry: it may be the upper half of a header, or labels whose values
    /// stand in the row below.
    waiting: Option<Vec<String>>,
    filled_rows: usize,
    /// The row most like a header, for the message when there is none.
    nearest: Vec<String>,
    table: Option<EntryReader>,
    draft: Option<Draft>,
    /// A statement without account and entries: delivered only when there is no other.
    blank: Option<Draft>,
    marks: Marks,
    fills_dates_down: bool,
    day_above: Option<Day>,
    unlabelled: bool,
    first_account: Option<String>,
    fonts: FontWatch,
}

impl<'r, 's> TableReader<'r, 's> {
    /// A reader of a file in `format` that delivers to `sink`.
    pub fn new(format: &str, is_1904: bool, options: &'r Options, sink: &'r mut Sink<'s>) -> Self {
        TableReader {
            options,
            sink,
            reading: Reading { format: Some(format.to_owned()), ..Reading::default() },
            notes: Notes::default(),
            is_1904,
            head: Letterhead::default(),
            waiting: None,
            filled_rows: 0,
            nearest: Vec::new(),
            table: None,
            draft: None,
            blank: None,
            marks: Marks::default(),
            fills_dates_down: false,
            day_above: None,
            unlabelled: false,
            first_account: None,
            fonts: FontWatch::default(),
        }
    }

    /// Starts a sheet; its name may tell the layout.
    pub fn begin_sheet(&mut self, name: &str) {
        self.head = Letterhead::default();
        self.head.title.push_str(&squeeze(name));
        self.head.title.push(' ');
        self.waiting = None;
        self.filled_rows = 0;
    }

    /// Ends a sheet and the statement in it.
    pub fn end_sheet(&mut self) -> ControlFlow<Stop> {
        if let Some(waiting) = self.waiting.take() {
            match header_of_row(&waiting) {
                Some(columns) if self.table.is_none() => self.begin_table(columns)?,
                _ => self.absorb(&waiting, None),
            }
        }
        self.close_table();
        if let Some(draft) = &mut self.draft {
            let foreign = self.head.account.is_some()
                && draft.account().is_some()
                && self.head.account.as_deref() != draft.account();
            if !foreign {
                draft.complete(&self.head);
            }
        }
        self.end_statement()
    }

    /// Adds a warning.
    pub fn warn(&mut self, warning: Diagnostic) {
        self.notes.push(warning);
    }

    /// Refuses the file.
    pub fn refuse(&mut self, error: Diagnostic) -> ControlFlow<Stop> {
        self.reading.errors.push(error);
        ControlFlow::Break(Stop::Refused)
    }

    /// Ends the file: what was read and what was wrong.
    #[must_use]
    pub fn finish(mut self) -> Reading {
        if let Some(blank) = self.blank.take()
            && self.reading.statements == 0
            && self.reading.errors.is_empty()
        {
            // Nothing follows that could be stopped.
            let _ended = self.deliver_statement(blank);
        }
        if self.reading.errors.is_empty() && self.reading.layout.is_none() {
            let error =
                self.fonts.refusal().unwrap_or_else(|| notes::header_not_found(&self.nearest));
            self.reading.errors.push(error);
        }
        if self.reading.errors.is_empty() && self.reading.statements > 1 && self.unlabelled {
            let error = notes::mixed_accounts(self.first_account.as_deref(), None);
            self.reading.errors.push(error);
        }
        if self.reading.errors.is_empty()
            && let Some(warning) = self.fonts.warning()
        {
            self.notes.push(warning);
        }
        self.reading.warnings = self.notes.finish();
        self.reading
    }

    /// Takes row `number` of the sheet, counted from 1.
    pub fn row(&mut self, number: u64, row: Row<'_>) -> ControlFlow<Stop> {
        if self.table.is_some() { self.table_row(number, row) } else { self.other_row(number, row) }
    }

    /// A row while no table is open.
    fn other_row(&mut self, number: u64, row: Row<'_>) -> ControlFlow<Stop> {
        if row.is_blank() {
            return ControlFlow::Continue(());
        }
        let texts = row.texts();
        if let Some(above) = self.waiting.take() {
            if let Some(columns) = header_of_two_rows(&above, &texts) {
                return self.begin_table(columns);
            }
            if let Some(columns) = header_of_row(&above) {
                self.begin_table(columns)?;
                return self.table_row(number, row);
            }
            self.absorb(&above, Some(&texts));
        }
        self.fonts.see_labels(number, &texts);
        self.remember_nearest(&texts);
        self.waiting = Some(texts);
        self.filled_rows += 1;
        if self.filled_rows > LETTERHEAD_ROWS && self.draft.is_none() {
            return ControlFlow::Break(Stop::NoHeader);
        }
        ControlFlow::Continue(())
    }

    fn remember_nearest(&mut self, texts: &[String]) {
        let known =
            |row: &[String]| row.iter().filter(|cell| field_of_heading(cell).is_some()).count();
        let filled = texts.iter().filter(|cell| !cell.is_empty());
        if self.nearest.is_empty() || known(texts) > known(&self.nearest) {
            self.nearest = filled.take(12).cloned().collect();
        }
    }

    /// Opens a table, and a statement unless the table continues one on a new page.
    fn begin_table(&mut self, mut columns: Columns) -> ControlFlow<Stop> {
        let head = std::mem::take(&mut self.head);
        if let Some(other) = &head.other_account {
            let error = notes::mixed_accounts(head.account.as_deref(), Some(other));
            return self.refuse(error);
        }
        if let Some(error) = self.old_font_heading(&columns) {
            return self.refuse(error);
        }
        let layout = layouts::recognise(&columns, &head.title);
        self.fills_dates_down = layout == layouts::VIETINBANK_EFAST;
        self.reading.layout.get_or_insert_with(|| layout.to_owned());
        self.start_statement(head)?;
        let draft = self.draft.get_or_insert_with(Draft::default);
        // Beside a name or a bank, an account that is not the letterhead's is the other side's.
        let known = draft.head.account.is_some() || layout != layouts::GENERIC;
        if known
            && columns.counter_account.is_none()
            && (columns.name.is_some() || columns.bank.is_some())
        {
            columns.counter_account = columns.account.take();
        }
        let table = EntryReader::new(columns, draft.currency, self.marks, self.is_1904);
        draft.currency = Some(table.currency);
        self.table = Some(table);
        ControlFlow::Continue(())
    }

    /// Begins a statement under a letterhead; one without labels continues the statement above.
    fn start_statement(&mut self, head: Letterhead) -> ControlFlow<Stop> {
        let continues = self.draft.as_ref().is_some_and(|draft| match &head.account {
            Some(account) => draft.account() == Some(account),
            None => head.opening.is_none() || draft.tally.entries() == 0,
        });
        if continues {
            if let Some(draft) = &mut self.draft {
                draft.complete(&head);
            }
            return ControlFlow::Continue(());
        }
        self.end_statement()?;
        self.marks = Marks::default();
        self.day_above = None;
        self.draft = Some(Draft::new(head));
        ControlFlow::Continue(())
    }

    fn table_row(&mut self, number: u64, row: Row<'_>) -> ControlFlow<Stop> {
        let Some(table) = &mut self.table else { return ControlFlow::Continue(()) };
        match table.day(&row) {
            DayCell::Day(day, behind) => self.entry_row(number, row, day, behind),
            DayCell::Blank => match self.day_from_above(&row) {
                Some(day) => self.entry_row(number, row, day, None),
                None => self.dayless_row(number, row, None),
            },
            DayCell::Unreadable(index, cell) => self.dayless_row(number, row, Some((index, cell))),
        }
    }

    fn entry_row(
        &mut self,
        number: u64,
        row: Row<'_>,
        day: Day,
        behind: Option<&str>,
    ) -> ControlFlow<Stop> {
        self.day_above = Some(day);
        self.fonts.see_entry(number, &row);
        if let Some(labels) = self.waiting.take() {
            self.absorb(&labels, None);
        }
        if self.head.says_anything() {
            self.take_labels()?;
        }
        let Some(table) = &mut self.table else { return ControlFlow::Continue(()) };
        match table.read(number, &row, day, behind) {
            Ok(Some(entry)) => {
                if let Some(left_out) = table.left_out.take() {
                    self.notes.push_row(left_out);
                }
                self.check_own_account(&row)?;
                self.deliver_entry(entry)
            }
            Err(problem) => {
                self.bad_row(problem);
                ControlFlow::Continue(())
            }
            Ok(None) => {
                if is_balance_line(&row) {
                    self.absorb(&row.texts(), None);
                }
                ControlFlow::Continue(())
            }
        }
    }

    /// Labels between entries: another account begins its own statement under the same header.
    fn take_labels(&mut self) -> ControlFlow<Stop> {
        let head = std::mem::take(&mut self.head);
        let other = head.account.is_some()
            && self.draft.as_ref().is_some_and(|draft| {
                draft.account().is_some() && draft.account() != head.account.as_deref()
            });
        if !other {
            if let Some(draft) = &mut self.draft {
                draft.complete(&head);
            }
            return ControlFlow::Continue(());
        }
        let Some(table) = self.table.take() else { return ControlFlow::Continue(()) };
        let currency = stated_currency(&head);
        self.start_statement(head)?;
        let table = EntryReader::new(table.columns, currency, self.marks, self.is_1904);
        if let Some(draft) = &mut self.draft {
            draft.currency = Some(table.currency);
        }
        self.table = Some(table);
        ControlFlow::Continue(())
    }

    /// A blank date of an eFAST file means the date above, where the row moves money and is no total.
    fn day_from_above(&self, row: &Row<'_>) -> Option<Day> {
        let table = self.table.as_ref()?;
        let day = self.day_above.filter(|_| self.fills_dates_down)?;
        let referenced =
            table.columns.reference.is_some_and(|index| row.cell(index) != Cell::Empty);
        let labelled = first_words(row).is_some_and(is_total_or_balance);
        (table.has_money(row) && (referenced || !labelled)).then_some(day)
    }

    /// A row of a table without a readable day: a header again, a total, a label, or a damaged entry.
    fn dayless_row(
        &mut self,
        number: u64,
        row: Row<'_>,
        unreadable: Option<(usize, Cell<'_>)>,
    ) -> ControlFlow<Stop> {
        if row.is_blank() {
            return ControlFlow::Continue(());
        }
        let texts = row.texts();
        if header_of_row(&texts).is_some() {
            self.hold(texts);
            self.close_table();
            return ControlFlow::Continue(());
        }
        let two_rows = self.waiting.as_ref().and_then(|above| header_of_two_rows(above, &texts));
        if let Some(columns) = two_rows {
            self.waiting = None;
            self.close_table();
            return self.begin_table(columns);
        }
        let Some(table) = &self.table else { return ControlFlow::Continue(()) };
        let label =
            first_words(&row).is_some_and(is_total_or_balance) || are_column_numbers(&texts);
        let meant_as_day = unreadable.as_ref().is_some_and(|(_, cell)| match cell {
            Cell::Text(text) => looks_like_day(text),
            _ => true,
        });
        if label || !(table.has_money(&row) || meant_as_day) {
            self.hold(texts);
            return ControlFlow::Continue(());
        }
        let index = unreadable.as_ref().map_or(table.columns.day(), |(index, _)| Some(*index));
        let heading = table.columns.heading(index.unwrap_or(0));
        let problem = match unreadable {
            Some((_, Cell::Broken(error))) => notes::broken_cell(number, &heading, &error, true),
            Some((_, Cell::Uncomputed)) => notes::broken_cell(number, &heading, "", false),
            Some((_, cell)) => notes::date_problem(number, &heading, &cell.shown()),
            None => notes::date_problem(number, &heading, ""),
        };
        self.bad_row(problem);
        ControlFlow::Continue(())
    }

    fn bad_row(&mut self, problem: Diagnostic) {
        self.notes.push_row(problem);
        if let Some(draft) = &mut self.draft {
            draft.bad_rows += 1;
            draft.tally.skip_row();
        }
    }

    /// A column of accounts that are the statement's own must not name a second one.
    fn check_own_account(&mut self, row: &Row<'_>) -> ControlFlow<Stop> {
        let Some(index) = self.table.as_ref().and_then(|table| table.columns.account) else {
            return ControlFlow::Continue(());
        };
        let account: String = row.cell(index).shown().split_whitespace().collect();
        let Some(draft) = &mut self.draft else { return ControlFlow::Continue(()) };
        if account.is_empty() {
            return ControlFlow::Continue(());
        }
        match draft.account() {
            None => {
                draft.column_account = Some(account);
                ControlFlow::Continue(())
            }
            Some(known) if known == account => ControlFlow::Continue(()),
            Some(known) => {
                let error = notes::mixed_accounts(Some(known), Some(&account));
                self.refuse(error)
            }
        }
    }

    fn deliver_entry(&mut self, entry: Entry) -> ControlFlow<Stop> {
        if let Some(draft) = &mut self.draft {
            draft.tally.add(&entry);
            draft.currency = Some(entry.currency);
        }
        self.reading.entries += 1;
        asked((self.sink)(Event::Entry(entry)))
    }

    /// Closes the open table; its statement stays open for a next page.
    fn close_table(&mut self) {
        let Some(table) = self.table.take() else { return };
        self.marks = table.marks;
        if let Some(draft) = &mut self.draft {
            let one_column = table.columns.debit.is_none() && table.columns.credit.is_none();
            draft.unsigned = one_column && !table.sign_seen;
        }
    }

    fn end_statement(&mut self) -> ControlFlow<Stop> {
        self.close_table();
        let Some(draft) = self.draft.take() else { return ControlFlow::Continue(()) };
        if draft.account().is_none() && draft.tally.entries() == 0 && draft.bad_rows == 0 {
            self.blank.get_or_insert(draft);
            return ControlFlow::Continue(());
        }
        self.deliver_statement(draft)
    }

    fn deliver_statement(&mut self, draft: Draft) -> ControlFlow<Stop> {
        let index = usize::try_from(self.reading.statements).unwrap_or(usize::MAX);
        let header = draft.finish(index, self.marks, &mut self.notes);
        self.unlabelled |= header.account.is_none();
        if self.first_account.is_none() {
            self.first_account.clone_from(&header.account);
        }
        self.reading.statements += 1;
        asked((self.sink)(Event::Statement(header)))
    }

    /// Keeps a row until the next one shows whether it belongs to it.
    fn hold(&mut self, texts: Vec<String>) {
        if let Some(above) = self.waiting.take() {
            self.absorb(&above, Some(&texts));
        }
        self.waiting = Some(texts);
    }

    fn absorb(&mut self, row: &[String], below: Option<&[String]>) {
        let balance = self.table.as_ref().and_then(|table| table.columns.balance);
        self.head.absorb(row, below, balance);
        // A closing balance before the next account's label is the end of the statement above.
        if let (Some(draft), None) = (&mut self.draft, &self.head.account)
            && draft.tally.entries() > 0
            && draft.head.closing.is_none()
        {
            draft.head.closing = self.head.closing.take();
        }
    }
}

fn asked(flow: ControlFlow<()>) -> ControlFlow<Stop> {
    match flow {
        ControlFlow::Continue(()) => ControlFlow::Continue(()),
        ControlFlow::Break(()) => ControlFlow::Break(Stop::Asked),
    }
}

/// The first cell of a row that holds words.
fn first_words<'a>(row: &Row<'a>) -> Option<&'a str> {
    (0..row.width()).find_map(|index| match row.cell(index) {
        Cell::Text(text) if text.contains(char::is_alphabetic) => Some(text),
        _ => None,
    })
}

/// A row `(1) (2) (3) …` or `A B C …` under the header, as forms number their columns.
fn are_column_numbers(texts: &[String]) -> bool {
    let mut filled =
        texts.iter().map(|text| text.trim_matches(['(', ')'])).filter(|t| !t.is_empty());
    let small = |text: &str| {
        text.len() <= 2
            && (text.bytes().all(|byte| byte.is_ascii_digit())
                || (text.len() == 1 && text.bytes().all(|byte| byte.is_ascii_uppercase())))
    };
    filled.clone().count() >= 3 && filled.all(small)
}
