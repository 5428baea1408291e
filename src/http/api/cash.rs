//! Money that is not a transfer: vouchers, card slips, what was carried to the bank, the cash book.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, get, post, web};
use serde::{Deserialize, Serialize};

use super::idempotency::Once;
use crate::domain::access::Permission;
use crate::domain::calendar::Day;
use crate::domain::id::PaymentId;
use crate::http::auth::{Authenticated, school_for};
use crate::http::later::Later;
use crate::http::problem::Problem;
use crate::http::valid::Valid;
use crate::http::{Context, on_worker};
use crate::service::cash::deposits::{self, Carries, DepositView, Deposits, Release};
use crate::service::cash::{
    self, BatchRow, Book, CountView, Days, NewBatch, NewCount, NewSlip, SlipView, Voucher,
    VoucherView,
};
use crate::service::limits;

/// Which days.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
pub struct DaysQuery {
    /// From this day on, `YYYY-MM-DD`.
    #[param(value_type = Option<String>)]
    from: Option<Day>,
    /// Up to this day.
    #[param(value_type = Option<String>)]
    to: Option<Day>,
}

impl DaysQuery {
    fn days(&self) -> Days {
        Days { from: self.from, to: self.to }
    }
}

/// From which day to which.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
pub struct PeriodQuery {
    /// The first day, `YYYY-MM-DD`.
    #[param(value_type = String)]
    from: Day,
    /// The last day.
    #[param(value_type = String)]
    to: Day,
}

/// The cash vouchers of some days in the order of their numbers, voided ones too.
#[utoipa::path(get, path = "/api/v1/schools/{school}/cash", tag = "cash", security(("key" = [])),
    params(("school" = String, Path), DaysQuery), responses((status = 200, body = Vec<VoucherView>)))]
#[get("/schools/{school}/cash")]
pub async fn vouchers(
    context: web::Data<Context>,
    who: Authenticated,
    path: Later<web::Path<String>>,
    query: Later<web::Query<DaysQuery>>,
) -> Result<HttpResponse, Problem> {
    let school =
        school_for(&context, &who.0, path.now()?.into_inner(), Permission::ReadCash).await?;
    let days = query.now()?.days();
    let found = on_worker(move || cash::vouchers(&context.store, school.id, days)).await?;
    Ok(HttpResponse::Ok().json(found))
}

/// One cash voucher, by its payment.
#[utoipa::path(get, path = "/api/v1/schools/{school}/cash/vouchers/{id}", tag = "cash", security(("key" = [])),
    params(("school" = String, Path), ("id" = i64, Path)), responses((status = 200, body = VoucherView)))]
#[get("/schools/{school}/cash/vouchers/{id}")]
pub async fn voucher(
    context: web::Data<Context>,
    who: Authenticated,
    path: Later<web::Path<(String, i64)>>,
) -> Result<HttpResponse, Problem> {
    let (school, id) = path.now()?.into_inner();
    let school = school_for(&context, &who.0, school, Permission::ReadCash).await?;
    let found = on_worker(move || cash::show(&context.store, school.id, PaymentId(id))).await?;
    Ok(HttpResponse::Ok().json(found))
}

/// Cash of many students, as a class brings it.
#[derive(Debug, Serialize, Deserialize, utoipa::ToSchema, garde::Validate)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
pub struct BatchBody {
    /// The day it was taken, `YYYY-MM-DD`.
    #[schema(value_type = String)]
    received_on: Day,
    /// Each student once, in the order of the vouchers.
    rows: Vec<BatchRow>,
}

/// Records a voucher for each of many students, all or none: every row that cannot be taken is told.
#[utoipa::path(post, path = "/api/v1/schools/{school}/cash/batch", tag = "cash", security(("key" = [])),
    params(("school" = String, Path), ("Idempotency-Key" = String, Header)), request_body = BatchBody,
    responses((status = 201, body = Vec<Voucher>), (status = 422, description = "rows that cannot be taken; nothing was recorded")))]
#[post("/schools/{school}/cash/batch")]
pub async fn batch(
    context: web::Data<Context>,
    who: Authenticated,
    path: Later<web::Path<String>>,
    request: HttpRequest,
    body: Later<Valid<BatchBody>>,
) -> Result<HttpResponse, Problem> {
    let school =
        school_for(&context, &who.0, path.now()?.into_inner(), Permission::RecordCash).await?;
    let body = body.now()?.into_inner();
    let once = Once::of_body(&request, &who.0, &body)?;
    let request_key = once.request_key();
    once.carry_out(&context, StatusCode::CREATED, move |inner| {
        let new = NewBatch {
            received_on: body.received_on,
            rows: body.rows,
            request_key: Some(request_key),
        };
        cash::record_batch(&inner.store, &*inner.clock, &who.0.actor, school.id, &new)
    })
    .await
}

