//! Whole days as tables: each file of `tests/scenarios` is played on every database.
//!
//! A line is a command and what is expected of it after `->`:
//!
//! ```text
//! student  CODE | NAME | CLASS | FAMILY
//! invoice  CODE | STUDENT | ĐỒNG
//! file     NAME KIND opening=ĐỒNG             (a kind of support::statements; its lines follow)
//!   DAY | ĐỒNG | REFERENCE | TEXT | pending | balance=ĐỒNG | payer=ACCOUNT   (the last where they apply)
//! commit   NAME                      -> payments=1 duplicates=0 witnesses=0 settled=1 …
//! undo     NAME                      -> voided=1 kept=0
//! allocate TEXT | CODE=ĐỒNG …        -> settled left=0     (or the code of a refusal)
//! credit   TEXT | STUDENT=ĐỒNG       -> settled left=0
//! confirm  TEXT | INDEX              -> settled left=0
//! reverse  TEXT | REASON             -> unmatched left=…
//! refuse   TEXT | STUDENT            -> unmatched offered=none  (as `proposed`, or the code of a refusal)
//! proposed TEXT                      -> proposed rule=… offered=STUDENT,STUDENT  (whom, best first)
//! payer    ACCOUNT                   -> STUDENT=CONFIRMED/CONTRADICTED …   (a family by its first student)
//! trust                              -> trusted           (the machine settles for known payers)
//! cash     CODE=ĐỒNG                 -> number=1           (or the code of a refusal)
//! cancel   CODE                      -> cancelled
//! payment  TEXT                      -> KIND allocated=… left=… rule=…
//! shown    REFERENCE                 -> the same of the payment that a line of this reference shows
//! questions                          -> open=1 why=other_reference
//! same     REFERENCE | REFERENCE     -> payments=1         (or the code of a refusal)
//! distinct REFERENCE | REFERENCE     -> payments=2         (`first` and `second`: of the first question)
//! balance  CODE                      -> paid=… state=…
//! ```

use std::collections::HashMap;
use std::fmt::Write as _;

use chrono::TimeDelta;
use doisoat::domain::id::{ImportId, PaymentId};
use doisoat::domain::invoice::InvoiceEvent;
use doisoat::domain::money::Vnd;
use doisoat::service::cash::NewCash;
use doisoat::service::decide::{PaymentState, PersonalUse};
use doisoat::service::refusals::{self, Refusal};
use doisoat::service::rulings::{self, LineView, NewRuling, Pair, Verdict};
use doisoat::service::{ServiceError, cancel, cash, decide, queue, undo};

use crate::support::school::School;
use crate::support::statements::{self, Row};
use crate::support::{TestDb, for_each_backend};

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
        for_each_backend(|db| Play::new(db, &name).run(&text));
        played += 1;
    }
    assert!(played >= 6, "only {played} scenarios were found");
}

struct Play<'a> {
    db: &'a TestDb,
    school: School,
    name: &'a str,
    files: HashMap<String, Vec<u8>>,
    imports: HashMap<String, ImportId>,
}

