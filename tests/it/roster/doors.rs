//! The same through the program and through HTTP.

use serde_json::{Value, json};
use tempfile::TempDir;

use super::{HEAD, THREE};
use crate::support::client::encoded;
use crate::support::for_each_backend;
use crate::support::program::{Said, run};
use crate::support::school::School;
use crate::support::server::Town;

#[test]
fn the_program_plans_commits_shows_changes_and_undoes() {
    for_each_backend(|db| {
        drop(School::create(db));
        let folder = TempDir::new().unwrap();
        let path = |name: &str| folder.path().join(name).display().to_string();
        std::fs::write(path("hs.csv"), format!("{HEAD}{THREE}HS4;;;;6A1;;;;;\n")).unwrap();
        let program = |arguments: &[&str]| -> Said {
            run([&["--database", db.url.as_str(), "--lang", "en"], arguments].concat())
        };
        let school = ["--school", "THCS-MAU"];
        let with = |head: &[&str], tail: &[&str]| program(&[head, &school[..], tail].concat());
        let planned = with(
            &["import", "students"],
            &["--plan", "--json", "--bad-rows", &path("loi.xlsx"), &path("hs.csv")],
        );
        assert_eq!(planned.status, 1, "a bad row: {planned:?}");
        let plan: Value = serde_json::from_str(&planned.out).unwrap();
        assert_eq!((&plan["state"], &plan["outcome"]["added"]), (&json!("planned"), &json!(3)));
        assert!(std::fs::read(path("loi.xlsx")).unwrap().starts_with(b"PK"));
        let id = plan["id"].to_string();
        let done = with(&["import", "students"], &["--commit", &id]);
        assert!(done.out.contains("committed: new 3"), "{done:?}");

        let list = with(&["students", "list"], &[]);
        let codes: Vec<&str> =
            list.out.lines().filter_map(|line| line.split_whitespace().next()).collect();
        assert_eq!(codes, ["HS3", "HS2", "HS1"]);
        let shown = with(&["students", "show"], &["HS1"]);
        assert!(shown.out.contains("001*****0011") && !shown.out.contains("001315000011"));
        assert!(shown.out.contains("+ HS2"), "{shown:?}");

        let blank = program(&["template", "students", "--out", &path("mau.xlsx")]);
        assert_eq!(blank.status, 0, "{blank:?}");
        let filled = with(&["template", "students"], &["--out", &path("xuat.xlsx")]);
        assert_eq!(filled.status, 0, "{filled:?}");
        let again =
            with(&["import", "students"], &["--mode", "update", "--json", &path("xuat.xlsx")]);
        let again: Value = serde_json::from_str(&again.out).unwrap();
        assert_eq!((&again["unchanged"], &again["bad"]), (&json!(3), &json!([])));

        let undone = with(&["import", "students"], &["--undo", &id]);
        assert!(undone.out.contains("3 students gone"), "{undone:?}");
        assert_eq!(with(&["students", "list"], &["--with-left"]).out, "");
    });
}

#[test]
fn the_program_moves_a_year_on_by_a_list() {
    for_each_backend(|db| {
        drop(School::create(db));
        let folder = TempDir::new().unwrap();
        let path = |name: &str| folder.path().join(name).display().to_string();
        std::fs::write(path("hs.csv"), format!("{HEAD}{THREE}")).unwrap();
        std::fs::write(path("lop.csv"), "Lớp cũ;Lớp mới\n6A1;7A9\n8A1;\n").unwrap();
        let program = |head: &[&str], tail: &[&str]| -> Said {
            let given = ["--database", db.url.as_str(), "--lang", "en"];
            run([&given[..], head, &["--school", "THCS-MAU"], tail].concat())
        };
        // Days relative to the program's own clock: only what it reads back from its list is used.
        let taken = program(&["import", "students"], &["--year", "2020-2021", &path("hs.csv")]);
        assert_eq!(taken.status, 0, "{taken:?}");
        db.execute("UPDATE enrolments SET from_day = NULL");
        let wanted = ["--from-year", "2020-2021", "--on", "2021-06-01", "--map", &path("lop.csv")];
        let shown = program(&["students", "promote"], &wanted);
        assert!(shown.out.contains("Planned for 2021-2022: 2 go up · 1 leave"), "{shown:?}");
        let done = program(&["students", "promote"], &[&wanted[..], &["--commit"]].concat());
        assert!(done.out.contains("Recorded for 2021-2022"), "{done:?}");
        let again = program(&["students", "promote"], &[&wanted[..], &["--commit"]].concat());
        assert_eq!(again.status, 1);
        assert!(again.err.contains("[already_promoted]"), "{again:?}");
        let moved =
            program(&["students", "transfer"], &["HS1", "--class", "7A2", "--on", "2021-09-01"]);
        assert!(moved.out.contains("7A2"), "{moved:?}");
        let left = program(
            &["students", "leave"],
            &["HS1", "--on", "2021-10-01", "--reason", "chuyển trường", "--json"],
        );
        let left: Value = serde_json::from_str(&left.out).unwrap();
        assert_eq!(left["left_on"], json!("2021-10-01"));
        let back = program(&["students", "return"], &["HS1", "--on", "2021-11-01"]);
        assert_eq!(back.status, 0, "{back:?}");
    });
}