/// The card slips of some days, voided ones too.
#[utoipa::path(get, path = "/api/v1/schools/{school}/cash/slips", tag = "cash", security(("key" = [])),
    params(("school" = String, Path), DaysQuery), responses((status = 200, body = Vec<SlipView>)))]
#[get("/schools/{school}/cash/slips")]
pub async fn slips(
    context: web::Data<Context>,
    who: Authenticated,
    path: Later<web::Path<String>>,
    query: Later<web::Query<DaysQuery>>,
) -> Result<HttpResponse, Problem> {
    let school =
        school_for(&context, &who.0, path.now()?.into_inner(), Permission::ReadCash).await?;
    let days = query.now()?.days();
    let found = on_worker(move || cash::slips(&context.store, school.id, days)).await?;
    Ok(HttpResponse::Ok().json(found))
}

/// Records a slip of a card terminal and pays invoices with it. It is cashless.
#[utoipa::path(post, path = "/api/v1/schools/{school}/cash/slips", tag = "cash", security(("key" = [])),
    params(("school" = String, Path), ("Idempotency-Key" = String, Header)), request_body = NewSlip,
    responses((status = 201, body = SlipView), (status = 409, description = "the slip is known, or the invoice has less left")))]
#[post("/schools/{school}/cash/slips")]
pub async fn record_slip(
    context: web::Data<Context>,
    who: Authenticated,
    path: Later<web::Path<String>>,
    request: HttpRequest,
    body: Later<Valid<NewSlip>>,
) -> Result<HttpResponse, Problem> {
    let school =
        school_for(&context, &who.0, path.now()?.into_inner(), Permission::RecordCash).await?;
    let new = body.now()?.into_inner();
    let once = Once::of_body(&request, &who.0, &new)?;
    let key = once.request_key();
    once.carry_out(&context, StatusCode::CREATED, move |inner| {
        let actor = &who.0.actor;
        cash::record_slip(&inner.store, &*inner.clock, actor, school.id, &new, Some(&key))
    })
    .await
}

/// Why something does not count any more.
#[derive(Debug, Deserialize, utoipa::ToSchema, garde::Validate)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
pub struct Voiding {
    /// For the history.
    #[garde(custom(limits::reason), length(chars, max = limits::TEXT))]
    reason: String,
}

/// Voids a card slip; its invoices are open again.
#[utoipa::path(post, path = "/api/v1/schools/{school}/cash/slips/{id}/void", tag = "cash", security(("key" = [])),
    params(("school" = String, Path), ("id" = i64, Path), ("Idempotency-Key" = String, Header)),
    request_body = Voiding, responses((status = 200, body = SlipView)))]
#[post("/schools/{school}/cash/slips/{id}/void")]
pub async fn void_slip(
    context: web::Data<Context>,
    who: Authenticated,
    path: Later<web::Path<(String, i64)>>,
    request: HttpRequest,
    body: Later<Valid<Voiding>>,
) -> Result<HttpResponse, Problem> {
    let (school, id) = path.now()?.into_inner();
    let school = school_for(&context, &who.0, school, Permission::VoidCash).await?;
    let reason = body.now()?.into_inner().reason;
    let once = Once::from_headers(request.headers(), &who.0, &[request.path(), &reason])?;
    once.carry_out(&context, StatusCode::OK, move |inner| {
        let at = (school.id, PaymentId(id));
        cash::void_slip(&inner.store, &*inner.clock, &who.0.actor, at, &reason)
    })
    .await
}

/// What staff and card terminals brought to the bank: what each line carries, what is not certain,
/// and what is still in the till. What is open is shown whatever days are asked for.
#[utoipa::path(get, path = "/api/v1/schools/{school}/cash/deposits", tag = "cash", security(("key" = [])),
    params(("school" = String, Path), DaysQuery), responses((status = 200, body = Deposits)))]
#[get("/schools/{school}/cash/deposits")]
pub async fn list_deposits(
    context: web::Data<Context>,
    who: Authenticated,
    path: Later<web::Path<String>>,
    query: Later<web::Query<DaysQuery>>,
) -> Result<HttpResponse, Problem> {
    let school =
        school_for(&context, &who.0, path.now()?.into_inner(), Permission::ReadCash).await?;
    let days = query.now()?.days();
    let found = on_worker(move || deposits::list(&context.store, school.id, days)).await?;
    Ok(HttpResponse::Ok().json(found))
}

