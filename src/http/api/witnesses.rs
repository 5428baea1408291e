//! The standing report on announcements and statements.

use actix_web::{HttpResponse, get, web};
use serde::Deserialize;

use crate::domain::access::Permission;
use crate::domain::calendar::Day;
use crate::http::auth::{Authenticated, school_for};
use crate::http::later::Later;
use crate::http::problem::Problem;
use crate::http::{Context, on_worker};
use crate::service::witnesses::{self, USUAL_BANKING_DAYS, WitnessReport};

/// How long an announced payment may take, and from which day on to look.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
pub struct WitnessQuery {
    /// Banking days an announced payment has to come on a statement; 2 when absent.
    banking_days: Option<u32>,
    /// The first day, `YYYY-MM-DD`; 400 days back when absent.
    #[param(value_type = Option<String>)]
    since: Option<Day>,
}

/// Announced and never on a statement, on a statement and never announced, joined by hand; with sums.
#[utoipa::path(get, path = "/api/v1/schools/{school}/witnesses", tag = "webhooks", security(("key" = [])),
    params(("school" = String, Path), WitnessQuery), responses((status = 200, body = WitnessReport)))]
#[get("/schools/{school}/witnesses")]
pub async fn show(
    context: web::Data<Context>,
    who: Authenticated,
    path: Later<web::Path<String>>,
    query: Later<web::Query<WitnessQuery>>,
) -> Result<HttpResponse, Problem> {
    let school =
        school_for(&context, &who.0, path.now()?.into_inner(), Permission::ReadBooks).await?;
    let query = query.now()?.into_inner();
    let asked = (query.banking_days.unwrap_or(USUAL_BANKING_DAYS).min(60), query.since);
    let report =
        on_worker(move || witnesses::run(&context.store, &*context.clock, school.id, asked))
            .await?;
    Ok(HttpResponse::Ok().json(report))
}
