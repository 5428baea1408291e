//! Gateways pay out what they collected: each payment counts once, when it was made, and the payout
//! never, in whatever order they become known.

use doisoat::domain::id::PaymentId;
use doisoat::service::payouts::NewTerms;
use doisoat::service::{ServiceError, decide, verify};
use serde_json::json;

use crate::support::crowd::{DUE, code, enroll};
use crate::support::program::run;
use crate::support::school::{Line, School, csv};
use crate::support::server::Town;
use crate::support::till::{FEE, Till, terms};
use crate::support::{TestDb, for_each_backend};

fn code_of(result: Result<(), ServiceError>) -> String {
    result.unwrap_err().diagnostics()[0].code.clone()
}

/// Every order of some things.
fn orders(count: usize) -> Vec<Vec<usize>> {
    if count == 0 {
        return vec![Vec::new()];
    }
    let mut all = Vec::new();
    for shorter in orders(count - 1) {
        for place in 0..count {
            let mut longer = shorter.clone();
            longer.insert(place, count - 1);
            all.push(longer);
        }
    }
    all
}

#[test]
fn each_payment_counts_once_and_no_payout_does_in_every_order() {
    let lines: [Line<'_>; 2] = [
        ("2026-11-03", 2 * (DUE - FEE), "FT26307000001", "VNPAY TT GD NGAY 02/11/2026"),
        ("2026-11-05", DUE - FEE, "FT26309000001", "VNPAY TT GD NGAY 04/11/2026"),
    ];
    for_each_backend(|db| {
        let mut expected: Option<Vec<String>> = None;
        for order in orders(4) {
            let copy = TestDb::create(db.backend);
            let school = School::create(&copy);
            enroll(&school, 4);
            let till = Till::of(&school);
            for event in &order {
                match event {
                    0 => {
                        till.pay(3, 4);
                        till.pay(0, 2);
                        till.pay(1, 2);
                    }
                    1 => till.pay(2, 3),
                    2 => till.void(2, 3, 3),
                    _ => drop(school.statement("a.csv", &csv(0, &lines))),
                }
            }
            assert_eq!(
                till.told(),
                [
                    format!("{} = {} − {}: DH000 {DUE}, DH001 {DUE}", lines[0].1, 2 * DUE, 2 * FEE),
                    format!("{} = {DUE} − {FEE}: DH003 {DUE}", lines[1].1),
                    "0 left".to_owned(),
                ],
                "in the order {order:?}"
            );
            assert_eq!(till.collected(), [format!("gateway 3 {}", 3 * DUE)], "{order:?}");
            assert_eq!(till.invoice(2), "open", "its payment was taken back: {order:?}");
            for line in &lines {
                let payout = school.payment(line.3);
                assert_eq!(payout.explanation["rule"], "gateway-payout/1");
                assert_eq!(payout.state.decision, "not_income");
            }
            let state = school.state();
            match &expected {
                None => {
                    school.verify();
                    expected = Some(state);
                }
                Some(expected) => assert_eq!(*expected, state, "in the order {order:?}"),
            }
        }
    });
}

#[test]
fn a_payment_taken_back_at_any_time_opens_its_invoice_again() {
    let payout = [("2026-11-03", 2 * (DUE - FEE), "FT26307000001", "VNPAY TT GD 021126")];
    for_each_backend(|db| {
        for (why, steps) in [
            ("before it was told of", ["void", "pay", "statement"]),
            ("after it was settled", ["pay", "void", "statement"]),
            ("after it was paid out", ["pay", "statement", "void"]),
        ] {
            let copy = TestDb::create(db.backend);
            let school = School::create(&copy);
            enroll(&school, 3);
            let till = Till::of(&school);
            till.pay(0, 2);
            for step in steps {
                match step {
                    "pay" => till.pay(1, 2),
                    "void" => till.void(1, 2, 4),
                    _ => drop(school.statement("a.csv", &csv(0, &payout))),
                }
            }
            assert_eq!((till.invoice(0), till.invoice(1)), ("paid".into(), "open".into()), "{why}");
            assert_eq!(
                till.told(),
                [
                    format!(
                        "{} = {} − {}: DH000 {DUE}, DH001 {DUE}",
                        payout[0].1,
                        2 * DUE,
                        2 * FEE
                    ),
                    format!("{} left", -DUE),
                ],
                "{why}: it was paid out, and the gateway has it back to come"
            );
            school.verify();
        }
    });
}

