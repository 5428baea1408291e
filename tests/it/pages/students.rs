//! Students: lists, one with everything known, changes of a school year.

use doisoat::domain::access::Role;

use crate::support::browser::{Desk, id_in, went_on};
use crate::support::for_each_backend;
use crate::support::server::Town;

const LIST: &str = "Mã học sinh;Họ và tên;Ngày sinh;Giới tính;Lớp;Mã gia đình;Số định danh cá nhân;Họ tên phụ huynh;Email;Số điện thoại\n\
    HS1;Nguyễn Thị Hạnh;01/02/2015;Nữ;6A1;F1;001315000011;Nguyễn Văn P;p@example.test;0912345678\n\
    HS2;Nguyễn Văn Ánh;03/04/2013;Nam;9A1;F1;001213000012;;;\n\
    HS3;Lê Thị An;05/06/2015;Nữ;6A1;;001315000013;Lê Thị Q;q@example.test;0987654321\n";

/// The path of the student with this name.
fn path_of(list: &str, name: &str) -> String {
    let before = list.split(&format!(" data-primary>{name}<")).next().unwrap();
    let href = before.rsplit("href=\"").next().unwrap().split('"').next().unwrap();
    format!("/students/{}", id_in(href))
}

#[test]
fn a_list_is_loaded_looked_at_taken_in_and_taken_back() {
    for_each_backend(|db| {
        let town = Town::create(db);
        let desk = Desk::of(&town).signed_in(Role::Accountant);
        assert!(desk.page("/students").contains("Trường chưa có học sinh nào"));
        assert!(desk.get("/students/import/template").body.starts_with(b"PK"));
        let list = format!("{LIST}HS4;Trần Mẫu;31/02/2015;Nam;6A1;;;;;\n");
        let sent =
            desk.upload("/students/import", &[("mode", "both")], ("hs.csv", list.as_bytes()));
        let plan = went_on("the file", &sent);
        let page = desk.page(&plan);
        for expected in ["Nhập 3 dòng hợp lệ", "Không hợp lệ <b>1</b>", "31/02/2015", "Cách sửa"]
        {
            assert!(page.contains(expected), "{expected}: {page}");
        }
        assert!(desk.page("/students").contains("Trường chưa có học sinh nào"), "only planned");
        assert!(desk.get(&format!("{plan}/bad-rows")).body.starts_with(b"PK"));
        for time in ["once", "and again"] {
            assert_eq!(desk.done(&format!("{plan}/commit"), &[]), plan, "{time}");
        }
        assert!(desk.page(&plan).contains("Hoàn tác lần nhập này"));
        let page = desk.page("/students");
        let at = |name: &str| page.find(name).unwrap_or_else(|| panic!("{name}: {page}"));
        assert!(
            at("Lê Thị An") < at("Nguyễn Văn Ánh") && at("Nguyễn Văn Ánh") < at("Nguyễn Thị Hạnh")
        );
        assert!(desk.page("/students?text=anh+nguyen").contains("Nguyễn Văn Ánh"));
        assert!(desk.page("/students?class=9A1").contains("HS2"));
        assert!(!desk.page("/students?class=9A1").contains("HS1"));
        assert!(desk.page("/students?text=khongco").contains("Không có học sinh nào khớp"));
        assert!(desk.page("/students/import").contains("hs.csv"));
        desk.done(&format!("{plan}/undo"), &[]);
        assert!(desk.page(&plan).contains("đã được hoàn tác"));
        assert!(desk.page("/students").contains("Trường chưa có học sinh nào"));
        let again = desk.refused(&format!("{plan}/undo"), &[]);
        assert!(again.contains("không có gì để hoàn tác"), "{again}");
    });
}

