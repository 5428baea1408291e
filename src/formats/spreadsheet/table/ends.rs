//! The ends of tables, statements and the file.

use std::ops::ControlFlow;

use super::super::letterhead::Letterhead;
use super::super::notes;
use super::super::number::Marks;
use super::super::question::{columns_unknown, sheet_not_read};
use super::super::statement::Draft;
use super::super::tally::LastRow;
use super::{Stop, TableReader};
use crate::domain::statement::{Entry, Event};
use crate::formats::Reading;

impl TableReader<'_, '_> {
    /// Ends a sheet and the statement in it.
    pub fn end_sheet(&mut self) -> ControlFlow<Stop> {
        if let Some((number, waiting)) = self.waiting.take() {
            match self.header_of_one(number, &waiting) {
                Some(header) if self.table.is_none() => self.begin_table(header)?,
                _ => self.absorb(&waiting, None),
            }
        }
        self.close_table();
        self.ask_about_sheet();
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

    /// Ends the file: what was read and what was wrong.
    #[must_use]
    pub fn finish(mut self) -> Reading {
        self.ask_about_sheet();
        if let Some(blank) = self.blank.take()
            && self.reading.statements == 0
            // Entries without their statement: the receiver had enough before it came.
            && self.reading.entries == 0
            && self.reading.errors.is_empty()
        {
            // Nothing follows that could be stopped.
            let _ended = self.deliver_statement(blank);
        }
        if self.reading.errors.is_empty() && self.reading.layout.is_none() {
            self.reading.errors.extend(self.fonts.refusal());
        }
        if self.reading.errors.is_empty() {
            match (&self.reading.layout, self.question.take()) {
                (None, Some(question)) => {
                    self.reading.errors.push(columns_unknown(&question));
                    self.reading.columns = Some(question);
                }
                (None, None) => self.reading.errors.push(notes::header_not_found(&self.nearest)),
                (Some(_), Some(question)) => self.notes.push(sheet_not_read(&question)),
                (Some(_), None) => {}
            }
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

    /// Keeps the question about a sheet in which no header was found.
    fn ask_about_sheet(&mut self) {
        let survey = std::mem::take(&mut self.survey);
        if self.draft.is_none()
            && self.table.is_none()
            && self.question.is_none()
            && let Some(table) = survey.table()
        {
            self.question = Some(table.question(&self.sheet, false));
        }
    }

    pub(super) fn deliver_entry(&mut self, entry: Entry) -> ControlFlow<Stop> {
        let repeats = self.last.is_repeated_by(&entry);
        if repeats {
            self.notes.push_row(notes::repeated_row(&self.last.position, &entry.position));
        }
        if let Some(draft) = &mut self.draft {
            draft.tally.add(&entry, repeats);
            draft.currency = Some(entry.currency);
        }
        self.reading.entries += 1;
        asked((self.sink)(Event::Entry(entry)))
    }

    /// Closes the open table; its statement stays open for a next page.
    pub(super) fn close_table(&mut self) {
        let Some(table) = self.table.take() else { return };
        self.marks = table.marks;
        if table.days_are_turned() {
            let heading = table.columns.heading(table.columns.day().unwrap_or(0));
            self.reading.errors.push(notes::dates_turned(&heading));
        }
        if let Some(draft) = &mut self.draft {
            draft.one_column |= table.columns.debit.is_none() && table.columns.credit.is_none();
            draft.sign_seen |= table.sign_seen || table.unsigned.is_some();
        }
    }

    /// Begins a statement under a letterhead; one without labels continues the statement above.
    pub(super) fn start_statement(&mut self, head: Letterhead) -> ControlFlow<Stop> {
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

    pub(super) fn end_statement(&mut self) -> ControlFlow<Stop> {
        self.close_table();
        let Some(draft) = self.draft.take() else { return ControlFlow::Continue(()) };
        if draft.account().is_none() && draft.tally.entries() == 0 && draft.bad_rows == 0 {
            self.blank.get_or_insert(draft);
            return ControlFlow::Continue(());
        }
        self.deliver_statement(draft)
    }

    fn deliver_statement(&mut self, draft: Draft) -> ControlFlow<Stop> {
        self.last = LastRow::default();
        if let Some((sample, unsigned)) = draft.asks(self.marks) {
            let question = sample.question(&self.sheet, unsigned);
            let error = columns_unknown(&question);
            self.reading.columns = Some(question);
            return self.refuse(error);
        }
        self.before.add(&draft.tally);
        let index = usize::try_from(self.reading.statements).unwrap_or(usize::MAX);
        let header = draft.finish(index, self.marks, &mut self.notes);
        self.unlabelled |= header.account.is_none();
        if self.first_account.is_none() {
            self.first_account.clone_from(&header.account);
        }
        self.reading.statements += 1;
        asked((self.sink)(Event::Statement(header)))
    }
}

fn asked(flow: ControlFlow<()>) -> ControlFlow<Stop> {
    match flow {
        ControlFlow::Continue(()) => ControlFlow::Continue(()),
        ControlFlow::Break(()) => ControlFlow::Break(Stop::Asked),
    }
}
