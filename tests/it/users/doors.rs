//! The pages of signing in: the second factor, the provider's accounts, and what every answer carries.

use chrono::TimeDelta;
use doisoat::clock::Clock as _;
use doisoat::domain::access::Role;
use doisoat::http::api::routes::{Needs, OTHER_ROUTES, ROUTES};
use doisoat::http::pages::routes;
use doisoat::outbound::{Client, Policy};
use doisoat::service::keys::Reach;
use doisoat::service::oidc::Begun;
use doisoat::service::users;

use super::oidc::{Idp, RIGHT, SECRET, Says, Scene, parameter};
use super::{EMAIL, Office, PASSWORD};
use crate::support::browser::{Browser, Desk};
use crate::support::client::{Answer, Request, encoded};
use crate::support::for_each_backend;
use crate::support::server::{HERE, Town};

/// The value of a cookie that an answer sets; how it is set must be what every cookie of ours is.
fn cookie(answer: &Answer, name: &str) -> String {
    let start = format!("{name}=");
    let set = answer
        .headers
        .iter()
        .filter(|(header, _)| header == "set-cookie")
        .find_map(|(_, value)| value.strip_prefix(&start))
        .unwrap_or_else(|| panic!("no cookie {name}: {:?}", answer.headers));
    for part in ["HttpOnly", "SameSite=Lax"] {
        assert!(set.contains(part), "{name}: {set}");
    }
    set.split(';').next().unwrap().to_owned()
}

fn form(town: &Town, target: &str, fields: &[(&str, &str)]) -> Answer {
    let body: Vec<String> =
        fields.iter().map(|(name, value)| format!("{name}={}", encoded(value))).collect();
    let kind = "application/x-www-form-urlencoded";
    let request = town.server.post(target).header("Content-Type", kind);
    request.bytes(body.join("&").as_bytes()).send()
}

/// What stands between two pieces of a page.
fn between<'a>(page: &'a str, before: &str, after: &str) -> &'a str {
    page.split_once(before)
        .unwrap_or_else(|| panic!("{before}: {page}"))
        .1
        .split_once(after)
        .unwrap()
        .0
}

#[test]
fn a_second_factor_is_set_up_asked_for_and_replaced_by_a_recovery_code_once() {
    for_each_backend(|db| {
        let town = Town::create(db);
        let office = Office::of(&town.school);
        office.add(Role::Accountant);
        let entered = form(&town, "/sign-in", &[("email", EMAIL), ("password", PASSWORD)]);
        assert_eq!(entered.status, 303, "{}", entered.text());
        let browser = Browser::of(&town.server, &cookie(&entered, "doisoat"));
        let elsewhere = browser.get("/queue");
        assert_eq!(elsewhere.status, 303, "nothing else before");
        let led = browser.fetch("/account/second-factor").text();
        assert!(led.contains("action=\"/account/second-factor\""), "{led}");
        let made = browser.post_to("/account/second-factor", &[]).text();
        let secret = between(&made, "data-copy=\"", "\"").to_owned();
        let wrong = browser.post_to("/account/second-factor/confirm", &[("code", "000000")]);
        assert_eq!(wrong.status, 422, "{}", wrong.text());
        assert_eq!(browser.get("/queue").status, 303, "a wrong code sets nothing up");
        let code = office.code(&secret);
        let done = browser.post_to("/account/second-factor/confirm", &[("code", &code)]);
        assert_eq!(done.status, 200, "{}", done.text());
        let page = done.text();
        let codes: Vec<&str> = between(&page, "<ul class=\"code\">", "</ul>")
            .split("<li>")
            .skip(1)
            .map(|item| item.split('<').next().unwrap())
            .collect();
        assert_eq!(codes.len(), 10);
        assert!(!browser.fetch("/account/second-factor").text().contains(codes[0]), "shown once");

        let half = || {
            let asked = form(&town, "/sign-in", &[("email", EMAIL), ("password", PASSWORD)]);
            assert_eq!(asked.status, 200, "{}", asked.text());
            assert!(asked.header("set-cookie").is_none(), "half the way is no session");
            let page = asked.text();
            between(&page, "name=\"ticket\" value=\"", "\"").to_owned()
        };
        let ticket = half();
        let wrong = form(&town, "/sign-in/code", &[("ticket", &ticket), ("code", "000000")]);
        assert_eq!(wrong.status, 422, "{}", wrong.text());
        let by_code = form(&town, "/sign-in/code", &[("ticket", &ticket), ("code", codes[0])]);
        assert_eq!(by_code.status, 303, "{}", by_code.text());
        let again = Browser::of(&town.server, &cookie(&by_code, "doisoat"));
        assert_eq!(again.get("/queue").status, 200);
        let ticket = half();
        let used = form(&town, "/sign-in/code", &[("ticket", &ticket), ("code", codes[0])]);
        assert_eq!(used.status, 422, "a recovery code works once");

        // Whoever lost the device: an administrator takes the factor away, and the sessions with it.
        let admin = Desk::of(&town).signed_in_at(Role::Administrator, &Reach::Everything);
        let person = db.number(&format!("SELECT id AS value FROM users WHERE email = '{EMAIL}'"));
        assert_eq!(admin.post_to(&format!("/people/{person}/factor"), &[]).status, 303);
        assert_eq!(again.get("/queue").status, 303, "every session ended");
        let entered = form(&town, "/sign-in", &[("email", EMAIL), ("password", PASSWORD)]);
        assert_eq!(entered.status, 303, "no code is asked for any more");
    });
}

