//! Statements: a file dropped, its plan looked at, recorded, taken back; a table whose columns are asked.

use doisoat::domain::access::Role;

use crate::support::browser::{Desk, id_in, went_on};
use crate::support::for_each_backend;
use crate::support::school::{ACCOUNT, csv};
use crate::support::server::Town;

/// A table none of whose headings says what it holds.
const STRANGE: &str =
    "Khi nào;Bao nhiêu;Việc gì\n02/11/2026;1.250.000;nop tien\n03/11/2026;900.000;nop tien an\n";

#[test]
fn a_file_is_tried_out_recorded_once_and_taken_back() {
    for_each_backend(|db| {
        let town = Town::create(db).with_invoices();
        let desk = Desk::of(&town).signed_in(Role::Accountant);
        let before = town.school.state();
        let file = csv(
            0,
            &[("2026-11-02", 1_250_000, "FT1", "nop tien"), ("2026-11-03", 60_000, "FT2", "nuoc")],
        );
        let uploaded = desk.upload("/statements", &[], ("../sao kê.csv", &file));
        let path = went_on("/statements", &uploaded);
        assert_eq!(town.school.state(), before, "a plan changes nothing");

        let plan = desk.page(&path);
        for expected in ["sao kê.csv", "Nếu ghi nhận bây giờ", "1.310.000", "nop tien", "Khớp số dư"] {
            assert!(plan.contains(expected), "{expected}: {plan}");
        }
        assert!(!plan.contains("../"), "a name is no path");
        assert_eq!(town.school.state(), before, "trying it out changes nothing");

        assert_eq!(desk.done(&format!("{path}/commit"), &[]), path);
        let recorded = town.school.state();
        assert_ne!(recorded, before);
        assert_eq!(desk.done(&format!("{path}/commit"), &[]), path, "sent twice it is recorded once");
        assert_eq!(town.school.state(), recorded);
        let list = desk.page("/statements?month=2026-11");
        for expected in ["sao kê.csv", "Đã ghi nhận", ACCOUNT, "thiếu"] {
            assert!(list.contains(expected), "{expected}: {list}");
        }
        let again = desk.upload("/statements", &[], ("khac.csv", &file));
        assert_eq!(went_on("/statements", &again), path, "the same bytes are the same file");

        assert_eq!(desk.done(&format!("{path}/undo"), &[]), path);
        assert!(desk.page(&path).contains("Đã hoàn tác"));
        assert_eq!(town.school.payments().len(), 0);
    });
}

#[test]
fn a_file_that_is_none_says_why_and_a_form_without_a_file_too() {
    for_each_backend(|db| {
        let town = Town::create(db);
        let desk = Desk::of(&town).signed_in(Role::Accountant);
        for (why, file, told) in [
            ("a PDF", &b"%PDF-1.7\n"[..], "PDF"),
            ("nothing in it", b"", "Tệp"),
            ("no statement", b"xin chao", "Chưa đọc được tệp này"),
        ] {
            let answer = desk.upload("/statements", &[], ("a.pdf", file));
            assert_eq!(answer.status, 422, "{why}");
            assert!(answer.text().contains(told), "{why}: {}", answer.text());
        }
        let answer = desk.upload("/statements", &[], ("", b""));
        assert_eq!(answer.status, 422);
        assert!(answer.text().contains("Chưa chọn tệp"), "{}", answer.text());
        assert_eq!(town.school.payments().len(), 0);
    });
}

#[test]
fn columns_that_nobody_knows_are_asked_once() {
    for_each_backend(|db| {
        let town = Town::create(db);
        let desk = Desk::of(&town).signed_in(Role::Accountant);
        let account = [("account", ACCOUNT)];
        let asked = desk.upload("/statements", &account, ("la.csv", STRANGE.as_bytes()));
        let question = went_on("/statements", &asked);
        assert!(question.starts_with("/statements/columns/"), "{question}");
        let page = desk.page(&question);
        for expected in ["Bao nhiêu", "1.250.000", "la.csv", "Nội dung chuyển khoản"] {
            assert!(page.contains(expected), "{expected}: {page}");
        }
        let wrong = [("column-0", "date"), ("column-1", "date"), ("column-2", "memo")];
        let page = desk.refused(&question, &wrong);
        assert!(page.contains("value=\"date\" selected"), "what was chosen stays: {page}");
        let right = [
            ("column-0", "date"),
            ("column-1", "amount"),
            ("column-2", "memo"),
            ("unsigned", "credit"),
        ];
        let plan = desk.done(&question, &right);
        assert!(desk.page(&plan).contains("2.150.000"));
        desk.done(&format!("{plan}/commit"), &[]);
        assert_eq!(town.school.payments().len(), 2);

        let next = STRANGE.replace("nop tien", "tien thang 12");
        let read = desk.upload("/statements", &account, ("la2.csv", next.as_bytes()));
        assert!(id_in(&went_on("/statements", &read)) > 0);
        assert!(!went_on("/statements", &read).contains("columns"), "asked once");
    });
}
