//! Signing in with an account of the organisation's own provider of identities: OpenID Connect, the
//! code flow with PKCE.
//!
//! Everything the way back must match comes from one secret in the browser's cookie: state, nonce and
//! verifier are its hashes. Only whoever began can finish, and the database has no more than the
//! hash of a state that works once. A person is found by an address the provider has verified, and
//! never made.

use openidconnect::core::{
    CoreAuthenticationFlow, CoreClient, CoreIdTokenClaims, CoreJwsSigningAlgorithm,
    CoreProviderMetadata,
};
use openidconnect::http::Response;
use openidconnect::{
    AccessTokenHash, AuthorizationCode, ClientId, ClientSecret, CsrfToken, HttpRequest,
    HttpResponse, IssuerUrl, Nonce, OAuth2TokenResponse, PkceCodeChallenge, PkceCodeVerifier,
    RedirectUrl, Scope, TokenResponse,
};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use crate::clock::Clock;
use crate::domain::access::email;
use crate::domain::text::hex;
use crate::ids::IdSource;
use crate::outbound::{Client, OutboundError};
use crate::service::sessions::tokens::{self, Kind};
use crate::service::sessions::{Outcome, lock_user, record, step_after_proof};
use crate::service::{ServiceError, Store};
use crate::store::users;

/// The most bytes of an answer of the provider.
const ANSWER_BYTES: u64 = 256 * 1024;

/// What signatures are taken: those of a key that only the provider has.
const ALGORITHMS: [CoreJwsSigningAlgorithm; 9] = [
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256,
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha384,
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha512,
    CoreJwsSigningAlgorithm::RsaSsaPssSha256,
    CoreJwsSigningAlgorithm::RsaSsaPssSha384,
    CoreJwsSigningAlgorithm::RsaSsaPssSha512,
    CoreJwsSigningAlgorithm::EcdsaP256Sha256,
    CoreJwsSigningAlgorithm::EcdsaP384Sha384,
    CoreJwsSigningAlgorithm::EdDsa,
];

/// The provider, and as whom we ask it.
#[derive(Clone, PartialEq, Eq)]
pub struct Provider {
    /// Its issuer, such as `https://login.example.edu.vn/realms/truong`.
    pub issuer: String,
    /// Our name there.
    pub client_id: String,
    /// Our secret there.
    pub client_secret: String,
    /// Where it sends browsers back to.
    pub redirect_url: String,
}

impl std::fmt::Debug for Provider {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Provider").field("issuer", &self.issuer).finish_non_exhaustive()
    }
}

/// Where to send a browser, and what it must bring back.
#[derive(Clone, PartialEq, Eq)]
pub struct Begun {
    /// The provider's page.
    pub url: String,
    /// For a cookie that lives ten minutes and that only this browser has.
    pub browser: String,
}

/// What a browser brings back from the provider.
#[derive(Clone, Copy)]
pub struct Returned<'a> {
    /// The provider's code.
    pub code: &'a str,
    /// The state in the address.
    pub state: &'a str,
    /// What the cookie holds.
    pub browser: &'a str,
}

/// Why somebody who came back is not let in; the name in the audit log.
type Reason = &'static str;

fn derived(purpose: &str, browser: &str) -> String {
    hex(&Sha256::digest(format!("{purpose}:{browser}").as_bytes()))
}

/// Begins to sign in with the provider.
pub fn begin(
    store: &Store,
    (clock, ids): (&dyn Clock, &dyn IdSource),
    client: &Client,
    provider: &Provider,
) -> Result<Begun, ServiceError> {
    let browser = tokens::fresh(ids);
    let state = derived("state", &browser);
    let nonce = derived("nonce", &browser);
    let verifier = PkceCodeVerifier::new(derived("verifier", &browser));
    let relying = CoreClient::from_provider_metadata(
        discover(client, provider)?,
        ClientId::new(provider.client_id.clone()),
        Some(ClientSecret::new(provider.client_secret.clone())),
    )
    .set_redirect_uri(redirect(provider)?);
    let kept = state.clone();
    let (url, ..) = relying
        .authorize_url(
            CoreAuthenticationFlow::AuthorizationCode,
            move || CsrfToken::new(state.clone()),
            move || Nonce::new(nonce.clone()),
        )
        .add_scope(Scope::new("email".to_owned()))
        .set_pkce_challenge(PkceCodeChallenge::from_code_verifier_sha256(&verifier))
        .url();
    store.write(|tx| tokens::keep(tx, clock, Kind::Oidc, None, &kept))?;
    Ok(Begun { url: url.to_string(), browser })
}

