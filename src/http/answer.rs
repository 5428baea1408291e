//! What every answer has, whoever wrote it: the reader's language in problems, and headers that tell
//! browsers and caches to keep their hands off.

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use actix_web::middleware::Next;
use actix_web::{Error, HttpMessage as _, ResponseError as _, web};

use super::Context;
use super::pages::error::PageError;
use super::pages::visitor::{Speaks, language_of};
use super::problem::{Problem, preferred_lang};

/// A header is added where the handler has not said otherwise.
const UNLESS_SAID: [(HeaderName, &str); 4] = [
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "no-referrer"),
    (header::CACHE_CONTROL, "no-store"),
    (header::CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'"),
];

/// Middleware around every route: problems speak the language the client asked for, and no answer
/// leaves without the headers that keep browsers and caches at bay.
pub async fn dress(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let lang = preferred_lang(request.headers());
    let over_tls = request.app_data::<web::Data<Context>>().is_some_and(|context| context.over_tls);
    let (request, response) = next.call(request).await?.into_parts();
    let problem = response.error().and_then(|error| error.as_error::<Problem>()).cloned();
    let page = match response.error().and_then(|error| error.as_error::<PageError>()) {
        Some(PageError::Problem(problem, _)) => Some(problem.clone()),
        _ => None,
    };
    let mut response = match (problem, page) {
        (Some(problem), _) => problem.in_lang(lang).error_response(),
        (None, Some(problem)) => {
            let speaks = request.extensions().get::<Speaks>().map(|speaks| speaks.0);
            let lang = speaks.unwrap_or_else(|| language_of(&request));
            PageError::Problem(problem, lang).error_response()
        }
        (None, None) => response.map_into_boxed_body(),
    };
    add_missing(response.headers_mut());
    if over_tls {
        response.headers_mut().insert(
            header::STRICT_TRANSPORT_SECURITY,
            HeaderValue::from_static("max-age=31536000; includeSubDomains"),
        );
    }
    Ok(ServiceResponse::new(request, response))
}

fn add_missing(headers: &mut HeaderMap) {
    for (name, value) in UNLESS_SAID {
        if !headers.contains_key(&name) {
            headers.insert(name, HeaderValue::from_static(value));
        }
    }
}
