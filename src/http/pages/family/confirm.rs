//! The links of mails that ask whether a contact is to change. Looking agrees to nothing.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, get, post, web};
use askama::Template;

use super::{from, kept_private, told, wait};
use crate::http::pages::shell::Shell;
use crate::http::pages::visitor::language_of;
use crate::http::pages::words::Words;
use crate::http::pages::{Page, show};
use crate::http::problem::Problem;
use crate::http::{Context, on_worker};
use crate::service::families::contact::{self, Agreed};
use crate::service::families::links;

#[derive(Template)]
#[template(path = "family/confirm.html")]
struct Confirm {
    s: Shell,
    school: String,
    agreed: bool,
    action: String,
}

/// Shows what a link asks.
#[get("/fc/{secret}")]
pub async fn ask(
    context: web::Data<Context>,
    secret: web::Path<String>,
    request: HttpRequest,
) -> Page {
    let (inner, own) = (context.clone(), secret.clone());
    let asked = on_worker(move || contact::peek(&inner.store, &*inner.clock, &own)).await?;
    let Some(asked) = asked else { return nothing(&context, &request).await };
    let s = Shell::plain(Words(asked.lang));
    let action = format!("/fc/{}", crate::http::pages::error::encoded(&secret));
    let page = Confirm { s, school: asked.school, agreed: asked.agreed, action };
    show(&page, &request).map(kept_private)
}

/// Agrees.
#[post("/fc/{secret}")]
pub async fn agree(
    context: web::Data<Context>,
    secret: web::Path<String>,
    request: HttpRequest,
) -> Page {
    let (inner, own) = (context.clone(), secret.into_inner());
    let outcome = on_worker(move || {
        let asked = contact::peek(&inner.store, &*inner.clock, &own)?;
        let agreed = contact::agree(&inner.store, &*inner.clock, &inner.keys, &own)?;
        Ok(agreed.map(|agreed| (agreed, asked.map(|asked| asked.lang))))
    })
    .await?;
    let Some((agreed, lang)) = outcome else { return nothing(&context, &request).await };
    let words = match agreed {
        Agreed::Changed => ("family-agreed", "family-agreed-changed"),
        Agreed::Waits => ("family-agreed", "family-agreed-waits"),
    };
    let lang = lang.unwrap_or_else(|| language_of(&request));
    told(lang, StatusCode::OK, words, String::new(), &request)
}

/// Nothing waits under such a secret; guessing is counted.
async fn nothing(context: &web::Data<Context>, request: &HttpRequest) -> Page {
    let (inner, from) = (context.clone(), from(request));
    match on_worker(move || links::wrong(&inner.store, &*inner.clock, &from)).await? {
        Some(seconds) => wait(language_of(request), seconds, request),
        None => Err(Problem::no_such_page().into()),
    }
}
