//! What people type into reasons, and so into the audit log, of a student whose name is given up.

use doisoat::domain::access::Role;
use doisoat::service::decide;
use serde_json::json;

use super::privacy::places;
use crate::support::browser::{Browser, Desk};
use crate::support::school::csv;
use crate::support::server::Town;
use crate::support::{TestDb, for_each_backend};

const NAME: &str = "Đặng Thị Canari Mẫu";
const PLAIN: &str = "dang thi canari mau";
const CODE: &str = "HSCANARI";
const GONE: &str = "(đã xóa theo yêu cầu)";

/// What is typed about another student.
const OTHER: &str = "nhầm học sinh của lớp 6A1";

fn town(db: &TestDb) -> Town {
    let town = Town::create(db).with_invoices();
    let list = format!("Mã học sinh;Họ và tên;Lớp\n{CODE};{NAME};6A1\n");
    assert_eq!(town.school.students(&list).bad, vec![]);
    let invoices = format!(
        "Mã thanh toán;Mã học sinh;Họ và tên;Lớp;Còn phải thu\nHPTEST9QX;{CODE};;;500000\n"
    );
    assert_eq!(town.school.invoices(&invoices).bad, vec![]);
    let lines = [
        ("2026-11-20", 450_000, "FT1", "HPTEST9QX"),
        ("2026-11-21", 1_250_000, "FT2", "HPQ6XPNK7"),
        ("2026-11-22", 70_000, "FT3", "khong ro"),
    ];
    town.school.statement("sao-ke.csv", &csv(0, &lines));
    town
}

/// The decision of a payment that is shown, for a form.
fn version(town: &Town, part: &str) -> (String, String) {
    let school = &town.school;
    let payment = school.payment_id(part);
    let state = decide::find(&school.store, school.id, payment).unwrap();
    (payment.to_string(), state.decision_id.unwrap().to_string())
}

fn take_back(town: &Town, browser: &Browser<'_>, part: &str, reason: &str) {
    let (payment, seen) = version(town, part);
    let fields = [("version", seen.as_str()), ("reason", reason)];
    browser.done(&format!("/queue/{payment}/reverse"), &fields);
}

/// Types the name wherever the program asks for a reason or what to look for.
fn type_everywhere(desk: &Desk<'_>, db: &TestDb) {
    let town = desk.town;
    let accountant = desk.signed_in(Role::Accountant);
    let lines = json!({
        "lines": [{ "item": item(db), "amount": 50_000 }], "reason": format!("Giảm cho {NAME}"),
    });
    let credit = town.post("invoices/HPTEST9QX/credit-notes").once("credit").json(&lines).send();
    assert!(credit.status < 300, "{}", credit.text());
    // Her own money taken back for a reason without her name, and settled again.
    take_back(town, &accountant, "HPTEST9QX", "kế toán nhập nhầm");
    let target = format!("payments/{}", version(town, "HPTEST9QX").0);
    let etag = town.get(&target).send().header("etag").unwrap().to_owned();
    let uses = json!({ "allocations": [["HPTEST9QX", 450_000]] });
    let again = town.post(&format!("{target}/allocations")).once("again");
    let again = again.header("If-Match", &etag).json(&uses).send();
    assert_eq!(again.status, 200, "{}", again.text());
    // Another's money, once with the name as a bank writes it, once without.
    take_back(town, &accountant, "HPQ6XPNK7", &format!("tiền của {PLAIN}, khong phai HS01"));
    let (payment, seen) = version(town, "khong ro");
    let aside = [("version", seen.as_str()), ("rest", "aside"), ("reason", OTHER)];
    accountant.done(&format!("/queue/{payment}/use"), &aside);
    let found = accountant.get(&format!("/queue/export?q={}", PLAIN.replace(' ', "+")));
    assert_eq!(found.status, 200);
    let student = student(db);
    let left = [("leave_on", "24/11/2026"), ("leave_reason", "em Canari chuyển trường")];
    accountant.done(&format!("/students/{student}/leave"), &left);
}

fn item(db: &TestDb) -> String {
    db.words(
        "SELECT code AS value FROM fee_items WHERE id IN (SELECT fee_item_id FROM invoice_lines \
             WHERE invoice_id IN (SELECT id FROM invoices WHERE code = 'HPTEST9QX'))",
    )
    .remove(0)
}

