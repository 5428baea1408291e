//! What payment providers say of money: notices, before anything is decided about them.

use chrono::NaiveDateTime;
use serde::{Deserialize, Serialize};

use crate::domain::lang::Lang;
use crate::domain::money::Vnd;

/// Who sends notifications.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Provider {
    /// SePay: bank transactions, Bank Hub, payment gateway.
    Sepay,
    /// Casso, versions 1 and 2.
    Casso,
    /// payOS.
    Payos,
    /// VNPAY, instant payment notification.
    Vnpay,
    /// MoMo, instant payment notification.
    Momo,
    /// ZaloPay, callback.
    Zalopay,
    /// VietQR.vn, transaction-sync.
    Vietqr,
    /// Pay2S, bank webhook.
    Pay2s,
    /// Standard Webhooks with our own documented JSON.
    Standard,
}

impl Provider {
    /// Every provider, in the order lists show them.
    pub const ALL: [Provider; 9] = [
        Provider::Sepay,
        Provider::Casso,
        Provider::Payos,
        Provider::Vnpay,
        Provider::Momo,
        Provider::Zalopay,
        Provider::Vietqr,
        Provider::Pay2s,
        Provider::Standard,
    ];

    /// The name in paths, files and the database.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Provider::Sepay => "sepay",
            Provider::Casso => "casso",
            Provider::Payos => "payos",
            Provider::Vnpay => "vnpay",
            Provider::Momo => "momo",
            Provider::Zalopay => "zalopay",
            Provider::Vietqr => "vietqr",
            Provider::Pay2s => "pay2s",
            Provider::Standard => "standard",
        }
    }

    /// The provider of that exact name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Provider> {
        Provider::ALL.into_iter().find(|provider| provider.as_str() == name)
    }

    /// The name people know.
    #[must_use]
    pub const fn label(self, lang: Lang) -> &'static str {
        match (self, lang) {
            (Provider::Sepay, _) => "SePay",
            (Provider::Casso, _) => "Casso",
            (Provider::Payos, _) => "payOS",
            (Provider::Vnpay, _) => "VNPAY",
            (Provider::Momo, _) => "MoMo",
            (Provider::Zalopay, _) => "ZaloPay",
            (Provider::Vietqr, _) => "VietQR.vn",
            (Provider::Pay2s, _) => "Pay2S",
            (Provider::Standard, Lang::Vi) => "Ngân hàng, phần mềm khác (Standard Webhooks)",
            (Provider::Standard, Lang::En) => "Bank or other software (Standard Webhooks)",
        }
    }

    /// Whether it holds the money and pays it out to the school's bank account later, in sums.
    #[must_use]
    pub const fn is_gateway(self) -> bool {
        matches!(self, Provider::Vnpay | Provider::Momo | Provider::Zalopay)
    }
}

/// One thing a delivery says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notice {
    /// The provider's own id of it, the same on every retry and replay. Never empty, at most 200
    /// bytes. The reversal of a payment has another id than the payment.
    pub id: String,
    /// What it says.
    pub body: NoticeBody,
}

/// What a notice says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NoticeBody {
    /// Money came in.
    Payment(Movement),
    /// Money that came in before was taken back: a void or a refund. The movement's `order` is that
    /// of the payment.
    Reversal(Movement),
    /// Money went out of the account.
    MoneyOut(Movement),
    /// The provider tries whether we answer.
    Test,
    /// An attempt to pay that failed; the provider's code.
    Failed(String),
    /// A kind of message we do not know; its name as the provider writes it.
    Unknown(String),
}

/// Money that moved, as a provider tells it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Movement {
    /// The account at the bank, or the merchant's code at a gateway, without blanks.
    pub account: String,
    /// The virtual account that was credited.
    pub virtual_account: Option<String>,
    /// When, on Vietnam's clock.
    pub at: NaiveDateTime,
    /// How much; more than nothing.
    pub amount: Vnd,
    /// The bank's or the gateway's reference of the transaction.
    pub reference: Option<String>,
    /// The order that was paid, as the school named it.
    pub order: Option<String>,
    /// What the payer wrote.
    pub text: Option<String>,
    /// The payer's name, where told.
    pub payer_name: Option<String>,
    /// The payer's account, where told.
    pub payer_account: Option<String>,
    /// The payer's bank, where told.
    pub payer_bank: Option<String>,
    /// Whether a gateway holds the money and pays it out later.
    pub through_gateway: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_provider_is_read_back_from_its_name() {
        for provider in Provider::ALL {
            assert_eq!(Provider::parse(provider.as_str()), Some(provider));
        }
        assert_eq!(Provider::parse("SePay"), None, "names are exact");
    }
}
