//! Authorities and where schools belong, on any day.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, get, patch, post, web};
use serde::{Deserialize, Serialize};

use super::idempotency::Once;
use crate::clock::local_day;
use crate::domain::access::{Permission, Scope};
use crate::domain::calendar::Day;
use crate::domain::id::AuthorityId;
use crate::http::auth::{Authenticated, school_for};
use crate::http::later::Later;
use crate::http::problem::Problem;
use crate::http::valid::Valid;
use crate::http::{Context, on_worker};
use crate::service::directory::{self, NewAuthority};
use crate::service::keys::Caller;
use crate::service::limits;
use crate::service::organisation::authorities::{self, AuthorityDetail, AuthorityView};
use crate::service::organisation::change::{self as changing, AuthorityChange, Changed};
use crate::service::organisation::places::{self, NewAlias, NewPlacement, NewSatellite};
use crate::service::organisation::school::{self as one_school, SchoolDetail};

/// On which day.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
pub struct DayQuery {
    /// The day, `YYYY-MM-DD`; today when absent.
    #[param(value_type = Option<String>)]
    on: Option<Day>,
}

/// The authorities that exist on a day, each after the one above it. A key of an authority sees
/// itself and what is below it then.
#[utoipa::path(get, path = "/api/v1/authorities", tag = "authorities", security(("key" = [])),
    params(DayQuery), responses((status = 200, body = Vec<AuthorityView>)))]
#[get("/authorities")]
pub async fn list(
    context: web::Data<Context>,
    who: Authenticated,
    query: Later<web::Query<DayQuery>>,
) -> Result<HttpResponse, Problem> {
    who.may(Permission::ReadFigures)?;
    let within = reach(&who.0)?;
    let on = day(&context, query)?;
    let found = on_worker(move || authorities::list(&context.store, on, within)).await?;
    Ok(HttpResponse::Ok().json(found))
}

/// One authority, by its code of that day, its present or a former one, with its history and its
/// schools on that day.
#[utoipa::path(get, path = "/api/v1/authorities/{code}", tag = "authorities", security(("key" = [])),
    params(("code" = String, Path), DayQuery),
    responses((status = 200, body = AuthorityDetail), (status = 404, description = "no such authority")))]
#[get("/authorities/{code}")]
pub async fn show(
    context: web::Data<Context>,
    who: Authenticated,
    path: Later<web::Path<String>>,
    query: Later<web::Query<DayQuery>>,
) -> Result<HttpResponse, Problem> {
    who.may(Permission::ReadFigures)?;
    let within = reach(&who.0)?;
    let code = path.now()?.into_inner();
    let on = day(&context, query)?;
    let found = on_worker(move || authorities::show(&context.store, &code, on, within)).await?;
    Ok(HttpResponse::Ok().json(found))
}

/// An authority to be added.
#[derive(Debug, Serialize, Deserialize, utoipa::ToSchema, garde::Validate)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
pub struct AuthorityBody {
    /// Unique on any day.
    #[garde(length(chars, max = limits::WORD))]
    code: String,
    /// Its name.
    #[garde(length(chars, max = limits::NAME))]
    name: String,
    /// `province`, `department`, `district`, `commune`, …
    #[garde(length(chars, max = limits::WORD))]
    kind: String,
    /// The code of the authority above.
    #[garde(length(chars, max = limits::WORD))]
    parent: Option<String>,
    /// Its first day.
    #[schema(value_type = Option<String>, format = Date)]
    from: Option<Day>,
    /// Its last day.
    #[schema(value_type = Option<String>, format = Date)]
    to: Option<Day>,
}

/// Adds an authority.
#[utoipa::path(post, path = "/api/v1/authorities", tag = "authorities", security(("key" = [])),
    params(("Idempotency-Key" = String, Header)), request_body = AuthorityBody,
    responses((status = 201, body = AuthorityDetail), (status = 409, description = "the code is taken"),
        (status = 422, description = "cannot be added so")))]
