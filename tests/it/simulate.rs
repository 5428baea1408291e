//! `simulate` as somebody runs it: what it writes fits together and is written once.

use std::collections::HashMap;
use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::support::program::{Said, run};

fn simulate(out: &Path, more: &[&str]) -> Said {
    let out = out.to_str().unwrap();
    let plan = ["simulate", "--seed", "3", "--students", "90", "--schools", "2"];
    run([&plan[..], &["--profile", "national", "--out", out], more].concat())
}

#[test]
fn a_folder_is_written_once_and_every_line_of_the_truth_can_be_found() {
    let folder = tempfile::tempdir().unwrap();
    let said = simulate(folder.path(), &[]);
    assert_eq!((said.status, said.err.as_str()), (0, ""));
    assert!(said.out.contains("2 trường, 90 học sinh"), "{}", said.out);
    let truth = fs::read_to_string(folder.path().join("truth.jsonl")).unwrap();
    let mut deliveries: HashMap<String, Vec<Value>> = HashMap::new();
    for line in truth.lines() {
        let line: Value = serde_json::from_str(line).unwrap();
        let school = folder.path().join(line["school"].as_str().unwrap());
        for seen in line["seen_in"].as_array().unwrap() {
            assert!(school.join(seen["file"].as_str().unwrap()).is_file(), "{seen}");
        }
        let told = &line["notified_by"];
        let Some(file) = told["file"].as_str() else { continue };
        let of_file = deliveries.entry(file.to_owned()).or_insert_with(|| {
            let text = fs::read_to_string(school.join("notifications").join(file)).unwrap();
            text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
        });
        let place = usize::try_from(told["entry"].as_u64().unwrap()).unwrap();
        let body: Value = serde_json::from_str(of_file[place]["body"].as_str().unwrap()).unwrap();
        let data = body.get("data").unwrap_or(&body);
        let text = data.get("content").or_else(|| data.get("description"));
        assert_eq!(text, Some(&line["remittance"]), "{told}");
    }
    assert_eq!(deliveries.len(), 2);

    let again = simulate(folder.path(), &["--lang", "en"]);
    assert_eq!((again.status, again.out.as_str()), (1, ""));
    assert!(again.err.contains("folder_not_empty"), "{}", again.err);
    assert_eq!(simulate(folder.path(), &["--force"]).status, 0);
    assert_eq!(fs::read_to_string(folder.path().join("truth.jsonl")).unwrap(), truth);
}

#[test]
fn its_files_go_through_reconcile() {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(simulate(folder.path(), &[]).status, 0);
    let school = folder.path().join("THCS-MAU-01");
    let named = |part: &str| -> Vec<String> {
        let mut names: Vec<String> = fs::read_dir(&school)
            .unwrap()
            .map(|file| file.unwrap().path().to_str().unwrap().to_owned())
            .filter(|name| name.contains(part))
            .collect();
        names.sort();
        names
    };
    let (list, statements) = (named("tat-ca"), named("_2026-11-"));
    let arguments = ["reconcile", "--json", "--invoices", list[0].as_str()];
    let statements: Vec<&str> = statements.iter().map(String::as_str).collect();
    let said = run([&arguments[..], &statements].concat());
    assert_eq!((said.status, said.err.as_str()), (0, ""));
    let settled = said.out.lines().filter(|line| line.contains(r#""decision":"settled""#)).count();
    assert!(settled > 40, "{settled} of {}", said.out.lines().count());
}

#[test]
fn what_cannot_be_built_is_wrong_usage() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().to_str().unwrap();
    for (why, students, schools, profile, code) in [
        ("no such kind", "10", "1", "moon", "profile_unknown"),
        ("no school", "10", "0", "city", "size_out_of_range"),
        ("fewer students than schools", "1", "2", "city", "size_out_of_range"),
        ("a school beyond its numbers", "9000", "1", "city", "size_out_of_range"),
    ] {
        let said = run([
            "simulate",
            "--seed",
            "1",
            "--students",
            students,
            "--schools",
            schools,
            "--profile",
            profile,
            "--out",
            out,
        ]);
        assert_eq!(said.status, 2, "{why}");
        assert!(said.err.contains(code), "{why}: {}", said.err);
    }
}
