//! An outage heals itself: what a service failed to tell is asked for, once set up.

use std::time::Duration;

use doisoat::clock::Clock;
use doisoat::domain::notification::Provider;
use doisoat::ids::{CountingIds, IdSource};
use doisoat::outbound::{Client, Policy};
use doisoat::service::pull::{self, Asking, NewPull};

use crate::support::feed::{Feed, keys, movement};
use crate::support::for_each_backend;
use crate::support::lists::{Behaviour, Lists, TOKEN, Transaction, Trouble};
use crate::support::program::run;
use crate::support::school::{ACCOUNT, School};

fn policy() -> Policy {
    Policy { allow_private_networks: true, timeout: Duration::from_secs(5), ..Policy::default() }
}

fn transactions() -> Vec<Transaction> {
    (1..=25)
        .map(|id| Transaction {
            id,
            account: if id == 9 { "9990001112".to_owned() } else { ACCOUNT.to_owned() },
            at: format!("2026-11-{:02} 08:{id:02}:00", 18 + id / 6),
            amount: if id == 5 { -1_000 } else { 100_000 + i64::try_from(id).unwrap() },
            text: format!("nop hoc phi lan {id}"),
            reference: format!("FT2632{id:06}"),
        })
        .collect()
}

fn asking<'a>(feed: &'a Feed<'_>, school: &'a School, client: &'a Client) -> Asking<'a> {
    let keys: &'static _ = Box::leak(Box::new(keys()));
    Asking { db: &school.store, client, clock: &*feed.clock, keys, wait: &|_| () }
}

#[test]
fn what_a_service_failed_to_tell_is_found_in_its_list_and_nothing_comes_twice() {
    for_each_backend(|db| {
        for provider in [Provider::Sepay, Provider::Casso] {
            let other = crate::support::TestDb::create(db.backend);
            let school = School::create(&other);
            let feed = Feed::of(&school);
            let lists = Lists::start(Behaviour {
                transactions: transactions(),
                // The first request meets a server that is down.
                troubles: [Trouble::Status(500)].into(),
                ..Behaviour::default()
            });
            let terms = feed.terms(provider);
            // Three of them were told in time, one of those with the same id as in the list.
            for id in 1..=3_i64 {
                let told = movement(
                    &format!("2026-11-18 08:{id:02}:00"),
                    100_000 + id,
                    &format!("FT2632{id:06}"),
                    &format!("nop hoc phi lan {id}"),
                );
                feed.notify(provider, &told, id);
            }
            assert_eq!(school.payments().len(), 3);

            let new = NewPull {
                base_url: Some(lists.base_url()),
                token: TOKEN.to_owned(),
                page_size: 10,
                every_minutes: 15,
            };
            let ids = CountingIds::new();
            let keyring = keys();
            let ports: (&dyn Clock, &dyn IdSource, _) = (&*feed.clock, &ids, &keyring);
            let named = (school.id, terms.endpoint.as_str());
            let refused =
                pull::set(&school.store, ports, &school.actor, named, (&new, &Policy::default()));
            assert!(refused.is_err(), "a private address needs the operator's word");
            pull::set(&school.store, ports, &school.actor, named, (&new, &policy())).unwrap();

            let client = Client::new(policy());
            let asking = asking(&feed, &school, &client);
            assert!(pull::run_due(&asking).unwrap(), "it is due at once");
            assert!(!pull::run_due(&asking).unwrap(), "and then in a quarter of an hour");
            feed.drain();
            // Twenty-five, without the one that went out and the one of another account.
            assert_eq!(school.payments().len(), 23, "{provider:?}");
            let again = pull::run(&asking, school.id, None, None).unwrap();
            assert_eq!((again[0].new, again[0].unreadable), (0, 0), "{again:?}");
            assert_eq!(again[0].problem, None);
            feed.clock.advance(chrono::TimeDelta::minutes(16));
            assert!(pull::run_due(&asking).unwrap());
            feed.drain();
            assert_eq!(school.payments().len(), 23);
            school.verify();
            let shown = pull::list(&school.store, school.id).unwrap();
            assert_eq!(shown[0].pulled_to.unwrap().to_string(), "2026-11-24");
            assert!(!format!("{shown:?}").contains(TOKEN), "the token is never shown");
        }
    });
}

