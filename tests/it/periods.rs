//! Months are closed when nothing is open, what a close states stands, and no door writes into a
//! closed month: persons are refused, facts of the bank are taken in and told as late.

use chrono::{NaiveDate, NaiveDateTime};
use doisoat::domain::calendar::Day;
use doisoat::domain::id::{ImportId, PaymentId};
use doisoat::domain::invoice::InvoiceEvent;
use doisoat::domain::money::Vnd;
use doisoat::domain::notification::Provider;
use doisoat::domain::period::Month;
use doisoat::service::cash::deposits::{self, Carries, Numbers};
use doisoat::service::cash::{self, BatchRow, NewBatch, NewCash, NewCount, NewSlip, Voucher};
use doisoat::service::decide::{self, PersonalUse};
use doisoat::service::periods::{self, Accepted, CloseView, PeriodView};
use doisoat::service::refusals::{self, Refusal};
use doisoat::service::rulings::{self, NewRuling, Pair, Verdict};
use doisoat::service::{ServiceError, cancel, verify};
use serde_json::json;

use crate::support::crowd::{DUE, code, enroll};
use crate::support::feed::{Feed, movement};
use crate::support::program::run;
use crate::support::school::{ACCOUNT, School, csv, now};
use crate::support::server::Town;
use crate::support::statements::{self, Row};
use crate::support::{TestDb, for_each_backend};

fn day(text: &str) -> Day {
    text.parse().unwrap()
}

fn at(text: &str) -> NaiveDateTime {
    text.parse::<NaiveDate>().unwrap().and_hms_opt(1, 0, 0).unwrap()
}

fn october() -> Month {
    "2026-10".parse().unwrap()
}

fn november() -> Month {
    "2026-11".parse().unwrap()
}

fn codes(error: &ServiceError) -> Vec<String> {
    error.diagnostics().iter().map(|one| one.code.clone()).collect()
}

/// A school that had an October: two transfers, a voucher, six invoices, the till counted.
struct Bursar {
    school: School,
    import: ImportId,
    voucher: Voucher,
}

impl Bursar {
    fn start(db: &TestDb) -> Bursar {
        let school = School::create(db);
        school.clock.set(at("2026-10-01"));
        enroll(&school, 8);
        school.clock.set(now());
        let (one, two) = (code(0), code(1));
        let lines = [
            ("2026-10-01", DUE, "FT2610010001", one.as_str()),
            ("2026-10-31", DUE, "FT2610310001", two.as_str()),
        ];
        let (import, _) = school.statement("thang-10.csv", &csv(0, &lines));
        let voucher = take(&school, 2, "2026-10-05").unwrap();
        let bursar = Bursar { school, import, voucher };
        bursar.count("2026-10-31", DUE).unwrap();
        bursar
    }

    /// The same with October closed.
    fn closed(db: &TestDb) -> Bursar {
        let bursar = Bursar::start(db);
        bursar.close(october()).unwrap();
        bursar
    }

    fn count(&self, on: &str, dong: i64) -> Result<(), ServiceError> {
        let School { store, clock, actor, id } = &self.school;
        let new = NewCount { counted_on: day(on), counted: Vnd::new(dong), note: None };
        cash::count(store, clock, actor, *id, &new).map(drop)
    }

    fn close(&self, month: Month) -> Result<PeriodView, ServiceError> {
        self.close_accepting(month, &[])
    }

    fn close_accepting(
        &self,
        month: Month,
        accept: &[(&str, &str)],
    ) -> Result<PeriodView, ServiceError> {
        let School { store, clock, actor, id } = &self.school;
        let accept: Vec<Accepted> = accept
            .iter()
            .map(|(code, reason)| Accepted {
                code: (*code).to_owned(),
                reason: (*reason).to_owned(),
            })
            .collect();
        periods::close(store, clock, actor, *id, month, &accept)
    }

    /// Closes November from the first days of December.
    fn close_november(&self, in_the_till: i64) -> CloseView {
        self.school.clock.set(at("2026-12-02"));
        self.count("2026-11-30", in_the_till).unwrap();
        let accept = [("statement_days", "chưa có sao kê ngân hàng")];
        self.close_accepting(november(), &accept).unwrap().closes.remove(0)
    }

