//! The same over HTTP, by key.

use serde_json::json;
use sha2::{Digest as _, Sha256};

use crate::support::for_each_backend;
use crate::support::school::csv;
use crate::support::server::{HERE, THERE, Town};

const MONTH: &str = "reports/months/2026-10";

#[test]
fn a_month_is_reported_read_and_talked_about_over_http() {
    for_each_backend(|db| {
        let town = Town::create(db).with_invoices();
        let line = [("2026-10-05", 1_000_000, "FT1", "HP2P9Q7Q9 hoc phi")];
        town.school.statement("a.csv", &csv(0, &line));
        let send = |key: &str, once: &str, body: &serde_json::Value| {
            town.post_as(key, MONTH).once(once).json(body).send()
        };
        for (why, key, status) in [
            ("an accountant", &town.accountant, 403),
            ("the authority", &town.authority, 403),
            ("another school's", &town.stranger, 404),
        ] {
            assert_eq!(send(key, "1", &json!({})).status, status, "{why}");
        }
        assert_eq!(send(&town.chief, "2", &json!({ "unknown": 1 })).status, 400);
        let done = send(&town.chief, "3", &json!({ "note": "lần đầu" }));
        assert_eq!(done.status, 201, "{done:?}");
        assert_eq!(send(&town.chief, "3", &json!({ "note": "lần đầu" })).json(), done.json());
        let sha256 = done.json()["versions"][0]["sha256"].as_str().unwrap().to_owned();
        assert_eq!(done.json()["versions"][0]["note"], "lần đầu");
        assert_eq!(send(&town.chief, "4", &json!({})).outcome(), (422, "reason_needed".to_owned()));
        let again = send(&town.chief, "5", &json!({ "reason": "xem lại" }));
        assert_eq!(again.outcome(), (409, "figures_unchanged".to_owned()));
        let early = town.post_as(&town.chief, "reports/months/2026-11").once("6");
        assert_eq!(early.json(&json!({})).send().outcome(), (422, "month_not_over".to_owned()));

        let read = |key: &str, below: &str| {
            town.server.get(&format!("/api/v1/schools/{HERE}/{below}")).key(key).send()
        };
        let above = read(&town.authority, &format!("{MONTH}/versions/1"));
        assert_eq!(above.outcome(), (403, "within_the_school".to_owned()), "classes stay inside");
        assert_eq!(read(&town.authority, MONTH).json()["versions"][0]["sha256"], sha256.as_str());
        let bytes = read(&town.reader, &format!("{MONTH}/versions/1"));
        let hash = doisoat::domain::text::hex(&Sha256::digest(bytes.text().as_bytes()));
        assert_eq!(hash, sha256, "the bytes have the fingerprint");
        assert_eq!(read(&town.chief, &format!("{MONTH}/versions/2")).status, 404);
        assert_eq!(read(&town.chief, "reports/months/2026-13").status, 404);
        assert_eq!(read(&town.stranger, MONTH).status, 404);
        assert_eq!(read(&town.reader, "reports/months").json()[0]["differs"], false);

        let write = |key: &str, once: &str, words: &str| {
            let path = format!("{MONTH}/comments");
            town.post_as(key, &path).once(once).json(&json!({ "words": words })).send()
        };
        assert_eq!(write(&town.authority, "7", "Vì sao còn tiền mặt?").status, 201);
        assert_eq!(write(&town.chief, "8", "Có 2 gia đình nộp tại trường.").status, 201);
        assert_eq!(write(&town.accountant, "9", "tôi").status, 403);
        assert_eq!(write(&town.chief, "10", "  ").status, 422);
        assert_eq!(write(&town.chief, "11", &"a".repeat(1_001)).status, 422);
        let month = read(&town.authority, MONTH).json();
        let sides: Vec<_> =
            month["comments"].as_array().unwrap().iter().map(|one| &one["side"]).collect();
        assert_eq!(sides, ["authority", "school"]);
        let there = format!("/api/v1/schools/{THERE}/{MONTH}/comments");
        let there = town.server.post(&there).key(&town.authority).once("12");
        assert_eq!(there.json(&json!({ "words": "a" })).send().status, 404);
        town.school.verify();
    });
}
