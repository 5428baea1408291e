//! What the families of a class chose, ticked in a grid.

use std::collections::HashSet;

use actix_web::{HttpRequest, get, post, web};
use askama::Template;
use serde::Deserialize;

use crate::clock::local_day;
use crate::domain::access::Permission;
use crate::domain::calendar::{Day, vietnamese_day};
use crate::domain::typed;
use crate::http::later::Later;
use crate::http::pages::error::encoded;
use crate::http::pages::fields::{Fields, pair};
use crate::http::pages::forms::Faults;
use crate::http::pages::posted::Posted;
use crate::http::pages::shell::{Said, Shell};
use crate::http::pages::visitor::{At, Visitor};
use crate::http::pages::{Page, go_saying, show_with};
use crate::http::{Context, on_worker};
use crate::service::fees::choice_grid::{self, ChoiceGrid, Ticks};
use crate::service::students::class_list::{self, ClassView};

#[derive(Template)]
#[template(path = "pages/fees/choices.html")]
struct Choices {
    s: Shell,
    classes: Vec<ClassView>,
    class: String,
    day: String,
    grid: ChoiceGrid,
    faults: Faults,
}

/// Of which class, and on which day.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    class: String,
    day: String,
}

/// The grid of a class.
#[get("/s/{school}/fees/choices")]
pub async fn show(
    context: web::Data<Context>,
    visitor: Visitor,
    path: Later<web::Path<String>>,
    asked: Later<web::Query<Asked>>,
    request: HttpRequest,
) -> Page {
    let code = path.now()?.into_inner();
    let at = visitor.at(&context, &code, Permission::ReadPeople).await?;
    let asked = asked.now()?.into_inner();
    let day = typed::day(&asked.day).unwrap_or_else(|| local_day(context.clock.now()));
    let faults = Faults::new(at.lang());
    render(&context, at, (asked.class, day, String::new()), None, faults, &request).await
}

/// Makes what is ticked hold from the day on.
#[post("/s/{school}/fees/choices")]
pub async fn set(
    context: web::Data<Context>,
    sent: Posted<Fields>,
    path: Later<web::Path<String>>,
    request: HttpRequest,
) -> Page {
    let code = path.now()?.into_inner();
    let at = sent.visitor.at(&context, &code, Permission::ImportLists).await?;
    let form = sent.form;
    let class = form.of("class").to_owned();
    let cells = |name| form.every(name).filter_map(pair).collect();
    let ticks = Ticks { shown: cells("shown"), ticked: cells("ticked") };
    let mut faults = Faults::new(at.lang());
    let Some(day) = faults.day("day", form.of("day")) else {
        let today = local_day(context.clock.now());
        let asked = (class, today, form.of("day").to_owned());
        return render(&context, at, asked, Some(ticks.ticked), faults, &request).await;
    };
    let (actor, school, of) = (at.actor.clone(), at.school.id, class.clone());
    let changed = on_worker(move || {
        let at = (school, of.as_str(), day);
        choice_grid::set(&context.store, &*context.clock, &actor, at, &ticks)
    })
    .await?;
    let said = Said { key: "fees-said-chosen".to_owned(), x: changed.to_string(), undo: None };
    let day = vietnamese_day(day);
    let back = format!("/fees/choices?class={}&day={}", encoded(&class), encoded(&day));
    go_saying(&at.shell.link(&back), &said)
}

async fn render(
    context: &web::Data<Context>,
    at: At,
    (class, day, typed): (String, Day, String),
    ticked: Option<Vec<(i64, i64)>>,
    faults: Faults,
    request: &HttpRequest,
) -> Page {
    let (inner, school) = (context.clone(), at.school.id);
    let (classes, class, mut grid) = on_worker(move || {
        let classes = class_list::list(&inner.store, school, None)?;
        let first = classes.iter().find(|class| class.students > 0).map(|class| class.name.clone());
        let class = if class.is_empty() { first.unwrap_or_default() } else { class };
        let grid = choice_grid::of_class(&inner.store, school, &class, day)?;
        Ok((classes, class, grid))
    })
    .await?;
    if let Some(ticked) = ticked {
        let ticked: HashSet<(i64, i64)> = ticked.into_iter().collect();
        for line in &mut grid.lines {
            for (item, chosen) in &mut line.cells {
                *chosen = ticked.contains(&(line.id, *item));
            }
        }
    }
    let status = if faults.is_empty() {
        actix_web::http::StatusCode::OK
    } else {
        actix_web::http::StatusCode::UNPROCESSABLE_ENTITY
    };
    let day = if typed.is_empty() { vietnamese_day(day) } else { typed };
    let s = at.shell.under_word("menu-fees", "/fees");
    show_with(status, &Choices { s, classes, class, day, grid, faults }, request)
}
