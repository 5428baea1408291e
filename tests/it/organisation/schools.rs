//! Schools: where they belong, and the codes under which they are found.

use doisoat::domain::money::Vnd;
use doisoat::service::cash::{self, NewCash};
use serde_json::json;

use super::{cli, done, lines, province, refused, report};
use crate::support::for_each_backend;
use crate::support::school::School;

#[test]
fn a_school_is_placed_moved_and_found_by_its_other_codes_at_every_door() {
    for_each_backend(|db| {
        province(db);
        let place = |authority: &str, days: &[&str]| {
            let arguments = ["school", "place", "--school", "TH-MAU-1", "--authority", authority];
            cli(db, &[&arguments[..], days].concat())
        };
        for (why, authority, days, code) in [
            (
                "stated days that are taken",
                "SO-MAU-1",
                &["--from", "2025-01-01", "--to", "2025-12-31"][..],
                "placement_overlap",
            ),
            (
                "from the day it is already",
                "XA-MAU-B",
                &["--from", "2025-07-01"],
                "placement_overlap",
            ),
            ("without a day", "XA-MAU-B", &["--to", "2026-01-01"], "placement_overlap"),
            (
                "under one that has ended",
                "HUYEN-MAU-1",
                &["--from", "2026-01-01"],
                "placement_outside",
            ),
            (
                "the wrong way round",
                "XA-MAU-B",
                &["--from", "2026-02-01", "--to", "2026-01-01"],
                "dates_reversed",
            ),
            ("under nobody known", "KHONG-CO", &["--from", "2026-02-01"], "authority_not_found"),
        ] {
            let said = place(authority, days);
            assert_eq!(said.status, 1, "{why}: {said:?}");
            assert!(said.err.contains(&format!("[{code}]")), "{why}: {said:?}");
        }
        assert_eq!(place("XA-MAU-B", &["--from", "2026-01-01"]).out, "Recorded.\n");
        let said = place("XA-MAU-B", &["--from", "2026-01-01"]);
        assert_eq!(said.out, "It was so before; nothing has changed.\n");
        done(
            db,
            &[
                "school",
                "satellite",
                "--school",
                "TH-MAU-1",
                "--code",
                "DT1",
                "--name",
                "Điểm trường Mẫu",
                "--from",
                "2020-09-05",
            ],
        );
        done(db, &["school", "levels", "--school", "TH-MAU-1", "--levels", "primary,preschool"]);
        refused(
            db,
            &["school", "levels", "--school", "TH-MAU-1", "--levels", "đại học"],
            "level_unknown",
        );
        let kind = |as_what| ["school", "ownership", "--school", "TH-MAU-1", "--as", as_what];
        done(db, &kind("tư thục"));
        refused(db, &kind("bán công"), "ownership_unknown");
        done(
            db,
            &["school", "alias", "--school", "TH-MAU-1", "--code", "TH-CU", "--to", "2025-06-30"],
        );
        for (why, school, code, refusal) in [
            ("a school's own code", "TH-MAU-1", "TH-MAU-1", "alias_code"),
            ("another school's code", "TH-MAU-1", "THPT-MAU-1", "school_code_taken"),
            (
                "another school's other code of these days",
                "THPT-MAU-1",
                "TH-CU",
                "school_code_taken",
            ),
        ] {
            let arguments = ["school", "alias", "--school", school, "--code", code];
            refused(db, &arguments, refusal);
            assert!(!why.is_empty());
        }
        refused(db, &["school", "add", "--code", "TH-CU", "--name", "X"], "school_code_taken");

        let shown = lines(&done(db, &["school", "show", "--school", "TH-CU", "--json"])).remove(0);
        assert_eq!(shown["code"], "TH-MAU-1");
        assert_eq!(shown["levels"], json!(["preschool", "primary"]));
        assert_eq!(shown["level"], "preschool,primary");
        assert_eq!(shown["ownership"], "private");
        assert_eq!(
            shown["aliases"],
            json!([{ "code": "TH-CU", "from": null, "to": "2025-06-30" }])
        );
        assert_eq!(shown["satellites"][0]["code"], "DT1");
        assert_eq!(shown["notes"][0]["code"], "former_code");
        assert_eq!(shown["settings"]["settle_in_part"], true);
        let places: Vec<_> = shown["placements"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| (one["authority"].as_str().unwrap(), one["to"].as_str()))
            .collect();
        assert_eq!(
            places,
            [
                ("HUYEN-MAU-1", Some("2025-06-30")),
                ("XA-MAU-A", Some("2025-12-31")),
                ("XA-MAU-B", None),
            ]
        );
        // Every command finds it by its old code.
        for arguments in [
            &["decide", "queue", "--school", "TH-CU"][..],
            &[
                "school",
                "coverage",
                "--school",
                "TH-CU",
                "--from",
                "2025-05-01",
                "--to",
                "2025-05-31",
            ],
            &["account", "list", "--school", "TH-CU"],
            &["payouts", "list", "--school", "TH-CU"],
            &[
                "report",
                "cashless",
                "--school",
                "TH-CU",
                "--from",
                "2025-05-01",
                "--to",
                "2025-05-31",
            ],
        ] {
            done(db, arguments);
        }
        // The same code at two schools one after the other names neither without a day.
        done(
            db,
            &[
                "school",
                "alias",
                "--school",
                "THPT-MAU-1",
                "--code",
                "TH-CU",
                "--from",
                "2025-07-01",
            ],
        );
        refused(db, &["school", "show", "--school", "TH-CU"], "school_code_ambiguous");
        done(db, &["verify"]);
    });
}

