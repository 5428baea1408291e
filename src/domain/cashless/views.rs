//! Two kinds of money are cashless by a setting only; every rate is therefore computed four ways.

use serde::{Deserialize, Serialize};

use crate::domain::payment::Channel;

/// Which of the doubtful kinds of money count as cashless.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Counting {
    /// Notes a parent paid in at the bank's counter.
    pub counter_cash: bool,
    /// One payer for many families.
    pub proxy: bool,
}

impl Counting {
    /// Whether a payment is cashless, by its channel and by how many families it reaches.
    ///
    /// Money that is both, notes at the counter for several families, counts only where both do.
    #[must_use]
    pub const fn is_cashless(self, channel: Channel, families: u32) -> bool {
        let kind = match channel {
            Channel::CashAtSchool | Channel::StaffDeposit => return false,
            Channel::CounterCash => self.counter_cash,
            Channel::Transfer
            | Channel::VirtualAccount
            | Channel::Gateway
            | Channel::Pos
            | Channel::Proxy => true,
        };
        kind && (self.proxy || !is_proxy(channel, families))
    }
}

/// Whether one payer paid for many families.
#[must_use]
pub const fn is_proxy(channel: Channel, families: u32) -> bool {
    match channel {
        Channel::Proxy => true,
        Channel::CashAtSchool | Channel::StaffDeposit => false,
        _ => families > 1,
    }
}

/// The channel a payment is listed under: an electronic one that reaches many families is a proxy's.
#[must_use]
pub const fn listed_channel(channel: Channel, families: u32) -> Channel {
    match channel {
        Channel::Transfer | Channel::VirtualAccount | Channel::Gateway | Channel::Pos
            if families > 1 =>
        {
            Channel::Proxy
        }
        other => other,
    }
}

/// The same figure under every way of counting.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Views<T> {
    /// Counter cash and proxies count as cashless.
    pub with_both: T,
    /// Proxies count, counter cash does not.
    pub without_counter_cash: T,
    /// Counter cash counts, proxies do not.
    pub without_proxy: T,
    /// Neither counts.
    pub without_either: T,
}

impl<T> Views<T> {
    /// The figure that `make` gives for each way of counting.
    pub fn of(mut make: impl FnMut(Counting) -> T) -> Views<T> {
        let mut view = |counter_cash, proxy| make(Counting { counter_cash, proxy });
        Views {
            with_both: view(true, true),
            without_counter_cash: view(false, true),
            without_proxy: view(true, false),
            without_either: view(false, false),
        }
    }

    /// The figure under one way of counting.
    #[must_use]
    pub const fn get(&self, counting: Counting) -> &T {
        match (counting.counter_cash, counting.proxy) {
            (true, true) => &self.with_both,
            (false, true) => &self.without_counter_cash,
            (true, false) => &self.without_proxy,
            (false, false) => &self.without_either,
        }
    }
}
