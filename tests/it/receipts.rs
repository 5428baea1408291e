//! Receipts say what stands in the ledger, one for each payment and student, numbered without gaps;
//! what changes is voided and replaced, never edited.

mod doors;
mod numbered;
pub mod paper;
mod scanned;

use std::sync::Arc;

use chrono::TimeDelta;
use doisoat::clock::{Clock as _, FixedClock};
use doisoat::domain::calendar::Day;
use doisoat::domain::id::PaymentId;
use doisoat::domain::money::Vnd;
use doisoat::domain::period::Month;
use doisoat::domain::receipt::ReceiptState;
use doisoat::service::cash::{self, NewCash, NewCount, NewSlip, Voucher};
use doisoat::service::decide::{self, PersonalUse};
use doisoat::service::fees::credit_notes::{self, LineCredit};
use doisoat::service::periods::{self, Accepted};
use doisoat::service::receipts::{self, Asked, ReceiptView, RequestView, Terms};
use doisoat::service::students::contacts::{self, GuardianTerms};
use doisoat::service::{Actor, ServiceError, verify};

use crate::support::crowd::{DUE, code, enroll};
use crate::support::school::{School, csv, mt940};
use crate::support::{TestDb, for_each_backend};

pub fn codes(error: &ServiceError) -> Vec<String> {
    error.diagnostics().iter().map(|one| one.code.clone()).collect()
}

/// Every receipt, the first number first.
pub fn all(school: &School) -> Vec<ReceiptView> {
    let (mut rows, next) =
        receipts::page(&school.store, school.id, &Asked::default(), 100_000).unwrap();
    assert_eq!(next, None);
    rows.reverse();
    rows
}

/// Each receipt in a line: number, student, sum, what is left, state.
fn told(school: &School) -> Vec<String> {
    all(school)
        .iter()
        .map(|one| {
            let by = one.replaced_by.as_deref().map(|by| format!(" by {by}")).unwrap_or_default();
            format!(
                "{} {} {} left {} {}{by}",
                one.number,
                one.student_code,
                one.amount.dong(),
                one.left.dong(),
                one.state.as_str()
            )
        })
        .collect()
}

pub fn pay(school: &School, file: &str, lines: &[(&str, i64, &str, &str)], opening: i64) {
    school.statement(file, &csv(opening, lines));
}

pub fn take(school: &School, pupil: usize, dong: i64) -> Voucher {
    let School { store, clock, actor, id } = school;
    let new = NewCash {
        allocations: vec![(code(pupil), Vnd::new(dong))],
        payer: "Người nộp mẫu".to_owned(),
        received_on: "2026-11-20".parse().unwrap(),
        note: None,
        request_key: None,
    };
    cash::record(store, clock, actor, *id, &new).unwrap()
}

pub fn ask_void(school: &School, receipt: i64, who: &str) -> Result<RequestView, ServiceError> {
    let School { store, clock, id, .. } = school;
    receipts::ask_void(store, clock, &Actor::named(who), (*id, receipt), "ghi nhầm học sinh")
}

/// Gives the families of receipts an address, and makes mail of every letter that is due.
pub fn mail(db: &TestDb, school: &School, wanted: &[i64]) {
    let guardian = GuardianTerms {
        name: "Người giám hộ mẫu".to_owned(),
        email: "phu.huynh@example.test".to_owned(),
        ..GuardianTerms::default()
    };
    let School { store, clock, actor, id } = school;
    for one in all(school).into_iter().filter(|one| wanted.contains(&one.id)) {
        let of = (*id, one.student_code.as_str());
        contacts::set(store, clock, actor, of, std::slice::from_ref(&guardian)).unwrap();
        // A service that runs meanwhile may have found no address before.
        receipts::send_again(store, clock, actor, (*id, one.id)).unwrap();
    }
    let due = "SELECT COUNT(*) AS value FROM letters WHERE due_at IS NOT NULL";
    while db.number(due) > 0 {
        crate::letters::composer(school).work().unwrap();
    }
}

