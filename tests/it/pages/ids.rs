//! Whoever names a thing of another school gets what they would get for one that does not exist: every
//! route with every id there is, in the path, and in every field of every form. Routes come from the
//! tables of routes and forms from the pages, so a new one cannot be forgotten.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicUsize, Ordering};

use doisoat::domain::access::Role;
use doisoat::domain::id::SchoolId;
use doisoat::domain::lang::Lang;
use doisoat::http::api::routes::{Needs, ROUTES, Route};
use doisoat::http::pages::routes;
use doisoat::ids::RandomIds;
use doisoat::service::Store;
use doisoat::service::keys::{self, Reach};
use doisoat::service::sessions::{self, Outcome};
use doisoat::service::users::{self, NewUser};
use doisoat::store::copy::TABLES;

use super::hostile_texts::crawl;
use crate::copy::live_in;
use crate::support::browser::{Browser, PASSWORD};
use crate::support::client::{Answer, encoded};
use crate::support::forms::{Field, Kind};
use crate::support::school::{ACCOUNT, School, csv};
use crate::support::server::{HERE, Server, THERE};
use crate::support::{Backend, TestDb, for_each_backend};

/// Parts of addresses that name no thing of a school.
const NO_THINGS: [&str; 4] = ["month", "area", "kind", "lang"];

/// Of so many things a field of a form takes one.
const EACH: usize = 5;

/// What fields are called into which one types the name of a thing.
const NAMING: [&str; 4] = ["student", "invoice", "item", "line"];

const ACCOUNT_THERE: &str = "1017000002";

/// Pages for which the school has no right thing, and why.
const UNTRIED: [(&str, &str); 3] = [
    ("/s/{school}/receivables/{student}/invoices/{invoice}", "names two things"),
    ("/s/{school}/invoices/imports/{id}", "its invoices came by other doors"),
    ("/s/{school}/invoices/imports/{id}/bad-rows", "its invoices came by other doors"),
];

/// What no thing is called.
const NO_NUMBER: &str = "4611686018427387904";
const NO_CODE: &str = "HPKHONGCO";

/// People of the school [`THERE`], beside a school that has something of everything: one who may do
/// everything there, on pages and by a key, and one of each role.
struct Stranger {
    server: Server,
    cookie: String,
    key: String,
    roles: Vec<(Role, String)>,
    /// Their school.
    school: SchoolId,
    asked: AtomicUsize,
}

impl Stranger {
    fn beside(db: &TestDb) -> Stranger {
        let store = Store::open(&db.url, 8, 30_000).unwrap();
        let own = School::add(store.clone(), THERE, ACCOUNT_THERE);
        own.students("Mã học sinh;Họ và tên;Lớp\nHSB1;Lê Thị Mẫu;6B1\n");
        own.invoices("Mã thanh toán;Mã học sinh;Họ và tên;Lớp;Còn phải thu\n;HSB1;;;100000\n");
        // Money that waits in its queue.
        let file = String::from_utf8(csv(0, &[("2026-11-02", 90_000, "FT1", "nop tien")])).unwrap();
        own.statement("b.csv", file.replace(ACCOUNT, ACCOUNT_THERE).as_bytes());
        let School { clock, actor, .. } = &own;
        let at = || Reach::School(THERE.to_owned());
        let signed_in = |email: &str, roles: &[Role]| signed_in(&own, email, roles, THERE);
        let cookie = signed_in("moi.quyen@example.test", &Role::ALL);
        let roles = Role::ALL
            .map(|role| (role, signed_in(&format!("{}@example.test", role.as_str()), &[role])));
        let role = Role::ChiefAccountant;
        let key = keys::create(&store, (clock, &RandomIds), actor, "khóa", role, &at()).unwrap().1;
        let (roles, asked) = (roles.to_vec(), AtomicUsize::new(0));
        let school = own.id;
        Stranger { server: Server::start(db, store), cookie, key, roles, school, asked }
    }

    fn ask(&self, method: &str, target: &str, form: Option<&str>) -> Answer {
        self.ask_as(&self.cookie, method, target, form)
    }

    /// The same with the session of one of them.
    fn ask_as(&self, cookie: &str, method: &str, target: &str, form: Option<&str>) -> Answer {
        if target.starts_with("/api/") {
            // Each request is its own: an answer that is kept for another one would say nothing.
            let number = self.asked.fetch_add(1, Ordering::Relaxed);
            let request = self.server.request(method, target);
            let request = request.key(&self.key).once(&format!("request-{number}"));
            return request.header("Content-Type", "application/json").bytes(b"{}").send();
        }
        ask_page(&self.server, cookie, method, target, form)
    }
}

