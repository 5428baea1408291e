//! SWIFT MT940 statements and MT942 interim reports, with or without their blocks, read line by
//! line. Pages of one statement become one statement.

mod field;
mod lines;
mod message;
mod narrative;
#[cfg(test)]
mod tests;
mod walk;

use std::io::BufReader;

use self::lines::{LineTooLong, Lines};
use self::walk::Walk;
use crate::formats::{Reading, Sink, Source};

const BUFFER_BYTES: usize = 64 * 1024;

/// Reads a SWIFT file from where `source` stands. The file is refused, with errors in the reading,
/// when it is cut off or a figure or day in it is not certain.
pub fn read(source: &mut impl Source, sink: &mut Sink<'_>) -> Reading {
    let mut lines = Lines::new(BufReader::with_capacity(BUFFER_BYTES, source));
    let mut walk = Walk::new(sink);
    loop {
        match lines.advance() {
            Ok(true) => {
                if walk.line(lines.text(), lines.number()).is_break() {
                    return walk.into_reading();
                }
            }
            Ok(false) => break,
            Err(error) => {
                walk.fail(if LineTooLong::caused(&error) {
                    message::too_long(lines.number())
                } else {
                    message::read_failed(&error)
                });
                return walk.into_reading();
            }
        }
    }
    walk.end_of_file(lines.number());
    if let Some(line) = lines.first_not_utf8() {
        walk.note(message::charset(line));
    }
    walk.into_reading()
}
