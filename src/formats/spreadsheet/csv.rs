//! Text tables: comma, semicolon or tab, as banks and spreadsheet programs write them.

use std::io::{Cursor, Read, Seek};
use std::ops::{ControlFlow, Range};

use ::csv::ReaderBuilder;

use super::cell::{Record, Row};
use super::decode::{self, TextEncoding, TextError, TextReader};
use super::header::{header_of_row, header_of_two_rows};
use super::records::{self, CellRange, unescaped};
use super::synonyms::field_of_heading;
use super::table::{Stop, TableReader};
use crate::domain::diagnostic::{Diagnostic, Place};
use crate::formats::{Options, Reading, Sink};

/// How much of the file is looked at to find its separator.
const SAMPLE_BYTES: u64 = 64 * 1024;
/// How much text is held at once; a longer record makes it grow.
const BUFFER_BYTES: usize = 64 * 1024;
/// More cells in a row than any statement has columns.
const MOST_CELLS: usize = 1_024;

/// How the cells of a text file are told apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dialect {
    /// The encoding of the text.
    pub encoding: TextEncoding,
    /// The separator of cells.
    pub separator: u8,
    /// Whether the first line is a spreadsheet program's `sep=;`.
    pub named_in_first_line: bool,
    /// Whether the encoding is neither stated nor proven by the file.
    pub assumed: bool,
}

/// Finds encoding and separator: the separator under which most headings are known.
pub fn detect(source: &mut (impl Read + Seek)) -> Result<Dialect, Diagnostic> {
    let decode::Detected { encoding, assumed, .. } = decode::detect(source)?;
    let mut sample = Vec::new();
    TextReader::new(&mut *source, encoding)?
        .take(SAMPLE_BYTES)
        .read_to_end(&mut sample)
        .map_err(|error| text_problem(&error, 1))?;
    if sample.iter().all(u8::is_ascii_whitespace) {
        return Err(Diagnostic::new(
            "empty_file",
            "Tệp trống, không có dữ liệu. Tải lại sao kê từ ngân hàng.",
            "The file is empty. Download the statement from the bank again.",
        ));
    }
    if let Some(separator) = named_separator(&sample) {
        return Ok(Dialect { encoding, separator, named_in_first_line: true, assumed });
    }
    let separator = [b',', b';', b'\t', b'|']
        .into_iter()
        .rev()
        .max_by_key(|separator| header_score(&sample, *separator))
        .unwrap_or(b',');
    Ok(Dialect { encoding, separator, named_in_first_line: false, assumed })
}

/// Reads a text table as a bank statement; rows are counted as a spreadsheet program shows them:
/// a line break inside quotes starts no row, a blank line is one.
pub fn read(source: &mut (impl Read + Seek), options: &Options, sink: &mut Sink) -> Reading {
    let mut table = TableReader::new("csv", false, options, sink);
    let read = detect(source).and_then(|dialect| {
        if dialect.assumed {
            table.warn(decode::encoding_assumed(dialect.encoding));
        }
        let mut records = Records::new(source, dialect)?;
        table.begin_sheet("");
        let flow = loop {
            let Some((number, record)) = records.next_record()? else { break table.end_sheet() };
            let flow = table.row(number, Row::Record(record));
            if flow.is_break() {
                break flow;
            }
        };
        Ok(flow)
    });
    match read {
        Ok(
            ControlFlow::Continue(())
            | ControlFlow::Break(Stop::Asked | Stop::NoHeader | Stop::Refused),
        ) => {}
        Err(error) => {
            let _refused = table.refuse(error);
        }
    }
    table.finish()
}

/// The records of a text file with their row numbers.
pub struct Records<R> {
    source: TextReader<R>,
    separator: u8,
    buffer: Vec<u8>,
    /// What of the buffer is filled and not given out yet.
    ahead: Range<usize>,
    /// How much of the buffer the record given out last takes.
    given: usize,
    cells: Vec<CellRange>,
    /// A record whose quotes had to be rewritten.
    rewritten: String,
    row: u64,
    line: u64,
}

impl<R: Read + Seek> Records<R> {
    /// Goes through `source` from its start.
    pub fn new(source: R, dialect: Dialect) -> Result<Self, Diagnostic> {
        let source = TextReader::new(source, dialect.encoding)?;
        let mut records = Records {
            source,
            separator: dialect.separator,
            buffer: vec![0; BUFFER_BYTES],
            ahead: 0..0,
            given: 0,
            cells: Vec::new(),
            rewritten: String::new(),
            row: 0,
            line: 1,
        };
        if dialect.named_in_first_line {
            records.next_record()?;
        }
        Ok(records)
    }

