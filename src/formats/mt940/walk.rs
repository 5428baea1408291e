//! The walk through a SWIFT file: its lines become fields, its messages statements.

mod doubt;
mod fields;

use std::ops::ControlFlow;

use super::envelope::Envelope;
use super::lines::Line;
use super::message;
use super::statement::Statement;
use super::statement_line::StatementLine;
use super::tag::{Shape, Tag, shape};
use crate::domain::diagnostic::Diagnostic;
use crate::domain::statement::Event;
use crate::formats::notes::Notes;
use crate::formats::sequence::Sequences;
use crate::formats::{Reading, Sink};
use doubt::{Doubt, Like, Next};

/// Entries and statements together.
const MOST_RECORDS: u64 = 2_000_000;
/// A field may have several lines, but none is endless.
const LONGEST_FIELD: usize = 64 * 1024;

type Step = ControlFlow<()>;
const ON: Step = ControlFlow::Continue(());

/// The state of the walk.
pub struct Walk<'s, 'f> {
    sink: &'s mut Sink<'f>,
    notes: Notes,
    reading: Reading,
    /// The field being read.
    tag: Option<Tag>,
    value: String,
    value_line: u64,
    doubt: Option<Doubt>,
    envelope: Envelope,
    /// The message being read; `None` between messages.
    page: Option<Page>,
    /// The statement that pages add to; it stays open after a page that ends in `:62M:`.
    statement: Option<Statement>,
    /// The entry whose `:86:` may follow.
    entry: Option<(StatementLine, u64)>,
    narrative: String,
    sequences: Sequences,
    /// Whether messages of this file end in a mark of their own.
    end_marks: bool,
    told: Told,
    stopped: bool,
}

/// What is told once for a file.
#[derive(Debug, Default)]
struct Told {
    /// Amounts with a point.
    point: bool,
    /// Messages of another kind.
    foreign: bool,
}

/// One message: a whole statement or a page of one.
#[derive(Debug, Default)]
struct Page {
    reference: Option<String>,
    account: Option<String>,
    number: Option<String>,
    /// An MT942, which has no closing balance.
    interim: bool,
    /// Has an opening balance, so that a closing one must follow.
    opened: bool,
    /// A message of another kind, as its envelope says; its fields are passed over.
    foreign: bool,
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

/// What tells that a message is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    /// A mark of its own, `-}` or a lone dash.
    Mark,
    /// The next message.
    Next,
    /// The end of the file, and whether its last line was whole.
    File { whole: bool },
}

