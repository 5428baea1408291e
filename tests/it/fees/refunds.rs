//! Credit goes back to a family, or stays after all.

use doisoat::domain::money::Vnd;
use doisoat::service::ServiceError;
use doisoat::service::decide::PersonalUse;
use doisoat::service::fees::refunds::{self, RefundEnd, RefundTerms, RefundView};

use super::{code_of, day};
use crate::support::for_each_backend;
use crate::support::school::{School, csv};

fn terms(dong: i64) -> RefundTerms {
    RefundTerms {
        student: "HS01".to_owned(),
        amount: Vnd::new(dong),
        item: Some("MEALS".to_owned()),
        bin: "970436".to_owned(),
        account: "1017 0000 99".to_owned(),
        holder: "NGUOI NHAN MAU".to_owned(),
        reason: "chuyển trường".to_owned(),
    }
}

impl School {
    fn order(&self, terms: &RefundTerms) -> Result<RefundView, ServiceError> {
        refunds::order(&self.store, &self.clock, &self.actor, self.id, terms)
    }

    fn close(&self, id: i64, end: &RefundEnd) -> Result<RefundView, ServiceError> {
        refunds::close(&self.store, &self.clock, &self.actor, (self.id, id), end)
    }

    /// Credit, what is refunded, and what is allocated of a payment.
    fn stands(&self, text: &str) -> [i64; 3] {
        let state = self.payment(text).state;
        [state.family_credit, state.refunded, state.allocated].map(Vnd::dong)
    }
}

#[test]
fn an_ordered_refund_takes_credit_and_a_cancelled_one_gives_it_back() {
    for_each_backend(|db| {
        let school = School::with_fees(db);
        school.credit("HS03", 500_000, "nop thua");
        let ordered = school.order(&terms(300_000)).unwrap();
        school.verify();
        assert_eq!(school.stands("nop thua"), [200_000, 300_000, 0]);
        assert_eq!(
            (ordered.state.as_str(), ordered.terms.account.as_str()),
            ("ordered", "1017000099")
        );
        assert_eq!(code_of(school.order(&terms(200_001))), "credit_exhausted");

        let blank = RefundEnd::Cancelled { reason: " ".to_owned() };
        assert_eq!(code_of(school.close(ordered.id, &blank)), "reason_needed");
        let cancel = RefundEnd::Cancelled { reason: "gia đình để lại".to_owned() };
        assert_eq!(school.close(ordered.id, &cancel).unwrap().state, "cancelled");
        school.verify();
        assert_eq!(school.stands("nop thua"), [500_000, 0, 0]);

        let ordered = school.order(&terms(500_000)).unwrap();
        let paid =
            RefundEnd::Paid { on: day("2026-11-23"), reference: Some("FT26327000001".to_owned()) };
        let done = school.close(ordered.id, &paid).unwrap();
        school.verify();
        assert_eq!((done.state.as_str(), done.paid_on), ("paid", Some(day("2026-11-23"))));
        assert_eq!(school.stands("nop thua"), [0, 500_000, 0]);
        for end in [&paid, &cancel] {
            assert_eq!(code_of(school.close(ordered.id, end)), "refund_closed");
        }
        let states = |state| -> Vec<String> {
            let list = refunds::list(&school.store, school.id, state).unwrap();
            list.into_iter().map(|one| one.state).collect()
        };
        assert_eq!(states(None).len(), 2);
        assert_eq!(states(Some("paid")), ["paid"]);
        assert_eq!(states(Some("ordered")), Vec::<String>::new());
    });
}

#[test]
fn two_payments_give_what_one_cannot() {
    for_each_backend(|db| {
        let school = School::with_fees(db);
        let texts = ["nop thua mot", "nop thua hai"];
        let lines =
            [("2026-11-02", 100_000, "FT1", texts[0]), ("2026-11-03", 100_000, "FT2", texts[1])];
        school.statement("a.csv", &csv(0, &lines));
        for text in texts {
            let family_credit = Some(("HS01".to_owned(), Vnd::new(100_000)));
            let wanted = PersonalUse { family_credit, ..PersonalUse::default() };
            school.allocate(school.payment_id(text), &wanted);
        }
        let ordered = school.order(&terms(150_000)).unwrap();
        school.verify();
        let sum: i64 = texts.map(|text| school.stands(text)[1]).iter().sum();
        assert_eq!(sum, 150_000);
        let cancel = RefundEnd::Cancelled { reason: "để lại".to_owned() };
        school.close(ordered.id, &cancel).unwrap();
        school.verify();
        for text in texts {
            assert_eq!(school.stands(text), [100_000, 0, 0]);
        }
    });
}

#[test]
fn refunds_that_make_no_sense_are_refused() {
    for_each_backend(|db| {
        let school = School::with_fees(db);
        school.credit("HS01", 500_000, "nop thua");
        let before = db.row_counts();
        for (why, wrong, expected) in [
            ("no reason", RefundTerms { reason: " ".to_owned(), ..terms(1) }, "reason_needed"),
            (
                "a BIN of five digits",
                RefundTerms { bin: "97043".to_owned(), ..terms(1) },
                "refund_account",
            ),
            (
                "a BIN of letters",
                RefundTerms { bin: "VIETCB".to_owned(), ..terms(1) },
                "refund_account",
            ),
            ("no account", RefundTerms { account: " ".to_owned(), ..terms(1) }, "refund_account"),
            ("no holder", RefundTerms { holder: String::new(), ..terms(1) }, "refund_account"),
            ("nothing", terms(0), "credit_exhausted"),
            ("less than nothing", terms(-1), "credit_exhausted"),
            ("more than there is", terms(500_001), "credit_exhausted"),
            (
                "another family's",
                RefundTerms { student: "HS02".to_owned(), ..terms(1) },
                "credit_exhausted",
            ),
            (
                "nobody's",
                RefundTerms { student: "HS99".to_owned(), ..terms(1) },
                "student_not_found",
            ),
            (
                "no such item",
                RefundTerms { item: Some("GYM".to_owned()), ..terms(1) },
                "fee_item_not_found",
            ),
        ] {
            assert_eq!(code_of(school.order(&wrong)), expected, "{why}");
        }
        let paid = RefundEnd::Paid { on: day("2026-11-23"), reference: None };
        assert_eq!(code_of(school.close(999_999, &paid)), "refund_not_found");
        assert_eq!(db.row_counts(), before, "nothing was written");
    });
}
