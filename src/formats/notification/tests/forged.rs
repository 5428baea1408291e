//! What does not come from the provider is not taken, for every provider and every way of proof.

use super::{NOW, all_ways, arrived, request, secret, signed, terms, told};
use crate::domain::notification::Provider;
use crate::formats::notification::{
    Method, Refusal, Request, Scheme, Secret, Signed, receive, standard,
};

/// Headers that prove something.
const PROOFS: [&str; 7] = [
    "Authorization",
    "Secure-Token",
    "X-SePay-Timestamp",
    "X-SePay-Signature",
    "X-Casso-Signature",
    "webhook-timestamp",
    "webhook-signature",
];

/// Names of proofs inside a body or a query.
const INSIDE: [&str; 3] = ["\"signature\"", "\"mac\"", "vnp_SecureHash"];

/// Every way but none at all.
fn proven_ways() -> impl Iterator<Item = (Provider, Scheme)> {
    all_ways().filter(|(_, scheme)| *scheme != Scheme::None)
}

fn with_header(signed: &Signed, index: usize, value: &str) -> Signed {
    let mut changed = signed.clone();
    value.clone_into(&mut changed.headers[index].1);
    changed
}

#[test]
fn only_live_secrets_open() {
    for (provider, scheme) in proven_ways() {
        let (old, new) = (secret(provider, 1), secret(provider, 2));
        let delivery = signed(provider, scheme, &old);
        for (why, secrets, taken) in [
            ("the secret", vec![old.clone()], true),
            ("two live, the old first", vec![old.clone(), new.clone()], true),
            ("two live, the new first", vec![new.clone(), old], true),
            ("after rotation", vec![new], false),
            ("no secret", vec![], false),
            ("an empty secret", vec![Secret::new(String::new())], false),
        ] {
            let outcome = arrived(provider, scheme, &secrets, &delivery);
            assert_eq!(outcome.is_ok(), taken, "{provider:?} {scheme:?}: {why}: {outcome:?}");
            assert!(taken || outcome == Err(Refusal::Unproven), "{provider:?} {scheme:?}: {why}");
        }
        let empty = Secret::new(String::new());
        let by_nobody = signed(provider, scheme, &empty);
        let outcome = arrived(provider, scheme, &[empty], &by_nobody);
        assert_eq!(outcome, Err(Refusal::Unproven), "{provider:?} {scheme:?}: signed with nothing");
    }
}

#[test]
fn a_proof_is_there_once_and_whole() {
    let mut tried = 0;
    for (provider, scheme) in proven_ways() {
        let key = secret(provider, 1);
        let delivery = signed(provider, scheme, &key);
        let refused = |why: &str, changed: &Signed| {
            let outcome = arrived(provider, scheme, std::slice::from_ref(&key), changed);
            assert_eq!(outcome, Err(Refusal::Unproven), "{provider:?} {scheme:?}: {why}");
        };
        for (index, (name, value)) in delivery.headers.iter().enumerate() {
            if !PROOFS.contains(&name.as_str()) {
                continue;
            }
            tried += 1;
            let mut without = delivery.clone();
            without.headers.remove(index);
            refused(&format!("without {name}"), &without);
            refused(&format!("an empty {name}"), &with_header(&delivery, index, ""));
            let mut twice = delivery.clone();
            twice.headers.push((name.to_lowercase(), value.clone()));
            refused(&format!("{name} twice the same"), &twice);
            let mut other_first = delivery.clone();
            other_first.headers.insert(0, (name.clone(), "x".to_owned()));
            refused(&format!("{name} twice, another first"), &other_first);
            let mut shorter = value.clone();
            shorter.pop();
            refused(&format!("{name} cut short"), &with_header(&delivery, index, &shorter));
            refused(
                &format!("more behind {name}"),
                &with_header(&delivery, index, &format!("{value}0")),
            );
        }
        for name in INSIDE {
            for text in [&delivery.body, &delivery.query] {
                if !text.contains(name) {
                    continue;
                }
                tried += 1;
                let swap = |from: &str, to: &str| Signed {
                    body: delivery.body.replacen(from, to, 1),
                    query: delivery.query.replacen(from, to, 1),
                    ..delivery.clone()
                };
                refused(
                    &format!("without {name}"),
                    &swap(name, &name.replace(['h', 'm', 'g'], "x")),
                );
                let (quoted, empty) =
                    if name.starts_with('"') { (":\"", ":\"\",\"x\":\"") } else { ("=", "=&x=") };
                refused(
                    &format!("an empty {name}"),
                    &swap(&format!("{name}{quoted}"), &format!("{name}{empty}")),
                );
                let doubled = if name.starts_with('"') {
                    format!("{name}:\"\",{name}")
                } else {
                    format!("{name}=&{name}")
                };
                refused(&format!("{name} twice"), &swap(name, &doubled));
            }
        }
        for method in [Method::Get, Method::Post] {
            if method != delivery.method {
                refused("the other method", &Signed { method, ..delivery.clone() });
            }
        }
    }
    assert!(tried >= 12, "only {tried} proofs were found to damage");
}

