//! Payments: the queue, a person's decisions, cash.

use actix_web::http::StatusCode;
use actix_web::http::header::{ETAG, IF_MATCH};
use actix_web::{HttpRequest, HttpResponse, get, post, web};
use serde::Deserialize;

use super::idempotency::Once;
use crate::domain::access::Permission;
use crate::domain::calendar::Day;
use crate::domain::id::{DecisionId, PaymentId, SchoolId};
use crate::domain::lang::Lang;
use crate::domain::money::Vnd;
use crate::http::auth::{Authenticated, school_for};
use crate::http::later::Later;
use crate::http::problem::Problem;
use crate::http::valid::Valid;
use crate::http::{Context, on_worker};
use crate::service::cash::{self as cash_use_case, NewCash, Voucher};
use crate::service::decide::{self, PaymentState, PersonalUse};
use crate::service::explain::{self, Explanation};
use crate::service::keys::Caller;
use crate::service::limits;
use crate::service::queue::{self, PaymentCursor, PaymentHistory, PaymentView};
use crate::service::refusals::{self, Refusal};
use crate::service::{Actor, ServiceError};

/// Which payments, and how many.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
pub struct PageQuery {
    /// `settled`, `proposed`, `unmatched`, `returned` or `not_income`; all when absent.
    decision: Option<String>,
    /// Where the page begins, from the `Link` of the page before.
    cursor: Option<String>,
    /// 1 to 200, 50 when absent.
    limit: Option<u32>,
}

/// The kinds of decision a payment can have.
const KINDS: [&str; 5] = ["settled", "proposed", "unmatched", "returned", "not_income"];

/// A school's payments in the order of their days.
#[utoipa::path(get, path = "/api/v1/schools/{school}/payments", tag = "payments", security(("key" = [])),
    params(("school" = String, Path), PageQuery),
    responses((status = 200, body = Vec<PaymentView>, description = "`Link: <…>; rel=\"next\"` when there is more")))]
#[get("/schools/{school}/payments")]
pub async fn page(
    context: web::Data<Context>,
    who: Authenticated,
    path: Later<web::Path<String>>,
    query: Later<web::Query<PageQuery>>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let school =
        school_for(&context, &who.0, path.now()?.into_inner(), Permission::ReadBooks).await?;
    let query = query.now()?.into_inner();
    let limit = query.limit.unwrap_or(50).clamp(1, 200);
    let cursor = match &query.cursor {
        None => None,
        Some(text) => Some(PaymentCursor::decode(text).ok_or_else(|| {
            Problem::bad_request(
                "cursor",
                "Tham số cursor không đúng. Lấy từ tiêu đề Link của trang trước.",
                "The parameter cursor is not right. Take it from the Link header of the page before.",
            )
        })?),
    };
    if query.decision.as_deref().is_some_and(|kind| !KINDS.contains(&kind)) {
        return Err(Problem::bad_request(
            "decision",
            "Tham số decision phải là settled, proposed, unmatched, returned hoặc not_income.",
            "The parameter decision must be settled, proposed, unmatched, returned or not_income.",
        ));
    }
    let decision = query.decision.clone();
    let (payments, next) = on_worker(move || {
        queue::payments_page(&context.store, school.id, decision.as_deref(), cursor.as_ref(), limit)
    })
    .await?;
    let mut response = HttpResponse::Ok();
    if let Some(next) = next {
        let decision = query.decision.map(|kind| format!("&decision={kind}")).unwrap_or_default();
        let link = format!(
            "<{}?limit={limit}&cursor={}{decision}>; rel=\"next\"",
            request.path(),
            next.encode()
        );
        response.insert_header(("Link", link));
    }
    Ok(response.json(payments))
}

/// A payment with its whole history. The `ETag` names the decision that holds.
#[utoipa::path(get, path = "/api/v1/schools/{school}/payments/{id}", tag = "payments", security(("key" = [])),
    params(("school" = String, Path), ("id" = i64, Path)), responses((status = 200, body = PaymentHistory)))]
