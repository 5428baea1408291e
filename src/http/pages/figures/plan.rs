//! The page of an authority's plan for going digital: each line that is measured here, and which are not.

use actix_web::{HttpRequest, get, web};
use askama::Template;

use super::lines::{percent, status_class};
use super::{FiguresQuery, figures_url, months, reached, scopes};
use crate::domain::access::Permission;
use crate::domain::reporting_period::ReportingPeriod;
use crate::http::later::Later;
use crate::http::pages::shell::Shell;
use crate::http::pages::visitor::Visitor;
use crate::http::pages::{Page, show};
use crate::http::{Context, on_worker};
use crate::service::digital_plan::{self, PlanLine, Subject};
use crate::service::figure_looks::{self, Looked, Seen};

#[derive(Template)]
#[template(path = "pages/figures/plan.html")]
struct PlanPage {
    s: Shell,
    code: String,
    name: String,
    month: String,
    shown: String,
    months: Vec<(String, String)>,
    rows: Vec<Row>,
}

struct Row {
    subject: Subject,
    target: u32,
    rate: String,
    part: String,
    whole: String,
    status: &'static str,
    class: &'static str,
}

impl Row {
    fn of(line: &PlanLine, s: &Shell) -> Row {
        let figure = line.figure;
        let told = |number: i64| if figure.has_data() { s.number(number) } else { String::new() };
        Row {
            subject: line.subject,
            target: line.target,
            rate: percent(figure, s.language()),
            part: told(figure.numerator()),
            whole: told(figure.denominator()),
            status: line.status().label(s.language()),
            class: status_class(line.status()),
        }
    }
}

/// How the authority's schools stand with the plan.
#[get("/figures/{authority}/plan")]
pub async fn page(
    context: web::Data<Context>,
    visitor: Visitor,
    path: web::Path<String>,
    query: Later<web::Query<FiguresQuery>>,
    request: HttpRequest,
) -> Page {
    visitor.may(Permission::ReadFigures)?;
    let (code, query) = (path.into_inner(), query.now()?.into_inner());
    let month = query.month(&context)?;
    let (months, scopes) = (months(&context), scopes(&visitor, Permission::ReadFigures));
    let (own, actor) = (code.clone(), visitor.who.actor.clone());
    let plan = on_worker(move || {
        let (store, clock) = (&context.store, &*context.clock);
        reached(store, &scopes, &own, ReportingPeriod::Month(month))?;
        figure_looks::note(
            store,
            clock,
            &actor,
            &Looked::authority(&own, Seen::Plan, ReportingPeriod::Month(month)),
        )?;
        digital_plan::of_authority(store, clock, &own, month, context.cashless)
    })
    .await?;
    let mut s = visitor.shell();
    s.crumbs.push((s.t("figures-title"), figures_url(&code, &month.to_string())));
    let rows = plan.lines.iter().map(|line| Row::of(line, &s)).collect();
    let page = PlanPage {
        code,
        name: plan.name,
        month: month.to_string(),
        shown: ReportingPeriod::Month(month).shown(s.language()),
        months,
        rows,
        s,
    };
    show(&page, &request)
}
