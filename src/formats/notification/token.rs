//! Tokens that we issue to providers that ask for one first (VietQR.vn's `token_generate`, SePay's
//! OAuth2 client credentials), and the credentials they ask with (RFC 6749 §2.3.1, RFC 7617).
//!
//! A token is not stored: it is its expiry and a signature, under the endpoint's secret, of the
//! endpoint and the expiry. Whoever takes the secret back takes back all tokens.

use base64::Engine;
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};
use sha2::{Digest, Sha256};
use subtle::{Choice, ConstantTimeEq};

use super::{Refusal, Request, Scheme, Secret, Terms, proof};

/// What no provider signs with the same secret.
const PURPOSE: &[u8] = b"doisoat token\n";

/// A token for whoever asks with the client's name and one of the secrets, by HTTP Basic or in a
/// form; made under the newest secret, so that it outlives the retiring of the older.
#[must_use]
pub fn asked_for(
    terms: &Terms,
    secrets: &[Secret],
    request: &Request<'_>,
    expires_at: i64,
) -> Option<String> {
    let newest = secrets.last().filter(|_| terms.scheme == Scheme::Token)?;
    let client = terms.client.as_deref();
    let known = match proof::header(request, "Authorization") {
        Ok(header) => basic_matches(header, client, secrets),
        Err(_) => form_matches(request.body, client, secrets),
    };
    known.then(|| issue(&terms.endpoint, newest, expires_at))
}

/// A token for the endpoint that holds until `expires_at`, in seconds since 1970. Of letters, digits,
/// `-`, `_` and one point.
#[must_use]
pub fn issue(endpoint: &str, secret: &Secret, expires_at: i64) -> String {
    let expiry = expires_at.to_string();
    let code = proof::sha256(secret.expose().as_bytes(), &signed(endpoint, &expiry));
    format!("{expiry}.{}", BASE64_URL_SAFE_NO_PAD.encode(code))
}

/// Whether the token was issued for the endpoint under one of the secrets and still holds.
#[must_use]
pub fn verify(endpoint: &str, secrets: &[Secret], token: &str, now: i64) -> bool {
    let Some((expiry, code)) = token.split_once('.') else { return false };
    let Ok(code) = BASE64_URL_SAFE_NO_PAD.decode(code) else { return false };
    let keys = secrets.iter().map(|s| s.expose().as_bytes()).filter(|key| !key.is_empty());
    let issued = proof::is_sha256_under(keys, &signed(endpoint, expiry), &code);
    issued && proof::digits(expiry).is_some_and(|expiry| now < expiry)
}

/// Whether `Authorization: Basic …` names the client and one of the secrets.
#[must_use]
pub fn basic_matches(header: &str, client: Option<&str>, secrets: &[Secret]) -> bool {
    let named = proof::after_word(header.trim(), "Basic")
        .and_then(|encoded| BASE64_STANDARD.decode(encoded).ok())
        .and_then(|bytes| String::from_utf8(bytes).ok());
    let Some((user, password)) = named.as_deref().and_then(|named| named.split_once(':')) else {
        return false;
    };
    are_credentials(user, password, client, secrets)
}

/// Whether a form with `client_id` and `client_secret` names the client and one of the secrets. A
/// field that stands twice, or another grant than `client_credentials`, is refused.
#[must_use]
pub fn form_matches(body: &[u8], client: Option<&str>, secrets: &[Secret]) -> bool {
    let fields: Vec<_> = form_urlencoded::parse(body).collect();
    let one = |name: &str| {
        let mut values = fields.iter().filter(|(known, _)| known == name).map(|(_, value)| value);
        values.next().filter(|_| values.next().is_none())
    };
    match (one("grant_type"), one("client_id"), one("client_secret")) {
        (Some(grant), Some(id), Some(secret)) if grant == "client_credentials" => {
            are_credentials(id, secret, client, secrets)
        }
        _ => false,
    }
}

/// Refuses a request without a token that we issued for the endpoint.
pub(super) fn prove(
    terms: &Terms,
    secrets: &[Secret],
    request: &Request<'_>,
) -> Result<(), Refusal> {
    let token = proof::bearer(request)?;
    proof::ensure(verify(&terms.endpoint, secrets, token, request.now))
}

