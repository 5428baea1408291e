//! Where providers notify: `POST /webhooks/{provider}/{endpoint}`, for VNPAY `GET` too.
//!
//! Each answer is the provider's own form. Nothing in it tells a stranger why a request was not taken.

use std::sync::Arc;

use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderMap};
use actix_web::{HttpRequest, HttpResponse, web};
use futures_util::StreamExt as _;

use super::problem::Problem;
use super::{Context, on_worker};
use crate::domain::notification::Provider;
use crate::service::receiving::{Endpoint, NotKept, Outcome, Receiver};
use crate::service::webhooks::wire::{self, Answer, Method, Refusal, Request};

/// How long a token that we issue holds, in seconds.
const TOKEN_SECONDS: i64 = 300;

/// Seconds after which a provider may come again when too much is waiting.
const AGAIN_AFTER: &str = "2";

/// Adds the routes. They are told apart by hand: patterns are regular expressions to the framework,
/// and matching one costs as much as checking a signature.
pub fn routes(config: &mut web::ServiceConfig) {
    config.service(web::scope("/webhooks").default_service(web::to(receive)));
}

/// What an address asks for.
enum Asked {
    Notify(Method),
    Token,
}

/// An endpoint as an address names it.
type Address = (Provider, String);

/// What is behind `/webhooks`.
async fn receive(
    context: web::Data<Context>,
    request: HttpRequest,
    body: web::Payload,
) -> Result<HttpResponse, Problem> {
    let after = request.match_info().unprocessed();
    match asked(request.method(), after).ok_or_else(Problem::no_such_page)? {
        (Asked::Notify(method), address) => notify(&context, address, method, &request, body).await,
        (Asked::Token, address) => token(&context, address, &request, body).await,
    }
}

/// Reads the address after `/webhooks`.
fn asked(method: &actix_web::http::Method, after: &str) -> Option<(Asked, Address)> {
    let mut parts = after.strip_prefix('/')?.splitn(3, '/');
    let (provider, endpoint) = (Provider::parse(parts.next()?)?, parts.next()?);
    let get = method == actix_web::http::Method::GET;
    let method = match (get, method == actix_web::http::Method::POST) {
        (true, _) => Method::Get,
        (_, true) => Method::Post,
        _ => return None,
    };
    let asked = match (method, parts.next()) {
        (method, None) => Asked::Notify(method),
        // What VietQR.vn adds to the address it is given.
        (Method::Post, Some("bank/api/transaction-sync")) => Asked::Notify(Method::Post),
        // The same, and for RFC 6749, client credentials (SePay).
        (Method::Post, Some("api/token_generate" | "token")) => Asked::Token,
        (_, Some(_)) => return None,
    };
    Some((asked, (provider, endpoint.to_owned())))
}

/// A notification.
async fn notify(
    context: &Context,
    address: Address,
    method: Method,
    request: &HttpRequest,
    body: web::Payload,
) -> Result<HttpResponse, Problem> {
    let (provider, endpoint) = find(context, address).await?;
    let receiver = &context.receiver;
    let body = match read(receiver, &endpoint, request, body, context.max_webhook_bytes).await {
        Ok(body) => body,
        Err(status) => return Ok(HttpResponse::build(status).finish()),
    };
    let headers = headers_of(request.headers());
    let now = context.clock.now().and_utc().timestamp();
    let query = request.query_string();
    let asked = Request { method, query, headers: &headers, body: &body, now };
    Ok(match receiver.take(&endpoint, asked).await {
        Outcome::Taken(taken) => respond(&wire::taken(provider, taken)),
        Outcome::Refused(refusal) => respond(&wire::refused(provider, refusal)),
        Outcome::Again => {
            let mut response = respond(&wire::again(provider));
            let after = header::HeaderValue::from_static(AGAIN_AFTER);
            response.headers_mut().insert(header::RETRY_AFTER, after);
            response
        }
    })
}

/// A token for a provider that proves itself with one.
async fn token(
    context: &Context,
    address: Address,
    request: &HttpRequest,
    body: web::Payload,
) -> Result<HttpResponse, Problem> {
    let (provider, endpoint) = find(context, address).await?;
    let receiver = &context.receiver;
    let body = match read(receiver, &endpoint, request, body, context.max_webhook_bytes).await {
        Ok(body) => body,
        Err(status) => return Ok(HttpResponse::build(status).finish()),
    };
    let headers = headers_of(request.headers());
    let now = context.clock.now().and_utc().timestamp();
    let asked = Request { method: Method::Post, query: "", headers: &headers, body: &body, now };
    let expires_at = now.saturating_add(TOKEN_SECONDS);
    let Some(token) = wire::issue_token(&endpoint.terms, &endpoint.secrets, &asked, expires_at)
    else {
        receiver.count(&endpoint, NotKept::Unproven);
        return Ok(respond(&wire::refused(provider, Refusal::Unproven)));
    };
    Ok(HttpResponse::Ok().json(serde_json::json!({
        "access_token": token, "token_type": "Bearer", "expires_in": TOKEN_SECONDS,
    })))
}

async fn find(
    context: &Context,
    (provider, id): Address,
) -> Result<(Provider, Arc<Endpoint>), Problem> {
    if let Some(endpoint) = context.receiver.known(provider, &id) {
        return Ok((provider, endpoint));
    }
    let receiver = context.receiver.clone();
    let found = on_worker(move || receiver.find(provider, &id)).await?;
    found.map(|endpoint| (provider, endpoint)).ok_or_else(Problem::no_such_page)
}

/// The body as it came. One that is compressed or larger than allowed is not looked at.
async fn read(
    receiver: &Receiver,
    endpoint: &Endpoint,
    request: &HttpRequest,
    mut body: web::Payload,
    most: usize,
) -> Result<Vec<u8>, StatusCode> {
    let encodings = request.headers().get_all(header::CONTENT_ENCODING);
    if encodings.into_iter().any(|encoding| !encoding.as_bytes().eq_ignore_ascii_case(b"identity"))
    {
        receiver.count(endpoint, NotKept::Encoded);
        return Err(StatusCode::UNSUPPORTED_MEDIA_TYPE);
    }
    let mut bytes = Vec::new();
    while let Some(part) = body.next().await {
        let part = part.map_err(|_incomplete| StatusCode::BAD_REQUEST)?;
        if bytes.len().saturating_add(part.len()) > most {
            receiver.count(endpoint, NotKept::TooLarge);
            return Err(StatusCode::PAYLOAD_TOO_LARGE);
        }
        bytes.extend_from_slice(&part);
    }
    Ok(bytes)
}

/// Headers as text, one entry for each occurrence; what is no text proves nothing and is empty.
fn headers_of(headers: &HeaderMap) -> Vec<(String, String)> {
    headers
        .iter()
        .map(|(name, value)| {
            (name.as_str().to_owned(), value.to_str().unwrap_or_default().to_owned())
        })
        .collect()
}

fn respond(answer: &Answer) -> HttpResponse {
    let status = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = HttpResponse::build(status);
    if answer.body.is_empty() {
        return response.finish();
    }
    response.content_type("application/json").body(answer.body.clone())
}
