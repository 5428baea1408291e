//! Many lines at once: first the rule, the count and the sum are shown, then a person confirms.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, post, web};
use askama::Template;

use super::{back_to, say, told};
use crate::domain::access::Permission;
use crate::domain::id::{DecisionId, PaymentId};
use crate::domain::money::Vnd;
use crate::http::Context;
use crate::http::later::Later;
use crate::http::pages::fields::{Fields, attempt, pair};
use crate::http::pages::posted::Posted;
use crate::http::pages::shell::{Said, Shell};
use crate::http::pages::{Page, go_saying, show};
use crate::service::workspace::bulk::{self, Preview, Ticked};
use crate::service::workspace::undo_group;

#[derive(Template)]
#[template(path = "pages/queue/bulk.html")]
struct Ask {
    s: Shell,
    preview: Preview,
    count: u64,
    lines: Vec<String>,
    back: String,
}

/// The lines that were ticked, each with the decision the person saw.
fn ticked(fields: &Fields) -> Vec<Ticked> {
    let mut found: Vec<Ticked> = Vec::new();
    for (payment, decision) in fields.every("line").filter_map(pair) {
        let line = (PaymentId(payment), DecisionId(decision));
        if !found.contains(&line) {
            found.push(line);
        }
    }
    found
}

/// Shows what confirming the ticked lines would do. Changes nothing.
#[post("/s/{school}/queue/bulk")]
pub async fn ask(
    context: web::Data<Context>,
    sent: Posted<Fields>,
    school: web::Path<String>,
    request: HttpRequest,
) -> Page {
    let at = sent.visitor.at(&context, &school, Permission::Decide).await?;
    let back = back_to(&at.shell, sent.form.of("next"), "/queue?tab=proposed");
    let (school, lang, lines) = (at.school.id, at.lang(), ticked(&sent.form));
    let shown: Vec<String> = lines.iter().map(|(one, seen)| format!("{one}-{seen}")).collect();
    match attempt(move || bulk::preview(&context.store, school, &lines, lang)).await? {
        Ok(preview) => {
            let words = at.shell.t("menu-queue");
            let count = u64::try_from(preview.count).unwrap_or_default();
            let s = at.shell.under(words, "/queue");
            show(&Ask { s, preview, count, lines: shown, back }, &request)
        }
        Err(error) => told(at, (String::new(), back), error, &request),
    }
}

/// Confirms the first proposal of each ticked line.
#[post("/s/{school}/queue/bulk/confirm")]
pub async fn confirm(
    context: web::Data<Context>,
    sent: Posted<Fields>,
    school: web::Path<String>,
    request: HttpRequest,
) -> Page {
    let at = sent.visitor.at(&context, &school, Permission::Decide).await?;
    let back = back_to(&at.shell, sent.form.of("next"), "/queue?tab=proposed");
    let seen = (
        sent.form.of("count").parse().unwrap_or_default(),
        Vnd::new(sent.form.of("sum").parse().unwrap_or_default()),
    );
    let (school, lang, actor, lines) =
        (at.school.id, at.lang(), at.actor.clone(), ticked(&sent.form));
    let done = attempt(move || {
        bulk::confirm(&context.store, &*context.clock, &actor, school, &lines, seen, lang)
    })
    .await?;
    let done = match done {
        Ok(done) => done,
        Err(error) => return told(at, (String::new(), back), error, &request),
    };
    let Some(group) = done.group else {
        let messages = done.conflicts.into_iter().map(|one| one.text).collect();
        return say(at, StatusCode::CONFLICT, messages, (String::new(), back), &request);
    };
    let s = &at.shell;
    let lines = s.number(done.confirmed);
    let x = s.with2("queue-lines-sum", lines, s.dong(&done.sum));
    let said = Said {
        key: if done.conflicts.is_empty() {
            "queue-confirmed-many"
        } else {
            "queue-confirmed-some"
        }
        .to_owned(),
        x,
        undo: Some(s.link(format!("/queue/groups/{group}/undo"))),
    };
    go_saying(&back, &said)
}

/// Takes back what was confirmed together.
#[post("/s/{school}/queue/groups/{id}/undo")]
pub async fn take_back(
    context: web::Data<Context>,
    sent: Posted<Fields>,
    path: Later<web::Path<(String, i64)>>,
    request: HttpRequest,
) -> Page {
    let (school, group) = path.now()?.into_inner();
    let at = sent.visitor.at(&context, &school, Permission::Decide).await?;
    let back = back_to(&at.shell, sent.form.of("next"), "/history");
    let (school, lang, actor) = (at.school.id, at.lang(), at.actor.clone());
    let done = attempt(move || {
        undo_group(&context.store, &*context.clock, &actor, (school, group), None, lang)
    })
    .await?;
    match done {
        Ok(done) if done.taken_back == 0 && !done.left.is_empty() => {
            let messages = done.left.into_iter().map(|one| one.text).collect();
            say(at, StatusCode::CONFLICT, messages, (String::new(), back), &request)
        }
        Ok(done) => {
            let said = Said {
                key: if done.left.is_empty() { "queue-undone-many" } else { "queue-undone-some" }
                    .to_owned(),
                x: at.shell.number(done.taken_back),
                undo: None,
            };
            go_saying(&back, &said)
        }
        Err(error) => told(at, (String::new(), back), error, &request),
    }
}
