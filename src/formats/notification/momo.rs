//! MoMo, instant payment notification. Rests on developers.momo.vn v3, "Notification" under result
//! handling, and on the order of fields in github.com/momo-wallet/payment.
//!
//! A fixed list of fields is signed, with our access key before them; nothing else of the body is
//! read. MoMo publishes no signature that could be checked, so what is tested is its description.

use serde_json::{Value, json};

use super::fields::{self, Fields};
use super::{
    Answer, Method, Refusal, Request, Secret, Signed, Terms, answer, json as text, proof, time,
};
use crate::domain::notification::{Movement, Notice, NoticeBody};
use crate::domain::text::hex;

/// What is signed of the body, in this order.
const SIGNED: [&str; 12] = [
    "amount",
    "extraData",
    "message",
    "orderId",
    "orderInfo",
    "orderType",
    "partnerCode",
    "payType",
    "requestId",
    "responseTime",
    "resultCode",
    "transId",
];

pub(super) fn prove(
    terms: &Terms,
    secrets: &[Secret],
    request: &Request<'_>,
) -> Result<(), Refusal> {
    proof::posted(request)?;
    let access_key = access_key(terms).ok_or(Refusal::Unproven)?;
    let body = text::parse(request.body).ok_or(Refusal::Unproven)?;
    let claimed = body.get("signature").and_then(Value::as_str).ok_or(Refusal::Unproven)?;
    let line = signed_line(access_key, &body).ok_or(Refusal::Unproven)?;
    proof::ensure(proof::is_sha256(secrets, &[line.as_bytes()], claimed))
}

fn access_key(terms: &Terms) -> Option<&str> {
    terms.client.as_deref().filter(|key| !key.is_empty())
}

/// `None` when a field is missing or is neither text nor a whole number.
fn signed_line(access_key: &str, body: &Value) -> Option<String> {
    let mut pairs = vec![format!("accessKey={access_key}")];
    for name in SIGNED {
        let value = match body.get(name)? {
            Value::String(text) => text.clone(),
            Value::Number(number) if !number.is_f64() => number.to_string(),
            _ => return None,
        };
        pairs.push(format!("{name}={value}"));
    }
    Some(pairs.join("&"))
}

pub(super) fn read(request: &Request<'_>) -> Result<Vec<Notice>, Refusal> {
    let body = fields::object(request.body)?;
    let fields = Fields::of(&body)?;
    let (order, number) = (fields.needed("orderId")?, fields.needed("transId")?);
    let code = fields.needed("resultCode")?;
    let id = format!("{order}/{number}");
    if code != "0" {
        let id = format!("{id}/{code}");
        // 9000: the payer has agreed, the money has not moved.
        let body =
            if code == "9000" { NoticeBody::Unknown(code) } else { NoticeBody::Failed(code) };
        return Ok(vec![fields::notice(id, body)?]);
    }
    let (account, at) = (fields.account("partnerCode")?, fields.millis("responseTime")?);
    let movement = Movement {
        reference: Some(number),
        order: Some(order),
        text: fields.text("orderInfo")?,
        through_gateway: true,
        ..fields::movement(account, at, fields.amount("amount")?)
    };
    Ok(vec![fields::notice(id, NoticeBody::Payment(movement))?])
}

/// MoMo wants no content.
pub(super) fn taken() -> Answer {
    answer::told(204, "")
}

/// MoMo numbers transactions: a reference that is no number is left out, and the serial is its number.
pub(super) fn sample(
    terms: &Terms,
    secret: &Secret,
    (movement, serial): (&Movement, i64),
) -> Signed {
    let mut body = json!({
        "partnerCode": movement.account,
        "orderId": movement.order.clone().unwrap_or_else(|| serial.to_string()),
        "requestId": format!("mau-{serial}"), "amount": movement.amount.dong(),
        "orderInfo": fields::or_empty(movement.text.as_ref()), "orderType": "momo_wallet",
        "transId": fields::number_or(movement.reference.as_ref(), serial),
        "resultCode": 0, "message": "Successful.", "payType": "qr",
        "responseTime": time::millis(movement.at), "extraData": ""
    });
    let line = signed_line(access_key(terms).unwrap_or_default(), &body).unwrap_or_default();
    let code = hex(&proof::sha256(secret.expose().as_bytes(), &[line.as_bytes()]));
    if let Some(fields) = body.as_object_mut() {
        fields.insert("signature".to_owned(), Value::String(code));
    }
    Signed {
        method: Method::Post,
        query: String::new(),
        headers: vec![("Content-Type".to_owned(), "application/json".to_owned())],
        body: body.to_string(),
    }
}
