//! The addresses at which banks and providers tell a school of money: made, their secrets exchanged,
//! closed. Whoever changes them has proved who they are within the last minutes.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, get, post, web};
use askama::Template;

use crate::domain::access::Permission;
use crate::domain::notification::Provider;
use crate::http::later::Later;
use crate::http::pages::fields::{Fields, attempt};
use crate::http::pages::forms::Faults;
use crate::http::pages::shell::{Said, Shell};
use crate::http::pages::visitor::{At, Visitor};
use crate::http::pages::{Page, go_saying, show as render, show_with};
use crate::http::problem::Problem;
use crate::http::{Context, on_worker};
use crate::service::ServiceError;
use crate::service::webhooks::{self, Change, EndpointView, NewEndpoint};

const FIELDS: [&str; 6] = ["provider", "scheme", "name", "account", "client", "secret"];

#[derive(Template)]
#[template(path = "pages/settings/endpoint-new.html")]
struct NewPage {
    s: Shell,
    typed: Fields,
    faults: Faults,
}

impl NewPage {
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "templates pass references")]
    fn provider(&self, provider: &Provider) -> String {
        provider.label(self.s.language()).to_owned()
    }
}

#[derive(Template)]
#[template(path = "pages/settings/endpoint.html")]
struct EndpointPage {
    s: Shell,
    endpoint: EndpointView,
    /// Its whole address.
    address: String,
    /// A secret that was just made: it is shown this once.
    secret: String,
    faults: Faults,
}

/// The form for a new address.
#[get("/s/{school}/settings/notification-addresses/new")]
pub async fn blank(
    context: web::Data<Context>,
    visitor: Visitor,
    path: web::Path<String>,
    request: HttpRequest,
) -> Page {
    let at = visitor.at(&context, &path, Permission::ManageWebhooks).await?;
    render(&of_new(at, Faults::default()), &request)
}

fn of_new(at: At, faults: Faults) -> NewPage {
    NewPage { s: under(at.shell), typed: at.form, faults }
}

fn under(s: Shell) -> Shell {
    s.under_settings().under_word("settings-notifications", "/settings/notifications")
}

/// Makes an address; a secret that we make stands on the answer and nowhere else.
#[post("/s/{school}/settings/notification-addresses/new")]
pub async fn create(
    context: web::Data<Context>,
    visitor: Visitor,
    path: web::Path<String>,
    request: HttpRequest,
) -> Page {
    let at = visitor.at(&context, &path, Permission::ManageWebhooks).await?;
    let form = &at.form;
    let new = NewEndpoint {
        provider: form.of("provider").to_owned(),
        scheme: form.some("scheme"),
        name: form.some("name").unwrap_or_default(),
        account: form.some("account"),
        client: form.some("client"),
        secret: form.some("secret"),
    };
    let mut faults = Faults::new(at.lang());
    faults.valid(&new, &FIELDS);
    if faults.is_empty() {
        let (inner, actor, school) = (context.clone(), at.actor.clone(), at.school.id);
        let done = attempt(move || {
            let ports = (&*inner.clock, &*inner.ids, &*inner.keys);
            webhooks::create(&inner.store, ports, &actor, school, &new)
        })
        .await?;
        match done {
            Ok(made) => {
                let page = page_of(&context, at.shell, made.endpoint, made.secret);
                return render(&page, &request);
            }
            Err(error) => faults.refused(error)?,
        }
    }
    show_with(StatusCode::UNPROCESSABLE_ENTITY, &of_new(at, faults), &request)
}

fn page_of(
    context: &Context,
    s: Shell,
    endpoint: EndpointView,
    secret: Option<String>,
) -> EndpointPage {
    EndpointPage {
        address: format!("{}{}", context.origin, endpoint.path),
        s: under(s),
        endpoint,
        secret: secret.unwrap_or_default(),
        faults: Faults::default(),
    }
}

/// An address: what to give to the provider, its secrets, whether it is open.
#[get("/s/{school}/settings/notification-addresses/{endpoint}")]
pub async fn show(
    context: web::Data<Context>,
    visitor: Visitor,
    path: Later<web::Path<(String, String)>>,
    request: HttpRequest,
) -> Page {
    let (code, id) = path.now()?.into_inner();
    let at = visitor.at(&context, &code, Permission::ManageWebhooks).await?;
    let endpoint = load(&context, &at, id).await?;
    render(&page_of(&context, at.shell, endpoint, None), &request)
}

/// Exchanges a secret, ends the old one, closes the address or opens it again.
#[post("/s/{school}/settings/notification-addresses/{endpoint}")]
pub async fn change(
    context: web::Data<Context>,
    visitor: Visitor,
    path: Later<web::Path<(String, String)>>,
    request: HttpRequest,
) -> Page {
    let (code, id) = path.now()?.into_inner();
    let at = visitor.at(&context, &code, Permission::ManageWebhooks).await?;
    let (change, key) = match at.form.of("what") {
        "rotate" => (Change::Rotate { secret: at.form.some("secret") }, "settings-rotated"),
        "retire" => {
            let secret = at.form.of("id").parse().map_err(|_no_number| Problem::no_such_page())?;
            (Change::Retire { secret }, "settings-retired")
        }
        "close" => (Change::Close, "settings-address-closed"),
        "open" => (Change::Open, "settings-address-opened"),
        _ => return Err(Problem::no_such_page().into()),
    };
    let (inner, actor, school, named) =
        (context.clone(), at.actor.clone(), at.school.id, id.clone());
    let done = attempt(move || {
        let ports = (&*inner.clock, &*inner.ids, &*inner.keys);
        webhooks::change(&inner.store, ports, &actor, (school, &named), &change)
    })
    .await?;
    context.receiver.forget(&id);
    let to = at.shell.link(format!("/settings/notification-addresses/{id}"));
    match done {
        Ok(made) if made.secret.is_some() => {
            render(&page_of(&context, at.shell, made.endpoint, made.secret), &request)
        }
        Ok(_) => go_saying(&to, &Said { key: key.to_owned(), ..Said::default() }),
        Err(error @ ServiceError::NotFound(_)) => Err(error.into()),
        Err(error) => {
            let faults = Faults::refusal(at.lang(), error)?;
            let endpoint = load(&context, &at, id).await?;
            let page = EndpointPage { faults, ..page_of(&context, at.shell, endpoint, None) };
            show_with(StatusCode::UNPROCESSABLE_ENTITY, &page, &request)
        }
    }
}

async fn load(context: &web::Data<Context>, at: &At, id: String) -> Result<EndpointView, Problem> {
    let (inner, school) = (context.clone(), at.school.id);
    on_worker(move || {
        let found = webhooks::list(&inner.store, &*inner.clock, school)?;
        found.into_iter().find(|one| one.id == id).ok_or_else(|| {
            ServiceError::not_found("endpoint", "địa chỉ nhận thông báo", "endpoint", &id)
        })
    })
    .await
}

impl EndpointPage {
    fn scheme(&self) -> String {
        self.s.t(format!("settings-scheme-{}", self.endpoint.scheme))
    }
}