    fn reopen(&self, month: Month, reason: &str) -> Result<PeriodView, ServiceError> {
        let School { store, clock, actor, id } = &self.school;
        periods::reopen(store, clock, actor, *id, month, reason)
    }

    fn list(&self) -> Vec<PeriodView> {
        periods::list(&self.school.store, self.school.id).unwrap()
    }

    fn void(&self) -> Result<(), ServiceError> {
        let School { store, clock, actor, id } = &self.school;
        cash::void(store, clock, actor, (*id, self.voucher.payment), "viết nhầm").map(drop)
    }

    /// What stands in the way: code, count, đồng.
    fn in_the_way(&self, month: Month) -> Vec<(&'static str, i64, i64)> {
        let School { store, clock, id, .. } = &self.school;
        let list = periods::check(store, clock, *id, month).unwrap();
        list.items.iter().map(|item| (item.code, item.count, item.amount.dong())).collect()
    }
}

fn take(school: &School, pupil: usize, on: &str) -> Result<Voucher, ServiceError> {
    let School { store, clock, actor, id } = school;
    let new = NewCash {
        allocations: vec![(code(pupil), Vnd::new(DUE))],
        payer: "Người nộp mẫu".to_owned(),
        received_on: day(on),
        note: None,
        request_key: None,
    };
    cash::record(store, clock, actor, *id, &new)
}

fn bare(on: &str, dong: i64, reference: &str, memo: &str) -> Vec<u8> {
    statements::write("bare", 0, &[Row::of(&(on, dong, reference, memo))])
}

#[test]
fn a_close_states_what_the_month_was_and_verify_computes_it_again() {
    for_each_backend(|db| {
        let bursar = Bursar::start(db);
        assert_eq!(bursar.in_the_way(october()), vec![]);
        let done = bursar.close(october()).unwrap();
        assert_eq!((done.state.as_str(), done.closes.len()), ("closed", 1));
        let close = &done.closes[0];
        let own = &close.figures.own;
        assert_eq!(
            (own.payments, own.received.dong(), own.collected.dong()),
            (3, 3 * DUE, 3 * DUE)
        );
        let channels: Vec<(&str, i64)> =
            own.by_channel.iter().map(|one| (one.channel.as_str(), one.collected.dong())).collect();
        assert_eq!(channels, [("cash_at_school", DUE), ("transfer", 2 * DUE)]);
        let items: i64 = own.by_fee_item.iter().map(|one| one.collected.dong()).sum();
        assert_eq!(items, 3 * DUE);
        let vouchers = &close.figures.vouchers;
        assert_eq!((vouchers.count, vouchers.first, vouchers.last), (1, Some(1), Some(1)));
        let owed = &close.figures.receivables;
        assert_eq!((owed.invoices, owed.amount.dong()), (5, 5 * DUE));
        assert_eq!(close.figures.till.as_ref().map(|till| till.counted.dong()), Some(DUE));
        assert_eq!((close.sha256.len(), close.late.len()), (64, 0));
        assert_eq!(bursar.list(), [done]);
        bursar.school.verify();

        // What November brings changes nothing of it.
        let memo = code(3);
        let lines = [("2026-11-03", DUE, "FT2611030001", memo.as_str())];
        bursar.school.statement("thang-11.csv", &csv(2 * DUE, &lines));
        bursar.school.verify();
        for (sql, back) in [
            (
                "UPDATE period_payments SET since_id = 999999999999",
                "UPDATE period_payments SET since_id = 0",
            ),
            (
                "UPDATE period_invoices SET net_dong = net_dong + 1",
                "UPDATE period_invoices SET net_dong = net_dong - 1",
            ),
        ] {
            db.execute(sql);
            let findings = verify::run(&bursar.school.store).unwrap();
            let finding = findings.iter().find(|one| one.invariant == "I9").unwrap();
            let told = finding.faults.iter().any(|fault| fault.contains("gives other figures"));
            assert!(told, "{sql}: {finding:?}");
            db.execute(back);
        }
        for sql in ["UPDATE period_closes SET figures = '{}'", "DELETE FROM period_closes"] {
            let refused = db.try_execute(sql).unwrap_err().to_string();
            assert!(refused.contains("period_closes is append-only"), "{sql}: {refused}");
        }
        bursar.school.verify();
    });
}

