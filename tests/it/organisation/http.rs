//! The same over HTTP, for each key.

use serde_json::json;

use crate::support::client::Request;
use crate::support::for_each_backend;
use crate::support::server::{HERE, Town};

#[test]
fn over_http_each_key_sees_and_changes_what_is_its_own() {
    for_each_backend(|db| {
        let town = Town::create(db).with_invoices();
        for (why, key, target, status) in [
            ("an admin lists all", &town.admin, "/api/v1/authorities".to_owned(), 200),
            ("an authority its own", &town.authority, "/api/v1/authorities".to_owned(), 200),
            ("a school's key none", &town.reader, "/api/v1/authorities".to_owned(), 403),
            ("itself", &town.authority, "/api/v1/authorities/PHONG-MAU".to_owned(), 200),
            ("not another", &town.authority, "/api/v1/authorities/PHONG-KHAC".to_owned(), 404),
            ("nor nobody", &town.authority, "/api/v1/authorities/KHONG-CO".to_owned(), 404),
            (
                "an admin any",
                &town.admin,
                "/api/v1/authorities/PHONG-KHAC?on=2026-01-01".to_owned(),
                200,
            ),
            ("a day that is none", &town.admin, "/api/v1/authorities?on=hom-nay".to_owned(), 400),
            ("a school by its reader", &town.reader, format!("/api/v1/schools/{HERE}"), 200),
            (
                "accounts by its reader",
                &town.reader,
                format!("/api/v1/schools/{HERE}/bank-accounts"),
                200,
            ),
            (
                "virtual ones too",
                &town.reader,
                format!("/api/v1/schools/{HERE}/virtual-accounts?student=HS01"),
                200,
            ),
            (
                "of no student",
                &town.reader,
                format!("/api/v1/schools/{HERE}/virtual-accounts?student=HS99"),
                404,
            ),
            (
                "not by an authority",
                &town.authority,
                format!("/api/v1/schools/{HERE}/bank-accounts"),
                403,
            ),
        ] {
            let answer = town.server.get(&target).key(key).send();
            assert_eq!(answer.status, status, "{why}: {target}: {}", answer.text());
        }
        let listed = town.server.get("/api/v1/authorities").key(&town.authority).send().json();
        assert_eq!(listed.as_array().unwrap().len(), 1);
        assert_eq!((&listed[0]["code"], &listed[0]["depth"]), (&json!("PHONG-MAU"), &json!(0)));

        let here = |below: &str| format!("/api/v1/schools/{HERE}/{below}");
        let account = json!({ "bin": "970418", "number": "311000000002", "holder": "TRUONG MAU", "from": "2026-11-01" });
        let student = json!({ "student_code": "HS01", "number": "VQR1" });
        let authority =
            json!({ "code": "XA-1", "name": "Xã Mẫu", "kind": "commune", "parent": "PHONG-MAU" });
        let place = json!({ "authority": "PHONG-KHAC", "from": "2026-11-01" });
        let alias = json!({ "code": "THCS-CU", "to": "2020-12-31" });
        let satellite = json!({ "code": "DT1", "name": "Điểm trường Mẫu" });
        let posts = [
            ("/api/v1/authorities".to_owned(), &authority, 201),
            (here("bank-accounts"), &account, 201),
            (here("virtual-accounts"), &student, 201),
            (here("placements"), &place, 200),
            (here("aliases"), &alias, 200),
            (here("satellites"), &satellite, 200),
        ];
        let patches = [
            ("/api/v1/authorities/XA-1".to_owned(), json!({ "change": "end", "on": "2026-12-31" })),
            (
                format!("/api/v1/schools/{HERE}"),
                json!({ "levels": ["primary", "lower_secondary"] }),
            ),
            (format!("/api/v1/schools/{HERE}"), json!({ "ownership": "public" })),
            (here("bank-accounts/1"), json!({ "to": "2026-12-31" })),
            (here("virtual-accounts/1"), json!({ "to": "2026-12-31" })),
        ];
        let patch = |target: &str| Request::new(town.server.address, "PATCH", target);
        let before = db.row_counts();
        for key in [&town.reader, &town.accountant, &town.authority] {
            for (target, body, _) in &posts {
                let answer = town.server.post(target).key(key).once("a").json(body).send();
                assert_eq!(answer.outcome(), (403, "key_not_sufficient".to_owned()), "{target}");
            }
            for (target, body) in &patches {
                let answer = patch(target).key(key).json(body).send();
                assert_eq!(answer.outcome(), (403, "key_not_sufficient".to_owned()), "{target}");
            }
        }
        assert_eq!(db.row_counts(), before);
        for (index, (target, body, status)) in posts.iter().enumerate() {
            let send = || {
                let key = format!("khoa-{index}");
                town.server.post(target).key(&town.admin).once(&key).json(body).send()
            };
            let (first, again) = (send(), send());
            assert_eq!(first.status, *status, "{target}: {}", first.text());
            assert_eq!((again.status, again.text()), (first.status, first.text()), "{target}");
        }
        let accounts = town.get("bank-accounts").send().json();
        let id = accounts[1]["id"].as_i64().unwrap();
        assert_eq!(accounts[1]["offered"], true);
        let virtual_id = town.get("virtual-accounts").send().json()[0]["id"].as_i64().unwrap();
        for (target, body) in patches {
            let target = target
                .replace("bank-accounts/1", &format!("bank-accounts/{id}"))
                .replace("virtual-accounts/1", &format!("virtual-accounts/{virtual_id}"));
            let send = || patch(&target).key(&town.admin).json(&body).send();
            assert_eq!(send().json()["changed"], true, "{target}");
            assert_eq!(send().json()["changed"], false, "{target}: said twice");
        }
        // The school by its old code, and where it is now.
        let shown = town.server.get("/api/v1/schools/THCS-CU").key(&town.reader).send().json();
        assert_eq!(
            (&shown["code"], &shown["levels"]),
            (&json!(HERE), &json!(["primary", "lower_secondary"]))
        );
        let invoices = town.server.get("/api/v1/schools/THCS-CU/invoices").key(&town.reader).send();
        assert_eq!(invoices.status, 200);
        let report = |key: &str, of: &str, days: &str| {
            let target = format!("/api/v1/reports/cashless?{of}&{days}");
            town.server.get(&target).key(key).send()
        };
        let november = "from=2026-11-01&to=2026-11-30";
        let october = "from=2026-10-01&to=2026-10-31";
        assert_eq!(report(&town.authority, "school=THCS-CU", november).status, 404, "it has left");
        assert_eq!(
            report(&town.authority, "school=THCS-CU", october).status,
            200,
            "its time stays"
        );
        let end = json!({ "change": "end", "on": "2026-10-31", "followed_by": ["PHONG-KHAC"] });
        let ended =
            patch("/api/v1/authorities/PHONG-MAU").key(&town.admin).json(&end).send().json();
        assert_eq!(ended["changed"], true);
        let answer = report(&town.authority, "authority=PHONG-MAU", november);
        assert_eq!(answer.outcome(), (422, "authority_ended".to_owned()), "{}", answer.text());
        let circle = json!({ "change": "move", "parent": "XA-1", "from": "2026-10-01" });
        let answer = patch("/api/v1/authorities/PHONG-MAU").key(&town.admin).json(&circle).send();
        assert_eq!(answer.outcome(), (422, "authority_circle".to_owned()));
        town.school.verify();
    });
}
