//! Pay2S, bank webhook. Rests on docs.pay2s.vn, "Webhook: tài liệu kỹ thuật". A fixed key comes in
//! `Authorization: Bearer`; the `checksum` of each transaction is not described and is not read.

use serde_json::{Value, json};

use super::fields::{self, Fields};
use super::{Method, Refusal, Request, Secret, Signed, proof, time};
use crate::domain::notification::{Movement, Notice, NoticeBody};

pub(super) fn prove(secrets: &[Secret], request: &Request<'_>) -> Result<(), Refusal> {
    proof::posted(request)?;
    proof::ensure(proof::is_key(secrets, proof::bearer(request)?))
}

pub(super) fn read(request: &Request<'_>) -> Result<Vec<Notice>, Refusal> {
    let body = fields::object(request.body)?;
    match Fields::of(&body)?.value("transactions") {
        Some(Value::Array(items)) if !items.is_empty() => {
            items.iter().map(|item| transaction(Fields::of(item)?)).collect()
        }
        _ => Err(Refusal::Unreadable),
    }
}

fn transaction(fields: Fields<'_>) -> Result<Notice, Refusal> {
    let at = fields.local_time("transactionDate")?;
    let movement = Movement {
        reference: fields.text("transactionNumber")?,
        text: fields.text("content")?,
        ..fields::movement(fields.account("accountNumber")?, at, fields.amount("transferAmount")?)
    };
    let body = match fields.needed("transferType")?.as_str() {
        "IN" => NoticeBody::Payment(movement),
        "OUT" => NoticeBody::MoneyOut(movement),
        _ => return Err(Refusal::Unreadable),
    };
    fields::notice(fields.needed("id")?, body)
}

pub(super) fn sample(secret: &Secret, (movement, serial): (&Movement, i64)) -> Signed {
    let body = json!({ "transactions": [{
        "id": serial, "gateway": "ACB", "transactionDate": time::written(movement.at),
        "transactionNumber": movement.reference, "accountNumber": movement.account,
        "content": fields::or_empty(movement.text.as_ref()), "transferType": "IN",
        "transferAmount": movement.amount.dong()
    }]});
    Signed {
        method: Method::Post,
        query: String::new(),
        headers: vec![
            ("Content-Type".to_owned(), "application/json".to_owned()),
            ("Authorization".to_owned(), format!("Bearer {}", secret.expose())),
        ],
        body: body.to_string(),
    }
}
