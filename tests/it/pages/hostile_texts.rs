//! Hostile texts in every text field of every form that links lead to, in every text of the lists and
//! files that are taken in: shown as text on every page, in every export, or refused with words.
//! The forms are found on the pages themselves, so a new one is tried without being named here.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::io::Read as _;

use doisoat::domain::access::Role;
use doisoat::service::keys::Reach;

use crate::support::browser::{Browser, Desk};
use crate::support::client::Answer;
use crate::support::forms::{Field, Form, Kind, parts};
use crate::support::school::csv;
use crate::support::server::{HERE, Town};
use crate::support::{TestDb, for_each_backend};

/// An element that no page of ours has, and an attribute.
const ELEMENT: &str = "xss-probe";
const ATTRIBUTE: &str = "data-probe";

/// Why each is hostile, and the text.
fn texts() -> Vec<(&'static str, String)> {
    vec![
        ("an element", format!("<{ELEMENT}>x</{ELEMENT}><script>probe()</script>")),
        ("out of an attribute", format!("\" {ATTRIBUTE}=\"1\" '{ATTRIBUTE}='1' onfocus=probe()")),
        ("out of a comment and a textarea", format!("--></textarea></title><{ELEMENT}>")),
        ("a formula", "=1+1".to_owned()),
        ("a formula behind a tab", "\t=cmd|' /C calc'!A0".to_owned()),
        ("a formula behind a line's end", "\r\n@SUM(1+1)".to_owned()),
        ("a header", "x\r\nX-Probe: 1\r\n\r\n<xss-probe>".to_owned()),
        ("text that turns around", "ab\u{202e}cd\u{2066}ef\u{200f}".to_owned()),
        ("text that cannot be seen", "a\u{200b}b\u{feff}c\u{2060}d\u{200d}e".to_owned()),
        ("a zero byte", "a\u{0}b".to_owned()),
        ("control characters", "a\u{1}b\u{1b}[31mc\u{7f}d\u{85}e\u{8}".to_owned()),
        ("a statement of the database", "'); DROP TABLE schools; --".to_owned()),
        ("a template", "{{1337*1337}}{% raw %}${1337*1337}{ $x }".to_owned()),
        ("a wildcard", "%_\\%".to_owned()),
        ("10,000 letters", "ắ".repeat(10_000)),
        ("10,000 letters without a blank", "W".repeat(10_000)),
    ]
}

/// What other fields are filled with, so that something comes of a form.
pub(super) fn usual(field: &Field) -> String {
    let by_name = match field.name.as_str() {
        "amount" | "price" | "counted" | "part" => "1000",
        "percent" => "50",
        "received_on" | "counted_on" | "paid_on" | "transfer_on" | "leave_on" | "return_on" => {
            "20/11/2026"
        }
        "from" | "day" => "01/09/2026",
        "due_on" | "last" => "30/11/2026",
        "student" => "HS01",
        "name" | "payer" | "holder" | "reason" | "leave_reason" | "note" | "ground" => "thử",
        "code" => "THU1",
        "number" => "2200000009",
        "bin" => "970418",
        "url" => "https://example.com/x",
        "email" => "thu@example.test",
        "priority" => "10",
        _ => "",
    };
    if field.kind != Kind::Text || !field.value.is_empty() || by_name.is_empty() {
        return field.value.clone();
    }
    by_name.to_owned()
}

/// What must hold of every answer, whatever was sent.
pub(super) fn judge(answer: &Answer, place: &str) {
    assert!(answer.status < 500, "{place}: {} {}", answer.status, answer.text());
    assert_eq!(answer.header("x-probe"), None, "{place}: a header was written");
    if !answer.header("content-type").is_some_and(|kind| kind.starts_with("text/html")) {
        return;
    }
    let page = answer.text();
    let found = parts(&page, "/");
    for (name, attributes) in &found.elements {
        assert_ne!(name, ELEMENT, "{place}: an element came through");
        let odd = attributes.iter().find(|name| {
            let odd = |letter: char| !letter.is_ascii_alphanumeric() && letter != '-';
            name.starts_with("on") || *name == ATTRIBUTE || name.chars().any(odd)
        });
        assert_eq!(odd, None, "{place}: an attribute came through");
    }
    assert!(!page.contains("1787569"), "{place}: a template was carried out");
    assert_eq!(moving(&page), None, "{place}: a character that moves the text came through");
    if answer.status >= 400 {
        assert!(found.text.trim().len() > 40, "{place}: refused without words");
    }
}