#[test]
fn another_algorithm_or_another_way_is_refused() {
    for (provider, scheme) in proven_ways() {
        let key = secret(provider, 1);
        let delivery = signed(provider, scheme, &key);
        for other in [Scheme::None, Scheme::Key, Scheme::Signature, Scheme::Token] {
            // Version 1 of Casso is a fixed key, and so on: only what was agreed counts.
            if other == scheme || (provider, other) == (Provider::Sepay, Scheme::None) {
                continue;
            }
            let outcome = arrived(provider, other, std::slice::from_ref(&key), &delivery);
            assert_eq!(outcome, Err(Refusal::Unproven), "{provider:?} {scheme:?} as {other:?}");
        }
        for (index, (name, value)) in delivery.headers.iter().enumerate() {
            for (from, to) in
                [("sha256=", "sha512="), ("sha256=", ""), ("v1=", "v0="), ("v1,", "v1a,")]
            {
                if PROOFS.contains(&name.as_str()) && value.contains(from) {
                    let changed = with_header(&delivery, index, &value.replacen(from, to, 1));
                    let outcome = arrived(provider, scheme, std::slice::from_ref(&key), &changed);
                    assert_eq!(outcome, Err(Refusal::Unproven), "{provider:?}: {to} for {from}");
                }
            }
        }
    }
}

#[test]
fn a_signed_body_is_refused_when_one_thing_in_it_is_another() {
    for (provider, _) in proven_ways().filter(|(_, scheme)| *scheme == Scheme::Signature) {
        let key = secret(provider, 1);
        let delivery = signed(provider, Scheme::Signature, &key);
        let mut edits = vec![("another amount", "2277000", "9277000")];
        edits.push(("another reference", "3278907687", "3278907688"));
        edits.push(("another account", "0123499999", "0123499998"));
        if matches!(provider, Provider::Sepay | Provider::Standard) {
            edits.push(("written again with a blank", "{", "{ "));
        }
        for (why, from, to) in edits {
            let swap = |text: &str| text.replace(from, to);
            let changed = Signed {
                body: swap(&delivery.body),
                query: swap(&delivery.query),
                ..delivery.clone()
            };
            assert_ne!(changed, delivery, "{provider:?}: {why}");
            let outcome =
                arrived(provider, Scheme::Signature, std::slice::from_ref(&key), &changed);
            assert_eq!(outcome, Err(Refusal::Unproven), "{provider:?}: {why}");
        }
        for (why, body) in [
            ("no body", String::new()),
            ("no JSON", "amount=1".to_owned()),
            ("a list", "[]".to_owned()),
            ("ten thousand brackets", "[".repeat(10_000)),
        ] {
            let changed = Signed { body, query: String::new(), ..delivery.clone() };
            let outcome =
                arrived(provider, Scheme::Signature, std::slice::from_ref(&key), &changed);
            assert_eq!(outcome, Err(Refusal::Unproven), "{provider:?}: {why}");
        }
        let bytes =
            Request { body: b"{\"a\":\"\xC3\"}", query: "a=%C3", ..request(&delivery, NOW) };
        let outcome = receive(provider, &terms(Scheme::Signature), &[key], &bytes);
        assert_eq!(outcome, Err(Refusal::Unproven), "{provider:?}: no UTF-8");
    }
}

