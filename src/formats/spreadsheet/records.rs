//! Cuts text into records and cells, without copying what needs no copying.
//!
//! The rules are those of RFC 4180 as spreadsheet programs apply them: a cell that starts with a
//! quote ends at the next single one, `""` inside is a quote, and quotes elsewhere are letters.

use std::borrow::Cow;

use memchr::{memchr, memchr2};

/// A record at the start of a text: its bytes, its cells, and what is inside its quotes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cut {
    /// How many bytes it takes, its line end included.
    pub length: usize,
    /// How many line ends are inside quotes.
    pub breaks_inside: u64,
    /// Whether a cell has to be rewritten to be read.
    pub escaped: bool,
}

/// Where a cell's text lies in its record; one that has to be rewritten starts with its quote.
pub type CellRange = (usize, usize);

/// Cuts the first record off `bytes`, or says nothing when its end is not there yet. The last
/// record has to end with a line end as well.
pub fn cut(bytes: &[u8], separator: u8, cells: &mut Vec<CellRange>) -> Option<Cut> {
    cells.clear();
    let (mut breaks_inside, mut escaped) = (0, false);
    let mut at = 0;
    loop {
        let rest = bytes.get(at..)?;
        let end = if rest.first() == Some(&b'"') && separator != b'"' {
            let quoted = quoted_cell(rest, separator)?;
            let inside = rest.get(..quoted.length)?;
            breaks_inside += inside.iter().filter(|byte| **byte == b'\n').count();
            escaped |= quoted.escaped;
            // Plain quotes are left out; a cell to be rewritten keeps them.
            cells.push(if quoted.escaped {
                (at, at + quoted.length)
            } else {
                (at + 1, at + quoted.length - 1)
            });
            at + quoted.length
        } else {
            let length = cell_end(rest, separator)?;
            cells.push((at, at + length));
            at + length
        };
        at = end + 1;
        if bytes.get(end) == Some(&b'\n') {
            let breaks_inside = u64::try_from(breaks_inside).unwrap_or(u64::MAX);
            return Some(Cut { length: at, breaks_inside, escaped });
        }
    }
}

fn cell_end(bytes: &[u8], separator: u8) -> Option<usize> {
    // Many cells are blank.
    if bytes.first() == Some(&separator) { Some(0) } else { memchr2(separator, b'\n', bytes) }
}

struct Quoted {
    length: usize,
    escaped: bool,
}

/// The length of a cell that starts with a quote, up to its separator or line end.
fn quoted_cell(bytes: &[u8], separator: u8) -> Option<Quoted> {
    let mut escaped = false;
    let mut from = 1;
    loop {
        let quote = from + memchr(b'"', bytes.get(from..)?)?;
        match *bytes.get(quote + 1)? {
            b'"' => {
                escaped = true;
                from = quote + 2;
            }
            next if next == separator || next == b'\n' => {
                return Some(Quoted { length: quote + 1, escaped });
            }
            _ => {
                let behind = bytes.get(quote + 1..)?;
                let more = cell_end(behind, separator)?;
                return Some(Quoted { length: quote + 1 + more, escaped: true });
            }
        }
    }
}

/// The text of a cell that starts with a quote: `""` means a quote, and what follows the closing
/// quote belongs to the text as it stands.
#[must_use]
pub fn unescaped(cell: &str) -> Cow<'_, str> {
    let Some(mut rest) = cell.strip_prefix('"') else { return Cow::Borrowed(cell) };
    let mut text = String::with_capacity(rest.len());
    while let Some((before, after)) = rest.split_once('"') {
        text.push_str(before);
        let Some(inside) = after.strip_prefix('"') else {
            text.push_str(after);
            return Cow::Owned(text);
        };
        text.push('"');
        rest = inside;
    }
    text.push_str(rest);
    Cow::Owned(text)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn cells_of(text: &str, separator: u8) -> Option<Vec<Vec<String>>> {
        let (mut rest, mut records, mut cells) = (text.as_bytes(), Vec::new(), Vec::new());
        loop {
            while let Some(behind) = rest.strip_prefix(b"\n") {
                rest = behind;
            }
            if rest.is_empty() {
                return Some(records);
            }
            let cut = cut(rest, separator, &mut cells)?;
            let whole = std::str::from_utf8(&rest[..cut.length]).unwrap();
            records.push(
                cells.iter().map(|(from, to)| unescaped(&whole[*from..*to]).into_owned()).collect(),
            );
            rest = &rest[cut.length..];
        }
    }

    #[test]
    fn quotes_part_cells_as_spreadsheet_programs_do() {
        for (why, text, expected) in [
            ("plain", "a,b\n", Some(vec!["a", "b"])),
            ("blank cells", ",\n", Some(vec!["", ""])),
            ("a separator in quotes", "\"a,b\",c\n", Some(vec!["a,b", "c"])),
            ("a line end in quotes", "\"a\nb\",c\n", Some(vec!["a\nb", "c"])),
            ("a quote in quotes", "\"a\"\"b\",c\n", Some(vec!["a\"b", "c"])),
            ("text behind the quotes", "\"a\"b\"c,d\n", Some(vec!["ab\"c", "d"])),
            ("a quote inside a word", "a\"b,c\n", Some(vec!["a\"b", "c"])),
            ("nothing in quotes", "\"\",c\n", Some(vec!["", "c"])),
            ("no line end yet", "a,b", None),
            ("no end of quotes", "\"a,b\n", None),
        ] {
            let expected = expected.map(|cells| vec![cells]);
            let found = cells_of(text, b',');
            let found: Option<Vec<Vec<&str>>> = found.as_ref().map(|records| {
                records.iter().map(|cells| cells.iter().map(String::as_str).collect()).collect()
            });
            assert_eq!(found, expected, "{why}");
        }
    }

    proptest! {
        #[test]
        fn records_are_those_of_the_csv_library(text in "[ab;\"\n ế]{0,40}") {
            let text = format!("{text}\n");
            if let Some(found) = cells_of(&text, b';') {
                let mut reader = csv::ReaderBuilder::new()
                    .delimiter(b';')
                    .has_headers(false)
                    .flexible(true)
                    .from_reader(text.as_bytes());
                let expected: Vec<Vec<String>> = reader
                    .records()
                    .map(|record| record.unwrap().iter().map(str::to_owned).collect())
                    .collect();
                prop_assert_eq!(found, expected);
            }
        }
    }
}
