//! The directions in which one part of the source may name another. ARCHITECTURE.md draws them;
//! this test reads them from the source.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// Each part, and the parts of this crate it may name besides itself.
const MAY_NAME: [(&str, &[&str]); 18] = [
    ("domain", &[]),
    ("formats", &["domain"]),
    ("containment", &["domain", "formats"]),
    ("outbound", &["domain"]),
    ("store", &["domain", "ids"]),
    ("mail", &["domain"]),
    ("clock", &["domain"]),
    ("ids", &["domain"]),
    ("keyring", &["domain", "ids"]),
    ("telemetry", &[]),
    // Lets a test kill the process at a named place.
    ("failpoint", &[]),
    // Settings become the domain's own in app, so that no rule depends on a file.
    ("config", &["domain", "telemetry"]),
    (
        "service",
        &[
            "domain",
            "formats",
            "containment",
            "outbound",
            "store",
            "mail",
            "clock",
            "ids",
            "keyring",
            "failpoint",
        ],
    ),
    ("demo", &["domain", "formats"]),
    ("http", &["domain", "service", "outbound", "clock", "ids", "keyring"]),
    ("worker", &["domain", "service", "outbound", "clock", "ids", "keyring"]),
    (
        "cli",
        &[
            "domain",
            "service",
            "formats",
            "containment",
            "outbound",
            "demo",
            "config",
            "app",
            "clock",
            "ids",
            "telemetry",
            "failpoint",
        ],
    ),
    ("main", &["cli", "app"]),
];

/// May name everything: it puts the parts together.
const ROOTS: [&str; 2] = ["app", "lib"];

/// What is named in few places only: the path's beginning, who may, and why nobody else.
const CONFINED: [(&str, &[&str], &str); 9] = [
    ("diesel::", &["store"], "the database is named in store only"),
    ("diesel_migrations::", &["store"], "the database is named in store only"),
    ("actix_web::", &["http", "app"], "HTTP is named in http and app only"),
    ("ureq::", &["outbound"], "one place connects to other machines, and checks which"),
    ("lettre::", &["mail"], "mail is made and sent in one place"),
    ("getrandom::", &["ids"], "randomness comes from the IdSource port"),
    ("process::Command", &["containment"], "one place starts processes: the readers' own"),
    ("Utc::now", &["clock"], "time comes from the Clock port"),
    ("SystemTime::now", &["clock"], "time comes from the Clock port"),
];

/// What a part must not name at all, besides the parts it may not know.
const BANNED: [(&str, &str, &str); 8] = [
    ("domain", "std::fs", "the domain opens no file"),
    ("domain", "std::net", "the domain opens no connection"),
    ("domain", "std::env", "the domain is told its settings"),
    ("domain", "std::process", "the domain runs nothing"),
    ("domain", "std::thread", "the domain runs in one thread"),
    ("formats", "std::net", "a reader opens no connection"),
    ("formats", "std::env", "a reader is told its settings"),
    ("service", "std::env", "a use case is told its settings"),
];

/// Files may have this many lines; what is longer does more than one thing.
const MOST_LINES: usize = 500;

/// Longer all the same, each with its reason.
const LONGER: [(&str, &str); 1] =
    [("src/store/schema.rs", "one table after the other, as the database tool prints them")];

/// A file of `src/`: its path from the repository's root and its text.
struct Source {
    path: String,
    text: String,
}

#[test]
fn the_source_keeps_its_directions() {
    let sources = read_sources().unwrap();
    assert!(sources.len() > 10, "the walk found only {} files", sources.len());
    let offences: Vec<String> = sources.iter().flat_map(offences).collect();
    assert!(offences.is_empty(), "\n{}\n", offences.join("\n"));
}

#[test]
fn no_file_does_more_than_one_thing() {
    let sources = read_sources().unwrap();
    let long: Vec<String> = sources
        .iter()
        .filter(|source| LONGER.iter().all(|(path, _)| *path != source.path))
        .map(|source| (source.text.lines().count(), &source.path))
        .filter(|(lines, _)| *lines > MOST_LINES)
        .map(|(lines, path)| format!("{path}: {lines} lines, {MOST_LINES} are allowed"))
        .collect();
    assert!(long.is_empty(), "\n{}\n", long.join("\n"));
    for (path, reason) in LONGER {
        let lines =
            sources.iter().find(|source| source.path == path).map(|s| s.text.lines().count());
        assert!(lines > Some(MOST_LINES), "{path} ({reason}) needs no exception any more");
    }
}

#[test]
fn no_two_shapes_of_the_api_are_called_the_same() {
    let mut called: BTreeMap<String, String> = BTreeMap::new();
    for Source { path, text } in read_sources().unwrap() {
        for after in text.split("ToSchema").skip(1) {
            let head = after.split(['{', ';']).next().unwrap_or_default();
            let own = ["pub struct ", "pub enum "].iter().find_map(|kind| head.split_once(kind));
            let Some((attributes, own)) = own else { continue };
            let name = attributes.split_once("schema(as = ").map_or(own, |(_, name)| name);
            let end = name.find(|letter: char| !letter.is_alphanumeric()).unwrap_or(name.len());
            let other = called.insert(name[..end].to_owned(), path.clone());
            assert_eq!(other, None, "{} of {path}: the document can show only one", &name[..end]);
        }
    }
    assert!(called.len() > 200, "the walk found only {} shapes", called.len());
}

