//! A school's till at VNPAY: payments, voids, and what is paid out of it.

use doisoat::domain::calendar::Period;
use doisoat::domain::cashless::Settings;
use doisoat::domain::id::PaymentId;
use doisoat::domain::notification::{Movement, Provider};
use doisoat::formats::notification::{Method, Signed};
use doisoat::service::ServiceError;
use doisoat::service::payouts::{self, Asked, Assignment, NewTerms, Payouts, Release};
use doisoat::service::report::{self, Whose};
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha512;

use super::crowd::{DUE, code};
use super::feed::{Feed, SECRET, movement};
use super::school::School;

/// What VNPAY keeps of a fee of [`DUE`]: 1.1 % and 1,650 đồng.
pub const FEE: i64 = 6_050;

pub fn terms() -> NewTerms {
    NewTerms {
        gateway: "vnpay".to_owned(),
        merchant: "MAU01".to_owned(),
        fee_millionths: Some(11_000),
        fee_dong: Some(1_650),
        most_fee_millionths: None,
    }
}

/// A payment of a pupil's fee at the gateway, on a day of November.
pub fn paid(pupil: usize, day: u32) -> Movement {
    Movement {
        account: "MAU01".to_owned(),
        order: Some(format!("DH{pupil:03}")),
        through_gateway: true,
        ..movement(
            &format!("2026-11-{day:02} 08:{pupil:02}:00"),
            DUE,
            &format!("1400{pupil:04}"),
            &format!("{} nop qua cong", code(pupil)),
        )
    }
}

/// What VNPAY sends when it takes a payment back.
pub fn void(of: &Movement, day: u32) -> Signed {
    let mut fields = [
        ("vnp_Amount", format!("{}00", of.amount)),
        ("vnp_OrderInfo", "hoan".to_owned()),
        ("vnp_PayDate", format!("202611{day:02}101500")),
        ("vnp_ResponseCode", "00".to_owned()),
        ("vnp_TmnCode", of.account.clone()),
        ("vnp_TransactionNo", of.reference.clone().unwrap()),
        ("vnp_TransactionStatus", "04".to_owned()),
        ("vnp_TxnRef", of.order.clone().unwrap()),
    ];
    fields.sort();
    let line: Vec<String> = fields.iter().map(|(name, value)| format!("{name}={value}")).collect();
    let line = line.join("&");
    let mut mac = Hmac::<Sha512>::new_from_slice(SECRET.as_bytes()).unwrap();
    mac.update(line.as_bytes());
    let code = doisoat::domain::text::hex(&mac.finalize().into_bytes());
    Signed {
        method: Method::Get,
        query: format!("{line}&vnp_SecureHash={code}"),
        headers: Vec::new(),
        body: String::new(),
    }
}

/// A school whose VNPAY account is there, with terms.
pub struct Till<'a> {
    school: &'a School,
    feed: Feed<'a>,
}

impl<'a> Till<'a> {
    pub fn of(school: &'a School) -> Till<'a> {
        let till = Till::without_terms(school);
        till.set(&terms());
        till
    }

    pub fn without_terms(school: &'a School) -> Till<'a> {
        let till = Till { school, feed: Feed::of(school) };
        till.feed.terms(Provider::Vnpay);
        till
    }

    pub fn set(&self, terms: &NewTerms) {
        let School { store, clock, actor, id } = self.school;
        payouts::set_terms(store, clock, actor, *id, terms).unwrap();
    }

    pub fn pay(&self, pupil: usize, day: u32) {
        let worked =
            self.feed.notify(Provider::Vnpay, &paid(pupil, day), i64::try_from(pupil).unwrap() + 1);
        assert_eq!(worked.done, 1);
    }

    pub fn void(&self, pupil: usize, paid_on: u32, day: u32) {
        self.feed.send(Provider::Vnpay, &void(&paid(pupil, paid_on), day));
        assert_eq!(self.feed.drain().done, 1);
    }

    pub fn list(&self) -> Payouts {
        payouts::list(&self.school.store, self.school.id, Asked::default()).unwrap()
    }

    /// Payouts without numbers that depend on what came first.
    pub fn told(&self) -> Vec<String> {
        let all = self.list();
        let matched = all.matched.iter().map(|one| {
            let orders: Vec<String> = one
                .items
                .iter()
                .map(|item| format!("{} {}", item.order.as_deref().unwrap(), item.amount))
                .collect();
            format!("{} = {} − {}: {}", one.amount, one.gross, one.fee, orders.join(", "))
        });
        let open = all.open.iter().map(|one| format!("{} {}", one.amount, one.why));
        let gateways = all.gateways.iter().map(|one| format!("{} left", one.balance));
        matched.chain(open).chain(gateways).collect()
    }

    pub fn assign(&self, payout: PaymentId, payments: &[PaymentId]) -> Result<(), ServiceError> {
        let School { store, clock, actor, id } = self.school;
        let wanted = Assignment { payments: payments.to_vec() };
        payouts::assign(store, clock, actor, (*id, payout), &wanted).map(drop)
    }

    pub fn release(&self, payout: PaymentId, to_machine: bool) -> Result<(), ServiceError> {
        let School { store, clock, actor, id } = self.school;
        let wanted = Release { reason: "ghép nhầm".to_owned(), to_machine };
        payouts::release(store, clock, actor, (*id, payout), &wanted).map(drop)
    }

    /// Channel, number and sum of what counts as collected in November.
    pub fn collected(&self) -> Vec<String> {
        let november =
            Period::new("2026-11-01".parse().unwrap(), "2026-11-30".parse().unwrap()).unwrap();
        let whose = Whose::School("THCS-MAU".to_owned());
        let School { store, clock, .. } = self.school;
        let report =
            report::cashless(store, clock, &whose, november, None, Settings::default()).unwrap();
        report
            .channels
            .iter()
            .filter(|sum| sum.payments > 0)
            .map(|sum| format!("{} {} {}", sum.channel.as_str(), sum.payments, sum.amount))
            .collect()
    }

    /// The state of a pupil's only invoice.
    pub fn invoice(&self, pupil: usize) -> String {
        let line = format!("{} HS{pupil:04}", code(pupil));
        let state = self.school.state();
        let found = state.iter().find(|one| one.starts_with(&line)).unwrap();
        found.rsplit(' ').next().unwrap().to_owned()
    }
}
