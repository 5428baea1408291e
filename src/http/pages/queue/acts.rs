//! What a person does with one line by one press of a button.

use actix_web::{HttpRequest, post, web};

use super::{back_to, told};
use crate::domain::access::Permission;
use crate::domain::id::{DecisionId, PaymentId, SchoolId};
use crate::http::Context;
use crate::http::later::Later;
use crate::http::pages::fields::{Fields, attempt};
use crate::http::pages::posted::Posted;
use crate::http::pages::shell::Said;
use crate::http::pages::visitor::At;
use crate::http::pages::{Page, go_saying};
use crate::service::decide::{self, PaymentState};
use crate::service::refusals::{self, Refusal};
use crate::service::workspace::undo_payment;
use crate::service::{Actor, ServiceError};

/// A line, and the decision that the person saw.
type Seen = ((SchoolId, PaymentId), Option<DecisionId>);

/// Carries out a decision about a line and goes back to where it was made.
async fn act(
    context: web::Data<Context>,
    (at, form, id): (At, Fields, i64),
    key: &str,
    request: &HttpRequest,
    work: impl FnOnce(&Context, &Actor, Seen, &Fields) -> Result<PaymentState, ServiceError>
    + Send
    + 'static,
) -> Page {
    let line = at.shell.link(format!("/queue/{id}"));
    let back = back_to(&at.shell, form.of("next"), &format!("/queue/{id}"));
    let seen = form.of("version").parse().ok().map(DecisionId);
    let (school, actor) = (at.school.id, at.actor.clone());
    let done =
        attempt(move || work(&context, &actor, ((school, PaymentId(id)), seen), &form)).await?;
    match done {
        Ok(state) => go_saying(&back, &said(&at, key, &state)),
        Err(error) => told(at, (line, back), error, request),
    }
}

/// What was done to a line, and how to undo it where a person did it.
pub(super) fn said(at: &At, key: &str, state: &PaymentState) -> Said {
    let own =
        state.decided_by == at.actor.as_str() && !matches!(key, "queue-undone" | "queue-reversed");
    let undo = state
        .decision_id
        .filter(|_| own)
        .map(|decision| at.shell.link(format!("/queue/{}/undo/{decision}", state.id)));
    Said { key: key.to_owned(), x: at.shell.dong(&state.amount), undo }
}

/// Confirms one of the machine's proposals.
#[post("/s/{school}/queue/{id}/confirm")]
pub async fn confirm(
    context: web::Data<Context>,
    sent: Posted<Fields>,
    path: Later<web::Path<(String, i64)>>,
    request: HttpRequest,
) -> Page {
    let (school, id) = path.now()?.into_inner();
    let at = sent.visitor.at(&context, &school, Permission::Decide).await?;
    let what = (at, sent.form, id);
    act(context, what, "queue-confirmed", &request, |context, actor, (at, seen), form| {
        let index = form.of("index").parse().unwrap_or_default();
        decide::confirm(&context.store, &*context.clock, actor, at, seen, index)
    })
    .await
}

/// Says that a line is not for a student; the machine looks again without them.
#[post("/s/{school}/queue/{id}/refuse")]
pub async fn refuse(
    context: web::Data<Context>,
    sent: Posted<Fields>,
    path: Later<web::Path<(String, i64)>>,
    request: HttpRequest,
) -> Page {
    let (school, id) = path.now()?.into_inner();
    let at = sent.visitor.at(&context, &school, Permission::Decide).await?;
    let what = (at, sent.form, id);
    act(context, what, "queue-refused", &request, |context, actor, (at, seen), form| {
        let filled = |name| Some(form.of(name).trim()).filter(|text| !text.is_empty());
        let refusal = Refusal {
            proposal: filled("proposal").and_then(|index| index.parse().ok()),
            student_code: filled("student").map(str::to_owned),
            reason: filled("reason").map(str::to_owned),
        };
        refusals::refuse(&context.store, &*context.clock, actor, at, seen, &refusal)
    })
    .await
}

/// Takes back what a line is used for, with a reason.
#[post("/s/{school}/queue/{id}/reverse")]
pub async fn reverse(
    context: web::Data<Context>,
    sent: Posted<Fields>,
    path: Later<web::Path<(String, i64)>>,
    request: HttpRequest,
) -> Page {
    let (school, id) = path.now()?.into_inner();
    let at = sent.visitor.at(&context, &school, Permission::Decide).await?;
    let what = (at, sent.form, id);
    act(context, what, "queue-reversed", &request, |context, actor, (at, seen), form| {
        let reason = form.of("reason").trim();
        decide::reverse(&context.store, &*context.clock, actor, at, seen, reason)
    })
    .await
}

/// Takes back one decision of a person as if it had not been made.
#[post("/s/{school}/queue/{id}/undo/{decision}")]
pub async fn take_back(
    context: web::Data<Context>,
    sent: Posted<Fields>,
    path: Later<web::Path<(String, i64, i64)>>,
    request: HttpRequest,
) -> Page {
    let (school, id, decision) = path.now()?.into_inner();
    let at = sent.visitor.at(&context, &school, Permission::Decide).await?;
    let what = (at, sent.form, id);
    act(context, what, "queue-undone", &request, move |context, actor, (at, _), _| {
        let decision = DecisionId(decision);
        undo_payment(&context.store, &*context.clock, actor, at, decision, None)
    })
    .await
}
