//! What is corrected after a report changes nothing of it, and is explained to the đồng.

use std::fmt::Write as _;
use std::path::Path;

use doisoat::service::decide;
use doisoat::service::reported::Since;

use super::table::october_of_four;
use super::{again, at, faults, month_of, notes, october, report};
use crate::support::crowd::{DUE, code, enroll};
use crate::support::for_each_backend;
use crate::support::school::{School, csv, mt940};

/// Sums of all groups: payments, cashless and other đồng.
fn sums(since: &Since) -> (i64, i64, i64) {
    let groups = &since.restatement.groups;
    groups.iter().fold((0, 0, 0), |(payments, cashless, other), one| {
        (payments + one.payments, cashless + one.cashless, other + one.other)
    })
}

/// (cause, channel, payments, cashless, other) of each group.
fn told(since: &Since) -> Vec<(&str, &str, i64, i64, i64)> {
    let groups = since.restatement.groups.iter();
    groups.map(|one| (one.cause, one.channel, one.payments, one.cashless, one.other)).collect()
}

/// A statement of October with one transfer of [`DUE`] for each pupil of a range.
fn transfers(
    school: &School,
    name: &str,
    pupils: std::ops::Range<usize>,
    memo: &str,
) -> (i64, i64) {
    let lines: Vec<(String, String)> = pupils
        .map(|pupil| (format!("FT26{pupil:09}"), format!("{} {memo}", code(pupil))))
        .collect();
    let lines: Vec<_> = lines
        .iter()
        .map(|(reference, text)| ("2026-10-12", DUE, reference.as_str(), text.as_str()))
        .collect();
    let file = if Path::new(name).extension() == Some("sta".as_ref()) {
        mt940(0, &lines)
    } else {
        csv(0, &lines)
    };
    let (import, done) = school.statement(name, &file);
    (import.0, i64::try_from(done.payments).unwrap())
}

#[test]
fn a_thousand_corrections_later_the_fingerprint_is_the_same_and_all_of_them_are_told() {
    for_each_backend(|db| {
        let school = School::create(db);
        enroll(&school, 700);
        assert_eq!(transfers(&school, "a.csv", 0..300, "nop").1, 300);
        let (second, count) = transfers(&school, "b.csv", 300..400, "nop");
        assert_eq!(count, 100);
        let version = report(&school, october(), None).unwrap().versions.remove(0);
        assert_eq!(
            month_of(&school, october()).now.total.reported.by_amount.denominator(),
            400 * DUE
        );

        // A hundred reversals, three hundred later settlements.
        school.undo(doisoat::domain::id::ImportId(second)).unwrap();
        assert_eq!(transfers(&school, "c.csv", 400..700, "nop").1, 300);
        // Another file tells more of three hundred payments: notes at the bank's counter.
        assert_eq!(transfers(&school, "d.sta", 0..300, "NOP TIEN MAT TAI QUAY GIAO DICH").1, 0);
        // Three hundred pupils are of other families.
        let mut list = String::from("Mã học sinh;Họ và tên;Lớp;Mã gia đình\n");
        for row in db.words(
            "SELECT code || ';' || name || ';' || class AS value FROM students ORDER BY code LIMIT 300",
        ) {
            let family = row.split(';').next().unwrap().to_owned();
            writeln!(list, "{row};G{family}").unwrap();
        }
        assert_eq!(school.students(&list).updated, 300);
        let since = |cause: &str| {
            db.number(&format!(
                "SELECT COUNT(*) AS value FROM collected_facts WHERE cause = '{cause}' \
                 AND amount_dong < 0 AND id > {}",
                version.position
            ))
        };
        let counted = (since("reversed"), since("channel"), since("family"));
        assert!(
            counted.0 >= 100 && counted.0 + counted.1 >= 400 && counted.2 == 300,
            "{counted:?}"
        );

        school.verify();
        assert_eq!(again(&school, october(), &version.as_of), version.sha256);
        let now = month_of(&school, october());
        assert!(now.view.differs);
        let told_since = now.view.since.as_ref().unwrap();
        assert_eq!(
            told(told_since),
            [
                ("settled", "transfer", 300, 300 * DUE, 0),
                ("reversed", "transfer", 100, -100 * DUE, 0),
                ("channel", "counter_cash", 300, 0, 0),
            ]
        );
        let amount = now.now.total.reported.by_amount;
        let (_, cashless, other) = sums(told_since);
        assert_eq!(400 * DUE + cashless, amount.numerator());
        assert_eq!(400 * DUE + cashless + other, amount.denominator());
        let words = &told_since.text.vi;
        for part in
            ["300 giao dịch được khớp thêm", "100 giao dịch gỡ lại", "300 giao dịch đổi kênh nộp"]
        {
            assert!(words.contains(part), "{words}");
        }

        // The second version says the same, and leaves nothing to tell.
        let later = at(&school, "2026-11-25T02:00:00Z");
        let view = report(&later, october(), Some("nhận thêm sao kê")).unwrap();
        assert_eq!((view.versions.len(), view.differs, view.since), (2, false, None));
        assert_eq!(view.versions[1].corrects.as_ref().unwrap(), told_since);
        assert_eq!(view.versions[0].sha256, version.sha256);
        assert_eq!(again(&later, october(), &version.as_of), version.sha256);
        assert_eq!(again(&later, october(), &view.versions[1].as_of), view.versions[1].sha256);
        school.verify();
    });
}

