//! Rounds: drafts, quantities, the issue, and the invoices that came of it.

use doisoat::domain::access::Role;

use crate::support::browser::{Browser, Desk, id_in, value_of};
use crate::support::for_each_backend;
use crate::support::server::Town;

const LIST: &str = "Mã học sinh;Họ và tên;Lớp;Email\nHS1;Nguyễn Thị Hạnh;6A1;p@example.test\nHS2;Nguyễn Văn Ánh;6A1;\nHS3;Lê Thị An;7A1;q@example.test\n";

/// A draft for November with one item of 35.000 đồng a day; its id.
fn november(desk: &Browser<'_>) -> i64 {
    let item = [
        ("name", "Tiền ăn"),
        ("code", "AN"),
        ("unit", "day"),
        ("compulsory", "1"),
        ("priority", "1"),
    ];
    let id = id_in(&desk.done("/fees/new", &item));
    desk.done(&format!("/fees/{id}/prices"), &[("price", "35.000")]);
    id_in(&desk.done("/rounds/new", &ROUND))
}

const ROUND: [(&str, &str); 11] = [
    ("name", "Tháng 11/2026"),
    ("code", "T11"),
    ("of", "school"),
    ("which", ""),
    ("from", "01/11/2026"),
    ("to", "30/11/2026"),
    ("due_on", "20/11/2026"),
    ("item", "AN"),
    ("known", "AN"),
    ("quantity", "20"),
    ("price", ""),
];

#[test]
fn a_round_is_made_filled_issued_as_it_was_seen_and_an_invoice_withdrawn() {
    for_each_backend(|db| {
        let town = Town::create(db);
        assert_eq!(town.school.students(LIST).bad, vec![]);
        let desk = Desk::of(&town).signed_in(Role::Accountant);
        assert!(desk.page("/rounds").contains("Chưa có đợt thu nào"));
        let id = november(&desk);
        assert_eq!(id_in(&desk.done("/rounds/new", &ROUND)), id, "sent twice it is made once");
        let round = format!("/rounds/{id}");
        let issue = format!("{round}/issue");
        let page = desk.page(&issue);
        for expected in ["2.100.000", "Thiếu email", "<b>1</b>", "Tiền ăn"] {
            assert!(page.contains(expected), "{expected}: {page}");
        }
        assert!(desk.get(&format!("{round}/without-email")).body.starts_with(b"PK"));
        let seen = value_of(&page, "fingerprint");

        let grid = desk.page(&format!("{round}/quantities?class=6A1"));
        let cells: Vec<String> = grid
            .split("name=\"q-")
            .skip(1)
            .map(|rest| format!("q-{}", rest.split('"').next().unwrap()))
            .collect();
        assert_eq!(cells.len(), 2, "{grid}");
        let quantities = format!("{round}/quantities");
        let wrong =
            desk.refused(&quantities, &[("class", "6A1"), (&cells[0], "hai"), (&cells[1], "7")]);
        assert!(wrong.contains("value=\"hai\"") && wrong.contains("value=\"7\""), "{wrong}");
        desk.done(&quantities, &[("class", "6A1"), (&cells[0], "10"), (&cells[1], "7")]);
        desk.done(&quantities, &[("class", "6A1"), (&cells[0], "10"), (&cells[1], "")]);
        let grid = desk.page(&format!("{quantities}?class=6A1"));
        assert!(grid.contains("value=\"10\"") && !grid.contains("value=\"7\""), "{grid}");

        for path in [format!("{issue}/confirm"), issue.clone()] {
            let stale = desk.refused(&path, &[("fingerprint", &seen)]);
            assert!(
                stale.contains("Số liệu đã thay đổi") && stale.contains("1.750.000"),
                "{stale}"
            );
        }
        assert_eq!(db.number("SELECT COUNT(*) AS value FROM invoices"), 0);
        let seen = value_of(&desk.page(&issue), "fingerprint");
        let question = desk.post(&format!("{issue}/confirm"), &[("fingerprint", &seen)]);
        assert_eq!(question.status, 200);
        assert!(
            question.text().contains("3 khoản phải thu, tổng cộng 1.750.000"),
            "{}",
            question.text()
        );
        for time in ["once", "and again"] {
            assert_eq!(desk.done(&issue, &[("fingerprint", &seen)]), round, "{time}");
        }
        assert_eq!(db.number("SELECT COUNT(*) AS value FROM invoices"), 3);
        assert!(desk.get(&issue).status == 303, "an issued round is not issued");
        assert!(
            desk.refused(&quantities, &[("class", "6A1"), (&cells[0], "1")]).contains("đã được")
        );

        let page = desk.page(&round);
        for expected in ["1.750.000", "Nguyễn Thị Hạnh", "Chưa nộp", "0 khoản đã hủy"]
        {
            assert!(page.contains(expected), "{expected}: {page}");
        }
        assert!(desk.get(&format!("{round}/invoices/list")).body.starts_with(b"PK"));
        let cancel = page.split("/invoices/").find(|rest| rest.contains("/cancel\"")).unwrap();
        let cancel = format!("{round}/invoices/{}/cancel", cancel.split('/').next().unwrap());
        assert!(desk.page(&cancel).contains("Hủy khoản phải thu"));
        assert!(desk.refused(&cancel, &[("reason", "")]).contains("Ghi vào ô này"));
        assert_eq!(desk.done(&cancel, &[("reason", "thu trùng")]), round);
        assert!(desk.refused(&cancel, &[("reason", "thu trùng")]).contains("value=\"thu trùng\""));
        assert!(desk.page(&round).contains("1 khoản đã hủy"));
        assert!(
            desk.page(&format!("{round}?state=cancelled")).matches("<tr data-row>").count() == 1
        );
        desk.done(&cancel.replace("/cancel", "/reinstate"), &[]);
        assert!(desk.page(&round).contains("0 khoản đã hủy"));
        assert!(desk.page("/rounds").contains("Đã phát hành"));
        town.school.verify();
    });
}

