//! What the school says to all families, how content they are, and what they propose.

use actix_web::{HttpRequest, get, post, web};
use askama::Template;

use crate::domain::access::Permission;
use crate::http::later::Later;
use crate::http::pages::fields::attempt;
use crate::http::pages::forms::Faults;
use crate::http::pages::shell::{Said, Shell};
use crate::http::pages::visitor::{At, Visitor};
use crate::http::pages::{Page, go_saying, show_with};
use crate::http::{Context, on_worker};
use crate::service::families::contact::{self, ProposalView};
use crate::service::families::survey::{self, Satisfaction};
use crate::service::families::{claims, looks};
use actix_web::http::StatusCode;

#[derive(Template)]
#[template(path = "pages/families/office.html")]
struct Office {
    s: Shell,
    telephone: String,
    waiting: u64,
    share: Satisfaction,
    remarks: Vec<(i32, String)>,
    proposals: Vec<ProposalView>,
    faults: Faults,
}

impl Office {
    /// The share as `83,3 %`.
    fn percent(&self) -> String {
        let tenths = self.share.tenths_of_percent.unwrap_or_default();
        let mark = if self.s.lang() == "vi" { "," } else { "." };
        format!("{}{mark}{} %", tenths / 10, tenths % 10)
    }

    fn content(&self) -> String {
        self.s.number(self.share.content.unwrap_or_default())
    }

    fn asked(&self) -> String {
        self.s.number(self.share.asked.unwrap_or_default())
    }

    fn answers(&self) -> String {
        self.s.number(self.share.answers.unwrap_or_default())
    }

    #[expect(
        clippy::ref_option,
        clippy::trivially_copy_pass_by_ref,
        reason = "templates hand out references"
    )]
    fn agreed(&self, agreed: &Option<bool>) -> String {
        self.s.t(match agreed {
            None => "families-agreed-not-needed",
            Some(true) => "families-agreed-yes",
            Some(false) => "families-agreed-no",
        })
    }
}

/// The families' page of a school.
#[get("/s/{school}/families")]
pub async fn show(
    context: web::Data<Context>,
    visitor: Visitor,
    school: web::Path<String>,
    request: HttpRequest,
) -> Page {
    let at = visitor.at(&context, &school, Permission::ReadPeople).await?;
    let faults = Faults::new(at.lang());
    render(&context, at, None, faults, &request).await
}

async fn render(
    context: &web::Data<Context>,
    at: At,
    typed: Option<String>,
    faults: Faults,
    request: &HttpRequest,
) -> Page {
    let (inner, school) = (context.clone(), at.school.id);
    let may_change = at.who.may(Permission::ImportLists, Some(school));
    let (telephone, waiting, (share, remarks), proposals) = on_worker(move || {
        let (store, clock) = (&inner.store, &*inner.clock);
        let proposals = if may_change {
            contact::of_school(store, clock, &inner.keys, school)?
        } else {
            Vec::new()
        };
        Ok((
            looks::telephone(store, school)?,
            claims::waiting(store, school)?,
            survey::of_school(store, clock, school)?,
            proposals,
        ))
    })
    .await?;
    let telephone = typed.unwrap_or(telephone);
    let status = if faults.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let page = Office { s: at.shell, telephone, waiting, share, remarks, proposals, faults };
    show_with(status, &page, request)
}

/// Says by what telephone families reach the accountant.
#[post("/s/{school}/families/telephone")]
pub async fn set_telephone(
    context: web::Data<Context>,
    visitor: Visitor,
    school: web::Path<String>,
    request: HttpRequest,
) -> Page {
    let at = visitor.at(&context, &school, Permission::ImportLists).await?;
    let typed = at.form.of("telephone").to_owned();
    let (inner, actor, school, text) =
        (context.clone(), at.actor.clone(), at.school.id, typed.clone());
    let done =
        attempt(move || looks::set_telephone(&inner.store, &*inner.clock, &actor, school, &text))
            .await?;
    match done {
        Ok(()) => {
            let said = Said { key: "families-said-telephone".to_owned(), ..Said::default() };
            go_saying(&at.shell.link("/families"), &said)
        }
        Err(error) => {
            let mut faults = Faults::new(at.lang());
            faults.refused_in(error, &["telephone"])?;
            render(&context, at, Some(typed), faults, &request).await
        }
    }
}

/// Accepts what a family proposes, or refuses it.
#[post("/s/{school}/families/proposals/{id}")]
pub async fn decide_proposal(
    context: web::Data<Context>,
    visitor: Visitor,
    path: Later<web::Path<(String, i64)>>,
    request: HttpRequest,
) -> Page {
    let (code, id) = path.now()?.into_inner();
    let at = visitor.at(&context, &code, Permission::ImportLists).await?;
    let accept = at.form.of("decision") == "accept";
    let (inner, actor, school) = (context.clone(), at.actor.clone(), at.school.id);
    let done = attempt(move || {
        let what = (school, id, accept);
        contact::decide(&inner.store, &*inner.clock, &inner.keys, &actor, what)
    })
    .await?;
    match done {
        Ok(()) => {
            let key = if accept { "families-said-accepted" } else { "families-said-refused" };
            let said = Said { key: key.to_owned(), ..Said::default() };
            go_saying(&at.shell.link("/families"), &said)
        }
        Err(error) => {
            let faults = Faults::refusal(at.lang(), error)?;
            render(&context, at, None, faults, &request).await
        }
    }
}
