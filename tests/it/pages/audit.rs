//! The audit log in words: everything the source writes is told, filtered, linked and exported.

use std::collections::BTreeSet;
use std::path::Path;

use doisoat::domain::access::Role;
use doisoat::domain::lang::Lang;
use doisoat::http::pages::words::Words;
use doisoat::service::audit_log::actions;
use doisoat::service::decide;
use doisoat::service::events::EventKind;

use crate::support::browser::Desk;
use crate::support::for_each_backend;
use crate::support::school::csv;
use crate::support::server::{HERE, Town};

/// What is quoted in a line of code.
fn quoted(text: &str) -> impl Iterator<Item = (&str, &str)> {
    let parts: Vec<&str> = text.split('"').collect();
    (1..parts.len())
        .step_by(2)
        .map(move |at| (parts[at - 1], parts[at]))
        .collect::<Vec<_>>()
        .into_iter()
}

fn is_name(text: &str, dots: usize) -> bool {
    text.split('.').count() == dots + 1
        && text.split('.').all(|part| {
            !part.is_empty() && part.chars().all(|c| c.is_ascii_lowercase() || c == '_')
        })
}

fn sources(folder: &Path, found: &mut Vec<String>) {
    for file in std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().path()) {
        if file.is_dir() {
            sources(&file, found);
        } else {
            let text = std::fs::read_to_string(&file).unwrap();
            found.push(text.split("#[cfg(test)]").next().unwrap().to_owned());
        }
    }
}