/// Says which vouchers or slips a line of the bank carries. Refused unless they add up to it.
#[utoipa::path(post, path = "/api/v1/schools/{school}/cash/deposits/{id}/assign", tag = "cash", security(("key" = [])),
    params(("school" = String, Path), ("id" = i64, Path), ("Idempotency-Key" = String, Header)),
    request_body = Carries,
    responses((status = 200, body = DepositView), (status = 409, description = "does not add up, or decided otherwise")))]
#[post("/schools/{school}/cash/deposits/{id}/assign")]
pub async fn assign(
    context: web::Data<Context>,
    who: Authenticated,
    path: Later<web::Path<(String, i64)>>,
    request: HttpRequest,
    body: Later<Valid<Carries>>,
) -> Result<HttpResponse, Problem> {
    let (school, id) = path.now()?.into_inner();
    let school = school_for(&context, &who.0, school, Permission::Decide).await?;
    let wanted = body.now()?.into_inner();
    let once = Once::of_body(&request, &who.0, &wanted)?;
    once.carry_out(&context, StatusCode::OK, move |inner| {
        let at = (school.id, PaymentId(id));
        deposits::assign(&inner.store, &*inner.clock, &who.0.actor, at, &wanted)
    })
    .await
}

/// Takes a deposit apart. The line stays open until a person matches it, unless `to_machine` is set.
#[utoipa::path(post, path = "/api/v1/schools/{school}/cash/deposits/{id}/release", tag = "cash", security(("key" = [])),
    params(("school" = String, Path), ("id" = i64, Path), ("Idempotency-Key" = String, Header)),
    request_body = Release,
    responses((status = 200, body = Deposits), (status = 409, description = "not matched")))]
#[post("/schools/{school}/cash/deposits/{id}/release")]
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
        deposits::release(&inner.store, &*inner.clock, &who.0.actor, at, &wanted)
    })
    .await
}

/// The cash book: what came into the till, what left it, and what should be in it.
#[utoipa::path(get, path = "/api/v1/schools/{school}/cash/book", tag = "cash", security(("key" = [])),
    params(("school" = String, Path), PeriodQuery), responses((status = 200, body = Book)))]
#[get("/schools/{school}/cash/book")]
pub async fn book(
    context: web::Data<Context>,
    who: Authenticated,
    path: Later<web::Path<String>>,
    query: Later<web::Query<PeriodQuery>>,
) -> Result<HttpResponse, Problem> {
    let school =
        school_for(&context, &who.0, path.now()?.into_inner(), Permission::ReadCash).await?;
    let PeriodQuery { from, to } = query.now()?.into_inner();
    let found = on_worker(move || cash::book(&context.store, school.id, from, to)).await?;
    Ok(HttpResponse::Ok().json(found))
}

/// The counts of the till between two days, in the order they were made.
#[utoipa::path(get, path = "/api/v1/schools/{school}/cash/counts", tag = "cash", security(("key" = [])),
    params(("school" = String, Path), PeriodQuery), responses((status = 200, body = Vec<CountView>)))]
#[get("/schools/{school}/cash/counts")]
pub async fn counts(
    context: web::Data<Context>,
    who: Authenticated,
    path: Later<web::Path<String>>,
    query: Later<web::Query<PeriodQuery>>,
) -> Result<HttpResponse, Problem> {
    let school =
        school_for(&context, &who.0, path.now()?.into_inner(), Permission::ReadCash).await?;
    let PeriodQuery { from, to } = query.now()?.into_inner();
    let found = on_worker(move || cash::counts(&context.store, school.id, from, to)).await?;
    Ok(HttpResponse::Ok().json(found))
}

/// Records what was counted in the till at the end of a day, beside what the cash book says.
#[utoipa::path(post, path = "/api/v1/schools/{school}/cash/counts", tag = "cash", security(("key" = [])),
    params(("school" = String, Path), ("Idempotency-Key" = String, Header)), request_body = NewCount,
    responses((status = 201, body = CountView)))]
#[post("/schools/{school}/cash/counts")]
pub async fn count(
    context: web::Data<Context>,
    who: Authenticated,
    path: Later<web::Path<String>>,
    request: HttpRequest,
    body: Later<Valid<NewCount>>,
) -> Result<HttpResponse, Problem> {
    let school =
        school_for(&context, &who.0, path.now()?.into_inner(), Permission::RecordCash).await?;
    let new = body.now()?.into_inner();
    let once = Once::of_body(&request, &who.0, &new)?;
    once.carry_out(&context, StatusCode::CREATED, move |inner| {
        cash::count(&inner.store, &*inner.clock, &who.0.actor, school.id, &new)
    })
    .await
}
