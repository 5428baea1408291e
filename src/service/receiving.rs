//! Takes notifications in: proven, stored, acknowledged, in this order.
//!
//! Requests that come at the same time share one durable commit: a single writer takes what waits,
//! inserts it in one transaction and only then lets each request be answered. When more waits than
//! may, a request is told to come again, and nothing of it is kept.

mod writer;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::time::Duration;

use chrono::NaiveDateTime;
use tokio::sync::oneshot;

use crate::clock::{Clock, local_day};
use crate::domain::calendar::Day;
use crate::domain::id::SchoolId;
use crate::domain::notification::{NoticeBody, Provider};
use crate::failpoint;
use crate::formats::notification::{self, Method, Refusal, Request, Secret, Taken, Terms};
use crate::keyring::Keyring;
use crate::service::directory::account_number;
use crate::service::{ServiceError, webhooks};
use crate::store::Store;
use crate::store::directory::bank_accounts_of;
use crate::store::inbox::NewNotification;
use crate::store::webhooks::{self as store, Owner, RefusalRow};
use writer::Waiting;

/// How long what is known of an endpoint may be old: a secret retired by another process is refused
/// after that at the latest.
const KNOWN_FOR_MS: i64 = 1_000;

/// When the first request that comes looks an endpoint up again.
const ASKED_AGAIN_AFTER_MS: i64 = KNOWN_FOR_MS / 2;

/// Endpoints remembered at a time.
const MOST_KNOWN: usize = 10_000;

/// How long the writer waits for a connection to the database: a provider is better told soon to
/// come again than kept waiting.
const PATIENCE: Duration = Duration::from_secs(2);

/// What may wait for the writer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Queue {
    /// Requests that may wait.
    pub waiting: usize,
    /// Requests of one commit.
    pub at_once: usize,
}

impl Default for Queue {
    fn default() -> Queue {
        Queue { waiting: 1_024, at_once: 512 }
    }
}

/// Headers that are kept with a notification: none that proves anything.
const KEPT_HEADERS: [&str; 5] =
    ["content-type", "user-agent", "webhook-id", "webhook-timestamp", "x-sepay-timestamp"];

/// An endpoint, ready to check requests.
#[derive(Debug)]
pub struct Endpoint {
    id: i64,
    school: SchoolId,
    provider: Provider,
    /// What is agreed with the provider.
    pub terms: Terms,
    /// The secrets that live.
    pub secrets: Vec<Secret>,
    /// The numbers of the accounts it may speak of.
    accounts: Vec<String>,
}

/// What becomes of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Taken and durable, or nothing to keep: the answer is success.
    Taken(Taken),
    /// Not taken.
    Refused(Refusal),
    /// Nothing was kept; the provider should send it again.
    Again,
}

/// Why something was answered and not kept; the counts' names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum NotKept {
    /// Not proven to come from the provider.
    Unproven,
    /// Proven, and not to be read with certainty.
    Unreadable,
    /// Of no account of the school's.
    UnknownAccount,
    /// A body beyond the limit.
    TooLarge,
    /// A compressed body.
    Encoded,
    /// The provider's own test call.
    Test,
    /// Money that went out.
    MoneyOut,
    /// Sent before.
    Known,
}

impl NotKept {
    /// The name counts go by.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            NotKept::Unproven => "unproven",
            NotKept::Unreadable => "unreadable",
            NotKept::UnknownAccount => "unknown_account",
            NotKept::TooLarge => "too_large",
            NotKept::Encoded => "encoded",
            NotKept::Test => "test",
            NotKept::MoneyOut => "money_out",
            NotKept::Known => "known",
        }
    }
}

/// An endpoint that was looked up.
struct KnownEndpoint {
    since: NaiveDateTime,
    endpoint: Arc<Endpoint>,
    /// Whether somebody is looking it up again.
    asked: bool,
}

/// Endpoints by their addresses.
type Known = HashMap<String, KnownEndpoint>;

