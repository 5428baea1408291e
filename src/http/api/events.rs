//! The addresses at which a school's other software is told of events, and what was sent to them.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, get, post, web};
use serde::{Deserialize, Serialize};

use super::idempotency::Once;
use crate::domain::access::Permission;
use crate::http::auth::{Authenticated, school_for};
use crate::http::later::Later;
use crate::http::problem::Problem;
use crate::http::valid::Valid;
use crate::http::{Context, on_worker};
use crate::service::events::deliveries::{
    self, AskedEvents, EventDeliveryDetail, EventDeliveryView,
};
use crate::service::events::{
    self, EventChange, EventEndpointView, MadeEventEndpoint, NewEventEndpoint,
};
use crate::service::limits;

/// The addresses to which a school's events are sent; no secret is ever shown.
#[utoipa::path(get, path = "/api/v1/schools/{school}/event-endpoints", tag = "events", security(("key" = [])),
    params(("school" = String, Path)), responses((status = 200, body = Vec<EventEndpointView>)))]
#[get("/schools/{school}/event-endpoints")]
pub async fn endpoints(
    context: web::Data<Context>,
    who: Authenticated,
    path: Later<web::Path<String>>,
) -> Result<HttpResponse, Problem> {
    let school =
        school_for(&context, &who.0, path.now()?.into_inner(), Permission::ReadBooks).await?;
    let found = on_worker(move || events::list(&context.store, school.id)).await?;
    Ok(HttpResponse::Ok().json(found))
}

/// Makes an endpoint. Its secret is told in this answer only. What happened before is not sent.
#[utoipa::path(post, path = "/api/v1/schools/{school}/event-endpoints", tag = "events", security(("key" = [])),
    params(("school" = String, Path)), request_body = NewEventEndpoint,
    responses((status = 201, body = MadeEventEndpoint), (status = 422, description = "may not be sent to")))]
#[post("/schools/{school}/event-endpoints")]
pub async fn create_endpoint(
    context: web::Data<Context>,
    who: Authenticated,
    path: Later<web::Path<String>>,
    body: Later<Valid<NewEventEndpoint>>,
) -> Result<HttpResponse, Problem> {
    let school =
        school_for(&context, &who.0, path.now()?.into_inner(), Permission::ManageWebhooks).await?;
    let new = body.now()?.into_inner();
    let made = on_worker(move || {
        let ports = (&*context.clock, &*context.ids, &*context.keys);
        let policy = &context.outbound;
        events::create(&context.store, ports, policy, &who.0.actor, school.id, &new)
    })
    .await?;
    Ok(HttpResponse::Created().json(made))
}

/// What to change about an event endpoint.
#[derive(Debug, Serialize, Deserialize, utoipa::ToSchema, garde::Validate)]
#[serde(deny_unknown_fields, rename_all = "snake_case", tag = "change")]
pub enum EventChangeBody {
    /// Adds a second secret; what is sent is signed with both until the first is retired.
    Rotate,
    /// Ends a secret.
    Retire {
        /// Its id.
        #[garde(skip)]
        secret: i64,
    },
    /// Is told nothing more.
    Close,
    /// Is told again, what waited included.
    Open,
    /// Is sent something at once that says nothing, to see whether it arrives.
    Test,
    /// Is told of other kinds, from now on.
    Kinds {
        /// Their names; all where there is none.
        #[garde(custom(limits::at_most(limits::KINDS)), inner(length(chars, max = limits::WORD)))]
        kinds: Vec<String>,
    },
    /// Is somewhere else.
    Url {
        /// Where.
        #[garde(custom(limits::filled), length(chars, max = limits::URL))]
        url: String,
    },
}

/// Rotates or retires a secret, closes or opens an endpoint, changes its kinds or its address.
#[utoipa::path(post, path = "/api/v1/schools/{school}/event-endpoints/{id}", tag = "events", security(("key" = [])),
    params(("school" = String, Path), ("id" = i64, Path)), request_body = EventChangeBody,
    responses((status = 200, body = MadeEventEndpoint), (status = 409, description = "not now")))]
