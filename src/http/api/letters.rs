//! Letters to families: what became of them, sending one again, and reminders.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, get, post, put, web};
use serde::{Deserialize, Serialize};

use super::idempotency::Once;
use crate::domain::access::Permission;
use crate::http::auth::{Authenticated, school_for};
use crate::http::later::Later;
use crate::http::problem::Problem;
use crate::http::valid::Valid;
use crate::http::{Context, on_worker};
use crate::service::fees::rounds;
use crate::service::letters::{self, AskedLetters, LetterView, Preview, Terms, Which};
use crate::service::{ServiceError, Store, limits};

/// Which letters.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
pub struct LetterQuery {
    /// E.g. `notice` or `reminder`; all when absent.
    kind: Option<String>,
    /// `sent`, `waiting`, `failed`, `unsure` or `skipped`; all when absent.
    outcome: Option<String>,
    /// Only notices of the round with this code.
    round: Option<String>,
    /// Only letters older than this one: the cursor of the page before.
    before: Option<i64>,
    /// How many, at most 200.
    limit: Option<u32>,
}

/// A page of letters.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct Letters {
    /// Newest first.
    letters: Vec<LetterView>,
    /// The cursor of the next page, if there is one.
    next: Option<i64>,
}

/// Whom to remind.
#[derive(Debug, Serialize, Deserialize, utoipa::ToSchema, garde::Validate)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
pub struct ReminderWanted {
    /// Only families with a child in this class.
    #[serde(default)]
    #[garde(length(chars, max = limits::WORD))]
    class: Option<String>,
    /// Only of what the round with this code asks.
    #[serde(default)]
    #[garde(length(chars, max = limits::WORD))]
    round: Option<String>,
    /// Only of what is overdue.
    #[serde(default)]
    overdue: bool,
    /// The fingerprint of the preview.
    #[garde(length(chars, max = limits::WORD))]
    fingerprint: String,
}

/// Of which families.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
pub struct ReminderQuery {
    /// Only families with a child in this class.
    class: Option<String>,
    /// Only of what the round with this code asks.
    round: Option<String>,
    /// Only of what is overdue.
    #[serde(default)]
    overdue: bool,
}

fn which(
    store: &Store,
    school: crate::domain::id::SchoolId,
    (class, round, overdue): (Option<String>, Option<&str>, bool),
) -> Result<Which, ServiceError> {
    let round = match round {
        Some(code) => Some(rounds::id_of(store, school, code)?),
        None => None,
    };
    Ok(Which { class, round, overdue })
}

/// The letters of a school, newest first, with what became of each copy.
#[utoipa::path(get, path = "/api/v1/schools/{school}/letters", tag = "letters", security(("key" = [])),
    params(("school" = String, Path), LetterQuery), responses((status = 200, body = Letters)))]
#[get("/schools/{school}/letters")]
pub async fn list(
    context: web::Data<Context>,
    who: Authenticated,
    path: Later<web::Path<String>>,
    query: Later<web::Query<LetterQuery>>,
) -> Result<HttpResponse, Problem> {
    let school =
        school_for(&context, &who.0, path.now()?.into_inner(), Permission::ReadPeople).await?;
    let LetterQuery { kind, outcome, round, before, limit } = query.now()?.into_inner();
    let page = on_worker(move || {
        let round = match &round {
            Some(code) => Some(rounds::id_of(&context.store, school.id, code)?),
            None => None,
        };
        let asked = AskedLetters { round, kind, outcome, before, limit: limit.unwrap_or(50) };
        letters::list(&context.store, &*context.clock, school.id, &asked)
    })
    .await?;
    Ok(HttpResponse::Ok().json(Letters { letters: page.letters, next: page.next }))
}

/// Sends a letter again: mails of it that failed leave with the same Message-ID, and whoever was passed
/// over is looked at anew. Nobody gets it twice.
#[utoipa::path(post, path = "/api/v1/schools/{school}/letters/{id}/again", tag = "letters", security(("key" = [])),
    params(("school" = String, Path), ("id" = i64, Path), ("Idempotency-Key" = String, Header)),
    responses((status = 200, body = i64), (status = 409, description = "it was sent, or is on its way")))]
#[post("/schools/{school}/letters/{id}/again")]
pub async fn again(
    context: web::Data<Context>,
    who: Authenticated,
    path: Later<web::Path<(String, i64)>>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let (school, id) = path.now()?.into_inner();
    let school = school_for(&context, &who.0, school, Permission::IssueInvoices).await?;
    let once = Once::of_body(&request, &who.0, &id)?;
    once.carry_out(&context, StatusCode::OK, move |inner| {
        letters::again(&inner.store, &*inner.clock, &who.0.actor, (school.id, id)).map(|()| id)
    })
    .await
}

