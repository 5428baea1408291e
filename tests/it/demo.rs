//! Schools of the made-up province, through the real doors, judged by what each payment really was.

use std::cell::RefCell;
use std::collections::HashMap;

use doisoat::demo::truth::Truth;
use doisoat::demo::world;
use doisoat::domain::payment_code::Prefix;
use doisoat::service::cash::{self, NewCash};
use doisoat::service::{import_invoices, import_students, intake, queue};

use crate::support::for_each_backend;
use crate::support::program::run;
use crate::support::school::{School, reader};

/// The school whose statements come as MT940 and, for one week, as a spreadsheet too; and one that
/// gets camt.053 and XLSX.
const JUDGED: [usize; 2] = [0, 4];

#[test]
fn nothing_wrong_is_settled_and_the_books_hold_on_every_database() {
    let world = world::build(20_261_101).unwrap();
    let states: RefCell<Vec<Vec<Vec<String>>>> = RefCell::default();
    for_each_backend(|db| {
        let mut of_backend = Vec::new();
        let first = School::create(db);
        for index in JUDGED {
            let spec = &world.schools[index];
            let school = School::add(first.store.clone(), &spec.code, &spec.account.number);
            let (store, clock, actor) = (&school.store, &school.clock, &school.actor);
            let students = intake::list(&reader(), &spec.students_file.bytes).unwrap();
            let taken = import_students::run(store, clock, actor, school.id, &students).unwrap();
            assert_eq!(taken.bad, vec![]);
            for file in &spec.invoice_files {
                let prefixes = [Prefix::DEFAULT];
                let id = school.id;
                let list = intake::list(&reader(), &file.bytes).unwrap();
                let taken =
                    import_invoices::run(store, clock, actor, id, &prefixes, &list).unwrap();
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
                cash::record(store, clock, actor, school.id, &new).unwrap();
            }
            let mut payments = 0;
            for file in &spec.statement_files {
                payments += school.statement(&file.file.name, &file.file.bytes).1.payments;
            }
            let truths: Vec<&Truth> =
                world.truth.iter().filter(|truth| truth.school_code == spec.code).collect();
            assert_eq!(payments, u64::try_from(truths.len()).unwrap(), "{}: each once", spec.code);
            judge(&school, &truths);
            of_backend.push(school.state());
        }
        first.verify();
        states.borrow_mut().push(of_backend);
    });
    let states = states.into_inner();
    assert!(states.windows(2).all(|pair| pair[0] == pair[1]), "both databases end the same");
}

/// Every settled share must be one that the payment was really meant for.
fn judge(school: &School, truths: &[&Truth]) {
    let mut by_content: HashMap<(String, i64, String), Vec<&Truth>> = HashMap::new();
    for truth in truths {
        let text = squeeze(&truth.remittance);
        let key = (truth.booking_date.to_string(), truth.amount.dong(), text);
        by_content.entry(key).or_default().push(truth);
    }
    let mut settled = 0;
    let mut wrong = Vec::new();
    for view in school.payments() {
        if view.state.decision != "settled" || view.state.decided_by != "machine" {
            continue;
        }
        let text = squeeze(view.remittance.as_deref().unwrap_or_default());
        let key = (view.booking_date.to_string(), view.state.amount.dong(), text);
        let meant = by_content.get(&key).unwrap_or_else(|| panic!("no such movement: {key:?}"));
        for share in view.explanation["allocations"].as_array().unwrap() {
            let code = share["code"].as_str().unwrap();
            let amount = doisoat::domain::money::Vnd::new(share["amount"].as_i64().unwrap());
            settled += 1;
            if !meant.iter().any(|truth| truth.allows(code, amount)) {
                wrong.push((key.clone(), code.to_owned()));
            }
        }
    }
    assert_eq!(wrong, vec![], "settled for the wrong invoice");
    assert!(settled > truths.len() / 2, "only {settled} of {} were settled", truths.len());
    assert!(queue::invoices(&school.store, school.id).unwrap().iter().all(|i| i.paid <= i.net));
}

fn squeeze(text: &str) -> String {
    doisoat::domain::text::squeeze(text)
}

#[test]
fn made_up_schools_never_come_among_real_ones() {
    for_each_backend(|db| {
        School::create(db);
        let folder = tempfile::TempDir::new().unwrap();
        let dir = folder.path().to_str().unwrap();
        let said = run(["demo", "--no-serve", "--dir", dir, "--on", &db.url]);
        assert_eq!(said.status, 1, "{} {}", said.out, said.err);
        assert!(said.err.contains("đã có trường"), "{}", said.err);
        let schools = db.number("SELECT COUNT(*) AS value FROM schools");
        assert_eq!(schools, 1);
    });
}
