//! The cashless rates.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, get, post, web};
use serde::{Deserialize, Serialize};

use super::idempotency::Once;
use crate::clock::local_day;
use crate::domain::access::{Permission, Scope};
use crate::domain::calendar::{Day, Period};
use crate::domain::cashless::disclosure::{above_schools, path_above_schools};
use crate::domain::id::AuthorityId;
use crate::domain::period::Month;
use crate::domain::reporting_period::ReportingPeriod;
use crate::http::auth::{Authenticated, school_for};
use crate::http::later::Later;
use crate::http::problem::Problem;
use crate::http::{Context, on_worker};
use crate::service::digital_plan::{self, PlanView};
use crate::service::figure_looks::{self as looks, FigureLook, Looked};
use crate::service::mail::Desk;
use crate::service::path as way;
use crate::service::report::{self, Whose};
use crate::service::reported::{self, AsOf, ConsolidatedView, Reminded};
use crate::service::{Actor, ServiceError, directory};

/// Whose rates, of which days.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
pub struct CashlessQuery {
    /// The code of an authority: every school under it.
    authority: Option<String>,
    /// The code of one school instead.
    school: Option<String>,
    /// The first day, `YYYY-MM-DD`.
    #[param(value_type = String)]
    from: Day,
    /// The last day.
    #[param(value_type = String)]
    to: Day,
    /// The last day whose allocations count; today when absent.
    #[param(value_type = Option<String>)]
    as_of: Option<Day>,
}

/// The four cashless rates of a period, with numerators, denominators and what is left out.
#[utoipa::path(get, path = "/api/v1/reports/cashless", tag = "reports", security(("key" = [])),
    params(CashlessQuery), responses((status = 200, content_type = "application/json",
        description = "rates as two whole numbers and a decimal string, null where there is no data")))]
#[get("/reports/cashless")]
pub async fn cashless(
    context: web::Data<Context>,
    who: Authenticated,
    query: Later<web::Query<CashlessQuery>>,
) -> Result<HttpResponse, Problem> {
    who.may(Permission::ReadFigures)?;
    let query = query.now()?.into_inner();
    let period = Period::new(query.from, query.to).ok_or_else(|| {
        Problem::bad_request(
            "period",
            "Ngày bắt đầu (from) phải không sau ngày kết thúc (to).",
            "The first day (from) must not be after the last (to).",
        )
    })?;
    let whose = whose(&context, &who, (query.authority, query.school), period.to()).await?;
    let from_above = matches!(who.0.scope, Scope::Authority(_));
    let (scope, actor) = (who.0.scope, who.0.actor.clone());
    let body = on_worker(move || {
        let (store, clock) = (&context.store, &*context.clock);
        let settings = context.cashless;
        note(&context, scope, &actor, (&whose, period))?;
        let report = report::cashless(store, clock, &whose, period, query.as_of, settings)?;
        report::to_json(&if from_above { above_schools(report) } else { report })
    })
    .await?;
    Ok(HttpResponse::Ok().content_type("application/json").body(body))
}

/// Whose way, up to which month.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
pub struct PathQuery {
    /// The code of an authority: every school under it.
    authority: Option<String>,
    /// The code of one school instead.
    school: Option<String>,
    /// The month, `YYYY-MM`.
    month: String,
    /// The last day whose allocations count; today when absent.
    #[param(value_type = Option<String>)]
    as_of: Option<Day>,
}

/// The way to the target: the rate of a year of months, whose cash makes up what is missing, why the
/// last month is another one than the month before, and where it is heading.
#[utoipa::path(get, path = "/api/v1/reports/path", tag = "reports", security(("key" = [])),
    params(PathQuery), responses((status = 200, content_type = "application/json",
        description = "points are decimal strings; those of the parts add up to those of the whole")))]
#[get("/reports/path")]
pub async fn path(
    context: web::Data<Context>,
    who: Authenticated,
    query: Later<web::Query<PathQuery>>,
) -> Result<HttpResponse, Problem> {
    who.may(Permission::ReadFigures)?;
    let query = query.now()?.into_inner();
    let month = month_of(&query.month)?;
    let whose = whose(&context, &who, (query.authority, query.school), month.last()).await?;
    let from_above = matches!(who.0.scope, Scope::Authority(_));
    let one_school = matches!(whose, Whose::School(_));
    let (scope, actor) = (who.0.scope, who.0.actor.clone());
    let body = on_worker(move || {
        let (store, clock) = (&context.store, &*context.clock);
        note(&context, scope, &actor, (&whose, month.days()))?;
        let asked = (ReportingPeriod::Month(month), query.as_of);
        let way::Looked { path, report, before } =
            way::look(store, clock, &whose, asked, context.cashless)?;
        let path = if from_above {
            path_above_schools(path, (&report, before.as_ref()), one_school)
        } else {
            path
        };
        way::to_json(&path)
    })
    .await?;
    Ok(HttpResponse::Ok().content_type("application/json").body(body))
}

