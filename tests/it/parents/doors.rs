//! The doors to families and their data: the API, and the program's commands.

use std::fmt::Write as _;
use std::io::Cursor;

use doisoat::domain::access::Role;
use doisoat::service::keys::Reach;
use doisoat::service::students::{Leaving, moves};
use serde_json::{Value, json};

use super::Home;
use crate::support::browser::Desk;
use crate::support::client::Answer;
use crate::support::feed::TEST_KEY;
use crate::support::program::{Said, doisoat, said};
use crate::support::school::csv;
use crate::support::server::{HERE, THERE, Town};
use crate::support::{TestDb, for_each_backend};

/// A GET below the school with a key.
fn get_as(town: &Town, key: &str, below: &str) -> Answer {
    town.server.get(&format!("/api/v1/schools/{HERE}/{below}")).key(key).send()
}

/// The family of the first student has paid and the student has left the school.
fn gone(town: &Town) {
    let school = &town.school;
    let line = ("2026-11-23", 1_250_000, "FT26327000001", "HPQ6XPNK7");
    school.statement("sao-ke.csv", &csv(0, &[line]));
    let leaving =
        Leaving { on: "2026-11-24".parse().unwrap(), reason: "chuyển trường".to_owned() };
    moves::leave(&school.store, &school.clock, &school.actor, (school.id, "HS01"), &leaving)
        .unwrap();
}

fn command(db: &TestDb, words: &[&str]) -> Said {
    let mut command = doisoat(words);
    command.env("DOISOAT_SECRETS__KEY", TEST_KEY).env("DOISOAT_DATABASE", &db.url);
    said(command.output().unwrap())
}

#[test]
fn the_api_lists_what_families_ask_and_answers_it_once() {
    for_each_backend(|db| {
        let town = Town::create(db).with_invoices();
        let home = Home::of(&town, "HS02");
        let asked = [("amount", "1.000.000"), ("paid_on", "22/11/2026"), ("words", "Đã nộp.")];
        assert_eq!(home.ask(&asked, None).status, 303);
        let list = town.get("claims").send().json();
        let claim = &list["claims"][0];
        assert_eq!((&claim["amount"], &claim["answer"]), (&json!(1_000_000), &json!(null)));
        let children = claim["children"].as_array().unwrap();
        assert!(children.iter().any(|one| one["code"] == "HS02"), "{list}");
        assert_eq!(list["next"], json!(null));
        let answer = |body: &Value, key: &str| {
            let below = format!("claims/{}/answer", claim["id"]);
            town.post(&below).once(key).json(body).send()
        };
        for (why, status, body) in [
            ("no such answer", 400, json!({ "answer": "maybe" })),
            ("a field nobody knows", 400, json!({ "answer": "not_found", "amount": 1 })),
            ("nothing said of what to send", 422, json!({ "answer": "please_send" })),
            ("no payment named", 422, json!({ "answer": "matched" })),
        ] {
            let once = why.replace(' ', "-");
            assert_eq!(answer(&body, &once).status, status, "{why}");
        }
        let good = json!({ "answer": "not_found", "words": "Chưa thấy trong sao kê." });
        let done = answer(&good, "c1");
        assert_eq!(done.status, 200, "{}", done.text());
        assert_eq!(answer(&good, "c2").outcome().0, 409, "answered before");
        assert_eq!(town.get("claims").send().json()["claims"], json!([]), "nothing waits");
        let all = town.get("claims?all=true").send().json();
        assert_eq!(all["claims"][0]["answer"], "not_found", "{all}");
        let foreign = format!("/api/v1/schools/{THERE}/claims/{}/answer", claim["id"]);
        let foreign = town.server.post(&foreign).key(&town.stranger).once("c3").json(&good).send();
        assert_eq!(foreign.status, 404);
        town.school.verify();
    });
}