/// The first character that turns a text around or moves it.
fn moving(text: &str) -> Option<char> {
    text.chars().find(|letter| {
        (letter.is_control() && !matches!(letter, '\n' | '\r' | '\t'))
            || matches!(letter, '\u{61c}' | '\u{200e}' | '\u{200f}')
            || matches!(letter, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    })
}

/// Forms that end the visit, or change who may look.
pub(super) fn left_out(form: &Form) -> bool {
    let ends = ["/sign-out", "/language", "/account/", "/disable", "/enable", "/factor", "/remove"];
    ends.iter().any(|part| form.action.contains(part))
}

/// A path without what tells one thing of a kind from another.
fn kind_of(path: &str) -> String {
    let (path, query) = path.split_once('?').unwrap_or((path, ""));
    let plain: Vec<&str> = path
        .split('/')
        .map(|part| if part.starts_with(|c: char| c.is_ascii_digit()) { "{}" } else { part })
        .collect();
    let mut names: Vec<&str> =
        query.split('&').map(|pair| pair.split('=').next().unwrap()).collect();
    names.sort_unstable();
    format!("{}?{}", plain.join("/"), names.join("&"))
}

/// Every kind of page that links lead to, judged; the forms on them, each once.
pub(super) fn crawl(browser: &Browser<'_>, start: &[&str], place: &str) -> Vec<Form> {
    let mut waiting: VecDeque<String> = start.iter().map(|path| (*path).to_owned()).collect();
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    let mut known = BTreeSet::new();
    let mut forms: BTreeMap<(String, Vec<String>), Form> = BTreeMap::new();
    let mut pages = 0;
    while let Some(path) = waiting.pop_front() {
        let path = path.split('#').next().unwrap().to_owned();
        let count = seen.entry(kind_of(&path)).or_default();
        if !path.starts_with('/') || *count >= 2 || !known.insert(path.clone()) {
            continue;
        }
        *count += 1;
        let answer = browser.fetch(&path);
        judge(&answer, &format!("{place}: {path}"));
        match answer.header("content-type") {
            Some(kind) if kind.starts_with("text/html") => {}
            Some(kind) if kind.starts_with("text/csv") => no_formula_in_csv(&answer, &path),
            Some(kind) if kind.contains("spreadsheetml") => no_formula_in_xlsx(&answer, &path),
            _ => continue,
        }
        pages += 1;
        if let Some(to) = answer.header("location") {
            waiting.push_back(to.to_owned());
        }
        if !answer.header("content-type").is_some_and(|kind| kind.starts_with("text/html")) {
            continue;
        }
        let found = parts(&answer.text(), &path);
        waiting.extend(found.links);
        for form in found.forms.into_iter().filter(|form| form.method == "post") {
            let names = form.fields.iter().map(|field| field.name.clone()).collect();
            forms.entry((kind_of(&form.action), names)).or_insert(form);
        }
    }
    assert!(pages > 25, "{place}: only {pages} pages were found");
    forms.into_values().filter(|form| !left_out(form)).collect()
}

fn no_formula_in_csv(answer: &Answer, path: &str) {
    let mut rows = csv::ReaderBuilder::new().flexible(true).from_reader(&answer.body[..]);
    for record in rows.records() {
        for cell in &record.unwrap() {
            assert!(!cell.starts_with(['=', '+', '@', '\t', '\r']), "{path}: a formula: {cell:?}");
            assert_eq!(moving(cell), None, "{path}: a character that moves the text: {cell:?}");
        }
    }
}

fn no_formula_in_xlsx(answer: &Answer, path: &str) {
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(answer.body.clone())).unwrap();
    for index in 0..archive.len() {
        let mut part = archive.by_index(index).unwrap();
        let (name, mut text) = (part.name().unwrap().into_owned(), String::new());
        part.read_to_string(&mut text).unwrap();
        if name.starts_with("xl/worksheets/sheet") {
            let hostile = text.split("<f>").skip(1).find(|formula| !formula.starts_with("SUM("));
            assert_eq!(hostile, None, "{path}: a formula in {name}");
        }
        assert_eq!(moving(&text), None, "{path}: {name} has a character that moves the text");
    }
}

