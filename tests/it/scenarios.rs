//! Whole days as tables: each file of `tests/scenarios` is played on every database.
//!
//! A line is a command and what is expected of it after `->`:
//!
//! ```text
//! student  CODE | NAME | CLASS | FAMILY
//! invoice  CODE | STUDENT | ĐỒNG
//! file     NAME FORMAT opening=ĐỒNG           (csv or mt940; its lines follow)
//!   DAY | ĐỒNG | REFERENCE | TEXT
//! commit   NAME                      -> payments=1 duplicates=0 witnesses=0 settled=1 …
//! undo     NAME                      -> voided=1 kept=0
//! allocate TEXT | CODE=ĐỒNG …        -> settled left=0     (or the code of a refusal)
//! credit   TEXT | STUDENT=ĐỒNG       -> settled left=0
//! confirm  TEXT | INDEX              -> settled left=0
//! reverse  TEXT | REASON             -> unmatched left=…
//! cash     CODE=ĐỒNG                 -> number=1           (or the code of a refusal)
//! cancel   CODE                      -> cancelled
//! payment  TEXT                      -> KIND allocated=… left=… rule=…
//! balance  CODE                      -> paid=… state=…
//! ```

use std::collections::HashMap;
use std::fmt::Write as _;

use doisoat::domain::id::{ImportId, PaymentId};
use doisoat::domain::invoice::InvoiceEvent;
use doisoat::domain::money::Vnd;
use doisoat::service::cash::NewCash;
use doisoat::service::decide::{PaymentState, PersonalUse};
use doisoat::service::{ServiceError, cancel, cash, decide, queue, undo};

use crate::support::for_each_backend;
use crate::support::school::{School, csv, mt940};

#[test]
fn every_scenario_ends_as_its_table_says_on_every_database() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/scenarios");
    let mut played = 0;
    for file in std::fs::read_dir(folder).unwrap() {
        let path = file.unwrap().path();
        let text = std::fs::read_to_string(&path).unwrap();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        // Shown only when the test fails: says in which scenario.
        println!("{name}");
        for_each_backend(|db| Play::new(School::create(db), &name).run(&text));
        played += 1;
    }
    assert!(played >= 6, "only {played} scenarios were found");
}

struct Play<'a> {
    school: School,
    name: &'a str,
    files: HashMap<String, Vec<u8>>,
    imports: HashMap<String, ImportId>,
}

