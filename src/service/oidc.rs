//! Signing in with an account of the organisation's own provider of identities: OpenID Connect, the
//! code flow with PKCE.
//!
//! Everything the way back must match comes from one secret in the browser's cookie: state, nonce and
//! verifier are its hashes. Only whoever began can finish, and the database has no more than the
//! hash of a state that works once. A person is found by an address the provider has verified, and
//! never made.

use std::time::Duration;

use chrono::{NaiveDateTime, TimeDelta};
use openidconnect::core::{
    CoreAuthPrompt, CoreAuthenticationFlow, CoreClient, CoreIdTokenClaims, CoreJwsSigningAlgorithm,
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
use crate::service::sessions::{Outcome, SignedIn, lock_user, record, step_after_proof};
use crate::service::{ServiceError, Store};
use crate::store::{sessions, users};

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

/// How long ago somebody may have signed in at the provider to prove again who they are.
const PROVED_WITHIN: TimeDelta = TimeDelta::minutes(5);

/// What the provider is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// Somebody signs in.
    SignIn,
    /// Whoever is behind this session proves again who they are: the provider has to ask them, however
    /// long they have been signed in there.
    Prove {
        /// The session.
        session: i64,
    },
}

impl Purpose {
    /// The state of one purpose, and of one session, leads to no other.
    fn state(self, browser: &str) -> String {
        match self {
            Purpose::SignIn => derived("state", browser),
            Purpose::Prove { session } => derived(&format!("prove-{session}"), browser),
        }
    }
}

/// Begins to sign in with the provider, or to prove again who one is.
pub fn begin(
    store: &Store,
    (clock, ids): (&dyn Clock, &dyn IdSource),
    client: &Client,
    provider: &Provider,
    purpose: Purpose,
) -> Result<Begun, ServiceError> {
    let browser = tokens::fresh(ids);
    let state = purpose.state(&browser);
    let nonce = derived("nonce", &browser);
    let verifier = PkceCodeVerifier::new(derived("verifier", &browser));
    let relying = CoreClient::from_provider_metadata(
        discover(client, provider)?,
        ClientId::new(provider.client_id.clone()),
        Some(ClientSecret::new(provider.client_secret.clone())),
    )
    .set_redirect_uri(redirect(provider)?);
    let kept = state.clone();
    let mut asked = relying
        .authorize_url(
            CoreAuthenticationFlow::AuthorizationCode,
            move || CsrfToken::new(state.clone()),
            move || Nonce::new(nonce.clone()),
        )
        .add_scope(Scope::new("email".to_owned()))
        .set_pkce_challenge(PkceCodeChallenge::from_code_verifier_sha256(&verifier));
    if purpose != Purpose::SignIn {
        asked = asked.add_prompt(CoreAuthPrompt::Login).set_max_age(Duration::ZERO);
    }
    let (url, ..) = asked.url();
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
    let told = told_by_provider(store, clock, (client, provider), returned, Purpose::SignIn)?;
    let address = match told {
        Ok(told) => told.address,
        Err(reason) => {
            tracing::warn!(reason, "signing in with the provider of identities was refused");
            store.write(|tx| record::failed(tx, clock, None, reason, false))?;
            return Ok(Outcome::Refused);
        }
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

/// Finishes what [`begin`] began to prove: makes the session fresh, if the same person has just signed
/// in at the provider. Whether it did.
pub fn finish_proof(
    store: &Store,
    clock: &dyn Clock,
    client: &Client,
    provider: &Provider,
    (who, returned): (&SignedIn, Returned<'_>),
) -> Result<bool, ServiceError> {
    let purpose = Purpose::Prove { session: who.session };
    let now = clock.now();
    let told = told_by_provider(store, clock, (client, provider), returned, purpose)?;
    let reason = match told {
        // A provider that does not say when somebody signed in there did not ask them again.
        Ok(Told { signed_in_at: None, .. }) => "oidc_auth_time",
        Ok(Told { signed_in_at: Some(at), .. })
            if now.signed_duration_since(at).abs() > PROVED_WITHIN =>
        {
            "oidc_auth_time"
        }
        Ok(Told { address, .. }) if address != who.email => "oidc_user",
        Ok(_) => {
            return store.write(|tx| {
                let user = lock_user(tx, who.user)?;
                let live = user.disabled_at.is_none() && sessions::find(tx, who.session)?.is_some();
                if live {
                    sessions::prove(tx, who.session, now)?;
                    let detail = serde_json::json!({ "by": "oidc", "session": who.session });
                    record::of(tx, clock, &who.actor, "session.prove", user.id, &detail)?;
                }
                Ok(live)
            });
        }
        Err(reason) => reason,
    };
    tracing::warn!(reason, "a proof by the provider of identities was refused");
    store.write(|tx| record::failed(tx, clock, Some((who.user, &who.email)), reason, false))?;
    Ok(false)
}

/// What the provider's token says of somebody.
struct Told {
    address: String,
    /// When they signed in there, in UTC, where it says so.
    signed_in_at: Option<NaiveDateTime>,
}

/// What the provider's token says, once the browser has brought back what it took along.
fn told_by_provider(
    store: &Store,
    clock: &dyn Clock,
    (client, provider): (&Client, &Provider),
    returned: Returned<'_>,
    purpose: Purpose,
) -> Result<Result<Told, Reason>, ServiceError> {
    let expected = purpose.state(returned.browser);
    if !bool::from(expected.as_bytes().ct_eq(returned.state.as_bytes())) {
        return Ok(Err("oidc_state"));
    }
    let kept = store.write(|tx| tokens::consume(tx, clock, Kind::Oidc, returned.state))?;
    if kept.is_none() {
        return Ok(Err("oidc_state"));
    }
    verified(clock, client, provider, returned)
}

/// What the provider's token says, once everything about the token holds.
fn verified(
    clock: &dyn Clock,
    client: &Client,
    provider: &Provider,
    returned: Returned<'_>,
) -> Result<Result<Told, Reason>, ServiceError> {
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
    let signed_in_at = claims.auth_time().map(|at| at.naive_utc());
    Ok(address_in(claims).map(|address| Told { address, signed_in_at }))
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
