//! Why a list is not read to its end, and what may be cured by asking again.

use std::fmt;

use crate::domain::lang::Bilingual;

/// Why the list cannot be read to its end. Quotes nothing of what came.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ListError {
    /// The provider does not take the token.
    TokenRefused,
    /// The provider did not answer, was out of order or asked to wait, however often it was asked.
    Unavailable,
    /// The provider refuses the request; its status.
    Refused(u16),
    /// The provider says that something is wrong; its own number of it, where it gives one.
    Told(Option<i64>),
    /// A page for people came instead of a list: mostly a wrong address, or a notice of works.
    NotList,
    /// It is a list, but not of the kind we know.
    Unreadable,
    /// The list goes round in circles, or has more in one second than it gives at once.
    Stuck,
    /// More pages than any school can have.
    Endless,
}

impl ListError {
    /// The name in the database and in answers to programs.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            ListError::TokenRefused => "token_refused",
            ListError::Unavailable => "unavailable",
            ListError::Refused(_) => "refused",
            ListError::Told(_) => "told",
            ListError::NotList => "not_list",
            ListError::Unreadable => "unreadable",
            ListError::Stuck => "stuck",
            ListError::Endless => "endless",
        }
    }

    /// What happened, for people.
    #[must_use]
    pub fn message(self) -> Bilingual {
        let (vi, en) = match self {
            ListError::Refused(status) => {
                return Bilingual::new(
                    format!("Nhà cung cấp từ chối yêu cầu (mã {status})."),
                    format!("The provider refuses the request (status {status})."),
                );
            }
            ListError::Told(Some(code)) => {
                return Bilingual::new(
                    format!("Nhà cung cấp báo lỗi (mã {code})."),
                    format!("The provider reports an error (code {code})."),
                );
            }
            ListError::Told(None) => ("Nhà cung cấp báo lỗi.", "The provider reports an error."),
            ListError::TokenRefused => (
                "Nhà cung cấp không chấp nhận mã truy cập (API token). Anh/chị tạo mã mới và nhập lại.",
                "The provider does not accept the API token. Make a new one and enter it.",
            ),
            ListError::Unavailable => (
                "Nhà cung cấp không trả lời sau nhiều lần thử. Hệ thống sẽ hỏi lại sau.",
                "The provider does not answer, though asked several times. It will be asked again later.",
            ),
            ListError::NotList => (
                "Nhà cung cấp trả về một trang web thay vì danh sách giao dịch. Anh/chị kiểm tra địa chỉ API.",
                "The provider answers with a web page instead of a list of transactions. Check the API address.",
            ),
            ListError::Unreadable => (
                "Danh sách giao dịch của nhà cung cấp không đúng cấu trúc đã biết.",
                "The provider's list of transactions has not the structure we know.",
            ),
            ListError::Stuck => (
                "Danh sách của nhà cung cấp lặp lại, không đọc được hết.",
                "The provider's list repeats itself and cannot be read to its end.",
            ),
            ListError::Endless => (
                "Danh sách của nhà cung cấp dài bất thường; chỉ đọc được một phần.",
                "The provider's list is unusually long; only a part of it was read.",
            ),
        };
        Bilingual::new(vi, en)
    }
}

impl fmt::Display for ListError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.message().en)
    }
}

impl std::error::Error for ListError {}

/// What is wrong with one answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// Asking again may help; if it does not, this is the error.
    Passing(ListError),
    /// Asked too often; it may be told inside of an answer that has status 200.
    TooOften,
    /// Asking again does not help.
    Lasting(ListError),
}

/// What the status alone says; `Ok` where the body is to be read.
pub(super) fn of_status(status: u16) -> Result<(), Fault> {
    match status {
        200 => Ok(()),
        401 | 403 => Err(Fault::Lasting(ListError::TokenRefused)),
        429 => Err(Fault::TooOften),
        408 | 425 | 500.. => Err(Fault::Passing(ListError::Unavailable)),
        _ => Err(Fault::Lasting(ListError::Refused(status))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_error_is_told_in_both_languages() {
        use ListError as E;
        for error in [
            E::TokenRefused,
            E::Unavailable,
            E::Refused(404),
            E::Told(None),
            E::Told(Some(7)),
            E::NotList,
            E::Unreadable,
            E::Stuck,
            E::Endless,
        ] {
            let message = error.message();
            assert!(message.vi.ends_with('.') && message.en.ends_with('.'), "{error:?}");
            assert!(message.vi != *message.en, "{error:?}");
        }
    }
}
