//! People who sign in: passwords, second factors, sessions, links, rights, and a provider's accounts.

mod commands;
mod doors;
mod factor;
mod lasting;
mod links;
mod oidc;
mod rights;
mod throttle;

use chrono::TimeDelta;
use doisoat::clock::{Clock, FixedClock};
use doisoat::domain::access::Role;
use doisoat::domain::lang::Lang;
use doisoat::ids::{IdSource, RandomIds};
use doisoat::keyring::Keyring;
use doisoat::service::keys::Reach;
use doisoat::service::sessions::{self, Outcome, SignedIn};
use doisoat::service::users::{self, NewUser};
use doisoat::service::{Actor, ServiceError, Store};
use totp_rs::{Builder, Secret};

use crate::support::TestDb;
use crate::support::feed::keys;
use crate::support::school::School;

pub const EMAIL: &str = "hoa@example.com";
pub const PASSWORD: &str = "con mèo trèo cây cau";
pub const HERE: &str = "203.0.113.7";

/// A school's office with one person who signs in.
pub struct Office {
    pub store: Store,
    pub clock: FixedClock,
    pub keys: Keyring,
    pub actor: Actor,
}

impl Office {
    pub fn open(db: &TestDb) -> Office {
        Office::of(&School::create(db))
    }

    pub fn of(school: &School) -> Office {
        Office {
            store: school.store.clone(),
            clock: FixedClock::at(school.clock.now()),
            keys: keys(),
            actor: Actor::named("test"),
        }
    }

    pub fn ports(&self) -> (&dyn Clock, &dyn IdSource) {
        (&self.clock, &RandomIds)
    }

    pub fn new_user(email: &str, role: Role) -> NewUser {
        NewUser {
            email: email.to_owned(),
            name: "Hoa Mẫu".to_owned(),
            lang: Lang::Vi,
            second_factor_exempt: false,
            grants: vec![(role, Reach::School("THCS-MAU".to_owned()))],
        }
    }

    /// The person with [`EMAIL`] and [`PASSWORD`].
    pub fn add(&self, role: Role) -> i64 {
        let new = Office::new_user(EMAIL, role);
        users::create(&self.store, self.ports(), &self.actor, &new, PASSWORD).unwrap()
    }

    pub fn try_sign_in(&self, email: &str, password: &str, from: &str) -> Outcome {
        let (clock, ids) = self.ports();
        sessions::sign_in(&self.store, clock, ids, email, password, from).unwrap()
    }

    pub fn try_password(&self, password: &str) -> Outcome {
        self.try_sign_in(EMAIL, password, HERE)
    }

    /// The secret of a new session.
    pub fn sign_in(&self) -> String {
        secret_of(self.try_password(PASSWORD))
    }

    pub fn who(&self, secret: &str) -> Option<SignedIn> {
        sessions::of_secret(&self.store, &self.clock, secret).unwrap()
    }

    pub fn signed_in(&self) -> SignedIn {
        let secret = self.sign_in();
        self.who(&secret).unwrap()
    }

    /// Enrols a second factor in a session of its own; the secret and the recovery codes.
    pub fn enrol(&self) -> (String, Vec<String>) {
        let who = self.signed_in();
        self.enrol_as(&who)
    }

    pub fn enrol_as(&self, who: &SignedIn) -> (String, Vec<String>) {
        let made = users::begin_totp(&self.store, self.ports(), &self.keys, who).unwrap();
        let code = self.code(&made.secret);
        let codes = users::confirm_totp(&self.store, self.ports(), &self.keys, who, &code).unwrap();
        // The code of this step is used.
        self.wait(30);
        (made.secret, codes)
    }

    /// What the app shows now.
    pub fn code(&self, secret: &str) -> String {
        let seconds = u64::try_from(self.clock.now().and_utc().timestamp()).unwrap();
        let secret = Secret::try_from_base32(secret).unwrap();
        Builder::new().with_secret(secret).build_noncompliant().generate(seconds).to_string()
    }

    /// What stands for the right password.
    pub fn ticket(&self) -> String {
        match self.try_password(PASSWORD) {
            Outcome::CodeNeeded { ticket } => ticket,
            other => panic!("{other:?}"),
        }
    }

    pub fn second(&self, ticket: &str, code: &str) -> Outcome {
        let (clock, ids) = self.ports();
        sessions::second_step(&self.store, clock, ids, &self.keys, ticket, code, HERE).unwrap()
    }

    pub fn wait(&self, seconds: i64) {
        self.clock.advance(TimeDelta::seconds(seconds));
    }
}

pub fn secret_of(outcome: Outcome) -> String {
    match outcome {
        Outcome::SignedIn { secret } => secret,
        other => panic!("{other:?}"),
    }
}

/// The code of what was refused.
pub fn code_of<T: std::fmt::Debug>(outcome: Result<T, ServiceError>) -> String {
    outcome.unwrap_err().diagnostics()[0].code.clone()
}

/// What the audit log says of people, in order: `action actor subject`.
pub fn log(db: &TestDb) -> Vec<String> {
    db.words(
        "SELECT action || ' ' || actor AS value FROM audit_records \
         WHERE subject_kind = 'user' ORDER BY sequence",
    )
}
