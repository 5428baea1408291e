//! Cash, receivables, closing, exports, the audit log and settings, as somebody without a script uses
//! them.

use doisoat::domain::access::Role;
use doisoat::service::keys::Reach;

use crate::support::browser::{Desk, id_in, value_of};
use crate::support::for_each_backend;
use crate::support::school::csv;
use crate::support::server::{THERE, Town};

/// A student's row, by code.
fn student(db: &crate::support::TestDb) -> (i64, i64) {
    let invoice = db.number(
        "SELECT id AS value FROM invoices WHERE paid_dong < net_dong AND NOT cancelled ORDER BY id LIMIT 1",
    );
    let student =
        db.number(&format!("SELECT student_id AS value FROM invoices WHERE id = {invoice}"));
    (student, invoice)
}

#[test]
fn cash_is_taken_once_printed_and_voided_with_its_number_kept() {
    for_each_backend(|db| {
        let town = Town::create(db).with_invoices();
        let people = Desk::of(&town);
        let cashier = people.signed_in(Role::Cashier);
        let (student, invoice) = student(db);
        let desk = format!("/cash/students/{student}");
        let page = cashier.page(&desk);
        assert!(page.contains("Ghi nhận &#38; in phiếu thu") || page.contains("in phiếu thu"));
        let once = value_of(&page, "once");
        let invoice = invoice.to_string();
        let fields = |amount, day| {
            [
                ("once", once.as_str()),
                ("invoice", invoice.as_str()),
                ("amount", amount),
                ("payer", "Trần Thị Mẫu"),
                ("received_on", day),
                ("means", "cash"),
                ("despite", "yes"),
            ]
        };
        for (why, amount, day, words) in [
            ("no amount", "1,25tr", "20/11/2026", "không phải là số tiền"),
            ("no day", "1000", "31/02/2026", "không phải là ngày"),
            ("a day to come", "1000", "01/01/2030", "chưa đến"),
            ("too much", "900.000.000", "20/11/2026", "chỉ còn phải thu"),
        ] {
            let page = cashier.refused(&desk, &fields(amount, day));
            assert!(page.contains(words), "{why}: {page}");
            assert!(page.contains("Trần Thị Mẫu") && page.contains(amount), "{why}: kept");
        }
        let to = cashier.done(&desk, &fields("1.000", "20/11/2026"));
        assert!(to.ends_with("?print=now"), "{to}");
        assert_eq!(cashier.done(&desk, &fields("1.000", "20/11/2026")), to, "sent twice");
        assert_eq!(db.number("SELECT COUNT(*) AS value FROM cash_vouchers"), 1);
        let paper = cashier.page(&to);
        for part in ["Phiếu thu", "Một nghìn đồng", "Trần Thị Mẫu", "1/2026"] {
            assert!(paper.contains(part), "{part}: {paper}");
        }
        assert!(cashier.page("/cash/vouchers").contains("1/2026"));
        assert!(cashier.page("/cash/book?month=2026-11").contains("Trần Thị Mẫu"));
        let void = format!("/cash/vouchers/{}/void", id_in(&to));
        assert_eq!(cashier.post(&void, &[("reason", "nhầm")]).status, 403);
        let chief = people.signed_in(Role::ChiefAccountant);
        assert!(chief.refused(&void, &[("reason", " ")]).contains("Ghi vào ô này"));
        chief.done(&void, &[("reason", "ghi nhầm học sinh")]);
        let page = chief.page(&format!("/cash/vouchers/{}", id_in(&to)));
        assert!(page.contains("ghi nhầm học sinh") && page.contains("ĐÃ HỦY"), "{page}");
        let stranger = people.signed_in_at(Role::Cashier, &Reach::School(THERE.to_owned()));
        assert_eq!(stranger.get(&desk).status, 404);
        assert_eq!(chief.get("/cash/vouchers/999999").status, 404);
        town.school.verify();
    });
}

#[test]
fn an_equal_credit_at_the_bank_is_told_before_cash_is_taken() {
    for_each_backend(|db| {
        let town = Town::create(db).with_invoices();
        let (student, invoice) = student(db);
        let open = db.number(&format!(
            "SELECT net_dong - paid_dong AS value FROM invoices WHERE id = {invoice}"
        ));
        town.school.statement("a.csv", &csv(0, &[("2026-11-02", open, "FT1", "khong ro ai nop")]));
        let cashier = Desk::of(&town).signed_in(Role::Cashier);
        let desk = format!("/cash/students/{student}");
        let page = cashier.page(&desk);
        assert!(page.contains("khong ro ai nop"), "{page}");
        let (once, invoice) = (value_of(&page, "once"), invoice.to_string());
        let mut fields = vec![
            ("once", once.as_str()),
            ("invoice", invoice.as_str()),
            ("amount", ""),
            ("payer", "Mẹ"),
            ("received_on", "20/11/2026"),
            ("means", "cash"),
        ];
        assert!(cashier.refused(&desk, &fields).contains("chưa xử lý"));
        fields.push(("despite", "yes"));
        cashier.done(&desk, &fields);
    });
}

