//! Casso. Rests on developer.casso.vn, "Thiết lập webhook thủ công", and for version 2 on the samples
//! of github.com/CassoHQ/casso-webhook-v2-verify-signature (which of them is right about letters
//! outside ASCII they do not agree, so all are tried).
//!
//! Version 1 brings a list under a fixed key; version 2 one movement, signed over the body with its
//! names sorted. Which one a body is shows in `data`.

use serde_json::{Value, json};

use super::fields::{self, Fields};
use super::json::{self as text, Letters};
use super::{Method, Refusal, Request, Scheme, Secret, Signed, Terms, proof, time};
use crate::domain::notification::{Movement, Notice, NoticeBody};
use crate::domain::text::hex;

/// What Casso calls the transaction of a trial call.
const TRIAL: &str = "MA_GIAO_DICH_THU_NGHIEM";

/// The value of `X-Casso-Signature` (version 2) for a JSON body sent at `millis`, in thousandths of a
/// second since 1970.
#[must_use]
pub fn signature(secret: &Secret, millis: i64, body: &str) -> String {
    let sorted = text::parse(body.as_bytes()).map(|body| text::sorted(&body, Letters::Plain));
    let signed = format!("{millis}.{}", sorted.as_deref().unwrap_or(body));
    let code = proof::sha512(secret.expose().as_bytes(), &[signed.as_bytes()]);
    format!("t={millis},v1={}", hex(&code))
}

pub(super) fn prove(
    terms: &Terms,
    secrets: &[Secret],
    request: &Request<'_>,
) -> Result<(), Refusal> {
    proof::posted(request)?;
    if terms.scheme == Scheme::Key {
        let key = proof::header(request, "Secure-Token")?;
        return proof::ensure(proof::is_key(secrets, key));
    }
    let header = proof::header(request, "X-Casso-Signature")?;
    let stamp = part(header, "t").ok_or(Refusal::Unproven)?;
    let claimed = part(header, "v1").ok_or(Refusal::Unproven)?;
    let millis = proof::digits(stamp).ok_or(Refusal::Unproven)?;
    let signed_at = millis.div_euclid(1_000);
    proof::ensure(proof::is_fresh(request.now, signed_at, terms.tolerance_seconds))?;
    let body = text::parse(request.body).ok_or(Refusal::Unproven)?;
    let ways = [Letters::Plain, Letters::Escaped, Letters::EscapedWithSlashes];
    let genuine = ways.into_iter().any(|letters| {
        let sorted = text::sorted(&body, letters);
        proof::is_sha512(secrets, &[stamp.as_bytes(), b".", sorted.as_bytes()], claimed)
    });
    proof::ensure(genuine)
}

/// The one value of `name=value` in a header of several; two of a name are none.
fn part<'a>(header: &'a str, name: &str) -> Option<&'a str> {
    let pairs = header.split(',').filter_map(|pair| pair.trim().split_once('='));
    let mut values = pairs.filter(|(known, _)| *known == name).map(|(_, value)| value);
    values.next().filter(|_| values.next().is_none())
}

pub(super) fn read(request: &Request<'_>) -> Result<Vec<Notice>, Refusal> {
    let body = fields::object(request.body)?;
    let body = Fields::of(&body)?;
    if body.has("error") && body.whole("error")? != 0 {
        return Err(Refusal::Unreadable);
    }
    match body.value("data") {
        // A list without anything in it is no announcement that Casso documents.
        Some(Value::Array(items)) if !items.is_empty() => {
            items.iter().map(|item| first(Fields::of(item)?)).collect()
        }
        Some(data @ Value::Object(_)) => Ok(vec![second(Fields::of(data)?)?]),
        _ => Err(Refusal::Unreadable),
    }
}

/// One movement of version 1. The bank's `tid` alone may repeat.
fn first(fields: Fields<'_>) -> Result<Notice, Refusal> {
    let (number, reference) = (fields.needed("id")?, fields.text("tid")?);
    if is_trial(&number, reference.as_deref()) {
        return fields::notice(format!("{TRIAL}/{number}"), NoticeBody::Test);
    }
    let name =
        if fields.text("bank_sub_acc_id")?.is_some() { "bank_sub_acc_id" } else { "subAccId" };
    let (account, at) = (fields.account(name)?, fields.local_time("when")?);
    let movement = Movement {
        virtual_account: fields.other_account("virtualAccount")?,
        text: fields.text("description")?,
        payer_name: fields.text("corresponsiveName")?,
        payer_account: fields.other_account("corresponsiveAccount")?,
        payer_bank: fields.first(&["corresponsiveBankName", "corresponsiveBankId"])?,
        ..fields::movement(account, at, fields.signed_amount("amount")?)
    };
    directed(number, reference, movement)
}

