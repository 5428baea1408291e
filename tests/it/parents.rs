//! Families' pages and what is asked, proposed, kept and given up around them.

mod claims;
mod contact;
mod doors;
mod guesses;
mod looks;
mod page;
mod privacy;
mod siblings;
mod silence;
mod transfers;
mod typed;

use doisoat::clock::Clock as _;
use doisoat::ids::RandomIds;
use doisoat::service::family_links::{self, Addresses};
use doisoat::service::{ServiceError, family_bill, family_links as links};

use crate::support::client::{Answer, encoded};
use crate::support::feed::keys;
use crate::support::server::Town;

/// A family at its telephone.
pub struct Home<'a> {
    pub town: &'a Town,
    /// The family's row.
    pub family: i64,
    /// The page's address without the host.
    pub base: String,
}

impl<'a> Home<'a> {
    /// The family of the student with this code.
    pub fn of(town: &'a Town, student: &str) -> Home<'a> {
        let school = &town.school;
        let made: Result<(i64, String), ServiceError> = school.store.write(|tx| {
            let family = family_bill::family_of(tx, school.id, student)?;
            let with = Addresses { public_url: "", ids: &RandomIds, keys: &keys() };
            let at = school.clock.now();
            Ok((family, family_links::address(tx, with, (school.id, family), at)?))
        });
        let (family, base) = made.unwrap();
        assert!(base.starts_with("/f/"), "{base}");
        Home { town, family, base }
    }

    pub fn revoke(&self) {
        let school = &self.town.school;
        let by = (school.clock.now(), "user:test");
        let revoked: Result<usize, ServiceError> =
            school.store.write(|tx| links::revoke(tx, self.family, by));
        assert_eq!(revoked.unwrap(), 1);
    }

    pub fn get(&self, below: &str) -> Answer {
        self.town.server.get(&format!("{}{below}", self.base)).send()
    }

    pub fn page(&self) -> String {
        let answer = self.get("");
        assert_eq!(answer.status, 200, "{}", answer.text());
        answer.text()
    }

    /// Sends a form of the page.
    pub fn post(&self, below: &str, fields: &[(&str, &str)]) -> Answer {
        let body: Vec<String> = fields
            .iter()
            .map(|(name, value)| format!("{}={}", encoded(name), encoded(value)))
            .collect();
        self.town
            .server
            .post(&format!("{}{below}", self.base))
            .header("Content-Type", "application/x-www-form-urlencoded")
            .bytes(body.join("&").as_bytes())
            .send()
    }

    /// Sends "I paid, but…", with a picture where there is one.
    pub fn ask(&self, fields: &[(&str, &str)], photo: Option<&[u8]>) -> Answer {
        let mut body = Vec::new();
        for (name, value) in fields {
            let part = format!(
                "--x\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n"
            );
            body.extend_from_slice(part.as_bytes());
        }
        // Browsers send an empty file where none was chosen.
        let name = if photo.is_some() { "anh.png" } else { "" };
        let head = format!(
            "--x\r\nContent-Disposition: form-data; name=\"photo\"; filename=\"{name}\"\r\nContent-Type: application/octet-stream\r\n\r\n"
        );
        body.extend_from_slice(head.as_bytes());
        body.extend_from_slice(photo.unwrap_or_default());
        body.extend_from_slice(b"\r\n--x--\r\n");
        self.town
            .server
            .post(&format!("{}/claims", self.base))
            .header("Content-Type", "multipart/form-data; boundary=x")
            .bytes(&body)
            .send()
    }
}