fn ask_page(
    server: &Server,
    cookie: &str,
    method: &str,
    target: &str,
    form: Option<&str>,
) -> Answer {
    let request = server.request(method, target).header("Cookie", cookie);
    let Some(form) = form else { return request.send() };
    let kind = "application/x-www-form-urlencoded";
    request.header("Content-Type", kind).bytes(form.as_bytes()).send()
}

/// The cookie of somebody new with these roles at a school.
fn signed_in(school: &School, email: &str, roles: &[Role], at: &str) -> String {
    let School { store, clock, actor, .. } = school;
    let new = NewUser {
        email: email.to_owned(),
        name: "Mọi Quyền".to_owned(),
        lang: Lang::Vi,
        second_factor_exempt: true,
        grants: roles.iter().map(|role| (*role, Reach::School(at.to_owned()))).collect(),
    };
    users::create(store, (clock, &RandomIds), actor, &new, PASSWORD).unwrap();
    let outcome = sessions::sign_in(store, clock, &RandomIds, email, PASSWORD, "192.0.2.1");
    let Outcome::SignedIn { secret } = outcome.unwrap() else { panic!("not signed in") };
    format!("doisoat={secret}")
}

/// What an answer says, without what is drawn for each request.
fn said(answer: &Answer) -> (u16, String) {
    let mut text = String::from_utf8_lossy(&answer.body).into_owned();
    if let Some(to) = answer.header("location") {
        text.push_str(to);
    }
    if let Ok(serde_json::Value::Object(mut problem)) = serde_json::from_str(&text) {
        problem.remove("trace_id");
        text = serde_json::Value::Object(problem).to_string();
    }
    let drawn = "name=\"once\" value=\"";
    let text: String = text
        .split(drawn)
        .enumerate()
        .map(|(at, part)| match (at, part.split_once('"')) {
            (1.., Some((_, rest))) => rest,
            _ => part,
        })
        .collect();
    (answer.status, text)
}

/// What was said of one thing, said of another.
fn instead((status, text): &(u16, String), one: &str, other: &str) -> (u16, String) {
    (*status, text.replace(&encoded(one), &encoded(other)).replace(one, other))
}

/// One thing of each kind that a school has: its id, and the codes that addresses carry where the other
/// school has none that is called the same.
fn things(db: &TestDb, school: SchoolId, other: SchoolId) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for table in TABLES {
        let columns = match db.backend {
            Backend::Sqlite => format!("SELECT name AS value FROM pragma_table_info('{table}')"),
            Backend::Postgres => format!(
                "SELECT CAST(column_name AS TEXT) AS value FROM information_schema.columns \
                 WHERE table_schema = current_schema() AND table_name = '{table}'"
            ),
        };
        let columns = db.words(&columns);
        let has = |name: &str| columns.iter().any(|column| column == name);
        if !has("school_id") || !has("id") {
            continue;
        }
        for column in ["id", "code", "public_id", "number", "payment_id"]
            .into_iter()
            .filter(|column| has(column))
        {
            found.extend(db.words(&format!(
                "SELECT CAST({column} AS TEXT) AS value FROM {table} WHERE school_id = {} \
                 AND {column} IS NOT NULL AND {column} NOT IN (SELECT {column} FROM {table} \
                 WHERE school_id = {} AND {column} IS NOT NULL) ORDER BY id LIMIT 1",
                school.0, other.0
            )));
        }
    }
    found
}

fn missing(thing: &str) -> &'static str {
    if thing.parse::<i64>().is_ok() { NO_NUMBER } else { NO_CODE }
}

/// The routes of a school that name a thing of it, with the place of that name.
fn naming() -> impl Iterator<Item = (&'static Route, String)> {
    ROUTES.iter().chain(routes::all()).filter_map(|route| {
        let own = matches!(route.needs, Needs::AtSchool(_));
        let target = route.path.replacen("{school}", THERE, 1);
        let names = target.split('{').skip(1).filter_map(|part| part.split('}').next());
        let things = names.filter(|name| !NO_THINGS.contains(name)).count();
        (own && things > 0).then_some((route, target))
    })
}