#[test]
fn a_month_is_not_closed_while_anything_is_open() {
    type Spoil = fn(&Bursar, &TestDb);
    let cases: [(&str, Spoil, &str, i64, i64); 6] = [
        (
            "a payment nobody decided about",
            |bursar, _| {
                let file = bare("2026-10-15", 700_000, "FT2610150001", "nop tien cho con");
                bursar.school.statement("x.csv", &file);
            },
            "open_queue",
            1,
            700_000,
        ),
        (
            "a notification the machine gave up",
            |bursar, db| {
                let feed = Feed::of(&bursar.school);
                let memo = code(3);
                let paid = movement("2026-10-20 08:00:00", DUE, "FT2610200001", &memo);
                feed.notify(Provider::Sepay, &paid, 1);
                db.execute(
                    "UPDATE notifications SET state = 'dead', received_at = '2026-10-20 01:00:00'",
                );
            },
            "dead_letters",
            1,
            0,
        ),
        (
            "a payment that may be another",
            |bursar, _| {
                for reference in ["FT26288777001", "FT26288888002"] {
                    let file = bare("2026-10-15", DUE, reference, &code(3));
                    bursar.school.statement(reference, &file);
                }
            },
            "identity_questions",
            1,
            DUE,
        ),
        (
            "cash taken after the till was counted",
            |bursar, _| {
                take(&bursar.school, 3, "2026-10-06").unwrap();
            },
            "cash_not_counted",
            1,
            2 * DUE,
        ),
        (
            "a voucher that is gone",
            |bursar, db| {
                take(&bursar.school, 3, "2026-11-02").unwrap();
                db.execute("DELETE FROM cash_vouchers WHERE number = 1");
            },
            "voucher_gap",
            1,
            0,
        ),
        (
            "days that no statement covers",
            |bursar, _| {
                bursar.school.undo(bursar.import).unwrap();
            },
            "statement_days",
            31,
            0,
        ),
    ];
    for_each_backend(|db| {
        for (why, spoil, expected, count, dong) in cases {
            let copy = TestDb::create(db.backend);
            let bursar = Bursar::start(&copy);
            spoil(&bursar, &copy);
            let found = bursar.in_the_way(october());
            assert!(found.contains(&(expected, count, dong)), "{why}: {found:?}");
            let refused = bursar.close(october()).unwrap_err();
            assert!(codes(&refused).contains(&expected.to_owned()), "{why}: {refused:?}");
            assert_eq!(bursar.list(), vec![], "{why}");
        }
        let bursar = Bursar::start(db);
        let found = bursar.in_the_way(november());
        assert!(found.contains(&("month_not_over", 7, 0)), "{found:?}");
        let all = [("statement_days", "ngân hàng chưa gửi"), ("open_queue", "để sau")];
        for (why, accept, expected) in [
            ("only days without a statement", &all[1..], vec!["accept_code"]),
            ("without a reason", &[("statement_days", " ")][..], vec!["reason_needed"]),
        ] {
            let refused = bursar.close_accepting(october(), accept).unwrap_err();
            assert_eq!(codes(&refused), expected, "{why}");
        }
        bursar.school.undo(bursar.import).unwrap();
        let done = bursar.close_accepting(october(), &all[..1]).unwrap();
        assert_eq!(done.closes[0].accepted[0].reason, "ngân hàng chưa gửi");
        bursar.school.verify();
    });
}