#[test]
fn the_rule_of_a_password_is_told_where_it_is_chosen() {
    for_each_backend(|db| {
        let town = Town::create(db);
        let office = Office::of(&town.school);
        let invite = |email: &str, role| {
            let new = Office::new_user(email, role);
            users::invite(&office.store, office.ports(), &office.actor, &new).unwrap().1.secret
        };
        for (role, email, fewest) in
            [(Role::Auditor, "lan@example.com", 15), (Role::Accountant, "mai@example.com", 12)]
        {
            let path = format!("/invitations/{}", invite(email, role));
            let page = town.server.get(&path).send().text();
            assert!(page.contains(&format!("minlength=\"{fewest}\"")), "{page}");
            assert!(page.contains(&format!("Ít nhất {fewest} ký tự")), "{page}");
            let letters = "vovanvuonvatvonuaroi";
            for (length, status) in [(fewest - 1, 422), (fewest, 303)] {
                let password = &letters[..length];
                let fields = [("password", password), ("again", password)];
                assert_eq!(form(&town, &path, &fields).status, status, "{role:?} {length}");
            }
        }
    });
}

/// A town whose people may sign in with a provider that runs in the test.
fn with_provider(db: &crate::support::TestDb) -> (Town, Scene) {
    let idp = Idp::start();
    let town = Town::with_settings(db, |config| {
        config.sign_in.oidc_issuer = idp.issuer();
        "doisoat".clone_into(&mut config.sign_in.oidc_client_id);
        SECRET.clone_into(&mut config.sign_in.oidc_client_secret);
        config.webhooks.allow_private_networks = true;
    });
    let office = Office::of(&town.school);
    let policy = Policy { allow_private_networks: true, ..Policy::default() };
    (town, Scene { office, idp, client: Client::new(policy) })
}

fn begun(answer: &Answer) -> Begun {
    // A redirect would be held to the addresses that forms may lead to.
    assert_eq!(answer.status, 200, "{}", answer.text());
    let page = answer.text();
    let (_, rest) = page.split_once("http-equiv=\"refresh\" content=\"0;url=").expect("a way on");
    let (url, _) = rest.split_once('"').unwrap();
    let url = url.replace("&#38;", "&");
    assert!(page.contains(&format!("href=\"{}\"", url.replace('&', "&#38;"))), "{page}");
    Begun { url, browser: cookie(answer, "doisoat-provider") }
}

