//! What a person says over HTTP of payments that may be one.

use serde_json::json;

use crate::support::for_each_backend;
use crate::support::server::{HERE, Town};
use crate::support::statements::{self, Row};

fn bare(reference: &str, memo: &str) -> Vec<u8> {
    statements::write("bare", 0, &[Row::of(&("2026-11-05", 700_000, reference, memo))])
}

#[test]
fn a_question_is_asked_answered_once_and_kept() {
    for_each_backend(|db| {
        let town = Town::create(db).with_invoices();
        town.school.statement("thu-hai.csv", &bare("FT26309777001", "HPQ6XPNK7 nop"));
        town.school.statement("thu-ba.csv", &bare("FT26309888002", "HPQ6XPNK7 nop"));
        town.school.statement("khac.csv", &bare("FT26309999003", "nop tien cho con"));

        let asked = town.get("identity-questions").send().json();
        let [question] = asked.as_array().unwrap().as_slice() else { panic!("{asked}") };
        assert_eq!(question["why"], "other_reference");
        let files: Vec<_> =
            question["lines"].as_array().unwrap().iter().map(|line| &line["file"]).collect();
        assert!(files.contains(&&json!("thu-hai.csv")) && files.contains(&&json!("thu-ba.csv")));
        let line = &question["lines"][0];
        for (field, value) in [
            ("booking_date", json!("2026-11-05")),
            ("amount", json!(700_000)),
            ("credit_debit", json!("credit")),
            ("remittance", json!("HPQ6XPNK7 nop")),
            ("balance_after", json!(null)),
            ("payment", question["payment"].clone()),
        ] {
            assert_eq!(line[field], value, "{field}");
        }
        let (one, other) = (question["payment"].clone(), question["like"].clone());

        // Who looked before somebody else decided is told so.
        let etag = |payment: &serde_json::Value| {
            town.get(&format!("payments/{payment}")).send().header("etag").unwrap().to_owned()
        };
        let body = json!({ "payments": [one, other], "ruling": "same", "reason": "đã hỏi" });
        let stale = format!("{}, \"1\"", etag(&one));
        let answer = town
            .post("identity-rulings")
            .once("stale")
            .header("If-Match", &stale)
            .json(&body)
            .send();
        assert_eq!(answer.outcome(), (409, "decided_meanwhile".to_owned()));

        let seen = format!("{}, {}", etag(&one), etag(&other));
        // Sent again with its key, and said again with another: nothing changes.
        for attempt in ["a", "a", "b"] {
            let request = town.post("identity-rulings").once(attempt).json(&body);
            let answer = match attempt {
                "a" => request.header("If-Match", &seen).send(),
                _ => request.send(),
            };
            assert_eq!(answer.outcome(), (200, "-".to_owned()), "{attempt}");
            let said = answer.json();
            assert_eq!(said["payments"].as_array().unwrap().len(), 1, "{attempt}: {said}");
            assert_eq!(said["ruling"]["ruling"], "same");
        }
        assert_eq!(town.get("identity-questions").send().json(), json!([]));
        assert_eq!(town.get("identity-rulings").send().json().as_array().unwrap().len(), 1);

        // The one payment rests on both lines, by which it is taken apart again.
        let stays = town.get("identity-rulings").send().json()[0]["payments"].clone();
        let lines = stays
            .as_array()
            .unwrap()
            .iter()
            .map(|payment| town.get(&format!("payments/{payment}/lines")).send().json())
            .find(|lines| lines.as_array().unwrap().len() == 2)
            .unwrap();
        let entries = json!([lines[0]["entry"], lines[1]["entry"]]);
        let answer = town
            .post("identity-rulings")
            .once("c")
            .json(&json!({ "entries": entries, "ruling": "distinct", "reason": "hai lần nộp" }))
            .send();
        assert_eq!(answer.json()["payments"].as_array().unwrap().len(), 2);
        let said = town.get("identity-rulings").send().json();
        let holds: Vec<_> = said.as_array().unwrap().iter().map(|one| &one["holds"]).collect();
        assert_eq!(holds, [true, false], "the newest holds");
        town.school.verify();
    });
}

#[test]
fn what_cannot_be_said_is_refused_with_a_reason() {
    for_each_backend(|db| {
        let town = Town::create(db).with_invoices();
        let other = [Row::of(&("2026-11-05", 5_000, "FT26309777001", "gui xe"))];
        town.school.statement("a.csv", &bare("FT26309777001", "nop tien cho con"));
        town.school.statement("b.csv", &statements::write("bare", 0, &other));
        let one = town.school.payment_id("nop tien cho con");
        let other = town.school.payment_id("gui xe");
        for (why, body, expected) in [
            (
                "another amount",
                json!({ "payments": [one, other], "ruling": "same", "reason": "x" }),
                (422, "payments_unlike"),
            ),
            (
                "twice the same",
                json!({ "payments": [one, one], "ruling": "distinct", "reason": "x" }),
                (422, "same_line"),
            ),
            (
                "no reason",
                json!({ "payments": [one, other], "ruling": "same", "reason": " " }),
                (422, "reason_needed"),
            ),
            (
                "nobody's payment",
                json!({ "payments": [one, 4711], "ruling": "same", "reason": "x" }),
                (404, "payment_not_found"),
            ),
            (
                "nobody's entry",
                json!({ "entries": [4711, 4712], "ruling": "same", "reason": "x" }),
                (404, "entry_not_found"),
            ),
            (
                "neither payments nor entries",
                json!({ "ruling": "same", "reason": "x" }),
                (400, "payments_or_entries"),
            ),
        ] {
            let answer = town.post("identity-rulings").once(why).json(&body).send();
            assert_eq!(answer.outcome(), (expected.0, expected.1.to_owned()), "{why}");
        }
        let body = json!({ "payments": [one, other], "ruling": "same", "reason": "x" });
        for (who, key, expected) in
            [("a reader", &town.reader, 403), ("a stranger", &town.stranger, 404)]
        {
            let target = format!("/api/v1/schools/{HERE}/identity-rulings");
            let answer = town.server.post(&target).key(key).once("x").json(&body).send();
            assert_eq!(answer.outcome().0, expected, "{who}");
        }
        assert_eq!(town.get("identity-rulings").send().json(), json!([]));
        town.school.verify();
    });
}
