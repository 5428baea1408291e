//! One payment for each real transfer, whatever kinds of files show it, in whatever order, under
//! whatever references, and whatever persons say of it in between.

use std::collections::BTreeMap;

use doisoat::domain::id::ImportId;
use doisoat::service::rulings::{self, NewRuling, Pair, Verdict};
use doisoat::service::{undo, verify};
use proptest::prelude::*;
use proptest::sample::Index;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

use crate::support::crowd::{DUE, code, enroll};
use crate::support::program::run;
use crate::support::school::School;
use crate::support::statements::{self, Row};
use crate::support::{Backend, TestDb, for_each_backend};

fn row(day: u32, dong: i64, reference: &str, memo: &str) -> Row {
    Row::of(&(format!("2026-11-{day:02}").as_str(), dong, reference, memo))
}

/// Payments, those in doubt, and how the books stand without what depends on who came first.
fn books(school: &School) -> (usize, usize, Vec<String>) {
    school.verify();
    let questions = rulings::questions(&school.store, school.id).unwrap();
    let mut doubtful: Vec<_> = questions.iter().map(|one| one.payment).collect();
    doubtful.sort_unstable();
    doubtful.dedup();
    (school.payments().len(), doubtful.len(), school.state())
}

/// Every order of some things.
fn orders<T: Copy>(things: &[T]) -> Vec<Vec<T>> {
    let [first, rest @ ..] = things else { return vec![Vec::new()] };
    orders(rest)
        .into_iter()
        .flat_map(|order| {
            (0..=order.len()).map(move |place| (order.clone(), place)).collect::<Vec<_>>()
        })
        .map(|(mut order, place)| {
            order.insert(place, *first);
            order
        })
        .collect()
}

#[test]
fn the_same_money_in_every_kind_of_file_is_one_payment_in_any_order() {
    // Twins with and without references, the second half of a payment, money out.
    let rows = [
        row(4, DUE, "FT26308000001", &format!("{} nop hoc phi thang 11", code(0))),
        row(4, DUE / 2, "", &format!("{} nop mot nua", code(1))),
        row(4, DUE / 2, "", &format!("{} nop mot nua", code(1))),
        row(5, DUE, "FT26309000002", "nop tien cho con khong ghi ma"),
        row(5, -11_000, "FT26309000003", "Phi quan ly tai khoan thang 11"),
    ];
    // This kind of file cuts texts, that one gives no references.
    let shown = |kind: &str| -> Vec<Row> {
        let mut rows = rows.to_vec();
        for row in &mut rows {
            match kind {
                "mt940" => row.reference.clear(),
                "xlsx" => row.memo.truncate(22),
                _ => {}
            }
        }
        rows
    };
    for_each_backend(|db| {
        let mut ends: Vec<(usize, usize, Vec<String>)> = Vec::new();
        let every = orders(&["camt.053", "mt940", "csv", "xlsx"]);
        // SQLite is asked for every order, PostgreSQL for each kind as the first.
        let some: Vec<_> = match db.backend {
            Backend::Sqlite => every,
            Backend::Postgres => every.into_iter().step_by(5).collect(),
        };
        for order in some {
            let db = TestDb::create(db.backend);
            let school = School::create(&db);
            enroll(&school, 3);
            for (place, kind) in order.iter().enumerate() {
                let bytes = statements::write(kind, 1_000_000, &shown(kind));
                let (_, done) = school.statement(kind, &bytes);
                let expected = if place == 0 { (5, 0) } else { (0, 5) };
                assert_eq!((done.payments, done.witnesses), expected, "{kind} in {order:?}");
            }
            ends.push(books(&school));
        }
        assert_eq!((ends[0].0, ends[0].1), (5, 0));
        assert!(ends.windows(2).all(|pair| pair[0] == pair[1]), "{ends:#?}");
    });
}

/// What the bank booked, what its files show of it, and what is done with them.
#[derive(Clone, Debug)]
struct Story {
    /// Day, pupil, halves of the fee, and whether the same comes again.
    movements: Vec<(u32, usize, i64, bool)>,
    /// First and last day, kind, and the download: references of some lines change with it.
    files: Vec<(u32, u32, usize, u32)>,
    /// Two ways through the same files: an order, and files that go out and come in again.
    ways: [(Vec<usize>, Vec<Index>); 2],
    /// What a person says of the payments that are in doubt: which, and whether they are the same.
    said: Vec<(Index, bool)>,
}

/// Running balances, none, SWIFT, ISO 20022.
const KINDS: [&str; 4] = ["rows", "bare", "mt940", "camt.053"];