#[test]
fn a_part_payment_and_the_rest_have_a_receipt_each() {
    for_each_backend(|db| {
        let school = School::create(db);
        enroll(&school, 2);
        let one = code(0);
        pay(&school, "a.csv", &[("2026-11-05", 150_000, "FT1", &one)], 0);
        pay(&school, "b.csv", &[("2026-11-06", 250_000, "FT2", &one)], 150_000);
        assert_eq!(
            told(&school),
            [
                "BL-2026-000001 HS0000 150000 left 250000 live",
                "BL-2026-000002 HS0000 250000 left 0 live",
            ]
        );
        let first = &all(&school)[0];
        assert_eq!(first.class, "6A1");
        assert_eq!(first.paid_on, "2026-11-05".parse::<Day>().unwrap());
        assert_eq!(first.issued_on, "2026-11-24".parse::<Day>().unwrap(), "dated today");
        assert_eq!((first.channel.as_str(), first.voucher.as_deref()), ("transfer", None));
        assert_eq!(first.lines.len(), 1);
        assert_eq!(db.number("SELECT COUNT(*) AS value FROM letters WHERE kind = 'receipt'"), 2);
        school.verify();
    });
}

#[test]
fn one_payment_for_three_students_makes_three_receipts() {
    for_each_backend(|db| {
        let school = School::create(db);
        enroll(&school, 4);
        let text = format!("{} {} {}", code(0), code(1), code(2));
        pay(&school, "a.csv", &[("2026-11-05", 3 * DUE, "FT1", &text)], 0);
        let rows = all(&school);
        assert_eq!(rows.len(), 3);
        assert!(
            rows.iter().all(|one| one.payment == rows[0].payment && one.amount == Vnd::new(DUE))
        );
        let mut families = 0;
        school
            .store
            .read(|tx| {
                families = receipts::of_family(tx, school.id, 0)?.len();
                Ok::<_, ServiceError>(())
            })
            .unwrap();
        assert_eq!(families, 0, "there is no such family");
        // One of them is voided: the others stand.
        ask_void(&school, rows[1].id, "kế toán").unwrap();
        assert_eq!(
            told(&school),
            [
                "BL-2026-000001 HS0000 400000 left 0 live",
                "BL-2026-000002 HS0001 400000 left 0 voided",
                "BL-2026-000003 HS0002 400000 left 0 live",
            ]
        );
        let left = school.payment("HP");
        assert_eq!(
            (left.state.allocated, left.state.unallocated),
            (Vnd::new(2 * DUE), Vnd::new(DUE))
        );
        school.verify();
    });
}

#[test]
fn what_is_taken_back_voids_and_what_is_used_otherwise_replaces() {
    for_each_backend(|db| {
        let school = School::create(db);
        let School { store, clock, actor, id } = &school;
        enroll(&school, 4);
        pay(&school, "a.csv", &[("2026-11-05", DUE, "FT1", &code(0))], 0);
        let payment = school.payment_id("HP");
        let put = |uses: &[(usize, i64)]| {
            let allocations = uses.iter().map(|(of, dong)| (code(*of), Vnd::new(*dong))).collect();
            let wanted = PersonalUse { allocations, ..PersonalUse::default() };
            decide::allocate(store, clock, actor, (*id, payment), None, &wanted).unwrap();
        };
        put(&[(0, DUE)]);
        assert_eq!(told(&school).len(), 1, "the same use by a person changes nothing");
        put(&[(0, DUE / 2), (1, DUE / 2)]);
        decide::reverse(store, clock, actor, (*id, payment), None, "nhầm").unwrap();
        assert_eq!(
            told(&school),
            [
                "BL-2026-000001 HS0000 400000 left 0 replaced by BL-2026-000002",
                "BL-2026-000002 HS0000 200000 left 200000 voided",
                "BL-2026-000003 HS0001 200000 left 200000 voided",
            ]
        );
        let second = &all(&school)[1];
        assert_eq!(second.replaces.as_deref(), Some("BL-2026-000001"));
        let void = second.voided.as_ref().unwrap();
        assert_eq!((void.reason.as_deref(), void.by.as_str()), (Some("nhầm"), "user:test"));
        school.verify();
    });
}

