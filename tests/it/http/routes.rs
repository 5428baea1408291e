//! The one table of routes: it names every route, every handler asks for what it says, and the server
//! lets each role through exactly where it says so.

use std::collections::{BTreeMap, BTreeSet};

use doisoat::domain::access::{Permission, Role};
use doisoat::http::api::routes::{Needs, OTHER_ROUTES, ROUTES, Route};
use doisoat::service::keys::Reach;

use super::document::operations;
use crate::support::client::{Answer, Request};
use crate::support::for_each_backend;
use crate::support::server::{HERE, THERE, Town};

/// Where a key may reach, seen from the school [`HERE`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    OwnSchool,
    OtherSchool,
    AuthorityAbove,
    OtherAuthority,
    Everything,
}

const PLACES: [Place; 5] = [
    Place::OwnSchool,
    Place::OtherSchool,
    Place::AuthorityAbove,
    Place::OtherAuthority,
    Place::Everything,
];

impl Place {
    fn reach(self) -> Reach {
        match self {
            Place::OwnSchool => Reach::School(HERE.to_owned()),
            Place::OtherSchool => Reach::School(THERE.to_owned()),
            Place::AuthorityAbove => Reach::Authority("PHONG-MAU".to_owned()),
            Place::OtherAuthority => Reach::Authority("PHONG-KHAC".to_owned()),
            Place::Everything => Reach::Everything,
        }
    }
}

/// How a request ends, as far as the key is concerned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    /// Whatever follows, the key was good for it.
    Through,
    /// 401.
    NobodyKnown,
    /// 403.
    Forbidden,
    /// 404, as for a school that does not exist.
    NoSuchSchool,
}

fn end_of(answer: &Answer, place: &str) -> End {
    assert!(answer.status < 500, "{place}: {}", answer.text());
    match answer.outcome() {
        (401, _) => End::NobodyKnown,
        (403, code) => {
            assert_eq!(code, "key_not_sufficient", "{place}");
            End::Forbidden
        }
        (404, code) if code == "school_not_found" => End::NoSuchSchool,
        _ => End::Through,
    }
}

/// What the table says of a key.
fn expected(route: &Route, role: Role, place: Place) -> End {
    let (permission, about_here) = match route.needs {
        Needs::Nothing(_) => return End::Through,
        Needs::Installation(permission) => {
            let hidden = matches!(place, Place::OtherSchool | Place::OtherAuthority);
            return match place {
                Place::Everything if role.may(permission) => End::Through,
                _ if hidden && route.path.contains("/{school}") => End::NoSuchSchool,
                _ => End::Forbidden,
            };
        }
        Needs::AtSchool(permission) => (permission, true),
        Needs::Anywhere(permission, _) => {
            // How content parents are is told of the schools that a key reaches.
            let named = route.path.contains("/reports/")
                && !route.path.ends_with("/satisfaction")
                && !of_authority(route);
            (permission, named)
        }
    };
    let held = match place {
        Place::AuthorityAbove | Place::OtherAuthority => {
            matches!(permission, Permission::ReadFigures | Permission::CommentFigures)
                && role.may(permission)
        }
        Place::OwnSchool | Place::OtherSchool | Place::Everything => role.may(permission),
    };
    // What is above schools is no business of one.
    let above = route.path.starts_with("/api/v1/authorities") || of_authority(route);
    if above && matches!(place, Place::OwnSchool | Place::OtherSchool) {
        return End::Forbidden;
    }
    let hidden = matches!(place, Place::OtherSchool | Place::OtherAuthority);
    match (about_here && hidden, held) {
        (true, _) => End::NoSuchSchool,
        (false, true) => End::Through,
        (false, false) => End::Forbidden,
    }
}

/// Whether it is about the schools of an authority together, which is asked for by its code: another
/// one is as if there were none.
fn of_authority(route: &Route) -> bool {
    let own = ["/authorities/{authority}/reports/", "/authorities/{authority}/looks"];
    own.iter().any(|part| route.path.contains(part))
        || ["/reports/consolidated", "/reports/plan"].iter().any(|end| route.path.ends_with(end))
}

/// A request for a route about the school [`HERE`] that changes nothing, whoever asks: what it names
/// does not exist, and its body is no body the operation takes.
fn ask(town: &Town, route: &Route) -> Request {
    let days = "from=2026-11-01&to=2026-11-30";
    let query = match route.path.rsplit('/').next().unwrap() {
        "backtest" => "?settle_known_payer=on".to_owned(),
        "coverage" | "book" | "counts" => format!("?{days}"),
        "cashless" => format!("?school={HERE}&{days}"),
        "path" => format!("?school={HERE}&month=2026-11"),
        "consolidated" | "plan" => "?authority=PHONG-MAU&month=2026-10".to_owned(),
        _ => String::new(),
    };
    let target = route
        .path
        .replace("{school}", HERE)
        .replace("{id}", "4611686018427387904")
        .replace("{code}", "KHONG-CO")
        .replace("{authority}", "KHONG-CO")
        .replace("{month}", "2026-10")
        .replace("{version}", "7")
        .replace("{kind}", "collections")
        .replace("{provider}", "sepay")
        .replace("{endpoint}", "00000000000000000000000000000000");
    let request = Request::new(town.server.address, route.method, &format!("{target}{query}"));
    if route.method == "GET" {
        request
    } else {
        request.once("a").json(&serde_json::json!({ "khong-co": 1 }))
    }
}

fn every_route() -> impl Iterator<Item = &'static Route> {
    ROUTES.iter().chain(OTHER_ROUTES)
}

