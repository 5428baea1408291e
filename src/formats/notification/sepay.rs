//! SePay. Rests on developer.sepay.vn: "SePay Webhooks" with its pages on authentication and errors,
//! "Thông báo biến động số dư" of Bank Hub, and "IPN" of the payment gateway; the key's place in
//! `Authorization` is that of SePay's own Laravel package, what is signed is told by independent
//! integrations.
//!
//! Three formats come to the same address and are told apart by their fields: bank transactions
//! (`transferType`), Bank Hub (`transfer_type`), the payment gateway (`notification_type`).

use chrono::NaiveDateTime;
use serde_json::json;

use super::fields::{self, Fields};
use super::{Method, Refusal, Request, Scheme, Secret, Signed, Terms, proof, time, token};
use crate::domain::money::Vnd;
use crate::domain::notification::{Movement, Notice, NoticeBody};
use crate::domain::text::hex;

/// The account of the payment gateway: no field of it names the merchant.
pub const GATEWAY_ACCOUNT: &str = "sepay";

/// How long a token holds in a sample, in seconds.
const SAMPLE_TOKEN_SECONDS: i64 = 60;

/// The value of `X-SePay-Signature` for a body sent at `seconds`, the value of `X-SePay-Timestamp`.
#[must_use]
pub fn signature(secret: &Secret, seconds: i64, body: &str) -> String {
    let seconds = seconds.to_string();
    let code =
        proof::sha256(secret.expose().as_bytes(), &[seconds.as_bytes(), b".", body.as_bytes()]);
    format!("sha256={}", hex(&code))
}

pub(super) fn prove(
    terms: &Terms,
    secrets: &[Secret],
    request: &Request<'_>,
) -> Result<(), Refusal> {
    proof::posted(request)?;
    match terms.scheme {
        Scheme::None => Ok(()),
        Scheme::Key => proof::ensure(proof::is_key(secrets, key(request)?)),
        Scheme::Signature => {
            let stamp = proof::header(request, "X-SePay-Timestamp")?;
            let claimed = proof::header(request, "X-SePay-Signature")?;
            let claimed = claimed.strip_prefix("sha256=").ok_or(Refusal::Unproven)?;
            let signed_at = proof::digits(stamp).ok_or(Refusal::Unproven)?;
            let parts = [stamp.as_bytes(), b".", request.body];
            let genuine = proof::is_sha256(secrets, &parts, claimed);
            let fresh = proof::is_fresh(request.now, signed_at, terms.tolerance_seconds);
            proof::ensure(genuine && fresh)
        }
        Scheme::Token => token::prove(terms, secrets, request),
    }
}

/// The gateway's header where there is one; else what follows the last `Apikey `, as SePay's own
/// package takes it, since some servers put `Bearer` before it.
fn key<'a>(request: &Request<'a>) -> Result<&'a str, Refusal> {
    if proof::has_header(request, "X-Secret-Key") {
        return proof::header(request, "X-Secret-Key");
    }
    let value = proof::header(request, "Authorization")?;
    value.rsplit_once("Apikey ").map(|(_, key)| key.trim()).ok_or(Refusal::Unproven)
}

pub(super) fn read(request: &Request<'_>) -> Result<Vec<Notice>, Refusal> {
    let body = fields::object(request.body)?;
    let fields = Fields::of(&body)?;
    let kinds = ["transferType", "transfer_type", "notification_type"];
    let notice = match kinds.map(|name| fields.has(name)) {
        [true, false, false] => bank(fields)?,
        [false, true, false] => bank_hub(fields)?,
        [false, false, true] => gateway(fields)?,
        _ => return Err(Refusal::Unreadable),
    };
    Ok(vec![notice])
}

/// `code` is what SePay itself found in the content; we look for ourselves. `accumulated` may be
/// wrong, says SePay.
fn bank(fields: Fields<'_>) -> Result<Notice, Refusal> {
    let at = fields.local_time("transactionDate")?;
    let movement = Movement {
        virtual_account: fields.other_account("subAccount")?,
        reference: fields.text("referenceCode")?,
        text: fields.text("content")?,
        ..fields::movement(fields.account("accountNumber")?, at, fields.amount("transferAmount")?)
    };
    let body = match fields.needed("transferType")?.as_str() {
        "in" => NoticeBody::Payment(movement),
        "out" => NoticeBody::MoneyOut(movement),
        _ => return Err(Refusal::Unreadable),
    };
    fields::notice(fields.needed("id")?, body)
}

/// Ids are told apart from those of bank transactions: the two count for themselves.
fn bank_hub(fields: Fields<'_>) -> Result<Notice, Refusal> {
    let at = any_time(fields, "transaction_date")?;
    let movement = Movement {
        virtual_account: fields.other_account("va")?,
        reference: fields.text("reference_code")?,
        text: fields.text("content")?,
        ..fields::movement(fields.account("account_number")?, at, fields.amount("amount")?)
    };
    let body = match fields.needed("transfer_type")?.as_str() {
        "credit" => NoticeBody::Payment(movement),
        "debit" => NoticeBody::MoneyOut(movement),
        _ => return Err(Refusal::Unreadable),
    };
    fields::notice(format!("hub/{}", fields.needed("transaction_id")?), body)
}

