//! Signing in with the organisation's own provider of identities.

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, get, post, web};
use serde::Deserialize;

use super::{entered, provider_cookie};
use crate::http::later::Later;
use crate::http::pages::Page;
use crate::http::problem::Problem;
use crate::http::{Context, on_worker};
use crate::outbound::Client;
use crate::service::oidc::{self, Returned};

/// Sends the browser to the provider.
#[post("/sign-in/provider")]
pub async fn leave(context: web::Data<Context>) -> Page {
    let provider = context.provider.clone().ok_or_else(Problem::no_such_page)?;
    let inner = context.clone();
    let begun = on_worker(move || {
        let client = Client::new(inner.outbound.clone());
        oidc::begin(&inner.store, (&*inner.clock, &*inner.ids), &client, &provider)
    })
    .await?;
    Ok(HttpResponse::SeeOther()
        .insert_header((header::LOCATION, begun.url))
        .cookie(provider_cookie(context.over_tls, begun.browser))
        .finish())
}

/// What the provider sends back.
#[derive(Deserialize)]
pub struct Back {
    code: Option<String>,
    state: Option<String>,
}

/// Signs in whoever comes back from the provider.
#[get("/sign-in/provider/back")]
pub async fn come_back(
    context: web::Data<Context>,
    query: Later<web::Query<Back>>,
    request: HttpRequest,
) -> Page {
    let provider = context.provider.clone().ok_or_else(Problem::no_such_page)?;
    let back = query.now()?.into_inner();
    let cookie = request.cookie("doisoat-provider");
    let browser = cookie.map(|cookie| cookie.value().to_owned()).unwrap_or_default();
    let inner = context.clone();
    let outcome = on_worker(move || {
        let client = Client::new(inner.outbound.clone());
        let returned = Returned {
            code: back.code.as_deref().unwrap_or_default(),
            state: back.state.as_deref().unwrap_or_default(),
            browser: &browser,
        };
        oidc::finish(&inner.store, (&*inner.clock, &*inner.ids), &client, &provider, returned)
    })
    .await?;
    entered(&context, outcome, ("/".to_owned(), String::new(), String::new()), &request)
}