/// Tells the families of an issued round what it asks of them; whoever was told gets nothing again. The
/// answer is how many families there are.
#[utoipa::path(post, path = "/api/v1/schools/{school}/rounds/{code}/notices", tag = "letters", security(("key" = [])),
    params(("school" = String, Path), ("code" = String, Path), ("Idempotency-Key" = String, Header)),
    responses((status = 200, body = usize), (status = 409, description = "not issued yet")))]
#[post("/schools/{school}/rounds/{code}/notices")]
pub async fn notify(
    context: web::Data<Context>,
    who: Authenticated,
    path: Later<web::Path<(String, String)>>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let (school, code) = path.now()?.into_inner();
    let school = school_for(&context, &who.0, school, Permission::IssueInvoices).await?;
    let once = Once::of_body(&request, &who.0, &code)?;
    once.carry_out(&context, StatusCode::OK, move |inner| {
        letters::notify(&inner.store, &*inner.clock, &who.0.actor, (school.id, &code))
    })
    .await
}

/// Whom a reminder would reach now, and whom not and why.
#[utoipa::path(get, path = "/api/v1/schools/{school}/reminders", tag = "letters", security(("key" = [])),
    params(("school" = String, Path), ReminderQuery), responses((status = 200, body = Preview)))]
#[get("/schools/{school}/reminders")]
pub async fn preview(
    context: web::Data<Context>,
    who: Authenticated,
    path: Later<web::Path<String>>,
    query: Later<web::Query<ReminderQuery>>,
) -> Result<HttpResponse, Problem> {
    let school =
        school_for(&context, &who.0, path.now()?.into_inner(), Permission::ReadPeople).await?;
    let ReminderQuery { class, round, overdue } = query.now()?.into_inner();
    let shown = on_worker(move || {
        let which = which(&context.store, school.id, (class, round.as_deref(), overdue))?;
        letters::preview(&context.store, &*context.clock, &context.letters, school.id, &which)
    })
    .await?;
    Ok(HttpResponse::Ok().json(shown))
}

/// Reminds exactly the families that a preview showed; where they are others by now, nobody.
#[utoipa::path(post, path = "/api/v1/schools/{school}/reminders", tag = "letters", security(("key" = [])),
    params(("school" = String, Path), ("Idempotency-Key" = String, Header)), request_body = ReminderWanted,
    responses((status = 200, body = Preview), (status = 409, description = "others by now")))]
#[post("/schools/{school}/reminders")]
pub async fn remind(
    context: web::Data<Context>,
    who: Authenticated,
    path: Later<web::Path<String>>,
    request: HttpRequest,
    body: Later<Valid<ReminderWanted>>,
) -> Result<HttpResponse, Problem> {
    let school =
        school_for(&context, &who.0, path.now()?.into_inner(), Permission::IssueInvoices).await?;
    let wanted = body.now()?.into_inner();
    let once = Once::of_body(&request, &who.0, &wanted)?;
    once.carry_out(&context, StatusCode::OK, move |inner| {
        let of = (wanted.class.clone(), wanted.round.as_deref(), wanted.overdue);
        let which = which(&inner.store, school.id, of)?;
        let ask = (school.id, &which, wanted.fingerprint.as_str());
        letters::remind(&inner.store, &*inner.clock, &who.0.actor, &inner.letters, ask)
    })
    .await
}

/// Whether families are reminded by the schedule.
#[utoipa::path(get, path = "/api/v1/schools/{school}/letter-terms", tag = "letters", security(("key" = [])),
    params(("school" = String, Path)), responses((status = 200, body = Terms)))]
#[get("/schools/{school}/letter-terms")]
pub async fn terms(
    context: web::Data<Context>,
    who: Authenticated,
    path: Later<web::Path<String>>,
) -> Result<HttpResponse, Problem> {
    let school =
        school_for(&context, &who.0, path.now()?.into_inner(), Permission::ReadPeople).await?;
    let found = on_worker(move || letters::show_terms(&context.store, school.id)).await?;
    Ok(HttpResponse::Ok().json(found))
}

/// Lets families be reminded by the schedule, or ends that.
#[utoipa::path(put, path = "/api/v1/schools/{school}/letter-terms", tag = "letters", security(("key" = [])),
    params(("school" = String, Path)), request_body = Terms, responses((status = 200, body = Terms)))]
#[put("/schools/{school}/letter-terms")]
pub async fn set_terms(
    context: web::Data<Context>,
    who: Authenticated,
    path: Later<web::Path<String>>,
    body: Later<web::Json<Terms>>,
) -> Result<HttpResponse, Problem> {
    let school =
        school_for(&context, &who.0, path.now()?.into_inner(), Permission::IssueInvoices).await?;
    let wanted = body.now()?.into_inner();
    let set = on_worker(move || {
        letters::set_terms(&context.store, &*context.clock, &who.0.actor, school.id, wanted)
    })
    .await?;
    Ok(HttpResponse::Ok().json(set))
}
