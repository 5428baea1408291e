//! Several statement files in one archive: planned, recorded and undone together, each once.

use doisoat::service::plan;

use crate::support::for_each_backend;
use crate::support::school::{Line, School, csv, mt940, zipped};

const FIRST: [Line<'_>; 2] = [
    ("2026-11-02", 1_250_000, "FT26306000001", "HPQ6XPNK7 nop hoc phi"),
    ("2026-11-03", 500_000, "FT26307000002", "nop tien cho con"),
];
const SECOND: [Line<'_>; 1] = [("2026-11-09", 700_000, "FT26313000003", "LAN 6A2 nop tien an")];

#[test]
fn the_files_of_an_archive_are_planned_recorded_and_undone_together() {
    for_each_backend(|db| {
        let school = School::create(db);
        let before = (school.state(), db.row_counts());
        let bytes =
            zipped(&[("tuan-1.csv", csv(0, &FIRST)), ("tuan-2.sta", mt940(1_750_000, &SECOND))]);
        let plan = school.plan("thang-11.zip", &bytes).unwrap();
        assert_eq!((plan.state.as_str(), plan.container.as_deref()), ("planned", Some("zip")));
        assert_eq!(plan.format, "zip", "its files differ");
        assert_eq!(plan.statements.len(), 2);
        let parts: Vec<_> = plan
            .parts
            .iter()
            .map(|part| (part.file_name.as_str(), part.format.as_str(), part.known_before))
            .collect();
        assert_eq!(parts, [("tuan-1.csv", "csv", false), ("tuan-2.sta", "mt940", false)]);
        let again = school.plan("thang-11.zip", &bytes).unwrap();
        assert!(again.sent_before && !plan.sent_before, "it says that it was there");
        let again = plan::Plan { sent_before: false, ..again };
        assert_eq!(again, plan, "the same bytes are the same plan");

        let done = school.commit(plan.id).unwrap();
        assert_eq!((done.payments, done.duplicates, done.witnesses), (3, 0, 0));
        let recorded = school.state();
        assert_eq!(school.commit(plan.id).unwrap(), done, "nothing is done twice");
        assert_eq!(school.plan("x.zip", &bytes).unwrap().state, "committed");
        let part = school.plan("tuan-1.csv", &csv(0, &FIRST)).unwrap();
        assert_eq!(part.state, "committed", "a file that came in an archive is known by itself");
        school.verify();

        let undone = school.undo(plan.id).unwrap();
        assert_eq!(undone.payments_voided, 3);
        assert_eq!(school.state(), before.0);
        school.verify();
        let anew = school.plan("thang-11.zip", &bytes).unwrap();
        assert_eq!(anew.state, "planned", "what was undone may come again");
        school.commit(anew.id).unwrap();
        assert_eq!(school.state(), recorded);
        school.verify();
    });
}

#[test]
fn a_file_that_was_recorded_before_is_not_undone_with_the_archive_that_repeats_it() {
    for_each_backend(|db| {
        let school = School::create(db);
        let (_, first) = school.statement("tuan-1.csv", &csv(0, &FIRST));
        assert_eq!(first.payments, 2);
        let alone = school.state();
        let bytes =
            zipped(&[("tuan-1.csv", csv(0, &FIRST)), ("tuan-2.sta", mt940(1_750_000, &SECOND))]);
        let plan = school.plan("thang-11.zip", &bytes).unwrap();
        assert!(plan.parts[0].known_before && !plan.parts[1].known_before);
        assert_eq!(plan.state, "planned");
        let done = school.commit(plan.id).unwrap();
        assert_eq!(done.payments, 1, "only what the archive brought is counted");
        school.undo(plan.id).unwrap();
        assert_eq!(school.state(), alone);
        school.verify();
    });
}

#[test]
fn a_plan_of_an_archive_that_is_dropped_leaves_nothing() {
    for_each_backend(|db| {
        let school = School::create(db);
        let before = db.row_counts();
        let bytes =
            zipped(&[("tuan-1.csv", csv(0, &FIRST)), ("tuan-2.sta", mt940(1_750_000, &SECOND))]);
        let plan = school.plan("thang-11.zip", &bytes).unwrap();
        school.undo(plan.id).unwrap();
        assert_eq!(db.row_counts(), before);
    });
}

#[test]
fn two_equal_lines_in_two_files_of_an_archive_are_one_payment() {
    for_each_backend(|db| {
        let school = School::create(db);
        // Overlapping downloads of one bank, packed together.
        let both: Vec<Line<'_>> = FIRST.iter().chain(&SECOND).copied().collect();
        let bytes = zipped(&[("a.csv", csv(0, &FIRST)), ("b.csv", csv(0, &both))]);
        let plan = school.plan("thang-11.zip", &bytes).unwrap();
        let done = school.commit(plan.id).unwrap();
        assert_eq!((done.payments, done.duplicates), (3, 2));
        school.verify();
    });
}
