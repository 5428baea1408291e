//! ISO 20022 account messages: camt.052, camt.053 and camt.054 of every version, read by structure
//! as a stream of events. Nothing larger than one entry is ever held.

mod batch;
mod charges;
mod detail;
mod entry;
pub(in crate::formats) mod lines;
pub(in crate::formats) mod message;
mod pages;
mod repeats;
mod spot;
mod statement;
mod summary;
#[cfg(test)]
mod tests;
mod text;
mod walk;

use std::ops::ControlFlow;

use quick_xml::Reader;
use quick_xml::errors::{Error, IllFormedError, SyntaxError};
use quick_xml::events::Event as Xml;

use self::lines::{Lines, PieceTooLong};
use self::walk::Walk;
use crate::domain::diagnostic::Diagnostic;
use crate::domain::lang::Bilingual;
use crate::formats::encoding::{self, Charset, Decoded, Undecodable};
use crate::formats::{Reading, Sink, Source};

/// Reads an ISO 20022 message from where `source` stands. The file is refused, with errors in the
/// reading, when its structure cannot be trusted or a value is not certain.
pub fn read(source: &mut impl Source, sink: &mut Sink<'_>) -> Reading {
    let declared = match encoding::declared_in_xml(source) {
        Ok(declared) => declared,
        Err(error) => return refused(message::read_failed(&error)),
    };
    let settled = match encoding::settle(source, declared.as_deref()) {
        Ok(settled) => settled,
        Err(fault) => return refused(fault),
    };
    if let Err(fault) = settled.skip_mark(source) {
        return refused(fault);
    }
    let charset = settled.charset;
    let decoded = Decoded::for_checking_parser(source, charset);
    let mut reader = Reader::from_reader(Lines::new(decoded));
    let mut walk = Walk::new(sink, declared);
    if let Some(warning) = settled.warning {
        walk.warn_of_file(warning);
    }
    let mut buffer = Vec::with_capacity(4096);
    loop {
        buffer.clear();
        reader.get_mut().start_piece();
        // Matched where it stands: moving each event out first costs more than handling it.
        let step = match reader.read_event_into(&mut buffer) {
            Ok(Xml::Start(tag)) => walk.open(&tag, reader.get_mut()),
            Ok(Xml::End(_)) => walk.close(reader.get_mut()),
            Ok(Xml::Text(text)) => walk.text(&text, reader.get_mut()),
            Ok(Xml::Empty(tag)) => match walk.open(&tag, reader.get_mut()) {
                ControlFlow::Continue(()) => walk.close(reader.get_mut()),
                stop @ ControlFlow::Break(()) => stop,
            },
            Ok(Xml::CData(text)) => walk.text(&text, reader.get_mut()),
            Ok(Xml::GeneralRef(reference)) => walk.reference(&reference, reader.get_mut()),
            Ok(Xml::Decl(declaration)) => walk.declaration(&declaration, reader.get_mut()),
            Ok(Xml::DocType(_)) => walk.stop(message::doctype(reader.get_mut().line())),
            Ok(Xml::Comment(_) | Xml::PI(_)) => ControlFlow::Continue(()),
            Ok(Xml::Eof) => {
                walk.end_of_file(reader.get_mut().line());
                break;
            }
            Err(error) => {
                walk.fail(broken(&error, charset, reader.get_mut().line()));
                break;
            }
        };
        if step.is_break() {
            break;
        }
    }
    walk.into_reading()
}

fn refused(fault: Diagnostic) -> Reading {
    Reading { errors: vec![fault], ..Reading::default() }
}

/// What a parser's error means to a person.
fn broken(error: &Error, charset: Charset, line: u64) -> Diagnostic {
    match error {
        Error::Syntax(SyntaxError::UnclosedDoctype)
        | Error::IllFormed(IllFormedError::MissingDoctypeName) => message::doctype(line),
        Error::Syntax(SyntaxError::InvalidBangMarkup) => {
            message::not_well_formed(line, &error.to_string())
        }
        Error::Syntax(_) => message::truncated(line),
        Error::Encoding(_) => encoding::undecodable(line, charset),
        Error::Io(io) if Undecodable::line_in(io).is_some() => {
            encoding::undecodable(Undecodable::line_in(io).unwrap_or(line), charset)
        }
        Error::Io(io) if PieceTooLong::caused(io) => too_long(line),
        Error::Io(io) => message::read_failed(io),
        _ => message::not_well_formed(line, &error.to_string()),
    }
}

fn too_long(line: u64) -> Diagnostic {
    message::limit(
        "text_too_long",
        line,
        &Bilingual::new("có đoạn dài hơn 64 KB", "one piece is longer than 64 KB"),
    )
}
