//! Forms without files, and the one character that no text of ours may have: PostgreSQL stores no
//! zero byte, and no browser sends one. It is refused at the door, on every database alike.

use std::future::Future;
use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::web::{self, Query};
use actix_web::{FromRequest, HttpMessage as _, HttpRequest};
use serde::de::DeserializeOwned;

use super::problem::Problem;
use super::upload;

/// The largest form of somebody who need not be signed in, in bytes.
const LARGEST: usize = 16 * 1024;

/// What somebody typed.
#[derive(Debug)]
pub struct Form<T>(T);

impl<T> Form<T> {
    /// What was typed.
    pub fn into_inner(self) -> T {
        self.0
    }
}

impl<T: DeserializeOwned + 'static> FromRequest for Form<T> {
    type Error = actix_web::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Form<T>, actix_web::Error>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let is_form =
            request.content_type().eq_ignore_ascii_case("application/x-www-form-urlencoded");
        let body = web::Bytes::from_request(request, payload);
        Box::pin(async move {
            let body =
                body.await.map_err(|error| match error.as_response_error().status_code() {
                    actix_web::http::StatusCode::PAYLOAD_TOO_LARGE => upload::form_too_large(),
                    _ => upload::form_unread(),
                })?;
            if body.len() > LARGEST {
                return Err(upload::form_too_large().into());
            }
            if !is_form || has_zero(&body) {
                return Err(upload::form_unread().into());
            }
            Ok(Form(fields(&body)?))
        })
    }
}

/// The fields of a form's body, which has no zero byte.
pub(super) fn fields<T: DeserializeOwned>(body: &[u8]) -> Result<T, Problem> {
    let text = std::str::from_utf8(body).map_err(|_not_text| upload::form_unread())?;
    let form = Query::<T>::from_query(text).map_err(|_other_form| upload::form_unread())?;
    Ok(form.into_inner())
}

/// Whether a text as it stands in an address, or in a form's body, has a zero byte.
#[must_use]
pub fn has_zero(encoded: &[u8]) -> bool {
    encoded.windows(3).any(|part| part == b"%00") || encoded.contains(&0)
}

/// Whether a JSON text has a zero byte in a string or a name: such a one is always escaped.
#[must_use]
pub fn json_has_zero(json: &str) -> bool {
    let mut rest = json;
    while let Some((_, escaped)) = rest.split_once('\\') {
        if escaped.starts_with("u0000") {
            return true;
        }
        let mut letters = escaped.chars();
        letters.next();
        rest = letters.as_str();
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_zero_byte_is_seen_however_it_is_written() {
        for (why, json, has) in [
            ("none", r#"{"a":"b"}"#, false),
            ("escaped", r#"{"a":"b\u0000"}"#, true),
            ("in a name", r#"{"\u0000":1}"#, true),
            ("behind a backslash that is text", r#"{"a":"b\\u0000"}"#, false),
            ("behind two", r#"{"a":"b\\\u0000"}"#, true),
            ("another letter", r#"{"a":"\u0001\u00001"}"#, true),
            ("a cut escape", "\"\\", false),
        ] {
            assert_eq!(json_has_zero(json), has, "{why}");
        }
        for (why, text, has) in
            [("none", "a=b%2500", false), ("escaped", "a=%00", true), ("as it is", "a=\0", true)]
        {
            assert_eq!(has_zero(text.as_bytes()), has, "{why}");
        }
    }
}
