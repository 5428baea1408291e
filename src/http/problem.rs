//! Errors as RFC 9457 problem documents, in the reader's language.

use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderMap};
use actix_web::{HttpResponse, ResponseError};
use serde::Serialize;

use crate::domain::diagnostic::{Diagnostic, Place};
use crate::domain::lang::{Lang, Wording};
use crate::service::{ColumnQuestion, ReadFailure, ServiceError};

/// One thing wrong with a request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct ProblemDetail {
    /// Stable code.
    pub code: String,
    /// What is wrong, where, and what to do.
    pub detail: String,
    /// Where in a JSON body, as RFC 6901 writes it; the whole body is the empty text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pointer: Option<String>,
    /// Where in the input, when there is a place.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub place: Option<Place>,
    /// Which statement of a file, counted from 0, when it is about one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub statement: Option<usize>,
}

/// An error on its way to the client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    status: StatusCode,
    faults: Vec<Fault>,
    /// The table whose columns are asked about.
    columns: Option<Box<ColumnQuestion>>,
    lang: Lang,
    /// In how many seconds to try again, where that is known.
    retry_after: Option<u64>,
}

/// One thing wrong, and where in a JSON body when it was one.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Fault {
    pointer: Option<String>,
    told: Diagnostic,
}

impl From<Diagnostic> for Fault {
    fn from(told: Diagnostic) -> Fault {
        Fault { pointer: None, told }
    }
}

/// The document as it is sent.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct ProblemBody {
    /// A stable name of the kind of problem.
    pub r#type: String,
    /// What happened, for people.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// Everything that is wrong.
    pub errors: Vec<ProblemDetail>,
    /// Of a statement table whose columns are not known: its headings and some values of each
    /// column. Send the file again with the answer in `columns`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub columns: Option<Box<ColumnQuestion>>,
}

impl Problem {
    /// A problem of one diagnostic.
    #[must_use]
    pub fn new(
        status: StatusCode,
        code: &str,
        vi: impl Into<Wording>,
        en: impl Into<Wording>,
    ) -> Problem {
        Problem::of_diagnostics(status, vec![Diagnostic::new(code, vi, en)])
    }

    fn of_diagnostics(status: StatusCode, told: Vec<Diagnostic>) -> Problem {
        let faults = told.into_iter().map(Fault::from).collect();
        Problem { status, faults, columns: None, lang: Lang::Vi, retry_after: None }
    }

    /// What is wrong with a JSON body, each with the pointer to its place.
    #[must_use]
    pub fn of_body(status: StatusCode, told: Vec<(String, Diagnostic)>) -> Problem {
        let placed = |(pointer, told)| Fault { pointer: Some(pointer), told };
        let faults = told.into_iter().map(placed).collect();
        Problem { status, faults, columns: None, lang: Lang::Vi, retry_after: None }
    }

    /// Nobody, or nobody we know, asks.
    #[must_use]
    pub fn unauthorised() -> Problem {
        Problem::new(
            StatusCode::UNAUTHORIZED,
            "key_needed",
            "Cần khóa API còn hiệu lực: gửi trong tiêu đề Authorization.",
            "A live API key is needed in the Authorization header.",
        )
    }

    /// The key is good, but not for this.
    #[must_use]
    pub fn forbidden() -> Problem {
        Problem::new(
            StatusCode::FORBIDDEN,
            "key_not_sufficient",
            "Khóa API này không có quyền làm việc này.",
            "This API key does not permit this.",
        )
    }

    /// Nothing is at this address.
    #[must_use]
    pub fn no_such_page() -> Problem {
        Problem::new(
            StatusCode::NOT_FOUND,
            "no_such_page",
            "Không có trang này.",
            "There is no such page.",
        )
    }

    /// The body is not what the operation takes.
    #[must_use]
    pub fn bad_request(code: &str, vi: impl Into<Wording>, en: impl Into<Wording>) -> Problem {
        Problem::new(StatusCode::BAD_REQUEST, code, vi, en)
    }

    /// The same with the time after which to try again, in seconds.
    #[must_use]
    pub fn retry_after(mut self, seconds: u64) -> Problem {
        self.retry_after = Some(seconds);
        self
    }

    /// In how many seconds to try again, where that is known.
    #[must_use]
    pub fn wait(&self) -> Option<u64> {
        let busy = self.status == StatusCode::SERVICE_UNAVAILABLE;
        self.retry_after.or_else(|| busy.then_some(2))
    }

    /// The same in another language.
    #[must_use]
    pub fn in_lang(mut self, lang: Lang) -> Problem {
        self.lang = lang;
        self
    }

    /// The document.
    #[must_use]
    pub fn body(&self) -> ProblemBody {
        let first = self.faults.first().map(|fault| &fault.told);
        ProblemBody {
            r#type: format!(
                "urn:doisoat:problem:{}",
                first.map_or("internal", |first| first.code.as_str())
            ),
            title: first.map(|first| first.message.text(self.lang).to_owned()).unwrap_or_default(),
            status: self.status.as_u16(),
            errors: self
                .faults
                .iter()
                .map(|Fault { pointer, told: one }| ProblemDetail {
                    code: one.code.clone(),
                    pointer: pointer.clone(),
                    detail: one.message.text(self.lang).to_owned(),
                    place: one.place.clone(),
                    statement: one.statement,
                })
                .collect(),
            columns: self.columns.clone(),
        }
    }
}