fn student(db: &TestDb) -> i64 {
    db.number(&format!("SELECT id AS value FROM students WHERE code = '{CODE}'"))
}

fn erase(desk: &Desk<'_>, db: &TestDb) {
    let (one, other) = (desk.signed_in(Role::Head), desk.signed_in(Role::Administrator));
    let reason = format!("gia đình của {NAME} đề nghị");
    one.done(&format!("/students/{}/erase", student(db)), &[("reason", &reason)]);
    let asked = db.number("SELECT id AS value FROM erasures");
    other.done(&format!("/families/erasures/{asked}"), &[("decision", "agree")]);
}

#[test]
fn a_name_typed_as_a_reason_leaves_the_log_and_the_chain_stays_whole() {
    for_each_backend(|db| {
        let town = town(db);
        let desk = Desk::of(&town);
        type_everywhere(&desk, db);
        let reader = desk.signed_in(Role::Auditor);
        let (page, file) = (reader.page("/audit"), reader.get("/audit/csv").text());
        for typed in [NAME, PLAIN, "kế toán nhập nhầm", OTHER, "em Canari chuyển trường"]
        {
            assert!(page.contains(typed) && file.contains(typed), "{typed}: {page}");
        }
        assert!(!page.contains(GONE), "{page}");
        for typed in [NAME, PLAIN, "nhập nhầm", OTHER, "Canari"] {
            let found = places(db, typed);
            assert!(!found.contains(&"audit_records.detail".to_owned()), "{typed}: {found:?}");
        }
        town.school.verify();
        let hashes =
            "SELECT hash AS value FROM audit_records WHERE chain_id <> 0 ORDER BY sequence";
        let chain = db.words(hashes);

        erase(&desk, db);
        assert_eq!(db.words(hashes)[..chain.len()], chain, "not a record was written anew");
        for typed in [NAME, PLAIN, "Canari", CODE] {
            let found = places(db, typed);
            assert!(found.is_empty(), "{typed}: {found:?}");
        }
        let (page, file) = (reader.page("/audit"), reader.get("/audit/csv").text());
        for typed in [NAME, PLAIN, "Canari", "kế toán nhập nhầm"] {
            assert!(!page.contains(typed) && !file.contains(typed), "{typed}: {page}");
        }
        assert!(page.contains(OTHER) && file.contains(OTHER), "another's reason stays: {page}");
        // The credit note, both payments, the export and the leaving.
        assert!(page.matches(GONE).count() >= 5 && file.matches(GONE).count() >= 5, "{page}");
        let bare =
            "SELECT COUNT(*) AS value FROM audit_texts WHERE words IS NULL AND salt IS NOT NULL";
        assert_eq!(db.number(bare), 0, "nobody can find a text by trying");
        town.school.verify();
    });
}

#[test]
fn what_was_typed_is_given_up_and_never_changed_otherwise() {
    for_each_backend(|db| {
        let town = town(db);
        let accountant = Desk::of(&town).signed_in(Role::Accountant);
        take_back(&town, &accountant, "HPQ6XPNK7", OTHER);
        let kept = "SELECT COUNT(*) AS value FROM audit_texts WHERE words IS NOT NULL";
        assert_eq!(db.number(kept), 1);
        for sql in [
            "UPDATE audit_texts SET words = 'x'",
            "UPDATE audit_texts SET salt = 'x'",
            "UPDATE audit_texts SET words = NULL",
            "UPDATE audit_texts SET words = NULL, salt = NULL, place = '/x'",
            "DELETE FROM audit_texts",
        ] {
            assert!(db.try_execute(sql).is_err(), "{sql}");
        }
        assert_eq!(db.number(kept), 1);
        for (table, column) in [
            ("decisions", "note"),
            ("match_refusals", "reason"),
            ("identity_rulings", "reason"),
            ("receipt_voids", "reason"),
        ] {
            let change = format!("UPDATE {table} SET {column} = 'x'");
            let rows = db.number(&format!("SELECT COUNT(*) AS value FROM {table}"));
            assert_eq!(db.try_execute(&change).is_err(), rows > 0, "before anybody was erased");
        }
        db.execute("UPDATE audit_texts SET words = NULL, salt = NULL");
        assert!(accountant.page("/audit").contains(GONE));
        town.school.verify();
    });
}