/// Whose reports of which month.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
pub struct ConsolidatedQuery {
    /// The code of an authority: every school under it on the last day of the month.
    authority: String,
    /// The month, `YYYY-MM`.
    month: String,
    /// Reports handed in by then only: `YYYY-MM-DD`, or a moment in UTC such as
    /// `2026-12-02T03:04:05Z`; all there are when absent.
    as_of: Option<String>,
}

/// An authority's month as its schools reported it, each with the version and the fingerprint that
/// count, and one fingerprint of all of them together.
#[utoipa::path(get, path = "/api/v1/reports/consolidated", tag = "reports", security(("key" = [])),
    params(ConsolidatedQuery), responses((status = 200, body = ConsolidatedView)))]
#[get("/reports/consolidated")]
pub async fn consolidated(
    context: web::Data<Context>,
    who: Authenticated,
    query: Later<web::Query<ConsolidatedQuery>>,
) -> Result<HttpResponse, Problem> {
    who.may(Permission::ReadFigures)?;
    let query = query.now()?.into_inner();
    let month = month_of(&query.month)?;
    let as_of = match query.as_of.as_deref() {
        None => None,
        Some(text) => Some(AsOf::parse(text).ok_or_else(|| {
            Problem::bad_request(
                "as_of",
                "Ghi as_of là ngày (2026-12-02) hoặc thời điểm UTC (2026-12-02T03:04:05Z).",
                "Give as_of as a day (2026-12-02) or a moment in UTC (2026-12-02T03:04:05Z).",
            )
        })?),
    };
    let asked = (Some(query.authority.clone()), None);
    let whose = whose(&context, &who, asked, month.last()).await?;
    let (scope, actor) = (who.0.scope, who.0.actor.clone());
    let found = on_worker(move || {
        note(&context, scope, &actor, (&whose, month.days()))?;
        reported::consolidated(&context.store, &query.authority, month, as_of)
    })
    .await?;
    Ok(HttpResponse::Ok().json(found))
}

/// Whose plan, up to which month.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
pub struct PlanQuery {
    /// The code of an authority: every school under it on the last day of the month.
    authority: String,
    /// The month, `YYYY-MM`.
    month: String,
}

/// The lines of the plan for going digital that are measured here: target, figure and how they stand.
#[utoipa::path(get, path = "/api/v1/reports/plan", tag = "reports", security(("key" = [])),
    params(PlanQuery), responses((status = 200, body = PlanView)))]
#[get("/reports/plan")]
pub async fn plan(
    context: web::Data<Context>,
    who: Authenticated,
    query: Later<web::Query<PlanQuery>>,
) -> Result<HttpResponse, Problem> {
    who.may(Permission::ReadFigures)?;
    let query = query.now()?.into_inner();
    let month = month_of(&query.month)?;
    let asked = (Some(query.authority.clone()), None);
    let whose = whose(&context, &who, asked, month.last()).await?;
    let (scope, actor) = (who.0.scope, who.0.actor.clone());
    let found = on_worker(move || {
        let (store, clock) = (&context.store, &*context.clock);
        note(&context, scope, &actor, (&whose, month.days()))?;
        let settings = context.cashless;
        let plan = digital_plan::of_authority(store, clock, &query.authority, month, settings)?;
        Ok(PlanView::of(&plan, month))
    })
    .await?;
    Ok(HttpResponse::Ok().json(found))
}

/// What became of asking schools for their reports.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct ReminderView {
    /// Schools that were asked now.
    asked: usize,
    /// Mails that are on their way.
    mails: usize,
    /// Schools that were asked today before.
    asked_before: usize,
    /// Names of schools where nobody with an account may report.
    nobody: Vec<String>,
}

/// Asks each school of an authority that has not reported a month for it: by mail to those who may report,
/// and beside the month; once a day at most.
#[utoipa::path(post, path = "/api/v1/authorities/{authority}/reports/months/{month}/reminders", tag = "reports", security(("key" = [])),
    params(("authority" = String, Path), ("month" = String, Path, description = "`YYYY-MM`"), ("Idempotency-Key" = String, Header)),
    responses((status = 201, body = ReminderView), (status = 422, description = "the month is not over")))]
#[post("/authorities/{authority}/reports/months/{month}/reminders")]
pub async fn remind_all(
    context: web::Data<Context>,
    who: Authenticated,
    named: Later<web::Path<(String, String)>>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    who.may(Permission::CommentFigures)?;
    let (authority, month) = named.now()?.into_inner();
    let no_month = || ServiceError::not_found("month", "tháng", "month", &month);
    let month: Month = month.parse().map_err(|_no_month| no_month())?;
    authority_for(&context, who.0.scope, authority.clone(), month.last()).await?;
    let once = Once::of_body(&request, &who.0, &())?;
    once.carry_out(&context, StatusCode::CREATED, move |inner| {
        let desk = Desk { letterhead: &inner.letterhead, ids: &*inner.ids, keys: &inner.keys };
        let (at, of) = ((desk, &*inner.origin), (authority.as_str(), month));
        let done = reported::remind(&inner.store, &*inner.clock, at, &who.0.actor, of)?;
        let Reminded { schools: asked, mails, before: asked_before, nobody } = done;
        Ok(ReminderView { asked, mails, asked_before, nobody })
    })
    .await
}

