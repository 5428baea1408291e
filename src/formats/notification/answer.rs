//! Answers for providers that look at the status, and at `success` if at anything of the body.

use super::{Answer, Refusal};

/// Taken.
pub(super) fn taken() -> Answer {
    told(200, r#"{"success":true}"#)
}

/// Not taken, and will not be when it is sent again.
pub(super) fn refused(refusal: Refusal) -> Answer {
    told(status(refusal), r#"{"success":false}"#)
}

/// Not taken this time.
pub(super) fn again() -> Answer {
    told(503, r#"{"success":false}"#)
}

/// The status of a refusal, for providers that look at it.
pub(super) const fn status(refusal: Refusal) -> u16 {
    match refusal {
        Refusal::Unproven => 401,
        Refusal::UnknownAccount => 404,
        Refusal::Unreadable => 422,
    }
}

/// An answer of this status and body.
pub(super) fn told(status: u16, body: &str) -> Answer {
    Answer { status, body: body.to_owned() }
}
