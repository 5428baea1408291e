//! What providers are answered.

use crate::domain::notification::Provider;
use crate::formats::notification::{Answer, Refusal, Taken, again, refused, taken};

fn answered(answer: &Answer) -> String {
    format!("{} {}", answer.status, answer.body)
}

#[test]
fn each_provider_gets_the_answer_it_takes_for_success() {
    let plain = r#"200 {"success":true}"#;
    let vietqr = r#"200 {"error":false,"errorReason":"000","toastMessage":"","object":{"reftransactionid":"77"}}"#;
    for (provider, new, known) in [
        (Provider::Sepay, plain, plain),
        (Provider::Casso, plain, plain),
        (Provider::Payos, plain, plain),
        (
            Provider::Vnpay,
            r#"200 {"RspCode":"00","Message":"Confirm Success"}"#,
            r#"200 {"RspCode":"02","Message":"Order already confirmed"}"#,
        ),
        (Provider::Momo, "204 ", "204 "),
        (
            Provider::Zalopay,
            r#"200 {"return_code":1,"return_message":"success"}"#,
            r#"200 {"return_code":2,"return_message":"duplicate"}"#,
        ),
        (Provider::Vietqr, vietqr, vietqr),
        (Provider::Pay2s, plain, plain),
        (Provider::Standard, plain, plain),
    ] {
        for (known_before, expected) in [(false, new), (true, known)] {
            let answer = taken(provider, Taken { known_before, number: 77 });
            assert_eq!(answered(&answer), expected, "{provider:?}, known before: {known_before}");
        }
    }
}

#[test]
fn no_refusal_looks_like_success() {
    for (provider, unproven, account) in [
        (Provider::Sepay, r#"401 {"success":false}"#, r#"404 {"success":false}"#),
        (
            Provider::Vnpay,
            r#"200 {"RspCode":"97","Message":"Invalid Checksum"}"#,
            r#"200 {"RspCode":"01","Message":"Order not found"}"#,
        ),
        (Provider::Momo, "401 ", "404 "),
        (
            Provider::Zalopay,
            r#"200 {"return_code":-1,"return_message":"mac not equal"}"#,
            r#"200 {"return_code":-3,"return_message":"unknown app_id"}"#,
        ),
        (
            Provider::Vietqr,
            r#"401 {"error":true,"errorReason":"E01","toastMessage":"token","object":null}"#,
            r#"404 {"error":true,"errorReason":"E03","toastMessage":"unknown account","object":null}"#,
        ),
    ] {
        assert_eq!(answered(&refused(provider, Refusal::Unproven)), unproven, "{provider:?}");
        assert_eq!(answered(&refused(provider, Refusal::UnknownAccount)), account, "{provider:?}");
    }
    let success = |provider| {
        [false, true].map(|known_before| taken(provider, Taken { known_before, number: 1 }))
    };
    for provider in Provider::ALL {
        for refusal in [Refusal::Unproven, Refusal::Unreadable, Refusal::UnknownAccount] {
            let answer = refused(provider, refusal);
            assert!(!success(provider).contains(&answer), "{provider:?} {refusal:?}");
            assert_ne!(answer, again(provider), "{provider:?} {refusal:?} would come again");
        }
        assert!(!success(provider).contains(&again(provider)), "{provider:?}");
    }
}

#[test]
fn what_was_not_stored_is_asked_for_again() {
    for (provider, expected) in [
        (Provider::Sepay, r#"503 {"success":false}"#),
        (Provider::Vnpay, r#"503 {"RspCode":"99","Message":"Unknown error"}"#),
        (Provider::Momo, "503 "),
        (Provider::Zalopay, r#"200 {"return_code":0,"return_message":"try again"}"#),
        (
            Provider::Vietqr,
            r#"503 {"error":true,"errorReason":"E99","toastMessage":"try again","object":null}"#,
        ),
        (Provider::Standard, r#"503 {"success":false}"#),
    ] {
        assert_eq!(answered(&again(provider)), expected, "{provider:?}");
    }
}

#[test]
fn every_answer_with_a_body_is_json() {
    for provider in Provider::ALL {
        let refusals = [Refusal::Unproven, Refusal::Unreadable, Refusal::UnknownAccount];
        let mut answers: Vec<Answer> =
            refusals.into_iter().map(|refusal| refused(provider, refusal)).collect();
        answers.push(again(provider));
        answers.push(taken(provider, Taken { known_before: false, number: i64::MIN }));
        for answer in answers.iter().filter(|answer| !answer.body.is_empty()) {
            serde_json::from_str::<serde_json::Value>(&answer.body).unwrap();
        }
    }
}
