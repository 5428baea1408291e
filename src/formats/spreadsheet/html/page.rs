//! The walk through a page: which tables are open, and what each of their rows holds.

use std::ops::ControlFlow;

use calamine::DataRef;
use html5gum::emitters::callback::CallbackEvent;

use super::grid::Grid;
use super::notes;
use super::skipped::{Skip, Skipped};
use super::tags::{OpenTag, Tag};
use super::words::{Words, valued};
use crate::domain::diagnostic::Diagnostic;
use crate::formats::spreadsheet::cell::{Row, SheetCell};
use crate::formats::spreadsheet::header::{header_of_row, header_of_two_rows};
use crate::formats::spreadsheet::table::{Stop, TableReader};

const DEEPEST: usize = 64;
/// A row this wide belongs to a table of figures, not to a form or a frame.
const FEWEST_COLUMNS: usize = 3;

type Step = ControlFlow<Stop>;
const ON: Step = ControlFlow::Continue(());

/// What is known about a page when its tables held no statement.
#[derive(Clone, Debug, Default)]
pub struct Seen {
    /// The title of the page.
    pub title: String,
    /// Whether any row had the width of a table.
    pub wide_row: bool,
    /// Whether a field asks for a password.
    pub asks_password: bool,
}

/// The state of the walk.
pub struct Page<'t, 'r, 's> {
    table: &'t mut TableReader<'r, 's>,
    tag: OpenTag,
    open: Vec<OpenTable>,
    /// How many tables are open inside a cell of a statement: they are text of that cell.
    inside_cell: usize,
    /// What is passed over until its end.
    skipped: Option<Skipped>,
    /// Text outside of cells, up to the end of its line.
    line: Words,
    title: Words,
    seen: Seen,
    row: u64,
    /// How many cells the header of the statement has.
    width: Option<usize>,
    document_open: bool,
    hidden: Option<(u64, u64)>,
    stopped: bool,
}

/// A table whose end has not come yet.
#[derive(Default)]
struct OpenTable {
    grid: Grid,
    row: Option<OpenRow>,
    /// The row above, while the header is looked for.
    above: Vec<String>,
    /// Whether the header of a statement was among the rows.
    has_header: bool,
}

#[derive(Default)]
struct OpenRow {
    hidden: bool,
    /// Whether anything stands in it all the same.
    hides_text: bool,
    /// Whether a table for layout stands in it, so that it is a row only where it says something.
    is_layout: bool,
    cell: Option<OpenCell>,
}

#[derive(Default)]
struct OpenCell {
    words: Words,
    hidden: bool,
    columns: u32,
    rows: u32,
    number: Option<String>,
}

