//! The accounts on which a school receives money, and those that stand for one student each.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, get, patch, post, web};
use serde::Deserialize;

use super::idempotency::Once;
use crate::domain::access::Permission;
use crate::domain::calendar::Day;
use crate::domain::id::BankAccountId;
use crate::http::auth::{Authenticated, school_for};
use crate::http::later::Later;
use crate::http::problem::Problem;
use crate::http::valid::Valid;
use crate::http::{Context, on_worker};
use crate::service::accounts::{self, AccountChange, AccountView, NewAccount};
use crate::service::organisation::change::Changed;
use crate::service::virtual_accounts::{self, NewVirtualAccount, VirtualAccountView};

/// The accounts of a school, with the days on which each is offered for new payments.
#[utoipa::path(get, path = "/api/v1/schools/{school}/bank-accounts", tag = "accounts", security(("key" = [])),
    params(("school" = String, Path)), responses((status = 200, body = Vec<AccountView>)))]
#[get("/schools/{school}/bank-accounts")]
pub async fn list(
    context: web::Data<Context>,
    who: Authenticated,
    path: Later<web::Path<String>>,
) -> Result<HttpResponse, Problem> {
    let school =
        school_for(&context, &who.0, path.now()?.into_inner(), Permission::ReadBooks).await?;
    let found =
        on_worker(move || accounts::list(&context.store, &*context.clock, school.id)).await?;
    Ok(HttpResponse::Ok().json(found))
}

/// Adds an account.
#[utoipa::path(post, path = "/api/v1/schools/{school}/bank-accounts", tag = "accounts", security(("key" = [])),
    params(("school" = String, Path), ("Idempotency-Key" = String, Header)), request_body = NewAccount,
    responses((status = 201, body = AccountView), (status = 409, description = "the number is known"),
        (status = 422, description = "no BIN, no number, or days reversed")))]
#[post("/schools/{school}/bank-accounts")]
pub async fn create(
    context: web::Data<Context>,
    who: Authenticated,
    path: Later<web::Path<String>>,
    request: HttpRequest,
    body: Later<Valid<NewAccount>>,
) -> Result<HttpResponse, Problem> {
    let school =
        school_for(&context, &who.0, path.now()?.into_inner(), Permission::ManageDirectory).await?;
    let new = body.now()?.into_inner();
    let once = Once::of_body(&request, &who.0, &new)?;
    once.carry_out(&context, StatusCode::CREATED, move |inner| {
        accounts::add(&inner.store, &*inner.clock, &who.0.actor, school.id, &new)
    })
    .await
}

/// Says when an account ended, or corrects its holder. Sent twice it says the same.
#[utoipa::path(patch, path = "/api/v1/schools/{school}/bank-accounts/{id}", tag = "accounts", security(("key" = [])),
    params(("school" = String, Path), ("id" = i64, Path)), request_body = AccountChange,
    responses((status = 200, body = Changed), (status = 404, description = "no such account")))]
#[patch("/schools/{school}/bank-accounts/{id}")]
pub async fn change(
    context: web::Data<Context>,
    who: Authenticated,
    path: Later<web::Path<(String, i64)>>,
    body: Later<Valid<AccountChange>>,
) -> Result<HttpResponse, Problem> {
    let (school, id) = path.now()?.into_inner();
    let school = school_for(&context, &who.0, school, Permission::ManageDirectory).await?;
    let what = body.now()?.into_inner();
    let changed = on_worker(move || {
        let at = (school.id, BankAccountId(id));
        accounts::change(&context.store, &*context.clock, &who.0.actor, at, &what)
    })
    .await?;
    Ok(HttpResponse::Ok().json(changed))
}

/// Whose virtual accounts.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
pub struct StudentQuery {
    /// The school's code of one student; all of them when absent.
    student: Option<String>,
}

/// The virtual accounts of a school's students.
#[utoipa::path(get, path = "/api/v1/schools/{school}/virtual-accounts", tag = "accounts", security(("key" = [])),
    params(("school" = String, Path), StudentQuery),
    responses((status = 200, body = Vec<VirtualAccountView>), (status = 404, description = "no such student")))]
#[get("/schools/{school}/virtual-accounts")]
pub async fn list_virtual(
    context: web::Data<Context>,
    who: Authenticated,
    path: Later<web::Path<String>>,
    query: Later<web::Query<StudentQuery>>,
) -> Result<HttpResponse, Problem> {
    let school =
        school_for(&context, &who.0, path.now()?.into_inner(), Permission::ReadPeople).await?;
    let student = query.now()?.into_inner().student;
    let found = on_worker(move || {
        virtual_accounts::list(&context.store, &*context.clock, school.id, student.as_deref())
    })
    .await?;
    Ok(HttpResponse::Ok().json(found))
}

/// Gives a student a virtual account.
#[utoipa::path(post, path = "/api/v1/schools/{school}/virtual-accounts", tag = "accounts", security(("key" = [])),
    params(("school" = String, Path), ("Idempotency-Key" = String, Header)), request_body = NewVirtualAccount,
    responses((status = 201, body = VirtualAccountView), (status = 404, description = "no such student"),
        (status = 409, description = "the number stands for somebody else")))]
#[post("/schools/{school}/virtual-accounts")]
pub async fn create_virtual(
    context: web::Data<Context>,
    who: Authenticated,
    path: Later<web::Path<String>>,
    request: HttpRequest,
    body: Later<Valid<NewVirtualAccount>>,
) -> Result<HttpResponse, Problem> {
    let school =
        school_for(&context, &who.0, path.now()?.into_inner(), Permission::ManageDirectory).await?;
    let new = body.now()?.into_inner();
    let once = Once::of_body(&request, &who.0, &new)?;
    once.carry_out(&context, StatusCode::CREATED, move |inner| {
        virtual_accounts::add(&inner.store, &*inner.clock, &who.0.actor, school.id, &new)
    })
    .await
}

/// The last day of a virtual account.
#[derive(Debug, Deserialize, utoipa::ToSchema, garde::Validate)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
pub struct VirtualEnd {
    /// The last day.
    #[schema(value_type = String, format = Date)]
    to: Day,
}

/// Says on which day a virtual account ends. Sent twice it says the same.
#[utoipa::path(patch, path = "/api/v1/schools/{school}/virtual-accounts/{id}", tag = "accounts", security(("key" = [])),
    params(("school" = String, Path), ("id" = i64, Path)), request_body = VirtualEnd,
    responses((status = 200, body = Changed), (status = 404, description = "no such virtual account")))]
#[patch("/schools/{school}/virtual-accounts/{id}")]
pub async fn end_virtual(
    context: web::Data<Context>,
    who: Authenticated,
    path: Later<web::Path<(String, i64)>>,
    body: Later<Valid<VirtualEnd>>,
) -> Result<HttpResponse, Problem> {
    let (school, id) = path.now()?.into_inner();
    let school = school_for(&context, &who.0, school, Permission::ManageDirectory).await?;
    let on = body.now()?.into_inner().to;
    let changed = on_worker(move || {
        let at = (school.id, id);
        virtual_accounts::end(&context.store, &*context.clock, &who.0.actor, at, on)
    })
    .await?;
    Ok(HttpResponse::Ok().json(changed))
}
