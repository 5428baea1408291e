//! Cash and cards taken at the school count once, when they were taken; what of them reaches the bank
//! later is no second income, and nobody guesses what a deposit carries.

use doisoat::domain::calendar::Day;
use doisoat::domain::cashless::Settings;
use doisoat::domain::id::PaymentId;
use doisoat::domain::money::Vnd;
use doisoat::service::cash::deposits::{self, Carries, DepositView, Deposits, Numbers, Release};
use doisoat::service::cash::{
    self, BatchRow, Book, Days, NewBatch, NewCash, NewCount, NewSlip, Voucher,
};
use doisoat::service::decide::{self, PersonalUse};
use doisoat::service::report::{self, Whose};
use doisoat::service::{ServiceError, verify};
use serde_json::json;

use crate::support::crowd::{DUE, code, enroll};
use crate::support::program::run;
use crate::support::school::{School, csv};
use crate::support::server::Town;
use crate::support::{TestDb, for_each_backend};

fn day(text: &str) -> Day {
    text.parse().unwrap()
}

fn codes(error: &ServiceError) -> Vec<String> {
    error.diagnostics().iter().map(|one| one.code.clone()).collect()
}

/// What a school's cashier does.
struct Cashier<'a>(&'a School);

impl Cashier<'_> {
    fn take(&self, pupil: usize, on: &str, dong: i64) -> Voucher {
        self.try_take(pupil, on, dong).unwrap()
    }

    fn try_take(&self, pupil: usize, on: &str, dong: i64) -> Result<Voucher, ServiceError> {
        let School { store, clock, actor, id } = self.0;
        let new = NewCash {
            allocations: vec![(code(pupil), Vnd::new(dong))],
            payer: "Người nộp mẫu".to_owned(),
            received_on: day(on),
            note: None,
            request_key: None,
        };
        cash::record(store, clock, actor, *id, &new)
    }

    fn void(&self, voucher: &Voucher) -> Result<Voucher, ServiceError> {
        let School { store, clock, actor, id } = self.0;
        cash::void(store, clock, actor, (*id, voucher.payment), "viết nhầm")
    }

    fn slip(&self, pupil: usize, on: &str, number: &str) -> Result<PaymentId, ServiceError> {
        let School { store, clock, actor, id } = self.0;
        let new = NewSlip {
            terminal: "POS01".to_owned(),
            slip: number.to_owned(),
            paid_on: day(on),
            allocations: vec![(code(pupil), Vnd::new(DUE))],
            payer: "Người nộp mẫu".to_owned(),
            note: None,
        };
        Ok(cash::record_slip(store, clock, actor, *id, &new, None)?.payment)
    }

    fn batch(&self, rows: &[(&str, Option<i64>)]) -> Result<Vec<Voucher>, ServiceError> {
        let School { store, clock, actor, id } = self.0;
        let row = |(student, dong): &(&str, Option<i64>)| BatchRow {
            student_code: (*student).to_owned(),
            amount: dong.map(Vnd::new),
            payer: None,
            note: None,
        };
        let new = NewBatch {
            received_on: day("2026-11-03"),
            rows: rows.iter().map(row).collect(),
            request_key: Some("lop-6a1".to_owned()),
        };
        cash::record_batch(store, clock, actor, *id, &new)
    }

    fn assign(&self, line: PaymentId, numbers: &[(i64, i64)]) -> Result<DepositView, ServiceError> {
        let vouchers = numbers.iter().map(|(from, to)| Numbers { from: *from, to: *to }).collect();
        self.carries(line, &Carries { vouchers, ..Carries::default() })
    }

    fn carries(&self, line: PaymentId, wanted: &Carries) -> Result<DepositView, ServiceError> {
        let School { store, clock, actor, id } = self.0;
        deposits::assign(store, clock, actor, (*id, line), wanted)
    }

    fn release(&self, line: PaymentId, to_machine: bool) -> Result<Deposits, ServiceError> {
        let School { store, clock, actor, id } = self.0;
        let wanted = Release { reason: "ghép nhầm".to_owned(), to_machine };
        deposits::release(store, clock, actor, (*id, line), &wanted)
    }

    fn deposits(&self) -> Deposits {
        deposits::list(&self.0.store, self.0.id, Days::default()).unwrap()
    }

    /// Each deposit in a line, and what is left in the till.
    fn told(&self) -> Vec<String> {
        let all = self.deposits();
        let mut lines: Vec<String> = all
            .matched
            .iter()
            .map(|one| {
                let items: Vec<&str> = one.items.iter().map(|item| item.number.as_str()).collect();
                format!("{} {} = {}", one.kind, one.amount.dong(), items.join(" "))
            })
            .collect();
        lines.extend(all.open.iter().map(|one| {
            let sets: Vec<String> =
                one.candidates.iter().map(|set| set.numbers.join("+")).collect();
            format!("{} {} ? {} {}", one.kind, one.amount.dong(), one.why, sets.join(" or "))
                .trim_end()
                .to_owned()
        }));
        lines.push(format!("{} left", all.undeposited_amount.dong()));
        lines
    }

    fn book(&self, from: &str, to: &str) -> Book {
        cash::book(&self.0.store, self.0.id, day(from), day(to)).unwrap()
    }

    /// Cashless of collected money, in đồng.
    fn rate(&self) -> (i64, i64) {
        let School { store, clock, .. } = self.0;
        let period = doisoat::domain::calendar::Period::new(day("2026-11-01"), day("2026-11-30"));
        let whose = Whose::School("THCS-MAU".to_owned());
        let settings = Settings::default();
        let report =
            report::cashless(store, clock, &whose, period.unwrap(), None, settings).unwrap();
        let rate = report.total.reported.by_amount;
        (rate.numerator(), rate.denominator())
    }
}

