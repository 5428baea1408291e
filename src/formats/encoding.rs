//! In which encoding a text file is written: what it says, what its bytes say, and which of the two
//! is believed. Nothing is decoded with loss, and no disagreement is settled in silence.

mod decoded;

use std::io::{self, Read, Seek, SeekFrom};

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252, WINDOWS_1258};

pub use self::decoded::{Decoded, Undecodable};
use crate::domain::diagnostic::{Diagnostic, Place};

const CHUNK: usize = 64 * 1024;
/// An XML declaration stands at the very start; some banks put blanks before it.
const LONGEST_START: usize = 1024;

/// An encoding in which banks write text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Charset {
    /// UTF-8, and with it US-ASCII.
    Utf8,
    /// UTF-16, low byte first.
    Utf16Le,
    /// UTF-16, high byte first.
    Utf16Be,
    /// Vietnamese Windows: letters with combining tone marks behind them.
    Windows1258,
    /// Western Windows, and with it ISO-8859-1.
    Windows1252,
}

impl Charset {
    const fn encoding(self) -> &'static Encoding {
        match self {
            Charset::Utf8 => UTF_8,
            Charset::Utf16Le => UTF_16LE,
            Charset::Utf16Be => UTF_16BE,
            Charset::Windows1258 => WINDOWS_1258,
            Charset::Windows1252 => WINDOWS_1252,
        }
    }

    /// Its name for people.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Charset::Utf8 => "UTF-8",
            Charset::Utf16Le => "UTF-16 LE",
            Charset::Utf16Be => "UTF-16 BE",
            Charset::Windows1258 => "Windows-1258",
            Charset::Windows1252 => "Windows-1252",
        }
    }
}

/// How a file is to be decoded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settled {
    /// What the bytes behind the mark are.
    pub charset: Charset,
    /// How many bytes of byte order mark come before the text.
    pub mark: u64,
    /// Set when the bytes were believed against the declaration.
    pub warning: Option<Diagnostic>,
}

impl Settled {
    /// Moves `source` from the start of the file to the start of its text.
    pub fn skip_mark(&self, source: &mut impl Seek) -> Result<(), Diagnostic> {
        let mark = i64::try_from(self.mark).unwrap_or_default();
        source.seek_relative(mark).map_err(|error| read_failed(&error))
    }
}

/// What a declaration promises.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Promise {
    Utf8,
    Ascii,
    /// UTF-16 in the order of its byte order mark.
    Utf16,
    One(Charset),
}

/// What a name in a declaration stands for, or `None` when such files are not read.
fn promise(name: &str) -> Option<Promise> {
    let name = name.trim().to_ascii_lowercase();
    if ["us-ascii", "ascii", "ansi_x3.4-1968", "iso646-us"].contains(&name.as_str()) {
        return Some(Promise::Ascii);
    }
    let encoding = Encoding::for_label(name.as_bytes())?;
    match encoding {
        _ if encoding == UTF_8 => Some(Promise::Utf8),
        _ if encoding == UTF_16LE && !name.ends_with("le") => Some(Promise::Utf16),
        _ => [Charset::Utf16Le, Charset::Utf16Be, Charset::Windows1258, Charset::Windows1252]
            .into_iter()
            .find(|charset| charset.encoding() == encoding)
            .map(Promise::One),
    }
}

/// Decides how the file from where `source` stands is to be decoded, given the encoding it declares,
/// if any. Bytes that leave no doubt decide: a byte order mark, the zeros of UTF-16, or letters that
/// only UTF-8 writes so. Leaves `source` where it was.
pub fn settle(
    source: &mut (impl Read + Seek),
    declared: Option<&str>,
) -> Result<Settled, Diagnostic> {
    let start = source.stream_position().map_err(|error| read_failed(&error))?;
    let settled = decide(source, declared);
    source.seek(SeekFrom::Start(start)).map_err(|error| read_failed(&error))?;
    settled
}

