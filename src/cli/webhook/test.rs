//! `doisoat webhook test`: a signed notification as the provider would send it.

use std::io;
use std::path::PathBuf;
use std::time::Duration;

use super::secret_in;
use crate::app;
use crate::cli::{Env, Failure, Status};
use crate::clock::{Clock as _, SystemClock, local_time};
use crate::domain::diagnostic::Diagnostic;
use crate::domain::money::Vnd;
use crate::domain::notification::{Movement, Provider};
use crate::formats::notification::{self, Method, Secret, Signed, Terms};
use crate::ids::{IdSource as _, RandomIds};
use crate::outbound::{Client, Policy};
use crate::service::webhooks::{self, TOLERANCE_SECONDS};

/// Which notification, and where to.
#[derive(Debug, clap::Args)]
pub struct TestArgs {
    /// sepay, casso, payos, vnpay, momo, zalopay, vietqr, pay2s or standard
    #[arg(long)]
    provider: String,
    /// The address of the endpoint, e.g. http://127.0.0.1:8080/webhooks/sepay/…
    #[arg(long, value_name = "URL")]
    to: String,
    /// How it proves itself: signature, key, token or none
    #[arg(long)]
    scheme: Option<String>,
    /// File with the endpoint's secret, `-` for standard input
    #[arg(long, value_name = "FILE")]
    secret_file: Option<PathBuf>,
    /// The public half of the secret
    #[arg(long)]
    client: Option<String>,
    /// The account credited, or the merchant's code
    #[arg(long, default_value = "1017000001")]
    account: String,
    /// How much, in đồng
    #[arg(long, default_value_t = 10_000)]
    amount: i64,
    /// The transfer's text
    #[arg(long, default_value = "THU NGHIEM WEBHOOK")]
    text: String,
    /// The provider's id of it, a number; a new one each time where absent
    #[arg(long)]
    id: Option<i64>,
    /// The bank's reference
    #[arg(long)]
    reference: Option<String>,
    /// Print the request as a curl command instead of sending it
    #[arg(long)]
    print: bool,
}

/// Sends, or prints, one notification. Exit status 1 when it was not taken.
pub fn run(env: &mut Env<'_>, args: &TestArgs) -> Result<Status, Failure> {
    let provider = Provider::parse(&args.provider).ok_or_else(|| unknown(&args.provider))?;
    let scheme = webhooks::scheme_of(provider, args.scheme.as_deref())?;
    if args.amount <= 0 {
        return Err(Failure::Usage(vec![Diagnostic::new(
            "amount",
            "Số tiền phải lớn hơn 0 đồng.",
            "The amount must be more than 0 đồng.",
        )]));
    }
    let endpoint = endpoint_in(&args.to);
    let secret = Secret::new(secret_in(args.secret_file.as_deref())?.unwrap_or_default());
    let terms = Terms {
        endpoint,
        scheme,
        client: args.client.clone(),
        tolerance_seconds: TOLERANCE_SECONDS,
    };
    let now = SystemClock.now();
    let serial = args.id.unwrap_or_else(new_serial);
    let movement = Movement {
        account: args.account.clone(),
        virtual_account: None,
        at: chrono::SubsecRound::trunc_subsecs(local_time(now), 0),
        amount: Vnd::new(args.amount),
        reference: Some(args.reference.clone().unwrap_or_else(|| format!("FT{serial:010}"))),
        order: Some(format!("DON{serial}")),
        text: Some(args.text.clone()),
        payer_name: None,
        payer_account: None,
        payer_bank: None,
        through_gateway: provider.is_gateway(),
    };
    let seconds = now.and_utc().timestamp();
    let signed = notification::sample(provider, &terms, &secret, (&movement, serial), seconds);
    let url = match signed.query.as_str() {
        "" => args.to.clone(),
        query => format!("{}?{query}", args.to),
    };
    if args.print {
        return Ok(print(env, &signed, &url)?);
    }
    // It is the operator's own command: the address may well be this machine.
    let policy = Policy {
        allow_private_networks: true,
        timeout: Duration::from_secs(30),
        user_agent: app::USER_AGENT.to_owned(),
    };
    let client = Client::new(policy);
    let answered = match signed.method {
        Method::Get => client.get(&url, &signed.headers, ANSWER_BYTES),
        Method::Post => client.post(&url, &signed.headers, signed.body.as_bytes(), ANSWER_BYTES),
    };
    let answered = answered.map_err(|error| Failure::System(error.to_string()))?;
    let body = String::from_utf8_lossy(&answered.body).into_owned();
    writeln!(env.out, "{} {}", answered.status, body.trim())?;
    Ok(if (200..300).contains(&answered.status) { Status::Done } else { Status::Refused })
}

/// The largest answer that is read.
const ANSWER_BYTES: u64 = 64 * 1024;

/// The last part of an address: the endpoint's id, which tokens are bound to.
fn endpoint_in(url: &str) -> String {
    let path = url.split(['?', '#']).next().unwrap_or_default();
    let after = path.split("/webhooks/").nth(1).unwrap_or_default();
    after.split('/').nth(1).unwrap_or_default().to_owned()
}

/// A number nobody has used: 48 random bits.
fn new_serial() -> i64 {
    let bytes = RandomIds.secret();
    bytes.iter().take(6).fold(0_i64, |number, byte| number << 8 | i64::from(*byte))
}

/// The request as a command that anybody can run.
fn print(env: &mut Env<'_>, signed: &Signed, url: &str) -> io::Result<Status> {
    write!(env.out, "curl -i")?;
    for (name, value) in &signed.headers {
        write!(env.out, " \\\n  -H {}", quoted(&format!("{name}: {value}")))?;
    }
    if signed.method == Method::Post {
        write!(env.out, " \\\n  --data-raw {}", quoted(&signed.body))?;
    }
    writeln!(env.out, " \\\n  {}", quoted(url))?;
    Ok(Status::Done)
}

/// A text as one word of a POSIX shell.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

fn unknown(name: &str) -> Failure {
    let all: Vec<&str> = Provider::ALL.into_iter().map(Provider::as_str).collect();
    let all = all.join(", ");
    Failure::Usage(vec![Diagnostic::new(
        "provider_unknown",
        format!("Không có nhà cung cấp “{name}”. Chọn một trong: {all}."),
        format!("There is no provider “{name}”. Choose one of: {all}."),
    )])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_endpoint_is_found_in_its_address() {
        for (why, url, endpoint) in [
            ("plain", "http://127.0.0.1:8080/webhooks/sepay/abc", "abc"),
            (
                "with more behind it",
                "https://x/webhooks/vietqr/abc/bank/api/transaction-sync",
                "abc",
            ),
            ("with a query", "https://x/webhooks/vnpay/abc?a=b", "abc"),
            ("none", "https://x/", ""),
        ] {
            assert_eq!(endpoint_in(url), endpoint, "{why}");
        }
        assert_eq!(quoted("a'b"), r"'a'\''b'");
    }
}