/// The movement of version 2.
fn second(fields: Fields<'_>) -> Result<Notice, Refusal> {
    let (number, reference) = (fields.needed("id")?, fields.text("reference")?);
    if is_trial(&number, reference.as_deref()) {
        return fields::notice(format!("{TRIAL}/{number}"), NoticeBody::Test);
    }
    let at = fields.local_time("transactionDateTime")?;
    let movement = Movement {
        virtual_account: fields.other_account("virtualAccountNumber")?,
        text: fields.text("description")?,
        payer_name: fields.text("counterAccountName")?,
        payer_account: fields.other_account("counterAccountNumber")?,
        payer_bank: fields.first(&["counterAccountBankName", "counterAccountBankId"])?,
        ..fields::movement(fields.account("accountNumber")?, at, fields.signed_amount("amount")?)
    };
    directed(number, reference, movement)
}

fn is_trial(number: &str, reference: Option<&str>) -> bool {
    number == "0" || reference == Some(TRIAL)
}

/// The notice of a movement, here and in Casso's list alike. An amount below nothing is money that
/// went out.
pub(super) fn directed(
    number: String,
    reference: Option<String>,
    movement: Movement,
) -> Result<Notice, Refusal> {
    let id = match &reference {
        Some(reference) => format!("{reference}/{number}"),
        None => number,
    };
    let told = movement.amount;
    let amount = if told.dong() < 0 { told.checked_neg() } else { Some(told) };
    let amount = fields::positive(amount.ok_or(Refusal::Unreadable)?)?;
    let movement = Movement { amount, reference, ..movement };
    let body =
        if told == amount { NoticeBody::Payment(movement) } else { NoticeBody::MoneyOut(movement) };
    fields::notice(id, body)
}

pub(super) fn sample(
    terms: &Terms,
    secret: &Secret,
    (movement, serial): (&Movement, i64),
    now: i64,
) -> Signed {
    let (body, name, value) = if terms.scheme == Scheme::Key {
        (first_sample(movement, serial), "Secure-Token", secret.expose().to_owned())
    } else {
        let body = second_sample(movement, serial);
        let value = signature(secret, now.saturating_mul(1_000), &body);
        (body, "X-Casso-Signature", value)
    };
    let headers =
        vec![("Content-Type".to_owned(), "application/json".to_owned()), (name.to_owned(), value)];
    Signed { method: Method::Post, query: String::new(), headers, body }
}

fn first_sample(movement: &Movement, serial: i64) -> String {
    json!({ "error": 0, "data": [{
        "id": serial, "tid": movement.reference,
        "description": fields::or_empty(movement.text.as_ref()),
        "amount": movement.amount.dong(), "cusum_balance": 0,
        "when": time::written(movement.at), "bank_sub_acc_id": movement.account,
        "subAccId": movement.account,
        "virtualAccount": fields::or_empty(movement.virtual_account.as_ref()),
        "virtualAccountName": "",
        "corresponsiveName": fields::or_empty(movement.payer_name.as_ref()),
        "corresponsiveAccount": fields::or_empty(movement.payer_account.as_ref()),
        "corresponsiveBankId": "",
        "corresponsiveBankName": fields::or_empty(movement.payer_bank.as_ref())
    }]})
    .to_string()
}

fn second_sample(movement: &Movement, serial: i64) -> String {
    json!({ "error": 0, "data": {
        "id": serial, "reference": fields::or_empty(movement.reference.as_ref()),
        "description": fields::or_empty(movement.text.as_ref()),
        "amount": movement.amount.dong(), "runningBalance": 0,
        "transactionDateTime": time::written(movement.at), "accountNumber": movement.account,
        "virtualAccountNumber": fields::or_empty(movement.virtual_account.as_ref()),
        "virtualAccountName": "",
        "counterAccountName": fields::or_empty(movement.payer_name.as_ref()),
        "counterAccountNumber": fields::or_empty(movement.payer_account.as_ref()),
        "counterAccountBankId": "",
        "counterAccountBankName": fields::or_empty(movement.payer_bank.as_ref())
    }})
    .to_string()
}
