//! Who need not pay, or not all of it. Why is shown to those who may know.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, get, post, web};
use askama::Template;
use serde::Deserialize;

use crate::domain::access::Permission;
use crate::domain::lang::Bilingual;
use crate::http::later::Later;
use crate::http::pages::forms::Faults;
use crate::http::pages::posted::Posted;
use crate::http::pages::shell::{Said, Shell};
use crate::http::pages::visitor::{At, Visitor};
use crate::http::pages::{Page, go_saying, show_with};
use crate::http::{Context, on_worker};
use crate::service::fees::catalogue::{self, ItemView};
use crate::service::fees::exemptions::{self, ExemptionLine, NewExemption};

/// Exemptions on a page.
const LIMIT: u32 = 50;

/// An exemption as it is typed.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct AddForm {
    student: String,
    item: String,
    percent: String,
    ground: String,
    document: String,
    from: String,
    to: String,
}

#[derive(Template)]
#[template(path = "pages/fees/exemptions.html")]
struct Exemptions {
    s: Shell,
    lines: Vec<ExemptionLine>,
    next: String,
    items: Vec<ItemView>,
    typed: AddForm,
    /// The exemption whose end was typed wrongly.
    ending: i64,
    ended: String,
    faults: Faults,
    restricted: bool,
}

impl Exemptions {
    fn last_day(&self, line: &ExemptionLine) -> &str {
        if line.exemption.id == self.ending { &self.ended } else { "" }
    }
}

/// Where the page begins.
#[derive(Debug, Default, Deserialize)]
pub struct Before {
    before: Option<i64>,
}

/// The exemptions of a school, newest first.
#[get("/s/{school}/fees/exemptions")]
pub async fn list(
    context: web::Data<Context>,
    visitor: Visitor,
    path: Later<web::Path<String>>,
    query: Later<web::Query<Before>>,
    request: HttpRequest,
) -> Page {
    let code = path.now()?.into_inner();
    let at = visitor.at(&context, &code, Permission::ReadPeople).await?;
    let before = query.now()?.before;
    let faults = Faults::new(at.lang());
    let typed = AddForm { percent: "100".to_owned(), ..AddForm::default() };
    render(&context, at, before, (typed, None, faults), &request).await
}

/// Adds an exemption.
#[post("/s/{school}/fees/exemptions")]
pub async fn add(
    context: web::Data<Context>,
    sent: Posted<AddForm>,
    path: Later<web::Path<String>>,
    request: HttpRequest,
) -> Page {
    let code = path.now()?.into_inner();
    let at = sent.visitor.at(&context, &code, Permission::ImportLists).await?;
    let (typed, mut faults) = (sent.form, Faults::new(at.lang()));
    let student_code = faults.text("student", &typed.student);
    let ground: String = faults.text("ground", &typed.ground).chars().take(1_000).collect();
    let percent = typed.percent.trim().trim_end_matches('%').trim().parse::<i64>().ok();
    if percent.is_none() {
        faults.add(
            "percent",
            &Bilingual::new(
                "Mức miễn giảm là số nguyên từ 1 đến 100.",
                "What is waived is a whole number of 1 to 100.",
            ),
        );
    }
    let from = faults.day("from", &typed.from);
    let to = faults.day_or_none("to", &typed.to);
    let (Some(percent), Some(from), true) = (percent, from, faults.is_empty()) else {
        return render(&context, at, None, (typed, None, faults), &request).await;
    };
    let document: String = typed.document.trim().chars().take(200).collect();
    let new = NewExemption {
        student_code,
        fee_item: typed.item.parse().ok(),
        percent,
        ground,
        document: (!document.is_empty()).then_some(document),
        from,
        to,
    };
    let (inner, actor, school) = (context.clone(), at.actor.clone(), at.school.id);
    let whose = new.student_code.clone();
    let outcome =
        on_worker(move || Ok(exemptions::add(&inner.store, &*inner.clock, &actor, school, &new)))
            .await?;
    match outcome {
        Ok(()) => {
            let said = Said { key: "fees-said-exempt".to_owned(), x: whose, undo: None };
            go_saying(&at.shell.link("/fees/exemptions"), &said)
        }
        Err(error) => {
            faults.refused(error)?;
            render(&context, at, None, (typed, None, faults), &request).await
        }
    }
}

/// When an exemption ends.
#[derive(Debug, Deserialize)]
pub struct EndForm {
    #[serde(default)]
    last: String,
}

/// Ends an exemption on its last day. What was issued stays as it is.
#[post("/s/{school}/fees/exemptions/{id}/end")]
pub async fn end(
    context: web::Data<Context>,
    sent: Posted<EndForm>,
    path: Later<web::Path<(String, i64)>>,
    request: HttpRequest,
) -> Page {
    let (code, id) = path.now()?.into_inner();
    let at = sent.visitor.at(&context, &code, Permission::ImportLists).await?;
    let (last, mut faults) = (sent.form.last, Faults::new(at.lang()));
    let again = Some((id, last.clone()));
    let blank = AddForm::default();
    let Some(day) = faults.day("last", &last) else {
        return render(&context, at, None, (blank, again, faults), &request).await;
    };
    let (inner, actor, school) = (context.clone(), at.actor.clone(), at.school.id);
    let outcome = on_worker(move || {
        Ok(exemptions::end(&inner.store, &*inner.clock, &actor, (school, id), day))
    })
    .await?;
    match outcome {
        Ok(()) => {
            let x = at.shell.day(&day);
            let said = Said { key: "fees-said-ended".to_owned(), x, undo: None };
            go_saying(&at.shell.link("/fees/exemptions"), &said)
        }
        Err(error) => {
            faults.refused(error)?;
            render(&context, at, None, (blank, again, faults), &request).await
        }
    }
}

async fn render(
    context: &web::Data<Context>,
    at: At,
    before: Option<i64>,
    (typed, ending, faults): (AddForm, Option<(i64, String)>, Faults),
    request: &HttpRequest,
) -> Page {
    let (inner, school) = (context.clone(), at.school.id);
    let restricted = at.who.may(Permission::ReadRestricted, Some(school));
    let (items, (lines, next)) = on_worker(move || {
        let items = catalogue::items(&inner.store, school)?;
        Ok((items, exemptions::page(&inner.store, school, restricted, (before, LIMIT))?))
    })
    .await?;
    let s = at.shell.under_word("menu-fees", "/fees");
    let next = next.map(|id| s.link(format!("/fees/exemptions?before={id}"))).unwrap_or_default();
    let (ending, ended) = ending.unwrap_or_default();
    let status = if faults.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let page = Exemptions { s, lines, next, items, typed, ending, ended, faults, restricted };
    show_with(status, &page, request)
}
