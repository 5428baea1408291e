//! Parts of a request that are looked at only once the caller is known: a stranger learns that a key
//! is needed, and nothing else.

use std::future::Future;
use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::error::{JsonPayloadError, QueryPayloadError};
use actix_web::http::StatusCode;
use actix_web::{FromRequest, HttpRequest};

use super::problem::Problem;
use super::typed::has_zero;

/// What an extractor found, or why it found nothing.
#[derive(Debug)]
pub struct Later<E>(Result<E, Problem>);

impl<E> Later<E> {
    /// What was found. Fails with a problem that says what is wrong with this part of the request.
    pub fn now(self) -> Result<E, Problem> {
        self.0
    }
}

impl<E: FromRequest + 'static> FromRequest for Later<E> {
    type Error = actix_web::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Later<E>, actix_web::Error>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        if has_zero(request.query_string().as_bytes()) {
            let refused = Err(Problem::bad_request(
                "query",
                "Tham số trên địa chỉ có ký tự NUL (%00).",
                "The parameters of the address have a NUL character (%00).",
            ));
            return Box::pin(async move { Ok(Later(refused)) });
        }
        let found = E::from_request(request, payload);
        Box::pin(async move { Ok(Later(found.await.map_err(|error| problem(&error.into())))) })
    }
}

fn problem(error: &actix_web::Error) -> Problem {
    if let Some(problem) = error.as_error::<Problem>() {
        return problem.clone();
    }
    if let Some(error) = error.as_error::<JsonPayloadError>() {
        return json(error);
    }
    if let Some(error) = error.as_error::<QueryPayloadError>() {
        let QueryPayloadError::Deserialize(reason) = error else {
            return Problem::bad_request(
                "query",
                "Tham số trên địa chỉ không đúng.",
                "The parameters of the address are not right.",
            );
        };
        return Problem::bad_request(
            "query",
            format!("Tham số trên địa chỉ không đúng: {reason}."),
            format!("The parameters of the address are not right: {reason}."),
        );
    }
    // A number in the path that is none: there is nothing at such an address.
    if error.as_response_error().status_code() == StatusCode::NOT_FOUND {
        return Problem::no_such_page();
    }
    tracing::error!(%error, "a part of a request could not be read");
    Problem::internal()
}

fn json(error: &JsonPayloadError) -> Problem {
    match error {
        JsonPayloadError::OverflowKnownLength { .. } | JsonPayloadError::Overflow { .. } => {
            Problem::new(
                StatusCode::PAYLOAD_TOO_LARGE,
                "json_too_large",
                "Nội dung JSON quá lớn. Chia thành nhiều yêu cầu nhỏ hơn.",
                "The JSON body is too large. Split it into smaller requests.",
            )
        }
        JsonPayloadError::ContentType => Problem::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "json_needed",
            "Nội dung phải là JSON: gửi tiêu đề Content-Type: application/json.",
            "The body must be JSON: send the header Content-Type: application/json.",
        ),
        // Kinds and fields are looked at later: this is a text that is no JSON at all.
        JsonPayloadError::Deserialize(reason) => {
            let (line, column) = (reason.line(), reason.column());
            Problem::bad_request(
                "json",
                format!("Nội dung không phải JSON: sai ở dòng {line}, cột {column}."),
                format!("The body is not JSON: it goes wrong in line {line}, column {column}."),
            )
        }
        _ => Problem::bad_request(
            "json",
            "Không đọc được nội dung JSON. Hãy gửi lại.",
            "The JSON body could not be read. Send it again.",
        ),
    }
}
