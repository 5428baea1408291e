//! Asks a provider for what it may have failed to tell: an outage heals itself. Off unless an endpoint
//! is set up for it.
//!
//! What comes back goes into the same inbox under the same ids as notifications do, so nothing that
//! was told already comes a second time.

use std::time::Duration;

use chrono::{NaiveDateTime, TimeDelta};
use serde::{Deserialize, Serialize};

use crate::clock::{Clock, local_day};
use crate::domain::calendar::Day;
use crate::domain::diagnostic::Diagnostic;
use crate::domain::id::SchoolId;
use crate::domain::notification::{Notice, NoticeBody};
use crate::formats::notification::Secret;
use crate::formats::notification::list::{self, ListError, Range, Step, Walk};
use crate::ids::IdSource;
use crate::keyring::{Keyring, Sealed};
use crate::outbound::{self, Client, LIST_PAGE_BYTES};
use crate::service::directory::account_number;
use crate::service::{Actor, ServiceError, directory, limits, webhooks};
use crate::store::directory::bank_accounts_of;
use crate::store::inbox::{self, NewNotification};
use crate::store::webhooks::{self as endpoints, EndpointRow, PullRow};
use crate::store::{Store, Tx};

/// Days asked again before the last day that was asked: what a provider learns late.
const OVERLAP_DAYS: i64 = 3;

/// Days asked when an endpoint was never asked before.
const FIRST_DAYS: i64 = 7;

/// How long one round may take, in minutes, before another worker may begin.
const LEASE_MINUTES: i64 = 30;

/// How an endpoint's provider is asked.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, utoipa::ToSchema, garde::Validate)]
#[serde(deny_unknown_fields)]
pub struct NewPull {
    /// Where the provider's API is, without the path; its usual place where none is given.
    #[garde(length(chars, max = limits::URL))]
    pub base_url: Option<String>,
    /// The token for the API. It is stored sealed and never shown.
    #[garde(custom(limits::filled), length(chars, max = limits::SECRET))]
    pub token: String,
    /// Transactions of one page, 1 to 5000.
    #[garde(range(min = 1, max = 5_000))]
    pub page_size: u32,
    /// How often it is asked, in minutes; 0 for only when a person does.
    #[garde(range(max = limits::MINUTES))]
    pub every_minutes: u32,
}

/// How an endpoint is asked, for people; without the token.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct PullView {
    /// The endpoint.
    pub endpoint: String,
    /// Where.
    pub base_url: String,
    /// Transactions of one page.
    pub page_size: i64,
    /// How often, in minutes; 0 for only by hand.
    pub every_minutes: i64,
    /// The last day that was asked to its end.
    #[schema(value_type = Option<String>, format = Date)]
    pub pulled_to: Option<Day>,
    /// What went wrong last.
    pub problem: Option<String>,
}

/// What asking brought.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Pulled {
    /// The endpoint.
    pub endpoint: String,
    /// Movements that were not known.
    pub new: u64,
    /// Movements that were.
    pub known: u64,
    /// Money out and other accounts, which are passed over.
    pub passed_over: u64,
    /// Rows that could not be read.
    pub unreadable: u64,
    /// Why it did not come to the end: `token_refused`, `unavailable`, …
    pub problem: Option<String>,
}

/// Sets up how an endpoint's provider is asked.
pub fn set(
    db: &Store,
    (clock, ids, keys): (&dyn Clock, &dyn IdSource, &Keyring),
    actor: &Actor,
    (school, endpoint): (SchoolId, &str),
    (new, policy): (&NewPull, &outbound::Policy),
) -> Result<PullView, ServiceError> {
    if !(1..=5_000).contains(&new.page_size) || new.token.trim().is_empty() {
        return Err(ServiceError::refused(Diagnostic::new(
            "pull_shape",
            "Cần mã truy cập (token) và số dòng mỗi trang từ 1 đến 5000.",
            "A token and a page size of 1 to 5000 are needed.",
        )));
    }
    db.write(|tx| {
        directory::lock_school(tx, school)?;
        let row = webhooks::own(tx, school, endpoint)?;
        let (provider, _) = webhooks::terms_of(&row)?;
        let usual = list::base_url(provider).ok_or_else(|| {
            ServiceError::refused(Diagnostic::new(
                "no_list",
                "Nhà cung cấp này không có danh sách giao dịch để hỏi lại; chỉ SePay và Casso có.",
                "This provider keeps no list to ask for; only SePay and Casso do.",
            ))
        })?;
        let base_url = new.base_url.clone().unwrap_or_else(|| usual.to_owned());
        outbound::check_url(&base_url, policy).map_err(|error| {
            let message = error.message();
            ServiceError::refused(Diagnostic::new("url_refused", message.vi, message.en))
        })?;
        let at = clock.now();
        let sealed = keys.seal(ids, &owner(&row), new.token.trim())?;
        let pull = PullRow {
            id: tx.next_id()?,
            school_id: school.0,
            endpoint_id: row.id,
            base_url,
            key_id: sealed.key_id,
            sealed: sealed.text,
            page_size: i64::from(new.page_size),
            every_minutes: i64::from(new.every_minutes),
            pulled_to: None,
            due_at: at,
            leased_until: None,
            problem: None,
        };
        endpoints::set_pull(tx, &pull)?;
        let detail = serde_json::json!({ "base_url": pull.base_url, "every": pull.every_minutes });
        webhooks::record(tx, school, actor, "pull.set", row.id, &detail, at)?;
        Ok(view(&pull, &row))
    })
}

