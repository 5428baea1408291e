//! A made-up authority whose schools have taken in money for years, written past the program: it would
//! take a day to match it all, and nothing of that is measured here.

use chrono::{Months, NaiveDate};
use diesel::connection::SimpleConnection as _;
use diesel::{Connection as _, PgConnection, SqliteConnection};
use doisoat::clock::FixedClock;
use doisoat::domain::matching::facts::Policy;
use doisoat::domain::period::Month;
use doisoat::service::directory::{self, NewAuthority, NewSchool};
use doisoat::service::{Actor, Store, database};

use crate::school::School;

pub const AUTHORITY: &str = "PHONG-MAU";

/// Ids of what is written here: far above those that the program gives.
const FIRST_ID: i64 = 1_000_000_000_000_000;

/// How much there is.
pub struct Size {
    pub schools: i64,
    pub months: i64,
    /// Pupils of a school, each of whom pays one invoice a month.
    pub pupils: i64,
}

impl Size {
    pub fn rows(&self) -> i64 {
        self.schools * self.months * self.pupils
    }
}

enum Connection {
    Sqlite(SqliteConnection),
    Pg(PgConnection),
}

impl Connection {
    fn open(url: &str) -> Connection {
        match url.strip_prefix("sqlite:") {
            Some(path) => {
                Connection::Sqlite(SqliteConnection::establish(path).expect("a database"))
            }
            None => Connection::Pg(PgConnection::establish(url).expect("a database")),
        }
    }

    fn run(&mut self, sql: &str) {
        let done = match self {
            Connection::Sqlite(own) => own.batch_execute(sql),
            Connection::Pg(own) => own.batch_execute(sql),
        };
        done.expect("a statement of ours");
    }
}

/// Fills a database, which is empty or, where `more` is said, holds less of the same.
pub fn fill(url: &str, size: &Size, more: bool) -> School {
    let store = Store::open(url, 2, 30_000).expect("a database");
    database::migrate(&store).expect("a database of ours");
    let at = NaiveDate::from_ymd_opt(2026, 11, 24).and_then(|day| day.and_hms_opt(1, 0, 0));
    let clock = FixedClock::at(at.expect("a date"));
    let actor = Actor::named("bench");
    let known = more && directory::find_school(&store, &code(0)).is_ok();
    if !known {
        let new = NewAuthority {
            code: AUTHORITY.to_owned(),
            name: "Phòng mẫu (dữ liệu mẫu)".to_owned(),
            kind: "department".to_owned(),
            parent: None,
            valid_from: None,
            valid_to: None,
        };
        directory::add_authority(&store, &clock, &actor, &new).expect("a new authority");
        for number in 0..size.schools {
            let new = NewSchool {
                code: code(number),
                name: format!("Trường mẫu {number}"),
                level: "lower_secondary".to_owned(),
                policy: Policy::default(),
            };
            directory::add_school(&store, &clock, &actor, &new).expect("a new school");
            let valid = (None, None);
            directory::place_school(&store, &clock, &actor, &new.code, AUTHORITY, valid)
                .expect("a place");
        }
    }
    write(url, size, known);
    let id = directory::find_school(&store, &code(0)).expect("the first one").id;
    School { store, clock, actor, id }
}

fn code(number: i64) -> String {
    if number == 0 { School::CODE.to_owned() } else { format!("TRUONG-{number}") }
}