    /// The next record and its row, or nothing at the end. A line break inside quotes starts no
    /// row, and a blank line is one.
    pub fn next_record(&mut self) -> Result<Option<(u64, Record<'_>)>, Diagnostic> {
        self.ahead.start += self.given;
        self.given = 0;
        let cut = loop {
            let bytes = self.buffer.get(self.ahead.clone()).unwrap_or_default();
            let blank = bytes.iter().take_while(|byte| **byte == b'\n').count();
            let blanks = u64::try_from(blank).unwrap_or(0);
            (self.row, self.line) = (self.row + blanks, self.line + blanks);
            self.ahead.start += blank;
            let bytes = bytes.get(blank..).unwrap_or_default();
            if let Some(cut) = records::cut(bytes, self.separator, &mut self.cells) {
                break cut;
            }
            if !self.read_on()? {
                // The text ends with a line end: only an open quote can hide it.
                let open = !self.ahead.is_empty();
                return if open { Err(endless_record(self.line)) } else { Ok(None) };
            }
        };
        self.source.record_done();
        self.given = cut.length;
        self.row += 1;
        self.line += cut.breaks_inside + 1;
        let end = self.ahead.start + cut.length;
        let bytes = self.buffer.get(self.ahead.start..end).unwrap_or_default();
        let Ok(text) = std::str::from_utf8(bytes) else {
            return Err(decode::undecodable(self.line));
        };
        if self.cells.len() > MOST_CELLS {
            return Err(Diagnostic::new(
                "too_many_columns",
                format!("Dòng {} có hơn {MOST_CELLS} ô; đây không phải bảng sao kê. Kiểm tra lại tệp.", self.row),
                format!("Row {} has more than {MOST_CELLS} cells; this is no statement table. Check the file.", self.row),
            )
            .at(Place::row(self.row)));
        }
        let ascii = text.is_ascii();
        let text = if cut.escaped {
            rewrite(text, &mut self.cells, &mut self.rewritten);
            self.rewritten.as_str()
        } else {
            text
        };
        Ok(Some((self.row, Record { text, cells: &self.cells, ascii })))
    }

    /// Reads more of the text behind what is there; says whether there was any.
    fn read_on(&mut self) -> Result<bool, Diagnostic> {
        if self.ahead.start > 0 {
            self.buffer.copy_within(self.ahead.clone(), 0);
            self.ahead = 0..self.ahead.len();
        }
        if self.ahead.end == self.buffer.len() {
            // The text reader ends a record that grows beyond all measure.
            self.buffer.resize(self.buffer.len() * 2, 0);
        }
        let free = self.buffer.get_mut(self.ahead.end..).unwrap_or_default();
        let read = self.source.read(free).map_err(|error| text_problem(&error, self.line))?;
        self.ahead.end += read;
        Ok(read > 0)
    }
}

/// Puts the cells' texts together without their quotes.
fn rewrite(text: &str, cells: &mut [CellRange], rewritten: &mut String) {
    rewritten.clear();
    for cell in cells {
        let whole = text.get(cell.0..cell.1).unwrap_or_default();
        let from = rewritten.len();
        rewritten.push_str(&unescaped(whole));
        *cell = (from, rewritten.len());
    }
}

/// Why the text of a file could not be read further.
pub(super) fn text_problem(error: &std::io::Error, line: u64) -> Diagnostic {
    match error.get_ref().and_then(|inner| inner.downcast_ref::<TextError>()) {
        Some(TextError::Undecodable(line)) => decode::undecodable(*line),
        Some(TextError::EndlessRecord) => endless_record(line),
        None => decode::unreadable(error),
    }
}

fn endless_record(line: u64) -> Diagnostic {
    Diagnostic::new(
        "unclosed_quote",
        format!("Gần dòng {line}: có dấu ngoặc kép mở mà không đóng, phần sau của tệp không đọc được chắc chắn. Tải lại tệp từ ngân hàng hoặc lưu lại dạng Excel."),
        format!("Near line {line}: a quotation mark is opened and never closed, so the rest of the file cannot be read with certainty. Download the file again or save it as Excel."),
    )
    .at(Place::line(line))
}

/// `sep=;` in the first line, as spreadsheet programs write and obey.
fn named_separator(sample: &[u8]) -> Option<u8> {
    let first = sample.split(|byte| *byte == b'\n').next()?;
    let unquoted = match first.trim_ascii_end() {
        [b'"', inside @ .., b'"'] => inside,
        // A tab is blank, and may be the separator itself.
        _ => first,
    };
    match unquoted {
        [b's' | b'S', b'e' | b'E', b'p' | b'P', b'=', separator, rest @ ..]
            if could_separate(*separator)
                && rest.iter().all(|byte| byte == separator || byte.is_ascii_whitespace()) =>
        {
            Some(*separator)
        }
        _ => None,
    }
}

/// Any mark may be named, but none that figures, words or quotes are made of.
fn could_separate(mark: u8) -> bool {
    mark == b'\t'
        || (mark.is_ascii_punctuation() && !matches!(mark, b'"' | b'\'' | b'.' | b'-' | b'/'))
}

/// How many headings are known when the sample is cut at `separator`; a whole header counts most.
fn header_score(sample: &[u8], separator: u8) -> usize {
    let mut reader = ReaderBuilder::new()
        .delimiter(separator)
        .has_headers(false)
        .flexible(true)
        .from_reader(Cursor::new(sample));
    let mut above: Vec<String> = Vec::new();
    let mut best = 0;
    for record in reader.byte_records().take(100) {
        let Ok(record) = record else { break };
        let texts: Vec<String> = record
            .iter()
            .take(MOST_CELLS)
            .map(|cell| String::from_utf8_lossy(cell).trim().to_owned())
            .collect();
        let known = texts.iter().filter(|cell| field_of_heading(cell).is_some()).count();
        let whole = header_of_row(&texts).is_some() || header_of_two_rows(&above, &texts).is_some();
        best = best.max(known * 2 + if whole { 1_000 } else { 0 } + usize::from(texts.len() > 1));
        if whole {
            break;
        }
        above = texts;
    }
    best
}
