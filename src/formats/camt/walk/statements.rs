//! Statements as they begin and end: pages that belong together, and statements that come twice.

use super::super::message;
use super::super::pages::Page;
use super::super::repeats::Verdict;
use super::super::spot::Paged;
use super::super::statement::{Body, StatementDraft};
use super::{MOST_STATEMENTS, ON, Step, Walk};
use crate::domain::lang::Bilingual;
use crate::domain::statement::Event;

impl Walk<'_, '_> {
    pub(super) fn end_group_header(&mut self, line: u64) {
        let page = Page::new(self.message_page, Paged::Message);
        for note in self.message_pages.follow(page, line) {
            self.notes.warn(note);
        }
    }

    pub(super) fn start_statement(&mut self, line: u64) -> Step {
        self.statements_seen += 1;
        if self.statements_seen > MOST_STATEMENTS {
            let what = Bilingual::new(
                "tệp có hơn 20.000 sao kê",
                "the file holds more than 20,000 statements",
            );
            return self.stop(message::limit("too_many_statements", line, &what));
        }
        self.statement = StatementDraft::new(line);
        ON
    }

    /// Decides what becomes of the entries that now begin: all that tells comes before them.
    pub(super) fn start_body(&mut self, line: u64) -> Step {
        self.statement.settle(self.message_pages.current());
        let outline = self.statement.outline();
        let verdict = match self.statement.name {
            Some(name) => self.repeats.judge(name, &outline),
            None => Verdict::New,
        };
        if verdict == Verdict::Repeated {
            self.statement.body = Body::Repeated;
            return ON;
        }
        self.statement.body = Body::Delivered;
        if verdict == Verdict::Contradicts {
            let fault = message::statement_contradicts(self.statement.line, self.statement.label());
            self.notes.refuse(fault);
        }
        if let Some(held) = self.held.take_if(|held| self.statement.goes_on(held)) {
            if let Some(note) = self.statement.join(*held) {
                self.warn(note);
            }
            return ON;
        }
        let step = self.let_held_go(line);
        let page = self.statement.page.filter(|page| page.of == Paged::Statement);
        if let Some(note) = page.and_then(|page| page.misses_earlier(self.statement.line)) {
            self.warn(note);
        }
        step
    }

    pub(super) fn end_statement(&mut self, line: u64) -> Step {
        if self.statement.body == Body::Ahead {
            let step = self.start_body(line);
            if step.is_break() {
                return step;
            }
        }
        let statement = std::mem::take(&mut self.statement);
        let seen = statement.seen();
        if statement.body == Body::Repeated {
            let confirmed = statement.name.is_some_and(|name| self.repeats.confirms(name, &seen));
            if confirmed {
                self.notes.warn(message::statement_repeated(statement.line, statement.label()));
            } else {
                let fault = message::statement_contradicts(statement.line, statement.label());
                self.notes.refuse(fault);
            }
            return ON;
        }
        if let Some(name) = statement.name {
            self.repeats.remember(name, seen);
        }
        if statement.page.is_some_and(Page::may_go_on) {
            self.held = Some(Box::new(statement));
            return ON;
        }
        self.let_go(statement, line)
    }

    /// Delivers the page that was held for another to follow.
    pub(super) fn let_held_go(&mut self, line: u64) -> Step {
        match self.held.take() {
            Some(held) => self.let_go(*held, line),
            None => ON,
        }
    }

    /// Delivers what was learnt of a statement whose entries are delivered.
    fn let_go(&mut self, mut statement: StatementDraft, line: u64) -> Step {
        let compare = !self.notes.refused();
        let page = statement.page.filter(|page| page.of == Paged::Statement);
        let (header, notes) = statement.finish(compare);
        for note in notes.into_iter().chain(page.and_then(|page| page.misses_next(line))) {
            self.warn(note);
        }
        if let Some(note) = self.sequences.follow(&header, line) {
            self.warn(note);
        }
        let step = if self.notes.refused() { ON } else { (self.sink)(Event::Statement(header)) };
        self.reading.statements += 1;
        step
    }
}
