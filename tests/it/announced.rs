//! Made-up schools whose money is announced by a service and shown by statements in every format:
//! with both there are as many payments, used in the same way, as with the statements alone.

use chrono::DateTime;
use doisoat::demo::simulate::notify;
use doisoat::demo::simulate::profiles::PROFILES;
use doisoat::demo::simulate::{self, Plan};
use doisoat::domain::notification::Provider;
use doisoat::formats::notification::{Method, Signed};
use doisoat::service::receiving::Outcome;
use doisoat::service::rulings;

use crate::support::feed::Feed;
use crate::support::school::School;
use crate::support::{TestDb, for_each_backend};

/// One delivery of a file of the generator's.
fn deliveries(school: &simulate::School) -> Vec<(Provider, Signed, i64)> {
    let file = school.notifications.as_ref().unwrap();
    let text = std::str::from_utf8(&file.bytes).unwrap();
    text.lines()
        .map(|line| {
            let line: serde_json::Value = serde_json::from_str(line).unwrap();
            let provider = Provider::parse(line["provider"].as_str().unwrap()).unwrap();
            let headers: Vec<(String, String)> = line["headers"]
                .as_object()
                .unwrap()
                .iter()
                .map(|(name, value)| (name.clone(), value.as_str().unwrap().to_owned()))
                .collect();
            let header = |name: &str| headers.iter().find(|(own, _)| own == name);
            let seconds = if let Some((_, stamp)) = header("X-SePay-Timestamp") {
                stamp.parse().unwrap()
            } else if let Some((_, value)) = header("X-Casso-Signature") {
                let stamp = value.strip_prefix("t=").unwrap().split(',').next().unwrap();
                stamp.parse::<i64>().unwrap() / 1_000
            } else {
                DateTime::parse_from_rfc3339("2026-11-24T01:00:00Z").unwrap().timestamp()
            };
            let body = line["body"].as_str().unwrap().to_owned();
            let signed = Signed { method: Method::Post, query: String::new(), headers, body };
            (provider, signed, seconds)
        })
        .collect()
}

/// The school on a database of its own, with its students and invoices.
fn enrolled(db: &TestDb, made: &simulate::School) -> School {
    let store = doisoat::service::Store::open(&db.url, 4, 10_000).unwrap();
    doisoat::service::database::migrate(&store).unwrap();
    let school = School::add(store, &made.setup.code, &made.setup.account.number);
    let list = |bytes: &[u8]| {
        let list = doisoat::service::intake::list(&crate::support::school::reader(), bytes);
        list.unwrap()
    };
    let students = list(&made.students_file.bytes);
    doisoat::service::import_students::run(
        &school.store,
        &school.clock,
        &school.actor,
        school.id,
        &students,
    )
    .unwrap();
    for file in &made.invoice_files {
        school.try_invoices(&file.bytes).unwrap();
    }
    school
}

/// Sends everything the service announced and handles it; how many requests there were.
fn announce(feed: &Feed<'_>, made: &simulate::School) -> usize {
    let all = deliveries(made);
    for (provider, signed, seconds) in &all {
        feed.clock.set(DateTime::from_timestamp(*seconds, 0).unwrap().naive_utc());
        let outcome = feed.send(*provider, signed);
        assert!(matches!(outcome, Outcome::Taken(_)), "{outcome:?}: {}", signed.body);
    }
    assert_eq!(feed.drain().dead, 0);
    all.len()
}

#[test]
fn with_announcements_there_are_the_same_payments_as_with_statements_alone() {
    let mut announced = 0;
    for name in ["national", "careless"] {
        let profile = PROFILES.iter().find(|profile| profile.name == name).unwrap();
        // A school for each of the three services.
        let plan = Plan { seed: 7, students: 105, schools: 3, profile, announced: true };
        let world = simulate::build(&plan).unwrap();
        for made in &world.schools {
            announced += deliveries(made).len();
            for_each_backend(|db| both_ways(db, made));
        }
    }
    assert!(announced > 300, "only {announced} deliveries");
}

/// Statements alone; announcements first; announcements last.
fn both_ways(db: &TestDb, made: &simulate::School) {
    let alone = enrolled(db, made);
    let files = |school: &School| {
        for file in &made.statement_files {
            school.statement(&file.file.name, &file.file.bytes);
        }
    };
    files(&alone);
    let asked = |school: &School| rulings::questions(&school.store, school.id).unwrap().len();
    let [first, last] = [true, false].map(|announced_first| {
        let other = TestDb::create(db.backend);
        let school = enrolled(&other, made);
        let feed = Feed::with_secret(&school, &notify::secret(&made.setup));
        if announced_first {
            announce(&feed, made);
            files(&school);
        } else {
            files(&school);
            announce(&feed, made);
        }
        school.verify();
        (school.payments().len(), asked(&school), school.state())
    });
    assert_eq!(first.2, last.2, "{}: the order changes nothing", made.setup.code);
    // What a statement tells so differently that nothing proves it is a question, and no more.
    let (payments, questions, _) = first;
    let more = questions - asked(&alone);
    assert!(payments - more <= alone.payments().len(), "{}: {payments}", made.setup.code);
    assert!(more * 50 <= payments, "{}: {more} questions in {payments}", made.setup.code);
}
