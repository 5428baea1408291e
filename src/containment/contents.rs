//! What a child found in a file, kept in a temporary file and given as often as asked.

use std::io::{self, BufReader, BufWriter, Seek};

use tempfile::SpooledTempFile;

use super::frame::{self, Frame, Frames, Kind};
use crate::domain::diagnostic::Diagnostic;
use crate::domain::statement::{Event, StatementHeader};
use crate::formats::{Reading, Sink};

/// Smaller answers never reach the disk.
const IN_MEMORY_BYTES: usize = 4 * 1024 * 1024;
/// Two million entries with long texts fit; a child gone mad does not fill the disk.
const LARGEST_SPOOL: u64 = 4 * 1024 * 1024 * 1024;

/// A statement file as it was read, once and for all.
#[derive(Debug)]
pub struct Contents {
    /// What was found out about the file.
    pub reading: Reading,
    /// Its statements, in file order; empty for a refused file.
    pub statements: Vec<StatementHeader>,
    events: SpooledTempFile,
}

impl Contents {
    pub(super) fn new(
        reading: Reading,
        statements: Vec<StatementHeader>,
        spool: Spool,
    ) -> io::Result<Contents> {
        if reading.accepted() {
            Ok(Contents { reading, statements, events: spool.into_file()? })
        } else {
            // What came before the fault is to be ignored.
            let events = SpooledTempFile::new(0);
            Ok(Contents { reading, statements: Vec::new(), events })
        }
    }

    /// The contents of a file read in this very process, for tests of what is done with them.
    #[cfg(test)]
    pub(crate) fn of(
        source: &mut impl crate::formats::Source,
        options: &crate::formats::Options,
    ) -> Contents {
        let mut bytes = Vec::new();
        let mut frames = frame::FrameWriter::new(&mut bytes);
        let mut statements = Vec::new();
        let reading = crate::formats::statement_file::read(source, options, &mut |event| {
            frames.event(&event).unwrap();
            if let Event::Statement(header) = event {
                statements.push(header);
            }
            std::ops::ControlFlow::Continue(())
        });
        let mut spool = Spool::new();
        let mut written = Frames::new(bytes.as_slice());
        while let Some(frame) = written.next_frame().unwrap() {
            spool.keep(&frame).unwrap();
        }
        Contents::new(reading, statements, spool).unwrap()
    }

    pub(super) fn refused(fault: Diagnostic) -> Contents {
        let reading = Reading { errors: vec![fault], ..Reading::default() };
        Contents { reading, statements: Vec::new(), events: SpooledTempFile::new(0) }
    }

    /// Gives every event in file order, until `sink` wants no more. Fails when the temporary file
    /// cannot be read.
    pub fn replay(&mut self, sink: &mut Sink<'_>) -> io::Result<()> {
        self.events.rewind()?;
        let mut frames = Frames::new(BufReader::with_capacity(256 * 1024, &mut self.events));
        while let Some(frame) = frames.next_frame()? {
            let event = match frame.kind {
                Kind::Entry => Event::Entry(frame::entry(frame.body)?),
                Kind::Statement => Event::Statement(frame::statement(frame.body)?),
                Kind::Reading | Kind::List => break,
            };
            if sink(event).is_break() {
                break;
            }
        }
        Ok(())
    }
}

/// Frames on their way to the temporary file.
pub(super) struct Spool {
    file: BufWriter<SpooledTempFile>,
    size: u64,
}

impl Spool {
    pub fn new() -> Spool {
        let file = SpooledTempFile::new(IN_MEMORY_BYTES);
        Spool { file: BufWriter::with_capacity(256 * 1024, file), size: 0 }
    }

    pub fn keep(&mut self, frame: &Frame<'_>) -> io::Result<()> {
        self.size = self.size.saturating_add(u64::try_from(frame.body.len()).unwrap_or(u64::MAX));
        if self.size > LARGEST_SPOOL {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "the answer has no end"));
        }
        frame.write(&mut self.file)
    }

    fn into_file(self) -> io::Result<SpooledTempFile> {
        self.file.into_inner().map_err(io::IntoInnerError::into_error)
    }
}
