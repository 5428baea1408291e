//! Where somebody who got a reminder says that they want no more, without signing in. Looking changes
//! nothing: mail programs open links by themselves. Sending the form does, and so does a mail program
//! that is told to (RFC 8058).

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, get, post, web};
use askama::Template;

use crate::http::pages::fields::Fields;
use crate::http::pages::shell::Shell;
use crate::http::pages::visitor::language_of;
use crate::http::pages::words::Words;
use crate::http::pages::{Page, show as render};
use crate::http::problem::Problem;
use crate::http::{Context, on_worker};
use crate::service::letters::{self, Subscription};

#[derive(Template)]
#[template(path = "pages/mail/ended.html")]
struct Ended {
    s: Shell,
    subscription: Subscription,
}

/// How it stands.
#[get("/reminders/{secret}")]
pub async fn show(
    context: web::Data<Context>,
    secret: web::Path<String>,
    request: HttpRequest,
) -> Page {
    let secret = secret.into_inner();
    let found = on_worker(move || letters::look(&context.store, &secret)).await?;
    answer(found, &request)
}

/// Ends reminders, or has them sent again.
#[post("/reminders/{secret}")]
pub async fn set(
    context: web::Data<Context>,
    secret: web::Path<String>,
    body: web::Bytes,
    request: HttpRequest,
) -> Page {
    let secret = secret.into_inner();
    let wanted = Fields::parse(&body).of("reminders") == "on";
    let found =
        on_worker(move || letters::set_reminders(&context.store, &*context.clock, &secret, wanted))
            .await?;
    answer(found, &request)
}

fn answer(found: Option<Subscription>, request: &HttpRequest) -> Page {
    let Some(subscription) = found else { return Err(Problem::no_such_page().into()) };
    let s = Shell::plain(Words(language_of(request)));
    let page: HttpResponse = render(&Ended { s, subscription }, request)?;
    let mut page = page;
    let headers = page.headers_mut();
    headers.insert(header::REFERRER_POLICY, header::HeaderValue::from_static("no-referrer"));
    headers.insert(header::CACHE_CONTROL, header::HeaderValue::from_static("no-store"));
    Ok(page)
}
