//! Event endpoints over HTTP and on the command line.

use serde_json::json;

use crate::support::for_each_backend;
use crate::support::program::{doisoat, said};
use crate::support::school::School;
use crate::support::server::{HERE, THERE, Town};

#[test]
fn an_admin_changes_endpoints_and_an_accountant_reads_them() {
    for_each_backend(|db| {
        let town = Town::create(db);
        let list = format!("/api/v1/schools/{HERE}/event-endpoints");
        let body = json!({ "url": "https://nhan.example.edu.vn/a", "kinds": ["invoice.paid"] });
        assert_eq!(town.post("event-endpoints").json(&body).send().status, 403);
        let made = town.server.post(&list).key(&town.admin).json(&body).send();
        assert_eq!(made.outcome(), (201, "-".to_owned()));
        let made = made.json();
        assert!(made["secret"].as_str().unwrap().starts_with("whsec_"));
        assert_eq!(made["endpoint"]["kinds"], json!(["invoice.paid"]));
        let id = made["endpoint"]["id"].as_i64().unwrap();

        for (why, body, code) in [
            ("not encrypted", json!({ "url": "http://nhan.example.edu.vn/" }), "event_url_refused"),
            ("this machine", json!({ "url": "https://127.0.0.1/" }), "event_url_refused"),
            (
                "no such kind",
                json!({ "url": "https://nhan.example.edu.vn/", "kinds": ["a"] }),
                "event_kind_unknown",
            ),
        ] {
            let refused = town.server.post(&list).key(&town.admin).json(&body).send();
            assert_eq!(refused.outcome(), (422, code.to_owned()), "{why}");
        }

        let one = format!("{list}/{id}");
        let change =
            |body: &serde_json::Value| town.server.post(&one).key(&town.admin).json(body).send();
        let rotated = change(&json!({ "change": "rotate" })).json();
        assert!(rotated["secret"].as_str().unwrap().starts_with("whsec_"));
        assert_eq!(rotated["endpoint"]["secrets"].as_array().unwrap().len(), 2);
        let again = change(&json!({ "change": "rotate" }));
        assert_eq!(again.outcome(), (409, "two_secrets_live".to_owned()));
        let old = rotated["endpoint"]["secrets"][0]["id"].as_i64().unwrap();
        let retired = change(&json!({ "change": "retire", "secret": old }));
        assert_eq!(retired.json()["endpoint"]["secrets"].as_array().unwrap().len(), 1);
        let moved = change(&json!({ "change": "url", "url": "https://10.0.0.1/" }));
        assert_eq!(moved.outcome(), (422, "event_url_refused".to_owned()));
        assert_eq!(change(&json!({ "change": "close" })).json()["endpoint"]["open"], false);
        let kinds = change(&json!({ "change": "kinds", "kinds": [] })).json();
        assert_eq!(kinds["endpoint"]["kinds"].as_array().unwrap().len(), 7);
        let denied = town.post(&format!("event-endpoints/{id}")).json(&json!({ "change": "open" }));
        assert_eq!(denied.send().status, 403);

        let shown = town.get("event-endpoints").send();
        assert_eq!(shown.status, 200);
        assert!(!shown.text().contains("whsec_"), "{}", shown.text());
        assert_eq!(shown.json()[0]["closed_why"], "closed");
        assert_eq!(town.get("event-deliveries?limit=5").send().json(), json!([]));
        let missing = (404, "event_delivery_not_found".to_owned());
        assert_eq!(town.get("event-deliveries/1").send().outcome(), missing);
        let replay = town.post("event-deliveries/1/replay").once("k1").send();
        assert_eq!(replay.outcome(), missing);

        // Another school's endpoint is not there.
        let elsewhere = format!("/api/v1/schools/{THERE}/event-endpoints/{id}");
        let foreign = town.server.post(&elsewhere).key(&town.admin);
        let foreign = foreign.json(&json!({ "change": "open" })).send();
        assert_eq!(foreign.outcome(), (404, "event_endpoint_not_found".to_owned()));
        let audited =
            "SELECT COUNT(*) AS value FROM audit_records WHERE subject_kind = 'event_endpoint'";
        assert_eq!(db.number(audited), 5, "each change once");
        town.school.verify();
    });
}

#[test]
fn the_command_line_tells_a_secret_once() {
    for_each_backend(|db| {
        let school = School::create(db);
        let run = |arguments: &[&str]| {
            let mut all = vec!["--lang", "en", "--database", &db.url, "events"];
            all.extend(arguments);
            said(doisoat(all).env("DOISOAT_SECRETS__KEY", super::KEY).output().unwrap())
        };
        let of = ["--school", "THCS-MAU"];
        let url = "https://nhan.example.edu.vn/a";
        let added = run(&["endpoint", "add", of[0], of[1], "--kind", "invoice.paid", url]);
        assert_eq!(added.status, 0, "{added:?}");
        assert!(added.out.contains("Secret (shown this once): whsec_"), "{added:?}");
        let id = added.out.split_whitespace().next().unwrap().to_owned();
        let refused = run(&["endpoint", "add", of[0], of[1], "http://10.0.0.1/"]);
        assert_eq!(refused.status, 1);
        assert!(refused.err.contains("[event_url_refused]"), "{refused:?}");
        let rotated = run(&["endpoint", "rotate", of[0], of[1], &id]);
        assert!(rotated.out.contains("whsec_"), "{rotated:?}");
        let closed = run(&["endpoint", "close", of[0], of[1], &id]);
        assert!(closed.out.contains("closed"), "{closed:?}");
        let opened = run(&["endpoint", "open", of[0], of[1], &id]);
        assert!(opened.out.contains("open"), "{opened:?}");
        let listed = run(&["endpoint", "list", of[0], of[1]]);
        assert!(listed.out.contains(url) && !listed.out.contains("whsec_"), "{listed:?}");
        let none = run(&["deliveries", of[0], of[1]]);
        assert_eq!((none.status, none.out.as_str()), (0, ""));
        assert_eq!(run(&["replay", of[0], of[1], "1"]).status, 1);
        school.verify();
    });
}
