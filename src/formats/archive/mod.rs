//! Archives of statement files: gzip with one inside, zip with one or many. Every file inside is
//! read as if it had come alone; one that cannot be trusted refuses the whole archive.
//!
//! Nothing is unpacked to disk, and no name in an archive is ever used as a path. What an archive
//! states about sizes is not believed: bytes are counted while they are inflated.

mod gzip;
mod inflate;
mod message;
mod zipped;

pub(super) use zipped::kind as kind_of_zip;

use std::collections::HashSet;
use std::io::{Cursor, Read, Seek};

use sha2::{Digest as _, Sha256};

use crate::domain::diagnostic::Diagnostic;
use crate::domain::text::hex;
use crate::formats::detect::{Kind, Refused};
use crate::formats::refusal::refusal;
use crate::formats::{Options, Part, Reading, Sink, file_name, statement_file};

/// How a file is packed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Packing {
    /// RFC 1952.
    Gzip,
    /// PKWARE's APPNOTE.
    Zip,
}

impl Packing {
    /// `gzip` or `zip`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Packing::Gzip => "gzip",
            Packing::Zip => "zip",
        }
    }
}

/// Reads the statement files in an archive, in its order.
pub fn read(
    packing: Packing,
    source: &mut (impl Read + Seek),
    options: &Options,
    sink: &mut Sink<'_>,
) -> Reading {
    let mut parts = Parts {
        options,
        sink,
        reading: Reading { container: Some(packing.name().to_owned()), ..Reading::default() },
        known: HashSet::new(),
        skipped: Vec::new(),
    };
    let outcome = match packing {
        Packing::Gzip => gzip::each_part(source, &mut |name, bytes| parts.take(name, bytes)),
        Packing::Zip => zipped::each_part(source, &mut |name, bytes| parts.take(name, bytes)),
    };
    parts.finish(outcome)
}

/// What becomes of the file that was just taken, and of those after it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Next {
    GoOn,
    Stop,
}

/// Receives the inflated files of an archive: name and bytes.
type Taker<'a> = dyn FnMut(&str, Vec<u8>) -> Next + 'a;

struct Parts<'o, 's, 'f> {
    options: &'o Options,
    sink: &'s mut Sink<'f>,
    reading: Reading,
    /// Digests of the files taken.
    known: HashSet<String>,
    /// Files that are no statements, and why.
    skipped: Vec<(String, Refused)>,
}

impl Parts<'_, '_, '_> {
    fn take(&mut self, name: &str, bytes: Vec<u8>) -> Next {
        let name = file_name::shown(name);
        let sha256 = hex(&Sha256::digest(&bytes));
        let size_bytes = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        let mut source = Cursor::new(bytes);
        let kind = match statement_file::look(&mut source) {
            Ok(kind) => kind,
            Err(error) => {
                self.reading.errors.push(message::damaged(&error));
                return Next::Stop;
            }
        };
        match kind {
            Kind::Refused(Refused::Archive) | Kind::Packed(_) => {
                self.reading.errors.push(message::nested(&name));
                return Next::Stop;
            }
            // A bank may put a letter or a picture of the same statement beside it.
            Kind::Refused(
                why @ (Refused::Empty | Refused::Pdf | Refused::OtherOffice | Refused::Unknown),
            ) => {
                self.skipped.push((name, why));
                return Next::GoOn;
            }
            _ => {}
        }
        if !self.known.insert(sha256.clone()) {
            self.reading.warnings.push(message::repeated(&name));
            return Next::GoOn;
        }
        let (sink, mut enough) = (&mut *self.sink, false);
        let read = statement_file::read_as(kind, &mut source, self.options, &mut |event| {
            let flow = sink(event);
            enough |= flow.is_break();
            flow
        });
        let next = self.merge(name, sha256, size_bytes, read);
        if enough { Next::Stop } else { next }
    }

    /// Adds what was found in one file to what is known of the archive.
    fn merge(&mut self, name: String, sha256: String, size_bytes: u64, read: Reading) -> Next {
        let before = usize::try_from(self.reading.statements).unwrap_or(usize::MAX);
        let placed = |note: Diagnostic| message::of_part(&name, before, note);
        self.reading.warnings.extend(read.warnings.into_iter().map(placed));
        self.reading.errors.extend(read.errors.into_iter().map(placed));
        self.reading.statements += read.statements;
        self.reading.entries += read.entries;
        self.reading.columns = self.reading.columns.take().or(read.columns);
        self.reading.parts.push(Part {
            name,
            format: read.format,
            layout: read.layout,
            statements: read.statements,
            sha256,
            size_bytes,
        });
        if self.reading.accepted() { Next::GoOn } else { Next::Stop }
    }

    fn finish(mut self, outcome: Result<(), Diagnostic>) -> Reading {
        if let Err(fault) = outcome {
            self.reading.errors.push(fault);
        }
        if self.reading.accepted() && self.reading.parts.is_empty() {
            self.reading.errors.push(match self.skipped.as_slice() {
                [(name, only)] => message::of_part(name, 0, refusal(*only)),
                [] => message::empty(),
                _ => message::without_statement(),
            });
        } else {
            let skipped = self.skipped.iter().map(|(name, why)| message::skipped(name, *why));
            self.reading.warnings.extend(skipped);
        }
        self.reading.format = common(self.reading.parts.iter().map(|part| &part.format))
            .or_else(|| self.reading.container.clone());
        self.reading.layout = common(self.reading.parts.iter().map(|part| &part.layout));
        self.reading
    }
}

/// What all files have in common.
fn common<'a>(mut values: impl Iterator<Item = &'a Option<String>>) -> Option<String> {
    let first = values.next()?;
    values.all(|other| other == first).then(|| first.clone()).flatten()
}

#[cfg(test)]
mod tests;
