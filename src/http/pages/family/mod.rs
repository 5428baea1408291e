//! A family's own page: no sign-in, no cookie, nothing of anybody else. Whoever has the address sees
//! what the family owes, how to pay it and what was paid, and can ask the school about it.
//!
//! The address itself is what a form of another site would have to know, so that these routes do not
//! ask where a request comes from: browsers tell that of no page without a referrer.

mod confirm;
mod forms;
mod show;

use actix_web::http::StatusCode;
use actix_web::http::header::{HeaderName, HeaderValue, RETRY_AFTER};
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;

use super::routes::{form, page};
use super::shell::Shell;
use super::visitor::language_of;
use super::words::Words;
use super::{Page, show_with};
use crate::domain::lang::Lang;
use crate::http::api::routes::{Needs, Route};
use crate::http::problem::Problem;
use crate::http::{Context, on_worker};
use crate::service::families::links::{self, Entry, Outcome};

pub(super) use show::{Typed, View, render};

const SECRET: Needs = Needs::Nothing("the address is the secret: families have no account");

/// What visitors need.
pub const ROUTES: &[Route] = &[
    page("/f/{secret}", SECRET),
    page("/f/{secret}/qr/{which}", SECRET),
    page("/f/{secret}/receipts/{id}", SECRET),
    form("/f/{secret}/language", SECRET),
    form("/f/{secret}/renew", SECRET),
    form("/f/{secret}/claims", SECRET),
    form("/f/{secret}/contact", SECRET),
    form("/f/{secret}/survey", SECRET),
    page("/fc/{secret}", SECRET),
    form("/fc/{secret}", SECRET),
];

/// Adds the pages.
pub fn routes(config: &mut web::ServiceConfig) {
    config
        .service(show::show_page)
        .service(show::show_code)
        .service(show::show_receipt)
        .service(forms::choose_language)
        .service(forms::renew)
        .service(forms::send_claim)
        .service(forms::send_contact)
        .service(forms::send_survey)
        .service(confirm::ask)
        .service(confirm::agree);
}

#[derive(Template)]
#[template(path = "family/told.html")]
struct Told {
    s: Shell,
    title: &'static str,
    words: &'static str,
    /// Where a form asks for another address; empty for no form.
    renew: String,
}

/// Who came in, or what they are told instead.
enum Came {
    /// A family, by its address.
    In(Entry),
    /// Somebody who gets this answer.
    Out(HttpResponse),
}

/// Lets somebody in by the secret of an address.
async fn enter(
    context: &web::Data<Context>,
    secret: &str,
    request: &HttpRequest,
) -> Result<Came, super::error::PageError> {
    let (inner, own, from) = (context.clone(), secret.to_owned(), from(request));
    let outcome = on_worker(move || links::enter(&inner.store, &*inner.clock, &own, &from)).await?;
    let lang = language_of(request);
    match outcome {
        Outcome::Open(entry) => Ok(Came::In(entry)),
        Outcome::Unknown => Err(Problem::no_such_page().into()),
        Outcome::Expired => {
            let renew = format!("/f/{}/renew", super::error::encoded(secret));
            told(lang, StatusCode::GONE, ("family-expired", "family-expired-what"), renew, request)
                .map(Came::Out)
        }
        Outcome::Wait(seconds) => wait(lang, seconds, request).map(Came::Out),
    }
}

/// Tells somebody something, perhaps with a form to ask for another address.
fn told(
    lang: Lang,
    status: StatusCode,
    (title, words): (&'static str, &'static str),
    renew: String,
    request: &HttpRequest,
) -> Page {
    let s = Shell::plain(Words(lang));
    show_with(status, &Told { s, title, words, renew }, request).map(kept_private)
}

fn wait(lang: Lang, seconds: u64, request: &HttpRequest) -> Page {
    let words = ("family-wait", "family-wait-what");
    let mut response = told(lang, StatusCode::TOO_MANY_REQUESTS, words, String::new(), request)?;
    response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(seconds));
    Ok(response)
}

/// No search engine keeps a family's page, and no picture of it.
fn kept_private(mut response: HttpResponse) -> HttpResponse {
    let robots = HeaderName::from_static("x-robots-tag");
    response.headers_mut().insert(robots, HeaderValue::from_static("noindex, nofollow, noarchive"));
    response
}

fn from(request: &HttpRequest) -> String {
    super::sign_in::address_of(request)
}
