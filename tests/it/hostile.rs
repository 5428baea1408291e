//! Files made to harm, or to be misread: each is named with a reason, in both languages, soon, with
//! little memory, through every door, and leaves nothing behind.

use std::fmt::Write as _;
use std::io::{Cursor, Write as _};
use std::path::Path;
use std::process::Command;

use serde_json::Value;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use crate::support::client::encoded;
use crate::support::for_each_backend;
use crate::support::program::{doisoat, said};
use crate::support::server::Town;

/// Why, the name it comes under, the bytes, and the code of what is wrong; none where there is
/// nothing wrong with it.
type Case = (&'static str, String, Vec<u8>, Option<&'static str>);

fn camt(entries: &str) -> Vec<u8> {
    format!(
        "<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:camt.053.001.08\"><BkToCstmrStmt><Stmt><Id>S</Id>\
         <Acct><Id><Othr><Id>1017000001</Id></Othr></Id><Ccy>VND</Ccy></Acct>{entries}</Stmt></BkToCstmrStmt></Document>"
    )
    .into_bytes()
}

/// A workbook of one sheet with this `sheetData`.
fn workbook(dimension: &str, rows: &str) -> Vec<u8> {
    let main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    let office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let package = "http://schemas.openxmlformats.org/package/2006";
    let files = [
        (
            "[Content_Types].xml",
            format!(
                "<Types xmlns=\"{package}/content-types\"><Default Extension=\"xml\" ContentType=\"application/xml\"/></Types>"
            ),
        ),
        (
            "_rels/.rels",
            format!(
                "<Relationships xmlns=\"{package}/relationships\"><Relationship Id=\"r1\" Type=\"{office}/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>"
            ),
        ),
        (
            "xl/workbook.xml",
            format!(
                "<workbook xmlns=\"{main}\" xmlns:r=\"{office}\"><sheets><sheet name=\"A\" sheetId=\"1\" r:id=\"r1\"/></sheets></workbook>"
            ),
        ),
        (
            "xl/_rels/workbook.xml.rels",
            format!(
                "<Relationships xmlns=\"{package}/relationships\"><Relationship Id=\"r1\" Type=\"{office}/worksheet\" Target=\"worksheets/sheet1.xml\"/></Relationships>"
            ),
        ),
        (
            "xl/worksheets/sheet1.xml",
            format!(
                "<worksheet xmlns=\"{main}\"><dimension ref=\"{dimension}\"/><sheetData>{rows}</sheetData></worksheet>"
            ),
        ),
    ];
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in files {
        archive.start_file(name, SimpleFileOptions::default()).unwrap();
        archive.write_all(text.as_bytes()).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

fn row(number: u32, cells: &[(&str, &str)]) -> String {
    let mut text = format!("<row r=\"{number}\">");
    for (column, value) in cells {
        write!(text, "<c r=\"{column}{number}\" t=\"inlineStr\"><is><t>{value}</t></is></c>")
            .unwrap();
    }
    text + "</row>"
}

fn sheet_rows() -> String {
    row(1, &[("A", "Số tài khoản: 1017000001")])
        + &row(2, &[("A", "Ngày"), ("B", "Ghi nợ"), ("C", "Ghi có"), ("D", "Nội dung")])
        + &row(3, &[("A", "02/11/2026"), ("C", "50.000"), ("D", "nop hoc phi")])
}

fn table(row: &str) -> Vec<u8> {
    format!("Số tài khoản: 1017000001\nNgày;Ghi nợ;Ghi có;Nội dung\n{row}\n").into_bytes()
}

fn cases() -> Vec<Case> {
    let mut list: Vec<Case> = Vec::new();
    let mut add = |why, name: &str, bytes: Vec<u8>, code| {
        list.push((why, name.to_owned(), bytes, code));
    };
    let laughs = "<?xml version=\"1.0\"?><!DOCTYPE l [<!ENTITY a \"ha\"><!ENTITY b \"&a;&a;&a;&a;\">]><Document>&b;</Document>";
    add("entities that multiply", "a.xml", laughs.into(), Some("doctype"));
    let outside =
        "<?xml version=\"1.0\"?><!DOCTYPE l SYSTEM \"http://127.0.0.1:9/x.dtd\"><Document/>";
    add("a definition from elsewhere", "b.xml", outside.into(), Some("doctype"));
    let deep = "<a>".repeat(100_000);
    add("100,000 levels", "c.xml", format!("<Document>{deep}").into(), Some("too_deep"));
    let mut many = String::from("<Document");
    for index in 0..800_000 {
        write!(many, " a{index}=\"\"").unwrap();
    }
    add("800,000 attributes", "d.xml", format!("{many}/>").into(), None);
    let long = camt(&format!("<Ntry><AddtlNtryInf>{}</AddtlNtryInf></Ntry>", "x".repeat(100_000)));
    add("a text without end", "e.xml", long, Some("text_too_long"));
    let whole = camt("");
    add("nothing in it, and that is all right", "f.xml", whole.clone(), Some(""));
    add("cut off", "g.xml", whole[..whole.len() - 9].to_vec(), Some("truncated"));

    let everything = workbook("A1:XFD1048576", &sheet_rows());
    add("a sheet that claims all there is", "a.xlsx", everything, Some(""));
    let far = sheet_rows() + &row(1_048_576, &[("XFD", "x")]);
    add("a cell in the farthest corner", "b.xlsx", workbook("A1", &far), Some(""));
    let formula = sheet_rows()
        + "<row r=\"4\"><c r=\"A4\"><f>TODAY()</f></c><c r=\"C4\"><f>1+1</f></c></row>";
    add("a formula that nobody computed", "c.xlsx", workbook("A1", &formula), Some("formula"));
    let mut locked = vec![0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1];
    locked.extend("EncryptedPackage".bytes().flat_map(|letter| [letter, 0]));
    locked.resize(4_096, 0);
    add("a password", "d.xlsx", locked, Some("encrypted"));
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    gzip.write_all(&vec![b' '; 70 << 20]).unwrap();
    add("a bomb", "e.gz", gzip.finish().unwrap(), Some("archive_too_large"));

    add("a day there is not", "a.csv", table("31/02/2026;;50000;x"), Some("date"));
    add("a year there is not", "b.csv", table("01/01/0001;;50000;x"), Some("date"));
    let two_ways = table("02/11/2026;;12.34.567;x");
    add("a figure grouped as nobody groups", "c.csv", two_ways, Some("amount"));
    let mixed = table("02/11/2026;;1.234.567,89;x\n02/11/2026;;1,234,567.89;y");
    add("figures of two conventions", "d.csv", mixed, Some("amount_fraction"));
    add(
        "digits that a spreadsheet lost",
        "e.csv",
        table("02/11/2026;;1,23E+11;x"),
        Some("scientific"),
    );
    add("a PDF", "a.pdf", b"%PDF-1.7\n".to_vec(), Some("pdf_not_readable"));
    add("a PDF by another name", "f.xlsx", b"%PDF-1.7\n".to_vec(), Some("pdf_not_readable"));
    add("nothing", "g.csv", Vec::new(), Some("empty_file"));
    let right = table("02/11/2026;;50000;nop hoc phi");
    add("another extension than its bytes", "h.xlsx", right.clone(), Some("extension_differs"));
    add("a name that turns around", "sao-ke\u{202e}vsc.xlsx", right, Some("file_name_cleaned"));
    list
}

/// What `inspect --json` says of a file, in a language; within 512 MB of address space.
fn inspected(path: &Path, lang: &str) -> Value {
    // The shell's limit holds for the program and for the process that reads.
    let plain = doisoat(["inspect", "--json", "--lang", lang]);
    let mut command = Command::new("sh");
    command.args(["-c", "ulimit -v 524288 && exec \"$0\" \"$@\""]);
    command.arg(plain.get_program()).args(plain.get_args()).arg(path);
    for (name, value) in plain.get_envs() {
        match value {
            Some(value) => command.env(name, value),
            None => command.env_remove(name),
        };
    }
    let told = said(command.output().unwrap());
    assert!(told.status <= 1, "{}: {told:?}", path.display());
    serde_json::from_str(&told.out).unwrap()
}

#[cfg(target_os = "linux")]
#[test]
fn each_is_named_with_a_reason_in_both_languages_and_little_memory() {
    let folder = tempfile::tempdir().unwrap();
    for (why, name, bytes, code) in cases() {
        let path = folder.path().join(&name);
        std::fs::write(&path, &bytes).unwrap();
        let (vi, en) = (inspected(&path, "vi"), inspected(&path, "en"));
        assert_eq!(vi["outcome"], en["outcome"], "{why}");
        let notes = |of: &Value| -> Vec<Value> {
            ["errors", "warnings"]
                .into_iter()
                .flat_map(|kind| of[kind].as_array().unwrap().clone())
                .collect()
        };
        let (vi, en) = (notes(&vi), notes(&en));
        if code == Some("") {
            let serious: Vec<_> = vi.iter().filter(|note| note["code"] != "no_entries").collect();
            assert!(serious.is_empty(), "{why}: {vi:?}");
            continue;
        }
        let place = vi.iter().position(|note| code.is_none_or(|code| note["code"] == code));
        let Some(place) = place else { panic!("{why}: {vi:?}") };
        let (vi, en) = (&vi[place]["message"], &en[place]["message"]);
        assert_ne!(vi, en, "{why}");
        assert!(!vi.as_str().unwrap().is_ascii(), "{why}: {vi}");
    }
}

#[test]
fn what_is_refused_over_http_leaves_nothing_behind() {
    for_each_backend(|db| {
        let town = Town::create(db);
        let before = db.row_counts();
        for (why, name, bytes, code) in cases() {
            if bytes.len() > 1_000_000 {
                continue;
            }
            let name = encoded(&name);
            let target = format!("statements?file_name={name}");
            let answer = town.post(&target).once(&why.replace(' ', "-")).bytes(&bytes).send();
            let (status, told) = answer.outcome();
            if status == 201 {
                let undo = format!("statements/{}/undo", answer.json()["id"]);
                let undone = town.post(&undo).once(&format!("undo-{why}").replace(' ', "-")).send();
                assert_eq!(undone.status, 200, "{why}");
                continue;
            }
            assert_eq!(status, 422, "{why}: {}", answer.text());
            assert_eq!(Some(told.as_str()), code.or(Some(&told)), "{why}");
        }
        let kept = |counts: Vec<(String, i64)>| -> Vec<(String, i64)> {
            // How many files somebody sent is counted, whatever becomes of them.
            let besides = ["idempotency_keys", "uploads"];
            counts.into_iter().filter(|(table, _)| !besides.contains(&table.as_str())).collect()
        };
        assert_eq!(kept(db.row_counts()), kept(before), "nothing of them is left");
    });
}
