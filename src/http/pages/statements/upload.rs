//! A statement file sent by a form.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, ResponseError as _, get, post, web};

use super::{ListQuery, Wrong, list_of};
use crate::domain::access::Permission;
use crate::domain::diagnostic::Diagnostic;
use crate::http::later::Later;
use crate::http::pages::fields::attempt;
use crate::http::pages::posted::WithFile;
use crate::http::pages::sent::{self, Sent};
use crate::http::pages::shell::Said;
use crate::http::pages::visitor::{At, Visitor};
use crate::http::pages::{Page, go, go_saying, show_with, workbook};
use crate::http::problem::Problem;
use crate::http::upload::admit;
use crate::http::{Context, on_worker};
use crate::service::list_problems::RowProblem;
use crate::service::plan::{self, NewFile, Plan};
use crate::service::statement_files::{self, AskedFile, MOST_KEPT};
use crate::service::{MappingText, ServiceError, refused_files};

/// Rows of a refused file that are shown; all of them are in the workbook.
const PROBLEMS: usize = 200;

/// Reads a file and shows what it would do; asks, where its columns are not known.
#[post("/s/{school}/statements")]
pub async fn upload(
    context: web::Data<Context>,
    form: WithFile,
    school: web::Path<String>,
    request: HttpRequest,
) -> Page {
    let at = form.visitor.at(&context, &school, Permission::ImportStatements).await?;
    let admitted = admit(&context, &at.actor, at.school.id).await?;
    let sent = match sent::read(form.parts, context.max_upload_bytes, admitted).await {
        Ok(Some(sent)) => sent,
        Ok(None) => {
            let told = Wrong::plain(vec![at.shell.t("statement-no-file")]);
            return refused(&context, at, (UNREAD, told), &request).await;
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
    let file_name = sent.file_name.clone();
    let outcome = attempt(move || planned(&inner, &actor, school, sent, columns.as_ref())).await?;
    match outcome {
        Ok(Taken::Planned(plan)) if plan.sent_before => {
            let s = &at.shell;
            let key = match plan.state.as_str() {
                "committed" => "statement-known",
                _ => "statement-known-waiting",
            };
            let x = s.with2("statement-known-when", s.moment(&plan.at), s.actor(&plan.by));
            let said = Said { key: key.to_owned(), x, undo: None };
            go_saying(&s.link(format!("/statements/{}", plan.id)), &said)
        }
        Ok(Taken::Planned(plan)) => go(&at.shell.link(format!("/statements/{}", plan.id))),
        Ok(Taken::Asked(id)) => go(&at.shell.link(format!("/statements/columns/{id}"))),
        Err(ServiceError::Refused(told)) => {
            let faults = rows_refused(context, &at, file_name, told).await?;
            refused(context, at, (UNREAD, faults), request).await
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
fn messages(problem: &Problem, at: &At) -> (StatusCode, Wrong) {
    let told = problem.clone().in_lang(at.lang()).body();
    let told = told.errors.into_iter().map(|error| error.detail).collect();
    (problem.status_code(), Wrong::plain(told))
}

/// What is wrong with a file: of a file whose rows are wrong all that is wrong with them as a table,
/// which is kept for whoever wants it as a workbook.
async fn rows_refused(
    context: &web::Data<Context>,
    at: &At,
    file_name: String,
    told: Vec<Diagnostic>,
) -> Result<Wrong, Problem> {
    let lang = at.lang();
    let placed = |one: &&Diagnostic| {
        one.place.as_ref().is_some_and(|place| place.row.or(place.line).is_some())
    };
    let rows: Vec<RowProblem> = told
        .iter()
        .filter(placed)
        .take(PROBLEMS)
        .map(|one| RowProblem::of(one, None, lang))
        .collect();
    let of_file = told.iter().filter(|one| !placed(one));
    let mut faults = Wrong::plain(of_file.map(|one| one.message.text(lang).to_owned()).collect());
    if rows.is_empty() {
        return Ok(faults);
    }
    let (inner, actor, school) = (context.clone(), at.actor.clone(), at.school.id);
    faults.count = told.iter().filter(placed).count();
    faults.workbook = on_worker(move || {
        let of = (file_name.as_str(), told.as_slice());
        refused_files::keep(&inner.store, &*inner.clock, &actor, school, of)
    })
    .await
    .map(|id| at.shell.link(format!("/statements/refused/{id}/bad-rows")))?;
    Ok(Wrong { rows, ..faults })
}

/// What is wrong with the rows of a file that was refused, as a workbook.
#[get("/s/{school}/statements/refused/{id}/bad-rows")]
pub async fn bad_rows(
    context: web::Data<Context>,
    visitor: Visitor,
    path: Later<web::Path<(String, i64)>>,
) -> Page {
    let (code, id) = path.now()?.into_inner();
    let at = visitor.at(&context, &code, Permission::ImportStatements).await?;
    let (school, lang) = (at.school.id, at.lang());
    let bytes =
        on_worker(move || refused_files::workbook(&context.store, school, id, lang)).await?;
    Ok(workbook("dong-loi-sao-ke.xlsx", bytes))
}

async fn refused(
    context: &web::Data<Context>,
    at: At,
    (status, told): (StatusCode, Wrong),
    request: &HttpRequest,
) -> Page {
    let page = list_of(context, at, ListQuery::default(), told).await?;
    show_with(status, &page, request)
}