#[test]
fn every_role_gets_exactly_as_far_as_the_table_says_wherever_its_key_reaches() {
    for_each_backend(|db| {
        let town = Town::create(db).with_invoices();
        let mut keys = Vec::new();
        for role in Role::ALL {
            for place in PLACES {
                keys.push((role, place, town.key(role, &place.reach())));
            }
        }
        // Whoever looks at figures from above is written down, and what was added up for them is kept.
        let counted = || -> Vec<(String, i64)> {
            let rows = db.row_counts().into_iter();
            // How many files somebody sent is counted before they are read.
            let besides = ["figure_looks", "added_figures", "uploads"];
            rows.filter(|(table, _)| !besides.contains(&table.as_str())).collect()
        };
        let (state, rows) = (town.school.state(), counted());
        for route in every_route() {
            let named = format!("{} {}", route.method, route.path);
            let stranger = match route.needs {
                Needs::Nothing(_) => End::Through,
                Needs::AtSchool(_) | Needs::Anywhere(..) | Needs::Installation(_) => {
                    End::NobodyKnown
                }
            };
            assert_eq!(end_of(&ask(&town, route).send(), &named), stranger, "no key: {named}");
            for (role, place, key) in &keys {
                let named = format!("{role:?} of {place:?}: {named}");
                let answer = ask(&town, route).key(key).send();
                let end = end_of(&answer, &named);
                assert_eq!(end, expected(route, *role, *place), "{named}: {}", answer.text());
                // What names something finds nothing; an export that is made is in the audit log.
                let specific = ["/{id}", "/{code}", "/{kind}", "/{version}", "/{authority}"]
                    .iter()
                    .any(|part| route.path.contains(part));
                let hidden = of_authority(route) && matches!(place, Place::OtherAuthority);
                let list = route.method == "GET" && !specific && !hidden;
                if end == End::Through && list && !route.path.starts_with("/webhooks") {
                    assert_eq!(answer.status, 200, "{named}: {}", answer.text());
                }
            }
        }
        assert_eq!(town.school.state(), state);
        assert_eq!(counted(), rows, "somebody wrote something");
    });
}

#[test]
fn the_table_and_the_document_name_the_same_routes_and_say_the_same_of_them() {
    for_each_backend(|db| {
        let document = Town::create(db).server.get("/api/v1/openapi.json").send().json();
        let told: BTreeSet<(String, String)> =
            operations(&document).into_iter().map(|(method, path, _)| (method, path)).collect();
        let table: BTreeSet<(String, String)> =
            ROUTES.iter().map(|route| (route.method.to_owned(), route.path.to_owned())).collect();
        assert_eq!(table, told);
        assert_eq!(table.len(), ROUTES.len(), "a route stands there twice");
        for route in ROUTES {
            let operation = &document["paths"][route.path][route.method.to_ascii_lowercase()];
            let place = format!("{} {}", route.method, route.path);
            let at_school = match route.needs {
                Needs::AtSchool(_) => true,
                Needs::Anywhere(..) | Needs::Nothing(_) => false,
                Needs::Installation(_) => route.path.contains("/{school}"),
            };
            assert_eq!(route.path.contains("/{school}"), at_school, "{place}");
            let Some(permission) = route.needs.permission() else {
                assert!(operation["x-permission"].is_null(), "{place}");
                assert!(operation["security"].is_null(), "{place}");
                continue;
            };
            let roles: Vec<&str> = permission.held_by().iter().map(|role| role.as_str()).collect();
            assert_eq!(operation["x-permission"], permission.as_str(), "{place}");
            assert_eq!(operation["x-roles"], serde_json::json!(roles), "{place}");
            let said = operation["description"].as_str().unwrap();
            assert!(said.ends_with(&format!("{}.", roles.join(", "))), "{place}: {said}");
        }
    });
}

/// The handlers of the source by method and path, each with its text.
fn handlers() -> BTreeMap<(String, String), String> {
    let root = std::path::Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/src/http"));
    let mut handlers = BTreeMap::new();
    for (folder, prefix) in [(root.to_owned(), ""), (root.join("api"), "/api/v1")] {
        for file in std::fs::read_dir(folder).unwrap().map(Result::unwrap) {
            if !file.path().is_file() {
                continue;
            }
            let text = std::fs::read_to_string(file.path()).unwrap();
            for method in ["get", "post", "put", "patch", "delete"] {
                for (at, _) in text.match_indices(&format!("\n#[{method}(\"")) {
                    let handler = text[at..].split("\n}\n").next().unwrap();
                    let path = handler.split('"').nth(1).unwrap();
                    let key = (method.to_uppercase(), format!("{prefix}{path}"));
                    assert_eq!(handlers.insert(key, handler.to_owned()), None, "{method} {path}");
                }
            }
        }
    }
    handlers
}

#[test]
fn each_handler_asks_for_the_permission_that_the_table_says_before_anything_else() {
    let mut handlers = handlers();
    // Those under /webhooks are told apart by hand; that they are there is tested through the server.
    for route in every_route().filter(|route| !route.path.starts_with("/webhooks")) {
        let place = format!("{} {}", route.method, route.path);
        let key = (route.method.to_owned(), route.path.to_owned());
        let handler = handlers.remove(&key).unwrap_or_else(|| panic!("no handler: {place}"));
        let asked = handler.split("Permission::").nth(1).map(|rest| {
            rest.chars().take_while(|letter| letter.is_alphanumeric()).collect::<String>()
        });
        let needed = route.needs.permission().map(|permission| format!("{permission:?}"));
        assert_eq!(asked, needed, "{place}");
        assert_eq!(handler.contains("Authenticated"), needed.is_some(), "{place}");
    }
    assert_eq!(handlers, BTreeMap::new(), "not in the table");
}
