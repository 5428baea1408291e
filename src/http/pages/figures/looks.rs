//! Who looked at an authority's figures.

use actix_web::{HttpRequest, get, web};
use askama::Template;
use serde::Deserialize;

use super::{figures_url, reached, scopes};
use crate::clock::local_day;
use crate::domain::access::Permission;
use crate::domain::period::Month;
use crate::domain::reporting_period::ReportingPeriod;
use crate::http::later::Later;
use crate::http::pages::error::encoded;
use crate::http::pages::shell::Shell;
use crate::http::pages::visitor::Visitor;
use crate::http::pages::{Page, show};
use crate::http::problem::Problem;
use crate::http::{Context, on_worker};
use crate::service::figure_looks::{self as looks, FigureLook};

#[derive(Template)]
#[template(path = "pages/figures/looks.html")]
struct LooksPage {
    s: Shell,
    rows: Vec<FigureLook>,
    next: String,
}

impl LooksPage {
    fn what(&self, look: &FigureLook) -> String {
        self.s.t(format!("figures-seen-{}", look.what))
    }

    /// The period in words; days that are no month, term or year as they are.
    fn period(&self, look: &FigureLook) -> String {
        let read = look.period.parse::<ReportingPeriod>();
        read.map_or_else(|_days| look.period.clone(), |period| period.shown(self.s.language()))
    }
}

/// Where the page begins.
#[derive(Debug, Deserialize)]
pub struct LooksQuery {
    before: Option<i64>,
}

/// Who looked, when, at what; the last first.
#[get("/figures/{authority}/looks")]
pub async fn looks_page(
    context: web::Data<Context>,
    visitor: Visitor,
    path: web::Path<String>,
    query: Later<web::Query<LooksQuery>>,
    request: HttpRequest,
) -> Page {
    visitor.may(Permission::ReadFigures)?;
    let (code, query) = (path.into_inner(), query.now()?.into_inner());
    let scopes = scopes(&visitor, Permission::ReadFigures);
    let today = local_day(context.clock.now());
    let month = Month::of(today).ok_or_else(Problem::no_such_page)?;
    let own = code.clone();
    let (rows, next) = on_worker(move || {
        reached(&context.store, &scopes, &own, ReportingPeriod::Month(month))?;
        looks::page(&context.store, &own, query.before)
    })
    .await?;
    let next = next.map(|id| format!("/figures/{}/looks?before={id}", encoded(&code)));
    let mut s = visitor.shell();
    s.crumbs.push((s.t("figures-title"), figures_url(&code, &month.to_string())));
    show(&LooksPage { s, rows, next: next.unwrap_or_default() }, &request)
}
