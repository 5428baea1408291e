//! Invoices from a list that the school made elsewhere.

use std::io::Read as _;

use actix_multipart::Multipart;
use actix_web::http::StatusCode;
use actix_web::{HttpRequest, get, post, web};
use askama::Template;

use crate::domain::access::Permission;
use crate::domain::lang::Bilingual;
use crate::http::later::Later;
use crate::http::pages::forms::Faults;
use crate::http::pages::sent;
use crate::http::pages::shell::{Said, Shell};
use crate::http::pages::visitor::{At, Visitor};
use crate::http::pages::{Page, go_saying, show_with};
use crate::http::{Context, on_worker, upload};
use crate::service::import_students::ListOutcome;
use crate::service::list_problems::RowProblem;
use crate::service::{ServiceError, import_invoices, intake};

/// Problems that are shown.
const PROBLEMS: usize = 200;

#[derive(Template)]
#[template(path = "pages/rounds/load.html")]
struct Load {
    s: Shell,
    faults: Faults,
    /// What became of the file, where some of its rows were not taken.
    outcome: Option<ListOutcome>,
    problems: Vec<RowProblem>,
}

/// The form.
#[get("/s/{school}/invoices/import")]
pub async fn begin(
    context: web::Data<Context>,
    visitor: Visitor,
    path: Later<web::Path<String>>,
    request: HttpRequest,
) -> Page {
    let code = path.now()?.into_inner();
    let at = visitor.at(&context, &code, Permission::ImportLists).await?;
    let faults = Faults::new(at.lang());
    render(at, faults, None, &request)
}

/// Takes the good rows in; rows that were taken before say nothing new.
#[post("/s/{school}/invoices/import")]
pub async fn take_in(
    context: web::Data<Context>,
    parts: Multipart,
    visitor: Visitor,
    path: Later<web::Path<String>>,
    request: HttpRequest,
) -> Page {
    let code = path.now()?.into_inner();
    let at = visitor.at(&context, &code, Permission::ImportLists).await?;
    let admitted = upload::admit(&context, &at.actor, at.school.id).await?;
    let form = sent::read(parts, context.max_upload_bytes, admitted).await?;
    let mut faults = Faults::new(at.lang());
    let Some(mut form) = form else {
        faults.add(
            "file",
            &Bilingual::new(
                "Chưa chọn tệp. Chọn tệp danh sách khoản phải thu rồi bấm Nhập danh sách.",
                "No file was chosen. Choose the list of invoices, then press Import the list.",
            ),
        );
        return render(at, faults, None, &request);
    };
    let (actor, school) = (at.actor.clone(), at.school.id);
    let outcome = on_worker(move || {
        let mut bytes = Vec::new();
        form.file.read_to_end(&mut bytes).map_err(ServiceError::spool)?;
        Ok(intake::list(&context.reader.of_school(school.0), &bytes).and_then(|list| {
            let (store, clock) = (&context.store, &*context.clock);
            import_invoices::run(store, clock, &actor, school, &context.prefixes, &list)
        }))
    })
    .await?;
    match outcome {
        Ok(outcome) if outcome.bad.is_empty() => {
            let x = at.shell.number(outcome.added);
            let said = Said { key: "rounds-said-loaded".to_owned(), x, undo: None };
            go_saying(&at.shell.link("/rounds"), &said)
        }
        Ok(outcome) => render(at, faults, Some(outcome), &request),
        Err(error) => {
            faults.refused(error)?;
            render(at, faults, None, &request)
        }
    }
}

fn render(at: At, faults: Faults, outcome: Option<ListOutcome>, request: &HttpRequest) -> Page {
    let lang = at.lang();
    let told = outcome.iter().flat_map(|outcome| &outcome.bad).take(PROBLEMS);
    let problems = told.map(|one| RowProblem::of(one, None, lang)).collect();
    let ok = faults.is_empty() && outcome.is_none();
    let status = if ok { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let s = at.shell.under_word("menu-rounds", "/rounds");
    show_with(status, &Load { s, faults, outcome, problems }, request)
}