#[test]
fn a_late_file_leaves_receipts_alone_that_come_out_the_same() {
    for_each_backend(|db| {
        let school = School::create(db);
        enroll(&school, 6);
        let lines = [("2026-11-10", DUE, "FT1", &*code(0)), ("2026-11-11", DUE, "FT2", &*code(1))]
            .map(|(day, dong, reference, text)| (day, dong, reference, text.to_owned()));
        let lines: Vec<_> =
            lines.iter().map(|(day, dong, of, text)| (*day, *dong, *of, text.as_str())).collect();
        pay(&school, "b.csv", &lines, 500_000);
        let before = told(&school);
        // An earlier day turns up: its payment takes the invoice of the first line.
        let one = code(0);
        school.statement("a.sta", &mt940(0, &[("2026-11-02", DUE, "FT0", &one)]));
        let rows = told(&school);
        assert_eq!(rows.len(), 3, "{rows:?}");
        assert_eq!(rows[1], before[1], "what did not change keeps its receipt");
        assert_eq!(rows[0], "BL-2026-000001 HS0000 400000 left 0 voided");
        assert_eq!(rows[2], "BL-2026-000003 HS0000 400000 left 0 live");
        school.verify();
    });
}

#[test]
fn cash_and_cards_have_receipts_and_lose_them_with_their_papers() {
    for_each_backend(|db| {
        let school = School::create(db);
        let School { store, clock, actor, id } = &school;
        enroll(&school, 4);
        let voucher = take(&school, 0, DUE);
        let slip = NewSlip {
            terminal: "POS01".to_owned(),
            slip: "77".to_owned(),
            paid_on: "2026-11-20".parse().unwrap(),
            allocations: vec![(code(1), Vnd::new(DUE))],
            payer: "Người nộp mẫu".to_owned(),
            note: None,
        };
        cash::record_slip(store, clock, actor, *id, &slip, None).unwrap();
        take(&school, 2, DUE);
        let rows = all(&school);
        assert_eq!(rows[0].voucher.as_deref(), Some("1/2026"));
        assert_eq!((rows[0].channel.as_str(), rows[1].channel.as_str()), ("cash_at_school", "pos"));
        cash::void(store, clock, actor, (*id, voucher.payment), "viết nhầm").unwrap();
        ask_void(&school, rows[1].id, "kế toán").unwrap();
        // Voiding the receipt of a voucher voids the voucher.
        ask_void(&school, rows[2].id, "kế toán").unwrap();
        assert!(all(&school).iter().all(|one| one.state == ReceiptState::Voided));
        let vouchers = cash::vouchers(store, *id, cash::Days::default()).unwrap();
        assert!(vouchers.iter().all(|one| one.voided), "{vouchers:?}");
        school.verify();
    });
}

#[test]
fn what_was_just_decided_is_taken_back_before_its_receipt_leaves() {
    for_each_backend(|db| {
        let school = School::create(db);
        let School { store, clock, actor, id } = &school;
        enroll(&school, 2);
        let lines = [("2026-11-05", DUE, "FT1", &*code(0)), ("2026-11-05", DUE, "FT2", &*code(1))];
        pay(&school, "a.csv", &lines, 0);
        let made = |minutes: i64| {
            let mut composer = crate::letters::composer(&school);
            let at = clock.now() + TimeDelta::minutes(minutes);
            composer.clock = Arc::new(FixedClock::at(at));
            composer.settings.receipt_after_minutes = 10;
            while !composer.work().unwrap().is_idle() {}
            db.number(
                "SELECT COUNT(*) AS value FROM letters WHERE kind = 'receipt' AND due_at IS NULL",
            )
        };
        assert_eq!((made(0), made(9)), (0, 0), "whoever decided may still think again");
        let payment = all(&school)[0].payment;
        decide::reverse(store, clock, actor, (*id, payment), None, "nhầm").unwrap();
        assert_eq!(made(10), 2, "one is written about, one holds no more");
        assert_eq!(all(&school)[0].state, ReceiptState::Voided);
        let payment = all(&school)[1].payment;
        assert!(
            decide::reverse(store, clock, actor, (*id, payment), None, "nhầm").is_ok(),
            "nobody has an address"
        );
        school.verify();
    });
}

