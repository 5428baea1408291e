//! How fast the students of a province are taken in on PostgreSQL, from the bytes of each school's list
//! to durable rows, as a ratio to bare batched inserts of the same rows into tables of the same shape
//! and indexes, measured in the same run. Everything is made up.
//!
//! `DOISOAT_BENCH_SCHOOLS` says how many schools of 3,000 students there are; a province has 100.

#![expect(clippy::print_stdout, reason = "a yardstick's result is what it prints")]
#![expect(clippy::disallowed_methods, reason = "a yardstick measures durations")]
#![expect(
    clippy::float_arithmetic,
    clippy::expect_used,
    reason = "ratios of durations, in a program that may just stop"
)]

use std::fmt::Write as _;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use chrono::NaiveDate;
use diesel::connection::SimpleConnection as _;
use diesel::sql_types::Text;
use diesel::{Connection as _, PgConnection, QueryableByName, RunQueryDsl as _, sql_query};
use doisoat::clock::FixedClock;
use doisoat::domain::matching::facts::Policy;
use doisoat::formats::roster::read_table;
use doisoat::service::directory::NewSchool;
use doisoat::service::{Actor, Store, database, directory, import_students};

/// Taking in is at least so fast, in percent of the bare inserts.
const LEAST: f64 = 50.0;

const STUDENTS: usize = 3_000;
const SCHOOLS: usize = 100;
const SIZE_VARIABLE: &str = "DOISOAT_BENCH_SCHOOLS";
const SERVER_VARIABLE: &str = "DOISOAT_TEST_POSTGRES";

/// Rows of one bare INSERT.
const ROWS_PER_STATEMENT: usize = 1_000;

/// What a list of students becomes.
const TABLES: [&str; 7] = [
    "families",
    "students",
    "classes",
    "guardians",
    "enrolments",
    "student_identifiers",
    "student_changes",
];

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = Text)]
    value: String,
}

fn main() -> ExitCode {
    let Some(server) = std::env::var(SERVER_VARIABLE).ok().filter(|url| !url.is_empty()) else {
        println!("skipped: {SERVER_VARIABLE} is not set");
        return ExitCode::SUCCESS;
    };
    let schools =
        std::env::var(SIZE_VARIABLE).map_or(SCHOOLS, |text| text.parse().expect("a number"));
    let name = format!("doisoat_rosters_{}", std::process::id());
    let mut on_server = PgConnection::establish(&server).expect("the server");
    on_server
        .batch_execute(&format!(
            "CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C'"
        ))
        .expect("a new database");
    let (before, parameters) = server.split_once('?').unwrap_or((&server, ""));
    let host = before.rsplit_once('/').map_or(before, |(host, _)| host);
    let (ours, bare, rows) = measure(&format!("{host}/{name}?{parameters}"), schools);
    on_server
        .batch_execute(&format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
        .expect("nobody else");
    let percent = 100.0 * bare.as_secs_f64() / ours.as_secs_f64();
    println!(
        "{} students of {schools} schools, {rows} rows: ours {ours:.2?}, bare inserts {bare:.2?}: \
         {percent:.1} % of their speed (bar {LEAST} %)",
        schools * STUDENTS
    );
    if percent >= LEAST { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// How long ours took, how long the bare inserts, and how many rows there are. Schools take turns, so
/// that both find the same machine.
fn measure(url: &str, schools: usize) -> (Duration, Duration, usize) {
    let store = Store::open(url, 2, 10_000).expect("a database");
    database::migrate(&store).expect("an empty database");
    let mut connection = PgConnection::establish(url).expect("the database");
    for table in TABLES {
        connection
            .batch_execute(&format!("CREATE TABLE bare_{table} (LIKE {table} INCLUDING ALL)"))
            .expect("a table of the same shape");
    }
    let at = NaiveDate::from_ymd_opt(2026, 9, 1).and_then(|day| day.and_hms_opt(1, 0, 0));
    let clock = FixedClock::at(at.expect("a date"));
    let actor = Actor::named("bench");
    let (mut ours, mut bare, mut rows) = (Duration::ZERO, Duration::ZERO, 0);
    for school in 0..schools {
        let new = NewSchool {
            code: format!("THCS-{school:03}"),
            name: format!("THCS Mẫu {school} (dữ liệu mẫu)"),
            level: "lower_secondary".to_owned(),
            policy: Policy::default(),
        };
        let id = directory::add_school(&store, &clock, &actor, &new).expect("a new school");
        let list = list(school);
        let start = Instant::now();
        let table = read_table(list.as_bytes()).expect("a list");
        let done = import_students::run(&store, &clock, &actor, id, &table).expect("students");
        ours += start.elapsed();
        assert_eq!(usize::try_from(done.added), Ok(STUDENTS), "{:?}", done.bad.first());
        let statements: Vec<String> = TABLES
            .iter()
            .flat_map(|table| {
                let values = values_of(&mut connection, table, id.0);
                rows += values.len();
                values
                    .chunks(ROWS_PER_STATEMENT)
                    .map(|chunk| format!("INSERT INTO bare_{table} VALUES {}", chunk.join(",")))
                    .collect::<Vec<_>>()
            })
            .collect();
        let start = Instant::now();
        connection.batch_execute("BEGIN").expect("a transaction");
        for statement in &statements {
            connection.batch_execute(statement).expect("rows");
        }
        connection.batch_execute("COMMIT").expect("durable rows");
        bare += start.elapsed();
    }
    (ours, bare, rows)
}

/// A school's rows of a table, each as a list of literals.
fn values_of(connection: &mut PgConnection, table: &str, school: i64) -> Vec<String> {
    sql_query(format!(
        "SELECT '(' || array_to_string(ARRAY(SELECT quote_nullable(value) \
         FROM json_each_text(row_to_json(t))), ',') || ')' AS value \
         FROM {table} t WHERE school_id = {school} ORDER BY id"
    ))
    .load::<Row>(connection)
    .expect("rows")
    .into_iter()
    .map(|row| row.value)
    .collect()
}

/// A list with families, guardians and personal numbers.
fn list(school: usize) -> String {
    let mut list = "Mã học sinh;Mã định danh Bộ GD&ĐT;Họ và tên;Ngày sinh;Giới tính;Lớp;\
                    Mã gia đình;Họ tên phụ huynh;Email;Số điện thoại\n"
        .to_owned();
    for number in 0..STUDENTS {
        let (grade, class, family) = (6 + number % 4, number % 20 + 1, number * 2 / 3);
        let (day, month) = (number % 28 + 1, number % 12 + 1);
        writeln!(
            list,
            "HS{number:05};{:010};Nguyễn Thị Mẫu {number};{day:02}/{month:02}/{};Nữ;{grade}A{class};\
             GD{family:05};Trần Văn Mẫu {family};ph{school}.{number}@example.com;09{:08}",
            school * 100_000 + number,
            2020 - grade,
            school * 10_000 + number
        )
        .expect("memory");
    }
    list
}