const STAFF: &str = "THU QUY NOP TIEN MAT";

fn school_of(db: &TestDb, pupils: usize) -> School {
    let school = School::create(db);
    enroll(&school, pupils);
    school
}

#[test]
fn cash_counts_once_whichever_way_it_goes_to_the_bank() {
    for_each_backend(|db| {
        for order in [["cash", "transfer", "deposit"], ["deposit", "cash", "transfer"]] {
            let copy = TestDb::create(db.backend);
            let school = school_of(&copy, 4);
            let cashier = Cashier(&school);
            for step in order {
                match step {
                    "cash" => {
                        cashier.take(0, "2026-11-02", DUE);
                        cashier.take(1, "2026-11-03", DUE / 2);
                    }
                    "transfer" => {
                        let memo = code(2);
                        let lines = [("2026-11-04", DUE, "FT1", memo.as_str())];
                        school.statement("a.csv", &csv(0, &lines));
                    }
                    _ => {
                        let lines = [("2026-11-05", DUE + DUE / 2, "FT2", STAFF)];
                        school.statement("b.csv", &csv(DUE, &lines));
                    }
                }
            }
            let sum = DUE + DUE / 2;
            assert_eq!(
                cashier.told(),
                [format!("cash {sum} = 1/2026 2/2026"), "0 left".to_owned()],
                "{order:?}"
            );
            let line = school.payment(STAFF);
            assert_eq!(
                (line.state.decision.as_str(), line.channel.as_str()),
                ("not_income", "staff_deposit")
            );
            assert_eq!(cashier.rate(), (DUE, DUE + sum), "the deposit is in no rate: {order:?}");
            school.verify();
        }
    });
}

#[test]
fn a_deposit_that_two_sets_fit_is_asked_about() {
    let all = 4 * DUE;
    for_each_backend(|db| {
        for (why, taken, deposit, expected) in [
            (
                "everything",
                vec![(0, 2, 100), (1, 2, 200)],
                300,
                vec!["cash 300 = 1/2026 2/2026", "0 left"],
            ),
            (
                "two sets fit",
                vec![(0, 2, 100), (1, 2, 200), (2, 3, 300)],
                300,
                vec!["cash 300 ? several_fit 1/2026+2/2026 or 3/2026", "600 left"],
            ),
            (
                "which of two equal ones",
                vec![(0, 2, 100), (1, 2, 100)],
                100,
                vec!["cash 100 ? several_fit 1/2026 or 2/2026", "200 left"],
            ),
            (
                "only what was taken by then",
                vec![(0, 2, 100), (1, 9, 100)],
                100,
                vec!["cash 100 = 1/2026", "100 left"],
            ),
            ("no set fits", vec![(0, 2, 100)], 99, vec!["cash 99 ? nothing_fits", "100 left"]),
        ] {
            let copy = TestDb::create(db.backend);
            let school = school_of(&copy, 4);
            let cashier = Cashier(&school);
            school.statement("a.csv", &csv(0, &[("2026-11-05", deposit, "FT1", STAFF)]));
            for (pupil, on, dong) in taken {
                cashier.take(pupil, &format!("2026-11-{on:02}"), dong);
            }
            assert_eq!(cashier.told(), expected, "{why}");
            assert!(cashier.rate().1 <= all);
            school.verify();
        }
    });
}

