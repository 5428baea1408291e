//! Statement files over HTTP: planned, looked at, committed, undone; or refused.

use std::path::Path;

use serde_json::json;

use crate::support::for_each_backend;
use crate::support::school::csv;
use crate::support::server::{HERE, THERE, Town};

const PLAN: &str = "statements?file_name=sao-ke.csv";

fn a_file() -> Vec<u8> {
    csv(
        0,
        &[
            ("2026-11-02", 1_250_000, "FT1", "HPQ6XPNK7 nop hoc phi"),
            ("2026-11-03", 500_000, "FT2", "nop tien cho con"),
            ("2026-11-03", -22_000, "FT3", "Phi quan ly tai khoan"),
        ],
    )
}

#[test]
fn a_file_is_planned_looked_at_committed_and_undone() {
    for_each_backend(|db| {
        let town = Town::create(db).with_invoices();
        let before = town.school.state();
        let planned = town.post(PLAN).once("plan").bytes(&a_file()).send();
        assert_eq!(planned.outcome(), (201, "-".to_owned()));
        let plan = planned.json();
        assert_eq!(plan["state"], "planned");
        assert_eq!(plan["file_name"], "sao-ke.csv");
        assert_eq!(plan["statements"][0]["credits"], 1_750_000);
        assert_eq!(plan["statements"][0]["debits"], 22_000);
        assert_eq!(town.school.state(), before, "a plan changes nothing");

        let here = format!("statements/{}", plan["id"]);
        assert_eq!(town.get(&here).send().json(), plan);

        let commit = format!("{here}/commit");
        let committed = town.post(&commit).once("commit").send();
        assert_eq!(committed.outcome(), (200, "-".to_owned()));
        assert_eq!(committed.json()["payments"], 3);
        assert_eq!(committed.json()["settled"], 1);
        let after = town.school.state();
        assert_ne!(after, before);

        let again = town.post(&commit).once("commit again").send();
        assert_eq!((again.status, again.json()), (200, committed.json()), "nothing is done twice");
        let same = town.post(PLAN).once("plan again").bytes(&a_file()).send();
        assert_eq!(same.json()["id"], plan["id"], "the same bytes are the same plan");
        assert_eq!(same.json()["state"], "committed");
        assert_eq!(town.school.state(), after);
        town.school.verify();

        let undone = town.post(&format!("{here}/undo")).once("undo").send();
        assert_eq!(undone.outcome(), (200, "-".to_owned()));
        assert_eq!(undone.json()["payments_voided"], 3);
        assert_eq!(town.school.state(), before);
        let late = town.post(&commit).once("commit late").send();
        assert_eq!(late.outcome().0, 409, "what was undone is not committed again");
        town.school.verify();
    });
}

#[test]
fn the_same_key_with_the_same_request_gets_the_same_bytes() {
    for_each_backend(|db| {
        let town = Town::create(db).with_invoices();
        let first = town.post(PLAN).once("k1").bytes(&a_file()).send();
        assert_eq!(first.header("idempotency-replayed"), None);
        let again = town.post(PLAN).once("k1").bytes(&a_file()).chunked().send();
        assert_eq!(again.header("idempotency-replayed"), Some("true"));
        assert_eq!((again.status, &again.body), (first.status, &first.body));

        let commit = format!("statements/{}/commit", first.json()["id"]);
        let first = town.post(&commit).once("k2").send();
        let again = town.post(&commit).once("k2").send();
        assert_eq!((again.status, &again.body), (200, &first.body));
        assert_eq!(again.header("idempotency-replayed"), Some("true"));

        let used = (422, "idempotency_key_reused".to_owned());
        let other_file = csv(0, &[("2026-11-05", 1, "FT9", "khac")]);
        let other = town.post(PLAN).once("k1").bytes(&other_file).send();
        assert_eq!(other.outcome(), used, "another file");
        let other = town.post("statements?file_name=b.csv").once("k1").bytes(&a_file()).send();
        assert_eq!(other.outcome(), used, "another parameter");
        let other = town.post(&commit).once("k1").send();
        assert_eq!(other.outcome(), used, "another operation");
        let target = format!("/api/v1/schools/{HERE}/{PLAN}");
        let other = town.server.post(&target).key(&town.admin).once("k1").bytes(&other_file).send();
        assert_eq!(other.outcome().0, 201, "the keys of two callers are not confused");

        for (why, key) in [("none", None), ("empty", Some("")), ("endless", Some("x"))] {
            let mut request = town.post(PLAN).bytes(&a_file());
            if let Some(key) = key {
                request = request.once(&key.repeat(201));
            }
            let expected = (400, "idempotency_key_needed".to_owned());
            assert_eq!(request.send().outcome(), expected, "{why}");
        }
    });
}

