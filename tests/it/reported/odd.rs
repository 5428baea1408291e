//! Months that have little or nothing in them, the end of a year, and a school that moved.

use doisoat::clock::Clock as _;
use doisoat::domain::cashless::{Rate, Settings};
use doisoat::service::decide;
use doisoat::service::directory::{self, NewAuthority};
use doisoat::service::report::{self, Whose};
use doisoat::service::reported::{consolidated, overview};

use super::table::october_of_four;
use super::{again, at, codes, month_of, notes, october, report as report_month, stated};
use crate::support::crowd::{DUE, code, enroll};
use crate::support::for_each_backend;
use crate::support::school::{School, csv};

fn rate(part: i64, whole: i64) -> Rate {
    Rate::new(part, whole).unwrap()
}

#[test]
fn a_month_with_little_in_it_says_exactly_that() {
    for_each_backend(|db| {
        let school = School::create(db);
        enroll(&school, 4);
        // Nothing was collected: of one pupil all is waived, the others pay later.
        let free = "Mã học sinh;Họ và tên;Lớp\nHSM1;Mẫu Thị Miễn;1A\n";
        assert_eq!(school.students(free).bad, vec![]);
        let waived =
            "Mã thanh toán;Mã học sinh;Họ và tên;Lớp;Mức thu;Miễn giảm\n;HSM1;;;500000;500000\n";
        assert_eq!(school.invoices(waived).bad, vec![]);
        let september = "2026-09".parse().unwrap();
        let view = report_month(&school, september, None).unwrap();
        let rates = view.versions[0].rates;
        assert!(!rates.by_amount.has_data() && !rates.by_school.has_data(), "no data, not 0 %");
        let text = stated(&school, september, 1);
        assert_eq!(text["figures"]["classes"], serde_json::json!({}));

        // Only notes, of one pupil.
        notes(&school, &[(0, 100_000)], "2026-10-03");
        let view = report_month(&school, october(), None).unwrap();
        let rates = view.versions[0].rates;
        assert_eq!((rates.by_amount, rates.by_pupil), (rate(0, 100_000), rate(0, 1)));
        assert_eq!((rates.by_payment, rates.by_school), (rate(0, 1), rate(0, 1)));

        // Only what was taken back again.
        let text = format!("{} nop", code(1));
        school.statement("8.csv", &csv(0, &[("2026-08-04", DUE, "FT26216000001", text.as_str())]));
        let School { store, clock, actor, id } = &school;
        let payment = (*id, school.payment_id(&text));
        decide::reverse(store, clock, actor, payment, None, "nhầm").unwrap();
        let august = "2026-08".parse().unwrap();
        let view = report_month(&school, august, None).unwrap();
        assert!(!view.versions[0].rates.by_amount.has_data());
        assert_eq!(stated(&school, august, 1)["left_out"]["reversed"]["amount"], DUE);
        school.verify();
    });
}

#[test]
fn a_year_ends_when_it_ends_in_vietnam_wherever_the_machine_stands() {
    for_each_backend(|db| {
        let school = School::create(db);
        enroll(&school, 2);
        let december = "2026-12".parse().unwrap();
        for (why, moment, over) in [
            ("a second before midnight in Vietnam", "2026-12-31T16:59:59Z", false),
            ("midnight in Tokyo, not yet in Vietnam", "2026-12-31T15:00:00Z", false),
            ("midnight in Vietnam", "2026-12-31T17:00:00Z", true),
            ("midnight in Greenwich", "2027-01-01T00:00:00Z", true),
            ("midnight in California", "2027-01-01T08:00:00Z", true),
        ] {
            let then = at(&school, moment);
            let state = month_of(&then, december).view.state;
            assert_eq!(state, if over { "not_reported" } else { "not_over" }, "{why}");
            if !over {
                let refused = report_month(&then, december, None).unwrap_err();
                assert_eq!(codes(&refused), ["month_not_over"], "{why}");
            }
        }
        // What is booked on the last day belongs to the old year, however late it becomes known.
        let new_year = at(&school, "2027-01-01T00:30:00Z");
        let text = format!("{} nop", code(0));
        let line = [("2026-12-31", DUE, "FT26365000001", text.as_str())];
        new_year.statement("cuoi-nam.csv", &csv(0, &line));
        let view = report_month(&new_year, december, None).unwrap();
        assert_eq!(view.versions[0].rates.by_amount, rate(DUE, DUE));
        assert_eq!(view.versions[0].as_of, "2027-01-01T00:30:00Z");
        assert_eq!(again(&new_year, december, "2027-01-01T00:30:00Z"), view.versions[0].sha256);
        school.verify();
    });
}

#[test]
fn a_clock_that_runs_behind_changes_nothing_of_a_report() {
    for_each_backend(|db| {
        let school = october_of_four(db);
        let version = report_month(&school, october(), None).unwrap().versions.remove(0);
        // Another machine, half an hour behind, writes after the report.
        let behind = at(&school, "2026-11-24T00:30:00Z");
        assert!(behind.clock.now() < school.clock.now());
        notes(&behind, &[(3, 1_000)], "2026-10-21");
        assert_eq!(again(&school, october(), &version.as_of), version.sha256);
        assert!(month_of(&school, october()).view.differs, "the notes came after the report");
        school.verify();
    });
}

#[test]
fn the_authority_on_the_last_day_of_the_month_sees_what_a_school_that_moved_reported() {
    for_each_backend(|db| {
        let school = october_of_four(db);
        let School { store, clock, actor, .. } = &school;
        for (name, valid) in [
            ("PHONG-CU", (None, Some("2026-10-14".parse().unwrap()))),
            ("PHONG-MOI", (Some("2026-10-15".parse().unwrap()), None)),
        ] {
            let new = NewAuthority {
                code: name.to_owned(),
                name: name.to_owned(),
                kind: "department".to_owned(),
                parent: None,
                valid_from: None,
                valid_to: None,
            };
            directory::add_authority(store, clock, actor, &new).unwrap();
            directory::place_school(store, clock, actor, "THCS-MAU", name, valid).unwrap();
        }
        report_month(&school, october(), None).unwrap();
        let seen = |authority: &str| {
            let whose = Whose::Authority(authority.to_owned());
            let days = october().days();
            let found = report::cashless(store, clock, &whose, days, None, Settings::default());
            let handed_in = consolidated(store, authority, october(), None).unwrap();
            overview(&found.unwrap(), &handed_in)
        };
        let above = seen("PHONG-MOI");
        let [new] = &above[..] else { panic!("one school") };
        assert_eq!(new.reported, Some((1, rate(2_500_000, 2_800_000))));
        assert!(!new.differs());
        assert_eq!(seen("PHONG-CU"), vec![], "it was elsewhere when the month ended");
        notes(&school, &[(3, 1_000)], "2026-10-21");
        assert!(seen("PHONG-MOI")[0].differs());
    });
}