#[test]
fn a_draft_is_changed_copied_and_its_mistakes_keep_what_was_typed() {
    for_each_backend(|db| {
        let town = Town::create(db);
        assert_eq!(town.school.students(LIST).bad, vec![]);
        let desk = Desk::of(&town).signed_in(Role::Accountant);
        let id = november(&desk);
        let round = format!("/rounds/{id}");
        let wrong = [
            ("name", "Đợt <b>mới</b>"),
            ("code", "T12"),
            ("of", "grades"),
            ("which", "sáu"),
            ("from", "01/12"),
            ("to", "31/12/2026"),
            ("due_on", "20/12/2026"),
            ("item", "AN"),
            ("known", "AN"),
            ("quantity", "-1"),
            ("price", "ba chục"),
            ("percent", "50"),
            ("part_due", "10/12/2026"),
        ];
        let page = desk.refused("/rounds/new", &wrong);
        for expected in [
            "value=\"Đợt &#60;b&#62;mới&#60;/b&#62;\"",
            ">sáu</textarea>",
            "value=\"01/12\"",
            "value=\"ba chục\"",
            "value=\"50\"",
            "Khối là số từ 1 đến 12",
            "số nguyên từ 0 trở lên",
        ] {
            assert!(page.contains(expected), "{expected}: {page}");
        }
        let mut other = ROUND;
        other[0].1 = "Tên khác";
        assert!(desk.refused("/rounds/new", &other).contains("đã dùng cho đợt thu"));

        let seen = value_of(&desk.page(&round), "seen");
        let change = |name: &'static str, seen: &str| {
            let mut form: Vec<(&str, &str)> = ROUND.to_vec();
            form[0].1 = name;
            form.push(("seen", seen));
            desk.post(&round, &form)
        };
        assert_eq!(change("Tháng Mười Một", &seen).status, 303);
        let late = change("Tên thứ ba", &seen);
        assert_eq!(late.status, 422);
        assert!(
            late.text().contains("Có người khác vừa sửa") && late.text().contains("Tên thứ ba")
        );
        let half = [ROUND.as_slice(), &[("percent", "50"), ("part_due", "10/11/2026")]].concat();
        let seen = value_of(&desk.page(&round), "seen");
        let half = [half.as_slice(), &[("seen", seen.as_str())]].concat();
        assert!(desk.refused(&round, &half).contains("cộng lại đúng 100"));

        let page = desk.page(&format!("/rounds/new?copy={id}"));
        for expected in [
            "value=\"01/12/2026\"",
            "value=\"31/12/2026\"",
            "value=\"20/12/2026\"",
            "value=\"AN\" checked",
        ] {
            assert!(page.contains(expected), "{expected}: {page}");
        }
        let mut classes = ROUND;
        (classes[1].1, classes[2].1, classes[3].1) = ("T11B", "classes", "7A1, 9Z9");
        let id = id_in(&desk.done("/rounds/new", &classes));
        let page = desk.page(&format!("/rounds/{id}/issue"));
        assert!(page.contains("Chưa phát hành được") && page.contains("9Z9"), "{page}");
        assert!(!page.contains("name=\"fingerprint\""), "nothing to press");
    });
}