#[test]
fn the_api_plans_commits_pages_changes_and_undoes() {
    for_each_backend(|db| {
        let town = Town::create(db);
        let list = format!("{HEAD}{THREE}HS4;;;;6A1;;;;;\n");
        let plan = || town.post("student-imports?mode=new").once("p").bytes(list.as_bytes()).send();
        let planned = plan();
        assert_eq!(planned.status, 201, "{}", planned.text());
        assert_eq!(plan().json(), planned.json(), "the same key, the same plan");
        let id = planned.json()["id"].to_string();
        assert_eq!(planned.json()["bad_rows"], json!(1));
        let done = town.post(&format!("student-imports/{id}/commit")).once("c").send();
        assert_eq!(done.json()["outcome"]["added"], json!(3), "{}", done.text());
        let shown = town.get(&format!("student-imports/{id}")).send();
        assert_eq!(shown.json(), done.json());
        let rows = town.get(&format!("student-imports/{id}/bad-rows")).send();
        assert!(rows.body.starts_with(b"PK") && rows.header("content-disposition").is_some());

        let first = town.get("students?limit=2").send();
        assert_eq!(first.json()[0]["code"], json!("HS3"));
        let link = first.header("link").unwrap().to_owned();
        let next = link.split(['<', '>']).nth(1).unwrap().to_owned();
        let second = town.server.get(&next).key(&town.accountant).send();
        let codes: Vec<_> =
            second.json().as_array().unwrap().iter().map(|one| one["code"].clone()).collect();
        assert_eq!(codes, [json!("HS1")]);
        assert!(second.header("link").is_none());
        let found = town.get(&format!("students?search={}", encoded("hanh"))).send();
        assert_eq!(found.json().as_array().unwrap().len(), 1);
        assert_eq!(town.get("students?cursor=x").send().outcome(), (400, "cursor".to_owned()));

        let one = town.get("students/HS1").send();
        assert!(!one.text().contains("001315000011"), "{}", one.text());
        assert_eq!(one.json()["identifiers"][1]["value"], json!("001*****0011"));
        for (why, filled) in [("blank", ""), ("filled", "?filled=true")] {
            let workbook = town.get(&format!("students/template{filled}")).send();
            assert!(workbook.body.starts_with(b"PK"), "{why}");
        }
        let today = "2026-11-24";
        let moved = town
            .post("students/HS1/transfer")
            .once("t")
            .json(&json!({ "class": "6A2", "on": today }))
            .send();
        assert_eq!(moved.json()["class"], json!("6A2"), "{}", moved.text());
        let refused = town.post(&format!("student-imports/{id}/undo")).once("u").send();
        assert_eq!(refused.outcome(), (409, "changed_later".to_owned()));
        let left = town
            .post("students/HS2/leave")
            .once("l")
            .json(&json!({ "on": today, "reason": "chuyển trường" }))
            .send();
        assert_eq!(left.json()["left_on"], json!(today), "{}", left.text());
        assert_eq!(town.get("students").send().json().as_array().unwrap().len(), 2);
        assert_eq!(town.get("students?with_left=true").send().json().as_array().unwrap().len(), 3);
        let returned =
            town.post("students/HS2/return").once("r").json(&json!({ "on": today })).send();
        assert_eq!(returned.outcome(), (409, "day_too_early".to_owned()), "the same day it left");
        let promoted = town
            .post("students/promotion")
            .once("y")
            .json(&json!({ "from_year": "2026-2027", "on": today, "last_grade": 9 }))
            .send();
        assert_eq!(promoted.json()["problems"][0]["code"], json!("day_too_early"));
    });
}