fn decide(source: &mut (impl Read + Seek), declared: Option<&str>) -> Result<Settled, Diagnostic> {
    let start = source.stream_position().map_err(|error| read_failed(&error))?;
    let head = start_of(source).map_err(|error| read_failed(&error))?;
    let promised = match declared {
        None => None,
        Some(name) => Some(promise(name).ok_or_else(|| unsupported(name, 1))?),
    };
    let certain = match head.as_slice() {
        [0xef, 0xbb, 0xbf, ..] => Some((Charset::Utf8, 3)),
        [0xff, 0xfe, ..] => Some((Charset::Utf16Le, 2)),
        [0xfe, 0xff, ..] => Some((Charset::Utf16Be, 2)),
        // Markup starts with an ASCII sign: a zero beside it leaves only UTF-16.
        [b'<' | b' ' | b'\t' | b'\r' | b'\n', 0, ..] => Some((Charset::Utf16Le, 0)),
        [0, b'<' | b' ' | b'\t' | b'\r' | b'\n', ..] => Some((Charset::Utf16Be, 0)),
        _ => None,
    };
    let quiet = |charset, mark| Settled { charset, mark, warning: None };
    let against = |charset, mark| {
        let name = declared.unwrap_or_default();
        Settled { charset, mark, warning: Some(disagreement(name, charset)) }
    };
    if let Some((charset, mark)) = certain {
        let wide = matches!(charset, Charset::Utf16Le | Charset::Utf16Be);
        let agrees = match promised {
            // XML without a mark and a declaration is UTF-8.
            None => mark > 0,
            Some(Promise::Utf8 | Promise::Ascii) => charset == Charset::Utf8,
            Some(Promise::Utf16) => wide && mark > 0,
            Some(Promise::One(one)) => one == charset,
        };
        return Ok(if agrees { quiet(charset, mark) } else { against(charset, mark) });
    }
    match promised {
        None | Some(Promise::Utf8) => Ok(quiet(Charset::Utf8, 0)),
        Some(promised) => {
            source.seek(SeekFrom::Start(start)).map_err(|error| read_failed(&error))?;
            let survey = Survey::of(source).map_err(|error| read_failed(&error))?;
            let utf8 = survey.first_break.is_none();
            match promised {
                Promise::One(one @ (Charset::Windows1258 | Charset::Windows1252)) => {
                    let is_utf8 = utf8 && survey.latin_letters;
                    Ok(if is_utf8 { against(Charset::Utf8, 0) } else { quiet(one, 0) })
                }
                Promise::Ascii if survey.is_ascii() => Ok(quiet(Charset::Utf8, 0)),
                _ => match survey.first_break {
                    None => Ok(against(Charset::Utf8, 0)),
                    Some(line) => Err(contradiction(declared.unwrap_or_default(), line + 1)),
                },
            }
        }
    }
}

/// The encoding that the XML declaration at the start of `source` names, if there is one. Leaves
/// `source` where it was.
pub fn declared_in_xml(source: &mut (impl Read + Seek)) -> io::Result<Option<String>> {
    let start = source.stream_position()?;
    let mut head = start_of(source)?;
    source.seek(SeekFrom::Start(start))?;
    // A declaration is ASCII: without zeros and mark it reads the same in each encoding.
    head.retain(u8::is_ascii);
    head.retain(|byte| *byte != 0);
    Ok(declared_in(&String::from_utf8_lossy(&head)))
}

fn declared_in(head: &str) -> Option<String> {
    let (declaration, _) = head.trim_start().strip_prefix("<?xml")?.split_once("?>")?;
    let (_, value) = declaration.split_once("encoding")?;
    let value = value.trim_start().strip_prefix('=')?.trim_start();
    let quote = value.chars().next().filter(|quote| matches!(quote, '"' | '\''))?;
    let (name, _) = value.get(1..)?.split_once(quote)?;
    Some(name.to_owned())
}

fn start_of(source: &mut impl Read) -> io::Result<Vec<u8>> {
    let mut head = Vec::with_capacity(LONGEST_START);
    source.take(u64::try_from(LONGEST_START).unwrap_or(u64::MAX)).read_to_end(&mut head)?;
    Ok(head)
}

/// What the bytes of a whole file say about being UTF-8.
#[derive(Default)]
struct Survey {
    /// How many lines end before the first byte that is not.
    first_break: Option<u64>,
    beyond_ascii: bool,
    /// Whether there are letters of Latin script beyond ASCII: no other encoding writes them in the
    /// bytes of UTF-8 unless a text means nothing.
    latin_letters: bool,
}

impl Survey {
    fn of(source: &mut impl Read) -> io::Result<Survey> {
        let mut survey = Survey::default();
        let mut buffer = vec![0; CHUNK];
        let (mut kept, mut lines) = (0, 0);
        loop {
            let read = source.read(buffer.get_mut(kept..).unwrap_or_default())?;
            let filled = buffer.get(..kept + read).unwrap_or_default();
            let (valid, rest, broken) = match std::str::from_utf8(filled) {
                Ok(text) => (text, 0, false),
                Err(error) => {
                    let (valid, rest) =
                        filled.split_at_checked(error.valid_up_to()).unwrap_or_default();
                    let broken = error.error_len().is_some() || read == 0;
                    (std::str::from_utf8(valid).unwrap_or_default(), rest.len(), broken)
                }
            };
            lines += line_ends(valid.as_bytes());
            if !valid.is_ascii() {
                survey.beyond_ascii = true;
                survey.latin_letters |= valid.chars().any(is_latin);
            }
            if broken {
                survey.beyond_ascii = true;
                survey.first_break = Some(lines);
                return Ok(survey);
            }
            if read == 0 {
                return Ok(survey);
            }
            let end = kept + read;
            buffer.copy_within(end - rest..end, 0);
            kept = rest;
        }
    }

