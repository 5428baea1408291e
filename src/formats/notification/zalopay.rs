//! ZaloPay, callback. Rests on docs.zalopay.vn, "Callback" of the specifications, with its published
//! sandbox message.
//!
//! `data` is a text with JSON in it, and the text is signed; `type` beside it is not, so a type that
//! says anything but "order" can only make us look at it. ZaloPay reads `return_code` and takes
//! HTTP 200 with it.

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::fields::{self, Fields};
use super::{
    Answer, Method, Refusal, Request, Secret, Signed, Taken, answer, json as text, proof, time,
};
use crate::domain::notification::{Movement, Notice, NoticeBody};
use crate::domain::text::hex;

/// The `type` of a payment.
const ORDER: &str = "1";

pub(super) fn prove(secrets: &[Secret], request: &Request<'_>) -> Result<(), Refusal> {
    proof::posted(request)?;
    let body = text::parse(request.body).ok_or(Refusal::Unproven)?;
    let claimed = body.get("mac").and_then(Value::as_str).ok_or(Refusal::Unproven)?;
    let data = body.get("data").and_then(Value::as_str).ok_or(Refusal::Unproven)?;
    proof::ensure(proof::is_sha256(secrets, &[data.as_bytes()], claimed))
}

pub(super) fn read(request: &Request<'_>) -> Result<Vec<Notice>, Refusal> {
    let body = fields::object(request.body)?;
    let body = Fields::of(&body)?;
    let signed = body.value("data").and_then(Value::as_str).ok_or(Refusal::Unreadable)?;
    let data = fields::object(signed.as_bytes())?;
    let kind = body.needed("type")?;
    if kind != ORDER {
        // Agreements have other fields, so what was said is its own id.
        let id = format!("{kind}/{}", hex(&Sha256::digest(signed)));
        return Ok(vec![fields::notice(id, NoticeBody::Unknown(kind))?]);
    }
    let data = Fields::of(&data)?;
    let (order, number) = (data.needed("app_trans_id")?, data.needed("zp_trans_id")?);
    let id = format!("{order}/{number}");
    let (account, at) = (data.account("app_id")?, data.millis("server_time")?);
    let movement = Movement {
        reference: Some(number),
        order: Some(order),
        text: merchants_words(data)?,
        through_gateway: true,
        ..fields::movement(account, at, data.amount("amount")?)
    };
    Ok(vec![fields::notice(id, NoticeBody::Payment(movement))?])
}

/// Nothing in a callback was written by the payer. `embed_data` brings back what the merchant gave
/// along with the order; its `merchantinfo`, as ZaloPay's own example names it, is taken for the
/// text. What else a merchant puts there is its own affair, and `item` lists goods.
fn merchants_words(data: Fields<'_>) -> Result<Option<String>, Refusal> {
    let embedded = data.text("embed_data")?.and_then(|embedded| text::parse(embedded.as_bytes()));
    let words = embedded.as_ref().and_then(|embedded| embedded.get("merchantinfo"));
    Ok(words.and_then(Value::as_str).and_then(fields::printable))
}

pub(super) fn taken(taken: Taken) -> Answer {
    answer::told(
        200,
        if taken.known_before {
            r#"{"return_code":2,"return_message":"duplicate"}"#
        } else {
            r#"{"return_code":1,"return_message":"success"}"#
        },
    )
}

/// Codes below -1 are ours: ZaloPay calls again for 0 only.
pub(super) fn refused(refusal: Refusal) -> Answer {
    answer::told(
        200,
        match refusal {
            Refusal::Unproven => r#"{"return_code":-1,"return_message":"mac not equal"}"#,
            Refusal::Unreadable => r#"{"return_code":-2,"return_message":"unreadable"}"#,
            Refusal::UnknownAccount => r#"{"return_code":-3,"return_message":"unknown app_id"}"#,
        },
    )
}

pub(super) fn again() -> Answer {
    answer::told(200, r#"{"return_code":0,"return_message":"try again"}"#)
}

/// ZaloPay numbers transactions and merchants: what is no number is left out of the one, and stays a
/// text in the other.
pub(super) fn sample(secret: &Secret, (movement, serial): (&Movement, i64)) -> Signed {
    let app_id = match movement.account.parse::<i64>() {
        Ok(number) if number.to_string() == movement.account => json!(number),
        _ => json!(movement.account),
    };
    let embedded = json!({ "merchantinfo": fields::or_empty(movement.text.as_ref()) });
    let day = movement.at.format("%y%m%d");
    let order = movement.order.clone().unwrap_or_else(|| format!("{day}_{serial}"));
    let data = json!({
        "app_id": app_id, "app_trans_id": order, "app_time": time::millis(movement.at),
        "app_user": "mau", "amount": movement.amount.dong(),
        "embed_data": embedded.to_string(), "item": "[]",
        "zp_trans_id": fields::number_or(movement.reference.as_ref(), serial),
        "server_time": time::millis(movement.at), "channel": 38, "merchant_user_id": "mau",
        "user_fee_amount": 0, "discount_amount": 0
    })
    .to_string();
    let mac = hex(&proof::sha256(secret.expose().as_bytes(), &[data.as_bytes()]));
    Signed {
        method: Method::Post,
        query: String::new(),
        headers: vec![("Content-Type".to_owned(), "application/json".to_owned())],
        body: json!({ "data": data, "mac": mac, "type": 1 }).to_string(),
    }
}
