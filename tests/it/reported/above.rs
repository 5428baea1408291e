//! What an authority's key is told of whom it asked for reports, and of who looked.

use doisoat::domain::access::Role;
use doisoat::service::keys::Reach;

use crate::support::browser::Desk;
use crate::support::for_each_backend;
use crate::support::server::{HERE, Town};

#[test]
fn a_key_of_an_authority_asks_for_reports_once_a_day() {
    for_each_backend(|db| {
        let town = Town::create(db).with_invoices();
        Desk::of(&town).signed_in(Role::ChiefAccountant);
        let above = Reach::Authority("PHONG-MAU".to_owned());
        let supervisor = town.key(Role::Supervisor, &above);
        let auditor = town.key(Role::Auditor, &above);
        let ask = |key: &str, authority: &str, month: &str, once: &str| {
            let target =
                format!("/api/v1/authorities/{authority}/reports/months/{month}/reminders");
            town.server.post(&target).key(key).once(once).send()
        };
        let first = ask(&supervisor, "PHONG-MAU", "2026-10", "a");
        assert_eq!(first.status, 201, "{}", first.text());
        let said = first.json();
        assert_eq!(
            (&said["asked"], &said["mails"], &said["asked_before"]),
            (&1.into(), &1.into(), &0.into())
        );
        let kept = ask(&supervisor, "PHONG-MAU", "2026-10", "a");
        assert_eq!(kept.json(), said, "the same request has the same answer");
        let again = ask(&supervisor, "PHONG-MAU", "2026-10", "b").json();
        assert_eq!(
            (&again["asked"], &again["mails"], &again["asked_before"]),
            (&0.into(), &0.into(), &1.into())
        );
        for (why, key, authority, month, status, code) in [
            (
                "a month that is not over",
                &supervisor,
                "PHONG-MAU",
                "2026-11",
                422,
                "month_not_over",
            ),
            ("no month", &supervisor, "PHONG-MAU", "thang-10", 404, "month_not_found"),
            ("another authority", &supervisor, "PHONG-KHAC", "2026-10", 404, "authority_not_found"),
            ("who only reads", &auditor, "PHONG-MAU", "2026-10", 403, "key_not_sufficient"),
            ("a school's key", &town.reader, "PHONG-MAU", "2026-10", 403, "key_not_sufficient"),
        ] {
            let answer = ask(key, authority, month, why);
            assert_eq!(answer.outcome(), (status, code.to_owned()), "{why}: {}", answer.text());
        }
        let target = "/api/v1/authorities/PHONG-MAU/reports/months/2026-10/reminders";
        let without = town.server.post(target).key(&supervisor).send();
        assert_eq!(without.status, 400, "no Idempotency-Key: {}", without.text());
    });
}

#[test]
fn who_looked_is_told_page_by_page_to_whoever_may_see_the_figures() {
    for_each_backend(|db| {
        let town = Town::create(db).with_invoices();
        let looks = |key: &str, authority: &str, more: &str| {
            let target = format!("/api/v1/authorities/{authority}/looks{more}");
            town.server.get(&target).key(key).send()
        };
        let none = looks(&town.authority, "PHONG-MAU", "").json();
        assert_eq!(none["looks"], serde_json::json!([]), "asking who looked is no look");
        for _ in 0..51 {
            let target =
                "/api/v1/reports/cashless?authority=PHONG-MAU&from=2026-10-01&to=2026-10-31";
            assert_eq!(town.server.get(target).key(&town.authority).send().status, 200);
        }
        let target = format!("/api/v1/reports/path?school={HERE}&month=2026-10");
        assert_eq!(town.server.get(&target).key(&town.authority).send().status, 200);
        let first = looks(&town.authority, "PHONG-MAU", "").json();
        let page = first["looks"].as_array().unwrap();
        assert_eq!(page.len(), 50);
        assert_eq!((&page[0]["what"], &page[0]["period"]), (&"api".into(), &"2026-10".into()));
        assert!(page[0]["school"].is_string(), "{}", page[0]);
        assert!(page[1]["school"].is_null(), "{}", page[1]);
        assert!(page[0]["at"].as_str().unwrap().starts_with("2026-11-2"), "{}", page[0]);
        let next = first["next"].as_i64().unwrap();
        let rest = looks(&town.authority, "PHONG-MAU", &format!("?before={next}")).json();
        assert_eq!(rest["looks"].as_array().unwrap().len(), 2);
        assert!(rest["next"].is_null());
        for (why, key, authority, more, status) in [
            ("another authority", &town.authority, "PHONG-KHAC", "", 404),
            ("none", &town.authority, "KHONG-CO", "", 404),
            ("a school's key", &town.reader, "PHONG-MAU", "", 403),
            ("no number", &town.authority, "PHONG-MAU", "?before=x", 400),
            ("an unknown word", &town.authority, "PHONG-MAU", "?after=1", 400),
        ] {
            assert_eq!(looks(key, authority, more).status, status, "{why}");
        }
    });
}