impl From<ServiceError> for Problem {
    fn from(error: ServiceError) -> Problem {
        let status = match &error {
            ServiceError::NotFound(_) => StatusCode::NOT_FOUND,
            ServiceError::Conflict(_) => StatusCode::CONFLICT,
            ServiceError::Refused(_) => StatusCode::UNPROCESSABLE_ENTITY,
            ServiceError::ColumnsNeeded(question, diagnostics) => {
                let status = StatusCode::UNPROCESSABLE_ENTITY;
                let problem = Problem::of_diagnostics(status, diagnostics.clone());
                return Problem { columns: Some(question.clone()), ..problem };
            }
            ServiceError::Reader(ReadFailure::Busy) => return Problem::busy(),
            ServiceError::Reader(failure @ ReadFailure::System(_)) => {
                tracing::error!(error = %failure, "a statement could not be read");
                return Problem::internal();
            }
            ServiceError::Key(failure) => {
                tracing::error!(error = %failure, "a secret could not be sealed or opened");
                return Problem::internal();
            }
            ServiceError::Store(failure) => {
                // The one place where a failure of the database is logged; the client learns nothing
                // of it but that it was not its fault.
                tracing::error!(error = %failure, "the database failed");
                let again = failure.is_transient() || failure.is_unavailable();
                return if again { Problem::busy() } else { Problem::internal() };
            }
        };
        Problem::of_diagnostics(status, error.diagnostics().to_vec())
    }
}

impl Problem {
    /// Too much is going on.
    #[must_use]
    pub fn busy() -> Problem {
        Problem::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "busy",
            "Hệ thống đang bận. Hãy thử lại sau ít giây.",
            "The system is busy. Try again in a few seconds.",
        )
    }

    /// A failure of ours.
    #[must_use]
    pub fn internal() -> Problem {
        Problem::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "internal",
            "Hệ thống gặp lỗi và không ghi gì cả. Hãy thử lại; nếu vẫn lỗi, báo người quản trị.",
            "The system failed and recorded nothing. Try again; if it fails again, tell the administrator.",
        )
    }
}

impl std::fmt::Display for Problem {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str(&self.body().title)
    }
}

impl ResponseError for Problem {
    fn status_code(&self) -> StatusCode {
        self.status
    }

    fn error_response(&self) -> HttpResponse {
        let mut response = HttpResponse::build(self.status);
        response.insert_header((header::CONTENT_TYPE, "application/problem+json"));
        response.insert_header((header::CACHE_CONTROL, "no-store"));
        let language = match self.lang {
            Lang::Vi => "vi",
            Lang::En => "en",
        };
        response.insert_header((header::CONTENT_LANGUAGE, language));
        response.insert_header((header::VARY, "Accept-Language"));
        if self.status == StatusCode::UNAUTHORIZED {
            response.insert_header((
                header::WWW_AUTHENTICATE,
                "Basic realm=\"Doisoat\", charset=\"UTF-8\"",
            ));
        }
        if let Some(seconds) = self.wait() {
            response.insert_header((header::RETRY_AFTER, seconds));
        }
        response.body(serde_json::to_string(&self.body()).unwrap_or_default())
    }
}

/// The language a client prefers by RFC 9110 §12.5.4: the one of Vietnamese and English with the
/// greater weight, the first of two equal ones; Vietnamese when it names neither.
#[must_use]
pub fn preferred_lang(headers: &HeaderMap) -> Lang {
    let accepted = headers
        .get(header::ACCEPT_LANGUAGE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default()
        .to_ascii_lowercase();
    let mut best = (0, Lang::Vi);
    for range in accepted.split(',') {
        let (tag, weight) = range.split_once(';').unwrap_or((range, ""));
        let lang = match tag.trim().split('-').next() {
            Some("en") => Lang::En,
            Some("vi") => Lang::Vi,
            _ => continue,
        };
        let weight = thousandths(weight);
        if weight > best.0 {
            best = (weight, lang);
        }
    }
    best.1
}

/// The weight `q=0.850` as 850; 1000 when there is none, 0 when it is not a weight.
fn thousandths(weight: &str) -> u32 {
    let weight = weight.trim();
    if weight.is_empty() {
        return 1_000;
    }
    let Some(value) = weight.strip_prefix("q=") else { return 0 };
    let (whole, fraction) = value.split_once('.').unwrap_or((value, ""));
    let fraction: String = fraction.chars().chain("000".chars()).take(3).collect();
    match (whole.trim().parse::<u32>(), fraction.parse::<u32>()) {
        (Ok(whole @ 0..=1), Ok(fraction)) => (whole * 1_000 + fraction).min(1_000),
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_language_is_the_one_the_client_would_rather_read() {
        for (why, accepted, expected) in [
            ("nothing said", "", Lang::Vi),
            ("English", "en", Lang::En),
            ("English of a country", "en-GB,en;q=0.9", Lang::En),
            ("Vietnamese before English", "vi-VN,vi;q=0.9,en;q=0.8", Lang::Vi),
            ("the weight counts, not the order", "vi;q=0.3, en;q=0.85", Lang::En),
            ("another language first", "fr, en;q=0.5", Lang::En),
            ("neither", "fr-FR, de", Lang::Vi),
            ("anything", "*", Lang::Vi),
            ("English refused", "en;q=0", Lang::Vi),
            ("a language that begins the same", "eng, ens;q=1", Lang::Vi),
            ("not a weight", "en;q=high", Lang::Vi),
            ("no space for a sign", "en;q=-1", Lang::Vi),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(header::ACCEPT_LANGUAGE, accepted.parse().unwrap());
            assert_eq!(preferred_lang(&headers), expected, "{why}");
        }
    }
}
