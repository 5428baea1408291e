//! What a file is, told by its bytes and never by its name.

use crate::formats::archive::Packing;
use crate::formats::spreadsheet::decode::unmarked_utf16;

/// How many bytes of a file are looked at.
pub const HEAD_BYTES: usize = 8 * 1024;

/// A recognised kind of file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// An ISO 20022 message, or XML that must be looked into to know.
    Iso20022,
    /// SWIFT MT940 or MT942.
    Swift,
    /// A spreadsheet.
    Spreadsheet(Spreadsheet),
    /// An archive of any of these.
    Packed(Packing),
    /// Something that is refused.
    Refused(Refused),
}

/// A kind of spreadsheet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Spreadsheet {
    /// Text in columns, of any encoding.
    Csv,
    /// Office Open XML.
    Xlsx,
    /// The binary workbook of Excel 97–2003.
    Xls,
    /// A web page, mostly named .xls.
    Html,
    /// Excel 2003 XML, mostly named .xls.
    SpreadsheetMl,
}

/// A kind of file that is refused, each with its own advice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refused {
    /// Nothing in it.
    Empty,
    /// PDF.
    Pdf,
    /// Open Financial Exchange.
    Ofx,
    /// Quicken Interchange Format.
    Qif,
    /// A web page with its pictures in one file (MHTML).
    WebArchive,
    /// A compressed file or archive.
    Archive,
    /// An Office file with a password.
    Encrypted,
    /// A document, not a workbook.
    OtherOffice,
    /// A workbook of LibreOffice and others.
    OpenDocument,
    /// Anything else.
    Unknown,
}

/// Tells the kind of a file by its first bytes (at most [`HEAD_BYTES`] are looked at), its last
/// ones (where a zip archive lists its parts) and whether the whole file is just `head`.
#[must_use]
pub fn detect(head: &[u8], tail: &[u8]) -> Kind {
    use Refused as No;
    if head.is_empty() {
        return Kind::Refused(No::Empty);
    }
    let holds = |word: &[u8]| contains(head, word) || contains(tail, word);
    let wide = |word: &str| word.bytes().flat_map(|byte| [byte, 0]).collect::<Vec<u8>>();
    if head.starts_with(b"PK\x03\x04") || head.starts_with(b"PK\x05\x06") {
        return if holds(b"xl/") {
            Kind::Spreadsheet(Spreadsheet::Xlsx)
        } else if holds(b"word/") || holds(b"ppt/") {
            Kind::Refused(No::OtherOffice)
        } else {
            Kind::Packed(Packing::Zip)
        };
    }
    if head.starts_with(b"\x1f\x8b") {
        return Kind::Packed(Packing::Gzip);
    }
    if head.starts_with(&[0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1]) {
        return if holds(&wide("EncryptedPackage")) || holds(&wide("EncryptionInfo")) {
            Kind::Refused(No::Encrypted)
        } else if holds(&wide("WordDocument")) || holds(&wide("PowerPoint Document")) {
            Kind::Refused(No::OtherOffice)
        } else {
            Kind::Spreadsheet(Spreadsheet::Xls)
        };
    }
    let packed: [&[u8]; 4] = [b"Rar!", b"7z\xbc\xaf\x27\x1c", b"BZh", b"\xfd7zXZ\x00"];
    if packed.iter().any(|magic| head.starts_with(magic)) {
        return Kind::Refused(No::Archive);
    }
    if contains(head.get(..1024).unwrap_or(head), b"%PDF-") {
        return Kind::Refused(No::Pdf);
    }
    // Excel's "Unicode text" is UTF-16; anything else with zero bytes is no text.
    if head.starts_with(&[0xff, 0xfe]) || head.starts_with(&[0xfe, 0xff]) {
        return detect_wide(head);
    }
    // Without a mark, UTF-16 is certain only where markup begins.
    if head.starts_with(b"<\0") || head.starts_with(b"\0<") {
        let narrow: Vec<u8> = head.iter().copied().filter(|byte| *byte != 0).collect();
        return detect_text(&narrow);
    }
    if head.contains(&0) {
        if unmarked_utf16(head).is_some() {
            return detect_wide(head);
        }
        return if swift(head) { Kind::Swift } else { Kind::Refused(No::Unknown) };
    }
    detect_text(head)
}

