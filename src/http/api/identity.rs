//! Payments that may be one: the open questions, and what persons said.

use actix_web::http::StatusCode;
use actix_web::http::header::IF_MATCH;
use actix_web::{HttpRequest, HttpResponse, get, post, web};
use serde::{Deserialize, Serialize};

use super::idempotency::Once;
use crate::domain::access::Permission;
use crate::domain::id::{DecisionId, EntryId, PaymentId};
use crate::http::auth::{Authenticated, school_for};
use crate::http::later::Later;
use crate::http::problem::Problem;
use crate::http::valid::Valid;
use crate::http::{Context, on_worker};
use crate::service::limits;
use crate::service::rulings::{
    self, LineView, NewRuling, Pair, Question, Ruled, RulingView, Verdict,
};

/// The payments of a school that may be others, known under another reference or repeated by their
/// file. The machine settles none of them before a person has said.
#[utoipa::path(get, path = "/api/v1/schools/{school}/identity-questions", tag = "identity", security(("key" = [])),
    params(("school" = String, Path)), responses((status = 200, body = Vec<Question>)))]
#[get("/schools/{school}/identity-questions")]
pub async fn questions(
    context: web::Data<Context>,
    who: Authenticated,
    path: Later<web::Path<String>>,
) -> Result<HttpResponse, Problem> {
    let school =
        school_for(&context, &who.0, path.now()?.into_inner(), Permission::ReadBooks).await?;
    let questions = on_worker(move || rulings::questions(&context.store, school.id)).await?;
    Ok(HttpResponse::Ok().json(questions))
}

/// Everything persons said of a school's payments, newest first.
#[utoipa::path(get, path = "/api/v1/schools/{school}/identity-rulings", tag = "identity", security(("key" = [])),
    params(("school" = String, Path)), responses((status = 200, body = Vec<RulingView>)))]
#[get("/schools/{school}/identity-rulings")]
pub async fn list(
    context: web::Data<Context>,
    who: Authenticated,
    path: Later<web::Path<String>>,
) -> Result<HttpResponse, Problem> {
    let school =
        school_for(&context, &who.0, path.now()?.into_inner(), Permission::ReadBooks).await?;
    let said = on_worker(move || rulings::list(&context.store, school.id)).await?;
    Ok(HttpResponse::Ok().json(said))
}

/// What a person says, and of which two.
#[derive(Debug, Serialize, Deserialize, utoipa::ToSchema, garde::Validate)]
#[serde(deny_unknown_fields)]
pub struct RulingBody {
    /// Two payments.
    #[schema(value_type = Option<Vec<i64>>)]
    #[garde(skip)]
    payments: Option<[PaymentId; 2]>,
    /// Two entries instead: to take apart what was put together wrongly.
    #[schema(value_type = Option<Vec<i64>>)]
    #[garde(skip)]
    entries: Option<[EntryId; 2]>,
    /// `same` or `distinct`.
    #[garde(skip)]
    ruling: Verdict,
    /// Why.
    #[garde(custom(limits::reason), length(chars, max = limits::TEXT))]
    reason: String,
}

/// Says that two payments are the same money, or that both are real. It holds for ever, until a newer
/// ruling. `If-Match` may name the decisions of both payments, as their `ETag`s do.
#[utoipa::path(post, path = "/api/v1/schools/{school}/identity-rulings", tag = "identity", security(("key" = [])),
    params(("school" = String, Path), ("Idempotency-Key" = String, Header), ("If-Match" = Option<String>, Header)),
    request_body = RulingBody,
    responses((status = 200, body = Ruled), (status = 409, description = "decided meanwhile"),
        (status = 422, description = "payments of different accounts, directions or amounts")))]
#[post("/schools/{school}/identity-rulings")]
pub async fn rule(
    context: web::Data<Context>,
    who: Authenticated,
    path: Later<web::Path<String>>,
    request: HttpRequest,
    body: Later<Valid<RulingBody>>,
) -> Result<HttpResponse, Problem> {
    let school = school_for(&context, &who.0, path.now()?.into_inner(), Permission::Decide).await?;
    let body = body.now()?.into_inner();
    let expected = expected_decisions(&request)?;
    let once = Once::of_body(&request, &who.0, &body)?;
    let pair = match (body.payments, body.entries) {
        (Some([first, second]), None) => Pair::Payments(first, second),
        (None, Some([first, second])) => Pair::Entries(first, second),
        _ => {
            return Err(Problem::bad_request(
                "payments_or_entries",
                "Cho biết đúng một trong hai: payments (hai khoản tiền) hoặc entries (hai dòng sao kê).",
                "Give exactly one of payments (two payments) and entries (two lines of statements).",
            ));
        }
    };
    let asked = NewRuling { pair, verdict: body.ruling, reason: body.reason, expected };
    once.carry_out(&context, StatusCode::OK, move |inner| {
        rulings::rule(&inner.store, &*inner.clock, &who.0.actor, school.id, &asked)
    })
    .await
}

/// The bank's lines that show a payment, in every file.
#[utoipa::path(get, path = "/api/v1/schools/{school}/payments/{id}/lines", tag = "identity", security(("key" = [])),
    params(("school" = String, Path), ("id" = i64, Path)), responses((status = 200, body = Vec<LineView>)))]
#[get("/schools/{school}/payments/{id}/lines")]
pub async fn lines(
    context: web::Data<Context>,
    who: Authenticated,
    path: Later<web::Path<(String, i64)>>,
) -> Result<HttpResponse, Problem> {
    let (school, id) = path.now()?.into_inner();
    let school = school_for(&context, &who.0, school, Permission::ReadBooks).await?;
    let lines =
        on_worker(move || rulings::lines_of(&context.store, school.id, PaymentId(id))).await?;
    Ok(HttpResponse::Ok().json(lines))
}

/// The decisions the client saw, from `If-Match: "123", "124"`.
fn expected_decisions(request: &HttpRequest) -> Result<Vec<DecisionId>, Problem> {
    let Some(value) = request.headers().get(IF_MATCH) else { return Ok(Vec::new()) };
    let parsed = value.to_str().ok().and_then(|text| {
        text.split(',')
            .map(|tag| tag.trim().trim_matches('"').parse().ok().map(DecisionId))
            .collect::<Option<Vec<_>>>()
    });
    parsed.ok_or_else(|| {
        Problem::bad_request(
            "if_match",
            "Tiêu đề If-Match phải là các ETag đã nhận, ví dụ \"123\", \"124\".",
            "The header If-Match must be ETags received before, e.g. \"123\", \"124\".",
        )
    })
}
