//! Why somebody need not pay is for few to read: no answer to others, no audit record, no output says it.

use serde_json::json;

use doisoat::domain::access::Role;
use doisoat::service::keys::Reach;

use crate::support::for_each_backend;
use crate::support::program::run;
use crate::support::school::School;
use crate::support::server::{HERE, Town};

/// A ground and a document that stand nowhere else.
const GROUND: &str = "Hộ nghèo mẫu XYZ";
const DOCUMENT: &str = "QĐ-BÍ-MẬT-77";

#[test]
fn grounds_are_answered_to_those_who_may_know_and_kept_nowhere_else() {
    for_each_backend(|db| {
        let town = Town::create(db).with_invoices();
        let list = format!(
            "student_code;ground;document;percent;from\nHS01;{GROUND};{DOCUMENT};70;01/09/2026\n"
        );
        let sent = town.post("exemptions").once("a").bytes(list.as_bytes()).send();
        assert_eq!(sent.json(), json!({ "added": 1, "updated": 0, "unchanged": 0, "bad": [] }));
        let other = format!("student_code;ground;percent;from\nHS01;{GROUND} 2;50;01/10/2026\n");
        let refused = town.post("exemptions").once("b").bytes(other.as_bytes()).send();
        assert_eq!(refused.json()["bad"][0]["code"], "exemptions_overlap");
        let target = format!("/api/v1/schools/{HERE}/exemptions");
        let ask = |key: &str| town.server.get(&target).key(key).send();
        let id = ask(&town.admin).json()[0]["id"].clone();
        let cashier = town.key(Role::Cashier, &Reach::School(HERE.to_owned()));
        let expected = json!([{
            "id": id, "student_code": "HS01", "fee_item": null, "percent": 70,
            "from": "2026-09-01", "to": null,
        }]);
        assert_eq!(ask(&cashier).json(), expected, "who takes cash need not know why");
        for (who, key) in [("who records it", &town.accountant), ("an administrator", &town.admin)]
        {
            let told = ask(key).json();
            let told = (&told[0]["ground"], &told[0]["document"]);
            assert_eq!(told, (&json!(GROUND), &json!(DOCUMENT)), "{who}");
        }
        let end = town.post(&format!("exemptions/{id}/end")).once("c");
        let ended = end.json(&json!({ "last": "2026-12-31" })).send();
        assert_eq!(ended.json(), json!({ "last": "2026-12-31" }));

        let mut kept: Vec<String> = db.words("SELECT detail AS value FROM audit_records");
        assert!(
            kept.iter().any(|detail| detail.contains("\"ids\"")),
            "the import is in the audit log"
        );
        kept.extend(db.words("SELECT COALESCE(body, '') AS value FROM idempotency_keys"));
        kept.push(refused.text());
        for text in kept {
            assert!(!text.contains("Hộ nghèo") && !text.contains("BÍ-MẬT"), "{text}");
        }
    });
}

#[test]
fn the_program_prints_grounds_only_where_they_are_asked_for() {
    for_each_backend(|db| {
        let school = School::create(db);
        assert_eq!(school.students(super::STUDENTS).bad, vec![]);
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("mien-giam.csv");
        let list = format!(
            "student_code;ground;document;percent;from\nHS01;{GROUND};{DOCUMENT};70;01/09/2026\nHS01;{GROUND};;50;01/10/2026\n"
        );
        std::fs::write(&file, list).unwrap();
        let file = file.to_str().unwrap();
        let command = |arguments: &[&str]| {
            run([&["--database", db.url.as_str(), "--lang", "en"][..], arguments].concat())
        };
        let school = ["--school", "THCS-MAU"];
        let taken = command(&[&["import", "exemptions", file][..], &school].concat());
        assert_eq!(taken.status, 1, "{taken:?}");
        assert!(taken.out.contains("added 1 ") && taken.err.contains("[exemptions_overlap]"));
        let list = ["exemption", "list"];
        let plain = command(&[&list[..], &school].concat());
        assert_eq!(plain.status, 0, "{plain:?}");
        assert!(plain.out.contains("HS01") && plain.out.contains("70 %"), "{plain:?}");
        let json = command(&[&list[..], &school, &["--json"]].concat());
        for said in [&taken, &plain, &json] {
            assert!(!format!("{said:?}").contains("nghèo"), "{said:?}");
        }
        let asked = command(&[&list[..], &school, &["--grounds"]].concat());
        assert!(asked.out.contains(GROUND) && asked.out.contains(DOCUMENT), "{asked:?}");
    });
}
