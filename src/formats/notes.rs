//! Collects what a reader has to say, and stops before a bad file turns into a flood.

use crate::domain::diagnostic::Diagnostic;
use crate::formats::Reading;

/// A person reads so many of one kind and then repairs the file.
const MOST_ERRORS: usize = 100;
const MOST_WARNINGS: usize = 1_000;

/// Warnings and errors of one file, in the order found.
#[derive(Debug, Default)]
pub struct Notes {
    warnings: Vec<Diagnostic>,
    errors: Vec<Diagnostic>,
    hidden_warnings: usize,
}

impl Notes {
    /// Adds something a person should look at; the file is taken all the same.
    pub fn warn(&mut self, note: Diagnostic) {
        if self.warnings.len() < MOST_WARNINGS {
            self.warnings.push(note);
        } else {
            self.hidden_warnings += 1;
        }
    }

    /// Adds a reason to refuse the file. Says whether there is a point in reading on.
    pub fn refuse(&mut self, note: Diagnostic) -> bool {
        if self.errors.len() < MOST_ERRORS {
            self.errors.push(note);
        }
        self.errors.len() < MOST_ERRORS
    }

    /// Whether the file is refused already.
    #[must_use]
    pub fn refused(&self) -> bool {
        !self.errors.is_empty()
    }

    /// Hands everything over to the reading.
    pub fn into_reading(mut self, reading: &mut Reading) {
        if self.hidden_warnings > 0 {
            let more = self.hidden_warnings;
            self.warnings.push(Diagnostic::new(
                "more_warnings",
                format!("Còn {more} lưu ý khác không liệt kê ở đây. Anh/chị xử lý các lưu ý trên trước rồi đọc lại tệp."),
                format!("{more} further warnings are not listed. Deal with those above and read the file again."),
            ));
        }
        reading.warnings.append(&mut self.warnings);
        reading.errors.append(&mut self.errors);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flood_of_warnings_is_cut_and_counted() {
        let mut notes = Notes::default();
        for _ in 0..MOST_WARNINGS + 7 {
            notes.warn(Diagnostic::new("one", "một", "one"));
        }
        let mut reading = Reading::default();
        notes.into_reading(&mut reading);
        assert_eq!(reading.warnings.len(), MOST_WARNINGS + 1);
        let last = reading.warnings.last().unwrap();
        assert_eq!(last.code, "more_warnings");
        assert!(last.message.en.starts_with("7 further"), "{}", last.message.en);
    }
}