/// Where a page of looks begins.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
pub struct LooksQuery {
    /// Looks before this one: `next` of the page before.
    before: Option<i64>,
}

/// A page of looks.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct FigureLookList {
    looks: Vec<FigureLook>,
    /// Where the next page begins; `null` on the last.
    next: Option<i64>,
}

/// Who looked at an authority's figures, the last first. Looks are kept as long as those at families.
#[utoipa::path(get, path = "/api/v1/authorities/{authority}/looks", tag = "reports", security(("key" = [])),
    params(("authority" = String, Path), LooksQuery), responses((status = 200, body = FigureLookList)))]
#[get("/authorities/{authority}/looks")]
pub async fn looks_list(
    context: web::Data<Context>,
    who: Authenticated,
    named: Later<web::Path<String>>,
    query: Later<web::Query<LooksQuery>>,
) -> Result<HttpResponse, Problem> {
    who.may(Permission::ReadFigures)?;
    let (authority, query) = (named.now()?.into_inner(), query.now()?.into_inner());
    let today = local_day(context.clock.now());
    authority_for(&context, who.0.scope, authority.clone(), today).await?;
    let (looks, next) =
        on_worker(move || looks::page(&context.store, &authority, query.before)).await?;
    Ok(HttpResponse::Ok().json(FigureLookList { looks, next }))
}

/// Writes down who looks at figures from above the schools.
fn note(
    context: &Context,
    scope: Scope,
    actor: &Actor,
    (whose, days): (&Whose, Period),
) -> Result<(), ServiceError> {
    let looked = match (whose, scope) {
        (Whose::Authority(code), _) => Looked::of_days(code, days),
        (Whose::School(code), Scope::Authority(within)) => {
            let school = directory::find_school(&context.store, code)?.id;
            Looked::from_above(within, school, days)
        }
        // A school's own people look at their own figures.
        (Whose::School(_), _) => return Ok(()),
    };
    looks::note(&context.store, &*context.clock, actor, &looked)
}

/// Whose figures are asked for, if the caller may see them as they were on a day.
async fn whose(
    context: &web::Data<Context>,
    who: &Authenticated,
    (authority, school): (Option<String>, Option<String>),
    day: Day,
) -> Result<Whose, Problem> {
    match (authority, school) {
        (Some(code), None) => authority_for(context, who.0.scope, code, day).await,
        (None, Some(code)) => {
            // An authority may see the figures of a school under it, though not its payments.
            if let Scope::Authority(within) = who.0.scope {
                seen_by_authority(context, within, &code, day).await?;
            } else {
                school_for(context, &who.0, code.clone(), Permission::ReadFigures).await?;
            }
            Ok(Whose::School(code))
        }
        _ => Err(Problem::bad_request(
            "whose",
            "Cho biết authority (mã đơn vị quản lý) hoặc school (mã trường), một trong hai.",
            "Give authority (an authority's code) or school (a school's code), one of them.",
        )),
    }
}

async fn authority_for(
    context: &web::Data<Context>,
    scope: Scope,
    code: String,
    day: Day,
) -> Result<Whose, Problem> {
    let within = match scope {
        Scope::Everything => return Ok(Whose::Authority(code)),
        Scope::School(_) => return Err(Problem::forbidden()),
        Scope::Authority(within) => within,
    };
    let (inner, wanted) = (context.clone(), code.clone());
    let allowed = on_worker(move || report::is_under(&inner.store, &wanted, within, day)).await?;
    if allowed { Ok(Whose::Authority(code)) } else { Err(unknown_authority(&code)) }
}

async fn seen_by_authority(
    context: &web::Data<Context>,
    within: AuthorityId,
    code: &str,
    day: Day,
) -> Result<(), Problem> {
    let (inner, wanted) = (context.clone(), code.to_owned());
    let visible =
        on_worker(move || report::school_is_under(&inner.store, &wanted, within, day)).await?;
    if visible {
        Ok(())
    } else {
        Err(Problem::from(ServiceError::not_found("school", "trường", "school", code)))
    }
}

fn unknown_authority(code: &str) -> Problem {
    ServiceError::not_found("authority", "đơn vị quản lý", "authority", code).into()
}

fn month_of(text: &str) -> Result<Month, Problem> {
    text.parse().map_err(|_no_month| {
        Problem::bad_request(
            "month",
            "Ghi month là năm và tháng, ví dụ 2026-11.",
            "Give month as year and month, for example 2026-11.",
        )
    })
}
