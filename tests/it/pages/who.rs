//! Who may see and do what on the pages of the roster and of fees.

use doisoat::domain::access::{Permission, Role};
use doisoat::http::pages::{fees, rounds, students};
use doisoat::service::directory;
use doisoat::service::keys::Reach;

use crate::support::browser::{Browser, Desk};
use crate::support::for_each_backend;
use crate::support::school::School;
use crate::support::server::{HERE, THERE, Town};

/// Every route of these pages, with a number where its path has one.
fn routes() -> impl Iterator<Item = (&'static str, String, Permission)> {
    let all = students::ROUTES.iter().chain(fees::ROUTES).chain(rounds::ROUTES);
    all.map(|route| {
        let path = route.path.strip_prefix("/s/{school}").unwrap();
        let path = path.replace("{id}", "1").replace("{invoice}", "1");
        (route.method, path, route.needs.permission().unwrap())
    })
}

#[test]
fn readers_read_strangers_find_nothing_and_nobody_signs_in() {
    for_each_backend(|db| {
        let town = Town::create(db);
        let people = Desk::of(&town);
        let cashier = people.signed_in(Role::Cashier);
        let auditor = people.signed_in(Role::Auditor);
        let stranger = people.signed_in_at(Role::ChiefAccountant, &Reach::School(THERE.to_owned()));
        let mut forms = 0;
        for (method, path, needed) in routes() {
            let send = |browser: &Browser<'_>| match method {
                "GET" => browser.get(&path).status,
                _ => browser.post(&path, &[]).status,
            };
            assert_eq!(send(&stranger), 404, "{method} {path}");
            for (role, browser) in [(Role::Cashier, &cashier), (Role::Auditor, &auditor)] {
                let forbidden = send(browser) == 403;
                assert_eq!(forbidden, !role.may(needed), "{role:?} {method} {path}");
            }
            forms += usize::from(method == "POST");
            if method == "GET" {
                let nobody = town.server.get(&format!("/s/{HERE}{path}")).send();
                assert_eq!(nobody.status, 303, "{path}");
                assert!(nobody.header("location").unwrap().starts_with("/sign-in?next="), "{path}");
            }
        }
        assert!(forms > 20, "only {forms} forms");
        let kept = town
            .server
            .post(&format!("/s/{HERE}/students/1/leave"))
            .header("Content-Type", "application/x-www-form-urlencoded")
            .bytes(b"leave_reason=chuy%E1%BB%83n")
            .send();
        assert!(kept.text().contains("chuyển"), "what was typed is not lost: {}", kept.text());
        let there = directory::find_school(&town.school.store, THERE).unwrap().id;
        let foreign = School::open(db, there);
        foreign.students("Mã học sinh;Họ và tên;Lớp\nHS1;Nguyễn Mẫu;6A1\n");
        foreign.invoices("Mã học sinh;Còn phải thu\nHS1;1000\n");
        let student = db.number("SELECT id AS value FROM students");
        let item = db.number("SELECT id AS value FROM fee_items");
        let round = db.number("SELECT id AS value FROM collection_rounds");
        let import = db.number("SELECT id AS value FROM student_imports");
        let accountant = people.signed_in(Role::Accountant);
        for path in [
            format!("/students/{student}"),
            format!("/students/{student}/contact"),
            format!("/students/imports/{import}"),
            format!("/fees/{item}"),
            format!("/rounds/{round}"),
            format!("/rounds/{round}/issue"),
            format!("/rounds/{round}/quantities"),
            "/students/x".to_owned(),
        ] {
            assert_eq!(accountant.get(&path).status, 404, "{path}");
        }
    });
}