impl Play<'_> {
    fn new(school: School, name: &str) -> Play<'_> {
        Play { school, name, files: HashMap::new(), imports: HashMap::new() }
    }

    fn run(mut self, text: &str) {
        let mut lines = text.lines().enumerate().peekable();
        let mut students = String::from("Mã học sinh;Họ và tên;Lớp;Mã gia đình\n");
        let mut invoices = String::from("Mã thanh toán;Mã học sinh;Họ và tên;Lớp;Còn phải thu\n");
        let mut waiting = (0, 0);
        while let Some((number, line)) = lines.next() {
            let place = format!("{}:{}", self.name, number + 1);
            let (command, expected) = match line.split_once("->") {
                Some((command, expected)) => (command.trim(), Some(expected.trim())),
                None => (line.trim(), None),
            };
            if command.is_empty() || command.starts_with('#') {
                continue;
            }
            let (verb, rest) = command.split_once(' ').unwrap_or((command, ""));
            let rest = rest.trim();
            // Lists are imported together, when the first command that needs them comes.
            if !matches!(verb, "student" | "invoice") {
                if waiting.0 > 0 {
                    assert_eq!(self.school.students(&students).bad, vec![], "{place}");
                }
                if waiting.1 > 0 {
                    assert_eq!(self.school.invoices(&invoices).bad, vec![], "{place}");
                }
                students = "Mã học sinh;Họ và tên;Lớp;Mã gia đình\n".to_owned();
                invoices = "Mã thanh toán;Mã học sinh;Họ và tên;Lớp;Còn phải thu\n".to_owned();
                waiting = (0, 0);
            }
            let found = match verb {
                "student" => {
                    students.push_str(&rest.replace('|', ";"));
                    students.push('\n');
                    waiting.0 += 1;
                    None
                }
                "invoice" => {
                    let parts = parts(rest);
                    writeln!(invoices, "{};{};;;{}", parts[0], parts[1], dong(parts[2])).unwrap();
                    waiting.1 += 1;
                    None
                }
                "file" => {
                    let mut words = rest.split_whitespace();
                    let (name, format) = (words.next().unwrap(), words.next().unwrap());
                    let opening = words.next().and_then(|word| word.strip_prefix("opening="));
                    let mut entries = Vec::new();
                    while let Some((_, entry)) = lines.next_if(|(_, line)| line.starts_with("  ")) {
                        entries.push(parts(entry));
                    }
                    let entries: Vec<(&str, i64, &str, &str)> = entries
                        .iter()
                        .map(|entry| (entry[0], dong(entry[1]), entry[2], entry[3]))
                        .collect();
                    let opening = dong(opening.unwrap_or("0"));
                    let bytes = match format {
                        "csv" => csv(opening, &entries),
                        "mt940" => mt940(opening, &entries),
                        other => panic!("{place}: no format {other}"),
                    };
                    self.files.insert(name.to_owned(), bytes);
                    None
                }
                verb => Some(self.act(verb, rest, &place)),
            };
            if let Some(found) = found {
                let expected = expected.unwrap_or_else(|| panic!("{place}: nothing is expected"));
                for word in expected.split_whitespace() {
                    assert!(
                        found.split_whitespace().any(|one| one == word),
                        "{place}: expected {word:?} of {verb} {rest:?}, found {found:?}"
                    );
                }
            }
        }
        self.school.verify();
    }

    fn act(&mut self, verb: &str, rest: &str, place: &str) -> String {
        let School { store, clock, actor, id, .. } = &self.school;
        let parts = parts(rest);
        let payment = |text: &str| -> (doisoat::domain::id::SchoolId, PaymentId) {
            (*id, self.school.payment_id(text))
        };
        match verb {
            "commit" => {
                let bytes = &self.files[rest];
                match self.school.plan(rest, bytes) {
                    Err(error) => refusal(&error),
                    Ok(plan) => {
                        self.imports.insert(rest.to_owned(), plan.id);
                        let done = match self.school.commit(plan.id) {
                            Ok(done) => done,
                            Err(error) => panic!("{place}: {error:?}"),
                        };
                        format!(
                            "payments={} duplicates={} witnesses={} not_booked={} settled={} proposed={} unmatched={} returned={} not_income={} gaps={}",
                            done.payments,
                            done.duplicates,
                            done.witnesses,
                            done.not_booked,
                            done.settled,
                            done.proposed,
                            done.unmatched,
                            done.returned,
                            done.not_income,
                            done.gaps.len()
                        )
                    }
                }
            }
            "undo" => {
                let undone = undo::run(store, clock, actor, *id, self.imports[rest]).unwrap();
                format!("voided={} kept={}", undone.payments_voided, undone.payments_kept)
            }
            "allocate" => {
                let allocations = shares(parts[1]);
                let wanted = PersonalUse { allocations, ..PersonalUse::default() };
                stands(decide::allocate(store, clock, actor, payment(parts[0]), None, &wanted))
            }
            "credit" => {
                let family_credit = shares(parts[1]).into_iter().next();
                let wanted = PersonalUse { family_credit, ..PersonalUse::default() };
                stands(decide::allocate(store, clock, actor, payment(parts[0]), None, &wanted))
            }
            "confirm" => {
                let index = parts[1].parse().unwrap();
                stands(decide::confirm(store, clock, actor, payment(parts[0]), None, index))
            }
            "reverse" => {
                stands(decide::reverse(store, clock, actor, payment(parts[0]), None, parts[1]))
            }
            "cash" => {
                let new = NewCash {
                    allocations: shares(rest),
                    payer: "Người nộp mẫu".to_owned(),
                    received_on: "2026-11-20".parse().unwrap(),
                    note: None,
                    request_key: None,
                };
                match cash::record(store, clock, actor, *id, &new) {
                    Ok(voucher) => format!("number={}", voucher.number),
                    Err(error) => refusal(&error),
                }
            }
            "cancel" => {
                let at = (*id, rest);
                match cancel::run(store, clock, actor, at, InvoiceEvent::Cancel, "nhập nhầm") {
                    Ok(state) => state.as_str().to_owned(),
                    Err(error) => refusal(&error),
                }
            }
            "payment" => {
                let view = self.school.payment(rest);
                format!(
                    "{} rule={} channel={}",
                    stands(Ok(view.state)),
                    view.explanation["rule"].as_str().unwrap_or("none"),
                    view.channel
                )
            }
            "balance" => {
                let invoices = queue::invoices(store, *id).unwrap();
                let one = invoices.iter().find(|one| one.code == rest).unwrap();
                format!("paid={} state={}", one.paid, one.state.as_str())
            }
            other => panic!("{place}: there is no command {other}"),
        }
    }
}

fn stands(outcome: Result<PaymentState, ServiceError>) -> String {
    match outcome {
        Ok(state) => format!(
            "{} allocated={} credit={} refunded={} aside={} left={}",
            state.decision,
            state.allocated,
            state.family_credit,
            state.refunded,
            state.set_aside,
            state.unallocated
        ),
        Err(error) => refusal(&error),
    }
}

fn refusal(error: &ServiceError) -> String {
    error.diagnostics().first().map_or_else(|| error.to_string(), |one| one.code.clone())
}

fn parts(text: &str) -> Vec<&str> {
    text.split('|').map(str::trim).collect()
}

fn dong(text: &str) -> i64 {
    text.replace('_', "").parse().unwrap()
}

fn shares(text: &str) -> Vec<(String, Vnd)> {
    text.split_whitespace()
        .map(|share| {
            let (code, amount) = share.split_once('=').unwrap();
            (code.to_owned(), Vnd::new(dong(amount)))
        })
        .collect()
}
