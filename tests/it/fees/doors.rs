//! Fees through the real doors: over HTTP, and by the program's commands.

use serde_json::{Value, json};

use super::STUDENTS;
use crate::support::client::{Answer, Request, encoded};
use crate::support::for_each_backend;
use crate::support::program::{Said, run};
use crate::support::school::{School, csv};
use crate::support::server::{HERE, Town};
use doisoat::domain::access::Role;
use doisoat::service::keys::Reach;

const OK: u16 = 200;

fn put(town: &Town, below: &str, body: &Value) -> Answer {
    let target = format!("/api/v1/schools/{HERE}/{below}");
    Request::new(town.server.address, "PUT", &target).key(&town.accountant).json(body).send()
}

fn draft() -> Value {
    json!({
        "name": "Tháng 11/2026", "scope": { "of": "grades", "which": [6, 7] },
        "from": "2026-11-01", "to": "2026-11-30", "due_on": "2026-12-10",
        "items": [{ "item": "MEALS", "quantity": 22 }],
        "instalments": [{ "percent": 50, "due_on": "2026-12-01" }, { "percent": 50, "due_on": "2026-12-10" }],
    })
}

/// A town whose round of meals was issued; the preview's fingerprint.
pub fn issued(town: &Town) -> String {
    let meals = json!({ "name": "Tiền ăn", "unit": "day", "compulsory": true, "priority": 1 });
    let set = put(town, "fee-items/MEALS", &meals);
    assert_eq!((set.status, &set.json()["prices"]), (OK, &json!([])), "{}", set.text());
    let price = || town.post("fee-items/MEALS/prices").json(&json!({ "price": 30_000 }));
    let priced = price().once("price").send();
    assert_eq!(priced.json()["prices"][0]["price"], 30_000);
    assert_eq!(price().once("price").send().body, priced.body, "told again, not done again");
    assert_eq!(price().once("another").send().outcome(), (409, "price_twice".to_owned()));

    assert_eq!(put(town, "rounds/T11", &draft()).json()["state"], "draft");
    let again = put(town, "rounds/T11", &draft());
    assert_eq!(again.json()["terms"]["items"][0]["quantity"], 22, "sent twice it says the same");
    let had = "student_code;fee_item;quantity\nHS02;MEALS;20\n";
    let taken = town.post("rounds/T11/quantities").once("had").bytes(had.as_bytes()).send();
    assert_eq!(taken.json(), json!({ "added": 1, "updated": 0, "unchanged": 0, "bad": [] }));
    let seen = town.get("rounds/T11/preview").send().json();
    assert_eq!((&seen["invoices"], &seen["net"]), (&json!(3), &json!(1_920_000)));
    let fingerprint = seen["fingerprint"].as_str().unwrap().to_owned();

    let issue = |seen: &str| town.post("rounds/T11/issue").json(&json!({ "fingerprint": seen }));
    let unnamed = issue(&fingerprint).send().outcome();
    assert_eq!(unnamed, (400, "idempotency_key_needed".to_owned()));
    assert_eq!(issue("0").once("i0").send().outcome(), (409, "round_changed".to_owned()));
    let done = issue(&fingerprint).once("i1").send();
    assert_eq!(done.json(), seen);
    let again = issue(&fingerprint).once("i1").send();
    assert_eq!((again.header("idempotency-replayed"), &again.body), (Some("true"), &done.body));
    assert_eq!(issue(&fingerprint).once("i2").send().outcome(), (409, "round_issued".to_owned()));
    assert_eq!(put(town, "rounds/T11", &draft()).outcome(), (409, "round_issued".to_owned()));
    fingerprint
}

/// The code of a student's invoice in the round.
fn code_in_round(town: &Town, student: &str) -> String {
    let found = town.get(&format!("invoices?round=T11&student={student}")).send().json();
    assert_eq!(found.as_array().map(Vec::len), Some(1), "{found}");
    found[0]["code"].as_str().unwrap().to_owned()
}

