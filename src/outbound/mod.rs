//! Requests to other machines: receivers of events that a school names, lists of providers. The one
//! place that connects to anything over HTTP.
//!
//! A URL somebody enters is a way to make this server ask on their behalf, behind every firewall it
//! stands behind. So only encrypted connections to the public Internet are made unless the operator
//! allows more, the address is checked after it was resolved and connected to as checked, no
//! redirect is followed, no proxy of the environment is used, and every answer has a time and a size.

mod address;
mod error;
mod guard;
mod target;

use std::time::Duration;

use ureq::Agent;
use ureq::config::Config;
use ureq::http;
use ureq::unversioned::resolver::{DefaultResolver, Resolver};
use ureq::unversioned::transport::{Connector, RustlsConnector, TcpConnector};

pub use address::{is_private, is_public};
pub use error::{OutboundError, Reason};
pub use target::check_url;

use guard::Guard;

/// The most bytes of an answer to an event.
pub const EVENT_ANSWER_BYTES: u64 = 64 * 1024;
/// The most bytes of one page of a provider's list.
pub const LIST_PAGE_BYTES: u64 = 16 * 1024 * 1024;
/// The most bytes of an answer's head.
const HEAD_BYTES: usize = 32 * 1024;
/// The longest a connection may take to come about, where the whole call may take longer.
const LONGEST_CONNECT: Duration = Duration::from_secs(10);

/// What may be asked, and for how long.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    /// Whether `http`, this machine and the networks around it are allowed. Link-local addresses,
    /// where clouds keep their credentials, never are.
    pub allow_private_networks: bool,
    /// For the whole call, from the name's resolution to the answer's last byte.
    pub timeout: Duration,
    /// The `User-Agent`.
    pub user_agent: String,
}

impl Default for Policy {
    /// The public Internet only, half a minute.
    fn default() -> Policy {
        Policy {
            allow_private_networks: false,
            timeout: Duration::from_secs(30),
            user_agent: concat!("doisoat/", env!("CARGO_PKG_VERSION")).to_owned(),
        }
    }
}

/// What a server answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Response {
    /// The status; a redirect is told, not followed.
    pub status: u16,
    /// How long the server asks to wait before the next request: `Retry-After` in seconds, or a
    /// header of the server's own whose name ends so. A date there is not read.
    pub retry_after: Option<Duration>,
    /// The body.
    pub body: Vec<u8>,
    headers: Vec<(String, String)>,
}

impl Response {
    /// The first header of this name, in any case. A value that is no text is not there.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    }
}

/// Asks other machines, blocking. Clones share their settings.
#[derive(Clone, Debug)]
pub struct Client {
    agent: Agent,
    policy: Policy,
}

impl Client {
    /// A client of this policy.
    #[must_use]
    pub fn new(policy: Policy) -> Client {
        Client::with_resolver(policy, DefaultResolver::default())
    }

    fn with_resolver(policy: Policy, inner: impl Resolver) -> Client {
        let config = Config::builder()
            .http_status_as_error(false)
            .https_only(!policy.allow_private_networks)
            .proxy(None)
            .max_redirects(0)
            .max_response_header_size(HEAD_BYTES)
            // A kept connection would answer for an address that was checked another time.
            .max_idle_connections(0)
            .max_idle_connections_per_host(0)
            .timeout_global(Some(policy.timeout))
            .timeout_connect(Some(policy.timeout.min(LONGEST_CONNECT)))
            .user_agent(policy.user_agent.clone())
            .build();
        // Spelled out, so that it has no step that could go through a proxy.
        let connector = ().chain(TcpConnector::default()).chain(RustlsConnector::default());
        let guard = Guard { inner, policy: policy.clone() };
        Client { agent: Agent::with_parts(config, connector, guard), policy }
    }

    /// Sends `body` and reads an answer of at most `most_bytes`.
    pub fn post(
        &self,
        url: &str,
        headers: &[(String, String)],
        body: &[u8],
        most_bytes: u64,
    ) -> Result<Response, OutboundError> {
        self.run("POST", url, headers, body, most_bytes)
    }

    /// Asks for what is at `url` and reads an answer of at most `most_bytes`.
    pub fn get(
        &self,
        url: &str,
        headers: &[(String, String)],
        most_bytes: u64,
    ) -> Result<Response, OutboundError> {
        self.run("GET", url, headers, (), most_bytes)
    }

    fn run(
        &self,
        method: &str,
        url: &str,
        headers: &[(String, String)],
        body: impl ureq::AsSendBody,
        most_bytes: u64,
    ) -> Result<Response, OutboundError> {
        let uri = target::parse(url, &self.policy)?;
        let mut request = http::Request::builder().method(method).uri(uri);
        for (name, value) in headers {
            request = request.header(name, value);
        }
        // The library's words would quote the header.
        let request = request.body(body).map_err(|_why| OutboundError::Protocol)?;
        let answer = self.agent.run(request)?;
        let (head, mut body) = answer.into_parts();
        let body = body.with_config().limit(most_bytes).read_to_vec()?;
        let headers: Vec<(String, String)> = head
            .headers
            .iter()
            .filter_map(|(name, value)| {
                Some((name.as_str().to_owned(), value.to_str().ok()?.to_owned()))
            })
            .collect();
        let retry_after = retry_after(&headers);
        Ok(Response { status: head.status.as_u16(), retry_after, body, headers })
    }
}

fn retry_after(headers: &[(String, String)]) -> Option<Duration> {
    let named = |name: &str| name == "retry-after" || name.ends_with("-retry-after");
    headers
        .iter()
        .filter(|(name, _)| named(name))
        .find_map(|(_, value)| value.trim().parse().ok())
        .map(Duration::from_secs)
}

#[cfg(test)]
mod tests;
