//! What is told, and what is not.

use std::collections::BTreeSet;

use doisoat::domain::money::Vnd;
use doisoat::domain::period::Month;
use doisoat::service::decide::{self, PersonalUse};
use doisoat::service::events::EventChange;
use doisoat::service::periods::{self, Accepted};
use serde_json::json;

use super::{NAMES, Sending};
use crate::support::for_each_backend;
use crate::support::receiver::{Receiver, Seen};
use crate::support::school::{School, csv};

fn kinds(seen: &[Seen]) -> Vec<String> {
    seen.iter().map(Seen::kind).collect()
}

#[test]
fn a_statement_is_told_with_what_it_settled_and_once() {
    for_each_backend(|db| {
        let sending = Sending::create(db);
        let receiver = Receiver::start();
        let made = sending.add(&receiver, &[]);
        let import = sending.two_pay();
        assert_eq!(sending.drain(), (7, 0));
        let seen = receiver.take();
        assert_eq!(
            kinds(&seen),
            [
                "payment.settled",
                "payment.settled",
                "invoice.paid",
                "invoice.paid",
                "receipt.issued",
                "receipt.issued",
                "statement.imported"
            ]
        );
        let secret = made.secret.unwrap();
        for one in &seen {
            assert_eq!(one.signed_by(&secret), 1, "{one:?}");
            assert_eq!(one.signatures().len(), 1);
            assert_eq!(one.header("content-type"), "application/json");
            // 2026-11-24T01:00:00Z.
            assert_eq!(one.header("webhook-timestamp"), "1795482000");
            assert_eq!(one.json()["timestamp"], "2026-11-24T08:00:00.000+07:00");
            assert!(one.id().starts_with("evt_"), "{one:?}");
        }
        assert_eq!(seen.iter().map(Seen::id).collect::<BTreeSet<_>>().len(), 7);

        let mut first = seen[0].json()["data"].take();
        let payment = sending.school.payment_id("HPQ6XPNK7");
        assert_eq!(first["payment"], payment.0);
        assert!(first["decision"].is_i64());
        assert!(first["rule"].as_str().unwrap().starts_with("code"), "{first}");
        for varying in ["payment", "decision", "rule"] {
            first.as_object_mut().unwrap().remove(varying);
        }
        assert_eq!(
            first,
            json!({
                "school": "THCS-MAU", "amount": 1_250_000, "currency": "VND",
                "booking_date": "2026-11-20", "channel": first["channel"],
                "decided_by": "machine",
                "invoices": [{ "invoice": "HPQ6XPNK7", "amount": 1_250_000 }],
            })
        );
        assert_eq!(
            seen[2].json()["data"],
            json!({
                "school": "THCS-MAU", "invoice": "HPQ6XPNK7", "amount": 1_250_000,
                "currency": "VND", "payments": [payment.0],
            })
        );
        let receipt = seen[4].json();
        for (field, expected) in [
            ("number", json!("BL-2026-000001")),
            ("payment", json!(payment.0)),
            ("amount", json!(1_250_000)),
            ("replaces", json!(null)),
            ("lines", json!([{ "invoice": "HPQ6XPNK7", "amount": 1_250_000 }])),
        ] {
            assert_eq!(receipt["data"][field], expected, "{field}");
        }
        let statement = seen[6].json();
        for (field, expected) in [
            ("school", json!("THCS-MAU")),
            ("import", json!(import)),
            ("statements", json!(1)),
            ("entries", json!(3)),
            ("credits", json!(2_650_000)),
            ("debits", json!(0)),
            ("currency", json!("VND")),
            ("first_day", json!("2026-11-20")),
            ("last_day", json!("2026-11-21")),
        ] {
            assert_eq!(statement["data"][field], expected, "{field}");
        }
        assert_eq!(statement["data"]["counts"]["payments"], 3);
        assert_eq!(statement["data"]["counts"]["settled"], 2);

        // The same file again, and the same plan again: nothing happened.
        sending.two_pay();
        assert_eq!(sending.drain(), (0, 0));
        assert_eq!(receiver.take(), vec![]);
        sending.school.verify();
    });
}

#[test]
fn a_persons_reversal_is_told_and_nothing_of_why() {
    for_each_backend(|db| {
        let sending = Sending::create(db);
        let receiver = Receiver::start();
        sending.add(&receiver, &[]);
        sending.two_pay();
        sending.drain();
        receiver.take();
        sending.reverse("HPQ6XPNK7");
        assert_eq!(sending.drain(), (1, 0));
        let seen = receiver.take();
        assert_eq!(kinds(&seen), ["payment.reversed"]);
        let data = &seen[0].json()["data"];
        assert_eq!(data["payment"], sending.school.payment_id("HPQ6XPNK7").0);
        assert_eq!(data["decided_by"], "person");
        assert_eq!(data["rule"], "person-reversal/1");
        assert_eq!(data["invoices"], json!([{ "invoice": "HPQ6XPNK7", "amount": 1_250_000 }]));
    });
}

#[test]
fn an_import_that_is_undone_takes_back_what_it_settled() {
    for_each_backend(|db| {
        let sending = Sending::create(db);
        let receiver = Receiver::start();
        sending.add(&receiver, &["payment.reversed"]);
        let import = sending.two_pay();
        sending.school.undo(doisoat::domain::id::ImportId(import)).unwrap();
        sending.drain();
        assert_eq!(kinds(&receiver.take()), ["payment.reversed", "payment.reversed"]);
    });
}

