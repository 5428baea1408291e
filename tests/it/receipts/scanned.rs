//! The codes on paper and in mail are read back from what is drawn, and say what stands beside them.

use std::collections::BTreeSet;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use doisoat::domain::access::Role;
use doisoat::formats::vietqr;
use doisoat::service::mail as mails;
use serde_json::json;

use super::all;
use crate::support::browser::Desk;
use crate::support::feed::keys;
use crate::support::for_each_backend;
use crate::support::scan::{codes_in_pdf, codes_in_png, words_in_pdf};
use crate::support::school::{ACCOUNT, csv};
use crate::support::server::{HERE, Town};

#[test]
fn the_code_on_a_receipt_leads_to_the_page_that_says_it_is_genuine() {
    for_each_backend(|db| {
        let town = Town::create(db).with_invoices();
        town.school.statement("a.csv", &csv(0, &[("2026-11-05", 1_250_000, "FT1", "HPQ6XPNK7")]));
        let receipt = all(&town.school).remove(0);
        let pdf = town.get(&format!("receipts/{}/pdf", receipt.id)).send().body;
        let Some(found) = codes_in_pdf(&pdf) else { return };
        assert_eq!(found.len(), 1, "{found:?}");
        let path = found[0].split_once("/r/").map(|(_, code)| format!("/r/{code}"));
        let page = town.server.get(&path.unwrap_or_else(|| panic!("{found:?}"))).send();
        assert_eq!(page.status, 200, "{found:?}");
        assert!(page.text().contains(&receipt.number), "{}", page.text());
        let bare = receipt.verify_code.replace('-', "");
        assert!(found[0].ends_with(&bare), "{found:?} and {bare}");
    });
}

#[test]
fn the_codes_on_paper_notices_ask_for_what_is_printed_beside_them() {
    for_each_backend(|db| {
        let town = Town::create(db).with_invoices();
        let accountant = Desk::of(&town).signed_in(Role::Accountant);
        let pdf = accountant.get("/notices").body;
        let Some(found) = codes_in_pdf(&pdf) else { return };
        assert_eq!(found.len(), 3, "three students on one page: {found:?}");
        let words = words_in_pdf(&pdf).unwrap();
        let mut amounts = BTreeSet::new();
        for text in found {
            let code = vietqr::read(&text).unwrap();
            assert_eq!((code.bank_bin.as_str(), code.account.as_str()), ("970436", ACCOUNT));
            let (amount, purpose) = (code.amount.unwrap(), code.purpose.unwrap());
            assert!(words.contains(&amount.grouped()), "{amount:?}: {words}");
            assert!(words.contains(&purpose), "{purpose}: {words}");
            amounts.insert(purpose.split(' ').next().unwrap().to_owned());
        }
        let expected = ["HPQ6XPNK7", "HP2P9Q7Q9", "HPQRC6R6X"].map(str::to_owned);
        assert_eq!(amounts, BTreeSet::from(expected));
    });
}

#[test]
fn the_code_in_a_mail_asks_for_what_the_mail_says() {
    for_each_backend(|db| {
        let town = Town::create(db).with_invoices();
        let school = &town.school;
        let guardian = doisoat::service::students::contacts::GuardianTerms {
            name: "Người giám hộ mẫu".to_owned(),
            email: "phu.huynh@example.test".to_owned(),
            ..Default::default()
        };
        let of = (school.id, "HS01");
        let wanted = std::slice::from_ref(&guardian);
        doisoat::service::students::contacts::set(
            &school.store,
            &school.clock,
            &school.actor,
            of,
            wanted,
        )
        .unwrap();
        let family = db.number("SELECT family_id AS value FROM students WHERE code = 'HS01'");
        let about = db.number(
            "SELECT i.id AS value FROM invoices i JOIN students s ON s.id = i.student_id WHERE s.code = 'HS01'",
        );
        let letter = doisoat::service::letters::NewLetter {
            school: school.id,
            kind: doisoat::service::letters::LetterKind::Notice,
            family,
            about,
            key: format!("1:{family}"),
        };
        let now = doisoat::clock::Clock::now(&school.clock);
        school
            .store
            .write(|tx| {
                doisoat::service::letters::ask(tx, "test", now, std::slice::from_ref(&letter))
            })
            .unwrap();
        while db.number("SELECT COUNT(*) AS value FROM letters WHERE due_at IS NOT NULL") > 0 {
            crate::letters::composer(school).work().unwrap();
        }
        let id = db.number("SELECT id AS value FROM mails");
        let message = mails::show(&school.store, &keys(), id).unwrap().message;
        let part = message.split("Content-Type: image/png").nth(1).expect("a picture");
        let (_, body) = part.split_once("\r\n\r\n").unwrap();
        let packed: String = body.split("\r\n--").next().unwrap().split_whitespace().collect();
        let found = codes_in_png(&BASE64.decode(packed).unwrap());
        assert_eq!(found.len(), 1, "{found:?}");
        let code = vietqr::read(&found[0]).unwrap();
        assert_eq!((code.bank_bin.as_str(), code.account.as_str()), ("970436", ACCOUNT));
        assert_eq!(code.amount.map(doisoat::domain::money::Vnd::dong), Some(1_250_000));
        let purpose = code.purpose.unwrap();
        assert!(purpose.starts_with("HPQ6XPNK7"), "{purpose}");
    });
}

#[test]
fn the_number_of_an_invoice_elsewhere_stands_on_the_receipt() {
    for_each_backend(|db| {
        let town = Town::create(db).with_invoices();
        town.school.statement("a.csv", &csv(0, &[("2026-11-05", 1_250_000, "FT1", "HPQ6XPNK7")]));
        let id = all(&town.school)[0].id;
        let pdf = |lang: &str| town.get(&format!("receipts/{id}/pdf?lang={lang}")).send().body;
        let fields = ["1C26TMA", "00004711", "TRA-9X7", "https://tracuu.example.test/hd"];
        let Some(before) = words_in_pdf(&pdf("vi")) else { return };
        for field in fields {
            assert!(!before.contains(field), "{field}: {before}");
        }
        let [symbol, number, lookup_code, lookup_url] = fields;
        let body = json!({
            "symbol": symbol, "number": number, "lookup_code": lookup_code, "lookup_url": lookup_url,
        });
        let target = format!("/api/v1/schools/{HERE}/receipts/{id}/invoice");
        let set = town.server.request("PUT", &target).key(&town.accountant).json(&body).send();
        assert_eq!(set.status, 200, "{}", set.text());
        for lang in ["vi", "en"] {
            let words = words_in_pdf(&pdf(lang)).unwrap();
            for field in fields {
                assert!(words.contains(field), "{lang}: {field}: {words}");
            }
        }
    });
}
