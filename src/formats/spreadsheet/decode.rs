//! Text files in the encodings banks use, strictly: what cannot be decoded is an error with its line.

use std::io::{self, Read, Seek, SeekFrom};

use encoding_rs::{Encoding, UTF_16BE, UTF_16LE};

mod wide;

pub use wide::unmarked_utf16;

use crate::domain::diagnostic::{Diagnostic, Place};
use crate::formats::encoding::{Charset, Decoded, Undecodable};

const CHUNK: usize = 64 * 1024;
/// A record longer than this is a text whose closing quote is missing.
const LONGEST_RECORD: usize = 4 * 1024 * 1024;

/// How the bytes of a text file mean letters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TextEncoding {
    /// UTF-8, with this many bytes of byte order mark.
    Utf8(u64),
    /// UTF-16, with this many bytes of byte order mark.
    Utf16(&'static Encoding, u64),
    /// Windows-1258: letters with combining tone marks.
    Windows1258,
    /// Western Windows, where the file itself says so.
    Windows1252,
}

/// An encoding and how it is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Detected {
    /// The encoding.
    pub encoding: TextEncoding,
    /// Whether nothing in the file states or proves it, so that a person should look at the letters.
    pub assumed: bool,
    /// Whether any letter is beyond ASCII, as far as the file was looked at.
    pub letters: bool,
}

/// Finds the encoding, or says at which line it cannot be known.
///
/// Accented letters in the first chunk settle it; a file that starts without any is gone through
/// to its first one. Later damage is found when the records are cut.
pub fn detect(source: &mut (impl Read + Seek)) -> Result<Detected, Diagnostic> {
    let marked = |encoding| Detected { encoding, assumed: false, letters: true };
    source.seek(SeekFrom::Start(0)).map_err(|error| unreadable(&error))?;
    let mut survey = Survey::default();
    let mut buffer = vec![0; CHUNK];
    let mut kept = 0;
    let mut first = true;
    loop {
        let free = buffer.get_mut(kept..).unwrap_or_default();
        let read = source.read(free).map_err(|error| unreadable(&error))?;
        let mut filled = buffer.get(..kept + read).unwrap_or_default();
        if first {
            first = false;
            match filled {
                [0xFF, 0xFE, ..] => return Ok(marked(TextEncoding::Utf16(UTF_16LE, 2))),
                [0xFE, 0xFF, ..] => return Ok(marked(TextEncoding::Utf16(UTF_16BE, 2))),
                [0xEF, 0xBB, 0xBF, rest @ ..] => {
                    survey.mark = 3;
                    filled = rest;
                }
                _ => {
                    if let Some(encoding) = unmarked_utf16(filled) {
                        let encoding = TextEncoding::Utf16(encoding, 0);
                        return Ok(Detected { encoding, assumed: true, letters: true });
                    }
                }
            }
        }
        let rest = survey.take(filled, read == 0);
        if read == 0 || survey.is_settled() {
            return survey.conclude();
        }
        let end = kept + read;
        buffer.copy_within(end - rest..end, 0);
        kept = rest;
    }
}

/// What the bytes of a file prove about its encoding.
#[derive(Default)]
struct Survey {
    mark: u64,
    lines: u64,
    letters_of_utf8: bool,
    first_break: Option<u64>,
    first_nul: Option<u64>,
}

impl Survey {
    /// Takes a chunk in; says how many bytes at its end are the start of a letter.
    fn take(&mut self, mut bytes: &[u8], last: bool) -> usize {
        loop {
            let Err(error) = std::str::from_utf8(bytes) else {
                self.count(bytes);
                return 0;
            };
            let (valid, rest) = bytes.split_at_checked(error.valid_up_to()).unwrap_or((bytes, &[]));
            self.count(valid);
            if error.error_len().is_none() && !last {
                return rest.len();
            }
            self.first_break.get_or_insert(self.lines);
            bytes = rest.get(error.error_len().unwrap_or(rest.len())..).unwrap_or_default();
        }
    }

    fn count(&mut self, valid: &[u8]) {
        self.letters_of_utf8 |= !valid.is_ascii();
        if self.first_nul.is_none() && valid.contains(&0) {
            self.first_nul = Some(self.lines);
        }
        let lines = valid.iter().filter(|byte| matches!(byte, b'\n')).count();
        self.lines += u64::try_from(lines).unwrap_or(0);
    }

    fn is_settled(&self) -> bool {
        self.letters_of_utf8 && self.first_break.is_none()
    }

    fn conclude(&self) -> Result<Detected, Diagnostic> {
        if let Some(line) = self.first_nul {
            return Err(undecodable(line + 1));
        }
        match self.first_break {
            None => Ok(Detected {
                encoding: TextEncoding::Utf8(self.mark),
                assumed: false,
                letters: self.letters_of_utf8,
            }),
            // One encoding for the whole file: a damaged letter among good ones is damage.
            Some(line) if self.letters_of_utf8 || self.mark > 0 => Err(undecodable(line + 1)),
            Some(_) => {
                Ok(Detected { encoding: TextEncoding::Windows1258, assumed: true, letters: true })
            }
        }
    }
}

/// Why a text reader stops; carried through `io::Error`.
#[derive(Debug, thiserror::Error)]
pub enum TextError {
    /// Bytes that mean no letter, on this line.
    #[error("line {0} cannot be decoded")]
    Undecodable(u64),
    /// A record without end.
    #[error("a record has no end")]
    EndlessRecord,
}

