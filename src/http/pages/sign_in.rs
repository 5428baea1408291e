//! Signing in and out: password, second step, the organisation's own provider, the language, and
//! proving oneself again before what matters most.

mod links;
mod provider;

use actix_web::cookie::Cookie;
use actix_web::http::{StatusCode, header};
use actix_web::{HttpRequest, HttpResponse, get, post, web};
use askama::Template;
use serde::Deserialize;

use super::error::ProvePage;
use super::posted::Posted;
use super::routes::{form, page};
use super::shell::Shell;
use super::visitor::{Visitor, language_cookie, language_of, session_cookie, session_cookie_name};
use super::words::Words;
use super::{Page, go, show, show_with};
use crate::domain::lang::Lang;
use crate::http::api::routes::{Needs, Route};
use crate::http::later::Later;
use crate::http::{Context, on_worker, typed};
use crate::service::sessions::{self, Outcome};
use crate::service::users;

const BEFORE: Needs = Needs::Nothing("whoever signs in is nobody yet");
const LINK: Needs = Needs::Nothing("whoever follows a link of a mail proves themselves by it");
const SELF: Needs = Needs::Nothing("it is about whoever looks, and asks for their session itself");

/// What visitors need.
pub const ROUTES: &[Route] = &[
    page("/sign-in", BEFORE),
    form("/sign-in", BEFORE),
    form("/sign-in/code", BEFORE),
    form("/sign-in/provider", BEFORE),
    page("/sign-in/provider/back", BEFORE),
    form("/prove/provider", SELF),
    page("/signed-in", SELF),
    form("/sign-out", SELF),
    form("/language", Needs::Nothing("everybody may choose a language")),
    page("/prove", SELF),
    form("/prove", SELF),
    page("/forgotten", BEFORE),
    form("/forgotten", BEFORE),
    page("/invitations/{secret}", LINK),
    form("/invitations/{secret}", LINK),
    page("/password/{secret}", LINK),
    form("/password/{secret}", LINK),
];

/// Adds the pages.
pub fn routes(config: &mut web::ServiceConfig) {
    config
        .service(ask)
        .service(enter)
        .service(enter_code)
        .service(provider::leave)
        .service(provider::come_back)
        .service(provider::leave_to_prove)
        .service(signed_in)
        .service(leave)
        .service(speak)
        .service(ask_again)
        .service(prove)
        .service(links::forgotten)
        .service(links::send_reset)
        .service(links::invitation)
        .service(links::accept)
        .service(links::reset_page)
        .service(links::reset);
}

#[derive(Template)]
#[template(path = "pages/account/sign-in.html")]
struct SignInPage {
    s: Shell,
    next: String,
    email: String,
    /// Proves the password in the second step; empty in the first.
    ticket: String,
    told: String,
    has_provider: bool,
}

/// Where to go on.
#[derive(Debug, Default, Deserialize)]
pub struct Next {
    next: Option<String>,
    /// `refused` where a proof by the provider was none.
    told: Option<String>,
}

/// A path of ours to go on to; the start for everything else, so that no link leads elsewhere.
fn safe_next(next: Option<&str>) -> String {
    let ours = next.filter(|path| {
        path.starts_with('/')
            && !path.starts_with("//")
            && !path.starts_with("/\\")
            && !path.chars().any(char::is_control)
            && path.len() <= 2_000
    });
    ours.unwrap_or("/").to_owned()
}

pub(super) fn shell_of(request: &HttpRequest) -> Shell {
    let mut shell = Shell::plain(Words(language_of(request)));
    let here = request.uri().path_and_query().map_or("/", |whole| whole.as_str());
    here.clone_into(&mut shell.here);
    shell
}

/// The address a request comes from: the one a proxy on this machine names, else the peer's own.
pub(super) fn address_of(request: &HttpRequest) -> String {
    let Some(peer) = request.peer_addr().map(|peer| peer.ip()) else { return String::new() };
    let named = request
        .headers()
        .get("x-forwarded-for")
        .filter(|_| peer.is_loopback())
        .and_then(|value| value.to_str().ok())
        .and_then(|list| list.rsplit(',').next())
        .and_then(|last| last.trim().parse::<std::net::IpAddr>().ok());
    named.unwrap_or(peer).to_string()
}