#[test]
fn a_round_is_made_looked_at_and_issued_over_http() {
    for_each_backend(|db| {
        let town = Town::create(db).with_invoices();
        let fingerprint = issued(&town);
        let rounds = town.get("rounds").send().json();
        assert_eq!(rounds[0]["code"], "T11", "newest first");
        assert_eq!(rounds[1]["state"], "listed", "the round of the list");
        let below = format!("rounds/{}/preview", encoded(rounds[1]["code"].as_str().unwrap()));
        assert_eq!(town.get(&below).send().outcome(), (409, "round_listed".to_owned()));
        let shown = town.get("rounds/T11").send().json();
        assert_eq!(
            (&shown["state"], &shown["fingerprint"]),
            (&json!("issued"), &json!(fingerprint))
        );
        let detail = town.get(&format!("invoices/{}", code_in_round(&town, "HS01"))).send().json();
        assert_eq!(
            (&detail["lines"][0]["quantity"], &detail["open"]),
            (&json!(22), &json!(660_000))
        );
        assert_eq!(detail["instalments"][1]["amount"], 330_000);
        assert_eq!((&detail["number"], &detail["school_year"]), (&json!(1), &json!("2026-2027")));
        for (why, below, expected) in [
            ("no such round", "rounds/T99", (404, "round_not_found".to_owned())),
            ("no such invoice", "invoices/T99", (404, "invoice_not_found".to_owned())),
            ("no draft any more", "rounds/T11/preview", (409, "round_issued".to_owned())),
        ] {
            assert_eq!(town.get(below).send().outcome(), expected, "{why}");
        }
        town.school.verify();
    });
}

#[test]
fn invoices_come_by_pages_where_a_limit_is_given() {
    for_each_backend(|db| {
        let town = Town::create(db).with_invoices();
        issued(&town);
        let codes = |answer: &Answer| -> Vec<String> {
            let list = answer.json();
            let list = list.as_array().unwrap().iter();
            list.map(|one| one["code"].as_str().unwrap().to_owned()).collect()
        };
        let all = town.get("invoices").send();
        assert_eq!((codes(&all).len(), all.header("link")), (6, None), "everything, as before");
        for (query, sizes) in [
            ("limit=4", vec![4, 2]),
            ("limit=2", vec![2, 2, 2]),
            ("limit=0", vec![1; 6]),
            ("limit=1000", vec![6]),
            ("limit=2&state=open", vec![2, 2, 2]),
            ("limit=2&round=T11", vec![2, 1]),
            ("limit=1&student=HS03", vec![1, 1]),
            ("limit=2&state=paid", vec![0]),
            ("after=0", vec![6]),
        ] {
            let mut next = Some(format!("/api/v1/schools/{HERE}/invoices?{query}"));
            let (mut found, mut pages) = (Vec::new(), Vec::new());
            while let Some(target) = next {
                let page = town.server.get(&target).key(&town.reader).send();
                assert_eq!(page.outcome(), (OK, "-".to_owned()), "{target}");
                pages.push(codes(&page).len());
                found.extend(codes(&page));
                next = page.header("link").map(|link| {
                    let target = link.strip_prefix('<').unwrap();
                    target.strip_suffix(">; rel=\"next\"").unwrap().to_owned()
                });
            }
            assert_eq!(pages, sizes, "{query}");
            let expected: Vec<String> =
                codes(&all).into_iter().filter(|code| found.contains(code)).collect();
            assert_eq!(found, expected, "{query}: each once, in the order of the whole list");
        }
        for (query, expected) in
            [("round=T99", "round_not_found"), ("student=HS99&limit=1", "student_not_found")]
        {
            let answer = town.get(&format!("invoices?{query}")).send();
            assert_eq!(answer.outcome(), (404, expected.to_owned()), "{query}");
        }
    });
}