#[test]
fn a_closed_month_refuses_every_door_through_which_a_person_writes() {
    type Door = fn(&Bursar, &[PaymentId; 4]) -> Result<(), ServiceError>;
    let doors: [(&str, Door); 14] = [
        ("a voucher", |bursar, _| take(&bursar.school, 4, "2026-10-20").map(drop)),
        ("vouchers of a class", |bursar, _| {
            let School { store, clock, actor, id } = &bursar.school;
            let row = BatchRow {
                student_code: "HS0004".to_owned(),
                amount: None,
                payer: None,
                note: None,
            };
            let new =
                NewBatch { received_on: day("2026-10-20"), rows: vec![row], request_key: None };
            cash::record_batch(store, clock, actor, *id, &new).map(drop)
        }),
        ("a card slip", |bursar, _| {
            let School { store, clock, actor, id } = &bursar.school;
            let new = NewSlip {
                terminal: "POS01".to_owned(),
                slip: "9".to_owned(),
                paid_on: day("2026-10-20"),
                allocations: vec![(code(4), Vnd::new(DUE))],
                payer: "Mẫu".to_owned(),
                note: None,
            };
            cash::record_slip(store, clock, actor, *id, &new, None).map(drop)
        }),
        ("a count of the till", |bursar, _| bursar.count("2026-10-31", 1)),
        ("voiding a voucher", |bursar, _| bursar.void()),
        ("allocating", |bursar, [one, ..]| {
            let School { store, clock, actor, id } = &bursar.school;
            let wanted = PersonalUse {
                allocations: vec![(code(4), Vnd::new(DUE))],
                ..PersonalUse::default()
            };
            decide::allocate(store, clock, actor, (*id, *one), None, &wanted).map(drop)
        }),
        ("paying back", |bursar, [one, ..]| {
            let School { store, clock, actor, id } = &bursar.school;
            let wanted = PersonalUse {
                refund: Some(Vnd::new(DUE)),
                reason: Some("nộp nhầm".to_owned()),
                ..PersonalUse::default()
            };
            decide::allocate(store, clock, actor, (*id, *one), None, &wanted).map(drop)
        }),
        ("confirming", |bursar, [one, ..]| {
            let School { store, clock, actor, id } = &bursar.school;
            decide::confirm(store, clock, actor, (*id, *one), None, 0).map(drop)
        }),
        ("reversing", |bursar, [one, ..]| {
            let School { store, clock, actor, id } = &bursar.school;
            decide::reverse(store, clock, actor, (*id, *one), None, "nhầm").map(drop)
        }),
        ("refusing a student", |bursar, [one, ..]| {
            let School { store, clock, actor, id } = &bursar.school;
            let asked = Refusal { student_code: Some("HS0000".to_owned()), ..Refusal::default() };
            refusals::refuse(store, clock, actor, (*id, *one), None, &asked).map(drop)
        }),
        ("withdrawing an invoice", |bursar, _| {
            let School { store, clock, actor, id } = &bursar.school;
            let invoice = code(7);
            let at = (*id, invoice.as_str());
            cancel::run(store, clock, actor, at, InvoiceEvent::Cancel, "nhập nhầm").map(drop)
        }),
        ("undoing an import", |bursar, _| bursar.school.undo(bursar.import).map(drop)),
        ("ruling on two payments", |bursar, [.., two, three]| {
            let School { store, clock, actor, id } = &bursar.school;
            let asked = NewRuling {
                pair: Pair::Payments(*two, *three),
                verdict: Verdict::Same,
                reason: "đã hỏi ngân hàng".to_owned(),
                expected: Vec::new(),
            };
            rulings::rule(store, clock, actor, *id, &asked).map(drop)
        }),
        ("saying what a deposit carries", |bursar, [one, ..]| {
            let School { store, clock, actor, id } = &bursar.school;
            let vouchers = vec![Numbers { from: 1, to: 1 }];
            let wanted = Carries { vouchers, ..Carries::default() };
            deposits::assign(store, clock, actor, (*id, *one), &wanted).map(drop)
        }),
    ];
    for_each_backend(|db| {
        let bursar = Bursar::start(db);
        let School { store, clock, actor, id } = &bursar.school;
        for reference in ["FT26288777001", "FT26288888002"] {
            let file = bare("2026-10-15", 700_000, reference, "nop tien cho con");
            bursar.school.statement(reference, &file);
        }
        let open = rulings::questions(store, *id).unwrap();
        let asked = NewRuling {
            pair: Pair::Payments(open[0].payment, open[0].like),
            verdict: Verdict::Distinct,
            reason: "hai lần chuyển".to_owned(),
            expected: Vec::new(),
        };
        rulings::rule(store, clock, actor, *id, &asked).unwrap();
        for payment in [open[0].payment, open[0].like] {
            let aside = PersonalUse {
                set_aside: Some(Vnd::new(700_000)),
                reason: Some("không phải học phí".to_owned()),
                ..PersonalUse::default()
            };
            decide::allocate(store, clock, actor, (*id, payment), None, &aside).unwrap();
        }
        let one = bursar.school.payment_id(&code(0));
        let two = bursar.school.payment_id(&code(1));
        let ids = [one, two, open[0].payment, open[0].like];
        bursar.close(october()).unwrap();
        let before = (db.row_counts(), bursar.school.state(), bursar.list());
        for (why, door) in doors {
            let refused = door(&bursar, &ids).unwrap_err();
            assert_eq!(codes(&refused), ["period_closed"], "{why}");
            let words = &refused.diagnostics()[0].message.vi;
            assert_eq!(
                words, "Kỳ tháng 10/2026 đã khóa sổ. Muốn sửa, đề nghị kế toán trưởng mở lại kỳ.",
                "{why}"
            );
            let now = (db.row_counts(), bursar.school.state(), bursar.list());
            assert_eq!(now, before, "{why}: nothing was written");
        }
        assert_eq!(codes(&bursar.close(october()).unwrap_err()), ["period_closed"]);
        bursar.school.verify();

        // The same doors are open when the month is.
        bursar.reopen(october(), "ghi nhầm").unwrap();
        bursar.void().unwrap();
        bursar.school.undo(bursar.import).unwrap();
        bursar.school.verify();
    });
}