/// Asks for address and password.
#[get("/sign-in")]
pub async fn ask(
    context: web::Data<Context>,
    query: Later<web::Query<Next>>,
    request: HttpRequest,
) -> Page {
    let next = safe_next(query.now()?.next.as_deref());
    show(
        &SignInPage {
            s: shell_of(&request),
            next,
            email: String::new(),
            ticket: String::new(),
            told: String::new(),
            has_provider: context.provider.is_some(),
        },
        &request,
    )
}

/// Address and password as typed.
#[derive(Deserialize)]
pub struct Typed {
    email: String,
    password: String,
    next: Option<String>,
}

/// Signs in, or asks for the second factor.
#[post("/sign-in")]
pub async fn enter(
    context: web::Data<Context>,
    form: Later<typed::Form<Typed>>,
    request: HttpRequest,
) -> Page {
    let typed = form.now()?.into_inner();
    let next = safe_next(typed.next.as_deref());
    let (inner, from, email) = (context.clone(), address_of(&request), typed.email.clone());
    let outcome = on_worker(move || {
        let (store, clock, ids) = (&inner.store, &*inner.clock, &*inner.ids);
        sessions::sign_in(store, clock, ids, &typed.email, &typed.password, &from)
    })
    .await?;
    entered(&context, outcome, (next, email, String::new()), &request)
}

/// The second step as typed.
#[derive(Deserialize)]
pub struct TypedCode {
    ticket: String,
    code: String,
    next: Option<String>,
}

/// Signs in by the second factor.
#[post("/sign-in/code")]
pub async fn enter_code(
    context: web::Data<Context>,
    form: Later<typed::Form<TypedCode>>,
    request: HttpRequest,
) -> Page {
    let typed = form.now()?.into_inner();
    let next = safe_next(typed.next.as_deref());
    let (inner, from, ticket) = (context.clone(), address_of(&request), typed.ticket.clone());
    let outcome = on_worker(move || {
        let (store, clock, ids) = (&inner.store, &*inner.clock, &*inner.ids);
        sessions::second_step(store, clock, ids, &inner.keys, &typed.ticket, &typed.code, &from)
    })
    .await?;
    entered(&context, outcome, (next, String::new(), ticket), &request)
}

/// Goes on with how an attempt ended.
fn entered(
    context: &Context,
    outcome: Outcome,
    (next, email, ticket): (String, String, String),
    request: &HttpRequest,
) -> Page {
    let s = shell_of(request);
    let wait = if let Outcome::Throttled { seconds } = &outcome { Some(*seconds) } else { None };
    let (status, ticket, told) = match outcome {
        Outcome::SignedIn { secret } => {
            return Ok(HttpResponse::SeeOther()
                .insert_header((header::LOCATION, next))
                .cookie(session_cookie(context.over_tls, &secret))
                .finish());
        }
        Outcome::CodeNeeded { ticket } => (StatusCode::OK, ticket, String::new()),
        Outcome::Refused if ticket.is_empty() => {
            (StatusCode::UNPROCESSABLE_ENTITY, String::new(), s.t("sign-in-refused"))
        }
        Outcome::Refused => (StatusCode::UNPROCESSABLE_ENTITY, ticket, s.t("code-refused")),
        Outcome::Throttled { seconds } => {
            let minutes = seconds.div_ceil(60).max(1);
            (StatusCode::TOO_MANY_REQUESTS, ticket, s.count("sign-in-throttled", &minutes))
        }
    };
    let has_provider = context.provider.is_some();
    let page = SignInPage { s, next, email, ticket, told, has_provider };
    let mut response = show_with(status, &page, request)?;
    if let Some(seconds) = wait {
        response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
    }
    Ok(response)
}

#[derive(Template)]
#[template(path = "pages/account/signed-in.html")]
struct SignedInPage {
    s: Shell,
}

/// Says that it worked, in the tab that was opened for it.
#[get("/signed-in")]
pub async fn signed_in(visitor: Visitor, request: HttpRequest) -> Page {
    show(&SignedInPage { s: visitor.shell() }, &request)
}