impl Play<'_> {
    fn new<'a>(db: &'a TestDb, name: &'a str) -> Play<'a> {
        let school = School::create(db);
        Play { db, school, name, files: HashMap::new(), imports: HashMap::new() }
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
                    let rows: Vec<Row> = entries.iter().map(|entry| row(entry)).collect();
                    let opening = dong(opening.unwrap_or("0"));
                    self.files.insert(name.to_owned(), statements::write(format, opening, &rows));
                    None
                }
                verb => {
                    let found = self.act(verb, rest, &place);
                    self.school.verify();
                    Some(found)
                }
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
    }

    fn act(&mut self, verb: &str, rest: &str, place: &str) -> String {
        // What is said later outweighs what was said before.
        self.school.clock.advance(TimeDelta::seconds(1));
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
                            "payments={} duplicates={} witnesses={} in_doubt={} merged={} not_booked={} settled={} proposed={} unmatched={} returned={} not_income={} gaps={}",
                            done.payments,
                            done.duplicates,
                            done.witnesses,
                            done.in_doubt,
                            done.merged,
                            done.not_booked,
                            done.settled,
                            done.proposed,
                            done.unmatched,
                            done.returned,
                            done.not_income,
                            done.missing.len()
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
            "refuse" => {
                let asked =
                    Refusal { student_code: Some(parts[1].to_owned()), ..Refusal::default() };
                let at = payment(parts[0]);
                match refusals::refuse(store, clock, actor, at, None, &asked) {
                    Ok(_) => self.offered(parts[0]),
                    Err(error) => refusal(&error),
                }
            }
            "proposed" => self.offered(rest),
            "payer" => self.payer(rest),
            "trust" => {
                self.db.execute("UPDATE schools SET settle_known_payer = TRUE");
                "trusted".to_owned()
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
            "shown" => {
                let line = self.line(rest);
                let view = self.school.payments();
                let view = view.iter().find(|view| view.state.id == line.payment).unwrap();
                let reasons = view.explanation["reasons"].as_array();
                let codes = reasons.into_iter().flatten().filter_map(|one| one["code"].as_str());
                let codes: Vec<&str> = codes.collect();
                format!("{} {}", stands(Ok(view.state.clone())), codes.join(" "))
            }
            "questions" => {
                let open = rulings::questions(store, *id).unwrap();
                let why = open.first().map_or("none", |one| one.why.as_str());
                format!("open={} why={why}", open.len())
            }
            "same" | "distinct" => {
                let (one, other) = (self.line(parts[0]), self.line(parts[1]));
                let pair = if one.payment == other.payment {
                    Pair::Entries(one.entry, other.entry)
                } else {
                    Pair::Payments(one.payment, other.payment)
                };
                let verdict = if verb == "same" { Verdict::Same } else { Verdict::Distinct };
                let reason = "đã hỏi ngân hàng".to_owned();
                let asked = NewRuling { pair, verdict, reason, expected: Vec::new() };
                match rulings::rule(store, clock, actor, *id, &asked) {
                    Ok(ruled) => format!("payments={}", ruled.payments.len()),
                    Err(error) => refusal(&error),
                }
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

impl Play<'_> {
    /// How a payment stands, and the students of its proposals, best first.
    fn offered(&self, text: &str) -> String {
        let view = self.school.payment(text);
        let invoices = queue::invoices(&self.school.store, self.school.id).unwrap();
        let mut students: Vec<&str> = Vec::new();
        for proposal in view.explanation["proposals"].as_array().into_iter().flatten() {
            for share in proposal["allocations"].as_array().into_iter().flatten() {
                let code = share["code"].as_str().unwrap();
                let owner = invoices.iter().find(|one| one.code == code).unwrap();
                if !students.contains(&owner.student_code.as_str()) {
                    students.push(&owner.student_code);
                }
            }
        }
        let students = if students.is_empty() { "none".to_owned() } else { students.join(",") };
        let rule = view.explanation["rule"].as_str().unwrap_or("none").to_owned();
        format!("{} rule={rule} offered={students}", stands(Ok(view.state)))
    }

    /// What is remembered of an account: each family by its first student.
    fn payer(&self, account: &str) -> String {
        let rows = self.db.words(&format!(
            "SELECT MIN(s.code) || '=' || p.confirmed || '/' || p.contradicted AS value \
             FROM payer_accounts p JOIN students s ON s.family_id = p.family_id \
             WHERE p.account = '{account}' GROUP BY p.id, p.confirmed, p.contradicted ORDER BY 1"
        ));
        if rows.is_empty() { "nothing".to_owned() } else { rows.join(" ") }
    }

    /// The first line of this reference that a payment rests on; `none` has no reference, `first` and
    /// `second` are those of the first open question.
    fn line(&self, reference: &str) -> LineView {
        let School { store, id, .. } = &self.school;
        let question = || rulings::questions(store, *id).unwrap().into_iter().next().unwrap();
        match reference {
            "first" => return question().lines[0].clone(),
            "second" => return question().lines[1].clone(),
            _ => {}
        }
        let wanted = Some(reference).filter(|reference| *reference != "none");
        self.school
            .payments()
            .into_iter()
            .flat_map(|view| rulings::lines_of(store, *id, view.state.id).unwrap())
            .find(|line| line.reference.as_deref() == wanted)
            .unwrap_or_else(|| panic!("{}: no line has the reference {reference}", self.name))
    }
}

/// A row of a file, from the parts of its line.
fn row(parts: &[&str]) -> Row {
    let mut row = Row::of(&(parts[0], dong(parts[1]), parts[2], parts[3]));
    for more in &parts[4..] {
        match more.split_once('=') {
            Some(("balance", balance)) => row.balance = Some(dong(balance)),
            Some(("payer", account)) => row.payer = Some(account.to_owned()),
            _ if *more == "pending" => row.pending = true,
            _ => panic!("a row cannot be {more}"),
        }
    }
    row
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
