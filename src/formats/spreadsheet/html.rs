//! Web pages that banks hand out as `.xls`: their tables, read as a stream of tags. No tree of the
//! page is ever built, so neither its size nor its depth costs memory.

pub(super) mod charset;
mod grid;
mod notes;
mod page;
mod pieces;
mod skipped;
mod tags;
mod words;

use std::cell::Cell;
use std::ops::ControlFlow;

use html5gum::emitters::callback::{CallbackEmitter, CallbackEvent};
use html5gum::{IoReader, Span, Tokenizer};

use self::page::Page;
use self::pieces::Pieces;
use super::csv::text_problem;
use super::decode::TextReader;
use super::table::{Stop, TableReader};
use crate::domain::diagnostic::Diagnostic;
use crate::formats::{Options, Reading, Sink, Source};

/// Reads the tables of a web page as bank statements. The position of an entry is the row, counted
/// over the whole page: every row of a table is one, and so is every line of text between tables.
pub fn read(source: &mut impl Source, options: &Options, sink: &mut Sink) -> Reading {
    let mut table = TableReader::new("html", false, options, sink);
    let mut page = Page::new(&mut table);
    if let ControlFlow::Break(Some(error)) = walk(source, &mut page) {
        page.refuse(error);
    }
    let seen = page.into_seen();
    let mut reading = table.finish();
    if reading.accepted() {
        reading.warnings.insert(0, notes::html_table(reading.entries));
    } else if !seen.wide_row && reading.errors.iter().all(|error| error.code == "header_not_found")
    {
        reading.errors = vec![notes::html_without_table(&seen.title, seen.asks_password)];
    }
    reading
}

/// Goes through the page; breaks with the reason it cannot be read, or with none when the reading
/// ended early for a reason that is noted already.
fn walk(source: &mut impl Source, page: &mut Page<'_, '_, '_>) -> ControlFlow<Option<Diagnostic>> {
    let found = match charset::find(source) {
        Ok(found) => found,
        Err(error) => return ControlFlow::Break(Some(error)),
    };
    if let Some(warning) = found.warning {
        page.warn(warning);
    }
    let text = match TextReader::new(source, found.encoding) {
        Ok(text) => text,
        Err(error) => return ControlFlow::Break(Some(error)),
    };
    let piece = Cell::new(0);
    let pieces = Pieces::new(text, &piece);
    page.begin();
    let mut emitter = CallbackEmitter::new(|event: CallbackEvent<'_>, _: Span<()>| {
        // A tag is one piece however many attributes it has.
        if !matches!(
            event,
            CallbackEvent::AttributeName { .. } | CallbackEvent::AttributeValue { .. }
        ) {
            piece.set(0);
        }
        page.take(&event).break_value()
    });
    emitter.naively_switch_states(true);
    // The first step that comes out is the last: a page that is read to its end gives none.
    match Tokenizer::new_with_emitter(IoReader::new(pieces), emitter).next() {
        None => {}
        Some(Ok(Stop::Asked | Stop::NoHeader | Stop::Refused)) => return ControlFlow::Break(None),
        Some(Err(error)) if pieces::is_too_long(&error) => {
            return ControlFlow::Break(Some(notes::piece_too_long()));
        }
        Some(Err(error)) => return ControlFlow::Break(Some(text_problem(&error, 1))),
    }
    match page.end() {
        ControlFlow::Continue(()) => ControlFlow::Continue(()),
        ControlFlow::Break(_) => ControlFlow::Break(None),
    }
}
