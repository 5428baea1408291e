//! Forms that are sent twice, by an impatient hand, the back button or a connection that was lost, have
//! one effect; what is cut off in the middle has none.

use std::io::Write as _;
use std::net::Shutdown;

use doisoat::domain::access::Role;
use doisoat::ids::RandomIds;
use doisoat::service::Store;
use doisoat::service::keys::Reach;
use doisoat::service::sessions::{self, Outcome};
use doisoat::service::users::{self, NewUser};

use super::hostile_texts::{crawl, judge, usual};
use crate::copy::live_in;
use crate::support::browser::{Browser, Desk};
use crate::support::client::{connect, read_answer};
use crate::support::for_each_backend;
use crate::support::school::{School, csv};
use crate::support::server::{HERE, Server, Town};

#[test]
fn a_form_that_is_sent_twice_has_one_effect_and_says_so() {
    for_each_backend(|db| {
        let (id, _) = live_in(db);
        let school = School::open(db, id);
        let store = Store::open(&db.url, 8, 30_000).unwrap();
        let new = NewUser {
            email: "hai.lan@example.test".to_owned(),
            name: "Hai Lần".to_owned(),
            lang: doisoat::domain::lang::Lang::Vi,
            second_factor_exempt: true,
            grants: Role::ALL.map(|role| (role, Reach::School(HERE.to_owned()))).to_vec(),
        };
        let password = crate::support::browser::PASSWORD;
        users::create(&store, (&school.clock, &RandomIds), &school.actor, &new, password).unwrap();
        let signed =
            sessions::sign_in(&store, &school.clock, &RandomIds, &new.email, password, "192.0.2.1");
        let Outcome::SignedIn { secret } = signed.unwrap() else { panic!("not signed in") };
        let server = Server::start(db, store);
        let browser = Browser::of(&server, &secret);
        let home = format!("/s/{HERE}");
        let (mut sent, mut done) = (0, 0);
        for form in crawl(&browser, &[home.as_str()], "twice") {
            for button in 0..form.buttons.len().max(1) {
                let filled = form.filled(button, None, usual);
                let place = format!("{} {filled:?}", form.action);
                let first = browser.send(&form.action, &filled);
                judge(&first, &place);
                sent += 1;
                if first.status >= 400 {
                    continue;
                }
                done += 1;
                let state = school.state();
                let again = browser.send(&form.action, &filled);
                judge(&again, &place);
                assert_eq!(school.state(), state, "{place}: the second time did something");
                if again.status >= 400 {
                    let told = matches!(again.status, 404 | 409 | 422);
                    assert!(told, "{place}: {} {}", again.status, again.text());
                }
            }
        }
        assert!(sent > 40 && done > 10, "{done} of {sent} forms did something");
        school.verify();
    });
}

#[test]
fn an_upload_that_is_cut_off_leaves_nothing_and_says_so() {
    for_each_backend(|db| {
        let town = Town::create(db).with_invoices();
        let visitor = Desk::of(&town).signed_in(Role::Accountant);
        let lines = [("2026-11-02", 1_250_000, "FT1", "HPQ6XPNK7")];
        let file = csv(0, &lines);
        let head =
            "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.csv\"\r\n\r\n";
        let whole = [head.as_bytes(), &file, b"\r\n--x--\r\n"].concat();
        for below in ["/statements", "/students/import", "/invoices/import"] {
            for cut in [head.len() + 1, head.len() + file.len() / 2, head.len() + file.len()] {
                let request = town
                    .server
                    .post(&format!("/s/{HERE}{below}"))
                    .header("Content-Type", "multipart/form-data; boundary=x")
                    .header("Cookie", &visitor.cookie);
                let mut stream = connect(town.server.address);
                stream.write_all(request.head(whole.len()).as_bytes()).unwrap();
                stream.write_all(&whole[..cut]).unwrap();
                stream.shutdown(Shutdown::Write).unwrap();
                let answer = read_answer(&mut stream);
                assert_eq!(answer.status, 400, "{below} at {cut}: {}", answer.text());
                assert!(
                    answer.text().contains("đứt giữa chừng"),
                    "{below} at {cut}: {}",
                    answer.text()
                );
                for table in ["imports", "asked_files", "entries"] {
                    let rows = db.number(&format!("SELECT COUNT(*) AS value FROM {table}"));
                    assert_eq!(rows, 0, "{below} at {cut}: {table}");
                }
            }
        }
        let again = visitor.upload("/statements", &[], ("a.csv", &file));
        assert_eq!(again.status, 303, "{}", again.text());
    });
}

#[test]
fn two_tabs_of_one_line_end_in_one_decision_and_the_other_is_told_whose() {
    for_each_backend(|db| {
        let town = Town::create(db).with_invoices();
        let lines = [("2026-11-02", 1_300_000, "FT1", "HPQ6XPNK7 nop thua")];
        town.school.statement("a.csv", &csv(0, &lines));
        let desk = Desk::of(&town);
        let (one, other) =
            (desk.signed_in(Role::Accountant), desk.signed_in(Role::ChiefAccountant));
        let line = town.school.payment_id("nop thua");
        let tab = |browser: &Browser<'_>| {
            let page = browser.page(&format!("/queue/{line}"));
            crate::support::browser::value_of(&page, "version")
        };
        let (seen, also_seen) = (tab(&one), tab(&other));
        let confirm = format!("/queue/{line}/confirm");
        one.done(&confirm, &[("version", &seen), ("index", "0")]);
        let state = town.school.state();
        for (why, path, fields) in [
            ("confirming", confirm.clone(), vec![("index", "0")]),
            (
                "setting aside",
                format!("/queue/{line}/use"),
                vec![("rest", "aside"), ("reason", "x")],
            ),
        ] {
            let mut fields = fields;
            fields.push(("version", also_seen.as_str()));
            let late = other.post(&path, &fields);
            assert_eq!(late.status, 409, "{why}: {}", late.text());
            assert!(late.text().contains("accountant vừa xác nhận"), "{why}: {}", late.text());
            assert!(!late.text().contains("@example.test vừa"), "{why}: by name");
        }
        assert_eq!(town.school.state(), state);
        town.school.verify();
    });
}