#[test]
fn another_decision_for_the_same_use_is_no_event() {
    for_each_backend(|db| {
        let sending = Sending::create(db);
        let receiver = Receiver::start();
        sending.one_pays();
        sending.add(&receiver, &[]);
        let School { store, clock, actor, id, .. } = &sending.school;
        let payment = (*id, sending.school.payment_id("HPQ6XPNK7"));
        let allocate = |code: &str| {
            let allocations = vec![(code.to_owned(), Vnd::new(1_250_000))];
            let wanted = PersonalUse { allocations, ..PersonalUse::default() };
            decide::allocate(store, clock, actor, payment, None, &wanted).unwrap();
        };
        allocate("HPQ6XPNK7");
        assert_eq!(sending.drain(), (0, 0));
        // To another invoice it is one, both ways.
        allocate("HPQRC6R6X");
        sending.drain();
        let seen = receiver.take();
        let all = ["payment.reversed", "payment.settled", "invoice.paid", "receipt.issued"];
        assert_eq!(kinds(&seen), all);
        assert_eq!(seen[0].json()["data"]["invoices"][0]["invoice"], "HPQ6XPNK7");
        assert_eq!(seen[1].json()["data"]["invoices"][0]["invoice"], "HPQRC6R6X");
        assert_eq!(seen[2].json()["data"]["invoice"], "HPQRC6R6X");
    });
}

#[test]
fn an_invoice_paid_in_two_parts_is_paid_once() {
    for_each_backend(|db| {
        let sending = Sending::create(db);
        let receiver = Receiver::start();
        sending.add(&receiver, &["invoice.paid"]);
        let lines = [("2026-11-20", 500_000, "FT1", "ung ho mot phan")];
        sending.school.statement("a.csv", &csv(0, &lines));
        let lines = [("2026-11-21", 500_000, "FT2", "ung ho phan hai")];
        sending.school.statement("b.csv", &csv(500_000, &lines));
        let School { store, clock, actor, id, .. } = &sending.school;
        for (part, expected) in [("mot phan", 0), ("phan hai", 1)] {
            let payment = (*id, sending.school.payment_id(part));
            let allocations = vec![("HP2P9Q7Q9".to_owned(), Vnd::new(500_000))];
            let wanted = PersonalUse { allocations, ..PersonalUse::default() };
            decide::allocate(store, clock, actor, payment, None, &wanted).unwrap();
            assert_eq!(sending.drain(), (expected, 0), "{part}");
        }
        assert_eq!(receiver.take()[0].json()["data"]["amount"], 1_000_000);
    });
}

#[test]
fn nothing_that_is_told_names_anybody_or_an_account() {
    for_each_backend(|db| {
        let sending = Sending::create(db);
        let receiver = Receiver::start();
        sending.add(&receiver, &[]);
        sending.two_pay();
        sending.reverse("HPQ6XPNK7");
        sending.drain();
        let seen = receiver.take();
        assert_eq!(seen.len(), 8);
        let folded = ["MAU MOT", "Mau Mot", "hoc phi", "ung ho", crate::support::school::ACCOUNT];
        for one in &seen {
            for word in NAMES.iter().chain(&folded) {
                assert!(!one.body.contains(word), "{word}: {}", one.body);
            }
        }
    });
}

#[test]
fn a_school_that_nobody_asked_about_writes_no_events() {
    for_each_backend(|db| {
        let sending = Sending::create(db);
        let rows = || {
            let count = |table| db.number(&format!("SELECT COUNT(*) AS value FROM {table}"));
            (count("events"), count("event_deliveries"))
        };
        sending.one_pays();
        assert_eq!(rows(), (0, 0), "no endpoint");
        let receiver = Receiver::start();
        let made = sending.add(&receiver, &["receipt.issued"]);
        sending.reverse("HPQ6XPNK7");
        assert_eq!(rows(), (0, 0), "an endpoint for something else");
        let id = made.endpoint.id;
        sending.change(id, &EventChange::Kinds { kinds: vec![] }).unwrap();
        sending.change(id, &EventChange::Close).unwrap();
        let lines = [("2026-11-22", 1_000_000, "FT9", "HP2P9Q7Q9 hoc phi")];
        sending.school.statement("b.csv", &csv(0, &lines));
        assert_eq!(rows(), (0, 0), "a closed endpoint");
        // The endpoint of one school hears nothing of another.
        sending.change(id, &EventChange::Open).unwrap();
        let other = School::add(sending.school.store.clone(), "THCS-KHAC", "1017000002");
        let lines = csv(0, &[("2026-11-22", 5_000, "FT9", "ung ho")]);
        let lines = String::from_utf8(lines).unwrap().replace("1017000001", "1017000002");
        other.statement("c.csv", lines.as_bytes());
        assert_eq!(rows(), (0, 0), "another school");
    });
}

#[test]
fn a_month_that_is_closed_and_opened_again_is_told_with_its_fingerprint() {
    for_each_backend(|db| {
        let sending = Sending::create(db);
        let receiver = Receiver::start();
        sending.add(&receiver, &["period.closed", "period.reopened"]);
        let School { store, clock, actor, id } = &sending.school;
        let month = "2026-10".parse::<Month>().unwrap();
        let accepted = Accepted {
            code: "statement_days".to_owned(),
            reason: "chưa có sao kê ngân hàng".to_owned(),
        };
        periods::close(store, clock, actor, *id, month, &[accepted]).unwrap();
        periods::reopen(store, clock, actor, *id, month, "thu thêm của Mẫu Một").unwrap();
        assert_eq!(sending.drain(), (2, 0));
        let seen = receiver.take();
        assert_eq!(kinds(&seen), ["period.closed", "period.reopened"]);
        let sha256 = periods::list(store, *id).unwrap()[0].closes[0].sha256.clone();
        for one in &seen {
            let expected =
                json!({"school": "THCS-MAU", "month": "2026-10", "version": 1, "sha256": sha256});
            assert_eq!(one.json()["data"], expected);
        }
    });
}
