//! What anybody who holds a receipt may ask, without signing in: whether it is genuine.

use actix_web::http::{StatusCode, header};
use actix_web::{HttpRequest, get, web};
use askama::Template;

use crate::domain::receipt::ReceiptState;
use crate::http::pages::shell::Shell;
use crate::http::pages::sign_in::{address_of, shell_of};
use crate::http::pages::{Page, show_with};
use crate::http::{Context, on_worker};
use crate::service::receipts::{self, Public, ReceiptView};

#[derive(Template)]
#[template(path = "pages/receipts/public.html")]
struct PublicPage {
    s: Shell,
    found: Option<ReceiptView>,
    /// Seconds to wait, for whoever guessed too often.
    wait: Option<u64>,
}

/// Whether a receipt is genuine.
#[get("/r/{code}")]
pub async fn ask(
    context: web::Data<Context>,
    path: web::Path<String>,
    request: HttpRequest,
) -> Page {
    let (code, from) = (path.into_inner(), address_of(&request));
    let answer =
        on_worker(move || receipts::ask_public(&context.store, &*context.clock, &from, &code))
            .await?;
    let (status, found, wait) = match answer {
        Public::Found(view) => (StatusCode::OK, Some(*view), None),
        Public::Unknown => (StatusCode::NOT_FOUND, None, None),
        Public::Wait(seconds) => (StatusCode::TOO_MANY_REQUESTS, None, Some(seconds)),
    };
    let mut response =
        show_with(status, &PublicPage { s: shell_of(&request), found, wait }, &request)?;
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, header::HeaderValue::from_static("no-store"));
    headers.insert(header::REFERRER_POLICY, header::HeaderValue::from_static("no-referrer"));
    headers.insert(
        header::HeaderName::from_static("x-robots-tag"),
        header::HeaderValue::from_static("noindex, nofollow"),
    );
    Ok(response)
}
