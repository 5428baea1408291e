//! Somebody who has signed in to the pages, as a browser without a script would.

use std::fmt::Write as _;

use doisoat::domain::access::Role;
use doisoat::domain::lang::Lang;
use doisoat::ids::CountingIds;
use doisoat::service::keys::Reach;
use doisoat::service::users::{self, NewUser};

use super::client::{Answer, encoded};
use super::school::School;
use super::server::{Server, Town};

/// The password of everybody in the tests.
const PASSWORD: &str = "một câu rất dài để thử";

/// Somebody with a session.
pub struct Browser<'a> {
    server: &'a Server,
    /// The session's cookie; empty for nobody.
    pub cookie: String,
}

/// A form's fields as a body.
pub fn body_of(fields: &[(&str, &str)]) -> String {
    let mut body = String::new();
    for (name, value) in fields {
        let joint = if body.is_empty() { "" } else { "&" };
        write!(body, "{joint}{}={}", encoded(name), encoded(value)).unwrap();
    }
    body
}

impl<'a> Browser<'a> {
    /// Adds somebody and signs them in.
    pub fn sign_in(town: &'a Town, name: &str, role: Role, reach: Reach) -> Browser<'a> {
        let School { store, clock, actor, .. } = &town.school;
        let email = format!("{}@example.com", role.as_str());
        let new = NewUser {
            email: email.clone(),
            name: name.to_owned(),
            lang: Lang::Vi,
            second_factor_exempt: true,
            grants: vec![(role, reach)],
        };
        users::create(store, (clock, &CountingIds::new()), actor, &new, PASSWORD).unwrap();
        let mut browser = Browser::nobody(town);
        let fields = [("email", email.as_str()), ("password", PASSWORD), ("next", "/")];
        let answer = browser.post("/sign-in", &fields);
        assert_eq!(answer.status, 303, "{}", answer.text());
        let cookie = answer.header("set-cookie").unwrap();
        cookie.split(';').next().unwrap().clone_into(&mut browser.cookie);
        browser
    }

    /// Nobody in particular.
    pub fn nobody(town: &'a Town) -> Browser<'a> {
        Browser { server: &town.server, cookie: String::new() }
    }

    /// A page.
    pub fn get(&self, target: &str) -> Answer {
        self.server.get(target).header("Cookie", &self.cookie).send()
    }

    /// A form that is sent.
    pub fn post(&self, target: &str, fields: &[(&str, &str)]) -> Answer {
        self.server
            .post(target)
            .header("Cookie", &self.cookie)
            .header("Content-Type", "application/x-www-form-urlencoded")
            .bytes(body_of(fields).as_bytes())
            .send()
    }
}
