//! What holds for every movement and every damage.

use proptest::prelude::*;

use super::{NOW, all_ways, arrived, left_of, movement, request, secret, signed, terms};
use crate::domain::money::Vnd;
use crate::domain::notification::{Movement, Notice, NoticeBody, Provider};
use crate::formats::notification::{
    Method, Refusal, Request, Scheme, Signed, receive, reread, sample, time,
};

/// Words as parents write them, with what JSON and forms have to escape.
fn words() -> impl Strategy<Value = String> {
    "[A-Za-z0-9Đđăâêôơưạấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ😀\"\\\\/&=+%*~'(),.<>-]{1,12}( [a-zếạ0-9/&+%]{1,8}){0,4}"
}

fn movements() -> impl Strategy<Value = Movement> {
    let number = || "[1-9][0-9]{3,14}";
    let texts = (words(), proptest::option::of(words()), proptest::option::of(words()));
    let figures = (number(), number(), number(), number());
    (figures, texts, 1_i64..=i64::MAX, 946_684_800_i64..4_000_000_000, any::<bool>()).prop_map(
        |((account, virtual_account, reference, order), (text, name, bank), dong, at, gateway)| {
            Movement {
                account,
                virtual_account: Some(virtual_account),
                at: time::from_seconds(at).unwrap(),
                amount: Vnd::new(dong),
                reference: Some(reference),
                order: Some(order),
                text: Some(text),
                payer_name: name,
                payer_account: Some("8888888888".to_owned()),
                payer_bank: bank,
                through_gateway: gateway,
            }
        },
    )
}

/// One byte of a request changed, gone or put in: where, what and how.
type Damage = (prop::sample::Index, u8, u8);

fn damaged(text: &str, (place, byte, how): Damage) -> Vec<u8> {
    let mut bytes = text.as_bytes().to_vec();
    let at = place.index(bytes.len() + 1);
    match how % 3 {
        0 => bytes.insert(at, byte),
        1 if at < bytes.len() => bytes[at] = byte,
        _ if at < bytes.len() => {
            bytes.remove(at);
        }
        _ => bytes.push(byte),
    }
    bytes
}

/// Whether what came out says nothing else about money than what went in.
fn says_no_more(notices: &[Notice], genuine: &[Notice]) -> bool {
    let is_money = |notice: &&Notice| {
        !matches!(notice.body, NoticeBody::Unknown(_) | NoticeBody::Failed(_) | NoticeBody::Test)
    };
    notices.iter().filter(is_money).all(|notice| genuine.contains(notice))
}

proptest! {
    #[test]
    fn what_is_written_is_read_back(told in movements(), serial in 1_i64..1_000_000_000) {
        for (provider, scheme) in all_ways() {
            let told = Movement {
                through_gateway: provider.is_gateway()
                    || (provider == Provider::Sepay && told.through_gateway),
                ..told.clone()
            };
            let key = secret(provider, 1);
            let written = sample(provider, &terms(scheme), &key, (&told, serial), NOW);
            let read = arrived(provider, scheme, std::slice::from_ref(&key), &written);
            let read = read.map(|mut notices| notices.remove(0).body);
            let expected = Ok(NoticeBody::Payment(left_of(provider, scheme, &told)));
            prop_assert_eq!(&read, &expected, "{:?} {:?}: {:?}", provider, scheme, written);
            // The same when it is read from the store.
            let stored = reread(provider, &terms(scheme), &request(&written, NOW + 86_400));
            prop_assert_eq!(stored.map(|mut notices| notices.remove(0).body), expected);
        }
    }

    #[test]
    fn damage_is_refused_or_changes_nothing(damage in any::<Damage>(), part in 0_u8..4) {
        for (provider, scheme) in all_ways().filter(|(_, scheme)| *scheme != Scheme::None) {
            let key = secret(provider, 1);
            let written = signed(provider, scheme, &key);
            let genuine = arrived(provider, scheme, std::slice::from_ref(&key), &written).unwrap();
            let (mut query, mut headers) = (written.query.clone(), written.headers.clone());
            let mut body = written.body.clone().into_bytes();
            let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
            match (part, scheme) {
                // A key or a token proves the sender, not the body.
                (0 | 1, Scheme::Signature) if written.method == Method::Post => {
                    body = damaged(&written.body, damage);
                }
                (0 | 1, Scheme::Signature) => query = text(damaged(&written.query, damage)),
                _ if headers.is_empty() => continue,
                _ => {
                    let index = damage.0.index(headers.len());
                    headers[index].1 = text(damaged(&headers[index].1, damage));
                }
            }
            let request = Request { method: written.method, query: &query, headers: &headers, body: &body, now: NOW };
            if let Ok(notices) = receive(provider, &terms(scheme), std::slice::from_ref(&key), &request) {
                prop_assert!(says_no_more(&notices, &genuine), "{provider:?} {scheme:?}: {notices:?}");
            }
        }
    }

    #[test]
    fn nothing_random_is_let_in_or_breaks_a_reader(
        body in prop::collection::vec(any::<u8>(), 0..300),
        query in "\\PC{0,100}",
        names in prop::collection::vec(
            (
                prop::sample::select(vec![
                    "Authorization", "X-Secret-Key", "X-SePay-Timestamp", "X-SePay-Signature",
                    "Secure-Token", "X-Casso-Signature", "webhook-id", "webhook-timestamp",
                    "webhook-signature",
                ]),
                "\\PC{0,80}",
            ),
            0..6,
        ),
        now in any::<i64>(),
        get in any::<bool>(),
    ) {
        let headers: Vec<(String, String)> = names.into_iter().map(|(n, v)| (n.to_owned(), v)).collect();
        let method = if get { Method::Get } else { Method::Post };
        let request = Request { method, query: &query, headers: &headers, body: &body, now };
        for (provider, scheme) in all_ways() {
            let outcome = receive(provider, &terms(scheme), &[secret(provider, 1)], &request);
            prop_assert!(outcome.is_err(), "{provider:?} {scheme:?}: {outcome:?}");
            if scheme != Scheme::None {
                prop_assert_eq!(outcome, Err(Refusal::Unproven), "{:?} {:?}", provider, scheme);
            }
            let _whatever_it_says = reread(provider, &terms(scheme), &request);
        }
    }

    #[test]
    fn a_damaged_body_never_breaks_a_reader(damages in prop::collection::vec(any::<Damage>(), 1..4)) {
        for provider in Provider::ALL {
            let scheme = crate::formats::notification::schemes(provider)[0];
            let mut written = sample(
                provider, &terms(scheme), &secret(provider, 1), (&movement(provider), 1), NOW,
            );
            for damage in &damages {
                let lossy = |text: &str| String::from_utf8_lossy(&damaged(text, *damage)).into_owned();
                written = Signed { body: lossy(&written.body), query: lossy(&written.query), ..written };
            }
            if let Ok(notices) = reread(provider, &terms(scheme), &request(&written, NOW)) {
                for notice in notices {
                    prop_assert!((1..=200).contains(&notice.id.len()));
                    if let NoticeBody::Payment(movement)
                    | NoticeBody::Reversal(movement)
                    | NoticeBody::MoneyOut(movement) = notice.body
                    {
                        prop_assert!(movement.amount.is_positive());
                        prop_assert!(!movement.account.contains(char::is_whitespace));
                        prop_assert!(!movement.account.is_empty());
                    }
                }
            }
        }
    }
}