#[post("/schools/{school}/event-endpoints/{id}")]
pub async fn change_endpoint(
    context: web::Data<Context>,
    who: Authenticated,
    path: Later<web::Path<(String, i64)>>,
    body: Later<Valid<EventChangeBody>>,
) -> Result<HttpResponse, Problem> {
    let (school, id) = path.now()?.into_inner();
    let school = school_for(&context, &who.0, school, Permission::ManageWebhooks).await?;
    let change = match body.now()?.into_inner() {
        EventChangeBody::Rotate => EventChange::Rotate,
        EventChangeBody::Retire { secret } => EventChange::Retire { secret },
        EventChangeBody::Close => EventChange::Close,
        EventChangeBody::Open => EventChange::Open,
        EventChangeBody::Test => EventChange::Test,
        EventChangeBody::Kinds { kinds } => EventChange::Kinds { kinds },
        EventChangeBody::Url { url } => EventChange::Url { url },
    };
    let made = on_worker(move || {
        let ports = (&*context.clock, &*context.ids, &*context.keys);
        let named = (school.id, id);
        events::change(&context.store, ports, &context.outbound, &who.0.actor, named, &change)
    })
    .await?;
    Ok(HttpResponse::Ok().json(made))
}

/// Which deliveries.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
pub struct EventDeliveriesQuery {
    /// Only those of this endpoint.
    endpoint: Option<i64>,
    /// Only `waiting`, `sent` or `dead` ones.
    state: Option<String>,
    /// Only those older than this id.
    before: Option<i64>,
    /// How many, at most 200.
    limit: Option<u32>,
}

/// What was sent and what was not, newest first, and why.
#[utoipa::path(get, path = "/api/v1/schools/{school}/event-deliveries", tag = "events", security(("key" = [])),
    params(("school" = String, Path), EventDeliveriesQuery), responses((status = 200, body = Vec<EventDeliveryView>)))]
#[get("/schools/{school}/event-deliveries")]
pub async fn deliveries_page(
    context: web::Data<Context>,
    who: Authenticated,
    path: Later<web::Path<String>>,
    query: Later<web::Query<EventDeliveriesQuery>>,
) -> Result<HttpResponse, Problem> {
    let school =
        school_for(&context, &who.0, path.now()?.into_inner(), Permission::ReadBooks).await?;
    let query = query.now()?.into_inner();
    let asked = AskedEvents {
        endpoint: query.endpoint,
        state: query.state,
        before: query.before,
        limit: query.limit.unwrap_or(50),
    };
    let found = on_worker(move || deliveries::page(&context.store, school.id, &asked)).await?;
    Ok(HttpResponse::Ok().json(found))
}

/// One delivery with the body that is sent.
#[utoipa::path(get, path = "/api/v1/schools/{school}/event-deliveries/{id}", tag = "events", security(("key" = [])),
    params(("school" = String, Path), ("id" = i64, Path)), responses((status = 200, body = EventDeliveryDetail)))]
#[get("/schools/{school}/event-deliveries/{id}")]
pub async fn delivery(
    context: web::Data<Context>,
    who: Authenticated,
    path: Later<web::Path<(String, i64)>>,
) -> Result<HttpResponse, Problem> {
    let (school, id) = path.now()?.into_inner();
    let school = school_for(&context, &who.0, school, Permission::ReadBooks).await?;
    let found = on_worker(move || deliveries::show(&context.store, school.id, id)).await?;
    Ok(HttpResponse::Ok().json(found))
}

/// Sends something again, at once and with the same `webhook-id`.
#[utoipa::path(post, path = "/api/v1/schools/{school}/event-deliveries/{id}/replay", tag = "events", security(("key" = [])),
    params(("school" = String, Path), ("id" = i64, Path), ("Idempotency-Key" = String, Header)),
    responses((status = 200, body = EventDeliveryView), (status = 409, description = "the endpoint is closed")))]
#[post("/schools/{school}/event-deliveries/{id}/replay")]
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
        deliveries::replay(&inner.store, &*inner.clock, &who.0.actor, school.id, id)
    })
    .await
}
