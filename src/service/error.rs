//! Why a use case did not happen, in words for people; transport is none of its business.

use crate::containment::ReadFailure;
use crate::domain::diagnostic::Diagnostic;
use crate::domain::lang::Wording;
use crate::formats::ColumnQuestion;
use crate::keyring::KeyError;
use crate::store::{MaybeTransient, StoreError};

/// The reason a use case refused or failed. Nothing was written in any of these cases.
#[derive(Debug, thiserror::Error)]
pub enum ServiceError {
    /// What was named does not exist (or not for this caller).
    #[error("{}", .0.message.en)]
    NotFound(Box<Diagnostic>),
    /// The state of things does not allow it now.
    #[error("{}", .0.message.en)]
    Conflict(Box<Diagnostic>),
    /// The input cannot be taken.
    #[error("{}", .0.first().map_or("refused", |first| &*first.message.en))]
    Refused(Vec<Diagnostic>),
    /// A table was found whose columns a person has to name first.
    #[error("{}", .1.first().map_or("columns_unknown", |first| &*first.message.en))]
    ColumnsNeeded(Box<ColumnQuestion>, Vec<Diagnostic>),
    /// The file could not be read, through no fault of its own.
    #[error(transparent)]
    Reader(#[from] ReadFailure),
    /// The installation's key is missing, or is another one than secrets were sealed with.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl ServiceError {
    /// Something that does not exist, e.g. `not_found("school", "trường", "school", "THCS1")`.
    #[must_use]
    pub fn not_found(code: &str, vi: &str, en: &str, key: &str) -> ServiceError {
        ServiceError::NotFound(Box::new(Diagnostic::new(
            &format!("{code}_not_found"),
            format!("Không tìm thấy {vi} “{key}”. Hãy kiểm tra lại mã."),
            format!("There is no {en} “{key}”. Check the code."),
        )))
    }

    /// One reason to refuse an input.
    #[must_use]
    pub fn refused(reason: Diagnostic) -> ServiceError {
        ServiceError::Refused(vec![reason])
    }

    /// One reason why it cannot be done now.
    #[must_use]
    pub fn conflict(code: &str, vi: impl Into<Wording>, en: impl Into<Wording>) -> ServiceError {
        ServiceError::Conflict(Box::new(Diagnostic::new(code, vi, en)))
    }

    /// A sum that leaves the range of amounts.
    #[must_use]
    pub fn overflow() -> ServiceError {
        ServiceError::refused(Diagnostic::new(
            "amount_range",
            "Tổng số tiền vượt quá giới hạn tính toán. Hãy kiểm tra lại các số tiền rất lớn.",
            "A sum of amounts leaves the computable range. Check the very large amounts.",
        ))
    }

    /// What was read could not be read back from its temporary file.
    pub(crate) fn spool(error: std::io::Error) -> ServiceError {
        ServiceError::Reader(ReadFailure::System(error))
    }

    /// What is wrong, for people; empty when the database or the disk failed.
    #[must_use]
    pub fn diagnostics(&self) -> &[Diagnostic] {
        match self {
            ServiceError::NotFound(one) | ServiceError::Conflict(one) => std::slice::from_ref(one),
            ServiceError::Refused(many) | ServiceError::ColumnsNeeded(_, many) => many,
            ServiceError::Reader(_) | ServiceError::Key(_) | ServiceError::Store(_) => &[],
        }
    }
}

impl MaybeTransient for ServiceError {
    fn is_transient(&self) -> bool {
        matches!(self, ServiceError::Store(error) if error.is_transient())
    }
}