/// A target with a thing in the place of every name in it.
fn filled(target: &str, thing: &str) -> String {
    let mut target = target.to_owned();
    while let Some(start) = target.find('{') {
        let end = target[start..].find('}').unwrap() + start;
        let what = match &target[start + 1..end] {
            "month" => "2026-10".to_owned(),
            "area" => "queue".to_owned(),
            "kind" => "collections".to_owned(),
            "lang" => "vi".to_owned(),
            _ => encoded(thing),
        };
        target.replace_range(start..=end, &what);
    }
    target
}

#[test]
fn a_thing_of_another_school_is_answered_like_one_that_does_not_exist() {
    for_each_backend(|db| {
        let (school, _) = live_in(db);
        let stranger = Stranger::beside(db);
        let things = things(db, school, stranger.school);
        assert!(things.len() > 40, "only {things:?}");
        let state = School::open(db, school).state();
        let mut asked = 0;
        for (route, target) in naming() {
            let form = (route.method == "POST").then_some("");
            let nothing = [NO_NUMBER, NO_CODE]
                .map(|none| said(&stranger.ask(route.method, &filled(&target, none), form)));
            // The API has a matrix of its own; here it is asked for some of each.
            let every = if route.path.starts_with("/api/") { 8 } else { 1 };
            for thing in things.iter().step_by(every) {
                let place = format!("{} {} with {thing}", route.method, route.path);
                let foreign = stranger.ask(route.method, &filled(&target, thing), form);
                assert!(foreign.status < 500, "{place}: {} {}", foreign.status, foreign.text());
                let none = missing(thing);
                let nothing = &nothing[usize::from(none == NO_CODE)];
                assert_eq!(said(&foreign), instead(nothing, none, thing), "{place}");
                asked += 1;
            }
        }
        assert!(asked > 2_000, "only {asked} were asked");
        assert_eq!(School::open(db, school).state(), state, "somebody changed something");
    });
}

/// A route: its method and its path.
type Door = (&'static str, &'static str);

/// For each route of the pages that names a thing, the things that are the right ones for it: what
/// somebody who may do everything at their own school gets another answer for than for what does not
/// exist. Asked at a copy, since some of it is done.
fn right_things(
    db: &TestDb,
    id: SchoolId,
    things: &BTreeSet<String>,
) -> BTreeMap<Door, Vec<String>> {
    let cookie = signed_in(&School::open(db, id), "noi.day@example.test", &Role::ALL, HERE);
    let server = Server::start(db, Store::open(&db.url, 8, 30_000).unwrap());
    let mut pages: Vec<&Route> =
        naming().map(|(route, _)| route).filter(|route| !route.path.starts_with("/api/")).collect();
    // What only looks comes first: what is done changes what there is.
    pages.sort_by_key(|route| route.method != "GET");
    let mut found = BTreeMap::new();
    for route in pages {
        let target = route.path.replacen("{school}", HERE, 1);
        let form = (route.method == "POST").then_some("");
        let ask = |thing: &str| {
            said(&ask_page(&server, &cookie, route.method, &filled(&target, thing), form))
        };
        let nothing = [NO_NUMBER, NO_CODE].map(ask);
        let mut right = Vec::new();
        for thing in things {
            let none = missing(thing);
            let missed = instead(&nothing[usize::from(none == NO_CODE)], none, thing);
            if right.len() < 2 && ask(thing) != missed {
                right.push(thing.clone());
            }
        }
        found.insert((route.method, route.path), right);
    }
    found
}

