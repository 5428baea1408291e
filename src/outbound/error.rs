//! Why no answer came, in words for the person who entered the address.

use std::fmt;
use std::io;

use crate::domain::lang::Bilingual;

/// Why there is no answer. Says nothing of what was sent, to whom or of what came back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum OutboundError {
    /// The address may not be asked; no byte was sent.
    Refused(Reason),
    /// The name leads to no address.
    Dns,
    /// Nobody answers at the address, or the connection broke.
    Connect,
    /// No encrypted connection with the one who was meant.
    Tls,
    /// Not done in time.
    Timeout,
    /// The answer is longer than was allowed.
    TooLarge,
    /// What came is no HTTP, or what was to be sent cannot be.
    Protocol,
}

/// Why an address may not be asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Reason {
    /// Not a whole, plain URL.
    NotUrl,
    /// Neither `http` nor `https`.
    Scheme,
    /// `http`, where only `https` is allowed.
    NotEncrypted,
    /// Has a user name or a password in it.
    UserInfo,
    /// An address in a form that hides what it is.
    OddAddress,
    /// A name that only this machine or its network knows.
    LocalName,
    /// Leads to this machine, its network or another place that is not the public Internet.
    Address,
}

impl OutboundError {
    /// The name in the database and in answers to programs.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            OutboundError::Refused(_) => "refused",
            OutboundError::Dns => "dns",
            OutboundError::Connect => "connect",
            OutboundError::Tls => "tls",
            OutboundError::Timeout => "timeout",
            OutboundError::TooLarge => "too_large",
            OutboundError::Protocol => "protocol",
        }
    }

    /// What happened, for people.
    #[must_use]
    pub fn message(self) -> Bilingual {
        let (vi, en) = match self {
            OutboundError::Refused(reason) => reason.words(),
            OutboundError::Dns => (
                "Không tìm thấy tên máy chủ này. Anh/chị kiểm tra lại địa chỉ.",
                "No server of this name was found. Check the address.",
            ),
            OutboundError::Connect => (
                "Không kết nối được tới máy chủ: máy chủ không trả lời hoặc ngắt kết nối giữa chừng.",
                "The server cannot be reached: it does not answer or broke off the connection.",
            ),
            OutboundError::Tls => (
                "Không thiết lập được kết nối mã hóa: chứng chỉ của máy chủ hết hạn, không đúng tên hoặc không được công nhận.",
                "No encrypted connection: the server's certificate has expired, is of another name or is not trusted.",
            ),
            OutboundError::Timeout => {
                ("Máy chủ không trả lời kịp thời gian chờ.", "The server did not answer in time.")
            }
            OutboundError::TooLarge => (
                "Máy chủ trả lời dài hơn mức cho phép.",
                "The server's answer is longer than allowed.",
            ),
            OutboundError::Protocol => (
                "Máy chủ trả lời không đúng chuẩn HTTP.",
                "The server's answer is not proper HTTP.",
            ),
        };
        Bilingual::new(vi, en)
    }
}

impl Reason {
    const fn words(self) -> (&'static str, &'static str) {
        match self {
            Reason::NotUrl => (
                "Đây không phải là một địa chỉ web đầy đủ, ví dụ https://truong.edu.vn/nhan.",
                "This is not a whole web address, such as https://school.edu.vn/receive.",
            ),
            Reason::Scheme => {
                ("Địa chỉ phải bắt đầu bằng https://.", "The address must begin with https://.")
            }
            Reason::NotEncrypted => (
                "Địa chỉ phải bắt đầu bằng https://; kết nối http:// không được mã hóa.",
                "The address must begin with https://; http:// is not encrypted.",
            ),
            Reason::UserInfo => (
                "Địa chỉ không được chứa tên người dùng hay mật khẩu.",
                "The address must not contain a user name or a password.",
            ),
            Reason::OddAddress => (
                "Địa chỉ IP phải viết dạng thông thường, ví dụ 203.0.113.5; tốt nhất là dùng tên miền.",
                "Write an IP address in its usual form, such as 203.0.113.5; a domain name is better.",
            ),
            Reason::LocalName => (
                "Tên này chỉ có trong mạng nội bộ; cần một tên miền công khai.",
                "This name exists in a local network only; a public domain name is needed.",
            ),
            Reason::Address => (
                "Địa chỉ này dẫn tới mạng nội bộ hoặc chính máy chủ này, hệ thống không gửi tới đó.",
                "This address leads into a private network or to this very server; nothing is sent there.",
            ),
        }
    }
}