#[test]
fn a_token_that_is_refused_is_told_and_nothing_else_happens() {
    for_each_backend(|db| {
        let school = School::create(db);
        let feed = Feed::of(&school);
        let lists =
            Lists::start(Behaviour { transactions: transactions(), ..Behaviour::default() });
        let terms = feed.terms(Provider::Casso);
        let new = NewPull {
            base_url: Some(lists.base_url()),
            token: "another".to_owned(),
            page_size: 10,
            every_minutes: 0,
        };
        let (ids, keyring) = (CountingIds::new(), keys());
        let ports: (&dyn Clock, &dyn IdSource, _) = (&*feed.clock, &ids, &keyring);
        let named = (school.id, terms.endpoint.as_str());
        pull::set(&school.store, ports, &school.actor, named, (&new, &policy())).unwrap();
        let client = Client::new(policy());
        let asking = asking(&feed, &school, &client);
        assert!(!pull::run_due(&asking).unwrap(), "off unless a person asks");
        let pulled = pull::run(&asking, school.id, None, None).unwrap();
        assert_eq!(pulled[0].problem.as_deref(), Some("token_refused"));
        assert_eq!(pulled[0].new, 0);
        assert!(school.payments().is_empty());
        pull::stop(&school.store, &*feed.clock, &school.actor, named).unwrap();
        assert!(pull::list(&school.store, school.id).unwrap().is_empty());
    });
}

#[test]
fn the_command_line_sets_up_shows_and_asks() {
    for_each_backend(|db| {
        let school = School::create(db);
        let lists =
            Lists::start(Behaviour { transactions: transactions(), ..Behaviour::default() });
        let folder = tempfile::tempdir().unwrap();
        let token = folder.path().join("token");
        std::fs::write(&token, format!("{TOKEN}\n")).unwrap();
        let key = folder.path().join("key");
        let config = folder.path().join("config.toml");
        let settings = format!(
            "[secrets]\nkey_file = {:?}\n[webhooks]\nallow_private_networks = true\n",
            key.to_str().unwrap()
        );
        std::fs::write(&config, settings).unwrap();
        let base = ["--database", &db.url, "--config", config.to_str().unwrap()];
        let call = |more: &[&str]| run([&base[..], more].concat());
        let made =
            call(&["webhook", "create", "--school", "THCS-MAU", "--provider", "sepay", "--json"]);
        assert_eq!(made.status, 0, "{made:?}");
        let made: serde_json::Value = serde_json::from_str(&made.out).unwrap();
        let endpoint = made["endpoint"]["id"].as_str().unwrap();
        assert!(made["secret"].as_str().unwrap().starts_with("whsec_"));
        let nothing = call(&["pull", "--school", "THCS-MAU"]);
        assert_eq!(nothing.status, 1, "{nothing:?}");
        let url = lists.base_url();
        let set = call(&[
            "pull",
            "--school",
            "THCS-MAU",
            "--endpoint",
            endpoint,
            "--token-file",
            token.to_str().unwrap(),
            "--base-url",
            &url,
            "--page-size",
            "5000",
        ]);
        assert_eq!(set.status, 0, "{set:?}");
        assert!(!set.out.contains(TOKEN));
        let asked = call(&["pull", "--school", "THCS-MAU", "--since", "2026-11-18", "--json"]);
        assert_eq!(asked.status, 0, "{asked:?}");
        let asked: serde_json::Value = serde_json::from_str(asked.out.trim()).unwrap();
        // The list is asked for the one account only; what went out is passed over.
        assert_eq!((asked["new"].as_i64(), asked["passed_over"].as_i64()), (Some(23), Some(1)));
        assert_eq!(school.payments().len(), 23);
        school.verify();
    });
}
