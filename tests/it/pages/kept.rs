//! A form with a file that is sent after the session ended keeps what was typed beside the file.

use doisoat::domain::access::Role;

use crate::support::browser::{Browser, Desk, went_on};
use crate::support::for_each_backend;
use crate::support::school::{ACCOUNT, csv};
use crate::support::server::{HERE, Town};

#[test]
fn what_was_typed_beside_a_file_is_kept_and_the_file_is_asked_for_again() {
    for_each_backend(|db| {
        let town = Town::create(db);
        let gone = Browser::of(&town.server, "khong-con-phien-nao");
        let file = csv(0, &[("2026-11-02", 60_000, "FT1", "nuoc")]);
        for (below, fields, kept) in [
            (
                "/statements",
                vec![("account", "10170 \"00001\"")],
                "value=\"10170 &#34;00001&#34;\"",
            ),
            (
                "/students/import",
                vec![("mode", "update"), ("create_classes", "1")],
                "value=\"update\"",
            ),
            ("/invoices/import", vec![], ""),
        ] {
            let answer = gone.upload(below, &fields, ("a.csv", &file));
            assert_eq!(answer.status, 401, "{below}: {}", answer.text());
            let page = answer.text();
            let action = format!("action=\"/s/{HERE}{below}\" enctype=\"multipart/form-data\"");
            for expected in [
                "Phiên làm việc đã hết hạn",
                "chọn lại tệp",
                "type=\"file\" name=\"file\" required",
                action.as_str(),
                kept,
            ] {
                assert!(page.contains(expected), "{below}: {expected}: {page}");
            }
            assert!(!page.contains("nuoc"), "the file itself is not on the page");
            for (name, _) in fields {
                assert!(page.contains(&format!("name=\"{name}\"")), "{below}: {name}: {page}");
            }
        }
        for table in ["imports", "student_imports", "asked_files", "refused_files"] {
            assert_eq!(db.number(&format!("SELECT COUNT(*) AS value FROM {table}")), 0, "{table}");
        }
        // Signed in again, the kept fields and the file chosen again do what was meant.
        let desk = Desk::of(&town).signed_in(Role::Accountant);
        let sent = desk.upload("/statements", &[("account", ACCOUNT)], ("a.csv", &file));
        assert!(desk.page(&went_on("/statements", &sent)).contains("nuoc"));
    });
}

#[test]
fn a_file_without_a_session_is_read_no_further_than_any_other() {
    for_each_backend(|db| {
        let town = Town::create(db);
        let gone = Browser::of(&town.server, "khong-con-phien-nao");
        let answer = gone.upload("/statements", &[], ("a.csv", &vec![b'x'; 1_200_000]));
        assert_eq!(answer.status, 413, "{}", answer.text());
        let long = "x".repeat(5_000);
        let answer = gone.upload("/statements", &[("account", &long)], ("a.csv", b"x"));
        assert_eq!(answer.status, 413, "{}", answer.text());
    });
}
