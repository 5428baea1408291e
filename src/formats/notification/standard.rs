//! Standard Webhooks 1.0.0 (github.com/standard-webhooks, `spec/standard-webhooks.md`) around JSON of
//! our own, for a bank or any other software that has no format yet; and the signing of what we send
//! ourselves.
//!
//! ```json
//! {"type":"payment.received","timestamp":"2026-11-27T05:00:02Z",
//!  "data":{"account":"0123499999","virtual_account":"TKP1","amount":2277000,"currency":"VND",
//!   "booked_at":"2026-11-27T12:00:00+07:00","reference":"FT1","order":"1A-12",
//!   "remittance":"HP2601000010","payer":{"name":"A","account":"1","bank":"VCB"}}}
//! ```
//!
//! `type` is `payment.received`, `payment.reversed` (a void, under an id of its own, with the order of
//! the payment), `payment.sent` (money out) or `test` (without `data`). Of `data`, `account`,
//! `amount`, `currency` and `booked_at` are needed. The id is the header `webhook-id`.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde_json::json;

use super::fields::{self, Fields};
use super::{Method, Refusal, Request, Secret, Signed, Terms, proof, time};
use crate::domain::notification::{Movement, Notice, NoticeBody};

/// What a secret begins with.
const PREFIX: &str = "whsec_";

/// How many bytes a secret may have.
const KEY_BYTES: std::ops::RangeInclusive<usize> = 24..=64;

/// How many signatures of one request are tried: each costs a pass over the body.
const MOST_CLAIMS: usize = 8;

/// The secret made of these bytes, or `None` unless there are 24 to 64.
#[must_use]
pub fn secret_of(key: &[u8]) -> Option<Secret> {
    let long_enough = KEY_BYTES.contains(&key.len());
    long_enough.then(|| Secret::new(format!("{PREFIX}{}", BASE64_STANDARD.encode(key))))
}

/// Whether a text is a secret of Standard Webhooks.
#[must_use]
pub fn is_secret(text: &str) -> bool {
    !keys(&[Secret::new(text.to_owned())]).is_empty()
}

/// The value of `webhook-signature` for a body sent at `now`: one signature for each of the secrets,
/// so that a receiver may have either while they change. `None` when none of them is a secret of
/// Standard Webhooks.
#[must_use]
pub fn sign(secrets: &[Secret], id: &str, now: i64, body: &str) -> Option<String> {
    let stamp = now.to_string();
    let signed = [id.as_bytes(), b".", stamp.as_bytes(), b".", body.as_bytes()];
    let signatures: Vec<String> = keys(secrets)
        .iter()
        .map(|key| format!("v1,{}", BASE64_STANDARD.encode(proof::sha256(key, &signed))))
        .collect();
    (!signatures.is_empty()).then(|| signatures.join(" "))
}

fn keys(secrets: &[Secret]) -> Vec<Vec<u8>> {
    let encoded = secrets.iter().filter_map(|secret| secret.expose().strip_prefix(PREFIX));
    let keys = encoded.filter_map(|encoded| BASE64_STANDARD.decode(encoded).ok());
    keys.filter(|key| KEY_BYTES.contains(&key.len())).collect()
}

pub(super) fn prove(
    terms: &Terms,
    secrets: &[Secret],
    request: &Request<'_>,
) -> Result<(), Refusal> {
    proof::posted(request)?;
    let id = proof::header(request, "webhook-id")?;
    let stamp = proof::header(request, "webhook-timestamp")?;
    let claimed = proof::header(request, "webhook-signature")?;
    let signed_at = proof::digits(stamp).ok_or(Refusal::Unproven)?;
    let keys = keys(secrets);
    let signed = [id.as_bytes(), b".", stamp.as_bytes(), b".", request.body];
    // Signatures of other versions (`v1a`, with a public key) may stand beside ours.
    let claims = claimed.split(' ').filter_map(|one| one.strip_prefix("v1,")).take(MOST_CLAIMS);
    let genuine = claims
        .filter_map(|claim| BASE64_STANDARD.decode(claim).ok())
        .any(|claim| proof::is_sha256_under(keys.iter().map(Vec::as_slice), &signed, &claim));
    let fresh = proof::is_fresh(request.now, signed_at, terms.tolerance_seconds);
    proof::ensure(genuine && fresh)
}

pub(super) fn read(request: &Request<'_>) -> Result<Vec<Notice>, Refusal> {
    let id = proof::header(request, "webhook-id").or(Err(Refusal::Unreadable))?;
    let id = fields::printable(id).ok_or(Refusal::Unreadable)?;
    let body = fields::object(request.body)?;
    let body = Fields::of(&body)?;
    let body = match body.needed("type")?.as_str() {
        "payment.received" => NoticeBody::Payment(movement(body)?),
        "payment.reversed" => NoticeBody::Reversal(movement(body)?),
        "payment.sent" => NoticeBody::MoneyOut(movement(body)?),
        "test" => NoticeBody::Test,
        other => NoticeBody::Unknown(other.to_owned()),
    };
    Ok(vec![fields::notice(id, body)?])
}

fn movement(body: Fields<'_>) -> Result<Movement, Refusal> {
    let data = body.inner("data")?;
    data.needed("currency")?;
    data.in_dong("currency")?;
    let at = time::with_offset(&data.needed("booked_at")?).ok_or(Refusal::Unreadable)?;
    let mut movement = Movement {
        virtual_account: data.other_account("virtual_account")?,
        reference: data.text("reference")?,
        order: data.text("order")?,
        text: data.text("remittance")?,
        ..fields::movement(data.account("account")?, at, data.amount("amount")?)
    };
    if data.value("payer").is_some_and(|payer| !payer.is_null()) {
        let payer = data.inner("payer")?;
        movement.payer_name = payer.text("name")?;
        movement.payer_account = payer.other_account("account")?;
        movement.payer_bank = payer.text("bank")?;
    }
    Ok(movement)
}

pub(super) fn sample(secret: &Secret, (movement, serial): (&Movement, i64), now: i64) -> Signed {
    let at = time::written(movement.at).replace(' ', "T");
    let sent = time::from_seconds(now).map(time::written).unwrap_or_default().replace(' ', "T");
    let body = json!({
        "type": "payment.received", "timestamp": format!("{sent}+07:00"),
        "data": {
            "account": movement.account, "virtual_account": movement.virtual_account,
            "amount": movement.amount.dong(), "currency": "VND",
            "booked_at": format!("{at}+07:00"), "reference": movement.reference,
            "order": movement.order, "remittance": movement.text,
            "payer": {
                "name": movement.payer_name, "account": movement.payer_account,
                "bank": movement.payer_bank
            }
        }
    })
    .to_string();
    let id = format!("msg_{serial}");
    let signature = sign(std::slice::from_ref(secret), &id, now, &body).unwrap_or_default();
    let headers = [
        ("Content-Type", "application/json".to_owned()),
        ("webhook-id", id),
        ("webhook-timestamp", now.to_string()),
        ("webhook-signature", signature),
    ];
    Signed {
        method: Method::Post,
        query: String::new(),
        headers: headers.map(|(name, value)| (name.to_owned(), value)).into(),
        body,
    }
}
