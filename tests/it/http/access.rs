//! Who gets in, and how far.

use serde_json::json;

use super::document::operations;
use crate::support::client::{Answer, Request};
use crate::support::for_each_backend;
use crate::support::school::csv;
use crate::support::server::{HERE, THERE, Town};

/// The address of an operation for the school `HERE`.
fn filled_in(path: &str) -> String {
    path.replace("{school}", HERE)
        .replace("{authority}", "PHONG-MAU")
        .replace("{id}", "1")
        .replace("{code}", "HPQ6XPNK7")
        .replace("{month}", "2026-10")
        .replace("{version}", "7")
        .replace("{kind}", "collections")
}

#[test]
fn nothing_is_open_without_a_live_key() {
    for_each_backend(|db| {
        let town = Town::create(db);
        let document = town.server.get("/api/v1/openapi.json").send().json();
        let closed: Vec<(String, String)> = operations(&document)
            .into_iter()
            .filter(|(_, path, _)| !["/healthz", "/readyz"].contains(&path.as_str()))
            .map(|(method, path, _)| (method, filled_in(&path)))
            .collect();
        for (method, target) in closed {
            for (why, authorization) in [
                ("no key", None),
                ("a key nobody was given", Some("Bearer dsk_0000".to_owned())),
                ("a revoked key", Some(format!("Bearer {}", town.revoked))),
                ("the hash of nothing", Some("Bearer ".to_owned())),
                ("a scheme we do not know", Some(format!("Digest {}", town.admin))),
                ("Basic that is not Base64", Some("Basic !!!".to_owned())),
            ] {
                let mut request = Request::new(town.server.address, &method, &target)
                    .once("a")
                    .bytes(b"{ not even JSON");
                if let Some(value) = &authorization {
                    request = request.header("Authorization", value);
                }
                let answer = request.send();
                let place = format!("{why}: {method} {target}");
                assert_eq!(answer.outcome(), (401, "key_needed".to_owned()), "{place}");
                assert!(answer.header("www-authenticate").is_some(), "{place}");
            }
        }
    });
}

#[test]
fn a_key_also_comes_as_the_password_of_http_basic() {
    use base64::Engine as _;
    for_each_backend(|db| {
        let town = Town::create(db);
        let login = format!("bất kỳ:{}", town.reader);
        let login = base64::engine::general_purpose::STANDARD.encode(login);
        let list = town.server.get("/api/v1/schools");
        let list = list.header("Authorization", &format!("Basic {login}")).send();
        assert_eq!(list.outcome(), (200, "-".to_owned()));
    });
}

#[test]
fn each_key_reaches_what_it_was_made_for_and_nothing_else() {
    for_each_backend(|db| {
        let town = Town::create(db).with_invoices();
        let report =
            |of: &str| format!("/api/v1/reports/cashless?{of}&from=2026-11-01&to=2026-11-30");
        let under = |school: &str, what: &str| format!("/api/v1/schools/{school}/{what}");
        for (why, key, target, status, code) in [
            ("a reader reads", &town.reader, under(HERE, "payments"), 200, "-"),
            ("a reader sees invoices", &town.reader, under(HERE, "invoices"), 200, "-"),
            ("its own figures", &town.reader, report("school=THCS-MAU"), 200, "-"),
            (
                "not those of another school",
                &town.reader,
                report("school=THCS-KHAC"),
                404,
                "school_not_found",
            ),
            (
                "nor those of an authority",
                &town.reader,
                report("authority=PHONG-MAU"),
                403,
                "key_not_sufficient",
            ),
            (
                "nor whether there is such an authority",
                &town.reader,
                report("authority=KHONG-CO"),
                403,
                "key_not_sufficient",
            ),
            (
                "another school's payments",
                &town.accountant,
                under(THERE, "payments"),
                404,
                "school_not_found",
            ),
            (
                "an authority reads figures",
                &town.authority,
                report("authority=PHONG-MAU"),
                200,
                "-",
            ),
            ("of its schools, too", &town.authority, report("school=THCS-MAU"), 200, "-"),
            (
                "not of another authority",
                &town.authority,
                report("authority=PHONG-KHAC"),
                404,
                "authority_not_found",
            ),
            (
                "which is as if there were none",
                &town.authority,
                report("authority=KHONG-CO"),
                404,
                "authority_not_found",
            ),
            (
                "nor of its schools",
                &town.authority,
                report("school=THCS-KHAC"),
                404,
                "school_not_found",
            ),
            (
                "an authority sees no payments",
                &town.authority,
                under(HERE, "payments"),
                403,
                "key_not_sufficient",
            ),
            ("and no pupils", &town.authority, under(HERE, "invoices"), 403, "key_not_sufficient"),
            ("and no files", &town.authority, under(HERE, "imports"), 403, "key_not_sufficient"),
            ("an admin sees all", &town.admin, under(THERE, "payments"), 200, "-"),
            ("all figures too", &town.admin, report("authority=PHONG-KHAC"), 200, "-"),
        ] {
            let answer = town.server.get(&target).key(key).send();
            assert_eq!(answer.outcome(), (status, code.to_owned()), "{why}: {target}");
        }
    });
}

