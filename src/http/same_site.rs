//! Requests that other sites make a visitor's browser send are refused: by the browser's own word
//! (`Sec-Fetch-Site`), else by the origin it states. The rules are those of Go 1.25's
//! `http.CrossOriginProtection`: a request with neither comes from no browser, and carries no cookie
//! that somebody else put there.

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{self, HeaderMap};
use actix_web::http::{Method, StatusCode};
use actix_web::middleware::Next;
use actix_web::{Error, web};

use super::Context;
use super::pages::error::PageError;
use super::problem::Problem;

/// Middleware around the pages.
pub async fn only(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let ours = request.app_data::<web::Data<Context>>().map(|context| context.origin.clone());
    if is_safe(request.method()) || is_same_site(request.headers(), ours.as_deref()) {
        return next.call(request).await;
    }
    Err(PageError::from(Problem::new(
        StatusCode::FORBIDDEN,
        "other_site",
        "Yêu cầu này đến từ một trang khác. Mở lại Đối soát rồi thao tác từ đó.",
        "This request comes from another site. Open the product again and do it from there.",
    ))
    .into())
}

fn is_safe(method: &Method) -> bool {
    matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS)
}

/// Whether a request comes from our own pages, or from no browser at all. `ours` is the origin by
/// which people reach us.
fn is_same_site(headers: &HeaderMap, ours: Option<&str>) -> bool {
    let text = |name| headers.get(name).map(|value: &header::HeaderValue| value.to_str());
    match text(header::HeaderName::from_static("sec-fetch-site")) {
        Some(Ok("same-origin" | "none")) => return true,
        Some(_) => return false,
        None => {}
    }
    match text(header::ORIGIN) {
        None => true,
        Some(Ok(origin)) => {
            let host = text(header::HOST).and_then(Result::ok).unwrap_or_default();
            let named = origin.split_once("://").map_or("", |(_, host)| host);
            Some(origin) == ours || (!host.is_empty() && named == host)
        }
        Some(Err(_)) => false,
    }
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::HeaderValue;

    use super::*;

    #[test]
    fn what_another_site_sends_is_refused() {
        for (why, fetch_site, origin, host, expected) in [
            ("a form of ours", Some("same-origin"), Some("https://a.vn"), "a.vn", true),
            ("typed into the address line", Some("none"), None, "a.vn", true),
            ("a form of another site", Some("cross-site"), Some("https://b.vn"), "a.vn", false),
            (
                "a neighbour under the same name",
                Some("same-site"),
                Some("https://x.a.vn"),
                "a.vn",
                false,
            ),
            (
                "another site that also lies about its origin",
                Some("cross-site"),
                Some("https://a.vn"),
                "a.vn",
                false,
            ),
            ("an old browser, our form", None, Some("https://a.vn"), "a.vn", true),
            (
                "an old browser behind a proxy that renames",
                None,
                Some("https://so.a.vn"),
                "inner:80",
                true,
            ),
            ("an old browser, another site", None, Some("https://b.vn"), "a.vn", false),
            ("a page from a file", None, Some("null"), "a.vn", false),
            ("no browser", None, None, "a.vn", true),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(header::HOST, HeaderValue::from_static(host));
            if let Some(value) = fetch_site {
                let name = header::HeaderName::from_static("sec-fetch-site");
                headers.insert(name, HeaderValue::from_static(value));
            }
            if let Some(value) = origin {
                headers.insert(header::ORIGIN, HeaderValue::from_static(value));
            }
            assert_eq!(is_same_site(&headers, Some("https://so.a.vn")), expected, "{why}");
        }
    }
}