#[test]
fn late_lines_are_taken_in_today_and_what_was_decided_in_a_closed_month_stands() {
    for_each_backend(|db| {
        let bursar = Bursar::closed(db);
        let School { store, clock, actor, id } = &bursar.school;
        let school = &bursar.school;
        let before = school.payment_id(&code(1));
        let decided = school.payment(&code(1)).state.decision_id;
        let (known, unknown) = (code(3), "nop tien cho con");
        // In an open month the earlier of two payments for one invoice has it.
        let again = format!("{} lan nua", code(1));
        for (name, on, reference, memo) in [
            ("a.csv", "2026-10-15", "FT26288000001", known.as_str()),
            ("b.csv", "2026-10-02", "FT26275000001", again.as_str()),
            ("c.csv", "2026-10-16", "FT26289000001", unknown),
        ] {
            school.statement(name, &bare(on, DUE, reference, memo));
        }
        assert_eq!(school.payment(&known).state.decision, "settled", "late, and taken in");
        let stands = school.payments().into_iter().find(|view| view.state.id == before).unwrap();
        assert_eq!(stands.state.decision_id, decided, "the close has it");
        assert_ne!(school.payment(&again).state.decision, "settled");
        school.verify();

        // Persons decide about what came late; the next close tells of all of it.
        let wait = bursar.in_the_way(november());
        assert!(wait.contains(&("open_queue", 2, 2 * DUE)), "{wait:?}");
        for (memo, pupil) in [(again.as_str(), 4), (unknown, 5)] {
            let wanted = PersonalUse {
                allocations: vec![(code(pupil), Vnd::new(DUE))],
                ..PersonalUse::default()
            };
            let of = (*id, school.payment_id(memo));
            decide::allocate(store, clock, actor, of, None, &wanted).unwrap();
        }
        school.verify();
        let close = bursar.close_november(DUE);
        assert_eq!(close.late.len(), 3);
        assert!(close.late.iter().all(|one| !one.changed && one.booking_date < day("2026-11-01")));
        assert_eq!(
            (close.figures.late.payments, close.figures.late.collected.dong()),
            (3, 3 * DUE)
        );
        assert_eq!(close.figures.own.payments, 0);
        let of = (*id, school.payment_id(unknown));
        let refused = decide::reverse(store, clock, actor, of, None, "nhầm").unwrap_err();
        assert_eq!(codes(&refused), ["period_closed"], "November has it now");
        school.verify();
    });
}

#[test]
fn money_that_goes_back_after_the_close_is_dated_when_it_is_known() {
    for_each_backend(|db| {
        let bursar = Bursar::closed(db);
        let school = &bursar.school;
        let stood = bursar.list();
        let memo = format!("HOAN TRA {}", code(1));
        let lines = [("2026-11-03", -DUE, "FT2610310001", memo.as_str())];
        school.statement("thang-11.csv", &csv(2 * DUE, &lines));
        let paid = school.state().into_iter().find(|line| line.starts_with(&code(1))).unwrap();
        assert!(paid.contains("paid 0 "), "the money is gone: {paid}");
        assert_eq!(bursar.list(), stood, "and what October states stands");
        school.verify();
        let close = bursar.close_november(DUE);
        assert_eq!((close.late.len(), close.late[0].changed), (1, true));
        let late = &close.figures.late;
        assert_eq!(
            (late.received.dong(), late.collected.dong(), late.refunded.dong()),
            (0, -DUE, DUE)
        );
        school.verify();
    });
}

