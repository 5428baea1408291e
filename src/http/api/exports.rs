//! Exports of what a school's books say.

use actix_web::http::header;
use actix_web::{HttpResponse, get, web};
use serde::Deserialize;

use crate::domain::access::Permission;
use crate::domain::calendar::Day;
use crate::domain::export::Filter;
use crate::domain::id::SchoolId;
use crate::http::auth::{Authenticated, school_for};
use crate::http::later::Later;
use crate::http::problem::Problem;
use crate::http::{Context, on_worker};
use crate::service::ServiceError;
use crate::service::exports::profiled::{self, ProfileAsk, Rows};
use crate::service::exports::{self, Ask, Format, Kind, Made};

/// Which days, what it is limited to, and the format.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
pub struct ExportQuery {
    /// The first day, `YYYY-MM-DD`.
    #[param(value_type = String)]
    from: Day,
    /// The last day.
    #[param(value_type = String)]
    to: Day,
    /// `xlsx`, `csv` or `json`; `json` when absent. What goes by a profile is always `csv`.
    #[param(value_type = Option<String>)]
    format: Option<Format>,
    /// Only this class.
    class: Option<String>,
    /// Only this fee item, by code or name.
    fee_item: Option<String>,
    /// Only this collection round, by code or name.
    round: Option<String>,
    /// Only this student, by code.
    student: Option<String>,
    /// Of `journal`, `students` and `fees`: a profile that comes with the program.
    profile: Option<String>,
}

/// An export: `collections`, `receivables`, `cash-book`, `bank-reconciliation` or `fee-items`; or, as a
/// profile says, `journal`, `students` or `fees`. That it was made is recorded.
#[utoipa::path(get, path = "/api/v1/schools/{school}/exports/{kind}", tag = "exports", security(("key" = [])),
    params(("school" = String, Path), ("kind" = String, Path), ExportQuery),
    responses((status = 200, content_type = "application/json",
        description = "rows and sums under stable names; with format=xlsx or csv the file"),
        (status = 404, description = "no such export, class, fee item, round or student"),
        (status = 422, description = "the period or a filter does not fit")))]
#[get("/schools/{school}/exports/{kind}")]
pub async fn file(
    context: web::Data<Context>,
    who: Authenticated,
    path: Later<web::Path<(String, String)>>,
    query: Later<web::Query<ExportQuery>>,
) -> Result<HttpResponse, Problem> {
    let (school, kind) = path.now()?.into_inner();
    let school = school_for(&context, &who.0, school, Permission::ExportBooks).await?;
    let query = query.now()?.into_inner();
    let made = match (Kind::parse(&kind), Rows::parse(&kind)) {
        (Some(kind), _) if query.profile.is_none() => {
            table(context, who, school.id, (kind, query)).await?
        }
        (None, Some(rows)) if query.format.is_none_or(|format| format == Format::Csv) => {
            by_profile(context, who, school.id, (rows, query)).await?
        }
        (None, None) => {
            return Err(ServiceError::not_found("export", "loại sổ", "export", &kind).into());
        }
        _ => {
            return Err(Problem::bad_request(
                "export_query",
                "profile chỉ dùng cho journal, students và fees, luôn xuất dạng csv. Bỏ profile hoặc format.",
                "profile is for journal, students and fees only, which are always csv. Leave profile or format out.",
            ));
        }
    };
    Ok(HttpResponse::Ok()
        .content_type(made.media_type)
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .insert_header((
            header::CONTENT_DISPOSITION,
            format!("attachment; filename=\"{}\"", made.file_name),
        ))
        .body(made.bytes))
}

async fn table(
    context: web::Data<Context>,
    who: Authenticated,
    school: SchoolId,
    (kind, query): (Kind, ExportQuery),
) -> Result<Made, Problem> {
    let ask = Ask {
        kind,
        from: query.from,
        to: query.to,
        class: query.class,
        fee_item: query.fee_item,
        round: query.round,
        student: query.student,
        format: query.format.unwrap_or(Format::Json),
    };
    on_worker(move || {
        let of = (school, context.cashless.counting);
        exports::run(&context.store, &*context.clock, &who.0.actor, of, &ask)
    })
    .await
}

async fn by_profile(
    context: web::Data<Context>,
    who: Authenticated,
    school: SchoolId,
    (rows, query): (Rows, ExportQuery),
) -> Result<Made, Problem> {
    let filter = Filter {
        class: query.class,
        fee_item: query.fee_item,
        round: query.round,
        student: query.student,
    };
    on_worker(move || {
        let profile = profiled::profile(rows, query.profile.as_deref())?;
        let ask = ProfileAsk { profile, from: query.from, to: query.to, filter };
        profiled::run(&context.store, &*context.clock, &who.0.actor, school, &ask)
    })
    .await
}
