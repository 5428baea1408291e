//! The encoding of a page: what it says of itself, and what its bytes prove.

use std::io::{Read, SeekFrom};

use encoding_rs::{Encoding, UTF_8, WINDOWS_1252, WINDOWS_1258};

use super::notes;
use crate::domain::diagnostic::Diagnostic;
use crate::formats::Source;
use crate::formats::spreadsheet::decode::{self, Detected, TextEncoding};

/// How far into a page its encoding may be named; browsers look no further than 1,024 bytes, but
/// Excel writes long heads.
const HEAD_BYTES: u64 = 16 * 1024;

/// The encoding to read a page in, and what a person should know about it.
pub struct Found {
    pub encoding: TextEncoding,
    pub warning: Option<Diagnostic>,
}

/// Finds the encoding of a page. Bytes that are UTF-8 are UTF-8 whatever the page says; otherwise
/// the page's word counts, and without one Windows-1258 is assumed and told.
pub fn find(source: &mut impl Source) -> Result<Found, Diagnostic> {
    let label = declared(source)?;
    let declared = label.as_deref().and_then(|label| Encoding::for_label(label.as_bytes()));
    let detected = decode::detect(source);
    let found = |encoding, warning| Ok(Found { encoding, warning });
    // A page that can say so in ASCII is no UTF-16.
    let single = declared.filter(|encoding| *encoding != UTF_8 && encoding.is_ascii_compatible());
    match (detected, single, label) {
        (Ok(Detected { encoding: encoding @ TextEncoding::Utf16(..), assumed, .. }), ..) => {
            found(encoding, assumed.then(|| decode::encoding_assumed(encoding)))
        }
        (
            Ok(Detected { encoding: encoding @ TextEncoding::Utf8(mark), letters, .. }),
            Some(_),
            Some(label),
        ) if letters && mark == 0 => {
            found(encoding, Some(notes::encoding_differs(&label, "UTF-8")))
        }
        (Ok(Detected { encoding: encoding @ TextEncoding::Utf8(_), .. }), ..) => {
            found(encoding, None)
        }
        (_, Some(encoding), _) if encoding == WINDOWS_1258 => {
            found(TextEncoding::Windows1258, None)
        }
        (_, Some(encoding), _) if encoding == WINDOWS_1252 => {
            found(TextEncoding::Windows1252, None)
        }
        (_, Some(_), label) => Err(notes::encoding_not_declared(&label.unwrap_or_default())),
        (Ok(_), None, Some(label)) => Err(notes::encoding_not_declared(&label)),
        (Ok(detected), None, None) => {
            found(detected.encoding, Some(decode::encoding_assumed(detected.encoding)))
        }
        (Err(error), None, _) => Err(error),
    }
}

/// The encoding that a `<meta>` or an XML declaration names.
fn declared(source: &mut impl Source) -> Result<Option<String>, Diagnostic> {
    source.seek(SeekFrom::Start(0)).map_err(|error| decode::unreadable(&error))?;
    let mut head = Vec::new();
    source
        .by_ref()
        .take(HEAD_BYTES)
        .read_to_end(&mut head)
        .map_err(|error| decode::unreadable(&error))?;
    head.make_ascii_lowercase();
    Ok(label_in(&head))
}

fn label_in(head: &[u8]) -> Option<String> {
    let text: String = head.iter().map(|byte| char::from(*byte)).collect();
    if let Some(rest) = text.trim_start().strip_prefix("<?xml") {
        let declaration = rest.split("?>").next().unwrap_or_default();
        if let Some(label) = value_of(declaration, "encoding") {
            return Some(label);
        }
    }
    text.split("<meta")
        .skip(1)
        .filter_map(|rest| rest.split('>').next())
        .find_map(|meta| value_of(meta, "charset"))
}

/// The value behind `name =`, with or without quotes.
fn value_of(text: &str, name: &str) -> Option<String> {
    let (_, rest) = text.split_once(name)?;
    let rest = rest.trim_start().strip_prefix('=')?.trim_start();
    let label: String = rest
        .trim_start_matches(['"', '\''])
        .chars()
        .take_while(|letter| letter.is_ascii_alphanumeric() || "-_:.".contains(*letter))
        .take(40)
        .collect();
    (!label.is_empty()).then_some(label)
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use encoding_rs::UTF_16LE;

    use super::*;

    #[test]
    fn the_bytes_and_the_word_of_a_page_are_weighed() {
        let old = b"<meta charset=windows-1258><td>Ng\xe0y".as_slice();
        let http =
            b"<META HTTP-EQUIV='Content-Type' CONTENT='text/html; charset=windows-1252'>\xe9";
        let utf8 = "<meta charset=\"utf-8\"><td>Ngày".as_bytes();
        let wrong = "<meta charset='windows-1258'><td>Ngày giao dịch".as_bytes();
        let wide: Vec<u8> =
            "<table><td>Ng\u{e0}y".encode_utf16().flat_map(u16::to_le_bytes).collect();
        let marked = [&b"\xff\xfe"[..], &wide].concat();
        for (why, page, encoding, warning) in [
            ("named in the head", old, TextEncoding::Windows1258, None),
            ("named for the server", http, TextEncoding::Windows1252, None),
            ("UTF-8 as said", utf8, TextEncoding::Utf8(0), None),
            ("UTF-8 against its word", wrong, TextEncoding::Utf8(0), Some("encoding_differs")),
            ("nothing said, UTF-8", "<td>Ngày".as_bytes(), TextEncoding::Utf8(0), None),
            ("nothing said", b"<td>Ng\xe0y", TextEncoding::Windows1258, Some("encoding_assumed")),
            ("marked", &marked, TextEncoding::Utf16(UTF_16LE, 2), None),
            ("not marked", &wide, TextEncoding::Utf16(UTF_16LE, 0), Some("encoding_assumed")),
        ] {
            let Ok(found) = find(&mut Cursor::new(page)) else { panic!("{why}") };
            assert_eq!(found.encoding, encoding, "{why}");
            assert_eq!(found.warning.map(|note| note.code).as_deref(), warning, "{why}");
        }
        for (why, page) in [
            ("said to be UTF-8", b"<meta charset=utf-8><td>Ng\xe0y".as_slice()),
            ("an encoding nobody knows", b"<meta charset=tcvn><td>Ng\xb5y"),
            ("good and damaged letters", b"<td>Ng\xc3\xa0y giao d\xecch"),
        ] {
            let code = find(&mut Cursor::new(page)).err().map(|error| error.code);
            assert_eq!(code.as_deref(), Some("encoding"), "{why}");
        }
    }
}
