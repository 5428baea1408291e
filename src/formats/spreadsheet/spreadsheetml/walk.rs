//! The events of an XML workbook, with limits on all that a hostile file could stretch.

use std::io::SeekFrom;

use quick_xml::Reader;
use quick_xml::errors::{Error, IllFormedError, SyntaxError};
use quick_xml::events::{BytesRef, BytesStart, Event as Xml};

use super::spot::Spot;
use crate::domain::diagnostic::Diagnostic;
use crate::domain::lang::Bilingual;
use crate::formats::Source;
use crate::formats::camt::lines::{Lines, PieceTooLong};
use crate::formats::camt::message;
use crate::formats::spreadsheet::csv::text_problem;
use crate::formats::spreadsheet::decode::{self, TextEncoding, TextReader};

const DEEPEST: usize = 64;
const MOST_ATTRIBUTES: usize = 64;
const LONGEST_NAME: usize = 256;

/// What is done with the elements of a workbook. Those that give a truth value want to go on.
pub trait Visitor {
    /// An element starts, on or before `line`.
    fn start(&mut self, spot: Spot, tag: &BytesStart<'_>, line: u64) -> Result<bool, Diagnostic>;
    /// A piece of the text of an element.
    fn text(&mut self, spot: Spot, piece: &str, line: u64) -> Result<(), Diagnostic>;
    /// An element ends.
    fn end(&mut self, spot: Spot) -> Result<bool, Diagnostic>;
}

/// Goes through the workbook from its start.
pub fn walk(
    source: &mut impl Source,
    encoding: TextEncoding,
    visitor: &mut impl Visitor,
) -> Result<(), Diagnostic> {
    source.seek(SeekFrom::Start(0)).map_err(|error| decode::unreadable(&error))?;
    let text = TextReader::new(source, encoding)?.without_records();
    let mut reader = Reader::from_reader(Lines::new(text));
    let mut open: Vec<Spot> = Vec::with_capacity(DEEPEST);
    let mut root_seen = false;
    let mut spot = Spot::File;
    let mut buffer = Vec::with_capacity(4096);
    loop {
        buffer.clear();
        reader.get_mut().start_piece();
        let event = match reader.read_event_into(&mut buffer) {
            Ok(event) => event,
            Err(error) => return Err(broken(&error, reader.get_mut().line())),
        };
        let line = reader.get_mut().line();
        let empty = matches!(event, Xml::Empty(_));
        let goes_on = match event {
            Xml::Start(tag) | Xml::Empty(tag) => {
                if root_seen && open.is_empty() {
                    return Err(message::not_well_formed(line, "a second document follows"));
                }
                root_seen = true;
                check(&tag, open.len(), line)?;
                let name = tag.name().into_inner();
                let local = name.rsplit_once(':').map_or(name, |(_, local)| local);
                open.push(spot);
                spot = spot.child(local);
                if spot == Spot::Break {
                    visitor.text(Spot::Rich, "\n", line)?;
                }
                let mut goes_on = visitor.start(spot, &tag, line)?;
                if empty && goes_on {
                    goes_on = visitor.end(spot)?;
                    spot = open.pop().unwrap_or(Spot::File);
                }
                goes_on
            }
            Xml::End(_) => {
                let goes_on = visitor.end(spot)?;
                spot = open.pop().unwrap_or(Spot::File);
                goes_on
            }
            Xml::Text(text) => {
                plain(&text, line)?;
                visitor.text(spot, &text, line)?;
                true
            }
            Xml::CData(text) => {
                plain(&text, line)?;
                visitor.text(spot, &text, line)?;
                true
            }
            Xml::GeneralRef(reference) => {
                let letter = letter_of(&reference, line)?;
                visitor.text(spot, letter.encode_utf8(&mut [0; 4]), line)?;
                true
            }
            Xml::DocType(_) => return Err(message::doctype(line)),
            Xml::Eof if open.is_empty() && root_seen => return Ok(()),
            Xml::Eof => return Err(message::truncated(line)),
            Xml::Decl(_) | Xml::Comment(_) | Xml::PI(_) => true,
        };
        if !goes_on {
            return Ok(());
        }
    }
}

/// What a parser's error means to a person.
fn broken(error: &Error, line: u64) -> Diagnostic {
    match error {
        Error::Syntax(SyntaxError::UnclosedDoctype)
        | Error::IllFormed(IllFormedError::MissingDoctypeName) => message::doctype(line),
        Error::Syntax(SyntaxError::InvalidBangMarkup) => {
            message::not_well_formed(line, &error.to_string())
        }
        Error::Syntax(_) => message::truncated(line),
        Error::Encoding(_) => decode::undecodable(line),
        Error::Io(io) if PieceTooLong::caused(io) => message::limit(
            "text_too_long",
            line,
            &Bilingual::new("có đoạn dài hơn 64 KB", "one piece is longer than 64 KB"),
        ),
        Error::Io(io) => text_problem(io, line),
        _ => message::not_well_formed(line, &error.to_string()),
    }
}

fn check(tag: &BytesStart<'_>, depth: usize, line: u64) -> Result<(), Diagnostic> {
    let limit = |code, vi, en| Err(message::limit(code, line, &Bilingual::new(vi, en)));
    if depth >= DEEPEST {
        return limit(
            "too_deep",
            "các phần tử lồng nhau quá 64 tầng",
            "elements are nested more than 64 deep",
        );
    }
    if tag.name().into_inner().len() > LONGEST_NAME {
        return limit(
            "name_too_long",
            "tên phần tử dài hơn 256 byte",
            "the name of an element is longer than 256 bytes",
        );
    }
    for (count, attribute) in tag.attributes().enumerate() {
        if count >= MOST_ATTRIBUTES {
            return limit(
                "too_many_attributes",
                "một phần tử có quá 64 thuộc tính",
                "an element has more than 64 attributes",
            );
        }
        if let Err(error) = attribute {
            return Err(message::not_well_formed(line, &error.to_string()));
        }
    }
    Ok(())
}

fn plain(text: &str, line: u64) -> Result<(), Diagnostic> {
    if text.bytes().any(|byte| byte < b' ' && !matches!(byte, b'\n' | b'\r' | b'\t')) {
        return Err(message::not_well_formed(line, "a control character in a text"));
    }
    Ok(())
}

/// One of the five predefined entities or a character by its number; a file that could define
/// others is refused.
fn letter_of(reference: &BytesRef<'_>, line: u64) -> Result<char, Diagnostic> {
    let name: &str = reference;
    let letter = match name {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        _ => reference.resolve_char_ref().ok().flatten(),
    };
    letter
        .filter(|letter| *letter >= ' ' || matches!(letter, '\n' | '\r' | '\t'))
        .ok_or_else(|| message::not_well_formed(line, &format!("unknown entity &{name};")))
}
