//! What people see when something does not go: never a code alone, always the next step.

use actix_web::http::StatusCode;
use actix_web::http::header;
use actix_web::{HttpResponse, ResponseError};
use askama::Template;

use super::shell::Shell;
use super::words::Words;
use crate::domain::lang::Lang;
use crate::http::problem::Problem;
use crate::service::ServiceError;

/// Why a page was not shown.
#[derive(Debug)]
pub enum PageError {
    /// Something is wrong with the request, or with us.
    Problem(Problem, Lang),
    /// Nobody is signed in: first sign in, then go on there.
    SignIn {
        /// The page that was asked for.
        next: String,
    },
    /// The session ended while a form was being filled in. Nothing that was typed is lost.
    Expired(Box<Expired>),
    /// The session is good, but not fresh enough for this.
    ProveAgain {
        /// The page to go on with.
        next: String,
    },
    /// The same for a form: what was typed goes along, and is acted upon with the proof.
    ProveFirst(Box<ProvePage>),
}

/// Asks whoever is signed in to prove themselves again.
#[derive(Clone, Debug, Template)]
#[template(path = "pages/account/prove.html")]
pub struct ProvePage {
    /// The words around it.
    pub s: Shell,
    /// The page to go on with, where there is no form to be sent.
    pub next: String,
    /// Where the form was sent to; empty where there was none.
    pub action: String,
    /// What was typed in it.
    pub fields: Vec<(String, String)>,
    /// Whether a code is asked for as well.
    pub code_too: bool,
    /// Whether there is a password to ask for.
    pub has_password: bool,
    /// Whether they can prove themselves with the provider of identities.
    pub has_provider: bool,
    /// What was wrong with the proof before.
    pub told: String,
}

/// A form that was sent after its session had ended.
#[derive(Debug, Template)]
#[template(path = "pages/expired.html")]
pub struct Expired {
    /// The words around it.
    pub s: Shell,
    /// Where it was sent to.
    pub action: String,
    /// What was typed.
    pub fields: Vec<(String, String)>,
    /// The fields in which a file was chosen.
    pub files: Vec<String>,
}

#[derive(Template)]
#[template(path = "pages/error.html")]
struct ErrorPage {
    s: Shell,
    status: u16,
    messages: Vec<String>,
}

impl From<Problem> for PageError {
    fn from(problem: Problem) -> PageError {
        PageError::Problem(problem, Lang::Vi)
    }
}

impl From<ServiceError> for PageError {
    fn from(error: ServiceError) -> PageError {
        Problem::from(error).into()
    }
}

impl std::fmt::Display for PageError {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            PageError::Problem(problem, _) => problem.fmt(out),
            PageError::SignIn { .. } => out.write_str("nobody is signed in"),
            PageError::Expired(_) => out.write_str("the session has ended"),
            PageError::ProveAgain { .. } | PageError::ProveFirst(_) => {
                out.write_str("the session is not fresh")
            }
        }
    }
}

impl ResponseError for PageError {
    fn status_code(&self) -> StatusCode {
        match self {
            PageError::Problem(problem, _) => problem.status_code(),
            PageError::SignIn { .. } | PageError::ProveAgain { .. } => StatusCode::SEE_OTHER,
            PageError::Expired(_) => StatusCode::UNAUTHORIZED,
            PageError::ProveFirst(page) if page.told.is_empty() => StatusCode::FORBIDDEN,
            PageError::ProveFirst(_) => StatusCode::UNPROCESSABLE_ENTITY,
        }
    }

    fn error_response(&self) -> HttpResponse {
        let html = match self {
            PageError::SignIn { next } => {
                return see_other(&format!("/sign-in?next={}", encoded(next)));
            }
            PageError::ProveAgain { next } => {
                return see_other(&format!("/prove?next={}", encoded(next)));
            }
            PageError::Expired(page) => page.render(),
            PageError::ProveFirst(page) => page.render(),
            PageError::Problem(problem, lang) => {
                let problem = problem.clone().in_lang(*lang);
                let told = problem.body();
                ErrorPage {
                    s: Shell::plain(Words(*lang)),
                    status: told.status,
                    messages: told.errors.into_iter().map(|error| error.detail).collect(),
                }
                .render()
            }
        };
        match html {
            Ok(html) => {
                let mut response = super::html_of(self.status_code(), html);
                if let PageError::Problem(problem, _) = self
                    && let Some(seconds) = problem.wait()
                {
                    response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
                }
                response
            }
            Err(error) => {
                tracing::error!(%error, "a page of an error could not be rendered");
                HttpResponse::InternalServerError().finish()
            }
        }
    }
}

fn see_other(to: &str) -> HttpResponse {
    HttpResponse::SeeOther().insert_header((header::LOCATION, to)).finish()
}

/// A text as part of an address.
#[must_use]
pub fn encoded(text: &str) -> String {
    form_urlencoded::byte_serialize(text.as_bytes()).collect()
}
