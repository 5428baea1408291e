//! The whole demo through readers and matcher, judged by what every payment really was.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use crate::demo::readback::read;
use crate::demo::spec::SchoolSpec;
use crate::demo::tests::world;
use crate::demo::truth::{Meaning, Truth};
use crate::domain::id::{FamilyId, InvoiceId, StudentId};
use crate::domain::identity::source_kind;
use crate::domain::matching::Book;
use crate::domain::matching::decision::DecisionKind;
use crate::domain::matching::facts::{
    InvoiceFacts, InvoiceStanding, Policy, StudentFacts, VirtualAccountFacts,
};
use crate::domain::matching::session::{Line, StatementFile, reconcile};
use crate::domain::money::Vnd;
use crate::formats::roster;

fn book(school: &SchoolSpec) -> Book {
    let mut families = HashMap::new();
    let mut ids = HashMap::new();
    let mut students = Vec::new();
    for (id, row) in (1..).zip(roster::read_students(&school.students_file.bytes).unwrap().good) {
        let next = families.len();
        let family = *families.entry(row.family).or_insert(next);
        ids.insert(row.code.clone(), StudentId(id));
        students.push(StudentFacts {
            id: StudentId(id),
            family: FamilyId(i64::try_from(family).unwrap()),
            code: row.code,
            name: row.name,
            class: row.class,
            virtual_accounts: row
                .virtual_account
                .map(|number| VirtualAccountFacts { number, from: None, to: None })
                .into_iter()
                .collect(),
            guardians: Vec::new(),
        });
    }
    let in_notes: HashSet<&str> =
        school.cash.iter().map(|voucher| voucher.payment_code.as_str()).collect();
    let rows = school
        .invoice_files
        .iter()
        .flat_map(|file| roster::read_invoices(&file.bytes).unwrap().good);
    let invoices = (1..)
        .zip(rows)
        .map(|(id, row)| {
            let code = row.code.unwrap();
            let paid = row.amount_due.is_zero() || in_notes.contains(code.as_str());
            InvoiceFacts {
                id: InvoiceId(id),
                student: ids[&row.student_code],
                code,
                open: if paid { Vnd::ZERO } else { row.amount_due },
                standing: if paid { InvoiceStanding::Paid } else { InvoiceStanding::Open },
                due_on: row.due_on,
                round: row.round,
            }
        })
        .collect();
    Book::new(students, invoices, Vec::new(), Policy::default())
}

type Decided = Vec<(Line, &'static Truth)>;

/// Every school's lines; decided once, for all tests.
fn every_school() -> &'static [(&'static SchoolSpec, Decided)] {
    static DECIDED: LazyLock<Vec<(&'static SchoolSpec, Decided)>> =
        LazyLock::new(|| world().schools.iter().map(|school| (school, decide(school))).collect());
    &DECIDED
}

fn decide(school: &SchoolSpec) -> Decided {
    let files: Vec<StatementFile> = school
        .statement_files
        .iter()
        .map(|file| {
            let back = read(file);
            let format = back.reading.format.as_deref().unwrap_or_default();
            StatementFile {
                name: file.file.name.clone(),
                source: source_kind(format, back.reading.layout.as_deref()),
                first_statement: 0,
                statements: vec![(back.headers[0].clone(), back.entries.clone())],
            }
        })
        .collect();
    let truths = world().truth_by_place();
    reconcile(&mut book(school), &files)
        .into_iter()
        .map(|line| {
            let file = files[line.place.file].name.as_str();
            let truth = truths[&(file, line.place.entry)];
            (line, truth)
        })
        .collect()
}

#[test]
fn nothing_is_settled_that_was_not_meant_and_no_money_counts_twice() {
    let mut meant: HashMap<&str, i64> = HashMap::new();
    for truth in world().truth.iter().filter(|truth| truth.meaning == Meaning::Fees) {
        for share in &truth.pays {
            *meant.entry(&share.payment_code).or_default() += share.amount.dong();
        }
    }
    for (school, lines) in every_school() {
        let mut settled: HashMap<&str, i64> = HashMap::new();
        let (mut fees, mut whole) = (HashSet::new(), 0);
        for (line, truth) in lines {
            let place = &truth.seen_in[0];
            if truth.meaning == Meaning::Fees {
                fees.insert((&place.file, place.entry));
            }
            if line.decision.kind != DecisionKind::Settled {
                continue;
            }
            whole += 1;
            for share in &line.decision.allocations {
                assert!(truth.allows(&share.code, share.amount), "{share:?} for {truth:?}");
                *settled.entry(&share.code).or_default() += share.amount.dong();
            }
        }
        // One money seen in two files, or paid twice, must not settle an invoice beyond what came.
        for (code, dong) in settled {
            assert!(dong <= meant[code], "{code}: {dong} settled, {} paid", meant[code]);
        }
        assert!(whole * 100 >= fees.len() * 75, "{}: {whole} of {}", school.code, fees.len());
    }
}

#[test]
fn what_is_no_fee_is_never_settled_or_proposed() {
    for (line, truth) in every_school().iter().flat_map(|(_, lines)| lines) {
        let kind = line.decision.kind;
        let right = match truth.meaning {
            Meaning::Fees => kind != DecisionKind::Returned,
            Meaning::PaidAgain => true,
            Meaning::GivenBack | Meaning::GivingBack => {
                matches!(kind, DecisionKind::Returned | DecisionKind::Duplicate)
            }
            _ => !matches!(kind, DecisionKind::Settled | DecisionKind::Proposed),
        };
        assert!(right, "{kind:?} by {} for {truth:?}", line.decision.rule);
    }
}
