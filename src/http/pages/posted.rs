//! A form that somebody sent: who, and what they typed. Its fields are read only for somebody with a
//! session; whoever has none any more gets back what they typed.

use std::future::Future;
use std::pin::Pin;

use actix_multipart::Multipart;
use actix_web::dev::Payload;
use actix_web::http::header;
use actix_web::web::{Bytes, Data};
use actix_web::{FromRequest, HttpRequest};
use futures_util::StreamExt as _;
use serde::de::DeserializeOwned;

use super::error::{Expired, PageError};
use super::sent;
use super::shell::Shell;
use super::visitor::{Visitor, language_of};
use super::words::Words;
use crate::http::problem::Problem;
use crate::http::{Context, typed, upload};

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

impl<T: DeserializeOwned + 'static> FromRequest for Posted<T> {
    type Error = PageError;
    type Future = Pin<Box<dyn Future<Output = Result<Posted<T>, PageError>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (request, payload) = (request.clone(), payload.take());
        Box::pin(async move {
            let (visitor, body) = Visitor::of(&request, Some(payload)).await?;
            Ok(Posted { visitor, form: typed::fields(&body)? })
        })
    }
}

/// A form with a file and who sent it. The file is left to whoever takes it in as it comes.
pub struct WithFile {
    /// Who.
    pub visitor: Visitor,
    /// What comes.
    pub parts: Multipart,
}

impl FromRequest for WithFile {
    type Error = PageError;
    type Future = Pin<Box<dyn Future<Output = Result<WithFile, PageError>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (request, payload) = (request.clone(), payload.take());
        Box::pin(async move {
            let parts = Multipart::new(request.headers(), payload);
            match Visitor::of(&request, None).await {
                Ok((visitor, _)) => Ok(WithFile { visitor, parts }),
                // No page can put a file back into a form: it has to be chosen again.
                Err(PageError::SignIn { .. }) if has_parts(&request) => {
                    Err(ended(&request, parts).await)
                }
                Err(other) => Err(other),
            }
        })
    }
}

/// Whether a request is a form with parts, as those with files are.
fn has_parts(request: &HttpRequest) -> bool {
    let kind = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    kind.is_some_and(|kind| kind.starts_with("multipart/form-data"))
}

/// What was typed beside a file in a form whose session has ended.
async fn ended(request: &HttpRequest, parts: Multipart) -> PageError {
    let limit = request.app_data::<Data<Context>>().map_or(0, |context| context.max_upload_bytes);
    match sent::fields_beside(parts, limit).await {
        Ok((fields, files)) => PageError::Expired(Box::new(Expired {
            s: Shell::plain(Words(language_of(request))),
            action: request.path().to_owned(),
            fields,
            files,
        })),
        Err(problem) => problem.into(),
    }
}

/// The whole body of a form. One that is cut off is none: half of what was typed is not acted upon.
pub(super) async fn read(mut payload: Payload) -> Result<Bytes, Problem> {
    let mut body = Vec::new();
    while let Some(part) = payload.next().await {
        let part = part.map_err(|_cut_off| upload::form_unread())?;
        body.extend_from_slice(&part);
        if body.len() > LARGEST {
            return Err(upload::form_too_large());
        }
    }
    Ok(Bytes::from(body))
}
