//! Who may see and do what on the pages of the roster and of fees.

use doisoat::domain::access::Role;
use doisoat::service::directory;
use doisoat::service::keys::Reach;

use crate::support::browser::Desk;
use crate::support::for_each_backend;
use crate::support::school::School;
use crate::support::server::{HERE, THERE, Town};

const READ: [&str; 6] =
    ["/students", "/students/classes", "/fees", "/fees/choices", "/fees/exemptions", "/rounds"];

const WRITE: [&str; 5] =
    ["/students/import", "/students/promotion", "/fees/new", "/rounds/new", "/invoices/import"];

const FORMS: [&str; 15] = [
    "/students/classes",
    "/students/promotion",
    "/students/imports/1/commit",
    "/students/imports/1/undo",
    "/students/1/transfer",
    "/students/1/contact",
    "/fees/new",
    "/fees/1",
    "/fees/1/prices",
    "/fees/choices",
    "/fees/exemptions",
    "/rounds/new",
    "/rounds/1",
    "/rounds/1/issue",
    "/rounds/1/invoices/1/cancel",
];

#[test]
fn readers_read_strangers_find_nothing_and_nobody_signs_in() {
    for_each_backend(|db| {
        let town = Town::create(db);
        let people = Desk::of(&town);
        let cashier = people.signed_in(Role::Cashier);
        let auditor = people.signed_in(Role::Auditor);
        let stranger = people.signed_in_at(Role::ChiefAccountant, &Reach::School(THERE.to_owned()));
        for path in READ {
            assert_eq!(cashier.get(path).status, 200, "{path}");
            assert_eq!(stranger.get(path).status, 404, "{path}");
            let nobody = town.server.get(&format!("/s/{HERE}{path}")).send();
            assert_eq!(nobody.status, 303, "{path}");
            assert!(nobody.header("location").unwrap().starts_with("/sign-in?next="), "{path}");
        }
        for path in WRITE {
            assert_eq!(auditor.get(path).status, 403, "{path}");
            assert_eq!(stranger.get(path).status, 404, "{path}");
        }
        for path in FORMS {
            assert_eq!(cashier.post(path, &[]).status, 403, "{path}");
            assert_eq!(stranger.post(path, &[]).status, 404, "{path}");
        }
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