#[post("/authorities")]
pub async fn create(
    context: web::Data<Context>,
    who: Authenticated,
    request: HttpRequest,
    body: Later<Valid<AuthorityBody>>,
) -> Result<HttpResponse, Problem> {
    who.may(Permission::ManageDirectory)?;
    whole(&who.0)?;
    let body = body.now()?.into_inner();
    let once = Once::of_body(&request, &who.0, &body)?;
    once.carry_out(&context, StatusCode::CREATED, move |inner| {
        let new = NewAuthority {
            code: body.code,
            name: body.name,
            kind: body.kind,
            parent: body.parent,
            valid_from: body.from,
            valid_to: body.to,
        };
        directory::add_authority(&inner.store, &*inner.clock, &who.0.actor, &new)?;
        let on = new.valid_from.unwrap_or_else(|| local_day(inner.clock.now()));
        authorities::show(&inner.store, new.code.trim(), on, None)
    })
    .await
}

/// Moves, renames or ends an authority. What was stays with its days. Sent twice it says the same.
#[utoipa::path(patch, path = "/api/v1/authorities/{code}", tag = "authorities", security(("key" = [])),
    params(("code" = String, Path)), request_body = AuthorityChange,
    responses((status = 200, body = Changed), (status = 409, description = "the code is taken"),
        (status = 422, description = "a circle, or days that cannot be")))]
#[patch("/authorities/{code}")]
pub async fn change_authority(
    context: web::Data<Context>,
    who: Authenticated,
    path: Later<web::Path<String>>,
    body: Later<Valid<AuthorityChange>>,
) -> Result<HttpResponse, Problem> {
    who.may(Permission::ManageDirectory)?;
    whole(&who.0)?;
    let code = path.now()?.into_inner();
    let what = body.now()?.into_inner();
    let changed = on_worker(move || {
        changing::change(&context.store, &*context.clock, &who.0.actor, &code, &what)
    })
    .await?;
    Ok(HttpResponse::Ok().json(changed))
}

/// A school with its codes, levels, places, and under whom it was and is.
#[utoipa::path(get, path = "/api/v1/schools/{school}", tag = "schools", security(("key" = [])),
    params(("school" = String, Path)), responses((status = 200, body = SchoolDetail)))]
#[get("/schools/{school}")]
pub async fn show_school(
    context: web::Data<Context>,
    who: Authenticated,
    path: Later<web::Path<String>>,
) -> Result<HttpResponse, Problem> {
    let code = path.now()?.into_inner();
    school_for(&context, &who.0, code.clone(), Permission::ReadFigures).await?;
    let found = on_worker(move || one_school::show(&context.store, &code)).await?;
    Ok(HttpResponse::Ok().json(found))
}

/// What is said of a school; what is left out stays.
#[derive(Debug, Deserialize, utoipa::ToSchema, garde::Validate)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
pub struct SchoolBody {
    /// The levels it teaches: `preschool`, `primary`, `lower_secondary`, `upper_secondary`, `continuing`.
    #[serde(default)]
    #[garde(inner(inner(length(chars, max = limits::NAME))))]
    levels: Option<Vec<String>>,
    /// By whom it is kept: `public`, `community` or `private`.
    #[serde(default)]
    #[garde(inner(length(chars, max = limits::NAME)))]
    ownership: Option<String>,
}

/// Says which levels a school teaches and by whom it is kept. Sent twice it says the same.
#[utoipa::path(patch, path = "/api/v1/schools/{school}", tag = "schools", security(("key" = [])),
    params(("school" = String, Path)), request_body = SchoolBody,
    responses((status = 200, body = Changed), (status = 422, description = "no such level or kind")))]
#[patch("/schools/{school}")]
pub async fn change_school(
    context: web::Data<Context>,
    who: Authenticated,
    path: Later<web::Path<String>>,
    body: Later<Valid<SchoolBody>>,
) -> Result<HttpResponse, Problem> {
    let school =
        school_for(&context, &who.0, path.now()?.into_inner(), Permission::ManageDirectory).await?;
    let body = body.now()?.into_inner();
    let changed = on_worker(move || {
        let (store, clock) = (&context.store, &*context.clock);
        let (actor, school) = (&who.0.actor, school.id);
        let mut changed = Changed { changed: false, notes: Vec::new() };
        if let Some(levels) = &body.levels {
            changed = places::set_levels(store, clock, actor, school, &levels.join(","))?;
        }
        if let Some(kind) = &body.ownership {
            let done = places::set_ownership(store, clock, actor, school, kind)?;
            changed.changed |= done.changed;
            changed.notes.extend(done.notes);
        }
        Ok(changed)
    })
    .await?;
    Ok(HttpResponse::Ok().json(changed))
}

