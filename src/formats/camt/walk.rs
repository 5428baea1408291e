//! The walk through a message: which element is open, and what each one says when it closes.

mod attributes;
mod statements;
mod values;

use std::io::Read;
use std::ops::ControlFlow;

use quick_xml::events::{BytesDecl, BytesRef, BytesStart};

use super::charges::ChargesDraft;
use super::detail::Detail;
use super::entry::{EntryDraft, Surroundings};
use super::lines::Lines;
use super::pages::{MessagePages, PageDraft};
use super::repeats::Repeats;
use super::spot::{Level, MessageKind, Spot};
use super::statement::{Body, StatementDraft};
use super::{message, text, too_long};
use crate::domain::diagnostic::Diagnostic;
use crate::domain::lang::Bilingual;
use crate::domain::money::Currency;
use crate::domain::statement::Event;
use crate::formats::encoding::{self, line_ends};
use crate::formats::notes::Notes;
use crate::formats::sequence::Sequences;
use crate::formats::{Reading, Sink};

const DEEPEST: usize = 64;
const MOST_ATTRIBUTES: usize = 64;
const LONGEST_NAME: usize = 256;
const LONGEST_TEXT: usize = 64 * 1024;
const MOST_ENTRIES: u64 = 2_000_000;
const MOST_STATEMENTS: usize = 20_000;
const MOST_CHARGES: usize = 1_000;
/// All texts of one entry and its details.
const MOST_ENTRY_TEXT: usize = 8 * 1024 * 1024;
/// The versions of the messages that ISO has published.
const KNOWN_VERSIONS: std::ops::RangeInclusive<u32> = 1..=14;

type Step = ControlFlow<()>;
const ON: Step = ControlFlow::Continue(());
const STOP: Step = ControlFlow::Break(());

/// The state of the walk.
pub struct Walk<'s, 'f> {
    sink: &'s mut Sink<'f>,
    notes: Notes,
    reading: Reading,
    open: Vec<Spot>,
    spot: Spot,
    root_seen: bool,
    /// The encoding that was known to be declared before the walk began.
    declared: Option<String>,
    kind: Option<MessageKind>,
    namespace: Option<String>,
    message_page: PageDraft,
    message_pages: MessagePages,
    statement: StatementDraft,
    statements_seen: usize,
    /// A page after which another may come.
    held: Option<Box<StatementDraft>>,
    repeats: Repeats,
    entry: EntryDraft,
    detail: Detail,
    charges: ChargesDraft,
    text: String,
    /// The currency attribute of the amount being read.
    currency: Option<Currency>,
    sequences: Sequences,
    stopped: bool,
}

impl<'s, 'f> Walk<'s, 'f> {
    /// A walk through a file that declares the encoding `declared`; what it delivers goes to `sink`.
    pub fn new(sink: &'s mut Sink<'f>, declared: Option<String>) -> Walk<'s, 'f> {
        Walk {
            sink,
            notes: Notes::default(),
            reading: Reading::default(),
            open: Vec::with_capacity(DEEPEST),
            spot: Spot::Envelope,
            root_seen: false,
            declared,
            kind: None,
            namespace: None,
            message_page: PageDraft::default(),
            message_pages: MessagePages::default(),
            statement: StatementDraft::default(),
            statements_seen: 0,
            held: None,
            repeats: Repeats::default(),
            entry: EntryDraft::default(),
            detail: Detail::default(),
            charges: ChargesDraft::default(),
            text: String::new(),
            currency: None,
            sequences: Sequences::default(),
            stopped: false,
        }
    }

    /// Refuses the file for something after which reading on makes no sense.
    pub fn stop(&mut self, fault: Diagnostic) -> Step {
        self.notes.refuse(fault);
        STOP
    }

    /// Refuses the file because nothing more can be read of it.
    pub fn fail(&mut self, fault: Diagnostic) {
        self.notes.refuse(fault);
    }

    /// Notes something that a person should look at in the whole file.
    pub fn warn_of_file(&mut self, note: Diagnostic) {
        self.notes.warn(note);
    }

    fn index(&self) -> usize {
        usize::try_from(self.reading.statements).unwrap_or(usize::MAX)
    }

    fn warn(&mut self, note: Diagnostic) {
        let note = note.of_statement(self.index());
        self.notes.warn(note);
    }

    /// Refuses because of a value in the open statement; the next ones are still worth a look.
    fn note_fault(&mut self, fault: Diagnostic) {
        self.entry.faulty = true;
        let fault = fault.of_statement(self.index());
        self.notes.refuse(fault);
    }