#[test]
fn both_databases_have_the_same_migrations() {
    let names = |database: &str| -> BTreeSet<String> {
        let folder = root().join("migrations").join(database);
        let entries = std::fs::read_dir(&folder).unwrap();
        let mut names = BTreeSet::new();
        for entry in entries.map(Result::unwrap).filter(|entry| entry.path().is_dir()) {
            for file in ["up.sql", "down.sql"] {
                assert!(entry.path().join(file).is_file(), "{:?} has no {file}", entry.path());
            }
            names.insert(entry.file_name().into_string().unwrap());
        }
        names
    };
    assert!(!names("sqlite").is_empty());
    assert_eq!(names("sqlite"), names("postgres"));
}

#[test]
fn the_check_finds_what_it_is_there_for() {
    for (why, path, text, expected) in [
        ("a domain that reads a file format", "domain/a.rs", "use crate::formats::camt;", 1),
        ("a domain that keeps to itself", "domain/a.rs", "use crate::domain::money::Vnd;", 0),
        ("a group at the root", "formats/a.rs", "use crate::{domain::money, store::Store};", 1),
        (
            "a group over several lines, with groups in it",
            "service/a.rs",
            "use crate::{\n    domain::{money, text},\n    http::{self, pages},\n    config,\n};",
            2,
        ),
        ("a path in the middle of code", "http/a.rs", "let s = crate::store::Store::open(u)?;", 1),
        ("two on one line", "mail/a.rs", "crate::store::a(crate::formats::b())", 2),
        (
            "a way around, through the parents",
            "domain/b/c.rs",
            "use super::super::super::store::S;",
            1,
        ),
        ("a parent that is in the same part", "domain/b/c.rs", "use super::super::money::Vnd;", 0),
        ("a parent of a mod.rs", "domain/mod.rs", "use super::store::Store;", 1),
        ("a comment", "domain/a.rs", "// use crate::store::Store;", 0),
        ("a doc link", "domain/a.rs", "/// See [`crate::store::Store`].", 0),
        ("code before a comment", "domain/a.rs", "use crate::store::S; // why", 1),
        ("an address is no comment", "domain/a.rs", "f(\"http://x\", crate::store::S)", 1),
        ("the database outside the store", "service/a.rs", "use diesel::prelude::*;", 1),
        ("the database in the store", "store/a.rs", "use diesel::prelude::*;", 0),
        ("its macros too", "domain/a.rs", "#[derive(diesel::Queryable)]", 1),
        ("another name that ends the same", "service/a.rs", "use my_diesel::prelude::*;", 0),
        ("HTTP in a use case", "service/a.rs", "use actix_web::web::Data;", 1),
        ("a connection from a reader", "formats/a.rs", "ureq::get(address)", 1),
        ("HTTP in http and app", "app.rs", "use actix_web::web::Data;", 0),
        ("the clock in the domain", "domain/a.rs", "let now = Utc::now();", 1),
        ("the port itself", "clock.rs", "chrono::Utc::now().naive_utc()", 0),
        ("a file in the domain", "domain/a.rs", "std::fs::read(path)", 1),
        ("a group of the standard library", "domain/a.rs", "use std::{fmt, fs};", 1),
        ("a file in a reader's part is its caller's", "formats/a.rs", "std::fs::File", 0),
        ("pages that know the tables", "http/pages/a.rs", "use crate::store::rows;", 1),
        ("the command line with the settings", "cli/a.rs", "use crate::config::Config;", 0),
        ("the program", "main.rs", "doisoat::cli::run()", 0),
        ("a filter of the log", "telemetry.rs", "\"doisoat::service=debug\"", 0),
        ("a program that does the work itself", "main.rs", "doisoat::store::Store::open()", 1),
        ("the root names its parts", "lib.rs", "pub use crate::store::Store;", 0),
        ("a part nobody has drawn", "utils.rs", "pub fn help() {}", 1),
    ] {
        let source = Source { path: format!("src/{path}"), text: text.to_owned() };
        let found = offences(&source);
        assert_eq!(found.len(), expected, "{why}: {found:?}");
    }
}

