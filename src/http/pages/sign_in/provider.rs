//! Signing in with the organisation's own provider of identities.

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, get, post, web};
use askama::Template;
use serde::Deserialize;

use super::{Next, entered, provider_cookie, safe_next, shell_of};
use crate::http::later::Later;
use crate::http::pages::error::encoded;
use crate::http::pages::posted::Posted;
use crate::http::pages::shell::Shell;
use crate::http::pages::visitor::session_cookie_name;
use crate::http::pages::{Page, show};
use crate::http::problem::Problem;
use crate::http::{Context, on_worker};
use crate::outbound::Client;
use crate::service::oidc::{self, Purpose, Returned};
use crate::service::sessions;

/// The cookie with the secret of whoever went to the provider.
const BROWSER: &str = "doisoat-provider";
/// The cookie with the page to go on with; only where somebody went to prove who they are.
const NEXT: &str = "doisoat-prove";

/// Goes on to the provider. A page and no redirect: what a form leads to by a redirect is held to the
/// addresses that forms may go to (`form-action` of CSP, as Chromium reads it), which are ours alone.
#[derive(Template)]
#[template(path = "pages/account/leaving.html")]
struct LeavingPage {
    s: Shell,
    url: String,
}

/// Sends the browser to the provider.
#[post("/sign-in/provider")]
pub async fn leave(context: web::Data<Context>, request: HttpRequest) -> Page {
    begin(&context, Purpose::SignIn, None, &request).await
}

/// Sends whoever is signed in to the provider, to prove there again who they are.
#[post("/prove/provider")]
pub async fn leave_to_prove(
    context: web::Data<Context>,
    Posted { visitor, form }: Posted<Next>,
    request: HttpRequest,
) -> Page {
    let next = safe_next(form.next.as_deref());
    begin(&context, Purpose::Prove { session: visitor.who.session }, Some(next), &request).await
}

async fn begin(
    context: &web::Data<Context>,
    purpose: Purpose,
    next: Option<String>,
    request: &HttpRequest,
) -> Page {
    let provider = context.provider.clone().ok_or_else(Problem::no_such_page)?;
    let inner = context.clone();
    let begun = on_worker(move || {
        let client = Client::new(inner.outbound.clone());
        oidc::begin(&inner.store, (&*inner.clock, &*inner.ids), &client, &provider, purpose)
    })
    .await?;
    let mut response = show(&LeavingPage { s: shell_of(request), url: begun.url }, request)?;
    for (name, value) in [(BROWSER, begun.browser), (NEXT, next.unwrap_or_default())] {
        let kept = response.add_cookie(&provider_cookie(context.over_tls, name, value));
        kept.map_err(|error| {
            tracing::error!(%error, "a cookie could not be set");
            Problem::internal()
        })?;
    }
    Ok(response)
}

/// What the provider sends back.
#[derive(Deserialize)]
pub struct Back {
    code: Option<String>,
    state: Option<String>,
}

/// Signs in whoever comes back from the provider, or makes their session fresh where that is what they
/// went for.
#[get("/sign-in/provider/back")]
pub async fn come_back(
    context: web::Data<Context>,
    query: Later<web::Query<Back>>,
    request: HttpRequest,
) -> Page {
    let provider = context.provider.clone().ok_or_else(Problem::no_such_page)?;
    let back = query.now()?.into_inner();
    let kept = |name: &str| {
        request.cookie(name).map(|cookie| cookie.value().to_owned()).unwrap_or_default()
    };
    let (browser, next) = (kept(BROWSER), kept(NEXT));
    let secret = kept(session_cookie_name(context.over_tls));
    let inner = context.clone();
    if !next.is_empty() {
        let next = safe_next(Some(&next));
        let proven = on_worker(move || {
            let Some(who) = sessions::of_secret(&inner.store, &*inner.clock, &secret)? else {
                return Ok(false);
            };
            let client = Client::new(inner.outbound.clone());
            let returned = Returned {
                code: back.code.as_deref().unwrap_or_default(),
                state: back.state.as_deref().unwrap_or_default(),
                browser: &browser,
            };
            let (store, clock) = (&inner.store, &*inner.clock);
            oidc::finish_proof(store, clock, &client, &provider, (&who, returned))
        })
        .await?;
        let to = if proven { next } else { format!("/prove?told=refused&next={}", encoded(&next)) };
        let mut gone = provider_cookie(context.over_tls, NEXT, String::new());
        gone.set_max_age(actix_web::cookie::time::Duration::ZERO);
        let mut response = HttpResponse::SeeOther();
        return Ok(response.insert_header((header::LOCATION, to)).cookie(gone).finish());
    }
    let outcome = on_worker(move || {
        let client = Client::new(inner.outbound.clone());
        let returned = Returned {
            code: back.code.as_deref().unwrap_or_default(),
            state: back.state.as_deref().unwrap_or_default(),
            browser: &browser,
        };
        oidc::finish(&inner.store, (&*inner.clock, &*inner.ids), &client, &provider, returned)
    })
    .await?;
    entered(&context, outcome, ("/".to_owned(), String::new(), String::new()), &request)
}