/// A school with something of everything, every text of its lists hostile where it is taken.
fn town(db: &TestDb) -> Town {
    let town = Town::create(db).with_invoices();
    let (mut lists, mut files) = (0, 0);
    for (at, (why, text)) in texts().iter().enumerate() {
        let text = format!("\"{}\"", text.replace('"', "\"\""));
        let list =
            format!("Mã học sinh;Họ và tên;Lớp;Họ tên phụ huynh\nHX{at};{text};6A1;{text}\n");
        lists += usize::from(town.school.try_students(&list).is_ok());
        let (day, reference) = (format!("2026-11-{:02}", at + 1), format!("FT26300{at:06}"));
        let file = csv(0, &[(day.as_str(), 10_000, reference.as_str(), text.as_str())]);
        if let Ok(plan) = town.school.plan(&format!("{why} <{ELEMENT}>.csv"), &file) {
            town.school.commit(plan.id).unwrap();
            files += 1;
        }
    }
    assert!(lists > 5 && files > 5, "only {lists} lists and {files} files were taken");
    town
}

#[test]
fn hostile_texts_are_shown_as_text_or_refused_with_words() {
    for_each_backend(|db| {
        let town = town(db);
        let desk = Desk::of(&town);
        let chief = desk.signed_in(Role::ChiefAccountant);
        let admin = desk.signed_in_at(Role::Administrator, &Reach::Everything);
        let home = format!("/s/{HERE}");
        let start = [home.as_str(), "/", "/account", "/people", "/system"];
        let (mut fields, mut refused, mut taken) = (0, 0, 0);
        let mut tried = BTreeSet::new();
        for (who, browser) in [("chief", &chief), ("administrator", &admin)] {
            let forms = crawl(browser, &start, who);
            assert!(forms.len() > 15, "{who}: only {} forms", forms.len());
            for form in &forms {
                // Whoever sends it, the same form is read by the same code.
                let names: Vec<&str> = form.fields.iter().map(|field| &*field.name).collect();
                if !tried.insert((kind_of(&form.action), names.join(" "))) {
                    continue;
                }
                let typed = form.fields.iter().enumerate();
                for (at, field) in typed.filter(|(_, field)| field.kind == Kind::Text) {
                    fields += 1;
                    for (why, text) in texts() {
                        let place = format!("{who}: {why} in {} of {}", field.name, form.action);
                        let filled = form.filled(0, Some((at, &text)), usual);
                        let answer = browser.send(&form.action, &filled);
                        judge(&answer, &place);
                        if answer.status < 400 { taken += 1 } else { refused += 1 }
                    }
                }
            }
        }
        assert!(fields > 40, "only {fields} fields");
        assert!(refused > 100 && taken > 100, "{refused} refused, {taken} taken");
        // Everything that was taken is shown somewhere: the pages, the lists, the exports.
        for (who, browser) in [("chief", &chief), ("administrator", &admin)] {
            crawl(browser, &start, who);
        }
        for kind in ["collections", "receivables", "cash-book", "bank-reconciliation", "fee-items"]
        {
            for format in ["csv", "xlsx"] {
                let path = format!(
                    "/api/v1/schools/{HERE}/exports/{kind}?format={format}&from=2026-09-01&to=2026-11-30"
                );
                let answer = town.server.get(&path).key(&town.chief).send();
                assert_eq!(answer.status, 200, "{path}: {}", answer.text());
                if format == "csv" {
                    no_formula_in_csv(&answer, &path);
                } else {
                    no_formula_in_xlsx(&answer, &path);
                }
            }
        }
        println!("{fields} fields, {taken} texts taken, {refused} refused");
        let file = chief.get("/audit/csv");
        no_formula_in_csv(&file, "/audit/csv");
        town.school.verify();
    });
}
