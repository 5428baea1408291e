//! Notifications of payment providers. The first byte chooses the provider, the second the method;
//! the rest is body and query at once.
#![no_main]

use doisoat::domain::notification::{Movement, NoticeBody, Provider};
use doisoat::formats::notification::{
    Method, Refusal, Request, Scheme, Secret, Terms, receive, reread, sample, schemes,
};

/// The clock.
const NOW: i64 = 1_795_755_600;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let [provider, method, body @ ..] = bytes else { return };
    let provider = Provider::ALL[usize::from(*provider) % Provider::ALL.len()];
    let method = if method % 2 == 0 { Method::Post } else { Method::Get };
    let query = String::from_utf8_lossy(body);
    let headers = [("webhook-id".to_owned(), "msg_1".to_owned())];
    let request = Request { method, query: &query, headers: &headers, body, now: NOW };
    let secret = Secret::new("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw".to_owned());
    for scheme in schemes(provider) {
        let terms = Terms {
            endpoint: "1".to_owned(),
            scheme: *scheme,
            client: Some("1".to_owned()),
            tolerance_seconds: 300,
        };
        let received = receive(provider, &terms, std::slice::from_ref(&secret), &request);
        if *scheme != Scheme::None {
            assert_eq!(received, Err(Refusal::Unproven), "nobody has signed this");
        }
        let read = reread(provider, &terms, &request);
        assert_eq!(reread(provider, &terms, &request), read);
        for notice in read.into_iter().flatten() {
            assert!((1..=200).contains(&notice.id.len()));
            match notice.body {
                NoticeBody::Payment(movement) => {
                    check(&movement);
                    let signed = sample(provider, &terms, &secret, (&movement, 1), NOW);
                    let written = Request {
                        method: signed.method,
                        query: &signed.query,
                        headers: &signed.headers,
                        body: signed.body.as_bytes(),
                        now: NOW,
                    };
                    // Long ids are the one thing that is written and not read.
                    match receive(provider, &terms, std::slice::from_ref(&secret), &written) {
                        Ok(notices) => assert_eq!(notices.len(), 1),
                        Err(refusal) => assert_eq!(refusal, Refusal::Unreadable),
                    }
                }
                NoticeBody::Reversal(movement) | NoticeBody::MoneyOut(movement) => check(&movement),
                NoticeBody::Failed(name) | NoticeBody::Unknown(name) => {
                    assert!((1..=200).contains(&name.len()));
                }
                NoticeBody::Test => {}
            }
        }
    }
});

/// What holds for every movement.
fn check(movement: &Movement) {
    assert!(movement.amount.is_positive());
    assert!(!movement.account.is_empty() && !movement.account.contains(char::is_whitespace));
    for text in [&movement.reference, &movement.order, &movement.text, &movement.payer_name] {
        assert!(text.as_ref().is_none_or(|text| !text.trim().is_empty()));
        assert!(text.as_ref().is_none_or(|text| !text.contains(char::is_control)));
    }
}
