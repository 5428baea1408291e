//! Figures for Prometheus, at an address of their own: what was counted while serving, and what the
//! database says at the moment it is asked. No label is about a person.

use std::net::{SocketAddr, TcpListener};
use std::sync::{Arc, Mutex, PoisonError};

use actix_web::body::MessageBody;
use actix_web::dev::{Server, ServiceRequest, ServiceResponse};
use actix_web::http::Method;
use actix_web::middleware::Next;
use actix_web::{App, Error, HttpResponse, HttpServer, web};
use chrono::{NaiveDateTime, TimeDelta};

use super::StartError;
use crate::clock::Clock;
use crate::config::Config;
use crate::service::{Store, status};
use crate::telemetry::{self, Recorder, Stopwatch};

/// How long the count of payments that wait is good for, in seconds: it goes through all payments.
const COUNTED_AGAIN: i64 = 60;

/// What is asked for.
struct Figures {
    store: Store,
    clock: Arc<dyn Clock>,
    recorder: Recorder,
    /// The count of payments that wait, and when it was taken.
    review_queue: Mutex<Option<(NaiveDateTime, i64)>>,
}

/// Listens for Prometheus where the configuration says so. Must be called inside the actix runtime.
pub(super) fn listen(
    config: &Config,
    store: &Store,
    clock: &Arc<dyn Clock>,
) -> Result<Option<(Server, SocketAddr)>, StartError> {
    let Some(bind) = config.metrics.bind else { return Ok(None) };
    let listener = TcpListener::bind(bind).map_err(|error| StartError::Bind(bind, error))?;
    let address = listener.local_addr().map_err(|error| StartError::Bind(bind, error))?;
    let recorder = telemetry::record()
        .ok_or_else(|| StartError::Server(std::io::Error::other("figures cannot be counted")))?;
    let figures = web::Data::new(Figures {
        store: store.clone(),
        clock: Arc::clone(clock),
        recorder,
        review_queue: Mutex::default(),
    });
    let server = HttpServer::new(move || {
        App::new().app_data(figures.clone()).route("/metrics", web::get().to(answer))
    })
    .workers(1)
    .disable_signals()
    .listen(listener)
    .map_err(StartError::Server)?
    .run();
    Ok(Some((server, address)))
}

async fn answer(figures: web::Data<Figures>) -> HttpResponse {
    match web::block(move || figures.render()).await {
        Ok(text) => {
            HttpResponse::Ok().content_type("text/plain; version=0.0.4; charset=utf-8").body(text)
        }
        Err(error) => {
            tracing::error!(%error, "a worker thread was lost");
            HttpResponse::InternalServerError().finish()
        }
    }
}

impl Figures {
    fn render(&self) -> String {
        let now = self.clock.now();
        let mut text = self.recorder.render();
        match status::backlog(&self.store, now) {
            Ok(backlog) => {
                text.push_str(&gauge(
                    "outbox_oldest_seconds",
                    "For how long the oldest event or mail has waited to leave.",
                    backlog.outbox_oldest_seconds,
                ));
                text.push_str(&gauge(
                    "mail_queue",
                    "Mails that are still to be sent.",
                    backlog.mail_queue,
                ));
                text.push_str(&gauge(
                    "mail_failed",
                    "Mails that were given up and wait for a person.",
                    backlog.mail_failed,
                ));
                text.push_str(&gauge(
                    "mail_unsure",
                    "Mails of which nobody can know whether they arrived.",
                    backlog.mail_unsure,
                ));
                text.push_str(&gauge(
                    "letter_queue",
                    "Letters to families that are still to be made into mail.",
                    backlog.letter_queue,
                ));
            }
            // What was counted is told all the same.
            Err(error) => tracing::warn!(%error, "the database cannot be asked for figures"),
        }
        match self.review_queue(now) {
            Ok(count) => text.push_str(&gauge(
                "review_queue_entries",
                "Payments that wait for a person.",
                count,
            )),
            Err(error) => tracing::warn!(%error, "the database cannot be asked for figures"),
        }
        text
    }

    fn review_queue(&self, now: NaiveDateTime) -> Result<i64, crate::store::StoreError> {
        let mut kept = self.review_queue.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((at, count)) = *kept
            && at <= now
            && now.signed_duration_since(at) < TimeDelta::seconds(COUNTED_AGAIN)
        {
            return Ok(count);
        }
        let count = status::review_queue(&self.store)?;
        *kept = Some((now, count));
        Ok(count)
    }
}

/// A figure that holds at this moment. Not the recorder's: that is the whole process's, and keeps
/// what it was told when the database cannot be asked any more.
fn gauge(name: &str, help: &str, value: i64) -> String {
    format!("# HELP {name} {help}\n# TYPE {name} gauge\n{name} {value}\n\n")
}

/// Middleware around every route: counts requests and how long they took, by route and never by path.
pub(super) async fn measure(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    if !telemetry::is_recording() {
        return next.call(request).await;
    }
    let method = method_of(request.method());
    let watch = Stopwatch::start();
    let answered = next.call(request).await;
    let took = watch.elapsed();
    let (route, status) = match &answered {
        Ok(response) => (route_of(response), response.status()),
        Err(error) => ("unmatched".to_owned(), error.as_response_error().status_code()),
    };
    let status = status.as_u16().to_string();
    metrics::counter!(
        "http_requests_total", "method" => method, "route" => route.clone(), "status" => status
    )
    .increment(1);
    metrics::histogram!("http_request_duration_seconds", "method" => method, "route" => route)
        .record(took);
    answered
}

/// The route's pattern. What matches none may hold anything and is not told.
fn route_of(response: &ServiceResponse<impl MessageBody>) -> String {
    let request = response.request();
    match request.match_pattern() {
        Some(pattern) => pattern,
        // These addresses are told apart without patterns.
        None if request.path().starts_with("/webhooks/") => "/webhooks".to_owned(),
        None => "unmatched".to_owned(),
    }
}

/// The method, of those there are: a client may invent others.
fn method_of(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        Method::HEAD => "HEAD",
        Method::OPTIONS => "OPTIONS",
        _ => "other",
    }
}
