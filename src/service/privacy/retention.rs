//! What no book needs is forgotten when its time is over.

use chrono::{NaiveDateTime, TimeDelta};
use serde::Serialize;

use crate::clock::Clock;
use crate::service::ServiceError;
use crate::store::Store;
use crate::store::audit::{self, AuditFact, SYSTEM_CHAIN};
use crate::store::privacy::{self as store, TooOld};

/// For how many days each is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retention {
    /// Pictures of questions, after the answer.
    pub claim_photo_days: u32,
    /// The access log.
    pub access_log_days: u32,
    /// Addresses of families' pages, after they stopped working.
    pub family_link_days: u32,
    /// What sent mails said.
    pub mail_text_days: u32,
}

/// How many of each were forgotten.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Forgotten {
    /// Pictures.
    pub claim_photos: usize,
    /// Looks of the access log.
    pub looks: usize,
    /// Addresses.
    pub family_links: usize,
    /// Texts of mails.
    pub mail_texts: usize,
}

/// Forgets what is too old, and writes down how much that was.
pub fn run(store: &Store, clock: &dyn Clock, kept: Retention) -> Result<Forgotten, ServiceError> {
    let now = clock.now();
    let before = TooOld {
        photos: ago(now, kept.claim_photo_days),
        looks: ago(now, kept.access_log_days),
        links: ago(now, kept.family_link_days),
        mail_texts: ago(now, kept.mail_text_days),
    };
    store.write(|tx| {
        let [claim_photos, looks, family_links, mail_texts] = store::forget_old(tx, before)?;
        let gone = Forgotten { claim_photos, looks, family_links, mail_texts };
        if gone != Forgotten::default() {
            let fact = AuditFact {
                actor: crate::service::MACHINE.to_owned(),
                action: "privacy.forget",
                subject_kind: "installation",
                subject_id: 0,
                detail: serde_json::json!(gone).to_string(),
            };
            audit::append(tx, SYSTEM_CHAIN, now, vec![fact])?;
        }
        Ok(gone)
    })
}

fn ago(now: NaiveDateTime, days: u32) -> NaiveDateTime {
    now.checked_sub_signed(TimeDelta::days(i64::from(days))).unwrap_or(NaiveDateTime::MIN)
}