#[test]
fn invoices_come_down_and_credit_goes_back_over_http() {
    for_each_backend(|db| {
        let town = Town::create(db).with_invoices();
        issued(&town);
        let [one, two, three] = ["HS01", "HS02", "HS03"].map(|who| code_in_round(&town, who));
        let text = format!("{one} nop tien an");
        town.school.statement("a.csv", &csv(0, &[("2026-11-23", 660_000, "FT1", &text)]));
        assert_eq!(town.get(&format!("invoices/{one}")).send().json()["state"], "paid");

        let credit = || {
            let body =
                json!({ "lines": [{ "item": "MEALS", "quantity": 2 }], "reason": "nghỉ ốm" });
            town.post(&format!("invoices/{one}/credit-notes")).once("credit").json(&body).send()
        };
        let made = credit().json();
        assert_eq!(
            made,
            json!({ "number": 1, "net": 60_000, "moved": 60_000, "replaced_by": null })
        );
        assert_eq!(credit().json(), made, "sent again it is not made again");
        let detail = town.get(&format!("invoices/{one}")).send().json();
        assert_eq!(detail["credit_notes"].as_array().map(Vec::len), Some(1));
        assert_eq!((&detail["net"], &detail["paid"]), (&json!(600_000), &json!(600_000)));

        let asked = town
            .post_as(&town.chief, &format!("invoices/{two}/write-offs"))
            .once("ask")
            .json(&json!({ "amount": 600_000, "reason": "bỏ học" }))
            .send()
            .json();
        let decide = |key: &str, once: &str| {
            let target = format!("/api/v1/schools/{HERE}/write-offs/{}/decision", asked["id"]);
            let body = json!({ "approve": true });
            town.server.post(&target).key(key).once(once).json(&body).send()
        };
        let same = decide(&town.chief, "d1").outcome();
        assert_eq!(same, (409, "second_person".to_owned()));
        assert_eq!(decide(&town.accountant, "d0").status, 403, "an accountant does not agree");
        assert_eq!(decide(&town.admin, "d2").json()["state"], "approved");
        assert_eq!(town.get("write-offs").send().json()[0]["state"], "approved");
        assert_eq!(town.get(&format!("invoices/{two}")).send().json()["open"], 0);

        let body =
            json!({ "quantities": [{ "item": "MEALS", "quantity": 10 }], "reason": "đếm nhầm" });
        let anew =
            town.post(&format!("invoices/{three}/reissue")).once("r").json(&body).send().json();
        let new = anew["replaced_by"].as_str().unwrap();
        let detail = town.get(&format!("invoices/{new}")).send().json();
        assert_eq!((&detail["net"], &detail["replaces"]), (&json!(300_000), &json!(three)));

        let order = json!({
            "student": "HS01", "amount": 60_000, "bin": "970436", "account": "1017000099",
            "holder": "NGUOI NHAN MAU", "reason": "gia đình đề nghị",
        });
        let ordered = town.post("refunds").once("order").json(&order).send().json();
        assert_eq!((&ordered["state"], &ordered["student"]), (&json!("ordered"), &json!("HS01")));
        let again = town.post("refunds").once("again").json(&order).send().outcome();
        assert_eq!(again, (409, "refund_ordered".to_owned()), "the same order waits already");
        let mut more = order.clone();
        more["amount"] = json!(50_000);
        let more = town.post("refunds").once("more").json(&more).send().outcome();
        assert_eq!(more, (409, "credit_exhausted".to_owned()));
        let list = format!("/api/v1/schools/{HERE}/refunds");
        let cashier = town.key(Role::Cashier, &Reach::School(HERE.to_owned()));
        let told = town.server.get(&list).key(&cashier).send().outcome();
        assert_eq!(told, (403, "key_not_sufficient".to_owned()), "accounts of persons");
        let waiting = |state: &str| town.get(&format!("refunds?state={state}")).send();
        assert_eq!(waiting("ordered").json().as_array().map(Vec::len), Some(1));
        assert_eq!(waiting("gone").outcome(), (400, "state".to_owned()));
        let end = json!({ "state": "paid", "on": "2026-11-24", "reference": "FT99" });
        let below = format!("refunds/{}/end", ordered["id"]);
        assert_eq!(town.post(&below).once("end").json(&end).send().json()["state"], "paid");
        assert_eq!(waiting("ordered").json(), json!([]));
        town.school.verify();
    });
}

