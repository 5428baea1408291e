//! Somebody who is signed in and follows links, without a script.

use std::fmt::Write as _;

use doisoat::domain::access::Role;
use doisoat::domain::lang::Lang;
use doisoat::ids::CountingIds;
use doisoat::service::keys::Reach;
use doisoat::service::sessions::{self, Outcome};
use doisoat::service::users::{self, NewUser};

use super::client::{Answer, Request, encoded};
use super::server::{HERE, Server, Town};

/// What everybody's password is.
pub const PASSWORD: &str = "ngua trang an co xanh 2026";

/// Signs people in.
pub struct Desk<'a> {
    pub town: &'a Town,
    ids: CountingIds,
}

/// Somebody with a session.
pub struct Browser<'a> {
    server: &'a Server,
    pub cookie: String,
}

impl<'a> Desk<'a> {
    pub fn of(town: &'a Town) -> Desk<'a> {
        Desk { town, ids: CountingIds::new() }
    }

    /// Somebody with this role at the school most tests are about.
    pub fn signed_in(&self, role: Role) -> Browser<'a> {
        self.signed_in_at(role, &Reach::School(HERE.to_owned()))
    }

    pub fn signed_in_at(&self, role: Role, reach: &Reach) -> Browser<'a> {
        let school = &self.town.school;
        let (store, clock, ids) = (&school.store, &school.clock, &self.ids);
        let place: String =
            format!("{reach:?}").chars().filter(char::is_ascii_alphanumeric).collect();
        let email = format!("{}.{}@example.test", role.as_str(), place.to_lowercase());
        let new = NewUser {
            email: email.clone(),
            name: role.as_str().to_owned(),
            lang: Lang::Vi,
            second_factor_exempt: true,
            grants: vec![(role, reach.clone())],
        };
        users::create(store, (clock, ids), &school.actor, &new, PASSWORD).unwrap();
        let outcome = sessions::sign_in(store, clock, ids, &email, PASSWORD, "192.0.2.1").unwrap();
        let Outcome::SignedIn { secret } = outcome else { panic!("{outcome:?}") };
        Browser::of(&self.town.server, &secret)
    }
}

impl<'a> Browser<'a> {
    /// Whoever has this session's secret.
    pub fn of(server: &'a Server, secret: &str) -> Browser<'a> {
        Browser::with(server, &format!("doisoat={secret}"))
    }

    /// Whoever sends this cookie.
    pub fn with(server: &'a Server, cookie: &str) -> Browser<'a> {
        Browser { server, cookie: cookie.to_owned() }
    }

    pub fn ask(&self, request: Request) -> Answer {
        request.header("Cookie", &self.cookie).send()
    }

    /// A page at any address.
    pub fn fetch(&self, target: &str) -> Answer {
        self.ask(self.server.get(target))
    }

    /// Sends a form as it was taken from a page.
    pub fn send(&self, target: &str, fields: &[(String, String)]) -> Answer {
        let fields: Vec<(&str, &str)> =
            fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        self.post_to(target, &fields)
    }

    /// A page below the school.
    pub fn get(&self, below: &str) -> Answer {
        self.ask(self.server.get(&format!("/s/{HERE}{below}")))
    }

    /// The text of a page that must be there.
    pub fn page(&self, below: &str) -> String {
        let answer = self.get(below);
        assert_eq!(answer.status, 200, "{below}: {}", answer.text());
        answer.text()
    }

    /// Sends a form below the school.
    pub fn post(&self, below: &str, fields: &[(&str, &str)]) -> Answer {
        self.post_to(&format!("/s/{HERE}{below}"), fields)
    }

    /// Sends a form to any address.
    pub fn post_to(&self, target: &str, fields: &[(&str, &str)]) -> Answer {
        let mut body = String::new();
        for (name, value) in fields {
            write!(body, "{}={}&", encoded(name), encoded(value)).unwrap();
        }
        let form =
            self.server.post(target).header("Content-Type", "application/x-www-form-urlencoded");
        self.ask(form.bytes(body.trim_end_matches('&').as_bytes()))
    }

    /// Sends a form that must go well; where it leads, below the school.
    pub fn done(&self, below: &str, fields: &[(&str, &str)]) -> String {
        went_on(below, &self.post(below, fields))
    }

    /// Sends a form that must be refused with its words shown; the page that comes back.
    pub fn refused(&self, below: &str, fields: &[(&str, &str)]) -> String {
        let answer = self.post(below, fields);
        assert_eq!(answer.status, 422, "{below}: {}", answer.text());
        answer.text()
    }

    /// Sends a form with a file.
    pub fn upload(&self, below: &str, fields: &[(&str, &str)], file: (&str, &[u8])) -> Answer {
        let mut body = Vec::new();
        for (name, value) in fields {
            let part = format!(
                "--x\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n"
            );
            body.extend_from_slice(part.as_bytes());
        }
        let head = format!(
            "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{}\"\r\nContent-Type: application/octet-stream\r\n\r\n",
            file.0
        );
        body.extend_from_slice(head.as_bytes());
        body.extend_from_slice(file.1);
        body.extend_from_slice(b"\r\n--x--\r\n");
        let form = self
            .server
            .post(&format!("/s/{HERE}{below}"))
            .header("Content-Type", "multipart/form-data; boundary=x");
        self.ask(form.bytes(&body))
    }
}

/// Where an answer leads, below the school.
pub fn went_on(below: &str, answer: &Answer) -> String {
    assert_eq!(answer.status, 303, "{below}: {}", answer.text());
    let to = answer.header("location").unwrap();
    to.strip_prefix(&format!("/s/{HERE}")).unwrap_or_else(|| panic!("{to}")).to_owned()
}

/// The value of the field of a form with this name.
pub fn value_of(page: &str, name: &str) -> String {
    let start = format!("name=\"{name}\" value=\"");
    let (_, rest) = page.split_once(&start).unwrap_or_else(|| panic!("{name} in {page}"));
    rest.split('"').next().unwrap().to_owned()
}

/// The last number of a path.
pub fn id_in(path: &str) -> i64 {
    let number = path.split(['/', '?']).rfind(|part| part.parse::<i64>().is_ok());
    number.unwrap().parse().unwrap()
}