/// Counts by school, endpoint, day and reason.
type Counts = HashMap<(i64, i64, Day, &'static str), i64>;

/// Takes requests in. Clones share one writer.
#[derive(Clone)]
pub struct Receiver {
    inner: Arc<Inner>,
    writer: mpsc::SyncSender<Waiting>,
}

struct Inner {
    db: Store,
    clock: Arc<dyn Clock>,
    keys: Arc<Keyring>,
    known: Mutex<Known>,
    counts: Mutex<Counts>,
    /// Held while counts are on their way to the database: whoever reads them there waits for these.
    counting: Mutex<()>,
    /// Called after each commit that brought something: whoever handles the inbox waits for it.
    wake: Box<dyn Fn() + Send + Sync>,
}

impl Receiver {
    /// Starts the writer. `wake` is called when something new is in the inbox.
    pub fn start(
        db: &Store,
        clock: Arc<dyn Clock>,
        keys: Arc<Keyring>,
        wake: impl Fn() + Send + Sync + 'static,
    ) -> std::io::Result<Receiver> {
        Receiver::with_queue(Queue::default(), db, (clock, keys), wake)
    }

    /// The same with a queue of another size.
    pub fn with_queue(
        queue: Queue,
        db: &Store,
        (clock, keys): (Arc<dyn Clock>, Arc<Keyring>),
        wake: impl Fn() + Send + Sync + 'static,
    ) -> std::io::Result<Receiver> {
        let inner = Arc::new(Inner {
            db: db.within(PATIENCE),
            clock,
            keys,
            known: Mutex::default(),
            counts: Mutex::default(),
            counting: Mutex::default(),
            wake: Box::new(wake),
        });
        let (writer, waiting) = mpsc::sync_channel::<Waiting>(queue.waiting.max(1));
        let of_writer = Arc::clone(&inner);
        std::thread::Builder::new()
            .name("inbox-writer".to_owned())
            .spawn(move || writer::run(&waiting, queue, &of_writer.db, &*of_writer.wake))?;
        Ok(Receiver { inner, writer })
    }

    /// The endpoint an address names, where it is known and fresh: no database is asked.
    #[must_use]
    pub fn known(&self, provider: Provider, id: &str) -> Option<Arc<Endpoint>> {
        let now = self.inner.clock.now();
        let mut known = self.inner.known.lock().unwrap_or_else(PoisonError::into_inner);
        let known = known.get_mut(id)?;
        let age = now.signed_duration_since(known.since).num_milliseconds();
        if !(0..=KNOWN_FOR_MS).contains(&age) || known.endpoint.provider != provider {
            return None;
        }
        // One request asks before it is too old, so that not all that come then have to.
        if age > ASKED_AGAIN_AFTER_MS && !known.asked {
            known.asked = true;
            return None;
        }
        Some(Arc::clone(&known.endpoint))
    }

    /// Looks an endpoint up; `None` where no open one of this provider has the address.
    pub fn find(
        &self,
        provider: Provider,
        id: &str,
    ) -> Result<Option<Arc<Endpoint>>, ServiceError> {
        let inner = &self.inner;
        let now = inner.clock.now();
        let found = inner.db.read(|tx| {
            let Some(row) = store::endpoint_at(tx, id)? else { return Ok(None) };
            if row.disabled_at.is_some() || row.provider != provider.as_str() {
                return Ok(None);
            }
            let (provider, terms) = webhooks::terms_of(&row)?;
            let secrets = webhooks::secrets_of(tx, &inner.keys, Owner::Webhook(row.id))?;
            let accounts = bank_accounts_of(tx, row.school_id)?
                .into_iter()
                .filter(|account| match row.bank_account_id {
                    Some(only) => account.id == only,
                    None => account.gateway.is_none(),
                })
                .map(|account| account.number)
                .collect();
            let school = SchoolId(row.school_id);
            Ok::<_, ServiceError>(Some(Endpoint {
                id: row.id,
                school,
                provider,
                terms,
                secrets,
                accounts,
            }))
        })?;
        let mut known = inner.known.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(found) = found.map(Arc::new) else {
            known.remove(id);
            return Ok(None);
        };
        if known.len() >= MOST_KNOWN {
            known.clear();
        }
        let endpoint = Arc::clone(&found);
        known.insert(id.to_owned(), KnownEndpoint { since: now, endpoint, asked: false });
        Ok(Some(found))
    }

    /// Forgets what is known of an endpoint, because it was just changed.
    pub fn forget(&self, id: &str) {
        self.inner.known.lock().unwrap_or_else(PoisonError::into_inner).remove(id);
    }

    /// Takes a request in, or not.
    pub async fn take(&self, endpoint: &Endpoint, request: Request<'_>) -> Outcome {
        let rows = match self.sort_out(endpoint, &request) {
            Ok(rows) if rows.is_empty() => {
                return Outcome::Taken(Taken { known_before: false, number: 0 });
            }
            Ok(rows) => rows,
            Err(refusal) => {
                self.count(endpoint, reason_of(refusal));
                return Outcome::Refused(refusal);
            }
        };
        failpoint::reach("notification.verified");
        let (done, stored) = oneshot::channel();
        if self.writer.try_send(Waiting { rows, done }).is_err() {
            return Outcome::Again;
        }
        match stored.await {
            Ok(Ok(new)) => {
                if new == 0 {
                    self.count(endpoint, NotKept::Known);
                }
                Outcome::Taken(Taken { known_before: new == 0, number: endpoint.id })
            }
            // The writer failed, or is gone: nothing is known to be durable.
            Ok(Err(())) | Err(_) => Outcome::Again,
        }
    }

    /// The rows that a request brings, once it is proven and read.
    fn sort_out(
        &self,
        endpoint: &Endpoint,
        request: &Request<'_>,
    ) -> Result<Vec<NewNotification>, Refusal> {
        let (provider, terms) = (endpoint.provider, &endpoint.terms);
        let notices = notification::receive(provider, terms, &endpoint.secrets, request)?;
        let mut bodies = notification::split(provider, request).into_iter();
        let mut rows: Vec<NewNotification> = Vec::with_capacity(notices.len());
        let mut unknown = 0;
        let mut others = 0;
        for notice in notices {
            let body = bodies.next().unwrap_or_default();
            match &notice.body {
                NoticeBody::Test => {
                    others += 1;
                    self.count(endpoint, NotKept::Test);
                }
                NoticeBody::MoneyOut(_) => {
                    others += 1;
                    self.count(endpoint, NotKept::MoneyOut);
                }
                NoticeBody::Payment(movement) | NoticeBody::Reversal(movement)
                    if !endpoint.speaks_of(&movement.account) =>
                {
                    unknown += 1;
                }
                _ if rows.iter().any(|row| row.provider_id == notice.id) => {
                    self.count(endpoint, NotKept::Known);
                }
                _ => rows.push(self.row(endpoint, request, notice.id, body)),
            }
        }
        if unknown > 0 && rows.is_empty() && others == 0 {
            return Err(Refusal::UnknownAccount);
        }
        for _ in 0..unknown {
            self.count(endpoint, NotKept::UnknownAccount);
        }
        Ok(rows)
    }

    fn row(
        &self,
        endpoint: &Endpoint,
        request: &Request<'_>,
        provider_id: String,
        body: String,
    ) -> NewNotification {
        let headers: Vec<(&str, &str)> = request
            .headers
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .filter(|(name, _)| KEPT_HEADERS.iter().any(|kept| kept.eq_ignore_ascii_case(name)))
            .collect();
        NewNotification {
            id: 0,
            school_id: endpoint.school.0,
            endpoint_id: endpoint.id,
            provider_id,
            came_by: "webhook",
            method: if request.method == Method::Get { "GET" } else { "POST" },
            query: notification::without_proof(request.query),
            headers: serde_json::to_string(&headers).unwrap_or_default(),
            body,
            received_at: self.inner.clock.now(),
        }
    }

    /// Counts something that is not kept.
    pub fn count(&self, endpoint: &Endpoint, reason: NotKept) {
        let day = local_day(self.inner.clock.now());
        let key = (endpoint.school.0, endpoint.id, day, reason.as_str());
        let mut counts = self.inner.counts.lock().unwrap_or_else(PoisonError::into_inner);
        let times = counts.entry(key).or_default();
        *times = times.saturating_add(1);
    }

    /// Writes the counts to the database: from time to time, so that a flood of forged requests
    /// costs no transaction each.
    pub fn flush_counts(&self) -> Result<(), ServiceError> {
        self.inner.flush_counts()
    }
}

impl Endpoint {
    /// Whether an account as the provider writes it is one of those it may speak of.
    fn speaks_of(&self, account: &str) -> bool {
        let account = account_number(account);
        self.accounts.contains(&account)
    }
}

impl Inner {
    fn flush_counts(&self) -> Result<(), ServiceError> {
        let _counting = self.counting.lock().unwrap_or_else(PoisonError::into_inner);
        let counts: Counts =
            std::mem::take(&mut *self.counts.lock().unwrap_or_else(PoisonError::into_inner));
        if counts.is_empty() {
            return Ok(());
        }
        let stored = self.db.write(|tx| {
            let mut rows = Vec::with_capacity(counts.len());
            for ((school, endpoint, day, reason), times) in &counts {
                rows.push(RefusalRow {
                    id: tx.next_id()?,
                    school_id: *school,
                    endpoint_id: *endpoint,
                    day: *day,
                    reason: (*reason).to_owned(),
                    times: *times,
                });
            }
            rows.sort_by_key(|row| (row.endpoint_id, row.day, row.reason.clone()));
            store::count_refusals(tx, &rows)?;
            Ok::<_, ServiceError>(())
        });
        if stored.is_err() {
            let mut known = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
            for (key, times) in counts {
                let sum = known.entry(key).or_default();
                *sum = sum.saturating_add(times);
            }
        }
        stored
    }
}

const fn reason_of(refusal: Refusal) -> NotKept {
    match refusal {
        Refusal::Unproven => NotKept::Unproven,
        Refusal::Unreadable => NotKept::Unreadable,
        Refusal::UnknownAccount => NotKept::UnknownAccount,
    }
}
