//! The process as a whole: probes, limits, stopping.

use std::io::Write;

use doisoat::service::Store;

use crate::support::client::{Request, connect, read_answer};
use crate::support::school::csv;
use crate::support::server::{HERE, Server, Town};
use crate::support::{for_each_backend, for_each_empty_backend};

#[test]
fn a_service_whose_database_is_not_migrated_lives_but_is_not_ready() {
    for_each_empty_backend(|db| {
        let store = Store::open(&db.url, 2, 10_000).unwrap();
        let server = Server::start(db, store.clone());
        assert_eq!(server.get("/healthz").send().status, 200);
        let answer = server.get("/readyz").send();
        assert_eq!(answer.status, 503);
        assert_eq!(answer.header("retry-after"), Some("2"));
        doisoat::service::database::migrate(&store).unwrap();
        assert_eq!(server.get("/readyz").send().status, 200);
    });
}

#[test]
fn a_request_in_flight_is_answered_before_the_service_stops() {
    for_each_backend(|db| {
        let town = Town::create(db).with_invoices();
        let file = csv(0, &[("2026-11-02", 1_250_000, "FT1", "HPQ6XPNK7 nop tien")]);
        let target = format!("/api/v1/schools/{HERE}/statements?file_name=a.csv");
        let request = Request::new(town.server.address, "POST", &target)
            .key(&town.accountant)
            .once("in flight");
        let mut stream = connect(town.server.address);
        let (first, rest) = file.split_at(file.len() / 2);
        stream.write_all(request.head(file.len()).as_bytes()).unwrap();
        stream.write_all(first).unwrap();
        stream.flush().unwrap();
        // What another connection gets answered afterwards shows that this one has been accepted.
        assert_eq!(town.server.get("/healthz").send().status, 200);
        std::thread::sleep(std::time::Duration::from_millis(300));

        town.server.begin_to_stop();
        std::thread::sleep(std::time::Duration::from_millis(300));
        stream.write_all(rest).unwrap();
        let answer = read_answer(&mut stream);
        assert_eq!(answer.outcome(), (201, "-".to_owned()));

        let address = town.server.address;
        town.server.wait();
        assert!(std::net::TcpStream::connect(address).is_err(), "nobody listens any more");
    });
}

#[test]
fn every_answer_tells_browsers_and_caches_to_keep_their_hands_off() {
    for_each_backend(|db| {
        let town = Town::create(db);
        for (why, target, status) in [
            ("a list", "/api/v1/schools", 200),
            ("the document", "/api/v1/openapi.json", 200),
            ("a probe", "/healthz", 200),
            ("a page", "/sign-in", 200),
            ("no such page", "/nowhere", 404),
            ("no such route", "/api/v1/nowhere", 404),
            ("a number that is none", "/api/v1/schools/THCS-MAU/payments/one", 404),
            ("a school out of reach", "/api/v1/schools/THCS-KHAC/payments", 404),
            ("a parameter we do not know", "/api/v1/schools/THCS-MAU/payments?page=2", 400),
        ] {
            let answer = town.server.get(target).key(&town.accountant).send();
            assert_eq!(answer.status, status, "{why}");
            for (name, value) in [
                ("x-content-type-options", "nosniff"),
                ("referrer-policy", "no-referrer"),
                ("cache-control", "no-store"),
            ] {
                assert_eq!(answer.header(name), Some(value), "{why}: {name}");
            }
            let policy = answer.header("content-security-policy").unwrap_or_default();
            assert!(policy.starts_with("default-src 'none'"), "{why}: {policy}");
        }
    });
}

#[test]
fn problems_speak_the_language_the_client_asks_for() {
    for_each_backend(|db| {
        let town = Town::create(db);
        for (why, key, target) in [
            ("no key", "", "/api/v1/schools"),
            ("no such route", town.reader.as_str(), "/api/v1/nowhere"),
            ("from a use case", &town.reader, "/api/v1/schools/THCS-MAU/statements/1"),
            ("from the check of a key", &town.authority, "/api/v1/schools/THCS-MAU/payments"),
            ("a parameter", &town.reader, "/api/v1/schools/THCS-MAU/payments?cursor=x"),
            ("a parameter's type", &town.reader, "/api/v1/schools/THCS-MAU/payments?limit=x"),
            ("a kind there is not", &town.reader, "/api/v1/schools/THCS-MAU/payments?decision=x"),
        ] {
            let ask = |lang: &str| {
                let answer =
                    town.server.get(target).key(key).header("Accept-Language", lang).send();
                assert!(answer.status >= 400, "{why}");
                assert_eq!(answer.header("vary"), Some("Accept-Language"), "{why}");
                let language = answer.header("content-language").unwrap().to_owned();
                let problem = answer.json();
                assert_eq!(problem["title"], problem["errors"][0]["detail"], "{why}");
                (language, problem["title"].as_str().unwrap().to_owned())
            };
            let (vi, en) = (ask("vi-VN,vi;q=0.9,en;q=0.1"), ask("en-GB"));
            assert_eq!((vi.0.as_str(), en.0.as_str()), ("vi", "en"), "{why}");
            assert!(!vi.1.is_ascii(), "{why}: {}", vi.1);
            assert_ne!(vi.1, en.1, "{why}");
            assert_eq!(ask("fr"), vi, "{why}: Vietnamese for everybody else");
        }
    });
}
