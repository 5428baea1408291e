//! `Idempotency-Key` (draft-ietf-httpapi-idempotency-key-header-07): the same key with the same
//! request gets the same answer; with another request it is refused.
//!
//! The answer is kept after the work is committed. A process that dies in between loses only the
//! kept answer: every operation here is repeatable by itself (a file by its bytes, a plan by its
//! state, cash by this very key, a decision by the one it follows).

use actix_web::http::StatusCode;
use actix_web::http::header::HeaderMap;
use actix_web::{HttpRequest, HttpResponse, web};
use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::http::problem::Problem;
use crate::http::{Context, on_worker};
use crate::service::ServiceError;
use crate::service::keys::Caller;
use crate::service::once::{self, Kept};

/// A request that must not be carried out twice.
#[derive(Clone, Debug)]
pub struct Once {
    key_id: i64,
    key: String,
    fingerprint: String,
}

impl Once {
    /// Reads the header, which is required; `parts` are what makes the request what it is.
    pub fn from_headers(
        headers: &HeaderMap,
        caller: &Caller,
        parts: &[&str],
    ) -> Result<Once, Problem> {
        let key = headers
            .get("Idempotency-Key")
            .and_then(|value| value.to_str().ok())
            .map(|value| value.trim().trim_matches('"'))
            .filter(|value| !value.is_empty() && value.len() <= 200);
        let Some(key) = key else {
            return Err(Problem::bad_request(
                "idempotency_key_needed",
                "Thiếu tiêu đề Idempotency-Key. Gửi một chuỗi riêng cho mỗi yêu cầu, ví dụ UUID.",
                "The Idempotency-Key header is missing. Send a value of its own for each request, e.g. a UUID.",
            ));
        };
        let mut hasher = Sha256::new();
        for part in parts {
            hasher.update(part.len().to_string().as_bytes());
            hasher.update(b":");
            hasher.update(part.as_bytes());
        }
        let fingerprint = crate::domain::text::hex(&hasher.finalize());
        Ok(Once { key_id: caller.key, key: key.to_owned(), fingerprint })
    }

    /// The same for a request that is what its path and its body say.
    pub fn of_body(
        request: &HttpRequest,
        caller: &Caller,
        body: &impl Serialize,
    ) -> Result<Once, Problem> {
        let print = serde_json::to_string(body).map_err(|error| {
            tracing::error!(%error, "a request could not be written as JSON");
            Problem::internal()
        })?;
        Once::from_headers(request.headers(), caller, &[request.path(), &print])
    }

    /// The key, unique for its caller.
    #[must_use]
    pub fn request_key(&self) -> String {
        format!("{}:{}", self.key_id, self.key)
    }

    /// Gives the answer kept for this request, or does the work and keeps its answer.
    pub async fn carry_out<T: Serialize + Send + 'static>(
        self,
        context: &web::Data<Context>,
        status: StatusCode,
        work: impl FnOnce(&Context) -> Result<T, ServiceError> + Send + 'static,
    ) -> Result<HttpResponse, Problem> {
        if let Some(kept) = self.kept(context).await? {
            return Ok(kept);
        }
        let inner = context.clone();
        let done = on_worker(move || work(&inner)).await?;
        self.answer(context, status, &done).await
    }

    /// The answer given before, if there is one.
    async fn kept(&self, context: &web::Data<Context>) -> Result<Option<HttpResponse>, Problem> {
        let (store, once) = (context.store.clone(), self.clone());
        let kept = on_worker(move || once::find(&store, once.key_id, &once.key)).await?;
        match kept {
            None => Ok(None),
            Some(kept) if kept.fingerprint != self.fingerprint => Err(Problem::new(
                StatusCode::UNPROCESSABLE_ENTITY,
                "idempotency_key_reused",
                "Idempotency-Key này đã dùng cho yêu cầu khác. Hãy dùng khóa mới.",
                "This Idempotency-Key was used for another request. Use a new one.",
            )),
            Some(kept) => {
                let status = StatusCode::from_u16(kept.status).unwrap_or(StatusCode::OK);
                Ok(Some(
                    HttpResponse::build(status)
                        .content_type("application/json")
                        .insert_header(("Idempotency-Replayed", "true"))
                        .body(kept.body),
                ))
            }
        }
    }

    /// Keeps and sends an answer.
    async fn answer(
        self,
        context: &web::Data<Context>,
        status: StatusCode,
        body: &impl Serialize,
    ) -> Result<HttpResponse, Problem> {
        let body = serde_json::to_string(body).map_err(|error| {
            tracing::error!(%error, "an answer could not be written as JSON");
            Problem::internal()
        })?;
        let kept =
            Kept { fingerprint: self.fingerprint, status: status.as_u16(), body: body.clone() };
        let inner = context.clone();
        on_worker(move || once::keep(&inner.store, &*inner.clock, self.key_id, &self.key, &kept))
            .await?;
        Ok(HttpResponse::build(status).content_type("application/json").body(body))
    }
}