#[test]
fn an_authoritys_codes_are_for_administrators_of_everything_to_add() {
    for_each_backend(|db| {
        let town = Town::create(db).with_invoices();
        let codes = json!([{ "code": "HP01", "name": "Học phí" }]);
        let add = |key: &str, authority: &str| {
            let target = format!("/api/v1/authorities/{authority}/official-codes");
            town.server.post(&target).key(key).json(&codes).send()
        };
        for (who, key) in [
            ("an accountant", &town.accountant),
            ("a reader", &town.reader),
            ("the authority itself", &town.authority),
        ] {
            let outcome = add(key, "PHONG-MAU").outcome();
            assert_eq!(outcome, (403, "key_not_sufficient".to_owned()), "{who}");
        }
        let nowhere = add(&town.admin, "KHONG-CO").outcome();
        assert_eq!(nowhere, (404, "authority_not_found".to_owned()));
        assert_eq!(add(&town.admin, "PHONG-MAU").json(), json!({ "added": 1 }));
        assert_eq!(add(&town.admin, "PHONG-MAU").json(), json!({ "added": 0 }), "known");
        assert_eq!(town.get("official-codes").send().json(), codes);
        let item = json!({
            "name": "Học phí", "unit": "month", "compulsory": true, "priority": 0, "official_code": "HP01",
        });
        assert_eq!(put(&town, "fee-items/TUITION", &item).json()["official_code"], "HP01");
        let items = town.get("fee-items").send().json();
        let codes: Vec<&Value> =
            items.as_array().unwrap().iter().map(|item| &item["code"]).collect();
        assert!(codes.contains(&&json!("TUITION")), "{codes:?}");

        let zone = json!({ "student": "HS01", "zone": "nông thôn" });
        assert_eq!(put(&town, "fee-zone", &zone).json(), zone);
        let nobody = put(&town, "fee-zone", &json!({ "student": "HS99", "zone": null })).outcome();
        assert_eq!(nobody, (404, "student_not_found".to_owned()));
        let optional = json!({ "name": "Xe", "unit": "month", "compulsory": false, "priority": 5 });
        assert_eq!(put(&town, "fee-items/BUS", &optional).status, OK);
        let chosen = "student_code;fee_item;from\nHS01;BUS;01/09/2026\nHS99;BUS;01/09/2026\n";
        let taken = town.post("fee-choices").once("c").bytes(chosen.as_bytes()).send().json();
        assert_eq!(
            (&taken["added"], &taken["bad"][0]["code"]),
            (&json!(1), &json!("unknown_student"))
        );
    });
}