#[test]
fn a_month_is_opened_again_with_a_reason_and_closed_as_another_version() {
    for_each_backend(|db| {
        let bursar = Bursar::start(db);
        let refused = bursar.reopen(october(), "nhầm").unwrap_err();
        assert_eq!(codes(&refused), ["period_not_closed"]);
        let first = bursar.close(october()).unwrap().closes.remove(0);
        assert_eq!(codes(&bursar.reopen(october(), " ").unwrap_err()), ["reason_needed"]);
        let open = bursar.reopen(october(), "phiếu thu viết nhầm").unwrap();
        assert_eq!(
            (open.state.as_str(), open.reason.as_deref()),
            ("reopened", Some("phiếu thu viết nhầm"))
        );
        assert_eq!(open.closes, std::slice::from_ref(&first), "the close stays");
        bursar.void().unwrap();
        take(&bursar.school, 3, "2026-10-06").unwrap();
        take(&bursar.school, 4, "2026-10-06").unwrap();
        bursar.school.verify();
        let refused = bursar.close(october()).unwrap_err();
        assert_eq!(codes(&refused), ["cash_not_counted"], "the till has another balance now");
        bursar.count("2026-10-31", 2 * DUE).unwrap();
        let again = bursar.close(october()).unwrap();
        assert_eq!((again.closes.len(), &again.closes[0]), (2, &first));
        let figures = &again.closes[1].figures;
        assert_eq!((figures.version, figures.own.collected.dong()), (2, 4 * DUE));
        assert_eq!(figures.vouchers.count, 3, "the void one keeps its number");
        bursar.school.verify();

        let close = bursar.close_november(2 * DUE);
        assert_eq!((close.late.len(), close.figures.own.payments), (0, 0));
        let refused = bursar.reopen(october(), "nhầm").unwrap_err();
        assert_eq!(codes(&refused), ["period_later_closed"]);
        bursar.reopen(november(), "nhầm").unwrap();
        bursar.reopen(october(), "nhầm").unwrap();
        bursar.school.verify();
    });
}

/// Numbers without rhyme, the same in every run.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % sides
    }

    fn pick<T: Copy>(&mut self, of: &[T]) -> Option<T> {
        let place = usize::try_from(self.roll(u64::try_from(of.len().max(1)).unwrap())).unwrap();
        of.get(place).copied()
    }
}

#[test]
fn whatever_happens_each_close_can_be_computed_again() {
    for_each_backend(|db| {
        for seed in 1..=2 {
            let copy = TestDb::create(db.backend);
            let bursar = Bursar::closed(&copy);
            let School { store, clock, actor, id } = &bursar.school;
            let mut dice = Dice(seed);
            let mut imports = vec![bursar.import];
            for step in 0..24 {
                let ids: Vec<PaymentId> =
                    bursar.school.payments().iter().map(|view| view.state.id).collect();
                let payment = dice.pick(&ids).unwrap();
                let pupil = usize::try_from(dice.roll(8)).unwrap();
                let on = ["2026-10-10", "2026-10-30", "2026-11-05"]
                    [usize::try_from(dice.roll(3)).unwrap()];
                // Many of these are refused; what matters is that the closes stand.
                match dice.roll(9) {
                    0 | 1 => {
                        let reference = format!("FT26999{seed:03}{step:03}");
                        let file = bare(on, DUE, &reference, &code(pupil));
                        imports.push(bursar.school.statement(&reference, &file).0);
                    }
                    2 => {
                        let reference = format!("FT26888{seed:03}{step:03}");
                        let memo = format!("HOAN TRA {}", code(pupil));
                        let file = bare("2026-11-10", -DUE, &reference, &memo);
                        imports.push(bursar.school.statement(&reference, &file).0);
                    }
                    3 => drop(take(&bursar.school, pupil, on)),
                    4 => {
                        let wanted = PersonalUse {
                            allocations: vec![(code(pupil), Vnd::new(DUE / 2))],
                            ..PersonalUse::default()
                        };
                        drop(decide::allocate(store, clock, actor, (*id, payment), None, &wanted));
                    }
                    5 => drop(decide::reverse(store, clock, actor, (*id, payment), None, "thử")),
                    6 => drop(cash::void(store, clock, actor, (*id, payment), "thử")),
                    7 => drop(bursar.school.undo(dice.pick(&imports).unwrap())),
                    _ => {
                        if bursar.reopen(october(), "thử").is_err() {
                            let balance =
                                cash::book(store, *id, october().first(), october().last());
                            bursar.count("2026-10-31", balance.unwrap().closing.dong()).unwrap();
                            let accept = [("statement_days", "thử")];
                            drop(bursar.close_accepting(october(), &accept));
                        }
                    }
                }
                bursar.school.verify();
            }
            assert!(!bursar.list()[0].closes.is_empty());
        }
    });
}

