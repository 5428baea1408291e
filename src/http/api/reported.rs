//! What a school reports of its months, what was corrected since, and what is written about it.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, get, post, web};
use serde::{Deserialize, Serialize};

use super::idempotency::Once;
use crate::domain::access::{Permission, Scope};
use crate::domain::id::SchoolId;
use crate::domain::period::Month;
use crate::domain::reporting_period::ReportingPeriod;
use crate::http::auth::{Authenticated, school_for};
use crate::http::later::Later;
use crate::http::problem::Problem;
use crate::http::valid::Valid;
use crate::http::{Context, on_worker};
use crate::service::ServiceError;
use crate::service::figure_looks::{self as looks, Looked};
use crate::service::limits;
use crate::service::reported::{self, Comment, MonthView, Side, Submission};

/// The months that were reported, each with every version, and what happened since the last one.
#[utoipa::path(get, path = "/api/v1/schools/{school}/reports/months", tag = "reports", security(("key" = [])),
    params(("school" = String, Path)), responses((status = 200, body = Vec<MonthView>)))]
#[get("/schools/{school}/reports/months")]
pub async fn list(
    context: web::Data<Context>,
    who: Authenticated,
    path: Later<web::Path<String>>,
) -> Result<HttpResponse, Problem> {
    let code = path.now()?.into_inner();
    let school = school_for(&context, &who.0, code, Permission::ReadFigures).await?;
    let found = on_worker(move || {
        note(&context, &who, school.id, None)?;
        reported::list(&context.store, &*context.clock, school.id, context.cashless)
    })
    .await?;
    Ok(HttpResponse::Ok().json(found))
}

/// A month, reported or not, with what was written about it.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct MonthWithComments {
    /// What was reported.
    #[serde(flatten)]
    month: MonthView,
    /// What the school and the authorities above it wrote.
    comments: Vec<Comment>,
}

/// A month, reported or not, with what was written about it.
#[utoipa::path(get, path = "/api/v1/schools/{school}/reports/months/{month}", tag = "reports", security(("key" = [])),
    params(("school" = String, Path), ("month" = String, Path, description = "`YYYY-MM`")),
    responses((status = 200, body = MonthWithComments)))]
#[get("/schools/{school}/reports/months/{month}")]
pub async fn one_month(
    context: web::Data<Context>,
    who: Authenticated,
    path: Later<web::Path<(String, String)>>,
) -> Result<HttpResponse, Problem> {
    let (code, month) = path.now()?.into_inner();
    let school = school_for(&context, &who.0, code, Permission::ReadFigures).await?;
    let month = month_of(&month)?;
    let found = on_worker(move || {
        let (store, clock) = (&context.store, &*context.clock);
        note(&context, &who, school.id, Some(month))?;
        reported::month(store, clock, school.id, month, context.cashless)
    })
    .await?;
    Ok(HttpResponse::Ok().json(MonthWithComments { month: found.view, comments: found.comments }))
}

/// The very bytes that were reported: their SHA-256 is the version's fingerprint.
#[utoipa::path(get, path = "/api/v1/schools/{school}/reports/months/{month}/versions/{version}", tag = "reports", security(("key" = [])),
    params(("school" = String, Path), ("month" = String, Path, description = "`YYYY-MM`"), ("version" = i64, Path)),
    responses((status = 200, content_type = "application/json", description = "the canonical text"),
        (status = 403, description = "it stays within the school: an authority has its rate and fingerprint with the month")))]
#[get("/schools/{school}/reports/months/{month}/versions/{version}")]
pub async fn one_version(
    context: web::Data<Context>,
    who: Authenticated,
    path: Later<web::Path<(String, String, i64)>>,
) -> Result<HttpResponse, Problem> {
    let (code, month, version) = path.now()?.into_inner();
    let school = school_for(&context, &who.0, code, Permission::ReadFigures).await?;
    let month = month_of(&month)?;
    let text =
        on_worker(move || reported::text(&context.store, school.id, (month, version))).await?;
    if let Scope::Authority(_) = who.0.scope {
        // The text has every class and fee item, however few pupils it is about.
        return Err(Problem::new(
            StatusCode::FORBIDDEN,
            "within_the_school",
            "Toàn văn số liệu có từng lớp nên chỉ mở trong trường. Tỷ lệ và dấu vân tay có ở tháng đó.",
            "The whole text tells of single classes and stays within the school. Its rate and fingerprint are with the month.",
        ));
    }
    Ok(HttpResponse::Ok().content_type("application/json").body(text))
}

