//! Addresses for providers over the API: who may make and change them, what of secrets is told, and
//! what came in.

use doisoat::domain::notification::Provider;
use doisoat::formats::notification::{Method, Request as Asked, Secret};
use doisoat::service::receiving::Receiver;
use doisoat::service::webhooks::{Change, NewEndpoint};
use serde_json::{Value, json};

use crate::support::client::{Answer, Request};
use crate::support::feed::{self, TEST_KEY, movement};
use crate::support::for_each_backend;
use crate::support::hooks::{CLIENT, Hook, seconds};
use crate::support::server::{HERE, THERE, Town};

/// A secret that must be found nowhere.
const CANARY: &str = "chim-hoang-yen-1f0c9";

/// What came in here, once the newest is handled.
fn deliveries(town: &Town, query: &str) -> Vec<Value> {
    for _ in 0..500 {
        let found = town.get(&format!("webhook-deliveries{query}")).send().json();
        let found = found.as_array().unwrap();
        if found.iter().all(|one| one["state"] != "waiting") {
            return found.clone();
        }
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    panic!("the inbox is never empty");
}

#[test]
fn endpoints_are_the_administrators_and_deliveries_the_accountants_while_an_auditor_looks() {
    for_each_backend(|db| {
        let town = Town::create(db);
        let hook = Hook::create(&town, Provider::Sepay, None);
        let told = movement("2026-11-20 08:00:00", 300_000, "FT1", "nop hoc phi");
        assert_eq!(hook.notify(&town.server, &told, 1).status, 200);
        let id = deliveries(&town, "")[0]["id"].as_i64().unwrap();
        let endpoint = &hook.terms.endpoint;
        let new = json!({ "provider": "sepay" });
        let change = json!({ "change": "rotate" });
        // Administrator, accountant, auditor, authority above, accountant of another school.
        for (why, method, path, body, statuses) in [
            (
                "list endpoints",
                "GET",
                "webhook-endpoints".to_owned(),
                None,
                [200, 200, 200, 403, 404],
            ),
            (
                "make one",
                "POST",
                "webhook-endpoints".to_owned(),
                Some(&new),
                [201, 403, 403, 403, 404],
            ),
            (
                "change one",
                "POST",
                format!("webhook-endpoints/{endpoint}"),
                Some(&change),
                [200, 403, 403, 403, 404],
            ),
            (
                "list deliveries",
                "GET",
                "webhook-deliveries".to_owned(),
                None,
                [200, 200, 200, 403, 404],
            ),
            (
                "show one",
                "GET",
                format!("webhook-deliveries/{id}"),
                None,
                [200, 200, 200, 403, 404],
            ),
            (
                "handle it again",
                "POST",
                format!("webhook-deliveries/{id}/replay"),
                None,
                [200, 200, 403, 403, 404],
            ),
        ] {
            let keys =
                [&town.admin, &town.accountant, &town.reader, &town.authority, &town.stranger];
            for (place, (key, status)) in keys.into_iter().zip(statuses).enumerate() {
                let target = format!("/api/v1/schools/{HERE}/{path}");
                let mut request = Request::new(town.server.address, method, &target)
                    .key(key)
                    .once(&format!("{why} {place}"));
                if let Some(body) = body {
                    request = request.json(body);
                }
                let answer = request.send();
                assert_eq!(answer.status, status, "{why}, person {place}: {}", answer.text());
                if status == 404 {
                    assert_eq!(answer.outcome().1, "school_not_found", "{why}");
                }
            }
        }
        // Through one's own school nothing of another's is reached.
        let elsewhere = |path: String| format!("/api/v1/schools/{THERE}/{path}");
        for (why, key, request) in [
            (
                "show",
                &town.stranger,
                town.server.get(&elsewhere(format!("webhook-deliveries/{id}"))),
            ),
            (
                "replay",
                &town.stranger,
                town.server.post(&elsewhere(format!("webhook-deliveries/{id}/replay"))).once("a"),
            ),
            (
                "list of an endpoint",
                &town.stranger,
                town.server.get(&elsewhere(format!("webhook-deliveries?endpoint={endpoint}"))),
            ),
            (
                "close",
                &town.admin,
                town.server
                    .post(&elsewhere(format!("webhook-endpoints/{endpoint}")))
                    .json(&json!({ "change": "close" })),
            ),
        ] {
            let answer = request.key(key).send();
            assert_eq!(answer.status, 404, "{why}: {}", answer.text());
            assert!(!answer.text().contains("nop hoc phi"), "{why}");
        }
        let there = town.server.get(&elsewhere("webhook-deliveries".to_owned()));
        assert_eq!(there.key(&town.stranger).send().json(), json!([]));
        assert_eq!(hook.notify(&town.server, &told, 2).status, 200, "still open");
    });
}

#[test]
fn an_endpoint_cannot_be_made_or_changed_into_what_nobody_could_prove() {
    for_each_backend(|db| {
        let town = Town::create(db);
        let hook = Hook::create(&town, Provider::Sepay, None);
        let listed = town.get("webhook-endpoints").send().json();
        let secret = &listed[0]["secrets"][0]["id"];
        let open = Hook::create(&town, Provider::Sepay, Some("none"));
        let make = format!("/api/v1/schools/{HERE}/webhook-endpoints");
        let before = db.row_counts();
        for (why, target, body, status, code) in [
            ("a provider there is not", &make, json!({ "provider": "stripe" }), 422, ""),
            (
                "a scheme it has not",
                &make,
                json!({ "provider": "payos", "scheme": "none" }),
                422,
                "scheme_unknown",
            ),
            (
                "a gateway without merchant",
                &make,
                json!({ "provider": "vnpay" }),
                422,
                "merchant_needed",
            ),
            (
                "MoMo without access key",
                &make,
                json!({ "provider": "momo", "account": "M" }),
                422,
                "",
            ),
            ("VietQR.vn without user name", &make, json!({ "provider": "vietqr" }), 422, ""),
            (
                "an account of nobody",
                &make,
                json!({ "provider": "sepay", "account": "999" }),
                404,
                "",
            ),
            (
                "the account of another school",
                &make,
                json!({ "provider": "sepay", "account": "1017000002" }),
                404,
                "",
            ),
            (
                "a secret of another shape",
                &make,
                json!({ "provider": "standard", "secret": "whsec_a" }),
                422,
                "secret_shape",
            ),
            (
                "a field there is not",
                &make,
                json!({ "provider": "sepay", "tolerance_seconds": 9 }),
                400,
                "",
            ),
            ("a change there is not", &hook.settings(), json!({ "change": "delete" }), 400, ""),
            (
                "the last secret",
                &hook.settings(),
                json!({ "change": "retire", "secret": secret }),
                409,
                "",
            ),
            (
                "a secret there is not",
                &hook.settings(),
                json!({ "change": "retire", "secret": 1 }),
                404,
                "",
            ),
            (
                "a secret where none is used",
                &open.settings(),
                json!({ "change": "rotate" }),
                409,
                "",
            ),
        ] {
            let answer = town.server.post(target).key(&town.admin).json(&body).send();
            assert_eq!(answer.status, status, "{why}: {}", answer.text());
            if !code.is_empty() {
                assert_eq!(answer.outcome().1, code, "{why}");
            }
        }
        assert_eq!(db.row_counts(), before, "nothing was written");
        let rotate = || {
            let body = json!({ "change": "rotate" });
            town.server.post(&hook.settings()).key(&town.admin).json(&body).send().status
        };
        assert_eq!(rotate(), 200);
        assert_eq!(rotate(), 409, "two at most");
    });
}

#[test]
fn a_closed_endpoint_takes_nothing_until_it_is_opened() {
    for_each_backend(|db| {
        let town = Town::create(db);
        let hook = Hook::create(&town, Provider::Sepay, None);
        let told = movement("2026-11-20 08:00:00", 300_000, "FT1", "nop hoc phi");
        for (change, open, status) in
            [("close", false, 404), ("open", true, 200), ("close", false, 404)]
        {
            let body = json!({ "change": change });
            let answer = town.server.post(&hook.settings()).key(&town.admin).json(&body).send();
            assert_eq!(answer.json()["endpoint"]["open"], open);
            assert_eq!(hook.notify(&town.server, &told, 1).status, status, "{change}");
        }
    });
}

#[test]
fn deliveries_are_listed_shown_and_handled_again() {
    for_each_backend(|db| {
        let town = Town::create(db).with_invoices();
        let sepay = Hook::create(&town, Provider::Sepay, None);
        let standard = Hook::create(&town, Provider::Standard, None);
        let told = movement("2026-11-20 08:00:00", 1_250_000, "FT1", "HPQ6XPNK7 nop");
        assert_eq!(sepay.notify(&town.server, &told, 1).status, 200);
        let mut unknown = standard.signed(&told, 5, seconds(&town.server));
        unknown.body = unknown.body.replace("payment.received", "payment.disputed");
        let signature = doisoat::formats::notification::standard::sign(
            std::slice::from_ref(&standard.secret),
            "msg_5",
            seconds(&town.server),
            &unknown.body,
        );
        unknown.headers.retain(|(name, _)| name != "webhook-signature");
        unknown.headers.push(("webhook-signature".to_owned(), signature.unwrap()));
        assert_eq!(standard.send(&town.server, &unknown).status, 200);

        let all = deliveries(&town, "");
        let seen: Vec<(&str, &str, &str)> = all
            .iter()
            .map(|one| {
                let text = |name: &str| one[name].as_str().unwrap_or("-");
                (text("provider_id"), text("state"), text("problem"))
            })
            .collect();
        assert_eq!(
            seen,
            [("msg_5", "dead", "unknown_kind: payment.disputed"), ("1", "done", "-")],
            "newest first"
        );
        assert_eq!(deliveries(&town, "?state=dead"), all[..1]);
        assert_eq!(deliveries(&town, "?limit=1"), all[..1]);
        let before = format!("?before={}", all[0]["id"]);
        assert_eq!(deliveries(&town, &before), all[1..]);
        let only = format!("?endpoint={}", sepay.terms.endpoint);
        assert_eq!(deliveries(&town, &only), all[1..]);
        assert_eq!(town.get("webhook-deliveries?page=2").send().status, 400);
        assert_eq!(town.get("webhook-deliveries/1").send().status, 404);

        let shown = town.get(&format!("webhook-deliveries/{}", all[0]["id"])).send().json();
        assert_eq!(shown["body"], unknown.body.as_str(), "as it came");
        let headers = shown["headers"].to_string();
        assert!(headers.contains("msg_5") && !headers.contains("v1,"), "{headers}");

        // A payment does not become another; the unknown kind stays what it is.
        let (rows, state) =
            (db.number("SELECT COUNT(*) AS value FROM payments"), town.school.state());
        for (number, one) in all.iter().enumerate() {
            let path = format!("webhook-deliveries/{}/replay", one["id"]);
            let again = town.post(&path).once(&format!("again {number}")).send();
            assert_eq!(again.status, 200, "{}", again.text());
            assert_eq!(town.post(&path).send().status, 400, "a key for repetition is needed");
        }
        let after = deliveries(&town, "");
        assert_eq!(after[0]["problem"], "unknown_kind: payment.disputed");
        assert_eq!(after[1]["kind"], "known");
        assert_eq!(db.number("SELECT COUNT(*) AS value FROM payments"), rows);
        assert_eq!(town.school.state(), state);
        town.school.verify();
    });
}

#[test]
fn a_secret_that_we_made_is_told_once_and_none_is_ever_shown() {
    for_each_backend(|db| {
        let town = Town::create(db);
        let make = format!("/api/v1/schools/{HERE}/webhook-endpoints");
        let mut answers: Vec<Answer> = Vec::new();
        let mut secrets = vec![CANARY.to_owned()];
        for provider in Provider::ALL {
            let account = provider.is_gateway().then_some("MAU01");
            let body =
                json!({ "provider": provider.as_str(), "client": CLIENT, "account": account });
            let answer = town.server.post(&make).key(&town.admin).json(&body).send();
            assert_eq!(answer.status, 201, "{provider:?}");
            let new = answer.json();
            let secret = new["secret"].as_str().unwrap().to_owned();
            assert!(secret.len() >= 32, "{provider:?}");
            assert_eq!(new["endpoint"].to_string().matches(&secret).count(), 0);
            secrets.push(secret);
        }
        secrets.sort();
        secrets.dedup();
        assert_eq!(secrets.len(), Provider::ALL.len() + 1, "each has its own");

        let hook =
            Hook::with_secret(&town, Provider::Sepay, Some("key"), Secret::new(CANARY.to_owned()));
        let told = movement("2026-11-20 08:00:00", 300_000, "FT1", "nop hoc phi");
        answers.push(hook.notify(&town.server, &told, 1));
        let wrong = Hook { secret: Secret::new(format!("{CANARY}x")), ..hook.clone() };
        answers.push(wrong.notify(&town.server, &told, 1));
        let id = deliveries(&town, "")[0]["id"].clone();
        answers.push(town.get("webhook-endpoints").send());
        answers.push(town.get("webhook-deliveries").send());
        answers.push(town.get(&format!("webhook-deliveries/{id}")).send());
        // What cannot be read is not said back either.
        for (target, body) in [
            (&make, json!({ "provider": "sepay", "secret": [CANARY] })),
            (&make, json!({ "provider": "sepay", "secret": CANARY, "scheme": 3 })),
            (&make, json!({ "provider": "standard", "secret": CANARY })),
            (&make, json!({ "provider": "sepay", "key": CANARY })),
            (&make, json!(CANARY)),
            (&hook.settings(), json!({ "change": "retire", "secret": CANARY })),
            (&hook.settings(), json!({ "change": "rotate", "secret": CANARY })),
            (&hook.settings(), json!({ "change": "rotate", "secret": CANARY })),
            (&hook.settings(), json!({ "change": "close", "secret": CANARY })),
            (&hook.settings(), json!({ "change": "open" })),
        ] {
            answers.push(town.server.post(target).key(&town.admin).json(&body).send());
        }
        for answer in &answers {
            for secret in &secrets {
                assert!(!answer.text().contains(secret), "{answer:?}");
            }
        }
        // Nor does the database hold one that can be read.
        for sql in [
            "SELECT sealed AS value FROM webhook_secrets",
            "SELECT headers AS value FROM notifications",
            "SELECT query AS value FROM notifications",
            "SELECT body AS value FROM notifications",
            "SELECT detail AS value FROM audit_records",
        ] {
            for text in db.words(sql) {
                assert!(secrets.iter().all(|secret| !text.contains(secret)), "{sql}: {text}");
            }
        }
        // And nothing of the program prints one when it is printed for a look at it.
        let receiver = Receiver::start(
            &town.school.store,
            town.server.clock.clone(),
            std::sync::Arc::new(feed::keys()),
            || (),
        )
        .unwrap();
        let endpoint = receiver.find(Provider::Sepay, &hook.terms.endpoint).unwrap().unwrap();
        let headers = [("Authorization".to_owned(), format!("Apikey {CANARY}"))];
        let body = format!("client_secret={CANARY}");
        let printed = [
            format!("{endpoint:?}"),
            format!("{:?}", Secret::new(CANARY.to_owned())),
            format!("{:?}", feed::keys()),
            format!(
                "{:?}",
                NewEndpoint {
                    provider: "sepay".to_owned(),
                    scheme: None,
                    name: String::new(),
                    account: None,
                    client: None,
                    secret: Some(CANARY.to_owned()),
                }
            ),
            format!("{:?}", Change::Rotate { secret: Some(CANARY.to_owned()) }),
            format!(
                "{:?}",
                doisoat::http::api::webhooks::ChangeBody::Rotate {
                    secret: Some(CANARY.to_owned())
                }
            ),
            format!(
                "{:?}",
                Asked {
                    method: Method::Post,
                    query: CANARY,
                    headers: &headers,
                    body: body.as_bytes(),
                    now: 0,
                }
            ),
        ];
        for text in printed {
            assert!(!text.contains(CANARY) && !text.contains(TEST_KEY), "{text}");
        }
    });
}
