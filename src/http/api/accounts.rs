//! What a school's accounts are known by: the days their statements cover, and how their tables are
//! read.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, delete, get, web};
use serde::Deserialize;

use crate::domain::access::Permission;
use crate::domain::calendar::Day;
use crate::http::auth::{Authenticated, school_for};
use crate::http::later::Later;
use crate::http::problem::Problem;
use crate::http::{Context, on_worker};
use crate::service::columns::{self, KeptMapping};
use crate::service::coverage::{self, Coverage};

/// Which days, of which account.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
pub struct CoverageQuery {
    /// The account's number; all of the school's accounts when absent.
    account: Option<String>,
    /// The first day, `YYYY-MM-DD`.
    #[param(value_type = String)]
    from: Day,
    /// The last day, at most a year later.
    #[param(value_type = String)]
    to: Day,
}

/// The days that statements cover, the gaps between them with dates and amounts, and the overlaps.
#[utoipa::path(get, path = "/api/v1/schools/{school}/coverage", tag = "statements", security(("key" = [])),
    params(("school" = String, Path), CoverageQuery),
    responses((status = 200, body = Vec<Coverage>), (status = 404, description = "no such account")))]
#[get("/schools/{school}/coverage")]
pub async fn days(
    context: web::Data<Context>,
    who: Authenticated,
    path: Later<web::Path<String>>,
    query: Later<web::Query<CoverageQuery>>,
) -> Result<HttpResponse, Problem> {
    let school =
        school_for(&context, &who.0, path.now()?.into_inner(), Permission::ReadBooks).await?;
    let CoverageQuery { account, from, to } = query.now()?.into_inner();
    let found =
        on_worker(move || coverage::run(&context.store, school.id, account.as_deref(), from, to))
            .await?;
    Ok(HttpResponse::Ok().json(found))
}

/// How the columns of tables with unknown headings are read, as people said, for each account.
#[utoipa::path(get, path = "/api/v1/schools/{school}/column-mappings", tag = "statements", security(("key" = [])),
    params(("school" = String, Path)), responses((status = 200, body = Vec<KeptMapping>)))]
#[get("/schools/{school}/column-mappings")]
pub async fn mappings(
    context: web::Data<Context>,
    who: Authenticated,
    path: Later<web::Path<String>>,
) -> Result<HttpResponse, Problem> {
    let school =
        school_for(&context, &who.0, path.now()?.into_inner(), Permission::ReadBooks).await?;
    let kept = on_worker(move || columns::list(&context.store, school.id)).await?;
    Ok(HttpResponse::Ok().json(kept))
}

/// Forgets how such tables are read; the next one is asked about again.
#[utoipa::path(delete, path = "/api/v1/schools/{school}/column-mappings/{id}", tag = "statements", security(("key" = [])),
    params(("school" = String, Path), ("id" = i64, Path)),
    responses((status = 204, description = "forgotten"), (status = 404, description = "no such mapping")))]
#[delete("/schools/{school}/column-mappings/{id}")]
pub async fn forget_mapping(
    context: web::Data<Context>,
    who: Authenticated,
    path: Later<web::Path<(String, i64)>>,
) -> Result<HttpResponse, Problem> {
    let (school, id) = path.now()?.into_inner();
    let school = school_for(&context, &who.0, school, Permission::ImportStatements).await?;
    on_worker(move || {
        columns::forget(&context.store, &*context.clock, &who.0.actor, school.id, id)
    })
    .await?;
    Ok(HttpResponse::new(StatusCode::NO_CONTENT))
}