#[test]
fn the_api_gives_data_out_and_up_with_two_persons_and_writes_down_who_looked() {
    for_each_backend(|db| {
        let town = Town::create(db).with_invoices();
        let here = Reach::School(HERE.to_owned());
        let (head, second) = (town.key(Role::Head, &here), &town.admin);
        assert_eq!(get_as(&town, &town.accountant, "students/HS01/export").status, 403);
        let export = get_as(&town, &head, "students/HS01/export");
        assert_eq!(export.header("content-type"), Some("application/zip"));
        assert!(export.header("content-disposition").unwrap().starts_with("attachment"));
        let archive = zip::ZipArchive::new(Cursor::new(export.body)).unwrap();
        assert!(archive.file_names().any(|name| name.is_ok_and(|name| name == "data.json")));
        assert_eq!(get_as(&town, &head, "students/KHONG/export").status, 404);

        assert_eq!(get_as(&town, &town.accountant, "access-log").status, 403);
        let log = get_as(&town, &head, "access-log").json();
        let look = &log["looks"][0];
        assert_eq!((&look["what"], &look["students"][0]), (&json!("export"), &json!("HS01")));
        let of_nobody = get_as(&town, &head, "access-log?actor=khong-ai").json();
        assert_eq!(of_nobody["looks"], json!([]));

        let ask = |key: &str, once: &str| {
            let body = json!({ "reason": "gia đình yêu cầu" });
            town.post_as(key, "students/HS01/erasure").once(once).json(&body).send()
        };
        assert_eq!(ask(&town.accountant, "e0").status, 403);
        assert_eq!(ask(&head, "e1").outcome().1, "erasure_at_school");
        gone(&town);
        let asked = ask(&head, "e2");
        assert_eq!(asked.status, 201, "{}", asked.text());
        let id = asked.json()["id"].as_i64().unwrap();
        assert_eq!(get_as(&town, &head, "erasures").json()[0]["state"], "asked");
        let decide = |key: &str, agree: bool, once: &str| {
            let body = json!({ "agree": agree });
            town.post_as(key, &format!("erasures/{id}/decision")).once(once).json(&body).send()
        };
        assert_eq!(decide(&head, true, "e3").outcome().1, "second_person");
        let done = decide(second, true, "e4").json();
        assert_eq!(
            (&done["state"], &done["code"]),
            (&json!("done"), &json!(format!("XOA-{}", done["student"])))
        );
        assert_eq!(decide(second, false, "e5").outcome(), (409, "erasure_decided".to_owned()));
        let names = db.words("SELECT name AS value FROM students");
        assert!(!names.iter().any(|name| name.contains("Mẫu Một")), "{names:?}");
        town.school.verify();
    });
}

/// Families beside those that are there have answered so.
pub fn answers(db: &TestDb, town: &Town, scores: &[i32]) {
    let school = town.school.id.0;
    let mut list = "Mã học sinh;Họ và tên;Lớp\n".to_owned();
    for number in 0..scores.len() {
        writeln!(list, "HSH{number};Học Sinh Hỏi {number};8A1").unwrap();
    }
    assert_eq!(town.school.students(&list).bad, vec![]);
    for (number, score) in scores.iter().enumerate() {
        db.execute(&format!(
            "INSERT INTO survey_answers (id, school_id, family_id, term, score, words, answered_at) \
             SELECT 4000000000000000000 + {number}, {school}, family_id, '2026-2027/1', {score}, '', \
             '2026-11-24 01:00:00' FROM students WHERE code = 'HSH{number}'"
        ));
    }
}