/// Places a school under an authority; a placement without an end is closed the day before. Only a key
/// to the whole installation may.
#[utoipa::path(post, path = "/api/v1/schools/{school}/placements", tag = "schools", security(("key" = [])),
    params(("school" = String, Path), ("Idempotency-Key" = String, Header)), request_body = NewPlacement,
    responses((status = 200, body = Changed), (status = 422, description = "overlaps, or the authority does not exist then")))]
#[post("/schools/{school}/placements")]
pub async fn place(
    context: web::Data<Context>,
    who: Authenticated,
    path: Later<web::Path<String>>,
    request: HttpRequest,
    body: Later<Valid<NewPlacement>>,
) -> Result<HttpResponse, Problem> {
    let school =
        school_for(&context, &who.0, path.now()?.into_inner(), Permission::ManageDirectory).await?;
    who.may(Permission::ManageDirectory)?;
    whole(&who.0)?;
    let new = body.now()?.into_inner();
    let once = Once::of_body(&request, &who.0, &new)?;
    once.carry_out(&context, StatusCode::OK, move |inner| {
        places::place(&inner.store, &*inner.clock, &who.0.actor, school.id, &new)
    })
    .await
}

/// Adds another code under which a school is known. Only a key to the whole installation may.
#[utoipa::path(post, path = "/api/v1/schools/{school}/aliases", tag = "schools", security(("key" = [])),
    params(("school" = String, Path), ("Idempotency-Key" = String, Header)), request_body = NewAlias,
    responses((status = 200, body = Changed), (status = 409, description = "another school's code")))]
#[post("/schools/{school}/aliases")]
pub async fn add_alias(
    context: web::Data<Context>,
    who: Authenticated,
    path: Later<web::Path<String>>,
    request: HttpRequest,
    body: Later<Valid<NewAlias>>,
) -> Result<HttpResponse, Problem> {
    let school =
        school_for(&context, &who.0, path.now()?.into_inner(), Permission::ManageDirectory).await?;
    who.may(Permission::ManageDirectory)?;
    whole(&who.0)?;
    let new = body.now()?.into_inner();
    let once = Once::of_body(&request, &who.0, &new)?;
    once.carry_out(&context, StatusCode::OK, move |inner| {
        places::add_alias(&inner.store, &*inner.clock, &who.0.actor, school.id, &new)
    })
    .await
}

/// Adds a place where a school teaches, or says anew what is known of one.
#[utoipa::path(post, path = "/api/v1/schools/{school}/satellites", tag = "schools", security(("key" = [])),
    params(("school" = String, Path), ("Idempotency-Key" = String, Header)), request_body = NewSatellite,
    responses((status = 200, body = Changed), (status = 422, description = "no code, no name, or days reversed")))]
#[post("/schools/{school}/satellites")]
pub async fn put_satellite(
    context: web::Data<Context>,
    who: Authenticated,
    path: Later<web::Path<String>>,
    request: HttpRequest,
    body: Later<Valid<NewSatellite>>,
) -> Result<HttpResponse, Problem> {
    let school =
        school_for(&context, &who.0, path.now()?.into_inner(), Permission::ManageDirectory).await?;
    let new = body.now()?.into_inner();
    let once = Once::of_body(&request, &who.0, &new)?;
    once.carry_out(&context, StatusCode::OK, move |inner| {
        places::put_satellite(&inner.store, &*inner.clock, &who.0.actor, school.id, &new)
    })
    .await
}

/// Which authorities a caller may see: below one, or all. A key of a school sees none.
fn reach(caller: &Caller) -> Result<Option<AuthorityId>, Problem> {
    match caller.scope {
        Scope::Everything => Ok(None),
        Scope::Authority(within) => Ok(Some(within)),
        Scope::School(_) => Err(Problem::forbidden()),
    }
}

/// What belongs to no school alone is changed with a key to the whole installation only.
fn whole(caller: &Caller) -> Result<(), Problem> {
    if matches!(caller.scope, Scope::Everything) { Ok(()) } else { Err(Problem::forbidden()) }
}

fn day(context: &web::Data<Context>, query: Later<web::Query<DayQuery>>) -> Result<Day, Problem> {
    Ok(query.now()?.into_inner().on.unwrap_or_else(|| local_day(context.clock.now())))
}
