//! The same money as banks' and gateways' services would announce it: signed deliveries, one a line.

use chrono::{Datelike, TimeDelta, Weekday};
use hmac::{Hmac, KeyInit, Mac};
use serde::Serialize;
use serde_json::{Value, json};
use sha2::{Sha256, Sha512};

use crate::demo::error::DemoError;
use crate::demo::movement::Movement;
use crate::demo::random::Dice;
use crate::demo::simulate::schools::Setup;
use crate::domain::statement::CreditDebit;
use crate::domain::text::hex;

/// Who announces a school's money.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Provider {
    /// SePay, signed with HMAC-SHA256 over the time and the raw body.
    SePay,
    /// Casso v2, signed with HMAC-SHA512 over the time and the body with sorted keys.
    Casso,
    /// payOS, signed with HMAC-SHA256 over the sorted fields.
    PayOs,
}

impl Provider {
    /// The provider of a school.
    #[must_use]
    pub const fn of(setup: &Setup) -> Provider {
        match setup.number % 3 {
            1 => Provider::SePay,
            2 => Provider::Casso,
            _ => Provider::PayOs,
        }
    }

    /// The name in paths.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Provider::SePay => "sepay",
            Provider::Casso => "casso",
            Provider::PayOs => "payos",
        }
    }
}

/// The made-up secret of a school.
#[must_use]
pub fn secret(setup: &Setup) -> String {
    format!("khoa-bi-mat-bia-ra-{}", setup.code)
}

/// One delivery, as a line of the file.
#[derive(Debug, Serialize)]
struct Delivery<'a> {
    provider: &'a str,
    headers: Value,
    body: String,
}

/// The line that announces a movement and its reference; `None` where the provider says nothing of it.
pub fn line(
    setup: &Setup,
    serial: usize,
    (movement, reference): (&Movement, &str),
    virtual_account: Option<&str>,
    dice: &mut Dice,
) -> Result<Option<String>, DemoError> {
    let provider = Provider::of(setup);
    if movement.credit_debit == CreditDebit::Debit && provider != Provider::SePay {
        return Ok(None);
    }
    // What is sent at the weekend is announced at once and booked on Monday.
    let early = movement.day.weekday() == Weekday::Mon && dice.percent(30);
    let days = if early { i64::from(dice.between(1, 2)) } else { 0 };
    let moment = movement.day.and_time(movement.time) - TimeDelta::days(days);
    let local = moment.format("%Y-%m-%d %H:%M:%S").to_string();
    // Vietnam is seven hours ahead of UTC all year round.
    let seconds = (moment - TimeDelta::hours(7)).and_utc().timestamp() + 2;
    let secret = secret(setup);
    let account = &setup.account;
    let text = &movement.remittance;
    let payer = movement.payer.as_ref();
    let name = payer.map_or("", |payer| payer.name.as_str());
    let number = payer.map_or("", |payer| payer.account.as_str());
    let (headers, body) = match provider {
        Provider::SePay => {
            let direction = match movement.credit_debit {
                CreditDebit::Credit => "in",
                CreditDebit::Debit => "out",
            };
            let body = json!({
                "id": 90_000 + serial, "gateway": account.bank, "transactionDate": local,
                "accountNumber": account.number, "code": null, "content": text,
                "transferType": direction, "transferAmount": movement.amount.dong(),
                "accumulated": 0, "subAccount": virtual_account, "referenceCode": reference,
                "description": ""
            })
            .to_string();
            let signature = sha256(&secret, &format!("{seconds}.{body}"))?;
            let headers = json!({
                "Content-Type": "application/json",
                "X-SePay-Timestamp": seconds.to_string(),
                "X-SePay-Signature": format!("sha256={signature}")
            });
            (headers, body)
        }
        Provider::Casso => {
            let body = json!({ "error": 0, "data": {
                "id": 70_000 + serial, "reference": reference, "description": text,
                "amount": movement.amount.dong(), "runningBalance": 0,
                "transactionDateTime": local, "accountNumber": account.number,
                "bankName": account.bank, "bankAbbreviation": account.bank,
                "virtualAccountNumber": virtual_account.unwrap_or_default(),
                "virtualAccountName": "",
                "counterAccountName": name, "counterAccountNumber": number,
                "counterAccountBankId": "", "counterAccountBankName": ""
            }})
            .to_string();
            let millis = seconds * 1_000;
            let signature = sha512(&secret, &format!("{millis}.{body}"))?;
            let headers = json!({
                "Content-Type": "application/json",
                "X-Casso-Signature": format!("t={millis},v1={signature}")
            });
            (headers, body)
        }
        Provider::PayOs => {
            let data = json!({
                "orderCode": 1_000 + serial, "amount": movement.amount.dong(),
                "description": text, "accountNumber": account.number, "reference": reference,
                "transactionDateTime": local, "currency": "VND",
                "paymentLinkId": format!("mau-{serial:08}"), "code": "00", "desc": "Thành công",
                "counterAccountBankId": null, "counterAccountBankName": null,
                "counterAccountName": name, "counterAccountNumber": number,
                "virtualAccountName": null, "virtualAccountNumber": virtual_account
            });
            let signature = sha256(&secret, &sorted_fields(&data))?;
            let body = json!({
                "code": "00", "desc": "success", "success": true, "data": data,
                "signature": signature
            });
            (json!({ "Content-Type": "application/json" }), body.to_string())
        }
    };
    let delivery = Delivery { provider: provider.as_str(), headers, body };
    Ok(Some(serde_json::to_string(&delivery)?))
}

/// `key=value` of every field in the order of the keys, joined by `&`; null is empty.
fn sorted_fields(data: &Value) -> String {
    let Value::Object(fields) = data else { return String::new() };
    let mut pairs: Vec<String> = fields
        .iter()
        .map(|(key, value)| match value {
            Value::Null => format!("{key}="),
            Value::String(text) => format!("{key}={text}"),
            other => format!("{key}={other}"),
        })
        .collect();
    pairs.sort_unstable();
    pairs.join("&")
}

fn sha256(secret: &str, text: &str) -> Result<String, DemoError> {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes())?;
    mac.update(text.as_bytes());
    Ok(hex(&mac.finalize().into_bytes()))
}

fn sha512(secret: &str, text: &str) -> Result<String, DemoError> {
    let mut mac = Hmac::<Sha512>::new_from_slice(secret.as_bytes())?;
    mac.update(text.as_bytes());
    Ok(hex(&mac.finalize().into_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signatures_are_those_others_compute() {
        // RFC 4231, test case 2.
        let text = "what do ya want for nothing?";
        assert_eq!(
            sha256("Jefe", text).unwrap(),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
        );
        assert!(sha512("Jefe", text).unwrap().starts_with("164b7a7bfcf819e2e395fbe73b56e0a3"));
        let data = json!({ "b": null, "a": 3_000, "c": "Thành công" });
        assert_eq!(sorted_fields(&data), "a=3000&b=&c=Thành công");
        // The signature of Casso is made over sorted keys: the body has them sorted.
        assert_eq!(json!({ "error": 0, "data": 1 }).to_string(), r#"{"data":1,"error":0}"#);
    }
}
