//! Links of mails to people who work here: they work once, for their time, and afterwards say what to do.

use chrono::TimeDelta;
use doisoat::clock::Clock;
use doisoat::domain::access::Role;
use doisoat::domain::lang::Lang;
use doisoat::ids::{IdSource, RandomIds};
use doisoat::service::keys::Reach;
use doisoat::service::users::{self, NewUser};

use crate::support::browser::PASSWORD;
use crate::support::client::{Answer, encoded};
use crate::support::for_each_backend;
use crate::support::server::{HERE, Town};

const EMAIL: &str = "duoc.moi@example.test";

fn look(town: &Town, path: &str) -> Answer {
    town.server.get(path).send()
}

fn choose(town: &Town, path: &str, password: &str) -> Answer {
    let body = format!("password={0}&again={0}", encoded(password));
    let kind = "application/x-www-form-urlencoded";
    town.server.post(path).header("Content-Type", kind).bytes(body.as_bytes()).send()
}

/// What a link says that does not work, whatever the reason.
fn over(town: &Town, path: &str) {
    let below = path.rsplit_once('/').unwrap().0;
    let unknown = format!("{below}/{}", "0".repeat(64));
    for (why, answer, other) in [
        ("looked at", look(town, path), look(town, &unknown)),
        ("sent", choose(town, path, PASSWORD), choose(town, &unknown, PASSWORD)),
    ] {
        let text = answer.text();
        assert_eq!(answer.status, 404, "{path} {why}: {text}");
        assert!(text.contains("đã dùng hoặc đã hết hạn"), "{path} {why}: {text}");
        assert!(text.contains("Quên mật khẩu"), "{path} {why}: what to do now");
        assert!(!text.contains("Được Mời") && !text.contains(EMAIL), "{path} {why}: whose it was");
        assert_eq!(text, other.text(), "{path} {why}: like one that never was");
    }
}

#[test]
fn a_link_works_once_for_its_time_and_then_says_how_to_get_another() {
    for_each_backend(|db| {
        let town = Town::create(db);
        let (store, clock) = (&town.school.store, &*town.server.clock);
        let new = NewUser {
            email: EMAIL.to_owned(),
            name: "Được Mời".to_owned(),
            lang: Lang::Vi,
            second_factor_exempt: true,
            grants: vec![(Role::Cashier, Reach::School(HERE.to_owned()))],
        };
        let ports: (&dyn Clock, &dyn IdSource) = (clock, &RandomIds);
        let (_, invited) = users::invite(store, ports, &town.school.actor, &new).unwrap();
        let invitation = format!("/invitations/{}", invited.secret);
        for _ in 0..2 {
            // Whoever checks mails for what harms looks first, and uses nothing up.
            let page = look(&town, &invitation);
            assert_eq!(page.status, 200, "{}", page.text());
            assert!(page.text().contains("Được Mời"));
        }
        let short = choose(&town, &invitation, "ngắn");
        assert_eq!(short.status, 422, "a password that is refused uses nothing up");
        let begun = clock.now();
        clock.set(begun + TimeDelta::days(7) + TimeDelta::seconds(1));
        over(&town, &invitation);
        clock.set(begun);
        assert_eq!(choose(&town, &invitation, PASSWORD).status, 303);
        over(&town, &invitation);

        let reset = || {
            let link = users::request_reset(store, ports, EMAIL, "192.0.2.1").unwrap().unwrap();
            format!("/password/{}", link.secret)
        };
        let late = reset();
        assert_eq!(look(&town, &late).status, 200);
        clock.set(begun + TimeDelta::hours(1) + TimeDelta::seconds(1));
        over(&town, &late);
        let used = reset();
        assert_eq!(choose(&town, &used, "mèo trèo cây cau 2026").status, 303);
        over(&town, &used);
    });
}