/// UTF-16 text: its ASCII letters tell as much as UTF-8 would.
fn detect_wide(head: &[u8]) -> Kind {
    let marked = head.starts_with(&[0xff, 0xfe]) || head.starts_with(&[0xfe, 0xff]);
    let text = head.get(if marked { 2 } else { 0 }..).unwrap_or_default();
    let narrow: Vec<u8> = text.iter().copied().filter(|byte| *byte != 0).collect();
    match detect_text(&narrow) {
        // The XML reader says which encoding it wants.
        Kind::Refused(Refused::Empty | Refused::Unknown) | Kind::Swift => {
            Kind::Spreadsheet(Spreadsheet::Csv)
        }
        kind => kind,
    }
}

fn detect_text(head: &[u8]) -> Kind {
    let text = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head).trim_ascii_start();
    if text.is_empty() {
        return Kind::Refused(Refused::Empty);
    }
    let lower = text.to_ascii_lowercase();
    let starts = |word: &str| lower.starts_with(word.as_bytes());
    let holds = |word: &str| contains(&lower, word.as_bytes());
    if starts("ofxheader") || starts("<ofx") || (starts("<?") && holds("<ofx")) {
        return Kind::Refused(Refused::Ofx);
    }
    if starts("!type:") || starts("!account") || starts("!option:") {
        return Kind::Refused(Refused::Qif);
    }
    if starts("mime-version:") {
        return Kind::Refused(Refused::WebArchive);
    }
    if starts("<") {
        // Excel writes its name into the head of its web pages too.
        let workbook =
            holds("urn:schemas-microsoft-com:office:spreadsheet") || holds("excel.sheet");
        if workbook && (holds("<workbook") || holds(":workbook")) && !holds_tag(&lower, "html") {
            return Kind::Spreadsheet(Spreadsheet::SpreadsheetMl);
        }
        let page = [
            "html", "table", "head", "body", "style", "meta", "title", "script", "div", "form",
            "center", "font", "frameset",
        ];
        if starts("<!doctype html") || page.iter().any(|tag| holds_tag(&lower, tag)) {
            return Kind::Spreadsheet(Spreadsheet::Html);
        }
        return Kind::Iso20022;
    }
    if swift(text) {
        return Kind::Swift;
    }
    let controls = text
        .iter()
        .filter(|byte| byte.is_ascii_control() && !matches!(byte, b'\n' | b'\r' | b'\t' | 0x1a))
        .count();
    if controls > 0 { Kind::Refused(Refused::Unknown) } else { Kind::Spreadsheet(Spreadsheet::Csv) }
}

/// Blocks of a SWIFT message, or one of its first fields at the start of an early line.
fn swift(text: &[u8]) -> bool {
    let start = text.iter().position(|byte| !matches!(byte, 0 | 1 | b' ' | b'\r' | b'\n'));
    let text = text.get(start.unwrap_or(0)..).unwrap_or_default();
    if text.starts_with(b"{1:") {
        return true;
    }
    text.split(|byte| matches!(byte, b'\n' | b'\r'))
        .take(20)
        .map(<[u8]>::trim_ascii_start)
        .any(|line| [&b":20:"[..], b":25:", b":60F:"].iter().any(|tag| line.starts_with(tag)))
}

/// Whether a tag of this very name starts in the text.
fn holds_tag(text: &[u8], name: &str) -> bool {
    text.windows(name.len() + 2).any(|window| {
        let (tag, next) = window.split_at_checked(name.len() + 1).unwrap_or((window, &[]));
        tag.strip_prefix(b"<") == Some(name.as_bytes())
            && next
                .first()
                .is_some_and(|next| matches!(next, b'>' | b'/') || next.is_ascii_whitespace())
    })
}

