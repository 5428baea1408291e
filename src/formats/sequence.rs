//! Whether the statements of one account in a file follow each other without a gap.

use std::collections::HashMap;

use crate::domain::diagnostic::{Diagnostic, Place};
use crate::domain::statement::StatementHeader;

/// The last statement number seen of each account.
#[derive(Debug, Default)]
pub struct Sequences(HashMap<String, u64>);

impl Sequences {
    /// Takes note of a finished statement that ends on `line`; a warning when numbers are missing
    /// since the last one of its account. Pages share a number, files may run backwards, and banks
    /// start again at 1 each year: none of these is a gap.
    pub fn follow(&mut self, header: &StatementHeader, line: u64) -> Option<Diagnostic> {
        let account = header.account.as_ref()?;
        let number: u64 = header.sequence.as_deref()?.parse().ok()?;
        let before = self.0.insert(account.clone(), number)?;
        let apart = number.abs_diff(before);
        let starts_again = number == 1 && before > number;
        (apart > 1 && !starts_again).then(|| gap(account, before, number, line))
    }
}

fn gap(account: &str, before: u64, after: u64, line: u64) -> Diagnostic {
    let count = account.chars().count();
    let tail: String = account.chars().skip(count.saturating_sub(4)).collect();
    Diagnostic::new(
        "sequence_gap",
        format!("Tài khoản …{tail}: sau sao kê số {before} là số {after}, có thể thiếu sao kê ở giữa. Anh/chị tải các sao kê còn thiếu."),
        format!("Account …{tail}: statement {before} is followed by {after}; those between may be missing. Download the missing statements."),
    )
    .at(Place::line(line))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_missing_numbers_are_a_gap() {
        for (why, numbers, gaps) in [
            ("one after the other", vec!["1", "2", "3"], 0),
            ("pages of one", vec!["7", "7", "8"], 0),
            ("newest first", vec!["3", "2", "1"], 0),
            ("a new year", vec!["365", "1", "2"], 0),
            ("one missing", vec!["1", "3"], 1),
            ("not numbers", vec!["A", "C"], 0),
        ] {
            let mut sequences = Sequences::default();
            let found = numbers.iter().filter_map(|number| {
                let header = StatementHeader {
                    account: Some("1017595600".to_owned()),
                    sequence: Some((*number).to_owned()),
                    ..StatementHeader::default()
                };
                sequences.follow(&header, 1)
            });
            assert_eq!(found.count(), gaps, "{why}");
        }
    }
}
