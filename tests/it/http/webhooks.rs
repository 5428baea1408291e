//! Providers notify: what each is answered, and what of it is kept.

use chrono::TimeDelta;
use doisoat::clock::Clock as _;
use doisoat::domain::notification::{Movement, Provider};
use doisoat::domain::text::hex;
use doisoat::formats::notification::{
    Method, Scheme, Secret, Signed, casso, payos, sepay, standard,
};
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::{Value, json};

use crate::support::client::{Answer, Request};
use crate::support::feed::{self, SECRET, movement};
use crate::support::hooks::{CLIENT, Hook, basic, request, seconds};
use crate::support::school::ACCOUNT;
use crate::support::server::Town;
use crate::support::{TestDb, for_each_backend};

/// A provider, its way to prove itself, and its three answers.
type Case = (Provider, &'static str, [(u16, &'static str); 3]);

/// Every provider in every way it may prove itself, with its answers to what it has told for the
/// first time, to the same again, and to what is not proven.
const ANSWERS: [Case; 13] = [
    (Provider::Sepay, "signature", PLAIN),
    (Provider::Sepay, "key", PLAIN),
    (Provider::Sepay, "token", PLAIN),
    (Provider::Sepay, "none", PLAIN),
    (Provider::Casso, "signature", PLAIN),
    (Provider::Casso, "key", PLAIN),
    (Provider::Payos, "signature", PLAIN),
    (
        Provider::Vnpay,
        "signature",
        [
            (200, r#"{"RspCode":"00","Message":"Confirm Success"}"#),
            (200, r#"{"RspCode":"02","Message":"Order already confirmed"}"#),
            (200, r#"{"RspCode":"97","Message":"Invalid Checksum"}"#),
        ],
    ),
    (Provider::Momo, "signature", [(204, ""), (204, ""), (401, "")]),
    (
        Provider::Zalopay,
        "signature",
        [
            (200, r#"{"return_code":1,"return_message":"success"}"#),
            (200, r#"{"return_code":2,"return_message":"duplicate"}"#),
            (200, r#"{"return_code":-1,"return_message":"mac not equal"}"#),
        ],
    ),
    (
        Provider::Vietqr,
        "token",
        [
            (200, VIETQR),
            (200, VIETQR),
            (401, r#"{"error":true,"errorReason":"E01","toastMessage":"token","object":null}"#),
        ],
    ),
    (Provider::Pay2s, "key", PLAIN),
    (Provider::Standard, "signature", PLAIN),
];

/// What providers get that look at the status, and at `success` if at anything of the body.
const PLAIN: [(u16, &str); 3] =
    [(200, r#"{"success":true}"#), (200, r#"{"success":true}"#), (401, r#"{"success":false}"#)];

/// The number in it is ours.
const VIETQR: &str =
    r#"{"error":false,"errorReason":"000","toastMessage":"","object":{"reftransactionid":"N"}}"#;

/// Money on the school's account that pays nobody's invoice.
fn told() -> Movement {
    movement("2026-11-20 08:00:00", 300_000, "FT26325000001", "nop hoc phi")
}

/// Status and body; a number of ours is `N`.
fn said(answer: &Answer) -> (u16, String) {
    let text = answer.text();
    let text = match text.split_once(r#""reftransactionid":""#) {
        Some((before, after)) => {
            let (number, rest) = after.split_once('"').unwrap();
            assert!(number.parse::<i64>().unwrap() > 0, "{text}");
            format!(r#"{before}"reftransactionid":"N"{rest}"#)
        }
        None => text,
    };
    (answer.status, text)
}

/// How many rows each table has once the inbox is empty, but for the counts of what was not kept.
fn rows(db: &TestDb) -> Vec<(String, i64)> {
    settle(db);
    let mut counts = db.row_counts();
    counts.retain(|(table, _)| table != "webhook_refusals");
    counts
}

/// Waits until nothing waits in the inbox.
fn settle(db: &TestDb) {
    for _ in 0..500 {
        let waiting =
            db.number("SELECT COUNT(*) AS value FROM notifications WHERE state = 'waiting'");
        if waiting == 0 {
            return;
        }
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    panic!("the inbox is never empty");
}

#[test]
fn every_provider_is_answered_in_its_own_words() {
    for_each_backend(|db| {
        let town = Town::create(db).with_invoices();
        for (number, (provider, scheme, [first, again, refused])) in (1_i64..).zip(ANSWERS) {
            let why = format!("{provider:?} by {scheme}");
            let hook = Hook::create(&town, provider, Some(scheme));
            // Of different amounts, so that each is a payment of its own.
            let told = movement(
                "2026-11-20 08:00:00",
                300_000 + number,
                &format!("26325{number:06}"),
                "nop hoc phi",
            );
            let now = seconds(&town.server);
            if scheme != "none" {
                let stranger = Hook { secret: other_secret(provider), ..hook.clone() };
                let before = rows(db);
                let forged = stranger.notify(&town.server, &told, number);
                assert_eq!(said(&forged), (refused.0, refused.1.to_owned()), "{why}: forged");
                assert_eq!(rows(db), before, "{why}: nothing of it is kept");
            }
            let genuine = hook.signed(&told, number, now);
            let answer = hook.send(&town.server, &genuine);
            assert_eq!(said(&answer), (first.0, first.1.to_owned()), "{why}: first");
            if !answer.body.is_empty() {
                assert_eq!(answer.header("content-type"), Some("application/json"), "{why}");
            }
            for _ in 0..2 {
                let answer = hook.send(&town.server, &genuine);
                assert_eq!(said(&answer), (again.0, again.1.to_owned()), "{why}: again");
            }
            assert_eq!(hook.not_kept(&town, "known"), 2, "{why}");
        }
        settle(db);
        assert_eq!(town.school.payments().len(), ANSWERS.len(), "one payment each");
        town.school.verify();
    });
}

#[test]
fn vnpay_may_post_what_it_usually_puts_into_the_address() {
    for_each_backend(|db| {
        let town = Town::create(db);
        let hook = Hook::create(&town, Provider::Vnpay, None);
        let get = hook.signed(&told(), 1, seconds(&town.server));
        let form = ("Content-Type".to_owned(), "application/x-www-form-urlencoded".to_owned());
        let post = Signed {
            method: Method::Post,
            query: String::new(),
            headers: vec![form],
            body: get.query.clone(),
        };
        let taken = |answer: &Answer| answer.json()["RspCode"].as_str().unwrap().to_owned();
        assert_eq!(taken(&hook.send(&town.server, &post)), "00");
        assert_eq!(taken(&hook.send(&town.server, &get)), "02", "the same by GET");
        settle(db);
        assert_eq!(town.school.payments().len(), 1);
        town.school.verify();
    });
}

#[test]
fn a_token_is_given_for_the_right_credentials_and_opens_its_endpoint_for_a_while() {
    for_each_backend(|db| {
        let town = Town::create(db);
        for (provider, ask, tell) in [
            (Provider::Sepay, "token", ""),
            (Provider::Vietqr, "api/token_generate", "/bank/api/transaction-sync"),
        ] {
            let hook = Hook::create(&town, provider, Some("token"));
            let other = Hook::create(&town, provider, Some("token"));
            let ask_for = |hook: &Hook| town.server.post(&format!("{}/{ask}", hook.path()));
            let form = |id: &str, secret: &str| {
                format!("grant_type=client_credentials&client_id={id}&client_secret={secret}")
            };
            for (why, request, given) in [
                ("Basic", ask_for(&hook).header("Authorization", &basic(CLIENT, SECRET)), true),
                ("a form", ask_for(&hook).bytes(form(CLIENT, SECRET).as_bytes()), true),
                (
                    "another secret",
                    ask_for(&hook).header("Authorization", &basic(CLIENT, "khac")),
                    false,
                ),
                (
                    "another client",
                    ask_for(&hook).header("Authorization", &basic("khac", SECRET)),
                    false,
                ),
                (
                    "the secret as a token",
                    ask_for(&hook).header("Authorization", &format!("Bearer {SECRET}")),
                    false,
                ),
                (
                    "another secret in a form",
                    ask_for(&hook).bytes(form(CLIENT, "khac").as_bytes()),
                    false,
                ),
                ("nothing", ask_for(&hook), false),
                (
                    "an empty password",
                    ask_for(&hook).header("Authorization", &basic(CLIENT, "")),
                    false,
                ),
            ] {
                let before = hook.not_kept(&town, "unproven");
                let answer = request.send();
                assert_eq!(answer.status, if given { 200 } else { 401 }, "{provider:?}: {why}");
                let token = answer.json()["access_token"].as_str().map(str::to_owned);
                assert_eq!(token.is_some(), given, "{provider:?}: {why}");
                let refused = hook.not_kept(&town, "unproven") - before;
                assert_eq!(refused, i64::from(!given), "{provider:?}: {why}");
            }

            let told = told();
            let notify = |hook: &Hook, token: &str, serial: i64| {
                let mut signed = hook.signed(&told, serial, seconds(&town.server));
                for (name, value) in &mut signed.headers {
                    if name == "Authorization" {
                        *value = format!("Bearer {token}");
                    }
                }
                request(&town.server, &format!("{}{tell}", hook.path()), &signed).send().status
            };
            let answer = ask_for(&hook).header("Authorization", &basic(CLIENT, SECRET)).send();
            let answer = answer.json();
            assert_eq!(answer["token_type"], "Bearer");
            let lasts = answer["expires_in"].as_i64().unwrap();
            let token = answer["access_token"].as_str().unwrap();
            assert_eq!(notify(&hook, token, 1), 200, "{provider:?}: the token");
            assert_eq!(notify(&other, token, 2), 401, "{provider:?}: another endpoint's token");
            assert_eq!(notify(&hook, &format!("{token}x"), 2), 401, "{provider:?}: changed");
            town.server.clock.advance(TimeDelta::seconds(lasts - 1));
            assert_eq!(notify(&hook, token, 3), 200, "{provider:?}: in its last second");
            town.server.clock.advance(TimeDelta::seconds(1));
            assert_eq!(notify(&hook, token, 4), 401, "{provider:?}: expired");
        }
        settle(db);
        town.school.verify();
    });
}

/// A secret that the provider was not given, in the form it has.
fn other_secret(provider: Provider) -> Secret {
    match provider {
        Provider::Standard => standard::secret_of(&[8; 32]).unwrap(),
        _ => Secret::new("khoa-khac".to_owned()),
    }
}

/// What carries the proof of each provider: a header, or a field of the body or the address.
enum Proof {
    Header(&'static str),
    Field(&'static str),
    Parameter(&'static str),
}

const fn proof_of(provider: Provider, scheme: Scheme) -> Proof {
    match (provider, scheme) {
        (Provider::Sepay, Scheme::Signature) => Proof::Header("X-SePay-Signature"),
        (Provider::Casso, Scheme::Signature) => Proof::Header("X-Casso-Signature"),
        (Provider::Casso, _) => Proof::Header("Secure-Token"),
        (Provider::Standard, _) => Proof::Header("webhook-signature"),
        (Provider::Payos | Provider::Momo, _) => Proof::Field("signature"),
        (Provider::Zalopay, _) => Proof::Field("mac"),
        (Provider::Vnpay, _) => Proof::Parameter("vnp_SecureHash"),
        (Provider::Sepay | Provider::Vietqr | Provider::Pay2s, _) => Proof::Header("Authorization"),
    }
}

/// What a stranger makes of a genuine request: the proof left out, emptied, and given twice.
fn without_proof(proof: &Proof, genuine: &Signed) -> [(&'static str, Signed); 3] {
    let (mut none, mut empty, mut twice) = (genuine.clone(), genuine.clone(), genuine.clone());
    match *proof {
        Proof::Header(name) => {
            none.headers.retain(|(known, _)| known != name);
            for (_, value) in empty.headers.iter_mut().filter(|(known, _)| known == name) {
                value.clear();
            }
            let own = genuine.headers.iter().find(|(known, _)| known == name).unwrap();
            twice.headers.push(own.clone());
        }
        Proof::Field(name) => {
            let edited = |edit: &dyn Fn(&mut serde_json::Map<String, Value>)| {
                let mut body: Value = serde_json::from_str(&genuine.body).unwrap();
                edit(body.as_object_mut().unwrap());
                body.to_string()
            };
            none.body = edited(&|fields| drop(fields.remove(name)));
            empty.body = edited(&|fields| drop(fields.insert(name.to_owned(), json!(""))));
            let body: Value = serde_json::from_str(&genuine.body).unwrap();
            twice.body = genuine.body.replacen('{', &format!("{{\"{name}\":{},", body[name]), 1);
        }
        Proof::Parameter(name) => {
            let (before, value) = genuine.query.split_once(&format!("&{name}=")).unwrap();
            none.query = before.to_owned();
            empty.query = format!("{before}&{name}=");
            twice.query = format!("{}&{name}={value}", genuine.query);
        }
    }
    [("no proof", none), ("an empty proof", empty), ("the proof twice", twice)]
}

#[test]
fn what_is_forged_is_refused_alike_and_nothing_of_it_is_kept() {
    for_each_backend(|db| {
        let town = Town::create(db);
        for (provider, scheme, [_, _, refused]) in ANSWERS {
            if scheme == "none" {
                continue;
            }
            let hook = Hook::create(&town, provider, Some(scheme));
            let told = told();
            let now = seconds(&town.server);
            let genuine = hook.signed(&told, 1, now);
            let mut forged =
                Vec::from(without_proof(&proof_of(provider, hook.terms.scheme), &genuine));
            let stranger = Hook { secret: other_secret(provider), ..hook.clone() };
            forged.push(("another secret", stranger.signed(&told, 1, now)));
            let nobody = Hook { secret: Secret::new(String::new()), ..hook.clone() };
            forged.push(("an empty secret", nobody.signed(&told, 1, now)));
            if scheme == "signature" {
                let mut changed = genuine.clone();
                for text in [&mut changed.body, &mut changed.query] {
                    *text = text.replace("300000", "900000");
                }
                assert_ne!(changed, genuine);
                forged.push(("another amount under the same signature", changed));
            }
            if matches!(provider, Provider::Sepay | Provider::Casso | Provider::Standard)
                && scheme == "signature"
            {
                for (why, at) in [("301 seconds old", now - 301), ("301 seconds ahead", now + 301)]
                {
                    forged.push((why, hook.signed(&told, 1, at)));
                }
            }
            if provider != Provider::Vnpay {
                forged.push(("by GET", Signed { method: Method::Get, ..genuine.clone() }));
            }
            let before = (rows(db), hook.not_kept(&town, "unproven"));
            let mut first: Option<(u16, String)> = None;
            let mut count = 0;
            for (why, request) in forged {
                let answer = hook.send(&town.server, &request);
                let said = (answer.status, answer.text());
                assert_eq!(said, (refused.0, refused.1.to_owned()), "{provider:?}/{scheme}: {why}");
                assert_eq!(*first.get_or_insert_with(|| said.clone()), said);
                count += 1;
            }
            let after = (rows(db), hook.not_kept(&town, "unproven"));
            assert_eq!(after.0, before.0, "{provider:?} by {scheme}");
            assert_eq!(after.1 - before.1, count, "{provider:?} by {scheme}: each is counted");
            let answer = hook.send(&town.server, &genuine);
            assert!(answer.status < 300, "{provider:?} by {scheme}: the genuine one is taken");
        }
        settle(db);
        town.school.verify();
    });
}

/// The body of a SePay transaction, with parts of it replaced.
fn transaction(replaced: &[(&str, &str)]) -> String {
    let body = format!(
        r#"{{"id":92704,"gateway":"Vietcombank","transactionDate":"2026-11-20 08:00:00","accountNumber":"{ACCOUNT}","code":null,"content":"nop hoc phi","transferType":"in","transferAmount":2277000,"accumulated":19077000,"subAccount":null,"referenceCode":"FT1","description":""}}"#
    );
    replaced.iter().fold(body, |body, (from, to)| {
        assert!(body.contains(from), "{from}");
        body.replace(from, to)
    })
}

/// What SePay would send for a body.
fn sepay_post(hook: &Hook, body: &str, now: i64) -> Signed {
    let value = sepay::signature(&hook.secret, now, body);
    Signed {
        method: Method::Post,
        query: String::new(),
        headers: vec![
            ("Content-Type".to_owned(), "application/json".to_owned()),
            ("X-SePay-Timestamp".to_owned(), now.to_string()),
            ("X-SePay-Signature".to_owned(), value),
        ],
        body: body.to_owned(),
    }
}

#[test]
fn what_is_bad_is_refused_for_what_it_is_and_nothing_of_it_is_kept() {
    const REFUSED: &str = r#"{"success":false}"#;
    const TAKEN: &str = r#"{"success":true}"#;
    for_each_backend(|db| {
        let town = Town::create(db);
        let hook = Hook::create(&town, Provider::Sepay, None);
        let now = seconds(&town.server);
        let genuine = || sepay_post(&hook, &transaction(&[]), now);
        let with = |name: &str, value: &str| {
            let mut signed = genuine();
            signed.headers.retain(|(known, _)| known != name);
            signed.headers.push((name.to_owned(), value.to_owned()));
            signed
        };
        let also = |name: &str, value: &str| {
            let mut signed = genuine();
            signed.headers.push((name.to_owned(), value.to_owned()));
            signed
        };
        let saying = |replaced: &[(&str, &str)]| sepay_post(&hook, &transaction(replaced), now);
        let sha512 = {
            let mut code = Hmac::<sha2::Sha512>::new_from_slice(SECRET.as_bytes()).unwrap();
            code.update(format!("{now}.{}", transaction(&[])).as_bytes());
            hex(&code.finalize().into_bytes())
        };
        let right = sepay::signature(&hook.secret, now, &transaction(&[]));
        let plain = right.strip_prefix("sha256=").unwrap();
        let reserialised = {
            let value: Value = serde_json::from_str(&transaction(&[])).unwrap();
            Signed { body: serde_json::to_string_pretty(&value).unwrap(), ..genuine() }
        };
        let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
        let deep = saying(&[("\"description\":\"\"", &format!("\"description\":{deep}"))]);
        let amount = |written: &str| saying(&[("2277000", written)]);
        for (why, signed, status, body, reason) in [
            // Not proven: one answer for all.
            (
                "another algorithm",
                with("X-SePay-Signature", &format!("sha512={sha512}")),
                401,
                REFUSED,
                "unproven",
            ),
            (
                "another algorithm under the right name",
                with("X-SePay-Signature", &format!("sha256={sha512}")),
                401,
                REFUSED,
                "unproven",
            ),
            (
                "an algorithm of nothing",
                with("X-SePay-Signature", "none="),
                401,
                REFUSED,
                "unproven",
            ),
            ("no algorithm", with("X-SePay-Signature", plain), 401, REFUSED, "unproven"),
            ("half a signature", with("X-SePay-Signature", &right[..39]), 401, REFUSED, "unproven"),
            ("a body written anew", reserialised, 401, REFUSED, "unproven"),
            (
                "another time than the signed one",
                with("X-SePay-Timestamp", &(now + 1).to_string()),
                401,
                REFUSED,
                "unproven",
            ),
            ("no time", with("X-SePay-Timestamp", ""), 401, REFUSED, "unproven"),
            (
                "a time that is no number",
                with("X-SePay-Timestamp", "now"),
                401,
                REFUSED,
                "unproven",
            ),
            ("a time below nothing", with("X-SePay-Timestamp", "-1"), 401, REFUSED, "unproven"),
            ("two times", also("X-SePay-Timestamp", &now.to_string()), 401, REFUSED, "unproven"),
            (
                "a second signature, a wrong one",
                also("x-sepay-signature", "sha256=00"),
                401,
                REFUSED,
                "unproven",
            ),
            (
                "a key where a signature is agreed",
                with("X-SePay-Signature", SECRET),
                401,
                REFUSED,
                "unproven",
            ),
            (
                "no JSON and no signature",
                Signed { body: "{".to_owned(), ..genuine() },
                401,
                REFUSED,
                "unproven",
            ),
            (
                "nothing at all",
                Signed { body: String::new(), headers: Vec::new(), ..genuine() },
                401,
                REFUSED,
                "unproven",
            ),
            // Proven, and not to be read with certainty.
            ("no JSON", sepay_post(&hook, "{\"id\":", now), 422, REFUSED, "unreadable"),
            ("a list", sepay_post(&hook, "[]", now), 422, REFUSED, "unreadable"),
            ("an empty body", sepay_post(&hook, "", now), 422, REFUSED, "unreadable"),
            ("a hundred thousand brackets", deep, 422, REFUSED, "unreadable"),
            (
                "a field twice",
                saying(&[("\"code\":null", "\"transferAmount\":1")]),
                422,
                REFUSED,
                "unreadable",
            ),
            ("a fraction", amount("2277000.5"), 422, REFUSED, "unreadable"),
            ("a fraction of nothing", amount("2277000.0"), 422, REFUSED, "unreadable"),
            ("an exponent", amount("2e6"), 422, REFUSED, "unreadable"),
            ("an amount as text", amount("\"2277000\""), 422, REFUSED, "unreadable"),
            ("an amount with points", amount("\"2.277.000\""), 422, REFUSED, "unreadable"),
            ("below nothing", amount("-2277000"), 422, REFUSED, "unreadable"),
            ("nothing", amount("0"), 422, REFUSED, "unreadable"),
            ("more than any number", amount("9223372036854775808"), 422, REFUSED, "unreadable"),
            ("far more", amount("1e400"), 422, REFUSED, "unreadable"),
            (
                "no amount",
                saying(&[("\"transferAmount\":2277000,", "")]),
                422,
                REFUSED,
                "unreadable",
            ),
            ("no id", saying(&[("\"id\":92704,", "")]), 422, REFUSED, "unreadable"),
            (
                "a day there is not",
                saying(&[("2026-11-20", "2026-02-30")]),
                422,
                REFUSED,
                "unreadable",
            ),
            (
                "a direction there is not",
                saying(&[("\"in\"", "\"IN\"")]),
                422,
                REFUSED,
                "unreadable",
            ),
            // Proven and read, but of nobody here.
            (
                "an account of nobody",
                saying(&[(ACCOUNT, "1017000009")]),
                404,
                REFUSED,
                "unknown_account",
            ),
            (
                "the account of the other school",
                saying(&[(ACCOUNT, "1017000002")]),
                404,
                REFUSED,
                "unknown_account",
            ),
            // Understood, and nothing to keep.
            ("money that went out", saying(&[("\"in\"", "\"out\"")]), 200, TAKEN, "money_out"),
            // Not looked at.
            (
                "ten megabytes",
                Signed { body: " ".repeat(10 * 1024 * 1024), ..genuine() },
                413,
                "",
                "too_large",
            ),
            ("packed", also("Content-Encoding", "gzip"), 415, "", "encoded"),
            (
                "packed, it says, some other way",
                also("Content-Encoding", "identity, br"),
                415,
                "",
                "encoded",
            ),
        ] {
            let before = (rows(db), hook.not_kept(&town, reason));
            let answer = hook.send(&town.server, &signed);
            assert_eq!((answer.status, answer.text().as_str()), (status, body), "{why}");
            assert_eq!(rows(db), before.0, "{why}: nothing is kept");
            assert_eq!(hook.not_kept(&town, reason), before.1 + 1, "{why}: it is counted");
        }
        // And in pieces without a length.
        let large = Signed { body: " ".repeat(4 * 1024 * 1024), ..genuine() };
        assert_eq!(request(&town.server, &hook.path(), &large).chunked().send().status, 413);
        let genuine = with("Content-Encoding", "identity");
        assert_eq!(hook.send(&town.server, &genuine).status, 200, "the genuine one");
        for (serial, at) in [(1, now - 300), (2, now + 300)] {
            for provider in [Provider::Sepay, Provider::Casso, Provider::Standard] {
                let hook = Hook::create(&town, provider, Some("signature"));
                let answer = hook.send(&town.server, &hook.signed(&told(), serial, at));
                assert_eq!(answer.status, 200, "{provider:?}, {} seconds off", at - now);
            }
        }
        settle(db);
        town.school.verify();
    });
}

#[test]
fn what_a_provider_signs_in_its_own_order_may_come_in_any() {
    for_each_backend(|db| {
        let town = Town::create(db);
        for provider in [Provider::Casso, Provider::Payos, Provider::Momo, Provider::Zalopay] {
            let hook = Hook::create(&town, provider, Some("signature"));
            let mut signed = hook.signed(&told(), 1, seconds(&town.server));
            let value: Value = serde_json::from_str(&signed.body).unwrap();
            signed.body = serde_json::to_string_pretty(&value).unwrap();
            assert!(hook.send(&town.server, &signed).status < 300, "{provider:?}");
        }
        settle(db);
        town.school.verify();
    });
}

#[test]
fn test_calls_and_money_out_are_acknowledged_and_never_kept() {
    for_each_backend(|db| {
        let town = Town::create(db);
        let now = seconds(&town.server);
        let mut cases: Vec<(&str, Hook, Signed, &str)> = Vec::new();
        let post = |hook: &Hook, body: &str, proof: (&str, String)| {
            let mut signed = hook.signed(&told(), 1, now);
            signed.headers.retain(|(name, _)| name != proof.0);
            signed.headers.push((proof.0.to_owned(), proof.1));
            Signed { body: body.to_owned(), ..signed }
        };
        let edited = |signed: &Signed, edit: &dyn Fn(&mut Value)| {
            let mut body: Value = serde_json::from_str(&signed.body).unwrap();
            edit(&mut body);
            body.to_string()
        };

        let casso = Hook::create(&town, Provider::Casso, None);
        let trial = edited(&casso.signed(&told(), 1, now), &|body| {
            body["data"]["id"] = json!(0);
            body["data"]["reference"] = json!("MA_GIAO_DICH_THU_NGHIEM");
        });
        let proof = ("X-Casso-Signature", casso::signature(&casso.secret, now * 1_000, &trial));
        cases.push(("Casso's trial", casso.clone(), post(&casso, &trial, proof), "test"));
        let out = edited(&casso.signed(&told(), 1, now), &|body| {
            body["data"]["amount"] = json!(-300_000);
        });
        let proof = ("X-Casso-Signature", casso::signature(&casso.secret, now * 1_000, &out));
        cases.push(("Casso, money out", casso.clone(), post(&casso, &out, proof), "money_out"));

        let payos = Hook::create(&town, Provider::Payos, None);
        let mut registration = payos.signed(&told(), 1, now);
        registration.body = edited(&registration, &|body| {
            body["data"]["orderCode"] = json!(123);
            body["data"]["reference"] = json!("TF230204212323");
            body["data"]["accountNumber"] = json!("12345678");
            let signature = payos::signature(&payos.secret, &body["data"].to_string());
            body["signature"] = json!(signature);
        });
        cases.push(("payOS, when it is registered", payos, registration, "test"));

        let standard = Hook::create(&town, Provider::Standard, None);
        for (why, body, reason) in [
            ("a test of Standard Webhooks", r#"{"type":"test"}"#.to_owned(), "test"),
            (
                "Standard Webhooks, money out",
                standard.signed(&told(), 1, now).body.replace("payment.received", "payment.sent"),
                "money_out",
            ),
        ] {
            let secrets = [standard.secret.clone()];
            let signature = standard::sign(&secrets, "msg_1", now, &body).unwrap();
            let proof = ("webhook-signature", signature);
            cases.push((why, standard.clone(), post(&standard, &body, proof), reason));
        }

        let sepay = Hook::create(&town, Provider::Sepay, None);
        let hub = json!({
            "gateway": "MBBank", "transaction_date": "2026-11-20 08:00:00",
            "account_number": ACCOUNT, "content": "x", "transfer_type": "debit", "amount": 1000,
            "transaction_id": "77"
        });
        cases.push((
            "SePay's Bank Hub, money out",
            sepay.clone(),
            sepay_post(&sepay, &hub.to_string(), now),
            "money_out",
        ));
        for (provider, from, to) in [
            (Provider::Vietqr, "\"transType\":\"C\"", "\"transType\":\"D\""),
            (Provider::Pay2s, "\"IN\"", "\"OUT\""),
        ] {
            let hook = Hook::create(&town, provider, None);
            let mut signed = hook.signed(&told(), 1, now);
            assert!(signed.body.contains(from), "{}", signed.body);
            signed.body = signed.body.replace(from, to);
            cases.push((provider.as_str(), hook, signed, "money_out"));
        }

        for (why, hook, signed, reason) in cases {
            let before = (rows(db), hook.not_kept(&town, reason));
            let answer = hook.send(&town.server, &signed);
            assert_eq!(answer.status, 200, "{why}: {}", answer.text());
            assert_eq!(rows(db), before.0, "{why}");
            assert_eq!(hook.not_kept(&town, reason), before.1 + 1, "{why}");
        }
    });
}

#[test]
fn an_address_that_is_none_looks_like_any_missing_page() {
    for_each_backend(|db| {
        let town = Town::create(db);
        let hook = Hook::create(&town, Provider::Sepay, None);
        let closed = Hook::create(&town, Provider::Sepay, None);
        let shut = json!({ "change": "close" });
        let answer = town.server.post(&closed.settings()).key(&town.admin).json(&shut).send();
        assert_eq!(answer.status, 200);
        let signed = hook.signed(&told(), 1, seconds(&town.server));
        let missing = town.server.get("/webhooks/nowhere/at/all").send();
        assert_eq!(missing.status, 404);
        let before = rows(db);
        let id = &hook.terms.endpoint;
        for (why, method, path) in [
            (
                "an endpoint of nobody",
                "POST",
                "/webhooks/sepay/00000000000000000000000000000000".to_owned(),
            ),
            ("no endpoint", "POST", "/webhooks/sepay/".to_owned()),
            ("a provider there is not", "POST", format!("/webhooks/stripe/{id}")),
            ("another provider", "POST", format!("/webhooks/casso/{id}")),
            ("another provider, by GET", "GET", format!("/webhooks/vnpay/{id}")),
            ("a closed endpoint", "POST", closed.path()),
            ("a closed endpoint's token", "POST", format!("{}/token", closed.path())),
            ("in capitals", "POST", hook.path().to_uppercase()),
            ("PUT", "PUT", hook.path()),
            ("DELETE", "DELETE", hook.path()),
            ("PATCH", "PATCH", hook.path()),
            ("more behind it", "POST", format!("{}/x", hook.path())),
            ("a letter less", "POST", hook.path()[..hook.path().len() - 1].to_owned()),
        ] {
            let request = signed
                .headers
                .iter()
                .fold(Request::new(town.server.address, method, &path), |request, (name, value)| {
                    request.header(name, value)
                })
                .bytes(signed.body.as_bytes());
            let answer = request.send();
            assert_eq!((answer.status, answer.text()), (404, missing.text()), "{why}");
        }
        assert_eq!(rows(db), before);
        assert_eq!(hook.send(&town.server, &signed).status, 200, "the right address");
    });
}

#[test]
fn both_secrets_hold_while_one_follows_the_other_and_the_retired_one_no_longer() {
    for_each_backend(|db| {
        let town = Town::create(db);
        for provider in Provider::ALL {
            let old = Hook::create(&town, provider, None);
            let change = |body: &Value| {
                let answer = town.server.post(&old.settings()).key(&town.admin).json(body).send();
                assert_eq!(answer.status, 200, "{}", answer.text());
                answer.json()
            };
            let made = change(&json!({ "change": "rotate", "secret": null }));
            let secret = Secret::new(made["secret"].as_str().unwrap().to_owned());
            let new = Hook { secret, ..old.clone() };
            assert_eq!(made["endpoint"]["secrets"].as_array().unwrap().len(), 2);
            let taken = |hook: &Hook, serial: i64| {
                let mut told = told();
                told.reference = Some(serial.to_string());
                let answer = hook.notify(&town.server, &told, serial);
                let text = answer.text();
                !(answer.status == 401 || text.contains("\"97\"") || text.contains("mac not equal"))
            };
            assert!(taken(&old, 1) && taken(&new, 2), "{provider:?}: both");
            let first = &made["endpoint"]["secrets"][0]["id"];
            change(&json!({ "change": "retire", "secret": first }));
            assert!(!taken(&old, 3), "{provider:?}: the old one is refused at once");
            assert!(taken(&new, 4), "{provider:?}: the new one holds");
            if provider == Provider::Vietqr {
                let asked = town
                    .server
                    .post(&format!("{}/api/token_generate", old.path()))
                    .header("Authorization", &basic(CLIENT, feed::SECRET))
                    .send();
                assert_eq!(asked.status, 401, "no token for the old one");
            }
        }
        settle(db);
        town.school.verify();
    });
}

#[test]
fn a_genuine_request_that_is_replayed_has_no_second_effect() {
    for_each_backend(|db| {
        let town = Town::create(db);
        let hooks: Vec<Hook> =
            Provider::ALL.into_iter().map(|provider| Hook::create(&town, provider, None)).collect();
        let begun = town.server.clock.now();
        let captured: Vec<Signed> =
            hooks.iter().map(|hook| hook.signed(&told(), 7, seconds(&town.server))).collect();
        for (hook, signed) in hooks.iter().zip(&captured) {
            assert!(hook.send(&town.server, signed).status < 300, "{:?}", hook.provider);
        }
        settle(db);
        let (before, state) = (rows(db), town.school.state());
        for (why, later) in [
            ("a second", TimeDelta::seconds(1)),
            ("six minutes", TimeDelta::minutes(6)),
            ("two days", TimeDelta::days(2)),
            ("a year", TimeDelta::days(365)),
        ] {
            town.server.clock.set(begun + later);
            for (hook, signed) in hooks.iter().zip(&captured) {
                let known = hook.send(&town.server, signed);
                assert!([200, 204, 401].contains(&known.status), "{why}: {known:?}");
                // And signed anew, as a provider does.
                let again = hook.notify(&town.server, &told(), 7);
                assert!(again.status < 300, "{:?}, {why} later: {again:?}", hook.provider);
            }
            settle(db);
            assert_eq!(rows(db), before, "{why} later");
        }
        assert_eq!(town.school.state(), state);
        town.school.verify();
    });
}