    /// The declaration was looked for before the walk: one that stands elsewhere, or says something
    /// else, is no declaration.
    pub fn declaration<R: Read>(
        &mut self,
        declaration: &BytesDecl<'_>,
        lines: &mut Lines<R>,
    ) -> Step {
        let stray = self.root_seen || !self.open.is_empty();
        match declaration.encoding() {
            Some(Err(error)) => {
                let fault = message::not_well_formed(lines.line(), &error.to_string());
                self.stop(fault)
            }
            Some(Ok(name)) if stray || Some(name.as_ref()) != self.declared.as_deref() => {
                let fault = encoding::unsupported(&name, lines.line());
                self.stop(fault)
            }
            _ if stray => {
                let reason = "an XML declaration inside of the document";
                let fault = message::not_well_formed(lines.line(), reason);
                self.stop(fault)
            }
            _ => ON,
        }
    }

    pub fn open<R: Read>(&mut self, tag: &BytesStart<'_>, lines: &mut Lines<R>) -> Step {
        let name = tag.name().into_inner();
        if self.open.len() >= DEEPEST {
            let what = Bilingual::new(
                "các phần tử lồng nhau quá 64 tầng",
                "elements are nested more than 64 deep",
            );
            let fault = message::limit("too_deep", lines.line(), &what);
            return self.stop(fault);
        }
        if name.len() > LONGEST_NAME {
            let what = Bilingual::new(
                "tên phần tử dài hơn 256 byte",
                "the name of an element is longer than 256 bytes",
            );
            let fault = message::limit("name_too_long", lines.line(), &what);
            return self.stop(fault);
        }
        if self.open.is_empty() {
            if self.root_seen {
                let fault = message::not_well_formed(
                    lines.line(),
                    "a second document follows the end of the first",
                );
                return self.stop(fault);
            }
            self.root_seen = true;
        }
        let local = name.rsplit_once(':').map_or(name, |(_, local)| local);
        let spot = self.spot.child(local.as_bytes());
        self.open.push(self.spot);
        self.spot = spot;
        let attributes = tag.attributes_raw();
        if spot.is_amount() {
            self.currency = None;
        }
        if !attributes.is_empty() {
            let step = self.attributes(tag, attributes, lines);
            if step.is_break() {
                return step;
            }
        }
        match spot {
            Spot::Message(kind) => self.start_message(kind),
            Spot::GroupHeader => self.message_page = PageDraft::default(),
            Spot::Statement => {
                return self.start_statement(lines.line() - line_ends(tag.as_bytes()));
            }
            Spot::Entry => {
                let line = lines.line() - line_ends(tag.as_bytes());
                self.entry.start(line);
                if self.statement.body == Body::Ahead {
                    return self.start_body(line);
                }
            }
            Spot::Detail => self.detail = Detail::default(),
            Spot::Charges(_) => self.charges = ChargesDraft::default(),
            spot if spot.has_text() => self.text.clear(),
            _ => {}
        }
        ON
    }

    fn start_message(&mut self, kind: MessageKind) {
        if self.kind.replace(kind).is_some() {
            return;
        }
        let version = self.namespace.take().filter(|name| name.starts_with(kind.name()));
        let known = version.as_deref().is_some_and(|name| {
            let number = name.get(name.len().saturating_sub(2)..).unwrap_or_default();
            text::number(number.as_bytes()).is_some_and(|number| KNOWN_VERSIONS.contains(&number))
        });
        let name = version.unwrap_or_else(|| kind.name().to_owned());
        if !known {
            self.notes.warn(message::unknown_version(&name));
        }
        self.reading.format = Some(name);
    }

    pub fn text<R: Read>(&mut self, piece: &str, lines: &mut Lines<R>) -> Step {
        if !self.spot.has_text() {
            if self.open.is_empty() && !piece.trim_start_matches('\u{feff}').trim().is_empty() {
                let fault = message::not_well_formed(lines.line(), "text outside of the document");
                return self.stop(fault);
            }
            return ON;
        }
        if self.text.len() + piece.len() > LONGEST_TEXT {
            let fault = too_long(lines.line());
            return self.stop(fault);
        }
        if piece.bytes().any(|byte| byte < b' ' && !matches!(byte, b'\n' | b'\r' | b'\t')) {
            let fault = message::not_well_formed(lines.line(), "a control character in a text");
            return self.stop(fault);
        }
        self.text.push_str(piece);
        ON
    }

    /// One of the five predefined entities or a character by its number. No other can exist,
    /// because a file that could define one is refused.
    pub fn reference<R: Read>(&mut self, reference: &BytesRef<'_>, lines: &mut Lines<R>) -> Step {
        let name: &str = reference;
        let letter = match name {
            "amp" => Some('&'),
            "lt" => Some('<'),
            "gt" => Some('>'),
            "quot" => Some('"'),
            "apos" => Some('\''),
            _ => reference.resolve_char_ref().ok().flatten(),
        };
        let allowed = |letter: char| letter >= ' ' || matches!(letter, '\n' | '\r' | '\t');
        if let Some(letter) = letter.filter(|letter| allowed(*letter)) {
            let mut bytes = [0; 4];
            let piece: &str = letter.encode_utf8(&mut bytes);
            return self.text(piece, lines);
        }
        let fault = message::not_well_formed(lines.line(), &format!("unknown entity &{name};"));
        self.stop(fault)
    }