impl<'t, 'r, 's> Page<'t, 'r, 's> {
    pub fn new(table: &'t mut TableReader<'r, 's>) -> Page<'t, 'r, 's> {
        Page {
            table,
            tag: OpenTag::default(),
            open: Vec::new(),
            inside_cell: 0,
            skipped: None,
            line: Words::default(),
            title: Words::default(),
            seen: Seen::default(),
            row: 0,
            width: None,
            document_open: false,
            hidden: None,
            stopped: false,
        }
    }

    /// Begins the page, which is one sheet.
    pub fn begin(&mut self) {
        self.table.begin_sheet("");
    }

    pub fn warn(&mut self, warning: Diagnostic) {
        self.table.warn(warning);
    }

    pub fn refuse(&mut self, error: Diagnostic) {
        let _refused = self.table.refuse(error);
    }

    pub fn into_seen(mut self) -> Seen {
        self.seen.title = self.title.take();
        self.seen
    }

    /// Takes the next piece of the page.
    pub fn take(&mut self, event: &CallbackEvent<'_>) -> Step {
        if self.stopped {
            return ON;
        }
        let step = match event {
            CallbackEvent::OpenStartTag { name } => {
                self.tag.start(name);
                ON
            }
            CallbackEvent::AttributeName { name } => {
                self.tag.attribute(name);
                ON
            }
            CallbackEvent::AttributeValue { value } => {
                self.tag.value(value);
                ON
            }
            CallbackEvent::CloseStartTag { self_closing } => {
                let tag = std::mem::take(&mut self.tag);
                self.start(&tag, *self_closing)
            }
            CallbackEvent::EndTag { name } => self.end_tag(name),
            // The bytes were checked on their way in; the tokenizer cuts at tags only.
            CallbackEvent::String { value } => {
                self.text(std::str::from_utf8(value).unwrap_or("\u{fffd}"))
            }
            CallbackEvent::Comment { .. }
            | CallbackEvent::Doctype { .. }
            | CallbackEvent::Error(_) => ON,
        };
        self.stopped = step.is_break();
        step
    }

    /// The page ends.
    pub fn end(&mut self) -> Step {
        if !self.open.is_empty() || self.document_open || self.skipped.is_some() {
            let fault = notes::truncated(self.row);
            return self.table.refuse(fault);
        }
        self.end_line()?;
        if let Some((first, count)) = self.hidden {
            self.table.warn(notes::hidden_rows(first, count));
        }
        self.table.end_sheet()
    }

    fn start(&mut self, tag: &OpenTag, self_closing: bool) -> Step {
        let kind = Tag::of(&tag.name);
        if let Some(skipped) = &mut self.skipped {
            if skipped.holds_start(&tag.name, kind) {
                return ON;
            }
            self.skipped = None;
        }
        if kind == Tag::Input {
            self.seen.asks_password |= tag.asks_password;
        }
        // Browsers let no script, style or title close itself; what XML islands are, they do not know.
        let closed = self_closing && matches!(tag.name.as_slice(), b"xml" | b"svg" | b"math");
        let inner = matches!(kind, Tag::Title | Tag::Skipped) && !closed;
        let unseen = tag.hidden && kind.has_end() && !matches!(kind, Tag::Row | Tag::Cell);
        if inner || unseen {
            self.skipped = Some(Skipped::new(&tag.name, kind, unseen));
            return if kind == Tag::Group { self.end_group() } else { ON };
        }
        match kind {
            Tag::Table => self.start_table(),
            Tag::Group => self.end_group(),
            Tag::Row => self.start_row(tag.hidden),
            Tag::Cell => self.start_cell(tag),
            Tag::Break | Tag::Block => self.break_line(),
            Tag::Document => {
                self.document_open = true;
                ON
            }
            Tag::Title | Tag::Skipped | Tag::Input | Tag::Void | Tag::Inline => ON,
        }
    }

    fn end_tag(&mut self, name: &[u8]) -> Step {
        let kind = Tag::of(name);
        if let Some(skipped) = &mut self.skipped {
            match skipped.take_end(name, kind) {
                Skip::On => return ON,
                Skip::Ended => {
                    self.skipped = None;
                    return ON;
                }
                Skip::Overrun => self.skipped = None,
            }
        }
        match kind {
            Tag::Table => self.end_table(),
            Tag::Group => self.end_group(),
            Tag::Row if self.inside_cell == 0 => self.end_row(),
            Tag::Cell if self.inside_cell == 0 => self.end_cell(),
            Tag::Row | Tag::Cell | Tag::Block | Tag::Break => self.break_line(),
            Tag::Document => {
                self.document_open = false;
                ON
            }
            Tag::Title | Tag::Skipped | Tag::Input | Tag::Void | Tag::Inline => ON,
        }
    }

    fn text(&mut self, piece: &str) -> Step {
        if let Some(skipped) = &mut self.skipped {
            if skipped.is_title() {
                // Only a title of sensible length says anything; the rest of it is left out.
                let _fits = self.title.push(piece.get(..400).unwrap_or(piece));
            } else if !piece.trim().is_empty() && skipped.is_told_first() {
                self.count_hidden();
            }
            return ON;
        }
        let words = match self.open_cell() {
            Some(cell) => &mut cell.words,
            None => &mut self.line,
        };
        if words.push(piece) {
            return ON;
        }
        let fault = notes::text_too_long(self.row + 1);
        self.table.refuse(fault)
    }

    fn open_cell(&mut self) -> Option<&mut OpenCell> {
        self.open.last_mut()?.row.as_mut()?.cell.as_mut()
    }

    fn break_line(&mut self) -> Step {
        if let Some(cell) = self.open_cell() {
            cell.words.end_line();
            return ON;
        }
        self.end_line()
    }

    /// Text outside of tables is a line of the letterhead.
    fn end_line(&mut self) -> Step {
        let text = self.line.take();
        if text.is_empty() {
            return ON;
        }
        self.row += 1;
        let cells = [SheetCell::Value(DataRef::String(text))];
        let step = self.table.label_row(self.row, Row::Sheet(&cells));
        self.unless_no_header(step)
    }

    fn start_table(&mut self) -> Step {
        if self.inside_cell > 0 {
            self.inside_cell += 1;
            return self.break_line();
        }
        let outer_hides = |outer: &OpenTable| {
            outer
                .row
                .as_ref()
                .is_some_and(|row| row.hidden || row.cell.as_ref().is_some_and(|cell| cell.hidden))
        };
        if let Some(outer) = self.open.last()
            && outer.row.as_ref().is_some_and(|row| row.cell.is_some())
            && (outer.has_header || outer_hides(outer))
        {
            self.inside_cell = 1;
            return self.break_line();
        }
        let in_cell = self.open_cell().is_some();
        if in_cell {
            // A table for layout: what stands before the inner table is a row of its own.
            if let Some(row) = self.open.last_mut().and_then(|outer| outer.row.as_mut()) {
                row.is_layout = true;
            }
            self.end_row()?;
            if let Some(outer) = self.open.last_mut() {
                outer.grid.end_group();
                outer.row = Some(OpenRow {
                    cell: Some(OpenCell::default()),
                    is_layout: true,
                    ..OpenRow::default()
                });
            }
        } else if !self.open.is_empty() {
            self.end_table()?;
        }
        self.end_line()?;
        if self.open.len() >= DEEPEST {
            let fault = notes::too_deep(self.row + 1, DEEPEST);
            return self.table.refuse(fault);
        }
        self.open.push(OpenTable::default());
        ON
    }

    fn end_table(&mut self) -> Step {
        if self.inside_cell > 0 {
            self.inside_cell -= 1;
            return self.break_line();
        }
        self.end_row()?;
        self.open.pop();
        self.end_line()
    }

    fn end_group(&mut self) -> Step {
        if self.inside_cell > 0 {
            return self.break_line();
        }
        self.end_row()?;
        if let Some(table) = self.open.last_mut() {
            table.grid.end_group();
        }
        ON
    }

    fn start_row(&mut self, hidden: bool) -> Step {
        if self.inside_cell > 0 || self.open.is_empty() {
            return self.break_line();
        }
        self.end_row()?;
        if let Some(table) = self.open.last_mut() {
            table.row = Some(OpenRow { hidden, ..OpenRow::default() });
        }
        ON
    }

    fn start_cell(&mut self, tag: &OpenTag) -> Step {
        if self.inside_cell > 0 || self.open.is_empty() {
            return self.break_line();
        }
        self.end_cell()?;
        if let Some(table) = self.open.last_mut() {
            table.row.get_or_insert_default().cell = Some(OpenCell {
                words: Words::default(),
                hidden: tag.hidden,
                columns: tag.columns.unwrap_or(1),
                rows: tag.rows.unwrap_or(1),
                number: tag.number.clone(),
            });
        }
        ON
    }

    fn end_cell(&mut self) -> Step {
        let Some(table) = self.open.last_mut() else { return ON };
        let Some(row) = &mut table.row else { return ON };
        let Some(mut cell) = row.cell.take() else { return ON };
        let text = cell.words.take();
        if !cell.hidden && !row.hidden {
            let value = valued(text, cell.number.as_deref());
            table.grid.place(value, cell.columns, cell.rows);
        } else if !text.is_empty() {
            if row.hidden {
                row.hides_text = true;
            } else {
                self.count_hidden();
            }
        }
        ON
    }

    fn count_hidden(&mut self) {
        let (_, count) = self.hidden.get_or_insert((self.row + 1, 0));
        *count += 1;
    }

    fn end_row(&mut self) -> Step {
        self.end_cell()?;
        let Some(table) = self.open.last_mut() else { return ON };
        let Some(row) = table.row.take() else { return ON };
        if row.hidden {
            if row.hides_text {
                self.count_hidden();
            }
            return ON;
        }
        let is_layout = row.is_layout;
        let cells = table.grid.end_row();
        let row = Row::Sheet(&cells);
        if row.is_blank() {
            self.row += u64::from(!is_layout);
            return ON;
        }
        self.row += 1;
        if !table.has_header {
            let texts = row.texts();
            let filled = texts.iter().filter(|text| !text.is_empty()).count();
            self.seen.wide_row |= filled >= FEWEST_COLUMNS;
            if header_of_row(&texts).is_some() || header_of_two_rows(&table.above, &texts).is_some()
            {
                table.has_header = true;
                self.width = Some(texts.len().max(table.above.len()));
            }
            table.above = texts;
        }
        // Another table than the one with the header goes on with it only if it is as wide.
        let belongs = table.has_header || self.width.is_none_or(|width| width == cells.len());
        let step = if belongs {
            self.table.row(self.row, row)
        } else {
            self.table.label_row(self.row, row)
        };
        self.unless_no_header(step)
    }

    /// A page may say much before its table: then what stood far above is no letterhead.
    fn unless_no_header(&mut self, step: Step) -> Step {
        if step == ControlFlow::Break(Stop::NoHeader) {
            self.table.begin_sheet("");
            return ON;
        }
        step
    }
}