/// Asks an endpoint's provider no more.
pub fn stop(
    db: &Store,
    clock: &dyn Clock,
    actor: &Actor,
    (school, endpoint): (SchoolId, &str),
) -> Result<(), ServiceError> {
    db.write(|tx| {
        directory::lock_school(tx, school)?;
        let row = webhooks::own(tx, school, endpoint)?;
        endpoints::remove_pull(tx, row.id)?;
        let detail = serde_json::json!({});
        webhooks::record(tx, school, actor, "pull.stop", row.id, &detail, clock.now())
    })
}

/// How a school's endpoints are asked.
pub fn list(db: &Store, school: SchoolId) -> Result<Vec<PullView>, ServiceError> {
    db.read(|tx| {
        let mut views = Vec::new();
        for pull in endpoints::pulls_of(tx, Some(school.0))? {
            if let Some(row) = endpoints::endpoint(tx, pull.endpoint_id)? {
                views.push(view(&pull, &row));
            }
        }
        Ok(views)
    })
}

/// What asking needs: the database, what other machines are asked with, the time, the keys, and a way
/// to wait.
pub struct Asking<'a> {
    /// The database.
    pub db: &'a Store,
    /// Asks other machines.
    pub client: &'a Client,
    /// What time it is.
    pub clock: &'a dyn Clock,
    /// Opens the token.
    pub keys: &'a Keyring,
    /// Waits.
    pub wait: &'a dyn Fn(Duration),
}

/// Asks all endpoints of a school, or one, from a day on or from where asking ended.
pub fn run(
    asking: &Asking<'_>,
    school: SchoolId,
    endpoint: Option<&str>,
    since: Option<Day>,
) -> Result<Vec<Pulled>, ServiceError> {
    let pulls = asking.db.read(|tx| {
        let only = endpoint.map(|id| webhooks::own(tx, school, id)).transpose()?.map(|row| row.id);
        let mut pulls = endpoints::pulls_of(tx, Some(school.0))?;
        pulls.retain(|row| only.is_none_or(|only| row.endpoint_id == only));
        Ok::<_, ServiceError>(pulls)
    })?;
    pulls.into_iter().map(|pull| asking.ask(&pull, since)).collect()
}

/// Asks the endpoint that is due first; whether there was one.
pub fn run_due(asking: &Asking<'_>) -> Result<bool, ServiceError> {
    let now = asking.clock.now();
    let until = later(now, LEASE_MINUTES);
    let leased =
        asking.db.write(|tx| Ok::<_, ServiceError>(endpoints::lease_pull(tx, now, until)?))?;
    let Some(pull) = leased else { return Ok(false) };
    let pulled = asking.ask(&pull, None)?;
    if let Some(problem) = &pulled.problem {
        tracing::warn!(endpoint.id = pull.endpoint_id, %problem, "a provider could not be asked");
    }
    Ok(true)
}