#[get("/schools/{school}/payments/{id}")]
pub async fn show(
    context: web::Data<Context>,
    who: Authenticated,
    path: Later<web::Path<(String, i64)>>,
) -> Result<HttpResponse, Problem> {
    let (school, id) = path.now()?.into_inner();
    let school = school_for(&context, &who.0, school, Permission::ReadBooks).await?;
    let history =
        on_worker(move || queue::payment(&context.store, school.id, PaymentId(id))).await?;
    Ok(with_etag(HttpResponse::Ok(), &history.payment.state).json(history))
}

/// In which language.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
pub struct LangQuery {
    /// `vi` or `en`; `vi` when absent.
    #[param(value_type = Option<String>)]
    lang: Option<Lang>,
}

/// A payment explained: what was found in its text, what was decided by which rule, and why.
#[utoipa::path(get, path = "/api/v1/schools/{school}/payments/{id}/explanation", tag = "payments", security(("key" = [])),
    params(("school" = String, Path), ("id" = i64, Path), LangQuery), responses((status = 200, body = Explanation)))]
#[get("/schools/{school}/payments/{id}/explanation")]
pub async fn explanation(
    context: web::Data<Context>,
    who: Authenticated,
    path: Later<web::Path<(String, i64)>>,
    query: Later<web::Query<LangQuery>>,
) -> Result<HttpResponse, Problem> {
    let (school, id) = path.now()?.into_inner();
    let school = school_for(&context, &who.0, school, Permission::ReadBooks).await?;
    let lang = query.now()?.lang.unwrap_or_default();
    let explained =
        on_worker(move || explain::explain(&context.store, school.id, PaymentId(id), lang)).await?;
    Ok(HttpResponse::Ok().json(explained))
}

/// Uses a payment: for invoices, as family credit, as a refund, or set aside with a reason.
#[utoipa::path(post, path = "/api/v1/schools/{school}/payments/{id}/allocations", tag = "payments", security(("key" = [])),
    params(("school" = String, Path), ("id" = i64, Path), ("Idempotency-Key" = String, Header), ("If-Match" = Option<String>, Header)),
    request_body = PersonalUse,
    responses((status = 200, body = PaymentState), (status = 409, description = "decided meanwhile, or not enough left")))]
#[post("/schools/{school}/payments/{id}/allocations")]
pub async fn allocate(
    context: web::Data<Context>,
    who: Authenticated,
    path: Later<web::Path<(String, i64)>>,
    request: HttpRequest,
    wanted: Later<Valid<PersonalUse>>,
) -> Result<HttpResponse, Problem> {
    let asked = asked(context, who, path, Permission::Decide).await?;
    let wanted = wanted.now()?.into_inner();
    let print = serde_json::to_string(&wanted).unwrap_or_default();
    decision(asked, &request, &print, move |context, actor, at, expected| {
        decide::allocate(&context.store, &*context.clock, actor, at, expected, &wanted)
    })
    .await
}

/// Which proposal.
#[derive(Debug, Deserialize, utoipa::ToSchema, garde::Validate)]
#[serde(deny_unknown_fields)]
pub struct Confirmation {
    /// 0 is the first.
    #[garde(skip)]
    index: usize,
}

/// Confirms one of the machine's proposals.
#[utoipa::path(post, path = "/api/v1/schools/{school}/payments/{id}/confirm", tag = "payments", security(("key" = [])),
    params(("school" = String, Path), ("id" = i64, Path), ("Idempotency-Key" = String, Header), ("If-Match" = Option<String>, Header)),
    request_body = Confirmation,
    responses((status = 200, body = PaymentState), (status = 409, description = "decided meanwhile")))]
#[post("/schools/{school}/payments/{id}/confirm")]
pub async fn confirm(
    context: web::Data<Context>,
    who: Authenticated,
    path: Later<web::Path<(String, i64)>>,
    request: HttpRequest,
    choice: Later<Valid<Confirmation>>,
) -> Result<HttpResponse, Problem> {
    let asked = asked(context, who, path, Permission::Decide).await?;
    let index = choice.now()?.into_inner().index;
    decision(asked, &request, &index.to_string(), move |context, actor, at, expected| {
        decide::confirm(&context.store, &*context.clock, actor, at, expected, index)
    })
    .await
}

