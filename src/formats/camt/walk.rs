//! The walk through a message: which element is open, and what each one says when it closes.

mod values;

use std::io::Read;
use std::ops::ControlFlow;

use quick_xml::events::{BytesDecl, BytesRef, BytesStart};

use super::entry::{Detail, EntryDraft};
use super::lines::{Lines, line_ends};
use super::spot::{MessageKind, Spot};
use super::statement::StatementDraft;
use super::{message, text, too_long};
use crate::domain::diagnostic::Diagnostic;
use crate::domain::lang::Bilingual;
use crate::domain::money::Currency;
use crate::domain::statement::Event;
use crate::formats::notes::Notes;
use crate::formats::sequence::Sequences;
use crate::formats::{Reading, Sink};

const DEEPEST: usize = 64;
const MOST_ATTRIBUTES: usize = 64;
const LONGEST_NAME: usize = 256;
const LONGEST_TEXT: usize = 64 * 1024;
const MOST_ENTRIES: u64 = 2_000_000;
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
    kind: Option<MessageKind>,
    namespace: Option<String>,
    statement: StatementDraft,
    entry: EntryDraft,
    detail: Detail,
    text: String,
    /// The currency attribute of the amount being read.
    currency: Option<Currency>,
    sequences: Sequences,
    stopped: bool,
}

impl<'s, 'f> Walk<'s, 'f> {
    pub fn new(sink: &'s mut Sink<'f>) -> Walk<'s, 'f> {
        Walk {
            sink,
            notes: Notes::default(),
            reading: Reading::default(),
            open: Vec::with_capacity(DEEPEST),
            spot: Spot::Envelope,
            root_seen: false,
            kind: None,
            namespace: None,
            statement: StatementDraft::default(),
            entry: EntryDraft::default(),
            detail: Detail::default(),
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

    pub fn declaration<R: Read>(
        &mut self,
        declaration: &BytesDecl<'_>,
        lines: &mut Lines<R>,
    ) -> Step {
        match declaration.encoding() {
            None => ON,
            Some(Ok(name))
                if ["utf-8", "utf8", "us-ascii", "ascii"]
                    .iter()
                    .any(|known| name.eq_ignore_ascii_case(known)) =>
            {
                ON
            }
            Some(Ok(name)) => {
                let fault = message::encoding(lines.line(), Some(&name));
                self.stop(fault)
            }
            Some(Err(error)) => {
                let fault = message::not_well_formed(lines.line(), &error.to_string());
                self.stop(fault)
            }
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
            Spot::Statement => {
                self.statement = StatementDraft::default();
                self.statement.line = lines.line() - line_ends(tag.as_bytes());
            }
            Spot::Entry => {
                let line = lines.line() - line_ends(tag.as_bytes());
                self.entry.start(line);
            }
            Spot::Detail => self.detail = Detail::default(),
            spot if spot.has_text() => self.text.clear(),
            _ => {}
        }
        ON
    }

    fn start_message(&mut self, kind: MessageKind) {
        if self.kind.is_some() {
            return;
        }
        self.kind = Some(kind);
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

    fn attributes<R: Read>(
        &mut self,
        tag: &BytesStart<'_>,
        raw: &str,
        lines: &mut Lines<R>,
    ) -> Step {
        // Nearly every attribute in a statement is the currency of an amount.
        if let Some(code) = only_currency(raw) {
            self.currency = Currency::parse(code);
            return ON;
        }
        for (count, attribute) in tag.attributes().enumerate() {
            if count >= MOST_ATTRIBUTES {
                let what = Bilingual::new(
                    "một phần tử có quá 64 thuộc tính",
                    "an element has more than 64 attributes",
                );
                let fault = message::limit("too_many_attributes", lines.line(), &what);
                return self.stop(fault);
            }
            let attribute = match attribute {
                Ok(attribute) => attribute,
                Err(error) => {
                    let fault = message::not_well_formed(lines.line(), &error.to_string());
                    return self.stop(fault);
                }
            };
            let key = attribute.key.into_inner();
            if key == "Ccy" && self.spot.is_amount() {
                self.currency = Currency::parse(&attribute.value);
            } else if (key == "xmlns" || key.starts_with("xmlns:"))
                && let Some(version) = version_in(&attribute.value)
            {
                self.namespace = Some(version.to_owned());
            }
        }
        ON
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
            Spot::Statement => self.end_statement(lines),
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
            spot if spot.has_text() => {
                let text = std::mem::take(&mut self.text);
                self.value(spot, text.trim(), lines);
                self.text = text;
                self.text.clear();
                ON
            }
            _ => ON,
        }
    }

    fn end_entry<R: Read>(&mut self, lines: &mut Lines<R>) -> Step {
        let kind = self.kind.unwrap_or(MessageKind::Statement);
        if let (Some(direction), Some((amount, _))) = (self.entry.direction, self.entry.amount) {
            self.statement.count_entry(direction, amount, self.entry.status);
        }
        let index = self.index();
        let (statement, reading, sink, stopped) =
            (&mut self.statement, &mut self.reading, &mut *self.sink, &mut self.stopped);
        let deliverable = !self.notes.refused();
        self.entry.finish(kind, &mut self.notes, index, &mut |entry| {
            statement.add(&entry);
            if deliverable && !*stopped {
                reading.entries += 1;
                *stopped = sink(Event::Entry(entry)).is_break();
            }
        });
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

    fn end_statement<R: Read>(&mut self, lines: &mut Lines<R>) -> Step {
        let compare = !self.notes.refused();
        let (header, notes) = self.statement.finish(compare);
        for note in notes {
            self.warn(note);
        }
        if let Some(note) = self.sequences.follow(&header, lines.line()) {
            self.warn(note);
        }
        let step = if self.notes.refused() { ON } else { (self.sink)(Event::Statement(header)) };
        self.reading.statements += 1;
        step
    }

    pub fn end_of_file(&mut self, line: u64) {
        if !self.open.is_empty() || !self.root_seen {
            self.notes.refuse(message::truncated(line));
        } else if self.reading.statements == 0 {
            self.notes.refuse(message::no_statement());
        }
    }

    pub fn into_reading(mut self) -> Reading {
        self.notes.into_reading(&mut self.reading);
        self.reading
    }
}

/// The value of ` Ccy="VND"` when it is the only attribute and plainly written.
fn only_currency(raw: &str) -> Option<&str> {
    let value = raw.strip_prefix(" Ccy=\"")?.strip_suffix('"')?;
    (value.len() == 3 && value.bytes().all(|byte| byte.is_ascii_alphabetic())).then_some(value)
}

/// `camt.053.001.08` in a namespace that ends in it.
fn version_in(namespace: &str) -> Option<&str> {
    let at = namespace.rfind("camt.05")?;
    let version = namespace.get(at..)?;
    let &[.., b'.', v1, v2, v3, b'.', n1, n2] = version.as_bytes() else { return None };
    let digits = [v1, v2, v3, n1, n2].iter().all(u8::is_ascii_digit);
    (digits && version.len() == "camt.053.001.08".len()).then_some(version)
}
