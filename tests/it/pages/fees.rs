//! Fee items, choices and exemptions.

use doisoat::domain::access::Role;

use crate::support::browser::{Browser, Desk, id_in};
use crate::support::for_each_backend;
use crate::support::server::Town;

const LIST: &str = "Mã học sinh;Họ và tên;Lớp\nHS1;Nguyễn Thị Hạnh;6A1\nHS2;Nguyễn Văn Ánh;6A1\n";

const MEALS: [(&str, &str); 5] = [
    ("name", "Tiền ăn bán trú"),
    ("code", "AN"),
    ("unit", "day"),
    ("compulsory", ""),
    ("priority", "1"),
];

/// A fee item that families choose; its id.
fn meals(desk: &Browser<'_>) -> i64 {
    id_in(&desk.done("/fees/new", &MEALS))
}

#[test]
fn a_fee_item_is_added_priced_changed_and_retired() {
    for_each_backend(|db| {
        let town = Town::create(db);
        let desk = Desk::of(&town).signed_in(Role::Accountant);
        assert!(desk.page("/fees").contains("Chưa có khoản thu nào"));
        let page = desk.refused("/fees/new", &[("name", ""), ("unit", "day"), ("priority", "đầu")]);
        assert!(page.contains("value=\"đầu\"") && page.contains("là số từ 0 đến 9999"), "{page}");
        let id = meals(&desk);
        assert_eq!(meals(&desk), id, "sent twice it is added once");
        let other = [("name", "Ăn sáng"), ("code", "an"), ("unit", "day"), ("priority", "2")];
        assert!(
            desk.refused("/fees/new", &other).contains("đã dùng cho khoản thu “Tiền ăn bán trú”")
        );
        let named = [
            ("name", "Học phẩm"),
            ("code", ""),
            ("unit", "year"),
            ("priority", "3"),
            ("compulsory", "1"),
        ];
        desk.done("/fees/new", &named);
        let prices = format!("/fees/{id}/prices");
        let page = desk.refused(&prices, &[("price", "30k"), ("grade", "x")]);
        assert!(page.contains("value=\"30k\"") && page.contains("không phải là số tiền"), "{page}");
        let price = [("price", "35.000"), ("grade", "6"), ("from", "01/09/2026")];
        for _ in 0..2 {
            desk.done(&prices, &price);
        }
        let page = desk.page("/fees");
        for expected in ["35.000", "khối 6", "HOCPHAM", "Tự nguyện", "Bắt buộc"] {
            assert!(page.contains(expected), "{expected}: {page}");
        }
        assert!(
            desk.refused(&prices, &[("price", "36000"), ("grade", "6"), ("from", "01/08/2026")])
                .contains("đã có đơn giá 35.000")
        );
        let change = [
            ("name", "Tiền ăn trưa"),
            ("unit", "day"),
            ("priority", "1"),
            ("retired_on", "31/08/2026"),
        ];
        desk.done(&format!("/fees/{id}"), &change);
        let page = desk.page("/fees");
        assert!(page.contains("Tiền ăn trưa") && page.contains("Ngừng thu"), "{page}");
        assert_eq!(desk.get("/fees/99999999").status, 404);
    });
}

