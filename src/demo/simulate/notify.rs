//! The same money as banks' and gateways' services would announce it: signed deliveries, one a line.

use chrono::{Datelike, TimeDelta, Weekday};
use serde::Serialize;
use serde_json::{Value, json};

use crate::demo::error::DemoError;
use crate::demo::movement::Movement;
use crate::demo::random::Dice;
use crate::demo::simulate::schools::Setup;
use crate::domain::statement::CreditDebit;
use crate::formats::notification::{Secret, casso, payos, sepay};

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
    let secret = Secret::new(secret(setup));
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
            let headers = json!({
                "Content-Type": "application/json",
                "X-SePay-Timestamp": seconds.to_string(),
                "X-SePay-Signature": sepay::signature(&secret, seconds, &body)
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
            let headers = json!({
                "Content-Type": "application/json",
                "X-Casso-Signature": casso::signature(&secret, seconds * 1_000, &body)
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
            let signature = payos::signature(&secret, &data.to_string());
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