/// What is said beside the figures.
#[derive(Debug, Default, Serialize, Deserialize, utoipa::ToSchema, garde::Validate)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
pub struct Reporting {
    /// For whoever reads them.
    #[serde(default)]
    #[garde(inner(length(chars, max = limits::TEXT)))]
    note: Option<String>,
    /// Why the month is restated; needed where it was reported before.
    #[serde(default)]
    #[garde(inner(length(chars, max = limits::TEXT)))]
    reason: Option<String>,
}

/// Reports a month as the ledger stands now, or restates it.
#[utoipa::path(post, path = "/api/v1/schools/{school}/reports/months/{month}", tag = "reports", security(("key" = [])),
    params(("school" = String, Path), ("month" = String, Path, description = "`YYYY-MM`"), ("Idempotency-Key" = String, Header)),
    request_body = Reporting,
    responses((status = 201, body = MonthView), (status = 422, description = "the month is not over, or a restatement has no reason"), (status = 409, description = "nothing changed since the last report")))]
#[post("/schools/{school}/reports/months/{month}")]
pub async fn report_month(
    context: web::Data<Context>,
    who: Authenticated,
    path: Later<web::Path<(String, String)>>,
    request: HttpRequest,
    body: Later<Valid<Reporting>>,
) -> Result<HttpResponse, Problem> {
    let (code, month) = path.now()?.into_inner();
    let school = school_for(&context, &who.0, code, Permission::ReportFigures).await?;
    let month = month_of(&month)?;
    let wanted = body.now()?.into_inner();
    let once = Once::of_body(&request, &who.0, &wanted)?;
    once.carry_out(&context, StatusCode::CREATED, move |inner| {
        let said = Submission { note: wanted.note, reason: wanted.reason, seen: None };
        let at = (school.id, month);
        let actor = &who.0.actor;
        reported::submit(&inner.store, &*inner.clock, actor, at, &said, inner.cashless)
    })
    .await
}

/// What is written.
#[derive(Debug, Serialize, Deserialize, utoipa::ToSchema, garde::Validate)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
pub struct Writing {
    /// The words.
    #[garde(custom(limits::reason), length(chars, max = reported::MOST_CHARACTERS))]
    words: String,
}

/// Writes to the other side about a month's figures.
#[utoipa::path(post, path = "/api/v1/schools/{school}/reports/months/{month}/comments", tag = "reports", security(("key" = [])),
    params(("school" = String, Path), ("month" = String, Path, description = "`YYYY-MM`"), ("Idempotency-Key" = String, Header)),
    request_body = Writing, responses((status = 201, body = Comment)))]
#[post("/schools/{school}/reports/months/{month}/comments")]
pub async fn write(
    context: web::Data<Context>,
    who: Authenticated,
    path: Later<web::Path<(String, String)>>,
    request: HttpRequest,
    body: Later<Valid<Writing>>,
) -> Result<HttpResponse, Problem> {
    let (code, month) = path.now()?.into_inner();
    let school = school_for(&context, &who.0, code, Permission::CommentFigures).await?;
    let month = month_of(&month)?;
    let words = body.now()?.into_inner();
    let once = Once::of_body(&request, &who.0, &words)?;
    let side = match who.0.scope {
        Scope::Authority(_) => Side::Authority,
        Scope::School(_) | Scope::Everything => Side::School,
    };
    once.carry_out(&context, StatusCode::CREATED, move |inner| {
        let (at, said) = ((school.id, month), (side, words.words.as_str()));
        reported::comment(&inner.store, &*inner.clock, &who.0.actor, at, said)
    })
    .await
}

/// Writes down that somebody looks from above the school.
fn note(
    context: &Context,
    who: &Authenticated,
    school: SchoolId,
    month: Option<Month>,
) -> Result<(), ServiceError> {
    let Scope::Authority(within) = who.0.scope else { return Ok(()) };
    let looked = Looked::reported(within, school, month.map(ReportingPeriod::Month));
    looks::note(&context.store, &*context.clock, &who.0.actor, &looked)
}

fn month_of(text: &str) -> Result<Month, Problem> {
    text.parse()
        .map_err(|_no_month| ServiceError::not_found("month", "tháng", "month", text).into())
}