fn story() -> impl Strategy<Value = Story> {
    let movement = (1..6_u32, 0..3_usize, 1..3_i64, prop::bool::weighted(0.2));
    let file = (1..5_u32, 0..5_u32, 0..4_usize, 0..3_u32);
    (
        prop::collection::vec(movement, 1..8),
        prop::collection::vec(file, 1..6),
        prop::collection::vec((any::<Index>(), any::<bool>()), 0..4),
    )
        .prop_flat_map(|(movements, files, said)| {
            let way = || {
                let order = Just((0..files.len()).collect::<Vec<_>>()).prop_shuffle();
                (order, prop::collection::vec(any::<Index>(), 0..3))
            };
            (Just(movements), Just(files.clone()), Just(said), way(), way())
        })
        .prop_map(|(mut movements, files, said, one, other)| {
            movements.sort_by_key(|movement| movement.0);
            Story { movements, files, ways: [one, other], said }
        })
}

impl Story {
    /// The file: every one shows all lines of its days, but the reference of each third line changes
    /// from download to download, and of the first download some have none.
    fn bytes(&self, index: usize) -> Option<Vec<u8>> {
        let (from, days, kind, download) = self.files[index];
        let mut opening = 5_000_000;
        let mut rows = Vec::new();
        for (number, (day, pupil, halves, twice)) in self.movements.iter().enumerate() {
            let dong = halves * DUE / 2;
            let times = if *twice { 2 } else { 1 };
            if *day < from {
                opening += times * dong;
            }
            if !(from..=from + days).contains(day) {
                continue;
            }
            let reference = match (number % 3, download) {
                (0, 0) => String::new(),
                (0, _) => format!("FT26{download}{number:08}"),
                (1, _) => format!("FT269{number:08}"),
                _ => String::new(),
            };
            for _ in 0..times {
                let memo = format!("{} NOP HOC PHI", code(*pupil));
                rows.push(row(*day, dong, &reference, &memo));
            }
        }
        (!rows.is_empty()).then(|| statements::write(KINDS[kind], opening, &rows))
    }

    fn play(&self, backend: Backend, way: usize) -> (usize, usize, Vec<String>) {
        let db = TestDb::create(backend);
        let school = School::create(&db);
        enroll(&school, 3);
        let (order, detours) = &self.ways[way];
        let mut inside: BTreeMap<Vec<u8>, ImportId> = BTreeMap::new();
        let take_in = |inside: &mut BTreeMap<Vec<u8>, ImportId>, index: usize| {
            if let Some(bytes) = self.bytes(index) {
                let (id, _) = school.statement(&format!("{index}"), &bytes);
                inside.insert(bytes, id);
                school.verify();
            }
        };
        for index in order {
            take_in(&mut inside, *index);
        }
        // What persons say depends on the lines alone, so both ways hear the same.
        let questions = rulings::questions(&school.store, school.id).unwrap();
        let mut pairs: Vec<_> = questions
            .iter()
            .map(|question| {
                let mut pair = question.lines.clone().map(|line| {
                    (
                        (
                            line.booking_date,
                            line.amount,
                            line.source,
                            line.reference,
                            line.remittance,
                            line.balance_after,
                        ),
                        line.entry,
                    )
                });
                pair.sort();
                pair
            })
            .collect();
        pairs.sort();
        for (which, same) in &self.said {
            if pairs.is_empty() {
                break;
            }
            let [(_, one), (_, other)] = which.get(&pairs);
            let asked = NewRuling {
                pair: Pair::Entries(*one, *other),
                verdict: if *same { Verdict::Same } else { Verdict::Distinct },
                reason: "đã hỏi ngân hàng".to_owned(),
                expected: Vec::new(),
            };
            let School { store, clock, actor, id, .. } = &school;
            rulings::rule(store, clock, actor, *id, &asked).unwrap();
            school.verify();
        }
        // Files go out and come in again; what was said holds.
        for which in detours {
            let index = *which.get(order);
            let Some(bytes) = self.bytes(index) else { continue };
            let School { store, clock, actor, id, .. } = &school;
            undo::run(store, clock, actor, *id, inside[&bytes]).unwrap();
            school.verify();
            take_in(&mut inside, index);
        }
        books(&school)
    }

    fn check(&self, backend: Backend) {
        let [one, other] = [0, 1].map(|way| self.play(backend, way));
        assert_eq!(one, other, "two ways through the same files end differently");
    }
}

fn runner(cases: u32) -> TestRunner {
    let config = Config { cases, failure_persistence: None, ..Config::default() };
    TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha))
}

#[test]
fn whatever_references_change_and_persons_say_the_order_of_files_changes_nothing() {
    let more = std::env::var("DOISOAT_TEST_CASES").ok().and_then(|text| text.parse().ok());
    for_each_backend(|db| {
        let cases = match db.backend {
            Backend::Sqlite => more.unwrap_or(32),
            Backend::Postgres => more.unwrap_or(4).min(32),
        };
        runner(cases)
            .run(&story(), |story| {
                story.check(db.backend);
                Ok(())
            })
            .unwrap();
    });
}

