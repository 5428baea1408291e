//! What matters most asks for the password again, and loses nothing that was typed meanwhile.

use chrono::TimeDelta;
use doisoat::clock::Clock as _;
use doisoat::domain::access::Role;
use doisoat::ids::RandomIds;
use doisoat::service::keys::Reach;
use doisoat::service::sessions::{self, Outcome};

use crate::support::browser::{Browser, Desk, PASSWORD};
use crate::support::for_each_backend;
use crate::support::school::now;
use crate::support::server::{HERE, Town};

/// The hidden fields of the form that asks for the password, and where it is sent.
fn kept(page: &str) -> (String, Vec<(String, String)>) {
    let form = page.split("<form method=\"post\" action=\"").last().unwrap();
    let action = form.split('"').next().unwrap().to_owned();
    let fields = form
        .split("<input type=\"hidden\" name=\"")
        .skip(1)
        .map(|rest| {
            let mut parts = rest.split('"');
            let name = parts.next().unwrap().to_owned();
            (name, unescaped(parts.nth(1).unwrap()))
        })
        .collect();
    (action, fields)
}

/// A text as the browser reads it.
fn unescaped(text: &str) -> String {
    [("&#34;", "\""), ("&#60;", "<"), ("&#62;", ">"), ("&#39;", "'"), ("&#38;", "&")]
        .iter()
        .fold(text.to_owned(), |text, (escaped, plain)| text.replace(escaped, plain))
}

fn send(browser: &Browser<'_>, page: &str, password: &str) -> crate::support::client::Answer {
    let (action, mut fields) = kept(page);
    fields.push(("proof-password".to_owned(), password.to_owned()));
    let fields: Vec<(&str, &str)> = fields.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
    browser.post_to(&action, &fields)
}

#[test]
fn a_form_that_needs_the_password_again_is_kept_and_carried_out_with_it() {
    for_each_backend(|db| {
        let town = Town::create(db);
        let desk = Desk::of(&town);
        let admin = desk.signed_in_at(Role::Administrator, &Reach::Everything);
        let rows = |table: &str| db.number(&format!("SELECT COUNT(*) AS value FROM {table}"));
        town.server.clock.set(now() + TimeDelta::minutes(11));
        assert!(town.server.clock.now() > now());
        for (path, table, fields) in [
            (
                format!("/s/{HERE}/settings/accounts/new"),
                "bank_accounts",
                vec![("bin", "970418"), ("number", "2200000001"), ("holder", "TRUONG \"MAU\" <b>")],
            ),
            (
                format!("/s/{HERE}/settings/notification-addresses/new"),
                "webhook_endpoints",
                vec![("provider", "sepay"), ("scheme", "key"), ("name", "Học phí")],
            ),
            (
                "/people".to_owned(),
                "users",
                vec![
                    ("email", "moi@example.test"),
                    ("name", "Người Mới"),
                    ("role", "cashier"),
                    ("reach", "school"),
                    ("code", HERE),
                ],
            ),
            (
                "/system/keys".to_owned(),
                "api_keys",
                vec![("name", "Phần mềm kế toán"), ("role", "auditor"), ("school", HERE)],
            ),
        ] {
            // Each proof lasts ten minutes.
            town.server.clock.set(town.server.clock.now() + TimeDelta::minutes(11));
            let before = rows(table);
            let asked = admin.post_to(&path, &fields);
            assert_eq!(asked.status, 403, "{path}: {}", asked.text());
            assert_eq!(rows(table), before, "{path}");
            let (action, hidden) = kept(&asked.text());
            assert_eq!((action.as_str(), hidden.len()), (path.as_str(), fields.len()), "{path}");
            let wrong = send(&admin, &asked.text(), "một câu sai hẳn");
            assert_eq!(wrong.status, 422, "{path}");
            assert!(!wrong.text().contains("một câu sai hẳn"), "{path}: a password is shown");
            assert_eq!(kept(&wrong.text()).1, hidden, "{path}: kept after a wrong password");
            assert_eq!(rows(table), before, "{path}");
            let done = send(&admin, &wrong.text(), PASSWORD);
            assert!(matches!(done.status, 200 | 303), "{path}: {} {}", done.status, done.text());
            assert!(!done.text().contains(PASSWORD), "{path}");
            assert_eq!(rows(table), before + 1, "{path}");
        }
        let holder = "SELECT holder AS value FROM bank_accounts WHERE number = '2200000001'";
        assert_eq!(db.words(holder), ["TRUONG \"MAU\" <b>"]);
    });
}

#[test]
fn a_page_that_needs_the_password_again_leads_back_to_itself() {
    for_each_backend(|db| {
        let town = Town::create(db);
        let admin = Desk::of(&town).signed_in_at(Role::Administrator, &Reach::Everything);
        town.server.clock.set(now() + TimeDelta::minutes(11));
        let answer = admin.get("/settings/policy");
        assert_eq!(answer.status, 303);
        let to = answer.header("location").unwrap().to_owned();
        assert!(to.starts_with("/prove?next=%2Fs%2FTHCS-MAU%2Fsettings%2Fpolicy"), "{to}");
        let next = format!("/s/{HERE}/settings/policy");
        let refused = admin.post_to("/prove", &[("password", "sai hẳn rồi"), ("next", &next)]);
        assert_eq!(refused.status, 422);
        let proven = admin.post_to("/prove", &[("password", PASSWORD), ("next", &next)]);
        assert_eq!(proven.header("location"), Some(next.as_str()));
        assert_eq!(admin.get("/settings/policy").status, 200);
    });
}

#[test]
fn a_form_that_is_sent_after_the_session_has_ended_comes_back_and_is_carried_out_once() {
    for_each_backend(|db| {
        let town = Town::create(db);
        let admin = Desk::of(&town).signed_in_at(Role::Administrator, &Reach::Everything);
        let rows = || db.number("SELECT COUNT(*) AS value FROM bank_accounts");
        let before = rows();
        town.server.clock.set(now() + TimeDelta::minutes(31));
        let path = format!("/s/{HERE}/settings/accounts/new");
        let holder = "TRUONG \"MAU\" <b>&amp; =1+1";
        let fields = [("bin", "970418"), ("number", "2200000001"), ("holder", holder)];
        let ended = admin.post_to(&path, &fields);
        assert_eq!(ended.status, 401, "{}", ended.text());
        assert!(ended.text().contains("href=\"/sign-in"), "{}", ended.text());
        let (action, hidden) = kept(&ended.text());
        assert_eq!(action, path);
        assert_eq!(hidden, fields.map(|(name, value)| (name.to_owned(), value.to_owned())));
        assert_eq!(rows(), before);

        let (store, clock) = (&town.school.store, &*town.server.clock);
        let email = db.words("SELECT email AS value FROM users").remove(0);
        let again = sessions::sign_in(store, clock, &RandomIds, &email, PASSWORD, "192.0.2.1");
        let Outcome::SignedIn { secret } = again.unwrap() else { panic!("not signed in") };
        let admin = Browser::of(&town.server, &secret);
        let sent: Vec<(&str, &str)> =
            hidden.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        assert_eq!(admin.post_to(&action, &sent).status, 303);
        assert_eq!(rows(), before + 1);
        // The button of the page that is still open in the other tab.
        assert!(matches!(admin.post_to(&action, &sent).status, 409 | 422));
        assert_eq!(rows(), before + 1);
    });
}
