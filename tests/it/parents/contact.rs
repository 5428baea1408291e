//! A contact changes by the addresses it is about, never by the page's address alone.

use doisoat::domain::access::Role;
use doisoat::service::mail;

use super::Home;
use crate::support::TestDb;
use crate::support::browser::Desk;
use crate::support::feed::keys;
use crate::support::for_each_backend;
use crate::support::server::Town;

const LIST: &str = "Mã học sinh;Họ và tên;Lớp;Họ tên phụ huynh;Email;Số điện thoại\n\
    HS01;Nguyễn Thị Mẫu Một;6A1;Lò Thị Mẫu;cu@example.test;0912345678\n\
    HS02;Trần Văn Mẫu Hai;6A1;;;\n";

/// The link in the mail that went to an address.
fn link(town: &Town, db: &TestDb, email: &str) -> String {
    let id = db.number(&format!(
        "SELECT id AS value FROM mails WHERE kind = 'contact_change' AND to_email = '{email}'"
    ));
    let message = mail::show(&town.school.store, &keys(), id).unwrap().message;
    let plain = crate::letters::made::quoted(&message);
    let (_, rest) = plain.split_once("/fc/").unwrap_or_else(|| panic!("{message}"));
    let secret: String = rest.chars().take_while(char::is_ascii_hexdigit).collect();
    assert_eq!(secret.len(), 64, "{message}");
    format!("/fc/{secret}")
}

fn email(db: &TestDb) -> Vec<String> {
    db.words("SELECT COALESCE(email, '') AS value FROM guardians ORDER BY id")
}

#[test]
fn a_contact_changes_once_the_old_and_the_new_address_agree() {
    for_each_backend(|db| {
        let town = Town::create(db);
        assert_eq!(town.school.students(LIST).bad, vec![]);
        let home = Home::of(&town, "HS01");
        let page = home.page();
        assert!(page.contains("c•••@example.test") && !page.contains("cu@example.test"), "{page}");
        assert!(page.contains("•••678") && !page.contains("0912345678"), "{page}");
        let id = db.number("SELECT id AS value FROM students WHERE code = 'HS01'");
        let whose = format!("{id}-1");
        let long = format!("{}@example.test", "a".repeat(287));
        for (why, field, value) in [
            ("nothing", "name", " "),
            ("no address", "email", "x@"),
            ("a second line", "email", "moi@example.test\r\nBcc: x@example.test"),
            ("300 characters", "email", long.as_str()),
            ("no number", "phone", "12"),
        ] {
            let fields = [("whose", whose.as_str()), (field, value)];
            assert_eq!(home.post("/contact", &fields).status, 422, "{why}");
        }
        let fields = [("whose", whose.as_str()), ("email", "moi@example.test")];
        assert_eq!(home.post("/contact", &fields).status, 303);
        assert_eq!(home.post("/contact", &fields).status, 422, "one waits already");
        assert_eq!(email(db)[0], "cu@example.test");
        let (old, new) = (link(&town, db, "cu@example.test"), link(&town, db, "moi@example.test"));
        for _ in 0..2 {
            // Mail scanners look, and agree to nothing.
            assert_eq!(town.server.get(&old).send().status, 200);
            assert_eq!(town.server.get(&new).send().status, 200);
        }
        let agreed = town.server.post(&new).send();
        assert!(agreed.text().contains("địa chỉ còn lại"), "{}", agreed.text());
        assert_eq!(email(db)[0], "cu@example.test");
        let agreed = town.server.post(&old).send();
        assert!(agreed.text().contains("Thông tin liên hệ đã được đổi"), "{}", agreed.text());
        assert_eq!(email(db)[0], "moi@example.test");
        assert_eq!(town.server.post(&old).send().status, 404, "it works once");
        let kinds = "SELECT kind AS value FROM student_changes WHERE kind = 'contact'";
        assert_eq!(db.words(kinds), ["contact"]);
        town.school.verify();
    });
}

#[test]
fn the_school_decides_where_no_address_is_known() {
    for_each_backend(|db| {
        let town = Town::create(db);
        assert_eq!(town.school.students(LIST).bad, vec![]);
        let home = Home::of(&town, "HS02");
        let id = db.number("SELECT id AS value FROM students WHERE code = 'HS02'");
        let other = db.number("SELECT id AS value FROM students WHERE code = 'HS01'");
        let foreign = format!("{other}-1");
        let fields = [("whose", foreign.as_str()), ("name", "Kẻ Lạ")];
        assert_eq!(home.post("/contact", &fields).status, 422, "another family's child");
        let whose = format!("{id}-1");
        let fields = [("whose", whose.as_str()), ("name", "Hà Mẫu"), ("email", "ha@example.test")];
        assert_eq!(home.post("/contact", &fields).status, 303);
        let new = link(&town, db, "ha@example.test");
        town.server.post(&new).send();
        assert_eq!(db.words("SELECT name AS value FROM guardians WHERE name = 'Hà Mẫu'").len(), 0);
        let desk = Desk::of(&town);
        let accountant = desk.signed_in(Role::Accountant);
        let page = accountant.page("/families");
        assert!(page.contains("ha@example.test") && page.contains("đã đồng ý"), "{page}");
        let proposal = db.number("SELECT id AS value FROM contact_proposals");
        let to = format!("/families/proposals/{proposal}");
        accountant.done(&to, &[("decision", "accept")]);
        assert!(accountant.refused(&to, &[("decision", "accept")]).contains("đã được xử lý"));
        let emails = db.words("SELECT email AS value FROM guardians WHERE name = 'Hà Mẫu'");
        assert_eq!(emails, ["ha@example.test"]);
        town.school.verify();
    });
}