/// Finishes what [`begin`] began: signs the person in whose address the provider has verified, or asks
/// for their second factor.
pub fn finish(
    store: &Store,
    (clock, ids): (&dyn Clock, &dyn IdSource),
    client: &Client,
    provider: &Provider,
    returned: Returned<'_>,
) -> Result<Outcome, ServiceError> {
    let refuse = |reason: Reason| {
        tracing::warn!(reason, "signing in with the provider of identities was refused");
        store.write(|tx| record::failed(tx, clock, None, reason, false))?;
        Ok(Outcome::Refused)
    };
    let expected = derived("state", returned.browser);
    if !bool::from(expected.as_bytes().ct_eq(returned.state.as_bytes())) {
        return refuse("oidc_state");
    }
    let kept = store.write(|tx| tokens::consume(tx, clock, Kind::Oidc, returned.state))?;
    if kept.is_none() {
        return refuse("oidc_state");
    }
    let address = match verified_address(clock, client, provider, returned)? {
        Ok(address) => address,
        Err(reason) => return refuse(reason),
    };
    let secret = tokens::fresh(ids);
    store.write(|tx| {
        let user = match users::find_by_email(tx, &address)? {
            Some(user) => Some(lock_user(tx, user.id)?),
            None => None,
        };
        let Some(user) = user.filter(|user| user.disabled_at.is_none()) else {
            record::failed(tx, clock, None, "oidc_user", false)?;
            return Ok(Outcome::Refused);
        };
        step_after_proof(tx, clock, &user, "oidc", &secret)
    })
}

/// The address in the provider's token, once everything about the token holds.
fn verified_address(
    clock: &dyn Clock,
    client: &Client,
    provider: &Provider,
    returned: Returned<'_>,
) -> Result<Result<String, Reason>, ServiceError> {
    let relying = CoreClient::from_provider_metadata(
        discover(client, provider)?,
        ClientId::new(provider.client_id.clone()),
        Some(ClientSecret::new(provider.client_secret.clone())),
    )
    .set_redirect_uri(redirect(provider)?);
    let request = relying
        .exchange_code(AuthorizationCode::new(returned.code.to_owned()))
        .map_err(|_no_endpoint| unusable("token_endpoint"))?
        .set_pkce_verifier(PkceCodeVerifier::new(derived("verifier", returned.browser)));
    let answer = match request.request(&|request| ask(client, request)) {
        Ok(answer) => answer,
        Err(openidconnect::RequestTokenError::ServerResponse(_)) => return Ok(Err("oidc_code")),
        Err(_) => return Err(unusable("token")),
    };
    let now = clock.now().and_utc();
    let verifier =
        relying.id_token_verifier().set_allowed_algs(ALGORITHMS).set_time_fn(move || now);
    let nonce = Nonce::new(derived("nonce", returned.browser));
    let Some(token) = answer.id_token() else { return Ok(Err("oidc_token")) };
    let Ok(claims) = token.claims(&verifier, &nonce) else { return Ok(Err("oidc_token")) };
    if let Some(expected) = claims.access_token_hash() {
        let actual = match (token.signing_alg(), token.signing_key(&verifier)) {
            (Ok(alg), Ok(key)) => AccessTokenHash::from_token(answer.access_token(), alg, key).ok(),
            _ => None,
        };
        if actual.as_ref() != Some(expected) {
            return Ok(Err("oidc_token"));
        }
    }
    Ok(address_in(claims))
}

fn address_in(claims: &CoreIdTokenClaims) -> Result<String, Reason> {
    match (claims.email(), claims.email_verified()) {
        (Some(address), Some(true)) => Ok(email::normalise(address)),
        _ => Err("oidc_email"),
    }
}

fn discover(client: &Client, provider: &Provider) -> Result<CoreProviderMetadata, ServiceError> {
    let issuer =
        IssuerUrl::new(provider.issuer.clone()).map_err(|_no_url| unusable("issuer_url"))?;
    CoreProviderMetadata::discover(&issuer, &|request| ask(client, request))
        .map_err(|_words_of_others| unusable("discovery"))
}

fn redirect(provider: &Provider) -> Result<RedirectUrl, ServiceError> {
    RedirectUrl::new(provider.redirect_url.clone()).map_err(|_no_url| unusable("redirect_url"))
}

/// The provider does not answer as one. The log learns at which step.
fn unusable(step: &'static str) -> ServiceError {
    tracing::warn!(step, "the provider of identities cannot be used");
    ServiceError::conflict(
        "identity_provider",
        "Chưa kết nối được với hệ thống tài khoản của đơn vị. Anh/chị thử lại sau, hoặc đăng nhập bằng mật khẩu.",
        "The organisation's sign-in service cannot be used now. Try again later, or sign in with a password.",
    )
}

/// Asks through the one door to other machines, with its checks and bounds.
fn ask(client: &Client, request: HttpRequest) -> Result<HttpResponse, OutboundError> {
    let (head, body) = request.into_parts();
    let headers: Vec<(String, String)> = head
        .headers
        .iter()
        .filter_map(|(name, value)| Some((name.to_string(), value.to_str().ok()?.to_owned())))
        .collect();
    let url = head.uri.to_string();
    let answer = if head.method.as_str() == "POST" {
        client.post(&url, &headers, &body, ANSWER_BYTES)?
    } else {
        client.get(&url, &headers, ANSWER_BYTES)?
    };
    let mut response = Response::builder().status(answer.status);
    if let Some(kind) = answer.header("content-type") {
        response = response.header("content-type", kind);
    }
    response.body(answer.body).map_err(|_malformed| OutboundError::Protocol)
}
