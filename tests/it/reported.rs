//! Figures that schools report: frozen with their fingerprint, computed again from the ledger, and
//! explained to the đồng where they were corrected later.

mod above;
mod added;
mod consolidated;
mod corrected;
mod doors;
mod odd;
mod pages;
mod reminded;
mod table;

use chrono::NaiveDateTime;
use doisoat::clock::FixedClock;
use doisoat::domain::cashless::Settings;
use doisoat::domain::money::Vnd;
use doisoat::domain::period::Month;
use doisoat::service::ServiceError;
use doisoat::service::cash::{self, NewCash};
use doisoat::service::reported::{self, AsOf, MonthDetail, MonthView, Submission};
use doisoat::service::verify;
use serde_json::Value;

use crate::support::crowd::code;
use crate::support::school::School;
use crate::support::{Backend, TestDb};

fn october() -> Month {
    "2026-10".parse().unwrap()
}

fn instant(text: &str) -> NaiveDateTime {
    NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%SZ").unwrap()
}

/// Reports a month; with a reason where there is one.
fn report(school: &School, month: Month, reason: Option<&str>) -> Result<MonthView, ServiceError> {
    let School { store, clock, actor, id } = school;
    let said = Submission { reason: reason.map(str::to_owned), ..Submission::default() };
    reported::submit(store, clock, actor, (*id, month), &said, Settings::default())
}

fn month_of(school: &School, month: Month) -> MonthDetail {
    let School { store, clock, id, .. } = school;
    reported::month(store, clock, *id, month, Settings::default()).unwrap()
}

/// The text that was reported, read.
fn stated(school: &School, month: Month, version: i64) -> Value {
    let text = reported::text(&school.store, school.id, (month, version)).unwrap();
    serde_json::from_str(&text).unwrap()
}

/// The fingerprint of a month computed again as of a moment.
fn again(school: &School, month: Month, as_of: &str) -> String {
    let School { store, clock, .. } = school;
    let as_of = Some(AsOf::parse(as_of).unwrap());
    let settings = Settings { near_percent: 1, ..Settings::default() };
    let found = reported::recompute(store, clock, "THCS-MAU", (month, as_of), settings).unwrap();
    assert!(found.version.is_some(), "no report at {as_of:?}");
    found.sha256
}

/// Notes for pupils of the crowd.
fn notes(school: &School, of: &[(usize, i64)], day: &str) {
    let School { store, clock, actor, id } = school;
    let paid = NewCash {
        allocations: of.iter().map(|(pupil, dong)| (code(*pupil), Vnd::new(*dong))).collect(),
        payer: "Người nộp mẫu".to_owned(),
        received_on: day.parse().unwrap(),
        note: None,
        request_key: None,
    };
    cash::record(store, clock, actor, *id, &paid).unwrap();
}

/// The same school with its clock at another moment.
fn at(school: &School, moment: &str) -> School {
    School {
        store: school.store.clone(),
        clock: FixedClock::at(instant(moment)),
        actor: school.actor.clone(),
        id: school.id,
    }
}

fn codes(error: &ServiceError) -> Vec<String> {
    error.diagnostics().iter().map(|one| one.code.clone()).collect()
}

/// What is wrong with facts and reported figures.
fn faults(school: &School) -> Vec<String> {
    let found = verify::run(&school.store).unwrap();
    found.into_iter().filter(|one| one.invariant == "I15").flat_map(|one| one.faults).collect()
}

/// Lets a table be changed that only grows.
fn unlock(db: &TestDb, table: &str) {
    db.execute(&match db.backend {
        Backend::Sqlite => {
            format!("DROP TRIGGER {table}_no_update; DROP TRIGGER {table}_no_delete")
        }
        Backend::Postgres => format!("DROP TRIGGER {table}_no_change ON {table}"),
    });
}