    pub fn close<R: Read>(&mut self, lines: &mut Lines<R>) -> Step {
        let spot = self.spot;
        self.spot = self.open.pop().unwrap_or(Spot::Envelope);
        match spot {
            Spot::Ignored => ON,
            Spot::Entry => self.end_entry(lines),
            Spot::Statement => self.end_statement(lines.line()),
            Spot::GroupHeader => {
                self.end_group_header(lines.line());
                ON
            }
            Spot::Detail => {
                let detail = std::mem::take(&mut self.detail);
                self.entry.add_detail(detail);
                ON
            }
            Spot::Balance => {
                let faults = self.statement.end_balance(lines.line());
                let index = self.index();
                for fault in faults {
                    self.notes.refuse(fault.of_statement(index));
                }
                ON
            }
            Spot::Charge => {
                self.charges.end_record();
                if self.charges.len() > MOST_CHARGES {
                    return self.stop(too_many_charges(lines.line()));
                }
                ON
            }
            Spot::Charges(level) => self.end_charges(level, lines),
            spot if spot.has_text() => {
                self.entry.text_bytes += self.text.len();
                if self.entry.text_bytes > MOST_ENTRY_TEXT {
                    let what = Bilingual::new(
                        "một giao dịch có hơn 8 MB chữ",
                        "one entry holds more than 8 MB of text",
                    );
                    let fault = message::limit("entry_too_large", lines.line(), &what);
                    return self.stop(fault);
                }
                let text = std::mem::take(&mut self.text);
                self.value(spot, text.trim(), lines);
                self.text = text;
                self.text.clear();
                ON
            }
            _ => ON,
        }
    }

    fn end_charges<R: Read>(&mut self, level: Level, lines: &mut Lines<R>) -> Step {
        let charges = match level {
            Level::Entry => &mut self.entry.charges,
            Level::Detail => &mut self.detail.charges,
        };
        self.charges.finish(charges);
        if charges.len() > MOST_CHARGES {
            return self.stop(too_many_charges(lines.line()));
        }
        ON
    }

    fn end_entry<R: Read>(&mut self, lines: &mut Lines<R>) -> Step {
        let kind = self.kind.unwrap_or(MessageKind::Statement);
        if let (Some(direction), Some(money)) = (self.entry.direction, self.entry.amount) {
            self.statement.count_entry(direction, money, self.entry.status);
        }
        // What there is to say of a repeated entry was said when it stood there first.
        let mut unheard = Notes::default();
        let repeated = self.statement.body == Body::Repeated;
        let deliverable = !repeated && !self.notes.refused();
        let notes = if repeated { &mut unheard } else { &mut self.notes };
        let account = self.statement.account.take();
        let around = Surroundings {
            kind,
            statement: usize::try_from(self.reading.statements).unwrap_or(usize::MAX),
            account: account.as_deref(),
        };
        let (statement, reading, sink, stopped) =
            (&mut self.statement, &mut self.reading, &mut *self.sink, &mut self.stopped);
        self.entry.finish(around, notes, &mut |entry| {
            statement.add(&entry);
            if deliverable && !*stopped {
                reading.entries += 1;
                *stopped = sink(Event::Entry(entry)).is_break();
            }
        });
        self.statement.account = account;
        if self.stopped {
            return STOP;
        }
        if self.reading.entries > MOST_ENTRIES {
            let what = Bilingual::new(
                "tệp có hơn 2.000.000 giao dịch",
                "the file holds more than 2,000,000 entries",
            );
            let fault = message::limit("too_many_entries", lines.line(), &what);
            return self.stop(fault);
        }
        ON
    }

    pub fn end_of_file(&mut self, line: u64) {
        if !self.open.is_empty() || !self.root_seen {
            self.notes.refuse(message::truncated(line));
            return;
        }
        // The caller may have enough by now; there is nothing left to stop.
        let _ = self.let_held_go(line);
        for note in self.message_pages.follow(None, line) {
            self.notes.warn(note);
        }
        if self.reading.statements == 0 {
            self.notes.refuse(message::no_statement());
        }
    }

    pub fn into_reading(mut self) -> Reading {
        self.notes.into_reading(&mut self.reading);
        self.reading
    }
}

fn too_many_charges(line: u64) -> Diagnostic {
    let what = Bilingual::new(
        "một giao dịch có hơn 1.000 khoản phí",
        "one entry has more than 1,000 charges",
    );
    message::limit("too_many_charges", line, &what)
}
