//! Whole files matched in memory, as `reconcile` does, and the same files taken in by the service end
//! in the same decisions.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::ops::ControlFlow;

use doisoat::demo::spec::SchoolSpec;
use doisoat::demo::world;
use doisoat::domain::id::{FamilyId, InvoiceId, StudentId};
use doisoat::domain::identity::source_kind;
use doisoat::domain::invoice::{InvoiceEvent, InvoiceState};
use doisoat::domain::matching::Book;
use doisoat::domain::matching::decision::{Decision, DecisionKind, Reason, Share};
use doisoat::domain::matching::facts::{
    InvoiceFacts, InvoiceStanding, Policy, StudentFacts, VirtualAccountFacts,
};
use doisoat::domain::matching::session::{StatementFile, reconcile};
use doisoat::domain::money::Vnd;
use doisoat::domain::payment_code::Prefix;
use doisoat::domain::statement::{EntryStatus, Event};
use doisoat::domain::text::squeeze;
use doisoat::formats::roster;
use doisoat::service::cash::{self, NewCash};
use doisoat::service::intake::{self, Intake};
use doisoat::service::{cancel, import_invoices, import_students, queue};

use crate::support::crowd::code;
use crate::support::for_each_backend;
use crate::support::school::{Line, School, csv, file_of, mt940, reader};

/// What is known of a school before its statements come.
fn book(school: &School, students: &[u8]) -> Book {
    let mut families: HashMap<String, i64> = HashMap::new();
    let mut ids: HashMap<String, StudentId> = HashMap::new();
    let mut facts = Vec::new();
    for (row, id) in roster::read_students(students).unwrap().good.into_iter().zip(1..) {
        let key = row.family.clone().unwrap_or_else(|| format!("={}", row.code));
        let next = i64::try_from(families.len()).unwrap() + 1;
        let family = *families.entry(key).or_insert(next);
        ids.insert(row.code.clone(), StudentId(id));
        let account = |number: String| VirtualAccountFacts { number, from: None, to: None };
        facts.push(StudentFacts {
            id: StudentId(id),
            family: FamilyId(family),
            code: row.code,
            name: row.name,
            class: row.class,
            virtual_accounts: row.virtual_account.map(account).into_iter().collect(),
            guardians: row.guardian_name.into_iter().collect(),
        });
    }
    let invoices = queue::invoices(&school.store, school.id).unwrap();
    let invoices = invoices.into_iter().zip(1..).map(|(view, id)| {
        let standing = match view.state {
            InvoiceState::Cancelled => InvoiceStanding::Cancelled,
            InvoiceState::Open | InvoiceState::PartlyPaid => InvoiceStanding::Open,
            _ => InvoiceStanding::Paid,
        };
        let open = view.net.checked_sub(view.paid).unwrap();
        InvoiceFacts {
            id: InvoiceId(id),
            student: ids[&view.student_code],
            code: view.code,
            open: if standing == InvoiceStanding::Open { open } else { Vnd::ZERO },
            standing,
            due_on: view.due_on,
            round: None,
        }
    });
    Book::new(facts, invoices.collect(), Vec::new(), Policy::default())
}

/// A file as `reconcile` reads it.
fn read(name: &str, bytes: &[u8]) -> StatementFile {
    let content = file_of(bytes);
    let file = Intake { content: &content, columns: None, progress: &|_| () };
    let (mut contents, _) = intake::read(&reader(), file, Vec::new()).unwrap();
    assert!(contents.reading.accepted() && contents.reading.container.is_none(), "{name}");
    let (mut statements, mut entries) = (Vec::new(), Vec::new());
    contents
        .replay(&mut |event| {
            match event {
                Event::Entry(entry) => entries.push(entry),
                Event::Statement(header) => {
                    statements.push((header, std::mem::take(&mut entries)));
                }
            }
            ControlFlow::Continue(())
        })
        .unwrap();
    let format = contents.reading.format.as_deref().unwrap();
    StatementFile {
        name: name.to_owned(),
        source: source_kind(format, contents.reading.layout.as_deref()),
        first_statement: 0,
        statements,
    }
}

/// A decision without words and without numbers of rows.
pub fn plainly(decision: &Decision) -> String {
    let shares = |shares: &[Share]| -> Vec<String> {
        shares.iter().map(|share| format!("{}={}", share.code, share.amount)).collect()
    };
    let reasons = |reasons: &[Reason]| -> Vec<String> {
        reasons.iter().map(|reason| format!("{}{:?}", reason.code, reason.at)).collect()
    };
    let proposals: Vec<_> = decision
        .proposals
        .iter()
        .map(|one| (shares(&one.allocations), one.credit, reasons(&one.reasons)))
        .collect();
    let rival =
        decision.rival.as_ref().map(|one| (shares(&one.allocations), reasons(&one.reasons)));
    format!(
        "{:?} {} {:?} left {} because {:?}\n    proposals {proposals:?}\n    rival {rival:?}",
        decision.kind,
        decision.rule,
        shares(&decision.allocations),
        decision.unallocated,
        reasons(&decision.reasons),
    )
}

