//! The addresses at which a school's other software is told of events: made, tried, changed, closed.
//! Whoever changes them has proved who they are within the last minutes.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, get, post, web};
use askama::Template;

use crate::domain::access::Permission;
use crate::http::later::Later;
use crate::http::pages::fields::attempt;
use crate::http::pages::forms::Faults;
use crate::http::pages::shell::{Said, Shell};
use crate::http::pages::visitor::{At, Visitor};
use crate::http::pages::{Page, go_saying, show as render, show_with};
use crate::http::problem::Problem;
use crate::http::{Context, on_worker};
use crate::service::ServiceError;
use crate::service::events::{self, EventChange, EventEndpointView, EventKind, NewEventEndpoint};

const FIELDS: [&str; 3] = ["url", "name", "kinds"];

#[derive(Template)]
#[template(path = "pages/settings/subscriber.html")]
struct SubscriberPage {
    s: Shell,
    /// The address that is changed; a new one where there is none.
    endpoint: Option<EventEndpointView>,
    url: String,
    name: String,
    /// The kinds that are ticked.
    kinds: Vec<String>,
    /// A secret that was just made: it is shown this once.
    secret: String,
    faults: Faults,
}

impl SubscriberPage {
    fn kind(&self, kind: &str) -> String {
        self.s.t(format!("settings-kind-{}", kind.replace('.', "-")))
    }

    fn ticked(&self, kind: &str) -> bool {
        self.kinds.iter().any(|one| one == kind)
    }
}

fn under(s: Shell) -> Shell {
    s.under_settings().under_word("settings-events", "/settings/events")
}

fn of_new(at: At, faults: Faults) -> SubscriberPage {
    SubscriberPage {
        url: at.form.of("url").to_owned(),
        name: at.form.of("name").to_owned(),
        kinds: at.form.every("kinds").map(str::to_owned).collect(),
        s: under(at.shell),
        endpoint: None,
        secret: String::new(),
        faults,
    }
}

fn page_of(s: Shell, endpoint: EventEndpointView, secret: Option<String>) -> SubscriberPage {
    SubscriberPage {
        s: under(s),
        url: endpoint.url.clone(),
        name: endpoint.name.clone(),
        kinds: endpoint.kinds.clone(),
        endpoint: Some(endpoint),
        secret: secret.unwrap_or_default(),
        faults: Faults::default(),
    }
}

/// The form for a new address.
#[get("/s/{school}/settings/event-addresses/new")]
pub async fn blank(
    context: web::Data<Context>,
    visitor: Visitor,
    path: web::Path<String>,
    request: HttpRequest,
) -> Page {
    let at = visitor.at(&context, &path, Permission::ManageWebhooks).await?;
    let all = EventKind::ALL.map(|kind| kind.as_str().to_owned()).to_vec();
    render(&SubscriberPage { kinds: all, ..of_new(at, Faults::default()) }, &request)
}

/// Makes an address; its secret stands on the answer and nowhere else.
#[post("/s/{school}/settings/event-addresses/new")]
pub async fn create(
    context: web::Data<Context>,
    visitor: Visitor,
    path: web::Path<String>,
    request: HttpRequest,
) -> Page {
    let at = visitor.at(&context, &path, Permission::ManageWebhooks).await?;
    let new = NewEventEndpoint {
        url: at.form.of("url").trim().to_owned(),
        kinds: at.form.every("kinds").map(str::to_owned).collect(),
        name: at.form.some("name").unwrap_or_default(),
    };
    let mut faults = Faults::new(at.lang());
    faults.valid(&new, &FIELDS);
    if faults.is_empty() {
        let (inner, actor, school) = (context.clone(), at.actor.clone(), at.school.id);
        let done = attempt(move || {
            let ports = (&*inner.clock, &*inner.ids, &*inner.keys);
            events::create(&inner.store, ports, &inner.outbound, &actor, school, &new)
        })
        .await?;
        match done {
            Ok(made) => return render(&page_of(at.shell, made.endpoint, made.secret), &request),
            Err(error) => faults.refused(error)?,
        }
    }
    show_with(StatusCode::UNPROCESSABLE_ENTITY, &of_new(at, faults), &request)
}