#[test]
fn families_choices_are_ticked_in_a_grid_of_a_class() {
    for_each_backend(|db| {
        let town = Town::create(db);
        let desk = Desk::of(&town).signed_in(Role::Accountant);
        assert!(desk.page("/fees/choices").contains("Chưa có khoản thu tự nguyện"));
        let item = meals(&desk);
        assert_eq!(town.school.students(LIST).bad, vec![]);
        let page = desk.page("/fees/choices?class=6A1&day=01%2F09%2F2026");
        let cells: Vec<String> = page
            .split("name=\"shown\" value=\"")
            .skip(1)
            .map(|rest| rest.split('"').next().unwrap().to_owned())
            .collect();
        assert_eq!(cells.len(), 2, "{page}");
        assert!(cells.iter().all(|cell| cell.ends_with(&format!("-{item}"))));
        let form = |ticked: &[&String], day: &str| {
            let mut form = vec![("class", "6A1".to_owned()), ("day", day.to_owned())];
            form.extend(cells.iter().map(|cell| ("shown", cell.clone())));
            form.extend(ticked.iter().map(|cell| ("ticked", (*cell).clone())));
            form
        };
        let send = |ticked: &[&String], day: &str| {
            let form = form(ticked, day);
            let form: Vec<(&str, &str)> = form.iter().map(|(n, v)| (*n, v.as_str())).collect();
            desk.post("/fees/choices", &form)
        };
        let ticked = |day: &str| {
            let day = day.replace('/', "%2F");
            desk.page(&format!("/fees/choices?class=6A1&day={day}")).matches(" checked").count()
        };
        let wrong = send(&[&cells[0]], "32/13");
        assert!(wrong.status == 422 && wrong.text().matches(" checked").count() == 1, "kept");
        assert_eq!(send(&[&cells[0], &cells[1]], "01/09/2026").status, 303);
        assert_eq!(send(&[&cells[0], &cells[1]], "01/09/2026").status, 303, "twice");
        assert_eq!(send(&[&cells[1]], "01/12/2026").status, 303);
        assert_eq!(
            ["31/08/2026", "01/09/2026", "30/11/2026", "01/12/2026"].map(ticked),
            [0, 2, 2, 1]
        );
        assert_eq!(send(&[], "01/12/2026").status, 303);
        assert_eq!(["30/11/2026", "01/12/2026"].map(ticked), [2, 0]);
        assert_eq!(send(&[&cells[0]], "01/10/2026").status, 303, "one chosen on is ended in time");
        assert_eq!(["30/09/2026", "01/10/2026"].map(ticked), [2, 1]);
        town.school.verify();
    });
}

#[test]
fn exemptions_are_recorded_and_ended_and_their_grounds_are_for_few() {
    for_each_backend(|db| {
        let town = Town::create(db);
        assert_eq!(town.school.students(LIST).bad, vec![]);
        let people = Desk::of(&town);
        let desk = people.signed_in(Role::Accountant);
        let item = meals(&desk).to_string();
        let typed = [
            ("student", "HS9"),
            ("percent", "50"),
            ("ground", "hộ nghèo"),
            ("from", "01/09/2026"),
            ("item", item.as_str()),
        ];
        let page = desk.refused("/fees/exemptions", &typed);
        assert!(page.contains("HS9") && page.contains("value=\"hộ nghèo\""), "{page}");
        let mut good = typed;
        good[0].1 = "HS1";
        for _ in 0..2 {
            desk.done("/fees/exemptions", &good);
        }
        let mut other = good;
        other[1].1 = "70";
        assert!(desk.refused("/fees/exemptions", &other).contains("chồng thời gian"));
        other[1].1 = "0";
        assert!(desk.refused("/fees/exemptions", &other).contains("từ 1 đến 100"));
        let page = desk.page("/fees/exemptions");
        assert!(page.contains("hộ nghèo") && page.matches("<tr><th scope=\"row\">").count() == 1);
        let cashier = people.signed_in(Role::Cashier);
        let page = cashier.page("/fees/exemptions");
        assert!(page.contains("Nguyễn Thị Hạnh") && !page.contains("hộ nghèo"), "{page}");
        let end = page_link(&desk.page("/fees/exemptions"), "/end");
        assert!(desk.refused(&end, &[("last", "01/08/2026")]).contains("đứng trước ngày đầu"));
        assert!(desk.refused(&end, &[("last", "mai")]).contains("value=\"mai\""));
        desk.done(&end, &[("last", "30/11/2026")]);
        assert!(desk.page("/fees/exemptions").contains("30/11/2026"));
    });
}

/// The address of the first form that ends with this.
fn page_link(page: &str, end: &str) -> String {
    let action = page
        .split("action=\"")
        .skip(1)
        .map(|rest| rest.split('"').next().unwrap())
        .find(|action| action.ends_with(end))
        .unwrap();
    action.strip_prefix("/s/THCS-MAU").unwrap().to_owned()
}