/// What `reconcile` decides about each payment of the files.
fn in_memory(book: &mut Book, files: &[StatementFile]) -> Vec<String> {
    let mut told: Vec<String> = reconcile(book, files)
        .into_iter()
        .filter_map(|line| {
            let (_, entries) = &files[line.place.file].statements[line.place.statement];
            let entry = &entries[line.place.entry];
            let payment = entry.status == EntryStatus::Booked
                && line.decision.kind != DecisionKind::Duplicate;
            payment.then(|| {
                let text = squeeze(entry.remittance.as_deref().unwrap_or_default());
                let (day, direction) = (entry.booking_date, entry.credit_debit.as_str());
                let said = plainly(&line.decision);
                format!("{day} {direction} {} {text}\n    {said}", entry.amount.normalize())
            })
        })
        .collect();
    told.sort();
    told
}

/// What stands at the school.
fn in_books(school: &School) -> Vec<String> {
    let mut told: Vec<String> = school
        .payments()
        .into_iter()
        .filter(|view| view.state.decided_by == "machine")
        .map(|view| {
            let text = squeeze(view.remittance.as_deref().unwrap_or_default());
            let decision: Decision = serde_json::from_value(view.explanation).unwrap();
            let said = plainly(&decision);
            format!(
                "{} {} {} {text}\n    {said}",
                view.booking_date, view.credit_debit, view.state.amount
            )
        })
        .collect();
    told.sort();
    told
}

/// Takes the files in and compares. Shows what differs, not all that there is.
fn compare(school: &School, students: &[u8], files: &[(String, Vec<u8>)], least: usize) {
    let mut book = book(school, students);
    let read: Vec<StatementFile> = files.iter().map(|(name, bytes)| read(name, bytes)).collect();
    for (name, bytes) in files {
        school.statement(name, bytes);
    }
    let (memory, books) = (in_memory(&mut book, &read), in_books(school));
    let only = |these: &[String], those: &[String]| -> Vec<String> {
        these.iter().filter(|one| !those.contains(one)).cloned().collect()
    };
    let (only_memory, only_books) = (only(&memory, &books), only(&books, &memory));
    assert!(
        only_memory.is_empty() && only_books.is_empty() && memory.len() == books.len(),
        "{} and {} decisions\nonly reconcile:\n{}\nonly the service:\n{}",
        memory.len(),
        books.len(),
        only_memory.join("\n"),
        only_books.join("\n")
    );
    assert!(memory.len() >= least, "only {} payments were compared", memory.len());
    school.verify();
}

/// A school of the made-up province with its lists and its cash.
fn settle_in(school: &School, spec: &SchoolSpec) {
    let School { store, clock, actor, id, .. } = school;
    let students = intake::list(&reader(), &spec.students_file.bytes).unwrap();
    assert_eq!(import_students::run(store, clock, actor, *id, &students).unwrap().bad, vec![]);
    for file in &spec.invoice_files {
        let list = intake::list(&reader(), &file.bytes).unwrap();
        let prefixes = [Prefix::DEFAULT];
        let taken = import_invoices::run(store, clock, actor, *id, &prefixes, &list).unwrap();
        assert_eq!(taken.bad, vec![]);
    }
    for voucher in &spec.cash {
        let new = NewCash {
            allocations: vec![(voucher.payment_code.clone(), voucher.amount)],
            payer: voucher.payer.clone(),
            received_on: voucher.day,
            note: None,
            request_key: None,
        };
        cash::record(store, clock, actor, *id, &new).unwrap();
    }
}

#[test]
fn each_school_of_the_province_is_decided_alike_in_memory_and_in_the_books() {
    let world = world::build(20_261_101).unwrap();
    for_each_backend(|db| {
        let first = School::create(db);
        for spec in &world.schools {
            // Shown only when the test fails: says at which school.
            println!("{}", spec.code);
            let school = School::add(first.store.clone(), &spec.code, &spec.account.number);
            settle_in(&school, spec);
            let files: Vec<(String, Vec<u8>)> = spec
                .statement_files
                .iter()
                .map(|one| (one.file.name.clone(), one.file.bytes.clone()))
                .collect();
            compare(&school, &spec.students_file.bytes, &files, 1);
        }
    });
}

/// Two families and two pupils by themselves; one has a virtual account.
const STUDENTS: &str = "Mã học sinh;Họ và tên;Lớp;Mã gia đình;Tài khoản ảo\n\
    HS0;Nguyễn Thị Hồng Hạnh;6A1;F1;\nHS1;Nguyễn Minh Khôi;7A2;F1;\nHS2;Trần Gia Bảo;6A1;F2;\n\
    HS3;Lê Văn Thành Nam;8A1;F3;\nHS4;Phạm Ngọc Ánh;8A1;F4;9624000000045\n\
    HS5;Vũ Đức Minh Quân;9A2;F5;\nHS6;Vũ Thị Bảo Châu;6A3;F5;\nHS7;Đỗ Hoàng Long;9A2;F6;\n";