#[test]
fn a_body_beyond_the_limit_is_refused_whatever_its_headers_say() {
    for_each_backend(|db| {
        let town = Town::create(db);
        let limit = 1024 * 1024;
        for (why, size, chunked, status) in [
            ("announced", limit + 1, false, 413),
            ("in pieces", limit + 1, true, 413),
            ("far beyond, in pieces", 3 * limit, true, 413),
            ("just within", limit, true, 422),
        ] {
            for list in [PLAN, "students", "invoices"] {
                let mut request = town.post(list).once(why).bytes(&vec![b'\x01'; size]);
                if chunked {
                    request = request.chunked();
                }
                let (found, code) = request.send().outcome();
                assert_eq!(found, status, "{why}: {list}");
                assert_eq!(code == "upload_too_large", status == 413, "{why}: {list}: {code}");
            }
        }
        assert_eq!(town.get("imports").send().json(), json!([]));
    });
}

#[test]
fn a_file_that_cannot_be_trusted_is_refused_in_both_languages_and_leaves_no_trace() {
    let fixture = |name: &str| {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/statements");
        std::fs::read(folder.join(name)).unwrap()
    };
    let camt = fixture("camt053_v02.xml");
    let sum = String::from_utf8(a_file()).unwrap();
    let off = sum.replace("Số dư cuối kỳ;;;;1728000", "Số dư cuối kỳ;;;;1728001");
    assert_ne!(sum, off);
    // The last column: where the problem says it is.
    let cases: [(&str, Vec<u8>, &str, &str); 6] = [
        ("a PDF", b"%PDF-1.7\n1 0 obj\n".to_vec(), HERE, ""),
        ("half a camt file", camt[..camt.len() / 2].to_vec(), HERE, "place"),
        ("another school's account", a_file(), THERE, "statement"),
        ("balances that do not add up", off.into_bytes(), HERE, "statement"),
        ("an amount that is none", fixture("broken/amount_nan.xml"), HERE, "place"),
        ("nothing at all", Vec::new(), HERE, ""),
    ];
    for_each_backend(|db| {
        let town = Town::create(db).with_invoices();
        for (why, bytes, school, place) in &cases {
            let key = if *school == HERE { &town.accountant } else { &town.stranger };
            let ask = |lang: &str| {
                town.server
                    .post(&format!("/api/v1/schools/{school}/{PLAN}"))
                    .key(key)
                    .once(&format!("{why} {lang}").replace(' ', "-"))
                    .header("Accept-Language", lang)
                    .bytes(bytes)
                    .send()
            };
            let (vi, en) = (ask("vi"), ask("en"));
            assert_eq!((vi.status, en.status), (422, 422), "{why}: {}", vi.text());
            let (vi, en) = (vi.json(), en.json());
            let (vi, en) = (&vi["errors"][0], &en["errors"][0]);
            assert_eq!(vi["code"], en["code"], "{why}");
            assert!(!vi["detail"].as_str().unwrap().is_ascii(), "{why}: {vi}");
            assert_ne!(vi["detail"], en["detail"], "{why}");
            assert_eq!(vi["place"], en["place"], "{why}");
            let told = ["place", "statement"].into_iter().find(|place| !vi[*place].is_null());
            assert_eq!(told.unwrap_or_default(), *place, "{why}: {vi}");
            let list = town.server.get(&format!("/api/v1/schools/{school}/imports")).key(key);
            assert_eq!(list.send().json(), json!([]), "{why}");
        }
        // A refusal is not kept: the key serves for the right file.
        let right = town.post(PLAN).once("a-PDF-vi").bytes(&a_file()).send();
        assert_eq!(right.outcome(), (201, "-".to_owned()));
    });
}
