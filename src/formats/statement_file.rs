//! The front door for statement files of every format.

use std::io::{self, Read, SeekFrom};

use crate::domain::diagnostic::Diagnostic;
use crate::formats::archive::Packing;
use crate::formats::detect::{HEAD_BYTES, Kind, Refused, Spreadsheet, detect};
use crate::formats::refusal::refusal;
use crate::formats::{Options, Reading, Sink, Source, archive, camt, mt940, spreadsheet};

/// A zip archive lists its parts in its last bytes.
const TAIL_BYTES: u64 = 64 * 1024;

/// Reads a statement file or an archive of such from its start, whatever its format and wherever
/// `source` stands, and delivers entries and statements in file order. A file that cannot be trusted
/// is refused with errors in the reading; what was delivered until then is to be ignored.
pub fn read(source: &mut impl Source, options: &Options, sink: &mut Sink<'_>) -> Reading {
    let kind = match look(source) {
        Ok(kind) => kind,
        Err(error) => return refused(unreadable(&error)),
    };
    match kind {
        Kind::Packed(packing) => archive::read(packing, source, options, sink),
        plain => read_as(plain, source, options, sink),
    }
}

/// Reads a file whose kind is known and that is no archive.
pub(super) fn read_as(
    kind: Kind,
    source: &mut impl Source,
    options: &Options,
    sink: &mut Sink<'_>,
) -> Reading {
    match kind {
        Kind::Iso20022 => camt::read(source, sink),
        Kind::Swift => mt940::read(source, sink),
        Kind::Spreadsheet(Spreadsheet::Csv) => spreadsheet::read_csv(source, options, sink),
        Kind::Spreadsheet(Spreadsheet::Xlsx) => spreadsheet::read_xlsx(source, options, sink),
        Kind::Spreadsheet(Spreadsheet::Html) => spreadsheet::read_html(source, options, sink),
        Kind::Spreadsheet(Spreadsheet::SpreadsheetMl) => {
            spreadsheet::read_spreadsheetml(source, options, sink)
        }
        Kind::Spreadsheet(Spreadsheet::Xls) => spreadsheet::read_xls(source, options, sink),
        Kind::Packed(_) => refused(refusal(Refused::Archive)),
        Kind::Refused(kind) => refused(refusal(kind)),
    }
}

/// Tells the kind of the file and goes back to its start.
pub(super) fn look(source: &mut impl Source) -> io::Result<Kind> {
    source.rewind()?;
    let mut head = Vec::with_capacity(HEAD_BYTES);
    let limit = u64::try_from(HEAD_BYTES).unwrap_or(u64::MAX);
    source.by_ref().take(limit).read_to_end(&mut head)?;
    let mut tail = Vec::new();
    // Only containers are told by their end.
    if head.starts_with(b"PK") || head.starts_with(&[0xd0, 0xcf]) {
        let length = source.seek(SeekFrom::End(0))?;
        source.seek(SeekFrom::Start(length.saturating_sub(TAIL_BYTES)))?;
        source.by_ref().take(TAIL_BYTES).read_to_end(&mut tail)?;
    }
    source.rewind()?;
    let kind = detect(&head, &tail);
    // What a zip archive is, is certain only once its list of files is read.
    let zipped = matches!(
        kind,
        Kind::Packed(Packing::Zip)
            | Kind::Spreadsheet(Spreadsheet::Xlsx)
            | Kind::Refused(Refused::OtherOffice)
    );
    let listed =
        if zipped && head.starts_with(b"PK") { archive::kind_of_zip(source) } else { None };
    source.rewind()?;
    Ok(listed.unwrap_or(kind))
}

fn refused(fault: Diagnostic) -> Reading {
    Reading { errors: vec![fault], ..Reading::default() }
}

fn unreadable(error: &io::Error) -> Diagnostic {
    Diagnostic::new(
        "read_failed",
        format!("Không đọc được tệp ({error}). Anh/chị sao chép tệp vào máy rồi thử lại."),
        format!("The file cannot be read ({error}). Copy it to this computer and try again."),
    )
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;
    use std::ops::ControlFlow;

    use super::*;

    #[test]
    fn every_refusal_says_what_to_do_in_both_languages() {
        for (why, bytes, code) in [
            ("empty", &b""[..], "empty_file"),
            ("pdf", b"%PDF-1.4", "pdf_not_readable"),
            ("rar", b"Rar!\x1a\x07", "archive"),
            ("cut zip", b"PK\x03\x04..a.txt", "archive_damaged"),
            ("a page without a table", b"<html><p>Xin chao</html>", "html_without_table"),
            ("a page that is cut off", b"<html><table><tr><td>", "truncated"),
            ("a page with its pictures", b"MIME-Version: 1.0\n", "web_archive"),
            ("picture", b"\x89PNG\0", "unknown_format"),
            ("foreign xml", b"<root/>", "no_statement"),
            ("cut xml", b"<Document><BkToCstmrStmt>", "truncated"),
            ("no closing balance", b":20:A\n:25:1\n:28C:1\n:60F:C261101VND0,\n", "truncated"),
        ] {
            let reading = read(&mut Cursor::new(bytes), &Options::default(), &mut |_| {
                ControlFlow::Continue(())
            });
            let [fault] = &reading.errors[..] else { panic!("{why}: {:?}", reading.errors) };
            assert_eq!(fault.code, code, "{why}");
            assert!(fault.message.vi.contains("Anh/chị"), "{why}: {}", fault.message.vi);
            assert_ne!(fault.message.vi, fault.message.en, "{why}");
        }
    }

    #[test]
    fn reading_starts_at_the_beginning_wherever_the_source_stands() {
        let mut source = Cursor::new(b"%PDF-1.4".to_vec());
        source.set_position(5);
        let reading = read(&mut source, &Options::default(), &mut |_| ControlFlow::Continue(()));
        assert_eq!(reading.errors[0].code, "pdf_not_readable");
    }
}
