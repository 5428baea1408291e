//! By command and over HTTP.

use std::io::Cursor;

use calamine::{Reader, Xlsx};
use doisoat::service::exports::{Format, Kind};
use serde_json::json;

use super::{ask, fill, json_of};
use crate::support::for_each_backend;
use crate::support::program::run;
use crate::support::school::School;
use crate::support::server::Town;

#[test]
fn the_command_writes_a_file_as_its_name_ends() {
    for_each_backend(|db| {
        let school = School::create(db);
        fill(&school);
        let folder = tempfile::tempdir().unwrap();
        let export = |kind: &str, more: &[&str]| {
            let days = ["--from", "2026-11-01", "--to", "2026-11-30"];
            let common = ["--database", &db.url, "export", kind, "--school", "THCS-MAU"];
            run([&common[..], &days, more].concat())
        };
        for kind in Kind::ALL {
            let path = folder.path().join(format!("{}.xlsx", kind.as_str()));
            let said = export(kind.as_str(), &["--out", path.to_str().unwrap()]);
            assert_eq!(said.status, 0, "{said:?}");
            assert!(said.out.starts_with("Đã ghi "), "{said:?}");
            let bytes = std::fs::read(&path).unwrap();
            let mut book: Xlsx<_> = calamine::open_workbook_from_rs(Cursor::new(bytes)).unwrap();
            let info = book.worksheet_range("Thông tin").unwrap();
            assert!(info.rows().any(|row| row[1] == "user:cli"), "who exported it");
        }
        let said = export("fee-items", &["--format", "json", "--class", "6A1"]);
        let told: serde_json::Value = serde_json::from_str(&said.out).unwrap();
        assert_eq!(told["filters"]["class"], "6A1");
        for (why, more, status, words) in [
            ("no format", &[][..], 2, "[export_format]"),
            ("an ending of no format", &["--out", "a.pdf"], 2, "[export_format]"),
            ("no such folder", &["--out", "/khong/co/a.csv"], 1, "[cannot_write]"),
            ("no such class", &["--format", "csv", "--class", "9Z"], 1, "[class_not_found]"),
        ] {
            let said = export("collections", more);
            assert_eq!(said.status, status, "{why}: {said:?}");
            assert!(said.err.contains(words), "{why}: {said:?}");
            assert_eq!(said.out, "", "{why}");
        }
    });
}

#[test]
fn the_same_file_comes_over_http_to_those_of_the_school_only() {
    for_each_backend(|db| {
        let town = Town::create(db);
        fill(&town.school);
        let days = "from=2026-11-01&to=2026-11-30";
        let told = town.get(&format!("exports/receivables?{days}")).send();
        assert_eq!(told.status, 200);
        let mut here = json_of(&town.school, &ask(Kind::Receivables, Format::Json));
        let mut there = told.json();
        assert_eq!(there["made_by"], json!("user:kế toán"));
        for one in [&mut here, &mut there] {
            one.as_object_mut().unwrap().remove("made_by");
        }
        assert_eq!(there, here, "the same clock, the same figures");

        let file = town.get(&format!("exports/cash-book?{days}&format=xlsx")).send();
        let disposition = file.header("content-disposition").unwrap().to_owned();
        assert_eq!(
            disposition,
            "attachment; filename=\"THCS-MAU_cash-book_2026-11-01_2026-11-30.xlsx\""
        );
        assert!(file.header("content-type").unwrap().contains("spreadsheetml"));
        let text = town.get(&format!("exports/collections?{days}&format=csv&class=6A1")).send();
        assert!(text.header("content-type").unwrap().starts_with("text/csv"));
        assert!(text.text().contains("FT2") && !text.text().contains("FT5"), "{}", text.text());

        for (why, target, status, code) in [
            ("no such export", format!("exports/so-cai?{days}"), 404, "export_not_found"),
            ("no days", "exports/collections".to_owned(), 400, "query"),
            ("no format of ours", format!("exports/collections?{days}&format=pdf"), 400, "query"),
            ("an unknown filter", format!("exports/collections?{days}&lop=6A1"), 400, "query"),
            ("no such round", format!("exports/fee-items?{days}&round=x"), 404, "round_not_found"),
            ("backwards", "exports/fee-items?from=2026-11-02&to=2026-11-01".into(), 422, "period"),
        ] {
            assert_eq!(town.get(&target).send().outcome(), (status, code.to_owned()), "{why}");
        }
        let target = format!("/api/v1/schools/THCS-MAU/exports/receivables?{days}");
        for (why, key, outcome) in [
            ("a reader reads", &town.reader, (200, "-")),
            ("an authority sees no pupils", &town.authority, (403, "key_not_sufficient")),
            ("nor does another school", &town.stranger, (404, "school_not_found")),
        ] {
            let answer = town.server.get(&target).key(key).send();
            assert_eq!(answer.outcome(), (outcome.0, outcome.1.to_owned()), "{why}");
        }
        town.school.verify();
    });
}
