//! How much the students of a class had, filled like a spreadsheet; a block of cells can be pasted.

use std::collections::HashMap;

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, get, post, web};
use askama::Template;
use serde::Deserialize;

use crate::domain::access::Permission;
use crate::domain::lang::Bilingual;
use crate::http::later::Later;
use crate::http::pages::error::encoded;
use crate::http::pages::fields::{Fields, pair};
use crate::http::pages::forms::Faults;
use crate::http::pages::posted::Posted;
use crate::http::pages::shell::{Said, Shell};
use crate::http::pages::visitor::{At, Visitor};
use crate::http::pages::{Page, go_saying, show_with};
use crate::http::{Context, on_worker};
use crate::service::fees::quantity_grid::{self, QuantityItem};
use crate::service::fees::round_pages;
use crate::service::students::class_list::{self, ClassView};

/// A student's line as it is shown: item by item, its id, what stands in the cell, and how many it is
/// where nothing does.
struct Line {
    id: i64,
    code: String,
    name: String,
    cells: Vec<(i64, String, i64)>,
}

#[derive(Template)]
#[template(path = "pages/rounds/quantities.html")]
struct Quantities {
    s: Shell,
    id: i64,
    name: String,
    draft: bool,
    classes: Vec<ClassView>,
    class: String,
    items: Vec<QuantityItem>,
    lines: Vec<Line>,
    faults: Faults,
}

/// Of which class.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct OfClass {
    class: String,
}

/// The grid of a class.
#[get("/s/{school}/rounds/{id}/quantities")]
pub async fn show(
    context: web::Data<Context>,
    visitor: Visitor,
    path: Later<web::Path<(String, i64)>>,
    query: Later<web::Query<OfClass>>,
    request: HttpRequest,
) -> Page {
    let (code, id) = path.now()?.into_inner();
    let at = visitor.at(&context, &code, Permission::ReadPeople).await?;
    let (class, faults) = (query.now()?.into_inner().class, Faults::new(at.lang()));
    render(&context, at, (id, class), &HashMap::new(), faults, &request).await
}

/// Writes what is in the grid.
#[post("/s/{school}/rounds/{id}/quantities")]
pub async fn set(
    context: web::Data<Context>,
    sent: Posted<Fields>,
    path: Later<web::Path<(String, i64)>>,
    request: HttpRequest,
) -> Page {
    let (code, id) = path.now()?.into_inner();
    let at = sent.visitor.at(&context, &code, Permission::IssueInvoices).await?;
    let class = sent.form.of("class").to_owned();
    let mut faults = Faults::new(at.lang());
    let mut typed = HashMap::new();
    let mut cells = Vec::new();
    for (name, value) in sent.form.iter() {
        let Some((student, item)) = name.strip_prefix("q-").and_then(pair) else { continue };
        let value = value.trim();
        typed.insert((student, item), value.to_owned());
        let count = value.parse::<i64>().ok().filter(|count| (0..=1_000_000).contains(count));
        if count.is_none() && !value.is_empty() {
            let value: String = value.chars().take(20).collect();
            faults.add("", &Bilingual::new(
                format!("“{value}” không phải là số lượng. Ghi số nguyên từ 0 trở lên, hoặc để trống."),
                format!("“{value}” is not a quantity. Write a whole number of 0 or more, or leave it blank."),
            ));
        }
        cells.push((student, item, count));
    }
    if !faults.is_empty() {
        return render(&context, at, (id, class), &typed, faults, &request).await;
    }
    let (inner, actor, school) = (context.clone(), at.actor.clone(), at.school.id);
    let of = class.clone();
    let outcome = on_worker(move || {
        let at = (school, id, of.as_str());
        Ok(quantity_grid::set(&inner.store, &*inner.clock, &actor, at, &cells))
    })
    .await?;
    match outcome {
        Ok(changed) => {
            let key = "rounds-said-counted".to_owned();
            let said = Said { key, x: changed.to_string(), undo: None };
            let back = format!("/rounds/{id}/quantities?class={}", encoded(&class));
            go_saying(&at.shell.link(&back), &said)
        }
        Err(error) => {
            faults.refused(error)?;
            render(&context, at, (id, class), &typed, faults, &request).await
        }
    }
}

async fn render(
    context: &web::Data<Context>,
    at: At,
    (id, class): (i64, String),
    typed: &HashMap<(i64, i64), String>,
    faults: Faults,
    request: &HttpRequest,
) -> Page {
    let (inner, school) = (context.clone(), at.school.id);
    let (round, classes, class, grid) = on_worker(move || {
        let (round, _) = round_pages::by_id(&inner.store, school, id)?;
        let classes = class_list::list(&inner.store, school, None)?;
        let first = classes.iter().find(|class| class.students > 0).map(|class| class.name.clone());
        let class = if class.is_empty() { first.unwrap_or_default() } else { class };
        let grid = quantity_grid::of_class(&inner.store, (school, id), &class)?;
        Ok((round, classes, class, grid))
    })
    .await?;
    let lines = grid.lines.into_iter().map(|line| Line {
        cells: line
            .cells
            .into_iter()
            .zip(&grid.items)
            .map(|((item, count), of)| {
                let own = || count.map(|count| count.to_string()).unwrap_or_default();
                (item, typed.get(&(line.id, item)).cloned().unwrap_or_else(own), of.usual)
            })
            .collect(),
        id: line.id,
        code: line.code,
        name: line.name,
    });
    let (name, draft) = (round.name, round.state == "draft");
    let s =
        at.shell.under_word("menu-rounds", "/rounds").under(name.clone(), &format!("/rounds/{id}"));
    let status = if faults.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let lines = lines.collect();
    let items = grid.items;
    let page = Quantities { s, id, name, draft, classes, class, items, lines, faults };
    show_with(status, &page, request)
}