fn back(town: &Town, state: &str, cookies: &str) -> Answer {
    let target = format!("/sign-in/provider/back?code=ma&state={state}");
    town.server.get(&target).header("Cookie", cookies).send()
}

#[test]
fn the_way_to_the_provider_and_back_signs_in_known_people_once() {
    for_each_backend(|db| {
        let (town, scene) = with_provider(db);
        let new = Office::new_user(EMAIL, Role::Auditor);
        let office = &scene.office;
        users::invite(&office.store, office.ports(), &office.actor, &new).unwrap();
        let start = || begun(&form(&town, "/sign-in/provider", &[]));
        let one = start();
        assert!(one.url.starts_with(&format!("{}/auth?", scene.idp.issuer())), "{}", one.url);
        let state = parameter(&one.url, "state");
        let own = format!("doisoat-provider={}", one.browser);
        scene.idp.hand_out(&scene.token(&RIGHT, &one));
        for (why, state, cookies) in [
            ("another state", "x", own.as_str()),
            ("no cookie", state.as_str(), "a=b"),
            ("another browser", state.as_str(), "doisoat-provider=khac"),
        ] {
            let refused = back(&town, state, cookies);
            assert_eq!(refused.status, 422, "{why}: {}", refused.text());
            assert!(refused.header("set-cookie").is_none(), "{why}");
        }
        let entered = back(&town, &state, &own);
        assert_eq!(entered.status, 303, "{}", entered.text());
        let secret = cookie(&entered, "doisoat");
        assert_eq!(Browser::of(&town.server, &secret).fetch("/account").status, 200);
        assert_eq!(back(&town, &state, &own).status, 422, "the same way a second time");
        let other = start();
        let unknown = Says { email: Some("lan@example.com"), ..RIGHT };
        scene.idp.hand_out(&scene.token(&unknown, &other));
        let own = format!("doisoat-provider={}", other.browser);
        let refused = back(&town, &parameter(&other.url, "state"), &own);
        assert_eq!(refused.status, 422, "nobody is made");
        assert_eq!(db.words("SELECT email AS value FROM users"), [EMAIL]);
    });
}

#[test]
fn whoever_has_no_password_proves_themselves_with_the_provider_and_goes_on() {
    for_each_backend(|db| {
        let (town, scene) = with_provider(db);
        let new = Office::new_user(EMAIL, Role::Auditor);
        let office = &scene.office;
        users::invite(&office.store, office.ports(), &office.actor, &new).unwrap();
        let one = begun(&form(&town, "/sign-in/provider", &[]));
        scene.idp.hand_out(&scene.token(&RIGHT, &one));
        let own = format!("doisoat-provider={}", one.browser);
        let entered = back(&town, &parameter(&one.url, "state"), &own);
        let secret = cookie(&entered, "doisoat");
        let browser = Browser::of(&town.server, &secret);
        for clock in [&*town.server.clock, &office.clock] {
            clock.set(clock.now() + TimeDelta::minutes(11));
        }
        let asked = browser.post_to("/account/second-factor", &[]);
        assert_eq!(asked.status, 403, "{}", asked.text());
        let page = asked.text();
        assert!(page.contains("action=\"/prove/provider\""), "{page}");
        assert!(!page.contains("type=\"password\""), "there is none to ask for: {page}");
        let go = |says: &Says| {
            let way =
                begun(&browser.post_to("/prove/provider", &[("next", "/account/second-factor")]));
            assert_eq!(parameter(&way.url, "prompt"), "login");
            scene.idp.hand_out(&scene.token(says, &way));
            let cookies = format!(
                "doisoat-provider={}; doisoat-prove={}; doisoat={secret}",
                way.browser,
                encoded("/account/second-factor")
            );
            back(&town, &parameter(&way.url, "state"), &cookies)
        };
        let old = go(&Says { signed_in: Some(3_600), ..RIGHT });
        let to = old.header("location").unwrap();
        assert!(to.starts_with("/prove?told=refused"), "{to}");
        let told = browser.fetch(to);
        assert!(told.text().contains("Chưa xác nhận được"), "{}", told.text());
        assert_eq!(browser.post_to("/account/second-factor", &[]).status, 403);
        let proven = go(&Says { signed_in: Some(1), ..RIGHT });
        assert_eq!(proven.header("location"), Some("/account/second-factor"));
        assert_eq!(browser.post_to("/account/second-factor", &[]).status, 200);
    });
}

