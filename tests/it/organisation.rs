//! Who supervises which school on which day: the reform of 1 July 2025 as data, from every door.

mod accounts;
mod http;
mod rows;
mod schools;

use serde_json::{Value, json};

use crate::support::program::{Said, run};
use crate::support::school::csv;
use crate::support::{TestDb, for_each_backend};

const LIST: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/rosters/organisation.csv");

/// Runs the program on a database, in English.
fn cli(db: &TestDb, arguments: &[&str]) -> Said {
    run([&["--lang", "en", "--database", &db.url][..], arguments].concat())
}

/// The same where it must succeed; what it printed.
fn done(db: &TestDb, arguments: &[&str]) -> String {
    let said = cli(db, arguments);
    assert_eq!(said.status, 0, "{arguments:?}: {said:?}");
    said.out
}

/// The same where it must refuse; what it said.
fn refused(db: &TestDb, arguments: &[&str], code: &str) -> String {
    let said = cli(db, arguments);
    assert_eq!(said.status, 1, "{arguments:?}: {said:?}");
    assert!(said.err.contains(&format!("[{code}]")), "{arguments:?}: no {code} in {}", said.err);
    assert_eq!(said.out, "", "{arguments:?}");
    said.err
}

fn lines(out: &str) -> Vec<Value> {
    out.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// The report of an authority: its JSON, and what was said beside it.
fn report(db: &TestDb, authority: &str, from: &str, to: &str) -> (Value, String) {
    let arguments = ["report", "cashless", "--authority", authority, "--from", from, "--to", to];
    let said = cli(db, &[&arguments[..], &["--format", "json"]].concat());
    assert_eq!(said.status, 0, "{authority} {from} {to}: {said:?}");
    (serde_json::from_str(&said.out).unwrap(), said.err)
}

fn schools_of(report: &Value) -> Vec<&str> {
    let schools = report["schools"].as_array().unwrap();
    schools.iter().map(|school| school["code"].as_str().unwrap()).collect()
}

/// The fixture's province, with 100,000 đồng in cash in May and as much by transfer in September 2025
/// at its primary school.
fn province(db: &TestDb) {
    done(db, &["import", "organisation", LIST]);
    done(
        db,
        &[
            "school",
            "account",
            "--school",
            "TH-MAU-1",
            "--bin",
            "970436",
            "--number",
            "1017000001",
            "--holder",
            "TRUONG MAU",
        ],
    );
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, bytes: &[u8]| {
        let path = folder.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let students =
        file("hs.csv", "Mã học sinh;Họ và tên;Lớp\nHS01;Nguyễn Thị Mẫu Một;1A\n".as_bytes());
    done(db, &["import", "students", "--school", "TH-MAU-1", &students]);
    let invoices = file(
        "pt.csv",
        "Mã thanh toán;Mã học sinh;Họ và tên;Lớp;Còn phải thu;Đợt thu\nHPQ6XPNK7;HS01;;;100000;T5\nHP2P9Q7Q9;HS01;;;100000;T9\n".as_bytes(),
    );
    done(db, &["import", "invoices", "--school", "TH-MAU-1", &invoices]);
    let statement = file(
        "sk.csv",
        &csv(
            0,
            &[
                ("2025-05-12", 100_000, "FT25132000001", "HPQ6XPNK7 hoc phi thang 5"),
                ("2025-09-15", 100_000, "FT25258000001", "HP2P9Q7Q9 hoc phi thang 9"),
            ],
        ),
    );
    done(db, &["import", "statement", "--school", "TH-MAU-1", &statement]);
}

#[test]
fn the_reform_of_july_2025_is_data_and_nothing_is_entered_again() {
    for_each_backend(|db| {
        province(db);

        // May is the district's, under its old code of then too.
        let (may, told) = report(db, "HUYEN-MAU-1", "2025-05-01", "2025-05-31");
        assert_eq!(schools_of(&may), ["TH-MAU-1", "THCS-MAU-1"]);
        assert_eq!(may["rates"]["reported"]["by_amount"]["numerator"], 100_000, "{may}");
        assert_eq!(told, "");

        // September is the communes'.
        let (september, told) = report(db, "XA-MAU-A", "2025-09-01", "2025-09-30");
        assert_eq!(schools_of(&september), ["TH-MAU-1"]);
        assert_eq!(september["rates"]["reported"]["by_amount"]["numerator"], 100_000);
        assert_eq!(told, "");
        let (other, _) = report(db, "XA-MAU-B", "2025-09-01", "2025-09-30");
        assert_eq!(schools_of(&other), ["THCS-MAU-1"]);
        let (whole, _) = report(db, "TINH-MAU-1", "2025-09-01", "2025-09-30");
        assert_eq!(schools_of(&whole), ["TH-MAU-1", "THCS-MAU-1", "THPT-MAU-1"]);

        // The district in September: who followed, not an empty report.
        let ask = |authority, from, to| {
            ["report", "cashless", "--authority", authority, "--from", from, "--to", to]
        };
        let said = refused(db, &ask("HUYEN-MAU-1", "2025-09-01", "2025-09-30"), "authority_ended");
        for part in ["ended on 2025-06-30", "XA-MAU-A", "1 school", "XA-MAU-B"] {
            assert!(said.contains(part), "no {part:?} in {said}");
        }
        assert!(!said.contains("crosses"), "{said}");
        // A period that crosses the day: which day decides, for the one that ended and for the new one.
        let said = refused(db, &ask("HUYEN-MAU-1", "2025-06-01", "2025-07-31"), "authority_ended");
        assert!(said.contains("crosses that day, and its last day decides"), "{said}");
        let said = refused(db, &ask("XA-MAU-A", "2025-05-01", "2025-05-31"), "authority_not_yet");
        assert!(said.contains("began on 2025-07-01") && said.contains("HUYEN-MAU-1"), "{said}");
        let (both, told) = report(db, "XA-MAU-A", "2025-06-01", "2025-07-31");
        assert_eq!(schools_of(&both), ["TH-MAU-1"]);
        assert!(told.contains("[period_crosses_change]"), "{told}");
        assert!(told.contains("on the last day, 2025-07-31"), "{told}");
        assert_eq!(both["notes"][0]["code"], "period_crosses_change");

        // A former code finds the unit and says so.
        let (old, told) = report(db, "SGD-MAU", "2025-05-01", "2025-05-31");
        assert_eq!(
            (&old["authority"]["code"], schools_of(&old)),
            (&json!("SO-MAU-1"), vec!["THPT-MAU-1"])
        );
        assert!(told.contains("[former_code]"), "{told}");
        let (then, told) = report(db, "SGD-MAU", "2023-05-01", "2023-05-31");
        assert_eq!((&then["authority"]["code"], told.as_str()), (&json!("SGD-MAU"), ""));

        done(db, &["verify"]);
    });
}

#[test]
fn the_tree_of_each_day_is_listed_and_an_authority_shows_its_history() {
    for_each_backend(|db| {
        province(db);
        let listed = |on: &str| -> Vec<(String, u64)> {
            lines(&done(db, &["authority", "list", "--json", "--on", on]))
                .iter()
                .map(|one| {
                    (one["code"].as_str().unwrap().to_owned(), one["depth"].as_u64().unwrap())
                })
                .collect()
        };
        let of = |rows: &[(&str, u64)]| -> Vec<(String, u64)> {
            rows.iter().map(|(code, depth)| ((*code).to_owned(), *depth)).collect()
        };
        let before = of(&[("TINH-MAU-1", 0), ("HUYEN-MAU-1", 1), ("XA-MAU-C", 2), ("SO-MAU-1", 1)]);
        assert_eq!(listed("2025-06-30"), before);
        let after = of(&[
            ("TINH-MAU-1", 0),
            ("SO-MAU-1", 1),
            ("XA-MAU-A", 1),
            ("XA-MAU-B", 1),
            ("XA-MAU-C", 1),
        ]);
        assert_eq!(listed("2025-07-01"), after);

        let show = |code: &str, on: &str| {
            lines(&done(db, &["authority", "show", code, "--json", "--on", on])).remove(0)
        };
        let district = show("HUYEN-MAU-1", "2025-06-30");
        assert_eq!(district["schools"].as_array().unwrap().len(), 2);
        let followed: Vec<_> = district["followed_by"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| (one["code"].as_str().unwrap(), one["schools"].as_u64().unwrap()))
            .collect();
        assert_eq!(followed, [("XA-MAU-A", 1), ("XA-MAU-B", 1)]);
        let later = show("HUYEN-MAU-1", "2025-07-01");
        assert_eq!(
            (&later["schools"], &later["notes"][0]["code"]),
            (&json!([]), &json!("authority_not_there"))
        );
        let department = show("SGD-MAU", "2026-01-01");
        assert_eq!(department["former"][0]["code"], "SGD-MAU");
        assert_eq!(department["notes"][0]["code"], "former_code");
        // For people, with words for kinds and days.
        let said =
            run(["--database", &db.url, "authority", "show", "HUYEN-MAU-1", "--on", "2025-06-30"]);
        for part in ["Huyện", "đến 30/06/2025", "kế tục: XA-MAU-A"] {
            assert!(said.out.contains(part), "no {part:?} in {}", said.out);
        }
    });
}

#[test]
fn units_move_are_renamed_and_end_and_what_cannot_be_is_refused() {
    for_each_backend(|db| {
        province(db);
        done(
            db,
            &[
                "authority",
                "add",
                "--code",
                "TINH-2",
                "--name",
                "Tỉnh Mẫu Hai",
                "--kind",
                "Tỉnh",
                "--from",
                "2025-01-01",
            ],
        );
        for (why, arguments, code) in [
            (
                "a code that is taken",
                &["add", "--code", "TINH-2", "--name", "X", "--kind", "province"][..],
                "authority_exists",
            ),
            (
                "a former code of that time",
                &[
                    "add",
                    "--code",
                    "SGD-MAU",
                    "--name",
                    "X",
                    "--kind",
                    "department",
                    "--to",
                    "2020-12-31",
                ],
                "authority_exists",
            ),
            (
                "a kind nobody knows",
                &["add", "--code", "T", "--name", "X", "--kind", "thôn"],
                "authority_kind",
            ),
            ("no name", &["add", "--code", "T", "--name", " ", "--kind", "ward"], "authority_name"),
            (
                "a parent nobody knows",
                &["add", "--code", "T", "--name", "X", "--kind", "ward", "--parent", "Y"],
                "authority_not_found",
            ),
            (
                "days the wrong way round",
                &[
                    "add",
                    "--code",
                    "T",
                    "--name",
                    "X",
                    "--kind",
                    "ward",
                    "--from",
                    "2025-02-01",
                    "--to",
                    "2025-01-31",
                ],
                "dates_reversed",
            ),
            (
                "under itself",
                &["move", "TINH-2", "--parent", "TINH-2", "--from", "2026-01-01"],
                "authority_circle",
            ),
            (
                "under what is below it",
                &["move", "TINH-MAU-1", "--parent", "XA-MAU-A", "--from", "2026-01-01"],
                "authority_circle",
            ),
            (
                "under one that has ended",
                &["move", "XA-MAU-A", "--parent", "HUYEN-MAU-1", "--from", "2026-01-01"],
                "authority_not_there",
            ),
            (
                "before it exists",
                &["move", "XA-MAU-A", "--parent", "TINH-2", "--from", "2025-06-01"],
                "authority_not_there",
            ),
            (
                "a new code of another",
                &["rename", "XA-MAU-A", "--new-code", "XA-MAU-B", "--from", "2026-01-01"],
                "authority_exists",
            ),
            (
                "renamed before it exists",
                &["rename", "XA-MAU-A", "--name", "Y", "--from", "2025-07-01"],
                "rename_day",
            ),
            ("ended before it began", &["end", "XA-MAU-A", "--on", "2025-06-30"], "dates_reversed"),
            (
                "followed by nobody known",
                &["end", "XA-MAU-A", "--on", "2026-06-30", "--followed-by", "Y"],
                "authority_not_found",
            ),
            (
                "followed by itself",
                &["end", "XA-MAU-A", "--on", "2026-06-30", "--followed-by", "XA-MAU-A"],
                "follows_itself",
            ),
            (
                "an end that brings a school under two",
                &["end", "HUYEN-MAU-1", "--on", "2025-07-01"],
                "placement_overlap",
            ),
        ] {
            let before = db.row_counts();
            if why == "an end that brings a school under two" {
                // An open placement ends where its authority does: a later end would reach the next one.
                db.execute(
                    "UPDATE school_placements SET valid_to = NULL WHERE valid_to = '2025-06-30'",
                );
            }
            let all = [&["authority"], arguments].concat();
            refused(db, &all, code);
            assert_eq!(db.row_counts(), before, "{why}: nothing is left");
        }
        let said = cli(db, &["authority", "rename", "XA-MAU-A", "--new-code", "X"]);
        assert_eq!(said.status, 2, "a new code needs a day");

        let again =
            &["authority", "move", "XA-MAU-B", "--parent", "TINH-2", "--from", "2026-01-01"][..];
        assert_eq!(done(db, again), "Recorded.\n");
        assert_eq!(done(db, again), "It was so before; nothing has changed.\n");
        let (of_one, _) = report(db, "TINH-MAU-1", "2026-01-01", "2026-01-31");
        assert_eq!(schools_of(&of_one), ["TH-MAU-1", "THPT-MAU-1"]);
        let (of_two, _) = report(db, "TINH-2", "2026-01-01", "2026-01-31");
        assert_eq!(schools_of(&of_two), ["THCS-MAU-1"]);

        done(
            db,
            &[
                "authority",
                "rename",
                "XA-MAU-A",
                "--new-code",
                "PHUONG-A",
                "--name",
                "Phường Mẫu A",
                "--from",
                "2026-03-01",
            ],
        );
        let (old, told) = report(db, "XA-MAU-A", "2026-03-01", "2026-03-31");
        assert_eq!(old["authority"]["code"], "PHUONG-A");
        assert!(told.contains("[former_code]"), "{told}");
        // The code is free again from that day on, though not before.
        refused(
            db,
            &["authority", "rename", "XA-MAU-B", "--new-code", "XA-MAU-A", "--from", "2026-02-01"],
            "authority_exists",
        );
        done(
            db,
            &["authority", "rename", "XA-MAU-B", "--new-code", "XA-MAU-A", "--from", "2026-04-01"],
        );
        let code = |on: &str| {
            let shown = lines(&done(db, &["authority", "show", "XA-MAU-A", "--json", "--on", on]));
            shown[0]["name"].as_str().unwrap().to_owned()
        };
        assert!(code("2026-02-28").starts_with("Xã Mẫu A"), "who had it that day");
        assert!(code("2026-04-01").starts_with("Xã Mẫu B"));

        // An end tells which schools and units are left alone.
        let said = cli(db, &["authority", "end", "PHUONG-A", "--on", "2026-06-30"]);
        assert!(
            said.err.contains("[schools_without_authority]") && said.err.contains("TH-MAU-1"),
            "{said:?}"
        );
        let said = cli(
            db,
            &["authority", "end", "TINH-2", "--on", "2026-12-31", "--followed-by", "TINH-MAU-1"],
        );
        assert!(
            said.err.contains("[units_without_parent]") && said.err.contains("XA-MAU-A"),
            "{said:?}"
        );
        done(db, &["verify"]);
    });
}
