//! The schema both databases share: its history, its shape, and what it refuses.

use std::collections::BTreeMap;
use std::process::Stdio;

use doisoat::store::{Store, StoreError, copy, migrations};

use crate::support::crowd::{borrowed, enroll, movements};
use crate::support::program::{doisoat, run, said};
use crate::support::school::{School, csv};
use crate::support::{Backend, TestDb, for_each_backend, for_each_empty_backend};

/// A table's columns: name, type as Diesel names it, whether it may be null.
type Shape = Vec<(String, String, bool)>;

fn open(db: &TestDb) -> Store {
    Store::open(&db.url, 2, 10_000).unwrap()
}

#[test]
fn the_schema_goes_up_and_down_and_up_again() {
    for_each_empty_backend(|db| {
        let store = open(db);
        let first = migrations::run(&store).unwrap();
        assert!(!first.is_empty());
        let shapes = shapes_of(db);
        assert_eq!(migrations::run(&store).unwrap(), Vec::<String>::new(), "nothing is left to do");
        migrations::revert_all(&store).unwrap();
        assert_eq!(db.tables(), Vec::<String>::new(), "the way down leaves nothing");
        assert_eq!(migrations::pending(&store).unwrap().len(), first.len());
        assert_eq!(migrations::run(&store).unwrap(), first);
        assert_eq!(shapes_of(db), shapes);
        School::add(store, "THCS-MAU", "1017000001").verify();
    });
}

#[test]
fn every_column_is_in_the_database_as_the_program_sees_it() {
    let expected = shapes_in_source();
    assert!(expected.len() >= 20, "only {} tables were read", expected.len());
    let mut copied: Vec<&str> = copy::TABLES.to_vec();
    copied.sort_unstable();
    assert_eq!(copied, expected.keys().collect::<Vec<_>>(), "the copy knows every table");
    for_each_backend(|db| {
        migrations::run(&open(db)).unwrap();
        let found = shapes_of(db);
        assert_eq!(found.keys().collect::<Vec<_>>(), expected.keys().collect::<Vec<_>>());
        for (table, columns) in &expected {
            let columns: Shape = columns
                .iter()
                .map(|(name, kind, nullable)| {
                    (name.clone(), stored_as(db.backend, kind).to_owned(), *nullable)
                })
                .collect();
            assert_eq!(found[table], columns, "{table}");
        }
    });
}

#[test]
fn a_database_of_a_newer_program_is_left_alone() {
    for_each_backend(|db| {
        let store = open(db);
        migrations::run(&store).unwrap();
        db.execute("INSERT INTO __diesel_schema_migrations (version) VALUES ('29991231000000')");
        let refused = migrations::run(&store).unwrap_err();
        assert!(matches!(refused, StoreError::NewerSchema(_)), "{refused:?}");
        let before = db.row_counts();
        for command in [&["migrate"][..], &["verify"], &["school", "list"]] {
            let mut arguments = vec!["--database", &db.url];
            arguments.extend(command);
            let said = run(&arguments);
            assert_eq!(said.status, 3, "{command:?}: {said:?}");
            assert!(said.err.contains("29991231000000"), "{said:?}");
            assert!(said.err.contains("newer program"), "{said:?}");
            assert_eq!(said.out, "", "{command:?}");
        }
        assert_eq!(db.row_counts(), before);
    });
}

#[test]
fn two_processes_that_migrate_at_once_both_succeed() {
    for_each_backend(|db| {
        for _ in 0..3 {
            let fresh = TestDb::empty(db.backend);
            let start = || {
                let mut command = doisoat(["migrate", "--database", &fresh.url]);
                command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
            };
            let running = [start(), start(), start()];
            let ended = running.map(|child| said(child.wait_with_output().unwrap()));
            for one in &ended {
                assert_eq!(one.status, 0, "{ended:?}");
            }
            let store = open(&fresh);
            assert_eq!(migrations::pending(&store).unwrap(), Vec::<String>::new());
            School::add(store, "THCS-MAU", "1017000001").verify();
        }
    });
}

#[test]
fn records_of_money_are_added_to_and_never_changed() {
    for_each_backend(|db| {
        let school = School::create(db);
        enroll(&school, 10);
        let lines = movements(10, 30);
        school.statement("a.csv", &csv(0, &borrowed(&lines)));
        let before = db.row_counts();
        for (table, change) in [
            ("allocations", "amount_dong = amount_dong + 1"),
            ("decisions", "note = 'x'"),
            ("collected_facts", "amount_dong = amount_dong + 1"),
            ("audit_records", "actor = 'user:nobody'"),
        ] {
            assert!(db.number(&format!("SELECT COUNT(*) AS value FROM {table}")) > 0, "{table}");
            for sql in [format!("UPDATE {table} SET {change}"), format!("DELETE FROM {table}")] {
                let refused = db.try_execute(&sql).unwrap_err().to_string();
                assert!(refused.contains(&format!("{table} is append-only")), "{sql}: {refused}");
            }
        }
        assert_eq!(db.row_counts(), before);
        school.verify();
    });
}

