//! How a family pays: to a student's own virtual account, and to several accounts, each with a code of
//! its own that can be kept.

use doisoat::formats::vietqr;
use serde_json::json;

use super::Home;
use crate::support::for_each_backend;
use crate::support::scan::codes_in_png;
use crate::support::server::{HERE, Town};

/// What a code that was saved says: account, amount and the first word of the purpose.
fn saved(home: &Home<'_>, below: &str) -> (String, i64, String) {
    let answer = home.get(below);
    assert_eq!(answer.status, 200, "{below}: {}", answer.text());
    let name = answer.header("content-disposition").unwrap().to_owned();
    assert!(name.starts_with("attachment; filename=\"ma-qr-"), "{name}");
    let found = codes_in_png(&answer.body);
    assert_eq!(found.len(), 1, "{found:?}");
    let code = vietqr::read(&found[0]).unwrap();
    let purpose = code.purpose.unwrap();
    (code.account, code.amount.unwrap().dong(), purpose.split(' ').next().unwrap().to_owned())
}

/// Every link that saves a code on a page, below the page's own address.
fn links(home: &Home<'_>, page: &str) -> Vec<String> {
    page.split("href=\"")
        .filter_map(|part| part.split('"').next())
        .filter(|link| link.contains("/qr/"))
        .map(|link| link.strip_prefix(&home.base).unwrap().to_owned())
        .collect()
}

#[test]
fn a_students_own_virtual_account_stands_in_the_code() {
    for_each_backend(|db| {
        let town = Town::create(db).with_invoices();
        let body = json!({ "student_code": "HS01", "number": "VQRHS01MAU" });
        let target = format!("/api/v1/schools/{HERE}/virtual-accounts");
        let made = town.server.post(&target).key(&town.admin).once("v").json(&body).send();
        assert_eq!(made.status, 201, "{}", made.text());
        let home = Home::of(&town, "HS01");
        let page = home.page();
        assert!(page.contains("VQRHS01MAU"), "the number stands there as text: {page}");
        let all = links(&home, &page);
        assert_eq!(all.len(), 1, "{all:?}");
        let expected = ("VQRHS01MAU".to_owned(), 1_250_000, "HPQ6XPNK7".to_owned());
        assert_eq!(saved(&home, &all[0]), expected);
        // Whoever has none pays to the school's.
        let other = Home::of(&town, "HS02");
        let page = other.page();
        assert!(!page.contains("VQR"), "{page}");
        for link in links(&other, &page) {
            assert_eq!(saved(&other, &link).0, crate::support::school::ACCOUNT, "{link}");
        }
    });
}

#[test]
fn what_goes_to_different_accounts_has_a_code_to_save_for_each() {
    for_each_backend(|db| {
        let town = Town::create(db);
        let school = &town.school;
        let students = "Mã học sinh;Họ và tên;Lớp;Mã gia đình\n\
            HS01;Nguyễn Thị Mẫu Một;6A1;F1\nHS02;Nguyễn Văn Mẫu Hai;7A1;F1\n";
        assert_eq!(school.students(students).bad, vec![]);
        let invoices = "Mã thanh toán;Mã học sinh;Họ và tên;Lớp;Còn phải thu;Đợt thu\n\
            HPQ6XPNK7;HS01;;;1250000;Tiền ăn\nHP2P9Q7Q9;HS01;;;300000;Xe đưa đón\n\
            HPQRC6R6X;HS02;;;400000;Tiền ăn\n";
        assert_eq!(school.invoices(invoices).bad, vec![]);
        let body = json!({ "bin": "970418", "number": "311000000002", "holder": "TRUONG MAU XE" });
        let target = format!("/api/v1/schools/{HERE}/bank-accounts");
        let made = town.server.post(&target).key(&town.admin).once("b").json(&body).send();
        assert_eq!(made.status, 201, "{}", made.text());
        for (round, account) in
            [("Tiền ăn", crate::support::school::ACCOUNT), ("Xe đưa đón", "311000000002")]
        {
            db.execute(&format!(
                "UPDATE collection_rounds SET bank_account_id = (SELECT id FROM bank_accounts WHERE number = '{account}') \
                 WHERE name = '{round}'"
            ));
        }
        let home = Home::of(&town, "HS01");
        let page = home.page();
        assert!(page.contains("311000000002") && page.contains("TRUONG MAU XE"), "{page}");
        assert!(!page.contains("/qr/all."), "nothing pays everything at once: {page}");
        let all = links(&home, &page);
        assert_eq!(all.len(), 3, "two of one child, one of the other: {all:?}");
        let names: std::collections::BTreeSet<&str> =
            page.split("download=\"").skip(1).filter_map(|part| part.split('"').next()).collect();
        assert_eq!(names.len(), 3, "no file takes another's place: {names:?}");
        let mut told: Vec<_> = all.iter().map(|link| saved(&home, link)).collect();
        told.sort();
        let own = crate::support::school::ACCOUNT.to_owned();
        assert_eq!(
            told,
            [
                (own.clone(), 400_000, "HPQRC6R6X".to_owned()),
                (own, 1_250_000, "HPQ6XPNK7".to_owned()),
                ("311000000002".to_owned(), 300_000, "HP2P9Q7Q9".to_owned()),
            ]
        );
        // What is paid is asked for no more.
        let line = ("2026-11-23", 300_000, "FT1", "HP2P9Q7Q9");
        school.statement("a.csv", &crate::support::school::csv(0, &[line]));
        let paid: Vec<String> =
            all.into_iter().filter(|link| home.get(link).status != 200).collect();
        assert_eq!(paid.len(), 1, "{paid:?}");
        assert_eq!(home.get(&paid[0]).status, 404);
    });
}
