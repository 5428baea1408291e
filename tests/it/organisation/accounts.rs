//! Accounts of schools and of students, from when to when.

use serde_json::json;

use super::{cli, done, lines, province, refused};
use crate::support::for_each_backend;
use crate::support::school::{School, csv};

/// A command about the first account of the primary school.
fn account<'a>(what: &[&'a str]) -> Vec<&'a str> {
    let named = ["--school", "TH-MAU-1", "--number", "1017000001"];
    [&["account"], &what[..1], &named, &what[1..]].concat()
}

#[test]
fn an_account_that_ended_takes_late_statements_and_is_not_offered_for_new_payments() {
    for_each_backend(|db| {
        province(db);
        let add = |number: &str, more: &[&str]| {
            let arguments = [
                "account",
                "add",
                "--school",
                "TH-MAU-1",
                "--bin",
                "970418",
                "--number",
                number,
                "--holder",
                "TRUONG MAU",
            ];
            cli(db, &[&arguments[..], more].concat())
        };
        assert_eq!(add("3110 0000 0002", &["--from", "2025-10-01"]).status, 0);
        for (why, number, more, code) in [
            ("known", "311000000002", &[][..], "bank_account_exists"),
            ("no number", ".", &[], "bank_account"),
            (
                "days reversed",
                "31100003",
                &["--from", "2025-10-02", "--to", "2025-10-01"],
                "dates_reversed",
            ),
        ] {
            let said = add(number, more);
            assert!(said.status == 1 && said.err.contains(&format!("[{code}]")), "{why}: {said:?}");
        }
        refused(
            db,
            &["account", "end", "--school", "TH-MAU-1", "--number", "99", "--on", "2025-09-30"],
            "account_not_found",
        );
        assert_eq!(done(db, &account(&["end", "--on", "2025-09-30"])), "Recorded.\n");
        assert_eq!(
            done(db, &account(&["holder", "--holder", "TRUONG TIEU HOC MAU"])),
            "Recorded.\n"
        );
        refused(db, &account(&["holder", "--holder", " "]), "holder_needed");
        let listed: Vec<_> =
            lines(&done(db, &["account", "list", "--school", "TH-MAU-1", "--json"]))
                .iter()
                .map(|one| {
                    (
                        one["number"].as_str().unwrap().to_owned(),
                        one["holder"].clone(),
                        one["offered"].clone(),
                    )
                })
                .collect();
        assert_eq!(
            listed,
            [
                ("1017000001".to_owned(), json!("TRUONG TIEU HOC MAU"), json!(false)),
                ("311000000002".to_owned(), json!("TRUONG MAU"), json!(true)),
            ]
        );
        // Nobody is asked to pay there any more.
        let webhook = |number: &str| {
            let made = [
                "webhook",
                "create",
                "--school",
                "TH-MAU-1",
                "--provider",
                "casso",
                "--name",
                "x",
                "--account",
                number,
            ];
            cli(db, &made)
        };
        let said = webhook("1017000001");
        assert!(said.status == 1 && said.err.contains("[account_ended]"), "{said:?}");
        // What the bank says late still counts.
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("muon.csv");
        let late = [("2025-09-29", 5_000, "FT25272000009", "nop quy")];
        std::fs::write(&path, csv(200_000, &late)).unwrap();
        let out =
            done(db, &["import", "statement", "--school", "TH-MAU-1", path.to_str().unwrap()]);
        assert!(out.contains("5,000") || out.contains("5.000"), "{out}");
        done(db, &["verify"]);
    });
}

#[test]
fn a_virtual_account_has_days_and_one_family() {
    for_each_backend(|db| {
        let school = School::create(db);
        school.students("Mã học sinh;Họ và tên;Lớp;Mã gia đình\nHS01;Nguyễn Mẫu Một;1A;F1\nHS02;Nguyễn Mẫu Hai;2A;F1\nHS03;Trần Mẫu Ba;3A;F2\n");
        let add = |student: &str, number: &str, days: &[&str]| {
            let arguments = [
                "virtual-account",
                "add",
                "--school",
                "THCS-MAU",
                "--student",
                student,
                "--number",
                number,
            ];
            cli(db, &[&arguments[..], days].concat())
        };
        for (why, student, number, days, code) in [
            ("the first", "HS01", "VQR 0001", &["--to", "2026-05-31"][..], None),
            ("a sibling's", "HS02", "VQR0001", &[], None),
            ("again", "HS01", "VQR0001", &[], Some("virtual_account_exists")),
            ("another family's", "HS03", "VQR0001", &[], Some("virtual_account_taken")),
            ("nobody's", "HS09", "VQR0002", &[], Some("student_not_found")),
            ("no number", "HS03", ".", &[], Some("virtual_account")),
            (
                "reversed",
                "HS03",
                "VQR0002",
                &["--from", "2026-02-01", "--to", "2026-01-01"],
                Some("dates_reversed"),
            ),
        ] {
            let said = add(student, number, days);
            match code {
                None => assert_eq!(said.status, 0, "{why}: {said:?}"),
                Some(code) => assert!(said.err.contains(&format!("[{code}]")), "{why}: {said:?}"),
            }
        }
        let end = [
            "virtual-account",
            "end",
            "--school",
            "THCS-MAU",
            "--student",
            "HS02",
            "--number",
            "VQR0001",
            "--on",
            "2026-06-30",
        ];
        assert_eq!(done(db, &end), "Recorded.\n");
        // From the next day on it may be another family's.
        assert_eq!(add("HS03", "VQR0001", &["--from", "2026-07-01"]).status, 0);
        let listed =
            lines(&done(db, &["virtual-account", "list", "--school", "THCS-MAU", "--json"]));
        let days: Vec<_> = listed
            .iter()
            .map(|one| {
                (one["student_code"].as_str().unwrap(), one["from"].as_str(), one["to"].as_str())
            })
            .collect();
        assert_eq!(
            days,
            [
                ("HS01", None, Some("2026-05-31")),
                ("HS02", None, Some("2026-06-30")),
                ("HS03", Some("2026-07-01"), None),
            ]
        );
        let of_one =
            done(db, &["virtual-account", "list", "--school", "THCS-MAU", "--student", "HS03"]);
        assert!(of_one.contains("VQR0001") && of_one.lines().count() == 1, "{of_one}");
        school.verify();
    });
}
