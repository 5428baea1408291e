//! Tests of all providers: what their proofs let in, and what is read.

mod answers;
mod banks;
mod forged;
mod gateways;
mod properties;
mod reading;
mod vectors;

use super::{
    Method, Refusal, Request, Scheme, Secret, Signed, Terms, receive, reread, sample, schemes,
    standard, time,
};
use crate::domain::money::Vnd;
use crate::domain::notification::{Movement, Notice, NoticeBody, Provider};

/// The clock of the tests.
const NOW: i64 = 1_795_755_602;

/// Every provider in every way it may prove itself.
fn all_ways() -> impl Iterator<Item = (Provider, Scheme)> {
    Provider::ALL
        .into_iter()
        .flat_map(|provider| schemes(provider).iter().map(move |s| (provider, *s)))
}

fn terms(scheme: Scheme) -> Terms {
    Terms {
        endpoint: "diem-nhan-1".to_owned(),
        scheme,
        client: Some("truong-an-lao".to_owned()),
        tolerance_seconds: 300,
    }
}

/// A secret of the provider's kind; `mark` tells secrets apart.
fn secret(provider: Provider, mark: u8) -> Secret {
    match provider {
        Provider::Standard => standard::secret_of(&[mark; 32]).unwrap(),
        _ => Secret::new(format!("khoa-bi-mat-{mark}")),
    }
}

/// A movement with everything told, in forms every provider has room for.
fn movement(provider: Provider) -> Movement {
    Movement {
        account: "0123499999".to_owned(),
        virtual_account: Some("TKP12345".to_owned()),
        at: time::local("2026-11-27 12:00:00").unwrap(),
        amount: Vnd::new(2_277_000),
        reference: Some("3278907687".to_owned()),
        order: Some("120045".to_owned()),
        text: Some(
            "Nguyễn Thị Hồng Hạnh nộp học phí / tháng 11 & 12 \"HP2601000010\" 😀".to_owned(),
        ),
        payer_name: Some("ĐẶNG VĂN A".to_owned()),
        payer_account: Some("8888888888".to_owned()),
        payer_bank: Some("VietinBank".to_owned()),
        through_gateway: provider.is_gateway(),
    }
}

/// What is left of a movement when a provider's format has been written and read.
fn left_of(provider: Provider, scheme: Scheme, movement: &Movement) -> Movement {
    let mut left = movement.clone();
    let gateway = left.through_gateway;
    let sepay_gateway = provider == Provider::Sepay && gateway;
    let payer_told = match provider {
        Provider::Casso | Provider::Payos | Provider::Standard => true,
        Provider::Sepay
        | Provider::Vnpay
        | Provider::Momo
        | Provider::Zalopay
        | Provider::Vietqr
        | Provider::Pay2s => false,
    };
    if !payer_told {
        left.payer_account = None;
        left.payer_name = left.payer_name.filter(|_| sepay_gateway);
        left.payer_bank = left.payer_bank.filter(|_| provider == Provider::Vnpay);
    }
    if gateway || matches!(provider, Provider::Vietqr | Provider::Pay2s) {
        left.virtual_account = None;
    }
    if matches!(provider, Provider::Casso | Provider::Pay2s)
        || (provider == Provider::Sepay && !gateway)
    {
        left.order = None;
    }
    if sepay_gateway {
        left.account = super::sepay::GATEWAY_ACCOUNT.to_owned();
    }
    assert!(schemes(provider).contains(&scheme));
    left
}

fn signed(provider: Provider, scheme: Scheme, secret: &Secret) -> Signed {
    sample(provider, &terms(scheme), secret, (&movement(provider), 92_704), NOW)
}

fn request(signed: &Signed, now: i64) -> Request<'_> {
    Request {
        method: signed.method,
        query: &signed.query,
        headers: &signed.headers,
        body: signed.body.as_bytes(),
        now,
    }
}

fn arrived(
    provider: Provider,
    scheme: Scheme,
    secrets: &[Secret],
    signed: &Signed,
) -> Result<Vec<Notice>, Refusal> {
    receive(provider, &terms(scheme), secrets, &request(signed, NOW))
}

/// Reads a posted body as one that was proven before.
fn read(provider: Provider, body: &[u8]) -> Result<Vec<Notice>, Refusal> {
    let headers = [("webhook-id".to_owned(), "msg_1".to_owned())];
    let request = Request { method: Method::Post, query: "", headers: &headers, body, now: NOW };
    reread(provider, &terms(Scheme::Signature), &request)
}

/// Notices in few words.
fn told(notices: Result<Vec<Notice>, Refusal>) -> String {
    let said = |notice: &Notice| match &notice.body {
        NoticeBody::Payment(movement) => format!("{}: +{}", notice.id, movement.amount),
        NoticeBody::Reversal(movement) => format!("{}: reversed {}", notice.id, movement.amount),
        NoticeBody::MoneyOut(movement) => format!("{}: -{}", notice.id, movement.amount),
        NoticeBody::Test => format!("{}: test", notice.id),
        NoticeBody::Failed(code) => format!("{}: failed {code}", notice.id),
        NoticeBody::Unknown(name) => format!("{}: unknown {name}", notice.id),
    };
    match notices {
        Ok(notices) => notices.iter().map(said).collect::<Vec<_>>().join(", "),
        Err(refusal) => format!("{refusal:?}"),
    }
}

/// The one movement of notices.
fn only(notices: Result<Vec<Notice>, Refusal>) -> Movement {
    let mut notices = notices.unwrap();
    assert_eq!(notices.len(), 1);
    match notices.remove(0).body {
        NoticeBody::Payment(movement)
        | NoticeBody::Reversal(movement)
        | NoticeBody::MoneyOut(movement) => movement,
        other => panic!("no movement: {other:?}"),
    }
}

/// The text with one piece replaced, which has to be in it.
fn edited(text: &str, from: &str, to: &str) -> String {
    assert!(text.contains(from), "{from} is not in {text}");
    text.replacen(from, to, 1)
}
