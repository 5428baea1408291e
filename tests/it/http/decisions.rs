//! What people decide over HTTP, one after the other and all at once.

use std::sync::Barrier;

use serde_json::{Value, json};

use crate::support::client::Request;
use crate::support::for_each_backend;
use crate::support::school::csv;
use crate::support::server::Town;

/// Sends every request at the same moment; says how many got which answer.
fn at_once(requests: Vec<Request>) -> Vec<((u16, String), usize)> {
    let barrier = Barrier::new(requests.len());
    let outcomes = std::thread::scope(|scope| {
        let threads: Vec<_> = requests
            .into_iter()
            .map(|request| {
                let barrier = &barrier;
                scope.spawn(move || {
                    barrier.wait();
                    request.send().outcome()
                })
            })
            .collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect::<Vec<_>>()
    });
    let mut counts = std::collections::BTreeMap::new();
    for outcome in outcomes {
        *counts.entry(outcome).or_insert(0) += 1;
    }
    counts.into_iter().collect()
}

/// A town with payments nothing speaks for.
fn town_with(db: &crate::support::TestDb, payments: &[(&str, i64)]) -> Town {
    let town = Town::create(db).with_invoices();
    let references: Vec<String> = (1..=payments.len()).map(|n| format!("FT{n:05}")).collect();
    let lines: Vec<_> = payments
        .iter()
        .zip(&references)
        .map(|((text, dong), reference)| ("2026-11-02", *dong, reference.as_str(), *text))
        .collect();
    town.school.statement("a.csv", &csv(0, &lines));
    town
}

fn paid(town: &Town, code: &str) -> i64 {
    let invoices = town.get("invoices").send().json();
    let one = invoices.as_array().unwrap().iter().find(|one| one["code"] == code).unwrap().clone();
    one["paid"].as_i64().unwrap()
}

#[test]
fn of_fifty_decisions_about_one_payment_exactly_one_holds() {
    for_each_backend(|db| {
        let town = town_with(db, &[("nop tien cho con", 700_000)]);
        let below = format!("payments/{}", town.school.payment_id("nop tien cho con"));
        let seen = town.get(&below).send();
        let etag = seen.header("etag").unwrap().to_owned();
        let requests = (0..50)
            .map(|n| {
                let code = ["HPQ6XPNK7", "HP2P9Q7Q9"][n % 2];
                town.post(&format!("{below}/allocations"))
                    .once(&format!("person {n}"))
                    .header("If-Match", &etag)
                    .json(&json!({ "allocations": [[code, 700_000]] }))
            })
            .collect();
        assert_eq!(
            at_once(requests),
            [((200, "-".to_owned()), 1), ((409, "decided_meanwhile".to_owned()), 49)]
        );
        assert_eq!(paid(&town, "HPQ6XPNK7") + paid(&town, "HP2P9Q7Q9"), 700_000);
        let history = town.get(&below).send().json()["history"].clone();
        assert_eq!(history.as_array().unwrap().len(), 2, "the machine's and one person's");
        town.school.verify();
    });
}

#[test]
fn fifty_confirmations_of_one_proposal_confirm_it_once() {
    for_each_backend(|db| {
        // More than is due, with the code: the machine proposes the invoice and credit for the rest.
        let town = town_with(db, &[("HPQ6XPNK7 nop thua tien", 1_300_000)]);
        let below = format!("payments/{}", town.school.payment_id("nop thua"));
        assert_eq!(town.get(&below).send().json()["decision"], "proposed");
        let requests = (0..50)
            .map(|n| {
                town.post(&format!("{below}/confirm"))
                    .once(&format!("person {n}"))
                    .json(&json!({ "index": 0 }))
            })
            .collect();
        let outcomes = at_once(requests);
        let well = outcomes.iter().find(|(outcome, _)| outcome.0 == 200).map(|(_, count)| *count);
        assert_eq!(well, Some(1), "{outcomes:?}");
        assert_eq!(paid(&town, "HPQ6XPNK7"), 1_250_000);
        let history = town.get(&below).send().json()["history"].clone();
        assert_eq!(history.as_array().unwrap().len(), 2, "the machine's and one person's");
        town.school.verify();
    });
}