#[test]
fn what_is_given_back_is_missing_in_the_next_payout() {
    for_each_backend(|db| {
        let school = School::create(db);
        enroll(&school, 5);
        let till = Till::of(&school);
        till.pay(0, 2);
        till.void(0, 2, 4);
        till.pay(1, 5);
        till.pay(2, 5);
        let lines = [
            ("2026-11-03", DUE - FEE, "FT1", "VNPAY TT GD 02/11/2026"),
            // The fee of what was given back is kept.
            ("2026-11-06", DUE - 2 * FEE, "FT2", "VNPAY TT GD 05/11/2026"),
        ];
        school.statement("a.csv", &csv(0, &lines));
        assert_eq!(
            till.told(),
            [
                format!("{} = {DUE} − {FEE}: DH000 {DUE}", DUE - FEE),
                format!(
                    "{} = {DUE} − {}: DH000 -{DUE}, DH001 {DUE}, DH002 {DUE}",
                    DUE - 2 * FEE,
                    2 * FEE
                ),
                "0 left".to_owned(),
            ]
        );
        school.verify();
    });
}

#[test]
fn what_is_not_certain_waits_for_a_person_and_stands_as_said() {
    for_each_backend(|db| {
        let school = School::create(db);
        enroll(&school, 4);
        let till = Till::of(&school);
        till.pay(0, 1);
        till.pay(1, 2);
        till.pay(2, 2);
        // Two days of different sums, and a text that names no day: half of the second fits too.
        let lines = [("2026-11-03", DUE - FEE, "FT1", "VNPAY QUYET TOAN")];
        school.statement("a.csv", &csv(0, &lines));
        let ids: Vec<PaymentId> = (0..3).map(|pupil| school.payment_id(&code(pupil))).collect();
        let payout = school.payment_id("QUYET TOAN");
        assert_eq!(till.list().matched[0].items[0].payment, ids[0], "whole days first");

        // A person knows better, and every change of theirs stays.
        for (why, payments, expected) in [
            ("too little", vec![], "payout_items"),
            ("a fee above all bounds", vec![ids[0], ids[1]], "payout_sum"),
            ("a payment at the bank", vec![payout], "payout_gateway"),
            ("a payment of nobody's", vec![PaymentId(1)], "payment_not_found"),
        ] {
            assert_eq!(code_of(till.assign(payout, &payments)), expected, "{why}");
        }
        assert_eq!(code_of(till.assign(ids[0], &[ids[1]])), "payout_line");
        till.assign(payout, &[ids[2]]).unwrap();
        till.assign(payout, &[ids[2]]).unwrap();
        assert_eq!(code_of(till.assign(payout, &[ids[1]])), "payout_matched");
        till.pay(3, 3);
        let matched = till.list().matched;
        assert_eq!((matched.len(), matched[0].items[0].payment), (1, ids[2]));
        assert_eq!(matched[0].decided_by, "user:test");

        // What is matched is no income, whatever anybody asks for.
        let School { store, clock, actor, id } = &school;
        let wanted = decide::PersonalUse {
            allocations: vec![(code(3), doisoat::domain::money::Vnd::new(1_000))],
            ..decide::PersonalUse::default()
        };
        let used = decide::allocate(store, clock, actor, (*id, payout), None, &wanted);
        assert_eq!(code_of(used.map(drop)), "payout_matched");

        till.release(payout, false).unwrap();
        till.release(payout, false).unwrap();
        let all = till.list();
        assert_eq!((all.matched.len(), all.open.len()), (0, 1));
        assert_eq!(
            (all.open[0].why.as_str(), all.open[0].note.as_deref()),
            ("released", Some("ghép nhầm"))
        );
        assert_eq!(school.payment("QUYET TOAN").state.decision, "not_income");
        till.void(3, 3, 3);
        assert_eq!(till.list().matched.len(), 0, "the machine leaves it alone");
        till.release(payout, true).unwrap();
        assert_eq!(till.list().matched[0].items[0].payment, ids[0], "until it may again");
        school.verify();
    });
}