/// What is not a use of the program at all is stopped by the tables themselves.
#[test]
fn no_row_can_say_what_cannot_be() {
    for_each_backend(|db| {
        let school = School::create(db);
        enroll(&school, 4);
        school.statement("a.csv", &csv(0, &borrowed(&movements(4, 8))));
        for (why, sql) in [
            ("an invoice paid beyond its net", "UPDATE invoices SET paid_dong = net_dong + 1"),
            ("an invoice paid below nothing", "UPDATE invoices SET paid_dong = -1"),
            (
                "a payment used beyond its amount",
                "UPDATE payments SET set_aside_dong = amount_dong + 1",
            ),
            ("a statement that does not add up", "UPDATE statements SET closing_dong = 1"),
            ("a state nobody knows", "UPDATE imports SET state = 'lost'"),
            ("an entry of no statement", "UPDATE entries SET statement_id = 0"),
            ("a school without a code", "UPDATE schools SET code = NULL"),
        ] {
            assert!(db.try_execute(sql).is_err(), "{why}");
        }
        school.verify();
    });
}

#[test]
fn sqlite_is_strict_and_checks_what_rows_refer_to() {
    let db = TestDb::create(Backend::Sqlite);
    let school = School::create(&db);
    enroll(&school, 2);
    let loose = db.words(
        "SELECT name AS value FROM pragma_table_list \
         WHERE schema = 'main' AND type = 'table' AND strict = 0 \
         AND name NOT LIKE 'sqlite_%' AND name NOT LIKE '\\_\\_%' ESCAPE '\\'",
    );
    assert_eq!(loose, Vec::<String>::new(), "tables that take any type");
    let refused = db.try_execute("UPDATE invoices SET net_dong = 'many'").unwrap_err();
    assert!(refused.to_string().contains("cannot store TEXT value"), "{refused}");

    // 3.51.3 mends the loss of a write that comes while a write-ahead log is reset.
    let version = db.words("SELECT sqlite_version() AS value").remove(0);
    let numbers: Vec<u32> = version.split('.').map(|part| part.parse().unwrap()).collect();
    assert!(numbers >= vec![3, 51, 3], "SQLite {version}");

    // The program's own connections check references too: a copy of a broken database fails.
    db.execute("PRAGMA foreign_keys = OFF; UPDATE students SET family_id = 4711");
    let target = TestDb::create(Backend::Sqlite);
    let refused = copy::run(&school.store, &open(&target)).unwrap_err().to_string();
    assert!(refused.contains("FOREIGN KEY"), "{refused}");
    assert!(target.row_counts().iter().all(|(_, rows)| *rows == 0), "{:?}", target.row_counts());
}

/// The type a column has in a database, given Diesel's.
fn stored_as(backend: Backend, kind: &str) -> &'static str {
    match (backend, kind) {
        (Backend::Sqlite, "BigInt" | "Integer" | "Bool") => "INTEGER",
        (Backend::Sqlite, "Text" | "Date" | "Timestamp") => "TEXT",
        (Backend::Postgres, "BigInt") => "bigint",
        (Backend::Postgres, "Integer") => "integer",
        (Backend::Postgres, "Bool") => "boolean",
        (Backend::Postgres, "Text") => "text",
        (Backend::Postgres, "Date") => "date",
        (Backend::Postgres, "Timestamp") => "timestamp without time zone",
        (_, other) => panic!("no column has type {other} yet"),
    }
}

/// Reads the tables out of the program's source, where Diesel's macro has them.
fn shapes_in_source() -> BTreeMap<String, Shape> {
    let source = include_str!("../../src/store/schema.rs");
    let mut shapes: BTreeMap<String, Shape> = BTreeMap::new();
    let mut current = String::new();
    for line in source.lines().map(str::trim) {
        if let Some(table) = line.strip_suffix("(id) {") {
            current = table.trim().to_owned();
            shapes.insert(current.clone(), Vec::new());
        } else if let Some((column, kind)) = line.split_once(" -> ")
            && let Some(kind) = kind.strip_suffix(',')
        {
            let inner = kind.strip_prefix("Nullable<").and_then(|kind| kind.strip_suffix('>'));
            let column = (column.to_owned(), inner.unwrap_or(kind).to_owned(), inner.is_some());
            shapes.get_mut(&current).unwrap().push(column);
        }
    }
    shapes
}

/// Reads them out of a database's own catalogue.
fn shapes_of(db: &TestDb) -> BTreeMap<String, Shape> {
    let tables = db.tables();
    let columns = |table: &str| -> Shape {
        let sql = match db.backend {
            Backend::Sqlite => format!(
                "SELECT name || '|' || type || '|' || (\"notnull\" = 0) AS value \
                 FROM pragma_table_info('{table}') ORDER BY cid"
            ),
            Backend::Postgres => format!(
                "SELECT column_name || '|' || data_type || '|' || (is_nullable = 'YES')::int AS value \
                 FROM information_schema.columns WHERE table_schema = 'public' \
                 AND table_name = '{table}' ORDER BY ordinal_position"
            ),
        };
        db.words(&sql)
            .iter()
            .map(|row| {
                let mut parts = row.split('|').map(str::to_owned);
                let mut next = || parts.next().unwrap();
                (next(), next(), next() == "1")
            })
            .collect()
    };
    tables.into_iter().map(|table| (table.clone(), columns(&table))).collect()
}
