//! Every statement fixture gives the same by `inspect --json`, by upload and by `import`.

use std::path::{Path, PathBuf};

use doisoat::service::directory::{self, NewBankAccount, NewSchool};
use doisoat::service::{Store, keys, queue};
use serde_json::{Value, json};

use crate::support::program::run;
use crate::support::server::Server;
use crate::support::{TestDb, for_each_backend};
use doisoat::clock::FixedClock;
use doisoat::domain::access::Role;
use doisoat::domain::matching::facts::Policy;
use doisoat::ids::CountingIds;
use doisoat::service::Actor;
use doisoat::service::keys::Reach;

use crate::support::school::now;

fn fixtures() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/statements");
    let mut found = Vec::new();
    for folder in [folder.clone(), folder.join("broken")] {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_file() && path.extension().is_none_or(|extension| extension != "md") {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

/// What `inspect --json` says.
fn inspected(path: &Path) -> Value {
    let told = run(["inspect".as_ref(), "--json".as_ref(), path.as_os_str()]);
    serde_json::from_str(&told.out).unwrap()
}

/// A school for one fixture, with the accounts that the fixture names.
fn school_for(store: &Store, number: usize, accounts: &[String]) -> (String, Vec<String>) {
    let (clock, actor) = (FixedClock::at(now()), Actor::named("test"));
    let code = format!("F{number:03}");
    let new = NewSchool {
        code: code.clone(),
        name: format!("Trường {number} (dữ liệu mẫu)"),
        level: String::new(),
        policy: Policy::default(),
    };
    directory::add_school(store, &clock, &actor, &new).unwrap();
    let mut added = Vec::new();
    for account in accounts {
        let new = NewBankAccount {
            bin: format!("{:06}", 100_000 + number),
            number: account.clone(),
            holder: "TRUONG MAU".to_owned(),
        };
        directory::add_bank_account(store, &clock, &actor, &code, &new).unwrap();
        added.push(account.clone());
    }
    (code, added)
}

/// The accounts a reading names, or one where it names none.
fn accounts(reading: &Value) -> Vec<String> {
    let mut named: Vec<String> = reading["statements"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|statement| statement["account"].as_str())
        .map(directory::account_number)
        .collect();
    named.sort();
    named.dedup();
    if named.is_empty() {
        named.push("1017000001".to_owned());
    }
    named
}

/// Of each statement of a reading: account, balances, number of entries, and the sums of what is
/// booked.
fn summary(reading: &Value) -> Vec<Value> {
    let dong = |text: &Value| text.as_str().map(|text| text.parse::<i64>().unwrap());
    let statements = reading["statements"].as_array().unwrap();
    let sum = |entries: &[Value], direction: &str| -> i64 {
        entries
            .iter()
            .filter(|entry| entry["status"] == "booked" && entry["credit_debit"] == direction)
            .map(|entry| dong(&entry["amount"]).unwrap())
            .sum()
    };
    statements
        .iter()
        .map(|statement| {
            let entries = statement["entries"].as_array().unwrap();
            json!({
                "opening": dong(&statement["opening"]["amount"]),
                "closing": dong(&statement["closing"]["amount"]),
                "entries": entries.len(),
                "credits": sum(entries, "credit"),
                "debits": sum(entries, "debit"),
            })
        })
        .collect()
}

/// The same of a plan.
fn planned(plan: &Value) -> Vec<Value> {
    plan["statements"]
        .as_array()
        .unwrap()
        .iter()
        .map(|statement| {
            let mut kept = json!({});
            for key in ["opening", "closing", "entries", "credits", "debits"] {
                kept[key] = statement[key].clone();
            }
            kept
        })
        .collect()
}

fn codes(notes: &Value) -> Vec<String> {
    notes.as_array().unwrap().iter().map(|note| note["code"].as_str().unwrap().to_owned()).collect()
}

/// Whether importing must refuse what reading accepts: the books are in đồng and must add up.
fn import_refuses(reading: &Value) -> bool {
    let foreign = reading["statements"].as_array().unwrap().iter().any(|statement| {
        statement["currency"].as_str().is_some_and(|currency| currency != "VND")
            || statement["entries"].as_array().unwrap().iter().any(|entry| {
                entry["currency"] != "VND" || entry["amount"].as_str().unwrap().contains('.')
            })
    });
    foreign || codes(&reading["warnings"]).iter().any(|code| code == "closing_balance_mismatch")
}

#[test]
fn a_file_is_the_same_by_every_door() {
    let read: Vec<(PathBuf, Value)> =
        fixtures().into_iter().map(|path| (path.clone(), inspected(&path))).collect();
    assert!(read.len() > 60, "only {} fixtures", read.len());
    let accepted = read.iter().filter(|(_, reading)| reading["outcome"] == "accepted").count();
    assert!(accepted > 30, "only {accepted} are accepted");
    for_each_backend(|db| {
        let by_command = TestDb::create(db.backend);
        let (here, there) = (open(db), open(&by_command));
        let (clock, ids) = (FixedClock::at(now()), CountingIds::new());
        let actor = Actor::named("test");
        let admin = keys::create(
            &here,
            (&clock, &ids),
            &actor,
            "a",
            Role::Administrator,
            &Reach::Everything,
        );
        let admin = admin.unwrap().1;
        let server = Server::start(db, here.clone());
        for (number, (path, reading)) in read.iter().enumerate() {
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            let named = accounts(reading);
            let (code, _) = school_for(&here, number, &named);
            school_for(&there, number, &named);
            let target = format!("/api/v1/schools/{code}/statements");
            let upload = server
                .post(&format!("{target}?file_name={name}"))
                .key(&admin)
                .once(&format!("plan-{number}"))
                .bytes(&std::fs::read(path).unwrap())
                .send();
            let said = run([
                "import".as_ref(),
                "statement".as_ref(),
                "--database".as_ref(),
                by_command.url.as_ref(),
                "--school".as_ref(),
                code.as_ref(),
                path.as_os_str(),
            ]);
            if reading["outcome"] == "rejected" {
                assert_eq!((upload.status, said.status), (422, 1), "{name}: {}", said.err);
                assert_eq!(codes(&upload.json()["errors"]), codes(&reading["errors"]), "{name}");
                for code in codes(&reading["errors"]) {
                    assert!(
                        said.err.contains(&format!("[{code}]")),
                        "{name}: {code}: {}",
                        said.err
                    );
                }
            } else if import_refuses(reading) {
                assert_eq!((upload.status, said.status), (422, 1), "{name}: {}", upload.text());
                let first = codes(&upload.json()["errors"]).remove(0);
                assert!(said.err.contains(&format!("[{first}]")), "{name}: {first}: {}", said.err);
            } else {
                assert_eq!(
                    (upload.status, said.status),
                    (201, 0),
                    "{name}: {} {}",
                    upload.text(),
                    said.err
                );
                let plan = upload.json();
                assert_eq!(planned(&plan), summary(reading), "{name}");
                assert_eq!(plan["format"], reading["format"], "{name}");
                assert_eq!(plan["layout"], reading["layout"], "{name}");
                assert_eq!(codes(&plan["warnings"]), codes(&reading["warnings"]), "{name}");
                let commit = format!("{target}/{}/commit", plan["id"]);
                let done =
                    server.post(&commit).key(&admin).once(&format!("commit-{number}")).send();
                assert_eq!(done.status, 200, "{name}: {}", done.text());
                assert_eq!(payments(&here, &code), payments(&there, &code), "{name}");
            }
        }
    });
}

fn open(db: &TestDb) -> Store {
    let store = Store::open(&db.url, 4, 30_000).unwrap();
    doisoat::service::database::migrate(&store).unwrap();
    store
}

/// A school's payments without their numbers.
fn payments(store: &Store, school: &str) -> Vec<String> {
    let id = directory::find_school(store, school).unwrap().id;
    let (found, _) = queue::payments_page(store, id, None, None, 100_000).unwrap();
    found
        .iter()
        .map(|one| {
            format!(
                "{} {} {} {} {:?} {}",
                one.booking_date,
                one.credit_debit,
                one.state.amount,
                one.channel,
                one.remittance,
                one.state.decision
            )
        })
        .collect()
}
