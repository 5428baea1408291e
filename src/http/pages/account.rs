//! Whoever is signed in, about themselves: password, second factor, recovery codes, sessions.

use actix_web::http::{StatusCode, header};
use actix_web::{HttpRequest, HttpResponse, get, post, web};
use askama::Template;
use serde::Deserialize;

use super::error::PageError;
use super::fields::attempt;
use super::forms::Faults;
use super::posted::Posted;
use super::routes::{form, page};
use super::shell::{Said, Shell};
use super::visitor::{Visitor, said_cookie, session_cookie};
use super::{Page, go_saying, show, show_with};
use crate::domain::access::password;
use crate::domain::lang::Bilingual;
use crate::http::api::routes::{Needs, Route};
use crate::http::{Context, on_worker};
use crate::service::sessions::{self, SessionView};
use crate::service::users::{self, Enrolment};

const SELF: Needs = Needs::Nothing("it is about whoever looks, and asks for their session itself");

/// What visitors need.
pub const ROUTES: &[Route] = &[
    page("/account", SELF),
    form("/account/password", SELF),
    page("/account/second-factor", SELF),
    form("/account/second-factor", SELF).fresh(),
    form("/account/second-factor/confirm", SELF),
    form("/account/recovery-codes", SELF).fresh(),
    form("/account/sessions/end", SELF),
];

/// Adds the pages.
pub fn routes(config: &mut web::ServiceConfig) {
    config
        .service(show_account)
        .service(change_password)
        .service(second_factor)
        .service(begin)
        .service(confirm)
        .service(renew_codes)
        .service(end_sessions);
}

#[derive(Template)]
#[template(path = "pages/account/account.html")]
struct AccountPage {
    s: Shell,
    name: String,
    email: String,
    roles: Vec<String>,
    has_factor: bool,
    codes_left: i64,
    sessions: Vec<SessionView>,
    this: i64,
    /// The fewest characters of another password.
    fewest: String,
    faults: Faults,
}

/// What the product knows of whoever looks.
#[get("/account")]
pub async fn show_account(
    context: web::Data<Context>,
    visitor: Visitor,
    request: HttpRequest,
) -> Page {
    let faults = Faults::new(visitor.who.lang);
    let page = account_of(&context, visitor, faults).await?;
    show(&page, &request)
}

async fn account_of(
    context: &web::Data<Context>,
    visitor: Visitor,
    faults: Faults,
) -> Result<AccountPage, PageError> {
    let (inner, user) = (context.clone(), visitor.who.user);
    let (sessions, codes_left) = on_worker(move || {
        let sessions = sessions::list(&inner.store, &*inner.clock, user)?;
        Ok((sessions, users::recovery_codes_left(&inner.store, user)?))
    })
    .await?;
    let lang = visitor.who.lang;
    Ok(AccountPage {
        s: visitor.shell(),
        roles: visitor
            .who
            .grants
            .iter()
            .map(|grant| grant.role.title().text(lang).to_owned())
            .collect(),
        has_factor: visitor.who.second_factor,
        this: visitor.who.session,
        fewest: password::fewest(visitor.who.second_factor || visitor.who.must_enrol).to_string(),
        name: visitor.who.name,
        email: visitor.who.email,
        codes_left,
        sessions,
        faults,
    })
}

/// The passwords as typed.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Passwords {
    old: String,
    new: String,
    again: String,
}

/// Sets another password; every other session ends.
#[post("/account/password")]
pub async fn change_password(
    context: web::Data<Context>,
    Posted { visitor, form: typed }: Posted<Passwords>,
    request: HttpRequest,
) -> Page {
    let mut faults = Faults::new(visitor.who.lang);
    if typed.new == typed.again {
        let (inner, who) = (context.clone(), visitor.who.clone());
        let done = attempt(move || {
            let (clock, ids) = (&*inner.clock, &*inner.ids);
            users::change_password(&inner.store, (clock, ids), &who, &typed.old, &typed.new)
        })
        .await?;
        match done {
            Ok(secret) => {
                let said = Said { key: "password-changed".to_owned(), ..Said::default() };
                return Ok(HttpResponse::SeeOther()
                    .insert_header((header::LOCATION, "/account"))
                    .cookie(session_cookie(context.over_tls, &secret))
                    .cookie(said_cookie(&said))
                    .finish());
            }
            Err(error) => faults.refused(error)?,
        }
    } else {
        let told = Bilingual::new(
            "Hai lần nhập mật khẩu mới không giống nhau. Nhập lại cả hai.",
            "The two new passwords differ. Type both again.",
        );
        faults.add("again", &told);
    }
    let page = account_of(&context, visitor, faults).await?;
    show_with(StatusCode::UNPROCESSABLE_ENTITY, &page, &request)
}