#[test]
fn a_file_that_is_no_list_is_told_with_what_to_do() {
    for_each_backend(|db| {
        let town = Town::create(db);
        let desk = Desk::of(&town).signed_in(Role::Accountant);
        let answer = desk.upload("/students/import", &[("mode", "new")], ("a.pdf", b"%PDF-1.7 x"));
        assert_eq!(answer.status, 422);
        let page = answer.text();
        assert!(page.contains("phải là tệp CSV hoặc Excel"), "{page}");
        assert!(page.contains("value=\"new\" checked"), "what was chosen stays: {page}");
        let none = desk.upload("/students/import", &[], ("", b""));
        assert!(none.status == 422 && none.text().contains("Chưa chọn tệp"), "{}", none.text());
        let large = desk.upload("/students/import", &[], ("a.csv", &vec![b'x'; 1_200_000]));
        assert_eq!(large.status, 413);
    });
}

#[test]
fn a_student_moves_leaves_and_comes_back_and_a_refusal_keeps_what_was_typed() {
    for_each_backend(|db| {
        let town = Town::create(db);
        assert_eq!(town.school.students(LIST).bad, vec![]);
        db.execute("UPDATE enrolments SET from_day = '2026-09-01'");
        let desk = Desk::of(&town).signed_in(Role::Accountant);
        let student = path_of(&desk.page("/students"), "Nguyễn Thị Hạnh");
        let page = desk.page(&student);
        for expected in ["001315000011", "p@example.test", "Nguyễn Văn Ánh", "6A1"] {
            assert!(page.contains(expected), "{expected}: {page}");
        }
        let transfer = format!("{student}/transfer");
        let page = desk.refused(&transfer, &[("transfer_class", "6A2"), ("transfer_on", "31/02")]);
        assert!(page.contains("value=\"6A2\"") && page.contains("không phải là ngày"), "{page}");
        let later = [("transfer_class", "6A2"), ("transfer_on", "01/12/2030")];
        assert!(desk.refused(&transfer, &later).contains("chưa đến"));
        let good = [("transfer_class", "6A2"), ("transfer_on", "01112026")];
        assert_eq!(desk.done(&transfer, &good), student);
        let again = desk.refused(&transfer, &good);
        assert!(again.contains("đang ở lớp 6A2"), "sent twice it moves once: {again}");
        let leave = format!("{student}/leave");
        let page = desk.refused(&leave, &[("leave_on", "24/11/2026"), ("leave_reason", " ")]);
        assert!(page.contains("Ghi vào ô này"), "{page}");
        desk.done(&leave, &[("leave_on", "10/11/2026"), ("leave_reason", "chuyển <trường>")]);
        let page = desk.page(&student);
        assert!(page.contains("Đã nghỉ từ 10/11/2026") && page.contains("chuyển &#60;trường&#62;"));
        assert!(!desk.page("/students").contains("Nguyễn Thị Hạnh"));
        assert!(desk.page("/students?left=1").contains("Nguyễn Thị Hạnh"));
        let back = format!("{student}/return");
        let early = [("return_on", "01/09/2026"), ("return_class", "6A1")];
        assert!(desk.refused(&back, &early).contains("quá sớm"));
        desk.done(&back, &[("return_on", "24/11/2026"), ("return_class", "6A1")]);
        assert!(desk.page("/students").contains("Nguyễn Thị Hạnh"));
        town.school.verify();
    });
}

