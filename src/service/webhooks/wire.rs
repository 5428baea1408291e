//! What goes over the wire, for the doors.

pub use crate::formats::notification::{
    Answer, Method, Refusal, Request, Taken, again, refused, taken,
};
use crate::formats::notification::{Secret, Terms, token};

/// A token for whoever asks with the client's name and a live secret, by HTTP Basic or by form.
#[must_use]
pub fn issue_token(
    terms: &Terms,
    secrets: &[Secret],
    request: &Request<'_>,
    expires_at: i64,
) -> Option<String> {
    token::asked_for(terms, secrets, request, expires_at)
}
