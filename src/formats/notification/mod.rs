//! Notifications of payment providers: verified on their raw bytes, read, answered and, for tests of
//! an installation, written. One file per provider says what its wire format rests on.
//!
//! Nothing here knows the database or the clock. Order of work for every provider: the signature or
//! key is checked over the bytes as they came, in constant time, before anything of the body is
//! believed; only then the body is read. Where the provider signs fields instead of bytes (payOS,
//! Casso v2, MoMo, ZaloPay, VNPAY) a body that cannot be taken apart is not proven, and only what is
//! signed is read.

mod answer;
pub mod casso;
mod fields;
mod json;
mod keep;
pub mod list;
mod momo;
mod pay2s;
pub mod payos;
mod proof;
pub mod sepay;
pub mod standard;
#[cfg(test)]
mod tests;
mod time;
pub mod token;
mod vietqr;
mod vnpay;
mod zalopay;

pub use keep::{split, without_proof};

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
#[derive(Clone, Copy)]
pub struct Request<'a> {
    /// The method.
    pub method: Method,
    /// The query string, raw, without the question mark.
    pub query: &'a str,
    /// All headers in their order; names in any case, a name may come twice.
    pub headers: &'a [(String, String)],
    /// The body, raw.
    pub body: &'a [u8],
    /// The clock when it came, in seconds since 1970.
    pub now: i64,
}

/// Printed without what it carries: keys come in headers, bodies and queries.
impl std::fmt::Debug for Request<'_> {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Request")
            .field("method", &self.method)
            .field("now", &self.now)
            .finish_non_exhaustive()
    }
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
    /// The public id of the endpoint: a token issued for one endpoint opens no other.
    pub endpoint: String,
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

/// How a provider may prove who it is, the way it recommends first.
#[must_use]
pub const fn schemes(provider: Provider) -> &'static [Scheme] {
    match provider {
        Provider::Sepay => &[Scheme::Signature, Scheme::Key, Scheme::Token, Scheme::None],
        Provider::Casso => &[Scheme::Signature, Scheme::Key],
        Provider::Payos
        | Provider::Vnpay
        | Provider::Momo
        | Provider::Zalopay
        | Provider::Standard => &[Scheme::Signature],
        Provider::Vietqr => &[Scheme::Token],
        Provider::Pay2s => &[Scheme::Key],
    }
}

/// Checks that a request comes from the provider, with any of the live secrets, and reads what it
/// says. Everything else about a provider is in its own file.
pub fn receive(
    provider: Provider,
    terms: &Terms,
    secrets: &[Secret],
    request: &Request<'_>,
) -> Result<Vec<Notice>, Refusal> {
    prove(provider, terms, secrets, request)?;
    reread(provider, terms, request)
}

/// Whether a request comes from the provider; says nothing of what is in it.
fn prove(
    provider: Provider,
    terms: &Terms,
    secrets: &[Secret],
    request: &Request<'_>,
) -> Result<(), Refusal> {
    if !schemes(provider).contains(&terms.scheme) {
        return Err(Refusal::Unproven);
    }
    match provider {
        Provider::Sepay => sepay::prove(terms, secrets, request),
        Provider::Casso => casso::prove(terms, secrets, request),
        Provider::Payos => payos::prove(secrets, request),
        Provider::Vnpay => vnpay::prove(secrets, request),
        Provider::Momo => momo::prove(terms, secrets, request),
        Provider::Zalopay => zalopay::prove(secrets, request),
        Provider::Vietqr => vietqr::prove(terms, secrets, request),
        Provider::Pay2s => pay2s::prove(secrets, request),
        Provider::Standard => standard::prove(terms, secrets, request),
    }
}

/// What of a stored request is to be read again: it was proven when it came, and its `now` is when
/// that was. The terms may have changed since, so nothing of them decides how it is read.
pub fn reread(
    provider: Provider,
    _terms: &Terms,
    request: &Request<'_>,
) -> Result<Vec<Notice>, Refusal> {
    match provider {
        Provider::Sepay => sepay::read(request),
        Provider::Casso => casso::read(request),
        Provider::Payos => payos::read(request),
        Provider::Vnpay => vnpay::read(request),
        Provider::Momo => momo::read(request),
        Provider::Zalopay => zalopay::read(request),
        Provider::Vietqr => vietqr::read(request),
        Provider::Pay2s => pay2s::read(request),
        Provider::Standard => standard::read(request),
    }
}

/// The answer the provider takes for success.
#[must_use]
pub fn taken(provider: Provider, taken: Taken) -> Answer {
    match provider {
        Provider::Vnpay => vnpay::taken(taken),
        Provider::Momo => momo::taken(),
        Provider::Zalopay => zalopay::taken(taken),
        Provider::Vietqr => vietqr::taken(taken),
        Provider::Sepay
        | Provider::Casso
        | Provider::Payos
        | Provider::Pay2s
        | Provider::Standard => answer::taken(),
    }
}

/// The answer for a request that is not taken.
#[must_use]
pub fn refused(provider: Provider, refusal: Refusal) -> Answer {
    match provider {
        Provider::Vnpay => vnpay::refused(refusal),
        Provider::Zalopay => zalopay::refused(refusal),
        Provider::Vietqr => vietqr::refused(refusal),
        Provider::Momo => Answer { body: String::new(), ..answer::refused(refusal) },
        Provider::Sepay
        | Provider::Casso
        | Provider::Payos
        | Provider::Pay2s
        | Provider::Standard => answer::refused(refusal),
    }
}

/// The answer that makes the provider try again: nothing was stored.
#[must_use]
pub fn again(provider: Provider) -> Answer {
    match provider {
        Provider::Vnpay => vnpay::again(),
        Provider::Zalopay => zalopay::again(),
        Provider::Vietqr => vietqr::again(),
        Provider::Momo => Answer { body: String::new(), ..answer::again() },
        Provider::Sepay
        | Provider::Casso
        | Provider::Payos
        | Provider::Pay2s
        | Provider::Standard => answer::again(),
    }
}

/// A notification of money that came in, as the provider would send it. The `serial`, more than
/// nothing, makes its id, together with the movement's order and reference where the provider's id
/// is made of them. What the provider has no field for is left out.
#[must_use]
pub fn sample(
    provider: Provider,
    terms: &Terms,
    secret: &Secret,
    (movement, serial): (&Movement, i64),
    now: i64,
) -> Signed {
    let told = (movement, serial);
    match provider {
        Provider::Sepay => sepay::sample(terms, secret, told, now),
        Provider::Casso => casso::sample(terms, secret, told, now),
        Provider::Payos => payos::sample(secret, told),
        Provider::Vnpay => vnpay::sample(secret, told),
        Provider::Momo => momo::sample(terms, secret, told),
        Provider::Zalopay => zalopay::sample(secret, told),
        Provider::Vietqr => vietqr::sample(terms, secret, told, now),
        Provider::Pay2s => pay2s::sample(secret, told),
        Provider::Standard => standard::sample(secret, told, now),
    }
}
