//! Lists of invoices: loaded, looked at, taken in, taken back.

use doisoat::domain::access::Role;

use crate::support::browser::{Browser, Desk, went_on};
use crate::support::for_each_backend;
use crate::support::school::csv;
use crate::support::server::Town;
use crate::support::sheet::sheet_of;

const STUDENTS: &str = "Mã học sinh;Họ và tên;Lớp\nHS1;Nguyễn Thị Hạnh;6A1\nHS2;Lê Thị An;7A1\n";
const HEAD: &str = "Mã thanh toán;Mã học sinh;Đợt thu;Khoản thu;Còn phải thu\n";
const GOOD: &str = "HPQ6XPNK7;HS1;Tháng 9;Tiền ăn;700000\n;HS2;Tháng 9;Tiền ăn;650000\n";

fn planned(desk: &Browser<'_>, rows: &str) -> String {
    let list = format!("{HEAD}{rows}");
    let sent = desk.upload("/invoices/import", &[], ("no.csv", list.as_bytes()));
    went_on("the list", &sent)
}

#[test]
fn a_list_is_looked_at_its_good_rows_taken_in_once_and_taken_back_and_in_again() {
    for_each_backend(|db| {
        let town = Town::create(db);
        assert_eq!(town.school.students(STUDENTS).bad, vec![]);
        let desk = Desk::of(&town).signed_in(Role::Accountant);
        let invoices = || db.number("SELECT COUNT(*) AS value FROM invoices");
        town.school
            .statement("tien.csv", &csv(0, &[("2026-11-02", 650_000, "FT1", "LE THI AN 7A1")]));
        let before = town.school.state();

        let rows = format!("{GOOD};HS8;Tháng 9;Tiền ăn;1\n;HS2;Tháng 9;Nước;1,5tr\n");
        let plan = planned(&desk, &rows);
        let page = desk.page(&plan);
        for expected in [
            "Hợp lệ <b>2</b>",
            "Không hợp lệ <b>2</b>",
            "Cập nhật <b>0</b>",
            "Nhập 2 dòng hợp lệ",
            "không có học sinh mã “HS8”",
            "Cách sửa",
        ] {
            assert!(page.to_lowercase().contains(&expected.to_lowercase()), "{expected}: {page}");
        }
        assert_eq!(invoices(), 0, "only planned");
        let bad = sheet_of(&desk.get(&format!("{plan}/bad-rows")).body);
        assert_eq!(bad.len(), 3, "{bad:?}");
        assert_eq!(bad[1][1], "HS8");
        assert_eq!(bad[0].last().unwrap(), "Lý do không nhập");

        for time in ["once", "and again"] {
            assert_eq!(desk.done(&format!("{plan}/commit"), &[]), plan, "{time}");
            assert_eq!(invoices(), 2, "{time}");
        }
        let page = desk.page(&plan);
        assert!(page.contains("Hoàn tác lần nhập này"), "{page}");
        assert!(desk.page("/rounds").contains("Nhập từ danh sách"));
        assert!(desk.page("/invoices/import").contains("no.csv"), "it stands among past imports");
        let taken = town.school.state();
        assert_ne!(taken, before, "money that waited is looked at again");

        assert_eq!(desk.done(&format!("{plan}/undo"), &[]), plan);
        assert_eq!(invoices(), 0);
        assert_eq!(db.number("SELECT COUNT(*) AS value FROM invoice_lines"), 0);
        let page = desk.page(&plan);
        assert!(page.contains("đã được hoàn tác"), "{page}");
        assert_eq!(town.school.state(), before, "as if it had never been");
        let again = desk.refused(&format!("{plan}/undo"), &[]);
        assert!(again.contains("không có gì để hoàn tác"), "{again}");
        let again = desk.refused(&format!("{plan}/commit"), &[]);
        assert!(again.contains("đã hoàn tác"), "{again}");

        let second = planned(&desk, GOOD);
        desk.done(&format!("{second}/commit"), &[]);
        assert_eq!(invoices(), 2, "its codes were free again");
        let known = planned(&desk, GOOD);
        assert!(desk.page(&known).contains("0 thêm mới, 2 không đổi"), "{}", desk.page(&known));
        town.school.verify();
    });
}

#[test]
fn an_import_of_which_something_depends_is_not_taken_back() {
    for_each_backend(|db| {
        let town = Town::create(db);
        assert_eq!(town.school.students(STUDENTS).bad, vec![]);
        let desk = Desk::of(&town).signed_in(Role::Accountant);
        let plan = planned(&desk, GOOD);
        desk.done(&format!("{plan}/commit"), &[]);
        town.school.statement("tien.csv", &csv(0, &[("2026-11-02", 700_000, "FT1", "HPQ6XPNK7")]));
        // What goes on by itself, such as letters about receipts, is none of this.
        let rows = || -> Vec<(String, i64)> {
            let about =
                ["students", "invoices", "invoice_lines", "allocations", "payments", "imports"];
            db.row_counts()
                .into_iter()
                .filter(|(table, _)| about.contains(&table.as_str()))
                .collect()
        };
        let before = (town.school.state(), rows());
        let page = desk.refused(&format!("{plan}/undo"), &[]);
        assert!(page.contains("Không hoàn tác được") && page.contains("tiền đã gạch nợ"), "{page}");
        assert_eq!((town.school.state(), rows()), before, "nothing is half undone");
        town.school.verify();
    });
}

#[test]
fn a_list_of_students_and_one_of_invoices_are_not_mistaken_for_each_other() {
    for_each_backend(|db| {
        let town = Town::create(db);
        assert_eq!(town.school.students(STUDENTS).bad, vec![]);
        let desk = Desk::of(&town).signed_in(Role::Accountant);
        let plan = planned(&desk, GOOD);
        let other = plan.replace("/invoices/", "/students/");
        assert_eq!(desk.get(&other).status, 404);
        assert_eq!(desk.post(&format!("{other}/commit"), &[]).status, 404);
        assert_eq!(desk.get(&format!("{other}/bad-rows")).status, 404);
        assert!(!desk.page("/students/import").contains("no.csv"));
        assert_eq!(db.number("SELECT COUNT(*) AS value FROM invoices"), 0);
        let none = desk.upload("/invoices/import", &[], ("", b""));
        assert!(none.status == 422 && none.text().contains("Chưa chọn tệp"), "{}", none.text());
        let pdf = desk.upload("/invoices/import", &[], ("a.pdf", b"%PDF-1.7 x"));
        assert!(pdf.status == 422 && pdf.text().contains("CSV hoặc Excel"), "{}", pdf.text());
    });
}
