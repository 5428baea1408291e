//! Settings of a school: what it is, where money arrives, what the machine may do, who is told.

mod accounts;
mod deliveries;
mod endpoints;
mod policy;
mod subscribers;
mod system;

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, get, post, web};
use askama::Template;

use super::fields::attempt;
use super::forms::Faults;
use super::routes::{form, page};
use super::shell::{Said, Shell};
use super::visitor::{At, Visitor};
use super::{Page, go_saying, show as render, show_with};
use crate::domain::access::Permission;
use crate::domain::setting::Settings;
use crate::http::api::routes::{Needs, Route};
use crate::http::later::Later;
use crate::http::problem::Problem;
use crate::http::{Context, on_worker};
use crate::service::accounts::AccountView;
use crate::service::columns::{self, KeptMapping};
use crate::service::organisation::school::{self as schools, SchoolDetail};
use crate::service::{accounts as account_list, settings};

const BOOKS: Needs = Needs::AtSchool(Permission::ReadBooks);
const DIRECTORY: Needs = Needs::AtSchool(Permission::ManageDirectory);
const WEBHOOKS: Needs = Needs::AtSchool(Permission::ManageWebhooks);
const RETRY: Needs = Needs::AtSchool(Permission::RetryDeliveries);
const KEYS: Needs = Needs::Installation(Permission::ManageKeys);

/// What visitors need.
pub const ROUTES: &[Route] = &[
    page("/s/{school}/settings", BOOKS),
    page("/s/{school}/settings/accounts/new", DIRECTORY).fresh(),
    form("/s/{school}/settings/accounts/new", DIRECTORY).fresh(),
    page("/s/{school}/settings/accounts/{account}", DIRECTORY).fresh(),
    form("/s/{school}/settings/accounts/{account}", DIRECTORY).fresh(),
    page("/s/{school}/settings/accounts/{account}/trial.svg", BOOKS),
    page("/s/{school}/settings/policy", DIRECTORY).fresh(),
    form("/s/{school}/settings/policy", DIRECTORY).fresh(),
    form("/s/{school}/settings/columns/{mapping}", Needs::AtSchool(Permission::ImportStatements))
        .fresh(),
    page("/s/{school}/settings/notifications", BOOKS),
    form("/s/{school}/settings/notifications/{delivery}", RETRY),
    page("/s/{school}/settings/notification-addresses/new", WEBHOOKS).fresh(),
    form("/s/{school}/settings/notification-addresses/new", WEBHOOKS).fresh(),
    page("/s/{school}/settings/notification-addresses/{endpoint}", WEBHOOKS),
    form("/s/{school}/settings/notification-addresses/{endpoint}", WEBHOOKS).fresh(),
    page("/s/{school}/settings/event-addresses/new", WEBHOOKS).fresh(),
    form("/s/{school}/settings/event-addresses/new", WEBHOOKS).fresh(),
    page("/s/{school}/settings/event-addresses/{id}", WEBHOOKS),
    form("/s/{school}/settings/event-addresses/{id}", WEBHOOKS).fresh(),
    page("/s/{school}/settings/events", BOOKS),
    form("/s/{school}/settings/events/{delivery}", RETRY),
    page("/system", KEYS),
    form("/system/keys", KEYS).fresh(),
    form("/system/keys/{key}", KEYS).fresh(),
];

/// Adds the pages.
pub fn routes(config: &mut web::ServiceConfig) {
    config
        .service(show)
        .service(accounts::blank)
        .service(accounts::add)
        .service(accounts::trial)
        .service(accounts::edit)
        .service(accounts::change)
        .service(policy::show)
        .service(policy::set)
        .service(forget)
        .service(deliveries::notifications)
        .service(deliveries::handle_again)
        .service(deliveries::sent)
        .service(deliveries::send_again)
        .service(endpoints::blank)
        .service(endpoints::create)
        .service(endpoints::show)
        .service(endpoints::change)
        .service(subscribers::blank)
        .service(subscribers::create)
        .service(subscribers::show)
        .service(subscribers::change)
        .service(system::show)
        .service(system::create_key)
        .service(system::revoke_key);
}

#[derive(Template)]
#[template(path = "pages/settings/settings.html")]
struct SettingsPage {
    s: Shell,
    detail: SchoolDetail,
    accounts: Vec<AccountView>,
    policy: Settings,
    mappings: Vec<KeptMapping>,
    faults: Faults,
}

impl SettingsPage {
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "templates pass references")]
    fn level(&self, level: &crate::domain::organisation::Level) -> String {
        self.s.t(format!("settings-level-{}", level.as_str()))
    }
}

/// Everything that is set for a school.
#[get("/s/{school}/settings")]
pub async fn show(
    context: web::Data<Context>,
    visitor: Visitor,
    path: web::Path<String>,
    request: HttpRequest,
) -> Page {
    let at = visitor.at(&context, &path, Permission::ReadBooks).await?;
    render(&load(&context, at, Faults::default()).await?, &request)
}

/// Forgets how the columns of a table are read: the next such file is asked about again.
#[post("/s/{school}/settings/columns/{mapping}")]
pub async fn forget(
    context: web::Data<Context>,
    visitor: Visitor,
    path: Later<web::Path<(String, i64)>>,
    request: HttpRequest,
) -> Page {
    let (code, id) = path.now()?.into_inner();
    let at = visitor.at(&context, &code, Permission::ImportStatements).await?;
    let (inner, actor, school) = (context.clone(), at.actor.clone(), at.school.id);
    let done =
        attempt(move || columns::forget(&inner.store, &*inner.clock, &actor, school, id)).await?;
    if let Err(error) = done {
        let faults = Faults::refusal(at.lang(), error)?;
        let page = load(&context, at, faults).await?;
        return show_with(StatusCode::UNPROCESSABLE_ENTITY, &page, &request);
    }
    let said = Said { key: "settings-columns-forgotten".to_owned(), ..Said::default() };
    go_saying(&at.shell.link("/settings"), &said)
}

async fn load(
    context: &web::Data<Context>,
    at: At,
    faults: Faults,
) -> Result<SettingsPage, Problem> {
    let (inner, school, code) = (context.clone(), at.school.id, at.school.code.clone());
    let (detail, accounts, policy, mappings) = on_worker(move || {
        Ok((
            schools::show(&inner.store, &code)?,
            account_list::list(&inner.store, &*inner.clock, school)?,
            settings::show(&inner.store, &code)?.settings,
            columns::list(&inner.store, school)?,
        ))
    })
    .await?;
    Ok(SettingsPage { s: at.shell, detail, accounts, policy, mappings, faults })
}

impl Shell {
    /// The same below the settings.
    fn under_settings(self) -> Shell {
        let words = self.t("menu-settings");
        self.under(words, "/settings")
    }
}