/// The order is the invoice number, which the merchant chose; `order_id` is SePay's own.
fn gateway(fields: Fields<'_>) -> Result<Notice, Refusal> {
    let kind = fields.needed("notification_type")?;
    let (order, transaction) = (fields.inner("order")?, fields.inner("transaction")?);
    let transaction_id = transaction.first(&["transaction_id", "id"])?;
    let transaction_id = transaction_id.ok_or(Refusal::Unreadable)?;
    let order_id = order.first(&["order_id", "id"])?.ok_or(Refusal::Unreadable)?;
    let id = format!("{kind}/{order_id}/{transaction_id}");
    if !matches!(kind.as_str(), "ORDER_PAID" | "TRANSACTION_VOID") {
        return fields::notice(id, NoticeBody::Unknown(kind));
    }
    // An order that is said to be paid by a transaction that is not approved is for a person.
    let status = transaction.text("transaction_status")?;
    match status.as_deref() {
        None | Some("APPROVED") => {}
        Some(_) if kind == "TRANSACTION_VOID" => {}
        Some(status) => {
            let (id, kind) = (format!("{id}/{status}"), format!("{kind} {status}"));
            return fields::notice(id, NoticeBody::Unknown(kind));
        }
    }
    order.in_dong("order_currency")?;
    transaction.in_dong("transaction_currency")?;
    let at = if transaction.text("transaction_date")?.is_some() {
        any_time(transaction, "transaction_date")?
    } else {
        any_time(fields, "timestamp")?
    };
    let amount = if transaction.has("transaction_amount") {
        decimal(transaction, "transaction_amount")?
    } else {
        decimal(order, "order_amount")?
    };
    let movement = Movement {
        reference: Some(transaction_id),
        order: Some(order.text("order_invoice_number")?.unwrap_or(order_id)),
        text: order.text("order_description")?,
        payer_name: transaction.text("card_holder_name")?,
        through_gateway: true,
        ..fields::movement(GATEWAY_ACCOUNT.to_owned(), at, amount)
    };
    let body = if kind == "ORDER_PAID" {
        NoticeBody::Payment(movement)
    } else {
        NoticeBody::Reversal(movement)
    };
    fields::notice(id, body)
}

/// An amount as the gateway writes it, `"50000.00"`: a fraction only if it is nothing.
fn decimal(fields: Fields<'_>, name: &str) -> Result<Vnd, Refusal> {
    let written = fields.needed(name)?;
    let (whole, fraction) = written.split_once('.').unwrap_or((&written, "0"));
    if fraction.is_empty() || fraction.bytes().any(|digit| digit != b'0') {
        return Err(Refusal::Unreadable);
    }
    fields::positive(Vnd::new(proof::digits(whole).ok_or(Refusal::Unreadable)?))
}

/// Bank Hub and the gateway tell times in three ways: local, with an offset, in seconds since 1970.
fn any_time(fields: Fields<'_>, name: &str) -> Result<NaiveDateTime, Refusal> {
    let written = fields.needed(name)?;
    let local = time::local(&written).or_else(|| time::with_offset(&written));
    let instant = || proof::digits(&written).and_then(time::from_seconds);
    local.or_else(instant).ok_or(Refusal::Unreadable)
}

pub(super) fn sample(
    terms: &Terms,
    secret: &Secret,
    (movement, serial): (&Movement, i64),
    now: i64,
) -> Signed {
    let body = if movement.through_gateway {
        gateway_sample(movement, serial, now)
    } else {
        bank_sample(movement, serial)
    };
    let mut headers = vec![("Content-Type".to_owned(), "application/json".to_owned())];
    let mut add = |name: &str, value: String| headers.push((name.to_owned(), value));
    match terms.scheme {
        Scheme::None => {}
        Scheme::Key if movement.through_gateway => {
            add("X-Secret-Key", secret.expose().to_owned());
        }
        Scheme::Key => add("Authorization", format!("Apikey {}", secret.expose())),
        Scheme::Signature => {
            add("X-SePay-Timestamp", now.to_string());
            add("X-SePay-Signature", signature(secret, now, &body));
        }
        Scheme::Token => {
            let expires_at = now.saturating_add(SAMPLE_TOKEN_SECONDS);
            let token = token::issue(&terms.endpoint, secret, expires_at);
            add("Authorization", format!("Bearer {token}"));
        }
    }
    Signed { method: Method::Post, query: String::new(), headers, body }
}

fn bank_sample(movement: &Movement, serial: i64) -> String {
    json!({
        "id": serial, "gateway": "Vietcombank", "transactionDate": time::written(movement.at),
        "accountNumber": movement.account, "code": null,
        "content": fields::or_empty(movement.text.as_ref()), "transferType": "in",
        "transferAmount": movement.amount.dong(), "accumulated": 0,
        "subAccount": movement.virtual_account, "referenceCode": movement.reference,
        "description": ""
    })
    .to_string()
}

fn gateway_sample(movement: &Movement, serial: i64, now: i64) -> String {
    let reference = movement.reference.clone().unwrap_or_else(|| serial.to_string());
    let invoice = movement.order.clone().unwrap_or_else(|| serial.to_string());
    json!({
        "timestamp": now, "notification_type": "ORDER_PAID",
        "order": {
            "order_id": format!("MAU-{serial}"), "order_status": "CAPTURED",
            "order_currency": "VND", "order_amount": format!("{}.00", movement.amount),
            "order_invoice_number": invoice,
            "order_description": fields::or_empty(movement.text.as_ref())
        },
        "transaction": {
            "payment_method": "BANK_TRANSFER", "transaction_id": reference,
            "transaction_type": "PAYMENT", "transaction_date": time::written(movement.at),
            "transaction_status": "APPROVED", "transaction_currency": "VND",
            "transaction_amount": movement.amount.to_string(),
            "card_holder_name": movement.payer_name
        },
        "customer": null
    })
    .to_string()
}