#[test]
fn a_receipt_that_a_family_has_takes_two_persons() {
    for_each_backend(|db| {
        let school = School::create(db);
        let School { store, clock, actor, id } = &school;
        enroll(&school, 2);
        pay(&school, "a.csv", &[("2026-11-05", DUE, "FT1", &code(0))], 0);
        let receipt = all(&school)[0].id;
        mail(db, &school, &[receipt]);
        let payment = school.payment_id("HP");
        let alone = decide::reverse(store, clock, actor, (*id, payment), None, "nhầm").unwrap_err();
        assert_eq!(codes(&alone), ["receipt_sent"]);
        let asked = ask_void(&school, receipt, "Lan").unwrap();
        assert_eq!(asked.state, "asked");
        assert_eq!(all(&school)[0].state, ReceiptState::Live, "nothing has changed yet");
        assert_eq!(codes(&ask_void(&school, receipt, "Hoa").unwrap_err()), ["receipt_void_waits"]);
        assert_eq!(receipts::waiting(store, *id).unwrap().len(), 1);
        let decide = |who: &str, agree| {
            receipts::decide_void(store, clock, &Actor::named(who), (*id, asked.id), agree)
        };
        assert_eq!(codes(&decide("Lan", true).unwrap_err()), ["second_person"]);
        assert_eq!(decide("Hoa", true).unwrap().state, "approved");
        assert_eq!(codes(&decide("Hoa", false).unwrap_err()), ["receipt_void_decided"]);
        assert_eq!(codes(&ask_void(&school, receipt, "Lan").unwrap_err()), ["receipt_not_live"]);
        let letters = "SELECT COUNT(*) AS value FROM letters WHERE kind = 'receipt_voided'";
        assert_eq!(db.number(letters), 1, "the family is told");
        // The money can be used again, for which there is a receipt again.
        let wanted =
            PersonalUse { allocations: vec![(code(1), Vnd::new(DUE))], ..PersonalUse::default() };
        decide::allocate(store, clock, actor, (*id, payment), None, &wanted).unwrap();
        assert_eq!(told(&school)[1], "BL-2026-000002 HS0001 400000 left 0 live");
        school.verify();
    });
}

#[test]
fn a_closed_month_keeps_its_receipts() {
    for_each_backend(|db| {
        let school = School::create(db);
        let School { store, clock, actor, id } = &school;
        clock.set("2026-10-01T01:00:00".parse().unwrap());
        enroll(&school, 2);
        clock.set("2026-11-24T01:00:00".parse().unwrap());
        let (one, two) = (code(0), code(1));
        pay(
            &school,
            "a.csv",
            &[("2026-10-01", DUE, "FT1", &one), ("2026-10-31", DUE, "FT2", &two)],
            0,
        );
        let count =
            NewCount { counted_on: "2026-10-31".parse().unwrap(), counted: Vnd::ZERO, note: None };
        cash::count(store, clock, actor, *id, &count).unwrap();
        let month: Month = "2026-10".parse().unwrap();
        let accept = [Accepted { code: "statement_days".to_owned(), reason: "mẫu".to_owned() }];
        periods::close(store, clock, actor, *id, month, &accept).unwrap();
        let receipt = all(&school)[0].id;
        assert_eq!(codes(&ask_void(&school, receipt, "Lan").unwrap_err()), ["period_closed"]);
        // An invoice that comes down later is dated today: the receipt of October is replaced.
        let credit = LineCredit {
            item: all(&school)[0].lines[0].item.clone(),
            quantity: None,
            amount: Some(Vnd::new(100_000)),
        };
        credit_notes::correct(store, clock, actor, (*id, &one), &[credit], "giảm").unwrap();
        let rows = all(&school);
        assert_eq!(rows[0].replaced_by.as_deref(), Some("BL-2026-000003"), "{:?}", told(&school));
        assert_eq!(rows[2].amount, Vnd::new(DUE - 100_000));
        assert_eq!(rows[2].issued_on, "2026-11-24".parse::<Day>().unwrap());
        school.verify();
    });
}

