//! The doors to letters: the API, and the program's commands.

use chrono::TimeDelta;
use doisoat::clock::{Clock as _, SystemClock};
use doisoat::domain::access::Role;
use doisoat::service::keys::Reach;
use doisoat::service::students::contacts::{self, GuardianTerms};
use serde_json::{Value, json};

use crate::fees::doors::issued;
use crate::support::client::Answer;
use crate::support::feed::TEST_KEY;
use crate::support::program::{Said, doisoat, said};
use crate::support::server::{HERE, THERE, Town};
use crate::support::{TestDb, for_each_backend};

/// A town with an issued round; one of its two families has an address.
fn town(db: &TestDb) -> Town {
    let town = Town::create(db).with_invoices();
    let school = &town.school;
    let guardian = GuardianTerms {
        name: "Lò Thị Mẫu".to_owned(),
        email: "me.hai@example.test".to_owned(),
        ..GuardianTerms::default()
    };
    let of = (school.id, "HS02");
    contacts::set(&school.store, &school.clock, &school.actor, of, &[guardian]).unwrap();
    issued(&town);
    town
}

/// The letters of a list, once the service has made and sent what it can.
fn settled(town: &Town, query: &str) -> Vec<Value> {
    for _ in 0..200 {
        let list = town.get(&format!("letters?{query}")).send().json();
        let letters = list["letters"].as_array().unwrap().clone();
        if letters.iter().all(|letter| letter["outcome"] != "waiting") {
            return letters;
        }
        std::thread::sleep(std::time::Duration::from_millis(100));
    }
    panic!("letters still wait: {}", town.get("letters").send().text());
}

fn put(town: &Town, key: &str, reminders: &Value) -> Answer {
    let target = format!("/api/v1/schools/{HERE}/letter-terms");
    town.server.request("PUT", &target).key(key).json(reminders).send()
}

fn command(db: &TestDb, words: &[&str]) -> Said {
    let mut command = doisoat(words);
    command.env("DOISOAT_SECRETS__KEY", TEST_KEY).env("DOISOAT_DATABASE", &db.url);
    said(command.output().unwrap())
}

#[test]
fn the_api_tells_families_of_a_round_and_what_became_of_it() {
    for_each_backend(|db| {
        let town = town(db);
        let notify = |key: &str| town.post("rounds/T11/notices").once(key).send();
        let told = notify("n1");
        assert_eq!((told.status, told.json()), (200, json!(2)), "{}", told.text());
        assert_eq!(notify("n1").header("idempotency-replayed"), Some("true"));
        assert_eq!(notify("n2").json(), json!(2));
        let unnamed = town.post("rounds/T11/notices").send();
        assert_eq!(unnamed.outcome(), (400, "idempotency_key_needed".to_owned()));
        let missing = town.post("rounds/KHONG/notices").once("n3").send();
        assert_eq!(missing.status, 404, "{}", missing.text());

        let letters = settled(&town, "kind=notice&round=T11");
        assert_eq!(letters.len(), 2, "told again, not asked for again: {letters:?}");
        let of = |outcome: &str| {
            let found = letters.iter().find(|letter| letter["outcome"] == outcome);
            found.unwrap_or_else(|| panic!("{outcome} in {letters:?}"))
        };
        let (sent, skipped) = (of("sent"), of("skipped"));
        assert_eq!(sent["copies"][0]["to"], "me.hai@example.test");
        assert_eq!(skipped["copies"][0]["reason"], "no_email");
        let one = town.get("letters?limit=1").send().json();
        let older = town.get(&format!("letters?before={}", one["next"])).send().json();
        assert_eq!(one["letters"][0]["id"], letters[0]["id"], "newest first");
        assert_eq!(older["letters"][0]["id"], letters[1]["id"]);
        assert_eq!(town.get("letters?kind=receipt").send().json()["letters"], json!([]));
        assert_eq!(town.get("letters?khong=1").send().status, 400);

        let again =
            |id: &Value, key: &str| town.post(&format!("letters/{id}/again")).once(key).send();
        assert_eq!(again(&sent["id"], "a1").outcome(), (409, "letter_sent".to_owned()));
        assert_eq!(again(&skipped["id"], "a2").json(), skipped["id"]);
        assert_eq!(settled(&town, "kind=notice&round=T11").len(), 2);
        let letters = settled(&town, "outcome=skipped");
        assert_eq!(letters.len(), 1, "it was looked at anew, and still has no address");
        assert_eq!(again(&json!(4_611_686_018_427_387_904_i64), "a3").status, 404);
        let foreign = format!("/api/v1/schools/{THERE}/letters/{}/again", skipped["id"]);
        let foreign = town.server.post(&foreign).key(&town.stranger).once("a4").send();
        assert_eq!(foreign.outcome(), (404, "letter_not_found".to_owned()));
        town.school.verify();
    });
}