#[test]
fn the_command_line_asks_and_is_told() {
    for_each_backend(|db| {
        let school = School::create(db);
        enroll(&school, 2);
        for (name, reference) in [("thu-hai.csv", "FT26309777001"), ("thu-ba.csv", "FT26309888002")]
        {
            let rows = [row(5, DUE, reference, &code(0))];
            school.statement(name, &statements::write("bare", 0, &rows));
        }
        let open = &rulings::questions(&school.store, school.id).unwrap()[0];
        let (payment, like) = (open.payment.to_string(), open.like.to_string());
        let identity = |more: &[&str]| {
            let mut arguments = vec!["identity", "--database", db.url.as_str(), "--lang", "en"];
            arguments.extend(more);
            arguments.extend(["--school", "THCS-MAU"]);
            run(arguments)
        };
        let asked = identity(&["questions"]);
        assert_eq!(asked.status, 0, "{asked:?}");
        let first = format!("Payment {payment} may be payment {like}: two files show equal lines");
        assert!(asked.out.starts_with(&first), "{asked:?}");
        for part in ["thu-hai.csv", "thu-ba.csv", "FT26309777001", "FT26309888002", "400.000"] {
            assert!(asked.out.contains(part), "{part}: {asked:?}");
        }
        let asked = identity(&["questions", "--json"]);
        let told: serde_json::Value = serde_json::from_str(&asked.out).unwrap();
        assert_eq!(told["why"], "other_reference");

        let wrong = identity(&["rule", &payment, &like, "--reason", "x"]);
        assert_eq!(wrong.status, 2, "neither --same nor --distinct: {wrong:?}");
        let refused = identity(&["rule", "--same", &payment, "4711", "--reason", "x"]);
        assert_eq!(refused.status, 1, "{refused:?}");
        assert!(refused.err.contains("[payment_not_found]"), "{refused:?}");
        for _ in 0..2 {
            let said = identity(&["rule", "--same", &payment, &like, "--reason", "asked the bank"]);
            assert_eq!(said.status, 0, "{said:?}");
            assert!(said.out.starts_with("Recorded: one payment, number "), "{said:?}");
        }
        assert_eq!(identity(&["questions"]).out, "");
        let told = identity(&["rulings"]);
        assert_eq!(told.out.lines().count(), 1, "said twice, kept once: {told:?}");
        assert!(told.out.contains("asked the bank"), "{told:?}");
        let stays = school.payments()[0].state.id.to_string();
        assert_eq!(identity(&["lines", &stays]).out.lines().count(), 2);
        school.verify();
    });
}

#[test]
fn a_ruling_is_added_to_and_never_changed() {
    for_each_backend(|db| {
        let school = School::create(db);
        for reference in ["FT26309777001", "FT26309888002"] {
            let rows = [row(5, DUE, reference, "nop tien cho con")];
            school.statement(reference, &statements::write("bare", 0, &rows));
        }
        let open = &rulings::questions(&school.store, school.id).unwrap()[0];
        let asked = NewRuling {
            pair: Pair::Payments(open.payment, open.like),
            verdict: Verdict::Same,
            reason: "đã hỏi ngân hàng".to_owned(),
            expected: Vec::new(),
        };
        let School { store, clock, actor, id, .. } = &school;
        rulings::rule(store, clock, actor, *id, &asked).unwrap();
        for sql in ["UPDATE identity_rulings SET kind = 'distinct'", "DELETE FROM identity_rulings"]
        {
            let refused = db.try_execute(sql).unwrap_err().to_string();
            assert!(refused.contains("identity_rulings is append-only"), "{sql}: {refused}");
        }
        school.verify();
    });
}

#[test]
fn books_that_say_otherwise_than_the_files_are_found() {
    for_each_backend(|db| {
        let school = School::create(db);
        for reference in ["FT26309777001", "FT26309888002"] {
            let rows = [row(5, DUE, reference, "nop tien cho con")];
            school.statement(reference, &statements::write("bare", 0, &rows));
        }
        school.verify();
        let id = school.id;
        // Closed, so that the database can be copied.
        drop(school);
        for (why, sql, invariant) in [
            ("a doubt is forgotten", "DELETE FROM identity_doubts", "I10"),
            (
                "an entry shows another payment",
                "UPDATE evidence SET payment_id = (SELECT MIN(payment_id) FROM evidence)",
                "I10",
            ),
            (
                "the machine settles what is in doubt",
                "UPDATE payments SET decision_kind = 'settled'",
                "I5",
            ),
        ] {
            let broken = db.duplicate();
            broken.execute(sql);
            let found = verify::run(&School::open(&broken, id).store).unwrap();
            let faulty: Vec<_> =
                found.iter().filter(|one| !one.holds()).map(|one| one.invariant).collect();
            assert!(faulty.contains(&invariant), "{why}: {faulty:?}");
        }
    });
}