fn contains(bytes: &[u8], word: &[u8]) -> bool {
    bytes.windows(word.len()).any(|window| window == word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_told_by_their_bytes() {
        let csv = Kind::Spreadsheet(Spreadsheet::Csv);
        let xls = Kind::Spreadsheet(Spreadsheet::Xls);
        let xlsx = Kind::Spreadsheet(Spreadsheet::Xlsx);
        let html = Kind::Spreadsheet(Spreadsheet::Html);
        let no = Kind::Refused;
        let ole = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1";
        let locked = [&ole[..], b"E\0n\0c\0r\0y\0p\0t\0e\0d\0P\0a\0c\0k\0a\0g\0e\0"].concat();
        for (why, head, expected) in [
            ("ISO 20022", &b"<?xml version=\"1.0\"?><Document>"[..], Kind::Iso20022),
            ("with a byte order mark and blanks", b"\xef\xbb\xbf\n <Document>", Kind::Iso20022),
            ("in UTF-16 without a mark", b"<\0?\0x\0m\0l\0 \0?\0>\0", Kind::Iso20022),
            ("in UTF-16, high bytes first", b"\0<\0D\0o\0c\0>", Kind::Iso20022),
            ("a bomb is still XML", b"<?xml?><!DOCTYPE lolz []><lolz/>", Kind::Iso20022),
            ("SWIFT blocks", b"{1:F01BANKVNVXAXXX0000000000}{2:I940", Kind::Swift),
            ("SWIFT blocks of a bank's own", b"{1:000001BANKVNVX00001}\n{2:I940", Kind::Swift),
            ("SWIFT fields behind blanks", b" \r\n  :20:REF\r\n  :25:1\r\n", Kind::Swift),
            ("SWIFT fields", b":20:REF\r\n:25:1017595600\r\n", Kind::Swift),
            (
                "SWIFT behind a bank's own header",
                b"BANKVNVX\n940\nBANKVNVX\n:20:REF\n",
                Kind::Swift,
            ),
            ("SWIFT in a transport frame", b"\x01{1:F01BANKVNVXAXXX", Kind::Swift),
            ("workbook", b"PK\x03\x04....xl/workbook.xml", xlsx),
            ("plain zip", b"PK\x03\x04....sao-ke.csv", Kind::Packed(Packing::Zip)),
            ("letter", b"PK\x03\x04....word/document.xml", no(Refused::OtherOffice)),
            ("old workbook", ole, xls),
            ("with a password", &locked, no(Refused::Encrypted)),
            ("gzip", b"\x1f\x8b\x08\0", Kind::Packed(Packing::Gzip)),
            ("rar", b"Rar!\x1a\x07", no(Refused::Archive)),
            ("PDF", b"%PDF-1.7", no(Refused::Pdf)),
            ("OFX 1", b"OFXHEADER:100\nDATA:OFXSGML", no(Refused::Ofx)),
            ("OFX 2", b"<?xml version=\"1.0\"?><?OFX OFXHEADER=\"200\"?><OFX>", no(Refused::Ofx)),
            ("QIF", b"!Type:Bank\nD11/02/26", no(Refused::Qif)),
            ("web page", b"<html><table>", html),
            ("web page with a doctype", b"<!DOCTYPE html><html>", html),
            ("a table alone", b"<TABLE border=1><tr>", html),
            ("web page of Excel", b"<html><meta name=ProgId content=Excel.Sheet>", html),
            ("an envelope is no head of a page", b"<head:AppHdr xmlns=\"x\">", Kind::Iso20022),
            ("web page in UTF-16", b"<\0t\0a\0b\0l\0e\0>\0<\0t\0r\0>\0", html),
            ("web page with its pictures", b"MIME-Version: 1.0\r\n", no(Refused::WebArchive)),
            (
                "Excel 2003 XML",
                b"<?xml version=\"1.0\"?><?mso-application progid=\"Excel.Sheet\"?><Workbook>",
                Kind::Spreadsheet(Spreadsheet::SpreadsheetMl),
            ),
            ("columns", "Ngày giao dịch,Số tiền\n".as_bytes(), csv),
            ("columns in UTF-16", b"\xff\xfeN\0g\0a\0y\0\t\0", csv),
            ("columns in UTF-16 without a mark", b"\0N\0g\0a\0y\0\t\0C\0o\0\r\0\n", csv),
            ("old code page", b"Ng\xe0y;S\xf4 ti\xean\n", csv),
            ("nothing", b"", no(Refused::Empty)),
            ("blank", b"\xef\xbb\xbf \r\n", no(Refused::Empty)),
            ("picture", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", no(Refused::Unknown)),
            ("photo", b"\xff\xd8\xff\xe0\0\x10JFIF", no(Refused::Unknown)),
        ] {
            assert_eq!(detect(head, b""), expected, "{why}");
        }
        assert_eq!(detect(b"PK\x03\x04[Content_Types].xml", b"xl/workbook.xml"), xlsx);
    }
}
