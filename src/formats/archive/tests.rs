//! Archives as banks and people make them, and as attackers do.

use std::io::{Cursor, Write as _};
use std::ops::ControlFlow;

use flate2::Compression;
use flate2::write::GzEncoder;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use crate::domain::statement::Event;
use crate::formats::{Options, Reading, statement_file};

const SWIFT: &str = ":20:SK1\n:25:1017595600\n:28C:12/1\n:60F:C261101VND100,\n\
    :61:2611021102C50,NTRFNONREF//FT1\n:86:HPK3M9Q2X\n:62F:C261102VND150,\n";
const TABLE: &str = "Ngày,Ghi nợ,Ghi có,Nội dung\n02/11/2026,,50000,HPK3M9Q2X\n";

fn zipped(files: &[(&str, &[u8])]) -> Vec<u8> {
    packed(files, CompressionMethod::Deflated)
}

fn packed(files: &[(&str, &[u8])], method: CompressionMethod) -> Vec<u8> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in files {
        if name.ends_with('/') {
            archive.add_directory(*name, SimpleFileOptions::default()).unwrap();
            continue;
        }
        archive.start_file(*name, SimpleFileOptions::default().compression_method(method)).unwrap();
        archive.write_all(bytes).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

fn gzipped(bytes: &[u8]) -> Vec<u8> {
    let mut gzip = GzEncoder::new(Vec::new(), Compression::best());
    gzip.write_all(bytes).unwrap();
    gzip.finish().unwrap()
}

/// What was read, and the accounts and texts of what was delivered.
fn read(bytes: &[u8]) -> (Reading, Vec<String>) {
    let mut seen = Vec::new();
    let reading =
        statement_file::read(&mut Cursor::new(bytes), &Options::default(), &mut |event| {
            seen.push(match event {
                Event::Entry(entry) => entry.amount.to_string(),
                Event::Statement(header) => header.account.unwrap_or_default(),
            });
            ControlFlow::Continue(())
        });
    (reading, seen)
}

fn codes(notes: &[crate::domain::diagnostic::Diagnostic]) -> Vec<&str> {
    notes.iter().map(|note| note.code.as_str()).collect()
}

#[test]
fn a_file_in_an_archive_is_read_as_if_it_came_alone() {
    for (why, bytes, container) in [
        ("gzip", gzipped(SWIFT.as_bytes()), "gzip"),
        ("zip", zipped(&[("thang-11/sao-ke.sta", SWIFT.as_bytes())]), "zip"),
        (
            "not packed any tighter",
            packed(&[("sao-ke.sta", SWIFT.as_bytes())], CompressionMethod::Stored),
            "zip",
        ),
        (
            "with what a Mac adds",
            zipped(&[
                ("thang-11/", b""),
                ("thang-11/sao-ke.sta", SWIFT.as_bytes()),
                ("__MACOSX/thang-11/._sao-ke.sta", b"\0\x05\x16\x07"),
                (".DS_Store", b"\0\0\0\x01Bud1"),
            ]),
            "zip",
        ),
    ] {
        let (reading, seen) = read(&bytes);
        assert_eq!((&reading.errors, &reading.warnings), (&vec![], &vec![]), "{why}");
        assert_eq!(reading.container.as_deref(), Some(container), "{why}");
        assert_eq!(reading.format.as_deref(), Some("mt940"), "{why}");
        assert_eq!(seen, ["50", "1017595600"], "{why}");
        assert_eq!(reading.parts.len(), 1, "{why}");
    }
}

#[test]
fn every_file_of_an_archive_is_read_and_what_is_no_statement_is_named() {
    let (reading, seen) = read(&zipped(&[
        ("1.sta", SWIFT.as_bytes()),
        ("2.csv", TABLE.as_bytes()),
        ("2-again.csv", TABLE.as_bytes()),
        ("thu-moi.pdf", b"%PDF-1.7"),
        ("trong.txt", b""),
    ]));
    assert_eq!(reading.errors, []);
    assert_eq!(codes(&reading.warnings), ["part_repeated", "part_skipped", "part_skipped"]);
    assert_eq!(seen, ["50", "1017595600", "50000", ""]);
    assert_eq!(reading.format.as_deref(), Some("zip"), "the files differ");
    let parts: Vec<_> =
        reading.parts.iter().map(|part| (part.name.as_str(), part.statements)).collect();
    assert_eq!(parts, [("1.sta", 1), ("2.csv", 1)]);
    assert_eq!((reading.statements, reading.entries), (2, 2));
}

#[test]
fn whoever_has_seen_enough_gets_nothing_of_the_files_behind() {
    let bytes = zipped(&[("1.sta", SWIFT.as_bytes()), ("2.csv", TABLE.as_bytes())]);
    for enough in 1..=4 {
        let mut seen = 0;
        let mut source = Cursor::new(bytes.as_slice());
        statement_file::read(&mut source, &Options::default(), &mut |_| {
            seen += 1;
            if seen == enough { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        });
        assert_eq!(seen, enough);
    }
}

#[test]
fn an_archive_is_refused_with_the_name_of_what_is_wrong_in_it() {
    let bad = SWIFT.replace(":62F:C261102VND150,", ":62F:CXXXXXXVND150,");
    let cut = gzipped(SWIFT.as_bytes());
    let cut = cut.get(..cut.len() / 2).unwrap();
    let mut flipped = gzipped(SWIFT.as_bytes());
    let last = flipped.len() - 6;
    flipped[last] ^= 0xff;
    for (why, bytes, code, word) in [
        (
            "one file is damaged",
            zipped(&[("1.sta", SWIFT.as_bytes()), ("hong.sta", bad.as_bytes())]),
            "date",
            "hong.sta",
        ),
        ("an archive in an archive", zipped(&[("a.zip", &zipped(&[]))]), "archive_nested", "a.zip"),
        ("nothing in it", zipped(&[]), "empty_file", "Anh/chị"),
        ("only a PDF", zipped(&[("a.pdf", b"%PDF-1.7")]), "pdf_not_readable", "a.pdf"),
        (
            "only letters",
            zipped(&[("a.pdf", b"%PDF-1.7"), ("b.pdf", b"%PDF-1.4")]),
            "archive_without_statement",
            "PDF",
        ),
        ("a cut gzip", cut.to_vec(), "archive_damaged", "tải lại"),
        ("a wrong checksum", flipped, "archive_damaged", "tải lại"),
        ("a cut zip", zipped(&[("a", b"b")]).get(..40).unwrap().to_vec(), "archive_damaged", ""),
        ("a gzip bomb", gzipped(&vec![b'0'; 3 << 20]), "archive_too_large", "64 MB"),
        ("a zip bomb", zipped(&[("a.csv", &vec![b'0'; 3 << 20])]), "archive_too_large", "64 MB"),
    ] {
        let (reading, _) = read(&bytes);
        let [fault, ..] = reading.errors.as_slice() else { panic!("{why}: {:?}", reading.errors) };
        assert_eq!(fault.code, code, "{why}");
        assert!(fault.message.vi.contains(word), "{why}: {}", fault.message.vi);
        assert!(fault.message.vi.contains("Anh/chị"), "{why}: {}", fault.message.vi);
        assert_ne!(fault.message.vi, fault.message.en, "{why}");
    }
}

#[test]
fn the_number_of_files_is_bounded() {
    let names: Vec<String> = (0..201).map(|index| format!("{index}.csv")).collect();
    let files: Vec<(&str, &[u8])> =
        names.iter().map(|name| (name.as_str(), TABLE.as_bytes())).collect();
    assert_eq!(codes(&read(&zipped(&files)).0.errors), ["archive_too_many_files"]);
}

#[test]
fn what_a_zip_archive_is_is_told_by_its_list_of_files() {
    let book = std::fs::read("fixtures/statements/acb.xlsx").unwrap();
    let stored = packed(&[("sao-ke.xlsx", book.as_slice())], CompressionMethod::Stored);
    let (reading, _) = read(&stored);
    assert_eq!(reading.errors, [], "a workbook that is only wrapped is no workbook itself");
    assert_eq!(reading.container.as_deref(), Some("zip"));
    assert_eq!(reading.layout.as_deref(), Some("acb"));
    let ods = zipped(&[
        ("mimetype", b"application/vnd.oasis.opendocument.spreadsheet"),
        ("content.xml", b"<office:document-content/>"),
    ]);
    assert_eq!(codes(&read(&ods).0.errors), ["opendocument"]);
    let letter = zipped(&[("[Content_Types].xml", b"<Types/>"), ("word/document.xml", b"<a/>")]);
    assert_eq!(codes(&read(&letter).0.errors), ["not_a_spreadsheet"]);
}

#[test]
fn names_in_an_archive_are_shown_and_never_followed() {
    let (reading, _) = read(&zipped(&[("../../etc/\u{202e}ats.sta", SWIFT.as_bytes())]));
    assert_eq!(reading.parts[0].name, "ats.sta");
}

#[test]
fn a_damaged_archive_never_panics_or_is_read_otherwise() {
    for whole in [gzipped(SWIFT.as_bytes()), zipped(&[("a.sta", SWIFT.as_bytes())])] {
        for at in 0..whole.len() {
            let mut damaged = whole.clone();
            damaged[at] ^= 0x41;
            let (reading, seen) = read(&damaged);
            // Names, times and comments carry no money; anything else is noticed.
            assert!(!reading.accepted() || seen == ["50", "1017595600"], "byte {at}: {seen:?}");
            let (reading, _) = read(whole.get(..at).unwrap());
            assert!(!reading.accepted(), "cut after {at} bytes");
        }
    }
}