/// Ends the session.
#[post("/sign-out")]
pub async fn leave(context: web::Data<Context>, request: HttpRequest) -> Page {
    let cookie = request.cookie(session_cookie_name(context.over_tls));
    let inner = context.clone();
    if let Some(secret) = cookie.map(|cookie| cookie.value().to_owned()) {
        on_worker(move || match sessions::of_secret(&inner.store, &*inner.clock, &secret)? {
            Some(who) => sessions::sign_out(&inner.store, &*inner.clock, who.session),
            None => Ok(()),
        })
        .await?;
    }
    Ok(HttpResponse::SeeOther()
        .insert_header((header::LOCATION, "/sign-in"))
        .insert_header(("Clear-Site-Data", "\"cache\""))
        .cookie(session_cookie(context.over_tls, ""))
        .finish())
}

/// A choice of language.
#[derive(Deserialize)]
pub struct Chosen {
    lang: String,
    next: Option<String>,
}

/// Speaks another language from now on.
#[post("/language")]
pub async fn speak(
    context: web::Data<Context>,
    form: Later<typed::Form<Chosen>>,
    request: HttpRequest,
) -> Page {
    let chosen = form.now()?.into_inner();
    let lang = if chosen.lang == "en" { Lang::En } else { Lang::Vi };
    let secret = request.cookie(session_cookie_name(context.over_tls));
    if let Some(secret) = secret.map(|cookie| cookie.value().to_owned()) {
        on_worker(move || match sessions::of_secret(&context.store, &*context.clock, &secret)? {
            Some(who) => users::set_language(&context.store, who.user, lang),
            None => Ok(()),
        })
        .await?;
    }
    Ok(HttpResponse::SeeOther()
        .insert_header((header::LOCATION, safe_next(chosen.next.as_deref())))
        .cookie(language_cookie(lang))
        .finish())
}

/// Asks whoever is signed in to prove themselves again.
#[get("/prove")]
pub async fn ask_again(
    visitor: Visitor,
    query: Later<web::Query<Next>>,
    request: HttpRequest,
) -> Page {
    let query = query.now()?;
    let next = safe_next(query.next.as_deref());
    let refused = query.told.as_deref() == Some("refused");
    let told = if refused { visitor.words().t("prove-provider-refused") } else { String::new() };
    show(&ProvePage { told, ..visitor.proof_page(next) }, &request)
}

/// The proof as typed.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Proof {
    password: String,
    code: Option<String>,
    next: Option<String>,
}

/// Makes the session fresh.
#[post("/prove")]
pub async fn prove(
    context: web::Data<Context>,
    Posted { visitor, form: proof }: Posted<Proof>,
    request: HttpRequest,
) -> Page {
    let next = safe_next(proof.next.as_deref());
    let session = visitor.who.session;
    let proven = on_worker(move || {
        let (store, clock) = (&context.store, &*context.clock);
        sessions::prove_again(
            store,
            clock,
            &context.keys,
            session,
            &proof.password,
            proof.code.as_deref(),
        )
    })
    .await?;
    if proven {
        return go(&next);
    }
    let page = ProvePage { told: visitor.words().t("prove-refused"), ..visitor.proof_page(next) };
    show_with(StatusCode::UNPROCESSABLE_ENTITY, &page, &request)
}

/// The cookie that a browser takes along to the provider and back.
fn provider_cookie(over_tls: bool, name: &'static str, value: String) -> Cookie<'static> {
    let mut cookie = Cookie::new(name, value);
    cookie.set_path("/sign-in/provider");
    cookie.set_http_only(true);
    cookie.set_secure(over_tls);
    cookie.set_same_site(actix_web::cookie::SameSite::Lax);
    cookie.set_max_age(actix_web::cookie::time::Duration::minutes(10));
    cookie
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signing_in_leads_to_our_own_pages_only() {
        for (why, next, expected) in [
            ("a page of ours", Some("/s/THCS/queue?tab=all"), "/s/THCS/queue?tab=all"),
            ("none", None, "/"),
            ("another site", Some("https://b.vn/"), "/"),
            ("another site without a scheme", Some("//b.vn/"), "/"),
            ("another site by a backslash", Some("/\\b.vn/"), "/"),
            ("a new line", Some("/a\r\nSet-Cookie: x"), "/"),
        ] {
            assert_eq!(safe_next(next), expected, "{why}");
        }
    }
}