/// What the file names and must not, each as `path:line: what, why`.
fn offences(source: &Source) -> Vec<String> {
    let part = part_of(&source.path);
    let at = |offset: usize, words: &str| {
        let line = source.text[..offset].matches('\n').count() + 1;
        format!("{}:{line}: {words}", source.path)
    };
    if ROOTS.contains(&part) {
        return Vec::new();
    }
    let Some((_, may_name)) = MAY_NAME.iter().find(|(name, _)| *name == part) else {
        return vec![at(0, &format!("{part} is a part that ARCHITECTURE.md does not draw"))];
    };
    let code = without_comments(&source.text);
    let mut found = Vec::new();
    for (offset, named) in named_parts(&source.path, &code) {
        if named != part && is_part(&named) && !may_name.contains(&named.as_str()) {
            found.push(at(offset, &format!("{part} names {named}")));
        }
    }
    for (start, owners, why) in CONFINED {
        if !owners.contains(&part) {
            found.extend(words_at(&code, start).map(|offset| at(offset, why)));
        }
    }
    for (banned_in, path, why) in BANNED {
        if banned_in == part {
            found.extend(words_at(&code, path).map(|offset| at(offset, why)));
            let in_group = path.trim_start_matches("std::");
            for offset in words_at(&code, "std::{") {
                if heads(&code[offset + "std::".len()..]).any(|(_, head)| head == in_group) {
                    found.push(at(offset, why));
                }
            }
        }
    }
    found
}

fn is_part(name: &str) -> bool {
    ROOTS.contains(&name) || MAY_NAME.iter().any(|(part, _)| *part == name)
}

/// The first folder or file under `src/`.
fn part_of(path: &str) -> &str {
    let inner = path.strip_prefix("src/").unwrap_or(path);
    let first = inner.split('/').next().unwrap_or(inner);
    first.strip_suffix(".rs").unwrap_or(first)
}

/// The parts of this crate that `code` names, with the byte where it does.
fn named_parts(path: &str, code: &str) -> Vec<(usize, String)> {
    let mut named = Vec::new();
    // The program is a crate of its own and calls this one by its name.
    let root_names: &[&str] =
        if part_of(path) == "main" { &["crate::", "doisoat::"] } else { &["crate::"] };
    for root in root_names {
        for offset in words_at(code, root) {
            let rest = &code[offset + root.len()..];
            named.extend(heads(rest).map(|(_, head)| (offset, head)));
        }
    }
    // `super` as often as the module is deep leads to the root as well.
    let depth = depth_of(path);
    let way_up = "super::".repeat(depth);
    for offset in words_at(code, &way_up) {
        let rest = &code[offset + way_up.len()..];
        let before = &code[..offset];
        if depth > 0 && !before.ends_with("super::") && !rest.starts_with("super::") {
            named.extend(heads(rest).map(|(_, head)| (offset, head)));
        }
    }
    named
}

/// How many `super` lead from the file's module to the root.
fn depth_of(path: &str) -> usize {
    let inner = path.strip_prefix("src/").unwrap_or(path);
    let folders = inner.matches('/').count();
    if inner.ends_with("/mod.rs") { folders } else { folders + 1 }
}

/// The first names of a path or of each path in a group: `a::b` has `a`, `{a::b, c}` has `a` and `c`.
fn heads(rest: &str) -> impl Iterator<Item = (usize, String)> {
    let mut found = Vec::new();
    let name_at = |offset: usize| -> String {
        rest[offset..].chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect()
    };
    if rest.starts_with('{') {
        let mut depth = 0;
        let mut expected = false;
        for (offset, letter) in rest.char_indices() {
            match letter {
                '{' => depth += 1,
                '}' if depth == 1 => break,
                '}' => depth -= 1,
                _ => (),
            }
            if depth == 1 && matches!(letter, '{' | ',') {
                expected = true;
            } else if expected && !letter.is_whitespace() {
                found.push((offset, name_at(offset)));
                expected = false;
            }
        }
    } else {
        found.push((0, name_at(0)));
    }
    found.into_iter().filter(|(_, name)| !name.is_empty())
}

/// Where `word` stands in `code` and is not the end of a longer name.
fn words_at<'a>(code: &'a str, word: &'a str) -> impl Iterator<Item = usize> + 'a {
    code.match_indices(word).map(|(offset, _)| offset).filter(|offset| {
        let before = code[..*offset].chars().next_back();
        !word.is_empty() && !before.is_some_and(|c| c.is_alphanumeric() || c == '_')
    })
}

/// The text with line comments blanked, so that offsets stay. A `//` after an odd number of quotes
/// is inside a string.
fn without_comments(text: &str) -> String {
    let mut code = String::with_capacity(text.len());
    for line in text.split_inclusive('\n') {
        let comment = line
            .match_indices("//")
            .map(|(offset, _)| offset)
            .find(|offset| line[..*offset].matches('"').count() % 2 == 0);
        let (kept, blanked) = line.split_at(comment.unwrap_or(line.len()));
        code.push_str(kept);
        code.extend(blanked.bytes().map(|byte| if byte == b'\n' { '\n' } else { ' ' }));
    }
    code
}

fn read_sources() -> std::io::Result<Vec<Source>> {
    let mut files = Vec::new();
    collect(&root().join("src"), &mut files)?;
    files.sort();
    let read = |file: PathBuf| {
        let inner = file.strip_prefix(root()).unwrap_or(&file);
        let path = inner.display().to_string().replace('\\', "/");
        Ok(Source { path, text: std::fs::read_to_string(&file)? })
    };
    files.into_iter().map(read).collect()
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> std::io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            collect(&path, files)?;
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    Ok(())
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}