#[test]
fn what_a_person_says_of_a_deposit_stands_until_it_is_released() {
    for_each_backend(|db| {
        let school = school_of(db, 6);
        let cashier = Cashier(&school);
        let first = cashier.take(0, "2026-11-02", DUE);
        cashier.take(1, "2026-11-02", DUE);
        let third = cashier.take(2, "2026-11-03", DUE);
        cashier.take(3, "2026-11-09", DUE);
        // No text says that this is cash, so the machine leaves it to a person.
        let lines = [("2026-11-05", 2 * DUE, "FT1", "nop vao tai khoan")];
        let (import, _) = school.statement("a.csv", &csv(0, &lines));
        let line = school.payment_id("nop vao tai khoan");
        assert_eq!(cashier.told(), [format!("{} left", 4 * DUE)]);
        for (why, numbers, expected) in [
            ("nothing", vec![], "deposit_items"),
            ("too little", vec![(1, 1)], "deposit_sum"),
            ("too much", vec![(1, 3)], "deposit_sum"),
            ("taken after it was carried", vec![(1, 1), (4, 4)], "deposit_before_taken"),
            ("a number nobody wrote", vec![(1, 7)], "voucher_not_found"),
            ("backwards", vec![(2, 1)], "voucher_not_found"),
        ] {
            let refused = cashier.assign(line, &numbers).unwrap_err();
            assert_eq!(codes(&refused), [expected], "{why}");
        }
        let refused = cashier.assign(first.payment, &[(2, 3)]).unwrap_err();
        assert_eq!(codes(&refused), ["deposit_line"], "a voucher is no line of the bank");

        for _ in 0..2 {
            let done = cashier.assign(line, &[(1, 1), (3, 3)]).unwrap();
            assert_eq!((done.items.len(), done.decided_by.as_str()), (2, "user:test"));
        }
        let view = school.payment("nop vao tai khoan");
        assert_eq!(
            (view.channel.as_str(), view.state.set_aside),
            ("staff_deposit", Vnd::new(2 * DUE))
        );
        assert_eq!(codes(&cashier.assign(line, &[(1, 2)]).unwrap_err()), ["deposit_matched"]);
        assert_eq!(codes(&cashier.void(&third).unwrap_err()), ["deposit_item_taken"]);
        let School { store, clock, actor, id } = &school;
        let wanted =
            PersonalUse { allocations: vec![(code(5), Vnd::new(1))], ..PersonalUse::default() };
        let used = decide::allocate(store, clock, actor, (*id, line), None, &wanted);
        assert_eq!(codes(&used.unwrap_err()), ["deposit_matched"]);
        let back = decide::reverse(store, clock, actor, (*id, line), None, "nhầm");
        assert_eq!(codes(&back.unwrap_err()), ["deposit_matched"]);
        school.verify();

        let open = cashier.release(line, false).unwrap();
        assert_eq!((open.matched.len(), open.open[0].why.as_str()), (0, "released"));
        assert_eq!(school.payment("nop vao tai khoan").state.decision, "unmatched");
        cashier.void(&third).unwrap();
        assert_eq!(
            codes(&cashier.assign(line, &[(1, 1), (3, 3)]).unwrap_err()),
            ["deposit_sum"],
            "a void one counts nothing"
        );
        cashier.assign(line, &[(1, 2)]).unwrap();
        school.verify();

        // With the line its match is gone.
        school.undo(import).unwrap();
        assert_eq!(cashier.told(), [format!("{} left", 3 * DUE)]);
        school.verify();
    });
}