#[test]
fn what_people_paid_is_reported_where_the_school_was() {
    for_each_backend(|db| {
        let school = School::create(db);
        let store = &school.store;
        for (code, from, to) in
            [("CU", None, Some("2026-10-31")), ("MOI", Some("2026-11-01"), None)]
        {
            let mut arguments =
                vec!["authority", "add", "--code", code, "--name", code, "--kind", "ward"];
            arguments.extend(from.iter().flat_map(|day| ["--from", day]));
            arguments.extend(to.iter().flat_map(|day| ["--to", day]));
            done(db, &arguments);
        }
        done(db, &["school", "place", "--school", "THCS-MAU", "--authority", "CU"]);
        // Nobody has been told yet where it went: an empty report says so.
        let said = cli(db, &["school", "show", "--school", "THCS-MAU"]);
        assert!(said.err.contains("[placement_gap]"), "{said:?}");
        done(
            db,
            &[
                "school",
                "place",
                "--school",
                "THCS-MAU",
                "--authority",
                "MOI",
                "--from",
                "2026-11-01",
            ],
        );
        school.students("Mã học sinh;Họ và tên;Lớp\nHS01;Nguyễn Mẫu Một;1A\n");
        school.invoices(
            "Mã thanh toán;Mã học sinh;Họ và tên;Lớp;Còn phải thu\nHPQ6XPNK7;HS01;;;9000\n",
        );
        for (on, dong) in [("2026-10-20", 1_000), ("2026-11-20", 2_000)] {
            let new = NewCash {
                allocations: vec![("HPQ6XPNK7".to_owned(), Vnd::new(dong))],
                payer: "Người nộp mẫu".to_owned(),
                received_on: on.parse().unwrap(),
                note: None,
                request_key: None,
            };
            cash::record(store, &school.clock, &school.actor, school.id, &new).unwrap();
        }
        for (authority, from, to, dong) in
            [("CU", "2026-10-01", "2026-10-31", 1_000), ("MOI", "2026-11-01", "2026-11-30", 2_000)]
        {
            let (found, _) = report(db, authority, from, to);
            assert_eq!(found["rates"]["reported"]["by_amount"]["denominator"], dong, "{found}");
        }
        school.verify();
    });
}
