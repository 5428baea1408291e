//! The OpenAPI document says what there is, and all there is.

use std::collections::BTreeSet;

use crate::support::for_each_backend;
use crate::support::server::Town;

/// Every operation of the document: method, path, and whether it needs a key.
pub fn operations(document: &serde_json::Value) -> Vec<(String, String, bool)> {
    let mut operations = Vec::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            let needs_key = operation["security"] == serde_json::json!([{ "key": [] }]);
            operations.push((method.to_uppercase(), path.clone(), needs_key));
        }
    }
    assert!(operations.len() >= 20, "only {} operations were found", operations.len());
    operations
}

/// Routes as the source declares them above their handlers.
fn routes_of_the_source() -> BTreeSet<(String, String)> {
    let root = std::path::Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/src/http"));
    let mut routes = BTreeSet::new();
    for (folder, prefix) in [(root.to_owned(), ""), (root.join("api"), "/api/v1")] {
        for file in std::fs::read_dir(folder).unwrap().map(Result::unwrap) {
            if !file.path().is_file() {
                continue;
            }
            for line in std::fs::read_to_string(file.path()).unwrap().lines() {
                for method in ["get", "post", "put", "patch", "delete"] {
                    let Some(rest) = line.strip_prefix(&format!("#[{method}(\"")) else { continue };
                    let path = rest.split('"').next().unwrap();
                    routes.insert((method.to_uppercase(), format!("{prefix}{path}")));
                }
            }
        }
    }
    routes
}

#[test]
fn the_document_names_every_route_of_the_source_and_no_other() {
    for_each_backend(|db| {
        let town = Town::create(db);
        let answer = town.server.get("/api/v1/openapi.json").send();
        assert_eq!(answer.outcome(), (200, "-".to_owned()));
        let document = answer.json();
        assert!(
            document["openapi"].as_str().unwrap().starts_with("3.1."),
            "{}",
            document["openapi"]
        );
        assert_eq!(document["components"]["securitySchemes"]["key"]["scheme"], "bearer");

        let told: BTreeSet<(String, String)> =
            operations(&document).into_iter().map(|(method, path, _)| (method, path)).collect();
        let mut there = routes_of_the_source();
        let itself = ("GET".to_owned(), "/api/v1/openapi.json".to_owned());
        assert!(there.remove(&itself), "the document itself is in the source");
        assert_eq!(told, there);
    });
}

#[test]
fn every_operation_but_the_probes_declares_that_it_needs_a_key() {
    for_each_backend(|db| {
        let document = Town::create(db).server.get("/api/v1/openapi.json").send().json();
        for (method, path, needs_key) in operations(&document) {
            let probe = ["/healthz", "/readyz"].contains(&path.as_str());
            assert_eq!(needs_key, !probe, "{method} {path}");
        }
    });
}
