//! The accounts on which a school receives money. Whoever changes them has proved who they are within
//! the last minutes.

use actix_web::http::{StatusCode, header};
use actix_web::{HttpRequest, HttpResponse, get, post, web};
use askama::Template;

use crate::domain::access::Permission;
use crate::domain::calendar::vietnamese_day;
use crate::domain::id::BankAccountId;
use crate::http::later::Later;
use crate::http::pages::fields::{Fields, attempt};
use crate::http::pages::forms::Faults;
use crate::http::pages::shell::{Said, Shell};
use crate::http::pages::visitor::{At, Visitor};
use crate::http::pages::{Page, go_saying, show as render, show_with};
use crate::http::problem::Problem;
use crate::http::{Context, on_worker};
use crate::service::ServiceError;
use crate::service::accounts::{self, AccountChange, AccountView, NewAccount};

#[derive(Template)]
#[template(path = "pages/settings/account.html")]
struct AccountPage {
    s: Shell,
    /// The account that is changed; a new one where there is none.
    account: Option<AccountView>,
    typed: Fields,
    holder: String,
    to: String,
    faults: Faults,
}

/// The form for a new account.
#[get("/s/{school}/settings/accounts/new")]
pub async fn blank(
    context: web::Data<Context>,
    visitor: Visitor,
    path: web::Path<String>,
    request: HttpRequest,
) -> Page {
    let at = visitor.at(&context, &path, Permission::ManageDirectory).await?;
    render(&of_new(at, Faults::default()), &request)
}

fn of_new(at: At, faults: Faults) -> AccountPage {
    AccountPage {
        s: at.shell.under_settings(),
        account: None,
        holder: at.form.of("holder").to_owned(),
        to: at.form.of("to").to_owned(),
        typed: at.form,
        faults,
    }
}

/// Adds an account; the trial code is shown next.
#[post("/s/{school}/settings/accounts/new")]
pub async fn add(
    context: web::Data<Context>,
    visitor: Visitor,
    path: web::Path<String>,
    request: HttpRequest,
) -> Page {
    let at = visitor.at(&context, &path, Permission::ManageDirectory).await?;
    let form = &at.form;
    let mut faults = Faults::new(at.lang());
    let new = NewAccount {
        bin: faults.text("bin", form.of("bin")),
        number: faults.text("number", form.of("number")),
        holder: faults.text("holder", form.of("holder")),
        from: faults.day_or_none("from", form.of("from")),
        to: faults.day_or_none("to", form.of("to")),
    };
    if faults.is_empty() {
        let (inner, actor, school) = (context.clone(), at.actor.clone(), at.school.id);
        let done =
            attempt(move || accounts::add(&inner.store, &*inner.clock, &actor, school, &new))
                .await?;
        match done {
            Ok(view) => {
                let key = "settings-account-added".to_owned();
                let said = Said { key, x: view.number, undo: None };
                let to = at.shell.link(format!("/settings/accounts/{}", view.id));
                return go_saying(&to, &said);
            }
            Err(error) => faults.refused(error)?,
        }
    }
    show_with(StatusCode::UNPROCESSABLE_ENTITY, &of_new(at, faults), &request)
}

/// An account: its trial code, its holder, its last day.
#[get("/s/{school}/settings/accounts/{account}")]
pub async fn edit(
    context: web::Data<Context>,
    visitor: Visitor,
    path: Later<web::Path<(String, i64)>>,
    request: HttpRequest,
) -> Page {
    let (code, id) = path.now()?.into_inner();
    let at = visitor.at(&context, &code, Permission::ManageDirectory).await?;
    let account = load(&context, &at, id).await?;
    let page = AccountPage {
        s: at.shell.under_settings(),
        holder: account.holder.clone(),
        to: account.to.map(vietnamese_day).unwrap_or_default(),
        account: Some(account),
        typed: Fields::default(),
        faults: Faults::default(),
    };
    render(&page, &request)
}

/// Says when an account ended, or corrects its holder.
#[post("/s/{school}/settings/accounts/{account}")]
pub async fn change(
    context: web::Data<Context>,
    visitor: Visitor,
    path: Later<web::Path<(String, i64)>>,
    request: HttpRequest,
) -> Page {
    let (code, id) = path.now()?.into_inner();
    let at = visitor.at(&context, &code, Permission::ManageDirectory).await?;
    let mut faults = Faults::new(at.lang());
    let holder = faults.text("holder", at.form.of("holder"));
    let to = faults.day_or_none("to", at.form.of("to"));
    if faults.is_empty() {
        let what = AccountChange { to, holder: Some(holder) };
        let (inner, actor, school) = (context.clone(), at.actor.clone(), at.school.id);
        let done = attempt(move || {
            let of = (school, BankAccountId(id));
            accounts::change(&inner.store, &*inner.clock, &actor, of, &what)
        })
        .await?;
        match done {
            Ok(_) => {
                let said = Said { key: "settings-account-changed".to_owned(), ..Said::default() };
                return go_saying(&at.shell.link("/settings"), &said);
            }
            Err(error) => faults.refused(error)?,
        }
    }
    let account = load(&context, &at, id).await?;
    let page = AccountPage {
        holder: at.form.of("holder").to_owned(),
        to: at.form.of("to").to_owned(),
        s: at.shell.under_settings(),
        account: Some(account),
        typed: at.form,
        faults,
    };
    show_with(StatusCode::UNPROCESSABLE_ENTITY, &page, &request)
}

/// The trial code: a picture of its own, so that no page has one inside.
#[get("/s/{school}/settings/accounts/{account}/trial.svg")]
pub async fn trial(
    context: web::Data<Context>,
    visitor: Visitor,
    path: Later<web::Path<(String, i64)>>,
) -> Page {
    let (code, id) = path.now()?.into_inner();
    let at = visitor.at(&context, &code, Permission::ReadBooks).await?;
    let school = at.school.id;
    let picture =
        on_worker(move || accounts::trial_picture(&context.store, school, BankAccountId(id)))
            .await?;
    Ok(HttpResponse::Ok()
        .content_type("image/svg+xml")
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .body(picture))
}

async fn load(context: &web::Data<Context>, at: &At, id: i64) -> Result<AccountView, Problem> {
    let (inner, school) = (context.clone(), at.school.id);
    on_worker(move || {
        let found = accounts::list(&inner.store, &*inner.clock, school)?;
        let own = found.into_iter().find(|one| one.id.0 == id && one.gateway.is_none());
        own.ok_or_else(|| {
            ServiceError::not_found("account", "tài khoản số", "account", &id.to_string())
        })
    })
    .await
}
