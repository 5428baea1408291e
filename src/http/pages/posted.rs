//! A form that somebody sent: who, and what they typed. Its fields are read only for somebody with a
//! session; whoever has none any more gets back what they typed.

use std::future::Future;
use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::http::StatusCode;
use actix_web::web::{Bytes, Query};
use actix_web::{FromRequest, HttpRequest};
use futures_util::StreamExt as _;
use serde::de::DeserializeOwned;

use super::error::PageError;
use super::visitor::Visitor;
use crate::http::problem::Problem;

/// The largest form, in bytes: a grid of a class with every cell filled is far below it.
const LARGEST: usize = 2 * 1024 * 1024;

/// A form and who sent it.
#[derive(Debug)]
pub struct Posted<T> {
    /// Who.
    pub visitor: Visitor,
    /// What they typed.
    pub form: T,
}

/// The fields of a form in their order; a name may stand more than once.
pub type Fields = Vec<(String, String)>;

impl<T: DeserializeOwned + 'static> FromRequest for Posted<T> {
    type Error = PageError;
    type Future = Pin<Box<dyn Future<Output = Result<Posted<T>, PageError>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let request = request.clone();
        let mut payload = payload.take();
        Box::pin(async move {
            let mut body = Vec::new();
            while let Some(part) = payload.next().await {
                let part = part.map_err(|_cut_off| unread())?;
                body.extend_from_slice(&part);
                if body.len() > LARGEST {
                    return Err(too_large().into());
                }
            }
            let body = Bytes::from(body);
            let visitor = Visitor::from_request(&request, &mut Payload::from(body.clone())).await?;
            let text = std::str::from_utf8(&body).map_err(|_not_text| unread())?;
            let form = Query::<T>::from_query(text).map_err(|_other_form| unread())?;
            Ok(Posted { visitor, form: form.into_inner() })
        })
    }
}

/// The first value of a field; empty where there is none.
#[must_use]
pub fn field<'a>(fields: &'a Fields, name: &str) -> &'a str {
    fields.iter().find(|(field, _)| field == name).map_or("", |(_, value)| value)
}

/// Every value of a field.
pub fn fields_named<'a>(fields: &'a Fields, name: &'a str) -> impl Iterator<Item = &'a str> {
    fields.iter().filter(move |(field, _)| field == name).map(|(_, value)| value.as_str())
}

/// Two ids that are written as one value of a form: `12-34`.
#[must_use]
pub fn pair(text: &str) -> Option<(i64, i64)> {
    let (one, other) = text.split_once('-')?;
    Some((one.parse().ok()?, other.parse().ok()?))
}

fn unread() -> Problem {
    Problem::bad_request(
        "form",
        "Không đọc được biểu mẫu. Quay lại trang trước, tải lại rồi gửi lần nữa.",
        "The form could not be read. Go back, load the page again and send it once more.",
    )
}

fn too_large() -> Problem {
    Problem::new(
        StatusCode::PAYLOAD_TOO_LARGE,
        "form_too_large",
        "Nội dung gửi lên quá lớn. Nhập theo từng lớp, hoặc tải tệp Excel lên.",
        "What was sent is too large. Fill it in class by class, or load a workbook.",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_found_by_their_names() {
        let fields: Fields = [("a", "1"), ("b", "2-3"), ("a", "4")]
            .map(|(n, v)| (n.to_owned(), v.to_owned()))
            .into();
        assert_eq!((field(&fields, "a"), field(&fields, "c")), ("1", ""));
        assert_eq!(fields_named(&fields, "a").collect::<Vec<_>>(), ["1", "4"]);
        for (text, expected) in
            [("2-3", Some((2, 3))), ("2", None), ("-3", None), ("a-3", None), ("2-3-4", None)]
        {
            assert_eq!(pair(text), expected, "{text}");
        }
    }
}