fn are_credentials(user: &str, password: &str, client: Option<&str>, secrets: &[Secret]) -> bool {
    let client = client.unwrap_or_default();
    let known = Sha256::digest(client.as_bytes()).ct_eq(&Sha256::digest(user.as_bytes()));
    let named = Choice::from(u8::from(!client.is_empty()));
    let opened = Choice::from(u8::from(proof::is_key(secrets, password)));
    (known & named & opened).into()
}

/// The expiry is digits or signs nothing, so the line's end after it cannot be moved.
fn signed<'a>(endpoint: &'a str, expiry: &'a str) -> [&'a [u8]; 4] {
    [PURPOSE, expiry.as_bytes(), b"\n", endpoint.as_bytes()]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secret(text: &str) -> Secret {
        Secret::new(text.to_owned())
    }

    #[test]
    fn a_token_opens_its_endpoint_until_it_expires() {
        let token = issue("e1", &secret("khoa"), 1_000);
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
        assert!(token.bytes().all(plain), "{token}");
        let (old, new) = (secret("khoa"), secret("moi"));
        let later = token.replacen("1000", "9000", 1);
        for (why, endpoint, secrets, token, now, holds) in [
            ("as issued", "e1", vec![old.clone()], token.as_str(), 999, true),
            ("while two secrets are live", "e1", vec![new.clone(), old.clone()], &token, 999, true),
            ("expired", "e1", vec![old.clone()], &token, 1_000, false),
            ("another endpoint", "e2", vec![old.clone()], &token, 999, false),
            ("after rotation", "e1", vec![new], &token, 999, false),
            ("no secret", "e1", vec![], &token, 999, false),
            ("with another expiry", "e1", vec![old.clone()], &later, 999, false),
            ("its expiry only", "e1", vec![old.clone()], "1000", 999, false),
            ("with an empty signature", "e1", vec![old.clone()], "1000.", 999, false),
            ("nothing", "e1", vec![old], "", 999, false),
        ] {
            assert_eq!(verify(endpoint, &secrets, token, now), holds, "{why}");
        }
        let of_nobody = issue("e1", &secret(""), 1_000);
        assert!(!verify("e1", &[secret("")], &of_nobody, 999), "an empty secret issues nothing");
    }

    #[test]
    fn credentials_are_the_client_and_a_secret() {
        let basic = |text: &str| format!("Basic {}", BASE64_STANDARD.encode(text));
        let secrets = [secret("moi"), secret("mật:khẩu")];
        for (why, header, client, matches) in [
            ("right", basic("truong:mật:khẩu"), Some("truong"), true),
            ("the other secret", basic("truong:moi"), Some("truong"), true),
            (
                "in small letters",
                basic("truong:moi").replace("Basic", "basic"),
                Some("truong"),
                true,
            ),
            ("another client", basic("truong2:moi"), Some("truong"), false),
            ("another secret", basic("truong:cu"), Some("truong"), false),
            ("no client agreed", basic(":moi"), None, false),
            ("an empty client agreed", basic(":moi"), Some(""), false),
            ("no colon", basic("truong"), Some("truong"), false),
            (
                "another scheme",
                basic("truong:moi").replace("Basic", "Bearer"),
                Some("truong"),
                false,
            ),
            ("not base64", "Basic truong:moi".to_owned(), Some("truong"), false),
            ("nothing", String::new(), Some("truong"), false),
        ] {
            assert_eq!(basic_matches(&header, client, &secrets), matches, "{why}");
        }
        assert!(!basic_matches(&basic("truong:"), Some("truong"), &[secret("")]), "empty secret");
    }

    #[test]
    fn credentials_may_come_in_a_form() {
        let secrets = [secret("mật khẩu")];
        for (why, body, matches) in [
            (
                "right",
                "grant_type=client_credentials&client_id=truong&client_secret=m%E1%BA%ADt+kh%E1%BA%A9u",
                true,
            ),
            (
                "another secret",
                "grant_type=client_credentials&client_id=truong&client_secret=x",
                false,
            ),
            (
                "another grant",
                "grant_type=password&client_id=truong&client_secret=m%E1%BA%ADt+kh%E1%BA%A9u",
                false,
            ),
            (
                "the client twice",
                "grant_type=client_credentials&client_id=a&client_id=truong&client_secret=m%E1%BA%ADt+kh%E1%BA%A9u",
                false,
            ),
            ("nothing", "", false),
        ] {
            assert_eq!(form_matches(body.as_bytes(), Some("truong"), &secrets), matches, "{why}");
        }
    }
}
