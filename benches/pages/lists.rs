//! The first and a later page of every list, of a school and of one with ten times as much: a list takes
//! as long as its page, not as what is behind it.

use std::time::{Duration, Instant};

use diesel::connection::SimpleConnection as _;
use diesel::{Connection as _, SqliteConnection};

use crate::load::times;
use crate::school::School;
use crate::serving::Served;

/// How often each page is fetched; the fastest one counts, which nobody else's work disturbs.
const TIMES: usize = 15;

/// A list of ten times as much takes no longer than this many tenths of the smaller one.
const BAR: u128 = 15;

/// Differences below this are not told apart.
const GRAIN: Duration = Duration::from_millis(3);

/// What is listed.
const LISTS: [(&str, &str); 16] = [
    ("students", "/students"),
    ("students of a class", "/students?class=6A7"),
    ("students by a code", "/students?text=HS000012"),
    ("receivables", "/receivables"),
    ("receivables of a class", "/receivables?class=6A7"),
    ("who owes", "/receivables?state=owing"),
    ("receipts", "/receipts"),
    ("receipts by a code", "/receipts?text=HS000012"),
    ("mail", "/mail"),
    ("mail that failed", "/mail?outcome=failed"),
    ("audit", "/audit"),
    ("audit of three days", "/audit?from=22/11/2026&to=24/11/2026"),
    ("history", "/history"),
    ("queue", "/queue"),
    ("statements", "/statements"),
    ("cash vouchers", "/cash/vouchers"),
];

/// Fills a school's database up to `rows` students, letters, audit records and decisions of persons.
/// Receipts and payments came with its statement. What the machine decided becomes a person's, which
/// nothing but a yardstick may do.
pub fn grow(url: &str, rows: usize) {
    let mut conn = SqliteConnection::establish(url.trim_start_matches("sqlite:"))
        .expect("the school's database");
    let numbers = format!(
        "WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < {rows})"
    );
    conn.batch_execute(&format!(
        "PRAGMA busy_timeout = 300000; BEGIN IMMEDIATE; DROP TRIGGER decisions_no_update;
         UPDATE decisions SET decided_by = 'ke.toan@example.test';
         INSERT INTO students (id, school_id, family_id, code, name, class, search_key, sort_key)
           SELECT 8000000000000 + s.id * 10 + k.k, s.school_id, s.family_id, s.code || '-' || k.k,
             s.name || ' ' || k.k, s.class, s.search_key || ' ' || k.k, s.sort_key || k.k
           FROM students s CROSS JOIN (SELECT 1 AS k UNION ALL SELECT 2 UNION ALL SELECT 3
             UNION ALL SELECT 4 UNION ALL SELECT 5 UNION ALL SELECT 6 UNION ALL SELECT 7
             UNION ALL SELECT 8 UNION ALL SELECT 9) k;
         {numbers}
         INSERT INTO audit_records (id, chain_id, sequence, at, actor, action, subject_kind,
             subject_id, detail, previous_hash, hash)
           SELECT 8000000000000 + n, (SELECT id FROM schools LIMIT 1), 1000000 + n,
             '2026-11-24 01:00:00', 'ke.toan@example.test', 'import.committed', 'import', n, '{{}}',
             printf('%064d', n), printf('%064d', n + 1) FROM n;
         {numbers}
         INSERT INTO letters (id, school_id, kind, family_id, about_id, dedupe_key, state, due_at,
             asked_by, asked_at)
           SELECT 8000000000000 + n, f.school_id, 'reminder', f.id, 0, 'bench-' || n, 'skipped', NULL,
             'ke.toan@example.test', '2026-11-24 01:00:00'
           FROM n JOIN (SELECT MIN(id) AS id, school_id FROM families GROUP BY school_id) f;
         COMMIT; ANALYZE;"
    ))
    .expect("rows");
}

/// How long each list takes, the fastest time of each.
pub fn durations(served: &Served) -> Vec<Duration> {
    let mut connection = served.connect();
    LISTS
        .iter()
        .map(|(_, list)| {
            let target = format!("/s/{}{list}", School::CODE);
            let took = (0..TIMES).map(|_| {
                let start = Instant::now();
                connection.page(&target);
                start.elapsed()
            });
            took.min().unwrap_or_default()
        })
        .collect()
}

/// Prints both, and says whether every list stays within the bar.
pub fn compare(small: &[Duration], large: &[Duration]) -> bool {
    let mut within = true;
    for ((what, _), (one, other)) in LISTS.iter().zip(small.iter().zip(large)) {
        let grown =
            other.saturating_sub(*one) > GRAIN && other.as_micros() * 10 > one.as_micros() * BAR;
        within &= !grown;
        let verdict = if grown { "  GROWS" } else { "" };
        println!(
            "{what}: {one:.1?}; of ten times as many {other:.1?}, {}{verdict}",
            times(*other, *one)
        );
    }
    within
}
