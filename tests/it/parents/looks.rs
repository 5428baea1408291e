//! Who of the staff was shown which family's data is written down, once a day, wherever it is shown.

use chrono::TimeDelta;
use doisoat::clock::Clock as _;
use doisoat::domain::access::Role;
use doisoat::http::api::routes::{ROUTES as FOR_PROGRAMS, Route};
use doisoat::http::looked::PLACES;
use doisoat::http::pages;

use crate::support::browser::Desk;
use crate::support::school::csv;
use crate::support::server::Town;
use crate::support::{TestDb, for_each_backend};

fn looks(db: &TestDb) -> Vec<String> {
    db.words(
        "SELECT l.what || ' ' || l.actor || ' ' || (SELECT MIN(s.code) FROM students s \
         WHERE s.family_id = l.family_id) AS value FROM family_looks l ORDER BY l.id",
    )
}

fn number(db: &TestDb, sql: &str) -> i64 {
    db.number(&format!("SELECT {sql} AS value"))
}

#[test]
fn each_page_and_answer_about_one_family_is_written_down_once_a_day() {
    for_each_backend(|db| {
        let town = Town::create(db).with_invoices();
        let lines = [
            ("2026-11-05", 1_250_000, "FT1", "HPQ6XPNK7"),
            ("2026-11-06", 1_000_000, "FT2", "HP2P9Q7Q9"),
        ];
        town.school.statement("a.csv", &csv(0, &lines));
        let student = number(db, "(SELECT id FROM students WHERE code = 'HS02')");
        let other = number(db, "(SELECT id FROM students WHERE code = 'HS03')");
        let invoice =
            number(db, &format!("(SELECT id FROM invoices WHERE student_id = {student})"));
        let receipt = |code: &str| {
            number(
                db,
                &format!(
                    "(SELECT r.id FROM receipts r JOIN students s ON s.id = r.student_id WHERE s.code = '{code}')"
                ),
            )
        };
        let (of_two, of_one) = (receipt("HS02"), receipt("HS01"));
        let desk = Desk::of(&town);
        let accountant = desk.signed_in(Role::Accountant);
        // Lists are about many.
        for list in ["/students", "/receivables", "/receipts", "/search?q=mau"] {
            accountant.page(list);
        }
        assert_eq!(looks(db), Vec::<String>::new());
        let mut seen: Vec<String> = Vec::new();
        for (below, what) in [
            (format!("/students/{student}"), Some("student")),
            (format!("/students/{student}/contact"), None),
            (format!("/students/{student}/family"), None),
            (format!("/students/{other}"), None),
            (format!("/receivables/{student}"), Some("account")),
            (format!("/receivables/{student}/invoices/{invoice}"), None),
            (format!("/cash/students/{other}"), None),
            (format!("/receipts/{of_two}"), Some("receipt")),
            (format!("/receipts/{of_two}/pdf"), None),
        ] {
            assert_eq!(accountant.get(&below).status, 200, "{below}");
            let found = looks(db);
            assert_eq!(found.len(), seen.len() + usize::from(what.is_some()), "{below}: {found:?}");
            if let Some(what) = what {
                let last = found.last().unwrap();
                assert!(last.starts_with(what) && last.ends_with(" HS02"), "{below}: {last}");
            }
            seen = found;
        }
        // Two receipts on one paper are looks at two families, of which one was looked at before.
        assert_eq!(
            accountant.get(&format!("/receipts/print?row={of_two}&row={of_one}")).status,
            200
        );
        assert!(looks(db)[3].ends_with(" HS01"), "{:?}", looks(db));
        // A form that is refused stands on the page it is about.
        let chief = desk.signed_in(Role::ChiefAccountant);
        chief.refused(&format!("/receipts/{of_one}/void"), &[("reason", " ")]);
        let refused = looks(db);
        assert_eq!(refused.len(), 5, "{refused:?}");
        assert!(refused[4].starts_with("receipt ") && refused[4].ends_with(" HS01"));
        // What is not shown is no look.
        for below in ["/students/999999999", "/receivables/999999999", "/receipts/999999999"] {
            assert_eq!(chief.get(below).status, 404, "{below}");
        }
        assert_eq!(looks(db).len(), 5);

        // Programs look as well, by their keys.
        for (below, count) in [
            ("students/HS01".to_owned(), 6),
            ("students/HS01".to_owned(), 6),
            ("invoices/HPQ6XPNK7".to_owned(), 7),
            (format!("receipts/{of_one}"), 8),
            (format!("receipts/{of_one}/pdf"), 8),
            ("students?limit=10".to_owned(), 8),
        ] {
            assert_eq!(town.get(&below).send().status, 200, "{below}");
            assert_eq!(looks(db).len(), count, "{below}: {:?}", looks(db));
        }
        let api = looks(db).split_off(5);
        assert!(api.iter().all(|one| one.contains(" user:kế toán ")), "by the key's name: {api:?}");

        // The next day counts anew.
        let tomorrow = town.school.clock.now() + TimeDelta::days(1);
        town.server.clock.set(tomorrow);
        town.school.clock.set(tomorrow);
        let before = looks(db).len();
        for _ in 0..2 {
            assert_eq!(town.get("students/HS01").send().status, 200);
        }
        assert_eq!(looks(db).len(), before + 1);
        let auditor = desk.signed_in(Role::Auditor);
        let log = auditor.page("/families/log");
        for told in ["Trang học sinh", "Công nợ", "Biên lai", "HS01", "HS03, HS02"] {
            assert!(log.contains(told), "{told}: {log}");
        }
        town.school.verify();
    });
}