#[derive(Template)]
#[template(path = "pages/account/second-factor.html")]
struct FactorPage {
    s: Shell,
    /// Whether somebody has to enrol before anything else.
    required: bool,
    has_factor: bool,
    enrolment: Option<Enrolment>,
    /// Shown once.
    codes: Vec<String>,
    faults: Faults,
}

/// Explains the second factor and offers to set one up.
#[get("/account/second-factor")]
pub async fn second_factor(visitor: Visitor, request: HttpRequest) -> Page {
    let page = factor_page(&visitor, None, Vec::new(), Faults::new(visitor.who.lang));
    show(&page, &request)
}

fn factor_page(
    visitor: &Visitor,
    enrolment: Option<Enrolment>,
    codes: Vec<String>,
    faults: Faults,
) -> FactorPage {
    FactorPage {
        s: visitor.shell().under(visitor.words().t("my-account"), "/account"),
        required: visitor.who.must_enrol && codes.is_empty(),
        has_factor: visitor.who.second_factor || !codes.is_empty(),
        enrolment,
        codes,
        faults,
    }
}

/// Makes a secret and shows it, to be scanned.
#[post("/account/second-factor")]
pub async fn begin(context: web::Data<Context>, visitor: Visitor, request: HttpRequest) -> Page {
    let who = visitor.who.clone();
    let enrolment = on_worker(move || {
        let (clock, ids) = (&*context.clock, &*context.ids);
        users::begin_totp(&context.store, (clock, ids), &context.keys, &who)
    })
    .await?;
    let page = factor_page(&visitor, Some(enrolment), Vec::new(), Faults::new(visitor.who.lang));
    show(&page, &request)
}

/// A code as typed.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Code {
    code: String,
}

/// Takes the secret into use and shows the recovery codes, once.
#[post("/account/second-factor/confirm")]
pub async fn confirm(
    context: web::Data<Context>,
    Posted { visitor, form: typed }: Posted<Code>,
    request: HttpRequest,
) -> Page {
    let who = visitor.who.clone();
    let done = attempt(move || {
        let (clock, ids) = (&*context.clock, &*context.ids);
        users::confirm_totp(&context.store, (clock, ids), &context.keys, &who, &typed.code)
    })
    .await?;
    let mut faults = Faults::new(visitor.who.lang);
    match done {
        Ok(codes) => show(&factor_page(&visitor, None, codes, faults), &request),
        Err(error) => {
            faults.refused(error)?;
            let page = factor_page(&visitor, None, Vec::new(), faults);
            show_with(StatusCode::UNPROCESSABLE_ENTITY, &page, &request)
        }
    }
}

/// Makes new recovery codes and shows them, once.
#[post("/account/recovery-codes")]
pub async fn renew_codes(
    context: web::Data<Context>,
    visitor: Visitor,
    request: HttpRequest,
) -> Page {
    let who = visitor.who.clone();
    let codes = on_worker(move || {
        let (clock, ids) = (&*context.clock, &*context.ids);
        users::new_recovery_codes(&context.store, (clock, ids), &who)
    })
    .await?;
    show(&factor_page(&visitor, None, codes, Faults::new(visitor.who.lang)), &request)
}

/// Ends every other session of whoever looks.
#[post("/account/sessions/end")]
pub async fn end_sessions(context: web::Data<Context>, visitor: Visitor) -> Page {
    let who = visitor.who.clone();
    on_worker(move || {
        let (store, clock) = (&context.store, &*context.clock);
        sessions::revoke_all(store, clock, &who.actor, who.user, Some(who.session)).map(|_ended| ())
    })
    .await?;
    go_saying("/account", &Said { key: "sessions-ended".to_owned(), ..Said::default() })
}