    const fn is_ascii(&self) -> bool {
        !self.beyond_ascii
    }
}

/// Letters of Latin script beyond ASCII, tone marks, and the sign of the đồng.
const fn is_latin(letter: char) -> bool {
    matches!(
        letter,
        '\u{c0}'..='\u{24f}' | '\u{300}'..='\u{36f}' | '\u{1e00}'..='\u{1eff}' | '\u{20ab}'
    )
}

/// How many line ends the bytes hold.
#[must_use]
pub fn line_ends(bytes: &[u8]) -> u64 {
    let mut count = 0;
    for chunk in bytes.chunks(128) {
        // A byte holds the count of a short chunk, which lets the loop run on whole vectors.
        count += u64::from(chunk.iter().map(|byte| u8::from(*byte == b'\n')).sum::<u8>());
    }
    count
}

/// Says on which line the bytes mean no letter in the file's encoding.
#[must_use]
pub fn undecodable(line: u64, charset: Charset) -> Diagnostic {
    let name = charset.name();
    Diagnostic::new(
        "encoding",
        format!("Dòng {line}: có ký tự không phải {name}. Anh/chị đề nghị ngân hàng xuất lại tệp bằng UTF-8."),
        format!("Line {line}: there are bytes that are not {name}. Ask the bank to export the file again in UTF-8."),
    )
    .at(Place::line(line))
}

/// Says that files in the encoding called `name`, as declared on `line`, are not read.
#[must_use]
pub fn unsupported(name: &str, line: u64) -> Diagnostic {
    let name = shown(name);
    Diagnostic::new(
        "encoding",
        format!("Dòng {line}: bảng mã '{name}' mà tệp khai báo không được hỗ trợ. Anh/chị đề nghị ngân hàng xuất lại tệp bằng UTF-8."),
        format!("Line {line}: the file declares the encoding '{name}', which is not supported. Ask the bank to export the file again in UTF-8."),
    )
    .at(Place::line(line))
}

/// The declaration is wrong, and the bytes do not tell what would be right.
fn contradiction(declared: &str, line: u64) -> Diagnostic {
    let name = shown(declared);
    Diagnostic::new(
        "encoding",
        format!("Dòng {line}: tệp khai báo bảng mã '{name}' nhưng nội dung không phải '{name}' và cũng không phải UTF-8. Anh/chị đề nghị ngân hàng xuất lại tệp bằng UTF-8."),
        format!("Line {line}: the file declares the encoding '{name}', but its content is neither '{name}' nor UTF-8. Ask the bank to export the file again in UTF-8."),
    )
    .at(Place::line(line))
}

fn disagreement(declared: &str, charset: Charset) -> Diagnostic {
    let found = charset.name();
    let (vi, en) = if declared.is_empty() {
        (
            "Tệp không khai báo bảng mã".to_owned(),
            "The file does not declare its encoding".to_owned(),
        )
    } else {
        let name = shown(declared);
        (
            format!("Tệp khai báo bảng mã '{name}'"),
            format!("The file declares the encoding '{name}'"),
        )
    };
    Diagnostic::new(
        "encoding_declared",
        format!(
            "{vi} nhưng nội dung chắc chắn là {found}; hệ thống đọc theo nội dung. Anh/chị xem lại chữ có dấu trong vài giao dịch."
        ),
        format!(
            "{en}, but its bytes are certainly {found}; it is read as that. Look at the accented letters of a few entries."
        ),
    )
}

fn shown(name: &str) -> String {
    name.chars().filter(|letter| !letter.is_control()).take(40).collect()
}