#[test]
fn payments_that_race_for_the_last_dong_of_an_invoice_never_overpay_it() {
    for_each_backend(|db| {
        let texts: Vec<String> = (0..20).map(|n| format!("nop tien lan thu {n} het")).collect();
        let payments: Vec<(&str, i64)> =
            texts.iter().map(|text| (text.as_str(), 300_000)).collect();
        let town = town_with(db, &payments);
        let requests = texts
            .iter()
            .map(|text| {
                town.post(&format!("payments/{}/allocations", town.school.payment_id(text)))
                    .once(&text.replace(' ', "-"))
                    .json(&json!({ "allocations": [["HP2P9Q7Q9", 300_000]] }))
            })
            .collect();
        let outcomes = at_once(requests);
        let total: usize = outcomes.iter().map(|(_, count)| count).sum();
        assert_eq!(total, 20);
        // 1,000,000 đồng have room for three of 300,000.
        assert_eq!(outcomes[0], ((200, "-".to_owned()), 3), "{outcomes:?}");
        assert!(outcomes[1..].iter().all(|((status, _), _)| *status == 409), "{outcomes:?}");
        assert_eq!(paid(&town, "HP2P9Q7Q9"), 900_000);
        town.school.verify();
    });
}

#[test]
fn cash_sent_twice_with_one_key_is_one_voucher() {
    for_each_backend(|db| {
        let town = Town::create(db).with_invoices();
        let cash = |key: &str, dong: i64| {
            let body = json!({
                "allocations": [["HPQ6XPNK7", dong]], "payer": "Người nộp mẫu",
                "received_on": "2026-11-20", "note": null,
            });
            town.post("cash").once(key).json(&body)
        };
        let outcomes = at_once((0..20).map(|_| cash("k1", 250_000)).collect());
        assert_eq!(outcomes, [((201, "-".to_owned()), 20)]);
        assert_eq!(paid(&town, "HPQ6XPNK7"), 250_000);
        let voucher = cash("k1", 250_000).send();
        assert_eq!(voucher.json()["number"], 1);
        assert_eq!(voucher.header("idempotency-replayed"), Some("true"));
        assert_eq!(
            cash("k1", 250_001).send().outcome(),
            (422, "idempotency_key_reused".to_owned())
        );
        assert_eq!(cash("k2", 250_000).send().json()["number"], 2, "another key is other cash");
        for (why, dong) in [("more than is due", 1_250_001), ("nothing", 0), ("less", -1)] {
            let (status, _) = cash("k3", dong).send().outcome();
            assert!([409, 422].contains(&status), "{why}: {status}");
        }

        let void = format!("cash/{}/void", voucher.json()["payment"]);
        let reason = json!({ "reason": "nhập nhầm" });
        let voided = town.post_as(&town.chief, &void).once("void").json(&reason).send();
        assert_eq!(voided.json()["number"], 1, "its number is kept");
        assert_eq!(paid(&town, "HPQ6XPNK7"), 250_000);
        assert_eq!(cash("k4", 1_000).send().json()["number"], 3, "no number is given twice");
        town.school.verify();
    });
}

#[test]
fn an_invoice_is_withdrawn_and_taken_back_but_not_while_money_is_on_it() {
    for_each_backend(|db| {
        let town = town_with(db, &[("nop tien cho con", 700_000)]);
        let change = |code: &str, cancelled: bool, key: &str| {
            town.post(&format!("invoices/{code}/state"))
                .once(key)
                .json(&json!({ "cancelled": cancelled, "reason": "nhập nhầm" }))
                .send()
        };
        let use_for = |code: &str, key: &str| {
            let id = town.school.payment_id("nop tien cho con");
            town.post(&format!("payments/{id}/allocations"))
                .once(key)
                .json(&json!({ "allocations": [[code, 700_000]] }))
                .send()
        };
        assert_eq!(change("HPQ6XPNK7", true, "a").json(), json!({ "state": "cancelled" }));
        assert_eq!(change("HPQ6XPNK7", true, "b").outcome(), (409, "invoice_state".to_owned()));
        assert_eq!(use_for("HPQ6XPNK7", "c").outcome(), (404, "invoice_not_found".to_owned()));
        assert_eq!(change("HPQ6XPNK7", false, "d").json(), json!({ "state": "open" }));
        assert_eq!(use_for("HPQ6XPNK7", "e").outcome(), (200, "-".to_owned()));
        assert_eq!(change("HPQ6XPNK7", true, "f").outcome(), (409, "invoice_state".to_owned()));
        assert_eq!(change("KHONGCO", true, "g").outcome(), (404, "invoice_not_found".to_owned()));
        let listed = town.get("invoices?state=partly_paid").send().json();
        assert_eq!(listed.as_array().unwrap().len(), 1);
        town.school.verify();
    });
}

