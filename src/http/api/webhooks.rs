//! The addresses at which providers notify a school, and what came in.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, delete, get, post, put, web};
use serde::{Deserialize, Serialize};

use super::idempotency::Once;
use crate::domain::access::Permission;
use crate::http::auth::{Authenticated, school_for};
use crate::http::later::Later;
use crate::http::problem::Problem;
use crate::http::valid::Valid;
use crate::http::{Context, on_worker};
use crate::service::inbox::view::{self, Asked, DeliveryDetail, DeliveryView};
use crate::service::limits;
use crate::service::pull::{self, NewPull, PullView};
use crate::service::webhooks::{self, Change, EndpointView, MadeEndpoint, NewEndpoint};

/// The endpoints of a school, with how many notifications each has had; no secret is ever shown.
#[utoipa::path(get, path = "/api/v1/schools/{school}/webhook-endpoints", tag = "webhooks", security(("key" = [])),
    params(("school" = String, Path)), responses((status = 200, body = Vec<EndpointView>)))]
#[get("/schools/{school}/webhook-endpoints")]
pub async fn list(
    context: web::Data<Context>,
    who: Authenticated,
    path: Later<web::Path<String>>,
) -> Result<HttpResponse, Problem> {
    let school =
        school_for(&context, &who.0, path.now()?.into_inner(), Permission::ReadBooks).await?;
    let inner = context.clone();
    let found = on_worker(move || {
        // What was not kept is counted in memory first.
        inner.receiver.flush_counts()?;
        webhooks::list(&inner.store, &*inner.clock, school.id)
    })
    .await?;
    Ok(HttpResponse::Ok().json(found))
}

/// Makes an endpoint. Where no secret is given one is made, and told in this answer only.
#[utoipa::path(post, path = "/api/v1/schools/{school}/webhook-endpoints", tag = "webhooks", security(("key" = [])),
    params(("school" = String, Path)), request_body = NewEndpoint,
    responses((status = 201, body = MadeEndpoint), (status = 422, description = "cannot be made so")))]
#[post("/schools/{school}/webhook-endpoints")]
pub async fn create(
    context: web::Data<Context>,
    who: Authenticated,
    path: Later<web::Path<String>>,
    body: Later<Valid<NewEndpoint>>,
) -> Result<HttpResponse, Problem> {
    let school =
        school_for(&context, &who.0, path.now()?.into_inner(), Permission::ManageWebhooks).await?;
    let new = body.now()?.into_inner();
    let made = on_worker(move || {
        let ports = (&*context.clock, &*context.ids, &*context.keys);
        webhooks::create(&context.store, ports, &who.0.actor, school.id, &new)
    })
    .await?;
    Ok(HttpResponse::Created().json(made))
}

/// What to change about an endpoint.
#[derive(Serialize, Deserialize, utoipa::ToSchema, garde::Validate)]
#[serde(deny_unknown_fields, rename_all = "snake_case", tag = "change")]
pub enum ChangeBody {
    /// Adds a second secret; both live until the first is retired.
    Rotate {
        /// The secret the provider gave; one is made where none is given.
        #[garde(length(chars, max = limits::SECRET))]
        secret: Option<String>,
    },
    /// Ends a secret.
    Retire {
        /// Its id.
        #[garde(skip)]
        secret: i64,
    },
    /// Takes no more notifications.
    Close,
    /// Takes notifications again.
    Open,
}

impl std::fmt::Debug for ChangeBody {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str(match self {
            ChangeBody::Rotate { .. } => "Rotate(…)",
            ChangeBody::Retire { .. } => "Retire(…)",
            ChangeBody::Close => "Close",
            ChangeBody::Open => "Open",
        })
    }
}

