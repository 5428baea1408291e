//! What persons taught and refused, through every door; and codes that other schools issued.

use doisoat::service::directory;
use doisoat::service::queue::PaymentView;
use serde_json::json;

use crate::support::for_each_backend;
use crate::support::program::run;
use crate::support::school::{School, csv};
use crate::support::server::Town;

fn reasons(view: &PaymentView) -> Vec<(String, String)> {
    let reasons = view.explanation["reasons"].as_array().unwrap();
    let text = |one: &serde_json::Value| one.as_str().unwrap().to_owned();
    reasons.iter().map(|one| (text(&one["code"]), text(&one["text"]["vi"]))).collect()
}

const STUDENTS: &str = "Mã học sinh;Họ và tên;Lớp;Mã gia đình\nHS01;Nguyễn Thị Hồng Hạnh;6A1;F1\n\
                        HS02;Nguyễn Thị Hồng Hạnh;6A2;F2\n";
const INVOICES: &str = "Mã thanh toán;Mã học sinh;Họ và tên;Lớp;Còn phải thu\n\
                        HPQ6XPNK7;HS01;;;1250000\nHP2P9Q7Q9;HS02;;;1250000\n";
const NAMED: (&str, i64, &str, &str) =
    ("2026-11-02", 1_250_000, "FT1", "hoc phi Nguyen Thi Hong Hanh");

#[test]
fn a_refusal_over_http_follows_the_decision_it_saw_and_is_made_once() {
    for_each_backend(|db| {
        let town = Town::create(db);
        town.school.students(STUDENTS);
        town.school.invoices(INVOICES);
        town.school.statement("a.csv", &csv(0, &[NAMED]));
        let below = format!("payments/{}", town.school.payment_id("hoc phi"));
        let seen = town.get(&below).send();
        let etag = seen.header("etag").unwrap().to_owned();
        let first = seen.json()["explanation"]["proposals"][0]["allocations"][0]["code"].clone();
        let refuse = |once: &str, etag: &str, body: serde_json::Value| {
            let request = town.post(&format!("{below}/refuse")).once(once);
            request.header("If-Match", etag).json(&body).send()
        };
        for (why, body, outcome) in [
            ("nobody is named", json!({}), "refusal_of_whom"),
            ("both", json!({ "proposal": 0, "student_code": "HS01" }), "refusal_of_whom"),
            ("no such proposal", json!({ "proposal": 7 }), "proposal_not_found"),
            ("no such student", json!({ "student_code": "HS09" }), "student_not_found"),
        ] {
            let answer = refuse(why, &etag, body);
            assert_eq!(answer.outcome().1, outcome, "{why}");
        }
        assert_eq!(db.number("SELECT COUNT(*) AS value FROM match_refusals"), 0);

        let asked = json!({ "proposal": 0, "reason": "phụ huynh nói không phải" });
        let done = refuse("mot", &etag, asked.clone());
        assert_eq!(done.outcome(), (200, "-".to_owned()));
        let again = refuse("mot", &etag, asked.clone());
        assert_eq!(again.text(), done.text());
        assert_eq!(again.header("idempotency-replayed"), Some("true"));
        assert_eq!(
            refuse("hai", &etag, asked).outcome(),
            (409, "decided_meanwhile".to_owned()),
            "the machine has decided again since"
        );
        assert_eq!(db.number("SELECT COUNT(*) AS value FROM match_refusals"), 1);

        let now = town.get(&below).send().json();
        let left = now["explanation"]["proposals"].as_array().unwrap();
        assert_eq!(left.len(), 1);
        assert_ne!(left[0]["allocations"][0]["code"], first);
        let told = town.get(&format!("{below}/explanation")).send().json();
        let kinds: Vec<&str> = told["history"]
            .as_array()
            .unwrap()
            .iter()
            .map(|step| step["kind"].as_str().unwrap())
            .collect();
        assert_eq!(kinds.len(), 3, "{kinds:?}");
        assert!(kinds.contains(&"refused"));
        town.school.verify();
    });
}

