//! Students: pages of a list, one with everything known, and what changes in a school year.

use actix_web::http::StatusCode;
use actix_web::http::header::CONTENT_DISPOSITION;
use actix_web::{HttpRequest, HttpResponse, get, post, web};
use serde::Deserialize;

use super::idempotency::Once;
use crate::domain::access::Permission;
use crate::http::auth::{Authenticated, school_for};
use crate::http::later::Later;
use crate::http::problem::Problem;
use crate::http::valid::Valid;
use crate::http::{Context, on_worker};
use crate::service::students::view::{self, Asked};
use crate::service::students::{
    Leaving, PromotionOutcome, PromotionRequest, Return, StudentCursor, StudentDetail, StudentView,
    Transfer, export, moves, promote as promote_use_case,
};

/// A workbook's media type.
const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// A workbook as an answer, to be kept as a file.
pub(super) fn workbook(name: &str, bytes: Vec<u8>) -> HttpResponse {
    HttpResponse::Ok()
        .insert_header(("Content-Type", XLSX))
        .insert_header((CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")))
        .body(bytes)
}

/// Which students, and how many.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
pub struct StudentQuery {
    /// Only this class.
    class: Option<String>,
    /// Words of the name, the class or the code, with or without diacritics.
    search: Option<String>,
    /// Those who left as well.
    with_left: Option<bool>,
    /// Where the page begins, from the `Link` of the page before.
    cursor: Option<String>,
    /// 1 to 200, 50 when absent.
    limit: Option<u32>,
}

/// A school's students in the order of their names, the given name first.
#[utoipa::path(get, path = "/api/v1/schools/{school}/students", tag = "students", security(("key" = [])),
    params(("school" = String, Path), StudentQuery),
    responses((status = 200, body = Vec<StudentView>, description = "`Link: <…>; rel=\"next\"` when there is more")))]
#[get("/schools/{school}/students")]
pub async fn page(
    context: web::Data<Context>,
    who: Authenticated,
    path: Later<web::Path<String>>,
    query: Later<web::Query<StudentQuery>>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let school =
        school_for(&context, &who.0, path.now()?.into_inner(), Permission::ReadPeople).await?;
    let query = query.now()?.into_inner();
    let limit = query.limit.unwrap_or(50).clamp(1, 200);
    let cursor = match &query.cursor {
        None => None,
        Some(text) => Some(StudentCursor::decode(text).ok_or_else(|| {
            Problem::bad_request(
                "cursor",
                "Tham số cursor không đúng. Lấy từ tiêu đề Link của trang trước.",
                "The parameter cursor is not right. Take it from the Link header of the page before.",
            )
        })?),
    };
    let with_left = query.with_left.unwrap_or(false);
    let asked = Asked { class: query.class, search: query.search, with_left, year: None };
    let rest = next_query(&asked, limit);
    let (students, next) =
        on_worker(move || view::page(&context.store, school.id, &asked, cursor.as_ref(), limit))
            .await?;
    let mut response = HttpResponse::Ok();
    if let Some(next) = next {
        let link = format!("<{}?{rest}&cursor={}>; rel=\"next\"", request.path(), next.encode());
        response.insert_header(("Link", link));
    }
    Ok(response.json(students))
}

fn next_query(asked: &Asked, limit: u32) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.append_pair("limit", &limit.to_string());
    if let Some(class) = &asked.class {
        query.append_pair("class", class);
    }
    if let Some(search) = &asked.search {
        query.append_pair("search", search);
    }
    if asked.with_left {
        query.append_pair("with_left", "true");
    }
    query.finish()
}

/// Whether the workbook is to hold students.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
pub struct TemplateQuery {
    /// With all students that are at the school; blank with an example when absent.
    filled: Option<bool>,
}

/// The workbook for student lists: blank with an example, or filled to be edited and imported again.
#[utoipa::path(get, path = "/api/v1/schools/{school}/students/template", tag = "students", security(("key" = [])),
    params(("school" = String, Path), TemplateQuery),
    responses((status = 200, body = Vec<u8>, content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")))]
#[get("/schools/{school}/students/template")]
pub async fn template(
    context: web::Data<Context>,
    who: Authenticated,
    path: Later<web::Path<String>>,
    query: Later<web::Query<TemplateQuery>>,
) -> Result<HttpResponse, Problem> {
    let school =
        school_for(&context, &who.0, path.now()?.into_inner(), Permission::ImportLists).await?;
    let filled = query.now()?.into_inner().filled.unwrap_or(false);
    let bytes =
        on_worker(
            move || {
                if filled { export::filled(&context.store, school.id) } else { export::blank() }
            },
        )
        .await?;
    Ok(workbook("hoc-sinh.xlsx", bytes))
}

/// A student with everything known. Personal numbers are masked.
#[utoipa::path(get, path = "/api/v1/schools/{school}/students/{code}", tag = "students", security(("key" = [])),
    params(("school" = String, Path), ("code" = String, Path)), responses((status = 200, body = StudentDetail)))]