#[test]
fn a_signed_time_counts_and_cannot_be_left_out() {
    let mut timed = 0;
    for provider in [Provider::Sepay, Provider::Casso, Provider::Standard] {
        let key = secret(provider, 1);
        let delivery = signed(provider, Scheme::Signature, &key);
        for (why, late, taken) in [
            ("at once", 0, true),
            ("five minutes late", 300, true),
            ("a second later", 301, false),
            ("five minutes early", -300, true),
            ("a second earlier", -301, false),
        ] {
            let came = request(&delivery, NOW + late);
            let outcome =
                receive(provider, &terms(Scheme::Signature), std::slice::from_ref(&key), &came);
            assert_eq!(outcome.is_ok(), taken, "{provider:?}: {why}");
            assert!(taken || outcome == Err(Refusal::Unproven), "{provider:?}: {why}");
        }
        // The time is signed: a later one beside an old signature does not help.
        for (index, (name, value)) in delivery.headers.iter().enumerate() {
            if value.contains(&NOW.to_string()) {
                timed += 1;
                let later = value.replace(&NOW.to_string(), &(NOW + 1).to_string());
                let changed = with_header(&delivery, index, &later);
                let outcome =
                    arrived(provider, Scheme::Signature, std::slice::from_ref(&key), &changed);
                assert_eq!(outcome, Err(Refusal::Unproven), "{provider:?}: another {name}");
            }
        }
    }
    assert_eq!(timed, 3);
}

#[test]
fn a_token_expires_and_opens_one_endpoint() {
    for provider in [Provider::Sepay, Provider::Vietqr] {
        let key = secret(provider, 1);
        let delivery = signed(provider, Scheme::Token, &key);
        let here = terms(Scheme::Token);
        let mut elsewhere = here.clone();
        elsewhere.endpoint.push('0');
        let at = |terms, now| {
            receive(provider, terms, std::slice::from_ref(&key), &request(&delivery, now))
        };
        assert!(at(&here, NOW + 58).is_ok());
        assert_eq!(at(&here, NOW + 60), Err(Refusal::Unproven), "expired");
        assert_eq!(at(&elsewhere, NOW), Err(Refusal::Unproven), "another endpoint");
    }
}

#[test]
fn the_key_of_sepay_stands_where_servers_put_it() {
    let key = secret(Provider::Sepay, 1);
    let delivery = signed(Provider::Sepay, Scheme::Key, &key);
    for (why, name, value, taken) in [
        ("as documented", "Authorization", format!("Apikey {}", key.expose()), true),
        (
            "with another word before it",
            "Authorization",
            format!("Bearer Apikey {}", key.expose()),
            true,
        ),
        ("the gateway's header", "X-Secret-Key", key.expose().to_owned(), true),
        ("the key alone", "Authorization", key.expose().to_owned(), false),
        ("another word", "Authorization", format!("Bearer {}", key.expose()), false),
        ("no key behind the word", "Authorization", "Apikey ".to_owned(), false),
        (
            "the gateway's header with a word",
            "X-Secret-Key",
            format!("Apikey {}", key.expose()),
            false,
        ),
    ] {
        let mut changed = delivery.clone();
        changed.headers = vec![(name.to_owned(), value)];
        let outcome = arrived(Provider::Sepay, Scheme::Key, std::slice::from_ref(&key), &changed);
        assert_eq!(outcome.is_ok(), taken, "{why}");
    }
    let mut both = delivery.clone();
    both.headers.push(("X-Secret-Key".to_owned(), "khoa-khac".to_owned()));
    let outcome = arrived(Provider::Sepay, Scheme::Key, &[key], &both);
    assert_eq!(outcome, Err(Refusal::Unproven), "the gateway's header is the one that counts");
}

#[test]
fn momo_signs_with_our_access_key() {
    let key = secret(Provider::Momo, 1);
    let delivery = signed(Provider::Momo, Scheme::Signature, &key);
    for (why, client) in [("none agreed", None), ("empty", Some("")), ("another", Some("x"))] {
        let mut changed = terms(Scheme::Signature);
        changed.client = client.map(str::to_owned);
        let outcome =
            receive(Provider::Momo, &changed, std::slice::from_ref(&key), &request(&delivery, NOW));
        assert_eq!(outcome, Err(Refusal::Unproven), "{why}");
    }
}