#[test]
fn months_are_closed_over_http_and_by_command() {
    for_each_backend(|db| {
        let town = Town::create(db).with_invoices();
        let memo = "HPQ6XPNK7";
        let lines =
            [("2026-10-01", 1_250_000, "FT1", memo), ("2026-10-31", 7, "FT2", "Lai tien gui")];
        town.school.statement("thang-10.csv", &csv(0, &lines));
        let list = town.get("periods/2026-10/check").send().json();
        assert_eq!((list["state"].clone(), list["items"].clone()), (json!("open"), json!([])));
        let list = town.get("periods/2026-09/check").send().json();
        assert_eq!(
            (list["items"][0]["code"].clone(), list["items"][0]["count"].clone()),
            (json!("statement_days"), json!(30))
        );
        assert!(list["items"][0]["fix_url"].as_str().unwrap().contains("coverage?account="));
        assert_eq!(town.get("periods/thang-10/check").send().outcome(), (400, "month".to_owned()));
        let close = |key: &str, month: &str, once: &str| {
            let asked = town.post_as(key, &format!("periods/{month}/close")).once(once);
            asked.json(&json!({})).send()
        };
        let refused = close(&town.accountant, "2026-10", "z");
        assert_eq!(refused.outcome().0, 403, "the accountant neither closes nor opens again");
        let refused = close(&town.chief, "2026-09", "a");
        assert_eq!(refused.outcome(), (422, "statement_days".to_owned()));
        let done = close(&town.chief, "2026-10", "b");
        assert_eq!(done.json()["closes"][0]["figures"]["own"]["collected"], json!(1_250_000));
        let late = json!({ "allocations": [["HP2P9Q7Q9", 1]], "payer": "Mẫu", "received_on": "2026-10-20" });
        let refused = town.post("cash").once("c").json(&late).send();
        assert_eq!(refused.outcome(), (409, "period_closed".to_owned()));
        let reason = json!({ "reason": "ghi nhầm" });
        let refused = town.post("periods/2026-10/reopen").once("d").json(&reason).send();
        assert_eq!(refused.outcome().0, 403);
        let open = town.post_as(&town.chief, "periods/2026-10/reopen").once("e");
        let open = open.json(&reason).send();
        assert_eq!(open.json()["state"], json!("reopened"));
        assert_eq!(town.get("periods").send().json()[0]["reason"], json!("ghi nhầm"));

        let with = |rest: &[&str]| {
            let here = ["--school", "THCS-MAU"];
            run([&["--database", &db.url, "--lang", "en", "period"][..], rest, &here].concat())
        };
        let month = ["--month", "2020-01"];
        let said = with(&[&["check"][..], &month].concat());
        assert_eq!(said.status, 1, "{said:?}");
        assert!(said.out.contains("[statement_days] 31 days without a statement"), "{said:?}");
        assert!(said.out.contains(&format!("school coverage --account {ACCOUNT}")), "{said:?}");
        let said = with(&[&["close"][..], &month].concat());
        assert!(said.status == 1 && said.err.contains("[statement_days]"), "{said:?}");
        let accept = ["close", "--accept", "statement_days=trường chưa mở tài khoản"];
        let said = with(&[&accept[..], &month].concat());
        assert!(said.out.starts_with("2020-01 · closed · user:cli"), "{said:?}");
        assert!(said.out.contains("trường chưa mở tài khoản"), "{said:?}");
        let said = with(&[&["reopen", "--reason", "thử"][..], &month].concat());
        assert!(said.out.starts_with("2020-01 · opened again"), "{said:?}");
        let said = with(&["list", "--json"]);
        assert_eq!(said.out.lines().count(), 2, "{said:?}");
        town.school.verify();
    });
}
