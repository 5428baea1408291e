//! The databases the other tests stand on: each is empty, private and opens by its URL.

use diesel::connection::SimpleConnection;
use diesel::sql_types::{BigInt, Text};
use diesel::{Connection, PgConnection, QueryableByName, RunQueryDsl, SqliteConnection, sql_query};

use crate::support::{Backend, TestDb, for_each_backend, postgres_server};

#[derive(QueryableByName)]
struct Number {
    #[diesel(sql_type = BigInt)]
    number: i64,
}

#[derive(QueryableByName)]
struct Word {
    #[diesel(sql_type = Text)]
    word: String,
}

fn execute(db: &TestDb, sql: &str) {
    match db.backend {
        Backend::Sqlite => SqliteConnection::establish(path(db)).unwrap().batch_execute(sql),
        Backend::Postgres => PgConnection::establish(&db.url).unwrap().batch_execute(sql),
    }
    .unwrap();
}

fn number(db: &TestDb, sql: &str) -> i64 {
    let rows: Vec<Number> = match db.backend {
        Backend::Sqlite => sql_query(sql).load(&mut SqliteConnection::establish(path(db)).unwrap()),
        Backend::Postgres => sql_query(sql).load(&mut PgConnection::establish(&db.url).unwrap()),
    }
    .unwrap();
    rows[0].number
}

fn path(db: &TestDb) -> &str {
    db.url.strip_prefix("sqlite:").unwrap()
}

#[test]
fn every_test_has_a_database_to_itself() {
    for_each_backend(|first| {
        let second = TestDb::create(first.backend);
        assert_ne!(first.url, second.url);
        execute(first, "CREATE TABLE only_here (number BIGINT); INSERT INTO only_here VALUES (7)");
        execute(&second, "CREATE TABLE only_here (number BIGINT)");
        assert_eq!(number(first, "SELECT number FROM only_here"), 7);
        assert_eq!(number(&second, "SELECT COUNT(*) AS number FROM only_here"), 0);
    });
}

#[test]
fn a_database_goes_away_with_its_test_even_while_it_is_open() {
    let db = TestDb::create(Backend::Sqlite);
    let file = path(&db).to_owned();
    execute(&db, "CREATE TABLE t (number BIGINT)");
    assert!(std::fs::exists(&file).unwrap());
    drop(db);
    assert!(!std::fs::exists(&file).unwrap());

    if postgres_server().is_none() {
        return;
    }
    let db = TestDb::create(Backend::Postgres);
    let url = db.url.clone();
    let open = PgConnection::establish(&url).unwrap();
    drop(db);
    let error = PgConnection::establish(&url).err().unwrap().to_string();
    assert!(error.contains("does not exist"), "{error}");
    drop(open);
}

/// The client library is built without OpenSSL, and SCRAM needs its own hashing: a server with a
/// password must open over TCP, and only with the right one.
#[test]
fn postgresql_opens_over_a_socket_and_over_tcp_with_a_password() {
    let Some(socket) = postgres_server() else {
        for_each_backend(|_| ());
        return;
    };
    assert!(PgConnection::establish(&socket).is_ok());
    let Ok(tcp) = std::env::var("DOISOAT_TEST_POSTGRES_TCP") else { return };
    let words: Vec<Word> = sql_query("SELECT current_setting('password_encryption') AS word")
        .load(&mut PgConnection::establish(&tcp).unwrap())
        .unwrap();
    assert_eq!(words[0].word, "scram-sha-256");
    let wrong = tcp.replacen(":doisoat@", ":wrong@", 1);
    let error = PgConnection::establish(&wrong).err().unwrap().to_string();
    assert!(error.contains("password authentication failed"), "{error}");
}