fn read_failed(error: &io::Error) -> Diagnostic {
    Diagnostic::new(
        "read_failed",
        format!("Không đọc được tệp ({error}). Anh/chị sao chép tệp vào máy rồi thử lại."),
        format!("The file cannot be read ({error}). Copy it to this computer and try again."),
    )
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;

    fn wide(text: &str, mark: bool, bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
        let mark = mark.then_some('\u{feff}').map(String::from).unwrap_or_default();
        format!("{mark}{text}").encode_utf16().flat_map(bytes).collect()
    }

    #[test]
    fn bytes_that_leave_no_doubt_decide() {
        use Charset as C;
        let (le, be) = (u16::to_le_bytes, u16::to_be_bytes);
        let xml = "<a>Học</a>";
        let utf8 = xml.as_bytes();
        for (why, declared, bytes, expected, warned) in [
            ("nothing declared", None, utf8.to_vec(), (C::Utf8, 0), false),
            ("as declared", Some("utf-8"), utf8.to_vec(), (C::Utf8, 0), false),
            ("a mark", None, [b"\xef\xbb\xbf", utf8].concat(), (C::Utf8, 3), false),
            (
                "a mark against a code page",
                Some("windows-1258"),
                [b"\xef\xbb\xbf", utf8].concat(),
                (C::Utf8, 3),
                true,
            ),
            ("UTF-16", Some("UTF-16"), wide(xml, true, le), (C::Utf16Le, 2), false),
            ("UTF-16, high first", Some("utf-16"), wide(xml, true, be), (C::Utf16Be, 2), false),
            ("its exact name", Some("UTF-16BE"), wide(xml, false, be), (C::Utf16Be, 0), false),
            ("the other order", Some("UTF-16LE"), wide(xml, true, be), (C::Utf16Be, 2), true),
            ("without mark", Some("UTF-16"), wide(xml, false, le), (C::Utf16Le, 0), true),
            ("says UTF-8", Some("UTF-8"), wide(xml, true, le), (C::Utf16Le, 2), true),
            ("says nothing", None, wide(xml, false, be), (C::Utf16Be, 0), true),
            ("a text in .NET's memory", Some("utf-16"), utf8.to_vec(), (C::Utf8, 0), true),
            ("ASCII", Some("US-ASCII"), b"<a/>".to_vec(), (C::Utf8, 0), false),
            ("more than ASCII", Some("US-ASCII"), utf8.to_vec(), (C::Utf8, 0), true),
            (
                "a code page",
                Some("windows-1258"),
                b"<a>Ho\xf2c</a>".to_vec(),
                (C::Windows1258, 0),
                false,
            ),
            ("Latin-1", Some("ISO-8859-1"), b"<a>\xe9</a>".to_vec(), (C::Windows1252, 0), false),
            ("no code page", Some("ISO-8859-1"), utf8.to_vec(), (C::Utf8, 0), true),
            (
                "letters that happen to be UTF-8 of another script",
                Some("windows-1252"),
                "<a>\u{53b}</a>".as_bytes().to_vec(),
                (C::Windows1252, 0),
                false,
            ),
        ] {
            let mut source = Cursor::new(bytes);
            let settled = settle(&mut source, declared).unwrap();
            assert_eq!((settled.charset, settled.mark), expected, "{why}");
            let codes: Vec<_> = settled.warning.iter().map(|note| note.code.as_str()).collect();
            assert_eq!(codes, vec!["encoding_declared"; usize::from(warned)], "{why}");
            assert_eq!(source.position(), 0, "{why}");
        }
    }

    #[test]
    fn what_cannot_be_known_is_refused_with_its_line() {
        for (why, declared, bytes, line) in [
            ("an encoding no bank should use", "Shift_JIS", &b"<a/>"[..], 1),
            ("seven bits that are not ASCII", "UTF-7", b"<a>+AOk-</a>", 1),
            ("not ASCII", "us-ascii", b"<a>\n\xe9</a>", 2),
            ("neither UTF-16 nor UTF-8", "UTF-16", b"<a>\n\n\xe9</a>", 3),
            ("a letter cut off", "us-ascii", b"<a>\n\xc3", 2),
        ] {
            let fault = settle(&mut Cursor::new(bytes), Some(declared)).unwrap_err();
            assert_eq!(fault.code, "encoding", "{why}");
            assert_eq!(fault.place.unwrap().line, Some(line), "{why}");
        }
    }

    #[test]
    fn the_declaration_is_read_in_every_encoding() {
        let plain =
            "<?xml version='1.0' encoding = \"UTF-16\" standalone='no'?><a encoding=\"x\"/>";
        for (why, bytes, expected) in [
            ("plain", plain.as_bytes().to_vec(), Some("UTF-16")),
            ("behind a mark", format!("\u{feff}{plain}").into_bytes(), Some("UTF-16")),
            ("behind blanks", format!("\n  {plain}").into_bytes(), Some("UTF-16")),
            ("wide", wide(plain, true, u16::to_be_bytes), Some("UTF-16")),
            ("no name", b"<?xml version='1.0'?><a encoding='x'/>".to_vec(), None),
            ("none", b"<a encoding='x'/>".to_vec(), None),
            ("without end", b"<?xml encoding='x'".to_vec(), None),
            ("quotes that do not match", b"<?xml encoding='x\"?>".to_vec(), None),
        ] {
            let mut source = Cursor::new(bytes);
            assert_eq!(declared_in_xml(&mut source).unwrap().as_deref(), expected, "{why}");
            assert_eq!(source.position(), 0, "{why}");
        }
    }
}