/// Why something is taken back.
#[derive(Debug, Deserialize, utoipa::ToSchema, garde::Validate)]
#[serde(deny_unknown_fields)]
pub struct Reversal {
    /// For the history.
    #[garde(custom(limits::reason), length(chars, max = limits::TEXT))]
    reason: String,
}

/// Takes back whatever a payment is used for.
#[utoipa::path(post, path = "/api/v1/schools/{school}/payments/{id}/reverse", tag = "payments", security(("key" = [])),
    params(("school" = String, Path), ("id" = i64, Path), ("Idempotency-Key" = String, Header), ("If-Match" = Option<String>, Header)),
    request_body = Reversal, responses((status = 200, body = PaymentState)))]
#[post("/schools/{school}/payments/{id}/reverse")]
pub async fn reverse(
    context: web::Data<Context>,
    who: Authenticated,
    path: Later<web::Path<(String, i64)>>,
    request: HttpRequest,
    body: Later<Valid<Reversal>>,
) -> Result<HttpResponse, Problem> {
    let asked = asked(context, who, path, Permission::Decide).await?;
    let reason = body.now()?.into_inner().reason;
    let print = reason.clone();
    decision(asked, &request, &print, move |context, actor, at, expected| {
        decide::reverse(&context.store, &*context.clock, actor, at, expected, &reason)
    })
    .await
}

/// Says that a payment is not for a student; the machine decides about it again, without them.
#[utoipa::path(post, path = "/api/v1/schools/{school}/payments/{id}/refuse", tag = "payments", security(("key" = [])),
    params(("school" = String, Path), ("id" = i64, Path), ("Idempotency-Key" = String, Header), ("If-Match" = Option<String>, Header)),
    request_body = Refusal,
    responses((status = 200, body = PaymentState), (status = 409, description = "decided meanwhile, or used by a person")))]
#[post("/schools/{school}/payments/{id}/refuse")]
pub async fn refuse(
    context: web::Data<Context>,
    who: Authenticated,
    path: Later<web::Path<(String, i64)>>,
    request: HttpRequest,
    body: Later<Valid<Refusal>>,
) -> Result<HttpResponse, Problem> {
    let asked = asked(context, who, path, Permission::Decide).await?;
    let refusal = body.now()?.into_inner();
    let print = serde_json::to_string(&refusal).unwrap_or_default();
    decision(asked, &request, &print, move |context, actor, at, expected| {
        refusals::refuse(&context.store, &*context.clock, actor, at, expected, &refusal)
    })
    .await
}

/// A decision that a caller asks for and may ask for.
struct Asked {
    context: web::Data<Context>,
    caller: Caller,
    at: (SchoolId, PaymentId),
}

async fn asked(
    context: web::Data<Context>,
    who: Authenticated,
    path: Later<web::Path<(String, i64)>>,
    needed: Permission,
) -> Result<Asked, Problem> {
    let (school, id) = path.now()?.into_inner();
    let school = school_for(&context, &who.0, school, needed).await?;
    Ok(Asked { context, caller: who.0, at: (school.id, PaymentId(id)) })
}

/// Carries a decision out once; `print` is what makes its body what it is.
async fn decision(
    Asked { context, caller, at }: Asked,
    request: &HttpRequest,
    print: &str,
    use_case: impl FnOnce(
        &Context,
        &Actor,
        (SchoolId, PaymentId),
        Option<DecisionId>,
    ) -> Result<PaymentState, ServiceError>
    + Send
    + 'static,
) -> Result<HttpResponse, Problem> {
    let expected = expected_decision(request)?;
    let once = Once::from_headers(request.headers(), &caller, &[request.path(), print])?;
    once.carry_out(&context, StatusCode::OK, move |inner| {
        use_case(inner, &caller.actor, at, expected)
    })
    .await
}

