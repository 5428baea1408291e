//! The language between a child and its parent: a byte for the kind, four for the length, the body.
//! Entries and statements are in postcard's encoding, the reading that ends the answer in JSON.

use std::io::{self, Read, Write};

use serde::Serialize;

use crate::domain::diagnostic::Diagnostic;
use crate::domain::statement::{Entry, Event, StatementHeader};
use crate::formats::Reading;
use crate::formats::roster::Table;

/// Far more than one entry's texts can be; the reading lists many problems and has more room.
const LARGEST_EVENT: u32 = 1024 * 1024;
const LARGEST_READING: u32 = 64 * 1024 * 1024;
const LARGEST_LIST: u32 = 1024 * 1024 * 1024;

/// What a frame holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// An entry of the statement being read.
    Entry,
    /// The end of a statement.
    Statement,
    /// The end of the file: nothing follows.
    Reading,
    /// A whole list: nothing precedes or follows.
    List,
}

impl Kind {
    const fn byte(self) -> u8 {
        match self {
            Kind::Entry => b'E',
            Kind::Statement => b'S',
            Kind::Reading => b'R',
            Kind::List => b'L',
        }
    }

    const fn of(byte: u8) -> Option<Kind> {
        match byte {
            b'E' => Some(Kind::Entry),
            b'S' => Some(Kind::Statement),
            b'R' => Some(Kind::Reading),
            b'L' => Some(Kind::List),
            _ => None,
        }
    }

    const fn largest(self) -> u32 {
        match self {
            Kind::Entry | Kind::Statement => LARGEST_EVENT,
            Kind::Reading => LARGEST_READING,
            Kind::List => LARGEST_LIST,
        }
    }
}

/// A frame as it stands in the reader's buffer.
pub struct Frame<'a> {
    pub kind: Kind,
    pub body: &'a [u8],
}

impl Frame<'_> {
    /// Writes the frame.
    pub fn write(&self, out: &mut impl Write) -> io::Result<()> {
        let length = u32::try_from(self.body.len())
            .ok()
            .filter(|length| *length <= self.kind.largest())
            .ok_or_else(|| nonsense("a frame is too long"))?;
        let [a, b, c, d] = length.to_le_bytes();
        out.write_all(&[self.kind.byte(), a, b, c, d])?;
        out.write_all(self.body)
    }
}

/// Writes events, reusing one buffer.
pub struct FrameWriter<W> {
    out: W,
    body: Vec<u8>,
}

impl<W: Write> FrameWriter<W> {
    /// A writer to `out`, which should be buffered.
    pub fn new(out: W) -> FrameWriter<W> {
        FrameWriter { out, body: Vec::new() }
    }

    /// Writes an event.
    pub fn event(&mut self, event: &Event) -> io::Result<()> {
        match event {
            Event::Entry(entry) => self.packed(Kind::Entry, entry),
            Event::Statement(header) => self.packed(Kind::Statement, header),
        }
    }

    fn packed(&mut self, kind: Kind, value: &impl Serialize) -> io::Result<()> {
        let mut body = std::mem::take(&mut self.body);
        body.clear();
        self.body = postcard::to_extend(value, body).map_err(io::Error::other)?;
        Frame { kind, body: &self.body }.write(&mut self.out)
    }

    /// Writes the end, and all that is still in the buffer.
    pub fn reading(self, reading: &Reading) -> io::Result<()> {
        self.last(Kind::Reading, reading)
    }

    /// Writes a list, or why it is of no use.
    pub fn list(self, list: &Result<Table, Diagnostic>) -> io::Result<()> {
        self.last(Kind::List, list)
    }

    fn last(mut self, kind: Kind, value: &impl Serialize) -> io::Result<()> {
        let body = serde_json::to_vec(value).map_err(io::Error::other)?;
        Frame { kind, body: &body }.write(&mut self.out)?;
        self.out.flush()
    }
}

/// Reads frames one after the other.
pub struct Frames<R> {
    input: R,
    body: Vec<u8>,
}

impl<R: Read> Frames<R> {
    /// A reader of `input`, which should be buffered.
    pub fn new(input: R) -> Frames<R> {
        Frames { input, body: Vec::new() }
    }

    /// The next frame, or nothing at the end, also where a frame is cut off by it. What is no frame
    /// is an [`io::ErrorKind::InvalidData`] error.
    pub fn next_frame(&mut self) -> io::Result<Option<Frame<'_>>> {
        let mut head = [0; 5];
        if !filled(&mut self.input, &mut head)? {
            return Ok(None);
        }
        let [kind, a, b, c, d] = head;
        let kind = Kind::of(kind).ok_or_else(|| nonsense("no such kind of frame"))?;
        let length = u32::from_le_bytes([a, b, c, d]);
        if length > kind.largest() {
            return Err(nonsense("a frame is too long"));
        }
        let length = usize::try_from(length).map_err(io::Error::other)?;
        self.body.resize(length, 0);
        if !filled(&mut self.input, &mut self.body)? {
            return Ok(None);
        }
        Ok(Some(Frame { kind, body: &self.body }))
    }
}

