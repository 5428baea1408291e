//! SWIFT MT940 statements and MT942 interim reports, with or without their blocks, read line by
//! line. Pages of one statement become one statement.
//!
//! The readers that others publish hold the whole file and refuse what leaves the standard, as most
//! banks do somewhere; this one streams, and is strict only about what makes money: amounts, days,
//! directions and the ends of messages.

mod account;
mod envelope;
mod field;
mod lines;
mod message;
mod narrative;
mod statement;
mod statement_line;
mod tag;
#[cfg(test)]
mod tests;
mod walk;

use self::lines::{LineTooLong, Lines};
use self::walk::Walk;
use crate::formats::{Reading, Sink, Source};

/// Reads a SWIFT file from where `source` stands. The file is refused, with errors in the reading,
/// when it is cut off or a figure or day in it is not certain.
pub fn read(source: &mut impl Source, sink: &mut Sink<'_>) -> Reading {
    let mut lines = Lines::new(source);
    let mut walk = Walk::new(sink);
    loop {
        match lines.advance() {
            Ok(Some(line)) => {
                if walk.line(line).is_break() {
                    return walk.into_reading();
                }
            }
            Ok(None) => break,
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
    walk.end_of_file(lines.number(), lines.ended());
    if let Some(line) = lines.first_assumed() {
        walk.note(message::encoding_assumed(line));
    }
    walk.into_reading()
}
