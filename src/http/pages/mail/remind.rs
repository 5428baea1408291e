//! Reminds families of what they owe: whom it would reach, and the sending of exactly that.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, get, post, web};
use askama::Template;

use crate::domain::access::Permission;
use crate::http::pages::fields::{Fields, attempt};
use crate::http::pages::forms::Faults;
use crate::http::pages::shell::{Said, Shell};
use crate::http::pages::visitor::{At, Visitor};
use crate::http::pages::{Page, go_saying, show as render, show_with};
use crate::http::problem::Problem;
use crate::http::{Context, on_worker};
use crate::service::letters::{self, Preview, Which};
use crate::service::receivables::{self, Choices};

#[derive(Template)]
#[template(path = "pages/mail/remind.html")]
struct Remind {
    s: Shell,
    which: Which,
    choices: Choices,
    shown: Preview,
    faults: Faults,
}

fn read(fields: &Fields) -> Which {
    Which {
        class: fields.some("class"),
        round: fields.of("round").parse().ok(),
        overdue: fields.of("state") == "overdue",
    }
}

/// Whom it would reach.
#[get("/s/{school}/mail/remind")]
pub async fn preview(
    context: web::Data<Context>,
    visitor: Visitor,
    path: web::Path<String>,
    request: HttpRequest,
) -> Page {
    let at = visitor.at(&context, &path, Permission::IssueInvoices).await?;
    let which = read(&Fields::parse(request.query_string().as_bytes()));
    render(&load(&context, at, which, Faults::default()).await?, &request)
}

/// Reminds exactly those who were shown.
#[post("/s/{school}/mail/remind")]
pub async fn carry_out(
    context: web::Data<Context>,
    visitor: Visitor,
    path: web::Path<String>,
    request: HttpRequest,
) -> Page {
    let at = visitor.at(&context, &path, Permission::IssueInvoices).await?;
    let which = read(&at.form);
    let seen = at.form.of("fingerprint").to_owned();
    let (inner, actor, school) = (context.clone(), at.actor.clone(), at.school.id);
    let of = which.clone();
    let done = attempt(move || {
        let ask = (school, &of, seen.as_str());
        letters::remind(&inner.store, &*inner.clock, &actor, &inner.letters, ask)
    })
    .await?;
    match done {
        Ok(shown) => {
            let x = at.shell.number(shown.families);
            let said = Said { key: "letters-said-reminded".to_owned(), x, undo: None };
            go_saying(&at.shell.link("/mail?kind=reminder"), &said)
        }
        Err(error) => {
            let faults = Faults::refusal(at.lang(), error)?;
            let page = load(&context, at, which, faults).await?;
            show_with(StatusCode::UNPROCESSABLE_ENTITY, &page, &request)
        }
    }
}

async fn load(
    context: &web::Data<Context>,
    at: At,
    which: Which,
    faults: Faults,
) -> Result<Remind, Problem> {
    let (inner, school, of) = (context.clone(), at.school.id, which.clone());
    let (choices, shown) = on_worker(move || {
        let choices = receivables::choices(&inner.store, school)?;
        let shown = letters::preview(&inner.store, &*inner.clock, &inner.letters, school, &of)?;
        Ok((choices, shown))
    })
    .await?;
    let s = at.shell.under_word("menu-receivables", "/receivables");
    Ok(Remind { s, which, choices, shown, faults })
}