impl Asking<'_> {
    fn ask(&self, pull: &PullRow, since: Option<Day>) -> Result<Pulled, ServiceError> {
        let today = local_day(self.clock.now());
        let (endpoint, accounts) = self.db.read(|tx| {
            let row = endpoints::endpoint(tx, pull.endpoint_id)?.ok_or_else(|| {
                let id = pull.endpoint_id.to_string();
                ServiceError::not_found("endpoint", "địa chỉ", "endpoint", &id)
            })?;
            let accounts = accounts_of(tx, &row)?;
            Ok::<_, ServiceError>((row, accounts))
        })?;
        let (provider, _) = webhooks::terms_of(&endpoint)?;
        let sealed = Sealed { key_id: pull.key_id.clone(), text: pull.sealed.clone() };
        let token = Secret::new(self.keys.open(&owner(&endpoint), &sealed)?);
        let back =
            |day: Day, days: i64| day.checked_sub_signed(TimeDelta::days(days)).unwrap_or(day);
        let from = since
            .or_else(|| pull.pulled_to.map(|day| back(day, OVERLAP_DAYS)))
            .unwrap_or_else(|| back(today, FIRST_DAYS));
        // One account can be asked for alone; of several all are asked and the others passed over.
        let account = match accounts.as_slice() {
            [only] => Some(only.clone()),
            _ => None,
        };
        let page_size = u32::try_from(pull.page_size).unwrap_or(100);
        let mut pulled = Pulled { endpoint: endpoint.public_id.clone(), ..Pulled::default() };
        let walk = Walk::new(provider, &pull.base_url, Range { from, account }, page_size);
        let Some(mut walk) = walk else {
            pulled.problem = Some("no_list".to_owned());
            return Ok(pulled);
        };
        let outcome = self.walk(&mut walk, &token, (&endpoint, &accounts), &mut pulled)?;
        pulled.problem = outcome.err().map(|error| error.as_str().to_owned());
        let reached = if pulled.problem.is_none() { Some(today) } else { pull.pulled_to };
        let due_at = later(self.clock.now(), pull.every_minutes.max(1));
        self.db.write(|tx| {
            endpoints::finish_pull(tx, pull.id, reached, (due_at, pulled.problem.as_deref()))?;
            Ok::<_, ServiceError>(())
        })?;
        Ok(pulled)
    }

    /// Goes from page to page; each is in the inbox before the next is asked for.
    fn walk(
        &self,
        walk: &mut Walk,
        token: &Secret,
        (endpoint, accounts): (&EndpointRow, &[String]),
        pulled: &mut Pulled,
    ) -> Result<Result<(), ListError>, ServiceError> {
        loop {
            let request = match walk.next_request() {
                Ok(Some(request)) => request,
                Ok(None) => return Ok(Ok(())),
                Err(error) => return Ok(Err(error)),
            };
            let answer = self.client.get(&request.url, &request.headers(token), LIST_PAGE_BYTES);
            let step = match answer {
                Ok(answer) => walk.take(answer.status, answer.retry_after, &answer.body),
                Err(error) => {
                    tracing::warn!(endpoint.id = endpoint.id, error = error.as_str(), "no answer");
                    walk.no_answer()
                }
            };
            match step {
                Ok(Step::Page(page)) => {
                    pulled.unreadable += u64::try_from(page.unreadable).unwrap_or_default();
                    self.keep(page.notices, (endpoint, accounts), pulled)?;
                    (self.wait)(walk.pause());
                }
                Ok(Step::Wait(pause)) => (self.wait)(pause),
                Err(error) => return Ok(Err(error)),
            }
        }
    }

    fn keep(
        &self,
        notices: Vec<Notice>,
        (endpoint, accounts): (&EndpointRow, &[String]),
        pulled: &mut Pulled,
    ) -> Result<(), ServiceError> {
        let now = self.clock.now();
        let mut rows: Vec<NewNotification> = Vec::new();
        for notice in notices {
            let ours = match &notice.body {
                NoticeBody::Payment(movement) => {
                    accounts.contains(&account_number(&movement.account))
                }
                _ => false,
            };
            if !ours {
                pulled.passed_over += 1;
            } else if rows.iter().all(|row| row.provider_id != notice.id) {
                rows.push(row_of(endpoint, &notice, now));
            }
        }
        let total = u64::try_from(rows.len()).unwrap_or_default();
        let new = self.db.write(|tx| {
            tx.reserve_ids(total)?;
            for row in &mut rows {
                row.id = tx.next_id()?;
            }
            Ok::<_, ServiceError>(inbox::insert_new(tx, &rows)?.len())
        })?;
        let new = u64::try_from(new).unwrap_or_default();
        pulled.new += new;
        pulled.known += total.saturating_sub(new);
        Ok(())
    }
}

fn row_of(endpoint: &EndpointRow, notice: &Notice, now: NaiveDateTime) -> NewNotification {
    NewNotification {
        id: 0,
        school_id: endpoint.school_id,
        endpoint_id: endpoint.id,
        provider_id: notice.id.clone(),
        came_by: "pull",
        method: "GET",
        query: String::new(),
        headers: "[]".to_owned(),
        body: serde_json::to_string(&notice.body).unwrap_or_default(),
        received_at: now,
    }
}

/// The numbers of the accounts that an endpoint may speak of.
fn accounts_of(tx: &mut Tx<'_>, endpoint: &EndpointRow) -> Result<Vec<String>, ServiceError> {
    Ok(bank_accounts_of(tx, endpoint.school_id)?
        .into_iter()
        .filter(|row| row.gateway.is_none())
        .filter(|row| endpoint.bank_account_id.is_none_or(|only| row.id == only))
        .map(|row| row.number)
        .collect())
}

/// What a sealed token is bound to.
fn owner(endpoint: &EndpointRow) -> String {
    format!("webhook_pull:{}", endpoint.id)
}

fn view(pull: &PullRow, endpoint: &EndpointRow) -> PullView {
    PullView {
        endpoint: endpoint.public_id.clone(),
        base_url: pull.base_url.clone(),
        page_size: pull.page_size,
        every_minutes: pull.every_minutes,
        pulled_to: pull.pulled_to,
        problem: pull.problem.clone(),
    }
}

fn later(now: NaiveDateTime, minutes: i64) -> NaiveDateTime {
    now.checked_add_signed(TimeDelta::minutes(minutes)).unwrap_or(now)
}