#[test]
fn the_machines_match_follows_what_becomes_known() {
    for_each_backend(|db| {
        let school = school_of(db, 4);
        let cashier = Cashier(&school);
        let first = cashier.take(0, "2026-11-02", 100_000);
        school.statement("a.csv", &csv(0, &[("2026-11-05", 100_000, "FT1", STAFF)]));
        assert_eq!(cashier.told(), ["cash 100000 = 1/2026", "0 left"]);
        cashier.take(1, "2026-11-03", 100_000);
        assert_eq!(
            cashier.told(),
            ["cash 100000 ? several_fit 1/2026 or 2/2026", "200000 left"],
            "another one fits as well now"
        );
        cashier.void(&first).unwrap();
        assert_eq!(cashier.told(), ["cash 100000 = 2/2026", "0 left"]);
        let line = school.payment_id(STAFF);
        cashier.release(line, false).unwrap();
        assert_eq!(cashier.told(), ["cash 100000 ? released 2/2026", "100000 left"]);
        cashier.release(line, true).unwrap();
        assert_eq!(cashier.told(), ["cash 100000 = 2/2026", "0 left"]);
        school.verify();
    });
}

#[test]
fn voucher_numbers_have_no_gap_under_concurrency_and_keep_what_was_void() {
    for_each_backend(|db| {
        let school = school_of(db, 24);
        std::thread::scope(|scope| {
            for half in 0..2 {
                let id = school.id;
                scope.spawn(move || {
                    let mine = School::open(db, id);
                    let cashier = Cashier(&mine);
                    for pupil in (half * 12)..(half * 12 + 12) {
                        let voucher = cashier.take(pupil, "2026-11-02", DUE);
                        // A refused one takes no number.
                        assert!(cashier.try_take(pupil, "2026-11-02", DUE).is_err());
                        if pupil % 5 == 0 {
                            cashier.void(&voucher).unwrap();
                        }
                    }
                });
            }
        });
        let days = Days { from: Some(day("2026-11-02")), to: Some(day("2026-11-02")) };
        let all = cash::vouchers(&school.store, school.id, days).unwrap();
        let numbers: Vec<i64> = all.iter().map(|one| one.number).collect();
        assert_eq!(numbers, (1..=24).collect::<Vec<i64>>());
        let void: Vec<_> = all.iter().filter(|one| one.voided).collect();
        assert_eq!(void.len(), 5);
        for one in void {
            assert_eq!(one.void_reason.as_deref(), Some("viết nhầm"));
            assert_eq!(one.voided_by.as_deref(), Some("user:test"));
            assert_eq!(cash::show(&school.store, school.id, one.payment).unwrap(), *one);
        }
        let none = Days { from: Some(day("2026-11-03")), to: None };
        assert_eq!(cash::vouchers(&school.store, school.id, none).unwrap(), vec![]);
        let backwards = Days { from: Some(day("2026-11-03")), to: Some(day("2026-11-02")) };
        let refused = cash::vouchers(&school.store, school.id, backwards).unwrap_err();
        assert_eq!(codes(&refused), ["period"]);
        school.verify();
    });
}

#[test]
fn a_class_is_recorded_whole_or_not_at_all() {
    for_each_backend(|db| {
        let school = school_of(db, 5);
        let cashier = Cashier(&school);
        cashier.take(4, "2026-11-02", DUE);
        let before = (db.row_counts(), school.state());
        for (why, rows, expected) in [
            ("no row", vec![], vec![("batch_rows", None)]),
            (
                "each bad row is told with its place",
                vec![
                    ("HS0000", None),
                    ("HS9999", None),
                    ("HS0001", Some(0)),
                    ("HS0002", Some(-1)),
                    ("HS0003", Some(DUE + 1)),
                    ("HS0004", None),
                    ("HS0000", Some(1)),
                ],
                vec![
                    ("student_not_found", Some((2, "student_code"))),
                    ("amount_not_positive", Some((3, "amount"))),
                    ("amount_not_positive", Some((4, "amount"))),
                    ("amount_too_much", Some((5, "amount"))),
                    ("nothing_to_pay", Some((6, "student_code"))),
                    ("student_twice", Some((7, "student_code"))),
                ],
            ),
        ] {
            let refused = cashier.batch(&rows).unwrap_err();
            let found: Vec<_> = refused
                .diagnostics()
                .iter()
                .map(|one| {
                    let place = one.place.clone().unwrap_or_default();
                    (one.code.clone(), place.row.zip(place.column))
                })
                .collect();
            let expected: Vec<_> = expected
                .into_iter()
                .map(|(code, place)| {
                    (code.to_owned(), place.map(|(row, column)| (row, column.to_owned())))
                })
                .collect();
            assert_eq!(found, expected, "{why}");
            assert_eq!((db.row_counts(), school.state()), before, "{why}: nothing was recorded");
        }
        let rows = [("HS0000", None), ("HS0001", Some(1_000))];
        let made = cashier.batch(&rows).unwrap();
        let told: Vec<_> = made.iter().map(|one| (one.number, one.amount.dong())).collect();
        assert_eq!(told, [(2, DUE), (3, 1_000)]);
        assert_eq!(cashier.batch(&rows).unwrap(), made, "the same request, the same vouchers");
        school.verify();
    });
}

