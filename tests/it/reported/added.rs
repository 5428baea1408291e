//! Months that are kept added up: whatever is written, whoever looks sees what the ledger says.

use doisoat::clock::Clock as _;
use doisoat::domain::calendar::Period;
use doisoat::domain::cashless::{Exclusion, Report, Settings};
use doisoat::domain::invoice::InvoiceEvent;
use doisoat::domain::money::Vnd;
use doisoat::domain::reporting_period::ReportingPeriod;
use doisoat::service::decide::{self, PersonalUse};
use doisoat::service::report::{self, Whose};
use doisoat::service::{cancel, verify};

use super::table::october_of_four;
use super::{notes, october};
use crate::support::crowd::code;
use crate::support::for_each_backend;
use crate::support::school::{School, csv};

fn seen(school: &School, days: Period) -> Report {
    let School { store, clock, .. } = school;
    let whose = Whose::School("THCS-MAU".to_owned());
    report::cashless(store, clock, &whose, days, None, Settings::default()).unwrap()
}

/// What is kept of October is what is counted of October and a day more, of which nothing is kept and
/// on which nothing is booked.
fn same(school: &School, why: &str) {
    let kept = seen(school, october().days());
    let next = october().last().succ_opt().unwrap();
    let counted = seen(school, Period::new(october().first(), next).unwrap());
    assert_eq!(kept.schools, counted.schools, "{why}");
    assert_eq!((kept.total, kept.status), (counted.total, counted.status), "{why}");
    assert_eq!(kept.fee_items, counted.fee_items, "{why}");
    assert_eq!(seen(school, october().days()), kept, "{why}: the second look");
    for longer in ["2026-2027/1", "2026-2027"] {
        let days = longer.parse::<ReportingPeriod>().unwrap().days();
        let kept = seen(school, days);
        // Nothing is booked on the first of August.
        let counted =
            seen(school, Period::new(days.from().succ_opt().unwrap(), days.to()).unwrap());
        assert_eq!(kept.schools, counted.schools, "{why}: {longer}");
        assert_eq!(seen(school, days), kept, "{why}: the second look at {longer}");
    }
    let found = verify::run(&school.store).unwrap();
    let own = found.iter().find(|one| one.invariant == "I16").unwrap();
    assert!(own.checked >= 4 && own.faults.is_empty(), "{why}: {own:?}");
}

#[test]
fn what_is_kept_added_up_is_what_the_ledger_says_after_everything_that_is_written() {
    for_each_backend(|db| {
        let school = october_of_four(db);
        let School { store, clock, actor, id } = &school;
        same(&school, "as it is");
        notes(&school, &[(3, 1_000)], "2026-10-20");
        same(&school, "cash at the counter");
        let text = format!("{} nop", code(0));
        let payment = school.payment_id(&text);
        decide::reverse(store, clock, actor, (*id, payment), None, "nhầm").unwrap();
        same(&school, "an allocation is taken back");
        let part = PersonalUse {
            allocations: vec![(code(3), Vnd::new(400_000))],
            family_credit: Some(("HS01".to_owned(), Vnd::new(500_000))),
            set_aside: Some(Vnd::new(100_000)),
            reason: Some("ủng hộ".to_owned()),
            ..PersonalUse::default()
        };
        decide::allocate(store, clock, actor, (*id, payment), None, &part).unwrap();
        same(&school, "split by a person, some of it no fee");
        let event = InvoiceEvent::Cancel;
        let own = code(0);
        cancel::run(store, clock, actor, (*id, &own), event, "nhập nhầm").unwrap();
        same(&school, "an invoice is cancelled");
        let later = [("2026-10-31", 5_000, "FT26304000009", "khong ro noi dung")];
        let (import, _) = school.statement("them.csv", &csv(2_500_000, &later));
        same(&school, "money nobody knows");
        school.undo(import).unwrap();
        same(&school, "and is gone again");
        school.verify();
        assert!(clock.now() > october().last().and_hms_opt(0, 0, 0).unwrap());
    });
}

#[test]
fn figures_that_were_changed_past_the_program_are_found() {
    for_each_backend(|db| {
        let school = october_of_four(db);
        seen(&school, october().days());
        db.execute(
            "UPDATE added_figures SET totals = REPLACE(totals, '2800000', '2900000') \
             WHERE part = '2026-10'",
        );
        let found = verify::run(&school.store).unwrap();
        let own = found.iter().find(|one| one.invariant == "I16").unwrap();
        assert_eq!(own.faults.len(), 1, "{own:?}");
    });
}

#[test]
fn what_was_allocated_after_the_cut_off_is_in_no_rate_and_listed() {
    for_each_backend(|db| {
        let school = october_of_four(db);
        let School { store, clock, .. } = &school;
        let whose = Whose::School("THCS-MAU".to_owned());
        let of = |cut_off: &str| {
            let cut_off = Some(cut_off.parse().unwrap());
            let days = october().days();
            report::cashless(store, clock, &whose, days, cut_off, Settings::default()).unwrap()
        };
        let later = |report: &Report| {
            let found = report.left_out.iter().find(|sum| sum.why == Exclusion::AfterCutOff);
            found.map(|sum| (sum.count, sum.amount))
        };
        let today = of("2026-11-24");
        assert_eq!(later(&today), None);
        let rate = today.total.reported.by_amount;
        let all = today.channels.iter().map(|channel| channel.payments).sum();
        let before = of("2026-11-23");
        assert!(!before.total.reported.by_amount.has_data());
        assert_eq!(later(&before), Some((all, Vnd::new(rate.denominator()))));
    });
}