#[test]
fn what_is_taken_back_in_a_later_month_belongs_to_the_month_it_was_paid_in() {
    for_each_backend(|db| {
        let school = october_of_four(db);
        let version = report(&school, october(), None).unwrap().versions.remove(0);
        let later = at(&school, "2026-12-03T02:00:00Z");
        let november = "2026-11".parse().unwrap();
        let empty = report(&later, november, None).unwrap();
        assert_eq!(empty.versions[0].rates.by_amount.denominator(), 0, "no data is not 0 %");

        let School { store, clock, actor, id } = &later;
        let payment = (*id, later.payment_id(&format!("{} nop", code(0))));
        decide::reverse(store, clock, actor, payment, None, "nhầm trường").unwrap();
        let found = month_of(&later, october()).view;
        assert_eq!(told(&found.since.unwrap()), [("reversed", "transfer", 1, -1_000_000, 0)]);
        assert!(!month_of(&later, november).view.differs, "nothing of November changed");
        assert_eq!(again(&later, october(), &version.as_of), version.sha256);
        let restated = report(&later, october(), Some("gỡ giao dịch nhầm")).unwrap();
        assert_eq!(restated.versions[1].rates.by_amount.numerator(), 1_500_000);
        let text = super::stated(&later, october(), 2);
        assert_eq!(text["left_out"]["reversed"]["allocations"], 1);
        assert_eq!(text["left_out"]["reversed"]["amount"], 1_000_000);
        school.verify();
    });
}

#[test]
fn siblings_that_turn_out_to_be_one_family_are_no_proxy_any_more() {
    for_each_backend(|db| {
        let school = october_of_four(db);
        report(&school, october(), None).unwrap();
        let joined = "Mã học sinh;Họ và tên;Lớp;Mã gia đình\nHS03;Trần Văn Mẫu Ba;7A2;F1\n";
        assert_eq!(school.students(joined).updated, 1);
        let found = month_of(&school, october());
        assert_eq!(told(&found.view.since.unwrap()), [("family", "transfer", 1, 0, 0)]);
        let rates = found.now.total.views.without_proxy;
        assert_eq!(rates.by_amount.numerator(), 2_500_000, "one family's own payment");
        assert_eq!(faults(&school), Vec::<String>::new());
        // A class that changes later is not the class in which the money was collected.
        let moved = "Mã học sinh;Họ và tên;Lớp\nHS01;Nguyễn Thị Mẫu Một;6A9\n";
        school.students(moved);
        let classes: Vec<String> = month_of(&school, october()).now.schools[0]
            .classes
            .iter()
            .map(|class| class.key.clone())
            .collect();
        assert_eq!(classes, ["6A1", "7A2"]);
        school.verify();
    });
}

#[test]
fn more_and_less_of_one_payment_is_told_as_such() {
    for_each_backend(|db| {
        let school = october_of_four(db);
        report(&school, october(), None).unwrap();
        notes(&school, &[(3, 50_000)], "2026-10-20");
        let since = month_of(&school, october()).view.since.unwrap();
        assert_eq!(told(&since), [("settled", "cash_at_school", 1, 0, 50_000)]);
        assert!(since.text.vi.contains("+50.000 ₫ tiền mặt"), "{}", since.text.vi);
        assert_eq!(since.restatement.before_percent.as_deref(), Some("89.29"));
        assert_eq!(since.restatement.now_percent.as_deref(), Some("87.72"));
        assert_eq!(since.restatement.points.as_deref(), Some("-1.57"));
    });
}