#[test]
fn the_queue_is_worked_from_the_terminal() {
    for_each_backend(|db| {
        let school = School::create(db);
        school.students(STUDENTS);
        school.invoices(INVOICES);
        school.statement("a.csv", &csv(0, &[NAMED]));
        let number = school.payment_id("hoc phi").to_string();
        let ask = |arguments: &[&str]| {
            let global = ["--database", &db.url, "--lang", "en", "decide"];
            run([&global[..], arguments].concat())
        };
        let at = [&number, "--school", "THCS-MAU"];
        let queue = ask(&["queue", "--school", "THCS-MAU"]);
        assert_eq!(queue.status, 0, "{queue:?}");
        assert!(queue.out.starts_with(&number), "{}", queue.out);
        assert!(queue.out.contains("  2. Nguyễn Thị Hồng Hạnh · 6A"), "{}", queue.out);

        let none = ask(&[&["confirm"][..], &at, &["--proposal", "0"]].concat());
        assert_eq!(none.status, 2, "proposals are numbered from 1");
        let refused = ask(&[&["refuse"][..], &at, &["--student", "HS02"]].concat());
        assert_eq!((refused.status, refused.err.as_str()), (0, ""));
        assert!(refused.out.contains("proposed, to confirm"), "{}", refused.out);
        let queue = ask(&["queue", "--school", "THCS-MAU"]).out;
        assert!(queue.contains("6A1 · HPQ6XPNK7") && !queue.contains("HP2P9Q7Q9"), "{queue}");

        let done = ask(&[&["confirm"][..], &at, &["--proposal", "1"]].concat());
        assert!(done.out.contains("settled; 1.250.000 ₫ allocated, 0 ₫ not"), "{}", done.out);
        assert_eq!(ask(&["queue", "--school", "THCS-MAU"]).out, "No payment waits for a person.\n");
        let back = ask(&[&["reverse"][..], &at, &["--reason", "nhầm"]].concat());
        assert!(back.out.contains("unmatched; 0 ₫ allocated"), "{}", back.out);
        let json = ask(&["queue", "--school", "THCS-MAU", "--json"]).out;
        let view: serde_json::Value = serde_json::from_str(&json).unwrap();
        assert_eq!(view["decision"], "unmatched");
        school.verify();
    });
}

#[test]
fn refusals_are_added_to_and_verify_finds_what_does_not_belong() {
    for_each_backend(|db| {
        let school = School::create(db);
        let other = School::add(school.store.clone(), "THCS-KHAC", "1017000002");
        other.students("Mã học sinh;Họ và tên;Lớp;Mã gia đình\nX1;Lò Thị Mẫu;1A;F1\n");
        school.students(STUDENTS);
        school.invoices(INVOICES);
        school.statement("a.csv", &csv(0, &[NAMED]));
        let refuse = |student: &str| {
            let asked = doisoat::service::refusals::Refusal {
                student_code: Some(student.to_owned()),
                ..Default::default()
            };
            let at = (school.id, school.payment_id("hoc phi"));
            let (store, clock, actor) = (&school.store, &school.clock, &school.actor);
            doisoat::service::refusals::refuse(store, clock, actor, at, None, &asked)
        };
        refuse("HS01").unwrap();
        assert!(refuse("X1").is_err(), "a student of another school");
        school.verify();
        for sql in ["UPDATE match_refusals SET reason = 'x'", "DELETE FROM match_refusals"] {
            let refused = db.try_execute(sql).unwrap_err().to_string();
            assert!(refused.contains("match_refusals is append-only"), "{sql}: {refused}");
        }
        db.execute(
            "INSERT INTO match_refusals SELECT r.id + 1, r.school_id, r.payment_id, s.id, \
             r.account, r.refused_on, r.refused_by, r.refused_at, r.reason \
             FROM match_refusals r JOIN students s ON s.code = 'X1'",
        );
        let faults: Vec<String> = doisoat::service::verify::run(&school.store)
            .unwrap()
            .into_iter()
            .filter(|finding| !finding.holds())
            .map(|finding| format!("{} {}", finding.invariant, finding.faults.join("; ")))
            .collect();
        assert_eq!(faults.len(), 2, "{faults:?}");
        assert!(faults[0].starts_with("I8 1 refusals stand without"), "{faults:?}");
        assert!(faults[1].starts_with("I11 a refusal of another school's student"), "{faults:?}");
    });
}