#[test]
fn a_match_falls_with_what_it_rests_on() {
    for_each_backend(|db| {
        for by_person in [false, true] {
            let copy = TestDb::create(db.backend);
            let school = School::create(&copy);
            enroll(&school, 2);
            let till = Till::of(&school);
            till.pay(0, 2);
            let lines = [("2026-11-03", DUE - FEE, "FT1", "VNPAY TT GD 02/11/2026")];
            let (import, _) = school.statement("a.csv", &csv(0, &lines));
            if by_person {
                till.assign(school.payment_id("VNPAY"), &[school.payment_id(&code(0))]).unwrap();
            }
            assert_eq!(till.list().matched.len(), 1);

            // The notification is taken back: nothing shows the payment any more.
            let taken = doisoat::service::inbox::view::page(
                &school.store,
                school.id,
                &doisoat::service::inbox::view::Asked { limit: 10, ..Default::default() },
            );
            school.undo(taken.unwrap()[0].import.unwrap()).unwrap();
            let all = till.list();
            assert_eq!((all.matched.len(), all.open.len()), (0, 1), "by a person: {by_person}");
            assert_eq!(all.open[0].why, "nothing_fits");
            school.verify();

            // And with the line itself nothing is left.
            till.pay(1, 2);
            assert_eq!(till.list().matched.len(), 1, "another payment of that day fits");
            school.undo(import).unwrap();
            assert_eq!(till.told(), [format!("{DUE} left")]);
            school.verify();
        }
    });
}

#[test]
fn a_silent_line_of_exactly_a_days_net_is_a_payout_and_no_other_is() {
    for_each_backend(|db| {
        let school = School::create(db);
        enroll(&school, 3);
        let till = Till::without_terms(&school);
        till.pay(0, 2);
        till.pay(1, 2);
        let net = 2 * (DUE - FEE);
        let lines = [
            ("2026-11-03", net, "FT1", "lenh chuyen tien den"),
            ("2026-11-03", net + 1, "FT2", "lenh chuyen den khac"),
        ];
        school.statement("a.csv", &csv(0, &lines));
        let decided = |text: &str| school.payment(text).state.decision;
        assert_eq!(decided("tien den"), "unmatched", "the fees are not known");
        till.set(&terms());
        assert_eq!(
            (decided("tien den"), decided("den khac")),
            ("not_income".into(), "unmatched".into())
        );
        assert_eq!(till.list().matched.len(), 1);
        school.verify();

        let payout = school.payment_id("tien den");
        till.release(payout, false).unwrap();
        assert_eq!(decided("tien den"), "unmatched", "a person said that it is none");
        assert_eq!(till.list().open[0].why, "released");
        till.release(payout, true).unwrap();
        assert_eq!(decided("tien den"), "not_income");
        till.set(&NewTerms { fee_millionths: Some(0), fee_dong: Some(0), ..terms() });
        assert_eq!(decided("tien den"), "unmatched", "another fee, another sum");
        school.verify();
    });
}

#[test]
fn a_payout_with_an_invoices_code_is_neither_income_nor_certain() {
    for_each_backend(|db| {
        let school = School::create(db);
        enroll(&school, 2);
        let till = Till::of(&school);
        let memo = format!("VNPAY TT GD {}", code(0));
        let lines = [("2026-11-03", DUE - FEE, "FT1", memo.as_str())];
        school.statement("a.csv", &csv(0, &lines));
        let line = school.payment("VNPAY TT GD");
        assert_eq!(line.state.decision, "proposed", "settled in part it would count twice");
        assert_eq!(till.list().open.len(), 1);
        // Its payment becomes known later: then it is certain.
        till.pay(0, 2);
        assert_eq!(school.payment("VNPAY TT GD").state.decision, "not_income");
        assert_eq!(till.collected(), [format!("gateway 1 {DUE}")]);
        school.verify();
    });
}