#[test]
fn casso_is_believed_in_every_spelling_its_own_samples_use() {
    let key = secret(Provider::Casso, 1);
    let body = |sorted: &str| format!("{NOW}000.{sorted}");
    let sent = r#"{"error": 0, "data": {"id": 5, "reference": "FT/1", "description": "học 😀 phí", "amount": 599000, "runningBalance": 25000000.0, "transactionDateTime": "2026-11-27 12:00:00", "accountNumber": "88888888"}}"#;
    let head = r#"{"data":{"accountNumber":"88888888","amount":599000,"description":"#;
    let tail =
        r#","runningBalance":25000000,"transactionDateTime":"2026-11-27 12:00:00"},"error":0}"#;
    for (why, description, reference, taken) in [
        ("like JavaScript", r#""học 😀 phí""#, r#""FT/1""#, true),
        ("like Python", r#""h\u1ecdc \ud83d\ude00 ph\u00ed""#, r#""FT/1""#, true),
        ("like PHP", r#""h\u1ecdc \ud83d\ude00 ph\u00ed""#, r#""FT\/1""#, true),
        ("in capitals", r#""h\u1ECDc \uD83D\uDE00 ph\u00ED""#, r#""FT/1""#, false),
        ("slashes only", r#""học 😀 phí""#, r#""FT\/1""#, false),
    ] {
        let sorted = format!(r#"{head}{description},"id":5,"reference":{reference}{tail}"#);
        let code =
            super::super::proof::sha512(key.expose().as_bytes(), &[body(&sorted).as_bytes()]);
        let header = format!("t={NOW}000,v1={}", crate::domain::text::hex(&code));
        let delivery = Signed {
            method: Method::Post,
            query: String::new(),
            headers: vec![("X-Casso-Signature".to_owned(), header)],
            body: sent.to_owned(),
        };
        let outcome =
            arrived(Provider::Casso, Scheme::Signature, std::slice::from_ref(&key), &delivery);
        assert_eq!(told(outcome), if taken { "FT/1/5: +599000" } else { "Unproven" }, "{why}");
    }
}

#[test]
fn standard_webhooks_may_carry_several_signatures() {
    let (old, new) = (secret(Provider::Standard, 1), secret(Provider::Standard, 2));
    let delivery = signed(Provider::Standard, Scheme::Signature, &old);
    let both =
        standard::sign(&[new.clone(), old.clone()], "msg_92704", NOW, &delivery.body).unwrap();
    assert_eq!(both.split(' ').count(), 2);
    let signature = delivery.headers[3].1.clone();
    let bare = signature.replacen("v1,", "", 1);
    for (why, value, secrets, taken) in [
        ("two, the first known", both.clone(), vec![new], true),
        ("two, the second known", both, vec![old.clone()], true),
        (
            "of another version before it",
            format!("v1a,{bare} {signature}"),
            vec![old.clone()],
            true,
        ),
        ("of another version only", format!("v1a,{bare}"), vec![old.clone()], false),
        ("no version", bare, vec![old.clone()], false),
        ("empty", "v1,".to_owned(), vec![old.clone()], false),
        (
            "behind too many others",
            format!("{}{signature}", "v1,AAAA ".repeat(8)),
            vec![old],
            false,
        ),
    ] {
        let outcome = arrived(
            Provider::Standard,
            Scheme::Signature,
            &secrets,
            &with_header(&delivery, 3, &value),
        );
        assert_eq!(outcome.is_ok(), taken, "{why}");
    }
}

#[test]
fn a_secret_of_standard_webhooks_has_its_form() {
    for (why, length, right) in [
        ("too short", 23, false),
        ("shortest", 24, true),
        ("longest", 64, true),
        ("too long", 65, false),
    ] {
        assert_eq!(standard::secret_of(&vec![7; length]).is_some(), right, "{why}");
    }
    for (why, text) in [
        ("no prefix", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"),
        ("no base64", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaS!"),
        ("too short", "whsec_MfKQ9r8GKYqr"),
        ("nothing behind the prefix", "whsec_"),
    ] {
        assert_eq!(standard::sign(&[Secret::new(text.to_owned())], "a", NOW, "{}"), None, "{why}");
    }
}
