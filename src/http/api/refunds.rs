//! Credit that goes back to families. These answers name accounts of persons, so that they are for the
//! school's accountants only.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, get, post, web};
use serde::Deserialize;

use super::idempotency::Once;
use crate::domain::access::Permission;
use crate::http::auth::{Authenticated, school_for};
use crate::http::later::Later;
use crate::http::problem::Problem;
use crate::http::valid::Valid;
use crate::http::{Context, on_worker};
use crate::service::fees::refunds::{self, RefundEnd, RefundTerms, RefundView};

/// Which refunds.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
pub struct RefundQuery {
    /// `ordered`, `paid` or `cancelled`; all when absent.
    state: Option<String>,
}

/// The states a refund can be in.
const STATES: [&str; 3] = ["ordered", "paid", "cancelled"];

/// The refunds of a school, newest first.
#[utoipa::path(get, path = "/api/v1/schools/{school}/refunds", tag = "refunds", security(("key" = [])),
    params(("school" = String, Path), RefundQuery), responses((status = 200, body = Vec<RefundView>)))]
#[get("/schools/{school}/refunds")]
pub async fn list(
    context: web::Data<Context>,
    who: Authenticated,
    path: Later<web::Path<String>>,
    query: Later<web::Query<RefundQuery>>,
) -> Result<HttpResponse, Problem> {
    let school =
        school_for(&context, &who.0, path.now()?.into_inner(), Permission::ReadBooks).await?;
    let RefundQuery { state } = query.now()?.into_inner();
    if state.as_deref().is_some_and(|state| !STATES.contains(&state)) {
        return Err(Problem::bad_request(
            "state",
            "Tham số state phải là ordered, paid hoặc cancelled.",
            "The parameter state must be ordered, paid or cancelled.",
        ));
    }
    let found =
        on_worker(move || refunds::list(&context.store, school.id, state.as_deref())).await?;
    Ok(HttpResponse::Ok().json(found))
}

/// Orders a refund: the family's credit is kept for it, the oldest first.
#[utoipa::path(post, path = "/api/v1/schools/{school}/refunds", tag = "refunds", security(("key" = [])),
    params(("school" = String, Path), ("Idempotency-Key" = String, Header)), request_body = RefundTerms,
    responses((status = 200, body = RefundView), (status = 409, description = "not enough credit")))]
#[post("/schools/{school}/refunds")]
pub async fn order(
    context: web::Data<Context>,
    who: Authenticated,
    path: Later<web::Path<String>>,
    request: HttpRequest,
    body: Later<Valid<RefundTerms>>,
) -> Result<HttpResponse, Problem> {
    let school = school_for(&context, &who.0, path.now()?.into_inner(), Permission::Decide).await?;
    let wanted = body.now()?.into_inner();
    let once = Once::of_body(&request, &who.0, &wanted)?;
    once.carry_out(&context, StatusCode::OK, move |inner| {
        refunds::order(&inner.store, &*inner.clock, &who.0.actor, school.id, &wanted)
    })
    .await
}

/// Says that a refund was paid, or cancels it: then the money is credit again.
#[utoipa::path(post, path = "/api/v1/schools/{school}/refunds/{id}/end", tag = "refunds", security(("key" = [])),
    params(("school" = String, Path), ("id" = i64, Path), ("Idempotency-Key" = String, Header)),
    request_body = RefundEnd,
    responses((status = 200, body = RefundView), (status = 409, description = "paid or cancelled already")))]
#[post("/schools/{school}/refunds/{id}/end")]
pub async fn end(
    context: web::Data<Context>,
    who: Authenticated,
    path: Later<web::Path<(String, i64)>>,
    request: HttpRequest,
    body: Later<Valid<RefundEnd>>,
) -> Result<HttpResponse, Problem> {
    let (school, id) = path.now()?.into_inner();
    let school = school_for(&context, &who.0, school, Permission::Decide).await?;
    let wanted = body.now()?.into_inner();
    let once = Once::of_body(&request, &who.0, &wanted)?;
    once.carry_out(&context, StatusCode::OK, move |inner| {
        refunds::close(&inner.store, &*inner.clock, &who.0.actor, (school.id, id), &wanted)
    })
    .await
}
