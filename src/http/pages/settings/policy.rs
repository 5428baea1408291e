//! What the machine may settle alone.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, get, post, web};
use askama::Template;

use crate::domain::access::Permission;
use crate::domain::money::Vnd;
use crate::domain::setting::{Setting, SettingChange, Settings};
use crate::http::pages::fields::attempt;
use crate::http::pages::forms::Faults;
use crate::http::pages::shell::{Said, Shell};
use crate::http::pages::visitor::Visitor;
use crate::http::pages::{Page, go_saying, show as render, show_with};
use crate::http::{Context, on_worker};
use crate::service::fees::refund_limit::{self, RefundLimit};
use crate::service::settings;

#[derive(Template)]
#[template(path = "pages/settings/policy.html")]
struct PolicyPage {
    s: Shell,
    policy: Settings,
    refund_limit: String,
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
    let code = at.school.code.clone();
    let school = at.school.id;
    let (policy, limit) = on_worker(move || {
        let limit = refund_limit::show(&context.store, school)?.limit;
        Ok((settings::show(&context.store, &code)?.settings, limit))
    })
    .await?;
    let (s, refund_limit) = (at.shell.under_settings(), limit.grouped());
    render(&PolicyPage { s, policy, refund_limit, faults: Faults::default() }, &request)
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
    let changes =
        Setting::ALL.map(|setting| SettingChange { setting, on: at.form.has(setting.name()) });
    let despite = at.form.has("despite_misses");
    let (inner, actor, school) = (context.clone(), at.actor.clone(), at.school.id);
    let mut faults = Faults::new(at.lang());
    let typed = at.form.of("refund_limit").to_owned();
    let limit = match typed.trim() {
        "" => None,
        // Every refund takes two persons.
        "0" => Some(Vnd::ZERO),
        typed => faults.dong("refund_limit", typed),
    };
    let policy = Settings {
        settle_in_part: at.form.has(Setting::SettleInPart.name()),
        settle_known_payer: at.form.has(Setting::SettleKnownPayer.name()),
    };
    if !faults.is_empty() {
        let s = at.shell.under_settings();
        let page = PolicyPage { s, policy, refund_limit: typed, faults };
        return show_with(StatusCode::UNPROCESSABLE_ENTITY, &page, &request);
    }
    let done = attempt(move || {
        let (store, clock) = (&inner.store, &*inner.clock);
        settings::set(store, clock, &actor, school, &changes, despite)?;
        if let Some(limit) = limit {
            refund_limit::set(store, clock, &actor, school, RefundLimit { limit })?;
        }
        Ok(())
    })
    .await?;
    match done {
        Ok(()) => {
            let said = Said { key: "settings-policy-set".to_owned(), ..Said::default() };
            go_saying(&at.shell.link("/settings"), &said)
        }
        Err(error) => {
            let faults = Faults::refusal(at.lang(), error)?;
            let s = at.shell.under_settings();
            let page = PolicyPage { s, policy, refund_limit: typed, faults };
            show_with(StatusCode::UNPROCESSABLE_ENTITY, &page, &request)
        }
    }
}