#[test]
fn a_school_may_begin_in_the_middle_of_a_year_and_stop() {
    for_each_backend(|db| {
        let school = School::create(db);
        let School { store, clock, actor, id } = &school;
        enroll(&school, 8);
        let set = |issue: bool, from: Option<&str>| {
            let wanted = Terms { issue, from: from.map(|day| day.parse().unwrap()) };
            assert_eq!(receipts::set_terms(store, clock, actor, *id, wanted).unwrap(), wanted);
        };
        assert_eq!(receipts::terms(store, *id).unwrap(), Terms { issue: true, from: None });
        set(false, None);
        take(&school, 0, DUE);
        set(true, Some("2026-11-20"));
        let (one, two) = (code(1), code(2));
        pay(
            &school,
            "a.csv",
            &[("2026-11-19", DUE, "FT1", &one), ("2026-11-20", DUE, "FT2", &two)],
            0,
        );
        assert_eq!(told(&school), ["BL-2026-000001 HS0002 400000 left 0 live"]);
        school.verify();
        set(false, Some("2026-11-20"));
        take(&school, 3, DUE);
        let payment = all(&school)[0].payment;
        decide::reverse(store, clock, actor, (*id, payment), None, "nhầm").unwrap();
        let wanted =
            PersonalUse { allocations: vec![(code(4), Vnd::new(DUE))], ..PersonalUse::default() };
        decide::allocate(store, clock, actor, (*id, payment), None, &wanted).unwrap();
        assert_eq!(told(&school), ["BL-2026-000001 HS0002 400000 left 0 voided"]);
        set(true, None);
        take(&school, 5, DUE);
        assert_eq!(told(&school)[1], "BL-2026-000002 HS0005 400000 left 0 live");
        school.verify();
    });
}

#[test]
fn numbers_have_no_gap_after_two_hundred_things_that_happen_in_any_order() {
    for_each_backend(|db| {
        let school = School::create(db);
        let School { store, clock, actor, id } = &school;
        enroll(&school, 20);
        let mut seed = 20_261_124_u64;
        let mut next = |below: usize| {
            seed = seed
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            usize::try_from(seed >> 33).unwrap() % below
        };
        let mut opening = 0;
        for step in 0..200 {
            let pupil = next(20);
            match next(4) {
                0 => {
                    let text = code(pupil);
                    let dong = 50_000 + 10_000 * i64::try_from(next(5)).unwrap();
                    let reference = format!("FT{step:06}");
                    let day = format!("2026-11-{:02}", 1 + next(20));
                    pay(
                        &school,
                        &format!("{step}.csv"),
                        &[(&day, dong, &reference, &text)],
                        opening,
                    );
                    opening += dong;
                }
                1 => {
                    let new = NewCash {
                        allocations: vec![(code(pupil), Vnd::new(20_000))],
                        payer: "Người nộp mẫu".to_owned(),
                        received_on: "2026-11-20".parse().unwrap(),
                        note: None,
                        request_key: None,
                    };
                    // What is paid already is refused, and takes no number.
                    let _ = cash::record(store, clock, actor, *id, &new);
                }
                2 => {
                    let rows = all(&school);
                    if let Some(one) = rows.get(next(rows.len().max(1))) {
                        let _ = ask_void(&school, one.id, "Lan");
                    }
                }
                _ => {
                    let payments = school.payments();
                    let Some(one) = payments.get(next(payments.len().max(1))) else { continue };
                    let wanted = PersonalUse {
                        allocations: vec![(code(pupil), Vnd::new(10_000))],
                        ..PersonalUse::default()
                    };
                    let _ =
                        decide::allocate(store, clock, actor, (*id, one.state.id), None, &wanted);
                }
            }
        }
        let rows = all(&school);
        assert!(rows.len() > 60, "{}", rows.len());
        assert!(rows.iter().any(|one| one.state == ReceiptState::Replaced));
        for (at, one) in rows.iter().enumerate() {
            assert_eq!(one.number, format!("BL-2026-{:06}", at + 1));
        }
        school.verify();
    });
}