#[test]
fn what_takes_something_back_says_why() {
    for_each_backend(|db| {
        let town = town_with(db, &[("nop tien cho con", 700_000)]);
        let payment = format!("payments/{}", town.school.payment_id("nop tien cho con"));
        let cash = json!({
            "allocations": [["HPQ6XPNK7", 1_000]], "payer": "Người nộp mẫu", "received_on": "2026-11-20",
        });
        let voucher = town.post("cash").once("cash").json(&cash).send().json();
        let before = town.school.state();
        for (why, below, body) in [
            ("a decision", format!("{payment}/reverse"), json!({ "reason": " " })),
            ("a voucher", format!("cash/{}/void", voucher["payment"]), json!({ "reason": "" })),
            (
                "an invoice",
                "invoices/HP2P9Q7Q9/state".to_owned(),
                json!({ "cancelled": true, "reason": "" }),
            ),
            (
                "money set aside",
                format!("{payment}/allocations"),
                json!({ "allocations": [], "set_aside": 700_000 }),
            ),
            (
                "money paid back",
                format!("{payment}/allocations"),
                json!({ "allocations": [], "refund": 700_000, "reason": "\t" }),
            ),
        ] {
            let answer = town.post_as(&town.chief, &below).once(why).json(&body).send();
            assert_eq!(answer.outcome(), (422, "reason_needed".to_owned()), "{why}");
        }
        assert_eq!(town.school.state(), before);
    });
}

#[test]
fn a_body_with_a_field_we_do_not_know_is_refused_whole() {
    for_each_backend(|db| {
        let town = town_with(db, &[("nop tien cho con", 700_000)]);
        let payment = format!("payments/{}", town.school.payment_id("nop tien cho con"));
        let before = town.school.state();
        let uses = json!({ "allocations": [["HPQ6XPNK7", 700_000]] });
        let bodies: [(&str, String, Value); 6] = [
            ("allocations", format!("{payment}/allocations"), uses),
            ("confirm", format!("{payment}/confirm"), json!({ "index": 0 })),
            ("reverse", format!("{payment}/reverse"), json!({ "reason": "nhầm" })),
            (
                "cash",
                "cash".to_owned(),
                json!({ "allocations": [["HPQ6XPNK7", 1]], "payer": "A", "received_on": "2026-11-20" }),
            ),
            ("void", "cash/1/void".to_owned(), json!({ "reason": "nhầm" })),
            (
                "state",
                "invoices/HPQ6XPNK7/state".to_owned(),
                json!({ "cancelled": true, "reason": "nhầm" }),
            ),
        ];
        for (why, below, body) in bodies {
            let mut unknown = body.clone();
            unknown["amount_vnd"] = json!(1);
            let mut fraction = body.clone();
            fraction["allocations"] = json!([["HPQ6XPNK7", 700_000.5]]);
            for body in [unknown, fraction, json!([]), json!("x")] {
                let answer = town.post_as(&town.chief, &below).once(why).json(&body).send();
                assert_eq!(answer.outcome(), (400, "json".to_owned()), "{why}: {body}");
            }
            let answer = town.post_as(&town.chief, &below).once(why).bytes(b"{}").send();
            assert_eq!(answer.outcome(), (415, "json_needed".to_owned()), "{why}");
            let large = json!({ "reason": "x".repeat(300_000) });
            let answer = town.post_as(&town.chief, &below).once(why).json(&large).send();
            assert_eq!(answer.outcome(), (413, "json_too_large".to_owned()), "{why}");
        }
        assert_eq!(town.school.state(), before);
    });
}