#[test]
fn verify_sees_what_does_not_add_up() {
    for_each_backend(|db| {
        let school = School::create(db);
        enroll(&school, 2);
        let till = Till::of(&school);
        till.pay(0, 2);
        school
            .statement("a.csv", &csv(0, &[("2026-11-03", DUE - FEE, "FT1", "VNPAY TT GD 021126")]));
        school.verify();
        for (sql, back, invariant, words) in [
            (
                "UPDATE payouts SET fee_dong = fee_dong + 1",
                "UPDATE payouts SET fee_dong = fee_dong - 1",
                "I1",
                "less the fee",
            ),
            (
                "UPDATE payouts SET gross_dong = gross_dong + 1, fee_dong = fee_dong + 1",
                "UPDATE payouts SET gross_dong = gross_dong - 1, fee_dong = fee_dong - 1",
                "I1",
                "not the sum of its payments",
            ),
        ] {
            db.execute(sql);
            let findings = verify::run(&school.store).unwrap();
            let finding = findings.iter().find(|one| one.invariant == invariant).unwrap();
            assert!(finding.faults.iter().any(|fault| fault.contains(words)), "{finding:?}");
            db.execute(back);
        }
        school.verify();
    });
}

#[test]
fn payouts_are_asked_for_and_matched_over_http_and_by_command() {
    for_each_backend(|db| {
        let town = Town::create(db);
        enroll(&town.school, 3);
        let till = Till::without_terms(&town.school);
        till.pay(0, 2);
        till.pay(1, 2);
        let lines = [("2026-11-03", DUE - FEE, "FT1", "VNPAY TT GD 02/11/2026")];
        town.school.statement("a.csv", &csv(0, &lines));
        let put = |key: &str, body: serde_json::Value| {
            let target = "/api/v1/schools/THCS-MAU/payouts/terms";
            let address = town.server.address;
            crate::support::client::Request::new(address, "PUT", target).key(key).json(&body).send()
        };
        let body = terms_json();
        assert_eq!(put(&town.accountant, body.clone()).outcome().0, 403, "fees are the admin's");
        let set = put(&town.admin, body);
        assert_eq!((set.status, set.json()["balance"].clone()), (200, json!(2 * DUE)));
        let foreign = json!({ "gateway": "momo", "merchant": "MAU01" });
        assert_eq!(put(&town.admin, foreign).outcome(), (404, "gateway_not_found".to_owned()));

        let all = town.get("payouts").send().json();
        assert_eq!(all["matched"], json!([]), "either of the day's payments fits");
        assert_eq!(all["open"][0]["why"], "several_fit");
        let chosen = all["open"][0]["candidates"][1]["payments"].clone();
        let payout = all["open"][0]["payment"].clone();
        let assign = |key: &str| {
            let body = json!({ "payments": chosen });
            town.post(&format!("payouts/{payout}/assign")).once(key).json(&body).send()
        };
        for key in ["a", "a", "b"] {
            let done = assign(key);
            assert_eq!(done.outcome(), (200, "-".to_owned()));
            assert_eq!(done.json()["fee"], json!(FEE));
        }
        let days = town.get("payouts?from=2026-11-04").send().json();
        assert_eq!(days["matched"], json!([]), "it arrived the day before");
        let release = json!({ "reason": "nhầm" });
        let released =
            town.post(&format!("payouts/{payout}/release")).once("c").json(&release).send();
        assert_eq!(released.json()["open"][0]["why"], "released");

        let url = ["--database", &db.url, "--lang", "en", "payouts"];
        let with = |rest: &[&str]| run([&url[..], rest].concat());
        let (id, item) = (payout.to_string(), chosen[0].to_string());
        let assigned = with(&["assign", "--school", "THCS-MAU", &id, &item, "--json"]);
        assert_eq!(assigned.status, 0, "{assigned:?}");
        let listed = with(&["list", "--school", "THCS-MAU"]);
        for words in ["contains 1 payments", "fee 6.050", "still there 400.000"] {
            assert!(listed.out.contains(words), "{words}: {listed:?}");
        }
        let refused = with(&["assign", "--school", "THCS-MAU", &id, &id]);
        assert_eq!(refused.status, 1);
        assert!(refused.err.contains("[payout_gateway]"), "{refused:?}");
        let again = ["release", "--school", "THCS-MAU", &id, "--reason", "x", "--to-machine"];
        assert!(with(&again).out.contains("more than one set"), "{:?}", with(&again));
        let said = with(&["terms", "--school", "THCS-MAU"]);
        assert!(said.out.contains("11000 millionths and 1650"), "{said:?}");
        town.school.verify();
    });
}

fn terms_json() -> serde_json::Value {
    json!({ "gateway": "vnpay", "merchant": "MAU01", "fee_millionths": 11_000, "fee_dong": 1_650 })
}