#[test]
fn two_at_once_take_two_numbers() {
    for_each_backend(|db| {
        let school = School::create(db);
        enroll(&school, 12);
        std::thread::scope(|scope| {
            for worker in 0..4 {
                let school = &school;
                scope.spawn(move || {
                    for pupil in 0..3 {
                        take(school, worker * 3 + pupil, DUE);
                    }
                });
            }
        });
        let numbers: Vec<String> = all(&school).into_iter().map(|one| one.number).collect();
        let expected: Vec<String> = (1..=12).map(|at| format!("BL-2026-{at:06}")).collect();
        assert_eq!(numbers, expected);
        school.verify();
    });
}

#[test]
fn verify_finds_a_receipt_that_was_changed_past_the_program() {
    let live = "(SELECT MIN(id) FROM receipts)";
    for (why, change, fault) in [
        (
            "another sum",
            format!("UPDATE receipts SET amount_dong = amount_dong + 1 WHERE id = {live}"),
            "is not what the ledger says",
        ),
        (
            "another text",
            format!(
                "UPDATE receipts SET body = REPLACE(body, '400000', '400001') WHERE id = {live}"
            ),
            "does not add up",
        ),
        (
            "a number taken out",
            format!("UPDATE receipts SET number = 99 WHERE id = {live}"),
            "have a gap",
        ),
        ("gone", format!("DELETE FROM receipts WHERE id = {live}"), "without a receipt"),
        (
            "voided without a reason in the ledger",
            format!(
                "INSERT INTO receipt_voids (id, school_id, receipt_id, kind, reason, voided_by, voided_at) \
                 SELECT 999999999, school_id, id, 'withdrawn', NULL, 'user:x', issued_at FROM receipts WHERE id = {live}"
            ),
            "without a receipt",
        ),
    ] {
        for_each_backend(|db| {
            let school = School::create(db);
            enroll(&school, 2);
            take(&school, 0, DUE);
            take(&school, 1, DUE);
            school.verify();
            let locked = db.try_execute(&change);
            if why != "voided without a reason in the ledger" {
                let refused = locked.unwrap_err().to_string();
                assert!(refused.contains("receipts is append-only"), "{why}: {refused}");
                db.execute(&match db.backend {
                    crate::support::Backend::Sqlite => {
                        "DROP TRIGGER receipts_no_update; DROP TRIGGER receipts_no_delete"
                            .to_owned()
                    }
                    crate::support::Backend::Postgres => {
                        "DROP TRIGGER receipts_no_change ON receipts".to_owned()
                    }
                });
                db.execute(&change);
            }
            let faults: Vec<String> = verify::run(&school.store)
                .unwrap()
                .into_iter()
                .filter(|one| one.invariant == "I14")
                .flat_map(|one| one.faults)
                .collect();
            assert!(faults.iter().any(|one| one.contains(fault)), "{why}: {faults:?}");
        });
    }
}

#[test]
fn another_schools_receipt_is_answered_like_one_that_is_missing() {
    for_each_backend(|db| {
        let school = School::create(db);
        enroll(&school, 2);
        take(&school, 0, DUE);
        let other = School::add(school.store.clone(), "THCS-KHAC", "1017000002");
        let receipt = all(&school)[0].id;
        let site = (doisoat::domain::lang::Lang::Vi, "https://thu.example.test");
        let errors = [
            receipts::find(&other.store, other.id, receipt).unwrap_err(),
            receipts::show(&other.store, other.id, receipt).unwrap_err(),
            receipts::pdf(&other.store, other.id, &[receipt], site).unwrap_err(),
            ask_void(&other, receipt, "Lan").unwrap_err(),
        ];
        for error in errors {
            assert_eq!(codes(&error), ["receipt_not_found"]);
        }
        assert_eq!(all(&other), []);
        let none = PaymentId(0);
        assert!(all(&school).iter().all(|one| one.payment != none));
    });
}