impl<'s, 'f> Walk<'s, 'f> {
    pub fn new(sink: &'s mut Sink<'f>) -> Walk<'s, 'f> {
        Walk {
            sink,
            notes: Notes::default(),
            reading: Reading::default(),
            tag: None,
            value: String::new(),
            value_line: 0,
            doubt: None,
            envelope: Envelope::default(),
            page: None,
            statement: None,
            entry: None,
            narrative: String::new(),
            sequences: Sequences::default(),
            end_marks: false,
            told: Told::default(),
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
        self.stopped |= !self.notes.refuse(fault);
    }

    /// Takes the next line.
    pub fn line(&mut self, line: Line<'_>) -> Step {
        match shape(line.text) {
            Shape::Text if self.envelope.in_block() => self.envelope_line(line.text, line.number),
            Shape::Text => self.text(line),
            Shape::Field { tag, bare, .. } if self.is_of_the_text(tag, bare) => self.text(line),
            Shape::Field { tag, value, .. } => {
                self.decide(Next::Field(tag));
                if tag != Tag::Reference || !self.hold_back(Like::Reference, line) {
                    self.end_field();
                    self.envelope.field();
                    self.begin_field(tag, value, line.number);
                }
            }
            Shape::Dash => {
                self.decide(Next::Dash);
                if !self.hold_back(Like::Dash, line) {
                    self.end_field();
                    self.end_by_mark(line.number);
                }
            }
            Shape::Envelope(text) => {
                self.decide(Next::Envelope);
                self.end_field();
                self.envelope_line(text, line.number);
            }
        }
        if self.reading.entries + self.reading.statements > MOST_RECORDS {
            self.notes.refuse(message::too_many_entries(line.number));
            self.stopped = true;
        }
        if self.stopped { ControlFlow::Break(()) } else { ON }
    }

    /// A further line of the field at hand. Between messages it is a bank's own header.
    fn text(&mut self, line: Line<'_>) {
        let value = match &mut self.doubt {
            Some(doubt) => &mut doubt.text,
            None if self.tag.is_some() => &mut self.value,
            None => return,
        };
        if value.len() + line.text.len() > LONGEST_FIELD {
            self.notes.refuse(message::too_long(line.number));
            self.stopped = true;
            return;
        }
        value.push('\n');
        value.push_str(line.text);
    }

    fn begin_field(&mut self, tag: Tag, value: &str, line: u64) {
        let stage = self.page.as_ref().map_or(Stage::Empty, |page| page.stage);
        // Without an envelope only the next message's first fields tell that this one is over.
        let over = match tag {
            Tag::Reference => stage > Stage::Empty,
            tag => tag.of_head() && stage == Stage::Closed,
        };
        if over {
            self.end_message(line.saturating_sub(1), End::Next);
        }
        self.tag = Some(tag);
        self.value.clear();
        self.value.push_str(value);
        self.value_line = line;
    }

    /// A line of the envelope: `{1:…}{2:…}{4:` opens a message, `-}` closes it.
    fn envelope_line(&mut self, text: &str, line: u64) {
        if self.envelope.in_text() && text.starts_with(['-', '}']) {
            self.end_message(line, End::Mark);
        }
        let seen = self.envelope.read(text);
        if seen.cut {
            self.refuse(message::truncated(line.saturating_sub(1)));
            // Once is enough: a missing closing balance is the same news.
            self.page.get_or_insert_default().stage = Stage::Closed;
        }
        // A kind belongs to a message that has no field yet, never to the one that was read so far.
        let begun = self.page.as_ref().is_some_and(|page| page.stage > Stage::Empty);
        if seen.header || (seen.kind.is_some() && begun) {
            self.end_message(line.saturating_sub(1), End::Next);
        }
        match seen.kind {
            None | Some("940" | "950") => {}
            Some("942") => self.page.get_or_insert_default().interim = true,
            Some(kind) => {
                self.page.get_or_insert_default().foreign = true;
                if !std::mem::replace(&mut self.told.foreign, true) {
                    self.notes.warn(message::other_message(kind, line));
                }
            }
        }
        if let Some(Shape::Field { tag, value, .. }) = seen.text.map(shape) {
            self.begin_field(tag, value, line);
        }
    }

    fn end_by_mark(&mut self, line: u64) {
        self.envelope.dash();
        self.end_message(line, End::Mark);
    }

    /// The message is over: a statement ends with it unless more pages are to come.
    fn end_message(&mut self, line: u64, end: End) {
        self.end_entry();
        let Some(page) = self.page.take() else { return };
        if page.foreign || page.stage == Stage::Empty {
            return;
        }
        let format = if page.interim && !page.opened { "mt942" } else { "mt940" };
        self.reading.format.get_or_insert_with(|| format.to_owned());
        if page.stage < Stage::Closed && (page.opened || !page.interim) {
            self.refuse(message::truncated(line));
            return;
        }
        if let End::File { whole } = end {
            let proven = page.stage == Stage::Closed
                || self.statement.as_ref().is_some_and(Statement::has_all_totals);
            if !proven && !whole {
                self.refuse(message::truncated(line));
            } else if !proven || self.end_marks {
                self.warn(message::end_missing(line));
            }
        }
        self.end_marks |= end == End::Mark;
        if self.statement.as_ref().is_some_and(|statement| !statement.pages_after) {
            self.end_statement(line);
        }
    }

    fn end_statement(&mut self, line: u64) {
        let Some(statement) = self.statement.take() else { return };
        let (header, notes) = statement.finish(line);
        // A file that is refused has errors to tell; figures of the part that was read would mislead.
        if !self.notes.refused() {
            for note in notes {
                self.warn(note);
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

    /// The file is over; `whole` says whether its last line had an end.
    pub fn end_of_file(&mut self, line: u64, whole: bool) {
        self.decide(Next::EndOfFile);
        self.end_field();
        if self.envelope.lacks_brace() {
            self.warn(message::end_missing(line));
        }
        if self.envelope.is_open() {
            self.refuse(message::truncated(line));
            self.page.get_or_insert_default().stage = Stage::Closed;
        }
        self.end_message(line, End::File { whole });
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