impl fmt::Display for OutboundError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.message().en)
    }
}

impl std::error::Error for OutboundError {}

impl From<ureq::Error> for OutboundError {
    /// Keeps the kind and drops the words: they may quote what was sent or received.
    fn from(error: ureq::Error) -> OutboundError {
        use ureq::Error as E;
        match error {
            E::Other(inner) => {
                inner.downcast_ref::<OutboundError>().copied().unwrap_or(OutboundError::Protocol)
            }
            E::HostNotFound => OutboundError::Dns,
            E::ConnectionFailed | E::BodyStalled => OutboundError::Connect,
            E::Timeout(_) => OutboundError::Timeout,
            E::Tls(_) | E::Rustls(_) | E::Pem(_) | E::TlsRequired => OutboundError::Tls,
            E::BodyExceedsLimit(_) | E::LargeResponseHeader(..) => OutboundError::TooLarge,
            E::BadUri(_) => OutboundError::Refused(Reason::NotUrl),
            E::RequireHttpsOnly(_) => OutboundError::Refused(Reason::NotEncrypted),
            E::Io(error) => of_io(&error),
            _ => OutboundError::Protocol,
        }
    }
}

fn of_io(error: &io::Error) -> OutboundError {
    match error.kind() {
        io::ErrorKind::TimedOut | io::ErrorKind::WouldBlock => OutboundError::Timeout,
        // How the encryption says that it did not come about.
        io::ErrorKind::InvalidData => OutboundError::Tls,
        _ => OutboundError::Connect,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_error_is_told_in_both_languages() {
        use OutboundError as E;
        let reasons = [
            Reason::NotUrl,
            Reason::Scheme,
            Reason::NotEncrypted,
            Reason::UserInfo,
            Reason::OddAddress,
            Reason::LocalName,
            Reason::Address,
        ];
        let others = [E::Dns, E::Connect, E::Tls, E::Timeout, E::TooLarge, E::Protocol];
        for error in reasons.map(E::Refused).into_iter().chain(others) {
            let message = error.message();
            assert!(message.vi.ends_with('.') && message.en.ends_with('.'), "{error:?}");
            assert!(message.vi != *message.en, "{error:?}");
        }
    }

    #[test]
    fn what_the_client_says_becomes_a_kind_without_its_words() {
        use OutboundError as E;
        for (why, error, expected) in [
            ("our own refusal", ureq::Error::Other(Box::new(E::Dns)), E::Dns),
            ("no name", ureq::Error::HostNotFound, E::Dns),
            ("nobody there", io::Error::from(io::ErrorKind::ConnectionRefused).into(), E::Connect),
            ("broken off", io::Error::from(io::ErrorKind::UnexpectedEof).into(), E::Connect),
            ("a bad certificate", io::Error::from(io::ErrorKind::InvalidData).into(), E::Tls),
            ("late", ureq::Error::Timeout(ureq::Timeout::Global), E::Timeout),
            ("long", ureq::Error::BodyExceedsLimit(9), E::TooLarge),
            ("an endless head", ureq::Error::LargeResponseHeader(9, 8), E::TooLarge),
            ("a bad URL", ureq::Error::BadUri("secret".to_owned()), E::Refused(Reason::NotUrl)),
            ("anything else", ureq::Error::RedirectFailed, E::Protocol),
        ] {
            assert_eq!(E::from(error), expected, "{why}");
        }
    }
}
