//! The doors over HTTP: parse, authorise, call one service function, render.

pub mod answer;
pub mod api;
pub mod auth;
pub mod health;
mod later;
pub mod looked;
pub mod pages;
mod pointer;
pub mod problem;
pub mod same_site;
mod typed;
pub mod upload;
pub mod valid;
pub mod webhooks;

use std::sync::Arc;

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::middleware::{Next, from_fn};
use actix_web::{Error, HttpRequest, web};

use crate::clock::Clock;
use crate::domain::cashless::Settings as CashlessSettings;
use crate::domain::payment_code::Prefix;
use crate::ids::IdSource;
use crate::keyring::Keyring;
use crate::outbound::Policy;
use crate::service::letters::Settings as LetterSettings;
use crate::service::mail::Letterhead;
use crate::service::oidc::Provider;
use crate::service::receiving::Receiver;
use crate::service::uploads::Quota;
use crate::service::users::names::Known;
use crate::service::{ServiceError, StatementReader, Store};
use pages::error::PageError;
use problem::Problem;
use typed::has_zero;

/// What every handler may use.
#[derive(Clone)]
pub struct Context {
    /// The database.
    pub store: Store,
    /// Who reads statement files.
    pub reader: StatementReader,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
    /// Opens and seals secrets.
    pub keys: Arc<Keyring>,
    /// Takes notifications in.
    pub receiver: Receiver,
    /// Which other machines may be asked.
    pub outbound: Policy,
    /// The largest notification, in bytes.
    pub max_webhook_bytes: usize,
    /// Unguessable numbers.
    pub ids: Arc<dyn IdSource>,
    /// Prefixes of payment codes.
    pub prefixes: Arc<[Prefix]>,
    /// How the cashless rate is counted.
    pub cashless: CashlessSettings,
    /// The largest upload, in bytes.
    pub max_upload_bytes: u64,
    /// How many files may be sent within an hour.
    pub uploads: Quota,
    /// By what people reach the pages, such as `https://thu.example.vn`.
    pub origin: Arc<str>,
    /// Whether that is over TLS.
    pub over_tls: bool,
    /// Whom mail is from.
    pub letterhead: Arc<Letterhead>,
    /// When and how often families are written to.
    pub letters: LetterSettings,
    /// The organisation's own provider of identities.
    pub provider: Option<Arc<Provider>>,
    /// What people are called.
    pub people: Arc<Known>,
}

/// Adds every route.
pub fn routes(config: &mut web::ServiceConfig) {
    // Notifications come most often; routes are tried in this order.
    config
        .configure(webhooks::routes)
        .service(health::healthz)
        .service(health::readyz)
        .service(web::scope("/api/v1").configure(api::routes))
        .configure(pages::family::routes)
        .service(web::scope("").wrap(from_fn(same_site::only)).configure(pages::routes))
        .default_service(web::to(nothing_here));
}

/// Nothing is at this address: told to programs as a problem, to people as a page.
async fn nothing_here(request: HttpRequest) -> Result<&'static str, Error> {
    Err(missing(request.path()))
}

fn missing(path: &str) -> Error {
    // Whoever writes a program's address in capitals is a program all the same.
    let path = path.to_ascii_lowercase();
    let for_programs = ["/api/", "/webhooks"].iter().any(|start| path.starts_with(start));
    let missing = Problem::no_such_page();
    if for_programs { missing.into() } else { PageError::from(missing).into() }
}

/// Middleware around every route: nothing is called by a name with a zero byte, which PostgreSQL could
/// not even be asked for.
pub async fn nameable(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    if has_zero(request.uri().path().as_bytes()) {
        return Err(missing(request.uri().path()));
    }
    next.call(request).await
}

/// Runs a use case on a thread that may wait for the database.
pub(crate) async fn on_worker<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, ServiceError> + Send + 'static,
) -> Result<T, Problem> {
    match web::block(work).await {
        Ok(outcome) => outcome.map_err(Problem::from),
        Err(error) => {
            tracing::error!(%error, "a worker thread was lost");
            Err(Problem::internal())
        }
    }
}
