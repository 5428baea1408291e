//! VNPAY, instant payment notification. Rests on sandbox.vnpayment.vn/apis/docs, "Thanh toán PAY" and
//! "Chuyển đổi thuật toán mã hóa"; known answers from github.com/lehuygiang28/vnpay.
//!
//! All is in the query of a `GET`, or in the form of a `POST`. There is no signed time; a replay is
//! known by its id. VNPAY reads the answer's `RspCode` and wants HTTP 200 with it.

use std::collections::BTreeMap;

use super::fields;
use super::{Answer, Method, Refusal, Request, Secret, Signed, Taken, answer, proof, time};
use crate::domain::money::Vnd;
use crate::domain::notification::{Movement, Notice, NoticeBody};
use crate::domain::text::hex;

/// The field with the signature.
const SIGNATURE: &str = "vnp_SecureHash";

/// Fields that are not signed.
const UNSIGNED: [&str; 2] = [SIGNATURE, "vnp_SecureHashType"];

/// The fields, decoded, each once.
type Query = BTreeMap<String, String>;

pub(super) fn prove(secrets: &[Secret], request: &Request<'_>) -> Result<(), Refusal> {
    let raw = raw(request).ok_or(Refusal::Unproven)?;
    let query = decoded(raw).ok_or(Refusal::Unproven)?;
    let claimed = query.get(SIGNATURE).ok_or(Refusal::Unproven)?;
    // Languages differ in which signs they encode. What is signed is what VNPAY encoded, and it
    // usually arrives like that; encoded again it is what VNPAY's samples compare.
    let signed = [encoded(&query), as_it_came(raw)];
    let genuine = signed.iter().any(|line| proof::is_sha512(secrets, &[line.as_bytes()], claimed));
    proof::ensure(genuine)
}

fn raw<'a>(request: &Request<'a>) -> Option<&'a str> {
    match request.method {
        Method::Get => Some(request.query),
        Method::Post => std::str::from_utf8(request.body).ok(),
    }
}

/// `None` when a name stands twice: nobody can say which of the two was meant.
fn decoded(raw: &str) -> Option<Query> {
    let mut query = Query::new();
    for (name, value) in form_urlencoded::parse(raw.as_bytes()) {
        if query.insert(name.into_owned(), value.into_owned()).is_some() {
            return None;
        }
    }
    Some(query)
}

fn encoded(query: &Query) -> String {
    let encode = |text: &str| form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
    let signed = query
        .iter()
        .filter(|(name, value)| !UNSIGNED.contains(&name.as_str()) && !value.is_empty());
    let pairs = signed.map(|(name, value)| format!("{}={}", encode(name), encode(value)));
    pairs.collect::<Vec<_>>().join("&")
}

fn as_it_came(raw: &str) -> String {
    let pairs = raw.split('&').filter_map(|pair| pair.split_once('='));
    let mut signed: Vec<(&str, &str)> =
        pairs.filter(|(name, value)| !UNSIGNED.contains(name) && !value.is_empty()).collect();
    signed.sort_unstable();
    let pairs = signed.into_iter().map(|(name, value)| format!("{name}={value}"));
    pairs.collect::<Vec<_>>().join("&")
}