#[test]
fn no_role_learns_by_an_id_what_another_school_has() {
    for_each_backend(|db| {
        let (school, _) = live_in(db);
        let copy = db.duplicate();
        let stranger = Stranger::beside(db);
        let things = things(db, school, stranger.school);
        let right = right_things(&copy, school, &things);
        // A page that no thing is right for was not tried: then this school lacks something. What is
        // sent without a field is often refused for that, whatever it is about.
        let without = |door: &&Door| right.get(*door).is_some_and(Vec::is_empty);
        let untried: Vec<&str> = right
            .keys()
            .filter(|(method, _)| *method == "GET")
            .filter(without)
            .map(|door| door.1)
            .collect();
        let known: BTreeSet<&str> = UNTRIED.iter().map(|(path, _)| *path).collect();
        assert_eq!(untried.into_iter().collect::<BTreeSet<_>>(), known);
        let things: Vec<String> = things.into_iter().collect();
        let state = School::open(db, school).state();
        let (mut turn, mut asked) = (0, 0);
        for route in routes::all().filter(|route| matches!(route.needs, Needs::AtSchool(_))) {
            let form = (route.method == "POST").then_some("");
            let of_route = right.get(&(route.method, route.path));
            for (role, cookie) in &stranger.roles {
                let mut missed: BTreeMap<(bool, &str), (u16, String)> = BTreeMap::new();
                // The right things, and one of another kind: each role meets each kind somewhere.
                let other = &things[turn % things.len()];
                turn += 1;
                for thing in of_route.into_iter().flatten().chain([other]) {
                    let none = missing(thing);
                    for (own, (here, nowhere)) in
                        [(true, (THERE, THERE)), (false, (HERE, "KHONG-CO"))]
                    {
                        if own && of_route.is_none() {
                            continue;
                        }
                        let place = format!("{role:?}, {} {here} {thing}", route.path);
                        let ask = |school: &str, thing: &str| {
                            let target = filled(&route.path.replacen("{school}", school, 1), thing);
                            let answer = stranger.ask_as(cookie, route.method, &target, form);
                            assert!(answer.status < 500, "{place}: {}", answer.text());
                            said(&answer)
                        };
                        let foreign = ask(here, thing);
                        let nothing =
                            missed.entry((own, none)).or_insert_with(|| ask(nowhere, none));
                        let nothing = instead(nothing, none, thing);
                        assert_eq!(foreign, instead(&nothing, nowhere, here), "{place}");
                        assert!(own || foreign.0 == 404, "{place}: {}", foreign.0);
                        asked += 1;
                    }
                }
            }
        }
        assert!(asked > 2_500, "only {asked} were asked");
        assert_eq!(School::open(db, school).state(), state, "somebody changed something");
    });
}

#[test]
fn a_form_that_names_a_thing_of_another_school_is_answered_like_one_that_names_nothing() {
    for_each_backend(|db| {
        let (school, _) = live_in(db);
        let stranger = Stranger::beside(db);
        let things = things(db, school, stranger.school);
        let state = School::open(db, school).state();
        let student = db.number("SELECT id AS value FROM students WHERE code = 'HSB1'");
        let invoice =
            db.number(&format!("SELECT id AS value FROM invoices WHERE student_id = {student}"));
        let (mut tried, mut forms, mut fields) = (0, 0, 0);
        let browser = Browser::with(&stranger.server, &stranger.cookie);
        // Where pages lead from a school that has something of most, and what one gets to by typing only.
        let start = [
            String::new(),
            "/cash/class?class=6B1".to_owned(),
            format!("/receivables/{student}/invoices/{invoice}"),
        ]
        .map(|path| format!("/s/{THERE}{path}"));
        let start: Vec<&str> = start.iter().map(String::as_str).collect();
        let named = |field: &Field| match field.kind {
            Kind::Text => NAMING.contains(&field.name.as_str()),
            Kind::Choice(_) => true,
            Kind::Hidden | Kind::Box => field.value.parse::<i64>().is_ok(),
            Kind::File => false,
        };
        for form in crawl(&browser, &start, "names") {
            forms += 1;
            for (at, field) in form.fields.iter().enumerate().filter(|(_, field)| named(field)) {
                let send = |put: &str| {
                    let sent = form.filled(0, Some((at, put)), |one| one.value.clone());
                    let body: Vec<String> = sent
                        .iter()
                        .map(|(name, value)| format!("{}={}", encoded(name), encoded(value)))
                        .collect();
                    stranger.ask("POST", &form.action, Some(&body.join("&")))
                };
                let nothing = [NO_NUMBER, NO_CODE].map(|none| said(&send(none)));
                // Each field takes some things, the next field the next ones.
                fields += 1;
                for thing in things.iter().skip(fields % EACH).step_by(EACH) {
                    let none = missing(thing);
                    let place = format!("{} of {} with {thing}", field.name, form.action);
                    let foreign = send(thing);
                    assert!(foreign.status < 500, "{place}: {}", foreign.text());
                    let nothing = &nothing[usize::from(none == NO_CODE)];
                    // What is done although nothing has that name does not look at the name, and
                    // may be answered otherwise the second time.
                    if nothing.0 >= 400 {
                        assert_eq!(said(&foreign), instead(nothing, none, thing), "{place}");
                        tried += 1;
                    }
                }
            }
        }
        assert!(forms > 25 && tried > 300, "only {tried} fields of {forms} forms");
        assert_eq!(School::open(db, school).state(), state, "somebody changed something");
    });
}
