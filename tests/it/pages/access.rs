//! The table of the pages' routes: every handler asks for what it says before anything else, and the
//! server lets each role through exactly where it says so.

use std::collections::BTreeMap;

use doisoat::domain::access::{Permission, Role};
use doisoat::http::api::routes::{Needs, Route};
use doisoat::http::pages::routes;
use doisoat::service::keys::Reach;

use crate::support::browser::{Browser, Desk};
use crate::support::client::Answer;
use crate::support::for_each_backend;
use crate::support::server::{HERE, THERE, Town};

/// Where somebody's role holds, seen from the school [`HERE`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    OwnSchool,
    OtherSchool,
    AuthorityAbove,
    Everything,
}

const PLACES: [Place; 4] =
    [Place::OwnSchool, Place::OtherSchool, Place::AuthorityAbove, Place::Everything];

impl Place {
    fn reach(self) -> Reach {
        match self {
            Place::OwnSchool => Reach::School(HERE.to_owned()),
            Place::OtherSchool => Reach::School(THERE.to_owned()),
            Place::AuthorityAbove => Reach::Authority("PHONG-MAU".to_owned()),
            Place::Everything => Reach::Everything,
        }
    }
}

/// How a request ends, as far as whoever asks is concerned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    Through,
    SignIn,
    Forbidden,
    NoSuchSchool,
}

fn expected(route: &Route, role: Role, place: Place) -> End {
    let permission = match route.needs {
        Needs::Nothing(_) => return End::Through,
        Needs::Installation(permission) => {
            let everywhere = place == Place::Everything && role.may(permission);
            return if everywhere { End::Through } else { End::Forbidden };
        }
        Needs::AtSchool(permission) => {
            if place == Place::OtherSchool {
                return End::NoSuchSchool;
            }
            permission
        }
        Needs::Anywhere(permission, _) => permission,
    };
    let held = match place {
        // An authority's figures are asked for above schools, never inside one.
        Place::AuthorityAbove => {
            matches!(permission, Permission::ReadFigures | Permission::CommentFigures)
                && role.may(permission)
                && matches!(route.needs, Needs::Anywhere(..))
        }
        _ => role.may(permission),
    };
    if held { End::Through } else { End::Forbidden }
}

fn end_of(answer: &Answer, place: &str) -> End {
    assert!(answer.status < 500, "{place}: {} {}", answer.status, answer.text());
    let location = answer.header("location").unwrap_or_default();
    match answer.status {
        303 if location.starts_with("/sign-in?") => End::SignIn,
        401 => End::SignIn,
        403 => End::Forbidden,
        404 if answer.text().contains(&format!("trường “{HERE}”")) => End::NoSuchSchool,
        _ => End::Through,
    }
}

fn target(route: &Route) -> String {
    let mut target = route.path.replace("{school}", HERE);
    // What is named does not exist, whatever kind of thing it is.
    while let Some(start) = target.find('{') {
        let end = target[start..].find('}').unwrap() + start;
        let what = match &target[start + 1..end] {
            "month" => "2026-10",
            "secret" => "khong-co",
            "area" => "queue",
            "name" => "khong-co.css",
            _ => "4611686018427387904",
        };
        target.replace_range(start..=end, what);
    }
    target
}