#[test]
fn an_authority_sees_the_share_of_content_families_and_never_of_a_few() {
    for_each_backend(|db| {
        let town = Town::create(db).with_invoices();
        let desk = Desk::of(&town);
        let reach = Reach::Authority("PHONG-MAU".to_owned());
        let supervisor = desk.signed_in_at(Role::Supervisor, &reach);
        let page = || {
            let answer = supervisor.ask(town.server.get("/figures/PHONG-MAU?month=2026-11"));
            assert_eq!(answer.status, 200, "{}", answer.text());
            answer.text()
        };
        let api = || {
            let answer =
                town.server.get("/api/v1/reports/satisfaction").key(&town.authority).send();
            answer.json()
        };
        assert!(page().contains("Phụ huynh hài lòng") && page().contains("Chưa có gia đình nào"));
        answers(db, &town, &[5, 5, 5, 1]);
        let few = page();
        assert!(few.contains("quá ít") && !few.contains("75,0 %"), "{few}");
        assert_eq!(api()["total"]["state"], "too_few");
        db.execute("DELETE FROM survey_answers");
        answers(db, &town, &[5, 4, 5, 1, 4, 2]);
        let told = page();
        assert!(told.contains("66,7 %") && told.contains("4 trong 6 gia đình"), "{told}");
        assert!(told.contains("mục tiêu 75 %, học kỳ 1, 2026-2027"), "{told}");
        let survey = api();
        assert_eq!(survey["total"]["tenths_of_percent"], 667, "{survey}");
        assert_eq!(survey["total"]["reached"], false);
        assert_eq!(survey["schools"].as_array().unwrap().len(), 1, "no other authority's");
        let earlier = town
            .server
            .get("/api/v1/reports/satisfaction?term=2025-2026/2")
            .key(&town.authority)
            .send();
        assert_eq!(earlier.json()["total"]["state"], "no_data");
        let wrong =
            town.server.get("/api/v1/reports/satisfaction?term=x").key(&town.authority).send();
        assert_eq!(wrong.outcome(), (400, "term".to_owned()));
    });
}

#[test]
fn the_commands_hand_out_addresses_and_data_and_take_them_back() {
    for_each_backend(|db| {
        let town = Town::create(db).with_invoices();
        let of = ["--school", HERE, "--student", "HS01"];
        let run = |words: &[&str]| command(db, &[&["family"], words].concat());
        let of_student = |words: &[&str]| run(&[words, &of[..]].concat());
        let said = of_student(&["link"]);
        assert_eq!(said.status, 0, "{said:?}");
        let path = said.out.trim().split("/f/").nth(1).map(|secret| format!("/f/{secret}"));
        let path = path.unwrap_or_else(|| panic!("{said:?}"));
        assert_eq!(town.server.get(&path).send().status, 200);
        assert_eq!(of_student(&["revoke"]).out, "Đã hủy 1 địa chỉ.\n");
        assert_eq!(town.server.get(&path).send().status, 404);

        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("hs01.zip");
        let said = of_student(&["export", "--out", file.to_str().unwrap()]);
        assert_eq!(said.status, 0, "{said:?}");
        assert!(std::fs::read(&file).unwrap().starts_with(b"PK"));
        let log = run(&["log", "--school", HERE]).out;
        assert_eq!(log.lines().count(), 3, "{log}");

        let erase = ["erase", "--reason", "gia đình yêu cầu", "--by", "hieu-truong"];
        let said = of_student(&erase);
        assert!(said.status == 1 && said.err.contains("[erasure_at_school]"), "{said:?}");
        gone(&town);
        let number = |said: &Said| {
            let told: Value = serde_json::from_str(said.out.trim()).unwrap();
            told["id"].to_string()
        };
        let first = number(&of_student(&erase));
        let decide =
            |what: &str, id: &str, by: &str| run(&[what, id, "--school", HERE, "--by", by]);
        assert!(decide("refuse", &first, "quan-tri").out.contains("\"refused\""));
        let second = number(&of_student(&erase));
        assert!(decide("agree", &second, "hieu-truong").err.contains("[second_person]"));
        assert!(decide("agree", &second, "quan-tri").out.contains("\"done\""));
        assert!(of_student(&["link"]).err.contains("_not_found]"), "the code is another one now");

        let forgotten = run(&["forget"]);
        assert_eq!(forgotten.status, 0, "{forgotten:?}");
        answers(db, &town, &[5, 4, 3, 5, 5]);
        let survey = run(&["survey", "--term", "2026-2027/1"]);
        assert!(survey.out.contains("\"tenths_of_percent\":800"), "{survey:?}");
        assert!(run(&["survey", "--term", "x"]).err.contains("[term]"));
        town.school.verify();
    });
}