fn write(url: &str, size: &Size, again: bool) {
    let mut connection = Connection::open(url);
    let lite = matches!(connection, Connection::Sqlite(_));
    connection.run(if lite {
        "PRAGMA foreign_keys = OFF; PRAGMA synchronous = OFF"
    } else {
        // Rows refer to others that nobody looks at here.
        "SET session_replication_role = replica"
    });
    connection.run("BEGIN");
    if again {
        for table in ["collected_facts", "payments", "invoices", "figure_marks", "added_figures"] {
            if !lite || table != "collected_facts" {
                connection.run(&format!("DELETE FROM {table} WHERE id >= {FIRST_ID}"));
            }
        }
    }
    let no = if lite { "0" } else { "FALSE" };
    let pupils = format!(
        "WITH RECURSIVE pupil(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM pupil WHERE n < {})",
        size.pupils - 1
    );
    let numbered = "(SELECT id, ROW_NUMBER() OVER (ORDER BY id) AS at FROM schools)";
    for ago in (0..size.months).rev() {
        let ago = u32::try_from(ago).expect("a few years");
        let first = NaiveDate::from_ymd_opt(2026, 10, 1)
            .and_then(|day| day.checked_sub_months(Months::new(ago)))
            .expect("a month");
        let day = first.format("%Y-%m-05");
        let at = first.format("%Y-%m-06 01:00:00");
        let id = format!("{FIRST_ID} + ({ago} * 2000 + s.at) * 10000 + pupil.n");
        // One in twenty pays in notes, one in ten by the other account; one in thirty has not paid.
        connection.run(&format!(
            "INSERT INTO payments (id, school_id, credit_debit, channel, booking_date, order_key, \
             amount_dong, allocated_dong, credited_dong, refunded_dong, set_aside_dong, \
             decision_kind, decided_by, voided, confidence) {pupils} \
             SELECT {id}, s.id, 'credit', CASE WHEN pupil.n % 20 = 0 THEN 'cash_at_school' \
             WHEN pupil.n % 10 = 0 THEN 'virtual_account' ELSE 'transfer' END, '{day}', '{ago}', \
             1250000, 1250000, 0, 0, 0, 'settled', 'machine', {no}, 0 FROM pupil, {numbered} s"
        ));
        connection.run(&format!(
            "INSERT INTO invoices (id, school_id, student_id, round_id, code, gross_dong, \
             waived_dong, net_dong, paid_dong, cancelled, issued_at) {pupils} \
             SELECT {id}, s.id, s.at * 10000 + pupil.n, 1, 'M' || ({id}), 1250000, 0, 1250000, \
             CASE WHEN pupil.n % 30 = 0 THEN 0 ELSE 1250000 END, {no}, '{at}' \
             FROM pupil, {numbered} s"
        ));
        connection.run(&format!(
            "INSERT INTO collected_facts (id, school_id, allocation_id, payment_id, \
             invoice_line_id, student_id, family_id, class, fee_item_code, channel, booking_date, \
             amount_dong, cause, at) {pupils} \
             SELECT {id}, s.id, {id}, {id}, {id}, s.at * 10000 + pupil.n, s.at * 10000 + pupil.n, \
             'L' || (pupil.n % 20), 'KT' || (pupil.n % 5), CASE WHEN pupil.n % 20 = 0 \
             THEN 'cash_at_school' WHEN pupil.n % 10 = 0 THEN 'virtual_account' \
             ELSE 'transfer' END, '{day}', 1250000, 'settled', '{at}' FROM pupil, {numbered} s"
        ));
        connection.run(&format!(
            "INSERT INTO figure_marks (id, school_id, part, changes) SELECT {FIRST_ID} + \
             {ago} * 2000 + s.at, s.id, '{}', 1 FROM {numbered} s",
            first.format("%Y-%m")
        ));
    }
    connection.run(&format!(
        "INSERT INTO figure_marks (id, school_id, part, changes) SELECT {FIRST_ID} + 900000000 + s.at, \
         s.id, 'dues', 1 FROM {numbered} s"
    ));
    connection.run("COMMIT");
    connection.run("ANALYZE");
    if lite {
        // What was written stands in the database itself, as it does where nobody has written for a while.
        connection.run("PRAGMA wal_checkpoint(TRUNCATE)");
    }
}

/// One sum over each table that figures of the year up to a month are made of: what was collected, by what
/// figures are told by, payments of the year, and invoices.
pub fn bare_sum(url: &str, month: Month) {
    let from = month.first().checked_sub_months(Months::new(11)).expect("a year before");
    let sql = format!(
        "SELECT school_id, class, fee_item_code, channel, SUM(amount_dong) FROM collected_facts \
         WHERE booking_date >= '{from}' AND booking_date <= '{}' \
         GROUP BY school_id, class, fee_item_code, channel",
        month.last()
    );
    let mut connection = Connection::open(url);
    connection.run(&sql);
    connection.run(&format!(
        "SELECT school_id, SUM(amount_dong - allocated_dong) FROM payments \
         WHERE booking_date >= '{from}' AND booking_date <= '{}' GROUP BY school_id",
        month.last()
    ));
    connection.run(
        "SELECT school_id, net_dong = paid_dong, SUM(net_dong - paid_dong) FROM invoices \
         WHERE NOT cancelled GROUP BY school_id, net_dong = paid_dong",
    );
}
