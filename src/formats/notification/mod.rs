//! Notifications of payment providers: verified on their raw bytes, read, answered and, for tests of
//! an installation, written. One file per provider says what its wire format rests on.
//!
//! Nothing here knows the database or the clock. Order of work for every provider: the signature or
//! key is checked over the bytes as they came, in constant time, before anything of the body is
//! believed; only then the body is read.

use chrono::NaiveDateTime;

use crate::domain::notification::{Movement, Notice, Provider};

/// How a request came in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// `GET`: VNPAY only.
    Get,
    /// `POST`.
    Post,
}

/// A request as it came.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    /// The method.
    pub method: Method,
    /// The query string, raw, without the question mark.
    pub query: &'a str,
    /// All headers in their order; names in any case, a name may come twice.
    pub headers: &'a [(String, String)],
    /// The body, raw.
    pub body: &'a [u8],
    /// The clock, in seconds since 1970.
    pub now: i64,
}

/// A shared secret. Never printed.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// A secret of this text.
    #[must_use]
    pub fn new(text: String) -> Secret {
        Secret(text)
    }

    /// The text, for signing.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("Secret(…)")
    }
}

/// How a provider proves who it is, where it has several ways.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Scheme {
    /// Not at all (SePay): only the unguessable address protects.
    None,
    /// A fixed key in a header (SePay `Authorization: Apikey`, Casso v1 `Secure-Token`, SePay's
    /// gateway `X-Secret-Key`, Pay2S `Authorization: Bearer`).
    Key,
    /// A signature over the body (SePay HMAC, Casso v2, payOS, VNPAY, MoMo, ZaloPay, Standard
    /// Webhooks).
    Signature,
    /// A token that we issued for the secret (SePay OAuth2 client credentials, VietQR.vn).
    Token,
}

/// What is agreed with the provider for one endpoint, besides the secrets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Terms {
    /// How it proves who it is.
    pub scheme: Scheme,
    /// The public half of the secret: MoMo's access key, VietQR.vn's user name, SePay's client id.
    pub client: Option<String>,
    /// How far a signed time may be from ours, in seconds, both ways.
    pub tolerance_seconds: i64,
}

/// Why a request is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Refusal {
    /// Not proven to come from the provider: no signature, a wrong one, twice the same header, a
    /// signed time too far away, the wrong method.
    Unproven,
    /// Proven, but it cannot be read with certainty: no JSON, a figure with a fraction or in a form
    /// the provider does not use, a field missing.
    Unreadable,
    /// Proven and read, but of no account of the school's.
    UnknownAccount,
}

/// What became of a request that was taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Taken {
    /// Whether all it says was known before.
    pub known_before: bool,
    /// A number of ours for it, where the provider wants one back.
    pub number: i64,
}

/// An answer over HTTP.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The body, JSON; empty for none.
    pub body: String,
}

/// A request to be sent, signed like the provider's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signed {
    /// The method.
    pub method: Method,
    /// The query string, without the question mark; empty for none.
    pub query: String,
    /// Headers.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: String,
}

/// Checks that a request comes from the provider, with any of the live secrets, and reads what it
/// says. Everything else about a provider is in its own file.
pub fn receive(
    provider: Provider,
    terms: &Terms,
    secrets: &[Secret],
    request: &Request<'_>,
) -> Result<Vec<Notice>, Refusal> {
    let _ = (provider, terms, secrets, request);
    Err(Refusal::Unproven)
}

/// What of a stored body is to be read again: it was proven when it came.
pub fn reread(provider: Provider, terms: &Terms, request: &Request<'_>) -> Result<Vec<Notice>, Refusal> {
    let _ = (provider, terms, request);
    Err(Refusal::Unreadable)
}

/// The answer the provider takes for success.
#[must_use]
pub fn taken(provider: Provider, taken: Taken) -> Answer {
    let _ = (provider, taken);
    Answer { status: 200, body: String::new() }
}

/// The answer for a request that is not taken.
#[must_use]
pub fn refused(provider: Provider, refusal: Refusal) -> Answer {
    let _ = (provider, refusal);
    Answer { status: 401, body: String::new() }
}

/// The answer that makes the provider try again: nothing was stored.
#[must_use]
pub fn again(provider: Provider) -> Answer {
    let _ = provider;
    Answer { status: 503, body: String::new() }
}

/// A notification of a movement as the provider would send it. `serial` makes its id.
#[must_use]
pub fn sample(
    provider: Provider,
    terms: &Terms,
    secret: &Secret,
    (movement, serial): (&Movement, i64),
    now: i64,
) -> Signed {
    let _ = (provider, terms, secret, movement, serial, now, NaiveDateTime::MIN);
    Signed { method: Method::Post, query: String::new(), headers: Vec::new(), body: String::new() }
}