#[test]
fn every_answer_of_every_route_tells_browsers_to_keep_their_hands_off() {
    for_each_backend(|db| {
        let tls = Town::with_settings(db, |config| {
            "https://thu.example.edu.vn".clone_into(&mut config.server.public_url);
        });
        let admin = Desk::of(&tls).signed_in_at(Role::Administrator, &Reach::Everything);
        let secret = admin.cookie.split_once('=').unwrap().1.to_owned();
        let mut seen = 0;
        for route in ROUTES.iter().chain(OTHER_ROUTES).chain(routes::all()) {
            let mut target = route.path.replace("{school}", HERE);
            while let Some(start) = target.find('{') {
                let end = target[start..].find('}').unwrap() + start;
                target.replace_range(start..=end, "1");
            }
            let closed = !matches!(route.needs, Needs::Nothing(_));
            let ends = ["/sign-out", "/account/sessions/end"].contains(&route.path);
            let ask = || Request::new(tls.server.address, route.method, &target);
            let mut answers = vec![("nobody", ask().send())];
            if closed && !ends {
                let own = format!("__Host-doisoat={secret}");
                answers.push(("the administrator", ask().header("Cookie", &own).send()));
            }
            for (who, answer) in answers {
                let place = format!("{who}: {} {target} {}", route.method, answer.status);
                for (name, value) in
                    [("x-content-type-options", "nosniff"), ("referrer-policy", "no-referrer")]
                {
                    assert_eq!(answer.header(name), Some(value), "{place}: {name}");
                }
                let policy = answer.header("content-security-policy").unwrap_or_default();
                assert!(policy.contains("default-src 'none'"), "{place}: {policy}");
                assert!(policy.contains("frame-ancestors 'none'"), "{place}: {policy}");
                assert!(!policy.contains("unsafe-inline"), "{place}: {policy}");
                let kept = answer.header("cache-control").unwrap_or_default();
                let ours = route.path.starts_with("/assets/");
                assert!(kept.contains("no-store") || ours, "{place}: {kept}");
                let hsts = answer.header("strict-transport-security").unwrap_or_default();
                assert!(hsts.starts_with("max-age=31536000"), "{place}: {hsts}");
                for (_, set) in answer.headers.iter().filter(|(name, _)| name == "set-cookie") {
                    assert!(set.contains("SameSite="), "{place}: {set}");
                    if set.contains("doisoat=") {
                        assert!(set.starts_with("__Host-doisoat="), "{place}: {set}");
                        assert!(
                            set.contains("Secure") && set.contains("HttpOnly"),
                            "{place}: {set}"
                        );
                        assert!(
                            set.contains("Path=/;") || set.ends_with("Path=/"),
                            "{place}: {set}"
                        );
                        assert!(!set.contains("Domain="), "{place}: {set}");
                    }
                }
                seen += 1;
            }
        }
        assert!(seen > 300, "{seen}");
        let office = Office::of(&tls.school);
        office.add(Role::Auditor);
        let entered = form(&tls, "/sign-in", &[("email", EMAIL), ("password", PASSWORD)]);
        let set = entered.header("set-cookie").unwrap();
        for part in ["__Host-doisoat=", "Secure", "HttpOnly", "SameSite=Lax", "Path=/"] {
            assert!(set.contains(part), "{part}: {set}");
        }
    });
}