#[test]
fn the_api_reminds_exactly_whom_it_showed_and_keeps_the_schedule() {
    for_each_backend(|db| {
        let town = town(db);
        let shown = town.get("reminders?class=6A1").send().json();
        assert_eq!(shown["families"], 1, "{shown}");
        assert_eq!(shown["skipped"][0]["reason"], "no_email", "{shown}");
        let remind = |seen: &Value, key: &str| {
            let body = json!({ "class": "6A1", "fingerprint": seen });
            town.post("reminders").once(key).json(&body).send()
        };
        let stale = remind(&json!("cu"), "r1");
        assert_eq!(stale.outcome(), (409, "reminder_changed".to_owned()));
        let done = remind(&shown["fingerprint"], "r2");
        assert_eq!((done.status, done.json()), (200, shown), "{}", done.text());
        let letters = settled(&town, "kind=reminder");
        assert_eq!(letters.len(), 1, "{letters:?}");
        assert_eq!(letters[0]["outcome"], "sent");
        let body = json!({ "fingerprint": "x", "everybody": true });
        assert_eq!(town.post("reminders").once("r3").json(&body).send().status, 400);

        assert_eq!(town.get("letter-terms").send().json(), json!({ "reminders": false }));
        let on = json!({ "reminders": true });
        assert_eq!(put(&town, &town.reader, &on).status, 403);
        assert_eq!(put(&town, &town.accountant, &on).json(), on);
        assert_eq!(town.get("letter-terms").send().json(), on);
        town.school.verify();
    });
}

#[test]
fn letters_are_nobodys_business_elsewhere() {
    for_each_backend(|db| {
        let town = town(db);
        let supervisor = town.key(Role::Supervisor, &Reach::Authority("PHONG-MAU".to_owned()));
        for below in ["letters", "reminders", "letter-terms"] {
            for (why, key) in [("another school", &town.stranger), ("figures only", &supervisor)] {
                let target = format!("/api/v1/schools/{HERE}/{below}");
                let answer = town.server.get(&target).key(key).send();
                assert!([403, 404].contains(&answer.status), "{why}: {below}: {}", answer.text());
            }
        }
    });
}

#[test]
fn the_commands_notify_list_send_again_remind_and_set_the_schedule() {
    for_each_backend(|db| {
        let town = town(db);
        // Commands go by the machine's clock: for the service it is noon of the day after.
        let tomorrow = (SystemClock.now() + TimeDelta::days(1)).date();
        town.server.clock.set(tomorrow.and_hms_opt(5, 0, 0).unwrap());
        let at = ["--school", HERE];
        let run = |words: &[&str]| command(db, &[&["letter"], words, &at[..]].concat());
        let said = run(&["notify", "T11"]);
        assert_eq!(said.out, "Thông báo cho 2 gia đình.\n", "{said:?}");
        let letters = settled(&town, "kind=notice");
        let of = |outcome: &str| {
            let found = letters.iter().find(|letter| letter["outcome"] == outcome).unwrap();
            found["id"].to_string()
        };
        let said = run(&["list", "--kind", "notice", "--round", "T11"]);
        for told in ["me.hai@example.test", "no_email", "Mẫu Hai (6A1)"] {
            assert!(said.out.contains(told), "{told}: {said:?}");
        }
        let said = run(&["list", "--json", "--outcome", "sent"]);
        let one: Value = serde_json::from_str(said.out.trim()).unwrap();
        assert_eq!(one["id"].to_string(), of("sent"));
        let said = run(&["again", &of("sent")]);
        assert!(said.status == 1 && said.err.contains("[letter_sent]"), "{said:?}");
        let said = run(&["again", &of("skipped"), "--lang", "en"]);
        assert!(said.out.contains("will be sent again"), "{said:?}");

        let said = run(&["remind", "--class", "6A1"]);
        assert!(said.out.contains("Thêm --send") && said.out.contains("no_email: 1"), "{said:?}");
        assert_eq!(settled(&town, "kind=reminder").len(), 0, "only shown");
        let said = run(&["remind", "--class", "6A1", "--send", "--json"]);
        let shown: Value = serde_json::from_str(said.out.trim()).unwrap();
        assert_eq!(settled(&town, "kind=reminder").len(), shown["families"], "{said:?}");

        for (words, told) in [
            (vec!["schedule"], "tắt"),
            (vec!["schedule", "on"], "bật"),
            (vec!["schedule"], "bật"),
            (vec!["schedule", "off"], "tắt"),
        ] {
            assert!(run(&words).out.contains(told), "{words:?}");
        }
        let said = run(&["notify", "KHONG"]);
        assert!(said.status == 1 && said.err.contains("_not_found]"), "{said:?}");
        town.school.verify();
    });
}
