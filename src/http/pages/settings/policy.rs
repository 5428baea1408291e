//! What the machine may settle alone.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, get, post, web};
use askama::Template;

use crate::domain::access::Permission;
use crate::domain::setting::{Setting, SettingChange, Settings};
use crate::http::pages::fields::attempt;
use crate::http::pages::forms::Faults;
use crate::http::pages::shell::{Said, Shell};
use crate::http::pages::visitor::Visitor;
use crate::http::pages::{Page, go_saying, show as render, show_with};
use crate::http::{Context, on_worker};
use crate::service::settings;

#[derive(Template)]
#[template(path = "pages/settings/policy.html")]
struct PolicyPage {
    s: Shell,
    policy: Settings,
    faults: Faults,
}

/// The form.
#[get("/s/{school}/settings/policy")]
pub async fn show(
    context: web::Data<Context>,
    visitor: Visitor,
    path: web::Path<String>,
    request: HttpRequest,
) -> Page {
    let at = visitor.at(&context, &path, Permission::ManageDirectory).await?;
    at.fresh()?;
    let code = at.school.code.clone();
    let policy = on_worker(move || Ok(settings::show(&context.store, &code)?.settings)).await?;
    render(
        &PolicyPage { s: at.shell.under_settings(), policy, faults: Faults::default() },
        &request,
    )
}

/// Sets it. Known payers are settled for only where the school's own history shows no mistake, unless
/// the person says so all the same.
#[post("/s/{school}/settings/policy")]
pub async fn set(
    context: web::Data<Context>,
    visitor: Visitor,
    path: web::Path<String>,
    request: HttpRequest,
) -> Page {
    let at = visitor.at(&context, &path, Permission::ManageDirectory).await?;
    at.fresh()?;
    let changes =
        Setting::ALL.map(|setting| SettingChange { setting, on: at.form.has(setting.name()) });
    let despite = at.form.has("despite_misses");
    let (inner, actor, school) = (context.clone(), at.actor.clone(), at.school.id);
    let done = attempt(move || {
        settings::set(&inner.store, &*inner.clock, &actor, school, &changes, despite)
    })
    .await?;
    match done {
        Ok(_) => {
            let said = Said { key: "settings-policy-set".to_owned(), ..Said::default() };
            go_saying(&at.shell.link("/settings"), &said)
        }
        Err(error) => {
            let faults = Faults::refusal(at.lang(), error)?;
            let policy = Settings {
                settle_in_part: at.form.has(Setting::SettleInPart.name()),
                settle_known_payer: at.form.has(Setting::SettleKnownPayer.name()),
            };
            let page = PolicyPage { s: at.shell.under_settings(), policy, faults };
            show_with(StatusCode::UNPROCESSABLE_ENTITY, &page, &request)
        }
    }
}
