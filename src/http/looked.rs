//! Who of the staff looked at which family, where a page or an answer shows one family's data: one
//! table of these places and one middleware that writes the look down before anything is sent. What is
//! shown on purpose as the family's own (its page, its address, what it asked, all of its data) is
//! written down by those use cases themselves; lists of many families are not looks at one.

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::{Method, StatusCode};
use actix_web::middleware::Next;
use actix_web::{Error, HttpMessage as _, HttpRequest, web};
use serde::Deserialize;

use super::pages::error::PageError;
use super::pages::fields::Fields;
use super::problem::Problem;
use super::{Context, on_worker};
use crate::service::Actor;
use crate::service::families::looks::Look;
use crate::service::families::shown::{self, Shown};

/// By what a place names the family.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    /// The number of a student, in this parameter of the path.
    Student(&'static str),
    /// The code of a student.
    StudentCode(&'static str),
    /// The code of an invoice.
    Invoice(&'static str),
    /// The number of a receipt.
    Receipt(&'static str),
    /// The numbers of receipts, in fields of this name after the question mark.
    Receipts(&'static str),
}

/// Each place that shows the data of one family: the route's path, by what it names the family, and
/// what kind of look it is.
pub const PLACES: &[(&str, By, Look)] = &[
    ("/s/{school}/students/{id}", By::Student("id"), Look::Student),
    ("/s/{school}/students/{id}/transfer", By::Student("id"), Look::Student),
    ("/s/{school}/students/{id}/leave", By::Student("id"), Look::Student),
    ("/s/{school}/students/{id}/return", By::Student("id"), Look::Student),
    ("/s/{school}/students/{id}/contact", By::Student("id"), Look::Student),
    ("/s/{school}/students/{id}/family", By::Student("id"), Look::Student),
    ("/s/{school}/students/{id}/family/basis", By::Student("id"), Look::Student),
    ("/s/{school}/receivables/{student}", By::Student("student"), Look::Account),
    ("/s/{school}/receivables/{student}/refund", By::Student("student"), Look::Account),
    ("/s/{school}/receivables/{student}/invoices/{invoice}", By::Student("student"), Look::Account),
    ("/s/{school}/cash/students/{student}", By::Student("student"), Look::Account),
    ("/s/{school}/receipts/{receipt}", By::Receipt("receipt"), Look::Receipt),
    ("/s/{school}/receipts/{receipt}/pdf", By::Receipt("receipt"), Look::Receipt),
    ("/s/{school}/receipts/{receipt}/void", By::Receipt("receipt"), Look::Receipt),
    ("/s/{school}/receipts/{receipt}/invoice", By::Receipt("receipt"), Look::Receipt),
    ("/s/{school}/receipts/{receipt}/send", By::Receipt("receipt"), Look::Receipt),
    ("/s/{school}/receipts/print", By::Receipts("row"), Look::Receipt),
    ("/api/v1/schools/{school}/students/{code}", By::StudentCode("code"), Look::Student),
    ("/api/v1/schools/{school}/invoices/{code}", By::Invoice("code"), Look::Account),
    ("/api/v1/schools/{school}/receipts/{id}", By::Receipt("id"), Look::Receipt),
    ("/api/v1/schools/{school}/receipts/{id}/pdf", By::Receipt("id"), Look::Receipt),
];

/// Who was found to send a request, kept with it.
#[derive(Clone, Debug)]
pub struct Looker(pub Actor);

/// Middleware around every route: nothing of a family is shown unless it could be written down who was
/// shown it.
pub async fn written_down(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let response = next.call(request).await?;
    if let Some((actor, school, shown, look)) = look_of(response.request(), response.status()) {
        let context = response.request().app_data::<web::Data<Context>>().cloned();
        let noted = match context {
            None => Err(Problem::internal()),
            Some(context) => {
                on_worker(move || {
                    let of = (school.as_str(), &shown);
                    shown::note(&context.store, &*context.clock, &actor, of, look)
                })
                .await
            }
        };
        if let Err(problem) = noted {
            let for_programs = response.request().path().starts_with("/api/");
            return Err(if for_programs {
                problem.into()
            } else {
                PageError::from(problem).into()
            });
        }
    }
    Ok(response)
}

/// The look that an answer is, if it is one.
fn look_of(request: &HttpRequest, status: StatusCode) -> Option<(Actor, String, Shown, Look)> {
    // A form that was refused stands on the page again; one that was taken leads elsewhere.
    let form = status == StatusCode::UNPROCESSABLE_ENTITY && *request.method() == Method::POST;
    if !status.is_success() && !form {
        return None;
    }
    let pattern = request.match_pattern()?;
    let (_, by, look) = PLACES.iter().find(|(path, ..)| *path == pattern)?;
    let Looker(actor) = request.extensions().get::<Looker>()?.clone();
    let named: Named = request.match_info().load().ok()?;
    let shown = match by {
        By::Student(name) => Shown::Student(named.of(name)?.parse().ok()?),
        By::StudentCode(name) => Shown::StudentCode(named.of(name)?.to_owned()),
        By::Invoice(name) => Shown::Invoice(named.of(name)?.to_owned()),
        By::Receipt(name) => Shown::Receipts(vec![named.of(name)?.parse().ok()?]),
        By::Receipts(name) => {
            let fields = Fields::parse(request.query_string().as_bytes());
            Shown::Receipts(fields.numbers(name))
        }
    };
    Some((actor, named.school, shown, *look))
}

/// What the places name in their paths.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Named {
    school: String,
    id: String,
    code: String,
    student: String,
    invoice: String,
    receipt: String,
}

impl Named {
    fn of(&self, name: &str) -> Option<&str> {
        let found = match name {
            "id" => &self.id,
            "code" => &self.code,
            "student" => &self.student,
            "invoice" => &self.invoice,
            "receipt" => &self.receipt,
            _ => return None,
        };
        Some(found.as_str()).filter(|text| !text.is_empty())
    }
}
