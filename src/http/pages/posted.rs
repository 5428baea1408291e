//! A form that somebody sent: who, and what they typed. Its fields are read only for somebody with a
//! session; whoever has none any more gets back what they typed.

use std::future::Future;
use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::web::Bytes;
use actix_web::{FromRequest, HttpRequest};
use futures_util::StreamExt as _;
use serde::de::DeserializeOwned;

use super::error::PageError;
use super::visitor::Visitor;
use crate::http::problem::Problem;
use crate::http::{typed, upload};

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