/// Gives the text of a file as UTF-8 with `\n` line ends and a line end at its end. What is UTF-8
/// already is not checked here but where the records are cut.
pub struct TextReader<R> {
    source: Decoded<R>,
    ended: bool,
    after_return: bool,
    last_byte: u8,
    longest_record: usize,
    since_record: usize,
}

impl<R: Read + Seek> TextReader<R> {
    /// Reads `source` from its start.
    pub fn new(mut source: R, encoding: TextEncoding) -> Result<Self, Diagnostic> {
        let (skip, charset) = match encoding {
            TextEncoding::Utf8(mark) => (mark, Charset::Utf8),
            TextEncoding::Utf16(encoding, mark) if encoding == UTF_16BE => (mark, Charset::Utf16Be),
            TextEncoding::Utf16(_, mark) => (mark, Charset::Utf16Le),
            TextEncoding::Windows1258 => (0, Charset::Windows1258),
            TextEncoding::Windows1252 => (0, Charset::Windows1252),
        };
        source.seek(SeekFrom::Start(skip)).map_err(|error| unreadable(&error))?;
        Ok(TextReader {
            source: Decoded::for_checking_parser(source, charset),
            ended: false,
            after_return: false,
            last_byte: b'\n',
            longest_record: LONGEST_RECORD,
            since_record: 0,
        })
    }

    /// The same for text that is not cut into records, whose pieces another reader bounds.
    #[must_use]
    pub fn without_records(mut self) -> Self {
        self.longest_record = usize::MAX;
        self
    }

    /// Says that a record was completed: its length no longer counts.
    pub fn record_done(&mut self) {
        self.since_record = 0;
    }
}

impl<R: Read + Seek> Read for TextReader<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        loop {
            if self.ended || out.is_empty() {
                return Ok(0);
            }
            let read =
                self.source.read(out).map_err(|error| match Undecodable::line_in(&error) {
                    Some(line) => io::Error::other(TextError::Undecodable(line)),
                    None => error,
                })?;
            if read == 0 {
                self.ended = true;
                if let (true, Some(first)) = (self.last_byte != b'\n', out.first_mut()) {
                    *first = b'\n';
                    return Ok(1);
                }
                return Ok(0);
            }
            let length = match out.get_mut(..read) {
                Some(filled) => one_line_end(filled, &mut self.after_return),
                None => read,
            };
            let given = out.get(..length).unwrap_or_default();
            self.last_byte = given.last().copied().unwrap_or(self.last_byte);
            self.since_record = self.since_record.saturating_add(length);
            if self.since_record > self.longest_record {
                return Err(io::Error::other(TextError::EndlessRecord));
            }
            if length > 0 {
                return Ok(length);
            }
        }
    }
}

/// Turns `\r\n` and `\r` into `\n` in place; says how many bytes are left.
fn one_line_end(bytes: &mut [u8], after_return: &mut bool) -> usize {
    // Without an early end the comparison runs over many bytes at once; mostly there is none to find.
    let returns = bytes.iter().fold(0_u8, |seen, byte| seen | u8::from(*byte == b'\r'));
    if !*after_return && returns == 0 {
        return bytes.len();
    }
    let mut length = 0;
    for index in 0..bytes.len() {
        let byte = bytes.get(index).copied().unwrap_or_default();
        let second_half = byte == b'\n' && *after_return;
        *after_return = byte == b'\r';
        if !second_half && let Some(slot) = bytes.get_mut(length) {
            *slot = if byte == b'\r' { b'\n' } else { byte };
            length += 1;
        }
    }
    length
}

/// Says that the file could not be read from disk.
#[must_use]
pub fn unreadable(error: &io::Error) -> Diagnostic {
    Diagnostic::new(
        "cannot_read",
        format!("Không đọc được tệp: {error}. Kiểm tra tệp rồi thử lại."),
        format!("The file cannot be read: {error}. Check it and try again."),
    )
}

/// Says on which line the text cannot be decoded.
#[must_use]
pub fn undecodable(line: u64) -> Diagnostic {
    Diagnostic::new(
        "encoding",
        format!("Dòng {line}: không đọc được chắc chắn bảng mã của chữ. Anh/chị mở tệp bằng Excel, lưu lại dạng .xlsx hoặc 'CSV UTF-8' rồi tải lên."),
        format!("Line {line}: the text's encoding cannot be read with certainty. Open the file in Excel, save it as .xlsx or 'CSV UTF-8' and load it again."),
    )
    .at(Place::line(line))
}

/// Says which encoding was taken although the file names none.
#[must_use]
pub fn encoding_assumed(encoding: TextEncoding) -> Diagnostic {
    let name = match encoding {
        TextEncoding::Utf8(_) => "UTF-8",
        TextEncoding::Utf16(encoding, _) => encoding.name(),
        TextEncoding::Windows1258 => "Windows-1258",
        TextEncoding::Windows1252 => "Windows-1252",
    };
    Diagnostic::new(
        "encoding_assumed",
        format!(
            "Tệp không ghi rõ bảng mã của chữ; hệ thống đọc theo {name}. Anh/chị xem chữ tiếng Việt trong bảng xem trước có đúng không; nếu sai, mở bằng Excel, lưu lại dạng 'CSV UTF-8' rồi tải lên."
        ),
        format!(
            "The file does not state the encoding of its text; it was read as {name}. Look whether the Vietnamese letters in the preview are right; if not, open the file in Excel, save it as 'CSV UTF-8' and load it again."
        ),
    )
}
