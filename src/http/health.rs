//! Whether the process lives, and whether it can work.

use actix_web::{HttpResponse, get, web};

use super::problem::Problem;
use super::{Context, on_worker};
use crate::service::status;

/// Always answers while the process lives.
#[utoipa::path(get, path = "/healthz", responses((status = 200, description = "the process lives")))]
#[get("/healthz")]
pub async fn healthz() -> HttpResponse {
    HttpResponse::Ok().content_type("text/plain; charset=utf-8").body("ok\n")
}

/// Answers 200 when the database is there and its schema is this program's.
#[utoipa::path(get, path = "/readyz", responses(
    (status = 200, description = "ready"),
    (status = 503, description = "the database is away or its schema is not ours"),
))]
#[get("/readyz")]
pub async fn readyz(context: web::Data<Context>) -> Result<HttpResponse, Problem> {
    let ready = on_worker(move || Ok(status::ready(&context.store))).await?;
    Ok(match ready {
        Ok(()) => HttpResponse::Ok().content_type("text/plain; charset=utf-8").body("ready\n"),
        Err(reason) => {
            tracing::warn!(%reason, "not ready");
            HttpResponse::ServiceUnavailable()
                .content_type("text/plain; charset=utf-8")
                .insert_header(("Retry-After", "2"))
                .body("not ready\n")
        }
    })
}