/// Rotates or retires a secret, closes or opens an endpoint. It holds from the next request on; on
/// other replicas within a second.
#[utoipa::path(post, path = "/api/v1/schools/{school}/webhook-endpoints/{endpoint}", tag = "webhooks", security(("key" = [])),
    params(("school" = String, Path), ("endpoint" = String, Path)), request_body = ChangeBody,
    responses((status = 200, body = MadeEndpoint), (status = 409, description = "not now")))]
#[post("/schools/{school}/webhook-endpoints/{endpoint}")]
pub async fn change(
    context: web::Data<Context>,
    who: Authenticated,
    path: Later<web::Path<(String, String)>>,
    body: Later<Valid<ChangeBody>>,
) -> Result<HttpResponse, Problem> {
    let (school, endpoint) = path.now()?.into_inner();
    let school = school_for(&context, &who.0, school, Permission::ManageWebhooks).await?;
    let change = match body.now()?.into_inner() {
        ChangeBody::Rotate { secret } => Change::Rotate { secret },
        ChangeBody::Retire { secret } => Change::Retire { secret },
        ChangeBody::Close => Change::Close,
        ChangeBody::Open => Change::Open,
    };
    let inner = context.clone();
    let id = endpoint.clone();
    let made = on_worker(move || {
        let ports = (&*inner.clock, &*inner.ids, &*inner.keys);
        let named = (school.id, id.as_str());
        webhooks::change(&inner.store, ports, &who.0.actor, named, &change)
    })
    .await?;
    context.receiver.forget(&endpoint);
    Ok(HttpResponse::Ok().json(made))
}

/// Which notifications.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
pub struct DeliveriesQuery {
    /// Only those of this endpoint.
    endpoint: Option<String>,
    /// Only `waiting`, `done` or `dead` ones.
    state: Option<String>,
    /// Only those older than this id.
    before: Option<i64>,
    /// How many, at most 200.
    limit: Option<u32>,
}

/// What came in, newest first: what became of it, and why what was given up was.
#[utoipa::path(get, path = "/api/v1/schools/{school}/webhook-deliveries", tag = "webhooks", security(("key" = [])),
    params(("school" = String, Path), DeliveriesQuery), responses((status = 200, body = Vec<DeliveryView>)))]
#[get("/schools/{school}/webhook-deliveries")]
pub async fn deliveries(
    context: web::Data<Context>,
    who: Authenticated,
    path: Later<web::Path<String>>,
    query: Later<web::Query<DeliveriesQuery>>,
) -> Result<HttpResponse, Problem> {
    let school =
        school_for(&context, &who.0, path.now()?.into_inner(), Permission::ReadBooks).await?;
    let query = query.now()?.into_inner();
    let asked = Asked {
        endpoint: query.endpoint,
        state: query.state,
        before: query.before,
        limit: query.limit.unwrap_or(50),
    };
    let found = on_worker(move || view::page(&context.store, school.id, &asked)).await?;
    Ok(HttpResponse::Ok().json(found))
}

/// One notification with its body as it came; nothing in it that proves anything.
#[utoipa::path(get, path = "/api/v1/schools/{school}/webhook-deliveries/{id}", tag = "webhooks", security(("key" = [])),
    params(("school" = String, Path), ("id" = i64, Path)), responses((status = 200, body = DeliveryDetail)))]
#[get("/schools/{school}/webhook-deliveries/{id}")]
pub async fn delivery(
    context: web::Data<Context>,
    who: Authenticated,
    path: Later<web::Path<(String, i64)>>,
) -> Result<HttpResponse, Problem> {
    let (school, id) = path.now()?.into_inner();
    let school = school_for(&context, &who.0, school, Permission::ReadBooks).await?;
    let found = on_worker(move || view::show(&context.store, school.id, id)).await?;
    Ok(HttpResponse::Ok().json(found))
}

/// Handles a notification again, e.g. after the account it speaks of was added. What became a payment
/// already does not become another.
#[utoipa::path(post, path = "/api/v1/schools/{school}/webhook-deliveries/{id}/replay", tag = "webhooks", security(("key" = [])),
    params(("school" = String, Path), ("id" = i64, Path), ("Idempotency-Key" = String, Header)),
    responses((status = 200, body = DeliveryView)))]