/// What each of them owes, in the order of [`STUDENTS`].
const DUES: [i64; 8] =
    [1_250_000, 1_000_000, 1_250_000, 900_000, 750_000, 600_000, 600_000, 480_000];

/// A code with one of its last letters slipped, and with two.
fn slipped(serial: usize, slips: usize) -> String {
    let mut letters = code(serial).into_bytes();
    let last = letters.len() - 1;
    for at in [last - 2, last].into_iter().take(slips) {
        letters[at] = if letters[at] == b'2' { b'4' } else { b'2' };
    }
    String::from_utf8(letters).unwrap()
}

#[test]
fn what_is_hard_to_decide_is_decided_alike_too() {
    let name = |serial: usize, more: &str| format!("{} {more}", code(serial));
    let texts: [(&str, i64, String); 24] = [
        ("2026-11-02", 1_250_000, format!("{} hong hanh 6a1", slipped(0, 1))),
        ("2026-11-02", 1_250_000, slipped(2, 1)),
        ("2026-11-02", 480_000, format!("{} do hoang long", slipped(7, 2))),
        ("2026-11-03", 500_000, name(1, "nop truoc")),
        // Two parts of one invoice on one day, more than what is open.
        ("2026-11-04", 400_000, name(1, "minh khoi lan hai")),
        ("2026-11-04", 300_000, name(1, "me khoi nop")),
        ("2026-11-04", 900_000, "nguyen minh khoi 7a2".to_owned()),
        ("2026-11-05", 1_200_000, name(5, "hai chi em")),
        ("2026-11-05", 600_000, name(6, "bao chau")),
        // Of a cancelled invoice, and of one paid in cash.
        ("2026-11-06", 900_000, name(3, "le van thanh nam")),
        ("2026-11-06", 480_000, name(7, "hoang long")),
        // Twins.
        ("2026-11-07", 250_000, name(2, "gia bao")),
        ("2026-11-07", 250_000, name(2, "gia bao")),
        // One pupil's code and another one's name and amount.
        ("2026-11-08", 1_250_000, format!("{} tran gia bao 6a1", code(1))),
        ("2026-11-09", 750_000, "9624000000045 nop hoc phi".to_owned()),
        ("2026-11-10", 100_000, name(2, "nop them")),
        ("2026-11-12", -100_000, format!("HOAN TRA {} nop them", code(2))),
        ("2026-11-12", -22_000, "Phi quan ly tai khoan".to_owned()),
        ("2026-11-13", 2_250_000, format!("{}{}", code(0), code(1))),
        ("2026-11-13", 60_000, code(0)[..7].to_owned()),
        ("2026-11-14", 750_000, "9624000000045 lan nua".to_owned()),
        ("2026-11-14", 3_000, "Lai tien gui".to_owned()),
        ("2026-11-14", 700_000, "nop tien mat hoc phi lop 6a1".to_owned()),
        ("2026-11-15", 1_250_000, "chuyen tien".to_owned()),
    ];
    for_each_backend(|db| {
        let school = School::create(db);
        assert_eq!(school.students(STUDENTS).bad, vec![]);
        let mut list = String::from("Mã thanh toán;Mã học sinh;Họ và tên;Lớp;Còn phải thu\n");
        for (serial, due) in DUES.iter().enumerate() {
            writeln!(list, "{};HS{serial};;;{due}", code(serial)).unwrap();
        }
        assert_eq!(school.invoices(&list).bad, vec![]);
        let School { store, clock, actor, id, .. } = &school;
        let withdrawn = code(3);
        let withdrawn = (*id, withdrawn.as_str());
        cancel::run(store, clock, actor, withdrawn, InvoiceEvent::Cancel, "nhập nhầm").unwrap();
        let new = NewCash {
            allocations: vec![(code(7), Vnd::new(DUES[7]))],
            payer: "Người nộp mẫu".to_owned(),
            received_on: "2026-11-03".parse().unwrap(),
            note: None,
            request_key: None,
        };
        cash::record(store, clock, actor, *id, &new).unwrap();
        let references: Vec<String> =
            (0..texts.len()).map(|number| format!("FT26{number:09}")).collect();
        let lines: Vec<Line<'_>> = texts
            .iter()
            .zip(&references)
            .map(|((day, dong, text), reference)| (*day, *dong, reference.as_str(), text.as_str()))
            .collect();
        let before = |count: usize| lines[..count].iter().map(|line| line.1).sum::<i64>();
        let files = [
            ("a.csv".to_owned(), csv(0, &lines[..13])),
            ("b.sta".to_owned(), mt940(before(7), &lines[7..20])),
            ("c.csv".to_owned(), csv(before(11), &lines[11..])),
        ];
        compare(&school, STUDENTS.as_bytes(), &files, texts.len());
    });
}
