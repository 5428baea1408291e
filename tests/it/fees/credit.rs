//! What a family has as credit pays for what it owes next, visibly; invoices in instalments.

use doisoat::domain::fee::PlannedInstalment;
use doisoat::service::fees::rounds::RoundTerms;
use doisoat::service::queue;

use super::{NETS, day, full_round};
use crate::support::for_each_backend;
use crate::support::school::School;

#[test]
fn a_familys_credit_pays_for_its_children_and_what_is_left_stays() {
    let [first, _, second, ..] = NETS;
    for (why, credit, expected) in [
        ("more than both owe", 2_000_000, [first, second]),
        ("not enough for both: by the student's code", 1_500_000, [first, 1_500_000 - first]),
        ("less than one owes", 1_000, [1_000, 0]),
        ("exactly both", first + second, [first, second]),
    ] {
        for_each_backend(|db| {
            let school = School::with_fees(db);
            let payment = school.credit("HS03", credit, "nop tien truoc");
            school.draft("T11", &full_round());
            let seen = school.preview("T11");
            let used: i64 = expected.iter().sum();
            assert_eq!((seen.credit_used.dong(), seen.credit_families), (used, 1), "{why}");
            school.issue("T11");
            for (student, paid) in ["HS01", "HS03"].into_iter().zip(expected) {
                let found = school.invoice_of(student, "T11").invoice;
                assert_eq!(found.paid.dong(), paid, "{why}: {student}");
            }
            assert_eq!(school.invoice_of("HS02", "T11").invoice.paid.dong(), 0, "another family");
            let state = school.payment("nop tien truoc").state;
            assert_eq!(state.allocated.dong(), used, "{why}");
            assert_eq!(state.family_credit.dong(), credit - used, "{why}");
            let history = queue::payment(&school.store, school.id, payment).unwrap().history;
            let rules: Vec<&str> = history.iter().map(|one| one.rule.as_str()).collect();
            assert_eq!(rules.last(), Some(&"credit-carried/1"), "{why}: {rules:?}");
            assert_eq!(history.last().unwrap().decided_by, "user:test");
        });
    }
}

#[test]
fn money_counts_for_the_first_instalment_first() {
    for_each_backend(|db| {
        let school = School::with_fees(db);
        let parts = [(50, "2026-12-10"), (30, "2027-01-10"), (20, "2027-02-10")];
        let instalments =
            parts.map(|(percent, due)| PlannedInstalment { percent, due_on: day(due) }).to_vec();
        school.draft("T11", &RoundTerms { instalments, ..full_round() });
        school.issue("T11");
        let found = school.invoice_of("HS05", "T11");
        let shown = |found: &doisoat::service::fees::show::InvoiceDetail| -> Vec<(i64, i64)> {
            found.instalments.iter().map(|part| (part.amount.dong(), part.paid.dong())).collect()
        };
        // 1,361,663: each part down to the đồng, the rest with the last.
        assert_eq!(shown(&found), [(680_831, 0), (408_498, 0), (272_334, 0)]);
        school.pay(&found.invoice.code, 700_000, "nop lan mot");
        let found = school.invoice_of("HS05", "T11");
        assert_eq!(shown(&found), [(680_831, 680_831), (408_498, 19_169), (272_334, 0)]);
        assert_eq!(found.open.dong(), 661_663);
    });
}
