//! Letters as a workbook, to take away.

use super::list::{AskedLetters, LetterView, list};
use crate::clock::Clock;
use crate::domain::id::SchoolId;
use crate::domain::lang::Lang;
use crate::formats::roster::{Table, TableRow, write_list};
use crate::service::ServiceError;
use crate::store::Store;

/// The headings in both languages.
const HEADINGS: [(&str, &str); 6] = [
    ("Học sinh", "Students"),
    ("Loại thư", "Letter"),
    ("Tình trạng", "Outcome"),
    ("Email", "E-mail"),
    ("Lý do", "Reason"),
    ("Lúc gửi (UTC)", "Sent (UTC)"),
];

/// The letters that are asked for, a row for each who was to get one. `words` says what the names of
/// kinds, outcomes and reasons mean, e.g. of `letters-kind-notice`.
pub fn workbook(
    db: &Store,
    clock: &dyn Clock,
    (school, asked): (SchoolId, &AskedLetters),
    (lang, words): (Lang, &dyn Fn(&str) -> String),
) -> Result<Vec<u8>, ServiceError> {
    let headers = HEADINGS
        .iter()
        .map(|(vi, en)| if lang == Lang::Vi { *vi } else { *en }.to_owned())
        .collect();
    let mut table = Table { headers, rows: Vec::new() };
    let mut asked = asked.clone();
    loop {
        let page = list(db, clock, school, &asked)?;
        for letter in page.letters {
            rows_of(letter, words, &mut table);
        }
        match page.next {
            Some(before) => asked.before = Some(before),
            None => break,
        }
    }
    write_list(&table, &[]).map_err(ServiceError::refused)
}

fn rows_of(letter: LetterView, words: &dyn Fn(&str) -> String, table: &mut Table) {
    let children = letter.children.join(", ");
    let kind = words(&format!("letters-kind-{}", letter.kind));
    let outcome = words(&format!("letters-outcome-{}", letter.outcome));
    let mut row = |to: String, reason: String, sent: String| {
        let cells = vec![children.clone(), kind.clone(), outcome.clone(), to, reason, sent];
        table.rows.push(TableRow { row: 0, cells });
    };
    if letter.copies.is_empty() {
        row(String::new(), String::new(), String::new());
    }
    for copy in letter.copies {
        let reason = match (&copy.reason, copy.problem.as_deref()) {
            (Some(reason), _) => words(&format!("letters-reason-{reason}")),
            (None, Some("recipient" | "address")) => words("letters-bad-address"),
            (None, Some(problem)) => problem.to_owned(),
            (None, None) => String::new(),
        };
        row(copy.to.unwrap_or_default(), reason, copy.sent_at.unwrap_or_default());
    }
}