/// An address: what it is told, its secrets, whether it is open.
#[get("/s/{school}/settings/event-addresses/{id}")]
pub async fn show(
    context: web::Data<Context>,
    visitor: Visitor,
    path: Later<web::Path<(String, i64)>>,
    request: HttpRequest,
) -> Page {
    let (code, id) = path.now()?.into_inner();
    let at = visitor.at(&context, &code, Permission::ManageWebhooks).await?;
    let endpoint = load(&context, &at, id).await?;
    render(&page_of(at.shell, endpoint, None), &request)
}

/// Changes an address, exchanges or ends a secret, sends a trial, closes or opens it.
#[post("/s/{school}/settings/event-addresses/{id}")]
pub async fn change(
    context: web::Data<Context>,
    visitor: Visitor,
    path: Later<web::Path<(String, i64)>>,
    request: HttpRequest,
) -> Page {
    let (code, id) = path.now()?.into_inner();
    let at = visitor.at(&context, &code, Permission::ManageWebhooks).await?;
    let (change, key) = asked(&at)?;
    let (inner, actor, named) = (context.clone(), at.actor.clone(), (at.school.id, id));
    let done = attempt(move || {
        let ports = (&*inner.clock, &*inner.ids, &*inner.keys);
        events::change(&inner.store, ports, &inner.outbound, &actor, named, &change)
    })
    .await?;
    match done {
        Ok(made) if made.secret.is_some() => {
            render(&page_of(at.shell, made.endpoint, made.secret), &request)
        }
        Ok(_) => {
            let to = at.shell.link(format!("/settings/event-addresses/{id}"));
            go_saying(&to, &Said { key: key.to_owned(), ..Said::default() })
        }
        Err(error @ ServiceError::NotFound(_)) => Err(error.into()),
        Err(error) => {
            let faults = Faults::refusal(at.lang(), error)?;
            let endpoint = load(&context, &at, id).await?;
            let url = at.form.some("url").unwrap_or_else(|| endpoint.url.clone());
            let page = SubscriberPage { url, faults, ..page_of(at.shell, endpoint, None) };
            show_with(StatusCode::UNPROCESSABLE_ENTITY, &page, &request)
        }
    }
}

/// What a button asks for, and the words for having done it.
fn asked(at: &At) -> Result<(EventChange, &'static str), Problem> {
    Ok(match at.form.of("what") {
        "rotate" => (EventChange::Rotate, "settings-rotated"),
        "retire" => {
            let secret = at.form.of("id").parse().map_err(|_no_number| Problem::no_such_page())?;
            (EventChange::Retire { secret }, "settings-retired")
        }
        "close" => (EventChange::Close, "settings-address-closed"),
        "open" => (EventChange::Open, "settings-address-opened"),
        "test" => (EventChange::Test, "settings-address-tried"),
        "url" => {
            let url = at.form.of("url").trim().to_owned();
            (EventChange::Url { url }, "settings-address-changed")
        }
        "kinds" => {
            let kinds = at.form.every("kinds").map(str::to_owned).collect();
            (EventChange::Kinds { kinds }, "settings-address-changed")
        }
        _ => return Err(Problem::no_such_page()),
    })
}

async fn load(
    context: &web::Data<Context>,
    at: &At,
    id: i64,
) -> Result<EventEndpointView, Problem> {
    let (inner, school) = (context.clone(), at.school.id);
    on_worker(move || {
        let found = events::list(&inner.store, school)?;
        found.into_iter().find(|one| one.id == id).ok_or_else(|| {
            ServiceError::not_found(
                "event_endpoint",
                "địa chỉ nhận sự kiện",
                "event endpoint",
                &id.to_string(),
            )
        })
    })
    .await
}