#[test]
fn every_role_gets_exactly_as_far_as_the_table_of_pages_says() {
    for_each_backend(|db| {
        let town = Town::create(db).with_invoices();
        let desk = Desk::of(&town);
        let mut people: Vec<(Role, Place, Browser<'_>)> = Vec::new();
        for role in Role::ALL {
            for place in PLACES {
                people.push((role, place, desk.signed_in_at(role, &place.reach())));
            }
        }
        let state = town.school.state();
        for route in routes::all() {
            let (named, to) = (format!("{} {}", route.method, route.path), target(route));
            // These end sessions or change whoever looks.
            if route.path == "/sign-out" || route.path.starts_with("/account/") {
                continue;
            }
            let stranger = town.server.request(route.method, &to).send();
            let closed = !matches!(route.needs, Needs::Nothing(_));
            if closed {
                assert_eq!(end_of(&stranger, &named), End::SignIn, "nobody: {named}");
            }
            for (role, place, browser) in &people {
                let named = format!("{role:?} of {place:?}: {named}");
                let answer = browser.ask(town.server.request(route.method, &to));
                let end = end_of(&answer, &named);
                let wanted = expected(route, *role, *place);
                assert_eq!(end, wanted, "{named}: {} {}", answer.status, answer.text());
            }
        }
        assert_eq!(town.school.state(), state, "somebody changed something");
    });
}

#[test]
fn no_form_is_taken_from_another_site() {
    for_each_backend(|db| {
        let town = Town::create(db).with_invoices();
        let everything = Place::Everything.reach();
        let admin = Desk::of(&town).signed_in_at(Role::Administrator, &everything);
        let state = town.school.state();
        let mut forms = 0;
        // A family's page knows its reader by a secret in its address, which no other site has.
        for route in routes::all().filter(|one| one.method == "POST" && !one.path.starts_with("/f"))
        {
            forms += 1;
            for (why, header, value) in [
                ("by fetch metadata", "Sec-Fetch-Site", "cross-site"),
                ("from a neighbour", "Sec-Fetch-Site", "same-site"),
                ("by its origin", "Origin", "https://khac.example"),
                ("from a file", "Origin", "null"),
            ] {
                let answer = admin.ask(town.server.post(&target(route)).header(header, value));
                assert_eq!(answer.status, 403, "{}, {why}: {}", route.path, answer.text());
                let told = answer.text().contains("đến từ một trang khác");
                assert!(told, "{}, {why}: {}", route.path, answer.text());
            }
        }
        assert!(forms > 60, "only {forms} forms");
        assert_eq!(admin.fetch("/account").status, 200, "the session lives");
        assert_eq!(town.school.state(), state, "something was carried out");
    });
}

/// The handlers of the source by method and path, each with its text.
fn handlers() -> BTreeMap<(String, String), String> {
    fn read(folder: &std::path::Path, found: &mut BTreeMap<(String, String), String>) {
        for file in std::fs::read_dir(folder).unwrap().map(Result::unwrap) {
            if file.path().is_dir() {
                read(&file.path(), found);
                continue;
            }
            let text = std::fs::read_to_string(file.path()).unwrap();
            for method in ["get", "post"] {
                for (at, _) in text.match_indices(&format!("\n#[{method}(\"")) {
                    let handler = text[at..].split("\n}\n").next().unwrap();
                    let path = handler.split('"').nth(1).unwrap();
                    let key = (method.to_uppercase(), path.to_owned());
                    assert_eq!(found.insert(key, handler.to_owned()), None, "{method} {path}");
                }
            }
        }
    }
    let mut found = BTreeMap::new();
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/src/http/pages");
    read(std::path::Path::new(root), &mut found);
    found
}

#[test]
fn each_page_asks_for_what_the_table_says_and_no_page_is_left_out() {
    let mut handlers = handlers();
    for route in routes::all() {
        let place = format!("{} {}", route.method, route.path);
        let key = (route.method.to_owned(), route.path.to_owned());
        let handler = handlers.remove(&key).unwrap_or_else(|| panic!("no handler: {place}"));
        let asked = handler.split("Permission::").nth(1).map(|rest| {
            rest.chars().take_while(|letter| letter.is_alphanumeric()).collect::<String>()
        });
        // Some hand over to a function that asks; the server is asked about those above.
        if let (Some(asked), Some(needed)) = (asked, route.needs.permission()) {
            assert_eq!(asked, format!("{needed:?}"), "{place}");
        }
        let asks = ["Visitor", "Posted<", "WithFile"].iter().any(|who| handler.contains(who));
        assert!(asks || matches!(route.needs, Needs::Nothing(_)), "{place} asks nobody");
        assert_eq!(
            route.path.starts_with("/s/{school}"),
            matches!(route.needs, Needs::AtSchool(_)),
            "{place}"
        );
    }
    assert_eq!(handlers, BTreeMap::new(), "not in the table");
}
