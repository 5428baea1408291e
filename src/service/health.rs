//! How the installation as a whole is, for whoever keeps it running.

use chrono::NaiveDateTime;

use crate::domain::id::SchoolId;
use crate::service::database::{self, Backup};
use crate::service::events::deliveries::{self, EventDeliveryView};
use crate::service::queue::{self, ImportView};
use crate::service::{ServiceError, directory};
use crate::store::health::{self as rows, QueueRow};
use crate::store::{Store, migrations};

/// How many of the last imports are shown.
const IMPORTS: i64 = 10;

/// How many of the last backups are shown.
const BACKUPS: u32 = 5;
/// How many events that were given up are shown.
const GIVEN_UP: u32 = 20;

/// A queue: what waits, since when, and what was given up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Waiting {
    /// How many wait.
    pub waiting: i64,
    /// Since when the oldest does, in UTC.
    pub oldest: Option<NaiveDateTime>,
    /// How many were given up.
    pub dead: i64,
}

/// The installation.
#[derive(Clone, Debug)]
pub struct Health {
    /// The program's version.
    pub version: &'static str,
    /// Which database.
    pub database: &'static str,
    /// Migrations that are still to be run.
    pub pending: Vec<String>,
    /// Notifications that came.
    pub inbox: Waiting,
    /// Events that go out.
    pub outbox: Waiting,
    /// Mail that goes out.
    pub mails: Waiting,
    /// The last backups, newest first.
    pub backups: Vec<Backup>,
    /// Events that were given up, newest first, each with its school's code and name.
    pub given_up: Vec<(String, String, EventDeliveryView)>,
    /// The last imports with their schools' names.
    pub imports: Vec<(String, ImportView)>,
}

/// How everything is now.
pub fn show(store: &Store) -> Result<Health, ServiceError> {
    let pending = migrations::pending(store)?;
    let schools = directory::schools(store)?;
    let ids: Vec<SchoolId> = schools.iter().map(|school| school.id).collect();
    let imports = queue::imports(store, &ids, IMPORTS)?
        .into_iter()
        .map(|import| {
            let school = schools.iter().find(|school| school.id == import.school);
            (school.map(|school| school.name.clone()).unwrap_or_default(), import)
        })
        .collect();
    let backups = database::backups(store, BACKUPS)?;
    let given_up = deliveries::given_up(store, GIVEN_UP)?
        .into_iter()
        .filter_map(|(id, delivery)| {
            let school = schools.iter().find(|school| school.id == id)?;
            Some((school.code.clone(), school.name.clone(), delivery))
        })
        .collect();
    store.read(|tx| {
        let queue =
            |row: QueueRow| Waiting { waiting: row.waiting, oldest: row.oldest, dead: row.dead };
        Ok(Health {
            version: env!("CARGO_PKG_VERSION"),
            database: rows::database(tx),
            pending,
            inbox: queue(rows::inbox(tx)?),
            outbox: queue(rows::outbox(tx)?),
            mails: queue(rows::mails(tx)?),
            backups,
            given_up,
            imports,
        })
    })
}