#[test]
fn a_card_slip_is_cashless_and_its_payout_is_no_income() {
    for_each_backend(|db| {
        let school = school_of(db, 6);
        let cashier = Cashier(&school);
        let one = cashier.slip(0, "2026-11-02", "000001").unwrap();
        let two = cashier.slip(1, "2026-11-02", "000002").unwrap();
        assert_eq!(codes(&cashier.slip(2, "2026-11-02", " 000002 ").unwrap_err()), ["slip_known"]);
        assert_eq!(codes(&cashier.slip(2, "2026-11-02", " ").unwrap_err()), ["slip_number"]);
        let next_day = cashier.slip(2, "2026-11-06", "000002").unwrap();
        cashier.take(3, "2026-11-02", DUE);
        let (net, text) = (2 * DUE - 8_000, "POS12345678 TT NGAY 02/11");
        school.statement("a.csv", &csv(0, &[("2026-11-03", net, "FT1", text)]));
        let line = school.payment_id("POS12345678");
        assert_eq!(school.payment("POS12345678").state.decision, "not_income");
        assert_eq!(cashier.rate(), (3 * DUE, 4 * DUE));
        let slips = |ids: &[PaymentId]| Carries { slips: ids.to_vec(), ..Carries::default() };
        for (why, wanted, expected) in [
            ("a slip of a later day", slips(&[one, next_day]), "deposit_before_taken"),
            ("a fee below nothing", slips(&[one]), "deposit_sum"),
            ("no slip", slips(&[line]), "slip_not_found"),
        ] {
            assert_eq!(codes(&cashier.carries(line, &wanted).unwrap_err()), [expected], "{why}");
        }
        let done = cashier.carries(line, &slips(&[two, one])).unwrap();
        assert_eq!((done.kind.as_str(), done.fee.dong()), ("pos", 8_000));
        assert_eq!(cashier.rate(), (3 * DUE, 4 * DUE), "counted once");
        let School { store, clock, actor, id } = &school;
        let void = |id_of: PaymentId| cash::void_slip(store, clock, actor, (*id, id_of), "trùng");
        assert_eq!(codes(&void(one).unwrap_err()), ["deposit_item_taken"]);
        let reversed = decide::reverse(store, clock, actor, (*id, next_day), None, "x");
        assert_eq!(codes(&reversed.unwrap_err()), ["pos_slip"]);
        assert!(void(next_day).unwrap().voided);
        cashier.slip(4, "2026-11-06", "000002").unwrap();
        let all = cash::slips(store, *id, Days::default()).unwrap();
        assert_eq!(all.iter().filter(|slip| !slip.voided).count(), 3);
        school.verify();
    });
}

