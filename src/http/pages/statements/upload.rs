//! A statement file sent by a form.

use actix_multipart::Multipart;
use actix_web::http::StatusCode;
use actix_web::{HttpRequest, ResponseError as _, post, web};

use super::{ListQuery, list_of};
use crate::domain::access::Permission;
use crate::http::Context;
use crate::http::pages::fields::attempt;
use crate::http::pages::sent::{self, Sent};
use crate::http::pages::visitor::{At, Visitor};
use crate::http::pages::{Page, go, show_with};
use crate::http::problem::Problem;
use crate::http::upload::admit;
use crate::service::plan::{self, NewFile, Plan};
use crate::service::statement_files::{self, AskedFile, MOST_KEPT};
use crate::service::{MappingText, ServiceError};

/// Reads a file and shows what it would do; asks, where its columns are not known.
#[post("/s/{school}/statements")]
pub async fn upload(
    context: web::Data<Context>,
    visitor: Visitor,
    school: web::Path<String>,
    body: Multipart,
    request: HttpRequest,
) -> Page {
    let at = visitor.at(&context, &school, Permission::ImportStatements).await?;
    let admitted = admit(&context, &at.actor, at.school.id).await?;
    let sent = match sent::read(body, context.max_upload_bytes, admitted).await {
        Ok(Some(sent)) => sent,
        Ok(None) => {
            let told = at.shell.t("statement-no-file");
            return refused(&context, at, (UNREAD, vec![told]), &request).await;
        }
        Err(problem) => {
            let told = messages(&problem, &at);
            return refused(&context, at, told, &request).await;
        }
    };
    taken(&context, at, sent, None, &request).await
}

/// Plans a file that has arrived.
pub(super) async fn taken(
    context: &web::Data<Context>,
    at: At,
    sent: Sent,
    columns: Option<MappingText>,
    request: &HttpRequest,
) -> Page {
    let (inner, actor, school) = (context.clone(), at.actor.clone(), at.school.id);
    let outcome = attempt(move || planned(&inner, &actor, school, sent, columns.as_ref())).await?;
    match outcome {
        Ok(Taken::Planned(plan)) => go(&at.shell.link(format!("/statements/{}", plan.id))),
        Ok(Taken::Asked(id)) => go(&at.shell.link(format!("/statements/columns/{id}"))),
        Err(ServiceError::Refused(told)) => {
            let told = told.iter().map(|one| one.message.text(at.lang()).to_owned()).collect();
            refused(context, at, (UNREAD, told), request).await
        }
        Err(error) => {
            let told = messages(&Problem::from(error), &at);
            refused(context, at, told, request).await
        }
    }
}

/// What became of a file.
enum Taken {
    Planned(Box<Plan>),
    /// It is kept under this number until its columns are named.
    Asked(i64),
}

fn planned(
    context: &Context,
    actor: &crate::service::Actor,
    school: crate::domain::id::SchoolId,
    sent: Sent,
    columns: Option<&MappingText>,
) -> Result<Taken, ServiceError> {
    let (store, clock) = (&context.store, &*context.clock);
    let account = sent.field("account").map(str::to_owned);
    let new = NewFile {
        account: account.as_deref(),
        columns,
        ..NewFile::plain(&sent.file_name, &sent.file)
    };
    match plan::run(store, clock, &context.reader, actor, school, &new) {
        Ok(plan) => Ok(Taken::Planned(Box::new(plan))),
        Err(ServiceError::ColumnsNeeded(question, told)) if columns.is_none() => {
            let bytes = sent.bytes(MOST_KEPT).ok_or(ServiceError::Refused(told))?;
            let asked = AskedFile {
                file_name: sent.file_name,
                account,
                content: bytes,
                question: *question,
            };
            statement_files::keep(store, clock, actor, school, &asked).map(Taken::Asked)
        }
        Err(error) => Err(error),
    }
}

/// What was sent is whole and no file that can be taken in.
const UNREAD: StatusCode = StatusCode::UNPROCESSABLE_ENTITY;

/// The status of a problem and its words: an upload that was cut off, or is too large, is none of a
/// file's faults.
fn messages(problem: &Problem, at: &At) -> (StatusCode, Vec<String>) {
    let told = problem.clone().in_lang(at.lang()).body();
    (problem.status_code(), told.errors.into_iter().map(|error| error.detail).collect())
}

async fn refused(
    context: &web::Data<Context>,
    at: At,
    (status, told): (StatusCode, Vec<String>),
    request: &HttpRequest,
) -> Page {
    let page = list_of(context, at, ListQuery::default(), told).await?;
    show_with(status, &page, request)
}