#[test]
fn the_list_of_schools_ends_where_the_key_does() {
    for_each_backend(|db| {
        let town = Town::create(db);
        for (why, key, expected) in [
            ("one school", &town.reader, json!([HERE])),
            ("the other one", &town.stranger, json!([THERE])),
            ("those of an authority", &town.authority, json!([HERE])),
            ("everything", &town.admin, json!([THERE, HERE])),
        ] {
            let schools = town.server.get("/api/v1/schools").key(key).send().json();
            let codes: Vec<_> =
                schools.as_array().unwrap().iter().map(|school| school["code"].clone()).collect();
            assert_eq!(json!(codes), expected, "{why}");
        }
    });
}

#[test]
fn another_school_cannot_be_told_from_one_that_does_not_exist() {
    for_each_backend(|db| {
        let town = Town::create(db).with_invoices();
        let document = town.server.get("/api/v1/openapi.json").send().json();
        for (method, path, _) in operations(&document) {
            if !path.contains("{school}") {
                continue;
            }
            let ask = |school: &str| -> Answer {
                Request::new(
                    town.server.address,
                    &method,
                    &filled_in(&path.replace("{school}", school)),
                )
                .key(&town.stranger)
                .once("a")
                .json(&body_of(&path))
                .send()
            };
            let (there, nowhere) = (ask(HERE), ask("KHONG-CO"));
            assert_eq!(there.outcome(), (404, "school_not_found".to_owned()), "{method} {path}");
            assert_eq!(there.text().replace(HERE, "KHONG-CO"), nowhere.text(), "{method} {path}");
        }
    });
}

#[test]
fn a_payment_of_one_school_is_not_found_through_another() {
    for_each_backend(|db| {
        let town = Town::create(db).with_invoices();
        let file = csv(0, &[("2026-11-02", 700_000, "FT1", "nop tien cho con")]);
        town.school.statement("a.csv", &file);
        let id = town.school.payment_id("nop tien cho con");
        let target = format!("/api/v1/schools/{THERE}/payments/{id}");
        let answer = town.server.get(&target).key(&town.stranger).send();
        assert_eq!(answer.outcome(), (404, "payment_not_found".to_owned()));
        let answer = town
            .server
            .post(&format!("{target}/allocations"))
            .key(&town.stranger)
            .once("a")
            .json(&json!({ "allocations": [["HPQ6XPNK7", 700_000]] }))
            .send();
        assert_eq!(answer.outcome().0, 404);
    });
}

/// A body that an operation takes, so that only the key can be what is wrong.
fn body_of(path: &str) -> serde_json::Value {
    match path.rsplit('/').next().unwrap() {
        "allocations" => json!({ "allocations": [["HPQ6XPNK7", 1]] }),
        "confirm" => json!({ "index": 0 }),
        "state" => json!({ "cancelled": true, "reason": "nhập nhầm" }),
        "cash" => {
            json!({ "allocations": [["HPQ6XPNK7", 1]], "payer": "Người nộp mẫu", "received_on": "2026-11-20" })
        }
        "assign" => json!({ "payments": [1] }),
        _ => json!({ "reason": "nhập nhầm" }),
    }
}