pub(super) fn read(request: &Request<'_>) -> Result<Vec<Notice>, Refusal> {
    let query = raw(request).and_then(decoded).ok_or(Refusal::Unreadable)?;
    let text = |name: &str| query.get(name).and_then(|value| fields::printable(value));
    let needed = |name: &str| text(name).ok_or(Refusal::Unreadable);
    let (order, number) = (needed("vnp_TxnRef")?, needed("vnp_TransactionNo")?);
    let (response, status) = (needed("vnp_ResponseCode")?, needed("vnp_TransactionStatus")?);
    let id = format!("{order}/{number}");
    let kind = match (response.as_str(), status.as_str()) {
        ("00", "00") => NoticeBody::Payment,
        (_, "04" | "06") => NoticeBody::Reversal,
        (_, "05") => {
            let body = NoticeBody::Unknown(status.clone());
            return Ok(vec![fields::notice(format!("{id}/{status}"), body)?]);
        }
        _ => {
            // The code of the attempt, and where that is fine the code of the transaction.
            let code = if response == "00" { &status } else { &response };
            let body = NoticeBody::Failed(code.clone());
            return Ok(vec![fields::notice(format!("{id}/{response}/{status}"), body)?]);
        }
    };
    if text("vnp_CurrCode").is_some_and(|code| code != "VND") {
        return Err(Refusal::Unreadable);
    }
    let account = fields::account(&needed("vnp_TmnCode")?).ok_or(Refusal::Unreadable)?;
    let at = time::compact(&needed("vnp_PayDate")?).ok_or(Refusal::Unreadable)?;
    let movement = Movement {
        reference: Some(number),
        order: Some(order),
        text: text("vnp_OrderInfo"),
        payer_bank: text("vnp_BankCode"),
        through_gateway: true,
        ..fields::movement(account, at, hundredth(&needed("vnp_Amount")?)?)
    };
    let body = kind(movement);
    let id = if matches!(body, NoticeBody::Reversal(_)) { format!("{id}/{status}") } else { id };
    Ok(vec![fields::notice(id, body)?])
}

/// An amount in hundredths of a đồng, of which there are none: it ends in two zeros.
fn hundredth(text: &str) -> Result<Vnd, Refusal> {
    let dong = text.strip_suffix("00").and_then(proof::digits).ok_or(Refusal::Unreadable)?;
    fields::positive(Vnd::new(dong))
}

pub(super) fn taken(taken: Taken) -> Answer {
    answer::told(
        200,
        if taken.known_before {
            r#"{"RspCode":"02","Message":"Order already confirmed"}"#
        } else {
            r#"{"RspCode":"00","Message":"Confirm Success"}"#
        },
    )
}

pub(super) fn refused(refusal: Refusal) -> Answer {
    answer::told(
        200,
        match refusal {
            Refusal::Unproven => r#"{"RspCode":"97","Message":"Invalid Checksum"}"#,
            Refusal::UnknownAccount => r#"{"RspCode":"01","Message":"Order not found"}"#,
            Refusal::Unreadable => r#"{"RspCode":"99","Message":"Unknown error"}"#,
        },
    )
}

pub(super) fn again() -> Answer {
    answer::told(503, r#"{"RspCode":"99","Message":"Unknown error"}"#)
}

pub(super) fn sample(secret: &Secret, (movement, serial): (&Movement, i64)) -> Signed {
    let or_serial = |text: &Option<String>| text.clone().unwrap_or_else(|| serial.to_string());
    let number = or_serial(&movement.reference);
    let fields = [
        ("vnp_Amount", format!("{}00", movement.amount)),
        ("vnp_BankCode", movement.payer_bank.clone().unwrap_or_default()),
        ("vnp_BankTranNo", format!("VNP{number}")),
        ("vnp_CardType", "ATM".to_owned()),
        ("vnp_OrderInfo", movement.text.clone().unwrap_or_default()),
        ("vnp_PayDate", movement.at.format("%Y%m%d%H%M%S").to_string()),
        ("vnp_ResponseCode", "00".to_owned()),
        ("vnp_TmnCode", movement.account.clone()),
        ("vnp_TransactionNo", number),
        ("vnp_TransactionStatus", "00".to_owned()),
        ("vnp_TxnRef", or_serial(&movement.order)),
    ];
    let query: Query = fields.map(|(name, value)| (name.to_owned(), value)).into();
    let line = encoded(&query);
    let code = hex(&proof::sha512(secret.expose().as_bytes(), &[line.as_bytes()]));
    Signed {
        method: Method::Get,
        query: format!("{line}&{SIGNATURE}={code}"),
        headers: Vec::new(),
        body: String::new(),
    }
}
