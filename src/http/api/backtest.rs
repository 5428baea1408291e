//! Trying another setting on a school's history.

use actix_web::{HttpResponse, get, web};
use serde::Deserialize;

use crate::domain::access::Permission;
use crate::domain::calendar::Day;
use crate::domain::setting::{Setting, SettingChange};
use crate::http::auth::{Authenticated, school_for};
use crate::http::later::Later;
use crate::http::problem::Problem;
use crate::http::{Context, on_worker};
use crate::service::ServiceError;
use crate::service::backtest::{self, Ask};

/// What to try, on which days. At least one setting.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
pub struct BacktestQuery {
    /// `on` or `off`: settle an invoice in part when its code came with less than is open.
    settle_in_part: Option<String>,
    /// `on` or `off`: settle without a code for a payer whom persons confirmed often enough.
    settle_known_payer: Option<String>,
    /// The first day to judge, `YYYY-MM-DD`; what came before counts as it stood.
    #[param(value_type = Option<String>)]
    from: Option<Day>,
    /// The last day to judge.
    #[param(value_type = Option<String>)]
    to: Option<Day>,
    /// Judge only what persons decided.
    #[serde(default)]
    persons_only: bool,
}

/// What the machine would have done with the school's confirmed payments under other settings.
/// Nothing is changed.
#[utoipa::path(get, path = "/api/v1/schools/{school}/backtest", tag = "payments", security(("key" = [])),
    params(("school" = String, Path), BacktestQuery),
    responses((status = 200, content_type = "application/json",
        description = "hits, misses and what is left to a person under the present and the changed settings, and the payments that differ"),
        (status = 422, description = "no such setting or value")))]
#[get("/schools/{school}/backtest")]
pub async fn show(
    context: web::Data<Context>,
    who: Authenticated,
    path: Later<web::Path<String>>,
    query: Later<web::Query<BacktestQuery>>,
) -> Result<HttpResponse, Problem> {
    let school =
        school_for(&context, &who.0, path.now()?.into_inner(), Permission::ReadBooks).await?;
    let BacktestQuery { settle_in_part, settle_known_payer, from, to, persons_only } =
        query.now()?.into_inner();
    let mut changes = Vec::new();
    for (setting, value) in
        [(Setting::SettleInPart, settle_in_part), (Setting::SettleKnownPayer, settle_known_payer)]
    {
        if let Some(value) = value {
            changes
                .push(SettingChange::named(setting.name(), &value).map_err(ServiceError::refused)?);
        }
    }
    if changes.is_empty() {
        return Err(Problem::bad_request(
            "setting_needed",
            "Cho biết ít nhất một thiết lập cần thử, ví dụ settle_known_payer=on.",
            "Give at least one setting to try, for example settle_known_payer=on.",
        ));
    }
    let ask = Ask { changes, from, to, persons_only };
    let found = on_worker(move || backtest::run(&context.store, school.id, &ask)).await?;
    Ok(HttpResponse::Ok().json(found))
}
