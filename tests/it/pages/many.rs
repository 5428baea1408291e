//! Lists of a school that has more than a page adds up or counts: they stay as fast and say so.

use doisoat::domain::access::Role;

use crate::support::browser::Desk;
use crate::support::for_each_backend;
use crate::support::server::Town;

/// More than a list of students adds up, and than a list of letters counts.
const MANY: usize = 2_001;

#[test]
fn a_long_list_says_that_it_is_not_added_up_and_a_filtered_one_is() {
    for_each_backend(|db| {
        let town = Town::create(db).with_invoices();
        let desk = Desk::of(&town);
        let desk = desk.signed_in(Role::Accountant);
        let few = desk.page("/receivables");
        assert!(few.contains("Cộng 3 học sinh") && !few.contains("nên không cộng ở đây"), "{few}");
        let numbers = format!(
            "WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < {MANY})"
        );
        db.execute(&format!(
            "INSERT INTO students (id, school_id, family_id, code, name, class, search_key, sort_key) \
             {numbers} SELECT 7000000000000 + n, s.school_id, s.family_id, 'M' || n, s.name, s.class, \
             s.search_key, s.sort_key FROM n JOIN students s ON s.code = 'HS01'"
        ));
        db.execute(&format!(
            "INSERT INTO invoices (id, school_id, student_id, round_id, code, gross_dong, waived_dong, \
             net_dong, paid_dong, cancelled, issued_at) {numbers} SELECT 7000000000000 + n, \
             i.school_id, 7000000000000 + n, i.round_id, 'M' || n, i.gross_dong, i.waived_dong, \
             i.net_dong, i.paid_dong, i.cancelled, i.issued_at FROM n \
             JOIN invoices i ON i.code = 'HPQ6XPNK7'"
        ));
        let many = desk.page("/receivables");
        assert!(many.contains("hơn 2.000 học sinh"), "{many}");
        assert!(!many.contains("<tfoot>"), "nothing is added up");
        let class = desk.page("/receivables?class=7A2");
        assert!(class.contains("Cộng 1 học sinh") && !class.contains("nên không cộng ở đây"));
        let classes = desk.page("/receivables?by=class");
        assert!(
            classes.contains("<tfoot>") && classes.contains("2.004"),
            "by class all is added up"
        );
    });
}

#[test]
fn tabs_of_letters_count_the_newest_and_open_on_all() {
    for_each_backend(|db| {
        let town = Town::create(db).with_invoices();
        let desk = Desk::of(&town);
        let desk = desk.signed_in(Role::Accountant);
        let letters = |first: usize, state: &str, due: &str, many: usize| {
            db.execute(&format!(
                "INSERT INTO letters (id, school_id, kind, family_id, about_id, dedupe_key, state, \
                 due_at, asked_by, asked_at) WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL \
                 SELECT n + 1 FROM n WHERE n < {many}) SELECT 7000000000000 + {first} + n, \
                 s.school_id, 'reminder', s.family_id, 0, '{state}-' || n, '{state}', {due}, 'test', \
                 s.at FROM n JOIN (SELECT s.school_id, s.family_id, i.issued_at AS at \
                 FROM students s JOIN invoices i ON i.student_id = s.id WHERE s.code = 'HS01') s ON 1 = 1"
            ));
        };
        // Later than any worker looks.
        letters(0, "waiting", "'2030-01-01 00:00:00'", 2);
        let few = desk.page("/mail");
        assert!(!few.contains("thư mới nhất"), "{few}");
        letters(100, "skipped", "NULL", MANY);
        let many = desk.page("/mail");
        assert!(many.contains("đếm trong 2.000 thư mới nhất"), "{many}");
        // The two oldest are not counted any more, and are found all the same.
        let waiting = desk.page("/mail?outcome=waiting");
        assert_eq!(waiting.matches("<tr data-row>").count(), 2, "{waiting}");
        for outcome in ["sent", "failed", "unsure"] {
            let none = desk.page(&format!("/mail?outcome={outcome}"));
            assert_eq!(none.matches("<tr data-row>").count(), 0, "{outcome}");
        }
        let skipped = desk.page("/mail?outcome=skipped");
        assert_eq!(skipped.matches("<tr data-row>").count(), 50);
    });
}
