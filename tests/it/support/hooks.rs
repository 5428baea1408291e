//! Addresses of providers on a running server, and the requests that providers send there.

use base64::Engine as _;
use doisoat::clock::Clock as _;
use doisoat::domain::notification::{Movement, Provider};
use doisoat::formats::notification::{self, Method, Secret, Signed, Terms};
use doisoat::service::webhooks::{TOLERANCE_SECONDS, scheme_of};
use serde_json::{Value, json};

use super::client::{Answer, Request};
use super::feed;
use super::server::{HERE, Server, Town};

/// The merchant's code at every gateway.
pub const MERCHANT: &str = "MAU01";

/// The public half of every secret.
pub const CLIENT: &str = "truong-mau";

/// An endpoint with the secret its provider signs with.
#[derive(Clone)]
pub struct Hook {
    pub provider: Provider,
    pub terms: Terms,
    pub secret: Secret,
}

impl Hook {
    /// Makes an endpoint as the administrator does, with the provider's secret.
    pub fn create(town: &Town, provider: Provider, scheme: Option<&str>) -> Hook {
        Hook::with_secret(town, provider, scheme, feed::secret(provider))
    }

    pub fn with_secret(
        town: &Town,
        provider: Provider,
        scheme: Option<&str>,
        secret: Secret,
    ) -> Hook {
        let answer = town
            .server
            .post(&format!("/api/v1/schools/{HERE}/webhook-endpoints"))
            .key(&town.admin)
            .json(&json!({
                "provider": provider.as_str(), "scheme": scheme, "client": CLIENT,
                "account": provider.is_gateway().then_some(MERCHANT), "secret": secret.expose(),
            }))
            .send();
        assert_eq!(answer.status, 201, "{}", answer.text());
        let made = answer.json();
        assert_eq!(made["secret"], Value::Null, "what was given is not told");
        let terms = Terms {
            endpoint: made["endpoint"]["id"].as_str().unwrap().to_owned(),
            scheme: scheme_of(provider, scheme).unwrap(),
            client: Some(CLIENT.to_owned()),
            tolerance_seconds: TOLERANCE_SECONDS,
        };
        Hook { provider, terms, secret }
    }

    pub fn path(&self) -> String {
        format!("/webhooks/{}/{}", self.provider.as_str(), self.terms.endpoint)
    }

    /// The API's address of this endpoint.
    pub fn settings(&self) -> String {
        format!("/api/v1/schools/{HERE}/webhook-endpoints/{}", self.terms.endpoint)
    }

    /// The request the provider would send for a movement; a gateway names the merchant instead of
    /// the account.
    pub fn signed(&self, movement: &Movement, serial: i64, at: i64) -> Signed {
        let mut movement = movement.clone();
        if self.provider.is_gateway() {
            MERCHANT.clone_into(&mut movement.account);
        }
        notification::sample(self.provider, &self.terms, &self.secret, (&movement, serial), at)
    }

    /// Sends a request to this endpoint.
    pub fn send(&self, server: &Server, signed: &Signed) -> Answer {
        request(server, &self.path(), signed).send()
    }

    /// Sends what the provider would at the server's time.
    pub fn notify(&self, server: &Server, movement: &Movement, serial: i64) -> Answer {
        self.send(server, &self.signed(movement, serial, seconds(server)))
    }

    /// How often something was not kept, by reason, as the accountant sees it.
    pub fn not_kept(&self, town: &Town, reason: &str) -> i64 {
        let listed = town.get("webhook-endpoints").send().json();
        let own = listed
            .as_array()
            .unwrap()
            .iter()
            .find(|one| one["id"] == self.terms.endpoint.as_str())
            .unwrap();
        let counts = own["not_kept"].as_array().unwrap();
        counts
            .iter()
            .filter(|count| count["reason"] == reason)
            .map(|count| count["times"].as_i64().unwrap())
            .sum()
    }
}

/// What the server takes for the time, in seconds since 1970.
pub fn seconds(server: &Server) -> i64 {
    server.clock.now().and_utc().timestamp()
}

/// A request as a provider puts it together.
pub fn request(server: &Server, path: &str, signed: &Signed) -> Request {
    let (method, target) = match signed.method {
        Method::Get => ("GET", format!("{path}?{}", signed.query)),
        Method::Post if signed.query.is_empty() => ("POST", path.to_owned()),
        Method::Post => ("POST", format!("{path}?{}", signed.query)),
    };
    signed
        .headers
        .iter()
        .fold(Request::new(server.address, method, &target), |request, (name, value)| {
            request.header(name, value)
        })
        .bytes(signed.body.as_bytes())
}

/// `Authorization: Basic` of a name and a password.
pub fn basic(name: &str, password: &str) -> String {
    let both = format!("{name}:{password}");
    format!("Basic {}", base64::engine::general_purpose::STANDARD.encode(both))
}
