//! The ways money reaches a school.

use serde::{Deserialize, Serialize};

use crate::domain::lang::Lang;

/// By which way a payment came. Which channels count as cashless: see `domain::cashless`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    /// An ordinary transfer to the school's account.
    Transfer,
    /// A transfer to the student's own virtual account.
    VirtualAccount,
    /// A payment gateway or wallet: VNPAY, MoMo, ZaloPay, card.
    Gateway,
    /// A card terminal at the school.
    Pos,
    /// Notes handed over at the school.
    CashAtSchool,
    /// Cash of a class that staff took to the bank.
    StaffDeposit,
    /// Notes a parent paid in at the bank's counter.
    CounterCash,
    /// One payer for many families.
    Proxy,
}

impl Channel {
    /// Every channel, in the order reports show them.
    pub const ALL: [Channel; 8] = [
        Channel::Transfer,
        Channel::VirtualAccount,
        Channel::Gateway,
        Channel::Pos,
        Channel::CashAtSchool,
        Channel::StaffDeposit,
        Channel::CounterCash,
        Channel::Proxy,
    ];

    /// The stable name that files, the database and the API use.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Channel::Transfer => "transfer",
            Channel::VirtualAccount => "virtual_account",
            Channel::Gateway => "gateway",
            Channel::Pos => "pos",
            Channel::CashAtSchool => "cash_at_school",
            Channel::StaffDeposit => "staff_deposit",
            Channel::CounterCash => "counter_cash",
            Channel::Proxy => "proxy",
        }
    }

    /// The channel of a stable name, or `None` when there is none of that name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Channel> {
        Channel::ALL.into_iter().find(|channel| channel.as_str() == name)
    }

    /// The channel's name for people.
    #[must_use]
    pub const fn label(self, lang: Lang) -> &'static str {
        match (self, lang) {
            (Channel::Transfer, Lang::Vi) => "Chuyển khoản",
            (Channel::Transfer, Lang::En) => "Bank transfer",
            (Channel::VirtualAccount, Lang::Vi) => "Tài khoản định danh",
            (Channel::VirtualAccount, Lang::En) => "Virtual account",
            (Channel::Gateway, Lang::Vi) => "Cổng thanh toán, ví điện tử",
            (Channel::Gateway, Lang::En) => "Payment gateway or wallet",
            (Channel::Pos, Lang::Vi) => "Quẹt thẻ tại trường",
            (Channel::Pos, Lang::En) => "Card terminal",
            (Channel::CashAtSchool, Lang::Vi) => "Tiền mặt tại trường",
            (Channel::CashAtSchool, Lang::En) => "Cash at school",
            (Channel::StaffDeposit, Lang::Vi) => "Nhà trường nộp tiền mặt vào ngân hàng",
            (Channel::StaffDeposit, Lang::En) => "Cash banked by staff",
            (Channel::CounterCash, Lang::Vi) => "Phụ huynh nộp tiền mặt tại quầy ngân hàng",
            (Channel::CounterCash, Lang::En) => "Cash paid in at the bank's counter",
            (Channel::Proxy, Lang::Vi) => "Một người nộp thay nhiều gia đình",
            (Channel::Proxy, Lang::En) => "One payer for many families",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_channel_is_read_back_from_its_name() {
        for channel in Channel::ALL {
            assert_eq!(Channel::parse(channel.as_str()), Some(channel));
            let json = serde_json::to_string(&channel).unwrap();
            assert_eq!(json, format!("\"{}\"", channel.as_str()), "JSON uses the same name");
        }
        assert_eq!(Channel::parse("Transfer"), None, "names are exact");
    }
}