/// Whether there was enough to fill `buffer`.
fn filled(input: &mut impl Read, buffer: &mut [u8]) -> io::Result<bool> {
    match input.read_exact(buffer) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(false),
        Err(error) => Err(error),
    }
}

/// The entry in a body.
pub fn entry(body: &[u8]) -> io::Result<Entry> {
    postcard::from_bytes(body).map_err(|error| nonsense(&error.to_string()))
}

/// The statement in a body.
pub fn statement(body: &[u8]) -> io::Result<StatementHeader> {
    postcard::from_bytes(body).map_err(|error| nonsense(&error.to_string()))
}

/// The list in a body, or why it is of no use.
pub fn list(body: &[u8]) -> io::Result<Result<Table, Diagnostic>> {
    serde_json::from_slice(body).map_err(|error| nonsense(&error.to_string()))
}

/// The reading in a body.
pub fn reading(body: &[u8]) -> io::Result<Reading> {
    serde_json::from_slice(body).map_err(|error| nonsense(&error.to_string()))
}

fn nonsense(what: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, what)
}

#[cfg(test)]
mod tests {
    use rust_decimal::Decimal;

    use super::*;
    use crate::domain::calendar::{Period, parse_iso_day};
    use crate::domain::money::Currency;
    use crate::domain::statement::{Balance, Charge, CreditDebit, EntryExtras, EntryStatus, Money};

    fn events() -> [Event; 2] {
        let day = parse_iso_day("2026-11-02").unwrap();
        let money =
            Money { amount: Decimal::new(1250, 2), currency: Currency::parse("USD").unwrap() };
        let entry = Entry {
            booking_date: day,
            value_date: Some(day),
            credit_debit: CreditDebit::Credit,
            amount: Decimal::new(100_000, 2),
            currency: Currency::VND,
            status: EntryStatus::Pending,
            reversal: true,
            reference: Some("FT1".to_owned()),
            end_to_end_id: None,
            remittance: Some("Học phí\n\"6A1\"".to_owned()),
            counterparty_name: None,
            counterparty_account: None,
            counterparty_bank: None,
            balance_after: Some(Decimal::new(-5, 0)),
            extras: EntryExtras {
                charges: vec![Charge { money, credit_debit: CreditDebit::Debit, included: true }],
                original: Some(money),
                transaction_code: Some("NTRF".to_owned()),
                ..EntryExtras::default()
            },
            position: "row 7".to_owned(),
        };
        let header = StatementHeader {
            account: Some("1017595600".to_owned()),
            currency: Some(Currency::VND),
            opening: Some(Balance { amount: Decimal::new(-1, 0), date: None }),
            period: Period::new(day, day),
            copy: true,
            ..StatementHeader::default()
        };
        [Event::Entry(entry), Event::Statement(header)]
    }

    fn written() -> Vec<u8> {
        let mut bytes = Vec::new();
        let mut frames = FrameWriter::new(&mut bytes);
        for event in &events() {
            frames.event(event).unwrap();
        }
        frames.reading(&Reading { entries: 1, statements: 1, ..Reading::default() }).unwrap();
        bytes
    }

    #[test]
    fn what_goes_in_comes_out() {
        let bytes = written();
        let mut frames = Frames::new(bytes.as_slice());
        let [Event::Entry(entry_in), Event::Statement(header_in)] = events() else { panic!() };
        let first = frames.next_frame().unwrap().unwrap();
        assert_eq!((first.kind, entry(first.body).unwrap()), (Kind::Entry, entry_in));
        let second = frames.next_frame().unwrap().unwrap();
        assert_eq!((second.kind, statement(second.body).unwrap()), (Kind::Statement, header_in));
        let third = frames.next_frame().unwrap().unwrap();
        assert_eq!(reading(third.body).unwrap().entries, 1);
        assert!(frames.next_frame().unwrap().is_none());
    }

    #[test]
    fn a_cut_answer_ends_and_a_wrong_one_is_an_error() {
        let bytes = written();
        for length in 0..bytes.len() {
            let mut frames = Frames::new(bytes.get(..length).unwrap());
            let mut last = None;
            while let Some(frame) = frames.next_frame().unwrap() {
                last = Some(frame.kind);
            }
            assert_ne!(last, Some(Kind::Reading), "after {length} bytes");
        }
        for (why, bytes) in
            [("no kind", &b"X\0\0\0\0"[..]), ("too long", b"E\xff\xff\xff\xff"), ("text", b"hello")]
        {
            let error = Frames::new(bytes).next_frame().map(|_| ()).unwrap_err();
            assert_eq!(error.kind(), io::ErrorKind::InvalidData, "{why}");
        }
    }
}