#[test]
fn a_contact_is_corrected_and_no_import_is_undone_over_it() {
    for_each_backend(|db| {
        let town = Town::create(db);
        let import = town.school.students(LIST).import.unwrap();
        let desk = Desk::of(&town).signed_in(Role::Accountant);
        let student = path_of(&desk.page("/students"), "Nguyễn Văn Ánh");
        let contact = format!("{student}/contact");
        let page = desk.refused(
            &contact,
            &[("name_1", "Nguyễn Thị M"), ("email_1", "khong-phai"), ("phone_1", "12")],
        );
        for expected in
            ["value=\"Nguyễn Thị M\"", "không phải địa chỉ email", "không phải số điện thoại"]
        {
            assert!(page.contains(expected), "{expected}: {page}");
        }
        let good = [
            ("name_1", "Nguyễn Thị M"),
            ("email_1", "m@example.test"),
            ("phone_1", "912345678"),
            ("name_2", ""),
            ("language_1", "en"),
        ];
        assert_eq!(desk.done(&contact, &good), student);
        let page = desk.page(&student);
        for expected in ["m@example.test", "0912345678", "Sửa thông tin phụ huynh", "Tiếng Anh"]
        {
            assert!(page.contains(expected), "{expected}: {page}");
        }
        let undo = desk.refused(&format!("/students/imports/{import}/undo"), &[]);
        assert!(undo.contains("đã thay đổi sau lần nhập này (HS2)"), "{undo}");
        town.school.verify();
    });
}

#[test]
fn classes_are_named_and_go_up_at_the_end_of_the_year_once() {
    for_each_backend(|db| {
        let town = Town::create(db);
        assert_eq!(town.school.students(LIST).bad, vec![]);
        db.execute("UPDATE enrolments SET from_day = '2026-09-01'");
        let desk = Desk::of(&town).signed_in(Role::Accountant);
        assert!(
            desk.refused("/students/classes", &[("names", " , ")]).contains("mỗi lớp một dòng")
        );
        desk.done("/students/classes", &[("names", "6A1, 9A1\n6A2")]);
        let page = desk.page("/students/classes");
        assert!(page.contains("6A2") && !page.contains("Chỉ thấy trong danh sách"), "{page}");
        assert!(desk.page("/students/promotion").contains("2026-2027"));
        let asked = "/students/promotion?from_year=2026-2027&on=24%2F11%2F2026&last_grade=";
        let page = desk.page(asked);
        for expected in ["2 học sinh lên lớp, 1 học sinh ra trường", "value=\"7A1\"", "Ra trường"]
        {
            assert!(page.contains(expected), "{expected}: {page}");
        }
        let wrong = desk.get("/students/promotion?from_year=2026&on=24%2F11%2F2026");
        assert!(wrong.status == 422 && wrong.text().contains("không phải năm học"));
        let wanted = [
            ("from_year", "2026-2027"),
            ("on", "24/11/2026"),
            ("last_grade", ""),
            ("from", "6A1"),
            ("to", "7A9"),
            ("from", "9A1"),
            ("to", ""),
        ];
        desk.done("/students/promotion", &wanted);
        assert!(desk.page("/students?class=7A9").contains("HS1"));
        let again = desk.refused("/students/promotion", &wanted);
        assert!(again.contains("đã được chuyển lớp cuối năm rồi"), "{again}");
        town.school.verify();
    });
}

#[test]
fn lists_go_on_page_by_page() {
    for_each_backend(|db| {
        let town = Town::create(db);
        let rows: Vec<String> =
            (0..120).map(|n| format!("HS{n:03};Nguyễn Mẫu {n:03};6A1")).collect();
        let rows = rows.join("\n");
        let list = format!("Mã học sinh;Họ và tên;Lớp\n{rows}");
        assert_eq!(town.school.students(&list).bad, vec![]);
        let desk = Desk::of(&town).signed_in(Role::Cashier);
        let (mut next, mut seen) = ("/students?class=6A1".to_owned(), 0);
        for page in 1..=3 {
            let text = desk.page(&next);
            let rows = text.matches("<tr data-row>").count();
            assert_eq!(rows, if page < 3 { 50 } else { 20 });
            seen += rows;
            let link = text.split("rel=\"next\" href=\"").nth(1);
            next = link.map_or_else(String::new, |rest| {
                let href = rest.split('"').next().unwrap().replace("&#38;", "&");
                href.strip_prefix("/s/THCS-MAU").unwrap().to_owned()
            });
        }
        assert_eq!((seen, next.as_str()), (120, ""));
    });
}
