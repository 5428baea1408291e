//! What no provider's body may leave in doubt.

use serde_json::Value;

use super::{NOW, edited, movement, only, read, request, secret, terms, told};
use crate::domain::notification::{Movement, Provider};
use crate::formats::notification::{Refusal, reread, sample, schemes};

/// The body of a sample.
fn body(provider: Provider) -> String {
    let terms = terms(schemes(provider)[0]);
    sample(provider, &terms, &secret(provider, 1), (&movement(provider), 92_704), NOW).body
}

/// Providers that post JSON.
fn posting() -> impl Iterator<Item = Provider> {
    Provider::ALL.into_iter().filter(|provider| *provider != Provider::Vnpay)
}

#[test]
fn no_body_is_read_that_is_in_doubt() {
    for provider in posting() {
        let deep = format!("{}{}", "[".repeat(10_000), "]".repeat(10_000));
        let deep_inside = format!("{{\"data\":{deep}}}");
        for (why, bytes) in [
            ("nothing", &b""[..]),
            ("no JSON", b"amount=2277000"),
            ("a list", b"[]"),
            ("null", b"null"),
            ("an empty object", b"{}"),
            ("no UTF-8", b"{\"a\":\"\xC3\"}"),
            ("ten thousand brackets", deep.as_bytes()),
            ("ten thousand brackets inside", deep_inside.as_bytes()),
        ] {
            assert_eq!(read(provider, bytes), Err(Refusal::Unreadable), "{provider:?}: {why}");
        }
        let whole = body(provider);
        let twice = edited(&whole, "{", r#"{"error":0,"error":0,"#);
        assert_eq!(
            read(provider, twice.as_bytes()),
            Err(Refusal::Unreadable),
            "{provider:?}: twice"
        );
        let cut = &whole.as_bytes()[..whole.len() - 1];
        assert_eq!(read(provider, cut), Err(Refusal::Unreadable), "{provider:?}: cut short");
    }
}

#[test]
fn no_amount_is_read_that_is_in_doubt() {
    for provider in posting() {
        let whole = body(provider);
        // ZaloPay's fields are a text in a text.
        let quote = if provider == Provider::Zalopay { "\\\"" } else { "\"" };
        for (why, amount) in [
            ("a fraction", "2277000.5".to_owned()),
            ("a zero fraction", "2277000.0".to_owned()),
            ("an exponent", "2277e3".to_owned()),
            ("text", format!("{quote}2277000{quote}")),
            ("grouped text", format!("{quote}2.277.000{quote}")),
            ("nothing", "0".to_owned()),
            ("larger than any", "9223372036854775808".to_owned()),
            ("below any", "-9223372036854775808".to_owned()),
            ("null", "null".to_owned()),
            ("a list", "[2277000]".to_owned()),
            ("negative", "-2277000".to_owned()),
        ] {
            let outcome = read(provider, edited(&whole, "2277000", &amount).as_bytes());
            // Casso writes money that went out so.
            if (provider, why) == (Provider::Casso, "negative") {
                assert_eq!(told(outcome), "3278907687/92704: -2277000");
            } else {
                assert_eq!(outcome, Err(Refusal::Unreadable), "{provider:?}: {why}");
            }
        }
        let most = read(provider, edited(&whole, "2277000", "9223372036854775807").as_bytes());
        assert_eq!(only(most).amount.dong(), i64::MAX, "{provider:?}");
    }
}

/// Where a provider's fields are in its body, the names of those that are needed, and of those that
/// may be missing.
const FIELDS: [(Provider, &str, &[&str], &[&str]); 7] = [
    (
        Provider::Sepay,
        "",
        &["id", "transactionDate", "accountNumber", "transferType", "transferAmount"],
        &[
            "gateway",
            "code",
            "content",
            "accumulated",
            "subAccount",
            "referenceCode",
            "description",
        ],
    ),
    (
        Provider::Casso,
        "/data",
        &["id", "transactionDateTime", "accountNumber", "amount"],
        &["reference", "description", "runningBalance", "counterAccountName"],
    ),
    (
        Provider::Payos,
        "/data",
        &["orderCode", "code", "reference", "transactionDateTime", "accountNumber", "amount"],
        &["description", "currency", "paymentLinkId", "counterAccountName", "virtualAccountNumber"],
    ),
    (
        Provider::Momo,
        "",
        &["orderId", "transId", "resultCode", "partnerCode", "responseTime", "amount"],
        &["orderInfo", "extraData"],
    ),
    (
        Provider::Vietqr,
        "",
        &["bankaccount", "amount", "transType"],
        &["transactionid", "transactiontime", "referencenumber", "orderId", "content"],
    ),
    (
        Provider::Pay2s,
        "/transactions/0",
        &["id", "transactionDate", "accountNumber", "transferType", "transferAmount"],
        &["gateway", "transactionNumber", "content"],
    ),
    (
        Provider::Standard,
        "/data",
        &["account", "amount", "currency", "booked_at"],
        &["virtual_account", "reference", "order", "remittance", "payer"],
    ),
];

#[test]
fn fields_that_are_needed_are_needed() {
    for (provider, place, needed, optional) in FIELDS {
        for name in needed.iter().chain(optional) {
            let changed = |change: &dyn Fn(&mut serde_json::Map<String, Value>)| {
                let mut whole: Value = serde_json::from_str(&body(provider)).unwrap();
                let fields = whole.pointer_mut(place).unwrap().as_object_mut().unwrap();
                assert!(fields.contains_key(*name), "{provider:?} writes no {name}");
                change(fields);
                read(provider, whole.to_string().as_bytes())
            };
            let is_needed = needed.contains(name);
            for (why, value) in [("missing", None), ("null", Some(Value::Null))] {
                let outcome = changed(&|fields| match &value {
                    None => drop(fields.remove(*name)),
                    Some(value) => drop(fields.insert((*name).to_owned(), value.clone())),
                });
                assert_eq!(
                    outcome.is_err(),
                    is_needed,
                    "{provider:?}: {name} is {why}: {outcome:?}"
                );
            }
            if is_needed {
                for value in [Value::from(""), Value::from(" "), Value::from(true)] {
                    let outcome =
                        changed(&|fields| drop(fields.insert((*name).to_owned(), value.clone())));
                    assert_eq!(
                        outcome,
                        Err(Refusal::Unreadable),
                        "{provider:?}: {name} is {value}"
                    );
                }
            }
        }
    }
}

#[test]
fn an_account_has_no_blanks_and_an_empty_text_is_none() {
    for provider in posting() {
        let whole = body(provider);
        let spaced = edited(&whole, "0123499999", " 0123 499 999 ");
        assert_eq!(only(read(provider, spaced.as_bytes())).account, "0123499999", "{provider:?}");
    }
    let told = Movement { text: None, reference: None, ..movement(Provider::Sepay) };
    for provider in [Provider::Sepay, Provider::Casso, Provider::Pay2s, Provider::Standard] {
        let told = Movement { payer_name: None, virtual_account: None, ..told.clone() };
        let terms = terms(schemes(provider)[0]);
        let written = sample(provider, &terms, &secret(provider, 1), (&told, 7), NOW);
        let found = only(reread(provider, &terms, &request(&written, NOW)));
        let empty = [found.text, found.reference, found.payer_name, found.virtual_account];
        assert_eq!(empty, [None, None, None, None], "{provider:?}");
    }
}

#[test]
fn an_id_too_long_to_be_kept_is_refused() {
    let whole = body(Provider::Sepay);
    for (length, taken) in [(200, true), (201, false)] {
        let long = edited(&whole, "92704", &format!("\"{}\"", "x".repeat(length)));
        assert_eq!(read(Provider::Sepay, long.as_bytes()).is_ok(), taken, "{length}");
    }
}