#[test]
fn receivables_add_up_and_are_corrected_once() {
    for_each_backend(|db| {
        let town = Town::create(db).with_invoices();
        let people = Desk::of(&town);
        let accountant = people.signed_in(Role::Accountant);
        let (student, invoice) = student(db);
        for path in [
            "/receivables",
            "/receivables?by=class",
            "/receivables?state=owing&text=a",
            "/receivables?state=overdue",
            "/receivables?state=credit&by=class",
            "/receivables?state=settled",
            "/receivables/refunds?state=all",
            "/receivables/write-offs?state=all",
        ] {
            accountant.page(path);
        }
        assert!(accountant.page(&format!("/receivables/{student}")).contains("Còn phải thu"));
        let path = format!("/receivables/{student}/invoices/{invoice}");
        let ask = [("what", "write-off"), ("amount", "1.000"), ("reason", "gia đình khó khăn")];
        assert!(
            accountant
                .refused(&path, &[("what", "cancel"), ("reason", "")])
                .contains("Ghi vào ô này")
        );
        accountant.done(&path, &ask);
        assert!(accountant.refused(&path, &ask).contains("đang chờ duyệt"), "sent twice");
        let asked = db.number("SELECT id AS value FROM write_offs");
        let decide = format!("/receivables/write-offs/{asked}");
        assert_eq!(accountant.post(&decide, &[("decision", "approve")]).status, 403);
        let head = people.signed_in(Role::Head);
        assert!(head.page("/receivables/write-offs").contains("gia đình khó khăn"));
        head.done(&decide, &[("decision", "approve")]);
        assert!(head.refused(&decide, &[("decision", "approve")]).contains("đã được xử lý"));
        let page = accountant.page(&path);
        let (seen, item) = (value_of(&page, "seen"), value_of(&page, "item-0"));
        let credit = [
            ("what", "credit"),
            ("seen", seen.as_str()),
            ("item-0", item.as_str()),
            ("amount-0", "500"),
            ("reason", "nghỉ học một ngày"),
        ];
        accountant.done(&path, &credit);
        assert!(accountant.refused(&path, &credit).contains("đã thay đổi"), "sent twice");
        assert_eq!(accountant.get("/receivables/999999").status, 404);
        town.school.verify();
    });
}

#[test]
fn a_month_shows_what_is_left_and_books_are_taken_out() {
    for_each_backend(|db| {
        let town = Town::create(db).with_invoices();
        let people = Desk::of(&town);
        let chief = people.signed_in(Role::ChiefAccountant);
        assert!(chief.page("/periods").contains("Tháng 11/2026"));
        let page = chief.page("/periods/2026-11");
        assert!(page.contains("Sao kê đủ ngày") && page.contains("Cần xử lý"), "{page}");
        let cashier = people.signed_in(Role::Cashier);
        let (student, invoice) = student(db);
        let (desk, invoice) = (format!("/cash/students/{student}"), invoice.to_string());
        let once = value_of(&cashier.page(&desk), "once");
        let cash = [
            ("once", once.as_str()),
            ("invoice", invoice.as_str()),
            ("amount", "1.000"),
            ("payer", "Mẹ"),
            ("received_on", "20/11/2026"),
            ("means", "cash"),
            ("despite", "yes"),
        ];
        cashier.done(&desk, &cash);
        let page = chief.page("/periods/2026-11");
        let till = "Trong tháng thu 1.000\u{a0}₫ tiền mặt, đã nộp 0\u{a0}₫ vào ngân hàng. Quỹ phải còn 1.000\u{a0}₫";
        assert!(page.contains(till), "{page}");
        assert!(chief.refused("/periods/2026-11/close", &[]).contains("Tháng 11/2026"));
        assert!(
            chief.refused("/periods/2026-10/reopen", &[("reason", "sửa")]).contains("chưa khóa")
        );
        assert_eq!(chief.get("/periods/thang-muoi").status, 404);
        let file = [
            ("kind", "receivables"),
            ("from", "01/11/2026"),
            ("to", "30/11/2026"),
            ("format", "xlsx"),
        ];
        assert!(chief.post("/exports", &file).body.starts_with(b"PK"));
        let wrong = [("kind", "cash-book"), ("from", "30/11/2026"), ("to", "01/11/2026")];
        assert!(chief.refused("/exports", &wrong).contains("Khoảng ngày không hợp lệ"));
        assert!(chief.page("/exports?kind=cash-book").contains("value=\"cash-book\" checked"));
        let log = chief.page("/audit?area=export");
        assert!(log.contains("Xuất sổ") && log.contains("Sổ chi tiết phải thu"), "{log}");
        assert!(chief.page("/audit?actor=khong-co-ai").contains("Không có thao tác nào"));
        assert!(chief.get("/audit/csv?area=export").text().contains("export.make"));
        assert_eq!(cashier.get("/exports").status, 403);
    });
}

#[test]
fn accounts_are_added_by_the_administrator_and_scanned_on_trial() {
    for_each_backend(|db| {
        let town = Town::create(db);
        let people = Desk::of(&town);
        let administrator = people.signed_in_at(Role::Administrator, &Reach::Everything);
        let page = administrator.page("/settings");
        assert!(page.contains("Tài khoản ngân hàng nhận tiền"), "{page}");
        let new = "/settings/accounts/new";
        let wrong = [("bin", "97"), ("number", "1234567890"), ("holder", "TRUONG MAU")];
        let page = administrator.refused(new, &wrong);
        assert!(page.contains("mã BIN 6 chữ số") && page.contains("TRUONG MAU"), "{page}");
        let right = [("bin", "970436"), ("number", "1234 567 890"), ("holder", "TRUONG MAU")];
        let to = administrator.done(new, &right);
        assert!(administrator.page(&to).contains("trial.svg"));
        assert!(administrator.get(&format!("{to}/trial.svg")).text().contains("<svg"));
        administrator.refused(new, &right);
        administrator.done(&to, &[("holder", "TRUONG MAU"), ("to", "31/12/2026")]);
        administrator.done("/settings/policy", &[("settle_in_part", "on")]);
        for path in ["/settings/notifications", "/settings/events?state=dead", "/settings/policy"] {
            administrator.page(path);
        }
        let accountant = people.signed_in(Role::Accountant);
        assert_eq!(accountant.get(new).status, 403);
        assert_eq!(accountant.post(&to, &[("holder", "KHAC")]).status, 403);
    });
}
