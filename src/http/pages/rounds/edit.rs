//! One round: a draft to be changed, or what became of it.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, get, post, web};
use askama::Template;
use serde::Deserialize;

use super::invoices::{self, InvoiceFilter};
use super::terms::RoundForm;
use crate::clock::local_day;
use crate::domain::access::Permission;
use crate::http::later::Later;
use crate::http::pages::fields::Fields;
use crate::http::pages::forms::Faults;
use crate::http::pages::posted::Posted;
use crate::http::pages::shell::{Said, Shell};
use crate::http::pages::visitor::{At, Visitor};
use crate::http::pages::{Page, go_saying, show_with};
use crate::http::problem::Problem;
use crate::http::{Context, on_worker};
use crate::service::accounts::{self, AccountView};
use crate::service::fees::catalogue::{self, ItemView};
use crate::service::fees::round_pages;
use crate::service::students::class_list::{self, ClassView};

#[derive(Template)]
#[template(path = "pages/rounds/edit.html")]
struct Edit {
    s: Shell,
    /// 0 for a new one.
    id: i64,
    form: RoundForm,
    /// By what the terms are known that the form shows.
    seen: String,
    accounts: Vec<AccountView>,
    classes: Vec<ClassView>,
    faults: Faults,
}

/// From which round a new one is copied.
#[derive(Debug, Default, Deserialize)]
pub struct CopyOf {
    copy: Option<i64>,
}

async fn items_of(context: &web::Data<Context>, at: &At) -> Result<Vec<ItemView>, Problem> {
    let (inner, school) = (context.clone(), at.school.id);
    on_worker(move || catalogue::items(&inner.store, school)).await
}

/// A form for a new round: empty, or what follows after another one.
#[get("/s/{school}/rounds/new")]
pub async fn begin(
    context: web::Data<Context>,
    visitor: Visitor,
    path: Later<web::Path<String>>,
    query: Later<web::Query<CopyOf>>,
    request: HttpRequest,
) -> Page {
    let code = path.now()?.into_inner();
    let at = visitor.at(&context, &code, Permission::IssueInvoices).await?;
    let items = items_of(&context, &at).await?;
    let seen = (local_day(context.clock.now()), at.lang());
    let form = match query.now()?.copy {
        None => RoundForm::blank(&items, seen),
        Some(id) => {
            let (inner, school) = (context.clone(), at.school.id);
            let (round, _) =
                on_worker(move || round_pages::by_id(&inner.store, school, id)).await?;
            match &round.terms {
                Some(terms) => RoundForm::of("", &round_pages::following(terms), &items, seen),
                None => RoundForm::blank(&items, seen),
            }
        }
    };
    let faults = Faults::new(at.lang());
    render(&context, at, 0, (form, String::new(), faults), &request).await
}

/// Makes a draft.
#[post("/s/{school}/rounds/new")]
pub async fn create(
    context: web::Data<Context>,
    sent: Posted<Fields>,
    path: Later<web::Path<String>>,
    request: HttpRequest,
) -> Page {
    let code = path.now()?.into_inner();
    let at = sent.visitor.at(&context, &code, Permission::IssueInvoices).await?;
    let items = items_of(&context, &at).await?;
    let form = RoundForm::sent(&sent.form, &items, (local_day(context.clock.now()), at.lang()));
    let mut faults = Faults::new(at.lang());
    let own = faults.text("code", &form.code);
    let Some(terms) = form.read(&mut faults) else {
        return render(&context, at, 0, (form, String::new(), faults), &request).await;
    };
    let (inner, actor, school) = (context.clone(), at.actor.clone(), at.school.id);
    let name = terms.name.clone();
    let outcome = on_worker(move || {
        Ok(round_pages::create(&inner.store, &*inner.clock, &actor, (school, &own), &terms))
    })
    .await?;
    match outcome {
        Ok(id) => {
            let said = Said { key: "rounds-said-made".to_owned(), x: name, undo: None };
            go_saying(&at.shell.link(format!("/rounds/{}/issue", id.0)), &said)
        }
        Err(error) => {
            faults.refused(error)?;
            render(&context, at, 0, (form, String::new(), faults), &request).await
        }
    }
}

/// A draft to be changed; of an issued round its invoices.
#[get("/s/{school}/rounds/{id}")]
pub async fn show(
    context: web::Data<Context>,
    visitor: Visitor,
    path: Later<web::Path<(String, i64)>>,
    filter: Later<web::Query<InvoiceFilter>>,
    request: HttpRequest,
) -> Page {
    let (code, id) = path.now()?.into_inner();
    let at = visitor.at(&context, &code, Permission::ReadPeople).await?;
    let (inner, school) = (context.clone(), at.school.id);
    let (round, figures) = on_worker(move || round_pages::by_id(&inner.store, school, id)).await?;
    match &round.terms {
        Some(terms) if round.state == "draft" => {
            let items = items_of(&context, &at).await?;
            let seen = (local_day(context.clock.now()), at.lang());
            let form = RoundForm::of(&round.code, terms, &items, seen);
            let faults = Faults::new(at.lang());
            render(&context, at, id, (form, round_pages::stamp(terms), faults), &request).await
        }
        _ => {
            let filter = filter.now()?.into_inner();
            invoices::render(&context, at, (round, figures), filter, &request).await
        }
    }
}

/// Changes a draft.
#[post("/s/{school}/rounds/{id}")]
pub async fn change(
    context: web::Data<Context>,
    sent: Posted<Fields>,
    path: Later<web::Path<(String, i64)>>,
    request: HttpRequest,
) -> Page {
    let (code, id) = path.now()?.into_inner();
    let at = sent.visitor.at(&context, &code, Permission::IssueInvoices).await?;
    let items = items_of(&context, &at).await?;
    let form = RoundForm::sent(&sent.form, &items, (local_day(context.clock.now()), at.lang()));
    let seen = sent.form.of("seen").to_owned();
    let mut faults = Faults::new(at.lang());
    let Some(terms) = form.read(&mut faults) else {
        return render(&context, at, id, (form, seen, faults), &request).await;
    };
    let (inner, actor, school) = (context.clone(), at.actor.clone(), at.school.id);
    let (name, before) = (terms.name.clone(), seen.clone());
    let outcome = on_worker(move || {
        let of = (school, id, before.as_str());
        Ok(round_pages::change(&inner.store, &*inner.clock, &actor, of, &terms))
    })
    .await?;
    match outcome {
        Ok(()) => {
            let said = Said { key: "rounds-said-changed".to_owned(), x: name, undo: None };
            go_saying(&at.shell.link(format!("/rounds/{id}")), &said)
        }
        Err(error) => {
            faults.refused(error)?;
            render(&context, at, id, (form, seen, faults), &request).await
        }
    }
}

async fn render(
    context: &web::Data<Context>,
    at: At,
    id: i64,
    (form, seen, faults): (RoundForm, String, Faults),
    request: &HttpRequest,
) -> Page {
    let (inner, school) = (context.clone(), at.school.id);
    let (accounts, classes) = on_worker(move || {
        let mut accounts = accounts::list(&inner.store, &*inner.clock, school)?;
        accounts.retain(|one| one.gateway.is_none() && one.offered);
        Ok((accounts, class_list::list(&inner.store, school, None)?))
    })
    .await?;
    let status = if faults.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let s = at.shell.under_word("menu-rounds", "/rounds");
    show_with(status, &Edit { s, id, form, seen, accounts, classes, faults }, request)
}