/// Cash to be recorded.
#[derive(Debug, Deserialize, utoipa::ToSchema, garde::Validate)]
#[serde(deny_unknown_fields)]
pub struct CashBody {
    /// The invoices it pays: code and đồng.
    #[schema(value_type = Vec<(String, i64)>)]
    #[garde(custom(limits::at_most(limits::USES)), inner(custom(limits::code_with_amount)))]
    allocations: Vec<(String, Vnd)>,
    /// Who brought it.
    #[garde(custom(limits::filled), length(chars, max = limits::NAME))]
    payer: String,
    /// `YYYY-MM-DD`.
    #[schema(value_type = String)]
    #[garde(skip)]
    received_on: Day,
    /// Anything worth keeping.
    #[garde(length(chars, max = limits::TEXT))]
    note: Option<String>,
}

/// Records cash taken at the school, by voucher.
#[utoipa::path(post, path = "/api/v1/schools/{school}/cash", tag = "payments", security(("key" = [])),
    params(("school" = String, Path), ("Idempotency-Key" = String, Header)), request_body = CashBody,
    responses((status = 201, body = Voucher), (status = 409, description = "the invoice has less left")))]
#[post("/schools/{school}/cash")]
pub async fn cash(
    context: web::Data<Context>,
    who: Authenticated,
    path: Later<web::Path<String>>,
    request: HttpRequest,
    body: Later<Valid<CashBody>>,
) -> Result<HttpResponse, Problem> {
    let school =
        school_for(&context, &who.0, path.now()?.into_inner(), Permission::RecordCash).await?;
    let body = body.now()?.into_inner();
    let print =
        format!("{:?}|{}|{}|{:?}", body.allocations, body.payer, body.received_on, body.note);
    let once = Once::from_headers(request.headers(), &who.0, &[request.path(), &print])?;
    let request_key = once.request_key();
    once.carry_out(&context, StatusCode::CREATED, move |inner| {
        let new = NewCash {
            allocations: body.allocations,
            payer: body.payer,
            received_on: body.received_on,
            note: body.note,
            request_key: Some(request_key),
        };
        cash_use_case::record(&inner.store, &*inner.clock, &who.0.actor, school.id, &new)
    })
    .await
}

/// Voids a cash voucher; its number is kept.
#[utoipa::path(post, path = "/api/v1/schools/{school}/cash/{id}/void", tag = "payments", security(("key" = [])),
    params(("school" = String, Path), ("id" = i64, Path), ("Idempotency-Key" = String, Header)),
    request_body = Reversal, responses((status = 200, body = Voucher)))]
#[post("/schools/{school}/cash/{id}/void")]
pub async fn void_cash(
    context: web::Data<Context>,
    who: Authenticated,
    path: Later<web::Path<(String, i64)>>,
    request: HttpRequest,
    body: Later<Valid<Reversal>>,
) -> Result<HttpResponse, Problem> {
    let (school, id) = path.now()?.into_inner();
    let school = school_for(&context, &who.0, school, Permission::VoidCash).await?;
    let reason = body.now()?.into_inner().reason;
    let once = Once::from_headers(request.headers(), &who.0, &[request.path(), &reason])?;
    once.carry_out(&context, StatusCode::OK, move |inner| {
        let at = (school.id, PaymentId(id));
        cash_use_case::void(&inner.store, &*inner.clock, &who.0.actor, at, &reason)
    })
    .await
}

/// The decision the client saw, from `If-Match: "123"`.
fn expected_decision(request: &HttpRequest) -> Result<Option<DecisionId>, Problem> {
    let Some(value) = request.headers().get(IF_MATCH) else { return Ok(None) };
    value
        .to_str()
        .ok()
        .and_then(|text| text.trim().trim_matches('"').parse().ok())
        .map(|id| Some(DecisionId(id)))
        .ok_or_else(|| {
            Problem::bad_request(
                "if_match",
                "Tiêu đề If-Match phải là ETag đã nhận, ví dụ \"123\".",
                "The header If-Match must be an ETag received before, e.g. \"123\".",
            )
        })
}

fn with_etag(
    mut response: actix_web::HttpResponseBuilder,
    state: &PaymentState,
) -> actix_web::HttpResponseBuilder {
    if let Some(decision) = state.decision_id {
        response.insert_header((ETAG, format!("\"{decision}\"")));
    }
    response
}
