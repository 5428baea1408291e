//! The rows under a header: entries, totals, labels, and headers of further pages.

use std::ops::ControlFlow;

use super::super::cell::{Cell, Row};
use super::super::date::looks_like_day;
use super::super::entry::{DayCell, is_no_entry_line};
use super::super::header::are_column_numbers;
use super::super::notes;
use super::super::row_labels::{is_footer, is_total_or_balance};
use super::super::statement::stated_currency;
use super::super::totals;
use super::{Stop, TableReader};
use crate::domain::calendar::Day;
use crate::domain::diagnostic::Diagnostic;

impl TableReader<'_, '_> {
    pub(super) fn table_row(&mut self, number: u64, row: Row<'_>) -> ControlFlow<Stop> {
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
        if let Some((_, labels)) = self.waiting.take() {
            self.absorb(&labels, None);
        }
        if self.head.says_anything() {
            self.take_labels()?;
        }
        if let Some(draft) = &mut self.draft
            && let Some(sample) = &mut draft.sample
        {
            sample.take(&row);
            draft.missing_width = draft.missing_width.filter(|width| row.width() < *width);
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
                if is_no_entry_line(&row) {
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
        let table = self.entry_reader(table.columns, currency);
        if let Some(draft) = &mut self.draft {
            draft.currency = Some(table.currency);
        }
        self.table = Some(table);
        ControlFlow::Continue(())
    }

    /// In some exports a blank date means the date above, where the row moves money and is no total.
    fn day_from_above(&self, row: &Row<'_>) -> Option<Day> {
        let table = self.table.as_ref()?;
        let day =
            self.day_above.filter(|_| self.profile.is_some_and(|p| p.habits.fills_dates_down))?;
        let referenced =
            table.columns.reference.is_some_and(|index| row.cell(index) != Cell::Empty);
        let labelled = first_words(row).is_some_and(|label| self.is_no_entry(label));
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
        if self.header_of_one(number, &texts).is_some() {
            self.hold(number, texts);
            self.close_table();
            return ControlFlow::Continue(());
        }
        let above = self.waiting.as_ref().map(|(_, above)| above);
        if let Some(header) = above.and_then(|above| self.header_of_two(above, number, &texts)) {
            self.waiting = None;
            self.close_table();
            return self.begin_table(header);
        }
        let Some(table) = &self.table else { return ControlFlow::Continue(()) };
        let meant_as_day = unreadable.as_ref().is_some_and(|(_, cell)| match cell {
            Cell::Text(text) => looks_like_day(text),
            _ => true,
        });
        let words = first_words(&row);
        let label = words.is_some_and(|words| self.is_no_entry(words));
        if label || are_column_numbers(&texts) || !(table.has_money(&row) || meant_as_day) {
            if words.is_some_and(totals::is_total) {
                self.compare_total(number, &row);
            }
            self.hold(number, texts);
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

    /// Whether a row that starts with these words is a total, a balance or a page's foot.
    fn is_no_entry(&self, label: &str) -> bool {
        is_total_or_balance(label)
            || is_footer(label)
            || totals::total_of_label(label).is_some()
            || self.profile.is_some_and(|profile| profile.stops_at(label))
    }

    /// A row of totals is compared with the rows above it, and never an entry.
    fn compare_total(&mut self, number: u64, row: &Row<'_>) {
        let (Some(table), Some(draft)) = (&mut self.table, &mut self.draft) else { return };
        let stated = totals::stated(table, number, row);
        if let Some(warning) =
            draft.tally.check_total(number, &stated, &self.before, table.currency)
        {
            self.notes.push_row(warning);
        }
    }

    pub(super) fn bad_row(&mut self, problem: Diagnostic) {
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
}

/// The first cell of a row that holds words.
fn first_words<'a>(row: &Row<'a>) -> Option<&'a str> {
    (0..row.width()).find_map(|index| match row.cell(index) {
        Cell::Text(text) if text.contains(char::is_alphabetic) => Some(text),
        _ => None,
    })
}
