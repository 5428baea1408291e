//! What gateways paid out: which payments each payout contains, and what persons say of it.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, get, post, put, web};
use serde::Deserialize;

use super::idempotency::Once;
use crate::domain::access::Permission;
use crate::domain::calendar::Day;
use crate::domain::id::PaymentId;
use crate::http::auth::{Authenticated, school_for};
use crate::http::later::Later;
use crate::http::problem::Problem;
use crate::http::valid::Valid;
use crate::http::{Context, on_worker};
use crate::service::payouts::{
    self, Asked, Assignment, GatewayView, NewTerms, PayoutView, Payouts, Release,
};

/// Which matched payouts.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
pub struct PayoutsQuery {
    /// Only those that arrived on this day or later, `YYYY-MM-DD`.
    #[param(value_type = Option<String>)]
    from: Option<Day>,
    /// Only those that arrived on this day or before.
    #[param(value_type = Option<String>)]
    to: Option<Day>,
}

/// What gateways paid out with the payments each payout contains, what is not certain, and what each
/// gateway still holds. What is open is shown whatever days are asked for.
#[utoipa::path(get, path = "/api/v1/schools/{school}/payouts", tag = "payouts", security(("key" = [])),
    params(("school" = String, Path), PayoutsQuery), responses((status = 200, body = Payouts)))]
#[get("/schools/{school}/payouts")]
pub async fn list(
    context: web::Data<Context>,
    who: Authenticated,
    path: Later<web::Path<String>>,
    query: Later<web::Query<PayoutsQuery>>,
) -> Result<HttpResponse, Problem> {
    let school =
        school_for(&context, &who.0, path.now()?.into_inner(), Permission::ReadBooks).await?;
    let PayoutsQuery { from, to } = query.now()?.into_inner();
    let asked = Asked { from, to };
    let found = on_worker(move || payouts::list(&context.store, school.id, asked)).await?;
    Ok(HttpResponse::Ok().json(found))
}

/// Says which payments of a gateway a payout contains. Refused unless they add up to it with a fee
/// that the gateway may keep.
#[utoipa::path(post, path = "/api/v1/schools/{school}/payouts/{id}/assign", tag = "payouts", security(("key" = [])),
    params(("school" = String, Path), ("id" = i64, Path), ("Idempotency-Key" = String, Header)),
    request_body = Assignment,
    responses((status = 200, body = PayoutView), (status = 409, description = "does not add up, or decided otherwise")))]
#[post("/schools/{school}/payouts/{id}/assign")]
pub async fn assign(
    context: web::Data<Context>,
    who: Authenticated,
    path: Later<web::Path<(String, i64)>>,
    request: HttpRequest,
    body: Later<Valid<Assignment>>,
) -> Result<HttpResponse, Problem> {
    let (school, id) = path.now()?.into_inner();
    let school = school_for(&context, &who.0, school, Permission::Decide).await?;
    let wanted = body.now()?.into_inner();
    let once = Once::of_body(&request, &who.0, &wanted)?;
    once.carry_out(&context, StatusCode::OK, move |inner| {
        let at = (school.id, PaymentId(id));
        payouts::assign(&inner.store, &*inner.clock, &who.0.actor, at, &wanted)
    })
    .await
}

/// Takes a match back. The payout stays open until a person matches it, unless `to_machine` is set.
#[utoipa::path(post, path = "/api/v1/schools/{school}/payouts/{id}/release", tag = "payouts", security(("key" = [])),
    params(("school" = String, Path), ("id" = i64, Path), ("Idempotency-Key" = String, Header)),
    request_body = Release,
    responses((status = 200, body = Payouts), (status = 409, description = "not matched")))]
#[post("/schools/{school}/payouts/{id}/release")]
pub async fn release(
    context: web::Data<Context>,
    who: Authenticated,
    path: Later<web::Path<(String, i64)>>,
    request: HttpRequest,
    body: Later<Valid<Release>>,
) -> Result<HttpResponse, Problem> {
    let (school, id) = path.now()?.into_inner();
    let school = school_for(&context, &who.0, school, Permission::Decide).await?;
    let wanted = body.now()?.into_inner();
    let once = Once::of_body(&request, &who.0, &wanted)?;
    once.carry_out(&context, StatusCode::OK, move |inner| {
        let at = (school.id, PaymentId(id));
        payouts::release(&inner.store, &*inner.clock, &who.0.actor, at, &wanted)
    })
    .await
}

/// Says what is agreed with a gateway; what it paid out is matched again. Sent twice it says the same.
#[utoipa::path(put, path = "/api/v1/schools/{school}/payouts/terms", tag = "payouts", security(("key" = [])),
    params(("school" = String, Path)), request_body = NewTerms,
    responses((status = 200, body = GatewayView), (status = 404, description = "no such account at a gateway")))]
#[put("/schools/{school}/payouts/terms")]
pub async fn set_terms(
    context: web::Data<Context>,
    who: Authenticated,
    path: Later<web::Path<String>>,
    body: Later<Valid<NewTerms>>,
) -> Result<HttpResponse, Problem> {
    let school =
        school_for(&context, &who.0, path.now()?.into_inner(), Permission::ManageDirectory).await?;
    let new = body.now()?.into_inner();
    let set = on_worker(move || {
        payouts::set_terms(&context.store, &*context.clock, &who.0.actor, school.id, &new)
    })
    .await?;
    Ok(HttpResponse::Ok().json(set))
}