#[post("/schools/{school}/webhook-deliveries/{id}/replay")]
pub async fn replay(
    context: web::Data<Context>,
    who: Authenticated,
    request: HttpRequest,
    path: Later<web::Path<(String, i64)>>,
) -> Result<HttpResponse, Problem> {
    let (school, id) = path.now()?.into_inner();
    let school = school_for(&context, &who.0, school, Permission::RetryDeliveries).await?;
    let once = Once::from_headers(request.headers(), &who.0, &[request.path()])?;
    once.carry_out(&context, StatusCode::OK, move |inner| {
        view::replay(&inner.store, &*inner.clock, &who.0.actor, school.id, id)
    })
    .await
}

/// How the school's endpoints are asked for what they may have failed to tell; tokens are not shown.
#[utoipa::path(get, path = "/api/v1/schools/{school}/webhook-pulls", tag = "webhooks", security(("key" = [])),
    params(("school" = String, Path)), responses((status = 200, body = Vec<PullView>)))]
#[get("/schools/{school}/webhook-pulls")]
pub async fn pulls(
    context: web::Data<Context>,
    who: Authenticated,
    path: Later<web::Path<String>>,
) -> Result<HttpResponse, Problem> {
    let school =
        school_for(&context, &who.0, path.now()?.into_inner(), Permission::ReadBooks).await?;
    let found = on_worker(move || pull::list(&context.store, school.id)).await?;
    Ok(HttpResponse::Ok().json(found))
}

/// Sets up how an endpoint's provider is asked (SePay and Casso); it happens by itself while serving.
#[utoipa::path(put, path = "/api/v1/schools/{school}/webhook-endpoints/{endpoint}/pull", tag = "webhooks", security(("key" = [])),
    params(("school" = String, Path), ("endpoint" = String, Path)), request_body = NewPull,
    responses((status = 200, body = PullView), (status = 422, description = "cannot be asked so")))]
#[put("/schools/{school}/webhook-endpoints/{endpoint}/pull")]
pub async fn set_pull(
    context: web::Data<Context>,
    who: Authenticated,
    path: Later<web::Path<(String, String)>>,
    body: Later<Valid<NewPull>>,
) -> Result<HttpResponse, Problem> {
    let (school, endpoint) = path.now()?.into_inner();
    let school = school_for(&context, &who.0, school, Permission::ManageWebhooks).await?;
    let new = body.now()?.into_inner();
    let set = on_worker(move || {
        let ports = (&*context.clock, &*context.ids, &*context.keys);
        let of = (school.id, endpoint.as_str());
        pull::set(&context.store, ports, &who.0.actor, of, (&new, &context.outbound))
    })
    .await?;
    Ok(HttpResponse::Ok().json(set))
}

/// Asks an endpoint's provider no more.
#[utoipa::path(delete, path = "/api/v1/schools/{school}/webhook-endpoints/{endpoint}/pull", tag = "webhooks", security(("key" = [])),
    params(("school" = String, Path), ("endpoint" = String, Path)),
    responses((status = 204, description = "asked no more")))]
#[delete("/schools/{school}/webhook-endpoints/{endpoint}/pull")]
pub async fn stop_pull(
    context: web::Data<Context>,
    who: Authenticated,
    path: Later<web::Path<(String, String)>>,
) -> Result<HttpResponse, Problem> {
    let (school, endpoint) = path.now()?.into_inner();
    let school = school_for(&context, &who.0, school, Permission::ManageWebhooks).await?;
    on_worker(move || {
        let of = (school.id, endpoint.as_str());
        pull::stop(&context.store, &*context.clock, &who.0.actor, of)
    })
    .await?;
    Ok(HttpResponse::new(StatusCode::NO_CONTENT))
}