/// The stable names of actions and of kinds of things that use cases write.
fn written() -> (BTreeSet<String>, BTreeSet<String>) {
    let mut texts = Vec::new();
    sources(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/src/service")), &mut texts);
    let (mut actions, mut kinds) = (BTreeSet::new(), BTreeSet::new());
    for text in texts.iter().filter(|text| !text.contains("pub const AREAS")) {
        for line in text.lines() {
            for (before, name) in quoted(line) {
                let event = EventKind::parse(name).is_some()
                    || ["endpoint.test", "data.json", "data.html"].contains(&name);
                if is_name(name, 1) && !event && !before.contains("failpoint") {
                    actions.insert(name.to_owned());
                }
                if before.trim_end().ends_with("subject_kind:") {
                    kinds.insert(name.to_owned());
                }
            }
        }
        // `("round.issue", "round", id)`: what is done, and to what kind of thing.
        for (at, _) in text.match_indices("(\"") {
            let parts: Vec<&str> = text[at + 1..].splitn(5, '"').collect();
            let [_, action, between, kind, _] = parts[..] else { continue };
            if is_name(action, 1) && between.trim() == "," && is_name(kind, 0) {
                kinds.insert(kind.to_owned());
            }
        }
    }
    (actions, kinds)
}

#[test]
fn everything_that_the_source_records_is_listed_and_has_words_in_both_languages() {
    let (written, kinds) = written();
    let listed: BTreeSet<String> = actions::all().map(str::to_owned).collect();
    assert!(written.len() > 80, "only {} actions were found", written.len());
    assert!(kinds.len() > 15, "only {kinds:?} were found");
    assert_eq!(
        written.difference(&listed).collect::<Vec<_>>(),
        Vec::<&String>::new(),
        "not listed"
    );
    assert_eq!(
        listed.difference(&written).collect::<Vec<_>>(),
        Vec::<&String>::new(),
        "not written"
    );
    for lang in [Lang::Vi, Lang::En] {
        let words = Words(lang);
        let areas = actions::AREAS.iter().map(|(area, _)| format!("audit-area-{area}"));
        let actions = listed.iter().map(|name| format!("audit-action-{}", name.replace('.', "-")));
        let kinds = kinds.iter().map(|name| format!("audit-kind-{name}"));
        let without: Vec<String> =
            areas.chain(actions).chain(kinds).filter(|key| words.t(key) == *key).collect();
        assert_eq!(without, Vec::<String>::new(), "{lang:?}: without words");
    }
}

#[test]
fn records_are_told_in_words_linked_filtered_and_exported() {
    for_each_backend(|db| {
        let town = Town::create(db).with_invoices();
        let code = "HPQ6XPNK7";
        let lines =
            [("2026-11-02", 1_000_000, "FT1", code), ("2026-11-03", 5_000, "FT2", "khong ro")];
        town.school.statement("a.csv", &csv(0, &lines));
        let desk = Desk::of(&town);
        let visitor = desk.signed_in(Role::Accountant);
        let line = town.school.payment_id("khong ro");
        let at = (town.school.id, line);
        let state = decide::find(&town.school.store, town.school.id, line).unwrap();
        let set_aside = [
            ("version", state.decision_id.unwrap().to_string()),
            ("rest", "aside".to_owned()),
            ("reason", "=tiền ủng hộ".to_owned()),
        ];
        let fields: Vec<(&str, &str)> = set_aside.iter().map(|(n, v)| (*n, v.as_str())).collect();
        visitor.done(&format!("/queue/{}/use", at.1), &fields);
        let page = visitor.page("/audit");
        for (why, shown) in [
            ("the action in words", "Xử lý giao dịch"),
            (
                "the kind in words, with its page",
                &format!("/s/{HERE}/queue/{line}\">Giao dịch</a>"),
            ),
            ("the machine", "máy"),
            (
                "the person by name, the address where it is asked for",
                "title=\"accountant.schoolthcsmau@example.test\">accountant</span>",
            ),
            ("what it was used for, by its code", &format!("{code} 1.000.000\u{a0}₫")),
            ("the reason", "=tiền ủng hộ"),
            ("a whole statement", "Ghi nhận sao kê"),
        ] {
            assert!(page.contains(shown), "{why}: {page}");
        }
        let rows = page.split("<tbody>").nth(1).unwrap();
        for raw in ["payment.decide", "import.commit", "set_aside", "not_income", "user:"] {
            assert!(!rows.contains(raw), "raw {raw}: {rows}");
        }
        let count = |query: &str| {
            visitor.page(&format!("/audit?{query}")).matches("<tr><th scope=\"row\"").count()
        };
        for (why, query, expected) in [
            ("a person by name", "actor=ACCOUNT", 1),
            ("a person by address", "actor=schoolthcsmau", 1),
            ("nobody", "actor=khong+co+ai", 0),
            ("one action", "area=import.commit", 1),
            ("an area", "area=import", 1),
            ("an area that is none", "area=%25", count("")),
            ("a day", "from=24/11/2026&to=24/11/2026", count("")),
            ("another day", "to=23/11/2026", 0),
        ] {
            assert_eq!(count(query), expected, "{why}");
        }
        let file = visitor.get("/audit/csv?area=payment.decide").text();
        assert!(file.contains("Xử lý giao dịch,payment.decide,Giao dịch,payment,"), "{file}");
        assert!(file.contains("'=tiền ủng hộ"), "no formula: {file}");
    });
}

#[test]
fn every_page_that_a_record_leads_to_is_there() {
    for_each_backend(|db| {
        let town = Town::create(db).with_invoices();
        let credits = [("2026-11-02", 1_250_000, "FT1", "HPQ6XPNK7")];
        town.school.statement("a.csv", &csv(0, &credits));
        let visitor = Desk::of(&town).signed_in(Role::ChiefAccountant);
        let page = visitor.page("/audit");
        let table = page.split("<tbody>").nth(1).unwrap();
        let links: BTreeSet<&str> =
            table.split("<a href=\"").skip(1).map(|rest| rest.split('"').next().unwrap()).collect();
        assert!(links.len() > 3, "{links:?}");
        for link in links {
            let below = link.strip_prefix(&format!("/s/{HERE}")).unwrap();
            assert_eq!(visitor.get(below).status, 200, "{link}");
        }
    });
}