#[test]
fn the_program_makes_a_price_list_and_issues_a_round() {
    for_each_backend(|db| {
        let school = School::create(db);
        assert_eq!(school.students(STUDENTS).bad, vec![]);
        let folder = tempfile::tempdir().unwrap();
        let command = |line: &[&str]| -> Said {
            run([
                &["--database", db.url.as_str(), "--lang", "en"][..],
                line,
                &["--school", "THCS-MAU"],
            ]
            .concat())
        };
        let done = |line: &[&str]| -> String {
            let said = command(line);
            assert_eq!((said.status, said.err.as_str()), (0, ""), "{line:?}: {}", said.out);
            said.out
        };
        let refused = |line: &[&str], status: i32, code: &str| {
            let said = command(line);
            assert_eq!(said.status, status, "{line:?}: {said:?}");
            assert!(said.err.contains(code), "{line:?}: {said:?}");
        };
        done(&["fee", "set", "MEALS", "--name", "Tiền ăn", "--unit", "day"]);
        refused(&["fee", "set", "X", "--name", "X", "--unit", "ngày"], 2, "[unit]");
        let priced = done(&["fee", "price", "MEALS", "30000", "--from", "2026-09-01"]);
        assert!(priced.contains("30.000 ₫  01/09/2026–…"), "{priced}");
        refused(&["fee", "price", "MEALS", "-1"], 1, "[negative_price]");
        done(&["fee", "set", "BUS", "--name", "Xe đưa đón", "--optional"]);
        let items = done(&["fee", "list", "--json"]);
        assert_eq!(items.lines().count(), 2, "{items}");
        done(&["fee", "zone", "nông thôn", "--student", "HS01"]);
        let write = |name: &str, text: &str| {
            std::fs::write(folder.path().join(name), text).unwrap();
            folder.path().join(name).to_str().unwrap().to_owned()
        };
        let choices = write("chon.csv", "student_code;fee_item;from\nHS02;BUS;01/09/2026\n");
        assert!(done(&["import", "choices", &choices]).contains("added 1 "));

        let set = |item: &'static str| {
            let mut line = vec!["round", "set", "T11", "--name", "Tháng 11"];
            line.extend(["--from", "2026-11-01", "--to", "2026-11-30", "--due-on", "2026-12-20"]);
            line.extend(["--class", "6A1", "--item", "MEALS=22", "--item", item]);
            line.extend(["--instalment", "50=2026-12-01", "--instalment", "50=2026-12-20"]);
            line
        };
        refused(&set("BUS=một"), 2, "[item]");
        let both = [&set("BUS=1@250000")[..], &["--grade", "6"]].concat();
        assert_eq!(command(&both).status, 2, "classes and grades");
        let draft = done(&set("BUS=1@250000"));
        assert!(draft.contains("classes 6A1") && draft.contains("× 250.000 ₫"), "{draft}");
        let had = write("ngay-an.csv", "student_code;fee_item;quantity\nHS02;MEALS;20\n");
        assert!(done(&["round", "quantities", "T11", &had]).contains("added 1 "));
        let preview = done(&["round", "preview", "T11"]);
        // 22 and 20 days at 30,000, and one bus.
        for part in ["2 students · 2 invoices", "due 1.510.000 ₫", "Students without e-mail: 1"]
        {
            assert!(preview.contains(part), "{part}: {preview}");
        }
        let seen: Value =
            serde_json::from_str(&done(&["round", "preview", "T11", "--json"])).unwrap();
        assert_eq!(seen["without_email"], json!(["HS02"]));
        let fingerprint = seen["fingerprint"].as_str().unwrap();
        assert!(preview.contains(fingerprint));

        assert_eq!(command(&["round", "issue", "T11"]).status, 2, "neither seen nor agreed");
        refused(&["round", "issue", "T11", "--fingerprint", "0"], 1, "[round_changed]");
        let issued = done(&["round", "issue", "T11", "--fingerprint", fingerprint]);
        assert!(issued.contains("due 1.510.000 ₫"), "{issued}");
        refused(&["round", "issue", "T11", "--yes"], 1, "[round_issued]");
        assert!(done(&["round", "list"]).contains("issued · user:cli"));
        assert!(done(&["round", "show", "T11"]).contains("50 %  01/12/2026"));

        let list = done(&["invoice", "list", "--round", "T11", "--student", "HS02", "--json"]);
        let invoice: Value = serde_json::from_str(&list).unwrap();
        assert_eq!((&invoice["net"], &invoice["state"]), (&json!(850_000), &json!("open")));
        let code = invoice["code"].as_str().unwrap();
        let shown = done(&["invoice", "show", code]);
        assert!(shown.contains("20 × 30.000 ₫") && shown.contains("425.000 ₫"), "{shown}");
        refused(&["invoice", "list", "--state", "mở"], 2, "[state]");
        let made = done(&["invoice", "credit", code, "--units", "MEALS=2", "--reason", "nghỉ ốm"]);
        assert!(made.contains("60.000 ₫ less"), "{made}");
        let anew =
            done(&["invoice", "reissue", code, "--units", "MEALS=10", "--reason", "đếm nhầm"]);
        let new = anew.trim().rsplit(' ').next().unwrap();
        assert!(done(&["invoice", "show", new]).contains(&format!("replaces {code}")));
        let asked = done(&[
            "invoice",
            "write-off",
            new,
            "--amount",
            "550000",
            "--reason",
            "bỏ học",
            "--json",
        ]);
        let asked: Value = serde_json::from_str(&asked).unwrap();
        let number = asked["id"].to_string();
        refused(&["invoice", "decide", &number, "--approve"], 1, "[second_person]");
        assert!(done(&["invoice", "decide", &number, "--refuse"]).contains("refused"));
        assert!(done(&["invoice", "write-offs"]).contains("550.000 ₫"));

        school.credit("HS01", 100_000, "nop thua");
        let to = ["--bin", "970436", "--account", "1017000099", "--holder", "NGUOI NHAN MAU"];
        let order = |amount: &'static str| {
            let line = ["refund", "order", "--student", "HS01", "--amount", amount];
            [&line[..], &to, &["--reason", "chuyển trường", "--json"]].concat()
        };
        refused(&order("100001"), 1, "[credit_exhausted]");
        let number = |said: String| -> String {
            serde_json::from_str::<Value>(&said).unwrap()["id"].to_string()
        };
        let first = number(done(&order("100000")));
        assert!(done(&["refund", "cancel", &first, "--reason", "để lại"]).contains("cancelled"));
        let second = number(done(&order("100000")));
        assert!(
            done(&["refund", "paid", &second, "--on", "2026-11-24"]).contains("paid 24/11/2026")
        );
        assert_eq!(done(&["refund", "list"]).lines().count(), 2);
        assert_eq!(done(&["refund", "list", "--state", "ordered"]), "");
        school.verify();
    });
}
