//! VietQR.vn, `transaction-sync`. Rests on the documentation of api.vietqr.vn: the partner first asks
//! us for a token and sends it along.
//!
//! Versions of the documentation write names in different case (`bankaccount`, `bankAccount`), so
//! case is ignored; two names that differ in nothing else are refused.

use std::collections::BTreeSet;

use chrono::NaiveDateTime;
use serde_json::{Map, Value, json};

use super::fields::{self, Fields};
use super::{
    Answer, Method, Refusal, Request, Secret, Signed, Taken, Terms, answer, proof, time, token,
};
use crate::domain::notification::{Movement, Notice, NoticeBody};

/// How long a token holds in a sample, in seconds.
const SAMPLE_TOKEN_SECONDS: i64 = 59;

/// The first instant in thousandths of a second that is no sensible one in seconds: the year 5138
/// in the one, 1973 in the other.
const MILLIS_FROM: i64 = 100_000_000_000;

pub(super) fn prove(
    terms: &Terms,
    secrets: &[Secret],
    request: &Request<'_>,
) -> Result<(), Refusal> {
    proof::posted(request)?;
    token::prove(terms, secrets, request)
}

pub(super) fn read(request: &Request<'_>) -> Result<Vec<Notice>, Refusal> {
    let body = lower_case(fields::object(request.body)?)?;
    let fields = Fields::of(&body)?;
    fields.in_dong("currency")?;
    let reference = fields.text("referencenumber")?;
    // Both are optional; one of them is needed to know the movement again.
    let id = fields.text("transactionid")?.or_else(|| reference.clone());
    let id = id.ok_or(Refusal::Unreadable)?;
    let (account, at) = (fields.account("bankaccount")?, moment(fields, request.now)?);
    let movement = Movement {
        reference,
        order: fields.text("orderid")?,
        text: fields.text("content")?,
        ..fields::movement(account, at, fields.amount("amount")?)
    };
    let body = match fields.needed("transtype")?.as_str() {
        "C" => NoticeBody::Payment(movement),
        "D" => NoticeBody::MoneyOut(movement),
        _ => return Err(Refusal::Unreadable),
    };
    Ok(vec![fields::notice(id, body)?])
}

fn lower_case(body: Value) -> Result<Value, Refusal> {
    let Value::Object(body) = body else { return Err(Refusal::Unreadable) };
    let names: BTreeSet<String> = body.keys().map(|name| name.to_ascii_lowercase()).collect();
    if names.len() != body.len() {
        return Err(Refusal::Unreadable);
    }
    let lowered = body.into_iter().map(|(name, value)| (name.to_ascii_lowercase(), value));
    Ok(Value::Object(lowered.collect::<Map<_, _>>()))
}

/// The time is optional, and then it is the time the notification came: it is sent at once. Else it
/// is an instant in thousandths of a second, in seconds, or a local time.
fn moment(fields: Fields<'_>, came: i64) -> Result<NaiveDateTime, Refusal> {
    let read = match fields.text("transactiontime")? {
        None => time::from_seconds(came),
        Some(written) => match proof::digits(&written) {
            Some(millis) if millis >= MILLIS_FROM => time::from_millis(millis),
            Some(seconds) => time::from_seconds(seconds),
            None => time::local(&written),
        },
    };
    read.ok_or(Refusal::Unreadable)
}

pub(super) fn taken(taken: Taken) -> Answer {
    let number = taken.number.to_string();
    let body = format!(
        r#"{{"error":false,"errorReason":"000","toastMessage":"","object":{{"reftransactionid":"{number}"}}}}"#
    );
    answer::told(200, &body)
}

/// The reasons are ours: the documentation leaves them to the partner.
pub(super) fn refused(refusal: Refusal) -> Answer {
    let (reason, message) = match refusal {
        Refusal::Unproven => ("E01", "token"),
        Refusal::Unreadable => ("E02", "unreadable"),
        Refusal::UnknownAccount => ("E03", "unknown account"),
    };
    failed(answer::status(refusal), reason, message)
}

pub(super) fn again() -> Answer {
    failed(503, "E99", "try again")
}

fn failed(status: u16, reason: &str, message: &str) -> Answer {
    let body = format!(
        r#"{{"error":true,"errorReason":"{reason}","toastMessage":"{message}","object":null}}"#
    );
    answer::told(status, &body)
}

pub(super) fn sample(
    terms: &Terms,
    secret: &Secret,
    (movement, serial): (&Movement, i64),
    now: i64,
) -> Signed {
    let token = token::issue(&terms.endpoint, secret, now.saturating_add(SAMPLE_TOKEN_SECONDS));
    let body = json!({
        "transactionid": serial.to_string(), "transactiontime": time::millis(movement.at),
        "referencenumber": movement.reference, "bankaccount": movement.account,
        "amount": movement.amount.dong(), "transType": "C",
        "content": fields::or_empty(movement.text.as_ref()), "orderId": movement.order
    });
    Signed {
        method: Method::Post,
        query: String::new(),
        headers: vec![
            ("Content-Type".to_owned(), "application/json".to_owned()),
            ("Authorization".to_owned(), format!("Bearer {token}")),
        ],
        body: body.to_string(),
    }
}
