//! Notifications that came and events that went out: what became of each, and trying again.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, get, post, web};
use askama::Template;

use crate::domain::access::Permission;
use crate::http::later::Later;
use crate::http::pages::fields::{Fields, address, attempt};
use crate::http::pages::forms::Faults;
use crate::http::pages::shell::{Said, Shell};
use crate::http::pages::visitor::{At, Visitor};
use crate::http::pages::{Page, go_saying, show as render, show_with};
use crate::http::problem::Problem;
use crate::http::{Context, on_worker};
use crate::service::events::deliveries::{self, AskedEvents, EventDeliveryView};
use crate::service::events::{self, EventEndpointView};
use crate::service::inbox::view::{self as inbox, Asked, DeliveryView};
use crate::service::webhooks::{self, EndpointView};

/// How many a page shows.
const PAGE: u32 = 50;

#[derive(Template)]
#[template(path = "pages/settings/notifications.html")]
struct Notifications {
    s: Shell,
    endpoints: Vec<EndpointView>,
    rows: Vec<DeliveryView>,
    state: String,
    next: String,
    faults: Faults,
}

#[derive(Template)]
#[template(path = "pages/settings/events.html")]
struct Events {
    s: Shell,
    endpoints: Vec<EventEndpointView>,
    rows: Vec<EventDeliveryView>,
    state: String,
    next: String,
    faults: Faults,
}

/// What providers told us.
#[get("/s/{school}/settings/notifications")]
pub async fn notifications(
    context: web::Data<Context>,
    visitor: Visitor,
    path: web::Path<String>,
    request: HttpRequest,
) -> Page {
    let at = visitor.at(&context, &path, Permission::ReadBooks).await?;
    let asked = Fields::parse(request.query_string().as_bytes());
    render(&load_notifications(&context, at, &asked, Faults::default()).await?, &request)
}

/// Has one handled again.
#[post("/s/{school}/settings/notifications/{delivery}")]
pub async fn handle_again(
    context: web::Data<Context>,
    visitor: Visitor,
    path: Later<web::Path<(String, i64)>>,
    request: HttpRequest,
) -> Page {
    let (code, id) = path.now()?.into_inner();
    let at = visitor.at(&context, &code, Permission::RetryDeliveries).await?;
    let (inner, actor, school) = (context.clone(), at.actor.clone(), at.school.id);
    let done =
        attempt(move || inbox::replay(&inner.store, &*inner.clock, &actor, school, id)).await?;
    if let Err(error) = done {
        let faults = Faults::refusal(at.lang(), error)?;
        let page = load_notifications(&context, at, &Fields::default(), faults).await?;
        return show_with(StatusCode::UNPROCESSABLE_ENTITY, &page, &request);
    }
    let said = Said { key: "settings-handled-again".to_owned(), ..Said::default() };
    go_saying(&at.shell.link("/settings/notifications"), &said)
}

async fn load_notifications(
    context: &web::Data<Context>,
    at: At,
    asked: &Fields,
    faults: Faults,
) -> Result<Notifications, Problem> {
    let state = state_of(asked);
    let wanted = Asked {
        endpoint: None,
        state: Some(state.clone()).filter(|state| !state.is_empty()),
        before: asked.of("before").parse().ok(),
        limit: PAGE,
    };
    let (inner, school) = (context.clone(), at.school.id);
    let (endpoints, rows) = on_worker(move || {
        let endpoints = webhooks::list(&inner.store, &*inner.clock, school)?;
        Ok((endpoints, inbox::page(&inner.store, school, &wanted)?))
    })
    .await?;
    let path = at.shell.link("/settings/notifications");
    let next = next(&path, &state, rows.len(), rows.last().map(|row| row.id));
    Ok(Notifications { s: at.shell.under_settings(), endpoints, rows, state, next, faults })
}

/// What we told other programs.
#[get("/s/{school}/settings/events")]
pub async fn sent(
    context: web::Data<Context>,
    visitor: Visitor,
    path: web::Path<String>,
    request: HttpRequest,
) -> Page {
    let at = visitor.at(&context, &path, Permission::ReadBooks).await?;
    let asked = Fields::parse(request.query_string().as_bytes());
    render(&load_events(&context, at, &asked, Faults::default()).await?, &request)
}

/// Has one sent again.
#[post("/s/{school}/settings/events/{delivery}")]
pub async fn send_again(
    context: web::Data<Context>,
    visitor: Visitor,
    path: Later<web::Path<(String, i64)>>,
    request: HttpRequest,
) -> Page {
    let (code, id) = path.now()?.into_inner();
    let at = visitor.at(&context, &code, Permission::RetryDeliveries).await?;
    let (inner, actor, school) = (context.clone(), at.actor.clone(), at.school.id);
    let done = attempt(move || deliveries::replay(&inner.store, &*inner.clock, &actor, school, id))
        .await?;
    if let Err(error) = done {
        let faults = Faults::refusal(at.lang(), error)?;
        let page = load_events(&context, at, &Fields::default(), faults).await?;
        return show_with(StatusCode::UNPROCESSABLE_ENTITY, &page, &request);
    }
    let said = Said { key: "settings-sent-again".to_owned(), ..Said::default() };
    go_saying(&at.shell.link("/settings/events"), &said)
}

async fn load_events(
    context: &web::Data<Context>,
    at: At,
    asked: &Fields,
    faults: Faults,
) -> Result<Events, Problem> {
    let state = state_of(asked);
    let wanted = AskedEvents {
        endpoint: None,
        state: Some(state.clone()).filter(|state| !state.is_empty()),
        before: asked.of("before").parse().ok(),
        limit: PAGE,
    };
    let (inner, school) = (context.clone(), at.school.id);
    let (endpoints, rows) = on_worker(move || {
        let endpoints = events::list(&inner.store, school)?;
        Ok((endpoints, deliveries::page(&inner.store, school, &wanted)?))
    })
    .await?;
    let path = at.shell.link("/settings/events");
    let next = next(&path, &state, rows.len(), rows.last().map(|row| row.id));
    Ok(Events { s: at.shell.under_settings(), endpoints, rows, state, next, faults })
}

fn state_of(asked: &Fields) -> String {
    match asked.of("state") {
        state @ ("waiting" | "done" | "sent" | "dead") => state.to_owned(),
        _ => String::new(),
    }
}

fn next(path: &str, state: &str, shown: usize, last: Option<i64>) -> String {
    let full = usize::try_from(PAGE).is_ok_and(|page| shown >= page);
    last.filter(|_| full)
        .map(|id| address(path, &[("state", state), ("before", &id.to_string())]))
        .unwrap_or_default()
}