#[test]
fn a_code_of_another_school_is_told_as_one() {
    for_each_backend(|db| {
        let school = School::create(db);
        school.students(STUDENTS);
        school.invoices(INVOICES);
        let lists = |school: &School, code: &str| {
            school.students("Mã học sinh;Họ và tên;Lớp;Mã gia đình\nX1;Lò Thị Mẫu;1A;F1\n");
            school.invoices(&format!(
                "Mã thanh toán;Mã học sinh;Họ và tên;Lớp;Còn phải thu\n{code};X1;;;500000\n"
            ));
        };
        school.statement("mot-minh.csv", &csv(0, &[("2026-10-02", 9, "FT0", "HPQRC6R6X le")]));
        assert_eq!(reasons(&school.payment("HPQRC6R6X le"))[0].0, "code_unknown");

        let second = School::add(school.store.clone(), "THCS-HAI", "1017000002");
        lists(&second, "HPQRC6R6X");
        // The same code once more: the school that was added first is named.
        let third = School::add(school.store.clone(), "THCS-BA", "1017000003");
        lists(&third, "HPQRC6R6X");
        let (store, clock, actor) = (&school.store, &school.clock, &school.actor);
        let last_day = "2026-11-03".parse().unwrap();
        directory::close_school(store, clock, actor, "THCS-HAI", last_day).unwrap();
        let lines = [
            ("2026-11-02", 500_000, "FT1", "HPQRC6R6X truoc"),
            ("2026-11-03", 500_000, "FT2", "HPQRC6R6X ngay cuoi"),
            ("2026-11-04", 500_000, "FT3", "HPQRC6R6X sau"),
            ("2026-11-05", 1_250_000, "FT4", "HPQ6XPNK7 cua truong minh"),
        ];
        let (_, done) = school.statement("a.csv", &csv(9, &lines));
        assert_eq!(done.settled, 1, "what is our own is settled");
        for (why, text, code, words) in [
            ("before it closed", "truoc", "code_other_school", "là của THCS-HAI"),
            ("its last day", "ngay cuoi", "code_other_school", "là của THCS-HAI"),
            ("after that", "sau", "code_closed_school", "sau ngày 03/11/2026"),
        ] {
            let view = school.payment(&format!("HPQRC6R6X {text}"));
            let told = reasons(&view);
            assert_eq!(told[0].0, code, "{why}: {told:?}");
            assert!(told[0].1.contains(words), "{why}: {told:?}");
            assert_ne!(view.state.decision, "settled", "{why}");
        }
        school.verify();

        let listed = run(["--database", &db.url, "school", "list"]).out;
        assert!(listed.contains("(ngừng hoạt động từ sau ngày 03/11/2026)"), "{listed}");
        // A closed school still takes in its last files.
        second.clock.advance(chrono::TimeDelta::days(30));
        let closed = run([
            "--database",
            &db.url,
            "school",
            "close",
            "--school",
            "THCS-BA",
            "--on",
            "2026-11-30",
        ]);
        assert_eq!((closed.status, closed.out.as_str()), (0, ""));
        let records =
            db.number("SELECT COUNT(*) AS value FROM audit_records WHERE action = 'school.close'");
        assert_eq!(records, 2);
    });
}