#[get("/schools/{school}/students/{code}")]
pub async fn show(
    context: web::Data<Context>,
    who: Authenticated,
    path: Later<web::Path<(String, String)>>,
) -> Result<HttpResponse, Problem> {
    let (school, code) = path.now()?.into_inner();
    let school = school_for(&context, &who.0, school, Permission::ReadPeople).await?;
    let found = on_worker(move || view::detail(&context.store, school.id, &code)).await?;
    Ok(HttpResponse::Ok().json(found))
}

/// Puts a student into another class from a day on.
#[utoipa::path(post, path = "/api/v1/schools/{school}/students/{code}/transfer", tag = "students", security(("key" = [])),
    params(("school" = String, Path), ("code" = String, Path), ("Idempotency-Key" = String, Header)),
    request_body = Transfer,
    responses((status = 200, body = StudentDetail), (status = 409, description = "left, the same class, or a day that cannot be")))]
#[post("/schools/{school}/students/{code}/transfer")]
pub async fn transfer(
    context: web::Data<Context>,
    who: Authenticated,
    path: Later<web::Path<(String, String)>>,
    request: HttpRequest,
    body: Later<Valid<Transfer>>,
) -> Result<HttpResponse, Problem> {
    let (school, code) = path.now()?.into_inner();
    let school = school_for(&context, &who.0, school, Permission::ImportLists).await?;
    let wanted = body.now()?.into_inner();
    let once = Once::of_body(&request, &who.0, &wanted)?;
    once.carry_out(&context, StatusCode::OK, move |inner| {
        let at = (school.id, code.as_str());
        moves::transfer(&inner.store, &*inner.clock, &who.0.actor, at, &wanted)
    })
    .await
}

/// Says that a student is no longer at the school from a day on. What is owed stays owed.
#[utoipa::path(post, path = "/api/v1/schools/{school}/students/{code}/leave", tag = "students", security(("key" = [])),
    params(("school" = String, Path), ("code" = String, Path), ("Idempotency-Key" = String, Header)),
    request_body = Leaving,
    responses((status = 200, body = StudentDetail), (status = 409, description = "left already, or a day that cannot be")))]
#[post("/schools/{school}/students/{code}/leave")]
pub async fn leave(
    context: web::Data<Context>,
    who: Authenticated,
    path: Later<web::Path<(String, String)>>,
    request: HttpRequest,
    body: Later<Valid<Leaving>>,
) -> Result<HttpResponse, Problem> {
    let (school, code) = path.now()?.into_inner();
    let school = school_for(&context, &who.0, school, Permission::ImportLists).await?;
    let wanted = body.now()?.into_inner();
    let once = Once::of_body(&request, &who.0, &wanted)?;
    once.carry_out(&context, StatusCode::OK, move |inner| {
        let at = (school.id, code.as_str());
        moves::leave(&inner.store, &*inner.clock, &who.0.actor, at, &wanted)
    })
    .await
}

/// Takes a student who left back in, from a day on.
#[utoipa::path(post, path = "/api/v1/schools/{school}/students/{code}/return", tag = "students", security(("key" = [])),
    params(("school" = String, Path), ("code" = String, Path), ("Idempotency-Key" = String, Header)),
    request_body = Return,
    responses((status = 200, body = StudentDetail), (status = 409, description = "has not left, or a day that cannot be")))]
#[post("/schools/{school}/students/{code}/return")]
pub async fn take_back(
    context: web::Data<Context>,
    who: Authenticated,
    path: Later<web::Path<(String, String)>>,
    request: HttpRequest,
    body: Later<Valid<Return>>,
) -> Result<HttpResponse, Problem> {
    let (school, code) = path.now()?.into_inner();
    let school = school_for(&context, &who.0, school, Permission::ImportLists).await?;
    let wanted = body.now()?.into_inner();
    let once = Once::of_body(&request, &who.0, &wanted)?;
    once.carry_out(&context, StatusCode::OK, move |inner| {
        let at = (school.id, code.as_str());
        moves::take_back(&inner.store, &*inner.clock, &who.0.actor, at, &wanted)
    })
    .await
}

/// Moves every class up at the end of a school year, or shows what would be. The last grade leaves.
#[utoipa::path(post, path = "/api/v1/schools/{school}/students/promotion", tag = "students", security(("key" = [])),
    params(("school" = String, Path), ("Idempotency-Key" = String, Header)),
    request_body = PromotionRequest,
    responses((status = 200, body = PromotionOutcome), (status = 409, description = "done before, or nobody is in a class of that year"),
        (status = 422, description = "it is not known what a class becomes")))]
#[post("/schools/{school}/students/promotion")]
pub async fn promote(
    context: web::Data<Context>,
    who: Authenticated,
    path: Later<web::Path<String>>,
    request: HttpRequest,
    body: Later<Valid<PromotionRequest>>,
) -> Result<HttpResponse, Problem> {
    let school =
        school_for(&context, &who.0, path.now()?.into_inner(), Permission::ImportLists).await?;
    let wanted = body.now()?.into_inner();
    let once = Once::of_body(&request, &who.0, &wanted)?;
    once.carry_out(&context, StatusCode::OK, move |inner| {
        let (store, clock) = (&inner.store, &*inner.clock);
        promote_use_case::run(store, clock, &who.0.actor, school.id, &wanted)
    })
    .await
}