#[test]
fn nothing_is_shown_that_could_not_be_written_down() {
    for_each_backend(|db| {
        let town = Town::create(db).with_invoices();
        let accountant = Desk::of(&town).signed_in(Role::Accountant);
        let student = number(db, "(SELECT id FROM students WHERE code = 'HS02')");
        db.execute("ALTER TABLE family_looks RENAME TO family_looks_away");
        let page = accountant.get(&format!("/students/{student}"));
        assert!(page.status >= 500, "{}", page.text());
        assert!(!page.text().contains("Mẫu Hai"), "{}", page.text());
        let answer = town.get("students/HS02").send();
        assert!(answer.status >= 500, "{}", answer.text());
        assert!(!answer.text().contains("Mẫu Hai"), "{}", answer.text());
        db.execute("ALTER TABLE family_looks_away RENAME TO family_looks");
        assert_eq!(accountant.get(&format!("/students/{student}")).status, 200);
    });
}

/// Routes that name a student, an invoice or a receipt and are no look of their own, with why.
const ELSEWHERE: [(&str, &str); 9] = [
    ("/s/{school}/students/{id}/erase", "answers with a list of pseudonyms or leads to it"),
    ("/s/{school}/students/{id}/export", "written down as an export by the use case"),
    ("/s/{school}/students/{id}/family/address", "written down as an address by the use case"),
    ("/s/{school}/students/{id}/family/new", "written down as an address by the use case"),
    ("/s/{school}/students/{id}/family/page", "written down as the family's page by the use case"),
    ("/api/v1/schools/{school}/students/{code}/export", "written down as an export"),
    ("/s/{school}/rounds/{id}/invoices/{invoice}/cancel", "leads back to the round's list"),
    ("/s/{school}/rounds/{id}/invoices/{invoice}/reinstate", "leads back to the round's list"),
    ("/s/{school}/rounds/{id}/invoices/list", "is a list of many families"),
];

#[test]
fn no_route_about_a_student_an_invoice_or_a_receipt_is_forgotten() {
    let pages: Vec<&Route> = pages::routes::all().collect();
    let about = |path: &str| {
        ["/students/{", "/receivables/{", "/receipts/{", "/invoices/{"]
            .iter()
            .any(|part| path.contains(part))
    };
    let mut routes = 0;
    for route in pages.iter().copied().chain(FOR_PROGRAMS) {
        // A program's change is in the audit log and answers with what it changed.
        let change = route.path.starts_with("/api/") && route.method != "GET";
        if !about(route.path) || change || route.path.starts_with("/f/") {
            continue;
        }
        routes += 1;
        let listed = PLACES.iter().any(|(path, ..)| *path == route.path);
        let elsewhere = ELSEWHERE.iter().any(|(path, _)| *path == route.path);
        assert!(
            listed != elsewhere,
            "{} {}: a look, or no look for a reason",
            route.method,
            route.path
        );
    }
    assert!(routes >= 20, "{routes}");
    for (path, ..) in PLACES {
        let is_there = pages.iter().copied().chain(FOR_PROGRAMS).any(|route| route.path == *path);
        assert!(is_there, "{path} is no route any more");
    }
}