#[test]
fn the_cash_book_says_what_should_be_in_the_till() {
    for_each_backend(|db| {
        let school = school_of(db, 6);
        let cashier = Cashier(&school);
        cashier.take(0, "2026-10-30", 100_000);
        let void = cashier.take(1, "2026-11-02", 200_000);
        cashier.take(2, "2026-11-02", 300_000);
        cashier.void(&void).unwrap();
        school.statement("a.csv", &csv(0, &[("2026-11-03", 400_000, "FT1", STAFF)]));
        let refunded = cashier.take(3, "2026-11-04", 50_000);
        let School { store, clock, actor, id } = &school;
        let wanted = PersonalUse {
            refund: Some(Vnd::new(50_000)),
            reason: Some("trả lại người nộp".to_owned()),
            ..PersonalUse::default()
        };
        decide::allocate(store, clock, actor, (*id, refunded.payment), None, &wanted).unwrap();
        let book = cashier.book("2026-11-01", "2026-11-30");
        let lines: Vec<String> = book
            .lines
            .iter()
            .map(|one| {
                format!(
                    "{} {} +{} -{} = {}",
                    one.day,
                    one.kind,
                    one.taken.dong(),
                    one.given.dong(),
                    one.balance.dong()
                )
            })
            .collect();
        assert_eq!(
            lines,
            [
                "2026-11-02 voided_voucher +0 -0 = 100000",
                "2026-11-02 voucher +300000 -0 = 400000",
                "2026-11-03 deposit +0 -400000 = 0",
                "2026-11-04 voucher +50000 -0 = 50000",
                "2026-11-24 refund +0 -50000 = 0",
            ]
        );
        assert_eq!(
            (book.opening.dong(), book.closing.dong(), book.negative_on),
            (100_000, 0, None)
        );
        assert_eq!(cashier.book("2026-11-05", "2026-11-20").closing.dong(), 50_000);

        let count = |on: &str, dong: i64| {
            let new = NewCount { counted_on: day(on), counted: Vnd::new(dong), note: None };
            cash::count(store, clock, actor, *id, &new)
        };
        let view = count("2026-11-04", 49_000).unwrap();
        assert_eq!((view.book.dong(), view.difference.dong()), (50_000, -1_000));
        for (why, on, dong, expected) in [
            ("less than nothing", "2026-11-04", -1, "count_negative"),
            ("a day to come", "2026-11-25", 1, "count_in_future"),
        ] {
            assert_eq!(codes(&count(on, dong).unwrap_err()), [expected], "{why}");
        }
        let all = cash::counts(store, *id, day("2026-11-01"), day("2026-11-30")).unwrap();
        assert_eq!(all, [view]);
        assert!(db.try_execute("UPDATE cash_counts SET counted_dong = 0").is_err());

        // A refund of cash that was carried away already: the till would be below nothing.
        let other = PersonalUse { refund: Some(Vnd::new(300_000)), ..wanted };
        let third = cash::vouchers(store, *id, Days::default()).unwrap()[2].payment;
        decide::allocate(store, clock, actor, (*id, third), None, &other).unwrap();
        let book = cashier.book("2026-11-01", "2026-11-30");
        assert_eq!(book.negative_on, Some(day("2026-11-24")));
        school.verify();
    });
}

#[test]
fn verify_sees_a_deposit_that_does_not_add_up() {
    for_each_backend(|db| {
        let school = school_of(db, 2);
        let cashier = Cashier(&school);
        cashier.take(0, "2026-11-02", DUE);
        school.statement("a.csv", &csv(0, &[("2026-11-03", DUE, "FT1", STAFF)]));
        school.verify();
        for (sql, back, invariant, words) in [
            (
                "UPDATE cash_deposits SET gross_dong = gross_dong + 1",
                "UPDATE cash_deposits SET gross_dong = gross_dong - 1",
                "I1",
                "not the sum of its vouchers",
            ),
            (
                "UPDATE cash_vouchers SET voided_at = '2026-11-24 01:00:00'",
                "UPDATE cash_vouchers SET voided_at = NULL",
                "I6",
                "its payment does not",
            ),
        ] {
            db.execute(sql);
            let findings = verify::run(&school.store).unwrap();
            let finding = findings.iter().find(|one| one.invariant == invariant).unwrap();
            assert!(finding.faults.iter().any(|fault| fault.contains(words)), "{finding:?}");
            db.execute(back);
        }
        school.verify();
    });
}

