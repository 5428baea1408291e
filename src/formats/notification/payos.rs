//! payOS. Rests on payos.vn/docs, "Kiểm tra dữ liệu với signature" and "Dữ liệu trả về: webhook", and
//! on the published test cases of payOS's libraries.
//!
//! Only `data` is signed, so only `data` is believed: the `code` and `success` beside it are not
//! looked at. There is no signed time; a replay is known by its id.

use serde_json::{Value, json};

use super::fields::{self, Fields};
use super::json::{self as text, Letters};
use super::{Method, Refusal, Request, Secret, Signed, proof, time};
use crate::domain::notification::{Movement, Notice, NoticeBody};
use crate::domain::text::hex;

/// The order and the reference of the sample that payOS sends when a webhook is registered.
const REGISTRATION: (&str, &str) = ("123", "TF230204212323");

/// The `signature` of a `data` object, given as JSON; empty for what is no object.
#[must_use]
pub fn signature(secret: &Secret, data: &str) -> String {
    let data = text::parse(data.as_bytes());
    let Some(line) = data.as_ref().and_then(signed_line) else { return String::new() };
    hex(&proof::sha256(secret.expose().as_bytes(), &[line.as_bytes()]))
}

pub(super) fn prove(secrets: &[Secret], request: &Request<'_>) -> Result<(), Refusal> {
    proof::posted(request)?;
    let body = text::parse(request.body).ok_or(Refusal::Unproven)?;
    let claimed = body.get("signature").and_then(Value::as_str).ok_or(Refusal::Unproven)?;
    let line = body.get("data").and_then(signed_line).ok_or(Refusal::Unproven)?;
    proof::ensure(proof::is_sha256(secrets, &[line.as_bytes()], claimed))
}

/// `name=value` of every field that came, in the order of the names, joined by `&`.
fn signed_line(data: &Value) -> Option<String> {
    let mut fields: Vec<_> = data.as_object()?.iter().collect();
    fields.sort_unstable_by_key(|(name, _)| *name);
    let pairs = fields.into_iter().map(|(name, value)| format!("{name}={}", signed_value(value)));
    Some(pairs.collect::<Vec<_>>().join("&"))
}

fn signed_value(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) if text == "null" || text == "undefined" => String::new(),
        Value::String(text) => text.clone(),
        other => text::sorted(other, Letters::Plain),
    }
}

pub(super) fn read(request: &Request<'_>) -> Result<Vec<Notice>, Refusal> {
    let body = fields::object(request.body)?;
    let data = Fields::of(&body)?.inner("data")?;
    let (order, reference) = (data.needed("orderCode")?, data.text("reference")?);
    let told = fields::or_empty(reference.as_ref());
    if (order.as_str(), told) == REGISTRATION {
        return Ok(vec![fields::notice(format!("{order}/{told}"), NoticeBody::Test)?]);
    }
    let code = data.needed("code")?;
    if code != "00" {
        // The same order may be paid later: the code keeps the two apart.
        let id = format!("{order}/{told}/{code}");
        return Ok(vec![fields::notice(id, NoticeBody::Failed(code))?]);
    }
    data.in_dong("currency")?;
    // Several transfers may pay one order.
    let id = format!("{order}/{}", reference.as_deref().ok_or(Refusal::Unreadable)?);
    let at = data.local_time("transactionDateTime")?;
    let movement = Movement {
        virtual_account: data.other_account("virtualAccountNumber")?,
        reference,
        order: Some(order),
        text: data.text("description")?,
        payer_name: data.text("counterAccountName")?,
        payer_account: data.other_account("counterAccountNumber")?,
        payer_bank: data.first(&["counterAccountBankName", "counterAccountBankId"])?,
        ..fields::movement(data.account("accountNumber")?, at, data.amount("amount")?)
    };
    Ok(vec![fields::notice(id, NoticeBody::Payment(movement))?])
}

/// payOS numbers orders: an order that is no number is left out, and the serial is its number.
pub(super) fn sample(secret: &Secret, (movement, serial): (&Movement, i64)) -> Signed {
    let reference = movement.reference.clone().unwrap_or_else(|| format!("MAU{serial}"));
    let data = json!({
        "orderCode": fields::number_or(movement.order.as_ref(), serial),
        "amount": movement.amount.dong(),
        "description": fields::or_empty(movement.text.as_ref()),
        "accountNumber": movement.account, "reference": reference,
        "transactionDateTime": time::written(movement.at), "currency": "VND",
        "paymentLinkId": format!("mau-{serial}"), "code": "00", "desc": "Thành công",
        "counterAccountBankId": null, "counterAccountBankName": movement.payer_bank,
        "counterAccountName": movement.payer_name,
        "counterAccountNumber": movement.payer_account,
        "virtualAccountName": null, "virtualAccountNumber": movement.virtual_account
    });
    let signature = signature(secret, &data.to_string());
    let body = json!({
        "code": "00", "desc": "success", "success": true, "data": data, "signature": signature
    });
    Signed {
        method: Method::Post,
        query: String::new(),
        headers: vec![("Content-Type".to_owned(), "application/json".to_owned())],
        body: body.to_string(),
    }
}
