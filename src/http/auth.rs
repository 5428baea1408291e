//! Who is calling. A key comes as `Authorization: Bearer KEY`, or as the password of HTTP Basic so
//! that a browser can ask for it.

use std::future::Future;
use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::http::header;
use actix_web::{FromRequest, HttpMessage as _, HttpRequest, web};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;

use super::looked::Looker;
use super::problem::Problem;
use super::{Context, on_worker};
use crate::domain::access::{Permission, permits};
use crate::service::directory::{self, SchoolView};
use crate::service::keys::{self, Caller};

/// A caller whose key was found to be live.
#[derive(Clone, Debug)]
pub struct Authenticated(pub Caller);

impl Authenticated {
    /// Refuses a caller who may not do what is `needed` anywhere. Where it is about one school,
    /// [`school_for`] asks instead.
    pub fn may(&self, needed: Permission) -> Result<(), Problem> {
        if permits(self.0.role, self.0.scope, needed) { Ok(()) } else { Err(Problem::forbidden()) }
    }
}

impl FromRequest for Authenticated {
    type Error = Problem;
    type Future = Pin<Box<dyn Future<Output = Result<Authenticated, Problem>>>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let secret = secret_of(request);
        let request = request.clone();
        let context = request.app_data::<web::Data<Context>>().cloned();
        Box::pin(async move {
            let secret = secret.ok_or_else(Problem::unauthorised)?;
            let context = context.ok_or_else(Problem::internal)?;
            let caller = on_worker(move || keys::authenticate(&context.store, &secret)).await?;
            let caller = caller.ok_or_else(Problem::unauthorised)?;
            request.extensions_mut().insert(Looker(caller.actor.clone()));
            Ok(Authenticated(caller))
        })
    }
}

fn secret_of(request: &HttpRequest) -> Option<String> {
    let value = request.headers().get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, rest) = value.split_once(' ')?;
    if scheme.eq_ignore_ascii_case("bearer") {
        return Some(rest.trim().to_owned());
    }
    if scheme.eq_ignore_ascii_case("basic") {
        let decoded = String::from_utf8(BASE64.decode(rest.trim()).ok()?).ok()?;
        return decoded.split_once(':').map(|(_, password)| password.to_owned());
    }
    None
}

/// The school with this code, for a caller who may do what is `needed` there. A school out of reach
/// is answered like one that does not exist.
pub async fn school_for(
    context: &web::Data<Context>,
    caller: &Caller,
    code: String,
    needed: Permission,
) -> Result<SchoolView, Problem> {
    let (role, scope) = (caller.role, caller.scope);
    let inner = context.clone();
    let view = on_worker(move || {
        let view = directory::find_school(&inner.store, &code)?;
        let visible = keys::reaches(&inner.store, &*inner.clock, scope, view.id)?;
        if visible {
            Ok(view)
        } else {
            Err(crate::service::ServiceError::not_found("school", "trường", "school", &code))
        }
    })
    .await?;
    if permits(role, scope, needed) { Ok(view) } else { Err(Problem::forbidden()) }
}