#[test]
fn cash_goes_through_http_and_the_command_line() {
    for_each_backend(|db| {
        let town = Town::create(db);
        enroll(&town.school, 6);
        let body = json!({ "received_on": "2026-11-02", "rows": [
            { "student_code": "HS0000", "amount": null }, { "student_code": "HS0001", "amount": 1_000 } ] });
        for key in ["a", "a"] {
            let made = town.post("cash/batch").once(key).json(&body).send();
            assert_eq!(made.outcome(), (201, "-".to_owned()));
            assert_eq!(made.json()[1]["number"], json!(2));
        }
        let bad =
            json!({ "received_on": "2026-11-02", "rows": [{ "student_code": "X", "amount": 1 }] });
        let refused = town.post("cash/batch").once("b").json(&bad).send();
        assert_eq!(refused.outcome(), (422, "student_not_found".to_owned()));
        let slip = json!({ "terminal": "POS01", "slip": "7", "paid_on": "2026-11-02",
            "allocations": [[code(2), DUE]], "payer": "Người nộp mẫu" });
        let made = town.post("cash/slips").once("c").json(&slip).send();
        assert_eq!(made.outcome(), (201, "-".to_owned()));
        let id = made.json()["payment"].clone();
        let void = town
            .post_as(&town.chief, &format!("cash/slips/{id}/void"))
            .once("d")
            .json(&json!({ "reason": "trùng" }));
        assert_eq!(void.send().json()["void_reason"], json!("trùng"));
        assert_eq!(town.get("cash/slips?from=2026-11-03").send().json(), json!([]));

        let lines = [("2026-11-03", 1_000, "FT1", "nop vao tai khoan")];
        town.school.statement("a.csv", &csv(0, &lines));
        let line = town.school.payment_id("nop vao");
        let wanted = json!({ "vouchers": [{ "from": 2, "to": 2 }] });
        let done =
            town.post(&format!("cash/deposits/{line}/assign")).once("e").json(&wanted).send();
        assert_eq!(done.json()["items"][0]["number"], json!("2/2026"));
        let all = town.get("cash/deposits").send().json();
        assert_eq!(all["undeposited_amount"], json!(DUE));
        let release = json!({ "reason": "nhầm" });
        let open =
            town.post(&format!("cash/deposits/{line}/release")).once("f").json(&release).send();
        assert_eq!(open.json()["open"][0]["why"], json!("released"));
        let count = json!({ "counted_on": "2026-11-03", "counted": 401_000 });
        let counted = town.post("cash/counts").once("g").json(&count).send();
        assert_eq!(counted.json()["difference"], json!(0));
        let days = "from=2026-11-01&to=2026-11-30";
        assert_eq!(
            town.get(&format!("cash/counts?{days}")).send().json()[0]["book"],
            json!(401_000)
        );
        assert_eq!(town.get(&format!("cash/book?{days}")).send().json()["closing"], json!(401_000));
        let first = town.get("cash").send().json()[0].clone();
        let one = town.get(&format!("cash/vouchers/{}", first["payment"])).send().json();
        assert_eq!(one, first);

        let with = |rest: &[&str]| {
            run([&["--database", &db.url, "--lang", "en", "cash"][..], rest].concat())
        };
        let here = ["--school", "THCS-MAU"];
        let pays = format!("{}={DUE}", code(3));
        let record = ["record", "--on", "2026-11-04", "--payer", "Mẫu", &pays];
        let said = with(&[&record[..], &here].concat());
        assert!(said.out.starts_with("Voucher 3/2026: 400.000 ₫"), "{said:?}");
        let said =
            with(&[&["batch", "--on", "2026-11-04", "HS0004=5000", "HS0009"][..], &here].concat());
        assert_eq!((said.status, said.out.as_str()), (1, ""), "{said:?}");
        assert!(said.err.contains("Row 2: there is no student “HS0009”"), "{said:?}");
        let id = line.to_string();
        let said = with(&[&["deposit", "assign", &id, "--vouchers", "2-2"][..], &here].concat());
        assert!(said.out.contains("1.000 ₫ carries 1 in all 1.000 ₫"), "{said:?}");
        let said = with(&[&["deposit", "assign", &id, "--vouchers", "9-2"][..], &here].concat());
        assert_eq!(said.status, 2, "{said:?}");
        let said = with(&[&["deposit", "list"][..], &here].concat());
        assert!(said.out.contains("Not at the bank yet: 2 vouchers, 800.000 ₫"), "{said:?}");
        let id = first["payment"].to_string();
        let said = with(&[&["void", &id, "--reason", "viết nhầm"][..], &here].concat());
        assert!(said.out.contains("VOID: viết nhầm (user:cli)"), "{said:?}");
        let book = ["book", "--from", "2026-11-01", "--to", "2026-11-30"];
        let said = with(&[&book[..], &here].concat());
        assert!(said.out.contains("closing 400.000 ₫"), "{said:?}");
        let said = with(&[&["count", "--on", "2026-11-04", "399000"][..], &here].concat());
        assert!(said.out.contains("difference -1.000 ₫"), "{said:?}");
        town.school.verify();
    });
}
